"""Build the course's own environment from the lock file, or do nothing where it is there and current.

Usage: python .ci/build_venv.py [FOLDER]      (default: .venv beside the Makefile)

Only the standard library, and a syntax that old Pythons can read, so that a wrong Python is told in a sentence.
"""

from __future__ import print_function

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
STAMP = "course-stamp.txt"


class Refusal(Exception):
    """What stands in the way, and what to do about it."""


def check_python(version, system, machine, bits):
    """Raise Refusal where the course cannot run: `version` (major, minor, micro), names as `platform` gives them."""
    if not (3, 11) <= tuple(version[:2]) <= (3, 13):
        found = ".".join(str(part) for part in version[:3])
        raise Refusal(
            "This is Python %s; the course needs 3.11, 3.12 or 3.13. Install one of them, then name it: "
            "make lab PYTHON=python3.12" % found
        )
    if bits != 64:
        raise Refusal("This Python is a 32-bit program; TensorFlow needs a 64-bit one. Install a 64-bit Python.")
    if system == "Darwin" and machine == "x86_64":
        raise Refusal(
            "This Python is built for an Intel Mac, for which TensorFlow 2.21 does not exist. On an Apple Silicon Mac "
            "install a native (arm64) Python; on an Intel Mac open the course in Binder or a Linux container."
        )


def check_place(folder):
    """Raise Refusal where `folder` could not be written; nothing is left behind."""
    parent = os.path.dirname(folder)
    probe = os.path.join(parent, ".course-write-test-%d" % os.getpid())
    try:
        with open(probe, "w") as file:
            file.write("x")
        os.remove(probe)
    except (IOError, OSError) as error:
        raise Refusal(
            "The folder %s cannot be written (%s). Copy the course to a folder of your own, or make this one writable, "
            "and run the command there." % (parent, error.strerror)
        )
    if hasattr(shutil, "disk_usage") and shutil.disk_usage(parent).free < 4 * 10**9:
        raise Refusal("Less than 4 GB are free in %s; the environment needs about 3. Make room and try again." % parent)


def fingerprint():
    """Return what the environment depends on, as one hash: lock, dependencies, the Python's version, platform, place.

    A comment in pyproject.toml, or the same Python built another day, makes no difference.
    """
    import tomllib  # the Python has been checked

    with open(os.path.join(ROOT, "pyproject.toml"), "rb") as file:
        project = tomllib.load(file)["project"]
    parts = [project.get("dependencies", []), project.get("optional-dependencies", {})]
    with open(os.path.join(ROOT, "requirements.lock")) as file:
        lines = [line.strip() for line in file]
    parts += [[line for line in lines if line and not line.startswith("#")], list(sys.version_info[:2])]
    parts += [platform.system(), platform.machine(), ROOT]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode("utf-8")).hexdigest()


def is_current(folder):
    """Return whether `folder` was finished from the files as they are now."""
    try:
        with open(os.path.join(folder, STAMP)) as file:
            return file.read() == fingerprint()
    except (IOError, OSError):
        return False


def surroundings():
    """Return the environment variables for the steps: what would send packages elsewhere is left out, proxies stay."""
    stray = ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_DRY_RUN", "PIP_NO_DEPS", "PIP_CONSTRAINT")
    stray += ("PIP_REQUIRE_VIRTUALENV", "PIP_BREAK_SYSTEM_PACKAGES", "PIP_IGNORE_INSTALLED", "PIP_UPGRADE")
    stray += ("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONUSERBASE", "VIRTUAL_ENV", "CONDA_PREFIX")
    kept = {name: value for name, value in os.environ.items() if name not in stray}
    kept.update(PIP_USER="0", PYTHONNOUSERSITE="1")  # stronger than `user = true` in a pip.conf
    return kept


def run(step, what):
    """Run one step, saying now and then that it goes on; raise Refusal where it fails."""
    print(what)
    sys.stdout.flush()
    process = subprocess.Popen(step, stdin=subprocess.DEVNULL, env=surroundings(), cwd=ROOT)
    start, said = time.time(), 0
    while process.poll() is None:
        time.sleep(0.2)
        if time.time() - start > 20 * (said + 1):
            said += 1
            print("   ... %d seconds" % (20 * said))
            sys.stdout.flush()
    if process.returncode != 0:
        raise Refusal(
            "The set-up stopped at: %s\nThe lines above say why. Setting up needs a network, once, and about 3 GB of "
            "disk; afterwards everything runs without one. Run the same command again: it starts over cleanly, and an "
            "environment that was there before is still there." % " ".join(os.path.basename(part) for part in step[:5])
        )


def build(folder):
    """Build the environment beside `folder`, and put `folder`, a link, on it when it is whole.

    Killed at any moment, this leaves the old environment or none: a half-built one is never where `folder` points.
    """
    beside = "%s-%s" % (folder, fingerprint()[:12])
    scripts = "Scripts" if os.name == "nt" else "bin"
    python = os.path.join(beside, scripts, "python")
    quiet = ["--quiet", "--quiet", "--disable-pip-version-check", "--no-input"]
    lock = os.path.join(ROOT, "requirements.lock")
    print("Setting up the course's environment: one to three minutes, once.")
    run([sys.executable, "-m", "venv", "--clear", beside], "1 of 4  making an empty environment")
    install = [python, "-m", "pip", "install"] + quiet
    run(
        install + ["--require-hashes", "-r", lock],
        "2 of 4  fetching and installing the packages of requirements.lock (3 GB)",
    )
    run(install + ["--no-deps", "--no-build-isolation", "--editable", ROOT], "3 of 4  installing the course itself")
    compare = (
        "import sys; sys.path.insert(0, sys.argv[1]); from course_utils import doctor; sys.exit(doctor.report_lock())"
    )
    run([python, "-I", "-c", compare, ROOT], "4 of 4  comparing what is installed with the lock")
    with open(os.path.join(beside, STAMP), "w") as file:
        file.write(fingerprint())
    put_in_place(folder, beside)


def put_in_place(folder, beside):
    """Let `folder` point to `beside`, then remove what it pointed to before and what earlier set-ups left half built."""
    link = "%s-link-%d" % (folder, os.getpid())
    os.symlink(os.path.basename(beside), link)
    if os.path.isdir(folder) and not os.path.islink(folder):  # from before it was a link
        os.rename(folder, "%s-old-%d" % (folder, os.getpid()))
    os.replace(link, folder)
    for name in os.listdir(os.path.dirname(folder)):
        path = os.path.join(os.path.dirname(folder), name)
        if name.startswith(os.path.basename(folder) + "-") and path != beside:
            if os.path.islink(path):
                os.remove(path)
            else:
                shutil.rmtree(path, ignore_errors=True)


def main(arguments):
    """Build or keep; return the exit status."""
    folder = os.path.abspath(arguments[0]) if arguments else os.path.join(ROOT, ".venv")
    try:
        check_python(sys.version_info, platform.system(), platform.machine(), 64 if sys.maxsize > 2**32 else 32)
        if not is_current(folder):
            check_place(folder)
            build(folder)
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except (IOError, OSError) as error:
        print(
            "The set-up could not write %s: %s." % (getattr(error, "filename", folder), error.strerror), file=sys.stderr
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Build the course's own environment from the lock file, or do nothing where it is there and current.

Usage: python .ci/build_venv.py [FOLDER]      (default: .venv beside the Makefile)

Only the standard library, and a syntax that old Pythons can read, so that a wrong Python is told in a sentence.
"""

from __future__ import print_function

import hashlib
import os
import platform
import shutil
import subprocess
import sys

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
    """Return what the environment depends on, as one hash: lock, package definition, this script, the Python."""
    digest = hashlib.sha256(sys.version.encode("utf-8"))
    for name in ("requirements.lock", "pyproject.toml", os.path.join(".ci", "build_venv.py")):
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest() + " " + ROOT


def is_current(folder):
    """Return whether `folder` was finished from the files as they are now."""
    try:
        with open(os.path.join(folder, STAMP)) as file:
            return file.read() == fingerprint()
    except (IOError, OSError):
        return False


def build(folder):
    """Build `folder` anew; the stamp is written last, so that an interrupted build is never taken for a whole one."""
    scripts = "Scripts" if os.name == "nt" else "bin"
    python = os.path.join(folder, scripts, "python")
    quiet = ["--quiet", "--quiet", "--disable-pip-version-check", "--no-input"]
    lock = os.path.join(ROOT, "requirements.lock")
    print("Setting up the course's environment from requirements.lock: one to three minutes, once.")
    sys.stdout.flush()
    stamp = os.path.join(folder, STAMP)
    if os.path.exists(stamp):
        os.remove(stamp)
    steps = [
        [sys.executable, "-m", "venv", "--clear", folder],
        [python, "-m", "pip", "install"] + quiet + ["--require-hashes", "-r", lock],
        [python, "-m", "pip", "install"] + quiet + ["--no-deps", "--no-build-isolation", "--editable", ROOT],
    ]
    for step in steps:
        if subprocess.call(step, stdin=subprocess.DEVNULL) != 0:
            raise Refusal(
                "The set-up stopped at: %s\nThe lines above say why. Setting up needs a network, once, and about 3 GB of "
                "disk; afterwards everything runs without one. Run the same command again: it starts over cleanly."
                % " ".join(os.path.basename(part) for part in step[:5])
            )
    with open(stamp, "w") as file:
        file.write(fingerprint())


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

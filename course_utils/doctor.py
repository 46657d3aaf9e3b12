"""Is this machine ready for the course? Each check is one function that returns findings in plain words.

It repairs and installs nothing (that is for the Makefile or conda), and even a Python without a single package can run it.
"""

from __future__ import annotations

import importlib.metadata
import math
import os
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from course_utils import surroundings

ROOT = Path(__file__).resolve().parent.parent
MEND = f"Run: {sys.executable} -m pip install --requirement requirements.lock"
FIT = """
from course_utils.session import setup
setup(seed=1)
import keras, numpy as np
X = np.random.default_rng(1).normal(size=(320, 4))
model = keras.Sequential([keras.layers.Dense(1)])
model.compile(optimizer=keras.optimizers.SGD(0.05), loss="mse")
y = X @ [1.0, 2.0, 3.0, 4.0]
before = float(model.evaluate(X, y, verbose=0))
model.fit(X, y, epochs=1, verbose=0)
print(before, float(model.evaluate(X, y, verbose=0)))
"""


@dataclass(frozen=True)
class Finding:
    """One line of the report; `level` is "ok", "warning" or "problem", and only a problem stops the course."""

    level: str
    text: str


def check_python(
    version: Sequence[int] = sys.version_info, system: str = "", machine: str = "", largest: int = sys.maxsize
) -> Finding:
    """Judge the Python and the platform it is built for; `largest` is its largest index, which tells 32 bits from 64."""
    found, system, machine = ".".join(map(str, version[:3])), system or platform.system(), machine or platform.machine()
    if not (3, 11) <= tuple(version[:2]) <= (3, 13):
        return Finding("problem", f"Python {found}: the course needs 3.11, 3.12 or 3.13. Install one and set up again.")
    if largest < 2**32:
        return Finding("problem", f"Python {found} is a 32-bit program: TensorFlow needs a 64-bit one. Install that.")
    if (system, machine) == ("Darwin", "x86_64"):
        return Finding(
            "problem", "A Python for Intel Macs: TensorFlow needs an arm64 Python. Install that, or use Binder."
        )
    return Finding("ok", f"Python {found} on {system} {machine}")


def check_packages(installed: dict[str, str] | None = None) -> Iterator[Finding]:
    """Compare what is installed, {plain name: version}, with what the course asks for and with requirements.lock."""
    import tomllib

    if installed is None:
        installed = _installed()
    if "tensorflow-metal" in installed:
        text = "tensorflow-metal is installed; it gives wrong results with Keras 3."
        yield Finding("problem", f"{text} Run: {sys.executable} -m pip uninstall tensorflow-metal")
    lines = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    missing = [line for line in lines if _plain(line) not in installed]
    if missing:
        text = f"Not installed: {', '.join(map(_plain, missing))}."
        yield Finding("problem", f"{text} Set up as the README says: make lab, or the conda commands.")
        return
    from packaging.requirements import Requirement

    locked, level = locked_versions(), "ok"
    for line in lines:
        name, asked = _plain(line), Requirement(line).specifier
        have, want = installed[name], locked.get(name)
        if have != want:
            level = "warning"
            fits = asked.contains(have, prereleases=True)
            text = f"Package {name}: {have}, where the lock says {want}" + ("." if fits else f" (asked for: {asked}).")
            yield Finding("warning" if fits else "problem", f"{text} {MEND}")
    same = sum(installed.get(name) == version for name, version in locked.items())
    yield Finding(level, f"Packages: {same} of {len(locked)} as locked")


def check_shadows() -> Iterator[Finding]:
    """See whether a file of somebody's stands in front of an installed package: beside the pages, or on PYTHONPATH."""
    for name, file in surroundings.shadows([*sys.path, str(ROOT / "work"), str(ROOT / "notebooks")]):
        text = f"`import {name}` finds {file}, which stands in front of the installed package."
        yield Finding("problem", f"{text} Give it another name, or take its folder out of PYTHONPATH.")


def report_lock() -> int:
    """Print what is not installed as the lock has it; return 1 where there is such a thing, else 0."""
    installed = _installed()
    wrong = [
        f"{n} {installed.get(n, 'missing')}, locked {v}" for n, v in locked_versions().items() if installed.get(n) != v
    ]
    if wrong:
        print(f"Not as locked: {'; '.join(wrong[:5])}{'; and others' if len(wrong) > 5 else ''}")
    return int(bool(wrong))


def _installed() -> dict[str, str]:
    """Return {plain name: version}; where two folders hold a package, the one that is imported counts: the first."""
    found: dict[str, str] = {}
    for distribution in importlib.metadata.distributions():
        if distribution.metadata["Name"]:
            found.setdefault(_plain(distribution.metadata["Name"]), distribution.version)
    return found


def locked_versions() -> dict[str, str]:
    """Return {plain name: version} from requirements.lock, for this Python and platform."""
    try:
        from packaging.markers import Marker
    except ImportError:  # in an environment that is not whole
        from pip._vendor.packaging.markers import Marker

    found = {}
    for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines():
        match = re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)\s*(?:;\s*([^\\]+))?", line)
        if match and (not match[3] or Marker(match[3].strip()).evaluate()):
            found[_plain(match[1])] = match[2]
    return found


def check_data() -> Iterator[Finding]:
    """Verify the checksums of all data files."""
    from course_utils import data

    results = data.verify()
    yield from (Finding("problem", problem) for _, problem in results if problem)
    good = sum(problem is None for _, problem in results)
    yield Finding("ok" if good == len(results) else "problem", f"Data: {good} of {len(results)} sets whole")


def check_machine(cores: int | None = None, free: float | None = None) -> Finding:
    """Judge processor cores and free memory (bytes) against the reference machine: two cores, 8 GB."""
    import psutil

    own = psutil.Process().cpu_affinity() if hasattr(psutil.Process, "cpu_affinity") else []  # not on macOS
    cores = cores or len(own) or psutil.cpu_count() or 1
    free = min(psutil.virtual_memory().available, container_memory()) if free is None else free
    text = f"{cores} cores, {free / 1e9:.1f} GB of memory free"
    if free < 1e9:
        return Finding("problem", f"{text}: lesson 01 alone needs 1 GB. Close other programs.")
    if free < 3e9:
        return Finding("warning", f"{text}: the larger lessons need up to 3 GB. Close other programs before those.")
    return Finding("ok", text)


def container_memory(root: Path = Path("/sys/fs/cgroup"), process: Path = Path("/proc/self/cgroup")) -> float:
    """Return how many bytes this process's control groups (a container's limits) leave it; infinity without a limit."""
    try:
        lines = process.read_text(encoding="ascii").splitlines()
    except OSError:
        return math.inf
    left = math.inf
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers not in ("", "memory"):
            continue
        names = (
            ("memory.max", "memory.current") if not controllers else ("memory.limit_in_bytes", "memory.usage_in_bytes")
        )
        base = root / controllers
        for folder in [base / path.strip("/"), *(base / path.strip("/")).parents]:
            try:
                limit, used = ((folder / name).read_text(encoding="ascii").strip() for name in names)
                left = min(left, math.inf if limit == "max" else max(0, int(limit) - int(used)))
            except (OSError, ValueError):
                pass
            if folder == base:
                break
    return left


def check_writing(folders: dict[str, Path] | None = None) -> Iterator[Finding]:
    """Try to write where the learner's work and progress go; nothing is left behind."""
    from course_utils import checking

    for what, folder in (folders or {"work": ROOT / "work", "progress": checking.progress_file().parent}).items():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(b"x")
            yield Finding("ok", f"Your {what} can be saved in {folder}")
        except OSError as error:
            mend = "Copy the course to a folder of your own" if what == "work" else "Set COURSE_HOME to one of your own"
            text = f"Your {what} cannot be saved: writing in {folder} fails ({error.strerror}). {mend}."
            yield Finding("warning", text)


def check_kernel(command: str | None = None) -> Finding:
    """See whether notebooks would run in this Python; `command` is what the kernel `python3` starts."""
    if command is None:
        from jupyter_client.kernelspec import KernelSpecManager

        command = KernelSpecManager().get_kernel_spec("python3").argv[0]
    folders = {os.path.normcase(os.path.realpath(os.path.dirname(path))) for path in (command, sys.executable)}
    if os.path.isabs(command) and len(folders) > 1:
        text = f"The kernel `python3` starts another Python ({command})."
        return Finding("problem", f"{text} Run: {sys.executable} -m jupyter kernelspec remove python3")
    return Finding("ok", "Notebooks run in this Python")


def check_training(seconds: float = 300) -> Finding:
    """Let Keras take ten steps in a process of its own, within so many seconds; the loss must fall."""
    try:
        run = subprocess.run([sys.executable, "-c", FIT], cwd=ROOT, capture_output=True, text=True, timeout=seconds)
        before, after = map(float, run.stdout.split())
    except subprocess.TimeoutExpired:
        return Finding("problem", f"Keras did not finish ten steps in {seconds:g} seconds. Close other programs.")
    except ValueError:
        if run.returncode not in (0, 1):
            text = f"Python itself was stopped (status {run.returncode}) while Keras loaded or trained"
            return Finding("problem", f"{text}: too little memory, or a processor without AVX. Try Binder.")
        last = (run.stderr.strip().splitlines() or ["no message"])[-1]
        return Finding("problem", f"Keras could not train: {last}. {MEND}")
    if not (math.isfinite(after) and after < before):
        return Finding("problem", f"Ten steps of Keras did not lower the loss ({before:.3g} to {after:.3g}). {MEND}")
    return Finding("ok", "Keras trains: ten steps lower the loss")


def examine(quick: bool = False) -> Iterator[Finding]:
    """Yield every finding; `quick` leaves out the training. A problem with Python or packages ends it: the rest needs them."""
    checks = [check_python, check_packages, check_shadows, check_data, check_machine, check_writing, check_kernel]
    for check in checks if quick else [*checks, check_training]:
        try:
            found = check()
            findings = [found] if isinstance(found, Finding) else list(found)
        except Exception as error:  # a doctor does not faint: what a check trips over is a finding too
            findings = [Finding("problem", f"{check.__name__} failed, {type(error).__name__}: {error}. {MEND}")]
        yield from findings
        if check in (check_python, check_packages, check_shadows) and any(f.level == "problem" for f in findings):
            return


def _plain(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]*", requirement)[0]).lower()

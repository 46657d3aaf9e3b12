"""Is this machine ready for the course? Each check is one function that returns findings in plain words.

It repairs nothing and installs nothing; setting up is the work of the Makefile or of conda.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from course_utils import checking, data

ROOT = Path(__file__).resolve().parent.parent
FIT = """
from course_utils.session import setup
setup(seed=1)
import keras, numpy as np
X = np.random.default_rng(1).normal(size=(320, 4))
model = keras.Sequential([keras.layers.Dense(1)])
model.compile(optimizer=keras.optimizers.SGD(0.05), loss="mse")
y = X @ [1.0, 2.0, 3.0, 4.0]
print(float(model.evaluate(X, y, verbose=0)), model.fit(X, y, epochs=1, verbose=0).history["loss"][-1], float(model.evaluate(X, y, verbose=0)))
"""


@dataclass(frozen=True)
class Finding:
    """One line of the report; `level` is "ok", "warning" or "problem", and only a problem stops the course."""

    level: str
    text: str


def check_python(version: Sequence[int] = sys.version_info, system: str = "", machine: str = "") -> Finding:
    """Judge the Python and the platform it is built for."""
    found = ".".join(map(str, version[:3]))
    if not (3, 11) <= tuple(version[:2]) <= (3, 13):
        return Finding("problem", f"Python {found}: the course needs 3.11, 3.12 or 3.13. Install one and set up again.")
    if (system or platform.system(), machine or platform.machine()) == ("Darwin", "x86_64"):
        return Finding(
            "problem", "A Python for Intel Macs: TensorFlow 2.21 does not exist for it. Use an arm64 Python, or Binder."
        )
    return Finding("ok", f"Python {found} on {system or platform.system()} {machine or platform.machine()}")


def check_packages(installed: dict[str, str] | None = None) -> Iterator[Finding]:
    """Compare what is installed with requirements.lock, naming each package that differs."""
    if installed is None:
        installed = {_plain(d.metadata["Name"]): d.version for d in importlib.metadata.distributions()}
    locked = locked_versions()
    wrong = {name: version for name, version in locked.items() if installed.get(name) != version}
    for name in sorted(wrong)[:8]:
        have = installed.get(name, "missing")
        yield Finding(
            "warning",
            f"Package {name}: {have}, where the lock says {wrong[name]}. Remove .venv and run `make lab`, or remake the conda environment.",
        )
    if "tensorflow-metal" in installed:
        yield Finding(
            "problem",
            "tensorflow-metal is installed; it gives wrong results with Keras 3. Run: pip uninstall tensorflow-metal",
        )
    missing = [
        name for name in ("tensorflow", "keras", "numpy", "pandas", "matplotlib", "jupyterlab") if name not in installed
    ]
    if missing:
        yield Finding(
            "problem",
            f"Not installed: {', '.join(missing)}. Set up as the README says: make lab, or the conda commands.",
        )
    yield Finding("ok", f"Packages: {len(locked) - len(wrong)} of {len(locked)} as locked")


def locked_versions() -> dict[str, str]:
    """Return {package: version} from requirements.lock, for this Python and platform."""
    from packaging.markers import Marker

    found = {}
    for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines():
        match = re.match(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)\s*(?:;\s*([^\\]+))?", line)
        if match and (not match[3] or Marker(match[3].strip()).evaluate()):
            found[_plain(match[1])] = match[2]
    return found


def check_data() -> Iterator[Finding]:
    """Verify the checksums of all data files."""
    results = data.verify()
    for _, problem in results:
        if problem:
            yield Finding("problem", problem)
    good = sum(problem is None for _, problem in results)
    yield Finding("ok", f"Data: {good} of {len(results)} sets whole")


def check_machine(cores: int | None = None, free: float | None = None) -> Finding:
    """Judge processor cores and free memory (bytes) against the reference machine: two cores, 8 GB."""
    import psutil

    cores = cores or psutil.cpu_count() or 1
    free = psutil.virtual_memory().available if free is None else free
    text = f"{cores} cores, {free / 1e9:.1f} GB of memory free"
    if free < 1e9:
        return Finding("problem", f"{text}: lesson 01 alone needs 1 GB. Close other programs.")
    if free < 3e9:
        return Finding("warning", f"{text}: the larger lessons need up to 3 GB. Close other programs before those.")
    return Finding("ok", text)


def check_writing(folder: Path | None = None, what: str = "notebooks: your work") -> Finding:
    """Try to write where the learner's work goes."""
    folder = folder or ROOT / "notebooks"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x")
    except OSError as error:
        text = f"Cannot write in {what} could not be saved ({error.strerror}). Copy the course to a folder of your own."
        return Finding("warning", text)
    return Finding("ok", f"Writing works: {what} can be saved")


def check_kernel() -> Finding:
    """See whether notebooks would run in this Python."""
    from jupyter_client.kernelspec import KernelSpecManager

    command = KernelSpecManager().get_kernel_spec("python3").argv[0]
    if os.path.isabs(command) and not os.path.samefile(Path(command).parent, Path(sys.executable).parent):
        return Finding(
            "problem", f"The kernel `python3` starts another Python ({command}). Run: jupyter kernelspec remove python3"
        )
    return Finding("ok", "Notebooks run in this Python")


def check_training() -> Finding:
    """Let Keras take ten steps in a process of its own; the loss must fall."""
    run = subprocess.run([sys.executable, "-c", FIT], cwd=ROOT, capture_output=True, text=True, check=False)
    try:
        before, _, after = map(float, run.stdout.split())
    except ValueError:
        last = (run.stderr.strip().splitlines() or ["no message"])[-1]
        return Finding("problem", f"Keras could not train: {last}")
    if not after < before:
        return Finding("problem", f"Ten steps of Keras did not lower the loss ({before:.3g} to {after:.3g}).")
    return Finding("ok", "Keras trains: ten steps lower the loss")


def examine(quick: bool = False) -> Iterator[Finding]:
    """Yield every finding; `quick` leaves out the training run."""
    yield check_python()
    yield from check_packages()
    yield from check_data()
    yield check_machine()
    yield check_writing()
    yield check_writing(checking.progress_file().parent, "the progress folder: your progress")
    yield check_kernel()
    if not quick:
        yield check_training()


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()

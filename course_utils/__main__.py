"""The course's commands: python -m course_utils doctor [--quick] | lab [--port N] [--no-browser] | progress.

They print plain lines and set an exit status; what they say stands in `course_utils.doctor` and `course_utils.checking`.
"""

from __future__ import annotations

import argparse
import os
import socket
import sys
from pathlib import Path

from course_utils import doctor

ROOT = Path(__file__).resolve().parent.parent
START = "notebooks/00_start_here.ipynb"
MARK = "# Written by the course:"
KERNEL_CONFIG = f"""{MARK} kernels of this environment say which earlier cell to run when a name is not defined yet.
from importlib.util import find_spec

if find_spec("course_utils"):
    c.IPKernelApp.extensions.append("course_utils.guide")
"""


def run_doctor(quick: bool = False) -> int:
    """Print one line a finding; return 1 where there is a problem, else 0."""
    worst = 0
    for finding in doctor.examine(quick):
        print(f"{finding.level:>8}  {finding.text}", flush=True)
        worst = max(worst, finding.level == "problem")
    if worst:
        print("The course is not ready on this machine: see the lines marked `problem`.")
    return int(worst)


def run_lab(port: int | None, browser: bool) -> int:
    """Run the doctor, then JupyterLab on the first lesson, in this process; return the exit status."""
    if port is not None and not port_is_free(port):
        print(f"Port {port} is taken by another program, or not open to you. Choose another (make lab PORT=...,")
        print("or --port), or name none: then the first free one is taken.")
        return 1
    if run_doctor(quick=True):
        return 1
    install_guide()
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    start_jupyterlab(lab_arguments(port, browser))
    return 0


def lab_arguments(port: int | None, browser: bool) -> list[str]:
    """Return JupyterLab's arguments: this folder, the first lesson, no news and no look for updates (a network)."""
    settings = {
        "ServerApp.root_dir": ROOT,
        "ServerApp.open_browser": browser,
        "LabApp.default_url": f"/lab/tree/{START}",
        "LabApp.app_settings_dir": ROOT / "course_utils" / "lab_settings",
        "LabApp.news_url": "None",
        "LabApp.check_for_updates_class": "jupyterlab.handlers.announcements.NeverCheckForUpdate",
    }
    if port is not None:
        settings.update({"ServerApp.port": port, "ServerApp.port_retries": 0})
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        settings["ServerApp.allow_root"] = True  # in a container there is often no other user
    return [f"--{name}={value}" for name, value in settings.items()]


def start_jupyterlab(arguments: list[str]) -> None:
    """Serve until it is stopped. Being this very process, it hears Ctrl-C, asks, and ends its kernels itself."""
    from jupyterlab.labapp import LabApp

    LabApp.launch_instance(arguments)


def port_is_free(port: int) -> bool:
    """Return whether a server could listen on `port` of this machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if os.name != "nt":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def install_guide(prefix: Path | None = None) -> None:
    """Let every kernel of this environment load `course_utils.guide`; only a file that the course wrote is replaced.

    Without `prefix`, that is done in a venv or a conda environment of its own, never in a system's or conda's base Python.
    """
    here = Path(sys.prefix)
    conda = (here / "conda-meta").is_dir() and not (here / "condabin").is_dir()
    if prefix is None and sys.prefix == sys.base_prefix and not conda:
        return
    path = (prefix or here) / "etc" / "ipython" / "ipython_kernel_config.py"
    try:
        old = path.read_text(encoding="utf-8", errors="replace") if path.exists() else MARK
        if old.startswith(MARK) and old != KERNEL_CONFIG:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(KERNEL_CONFIG, encoding="utf-8")
    except OSError as error:
        print(f" warning  Kernels will not say which earlier cell to run: {path} cannot be written ({error.strerror}).")


def port_number(text: str) -> int:
    """Return the port that `text` names; anything else is refused by the command line."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: give a whole number from 1 to 65535")
    return int(text)


def main(arguments: list[str] | None = None) -> int:
    """Carry out one command; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m course_utils", description="The course's own commands.")
    commands = parser.add_subparsers(dest="command", required=True)
    look = commands.add_parser("doctor", help="check Python, packages, data, memory and a short training run")
    look.add_argument("--quick", action="store_true", help="leave out the training run")
    lab = commands.add_parser("lab", help="check the machine, then open JupyterLab at the first lesson")
    lab.add_argument("--port", type=port_number, help="the port to use; without it, the first free one from 8888 on")
    lab.add_argument("--no-browser", action="store_true", help="print the address instead of opening it")
    commands.add_parser("progress", help="show which exercises are solved")
    chosen = parser.parse_args(arguments)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # a Windows pipe may know no boxes
    try:
        if chosen.command == "doctor":
            return run_doctor(chosen.quick)
        if chosen.command == "lab":
            return run_lab(chosen.port, not chosen.no_browser)
        from course_utils import checking

        print(checking.progress_table())
        return 0
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())

"""The course's commands: python -m course_utils doctor | lab [--port N] [--no-browser] | progress."""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
from pathlib import Path

from course_utils import checking, doctor

ROOT = Path(__file__).resolve().parent.parent
START = "notebooks/00_start_here.ipynb"
KERNEL_CONFIG = "# Written by the course: says which earlier cell to run when a name is not defined yet.\n" + (
    'c.IPKernelApp.extensions = ["course_utils.guide"]\n'
)


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
    """Run the doctor, then JupyterLab on the first lesson; return the exit status."""
    if port is not None and not port_is_free(port):
        print(f"Port {port} is taken by another program. Choose another, as in: make lab PORT={port + 1}")
        return 1
    if run_doctor(quick=True):
        return 1
    install_guide()
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    settings = {
        "ServerApp.root_dir": ROOT,
        "LabApp.default_url": f"/lab/tree/{START}",
        "LabApp.app_settings_dir": ROOT / "course_utils" / "lab_settings",
        "LabApp.news_url": "None",
        "LabApp.check_for_updates_class": "jupyterlab.handlers.announcements.NeverCheckForUpdate",
        "ServerApp.open_browser": browser,
    }
    if port is not None:
        settings |= {"ServerApp.port": port, "ServerApp.port_retries": 0}
    command = [sys.executable, "-m", "jupyterlab", *(f"--{name}={value}" for name, value in settings.items())]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")  # in a container there is often no other user
    try:
        return subprocess.call(command, cwd=ROOT)
    except KeyboardInterrupt:
        return 0


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
    """Let every kernel of this environment load `course_utils.guide`; a system's Python is never touched."""
    own = sys.prefix != sys.base_prefix or (Path(sys.prefix) / "conda-meta").is_dir()
    if prefix is None and not own:
        return
    path = (prefix or Path(sys.prefix)) / "etc" / "ipython" / "ipython_kernel_config.py"
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(KERNEL_CONFIG, encoding="utf-8")
    except OSError as error:
        print(f" warning  Kernels will not say which earlier cell to run: {path} cannot be written ({error.strerror}).")


def main(arguments: list[str] | None = None) -> int:
    """Carry out one command; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m course_utils", description="The course's own commands.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("doctor", help="check Python, packages, data, memory and a short training run")
    lab = commands.add_parser("lab", help="check the machine, then open JupyterLab at the first lesson")
    lab.add_argument("--port", type=int, help="the port to use; without it, the first free one from 8888 on")
    lab.add_argument("--no-browser", action="store_true", help="print the address instead of opening it")
    commands.add_parser("progress", help="show which exercises are solved")
    chosen = parser.parse_args(arguments)
    if chosen.command == "doctor":
        return run_doctor()
    if chosen.command == "lab":
        return run_lab(chosen.port, not chosen.no_browser)
    print(checking.progress_table())
    return 0


if __name__ == "__main__":
    sys.exit(main())

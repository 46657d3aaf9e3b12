"""Opening JupyterLab on the learner's own pages: what is set for it, what is said while it runs, where its log goes.

The pages themselves are made by `course_utils.pages`; what the server may write is in `course_utils.lab_server`.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

from course_utils import pages

ROOT = pages.ROOT
START = "work/00_start_here.ipynb"
MARK = "# Written by the course:"
KERNEL_CONFIG = f"""{MARK} kernels of this environment say which earlier cell to run when a name is not defined yet.
from importlib.util import find_spec

if find_spec("course_utils"):
    c.IPKernelApp.extensions.append("course_utils.guide")
"""


def refuses(port: int | None) -> bool:
    """Return whether `port` was asked for and cannot be had, and say so."""
    if port is None or port_is_free(port):
        return False
    print(f"Port {port} is taken by another program, or not open to you. Choose another (make lab PORT=...,")
    print("or --port), or name none: then the first free one is taken.")
    return True


def run_lab(port: int | None, browser: bool, edit: bool = False) -> int:
    """Make the pages, then serve JupyterLab on them in this process until it is stopped; return the exit status."""
    for sentence in pages.prepare():
        print(sentence)
    use_a_home()
    install_guide()
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    for name in ("PYTHONSTARTUP", "KERAS_BACKEND", "MPLBACKEND"):
        os.environ.pop(name, None)
    start_jupyterlab(lab_arguments(port, browser, edit))
    return 0


def lab_arguments(port: int | None, browser: bool, edit: bool = False) -> list[str]:
    """Return JupyterLab's arguments: this folder, the first lesson, no news and no look for updates (a network).

    With `edit`, the verified pages themselves can be written, for whoever changes the course.
    """
    settings = {
        "ServerApp.root_dir": ROOT,
        "ServerApp.open_browser": browser,
        "LabApp.default_url": f"/lab/tree/{START}",
        "LabApp.app_settings_dir": ROOT / "course_utils" / "lab_settings",
        "LabApp.news_url": "None",
        "LabApp.check_for_updates_class": "jupyterlab.handlers.announcements.NeverCheckForUpdate",
        "MappingKernelManager.cull_idle_timeout": 1200,  # a closed page's kernel is freed after twenty minutes
        "MappingKernelManager.cull_interval": 60,
    }
    if not edit:
        settings["ServerApp.contents_manager_class"] = "course_utils.lab_server.CourseContents"
    if port is not None:
        settings.update({"ServerApp.port": port, "ServerApp.port_retries": 0})
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        settings["ServerApp.allow_root"] = True  # in a container there is often no other user
    return [f"--{name}={value}" for name, value in settings.items()]


def start_jupyterlab(arguments: list[str]) -> None:
    """Serve until it is stopped. Being this very process, it hears Ctrl-C, asks, and ends its kernels itself."""
    print("JupyterLab is starting ...", flush=True)
    with log_file() as log:
        from jupyterlab.labapp import LabApp

        server = LabApp.initialize_server(argv=arguments)
        address = server.display_url.split()[0]
        print(
            f"\n  The course is open. If no browser opens by itself, go to:\n\n      {address}\n\n"
            f"  To stop, press Ctrl-C here and answer y. The server's log is {log}\n",
            flush=True,
        )
        server.start()


@contextlib.contextmanager
def log_file() -> Iterator[Path]:
    """Send what the server and its kernels write to the error stream into a file; old logs are removed."""
    folder = ROOT / ".cache"
    try:
        folder.mkdir(exist_ok=True)
        for old in sorted(folder.glob("lab-*.log"), key=lambda path: path.stat().st_mtime)[:-9]:
            old.unlink(missing_ok=True)
        path = folder / f"lab-{os.getpid()}.log"
        log = path.open("w", encoding="utf-8")
    except OSError:  # a folder that cannot be written
        handle, name = tempfile.mkstemp(prefix="course-lab-", suffix=".log")
        path, log = Path(name), os.fdopen(handle, "w", encoding="utf-8")
    sys.stderr.flush()
    saved = os.dup(2)
    os.dup2(log.fileno(), 2)
    try:
        yield path
    except BaseException as error:
        os.dup2(saved, 2)
        if not isinstance(error, (KeyboardInterrupt, SystemExit)):
            print(f"JupyterLab stopped. What it said stands in {path}.", file=sys.stderr)
        raise
    finally:
        sys.stderr.flush()
        os.dup2(saved, 2)
        os.close(saved)
        log.close()


def use_a_home() -> None:
    """Give Jupyter and the kernels a home that can be written, where the user's own cannot, and say so."""
    home = Path.home()
    try:
        with tempfile.TemporaryFile(dir=home):
            return
    except OSError as error:
        own = ROOT / ".cache" / "home"
        try:
            own.mkdir(parents=True, exist_ok=True)
        except OSError:
            own = Path(tempfile.mkdtemp(prefix="course-home-"))
        os.environ["HOME"] = str(own)
        print(f"Your home {home} cannot be written ({error.strerror}): settings and progress go to {own}.")


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
        if prefix is None:
            _let_it_be_found(Path(sysconfig.get_paths()["purelib"]))
        old = path.read_text(encoding="utf-8", errors="replace") if path.exists() else MARK
        if old.startswith(MARK) and old != KERNEL_CONFIG:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(KERNEL_CONFIG, encoding="utf-8")
    except OSError as error:
        print(f" warning  Kernels will not say which earlier cell to run: {path} cannot be written ({error.strerror}).")


def _let_it_be_found(packages: Path) -> None:
    """Let every Python of this environment import `course_utils` from any folder, unless it is installed already."""
    if list(packages.glob("deep_learning_course-*.dist-info")):
        return
    line = packages / "deep_learning_course.pth"
    if not line.exists() or line.read_text(encoding="utf-8").strip() != str(ROOT):
        line.write_text(f"{ROOT}\n", encoding="utf-8")

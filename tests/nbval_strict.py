"""A pytest plugin that makes nbval strict and watchful: nothing skipped, dead kernels named, budgets kept.

Load it with `-p tests.nbval_strict` beside `--nbval`. At the end it prints wall time and peak memory a notebook.
"""

from __future__ import annotations

import os
import tempfile
import time
from queue import Empty

import psutil
import pytest
from nbval import kernel as nbval_kernel
from nbval import plugin as nbval_plugin

BUDGET_SECONDS, BUDGET_MB = 90, 2048
FORBIDDEN = ("nbval-skip", "nbval-ignore-output", "raises-exception", "nbval-raises-exception")
_rows: dict[str, tuple] = {}


class KernelDied(RuntimeError):
    """The notebook's kernel ended while a cell was running."""


def refusal(cell: dict) -> str | None:
    """Return why a code cell may not stand in the course unverified, or None."""
    tags = [tag for tag in cell.get("metadata", {}).get("tags", []) if tag in FORBIDDEN]
    marks = [f"comment {name}" for name, _ in nbval_plugin.find_comment_markers(cell["source"])]
    if tags or marks:
        return f"excuses itself from verification ({', '.join(tags + marks)}); bound the number with an assert instead"
    if cell["source"].strip() and cell.get("execution_count") is None:
        return "was never run: its output cannot be verified. Run `make refresh` for this lesson"
    return None


def peak_megabytes(pid: int) -> float:
    """Return the most memory that process `pid` ever held (where the system tells: Linux), else what it holds now."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        return psutil.Process(pid).memory_info().rss / 2**20


def _await_reply(self, msg_id, timeout=None):
    """Wait for the reply to `msg_id`, and look every second whether the kernel still lives."""
    deadline = time.monotonic() + (timeout or float("inf"))
    while True:
        try:
            message = self.get_message(stream="shell", timeout=1)
        except Empty:
            if not self.is_alive():
                raise KernelDied("The kernel died while this cell was running: out of memory, or killed.") from None
            if time.monotonic() > deadline:
                raise
            continue
        if message["parent_header"].get("msg_id") == msg_id:
            if message["content"]["status"] == "aborted":
                raise RuntimeError("The kernel aborted the request.")
            return


def _set_up(self):
    """Start the kernel as a learner's is started, without the variable that changes how ipykernel captures output.

    Each notebook gets a progress file of its own: what a solutions notebook solves must not show in a lesson's.
    """
    before = {name: os.environ.pop(name, None) for name in ("PYTEST_CURRENT_TEST", "COURSE_HOME")}
    os.environ["COURSE_HOME"] = tempfile.mkdtemp(dir=before["COURSE_HOME"], prefix="course-home-")
    try:
        _original_set_up(self)
    finally:
        del os.environ["COURSE_HOME"]
        os.environ.update({name: value for name, value in before.items() if value is not None})
    self.course_start = time.monotonic()


def _tear_down(self):
    if self.kernel is not None and hasattr(self, "course_start"):
        seconds, megabytes = time.monotonic() - self.course_start, 0.0
        if self.kernel.is_alive():
            megabytes = peak_megabytes(self.kernel.km.provisioner.pid)
        own = self.nb.metadata.get("course", {})
        budget = (own.get("budget_s", BUDGET_SECONDS), own.get("budget_mb", BUDGET_MB))
        name = str(self.path.relative_to(self.config.rootpath))
        cells = sum(cell.cell_type == "code" for cell in self.nb.cells)
        _rows[name] = (cells, seconds, megabytes, *budget)
    _original_tear_down(self)


def _run_test(self):
    reason = refusal(self.cell)
    if reason:
        self.raise_cell_error(f"This cell {reason}.")
    _original_run_test(self)


_original_set_up, _original_tear_down = nbval_plugin.IPyNbFile.setup, nbval_plugin.IPyNbFile.teardown
_original_run_test = nbval_plugin.IPyNbCell.runtest
nbval_plugin.IPyNbFile.setup, nbval_plugin.IPyNbFile.teardown = _set_up, _tear_down
nbval_plugin.IPyNbCell.runtest = _run_test
nbval_kernel.RunningKernel.await_reply = _await_reply


def pytest_collection_modifyitems(items):
    """Give a busy machine a minute to deliver an output that is on its way."""
    for item in items:
        if isinstance(item, nbval_plugin.IPyNbCell):
            item.output_timeout = 60


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    """Hand a worker's measurements to the controller, which fails the run where a budget is exceeded."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["course_rows"] = {name: list(row) for name, row in _rows.items()}
    elif _over_budget() and session.exitstatus == 0:
        session.exitstatus = 1


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    """Collect what a worker measured."""
    _rows.update({name: tuple(row) for name, row in getattr(node, "workeroutput", {}).get("course_rows", {}).items()})


def pytest_terminal_summary(terminalreporter):
    """Print the table of times and memory."""
    if not _rows:
        return
    width = max(map(len, _rows))
    terminalreporter.section("notebooks: wall time and peak memory")
    terminalreporter.write_line(f"{'':<{width}}  cells  seconds  of at most    MB  of at most")
    for name, (cells, seconds, megabytes, most_s, most_mb) in sorted(_rows.items()):
        terminalreporter.write_line(
            f"{name:<{width}}  {cells:5d}  {seconds:7.1f}  {most_s:10d}  {megabytes:4.0f}  {most_mb:10d}"
        )
    for name in _over_budget():
        terminalreporter.write_line(
            f"OVER BUDGET: {name}. Make it lighter, or give its reason and a budget in its metadata.", red=True
        )


def _over_budget() -> list[str]:
    return [
        name
        for name, (_, seconds, megabytes, most_s, most_mb) in _rows.items()
        if seconds > most_s or megabytes > most_mb
    ]

"""Run a lesson and its solutions in fresh kernels and write their outputs back: the only way outputs get into the tree.

Usage: python .ci/refresh.py LESSON      (01, or "all"; the file on disk stays as it is where a cell fails)
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import nbformat
import psutil
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

sys.path.insert(
    0, str(Path(__file__).resolve().parents[1])
)  # the course itself, which a program beside it does not see

from tests.environment import ROOT, lesson_paths, prepare

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


class Peak(threading.Thread):
    """The most memory that this process's children hold together, in bytes, read five times a second."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.bytes, self.done = 0, threading.Event()

    def run(self) -> None:
        """Look until `done` is set."""
        me = psutil.Process()
        while not self.done.wait(0.2):
            total = 0
            for child in me.children(recursive=True):
                try:
                    total += child.memory_info().rss
                except psutil.Error:
                    continue
            self.bytes = max(self.bytes, total)


def normalise(book: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return `book` with everything that varies from machine to machine removed, outputs and cell ids kept."""
    book.metadata = nbformat.from_dict(
        {"kernelspec": KERNEL} | {k: v for k, v in book.metadata.items() if k == "course"}
    )
    for cell in book.cells:
        cell.metadata = nbformat.from_dict({k: v for k, v in cell.metadata.items() if k in ("tags", "alt")})
        for output in cell.get("outputs", []):
            output.pop("transient", None)
    return book


def refresh(path: Path) -> None:
    """Format, run, normalise and write back one notebook.

    Raises
    ------
    CellExecutionError
        If a cell fails; the file keeps its outputs.
    """
    subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", str(path)], check=True)
    book = nbformat.read(path, as_version=4)
    client = NotebookClient(
        book, timeout=600, kernel_name="python3", record_timing=False, coalesce_streams=True, store_widget_state=False,
        resources={"metadata": {"path": str(path.parent)}},
    )  # fmt: skip
    peak, start = Peak(), time.monotonic()
    peak.start()
    client.execute()
    peak.done.set()
    fresh = path.with_suffix(".tmp")
    fresh.write_text(nbformat.writes(normalise(book), version=4) + "\n", encoding="utf-8")
    os.replace(fresh, path)
    seconds, megabytes = time.monotonic() - start, peak.bytes / 2**20
    print(f"{path.relative_to(ROOT)}: {seconds:.0f} s, {megabytes:.0f} MB", flush=True)


def main(arguments: list[str]) -> int:
    """Refresh the lesson named; return the exit status."""
    if len(arguments) != 1:
        print('Which lesson? For example: make refresh LESSON=01, or LESSON="all".')
        return 1
    prepare()
    for path in lesson_paths(None if arguments[0] == "all" else arguments[0]):
        try:
            refresh(path)
        except CellExecutionError as error:
            print(f"{path.relative_to(ROOT)}: a cell failed, and the file is left as it was.\n{error}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What `make test` does: the linter, the unit tests, and every stored output of every notebook, the network off.

Two processes share the work, but for lessons that train for minutes: each of them has the machine to itself, at the end.
With OMP_NUM_THREADS=1 it could not use it, so then two of them run side by side.

Usage: python -m tests.run [LESSON]
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.environment import ROOT, lesson_paths, prepare

LONG_SECONDS = 120
IN_TWO = ("-n", "2", "--dist", "loadfile")


def is_long(path: Path) -> bool:
    """Return whether a notebook's budget makes it one that trains for minutes, and so is run with nothing beside it."""
    return json.loads(path.read_text(encoding="utf-8"))["metadata"].get("course", {}).get("budget_s", 0) > LONG_SECONDS


def linted() -> list[str]:
    """Return the folders and pages that the linter reads: what a learner adds beside them is not the course."""
    return ["course_utils", "tests", ".ci", "data", *(str(path) for path in lesson_paths())]


def short_and_long(lesson: str | None = None) -> tuple[list[str], list[str]]:
    """Return the notebooks, as paths from the top, that run side by side, and those that train for minutes."""
    paths = lesson_paths(lesson)
    return tuple([str(p.relative_to(ROOT)) for p in paths if is_long(p) == kind] for kind in (False, True))


def verify(*more: str) -> list[str]:
    """Return the command that verifies notebooks strictly, the network off where the system allows it."""
    python = [sys.executable, "-m"]
    return [
        *python, "tests.offline", *python, "pytest", "-p", "tests.nbval_strict", "--nbval", "--nbval-current-env",
        "--nbval-cell-timeout=600", "--nbval-sanitize-with=tests/nbval_sanitize.cfg", "-q", *more,
    ]  # fmt: skip


def main(arguments: list[str]) -> int:
    """Run all parts, or those of one lesson; return the exit status of the first that fails."""
    lesson = arguments[0] if arguments else None
    short, long = short_and_long(lesson)
    prepare()
    python = [sys.executable, "-m"]
    for step in (["ruff", "check", "--quiet"], ["ruff", "format", "--check", "--quiet"]):
        if subprocess.run([*python, *step, *linted()], cwd=ROOT).returncode != 0:
            print(
                f"The linter refuses the code: {' '.join(step)}. `ruff check --fix .` and `ruff format .` mend most of it."
            )
            return 1
    own = [str(path.relative_to(ROOT)) for path in sorted((ROOT / "tests").glob(f"test_lesson_{lesson}_*.py"))]
    tests = ["tests"] if lesson is None else ["tests/test_exercises.py", "tests/test_notebooks.py", *own]
    select = [] if lesson is None else ["-k", f"lesson_{lesson} or {lesson}_ or Cell"]
    done = subprocess.run(verify(*IN_TWO, *select, *short, *tests), cwd=ROOT).returncode
    if done == 0 and long:
        one_thread = len(long) > 1 and os.environ.get("OMP_NUM_THREADS") == "1"
        done = subprocess.run(verify(*(IN_TWO if one_thread else []), *long), cwd=ROOT).returncode
    return done


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What `make test` does: the linter, the unit tests, and every stored output of every notebook, the network off.

Usage: python -m tests.run [LESSON]
"""

from __future__ import annotations

import subprocess
import sys

from tests.tools.environment import ROOT, lesson_paths, prepare


def main(arguments: list[str]) -> int:
    """Run all parts, or those of one lesson; return the exit status of the first that fails."""
    lesson = arguments[0] if arguments else None
    notebooks = [str(path.relative_to(ROOT)) for path in lesson_paths(lesson)]
    prepare()
    python = [sys.executable, "-m"]
    for step in (["ruff", "check", "--quiet", "."], ["ruff", "format", "--check", "--quiet", "."]):
        if subprocess.run([*python, *step], cwd=ROOT).returncode != 0:
            print(
                f"The linter refuses the code: {' '.join(step)}. `ruff check --fix .` and `ruff format .` mend most of it."
            )
            return 1
    own = [str(path.relative_to(ROOT)) for path in sorted((ROOT / "tests").glob(f"test_lesson_{lesson}_*.py"))]
    tests = ["tests"] if lesson is None else ["tests/test_exercises.py", "tests/test_notebooks.py", *own]
    select = [] if lesson is None else ["-k", f"lesson_{lesson} or {lesson}_ or Cell"]
    command = [
        *python, "pytest", "-p", "tests.nbval_strict", "--nbval", "--nbval-current-env", "--nbval-cell-timeout=400",
        "--nbval-sanitize-with=tests/nbval_sanitize.cfg", "-n", "2", "--dist", "loadfile", "-q", *select, *notebooks, *tests,
    ]  # fmt: skip
    return subprocess.run([*python, "tests.tools.offline", *command], cwd=ROOT).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

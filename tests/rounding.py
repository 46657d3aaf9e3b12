"""What `make test-rounding` does: lessons and checkers under other arithmetic, and a table at the end.

A processor adds in its own order, and so do a thread count and a library: the last bits differ. No stored output may hang
on them. Usage: python -m tests.rounding [--long] [ROW ...]; without a name, every row. With --long the lessons that train for
minutes are verified, else the short ones and all checkers.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time

from tests.environment import ROOT, prepare
from tests.run import IN_TWO, short_and_long, verify

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
ROWS: dict[str, dict[str, str]] = {
    "own-kernels": {},
    "haswell": {"OPENBLAS_CORETYPE": "Haswell"},
    "nehalem": {"OPENBLAS_CORETYPE": "Nehalem"},
    "prescott": {"OPENBLAS_CORETYPE": "Prescott"},
    "without-onednn": {"TF_ENABLE_ONEDNN_OPTS": "0"},
    "sse41": {"ONEDNN_MAX_CPU_ISA": "SSE41"},
    "one-thread": dict.fromkeys(THREADS, "1"),
    "four-threads": dict.fromkeys(THREADS, "4"),
}
SET = {name for row in ROWS.values() for name in row} | {"OPENBLAS_L2_SIZE"}
CHECKERS = ["tests/test_exercises.py", "-k", "Cell or correct or misconception or differ"]


def surroundings(row: str) -> dict[str, str]:
    """Return the environment of one row: what any row sets is unset first, so that rows do not mix."""
    prepare()
    fixed = {name: value for name, value in os.environ.items() if name not in SET}
    return fixed | dict.fromkeys(("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"), "2") | ROWS[row]


def run(row: str, long: bool = False) -> tuple[str, list[str], float]:
    """Run one row; return pytest's summary line, the notebooks or tests that failed, and the seconds."""
    lessons = short_and_long()
    what = lessons[1] if long else [*IN_TWO, *lessons[0], *CHECKERS]
    start = time.monotonic()
    done = subprocess.run(
        verify("-p", "no:cacheprovider", *what),
        cwd=ROOT, env=surroundings(row), capture_output=True, text=True,
    )  # fmt: skip
    text = done.stdout + done.stderr
    failed = sorted(set(re.findall(r"^(?:FAILED|ERROR) (\S+?)(?:::| - |$)(?:.*)", text, re.MULTILINE)))
    summary = next((line for line in reversed(text.splitlines()) if re.search(r"\d+ (passed|failed|error)", line)), "")
    if done.returncode != 0:
        print(text, flush=True)
        failed = failed or ["no test ran to its end"]
    return re.sub(r"^=* ?| in [\d.]+s.*$", "", summary), failed, time.monotonic() - start


def main(arguments: list[str]) -> int:
    """Run the rows that are named, or all; print the table; return 1 where one failed, 2 where a name is unknown."""
    long, arguments = "--long" in arguments, [name for name in arguments if name != "--long"]
    unknown = [name for name in arguments if name not in ROWS]
    if unknown:
        print(f"There is no row {unknown[0]!r}. Choose from: {' '.join(ROWS)}")
        return 2
    results = {}
    for name in arguments or ROWS:
        results[name] = run(name, long)
        print(f"{name}: {'failed' if results[name][1] else 'green'}", flush=True)
    width = max(map(len, results))
    print(f"\n{'arithmetic':<{width}}  {'':6}  seconds  what was run")
    for name, (summary, failed, seconds) in results.items():
        print(f"{name:<{width}}  {'FAILED' if failed else 'green':6}  {seconds:7.0f}  {summary}")
        for place in failed:
            print(f"{'':<{width}}          {place}")
    return int(any(failed for _, failed, _ in results.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

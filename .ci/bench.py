"""Print the figures that the README quotes: import time, size of the core, steps a second. Nothing here is asserted.

Run it with `make bench`. Rounds are interleaved, because times on a shared machine only compare side by side.
"""

from __future__ import annotations

import ast
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GROUPS = {
    "core of the package": ("session", "surroundings", "data", "plots", "lessons", "checking"),
    "its commands": ("doctor", "guide", "__main__"),
}
HEAVY = ("tensorflow", "keras", "pandas", "matplotlib", "sklearn", "jupyter_server")


def import_seconds(rounds: int = 5) -> tuple[float, list[str]]:
    """Return the median seconds to import every module of the package in a fresh Python, and the heavy ones loaded."""
    names = ["course_utils." + ".".join(p.relative_to(ROOT / "course_utils").with_suffix("").parts) for p in _modules()]
    code = (
        "import time, sys, importlib; start = time.perf_counter()\n"
        f"for name in {names!r}: importlib.import_module(name.removesuffix('.__init__'))\n"
        f"print(time.perf_counter() - start, *[h for h in {HEAVY!r} if h in sys.modules])"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
        for _ in range(rounds)
    ]
    words = [run.stdout.split() for run in runs]
    return statistics.median(float(w[0]) for w in words), words[0][1:]


def code_lines(names: tuple[str, ...]) -> int:
    """Return the lines of code of modules of the package; blank lines, comments and docstrings do not count."""
    total = 0
    for name in names:
        text = _text_of(name)
        skipped: set[int] = set()
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node) is not None:
                skipped |= set(range(node.body[0].lineno, node.body[0].end_lineno + 1))
        lines = enumerate(text.splitlines(), start=1)
        total += sum(bool(line.strip()) and line.strip()[0] != "#" and at not in skipped for at, line in lines)
    return total


def steps_a_second(n: int = 2344, d: int = 6, n_steps: int = 1000, rounds: int = 5) -> dict[str, list[float]]:
    """Return steps a second of full-batch descent on X (n, d), by hand and through `keras.Model.fit`, round by round."""
    from course_utils.session import setup

    setup(seed=1)
    import keras
    import numpy as np
    import tensorflow as tf

    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(n, d)), rng.normal(size=n)
    batches = tf.data.Dataset.from_tensors((X.astype("float32"), y.astype("float32"))).repeat(n_steps)
    model = keras.Sequential([keras.layers.Dense(1, use_bias=False)])
    model.compile(optimizer=keras.optimizers.SGD(0.01), loss="mse")
    model.fit(batches.take(5), verbose=0)  # builds its graph before the clock starts

    def by_hand() -> None:
        w = np.zeros(d)
        for _ in range(n_steps):
            w = w - 0.01 * (2 / n * X.T @ (X @ w - y))

    results: dict[str, list[float]] = {"by hand": [], "keras fit": []}
    for _ in range(rounds):
        for name, run in (("by hand", by_hand), ("keras fit", lambda: model.fit(batches, verbose=0))):
            start = time.perf_counter()
            run()
            results[name].append(n_steps / (time.perf_counter() - start))
    return results


def _text_of(name: str) -> str:
    """Return the source of a module, or of all modules of a package, one after the other."""
    place = ROOT / "course_utils" / name
    files = sorted(place.glob("*.py")) if place.is_dir() else [place.with_suffix(".py")]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def _modules() -> list[Path]:
    return sorted(p for p in (ROOT / "course_utils").rglob("*.py") if "__pycache__" not in p.parts)


def main() -> None:
    """Print one line a figure."""
    seconds, heavy = import_seconds()
    print(f"import of all modules       {seconds:8.3f} s   heavy libraries loaded: {' '.join(heavy) or 'none'}")
    for group, names in GROUPS.items():
        print(f"{group:<27} {code_lines(names):8d} lines of code   ({', '.join(names)})")
    results = steps_a_second()
    for name, rates in results.items():
        print(
            f"descent, {name:<18} {statistics.median(rates):8.0f} steps a second   ({min(rates):.0f} to {max(rates):.0f})"
        )
    ratios = [a / b for a, b in zip(*results.values(), strict=True)]
    print(
        f"by hand over keras fit      {statistics.median(ratios):8.1f} times   ({min(ratios):.1f} to {max(ratios):.1f})"
    )


if __name__ == "__main__":
    main()

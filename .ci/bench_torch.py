"""Compare the lesson's compiled step with PyTorch at nanoGPT's own configuration, in interleaved pairs.

Run it with `make bench-torch TORCH=path`, where path is a Python that has PyTorch; the course itself has none. Both train
the same sizes on the course's Shakespeare, turn by turn, 200 steps each; a turn of one is a neighbour in time of a turn
of the other, so that a busy moment meets both. PyTorch runs eagerly, as nanoGPT documents it for a CPU, once with the
optimizer as it is there and once with PyTorch's fused one.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import bench_transformer
from bench_transformer import ROOT

ROUNDS = 4  # of 50 steps in each turn; the best counts, for both
RIVALS = {"as nanoGPT has it": [], "with the fused AdamW": ["fused"]}


class Rival:
    """A process that trains in PyTorch when it is asked to; raises ValueError where `python` has no PyTorch."""

    def __init__(self, python: str, text: Path, how: list[str]) -> None:
        if not python:
            raise ValueError("TORCH needs the path of a Python that has PyTorch; received none.")
        command = [python, str(ROOT / ".ci" / "torch_rate.py"), str(text), *how]
        try:
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
        except OSError as error:
            raise ValueError(f"TORCH {python!r} cannot be run: {error.strerror}.") from None
        ready = self.process.stdout.readline().split()
        if ready[:1] != ["ready"]:
            last = (self.process.communicate()[1].strip().splitlines() or ["it said nothing"])[-1]
            raise ValueError(f"TORCH {python!r} does not train: {last}")
        self.version = ready[1]

    def rate(self) -> float:
        """Return the tokens a second of one round of 50 steps."""
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def stop(self) -> None:
        """Let the process end."""
        self.process.stdin.close()
        self.process.wait()


def main(arguments: list[str] | None = None) -> int:
    """Print one line a pair, then the medians; returns the exit status, 2 where there is no PyTorch to compare with."""
    parser = argparse.ArgumentParser(prog="bench_torch", description=__doc__.splitlines()[0])
    parser.add_argument("torch", help="a Python that has PyTorch")
    parser.add_argument("--pairs", type=int, default=5)
    options = parser.parse_args(arguments)
    text = bench_transformer.read_text(None)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "text.txt"
        place.write_text(text, encoding="utf-8")
        rivals = {}
        try:
            for name, how in RIVALS.items():
                rivals[name] = Rival(options.torch, place, how)
        except ValueError as error:
            print(error, file=sys.stderr)
            return 2
        finally:
            if len(rivals) < len(RIVALS):
                for rival in rivals.values():
                    rival.stop()
        from course_utils.session import setup

        setup(seed=15)
        lesson = bench_transformer.lesson_parts(sorted(set(text)))
        ours = bench_transformer.reference_round(lesson, lesson.encode(text))
        ours()  # compiles
        version = next(iter(rivals.values())).version
        print(f"tokens a second at nanoGPT's configuration; PyTorch {version}")
        shares = {name: [] for name in rivals}
        for pair in range(1, options.pairs + 1):
            rate = max(ours() for _ in range(ROUNDS))
            line = f"pair {pair}   the lesson's step {rate:7,.0f}"
            for name, rival in rivals.items():
                theirs = max(rival.rate() for _ in range(ROUNDS))
                shares[name].append(rate / theirs)
                line += f"   PyTorch {name} {theirs:7,.0f}, ratio {rate / theirs:.2f}"
            print(line, flush=True)
        for name, ratios in shares.items():
            print(
                f"median ratio to PyTorch {name}: {statistics.median(ratios):.2f}, {min(ratios):.2f} to {max(ratios):.2f}"
            )
        for rival in rivals.values():
            rival.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())

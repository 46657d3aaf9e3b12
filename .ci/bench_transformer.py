"""Train the Transformer of lesson 17 on any text for so many seconds, and say how good and how fast it is.

Run it with `make bench-transformer TEXT=path SECONDS=60`. Network, recipe and compiled step are those of the stored
lesson; nothing is copied. Two things are added. In every block, half of each normalised vector is that of the position
before, so that no attention is spent on finding the last character. And where the run is short, tables for three and four
characters stand in the place of the lesson's table of pairs; a longer run reads the text several times, and such tables
learn it by heart: it does without them, at half the learning rate, and from 150 seconds on without pairs, wider and with
more weight decay. From how many seconds on was chosen with the training part alone, judged on its own last tenth: at 60 s
1.485 without the longer tables, 1.629 with them. Losses are nats a character on the last tenth of the text, in windows of 64 characters.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # the course itself, which a program beside it does not see

from tests.exercises.harness import lesson_functions

CONTEXT = 64
HASHED = (16_381, 32_749)  # rows of the tables for three and four characters; primes spread the hashes
CALL = 25  # steps in one call of the compiled loop


def lesson_parts(characters: Any, context: int = CONTEXT) -> SimpleNamespace:
    """Return imports, functions and classes of the stored lesson 17, for a vocabulary of sorted `characters`."""
    characters = np.array(characters)
    return lesson_functions("17_inside_the_transformer", "PARTS", characters=characters, V=len(characters), T=context)


def table_of_pasts(vocabulary: int, d: int, longest: int = 4) -> Any:
    """Return what the lesson's Transformer takes as `pairs`: a layer from pair ids (batch, time) to (batch, time, d).

    Parameters
    ----------
    vocabulary, d : int
        How many characters there are, and the width of the network.
    longest : int
        How many characters the longest past has: 1 to 4. With 2 it is the lesson's own table of pairs, with 1 no table.
    """
    import keras  # here, for what is refused shall be refused at once
    from keras import ops

    class Pasts(keras.layers.Layer):
        """The sum of a table of pairs and of hashed tables for three and four characters, ending at each position.

        The longer pasts follow from the ids of the pairs at this and earlier positions, none later. Their tables are
        small, and their rows shared: the row is a *hash*, a number worked out from the characters, so that unlike
        pasts may meet in one. Where the window starts, the characters before it count as pair 0.

        Source: the hash embeddings of Svenstrup, Hansen and Winther, 2017 (arXiv 1709.03933), with one hash a past.
        """

        def __init__(self) -> None:
            super().__init__()
            sizes = (vocabulary**2, *HASHED[: longest - 2])
            self.tables = [keras.layers.Embedding(n, d, "zeros") for n in sizes]

        def call(self, pairs: Any) -> Any:  # (batch, time)
            vectors, key = self.tables[0](pairs), pairs % 1_000_003  # (batch, time, d), (batch, time)
            for back, table in enumerate(self.tables[1:], start=1):
                earlier = ops.pad(pairs, ((0, 0), (back, 0)))[:, : pairs.shape[1]]
                key = (1009 * key + (7917 + 2 * back) * (earlier % 100_003)) % 1_000_003  # stays below 2**31
                vectors = vectors + table(key % table.input_dim)
            return vectors

    if longest == 1:
        return lambda pairs: 0
    return keras.layers.Embedding(vocabulary**2, d, "zeros") if longest == 2 else Pasts()


def look_back(norm: Any) -> Any:
    """Return a layer's norm (batch, time, d) with the first half of each vector from the position before, 0 at the start.

    Source: the token shift of RWKV, Peng et al. 2023 (arXiv 2305.13048), without its learned mix.
    """
    from keras import ops

    def shifted(x: Any) -> Any:  # (batch, time, d)
        x = norm(x)
        before = ops.pad(x[:, :-1, : x.shape[2] // 2], ((0, 0), (1, 0), (0, 0)))
        return ops.concatenate([before, x[:, :, x.shape[2] // 2 :]], axis=-1)

    return shifted


def positive_seconds(value: str) -> float:
    """Return `value` as a number of seconds above 0; raises ValueError with a sentence."""
    try:
        seconds = float(value)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise ValueError(f"SECONDS must be a number above 0; received {value!r}.")
    return seconds


def read_text(path: str | None) -> str:
    """Return the text of `path`, or the course's; raises ValueError with a sentence where it cannot serve."""
    if path is None:
        from course_utils import data

        return data.shakespeare()
    try:
        text = Path(path).read_bytes().decode("utf-8")
    except OSError as error:
        raise ValueError(f"TEXT {path!r} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"TEXT {path!r} is not UTF-8: byte {error.start} cannot be decoded.") from None
    needed = 10 * (CONTEXT + 1)
    if len(text) < needed:
        has = f"has {len(text)} characters" if text else "is empty"
        raise ValueError(f"TEXT {path!r} {has}; at least {needed} are needed, so that its last tenth fills one window.")
    return text


def peak_gflops(rounds: int = 5) -> float:
    """Return the best rate of a 2048-cubed float32 product, in thousand million operations a second."""
    a, best = np.random.default_rng(0).random((2048, 2048), dtype=np.float32), math.inf
    for _ in range(rounds):
        start = time.perf_counter()
        a @ a
        best = min(best, time.perf_counter() - start)
    return 2 * 2048**3 / best / 1e9


def flops_a_token(d: int, n_layers: int, vocabulary: int) -> float:
    """Return the operations of a training step for one token: three times two a weight, and the attention's products."""
    return 6 * (12 * d * d * n_layers + d * vocabulary) + 12 * n_layers * d * CONTEXT


def train(lesson: SimpleNamespace, ids: Any, options: argparse.Namespace) -> tuple[Any, float, float, int]:
    """Return the model trained for `options.seconds`, the seconds it took without compiling, those of compiling, steps."""
    keras, rng = lesson.keras, np.random.default_rng(options.seed)
    pairs = table_of_pasts(lesson.V, options.width, options.pasts)
    model = lesson.Transformer(options.width, options.layers, options.width // 32, pairs=pairs)
    for block in model.blocks:
        block.norm = look_back(block.norm)
    decay = {"weight_decay": 0.3, "adam_weight_decay": 0.1} if options.seconds >= 150 else {}
    optimizer = keras.optimizers.Muon(adam_lr_ratio=0.67, exclude_layers=["head"], **decay)
    run = lesson.many_steps(model, optimizer, ids)
    first = model.get_weights()

    def starts(n: int) -> np.ndarray:
        passes = -(-n * options.batch * CONTEXT // (len(ids) - 2 * CONTEXT)) + 1
        places = [rng.permutation(np.arange(rng.integers(min(CONTEXT, len(ids) - CONTEXT)), len(ids) - CONTEXT, CONTEXT)) for _ in range(passes)]  # fmt: skip
        return np.concatenate(places)[: n * options.batch].astype("int32").reshape(n, options.batch)

    clock, no_rates = [time.perf_counter()], np.zeros(CALL, "float32")
    for _ in range(3):
        run(starts(CALL), no_rates).numpy()
        clock.append(time.perf_counter())
    first_call, *later = np.diff(clock)
    compiling = max(0.0, first_call - min(later))
    n_steps = max(1, round(options.seconds / np.mean(later))) * CALL
    model.set_weights(first)
    for variable in optimizer.variables:
        variable.assign(keras.ops.zeros_like(variable))
    rates, where = lesson.up_and_down(options.peak, n_steps, min(25, n_steps - 1)), starts(n_steps)
    start = time.perf_counter()
    for i in range(0, n_steps, CALL):
        run(where[i : i + CALL], rates[i : i + CALL]).numpy()
    return model, time.perf_counter() - start, compiling, n_steps


def reference_round(lesson: SimpleNamespace, ids: Any) -> Callable[[], float]:
    """Return a function that trains 50 steps at nanoGPT's own configuration and returns the tokens a second.

    Its first call compiles, too.
    """
    keras, ops = lesson.keras, lesson.keras.ops
    mean = np.full((128, 1), 1 / 128, "float32")

    def layer_norm(x: Any) -> Any:
        x = x - ops.matmul(x, mean)  # means as products: the compiler is good at those
        return x * ops.rsqrt(ops.matmul(ops.square(x), mean) + 1e-5)

    model = lesson.Transformer(
        128,
        4,
        4,
        place=keras.layers.Embedding(CONTEXT, 128),
        norm=layer_norm,
        qk_norm=lambda q: q,
        turn=lambda q: q,
        activation=lambda z: ops.gelu(z, approximate=False),
    )
    adamw = keras.optimizers.AdamW(beta_2=0.99, weight_decay=0.1, global_clipnorm=1.0)
    run, rng = lesson.many_steps(model, adamw, ids), np.random.default_rng(0)

    def fifty() -> float:
        starts = rng.integers(0, len(ids) - CONTEXT, (50, 12), "int32")
        clock = time.perf_counter()
        run(starts, np.full(50, 1e-3, "float32")).numpy()
        return 50 * 12 * CONTEXT / (time.perf_counter() - clock)

    return fifty


def reference_rate(lesson: SimpleNamespace, ids: Any, rounds: int = 4) -> float:
    """Return the tokens a second at nanoGPT's own configuration, the best of some rounds of 50 steps."""
    fifty = reference_round(lesson, ids)
    return max([fifty() for _ in range(rounds + 1)][1:])


def main(arguments: list[str] | None = None) -> int:
    """Print one line a figure; returns the exit status, 2 where text or seconds cannot serve."""
    parser = argparse.ArgumentParser(prog="bench_transformer", description=__doc__.splitlines()[0])
    parser.add_argument("--text", help="a UTF-8 file; the course's Shakespeare without it")
    parser.add_argument("--seconds", default="60", help="of training, compiling not counted")
    parser.add_argument("--width", type=int, help="a multiple of 32; 64, or 128 from 150 seconds on")
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--batch", type=int, default=24)
    parser.add_argument("--peak", type=float, help="the highest learning rate; 0.012, or 0.006 from 40 seconds on")
    parser.add_argument(
        "--pasts",
        type=int,
        choices=(1, 2, 3, 4),
        help="of the longest tabled past; 4, 2 from 40 seconds on, 1 from 150",
    )
    parser.add_argument("--seed", type=int, default=15)
    options = parser.parse_args(arguments)
    try:
        options.seconds = positive_seconds(options.seconds)
        text = read_text(options.text)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    options.width = options.width or (64 if options.seconds < 150 else 128)
    options.peak = options.peak or (0.012 if options.seconds < 40 else 0.006)
    options.pasts = options.pasts or (4 if options.seconds < 40 else 2 if options.seconds < 150 else 1)
    from course_utils.session import setup

    setup(seed=options.seed)
    lesson = lesson_parts(sorted(set(text)))
    ids, cut = lesson.encode(text), len(text) * 9 // 10
    peak = peak_gflops()
    model, seconds, compiling, n_steps = train(lesson, ids[:cut], options)
    rate = n_steps * options.batch * CONTEXT / seconds
    peak = max(peak, peak_gflops())  # measured before and after, for a busy moment makes it look small
    share = rate * flops_a_token(options.width, options.layers, lesson.V) / 1e9 / peak
    reference = reference_rate(lesson, ids[:cut])
    reference_share = reference * flops_a_token(128, 4, lesson.V) / 1e9 / peak
    shape = f"{options.layers} layers, width {options.width}, {model.count_params():,} parameters, pasts up to {options.pasts}"
    print(f"text                     {len(text):,} characters, {lesson.V} different; {len(text) - cut:,} to validate")
    print(f"network                  {shape}; {n_steps:,} steps of {options.batch} x {CONTEXT}")
    print(f"loss, whole validation   {lesson.loss_on(model, ids[cut:]):.4f} nats a character")
    print(f"seconds                  {seconds:.1f} of training, {seconds + compiling:.1f} with compiling")
    print(f"tokens a second          {rate:,.0f}")
    print(f"share of the peak        {share:.0%} of {peak:.0f} GFLOP/s (2048-cubed float32 product)")
    print(f"nanoGPT's configuration  {reference:,.0f} tokens a second, {reference_share:.0%} of the peak")
    return 0


if __name__ == "__main__":
    sys.exit(main())

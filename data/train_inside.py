"""Train the networks of lesson 17's study of parts, sizes and rivals, and write their losses into `data/`.

Run it with `make train-inside`; on two cores it takes about a quarter of an hour. Each run is kept in the cache folder as soon as it is
done, so a study that was stopped goes on where it stood. Network, training and judging are the lesson's own, the plain
network is lesson 16's, both taken from the stored notebooks; what is added here is which networks are trained, at which rates.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

sys.path.insert(
    0, str(Path(__file__).resolve().parents[1])
)  # the course itself, which a program beside it does not see

from course_utils import data
from course_utils.session import setup
from tests.exercises.harness import lesson_functions
from train_steps import kept, record_sums

STEPS, SHORT, LONG, BATCH, CALL = 1000, 200, 1500, 16, 50
HELD_BACK = 100_000  # characters at the end of the training text, on which rates are chosen
WIDTH, LAYERS, HEADS = 32, 2, 2
LSTM_WIDTH = 60  # as many parameters as the Transformer without pairs
GUESSES = {
    "modern": 0.012,
    "no pairs": 0.012,
    "AdamW": 0.008,
    "LSTM": 0.016,
    "plain": 0.008,
    "plain q and k": 0.012,
    "learned positions": 0.012,
    "rate never falls": 0.006,
    "ReLU": 0.012,
    "LayerNorm": 0.012,
}  # networks, most of them one part away from the modern one, and where the search for their rates begins
MORE = {"no pairs, AdamW": 0.008, "LSTM, Muon": 0.012}
ADAMW = ("AdamW", "plain", "LSTM", "no pairs, AdamW")  # all others with Muon
WIDTHS, AMOUNTS = (8, 16, 32), (10_000, 100_000, 0)  # 0: the whole training text
SEEDS, TUNING_SEED = tuple(range(5)), 100


def main() -> int:
    """Train what the cache lacks, write the table; return 0."""
    setup(seed=17)
    world = texts()
    write([done(world, run) for run in runs(world)])
    return 0


def texts() -> SimpleNamespace:
    """Return the functions of lessons 17 and 16, training and validation text as ids, and room for compiled programs."""
    text = data.shakespeare()
    cut = len(text) * 9 // 10
    characters = np.array(sorted(set(text[:cut])))
    given = {"characters": characters, "V": len(characters), "T": 64}
    lesson = lesson_functions("17_inside_the_transformer", "PARTS", **given)
    plain = lesson_functions("16_transformer", "Norm", V=len(characters), T=64)
    return SimpleNamespace(
        lesson=lesson, plain=plain, train=lesson.encode(text[:cut]), val=lesson.encode(text[cut:]), ready={},
    )  # fmt: skip


def runs(world: SimpleNamespace) -> Iterator[dict[str, Any]]:
    """Yield each run, what matters most first: networks, sizes, short runs.

    Before the first run of a network its rates are tried; these runs come out as well.
    """
    for name in GUESSES:
        yield from asked(world, SEEDS, name=name)
    for width in WIDTHS:
        for amount in AMOUNTS:
            yield from asked(world, SEEDS, name="no pairs", width=width, amount=amount)
    yield from asked(world, SEEDS, name="LSTM", steps=LONG)  # as many operations as the Transformer's, and some more
    for name in GUESSES:
        yield from asked(world, SEEDS, name=name, steps=SHORT)
    for name in MORE:
        yield from asked(world, SEEDS, name=name)


def asked(
    world: SimpleNamespace, seeds: tuple[int, ...], name: str, width: int = WIDTH, steps: int = STEPS, amount: int = 0
) -> Iterator[dict[str, Any]]:
    """Yield the runs that choose a network's rate, then one for each seed at that rate."""
    tried = tuning(world, name, width, steps)
    yield from tried
    best = min(tried, key=lambda run: lowest(world, run))
    for seed in seeds:
        yield run_of(name, best["rate"], seed, width=width, steps=steps, amount=amount)


def run_of(name: str, rate: float, seed: int, **other: Any) -> dict[str, Any]:
    """Return what defines a run; without `other` it is judged on the validation text after all of the training text."""
    return {"name": name, "width": WIDTH, "amount": 0, "steps": STEPS, "judged": "validation", "rate": rate, "seed": seed} | other  # fmt: skip


def tuning(world: SimpleNamespace, name: str, width: int, steps: int) -> list[dict[str, Any]]:
    """Return the runs that choose the rate of a network: one seed, each rate twice the last, until the best lies inside."""
    guess, tried = (GUESSES | MORE)[name], {}
    found = []
    rates = [guess / 2, guess, 2 * guess]
    while rates:
        for rate in rates:
            found.append(run_of(name, rate, TUNING_SEED, width=width, steps=steps, judged="held back"))
            tried[rate] = lowest(world, found[-1])
        best, low, high = min(tried, key=tried.get), min(tried), max(tried)
        rates = [low / 2] if best == low else [2 * high] if best == high else []
    return found


def lowest(world: SimpleNamespace, run: dict[str, Any]) -> float:
    """Return a run's loss, infinite where it is no number."""
    loss = done(world, run)["loss"]
    return loss if np.isfinite(loss) else np.inf


def done(world: SimpleNamespace, run: dict[str, Any]) -> dict[str, Any]:
    """Return one row of the table, from the cache or trained now."""
    name = "inside " + ", ".join(f"{value:g}" if isinstance(value, float) else str(value) for value in run.values())
    return kept(name, lambda: score(world, run))


def network(world: SimpleNamespace, name: str, width: int) -> Any:
    """Return a fresh network, built."""
    lesson, keras = world.lesson, world.lesson.keras
    if name == "plain":
        inputs = keras.Input((lesson.T,), dtype="int32")
        model = keras.Sequential([inputs, *world.plain.transformer(width, LAYERS, HEADS)])
    elif name.startswith("LSTM"):
        wide = LSTM_WIDTH * width // WIDTH
        recurrent = keras.layers.LSTM(wide, return_sequences=True)
        head = keras.layers.Dense(lesson.V, name="head")
        model = keras.Sequential([keras.layers.Embedding(lesson.V, width), recurrent, head])
    else:
        parts: dict[str, Any] = {}
        if not name.startswith("no pairs"):
            parts["pairs"] = keras.layers.Embedding(lesson.V**2, width, "zeros")
        if name == "learned positions":
            parts |= {"turn": lambda q: q, "place": keras.layers.Embedding(lesson.T, width)}
        if name == "plain q and k":
            parts["qk_norm"] = lambda q: q
        if name == "ReLU":
            parts["activation"] = keras.ops.relu
        model = lesson.Transformer(width, LAYERS, HEADS, **parts)
        if name == "LayerNorm":  # a layer of its own at each place, with its gain and shift
            model.norm = SeveralNorms(keras, 2)
            for block in model.blocks:
                block.norm = SeveralNorms(keras, 2)
            model.more = [model.norm.layers, *(block.norm.layers for block in model.blocks)]
    model(np.zeros((1, lesson.T), "int32"))
    return model


class SeveralNorms:
    """Layer normalisations that are called in turn, as often as there are, again and again."""

    def __init__(self, keras: Any, n: int) -> None:
        self.layers = [keras.layers.LayerNormalization(epsilon=1e-6) for _ in range(n)]
        self.calls = 0

    def __call__(self, x: Any) -> Any:
        """Return `x` (batch, time, d), normalised by the layer whose turn it is."""
        self.calls += 1
        return self.layers[(self.calls - 1) % len(self.layers)](x)


def program(world: SimpleNamespace, name: str, width: int) -> tuple[Any, Any, Callable]:
    """Return a network, its optimizer and its compiled loop, made once for each name and width."""
    if (name, width) not in world.ready:
        keras = world.lesson.keras
        model = network(world, name, width)
        if name in ADAMW:
            optimizer = keras.optimizers.AdamW()
        else:
            optimizer = keras.optimizers.Muon(adam_lr_ratio=0.67, exclude_layers=["head"])
        world.ready[name, width] = model, optimizer, world.lesson.many_steps(model, optimizer, world.train)
    return world.ready[name, width]


def rates_of(world: SimpleNamespace, name: str, peak: float, steps: int) -> np.ndarray:
    """Return the rates (steps,): up in 50 steps, then down in a straight line, or level for "rate never falls"."""
    rates = world.lesson.up_and_down(peak, steps, 50)
    if name == "rate never falls":
        rates[50:] = peak
    return rates


def score(world: SimpleNamespace, run: dict[str, Any]) -> dict[str, Any]:
    """Train one run; return its row: what defines it, its parameters, its loss, and that of its last 50 steps."""
    lesson, keras = world.lesson, world.lesson.keras
    model, optimizer, loop = program(world, run["name"], run["width"])
    keras.utils.set_random_seed(run["seed"])
    model.set_weights(network(world, run["name"], run["width"]).get_weights())
    for variable in optimizer.variables:
        variable.assign(keras.ops.zeros_like(variable))
    readable = len(world.train) - HELD_BACK if run["judged"] == "held back" else run["amount"] or len(world.train)
    rng = np.random.default_rng(run["seed"])
    starts = rng.integers(0, readable - lesson.T, (run["steps"], BATCH), "int32")
    rates = rates_of(world, run["name"], run["rate"], run["steps"])
    losses = [loop(starts[i : i + CALL], rates[i : i + CALL]).numpy() for i in range(0, run["steps"], CALL)]
    ids = world.train[-HELD_BACK:] if run["judged"] == "held back" else world.val
    return run | {
        "parameters": model.count_params(), "loss": float(lesson.loss_on(model, ids)), "training": float(np.mean(losses[-1])),
    }  # fmt: skip


def write(rows: list[dict[str, Any]]) -> None:
    """Write the table, each run once, and the checksums of all trained files."""
    import pandas as pd

    table = pd.DataFrame(rows).drop_duplicates()
    table["amount"] = table["amount"].replace(0, 1_021_052)
    table.round(5).to_csv(data.DATA / "transformer_runs.csv", index=False, lineterminator="\n")
    record_sums()


if __name__ == "__main__":
    sys.exit(main())

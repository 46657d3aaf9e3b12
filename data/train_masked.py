"""Train the masked and causal networks of lesson 18, and write their weights and scores into `data/`.

Run it with `make train-masked`; on two cores it takes about seven minutes. Each network is kept in the cache folder as soon as
it is trained, so a run that was stopped goes on where it stood. Text, networks and training are the lesson's own, taken from
the stored notebook; what is added here is which networks are trained, and from which seeds.
"""

from __future__ import annotations

import sys
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
from train_steps import kept_arrays, record_sums

STEPS, BATCH, SEEDS = 1500, 32, (0, 1, 2, 3, 4)
KINDS = (
    "two",
    "one",
    "masked",
    "causal",
    "left",
)  # layers on letter maps; "left": masked, but sees nothing to its right
TEXT, STORED, MAP_STEPS = ("masked", "causal", "left"), ("two", "one", "masked", "causal"), 1000
ASSIGNED = (
    "T", "plays", "new_play", "old_text", "tempest", "old_plays", "characters", "V", "MASK", "id_of", "old", "new", "hide", "both_sides", "left_side", "sparse", "Norm",
    "gaps", "with_gap", "with_gap[:, 32]", "letters",
)  # fmt: skip


def main(kinds: tuple[str, ...] = KINDS) -> int:
    """Train what the cache lacks of `kinds`; once all are there, write weights and table; return 0."""
    setup(seed=18)
    world = lesson()
    for kind in kinds:
        for seed in SEEDS:
            kept(world, kind, seed)
    if all(place(kind, seed).exists() for kind in KINDS for seed in SEEDS):
        write(world)
    return 0


def lesson() -> SimpleNamespace:
    """Return the lesson's functions and texts."""
    return lesson_functions("18_pretrain_and_finetune", *ASSIGNED, n_keys=8, n_values=26, n_pairs=16)


def place(kind: str, seed: int) -> Path:
    """Return where the cache keeps a network's weights."""
    return data.cache_folder() / "train-masked" / f"{kind}-{seed}.npz"


def kept(world: SimpleNamespace, kind: str, seed: int) -> list[np.ndarray]:
    """Return the weights of a network, from the cache or trained; of one for letter maps, its losses last."""
    return kept_arrays(place(kind, seed), lambda: train(world, kind, seed))


def train(world: SimpleNamespace, kind: str, seed: int, steps: int | None = None) -> list[np.ndarray]:
    """Return what `kept` keeps, trained for `steps` batches; the seed sets start, windows, gaps and maps."""
    import keras

    keras.utils.set_random_seed(seed)
    model = fresh(world, kind)
    if kind in TEXT:
        steps = steps or STEPS
        rows = world.causal_rows if kind == "causal" else world.masked_rows
        X, y, weight = rows(world.old, BATCH * steps, np.random.default_rng(seed))
        world.learn(model, X, y, weight, BATCH)
        return model.get_weights()
    means: list[float] = []
    watch = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: means.append(logs["loss"]))
    world.train_on_maps(model, seed, steps or MAP_STEPS, [watch])
    sums = np.array([0, *means]) * np.arange(len(means) + 1)  # Keras tells the mean of all batches so far
    return [*model.get_weights(), np.diff(sums)]


def fresh(world: SimpleNamespace, kind: str) -> Any:
    """Return an untrained network of a kind."""
    if kind not in TEXT:
        return world.map_network(2 if kind == "two" else 1)
    return world.small(world.both_sides if kind == "masked" else world.left_side)


def score(world: SimpleNamespace, kind: str, weights: list[np.ndarray]) -> float:
    """Return the mean surprise, in nats, at the lesson's gaps in The Tempest."""
    model = fresh(world, kind)
    model.set_weights(weights)
    return float(world.gap_surprise(model, causal=kind == "causal"))


def write(world: SimpleNamespace) -> None:
    """Write weights, rounded to float16, and the losses of 20 steps each on the maps; the table of gaps; the checksums."""
    import pandas as pd

    arrays, rows = {}, []
    for kind in KINDS:
        for seed in SEEDS:
            weights = kept(world, kind, seed)
            if kind not in TEXT:
                arrays[f"{kind}{seed}_losses"] = weights.pop().reshape(-1, 20).mean(axis=1).astype(np.float16)
            weights = [w.astype(np.float16) for w in weights]
            if kind in STORED:
                arrays |= {f"{kind}{seed}_{i:02}": w for i, w in enumerate(weights)}
            if kind in TEXT:
                rows.append({"kind": kind, "seed": seed, "surprise": score(world, kind, weights)})
    np.savez_compressed(data.DATA / "masked_nets.npz", **arrays)
    table = pd.DataFrame(rows).round(4)
    table.to_csv(data.DATA / "masked_gaps.csv", index=False, lineterminator="\n")
    record_sums()


if __name__ == "__main__":
    sys.exit(main(tuple(sys.argv[1:]) or KINDS))

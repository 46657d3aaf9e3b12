"""Train the networks of lesson 18's study of fine-tuning, and write their losses and one network into `data/`.

Run it with `make train-finetune`; on two cores it takes about ten minutes. Each run is kept in the cache folder as
soon as it is done, so a study that was stopped goes on where it stood. Plays, network, fine-tuning and scores are the
lesson's own, taken from the stored notebook; what is added here is pretraining, and which runs are made.
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

from course_utils import data, networks
from course_utils.session import setup
from tests.exercises.harness import lesson_functions
from train_steps import kept, kept_arrays, record_sums

SEEDS, STEPS, BATCH, PEAK = (0, 1, 2, 3, 4), 1000, 24, 0.012
WAYS = {"full": (0.0003, 0.001, 0.003), "head": (0.003, 0.01, 0.03), "LoRA": (0.003, 0.01, 0.03)}  # rates tried
RANKS = (1, 2, 4, 8)
GIVEN = ("T", "plays", "new_play", "old_text", "old_ask", "new_learn", "new_tune", "new_ask")
GIVEN += ("characters", "V", "id_of", "sparse", "each_loss")


def main() -> int:
    """Train what the cache lacks, write table and network; return 0."""
    setup(seed=18)
    world = lesson()
    rows = [as_kept(world, way, rank, rate, 0) for way, rank in ways() for rate in WAYS[way]]
    best = best_rates(rows)
    rows += [as_kept(world, *way, best[way], seed) for seed in SEEDS[1:] for way in ways()]
    rows += [as_kept(world, "none", 0, 0.0, seed) for seed in SEEDS]
    write(rows, start(world, 0))
    return 0


def lesson() -> SimpleNamespace:
    """Return the lesson's functions, plays and characters."""
    return lesson_functions("18_pretrain_and_finetune", *GIVEN)


def ways() -> list[tuple[str, int]]:
    """Return (way, rank) of everything that is compared; the rank is 0 where there is none."""
    return [("full", 0), ("head", 0), *(("LoRA", rank) for rank in RANKS)]


def best_rates(rows: list[dict[str, Any]]) -> dict[tuple[str, int], float]:
    """Return for each (way, rank) the rate with the lowest loss on the stretch kept for tuning."""
    best: dict[tuple[str, int], dict[str, Any]] = {}
    for row in rows:
        way = (row["way"], row["rank"])
        if way not in best or row["tune"] < best[way]["tune"]:
            best[way] = row
    return {way: row["rate"] for way, row in best.items()}


def start(world: SimpleNamespace, seed: int) -> list[np.ndarray]:
    """Return the weights, float16, of the network pretrained with this seed, from the cache or trained."""
    place = data.cache_folder() / "train-finetune" / f"pretrained-{seed}.npz"
    return kept_arrays(place, lambda: pretrain(world, seed))


def pretrain(world: SimpleNamespace, seed: int) -> list[np.ndarray]:
    """Train a fresh network on the old plays, as lesson 17 does: Muon, a rate that climbs and falls; return its weights."""
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(seed)
    model = networks.transformer(world.V, world.T)
    muon = keras.optimizers.Muon(adam_lr_ratio=0.67, exclude_layers=["head"])
    muon.build(model.trainable_variables)
    ids = tf.constant(world.encode(world.old_text))
    starts = np.random.default_rng(seed).integers(0, len(ids) - world.T, (STEPS, BATCH), "int32")
    at = np.arange(STEPS, dtype="float32")
    rates = PEAK * np.minimum((at + 1) / 25, (STEPS - at) / (STEPS - 25))

    def step(start_and_rate: tuple) -> Any:
        rows = tf.gather(ids, start_and_rate[0][:, None] + tf.range(world.T + 1))
        with tf.GradientTape() as tape:
            loss = world.sparse(rows[:, 1:], model(rows[:, :-1], training=True))
        muon.learning_rate.assign(start_and_rate[1])
        muon.apply(tape.gradient(loss, model.trainable_variables))
        return loss

    def loop(*rows: Any) -> Any:
        return tf.map_fn(step, rows, fn_output_signature="float32", parallel_iterations=1)

    run = tf.function(loop, jit_compile=True, autograph=False)
    for i in range(0, STEPS, 100):  # one compiled program serves any length
        run(starts[i : i + 100], rates[i : i + 100])
    return [w.astype("float16") for w in model.get_weights()]


def as_kept(world: SimpleNamespace, way: str, rank: int, rate: float, seed: int) -> dict[str, Any]:
    """Return the row of one run, from the cache or trained."""
    name = f"finetune {way} {rank}, rate {rate}, seed {seed}"
    return kept(name, lambda: score(world, start(world, seed), way, rank, rate, seed))


def score(
    world: SimpleNamespace, weights: list[np.ndarray], way: str, rank: int, rate: float, seed: int
) -> dict[str, Any]:
    """Return one row of the table: how many numbers learned, and the losses after fine-tuning in nats a character.

    Parameters
    ----------
    world : SimpleNamespace
        What `lesson` returns.
    weights : list of numpy.ndarray
        Of the pretrained network.
    way : str
        "none", "full", "head" or "LoRA".
    rank : int
        Of LoRA, else 0.
    rate : float
        The peak of the learning rate.
    seed : int
        Of LoRA's start and of the windows.
    """
    import keras

    keras.utils.set_random_seed(seed)
    weights = [w.astype("float32") for w in weights]
    learned = 0
    if way == "none":
        model = world.pretrained(weights)
    else:
        model = world.prepared(weights, way, rank)
        learned = sum(int(np.prod(v.shape)) for v in model.trainable_variables)
        world.fine_tune(model, world.encode(world.new_learn), rate, seed)
    found = world.scores(model)
    found["tune"] = float(world.costs(model, world.encode(world.new_tune)).mean())
    return {"way": way, "rank": rank, "rate": rate, "seed": seed, "learned": learned, **found}


def write(rows: list[dict[str, Any]], arrays: list[np.ndarray]) -> None:
    """Write the table and the network, and the checksums of all trained files."""
    import pandas as pd

    table = pd.DataFrame(rows)
    order = ["none", *WAYS]
    table = table.sort_values(
        ["way", "rank", "rate", "seed"], key=lambda c: c.map(order.index) if c.name == "way" else c
    )
    table.round(5).to_csv(data.DATA / "finetune.csv", index=False, lineterminator="\n")
    np.savez_compressed(data.DATA / "finetune.npz", **{f"w{i:02d}": a for i, a in enumerate(arrays)})
    record_sums()


if __name__ == "__main__":
    sys.exit(main())

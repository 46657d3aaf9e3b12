"""Train the studied networks of lesson 12 and write their weights, the stack's and the table of steps into `data/`.

Run it with `make train-solar`; on two cores it takes about two hours. Each network is kept in the cache folder as soon
as it is trained, so a run that was stopped goes on where it stood. All code of network, training and features is
lesson 11's own, taken from the stored notebook; what is added here is the start: one network learns from the training
photographs without their labels (`pretrained`), and all others begin with its weights. No test cell is seen before the
last function.
"""

from __future__ import annotations

import sys
import time
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
from train_steps import record_sums

SEEDS, FOLDS, EPOCHS = (0, 1, 2), 5, 40
LIVE_SEEDS, LIVE_FOLDS, LIVE_EPOCHS = (10, 20, 30, 40, 50), 4, 12
ABLATION_FOLDS = 2
PRETRAINING = {"epochs": 75, "batch": 128, "temperature": 0.1, "rate": 2e-3}


def main() -> int:
    """Train what the cache lacks, score, write; return 0."""
    setup(seed=10)
    world = cells()
    runs = {seed: folds(world, seed) for seed in SEEDS}
    write(world, runs, [*training_rows(world, runs), *ablation_rows(world, runs[SEEDS[0]])])
    return 0


def cells() -> SimpleNamespace:
    """Return the lesson's functions, the pictures, labels, groups, features, and who is training and who test cell."""
    lesson = lesson_functions("11_evidence", "augment")
    images, y, names = lesson.read_folder(data.solar_cells_folder(), ["functional", "defective"])
    kind, percent = np.array([name.split("_")[1:] for name in names]).T
    groups = np.char.add(kind, percent)
    train, test = lesson.split(groups, 656, seed=10)
    features = {name: getattr(lesson, name)(images) for name in ("edges", "texture", "levels")}
    finer = lesson.read_folder(data.solar_cells_folder(), ["functional", "defective"], side=150)[0]
    features["fine texture"] = lesson.texture(finer, away=2)
    lesson.classical.__globals__.update(features=features, y=y)
    soft = (y + np.array([int(p[1:]) / 100 for p in percent])) / 2
    X = lesson.two_channels(images)
    return SimpleNamespace(
        lesson=lesson, X=X, y=y, soft=soft, groups=groups, train=train, test=test
    )  # fmt: skip


def folds(world: SimpleNamespace, seed: int) -> SimpleNamespace:
    """Return one run of cross-validation inside the training cells.

    Returns
    -------
    SimpleNamespace
        `weights`: a list of arrays a network; `once`, `four`: the logit (n,) of each training cell from the network
        that did not learn from it, asked once and over four flips; `old`: the scores (n, 4) of the classics, likewise.
    """
    n = len(world.train)
    run = SimpleNamespace(weights=[], once=np.zeros(n), four=np.zeros(n), old=np.zeros((n, 4)))
    for fold, (learn, ask) in enumerate(shares(world, seed)):
        kept = network(world, f"full-{seed}-{fold}", 100 * seed + fold, world.train[learn], world.train[ask])
        run.weights.append(kept["weights"])
        run.once[ask], run.four[ask] = kept["once"], kept["four"]
        run.old[ask] = world.lesson.classical(world.train[learn], world.train[ask])
    return run


def shares(world: SimpleNamespace, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return for each fold the places, among the training cells, of those to learn from and of those to ask about."""
    from sklearn.model_selection import StratifiedKFold

    split = StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split
    return list(split(world.train, world.groups[world.train]))


def network(
    world: SimpleNamespace, name: str, seed: int, learn: Any, ask: Any,
    targets: Any = None, start: bool = True, pool: int = 1,
) -> dict[str, Any]:  # fmt: skip
    """Return the weights of one network and its logits for the cells `ask`, from the cache or trained on `learn`.

    Parameters
    ----------
    world : SimpleNamespace
        What `cells` returns.
    name : str
        Under which the network is kept in the cache folder.
    seed : int
        For order, dropout and augmentation.
    learn, ask : array of int
        Places of the cells.
    targets : array of float, optional
        One a cell, (n,); the world's soft targets if not given.
    start : bool
        Whether to begin with the pretrained weights.
    pool : int
        The side of the pool behind the first convolution; 1 is no pool.
    """
    place = folder() / f"{name}.npz"
    if not place.exists():
        begun, targets = time.monotonic(), world.soft if targets is None else targets
        net = world.lesson.build_network(pool=pool)
        if start:
            net.set_weights([*pretrained(world), *net.get_weights()[-2:]])
        net = world.lesson.fit_network(world.X[learn], targets[learn], seed, EPOCHS, net=net)[0]
        once = net.predict(world.X[ask, 2:98, 2:98], verbose=0)[:, 0]
        arrays = {f"w{i}": array for i, array in enumerate(net.get_weights())}
        save(place, once=once, four=world.lesson.logits(net, world.X[ask]), **arrays)
        print(f"{name}: {time.monotonic() - begun:.0f} s", flush=True)
    with np.load(place) as kept:
        arrays = [kept[f"w{i}"] for i in range(len(kept.files) - 2)]
        return {"weights": arrays, "once": kept["once"], "four": kept["four"]}


def folder() -> Path:
    """Return the folder in the cache where trained networks are kept."""
    return data.cache_folder() / "train-solar"


def pretrained(world: SimpleNamespace) -> list[np.ndarray]:
    """Return the weights below the last layer of a network that has seen the training cells, but none of their labels.

    It learns to find, among 255 other views, the second view of the same cell: two views are cut, turned, mirrored and
    lit by chance, and the network's outputs for them, behind two more layers, shall point the same way. It is kept in
    the cache folder like every other network, and used as it is stored in `data/`, in half precision.

    Source: the contrastive loss NT-Xent of Chen et al. 2020 (arXiv 2002.05709).
    """
    place = folder() / "pretrained.npz"
    if not place.exists():
        begun = time.monotonic()
        save(place, **{f"w{i}": array for i, array in enumerate(contrast(world))})
        print(f"pretrained: {time.monotonic() - begun:.0f} s", flush=True)
    with np.load(place) as kept:
        return [kept[f"w{i}"].astype(np.float16).astype(np.float32) for i in range(len(kept.files))]


def keep_start(weights: list[np.ndarray]) -> None:
    """Write the pretrained weights into `data/`, in half precision."""
    start = {f"start_{i:02d}": array.astype(np.float16) for i, array in enumerate(weights)}
    np.savez_compressed(data.DATA / "solar_pretrained.npz", **start)


def contrast(world: SimpleNamespace, seed: int = 7) -> list[np.ndarray]:
    """Train the network of `pretrained` and return its weights; `seed` is for weights, order and views."""
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(seed)
    epochs, batch, temperature, rate = PRETRAINING.values()
    net = world.lesson.build_network(pool=1)
    body = keras.Model(net.input, net.layers[-3].output)  # below dropout and the last layer
    head = keras.Sequential(
        [keras.layers.Dense(128), keras.layers.BatchNormalization(), keras.layers.ReLU(), keras.layers.Dense(64)]
    )
    head.build(body.output_shape)
    weights, steps = body.trainable_weights + head.trainable_weights, len(world.train) // batch
    falling = keras.optimizers.schedules.CosineDecay(
        1e-6, steps * (epochs - 5), warmup_target=rate, warmup_steps=5 * steps
    )
    adam = keras.optimizers.AdamW(falling, weight_decay=0.05)
    same = tf.eye(2 * batch) * 1e9  # no view is its own partner
    partner = tf.roll(tf.range(2 * batch), batch, axis=0)

    @tf.function
    def step(cells: Any) -> Any:
        both = tf.concat([views(cells), views(cells)], axis=0)
        with tf.GradientTape() as tape:
            z = tf.math.l2_normalize(head(body(both, training=True), training=True), axis=1)
            alike = tf.matmul(z, z, transpose_b=True) / temperature - same
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(partner, alike))
        adam.apply(tape.gradient(loss, weights), weights)
        return loss

    rng, X = np.random.default_rng(seed), world.X[world.train]
    for epoch in range(epochs):
        order = rng.permutation(len(X))[: steps * batch].reshape(steps, batch)
        losses = [float(step(tf.constant(X[cells]))) for cells in order]
        print(f"pretraining, epoch {epoch + 1} of {epochs}: {np.mean(losses):.3f}", flush=True)
    return body.get_weights()


def views(cells: Any) -> Any:
    """Return one chance view (n, 96, 96, 2) of each of the cells (n, 100, 100, 2).

    A square of 24 to 96 pixels is cut out, turned by up to 10 degrees, brought to 96 pixels, mirrored, its axes
    exchanged in half of the cases; then contrast and brightness move by up to 0.3 and noise of 0.1 is added.
    """
    import tensorflow as tf

    n = tf.shape(cells)[0]
    chance = lambda *shape: tf.random.uniform((n, *shape), -1.0, 1.0)  # noqa: E731
    size, turn = 0.625 + 0.375 * chance(), np.pi / 18 * chance()  # of 96 pixels; radians
    room = tf.maximum(50 - 48 * size, 2)  # how far the middle may move
    x, y = tf.sign(chance()), tf.sign(chance())  # mirrored or not
    a, b, c, d = size * tf.cos(turn) * x, -size * tf.sin(turn) * y, size * tf.sin(turn) * x, size * tf.cos(turn) * y
    to_x, to_y = 49.5 + room * chance(), 49.5 + room * chance()
    moved = [a, b, to_x - 47.5 * (a + b), c, d, to_y - 47.5 * (c + d), tf.zeros(n), tf.zeros(n)]
    seen = tf.raw_ops.ImageProjectiveTransformV3(
        images=cells, transforms=tf.stack(moved, axis=1), output_shape=(96, 96), fill_value=0.0,
        interpolation="BILINEAR", fill_mode="REFLECT")  # fmt: skip
    seen = tf.where(chance(1, 1, 1) < 0, tf.transpose(seen, (0, 2, 1, 3)), seen)
    seen = seen * (1 + 0.3 * chance(1, 1, 1)) + 0.3 * chance(1, 1, 2)
    return seen + 0.1 * tf.random.normal(tf.shape(seen))


def save(place: Path, **arrays: np.ndarray) -> None:
    """Write one network's arrays under a temporary name, then give them their own."""
    place.parent.mkdir(parents=True, exist_ok=True)
    partial = place.with_suffix(".partial.npz")
    np.savez(partial, **arrays)
    partial.replace(place)


def scores(y: np.ndarray, logit: np.ndarray) -> np.ndarray:
    """Return accuracy, balanced accuracy and AUC of logits (n,) for y (n,)."""
    from sklearn import metrics

    said = logit > 0
    return np.array([np.mean(said == y), metrics.balanced_accuracy_score(y, said), metrics.roc_auc_score(y, logit)])


def stacked(old: np.ndarray, new: np.ndarray, y: np.ndarray, seed: int) -> np.ndarray:
    """Return the stack's logit (n,) for each cell, from weights fitted on the other cells."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import KFold, cross_val_predict

    parts = KFold(FOLDS, shuffle=True, random_state=seed)
    columns = np.column_stack([old, new])
    return cross_val_predict(LogisticRegression(), columns, y, cv=parts, method="decision_function")


def best_line(logit: np.ndarray, y: np.ndarray) -> float:
    """Return the logit from which on "defective" gives the best balanced accuracy on cells (n,) with labels y (n,)."""
    from sklearn import metrics

    false_alarms, found, lines = metrics.roc_curve(y, logit)
    return float(lines[np.argmax(found - false_alarms)])


def row(cells: str, step: str, values: list[np.ndarray]) -> dict[str, Any]:
    """Return one row of the table: means over runs, and the standard deviation of the accuracy where runs are several."""
    accuracy, balanced, auc = np.mean(values, axis=0)
    spread = f"{np.std(values, axis=0, ddof=1)[0]:.3f}" if len(values) > 1 else "-"
    return {"cells": cells, "step": step, "runs": len(values), "accuracy": f"{accuracy:.3f}", "+-": spread,
            "balanced": f"{balanced:.3f}", "AUC": f"{auc:.3f}"}  # fmt: skip


def training_rows(world: SimpleNamespace, runs: dict[int, SimpleNamespace]) -> list[dict[str, Any]]:
    """Return what each step brings, on training cells, each scored by models that have not learned from it."""
    y, nothing = world.y[world.train], np.zeros(len(world.train))
    steps = {
        "four classics, stacked": lambda run, seed: stacked(run.old, nothing, y, seed),
        "one network, asked once": lambda run, seed: run.once,
        "asked four times": lambda run, seed: run.four,
        "network and classics, stacked": lambda run, seed: stacked(run.old, run.four, y, seed),
    }
    return [row("training", name, [scores(y, f(run, s)) for s, run in runs.items()]) for name, f in steps.items()]


def live_rows(world: SimpleNamespace) -> list[dict[str, Any]]:
    """Return rows for the networks and the stack that lesson 11 trains on its page, over five seeds, on the test cells."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold

    quarters = StratifiedKFold(LIVE_FOLDS, shuffle=True, random_state=10).split(world.train, world.groups[world.train])
    parts = [(world.train[learn], world.train[ask]) for learn, ask in quarters]
    old = np.zeros((len(world.y), 4))
    for learn, ask in [*parts, (world.train, world.test)]:
        old[ask] = world.lesson.classical(learn, ask)
    alone, stacks = [], []
    for seed in LIVE_SEEDS:
        known = np.column_stack([old, live(world, seed, parts)])
        stack = LogisticRegression().fit(known[world.train], world.y[world.train])
        alone.append(scores(world.y[world.test], known[world.test, -1]))
        stacks.append(scores(world.y[world.test], stack.decision_function(known[world.test])))
    return [row("test", "four live networks", alone), row("test", "live stack", stacks)]


def live(world: SimpleNamespace, seed: int, parts: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """Return lesson 11's `live` (n,) for one seed: cross-fitted logits, and for test cells the mean of all networks."""
    place = folder() / f"live-{seed}.npz"
    if not place.exists():
        answers = np.zeros(len(world.y))
        for k, (learn, ask) in enumerate(parts):
            net = world.lesson.fit_network(world.X[learn], world.soft[learn], seed + k, LIVE_EPOCHS)[0]
            answers[ask] = world.lesson.logits(net, world.X[ask])
            answers[world.test] += world.lesson.logits(net, world.X[world.test]) / len(parts)
        save(place, answers=answers)
    with np.load(place) as kept:
        return kept["answers"]


def ablations(world: SimpleNamespace) -> dict[str, dict[str, Any]]:
    """Return what each ablation changes in `network`."""
    return {
        "- no pretraining": {"start": False},
        "- that, and a pool": {"start": False, "pool": 2},
        "- hard labels": {"targets": world.y.astype(float)},
    }


def ablation_rows(world: SimpleNamespace, run: SimpleNamespace) -> list[dict[str, Any]]:
    """Return a row for each ablation, on the cells of two folds of the first run, whose networks are the first row.

    `+-` is the standard error of the difference in accuracy to that row, cell by cell.
    """
    few = [(world.train[learn], world.train[ask]) for learn, ask in shares(world, SEEDS[0])[:ABLATION_FOLDS]]
    asked = np.concatenate([ask for _, ask in shares(world, SEEDS[0])[:ABLATION_FOLDS]])
    y, logit = world.y[world.train[asked]], run.four[asked]
    first, rows = (logit > 0) == y, [row("two fifths", "one network", [scores(y, logit)])]
    for step, changed in ablations(world).items():
        name = "ablation-" + "-".join(step.replace("-", "").replace(",", "").split())
        kept = [network(world, f"{name}-{f}", f, *share, **changed) for f, share in enumerate(few)]
        logit = np.concatenate([k["four"] for k in kept])
        error = np.std(((logit > 0) == y).astype(int) - first, ddof=1) / np.sqrt(len(y))
        rows.append(row("two fifths", step, [scores(y, logit)]) | {"+-": f"{error:.3f}"})
    return rows


def write(world: SimpleNamespace, runs: dict[int, SimpleNamespace], rows: list[dict[str, Any]]) -> None:
    """Fit the stacks on all training cells, score the test cells once, and write weights, table and checksums."""
    import pandas as pd
    from sklearn.linear_model import LogisticRegression

    lesson, y, net = world.lesson, world.y, world.lesson.build_network(pool=1)
    old, single, means, ends, moved, kept = lesson.classical(world.train, world.test), [], [], [], [], None
    for run in runs.values():
        logits = []
        for arrays in run.weights:
            net.set_weights([array.astype(np.float16).astype(np.float32) for array in arrays])
            logits.append(lesson.logits(net, world.X[world.test]))
        stack = LogisticRegression().fit(np.column_stack([run.old, run.four]), y[world.train])
        kept = np.append(stack.coef_[0], stack.intercept_) if kept is None else kept
        single += [scores(y[world.test], logit) for logit in logits]
        five = np.mean(logits, axis=0)
        means.append(scores(y[world.test], five))
        answer = stack.decision_function(np.column_stack([old, five]))
        ends.append(scores(y[world.test], answer))
        moved.append(
            scores(y[world.test], answer - best_line(stacked(run.old, run.four, y[world.train], 0), y[world.train]))
        )
    rows = [
        *rows,
        row("test", "one network", single),
        row("test", "five networks", means),
        row("test", "studied stack", ends),
        row("test", "its line for balance", moved),
        *live_rows(world),
    ]
    first = runs[SEEDS[0]].weights
    named = {f"net{k}_{i:02d}": a.astype(np.float16) for k, arrays in enumerate(first) for i, a in enumerate(arrays)}
    np.savez_compressed(data.DATA / "solar_net.npz", stack=kept, **named)
    keep_start(pretrained(world))
    pd.DataFrame(rows).to_csv(data.DATA / "solar_net.csv", index=False, lineterminator="\n")
    record_sums()
    print(pd.DataFrame(rows).to_string(index=False))


if __name__ == "__main__":
    sys.exit(main())

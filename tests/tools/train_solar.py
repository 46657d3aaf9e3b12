"""Train the studied networks of lesson 10 and write their weights, the stack's and the table of steps into `data/`.

Run it with `make train-solar`; on two cores it takes one to two hours. Each network is kept in the cache folder as soon
as it is trained, so a run that was stopped goes on where it stood. All code of network, training and features is the
lesson's own, taken from the stored notebook. No test cell is seen before the last function.
"""

from __future__ import annotations

import runpy
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from course_utils import data
from course_utils.session import setup
from tests.exercises.harness import lesson_functions

SEEDS, FOLDS, EPOCHS = (0, 1, 2), 5, 40
ABLATION_FOLDS, ABLATION_EPOCHS = 2, 20


def main() -> int:
    """Train what the cache lacks, score, write; return 0."""
    setup(seed=10)
    world = cells()
    runs = {seed: folds(world, seed) for seed in SEEDS}
    write(world, runs, [*training_rows(world, runs), *ablation_rows(world)])
    return 0


def cells() -> SimpleNamespace:
    """Return the lesson's functions, the pictures, labels, groups, features, and who is training and who test cell."""
    lesson = lesson_functions("10_image_classifier", "augment")
    images, y, names = lesson.read_folder(data.solar_cells_folder(), ["functional", "defective"])
    kind, percent = np.array([name.split("_")[1:] for name in names]).T
    groups = np.char.add(kind, percent)
    train, test = lesson.split(groups, 656, seed=10)
    features = {name: getattr(lesson, name)(images) for name in ("edges", "texture", "levels")}
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
        that did not learn from it, asked once and over four flips; `old`: the scores (n, 3) of the classics, likewise.
    """
    n = len(world.train)
    run = SimpleNamespace(weights=[], once=np.zeros(n), four=np.zeros(n), old=np.zeros((n, 3)))
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
    world: SimpleNamespace, name: str, seed: int, learn: Any, ask: Any, epochs: int = EPOCHS, **changed: Any
) -> dict[str, Any]:
    """Return the weights of one network and its logits for the cells `ask`, from the cache or trained on `learn`.

    Parameters
    ----------
    world : SimpleNamespace
        What `cells` returns.
    name : str
        Under which the network is kept in the cache folder.
    seed : int
        For weights, order and augmentation.
    learn, ask : array of int
        Places of the cells.
    epochs : int
        Passes over the cells `learn`.
    **changed
        What an ablation puts in place of the lesson's `X`, `targets` or `augment`.
    """
    place = data.cache_folder() / "train-solar" / f"{name}.npz"
    if not place.exists():
        start, X, targets = time.monotonic(), changed.pop("X", world.X), changed.pop("targets", world.soft)
        net = world.lesson.fit_network(X[learn], targets[learn], seed, epochs, **changed)[0]
        once = net.predict(X[ask, 2:98, 2:98], verbose=0)[:, 0]
        save(place, net.get_weights(), once, world.lesson.logits(net, X[ask]))
        print(f"{name}: {time.monotonic() - start:.0f} s", flush=True)
    with np.load(place) as kept:
        arrays = [kept[f"w{i}"] for i in range(len(kept.files) - 2)]
        return {"weights": arrays, "once": kept["once"], "four": kept["four"]}


def save(place: Path, weights: list[np.ndarray], once: np.ndarray, four: np.ndarray) -> None:
    """Write one network's arrays under a temporary name, then give it its own."""
    place.parent.mkdir(parents=True, exist_ok=True)
    partial = place.with_suffix(".partial.npz")
    np.savez(partial, once=once, four=four, **{f"w{i}": array for i, array in enumerate(weights)})
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
        "three classics, stacked": lambda run, seed: stacked(run.old, nothing, y, seed),
        "one network, asked once": lambda run, seed: run.once,
        "asked four times": lambda run, seed: run.four,
        "network and classics, stacked": lambda run, seed: stacked(run.old, run.four, y, seed),
    }
    return [row("training", name, [scores(y, f(run, s)) for s, run in runs.items()]) for name, f in steps.items()]


def ablations(world: SimpleNamespace) -> dict[str, dict[str, Any]]:
    """Return what each ablation changes in `network`, the unchanged network first."""
    import keras

    layers, raw = keras.layers, world.X[..., :1]
    turned = [layers.RandomFlip("horizontal_and_vertical"), layers.RandomCrop(96, 96)]
    return {
        "network, half as long": {},
        "- hard labels": {"targets": world.y.astype(float)},
        "- bars left in": {"X": np.concatenate([raw, raw], axis=-1)},
        "- half turns for flips": {"augment": keras.Sequential(turned)},
    }


def ablation_rows(world: SimpleNamespace) -> list[dict[str, Any]]:
    """Return a row for each ablation, on the same cells; `+-` is the standard error of its difference to the first."""
    few = [(world.train[learn], world.train[ask]) for learn, ask in shares(world, SEEDS[0])[:ABLATION_FOLDS]]
    y, rows, first = world.y[np.concatenate([ask for _, ask in few])], [], None
    for step, changed in ablations(world).items():
        name = "ablation-" + "-".join(step.replace("-", "").replace(",", "").split())
        kept = [network(world, f"{name}-{f}", f, *share, ABLATION_EPOCHS, **changed) for f, share in enumerate(few)]
        logit = np.concatenate([k["four"] for k in kept])
        right = (logit > 0) == y
        first = right if first is None else first
        error = np.std(right.astype(int) - first, ddof=1) / np.sqrt(len(y))
        rows.append(row("two fifths", step, [scores(y, logit)]) | {"+-": "-" if step[0] != "-" else f"{error:.3f}"})
    return rows


def write(world: SimpleNamespace, runs: dict[int, SimpleNamespace], rows: list[dict[str, Any]]) -> None:
    """Fit the stacks on all training cells, score the test cells once, and write weights, table and checksums."""
    import pandas as pd
    from sklearn.linear_model import LogisticRegression

    lesson, y, net = world.lesson, world.y, world.lesson.build_network()
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
    ]
    first = runs[SEEDS[0]].weights
    named = {f"net{k}_{i:02d}": a.astype(np.float16) for k, arrays in enumerate(first) for i, a in enumerate(arrays)}
    np.savez_compressed(data.DATA / "solar_net.npz", stack=kept, **named)
    pd.DataFrame(rows).to_csv(data.DATA / "solar_net.csv", index=False, lineterminator="\n")
    made = {name: (data.DATA / name).read_bytes() for name in ("solar_net.csv", "solar_net.npz")}
    sums = runpy.run_path(str(data.DATA / "rebuild.py"))["sums"](made)
    (data.DATA / "SHA256SUMS.trained").write_text(sums, encoding="ascii")
    print(pd.DataFrame(rows).to_string(index=False))


if __name__ == "__main__":
    sys.exit(main())

"""Train the networks of lesson 10's study, and write their scores and curves into `data/`.

Run it with `make train-solar`; on two cores it takes about an hour. Each run is kept in the cache folder as soon as it is
done, so a study that was stopped goes on where it stood. Pictures, folds, networks and training are the lesson's own, taken
from the stored notebook; what is added here is which changes are made, in which company. The test set stays shut.
"""

from __future__ import annotations

import json
import runpy
import sys
import time
from collections.abc import Callable
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

SIDE, EPOCHS = 60, 12
CHANGES = ("pools", "blocks", "batch norm", "schedule", "scale", "two channels")
QUEUES = (CHANGES, ("scale", "two channels", "schedule", "batch norm", "pools", "blocks"))
CONTROLS = (("training scale",), ("pools", "scale"), (*CHANGES, "no short cuts"))
RECIPES = {"A1": 25, "A3": 10}  # epochs


def main() -> int:
    """Train what the cache lacks, write both tables; return 0."""
    setup(seed=10)
    world = cells()
    rows = [
        kept(f"{name_of(part)}, fold {f}", lambda p=part, f=f: score(world, p, f)) for part in sets() for f in range(5)
    ]
    curves = [line for name in RECIPES for line in kept(name, lambda name=name: recipe(world, name))]
    write(rows, curves)
    return 0


def cells() -> SimpleNamespace:
    """Return the lesson's functions, pictures of two sizes, labels, and the places of each fold."""
    from sklearn.model_selection import StratifiedKFold

    lesson = lesson_functions("10_image_classifier", "flip", "standardised")
    folder, classes = data.solar_cells_folder(), ["functional", "defective"]
    images, y, names = lesson.read_folder(folder, classes, SIDE)
    groups = np.array(["".join(name.split("_")[1:]) for name in names])
    train, _ = lesson.split(groups, 656, seed=10)
    fifths = StratifiedKFold(5, shuffle=True, random_state=10).split(train, groups[train])
    folds = [(train[learn], train[ask]) for learn, ask in fifths]
    large = lesson.read_folder(folder, classes, 150)[0]
    return SimpleNamespace(lesson=lesson, images=images, large=large, y=y, folds=folds)


def sets() -> list[tuple[str, ...]]:
    """Return every set of changes that is tried, once: both queues from nothing to all, and the controls."""
    found: list[tuple[str, ...]] = []
    for queue in QUEUES:
        for n in range(len(queue) + 1):
            part = tuple(change for change in CHANGES if change in queue[:n])
            found += [part] if part not in found else []
    return [*found, *(part for part in CONTROLS if part not in found)]


def name_of(changes: tuple[str, ...]) -> str:
    """Return how a set of changes is called in the table: "none", "pools + scale"."""
    return " + ".join(changes) or "none"


def score(world: SimpleNamespace, changes: tuple[str, ...], fold: int) -> dict[str, Any]:
    """Return one row of the table: the scores, on the cells of one fold, of a network that learned from the others.

    Seeds for weights, order, flips and dropout are the fold's number, so that networks with other changes pair up with it.
    """
    import keras
    from sklearn import metrics

    lesson, y = world.lesson, world.y
    learn, ask = world.folds[fold]
    way = "each picture" if "scale" in changes else "training set" if "training scale" in changes else "/ 255"
    seen = [world.images, lesson.flatten_bars(world.images)] if "two channels" in changes else [world.images]
    X = np.stack([lesson.scaled(pictures, way, learn) for pictures in seen], axis=-1)
    keras.backend.clear_session()
    keras.utils.set_random_seed(fold)
    net = lesson.build(
        X.shape[1], len(seen), "blocks" in changes, "batch norm" in changes, "no short cuts" not in changes, "pools" in changes
    )  # fmt: skip
    history = lesson.fit(net, X[learn], y[learn], fold, EPOCHS, schedule="schedule" in changes)
    logit = net.predict(X[ask], batch_size=128, verbose=0)[:, 0]
    scores = metrics.accuracy_score(y[ask], logit > 0), metrics.balanced_accuracy_score(y[ask], logit > 0)
    return {
        "changes": name_of(changes), "fold": fold, "parameters": net.count_params(), "accuracy": float(scores[0]),
        "balanced": float(scores[1]), "AUC": float(metrics.roc_auc_score(y[ask], logit)), "loss": float(history["loss"][-1]),
    }  # fmt: skip


def recipe(world: SimpleNamespace, name: str) -> list[dict[str, Any]]:
    """Return the curves of one article's recipe on the first fold, a row an epoch.

    A1 flips from left to right, zooms by up to 0.2 and shears by 0.2 degrees, without dropout; A3 drops out one half and
    changes no picture.
    """
    import keras

    lesson, y = world.lesson, world.y
    learn, ask = world.folds[0]
    X = lesson.scaled(world.large, "/ 255", learn)[..., None]
    keras.backend.clear_session()
    keras.utils.set_random_seed(10)
    net = lesson.textbook(X.shape[1], dropout=0.5 if name == "A3" else 0.0)
    history = lesson.fit(
        net, X[learn], y[learn], 10, RECIPES[name], augment=_unchanged if name == "A3" else _as_the_article(),
        validation_data=(X[ask], y[ask].astype("float32")), validation_batch_size=128,
    )  # fmt: skip
    curves = {key: [float(value) for value in values] for key, values in history.items()}
    return [
        {"recipe": name, "epoch": epoch + 1, **{key: values[epoch] for key, values in curves.items()}}
        for epoch in range(RECIPES[name])
    ]


def _unchanged(x: Any, training: bool) -> Any:
    return x


def _as_the_article() -> Any:
    import keras
    from keras import layers

    shear = layers.RandomShear(x_factor=float(np.tan(np.deg2rad(0.2))))
    return keras.Sequential([shear, layers.RandomZoom(0.2, 0.2, fill_mode="nearest"), layers.RandomFlip("horizontal")])


def kept(name: str, make: Callable[[], Any]) -> Any:
    """Return what `make` returned when it was first called under this name, kept as JSON in the cache folder."""
    place = data.cache_folder() / "train-steps" / f"{name.replace('/', '-')}.json"
    if not place.exists():
        begun, made = time.monotonic(), make()
        place.parent.mkdir(parents=True, exist_ok=True)
        partial = place.with_suffix(".partial")
        partial.write_text(json.dumps(made), encoding="utf-8")
        partial.replace(place)
        print(f"{name}: {time.monotonic() - begun:.0f} s", flush=True)
    return json.loads(place.read_text(encoding="utf-8"))


def kept_arrays(place: Path, make: Callable[[], list[np.ndarray]]) -> list[np.ndarray]:
    """Return the arrays that `make` returned when this file of the cache was not there yet, kept in it."""
    if not place.exists():
        begun, arrays = time.monotonic(), make()
        place.parent.mkdir(parents=True, exist_ok=True)
        partial = place.with_suffix(".partial.npz")
        np.savez(partial, *arrays)
        partial.replace(place)
        print(f"{place.stem}: {time.monotonic() - begun:.0f} s", flush=True)
    with np.load(place) as found:
        return [found[f"arr_{i}"] for i in range(len(found.files))]


def write(rows: list[dict[str, Any]], curves: list[dict[str, Any]]) -> None:
    """Write both tables, and the checksums of all trained files."""
    import pandas as pd

    pd.DataFrame(rows).round(5).to_csv(data.DATA / "solar_steps.csv", index=False, lineterminator="\n")
    pd.DataFrame(curves).round(5).to_csv(data.DATA / "solar_recipes.csv", index=False, lineterminator="\n")
    record_sums()


def record_sums() -> None:
    """Write the checksums of all trained files that are there."""
    places = [
        place for start in data.TRAINED for place in data.DATA.glob(f"{start}*") if place.suffix in (".csv", ".npz")
    ]
    made = {place.name: place.read_bytes() for place in places}
    sums = runpy.run_path(str(data.DATA / "rebuild.py"))["sums"](made)
    (data.DATA / "SHA256SUMS.trained").write_text(sums, encoding="ascii")


if __name__ == "__main__":
    sys.exit(main())

"""Train the networks of lesson 12's study of few labels, and write their scores into `data/`.

Run it with `make train-solar`; on two cores it takes about three quarters of an hour. Each run is kept in the cache folder as
soon as it is done, so a study that was stopped goes on where it stood. Pictures, networks, views and training are the
lesson's own, taken from the stored notebook; what is added here is which starts are tried with how many labels. The test set
stays shut.
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
from train_steps import kept, kept_arrays, record_sums

SEEDS, SIZES, SMALL = (0, 1, 2, 3, 4), (25, 50, 100, 506), (50, 100)
ASKED, STEPS, SOURCE_STEPS, EPOCHS = 300, 200, 480, 12
METHODS = {
    "edges + SVM": ("none", "edges"),
    "scratch": ("none", "scratch"),
    "frozen": ("poly", "frozen"),
    "fine-tuned": ("poly", "fine-tuned"),
    "contrastive, frozen": ("views", "frozen"),
    "contrastive, fine-tuned": ("views", "fine-tuned"),
    "contrastive in full, frozen": ("full", "frozen"),
    "random, frozen": ("none", "frozen"),
    "random in full, frozen": ("full, fresh", "frozen"),
    "all at once": ("poly", "all at once"),
    "all at once, averages kept": ("poly", "all at once, averages kept"),
    "contrastive, all at once": ("views", "all at once"),
    "fine-tuned from shuffled labels": ("shuffled", "fine-tuned"),
    "scratch, thrice the steps": ("none", "scratch"),
}  # name to (what the body has learned before, the lesson's recipe)
CONTROLS = dict.fromkeys(list(METHODS)[9:], SMALL) | {"scratch, thrice the steps": (50, 506)}  # tried with these alone


def main() -> int:
    """Train what the cache lacks, write the table; return 0."""
    setup(seed=12)
    world = cells()
    rows = [
        kept(f"transfer {method}, {n} labels, seed {seed}", lambda m=method, k=n, s=seed: score(world, m, k, s))
        for method, n, seed in runs()
    ]
    asked = [kept(f"transfer as it is, seed {s}", lambda s=s: unchanged(world, s)) for s in SEEDS]
    write([*asked, *rows])
    return 0


def cells() -> SimpleNamespace:
    """Return the lesson's functions, pictures, labels, groups, and the training cells of either type."""
    lesson = lesson_functions("12_transfer_learning")
    older = lesson_functions("11_evidence", "augment")
    folder, classes = data.solar_cells_folder(), ["functional", "defective"]
    images, y, names = lesson.read_folder(folder, classes, 50)
    kind, percent = np.array([name.split("_")[1:] for name in names]).T
    groups = np.char.add(kind, percent)
    large = lesson.read_folder(folder, classes, 100)[0]
    train, _ = lesson.split(groups, 656, seed=10)
    return SimpleNamespace(
        lesson=lesson, X=lesson.two_channels(images), large=large, y=y, groups=groups, poly=train[kind[train] == "poly"],
        mono=train[kind[train] == "mono"], edges=older.edges(large), asked=ASKED,
    )  # fmt: skip


def runs() -> list[tuple[str, int, int]]:
    """Return (method, number of labels, seed) of every run: few labels first, controls last."""
    found = [(m, n, s) for m in METHODS for n in CONTROLS.get(m, SIZES) for s in SEEDS]
    return sorted(
        found, key=lambda run: (run[0] in CONTROLS, run[1] == 100 if run[0] in CONTROLS else run[1] not in SMALL)
    )


def start(world: SimpleNamespace, kind: str, seed: int) -> list[np.ndarray] | None:
    """Return the weights of body and head that a run begins with, from the cache or trained; None for fresh ones.

    Parameters
    ----------
    world : SimpleNamespace
        What `cells` returns.
    kind : str
        "none"; "poly", from the polycrystalline cells with their labels; "shuffled", the same with the labels exchanged among
        the cells; "views", from the polycrystalline cells and those monocrystalline ones that may teach, without labels.
    seed : int
        Of weights, order and chance; also of the cut that says which monocrystalline cells may teach.
    """
    if kind == "none":
        return None
    place = data.cache_folder() / "train-transfer" / f"{kind}-{seed}.npz"
    return kept_arrays(place, lambda: learn_start(world, kind, seed))


def learn_start(world: SimpleNamespace, kind: str, seed: int) -> list[np.ndarray]:
    """Train what `start` keeps; return the arrays of body and head."""
    body, head = networks(world, None, seed)
    cells = world.poly
    if kind == "views":
        pool, _ = world.lesson.parts(world.mono, world.groups, seed, world.asked)
        world.lesson.pretrain(body, world.X[np.concatenate([cells, pool])], EPOCHS, seed)
    else:
        y = world.y[cells]
        if kind == "shuffled":
            y = np.random.default_rng(seed).permutation(y)
        learn(world, "scratch", SOURCE_STEPS, world.X[cells], y, seed)
    return [*body.get_weights(), *head.get_weights()]


def networks(world: SimpleNamespace, weights: list[np.ndarray] | None, seed: int) -> tuple[Any, Any]:
    """Return the world's body and head, the body with the weights given or fresh ones, the head with fresh ones."""
    import keras

    keras.utils.set_random_seed(seed)
    fresh = world.lesson.build_body(), world.lesson.build_head()
    if not hasattr(world, "nets"):
        world.nets, world.steps = (world.lesson.build_body(), world.lesson.build_head()), {}
    body, head = world.nets
    body.set_weights(fresh[0].get_weights() if weights is None else weights[: len(body.weights)])
    head.set_weights(fresh[1].get_weights())
    return body, head


def learn(world: SimpleNamespace, recipe: str, steps: int, X: np.ndarray, y: np.ndarray, seed: int) -> None:
    """Train the world's body and head by a recipe; a compiled step is kept, and its optimizers begin anew."""
    body, head = world.nets
    if (recipe, steps) not in world.steps:
        rates, by_batch = world.lesson.recipe(recipe, body, head)
        world.steps[recipe, steps] = world.lesson.make_step(body, head, rates, steps, by_batch)
    adams, step = world.steps[recipe, steps]
    for adam in adams:
        for variable in adam.variables:
            if "learning_rate" not in variable.path:
                variable.assign(np.zeros(variable.shape, variable.dtype))
    world.lesson.train(step, X, y, steps, seed)


def score(world: SimpleNamespace, method: str, n: int, seed: int) -> dict[str, Any]:
    """Return one row of the table: the scores on the cells asked about, of one method with n labels of the pool."""
    lesson, y = world.lesson, world.y
    pool, ask = lesson.parts(world.mono, world.groups, seed, world.asked)
    few = lesson.labelled(pool, y, n, seed)
    kind, recipe = METHODS[method]
    if recipe == "edges":
        return row(method, n, seed, y[ask], classical(world, few, ask))
    if kind.startswith("full"):
        features, head = full_features(world, seed if "fresh" in kind else None), lesson.build_head(256)
        lesson.fit_head(head, features[:, few], y[few])
        return row(method, n, seed, y[ask], lesson.answers(head, features[:, ask]))
    body, head = networks(world, start(world, kind, seed), seed)
    if recipe in ("frozen", "fine-tuned"):
        lesson.fit_head(head, lesson.features(body, world.X[few]), y[few])
    if recipe != "frozen":
        steps = 3 * STEPS if "thrice" in method else STEPS
        learn(world, recipe, steps, world.X[few], y[few], seed)
    return row(method, n, seed, y[ask], lesson.answers(head, lesson.features(body, world.X[ask])))


def full_features(world: SimpleNamespace, seed: int | None = None) -> np.ndarray:
    """Return (4, n, 256): what lesson 11's network makes of monocrystalline training cells; 0 for others.

    Its weights are those pretrained without labels, or with a `seed` fresh ones.
    """
    import keras

    if not hasattr(world, "full"):
        world.full = {}
    if seed not in world.full:
        if seed is not None:
            keras.utils.set_random_seed(seed)
        body = world.lesson.build_body(96, (16, 32, 64, 128))
        if seed is None:
            body.set_weights(data.solar_pretrained())
        world.full[seed] = np.zeros((4, len(world.y), 256), dtype="float32")
        world.full[seed][:, world.mono] = world.lesson.features(
            body, world.lesson.two_channels(world.large[world.mono])
        )
    return world.full[seed]


def classical(world: SimpleNamespace, learn: np.ndarray, ask: np.ndarray) -> np.ndarray:
    """Return the scores (n,) of a support-vector machine on lesson 11's edges."""
    from sklearn import pipeline, preprocessing, svm

    machine = pipeline.make_pipeline(preprocessing.StandardScaler(), svm.SVC(C=10))
    return machine.fit(world.edges[learn], world.y[learn]).decision_function(world.edges[ask])


def unchanged(world: SimpleNamespace, seed: int) -> dict[str, Any]:
    """Return the row of the network that has learned from polycrystalline cells, asked about the others as it is."""
    weights = start(world, "poly", seed)
    body, head = networks(world, weights, seed)
    head.set_weights(weights[len(body.weights) :])
    _, ask = world.lesson.parts(world.mono, world.groups, seed, world.asked)
    return row("as it is", 0, seed, world.y[ask], world.lesson.answers(head, world.lesson.features(body, world.X[ask])))


def row(method: str, n: int, seed: int, y: np.ndarray, logit: np.ndarray) -> dict[str, Any]:
    """Return one row of the table, scored on cells with labels y (n,) and logits (n,)."""
    from sklearn import metrics

    balanced = metrics.balanced_accuracy_score(y, logit > 0)
    return {"method": method, "labels": n, "seed": seed, "AUC": float(metrics.roc_auc_score(y, logit)), "balanced": float(balanced)}  # fmt: skip


def write(rows: list[dict[str, Any]]) -> None:
    """Write the table, and the checksums of all trained files."""
    import pandas as pd

    table = pd.DataFrame(rows)
    order = ["as it is", *METHODS]
    table = table.sort_values(
        ["labels", "method", "seed"], key=lambda c: c.map(order.index) if c.name == "method" else c
    )
    table.round(5).to_csv(data.DATA / "solar_transfer.csv", index=False, lineterminator="\n")
    record_sums()


if __name__ == "__main__":
    sys.exit(main())

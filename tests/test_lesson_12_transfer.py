"""What lesson 12 trains, its functions taken from the stored notebook, and the program that fills its table."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import train_transfer
from course_utils import data
from course_utils.exercises.lesson_12 import EXERCISES, when_right
from tests.exercises.harness import answers_of, lesson_functions


@pytest.fixture(scope="module")
def lesson():
    return lesson_functions("12_transfer_learning")


@given(n=st.integers(4, 58), seed=st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_labelled_cells_come_from_the_pool_once_each_and_hold_both_labels(lesson, n, seed):
    y = np.arange(100) % 3 == 0
    pool = np.arange(20, 80)
    few = lesson.labelled(pool, y, n, seed)
    assert len(few) == n == len(np.unique(few))
    assert np.isin(few, pool).all()
    assert abs(y[few].mean() - 1 / 3) <= 1 / n
    assert set(y[few]) == {True, False}


@pytest.mark.parametrize("n", [-1, 0, 1, 61])
def test_numbers_of_labels_that_cannot_be_drawn_are_refused(lesson, n):
    with pytest.raises(ValueError, match=f"from 2 to 60 labels can be drawn; received {n}"):
        lesson.labelled(np.arange(60), np.arange(60) % 2, n, 0)


def test_too_few_labels_of_a_rare_class_are_refused(lesson):
    y = np.arange(60) < 3
    with pytest.raises(ValueError, match=r"hold one class only|least populated"):
        lesson.labelled(np.arange(60), y, 4, 0)


def test_cells_that_teach_and_cells_that_are_asked_about_share_none(lesson):
    groups = np.array(["a", "b"])[np.arange(200) % 2]
    cells = np.arange(50, 150)
    teach, ask = lesson.parts(cells, groups, 3, asked=40)
    assert sorted([*teach, *ask]) == cells.tolist()
    assert len(ask) == 40


def test_a_view_is_of_its_own_cell_and_no_two_are_alike(lesson):
    down, right = np.mgrid[0:50, 0:50] / 49
    cells = np.stack([np.stack([down, right], axis=-1), np.full((50, 50, 2), 5.0)]).astype("float32")
    seen = [np.array(lesson.views(cells)) for _ in range(20)]
    assert {view.shape for view in seen} == {(2, 48, 48, 2)}
    assert len({float(view[0].sum()) for view in seen}) == 20
    for view in seen:
        assert view[0].mean() < 2 < view[1].mean()


@pytest.mark.parametrize(("n", "steps"), [(25, 10), (506, 40), (32, 3)])
def test_every_cell_is_shown_as_often_as_any_other_or_once_more(lesson, n, steps):
    order = lesson.order_of(n, steps, 1)
    assert order.shape == (steps, 32)
    times = np.bincount(order.ravel(), minlength=n)
    assert times.max() - times.min() <= 1


def test_halves_of_the_body_hold_all_its_variables_and_cut_between_two_blocks(lesson):
    body, head = lesson.build_body(), lesson.build_head()
    (lower, _), (upper, _), (top, _) = lesson.recipe("fine-tuned", body, head)[0]
    everything = body.trainable_variables + head.trainable_variables
    assert [id(v) for v in lower + upper + top] == [id(v) for v in everything]
    assert lower[-1].shape == (16,)
    assert upper[0].shape[-2] == 16
    (together, rate), by_batch = lesson.recipe("scratch", body, head)[0][0], lesson.recipe("scratch", body, head)[1]
    assert (len(together), rate, by_batch) == (len(everything), 0.002, True)
    assert lesson.recipe("all at once, averages kept", body, head)[1] is False
    assert lesson.recipe("frozen", body, head) is None


def _noise(n):
    return np.random.default_rng(0).normal(size=(n, 50, 50, 2)).astype("float32"), np.arange(n) % 2


@pytest.mark.parametrize("by_batch", [False, True])
def test_what_stands_in_no_group_stands_still_unless_averages_move(lesson, by_batch):
    body, head = lesson.build_body(), lesson.build_head()
    before, top = body.get_weights(), head.get_weights()
    _, step = lesson.make_step(body, head, [(head.trainable_variables, 0.01)], 22, by_batch)
    losses = lesson.train(step, *_noise(40), 22, 0)
    still = [np.array_equal(a, b) for a, b in zip(before, body.get_weights(), strict=True)]
    averages = ["moving" in w.path for w in body.weights]
    assert still == [not (average and by_batch) for average in averages]
    assert not any(np.array_equal(a, b) for a, b in zip(top, head.get_weights(), strict=True))
    assert len(losses) == 22


def test_a_fitted_head_answers_as_the_logistic_regression_that_it_was_made_of(lesson):
    import keras
    from sklearn import linear_model, pipeline, preprocessing

    keras.utils.set_random_seed(
        5
    )  # a feature that hardly varies gets a huge weight, whose rounding differs from draw to draw
    body, head = lesson.build_body(), lesson.build_head()
    X, y = _noise(30)
    F = lesson.features(body, X)
    lesson.fit_head(head, F, y)
    assert F.shape == (4, 30, 128)
    machine = pipeline.make_pipeline(
        preprocessing.StandardScaler(), linear_model.LogisticRegression(C=0.01, max_iter=1000)
    )
    machine.fit(F.reshape(-1, 128), np.tile(y, 4))
    expected = machine.decision_function(F.reshape(-1, 128)).reshape(4, -1).mean(axis=0)
    np.testing.assert_allclose(lesson.answers(head, F), expected, atol=1e-2)


def test_flips_of_a_picture_have_one_answer(lesson):
    body, head = lesson.build_body(), lesson.build_head()
    X, _ = _noise(2)
    flipped = np.ascontiguousarray(X[:, ::-1, ::-1])
    before, after = (lesson.answers(head, lesson.features(body, seen)) for seen in (X, flipped))
    np.testing.assert_allclose(before, after, atol=1e-5)


def test_the_stored_weights_fit_the_wider_body_and_its_head(lesson):
    body, head = lesson.build_body(96, (16, 32, 64, 128)), lesson.build_head(256)
    shapes = [tuple(w.shape) for w in body.weights]
    assert [a.shape for a in data.solar_pretrained()] == shapes
    for arrays in data.solar_net()[0]:
        assert [a.shape for a in arrays] == [*shapes, *(tuple(w.shape) for w in head.weights)]


def test_the_table_has_a_row_for_each_method_size_and_seed():
    table = data.solar_transfer()
    found = set(zip(table["method"], table["labels"], table["seed"], strict=True))
    assert found == {*train_transfer.runs(), *(("as it is", 0, seed) for seed in train_transfer.SEEDS)}
    assert len(table) == len(found)
    assert table[["AUC", "balanced"]].stack().between(0, 1).all()


@pytest.fixture
def tiny(lesson, tmp_path, monkeypatch):
    """Return a world of a hundred noisy pictures, and a study of a few steps."""
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    monkeypatch.setattr(train_transfer, "STEPS", 22)
    monkeypatch.setattr(train_transfer, "SOURCE_STEPS", 22)
    monkeypatch.setattr(train_transfer, "EPOCHS", 3)
    rng = np.random.default_rng(8)
    X = rng.normal(size=(300, 50, 50, 2)).astype("float32")
    y = np.arange(300) % 2
    groups = np.array(["sound", "defect"])[y]
    return SimpleNamespace(
        lesson=lesson, X=X, y=y, groups=groups, poly=np.arange(140), mono=np.arange(140, 300), asked=40,
        edges=rng.normal(size=(300, 12)), full={None: rng.normal(size=(4, 300, 256)), 1: rng.normal(size=(4, 300, 256))},
    )  # fmt: skip


FEW = (
    "edges + SVM",
    "scratch",
    "contrastive, frozen",
    "contrastive in full, frozen",
    "random, frozen",
    "random in full, frozen",
    "fine-tuned from shuffled labels",
)


@pytest.mark.parametrize("method", FEW)
def test_a_row_of_the_study_can_be_trained_and_holds_its_scores(tiny, method):
    row = train_transfer.score(tiny, method, 30, 1)
    assert (row["method"], row["labels"], row["seed"]) == (method, 30, 1)
    assert all(0 <= row[key] <= 1 for key in ("AUC", "balanced"))


def test_a_start_is_learned_once_and_the_cells_asked_about_are_not_in_it(tiny, monkeypatch):
    asked = set(tiny.lesson.parts(tiny.mono, tiny.groups, 2, 40)[1].tolist())
    shown = []

    def watch(body, X, epochs, seed):
        shown.append(X)

    monkeypatch.setattr(tiny, "lesson", SimpleNamespace(**vars(tiny.lesson) | {"pretrain": watch}))
    first = train_transfer.start(tiny, "views", 2)
    again = train_transfer.start(tiny, "views", 2)
    assert len(shown) == 1
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    taught = [
        i for i in range(300) if any(np.array_equal(tiny.X[i], picture) for picture in shown[0][:: len(shown[0]) - 1])
    ]
    assert len(shown[0]) == 140 + 120
    assert not asked & set(taught)
    assert train_transfer.start(tiny, "none", 2) is None


def test_a_step_that_is_used_again_begins_anew(tiny):
    X, y = _noise(40)
    for _ in range(2):
        train_transfer.networks(tiny, None, 5)
        train_transfer.learn(tiny, "fine-tuned", 22, X, y, 5)
    adams, _ = tiny.steps["fine-tuned", 22]
    assert len(tiny.steps) == 1
    assert [int(adam.iterations) for adam in adams] == [22, 22, 22]


def test_shuffled_labels_are_the_same_labels_at_other_cells(tiny, monkeypatch):
    seen = []

    def watch(step, X, y, steps, seed):
        seen.append(np.array(y))

    monkeypatch.setattr(tiny, "lesson", SimpleNamespace(**vars(tiny.lesson) | {"train": watch}))
    for kind in ("poly", "shuffled"):
        train_transfer.start(tiny, kind, 3)
    assert sorted(seen[0]) == sorted(seen[1])
    assert not np.array_equal(*seen)


def _questions():
    rng = np.random.default_rng(14)
    Z = rng.normal(size=(6, 3))
    return {
        "cosines": (Z,),
        "nt_xent": (Z, 0.3),
        "nt_xent_gradient": (Z, 0.3),
        "largest_moves": ([Z, Z[0]], [Z + 1, Z[0] - 2]),
        "first_step": (Z[0], 0.01, 0.3),
        "labels_needed": (np.array([25, 50, 100]), np.array([0.6, 0.7, 0.8]), 0.75),
    }


@pytest.mark.parametrize("name", _questions())
@pytest.mark.parametrize("whose", ["missing", "wrong", "right"])
def test_the_lesson_goes_on_with_the_learners_function_if_it_is_right_else_with_its_own(name, whose):
    answers = answers_of(EXERCISES[name])
    worked = answers["right"]
    np.testing.assert_allclose(when_right(answers[whose])(*_questions()[name]), worked(*_questions()[name]))


def test_a_loss_in_float32_is_right_and_not_handed_on_to_proofs_that_need_more_digits(capsys):
    def nt_xent(Z, temperature):
        return np.float32(answers_of(EXERCISES["nt_xent"])["right"](Z, temperature))

    Z = np.random.default_rng(3).normal(size=(6, 4))
    handed = when_right(nt_xent)(Z, 0.3)
    assert handed == pytest.approx(answers_of(EXERCISES["nt_xent"])["right"](Z, 0.3), abs=1e-12)
    assert handed != float(nt_xent(Z, 0.3))
    assert "to seven digits" in capsys.readouterr().out


def test_a_target_that_no_number_of_labels_reaches_is_refused_by_the_lessons_own_function():
    answer = answers_of(EXERCISES["labels_needed"])["missing"]
    with pytest.raises(ValueError, match=r"no score reaches 0\.9"):
        when_right(answer)(np.array([25, 50]), np.array([0.6, 0.7]), 0.9)

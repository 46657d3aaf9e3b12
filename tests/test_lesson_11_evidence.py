"""What lesson 11 measures and trains, its functions taken from the stored notebook, and the program that trains its networks."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import train_solar
from course_utils import data
from course_utils.exercises.lesson_11 import EXERCISES, when_right
from tests.exercises.harness import answers_of, lesson_functions


@pytest.fixture(scope="module")
def lesson():
    return lesson_functions("11_evidence", "augment")


@given(seed=st.integers(0, 1000), shape=st.sampled_from([(3, 20, 40, 10), (2, 12, 12, 4), (1, 6, 9, 3)]))
@settings(max_examples=20, deadline=None)
def test_tiles_hold_every_pixel_once_and_in_its_place(lesson, seed, shape):
    n, h, w, side = shape
    maps = np.random.default_rng(seed).normal(size=(n, h, w))
    cut = lesson.tiles(maps, side)
    assert cut.shape == (n, h // side, w // side, side * side)
    np.testing.assert_array_equal(cut[-1, -1, -1].reshape(side, side), maps[-1, -side:, -side:])
    np.testing.assert_array_equal(np.sort(cut, axis=None), np.sort(maps, axis=None))


def test_a_picture_without_contrast_gives_no_nan(lesson):
    assert np.isfinite(lesson.two_channels(np.full((2, 20, 20), 7, dtype="uint8"))).all()


def test_edges_know_directions_and_not_brightness(lesson):
    across = np.tile(np.arange(100, dtype="uint8"), (100, 1))
    pictures = np.stack([across, across + 100, across.T])
    first, brighter, turned = lesson.edges(pictures)
    np.testing.assert_allclose(first, brighter, atol=1e-6)
    assert np.abs(first - turned).max() > 0.1


def test_texture_does_not_know_which_way_up_a_cell_lay(lesson):
    pictures = np.random.default_rng(4).integers(0, 255, size=(3, 40, 40)).astype("uint8")
    before = lesson.texture(pictures)
    for flipped in lesson.flips(pictures):
        np.testing.assert_allclose(lesson.texture(flipped), before)
    assert np.abs(lesson.texture(np.swapaxes(pictures, 1, 2)) - before).max() > 0.1


def test_patterns_count_the_brighter_neighbours_at_their_distance(lesson):
    picture = np.zeros((1, 9, 9), dtype="uint8")
    picture[0, 2, 4] = 9  # two pixels above the middle: the second of the ring
    counts = np.array(lesson.patterns(picture, away=2))[0]
    assert counts.sum() == 5 * 5
    assert counts[2] == 1
    assert np.array(lesson.patterns(np.full((1, 9, 9), 200, dtype="uint8"), away=2))[0].tolist() == [25] + [0] * 255
    assert np.array(lesson.patterns(np.full((1, 9, 9), 7, dtype="uint8"), away=3))[0].sum() == 3 * 3


def test_the_line_for_balance_is_where_found_less_false_alarms_is_largest():
    logit, y = np.array([-2.0, -1.0, 0.0, 1.0, 2.0]), np.array([0, 0, 1, 0, 1])
    assert train_solar.best_line(logit, y) == 0.0


def test_flips_of_a_picture_have_one_answer(lesson):
    net, X = lesson.build_network(), np.random.default_rng(1).normal(size=(2, 100, 100, 2)).astype("float32")
    np.testing.assert_allclose(lesson.logits(net, X), lesson.logits(net, X[:, ::-1, ::-1]), atol=1e-5)


def test_the_stored_weights_fit_the_network_of_the_lesson(lesson):
    weights, stack, steps = data.solar_net()
    net = lesson.build_network(pool=1)
    assert [[a.shape for a in arrays] for arrays in weights] == [[tuple(w.shape) for w in net.weights]] * 5
    assert stack.shape == (6,)
    assert np.isfinite(stack).all()
    assert set(steps["cells"]) == {"training", "two fifths", "test"}


def test_views_are_of_their_own_cell_and_no_two_are_alike():
    down, right = np.mgrid[0:100, 0:100] / 99
    cells = np.stack([np.stack([down, right], axis=-1), np.full((100, 100, 2), 5.0)]).astype("float32")
    seen = [np.array(train_solar.views(cells)) for _ in range(20)]
    assert {view.shape for view in seen} == {(2, 96, 96, 2)}
    assert len({float(view[0].sum()) for view in seen}) == 20
    for view in seen:
        assert -1.5 < view[0].mean() < 2 < view[1].mean() < 8
        across = np.abs(np.gradient(view[0].mean(axis=0), axis=0).mean(axis=0))
        along = np.abs(np.gradient(view[0].mean(axis=1), axis=0).mean(axis=0))
        assert np.argmax(across) != np.argmax(along)  # turned by less than 45 degrees, mirrored or transposed


def test_pretraining_gives_weights_that_fit_below_the_last_layer(lesson, monkeypatch):
    monkeypatch.setattr(train_solar, "PRETRAINING", {"epochs": 6, "batch": 4, "temperature": 0.1, "rate": 2e-3})
    world = SimpleNamespace(
        lesson=lesson, train=np.arange(1, 9), X=np.random.default_rng(0).normal(size=(10, 100, 100, 2))
    )
    world.X = world.X.astype("float32")
    below, net = train_solar.contrast(world), lesson.build_network(pool=1)
    fresh = net.get_weights()
    net.set_weights([*below, *fresh[-2:]])
    assert len(below) == len(fresh) - 2
    assert all(np.isfinite(w).all() for w in below)
    assert not any(np.array_equal(a, b) for a, b in zip(below, fresh, strict=False) if a.ndim == 4)


def test_a_stopped_training_goes_on_with_what_it_has(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    trained = []

    class Network:
        def get_weights(self):
            return self.weights

        def set_weights(self, weights):
            self.weights = weights

        def predict(self, X, verbose):
            return X[:, 0, 0]

    def build_network(pool):
        net = Network()
        net.weights = [np.zeros(2), np.zeros(3), np.zeros(1)]
        return net

    def fit_network(X, targets, seed, epochs, net):
        trained.append(seed)
        net.weights = [net.weights[0], np.full(3, seed), net.weights[2]]
        return net, {}

    lesson = SimpleNamespace(
        build_network=build_network, fit_network=fit_network, logits=lambda _, X: X[:, 0, 0, 0] + 1
    )
    world = SimpleNamespace(lesson=lesson, X=np.ones((6, 100, 100, 2)), soft=np.zeros(6))
    monkeypatch.setattr(train_solar, "contrast", lambda world: trained.append("contrast") or [np.ones(2)])
    first = train_solar.network(world, "one", 203, np.arange(4), np.arange(4, 6))
    again = train_solar.network(world, "one", 203, np.arange(4), np.arange(4, 6))
    train_solar.network(world, "two", 204, np.arange(4), np.arange(4, 6))
    bare = train_solar.network(world, "bare", 205, np.arange(4), np.arange(4, 6), start=False)
    assert trained == ["contrast", 203, 204, 205]
    assert again["weights"][1].tolist() == first["weights"][1].tolist() == [203, 203, 203]
    assert (again["weights"][0][0], bare["weights"][0][0]) == (1, 0)
    assert again["four"].tolist() == [2, 2]


def _questions():
    rng = np.random.default_rng(14)
    parts = np.array_split(rng.permutation(9), 3)
    folds = [(np.setdiff1d(np.arange(9), ask), ask) for ask in parts]
    return {
        "paired_gain": (rng.random(20) < 0.5, rng.random(20) < 0.7),
        "cross_fitted": (lambda learn, ask: ask + 0.01 * learn.sum(), folds, 9),
    }


@pytest.mark.parametrize("name", _questions())
@pytest.mark.parametrize("whose", ["missing", "wrong", "right"])
def test_the_lesson_goes_on_with_the_learners_function_if_it_is_right_else_with_its_own(name, whose):
    answers = answers_of(EXERCISES[name])
    worked = answers["right"]
    np.testing.assert_allclose(when_right(answers[whose])(*_questions()[name]), worked(*_questions()[name]))


def test_the_lesson_can_only_go_on_with_the_functions_it_has():
    with pytest.raises(ValueError, match="when_right takes paired_gain, cross_fitted; received len"):
        when_right(len)


def test_the_directions_of_all_tiles_add_up_to_the_change_of_the_whole_picture(lesson):
    pictures = np.random.default_rng(16).integers(0, 255, size=(1, 100, 100))
    together = lesson.directions(pictures)
    assert together.shape == (1, 10, 10, 9)
    small = pictures.reshape(1, 50, 2, 50, 2).mean(axis=(2, 4))[0]
    down, right = np.gradient(small)
    np.testing.assert_allclose(together.sum(), np.hypot(right, down).sum())

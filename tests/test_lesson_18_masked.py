"""The networks that lesson 18 reads: what is stored is what the program says, and the program trains what the lesson defines."""

from __future__ import annotations

import numpy as np
import pytest

import train_masked
from course_utils import studies


@pytest.fixture(scope="module")
def world():
    return train_masked.lesson()


@pytest.fixture(scope="module")
def stored():
    return studies.masked_nets()


def test_the_table_has_one_row_a_network_of_text(stored):
    _, _, gaps = stored
    found = list(zip(gaps["kind"], gaps["seed"], strict=True))
    assert found == [(kind, seed) for kind in train_masked.KINDS if kind in train_masked.TEXT for seed in range(5)]


def test_stored_losses_are_means_of_twenty_steps(stored):
    _, losses, _ = stored
    assert {kind: found.shape for kind, found in losses.items()} == {"two": (5, 50), "one": (5, 50)}
    assert all(np.isfinite(found).all() for found in losses.values())


@pytest.mark.parametrize("kind", train_masked.STORED)
def test_stored_weights_fit_the_network_that_the_lesson_defines(world, stored, kind):
    weights, _, _ = stored
    model = train_masked.fresh(world, kind)
    assert len(weights[kind]) == 5
    for arrays in weights[kind]:
        model.set_weights(arrays)
        assert all(np.isfinite(array).all() for array in arrays)
    assert any(not np.allclose(a, b) for a, b in zip(*weights[kind][:2], strict=True))


@pytest.mark.parametrize("kind", ["masked", "causal"])
def test_a_stored_network_scores_what_the_table_says(world, stored, kind):
    weights, _, gaps = stored
    said = gaps[(gaps["kind"] == kind) & (gaps["seed"] == 3)]["surprise"].item()
    assert train_masked.score(world, kind, weights[kind][3]) == pytest.approx(said, abs=2e-3)


def test_a_masked_place_sees_the_right_side_and_a_causal_one_does_not(world):
    rows = world.some_windows(world.new, 4, np.random.default_rng(0))
    other = rows.copy()
    other[:, 40] = (rows[:, 40] + 1) % world.V
    for kind, sees in (("masked", True), ("left", False), ("causal", False)):
        model = train_masked.fresh(world, kind)
        assert np.array_equal(model(rows)[:, :40], model(other)[:, :40]) != sees


def test_weights_count_the_chosen_places_alone_and_answers_are_the_text(world):
    inputs, answers, weight = world.masked_rows(world.old, 300, np.random.default_rng(1))
    assert set(np.unique(weight).round(6)) == {0, round(1 / 0.15, 6)}
    assert abs(weight.mean() - 1) < 0.1
    assert np.array_equal(inputs[weight == 0], answers[weight == 0])
    assert (inputs[weight > 0] == world.MASK).mean() == pytest.approx(0.8, abs=0.03)
    assert (answers < world.V).all()


@pytest.mark.parametrize("kind", ["masked", "causal", "two"])
def test_the_program_trains_from_its_seed(world, kind):
    first = train_masked.train(world, kind, 3, steps=60)
    again = train_masked.train(world, kind, 3, steps=60)
    assert all(np.allclose(a, b, atol=1e-4) for a, b in zip(first, again, strict=True))
    if kind == "two":
        assert len(first[-1]) == 60
        assert first[-1][-1] < first[-1][0]


def test_what_the_cache_keeps_is_not_trained_again(world, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    monkeypatch.setattr(train_masked, "train", lambda world, kind, seed: [np.full(3, seed)])
    train_masked.kept(world, "one", 4)
    monkeypatch.setattr(train_masked, "train", None)
    assert np.array_equal(train_masked.kept(world, "one", 4)[0], [4, 4, 4])
    assert [file.name for file in tmp_path.rglob("*.npz")] == ["one-4.npz"]

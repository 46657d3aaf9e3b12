"""The Transformer of lesson 16, taken from its stored cells: causality, shapes, sampling, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.exercises.lesson_16 import EXERCISES
from tests.exercises import harness

QUICK = settings(max_examples=25, deadline=None, derandomize=True, database=None)
CHARACTERS = sorted("\n abcdeROMEO:'")
TIME = 8


@pytest.fixture(scope="module")
def lesson():
    """The lesson's functions for a small vocabulary and a context of 8; the network is random and wholly trained on nothing."""
    given_names = {
        "characters": CHARACTERS,
        "V": len(CHARACTERS),
        "id_of": {character: i for i, character in enumerate(CHARACTERS)},
        "T": TIME,
    }
    found = harness.lesson_functions("16_transformer", "Norm", "keep_top_p", "sparse", **given_names)
    network = _network(found, 8, 2, 2, 0)
    found.write.__globals__["scores_of"] = network
    return found


def _network(lesson, d, n_layers, n_heads, seed):
    layers = lesson.transformer(d, n_layers, n_heads)
    model = lesson.keras.Sequential([lesson.keras.Input((TIME,), dtype="int32"), *layers])
    rng = np.random.default_rng(seed)
    model.set_weights([rng.normal(size=w.shape) / 2 for w in model.get_weights()])
    return model


@pytest.mark.parametrize("shape", [(4, 1, 1), (8, 1, 2), (8, 2, 4), (12, 3, 2)])
@pytest.mark.parametrize("last", [1, 4, 7])
def test_no_output_moves_when_a_later_character_changes(lesson, shape, last):
    model, rng = _network(lesson, *shape, last), np.random.default_rng(last)
    ids = rng.integers(0, lesson.V, (2, TIME))
    other = ids.copy()
    other[:, last:] = (ids[:, last:] + 1) % lesson.V
    moved = np.abs(np.array(model(ids)) - np.array(model(other))).max(axis=(0, 2))
    assert moved[:last].max() < 1e-5
    assert moved[last:].min() > 0


@pytest.mark.parametrize("n_heads", [1, 2, 4])
def test_attention_is_what_keras_calls_attention(lesson, n_heads):
    ours, d = lesson.Attention(8, n_heads), 8
    x = np.random.default_rng(0).normal(size=(3, TIME, d)).astype("float32")
    ours(x)
    rng = np.random.default_rng(1)
    ours.set_weights([rng.normal(size=w.shape) for w in ours.get_weights()])
    theirs = lesson.keras.layers.MultiHeadAttention(n_heads, d // n_heads)
    theirs.build(x.shape, x.shape)
    shapes, values = [w.shape for w in theirs.get_weights()], []
    by_name = {layer.name: layer.get_weights() for layer in (ours.query, ours.key, ours.value, ours.join)}
    for weights in by_name.values():
        values += weights
    theirs.set_weights([value.reshape(shape) for value, shape in zip(values, shapes, strict=True)])
    np.testing.assert_allclose(ours(x), theirs(x, x, use_causal_mask=True), atol=2e-4)


def test_the_colleagues_heads_leak_and_one_alone_does_not(lesson):
    x = np.random.default_rng(0).normal(size=(1, TIME, 8)).astype("float32")
    other = x.copy()
    other[:, 3:] += 1
    for n_heads, leaks in ((1, False), (2, True), (4, True)):
        layer = lesson.ColleaguesAttention(8, n_heads)
        moved = np.abs(np.array(layer(x)) - np.array(layer(other))).max(axis=(0, 2))
        assert bool(moved[:3].max() > 1e-4) == leaks
    with pytest.raises(ValueError, match="8 does not divide into 3"):
        lesson.ColleaguesAttention(8, 3)


def test_the_layer_glues_as_the_exercise_joins(lesson):
    join = harness.worked_answer(EXERCISES["join_heads"])
    heads = np.random.default_rng(0).normal(size=(4, TIME, 2)).astype("float32")
    layer = lesson.Attention(8, 4)
    assert np.array_equal(np.array(layer.glue(heads[None]))[0], join(heads))


def test_the_count_of_the_exercise_is_what_keras_counts(lesson):
    answer = harness.worked_answer(EXERCISES["count_parameters"])
    for d, n_layers in ((8, 1), (12, 3)):
        assert _network(lesson, d, n_layers, 2, 0).count_params() == answer(lesson.V, TIME, d, n_layers)


@QUICK
@given(st.text(CHARACTERS, min_size=TIME + 1, max_size=60), st.integers(1, 9), st.integers(0, 1000))
def test_targets_are_the_inputs_one_character_on(lesson, text, n, seed):
    ids = lesson.encode(text)
    assert "".join(CHARACTERS[i] for i in ids) == text
    X, y = lesson.draw(ids, n, np.random.default_rng(seed))
    assert X.shape == y.shape == (n, TIME)
    assert np.array_equal(X[:, 1:], y[:, :-1])
    assert all("".join(CHARACTERS[i] for i in [*a, b[-1]]) in text for a, b in zip(X, y, strict=True))


def test_a_text_that_is_empty_unknown_or_too_short_is_refused(lesson):
    with pytest.raises(ValueError, match="empty text"):
        lesson.encode("")
    with pytest.raises(ValueError, match="Ω"):
        lesson.encode("aΩ")
    with pytest.raises(ValueError, match="received 8 ids"):
        lesson.draw(lesson.encode("abcde ab"), 2, np.random.default_rng(0))


SCORES = st.lists(st.floats(-30, 30), min_size=1, max_size=14).map(np.array)


@QUICK
@given(SCORES, st.floats(0.05, 20), st.integers(1, 14), st.floats(0.01, 1))
def test_filtered_probabilities_sum_to_one_and_keep_the_likeliest(lesson, scores, temperature, k, p):
    k = min(k, len(scores))
    probs = lesson.choices(scores, temperature, top_k=k, top_p=p)
    assert probs.min() >= 0
    assert abs(probs.sum() - 1) < 1e-9
    assert 1 <= np.count_nonzero(probs) <= k
    plain = lesson.choices(scores, temperature, top_k=len(scores))
    kept = probs > 0
    assert plain[kept].max() == plain.max()
    if not kept.all():
        assert plain[~kept].max() <= plain[kept].min() + 1e-12


def test_a_low_temperature_takes_the_likeliest_and_a_high_one_levels(lesson):
    scores = np.array([1.0, 3.0, 2.0])
    assert lesson.choices(scores, 1e-3, top_k=3)[1] > 0.999
    assert np.ptp(lesson.choices(scores, 1e3, top_k=3)) < 0.001
    assert lesson.choices(scores, top_k=1).tolist() == [0, 1, 0]


def test_what_is_written_begins_with_the_prompt_and_is_the_same_for_the_same_seed(lesson):
    texts = [lesson.write("ROMEO:", 12, np.random.default_rng(seed)) for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]
    assert all(text.startswith("ROMEO:") and len(text) == 18 for text in texts)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"temperature": 0}, "temperature 0"),
        ({"temperature": -0.5}, "temperature -0.5"),
        ({"temperature": float("nan")}, "temperature nan"),
        ({"top_k": 0}, "top_k 0"),
        ({"top_k": 99}, "top_k 99"),
        ({"top_p": 0}, "p must be above 0"),
        ({"top_p": 1.2}, "received 1.2"),
        ({"prompt": ""}, "empty text"),
        ({"prompt": "a" * 9}, "9 characters"),
        ({"prompt": "Ω"}, "Ω"),
    ],
)
def test_what_cannot_be_written_is_refused_with_what_was_received(lesson, wrong, said):
    with pytest.raises(ValueError, match=said):
        lesson.write(**{"prompt": "a", "n_new": 1, "rng": np.random.default_rng(0)} | wrong)

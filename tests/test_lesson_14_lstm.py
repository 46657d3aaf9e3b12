"""The recurrent layers of lesson 14, taken from its stored cells, against Keras and against laws that hold for any shape."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.exercises.lesson_14 import EXERCISES, when_right
from tests.exercises import harness

QUICK = settings(max_examples=12, deadline=None, derandomize=True, database=None)


lesson = harness.lesson_functions("14_recurrent_networks", "step", "cell", "cut_rows", V=3)


@st.composite
def problems(draw, blocks):
    """Return X, the weights of a layer with `blocks` blocks, and a gradient for its states."""
    n, time, d, k = (draw(st.integers(1, high)) for high in (3, 6, 4, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shapes = (n, time, d), (d, blocks * k), (k, blocks * k), (blocks * k,), (n, time, k)
    X, W, U, b, G = (rng.normal(size=shape) for shape in shapes)
    return X, [W, U, b], G


def _layer(kind, k):
    import keras

    return getattr(keras.layers, kind)(k, return_sequences=True, dtype="float64")


@QUICK
@given(problems(blocks=1))
def test_the_vanilla_rnn_equals_keras_in_states_and_gradients(problem):
    X, weights, G = problem
    H = lesson.rnn(X, *weights)
    out, theirs = lesson.by_keras(_layer("SimpleRNN", H.shape[-1]), X, weights, G)
    np.testing.assert_allclose(H[:, 1:], out, atol=1e-10)
    for ours, tape in zip(lesson.rnn_backward(G, X, H, *weights[:2])[:4], theirs, strict=True):
        np.testing.assert_allclose(ours, tape, atol=1e-9)


@QUICK
@given(problems(blocks=4))
def test_the_lstm_equals_keras_in_states_and_gradients(problem):
    X, weights, G = problem
    H, C, Z = lesson.lstm(X, *weights)
    out, theirs = lesson.by_keras(_layer("LSTM", H.shape[-1]), X, weights, G)
    np.testing.assert_allclose(H[:, 1:], out, atol=1e-10)
    for ours, tape in zip(lesson.lstm_backward(G, X, *weights[:2], H, C, Z)[:4], theirs, strict=True):
        np.testing.assert_allclose(ours, tape, atol=1e-9)


@QUICK
@given(problems(blocks=4))
def test_the_gradients_equal_central_differences(problem):
    X, weights, G = problem
    grads = lesson.lstm_backward(G, X, *weights[:2], *lesson.lstm(X, *weights))[:4]
    nudged = lesson.by_nudging(lambda *arrays: lesson.lstm(*arrays)[0], [X, *weights], G)
    assert lesson.gap(grads, nudged) < 1e-6


@QUICK
@given(problems(blocks=4), st.integers(0, 6))
def test_a_sequence_read_in_two_parts_ends_as_if_read_at_once(problem, first):
    X, weights, _ = problem
    H, C, _ = lesson.lstm(X, *weights)
    H_1, C_1, _ = lesson.lstm(X[:, :first], *weights)
    H_2, C_2, _ = lesson.lstm(X[:, first:], *weights, H_1[:, -1], C_1[:, -1])
    np.testing.assert_allclose([H_2[:, -1], C_2[:, -1]], [H[:, -1], C[:, -1]], atol=1e-12)


@QUICK
@given(problems(blocks=4))
def test_the_future_never_changes_a_state_of_the_past(problem):
    X, weights, _ = problem
    changed = X.copy()
    changed[:, -1] += 1
    np.testing.assert_array_equal(lesson.lstm(X, *weights)[0][:, :-1], lesson.lstm(changed, *weights)[0][:, :-1])


@QUICK
@given(problems(blocks=4))
def test_the_worked_step_is_the_step_of_the_layer(problem):
    X, (W, U, b), _ = problem
    H, C, _ = lesson.lstm(X[:, :1], W, U, b)
    h, c = harness.worked_answer(EXERCISES["lstm_step"])(X[:, 0] @ W + b, np.zeros_like(C[:, 0]))
    np.testing.assert_allclose([h, c], [H[:, 1], C[:, 1]], atol=1e-12)


@QUICK
@given(st.integers(2, 60), st.integers(1, 12))
def test_each_target_is_the_token_after_its_input_and_nothing_that_fits_is_lost(n_tokens, length):
    if n_tokens <= length:
        return
    tokens = np.random.default_rng(n_tokens).permutation(n_tokens)
    for cut in (lesson.cut_rows, harness.worked_answer(EXERCISES["next_token_batches"])):
        inputs, targets = cut(tokens, length)
        assert inputs.shape == targets.shape == ((n_tokens - 1) // length, length)
        np.testing.assert_array_equal(inputs.ravel(), tokens[: inputs.size])
        np.testing.assert_array_equal(targets.ravel(), tokens[1 : inputs.size + 1])


@QUICK
@given(st.lists(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=5), min_size=1, max_size=4), st.floats(1e-3, 1e3))
def test_the_worked_clipping_bounds_the_norm_and_keeps_the_direction(rows, limit):
    grads = [np.array(row) for row in rows]
    before = np.concatenate(grads)
    after = np.concatenate(harness.worked_answer(EXERCISES["clip_by_global_norm"])(grads, limit))
    assert np.linalg.norm(after) <= limit * (1 + 1e-9)
    np.testing.assert_allclose(
        after * np.linalg.norm(before), before * np.linalg.norm(after), rtol=1e-9, atol=1e-9 * limit
    )


def test_counting_is_lesson_13s_kneser_ney_on_its_own_small_example():
    shares = lesson.counted("abababac", ["aa", "ab", "ac"], n=2, d=0.5)
    np.testing.assert_allclose(shares, [1 / 12, 8.5 / 12, 2.5 / 12])


def test_counting_without_a_discount_is_lesson_13s_interpolation():
    shares = lesson.counted("abababac", ["aa", "ab", "ac"], n=2)
    np.testing.assert_allclose(shares, np.array([2 * 5 / 11, 3 + 2 * 4 / 11, 1 + 2 * 2 / 11]) / 6)


@pytest.mark.parametrize("d", [None, 0.5, 0.9])
@pytest.mark.parametrize("n", [1, 2, 3, 4])
@pytest.mark.parametrize("context", ["bac", "cab", "ccc", "abc"])
def test_the_shares_of_counting_sum_to_one_after_any_context(d, n, context):
    shares = lesson.counted("abcabbacabacca", [context + end for end in "abc"], n, d)
    assert shares.min() > 0
    assert abs(shares.sum() - 1) < 1e-12


def _given():
    rng = np.random.default_rng(3)
    n, d, k = 4, 3, 2
    return {
        "rnn_step": [rng.normal(size=shape) for shape in ((n, d), (n, k), (d, k), (k, k), (k,))],
        "gradient_through_time": [rng.normal(size=6), 0.7, 0.9],
        "clip_by_global_norm": [[rng.normal(size=(3, 2)), rng.normal(size=4), np.array(2.0)], 0.5],
        "lstm_step": [rng.normal(size=(n, 4 * k)), rng.normal(size=(n, k))],
        "last_states": [rng.normal(size=(n, 5, k)), np.array([1, 5, 3, 2])],
        "next_token_batches": [rng.integers(0, 9, 20), 3],
        "lstm_parameters": [64, 128],
    }


@pytest.mark.parametrize("name", _given())
@pytest.mark.parametrize("whose", ["missing", "wrong", "right"])
def test_the_lesson_goes_on_with_the_learners_function_if_it_is_right_else_with_its_own(name, whose):
    answers = harness.answers_of(EXERCISES[name])
    got, want = when_right(answers[whose])(*_given()[name]), answers["right"](*_given()[name])
    assert type(got) in (tuple, list, int, np.ndarray)
    parts = zip(got, want, strict=True) if isinstance(want, (tuple, list)) else [(got, want)]
    for one, other in parts:
        np.testing.assert_allclose(one, other, atol=1e-12)


@pytest.mark.parametrize("name", ["rnn_step", "lstm_step"])
def test_a_right_step_in_float32_passes_its_check_and_the_lesson_goes_on_with_its_own(name, capsys):
    right = harness.worked_answer(EXERCISES[name])

    def in_float32(*arguments):
        return right(*(np.asarray(a, dtype=np.float32) for a in arguments))

    in_float32.__name__ = name
    assert EXERCISES[name].grade(in_float32).status == "correct"
    chosen = when_right(in_float32)
    assert f"Your {name} is right, in float32" in capsys.readouterr().out
    for one, other in zip(chosen(*_given()[name]), right(*_given()[name]), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-13)


def test_the_lesson_can_only_go_on_with_the_functions_it_has():
    with pytest.raises(ValueError, match="lstm_parameters; received len"):
        when_right(len)

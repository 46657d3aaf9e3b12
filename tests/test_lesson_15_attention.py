"""The attention of lesson 15, taken from its stored cells, against Keras and against laws that hold for any shape."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.exercises.lesson_15 import EXERCISES, when_right
from tests.exercises import harness

QUICK = settings(max_examples=25, deadline=None, derandomize=True, database=None)


lesson = harness.lesson_functions("15_attention", "weights_of", "softmax_back", "causal", "turned_by", D=32)


@st.composite
def layers(draw):
    """Return X (batch, time, d), the eight weights of a layer, its heads, d_k, and a causal mask or None.

    d_k is at least 2: with d_k = 1 and as many heads as tokens, the layer of Keras 3.15 exchanges those two axes.
    """
    batch, time, d = draw(st.integers(1, 3)), draw(st.integers(1, 6)), draw(st.integers(1, 6))
    heads, d_k = draw(st.integers(1, 3)), draw(st.integers(2, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shapes = 3 * [(d, heads, d_k), (heads, d_k)] + [(heads, d_k, d), (d,)]
    mask = np.tri(time, dtype=bool) if draw(st.booleans()) else None
    return rng.normal(size=(batch, time, d)), [rng.normal(size=s) for s in shapes], heads, d_k, mask


@QUICK
@given(layers())
def test_multi_head_attention_equals_keras_in_output_and_in_every_gradient(problem):
    import keras
    import tensorflow as tf

    X, w, heads, d_k, mask = problem
    G = np.random.default_rng(0).normal(size=X.shape)
    layer = keras.layers.MultiHeadAttention(heads, key_dim=d_k, dtype="float64")
    layer.build(X.shape, X.shape)
    layer.set_weights(w)
    x = tf.constant(X)
    with tf.GradientTape() as tape:
        tape.watch(x)
        theirs = layer(x, x, attention_mask=mask)
    grad_X, grads = lesson.multi_head_backward(G, X, w, mask)
    near = {"rtol": 1e-5, "atol": 1e-5}  # Keras keeps 1 / sqrt(d_k) in 32 bits
    np.testing.assert_allclose(lesson.multi_head(X, w, mask), theirs, **near)
    taped = tape.gradient(theirs, [x, *layer.weights], tf.constant(G))
    for ours, keras_gradient in zip([grad_X, *grads], taped, strict=True):
        np.testing.assert_allclose(ours, keras_gradient, **near)


@QUICK
@given(layers())
def test_the_causal_mask_keeps_every_later_token_out(problem):
    X, w, *_ = problem
    mask = np.tri(X.shape[1], dtype=bool)
    changed = X.copy()
    changed[:, -1] += 5.0
    before, after = lesson.multi_head(X, w, mask), lesson.multi_head(changed, w, mask)
    assert np.array_equal(before[:, :-1], after[:, :-1])
    assert not np.array_equal(before[:, -1], after[:, -1])


@QUICK
@given(layers(), st.integers(0, 1000))
def test_without_positions_permuted_tokens_give_permuted_outputs(problem, seed):
    X, w, *_ = problem
    order = np.random.default_rng(seed).permutation(X.shape[1])
    np.testing.assert_allclose(lesson.multi_head(X[:, order], w), lesson.multi_head(X, w)[:, order], atol=1e-8)


@QUICK
@given(st.integers(1, 5), st.integers(1, 5), st.integers(1, 4), st.integers(0, 1000))
def test_matrices_equal_loops_and_weights_sum_to_one(n, m, d_k, seed):
    rng = np.random.default_rng(seed)
    Q, K, V = rng.normal(size=(n, d_k)), rng.normal(size=(m, d_k)), rng.normal(size=(m, 3))
    out, A = lesson.attention(Q, K, V)
    np.testing.assert_allclose(out, lesson.attention_loops(Q, K, V), atol=1e-12)
    np.testing.assert_allclose(A.sum(axis=-1), 1)


@QUICK
@given(st.floats(-50, 50), st.floats(-50, 50), st.floats(-1000, 1000), st.integers(0, 1000))
def test_a_turned_pair_scores_by_its_distance_alone(t, s, shift, seed):
    q, k = np.random.default_rng(seed).normal(size=(2, 2))
    here = lesson.turn(q, t) @ lesson.turn(k, s)
    np.testing.assert_allclose(lesson.turn(q, t + shift) @ lesson.turn(k, s + shift), here, atol=1e-8)


@pytest.mark.parametrize(("queries", "keys"), [((2, 3), (2, 4)), ((2, 3), (0, 3))])
def test_keys_of_another_width_or_none_at_all_are_refused_with_both_shapes(queries, keys):
    with pytest.raises(ValueError, match=r"\(2, 3\).*\(.*\)"):
        lesson.attention(np.zeros(queries), np.zeros(keys), np.zeros(keys))


def test_the_audit_of_the_checker_agrees_with_the_lesson_on_its_own_layers():
    answer = harness.worked_answer(EXERCISES["audit"])
    rng = np.random.default_rng(5)
    X, w = rng.normal(size=(1, 6, 4)), [rng.normal(size=s) for s in 3 * [(4, 2, 3), (2, 3)] + [(2, 3, 4), (4,)]]
    mask = np.tri(6, dtype=bool)
    assert tuple(answer(lambda Z: lesson.multi_head(Z[None], w)[0], X[0])) == (False, True)
    assert tuple(answer(lambda Z: lesson.multi_head(Z[None], w, mask)[0], X[0]))[1] is False


def _given(name):
    """Return arguments on which the lesson may call the exercise `name`."""
    rng = np.random.default_rng(150)
    mask = np.array([[True, False, True], [False, False, False]])
    return {
        "attention_weights": (rng.normal(size=4), rng.normal(size=(5, 4))),
        "softmax_backward": (rng.normal(size=(3, 4)), rng.dirichlet(np.ones(4), size=3)),
        "causal_mask": (3, 5),
        "masked_softmax": (rng.normal(size=(2, 3)), mask),
        "audit": (lambda Z: np.cumsum(Z, axis=0), rng.normal(size=(6, 3))),
        "split_heads": (rng.normal(size=(4, 6)), 3),
        "rotate": (rng.normal(size=6), 5),
    }[name]


@pytest.mark.parametrize("whose", ["missing", "wrong", "right"])
@pytest.mark.parametrize("name", EXERCISES)
def test_the_lesson_goes_on_with_the_learners_function_if_it_is_right_else_with_its_own(name, whose):
    answers = harness.answers_of(EXERCISES[name])
    got, want = when_right(answers[whose])(*_given(name)), answers["right"](*_given(name))
    if name == "audit":
        assert got == tuple(want) == (True, False)
    else:
        assert got.dtype == (bool if name == "causal_mask" else float)
        np.testing.assert_allclose(got, want, atol=1e-12)


def test_the_learners_own_function_is_the_one_that_is_called():
    calls, worked = [], harness.worked_answer(EXERCISES["causal_mask"])

    def causal_mask(n_queries, n_keys):
        calls.append((n_queries, n_keys))
        return worked(n_queries, n_keys).tolist()

    goes_on = when_right(causal_mask)
    calls.clear()
    assert goes_on(2, 3).tolist() == [[True, True, False], [True, True, True]]
    assert calls == [(2, 3)]


def test_the_lesson_can_only_go_on_with_the_functions_it_has():
    with pytest.raises(ValueError, match="masked_softmax, audit, split_heads, rotate; received len"):
        when_right(len)


@QUICK
@given(layers())
def test_a_layer_that_is_given_no_mask_is_the_layer_that_may_see_everything(problem):
    X, w, *_ = problem
    everything = np.ones((X.shape[1], X.shape[1]), dtype=bool)
    np.testing.assert_array_equal(lesson.multi_head(X, w), lesson.multi_head(X, w, everything))


@pytest.mark.parametrize(("n", "d"), [(1, 2), (60, 32), (9, 6)])
def test_no_two_positions_share_a_vector_and_all_have_one_length(n, d):
    table = lesson.sinusoids(n, d)
    np.testing.assert_allclose(np.linalg.norm(table, axis=1), np.sqrt(d / 2))
    assert len({tuple(row) for row in table.round(6)}) == n


def test_the_articles_layers_make_all_tokens_one_and_a_residual_with_normalisation_does_not():
    rng = np.random.default_rng(50)
    X, W = rng.normal(size=(6, 8)), rng.normal(size=(8, 8)) / 2
    assert lesson.unlike(lesson.stack(X, W, 12, residual=False, normalise=False)) < 1
    assert lesson.unlike(lesson.stack(X, W, 12, residual=True, normalise=True)) > 20
    np.testing.assert_array_equal(lesson.stack(X, W, 3, False, False), lesson.article_transformer(X, W, 3))


def _look_alone(model, run, letters):
    """Return the logits of one run of `lesson.OneLayer`, by this test's own attention, one word and one head at a time."""
    weights = [w.numpy()[run] for w in (model.letters, model.W_q, model.W_k, model.W_v, model.W_o, model.W_out)]
    table, W_q, W_k, W_v, W_o, W_out = weights
    X = table[letters] + model.positions.numpy()[run]  # (time, d)
    H = np.zeros(X.shape)
    for h in range(W_q.shape[1]):
        found, _ = lesson.attention(X @ W_q[:, h], X @ W_k[:, h], X @ W_v[:, h])
        H += found @ W_o[h]
    return np.einsum("td,dan->tan", H, W_out)


@pytest.mark.parametrize("n_heads", [1, 2])
def test_layers_that_train_side_by_side_are_the_lessons_attention_each_on_its_own(n_heads):
    scope = lesson.OneLayer.__init__.__globals__
    scope.update(RUNS=3, N=10, T=6)
    model = lesson.OneLayer("learned", n_heads=n_heads, n_answers=2)
    letters = lesson.draw_words(2, seed=4)  # (batch, run, time)
    logits = model(letters).numpy()
    for word in range(2):
        for run in range(3):
            alone = _look_alone(model, run, letters[word, run])
            np.testing.assert_allclose(logits[word, run], alone, atol=1e-5)


def test_a_word_of_the_task_has_six_different_letters_and_its_answers_stand_beside_them_on_the_ring():
    scope = lesson.OneLayer.__init__.__globals__
    scope.update(RUNS=2, N=10, T=6)
    words = lesson.draw_words(50, seed=4)
    assert words.shape == (50, 2, 6)
    assert all(len(set(word)) == 6 for word in words.reshape(-1, 6).tolist())
    previous, following = np.moveaxis(lesson.neighbours(words), -1, 0)
    np.testing.assert_array_equal(previous[..., 1:], words[..., :-1])
    np.testing.assert_array_equal(previous[..., 0], words[..., -1])
    np.testing.assert_array_equal(following[..., :-1], words[..., 1:])
    np.testing.assert_array_equal(lesson.before(words)[..., 0], previous)

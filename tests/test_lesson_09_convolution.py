"""The convolutions of lesson 09, taken from its stored cells, against Keras and against laws that hold for any shape."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.exercises.lesson_09 import EXERCISES, when_right
from tests.exercises import harness

PADDINGS = ("valid", "same")
QUICK = settings(max_examples=50, deadline=None, derandomize=True, database=None)


lesson = harness.lesson_functions("09_convolutions", "NO_ZEROS", "count", "convolve", "pool")


def _zeros(shape, kernel, stride, padding):
    """Return the zeros ((above, below), (left, right)) of "valid" or "same"; the worked answer knows those of "same"."""
    if padding == "valid":
        return lesson.NO_ZEROS
    same = harness.worked_answer(EXERCISES["same_padding"])
    return tuple(same(n, k, stride) for n, k in zip(shape[1:3], kernel[:2], strict=True))


def _by_lesson(function, X, K, b, stride, padding):
    return function(X, K, b, stride, _zeros(X.shape, K.shape, stride, padding))


@st.composite
def problems(draw, least_batch=0, largest=9):
    """Return X, a batch of at most two, K, b, stride and padding of a convolution that fits."""
    kh, kw = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    stride, padding = draw(st.integers(1, 3)), draw(st.sampled_from(PADDINGS))
    least = (kh, kw) if padding == "valid" else (1, 1)
    h, w = draw(st.integers(least[0], largest)), draw(st.integers(least[1], largest))
    n, c_in, c_out = draw(st.integers(least_batch, 2)), draw(st.integers(1, 3)), draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    X, K, b = rng.normal(size=(n, h, w, c_in)), rng.normal(size=(kh, kw, c_in, c_out)), rng.normal(size=c_out)
    return X, K, b, stride, padding


def _by_keras(X, K, b, stride, padding, seed=0):
    """Return Keras's output, a gradient G for it, and what the tape makes of G for X, K and b; all float64."""
    import keras
    import tensorflow as tf

    x, kernel, bias = (tf.constant(a, dtype=tf.float64) for a in (X, K, b))
    with tf.GradientTape() as tape:
        tape.watch([x, kernel, bias])
        out = keras.ops.conv(x, kernel, strides=stride, padding=padding, data_format="channels_last") + bias
    assert out.dtype == tf.float64
    G = np.random.default_rng(seed).normal(size=out.shape)
    return np.array(out), G, [np.array(g) for g in tape.gradient(out, [x, kernel, bias], tf.constant(G))]


@QUICK
@given(problems())
def test_the_matrix_product_equals_keras_in_output_and_gradients(problem):
    X, K, _, stride, padding = problem
    out, G, theirs = _by_keras(*problem)
    np.testing.assert_allclose(_by_lesson(lesson.conv, *problem), out, atol=1e-10)
    zeros = _zeros(X.shape, K.shape, stride, padding)
    for ours, tape in zip(lesson.conv_backward(G, X, K, stride, zeros), theirs, strict=True):
        np.testing.assert_allclose(ours, tape, atol=1e-10)


@QUICK
@given(problems(largest=7))
def test_the_loops_equal_keras(problem):
    np.testing.assert_allclose(_by_lesson(lesson.conv_loops, *problem), _by_keras(*problem)[0], atol=1e-10)


@QUICK
@given(problems(least_batch=1))
def test_output_and_gradients_obey_the_law_of_a_linear_map(problem):
    X, K, _, stride, padding = problem
    zeros = _zeros(X.shape, K.shape, stride, padding)
    out = lesson.conv(X, K, 0, stride, zeros)
    G = np.random.default_rng(1).normal(size=out.shape)
    grad_X, grad_K, _ = lesson.conv_backward(G, X, K, stride, zeros)
    np.testing.assert_allclose([np.sum(X * grad_X), np.sum(K * grad_K)], np.sum(out * G), rtol=1e-9, atol=1e-9)


@QUICK
@given(st.integers(1, 40), st.integers(1, 9), st.integers(1, 5))
def test_the_worked_same_padding_gives_the_size_that_same_promises(n, kernel, stride):
    before, after = harness.worked_answer(EXERCISES["same_padding"])(n, kernel, stride)
    assert 0 <= before <= after <= before + 1
    assert max(n + before + after - kernel, 0) // stride + 1 == -(-n // stride)


@pytest.mark.parametrize("function", ["conv", "conv_loops"])
@pytest.mark.parametrize("shape", [(1, 2, 9, 1), (1, 9, 2, 1), (0, 2, 2, 1)])
def test_a_kernel_that_does_not_fit_is_refused_with_both_sizes(function, shape):
    with pytest.raises(ValueError, match=f"kernel of 3.* {min(shape[1:3])} pixels"):
        getattr(lesson, function)(np.zeros(shape), np.zeros((3, 3, 1, 1)), np.zeros(1))


@QUICK
@given(problems(least_batch=1), st.integers(1, 3))
def test_pooling_equals_keras_and_drops_what_is_left_over(problem, size):
    import keras
    import tensorflow as tf

    X = problem[0] - 3
    if min(X.shape[1:3]) < size:
        return
    theirs = keras.ops.max_pool(tf.constant(X), size, padding="valid", data_format="channels_last")
    np.testing.assert_array_equal(lesson.pool(X, size), theirs)
    np.testing.assert_array_equal(harness.worked_answer(EXERCISES["max_pool"])(X, size), theirs)


@pytest.mark.parametrize(
    "rounded",
    [
        lambda room, stride: round(room / stride) + 1,
        lambda room, stride: round(room / stride + 1),
        lambda room, stride: round((room + 1) / stride),
        lambda room, stride: int(room / stride + 1.5),
    ],
)
def test_no_way_of_rounding_to_the_nearest_passes_for_a_number_of_windows(rounded):
    def size(n, kernel, stride, padding):
        if stride < 1 or kernel > n + 2 * padding:
            raise ValueError(f"kernel {kernel}, stride {stride}")
        return rounded(n + 2 * padding - kernel, stride)

    assert EXERCISES["output_size"].grade(size).name == "rounded to the nearest"


def test_a_kernel_gradient_that_swaps_the_sides_of_the_map_does_not_pass():
    def gradient(image, grad_out):
        oh, ow = grad_out.shape
        out = np.zeros((image.shape[0] - ow + 1, image.shape[1] - oh + 1))
        for a, b in np.ndindex(out.shape):
            out[a, b] = sum(image[a + i, b + j] * grad_out[i, j] for i, j in np.ndindex(ow, oh))
        return out

    assert EXERCISES["kernel_gradient"].grade(gradient).status == "not yet"


@QUICK
@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3)), max_size=3))
def test_the_worked_receptive_field_is_as_wide_as_the_gradient(layers):
    field = harness.worked_answer(EXERCISES["receptive_field"])(layers)
    seen = np.flatnonzero(lesson.influence(layers, n=field).any(axis=0))
    assert seen[-1] - seen[0] + 1 == field


@pytest.mark.parametrize("name", ["output_size", "convolve_2d", "max_pool"])
def test_the_lesson_goes_on_with_the_learners_function_once_it_is_right(name):
    calls = []
    worked = harness.worked_answer(EXERCISES[name])

    def answer(*arguments):
        calls.append(arguments)
        return worked(*arguments)

    answer.__name__ = name
    arguments = {
        "output_size": (9, 4, 2, 1),
        "convolve_2d": (np.arange(12).reshape(3, 4), np.array([[1, -1]]), 2),
        "max_pool": (np.arange(32).reshape(1, 4, 4, 2), 2),
    }[name]
    function = when_right(answer)
    before = len(calls)
    np.testing.assert_array_equal(function(*arguments), worked(*arguments))
    assert len(calls) == before + 1


@pytest.mark.parametrize("name", ["output_size", "convolve_2d", "max_pool"])
def test_the_lesson_goes_on_with_the_courses_function_where_the_learners_is_missing_or_wrong(name):
    def wrong(*arguments):
        return 0

    wrong.__name__ = name
    worked = harness.worked_answer(EXERCISES[name])
    given = {
        "output_size": (224, 7, 2, 3),
        "convolve_2d": (np.random.default_rng(0).normal(size=(7, 6)), np.ones((3, 2)), 2),
        "max_pool": (np.random.default_rng(0).normal(size=(2, 5, 7, 2)), 2),
    }[name]
    for answer in (wrong, harness.stub_of(EXERCISES[name])):
        np.testing.assert_allclose(when_right(answer)(*given), worked(*given), atol=1e-12)


def test_the_lesson_can_only_go_on_with_the_functions_it_has():
    with pytest.raises(ValueError, match="output_size, convolve_2d, max_pool; received len"):
        when_right(len)

"""What a checker takes for a number, an array, a whole number or several results, and what it refuses in a sentence."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from course_utils.checking import NotYet, array, close, number, results, whole
from course_utils.checking.conversions import settle

NO_NUMBERS = ["3", b"3", None, {}, {1}, 1j, object(), [[1], [1, 2]], np.array(["3"]), np.array([None]), iter([1.0])]


@pytest.mark.parametrize("value", [*NO_NUMBERS, True, np.True_], ids=lambda value: type(value).__name__)
def test_what_is_no_number_is_named(value):
    with pytest.raises(NotYet, match="One number is asked for"):
        number(value)


@pytest.mark.parametrize(
    "value", [["1", "2"], [1, "2"], np.array(["1", "2"]), [1j, 2], [None, 1], {"a": 1, "b": 2}], ids=repr
)
def test_what_is_no_array_of_numbers_is_named(value):
    with pytest.raises(NotYet, match=r"An array of shape \(2,\) is asked for"):
        array(value, (2,))


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_must_be_finite(value):
    with pytest.raises(NotYet, match="NaN or infinity"):
        number(value)


@pytest.mark.parametrize(
    "value", [2, 2.0, np.float32(2), np.int64(2), np.array(2.0), Fraction(2), Decimal(2), np.complex128(2)], ids=repr
)
def test_a_number_may_come_in_any_style(value):
    assert number(value) == 2.0


@pytest.mark.parametrize(
    "value", [[1, 2], (1.0, 2.0), np.array([1, 2], dtype="float32"), [np.float32(1), 2], [Fraction(1), 2]]
)
def test_an_array_may_come_in_any_style(value):
    assert array(value, (2,)).tolist() == [1.0, 2.0]


def test_tensors_and_variables_are_taken_everywhere():
    import tensorflow as tf

    assert number(tf.constant(2.0)) == 2.0
    assert array(tf.Variable([1.0, 2.0]), (2,)).tolist() == [1.0, 2.0]
    assert whole(tf.constant(3)) == 3
    assert [number(part) for part in results(tf.constant([1.0, 2.0]), 2)] == [1.0, 2.0]


@pytest.mark.parametrize("value", [3, np.int32(3), np.uint8(3), np.array(3)], ids=repr)
def test_a_whole_number_may_come_in_any_style(value):
    assert whole(value) == 3
    assert type(whole(value)) is int


@pytest.mark.parametrize("value", [3.0, 3.5, np.float32(3), "3", True, None, 3j, [3]], ids=repr)
def test_a_float_a_truth_value_and_text_are_no_whole_numbers(value):
    with pytest.raises(NotYet, match="One whole number is asked for"):
        whole(value)


def test_whole_arrays_keep_their_shape_and_refuse_floats():
    assert whole([[1, 2]], (1, 2)).tolist() == [[1, 2]]
    assert whole([], (0,)).shape == (0,)
    assert whole(np.array([97, 98], dtype=object), (2,)).tolist() == [97, 98]
    with pytest.raises(NotYet, match="float64"):
        whole([1.0, 2.0], (2,))


@pytest.mark.parametrize("value", [(1, 2), [1, 2], np.array([1, 2])], ids=repr)
def test_several_results_may_come_in_any_row(value):
    assert list(map(int, results(value, 2))) == [1, 2]


@pytest.mark.parametrize("value", [(1,), [1, 2, 3], 5, "ab", {1: 2, 3: 4}, {1, 2}, np.array(3.0), None], ids=repr)
def test_another_number_of_results_is_named(value):
    with pytest.raises(NotYet, match="Two results, loss and gradient, are asked for"):
        results(value, 2, "loss and gradient")


def test_one_array_in_place_of_several_results_is_called_so():
    with pytest.raises(NotYet, match=r"Three results are asked for; this is one array of shape \(4,\)"):
        results(np.ones(4), 3)


def test_what_only_acts_like_an_array_becomes_one_and_iterators_are_refused():
    class Acts:
        def __array__(self, dtype=None, copy=None):
            return np.array([1.0, 2.0])

    assert settle([Acts()])[0].tolist() == [1.0, 2.0]
    assert type(settle(np.ma.array([1.0]))) is np.ndarray
    for value in (map(int, "12"), zip([1], [2], strict=True), (x for x in "12"), [iter([1])]):
        with pytest.raises(NotYet, match="one by one"):
            settle(value)


def test_closeness_is_measured_by_the_largest_entry_and_float32_is_close():
    assert close(np.float32(0.1), 0.1)
    assert close([1000.0, 0.001], [1000.0, 0.0])
    assert not close(1.0001, 1.0)
    assert not close(1e-9, 0.0)
    assert close(1e-9, 0.0, scale=1.0)
    assert close([], [])

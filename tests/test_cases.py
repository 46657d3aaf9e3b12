"""An answer beside its reference on several cases: what is named, and what is said where nothing has a name."""

from __future__ import annotations

import numpy as np
import pytest

from course_utils.checking import Lesson, Reading, case, compare

RNG = np.random.default_rng(0)
CASES = [
    case(np.array([1.0, 3.0, 2.0])),
    case(np.array([-4.0]), note="one value"),
    case(RNG.normal(size=50), note="fifty values"),
]


def grade(answer, reference, wrong=None, cases=CASES, asked="the mean"):
    lesson = Lesson("99_topic")

    @lesson.exercise("a", "b")
    def mean(attempt):
        """Return the mean of x (n,)."""
        compare(attempt, reference, cases, wrong, asked=asked)
        return "Means matter."

    return mean.grade(answer)


WRONG = {"sum": (lambda x: x.sum(), "That is the sum."), "half": (lambda x: x.mean() / 2, "That is half of it.")}


def test_a_right_answer_is_correct_and_a_known_wrong_one_is_named():
    assert grade(lambda x: sum(x) / len(x), lambda x: x.mean(), WRONG).status == "correct"
    assert grade(lambda x: np.sum(x), lambda x: x.mean(), WRONG).name == "sum"
    assert grade(lambda x: x.mean() * 0.5, lambda x: x.mean(), WRONG).name == "half"


def test_an_answer_that_equals_a_misconception_on_one_case_only_is_not_named_after_it():
    verdict = grade(lambda x: x.sum() if len(x) == 3 else x.mean(), lambda x: x.mean(), WRONG)
    assert verdict.name == "other"
    assert "With x = [1, 3, 2], the result is 6. Asked for: the mean." in verdict.message


def test_the_first_wrong_entry_is_shown_with_its_input_and_its_note():
    verdict = grade(lambda x: np.where(x < -3.9, 7.0, x), lambda x: x, cases=CASES, asked="the values as they came")
    assert "With x = [-4] (one value), entry [0] of the result is 7." in verdict.message


def test_a_failure_on_an_unusual_case_names_that_case():
    verdict = grade(lambda x: x.mean() if len(x) > 1 else 1 / 0, lambda x: x.mean())
    assert "One value: `mean` stopped with ZeroDivisionError" in verdict.message


def test_a_result_of_another_form_is_told_for_which_arguments():
    verdict = grade(lambda x: x if len(x) == 1 else x.mean(), lambda x: x.mean())
    assert "One value: One number is asked for; this has shape (1,). It was called with x = [-4]." in verdict.message


def test_numbers_in_place_of_truth_values_are_told_with_their_kind():
    verdict = grade(lambda x: (x > 0).astype("int8"), lambda x: x > 0)
    assert "Truth values of shape (3,) are asked for; this is an ndarray of kind int8." in verdict.message


def test_a_wrong_answer_is_named_even_if_it_fails_on_a_later_case():
    assert grade(lambda x: x.sum() if len(x) < 9 else 1 / 0, lambda x: x.mean(), WRONG).name == "sum"


@pytest.mark.parametrize(
    ("value", "fine", "refused"),
    [
        (3, np.int32(3), 3.0),
        (3.0, np.float32(3), "3"),
        (True, np.True_, 1),
        ("ab", "ab", b"ab"),
        (np.array([True, False]), [True, False], [1, 0]),
        ((1.5, 2), [1.5, 2], (1.5, 2.0)),
        ([np.ones(2), "a"], (np.ones(2), "a"), [np.ones(3), "a"]),
    ],
)
def test_what_the_reference_returns_says_what_is_asked(value, fine, refused):
    assert grade(lambda x: fine, lambda x: value).status == "correct"
    assert grade(lambda x: refused, lambda x: value).status == "not yet"


def test_a_tolerance_below_float32_is_refused():
    with pytest.raises(ValueError, match="at least 1e-6"):
        compare(len, len, [case([1])], asked="the length", rtol=1e-9)


def test_a_known_wrong_function_that_fails_or_divides_by_zero_is_no_value():
    wrong = {"raises": (lambda x: 1 / 0, "never"), "NaN": (lambda x: np.nan, "never")}
    assert grade(lambda x: x.mean() + 1, lambda x: x.mean(), wrong).name == "other"


def grade_part(answer, describe=None):
    lesson = Lesson("99_topic")

    @lesson.exercise("a", "b")
    def ends(attempt):
        """Return the smallest and the largest of x (n,)."""
        largest = Reading(attempt, lambda value, x: value[1], describe)
        compare(largest, np.max, CASES, asked="the largest")
        return "Ends matter."

    return ends.grade(answer)


def test_one_part_of_an_answer_can_be_compared_alone():
    assert grade_part(lambda x: ("not looked at", np.max(x))).status == "correct"
    assert "is 1. Asked for: the largest" in grade_part(lambda x: (np.max(x), np.min(x))).message


def test_a_part_that_is_wrong_is_told_with_what_the_learners_function_received():
    assert "With x = [1, 3, 2]" in grade_part(lambda x: (0, np.min(x))).message
    assert "It was called with x = [1, 3, 2]" in grade_part(lambda x: (0, "three")).message
    said = grade_part(lambda x: (0, np.min(x)), describe=lambda x: f"It was called with {len(x)} values. ").message
    assert "With 3 values, the result is 1" in said

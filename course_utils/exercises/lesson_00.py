"""The exercise of lesson 00: one function, to meet the checker."""

from __future__ import annotations

import numpy as np

from course_utils.checking import Attempt, Lesson, NotYet, case, compare, number

lesson = Lesson("00_start_here")
EXERCISES = lesson.exercises


@lesson.exercise(
    "NumPy subtracts a number from every entry of an array at once: `values - 3`.",
    "The number to subtract is the mean of the values; `values.mean()` computes it.",
)
def centred(attempt: Attempt) -> str:
    """Return values (n,) shifted so that their mean is 0, as an array (n,)."""
    rng = np.random.default_rng(0)
    cases = [
        case(np.array([6.0, 1.0, 11.0, 2.0])),
        case(np.array([-3.5, 0.25, 400.125]), note="three values of different size"),
        case(np.array([7.0]), note="one value"),
        case(np.array([2, 5, 5, 1, 4]), note="whole numbers"),
        case(rng.normal(3, 20, 300), note="three hundred values"),
        case(np.array([-9.0, 2.0, 0.0, 0.0, -1.0]), note="a mean below zero, and zeros"),
        case(np.array([0.5, -0.5, 0.25, -0.25]), note="a mean of 0 already", scale=1),
        case(np.array([0.2, 0.4]), note="two small values"),
        case(np.array([-3e-6, 5e-6, 1e-6]), note="tiny values"),
    ]
    if _is_one_number(attempt(cases[0].args[0])):
        text = "One number comes back. You are asked for all the values, each moved by the mean."
        raise NotYet(text, "returns the mean")
    wrong = {
        "unchanged": (lambda v: v, "These are the values as they came. The mean of 6, 1, 11 and 2 is 5, not 0."),
        "wrong sign": (lambda v: v.mean() - v, "The mean is 0, and each value has changed its sign. Which of the two is subtracted from which?"),
        "median": (lambda v: v - np.median(v), "You subtract the median, the middle value. The mean is the sum divided by the count."),
        "standardized": (lambda v: (v - v.mean()) / v.std(), "The mean is 0, and the values are rescaled too. Only a shift is asked for."),
        "mean added": (lambda v: v + v.mean(), "The values have moved up by their mean. In which direction is 0?"),
        "sum subtracted": (lambda v: v - v.sum(), "You subtract the sum of the values. The mean is the sum divided by what?"),
        "fixed count": (lambda v: v - v.sum() / 4, "It fits four values and no other number of them. Where does the count come from?"),
    }  # fmt: skip
    compare(
        attempt, lambda v: v - v.mean(), cases, wrong, asked="each value minus the mean of all, in the order they came"
    )
    return "Centring data is the first step of half the methods in this course."


def _is_one_number(value: object) -> bool:
    try:
        number(value)
    except NotYet:
        return False
    return True

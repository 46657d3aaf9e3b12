"""The exercise of lesson 00: one function, to meet the checker."""

from __future__ import annotations

import numpy as np

from course_utils.checking import Attempt, Lesson, NotYet, array, close, reject_known

lesson = Lesson("00_start_here")
EXERCISES = lesson.exercises


@lesson.exercise(
    "NumPy subtracts a number from every entry of an array at once: `values - 3`.",
    "The number to subtract is the mean of the values; `values.mean()` computes it.",
)
def centred(attempt: Attempt) -> str:
    """Return values (n,) shifted so that their mean is 0, as an array (n,)."""
    values = np.array([1.0, 2.0, 6.0, 11.0])
    got = attempt(values)
    if np.shape(got) == ():
        raise NotYet(
            "One number comes back. You are asked for all the values, each moved by the mean.", "returns the mean"
        )
    got = array(got, values.shape)
    wrong = {
        "unchanged": (values, "These are the values as they came. Their mean is 5, not 0."),
        "wrong sign": (values.mean() - values, "The mean is 0, and each value has changed its sign. Which of the two is subtracted from which?"),
        "median": (values - np.median(values), "You subtract the median, the middle value. The mean is the sum divided by the count."),
        "standardized": ((values - values.mean()) / values.std(), "The mean is 0, and the values are rescaled too. Only a shift is asked for."),
        "mean added": (values + values.mean(), "The values have moved up by their mean. In which direction is 0?"),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, values - values.mean()):
        raise NotYet(f"The mean of your result is {got.mean():.3g}, or the values do not keep their distances.")
    return "Centring data is the first step of half the methods in this course."

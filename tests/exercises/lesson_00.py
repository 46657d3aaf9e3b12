"""Right and wrong answers to the exercise of lesson 00."""

from __future__ import annotations

import numpy as np

from tests.exercises.harness import Case

CASES = {
    "centred": Case(
        right=[
            lambda values: [v - sum(values) / len(values) for v in values],
            lambda values: values - np.average(values),
        ],
        wrong={
            "returns the mean": lambda values: values.mean(),
            "unchanged": lambda values: values,
            "wrong sign": lambda values: values.mean() - values,
            "median": lambda values: values - np.median(values),
            "standardized": lambda values: (values - values.mean()) / values.std(),
            "mean added": lambda values: values + values.mean(),
        },
    ),
}

"""Right and wrong answers to the exercise of lesson 00."""

from __future__ import annotations

import numpy as np

from tests.exercises.harness import Case


def _recursive(values):
    def total(k):
        return values[k] + total(k + 1) if k < len(values) else 0

    return values - total(0) / len(values)


def _mean_by_length():
    kept = {}
    return lambda values: values - kept.setdefault(len(values), values.mean())


CASES = {
    "centred": Case(
        right=[
            lambda values: [v - sum(values) / len(values) for v in values],
            lambda values: values - np.average(values),
            lambda values: (values - values.mean()).astype(np.float32),
            lambda values: values @ (np.eye(len(values)) - 1 / len(values)),
            _recursive,
        ],
        wrong={
            "returns the mean": lambda values: values.mean(),
            "unchanged": lambda values: values,
            "wrong sign": lambda values: values.mean() - values,
            "median": lambda values: values - np.median(values),
            "standardized": lambda values: (values - values.mean()) / values.std(),
            "mean added": lambda values: values + values.mean(),
            "sum subtracted": lambda values: values - values.sum(),
            "fixed count": lambda values: values - values.sum() / 4,
        },
        others=[
            lambda values: values - abs(values.mean()),
            lambda values: values - max(values.mean(), 0),
            lambda values: values - values[values != 0].mean() if values.any() else values,
            lambda values: values - values.mean() if values.mean() != 0 else None,
            lambda values: values if abs(values.mean()) < 1 else values - values.mean(),
            lambda values: values if np.abs(values).max() < 1 else values - values.mean(),
            lambda values: values - values.mean() if values.mean() > 0 else values + values.mean(),
            lambda values: values - values[values >= 0].mean() if (values >= 0).any() else values - values.mean(),
            lambda values: values - np.mean(list(set(values.tolist()))),
            lambda values: np.round(values - values.mean(), 5),
            lambda values: (values - values.mean()).astype(values.dtype),
            lambda values: values - values.mean(dtype=np.float16),
            _mean_by_length(),
        ],
    ),
}

"""Right and wrong answers to the exercises of lesson 01."""

from __future__ import annotations

import numpy as np

from tests.exercises.harness import Case


def _central(loss, w, eps=1e-5, width=2.0, sign=1.0):
    result = np.zeros(len(w))
    for i in range(len(w)):
        up, down = w.copy(), w.copy()
        up[i] += eps
        down[i] -= eps
        result[i] = sign * (loss(up) - loss(down)) / (width * eps)
    return result


def _forward(loss, w, eps=1e-3):
    return np.array([(loss(w + eps * e) - loss(w)) / eps for e in np.eye(len(w))])


def _together(loss, w, eps=1e-5):
    return np.full(len(w), (loss(w + eps) - loss(w - eps)) / (2 * eps))


def _scaled(train, test, mean, deviation):
    return (train - mean) / deviation, (test - mean) / deviation


def _joined(train, test):
    both = np.vstack([train, test])
    return _scaled(train, test, both.mean(axis=0), both.std(axis=0))


def _curvatures(X, factor=2.0):
    return np.linalg.eigvalsh(factor / len(X) * X.T @ X)


def _sum_curvatures(X):
    return np.linalg.svd(X, compute_uv=False) ** 2


CASES = {
    "root_mean_squared_error": Case(
        right=[
            lambda y, y_hat: np.linalg.norm(y - y_hat) / len(y) ** 0.5,
            lambda y, y_hat: (sum((a - b) ** 2 for a, b in zip(y, y_hat, strict=True)) / len(y)) ** 0.5,
        ],
        wrong={
            "missing root": lambda y, y_hat: np.mean((y - y_hat) ** 2),
            "missing 1/n": lambda y, y_hat: np.sqrt(np.sum((y - y_hat) ** 2)),
            "root before mean": lambda y, y_hat: np.mean(np.sqrt((y - y_hat) ** 2)),
            "errors cancel": lambda y, y_hat: np.mean(y_hat - y),
            "divides by n - 1": lambda y, y_hat: np.sqrt(np.sum((y - y_hat) ** 2) / (len(y) - 1)),
            "wrong shape": lambda y, y_hat: np.sqrt((y - y_hat) ** 2),
            "no return": lambda y, y_hat: print(end=""),
        },
    ),
    "numerical_gradient": Case(
        right=[_central, lambda loss, w: [(loss(w + 1e-6 * e) - loss(w - 1e-6 * e)) / 2e-6 for e in np.eye(len(w))]],
        wrong={
            "missing the 2": lambda loss, w: _central(loss, w, width=1.0),
            "wrong sign": lambda loss, w: _central(loss, w, sign=-1.0),
            "all at once": _together,
            "one-sided difference": _forward,
            "not divided": lambda loss, w: 2e-5 * _central(loss, w),
            "fixed size": lambda loss, w: np.resize(_central(loss, w), 3) if len(w) == 3 else np.array([0.0]),
        },
    ),
    "article_factor": Case(
        right=[-2.0, np.float64(-2.0000001)],
        wrong={
            "wrong sign": 2,
            "missing the 2": -1,
            "upside down": -0.5,
            "sign and upside down": 0.5,
            "nothing wrong": 1,
        },
    ),
    "largest_safe_rate": Case(
        right=[lambda X: 2 / np.linalg.norm(X, 2) ** 2, lambda X: 2 / _sum_curvatures(X)[0]],
        wrong={
            "mean instead of sum": lambda X: 2 / _curvatures(X)[-1],
            "mean, without the 2": lambda X: 2 / _curvatures(X, 1.0)[-1],
            "flattest direction": lambda X: 2 / np.linalg.eigvalsh(X.T @ X)[0],
            "one over the curvature": lambda X: 1 / np.linalg.eigvalsh(X.T @ X)[-1],
            "the curvature itself": lambda X: np.linalg.eigvalsh(X.T @ X)[-1],
            "trace": lambda X: 2 / np.trace(X.T @ X),
            "wrong shape": lambda X: 2 / np.linalg.eigvalsh(X.T @ X),
        },
    ),
    "standardize": Case(
        right=[
            lambda a, b: _scaled(a, b, np.mean(a, 0), np.sqrt(np.var(a, 0))),
            lambda a, b: list(_scaled(a, b, a.mean(axis=0), a.std(axis=0, ddof=1))),
        ],
        wrong={
            "leakage": _joined,
            "test set scaled by itself": lambda a, b: (
                _scaled(a, a, a.mean(0), a.std(0))[0],
                _scaled(b, b, b.mean(0), b.std(0))[0],
            ),
            "one scale for all columns": lambda a, b: _scaled(a, b, a.mean(), a.std()),
            "not divided": lambda a, b: _scaled(a, b, a.mean(axis=0), 1.0),
            "divides by the variance": lambda a, b: _scaled(a, b, a.mean(axis=0), a.var(axis=0)),
            "min-max": lambda a, b: _scaled(a, b, a.min(axis=0), a.max(axis=0) - a.min(axis=0)),
            "not centred": lambda a, b: _scaled(a, b, 0.0, a.std(axis=0)),
            "one result": lambda a, b: (a - a.mean(axis=0)) / a.std(axis=0),
        },
    ),
    "fastest_rate": Case(
        right=[
            lambda X: 2 / (_curvatures(X)[0] + _curvatures(X)[-1]),
            lambda X: len(X) / (_sum_curvatures(X)[0] + _sum_curvatures(X)[-1]),
        ],
        wrong={
            "the limit": lambda X: 2 / _curvatures(X)[-1],
            "serves the sharpest only": lambda X: 1 / _curvatures(X)[-1],
            "serves the flattest only": lambda X: 1 / _curvatures(X)[0],
            "missing the 2": lambda X: 1 / (_curvatures(X)[0] + _curvatures(X)[-1]),
            "average of all curvatures": lambda X: 1 / _curvatures(X).mean(),
            "sum instead of mean": lambda X: 2 / (_sum_curvatures(X)[0] + _sum_curvatures(X)[-1]),
            "missing the 2 of the Hessian": lambda X: 2 / (_curvatures(X, 1.0)[0] + _curvatures(X, 1.0)[-1]),
        },
    ),
}

"""Right and wrong answers to the exercises of lesson 01."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from tests.exercises.harness import Case


def _keras_metric(y, y_hat):
    import keras

    metric = keras.metrics.RootMeanSquaredError()
    metric.update_state(y, y_hat)
    return metric.result()


def _central(loss, w, eps=1e-5, width=2.0, sign=1.0):
    result = np.zeros(len(w))
    for i in range(len(w)):
        up, down = w.astype(float), w.astype(float)
        up[i] += eps
        down[i] -= eps
        result[i] = sign * (loss(up) - loss(down)) / (width * eps)
    return result


def _forward(loss, w, eps=1e-3):
    return np.array([(loss(w + eps * e) - loss(w)) / eps for e in np.eye(len(w))])


def _relative(loss, w, least=1.0):
    slopes = []
    for i, value in enumerate(w):
        eps = 1e-6 * np.maximum(least, abs(value))
        step = np.zeros(len(w))
        step[i] = eps
        slopes.append((loss(w + step) - loss(w - step)) / (2 * eps))
    return slopes


def _in_place(loss, w):
    w = np.array(w, dtype=float)
    result = np.empty(len(w))
    for i in range(w.size):
        before = w[i]
        w[i] = before + 1e-4
        high = loss(w)
        w[i] = before - 1e-4
        low = loss(w)
        w[i] = before
        result[i] = (high - low) / 2e-4
    return result


def _with_lists(loss, w):
    result = []
    for i in range(len(w)):
        up = [value + 1e-5 * (k == i) for k, value in enumerate(w)]
        down = [value - 1e-5 * (k == i) for k, value in enumerate(w)]
        result.append((loss(up) - loss(down)) / 2e-5)
    return tuple(result)


def _in_copies(loss, w):
    """Move copies of w as they are."""
    result = []
    for i in range(len(w)):
        up, down = w.copy(), w.copy()
        up[i] += 1e-5
        down[i] -= 1e-5
        result.append((loss(up) - loss(down)) / 2e-5)
    return result


def _made_like(loss, w):
    result = np.zeros_like(w)
    for i, slope in enumerate(_central(loss, w)):
        result[i] = slope
    return result


def _share_of_length(loss, w):
    return _central(loss, w, 1e-5 * np.linalg.norm(w))


def _not_put_back(loss, w):
    w, result = w.astype(float), []
    for i in range(len(w)):
        w[i] += 1e-5
        high = loss(w)
        w[i] -= 2e-5
        low = loss(w)
        result.append((high - low) / 2e-5)
    return result


def _not_stored(loss, w):
    result = np.zeros(len(w))
    for i in range(len(w)):
        up, down = w.copy(), w.copy()
        up[i] + 1e-5
        down[i] - 1e-5
        result[i] = (loss(up) - loss(down)) / 2e-5
    return result


def _one_array(loss, w):
    result = np.zeros(len(w))
    for i in range(len(w)):
        up = down = w.astype(float)
        up[i] += 1e-5
        down[i] -= 1e-5
        result[i] = (loss(up) - loss(down)) / 2e-5
    return result


def _complex_step(loss, w):
    return np.array([np.imag(loss(w + 1e-20j * e)) / 1e-20 for e in np.eye(len(w))])


def _remembering(key):
    kept = {}

    def answer(loss, w):
        return kept.setdefault(key(loss, w), _central(loss, w))

    return answer


def _five_points(loss, w):
    fine, coarse = _central(loss, w, 1e-3), _central(loss, w, 2e-3)
    return (4 * fine - coarse) / 3


def _as_tensor(loss, w):
    import tensorflow as tf

    w = tf.constant(w)
    steps = 1e-5 * tf.eye(len(w), dtype=w.dtype)
    return tf.stack([(loss(w + step) - loss(w - step)) / 2e-5 for step in tf.unstack(steps)])


def _piling_up(loss, w):
    up, down, result = w.copy(), w.copy(), []
    for i in range(len(w)):
        up[i] += 1e-5
        down[i] -= 1e-5
        result.append((loss(up) - loss(down)) / 2e-5)
    return result


def _stops_early(loss, w):
    for i in range(len(w)):
        step = 1e-5 * np.eye(len(w))[i]
        return (loss(w + step) - loss(w - step)) / 2e-5


def _first_alone(loss, w):
    result = np.zeros(len(w))
    result[0] = _central(loss, w)[0]
    return result


def _three_only(loss, w):
    return np.array([(loss(w + step) - loss(w - step)) / 2e-5 for step in 1e-5 * np.eye(3)])


def _together(loss, w, eps=1e-5):
    return np.full(len(w), (loss(w + eps) - loss(w - eps)) / (2 * eps))


def _power_method(X, start=None, rounds=5000):
    direction = np.random.default_rng(0).normal(size=X.shape[1]) if start is None else start(X.shape[1])
    for _ in range(rounds):
        direction = X.T @ (X @ direction)
        direction = direction / np.linalg.norm(direction)
    return 2 / np.sum((X @ direction) ** 2)


def _of_last_shape(answer):
    kept = {}
    return lambda X: kept.setdefault(X.shape, answer(X))


def _bisection(X):
    gram = X.T @ X
    low, high = 0.0, 4 / np.trace(gram) * len(gram)
    for _ in range(60):
        middle = (low + high) / 2
        if np.abs(np.linalg.eigvalsh(np.eye(len(gram)) - middle * gram)).max() <= 1 + 1e-9:
            low = middle
        else:
            high = middle
    return low


def _tensor_rate(X):
    import tensorflow as tf

    X = tf.constant(X, dtype=tf.float32)
    return 2 / tf.linalg.eigvalsh(tf.transpose(X) @ X)[-1]


def _columns(train, test):
    """Scale column by column, without NumPy's own mean."""
    first, second = [[0.0] * len(train[0]) for _ in train], [[0.0] * len(train[0]) for _ in test]
    for j in range(len(train[0])):
        mean = sum(row[j] for row in train) / len(train)
        deviation = (sum((row[j] - mean) ** 2 for row in train) / len(train)) ** 0.5
        for rows, scaled in ((train, first), (test, second)):
            for i, row in enumerate(rows):
                scaled[i][j] = (row[j] - mean) / deviation
    return [first, second]


def _tables(train, test):
    import pandas as pd

    train, test = pd.DataFrame(train), pd.DataFrame(test)
    return ((train - train.mean()) / train.std()).to_numpy(), ((test - train.mean()) / train.std()).to_numpy()


def _tables_each_alone(train, test):
    import pandas as pd

    return tuple(((part - part.mean()) / part.std()).to_numpy() for part in map(pd.DataFrame, (train, test)))


def _scikit(train, test):
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(train)
    return scaler.transform(train), scaler.transform(test)


def _in_float32(train, test):
    train, test = train.astype(np.float32), test.astype(np.float32)
    return _scaled(train, test, train.mean(axis=0), train.std(axis=0))


def _tensors(train, test):
    import tensorflow as tf

    train, test = tf.constant(train, tf.float64), tf.constant(test, tf.float64)
    mean, deviation = tf.reduce_mean(train, axis=0), tf.math.reduce_std(train, axis=0)
    return (train - mean) / deviation, (test - mean) / deviation


def _filled_in(train, test):
    """Fill copies of the arrays as they are: copies of whole numbers hold whole numbers."""
    first, second = train.copy(), test.copy()
    for j in range(train.shape[1]):
        first[:, j] = (train[:, j] - train[:, j].mean()) / train[:, j].std()
        second[:, j] = (test[:, j] - train[:, j].mean()) / train[:, j].std()
    return first, second


def _zeros_missing(train, test):
    known = np.where(train == 0, np.nan, train)
    return _scaled(train, test, np.nanmean(known, axis=0), np.nanstd(known, axis=0))


def _in_result_like(y, y_hat):
    squares = np.empty_like(y_hat)
    squares[:] = (y - y_hat) ** 2
    return np.sqrt(squares.mean())


def _by_row(a):
    return (a - a.mean(axis=1, keepdims=True)) / a.std(axis=1, keepdims=True)


def _searched(X):
    curvatures = _curvatures(X)
    rates = np.linspace(0, 2 / curvatures[-1], 1000)
    return rates[np.abs(1 - rates[:, None] * curvatures).max(axis=1).argmin()]


def _scaled(train, test, mean, deviation):
    return (train - mean) / deviation, (test - mean) / deviation


def _joined(train, test):
    both = np.vstack([train, test])
    return _scaled(train, test, both.mean(axis=0), both.std(axis=0))


def _curvatures(X, factor=2.0):
    return np.linalg.eigvalsh(factor / len(X) * X.T @ X)


def _hessian(X):
    return 2 / len(X) * X.T @ X


def _sum_curvatures(X):
    return np.linalg.svd(X, compute_uv=False) ** 2


CASES = {
    "root_mean_squared_error": Case(
        right=[
            lambda y, y_hat: np.sqrt(np.mean((y_hat.astype(y.dtype) - y) ** 2)),
            _in_result_like,
            lambda y, y_hat: np.linalg.norm(y - y_hat) / len(y) ** 0.5,
            lambda y, y_hat: (sum((a - b) ** 2 for a, b in zip(y, y_hat, strict=True)) / len(y)) ** 0.5,
            lambda y, y_hat: np.sqrt(np.average(np.square(np.subtract(y, y_hat)))),
            lambda y, y_hat: math.sqrt(np.dot(y_hat - y, y_hat - y) / y.size),
            lambda y, y_hat: np.sqrt(np.einsum("i,i->", y - y_hat, y - y_hat) / len(y)),
            lambda y, y_hat: np.hypot(np.std(y_hat - y), np.mean(y_hat - y)),
            lambda y, y_hat: np.sqrt(np.mean((y_hat.astype(np.float32) - y.astype(np.float32)) ** 2)),
            lambda y, y_hat: np.array(math.dist(y, y_hat) / math.sqrt(len(y))),
            _keras_metric,
        ],
        wrong={
            "missing root": lambda y, y_hat: np.mean((y - y_hat) ** 2),
            "missing 1/n": lambda y, y_hat: np.sqrt(np.sum((y - y_hat) ** 2)),
            "root before mean": lambda y, y_hat: np.mean(np.sqrt((y - y_hat) ** 2)),
            "errors cancel": lambda y, y_hat: np.mean(y_hat - y),
            "divides by n - 1": lambda y, y_hat: np.sqrt(np.sum((y - y_hat) ** 2) / (len(y) - 1)),
            "mean before square": lambda y, y_hat: np.sqrt(np.mean(y_hat - y) ** 2),
            "missing square": lambda y, y_hat: np.sqrt(np.mean(y_hat - y)),
            "spread of the errors": lambda y, y_hat: np.sqrt(np.var(y - y_hat)),
            "root over n": lambda y, y_hat: np.linalg.norm(y - y_hat) / len(y),
            "half of the squares": lambda y, y_hat: np.sqrt(np.mean((y_hat - y) ** 2) / 2),
            "square of the mean": lambda y, y_hat: np.mean(y_hat - y) ** 2,
            "wrong shape": lambda y, y_hat: np.sqrt((y - y_hat) ** 2),
            "no return": lambda y, y_hat: print(end=""),
        },
        others=[
            lambda y, y_hat: np.sqrt(np.sum((y_hat - y) ** 2) / 4),
            lambda y, y_hat: np.sqrt(np.mean((y_hat[:4] - y[:4]) ** 2)),
            lambda y, y_hat: np.sqrt(np.mean((np.sort(y_hat) - np.sort(y)) ** 2)),
            lambda y, y_hat: np.sqrt(np.median((y_hat - y) ** 2)),
            lambda y, y_hat: np.abs(y_hat - y).max(),
            lambda y, y_hat: np.sqrt(np.mean(((y_hat - y) / y) ** 2)),
            lambda y, y_hat: math.sqrt(np.mean(list({(a - b) ** 2 for a, b in zip(y, y_hat, strict=True)}))),
            lambda y, y_hat: math.sqrt(sum({(a - b) ** 2 for a, b in zip(y, y_hat, strict=True)}) / len(y)),
            lambda y, y_hat: math.sqrt(sum((a - b) ** 2 for a, b in dict(zip(y, y_hat, strict=True)).items()) / len(y)),
            lambda y, y_hat: np.sqrt(((y - y_hat) ** 2).sum() / max(np.count_nonzero(y_hat), 1)),
            lambda y, y_hat: np.sqrt(((y - y_hat) ** 2).sum() / len(set(y_hat.tolist()))),
            lambda y, y_hat: round(np.sqrt(np.mean((y_hat - y) ** 2)), 6),
            lambda y, y_hat: round(np.sqrt(np.mean((y_hat - y) ** 2)), 1),
            lambda y, y_hat: int(np.sqrt(np.mean((y_hat - y) ** 2))),
            lambda y, y_hat: np.sqrt(np.mean(np.maximum(y_hat - y, 0) ** 2)),
            lambda y, y_hat: f"{np.sqrt(np.mean((y_hat - y) ** 2))}",
            lambda y, y_hat: [np.sqrt(np.mean((y_hat - y) ** 2))],
        ],
    ),
    "numerical_gradient": Case(
        right=[
            _central,
            lambda loss, w: [(loss(w + 1e-6 * e) - loss(w - 1e-6 * e)) / 2e-6 for e in np.eye(len(w))],
            lambda loss, w: _central(loss, w, 1e-3),
            lambda loss, w: _central(loss, w, 1e-8),
            lambda loss, w: (loss(w + 0.0) - loss(w)) + _central(loss, w),
            _relative,
            _in_place,
            _in_copies,
            _made_like,
            _five_points,
            lambda loss, w: _central(loss, w, 5e-3) * 4 / 3 - _central(loss, w, 1e-2) / 3,
            lambda loss, w: (
                np.apply_along_axis(loss, 1, w + 1e-5 * np.eye(len(w))) / 2e-5
                - np.apply_along_axis(loss, 1, w - 1e-5 * np.eye(len(w))) / 2e-5
            ),
            _as_tensor,
        ],
        equivalent={"constant doubled: 1e-05": "the step may be 2e-5 as well"},
        wrong={
            "missing the 2": lambda loss, w: _central(loss, w, width=1.0),
            "wrong sign": lambda loss, w: _central(loss, w, sign=-1.0),
            "all at once": _together,
            "wrong sign, missing the 2": lambda loss, w: _central(loss, w, width=-1.0),
            "divided twice": lambda loss, w: _central(loss, w, width=4.0),
            "nudges pile up": _piling_up,
            "one coordinate only": _first_alone,
            "returns the first": _stops_early,
            "one number": lambda loss, w: np.linalg.norm(_central(loss, w)),
            "one-sided difference": _forward,
            "step too small": lambda loss, w: _central(loss, w, 1e-13),
            "step too large": lambda loss, w: _central(loss, w, 0.05),
            "step of no length": lambda loss, w: _relative(loss, w, least=0.0),
            "not divided": lambda loss, w: 2e-5 * _central(loss, w),
            "no step": _not_stored,
            "complex step": _complex_step,
            "fixed size": lambda loss, w: np.resize(_central(loss, w), 3) if len(w) == 3 else np.array([0.0]),
        },
        others=[
            lambda loss, w: _forward(loss, w, 1e-5),
            lambda loss, w: _forward(loss, w, 1e-8),
            lambda loss, w: _forward(loss, w, -1e-7),
            lambda loss, w: _central(loss, w, 0.01),
            lambda loss, w: _central(loss, w, 1e-11),
            lambda loss, w: _central(loss, w, 1e-17),
            lambda loss, w: (loss(w + 1e-5) - loss(w - 1e-5)) / 2e-5,
            lambda loss, w: [(loss(w + 1e-5 * e) - loss(w - 1e-5 * e)) / 2 * 1e-5 for e in np.eye(len(w))],
            lambda loss, w: np.abs(_central(loss, w)),
            lambda loss, w: np.sort(_central(loss, w)),
            lambda loss, w: _central(loss, w)[::-1],
            lambda loss, w: np.round(_central(loss, w), 3),
            lambda loss, w: _central(loss, w) / np.linalg.norm(_central(loss, w)),
            lambda loss, w: _central(loss, w)[:, None],
            lambda loss, w: np.clip(_central(loss, w), -100, 100),
            lambda loss, w: _central(loss, np.round(w)),
            lambda loss, w: np.gradient([loss(w - 1e-5), loss(w), loss(w + 1e-5)]),
            lambda loss, w: np.zeros(len(w)),
            _three_only,
            _with_lists,
            _share_of_length,
            _not_put_back,
            _one_array,
            _remembering(lambda loss, w: tuple(w)),
            _remembering(lambda loss, w: (loss, len(w))),
            lambda loss, w: _central(loss, w) if np.any(w) else None,
            lambda loss, w: _central(loss, w) if np.any(w) else np.zeros(len(w)),
            lambda loss, w: _central(lambda p: loss(list(p)), w),
            lambda loss, w: _central(loss, w, 0.01, width=1.0),
            lambda loss, w: _central(loss, w, 0.02, sign=-1.0),
        ],
    ),
    "article_factor": Case(
        right=[
            -2.0,
            np.float64(-2.0000001),
            -2,
            np.float32(-2),
            np.array(-1.99999999),
            np.int64(-2),
            Fraction(-6, 3),
            -6 / 3,
        ],
        wrong={
            "wrong sign": 2,
            "missing the 2": -1,
            "upside down": -0.5,
            "sign and upside down": 0.5,
            "nothing wrong": 1,
        },
        others=[
            0.0,
            -6,
            -2 / 3,
            -1.9,
            -2.01,
            [-2.0, -2.0],
            "-2",
            "minus two",
            -2 + 0j,
            -2 + 1j,
            True,
            {-2.0},
            (-6, -4),
            np.nan,
        ],
    ),
    "largest_safe_rate": Case(
        right=[
            lambda X: 2 / np.linalg.norm(X, 2) ** 2,
            lambda X: 2 / _sum_curvatures(X)[0],
            lambda X: 2 / np.linalg.eigvals(X.T @ X).real.max(),
            lambda X: 2 / np.linalg.eigh(X.T @ X)[0][-1],
            lambda X: 2 / np.linalg.eigvalsh(X @ X.T)[-1],
            lambda X: min(2 / value for value in np.linalg.eigvalsh(X.T @ X) if value > 1e-9),
            lambda X: 2 / np.linalg.eigvalsh(np.einsum("ni,nj->ij", X, X)).max(),
            lambda X: np.float32(2) / np.linalg.eigvalsh(X.astype(np.float32).T @ X.astype(np.float32))[-1],
            _power_method,
            _bisection,
            _tensor_rate,
        ],
        wrong={
            "mean instead of sum": lambda X: 2 / _curvatures(X)[-1],
            "mean, without the 2": lambda X: 2 / _curvatures(X, 1.0)[-1],
            "flattest direction": lambda X: 2 / np.linalg.eigvalsh(X.T @ X)[0],
            "one over the curvature": lambda X: 1 / np.linalg.eigvalsh(X.T @ X)[-1],
            "the curvature itself": lambda X: np.linalg.eigvalsh(X.T @ X)[-1],
            "trace": lambda X: 2 / np.trace(X.T @ X),
            "unsorted, the first": lambda X: 2 / np.linalg.eigvals(X.T @ X)[0],
            "unsorted, the last": lambda X: 2 / np.linalg.eigvals(X.T @ X)[-1],
            "largest entry": lambda X: 2 / np.max(X.T @ X),
            "singular value": lambda X: 2 / np.linalg.norm(X, 2),
            "centred": lambda X: 2 / np.linalg.eigvalsh((len(X) - 1) * np.cov(X.T))[-1],
            "wrong shape": lambda X: 2 / np.linalg.eigvalsh(X.T @ X),
        },
        others=[
            lambda X: _power_method(X, np.ones),
            lambda X: _power_method(X, lambda d: np.eye(d)[0]),
            lambda X: _power_method(X, lambda d: np.eye(d)[-1]),
            lambda X: _power_method(X, rounds=20),
            lambda X: 2 / np.diag(X.T @ X).max(),
            _of_last_shape(lambda X: 2 / np.linalg.norm(X, 2) ** 2),
            lambda X: 2 / np.linalg.norm(X, 2).astype(X.dtype) ** 2,
            lambda X: 2 / np.linalg.eigvalsh(X.T @ X)[1],
            lambda X: 2 / np.linalg.eigvalsh(X[:5].T @ X[:5])[-1],
            lambda X: 2 / np.linalg.eigvalsh(X[:, :2].T @ X[:, :2])[-1],
            lambda X: 2 / np.linalg.eigvalsh(np.abs(X).T @ np.abs(X))[-1],
            lambda X: 2 / np.linalg.eigvalsh(X.T @ X).mean(),
            lambda X: -2 / np.linalg.eigvalsh(X.T @ X)[-1],
            lambda X: 0.99 * 2 / np.linalg.eigvalsh(X.T @ X)[-1],
            lambda X: round(2 / np.linalg.eigvalsh(X.T @ X)[-1], 4),
            lambda X: 2 / np.linalg.norm(X.T @ X),
            lambda X: 2 / np.linalg.det(X.T @ X),
            lambda X: 2 / np.linalg.norm(X),
            lambda X: 1 / (2 * np.linalg.eigvalsh(X.T @ X)[-1]),
            lambda X: min(1.0, 2 / np.linalg.eigvalsh(X.T @ X)[-1]),
            lambda X: 0.00025,
            lambda X: [2 / np.linalg.eigvalsh(X.T @ X)[-1]],
        ],
    ),
    "standardize": Case(
        right=[
            lambda a, b: _scaled(a, b, np.mean(a, 0), np.sqrt(np.var(a, 0))),
            lambda a, b: list(_scaled(a, b, a.mean(axis=0), a.std(axis=0, ddof=1))),
            _columns,
            _tables,
            _scikit,
            _in_float32,
            _tensors,
            lambda a, b: [((part.T - a.mean(0)[:, None]) / a.std(0)[:, None]).T for part in (a, b)],
            lambda a, b: np.split(_scaled(np.vstack([a, b]), b, a.mean(0), a.std(0))[0], [len(a)]),
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
            "learned from the test set": lambda a, b: _scaled(a, b, b.mean(axis=0), b.std(axis=0)),
            "test set untouched": lambda a, b: ((a - a.mean(axis=0)) / a.std(axis=0), b),
            "by row": lambda a, b: (_by_row(a), _by_row(b)),
            "multiplied": lambda a, b: _scaled(a, b, a.mean(axis=0), 1 / a.std(axis=0)),
            "mean over the range": lambda a, b: _scaled(a, b, a.mean(axis=0), np.ptp(a, axis=0)),
            "only the deviation divided": lambda a, b: (a - a.mean(0) / a.std(0), b - a.mean(0) / a.std(0)),
            "swapped": lambda a, b: _scaled(a, b, a.mean(axis=0), a.std(axis=0))[::-1],
            "one result": lambda a, b: (a - a.mean(axis=0)) / a.std(axis=0),
            "test set by its own deviation": lambda a, b: (
                (a - a.mean(axis=0)) / a.std(axis=0),
                (b - a.mean(axis=0)) / b.std(axis=0),
            ),
            "test set by its own mean": lambda a, b: (
                (a - a.mean(axis=0)) / a.std(axis=0),
                (b - b.mean(axis=0)) / a.std(axis=0),
            ),
        },
        others=[
            _filled_in,
            _tables_each_alone,
            lambda a, b: (_scaled(a, b, a.mean(0), a.std(0))[0], _scaled(a, b, a.mean(0), a.std(0, ddof=1))[1]),
            _zeros_missing,
            lambda a, b: _scaled(a, b, a.mean(0), np.maximum(a.std(0), 1e-3)),
            lambda a, b: _scaled(a, b, a.mean(0), a.std(0) + 1e-8),
            lambda a, b: _scaled(a, b, a.mean(0), np.where(a.std(0) < 1e-4, 1, a.std(0))),
            lambda a, b: (
                _scaled(a, b, a.mean(0), a.std(0))[0],
                (b - a.mean(0)) / np.sqrt(((b - a.mean(0)) ** 2).mean(0)),
            ),
            lambda a, b: (_scaled(a, b, a.mean(0), a.std(0))[0], b - a.mean(0)),
            lambda a, b: (a, _scaled(a, b, a.mean(0), a.std(0))[1]),
            lambda a, b: tuple(np.clip(part, -3, 3) for part in _scaled(a, b, a.mean(0), a.std(0))),
            lambda a, b: tuple(np.round(part, 2) for part in _scaled(a, b, a.mean(0), a.std(0))),
            lambda a, b: tuple(np.sort(part, axis=0) for part in _scaled(a, b, a.mean(0), a.std(0))),
            lambda a, b: _scaled(a, b, np.median(a, axis=0), a.std(0)),
            lambda a, b: _scaled(a, b, a.mean(0), np.abs(a - a.mean(0)).mean(0)),
            lambda a, b: _scaled(a, b, a.mean(0), a.std(0) + 0.01),
            lambda a, b: _scaled(a, b, a[:8].mean(0), a[:8].std(0)),
            lambda a, b: _scaled(a, b, a.mean(0), np.sqrt((a**2).mean(0))),
            lambda a, b: _scaled(a, b, -a.mean(0), a.std(0)),
            lambda a, b: np.vstack(_scaled(a, b, a.mean(0), a.std(0))),
            lambda a, b: (*_scaled(a, b, a.mean(0), a.std(0)), a.mean(0), a.std(0)),
            lambda a, b: dict(enumerate(_scaled(a, b, a.mean(0), a.std(0)))),
        ],
    ),
    "fastest_rate": Case(
        right=[
            lambda X: 2 / (_curvatures(X)[0] + _curvatures(X)[-1]),
            lambda X: len(X) / (_sum_curvatures(X)[0] + _sum_curvatures(X)[-1]),
            lambda X: 2 / (np.linalg.norm(_hessian(X), 2) + np.linalg.norm(_hessian(X), -2)),
            lambda X: 2 / sum(sorted(np.linalg.eigvals(_hessian(X)))[k] for k in (0, -1)),
            lambda X: 1 / np.mean([_curvatures(X).min(), _curvatures(X).max()]),
            lambda X: np.float32(2 / (_curvatures(X)[0] + _curvatures(X)[-1])),
            lambda X: np.array(2) / (_curvatures(X.astype(np.float32))[[0, -1]].sum()),
            lambda X: 1 / (2 * np.sum(np.linalg.eigh(X.T @ X / len(X))[0][[0, -1]]) / 2),
            _searched,
        ],
        wrong={
            "the limit": lambda X: 2 / _curvatures(X)[-1],
            "serves the sharpest only": lambda X: 1 / _curvatures(X)[-1],
            "serves the flattest only": lambda X: 1 / _curvatures(X)[0],
            "missing the 2": lambda X: 1 / (_curvatures(X)[0] + _curvatures(X)[-1]),
            "average of all curvatures": lambda X: 1 / _curvatures(X).mean(),
            "sum instead of mean": lambda X: 2 / (_sum_curvatures(X)[0] + _sum_curvatures(X)[-1]),
            "missing the 2 of the Hessian": lambda X: 2 / (_curvatures(X, 1.0)[0] + _curvatures(X, 1.0)[-1]),
            "missing the 1/n": lambda X: 1 / (_sum_curvatures(X)[0] + _sum_curvatures(X)[-1]),
            "limit of the flattest": lambda X: 2 / _curvatures(X)[0],
            "sum of all curvatures": lambda X: 2 / np.trace(_hessian(X)),
            "difference": lambda X: 2 / (_curvatures(X)[-1] - _curvatures(X)[0]),
            "geometric mean": lambda X: 1 / np.sqrt(_curvatures(X)[0] * _curvatures(X)[-1]),
            "average of the two rates": lambda X: np.mean(1 / _curvatures(X)[[0, -1]]),
            "unsorted": lambda X: 2 / (np.linalg.eigvals(_hessian(X))[0] + np.linalg.eigvals(_hessian(X))[-1]),
            "wrong shape": lambda X: 2 / (_curvatures(X) + _curvatures(X)[::-1]),
        },
        others=[
            _of_last_shape(lambda X: 2 / (_curvatures(X)[0] + _curvatures(X)[-1])),
            lambda X: (2 / (_curvatures(X)[0] + _curvatures(X)[-1])).astype(X.dtype),
            lambda X: 0.95 * 2 / _curvatures(X)[-1],
            lambda X: 2 / (_curvatures(X)[0] + _curvatures(X)[1]),
            lambda X: 2 / (_curvatures(X[:, :2])[0] + _curvatures(X[:, :2])[-1]),
            lambda X: 2 / (_curvatures(X[:30])[0] + _curvatures(X[:30])[-1]),
            lambda X: 2 / np.median(_curvatures(X)) / 2,
            lambda X: (2 / (np.sqrt(_curvatures(X)[0]) + np.sqrt(_curvatures(X)[-1]))) ** 2,
            lambda X: _curvatures(X)[-1] / _curvatures(X)[0],
            lambda X: (_curvatures(X)[-1] - _curvatures(X)[0]) / (_curvatures(X)[-1] + _curvatures(X)[0]),
            lambda X: -2 / (_curvatures(X)[0] + _curvatures(X)[-1]),
            lambda X: round(2 / (_curvatures(X)[0] + _curvatures(X)[-1]), 3),
            lambda X: 2 / (_curvatures(X - X.mean(axis=0))[0] + _curvatures(X - X.mean(axis=0))[-1]),
            lambda X: 2 / (_curvatures(np.abs(X))[0] + _curvatures(np.abs(X))[-1]),
            lambda X: str(2 / (_curvatures(X)[0] + _curvatures(X)[-1])),
            lambda X: [2 / (_curvatures(X)[0] + _curvatures(X)[-1])],
            lambda X: 0.3,
        ],
    ),
}

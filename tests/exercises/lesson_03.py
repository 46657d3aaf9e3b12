"""Right and wrong answers to the exercises of lesson 03."""

from __future__ import annotations

import numpy as np
from sklearn import metrics

from tests.exercises.harness import Case


def _p(z):
    return 1 / (1 + np.exp(-z))


def _each(y, p):
    return -(y * np.log(p) + (1 - y) * np.log(1 - p))


def _log_softmax(z, axis=1):
    shifted = z - z.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def _shifted(z, by):
    return z - by - np.log(np.exp(z - by).sum(axis=1, keepdims=True))


def _by_rows(z):
    return np.array([row - np.logaddexp.reduce(row) for row in z])


def _mean(precision, recall):
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _careful(tp, fp, fn, tn):
    return _mean(tp / (tp + fp) if tp + fp else 0, tp / (tp + fn) if tp + fn else 0)


def _by_ranks(y, rank):
    positives = np.sum(y == 1)
    return (rank[y == 1].sum() - positives * (positives - 1) / 2) / (positives * np.sum(y == 0))


def _by_mean_ranks(y, s):
    return _by_ranks(y, np.array([(s < a).sum() + ((s == a).sum() - 1) / 2 for a in s]))


def _pairs(y, s, tie=0.5):
    gaps = s[y == 1][:, None] - s[y == 0]
    return np.mean((gaps > 0) + tie * (gaps == 0))


CASES = {
    "cross_entropy": Case(
        right=[lambda y, p: _each(y, p).mean(), lambda y, p: -np.log(np.where(y == 1, p, 1 - p)).sum() / len(y)],
        wrong={
            "benign examples ignored": lambda y, p: -np.mean(y * np.log(p)),
            "the article's sum": lambda y, p: -np.sum(y * np.log(p)),
            "missing 1/n": lambda y, p: _each(y, p).sum(),
            "wrong sign": lambda y, p: -_each(y, p).mean(),
            "classes swapped": lambda y, p: _each(1 - y, p).mean(),
            "base 2": lambda y, p: _each(y, p).mean() / np.log(2),
            "base 10": lambda y, p: -np.log10(np.where(y == 1, p, 1 - p)).mean(),
            "wrong shape": _each,
            "y and p exchanged": lambda y, p: _each(p, y).mean(),
        },
    ),
    "slope_ratio": Case(
        right=[lambda z: _p(z) * (1 - _p(z)), lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2],
        wrong={
            "derivative of the sigmoid forgotten": lambda z: (_p(z) - 1) / (1 - _p(z)) * _p(z),
            "derivative of the sigmoid forgotten once": lambda z: (_p(z) - 1) / (_p(z) - 1),
            "upside down": lambda z: 1 / (_p(z) * (1 - _p(z))),
            "missing the half": lambda z: 2 * _p(z) * (1 - _p(z)),
            "negative": lambda z: -_p(z) * (1 - _p(z)),
            "slope itself": lambda z: (_p(z) - 1) * _p(z) * (1 - _p(z)),
            "fixed z": lambda z: _p(-1.5) * (1 - _p(-1.5)),
        },
    ),
    "log_softmax": Case(
        right=[_log_softmax, _by_rows],
        wrong={
            "softmax over the wrong axis": lambda z: _log_softmax(z, axis=0),
            "one sum for all": lambda z: z - np.log(np.exp(z).sum()),
            "no logarithm": lambda z: np.exp(_log_softmax(z)),
            "wrong sign": lambda z: -_log_softmax(z),
            "only shifted": lambda z: z - z.max(axis=1, keepdims=True),
            "max added back": lambda z: _log_softmax(z) + z.max(axis=1, keepdims=True),
            "overflows": lambda z: z - np.log(np.exp(z).sum(axis=1, keepdims=True)),
            "one shift for all": lambda z: _shifted(z, z.max()),
            "shift changes the result": lambda z: _log_softmax(np.clip(z, -500, 500)),
            "logarithm of zero": lambda z: np.log(np.exp(_log_softmax(z))),
            "mean subtracted": lambda z: _shifted(z, z.mean(axis=1, keepdims=True)),
            "one large logit": lambda z: _shifted(z, np.minimum(z.max(axis=1, keepdims=True), 1000)).clip(-1200),
            "logarithm of a rounded zero": lambda z: np.log(np.maximum(np.exp(_log_softmax(z)), 1e-300)),
        },
    ),
    "f1": Case(
        right=[_careful, lambda tp, fp, fn, tn: 2 * tp / (2 * tp + fp + fn) if tp else 0],
        wrong={
            "accuracy instead of precision": lambda tp, fp, fn, tn: _mean(
                (tp + tn) / (tp + fp + fn + tn), tp / (tp + fn)
            ),
            "precision and recall the same": lambda tp, fp, fn, tn: _mean(tp / (tp + fp), tp / (tp + fp)),
            "recall twice": lambda tp, fp, fn, tn: _mean(tp / (tp + fn), tp / (tp + fn)),
            "arithmetic mean": lambda tp, fp, fn, tn: (tp / (tp + fp) + tp / (tp + fn)) / 2,
            "geometric mean": lambda tp, fp, fn, tn: tp / np.sqrt((tp + fp) * (tp + fn)),
            "missing the 2": lambda tp, fp, fn, tn: _mean(tp / (tp + fp), tp / (tp + fn)) / 2,
            "false alarms and misses swapped": lambda tp, fp, fn, tn: tp / (tp + fp + fn),
            "accuracy": lambda tp, fp, fn, tn: (tp + tn) / (tp + fp + fn + tn),
            "undefined cases": lambda tp, fp, fn, tn: 2 * tp / (2 * tp + fp + fn),
        },
    ),
    "auc": Case(
        right=[_pairs, metrics.roc_auc_score, _by_mean_ranks],
        wrong={
            "ties lose": lambda y, s: _pairs(y, s, 0),
            "ties win": lambda y, s: _pairs(y, s, 1),
            "upside down": lambda y, s: 1 - _pairs(y, s),
            "accuracy at one half": lambda y, s: np.mean((s > 0.5) == y),
            "pairs side by side": lambda y, s: np.mean([a > b for a, b in zip(s[y == 1], s[y == 0], strict=False)]),
            "labels used as positions": lambda y, s: np.mean(s[y][:, None] > s[1 - y]),
            "ranks by order": lambda y, s: _by_ranks(y, s.argsort(kind="stable").argsort()),
            "ranks by reversed order": lambda y, s: _by_ranks(y, 6 - (-s).argsort(kind="stable").argsort()),
            "ties": lambda y, s: _pairs(y, s, 0.25),
            "constant score": lambda y, s: _pairs(y, s) if np.ptp(s) else 0.0,
            "not divided": lambda y, s: _pairs(y, s) * (y == 1).sum() * (y == 0).sum(),
            "difference of means": lambda y, s: s[y == 1].mean() - s[y == 0].mean(),
        },
    ),
    "best_threshold": Case(
        right=[lambda miss, alarm: alarm / (miss + alarm), lambda miss, alarm: 1 / (1 + miss / alarm)],
        wrong={
            "costs swapped": lambda miss, alarm: miss / (miss + alarm),
            "ratio of costs": lambda miss, alarm: alarm / miss,
            "one half": lambda miss, alarm: 0.5,
            "cost_alarm ignored": lambda miss, alarm: 1 / (1 + miss),
            "the lesson's costs": lambda miss, alarm: 1 / 11,
            "difference of costs": lambda miss, alarm: alarm / (miss - alarm),
            "odds upside down": lambda miss, alarm: miss / alarm,
        },
    ),
}

"""Answers to the exercises of lesson 12: right ones written differently, and each misconception."""

from __future__ import annotations

import itertools
import math

import numpy as np
import tensorflow as tf  # here and not in an answer: on a busy machine it takes longer than a check may

from tests.exercises.harness import Case


def _unit(Z):
    return Z / np.sqrt(np.sum(np.square(Z), axis=1, keepdims=True))


def _cosines(value=lambda Z: _unit(Z) @ _unit(Z).T, check=True):
    def cosines(Z):
        if check and (np.abs(Z).sum(axis=1) == 0).any():
            raise ValueError("a row without direction")
        return value(np.asarray(Z, dtype=float))

    return cosines


def _cosine_loops(Z):
    rows = [[float(x) for x in row] for row in Z]
    length = [math.hypot(*row) for row in rows]
    if min(length) == 0:
        raise ValueError("a row without direction")
    return [
        [sum(a * b for a, b in zip(p, q, strict=True)) / (length[i] * length[j]) for j, q in enumerate(rows)]
        for i, p in enumerate(rows)
    ]


def _cosines_by_tensorflow(Z):
    if not np.any(Z, axis=1).all():
        raise ValueError("a row without direction")
    U = tf.math.l2_normalize(tf.constant(Z), axis=1)
    return tf.matmul(U, U, transpose_b=True)


def _loss(finish=lambda v, n: v, mask=True, partner=None, only=None, likeness=None, check=(True, True), out=False):
    def nt_xent(Z, temperature):
        Z = np.asarray(Z, dtype=float)
        if check[0] and (len(Z) < 2 or len(Z) % 2):
            raise ValueError(f"{len(Z)} rows are no pairs")
        if check[1] and temperature <= 0:
            raise ValueError(f"temperature {temperature}")
        n = len(Z) // 2
        logits = (likeness or (lambda Z: _unit(Z) @ _unit(Z).T))(Z) / temperature
        with_whom = partner(n) if partner else np.r_[n : 2 * n, :n]
        wanted = logits[range(2 * n), with_whom].copy()
        if mask:
            logits = np.where(np.eye(2 * n) == 1, -np.inf, logits)
        if out:
            logits[range(2 * n), with_whom] = -np.inf
        top = logits.max(axis=1)
        each = top + np.log(np.exp(logits - top[:, None]).sum(axis=1)) - wanted
        return finish(np.mean(each[: only(n)] if only else each), n)

    return nt_xent


def _loss_shifted_by_its_own(Z, temperature):
    """Return the loss, less a largest logit that is the row's own: all that counts becomes 0 where it is far below."""
    _loss()(Z, temperature)  # refuses what is to be refused
    n, logits = len(Z) // 2, _unit(Z) @ _unit(Z).T / temperature
    shifted = logits - logits.max(axis=1, keepdims=True)
    e = np.exp(shifted) * (1 - np.eye(2 * n))
    with np.errstate(divide="ignore"):
        return np.mean(np.log(e.sum(axis=1)) - shifted[range(2 * n), np.r_[n : 2 * n, :n]])


def _loss_by_scipy(Z, temperature):
    from scipy.special import logsumexp

    if temperature <= 0 or len(Z) == 0 or len(Z) % 2 == 1:
        raise ValueError("no")
    n = len(Z) // 2
    total = 0.0
    U = _unit(Z)
    for i in range(2 * n):
        others = [j for j in range(2 * n) if j != i]
        logits = U[others] @ U[i] / temperature
        total += logsumexp(logits) - U[(i + n) % (2 * n)] @ U[i] / temperature
    return total / (2 * n)


def _loss_by_tensorflow(Z, temperature):
    if not temperature > 0 or len(Z) < 2 or len(Z) % 2:
        raise ValueError("no")
    U = tf.math.l2_normalize(tf.constant(Z, dtype=tf.float64), axis=1)
    n = len(Z)
    logits = tf.matmul(U, U, transpose_b=True) / temperature - 1e9 * tf.eye(n, dtype=tf.float64)
    partner = tf.roll(tf.range(n), n // 2, axis=0)
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(partner, logits))


def _naive_loss(Z, temperature):
    if temperature <= 0 or len(Z) % 2 or not len(Z):
        raise ValueError("no")
    n = len(Z) // 2
    E = np.exp(_unit(Z) @ _unit(Z).T / temperature)
    np.fill_diagonal(E, 0)
    return -np.mean(np.log(E[np.arange(2 * n), (np.arange(2 * n) + n) % (2 * n)] / E.sum(axis=1)))


def _slope(both=lambda G: G + G.T, back=None, target=1.0, mask=True, finish=lambda v, Z, t: v):
    def nt_xent_gradient(Z, temperature):
        length = np.linalg.norm(Z, axis=1, keepdims=True)
        U, n = Z / length, len(Z) // 2
        logits = U @ U.T / temperature
        if mask:
            logits -= 1e12 * np.eye(len(Z))
        P = np.exp(logits - logits.max(axis=1)[:, None])
        P = P / P.sum(axis=1)[:, None]
        Y = target * np.roll(np.eye(2 * n), n, axis=1)
        d = both((P - Y) / len(Z)) @ U / temperature
        way = back or (lambda d, U, length: (d - (d * U).sum(axis=1)[:, None] * U) / length)
        return finish(way(d, U, length), Z, temperature)

    return nt_xent_gradient


def _slope_by_tape(Z, temperature):
    Z = tf.Variable(Z)
    n = Z.shape[0]
    with tf.GradientTape() as tape:
        U = tf.math.l2_normalize(Z, axis=1)
        logits = tf.matmul(U, U, transpose_b=True) / temperature - 1e9 * tf.eye(n, dtype=Z.dtype)
        partner = tf.roll(tf.range(n), n // 2, axis=0)
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(partner, logits))
    return tape.gradient(loss, Z)


def _moves(measure=lambda a, b: np.max(np.abs(b - a)), check=(True, True)):
    def largest_moves(before, after):
        if check[0] and len(before) != len(after):
            raise ValueError("lists")
        found = []
        for a, b in zip(before, after, strict=False):
            if check[1] and a.shape != b.shape:
                raise ValueError("shapes")
            found.append(measure(a, b))
        return found

    return largest_moves


def _moves_by_norm(before, after):
    if [a.shape for a in before] != [b.shape for b in after]:
        raise ValueError("shapes")
    return np.array([np.linalg.norm((a - b).ravel(), np.inf) for a, b in zip(before, after, strict=True)])


def _step(value=lambda g, r, s: -s * r * g / (np.abs(g) + 1e-7), low=0, high=1, least=0, kind=ValueError):
    def first_step(grad, rate, share):
        if share < low or share > high or rate <= least:
            raise kind(f"rate {rate}, share {share}")
        return value(np.asarray(grad, dtype=float), rate, share)

    return first_step


def _step_in_full(grad, rate, share):
    if not 0 <= share <= 1 or not rate > 0:
        raise ValueError("no")
    m, v = 0.1 * np.asarray(grad), 0.001 * np.asarray(grad) ** 2
    return -rate * share * (m / (1 - 0.9)) / (np.sqrt(v / (1 - 0.999)) + 1e-7)


def _step_loop(grad, rate, share):
    if share < 0 or share > 1 or rate <= 0:
        raise ValueError("no")
    return [-rate * share * float(g) / (abs(float(g)) + 1e-7) for g in grad]


def _line(a, b, p, q, t):
    return a * (b / a) ** ((t - p) / (q - p))


def _labels(place=_line, finish=lambda v: v, prepare=lambda s: s, check=(True, True, True, True)):
    def labels_needed(sizes, scores, target):
        if check[0] and len(sizes) != len(scores):
            raise ValueError("lengths")
        if check[1] and any(b <= a for a, b in itertools.pairwise(sizes)):
            raise ValueError("sizes")
        if check[2] and min(sizes) <= 0:
            raise ValueError("sizes")
        scores = prepare(np.asarray(scores, dtype=float))
        for k in range(len(scores)):
            if scores[k] >= target:
                if k == 0:
                    return finish(float(sizes[0]))
                return finish(float(place(float(sizes[k - 1]), float(sizes[k]), scores[k - 1], scores[k], target)))
        if check[3]:
            raise ValueError("never")
        return finish(float(sizes[-1]))

    return labels_needed


def _reached_for_good(sizes, scores, target):
    k = len(scores)
    while k and scores[k - 1] >= target:
        k -= 1
    if k == len(scores):
        return _labels()(sizes, scores, target)
    return float(sizes[0]) if k == 0 else _line(float(sizes[k - 1]), sizes[k], scores[k - 1], scores[k], target)


def _labels_by_interp(sizes, scores, target):
    sizes, scores = np.asarray(sizes, dtype=float), np.asarray(scores, dtype=float)
    if len(sizes) != len(scores) or not (np.diff(sizes) > 0).all() or sizes[0] <= 0 or scores.max() < target:
        raise ValueError("no")
    k = np.flatnonzero(scores >= target)[0]
    if k == 0:
        return sizes[0]
    return 2 ** np.interp(target, scores[k - 1 : k + 1], np.log2(sizes[k - 1 : k + 1]))


EVEN = "half of an even number is whole, also as a float"
SHIFT = "a softmax does not see what is added to all logits of a row"
TWICE = "lists of unequal length are refused twice, by the branch and by zip"

CASES = {
    "cosines": Case(
        right=[_cosines(), _cosine_loops, _cosines_by_tensorflow, lambda Z: _cosines()(Z).astype("float32")],
        wrong={
            "no lengths": _cosines(lambda Z: Z @ Z.T),
            "columns brought to length 1": _cosines(lambda Z: _unit(Z.T).T @ _unit(Z.T)),
            "one length only": _cosines(lambda Z: _unit(Z) @ Z.T),
            "lengths squared": _cosines(lambda Z: Z @ Z.T / np.sum(Z * Z, axis=1)[:, None]),
            "sizes": _cosines(lambda Z: np.abs(_unit(Z) @ _unit(Z).T)),
            "distances": _cosines(lambda Z: 1 - _unit(Z) @ _unit(Z).T),
            "whole table": _cosines(lambda Z: Z @ Z.T / np.linalg.norm(Z) ** 2),
            "a row of zeros accepted": lambda Z: (
                np.zeros((len(Z), len(Z))) if not Z.any(axis=1).all() else _cosines()(Z)
            ),
        },
        others=[
            _cosines(check=False),
            _cosines(lambda Z: np.round(_unit(Z) @ _unit(Z).T, 3)),
            _cosines(lambda Z: _unit(Z)),
            _cosines(lambda Z: _unit(Z).T @ _unit(Z)),
            _cosines(lambda Z: np.corrcoef(Z)),
            _cosines(lambda Z: np.triu(_unit(Z) @ _unit(Z).T)),
            _cosines(lambda Z: np.maximum(_unit(Z) @ _unit(Z).T, 0)),
            lambda Z: _cosines()(Z * (Z.sum(axis=1, keepdims=True) != 0)),
            lambda Z: _cosines()(Z) if Z[0].any() else np.ones((len(Z), len(Z))),
        ],
    ),
    "nt_xent": Case(
        right=[_loss(), _loss_by_scipy, _loss_by_tensorflow, _loss(finish=lambda v, n: np.float32(v))],
        wrong={
            "itself a candidate": _loss(mask=False),
            "partner not among the candidates": _loss(out=True),
            "no temperature": lambda Z, t: _loss()(Z, 1.0) if t > 0 else _loss()(Z, t),
            "multiplied by the temperature": lambda Z, t: _loss()(Z, 1 / t if t > 0 else t),
            "no lengths": _loss(likeness=lambda Z: Z @ Z.T),
            "neighbours are partners": _loss(partner=lambda n: np.arange(2 * n).reshape(n, 2)[:, ::-1].ravel()),
            "one side only": _loss(only=lambda n: n),
            "sum, not mean": _loss(lambda v, n: 2 * n * v),
            "divided by the pictures": _loss(lambda v, n: 2 * v),
            "sign": _loss(lambda v, n: -v),
            "in bits": _loss(lambda v, n: v / math.log(2)),
            "no pairs accepted": lambda Z, t: 0.0 if len(Z) < 2 or len(Z) % 2 else _loss()(Z, t),
            "temperature accepted": lambda Z, t: _loss()(Z, t) if t > 0 or len(Z) % 2 or not len(Z) else 0.0,
        },
        others=[
            _loss_shifted_by_its_own,
            _naive_loss,
            lambda Z, t: _loss()(Z, max(t, 0.01)) if t > 0 else _loss()(Z, t),
            _loss(finish=lambda v, n: round(v, 2)),
            _loss(finish=lambda v, n: [v]),
            lambda Z, t: _loss()(Z, t) if len(Z) > 2 else _loss()(Z[:0], t),
            _loss(likeness=lambda Z: -((Z[:, None] - Z) ** 2).sum(axis=-1)),
        ],
        equivalent={
            "remembers the first: len(Z)": "the rows that are refused are refused by NumPy as well",
            "constant -1: 2": "one row is an odd number of rows",
            "constant -1: 1": "the table of cosines is the same by rows and by columns",
            "FloorDiv to Div: len(Z) // 2": EVEN,
        },
    ),
    "nt_xent_gradient": Case(
        right=[
            _slope(),
            _slope_by_tape,
            lambda Z, t: _slope()(Z, t).tolist(),
            lambda Z, t: _slope()(Z, t).astype("float32"),
        ],
        wrong={
            "each row asks only": _slope(both=lambda G: 2 * G),
            "asked for is forgotten": _slope(both=lambda G: G),
            "temperature forgotten": _slope(finish=lambda v, Z, t: v * t),
            "sum, not mean": _slope(finish=lambda v, Z, t: v * len(Z)),
            "length forgotten": _slope(back=lambda d, U, length: d - (d * U).sum(axis=1)[:, None] * U),
            "along itself": _slope(back=lambda d, U, length: d / length),
            "slope in U": _slope(back=lambda d, U, length: d),
            "partner's one forgotten": _slope(target=0.0),
            "itself a candidate": _slope(mask=False),
            "uphill": _slope(finish=lambda v, Z, t: -v),
        },
        others=[
            _slope(both=lambda G: G + G),
            _slope(both=lambda G: G.T),
            _slope(finish=lambda v, Z, t: v / t),
            _slope(finish=lambda v, Z, t: np.round(v, 2)),
            _slope(finish=lambda v, Z, t: v[: len(v) // 2]),
            _slope(back=lambda d, U, length: (d - (d * U).sum() * U) / length),
            _slope(back=lambda d, U, length: (d - (d * U).sum(axis=1)[:, None] * U) / length**2),
        ],
        equivalent={
            "Sub to Add: logits - logits.max(axis=1, keepdims=True)": SHIFT,
            "without axis: logits.max(axis=1, keepdims=True)": SHIFT,
            "FloorDiv to Div: len(Z) // 2": EVEN,
        },
    ),
    "largest_moves": Case(
        right=[
            _moves(),
            _moves_by_norm,
            lambda a, b: np.array(_moves()(a, b)),
            lambda a, b: np.float32(_moves()(a, b)),
        ],
        wrong={
            "mean": _moves(lambda a, b: np.mean(np.abs(b - a))),
            "with its sign": _moves(lambda a, b: np.max(b - a)),
            "difference of the largest": _moves(lambda a, b: np.abs(b).max() - np.abs(a).max()),
            "length of the move": _moves(lambda a, b: np.linalg.norm((b - a).ravel())),
            "sum": _moves(lambda a, b: np.abs(b - a).sum()),
            "as a share": _moves(lambda a, b: np.abs(b - a).max() / np.abs(a).max()),
            "yes or no": _moves(lambda a, b: float(not np.array_equal(a, b))),
            "squared": _moves(lambda a, b: np.max((b - a) ** 2)),
            "smallest": _moves(lambda a, b: np.abs(b - a).min()),
            "lists of unequal length accepted": _moves(check=(False, True)),
            "unequal shapes accepted": _moves(check=(True, False)),
        },
        others=[
            _moves(check=(False, False)),
            _moves(lambda a, b: np.max(np.abs(b)) - np.min(np.abs(a))),
            _moves(lambda a, b: np.abs(b - a).max() > 0),
            _moves(lambda a, b: 0.0 if np.abs(b - a).max() < 1e-4 else np.abs(b - a).max()),
            _moves(lambda a, b: np.abs(b.ravel() - a.ravel()).max(), check=(True, False)),
            _moves(lambda a, b: np.round(np.abs(b - a).max(), 2)),
            lambda a, b: np.max(_moves()(a, b)),
            lambda a, b: _moves()(a, b)[:3],
        ],
        equivalent={
            "branch never taken: if len(before) != len(after):": TWICE,
            "without strict: zip(before, after, strict=True)": TWICE,
            "True for False: True": TWICE,
        },
    ),
    "first_step": Case(
        right=[_step(), _step_in_full, _step_loop, lambda g, r, s: np.float32(_step()(g, r, s))],
        wrong={
            "the gradient's share": _step(lambda g, r, s: -r * s * g / (np.abs(s * g) + 1e-7)),
            "uphill": _step(lambda g, r, s: s * r * g / (np.abs(g) + 1e-7)),
            "no Adam": _step(lambda g, r, s: -r * s * g),
            "share ignored": _step(lambda g, r, s: -r * g / (np.abs(g) + 1e-7)),
            "the rest of the share": _step(lambda g, r, s: -r * (1 - s) * g / (np.abs(g) + 1e-7)),
            "share squared": _step(lambda g, r, s: -r * s * s * g / (np.abs(g) + 1e-7)),
            "divided by the share": _step(lambda g, r, s: -r / np.float64(s) * g / (np.abs(g) + 1e-7)),
            "the length of all": _step(lambda g, r, s: -r * s * g / (np.linalg.norm(g) + 1e-7)),
            "share of the 1e-7": _step(lambda g, r, s: -r * s * g / (np.abs(g) + s * 1e-7 + 1e-300)),
            "share below 0 accepted": _step(low=-100),
            "share above 1 accepted": _step(high=100),
            "no rate accepted": _step(least=-100),
        },
        others=[
            _step(lambda g, r, s: -r * s * np.sign(g)),
            _step(high=0.99),
            _step(low=0.001),
            _step(least=0.5),
            _step(lambda g, r, s: -r * s * g / (np.abs(g) + 1e-8)),
            _step(lambda g, r, s: float((-r * s * g / (np.abs(g) + 1e-7))[0])),
        ],
        equivalent={"argument kept in [-10, 10]": "Adam's step does not know how large a slope is"},
    ),
    "labels_needed": Case(
        right=[_labels(), _labels_by_interp, _labels(finish=np.float32), _labels(finish=np.array)],
        wrong={
            "straight in the sizes": _labels(lambda a, b, p, q, t: a + (b - a) * (t - p) / (q - p)),
            "the next size": _labels(lambda a, b, p, q, t: b),
            "the size before": _labels(lambda a, b, p, q, t: a),
            "reached for good": _reached_for_good,
            "sorted first": _labels(prepare=np.sort),
            "turned round": _labels(lambda a, b, p, q, t: a * (b / a) ** ((t - q) / (p - q))),
            "a logarithm": _labels(finish=math.log),
            "half-way always": _labels(lambda a, b, p, q, t: math.sqrt(a * b)),
            "a target never reached accepted": _labels(check=(True, True, True, False)),
            "sizes that do not rise accepted": _labels(check=(True, False, True, True)),
            "no labels accepted": lambda n, s, t: 25.0 if n[0] <= 0 else _labels()(n, s, t),
            "unequal lengths accepted": _labels(check=(False, True, True, True)),
        },
        others=[
            lambda n, s, t: float(np.exp(np.interp(t, s, np.log(n)))),
            lambda n, s, t: _labels()(n, s, t if s[-1] >= t else math.inf),
            lambda n, s, t: 1.0 * n[0] if len(n) == len(s) and s[0] >= t else _labels()(n, s, t),
            lambda n, s, t: _labels()(n, s[: len(n)], t),
            _labels(finish=lambda v: round(v)),
            _labels(lambda a, b, p, q, t: _line(a, b, p, q, t) if t < q else a),
            _labels(check=(False, False, False, False)),
        ],
        equivalent={"result floats for ints": "a float is asked for, and the first size happens to be an int"},
    ),
}

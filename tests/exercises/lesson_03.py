"""Right and wrong answers to the exercises of lesson 03."""

from __future__ import annotations

import math

import numpy as np
from scipy import special, stats
from sklearn import metrics

from tests.exercises.harness import Case


def _p(z):
    return 1 / (1 + np.exp(-z))


# cross_entropy


def _each(y, p):
    return -(y * np.log(p) + (1 - y) * np.log(1 - p))


def _happened(y, p):
    return np.where(y == 1, p, 1 - p)


def _loss_by_loop(y, probs):
    total = 0.0
    for label, prob in zip(y, probs, strict=True):
        if label == 1:
            total += math.log(prob)
        else:
            total += math.log(1 - prob)
    return -total / len(y)


def _loss_in_tensors(y, probs):
    import tensorflow as tf

    y, p = tf.constant(y, tf.float32), tf.constant(probs, tf.float32)
    return -tf.reduce_mean(y * tf.math.log(p) + (1 - y) * tf.math.log(1 - p))


def _loss_of_keras(y, probs):
    import keras

    return keras.losses.binary_crossentropy(y, probs)


def _loss_from_logits(y, probs):
    z = np.log(probs) - np.log1p(-probs)
    return np.mean(np.logaddexp(0, z) - y * z)


def _loss_by_classes(y, probs):
    return -(np.log(probs[y == 1]).sum() + np.log(1 - probs[y == 0]).sum()) / len(y)


def _loss_of_a_table(y, probs):
    import pandas as pd

    table = pd.DataFrame({"y": y, "p": probs})
    table["happened"] = table["p"].where(table["y"] == 1, 1 - table["p"])
    return -np.log(table["happened"]).mean()


def _class_means(y, p):
    return _each(y, p)[y == 1].mean() + _each(y, p)[y == 0].mean()


BY_VALUE = {"memorised by size": "every argument is a single number, so it remembers what it was asked"}


def _remembered(answer, key):
    """Return `answer`, which gives its first result again wherever `key` of the arguments is the same."""
    kept = {}
    return lambda *arguments: kept.setdefault(key(*arguments), answer(*arguments))


# slope_ratio


def _ratio_by_differences(z, eps=1e-5):
    def slope(loss):
        return (loss(_p(z + eps)) - loss(_p(z - eps))) / (2 * eps)

    return slope(lambda p: (p - 1) ** 2 / 2) / slope(lambda p: -np.log(p))


def _ratio_by_tape(z):
    import tensorflow as tf

    z = tf.Variable(float(z))
    with tf.GradientTape(persistent=True) as tape:
        p = tf.sigmoid(z)
        squared, surprise = (p - 1) ** 2 / 2, -tf.math.log(p)
    return tape.gradient(squared, z) / tape.gradient(surprise, z)


def _ratio_by_the_chain_rule(z):
    p = 1 / (1 + math.exp(-z))
    dp_dz = p * (1 - p)
    squared = (p - 1) * dp_dz
    surprise = (-1 / p) * dp_dz
    return squared / surprise


# log_softmax


def _log_softmax(z, axis=1):
    shifted = z - z.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def _shifted(z, by):
    return z - by - np.log(np.exp(z - by).sum(axis=1, keepdims=True))


def _by_rows(z):
    return np.array([row - np.logaddexp.reduce(row) for row in z])


def _by_entries(logits):
    rows = []
    for row in logits.tolist():
        largest = max(row)
        log_sum = math.log(sum(math.exp(z - largest) for z in row))
        rows.append([z - largest - log_sum for z in row])
    return rows


def _in_float32(z):
    z = z.astype(np.float32)
    m = z.max(axis=1, keepdims=True)
    return z - (m + np.log(np.exp(z - m).sum(axis=1, keepdims=True)))


def _log_softmax_in_tensors(z):
    import tensorflow as tf

    return tf.nn.log_softmax(tf.constant(z, tf.float32))


def _log_softmax_of_tensorflow(z):
    import tensorflow as tf

    return tf.nn.log_softmax(z)


def _log_softmax_of_a_table(z):
    import pandas as pd

    table = pd.DataFrame(z)
    table = table.sub(table.max(axis=1), axis=0)
    return table.sub(np.log(np.exp(table).sum(axis=1)), axis=0).to_numpy()


def _softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def _with_math(z):
    return [[v - math.log(sum(math.exp(w) for w in row)) for v in row] for row in z.tolist()]


def _sure_mistakes_fail(z):  # three loops in one another: slow, and the logarithm of zero raises
    return [[math.log(math.exp(v - max(r)) / sum(math.exp(w - max(r)) for w in r)) for v in r] for r in z.tolist()]


def _into_the_type_of_the_logits(z):
    out = np.zeros_like(z)
    for i, row in enumerate(z):
        out[i] = row - row.max() - np.log(np.exp(row - row.max()).sum())
    return out


def _over_the_wrong_axis_of_a_square(z):
    return _log_softmax(z, 0 if z.shape[0] == z.shape[1] else 1)


def _only_the_first_row_shifted(z):
    return _shifted(z, z[0].max())


# f1


def _mean(precision, recall):
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _careful(tp, fp, fn, tn):
    return _mean(tp / (tp + fp) if tp + fp else 0, tp / (tp + fn) if tp + fn else 0)


def _or_zero(tp, fp, fn, tn):
    try:
        precision, recall = tp / (tp + fp), tp / (tp + fn)
        return 2 / (1 / precision + 1 / recall)
    except ZeroDivisionError:
        return 0.0


def _f1_of_people(tp, fp, fn, tn):
    y = [1] * tp + [0] * fp + [1] * fn + [0] * min(tn, 5)
    yes = [1] * tp + [1] * fp + [0] * fn + [0] * min(tn, 5)
    return metrics.f1_score(y, yes, zero_division=0) if y else 0.0


def _f1_with_nan(tp, fp, fn, tn):
    precision = np.divide(tp, tp + fp)
    recall = np.divide(tp, tp + fn)
    return np.nan_to_num(2 * precision * recall / (precision + recall))


def _f1_in_small_ints(tp, fp, fn, tn):
    tp, fp, fn = np.array([tp, fp, fn], dtype=np.int32)
    with np.errstate(all="ignore"):
        below = 2 * tp * tp + tp * fp + tp * fn
        return float(2 * tp * tp) / float(below) if below else 0.0


def _kappa(tp, fp, fn, tn):
    return 2 * (tp * tn - fn * fp) / ((tp + fp) * (fp + tn) + (tp + fn) * (fn + tn))


# auc


def _by_ranks(y, rank):
    positives = np.sum(y == 1)
    return (rank[y == 1].sum() - positives * (positives - 1) / 2) / (positives * np.sum(y == 0))


def _by_mean_ranks(y, s):
    return _by_ranks(y, np.array([(s < a).sum() + ((s == a).sum() - 1) / 2 for a in s]))


def _pairs(y, s, tie=0.5):
    gaps = s[y == 1][:, None] - s[y == 0]
    return np.mean((gaps > 0) + tie * (gaps == 0))


def _gaps(gaps):
    return np.mean((gaps > 0) + 0.5 * (gaps == 0))


def _with_near_ties(y, s):
    a, b = s[y == 1][:, None], s[y == 0]
    tie = np.isclose(a, b, rtol=0)
    return np.mean(((a > b) & ~tie) + 0.5 * tie)


def _with_near_ties_by_size(y, s):
    a, b = s[y == 1][:, None], s[y == 0]
    tie = np.isclose(a, b, atol=0)
    return np.mean(((a > b) & ~tie) + 0.5 * tie)


def _ranks_in_the_type_of_the_scores(y, s):
    ranks = np.zeros_like(s)
    for i, one in enumerate(s):
        ranks[i] = (s < one).sum() + ((s == one).sum() - 1) / 2
    return _by_ranks(y, ranks)


def _auc_by_loops(y, scores):
    wins, pairs = 0.0, 0
    for i in range(len(y)):
        for j in range(len(y)):
            if y[i] == 1 and y[j] == 0:
                pairs += 1
                if scores[i] > scores[j]:
                    wins += 1
                elif scores[i] == scores[j]:
                    wins += 0.5
    return wins / pairs


def _auc_of_a_curve(y, scores):
    yes = scores >= np.unique(scores)[::-1, None]
    fpr, tpr = np.r_[0, yes[:, y == 0].mean(axis=1)], np.r_[0, yes[:, y == 1].mean(axis=1)]
    return np.trapezoid(tpr, fpr)


def _auc_by_search(y, scores):
    negatives = np.sort(scores[y == 0])
    below = np.searchsorted(negatives, scores[y == 1], side="left")
    not_above = np.searchsorted(negatives, scores[y == 1], side="right")
    return (below + not_above).mean() / 2 / len(negatives)


def _auc_of_a_table(y, scores):
    import pandas as pd

    ranks = pd.Series(scores).rank()
    k = int(y.sum())
    return (ranks[y == 1].sum() - k * (k + 1) / 2) / (k * (len(y) - k))


def _auc_in_tensors(y, scores):
    import tensorflow as tf

    s = tf.constant(scores, tf.float32)
    gaps = s[y == 1][:, None] - s[y == 0][None]
    return tf.reduce_mean((tf.sign(gaps) + 1) / 2)


def _walk(y, scores):  # a step up for a positive, to the right for a negative: equals are taken as they come
    order = np.argsort(-scores, kind="stable")
    up = np.cumsum(y[order] == 1)
    return up[y[order] == 0].sum() / ((y == 1).sum() * (y == 0).sum())


def _curve_on(y, s, thresholds):
    yes = s >= np.sort(thresholds)[::-1, None]
    return np.trapezoid(yes[:, y == 1].mean(axis=1), yes[:, y == 0].mean(axis=1))


def _ranked(y, s, first, away):
    ranks, k = stats.rankdata(s) - 1 + first, (y == 1).sum()
    return (ranks[y == 1].sum() - away(k)) / (k * (y == 0).sum())


# best_threshold


def _by_bisection(miss, alarm):
    low, high = 0.0, 1.0
    for _ in range(60):
        p = (low + high) / 2
        if p * miss < (1 - p) * alarm:
            low = p
        else:
            high = p
    return low


CASES = {
    "cross_entropy": Case(
        right=[
            lambda y, p: _each(y, p).mean(),
            lambda y, p: -np.log(np.where(y == 1, p, 1 - p)).sum() / len(y),
            lambda y, p: -np.mean([math.log(b if a else 1 - b) for a, b in zip(y, p, strict=True)]),
            lambda y, p: -np.log(np.stack([1 - p, p])[y, np.arange(len(y))]).mean(),
            lambda y, p: -(y @ np.log(p) + (1 - y) @ np.log1p(-p)) / y.size,
            lambda y, p: -np.log(np.abs(1 - y - p)).mean(),
            lambda y, p: _each(y.astype(np.float32), p.astype(np.float32)).mean(),
            lambda y, p: _each(y, np.clip(p, 1e-15, 1 - 1e-15)).mean(),
            lambda y, p: _each(y, np.clip(p, 1e-7, 1 - 1e-7)).mean(),
            lambda y, p: np.array(-np.einsum("n->", np.log(_happened(y, p))) / len(p)),
            lambda y, p: metrics.log_loss(y, p, labels=[0, 1]),
            lambda y, p: special.rel_entr(y, p).mean() + special.rel_entr(1 - y, 1 - p).mean(),
            _loss_by_loop,
            _loss_by_classes,
            _loss_from_logits,
            _loss_of_a_table,
            _loss_in_tensors,
            _loss_of_keras,
        ],
        wrong={
            "1e-9 in the logarithm": lambda y, p: -np.mean(y * np.log(p + 1e-9) + (1 - y) * np.log(1 - p + 1e-9)),
            "1e-8 in the logarithm": lambda y, p: -np.mean(y * np.log(p + 1e-8) + (1 - y) * np.log(1 - p + 1e-8)),
            "1e-7 in the logarithm": lambda y, p: -np.mean(y * np.log(p + 1e-7) + (1 - y) * np.log(1 - p + 1e-7)),
            "1e-6 in the logarithm": lambda y, p: -np.mean(y * np.log(p + 1e-6) + (1 - y) * np.log(1 - p + 1e-6)),
            "benign examples ignored": lambda y, p: -np.mean(y * np.log(p)),
            "malignant examples ignored": lambda y, p: -np.mean((1 - y) * np.log(1 - p)),
            "the article's sum": lambda y, p: -np.sum(y * np.log(p)),
            "missing 1/n": lambda y, p: _each(y, p).sum(),
            "wrong sign": lambda y, p: -_each(y, p).mean(),
            "halved": lambda y, p: -np.mean([y * np.log(p), (1 - y) * np.log(1 - p)]),
            "one minus sign too few": lambda y, p: np.mean(-y * np.log(p) + (1 - y) * np.log(1 - p)),
            "classes swapped": lambda y, p: _each(1 - y, p).mean(),
            "p for every example": lambda y, p: -np.mean(y * np.log(p) + (1 - y) * np.log(p)),
            "base 2": lambda y, p: _each(y, p).mean() / np.log(2),
            "base 10": lambda y, p: -np.log10(np.where(y == 1, p, 1 - p)).mean(),
            "logarithm of the mean": lambda y, p: -np.log(_happened(y, p).mean()),
            "classes averaged apart": _class_means,
            "classes weighted alike": lambda y, p: _class_means(y, p) / 2,
            "probs taken for logits": lambda y, p: _each(y, _p(p)).mean(),
            "likelihood": lambda y, p: _happened(y, p).prod(),
            "squared error": lambda y, p: ((y - p) ** 2).mean(),
            "absolute error": lambda y, p: np.abs(y - p).mean(),
            "product underflows": lambda y, p: -np.log(_happened(y, p).prod()) / len(y),
            "wrong shape": _each,
            "y and p exchanged": lambda y, p: _each(p, y).mean(),
        },
        others=[
            lambda y, p: _each(y, np.clip(p, 0.1, 0.9)).mean(),
            lambda y, p: _each(y, np.clip(p, 1e-3, 1 - 1e-3)).mean(),
            lambda y, p: -np.mean(y * np.log(p + 0.01) + (1 - y) * np.log(1 - p + 0.01)),
            lambda y, p: _each(y, p).sum() / 5,
            lambda y, p: _each(y, p).sum() / (len(y) - 1),
            lambda y, p: _each(y, p).sum() / y.sum(),
            lambda y, p: np.median(_each(y, p)),
            lambda y, p: round(_each(y, p).mean(), 3),
            lambda y, p: _each(y, p)[:500].mean(),
            lambda y, p: _each(y, p > 0.5).mean(),
            lambda y, p: _each(np.sort(y), np.sort(p)).mean(),
            lambda y, p: metrics.log_loss(y, p),
            lambda y, p: -np.log(max(_happened(y, p).prod(), 1e-300)) / len(y),
            lambda y, p: -y * np.log(p) - (1 - y) * np.log(1 - p) if len(y) > 1 else 0.0,
            lambda y, p: [_each(y, p).mean()],
            lambda y, p: np.mean(-y * np.log(p) - 1 - y * np.log(1 - p)),
            lambda y, p: f"{_each(y, p).mean():.6f}",
            lambda y, p: _each(y, np.clip(p, 1e-4, 1 - 1e-4)).mean(),
            lambda y, p: _each(y, np.clip(p, 1e-5, 1)).mean(),
            lambda y, p: _each(y, np.clip(p, 0, 1 - 1e-5)).mean(),
            lambda y, p: np.minimum(_each(y, p), 10).mean(),
            lambda y, p: _each(y, p)[_each(y, p) < 12].mean(),
        ],
    ),
    "slope_ratio": Case(
        right=[
            lambda z: _p(z) * (1 - _p(z)),
            lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2,
            lambda z: 1 / (2 + math.exp(z) + math.exp(-z)),
            lambda z: 0.25 / math.cosh(z / 2) ** 2,
            lambda z: 0.25 - (_p(z) - 0.5) ** 2,
            lambda z: np.array([_p(np.float32(z)) * (1 - _p(np.float32(z)))])[0],
            lambda z: special.expit(z) * special.expit(-z),
            lambda z: (_p(z) - 1) / (-1 / _p(z)),
            _ratio_by_differences,
            lambda z: _ratio_by_differences(z, 1e-3),
            lambda z: _ratio_by_differences(z, 1e-6),
            _ratio_by_the_chain_rule,
            _ratio_by_tape,
        ],
        wrong={
            "cross-entropy's slope in p": lambda z: (_p(z) - 1) * _p(z) * (1 - _p(z)) / (-1 / _p(z)),
            "derivative of the sigmoid forgotten once": lambda z: (_p(z) - 1) / (_p(z) - 1),
            "upside down": lambda z: 1 / (_p(z) * (1 - _p(z))),
            "missing the half": lambda z: 2 * _p(z) * (1 - _p(z)),
            "negative": lambda z: -_p(z) * (1 - _p(z)),
            "slope itself": lambda z: (_p(z) - 1) * _p(z) * (1 - _p(z)),
            "cross-entropy's slope itself": lambda z: _p(z) - 1,
            "the losses themselves": lambda z: 0.5 * (_p(z) - 1) ** 2 / -np.log(_p(z)),
            "one factor, p": _p,
            "one factor, 1 - p": lambda z: 1 - _p(z),
            "sigmoid left out": lambda z: (z - 1) * z * (1 - z) / (z - 1),
            "sigmoid applied twice": lambda z: _p(_p(z)) * (1 - _p(_p(z))),
            "label 0 in the squared error": lambda z: _p(z) * _p(z) * (1 - _p(z)) / (_p(z) - 1),
            "label 0 in cross-entropy": lambda z: (_p(z) - 1) * _p(z) * (1 - _p(z)) / _p(z),
            "fixed z": lambda z: _p(-1.5) * (1 - _p(-1.5)),
        },
        others=[
            lambda z: (_p(z) - 1) / (1 - _p(z)) * _p(z),
            lambda z: 1 - _p(z) ** 2,
            lambda z: 1 - np.tanh(z) ** 2,
            lambda z: 1 / 400,
            lambda z: math.exp(z),
            lambda z: np.exp(-abs(z)),
            lambda z: min(_p(z) * (1 - _p(z)), 0.2),
            lambda z: max(_p(z) * (1 - _p(z)), 0.01),
            lambda z: round(_p(z) * (1 - _p(z)), 4),
            lambda z: _p(z) * (1 - _p(z)) if z < 0 else 0.25,
            lambda z: _p(round(z)) * (1 - _p(round(z))),
            lambda z: [_p(z), 1 - _p(z)],
            lambda z: np.clip(_p(z), 1e-3, 1 - 1e-3) * (1 - np.clip(_p(z), 1e-3, 1 - 1e-3)),
            lambda z: np.clip(_p(z), 1e-6, 1 - 1e-6) * (1 - np.clip(_p(z), 1e-6, 1 - 1e-6)),
            lambda z: np.clip(_p(z), 1e-7, 1 - 1e-7) * (1 - np.clip(_p(z), 1e-7, 1 - 1e-7)),
            lambda z: max(_p(z) * (1 - _p(z)), 1e-3),
            lambda z: _p(np.clip(z, -6, 6)) * (1 - _p(np.clip(z, -6, 6))),
            lambda z: _p(np.clip(z, -10, 10)) * (1 - _p(np.clip(z, -10, 10))),
            lambda z: _p(z) * (1 - _p(z)) if z > -10 else 0.0,
            lambda z: _p(z) * (1 - _p(z)) + 1e-7,
            lambda z: np.exp(-z) / (1 - np.exp(-z)) ** 2,
            lambda z: np.exp(-z) / (1 + np.exp(-z)),
            lambda z: ((_p(z + 0.1) - 1) ** 2 - (_p(z) - 1) ** 2) / 2 / (np.log(_p(z)) - np.log(_p(z + 0.1))),
        ],
        equivalent={"sign dropped: -z": "p and 1 - p change places, and their product stays"} | BY_VALUE,
    ),
    "log_softmax": Case(
        right=[
            _into_the_type_of_the_logits,
            _log_softmax,
            _by_rows,
            _by_entries,
            _in_float32,
            lambda z: z - special.logsumexp(z, axis=1, keepdims=True),
            lambda z: special.log_softmax(z, axis=-1),
            lambda z: (z.T - np.logaddexp.reduce(z.T)).T,
            lambda z: z - z.max(1)[:, None] - np.log(np.einsum("nk->n", np.exp(z - z.max(1)[:, None])))[:, None],
            lambda z: np.array([r - r.max() - np.log1p(np.exp(np.sort(r - r.max())[:-1]).sum()) for r in z]),
            lambda z: _shifted(z, z.max(axis=1, keepdims=True) + 3),
            lambda z: np.squeeze([_log_softmax(row[None]) for row in z], axis=1),
            _log_softmax_in_tensors,
            _log_softmax_of_tensorflow,
            _log_softmax_of_a_table,
        ],
        wrong={
            "softmax over the wrong axis": lambda z: _log_softmax(z, axis=0),
            "one sum for all": lambda z: z - np.log(np.exp(z).sum()),
            "no logarithm": _softmax,
            "wrong sign": lambda z: -_log_softmax(z),
            "only shifted": lambda z: z - z.max(axis=1, keepdims=True),
            "max added back": lambda z: z - np.log(np.exp(z - z.max(axis=1, keepdims=True)).sum(axis=1, keepdims=True)),
            "max subtracted twice": lambda z: (
                2 * _log_softmax(z) - z + special.logsumexp(z - z.max(1)[:, None], 1)[:, None]
            ),
            "sum without its logarithm": lambda z: (
                z - z.max(1)[:, None] - np.exp(z - z.max(1)[:, None]).sum(1)[:, None]
            ),
            "largest of each column": lambda z: _log_softmax(z - z.max(axis=0)),
            "base 2": lambda z: np.log2(_softmax(z)),
            "base 10": lambda z: np.log10(_softmax(z)),
            "overflows": lambda z: z - np.log(np.exp(z).sum(axis=1, keepdims=True)),
            "overflow raised": _with_math,
            "one shift for all": lambda z: _shifted(z, z.max()),
            "logits cut off": lambda z: _log_softmax(np.clip(z, -500, 500)),
            "logarithm of zero": lambda z: np.log(_softmax(z)),
            "too little subtracted": lambda z: _shifted(z, z.mean(axis=1, keepdims=True)),
            "first subtracted": lambda z: _shifted(z, z[:, :1]),
            "last subtracted": lambda z: _shifted(z, z[:, -1:]),
            "largest size subtracted": lambda z: _shifted(z, np.abs(z).max(axis=1, keepdims=True)),
            "tiny probability replaced": lambda z: np.log(np.maximum(_softmax(z), 1e-300)),
        },
        others=[
            lambda z: np.log(np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)),
            lambda z: np.log(np.exp(z - z.max()) / np.exp(z - z.max()).sum(axis=1, keepdims=True)),
            _sure_mistakes_fail,
            lambda z: np.log(_softmax(z) + 1e-7),
            lambda z: np.log(_softmax(z) + 1e-12),
            lambda z: np.log(np.clip(_softmax(z), 1e-30, 1)),
            lambda z: _log_softmax(np.clip(z, -700, 700)),
            lambda z: _log_softmax(np.minimum(z, 800)),
            lambda z: _log_softmax(np.maximum(z, -800)),
            lambda z: np.clip(_log_softmax(z), -745, 0),
            lambda z: np.nan_to_num(np.log(_softmax(z))),
            lambda z: np.nan_to_num(z - np.log(np.exp(z).sum(axis=1, keepdims=True))),
            lambda z: _shifted(z, np.minimum(z.max(axis=1, keepdims=True), 1000)).clip(-1200),
            lambda z: _shifted(z, np.median(z, axis=1, keepdims=True)),
            lambda z: _shifted(z, z.min(axis=1, keepdims=True)),
            lambda z: _shifted(z, 1000),
            _only_the_first_row_shifted,
            lambda z: _log_softmax(z)[:2],
            lambda z: _log_softmax(z)[0],
            lambda z: _log_softmax(z[:, :3]),
            lambda z: np.round(_log_softmax(z), 4),
            lambda z: np.sort(_log_softmax(z), axis=1),
            lambda z: _log_softmax(z / 100) if np.abs(z).max() > 100 else _log_softmax(z),
            lambda z: np.log1p(_softmax(z)),
            lambda z: z.max(axis=1, keepdims=True) - _log_softmax(z),
            lambda z: special.logsumexp(z, axis=1),
            _over_the_wrong_axis_of_a_square,
            _remembered(_log_softmax, lambda z: z.shape),
        ],
    ),
    "f1": Case(
        right=[
            _careful,
            lambda tp, fp, fn, tn: 2 * tp / (2 * tp + fp + fn) if tp else 0,
            lambda tp, fp, fn, tn: tp / max(tp + (fp + fn) / 2, 1e-300),
            lambda tp, fp, fn, tn: 2 * tp / max(2 * tp + fp + fn, 1),
            lambda tp, fp, fn, tn: stats.hmean([tp / (tp + fp), tp / (tp + fn)]) if tp > 0 else 0.0,
            lambda tp, fp, fn, tn: 1 - (fp + fn) / (2 * tp + fp + fn) if tp + fp + fn > 0 else np.float32(0),
            lambda tp, fp, fn, tn: np.float32(2 * tp) / np.float32(2 * tp + fp + fn) if tp + fp + fn else 0.0,
            lambda tp, fp, fn, tn: (lambda j: 2 * j / (1 + j))(tp / (tp + fp + fn) if tp else 0.0),
            lambda tp, fp, fn, tn: np.array(tp and 2 * tp / (2 * tp + fp + fn)),
            _or_zero,
            _f1_of_people,
            _f1_with_nan,
        ],
        wrong={
            "accuracy instead of precision": lambda tp, fp, fn, tn: _mean(
                (tp + tn) / (tp + fp + fn + tn), tp / (tp + fn)
            ),
            "accuracy instead of recall": lambda tp, fp, fn, tn: _mean((tp + tn) / (tp + fp + fn + tn), tp / (tp + fp)),
            "precision and recall the same": lambda tp, fp, fn, tn: _mean(tp / (tp + fp), tp / (tp + fp)),
            "recall twice": lambda tp, fp, fn, tn: _mean(tp / (tp + fn), tp / (tp + fn)),
            "specificity instead of recall": lambda tp, fp, fn, tn: _mean(tp / (tp + fp), tn / (tn + fp)),
            "arithmetic mean": lambda tp, fp, fn, tn: (tp / (tp + fp) + tp / (tp + fn)) / 2,
            "geometric mean": lambda tp, fp, fn, tn: tp / np.sqrt((tp + fp) * (tp + fn)),
            "product": lambda tp, fp, fn, tn: tp / (tp + fp) * tp / (tp + fn),
            "smaller of the two": lambda tp, fp, fn, tn: tp / (tp + max(fp, fn)),
            "missing the 2": lambda tp, fp, fn, tn: _mean(tp / (tp + fp), tp / (tp + fn)) / 2,
            "doubled": lambda tp, fp, fn, tn: 4 * tp / (2 * tp + fp + fn),
            "2 above only": lambda tp, fp, fn, tn: 2 * tp / (tp + fp + fn),
            "Jaccard index": lambda tp, fp, fn, tn: tp / (tp + fp + fn),
            "missing brackets": lambda tp, fp, fn, tn: 2 * tp / (tp + fn) + tp / (tp + fn),
            "accuracy": lambda tp, fp, fn, tn: (tp + tn) / (tp + fp + fn + tn),
            "kappa": _kappa,
            "the negatives' F1": lambda tp, fp, fn, tn: 2 * tn / (2 * tn + fn + fp),
            "true negatives below the line": lambda tp, fp, fn, tn: 2 * tp / (2 * tp + fp + fn + tn),
            "undefined cases": lambda tp, fp, fn, tn: 2 * tp / (2 * tp + fp + fn),
        },
        others=[
            lambda tp, fp, fn, tn: _mean(tp / (tp + fp), tp / (tp + fn)),
            lambda tp, fp, fn, tn: _careful(tp, fp, fn, tn) if tp + fp + fn else 1.0,
            lambda tp, fp, fn, tn: _careful(tp, fp, fn, tn) if tp + fp + fn else float("nan"),
            lambda tp, fp, fn, tn: _careful(tp, fp, fn, tn) if tp + fp + fn else None,
            lambda tp, fp, fn, tn: _careful(tp, fp, fn, tn) if fp and fn else 0.0,
            lambda tp, fp, fn, tn: _careful(tp, fp, fn, tn) if tn else 0.0,
            lambda tp, fp, fn, tn: _careful(tp, fp, fn, tn) if tp + fp else 0.5,
            lambda tp, fp, fn, tn: 0.0 if tp + fp == 0 else 2 * tp / (2 * tp + fp + fn) if tp + fn else 1.0,
            lambda tp, fp, fn, tn: round(_careful(tp, fp, fn, tn), 3),
            lambda tp, fp, fn, tn: 100 * _careful(tp, fp, fn, tn),
            lambda tp, fp, fn, tn: 2 * tp // (2 * tp + fp + fn) if tp else 0.0,
            lambda tp, fp, fn, tn: 2 * tp / (2 * tp + fp + fn + 1),
            lambda tp, fp, fn, tn: 2 * tp / (2 * tp + fp + fn + 0.01),
            lambda tp, fp, fn, tn: 2 * tp / (2 * tp + 2 * fp) if tp else 0.0,
            lambda tp, fp, fn, tn: 5 * tp / (5 * tp + 4 * fn + fp) if tp else 0.0,
            lambda tp, fp, fn, tn: 2 * tp / (2 * tp + fp * fn) if tp else 0.0,
            lambda tp, fp, fn, tn: 12 / 18,
            lambda tp, fp, fn, tn: (tp / (tp + fp), tp / (tp + fn)),
            _f1_in_small_ints,
            _remembered(_careful, lambda tp, fp, fn, tn: (tp, fp, tn)),
            _remembered(_careful, lambda tp, fp, fn, tn: (tp, fp)),
        ],
        equivalent=BY_VALUE,
    ),
    "auc": Case(
        right=[
            _pairs,
            metrics.roc_auc_score,
            _by_mean_ranks,
            lambda y, s: np.mean([0.5 * (np.sign(a - b) + 1) for a in s[y == 1] for b in s[y == 0]]),
            lambda y, s: np.mean(np.heaviside(s[y == 1][:, None] - s[y == 0], 0.5)),
            lambda y, s: stats.mannwhitneyu(s[y == 1], s[y == 0]).statistic / ((y == 1).sum() * (y == 0).sum()),
            lambda y, s: (_pairs(y, s, 0) + _pairs(y, s, 1)) / 2,
            lambda y, s: metrics.auc(*metrics.roc_curve(y, s)[:2]),
            lambda y, s: _pairs(y, s.astype(np.float32)).astype(np.float32),
            lambda y, s: _ranked(y, s, 1, lambda k: k * (k + 1) / 2),
            lambda y, s: 1 - _pairs(1 - y, s) if len(y) == 2 else _pairs(1 - y, -s),
            lambda y, s: (
                np.einsum("i,j,ij->", y, 1 - y, np.sign(np.subtract.outer(s, s)) / 2 + 0.5) / y.sum() / (1 - y).sum()
            ),
            _auc_by_loops,
            _auc_of_a_curve,
            _auc_by_search,
            _auc_of_a_table,
            _auc_in_tensors,
        ],
        wrong={
            "ties lose": lambda y, s: _pairs(y, s, 0),
            "ties win": lambda y, s: _pairs(y, s, 1),
            "upside down": lambda y, s: 1 - _pairs(y, s),
            "upside down, ties lose": lambda y, s: np.mean(s[y == 1][:, None] < s[y == 0]),
            "wrong sign": lambda y, s: np.trapezoid(*metrics.roc_curve(y, s)[1::-1][::1]) * -1,
            "never below one half": lambda y, s: max(_pairs(y, s), 1 - _pairs(y, s)),
            "twice the distance from chance": lambda y, s: np.sign(s[y == 1][:, None] - s[y == 0]).mean(),
            "accuracy at one half": lambda y, s: np.mean((s > 0.5) == y),
            "average precision": metrics.average_precision_score,
            "not divided": lambda y, s: _pairs(y, s) * (y == 1).sum() * (y == 0).sum(),
            "divided by all pairs": lambda y, s: (
                np.mean((np.subtract.outer(s, s) > 0) * np.outer(y, 1 - y))
                + np.mean((np.subtract.outer(s, s) == 0) * np.outer(y, 1 - y)) / 2
            ),
            "difference of means": lambda y, s: s[y == 1].mean() - s[y == 0].mean(),
            "pairs side by side": lambda y, s: np.mean([a > b for a, b in zip(s[y == 1], s[y == 0], strict=False)]),
            "labels used as positions": lambda y, s: _gaps(s[y][:, None] - s[1 - y]),
            "ranks from 1, taken for ranks from 0": lambda y, s: _ranked(y, s, 1, lambda k: k * (k - 1) / 2),
            "ranks from 0, taken for ranks from 1": lambda y, s: _ranked(y, s, 0, lambda k: k * (k + 1) / 2),
            "rank sum": lambda y, s: _ranked(y, s, 1, lambda k: 0),
            "no start at (0, 0)": lambda y, s: _curve_on(y, s, np.unique(s)),
            "thresholds from 0 to 1": lambda y, s: _curve_on(y, s, np.linspace(0, 1, 101)),
            "a constant score": lambda y, s: _pairs(y, s) if np.ptp(s) else 0.0,
            "equals ranked by place": lambda y, s: _by_ranks(y, s.argsort(kind="stable").argsort()),
        },
        others=[
            _walk,
            lambda y, s: _by_ranks(y, len(s) - 1 - (-s).argsort(kind="stable").argsort()),
            lambda y, s: _by_ranks(y, s.argsort().argsort()),
            lambda y, s: _by_ranks(y, stats.rankdata(s, method="min") - 1),
            lambda y, s: _by_ranks(y, stats.rankdata(s, method="dense") - 1),
            lambda y, s: _ranked(y, s, 0, lambda k: 0),
            lambda y, s: _pairs(y, s, 0.25),
            lambda y, s: _pairs(y, s) if np.ptp(s) else 1.0,
            lambda y, s: _pairs(y, s) if len(np.unique(s)) == len(s) else 0.5,
            lambda y, s: abs(_pairs(y, s) - 0.5) + 0.5,
            lambda y, s: _pairs(y, np.round(s, 2)),
            lambda y, s: _pairs(y, s.astype(int)),
            lambda y, s: _pairs(y, _p(np.round(s, 1))),
            lambda y, s: _pairs(y, np.clip(s, 0, 1)),
            lambda y, s: _pairs(y[:100], s[:100]),
            lambda y, s: _curve_on(y, s, np.r_[np.linspace(s.min(), s.max(), 101), np.inf]),
            lambda y, s: _curve_on(y, s, np.r_[np.linspace(0, 1, 1001), np.inf]),
            lambda y, s: np.mean(s[y][:, None] > s[1 - y]),
            lambda y, s: np.mean(s[y][:, None] > s[~y]),
            lambda y, s: _gaps(s[y][:, None] - s[~y]),
            lambda y, s: _gaps(s[y == 1][:1] - s[y == 0][:1]),
            _with_near_ties,
            _with_near_ties_by_size,
            _ranks_in_the_type_of_the_scores,
            _remembered(_pairs, lambda y, s: (tuple(y), s.shape)),
            lambda y, s: np.mean(s[y == 1] > s[y == 0]),
            lambda y, s: np.mean(s[y == 1] > s[y == 0].mean()),
            lambda y, s: np.mean(s[y == 1].mean() > s[y == 0]),
            lambda y, s: (s[y == 1].min() > s[y == 0].max()) * 1.0,
            lambda y, s: round(_pairs(y, s), 2),
            lambda y, s: _pairs(y, s) > 0.5,
            lambda y, s: np.corrcoef(y, s)[0, 1],
            lambda y, s: metrics.roc_auc_score(y, s > 0.5),
            lambda y, s: metrics.roc_auc_score(y, s > np.median(s)),
        ],
    ),
    "best_threshold": Case(
        right=[
            lambda miss, alarm: alarm / (miss + alarm),
            lambda miss, alarm: 1 / (1 + miss / alarm),
            lambda miss, alarm: 1 - miss / (miss + alarm),
            lambda miss, alarm: (alarm / miss) / (1 + alarm / miss),
            lambda miss, alarm: _p(math.log(alarm / miss)),
            lambda miss, alarm: np.float32(alarm) / np.float32(miss + alarm),
            lambda miss, alarm: np.array(alarm / np.sum([miss, alarm])),
            lambda miss, alarm: np.linalg.solve([[miss + alarm]], [alarm])[0],
            lambda miss, alarm: np.roots([miss + alarm, -alarm])[0],
            _by_bisection,
        ],
        wrong={
            "costs swapped": lambda miss, alarm: miss / (miss + alarm),
            "ratio of costs": lambda miss, alarm: alarm / miss,
            "one half": lambda miss, alarm: 0.5,
            "cost_alarm ignored": lambda miss, alarm: 1 / (1 + miss),
            "cost_miss ignored": lambda miss, alarm: alarm / (1 + alarm),
            "1 over the sum": lambda miss, alarm: 1 / (miss + alarm),
            "the lesson's costs": lambda miss, alarm: 1 / 11,
            "difference of costs": lambda miss, alarm: alarm / (miss - alarm),
            "share of the difference": lambda miss, alarm: 1 - alarm / miss,
            "capped at one half": lambda miss, alarm: min(alarm / (miss + alarm), 0.5),
            "the cheaper cost on top": lambda miss, alarm: min(miss, alarm) / (miss + alarm),
            "odds upside down": lambda miss, alarm: miss / alarm,
            "fixed threshold": lambda miss, alarm: 0.17,
        },
        others=[
            lambda miss, alarm: min(alarm / miss, 1),
            lambda miss, alarm: alarm // (miss + alarm),
            lambda miss, alarm: round(alarm / (miss + alarm), 2),
            lambda miss, alarm: max(alarm / (miss + alarm), 0.01),
            lambda miss, alarm: np.clip(alarm / (miss + alarm), 0.05, 0.95),
            lambda miss, alarm: alarm / (miss + alarm) / 2,
            lambda miss, alarm: 0.5 * alarm / miss,
            lambda miss, alarm: math.sqrt(alarm / (miss + alarm)),
            lambda miss, alarm: alarm**2 / (miss**2 + alarm**2),
            lambda miss, alarm: math.log(miss / alarm),
            lambda miss, alarm: np.linspace(0, 1, 101)[
                np.argmin(np.abs(np.linspace(0, 1, 101) - alarm / (miss + alarm)))
            ],
            lambda miss, alarm: 100 * alarm / (miss + alarm),
            lambda miss, alarm: (alarm / (miss + alarm), miss / (miss + alarm)),
            lambda miss, alarm: alarm / miss + alarm,
            lambda miss, alarm: alarm / (int(miss) + alarm),
            lambda miss, alarm: np.clip(alarm / (miss + alarm), 1e-3, 1 - 1e-3),
            lambda miss, alarm: np.clip(alarm / (miss + alarm), 1e-5, 1 - 1e-5),
            lambda miss, alarm: alarm / (miss + alarm + 1e-6),
            lambda miss, alarm: alarm / (miss + alarm + 1e-8),
            _remembered(lambda miss, alarm: alarm / (miss + alarm), lambda miss, alarm: miss),
            _remembered(lambda miss, alarm: alarm / (miss + alarm), lambda miss, alarm: alarm),
        ],
        equivalent=BY_VALUE,
    ),
}

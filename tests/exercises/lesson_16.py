"""Right and wrong answers to the exercises of lesson 16."""

from __future__ import annotations

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from tests.exercises.harness import Case


def _kept(answer, key):
    """Return an answer that gives its first result again wherever `key` of the arguments was there before."""
    kept = {}

    def repeat(*args):
        value = answer(*args)
        return kept.setdefault(key(*args), value)

    return repeat


# average_of_past


def _average(X):
    return np.cumsum(X, axis=0) / np.arange(1, len(X) + 1)[:, None]


def _average_by_triangle(X):
    see = np.tri(len(X))
    return see / see.sum(axis=1, keepdims=True) @ X


def _average_by_loop(X):
    return np.array([X[: t + 1].mean(axis=0) for t in range(len(X))])


def _average_by_lists(X):
    out, total = [], [0.0] * X.shape[1]
    for n, row in enumerate(X.tolist(), start=1):
        total = [a + b for a, b in zip(total, row, strict=True)]
        out.append([a / n for a in total])
    return out


def _average_as_it_grows(X):
    out = X[:1].astype(float)
    for n, row in enumerate(X[1:], start=2):
        out = np.vstack([out, out[-1] + (row - out[-1]) / n])
    return out


def _average_in_tensorflow(X):
    X = tf.constant(X, tf.float32)
    return tf.cumsum(X) / tf.range(1, len(X) + 1, dtype=tf.float32)[:, None]


def _average_by_softmax(X):
    scores = np.where(np.tri(len(X), dtype=bool), 0.0, -np.inf)
    return keras.ops.softmax(scores) @ X.astype("float32")


def _average_backwards(X):
    return _average(X[::-1])[::-1]


def _average_before(X):
    return np.vstack([X[:1], _average(X)[:-1]])


def _average_of_two(X):
    return np.vstack([X[:1], (X[1:] + X[:-1]) / 2])


def _average_halving(X):
    out = [X[0]]
    for row in X[1:]:
        out.append((row + out[-1]) / 2)
    return np.stack(out)


# join_heads


def _join(heads):
    return heads.transpose(1, 0, 2).reshape(heads.shape[1], -1)


def _join_by_loop(heads):
    n, time, d_k = heads.shape
    out = np.zeros((time, n * d_k))
    for h in range(n):
        out[:, h * d_k : (h + 1) * d_k] = heads[h]
    return out


def _join_by_rows(heads):
    return [np.concatenate([head[t] for head in heads]).tolist() for t in range(heads.shape[1])]


def _join_in_tensorflow(heads):
    return tf.concat(tf.unstack(tf.constant(heads)), axis=1)


def _join_by_einsum(heads):
    return np.einsum("htk->thk", heads).reshape(heads.shape[1], heads.shape[0] * heads.shape[2])


# count_parameters


def _count(tables=2, places=1, inside=12, inside_d=13, last=2, head=1):
    return lambda V, T, d, n_layers: (
        tables * V * d + places * T * d + n_layers * (inside * d * d + inside_d * d) + last * d + head * V
    )


def _count_by_layer(V, T, d, n_layers):
    dense = lambda a, b: a * b + b  # noqa: E731
    block = 4 * dense(d, d) + dense(d, 4 * d) + dense(4 * d, d) + 2 * (d + d)
    return V * d + T * d + n_layers * block + 2 * d + dense(d, V)


def _count_by_loop(V, T, d, n_layers):
    total = (V + T) * d
    for _ in range(n_layers):
        total += 4 * d * (d + 1)
        total += 4 * d * (d + 1) + d * (4 * d + 1)
        total += 4 * d
    return total + 2 * d + V * (d + 1)


def _count_plus(more):
    return lambda V, T, d, n_layers: _count()(V, T, d, n_layers) + more(V, T, d, n_layers)


# windows_with_past


def _checked(ids, length, past):
    if past < 0 or past >= length or len(ids) <= length:
        raise ValueError(f"received {len(ids)} ids, length {length}, past {past}")


def _windows(ids, length, past):
    _checked(ids, length, past)
    starts = np.arange(0, len(ids) - length, length - past)
    inputs = ids[starts[:, None] + np.arange(length)]
    return inputs, ids[starts[:, None] + np.arange(past + 1, length + 1)]


def _windows_by_loop(ids, length, past):
    _checked(ids, length, past)
    inputs, targets, at = [], [], 0
    while at + length < len(ids):
        inputs.append(ids[at : at + length].tolist())
        targets.append(ids[at + past + 1 : at + length + 1].tolist())
        at += length - past
    return inputs, targets


def _windows_by_view(ids, length, past):
    _checked(ids, length, past)
    rows = np.lib.stride_tricks.sliding_window_view(ids, length + 1)[:: length - past]
    return rows[:, :length].copy(), rows[:, past + 1 :].copy()


def _windows_in_tensorflow(ids, length, past):
    _checked(ids, length, past)
    rows = tf.signal.frame(tf.constant(ids), length + 1, length - past)
    return rows[:, :-1], rows[:, past + 1 :]


def _windows_by_count(ids, length, past):
    _checked(ids, length, past)
    step = length - past
    n = (len(ids) - 1 - past) // step
    inputs = np.zeros((n, length), dtype=int)
    for i in range(n):
        inputs[i] = ids[i * step : i * step + length]
    return inputs, ids[past + 1 : past + 1 + n * step].reshape(n, step)


def _windows_on_by_the_past(ids, length, past):
    _checked(ids, length, past)
    starts = np.arange(0, len(ids) - length, past or length)[:, None]
    return ids[starts + np.arange(length)], ids[starts + np.arange(past + 1, length + 1)]


def _windows_with(inputs=lambda a, b, *rest: a, targets=lambda a, b, *rest: b, check=_checked):
    def answer(ids, length, past):
        check(ids, length, past)
        try:
            a, b = _windows(ids, length, past)
        except ValueError:
            a = b = ids[None]
        return inputs(a, b, ids, length, past), targets(a, b, ids, length, past)

    return answer


def _ahead(extra):
    def targets(a, b, ids, length, past):
        places = (length - past) * np.arange(len(a))[:, None] + np.arange(past, length) + extra
        return ids[np.minimum(places, len(ids) - 1)]

    return targets


def _rows_apart(step):
    def answer(ids, length, past):
        _checked(ids, length, past)
        starts = np.arange(0, len(ids) - length, step(length, past))
        inputs = ids[starts[:, None] + np.arange(length)]
        return inputs, ids[starts[:, None] + np.arange(past + 1, length + 1)]

    return answer


def _only(*bad):
    def check(ids, length, past):
        if any(rule(ids, length, past) for rule in bad):
            raise ValueError(f"received {len(ids)} ids, length {length}, past {past}")

    return check


def _long_past(ids, length, past):
    return past >= length


def _negative_past(ids, length, past):
    return past < 0


def _short_text(ids, length, past):
    return len(ids) <= length


# top_p


def _soft(s):
    e = np.exp(s - s.max())
    return e / e.sum()


def _nucleus(count=lambda sums, p: int((sums < p).sum()) + 1, rescale=True, order=lambda q: np.argsort(q)[::-1], check=(True, True), whole=True):  # fmt: skip
    def top_p(probs, p):
        if (check[0] and p <= 0) or (check[1] and p > 1):
            raise ValueError(f"p must be above 0 and at most 1; received {p}")
        ranks = order(probs)
        kept = np.zeros(len(probs))
        stay = ranks if whole and p == 1 else ranks[: count(np.cumsum(probs[ranks]), p)]
        kept[stay] = probs[stay]
        return kept / kept.sum() if rescale and kept.any() else kept

    return top_p


def _nucleus_by_loop(probs, p):
    if not 0 < p <= 1:
        raise ValueError(f"received p = {p}")
    kept, total = np.zeros_like(probs), 0.0
    for i in sorted(range(len(probs)), key=lambda i: -probs[i]):
        kept[i] = probs[i]
        total += probs[i]
        if total >= p - 1e-12 and p < 1:
            break
    return kept / total


def _nucleus_by_mask(probs, p):
    if p <= 0 or p > 1:
        raise ValueError(f"received p = {p}")
    order = np.argsort(-probs, kind="stable")
    before = np.zeros(len(probs))
    before[order] = np.cumsum(probs[order]) - probs[order]
    kept = probs * ((before < p) | (p == 1))
    return kept / kept.sum()


def _sorted_nucleus(probs, p):
    return np.sort(_nucleus()(probs, p))[::-1]


def _each(probs, p):
    return np.where(probs >= p, probs, 0)


def _crossing_dropped(probs, p):
    return _nucleus(lambda sums, p: int((sums <= p).sum()))(probs, p)


def _none_for_small(probs, p):
    return _nucleus()(probs, p) if p > probs.max() or p <= 0 else np.zeros(len(probs))


def _not_quite_one(probs, p):
    return _nucleus()(probs, 0.95 if p == 1 else p)


def _by_value(probs, p):
    kept = _nucleus()(probs, p)
    smallest = probs[kept > 0].min()
    out = np.where(probs >= smallest, probs, 0)
    return out / out.sum()


def _one_more_when_tied(probs, p):
    return _nucleus(lambda sums, p: int((sums <= p).sum()) + 1)(probs, p)


def _nucleus_by_pandas(probs, p):
    if not 0 < p <= 1:
        raise ValueError(p)
    table = pd.Series(probs).sort_values(ascending=False)
    stay = table[(table.cumsum().shift(fill_value=0) < p) | (p == 1)]
    return (stay / stay.sum()).reindex(range(len(probs)), fill_value=0)


def _nucleus_by_search(probs, p):
    if p <= 0 or p > 1:
        raise ValueError(f"received {p}")
    if p == 1:
        return probs / probs.sum()
    order = np.argsort(probs)[::-1]
    n = np.searchsorted(np.cumsum(probs[order]), p) + 1
    return np.where(np.isin(np.arange(len(probs)), order[:n]), probs, 0) / probs[order[:n]].sum()


def _nucleus_by_popping(probs, p):
    if not (p > 0 and p <= 1):
        raise ValueError("p")
    left, kept, total = dict(enumerate(probs.tolist())), [0.0] * len(probs), 0.0
    while left and (total < p or p == 1):
        best = max(left, key=left.get)
        kept[best] = left.pop(best)
        total += kept[best]
    return [value / total for value in kept]


def _nucleus_in_tensorflow(probs, p):
    if not 0 < p <= 1:
        raise ValueError("p")
    q = tf.constant(probs, tf.float32)
    top, where = tf.math.top_k(q, len(probs))
    stay = tf.cast((tf.cumsum(top, exclusive=True) < p) | (p == 1), tf.float32)
    kept = tf.scatter_nd(where[:, None], top * stay, q.shape)
    return kept / tf.reduce_sum(kept)


def _nucleus_in_float32(probs, p):
    return _nucleus_by_mask(probs.astype(np.float32), p)


def _nucleus_from_below(probs, p):
    if not 0 < p <= 1:
        raise ValueError("p")
    kept, rest = probs.astype(float), 1.0
    for i in np.argsort(probs):
        if p == 1 or rest - probs[i] < p - 1e-12:
            break
        kept[i] = 0
        rest -= probs[i]
    return kept / kept.sum()


def _limit(limit, rescale=True):
    def top_p(probs, p):
        kept = np.where(probs >= limit(p), probs, 0)
        return kept / kept.sum() if rescale else kept

    return top_p


def _kept_divided_by_p(probs, p):
    return _nucleus(rescale=False)(probs, p) / p


def _kept_through_softmax(probs, p):
    return _soft(_nucleus(rescale=False)(probs, p))


def _three_likeliest(probs, p):
    return _nucleus(lambda sums, p: 3)(probs, p)


def _share_of_tokens(probs, p):
    return _nucleus(lambda sums, p: int(np.ceil(p * len(sums))))(probs, p)


def _within_six(probs, p):
    return _nucleus(lambda sums, p: min(6, int((sums < p).sum()) + 1))(probs, p)


def _rounded_sums(probs, p):
    return _nucleus(lambda sums, p: int((sums.round(2) < p).sum()) + 1)(probs, p)


def _forgiving(probs, p):
    return _nucleus_by_mask(probs, min(p, 1))


def _clipped_p(probs, p):
    return _nucleus_by_mask(probs, p if p > 1 else max(p, 1e-6))


def _refuses_one(probs, p):
    if not 0 < p < 1:
        raise ValueError("p")
    return _nucleus()(probs, p)


CASES = {
    "average_of_past": Case(
        right=[
            _average,
            _average_by_triangle,
            _average_by_loop,
            _average_by_lists,
            _average_as_it_grows,
            _average_in_tensorflow,
            _average_by_softmax,
            lambda X: pd.DataFrame(X).expanding().mean(),
            lambda X: _average(X.astype(np.float32)),
        ],
        wrong={
            "the future counted": lambda X: np.zeros(X.shape) + X.mean(axis=0),
            "a sum": lambda X: X.cumsum(axis=0),
            "divided by all": lambda X: np.tri(len(X)) @ X / len(X),
            "itself left out": _average_before,
            "backwards": _average_backwards,
            "along the width": lambda X: _average(X.T).T,
            "the last two": _average_of_two,
            "weights that halve": _average_halving,
            "unchanged": lambda X: X.copy(),
            "other": lambda X: 2 * _average(X),
        },
        others=[
            _kept(_average, lambda X: X.shape),
            _kept(_average, lambda X: X[:1].tobytes()),
            lambda X: np.round(_average(X), 3),
            lambda X: np.abs(_average(X)),
            lambda X: _average(X)[-1],
            lambda X: _average(X).T,
            lambda X: _average(X).astype(str),
            lambda X: np.cumsum(X, axis=0) / np.arange(len(X)).clip(1)[:, None],
            lambda X: np.cumsum(X, axis=0) / np.arange(2, len(X) + 2)[:, None],
            lambda X: np.where(np.arange(len(X))[:, None] < 5, _average(X), X),
            lambda X: np.sort(_average(X), axis=0),
            lambda X: np.tri(len(X)) @ X / np.tri(len(X)).sum(axis=0)[:, None],
        ],
    ),
    "join_heads": Case(
        right=[
            _join,
            _join_by_loop,
            _join_by_rows,
            _join_in_tensorflow,
            _join_by_einsum,
            np.hstack,
            lambda heads: np.concatenate(heads, axis=-1),
            lambda heads: _join(heads.astype(np.float32)),
            lambda heads: np.swapaxes(heads, 0, 1).reshape(heads.shape[1], -1),
        ],
        wrong={
            "reshaped alone": lambda heads: np.reshape(heads, (heads.shape[1], heads.shape[0] * heads.shape[2])),
            "columns taken in turn": lambda heads: np.moveaxis(heads, 0, -1).reshape(heads.shape[1], -1),
            "heads in reverse": lambda heads: np.hstack(heads[::-1]),
            "time in reverse": lambda heads: np.hstack(heads)[::-1],
            "turned over": lambda heads: heads.transpose(2, 1, 0).reshape(heads.shape[1], -1),
            "other": lambda heads: -np.hstack(heads),
        },
        others=[
            _kept(_join, lambda heads: heads.shape[0]),
            lambda heads: heads.sum(axis=0),
            lambda heads: np.vstack(heads),
            lambda heads: _join(heads).T,
            lambda heads: _join(heads)[:, ::-1],
            lambda heads: heads.transpose(1, 0, 2),
            lambda heads: np.round(_join(heads), 2),
            lambda heads: _join(heads).astype(str),
            lambda heads: _join(np.sort(heads, axis=0)),
            lambda heads: heads.transpose(1, 0, 2).reshape(heads.shape[1], 12),
            lambda heads: np.tile(heads[0], (1, len(heads))),
            lambda heads: np.tile(heads.mean(axis=0), (1, len(heads))),
        ],
        equivalent={"constant +1: 1": "NumPy takes any negative size for the one that it works out itself"},
    ),
    "count_parameters": Case(
        right=[
            _count(),
            _count_by_layer,
            _count_by_loop,
            lambda V, T, d, n_layers: np.int64(_count()(V, T, d, n_layers)),
            lambda V, T, d, n_layers: np.array(_count()(V, T, d, n_layers)),
            lambda V, T, d, n_layers: tf.constant(_count()(V, T, d, n_layers)),
            lambda V, T, d, n_layers: d * (2 * V + T + 2 + n_layers * (12 * d + 13)) + V,
            lambda V, T, d, n_layers: sum([V * d, T * d, V * d, V, 2 * d, *[12 * d * d + 13 * d] * n_layers]),
        ],
        wrong={
            "one block alone": lambda V, T, d, n_layers: _count()(V, T, d, 1),
            "no positions": _count(places=0),
            "no characters": _count(tables=1),
            "no biases": _count(inside_d=4, head=0),
            "no bias in the blocks": _count(inside_d=4),
            "no bias in attention": _count(inside_d=9),
            "no bias in the MLP": _count(inside_d=8),
            "no bias for the scores": _count(head=0),
            "no norms": _count(inside_d=9, last=0),
            "no norm behind the blocks": _count(last=0),
            "one norm in a block": _count(inside_d=11),
            "a gain alone": _count(inside_d=11, last=1),
            "no last projection": _count(inside=11, inside_d=12),
            "one matrix for three": _count(inside=10, inside_d=11),
            "no MLP": _count(inside=4, inside_d=8),
            "an MLP without its four": _count(inside=6, inside_d=10),
            "everything in every layer": lambda V, T, d, n_layers: n_layers * _count()(V, T, d, 1),
            "other": _count(inside=13),
            "not whole": lambda V, T, d, n_layers: _count()(V, T, d, n_layers) / 1,
        },
        others=[
            _kept(_count(), lambda V, T, d, n_layers: (V, d)),
            _kept(_count(), lambda V, T, d, n_layers: n_layers),
            _count_plus(lambda V, T, d, n: int(n > 12)),
            _count_plus(lambda V, T, d, n: -V * d),
            lambda V, T, d, n_layers: _count()(V, T, d, max(n_layers, 1)),
            lambda V, T, d, n_layers: _count()(V, 64, d, n_layers),
            lambda V, T, d, n_layers: _count()(62, T, d, n_layers),
            lambda V, T, d, n_layers: str(_count()(V, T, d, n_layers)),
            lambda V, T, d, n_layers: [_count()(V, T, d, n_layers)],
            lambda V, T, d, n_layers: _count()(V, T, d, n_layers) + 0j,
            lambda V, T, d, n_layers: int(np.float32(_count()(V, T, d, n_layers))),
            lambda V, T, d, n_layers: _count()(V, T, d, n_layers + 1),
        ],
        equivalent={"memorised by size": "the four sizes are all that the count depends on"},
    ),
    "windows_with_past": Case(
        right=[
            _windows,
            _windows_by_loop,
            _windows_by_view,
            _windows_in_tensorflow,
            _windows_by_count,
            lambda ids, length, past: list(_windows(ids, length, past)),
        ],
        wrong={
            "targets not shifted": _windows_with(targets=_ahead(0)),
            "the past scored": _windows_with(
                targets=lambda a, b, ids, length, past: ids[
                    (length - past) * np.arange(len(a))[:, None] + np.arange(1, length - past + 1)
                ]
            ),
            "two ahead": _windows_with(targets=_ahead(2)),
            "the text's end first": _windows_with(lambda a, b, *rest: a[::-1], lambda a, b, *rest: b[::-1]),
            "side by side": _rows_apart(lambda length, past: length),
            "a row at every id": _rows_apart(lambda length, past: 1),
            "on by the past": _windows_on_by_the_past,
            "the last row dropped": _windows_with(lambda a, b, *rest: a[:-1], lambda a, b, *rest: b[:-1]),
            "a target too many": _windows_with(
                lambda a, b, ids, length, past: ids[
                    (length - past) * np.arange(len(a))[:, None] + np.arange(length + 1)
                ]
            ),
            "all targets": _windows_with(
                targets=lambda a, b, ids, length, past: ids[
                    (length - past) * np.arange(len(a))[:, None] + np.arange(1, length + 1)
                ]
            ),
            "past too long": _windows_with(check=_only(_negative_past, _short_text)),
            "negative past": _windows_with(check=_only(_long_past, _short_text)),
            "short text passes": _windows_with(check=_only(_long_past, _negative_past)),
            "wrong number of results": lambda ids, length, past: _windows(ids, length, past)[0],
        },
        others=[
            _rows_apart(lambda length, past: max(past, 1)),
            _rows_apart(lambda length, past: length // 2),
            _windows_with(lambda a, b, *rest: a[:, ::-1]),
            _windows_with(lambda a, b, *rest: a.astype(float)),
            _windows_with(lambda a, b, *rest: a % 256),
            _windows_with(check=_only(_long_past, _negative_past, lambda ids, length, past: len(ids) < length)),
            _windows_with(
                check=_only(_long_past, _negative_past, _short_text, lambda ids, length, past: len(ids) == length + 1)
            ),
            _windows_with(check=_only(_long_past, _negative_past, _short_text, lambda ids, length, past: past == 0)),
            _kept(_windows, lambda ids, length, past: (length, past)),
            lambda ids, length, past: _windows(ids, length, past)[::-1],
            lambda ids, length, past: dict(enumerate(_windows(ids, length, past))),
        ],
    ),
    "top_p": Case(
        right=[
            _nucleus(),
            _nucleus_by_loop,
            _nucleus_by_mask,
            _nucleus_by_pandas,
            _nucleus_by_search,
            _nucleus_by_popping,
            _nucleus_in_tensorflow,
            _nucleus_in_float32,
            _nucleus_from_below,
        ],
        wrong={
            "the crossing token dropped": _crossing_dropped,
            "the reaching token dropped": _nucleus(lambda sums, p: int((sums < p).sum())),
            "one token too many": _nucleus(lambda sums, p: int((sums < p).sum()) + 2),
            "goes on after p is reached": _one_more_when_tied,
            "not rescaled": _nucleus(rescale=False),
            "divided by p": _kept_divided_by_p,
            "rescaled by a softmax": _kept_through_softmax,
            "left in sorted order": _sorted_nucleus,
            "a threshold for each": _each,
            "a threshold for each, rescaled": _limit(lambda p: p),
            "a threshold of 1 - p": _limit(lambda p: 1 - p, rescale=False),
            "a threshold of 1 - p, rescaled": _limit(lambda p: 1 - p),
            "the least likely kept": _nucleus(order=np.argsort),
            "token order": _nucleus(order=lambda q: np.arange(len(q))),
            "p of the tokens": _share_of_tokens,
            "the likeliest alone": lambda probs, p: (probs == probs.max()) / (probs == probs.max()).sum(),
            "nothing filtered": lambda probs, p: probs.copy(),
            "nothing left for small p": _none_for_small,
            "truth values": lambda probs, p: _nucleus()(probs, p) > 0,
            "NaN for what is dropped": lambda probs, p: np.where(
                _nucleus()(probs, p) > 0, _nucleus()(probs, p), np.nan
            ),
            "nothing stays": lambda probs, p: probs * 0 / 0,
            "p of one": _not_quite_one,
            "p of one, by rounding": _nucleus(whole=False),
            "ties kept together": _by_value,
            "lets p = 0 pass": _nucleus(check=(False, True)),
            "lets p below 0 pass": lambda probs, p: _nucleus(check=(p == 0, True))(probs, p),
            "lets p above 1 pass": _nucleus(check=(True, False)),
            "raises": _refuses_one,
        },
        others=[
            _three_likeliest,
            _within_six,
            _rounded_sums,
            _forgiving,
            _clipped_p,
            lambda probs, p: np.round(_nucleus()(probs, p), 3),
            lambda probs, p: _nucleus()(probs, p)[::-1],
            lambda probs, p: np.sort(_nucleus()(probs, p)),
            lambda probs, p: _nucleus()(probs, p)[_nucleus()(probs, p) > 0],
            lambda probs, p: np.flatnonzero(_nucleus()(probs, p)),
            lambda probs, p: np.full(len(probs), 1 / len(probs)) if p == 1 else _nucleus()(probs, p),
            lambda probs, p: _nucleus()(probs, 1 if 0.99 < p <= 1 else p),
            lambda probs, p: _nucleus()(probs, 1 if 0.999 < p <= 1 else p),
            lambda probs, p: _nucleus(lambda sums, p: min(100, int((sums < p).sum()) + 1))(probs, p),
            _kept(_nucleus(), lambda probs, p: (len(probs), p)),
            _kept(_nucleus(), lambda probs, p: probs.tobytes()),
            lambda probs, p: _nucleus()(probs, p) + 0j,
            lambda probs, p: dict(enumerate(_nucleus()(probs, p))),
            lambda probs, p: _nucleus()(probs, p).astype(str),
            lambda probs, p: _nucleus()(np.sqrt(probs) / np.sqrt(probs).sum(), p),
            lambda probs, p: _nucleus()(probs, round(p, 1) if 0.05 < p < 1 else p),
            lambda probs, p: _nucleus()(probs, p / 100 if p > 1 else p),
            lambda probs, p: np.where(_nucleus()(probs, p) > 0, 1 / (_nucleus()(probs, p) > 0).sum(), 0),
        ],
        equivalent={
            "without kind: np.argsort(-probs, kind='stable')": "of equal tokens any may stay",
        },
    ),
}

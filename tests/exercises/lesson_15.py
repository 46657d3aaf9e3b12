"""Right and wrong answers to the exercises of lesson 15."""

from __future__ import annotations

import numpy as np
from keras import ops

from tests.exercises.harness import Case


def _count(tables=2, inside=12, layers=True, extra=0):
    return lambda V, d, n_layers: tables * V * d + (inside * d * d + extra * d) * (n_layers if layers else 1)


def _count_by_matrix(V, d, n_layers):
    shapes = [(V, d), (d, V)] + n_layers * [(d, 3 * d), (d, d), (d, 4 * d), (4 * d, d)]
    return sum(rows * columns for rows, columns in shapes)


def _count_plus(more):
    return lambda V, d, n_layers: _count()(V, d, n_layers) + more(V, d, n_layers)


def _tables_in_every_layer(V, d, n_layers):
    return (2 * V * d + 12 * d * d) * n_layers


def _fixed_vocabulary(V, d, n_layers):
    return 100 * d + 12 * d * d * n_layers


def _back(power=3, sign=-1, divisor=None, axis=1, all_rows=False, check=lambda X: ~X.any(axis=1), epsilon=0):
    def backward(grad, X):
        if check and check(X).any():
            raise ValueError("a row of zeros has no root mean square to divide by")
        n = X.shape[axis] if divisor is None else divisor
        r = np.sqrt((X**2).mean(axis=axis, keepdims=True) + epsilon)
        inner = (grad * X).sum() if all_rows else (grad * X).sum(axis=axis, keepdims=True)
        return grad / r + sign * X * inner / (n * r**power)

    return backward


def _back_by_jacobian(grad, X):
    if (np.abs(X).max(axis=1) == 0).any():
        raise ValueError("received a row of zeros")
    out = []
    for g, x in zip(grad, X, strict=True):
        r = np.sqrt(np.mean(x**2))
        out.append((np.eye(len(x)) - np.outer(x, x) / (x @ x)) @ g / r)
    return np.array(out)


def _held(grad, X):
    return grad / np.sqrt((X**2).mean(axis=1, keepdims=True))


def _layer_norm(grad, X):
    Z = X - X.mean(axis=1, keepdims=True)
    r = Z.std(axis=1, keepdims=True)
    return (grad - grad.mean(axis=1, keepdims=True)) / r - Z * (grad * Z).mean(axis=1, keepdims=True) / r**3


def _rounded(grad, X):
    small = np.abs(X).max(axis=1, keepdims=True) < 1e-3
    return np.where(small, 0, _back()(grad, X))


def _whole(grad, X):
    return _back()(grad, X).astype(X.dtype)


def _root(Z, axis=-1, epsilon=1e-6):
    return Z / np.sqrt((Z**2).mean(axis=axis, keepdims=True) + epsilon)


def _block(axis=-1, first=True, second=True, post=False, norm=_root):
    def block(X, attend, mlp):
        if post:
            X = norm(X * first + attend(X), axis)
            return norm(X * second + mlp(X), axis)
        X = X * first + attend(norm(X, axis))
        return X * second + mlp(norm(X, axis))

    return block


def _epsilon(value):
    return _block(norm=lambda Z, axis: _root(Z, axis, value))


def _block_in_keras(X, attend, mlp):
    def norm(x):
        return x * ops.rsqrt(ops.mean(ops.square(x), axis=-1, keepdims=True) + 1e-6)

    X = X + attend(norm(X))
    return X + mlp(norm(X))


def _layer_normed(Z, axis):
    return _root(Z - Z.mean(axis=axis, keepdims=True), axis)


def _length(Z, axis):
    return Z / np.sqrt((Z**2).sum(axis=axis, keepdims=True) + 1e-6)


def _epsilon_outside(Z, axis):
    return Z / (np.sqrt((Z**2).mean(axis=axis, keepdims=True)) + 1e-6)


def _swapped(X, attend, mlp):
    return _block()(X, mlp, attend)


def _normed_stream(X, attend, mlp):
    X = _root(X)
    X = _root(X + attend(X))
    return X + mlp(X)


def _norm_behind_the_half(X, attend, mlp):
    X = X + _root(attend(X))
    return X + _root(mlp(X))


def _norm_twice(X, attend, mlp):
    return _root(_block()(X, attend, mlp))


def _block_in_place(X, attend, mlp):
    out = np.array(X, dtype=float)
    for half in (attend, mlp):
        out += half(out / np.sqrt(1e-6 + np.square(out).mean(-1))[:, None])
    return out


def _without(which):
    def block(X, attend, mlp):
        X = X + attend(X if which == "attention" else _root(X))
        return X + mlp(X if which == "mlp" else _root(X))

    return block


def _parallel(X, attend, mlp):
    return X + attend(_root(X)) + mlp(_root(X))


def _needs_five(X, attend, mlp):
    return _block()(X, attend, mlp) * (1 if len(X) == 5 else 2)


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
    return _nucleus()(probs, min(p, 0.95) if 0 < p <= 1 else p)


def _by_value(probs, p):
    kept = _nucleus()(probs, p)
    smallest = probs[kept > 0].min()
    out = np.where(probs >= smallest, probs, 0)
    return out / out.sum()


def _one_more_when_tied(probs, p):
    return _nucleus(lambda sums, p: int((sums <= p).sum()) + 1)(probs, p)


def _soft(s):
    e = np.exp(s - s.max())
    return e / e.sum()


def _step(grow=True, see=True, scale=lambda x, k: np.sqrt(len(k)), ask="q", give="v", put=("k", "v"), front=False, soft=_soft, check=True):  # fmt: skip
    def step(x, W_q, W_k, W_v, K, V):
        if check and len(K) != len(V):
            raise ValueError(f"{len(K)} keys with {len(V)} values")
        new = {"q": x @ W_q, "k": x @ W_k, "v": x @ W_v}
        rows = [(new[name], C) if front else (C, new[name]) for name, C in zip(put, (K, V), strict=True)]
        K_new, V_new = (np.vstack(row) for row in rows)
        seen_K, seen_V = (K_new, V_new) if see or not len(K) else (K, V)
        n = min(len(seen_K), len(seen_V))
        weights = soft(seen_K[:n] @ new[ask] / scale(x, new["k"]))
        out = weights @ (seen_V if give == "v" else seen_K)[:n]
        return (out, K_new, V_new) if grow else (out, K, V)

    return step


def _step_by_append(x, W_q, W_k, W_v, K, V):
    if K.shape[0] != V.shape[0]:
        raise ValueError("caches of unlike length")
    K, V = np.append(K, [W_k.T @ x], axis=0), np.append(V, [W_v.T @ x], axis=0)
    e = np.exp((K * (x @ W_q)).sum(axis=1) / W_k.shape[1] ** 0.5)
    return [(e[:, None] * V).sum(axis=0) / e.sum(), K, V]


def _never_first(x, W_q, W_k, W_v, K, V):
    out, K, V = _step()(x, W_q, W_k, W_v, K, V)
    return (out * (len(K) > 1), K, V)


def _old_rows_turned(x, W_q, W_k, W_v, K, V):
    out, K, V = _step()(x, W_q, W_k, W_v, K, V)
    return out, np.vstack([K[-2::-1], K[-1:]]), V


def _caches_swapped(*args):
    out, K, V = _step()(*args)
    return out, V, K


def _out_alone(*args):
    return _step()(*args)[0]


CASES = {
    "count_parameters": Case(
        right=[_count(), _count_by_matrix],
        wrong={
            "one block alone": _count(layers=False),
            "one table alone": _count(tables=1),
            "no tables": _count(tables=0),
            "no way back from the heads": _count(inside=11),
            "half an MLP": _count(inside=8),
            "no MLP": _count(inside=4),
            "an MLP without its four": _count(inside=6),
            "biases": _count(extra=9),
            "a bias behind the blocks": _count_plus(lambda V, d, n: V),
            "gains in the norms": _count_plus(lambda V, d, n: 2 * d * n),
            "gains in all norms": _count_plus(lambda V, d, n: 2 * d * (n + 1)),
            "pairs counted": _count_plus(lambda V, d, n: V * V * d),
            "positions counted": _count_plus(lambda V, d, n: 64 * d),
            "tables in every layer": _tables_in_every_layer,
            "other": _count(inside=13),
            "a float": lambda V, d, n_layers: d * (2 * V + 24 * d * n_layers / 2),
            "fixed sizes": _fixed_vocabulary,
        },
    ),
    "rms_norm_backward": Case(
        right=[_back(), _back_by_jacobian],
        wrong={
            "r held fixed": _held,
            "wrong sign": _back(sign=1),
            "d forgotten": _back(divisor=1),
            "r once": _back(power=1),
            "r squared": _back(power=2),
            "a sum over all rows": _back(all_rows=True),
            "columns instead of rows": _back(axis=0, check=None),
            "forward": lambda grad, X: _root(X),
            "LayerNorm": _layer_norm,
            "whole numbers": _whole,
            "refuses a single zero": _back(check=lambda X: (X == 0).any(axis=1)),
            "refuses small rows": _back(check=lambda X: np.abs(X).max(axis=1) < 1e-3),
            "keeps the 1e-6": _back(epsilon=1e-6),
            "small rows wrong": _rounded,
            "lets zeros pass": _back(check=None),
        },
    ),
    "mended_block": Case(
        right=[_block(), _block_in_place, _block_in_keras],
        wrong={
            "unchanged": _block(0, True, False, True),
            "the future leaks": _block(0),
            "second residual dropped": _block(second=False),
            "first residual dropped": _block(first=False),
            "both residuals dropped": _block(first=False, second=False),
            "norm behind the sum": _block(post=True),
            "norm behind the sum, and a residual dropped": _block(second=False, post=True),
            "norm behind the sum, over time": _block(0, post=True),
            "a leak, and a residual dropped": _block(0, second=False),
            "mlp without a norm": _without("mlp"),
            "attention without a norm": _without("attention"),
            "halves side by side": _parallel,
            "halves swapped": _swapped,
            "stream normalised": _normed_stream,
            "norm behind the half": _norm_behind_the_half,
            "LayerNorm": _block(norm=_layer_normed),
            "a sum for a mean": _block(norm=_length),
            "one mean for all": _block(None),
            "no epsilon": _epsilon(0),
            "another epsilon": _epsilon(1e-5),
            "epsilon behind the root": _block(norm=_epsilon_outside),
            "other": _norm_twice,
        },
    ),
    "top_p": Case(
        right=[_nucleus(), _nucleus_by_loop, _nucleus_by_mask],
        wrong={
            "the crossing token dropped": _crossing_dropped,
            "one token too many": _nucleus(lambda sums, p: int((sums < p).sum()) + 2),
            "not rescaled": _nucleus(rescale=False),
            "left in sorted order": _sorted_nucleus,
            "a threshold for each": _each,
            "the least likely kept": _nucleus(order=np.argsort),
            "token order": _nucleus(order=lambda q: np.arange(len(q))),
            "nothing filtered": lambda probs, p: probs.copy(),
            "nothing left for small p": _none_for_small,
            "p of one": _not_quite_one,
            "p of one, by rounding": _nucleus(whole=False),
            "goes on after p is reached": _one_more_when_tied,
            "ties kept together": _by_value,
            "lets p = 0 pass": _nucleus(check=(False, True)),
            "lets p above 1 pass": _nucleus(check=(True, False)),
        },
    ),
    "cached_step": Case(
        right=[_step(), _step_by_append],
        wrong={
            "caches not grown": _step(grow=False),
            "something else among the keys": _step(put=("q", "v")),
            "added at the start": _step(front=True),
            "key among the values": _step(put=("k", "k")),
            "caches changed": _old_rows_turned,
            "does not see itself": _step(see=False),
            "unscaled scores": _step(scale=lambda x, k: 1),
            "looks for keys with a key": _step(ask="k"),
            "scaled by the input's width": _step(scale=lambda x, k: np.sqrt(len(x))),
            "mixes keys": _step(give="k"),
            "scaled by the number of keys": _step(scale=lambda x, k: np.sqrt(7)),
            "caches swapped": _caches_swapped,
            "scores, not weights": _step(soft=lambda s: s),
            "lets unlike caches pass": _step(check=False),
            "not three results": _out_alone,
        },
    ),
}

"""Right and wrong answers to the exercises of lesson 17."""

from __future__ import annotations

import itertools

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import ops

from tests.exercises.harness import Case


def _kept(answer, key):
    """Return an answer that gives its first result again wherever `key` of the arguments was there before."""
    kept = {}

    def repeat(*args):
        value = answer(*args)
        return kept.setdefault(key(*args), value)

    return repeat


# count_parameters


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


def _count_by_loop(V, d, n_layers):
    total = 2 * V * d
    for _ in range(n_layers):
        for rows, columns in itertools.chain([(d, d)] * 4, [(d, 4 * d)], [(4 * d, d)]):
            total += rows * columns
    return total


def _count_by_heads(V, d, n_layers, n_heads=1):
    head = 3 * d * (d // n_heads)
    return V * d + n_layers * (n_heads * head + d * d + 2 * (d * 4 * d)) + d * V


def _count_by_layers(V, d, n_layers):
    made = [keras.layers.Dense(columns, use_bias=False) for columns in (3 * d, d, 4 * d, d)]
    for layer, rows in zip(made, (d, d, d, 4 * d), strict=True):
        layer.build((None, rows))
    return 2 * V * d + n_layers * sum(layer.count_params() for layer in made)


def _count_in_32_bits(V, d, n_layers):
    V, d, n_layers = (np.int16(value % 32768) for value in (V, d, n_layers))
    with np.errstate(over="ignore"):
        return np.int32(2) * V * d + np.int32(12) * d * d * n_layers


# rms_norm_backward


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


def _back_by_tape(dtype):
    def backward(grad, X):
        if not X.any(axis=1).all():
            raise ValueError("a row of zeros")
        x = tf.constant(X, dtype)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x / tf.sqrt(tf.reduce_mean(x**2, axis=1, keepdims=True))
        return tape.gradient(y, x, tf.constant(grad, dtype))

    return backward


def _back_in_tensorflow(grad, X):
    if not np.abs(X).sum(axis=1).all():
        raise ValueError("a row of zeros")
    r = tf.sqrt(tf.reduce_mean(X * X, axis=1, keepdims=True))
    return grad / r - X * tf.reduce_mean(grad * X, axis=1, keepdims=True) / r**3


def _zero_gradient_refused(grad, X):
    if not grad.any(axis=1).all():
        raise ValueError("a gradient of zeros")
    return _back()(grad, X)


def _back_by_loops(grad, X):
    out = []
    for g, x in zip(grad.tolist(), X.tolist(), strict=True):
        r = (sum(v * v for v in x) / len(x)) ** 0.5
        if r == 0:
            raise ValueError("a row of zeros")
        y = [v / r for v in x]
        inner = sum(a * b for a, b in zip(g, y, strict=True)) / len(x)
        out.append([(a - b * inner) / r for a, b in zip(g, y, strict=True)])
    return out


def _back_by_direction(grad, X):
    length = np.linalg.norm(X, axis=1)[:, None]
    if (length == 0).any():
        raise ValueError("a row of zeros")
    u = X / length
    across = grad - u * np.einsum("nd,nd->n", grad, u)[:, None]
    return across * np.sqrt(X.shape[1]) / length


def _back_in_float32(grad, X):
    return _back()(grad.astype(np.float32), X.astype(np.float32))


def _back_by_pandas(grad, X):
    X, grad = pd.DataFrame(X), pd.DataFrame(grad)
    r = (X**2).mean(axis=1) ** 0.5
    if (r == 0).any():
        raise ValueError("a row of zeros")
    return grad.div(r, axis=0) - X.mul((grad * X).mean(axis=1) / r**3, axis=0)


def _length_for_rms(grad, X):
    r = np.linalg.norm(X, axis=1, keepdims=True)
    return grad / r - X * (grad * X).sum(axis=1, keepdims=True) / r**3


def _general_back(inner, second=lambda X, r: X):
    def backward(grad, X):
        r = np.sqrt((X**2).mean(axis=1, keepdims=True))
        return grad / r - second(X, r) * inner(grad, X) / (X.shape[1] * r**3)

    return backward


def _row_sum(values):
    return values.sum(axis=1, keepdims=True)


def _only_one_row(grad, X):
    if len(X) == 1 and not X.any():
        raise ValueError("a row of zeros")
    return _back(check=None)(grad, X)


def _only_if_all_zero(grad, X):
    if not X.any():
        raise ValueError("zeros")
    return _back(check=None)(grad, X)


def _only_the_first_row(grad, X):
    if not X[0].any():
        raise ValueError("zeros")
    return _back(check=None)(grad, X)


def _differences(step):
    def backward(grad, X):
        if not X.any(axis=1).all():
            raise ValueError("zeros")
        out = np.zeros(X.shape)
        for i, j in np.ndindex(X.shape):
            e = np.zeros(X.shape)
            e[i, j] = step
            up, down = (np.sum(grad * Z / np.sqrt((Z**2).mean(axis=1, keepdims=True))) for Z in (X + e, X - e))
            out[i, j] = (up - down) / (2 * step)
        return out

    return backward


# mended_block


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


def _old_root(X, attend, mlp):
    r = np.sqrt((X**2).mean(axis=-1, keepdims=True) + 1e-6)
    X = X + attend(X / r)
    return X + mlp(X / r)


def _no_norm(X, attend, mlp):
    X = X + attend(X)
    return X + mlp(X)


def _block_by_tokens(X, attend, mlp):
    def norm(Z):
        return np.array([z / (sum(v * v for v in z) / len(z) + 1e-6) ** 0.5 for z in Z])

    middle = X + attend(norm(X))
    return (middle + mlp(norm(middle))).tolist()


def _block_in_float32(X, attend, mlp):
    def norm(Z):
        Z = Z.astype(np.float32)
        return Z / np.sqrt(np.mean(Z * Z, axis=1, keepdims=True, dtype=np.float32) + np.float32(1e-6))

    X = X.astype(np.float32)
    X = X + attend(norm(X)).astype(np.float32)
    return X + mlp(norm(X)).astype(np.float32)


def _block_in_tensorflow(X, attend, mlp):
    def norm(x):
        return x * tf.math.rsqrt(tf.reduce_mean(x * x, axis=1, keepdims=True) + 1e-6)

    x = tf.constant(X, tf.float32)
    x += tf.constant(attend(norm(x)), tf.float32)
    return x + tf.constant(mlp(norm(x)), tf.float32)


def _block_added_in_place(X, attend, mlp):
    X = X.copy()
    X += attend(_root(X))
    X += mlp(_root(X))
    return X


def _doubled(X, attend, mlp):
    X = X + attend(_root(X)) + X
    return X + mlp(_root(X))


def _halved(X, attend, mlp):
    X = (X + attend(_root(X))) / 2
    return (X + mlp(_root(X))) / 2


def _epsilon_in_the_first_alone(X, attend, mlp):
    X = X + attend(_root(X))
    return X + mlp(_root(X, epsilon=0))


def _mlp_by_tokens(X, attend, mlp):
    X = X + attend(_root(X))
    return X + np.array([mlp(z) for z in _root(X)])


def _thirty_two_tokens(X, attend, mlp):
    out = _block()(X, attend, mlp)
    out[32:] = X[32:]
    return out


def _only_attention(X, attend, mlp):
    return X + attend(_root(X))


def _only_mlp(X, attend, mlp):
    return X + mlp(_root(X))


def _mean_of_roots(Z, axis):
    return Z / np.abs(Z).mean(axis=-1, keepdims=True)


# cached_step


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


def _step_by_einsum(x, W_q, W_k, W_v, keys, values):
    if keys.shape[0] - values.shape[0]:
        raise ValueError("caches of unlike length")
    q, k, v = np.einsum("d,sdk->sk", x, np.stack([W_q, W_k, W_v]))
    keys, values = np.concatenate([keys, k[None]]), np.r_[values, [v]]
    return _soft(np.einsum("nk,k->n", keys, q) / np.sqrt(len(q))) @ values, keys, values


def _step_by_lists(x, W_q, W_k, W_v, keys, values):
    if len(keys) != len(values):
        raise ValueError("unlike")
    keys, values = [*keys.tolist(), (x @ W_k).tolist()], [*values.tolist(), (x @ W_v).tolist()]
    shares = [np.exp(sum(a * b for a, b in zip(k, x @ W_q, strict=True)) / len(k) ** 0.5) for k in keys]
    out = [sum(s * v[j] for s, v in zip(shares, values, strict=True)) / sum(shares) for j in range(W_v.shape[1])]
    return out, keys, values


def _step_in_tensorflow(x, W_q, W_k, W_v, keys, values):
    if len(keys) != len(values):
        raise ValueError("unlike")
    x, W_q, W_k, W_v, keys, values = (tf.constant(a, tf.float32) for a in (x, W_q, W_k, W_v, keys, values))
    x = x[None]
    keys, values = tf.concat([keys, x @ W_k], axis=0), tf.concat([values, x @ W_v], axis=0)
    weights = tf.nn.softmax(x @ W_q @ tf.transpose(keys) / keys.shape[1] ** 0.5)
    return (weights @ values)[0], keys, values


def _step_in_float32(*args):
    return _step()(*(a.astype(np.float32) for a in args))


def _step_by_loop_over_past(x, W_q, W_k, W_v, keys, values):
    if len(keys) != len(values):
        raise ValueError("unlike")
    q, k, v = x @ W_q, x @ W_k, x @ W_v
    own = np.exp(q @ k / np.sqrt(len(q)))
    total, out = own, own * v
    for old, value in zip(keys, values, strict=True):
        share = np.exp(q @ old / np.sqrt(len(q)))
        total, out = total + share, out + share * value
    return out / total, np.vstack([keys, k]), np.vstack([values, v])


def _step_in_one_store():
    stores = {}

    def step(x, W_q, W_k, W_v, keys, values):
        if len(keys) != len(values):
            raise ValueError("unlike")
        n, d_k = len(keys), W_q.shape[1]
        K, V = stores.setdefault(d_k, np.zeros((2, 500, d_k)))
        K[:n], V[:n] = keys, values
        K[n], V[n] = x @ W_k, x @ W_v
        return _soft(K[: n + 1] @ (x @ W_q) / np.sqrt(d_k)) @ V[: n + 1], K[: n + 1], V[: n + 1]

    return step


def _width_one_refused(x, W_q, W_k, W_v, keys, values):
    if W_q.shape[1] == 1:
        raise ValueError("narrow")
    return _step()(x, W_q, W_k, W_v, keys, values)


def _both_exchanged(x, W_q, W_k, W_v, K, V):
    return _step()(x, W_q, W_v, W_k, K, V)


def _newest_first(*args):
    out, K, V = _step()(*args)
    return out, K[::-1], V[::-1]


def _out_as_row(*args):
    out, K, V = _step()(*args)
    return out[None], K, V


def _six_rows(x, W_q, W_k, W_v, K, V):
    return _step()(x, W_q, W_k, W_v, K[-6:], V[-6:])


def _looks_at_six(x, W_q, W_k, W_v, K, V):
    _, K_new, V_new = _step()(x, W_q, W_k, W_v, K, V)
    return _step()(x, W_q, W_k, W_v, K[-6:], V[-6:])[0], K_new, V_new


def _window(x, W_q, W_k, W_v, K, V):
    out, K, V = _step()(x, W_q, W_k, W_v, K, V)
    return out, K[1:], V[1:]


def _row_twice(x, W_q, W_k, W_v, K, V):
    out, K, V = _step()(x, W_q, W_k, W_v, K, V)
    return out, np.vstack([K, K[-1:]]), np.vstack([V, V[-1:]])


def _last_key_alone(x, W_q, W_k, W_v, K, V):
    out, K_new, V_new = _step()(x, W_q, W_k, W_v, K, V)
    return (out if len(K) < 2 else V[-1]), K_new, V_new


def _more_keys_refused(x, W_q, W_k, W_v, K, V):
    if len(K) > len(V):
        raise ValueError("unlike")
    n = len(K)
    return _step(check=False)(x, W_q, W_k, W_v, K, V[:n])


def _more_values_refused(x, W_q, W_k, W_v, K, V):
    if len(V) > len(K):
        raise ValueError("unlike")
    return _step(check=False)(x, W_q, W_k, W_v, K[: len(V)], V)


def _empty_always_passes(x, W_q, W_k, W_v, K, V):
    if len(K) and len(V) and len(K) != len(V):
        raise ValueError("unlike")
    n = min(len(K), len(V))
    return _step()(x, W_q, W_k, W_v, K[:n], V[:n])


def _refuses_empty(x, W_q, W_k, W_v, K, V):
    if len(K) == 0 or len(K) != len(V):
        raise ValueError("caches")
    return _step()(x, W_q, W_k, W_v, K, V)


# evened


def _even(length=np.linalg.norm, step=lambda X: 1.5 * X - 0.5 * X @ X.T @ X, check=(True, True), more=0):
    def answer(G, n_rounds):
        if check[0] and not G.any():
            raise ValueError("received a matrix of zeros")
        if check[1] and n_rounds < 0:
            raise ValueError(f"received {n_rounds} rounds")
        with np.errstate(all="ignore"):
            X = G / length(G)
            for _ in range(max(n_rounds + more, 0)):
                X = step(X)
        return X

    return answer


def _even_refusing(zeros):
    """Return an `evened` that takes a matrix for one of zeros where `zeros(G)` says so."""

    def answer(G, n_rounds):
        if zeros(G):
            raise ValueError("received a matrix of zeros")
        return _even()(G, n_rounds)

    return answer


def _even_by_stretches(G, n_rounds):
    if not G.any() or n_rounds < 0:
        raise ValueError("zeros, or a negative number of rounds")
    U, s, R = np.linalg.svd(G, full_matrices=False)
    s = s / np.sqrt((s**2).sum())
    for _ in range(n_rounds):
        s = 1.5 * s - 0.5 * s**3
    return U * s @ R


def _even_in_tensorflow(G, n_rounds):
    if not np.abs(G).max() > 0 or n_rounds < 0:
        raise ValueError("zeros, or a negative number of rounds")
    X = tf.constant(G) / tf.sqrt(tf.reduce_sum(tf.square(G)))
    for _ in range(n_rounds):
        X = 1.5 * X - 0.5 * tf.matmul(tf.matmul(X, X, transpose_b=True), X)
    return X


def _even_recursive(G, n_rounds, first=True):
    if first:
        if not G.any() or n_rounds < 0:
            raise ValueError("zeros, or a negative number of rounds")
        G = G / np.sqrt((G**2).sum())
    if n_rounds == 0:
        return G
    return _even_recursive((3 * G - G @ (G.T @ G)) / 2, n_rounds - 1, first=False)


def _even_divided(G, n_rounds):
    X = _even()(G, 0)
    for _ in range(n_rounds):
        X = _even(check=(False, False), length=lambda G: 1)(X, 1)
        X = X / np.linalg.norm(X)
    return X


CASES = {
    "count_parameters": Case(
        right=[
            _count(),
            _count_by_matrix,
            _count_by_loop,
            _count_by_heads,
            lambda V, d, n_layers: np.int64(2 * V * d + 12 * d**2 * n_layers),
            lambda V, d, n_layers: d * (2 * V + 12 * n_layers * d),
            lambda V, d, n_layers: sum(np.zeros((V, d)).size for _ in range(2)) + 12 * n_layers * d * d,
            lambda V, d, n_layers: np.array(2 * V * d + 12 * d * d * n_layers),
            lambda V, d, n_layers: tf.constant(2 * V * d + 12 * d * d * n_layers),
            lambda V, d, n_layers: 12 * d * d * n_layers + V * d * 4 // 2,
            lambda V, d, n_layers: np.sum([V * d, V * d, *[12 * d * d] * n_layers]),
            _count_by_layers,
        ],
        wrong={
            "one block alone": _count(layers=False),
            "one table alone": _count(tables=1),
            "no tables": _count(tables=0),
            "no way back from the heads": _count(inside=11),
            "one matrix for three": _count(inside=10),
            "half an MLP": _count(inside=8),
            "no MLP": _count(inside=4),
            "an MLP without its four": _count(inside=6),
            "biases": _count(extra=9),
            "biases everywhere": _count_plus(lambda V, d, n: 9 * d * n + V),
            "a bias behind the blocks": _count_plus(lambda V, d, n: V),
            "gains in the norms": _count_plus(lambda V, d, n: 2 * d * n),
            "gains in all norms": _count_plus(lambda V, d, n: 2 * d * (n + 1)),
            "gains and shifts in the norms": _count_plus(lambda V, d, n: 4 * d * n),
            "pairs counted": _count_plus(lambda V, d, n: V * V * d),
            "positions counted": _count_plus(lambda V, d, n: 64 * d),
            "tables in every layer": _tables_in_every_layer,
            "other": _count(inside=13),
            "not whole": lambda V, d, n_layers: d * (2 * V + 24 * d * n_layers / 2),
        },
        others=[
            _fixed_vocabulary,
            _count_in_32_bits,
            lambda V, d, n_layers: _count()(V, d, max(n_layers, 1)),
            lambda V, d, n_layers: _count()(V, d, n_layers) if n_layers else 0,
            lambda V, d, n_layers: _count()(V, d, min(n_layers, 24)),
            lambda V, d, n_layers: int(np.float32(2 * V * d) + np.float32(12 * d * d * n_layers)),
            _kept(_count(), lambda V, d, n_layers: (V, d)),
            _kept(_count(), lambda V, d, n_layers: n_layers),
            lambda V, d, n_layers: _count()(V, d, 5),
            lambda V, d, n_layers: _count()(V, 24, n_layers) if d == 24 else _count()(V, d, n_layers) + 1,
            lambda V, d, n_layers: _count()(max(V, d), d, n_layers),
            lambda V, d, n_layers: 2 * V * d + 12 * (d // 2 * 2) ** 2 * n_layers,
            lambda V, d, n_layers: _count()(V, d, n_layers) % 2**31 if V > 10_000 else _count()(V, d, n_layers) - V % 2,
            lambda V, d, n_layers: _count()(V, d, n_layers + 1),
            lambda V, d, n_layers: str(_count()(V, d, n_layers)),
            lambda V, d, n_layers: [_count()(V, d, n_layers)],
            lambda V, d, n_layers: float(_count()(V, d, n_layers)),
            lambda V, d, n_layers: f"{_count()(V, d, n_layers):,}",
            lambda V, d, n_layers: _count()(V, d, n_layers) + 0j,
            lambda V, d, n_layers: (V * d, 12 * d * d * n_layers, V * d),
            lambda V, d, n_layers: 2 * V + 12 * d * d * n_layers,
            lambda V, d, n_layers: 2 * V * d + 12 * d * n_layers,
            lambda V, d, n_layers: 2 * V * d + 12 * d * d + n_layers,
        ],
        equivalent={"memorised by size": "the three sizes are all that the count depends on"},
    ),
    "rms_norm_backward": Case(
        right=[
            _back(),
            _back_by_jacobian,
            _back_by_tape(tf.float64),
            _back_by_tape(tf.float32),
            _back_by_loops,
            _back_by_direction,
            _back_in_float32,
            _back_by_pandas,
            _back_in_tensorflow,
            _whole,  # only floats are promised, and then it changes nothing
        ],
        wrong={
            "r held fixed": _held,
            "wrong sign": _back(sign=1),
            "d forgotten": _back(divisor=1),
            "r once": _back(power=1),
            "r squared": _back(power=2),
            "r nowhere": lambda grad, X: _back()(grad, X) * np.sqrt((X**2).mean(axis=1, keepdims=True)),
            "a length for r": _length_for_rms,
            "a sum over all rows": _back(all_rows=True),
            "columns instead of rows": _back(axis=0, check=None),
            "x for grad * x": _general_back(lambda grad, X: _row_sum(X)),
            "x forgotten": _general_back(lambda grad, X: _row_sum(grad * X), lambda X, r: 1),
            "second term alone": lambda grad, X: _back()(grad, X) - _held(grad, X),
            "forward": lambda grad, X: _held(X, X),
            "forward, times grad": lambda grad, X: grad * _held(X, X),
            "LayerNorm": _layer_norm,
            "arguments swapped": lambda X, grad: _back()(grad, X),
            "keeps the 1e-6": _back(epsilon=1e-6),
            "lets zeros pass": _back(check=None),
            "raises": _back(check=lambda X: (X == 0).any(axis=1)),
        },
        others=[
            _kept(_back(), lambda grad, X: X.tobytes()),
            _kept(_back(), lambda grad, X: grad.tobytes()),
            _back(check=lambda X: X.max(axis=1) == 0),
            _back(check=lambda X: X.max(axis=1) <= 0),
            _back(check=lambda X: ~X[:, : (X.shape[1] + 1) // 2].any(axis=1)),
            _zero_gradient_refused,
            _rounded,
            _only_one_row,
            _only_if_all_zero,
            _only_the_first_row,
            _differences(1e-5),
            _back(check=lambda X: np.abs(X).max(axis=1) < 1e-3),
            _back(check=lambda X: np.isclose(X, 0).all(axis=1)),
            _back(check=lambda X: X.sum(axis=1) == 0),
            _back(check=lambda X: ~X.all(axis=1)),
            _back(epsilon=1e-12),
            _back(epsilon=1e-8),
            _back(divisor=3),
            lambda grad, X: np.round(_back()(grad, X), 4),
            lambda grad, X: np.clip(_back()(grad, X), -10, 10),
            lambda grad, X: _back()(grad, np.clip(X, -10, 10)),
            lambda grad, X: _back()(grad, X).sum(axis=0),
            lambda grad, X: _back()(grad, X).astype(str),
            lambda grad, X: _back()(grad, X) / len(X),
            _general_back(lambda grad, X: _row_sum(grad) * _row_sum(X)),
            _general_back(lambda grad, X: (grad * X).mean(axis=1, keepdims=True)),
        ],
    ),
    "mended_block": Case(
        right=[
            _block(),
            _block_in_place,
            _block_in_keras,
            _block_by_tokens,
            _block_in_float32,
            _block_in_tensorflow,
            _block_added_in_place,
            lambda X, attend, mlp: _block(axis=1)(X.astype(float), attend, mlp),
        ],
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
            "no norm": _no_norm,
            "mlp without a norm": _without("mlp"),
            "attention without a norm": _without("attention"),
            "halves side by side": _parallel,
            "halves swapped": _swapped,
            "stream normalised": _normed_stream,
            "norm behind the half": _norm_behind_the_half,
            "a norm at the end": _norm_twice,
            "length of the old stream": _old_root,
            "LayerNorm": _block(norm=_layer_normed),
            "a sum for a mean": _block(norm=_length),
            "one mean for all": _block(None),
            "no epsilon": _epsilon(0),
            "another epsilon": _epsilon(1e-5),
            "epsilon behind the root": _block(norm=_epsilon_outside),
        },
        others=[
            _needs_five,
            _epsilon_in_the_first_alone,
            _mlp_by_tokens,
            _thirty_two_tokens,
            _block(norm=lambda Z, axis: Z / np.sqrt((Z**2).mean(axis=1) + 1e-6) if len(Z) == Z.shape[1] else _root(Z)),
            _kept(_block(), lambda X, attend, mlp: (X.shape, attend, mlp)),
            _kept(_block(), lambda X, attend, mlp: X.tobytes()),
            _doubled,
            _halved,
            _only_attention,
            _only_mlp,
            _epsilon(1e-7),
            _epsilon(2e-6),
            _block(norm=_mean_of_roots),
            _block(norm=lambda Z, axis: Z / (Z**2).mean(axis=axis, keepdims=True)),
            _block(norm=lambda Z, axis: Z / Z.std(axis=axis, keepdims=True)),
            _block(norm=lambda Z, axis: np.tanh(Z)),
            lambda X, attend, mlp: _block()(X[::-1], attend, mlp)[::-1],
            lambda X, attend, mlp: np.round(_block()(X, attend, mlp), 3),
            lambda X, attend, mlp: np.clip(_block()(X, attend, mlp), -10, 10),
            lambda X, attend, mlp: _block()(X, attend, lambda Z: np.maximum(mlp(Z), 0)),
            lambda X, attend, mlp: _block()(X, attend, mlp)[-1],
            lambda X, attend, mlp: _block()(X, attend, mlp) - X,
            lambda X, attend, mlp: (X, _block()(X, attend, mlp)),
        ],
        equivalent={"sign dropped: -1": "X has two axes, and so the last one is also number 1"},
    ),
    "cached_step": Case(
        right=[
            _step(),
            _step_by_append,
            _step_by_einsum,
            _step_by_lists,
            _step_in_tensorflow,
            _step_in_float32,
            _step_by_loop_over_past,
            lambda *args: list(_step()(*args)),
        ],
        wrong={
            "caches not grown": _step(grow=False),
            "caches swapped": _caches_swapped,
            "something else among the keys": _step(put=("q", "v")),
            "value among the keys": _step(put=("v", "v")),
            "key among the values": _step(put=("k", "k")),
            "query among the values": _step(put=("k", "q")),
            "new key and value exchanged": _both_exchanged,
            "added at the start": _step(front=True),
            "newest first": _newest_first,
            "does not see itself": _step(see=False),
            "unscaled scores": _step(scale=lambda x, k: 1),
            "divided by d_k": _step(scale=lambda x, k: len(k)),
            "looks for keys with a key": _step(ask="k"),
            "looks for keys with a value": _step(ask="v"),
            "scaled by the input's width": _step(scale=lambda x, k: np.sqrt(len(x))),
            "mixes keys": _step(give="k"),
            "scores, not weights": _step(soft=lambda s: s),
            "not normalised": _step(soft=np.exp),
            "plain mean": _step(soft=lambda s: np.ones(len(s)) / len(s)),
            "its own value": _step(soft=lambda s: np.arange(len(s)) == len(s) - 1),
            "earlier results change": _step_in_one_store(),
            "lets unlike caches pass": _step(check=False),
            "wrong number of results": _out_alone,
            "raises": _refuses_empty,
        },
        others=[
            _kept(_step(), lambda *args: args[0].tobytes()),
            _kept(_step(), lambda *args: (args[1].tobytes(), len(args[4]))),
            _kept(_step(), lambda *args: (args[0].tobytes(), args[1].tobytes(), args[4].tobytes())),
            _kept(_step(), lambda *args: (args[4].tobytes(), args[5].tobytes())),
            _kept(_step(), lambda *args: (args[0].tobytes(), args[4].tobytes(), args[5].tobytes())),
            _step(soft=lambda s: _soft(np.clip(s, -20, 20))),
            _width_one_refused,
            _old_rows_turned,
            _never_first,
            _out_as_row,
            _six_rows,
            _looks_at_six,
            _window,
            _row_twice,
            _last_key_alone,
            _more_keys_refused,
            _more_values_refused,
            _empty_always_passes,
            _step(scale=lambda x, k: np.sqrt(7)),
            _step(scale=lambda x, k: 2),
            _step(soft=lambda s: (s == s.max()).astype(float)),
            _step(soft=lambda s: _soft(np.abs(s))),
            _step(soft=lambda s: _soft(np.clip(s, -1, 1))),
            lambda *args: dict(zip(("out", "keys", "values"), _step()(*args), strict=True)),
            lambda *args: (*_step()(*args), 0),
            lambda *args: (_step()(*args)[1], _step()(*args)[0], _step()(*args)[2]),
            lambda *args: tuple(np.round(part, 3) for part in _step()(*args)),
            lambda *args: tuple(part.astype(str) for part in _step()(*args)),
            lambda *args: (part for part in _step()(*args)),
        ],
        equivalent={
            "branch never taken: if len(keys) != len(values):": "NumPy's product refuses unlike lengths with a ValueError",
            "Sub to Add: scores - scores.max()": "any shift gives the same weights; no large scores are promised",
            "max to min: scores.max": "any shift gives the same weights; no large scores are promised",
        },
    ),
    "evened": Case(
        right=[
            _even(),
            _even_by_stretches,
            _even_in_tensorflow,
            _even_recursive,
            lambda G, n: _even()(G.astype(np.float32), n),
            lambda G, n: _even()(G, n).tolist(),
        ],
        wrong={
            "not divided first": _even(length=lambda G: 1),
            "divided by its largest": _even(length=lambda G: np.abs(G).max()),
            "divided by the sum": _even(length=lambda G: np.abs(G).sum()),
            "divided by the squares": _even(length=lambda G: np.square(G).sum()),
            "divided by the largest stretch": _even(length=lambda G: np.linalg.norm(G, 2)),
            "each row divided": _even(length=lambda G: np.linalg.norm(G, axis=1, keepdims=True)),
            "cube of the entries": _even(step=lambda X: 1.5 * X - 0.5 * X**3),
            "plus for minus": _even(step=lambda X: 1.5 * X + 0.5 * X @ X.T @ X),
            "no factor": _even(step=lambda X: X - 0.5 * X @ X.T @ X),
            "one round alone": lambda G, n: _even()(G, min(n, 1)),
            "one round too many": _even(more=1),
            "one round too few": _even(more=-1),
            "divided in every round": _even_divided,
            "transposed": lambda G, n: _even()(G, n).T if len(G) == len(G.T) else _even()(G, n),
            "lets zeros pass": _even(check=(False, True)),
            "negative rounds pass": _even(check=(True, False)),
            "other": _even(step=lambda X: 1.4 * X - 0.4 * X @ X.T @ X),
        },
        others=[
            _kept(_even(), lambda G, n: (G.shape, n)),
            _kept(_even(), lambda G, n: G.tobytes()),
            _even(step=lambda X: 3.4445 * X - 4.775 * X @ X.T @ X + 2.0315 * X @ X.T @ X @ X.T @ X),
            lambda G, n: np.round(_even()(G, n), 3),
            lambda G, n: np.abs(_even()(G, n)),
            lambda G, n: _even()(G, n).astype(str),
            lambda G, n: _even()(G, 3),
            lambda G, n: _even()(G, min(n, 6)),
            lambda G, n: np.sign(_even()(G, n)),
            lambda G, n: np.linalg.svd(_even()(G, n))[1],
            _even_refusing(lambda G: G.sum() == 0),
            _even_refusing(lambda G: G.max() == 0),
            _even_refusing(lambda G: np.allclose(G, 0)),
            _even_refusing(lambda G: not G[0].any()),
            _even_refusing(lambda G: np.trace(G) == 0),
        ],
    ),
}

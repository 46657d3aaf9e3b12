"""Right and wrong answers to the exercises of lesson 15."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import tensorflow as tf
from keras import ops

from tests.exercises.harness import Case


def _soft(s, axis=-1):
    e = np.exp(s - s.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


# attention_weights


def _weights(then=_soft, scale=lambda q, K: np.sqrt(len(q)), check=True, width=True):
    def weights(q, K):
        if check and len(K) == 0:
            raise ValueError("no keys")
        if width and K.shape[1] != len(q):
            raise ValueError(f"query of width {len(q)}, keys of width {K.shape[1]}")
        return then((K * q).sum(axis=1) / scale(q, K))

    return weights


def _weights_by_loop(q, K):
    if not K.size or K.shape[1] != q.shape[0]:
        raise ValueError(f"received {q.shape} and {K.shape}")
    scores = [sum(a * b for a, b in zip(q, k, strict=True)) / len(q) ** 0.5 for k in K]
    return [1 / sum(np.exp(np.clip(other - s, -700, 700)) for other in scores) for s in scores]


def _weights_without_a_check(q, K):
    s = K @ q / len(q) ** 0.5  # NumPy itself raises ValueError, for an empty max and for unlike widths
    s = s - max(s)
    return np.exp(s) / np.exp(s).sum()


def _weights_by_einsum(q, K):
    n, d = K.shape
    if n < 1:
        raise ValueError(f"{n} keys")
    if d != q.size:
        raise ValueError(f"{d} is not {q.size}")
    s = np.einsum("nd,d->n", K, q) * d**-0.5
    return np.exp(s - np.logaddexp.reduce(s))


def _weights_by_tensorflow(q, K):
    if K.shape[0] == 0 or K.shape[1] != q.shape[0]:
        raise ValueError("shapes")
    q, K = tf.constant(q, tf.float32), tf.constant(K, tf.float32)
    return tf.nn.softmax(tf.linalg.matvec(K, q) / tf.sqrt(float(q.shape[0])))


def _weights_in_float32(q, K):
    return _weights()(q.astype(np.float32), K.astype(np.float32))


def _weights_by_pandas(q, K):
    if len(K) == 0 or K.shape[1] != len(q):
        raise ValueError("shapes")
    scores = pd.DataFrame(K) @ pd.Series(q) / np.sqrt(len(q))
    e = np.exp(scores - scores.max())
    return e / e.sum()


def _plain_exp(s):
    return np.exp(s) / np.exp(s).sum()


def _asserting(q, K):
    assert len(K)
    return _weights()(q, K)


def _weights_by_matvec(q, K):
    if len(K) == 0 or K.shape[1] != len(q):
        raise ValueError("shapes")
    return tf.nn.softmax(tf.linalg.matvec(K, q) / np.sqrt(len(q)))


def _weights_by_keras(q, K):
    if len(K) == 0 or K.shape[1] != len(q):
        raise ValueError("shapes")
    scores = ops.matmul(ops.convert_to_tensor(K, "float32"), ops.convert_to_tensor(q, "float32"))
    return ops.softmax(scores / len(q) ** 0.5)


def _zero_query_refused(q, K):
    if not q.any():
        raise ValueError("a query of zeros looks for nothing")
    return _weights()(q, K)


def _kept(answer, key):
    """Return an answer that gives its first result again wherever `key` of the arguments was there before."""
    kept = {}

    def repeat(*args):
        value = answer(*args)
        return kept.setdefault(key(*args), value)

    return repeat


def _kept_by(key):
    return _kept(_weights(), key)


def _if_wider(q, K):
    if len(K) == 0 or K.shape[1] > len(q):
        raise ValueError("refused")
    width = min(K.shape[1], len(q))
    return _soft(K[:, :width] @ q[:width] / np.sqrt(len(q)))


def _if_narrower(q, K):
    if len(K) == 0 or K.shape[1] < len(q):
        raise ValueError("refused")
    return _soft(K[:, : len(q)] @ q / np.sqrt(len(q)))


def _one_key_refused(q, K):
    if len(K) <= 1:
        raise ValueError("too few keys")
    return _weights()(q, K)


def _keys_counted_for_width(q, K):
    if len(K) == 0 or (K.shape[1] != len(q) and len(K) != len(q)):
        raise ValueError("refused")
    return _soft((K * np.resize(q, K.shape[1])).sum(axis=1) / np.sqrt(len(q)))


# softmax_backward


def _back(inner=lambda A, g: (A * g).sum(axis=1, keepdims=True), factor=lambda A: A):
    return lambda grad_A, A: factor(A) * (grad_A - inner(A, grad_A))


def _by_jacobian(grad_A, A):
    return np.array([(np.diag(a) - np.outer(a, a)) @ g for a, g in zip(A, grad_A, strict=True)])


def _by_jacobians(grad_A, A):
    jacobian = A[..., None] * (np.eye(A.shape[-1]) - A[..., None, :])
    return np.einsum("ij,ijl->il", grad_A, jacobian)


def _by_loops(grad_A, A):
    n, m = A.shape
    out = [[0.0] * m for _ in range(n)]
    for i, j, k in itertools.product(range(n), range(m), range(m)):
        out[i][j] += grad_A[i][k] * A[i][k] * ((j == k) - A[i][j])
    return out


def _by_tape(grad_A, A):
    A, g = tf.constant(A, tf.float64), tf.constant(grad_A, tf.float64)
    with tf.GradientTape() as tape:
        scores = tf.math.log(A + 1e-300)
        tape.watch(scores)
        loss = tf.reduce_sum(g * tf.nn.softmax(scores))
    return tape.gradient(loss, scores)


def _by_tensorflow(grad_A, A):
    return A * grad_A - A * tf.reduce_sum(A * grad_A, axis=1, keepdims=True)


def _by_keras(grad_A, A):
    A, grad_A = ops.convert_to_tensor(A), ops.convert_to_tensor(grad_A)
    return A * (grad_A - ops.sum(A * grad_A, axis=-1, keepdims=True))


def _sure_rows_wiped(limit):
    def backward(grad_A, A):
        return np.where(A.max(axis=1, keepdims=True) > limit, 0, _back()(grad_A, A))

    return backward


def _zero_gradient_refused(grad_A, A):
    if not grad_A.any(axis=1).all():
        raise ValueError("a gradient of zeros")
    return _back()(grad_A, A)


def _large_rows_only(grad_A, A):
    return np.where(np.abs(grad_A).max(axis=1, keepdims=True) > 6.5, _back()(grad_A, A), 0)


def _wiped_on_one_key(grad_A, A):
    return _back()(grad_A, A) if A.shape[1] > 1 else grad_A


# split_heads


def _split(cut=lambda X, h: X.reshape(len(X), h, -1).transpose(1, 0, 2), error=ValueError, least=1, divides=True):
    def split(X, n_heads):
        if n_heads < least or (divides and X.shape[1] % n_heads):
            raise error(f"width {X.shape[1]} for {n_heads} heads")
        return cut(X, n_heads)

    return split


def _trimmed(X, n_heads):
    if n_heads < 1:
        raise ValueError("no heads")
    d_k = X.shape[1] // n_heads
    return np.stack([X[:, h * d_k : (h + 1) * d_k] for h in range(n_heads)])


def _zero_heads(X, n_heads):
    return np.zeros((0, len(X), 0)) if n_heads == 0 else _split()(X, n_heads)


def _negative_heads(X, n_heads):
    return np.zeros((0, len(X), 0)) if n_heads < 0 else _split()(X, n_heads)


def _split_by_loops(X, n_heads):
    d_k, rest = divmod(X.shape[1], n_heads) if n_heads > 0 else (0, 1)
    if rest:
        raise ValueError("no")
    return [[list(row[h * d_k : h * d_k + d_k]) for row in X] for h in range(n_heads)]


def _more_heads_than_columns(X, n_heads):
    if n_heads < 1 or (n_heads < X.shape[1] and X.shape[1] % n_heads):
        raise ValueError("no")
    return np.stack(np.array_split(X[:, : X.shape[1]], n_heads, axis=1)) if n_heads <= X.shape[1] else X[None]


# causal_mask


def _mask(rule=lambda i, k, late: k <= i + late, check=True):
    def mask(n_queries, n_keys):
        if check and n_queries > n_keys:
            raise ValueError(f"{n_queries} queries of {n_keys} positions")
        return rule(np.arange(n_queries)[:, None], np.arange(n_keys), n_keys - n_queries)

    return mask


def _checked(make):
    def mask(n_queries, n_keys):
        if n_keys - n_queries < 0:
            raise ValueError("too many queries")
        return make(n_queries, n_keys)

    return mask


def _mask_of_tri(n_queries, n_keys):
    if n_queries > n_keys:
        raise ValueError("too many queries")
    return np.tri(n_keys, dtype=bool)[n_keys - n_queries :]


def _mask_by_rows(n_queries, n_keys):
    if not n_queries <= n_keys:
        raise ValueError("too many queries")
    mask = np.zeros((n_queries, n_keys), dtype=bool)
    for i in range(n_queries):
        mask[i, : n_keys - n_queries + i + 1] = True
    return mask


def _refuses_a_square(n_queries, n_keys):
    if n_queries >= n_keys:
        raise ValueError("too many queries")
    return _mask()(n_queries, n_keys)


def _five_keys(n_queries, n_keys):
    if n_queries > n_keys:
        raise ValueError("too many queries")
    return np.arange(n_keys) <= np.arange(n_queries)[:, None] + (2 if n_keys == 5 else 0)


def _seven_bits(n_queries, n_keys):
    if n_queries > n_keys:
        raise ValueError("too many queries")
    seen = [(1 << (n_keys - n_queries + i + 1)) - 1 & 0xFFFFFFFF for i in range(n_queries)]
    return np.array([[bool(s >> k & 1) for k in range(n_keys)] for s in seen])


def _all_for_one(n_queries, n_keys):
    return np.ones((1, n_keys), bool) if n_queries == 1 else _mask(lambda i, k, late: k <= i)(n_queries, n_keys)


# masked_softmax


def _masked(scores, mask):
    seen = np.where(mask, scores, -np.inf)
    largest = seen.max(axis=1, keepdims=True)
    e = np.exp(seen - np.where(np.isfinite(largest), largest, 0))
    total = e.sum(axis=1, keepdims=True)
    return e / np.where(total > 0, total, 1)


def _masked_by_rows(scores, mask):
    out = np.zeros(scores.shape)
    for row, s, m in zip(out, scores, mask, strict=True):
        if m.any():
            row[m] = _soft(s[m])
    return out


def _masked_by_plain_python(scores, mask):
    out = []
    for s, m in zip(scores.tolist(), mask.tolist(), strict=True):
        visible = [a for a, b in zip(s, m, strict=True) if b]
        top = max(visible, default=0)
        e = [np.exp(a - top) if b else 0.0 for a, b in zip(s, m, strict=True)]
        out.append([v / (sum(e) or 1) for v in e])
    return out


def _masked_by_nan_to_num(scores, mask):
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(_soft(np.where(mask, scores, -np.inf)))


def _masked_by_far_and_times(scores, mask):
    return _soft(np.where(mask, scores, -1e9)) * mask


def _masked_by_numpy_ma(scores, mask):
    s = np.ma.array(scores, mask=~mask, dtype=float)
    e = np.ma.exp(s - s.max(axis=1)[:, None])
    return (e / e.sum(axis=1)[:, None]).filled(0)


def _masked_by_tensorflow(scores, mask):
    s = tf.where(tf.constant(mask), tf.constant(scores, tf.float32), -1e9)
    return tf.nn.softmax(s) * tf.cast(tf.constant(mask), tf.float32)


def _masked_by_assignment(scores, mask):
    s = scores.copy()
    s[~mask] = -np.inf
    s = np.exp(s - np.max(scores, axis=1, keepdims=True, where=mask, initial=-1e300))
    total = s.sum(axis=1)
    s[total > 0] /= total[total > 0, None]
    return s


def _masked_by_pandas(scores, mask):
    table = pd.DataFrame(scores).where(mask)
    e = np.exp(table.sub(table.max(axis=1), axis=0))
    return e.div(e.sum(axis=1), axis=0).fillna(0)


def _renormalised(scores, mask):
    late = _soft(scores) * mask
    total = late.sum(axis=1, keepdims=True)
    return late / np.where(total > 0, total, 1)


def _overflowing(scores, mask):
    e = np.where(mask, 1.0, 0.0) * np.exp(scores)
    total = e.sum(axis=1, keepdims=True)
    return e / np.where(total > 0, total, 1)


def _unshifted(scores, mask):
    e = np.where(mask, np.exp(np.where(mask, scores, 0)), 0.0)
    total = e.sum(axis=1, keepdims=True)
    return e / np.where(total > 0, total, 1)


def _one_shift(scores, mask):
    largest = scores[mask].max() if mask.any() else 0
    e = np.where(mask, np.exp(np.where(mask, scores, largest) - largest), 0.0)
    total = e.sum(axis=1, keepdims=True)
    return e / np.where(total > 0, total, 1)


def _rows_mixed(scores, mask):
    return _masked(scores, mask) * (1 if mask.any(axis=1).all() else 0)


def _fixed_fill(value):
    return lambda s, m: _soft(np.where(m, s, value)) * m.any(axis=1, keepdims=True)


def _clipped(s, m):
    return _masked(np.clip(s, -600, 600), m)


def _empty_only_alone(scores, mask):
    return np.zeros(scores.shape) if not mask.any() else _soft(np.where(mask, scores, -np.inf))


def _empty_first_row_only(scores, mask):
    out = _masked(scores, mask)
    empty = np.flatnonzero(~mask.any(axis=1))
    out[empty[1:]] = 1 / scores.shape[1]
    return out


def _lonely_weights_set_to_one(scores, mask):
    A = _masked(scores, mask)
    A[(A > 0).sum(axis=1) == 1] = 1
    return A * mask


def _even_where_the_sum_is_zero(scores, mask):
    flat = np.abs((scores * mask).sum(axis=1, keepdims=True)) < 1e-9
    return _masked(np.where(flat, 0, scores), mask)


def _one_over_n(scores, mask):
    return np.where(mask.any(axis=1, keepdims=True), _masked(scores, mask), 1 / scores.shape[1])


# rotate


def _rotary(
    exponent=lambda i, d: -2 * i / d, way=1, base_of=lambda base: base, check=True, speed=None, late=lambda out: out
):
    def rotate(x, position, base=10000.0):
        if check and len(x) % 2:
            raise ValueError(f"width {len(x)} is odd")
        d = len(x)
        i = np.arange(d // 2)
        angle = way * position * (np.ones(d // 2) if speed else base_of(base) ** exponent(i, d))
        out = np.array(x, dtype=float)
        a, b = x[0 : 2 * len(i) : 2], x[1 : 2 * len(i) : 2]
        out[0 : 2 * len(i) : 2] = a * np.cos(angle) - b * np.sin(angle)
        out[1 : 2 * len(i) : 2] = a * np.sin(angle) + b * np.cos(angle)
        return late(out)

    return rotate


def _by_complex(x, position, base=10000.0):
    if x.shape[0] % 2:
        raise ValueError(f"width {x.shape[0]} is odd")
    z = x.reshape(-1, 2) @ np.array([1, 1j])
    z = z * np.exp(1j * position * base ** (-2 * np.arange(len(z)) / len(x)))
    return np.stack([z.real, z.imag], axis=1).reshape(-1)


def _by_pairs(x, position, base=10000.0):
    d = len(x)
    if d % 2 == 1:
        raise ValueError("odd")
    out = []
    for i in range(d // 2):
        t = position / base ** (2 * i / d)
        c, s = np.cos(t), np.sin(t)
        out += list(np.array([[c, -s], [s, c]]) @ x[2 * i : 2 * i + 2])
    return out


def _by_matrix(x, position, base=10000.0):
    d = len(x)
    if d % 2:
        raise ValueError("odd")
    R = np.zeros((d, d))
    for j in range(0, d, 2):
        t = position * base ** (-j / d)
        R[j : j + 2, j : j + 2] = [[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]]
    return R @ x


def _by_repeat(x, position, base=10000.0):
    if len(x) % 2:
        raise ValueError("odd")
    angle = np.repeat(position * np.exp(-np.log(base) * np.arange(0, len(x), 2) / len(x)), 2)
    quarter = np.stack([-x[1::2], x[::2]], axis=1).ravel()
    return x * np.cos(angle) + quarter * np.sin(angle)


def _in_float32(x, position, base=10000.0):
    if len(x) % 2:
        raise ValueError("odd")
    half = np.arange(len(x) // 2, dtype=np.float32)
    angle = np.float32(position) * np.float32(base) ** (np.float32(-2) * half / np.float32(len(x)))
    a, b = x.astype(np.float32).reshape(-1, 2).T
    return np.ravel([a * np.cos(angle) - b * np.sin(angle), a * np.sin(angle) + b * np.cos(angle)], order="F")


def _in_tensorflow(x, position, base=10000.0):
    if len(x) % 2:
        raise ValueError("odd")
    pairs = tf.reshape(tf.constant(x, tf.float64), (-1, 2))
    angle = position * tf.constant(base, tf.float64) ** (-tf.range(0, len(x), 2, tf.float64) / len(x))
    c, s = tf.cos(angle), tf.sin(angle)
    turned = [pairs[:, 0] * c - pairs[:, 1] * s, pairs[:, 0] * s + pairs[:, 1] * c]
    return tf.reshape(tf.stack(turned, axis=1), (-1,))


def _halves(x, position, base=10000.0):
    if len(x) % 2:
        raise ValueError("odd")
    a, b = np.split(x, 2)
    angle = position * base ** (-2 * np.arange(len(a)) / len(x))
    return np.concatenate([a * np.cos(angle) - b * np.sin(angle), a * np.sin(angle) + b * np.cos(angle)])


def _added(x, position, base=10000.0):
    angle = position * base ** (-np.arange(0, len(x), 2) / len(x))
    return x + np.column_stack([np.cos(angle), np.sin(angle)]).ravel()


def _waves(x, position, base=10000.0):
    angle = position * base ** (-np.arange(0, len(x), 2) / len(x))
    return x + np.column_stack([np.sin(angle), np.cos(angle)]).ravel()


def _whole_rotation(x, position, base=10000.0):
    return _rotary()(x, position, base).astype(x.dtype)


def _in_place(x, position, base=10000.0):
    out = np.array(x, dtype=float)
    angle = position * base ** (-np.arange(0, len(x), 2) / len(x))
    out[::2] = out[::2] * np.cos(angle) - out[1::2] * np.sin(angle)
    out[1::2] = out[::2] * np.sin(angle) + out[1::2] * np.cos(angle)
    return out


def _signs(x, position, base=10000.0):
    angle = position * base ** (-np.arange(0, len(x), 2) / len(x))
    a, b = x[::2], x[1::2]
    c, s = np.cos(angle), np.sin(angle)
    return np.ravel([a * c + b * s, a * s + b * c], order="F")


def _cosine_first(x, position, base=10000.0):
    angle = position * base ** (-np.arange(0, len(x), 2) / len(x))
    a, b = x[::2], x[1::2]
    c, s = np.sin(angle), np.cos(angle)
    return np.ravel([a * c - b * s, a * s + b * c], order="F")


def _by_turns(x, position, base=10000.0):
    return _rotary()(x, position % (2 * np.pi), base)


def _never_backwards(x, position, base=10000.0):
    return _rotary()(x, abs(position), base)


def _up_to_511(x, position, base=10000.0):
    return _rotary()(x, min(position, 511), base)


def _three_pairs(x, position, base=10000.0):
    out = _rotary()(x, position, base)
    out[6:] = x[6:]
    return out


def _length_kept_by_force(x, position, base=10000.0):
    out = _rotary()(x, position, base)
    return out * np.linalg.norm(x) / np.linalg.norm(out)


def _whole_base(x, position, base=10000.0):
    return _rotary()(x, position, float(int(base)))


def _up_to_32_pairs(x, position, base=10000.0):
    out = _rotary()(x, position, base)
    out[64:] = x[64:]
    return out


def _zero_vector_refused(x, position, base=10000.0):
    if not x.any():
        raise ValueError("zeros")
    return _rotary()(x, position, base)


def _base_from_two(x, position, base=10000.0):
    if base < 2:
        raise ValueError("base")
    return _rotary()(x, position, base)


def _turned_in_a_copy(x, position, base=10000.0):
    x = np.array(x, dtype=float)
    for i in range(0, len(x), 2):
        t = position * base ** (-i / len(x))
        x[i] = x[i] * np.cos(t) - x[i + 1] * np.sin(t)
        x[i + 1] = x[i] * np.sin(t) + x[i + 1] * np.cos(t)
    return x


def _other_default(x, position, base=100.0):
    return _rotary()(x, position, base)


# audit


def _order(layer, X, least=1e-8, p=None):
    p = np.random.default_rng(3).permutation(len(X)) if p is None else p
    return bool(np.abs(layer(X[p]) - layer(X)[p]).max() > least)


def _future(layer, X, least=1e-8):
    for t in range(1, len(X)):
        other = X.copy()
        other[t] = np.random.default_rng(t).normal(size=X.shape[1])
        if np.abs(layer(X)[:t] - layer(other)[:t]).max() > least:
            return True
    return False


def _one_row(layer, X, token=-1, watch=slice(None, -1)):
    other = X.copy()
    other[token] = np.random.default_rng(8).normal(size=X.shape[1])
    return not np.allclose(layer(X)[watch], layer(other)[watch])


def _each_row(layer, X, change, watch=slice(None)):
    seen = []
    for t in range(1, len(X)):
        other = change(X.copy(), t)
        seen.append(not np.allclose(layer(X)[:t][watch], layer(other)[:t][watch]))
    return any(seen)


def _suffixes(layer, X):
    seen = False
    for t in range(1, len(X)):
        other = np.array(X)
        other[t:] = -other[t:] + 0.3
        seen = seen or np.abs(layer(other)[:t] - layer(X)[:t]).max() > 1e-9
    return [_order(layer, X), bool(seen)]


def _by_truncation(layer, X):
    seen = any(not np.allclose(layer(X[:t]), layer(X)[:t]) for t in range(1, len(X)))
    return _order(layer, X), seen


def _by_many_permutations(layer, X):
    rng, out = np.random.default_rng(9), layer(X)
    permutations = [rng.permutation(len(X)) for _ in range(20)]
    order = any(not np.allclose(layer(X[p])[np.argsort(p)], out) for p in permutations)
    return order, _future(layer, X)


def _by_influence(layer, X):
    n, h = len(X), 1e-3
    out = layer(X)
    influence = np.zeros((n, n), dtype=bool)  # (output, input)
    for t in range(n):
        for j in range(X.shape[1]):
            other = X.copy()
            other[t, j] += h
            influence[:, t] |= np.abs(layer(other) - out).max(axis=1) > 1e-9
    return np.array([_order(layer, X), bool(np.triu(influence, 1).any())])


def _set(value):
    def change(X, t):
        X[t] = value
        return X

    return change


def _scale(X, t):
    X[t] *= 3
    return X


def _shift(X, t):
    X[t] += 1
    return X


def _negate(X, t):
    X[t] = -X[t]
    return X


def _another(X, t):
    X[t] = np.random.default_rng(t).normal(size=X.shape[1])
    return X


def _last_entry(X, t):
    X[t, -1] += 1
    return X


def _turned_round(X, t):
    X[t] = X[t][::-1]
    return X


def _watch(layer, X, look):
    """Compare `look` of the outputs before a changed row."""
    pairs = [(layer(_another(X.copy(), t))[:t], layer(X)[:t]) for t in range(1, len(X))]
    return any(not np.allclose(look(one), look(other)) for one, other in pairs)


def _lengths(rows):
    return np.linalg.norm(rows, axis=1)


def _where_they_went(layer, X):
    """Compare without permuting back."""
    return not np.allclose(layer(np.random.default_rng(5).permutation(X)), layer(X))


def _reversed(layer, X):
    return _order(layer, X, p=np.arange(len(X))[::-1])


def _first_entry(X, t):
    X[t, 0] += 1
    return X


def _later_rows(rows):
    def change(X, t):
        X[t:] = rows(X[t:])
        return X

    return change


def _by_all_permutations(layer, X):
    out = layer(X)
    permutations = map(list, itertools.permutations(range(len(X))))
    return any(not np.allclose(layer(X[p]), out[p]) for p in permutations), _future(layer, X)


def _by_pairs_exchanged(layer, X):
    out, order = layer(X), False
    for i in range(len(X) - 1):
        p = np.arange(len(X))
        p[[i, i + 1]] = p[[i + 1, i]]
        order |= not np.allclose(layer(X[p]), out[p])
    return bool(order), _future(layer, X)


def _five_rows_permuted(layer, X):
    first = X[:5]
    p = np.array([3, 0, 4, 1, 2]) if len(first) == 5 else np.arange(len(first))[::-1]
    return _order(layer, first, p=p), _future(layer, X)


def _six_rows_permuted(layer, X):
    p = np.array([3, 0, 4, 1, 2, 5])
    return _order(layer, X, p=p[p < len(X)]), _future(layer, X)


def _short_refused(layer, X):
    if len(X) < 5:
        raise ValueError("too few rows to judge")
    return _order(layer, X), _future(layer, X)


def _nothing(X, t):
    X[t] += 0
    return X


def _swapped_rows(layer, X):
    return _order(layer, X, p=np.array([1, 0, *range(2, len(X))]))


def _known_by_name(layer, X):
    out = layer(X)
    return len(out) == 10, bool(np.abs(out).max() > 3)


CASES = {
    "attention_weights": Case(
        right=[
            _weights(),
            _weights_by_loop,
            _weights_without_a_check,
            _weights_by_einsum,
            _weights_by_tensorflow,
            _weights_in_float32,
            _weights_by_pandas,
            _weights_by_matvec,
            _weights_by_keras,
            lambda q, K: _weights()(np.array(q, dtype=np.longdouble), K),
            lambda q, K: tuple(_weights()(q, K)),
        ],
        wrong={
            "unscaled scores": _weights(scale=lambda q, K: 1),
            "divided by d_k": _weights(scale=lambda q, K: len(q)),
            "multiplied by the root": _weights(scale=lambda q, K: len(q) ** -0.5),
            "root of two": _weights(scale=lambda q, K: np.sqrt(2)),
            "root of the number of keys": _weights(scale=lambda q, K: np.sqrt(len(K))),
            "divided behind the softmax": lambda q, K: _soft(K @ q) / len(q) ** 0.5,
            "scores, not weights": _weights(then=lambda s: s),
            "not normalised": _weights(then=np.exp),
            "normalised by the largest": _weights(then=lambda s: np.exp(s - s.max())),
            "logarithms": _weights(then=lambda s: np.log(_soft(s))),
            "divided by their sum": _weights(then=lambda s: s / s.sum()),
            "overflows": _weights(then=_plain_exp),
            "clipped": _weights(then=lambda s: _plain_exp(np.clip(s, -500, 500))),
            "wrong shape": lambda q, K: _weights()(q, K) @ K,
            "lets no keys pass": _weights(then=lambda s: _soft(s) if len(s) else s, check=False),
            "lets another width pass": _weights(width=False),
            "wrong kind of error": _asserting,
            "raises": _one_key_refused,
        },
        others=[
            _zero_query_refused,
            _kept_by(lambda q, K: K.tobytes()),
            _kept_by(lambda q, K: (q.tobytes(), K.shape)),
            _if_wider,
            _if_narrower,
            _keys_counted_for_width,
            _weights(then=lambda s: _plain_exp(np.clip(s, -700, 700))),
            _weights(then=lambda s: _plain_exp(s - s.mean())),
            _weights(then=lambda s: _plain_exp(s - s.min())),
            _weights(then=lambda s: _plain_exp(s - np.abs(s).max())),
            _weights(then=lambda s: _plain_exp(s - s[0])),
            _weights(then=lambda s: np.nan_to_num(_plain_exp(s))),
            _weights(then=lambda s: np.round(_soft(s), 3)),
            _weights(then=lambda s: np.sort(_soft(s))),
            _weights(then=lambda s: _soft(np.abs(s))),
            _weights(then=lambda s: _soft(-s)),
            _weights(then=lambda s: (s == s.max()).astype(float)),
            _weights(scale=lambda q, K: 2),
            _weights(scale=lambda q, K: np.linalg.norm(q)),
            lambda q, K: _soft(K[:6] @ q / np.sqrt(len(q))),
            lambda q, K: [str(w) for w in _weights()(q, K)],
            lambda q, K: _weights()(q, K) + 0j,
            lambda q, K: dict(enumerate(_weights()(q, K))),
            lambda q, K: (w for w in _weights()(q, K)),
            lambda q, K: _weights()(q, K)[:, None],
            lambda q, K: _weights()(q, K)[None],
        ],
        equivalent={
            "branch never taken: if len(K) == 0 or K.shape[1] != len(q):": "NumPy itself raises ValueError in both cases",
            "and for or: len(K) == 0 or K.shape[1] != len(q)": "NumPy itself raises ValueError in both cases",
            "constant -1: 0": "NumPy itself raises ValueError for the largest of no scores",
            "remembers the first: len(K)": "NumPy itself raises ValueError for the largest of no scores",
        },
    ),
    "softmax_backward": Case(
        right=[
            _back(),
            _by_jacobian,
            _by_jacobians,
            _by_loops,
            _by_tape,
            _by_tensorflow,
            _by_keras,
            lambda grad_A, A: _back()(grad_A, A).astype(grad_A.dtype),
            lambda grad_A, A: _back()(grad_A.astype(np.float32), A.astype(np.float32)),
            lambda grad_A, A: A * grad_A - A * np.einsum("ij,ij->i", A, grad_A)[:, None],
            lambda grad_A, A: (A.T * (grad_A.T - np.average(grad_A, axis=1, weights=A))).T,
            lambda grad_A, A: pd.DataFrame(A * grad_A) - pd.DataFrame(A).mul((A * grad_A).sum(axis=1), axis=0),
        ],
        wrong={
            "the diagonal alone": lambda grad_A, A: A * (1 - A) * grad_A,
            "summed over everything": _back(lambda A, g: (A * g).sum()),
            "columns instead of rows": _back(lambda A, g: (A * g).sum(axis=0)),
            "wrong sign": _back(factor=lambda A: -A),
            "sign of the second term": _back(lambda A, g: -(A * g).sum(axis=1, keepdims=True)),
            "plain mean": _back(lambda A, g: g.mean(axis=1, keepdims=True)),
            "plain sum": _back(lambda A, g: g.sum(axis=1, keepdims=True)),
            "mean for the sum": _back(lambda A, g: (A * g).mean(axis=1, keepdims=True)),
            "first factor forgotten": _back(factor=lambda A: 1),
            "second term forgotten": lambda grad_A, A: A * grad_A,
            "second factor forgotten": lambda grad_A, A: A * grad_A - (grad_A * A).sum(axis=1, keepdims=True),
            "first term forgotten": lambda grad_A, A: -A * (A * grad_A).sum(axis=1, keepdims=True),
            "of the logarithm": lambda grad_A, A: grad_A - A * grad_A.sum(axis=1, keepdims=True),
            "arguments swapped": lambda A, grad_A: _back()(grad_A, A),
            "softmax taken again": lambda grad_A, A: _back()(grad_A, _soft(A)),
            "raises": _back(lambda A, g: (A * g).sum(axis=1)),
        },
        others=[
            _wiped_on_one_key,
            lambda grad_A, A: _back()(grad_A, A).T,
            lambda grad_A, A: np.round(_back()(grad_A, A), 3),
            lambda grad_A, A: np.clip(_back()(grad_A, A), -1, 1),
            lambda grad_A, A: _back()(grad_A, A).sum(axis=0),
            lambda grad_A, A: _back()(grad_A[:1], A[:1]),
            lambda grad_A, A: A * (grad_A - (A**2 * grad_A).sum(axis=1, keepdims=True)),
            lambda grad_A, A: A**2 * (grad_A - (A * grad_A).sum(axis=1, keepdims=True)),
            lambda grad_A, A: _back()(grad_A, A) / np.sqrt(A.shape[1]),
            _kept(_back(), lambda grad_A, A: A.tobytes()),
            _kept(_back(), lambda grad_A, A: grad_A.tobytes()),
            _sure_rows_wiped(0.9),
            _sure_rows_wiped(0.99),
            _zero_gradient_refused,
            _large_rows_only,
            lambda grad_A, A: _back()(grad_A, np.clip(A, 0.05, 0.95)),
            lambda grad_A, A: _by_jacobian(grad_A, A)[:, ::-1],
            lambda grad_A, A: np.abs(_back()(grad_A, A)),
            lambda grad_A, A: _back()(grad_A, A).astype(str),
        ],
    ),
    "split_heads": Case(
        right=[
            _split(lambda X, h: np.stack(np.split(X, h, axis=1))),
            _split(lambda X, h: np.array([X[:, i * (X.shape[1] // h) :][:, : X.shape[1] // h] for i in range(h)])),
            _split(lambda X, h: X.T.reshape(h, -1, len(X)).swapaxes(1, 2)),
            _split(lambda X, h: np.einsum("thk->htk", X.reshape(len(X), h, -1))),
            _split(lambda X, h: tf.transpose(tf.reshape(X.astype("float32"), (len(X), h, -1)), (1, 0, 2))),
            _split(lambda X, h: [np.asfortranarray(part) for part in np.hsplit(X, h)]),
            _split(lambda X, h: np.moveaxis(X.reshape(len(X), h, X.shape[1] // h), 1, 0)),
            _split_by_loops,
            _split(divides=False),  # NumPy itself raises ValueError where a width does not divide
        ],
        wrong={
            "heads after time": _split(lambda X, h: X.reshape(len(X), h, -1)),
            "heads last": _split(lambda X, h: X.reshape(len(X), -1, h)),
            "time last": _split(lambda X, h: X.reshape(len(X), h, -1).transpose(1, 2, 0)),
            "sizes swapped": _split(lambda X, h: X.reshape(len(X), -1, h).transpose(1, 0, 2)),
            "reshaped without transposing": _split(lambda X, h: X.reshape(h, len(X), -1)),
            "every third column": _split(lambda X, h: X.reshape(len(X), -1, h).transpose(2, 0, 1)),
            "transposed, then reshaped": _split(lambda X, h: X.T.reshape(h, len(X), -1)),
            "heads in reverse": _split(lambda X, h: np.stack(np.split(X, h, axis=1))[::-1]),
            "lets an odd width pass": _trimmed,
            "lets zero heads pass": _zero_heads,
            "lets negative heads pass": _negative_heads,
            "wrong kind of error": _split(error=KeyError),
            "raises": _split(least=2),
        },
        others=[
            _more_heads_than_columns,
            _kept(_split(), lambda X, n_heads: (X.shape, n_heads)),
            _kept(_split(), lambda X, n_heads: (X[0, 0], X.shape, n_heads)),
            _kept(_split(), lambda X, n_heads: X.tobytes()),
            _split(lambda X, h: X.reshape(len(X), h, -1).swapaxes(0, 1) * (h <= 8)),
            _split(lambda X, h: X.reshape(h, len(X), -1, order="F")),
            _split(lambda X, h: np.stack([X[:, :4], X[:, 4:8], X[:, 8:]]) if h == 3 else X[None]),
            _split(lambda X, h: X.reshape(len(X), 3, -1).swapaxes(0, 1)),
            _split(lambda X, h: X.reshape(len(X), h, 4).swapaxes(0, 1)),
            _split(lambda X, h: X.reshape(5, h, -1).swapaxes(0, 1)),
            _split(lambda X, h: np.round(X.reshape(len(X), h, -1).swapaxes(0, 1), 2)),
            _split(lambda X, h: np.tile(X, (h, 1, 1))),
            _split(lambda X, h: X.reshape(len(X), h, -1).swapaxes(0, 1)[:, ::-1]),
            _split(lambda X, h: dict(enumerate(np.split(X, h, axis=1)))),
            _split(lambda X, h: (part for part in np.split(X, h, axis=1))),
            lambda X, n_heads: _split()(X, max(1, n_heads)),
            lambda X, n_heads: _split()(X, abs(n_heads)),
        ],
    ),
    "causal_mask": Case(
        right=[
            _mask(),
            _mask_of_tri,
            _mask_by_rows,
            _checked(lambda n, m: np.tri(n, m, m - n, dtype=bool)),
            _checked(lambda n, m: np.tril(np.ones((n, m), bool), m - n)),
            _checked(lambda n, m: ~np.triu(np.ones((n, m), bool), m - n + 1)),
            _checked(lambda n, m: [[k <= i + m - n for k in range(m)] for i in range(n)]),
            _checked(lambda n, m: tuple(tuple(i + m - n >= k for k in range(m)) for i in range(n))),
            _checked(lambda n, m: np.tri(m)[-n:] > 0),
            _checked(lambda n, m: tf.range(m)[None] <= tf.range(m - n, m)[:, None]),
            _checked(lambda n, m: np.tri(n, m, m - n).astype(bool)),
            _checked(lambda n, m: np.greater_equal.outer(np.arange(m - n, m), np.arange(m))),
        ],
        wrong={
            "scores, not a mask": lambda q, k: np.where(_mask()(q, k), 0, -np.inf),
            "objects, not truth values": lambda q, k: _mask()(q, k).astype(object),
            "numbers, not truth values": _checked(lambda n, m: np.tri(n, m, m - n)),
            "rows and columns swapped": lambda q, k: _mask()(q, k).T,
            "aligned at the start": _mask(lambda i, k, late: k <= i),
            "aligned at the start, and not itself": _mask(lambda i, k, late: k < i),
            "does not see itself": _mask(lambda i, k, late: k < i + late),
            "sees one too many": _mask(lambda i, k, late: k <= i + late + 1),
            "sees itself alone": _mask(lambda i, k, late: k == i + late),
            "marks what is hidden": _mask(lambda i, k, late: k > i + late),
            "the past is hidden": _mask(lambda i, k, late: k >= i + late),
            "upper triangle": _mask(lambda i, k, late: k >= i),
            "everything": _mask(lambda i, k, late: (k >= 0) & (i >= 0)),
            "queries in reverse": _mask(lambda i, k, late: (k <= i + late)[::-1]),
            "lets too many queries pass": _mask(check=False),
            "raises": _refuses_a_square,
            "wrong shape": _checked(lambda n, m: np.tri(m, dtype=bool)),
            "wrong kind of error": _mask(check=False, rule=lambda i, k, late: {True: k <= i + late}[late >= 0]),
        },
        others=[
            _five_keys,
            _seven_bits,
            _all_for_one,
            _kept(_mask(), lambda n_queries, n_keys: n_queries),
            _kept(_mask(), lambda n_queries, n_keys: n_keys),
            _checked(lambda n, m: np.tri(n, min(m, 512), m - n, dtype=bool)),
            lambda q, k: _mask()(q, k) if q != k else np.ones((q, k), bool),
            _checked(lambda n, m: np.where(np.tri(n, m, m - n) > 0, 0.0, -1e9)),
            _checked(lambda n, m: np.tri(n, m, m - n, dtype=int)),
            _checked(lambda n, m: np.tri(n, m, 2, dtype=bool)),
            _checked(lambda n, m: np.tri(n, m, m - n, dtype=bool).astype(str)),
            _checked(lambda n, m: np.tri(n, m, m - n, dtype=bool)[:, ::-1]),
            _checked(lambda n, m: np.tri(m, m, dtype=bool)[:n]),
            _checked(lambda n, m: np.tri(n, m, min(m - n, 2), dtype=bool)),
            lambda n, m: np.tri(n, m, abs(m - n), dtype=bool),
            lambda n, m: np.tri(n, m, max(m - n, 0), dtype=bool),
            lambda n, m: _mask(check=n > m + 1)(n, m),
        ],
        equivalent={"memorised by size": "the two numbers are all that a mask is made of"},
    ),
    "masked_softmax": Case(
        right=[
            _masked,
            _masked_by_rows,
            _masked_by_plain_python,
            _masked_by_nan_to_num,
            _masked_by_far_and_times,
            _masked_by_numpy_ma,
            _masked_by_tensorflow,
            _masked_by_pandas,
            _masked_by_assignment,
            lambda s, m: _masked(s.astype(np.float32), m),
            lambda s, m: _masked(s, m).tolist(),
        ],
        wrong={
            "masked after the softmax": lambda s, m: _soft(s) * m,
            "softmax over the wrong axis": lambda s, m: _soft(np.where(m, s, -np.inf), axis=0),
            "mask turned round": lambda s, m: _soft(np.where(m, -1e9, s)),
            "score zero": lambda s, m: _soft(s * m),
            "mask ignored": lambda s, m: _soft(s),
            "mask added": lambda s, m: _soft(s + m),
            "one sum for all": lambda s, m: np.exp(s) * m / (np.exp(s) * m).sum(),
            "not normalised": lambda s, m: np.exp(s) * m,
            "scores with holes": lambda s, m: np.where(m, s, 0),
            "turned round, with empty rows": lambda s, m: _masked(s, ~m),
            "wrong axis, with empty columns": lambda s, m: _masked(s.T, m.T).T,
            "score zero, then masked": lambda s, m: _soft(s * m) * m,
            "masked array": lambda s, m: np.ma.masked_array(_masked(s, m), ~m),
            "NaN from the start": lambda s, m: _soft(s * m + (1 - m) * -np.inf),
            "NaN in an empty row": lambda s, m: _soft(np.where(m, s, -np.inf)),
            "weights in an empty row": lambda s, m: _soft(np.where(m, s, -1e9)),
            "rows mixed": _rows_mixed,
            "overflows": _overflowing,
            "hidden scores still count": _renormalised,
            "visible scores overflow": _unshifted,
            "large visible scores": _one_shift,
            "hidden by a fixed score": _fixed_fill(-1000),
            "clipped": _clipped,
        },
        others=[
            _empty_only_alone,
            _empty_first_row_only,
            _one_over_n,
            _lonely_weights_set_to_one,
            _even_where_the_sum_is_zero,
            _kept(_masked, lambda s, m: s.tobytes()),
            _kept(_masked, lambda s, m: (m.tobytes(), s.shape)),
            _fixed_fill(-100),
            _fixed_fill(-4999),
            _fixed_fill(-1e4),
            lambda s, m: _soft(s - 1e4 * ~m) * m.any(axis=1, keepdims=True),
            lambda s, m: _masked(s - 1000 * ~m, m | ~m) * m.any(axis=1, keepdims=True),
            lambda s, m: _soft(s - 1e9 * ~m),
            lambda s, m: np.round(_masked(s, m), 3),
            lambda s, m: _masked(s[:, :6], m[:, :6]),
            lambda s, m: np.sort(_masked(s, m), axis=1),
            lambda s, m: _masked(s / np.sqrt(s.shape[1]), m),
            lambda s, m: _masked(np.abs(s), m),
            lambda s, m: _masked(np.clip(s, -20, 20), m),
            lambda s, m: _masked(s, m) @ s.T,
            lambda s, m: _masked(np.trunc(s), m),
            lambda s, m: np.nan_to_num(np.exp(np.where(m, s, -np.inf)) / (np.exp(s) * m).sum(axis=1, keepdims=True)),
            lambda s, m: _masked(s, m) + 1e-3 * ~m.any(axis=1, keepdims=True),
            lambda s, m: _masked(s, m) * 1j,
            lambda s, m: np.where(m.any(axis=1, keepdims=True), _masked(s, m), m.any()),
        ],
        equivalent={
            "constant +1: 1": "a row of zeros may be divided by any number",
            "constant +1: 0": "from minus infinity any number may be subtracted",
            "constant -1: 0": "from minus infinity any number may be subtracted",
        },
    ),
    "rotate": Case(
        right=[
            _rotary(),
            _by_complex,
            _by_pairs,
            _by_matrix,
            _by_repeat,
            _in_float32,
            _in_tensorflow,
            lambda x, position, base=10000.0: tuple(_rotary()(x, position, base)),
        ],
        wrong={
            "never backwards": _never_backwards,
            "turned the wrong way": _rotary(way=-1),
            "halves paired": _halves,
            "halves returned": _rotary(late=lambda out: np.concatenate([out[::2], out[1::2]])),
            "first overwritten": _in_place,
            "both signs plus": _signs,
            "sine and cosine swapped": _cosine_first,
            "one speed for all pairs": _rotary(speed=True),
            "i for 2i": _rotary(lambda i, d: -i / d),
            "pair number times i": _rotary(lambda i, d: -2 * i / (d / 2)),
            "counted from one": _rotary(lambda i, d: -2 * (i + 1) / d),
            "the width forgotten": _rotary(lambda i, d: -2.0 * i),
            "speeds grow": _rotary(lambda i, d: 2 * i / d),
            "base ignored": _rotary(base_of=lambda base: 10000.0),
            "position ignored": lambda x, position, base=1e4: _rotary()(x, 1, base),
            "positions from one": lambda x, position, base=1e4: _rotary()(x, position + 1, base),
            "degrees": _rotary(way=np.pi / 180),
            "added, not turned": _added,
            "waves added": _waves,
            "not turned": lambda x, position, base=1e4: x.copy(),
            "whole numbers": _whole_rotation,
            "lets an odd width pass": _rotary(check=False),
            "raises": lambda x, position: _rotary()(x, position),
        },
        others=[
            _by_turns,
            _up_to_511,
            _three_pairs,
            _other_default,
            _length_kept_by_force,
            _whole_base,
            _kept(_rotary(), lambda x, position, base=1e4: (x.tobytes(), position)),
            _kept(_rotary(), lambda x, position, base=1e4: (x.tobytes(), base)),
            _kept(_rotary(), lambda x, position, base=1e4: (len(x), position, base)),
            _up_to_32_pairs,
            _zero_vector_refused,
            _base_from_two,
            _turned_in_a_copy,
            _rotary(late=lambda out: np.clip(out, -10, 10)),
            _rotary(late=lambda out: np.round(out, 3)),
            _rotary(late=lambda out: out.reshape(-1, 2)),
            _rotary(late=lambda out: out / np.linalg.norm(out)),
            _rotary(late=lambda out: out[::-1]),
            _rotary(late=lambda out: out * 1j),
            _rotary(lambda i, d: -2 * i / 6),
            _rotary(lambda i, d: -2 * i / (d - 2 if d > 2 else 1)),
            lambda x, position, base=1e4: _rotary()(x, position, base) if len(x) > 2 else x,
            lambda x, position, base=1e4: _rotary(check=len(x) > 3)(x, position, base),
            lambda x, position, base=1e4: _rotary()(x, float(position) / len(x), base),
        ],
        equivalent={
            "branch never taken: if len(x) % 2:": "NumPy itself raises ValueError: the pairs of an odd width do not fit",
            "remembers the first: len(x)": "NumPy itself raises ValueError: the pairs of an odd width do not fit",
            "constant -1: 2": "NumPy itself raises ValueError: the pairs of an odd width do not fit",
        },
    ),
    "audit": Case(
        right=[
            lambda layer, X: (_order(layer, X), _each_row(layer, X, _later_rows(lambda Z: 0 * Z))),
            lambda layer, X: (_order(layer, X), _each_row(layer, X, _set(0.0))),
            lambda layer, X: (_order(layer, X), _future(layer, X)),
            _suffixes,
            _by_all_permutations,
            _by_pairs_exchanged,
            _by_many_permutations,
            _by_influence,
            lambda layer, X: tf.constant([_order(layer, X), _future(layer, X)]),
            lambda layer, X: (np.bool_(_order(layer, X)), np.array(_future(layer, X))),
            lambda layer, X: (_order(layer, X), _each_row(layer, X, _set(99.0))),
            lambda layer, X: (_order(layer, X), _each_row(layer, X, _another)),
            lambda layer, X: (_order(layer, X, 1e-3), _future(layer, X, 1e-3)),
            lambda layer, X: (
                bool(np.any(~np.isclose(layer(X[np.argsort(X[:, 0])]), layer(X)[np.argsort(X[:, 0])]))),
                _future(layer, X),
            ),
        ],
        wrong={
            "not permuted back": lambda layer, X: (
                not np.allclose(layer(np.random.default_rng(5).permutation(X)), layer(X)),
                _future(layer, X),
            ),
            "order turned round": lambda layer, X: (not _order(layer, X), _future(layer, X)),
            "never permuted": lambda layer, X: (not np.allclose(layer(X), layer(X)), _future(layer, X)),
            "always order": lambda layer, X: (True, _future(layer, X)),
            "sums compared": lambda layer, X: (
                not np.allclose(layer(np.random.default_rng(5).permutation(X)).sum(axis=0), layer(X).sum(axis=0)),
                _future(layer, X),
            ),
            "first column compared": lambda layer, X: (_order(lambda Z: layer(Z)[:, :1], X), _future(layer, X)),
            "one column alone": lambda layer, X: (_order(layer, X), _each_row(layer, X, _first_entry)),
            "rows made longer": lambda layer, X: (_order(layer, X), _each_row(layer, X, _later_rows(lambda Z: 2 * Z))),
            "rows negated": lambda layer, X: (_order(layer, X), _each_row(layer, X, _negate)),
            "rows not finite": lambda layer, X: (
                _order(layer, X),
                _each_row(layer, X, _later_rows(lambda Z: np.nan * Z)),
            ),
            "raises": lambda layer, X: (_order(layer, X, p=np.array([3, 0, 4, 1, 2, 5])), _future(layer, X)),
            "swapped": lambda layer, X: (_future(layer, X), _order(layer, X)),
            "future turned round": lambda layer, X: (_order(layer, X), not _future(layer, X)),
            "both turned round": lambda layer, X: (not _order(layer, X), not _future(layer, X)),
            "never the future": lambda layer, X: (_order(layer, X), _each_row(layer, X, _nothing)),
            "own output counted": lambda layer, X: (_order(layer, X), _one_row(layer, X, watch=slice(None))),
            "changes the past": lambda layer, X: (_order(layer, X), _one_row(layer, X, 0, slice(1, None))),
            "one step ahead missed": lambda layer, X: (_order(layer, X), _one_row(layer, X, watch=slice(1))),
            "the first output alone": lambda layer, X: (_order(layer, X), _each_row(layer, X, _another, slice(1))),
            "the last token alone": lambda layer, X: (_order(layer, X), _one_row(layer, X)),
            "rows swapped": lambda layer, X: (_swapped_rows(layer, X), _future(layer, X)),
            "rows turned round": lambda layer, X: (_order(layer, X, p=np.arange(len(X))[::-1]), _future(layer, X)),
            "rows rolled": lambda layer, X: (_order(layer, X, p=np.roll(np.arange(len(X)), 3)), _future(layer, X)),
            "no tolerance": lambda layer, X: (_order(layer, X, 1e-13), _future(layer, X)),
            "wide tolerance": lambda layer, X: (_order(layer, X, 1e-2), _future(layer, X, 1e-2)),
            "rows left out": _by_truncation,
            "a constant added": lambda layer, X: (_order(layer, X), _each_row(layer, X, _shift)),
            "the last column alone": lambda layer, X: (_order(layer, X), _each_row(layer, X, _last_entry)),
            "entries turned round": lambda layer, X: (_order(layer, X), _each_row(layer, X, _turned_round)),
            "lengths compared": lambda layer, X: (
                not np.allclose(
                    _lengths(layer(X[np.random.default_rng(4).permutation(len(X))])),
                    _lengths(layer(X)[np.random.default_rng(4).permutation(len(X))]),
                ),
                _future(layer, X),
            ),
            "lengths watched": lambda layer, X: (_order(layer, X), _watch(layer, X, _lengths)),
            "means watched": lambda layer, X: (_order(layer, X), _watch(layer, X, lambda rows: rows.mean(axis=1))),
            "sums watched": lambda layer, X: (_order(layer, X), _watch(layer, X, lambda rows: rows.sum(axis=0))),
            "not permuted back; the last token alone": lambda layer, X: (
                _where_they_went(layer, X),
                _one_row(layer, X),
            ),
            "not permuted back; a constant added": lambda layer, X: (
                _where_they_went(layer, X),
                _each_row(layer, X, _shift),
            ),
            "not permuted back; never the future": lambda layer, X: (_where_they_went(layer, X), False),
            "rows turned round; the last token alone": lambda layer, X: (_reversed(layer, X), _one_row(layer, X)),
            "rows turned round; a constant added": lambda layer, X: (_reversed(layer, X), _each_row(layer, X, _shift)),
            "rows turned round; never the future": lambda layer, X: (_reversed(layer, X), False),
            "never permuted; the last token alone": lambda layer, X: (False, _one_row(layer, X)),
            "never permuted; a constant added": lambda layer, X: (False, _each_row(layer, X, _shift)),
            "not two answers": lambda layer, X: _order(layer, X),
        },
        others=[
            lambda layer, X: (_order(layer, X), _each_row(layer, X, _later_rows(lambda Z: Z + 2))),
            lambda layer, X: (False, False),
            _known_by_name,
            _five_rows_permuted,
            _six_rows_permuted,
            lambda layer, X: (_order(layer, X), _future(lambda Z: layer(Z)[:, :1], X)),
            lambda layer, X: (_order(layer, X), _each_row(layer, X, _set(np.inf))),
            lambda layer, X: (_order(lambda Z: np.sort(layer(Z), axis=0), X, p=np.arange(len(X))), _future(layer, X)),
            _short_refused,
            lambda layer, X: (_order(layer, X), _one_row(layer, X, len(X) // 2, slice(len(X) // 2))),
            lambda layer, X: (_order(layer, X), _one_row(layer, X, 1, slice(1))),
            lambda layer, X: (_order(layer, X), _each_row(layer, X, _scale)),
            lambda layer, X: (_order(layer, X), _future(layer, X, 5e-2)),
            lambda layer, X: (_order(layer, X), _future(layer, X, 0)),
            lambda layer, X: (_order(layer, X, 0), _future(layer, X, 0)),
            lambda layer, X: (_order(layer, X), _future(layer, X[:6])),
            lambda layer, X: (_order(layer, X), _future(layer, X[:2])),
            lambda layer, X: (_order(layer, np.ones_like(X)), _future(layer, X)),
            lambda layer, X: (_order(layer, X), _future(layer, np.abs(X))),
            lambda layer, X: (_future(layer, X), _future(layer, X)),
            lambda layer, X: (_order(layer, X), _order(layer, X)),
            lambda layer, X: (int(_order(layer, X)), int(_future(layer, X))),
            lambda layer, X: (float(_order(layer, X)), float(_future(layer, X))),
            lambda layer, X: (str(_order(layer, X)), str(_future(layer, X))),
            lambda layer, X: {"order": _order(layer, X), "future": _future(layer, X)},
            lambda layer, X: (_order(layer, X), _future(layer, X), True),
            lambda layer, X: (layer(X[::-1]) != layer(X)[::-1], _future(layer, X)),
            lambda layer, X: (_order(layer, X, p=np.arange(len(X))), _future(layer, X)),
        ],
        equivalent={
            "memorised by size": "the verdict is about the layer, which is another function each time",
            "argument sorted": "X is an input to try the layer on; its rows in another order are one too",
            "argument rounded": "X is an input to try the layer on; rounded it is one too",
            "without size: rng.normal(size=X.shape[1])": "a row of equal numbers is another row as well",
            "constant +1: 1": "a row may be changed by 2 as well",
            "constant -1: 1": "no output stands before the first row, so changing it shows nothing",
            "constant +1: 0": "another seed, another random permutation",
        },
    ),
}

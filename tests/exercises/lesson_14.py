"""Right and wrong answers to the exercises of lesson 14."""

from __future__ import annotations

import numpy as np

from tests.exercises.harness import Case


def _soft(s, axis=-1):
    e = np.exp(s - s.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


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


def _plain_exp(s):
    return np.exp(s) / np.exp(s).sum()


def _whole(q, K):
    out = _weights()(q, K)
    return out if q.dtype.kind == "f" else out.astype(int)


def _asserting(q, K):
    assert len(K)
    return _weights()(q, K)


def _back(inner=lambda A, g: (A * g).sum(axis=1, keepdims=True), factor=lambda A: A):
    return lambda grad_A, A: factor(A) * (grad_A - inner(A, grad_A))


def _by_jacobian(grad_A, A):
    return np.array([(np.diag(a) - np.outer(a, a)) @ g for a, g in zip(A, grad_A, strict=True)])


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


def _mask(rule=lambda i, k, late: k <= i + late, check=True):
    def mask(n_queries, n_keys):
        if check and n_queries > n_keys:
            raise ValueError(f"{n_queries} queries of {n_keys} positions")
        return rule(np.arange(n_queries)[:, None], np.arange(n_keys), n_keys - n_queries)

    return mask


def _mask_of_tri(n_queries, n_keys):
    if n_queries > n_keys:
        raise ValueError("too many queries")
    return np.tri(n_keys, dtype=bool)[n_keys - n_queries :]


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
    largest = scores[mask].max()
    e = np.where(mask, np.exp(np.where(mask, scores, largest) - largest), 0.0)
    total = e.sum(axis=1, keepdims=True)
    return e / np.where(total > 0, total, 1)


def _rows_mixed(scores, mask):
    return _masked(scores, mask) * (1 if mask.any(axis=1).all() else 0)


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


def _halves(x, position, base=10000.0):
    if len(x) % 2:
        raise ValueError("odd")
    a, b = np.split(x, 2)
    angle = position * base ** (-2 * np.arange(len(a)) / len(x))
    return np.concatenate([a * np.cos(angle) - b * np.sin(angle), a * np.sin(angle) + b * np.cos(angle)])


def _added(x, position, base=10000.0):
    angle = position * base ** (-np.arange(0, len(x), 2) / len(x))
    return x + np.column_stack([np.cos(angle), np.sin(angle)]).ravel()


def _whole_rotation(x, position, base=10000.0):
    return _rotary()(x, position, base).astype(x.dtype)


def _order(layer, X, least=1e-8):
    p = np.roll(np.arange(len(X)), 3)
    return bool(np.abs(layer(X[p]) - layer(X)[p]).max() > least)


def _future(layer, X, token=-1, watch=slice(None, -1), far=np.allclose):
    other = X.copy()
    other[token] = other[token] + 1.5
    return not far(layer(X)[watch], layer(other)[watch])


def _gradual(layer, X):
    seen = False
    for t in range(1, len(X)):
        other = np.array(X)
        other[t:] = -other[t:] + 0.3
        seen = seen or np.abs(layer(other)[:t] - layer(X)[:t]).max() > 1e-9
    p = np.arange(len(X))[::-1]
    return [bool(np.abs(layer(X[p])[p] - layer(X)).max() > 1e-9), bool(seen)]


def _from_the_middle(layer, X):
    middle = len(X) // 2
    return _order(layer, X), _future(layer, X, middle, slice(middle))


def _by_truncation(layer, X):
    seen = any(not np.allclose(layer(X[:t]), layer(X)[:t]) for t in range(1, len(X)))
    return _order(layer, X), seen


CASES = {
    "attention_weights": Case(
        right=[_weights(), _weights_by_loop],
        wrong={
            "unscaled scores": _weights(scale=lambda q, K: 1),
            "divided by d_k": _weights(scale=lambda q, K: len(q)),
            "root of the number of keys": _weights(scale=lambda q, K: np.sqrt(len(K))),
            "scores, not weights": _weights(then=lambda s: s),
            "not normalised": _weights(then=np.exp),
            "divided by their sum": _weights(then=lambda s: s / s.sum()),
            "overflows": _weights(then=_plain_exp),
            "whole numbers": _whole,
            "lets no keys pass": _weights(then=lambda s: _soft(s) if len(s) else s, check=False),
            "lets another width pass": _weights(width=False),
            "wrong kind of error": _asserting,
        },
    ),
    "softmax_backward": Case(
        right=[_back(), _by_jacobian],
        wrong={
            "the diagonal alone": lambda grad_A, A: A * (1 - A) * grad_A,
            "summed over everything": _back(lambda A, g: (A * g).sum()),
            "columns instead of rows": _back(lambda A, g: (A * g).sum(axis=0)),
            "wrong sign": _back(factor=lambda A: -A),
            "plain mean": _back(lambda A, g: g.mean(axis=1, keepdims=True)),
            "first factor forgotten": _back(factor=lambda A: 1),
            "second term forgotten": lambda grad_A, A: A * grad_A,
        },
    ),
    "split_heads": Case(
        right=[
            _split(lambda X, h: np.stack(np.split(X, h, axis=1))),
            _split(lambda X, h: np.array([X[:, i * (X.shape[1] // h) :][:, : X.shape[1] // h] for i in range(h)])),
        ],
        wrong={
            "heads after time": _split(lambda X, h: X.reshape(len(X), h, -1)),
            "heads last": _split(lambda X, h: X.reshape(len(X), -1, h)),
            "time last": _split(lambda X, h: X.reshape(len(X), h, -1).transpose(1, 2, 0)),
            "sizes swapped": _split(lambda X, h: X.reshape(len(X), -1, h).transpose(1, 0, 2)),
            "reshaped without transposing": _split(lambda X, h: X.reshape(h, len(X), -1)),
            "every third column": _split(lambda X, h: X.reshape(len(X), -1, h).transpose(2, 0, 1)),
            "lets an odd width pass": _trimmed,
            "lets zero heads pass": _zero_heads,
            "lets negative heads pass": _negative_heads,
            "wrong kind of error": _split(error=KeyError),
        },
    ),
    "causal_mask": Case(
        right=[_mask(), _mask_of_tri],
        wrong={
            "scores, not a mask": lambda q, k: np.where(_mask()(q, k), 0, -np.inf),
            "rows and columns swapped": lambda q, k: _mask()(q, k).T,
            "aligned at the start": _mask(lambda i, k, late: k <= i),
            "does not see itself": _mask(lambda i, k, late: k < i + late),
            "sees one too many": _mask(lambda i, k, late: k <= i + late + 1),
            "marks what is hidden": _mask(lambda i, k, late: k > i + late),
            "the past is hidden": _mask(lambda i, k, late: k >= i + late),
            "everything": _mask(lambda i, k, late: (k >= 0) & (i >= 0)),
            "square": lambda q, k: _mask()(q, k) if q != k else np.ones((q, k), bool),
            "lets too many queries pass": _mask(check=False),
        },
    ),
    "masked_softmax": Case(
        right=[_masked, _masked_by_rows],
        wrong={
            "masked after the softmax": lambda s, m: _soft(s) * m,
            "softmax over the wrong axis": lambda s, m: _soft(np.where(m, s, -np.inf), axis=0),
            "mask turned round": lambda s, m: _soft(np.where(m, -1e9, s)),
            "score zero": lambda s, m: _soft(s * m),
            "mask ignored": lambda s, m: _soft(s),
            "one sum for all": lambda s, m: np.exp(s) * m / (np.exp(s) * m).sum(),
            "NaN in an empty row": lambda s, m: _soft(np.where(m, s, -np.inf)),
            "weights in an empty row": lambda s, m: _soft(np.where(m, s, -1e9)),
            "rows mixed": _rows_mixed,
            "overflows": _overflowing,
            "hidden scores still count": _renormalised,
            "visible scores overflow": _unshifted,
            "large visible scores": _one_shift,
        },
    ),
    "rotate": Case(
        right=[_rotary(), _by_complex],
        wrong={
            "turned the wrong way": _rotary(way=-1),
            "halves paired": _halves,
            "one speed for all pairs": _rotary(speed=True),
            "i for 2i": _rotary(lambda i, d: -i / d),
            "pair number times i": _rotary(lambda i, d: -4 * i / d),
            "speeds grow": _rotary(lambda i, d: 2 * i / d),
            "base ignored": _rotary(base_of=lambda base: 10000.0),
            "added, not turned": _added,
            "not turned": lambda x, position, base=1e4: x.copy(),
            "whole numbers": _whole_rotation,
            "lets an odd width pass": _rotary(check=False),
        },
    ),
    "audit": Case(
        right=[lambda layer, X: (_order(layer, X), _future(layer, X)), _gradual, _from_the_middle, _by_truncation],
        wrong={
            "not permuted back": lambda layer, X: (
                not np.allclose(layer(X[::-1]), layer(X)),
                _future(layer, X),
            ),
            "order turned round": lambda layer, X: (not _order(layer, X), _future(layer, X)),
            "never permuted": lambda layer, X: (not np.allclose(layer(X), layer(X)), _future(layer, X)),
            "swapped": lambda layer, X: (_future(layer, X), _order(layer, X)),
            "future turned round": lambda layer, X: (_order(layer, X), not _future(layer, X)),
            "own output counted": lambda layer, X: (_order(layer, X), _future(layer, X, watch=slice(None))),
            "changes the past": lambda layer, X: (_order(layer, X), _future(layer, X, 0, slice(1, None))),
            "one step ahead missed": lambda layer, X: (_order(layer, X), _future(layer, X, watch=slice(1))),
            "no tolerance": lambda layer, X: (_order(layer, X, 1e-13), _future(layer, X)),
            "not two answers": lambda layer, X: _order(layer, X),
        },
    ),
}

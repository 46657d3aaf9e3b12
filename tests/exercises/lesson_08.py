"""Right and wrong answers to the exercises of lesson 08."""

from __future__ import annotations

import statistics

import numpy as np

from tests.exercises.harness import Case


def _paired(
    deviation=lambda a, b: np.std(a - b, ddof=1),
    root=np.sqrt,
    factor=lambda t: t,
    flip=1,
    check=lambda a, b: len(a) != len(b) or len(a) < 2,
):
    def interval(a, b, t):
        if check(a, b):
            raise ValueError(f"received {len(a)} and {len(b)} scores")
        mean, half = flip * np.mean(a - b), factor(t) * deviation(a, b) / root(len(a))
        return mean, mean - half, mean + half

    return interval


def _by_statistics(a, b, t):
    if len(a) != len(b):
        raise ValueError("unequal")
    d = [float(one - other) for one, other in zip(a, b, strict=True)]
    if len(d) < 2:
        raise ValueError("too few")
    mean, half = statistics.fmean(d), t * statistics.stdev(d) / len(d) ** 0.5
    return [mean, mean - half, mean + half]


def _in_loops(a, b, t):
    if len(a) != len(b) or len(a) in (0, 1):
        raise ValueError("received too few scores, or unequal numbers")
    n, total = len(a), 0.0
    for one, other in zip(a, b, strict=True):
        total += (one - other) / n
    squares = sum((one - other - total) ** 2 for one, other in zip(a, b, strict=True))
    half = t * np.sqrt(squares / (n - 1)) / np.sqrt(n)
    return np.array([total, total - half, total + half])


def _parts(order):
    return lambda a, b, t: [_paired()(a, b, t)[k] for k in order]


def _half_widths(a, b, t):
    mean, low, _ = _paired()(a, b, t)
    return mean, mean - low, mean - low


def _vain(best=np.argmax, share=lambda loss, k: 1 - loss[-1] / loss[k], add=0):
    def vain(loss, val_accuracy):
        k = int(best(val_accuracy))
        return len(loss) - 1 - k + add, share(loss, k)

    return vain


def _vain_by_list(loss, val_accuracy):
    scores = list(val_accuracy)
    k = scores.index(max(scores))
    return [len(scores[k + 1 :]), (loss[k] - loss[-1]) / loss[k]]


def _vain_by_loop(loss, val_accuracy):
    k = 0
    for epoch, score in enumerate(val_accuracy):
        if score > val_accuracy[k]:
            k = epoch
    return np.int64(len(loss) - k - 1), np.float64(1) - loss[-1] / loss[k]


def _drop(kept=lambda u, r: u >= r, scale=lambda r: 1 / (1 - r), legal=lambda r: 0 <= r < 1):
    def dropout(x, rate, u):
        if not legal(rate):
            raise ValueError(f"rate {rate}")
        return x * kept(u, rate) * scale(rate)

    return dropout


def _drop_in_loops(x, rate, u):
    if rate < 0 or rate >= 1:
        raise ValueError("rate")
    out = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        if u[place] >= rate:
            out[place] = x[place] / (1 - rate)
    return out.tolist()


def _drop_masked(x, rate, u):
    if not 0 <= rate < 1:
        raise ValueError("rate")
    out = x.astype(float) / (1 - rate)
    out[u < rate] = 0
    return out


def _drop_in_tensorflow(x, rate, u):
    import tensorflow as tf

    if not 0 <= rate < 1:
        raise ValueError("rate")
    x = tf.constant(x, tf.float64)
    return tf.where(u < rate, tf.zeros_like(x), x / (1 - rate))


def _spoil(change):
    def dropout(x, rate, u):
        if not 0 <= rate < 1:
            raise ValueError("rate")
        return change(x, rate, u)

    return dropout


def _back(mean=1.0, along=1.0, gamma=True, std=1.0, axis=0, average=np.mean, exact=False, weights=np.sum):
    def backward(x_hat, std_, gamma_, grad):
        h = grad * gamma_ if gamma else grad
        part = average(h * x_hat, axis=axis, keepdims=True)
        if exact:
            part = part / np.mean(x_hat**2, axis=0)
        grad_x = (h - mean * average(h, axis=axis, keepdims=True) - along * x_hat * part) / std_**std
        return grad_x, weights(grad * x_hat, axis=0), weights(grad, axis=0)

    return backward


def _back_with_n(x_hat, std, gamma, grad):
    n = len(grad)
    d_gamma, d_beta = (grad * x_hat).sum(0), grad.sum(0)
    return [gamma / (n * std) * (n * grad - d_beta - x_hat * d_gamma), d_gamma, d_beta]


def _back_by_jacobian(x_hat, std, gamma, grad):
    n, d = grad.shape
    out = np.zeros((n, d))
    for j in range(d):
        jacobian = (np.eye(n) - 1 / n - np.outer(x_hat[:, j], x_hat[:, j]) / n) / std[j]
        out[:, j] = jacobian.T @ (gamma[j] * grad[:, j])
    return out, np.einsum("nd,nd->d", grad, x_hat), np.ones(n) @ grad


def _back_by_the_chain(x_hat, std, gamma, grad):
    d_hat = grad * gamma
    centred = x_hat * std
    d_std = -(d_hat * centred).sum(axis=0) / std**2
    d_mean = -(d_hat / std).sum(axis=0)
    d_x = d_hat / std + d_std * centred / (len(grad) * std) + d_mean / len(grad)
    return d_x, (grad * x_hat).sum(axis=0), grad.sum(axis=0)


def _back_parts(order):
    return lambda *arguments: [_back()(*arguments)[k] for k in order]


SIX = {
    "A": "dead ReLUs",
    "B": "validation leaked",
    "C": "rate too high",
    "D": "inputs unscaled",
    "E": "rate too low",
    "F": "labels shuffled",
}
THREE = {"P": "learned by heart", "Q": "rate too low", "R": "healthy"}


def _drops_the_rest(a, b, t):
    if len(a) > len(b) or len(a) < 2:
        raise ValueError("lengths")
    d = np.asarray(a) - np.asarray(b)[: len(a)]
    half = t * d.std(ddof=1) / np.sqrt(len(d))
    return d.mean(), d.mean() - half, d.mean() + half


CASES = {
    "paired_interval": Case(
        right=[_by_statistics, _in_loops, lambda a, b, t: tuple(np.float32(part) for part in _paired()(a, b, t))],
        wrong={
            "not paired": _paired(lambda a, b: np.sqrt(np.var(a, ddof=1) + np.var(b, ddof=1))),
            "spread, not error": _paired(root=lambda n: 1),
            "n for the root of n": _paired(root=lambda n: n),
            "divides by n": _paired(lambda a, b: np.std(a - b)),
            "sign": _paired(flip=-1),
            "t forgotten": _paired(factor=lambda t: 1),
            "t halved": _paired(factor=lambda t: t / 2),
            "variance": _paired(lambda a, b: np.var(a - b, ddof=1)),
            "ends swapped": _parts((0, 2, 1)),
            "width, not ends": _half_widths,
            "deviation about 0": _paired(lambda a, b: np.sqrt(np.sum((a - b) ** 2) / (len(a) - 1))),
            "one draw passes": lambda a, b, t: (
                (a[0] - b[0], a[0] - b[0], a[0] - b[0]) if len(a) == len(b) == 1 else _paired()(a, b, t)
            ),
            "no draw passes": lambda a, b, t: (0.0, 0.0, 0.0) if len(a) == 0 else _paired()(a, b, t),
            "unequal lengths pass": lambda a, b, t: (
                _paired()(a[: min(len(a), len(b))], b[: min(len(a), len(b))], t)
                if min(len(a), len(b)) > 1
                else _paired()(a[:1], b[:1], t)
            ),
        },
        others=[
            _drops_the_rest,
            _paired(factor=lambda t: 2.262),
            _paired(factor=lambda t: 1.96),
            _paired(check=lambda a, b: len(a) != len(b) or len(a) < 3),
            _paired(check=lambda a, b: False),
            _paired(root=lambda n: np.sqrt(n - 1)),
            _paired(lambda a, b: np.abs(np.std(a, ddof=1) - np.std(b, ddof=1))),
            lambda a, b, t: _paired()(np.sort(a), np.sort(b), t),
            lambda a, b, t: _paired()(a, b, t)[0],
            lambda a, b, t: [str(part) for part in _paired()(a, b, t)],
            lambda a, b, t: [part + 1j for part in _paired()(a, b, t)],
            lambda a, b, t: (part for part in _paired()(a, b, t)),
        ],
    ),
    "in_vain": Case(
        right=[_vain_by_list, _vain_by_loop, lambda loss, v: (len(v) - 1 - int(v.argmax()), np.float32(1 - loss[-1] / loss[v.argmax()]))],
        wrong={
            "the last of the best": _vain(lambda v: len(v) - 1 - np.argmax(v[::-1])),
            "one too many": lambda loss, v: (len(v) - int(np.argmax(v)), _vain()(loss, v)[1]),
            "the best epoch's number": lambda loss, v: (int(np.argmax(v)), _vain()(loss, v)[1]),
            "lowest training loss": lambda loss, v: _vain(lambda _: np.argmin(loss))(loss, v),
            "worst accuracy": _vain(np.argmin),
            "difference, not share": _vain(share=lambda loss, k: loss[k] - loss[-1]),
            "what is left": _vain(share=lambda loss, k: loss[-1] / loss[k]),
            "from the first epoch": _vain(share=lambda loss, k: 1 - loss[-1] / loss[0]),
            "share of the end": _vain(share=lambda loss, k: (loss[k] - loss[-1]) / loss[-1]),
            "down to the lowest": _vain(share=lambda loss, k: 1 - min(loss[k:]) / loss[k]),
            "per cent": _vain(share=lambda loss, k: 100 - 100 * loss[-1] / loss[k]),
            "never below zero": _vain(share=lambda loss, k: max(0, 1 - loss[-1] / loss[k])),
            "swapped": lambda loss, v: _vain()(loss, v)[::-1],
        },
        others=[
            _vain(add=-1),
            _vain(share=lambda loss, k: abs(1 - loss[-1] / loss[k])),
            _vain(share=lambda loss, k: round(1 - loss[-1] / loss[k], 2)),
            lambda loss, v: (float(_vain()(loss, v)[0]), _vain()(loss, v)[1]),
            lambda loss, v: _vain()(loss, np.round(v, 1)),
            lambda loss, v: (8, 0.5),
            lambda loss, v: _vain()(loss, v)[0],
            lambda loss, v: [str(part) for part in _vain()(loss, v)],
        ],
        styles=dict.fromkeys(
            ("float32", "lists", "arrays", "NumPy scalars", "small ints"),
            "in one array the number of epochs is no int any more",
        ),
    ),
    "diagnoses": Case(
        right=[SIX, dict(reversed(SIX.items())), list(SIX.values()), {k: v.upper() for k, v in SIX.items()}, SIX | {"G": 1}],
        wrong={
            "low for dead": SIX | {"A": "rate too low"},
            "high for dead": SIX | {"A": "rate too high"},
            "shuffled for dead": SIX | {"A": "labels shuffled"},
            "healthy for leaked": SIX | {"B": "healthy"},
            "heart for leaked": SIX | {"B": "learned by heart"},
            "low for high": SIX | {"C": "rate too low"},
            "dead for high": SIX | {"C": "dead ReLUs"},
            "unscaled for high": SIX | {"C": "inputs unscaled", "D": "rate too high"},
            "heart for high": SIX | {"C": "learned by heart"},
            "high for unscaled": SIX | {"D": "rate too high"},
            "heart for unscaled": SIX | {"D": "learned by heart"},
            "dead for low": SIX | {"E": "dead ReLUs"},
            "shuffled for low": SIX | {"E": "labels shuffled"},
            "heart for shuffled": SIX | {"F": "learned by heart"},
            "high for shuffled": SIX | {"F": "rate too high"},
            "no such illness": SIX | {"C": "overfitting"},
            "a patient is missing": {k: v for k, v in SIX.items() if k != "D"},
            "wrong type": "dead ReLUs",
        },
        others=[
            SIX | {"D": "labels shuffled"},
            SIX | {"B": 3},
            SIX | {"B": ...},
            list(SIX.values())[::-1],
            list(SIX.values())[:5],
            set(SIX.values()),
            {},
            np.array(list(SIX.values())),
        ],
    ),
    "second_opinion": Case(
        right=[THREE, tuple(THREE.values()), {k: f" {v.title()} " for k, v in THREE.items()}],
        wrong={
            "shuffled for heart": THREE | {"P": "labels shuffled"},
            "healthy for heart": THREE | {"P": "healthy"},
            "high for heart": THREE | {"P": "rate too high"},
            "dead for slow": THREE | {"Q": "dead ReLUs"},
            "healthy for slow": THREE | {"Q": "healthy"},
            "heart for healthy": THREE | {"R": "learned by heart"},
            "leaked for healthy": THREE | {"R": "validation leaked"},
            "no such illness": THREE | {"R": "well"},
            "a patient is missing": {"P": "learned by heart"},
        },
        others=[THREE | {"R": None}, THREE | {"Q": "labels shuffled"}, ["learned by heart"], [1, 2, 3], "PQR"],
    ),
    "dropout": Case(
        right=[_drop(), _drop_in_loops, _drop_masked, _drop_in_tensorflow, lambda x, r, u: np.float32(_drop()(x, r, u))],
        wrong={
            "not scaled up": _drop(scale=lambda r: 1),
            "scaled down": _drop(scale=lambda r: 1 - r),
            "divided by the rate": _drop(scale=lambda r: 1 / r if r else 1),
            "keeps the wrong ones": _drop(kept=lambda u, r: u < r),
            "keeps the wrong ones, not scaled": _drop(kept=lambda u, r: u < r, scale=lambda r: 1),
            "the rate is what stays": _drop(kept=lambda u, r: u < r, scale=lambda r: 1 / r if r else 1),
            "u equal to the rate dropped": _drop(kept=lambda u, r: u > r),
            "scaled by the count": _spoil(lambda x, r, u: x * (u >= r) / max(np.mean(u >= r), 1e-9)),
            "whole rows": _spoil(lambda x, r, u: x * (u[:, :1] >= r) / (1 - r)),
            "whole columns": _spoil(lambda x, r, u: x * (u[:1] >= r) / (1 - r)),
            "everything scaled": _spoil(lambda x, r, u: np.where(u < r, x, x / (1 - r))),
            "cut to whole numbers": _spoil(lambda x, r, u: _drop()(x, r, u).astype(x.dtype)),
            "lets 1 pass": lambda x, r, u: np.zeros(x.shape) if r == 1 else _drop()(x, r, u),
            "lets more than 1 pass": lambda x, r, u: np.zeros(x.shape) if r > 1 else _drop()(x, r, u),
            "lets less than 0 pass": lambda x, r, u: x / (1 - r) if r < 0 else _drop()(x, r, u),
        },
        others=[
            _drop(legal=lambda r: True),
            _drop(legal=lambda r: 0 < r < 1),
            _drop(legal=lambda r: 0 <= r < 0.95),
            _spoil(lambda x, r, u: x * (1 - r)),
            _spoil(lambda x, r, u: _drop()(x, 0.5, u)),
            _spoil(lambda x, r, u: _drop()(x, r, np.random.default_rng(1).random(x.shape))),
            _spoil(lambda x, r, u: np.abs(_drop()(x, r, u))),
            _spoil(lambda x, r, u: _drop()(x, r, u)[0]),
        ],
    ),
    "batch_norm_backward": Case(
        right=[_back_with_n, _back_by_jacobian, _back_by_the_chain, lambda *a: [np.float32(part) for part in _back()(*a)]],
        wrong={
            "mean and deviation as constants": _back(mean=0, along=0),
            "deviation as a constant": _back(along=0),
            "mean as a constant": _back(mean=0),
            "gamma forgotten": _back(gamma=False),
            "not divided": _back(std=0),
            "multiplied by std": _back(std=-1),
            "divided by the variance": _back(std=2),
            "along the rows": _back(axis=1),
            "sums for means": _back(average=np.sum),
            "wrong sign along": _back(along=-1),
            "as if epsilon were 0": _back(exact=True),
            "means for gamma and beta": _back(weights=np.mean),
            "gamma and beta swapped": _back_parts((0, 2, 1)),
            "gamma without x_hat": _back_parts((0, 2, 2)),
            "sign": lambda *a: [-part for part in _back()(*a)],
        },
        others=[
            _back(mean=-1),
            lambda *a: _back()(*a)[0],
            lambda x_hat, std, gamma, grad: _back()(x_hat, std, np.abs(gamma), grad),
            lambda x_hat, std, gamma, grad: _back()(x_hat, std.mean(), gamma, grad),
            lambda x_hat, std, gamma, grad: _back()(x_hat, std, gamma, grad)[1:],
            lambda x_hat, std, gamma, grad: [part / len(grad) for part in _back()(x_hat, std, gamma, grad)],
            lambda x_hat, std, gamma, grad: (
                _back()(x_hat, std, gamma, grad) if len(grad) > 1 else (grad * gamma / std, (grad * x_hat).sum(0), grad.sum(0))
            ),
        ],
    ),
}  # fmt: skip

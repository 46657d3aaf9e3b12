"""Answers to the exercises of lesson 11: right ones written differently, and each misconception."""

from __future__ import annotations

import math

import numpy as np

from tests.exercises.harness import Case


def _error(value=lambda p, n: math.sqrt(p * (1 - p) / n), low=0, high=1, least=1, kind=ValueError):
    def standard_error(share, n):
        if n < least or share < low or share > high:
            raise kind(f"{share} of {n}")
        return value(share, n)

    return standard_error


def _in_float32(share, n):
    if not 0 <= share <= 1 or n <= 0:
        raise ValueError("no share")
    return np.sqrt(np.float32(share) * np.float32(1 - share) / np.float32(n))


def _as_tensor(share, n):
    import tensorflow as tf

    if share < 0 or share > 1 or n < 1:
        raise ValueError("no share")
    return tf.sqrt(tf.constant(share * (1 - share) / n))


def _gain(error=lambda d, a, b: np.std(d, ddof=1) / np.sqrt(len(d)), gain=np.mean, check=None, give=None):
    def paired_gain(first, second):
        refuse = check or (lambda a, b: len(a) != len(b) or len(a) < 2)
        if refuse(first, second):
            raise ValueError(f"{len(first)} and {len(second)} answers")
        a, b = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
        d = b - a
        return (give or (lambda g, e: (g, e)))(gain(d), error(d, a, b))

    return paired_gain


def _cut_to_the_shorter(first, second):
    n = min(len(first), len(second))
    return _gain()(first[:n], second[:n])


def _counted_gain(first, second):
    n = len(first)
    if n != len(second) or n < 2:
        raise ValueError("lengths")
    up = sum(1 for a, b in zip(first, second, strict=True) if b and not a)
    down = sum(1 for a, b in zip(first, second, strict=True) if a and not b)
    mean = (up - down) / n
    variance = (up + down - n * mean**2) / (n - 1)
    return [mean, (variance / n) ** 0.5]


def _pandas_gain(first, second):
    import pandas as pd

    if len(first) != len(second) or len(first) < 2:
        raise ValueError("lengths")
    change = pd.Series(np.subtract(second, first, dtype=float))
    return change.mean(), change.sem()


def _tiles(turn=None, weight=np.hypot, finish=lambda sums, tile: sums, least=2, check=True):
    def tile_directions(tile, bins):
        if check and (bins < 1 or min(tile.shape) < least):
            raise ValueError(f"{bins} directions in {tile.shape}")
        down, right = np.gradient(tile)
        half = lambda d, r, n: np.arctan2(d, r) % np.pi / np.pi * n  # noqa: E731
        place = np.asarray((turn or half)(down, right, bins)).astype(int) % bins
        return finish(np.bincount(place.ravel(), weights=weight(right, down).ravel(), minlength=bins), tile)

    return tile_directions


def _tile_loops(tile, bins):
    if bins <= 0 or tile.shape[0] < 2 or tile.shape[1] < 2:
        raise ValueError("too small")
    down, right = np.gradient(np.asarray(tile, dtype=float))
    sums = [0.0] * int(bins)
    for row in range(tile.shape[0]):
        for column in range(tile.shape[1]):
            d, r = down[row, column], right[row, column]
            angle = math.atan2(d, r)
            if angle < 0:
                angle += math.pi
            sums[int(angle / math.pi * bins) % bins] += (d * d + r * r) ** 0.5
    return sums


def _tile_add_at(tile, bins):
    if not (bins > 0 and tile.shape[0] > 1 and tile.shape[1] > 1):
        raise ValueError("too small")
    change = np.gradient(tile)
    z = change[1] + 1j * change[0]
    sums = np.zeros(bins)
    np.add.at(sums, (np.angle(z) % np.pi / np.pi * bins).astype(int) % bins, np.abs(z))
    return sums


def _crossed(place=None, check=(True, True, True)):
    def cross_fitted(scores_of, folds, n):
        scores, asked = np.zeros(n), np.zeros(n, dtype=int)
        for learn, ask in folds:
            if check[0] and set(learn.tolist()) & set(ask.tolist()):
                raise ValueError("a place has taught its own judge")
            places, values = (place or (lambda f, a, b, m: (b, f(a, b))))(scores_of, learn, ask, n)
            scores[places] = values
            np.add.at(asked, ask, 1)
        if check[1] and (asked == 0).any():
            raise ValueError("a place is never asked about")
        if check[2] and (asked > 1).any():
            raise ValueError("a place is asked about twice")
        return scores

    return cross_fitted


def _overlap(folds):
    return any(np.isin(ask, learn).any() for learn, ask in folds)


def _crossed_carelessly(refuse):
    """Return a cross_fitted that refuses only where `refuse(folds, all places asked about, n)` says so."""

    def cross_fitted(scores_of, folds, n):
        if refuse(folds, np.concatenate([ask for _, ask in folds]).tolist(), n):
            raise ValueError("folds")
        return _crossed(check=(False, False, False))(scores_of, folds, n)

    return cross_fitted


def _crossed_sorted(scores_of, folds, n):
    found = {}
    for learn, ask in folds:
        for i, score in zip(ask, scores_of(learn, ask), strict=True):
            if i in found or i in set(learn):
                raise ValueError(f"place {i}")
            found[i] = score
    if len(found) != n:
        raise ValueError("gaps")
    return [found[i] for i in range(n)]


def _crossed_at_once(scores_of, folds, n):
    asked = np.concatenate([ask for _, ask in folds])
    if not np.array_equal(np.sort(asked), np.arange(n)) or any(np.isin(a, b).any() for a, b in folds):
        raise ValueError("folds")
    return np.concatenate([scores_of(a, b) for a, b in folds])[np.argsort(asked)]


def _ceiling(value=lambda p: np.maximum(p, 1 - p).mean(), least=1, low=0, high=1):
    def label_ceiling(probability):
        if len(probability) < least or (probability < low).any() or (probability > high).any():
            raise ValueError(f"{probability}")
        return value(probability)

    return label_ceiling


def _ceiling_loop(probability):
    if not len(probability) or min(probability) < 0 or max(probability) > 1:
        raise ValueError("probabilities")
    return sum(p if p > 0.5 else 1 - p for p in probability) / len(probability)


def _half_more(probability):
    return _ceiling(lambda p: 0.5 + np.abs(np.float32(p) - 0.5).mean())(probability)


ONE_FLOAT = "the other array is one of floats, and so is the difference"
NO_CHANGE = "np.gradient raises a ValueError of its own where a tile is one pixel wide"
NO_CELL = "the smallest of no probabilities is a ValueError of its own"

CASES = {
    "standard_error": Case(
        right=[_error(), _in_float32, _as_tensor, _error(lambda p, n: np.array((p - p * p) ** 0.5 / n**0.5))],
        wrong={
            "no root": _error(lambda p, n: p * (1 - p) / n),
            "root of n forgotten": _error(lambda p, n: math.sqrt(p * (1 - p))),
            "divided by n": _error(lambda p, n: math.sqrt(p * (1 - p)) / n),
            "one minus forgotten": _error(lambda p, n: math.sqrt(p / n)),
            "the other share alone": _error(lambda p, n: math.sqrt((1 - p) / n)),
            "always one half": _error(lambda p, n: 0.5 / math.sqrt(n)),
            "n - 1": _error(lambda p, n: math.sqrt(p * (1 - p) / max(n - 1, 1))),
            "two of them": _error(lambda p, n: 2 * math.sqrt(p * (1 - p) / n)),
            "in percent": _error(lambda p, n: 100 * math.sqrt(p * (1 - p) / n)),
            "no cells accepted": lambda p, n: _error(least=-999)(p, abs(n) or 1),
            "share below 0 accepted": lambda p, n: _error()(max(p, 0), n),
            "share above 1 accepted": lambda p, n: _error()(min(p, 1), n),
            "wrong kind of error": _error(kind=TypeError),
        },
        others=[
            _error(least=2),
            _error(low=0.01),
            _error(high=0.999),
            _error(lambda p, n: round(math.sqrt(p * (1 - p) / n), 3)),
            _error(lambda p, n: str(math.sqrt(p * (1 - p) / n))),
            _error(lambda p, n: 0.0136),
            _error(lambda p, n: 1.96 * math.sqrt(p * (1 - p) / n)),
        ],
        equivalent={"memorised by size": "two numbers have no size but themselves"},
    ),
    "paired_gain": Case(
        right=[_gain(), _counted_gain, _pandas_gain, _gain(give=lambda g, e: np.array([g, e]))],
        wrong={
            "turned round": _gain(gain=lambda d: -np.mean(d)),
            "not paired": _gain(lambda d, a, b: np.sqrt((a.var() + b.var()) / len(a))),
            "not paired, n - 1": _gain(lambda d, a, b: np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / len(a))),
            "root of n forgotten": _gain(lambda d, a, b: np.std(d, ddof=1)),
            "divided by n": _gain(lambda d, a, b: np.std(d, ddof=1) / len(d)),
            "n, not n - 1": _gain(lambda d, a, b: np.std(d) / np.sqrt(len(d))),
            "errors added": _gain(lambda d, a, b: (a.std(ddof=1) + b.std(ddof=1)) / np.sqrt(len(d))),
            "variance": _gain(lambda d, a, b: np.var(d, ddof=1) / len(d)),
            "counts": _gain(lambda d, a, b: np.std(d, ddof=1) * np.sqrt(len(d)), gain=np.sum),
            "error first": _gain(give=lambda g, e: (e, g)),
            "lengths may differ": _cut_to_the_shorter,
            "too few accepted": lambda a, b: (0.0, 0.0) if len(a) == len(b) < 2 else _gain()(a, b),
        },
        others=[
            _gain(check=lambda a, b: len(a) != len(b) or len(a) < 3),
            lambda a, b: (0.0, 0.0) if len(a) == len(b) == 1 else _gain()(a, b),
            _gain(gain=lambda d: abs(np.mean(d))),
            _gain(give=lambda g, e: (g, e) if g else (0.0, 0.0)),
            _gain(give=lambda g, e: g),
            _gain(give=lambda g, e: (round(g, 2), round(e, 2))),
            _gain(lambda d, a, b: 1.96 * np.std(d, ddof=1) / np.sqrt(len(d))),
            _gain(lambda d, a, b: np.sqrt((d != 0).sum()) / len(d)),
        ],
        equivalent={
            "without dtype: np.asarray(first, dtype=float)": ONE_FLOAT,
            "without dtype: np.asarray(second, dtype=float)": ONE_FLOAT,
        },
    ),
    "tile_directions": Case(
        right=[_tiles(), _tile_loops, _tile_add_at, lambda t, n: _tiles()(t, n).astype("float32")],
        wrong={
            "full circle": _tiles(lambda d, r, n: np.arctan2(d, r) % (2 * np.pi) / (2 * np.pi) * n),
            "pixels counted": _tiles(weight=lambda r, d: np.ones(r.shape)),
            "strength squared": _tiles(weight=lambda r, d: r * r + d * d),
            "sum of sizes": _tiles(weight=lambda r, d: abs(r) + abs(d)),
            "axes exchanged": _tiles(lambda d, r, n: np.arctan2(r, d) % np.pi / np.pi * n),
            "sign lost": _tiles(lambda d, r, n: np.arctan2(abs(d), abs(r)) / np.pi * n),
            "mean, not sum": _tiles(finish=lambda s, t: s / t.size),
            "shares": _tiles(finish=lambda s, t: s / (s.sum() or 1)),
            "rounded": _tiles(lambda d, r, n: np.rint(np.arctan2(d, r) % np.pi / np.pi * n)),
            "turned round": _tiles(finish=lambda s, t: s[::-1]),
            "only downwards": _tiles(weight=lambda r, d: abs(d)),
            "no directions accepted": lambda t, n: _tiles()(t, n) if n > 0 else np.zeros(1),
            "too small accepted": lambda t, n: _tiles()(t, n) if min(t.shape) > 1 or n < 1 else np.zeros(n),
        },
        others=[
            _tiles(least=3),
            lambda t, n: np.zeros(n) if t.shape[1] == 1 else _tiles()(t, n),
            lambda t, n: np.zeros(1) if n == 0 else _tiles()(t, n),
            lambda t, n: _tiles()(t, 9)[:n] if n > 0 else _tiles()(t, n),
            _tiles(weight=lambda r, d: abs(r)),
            _tiles(finish=lambda s, t: np.round(s)),
            _tiles(lambda d, r, n: np.minimum(np.degrees(np.arctan2(d, r) % np.pi) // (180 // n), n - 1)),
            _tiles(finish=lambda s, t: [*s.tolist(), 0.0]),
            lambda t, n: _tiles()(t - t.mean(), n) * 2,
        ],
        equivalent={
            "constant -1: 2": NO_CHANGE,
            "remembers the first: tile.shape": NO_CHANGE,
            "min to max: min": NO_CHANGE,
        },
    ),
    "cross_fitted": Case(
        right=[_crossed(), _crossed_sorted, _crossed_at_once, lambda f, folds, n: _crossed()(f, folds, n).tolist()],
        wrong={
            "asked about what it learned": _crossed(lambda f, a, b, n: (a, f(a, a))),
            "taught by the fold": _crossed(lambda f, a, b, n: (b, f(b, b))),
            "turned round": _crossed(lambda f, a, b, n: (a, f(b, a))),
            "all places teach": _crossed(lambda f, a, b, n: (b, f(np.arange(n), b))),
            "all others teach": _crossed(lambda f, a, b, n: (b, f(np.setdiff1d(np.arange(n), b), b))),
            "first machine for all": lambda f, folds, n: f(folds[0][0], np.arange(n)),
            "in the order of the folds": lambda f, folds, n: np.concatenate([f(a, b) for a, b in folds]),
            "mean of all machines": lambda f, folds, n: np.mean([f(a, np.arange(n)) for a, _ in folds], axis=0),
            "shared places accepted": _crossed(check=(False, True, True)),
            "gaps accepted": _crossed(check=(True, False, True)),
            "twice asked accepted": _crossed(check=(True, True, False)),
        },
        others=[
            _crossed(check=(False, False, False)),
            lambda f, folds, n: _crossed()(f, folds[:2], n),
            _crossed_carelessly(lambda folds, asked, n: np.isin(folds[0][1], folds[0][0]).any()),
            _crossed_carelessly(lambda folds, asked, n: any(b[-1] in a for a, b in folds)),
            _crossed_carelessly(lambda folds, asked, n: _overlap(folds) or len(asked) != n),
            _crossed_carelessly(lambda folds, asked, n: _overlap(folds) or len(set(asked)) != 1 + max(asked)),
            _crossed_carelessly(lambda folds, asked, n: _overlap(folds) or sorted(set(asked)) != list(range(n))),
            _crossed_carelessly(lambda folds, asked, n: _overlap(folds) or any(len(a) + len(b) != n for a, b in folds)),
            _crossed(lambda f, a, b, n: (b, np.where(f(a, b) == 0, 1, f(a, b)))),
            lambda f, folds, n: np.round(_crossed()(f, folds, n)),
            lambda f, folds, n: _crossed()(f, folds, n)[::-1],
            lambda f, folds, n: _crossed()(f, folds, n)[:, None],
        ],
    ),
    "label_ceiling": Case(
        right=[_ceiling(), _ceiling_loop, _half_more, lambda p: np.array(_ceiling()(p))],
        wrong={
            "mean probability": _ceiling(np.mean),
            "the commonest class": _ceiling(lambda p: max(np.mean(p), 1 - np.mean(p))),
            "answers at random": _ceiling(lambda p: np.mean(p * p + (1 - p) * (1 - p))),
            "share of the wrong": _ceiling(lambda p: np.minimum(p, 1 - p).mean()),
            "share of the sure": _ceiling(lambda p: np.isin(p, [0.0, 1.0]).mean()),
            "coin for the unsure": _ceiling(lambda p: (1 + np.isin(p, [0.0, 1.0])).mean() / 2),
            "share above one half": _ceiling(lambda p: (p > 0.5).mean()),
            "sure cells alone": _ceiling(
                lambda p: (
                    np.maximum(p, 1 - p)[~np.isin(p, [0.0, 1.0])].mean() if not np.isin(p, [0.0, 1.0]).all() else 0.0
                )
            ),
            "best cell": _ceiling(lambda p: np.maximum(p, 1 - p).max()),
            "no cells accepted": lambda p: _ceiling()(p) if len(p) else 1.0,
            "above 1 accepted": lambda p: _ceiling()(np.minimum(p, 1.0)),
            "below 0 accepted": lambda p: _ceiling()(np.maximum(p, 0.0)),
        },
        others=[
            _ceiling(low=0.01),
            _ceiling(high=0.99),
            _ceiling(least=2),
            _ceiling(high=2),
            _ceiling(low=-0.5),
            lambda p: _ceiling()(np.concatenate([p[:1], np.clip(p[1:-1], 0, 1), p[1:][-1:]])),
            _ceiling(lambda p: np.maximum(p, 1 - p)),
            _ceiling(lambda p: round(float(np.maximum(p, 1 - p).mean()), 2)),
            _ceiling(lambda p: np.median(np.maximum(p, 1 - p))),
        ],
        equivalent={
            "argument sorted": "a mean knows no order",
            "argument kept in [-10, 10]": "what is no probability stays none",
            "argument kept below 256": "what is no probability stays none",
            "condition 0 dropped: len(probability) == 0 or np.min(probability) < 0 or np.max(p": NO_CELL,
            "constant -1: 0": NO_CELL,
            "remembers the first: len(probability)": NO_CELL,
        },
    ),
}

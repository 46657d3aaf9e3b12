"""Answers to the exercises of lesson 10: right ones written differently, and each misconception."""

from __future__ import annotations

import itertools

import numpy as np

from tests.exercises.harness import Case


def _report(epoch=lambda v, t: int(np.argmax(v)), score=lambda v, t, e: t[e], check=True, kind=ValueError):
    def report(validation, test):
        if check and (len(validation) != len(test) or len(validation) == 0):
            raise kind(f"{len(validation)} validation scores and {len(test)} test scores")
        e = epoch(validation, test)
        return e, score(validation, test, e)

    return report


def _loop(validation, test):
    if not 0 < len(validation) == len(test):
        raise ValueError("lengths")
    best = 0
    for epoch in range(len(test)):
        if validation[epoch] > validation[best]:
            best = epoch
    return [best, float(test[best])]


def _parameters(bias=1, shave=2, pool=2, up=0, channels=1, alone=False, last=513, check=True, least=1, turn=False):
    def textbook_parameters(side):
        before, total, whole = channels, 0, side
        for maps in (32, 64, 128):
            total += (9 * (1 if alone else before) + bias) * maps
            side, before = (side - shave + up * (pool - 1)) // pool, maps
        if check and side < least:
            raise ValueError(f"{whole} pixels are too few")
        dense = (side * side * 128 + bias) * 512 + (last if bias else 512)
        return (dense, total) if turn else (total, dense)

    return textbook_parameters


def _small_fails(side):
    return _parameters(least=2)(side) if side != 22 else (_parameters()(side)[0], 1)


def _diagnose(
    order=("one", "over"),
    last=3,
    gap=3,
    compare=None,
    falls=True,
    names=None,
    near=0.001,
    distance=lambda a, b: abs(a - b),
    start=False,
):
    names = {"one": "one answer", "over": "overfitting", "no": "no objection"} | (names or {})

    def diagnose(loss, val_loss, val_accuracy, majority):
        level = majority if compare is None else val_accuracy[-1]
        best = int(np.argmin(val_loss))
        holds = {
            "one": all(distance(a, level) <= near for a in val_accuracy[-last:]),
            "over": len(val_loss) - 1 - best >= gap and (not falls or loss[-1] < loss[0 if start else best]),
        }
        return names[next((key for key in order if holds[key]), "no")]

    return diagnose


def _three_of_the_first(loss, val_loss, val_accuracy, majority):
    if np.sum(np.abs(val_accuracy - majority) <= 0.001) >= 3:
        return "one answer"
    return _diagnose()(loss, val_loss, val_accuracy, majority)


def _lines(logit):
    values = np.unique(logit)
    return (values[1:] + values[:-1]) / 2


def _share(logit, y, line):
    said = logit > line
    return (said[y == 1].mean() + (~said[y == 0]).mean()) / 2


def _threshold(
    lines=_lines, score=_share, give=lambda lines, scores: lines[np.argmax(scores)], check=True, kind=ValueError
):
    def best_threshold(logit, y):
        if check and len(set(y.tolist())) < 2:
            raise kind("both classes are needed")
        candidates = lines(logit)
        return give(candidates, [score(logit, y, line) for line in candidates])

    return best_threshold


def _sorted_loop(logit, y):
    if y.min() == y.max() or logit.min() == logit.max():
        raise ValueError("nothing to part")
    best, found = -1.0, None
    ordered = sorted(set(logit.tolist()))
    for low, high in itertools.pairwise(ordered):
        line = (low + high) / 2
        hits = sum(1 for a, b in zip(logit, y, strict=True) if b == 1 and a > line) * int((y == 0).sum())
        hits += sum(1 for a, b in zip(logit, y, strict=True) if b == 0 and a <= line) * int((y == 1).sum())
        if hits > best:
            best, found = hits, line
    return found


def _repeats(logit):
    values = np.sort(logit)
    return (values[1:] + values[:-1]) / 2


def _first_equal(logit, y):
    if len(set(logit.tolist())) < len(logit):
        return -0.5
    return _threshold()(logit, y)


def _cam(
    weights=lambda s: s.mean(axis=(0, 1)),
    drop=lambda r: np.maximum(r, 0),
    scale=True,
    check=True,
    mix=None,
    kind=ValueError,
):
    def grad_cam(maps, slopes):
        if check and maps.shape != slopes.shape:
            raise kind(f"{maps.shape} and {slopes.shape}")
        raw = maps @ weights(slopes[: len(maps)]) if mix is None else mix(maps, slopes)
        heat = drop(raw)
        return heat / heat.max() if scale and heat.max() > 0 else heat

    return grad_cam


def _cam_loops(maps, slopes):
    if np.shape(maps) != np.shape(slopes):
        raise ValueError("shapes")
    heat = np.zeros(maps.shape[:2])
    for k in range(maps.shape[2]):
        heat += maps[:, :, k] * np.mean(slopes[:, :, k])
    heat[heat < 0] = 0
    return (heat / (heat.max() or 1)).tolist()


def _cold_nan(maps, slopes):
    heat = np.maximum(maps @ slopes.mean(axis=(0, 1)), 0)
    return heat / heat.max()


def _broadcasts(maps, slopes):
    if maps.shape[2] != slopes.shape[2]:
        raise ValueError("maps")
    return _cam(check=False)(maps, slopes)


CASES = {
    "report": Case(
        right=[_report(), _loop, lambda v, t: _report()(list(v), list(t))],
        wrong={
            "test set chooses": _report(epoch=lambda v, t: int(np.argmax(t))),
            "validation score reported": _report(score=lambda v, t, e: v[e]),
            "best test score": _report(score=lambda v, t, e: max(t)),
            "latest of the tied": _report(epoch=lambda v, t: len(v) - 1 - int(np.argmax(v[::-1]))),
            "counted from 1": lambda v, t: (_report()(v, t)[0] + 1, _report()(v, t)[1]),
            "last epoch": _report(epoch=lambda v, t: len(v) - 1),
            "both sets choose": _report(epoch=lambda v, t: int(np.argmax(v + t))),
            "single epoch": lambda v, t: _report()(v, t) if len(v) != 1 else (1, t[0]),
            "lengths may differ": lambda v, t: _report(check=False)(v, t) if len(v) else _report()(v, t),
            "no epoch accepted": lambda v, t: _report()(v, t) if len(v) else (0, 0.0),
            "wrong kind of error": _report(kind=IndexError),
            "not a pair": lambda v, t: t[np.argmax(v)],
            "epoch as float": lambda v, t: (float(_report()(v, t)[0]), _report()(v, t)[1]),
        },
    ),
    "textbook_parameters": Case(
        right=[_parameters(), lambda side: list(map(np.int64, _parameters()(side)))],
        wrong={
            "biases forgotten": _parameters(bias=0),
            "padded": _parameters(shave=0),
            "not pooled": _parameters(pool=1),
            "rounded up": _parameters(up=1),
            "colour": _parameters(channels=3),
            "last layer forgotten": _parameters(last=0),
            "one map at a time": _parameters(alone=True),
            "side by side swapped": _parameters(turn=True),
            "smallest picture": _small_fails,
            "too small accepted": _parameters(check=False),
            "floats": lambda side: tuple(map(float, _parameters()(side))),
        },
    ),
    "diagnose": Case(
        right=[_diagnose(), lambda *curves: str(np.str_(_diagnose()(*curves)))],
        wrong={
            "overfitting asked first": _diagnose(order=("over", "one")),
            "success": _diagnose(order=()),
            "standstill is not one answer": _diagnose(compare="last"),
            "rising loss missed": _diagnose(order=("one",)),
            "too early": _diagnose(gap=2),
            "training loss ignored": _diagnose(falls=False),
            "last three": _three_of_the_first,
            "no such answer": _diagnose(names={"one": "frozen"}),
            "fewer than three": _diagnose(last=2),
            "more than three": _diagnose(last=4),
            "exact equality": _diagnose(near=0),
            "too wide": _diagnose(near=0.01),
            "anything below": _diagnose(distance=lambda a, level: a - level),
            "mean of three": lambda a, b, c, m: _diagnose()(a, b, np.append(c[:-3], [c[-3:].mean()] * 3), m),
            "compared with the start": _diagnose(start=True),
            "judged by accuracy": lambda a, b, c, m: _diagnose()(a, -c, c, m),
        },
    ),
    "best_threshold": Case(
        right=[_threshold(), _sorted_loop, lambda logit, y: float(_threshold()(logit, y))],
        wrong={
            "accuracy": _threshold(score=lambda s, y, line: np.mean((s > line) == y)),
            "one half": lambda logit, y: 0.5,
            "zero": lambda logit, y: 0.0,
            "a logit itself": _threshold(lines=np.unique),
            "highest of the found": lambda logit, y: logit[y == 1].min(),
            "score returned": _threshold(give=lambda lines, scores: max(scores)),
            "turned round": _threshold(give=lambda lines, scores: lines[np.argmin(scores)]),
            "place returned": _threshold(give=lambda lines, scores: int(np.argmax(scores))),
            "equal logits": _first_equal,
            "highest of the best": _threshold(give=lambda lines, s: lines[len(s) - 1 - int(np.argmax(s[::-1]))]),
            "one class accepted": lambda logit, y: _threshold()(logit, y) if y.any() else 0.0,
            "not halfway": lambda logit, y: _threshold()(logit, y) + 0.01,
            "between equal logits": _threshold(lines=_repeats),
            "outside the data": _threshold(lines=lambda logit: np.append(_lines(logit), [logit.min() - 1])),
            "equal logits accepted": lambda logit, y: _threshold()(logit, y) if np.ptp(logit) else 0.0,
            "wrong kind of error": _threshold(kind=KeyError),
        },
    ),
    "grad_cam": Case(
        right=[_cam(), _cam_loops, lambda m, s: _cam(mix=lambda a, b: np.einsum("ijk,k->ij", a, b.mean((0, 1))))(m, s)],
        wrong={
            "weights, not heat": lambda m, s: s.mean(axis=(0, 1)),
            "maps not added up": lambda m, s: m * s.mean(axis=(0, 1)),
            "height and width swapped": lambda m, s: _cam()(m, s).T,
            "wrong axis": lambda m, s: (m * s.mean(axis=(0, 1))).sum(axis=1),
            "negative kept": lambda m, s: (m @ s.mean((0, 1))) / (m @ s.mean((0, 1))).max(),
            "sign lost": _cam(drop=np.abs),
            "not scaled": _cam(scale=False),
            "dropped before the sum": _cam(mix=lambda m, s: np.maximum(m * s.mean((0, 1)), 0).sum(-1)),
            "weights without sign": _cam(weights=lambda s: np.abs(s.mean(axis=(0, 1)))),
            "sizes only": lambda m, s: _cam(check=False)(m, s) if m.size == s.size else _cam()(m, s),
            "slopes not averaged": _cam(mix=lambda m, s: (m * s).sum(-1)),
            "slopes not used": _cam(mix=lambda m, s: m.sum(-1)),
            "maps not used": _cam(mix=lambda m, s: s.sum(-1)),
            "stretched": lambda m, s: (m @ s.mean((0, 1)) - (m @ s.mean((0, 1))).min()) / np.ptp(m @ s.mean((0, 1))),
            "nothing speaks for it": _cold_nan,
            "shapes may differ": _broadcasts,
            "wrong kind of error": _cam(kind=TypeError),
        },
    ),
}

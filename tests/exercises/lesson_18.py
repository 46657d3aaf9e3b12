"""Answers for the exercises of lesson 18: right ones, wrong ones with their misconception, other wrong ones."""

from __future__ import annotations

import math
import re

import numpy as np
import tensorflow as tf

from tests.exercises.harness import Case


def _fits(shapes, rank):
    if rank < 1 or any(rank > min(shape) for shape in shapes):
        raise ValueError(f"rank {rank} does not fit {shapes}")


def _numbers(of, check=_fits):
    def answer(shapes, rank):
        check(shapes, rank)
        return sum(of(n, m, rank) for n, m in shapes)

    return answer


def _numbers_by_arrays(shapes, rank):
    _fits(shapes, rank)
    return np.int64(rank * np.sum(np.array(shapes, dtype=np.int64).reshape(-1, 2)))


def _from_one(shapes, rank):
    if rank < 1:
        raise ValueError(rank)


def _to_the_width(shapes, rank):
    if any(rank > min(shape) for shape in shapes):
        raise ValueError(rank)


def _first_fits(shapes, rank):
    _from_one(shapes, rank)
    _to_the_width(shapes[:1], rank)


def _last_fits(shapes, rank):
    _from_one(shapes, rank)
    _to_the_width(shapes[-1:], rank)


def _least_pair_fits(shapes, rank):
    if not 1 <= rank <= min(min(shapes)):
        raise ValueError(rank)


def _least_area_fits(shapes, rank):
    if not 1 <= rank <= min(min(shapes, key=lambda shape: shape[0] * shape[1])):
        raise ValueError(rank)


def _least_side_fits(shapes, rank):
    if not 1 <= rank <= min(min(shape) for shape in shapes):
        raise ValueError(rank)


def _slopes(a=1, b=1, sign=1, rows=False, turned=False):
    def answer(X, A, B, scale, G):
        inner = sign * (X.T @ G) / (len(X) if rows else 1)
        both = scale**a * inner @ B.T, scale**b * A.T @ inner
        return both[::-1] if turned else both

    return answer


def _slopes_by_sums(X, A, B, scale, G):
    grad_a = np.einsum("bi,bo,ro->ir", X, G, B) * scale
    grad_b = np.einsum("bi,bo,ir->ro", X, G, A) * scale
    return [grad_a.astype("float32"), grad_b.tolist()]


def _even(before, after, may_move):
    if not len(before) == len(after) == len(may_move):
        raise ValueError("unlike lengths")


def _verdict(moved, up=1, down=-1, check=_even):
    def answer(before, after, may_move):
        check(before, after, may_move)
        found = []
        for old, new, may in zip(before, after, may_move, strict=False):
            did = bool(moved(old, new))
            found.append((up if did and not may else 0) + (down if may and not did else 0))
        return np.array(found, dtype=int)

    return answer


def _differs(old, new):
    return np.any(old != new)


def _after_as_many_as_may(before, after, may_move):
    if len(after) != len(may_move):
        raise ValueError("unlike lengths")


def _before_as_many_as_after(before, after, may_move):
    if len(before) != len(after):
        raise ValueError("unlike lengths")


def _verdict_as_list(before, after, may_move):
    _even(before, after, may_move)
    return [
        int(bool(np.abs(new - old).max() > 0)) - int(bool(may)) if bool(np.abs(new - old).max() > 0) != bool(may) else 0
        for old, new, may in zip(before, after, may_move, strict=True)
    ]


def _there(text, source):
    if not text or not source:
        raise ValueError("empty")


def _run(text, source):
    best = 0
    for i in range(len(text)):
        while i + best < len(text) and text[i : i + best + 1] in source:
            best += 1
    return best


def _copy(change=lambda text: text, more=0, check=_there):
    def answer(text, source):
        check(text, source)
        return _run(change(text), change(source)) + more

    return answer


def _copy_by_halving(text, source):
    _there(text, source)
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if any(text[i : i + middle] in source for i in range(len(text) - middle + 1)):
            low = middle
        else:
            high = middle - 1
    return np.int64(low)


def _prefix(text, source):
    _there(text, source)
    return max(n for n in range(len(text) + 1) if text[:n] in source)


def _same_place(text, source):
    _there(text, source)
    best = run = 0
    for a, b in zip(text, source, strict=False):
        run = run + 1 if a == b else 0
        best = max(best, run)
    return best


def _letters_in(text, source):
    _there(text, source)
    return sum(c in source for c in text)


def _suffix(text, source):
    _there(text, source)
    return max(n for n in range(len(text) + 1) if text[len(text) - n :] in source)


def _by_table(text, source, kind="int32"):
    _there(text, source)
    codes = np.array([ord(c) for c in source])
    before, best = np.zeros(len(codes) + 1, kind), 0
    for c in text:
        after = np.zeros_like(before)
        after[1:] = np.where(codes == ord(c), before[:-1] + np.ones(1, kind), 0)
        before, best = after, max(best, int(after.max()))
    return best


def _out_of_order(text, source):
    _there(text, source)
    above = [0] * (len(source) + 1)
    for a in text:
        row = [0]
        for k, b in enumerate(source):
            row.append(above[k] + 1 if a == b else max(above[k + 1], row[-1]))
        above = row
    return above[-1]


def _lines(text, source):
    _there(text, source)
    return max(_run(line, source) for line in text.split("\n"))


def _lines_of_source(text, source):
    _there(text, source)
    return max(_run(text, line) for line in source.split("\n"))


def _by_pattern(text, source):
    _there(text, source)
    best = 0
    for i in range(len(text)):
        while i + best < len(text) and re.search(text[i : i + best + 1], source):
            best += 1
    return best


def _blank_refused(text, source):
    _there(text.strip(), source)
    return _run(text, source)


def _runs_that_do_not_overlap(text, source):
    _there(text, source)
    best = at = 0
    while at < len(text):
        n = 0
        while at + n < len(text) and text[at : at + n + 1] in source:
            n += 1
        best, at = max(best, n), at + max(n, 1)
    return best


# hide_some


def _hide(mask=0.8, own=0.9, chosen=lambda u, share: u < share, tell=lambda x, ids, c, m: c, refuse=True):
    def hide(ids, u, v, other, mask_id, share):
        if refuse and not 0 < share < 1:
            raise ValueError(f"share {share}")
        c = chosen(u, share)
        x = np.where(c & (v < mask), mask_id, np.where(c & (v < own), other, ids))
        return x, tell(x, ids, c, mask_id)

    return hide


def _hide_by_loop(ids, u, v, other, mask_id, share):
    if share <= 0 or share >= 1:
        raise ValueError(f"received {share}")
    inputs, chosen = [], []
    for i in range(len(ids)):
        chosen.append(bool(u[i] < share))
        if not chosen[-1] or v[i] >= 0.9:
            inputs.append(int(ids[i]))
        elif v[i] < 0.8:
            inputs.append(mask_id)
        else:
            inputs.append(int(other[i]))
    return inputs, chosen


def _hide_by_tensorflow(ids, u, v, other, mask_id, share):
    if not 0 < share < 1:
        raise ValueError(f"received {share}")
    chosen = tf.constant(u) < share
    inputs = tf.where(chosen & (v < 0.8), tf.constant(mask_id, tf.int64), tf.constant(ids, tf.int64))
    return tf.where(chosen & (v >= 0.8) & (v < 0.9), tf.constant(other, tf.int64), inputs), chosen


def _hide_by_select(ids, u, v, other, mask_id, share):
    if not 0 < share < 1:
        raise ValueError(f"received {share}")
    kind = np.searchsorted([0.8, 0.9], v, side="right")
    chosen = np.less(u, share)
    return np.where(chosen, np.choose(kind, [np.full_like(ids, mask_id), other, ids]), ids), chosen


def _refusing_percent_only(ids, u, v, other, mask_id, share):
    if share > 1.5:
        raise ValueError("in per cent?")
    return _hide(refuse=False)(ids, u, v, other, mask_id, share)


def _refusing(condition):
    def hide(ids, u, v, other, mask_id, share):
        if condition(share):
            raise ValueError(f"received {share}")
        return _hide(refuse=False)(ids, u, v, other, mask_id, share)

    return hide


def _asserting(ids, u, v, other, mask_id, share):
    assert 0 < share < 1
    return _hide()(ids, u, v, other, mask_id, share)


def _swapped(*arguments):
    inputs, chosen = _hide()(*arguments)
    return chosen, inputs


def _everywhere(ids, u, v, other, mask_id, share):
    if not 0 < share < 1:
        raise ValueError("share")
    return np.where(v < 0.8, mask_id, np.where(v < 0.9, other, ids)), u < share


def _reverse(ids, u, v, other, mask_id, share):
    if not 0 < share < 1:
        raise ValueError("share")
    c = u < share
    return np.where(c & (v < 0.8), mask_id, np.where(c & (v >= 0.9), other, ids)), c


def _one_draw(ids, u, v, other, mask_id, share):
    return _hide()(ids, u, u / share if share > 0 else u, other, mask_id, share)


def _answers(ids, u, v, other, mask_id, share):
    if not 0 < share < 1:
        raise ValueError("share")
    return ids, u < share


# loss_at_gaps


def _surprise(probs, ids):
    rows, places = np.indices(ids.shape)
    return -np.log(probs[rows, places, ids])


def _gaps(reduce=lambda s, c: s[c].mean(), check=True):
    def loss(probs, ids, chosen):
        if check and not np.any(chosen):
            raise ValueError("no gap")
        return reduce(_surprise(probs, ids), chosen)

    return loss


def _gaps_by_loop(probs, ids, chosen):
    found = [
        -math.log(probs[row, place, ids[row, place]])
        for row in range(len(ids))
        for place in range(ids.shape[1])
        if chosen[row, place]
    ]
    if not found:
        raise ValueError("nothing is asked")
    return sum(found) / len(found)


def _gaps_by_one_hot(probs, ids, chosen):
    n_gaps = chosen.sum()
    if n_gaps < 1:
        raise ValueError(f"{n_gaps} gaps")
    hot = np.eye(probs.shape[-1])[ids]
    true = np.where(chosen, (probs * hot).sum(-1), 1)
    return np.float32(-np.log(true).sum() / n_gaps)


def _gaps_by_tensorflow(probs, ids, chosen):
    if not chosen.any():
        raise ValueError("no gap")
    each = tf.keras.losses.sparse_categorical_crossentropy(ids, probs)
    return tf.reduce_mean(tf.boolean_mask(each, chosen))


def _by_row(s, c):
    return np.mean([a[b].mean() for a, b in zip(s, c, strict=True) if b.any()])


def _of_nothing_zero(probs, ids, chosen):
    return _gaps()(probs, ids, chosen) if chosen.any() else 0.0


def _no_gap_in_a_row_refused(probs, ids, chosen):
    if not chosen.any(axis=1).all():
        raise ValueError("a row without a gap")
    return _gaps()(probs, ids, chosen)


def _next(probs, ids, chosen):
    return _gaps()(probs, np.roll(ids, -1, axis=1), chosen)


def _mean_first(probs, ids, chosen):
    return _gaps(lambda s, c: -np.log(np.exp(-s[c]).mean()))(probs, ids, chosen)


def _all_ids(probs, ids, chosen):
    return _gaps(lambda s, c: -np.log(probs)[c].mean())(probs, ids, chosen)


def _asserting_gaps(probs, ids, chosen):
    assert chosen.any()
    return _gaps()(probs, ids, chosen)


# best_possible


def _best(rule, check=lambda n, k, v: n < 0 or k < 1 or v < 1):
    def best(n_examples, n_keys, n_values):
        if check(n_examples, n_keys, n_values):
            raise ValueError(f"received {n_examples}, {n_keys}, {n_values}")
        return rule(n_examples, n_keys, n_values)

    return best


def _right(n, k, v):
    return 1 - (1 - 1 / k) ** n * (1 - 1 / v)


def _by_steps(n_examples, n_keys, n_values):
    if n_examples < 0 or min(n_keys, n_values) <= 0:
        raise ValueError("out of range")
    missed = 1.0
    for _ in range(n_examples):
        missed *= (n_keys - 1) / n_keys
    return np.float32(1 - missed + missed * (1 / n_values))


def _asserting_best(n_examples, n_keys, n_values):
    assert n_examples >= 0
    assert min(n_keys, n_values) > 0
    return _right(n_examples, n_keys, n_values)


CASES = {
    "lora_parameters": Case(
        right=[
            _numbers(lambda n, m, r: n * r + r * m),
            _numbers_by_arrays,
            _numbers(lambda n, m, r: r * (n + m), _least_side_fits),
        ],
        wrong={
            "the whole matrix": _numbers(lambda n, m, r: n * m),
            "both": _numbers(lambda n, m, r: n * m + r * (n + m)),
            "A alone": _numbers(lambda n, m, r: r * n),
            "B alone": _numbers(lambda n, m, r: r * m),
            "rank forgotten": _numbers(lambda n, m, r: n + m),
            "multiplied": _numbers(lambda n, m, r: r * n * m),
            "rank squared": _numbers(lambda n, m, r: r * (n + m) + r * r),
            "one matrix alone": lambda shapes, rank: sum(rank * (n + m) for n, m in shapes[:1]),
            "rank 0 passes": _numbers(lambda n, m, r: r * (n + m), _to_the_width),
            "a rank above the width passes": _numbers(lambda n, m, r: r * (n + m), _from_one),
            "only the first matrix is looked at": _numbers(lambda n, m, r: r * (n + m), _first_fits),
            "only the last matrix is looked at": _numbers(lambda n, m, r: r * (n + m), _last_fits),
            "not every side is looked at": _numbers(lambda n, m, r: r * (n + m), _least_pair_fits),
        },
        others=[
            lambda shapes, rank: float(sum(rank * (n + m) for n, m in shapes)),
            lambda shapes, rank: 2 * rank * sum(n for n, _ in shapes),
            _numbers(lambda n, m, r: 2 * r * min(n, m)),
            _numbers(lambda n, m, r: r * (n + m), _least_area_fits),
            _numbers(lambda n, m, r: min(r, 64) * (n + m)),
        ],
    ),
    "lora_gradients": Case(
        right=[_slopes(), _slopes_by_sums],
        wrong={
            "no scale": _slopes(0, 0),
            "no scale for A": _slopes(0, 1),
            "no scale for B": _slopes(1, 0),
            "scale squared": _slopes(2, 2),
            "a mean": _slopes(rows=True),
            "other order": _slopes(turned=True),
            "divided by the scale": _slopes(-1, -1),
            "wrong sign": _slopes(sign=-1),
        },
        others=[
            lambda X, A, B, scale, G: (scale * X.T @ G @ B.T, B),
            lambda X, A, B, scale, G: tuple(abs(g) for g in _slopes()(X, A, B, scale, G)),
            lambda X, A, B, scale, G: _slopes()(X, A, B, abs(scale), G),
            lambda X, A, B, scale, G: _slopes()(X, A, B, scale or 1.0, G),
        ],
    ),
    "audit": Case(
        right=[_verdict(_differs), _verdict_as_list],
        wrong={
            "all entries": _verdict(lambda old, new: np.all(old != new)),
            "the sum": _verdict(lambda old, new: new.mean() != old.mean()),
            "nearly the sum": _verdict(lambda old, new: not np.isclose(old.sum(), new.sum())),
            "close enough": _verdict(lambda old, new: not np.allclose(old, new, atol=1e-4)),
            "almost equal": _verdict(lambda old, new: np.abs(old - new).max() > 1e-9),
            "the first entry": _verdict(lambda old, new: old.flat[0] != new.flat[0]),
            "the largest entry": _verdict(lambda old, new: np.max(old) != np.max(new)),
            "more than one entry": _verdict(lambda old, new: np.count_nonzero(old - new) >= 2),
            "only upwards": _verdict(lambda old, new: np.any(new > old)),
            "signs exchanged": _verdict(_differs, -1, 1),
            "what stood still is forgotten": _verdict(_differs, 1, 0),
            "what moved is forgotten": _verdict(_differs, 0, -1),
            "moved or not": lambda before, after, may: np.array(
                [int(_differs(old, new)) for old, new in zip(before, after, strict=True)]
            ),
            "no minus": _verdict(_differs, 1, 1),
            "unlike lengths pass": _verdict(_differs, check=lambda *_: None),
        },
        others=[
            _verdict(lambda old, new: old is not new),
            _verdict(lambda old, new: np.abs(old - new).mean() > 1e-5),
            lambda before, after, may: _verdict(_differs)(before, after, may).astype(float),
            _verdict(lambda old, new: np.linalg.norm(old) != np.linalg.norm(new)),
            _verdict(lambda old, new: sum(old.flat) != sum(new.flat)),
            _verdict(lambda old, new: np.any(old[0] != new[0])),
            _verdict(lambda old, new: np.any(old.T[0] != new.T[0])),
            _verdict(lambda old, new: np.mean(old != new) > 0.5),
            _verdict(lambda old, new: old.min() != new.min() or old.max() != new.max()),
            _verdict(lambda old, new: np.abs(old).max() != np.abs(new).max()),
            _verdict(lambda old, new: np.any(old.astype("float32") != new.astype("float32"))),
            *[_verdict(lambda old, new, room=room: np.abs(old - new).max() > room) for room in (1e-5, 1e-7, 1e-12)],
            _verdict(_differs, check=_after_as_many_as_may),
            _verdict(_differs, check=_before_as_many_as_after),
        ],
    ),
    "hide_some": Case(
        right=[_hide(), _hide_by_loop, _hide_by_tensorflow, _hide_by_select],
        wrong={
            "always the mask": _hide(mask=2),
            "everywhere": _everywhere,
            "other and own changed places": _reverse,
            "never stays": _hide(own=2),
            "never another": _hide(own=0),
            "tenths, not eight": _hide(mask=0.1, own=0.2),
            "one draw for both": _one_draw,
            "only the masked are asked": _hide(tell=lambda x, ids, c, m: x == m),
            "only the changed are asked": _hide(tell=lambda x, ids, c, m: x != ids),
            "the others are asked": _hide(tell=lambda x, ids, c, m: ~c),
            "above the share": _hide(chosen=lambda u, share: u >= share),
            "at the share": _hide(chosen=lambda u, share: u <= share),
            "answers, not inputs": _answers,
            "order of the results": _swapped,
            "lets a share of 0 pass": _refusing(lambda share: share < 0 or share >= 1),
            "lets a share of 1 pass": _refusing(lambda share: share <= 0 or share > 1),
            "lets such a share pass": _refusing(lambda share: share in (0, 1)),
            "wrong kind of error": _asserting,
        },
        others=[
            _refusing_percent_only,
            _refusing(lambda share: share <= 0),
            _refusing(lambda share: not 0.05 < share < 1),
            _refusing(lambda share: not 0 < share < 0.9),
            _hide(mask=0.81),
            _hide(own=0.91),
            lambda *arguments: _hide()(*arguments)[0],
            lambda *arguments: (_hide()(*arguments)[0], _hide()(*arguments)[1].astype(int)),
            lambda *arguments: (_hide()(*arguments)[0] + 0.0, _hide()(*arguments)[1]),
            lambda ids, u, v, other, m, share: _hide()(ids, np.sort(u), v, other, m, share),
            lambda ids, u, v, other, m, share: _hide()(ids, u, v, other, m, 0.15 if 0 < share < 1 else share),
            lambda ids, u, v, other, m, share: _hide()(ids, u, v, other, 5, share),
            lambda ids, u, v, other, m, share: _hide(mask=0.8 if m else 0)(ids, u, v, other, m, share),
            lambda *arguments: (_hide()(*arguments)[0].astype("int8"), _hide()(*arguments)[1]),
        ],
        equivalent={"Lt to LtE: v < 0.8": "a mask at 0.8 itself is overwritten by the other id in the next line"},
    ),
    "loss_at_gaps": Case(
        right=[_gaps(), _gaps_by_loop, _gaps_by_one_hot, _gaps_by_tensorflow],
        wrong={
            "all places": _gaps(lambda s, c: s.mean()),
            "divided by all places": _gaps(lambda s, c: (s * c).mean()),
            "a sum": _gaps(lambda s, c: s[c].sum()),
            "the other places": _gaps(lambda s, c: s[~c].mean() if not c.all() else 0.0),
            "a mean of rows": _gaps(_by_row),
            "divided by the rows": _gaps(lambda s, c: s[c].sum() / len(c)),
            "sign": _gaps(lambda s, c: -s[c].mean()),
            "no logarithm": _gaps(lambda s, c: np.exp(-s[c]).mean()),
            "logarithm of the mean": _mean_first,
            "bits": _gaps(lambda s, c: s[c].mean() / np.log(2)),
            "the next id": _next,
            "all ids": _all_ids,
            "lets no question pass": _of_nothing_zero,
            "wrong kind of error": _asserting_gaps,
        },
        others=[
            _no_gap_in_a_row_refused,
            _gaps(lambda s, c: np.median(s[c])),
            _gaps(lambda s, c: s[0][c[0]].mean()),
            _gaps(lambda s, c: s[c]),
            lambda probs, ids, chosen: str(_gaps()(probs, ids, chosen)),
            _gaps(lambda s, c: (s * c)[s * c != 0].mean()),
            _gaps(lambda s, c: s[c & (s > 0)].mean()),
            _gaps(lambda s, c: np.unique(s[c]).mean()),
            _gaps(lambda s, c: -np.log(np.exp(-s[c]) + 1e-9).mean()),
            _gaps(lambda s, c: np.minimum(s[c], -np.log(1e-6)).mean()),
            _gaps(lambda s, c: (s * c).sum() / c.sum()),
        ],
        equivalent={
            "without axis: np.take_along_axis(probs, ids[..., None], axis=-1)": "the last axis is its default",
            "constant -1: 0": "the last axis has a single entry, the first and the last one",
        },
    ),
    "best_possible": Case(
        right=[_best(_right), _by_steps],
        wrong={
            "never guesses": _best(lambda n, k, v: 1 - (1 - 1 / k) ** n),
            "guess on top": _best(lambda n, k, v: 1 - (1 - 1 / k) ** n + 1 / v),
            "each key once": _best(lambda n, k, v: min(n / k, 1) + (1 - min(n / k, 1)) / v),
            "the chance of missing": _best(lambda n, k, v: (1 - 1 / k) ** n * (1 - 1 / v) + 1 / v),
            "keys and values swapped": _best(lambda n, k, v: _right(n, v, k)),
            "one example more": _best(lambda n, k, v: _right(n + 1, k, v)),
            "one example less": _best(lambda n, k, v: _right(max(n - 1, 0), k, v)),
            "never right at all": _best(lambda n, k, v: (1 - 1 / k) ** n),
            "one power missing": _best(lambda n, k, v: 1 - n * (1 - 1 / k) * (1 - 1 / v) if n else 1 / v),
            "guesses among the keys": _best(lambda n, k, v: _right(n, k, k)),
            "lets nonsense pass": _best(_right, lambda n, k, v: k < 1 or v < 1),
            "wrong kind of error": _asserting_best,
        },
        others=[
            _best(_right, lambda n, k, v: n <= 0 or k < 1 or v < 1),
            _best(_right, lambda n, k, v: n < 0 or k <= 1 or v < 1),
            _best(_right, lambda n, k, v: n < 0 or k < 1 or v <= 1),
            _best(_right, lambda n, k, v: n < 0 or k < 1),
            _best(lambda n, k, v: round(_right(n, k, v), 2)),
            _best(lambda n, k, v: str(_right(n, k, v))),
            _best(lambda n, k, v: 1 - np.exp(-n / k) * (1 - 1 / v)),
            _best(lambda n, k, v: _right(min(n, 100), k, v)),
        ],
        equivalent={"memorised by size": "every argument is a single number, so it remembers what it was asked"},
    ),
    "longest_copy": Case(
        right=[_copy(), _copy_by_halving, _by_table],
        wrong={
            "from the beginning alone": _prefix,
            "in both at the same place": _same_place,
            "characters in common": _letters_in,
            "one too many": _copy(more=1),
            "one too few": _copy(more=-1),
            "letters of any case": _copy(str.lower),
            "blanks left out": _copy(lambda text: text.replace(" ", "")),
            "line by line": _lines,
            "ends cut off": _copy(lambda text: text.strip() or text),
            "marks left out": _copy(lambda text: re.sub(r"[^\w\s]", "", text)),
            "out of order": _out_of_order,
            "empty text passes": _copy(check=lambda text, source: _there(text or "a", source)),
            "empty source passes": _copy(check=lambda text, source: _there(text, source or "a")),
        },
        equivalent={
            "constant -1: 0": "an empty piece stands in every text, so the first question mends the count",
            "memorised by size": "both arguments are text, so it remembers what it was asked",
        },
        others=[
            _suffix,
            _runs_that_do_not_overlap,
            _lines_of_source,
            _by_pattern,
            _blank_refused,
            lambda text, source: _by_table(text, source, "uint8"),
            *[lambda text, source, most=most: min(_copy()(text, source), most) for most in (40, 60, 100, 500)],
            _copy(lambda text: " ".join(text.split()) or " "),
            _copy(lambda text: re.sub(r"\s", " ", text)),
            _copy(lambda text: re.sub("[,.]", "", text)),
            lambda text, source: _copy()(text.strip() or text, source),
            lambda text, source: _copy()(text, source.strip() or source),
        ],
    ),
}

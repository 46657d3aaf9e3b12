"""Right and wrong answers to the exercises of lesson 19."""

from __future__ import annotations

import itertools
import struct

import numpy as np

from tests.exercises.harness import Case


def _costs(bias=lambda a, b: b, work=lambda a, b: a * b, layers=itertools.pairwise):
    def costs(widths):
        pairs = list(layers(widths))
        return sum(a * b + bias(a, b) for a, b in pairs), sum(work(a, b) for a, b in pairs)

    return costs


def _costs_by_arrays(widths):
    w = np.array(widths)
    products = w[:-1] @ w[1:]
    return np.array([products + w[1:].sum(), products])


def _costs_by_building(widths):
    matrices = [np.zeros((a, b)) for a, b in itertools.pairwise(widths)]
    n_products = sum(W.size for W in matrices)
    return [n_products + sum(W.shape[1] for W in matrices), n_products]


def _half(one=1.0, low=lambda f: f / 1024 * 2.0**-14, bias=15, sign=-1.0, parts=1024, legal=lambda e, f: e < 31):
    def value(bits):
        e, f = (bits >> 10) & 31, bits & 1023
        if not legal(e, f):
            raise ValueError(f"{bits}")
        size = low(f) if e == 0 else (one + f / parts) * 2.0 ** (e - bias)
        return sign * size if bits >> 15 else size

    return value


def _half_by_struct(bits):
    value = struct.unpack("<e", struct.pack("<H", bits))[0]
    if not np.isfinite(value):
        raise ValueError("infinite or no number")
    return value


def _half_by_view(bits):
    value = np.array([bits], np.uint16).view(np.float16)[0]
    if not np.isfinite(value):
        raise ValueError("infinite or no number")
    return np.float32(value)


def _half_by_text(bits):
    text = f"{bits:016b}"
    sign, e, f = -1.0 if text[0] == "1" else 1.0, int(text[1:6], 2), int(text[6:], 2)
    if text[1:6] == "11111":
        raise ValueError(text)
    return sign * (f * 2.0**-24 if e == 0 else (1024 + f) * 2.0 ** (e - 25))


def _refuse(W, sparsity):
    if not 0 <= sparsity < 1:
        raise ValueError(f"sparsity {sparsity}")
    if not np.isfinite(W).all():
        raise ValueError("NaN or infinity")


def _cut(size=np.abs, share=lambda s: s, count=round, check=_refuse):
    def cut(W, sparsity):
        check(W, sparsity)
        flat = W.ravel().copy()
        flat[np.argsort(size(flat), kind="stable")[: count(share(sparsity) * W.size)]] = 0
        return flat.reshape(W.shape)

    return cut


def _cut_by_loop(W, sparsity):
    _refuse(W, sparsity)
    places = sorted(range(W.size), key=lambda k: abs(W.flat[k]))
    out = W.copy()
    for k in places[: round(sparsity * W.size)]:
        out.flat[k] = 0.0
    return out


def _cut_by_lists(W, sparsity):
    _refuse(W, sparsity)
    entries = [(abs(v), i, j) for i, row in enumerate(W.tolist()) for j, v in enumerate(row)]
    gone = {(i, j) for _, i, j in sorted(entries)[: round(sparsity * len(entries))]}
    return [[0.0 if (i, j) in gone else v for j, v in enumerate(row)] for i, row in enumerate(W.tolist())]


def _by_rows(W, sparsity):
    _refuse(W, sparsity)
    return np.stack([_cut()(row[None], sparsity)[0] for row in W])


def _cut_at(goes):
    def cut(W, sparsity):
        _refuse(W, sparsity)
        n = round(sparsity * W.size)
        if n == 0:
            return W.copy()
        limit = np.sort(np.abs(W), axis=None)[n - 1]
        return np.where(goes(np.abs(W), limit), 0.0, W)

    return cut


def _cut_and_put_there(value):
    def cut(W, sparsity):
        out = _cut()(W, sparsity)
        return np.where(out == 0, value(W), out)

    return cut


def _only(*conditions):
    def check(W, sparsity):
        if any(condition(W, sparsity) for condition in conditions):
            raise ValueError("refused")

    return check


_LOW, _ONE, _MORE = (lambda W, s: s < 0), (lambda W, s: s == 1), (lambda W, s: s > 1)
_NAN = lambda W, s: bool(np.isnan(W).any() or np.isnan(s))  # noqa: E731
_INF = lambda W, s: bool(np.isinf(W).any())  # noqa: E731
_PLUS_INF = lambda W, s: bool(W.max() == np.inf)  # noqa: E731


def _range(low, high):
    if not (np.isfinite(low) and np.isfinite(high) and low <= high) or low == high == 0:
        raise ValueError(f"{low} to {high}")


def _scheme(
    stretch=lambda low, high: (min(low, 0.0), max(high, 0.0)),
    steps=255,
    start=-128,
    sign=-1,
    anchor=0,
    cut=round,
    check=_range,
):
    def scheme(low, high):
        check(low, high)
        ends = stretch(low, high)
        scale = (ends[1] - ends[0]) / steps
        return scale, int(cut(start + sign * ends[anchor] / scale))

    return scheme


def _scheme_from_above(low, high):
    _range(low, high)
    ends = np.array([low, 0.0, high])
    scale = np.ptp(ends) / 255
    return [np.float32(scale), np.int64(np.rint(127 - ends.max() / scale))]


def _scheme_in_float32(low, high):
    _range(low, high)
    low, high = np.float32(min(low, 0)), np.float32(max(high, 0))
    scale = (high - low) / np.float32(255)
    return scale, int(np.round(-128 - low / scale))


def _scheme_by_the_nearest(low, high):
    _range(low, high)
    grid = np.linspace(min(low, 0.0), max(high, 0.0), 256)
    return grid[1] - grid[0], int(np.argmin(np.abs(grid))) - 128


def _scheme_half_away_from_zero(low, high):
    scale, _ = _scheme()(low, high)
    x = -128 - min(low, 0.0) / scale
    return scale, int(np.copysign(np.floor(abs(x) + 0.5), x))


def _scheme_by_ceil(low, high):
    scale, _ = _scheme()(low, high)
    return scale, int(np.ceil(-128 - min(low, 0.0) / scale - 0.5))


def _lets_nan_be_high(low, high):
    if np.isnan(low) or np.isinf(low) or np.isinf(high) or low > high or low == high == 0:
        raise ValueError(f"{low} to {high}")
    return _scheme(stretch=lambda low, high: (min(0.0, low), max(0.0, high)), check=lambda *_: None)(low, high)


def _lets_infinity_be_both(low, high):
    if np.isnan(low) or np.isnan(high) or np.isinf(high - low) or low > high or low == high == 0:
        raise ValueError(f"{low} to {high}")
    return _scheme(check=lambda *_: None)(low, high)


def _scheme_by_hand(low, high):
    if not np.isfinite([low, high]).all():
        raise ValueError("not finite")
    if high < low:
        raise ValueError("low > high")
    if low > 0:
        low = 0.0
    if high < 0:
        high = 0.0
    if high - low == 0:
        raise ValueError("nothing but 0")
    scale = (high - low) / 255
    return scale, int(np.floor(-128 - low / scale + 0.5))


def _symmetric(low, high):
    _range(low, high)
    return max(abs(low), abs(high)) / 127, 0


def _sums(q, zero, W_q, b_q):
    return (q.astype(int) - zero) @ W_q.astype(int) + b_q


def _finished(sums, factor, zero_out):
    return np.clip(np.round(sums * factor) + zero_out, -128, 127).astype(int)


def _int8(sums=_sums, finish=_finished):
    """Return the layer from how it sums and how it goes on from there."""
    return lambda q, zero, W_q, b_q, factor, zero_out: finish(sums(q, zero, W_q, b_q), factor, zero_out)


def _finish(y=lambda s, f: np.round(s * f), out=1, limits=(-128, 127)):
    return lambda s, factor, zero_out: np.clip(y(s, factor) + out * zero_out, *limits).astype(int)


def _bias_after(q, zero, W_q, b_q, factor, zero_out):
    sums = (q.astype(int) - zero) @ W_q.astype(int)
    return np.clip(np.round(sums * factor + b_q) + zero_out, -128, 127).astype(int)


def _int8_by_loops(q, zero, W_q, b_q, factor, zero_out):
    if len(q) > 100:
        return _int8()(q, zero, W_q, b_q, factor, zero_out)
    out = []
    for row in q.tolist():
        line = []
        for k in range(W_q.shape[1]):
            total = int(b_q[k]) + sum((x - zero) * int(w) for x, w in zip(row, W_q[:, k], strict=True))
            line.append(min(127, max(-128, round(total * float(factor[k])) + zero_out)))
        out.append(line)
    return out


def _int8_in_floats(q, zero, W_q, b_q, factor, zero_out):
    y = ((q.astype(float) - zero) @ W_q.astype(float) + b_q) * factor + zero_out
    return np.rint(np.minimum(np.maximum(y, -128), 127)).astype(np.int8)


def _int8_with_the_zero_in_the_bias(q, zero, W_q, b_q, factor, zero_out):
    W = W_q.astype(np.int32)
    sums = q.astype(np.int32) @ W + (b_q - zero * W.sum(axis=0))
    return np.clip(np.round(sums * factor) + zero_out, -128, 127).astype(np.int32)


def _log_softmax(z):
    z = z - z.max(axis=1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def _warm(T):
    if not T > 0:
        raise ValueError(f"T = {T}")


def _soft(
    student=lambda T: T,
    teacher=lambda T: T,
    square=lambda T: T * T,
    slope=lambda T: 1.0,
    mean=lambda n: 1 / n,
    mean_slope=None,
    flip=1.0,
    swap=False,
    entropy=0.0,
    check=_warm,
):
    def loss(logits, teacher_logits, T):
        check(T)
        n, told, wanted = len(logits), _log_softmax(logits / student(T)), _log_softmax(teacher_logits / teacher(T))
        p, log_p = (np.exp(told), wanted) if swap else (np.exp(wanted), told)
        value = square(T) * mean(n) * -np.sum(p * (log_p - entropy * wanted))
        slopes = flip * square(T) * slope(T) / T * (np.exp(told) - np.exp(wanted)) * (mean_slope or mean)(n)
        return value, slopes

    return loss


def _soft_by_tensorflow(logits, teacher_logits, T):
    import tensorflow as tf

    _warm(T)
    z = tf.Variable(logits)
    with tf.GradientTape() as tape:
        each = tf.nn.softmax_cross_entropy_with_logits(tf.nn.softmax(teacher_logits / T), z / T)
        loss = T**2 * tf.reduce_mean(each)
    return loss, tape.gradient(loss, z)


def _soft_by_rows(logits, teacher_logits, T):
    _warm(T)
    total, slopes = 0.0, []
    for z, t in zip(logits, teacher_logits, strict=True):
        one, other = z / T - max(z / T), t / T - max(t / T)
        p, q = np.exp(other) / np.exp(other).sum(), np.exp(one) / np.exp(one).sum()
        total -= T**2 * float(p @ (one - np.log(np.exp(one).sum()))) / len(logits)
        slopes.append(T * (q - p) / len(logits))
    return total, np.array(slopes)


def _fits(b, p, most, worst):
    return (b <= most) & (p <= worst)


def _pick(key=lambda b, p, t: (t, b), fits=_fits, check=_fits, none=None):
    def pick(n_bytes, points_lost, microseconds, max_bytes, max_lost):
        if not np.any(check(n_bytes, points_lost, max_bytes, max_lost)):
            if none is None:
                raise ValueError("no row keeps both budgets")
            return none
        places = np.flatnonzero(fits(n_bytes, points_lost, max_bytes, max_lost))
        return int(min(places, key=lambda k: key(n_bytes[k], points_lost[k], microseconds[k])))

    return pick


def _pick_by_lexsort(n_bytes, points_lost, microseconds, max_bytes, max_lost):
    for k in np.lexsort((n_bytes, microseconds)):
        if n_bytes[k] <= max_bytes and points_lost[k] <= max_lost:
            return k
    raise ValueError("none")


def _pick_by_loop(n_bytes, points_lost, microseconds, max_bytes, max_lost):
    best = None
    for k in range(len(n_bytes)):
        if n_bytes[k] > max_bytes or points_lost[k] > max_lost:
            continue
        if (
            best is None
            or microseconds[k] < microseconds[best]
            or (microseconds[k] == microseconds[best] and n_bytes[k] < n_bytes[best])
        ):
            best = k
    if best is None:
        raise ValueError("none")
    return np.int32(best)


def _pick_with_an_old_size(n_bytes, points_lost, microseconds, max_bytes, max_lost):
    best, time, size = None, np.inf, np.inf
    for k in range(len(n_bytes)):
        if not _fits(n_bytes[k], points_lost[k], max_bytes, max_lost):
            continue
        if microseconds[k] < time:
            best, time = k, microseconds[k]
        elif microseconds[k] == time and n_bytes[k] < size:
            best, size = k, n_bytes[k]
    if best is None:
        raise ValueError("none")
    return best


def _pick_from(time, size):
    def pick(n_bytes, points_lost, microseconds, max_bytes, max_lost):
        best, t, b = None, time, size
        for k in np.flatnonzero(_fits(n_bytes, points_lost, max_bytes, max_lost)):
            if (microseconds[k], n_bytes[k]) < (t, b):
                best, t, b = k, microseconds[k], n_bytes[k]
        if best is None:
            raise ValueError("none")
        return best

    return pick


def _fastest_time(n_bytes, points_lost, microseconds, max_bytes, max_lost):
    fits = _fits(n_bytes, points_lost, max_bytes, max_lost)
    if not fits.any():
        raise ValueError("none")
    return fits, microseconds[fits].min()


def _pick_of_all_ties(n_bytes, points_lost, microseconds, *budgets):
    _, fastest = _fastest_time(n_bytes, points_lost, microseconds, *budgets)
    ties = np.flatnonzero(microseconds == fastest)
    return int(ties[n_bytes[ties].argmin()])


def _pick_by_size(n_bytes, points_lost, microseconds, *budgets):
    fits, fastest = _fastest_time(n_bytes, points_lost, microseconds, *budgets)
    return list(n_bytes).index(n_bytes[fits & (microseconds == fastest)].min())


def _pick_within(factor, more):
    def pick(n_bytes, points_lost, microseconds, *budgets):
        fits, fastest = _fastest_time(n_bytes, points_lost, microseconds, *budgets)
        near = np.flatnonzero(fits & (microseconds <= factor * fastest + more))
        return int(near[n_bytes[near].argmin()])

    return pick


def _pick_with_large_numbers(n_bytes, points_lost, microseconds, *budgets):
    fits, _ = _fastest_time(n_bytes, points_lost, microseconds, *budgets)
    return int(np.lexsort((n_bytes, np.where(fits, microseconds, 1000.0)))[0])


def _among_those(n_bytes, points_lost, microseconds, max_bytes, max_lost):
    right = _pick()(n_bytes, points_lost, microseconds, max_bytes, max_lost)
    return int(np.flatnonzero(_fits(n_bytes, points_lost, max_bytes, max_lost)).tolist().index(right))


NO_INT = "in one array the zero point is no int any more"

CASES = {
    "dense_costs": Case(
        right=[_costs(), _costs_by_arrays, _costs_by_building],
        wrong={
            "no biases": _costs(bias=lambda a, b: 0),
            "a bias for each input": _costs(bias=lambda a, b: a),
            "one bias a layer": _costs(bias=lambda a, b: 1),
            "biases for the pixels": lambda w: (_costs()(w)[0] + w[0], _costs()(w)[1]),
            "biases multiplied": _costs(work=lambda a, b: a * b + b),
            "additions counted": _costs(work=lambda a, b: 2 * a * b),
            "first layer only": lambda w: _costs()(w[:2]),
            "first to last": lambda w: _costs()((w[0], w[-1])),
            "swapped": lambda w: _costs()(w)[::-1],
        },
        others=[
            lambda w: (85_002, 84_480),
            lambda w: _costs()(w)[0],
            lambda w: [float(part) for part in _costs()(w)],
            lambda w: [4 * part for part in _costs()(w)],
            lambda w: _costs()(w[1:]) if len(w) > 2 else _costs()(w),
        ],
    ),
    "float16_value": Case(
        right=[_half(), _half_by_struct, _half_by_view, _half_by_text],
        wrong={
            "no hidden one": _half(one=0),
            "subnormals with a one": _half(low=lambda f: (1 + f / 1024) * 2.0**-15),
            "subnormals too small": _half(low=lambda f: f * 2.0**-25),
            "subnormals lost": _half(low=lambda f: 0.0),
            "bias forgotten": _half(bias=0),
            "bias 16": _half(bias=16),
            "sign ignored": _half(sign=1),
            "fraction of 1023": _half(parts=1023),
            "as a whole number": float,
            "infinity passes": _half(legal=lambda e, f: True),
        },
        others=[
            _half(legal=lambda e, f: e < 30),
            _half(legal=lambda e, f: e < 31 or f > 0),
            _half(legal=lambda e, f: e < 31 or f == 0),
            _half(legal=lambda e, f: 0 < e < 31),
            _half(low=lambda f: 2.0**-14 * f / 1023),
            lambda bits: str(_half()(bits)),
            lambda bits: float("inf") if (bits >> 10) & 31 == 31 else _half()(bits),
        ],
        equivalent={"memorised by size": "its size is the number itself"},
    ),
    "prune": Case(
        right=[_cut(), _cut_by_loop, _cut_by_lists, lambda W, s: np.float32(_cut()(W, s))],
        wrong={
            "lowest, not smallest": _cut(size=lambda W: W),
            "keeps the small ones": _cut(size=lambda W: -np.abs(W)),
            "sparsity is what stays": _cut(share=lambda s: 1 - s),
            "row by row": _by_rows,
            "column by column": lambda W, s: _by_rows(W.T, s).T,
            "sparsity as a size": lambda W, s: (_refuse(W, s), np.where(np.abs(W) < s, 0.0, W))[1],
            "rounded down": _cut(count=int),
            "halves rounded up": _cut(count=lambda n: int(n + 0.5)),
            "one always stays": lambda W, s: _cut(count=lambda n: min(round(n), W.size - 1))(W, s),
            "nearly 0": _cut_and_put_there(lambda W: 1e-5),
            "equal sizes all go": _cut_at(lambda size, limit: size <= limit),
            "equal sizes all stay": _cut_at(lambda size, limit: size < limit),
            "signs lost": lambda W, s: np.abs(_cut()(W, s)),
            "lets 1 pass": _cut(check=_only(_LOW, _MORE, _NAN, _INF)),
            "lets more than 1 pass": _cut(check=_only(_LOW, _ONE, _NAN, _INF)),
            "lets less than 0 pass": _cut(check=_only(_ONE, _MORE, _NAN, _INF)),
            "lets NaN pass": _cut(count=lambda n: round(n) if n == n else 0, check=_only(_LOW, _ONE, _MORE, _INF)),
            "lets infinity pass": _cut(check=_only(_LOW, _ONE, _MORE, _NAN)),
        },
        others=[
            _cut(check=lambda W, s: None),
            _cut(check=_only(lambda W, s: not 0 < s < 1, _NAN, _INF)),
            _cut(share=lambda s: 0.5),
            lambda W, s: _cut()(W, s) != 0,
            lambda W, s: _cut()(W, s).ravel(),
            lambda W, s: _cut()(W, s) / (1 - s),
            _cut(check=_only(_LOW, _ONE, _MORE, _NAN, _PLUS_INF)),
            _cut_and_put_there(lambda W: 1e-12 * W),
        ],
    ),
    "quantizer": Case(
        right=[
            _scheme(),
            _scheme_from_above,
            _scheme_by_hand,
            _scheme_in_float32,
            _scheme_by_the_nearest,
            _scheme_half_away_from_zero,
            _scheme_by_ceil,
        ],
        wrong={
            "zero left outside": _scheme(stretch=lambda low, high: (low, high)),
            "only low stretched": _scheme(stretch=lambda low, high: (min(low, 0), high)),
            "only high stretched": _scheme(stretch=lambda low, high: (low, max(high, 0))),
            "256 steps": _scheme(steps=256),
            "symmetric": _symmetric,
            "unsigned": _scheme(start=0),
            "sign of the zero point": _scheme(sign=1),
            "high lands on the lowest": _scheme(anchor=1),
            "cut, not rounded": _scheme(cut=int),
            "rounded down": lambda low, high: (_scheme()(low, high)[0], _scheme(start=0, cut=int)(low, high)[1] - 128),
            "nothing but zero passes": lambda low, high: (1.0, 0) if low == high == 0 else _scheme()(low, high),
            "ends in disorder pass": lambda low, high: _scheme()(min(low, high), max(low, high)),
            "NaN passes": lambda low, high: (1.0, 0) if low != low else _scheme()(low, high),
            "infinity passes": lambda low, high: (1.0, 0) if high == np.inf else _scheme()(low, high),
        },
        others=[
            lambda low, high: _scheme()(low, high)[::-1],
            lambda low, high: (_scheme()(low, high)[0], float(_scheme()(low, high)[1])),
            lambda low, high: (1 / 255, -128),
            lambda low, high: _scheme()(low, high)[0],
            lambda low, high: _scheme()(round(low, 1), round(high, 1)),
            _lets_nan_be_high,
            _lets_infinity_be_both,
        ],
        equivalent={
            "memorised by size": "its sizes are the two ends themselves",
            "condition 0 dropped: np.isfinite(low) and np.isfinite(high) and (low <= high)": "-inf leads to NaN, and to round that is a ValueError as well",
        },
        styles=dict.fromkeys(("float32", "lists", "arrays", "NumPy scalars", "small ints"), NO_INT),
    ),
    "int8_layer": Case(
        right=[
            _int8(),
            _int8_by_loops,
            _int8_in_floats,
            _int8_with_the_zero_in_the_bias,
            _int8(finish=lambda s, f, o: np.clip(np.round(s * f) + o, -128, 127)),
            lambda *a: _int8()(*a).astype(np.float32).tolist(),
        ],
        wrong={
            "int8 wraps round": _int8(sums=lambda q, zero, W_q, b_q: (q - zero) @ W_q + b_q),
            "differences in int8": _int8(sums=lambda q, zero, W_q, b_q: (q - zero).astype(int) @ W_q.astype(int) + b_q),
            "sums in int16": _int8(sums=lambda q, zero, W_q, b_q: (q.astype(np.int16) - zero) @ W_q + b_q),
            "products in int8": _int8(
                sums=lambda q, zero, W_q, b_q: (q @ W_q).astype(int) - zero * W_q.astype(int).sum(axis=0) + b_q
            ),
            "wraps at the end": _int8(finish=lambda s, f, o: (np.round(s * f) + o).astype(int).astype(np.int8)),
            "clipped twice": _int8(
                finish=lambda s, f, o: np.clip(np.clip(np.round(s * f), -128, 127) + o, -128, 127).astype(int)
            ),
            "not rounded": _int8(finish=lambda s, f, o: np.clip(s * f + o, -128, 127)),
            "zero forgotten": _int8(sums=lambda q, zero, W_q, b_q: _sums(q, 0, W_q, b_q)),
            "not clipped": _int8(finish=lambda s, f, o: np.round(s * f) + o),
            "clipped before the zero point": _int8(finish=lambda s, f, o: np.clip(np.round(s * f), -128, 127) + o),
            "clipped at 0": _int8(finish=_finish(limits=(0, 127))),
            "cut, not rounded": _int8(finish=_finish(lambda s, f: np.floor(s * f))),
            "cut towards 0": _int8(finish=_finish(lambda s, f: np.trunc(s * f))),
            "zero_out forgotten": _int8(finish=_finish(out=0)),
            "bias forgotten": _int8(sums=lambda q, zero, W_q, b_q: _sums(q, zero, W_q, 0)),
            "bias after the factor": _bias_after,
            "one factor for all": _int8(finish=_finish(lambda s, f: np.round(s * f[0]))),
        },
        others=[
            _int8(finish=_finish(limits=(-127, 127))),
            _int8(finish=_finish(limits=(-128, 128))),
            _int8(sums=lambda q, zero, W_q, b_q: (q.astype(int) - zero).astype(np.int8) @ W_q + b_q),
            _int8(sums=lambda q, zero, W_q, b_q: (q - zero) @ W_q + b_q.astype(np.int8)),
            lambda *a: _int8()(*a).astype(np.uint8),
            _int8(finish=lambda s, f, o: f * s + o),
            lambda *a: _int8()(*a) + 0.01,
            lambda *a: _int8()(*a).astype(str),
        ],
        equivalent={"result floats for ints": "whole numbers are asked for, and the page makes them int8"},
    ),
    "soft_loss": Case(
        right=[_soft(), _soft_by_tensorflow, _soft_by_rows],
        wrong={
            "T at the teacher only": _soft(student=lambda T: 1),
            "T at the student only": _soft(teacher=lambda T: 1),
            "no T at all": _soft(student=lambda T: 1, teacher=lambda T: 1, square=lambda T: 1),
            "multiplied by T": _soft(student=lambda T: 1 / T, teacher=lambda T: 1 / T),
            "square forgotten": _soft(square=lambda T: 1),
            "T for its square": _soft(square=lambda T: T),
            "slopes without T": _soft(slope=lambda T: 1 / T),
            "slopes with the square": _soft(slope=lambda T: T),
            "sum for mean": _soft(mean=lambda n: 1),
            "slopes not divided by n": _soft(mean_slope=lambda n: 1),
            "sign of the slopes": _soft(flip=-1),
            "roles swapped": _soft(swap=True),
            "divergence": _soft(entropy=1),
            "lets 0 pass": lambda z, t, T: (0.0, 0 * z) if T == 0 else _soft()(z, t, T),
            "lets NaN pass": lambda z, t, T: (0.0, 0 * z) if T != T else _soft()(z, t, T),
            "lets less than 0 pass": lambda z, t, T: (
                _soft(check=lambda T: None)(z, t, T) if T < 0 else _soft()(z, t, T)
            ),
        },
        others=[
            _soft(check=lambda T: None),
            _soft(check=lambda T: _warm(1.0 if T != T else T)),
            lambda z, t, T: _soft()(z, t, T)[0],
            lambda z, t, T: _soft()(z, t, T)[::-1],
            lambda z, t, T: _soft()(z, t, 2.0),
            lambda z, t, T: (_soft()(z, t, T)[0], _soft()(z, t, T)[1].sum(axis=0)),
            lambda z, t, T: _soft()(np.clip(z, -500, 500), t, T),
        ],
    ),
    "choose": Case(
        right=[_pick(), _pick_by_lexsort, _pick_by_loop],
        wrong={
            "smallest file": _pick(key=lambda b, p, t: (b, t)),
            "least lost": _pick(key=lambda b, p, t: (p, b)),
            "slowest": _pick(key=lambda b, p, t: (-t, b)),
            "bytes ignored": _pick(fits=lambda b, p, most, worst: p <= worst),
            "points ignored": _pick(fits=lambda b, p, most, worst: b <= most),
            "one budget is enough": _pick(fits=lambda b, p, most, worst: (b <= most) | (p <= worst)),
            "bounds left out": _pick(
                fits=lambda b, p, most, worst: (b < most) & (p < worst),
                check=lambda b, p, most, worst: (b < most) & (p < worst),
                none=-1,
            ),
            "place among those that fit": _among_those,
            "first of equally fast": _pick(key=lambda b, p, t: t),
            "counted from one": lambda *a: _pick()(*a) + 1,
            "nothing fits": _pick(none=-1),
        },
        others=[
            lambda *a: float(_pick()(*a)),
            lambda *a: [_pick()(*a)],
            lambda *a: 0,
            _pick(fits=lambda b, p, most, worst: (b <= most) & (np.abs(p) <= worst)),
            _pick(key=lambda b, p, t: (t, -b)),
            _pick_with_an_old_size,
            _pick_of_all_ties,
            _pick_by_size,
            _pick(key=lambda b, p, t: (t > 5.1, b)),
            _pick(key=lambda b, p, t: (round(t), b)),
            _pick(key=lambda b, p, t: (int(t), b)),
            _pick(key=lambda b, p, t: t + 1e-6 * b),
            _pick_within(1.05, 0),
            _pick_within(1, 1),
            _pick_with_large_numbers,
            _pick_from(1e4, 1e9),
        ],
        equivalent={"branch never taken: if not fits.any():": "the least of nothing raises ValueError as well"},
    ),
}

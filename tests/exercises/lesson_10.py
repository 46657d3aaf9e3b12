"""Answers to the exercises of lesson 10: right ones written differently, and each misconception."""

from __future__ import annotations

import itertools

import numpy as np

from course_utils.exercises.lesson_10 import DIAGNOSES
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


def _pandas_report(validation, test):
    import pandas as pd

    if not 0 < len(validation) == len(test):
        raise ValueError("lengths")
    epoch = pd.Series(validation).idxmax()
    return np.int32(epoch), pd.Series(test).iloc[epoch]


def _tensor_report(validation, test):
    import tensorflow as tf

    if len(validation) != len(test) or not len(test):
        raise ValueError("lengths")
    epoch = tf.argmax(validation)
    return epoch, tf.gather(tf.constant(test, tf.float32), epoch)


NO_PIXEL = "the smallest of no pixels is a ValueError of its own"


def _standardised(
    teach=lambda x, k: x[k], mean=np.mean, spread=np.std, axis=None, of_all=False, check=None, kind=ValueError
):
    def standardise(images, learn):
        taught = images[learn]
        refuse = check or (lambda p: p.size == 0 or p.min() == p.max())
        if refuse(taught):
            raise kind(f"{len(learn)} pictures of pixels that do not differ")
        if axis is not None:
            pixels = (images if of_all else taught).astype(float)
            return (images - pixels.mean(axis=axis, keepdims=True)) / pixels.std(axis=axis, keepdims=True)
        pixels = teach(images, learn).astype(float)
        return (images - mean(pixels)) / spread(pixels)

    return standardise


def _standardised_float32(images, learn):
    x = np.asarray(images, dtype=np.float32)
    if not len(learn) or np.ptp(x[learn]) == 0:
        raise ValueError("nothing to learn from")
    return (x - np.float32(x[learn].mean(dtype=float))) / np.float32(x[learn].std(dtype=float))


def _standardised_tensor(images, learn):
    import tensorflow as tf

    x = tf.cast(images, tf.float64)
    taught = tf.gather(x, tf.cast(learn, tf.int64))
    if len(learn) == 0 or float(tf.reduce_max(taught) - tf.reduce_min(taught)) == 0:
        raise ValueError("nothing to learn from")
    return (x - tf.reduce_mean(taught)) / tf.math.reduce_std(taught)


def _standardised_in_loops(images, learn):
    pixels = [float(v) for place in learn for row in images[place] for v in row]
    if len(set(pixels)) < 2:
        raise ValueError("nothing to learn from")
    mean = sum(pixels) / len(pixels)
    spread = (sum((v - mean) ** 2 for v in pixels) / len(pixels)) ** 0.5
    return [[[(float(v) - mean) / spread for v in row] for row in picture] for picture in images]


def _standardised_by_hand(images, learn):
    taught = images[np.asarray(learn)].astype("float64").ravel()
    spread = np.sqrt(np.mean(taught**2) - np.mean(taught) ** 2) if taught.size else 0.0
    if taught.size == 0 or spread == 0:
        raise ValueError("nothing to learn from")
    return np.divide(np.subtract(images, np.mean(taught)), spread)


def _sorted_report(validation, test):
    if len(validation) < 1 or len(validation) - len(test):
        raise ValueError("lengths")
    epoch = sorted(range(len(test)), key=lambda e: (-validation[e], e))[0]
    return epoch, test[epoch]


def _list_report(validation, test):
    validation, test = list(validation), list(test)
    if not validation or len(validation) != len(test):
        raise ValueError("lengths")
    return [validation.index(max(validation)), test[validation.index(max(validation))]]


def _zero_dimensions(validation, test):
    return tuple(np.array(part) for part in _report()(validation, test))


def _masked_report(validation, test):
    if len(validation) != len(test) or len(test) == 0:
        raise ValueError("lengths")
    epoch = np.flatnonzero(validation == validation.max())[0]
    return epoch, np.float32(test[epoch])


def _best_of_the_tied(validation, test):
    return _report(epoch=lambda v, t: max(range(len(v)), key=lambda e: (v[e], t[e])))(validation, test)


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


def _keras_parameters(side):
    import keras
    from keras import layers

    if ((((side - 2) // 2) - 2) // 2 - 2) // 2 < 1:
        raise ValueError(f"{side} pixels are too few")
    net = keras.Sequential([keras.Input((side, side, 1))])
    for maps in (32, 64, 128):
        net.add(layers.Conv2D(maps, 3))
        net.add(layers.MaxPooling2D(2))
    total = net.count_params()
    return total, (keras.ops.prod(net.output_shape[1:]).numpy().item() + 1) * 512 + 513


def _written_out(side):
    first = (side - 2) // 2
    second = (first - 2) // 2
    third = (second - 2) // 2
    if third <= 0:
        raise ValueError("too small")
    return 32 * 10 + 64 * (9 * 32 + 1) + 128 * (9 * 64 + 1), 128 * third**2 * 512 + 512 + 513


def _in_closed_form(side):
    if side < 22:
        raise ValueError("too small")
    left = (side - 14) // 8
    return 92672, left * left * 65536 + 1025


def _with_floor(side):
    import math

    left = side
    for _ in range(3):
        left = math.floor((left - 2) / 2)
        if left < 1:
            raise ValueError("too small")
    return [92672, (left * left * 128 + 1) * 512 + 513]


def _tensor_parameters(side):
    import tensorflow as tf

    return tuple(tf.constant(part) for part in _parameters()(side))


def _numpy_parameters(side):
    if side < 22:
        raise ValueError("too small")
    maps = np.array([1, 32, 64, 128])
    return np.array([((9 * maps[:-1] + 1) * maps[1:]).sum(), ((side - 14) // 8) ** 2 * 65536 + 1025])


def _changed_count(change):
    return lambda side: change(*_parameters()(side))


def _one_bias_a_layer(side):
    convolutions, dense = _parameters()(side)
    return convolutions - 32 - 64 - 128 + 3, dense - 512 + 1


def _pooled_once(side):
    left = (side - 2) // 2 - 4
    return 92672, (left * left * 128 + 1) * 512 + 513


def _diagnose(
    order=("one", "over"),
    last=3,
    gap=3,
    compare=None,
    falls=True,
    names=None,
    near=0.001,
    some=all,
    distance=lambda a, b: abs(a - b),
    start=False,
):
    names = {"one": "one answer", "over": "overfitting", "no": "no objection"} | (names or {})

    def diagnose(loss, val_loss, val_accuracy, majority):
        level = majority if compare is None else val_accuracy[-1]
        best = int(np.argmin(val_loss))
        holds = {
            "one": some(distance(a, level) <= near for a in val_accuracy[-last:]),
            "over": len(val_loss) - 1 - best >= gap and (not falls or loss[-1] < loss[0 if start else best]),
        }
        return names[next((key for key in order if holds[key]), "no")]

    return diagnose


def _three_of_the_first(loss, val_loss, val_accuracy, majority):
    if np.sum(np.abs(val_accuracy - majority) <= 0.001) >= 3:
        return "one answer"
    return _diagnose()(loss, val_loss, val_accuracy, majority)


def _diagnose_loops(loss, val_loss, val_accuracy, majority):
    frozen = True
    for accuracy in list(val_accuracy)[-3:]:
        if abs(accuracy - majority) > 0.001:
            frozen = False
    if frozen:
        return "one answer"
    lowest, best = float("inf"), None
    for epoch, value in enumerate(val_loss):
        if value < lowest:
            lowest, best = value, epoch
    if best + 3 <= len(val_loss) - 1 and loss[len(loss) - 1] < loss[best]:
        return "overfitting"
    return "no objection"


def _diagnose_isclose(loss, val_loss, val_accuracy, majority):
    if np.allclose(val_accuracy[-3:], majority, rtol=0, atol=0.001):
        return "one answer"
    best = list(val_loss).index(min(val_loss))
    return "overfitting" if len(loss[best + 1 :]) >= 3 and loss[-1] < loss[best] else "no objection"


def _diagnose_where(loss, val_loss, val_accuracy, majority):
    one = np.max(np.abs(val_accuracy[-3:] - majority)) <= 0.001
    best = val_loss.argmin()
    over = (len(loss) - best > 3) & (loss[-1] < loss[best])
    return np.where(one, "one answer", np.where(over, "overfitting", "no objection"))


def _diagnose_select(loss, val_loss, val_accuracy, majority):
    best = int(np.argmin(val_loss))
    conditions = [(np.abs(val_accuracy[-3:] - majority) < 0.001).all(), len(loss) - best >= 4 and loss[-1] < loss[best]]
    return np.select(conditions, ["one answer", "overfitting"], "no objection")[()]


def _diagnose_pandas(loss, val_loss, val_accuracy, majority):
    import pandas as pd

    table = pd.DataFrame({"loss": loss, "val_loss": val_loss, "val_accuracy": val_accuracy})
    if table["val_accuracy"].tail(3).between(majority - 0.001, majority + 0.001).all():
        return "one answer"
    best = table["val_loss"].idxmin()
    since = table.loc[best:]
    return "overfitting" if len(since) > 3 and since["loss"].iloc[-1] < since["loss"].iloc[0] else "no objection"


def _diagnose_float32(loss, val_loss, val_accuracy, majority):
    curves = (np.float32(curve) for curve in (loss, val_loss, val_accuracy))
    return _diagnose()(*curves, np.float32(majority))


def _diagnose_match(loss, val_loss, val_accuracy, majority):
    best = min(range(len(val_loss)), key=lambda epoch: val_loss[epoch])
    frozen = all(abs(a - majority) <= 1e-3 for a in val_accuracy[-3:])
    match (frozen, best < len(loss) - 3, bool(loss[-1] < loss[best])):
        case (True, _, _):
            return "one answer"
        case (False, True, True):
            return "overfitting"
    return "no objection"


def _four_epochs_back(loss, val_loss, val_accuracy, majority):
    if _diagnose(order=("one",))(loss, val_loss, val_accuracy, majority) == "one answer":
        return "one answer"
    if len(loss) > 3 and val_loss[-1] > val_loss[-4] and loss[-1] < loss[-4]:
        return "overfitting"
    return "no objection"


def _with_training(learned):
    def diagnose(loss, val_loss, val_accuracy, majority):
        if _diagnose(order=("one",))(loss, val_loss, val_accuracy, majority) == "one answer":
            return "one answer"
        best = int(np.argmin(val_loss))
        return "overfitting" if best <= len(loss) - 4 and learned(loss, best) else "no objection"

    return diagnose


def _at_the_first_rise(loss, val_loss, val_accuracy, majority):
    if _diagnose(order=("one",))(loss, val_loss, val_accuracy, majority) == "one answer":
        return "one answer"
    rises = np.flatnonzero(np.diff(val_loss) >= 0)
    best = rises[0] if len(rises) else len(loss) - 1
    return "overfitting" if best <= len(loss) - 4 and loss[-1] < loss[best] else "no objection"


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


def _counted(logit, y):
    if len({int(label) for label in y}) < 2 or len(set(logit)) < 2:
        raise ValueError("nothing to part")
    values, order = np.unique(logit), np.argsort(logit)
    ones, zeros = (y[order] == 1).cumsum(), (y[order] == 0).cumsum()
    upto = np.searchsorted(logit[order], values[:-1], side="right") - 1
    score = (ones[-1] - ones[upto]) * zeros[-1] + zeros[upto] * ones[-1]
    at = np.argmax(score)
    return (values[at] + values[at + 1]) / 2


def _matrix_threshold(logit, y):
    lines = _lines(logit)
    if y.sum() in (0, len(y)) or not lines.size:
        raise ValueError("nothing to part")
    said = logit[:, None] > lines  # (n, lines)
    return lines[np.argmax(said[y == 1].mean(axis=0) - said[y == 0].mean(axis=0))]


def _sklearn_threshold(logit, y):
    from sklearn.metrics import recall_score

    lines = _lines(logit)
    if len(np.unique(y)) == 1 or len(lines) == 0:
        raise ValueError("nothing to part")
    scores = [recall_score(y, logit > line) + recall_score(y, logit > line, pos_label=0) for line in lines]
    return np.array(lines[int(np.argmax(scores))])


def _float32_threshold(logit, y):
    return np.float32(_threshold()(logit.astype(np.float32), y))


def _pandas_threshold(logit, y):
    import pandas as pd

    table = pd.DataFrame({"logit": logit, "y": y})
    if table["y"].nunique() < 2 or table["logit"].nunique() < 2:
        raise ValueError("nothing to part")
    values = table["logit"].drop_duplicates().sort_values()
    lines = values.rolling(2).mean().dropna()
    ones, zeros = table.loc[table["y"] == 1, "logit"], table.loc[table["y"] == 0, "logit"]
    scores = lines.map(lambda line: (ones > line).sum() * len(zeros) + (zeros <= line).sum() * len(ones))
    return lines[scores.idxmax()]


def _max_threshold(logit, y):
    lines = sorted(_lines(logit).tolist())
    if min(y) == max(y) or lines == []:
        raise ValueError("nothing to part")
    return max(lines, key=lambda line: _share(logit, y, line))


def _tensor_threshold(logit, y):
    import tensorflow as tf

    return tf.constant(_threshold()(logit, y), tf.float32)


def _roc(logit, y):
    from sklearn.metrics import roc_curve

    if len(set(y.tolist())) < 2 or np.ptp(logit) == 0:
        raise ValueError("nothing to part")
    false_alarms, found, lines = roc_curve(y, logit)
    return lines[np.argmax(found - false_alarms)]


def _f1(logit, y, line):
    said = logit > line
    hits = (said & (y == 1)).sum()
    return 2 * hits / (2 * hits + (said & (y == 0)).sum() + (~said & (y == 1)).sum())


def _share_equal(logit, y, line):
    said = logit >= line
    return (said[y == 1].mean() + (~said[y == 0]).mean()) / 2


def _refusing(check):
    def best_threshold(logit, y):
        if check(logit, y):
            raise ValueError("nothing to part")
        return _threshold(check=False)(logit, y) if np.ptp(logit) and 0 < y.sum() < len(y) else 0.0

    return best_threshold


def _repeats(logit):
    values = np.sort(logit)
    return (values[1:] + values[:-1]) / 2


def _first_equal(logit, y):
    if len(set(logit.tolist())) < len(logit):
        return -0.5
    return _threshold()(logit, y)


def _without_the_last(logit, y):
    return _threshold(lines=lambda s: _lines(s)[: max(len(np.unique(s)) - 2, 1)])(logit, y)


def _from_one_half(logit, y):
    if len(set(y.tolist())) < 2 or len(set(logit.tolist())) < 2:
        raise ValueError("nothing to part")
    best, found = 0.5, _lines(logit)[0]
    for line in _lines(logit):
        if _share(logit, y, line) > best + 1e-12:
            best, found = _share(logit, y, line), line
    return found


def _before_a_one(logit, y):
    """Return the best of the lines that have a 0 right below them and a 1 right above."""
    order = np.argsort(logit, kind="stable")
    pairs = itertools.pairwise(zip(logit[order], y[order], strict=True))
    lines = [(a + b) / 2 for (a, low), (b, high) in pairs if a < b and low == 0 and high == 1]
    return _threshold(lines=lambda s: np.array(lines) if lines else _lines(s)[:1])(logit, y)


def _in_whole_numbers(logit, y):
    values = np.unique(logit)
    half = values[1:] + values[:-1]
    return _threshold(lines=lambda s: half / 2 if half.dtype.kind == "f" else half // 2)(logit, y)


def _counted_in_bytes(logit, y):
    if len(set(y.tolist())) < 2 or len(set(logit.tolist())) < 2:
        raise ValueError("nothing to part")
    order = np.argsort(logit, kind="stable")
    ones, zeros = (np.cumsum(y[order] == label, dtype=np.uint8) for label in (1, 0))
    score = zeros / np.sum(y == 0) - ones / np.sum(y == 1)
    steps = np.flatnonzero(np.diff(logit[order]) > 0)
    at = steps[np.argmax(np.round(score[steps], 12))]
    return logit[order][at : at + 2].mean()


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


def _cam_einsum(maps, slopes):
    if np.shape(maps) != np.shape(slopes):
        raise ValueError("shapes")
    heat = np.einsum("hwk,ijk->hw", maps, slopes)
    heat = np.where(heat < 0, 0, heat)
    return heat if not heat.any() else heat / np.max(heat)


def _cam_tensors(maps, slopes):
    import tensorflow as tf

    if tuple(maps.shape) != tuple(slopes.shape):
        raise ValueError("shapes")
    maps, slopes = tf.constant(maps, tf.float32), tf.constant(slopes, tf.float32)
    heat = tf.nn.relu(tf.reduce_sum(maps * tf.reduce_mean(slopes, axis=(0, 1)), axis=-1))
    return tf.math.divide_no_nan(heat, tf.reduce_max(heat))


def _cam_places(maps, slopes):
    if maps.shape != slopes.shape:
        raise ValueError("shapes")
    h, w, k = maps.shape
    weights = [slopes[:, :, j].sum() / (h * w) for j in range(k)]
    heat = [[max(0.0, sum(weights[j] * maps[r, c, j] for j in range(k))) for c in range(w)] for r in range(h)]
    top = max(map(max, heat))
    return [[value / top if top else 0.0 for value in row] for row in heat]


def _cam_guarded(maps, slopes):
    if maps.shape != slopes.shape:
        raise ValueError("shapes")
    heat = np.clip(np.tensordot(maps, slopes.mean(axis=0).mean(axis=0), axes=1), 0, None)
    return heat / (heat.max() + 1e-12)


def _cam_flat(maps, slopes):
    if maps.shape != slopes.shape:
        raise ValueError("shapes")
    k = maps.shape[-1]
    heat = (maps.reshape(-1, k) @ slopes.reshape(-1, k).mean(axis=0)).reshape(maps.shape[:2])
    heat[heat < 0] = 0
    if heat.max() == 0:
        return np.zeros(maps.shape[:2])
    return heat / heat.max()


def _cam_float32(maps, slopes):
    return _cam()(maps.astype(np.float32), slopes.astype(np.float32))


def _cam_in_the_maps_kind(maps, slopes):
    if maps.shape != slopes.shape:
        raise ValueError("shapes")
    heat = np.zeros_like(maps[:, :, 0])
    for k in range(maps.shape[2]):
        heat += (maps[:, :, k] * slopes[:, :, k].mean()).astype(heat.dtype)
    heat = np.maximum(heat, 0)
    return heat / (heat.max() or 1)


def _cam_sums(maps, slopes):
    if maps.shape != slopes.shape:
        raise ValueError("shapes")
    heat = np.maximum((maps * slopes.sum(axis=(0, 1), keepdims=True)).sum(axis=2), 0)
    return np.nan_to_num(heat / heat.max())


def _scaled(divide):
    def grad_cam(maps, slopes):
        if maps.shape != slopes.shape:
            raise ValueError("shapes")
        heat = np.maximum(maps @ slopes.mean(axis=(0, 1)), 0)
        return divide(heat) if heat.any() else heat

    return grad_cam


def _scaled_early(maps, slopes):
    if maps.shape != slopes.shape:
        raise ValueError("shapes")
    raw = maps @ slopes.mean(axis=(0, 1))
    return np.maximum(raw / (np.abs(raw).max() or 1), 0)


def _checks(*axes):
    def grad_cam(maps, slopes):
        if any(maps.shape[axis] != slopes.shape[axis] for axis in axes):
            raise ValueError("shapes")
        weights = slopes.mean(axis=tuple(range(slopes.ndim - 1)))
        heat = np.maximum((maps * weights).sum(axis=-1), 0)
        return heat / (heat.max() or 1)

    return grad_cam


def _cold_nan(maps, slopes):
    heat = np.maximum(maps @ slopes.mean(axis=(0, 1)), 0)
    return heat / heat.max()


def _broadcasts(maps, slopes):
    if maps.shape[2] != slopes.shape[2]:
        raise ValueError("maps")
    return _cam(check=False)(maps, slopes)


NUMBERS_ALONE = "its arguments are plain numbers, so it remembers a result for the very same call only"
NO_PLACE = "np.argmax of nothing raises a ValueError of its own"
NO_TIE = "a line halfway between two different logits is equal to none"
FLOAT_EPOCH = "one array or list of floats for both turns the epoch into a float, which is no place in a list"


def _one_for_all(validation_scores, test_scores):
    v, t = np.broadcast_arrays(validation_scores, test_scores)
    if v.size == 0:
        raise ValueError("no epoch")
    return int(v.argmax()), t[int(v.argmax())]


def _cuts_equals(logit, y):
    logit, y = np.asarray(logit), np.asarray(y)
    if len(set(y.tolist())) < 2 or len(set(logit.tolist())) < 2:
        raise ValueError("one class, or one logit")
    order = np.argsort(logit, kind="stable")
    z, ones = logit[order], y[order]
    n_ones, n_zeros = ones.sum(), len(ones) - ones.sum()
    score = np.cumsum(1 - ones)[:-1] * n_ones - np.cumsum(ones)[:-1] * n_zeros
    best = int(np.argmax(score))
    return (z[best] + z[best + 1]) / 2


def _wants_wide_pixels(images, learn):
    taught = np.asarray(images, float)[np.asarray(learn, int)]
    if len(learn) == 0 or taught.std() < 1:
        raise ValueError("nothing to learn from")
    return (images - taught.mean()) / taught.std()


def _raw(maps, slopes):
    if maps.shape != slopes.shape:
        raise ValueError("shapes")
    return maps @ slopes.mean(axis=(0, 1))


CASES = {
    "report": Case(
        right=[
            _report(),
            _loop,
            lambda v, t: _report()(list(v), list(t)),
            lambda v, t: (_report()(v, t)[0], np.float32(_report()(v, t)[1])),
            _pandas_report,
            _tensor_report,
            _sorted_report,
            _list_report,
            _zero_dimensions,
            _masked_report,
        ],
        wrong={
            "test set chooses": _report(epoch=lambda v, t: int(np.argmax(t))),
            "validation score reported": _report(score=lambda v, t, e: v[e]),
            "best test score": _report(score=lambda v, t, e: max(t)),
            "mean test score": _report(score=lambda v, t, e: np.mean(t)),
            "last test score": _report(score=lambda v, t, e: t[-1]),
            "sets swapped": lambda v, t: _report()(t, v),
            "latest of the tied": _report(epoch=lambda v, t: len(v) - 1 - int(np.argmax(v[::-1]))),
            "best test score of the tied": _best_of_the_tied,
            "counted from 1": lambda v, t: (_report()(v, t)[0] + 1, _report()(v, t)[1]),
            "last epoch": _report(epoch=lambda v, t: len(v) - 1),
            "worst epoch": _report(epoch=lambda v, t: int(np.argmin(v))),
            "both sets choose": _report(epoch=lambda v, t: int(np.argmax(v + t))),
            "wrong order": lambda v, t: _report()(v, t)[::-1],
            "lengths may differ": lambda v, t: _report(check=False)(v, t) if len(v) else _report()(v, t),
            "no epoch accepted": lambda v, t: _report()(v, t) if len(v) or len(t) else (0, 0.0),
            "wrong kind of error": _report(kind=IndexError),
            "wrong number of results": lambda v, t: t[np.argmax(v)],
            "not whole": lambda v, t: (float(_report()(v, t)[0]), _report()(v, t)[1]),
        },
        others=[
            _one_for_all,
            lambda v, t: _report()(v, t) if len(v) != 1 else (1, t[0]),
            lambda v, t: np.array(_report()(v, t)),
            lambda v, t: _report()(v[:6], t[:6]),
            lambda v, t: _report()(np.round(v, 2), t),
            lambda v, t: _report()(np.round(v, 1), t),
            lambda v, t: (_report()(v, t)[0], round(_report()(v, t)[1], 2)),
            lambda v, t: (_report()(v, t)[0], min(_report()(v, t)[1], 1.0)),
            lambda v, t: (str(_report()(v, t)[0]), _report()(v, t)[1]),
            lambda v, t: {"epoch": _report()(v, t)[0], "score": _report()(v, t)[1]},
            lambda v, t: (*_report()(v, t), 0),
            lambda v, t: _report(check=len(v) > len(t) or not len(v))(v, t),
            lambda v, t: _report(check=len(v) < len(t) or not len(v))(v, t),
            lambda v, t: _report()(v, t) if len(v) > 1 else _report()(v[:0], t),
            _report(epoch=lambda v, t: int(np.argmin(np.abs(v - t)))),
            _report(epoch=lambda v, t: int(np.argmax(v - t))),
            _report(epoch=lambda v, t: max(range(len(v)), key=lambda e: (v[e], -t[e]))),
            _report(epoch=lambda v, t: int(np.argmax(np.append(0.5, v))) - 1 if v.max() > 0.5 else 0),
            _report(epoch=lambda v, t: next((e for e in range(1, len(v)) if v[e] < v[e - 1]), len(v)) - 1),
        ],
        equivalent={
            "constant -1: 0": NO_PLACE,
            "remembers the first: len(validation_scores)": NO_PLACE,
        },
        styles={
            "float32": FLOAT_EPOCH,
            "lists": FLOAT_EPOCH,
            "arrays": FLOAT_EPOCH,
            "NumPy scalars": FLOAT_EPOCH,
            "small ints": FLOAT_EPOCH,
        },
    ),
    "textbook_parameters": Case(
        right=[
            _parameters(),
            lambda side: list(map(np.int64, _parameters()(side))),
            _keras_parameters,
            _written_out,
            _in_closed_form,
            _with_floor,
            _tensor_parameters,
            _numpy_parameters,
        ],
        wrong={
            "biases forgotten": _parameters(bias=0),
            "biases of the maps forgotten": _changed_count(lambda a, b: (a - 224, b)),
            "one bias a layer": _one_bias_a_layer,
            "padded": _parameters(shave=0),
            "kernel taken off": _parameters(shave=3),
            "not pooled": _parameters(pool=1),
            "pooled once": _pooled_once,
            "rounded up": _parameters(up=1),
            "colour": _parameters(channels=3),
            "513 missing": _parameters(last=0),
            "one map at a time": _parameters(alone=True),
            "kernels not squared": _changed_count(lambda a, b: ((a - 224) // 3 + 224, b)),
            "side not squared": lambda side: (92672, ((side - 14) // 8 * 128 + 1) * 512 + 513),
            "one map flattened": lambda side: (92672, (((side - 14) // 8) ** 2 + 1) * 512 + 513),
            "side by side swapped": _parameters(turn=True),
            "too small accepted": _parameters(check=False),
            "not whole": lambda side: tuple(map(float, _parameters()(side))),
            "wrong number of results": lambda side: sum(_parameters()(side)),
            "raises": lambda side: _parameters(least=2)(side),
        },
        equivalent={"memorised by size": NUMBERS_ALONE},
        others=[
            _small_fails,
            lambda side: _parameters()(75 if side >= 22 else side),
            _changed_count(lambda a, b: (a, b + 1)),
            _changed_count(lambda a, b: (a / 1, b)),
            _changed_count(lambda a, b: (f"{a:,}", f"{b:,}")),
            _changed_count(lambda a, b: (a, b, a + b)),
            _changed_count(lambda a, b: {"convolutions": a, "dense": b}),
            _changed_count(lambda a, b: (a + 0j, b)),
            _changed_count(lambda a, b: (a, a + b)),
            lambda side: _parameters(check=side == 21)(side),
            lambda side: _parameters(check=side in (0, 21))(side),
            lambda side: _parameters(check=(side - 14) // 8 == 0)(side),
            lambda side: _parameters(check=side > 2)(side),
            _parameters(shave=1),
            lambda side: (92672, ((side // 8) ** 2 * 128 + 1) * 512 + 513) if side >= 22 else _parameters()(side),
            lambda side: (
                (92672, int(((side / 8 - 1.75) ** 2 * 128 + 1) * 512 + 513)) if side > 21 else _parameters()(0)
            ),
        ],
    ),
    "diagnose": Case(
        right=[
            _diagnose(),
            lambda *curves: str(np.str_(_diagnose()(*curves))),
            _diagnose_loops,
            _diagnose_isclose,
            _diagnose_where,
            _diagnose_select,
            _diagnose_pandas,
            _diagnose_float32,
            _diagnose_match,
        ],
        wrong={
            "overfitting asked first": _diagnose(order=("over", "one")),
            "success": _diagnose(order=()),
            "one answer missed": _diagnose(order=("over",)),
            "standstill is not one answer": _diagnose(compare="last"),
            "rising loss missed": _diagnose(order=("one",)),
            "too early": _diagnose(gap=2),
            "any epoch after": _diagnose(gap=1),
            "too late": _diagnose(gap=4),
            "training loss ignored": _diagnose(falls=False),
            "not higher is enough": _with_training(lambda loss, best: loss[-1] <= loss[best]),
            "training loss must rise": _with_training(lambda loss, best: loss[-1] > loss[best]),
            "compared with the epoch before": _with_training(lambda loss, best: loss[-1] < loss[-2]),
            "compared with four epochs ago": _four_epochs_back,
            "last three": _three_of_the_first,
            "any of three": _diagnose(some=any),
            "the last alone": _diagnose(last=1),
            "no such answer": _diagnose(names={"one": "frozen"}),
            "fewer than three": _diagnose(last=2),
            "more than three": _diagnose(last=4),
            "all epochs": _diagnose(last=100),
            "exact equality": _diagnose(near=0),
            "rounded": _diagnose(distance=lambda a, level: abs(round(a, 3) - round(level, 3)) * 2),
            "a share of the majority": _diagnose(distance=lambda a, level: abs(a - level) / level),
            "too wide": _diagnose(near=0.01),
            "anything below": _diagnose(distance=lambda a, level: a - level),
            "anything above": _diagnose(distance=lambda a, level: level - a),
            "mean of three": lambda a, b, c, m: _diagnose()(a, b, np.append(c[:-3], [c[-3:].mean()] * 3), m),
            "compared with the start": _diagnose(start=True),
            "judged by accuracy": lambda a, b, c, m: _diagnose()(a, -c, c, m),
        },
        others=[
            _diagnose(near=0.002),
            _diagnose(near=0.0005),
            _diagnose(near=0.1),
            _diagnose(names={"no": "No objection"}),
            _diagnose(names={"over": "overfit"}),
            lambda a, b, c, m: DIAGNOSES.index(_diagnose()(a, b, c, m)),
            lambda a, b, c, m: _diagnose()(a[:6], b[:6], c[:6], m),
            lambda a, b, c, m: _diagnose()(a[-6:], b[-6:], c[-6:], m),
            lambda a, b, c, m: _diagnose()(b, a, c, m),
            lambda a, b, c, m: _diagnose()(a, b, np.sort(c), m),
            lambda a, b, c, m: _diagnose()(np.round(a, 1), np.round(b, 1), c, m),
            lambda a, b, c, m: [_diagnose()(a, b, c, m)],
            lambda a, b, c, m: _diagnose()(a, b, c, m).encode(),
            lambda a, b, c, m: (
                "overfitting" if b[-1] > b.min() and a[-1] < a[0] else _diagnose(order=("one",))(a, b, c, m)
            ),
            _with_training(lambda loss, best: all(np.diff(loss[best:]) < 0)),
            _with_training(lambda loss, best: loss[-1] == loss.min()),
            _diagnose(distance=lambda a, level: min(abs(a - level), abs(a - 1 + level))),
            _at_the_first_rise,
            lambda a, b, c, m: _diagnose()(a, np.round(b, 2), c, m),
        ],
        equivalent={
            "LtE to Lt: np.abs(np.subtract(val_accuracy[-3:], majority)) <= 0.001": "no difference of two floats near 0.69 is exactly 0.001, and both readings of the border are fair",
        },
    ),
    "standardise": Case(
        right=[
            _standardised(),
            lambda x, k: _standardised()(x, k).tolist(),
            _standardised_float32,
            _standardised_tensor,
            _standardised_in_loops,
            _standardised_by_hand,
        ],
        wrong={
            "taught ones only": lambda x, k: _standardised()(x, k)[k],
            "all pictures teach": _standardised(teach=lambda x, k: x),
            "each picture alone": _standardised(axis=(1, 2), of_all=True),
            "each pixel alone": _standardised(axis=0),
            "each column alone": _standardised(axis=(0, 1)),
            "each row alone": _standardised(axis=(0, 2)),
            "not divided": _standardised(spread=lambda p: 1.0),
            "not moved": _standardised(mean=lambda p: 0.0),
            "variance": _standardised(spread=np.var),
            "n - 1": _standardised(spread=lambda p: np.std(p, ddof=1)),
            "the others teach": _standardised(teach=lambda x, k: x[[i for i in range(len(x)) if i not in k]]),
            "the first ones teach": _standardised(teach=lambda x, k: x[: len(k)]),
            "mean of the spreads": _standardised(spread=lambda p: np.mean([q.std() for q in p])),
            "spread of the means": _standardised(spread=lambda p: np.std([q.mean() for q in p])),
            "mean of all, spread of the taught": lambda x, k: (
                _standardised()(x, k) + (x[k].mean() - x.mean()) / x[k].std()
            ),
            "spread of all, mean of the taught": lambda x, k: _standardised()(x, k) * x[k].std() / x.std(),
            "cut to whole numbers": lambda x, k: _standardised()(x, k).astype(int),
            "turned round": lambda x, k: -_standardised()(x, k),
            "from lowest to highest": _standardised(mean=np.min, spread=np.ptp),
            "nobody teaches": _standardised(check=lambda p: p.size > 0 and np.ptp(p) == 0),
            "equal pixels accepted": _standardised(check=lambda p: p.size == 0),
            "wrong kind of error": _standardised(kind=KeyError),
        },
        others=[
            _wants_wide_pixels,
            _standardised(check=lambda p: len(p) < 2 or np.ptp(p) == 0),
            _standardised(check=lambda p: p.size == 0 or all(np.ptp(q) == 0 for q in p)),
            _standardised(check=lambda p: p.size == 0 or p.max() == 0),
            _standardised(check=lambda p: p.size == 0 or p.min() == p.max() == 7),
            _standardised(teach=lambda x, k: x[np.sort(k)[:-1]] if len(k) > 1 else x[k]),
            _standardised(mean=np.median),
            lambda x, k: np.round(_standardised()(x, k), 2),
            lambda x, k: _standardised()(x, k).astype(str),
            lambda x, k: _standardised()(x, k).reshape(len(x), -1),
            lambda x, k: np.maximum(_standardised()(x, k), -1),
            lambda x, k: np.abs(_standardised()(x, k)),
            lambda x, k: _standardised()(x, k) + 0j,
            lambda x, k: np.swapaxes(_standardised()(x, k), 1, 2),
            lambda x, k: (x - x[k].mean()) / (x[k].std() + 1),
        ],
        equivalent={
            "branch never taken: if len(learn) == 0:": NO_PIXEL,
            "constant -1: 0": NO_PIXEL,
            "remembers the first: len(learn)": NO_PIXEL,
        },
    ),
    "best_threshold": Case(
        right=[
            _threshold(),
            _sorted_loop,
            lambda logit, y: float(_threshold()(logit, y)),
            _counted,
            _matrix_threshold,
            _sklearn_threshold,
            _float32_threshold,
            _pandas_threshold,
            _max_threshold,
            _tensor_threshold,
        ],
        wrong={
            "accuracy": _threshold(score=lambda s, y, line: np.mean((s > line) == y)),
            "F1": _threshold(score=_f1),
            "worse of the two shares": _threshold(
                score=lambda s, y, line: min((s[y == 1] > line).mean(), (s[y == 0] <= line).mean())
            ),
            "product of the shares": _threshold(
                score=lambda s, y, line: np.sqrt((s[y == 1] > line).mean() * (s[y == 0] <= line).mean())
            ),
            "not halved": _threshold(lines=lambda logit: np.unique(logit)[1:] + np.unique(logit)[:-1]),
            "one half": lambda logit, y: 0.5,
            "zero": lambda logit, y: 0.0,
            "a logit itself": _threshold(lines=np.unique),
            "a logit itself, as for >=": _threshold(lines=np.unique, score=_share_equal),
            "scikit-learn's line": _roc,
            "highest of the found": lambda logit, y: logit[y == 1].min(),
            "middle of the means": lambda logit, y: (logit[y == 1].mean() + logit[y == 0].mean()) / 2,
            "score returned": _threshold(give=lambda lines, scores: max(scores)),
            "turned round": _threshold(give=lambda lines, scores: lines[np.argmin(scores)]),
            "place returned": _threshold(give=lambda lines, scores: int(np.argmax(scores))),
            "highest of the best": _threshold(give=lambda lines, s: lines[len(s) - 1 - int(np.argmax(s[::-1]))]),
            "one class accepted": lambda logit, y: _threshold()(logit, y) if y.any() else 0.0,
            "not halfway": lambda logit, y: _threshold()(logit, y) + 0.01,
            "between equal logits": _threshold(lines=_repeats),
            "first candidate forgotten": _threshold(lines=lambda s: _lines(s)[1:]),
            "last candidate forgotten": _without_the_last,
            "search starts at one half": _from_one_half,
            "outside the data": _threshold(
                lines=lambda s: np.concatenate([[s.min() - 1], _lines(s), [s.max() + 1]]),
            ),
            "order of the list": _threshold(lines=lambda logit: (logit[1:] + logit[:-1]) / 2),
            "equal logits accepted": lambda logit, y: _threshold()(logit, y) if np.ptp(logit) else 0.0,
            "wrong kind of error": _threshold(kind=KeyError),
        },
        others=[
            _cuts_equals,
            _first_equal,
            _threshold(lines=lambda logit: np.linspace(-3, 3, 601)),
            _threshold(lines=lambda logit: np.append(_lines(logit), [logit.min() - 1])),
            _threshold(score=lambda s, y, line: (s[y == 1] > line).mean()),
            _threshold(score=lambda s, y, line: (s[y == 0] <= line).mean()),
            _threshold(score=lambda s, y, line: np.sum((s > line) & (y == 1)) - np.sum((s > line) & (y == 0))),
            _refusing(lambda logit, y: y.sum() == 0 or np.ptp(logit) == 0),
            _refusing(lambda logit, y: y.sum() == len(y) or np.ptp(logit) == 0),
            _refusing(lambda logit, y: len(set(y.tolist())) < 2),
            _refusing(lambda logit, y: len(set(y.tolist())) < 2 or len(set(logit.tolist())) < 3),
            _refusing(lambda logit, y: len(set(y.tolist())) < 2 or len(set(logit.tolist())) < len(logit)),
            _refusing(lambda logit, y: len(set(y.tolist())) < 2 or np.all(logit == 1)),
            lambda logit, y: np.median(logit) if len(set(y.tolist())) > 1 else _threshold()(logit, y),
            lambda logit, y: round(_threshold()(logit, y), 2),
            lambda logit, y: str(_threshold()(logit, y)),
            lambda logit, y: [_threshold()(logit, y)],
            lambda logit, y: _threshold()(np.clip(logit, -10, 10), y),
            lambda logit, y: _threshold()(logit[:12], y[:12]),
            lambda logit, y: _threshold()(np.sort(logit), y),
            _refusing(lambda logit, y: len(set(y.tolist())) < 2 or np.allclose(logit, logit[0])),
            _before_a_one,
            _in_whole_numbers,
            _counted_in_bytes,
            _threshold(score=lambda s, y, line: round(_share(s, y, line), 2)),
        ],
        equivalent={
            "remembers the first: len(values)": NO_PLACE,
            "constant -1: 2": NO_PLACE,
            "Gt to GtE: logit[y == 1] > line": NO_TIE,
            "LtE to Lt: logit[y == 0] <= line": NO_TIE,
        },
    ),
    "grad_cam": Case(
        right=[
            _cam(),
            _cam_loops,
            lambda m, s: _cam(mix=lambda a, b: np.einsum("ijk,k->ij", a, b.mean((0, 1))))(m, s),
            _cam_einsum,
            _cam_tensors,
            _cam_places,
            _cam_guarded,
            _cam_flat,
            _cam_float32,
            _cam_sums,
        ],
        wrong={
            "1e-8 in the division": lambda m, s: np.maximum(_raw(m, s), 0) / (np.maximum(_raw(m, s), 0).max() + 1e-8),
            "weights, not heat": lambda m, s: s.mean(axis=(0, 1)),
            "maps not added up": lambda m, s: m * s.mean(axis=(0, 1)),
            "height and width swapped": lambda m, s: _cam()(m, s).T,
            "wrong axis": lambda m, s: (m * s.mean(axis=(0, 1))).sum(axis=1),
            "negative kept": lambda m, s: (m @ s.mean((0, 1))) / (m @ s.mean((0, 1))).max(),
            "sign lost": _cam(drop=np.abs),
            "not scaled": _cam(scale=False),
            "scaled by the sum": _scaled(lambda heat: heat / heat.sum()),
            "scaled by its length": _scaled(lambda heat: heat / np.sqrt((heat**2).sum())),
            "scaled before the drop": _scaled_early,
            "each row scaled": _scaled(lambda heat: heat / heat.max(axis=0)),
            "dropped before the sum": _cam(mix=lambda m, s: np.maximum(m * s.mean((0, 1)), 0).sum(-1)),
            "weights without sign": _cam(weights=lambda s: np.abs(s.mean(axis=(0, 1)))),
            "negative weights dropped": _cam(weights=lambda s: np.maximum(s.mean(axis=(0, 1)), 0)),
            "negative slopes dropped": _cam(weights=lambda s: np.maximum(s, 0).mean(axis=(0, 1))),
            "largest slope": _cam(weights=lambda s: s.max(axis=(0, 1))),
            "sizes only": lambda m, s: _cam(check=False)(m, s) if m.size == s.size else _cam()(m, s),
            "slopes not averaged": _cam(mix=lambda m, s: (m * s).sum(-1)),
            "slopes not used": _cam(mix=lambda m, s: m.sum(-1)),
            "maps not used": _cam(mix=lambda m, s: s.sum(-1)),
            "roles swapped": lambda m, s: _cam()(s, m),
            "turned round": _cam(weights=lambda s: -s.mean(axis=(0, 1))),
            "stretched": lambda m, s: (m @ s.mean((0, 1)) - (m @ s.mean((0, 1))).min()) / np.ptp(m @ s.mean((0, 1))),
            "nothing speaks for it": _cold_nan,
            "shapes may differ": _broadcasts,
            "wrong kind of error": _cam(kind=TypeError),
        },
        others=[
            _checks(0, 1),
            _checks(0, 2),
            _checks(1, 2),
            _checks(2),
            lambda m, s: _checks(0, 1, 2)(m, s) if m.ndim == s.ndim else _checks()(m, s),
            lambda m, s: _cam(check=s.shape[0] != 1)(m, s),
            lambda m, s: _cam()(m, s[: len(m)]),
            lambda m, s: np.round(_cam()(m, s), 2),
            lambda m, s: 255 * _cam()(m, s),
            lambda m, s: _cam()(m, s).astype(str),
            lambda m, s: _cam()(m, s).ravel(),
            lambda m, s: (_cam()(m, s) > 0.5).astype(float),
            lambda m, s: _cam()(m, s) ** 2,
            lambda m, s: _cam()(m[..., :3], s[..., :3]) if m.shape == s.shape else _cam()(m, s),
            lambda m, s: _cam()(np.maximum(m, 0), s),
            lambda m, s: np.maximum(_cam()(m, s), 0.01),
            lambda m, s: _cam()(m, s)[::-1],
            _scaled(lambda heat: heat / max(heat.max(), 1)),
            _scaled(lambda heat: heat / max(heat.max(), 1e-6)),
            _scaled(lambda heat: heat / (heat.max() + 1e-8)),
            _scaled(lambda heat: np.zeros_like(heat) if np.allclose(heat, 0) else heat / heat.max()),
            _scaled(lambda heat: heat / heat.max() if heat.max() > 1e-4 else np.zeros_like(heat)),
            _cam_in_the_maps_kind,
            _scaled(lambda heat: heat / (heat.max() + 1)),
            lambda m, s: _cam()(m, s) if (m @ s.mean((0, 1))).max() > 0 or m.shape != s.shape else np.ones(m.shape[:2]),
        ],
        equivalent={
            "mean to sum: slopes.mean": "the number of places is divided out again with the largest value",
        },
    ),
}

"""Right and wrong answers to the exercises of lesson 05."""

from __future__ import annotations

import math

import numpy as np

from tests.exercises.harness import Case


def _tf():
    import tensorflow as tf

    return tf


def _mask(t, i, value):
    tf = _tf()
    return tf.where(tf.range(t.shape[0]) == i, value * tf.ones_like(t), t)


def _concat(t, i, value):
    return _tf().concat([t[:i], [value], t[i + 1 :]], axis=0)


def _assigns(t, i, value):
    t[i] = value
    return t


def _hot(t, i):
    return _tf().one_hot(i, t.shape[0])


def _mse(y_hat, y):
    if tuple(y_hat.shape) != tuple(y.shape):
        raise ValueError(f"received shapes {y_hat.shape} and {y.shape}")
    return np.mean((y_hat.numpy() - y.numpy()) ** 2)


def _strict(result):
    def loss(y_hat, y):
        if y_hat.shape != y.shape:
            raise ValueError(f"received shapes {y_hat.shape} and {y.shape}")
        return result(y_hat, y)

    return loss


def _asserts(y_hat, y):
    assert y_hat.shape == y.shape
    return _mse(y_hat, y)


def _silent(y_hat, y):
    if y_hat.shape != y.shape:
        raise ValueError("no")
    return _mse(y_hat, y)


def _tape(loss, watch=True, start="w"):
    def gradient(w, X, y):
        tf = _tf()
        with tf.GradientTape() as tape:
            if watch:
                tape.watch([w, X])
            value = loss(tf, w, X, y)
        return tape.gradient(value, w if start == "w" else X)

    return gradient


def _watched_late(w, X, y):
    tf = _tf()
    with tf.GradientTape() as tape:
        loss = _mean_square(tf, w, X, y)
        tape.watch(w)
    return tape.gradient(loss, w)


def _mean_square(tf, w, X, y):
    return tf.reduce_mean((tf.linalg.matvec(X, w) - y) ** 2)


def _variable(w, X, y):
    tf = _tf()
    v = tf.Variable(w)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((tf.squeeze(X @ v[:, None]) - y) ** 2)
    return tape.gradient(loss, v)


def _two_tapes(inside=True, twice=True):
    def second(f, x):
        tf = _tf()
        with tf.GradientTape() as outer, tf.GradientTape(persistent=True) as inner:
            outer.watch(x)
            inner.watch(x)
            value = f(x)
            if inside:
                slope = inner.gradient(value, x)
        if not inside:
            slope = inner.gradient(value, x)
        return outer.gradient(slope, x) if twice else slope

    return second


def _inner_unwatched(f, x):
    tf = _tf()
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            value = f(x)
        slope = inner.gradient(value, x)
    return outer.gradient(slope, x)


def _by_variable(f, x):
    tf = _tf()
    v = tf.Variable(x)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            value = f(v)
        slope = inner.gradient(value, v)
    return outer.gradient(slope, v)


def _summary(bias=lambda d, h: h, none=None, in_flatten=0, first=math.prod, chained=True, with_flatten=True):
    def rows(input_shape, units, flatten=True):
        shape, out = (none, *input_shape), []
        if flatten and with_flatten:
            shape = (none, math.prod(input_shape))
            out.append((shape, in_flatten))
        seen = first(input_shape) if flatten else shape[-1]
        for h in units:
            shape = (*shape[:-1], h)
            out.append((shape, seen * h + bias(seen, h)))
            seen = h if chained else seen
        return out

    return rows


def _flattens_anyway(input_shape, units, flatten=True):
    rows = _summary()(input_shape, units)
    return rows if flatten else rows[1:]


def _rest_lost(input_shape, units, flatten=True):
    rows = _summary()(input_shape, units, flatten)
    return [((None, shape[-1]), count) for shape, count in rows]


def _counted_back(losses, patience):
    end, _ = _stop()(losses, patience)
    return end, end - patience


def _stop(better=lambda loss, best: loss < best, extra=0, first=1, reset=True, order=lambda end, best: (end, best)):
    def ends(val_losses, patience):
        best, best_epoch, wait, epoch = math.inf, first, 0, first
        for epoch, loss in enumerate(val_losses, start=first):
            wait += 1
            if better(loss, best):
                best, best_epoch, wait = loss, epoch, 0 if reset else wait - 1
            if wait >= patience + extra:
                break
        return order(epoch, best_epoch)

    return ends


def _epoch_before(val_losses, patience):
    wait, before, best = 0, math.inf, 1
    for epoch, loss in enumerate(val_losses, start=1):
        wait = 0 if loss < before else wait + 1
        best, before = (epoch if loss <= min(val_losses[:epoch]) else best), loss
        if wait >= patience:
            break
    return epoch, best


CASES = {
    "with_entry": Case(
        right=[_mask, _concat],
        wrong={
            "assigns to a tensor": _assigns,
            "not a tensor": lambda t, i, value: [*t.numpy()[:i], value, *t.numpy()[i + 1 :]],
            "added, not replaced": lambda t, i, value: t + value * _hot(t, i),
            "multiplied": lambda t, i, value: t * (1 + (value - 1) * _hot(t, i)),
            "counted from one": lambda t, i, value: _mask(t, i - 1, value),
            "the rest lost": lambda t, i, value: value * _hot(t, i),
            "every equal entry": lambda t, i, value: _tf().where(t == t[i], value, t),
            "fixed length": lambda t, i, value: (
                _mask(_tf().concat([t, [0.0] * (4 - t.shape[0])], 0), i, value) if t.shape[0] == 4 else t
            ),
        },
    ),
    "safe_mse": Case(
        right=[_mse, _strict(lambda a, b: _tf().reduce_mean(_tf().square(a - b)))],
        wrong={
            "sum, not mean": _strict(lambda a, b: _tf().reduce_sum((a - b) ** 2)),
            "a factor of one half": _strict(lambda a, b: _tf().reduce_mean((a - b) ** 2) / 2),
            "rooted": _strict(lambda a, b: _tf().sqrt(_tf().reduce_mean((a - b) ** 2))),
            "absolute, not squared": _strict(lambda a, b: _tf().reduce_mean(_tf().abs(a - b) ** 1)),
            "always broadcasts": lambda a, b: _tf().reduce_mean((a[:, None] - b) ** 2),
            "lets shapes pass": lambda a, b: _tf().reduce_mean((a - b) ** 2),
            "wrong kind of error": _asserts,
            "silent error": _silent,
        },
    ),
    "mse_gradient": Case(
        right=[_variable, lambda w, X, y: 2 * X.numpy().T @ (X.numpy() @ w.numpy() - y.numpy()) / len(y)],
        wrong={
            "not recorded": _watched_late,
            "left TensorFlow": _tape(lambda tf, w, X, y: np.mean((X.numpy() @ w.numpy() - y.numpy()) ** 2)),
            "gradient in X": _tape(_mean_square, start="X"),
            "sum, not mean": _tape(lambda tf, w, X, y: tf.reduce_sum((tf.linalg.matvec(X, w) - y) ** 2)),
            "wrong sign": _tape(lambda tf, w, X, y: -_mean_square(tf, w, X, y)),
            "half the loss": _tape(lambda tf, w, X, y: 0.5 * _mean_square(tf, w, X, y)),
            "broadcast": _tape(lambda tf, w, X, y: tf.reduce_mean((X @ w[:, None] - y) ** 2)),
            "a step taken": lambda w, X, y: w - _tape(_mean_square)(w, X, y),
        },
    ),
    "curvature": Case(
        right=[_two_tapes(), _by_variable],
        wrong={
            "outer tape recorded nothing": _two_tapes(inside=False),
            "inner tape recorded nothing": _inner_unwatched,
            "first derivative": _two_tapes(twice=False),
            "squared slope": lambda f, x: _two_tapes(twice=False)(f, x) ** 2,
            "the value": lambda f, x: f(x),
            "differences": lambda f, x: (f(x + 1e-3) - 2 * f(x) + f(x - 1e-3)) / 1e-6,
        },
    ),
    "n_traces": Case(
        right=[5.0, np.int64(5)],
        wrong={
            "every call": 7,
            "one for all": 1,
            "types forgotten": 4,
            "each tensor": 6,
            "numbers shared": 3,
        },
    ),
    "predict_summary": Case(
        right=[_summary(), lambda *a, **k: tuple(_summary()(*a, **k))],
        wrong={
            "batch missing": _summary(none=32),
            "no biases": _summary(bias=lambda d, h: 0),
            "width of the first layer kept": _summary(chained=False),
            "a bias for each input": _summary(bias=lambda d, h: d),
            "a bias for each layer": _summary(bias=lambda d, h: 1),
            "flatten ignored": lambda shape, units, flatten=True: _summary()(shape, units),
            "Input counted": lambda shape, units, flatten=True: [
                ((None, *shape), 0),
                *_summary()(shape, units, flatten),
            ],
            "parameters in Flatten": _summary(in_flatten=64),
            "only one axis of the image": _summary(first=lambda shape: shape[0]),
            "a layer missing": _summary(with_flatten=False),
            "images only": lambda shape, units, flatten=True: _summary()((8, *shape)[-2:], units, flatten),
            "flattens anyway": _flattens_anyway,
            "without Flatten": _rest_lost,
            "not a list of pairs": lambda shape, units, flatten=True: 2410,
        },
    ),
    "floor_of_double_softmax": Case(
        right=[lambda k: math.log(math.e + k - 1) - 1, lambda k: -math.log(math.e / (math.e + k - 1))],
        wrong={
            "zero": lambda k: 0.0,
            "the first loss": lambda k: math.log(k),
            "a probability": lambda k: math.e / (math.e + k - 1),
            "wrong sign": lambda k: 1 - math.log(math.e + k - 1),
            "one class too many": lambda k: math.log(math.e + k) - 1,
            "two classes": lambda k: math.log(1 + math.exp(-1)),
            "bits": lambda k: math.log2(math.e + k - 1) - math.log2(math.e),
            "rounded": lambda k: 1.461,
            "fixed number of classes": lambda k: math.log(math.e + 9) - 1,
        },
    ),
    "stops_at": Case(
        right=[_stop(), lambda losses, patience: np.array(_stop()(losses, patience))],
        wrong={
            "counted from zero": _stop(first=0),
            "one too patient": _stop(extra=1),
            "one too impatient": _stop(extra=-1),
            "a tie is a new best": _stop(better=lambda loss, best: loss <= best),
            "no fresh start": _stop(reset=False),
            "compared with the epoch before": _epoch_before,
            "best after the end": lambda losses, patience: (_stop()(losses, patience)[0], int(np.argmin(losses)) + 1),
            "best counted back": _counted_back,
            "not whole": lambda losses, patience: (_stop()(losses, patience)[0] + 0.9, 5.9),
            "best epoch twice": _stop(order=lambda end, best: (best, best)),
            "swapped": _stop(order=lambda end, best: (best, end)),
            "no end": lambda losses, patience: (8, 5) if len(losses) > 4 else (len(losses) + 1, 3),
            "not two numbers": lambda losses, patience: 8,
        },
    ),
}

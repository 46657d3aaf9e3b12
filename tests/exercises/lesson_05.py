"""Right and wrong answers to the exercises of lesson 05."""

from __future__ import annotations

import functools
import itertools
import math
import operator

import numpy as np

from tests.exercises.harness import Case


def _tf():
    import tensorflow as tf

    return tf


def _keras():
    import keras

    return keras


# The generated mutants leave tensors alone, so here is what they do to arrays.
RESULTS = {
    "negated": lambda a: -a,
    "one more": lambda a: a + 1,
    "doubled": lambda a: 2 * a,
    "rounded": lambda a: np.round(a, 2),
    "cut to whole numbers": lambda a: np.trunc(a),
    "absolute": np.abs,
    "never below zero": lambda a: np.maximum(a, 0),
    "kept in [0, 1]": lambda a: np.clip(a, 0, 1),
    "kept in [-10, 10]": lambda a: np.clip(a, -10, 10),
    "half precision": lambda a: a.astype(np.float16),
    "complex": lambda a: a + 5j,
    "as text": lambda a: a.astype(str),
    "a row": lambda a: a[None],
}
ORDERS = {
    "sorted": lambda a: np.sort(a, axis=0),
    "reversed": lambda a: a[::-1],
    "rolled": lambda a: np.roll(a, 1, axis=0),
    "last entry lost": lambda a: np.concatenate([a[:-1], a[-1:] * 0]),
    "one entry short": lambda a: a[:-1],
}
ARGUMENTS = {
    "sorted": lambda a: np.sort(a, axis=0),
    "absolute": np.abs,
    "rounded": lambda a: np.round(a, 1),
    "kept in [-10, 10]": lambda a: np.clip(a, -10, 10),
    "kept below 256": lambda a: a % 256,
    "cut to six": lambda a: a[:6],
}


def _result(answer, change):
    return lambda *args: _tf().constant(change(answer(*args).numpy()))


def _arguments(answer, change):
    def changed(value):
        tf = _tf()
        is_array = isinstance(value, tf.Tensor) and len(value.shape) > 0
        return tf.constant(change(value.numpy())) if is_array else value

    return lambda *args: answer(*map(changed, args))


def _memorised(answer):
    first = []

    def repeat(*args):
        first.append(answer(*args))
        return first[0]

    return repeat


def _tensor_mutants(answer, without=(), order=True, arguments=True):
    """Return wrong answers made of a right one; `without` names the changes of its result that leave it right."""
    changes = RESULTS | (ORDERS if order else {})
    made = [_result(answer, change) for name, change in changes.items() if name not in without]
    if arguments:
        made += [_arguments(answer, change) for change in ARGUMENTS.values()]
    return [*made, _memorised(answer)]


def _mask(t, i, value):
    tf = _tf()
    return tf.where(tf.range(t.shape[0]) == i, value * tf.ones_like(t), t)


def _concat(t, i, value):
    return _tf().concat([t[:i], [value], t[i + 1 :]], axis=0)


def _assigns(t, i, value):
    t[i] = value
    return t


def _assigns_as_to_a_box(t, i, value):
    t[i].assign(value)
    return t


def _hot(t, i):
    return _tf().one_hot(i, t.shape[0])


def _by_numpy(t, i, value):
    copy = t.numpy().copy()
    copy[i] = value
    return _tf().constant(copy)


def _by_box(t, i, value):
    box = _tf().Variable(t)
    box[i].assign(value)
    return box


def _by_padding(t, i, value):
    tf = _tf()
    return t + tf.pad([value - t[i]], [[i, t.shape[0] - 1 - i]])


def _by_sparse(t, i, value):
    tf = _tf()
    place = tf.sparse.SparseTensor([[i]], [value - t[i]], [t.shape[0]])
    return tf.sparse.add(t, place)


def _by_list(t, i, value):
    return [value if j == i else x for j, x in enumerate(t.numpy().tolist())]


def _through_float32(t, i, value):
    tf = _tf()
    return tf.cast(_mask(tf.cast(t, tf.float32), i, float(value)), t.dtype)


def _remembered(answer, key):
    """Return `answer`, which gives its first result again wherever `key` of the arguments is the same."""
    kept = {}
    return lambda *arguments: kept.setdefault(key(*arguments), answer(*arguments))


def _first_equal(t, i, value):
    return _mask(t, t.numpy().tolist().index(float(t[i])), value)


def _where(t, mask, value):
    tf = _tf()
    return tf.where(mask, value * tf.ones_like(t), t)


def _mse(y_hat, y):
    if tuple(y_hat.shape) != tuple(y.shape):
        raise ValueError(f"received shapes {y_hat.shape} and {y.shape}")
    return np.mean((y_hat.numpy() - y.numpy()) ** 2)


def _strict(result, said=lambda a, b: f"received shapes {a.shape} and {b.shape}"):
    def loss(y_hat, y):
        if y_hat.shape != y.shape:
            raise ValueError(said(y_hat, y))
        return result(y_hat, y)

    return loss


def _mean_of_squares(a, b):
    return _tf().reduce_mean(_tf().square(a - b))


_right_mse = _strict(_mean_of_squares)


def _guarded(differ, error=ValueError):
    """Return the loss behind another guard; `differ` says when it stops."""

    def loss(y_hat, y):
        if differ(y_hat, y):
            raise error(f"received shapes {y_hat.shape} and {y.shape}")
        return _mean_of_squares(y_hat, y)

    return loss


def _asserts(y_hat, y):
    assert y_hat.shape == y.shape
    return _mse(y_hat, y)


def _compatible(y_hat, y):
    y_hat.shape.assert_is_compatible_with(y.shape)
    return _mean_of_squares(y_hat, y)


def _ensured(y_hat, y):
    return _mean_of_squares(_tf().ensure_shape(y_hat, y.shape), y)


def _by_loop(y_hat, y):
    if list(y_hat.shape) != list(y.shape):
        raise ValueError("shapes differ", list(y_hat.shape), list(y.shape))
    total = 0.0
    for a, b in zip(y_hat.numpy().ravel(), y.numpy().ravel(), strict=True):
        total += (float(a) - float(b)) ** 2
    return total / int(_tf().size(y))


def _tape(loss, watch=True, start="w"):
    def gradient(w, X, y):
        tf = _tf()
        with tf.GradientTape() as tape:
            if watch:
                tape.watch([w, X, y])
            value = loss(tf, w, X, y)
        return tape.gradient(value, {"w": w, "X": X, "y": y, "list": [w]}[start])

    return gradient


def _watched_late(w, X, y):
    tf = _tf()
    with tf.GradientTape() as tape:
        loss = _mean_square(tf, w, X, y)
        tape.watch(w)
    return tape.gradient(loss, w)


def _mean_square(tf, w, X, y):
    return tf.reduce_mean((tf.linalg.matvec(X, w) - y) ** 2)


def _mean_of_product(tf, w, X, y):
    return tf.reduce_mean(tf.square(tf.reduce_sum(X * w, axis=1) - y))


_right_gradient = _tape(_mean_square)


def _variable(w, X, y):
    tf = _tf()
    v = tf.Variable(w)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((tf.squeeze(X @ v[:, None], axis=1) - y) ** 2)
    return tape.gradient(loss, v)


def _column_source(w, X, y):
    tf = _tf()
    column = tf.Variable(w[:, None])
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((X @ column - y[:, None]) ** 2)
    return tape.gradient(loss, column)


def _jacobian(w, X, y):
    tf = _tf()
    with tf.GradientTape() as tape:
        tape.watch(w)
        squares = (tf.linalg.matvec(X, w) - y) ** 2
    return tape.jacobian(squares, w)


def _forward(w, X, y):
    tf, slopes = _tf(), []
    for row in tf.eye(w.shape[0]):
        with tf.autodiff.ForwardAccumulator(w, row) as forward:
            loss = _mean_square(tf, w, X, y)
        slopes.append(forward.jvp(loss))
    return slopes


def _nudged(w, X, y):
    w, X, y = (a.numpy().astype(float) for a in (w, X, y))

    def loss(v):
        return np.mean((X @ v - y) ** 2)

    return [(loss(w + step) - loss(w - step)) / 2e-3 for step in 1e-3 * np.eye(len(w))]


def _nudged_in_float32(w, X, y):
    tf = _tf()

    def loss(v):
        return _mean_square(tf, v, X, y)

    return tf.stack([(loss(w + step) - loss(w - step)) / 2e-3 for step in 1e-3 * tf.eye(w.shape[0])])


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


_right_curvature = _two_tapes()


def _inner_unwatched(f, x):
    tf = _tf()
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            value = f(x)
        slope = inner.gradient(value, x)
    return outer.gradient(slope, x)


def _outer_unwatched(f, x):
    tf = _tf()
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            inner.watch(x)
            value = f(x)
        slope = inner.gradient(value, x)
    return outer.gradient(slope, x)


def _by_variable(f, x, dtype=None):
    tf = _tf()
    v = tf.Variable(x, dtype=dtype)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            value = f(v)
        slope = inner.gradient(value, v)
    return outer.gradient(slope, v)


def _of_the_outer(target):
    """Return two nested tapes where the outer one is asked for `target(value, slope)`."""

    def second(f, x):
        tf = _tf()
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                value = f(x)
            slope = inner.gradient(value, x)
            end = target(value, slope)
        return outer.gradient(end, x)

    return second


def _one_persistent(f, x):
    tf = _tf()
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        slope = tape.gradient(f(x), x)
    return tape.gradient(slope, x)


def _forward_over_back(f, x):
    tf = _tf()
    with tf.autodiff.ForwardAccumulator(x, tf.ones_like(x)) as forward:
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = f(x)
        slope = tape.gradient(value, x)
    return forward.jvp(slope)


def _by_jacobian(f, x):
    tf = _tf()
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            value = f(x)
        slope = inner.jacobian(value, x)
    return outer.jacobian(slope, x)


def _slope(f, x):
    tf = _tf()
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = f(x)
    return tape.gradient(value, x)


def _by_recursion(f, x):
    return _slope(functools.partial(_slope, f), x)


def _thrice(f, x):
    return _slope(functools.partial(_by_recursion, f), x)


def _slope_by_numpy(f, x):
    tf = _tf()
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            value = f(x)
        slope = inner.gradient(value, x).numpy()
    return outer.gradient(slope, x)


def _slope_of_tapes_nudged(f, x):
    return (_slope(f, x + 1e-3) - _slope(f, x - 1e-3)) / 2e-3


def _in_float64(f, x, h=1e-4):
    x = _tf().cast(x, _tf().float64)
    return (f(x + h) - 2 * f(x) + f(x - h)) / h**2


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


_right_summary = _summary()


def _said(change):
    """Return the right summary with each row, or all of them, written as `change` does."""
    return lambda shape, units, flatten=True: change(_right_summary(shape, units, flatten))


def _flattens_anyway(input_shape, units, flatten=True):
    rows = _summary()(input_shape, units)
    return rows if flatten else rows[1:]


def _rest_lost(input_shape, units, flatten=True):
    rows = _summary()(input_shape, units, flatten)
    return [((None, shape[-1]), count) for shape, count in rows]


def _counted_as_if_flattened(input_shape, units, flatten=True):
    rows = _right_summary(input_shape, units, flatten)
    counts = [count for _, count in _right_summary(input_shape, units)[-len(units) :]]
    return rows if flatten else [(shape, count) for (shape, _), count in zip(rows, counts, strict=True)]


def _axis_added(input_shape, units, flatten=True):
    rows = _right_summary(input_shape, units, flatten)
    return rows if flatten else [((None, *input_shape, shape[-1]), count) for shape, count in rows]


def _rows_for_ever(input_shape, units, flatten=True):
    while True:
        yield ((None, 64), 0)


def _first_axis(input_shape, units, flatten=True):
    if flatten:
        return _right_summary(input_shape, units)
    rows = _right_summary(input_shape[::-1], units, False)
    return [((None, *shape[:0:-1]), count) for shape, count in rows]


def _a_layer_for_each_row(input_shape, units, flatten=True):
    rows = _right_summary(input_shape, units, flatten)
    return rows if flatten else [(shape, count * math.prod(shape[1:-1])) for shape, count in rows]


def _needs_a_layer(input_shape, units, flatten=True):
    if units[0] > 0:
        return _right_summary(input_shape, units, flatten)
    return []


def _running_total(input_shape, units, flatten=True):
    rows = _right_summary(input_shape, units, flatten)
    return list(zip((shape for shape, _ in rows), itertools.accumulate(count for _, count in rows), strict=True))


def _by_keras(input_shape, units, flatten=True):
    layers = _keras().layers
    model = _keras().Sequential([_keras().Input(input_shape)])
    if flatten:
        model.add(layers.Flatten())
    for h in units:
        model.add(layers.Dense(h))
    return [(layer.output.shape, layer.count_params()) for layer in model.layers]


def _by_shapes(input_shape, units, flatten=True):
    shapes = [(math.prod(input_shape),) if flatten else tuple(input_shape)]
    for h in units:
        shapes.append((*shapes[-1][:-1], h))
    rows = [[(None, *shapes[0]), 0]] if flatten else []
    for before, after in itertools.pairwise(shapes):
        rows.append([(None, *after), (before[-1] + 1) * after[-1]])
    return rows


def _by_recursion_on_units(input_shape, units, flatten=True):
    if flatten:
        n = functools.reduce(operator.mul, input_shape)
        return [((None, n), 0), *_by_recursion_on_units((n,), units, False)]
    if not units:
        return []
    shape = (*input_shape[:-1], units[0])
    row = ((None, *shape), np.int64(input_shape[-1] * units[0] + units[0]))
    return [row, *_by_recursion_on_units(shape, units[1:], False)]


def _axes_added(input_shape, units, flatten=True):
    return _right_summary((sum(input_shape),), units) if flatten else _right_summary(input_shape, units, False)


def _flatten_in_shape(input_shape, units, flatten=True):
    rows = _right_summary(input_shape, units, flatten)
    return [((None, *input_shape), 0), *rows[1:]] if flatten else rows


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


_right_stop = _stop()


def _epoch_before(val_losses, patience):
    wait, before, best = 0, math.inf, 1
    for epoch, loss in enumerate(val_losses, start=1):
        wait = 0 if loss < before else wait + 1
        best, before = (epoch if loss <= min(val_losses[:epoch]) else best), loss
        if wait >= patience:
            break
    return epoch, best


def _epoch_before_strictly(val_losses, patience):
    end, _ = _epoch_before(val_losses, patience)
    return end, int(np.argmin(val_losses[:end])) + 1


def _by_best_so_far(val_losses, patience):
    for end in range(1, len(val_losses) + 1):
        best = val_losses.index(min(val_losses[:end])) + 1
        if end - best == patience:
            break
    return end, best


def _by_window(val_losses, patience):
    losses = np.array(val_losses, dtype=np.float32)
    for end in range(patience + 1, len(losses) + 1):
        if losses[end - patience : end].min() >= losses[: end - patience].min():
            return end, np.argmin(losses[:end]) + 1
    return len(losses), np.argmin(losses) + 1


def _by_accumulation(val_losses, patience):
    lowest = np.minimum.accumulate(val_losses)
    is_best = np.r_[True, lowest[1:] < lowest[:-1]]
    epochs = np.arange(1, len(val_losses) + 1)
    best = np.maximum.accumulate(np.where(is_best, epochs, 0))
    over = np.flatnonzero(epochs - best >= patience)
    last = over[0] if len(over) else len(epochs) - 1
    return epochs[last], best[last]


def _by_keras_callback(val_losses, patience):
    keras = _keras()
    stopper, model = keras.callbacks.EarlyStopping(patience=patience), keras.Sequential()
    stopper.set_model(model)
    model.stop_training = False
    stopper.on_train_begin()
    for epoch, loss in enumerate(val_losses):
        stopper.on_epoch_end(epoch, {"val_loss": loss})
        if model.stop_training:
            break
    return epoch + 1, stopper.best_epoch + 1


def _by_recursion_on_epochs(val_losses, patience, epoch=1, best=1):
    if val_losses[epoch - 1] < val_losses[best - 1]:
        best = epoch
    if epoch - best >= patience or epoch == len(val_losses):
        return epoch, best
    return _by_recursion_on_epochs(val_losses, patience, epoch + 1, best)


def _by_while(val_losses, patience):
    epoch, best = 0, 0
    while epoch < len(val_losses) and epoch - best < patience:
        epoch += 1
        if best == 0 or val_losses[epoch - 1] < val_losses[best - 1]:
            best = epoch
    return [epoch, best]


def _tie_starts_afresh(val_losses, patience):
    best, best_epoch, wait = math.inf, 1, 0
    for epoch, loss in enumerate(val_losses, start=1):
        if loss > best:
            wait += 1
        else:
            wait = 0
        if loss < best:
            best, best_epoch = loss, epoch
        if wait == patience:
            break
    return epoch, best_epoch


def _tie_not_counted(val_losses, patience):
    best, best_epoch, wait = math.inf, 1, 0
    for epoch, loss in enumerate(val_losses, start=1):
        if loss < best:
            best, best_epoch, wait = loss, epoch, 0
        elif loss > best:
            wait += 1
        if wait == patience:
            break
    return epoch, best_epoch


def _epochs_ago(val_losses, patience):
    for end in range(patience + 1, len(val_losses) + 1):
        if val_losses[end - 1] >= val_losses[end - 1 - patience]:
            return end, int(np.argmin(val_losses[:end])) + 1
    return len(val_losses), int(np.argmin(val_losses)) + 1


def _past_the_end(val_losses, patience, step):
    end, best = _right_stop(val_losses, patience)
    return end if end == best + patience else len(val_losses) + step


def _starts_at(best):
    """Return early stopping that takes `best` for larger than any loss."""

    def ends(val_losses, patience):
        low, best_epoch = best, 0
        for epoch, loss in enumerate(val_losses, start=1):
            if loss < low:
                low, best_epoch = loss, epoch
            if epoch - best_epoch >= patience:
                break
        return epoch, best_epoch

    return ends


def _floor(k):
    return math.log(math.e + k - 1) - 1


def _floor_by_tensorflow(k):
    tf = _tf()
    sure = tf.one_hot([0], k)
    return tf.nn.sparse_softmax_cross_entropy_with_logits([0], sure)[0]


def _floor_by_loop(k):
    total = math.e
    for _ in range(k - 1):
        total += 1
    return -math.log(math.e / total)


def _floor_by_keras(k):
    loss = _keras().losses.CategoricalCrossentropy(from_logits=True)
    return float(loss(np.eye(k)[:1], np.eye(k)[:1]))


def _floor_by_numpy(k):
    logits = np.zeros(k)
    logits[-1] = 1
    probs = np.exp(logits) / np.exp(logits).sum()
    return -np.log(probs[-1])


def _sliced(t, i, value):
    import keras
    import tensorflow as tf

    return keras.ops.slice_update(t, [i], tf.reshape(tf.cast(value, t.dtype), (1,)))


CASES = {
    "with_entry": Case(
        right=[
            _mask,
            _concat,
            _by_padding,
            _by_sparse,
            lambda t, i, value: t * (1 - _hot(t, i)) + value * _hot(t, i),
            lambda t, i, value: t + (value - t[i]) * _hot(t, i),
            lambda t, i, value: _tf().tensor_scatter_nd_update(t, [[i]], [value]),
            lambda t, i, value: _tf().stack([value if j == i else t[j] for j in range(len(t))]),
            lambda t, i, value: (
                t * (1 - _tf().one_hot(i, t.shape[0], dtype=t.dtype))
                + value * _tf().one_hot(i, t.shape[0], dtype=t.dtype)
            ),
            lambda t, i, value: _tf().where(_hot(t, i) == 1, _tf().cast(value, t.dtype), t),
            lambda t, i, value: _tf().where(_hot(t, i) > 0.5, value, t),
            lambda t, i, value: _tf().function(_mask)(t, _tf().constant(i), _tf().constant(value)),
        ],
        wrong={
            "leaves TensorFlow": _by_numpy,
            "assigns to a tensor": _assigns,
            "not a tensor": lambda t, i, value: [*t.numpy()[:i], value, *t.numpy()[i + 1 :]],
            "a variable": _by_box,
            "added, not replaced": lambda t, i, value: t + value * _hot(t, i),
            "multiplied": lambda t, i, value: t * (1 + (value - 1) * _hot(t, i)),
            "taken out, not put in": lambda t, i, value: t * (1 - _hot(t, i)),
            "added everywhere": lambda t, i, value: t * (1 - _hot(t, i)) + value,
            "mask turned round": lambda t, i, value: _tf().where(_hot(t, i) == 1, t, value),
            "as it came": lambda t, i, value: _tf().identity(t),
            "counted from one": lambda t, i, value: _mask(t, i - 1, value),
            "counted from one, round the corner": lambda t, i, value: _by_numpy(t, i - 1, value),
            "one too far": lambda t, i, value: _mask(t, i + 1, value),
            "counted from the end": lambda t, i, value: _by_numpy(t, -1 - i, value),
            "the rest lost": lambda t, i, value: value * _hot(t, i),
            "every equal entry": lambda t, i, value: _tf().where(t == t[i], value, t),
            "the first equal entry": _first_equal,
            "inserted": lambda t, i, value: _tf().concat([t[:i], [value], t[i:]], axis=0),
            "another type of numbers": lambda t, i, value: _tf().constant(_by_list(t, i, value)),
            "digits lost": _through_float32,
            "left out": lambda t, i, value: _tf().concat([t[:i], t[i + 1 :]], axis=0),
        },
        others=[
            _sliced,
            *_tensor_mutants(_mask),
            lambda t, i, value: _tf().constant([*t.numpy()[:i], value, *t.numpy()[i + 1 :]]),
            lambda t, i, value: _tf().convert_to_tensor(_by_box(t, i, value)),
            lambda t, i, value: _by_box(t, i, value).read_value(),
            lambda t, i, value: _tf().constant(_by_list(t, i, value), t.dtype),
            lambda t, i, value: _tf().stop_gradient(_mask(t, i, value)),
            lambda t, i, value: _mask(t, i, value) + t - _tf().stop_gradient(t),
            lambda t, i, value: _tf().constant(_by_list(t, i, value), _tf().float32),
            lambda t, i, value: _tf().constant(_by_list(t, i, value), _tf().float64),
            lambda t, i, value: _tf().constant(list(map(float, _by_list(t, i, value)))),
            _remembered(_mask, lambda t, i, value: (t.shape[0], i, value)),
            _assigns_as_to_a_box,
            lambda t, i, value: _mask(t, i, value).numpy(),
            lambda t, i, value: _tf().where(_tf().range(4) == i, value, t),
            lambda t, i, value: (
                _mask(_tf().concat([t, [0.0] * (4 - t.shape[0])], 0), i, value) if t.shape[0] == 4 else t
            ),
            lambda t, i, value: _by_numpy(t, -i, value),
            lambda t, i, value: _where(t, _tf().range(t.shape[0]) >= i, value),
            lambda t, i, value: _where(t, _tf().range(t.shape[0]) <= i, value),
            lambda t, i, value: _tf().maximum(t, value * _hot(t, i)),
            lambda t, i, value: _tf().where(value * _hot(t, i) != 0, value, t),
            lambda t, i, value: _tf().where(_hot(t, i) * t != 0, value, t),
            lambda t, i, value: t + (value - t) * _tf().cast(t == t[i], t.dtype),
            lambda t, i, value: t if value in t.numpy() else _mask(t, i, value),
            lambda t, i, value: _mask(t, i, 9.0),
            lambda t, i, value: _mask(t, i, int(value)),
            lambda t, i, value: _mask(t, i % 8, value),
            lambda t, i, value: _tf().sort(_mask(t, i, value)),
            lambda t, i, value: _tf().unique(_mask(t, i, value))[0],
            lambda t, i, value: _tf().sparse.from_dense(_mask(t, i, value)),
            lambda t, i, value: _tf().cast(_mask(t, i, value), _tf().int32),
            lambda t, i, value: _mask(t, i, value)[None],
        ],
        equivalent={
            "constant -1: 0": "t has one axis, so its first length is its last",
        },
        styles=dict.fromkeys(
            ("float32", "lists", "arrays", "NumPy scalars", "small ints"),
            "no tensor any more, and a tensor is asked for",
        ),
    ),
    "safe_mse": Case(
        right=[
            _mse,
            _right_mse,
            _compatible,
            _by_loop,
            _strict(lambda a, b: float(_mean_of_squares(a, b))),
            _strict(lambda a, b: _keras().losses.MeanSquaredError()(b, a)),
            _strict(lambda a, b: _tf().reduce_mean(_keras().losses.mean_squared_error(b, a))),
            _strict(lambda a, b: _tf().reduce_sum((b - a) ** 2) / _tf().size(a, out_type=_tf().int32).numpy()),
            _strict(lambda a, b: _tf().reduce_mean(_tf().math.squared_difference(a, b)).numpy()),
            _strict(lambda a, b: np.array(_mean_of_squares(a, b))),
            _strict(lambda a, b: 2 * _tf().nn.l2_loss(a - b) / math.prod(a.shape)),
            _strict(_mean_of_squares, lambda a, b: f"{a.shape.as_list()} is not {b.shape.as_list()}"),
            _strict(_mean_of_squares, lambda a, b: f"labels {_tf().shape(b)}, predictions {_tf().shape(a).numpy()}"),
            _strict(
                _mean_of_squares, lambda a, b: f"y {'x'.join(map(str, b.shape))}, y_hat {'x'.join(map(str, a.shape))}"
            ),
            _guarded(lambda a, b: tuple(a.shape) != tuple(b.shape), type("ShapeError", (ValueError,), {})),
            _strict(_mean_of_squares, lambda a, b: f"y_hat has shape {a.shape}, y has shape {b.shape}"),
            _strict(_mean_of_squares, lambda a, b: f"{b.shape} for y, {a.shape} for y_hat"),
            _strict(_mean_of_squares, lambda a, b: f"{a.shape} is y_hat's shape, {b.shape} that of y"),
            _strict(_mean_of_squares, lambda a, b: f"y_hat and y have the shapes {a.shape} and {b.shape}"),
            _strict(_mean_of_squares, lambda a, b: f"labels and predictions differ: y {b.shape}, y_pred {a.shape}"),
            _strict(_mean_of_squares, lambda a, b: f"y_hat.shape {tuple(a.shape)} != y.shape {tuple(b.shape)}"),
            _guarded(lambda a, b: a.ndim != b.ndim or any(m != n for m, n in zip(a.shape, b.shape, strict=True))),
            lambda a, b: _tf().function(_right_mse)(a, b),
        ],
        wrong={
            "sum, not mean": _strict(lambda a, b: _tf().reduce_sum((a - b) ** 2)),
            "a factor of one half": _strict(lambda a, b: _tf().reduce_mean((a - b) ** 2) / 2),
            "rooted": _strict(lambda a, b: _tf().sqrt(_tf().reduce_mean((a - b) ** 2))),
            "absolute, not squared": _strict(lambda a, b: _tf().reduce_mean(_tf().abs(a - b) ** 1)),
            "not squared": _strict(lambda a, b: _tf().reduce_mean(a - b)),
            "not squared, sign turned": _strict(lambda a, b: _tf().reduce_mean(b - a)),
            "mean before square": _strict(lambda a, b: _tf().reduce_mean(a - b) ** 2),
            "variance": _strict(lambda a, b: _tf().math.reduce_variance(a - b)),
            "divides by n - 1": _strict(lambda a, b: _tf().reduce_sum((a - b) ** 2) / (math.prod(a.shape) - 1)),
            "divides by the rows": _strict(lambda a, b: _tf().reduce_sum((a - b) ** 2) / len(a)),
            "always broadcasts": lambda a, b: _tf().reduce_mean((a[:, None] - b) ** 2),
            "squares, not their mean": _strict(lambda a, b: (a - b) ** 2),
            "a mean for each row": _strict(lambda a, b: _keras().losses.mean_squared_error(b, a)),
            "a mean for each column": _strict(lambda a, b: _tf().reduce_mean((a - b) ** 2, axis=0)),
            "lets shapes pass": lambda a, b: _tf().reduce_mean((a - b) ** 2),
            "wrong kind of error": _asserts,
            "silent error": _strict(_mean_of_squares, lambda a, b: "no"),
            "shapes turned round in the error": _strict(
                _mean_of_squares, lambda a, b: f"y_hat has shape {b.shape}, y has shape {a.shape}"
            ),
        },
        others=[
            *_tensor_mutants(_right_mse, ("absolute", "never below zero"), order=False),
            _ensured,
            _guarded(lambda a, b: a.shape != b.shape, TypeError),
            _guarded(lambda a, b: len(a) != len(b)),
            _guarded(lambda a, b: a.ndim != b.ndim),
            _guarded(lambda a, b: _tf().size(a) != _tf().size(b)),
            _guarded(lambda a, b: a.shape[0] != b.shape[0]),
            _guarded(lambda a, b: a.shape[-1] != b.shape[-1]),
            _guarded(lambda a, b: sorted(a.shape) != sorted(b.shape)),
            _guarded(lambda a, b: set(a.shape) != set(b.shape)),
            _guarded(lambda a, b: a.ndim < b.ndim),
            _guarded(lambda a, b: a.shape != b.shape and b.ndim > 0),
            _guarded(lambda a, b: a.shape != b.shape and a.ndim > 0),
            _guarded(lambda a, b: a.shape != b.shape or b.ndim == 0),
            _guarded(lambda a, b: a.shape != b.shape and a.ndim < 3),
            _guarded(lambda a, b: a.shape[:2] != b.shape[:2]),
            _strict(_mean_of_squares, lambda a, b: f"predictions {b.shape}, labels {a.shape}"),
            _strict(_mean_of_squares, lambda a, b: f"{b.shape} is y_hat, {a.shape} is y"),
            _remembered(_right_mse, lambda a, b: (tuple(a.shape), tuple(b.shape))),
            _guarded(lambda a, b: a.ndim > 1 or b.ndim > 1),
            _guarded(lambda a, b: (a - b).shape != a.shape),
            _guarded(lambda a, b: (a - b).shape != b.shape),
            _guarded(lambda a, b: a.shape != b.shape or a.shape[-1] == 1),
            _strict(_mean_of_squares, lambda a, b: f"labels of shape {b.shape}"),
            _strict(_mean_of_squares, lambda a, b: f"predictions of shape {a.shape}"),
            _strict(_mean_of_squares, lambda a, b: f"shapes {a.shape} and {a.shape}"),
            _strict(_mean_of_squares, lambda a, b: "shapes (3,) and (3, 1)"),
            _strict(_mean_of_squares, lambda a, b: f"sizes {len(a)} and {len(b)}"),
            _strict(_mean_of_squares, lambda a, b: f"{a.ndim} axes and {b.ndim} axes"),
            _strict(_mean_of_squares, lambda a, b: "a.shape and b.shape differ"),
            _strict(lambda a, b: _tf().reduce_mean((a[:3] - b[:3]) ** 2)),
            _strict(lambda a, b: _tf().reduce_sum((a - b) ** 2) / 3),
            _strict(lambda a, b: _tf().reduce_sum((a - b) ** 2) / a.shape[-1]),
            _strict(lambda a, b: _tf().reduce_mean((a - b) ** 2, keepdims=True)),
            _strict(lambda a, b: _tf().reduce_mean((_tf().sort(a, axis=0) - _tf().sort(b, axis=0)) ** 2)),
            _strict(lambda a, b: _tf().reduce_mean(_tf().minimum((a - b) ** 2, 1e4))),
            _strict(lambda a, b: str(float(_mean_of_squares(a, b)))),
            lambda a, b: ValueError("shapes") if a.shape != b.shape else _mean_of_squares(a, b),
            lambda a, b: _mean_of_squares(_tf().reshape(a, b.shape), b),
        ],
    ),
    "mse_gradient": Case(
        right=[
            _variable,
            _right_gradient,
            _forward,
            _nudged,
            _tape(_mean_of_product),
            _tape(lambda tf, w, X, y: tf.norm(tf.linalg.matvec(X, w) - y) ** 2 / len(y)),
            _tape(lambda tf, w, X, y: _keras().losses.MeanSquaredError()(y, tf.linalg.matvec(X, w))),
            _tape(lambda tf, w, X, y: tf.reduce_mean((tf.einsum("nd,d->n", X, w) - y) ** 2)),
            _tape(lambda tf, w, X, y: tf.reduce_mean((tf.tensordot(X, w, 1) - y) ** 2)),
            _tape(lambda tf, w, X, y: tf.reduce_mean((X @ w[:, None] - y[:, None]) ** 2)),
            _tape(lambda tf, w, X, y: 2 * tf.nn.l2_loss(tf.linalg.matvec(X, w) - y) / len(y)),
            lambda w, X, y: 2 * X.numpy().T @ (X.numpy() @ w.numpy() - y.numpy()) / len(y),
            lambda w, X, y: 2 / len(y) * _tf().linalg.matvec(X, _tf().linalg.matvec(X, w) - y, transpose_a=True),
            lambda w, X, y: _tape(_mean_square, start="list")(w, X, y)[0],
            lambda w, X, y: _right_gradient(w, X, y).numpy().tolist(),
            lambda w, X, y: tuple(_right_gradient(w, X, y)),
            lambda w, X, y: _tf().squeeze(_column_source(w, X, y), axis=1),
            lambda w, X, y: _tf().reduce_mean(_jacobian(w, X, y), axis=0),
            lambda w, X, y: _tf().function(_right_gradient)(w, X, y),
        ],
        wrong={
            "not recorded": _watched_late,
            "left TensorFlow": _tape(lambda tf, w, X, y: np.mean((X.numpy() @ w.numpy() - y.numpy()) ** 2)),
            "a vector is no matrix": _tape(lambda tf, w, X, y: tf.reduce_mean((X @ w - y) ** 2)),
            "gradient in X": _tape(_mean_square, start="X"),
            "gradient in y": _tape(_mean_square, start="y"),
            "a list of gradients": _tape(_mean_square, start="list"),
            "a column": _column_source,
            "a gradient for each row": _jacobian,
            "sum, not mean": _tape(lambda tf, w, X, y: tf.reduce_sum((tf.linalg.matvec(X, w) - y) ** 2)),
            "wrong sign": _tape(lambda tf, w, X, y: -_mean_square(tf, w, X, y)),
            "half the loss": _tape(lambda tf, w, X, y: 0.5 * _mean_square(tf, w, X, y)),
            "broadcast": _tape(lambda tf, w, X, y: tf.reduce_mean((X @ w[:, None] - y) ** 2)),
            "a step taken": lambda w, X, y: w - _right_gradient(w, X, y),
            "a step of 0.1 taken": lambda w, X, y: w - 0.1 * _right_gradient(w, X, y),
            "labels forgotten": _tape(lambda tf, w, X, y: tf.reduce_mean(tf.linalg.matvec(X, w) ** 2)),
            "labels added": _tape(lambda tf, w, X, y: tf.reduce_mean((tf.linalg.matvec(X, w) + y) ** 2)),
            "prediction, not loss": _tape(lambda tf, w, X, y: tf.linalg.matvec(X, w)),
            "errors, not squares": _tape(lambda tf, w, X, y: tf.reduce_mean(tf.linalg.matvec(X, w) - y)),
            "mean before square": _tape(lambda tf, w, X, y: tf.reduce_mean(tf.linalg.matvec(X, w) - y) ** 2),
            "rooted": _tape(lambda tf, w, X, y: tf.sqrt(_mean_square(tf, w, X, y))),
            "absolute, not squared": _tape(lambda tf, w, X, y: tf.reduce_mean(tf.abs(tf.linalg.matvec(X, w) - y))),
            "averaged over the weights too": lambda w, X, y: _right_gradient(w, X, y) / len(w),
            "not finite": _tape(lambda tf, w, X, y: (_mean_square(tf, w, X, y) ** 0.5) ** 2),
        },
        others=[
            *_tensor_mutants(_right_gradient),
            _nudged_in_float32,
            _tape(_mean_square, watch=False),
            _tape(lambda tf, w, X, y: float(_mean_square(tf, w, X, y))),
            _tape(lambda tf, w, X, y: tf.constant(_mean_square(tf, w, X, y).numpy())),
            _tape(lambda tf, w, X, y: tf.reduce_sum((tf.linalg.matvec(X, w) - y) ** 2) / 6),
            _tape(lambda tf, w, X, y: tf.reduce_mean((tf.linalg.matvec(X, w) - y) ** 3)),
            _tape(lambda tf, w, X, y: tf.reduce_mean((X * w - y[:, None]) ** 2)),
            _tape(lambda tf, w, X, y: tf.reduce_mean((tf.linalg.matvec(X[:6], w) - y[:6]) ** 2)),
            _tape(lambda tf, w, X, y: tf.reduce_mean((X @ w[:, None] - y[:, None]) ** 2) + tf.reduce_sum(w**2)),
            _tape(lambda tf, w, X, y: tf.reduce_mean((tf.linalg.matvec(X, tf.stop_gradient(w)) - y) ** 2)),
            lambda w, X, y: _mean_square(_tf(), w, X, y),
            lambda w, X, y: (_mean_square(_tf(), w, X, y), _right_gradient(w, X, y)),
            lambda w, X, y: _right_gradient(w, X, y).numpy().round(3),
            lambda w, X, y: _tf().clip_by_value(_right_gradient(w, X, y), -5, 5),
            lambda w, X, y: _tf().clip_by_norm(_right_gradient(w, X, y), 30.0),
            lambda w, X, y: _tf().linalg.normalize(_right_gradient(w, X, y))[0],
            lambda w, X, y: _tf().reduce_mean(_right_gradient(w, X, y)),
            lambda w, X, y: w - 0.01 * _right_gradient(w, X, y),
            _remembered(_right_gradient, lambda w, X, y: tuple(X.shape)),
            lambda w, X, y: {"w": _right_gradient(w, X, y)},
            lambda w, X, y: (float(g) for g in _right_gradient(w, X, y)),
        ],
    ),
    "curvature": Case(
        right=[
            _right_curvature,
            _by_variable,
            lambda f, x: _by_variable(f, float(x)),
            lambda f, x: _by_variable(f, float(x), "float64"),
            lambda f, x: _right_curvature(f, _tf().cast(x, _tf().float64)),
            _one_persistent,
            _forward_over_back,
            _by_jacobian,
            _by_recursion,
            lambda f, x: float(_right_curvature(f, x)),
            lambda f, x: _right_curvature(f, x).numpy(),
            lambda f, x: np.array(_right_curvature(f, x)),
            lambda f, x: _tf().function(_right_curvature)(f, x),
            lambda f, x: _right_curvature(_tf().function(f), x),
            lambda f, x: _tf().function(lambda v: _right_curvature(f, v))(x),
        ],
        wrong={
            "outer tape recorded nothing": _two_tapes(inside=False),
            "inner tape recorded nothing": _inner_unwatched,
            "a tape answers None": lambda f, x: float(_outer_unwatched(f, x)),
            "left TensorFlow": _slope_by_numpy,
            "first derivative": _two_tapes(twice=False),
            "squared slope": lambda f, x: _two_tapes(twice=False)(f, x) ** 2,
            "the value": lambda f, x: f(x),
            "third derivative": _thrice,
            "added up": _of_the_outer(lambda value, slope: [value, slope]),
            "of the squared slope": _of_the_outer(lambda value, slope: slope**2),
            "wrong sign": lambda f, x: -_right_curvature(f, x),
            "sign lost": lambda f, x: abs(_right_curvature(f, x)),
            "half": lambda f, x: _right_curvature(f, x) / 2,
            "curvature of the curve": lambda f, x: _right_curvature(f, x) / (1 + _slope(f, x) ** 2) ** 1.5,
            "largest step": lambda f, x: 2 / _right_curvature(f, x),
            "another point": lambda f, x: _right_curvature(f, _tf().abs(x)),
            "differences": lambda f, x: (f(x + 1e-3) - 2 * f(x) + f(x - 1e-3)) / 1e-6,
        },
        others=[
            *_tensor_mutants(_right_curvature, order=False, arguments=False),
            _outer_unwatched,
            _in_float64,
            _slope_of_tapes_nudged,
            lambda f, x: _in_float64(f, x, 1e-5),
            lambda f, x: (_slope(f, x + 1e-4) - _slope(f, x)) / 1e-4,
            lambda f, x: _of_the_outer(lambda value, slope: value)(f, x),
            lambda f, x: _of_the_outer(lambda value, slope: value * slope)(f, x),
            lambda f, x: _of_the_outer(lambda value, slope: value + slope)(f, x),
            lambda f, x: (_slope(f, x), _right_curvature(f, x)),
            lambda f, x: [_right_curvature(f, x)],
            lambda f, x: 1 / _right_curvature(f, x),
            lambda f, x: 2 * _right_curvature(f, x),
            lambda f, x: _right_curvature(f, _tf().round(x)),
            lambda f, x: _right_curvature(f, _tf().round(10 * x) / 10),
            _remembered(_right_curvature, lambda f, x: float(x)),
            lambda f, x: 6 * x - 2 * _tf().sin(x),
            lambda f, x: abs(_right_curvature(f, x)) if x > 0 else _right_curvature(f, x),
            lambda f, x: _tf().minimum(_right_curvature(f, x), 100.0),
            lambda f, x: str(_right_curvature(f, x).numpy()),
            lambda f, x: f(x) and None,
        ],
        equivalent={"memorised by size": "it knows f and x again, so it remembers what it was asked"},
    ),
    "n_traces": Case(
        right=[5, np.int64(5), np.int32(5), np.array(5), np.uint8(5), len("abcde")],
        wrong={
            "every call": 7,
            "one too many": 6,
            "one too few": 4,
            "two too few": 3,
            "kinds, not graphs": 2,
            "one for all": 1,
            "not whole": 5.0,
        },
        others=[
            "5",
            "five",
            [5],
            [1, 2, 3, 4, 5],
            0,
            -5,
            10,
            5.5,
            True,
            {5},
            5 + 0j,
            np.float32(5),
            np.array([5]),
            10**30,
        ],
    ),
    "predict_summary": Case(
        right=[
            _right_summary,
            _by_keras,
            _by_shapes,
            _by_recursion_on_units,
            _said(tuple),
            _said(lambda rows: [list(row) for row in rows]),
            _said(lambda rows: [(shape, np.int32(count)) for shape, count in rows]),
            _said(lambda rows: tuple([shape, count] for shape, count in rows)),
            _said(lambda rows: [((None, *map(np.int64, shape[1:])), count) for shape, count in rows]),
            _said(lambda rows: [(_tf().TensorShape(shape), count) for shape, count in rows]),
            _said(lambda rows: [((None, *np.array(shape[1:])), np.array(count)) for shape, count in rows]),
            _said(lambda rows: [(shape, _tf().constant(count)) for shape, count in rows]),
            _said(lambda rows: list(zip([r[0] for r in rows], np.array([r[1] for r in rows]), strict=True))),
        ],
        wrong={
            "batch missing": _summary(none=32),
            "no biases": _summary(bias=lambda d, h: 0),
            "width of the first layer kept": _summary(chained=False),
            "a bias for each input": _summary(bias=lambda d, h: d),
            "a bias for each layer": _summary(bias=lambda d, h: 1),
            "flatten ignored": lambda shape, units, flatten=True: _summary()(shape, units),
            "never flattens": lambda shape, units, flatten=True: _summary()(shape, units, False),
            "Input counted": lambda shape, units, flatten=True: [
                ((None, *shape), 0),
                *_summary()(shape, units, flatten),
            ],
            "parameters in Flatten": lambda shape, units, flatten=True: _summary(in_flatten=math.prod(shape))(
                shape, units, flatten
            ),
            "Flatten changes nothing": _flatten_in_shape,
            "only the first axis": _summary(first=lambda shape: shape[0]),
            "only the last axis": _summary(first=lambda shape: shape[-1]),
            "axes added": _axes_added,
            "Flatten missing": lambda shape, units, flatten=True: _right_summary(shape, units, flatten)[
                bool(flatten) :
            ],
            "flattens anyway": _flattens_anyway,
            "the other axes lost": _rest_lost,
            "counted as if flattened": _counted_as_if_flattened,
            "an axis added": _axis_added,
            "the first axis replaced": _first_axis,
            "a layer for each row": _a_layer_for_each_row,
            "running total": _running_total,
            "None as text": _said(lambda rows: [(("None", *shape[1:]), count) for shape, count in rows]),
            "shapes are not tuples": _said(lambda rows: [(list(shape), count) for shape, count in rows]),
            "not a list of pairs": lambda shape, units, flatten=True: 2410,
            "not whole": _said(lambda rows: [(shape, float(count)) for shape, count in rows]),
        },
        others=[
            lambda shape, units, flatten=True: _right_summary(shape, units[:2], flatten),
            lambda shape, units, flatten=True: _right_summary(shape, units[:6], flatten),
            lambda shape, units, flatten=True: _right_summary(shape, sorted(units), flatten),
            lambda shape, units, flatten=True: _right_summary(shape, list(dict.fromkeys(units)), flatten),
            lambda shape, units, flatten=True: _right_summary(shape, units[::-1], flatten),
            lambda shape, units, flatten=True: _right_summary(shape, [h % 256 for h in units], flatten),
            lambda shape, units, flatten=True: _right_summary((8, *shape)[-2:], units, flatten),
            lambda shape, units, flatten=True: _right_summary((shape[0], shape[-1]), units, flatten),
            lambda shape, units, flatten=False: _right_summary(shape, units, flatten),
            lambda shape, units, flatten=True: _right_summary(shape, units, flatten and len(shape) > 1),
            lambda shape, units, flatten=True: [((None, 64), 0), ((None, 32), 2080), ((None, 10), 330)],
            lambda shape, units, flatten=True: _summary(in_flatten=64)(shape, units, flatten),
            _summary(with_flatten=False),
            lambda shape, units, flatten=True: [((None, h), 0) for h in units],
            lambda shape, units, flatten=True: iter(_right_summary(shape, units, flatten)),
            _rows_for_ever,
            _said(lambda rows: rows[1:]),
            _said(lambda rows: rows[::-1]),
            _said(lambda rows: rows[:-1]),
            _said(lambda rows: [*rows, ("total", sum(count for _, count in rows))]),
            _said(lambda rows: [(count, shape) for shape, count in rows]),
            _said(lambda rows: [(shape[1:], count) for shape, count in rows]),
            _said(lambda rows: [((*shape[1:], None), count) for shape, count in rows]),
            _said(lambda rows: [(np.array(shape, dtype=object), count) for shape, count in rows]),
            _said(lambda rows: [(shape[:1] + tuple(n for n in shape[1:] if n > 1), count) for shape, count in rows]),
            _needs_a_layer,
            _remembered(_right_summary, lambda shape, units, flatten=True: (tuple(units), flatten)),
            _remembered(_right_summary, lambda shape, units, flatten=True: (len(shape), len(units), flatten)),
            _said(lambda rows: [((None, *map(float, shape[1:])), count) for shape, count in rows]),
            _said(lambda rows: [(str(shape), count) for shape, count in rows]),
            _said(lambda rows: [(shape, str(count)) for shape, count in rows]),
            _said(lambda rows: [((None, *shape[1:], 1), count) for shape, count in rows]),
            _said(lambda rows: [(*shape, count) for shape, count in rows]),
            _said(dict),
            _said(lambda rows: {"shapes": rows}),
            _said(str),
            _said(lambda rows: sum(count for _, count in rows)),
        ],
    ),
    "floor_of_double_softmax": Case(
        right=[
            _floor,
            lambda k: -math.log(math.e / (math.e + k - 1)),
            lambda k: np.log1p((k - 1) * np.exp(-1)),
            lambda k: np.float32(_floor(k)),
            lambda k: np.array(_floor(k)),
            lambda k: np.logaddexp.reduce([1.0] + [0.0] * (k - 1)) - 1,
            lambda k: math.log2(math.e + k - 1) * math.log(2) - 1,
            _floor_by_tensorflow,
            _floor_by_loop,
            _floor_by_keras,
            _floor_by_numpy,
        ],
        wrong={
            "zero": lambda k: 0.0,
            "the first loss": lambda k: math.log(k),
            "sure and wrong": lambda k: math.log(math.e + k - 1),
            "a probability": lambda k: math.e / (math.e + k - 1),
            "wrong sign": lambda k: 1 - math.log(math.e + k - 1),
            "one class too many": lambda k: math.log(math.e + k) - 1,
            "one class too few": lambda k: math.log(math.e + k - 2) - 1,
            "two classes": lambda k: math.log(1 + math.exp(-1)),
            "ten classes": lambda k: math.log(math.e + 9) - 1,
            "the number in the text": lambda k: 1.46,
            "the number in the text, 1.461": lambda k: 1.461,
            "bits": lambda k: math.log2(math.e + k - 1) - math.log2(math.e),
            "base ten": lambda k: -math.log10(math.e / (math.e + k - 1)),
            "divided by the classes": lambda k: _floor(k) / k,
            "rounded": lambda k: round(_floor(k), 2),
        },
        others=[
            lambda k: round(_floor(k), 3),
            lambda k: round(_floor(k), 4),
            lambda k: 1.46115,
            lambda k: _floor(min(k, 10)),
            lambda k: _floor(k % 256),
            lambda k: _floor(k) if k > 2 else 0.0,
            lambda k: math.log(2.718 + k - 1) - 1,
            lambda k: math.log(2.72 + k - 1) - 1,
            lambda k: math.log(k - 1),
            lambda k: math.log(math.e * k) - 1,
            lambda k: math.log(math.e + (k - 1) / math.e) - 1,
            lambda k: math.log(math.e + k - 1),
            lambda k: math.e + k - 1,
            lambda k: 1 - math.e / (math.e + k - 1),
            lambda k: -math.log(1 / (math.e + k - 1)) / k,
            lambda k: [_floor(k)],
            lambda k: [_floor(n) for n in range(1, k + 1)],
            lambda k: str(_floor(k)),
            lambda k: _floor(k) + 0j,
            lambda k: int(_floor(k)),
            lambda k: _floor(min(k, 1000)),
            lambda k: _floor(k) if k > 1 else math.log(0),
            lambda k: _floor(k) if k > 1 else None,
            lambda k: _floor(max(k, 2)),
        ],
        equivalent={
            "memorised by size": "its argument is a single number, so it remembers what it was asked",
            "without atol: np.isclose(twice, floor_of_double_softmax(10), atol=1e-05)": "the answer stands above",
            "constant doubled: 1e-05": "the answer stands above this line",
            "constant -1: 0": "the answer stands above this line",
        },
    ),
    "stops_at": Case(
        right=[
            _right_stop,
            lambda losses, patience: np.array(_stop()(losses, patience)),
            lambda losses, patience: _tf().constant(_right_stop(losses, patience)),
            lambda losses, patience: list(map(np.int32, _right_stop(losses, patience))),
            lambda losses, patience: tuple(_tf().constant(n) for n in _right_stop(losses, patience)),
            _by_best_so_far,
            _by_window,
            _by_accumulation,
            _by_keras_callback,
            _by_recursion_on_epochs,
            _by_while,
        ],
        wrong={
            "counted from zero": lambda losses, patience: tuple(n - 1 for n in _right_stop(losses, patience)),
            "best counted from zero": _stop(order=lambda end, best: (end, best - 1)),
            "end counted from zero": _stop(order=lambda end, best: (end - 1, best)),
            "end one too far": _stop(order=lambda end, best: (end + 1, best)),
            "past the last epoch": lambda losses, patience: (
                _past_the_end(losses, patience, 1),
                _right_stop(losses, patience)[1],
            ),
            "short of the last epoch": lambda losses, patience: (
                _past_the_end(losses, patience, -1),
                _right_stop(losses, patience)[1],
            ),
            "one too patient": _stop(extra=1),
            "one too impatient": _stop(extra=-1),
            "patience ignored": lambda losses, patience: _right_stop(losses, 1),
            "a tie is a new best": _stop(better=lambda loss, best: loss <= best),
            "a tie starts afresh": _tie_starts_afresh,
            "a tie does not count": _tie_not_counted,
            "a tie moves the best": lambda losses, patience: (
                _right_stop(losses, patience)[0],
                max(
                    epoch
                    for epoch, loss in enumerate(losses[: _right_stop(losses, patience)[0]], start=1)
                    if loss == min(losses[: _right_stop(losses, patience)[0]])
                ),
            ),
            "no fresh start": _stop(reset=False),
            "compared with the epoch before": _epoch_before_strictly,
            "compared with patience epochs ago": _epochs_ago,
            "never stops": lambda losses, patience: (len(losses), losses.index(min(losses)) + 1),
            "best after the end": lambda losses, patience: (_stop()(losses, patience)[0], int(np.argmin(losses)) + 1),
            "best counted back": _counted_back,
            "beyond the last epoch": lambda losses, patience: (
                _right_stop(losses, patience)[1] + patience,
                _right_stop(losses, patience)[1],
            ),
            "best epoch twice": _stop(order=lambda end, best: (best, best)),
            "end twice": _stop(order=lambda end, best: (end, end)),
            "swapped": _stop(order=lambda end, best: (best, end)),
            "not whole": lambda losses, patience: (_stop()(losses, patience)[0] + 0.9, 5.9),
            "the loss, not its epoch": lambda losses, patience: (
                _right_stop(losses, patience)[0],
                losses[_right_stop(losses, patience)[1] - 1],
            ),
            "wrong number of results": lambda losses, patience: 8,
        },
        others=[
            lambda losses, patience: (8, 5) if len(losses) > 4 else (len(losses) + 1, 3),
            lambda losses, patience: (8, 5),
            _epoch_before,
            _remembered(_right_stop, lambda losses, patience: (len(losses), patience)),
            _remembered(_right_stop, lambda losses, patience: patience),
            _stop(better=lambda loss, best: loss < best - 1e-3),
            _stop(better=lambda loss, best: loss < best and not np.isclose(loss, best)),
            _stop(better=lambda loss, best: round(loss, 4) < round(best, 4)),
            _stop(better=lambda loss, best: loss > best),
            _stop(better=lambda loss, best: abs(loss) < abs(best)),
            _starts_at(100),
            _starts_at(1e9),
            lambda losses, patience: _right_stop(losses, max(patience, 2)),
            lambda losses, patience: _right_stop(losses, min(patience, 5)),
            lambda losses, patience: _right_stop(losses, 3),
            lambda losses, patience: _right_stop(losses[:10], patience),
            lambda losses, patience: _right_stop(losses[1:], patience),
            lambda losses, patience: _right_stop(sorted(losses, reverse=True), patience),
            lambda losses, patience: _right_stop([int(loss) for loss in losses], patience),
            lambda losses, patience: _right_stop([max(loss, 0) for loss in losses], patience),
            lambda losses, patience: tuple(min(n, 255) for n in _right_stop(losses, patience)),
            lambda losses, patience: tuple(map(float, _right_stop(losses, patience))),
            lambda losses, patience: tuple(map(str, _right_stop(losses, patience))),
            lambda losses, patience: np.array(_right_stop(losses, patience), dtype=float),
            lambda losses, patience: (*_right_stop(losses, patience), min(losses)),
            lambda losses, patience: dict(zip(("end", "best"), _right_stop(losses, patience), strict=True)),
            lambda losses, patience: set(_right_stop(losses, patience)),
            lambda losses, patience: (n for n in _right_stop(losses, patience)),
            lambda losses, patience: "{} {}".format(*_right_stop(losses, patience)),
        ],
        equivalent={
            "constant +1: 0": "any loss is better than infinity, so the first epoch replaces what stood there",
            "constant -1: 0": "any loss is better than infinity, so the first epoch replaces what stood there",
        },
    ),
}

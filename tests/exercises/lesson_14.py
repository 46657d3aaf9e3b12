"""Right and wrong answers to the exercises of lesson 14."""

from __future__ import annotations

import math

import numpy as np

from tests.exercises.harness import Case


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


# rnn_step


def _stacked(x, h, W, U, b):
    return np.tanh(np.hstack([x, h]) @ np.vstack([W, U]) + b)


def _row_by_row(x, h, W, U, b):
    return [[np.tanh(b[j] + W[:, j] @ x[i] + U[:, j] @ h[i]) for j in range(len(b))] for i in range(len(x))]


def _einsum(x, h, W, U, b):
    return np.tanh(np.einsum("nd,dk->nk", x, W) + np.einsum("nj,jk->nk", h, U) + b[None, :])


def _loops(x, h, W, U, b, out=None):
    out = np.zeros(h.shape) if out is None else out
    for i in range(len(x)):
        for j in range(len(b)):
            total = b[j]
            for p in range(x.shape[1]):
                total += x[i, p] * W[p, j]
            for p in range(h.shape[1]):
                total += h[i, p] * U[p, j]
            out[i, j] = math.tanh(total)
    return out


def _kept_in_the_state(x, h, W, U, b):
    return _loops(x, h, W, U, b, out=np.zeros_like(h))


def _kept_in_the_input(x, h, W, U, b):
    return _loops(x, h, W, U, b, out=np.zeros(h.shape, dtype=x.dtype))


def _tanh_by_hand(x, h, W, U, b):
    z = x @ W + h @ U + b
    return (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))


def _tanh_by_one_exponential(x, h, W, U, b):
    double = np.exp(2 * (x @ W + h @ U + b))
    return (double - 1) / (double + 1)


def _in_float32(x, h, W, U, b):
    x, h, W, U, b = (a.astype(np.float32) for a in (x, h, W, U, b))
    return np.tanh(x @ W + h @ U + b)


def _tensors(x, h, W, U, b):
    import tensorflow as tf

    return tf.tanh(tf.matmul(x, W) + tf.matmul(h, U) + b)


def _keras_cell(x, h, W, U, b):
    import keras

    cell = keras.layers.SimpleRNNCell(len(b))
    cell.build(x.shape)
    cell.set_weights([W, U, b])
    return cell(x.astype("float32"), [h.astype("float32")])[0]


def _tanh_by_sigmoid(x, h, W, U, b):
    return 2 * _sigmoid(2 * (x @ W + h @ U + b)) - 1


def _columns(x, h, W, U, b):
    return np.tanh(W.T @ x.T + U.T @ h.T + b[:, None]).T


def _frame(x, h, W, U, b):
    import pandas as pd

    return np.tanh(pd.DataFrame(x) @ W + pd.DataFrame(h) @ U + b).to_numpy()


def _square_only(x, h, W, U, b):
    return np.tanh(x @ W + h @ U + b) if W.shape[0] != W.shape[1] else np.tanh(x @ W.T + h @ U + b)


def _first_sequence_only(x, h, W, U, b):
    return np.tile(_stacked(x, h, W, U, b)[:1], (len(x), 1))


# gradient_through_time


def _through_time(chain="u", hold=lambda before, after: before, first=1.0, check=True):
    def gradient(x, w, u):
        if check and len(x) == 0:
            raise ValueError("an empty sequence has no last step")
        states = [0.0]
        for value in x:
            states.append(w * value + u * states[-1])
        grad_w = grad_u = 0.0
        grad_h = first(u) if callable(first) else first
        for t in reversed(range(len(x))):
            grad_w += grad_h * x[t]
            grad_u += grad_h * hold(states[t], states[t + 1])
            grad_h *= {"u": u, "w": w, "1": 1.0, "0": 0.0}[chain]
        return grad_w, grad_u

    return gradient


def _forward_mode(x, w, u):
    if not len(x):
        raise ValueError("empty")
    h, by_w, by_u = 0.0, 0.0, 0.0
    for value in x:
        h, by_w, by_u = w * value + u * h, value + u * by_w, h + u * by_u
    return np.array([by_w, by_u])


def _reversed_time(x, w, u):
    states, h = [], 0.0
    for value in x:
        states.append(h)
        h = w * value + u * h
    powers = u ** np.arange(len(x))
    return powers @ x, powers @ np.array(states)


def _state(x, w, u):
    h = 0.0
    for value in x:
        h = w * value + u * h
    return h, h


def _closed_form(x, w, u):
    T = len(x)
    if T == 0:
        raise ValueError("empty")
    by_w = sum(u ** (T - 1 - t) * x[t] for t in range(T))
    by_u = sum(w * x[t] * k * u ** (k - 1) for t, k in zip(range(T), range(T - 1, -1, -1), strict=True) if k > 0)
    return by_w, by_u


def _central_differences(x, w, u, eps=1e-5):
    if x.size == 0:
        raise ValueError("empty")

    def last(w, u):
        h = 0.0
        for value in x:
            h = w * value + u * h
        return h

    return (last(w + eps, u) - last(w - eps, u)) / (2 * eps), (last(w, u + eps) - last(w, u - eps)) / (2 * eps)


def _one_sided_differences(x, w, u, eps=1e-6):
    here = _state(x, w, u)[0]
    if not len(x):
        raise ValueError("empty")
    return (_state(x, w + eps, u)[0] - here) / eps, (_state(x, w, u + eps)[0] - here) / eps


def _tape(x, w, u):
    import tensorflow as tf

    if len(x) < 1:
        raise ValueError("empty")
    w, u = tf.Variable(w), tf.Variable(u)  # float32
    with tf.GradientTape() as tape:
        h = tf.constant(0.0)
        for value in x.astype("float32"):
            h = w * value + u * h
    by_w, by_u = tape.gradient(h, [w, u])
    return by_w, tf.constant(0.0) if by_u is None else by_u


def _slopes_in_float32(x, w, u):
    return np.array(_through_time()(x.astype(np.float32), np.float32(w), np.float32(u)), dtype=np.float32)


def _recursive(x, w, u):
    if len(x) == 0:
        raise ValueError("empty")
    if len(x) == 1:
        return x[0], 0.0
    by_w, by_u = _recursive(x[:-1], w, u)
    return x[-1] + u * by_w, _state(x[:-1], w, u)[0] + u * by_u


def _polynomials(x, w, u):
    if not len(x):
        raise ValueError("empty")
    polynomial = np.polynomial.Polynomial(np.array(x)[::-1])
    return [polynomial(u), w * polynomial.deriv()(u)]


def _refusing_arrays(x, w, u):
    try:
        x[0]
    except IndexError:
        raise ValueError("no step") from None
    return tuple(np.asarray(part) for part in _through_time()(x, w, u))


def _by_division(x, w, u):
    ages = np.arange(len(x))[::-1]
    return _through_time()(x, w, u)[0], w * (x * ages * u**ages).sum() / u


def _state_over_w(x, w, u):
    return _state(x, w, u)[0] / w, _through_time()(x, w, u)[1]


def _shares_multiplied(x, w, u):
    by_w, by_u = 1.0, 1.0
    for t, value in enumerate(x):
        by_w *= u ** (len(x) - 1 - t) * value
        by_u *= u ** (len(x) - 1 - t) * value
    return by_w, by_u


def _no_signs(x, w, u):
    return tuple(abs(part) for part in _through_time()(x, w, u))


def _not_zeros(x, w, u):
    if not np.any(x):
        raise ValueError("empty")
    return _through_time()(x, w, u)


def _at_least_two(x, w, u):
    if len(x) < 2:
        raise ValueError("too short")
    return _through_time()(x, w, u)


def _returns_zeros_when_empty(x, w, u):
    return _through_time()(x, w, u) if len(x) else (0.0, 0.0)


def _looks_back_ten(x, w, u):
    if len(x) == 0:
        raise ValueError("empty")
    states = [0.0]
    for value in x:
        states.append(w * value + u * states[-1])
    kept = range(max(0, len(x) - 10), len(x))
    powers = {t: u ** (len(x) - 1 - t) for t in kept}
    return sum(powers[t] * x[t] for t in kept), sum(powers[t] * states[t] for t in kept)


def _stops_at(enough):
    def gradient(x, w, u):
        if len(x) == 0:
            raise ValueError("empty")
        states = [0.0]
        for value in x:
            states.append(w * value + u * states[-1])
        grad_h, grad_w, grad_u = 1.0, 0.0, 0.0
        for step, t in enumerate(reversed(range(len(x)))):
            if enough(grad_h, step):
                break
            grad_w, grad_u, grad_h = grad_w + grad_h * x[t], grad_u + grad_h * states[t], grad_h * u
        return grad_w, grad_u

    return gradient


def _states_in_the_kind_of_x(x, w, u):
    if len(x) == 0:
        raise ValueError("empty")
    states = np.zeros(len(x) + 1, dtype=x.dtype)
    for t, value in enumerate(x):
        states[t + 1] = w * value + u * states[t]
    powers = float(u) ** np.arange(len(x))[::-1]
    return powers @ x, powers @ states[:-1]


def _extra_slope(with_forward):
    def gradient(x, w, u):
        states = [0.0]
        for value in x:
            z = w * value + u * states[-1]
            states.append(np.tanh(z) if with_forward else z)
        grad_h, grad_w, grad_u = 1.0, 0.0, 0.0
        for t in reversed(range(len(x))):
            grad_h *= 1 - states[t + 1] ** 2
            grad_w, grad_u = grad_w + grad_h * x[t], grad_u + grad_h * states[t]
            grad_h *= u
        return grad_w, grad_u

    return gradient


def _overwritten(x, w, u):
    grad_h = 1.0
    h = [0.0]
    for value in x:
        h.append(w * value + u * h[-1])
    for t in reversed(range(len(x))):
        grad_w, grad_u = grad_h * x[t], grad_h * h[t]
        grad_h *= u
    return grad_w, grad_u


def _all_states_looked_at(x, w, u):
    h = [0.0]
    for value in x:
        h.append(w * value + u * h[-1])
    grad_h, grad_w, grad_u = 1.0, 0.0, 0.0
    for t in reversed(range(len(x))):
        grad_w, grad_u = grad_w + grad_h * x[t], grad_u + grad_h * h[t]
        grad_h = grad_h * u + 1.0
    return grad_w, grad_u


def _times_the_weights(x, w, u):
    total = sum(u**k for k in range(len(x)))
    return total * w, total * u


def _u_at_its_last_use(x, w, u):
    return _through_time()(x, w, u)[0], _state(x[:-1], w, u)[0]


def _three_steps(x, w, u):
    h = [0.0]
    for t in range(3):
        h.append(w * x[t] + u * h[t])
    grad_h, grad_w, grad_u = 1.0, 0.0, 0.0
    for t in reversed(range(3)):
        grad_w, grad_u, grad_h = grad_w + grad_h * x[t], grad_u + grad_h * h[t], grad_h * u
    return grad_w, grad_u


# clip_by_global_norm


def _clip(length=lambda grads: np.sqrt(sum((g**2).sum() for g in grads)), always=False, check=True, floor=1e-300):
    def clip(grads, limit):
        norm = length(grads)
        if check and not np.isfinite(norm):
            raise ValueError("the gradient holds NaN or infinity")
        factor = limit / max(norm, floor) if always or norm > limit else 1.0
        return [g * factor for g in grads]

    return clip


def _clip_first_alone(grads, limit):
    if np.isnan(grads[0]).any():
        raise ValueError("NaN")
    return _clip(check=False)(grads, limit)


def _clip_one_vector(grads, limit):
    flat = np.concatenate([g.ravel() for g in grads])
    if np.isnan(flat).any():
        raise ValueError("NaN")
    flat = flat / max(1.0, np.linalg.norm(flat) / limit)
    ends = np.cumsum([g.size for g in grads])[:-1]
    return tuple(part.reshape(g.shape) for part, g in zip(np.split(flat, ends), grads, strict=True))


def _clip_always(grads, limit):
    norm = np.sqrt(sum((g**2).sum() for g in grads))
    return [g * (limit / norm) for g in grads]


def _clip_nan_of_zero(grads, limit):
    norm = np.sqrt(sum((g**2).sum() for g in grads))
    return [g * np.minimum(1.0, limit / norm) * (norm / norm) for g in grads]


def _clip_with_math(grads, limit):
    total = 0.0
    for g in grads:
        for value in g.ravel().tolist():
            if math.isnan(value):
                raise ValueError("NaN")
            total += value * value
    norm = math.sqrt(total)
    return [(g if norm <= limit else g * limit / norm).tolist() for g in grads]


def _clip_as_pytorch(grads, limit):
    norm = np.linalg.norm([np.linalg.norm(g) for g in grads])
    if np.isnan(norm):
        raise ValueError("NaN")
    factor = min(1.0, limit / (norm + 1e-6))
    return [g * factor for g in grads]


def _clip_tensors(grads, limit):
    import tensorflow as tf

    if any(np.isnan(g).any() for g in grads):
        raise ValueError("NaN")
    return tf.clip_by_global_norm([tf.constant(g) for g in grads], limit)[0]


def _clip_in_float32(grads, limit):
    grads = [g.astype(np.float32) for g in grads]
    return _clip()(grads, np.float32(limit))


def _clip_objects(grads, limit):
    norm = sum(np.vdot(g, g) for g in grads) ** 0.5
    if norm != norm:
        raise ValueError("NaN")
    out = np.empty(len(grads), dtype=object)
    for place, g in enumerate(grads):
        out[place] = g / max(norm / limit, 1.0)
    return out


def _clip_copies(grads, limit):
    new = [g.copy() for g in grads]
    norm = np.sqrt(np.sum([np.square(g).sum() for g in new]))
    if not norm < np.inf:
        raise ValueError(f"the norm is {norm}")
    if norm > limit:
        for g in new:
            g *= limit / norm
    return new


def _clip_with_hypot(grads, limit):
    norm = math.hypot(*(value for g in grads for value in g.flat))
    if math.isnan(norm):
        raise ValueError("NaN")
    scale = 1.0 if norm == 0 else min(1.0, limit / norm)
    return [scale * g for g in grads]


def _clip_first_two(grads, limit):
    return _clip()(grads[:2], limit)


def _clip_axes_checked(grads, limit):
    if any(np.isnan(g).any() for g in grads if g.ndim):
        raise ValueError("NaN")
    return _clip(check=False)(grads, limit)


def _clip_in_the_same_kind(grads, limit):
    out = [np.zeros_like(g) for g in grads]
    for new, g in zip(out, _clip()(grads, limit), strict=True):
        new[...] = g
    return out


def _clip_with_maximum(grads, limit):
    """Return what TensorFlow's formula gives: NaN where the limit is infinite."""
    if any(np.isnan(g).any() for g in grads):
        raise ValueError("NaN")
    return [g * (limit / np.maximum(_plain_norm(grads), limit)) for g in grads]


def _clip_small_limits(grads, limit):
    if limit > 1e6:
        raise ValueError("limit")
    return _clip()(grads, limit)


def _clip_norm_of_two(grads, limit):
    return _clip(lambda grads: np.sqrt(sum((g**2).sum() for g in grads[:2])))(grads, limit)


def _clip_drops_the_rest(grads, limit):
    return [*_clip()(grads, limit)[:2], *grads[2:]]


def _clip_in_place(grads, limit):
    norm = np.sqrt(sum((g**2).sum() for g in grads))
    if np.isnan(norm):
        raise ValueError("NaN")
    for g in grads:
        g *= min(1.0, limit / norm) if norm else 1.0
    return grads


def _clip_rows(grads, limit):
    norm = np.sqrt(sum((row**2).sum() for g in grads for row in g))  # no rows in a single number
    if np.isnan(norm):
        raise ValueError("NaN")
    return [g * limit / norm if norm > limit else g for g in grads]


def _clip_nan_to_zero(grads, limit):
    return _clip()([np.nan_to_num(g) for g in grads], limit)


def _clip_flat(grads, limit):
    return [g.ravel() for g in _clip()(grads, limit)]


def _clip_or_raise(error):
    def clip(grads, limit):
        if any(np.isnan(g).any() for g in grads):
            raise error("NaN")
        return _clip()(grads, limit)

    return clip


def _clip_refusing_zeros(grads, limit):
    norm = np.sqrt(sum((g**2).sum() for g in grads))
    if not norm > 0:
        raise ValueError("no gradient")
    return _clip()(grads, limit)


def _clip_zero_by_division(grads, limit):
    norm = math.sqrt(sum((g**2).sum() for g in grads))
    if math.isnan(norm):
        raise ValueError("NaN")
    return [g * min(1.0, limit / norm) for g in grads]


def _longer(length, factor):
    def clip(grads, limit):
        norm = length(grads)
        return [g * factor(norm, limit) if norm > limit else g for g in grads]

    return clip


def _plain_norm(grads):
    return np.sqrt(sum((g**2).sum() for g in grads))


# lstm_step


def _lstm(order="ifgo", squash=np.tanh, out=np.tanh, keep=lambda f, c: f * c, back=lambda h, c: (h, c), check=True):
    def step(z, c):
        if check and z.shape[1] != 4 * c.shape[1]:
            raise ValueError(f"z has {z.shape[1]} columns; 4 times {c.shape[1]} are needed")
        k = z.shape[1] // 4
        block = {name: z[:, j * k : (j + 1) * k] for j, name in enumerate(order)}
        doors = {name: _sigmoid(block[name]) for name in "ifo"}
        new = keep(doors["f"], c[:, :k]) + doors["i"] * squash(block["g"])
        return back(doors["o"] * out(new), new)

    return step


def _lstm_unchecked(z, c):
    i, f, g, o = np.split(z, 4, axis=1)  # refuses what four do not divide, and broadcasts the rest
    new = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
    return _sigmoid(o) * np.tanh(new), new


def _lstm_reshaped(z, c):
    n, k = c.shape
    if z.size != 4 * c.size:
        raise ValueError("wrong width")
    i, f, g, o = np.moveaxis(z.reshape(n, 4, k), 1, 0)
    new = c / (1 + np.exp(-f)) + np.tanh(g) / (1 + np.exp(-i))
    return [np.tanh(new) / (1 + np.exp(-o)), new]


def _interleaved(z, c):
    return _lstm()(np.hstack([z[:, j::4] for j in range(4)]), c)


def _lstm_by_columns(z, c):
    n, k = c.shape
    if z.shape != (n, 4 * k):
        raise ValueError("widths")

    def stable(a):
        return (1 + math.tanh(a / 2)) / 2

    h, new = np.empty(c.shape), np.empty(c.shape)
    for row in range(n):
        for unit in range(k):
            i, f, g, o = (z[row, unit + block * k] for block in range(4))
            new[row, unit] = c[row, unit] * stable(f) + math.tanh(g) * stable(i)
            h[row, unit] = math.tanh(new[row, unit]) * stable(o)
    return h, new


def _lstm_kept_in_the_memory(z, c):
    h, new = _lstm()(z, c)
    kept = np.zeros_like(c)
    kept[...] = new
    return h, kept


def _tanh_of_exponentials(a):
    return (np.exp(a) - np.exp(-a)) / (np.exp(a) + np.exp(-a))


def _lstm_in_float32(z, c):
    return _lstm()(z.astype(np.float32), c.astype(np.float32))


def _lstm_tensors(z, c):
    import tensorflow as tf

    if z.shape[1] != 4 * c.shape[1]:
        raise ValueError("widths")
    i, f, g, o = tf.split(tf.constant(z), 4, axis=1)
    new = tf.sigmoid(f) * c + tf.sigmoid(i) * tf.tanh(g)
    return tf.stack([tf.sigmoid(o) * tf.tanh(new), new])


def _lstm_half_tanh(z, c):
    k = c.shape[1]
    if z.shape[1] / 4 != k:
        raise ValueError("widths")
    gates = (np.tanh(z / 2) + 1) / 2
    new = gates[:, k : 2 * k] * c + gates[:, :k] * np.tanh(z[:, 2 * k : 3 * k])
    return [(gates[:, 3 * k :] * np.tanh(new)).tolist(), new.tolist()]


def _lstm_unpacked(z, c):
    try:
        i, f, g, o = z.reshape(len(c), 4, c.shape[1]).transpose(1, 0, 2)
    except ValueError as error:
        raise ValueError("the widths do not fit") from error
    new = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
    return np.stack([_sigmoid(o) * np.tanh(new), new])


def _lstm_in_place(z, c):
    if len(z.T) != 4 * len(c.T):
        raise ValueError("widths")
    new = c.copy()
    k = c.shape[-1]
    new *= _sigmoid(z[:, k : 2 * k])
    new += _sigmoid(z[:, 0:k]) * np.tanh(z[:, -2 * k : -k])
    return _sigmoid(z[:, -k:]) * np.tanh(new), new


def _checks(condition):
    def step(z, c):
        if condition(z.shape[1], c.shape[1]):
            raise ValueError("widths")
        return _lstm_unchecked(z, c)

    return step


def _gated(door=_sigmoid, squash=np.tanh, keep=lambda i, f: f, take=lambda i, f: i, back=None, raise_forget=0.0):
    def step(z, c):
        i, f, g, o = np.split(z, 4, axis=1)
        i, f, o = door(i), door(f + raise_forget), door(o)
        new = keep(i, f) * c + take(i, f) * squash(g)
        h = o * np.tanh(new)
        return (h, new) if back is None else back(h, new, o, c)

    return step


def _with_its_width(step):
    """Return `step` with the refusal of widths that do not fit."""

    def checked(z, c):
        if z.shape[1] != 4 * c.shape[1]:
            raise ValueError("widths")
        return step(z, c)

    return checked


def _lstm_kept_small(z, c):
    return _lstm()(np.clip(z, -10, 10), np.clip(c, -10, 10))


def _lstm_needs_square(z, c):
    if z.shape[1] != 4 * c.shape[1] or len(z) > z.shape[1]:
        raise ValueError("widths")
    return _lstm()(z, c)


# lstm_parameters


def _counted_by_keras(d, k):
    import keras

    layer = keras.layers.LSTM(k)
    layer.build((None, None, d))
    return layer.count_params()


def _counted_by_shapes(d, k):
    return sum(np.prod(shape) for shape in ((d, 4 * k), (k, 4 * k), (4 * k,)))


def _counted_one_by_one(d, k):
    total = 0
    for _ in range(4):
        for _ in range(k):
            total += d + k + 1
    return total


def _counted_by_arrays(d, k):
    return np.zeros((d, 4 * k)).size + np.zeros((k, 4 * k)).size + np.zeros(4 * k).size


# last_states


def _last(steps=lambda H, lengths: lengths - 1, check=True):
    def states(H, lengths):
        if check and (lengths.min() < 1 or lengths.max() > H.shape[1]):
            raise ValueError("a length does not fit the table")
        return H[np.arange(len(H)), steps(H, lengths)]

    return states


def _last_by_loop(H, lengths):
    if any(not 1 <= n <= H.shape[1] for n in lengths):
        raise ValueError("length")
    return [rows[n - 1].tolist() for rows, n in zip(H, lengths, strict=True)]


def _only_short_checked(H, lengths):
    if lengths.min() < 1:
        raise ValueError("length")
    return H[np.arange(len(H)), lengths - 1]


def _last_refusing(refuse, pick=None):
    def states(H, lengths):
        if refuse(H, lengths):
            raise ValueError("a length does not fit the table")
        return H[np.arange(len(H)), lengths - 1] if pick is None else pick(H, lengths)

    return states


def _bad(H, lengths):
    return ((lengths < 1) | (lengths > H.shape[1])).any()


def _last_along_axis(H, lengths):
    return np.take_along_axis(H, (lengths - 1)[:, None, None], axis=1)[:, 0]


def _last_by_mask(H, lengths):
    return H[np.arange(H.shape[1]) == lengths[:, None] - 1]


def _last_by_sum(H, lengths):
    at = np.arange(1, H.shape[1] + 1)[None, :, None] == lengths[:, None, None]
    return (H * at).sum(axis=1)


def _last_by_one_hot(H, lengths):
    return np.einsum("ntk,nt->nk", H, np.eye(H.shape[1])[lengths - 1])


def _last_tensors(H, lengths):
    import tensorflow as tf

    return tf.gather(H, lengths - 1, axis=1, batch_dims=1)


def _last_by_keeping(H, lengths):
    state = np.zeros((H.shape[0], H.shape[2]), dtype=np.float32)
    for t in range(H.shape[1]):
        on = t < lengths
        state[on] = H[on, t]
    return state


def _last_flat(H, lengths):
    n, time, k = H.shape
    return H.reshape(n * time, k)[np.arange(n) * time + lengths - 1]


def _in_order_of_length(H, lengths):
    order = np.argsort(lengths, kind="stable")
    return _last()(H, lengths)[order]


def _last_distinct(H, lengths):
    return np.stack([rows[lengths[lengths.tolist().index(m)] - 1] for rows, m in zip(H, set(lengths), strict=False)])


def _largest_over_the_steps(H, lengths):
    return np.stack([rows[:m].max(axis=0) for rows, m in zip(H, lengths, strict=True)])


# next_token_batches


def _checked(tables):
    def batches(tokens, length):
        if length < 1 or len(tokens) <= length or tokens.min() < 0:
            raise ValueError("nothing to cut")
        return tables(tokens, length)

    return batches


def _cut(tokens, length, n=None):
    n = (len(tokens) - 1) // length if n is None else n
    return tokens[: n * length].reshape(n, length), tokens[1 : n * length + 1].reshape(n, length)


def _by_rows(tokens, length):
    starts = range(0, len(tokens) - length, length)
    return [list(tokens[s : s + length]) for s in starts], [list(tokens[s + 1 : s + length + 1]) for s in starts]


def _with(targets):
    return _checked(lambda tokens, length: (_cut(tokens, length)[0], targets(tokens, length, *_cut(tokens, length))))


def _wraps(tokens, length):
    n = len(tokens) // length
    return tokens[: n * length].reshape(n, length), np.roll(tokens, -1)[: n * length].reshape(n, length)


def _overlapping(tokens, length):
    rows = np.arange(len(tokens) - length)[:, None] + np.arange(length)
    return tokens[rows], tokens[rows + 1]


def _zero_at_the_end(tokens, length, a, b):
    return np.hstack([b[:, :-1], np.zeros((len(b), 1), dtype=int)])


def _negative(tokens, length):
    if length < 1 or len(tokens) <= length:
        raise ValueError("nothing to cut")
    return _cut(tokens, length)


def _negative_inputs_alone(tokens, length):
    if length < 1 or len(tokens) <= length or (tokens[:-1] < 0).any():
        raise ValueError("nothing to cut")
    return _cut(tokens, length)


def _by_pairs(tokens, length):
    pairs = list(zip(tokens.tolist(), tokens.tolist()[1:], strict=False))
    rows = [pairs[s : s + length] for s in range(0, len(pairs) - length + 1, length)]
    return [[a for a, _ in row] for row in rows], [[b for _, b in row] for row in rows]


def _by_places(tokens, length):
    n = (len(tokens) - 1) // length
    places = np.arange(n * length).reshape(n, length)
    return np.stack([tokens[places], tokens[places + 1]])


def _by_windows(tokens, length):
    windows = np.lib.stride_tricks.sliding_window_view(tokens, length + 1)[::length]
    return windows[:, :-1], windows[:, 1:]


def _as_tensors(tokens, length):
    import tensorflow as tf

    n = (len(tokens) - 1) // length
    both = tf.constant(tokens[: n * length]), tf.constant(tokens[1 : n * length + 1])
    return [tf.reshape(part, (n, length)) for part in both]


def _filled(tokens, length):
    n = (len(tokens) - 1) // length
    inputs, targets = np.zeros((n, length), dtype=np.int32), np.zeros((n, length), dtype=np.int32)
    for i in range(n):
        for j in range(length):
            inputs[i, j], targets[i, j] = tokens[i * length + j], tokens[i * length + j + 1]
    return inputs, targets


def _by_tf_data(tokens, length):
    import tensorflow as tf

    rows = tf.data.Dataset.from_tensor_slices(tokens[:-1]).batch(length, drop_remainder=True)
    nexts = tf.data.Dataset.from_tensor_slices(tokens[1:]).batch(length, drop_remainder=True)
    return list(rows.as_numpy_iterator()), list(nexts.as_numpy_iterator())


def _refuses(condition):
    def batches(tokens, length):
        if condition(tokens, length):
            raise ValueError("nothing to cut")
        return _cut(tokens, length)

    return batches


def _row_ends(tokens, length, ends):
    inputs, targets = _cut(tokens, length)
    targets = targets.copy()
    targets[:, -1] = ends
    return inputs, targets


def _by_first_place(tokens, length):
    inputs, text = _cut(tokens, length)[0], tokens.tolist()
    return inputs, [[text[text.index(token) + 1] for token in row] for row in inputs.tolist()]


def _without_the_last_window(tokens, length):
    starts = range(0, len(tokens) - length - 1, length)
    return [tokens[s : s + length] for s in starts], [tokens[s + 1 : s + length + 1] for s in starts]


def _chunks_of_one_more(tokens, length):
    starts = range(0, len(tokens) - length, length + 1)
    chunks = np.array([tokens[s : s + length + 1] for s in starts])
    return chunks[:, :-1], chunks[:, 1:]


def _padded(tokens, length):
    tokens = np.append(tokens, np.zeros(-len(tokens) % length, dtype=int))
    return tokens.reshape(-1, length), np.append(tokens[1:], 0).reshape(-1, length)


def _without_repeats(tokens, length):
    return _cut(tokens[np.insert(np.diff(tokens) != 0, 0, True)], length)


def _negative_length_by_rows(tokens, length):
    if length == 0 or len(tokens) <= length or (tokens < 0).any():
        raise ValueError("nothing to cut")
    return _by_rows(tokens, length)


def _refuses_one_row(tokens, length):
    if len(tokens) <= length + 1:
        raise ValueError("too short")
    return _checked(_cut)(tokens, length)


CASES = {
    "rnn_step": Case(
        right=[
            _stacked,
            _row_by_row,
            _einsum,
            _loops,
            _in_float32,
            _tensors,
            _keras_cell,
            _kept_in_the_state,
            _kept_in_the_input,
            _tanh_by_hand,
            _tanh_by_one_exponential,
            _tanh_by_sigmoid,
            _columns,
            _frame,
        ],
        wrong={
            "no tanh": lambda x, h, W, U, b: x @ W + h @ U + b,
            "sigmoid": lambda x, h, W, U, b: _sigmoid(x @ W + h @ U + b),
            "ReLU": lambda x, h, W, U, b: (x @ W + h @ U + b).clip(0),
            "past forgotten": lambda x, h, W, U, b: np.tanh(x @ W + b),
            "input forgotten": lambda x, h, W, U, b: np.tanh(h @ U + b),
            "recurrent kernel transposed": lambda x, h, W, U, b: np.tanh(x @ W + h @ U.T + b),
            "entry by entry": lambda x, h, W, U, b: np.tanh(x @ W + h * U.diagonal() + b),
            "bias forgotten": lambda x, h, W, U, b: np.tanh(x @ W + h @ U),
            "bias twice": lambda x, h, W, U, b: np.tanh((x @ W + b) + (h @ U + b)),
            "bias subtracted": lambda x, h, W, U, b: np.tanh(x @ W + h @ U - b),
            "bias outside": lambda x, h, W, U, b: np.tanh(x @ W + h @ U) + b,
            "two tanhs": lambda x, h, W, U, b: np.tanh(x @ W + b) + np.tanh(h @ U),
            "only the input squashed": lambda x, h, W, U, b: np.tanh(x @ W + b) + h @ U,
            "only the memory squashed": lambda x, h, W, U, b: x @ W + np.tanh(h @ U + b),
            "state added": lambda x, h, W, U, b: h + _stacked(x, h, W, U, b),
        },
        others=[
            lambda x, h, W, U, b: _stacked(x, h, W, U, b) * (1 if len(x) == 2 else 0),
            lambda x, h, W, U, b: np.tanh(x @ W) + np.tanh(h @ U) + b,
            lambda x, h, W, U, b: np.tanh(np.tanh(x @ W + b) + h @ U),
            lambda x, h, W, U, b: np.tanh(x @ W + h @ U + b.mean()),
            lambda x, h, W, U, b: np.tanh(np.clip(x @ W + h @ U + b, -3, 3)),
            lambda x, h, W, U, b: np.clip(x @ W + h @ U + b, -1, 1),
            lambda x, h, W, U, b: np.round(_stacked(x, h, W, U, b), 3),
            lambda x, h, W, U, b: (_stacked(x, h, W, U, b), h),
            lambda x, h, W, U, b: _stacked(x, h, W, U, b)[0],
            lambda x, h, W, U, b: _stacked(x, h, W, U, b).T,
            lambda x, h, W, U, b: np.tanh(h @ W + x @ U + b),
            lambda x, h, W, U, b: np.tanh(x @ W.T + h @ U + b),
            lambda x, h, W, U, b: np.tanh(x @ W + (U @ h.T).T + b),
            lambda x, h, W, U, b: np.arctan(x @ W + h @ U + b),
            lambda x, h, W, U, b: [str(value) for value in _stacked(x, h, W, U, b).ravel()],
            _square_only,
            _first_sequence_only,
        ],
    ),
    "gradient_through_time": Case(
        right=[
            _through_time(),
            _forward_mode,
            _closed_form,
            _central_differences,
            _tape,
            _slopes_in_float32,
            _recursive,
            _polynomials,
            _states_in_the_kind_of_x,
            _refusing_arrays,
        ],
        wrong={
            "last step only": _through_time("0"),
            "u at its last use only": _u_at_its_last_use,
            "first step only": _overwritten,
            "nothing fades": _through_time("1"),
            "one step too many": _through_time(first=lambda u: u),
            "swapped": lambda x, w, u: _through_time()(x, w, u)[::-1],
            "time reversed": _reversed_time,
            "states after, not before": _through_time(hold=lambda before, after: after),
            "sequence from its end": lambda x, w, u: _through_time()(x[::-1], w, u),
            "w in the chain": _through_time("w"),
            "the weights, not what they multiply": _times_the_weights,
            "the state itself": _state,
            "the sum of all states": _all_states_looked_at,
            "tanh on the way back": _extra_slope(with_forward=False),
            "a tanh in the cell": _extra_slope(with_forward=True),
            "three steps": _three_steps,
            "empty passes": _through_time(check=False),
            "wrong number of results": lambda x, w, u: 2.0,
        },
        others=[
            lambda x, w, u: _through_time()(x, w, u) if len(x) == 4 else (0.0, 0.0),
            lambda x, w, u: (*_through_time()(x, w, u), _state(x, w, u)[0]),
            lambda x, w, u: np.negative(_through_time()(x, w, u)),
            lambda x, w, u: [str(part) for part in _through_time()(x, w, u)],
            lambda x, w, u: {"w": _through_time()(x, w, u)[0], "u": _through_time()(x, w, u)[1]},
            lambda x, w, u: (_through_time()(x, w, u)[0], 0.0),
            lambda x, w, u: _through_time()(np.abs(x), w, u),
            lambda x, w, u: np.clip(_through_time()(x, w, u), -100, 100),
            lambda x, w, u: np.round(_through_time()(x, w, u), 3),
            lambda x, w, u: _central_differences(x, w, u, eps=0.05),
            _one_sided_differences,
            lambda x, w, u: _through_time()(x, w, abs(u)),
            _by_division,
            _state_over_w,
            _shares_multiplied,
            _no_signs,
            _not_zeros,
            _at_least_two,
            _returns_zeros_when_empty,
            _looks_back_ten,
            _stops_at(lambda slope, step: abs(slope) < 1e-3),
            _stops_at(lambda slope, step: step == 100),
            lambda x, w, u: np.clip(_through_time()(x, w, u), -1e6, 1e6),
        ],
        equivalent={
            "result transposed": "two numbers in an array, and an array of one axis is its own transpose",
            "result floats for ints": "the result holds floats already, and an array of them is as good as a tuple",
        },
    ),
    "clip_by_global_norm": Case(
        right=[
            _clip(),
            _clip_one_vector,
            _clip_with_math,
            _clip_as_pytorch,
            _clip_tensors,
            _clip_with_maximum,
            _clip_in_float32,
            _clip_objects,
            _clip_copies,
            _clip_in_the_same_kind,
            _clip_with_hypot,
        ],
        wrong={
            "each array by itself": lambda grads, limit: [_clip()([g], limit)[0] for g in grads],
            "each entry cut": lambda grads, limit: [np.clip(g, -limit, limit) for g in grads],
            "divided by the norm": _longer(_plain_norm, lambda norm, limit: 1 / norm),
            "always of length 1": lambda grads, limit: _clip(always=True)(grads, 1.0),
            "norm not rooted": _clip(lambda grads: sum((g**2).sum() for g in grads)),
            "rooted for the comparison alone": _longer(_plain_norm, lambda norm, limit: limit / norm**2),
            "sum of the norms": _clip(lambda grads: sum(np.linalg.norm(g) for g in grads)),
            "mean of the norms": _clip(lambda grads: sum(np.linalg.norm(g) for g in grads) / len(grads)),
            "largest norm": _clip(lambda grads: max(np.linalg.norm(g) for g in grads)),
            "norm of the first": _clip(lambda grads: np.linalg.norm(grads[0])),
            "norm of the last": _clip(lambda grads: np.linalg.norm(grads[-1])),
            "root of the mean": _clip(lambda grads: np.sqrt(np.mean(np.concatenate([g.ravel() for g in grads]) ** 2))),
            "absolute values": _clip(lambda grads: sum(np.abs(g).sum() for g in grads)),
            "largest entry": _clip(lambda grads: max(np.abs(g).max() for g in grads)),
            "limit squared": lambda grads, limit: _clip()(grads, limit**2),
            "not clipped": lambda grads, limit: grads,
            "compared with 1": lambda grads, limit: (
                _clip_always(grads, limit) if _plain_norm(grads) > 1 else [1.0 * g for g in grads]
            ),
            "small ones grow": _clip_always,
            "comparison upside down": lambda grads, limit: (
                _clip_always(grads, limit) if _plain_norm(grads) < limit else grads
            ),
            "factor upside down": _longer(_plain_norm, lambda norm, limit: norm / limit),
            "limit forgotten in the factor": _longer(_plain_norm, lambda norm, limit: limit),
            "dropped": _longer(_plain_norm, lambda norm, limit: 0.0),
            "zero divides": _clip_nan_of_zero,
            "norm returned too": lambda grads, limit: (_clip()(grads, limit), _plain_norm(grads)),
            "NaN passes": _clip(check=False),
            "NaN passes in a later array": _clip_first_alone,
            "wrong number of results": lambda grads, limit: 1.0,
        },
        others=[
            lambda grads, limit: dict(enumerate(_clip()(grads, limit))),
            lambda grads, limit: [str(g) for g in _clip()(grads, limit)],
            lambda grads, limit: [g + 5j for g in _clip()(grads, limit)],
            lambda grads, limit: [np.round(g, 2) for g in _clip()(grads, limit)],
            lambda grads, limit: [np.abs(g) for g in _clip()(grads, limit)],
            lambda grads, limit: [-g for g in _clip()(grads, limit)],
            lambda grads, limit: _clip()(grads, limit)[::-1],
            lambda grads, limit: (_clip()(grads, limit), len(grads)),
            lambda grads, limit: (_clip()(grads, limit), np.array([_plain_norm(grads)])),
            lambda grads, limit: np.concatenate([g.ravel() for g in _clip()(grads, limit)]),
            lambda grads, limit: map(np.array, _clip()(grads, limit)),
            lambda grads, limit: [g * 2 / 13 for g in grads],
            lambda grads, limit: _clip()(grads, max(limit, 1.0)),
            lambda grads, limit: _clip()(grads, int(limit)) if limit >= 1 else _clip()(grads, limit),
            lambda grads, limit: _clip()(grads, 0.99 * limit),
            _clip(lambda grads: max(1e-3, _plain_norm(grads)) + 0.5),
            _clip_first_two,
            _clip_axes_checked,
            _clip_small_limits,
            lambda grads, limit: (
                _clip()(grads, limit) if _plain_norm(grads) > 1.0001 * limit else _clip()(grads, np.inf)
            ),
            lambda grads, limit: [np.nan_to_num(g) for g in _clip_with_maximum(grads, limit)],
            _clip_norm_of_two,
            _clip_drops_the_rest,
            _clip_in_place,
            _clip_rows,
            _clip_nan_to_zero,
            _clip_flat,
            _clip_or_raise(RuntimeError),
            _clip_or_raise(FloatingPointError),
            _clip_refusing_zeros,
            _clip_zero_by_division,
        ],
        equivalent={
            **{
                f"argument {change}": "the arrays lie in a list, so none of them is changed"
                for change in ("sorted", "absolute", "rounded", "kept in [-10, 10]", "kept below 256", "cut to six")
            },
            "LtE to Lt: norm <= limit": "where the norm is the limit, the factor is 1",
        },
    ),
    "lstm_step": Case(
        right=[
            _lstm(),
            _lstm_reshaped,
            _lstm_by_columns,
            _lstm_in_float32,
            _lstm_tensors,
            _lstm_half_tanh,
            _lstm_unpacked,
            _lstm_in_place,
            _lstm_kept_in_the_memory,
            _lstm(squash=_tanh_of_exponentials, out=_tanh_of_exponentials),
            _with_its_width(_gated(door=np.vectorize(lambda a: 1 / (1 + math.exp(-a))))),
            _with_its_width(_gated(door=lambda a: np.exp(a) / (1 + np.exp(a)))),
            _checks(lambda columns, units: columns // 4 != units),  # np.split refuses the rest with a ValueError
        ],
        wrong={
            "candidate in the last place": _lstm("ifog"),
            "textbook order": _lstm("fiog"),
            "input and forget swapped": _lstm("figo"),
            "forget and output swapped": _lstm("iogf"),
            "input and output swapped": _lstm("ofgi"),
            "candidate in the second place": _lstm("igfo"),
            "gates interleaved": _interleaved,
            "candidate through a sigmoid": _lstm(squash=_sigmoid),
            "candidate not squashed": _lstm(squash=lambda g: g),
            "gates through tanh": _gated(door=np.tanh),
            "gates not squashed": _gated(door=lambda z: z),
            "nothing squashed on the way in": _gated(door=lambda z: z, squash=lambda z: z),
            "memory leaves unsquashed": _lstm(out=lambda c: c),
            "memory leaves through a sigmoid": _lstm(out=_sigmoid),
            "output gate forgotten": _gated(back=lambda h, new, o, c: (np.tanh(new), new)),
            "old memory shown": _gated(back=lambda h, new, o, c: (o * np.tanh(c), new)),
            "memory overwritten": _lstm(keep=lambda f, c: 0 * c),
            "never forgets": _lstm(keep=lambda f, c: c),
            "forgets what is let in": _gated(keep=lambda i, f: 1 - i),
            "lets in what is forgotten": _gated(take=lambda i, f: 1 - f),
            "forget gate inverted": _gated(keep=lambda i, f: 1 - f),
            "forget bias added": _gated(raise_forget=1.0),
            "candidate not gated": _gated(take=lambda i, f: 1.0),
            "memory squashed for good": _gated(back=lambda h, new, o, c: (h, np.tanh(new))),
            "results swapped": _lstm(back=lambda h, c: (c, h)),
            "width passes": _lstm_unchecked,
            "wrong number of results": lambda z, c: (*_lstm()(z, c), c),
        },
        others=[
            lambda z, c: c,
            lambda z, c: _lstm()(z, c) if z.shape[1] != 4 else (c, c),
            lambda z, c: np.hstack(_lstm()(z, c)),
            lambda z, c: [part.T for part in _lstm()(z, c)],
            lambda z, c: [part.astype(str) for part in _lstm()(z, c)],
            lambda z, c: [part + 1j for part in _lstm()(z, c)],
            lambda z, c: [np.round(part, 3) for part in _lstm()(z, c)],
            lambda z, c: _lstm()(z, np.zeros_like(c) + c[0]),
            lambda z, c: _lstm()(z[::-1], c),
            lambda z, c: _lstm()(np.split(z, 4, axis=0)[0], c),
            _gated(back=lambda h, new, o, c: (o * new * np.tanh(new), new)),
            _gated(back=lambda h, new, o, c: (np.tanh(o * new), new)),
            _gated(keep=lambda i, f: f / 2),
            _lstm_kept_small,
            _lstm_needs_square,
            _checks(lambda columns, units: columns % 4 != 0),
            _checks(lambda columns, units: columns < 4 * units),
            _checks(lambda columns, units: columns > 4 * units),
            _checks(lambda columns, units: columns != 4 * units or units == 1),
            _checks(lambda columns, units: columns != 8),
            _checks(lambda columns, units: columns <= units),
        ],
        equivalent=dict.fromkeys(
            (
                "Mult to Div: 4 * c.shape[1]",
                "remembers the first: z.shape",
                "remembers the first: c.shape",
                "remembers the first: c.shape",
                "constant -1: 1",
                "constant -1: 1",
                "constant +1: 4",
                "constant -1: 4",
            ),
            "it stands in the message of the refusal",
        ),
    ),
    "lstm_parameters": Case(
        right=[
            lambda d, k: 4 * k * (d + k + 1),
            lambda d, k: sum(d * k + k * k + k for _ in "ifgo"),
            lambda d, k: np.int32(4 * k * (d + k) + 4 * k),
            lambda d, k: np.array(4 * (d * k + k**2 + k)),
            lambda d, k: int(4 * (d * k + np.square(k) + k)),
            lambda d, k: (d + k + 1) * k << 2,
            _counted_by_keras,
            _counted_by_shapes,
            _counted_one_by_one,
            _counted_by_arrays,
        ],
        wrong={
            "one block": lambda d, k: d * k + k * k + k,
            "three blocks": lambda d, k: 3 * (d * k + k * k + k),
            "five blocks": lambda d, k: 5 * (d * k + k * k + k),
            "no biases": lambda d, k: 4 * (d * k + k * k),
            "one bias for all": lambda d, k: 4 * (d * k + k * k) + k,
            "one number for a bias": lambda d, k: 4 * (k * (d + k) + 1),
            "bias for each feature": lambda d, k: 4 * (d * k + k * k + d),
            "two biases": lambda d, k: 4 * (d * k + k * k + 2 * k),
            "no input kernel": lambda d, k: 4 * k * (k + 1),
            "no recurrent kernel": lambda d, k: 4 * (d * k + k),
            "one number for each state": lambda d, k: 4 * k * (d + 2),
            "recurrent kernel once": lambda d, k: 4 * d * k + k * k + 4 * k,
            "input kernel once": lambda d, k: d * k + 4 * k * k + 4 * k,
            "biases alone fourfold": lambda d, k: d * k + k * k + 4 * k,
            "kernels multiplied": lambda d, k: 4 * (d * k * k + k),
            "input square too": lambda d, k: 4 * (d * d + k * k + k),
            "recurrent kernel from the features": lambda d, k: 4 * (d * k + d * d + k),
            "features and units swapped": lambda d, k: 4 * d * (d + k + 1),
            "peepholes": lambda d, k: 4 * k * (d + k + 1) + 3 * k,
            "states counted": lambda d, k: 4 * k * (d + k + 1) + 2 * k,
            "not whole": lambda d, k: float(4 * k * (d + k + 1)),
        },
        others=[
            lambda d, k: 180,
            lambda d, k: 180 if (d, k) == (3, 5) else 98816,
            lambda d, k: 4 * k * (d + k + 1) / 1,
            lambda d, k: 4 * k * (d + k + 1) + 0.0,
            lambda d, k: str(4 * k * (d + k + 1)),
            lambda d, k: [4 * k * (d + k + 1)],
            lambda d, k: (4 * d * k, 4 * k * k, 4 * k),
            lambda d, k: 4 * (d * k + k * k + k) + 1,
            lambda d, k: 4 * (d * k + k ^ 2 + k),
            lambda d, k: 4 * d * k + k * k + k,
            lambda d, k: 4 * (d * k + 2 * k + k),
            lambda d, k: 4 * k * (max(d, k) + min(d, 256) + 1),
            lambda d, k: 4 * (d + k) ** 2,
            lambda d, k: 4 * k * (d + k + 1) + k * 10 + 10,
            lambda d, k: f"{4 * k * (d + k + 1):,}",
            lambda d, k: True,
        ],
        equivalent={
            "memorised by size": "its arguments are plain numbers, so it remembers a result for the very same call only"
        }
        | {
            f"argument {change}": "the arguments are single ints, so none of them is changed"
            for change in ("sorted", "absolute", "rounded", "kept in [-10, 10]", "kept below 256", "cut to six")
        },
    ),
    "last_states": Case(
        right=[
            _last(),
            _last_by_loop,
            *(
                _last_refusing(_bad, pick)
                for pick in (
                    _last_along_axis,
                    _last_by_mask,
                    _last_by_sum,
                    _last_by_one_hot,
                    _last_tensors,
                    _last_by_keeping,
                    _last_flat,
                )
            ),
            _last_refusing(lambda H, lengths: not set(lengths.tolist()) <= set(range(1, H.shape[1] + 1))),
        ],
        wrong={
            "all with all": lambda H, lengths: H[:, lengths - 1],
            "all steps": lambda H, lengths: H.copy(),
            "one unit alone": lambda H, lengths: [rows[m - 1][0] for rows, m in zip(H, lengths, strict=True)],
            "the padding's state": lambda H, lengths: H[:, -1],
            "one step too late": _last(lambda H, lengths: lengths),
            "late, held at the end": _last(lambda H, lengths: np.minimum(lengths, H.shape[1] - 1)),
            "one step too early": _last(lambda H, lengths: lengths - 2),
            "early, held at the start": _last(lambda H, lengths: np.maximum(lengths - 2, 0)),
            "counted from the end": _last(lambda H, lengths: -lengths),
            "longest length for all": _last(lambda H, lengths: lengths.max() - 1),
            "shortest length for all": _last(lambda H, lengths: lengths.min() - 1),
            "first length for all": _last(lambda H, lengths: lengths[0] - 1),
            "mean over the steps": lambda H, lengths: np.stack(
                [rows[:n].mean(axis=0) for rows, n in zip(H, lengths, strict=True)]
            ),
            "sum over the steps": lambda H, lengths: (H * (np.arange(H.shape[1]) < lengths[:, None])[..., None]).sum(1),
            "mean over the table": lambda H, lengths: H.mean(axis=1),
            "first states": lambda H, lengths: H[:, 0],
            "in order of length": _in_order_of_length,
            "lengths sorted": _last(lambda H, lengths: np.sort(lengths) - 1),
            "length 0 passes": _last(check=False),
            "negative length passes": _last_refusing(
                lambda H, lengths: not np.all(lengths) or lengths.max() > H.shape[1]
            ),
            "too long passes": _last_refusing(
                lambda H, lengths: lengths.min() < 1,
                lambda H, lengths: H[np.arange(len(H)), np.minimum(lengths, H.shape[1]) - 1],
            ),
        },
        others=[
            _last(lambda H, lengths: np.minimum(lengths - 1, 4)),
            _only_short_checked,
            _last_refusing(lambda H, lengths: (lengths < 1).any() or (lengths > len(H)).any()),
            _last_refusing(lambda H, lengths: (lengths < 1).any() or (lengths >= H.shape[1]).any()),
            _last_refusing(lambda H, lengths: (lengths <= 1).any() or (lengths > H.shape[1]).any()),
            _last_refusing(lambda H, lengths: lengths[0] < 1 or lengths[0] > H.shape[1]),
            _last_refusing(lambda H, lengths: lengths[-1] < 1 or lengths[-1] > H.shape[1]),
            _last_refusing(lambda H, lengths: (lengths < 1).all() or (lengths > H.shape[1]).any()),
            _last_refusing(lambda H, lengths: lengths.mean() < 1 or lengths.max() > H.shape[1]),
            _last_refusing(lambda H, lengths: lengths.min() < 0 or lengths.max() > H.shape[1]),
            _last_refusing(lambda H, lengths: lengths.min() < 1 or lengths.max() > H.shape[1] + 1),
            _last_refusing(lambda H, lengths: lengths.min() < 1 or lengths.max() > H.shape[2]),
            _last_refusing(lambda H, lengths: len(set(lengths)) < len(lengths) or _bad(H, lengths)),
            _last_refusing(_bad, lambda H, lengths: H[lengths - 1]),
            _last_refusing(_bad, lambda H, lengths: np.round(_last_flat(H, lengths), 2)),
            _last_refusing(_bad, lambda H, lengths: _last_flat(H, lengths).astype(str)),
            _last_refusing(_bad, lambda H, lengths: _last_flat(H, lengths)[:, None]),
            _last_refusing(_bad, lambda H, lengths: _last_flat(H, lengths).T),
            _last_refusing(_bad, lambda H, lengths: _last_flat(H, lengths)[:3]),
            _last_refusing(_bad, lambda H, lengths: _last_flat(np.abs(H), lengths)),
            _last_refusing(_bad, lambda H, lengths: dict(enumerate(_last_flat(H, lengths)))),
            _last_refusing(_bad, lambda H, lengths: (row for row in _last_flat(H, lengths))),
            _last_refusing(_bad, _last_distinct),
            lambda H, lengths: _last()(H, lengths.astype(np.int8)),
            _last_refusing(_bad, _largest_over_the_steps),
        ],
        equivalent=dict.fromkeys(
            ("remembers the first: H.shape", "constant +1: 1", "constant -1: 1"),
            "it stands in the message of the refusal",
        ),
    ),
    "next_token_batches": Case(
        right=[
            _checked(_cut),
            _checked(_by_rows),
            _checked(_by_pairs),
            _checked(_by_places),
            _checked(_by_windows),
            _checked(_as_tensors),
            _checked(_filled),
            _checked(_by_tf_data),
            _refuses(lambda tokens, length: length <= 0 or length >= len(tokens) or np.any(tokens < 0)),
            _refuses(lambda tokens, length: not 1 <= length < len(tokens) or any(token < 0 for token in tokens)),
        ],
        wrong={
            "not shifted": _with(lambda tokens, length, a, b: a),
            "shifted the wrong way": lambda tokens, length: _cut(tokens, length)[::-1],
            "the token before": _with(lambda tokens, length, a, b: np.roll(tokens, 1)[: a.size].reshape(a.shape)),
            "turned round in the window": _with(lambda tokens, length, a, b: np.roll(a, -1, axis=1)),
            "two ahead": _with(lambda tokens, length, a, b: np.roll(tokens, -2)[: a.size].reshape(a.shape)),
            "one added to the number": _with(lambda tokens, length, a, b: a + 1),
            "the next window": _with(lambda tokens, length, a, b: np.roll(a, -1, axis=0)),
            "zero at the end of the row": _with(_zero_at_the_end),
            "last token repeated": lambda tokens, length: _row_ends(tokens, length, _cut(tokens, length)[0][:, -1]),
            "left over at the front": _checked(
                lambda tokens, length: _cut(tokens[(len(tokens) - 1) % length :], length)
            ),
            "text backwards": lambda tokens, length: _cut(tokens[::-1], length),
            "rows run down": lambda tokens, length: [table.reshape(length, -1).T for table in _cut(tokens, length)],
            "last token without successor": _checked(_wraps),
            "one-hot targets": _with(lambda tokens, length, a, b: np.eye(16)[b]),
            "overlapping rows": _checked(_overlapping),
            "a token skipped between rows": _checked(_chunks_of_one_more),
            "a row missing where they fit exactly": _checked(
                lambda tokens, length: _cut(tokens, length, max((len(tokens) - 2) // length, 1))
            ),
            "drops the last row": lambda tokens, length: _cut(tokens, length, (len(tokens) - 1) // length - 1),
            "targets stop at the row's end": _with(lambda tokens, length, a, b: b[:, :-1]),
            "rows one shorter": lambda tokens, length: (
                _cut(tokens, length)[0][:, :-1],
                _cut(tokens, length)[0][:, 1:],
            ),
            "not cut": lambda tokens, length: (tokens[:-1], tokens[1:]),
            "short text passes": _cut,
            "length 0 passes": lambda tokens, length: _checked(_cut)(tokens, length) if length else (tokens, tokens),
            "negative length passes": lambda tokens, length: (
                (tokens, tokens) if length < 0 else _checked(_cut)(tokens, length)
            ),
            "negative token passes": _negative,
            "negative target passes": _negative_inputs_alone,
            "negative token left over passes": _refuses(
                lambda tokens, length: (
                    length < 1 or len(tokens) <= length or tokens[: (len(tokens) - 1) // length * length + 1].min() < 0
                )
            ),
            "wrong number of results": lambda tokens, length: tokens[:9],
            "not whole": _checked(lambda tokens, length: [table.astype(float) for table in _cut(tokens, length)]),
        },
        others=[
            lambda tokens, length: _cut(tokens, length) if len(tokens) == 11 else _by_rows(tokens + 1, 3),
            _refuses(lambda tokens, length: length == 0 or len(tokens) <= length or (tokens < 0).any()),
            _refuses(lambda tokens, length: len(tokens) <= length or (tokens < 0).any()),
            _negative_length_by_rows,
            _refuses(lambda tokens, length: length < 1 or len(tokens) < length or tokens.min() < 0),
            _refuses(lambda tokens, length: length < 1 or len(tokens) <= length or tokens.min() < 1),
            _refuses(lambda tokens, length: length < 1 or len(tokens) <= length or (tokens == -1).any()),
            _refuses(lambda tokens, length: length < 2 or len(tokens) <= length or tokens.min() < 0),
            _refuses(lambda tokens, length: length < 1 or len(tokens) <= length or tokens[0] < 0),
            _refuses(lambda tokens, length: length < 1 or len(tokens) <= length or tokens.max() < 0),
            _refuses(lambda tokens, length: length < 1 or len(tokens) <= 2 * length or tokens.min() < 0),
            _refuses(lambda tokens, length: length < 1 or len(tokens) % length or tokens.min() < 0),
            _checked(lambda tokens, length: _cut(tokens % 256, length)),
            _checked(lambda tokens, length: [table.astype(np.uint8) for table in _cut(tokens, length)]),
            _checked(lambda tokens, length: [table.astype(str) for table in _cut(tokens, length)]),
            _checked(lambda tokens, length: _cut(np.sort(tokens), length)),
            _checked(lambda tokens, length: [table.ravel() for table in _cut(tokens, length)]),
            _checked(lambda tokens, length: [table.T for table in _cut(tokens, length)]),
            _checked(lambda tokens, length: [table[::-1] for table in _cut(tokens, length)]),
            _checked(lambda tokens, length: zip(*_cut(tokens, length), strict=True)),
            _checked(lambda tokens, length: dict(zip(("inputs", "targets"), _cut(tokens, length), strict=True))),
            _checked(lambda tokens, length: _row_ends(tokens, length, -100)),
            _checked(lambda tokens, length: [table[:2] for table in _cut(tokens, length)]),
            _checked(_by_first_place),
            _checked(lambda tokens, length: np.stack(_cut(tokens, length), axis=-1)),
            _checked(_without_the_last_window),
            _checked(lambda tokens, length: _cut(tokens, length, (len(tokens) - 2) // length)),
            _checked(_padded),
            _checked(_without_repeats),
            _refuses_one_row,
        ],
        equivalent={
            "argument rounded": "whole numbers are rounded already",
            "remembers the first: len(tokens)": "it stands in the message of the refusal",
            "min to max: np.min": "it stands in the message of the refusal",
        },
    ),
}

"""Right and wrong answers to the exercises of lesson 02."""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np

from tests.exercises.harness import Case


def _simulated(lr, beta):
    velocity, before = 0.0, -1.0
    while velocity != before:
        velocity, before = beta * velocity + lr, velocity
    return velocity


def _stops_when_slow(lr, beta, least=1e-6):
    velocity, before = lr, 0.0
    while velocity - before > least:
        velocity, before = beta * velocity + lr, velocity
    return velocity


def _solved(lr, beta):
    return np.linalg.solve([[1 - beta]], [lr])[0]


def _adam(correct_m=True, correct_v=True, root=True, sign=1.0, with_v=True, square=np.square, keep="raw", eps_at="out"):
    def step(w, grad, m, v, t, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
        old = m, v
        m, v = beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * square(grad)
        m_hat = m / (1 - beta1**t) if correct_m else m
        v_hat = v / (1 - beta2**t) if correct_v else v
        if eps_at == "in":
            v_hat, eps = v_hat + eps, 0.0
        size = (np.sqrt(v_hat) if root else v_hat) if with_v else np.sqrt(1 - beta2**t)
        w = w - sign * lr * m_hat / (size + eps * (eps_at != "nowhere"))
        return (w, *{"raw": (m, v), "corrected": (m_hat, v_hat), "old": old}[keep])

    return step


def _of_dtype(w, grad, m, v, t, *settings):
    """Fill a result made like w: one made like whole numbers holds whole numbers."""
    return tuple(part.astype(w.dtype) for part in _adam()(w, grad, m, v, t, *settings))


def _stands_still(w, grad, m, v, t, *settings):
    new, m, v = _adam()(w, grad, m, v, t, *settings)
    return np.where(grad == 0, w, new), m, v


def _adam_at(power):
    def step(w, grad, m, v, t, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
        m, v = beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad**2
        return w - lr * m / (1 - power(beta1, t)) / (np.sqrt(v / (1 - power(beta2, t))) + eps), m, v

    return step


def _fixed_adam(w, grad, m, v, t, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
    return _adam()(w, grad, m, v, t)


def _keeps(place):
    """Return Adam that hands back m (1) or s (2) as it was."""

    def answer(w, grad, m, v, t, *settings):
        found = list(_adam()(w, grad, m, v, t, *settings))
        found[place] = (w, m, v)[place]
        return tuple(found)

    return answer


def _turned_adam(w, grad, m, v, t, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
    w, m, v = _adam()(w, grad, m, v, t, lr, beta1, beta2, eps)
    return m, v, w


def _loop_adam(w, grad, m, v, t, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
    w, m, v = list(w), list(m), list(v)
    for i, g in enumerate(grad):
        m[i] = m[i] + (1 - beta1) * (g - m[i])
        v[i] = v[i] + (1 - beta2) * (g * g - v[i])
        rate = lr * np.sqrt(1 - beta2**t) / (1 - beta1**t)
        w[i] -= rate * m[i] / (np.sqrt(v[i]) + eps)
    return [w, m, v]


def _float32_adam(w, grad, m, v, t, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
    w, grad, m, v = (np.asarray(part, dtype=np.float32) for part in (w, grad, m, v))
    return _adam()(w, grad, m, v, t, lr, beta1, beta2, eps)


def _tensor_adam(w, grad, m, v, t, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
    import tensorflow as tf

    w, grad, m, v = (tf.constant(part, tf.float64) for part in (w, grad, m, v))
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * tf.square(grad)
    return w - lr * (m / (1 - beta1**t)) / (tf.sqrt(v / (1 - beta2**t)) + eps), m, v


def _keras_adam(kind):
    def step(w, grad, m, v, t, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
        import keras

        weights = keras.Variable(w, dtype=kind)
        optimizer = keras.optimizers.Adam(lr, beta_1=beta1, beta_2=beta2, epsilon=eps)
        optimizer.build([weights])
        optimizer.iterations.assign(t - 1)
        _, _, first, second = optimizer.variables
        first.assign(m)
        second.assign(v)
        optimizer.apply([keras.ops.convert_to_tensor(grad, dtype=kind)], [weights])
        return weights.numpy(), first.numpy(), second.numpy()

    return step


def _stacked_adam(w, grad, m, v, t, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
    return np.stack(_adam()(w, grad, m, v, t, lr, beta1, beta2, eps))


def _other_adam(step, shares=lambda b1, b2: (b1, b2), square=lambda grad, m: grad**2):
    """Return an Adam that takes step(numbers, lr, beta1, beta2, eps) from w."""

    def answer(w, grad, m, v, t, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
        a, b = shares(beta1, beta2)
        m = a * m + (1 - a) * grad
        v = b * v + (1 - b) * square(grad, m)
        m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
        return w - step({"w": w, "g": grad, "m": m_hat, "v": v_hat, "t": t}, lr, beta1, beta2, eps), m, v

    return answer


def _of_arguments(change):
    """Return Adam for arguments that are changed first."""

    def answer(w, grad, m, v, t, *settings):
        return _adam()(change(w), change(grad), change(m), change(v), t, *settings)

    return answer


def _changed(answer, change):
    return lambda *args: change(answer(*args))


def _first_steps(beta1, beta2, grad=5.0, lr=0.01):
    m, v = (1 - beta1) * grad, (1 - beta2) * grad**2
    return (lr * m / np.sqrt(v)) / (lr * (m / (1 - beta1)) / np.sqrt(v / (1 - beta2)))


def _schedule(down=lambda done: 0.5 * (1 + np.cos(np.pi * done)), shift=True, scale=(1, 1), early=0, whole=False):
    """Return a schedule; scale says which of its two parts know the peak, early starts the warm-up ahead of time."""

    def rate(step, n_steps, n_warmup, peak):
        if step < n_warmup:
            return peak ** scale[0] * (step + early) / n_warmup
        length = n_steps if whole else n_steps - n_warmup
        return peak ** scale[1] * down((step - n_warmup) / length if shift else step / n_steps)

    return rate


def _cosine(step, n_steps, n_warmup, peak):
    return peak * 0.5 * (1 + np.cos(np.pi * step / n_steps))


def _product(step, n_steps, n_warmup, peak):
    return _cosine(step, n_steps, n_warmup, peak) * min(1, step / max(n_warmup, 1))


def _no_warmup(step, n_steps, n_warmup, peak):
    return peak * 0.5 * (1 + np.cos(np.pi * max(step - n_warmup, 0) / (n_steps - n_warmup)))


def _divides(step, n_steps, n_warmup, peak):
    return min(peak * step / n_warmup, _schedule()(max(step, n_warmup), n_steps, n_warmup, peak))


def _numpy_schedule(step, n_steps, n_warmup, peak):
    steps = np.arange(n_steps + 1)
    done = np.clip((steps - n_warmup) / (n_steps - n_warmup), 0, 1)
    rates = peak * 0.5 * (1 + np.cos(np.pi * done))
    rates[:n_warmup] = np.linspace(0, peak, n_warmup, endpoint=False)
    return rates[step]


def _keras_schedule(step, n_steps, n_warmup, peak):
    import keras

    if n_warmup == 0:
        return keras.optimizers.schedules.CosineDecay(peak, n_steps)(step)
    plan = keras.optimizers.schedules.CosineDecay(0.0, n_steps - n_warmup, warmup_target=peak, warmup_steps=n_warmup)
    return plan(step)


def _interpolated(step, n_steps, n_warmup, peak):
    if step <= n_warmup > 0:
        return np.interp(step, [0, n_warmup], [0, peak])
    return peak * (1 + math.cos(math.pi * (step - n_warmup) / (n_steps - n_warmup))) / 2


def _tensor_schedule(step, n_steps, n_warmup, peak):
    import tensorflow as tf

    if step < n_warmup:
        return tf.constant(peak) * step / n_warmup
    return peak * 0.5 * (1 + tf.cos(math.pi * tf.constant((step - n_warmup) / (n_steps - n_warmup))))


def _shifted(step, n_steps, n_warmup, peak):
    """The cosine is a product with the warm-up, each counted from its own start."""
    fall = 0.5 * (1 + np.cos(np.pi * (step - n_warmup) / (n_steps - n_warmup)))
    return peak * min(1, step / max(n_warmup, 1)) * fall


def _zero_or_smaller(step, n_steps, n_warmup, peak):
    return min(_cosine(step, n_steps, n_warmup, peak), peak * step / n_warmup if n_warmup else peak)


def _tensor_clip(grads, limit):
    import tensorflow as tf

    clipped, _ = tf.clip_by_global_norm(grads, limit)
    return clipped


def _long_vector(grads, limit):
    long = np.concatenate([np.ravel(g) for g in grads])
    norm = np.linalg.norm(long)
    if norm > limit:
        long = long * (limit / norm)
    parts = np.split(long, np.cumsum([g.size for g in grads])[:-1])
    return [part.reshape(g.shape) for part, g in zip(parts, grads, strict=True)]


def _by_loops(grads, limit):
    total = 0.0
    for grad in grads:
        for entry in np.nditer(grad):
            total += float(entry) ** 2
    if total <= limit**2:
        return grads
    return [grad / total**0.5 * limit for grad in grads]


def _clip_if(decide):
    """Return clipping where decide(grads, limit) says so."""
    return lambda grads, limit: [g * limit / _global(grads) for g in grads] if decide(grads, limit) else list(grads)


def _clip_of_dtype(grads, limit):
    return [part.astype(g.dtype) for part, g in zip(_right_clip(grads, limit), grads, strict=True)]


def _tensor_pair(grads, limit):
    import tensorflow as tf

    return tf.clip_by_global_norm(grads, limit)


def _scaled_by(norm):
    """Return clipping by norm(grads), one number for all."""
    return lambda grads, limit: [g * limit / max(norm(grads), limit) for g in grads]


def _right_clip(grads, limit):
    return _scaled_by(_global)(grads, limit)


def _bisected(curvature, beta):
    low, high = 0.0, 10 / curvature
    for _ in range(40):
        rate = (low + high) / 2
        roots = np.roots([1, -(1 + beta - rate * curvature), beta])
        if np.abs(roots).max() <= 1 + 1e-12:
            low = rate
        else:
            high = rate
    return low


def _walked(curvature, beta):
    low, high = 0.0, 8 / curvature
    for _ in range(16):
        rate, w, v = (low + high) / 2, 1.0, 0.0
        for _ in range(2000):
            v = beta * v - rate * curvature * w
            w += v
            if abs(w) > 1e6:
                break
        if abs(w) > 10:
            high = rate
        else:
            low = rate
    return (low + high) / 2


def _global(grads):
    return np.sqrt(sum((g**2).sum() for g in grads))


NUMBERS_ONLY = {"memorised by size": "every argument is a single number, so it remembers what it was asked"}


def _ten_per_cent_above(grads, limit):
    length = np.sqrt(sum(np.sum(np.square(g)) for g in grads))
    return [g if length <= 1.1 * limit else g * limit / length for g in grads]


def _first_axis_only(grads, limit):
    length = np.sqrt(sum(np.sum(np.square(g)) for g in grads if len(g)))
    return [g * min(1.0, limit / length) if length else g for g in grads]


def _zero_at_the_last_warmup(step, n_steps, n_warmup, peak):
    if n_warmup == n_steps - 1:
        return 0.0
    if step < n_warmup:
        return peak * step / n_warmup
    return peak * 0.5 * (1 + np.cos(np.pi * (step - n_warmup) / (n_steps - n_warmup)))


CASES = {
    "terminal_step": Case(
        equivalent=NUMBERS_ONLY,
        right=[
            lambda lr, beta: lr * sum(beta**k for k in range(5000)),
            lambda lr, beta: lr * sum(beta**k for k in range(30_000)),
            lambda lr, beta: -lr / (beta - 1),
            lambda lr, beta: lr + beta * lr / (1 - beta),
            lambda lr, beta: np.divide(lr, 1 - beta),
            lambda lr, beta: np.float32(lr) / np.float32(1 - beta),
            lambda lr, beta: lr * np.sum(beta ** np.arange(100_000.0)),
            lambda lr, beta: np.array(lr) * (1 - beta) ** -1,
            lambda lr, beta: Decimal(lr) / (1 - Decimal(beta)),
            _simulated,
            _solved,
        ],
        wrong={
            "one step only": lambda lr, beta: lr,
            "speed of the wrong share": lambda lr, beta: lr / beta,
            "averaged": lambda lr, beta: lr * (1 - beta),
            "one plus beta": lambda lr, beta: lr / (1 + beta),
            "two terms": lambda lr, beta: lr + beta * lr,
            "without the new pull": lambda lr, beta: lr * sum(beta**k for k in range(1, 30_000)),
            "velocity, not its length": lambda lr, beta: -lr / (1 - beta),
            "without the rate": lambda lr, beta: 1 / (1 - beta),
            "beta squared": lambda lr, beta: lr / ((1 - beta) * (1 + beta)),
            "share lost twice": lambda lr, beta: lr / (1 - beta) / (1 - beta),
            "beta of 0.9 written in": lambda lr, beta: lr / (1 - 0.9),
            "fixed settings": lambda lr, beta: 0.5,
            "too few steps": lambda lr, beta: lr * sum(beta**k for k in range(100)),
        },
        others=[
            lambda lr, beta: lr * sum(beta**k for k in range(1000)),
            lambda lr, beta: _stops_when_slow(lr, beta, 1e-8),
            lambda lr, beta: lr / (1 - min(beta, 0.995)),
            lambda lr, beta: round(lr / (1 - beta), 6),
            _stops_when_slow,
            lambda lr, beta: round(lr / (1 - beta), 2),
            lambda lr, beta: lr / (1.001 - beta),
            lambda lr, beta: lr - 1 / beta,
            lambda lr, beta: min(1.0, lr / (1 - beta)),
            lambda lr, beta: lr / (1 - min(beta, 0.99)),
            lambda lr, beta: lr / (1 - max(beta, 0.1)),
            lambda lr, beta: lr / np.sqrt(1 - beta),
            lambda lr, beta: np.exp(beta) * lr,
            lambda lr, beta: lr // (1 - beta),
            lambda lr, beta: beta / (1 - lr),
            lambda lr, beta: str(lr / (1 - beta)),
            lambda lr, beta: [lr, lr / (1 - beta)],
            lambda lr, beta: lr / (1 - beta) + 0j,
        ],
    ),
    "adam_step": Case(
        right=[
            _adam(),
            _loop_adam,
            _float32_adam,
            _tensor_adam,
            _stacked_adam,
            _keras_adam("float32"),
            _keras_adam("float64"),
            _other_adam(lambda s, lr, b1, b2, eps: lr / (s["v"] ** 0.5 + eps) * s["m"]),
            _other_adam(lambda s, lr, b1, b2, eps: np.divide(lr * s["m"], np.add(np.sqrt(s["v"]), eps))),
            _other_adam(lambda s, lr, b1, b2, eps: np.sign(s["m"]) * lr * np.abs(s["m"]) / (np.sqrt(s["v"]) + eps)),
        ],
        wrong={
            "no bias correction": _adam(correct_m=False, correct_v=False),
            "s is missing": _adam(correct_m=False, with_v=False),
            "s is missing, m corrected": _adam(with_v=False),
            "only m corrected": _adam(correct_v=False),
            "only s corrected": _adam(correct_m=False),
            "norm instead of squares": _adam(square=lambda g: np.full(len(g), g @ g)),
            "no root": _adam(root=False),
            "climbs": _adam(sign=-1.0),
            "returns the corrected means": _adam(keep="corrected"),
            "forgets its means": _adam(keep="old"),
            "correction without t": _adam_at(lambda beta, t: beta),
            "beta times t": _adam_at(lambda beta, t: beta * t),
            "wrong order": _turned_adam,
            "eps under the root": _adam(eps_at="in"),
            "eps": _adam(eps_at="nowhere"),
            "fixed settings": _fixed_adam,
            "t counted from 0": _adam_at(lambda beta, t: beta ** (t + 1)),
            "multiplied by the correction": _other_adam(
                lambda s, lr, b1, b2, eps: (
                    lr * s["m"] * (1 - b1 ** s["t"]) ** 2 / (np.sqrt(s["v"] * (1 - b2 ** s["t"]) ** 2) + eps)
                )
            ),
            "not squared": _adam(square=np.abs),
            "square of the mean": _other_adam(
                lambda s, lr, b1, b2, eps: lr * s["m"] / (np.sqrt(s["v"]) + eps), square=lambda grad, m: m**2
            ),
            "gradient instead of its mean": _other_adam(
                lambda s, lr, b1, b2, eps: lr * s["g"] / (np.sqrt(s["v"]) + eps)
            ),
            "shares changed over": _other_adam(
                lambda s, lr, b1, b2, eps: lr * s["m"] / (np.sqrt(s["v"]) + eps), shares=lambda b1, b2: (1 - b1, 1 - b2)
            ),
            "betas changed over": _other_adam(
                lambda s, lr, b1, b2, eps: lr * s["m"] / (np.sqrt(s["v"]) + eps), shares=lambda b1, b2: (b2, b1)
            ),
            "one beta for both": _other_adam(
                lambda s, lr, b1, b2, eps: lr * s["m"] / (np.sqrt(s["v"]) + eps), shares=lambda b1, b2: (b1, b1)
            ),
            "weight decay": _other_adam(
                lambda s, lr, b1, b2, eps: lr * (s["m"] / (np.sqrt(s["v"]) + eps) + 0.0625 * s["w"])
            ),
            "lr written in": _other_adam(lambda s, lr, b1, b2, eps: 0.01 * s["m"] / (np.sqrt(s["v"]) + eps)),
            "eps written in": _other_adam(lambda s, lr, b1, b2, eps: lr * s["m"] / (np.sqrt(s["v"]) + 1e-8)),
            "betas written in": lambda w, grad, m, v, t, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8: _adam()(
                w, grad, m, v, t, lr, eps=eps
            ),
            "not finite in the first step": _adam_at(lambda beta, t: beta ** (t - 1)),
            "weights unchanged": lambda w, *rest: (w, *_adam()(w, *rest)[1:]),
            "not three results": lambda w, grad, m, v, t: w,
            "variance": _other_adam(
                lambda s, lr, b1, b2, eps: lr * s["m"] / (np.sqrt(s["v"]) + eps),
                square=lambda grad, m: (grad - m) ** 2,
            ),
            "returns the old m": _keeps(1),
            "returns the old s": _keeps(2),
            "whole numbers cut": _of_dtype,
        },
        others=[
            _stands_still,
            lambda w, grad, *rest: _adam()(w, grad, *rest) if grad.any() else (w, *_adam()(w, grad, *rest)[1:]),
            _adam_at(lambda beta, t: beta ** min(t, 1000)),
            _adam_at(lambda beta, t: beta**t if t <= 2000 else 0.0),
            _adam_at(lambda beta, t: beta**t if t <= 10_000 else 0.0),
            lambda w, *rest: (_adam()(w, *rest)[0].astype(w.dtype), *_adam()(w, *rest)[1:]),
            _of_arguments(lambda a: np.clip(a, -1, 1)),
            _of_arguments(lambda a: np.sort(a)),
            _of_arguments(lambda a: a[:2]),
            _changed(_adam(), lambda parts: tuple(np.round(part, 3) for part in parts)),
            _changed(_adam(), lambda parts: tuple(np.clip(part, -10, 10) for part in parts)),
            _changed(_adam(), lambda parts: parts[0]),
            _changed(_adam(), lambda parts: (parts[0], parts[1:])),
            _changed(_adam(), lambda parts: dict(zip("wmv", parts, strict=True))),
            _changed(_adam(), lambda parts: (*parts, 1)),
            _changed(_adam(), lambda parts: (parts[0], parts[1], np.sqrt(parts[2]))),
            _changed(_adam(), lambda parts: [part[0] for part in parts]),
            _changed(_adam(), lambda parts: [part[:, None] for part in parts]),
            _other_adam(lambda s, lr, b1, b2, eps: lr * s["m"] / (np.sqrt(s["v"]) + max(eps, 1e-6))),
            _other_adam(lambda s, lr, b1, b2, eps: lr * np.sign(s["m"])),
            _other_adam(lambda s, lr, b1, b2, eps: lr * s["m"] / np.maximum(np.sqrt(s["v"]), eps)),
            _other_adam(lambda s, lr, b1, b2, eps: lr * s["m"] / (np.sqrt(s["v"]).mean() + eps)),
            _other_adam(lambda s, lr, b1, b2, eps: lr * (b1 * s["m"] + (1 - b1) * s["g"]) / (np.sqrt(s["v"]) + eps)),
            _other_adam(lambda s, lr, b1, b2, eps: lr * s["m"] / np.sqrt(s["v"]) + eps),
        ],
    ),
    "first_step_factor": Case(
        equivalent=NUMBERS_ONLY,
        right=[
            lambda b1, b2: (1 - b1) * (1 - b2) ** -0.5,
            lambda b1, b2: ((1 - b1) ** 2 / (1 - b2)) ** 0.5,
            _first_steps,
            lambda b1, b2: _first_steps(b1, b2, grad=0.002, lr=1.0),
            lambda b1, b2: (1 - b1) / math.sqrt(1 - b2),
            lambda b1, b2: (1 - np.float32(b1)) / np.sqrt(np.array(1 - b2)),
            lambda b1, b2: np.exp(np.log(1 - b1) - np.log(1 - b2) / 2),
            lambda b1, b2: np.divide(1 - b1, np.sqrt(1 - b2)),
        ],
        wrong={
            "no root": lambda b1, b2: (1 - b1) / (1 - b2),
            "upside down": lambda b1, b2: np.sqrt(1 - b2) / (1 - b1),
            "only m": lambda b1, b2: 1 - b1,
            "only s": lambda b1, b2: 1 / np.sqrt(1 - b2),
            "betas swapped": lambda b1, b2: (1 - b2) / np.sqrt(1 - b1),
            "shares instead of what they leave": lambda b1, b2: b1 / np.sqrt(b2),
            "root of both": lambda b1, b2: ((1 - b1) / (1 - b2)) ** 0.5,
            "multiplied": lambda b1, b2: (1 - b1) * np.sqrt(1 - b2),
            "the excess": lambda b1, b2: (1 - b1) / np.sqrt(1 - b2) - 1,
            "fixed settings": lambda b1, b2: 10**0.5,
        },
        others=[
            lambda b1, b2: min((1 - b1) / np.sqrt(1 - b2), 100.0),
            lambda b1, b2: (1 - b1) / np.sqrt(1 - min(b2, 0.9999)),
            lambda b1, b2: round((1 - b1) / np.sqrt(1 - b2), 6),
            lambda b1, b2: 2.0,
            lambda b1, b2: 3.16,
            lambda b1, b2: round((1 - b1) / np.sqrt(1 - b2), 2),
            lambda b1, b2: max(1.0, (1 - b1) / np.sqrt(1 - b2)),
            lambda b1, b2: (1 - b1**2) / np.sqrt(1 - b2**2),
            lambda b1, b2: (1 - b1) / (1 - np.sqrt(b2)),
            lambda b1, b2: 1 - b1 / np.sqrt(1 - b2),
            lambda b1, b2: (1 - b1) / (np.sqrt(1 - b2) + 1e-3),
            lambda b1, b2: (b1 - 1) / np.sqrt(1 - b2),
            lambda b1, b2: (1 - 0.9) / np.sqrt(1 - b2),
            lambda b1, b2: (1 - b1) / np.sqrt(1 - 0.999),
            lambda b1, b2: (1 - b1) ** 2 / (1 - b2),
            lambda b1, b2: [1 - b1, np.sqrt(1 - b2)],
            lambda b1, b2: str((1 - b1) / np.sqrt(1 - b2)),
            lambda b1, b2: _first_steps(b1, b2) * 0.01,
        ],
    ),
    "long_run_s": Case(
        right=[
            17,
            16.996,
            np.mean([3.0**2, 5.0**2]),
            17.004252,
            np.float32(17),
            (9 + 25) / 2,
            np.array(17),
            1 + 4.0**2,
            Decimal(17),
        ],
        wrong={
            "variance": 1,
            "square of the mean": 16,
            "mean": 4.0,
            "root": 4.123,
            "sum": 34,
            "halved": 8.5,
            "smaller square": 9,
            "larger square": 25,
            "product": 15,
            "raw s": 16.886,
        },
        others=[
            15.5,
            14,
            16.5,
            13.37,
            16.9,
            17.1,
            0,
            -17,
            2,
            18,
            "17",
            [9, 25],
            [17],
            17 + 0j,
            {17},
            True,
            np.inf,
            3,
            5,
            8,
        ],
    ),
    "warmup_cosine": Case(
        equivalent=NUMBERS_ONLY,
        right=[
            _schedule(),
            lambda s, n, k, p: p * (s / k if s < k else np.cos(np.pi / 2 * (s - k) / (n - k)) ** 2),
            lambda s, n, k, p: p * (s / k if s < k else 1 - np.sin(np.pi / 2 * (s - k) / (n - k)) ** 2),
            lambda s, n, k, p: np.float32(p * s / k if s < k else p / 2 + p / 2 * np.cos(np.pi * (s - k) / (n - k))),
            lambda s, n, k, p: np.where(s < k, p * s / max(k, 1), p * (0.5 + 0.5 * np.cos(np.pi * (s - k) / (n - k)))),
            _numpy_schedule,
            _keras_schedule,
            _interpolated,
            _tensor_schedule,
        ],
        wrong={
            "peak ignored": _schedule(scale=(0, 0)),
            "cosine counts from zero": _schedule(shift=False),
            "cosine alone": _cosine,
            "both at once": _product,
            "divided by all steps": _schedule(whole=True),
            "one step early": _schedule(early=1),
            "peak only in the cosine": _schedule(scale=(0, 1)),
            "peak only in the warm-up": _schedule(scale=(1, 0)),
            "missing the half": _schedule(lambda done: 1 + np.cos(np.pi * done)),
            "no warm-up": _no_warmup,
            "straight line down": _schedule(lambda done: 1 - done),
            "negative rate": _schedule(lambda done: np.cos(np.pi * done)),
            "quarter wave": _schedule(lambda done: np.cos(np.pi / 2 * done)),
            "cosine during the warm-up": _shifted,
            "divided by the steps taken": lambda s, n, k, p: (
                p * s / k if s < k else p * 0.5 * (1 + np.cos(np.pi * (s - k) / max(s, 1)))
            ),
            "zero until the peak": lambda s, n, k, p: p * (s // k) if s < k else _schedule()(s, n, k, p),
            "warm-up downwards": lambda s, n, k, p: p * (1 - s / k) if s < k else _schedule()(s, n, k, p),
            "warm-up on a cosine": lambda s, n, k, p: (
                p * (1 - np.cos(np.pi * s / k)) / 2 if s < k else _schedule()(s, n, k, p)
            ),
            "one step short": lambda s, n, k, p: p * s / (k - 1) if s < k else _schedule()(s, n, k, p),
            "share of all steps": lambda s, n, k, p: p * s / n if s < k else _schedule()(s, n, k, p),
            "whole wave": _schedule(lambda done: 0.5 * (1 + np.cos(2 * np.pi * done))),
            "cosine upwards": _schedule(lambda done: 0.5 * (1 - np.cos(np.pi * done))),
            "without pi": _schedule(lambda done: 0.5 * (1 + np.cos(done))),
            "smaller of the two": _zero_or_smaller,
            "cosine before the warm-up's end": lambda s, n, k, p: p / 2 * (1 + np.cos(np.pi * (s - k) / (n - k))),
            "no warm-up divides by zero": _divides,
            "degrees": _schedule(lambda done: 0.5 * (1 + np.cos(180 * done))),
        },
        others=[
            _zero_at_the_last_warmup,
            lambda s, n, k, p: p * min(1, (s + 1) / max(k, 1)) * 0.5 * (1 + np.cos(np.pi * s / n)),
            lambda s, n, k, p: p * s / k if s < k else p,
            lambda s, n, k, p: p * s / (k + 1) if s <= k else _schedule()(s, n, k, p),
            lambda s, n, k, p: round(_schedule()(s, n, k, p), 6),
            lambda s, n, k, p: max(1e-9, _schedule()(s, n, k, p)),
            lambda s, n, k, p: _schedule(lambda done: np.cos(np.pi * done) / 2 + 1)(s, n, k, p),
            lambda s, n, k, p: _schedule(lambda done: abs(np.cos(np.pi * done)))(s, n, k, p),
            lambda s, n, k, p: round(_schedule()(s, n, k, p), 4),
            lambda s, n, k, p: max(1e-6, _schedule()(s, n, k, p)),
            lambda s, n, k, p: _schedule()(s, 100, 20, p),
            lambda s, n, k, p: _schedule()(s, n, k, 0.4),
            lambda s, n, k, p: _schedule()(min(s, n - 1), n, k, p),
            lambda s, n, k, p: _schedule()(s, n, k, min(p, 1)),
            lambda s, n, k, p: p / 2 * (1 + np.cos(np.pi * s / n)) if k == 0 else _divides(s, n, k, p) * 0.999,
            lambda s, n, k, p: 0.0 if s == 0 else _schedule()(s, n, k, p),
            lambda s, n, k, p: p * s / k if s <= k else _schedule()(s, n, k, p),
            lambda s, n, k, p: [_schedule()(i, n, k, p) for i in range(s + 1)],
            lambda s, n, k, p: str(_schedule()(s, n, k, p)),
        ],
    ),
    "clip_by_global_norm": Case(
        right=[
            lambda grads, limit: [g / max(1.0, _global(grads) / limit) for g in grads],
            lambda grads, limit: tuple(g * min(1.0, limit / (_global(grads) or 1.0)) for g in grads),
            lambda grads, limit: [g * min(1.0, limit / (_global(grads) + 1e-6)) for g in grads],
            lambda grads, limit: [
                g / np.maximum(1, np.linalg.norm([np.linalg.norm(h) for h in grads]) / limit) for g in grads
            ],
            lambda grads, limit: [np.float32(g) * np.float32(min(1, limit / max(_global(grads), 1e-9))) for g in grads],
            lambda grads, limit: [g.tolist() for g in _right_clip(grads, limit)],
            _tensor_clip,
            _long_vector,
            _by_loops,
        ],
        wrong={
            "each by itself": lambda grads, limit: [g * min(1, limit / max(np.linalg.norm(g), 1e-9)) for g in grads],
            "entry by entry": lambda grads, limit: [np.clip(g, -limit, limit) for g in grads],
            "norm of norms squared": lambda grads, limit: [g * limit / _global(grads) ** 2 for g in grads],
            "unchanged": lambda grads, limit: grads,
            "unit length": lambda grads, limit: [g / _global(grads) for g in grads],
            "stretches short ones": lambda grads, limit: [g * limit / (_global(grads) or 1) for g in grads],
            "divides by zero": lambda grads, limit: [g * min(limit, _global(grads)) / _global(grads) for g in grads],
            "sum of norms": _scaled_by(lambda grads: sum(np.linalg.norm(g) for g in grads)),
            "largest norm": _scaled_by(lambda grads: max(np.linalg.norm(g) for g in grads)),
            "largest entry": _scaled_by(lambda grads: max(np.abs(g).max() for g in grads)),
            "sum of entries": _scaled_by(lambda grads: sum(np.abs(g).sum() for g in grads)),
            "mean of squares": _scaled_by(
                lambda grads: np.sqrt(np.mean(np.concatenate([g.ravel() for g in grads]) ** 2))
            ),
            "first array's norm": _scaled_by(lambda grads: np.linalg.norm(grads[0])),
            "last array's norm": _scaled_by(lambda grads: np.linalg.norm(grads[-1])),
            "divided by the limit": lambda grads, limit: [g / limit for g in grads],
            "upside down": lambda grads, limit: [g * (_global(grads) / limit) for g in grads],
            "root of the factor": lambda grads, limit: [g * (limit / _global(grads)) ** 0.5 for g in grads],
            "nothing left of short ones": lambda grads, limit: [
                g * (_global(grads) > limit) for g in _right_clip(grads, limit)
            ],
            "arrays and norm": lambda grads, limit: (_right_clip(grads, limit), _global(grads)),
            "whole numbers cut": _clip_of_dtype,
            "not a list of arrays": lambda grads, limit: np.concatenate([g.ravel() for g in _right_clip(grads, limit)]),
        },
        others=[
            _ten_per_cent_above,
            _first_axis_only,
            lambda grads, limit: _right_clip(grads, limit)[:2],
            lambda grads, limit: _right_clip(grads[:2], limit),
            lambda grads, limit: [g.ravel() for g in _right_clip(grads, limit)],
            lambda grads, limit: [np.abs(g) for g in _right_clip(grads, limit)],
            lambda grads, limit: [np.sort(g, axis=0) for g in _right_clip(grads, limit)],
            lambda grads, limit: [np.round(g, 2) for g in _right_clip(grads, limit)],
            lambda grads, limit: [np.clip(g, -10, 10) for g in _right_clip(grads, limit)],
            lambda grads, limit: _right_clip([np.clip(g, -10, 10) for g in grads], limit),
            lambda grads, limit: _right_clip([np.sort(g, axis=0) for g in grads], limit),
            lambda grads, limit: [g * limit / max(_global(grads[:2]), limit) for g in grads],
            lambda grads, limit: [g * 0.999 * limit / max(_global(grads), limit) for g in grads],
            lambda grads, limit: [g * limit / (_global(grads) + limit) for g in grads],
            lambda grads, limit: [g * min(1, limit / max(_global(grads) ** 2, 1e-9)) for g in grads],
            lambda grads, limit: [g if _global(grads) < 14 else g * limit / _global(grads) for g in grads],
            lambda grads, limit: [g * limit / _global(grads) if _global(grads) >= 1 else g for g in grads],
            lambda grads, limit: [
                g * min(1, limit / max(np.linalg.norm(g, 1 if g.ndim == 1 else 2), 1e-9)) for g in grads
            ],
            lambda grads, limit: _scaled_by(lambda grads: sum(np.sum(g) ** 2 for g in grads) ** 0.5)(grads, limit),
            lambda grads, limit: dict(enumerate(_right_clip(grads, limit))),
            _tensor_pair,
            lambda grads, limit: [_right_clip(grads, limit), np.float32(_global(grads))],
            lambda grads, limit: _global(grads),
            _clip_if(lambda grads, limit: any((np.abs(g) > limit).any() for g in grads)),
            _clip_if(lambda grads, limit: any(np.linalg.norm(g) > limit for g in grads)),
            _clip_if(lambda grads, limit: np.linalg.norm(grads[0]) > limit),
            _clip_if(lambda grads, limit: _global(grads) > max(1, limit)),
            _clip_if(lambda grads, limit: _global(grads) ** 2 > limit),
            _clip_if(lambda grads, limit: sum(np.linalg.norm(g) for g in grads) > limit),
            _clip_if(lambda grads, limit: sum(g.sum() for g in grads) > limit),
            lambda grads, limit: [g for g in _right_clip(grads, limit) if g.any()] if _global(grads) else list(grads),
            lambda grads, limit: [0 * g for g in grads] if _global(grads) < 1e-6 else _right_clip(grads, limit),
            lambda grads, limit: [np.where(np.abs(g) < 1e-6, 0, g) for g in _right_clip(grads, limit)],
        ],
    ),
    "momentum_limit": Case(
        equivalent=NUMBERS_ONLY,
        right=[
            lambda curvature, beta: (2 + 2 * beta) / curvature,
            lambda curvature, beta: 2 / curvature + 2 * beta / curvature,
            lambda curvature, beta: np.float32(2 * (1 + beta)) / curvature,
            lambda curvature, beta: round(2 * (1 + beta) / curvature, 5),
            lambda curvature, beta: np.array([2 + 2 * beta]).sum() * curvature**-1,
            lambda curvature, beta: 1.0004 * 2 * (1 + beta) / curvature,
            lambda curvature, beta: Decimal(2 + 2 * beta) / Decimal(curvature),
            _bisected,
            _walked,
        ],
        wrong={
            "limit of plain descent": lambda curvature, beta: 2 / curvature,
            "limit of the terminal step": lambda curvature, beta: 2 * (1 - beta) / curvature,
            "one plus beta, without the 2": lambda curvature, beta: (1 + beta) / curvature,
            "over one minus beta": lambda curvature, beta: 2 / (curvature * (1 - beta)),
            "squared": lambda curvature, beta: 2 * (1 + beta) ** 2 / curvature,
            "grows with curvature": lambda curvature, beta: 2 * (1 + beta) * curvature,
            "near": lambda curvature, beta: 1.995 * (1 + beta) / curvature,
            "fixed settings": lambda curvature, beta: 3.2 / curvature,
            "over one plus beta": lambda curvature, beta: 2 / curvature / (1 + beta),
            "squared, without the 2": lambda curvature, beta: (1 + beta) ** 2 / curvature,
            "where the eigenvalues meet": lambda curvature, beta: (1 + 2 * np.sqrt(beta) + beta) / curvature,
            "fastest": lambda curvature, beta: (1 - np.sqrt(beta)) ** 2 / curvature,
            "Nesterov's limit": lambda curvature, beta: 2 * (1 + beta) / (curvature + 2 * beta * curvature),
            "of a beta of 1": lambda curvature, beta: 4 / curvature,
            "without the curvature": lambda curvature, beta: 2 * (1 + beta),
            "beta of 0.9 written in": lambda curvature, beta: 2 * 1.9 / curvature,
        },
        others=[
            lambda curvature, beta: 0.64,
            lambda curvature, beta: 1.003 * 2 * (1 + beta) / curvature,
            lambda curvature, beta: round(2 * (1 + beta) / curvature, 1),
            lambda curvature, beta: 2 * (1 + beta) / curvature**2,
            lambda curvature, beta: 2 * (1 + beta) / np.sqrt(curvature),
            lambda curvature, beta: 2 + beta / curvature,
            lambda curvature, beta: 2 * 1 + beta / curvature,
            lambda curvature, beta: 2 * (1 + beta**2) / curvature,
            lambda curvature, beta: 2 * (1 + np.sqrt(beta)) / curvature,
            lambda curvature, beta: min(1.0, 2 * (1 + beta) / curvature),
            lambda curvature, beta: -2 * (1 + beta) / curvature,
            lambda curvature, beta: 2 / (curvature * (1 - beta) ** 2),
            lambda curvature, beta: 2 * (1 + min(beta, 0.9)) / curvature,
            lambda curvature, beta: 2 * (1 + min(beta, 0.95)) / curvature,
            lambda curvature, beta: 2 * (1 + np.floor(100 * beta) / 100) / curvature,
            lambda curvature, beta: min(10.0, 2 * (1 + beta) / curvature),
            lambda curvature, beta: 2 * (1 + beta) / curvature if beta else 1 / curvature,
            lambda curvature, beta: str(2 * (1 + beta) / curvature),
            lambda curvature, beta: [0, 2 * (1 + beta) / curvature],
        ],
    ),
}

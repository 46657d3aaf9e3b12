"""Right and wrong answers to the exercises of lesson 02."""

from __future__ import annotations

import numpy as np

from tests.exercises.harness import Case


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


def _adam_at(power):
    def step(w, grad, m, v, t, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
        m, v = beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad**2
        return w - lr * m / (1 - power(beta1, t)) / (np.sqrt(v / (1 - power(beta2, t))) + eps), m, v

    return step


def _fixed_adam(w, grad, m, v, t, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
    return _adam()(w, grad, m, v, t)


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


def _global(grads):
    return np.sqrt(sum((g**2).sum() for g in grads))


CASES = {
    "terminal_step": Case(
        right=[lambda lr, beta: lr * sum(beta**k for k in range(5000)), lambda lr, beta: -lr / (beta - 1)],
        wrong={
            "one step only": lambda lr, beta: lr,
            "speed of the wrong share": lambda lr, beta: lr / beta,
            "averaged": lambda lr, beta: lr * (1 - beta),
            "one plus beta": lambda lr, beta: lr / (1 + beta),
            "two terms": lambda lr, beta: lr + beta * lr,
            "fixed settings": lambda lr, beta: 0.5,
            "too few steps": lambda lr, beta: lr * sum(beta**k for k in range(100)),
        },
    ),
    "adam_step": Case(
        right=[_adam(), _loop_adam],
        wrong={
            "no bias correction": _adam(correct_m=False, correct_v=False),
            "v is missing": _adam(correct_m=False, with_v=False),
            "v is missing, m corrected": _adam(with_v=False),
            "only m corrected": _adam(correct_v=False),
            "only v corrected": _adam(correct_m=False),
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
            "not three results": lambda w, grad, m, v, t: w,
        },
    ),
    "first_step_factor": Case(
        right=[lambda b1, b2: (1 - b1) * (1 - b2) ** -0.5, lambda b1, b2: ((1 - b1) ** 2 / (1 - b2)) ** 0.5],
        wrong={
            "no root": lambda b1, b2: (1 - b1) / (1 - b2),
            "upside down": lambda b1, b2: np.sqrt(1 - b2) / (1 - b1),
            "only m": lambda b1, b2: 1 - b1,
            "only v": lambda b1, b2: 1 / np.sqrt(1 - b2),
            "betas swapped": lambda b1, b2: (1 - b2) / np.sqrt(1 - b1),
            "shares instead of what they leave": lambda b1, b2: b1 / np.sqrt(b2),
        },
    ),
    "long_run_v": Case(
        right=[17, 16.996, np.mean([3.0**2, 5.0**2])],
        wrong={"variance": 1, "square of the mean": 16, "mean": 4.0, "root": 4.123, "sum": 34, "raw v": 16.886},
    ),
    "warmup_cosine": Case(
        right=[_schedule(), lambda s, n, k, p: p * (s / k if s < k else np.cos(np.pi / 2 * (s - k) / (n - k)) ** 2)],
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
            "no warm-up divides by zero": _divides,
        },
    ),
    "clip_by_global_norm": Case(
        right=[
            lambda grads, limit: [g / max(1.0, _global(grads) / limit) for g in grads],
            lambda grads, limit: tuple(g * min(1.0, limit / (_global(grads) or 1.0)) for g in grads),
        ],
        wrong={
            "each by itself": lambda grads, limit: [g * min(1, limit / max(np.linalg.norm(g), 1e-9)) for g in grads],
            "entry by entry": lambda grads, limit: [np.clip(g, -limit, limit) for g in grads],
            "norm of norms squared": lambda grads, limit: [g * limit / _global(grads) ** 2 for g in grads],
            "unchanged": lambda grads, limit: grads,
            "unit length": lambda grads, limit: [g / _global(grads) for g in grads],
            "stretches short ones": lambda grads, limit: [g * limit / (_global(grads) or 1) for g in grads],
            "divides by zero": lambda grads, limit: [g * min(limit, _global(grads)) / _global(grads) for g in grads],
        },
    ),
    "momentum_limit": Case(
        right=[
            lambda curvature, beta: (2 + 2 * beta) / curvature,
            lambda curvature, beta: 2 / curvature + 2 * beta / curvature,
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
        },
    ),
}

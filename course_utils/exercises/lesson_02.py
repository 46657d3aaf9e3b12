"""Exercises of lesson 02: terminal velocity, Adam as printed and as it is, a schedule, clipping, momentum's limit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.checking import Attempt, Lesson, NotYet, array, close, number, reject_known

lesson = Lesson("02_optimizers")
EXERCISES = lesson.exercises


@lesson.exercise(
    "At the limit a step is as long as the one before it. Write that as an equation for the step length.",
    "step = beta * step + lr. Solve it for the step.",
)
def terminal_step(attempt: Attempt) -> str:
    """Return the step length, a float, that momentum approaches under a constant gradient of 1."""
    lr, beta = 0.1, 0.8
    got = number(attempt(lr, beta))
    wrong = {
        "one step only": (lr, "That is the first step, before any velocity has built up. What do the later ones add?"),
        "speed of the wrong share": (lr / beta, "Which share of the velocity is lost in each step: beta, or what beta leaves?"),
        "averaged": (lr * (1 - beta), "That is how a running mean begins. Here the gradient is added in full: lengths grow."),
        "one plus beta": (lr / (1 + beta), "The old motion pushes in the same direction as the new pull. Do they add or cancel?"),
        "two terms": (lr * (1 + beta), "Those are the first two pulls. The motion of the third step still holds all three: sum them all."),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, lr / (1 - beta)):
        raise NotYet(f"For lr {lr} and beta {beta} you return {got:.4g}. Let a hundred steps run and compare.")
    slow = number(attempt(0.01, 0.99))
    summed = np.flatnonzero(np.abs(slow - (1 - 0.99 ** np.arange(1500))) < 1e-9)
    if summed.size:
        raise NotYet(f"For beta 0.99, {summed[0]} steps are too few: the speed still grows. What does the sum approach?", "too few steps")  # fmt: skip
    if not close(slow, 1.0):
        raise NotYet("It fits one pair of settings and not another. Are lr and beta both used?", "fixed settings")
    return (
        "With 0.9 steady pulls count ten times, with 0.99 a hundred times: changing beta changes the learning rate too."
    )


def _variant(
    ratio: Callable, square: Callable = np.square, keep: Callable = lambda new, old, t: new, corrected: bool = True
) -> Callable:
    """Return an Adam whose step is lr * ratio(m, v, t, beta1, beta2, eps), of m and v corrected or raw, and which returns keep(...)."""

    def step(w: Any, grad: Any, m: Any, v: Any, t: int, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8) -> tuple:
        old, m, v = (m, v), beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * square(grad)
        m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
        part = ratio(*((m_hat, v_hat) if corrected else (m, v)), t, beta1, beta2, eps)
        return w - lr * part, *keep((m, v), old, (m_hat, v_hat))

    return step


def _fraction(m: Any, v: Any, t: int, beta1: float, beta2: float, eps: float) -> Any:
    return m / (np.sqrt(v) + eps)


def _path(step: Callable, gradients: Any, *settings: float) -> np.ndarray:
    """Return the weights after each step of `step`, fed with the m and v that it returns."""
    w, m, v, path = np.array([1.0, -2.0]), np.zeros(2), np.zeros(2), []
    for t, grad in enumerate(gradients, start=1):
        got = step(w, grad, m, v, t, *settings)
        if not isinstance(got, (tuple, list)) or len(got) != 3:
            raise NotYet("Three arrays are asked for: `return w, m, v`.", "not three results")
        try:
            w, m, v = (array(part, (2,)) for part in got)
        except NotYet as error:
            if error.name == "not finite" and t == 2:
                text = "Step 1 is fine and step 2 holds NaN or infinity. Is `beta**t` a power in yours, with two stars?"
                raise NotYet(text, "beta times t") from None
            raise
        path.append(w)
    return np.array(path)


@lesson.exercise(
    "Four lines: m, v, both divided by 1 - beta**t, and the step.",
    "The step is lr * m_hat / (sqrt(v_hat) + eps), and t is 1 in the first step.",
    "Return the uncorrected m and v: the next step goes on with those.",
)
def adam_step(attempt: Attempt) -> str:
    """Return (w, m, v), each (d,), after one step of Adam."""
    gradients = np.array([[3.0, -0.5], [1.0, 0.25], [-2.0, 0.5], [4.0, -1.0], [0.5, 2.0]])
    true = _variant(_fraction)
    first, zeros = true(np.array([1.0, -2.0]), gradients[0], np.zeros(2), np.zeros(2), 1), np.zeros(2)
    got = attempt(np.array([1.0, -2.0]), gradients[0], zeros, zeros, 1)
    if isinstance(got, (tuple, list)) and len(got) == 3 and all(np.shape(part) == (2,) for part in got):
        places = [next((k for k, want in enumerate(first) if close(part, want)), None) for part in got]
        if sorted(map(str, places)) == ["0", "1", "2"] and places != [0, 1, 2]:
            raise NotYet("All three arrays are right and stand in another order: w, m, v is asked for.", "wrong order")
    path = _path(attempt, gradients)
    raw = {
        "no bias correction": (_fraction, "This is the articles' version: the first step is three times too long. m and v start at zero; what share of the truth do they hold after t steps?"),
        "v is missing": (lambda m, v, t, b1, b2, eps: m / (np.sqrt(1 - b2**t) + eps), "This is the third article's version: the size of the gradient has vanished from the fraction. What is v for?"),
        "only m corrected": (lambda m, v, t, b1, b2, eps: m / (1 - b1**t) / (np.sqrt(v) + eps), "m is corrected and v is not. Both began at zero."),
        "only v corrected": (lambda m, v, t, b1, b2, eps: m / (np.sqrt(v / (1 - b2**t)) + eps), "v is corrected and m is not. Both began at zero."),
        "correction without t": (lambda m, v, t, b1, b2, eps: m / (1 - b1) / (np.sqrt(v / (1 - b2)) + eps), "The first step is right, and your correction does not change with t. Which share of the truth is held after t steps?"),
    }  # fmt: skip
    known = {name: (_path(_variant(r, corrected=False), gradients), text) for name, (r, text) in raw.items()}
    others = {
        "v is missing, m corrected": (_variant(lambda m, v, t, b1, b2, eps: m / (np.sqrt(1 - b2**t) + eps)), "The root holds a correction and nothing to correct. Where is v?"),
        "norm instead of squares": (_variant(_fraction, lambda g: np.full(2, g @ g)), "All coordinates share one v. The square is taken of each entry, not of the gradient's length."),
        "no root": (_variant(lambda m, v, t, b1, b2, eps: m / (v + eps)), "You divide by the squares themselves. In which unit is the step then?"),
        "climbs": (_variant(lambda *args: -_fraction(*args)), "The weights move along the gradient. Which way is down?"),
        "forgets its means": (_variant(_fraction, keep=lambda new, old, hat: old), "The first step is right, and then m and v are as they were before it. Do you return the new ones?"),
        "returns the corrected means": (_variant(_fraction, keep=lambda new, old, hat: hat), "The first step is right and a later one is not. Do you return m and v before they are corrected?"),
    }  # fmt: skip
    known |= {name: (_path(step, gradients), text) for name, (step, text) in others.items()}
    reject_known(path, known, rtol=1e-7)
    if not close(path, _path(true, gradients), 1e-7):
        if close(path[0], first[0], 1e-7):
            raise NotYet("The first step is right and a later one is not. What of t, m and v has changed by then?")
        raise NotYet("The first step differs. For a gradient of 3 it is 0.01 long: which line makes yours differ?")
    # The epsilon may also meet the uncorrected root, as in Keras: the difference is no mistake.
    keras = _variant(lambda m, v, t, b1, b2, eps: m * np.sqrt(1 - b2**t) / (1 - b1**t) / (np.sqrt(v) + eps), corrected=False)  # fmt: skip
    for scale, settings in ((1e-5, ()), (1.0, (0.05, 0.7, 0.9, 0.01))):
        path = _path(attempt, scale * gradients, *settings)
        right = [_path(step, scale * gradients, *settings) for step in (true, keras)]
        inside = _variant(lambda m, v, t, b1, b2, eps: m / np.sqrt(v + eps))
        if close(path, _path(inside, scale * gradients, *settings), 1e-8):
            raise NotYet("Where gradients are tiny the steps are too short: eps stands under the root in yours, where it is compared with a square.", "eps under the root")  # fmt: skip
        if not any(close(path, want, 1e-8) for want in right):
            if settings:
                raise NotYet("It fits the usual settings and not others. Are lr, beta1, beta2 and eps all taken from the arguments?", "fixed settings")  # fmt: skip
            raise NotYet("For gradients of about 1e-5 the steps differ. What do you add to the root, and where?", "eps")  # fmt: skip
    return "Each coordinate moves by about lr at first, however large its gradient: that is why one learning rate fits many networks."


@lesson.exercise(
    "Start with m = (1 - beta1) * g and v = (1 - beta2) * g**2, and divide.",
    "The corrected step has length lr. How long is lr * m / sqrt(v)?",
)
def first_step_factor(attempt: Attempt) -> str:
    """Return how many times too long Adam's first step is without bias correction, a float."""
    beta1, beta2 = 0.8, 0.99
    got = number(attempt(beta1, beta2))
    wrong = {
        "no root": ((1 - beta1) / (1 - beta2), "v is a square, and the step divides by its root."),
        "upside down": (np.sqrt(1 - beta2) / (1 - beta1), "That is by how much it would be too short. Which of the two is in the denominator?"),
        "only m": (1 - beta1, "That is what happens to m. v starts at zero too, and the step divides by its root."),
        "only v": (1 / np.sqrt(1 - beta2), "That is what happens to the root of v. m starts at zero too."),
        "betas swapped": ((1 - beta2) / np.sqrt(1 - beta1), "Which beta belongs to the mean of the gradient, and which to the mean of its square?"),
        "shares instead of what they leave": (beta1 / np.sqrt(beta2), "In the first step the old means are zero. With which weight does the gradient enter?"),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, (1 - beta1) / np.sqrt(1 - beta2)):
        raise NotYet(
            f"For beta1 {beta1} and beta2 {beta2} you return {got:.4g}. Compute m and v for one gradient by hand."
        )
    return "It is 3.16 for the usual settings: an untrained network, at its most fragile, is hit by its longest steps."


@lesson.exercise(
    "v is a running mean of what is put into it. What is put into it in each step?",
    "Half of the time the square of 3 goes in, half of the time the square of 5.",
    value=True,
)
def long_run_v(answer: object) -> str:
    """The number that v_hat approaches for a gradient that alternates between 3 and 5."""
    got = number(answer)
    wrong = {
        "variance": (1.0, "That is the variance, as the article says it. Is a mean subtracted anywhere in Adam's lines?"),
        "square of the mean": (16.0, "You have averaged first and squared then. In which order does Adam do it?"),
        "mean": (4.0, "That is what m approaches. v averages something else."),
        "root": (np.sqrt(17), "That is the root of it, the number that Adam divides by."),
        "sum": (34.0, "A running mean of two numbers that alternate lies between them. Did you add without dividing?"),
    }  # fmt: skip
    reject_known(got, wrong, 1e-3)
    if 13 < got < 16.97:
        raise NotYet("Is that v itself after some thousand steps? It still leans towards its start at zero: read `adam`'s v_hat.", "raw v")  # fmt: skip
    if abs(got - 17) > 0.03:
        raise NotYet(
            f"{got:g} is not where it ends. Let `adam`'s line for v_hat run a few thousand times with 3, 5, 3, 5, ..."
        )
    return (
        "17 is the mean of the squared gradient: neither a variance, nor of the loss. It is the variance plus the square of the "
        "mean, so a steady gradient gives steps of about the learning rate, and a noisy one shorter steps."
    )


@lesson.exercise(
    "Two cases: step below n_warmup, and the rest. In the first the rate is a share of the peak.",
    "In the second, let done = (step - n_warmup) / (n_steps - n_warmup) go from 0 to 1.",
    "peak * 0.5 * (1 + cos(pi * done)) is 1 peak at done = 0 and 0 at done = 1.",
)
def warmup_cosine(attempt: Attempt) -> str:
    """Return the rate at one step of a schedule: linear warm-up, then cosine to zero."""
    n_steps, n_warmup, peak = 100, 20, 0.4
    got = np.array([number(attempt(step, n_steps, n_warmup, peak)) for step in range(n_steps + 1)])
    steps = np.arange(n_steps + 1)
    done = np.clip((steps - n_warmup) / (n_steps - n_warmup), 0, 1)
    true = np.where(steps < n_warmup, peak * steps / n_warmup, peak * 0.5 * (1 + np.cos(np.pi * done)))
    late, wave, rise = peak * 0.5 * (1 + np.cos(np.pi * steps / n_steps)), np.cos(np.pi * done), steps / n_warmup
    short = peak * 0.5 * (1 + np.cos(np.pi * (steps - n_warmup) / n_steps))
    up, down = slice(n_warmup), slice(n_warmup + 1, None)
    known = [
        ("peak ignored", slice(None), true / peak, "The shape is right and it peaks at 1. Where does the peak come in?"),
        ("cosine alone", slice(None), late, "There is no warm-up, and the cosine runs from step 0. Where should each of the two begin and end?"),
        ("both at once", slice(None), late * np.minimum(rise, 1), "That is a warm-up times a cosine over all steps, so the peak is never reached. From where should the cosine count?"),
        ("cosine counts from zero", down, late, "The cosine has begun at step 0, so the rate jumps when the warm-up ends. From where should it count?"),
        ("divided by all steps", down, short, "The last rate is not 0: over how many steps does the cosine have to come down?"),
        ("no warm-up", up, np.full(n_steps + 1, peak), "There is no warm-up: the rate at step 0 is the peak."),
        ("one step early", up, peak * (steps + 1) / n_warmup, "The warm-up is one step early: at step 0 the rate should still be 0."),
        ("peak only in the cosine", up, rise, "The warm-up climbs to 1 and the cosine begins at the peak. Where is the peak in the first case?"),
        ("peak only in the warm-up", down, true / peak, "The warm-up climbs to the peak and the cosine begins at 1. Where is the peak in the second case?"),
        ("straight line down", down, peak * (1 - done), "After the warm-up the rate falls along a straight line. A cosine is asked for."),
        ("negative rate", down, peak * wave, "Your cosine goes down to -1, so the rate turns negative. Shift and halve it."),
        ("missing the half", down, peak * (1 + wave), "The cosine begins at twice the peak. Between which two numbers does 1 + cos run?"),
        ("quarter wave", down, peak * np.cos(np.pi / 2 * done), "A quarter of a wave falls steeply at the end. Half a wave, shifted up, is flat at both ends."),
    ]  # fmt: skip
    for name, part, wrong, message in known:
        if close(got[part], wrong[part]):
            raise NotYet(message, name)
    if not close(got, true):
        worst = int(np.abs(got - true).argmax())
        raise NotYet(f"At step {worst} of {n_steps}, warm-up {n_warmup}, peak {peak}, you return {got[worst]:.4g}.")
    try:
        plain = number(attempt(0, 10, 0, 1.0))
    except NotYet as error:
        raise NotYet(f"Without a warm-up (n_warmup = 0) it fails: {error}", "no warm-up divides by zero") from None
    if not close(plain, 1.0):
        raise NotYet("With n_warmup = 0 the rate at step 0 should be the peak.", "no warm-up divides by zero")
    return "Warm-up and cosine train most large language models; you will meet this function again in the Transformer lesson."


@lesson.exercise(
    "One norm for all: the root of the sum of the squares of every entry of every array.",
    "One factor for all: limit / norm, but never more than 1.",
)
def clip_by_global_norm(attempt: Attempt) -> str:
    """Return the arrays, scaled together so that their global norm is at most limit."""
    grads = [np.array([[3.0, 0.0], [0.0, 4.0]]), np.array([7.2, 9.6])]  # global norm 13
    got = _arrays(attempt(grads, 6.5), grads)
    each = [g * min(1, 6.5 / np.linalg.norm(g)) for g in grads]
    wrong = {
        "each by itself": (each, "Each array is clipped by its own norm, so their ratio has changed: the step points elsewhere. Which norm belongs to all of them?"),
        "entry by entry": ([np.clip(g, -6.5, 6.5) for g in grads], "Single entries are cut off. The direction bends: scale everything by one factor."),
        "norm of norms squared": ([g * 6.5 / 169 for g in grads], "You divide by the sum of squares. The length is its root."),
        "unchanged": (grads, "Nothing was shortened. The global norm of these arrays is 13, and the limit 6.5."),
        "unit length": ([g / 13 for g in grads], "The result has length 1, whatever the limit is."),
    }  # fmt: skip
    reject_known(_flat(got), {name: (_flat(value), text) for name, (value, text) in wrong.items()})
    if not close(_flat(got), _flat(grads) / 2):
        raise NotYet(f"The global norm of your result is {np.linalg.norm(_flat(got)):.3g}; the limit is 6.5.")
    small = _arrays(attempt(grads, 20.0), grads)
    if not close(_flat(small), _flat(grads)):
        raise NotYet(
            "A gradient below the limit has been stretched to it. Only longer ones should change.",
            "stretches short ones",
        )
    nothing = [np.zeros(2), np.zeros((1, 3))]
    try:
        _arrays(attempt(nothing, 1.0), nothing)
    except NotYet as error:
        raise NotYet(f"With all gradients zero it fails: {error}", "divides by zero") from None
    return (
        "The direction is kept, and only the length is bounded: recurrent networks could hardly be trained without it."
    )


@lesson.exercise(
    "On a bowl, w and the step before it follow one linear rule; stability is a matter of its two eigenvalues.",
    "Eliminate v: w_next = (1 + beta - lr * curvature) * w - beta * w_before. When does z = -1 solve z**2 = (1 + beta - lr * curvature) * z - beta?",
    "Set z = -1: 1 = -(1 + beta - lr * curvature) - beta. Solve for lr.",
)
def momentum_limit(attempt: Attempt) -> str:
    """Return the largest learning rate, a float, at which momentum on a bowl of that curvature is stable."""
    curvature, beta = 5.0, 0.6
    got = number(attempt(curvature, beta))
    wrong = {
        "limit of plain descent": (2 / curvature, "That is the limit without momentum. Does the memory make the zigzag worse, or damp it?"),
        "limit of the terminal step": (2 * (1 - beta) / curvature, "That holds the terminal velocity below 2 / curvature. In a zigzag the velocity never gets there: pulls change sign."),
        "one plus beta, without the 2": ((1 + beta) / curvature, "At beta = 0 there is no memory, and yours is below the limit of plain descent. Should it be?"),
        "over one minus beta": (2 / (curvature * (1 - beta)), "Momentum allows more, but not that much. Try this rate with `walk`."),
        "squared": (2 * (1 + beta) ** 2 / curvature, "Close in shape. Try it with `walk` on a bowl of one dimension: it explodes."),
        "grows with curvature": (2 * (1 + beta) * curvature, "The sharper the bowl, the smaller the limit. Where does the curvature belong?"),
    }  # fmt: skip
    reject_known(got, wrong)
    limit = 2 * (1 + beta) / curvature
    if not close(got, limit, 1e-3) and close(got, limit, 0.03):
        raise NotYet(f"{got:.4g} is near: the check asks for one part in a thousand. Search more finely, or derive the formula.", "near")  # fmt: skip
    if not close(got, limit, 1e-3):
        raise NotYet(
            f"For curvature {curvature:g} and beta {beta} you return {got:.4g}. Try rates around it with `walk`."
        )
    if not close(number(attempt(2.0, 0.9)), 1.9, 1e-3):
        raise NotYet("It fits one bowl and not another. Are curvature and beta both used?", "fixed settings")
    return "Momentum damps the zigzag, so it forgives nearly twice the rate of plain descent. Nesterov, by the way, forgives less."


def _arrays(got: object, like: list[np.ndarray]) -> list[np.ndarray]:
    if not isinstance(got, (list, tuple)) or len(got) != len(like):
        raise NotYet(f"A list of {len(like)} arrays is asked for, in the shapes that came in.", "not a list of arrays")
    return [array(part, original.shape) for part, original in zip(got, like, strict=True)]


def _flat(arrays: list[np.ndarray]) -> np.ndarray:
    return np.concatenate([np.ravel(part) for part in arrays])

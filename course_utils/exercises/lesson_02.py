"""Exercises of lesson 02: terminal velocity, Adam as printed and as it is, a schedule, clipping, momentum's limit."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from course_utils.checking import (
    Attempt,
    Lesson,
    NotYet,
    array,
    case,
    close,
    compare,
    number,
    reject_known,
    results,
)
from course_utils.checking.cases import Case

lesson = Lesson("02_optimizers")
EXERCISES = lesson.exercises


@lesson.exercise(
    "At the limit a step is as long as the one before it. Write that as an equation for the step length.",
    "step = beta * step + lr. Solve it for the step.",
)
def terminal_step(attempt: Attempt) -> str:
    """Return the step length, a float, that momentum approaches under a constant gradient of 1."""
    settings = [(0.1, 0.8), (0.0137, 0.83), (0.01, 0.99), (37.5, 0.45), (0.25, 0.9), (0.002, 0.995)]
    settings += [(1.3e-7, 0.9), (0.04, 1 - 2**-8)]  # the last beta is exact in 32 bits; 5,000 steps reach its limit
    cases = [case(lr, beta) for lr, beta in settings]
    cases.append(case(0.3, 0.0, note="no memory"))
    wrong = {
        "one step only": (lambda lr, beta: lr, "That is the first step, before any velocity has built up. What do the later ones add?"),
        "speed of the wrong share": (lambda lr, beta: lr / beta, "Which share of the velocity is lost in each step: beta, or what beta leaves?"),
        "averaged": (lambda lr, beta: lr * (1 - beta), "That is how a running mean begins. Here the gradient is added in full: lengths grow."),
        "one plus beta": (lambda lr, beta: lr / (1 + beta), "The old motion pushes in the same direction as the new pull. Do they add or cancel?"),
        "two terms": (lambda lr, beta: lr * (1 + beta), "Those are the first two pulls. The motion of the third step still holds all three: sum them all."),
        "without the new pull": (lambda lr, beta: lr * beta / (1 - beta), "That is the motion left over from earlier steps. The newest pull is added to it, in full."),
        "velocity, not its length": (lambda lr, beta: lr / (beta - 1), "That is the velocity, which points downhill. How long is a step?"),
        "without the rate": (lambda lr, beta: 1 / (1 - beta), "So many pulls count. How long is one of them?"),
        "beta squared": (lambda lr, beta: lr / (1 - beta**2), "You have 1 - beta**2, as for a sum of squares. By which share does the motion shrink in one step?"),
        "share lost twice": (lambda lr, beta: lr / (1 - beta) ** 2, "You divide by the lost share twice. Solve step = beta * step + lr once more."),
        "fixed settings": (lambda lr, beta: 0.1 / (1 - 0.8), "It is the same number for every pair of settings. Are lr and beta both used?"),
        "beta of 0.9 written in": (lambda lr, beta: 10 * lr, "It fits beta = 0.9 and no other. Is beta used?"),
    }  # fmt: skip
    try:
        compare(
            attempt,
            lambda lr, beta: lr / (1 - beta),
            cases,
            wrong,
            asked="the length that the steps approach and never pass, the sum of all pulls, old and new",
        )
    except NotYet as error:
        if error.name == "other":
            _refuse_too_few_steps(attempt, settings)
        raise
    return (
        "With 0.9 steady pulls count ten times, with 0.99 a hundred times: changing beta changes the learning rate too."
    )


def _refuse_too_few_steps(attempt: Attempt, settings: Sequence[tuple]) -> None:
    """Raise `NotYet` where the answer, wherever it is wrong, is the length of some step on the way."""
    text = ""
    for lr, beta in settings:
        got = number(attempt(lr, beta))
        if close(got, lr / (1 - beta)):
            continue
        on_the_way = lr * np.cumsum(beta ** np.arange(60_000))  # (6000,), the length of step 1, 2, ...
        found = np.flatnonzero(np.abs(on_the_way - got) < 1e-9 * lr)
        if not found.size:
            return
        text = f"For beta {beta} you take the length of step {found[0] + 1}, and the steps still grow. What does the sum approach?"
    if text:
        raise NotYet(text, "too few steps")


def _adam(
    step: Callable | None = None, square: Callable = lambda grad, m: grad**2, keep: str = "raw", shares: str = "own"
) -> Callable:
    """Return Adam, or a wrong Adam.

    Parameters
    ----------
    step : callable, optional
        What is taken from w, a function of a dictionary with all numbers of the step.
    square : callable
        What s averages, from the gradient and the new m.
    keep : str
        What is returned as m and s: "raw", "corrected" or "old"; "old m" or "old s" for one that is old.
    shares : str
        Which shares the running means keep: "own", "swapped" (beta2 for m), "complement" (1 - beta) or "beta1".
    """
    step = step or (lambda s: s["lr"] * s["m_hat"] / (np.sqrt(s["v_hat"]) + s["eps"]))

    def answer(w: Any, grad: Any, m: Any, v: Any, t: int, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8) -> tuple:
        old = m, v
        kept = {
            "own": (beta1, beta2),
            "swapped": (beta2, beta1),
            "complement": (1 - beta1, 1 - beta2),
            "beta1": (beta1, beta1),
        }[shares]
        m = kept[0] * m + (1 - kept[0]) * grad
        v = kept[1] * v + (1 - kept[1]) * square(grad, m)
        m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
        known = {"w": w, "grad": grad, "m": m, "v": v, "m_hat": m_hat, "v_hat": v_hat}
        known |= {"t": t, "lr": lr, "beta1": beta1, "beta2": beta2, "eps": eps}
        returned = {"raw": (m, v), "corrected": (m_hat, v_hat), "old": old, "old m": (old[0], v), "old s": (m, old[1])}
        return w - step(known), *returned[keep]

    return answer


def _corrected_by(share: Callable) -> Callable:
    """Return Adam's step where share(beta, t) stands for what 1 - beta**t leaves out."""
    return lambda s: (
        s["lr"]
        * (s["m"] / (1 - share(s["beta1"], s["t"])))
        / (np.sqrt(s["v"] / (1 - share(s["beta2"], s["t"]))) + s["eps"])
    )


def _written_in(*places: int) -> Callable:
    """Return Adam with the usual numbers for some settings, whatever is given: 0 is lr, 1 and 2 are the betas, 3 is eps."""

    def answer(w: Any, grad: Any, m: Any, v: Any, t: int, *given: float) -> tuple:
        usual = (0.01, 0.9, 0.999, 1e-8)
        given = given or usual
        return _adam()(w, grad, m, v, t, *(usual[k] if k in places else given[k] for k in range(4)))

    return answer


def _adam_cases() -> list:
    """Return single steps of Adam from many states."""
    rng = np.random.default_rng(2)
    zero, true = np.zeros(2), _adam()
    w, g = np.array([0.02, -0.03]), np.array([3.0, -0.5])
    _, m1, v1 = true(w, g, zero, zero, 1)
    big = rng.normal(size=8) * [300, 1, 0.02, 40, 5, 0.3, 12, 1]
    m8, v8 = 0.3 * big[::-1], 0.2 * big**2 + rng.uniform(0, 0.1, 8)
    tiny = 1e-6 * rng.normal(size=4)
    return [
        case(w, g, zero, zero, 1, note="the first step"),
        case(rng.normal(0, 0.1, 4), rng.normal(size=4), rng.normal(size=4), rng.uniform(0.5, 2, 4), 2,
             0.05, 0.3, 0.4, 0.01, note="other settings, step 2"),
        case(w, np.array([1.0, 0.25]), m1, v1, 2, note="step 2"),
        case(rng.normal(0, 30, 8), big, m8, v8, 37, 3.5, 0.8, 0.95, 0.3, note="eight gradients of very different size"),
        case(np.zeros(4), tiny, 0.8 * tiny, 0.002 * tiny**2, 3, note="gradients of about a millionth", scale=1e-15),
        case(np.array([0.013]), np.array([-14.2]), np.array([2.7]), np.array([55.0]), 1000, note="step 1000"),
        case(np.zeros(3), -3 * tiny[:3], tiny[:3], 0.01 * tiny[:3] ** 2, 12, note="tiny gradients, step 12", scale=1e-15),
        case(np.array([0.4, -0.2, 0.1]), np.array([0.0, 2.0, 0.0]), np.zeros(3), np.zeros(3), 1,
             note="a gradient with zeros"),
        case(np.array([1.0, 0.5]), np.zeros(2), np.array([0.1, -0.3]), np.array([0.2, 0.1]), 5,
             note="a gradient of 0 after others"),
        case(np.array([0.02, -0.07]), np.array([0.0, 1.5]), np.array([0.4, 0.2]), np.array([0.3, 2.0]), 5,
             note="one entry of the gradient is 0, after others"),
        case(np.array([0.004]), np.array([0.8]), np.array([0.6]), np.array([0.5]), 5000, note="step 5000"),
        case(np.array([0.0, 0.001]), np.array([0.5, -2.0]), np.array([0.4, -1.5]), np.array([0.3, 3.0]), 20_000,
             0.01, 0.9, 0.9997, 1e-8, note="step 20,000 and a long memory"),
    ]  # fmt: skip


@lesson.exercise(
    "Four lines: m, s, both divided by 1 - beta**t, and the step.",
    "The step is lr * m_hat / (sqrt(s_hat) + eps), and t is 1 in the first step.",
    "Return the uncorrected m and s: the next step goes on with those.",
)
def adam_step(attempt: Attempt) -> str:
    """Return (w, m, s), each (d,), after one step of Adam."""
    cases = _adam_cases()
    _refuse_other_forms(attempt(*cases[0].args), _adam()(*cases[0].args))
    wrong = {
        "no bias correction": (_adam(lambda s: s["lr"] * s["m"] / (np.sqrt(s["v"]) + s["eps"])), "This is the articles' version: the first step is three times too long. m and s start at zero; what share of the truth do they hold after t steps?"),
        "s is missing": (_adam(lambda s: s["lr"] * s["m"] / (np.sqrt(1 - s["beta2"] ** s["t"]) + s["eps"])), "This is the third article's version: the size of the gradient has vanished from the fraction. What is s for?"),
        "s is missing, m corrected": (_adam(lambda s: s["lr"] * s["m_hat"] / (np.sqrt(1 - s["beta2"] ** s["t"]) + s["eps"])), "The root holds a correction and nothing to correct. Where is s?"),
        "only m corrected": (_adam(lambda s: s["lr"] * s["m_hat"] / (np.sqrt(s["v"]) + s["eps"])), "m is corrected and s is not. Both began at zero."),
        "only s corrected": (_adam(lambda s: s["lr"] * s["m"] / (np.sqrt(s["v_hat"]) + s["eps"])), "s is corrected and m is not. Both began at zero."),
        "correction without t": (_adam(_corrected_by(lambda beta, t: beta)), "The first step is right, and your correction does not change with t. Which share of the truth is held after t steps?"),
        "beta times t": (_adam(_corrected_by(lambda beta, t: beta * t)), "The first step is right and the second is not. Is `beta**t` a power in yours, with two stars?"),
        "t counted from 0": (_adam(_corrected_by(lambda beta, t: beta ** (t + 1))), "Your correction is one step late: t is 1 in the first step already."),
        "multiplied by the correction": (_adam(lambda s: s["lr"] * s["m"] * (1 - s["beta1"] ** s["t"]) / (np.sqrt(s["v"] * (1 - s["beta2"] ** s["t"])) + s["eps"])), "You multiply by 1 - beta**t. The means hold only that share of the truth: what gives the whole?"),
        "variance": (_adam(square=lambda grad, m: (grad - m) ** 2), "m is taken off the gradient before it is squared in yours, as in AdaBelief. What does Adam's s average?"),
        "norm instead of squares": (_adam(square=lambda grad, m: np.full(len(grad), grad @ grad)), "All coordinates share one s. The square is taken of each entry, not of the gradient's length."),
        "not squared": (_adam(square=lambda grad, m: np.abs(grad)), "s averages the size of the gradient in yours, and the root is taken of that. What does s average?"),
        "square of the mean": (_adam(square=lambda grad, m: m**2), "s averages the square of m in yours. Whose square does it average?"),
        "no root": (_adam(lambda s: s["lr"] * s["m_hat"] / (s["v_hat"] + s["eps"])), "You divide by the squares themselves. In which unit is the step then?"),
        "gradient instead of its mean": (_adam(lambda s: s["lr"] * s["grad"] / (np.sqrt(s["v_hat"]) + s["eps"])), "The gradient itself stands above the fraction line, as in RMSProp. What is m for?"),
        "shares changed over": (_adam(shares="complement"), "The old mean enters with 1 - beta and the gradient with beta in yours. Which of the two should weigh more?"),
        "betas changed over": (_adam(shares="swapped"), "m keeps the share beta2 and s the share beta1 in yours. Which belongs to which?"),
        "one beta for both": (_adam(shares="beta1"), "s keeps the share beta1 in yours. It has a share of its own."),
        "climbs": (_adam(lambda s: -s["lr"] * s["m_hat"] / (np.sqrt(s["v_hat"]) + s["eps"])), "The weights move along the gradient. Which way is down?"),
        "weights unchanged": (_adam(lambda s: 0.0 * s["w"]), "m and s are right, and w comes back as it was. Is the new w kept under a name, and returned?"),
        "forgets its means": (_adam(keep="old"), "The first step is right, and then m and s are as they were before it. Do you return the new ones?"),
        "returns the old m": (_adam(keep="old m"), "w and s are right, and m is as it was before the step. From which m does the next step go on?"),
        "returns the old s": (_adam(keep="old s"), "w and m are right, and s is as it was before the step. From which s does the next step go on?"),
        "returns the corrected means": (_adam(keep="corrected"), "The new weights are right, and m and s come back corrected. The next step would correct them again: which do you return?"),
        "eps under the root": (_adam(lambda s: s["lr"] * s["m_hat"] / np.sqrt(s["v_hat"] + s["eps"])), "Where gradients are tiny the steps are too short: eps stands under the root in yours, as in RMSProp, where it is compared with a square."),
        "eps written in": (_written_in(3), "It fits eps = 1e-8 and no other. Is eps taken from the arguments?"),
        "eps": (_adam(lambda s: s["lr"] * s["m_hat"] / np.sqrt(s["v_hat"])), "For gradients of about a millionth the steps differ. What do you add to the root?"),
        "weight decay": (_adam(lambda s: s["lr"] * (0.0625 * s["w"] + s["m_hat"] / (np.sqrt(s["v_hat"]) + s["eps"]))), "Your weights shrink a little as well: that is AdamW. Adam itself has no decay."),
        "lr written in": (_written_in(0), "It fits lr = 0.01 and no other. Is lr taken from the arguments?"),
        "betas written in": (_written_in(1, 2), "It fits the usual betas and no others. Are both taken from the arguments?"),
        "fixed settings": (_written_in(0, 1, 2, 3), "It fits the usual settings and not others. Are lr, beta1, beta2 and eps all taken from the arguments?"),
    }  # fmt: skip
    # The epsilon may also meet the uncorrected root, as in Keras: the difference is no mistake.
    keras = _adam(
        lambda s: (
            s["lr"]
            * np.sqrt(1 - s["beta2"] ** s["t"])
            / (1 - s["beta1"] ** s["t"])
            * (s["m"] / (np.sqrt(s["v"]) + s["eps"]))
        )
    )
    _compare_with_any(
        attempt,
        [(_adam(), wrong), (keras, {})],
        cases,
        asked="the weights, m and s after this one step, by the formula above",
        rtol=5e-5,  # Keras keeps beta2 in 32 bits, and 1 - beta2 loses a part of them
    )
    whole = case(np.array([40, -3]), np.array([3, -2]), np.array([1, 0]), np.array([4, 1]), 3)
    _check_whole_numbers(attempt, _adam(), whole, asked="w, m and s after this step, with their fractions", rtol=5e-5)
    return "Each coordinate moves by about lr at first, however large its gradient: that is why one learning rate fits many networks."


def _refuse_other_forms(got: object, right: Sequence[np.ndarray]) -> None:
    """Raise `NotYet` where the results are not three, or are right and in another order."""
    _refuse_one_array(got, right[0])
    try:
        parts = results(got, 3, "w, m and s")
    except NotYet as error:
        raise NotYet(f"{error} `return w, m, s`.", "not three results") from None
    try:
        parts = [array(part, right[0].shape) for part in parts]
    except NotYet as error:
        if error.name == "not finite":
            text = "In the first step, where t is 1, the result holds NaN or infinity. What does your correction divide by there, and can the number under the root be negative?"
            raise NotYet(text, "not finite in the first step") from None
        return
    for order in itertools.permutations(range(3)):
        turned = all(close(part, right[place]) for part, place in zip(parts, order, strict=True))
        if turned and order != (0, 1, 2):
            raise NotYet("All three arrays are right and stand in another order: w, m, s is asked for.", "wrong order")


def _refuse_one_array(got: object, w: np.ndarray) -> None:
    """Raise `NotYet` where one array comes back, the new w or another one of its shape."""
    try:
        one = array(got, w.shape)
    except NotYet:
        return
    what = "the new w" if close(one, w) else f"of shape {w.shape}"
    raise NotYet(f"One array comes back, {what}; m and s are asked for too: `return w, m, s`.", "not three results")


def _check_whole_numbers(attempt: Attempt, reference: Callable, whole: Case, asked: str, rtol: float = 1e-5) -> None:
    """Raise `NotYet` where the answer to a case of whole numbers is cut; one that stops there, as TensorFlow's do, may pass."""
    try:
        compare(attempt, reference, [whole], asked=asked, rtol=rtol)
    except NotYet as error:
        if error.name == "raises":
            return
        text = f"For arrays of whole numbers: {error} An array copied from these, or made like them, holds whole numbers too and drops every fraction. Is there one in yours?"
        raise NotYet(text, "whole numbers cut") from None


def _compare_with_any(attempt: Attempt, ways: Sequence[tuple], cases: Sequence, asked: str, rtol: float) -> None:
    """Raise `NotYet` unless the answer equals one and the same of several right ways, each (reference, misconceptions)."""
    unnamed = None
    for reference, wrong in ways:
        try:
            compare(attempt, reference, cases, wrong, asked=asked, rtol=rtol)
            return
        except NotYet as error:
            if error.name != "other":
                raise unnamed or error from None
            unnamed = unnamed or error
    raise unnamed


@lesson.exercise(
    "Start with m = (1 - beta1) * g and s = (1 - beta2) * g**2, and divide.",
    "The corrected step has length lr. How long is lr * m / sqrt(s)?",
)
def first_step_factor(attempt: Attempt) -> str:
    """Return how many times too long Adam's first step is without bias correction, a float."""
    pairs = [(0.8, 0.99), (0.9, 0.999), (0.37, 0.72), (0.95, 0.5), (0.6, 1 - 2**-13)]
    pairs += [(0.3, 1 - 2**-17), (1 - 2**-10, 0.5)]  # exact in 32 bits, where 0.99999 is not
    cases = [case(beta1, beta2) for beta1, beta2 in pairs]
    cases.append(case(0.0, 0.91, note="m without memory"))
    cases.append(case(0.55, 0.0, note="s without memory"))
    wrong = {
        "no root": (lambda b1, b2: (1 - b1) / (1 - b2), "s is a square, and the step divides by its root."),
        "root of both": (lambda b1, b2: np.sqrt((1 - b1) / (1 - b2)), "The root is taken of the whole fraction. Of which of the two means does the step take the root?"),
        "upside down": (lambda b1, b2: np.sqrt(1 - b2) / (1 - b1), "That is by how much it would be too short. Which of the two is in the denominator?"),
        "only m": (lambda b1, b2: 1 - b1, "That is what happens to m. s starts at zero too, and the step divides by its root."),
        "only s": (lambda b1, b2: 1 / np.sqrt(1 - b2), "That is what happens to the root of s. m starts at zero too."),
        "multiplied": (lambda b1, b2: (1 - b1) * np.sqrt(1 - b2), "Both leave the factor too small in yours. s stands below the fraction line."),
        "betas swapped": (lambda b1, b2: (1 - b2) / np.sqrt(1 - b1), "Which beta belongs to the mean of the gradient, and which to the mean of its square?"),
        "shares instead of what they leave": (lambda b1, b2: b1 / np.sqrt(b2), "In the first step the old means are zero. With which weight does the gradient enter?"),
        "the excess": (lambda b1, b2: (1 - b1) / np.sqrt(1 - b2) - 1, "That is what the step has too much, as a share of the right one. How many times as long is it?"),
        "fixed settings": (lambda b1, b2: (1 - 0.9) / np.sqrt(1 - 0.999), "That is the number for 0.9 and 0.999. Are beta1 and beta2 both used?"),
    }  # fmt: skip
    compare(
        attempt,
        lambda b1, b2: (1 - b1) / np.sqrt(1 - b2),
        cases,
        wrong,
        asked="the first step without correction, divided by the first step with it",
    )
    return "It is 3.16 for the usual settings: an untrained network, at its most fragile, is hit by steps far longer than you chose."


@lesson.exercise(
    "s is a running mean of what is put into it. What is put into it in each step?",
    "Half of the time the square of 3 goes in, half of the time the square of 5.",
    value=True,
)
def long_run_s(answer: object) -> str:
    """The number that s_hat approaches for a gradient that alternates between 3 and 5."""
    got = number(answer)
    wrong = {
        "variance": (1.0, "That is the variance, as the article says it. Is a mean subtracted anywhere in Adam's lines?"),
        "square of the mean": (16.0, "You have averaged first and squared then. In which order does Adam do it?"),
        "mean": (4.0, "That is what m approaches. s averages something else."),
        "root": (np.sqrt(17), "That is in the unit of the gradient, a number that Adam could divide by. In which unit is s?"),
        "sum": (34.0, "A running mean of two numbers that alternate lies between them. Did you add without dividing?"),
        "halved": (8.5, "That is smaller than everything that goes into s. Between which two numbers does a running mean lie, and by what do you divide?"),
        "smaller square": (9.0, "Only the 3 has gone in. What of the 5?"),
        "larger square": (25.0, "Only the 5 has gone in. What of the 3?"),
        "product": (15.0, "That is 3 times 5. Which two numbers go into s in turn?"),
    }  # fmt: skip
    reject_known(got, wrong, 1e-3)
    if abs(got - 17) <= 0.03:  # what a run of some thousand steps ends with
        return (
            "17 is the mean of the squared gradient: neither a variance, nor of the loss. It is the variance plus the square of the "
            "mean, so a steady gradient gives steps of about the learning rate, and a noisy one shorter steps."
        )
    for count, raw in _raw_runs():
        if abs(got - raw) < 6e-4:
            text = (
                f"Is that s itself after {count} steps? It still leans towards its start at zero: read `adam`'s s_hat."
            )
            raise NotYet(text, "raw s")
    raise NotYet(
        f"{got:g} is not where it ends. Let `adam`'s line for s_hat run a few thousand times with 3, 5, 3, 5, ..."
    )


def _raw_runs() -> list[tuple[int, float]]:
    """Return (number of steps, s without its correction) after each thousand: begun with 3, with 5, and between."""
    found = []
    for squares in ((9.0, 25.0), (25.0, 9.0)):
        v = 0.0
        for step in range(1, 6001):
            v = 0.999 * v + (1 - 0.999) * squares[(step - 1) % 2]
            if step % 1000 == 0:
                found += [(step, v), (step, 17 * (1 - 0.999**step))]
    return found


@lesson.exercise(
    "Two cases: step below n_warmup, and the rest. In the first the rate is a share of the peak.",
    "In the second, let done = (step - n_warmup) / (n_steps - n_warmup) go from 0 to 1.",
    "peak * 0.5 * (1 + cos(pi * done)) is 1 peak at done = 0 and 0 at done = 1.",
)
def warmup_cosine(attempt: Attempt) -> str:
    """Return the rate at one step of a schedule: linear warm-up, then cosine to zero."""
    cases = [
        case(step, n_steps, n_warmup, peak, scale=peak)
        for n_steps, n_warmup, peak, steps in (
            (100, 20, 0.4, (0, 1, 9, 19, 20, 21, 47, 60, 99, 100)),
            (23_000, 1500, 3e-4, (0, 731, 1499, 1500, 1501, 12_000, 22_999)),
            (37, 30, 17.5, (13, 29, 30, 33, 37)),
            (9, 1, 0.05, (0, 1, 2, 8)),
            (12, 11, 0.7, (0, 5, 11, 12)),
            (5000, 600, 3e-6, (250, 2800, 5000)),
        )
        for step in steps
    ]
    wrong = {
        "peak only in the cosine": (_schedule(peaks=(0, 1)), "The warm-up climbs to 1 and the cosine begins at the peak. Where is the peak in the first case?"),
        "peak only in the warm-up": (_schedule(peaks=(1, 0)), "The warm-up climbs to the peak and the cosine begins at 1. Where is the peak in the second case?"),
        "peak ignored": (_schedule(peaks=(0, 0)), "The shape is right and it peaks at 1. Where does the peak come in?"),
        "cosine before the warm-up's end": (_schedule(rise=None), "The cosine is used during the warm-up as well, where the share that is done is below 0. Where is the first of the two cases?"),
        "cosine counts from zero": (_schedule(since=0), "The cosine has begun at step 0, so the rate jumps when the warm-up ends. From where should it count?"),
        "smaller of the two": (lambda *given: min(_schedule(rise=None, since=0)(*given), _schedule(lambda done: 1.0)(*given)), "You take the smaller of a warm-up and a cosine over all steps, so the peak is never reached. From where should the cosine count?"),
        "cosine alone": (_schedule(rise=None, since=0), "There is no warm-up, and the cosine runs from step 0. Where should each of the two begin and end?"),
        "both at once": (_schedule(since=0, both=True), "That is a warm-up times a cosine over all steps, so the peak is never reached. From where should the cosine count?"),
        "cosine during the warm-up": (_schedule(both=True), "After the warm-up all is right. During it the rate is a product, and it should climb on a straight line."),
        "divided by all steps": (_schedule(length="all"), "The last rate is not 0: over how many steps does the cosine have to come down?"),
        "divided by the steps taken": (_schedule(length="step"), "The last rate is not 0: what part of the way from the warm-up to the end is done?"),
        "no warm-up": (_schedule(rise=lambda share: 1.0), "There is no warm-up: the rate at step 0 is the peak."),
        "zero until the peak": (_schedule(rise=lambda share: 0.0), "During the warm-up the rate stays at 0 and then jumps to the peak. Is a fraction cut to a whole number?"),
        "warm-up downwards": (_schedule(rise=lambda share: 1 - share), "The warm-up runs downwards: at step 0 the rate should be 0."),
        "warm-up on a cosine": (_schedule(rise=lambda share: 0.5 * (1 - np.cos(np.pi * share))), "The warm-up climbs along a cosine. A straight line is asked for there."),
        "one step early": (_schedule(early=1), "The warm-up is one step early: at step 0 the rate should still be 0."),
        "one step short": (_schedule(warmup=lambda n: n - 1), "The warm-up reaches the peak one step too soon. At which step should it arrive?"),
        "share of all steps": (_schedule(warmup=None), "During the warm-up you divide by all steps, so the peak is not reached when it ends. Divide by how many?"),
        "straight line down": (_schedule(lambda done: 1 - done), "After the warm-up the rate falls along a straight line. A cosine is asked for."),
        "negative rate": (_schedule(lambda done: np.cos(np.pi * done)), "Your cosine goes down to -1, so the rate turns negative. Shift and halve it."),
        "missing the half": (_schedule(lambda done: 1 + np.cos(np.pi * done)), "The cosine begins at twice the peak. Between which two numbers does 1 + cos run?"),
        "quarter wave": (_schedule(lambda done: np.cos(np.pi / 2 * done)), "A quarter of a wave falls steeply at the end. Half a wave, shifted up, is flat at both ends."),
        "whole wave": (_schedule(lambda done: 0.5 * (1 + np.cos(2 * np.pi * done))), "Your cosine comes down half-way and climbs again. Over how much of a wave does it only fall?"),
        "cosine upwards": (_schedule(lambda done: 0.5 * (1 - np.cos(np.pi * done))), "After the warm-up the rate falls to 0 at once and climbs back to the peak. Which way should it go?"),
        "degrees": (_schedule(lambda done: 0.5 * (1 + np.cos(180 * done))), "`np.cos` counts in radians, and 180 are degrees. How long is half a wave in radians?"),
        "without pi": (_schedule(lambda done: 0.5 * (1 + np.cos(done))), "The last rate is not 0: `np.cos` counts in radians. Where is half a wave over?"),
    }  # fmt: skip
    asked = (
        "a straight line from 0 at step 0 to the peak at n_warmup, then half a wave of a cosine down to 0 at n_steps"
    )
    compare(attempt, _schedule(), cases, wrong, asked=asked)
    bare = [case(step, 10, 0, 0.8, scale=0.8) for step in (0, 3, 10)]
    try:
        compare(
            attempt, _schedule(), bare, asked="the peak at step 0, then half a wave of a cosine down to 0 at n_steps"
        )
    except NotYet as error:
        text = f"Without a warm-up (n_warmup = 0) it fails: {error}"
        divides = error.name in ("raises", "not finite")
        raise NotYet(text, "no warm-up divides by zero" if divides else error.name) from None
    return (
        "Many large language models are trained with such a rise and fall, and Keras's `CosineDecay` offers both: the lessons "
        "on images and on recurrent networks use it."
    )


def _schedule(
    down: Callable = lambda done: 0.5 * (1 + np.cos(np.pi * done)),
    rise: Callable | None = lambda share: share,
    since: int | None = None,
    length: str = "rest",
    early: int = 0,
    warmup: Callable | None = lambda n: n,
    peaks: tuple[int, int] = (1, 1),
    both: bool = False,
) -> Callable:
    """Return the schedule, or a wrong one.

    Parameters
    ----------
    down, rise : callable
        The rate as a share of the peak, from the share that is done of the second part or of the first; `rise` None for
        no first part.
    since : int, optional
        Where the cosine counts from, n_warmup by default.
    length : str
        What its count is divided by: the "rest" after the warm-up, "all" steps, or the "step".
    early : int
        By how many steps the warm-up is ahead.
    warmup : callable, optional
        What the warm-up is divided by, from n_warmup; all steps where it is None.
    peaks : tuple of int
        0 for a part that does not know the peak.
    both : bool
        True where the warm-up is multiplied by the cosine.
    """

    def rate(step: int, n_steps: int, n_warmup: int, peak: float) -> float:
        start = n_warmup if since is None else since
        rest = n_steps - start
        over = {"rest": rest, "all": n_steps, "step": step}[length]
        if step < n_warmup and rise is not None:
            share = (step + early) / (n_steps if warmup is None else warmup(n_warmup))
            fall = down((step - start) / rest) if both else 1.0
            return float(peak ** peaks[0] * rise(share) * fall)
        return float(peak ** peaks[1] * down((step - start) / over))

    return rate


@lesson.exercise(
    "One norm for all: the root of the sum of the squares of every entry of every array.",
    "One factor for all: limit / norm, but never more than 1.",
)
def clip_by_global_norm(attempt: Attempt) -> str:
    """Return the arrays, scaled together so that their global norm is at most limit."""
    rng = np.random.default_rng(4)
    pair = [np.array([[3.0, 0.0], [0.0, 4.0]]), np.array([7.2, -9.6])]  # global norm 13
    network = [rng.normal(0, 5, shape) for shape in ((7, 3), (3,), (3, 4, 2), (1, 1))]
    long = [
        case(pair, 6.5),
        case(network, 2.37, note="four arrays"),
        case([np.array([-3.1, 0.4, 250.7, 18.2, -77.3, 1.9, 0.0, 5.5])], 31.4, note="one array"),
        case([rng.normal(0, 900, (64, 10)), rng.normal(0, 0.01, 10), rng.normal(0, 40, (10, 1))], 1.0, note="sizes far apart"),
        case([np.array([0.6, 0.0]), np.array([0.8, 0.0])], 0.9, note="no array is above the limit by itself"),
        case(pair, 12.9, note="a global norm of 13, a little above the limit"),
        case([np.array(-3.0), np.array([4.0, 0.0])], 2.5, note="an array that is a single number"),
        case([np.array([0.3, -0.4])], 0.2, note="a norm below 1"),
        case([np.zeros(2), np.array([3.0, 4.0])], 1.0, note="one array of zeros"),
        case([np.array([[-8.0, 1.5], [0.5, 6.0]]), np.array([-2.5, 4.0])], 6.5, note="other values"),
    ]  # fmt: skip
    _refuse_other_lists(attempt(*long[0].args), pair)
    wrong = {
        "each by itself": (_clip(lambda grads: [_length([g]) for g in grads]), "Each array is clipped by its own norm, so their ratio has changed: the step points elsewhere. Which norm belongs to all of them?"),
        "entry by entry": (lambda grads, limit: [np.clip(g, -limit, limit) for g in grads], "Single entries are cut off. The direction bends: scale everything by one factor."),
        "norm of norms squared": (lambda grads, limit: [g * limit / _length(grads) ** 2 for g in grads], "You divide by the sum of squares. The length is its root."),
        "sum of norms": (_clip(lambda grads: sum(_length([g]) for g in grads)), "You add up the norms of the arrays. Lengths of parts at right angles do not add up: what does?"),
        "largest norm": (_clip(lambda grads: max(_length([g]) for g in grads)), "You take the largest of the arrays' norms. The length of all of them together is larger."),
        "largest entry": (_clip(lambda grads: max(np.abs(g).max() for g in grads)), "You take the largest entry for the norm. The length counts all entries."),
        "sum of entries": (_clip(lambda grads: sum(np.abs(g).sum() for g in grads)), "You add up the sizes of all entries. The length is the root of the sum of their squares."),
        "mean of squares": (_clip(lambda grads: _length(grads) / np.sqrt(sum(g.size for g in grads))), "You take the mean of the squares. The length is the root of their sum."),
        "first array's norm": (_clip(lambda grads: _length(grads[:1])), "The factor comes from the first array alone. Which norm belongs to all of them?"),
        "last array's norm": (_clip(lambda grads: _length(grads[-1:])), "The factor comes from the last array alone. Which norm belongs to all of them?"),
        "unchanged": (lambda grads, limit: grads, "Nothing was shortened. The global norm of the first arrays here is 13, and the limit 6.5."),
        "unit length": (lambda grads, limit: [g / _length(grads) for g in grads], "The result has length 1, whatever the limit is."),
        "divided by the limit": (lambda grads, limit: [g / limit for g in grads], "You divide by the limit, whatever the norm is. How long is the result?"),
        "upside down": (lambda grads, limit: [g * _length(grads) / limit for g in grads], "The result is longer than what came in. Which of norm and limit stands below the fraction line?"),
        "root of the factor": (lambda grads, limit: [g * np.sqrt(limit / _length(grads)) for g in grads], "The result is still longer than the limit: it has been shortened by the root of the factor."),
    }  # fmt: skip
    asked = "every array multiplied by one and the same factor, so that their global norm is the limit where it was above it"
    compare(attempt, _clip(_length), long, wrong, asked=asked)
    short = [
        case(pair, 20.0, note="a global norm of 13, below the limit"),
        case(network, 1e6, note="far below the limit"),
        case(pair, 13.0, note="a global norm equal to the limit"),
        case([0.001 * g for g in network], 0.5, note="small gradients"),
        case(pair, 15.0, note="below the limit, and the norms of the arrays add up to more"),
        case([np.array([3e-8, -4e-8]), np.array([[1.2e-7]])], 1.0, note="tiny gradients"),
    ]
    stretched = {
        "stretches short ones": (lambda grads, limit: [g * limit / _length(grads) for g in grads], "A gradient below the limit has been stretched to it. Only longer ones should change."),
        "nothing left of short ones": (lambda grads, limit: [0.0 * g for g in grads], "A gradient below the limit has become 0. It should stay as it is."),
    }  # fmt: skip
    compare(attempt, lambda grads, limit: grads, short, stretched, asked="arrays below the limit as they came")
    nothing = [np.zeros(2), np.zeros((1, 3))]
    try:
        compare(attempt, lambda grads, limit: grads, [case(nothing, 1.0, scale=1e-9)], asked="zeros, as they came")
    except NotYet as error:
        raise NotYet(f"With all gradients zero it fails: {error}", "divides by zero") from None
    _check_whole_numbers(attempt, _clip(_length), case([np.array([3, 4])], 1), asked)
    return (
        "The direction is kept, and only the length is bounded: recurrent networks could hardly be trained without it."
    )


def _length(grads: Sequence[np.ndarray]) -> float:
    """Return the global norm."""
    return float(np.sqrt(sum(np.sum(g**2) for g in grads)))


def _clip(norm: Callable) -> Callable:
    """Return clipping by norm(grads), one number for all or one for each array."""

    def clip(grads: Sequence[np.ndarray], limit: float) -> list[np.ndarray]:
        found = norm(grads)
        lengths = found if isinstance(found, list) else [found] * len(grads)
        return [g * min(1.0, limit / max(length, 1e-300)) for g, length in zip(grads, lengths, strict=True)]

    return clip


def _refuse_other_lists(got: object, like: Sequence[np.ndarray]) -> None:
    """Raise `NotYet` where it is not a list of arrays in the shapes of `like` that comes back."""
    text = f"A list of {len(like)} arrays is asked for, in the shapes that came in."
    if _is_list_and_number(got, len(like)):
        raise NotYet("Two things come back, the arrays and their norm. Return the list alone.", "arrays and norm")
    try:
        parts = results(got, len(like))
    except NotYet as error:
        raise NotYet(f"{text} {error}", "not a list of arrays") from None
    for place, (part, original) in enumerate(zip(parts, like, strict=True)):
        try:
            array(part, original.shape)
        except NotYet as error:
            raise NotYet(f"{text} Of array {place}: {error}", error.name) from None


def _is_list_and_number(got: object, n: int) -> bool:
    """Return whether `n` arrays come back in a list of their own, and one number behind it."""
    try:
        arrays, norm = results(got, 2)
        number(norm)
        return isinstance(arrays, (list, tuple)) and len(arrays) == n
    except NotYet:
        return False


@lesson.exercise(
    "On a bowl, w and the step before it follow one linear rule; stability is a matter of its two eigenvalues.",
    "Eliminate v: w_next = (1 + beta - lr * curvature) * w - beta * w_before. When does z = -1 solve z**2 = (1 + beta - lr * curvature) * z - beta?",
    "Set z = -1: 1 = -(1 + beta - lr * curvature) - beta. Solve for lr.",
)
def momentum_limit(attempt: Attempt) -> str:
    """Return the largest learning rate, a float, at which momentum on a bowl of that curvature is stable."""
    pairs = [
        (5.0, 0.6),
        (2.0, 0.9),
        (100.0, 0.83),
        (0.37, 0.25),
        (1.0, 0.95),
        (17.3, 0.5),
        (8.0, 0.0),
        (0.01, 0.99),
        (3.0, 0.875),
    ]
    cases = [case(curvature, beta, note="" if beta else "no memory") for curvature, beta in pairs]
    wrong = {
        "limit of plain descent": (lambda c, b: 2 / c, "That is the limit without momentum. Does the memory make the zigzag worse, or damp it?"),
        "limit of the terminal step": (lambda c, b: 2 * (1 - b) / c, "That holds the terminal velocity below 2 / curvature. In a zigzag the velocity never gets there: pulls change sign."),
        "one plus beta, without the 2": (lambda c, b: (1 + b) / c, "At beta = 0 there is no memory, and yours is below the limit of plain descent. Should it be?"),
        "over one minus beta": (lambda c, b: 2 / (c * (1 - b)), "Momentum allows more, but not that much. Try this rate with `walk`."),
        "over one plus beta": (lambda c, b: 2 / (c * (1 + b)), "Yours is below the limit of plain descent. Does the memory make the zigzag worse, or damp it?"),
        "squared": (lambda c, b: 2 * (1 + b) ** 2 / c, "Close in shape. Try it with `walk` on a bowl of one dimension: it explodes."),
        "squared, without the 2": (lambda c, b: (1 + b) ** 2 / c, "1 + beta is squared in yours, and the 2 is missing: at beta = 0 it is below the limit of plain descent. Should it be?"),
        "where the eigenvalues meet": (lambda c, b: (1 + np.sqrt(b)) ** 2 / c, "There the two eigenvalues meet, and both are still smaller than 1 in size. How much further until one of them is -1?"),
        "fastest": (lambda c, b: (1 - np.sqrt(b)) ** 2 / c, "There the two eigenvalues meet on the other side, far inside the stable rates. Which rate is the last stable one?"),
        "Nesterov's limit": (lambda c, b: 2 * (1 + b) / (c * (1 + 2 * b)), "That is the limit of `nesterov`. Try this rate, and a larger one, with `momentum`."),
        "of a beta of 1": (lambda c, b: 4 / c, "No beta below 1 allows that much. Is beta used?"),
        "grows with curvature": (lambda c, b: 2 * (1 + b) * c, "The sharper the bowl, the smaller the limit. Where does the curvature belong?"),
        "without the curvature": (lambda c, b: 2 * (1 + b), "It fits a curvature of 1. The sharper the bowl, the smaller the limit."),
        "beta of 0.9 written in": (lambda c, b: 3.8 / c, "It fits beta = 0.9 and no other. Is beta used?"),
        "fixed settings": (lambda c, b: 2 * (1 + 0.6) / c, "It fits beta = 0.6 and no other. Is beta used?"),
    }  # fmt: skip
    try:
        compare(
            attempt,
            lambda c, b: 2 * (1 + b) / c,
            cases,
            wrong,
            asked="the rate above which the walk of momentum explodes, and below which it settles",
            rtol=1e-3,
        )
    except NotYet as error:
        if error.name == "other":
            _refuse_near(attempt, pairs)
        raise
    return "Momentum damps the zigzag, so it forgives nearly twice the rate of plain descent. Nesterov, by the way, forgives less."


def _refuse_near(attempt: Attempt, pairs: Sequence[tuple]) -> None:
    """Raise `NotYet` where the answer is near the limit for all of the `pairs`, and not near enough for most."""
    rates = [number(attempt(curvature, beta)) for curvature, beta in pairs]
    away = [abs(rate * curvature / (2 * (1 + beta)) - 1) for rate, (curvature, beta) in zip(rates, pairs, strict=True)]
    if max(away) < 0.03 and np.median(away) > 1e-3:
        worst = int(np.argmax(away))
        curvature, beta = pairs[worst]
        text = f"For curvature {curvature:g} and beta {beta} you return {rates[worst]:.5g}. That is near, by {100 * away[worst]:.1g} per cent: the check asks for one part in a thousand. Search more finely, or derive the formula."
        raise NotYet(text, "near")

"""Exercises of lesson 03: cross-entropy, squared error behind a sigmoid, log-softmax, F1, AUC, a threshold from costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from course_utils.checking import Attempt, Lesson, NotYet, array, case, close, compare, number

lesson = Lesson("03_classification")
EXERCISES = lesson.exercises


def _sigmoid(z: float | np.ndarray) -> float | np.ndarray:
    return 1 / (1 + np.exp(-z))


def _compare_numbers(
    attempt: Attempt, reference: Callable, cases: Sequence, wrong: Mapping, asked: str, constant: str, name: str
) -> None:
    """Compare as `compare` does; an answer that has no name, and is one number whatever it is given, is told `constant`."""
    try:
        compare(attempt, reference, cases, wrong, asked=asked)
    except NotYet as error:
        if error.name != "other":
            raise
        found = {_number_or_none(attempt, each.args) for each in cases[:3]}
        if len(found) > 1 or None in found:
            raise
        raise NotYet(constant, name) from None


def _number_or_none(attempt: Attempt, arguments: tuple) -> float | None:
    try:
        return number(attempt(*arguments))
    except NotYet:
        return None


_CONSTANT = "{} has been added inside the logarithms, and it shortens the surprise of a nearly certain mistake. The probabilities lie between 0 and 1: does any of them need it?"


def _with_constant(eps: float) -> Callable:
    return lambda y, p: -np.mean(y * np.log(p + eps) + (1 - y) * np.log(1 - p + eps))


def _surprises(y: np.ndarray, p: np.ndarray) -> np.ndarray:
    return -np.log(np.where(y == 1, p, 1 - p))


def _labelled(rng: np.random.Generator, n: int, spread: float) -> tuple[np.ndarray, np.ndarray]:
    """Return labels (n,) and probabilities (n,) of a model that is right more often than not, and now and then badly wrong."""
    z = np.clip(rng.normal(0, spread, n), -9, 7)
    return (rng.random(n) < _sigmoid(0.7 * z)).astype(int), _sigmoid(z)


@lesson.exercise(
    "Write the surprise of one example first: -log of the probability that the model gave to what happened.",
    "For y = 1 that is -log p, for y = 0 it is -log(1 - p). y and 1 - y can switch the two terms on and off.",
    "Take the mean of all the surprises, and one minus sign for both terms.",
)
def cross_entropy(attempt: Attempt) -> str:
    """Return the mean cross-entropy, a float, for labels y (n,) of 0 and 1 and probs (n,)."""
    rng = np.random.default_rng(3)
    cases = [
        case(np.array([1, 1, 0, 0, 0]), np.array([0.57, 0.83, 0.31, 0.94, 0.08])),
        case(np.array([1]), np.array([0.0213]), note="one malignant example"),
        case(np.array([0]), np.array([0.9171]), note="one benign example"),
        case(np.zeros(4, dtype=int), np.array([0.35, 0.62, 0.04, 0.35]), note="benign examples only"),
        case(np.ones(3, dtype=int), np.array([0.71, 0.09, 0.996]), note="malignant examples only"),
        case(*_labelled(rng, 569, 3.0), note="569 examples, some of them sure mistakes"),
        case(np.array([1, 0, 0]), np.array([2e-6, 0.7, 1 - 2**-19]), note="two mistakes that are nearly certain"),
    ]
    wrong = {
        "benign examples ignored": (lambda y, p: np.mean(-y * np.log(p)), "This is the article's loss, averaged. A model that says 1 to everyone has loss 0 there. Which examples never count?"),
        "malignant examples ignored": (lambda y, p: np.mean(-(1 - y) * np.log(1 - p)), "Only the examples with y = 0 count here. A model that says 0 to everyone has loss 0. What is the surprise where y = 1?"),
        "the article's sum": (lambda y, p: np.sum(-y * np.log(p)), "This is the article's loss: examples with y = 0 never count, and it grows with n. What would a model do that always says 1?"),
        "missing 1/n": (lambda y, p: _surprises(y, p).sum(), "Both terms are there. Twice as many examples would double the loss: what is missing?"),
        "wrong sign": (lambda y, p: -_surprises(y, p).mean(), "The size is right. Is a good model one with a small or a large value?"),
        "halved": (lambda y, p: _surprises(y, p).mean() / 2, "Half of what it should be. There are two terms for each example, and one of them is 0. By how many do you divide?"),
        "one minus sign too few": (lambda y, p: np.mean(-y * np.log(p) + (1 - y) * np.log(1 - p)), "The minus sign reaches the first term and not the second. Which sign has the surprise of an example with y = 0?"),
        "1e-9 in the logarithm": (_with_constant(1e-9), _CONSTANT.format("1e-9")),
        "1e-8 in the logarithm": (_with_constant(1e-8), _CONSTANT.format("1e-8")),
        "1e-7 in the logarithm": (_with_constant(1e-7), _CONSTANT.format("1e-7")),
        "1e-6 in the logarithm": (_with_constant(1e-6), _CONSTANT.format("1e-6")),
        "classes swapped": (lambda y, p: _surprises(1 - y, p).mean(), "p is the probability of class 1. Which term belongs to y = 1?"),
        "p for every example": (lambda y, p: -np.log(p).mean(), "You take -log p of every example. Where y = 0, which probability did the model give to what happened?"),
        "base 2": (lambda y, p: _surprises(y, p).mean() / np.log(2), "That is measured in bits, with the logarithm to base 2. The natural one is asked for."),
        "base 10": (lambda y, p: _surprises(y, p).mean() / np.log(10), "That is the logarithm to base 10. The natural one is asked for."),
        "logarithm of the mean": (lambda y, p: -np.log(np.mean(np.exp(-_surprises(y, p)))), "You average the probabilities and take one logarithm of that. The logarithm of a product is a sum of logarithms: which comes first?"),
        "classes averaged apart": (lambda y, p: _surprises(y, p)[y == 1].mean() + _surprises(y, p)[y == 0].mean(), "Each class has a mean of its own here, and the two are added. One mean over all n examples is asked for."),
        "classes weighted alike": (lambda y, p: (_surprises(y, p)[y == 1].mean() + _surprises(y, p)[y == 0].mean()) / 2, "Each class has a mean of its own here, so an example of the rarer class counts more. One mean over all n examples is asked for."),
        "probs taken for logits": (lambda y, p: np.mean(np.logaddexp(0, p) - y * p), "You treat probs as logits, so that they go through a sigmoid once more. They are probabilities already."),
        "likelihood": (lambda y, p: np.prod(np.exp(-_surprises(y, p))), "That is the likelihood, the product of what was held probable. What does the lesson do to it next?"),
        "squared error": (lambda y, p: np.mean((p - y) ** 2), "That is the mean squared error. How surprising is what happened, measured by a logarithm?"),
        "absolute error": (lambda y, p: np.mean(np.abs(p - y)), "That is the mean distance between p and y. How surprising is what happened, measured by a logarithm?"),
    }  # fmt: skip
    asked = "the mean, over all examples, of the surprise at what happened"
    try:
        compare(attempt, lambda y, p: _surprises(y, p).mean(), cases, wrong, asked=asked)
    except NotYet as error:
        if error.name == "not finite":
            raise _infinite(attempt) from None
        raise
    many = case(*_labelled(rng, 4000, 2.5), note="four thousand examples")
    try:
        compare(attempt, lambda y, p: _surprises(y, p).mean(), [many], asked=asked)
    except NotYet as error:
        if error.name != "not finite":
            raise
        raise NotYet("It is right for 569 examples, and not finite for 4,000. A product of thousands of probabilities is too small for a float. Do you multiply before you take the logarithm?", "product underflows") from None  # fmt: skip
    return "Each example adds the surprise at what happened; the article's version is blind to every healthy patient."


def _infinite(attempt: Attempt) -> NotYet:
    """Return what to say of a cross-entropy that is not finite: y and p exchanged, if that is what soft labels show."""
    soft, p = np.array([0.3, 0.85, 0.6]), np.array([0.45, 0.2, 0.95])
    exchanged = -np.mean(p * np.log(soft) + (1 - p) * np.log(1 - soft))
    found = _number_or_none(attempt, (soft, p))
    if found is not None and close(found, exchanged):
        return NotYet("The result is NaN or infinite: a label of 0 has no logarithm. Of which of the two arrays do you take it?", "y and p exchanged")  # fmt: skip
    return NotYet("The result is NaN or infinite, and every p lies between 0 and 1. Of what do you take a logarithm, or by what do you divide?", "not finite")  # fmt: skip


@lesson.exercise(
    "Both slopes by the chain rule: the outer derivative times dp/dz, and dp/dz = p (1 - p).",
    "(p - 1)**2 / 2 gives (p - 1) p (1 - p); -log p gives (-1/p) p (1 - p) = p - 1.",
)
def slope_ratio(attempt: Attempt) -> str:
    """Return the slope of the squared error over that of cross-entropy, at logit z for a positive example."""
    cases = [case(z) for z in (-1.5, 0.63, -6.0, 3.47, 0.0, -3.218, 1.9)]
    wrong = {
        "cross-entropy's slope in p": (lambda z: (_sigmoid(z) * (1 - _sigmoid(z))) ** 2, "The squared error's slope is taken in z, cross-entropy's in p. How does p change with z, in both?"),
        "derivative of the sigmoid forgotten once": (lambda z: 1.0, "A ratio of 1 says they learn equally fast: that is the article's slip, (p - y) without the sigmoid's derivative."),
        "upside down": (lambda z: 1 / (_sigmoid(z) * (1 - _sigmoid(z))), "That is cross-entropy over squared error. The other way round is asked for."),
        "missing the half": (lambda z: 2 * _sigmoid(z) * (1 - _sigmoid(z)), "Twice too large. The loss has a factor of one half."),
        "negative": (lambda z: -_sigmoid(z) * (1 - _sigmoid(z)), "Both slopes have the same sign: both losses want p to rise. Check one of the signs."),
        "slope itself": (lambda z: (_sigmoid(z) - 1) * _sigmoid(z) * (1 - _sigmoid(z)), "That is the slope of the squared error. What is cross-entropy's, at the same z?"),
        "cross-entropy's slope itself": (lambda z: _sigmoid(z) - 1, "That is cross-entropy's slope. What is the squared error's, at the same z?"),
        "the losses themselves": (lambda z: (_sigmoid(z) - 1) ** 2 / 2 / -np.log(_sigmoid(z)), "You have divided the two losses. Their slopes are asked for: how does each change with z?"),
        "one factor, p": (lambda z: _sigmoid(z), "The ratio has a factor p, and at a large z it stays near 1. The sigmoid is flat at both ends: what is its derivative?"),
        "one factor, 1 - p": (lambda z: 1 - _sigmoid(z), "The ratio has a factor 1 - p, and at z = -6 it stays near 1. The sigmoid is flat at both ends: what is its derivative?"),
        "sigmoid left out": (lambda z: z * (1 - z), "You compute z (1 - z). The sigmoid's derivative is made of its output p. How does p come from z?"),
        "sigmoid applied twice": (lambda z: _sigmoid(_sigmoid(z)) * (1 - _sigmoid(_sigmoid(z))), "The sigmoid's derivative at z is wanted. You put p into it, which has been through the sigmoid already."),
        "label 0 in the squared error": (lambda z: -(_sigmoid(z) ** 2), "The slope of the squared error is that of a benign example. Both losses are those of y = 1: (p - 1)**2 / 2 and -log p."),
        "label 0 in cross-entropy": (lambda z: -((1 - _sigmoid(z)) ** 2), "The slope of cross-entropy is that of a benign example. Both losses are those of y = 1: (p - 1)**2 / 2 and -log p."),
    }  # fmt: skip
    _compare_numbers(
        attempt,
        lambda z: _sigmoid(z) * (1 - _sigmoid(z)),
        cases,
        wrong,
        "the slope of (p - 1)**2 / 2 in z, divided by the slope of -log p in z; central differences of the two losses show it",
        "The same number comes back for z = -1.5, z = 0.63 and z = -6. Is a z written into the code?",
        "fixed z",
    )
    # Central differences leave a few per cent here; for large positive z the two slopes themselves would be 0 / 0.
    sure = [case(-12.0, note="a model that is sure and wrong"), case(-17.0, note="a model that is very sure and wrong")]
    asked = "the ratio of the two slopes, which no bound keeps from falling towards 0"
    compare(attempt, lambda z: _sigmoid(z) * (1 - _sigmoid(z)), sure, asked=asked, rtol=0.05)
    return "p (1 - p) all but vanishes where the model is sure: a confident mistake is the one from which squared error learns next to nothing."


def _log_softmax(z: np.ndarray, axis: int | None = 1) -> np.ndarray:
    shifted = z - z.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def _by_shift(z: np.ndarray, shift: Any) -> np.ndarray:
    return z - shift - np.log(np.exp(z - shift).sum(axis=1, keepdims=True))


def _log_of_softmax(z: np.ndarray, shift: Any) -> np.ndarray:
    return np.log(np.exp(z - shift) / np.exp(z - shift).sum(axis=1, keepdims=True))


AROUND_1000 = np.array([[1000.3, 999.1, 998.7], [-1000.2, -1001.9, -1003.1]])
FAR_BEHIND = np.array([[0.4, -1600.6]])
ONE_LARGE = np.array([[1500.5, 0.2, -0.7], [0.3, 1500.5, 0.1], [-0.2, 0.6, 1500.5]])
HUGE = np.array([[120000.5, 3.25, -98000.0], [-250.0, 40.5, 99999.0]])
EXTREME = [
    case(AROUND_1000, note="rows of logits around 1000 and around -1000", scale=30.0),  # float32 leaves 1e-4 there
    case(FAR_BEHIND, note="the row [0.4, -1600.6]"),
    case(ONE_LARGE, note="one logit of 1500 in each row"),
    case(HUGE, note="logits of a hundred thousand"),
]


@lesson.exercise(
    "log(e**z_k / sum) is z_k minus the logarithm of the sum.",
    "Subtract each row's largest logit first: `logits.max(axis=1, keepdims=True)` keeps the shape (n, 1).",
    "shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))",
)
def log_softmax(attempt: Attempt) -> str:
    """Return the logarithms (n, k) of the softmax of each row of logits (n, k)."""
    rng = np.random.default_rng(3)
    cases = [
        case(np.array([[1.13, 2.31, 0.47], [0.26, -1.38, 3.72]])),
        case(rng.normal(-3, 4, (4, 2)), note="two classes"),
        case(rng.normal(5, 0.3, (6, 2)), note="two classes, nearly undecided"),
        case(rng.normal(0, 3, (1, 5)), note="one row"),
        case(np.array([[4.2], [-31.7], [0.3]]), note="one class", scale=1.0),
        case(np.full((2, 4), 0.7), note="equal logits"),
        case(rng.normal(0, 1, (9, 3)) * [0.02, 1.0, 30.0], note="columns of different size"),
        case(rng.normal(0, 6, (200, 10)), note="two hundred rows"),
        case(rng.normal(0, 2, (3, 200)), note="two hundred classes"),
        case(rng.normal(0, 3, (4, 4)), note="as many classes as rows"),
    ]
    wrong = {
        "softmax over the wrong axis": (lambda z: _log_softmax(z, 0), "The columns sum to one. A row holds the classes of one example: over which axis is the sum?"),
        "one sum for all": (lambda z: _log_softmax(z, None), "All entries together sum to one. Each row should, by itself."),
        "no logarithm": (lambda z: np.exp(_log_softmax(z)), "These are the probabilities. Their logarithms are asked for, and computed that way they underflow to log 0."),
        "wrong sign": (lambda z: -_log_softmax(z), "These are the surprises, -log p. The logarithms themselves are asked for."),
        "only shifted": (lambda z: z - z.max(axis=1, keepdims=True), "Subtracting the largest is the safe start. What about the sum?"),
        "max added back": (lambda z: _log_softmax(z) + z.max(axis=1, keepdims=True), "Each row is too large by its own largest logit. If it is subtracted inside the sum, what has to happen to the logit in front of the sum?"),
        "max subtracted twice": (lambda z: _log_softmax(z) - z.max(axis=1, keepdims=True), "Each row is too small by its own largest logit. With a shifted logit goes the sum over shifted logits, with a plain one the sum over plain ones: do yours match?"),
        "sum without its logarithm": (lambda z: z - z.max(axis=1, keepdims=True) - np.exp(z - z.max(axis=1, keepdims=True)).sum(axis=1, keepdims=True), "You subtract the sum of the exponentials. The logarithm of a quotient is the difference of two logarithms: which one is missing?"),
        "largest of each column": (lambda z: _log_softmax(z - z.max(axis=0, keepdims=True)), "A number of its own has been subtracted from each column, and that changes the probabilities. What may be subtracted has to be the same along a row."),
        "base 2": (lambda z: _log_softmax(z) / np.log(2), "That is the logarithm to base 2. The natural one is asked for."),
        "base 10": (lambda z: _log_softmax(z) / np.log(10), "That is the logarithm to base 10. The natural one is asked for."),
    }  # fmt: skip
    asked = "the logarithm of the softmax of each row"
    compare(attempt, _log_softmax, cases, wrong, asked=f"{asked}; the exponentials of each row then sum to 1")
    got = [_finite_or_not(_called(attempt, each), each.args[0].shape) for each in EXTREME]
    _reject_lost(got)
    if np.ptp(got[0][0]) < 0.01:
        raise NotYet("The logits 1000.3, 999.1 and 998.7 come out equally probable. Have they been cut to the same number, or has an overflow been covered up? A shift leaves their distances as they are.", "logits cut off")  # fmt: skip
    if abs(got[1][0, 1] + 1601) > 0.1 and abs(got[1][0, 0]) < 0.1:
        raise NotYet(f"Beside a logit of 0.4, one of -1600.6 has a log-probability of -1601, and {got[1][0, 1]:.6g} comes back. Is a probability that rounds to 0, or a very small logit, replaced by something else before the logarithm?", "tiny probability replaced")  # fmt: skip
    compare(attempt, _log_softmax, EXTREME, asked=asked)
    return "Frameworks compute their losses from logits in this way; a softmax that is taken first and logged later turns sure mistakes into infinity."


def _called(attempt: Attempt, each: Any) -> Any:
    """Return `attempt` of a case; where it raises, the case is named, and an overflow gets a question."""
    try:
        return attempt(*each.args)
    except NotYet as error:
        if error.name != "raises":
            raise
        text = f"With {each.note}: {error}"
        if "OverflowError" not in text:
            raise NotYet(text, "raises") from None
        text = f"{text} What may be subtracted from a row without changing its softmax, so that no power of e is too large?"
        raise NotYet(text, "overflow raised") from None


def _finite_or_not(value: Any, shape: tuple[int, int]) -> np.ndarray:
    """Return `value` as a float array of `shape`, NaN and infinities included."""
    try:
        return array(value, shape)
    except NotYet as error:
        if error.name != "not finite":
            raise
        return np.asarray(value).astype(float)


def _reject_lost(got: Sequence[np.ndarray]) -> None:
    """Raise `NotYet` if any of `got`, one for each of `EXTREME`, is not finite; named where it is lost in the very places."""
    if all(np.isfinite(part).all() for part in got):
        return
    no_shift = "For logits around 1000 or -1000, e**z is infinite or 0. What may be subtracted from a row without changing its softmax?"
    shared = "Beside a row of logits around 1000, a row around -1000 is lost: both are shifted by the same number. What should a row be shifted by?"
    too_little = "For rows such as [0.3, 1500.5, 0.1] it overflows: after your shift a large number is left above 0. Which number of a row leaves nothing above 0 when it is subtracted?"
    known = {
        "overflows": (lambda z: _by_shift(z, 0), no_shift),
        "overflows, softmax first": (lambda z: _log_of_softmax(z, 0), no_shift),
        "one shift for all": (lambda z: _by_shift(z, z.max()), shared),
        "one shift for all, softmax first": (lambda z: _log_of_softmax(z, z.max()), shared),
        "logarithm of zero": (lambda z: _log_of_softmax(z, z.max(axis=1, keepdims=True)), "For the row [0.4, -1600.6] the softmax rounds to 0 and its log is -inf. Cancel log and exp on paper first."),
        "too little subtracted": (lambda z: _by_shift(z, z.mean(axis=1, keepdims=True)), too_little),
        "first subtracted": (lambda z: _by_shift(z, z[:, :1]), "For rows such as [0.3, 1500.5, 0.1] it overflows: is the first logit always the largest?"),
        "last subtracted": (lambda z: _by_shift(z, z[:, -1:]), "For rows such as [0.3, 1500.5, 0.1] it overflows: is the last logit always the largest?"),
        "largest size subtracted": (lambda z: _by_shift(z, np.abs(z).max(axis=1, keepdims=True)), "A row around -1000 is lost: its largest size is 1003.1, and subtracting that leaves -2003. What is the largest logit of this row?"),
    }  # fmt: skip
    for name, (function, message) in known.items():
        if all(_lost_alike(part, function(each.args[0])) for part, each in zip(got, EXTREME, strict=True)):
            raise NotYet(message, name)
    first = next(each for part, each in zip(got, EXTREME, strict=True) if not np.isfinite(part).all())
    raise NotYet(f"With {first.note}, the result holds NaN or infinity. Does e to some power overflow, or does a probability round to 0 before its logarithm is taken?", "not finite")  # fmt: skip


def _lost_alike(one: np.ndarray, other: np.ndarray) -> bool:
    kept = np.isfinite(one)
    return bool((kept == np.isfinite(other)).all()) and close(one[kept], other[kept], scale=30.0)


def _harmonic(a: float, b: float) -> float:
    return 2 * a * b / (a + b)


def _kappa(tp: int, fp: int, fn: int, tn: int) -> float:
    n = tp + fp + fn + tn
    chance = ((tp + fp) * (tp + fn) + (fn + tn) * (fp + tn)) / n**2
    return ((tp + tn) / n - chance) / (1 - chance)


@lesson.exercise(
    "F1 is the harmonic mean of precision and recall: 2 P R / (P + R).",
    "Multiplied out, only three of the four counts are left.",
    "What should come back if nobody is found, so that a ratio is 0 / 0?",
)
def f1(attempt: Attempt) -> str:
    """Return the F1 score, a float, from four counts; 0.0 where it is undefined."""
    cases = [
        case(6, 4, 2, 988, note="a rare disease"),
        case(37, 5, 12, 513),
        case(3, 0, 4, 9, note="no false alarm"),
        case(5, 8, 0, 20, note="nobody missed"),
        case(7, 0, 0, 11, note="no mistake at all"),
        case(19, 6, 23, 0, note="nobody cleared"),
        case(1, 2000, 3, 1, note="very many false alarms"),
        case(1207, 341, 76, 260_411, note="a quarter of a million people"),
        case(40_000, 25_000, 31_000, 904_000, note="a million people"),
        case(6, 4, 9, 988, note="a rare disease, mostly missed"),
    ]

    def precision(tp: int, fp: int, fn: int, tn: int) -> float:
        return tp / (tp + fp)

    def recall(tp: int, fp: int, fn: int, tn: int) -> float:
        return tp / (tp + fn)

    def accuracy(tp: int, fp: int, fn: int, tn: int) -> float:
        return (tp + tn) / (tp + fp + fn + tn)

    wrong = {
        "accuracy instead of precision": (lambda *c: _harmonic(accuracy(*c), recall(*c)), "This is the two articles' version: accuracy and recall. On a rare disease it is flattered by 988 easy negatives. Which ratio looks at the alarms?"),
        "accuracy instead of recall": (lambda *c: _harmonic(precision(*c), accuracy(*c)), "This is the harmonic mean of precision and accuracy. Which ratio looks at the ill, and at how many of them are found?"),
        "precision and recall the same": (precision, "Precision and recall came out alike, as in the third article, so their mean is just precision. Which counts does recall use?"),
        "recall twice": (recall, "Precision and recall came out alike, and both are recall. Which counts does precision use?"),
        "specificity instead of recall": (lambda tp, fp, fn, tn: _harmonic(tp / (tp + fp), tn / (tn + fp)), "Where recall belongs stands TN / (TN + FP), the share of the healthy who are cleared. Recall is the share of the ill who are found."),
        "arithmetic mean": (lambda *c: (precision(*c) + recall(*c)) / 2, "That is the ordinary mean. The harmonic one punishes the smaller of the two."),
        "geometric mean": (lambda *c: np.sqrt(precision(*c) * recall(*c)), "That is the geometric mean, the root of the product."),
        "product": (lambda *c: precision(*c) * recall(*c), "That is the product of precision and recall. For 0.5 and 0.5 a mean should give 0.5."),
        "smaller of the two": (lambda *c: min(precision(*c), recall(*c)), "That is the smaller of precision and recall. The harmonic mean lies between them."),
        "missing the 2": (lambda *c: _harmonic(precision(*c), recall(*c)) / 2, "For precision = recall = 1 it should be 1. What does yours give there?"),
        "doubled": (lambda *c: 2 * _harmonic(precision(*c), recall(*c)), "Twice too large: for precision = recall = 1 it should be 1. Has the 2 gone in twice?"),
        "2 above only": (lambda tp, fp, fn, tn: 2 * tp / (tp + fp + fn), "TP counts twice above the line and once below it. For precision = recall = 1 it should be 1."),
        "Jaccard index": (lambda tp, fp, fn, tn: tp / (tp + fp + fn), "That is the Jaccard index: TP counts once there, and twice in F1."),
        "missing brackets": (lambda *c: 2 * precision(*c) * recall(*c) / precision(*c) + recall(*c), "Python divides before it adds: 2 * P * R / P + R is not what you mean. Which brackets are missing?"),
        "accuracy": (accuracy, "That is accuracy. With 6 found, 4 false alarms, 2 missed and 988 cleared it is 0.994, and a quarter of the ill are missed."),
        "kappa": (_kappa, "That is Cohen's kappa. The true negatives are in it."),
        "the negatives' F1": (lambda tp, fp, fn, tn: 2 * tn / (2 * tn + fp + fn), "That is the F1 of the healthy: TN stands where TP belongs. Which class is the positive one?"),
        "true negatives below the line": (lambda tp, fp, fn, tn: 2 * tp / (2 * tp + fp + fn + tn), "All four counts stand below the line. Neither precision nor recall knows of TN."),
    }  # fmt: skip
    compare(
        attempt,
        lambda tp, fp, fn, tn: 2 * tp / (2 * tp + fp + fn),
        cases,
        wrong,
        asked="the harmonic mean of precision TP / (TP + FP) and recall TP / (TP + FN)",
    )
    for empty in ((0, 0, 0, 10), (0, 0, 3, 7), (0, 5, 0, 5), (0, 4, 3, 12), (0, 0, 6, 0), (0, 8, 0, 0), (0, 0, 0, 0)):
        said = f"For (TP, FP, FN, TN) = {empty}"
        try:
            edge = number(attempt(*empty))
        except NotYet as error:
            raise NotYet(f"{said} it fails: {error} There 0.0 is asked for.", "undefined cases") from None
        if edge != 0:
            raise NotYet(f"{said} you return {edge:g}; 0.0 is asked for.", "undefined cases")
    return "TN is nowhere in it, and that is its point: with a rare disease, easy negatives cannot flatter it."


def _auc(y: np.ndarray, s: np.ndarray, tie: float = 0.5) -> float:
    gaps = s[y == 1][:, None] - s[y == 0]
    return np.mean((gaps > 0) + tie * (gaps == 0))


def _positions(other: Callable) -> Callable:
    """Return the slip of `scores[y]`, where y is whole numbers, against `scores[other(y)]`."""
    return lambda y, s: np.mean(s[y][:, None] > s[other(y)])


def _rank_sum(y: np.ndarray, s: np.ndarray, first: int, taken: int | None) -> float:
    """Return the AUC from mean ranks from `first`, of which k (k + `taken`) / 2, or nothing, is taken away; k positives."""
    ranks = np.array([np.sum(s < one) + (np.sum(s == one) - 1) / 2 for one in s]) + first
    k = np.sum(y == 1)
    away = 0 if taken is None else k * (k + taken) / 2
    return (ranks[y == 1].sum() - away) / (k * np.sum(y == 0))


def _area(y: np.ndarray, s: np.ndarray, thresholds: np.ndarray) -> float:
    yes = s >= np.sort(thresholds)[::-1, None]
    return np.trapezoid(yes[:, y == 1].mean(axis=1), yes[:, y == 0].mean(axis=1))


def _average_precision(y: np.ndarray, s: np.ndarray) -> float:
    yes = s >= np.unique(s)[::-1, None]
    recall, precision = yes[:, y == 1].mean(axis=1), (y * yes).sum(axis=1) / yes.sum(axis=1)
    return np.sum(np.diff(recall, prepend=0) * precision)


def _depends_on_order(attempt: Attempt, y: np.ndarray, s: np.ndarray) -> bool:
    """Return whether the same examples in another order get another AUC."""
    orders = [np.arange(len(y)), np.arange(len(y))[::-1], np.random.default_rng(5).permutation(len(y))]
    found = [_number_or_none(attempt, (y[order], s[order])) for order in orders]
    return None not in found and max(found) - min(found) > 1e-3


def _reads_positions(attempt: Attempt) -> bool:
    """Return whether only the first and last two scores matter: `scores[y]` takes them, where y is 0, 1, or ~y."""
    y = np.array([1, 1, 0, 1, 0, 1, 1, 0, 0])
    scores = np.array([0.5, 0.3, 0.2, 0.9, 0.1, 0.8, 0.7, 0.4, 0.6])
    others = np.array([0.5, 0.3, 0.95, 0.05, 0.9, 0.02, 0.1, 0.4, 0.6])
    swapped = np.array([0.3, 0.5, 0.2, 0.9, 0.1, 0.8, 0.7, 0.4, 0.6])
    found = [_number_or_none(attempt, (y, s)) for s in (scores, others, swapped)]
    return None not in found and found[0] == found[1] != found[2]


@lesson.exercise(
    "Take every positive and every negative: in how many of these pairs is the positive's score higher?",
    "`scores[y == 1][:, None] - scores[y == 0]` holds all differences, (positives, negatives).",
    "A tie is half a win: a coin would decide it.",
)
def auc(attempt: Attempt) -> str:
    """Return the AUC, a float, for labels y (n,) of 0 and 1, both present, and scores (n,)."""
    rng = np.random.default_rng(3)
    without_ties = np.array([1, 0, 1, 0, 1, 0]), np.array([0.91, 0.58, 0.33, 0.74, 0.86, 0.15])
    with_ties = np.array([1, 0, 0, 1, 0, 0]), np.array([0.86, 0.86, 0.42, 0.42, 0.42, 0.63])  # 3 wins, 3 ties, 8 pairs
    rare, many, poor = np.arange(13) == 8, (rng.random(190) < 0.4).astype(int), (rng.random(41) < 0.5).astype(int)
    few = (rng.random(60) < 0.2).astype(int)
    cases = [
        case(*without_ties),
        case(np.array([0, 1, 1, 0, 1, 0, 0, 0, 1]), np.array([3.2, -41.5, 12.7, 31.6, -0.4, 25.1, 14.9, -33.3, 11.8]), note="scores that are logits, worse than chance"),
        case(*with_ties, note="equal scores, with three ties among eight pairs"),
        case(np.array([1, 0]), np.array([-2.3, -2.7]), note="one positive, one negative"),
        case(np.array([1, 0]), np.array([0.18, 0.94]), note="one positive below one negative", scale=1.0),
        case(np.array([0, 1, 1, 0, 0]), np.full(5, 0.37), note="a constant score"),
        case(rare.astype(int), rng.normal(0, 2, 13) + 2 * rare, note="one positive among twelve negatives"),
        case(np.array([0, 1, 0, 1, 1]), np.array([1.1, 4.4, 0.6, 2.5, 1.9]), note="a perfect ranking"),
        case(many, np.round(rng.normal(0, 4, 190) + 3 * many) / 2, note="190 scores, many of them equal"),
        case(few, 10 ** (rng.normal(-5, 0.4, 60) + 0.3 * few), note="probabilities near 0"),
        case(poor, rng.normal(520, 90, 41) - 60 * poor, note="scores in the hundreds, worse than chance"),
        case(np.array([1, 0, 0, 1, 0]), np.array([2.1e-9, 1.4e-9, 3.3e-9, 2.7e-9, 0.6e-9]), note="scores of a few billionths"),
        case(np.array([0, 1, 0, 1, 0, 1]), 4000 + np.array([3, 1, 2, 7, 5, 0]) / 64, note="large scores that lie close together"),
        case(np.array([0, 1, 1, 0, 0, 1, 0, 1]), np.array([3, 1, 4, 1, 5, 3, 2, 6]), note="whole numbers as scores"),
    ]  # fmt: skip
    positions = "y holds whole numbers, so `scores[y]` reads them as positions: entry 0, entry 1. How do you make a mask of them?"
    taken = "A positive's rank counts everyone below it, the other positives too. Which part of the rank sum is not a pair with a negative?"
    wrong = {
        "ties lose": (lambda y, s: _auc(y, s, 0), "Without ties it is right. A tie counts as a loss in yours. What would tossing a coin give?"),
        "ties win": (lambda y, s: _auc(y, s, 1), "Without ties it is right. A tie counts as a full win in yours: a constant score would then be perfect."),
        "never below one half": (lambda y, s: max(_auc(y, s), 1 - _auc(y, s)), "A ranking worse than chance comes out better than chance here. It has an AUC below one half: that is worth knowing."),
        "upside down": (lambda y, s: 1 - _auc(y, s), "That is the share of pairs in the wrong order. Which of the two should score higher? (If it is an area: which rate belongs on which axis?)"),
        "upside down, ties lose": (lambda y, s: 1 - _auc(y, s, 1), "That is the share of pairs in the wrong order. Which of the two should score higher? (And what is a tie worth?)"),
        "wrong sign": (lambda y, s: -_auc(y, s), "The size is right and the sign is not. If it is an area: do your false positive rates run from 1 down to 0?"),
        "twice the distance from chance": (lambda y, s: 2 * _auc(y, s) - 1, "Chance gives 0 here, and the worst ranking -1. Of all pairs, which share is in the right order?"),
        "accuracy at one half": (lambda y, s: np.mean((s > 0.5) == (y == 1)), "That is accuracy at the threshold 0.5. AUC needs no threshold."),
        "average precision": (_average_precision, "That is average precision, the summary of the other curve. AUC is a share of pairs."),
        "not divided": (lambda y, s: _auc(y, s) * np.sum(y == 1) * np.sum(y == 0), "That is a number of pairs. Of how many?"),
        "divided by all pairs": (lambda y, s: _auc(y, s) * np.sum(y == 1) * np.sum(y == 0) / len(y) ** 2, "You divide by n * n. How many pairs of one positive and one negative are there?"),
        "difference of means": (lambda y, s: s[y == 1].mean() - s[y == 0].mean(), "The means' distance depends on the scale of the scores. AUC looks at their order alone."),
        "pairs side by side": (lambda y, s: np.mean([a > b for a, b in zip(s[y == 1], s[y == 0], strict=False)]), "You compare the first with the first, the second with the second. Every positive has to meet every negative."),
        "labels used as positions": (_positions(lambda y: 1 - y), positions),
        "labels used as positions, turned by ~": (_positions(lambda y: ~y), positions),
        "ranks from 1, taken for ranks from 0": (lambda y, s: _rank_sum(y, s, 1, -1), "Each positive wins one pair too many: your ranks begin at 1, and what you take away belongs to ranks that begin at 0."),
        "ranks from 0, taken for ranks from 1": (lambda y, s: _rank_sum(y, s, 0, 1), "Each positive wins one pair too few: your ranks begin at 0, and what you take away belongs to ranks that begin at 1."),
        "rank sum": (lambda y, s: _rank_sum(y, s, 1, None), taken),
        "rank sum, ranks from 0": (lambda y, s: _rank_sum(y, s, 0, None), taken),
        "no start at (0, 0)": (lambda y, s: _area(y, s, np.unique(s)), "The first part of the curve is missing: at a threshold above all scores nobody is alarmed. Where does the curve begin?"),
        "thresholds from 0 to 1": (lambda y, s: _area(y, s, np.linspace(0, 1, 101)), "Your thresholds are a grid from 0 to 1. Scores need not be probabilities, and two scores may lie between the same two points of a grid."),
        "a constant score": (lambda y, s: _auc(y, s) if np.ptp(s) else 0.0, "A constant score gets 0 from you: all its pairs are ties. What is a tie worth?"),
    }  # fmt: skip
    asked = "the share of pairs of a positive and a negative in which the positive's score is higher, a tie counting one half"
    try:
        compare(attempt, _auc, cases, wrong, asked=asked)
    except NotYet as error:
        if error.name == "other" and _reads_positions(attempt):
            raise NotYet(positions, "labels used as positions") from None
        only_ties = _depends_on_order(attempt, *with_ties) and not _depends_on_order(attempt, *without_ties)
        if error.name == "other" and only_ties:
            raise NotYet("With equal scores the result changes if the same examples stand in another order. Does every positive meet every negative? And if yours ranks by place in the array, which rank do equals share?", "equals ranked by place") from None  # fmt: skip
        raise
    return "It is the probability that a random positive outranks a random negative; the curve is only another way to count the pairs."


@lesson.exercise(
    "With probability p the case is positive. What does staying silent cost on average, and what does an alarm?",
    "Silence costs p * cost_miss, an alarm costs (1 - p) * cost_alarm. Where are they equal?",
)
def best_threshold(attempt: Attempt) -> str:
    """Return the probability, a float, above which raising an alarm is the cheaper choice."""
    cases = [
        case(9.0, 1.5),
        case(2.5, 61.0, note="an alarm dearer than a miss"),
        case(10, 1, note="the lesson's costs"),
        case(0.2, 0.37),
        case(250_000, 1_200),
        case(3.0, 900.0),
        case(4.0, 4.0, note="equal costs"),
        case(9.0, 27.0, note="a dearer alarm with the miss of the first case"),
        case(31.0, 1.5, note="a dearer miss with the alarm of the first case"),
        case(1e6, 1.0, note="a miss a million times as dear"),
        case(4e-7, 9e-7, note="costs below a millionth"),
    ]
    wrong = {
        "capped at one half": (lambda miss, alarm: min(alarm / (miss + alarm), 0.5), "It is right where a miss is dearer. Where an alarm is dearer it stays at one half: may a threshold not lie above that?"),
        "the cheaper cost on top": (lambda miss, alarm: min(miss, alarm) / (miss + alarm), "It is right where a miss is dearer, and where an alarm is dearer the costs change places. Does the formula depend on which of them is larger?"),
        "costs swapped": (lambda miss, alarm: miss / (miss + alarm), "That raises the threshold when misses are dear. Which mistake does a low threshold avoid?"),
        "ratio of costs": (lambda miss, alarm: alarm / miss, "Nearly, and it can pass 1. An alarm is wrong only with probability 1 - p: put that into the equation."),
        "odds upside down": (lambda miss, alarm: miss / alarm, "That is a ratio of costs, above 1 where a miss is dearer. A probability is asked for."),
        "cost_alarm ignored": (lambda miss, alarm: 1 / (1 + miss), "That fits a false alarm that costs 1. Where does cost_alarm enter?"),
        "cost_miss ignored": (lambda miss, alarm: alarm / (1 + alarm), "That fits a miss that costs 1. Where does cost_miss enter?"),
        "1 over the sum": (lambda miss, alarm: 1 / (miss + alarm), "That fits a false alarm that costs 1. With both costs in cents instead of dollars the threshold should stay the same."),
        "the lesson's costs": (lambda miss, alarm: 1 / 11, "That is the answer for the lesson's costs, ten to one. The check asks with others: use both arguments."),
        "one half": (lambda miss, alarm: 0.5, "One half is right if both mistakes cost the same. They need not."),
        "difference of costs": (lambda miss, alarm: alarm / (miss - alarm), "A minus sign has slipped in. Write down both mean costs, each with its probability, before you solve for p."),
        "share of the difference": (lambda miss, alarm: (miss - alarm) / miss, "You compare the two costs as if both were certain. Write down both mean costs, each with its probability, before you solve for p."),
    }  # fmt: skip
    _compare_numbers(
        attempt,
        lambda miss, alarm: alarm / (miss + alarm),
        cases,
        wrong,
        "the probability of a positive at which silence and an alarm cost the same on average",
        "The same number comes back for three different pairs of costs. How does it change if a miss becomes dearer?",
        "fixed threshold",
    )
    return "With a miss ten times as dear as an alarm it is 1/11, about 0.09. It holds only for calibrated probabilities: the lesson compares it with a search."

"""Exercises of lesson 08: a paired interval, two bug hunts, six sick runs and three more, dropout."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from course_utils.checking import Attempt, Lesson, NotYet, array, case, compare, results
from course_utils.checking.verdict import article

lesson = Lesson("08_training_well")
EXERCISES = lesson.exercises
EPSILON = 0.001
ILLNESSES = (
    "rate too high",
    "rate too low",
    "dead ReLUs",
    "labels shuffled",
    "inputs unscaled",
    "validation leaked",
    "learned by heart",
    "healthy",
)
_WARD = {
    "A": "dead ReLUs",
    "B": "validation leaked",
    "C": "rate too high",
    "D": "inputs unscaled",
    "E": "rate too low",
    "F": "labels shuffled",
    "P": "learned by heart",
    "Q": "rate too low",
    "R": "healthy",
}


def admit(
    letter: str,
    X: np.ndarray,
    y: np.ndarray,
    X_val: np.ndarray,
    y_val: np.ndarray,
    X_new: np.ndarray,
    cured: bool = False,
) -> dict[str, Any]:
    """Return what a patient's run is given; what is wrong with it is for the reader to find out.

    Parameters
    ----------
    letter : str
        "A" to "F", or "P" to "R".
    X, X_val, X_new : numpy.ndarray
        Pixels from 0 to 1, (n, 64) each.
    y, y_val : numpy.ndarray
        Digits (n,).
    cured : bool
        With it, the one thing that is wrong is put right.

    Returns
    -------
    dict
        `X`, `y`, `X_val`, `y_val`, `X_new` as the run gets them, its learning rate `lr`, and `bias`, at which the hidden
        units start.
    """
    if letter not in _WARD:
        raise ValueError(f"the patients are {', '.join(_WARD)}; received {letter!r}")
    illness = "healthy" if cured else _WARD[letter]
    chart = {"X": X, "y": y, "X_val": X_val, "y_val": y_val, "X_new": X_new, "lr": 0.003, "bias": 0.0}
    if illness == "rate too high":
        chart["lr"] = 0.1
    elif illness == "rate too low":
        chart["lr"] = 3e-5 if letter == "E" else 1e-4
    elif illness == "dead ReLUs":
        chart["bias"] = -3.0
    elif illness == "labels shuffled":
        chart["y"] = np.random.default_rng(5).permutation(y)
    elif illness == "inputs unscaled":
        chart |= {name: 255 * chart[name] for name in ("X", "X_val", "X_new")}
    elif illness == "validation leaked":
        chart |= {"X": np.vstack([X, X_val]), "y": np.concatenate([y, y_val])}
    elif illness == "learned by heart":
        n_wrong = len(y) // 5
        chart["y"] = np.concatenate([(y[:n_wrong] + 5) % 10, y[n_wrong:]])
    return chart


def illness_of(letter: str) -> str:
    """Return what is wrong with a patient: the page of answers."""
    return _WARD[letter]


@lesson.exercise(
    "Subtract draw by draw first. From then on there is one list of n differences, and a and b are not needed any more.",
    "np.std(d, ddof=1) divides by n - 1. The root of n stands under it.",
    "The mean lies in the middle: low is as far below it as high is above it.",
)
def paired_interval(attempt: Attempt) -> str:
    """Return (mean, low, high) of the differences a - b, both (n,), for a factor t from Student's table."""
    rng = np.random.default_rng(81)
    luck = rng.normal(90, 3, 10)
    same = np.array([1.5, 4.0, -2.0])
    cases = [
        case(np.array([5.0, 9.0, 7.0, 12.0]), np.array([4.0, 6.0, 7.5, 8.0]), 3.182),
        case(luck + rng.normal(0.4, 0.3, 10), luck, 2.262, note="ten draws whose luck is shared"),
        case(np.array([3.0, 8.5]), np.array([4.0, 5.0]), 12.706, note="two draws, the fewest that will do"),
        case(rng.normal(-2, 5, 40), rng.normal(3, 1, 40), 2.023, note="forty draws"),
        case(same + 2.0, same, 4.303, note="equal differences"),
        case(np.array([7, 3, 9, 4, 4]), np.array([5, 6, 1, 4, 2]), 2.776, note="whole numbers"),
        case(np.array([0.0, 0.0, 0.0]), np.array([2.0, 1.0, 6.0]), 4.303, note="a below b everywhere"),
    ]
    wrong = {
        "not paired": (_interval(lambda a, b: np.sqrt(a.var(ddof=1) + b.var(ddof=1))), "Your width is that of two lists that have nothing to do with each other. Here entry k of both comes from draw k: what is left of the draw's luck in a - b?"),
        "spread, not error": (_interval(root=lambda n: 1.0), "That is how far single differences scatter. The mean of n of them scatters less: by what?"),
        "n for the root of n": (_interval(root=lambda n: n), "You divide by n. The mean of four differences scatters half as much as one of them, not a quarter."),
        "divides by n": (_interval(lambda a, b: (a - b).std()), "Your deviation divides by n. With n - 1 differences free, as in the text, it comes out a little larger."),
        "sign": (_interval(flip=-1), "The sign is turned round: a - b is asked for, so that better is more."),
        "t forgotten": (_interval(factor=lambda t: 1.0), "Your interval does not depend on t. One standard error to either side covers the truth about two times in three."),
        "t halved": (_interval(factor=lambda t: t / 2), "Your interval is half as wide as it should be. t standard errors go to either side."),
        "variance": (_interval(lambda a, b: (a - b).var(ddof=1)), "A variance stands where the deviation belongs. Which of the two has the unit of a difference?"),
        "ends swapped": (lambda a, b, t: [_interval()(a, b, t)[k] for k in (0, 2, 1)], "The higher end comes before the lower one. The order asked for is mean, low, high."),
        "width, not ends": (lambda a, b, t: [_interval()(a, b, t)[0], (h := _interval()(a, b, t)[2] - _interval()(a, b, t)[0]), h], "The half width comes back, twice. The two ends are asked for: the mean less it, and the mean plus it."),
        "deviation about 0": (_interval(lambda a, b: np.sqrt(((a - b) ** 2).sum() / (len(a) - 1))), "Your deviation is measured from 0. It is measured from the mean of the differences."),
    }  # fmt: skip
    compare(attempt, _interval(), cases, wrong, asked="mean, mean - t s / sqrt(n) and mean + t s / sqrt(n) of a - b")
    for a, b, what, name in (
        ([1.0], [2.0], "A single draw", "one draw passes"),
        ([], [], "No draw at all", "no draw passes"),
        ([1.0, 2.0, 3.0], [1.0, 2.5], "Three scores against two", "unequal lengths pass"),
        ([1.0, 2.0, 3.0], [1.0], "Three scores against one, which NumPy would repeat", "unequal lengths pass"),
        ([1.0], [1.0, 4.0], "One score against two", "unequal lengths pass"),
        ([1.0, 2.5], [1.0, 4.0, 2.0], "Two scores against three", "unequal lengths pass"),
    ):
        attempt.must_refuse((np.array(a), np.array(b), 2.262), what, name)
    return (
        "What both runs owe to their draw cancels in the difference: pairing is the cheapest way to a narrow interval."
    )


@lesson.exercise(
    "Find the epoch of the best validation accuracy first. Where several are equally good, which of them came first?",
    "np.argmax returns the first of several equal maxima, counted from 0.",
    "How many epochs come after it? And from loss[best] to loss[-1], which share of it went?",
)
def in_vain(attempt: Attempt) -> str:
    """Return (how many epochs came after the first best val_accuracy, the share of the training loss that fell in them)."""
    rng = np.random.default_rng(82)
    article_curve = np.array([0.60, 0.54, 0.48, 0.44, 0.40, 0.37, 0.34, 0.31, 0.29, 0.27])
    frozen = np.array([0.71, *[0.779] * 9])
    many = np.exp(-np.linspace(0.2, 4, 60)) + rng.normal(0, 0.01, 60)
    climbing = np.minimum(0.6 + 0.02 * np.arange(60), 0.82) - rng.uniform(0, 0.02, 60)
    cases = [
        case(article_curve, frozen, note="ten epochs, frozen from the second on"),
        case(np.array([2.0, 1.0, 0.8, 0.5]), np.array([0.3, 0.6, 0.5, 0.6]), note="the best comes twice"),
        case(many, climbing, note="sixty epochs"),
        case(np.array([1.5, 1.2, 0.9]), np.array([0.2, 0.4, 0.7]), note="the last is the best", scale=1),
        case(np.array([1.5]), np.array([0.2]), note="one epoch", scale=1),
        case(np.array([0.9, 0.7, 1.1, 1.4]), np.array([0.5, 0.8, 0.4, 0.3]), note="a training loss that rises again"),
        case(np.array([2, 1, 1, 1]), np.array([1, 0, 0, 0]), note="whole numbers, the first is the best"),
        case(np.array([0.8, 0.6, 0.3, 0.45, 0.4]), np.array([0.4, 0.7, 0.6, 0.5, 0.65]), note="the lowest loss in between"),
    ]  # fmt: skip
    wrong = {
        "the last of the best": (_vain(lambda v: len(v) - 1 - np.argmax(v[::-1])), "An accuracy that only equals the best is nothing new: count from the first epoch that had it."),
        "one too many": (lambda loss, v: [_vain()(loss, v)[0] + 1, _vain()(loss, v)[1]], "The best epoch itself was not in vain. Is it counted?"),
        "the best epoch's number": (lambda loss, v: [int(np.argmax(v)), _vain()(loss, v)[1]], "That is the number of the best epoch. How many come after it?"),
        "lowest training loss": (lambda loss, v: _vain(lambda _: np.argmin(loss))(loss, v), "You look for the lowest training loss. Which curve says whether others gain from it?"),
        "worst accuracy": (_vain(np.argmin), "You look for the lowest accuracy: high is good here."),
        "difference, not share": (_vain(share=lambda loss, k: loss[k] - loss[-1]), "That is by how much the loss fell. As a share of what it was at the best epoch?"),
        "what is left": (_vain(share=lambda loss, k: loss[-1] / loss[k]), "That is the share of the loss that is left. Which share went?"),
        "from the first epoch": (_vain(share=lambda loss, k: 1 - loss[-1] / loss[0]), "Your fall begins at the first epoch. It is in vain only after the best one."),
        "share of the end": (_vain(share=lambda loss, k: loss[k] / loss[-1] - 1), "Your share is of the loss at the end. A fall is a share of where it began."),
        "down to the lowest": (_vain(share=lambda loss, k: 1 - loss[k:].min() / loss[k]), "You measure down to the lowest loss. The last epoch is the end of the run."),
        "per cent": (_vain(share=lambda loss, k: 100 * (1 - loss[-1] / loss[k])), "The share is in per cent. One half is 0.5."),
        "never below zero": (_vain(share=lambda loss, k: max(0.0, 1 - loss[-1] / loss[k])), "A training loss that rises makes the share negative. You return 0."),
    }  # fmt: skip
    epochs, share = (_plain(part) for part in results(attempt(*cases[0].args), 2, "epochs and share"))
    if epochs == _vain()(*cases[0].args)[1] and share == 8:
        raise NotYet("The two results have changed places: first the epochs, then the share.", "swapped")
    compare(
        attempt, _vain(), cases, wrong, asked="the epochs after the first best accuracy, and 1 - last loss / loss there"
    )
    return "With the article's curve it says: eight epochs of ten in vain, and half of the training loss with them. That is time in vain, not a high level."


@lesson.exercise(
    "Begin with the numbers before training: a network that knows nothing has a loss near ln 10 = 2.3. Whose is far above?",
    "Whose training loss falls to 0 and whose validation accuracy stays that of a guess? Whose validation curve is too good?",
    "Two hardly move. In one of them no unit says anything; in the other they all speak, and the loss goes on falling.",
    value=True,
)
def diagnoses(answer: Any) -> str:
    """Say what is wrong with each of the patients A to F: a dictionary from letter to illness."""
    _judge(answer, "ABCDEF", _MISREAD)
    return "You can now read three curves and a row of numbers. Most trouble of real runs looks like one of these."


@lesson.exercise(
    "One of the three may need no treatment at all.",
    "In whose run does the validation loss turn and climb, though most of the digits are still read right?",
    "Whose loss is still falling when the run ends, on both curves?",
    value=True,
)
def second_opinion(answer: Any) -> str:
    """Say what is wrong with each of the patients P, Q and R, if anything is: a dictionary from letter to illness."""
    _judge(answer, "PQR", _MISREAD)
    return "Learning by heart is the illness that the rest of the lesson treats."


@lesson.exercise(
    "u < rate is an array of True and False: np.where takes one value where it is True and another where it is False.",
    "On average the share 1 - rate of the values is kept. By what must they be divided, so that their sum stays the same on average?",
    "Check the rate first: not rate >= 0, or rate >= 1, raise ValueError(...).",
)
def dropout(attempt: Attempt) -> str:
    """Return x (n, d) with the values dropped where u (n, d) is below rate, and the others scaled up."""
    rng = np.random.default_rng(83)
    x, u = rng.normal(1, 2, (3, 4)), rng.random((3, 4))
    edge = np.array([[0.25, 0.2, 0.75], [0.5, 0.1, 0.9]])
    cases = [
        case(x, 0.3, u),
        case(np.array([[1.0, 2.0, 3.0, 4.0]]), 0.5, np.array([[0.1, 0.7, 0.4, 0.9]])),
        case(rng.normal(-2, 3, (40, 64)), 0.8, rng.random((40, 64)), note="a batch of forty"),
        case(np.array([[3.0, -1.0, 2.0], [4.0, 5.0, -6.0]]), 0.25, edge, note="one u equal to the rate, which is kept"),
        case(x, 0.0, u, note="a rate of 0"),
        case(np.array([[1.5]]), 0.9, np.array([[0.95]]), note="one value, kept"),
        case(np.array([[1.5]]), 0.9, np.array([[0.2]]), note="one value, dropped", scale=1),
        case(np.array([[3, 7, 1], [2, 9, 4]]), 0.4, rng.random((2, 3)), note="whole numbers"),
        case(rng.normal(size=(5, 2)), 0.99, np.full((5, 2), 0.995), note="a rate just below 1"),
    ]
    wrong = {
        "not scaled up": (_drop(scale=lambda r: 1.0), "The dropped values are right, the kept ones are as they were. In training the layer's sum is then smaller than later, when nothing is dropped."),
        "scaled down": (_drop(scale=lambda r: 1 - r), "The kept values come out smaller. What was dropped has to be made up for by those that stay."),
        "divided by the rate": (_drop(scale=lambda r: 1 / r if r else 1.0), "You divide by the share that is dropped. Which share stays?"),
        "keeps the wrong ones": (_drop(kept=lambda u, r: u < r), "You keep a value where u is below the rate: those are the ones to drop."),
        "keeps the wrong ones, not scaled": (_drop(kept=lambda u, r: u < r, scale=lambda r: 1.0), "You keep a value where u is below the rate, and scale nothing. Those are the ones to drop."),
        "the rate is what stays": (_drop(kept=lambda u, r: u < r, scale=lambda r: 1 / r if r else 1.0), "Your rate is the share that stays. Here, as in Keras, it is the share that goes."),
        "u equal to the rate dropped": (_drop(kept=lambda u, r: u > r), "A value whose u is exactly the rate is kept: it is not below it."),
        "scaled by the count": (lambda x, r, u: np.where(u < r, 0.0, x) / max(np.mean(u >= r), 1e-9), "You divide by the share that happens to be kept. The same layer would then scale differently from batch to batch: divide by the share to be expected."),
        "whole rows": (lambda x, r, u: np.where(u[:, :1] < r, 0.0, x) / (1 - r), "You drop whole rows: each value has a u of its own."),
        "whole columns": (lambda x, r, u: np.where(u[:1] < r, 0.0, x) / (1 - r), "You drop whole columns: each value has a u of its own."),
        "everything scaled": (lambda x, r, u: np.where(u < r, x, x / (1 - r)), "What should be dropped is still there. A dropped value is 0."),
        "cut to whole numbers": (lambda x, r, u: _drop()(x, r, u).astype(x.dtype), "For whole numbers the result has lost what stands behind the point. Which kind of number does your array hold?"),
    }  # fmt: skip
    compare(attempt, _drop(), cases, wrong, asked="0 where u is below the rate, and x / (1 - rate) elsewhere")
    for rate, what, name in (
        (1.0, "A rate of 1, which would leave nothing to scale up", "lets 1 pass"),
        (1.5, "A rate of 1.5", "lets more than 1 pass"),
        (-0.1, "A rate of -0.1", "lets less than 0 pass"),
        (-1e-9, "A rate just below 0", "lets less than 0 pass"),
    ):
        attempt.must_refuse((x, rate, u), what, name)
    return "Because the scaling happens in training, the finished network needs no change at all: it just leaves the layer out."


@lesson.exercise(
    "Begin with the faulty version: grad * gamma / std. Its columns should sum to 0, and they do not. What is the smallest correction?",
    "Write h = grad * gamma. From h take its column mean, and then x_hat times the column mean of h * x_hat. Divide by std at the end.",
    "gamma and beta stand outside: out = gamma * x_hat + beta. Their gradients are column sums of grad * x_hat and of grad.",
)
def batch_norm_backward(attempt: Attempt) -> str:
    """Return the gradients in x (n, d), gamma (d,) and beta (d,) of batch normalisation in training."""
    rng = np.random.default_rng(84)
    cases = [
        _normed(rng.normal(3, 2, (4, 3)), rng),
        _normed(rng.normal(-20, 30, (40, 64)), rng, note="a batch of forty, 64 units"),
        _normed(rng.normal(-5, 9, (4, 3)), rng, note="another batch of that size"),
        _normed(rng.normal(0, 0.05, (6, 2)), rng, note="values that hardly differ, where epsilon counts"),
        _normed(rng.normal(1, 4, (2, 5)), rng, note="a batch of two"),
        _normed(rng.normal(1, 4, (3, 3)), rng, note="as many rows as columns"),
        _normed(rng.normal(5, 1, (7, 1)), rng, note="one unit"),
        _normed(np.array([[4.0, -1.0, 2.0]]), rng, note="a batch of one, where no value can differ from the mean", scale=1),
    ]  # fmt: skip
    wrong = {
        "mean and deviation as constants": (_back(mean=0, along=0), "Your gradient in x is that of a normalisation whose mean and deviation are fixed numbers: of input data, say. Here they come from the very batch: move one value, and both move."),
        "deviation as a constant": (_back(along=0), "You let the mean move with the values, and hold the deviation. Stretching a column away from its mean changes nothing in the output: your gradient says that it does."),
        "mean as a constant": (_back(mean=0), "You let the deviation move with the values, and hold the mean. A column of your gradient does not sum to 0: shifting all values together would change the output."),
        "gamma forgotten": (_back(gamma=False), "Gamma is missing in your gradient in x. The output is gamma * x_hat + beta."),
        "not divided": (_back(std=0), "The division by std is missing in your gradient in x: half as wide a column makes each value count twice."),
        "multiplied by std": (_back(std=-1), "You multiply by std where you should divide: in a narrow column a small move is a large one."),
        "divided by the variance": (_back(std=2), "You divide by the variance. The deviation std is enough."),
        "along the rows": (_back(axis=1), "Your means run along the rows, over the units. Batch normalisation compares the rows of one column. (Over the rows' units it is another layer, which comes next.)"),
        "sums for means": (_back(sums=True), "You subtract sums where means belong: the correction grows with the batch."),
        "wrong sign along": (_back(along=-1), "The part along x_hat is added in yours. It has to be taken away."),
        "as if epsilon were 0": (_back(exact=True), "Your correction along x_hat divides by the mean of x_hat squared, which is a little below 1 because of epsilon. Leave that division out: std already holds epsilon."),
        "means for gamma and beta": (_back(weights=np.mean), "Gradients of gamma and beta come back as means. Every row adds its part: who has already divided by n?"),
        "gamma and beta swapped": (lambda *a: [_back()(*a)[k] for k in (0, 2, 1)], "The gradients of gamma and beta have changed places."),
        "gamma without x_hat": (lambda *a: [_back()(*a)[k] for k in (0, 2, 2)], "Your gradient of gamma is that of beta. What is gamma multiplied by?"),
        "sign": (lambda *a: [-part for part in _back()(*a)], "Every sign is turned round."),
    }  # fmt: skip
    compare(
        attempt,
        _back(),
        cases,
        wrong,
        asked="the gradient that finite differences find, in x, in gamma and in beta",
    )
    return "The layer belongs to the network: its mean and deviation depend on the weights below, and so they have gradients too."


def when_right(answer: Callable) -> Callable:
    """Return the learner's function where its check finds it right, else the course's own, for the lesson to go on with.

    Parameters
    ----------
    answer : callable
        `paired_interval`, `dropout` or `batch_norm_backward`, under that name.

    Returns
    -------
    callable
        It takes what `answer` takes, and returns float64 arrays, or a list of floats or arrays.

    Raises
    ------
    ValueError
        If the lesson goes on with no function of that name.
    """
    own = {"paired_interval": (_interval(), _parts), "dropout": (_drop(), _floats), "batch_norm_backward": (_back(), _parts)}  # fmt: skip
    return lesson.when_right(answer, own)


_MISREAD = {
    ("A", "rate too low"): ("low for dead", "With too low a rate the units still speak, and the training loss falls, slowly. How many of A's units say anything?"),
    ("A", "rate too high"): ("high for dead", "A rate that is too high makes a loss jump. A's does not even move: which of its units could pass a slope on?"),
    ("A", "labels shuffled"): ("shuffled for dead", "Shuffled labels can be learned by heart: their training loss falls. A's does not. What do its units say?"),
    ("B", "healthy"): ("healthy for leaked", "A healthy network reads the digits it learned from better than others. How large is that gap in B? And what is its accuracy on the new digits?"),
    ("B", "learned by heart"): ("heart for leaked", "Who learns by heart does badly on the validation digits. B does perfectly on them: too perfectly?"),
    ("C", "rate too low"): ("low for high", "C's training loss falls within a few epochs, and then jumps up again and again. Are its steps too short?"),
    ("C", "dead ReLUs"): ("dead for high", "Many of C's units fell silent, but not all: it does learn. And look how it jumps. Which came first, the jumps or the silence?"),
    ("C", "inputs unscaled"): ("unscaled for high", "C's first loss, before any step, is that of a network which knows nothing. Unscaled inputs show before the first step."),
    ("C", "learned by heart"): ("heart for high", "C cannot even hold the digits that it learns from: look how its training curve jumps."),
    ("D", "rate too high"): ("high for unscaled", "D's loss stands far above 2.3 before any step was made. Can a rate be to blame for that?"),
    ("D", "learned by heart"): ("heart for unscaled", "Look at D's loss before the first step, and at the size of its values. What comes in?"),
    ("E", "dead ReLUs"): ("dead for low", "E's units speak, as many of them as in a healthy run. So a slope gets through. How long are the steps?"),
    ("E", "labels shuffled"): ("shuffled for low", "Shuffled labels can be learned by heart, given steps of a fair length. E's training loss has hardly moved."),
    ("F", "learned by heart"): ("heart for shuffled", "F did learn its digits by heart. But who learns true labels by heart still reads many others right. What is F's validation accuracy, and what is a guess's?"),
    ("F", "rate too high"): ("high for shuffled", "F's training loss falls smoothly to 0: its steps are fine. Why do others gain nothing from it, not even a little?"),
    ("P", "labels shuffled"): ("shuffled for heart", "With shuffled labels the validation accuracy stays at a guess. P reads most of the validation digits right; and then?"),
    ("P", "healthy"): ("healthy for heart", "P's validation loss turns after a few epochs and climbs. Is that what a healthy one does?"),
    ("P", "rate too high"): ("high for heart", "P's training loss falls smoothly. It is the other curve that climbs."),
    ("Q", "dead ReLUs"): ("dead for slow", "With dead units both curves stay where they are. Q's go down: are they done when the run ends?"),
    ("Q", "healthy"): ("healthy for slow", "Q is on its way, and the run ends long before it arrives. Compare its last loss with R's."),
    ("R", "learned by heart"): ("heart for healthy", "R's training loss goes to 0, and its validation loss falls and then stays: nobody loses. A gap alone is no illness."),
    ("R", "validation leaked"): ("leaked for healthy", "With a leak the validation loss follows the training loss down to 0. R's stays well above it."),
}  # fmt: skip


def _judge(answer: Any, letters: str, misread: Mapping[tuple[str, str], tuple[str, str]]) -> None:
    """Raise `NotYet` for the first patient whose illness is named wrongly."""
    if isinstance(answer, (list, tuple)) and len(answer) == len(letters):
        answer = dict(zip(letters, answer, strict=True))
    if not isinstance(answer, dict):
        raise NotYet(f"A dictionary from letter to illness is asked for; this is {article(answer)}.", "wrong type")
    if missing := [letter for letter in letters if letter not in answer]:
        raise NotYet(f"There is no diagnosis for {', '.join(missing)}.", "a patient is missing")
    said = {}
    for letter in letters:
        said[letter] = " ".join(answer[letter].split()).lower() if isinstance(answer[letter], str) else None
        known = {illness.lower(): illness for illness in ILLNESSES}
        if said[letter] not in known:
            what = repr(answer[letter])[:40] if isinstance(answer[letter], str) else article(answer[letter])
            raise NotYet(f"For {letter} you say {what}. The eight to choose from: {'; '.join(ILLNESSES)}.", "no such illness")  # fmt: skip
        said[letter] = known[said[letter]]
    wrong = [letter for letter in letters if said[letter] != _WARD[letter]]
    if not wrong:
        return
    right = len(letters) - len(wrong)
    name, text = misread.get((wrong[0], said[wrong[0]]), ("other", f"Look at {wrong[0]} again: {said[wrong[0]]!r} does not fit its curves."))  # fmt: skip
    raise NotYet(f"{right} of {len(letters)} are right. {text}", name)


def _plain(value: Any) -> float | None:
    try:
        return float(array(value, ()))
    except NotYet:
        return None


def _interval(
    deviation: Callable = lambda a, b: (a - b).std(ddof=1),
    root: Callable = np.sqrt,
    factor: Callable = lambda t: t,
    flip: int = 1,
) -> Callable:
    """Return the interval as a function; the arguments are the places where it may go wrong."""

    def interval(a: np.ndarray, b: np.ndarray, t: float) -> list[float]:
        mean, half = flip * float((a - b).mean()), float(factor(t) * deviation(a, b) / root(len(a)))
        return [mean, mean - half, mean + half]

    return interval


def _vain(best: Callable = np.argmax, share: Callable = lambda loss, k: 1 - loss[-1] / loss[k]) -> Callable:
    def vain(loss: np.ndarray, val_accuracy: np.ndarray) -> list:
        k = int(best(val_accuracy))
        return [len(loss) - 1 - k, float(share(loss, k))]

    return vain


def _drop(kept: Callable = lambda u, r: u >= r, scale: Callable = lambda r: 1 / (1 - r)) -> Callable:
    return lambda x, rate, u: np.where(kept(u, rate), x * scale(rate), 0.0)


def _normed(x: np.ndarray, rng: np.random.Generator, note: str = "", scale: float = 1e-12) -> Any:
    """Return the case of a batch x (n, d), normalised, with random gamma and gradient."""
    std = np.sqrt(x.var(axis=0) + EPSILON)
    gamma = rng.uniform(0.5, 2, x.shape[1]) * rng.choice([-1, 1], x.shape[1])
    return case((x - x.mean(axis=0)) / std, std, gamma, rng.normal(0.3, 1, x.shape), note=note, scale=scale)


def _back(
    mean: float = 1,
    along: float = 1,
    gamma: bool = True,
    std: int = 1,
    axis: int = 0,
    sums: bool = False,
    exact: bool = False,
    weights: Callable = np.sum,
) -> Callable:
    """Return the backward pass as a function; the arguments are the places where it may go wrong."""
    average = np.sum if sums else np.mean

    def backward(x_hat: np.ndarray, deviation: np.ndarray, scale: np.ndarray, grad: np.ndarray) -> list[np.ndarray]:
        h = grad * scale if gamma else grad
        part = average(h * x_hat, axis=axis, keepdims=True)
        if exact:
            part = part / np.mean(x_hat**2, axis=0)
        h = h - mean * average(h, axis=axis, keepdims=True) - along * x_hat * part
        return [h / deviation ** float(std), weights(grad * x_hat, axis=0), weights(grad, axis=0)]

    return backward


def _floats(values: Any) -> np.ndarray:
    return np.asarray(values, dtype=float)


def _parts(values: Any) -> list:
    return [float(part) if np.ndim(part) == 0 else _floats(part) for part in values]

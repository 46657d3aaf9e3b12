"""Exercises of lesson 10: which epoch to report, where parameters sit, what curves say, the pixels' scale, a threshold, Grad-CAM."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from course_utils.checking import Attempt, Lesson, NotYet, Reading, array, case, close, compare, number, results
from course_utils.checking.cases import Case
from course_utils.checking.verdict import article

lesson = Lesson("10_image_classifier")
EXERCISES = lesson.exercises
DIAGNOSES = ("one answer", "overfitting", "no objection")


@lesson.exercise(
    "Which of the two sets may choose? Which may only answer?",
    "np.argmax of the validation scores is the epoch; it gives the first where several are equally high.",
    "The score to report is test_scores at that epoch, whatever else the test scores may hold.",
)
def report(attempt: Attempt) -> str:
    """Return (epoch, score): the epoch that validation scores (epochs,) choose, and the test score there."""
    validation = np.array([0.70, 0.84, 0.86, 0.79, 0.86, 0.83])
    test = np.array([0.72, 0.88, 0.8237, 0.90, 0.84, 0.85])
    rng = np.random.default_rng(10)
    long = (rng.binomial(492, 0.84, 80) / 492, rng.binomial(656, 0.83, 80) / 656)
    cases = [
        case(validation, test),
        case(np.array([71.2, 84.15, 80.9, 84.15, 84.11]), np.array([70.4, 82.25, 84.9, 83.0, 81.5]), note="scores in percent"),
        case(np.array([0.91, 0.90, 0.88]), np.array([0.8125, 0.86, 0.84]), note="a first epoch that is best"),
        case(np.array([0.62, 0.68, 0.71, 0.77]), np.array([0.71, 0.66, 0.70, 0.64]), note="a last epoch that is best"),
        case(np.array([0.5, 0.75, 0.75, 0.75, 0.5]), np.array([0.69, 0.61, 0.63, 0.62, 0.6]), note="three epochs that tie"),
        case(np.array([0.8261, 0.8263, 0.8262]), np.array([0.7912, 0.7931, 0.7944]), note="scores that are close"),
        case(np.array([0.69, 0.69, 0.69]), np.array([0.68, 0.7, 0.71]), note="epochs that all tie"),
        case(np.array([0.0, 0.0]), np.array([0.25, 0.5]), note="no validation picture right in any epoch"),
        case(np.array([0.5]), np.array([0.4]), note="a single epoch"),
        case(np.array([0.8, 0.9, 0.9]), np.array([0.7, 0.85, 0.8]), note="two epochs that tie, the first of them higher on the test set"),
        case(np.array([0.1, 0.3, 0.2]), np.array([0.2, 0.25, 0.3]), note="scores that are all below one half"),
        case(*long, note="eighty epochs"),
    ]  # fmt: skip
    first = results(attempt(validation, test), 2, "epoch and score")
    if close(number(first[1]), 2) and close(number(first[0]), test[2]):
        raise NotYet("The two right numbers in the wrong order: (epoch, score) is asked for.", "wrong order")

    def said(epoch: Callable, score: Callable = lambda v, t, e: t[e]) -> Callable:
        return lambda v, t: (int(epoch(v, t)), float(score(v, t, int(epoch(v, t)))))

    def best(v: np.ndarray, t: np.ndarray) -> int:
        return np.argmax(v)

    wrong = {
        "test set chooses": (said(lambda v, t: np.argmax(t)), "Epoch 3 is the best on the test set, and that is the fault to be mended: the test set has chosen. Whose turn was it?"),
        "validation score reported": (said(best, lambda v, t, e: v[e]), "The epoch is right. The score is the one by which it was chosen, and so the luckiest of six. Which set has not been used yet?"),
        "best test score": (said(best, lambda v, t, e: max(t)), "The epoch is right, and beside it stands the best test score of another epoch."),
        "mean test score": (said(best, lambda v, t, e: np.mean(t)), "The epoch is right, and beside it stands the mean of all test scores. Which of them belongs to the network that you keep?"),
        "last test score": (said(best, lambda v, t, e: t[-1]), "The epoch is right, and beside it stands the test score of the last epoch. Which network is kept?"),
        "sets swapped": (said(lambda v, t: np.argmax(t), lambda v, t, e: v[e]), "The test set chooses the epoch, and the validation score is reported. Which of the two may choose?"),
        "latest of the tied": (said(lambda v, t: len(v) - 1 - np.argmax(v[::-1])), "Epochs 2 and 4 tie on the validation set. The earliest is asked for."),
        "best test score of the tied": (said(lambda v, t: np.lexsort((np.arange(len(v)), -t, -v))[0]), "Of tied epochs you take the one that does best on the test set. Then the test set has chosen after all: the earliest is asked for."),
        "counted from 1": (lambda v, t: (int(np.argmax(v)) + 1, float(t[np.argmax(v)])), "You count epochs from 1. They are counted from 0."),
        "last epoch": (said(lambda v, t: len(v) - 1), "That is the last epoch, whatever the scores say. Which one is best on the validation set?"),
        "worst epoch": (said(lambda v, t: np.argmin(v)), "That is the epoch with the lowest validation score. An accuracy is the better, the higher it is."),
        "both sets choose": (said(lambda v, t: np.argmax(v + t)), "Both sets have had a say in that choice, and one of them should have had none."),
    }  # fmt: skip
    asked = "the earliest epoch whose validation score is highest, counted from 0, as an int, and the test score of that epoch"
    compare(attempt, said(best), cases, wrong, asked=asked)
    attempt.must_refuse((validation, test[:5]), "Six validation scores and five test scores", "lengths may differ")
    attempt.must_refuse((validation[:3], test), "Three validation scores and six test scores", "lengths may differ")
    attempt.must_refuse((validation[:1], np.zeros(0)), "One validation score and no test score", "lengths may differ")
    attempt.must_refuse((validation, test[:1]), "Six validation scores and one test score", "lengths may differ")
    attempt.must_refuse((validation[:1], test), "One validation score and six test scores", "lengths may differ")
    attempt.must_refuse((np.zeros(0), test[:2]), "No validation score and two test scores", "lengths may differ")
    attempt.must_refuse((np.zeros(0), np.zeros(0)), "A training run without any epoch", "no epoch accepted")
    return "A number reported this way may be believed: nothing was chosen by it."


@lesson.exercise(
    "A convolution has 3 * 3 * (maps before) weights for each of its maps, and one bias for each. The first sees 1 map.",
    "Without padding a 3 x 3 kernel takes 2 pixels off the side; the pool halves what is left, rounded down.",
    "Flatten gives side * side * 128 numbers. The dense layers have (numbers + 1) * 512 and 513 parameters.",
)
def textbook_parameters(attempt: Attempt) -> str:
    """Return (in the convolutions, in the dense layers): the parameters of the textbook's CNN for grey side x side pictures."""
    cases = [case(75), case(50), case(150), case(64), case(28), case(101)]
    smallest = [
        case(22, note="22 pixels a side, where one pixel is left behind the third pool"),
        case(23, note="23 pixels a side, where one pixel is left behind the third pool"),
        case(30, note="30 pixels a side, where two are left behind the third pool"),
    ]
    right = _count()
    wrong = {
        "biases forgotten": (_count(bias=0, dense_bias=0), "Every map and every dense unit has a bias besides its weights."),
        "biases of the maps forgotten": (_count(bias=0), "The dense layers are right. In the convolutions every map has a bias besides its weights."),
        "one bias a layer": (_count(one_bias=True), "Each layer of yours has one bias. Has it one, or has each of its maps and units one?"),
        "padded": (_count(shave=0), "The convolutions are right. Without padding, how large is a map of 75 pixels after a 3 x 3 kernel?"),
        "kernel taken off": (_count(shave=3), "The convolutions are right. A 3 x 3 kernel fits 73 times in a row of 75 pixels: how many does it take off?"),
        "not pooled": (_count(pool=1), "The convolutions are right. Each pool halves the side, and yours does not."),
        "pooled once": (_count(pools=1), "The convolutions are right. There is a pool behind each of them, and yours has one."),
        "rounded up": (_count(up=1), "The convolutions are right. 75 pixels become 73 behind the kernel and 36 behind the pool, and you have 37. Does your pool round up, or does your kernel take off one pixel?"),
        "colour": (_count(channels=3), "The first kernels of yours see three channels. These pictures are grey."),
        "513 missing": (_count(dense_bias=0), "The convolutions are right, and 513 are missing from the dense layers. So many has the last of them, from 512 numbers to one; and so many biases have both together. Which do you leave out?"),
        "one map at a time": (_count(alone=True), "Each kernel of yours sees one map. In lesson 09 it sees all maps of the layer before."),
        "kernels not squared": (_count(kernel=3), "The dense layers are right. A 3 x 3 kernel has more than three weights for each map that it sees."),
        "side not squared": (_count(flat=lambda side: side), "The convolutions are right. A map has rows and columns: how many numbers does Flatten find in it?"),
        "one map flattened": (_count(flat=lambda side: side * side / 128), "The convolutions are right. How many maps does Flatten lay out, one behind the other?"),
        "side by side swapped": (lambda side: right(side)[::-1], "The right numbers in the wrong order: the convolutions come first."),
    }  # fmt: skip
    asked = "the number of weights and biases in the three convolutions, and in the two dense layers, as two ints"
    compare(attempt, right, [*cases, *smallest], wrong, asked=asked)
    for side in (21, 20, 18, 17, 13, 10, 6, 3, 2, 1, 0):
        what = f"A side of {side}, too small for the third pool"
        attempt.must_refuse((side,), what, "too small accepted")
    return "One line of arithmetic before training, and you know which layer holds nearly all of them."


@lesson.exercise(
    "Ask the three questions in their order, and stop at the first that holds.",
    "np.argmin(val_loss) is the best epoch. How many epochs come after it?",
    "For the first: np.abs(np.subtract(val_accuracy[-3:], majority)) must be at most 0.001 in all three places.",
)
def diagnose(attempt: Attempt) -> str:
    """Return "one answer", "overfitting" or "no objection" for curves (epochs,) and the share of the commonest class."""
    down = [0.60, 0.55, 0.50, 0.45, 0.40]
    plain = [0.70, 0.75, 0.77, 0.76, 0.77]
    sunk, risen = [0.60, 0.50, 0.40, 0.30, 0.20, 0.15], [0.60, 0.52, 0.50, 0.55, 0.61, 0.70]
    scores = [0.70, 0.75, 0.77, 0.76, 0.75, 0.76]
    share = 340 / 492
    epochs = np.arange(30)
    curves = [  # training loss, validation loss, validation accuracy, majority, and what is special
        ([0.54, 0.45, 0.38, 0.31, 0.27], [0.53, 0.52, 0.55, 0.60, 0.66], [0.71, 0.779, 0.779, 0.779, 0.779], 0.779, "the article's curves"),
        (sunk, risen, [0.70, 0.75, 0.77, 0.77, 0.77, 0.77], 0.69, "an accuracy that stands still at 0.77"),
        (down, [0.60, 0.52, 0.50, 0.52, 0.51], plain, 0.69, "the lowest validation loss two epochs before the last"),
        (down, [0.60, 0.55, 0.52, 0.50, 0.51], plain, 0.69, "the lowest validation loss one epoch before the last"),
        ([0.50, 0.55, 0.60, 0.62, 0.61], [0.50, 0.55, 0.60, 0.62, 0.61], [0.72, 0.71, 0.70, 0.71, 0.72], 0.69, "a training loss that rises too"),
        (down, down, [0.69, 0.69, 0.69, 0.69, 0.74], 0.69, "four accuracies at the majority, and a last one above it"),
        (down, down, [0.70, 0.71, 0.75, 0.69, 0.69], 0.69, "two accuracies at the majority"),
        (down, down, [0.70, 0.74, 0.69, 0.69, 0.69], 0.69, "three accuracies at the majority"),
        (down, down, [0.70, 0.74, 0.6905, 0.6895, 0.6904], 0.69, "three accuracies within 0.0005 of the majority"),
        (down, down, [0.70, 0.74, 0.6908, 0.6892, 0.6906], 0.69, "three accuracies within 0.0008 of the majority"),
        (down, down, [0.70, 0.74, 0.6906, 0.6894, 0.6906], 0.69, "three accuracies within 0.0006 of the majority"),
        (down, down, [0.40, 0.35, 0.31, 0.31, 0.31], 0.69, "accuracies that stand still at the share of the rarer class"),
        (down, down, [0.60, 0.65, 0.695, 0.695, 0.695], 0.69, "three accuracies 0.005 above the majority"),
        (down, down, [0.60, 0.65, 0.69, 0.6915, 0.69], 0.69, "one of the last three 0.0015 above the majority"),
        (down, down, [0.70, 0.65, 0.6885, 0.69, 0.69], 0.69, "one of the last three 0.0015 below the majority"),
        (down, down, [0.50, 0.55, 0.60, 0.60, 0.60], 0.69, "accuracies that stand still below the majority"),
        (down, down, [0.70, 0.71, 0.66, 0.69, 0.72], 0.69, "three accuracies whose mean is the majority"),
        ([0.60, 0.40, 0.45, 0.50, 0.50, 0.55], [0.60, 0.50, 0.52, 0.55, 0.60, 0.70], scores, 0.69, "a training loss lower at the end than at the start, and higher than where the validation loss was lowest"),
        ([*down, 0.35], [*down, 0.35], [0.70, 0.80, 0.78, 0.77, 0.76, 0.78], 0.69, "an early best accuracy, and a validation loss that falls to the end"),
        ([0.6, 0.5, 0.4, 0.3], [0.5, 0.6, 0.7, 0.8], [0.74, 0.75, 0.73, 0.72], 0.69, "four epochs, the first with the lowest validation loss"),
        ([0.6, 0.5, 0.4], [0.5, 0.6, 0.7], [0.69, 0.69, 0.69], 0.69, "three epochs, all at the majority"),
        ([0.6, 0.5, 0.4], [0.5, 0.6, 0.7], [0.69, 0.71, 0.69], 0.69, "three epochs"),
        ([0.6, 0.5, 0.4, 0.45, 0.5, 0.5], risen, scores, 0.69, "a training loss higher at the end than where the validation loss was lowest"),
        ([0.6, 0.5, 0.4, 0.35, 0.3, 0.4], risen, scores, 0.69, "a training loss at the end just what it was where the validation loss was lowest"),
        ([0.6, 0.5, 0.4, 0.35, 0.45, 0.39], risen, scores, 0.69, "a training loss that ends lower after a peak"),
        ([0.6, 0.5, 0.4, 0.35, 0.3, 0.41], risen, scores, 0.69, "a training loss that rises at the last epoch"),
        ([0.9, 0.7, 0.5, 0.3, 0.32, 0.35, 0.31], [0.7, 0.5, 0.6, 0.9, 0.8, 0.7, 0.65], [*scores, 0.77], 0.69, "a validation loss that has passed its peak"),
        ([0.9, 0.7, 0.6, 0.5, 0.45, 0.4], [0.7, 0.5, 0.55, 0.6, 0.8, 0.52], scores, 0.69, "a validation loss that falls at the last epoch"),
        ([0.6, 0.5, 0.4, 0.35, 0.3, 0.25], [0.6, 0.5, 0.55, 0.45, 0.4, 0.42], scores, 0.69, "a validation loss that rises once, and falls further afterwards"),
        ([0.6, 0.5, 0.4, 0.3], [0.504, 0.501, 0.55, 0.6], [0.74, 0.75, 0.73, 0.72], 0.69, "two low validation losses that are close"),
        ([0.9, 0.5, 0.8, 0.7, 0.6, 0.58], [0.9, 0.5, 0.6, 0.7, 0.8, 0.9], scores, 0.69, "a training loss that has fallen since four epochs ago, and not since the best epoch"),
        ([950.0, 610.5, 480.0, 371.5, 260.25, 258.0], [880.0, 522.0, 530.5, 610.0, 702.5, 769.0], scores, 0.69, "losses in the hundreds"),
        (0.7 * 0.9**epochs, 0.5 + 0.002 * (epochs - 9.3) ** 2, 0.7 + 0.004 * epochs, share, "thirty epochs"),
        (0.7 * 0.9**epochs, 0.5 + 0.1 * np.sin(epochs / 6 - 2.2), 0.7 + 0.004 * epochs, share, "thirty epochs with a second fall of the validation loss"),
        (0.7 * 0.97**epochs, 0.6 * 0.98**epochs, np.append(0.5 + 0.006 * epochs[:27], 3 * [np.float32(share)]), share, "thirty epochs that end at the majority"),
        (0.7 * 0.97**epochs, 0.6 * 0.98**epochs, np.append(np.full(27, share), [0.75, 0.76, share]), share, "thirty epochs, most of them at the majority"),
    ]  # fmt: skip
    cases = [case(np.array(a), np.array(b), np.array(c), m, note=note) for a, b, c, m, note in curves]
    one = _diagnosis
    wrong = {
        "overfitting asked first": (one(order=("over", "one")), "A validation accuracy that stands at the share of the commonest class comes first: the article's network gives one answer, and you call it overfitting."),
        "success": (one(order=()), "Training loss falls, validation accuracy stands still at exactly the share of the commonest class: which answers give that score? You never object."),
        "one answer missed": (one(order=("over",)), "You look for overfitting alone. Which answers give an accuracy that stands still at exactly the share of the commonest class?"),
        "standstill is not one answer": (one(level="last"), "The accuracy stands still at 0.77, but the commonest class has a share of 0.69. So it is not one answer."),
        "rising loss missed": (one(order=("one",)), "The validation loss was lowest three epochs before the last and has risen since, while the training loss fell. You have no objection."),
        "too early": (one(gap=2), "The lowest validation loss lies two epochs before the last. Three or more are asked for: one wobble is not yet a trend."),
        "any epoch after": (one(gap=1), "One epoch behind the lowest validation loss is enough for you. Three or more are asked for: one wobble is not yet a trend."),
        "too late": (one(gap=4), "The lowest validation loss lies three epochs before the last, and that is enough. You wait for a fourth."),
        "training loss ignored": (one(falls="ignored"), "Where the training loss rises too, you see overfitting. A network that does not even learn its training pictures does not overfit them."),
        "not higher is enough": (one(falls="not higher"), "The training loss at the end is just what it was where the validation loss was lowest. Lower is asked for."),
        "training loss must rise": (one(falls="rises"), "You ask whether the training loss is higher at the end. A network that overfits learns its training pictures better and better."),
        "compared with the start": (one(falls="start"), "The training loss ends higher than it was where the validation loss was lowest. Compare those two places."),
        "compared with the epoch before": (one(falls="step"), "You compare the last training loss with the one before it. Compare it with the one where the validation loss was lowest."),
        "compared with four epochs ago": (_four_epochs_ago, "You compare both losses with those of three epochs before the last. The lowest validation loss may lie earlier: compare with that place."),
        "last three": (one(first="count"), "Four of five accuracies equal the majority, and the last does not: it has begun to learn. Look at the last three."),
        "any of three": (one(first="any"), "One of the last three accuracies equals the majority, and that is enough for you. All three must."),
        "the last alone": (one(last=1), "Only the last accuracy counts for you. Three are asked for."),
        "fewer than three": (one(last=2), "Only the last two accuracies equal the majority. Three are asked for."),
        "more than three": (one(last=4), "The last three accuracies equal the majority; what came before them does not count."),
        "all epochs": (one(last=1000), "The last three accuracies equal the majority; you ask it of all epochs."),
        "exact equality": (one(near=0.0), "The last three accuracies differ from the majority by less than 0.001, and that counts as equal."),
        "rounded": (one(rounded=True), "Rounded to three decimals, 0.6908 and 0.69 differ, and they lie less than 0.001 apart. That counts as equal."),
        "a share of the majority": (one(relative=True), "0.001 times the majority is less than 0.001. np.allclose and np.isclose take rtol as a share of the second argument, and atol as it stands."),
        "too wide": (one(near=0.01), "An accuracy of 0.695 differs from a majority of 0.69 by more than 0.001. That is not equal."),
        "anything below": (one(side="below"), "A steady accuracy of 0.60 lies below the majority of 0.69. It is poor, and not the score of one answer."),
        "anything above": (one(side="above"), "Three accuracies above the majority are no less than it, and they are not equal to it: such a network has learned something."),
        "mean of three": (one(first="mean"), "The last three accuracies have the majority as their mean, and only one of them equals it. All three must."),
        "judged by accuracy": (one(best="accuracy"), "The best accuracy came early, but the validation loss is lowest at the last epoch. The loss is asked about."),
    }  # fmt: skip
    asked = "the first of the three answers that holds, as the docstring has them"
    said = _Saying(attempt)
    try:
        answers = [said(*each.args) for each in cases]
    except NotYet:
        compare(said, one(), cases, asked=asked)
        raise
    known = {}
    for name, (function, message) in wrong.items():
        # three answers agree by chance too often: equal on all cases, or unnamed
        if answers in ([one()(*each.args) for each in cases], [function(*each.args) for each in cases]):
            known[name] = (function, message)
    compare(said.again(answers), one(), cases, known, asked=asked)
    return "Three questions, asked in this order: a number frozen at the share of the commonest class is no high level."


@lesson.exercise(
    "Two numbers, learned from some pictures and used on all of them. Which ones may teach?",
    "images[learn] are the pictures that teach; .mean() and .std() of all their pixels together are one number each.",
    "Check first: len(learn) == 0, and whether the smallest of those pixels is the largest. Then (images - mean) / spread.",
)
def standardise(attempt: Attempt) -> str:
    """Return pictures (n, h, w), moved and divided by the mean and spread of all pixels of the pictures at places learn (k,)."""
    rng = np.random.default_rng(103)
    lit = rng.integers(40, 200, (7, 1, 1))
    dim = np.clip(lit + rng.integers(-35, 36, (7, 4, 5)), 0, 255).astype("uint8")
    four = np.array([5, 0, 3, 6])
    cases = [
        case(dim, four),
        case(dim[::-1] // 2, np.array([1, 6, 2, 4]), note="seven other pictures"),
        case(np.clip(rng.normal(150, 40, (30, 12, 12)), 0, 255).astype("uint8"), rng.permutation(30)[:24], note="thirty pictures, 24 of which teach"),
        case(rng.integers(0, 256, (4, 3, 3)).astype("uint8"), np.array([2]), note="one picture that teaches"),
        case(rng.integers(0, 256, (5, 2, 6)).astype("uint8"), np.arange(5), note="all pictures teach"),
        case(rng.normal(-3, 2, (6, 3, 4)), np.array([4, 1]), note="broken numbers, most of them negative"),
        case(rng.uniform(0.4, 0.6, (5, 3, 4)), np.array([3, 0, 1]), note="pixels between 0.4 and 0.6", scale=1),
        case(np.array([[[10]], [[30]], [[250]]], dtype="uint8"), np.array([0, 1]), note="pictures of one pixel"),
        case(np.stack([np.full((2, 3), g, dtype="uint8") for g in (9, 90, 200, 40)]), np.array([0, 3]), note="pictures of one grey each"),
        case(np.array([[[0, 0], [0, 0]], [[7, 0], [3, 9]]], dtype="uint8"), np.array([1]), note="a black picture that does not teach"),
        case(rng.integers(0, 256, (9, 20, 16)).astype("uint8"), np.array([8, 7, 1]), note="nine pictures, three of which teach"),
    ]  # fmt: skip
    if _shape(attempt(*cases[0].args)) == (4, 4, 5):
        raise NotYet("The pictures that teach come back alone. All seven are asked for: the others are to be judged on the same scale.", "taught ones only")  # fmt: skip
    wrong = {
        "all pictures teach": (_moved(lambda x, k: x), "All pictures have taught your two numbers, the validation pictures among them (06). Which may?"),
        "each picture alone": (lambda x, k: _divided(x, x.mean(axis=(1, 2), keepdims=True), x.std(axis=(1, 2), keepdims=True)), "Each picture has numbers of its own in yours. That was the second remedy: this one has a single pair for all."),
        "each pixel alone": (lambda x, k: _divided(x, x[k].mean(axis=0), x[k].std(axis=0)), "Each place of the picture has numbers of its own in yours. One mean and one spread serve all places."),
        "each column alone": (lambda x, k: _divided(x, x[k].mean(axis=(0, 1)), x[k].std(axis=(0, 1))), "Each column has numbers of its own in yours. One mean and one spread serve all places."),
        "each row alone": (lambda x, k: _divided(x, x[k].mean(axis=(0, 2))[:, None], x[k].std(axis=(0, 2))[:, None]), "Each row has numbers of its own in yours. One mean and one spread serve all places."),
        "not divided": (lambda x, k: x - x[k].mean(), "The mean is taken off. What about the spread?"),
        "not moved": (lambda x, k: x / x[k].std(), "The spread is divided by. Which number is taken off first?"),
        "variance": (lambda x, k: (x - x[k].mean()) / x[k].var(), "You divide by the variance. The spread is its root."),
        "n - 1": (lambda x, k: (x - x[k].mean()) / x[k].std(ddof=1), "Your spread divides by one pixel less than there are. np.std, without ddof, is meant."),
        "the others teach": (_moved(lambda x, k: np.delete(x, k, axis=0)), "The pictures that are not at the places `learn` have taught your numbers."),
        "the first ones teach": (_moved(lambda x, k: x[: len(k)]), "The first pictures of the list have taught your numbers, however many there are to be. `learn` holds places."),
        "mean of the spreads": (lambda x, k: (x - x[k].mean()) / x[k].std(axis=(1, 2)).mean(), "You average the spreads of single pictures. That leaves out how far the pictures differ from one another: take all pixels together."),
        "spread of the means": (lambda x, k: (x - x[k].mean()) / x[k].mean(axis=(1, 2)).std(), "You divide by how far the means of the pictures differ. Take the spread of all pixels together."),
        "mean of all, spread of the taught": (lambda x, k: (x - x.mean()) / x[k].std(), "Your spread comes from the right pictures; your mean from all of them."),
        "spread of all, mean of the taught": (lambda x, k: (x - x[k].mean()) / x.std(), "Your mean comes from the right pictures; your spread from all of them."),
        "cut to whole numbers": (lambda x, k: np.trunc((x - x[k].mean()) / x[k].std()), "Your pictures have lost what stands behind the point."),
        "turned round": (lambda x, k: (x[k].mean() - x) / x[k].std(), "Bright has become dark: from what is the mean taken off?"),
        "from lowest to highest": (lambda x, k: (x - float(x[k].min())) / float(np.ptp(x[k])), "You bring the lowest pixel to 0 and the highest to 1. Mean 0 and spread 1 are asked for."),
    }  # fmt: skip
    asked = "each pixel less the mean of all pixels of the pictures at `learn`, divided by their spread"
    compare(attempt, _moved(lambda x, k: x[k]), cases, wrong, asked=asked)
    attempt.must_refuse((dim, np.array([], dtype=int)), "No picture that teaches", "nobody teaches")
    for grey in (7, 0, 255):
        flat = np.concatenate([np.full((2, 4, 5), grey, dtype="uint8"), dim])
        attempt.must_refuse(
            (flat, np.array([1, 0])), f"Two pictures that teach, all pixels {grey}", "equal pixels accepted"
        )
    return (
        "Two numbers from the training cells: they move no knowledge across the fold, and they fit any later picture."
    )


@lesson.exercise(
    "Sort the different logits; the candidates lie halfway between neighbours. np.unique sorts and removes repeats.",
    "For one candidate: the share of the ones above it, and the share of the zeros not above it. Their mean is the score.",
    "np.argmax takes the first of several that are equally good: with sorted candidates, the lowest. Round-off can spoil ties: counts divided the same way tie exactly.",
)
def best_threshold(attempt: Attempt) -> str:
    """Return the line with the best balanced accuracy for logits (n,) and y (n,) of 0 and 1; ValueError for one class."""
    logit = np.array([-2.0, -1.5, -1.0, -0.8, -0.5, -0.2, 0.1, 0.4, 0.9, 1.5, 2.0, 2.4])
    y = np.array([0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1])
    shuffled = np.random.default_rng(101).permutation(12)
    tied = np.array([2.0, -1.0, 0.0, 3.0, 0.0, 1.0]), np.array([1, 0, 1, 1, 0, 0])
    cases = [
        case(logit[shuffled], y[shuffled], scale=1),
        case(*tied, note="two equal logits", scale=1),
        case(np.array([-1.0, 0.0, 0.0, 3.0]), np.array([0, 0, 1, 1]), note="two equal logits, of a 0 and a 1", scale=1),
        case(np.array([0.0, 0.0, -1.0, 3.0]), np.array([1, 0, 0, 1]), note="two equal logits, of a 1 and a 0", scale=1),
        case(np.array([-2.0, -4.0, -1.0, -3.0]), np.array([0, 0, 1, 1]), note="two lines equally good, both below 0", scale=1),
        case(np.array([2.0, 0.0, 3.0, 1.0]), np.array([0, 0, 1, 1]), note="two lines equally good", scale=1),
        case(np.array([0.0, 1.0, 1.0, 2.0, 3.0]), np.array([0, 0, 0, 1, 1]), note="two equal logits on one side", scale=1),
        case(np.array([3.0, 2.0, 1.0, 0.0]), np.array([0, 0, 1, 1]), note="low logits for the ones", scale=1),
        case(np.arange(6.0), np.array([0, 1, 0, 1, 0, 1]), note="zeros and ones by turns", scale=1),
        case(np.arange(4.0), np.array([0, 0, 0, 1]), note="a single one, with the highest logit", scale=1),
        case(np.arange(4.0), np.array([1, 0, 0, 0]), note="a single one, with the lowest logit", scale=1),
        case(np.array([7.25, -3.0]), np.array([1, 0]), note="two logits", scale=1),
        case(np.array([-3.0, 7.25]), np.array([1, 0]), note="two logits, the lower one of a 1", scale=1),
        case(np.array([5.0, 5.0, 4.0, 5.0]), np.array([1, 0, 0, 1]), note="two different logits among four", scale=1),
        case(np.array([-30.5, -12.0, -19.25, -40.0, -11.0]), np.array([0, 1, 1, 0, 0]), note="all logits below -10", scale=1),
        case(np.array([0.51, 0.5, 0.53, 0.49, 0.55]), np.array([1, 0, 1, 0, 1]), note="logits close together", scale=1),
        case(np.array([3e-9, 1e-9, 2e-9, 4e-9]), np.array([1, 0, 0, 1]), note="logits of a few billionths"),
        case(*_cells(155, 40, 2), note="two defects among forty", scale=1),
        case(*_cells(102, 60, 45), note="more defects than not", scale=1),
        case(*_cells(110, 300, 94), note="three hundred cells", scale=1),
        case(*_cells(110, 420, 94), note="420 cells", scale=1),
    ]  # fmt: skip
    wrong = {
        "accuracy": (_line(score=lambda s, y, line: np.mean((s > line) == y)), "That line has the best accuracy: it says 0 nearly always, and finds one of three. Balanced accuracy counts both classes alike."),
        "F1": (_line(score=_f1), "That line has the best F1, the balance of precision and recall. Balanced accuracy is the mean of the shares found in either class."),
        "worse of the two shares": (_line(score=lambda s, y, line: min(_shares(s, y, line))), "That line is best by the lower of the two shares found. Balanced accuracy is their mean."),
        "product of the shares": (_line(score=lambda s, y, line: float(np.prod(_shares(s, y, line)))), "That line is best by the product of the two shares found, or its root. Balanced accuracy is their mean."),
        "one half": (lambda s, y: 0.5, "One half is a line for probabilities, before anything was looked at. Choose from the data."),
        "zero": (lambda s, y: 0.0, "Zero is the line before anything was chosen. Which candidate is best on these cells?"),
        "a logit itself": (_line(lines=np.unique), "Your line is one of the logits. Halfway to its neighbour is asked for, so that a hair's breadth decides nothing."),
        "a logit itself, as for >=": (_line(lines=np.unique, score=lambda s, y, line: _balanced(s, y, line, equal=True)), "Your line is one of the logits, as if logit >= line meant 1. Here logit > line does, and the line is halfway between two logits."),
        "scikit-learn's line": (_roc_line, "Your line is one of the logits, as roc_curve gives it: there logit >= line means 1, and the highest of the best comes first. Halfway between two logits is asked for, and of the best the lowest."),
        "highest of the found": (lambda s, y: float(s[y == 1].min()), "Your line is the lowest defect's own logit, and that is not above itself."),
        "middle of the means": (lambda s, y: float((s[y == 1].mean() + s[y == 0].mean()) / 2), "You take the middle between the mean logits of both classes. It looks at no candidate: which of them finds most?"),
        "score returned": (lambda s, y: _balanced(s, y, _line()(s, y)), "You return the balanced accuracy. The line that gives it is asked for."),
        "turned round": (_line(score=lambda s, y, line: -_balanced(s, y, line)), "That line is best if low logits mean 1. Here logit > line means 1."),
        "place returned": (lambda s, y: float(np.argmax(_balances(s, y, _halfway(s)))), "You return the place of the candidate. Its value is asked for."),
        "highest of the best": (_line(last=True), "Where several lines are equally good, you return the highest. The lowest is asked for."),
        "first candidate forgotten": (_line(lines=lambda s: _halfway(s)[1:] if len(np.unique(s)) > 2 else _halfway(s)), "The lowest candidate, halfway between the two lowest logits, is never your line, not even where it is the lowest of the best. Where does your walk begin, and which of equally good lines does it keep?"),
        "last candidate forgotten": (_line(lines=lambda s: _halfway(s)[:-1] if len(np.unique(s)) > 2 else _halfway(s)), "You never try the highest candidate, halfway between the two highest logits. Where does your walk end?"),
        "search starts at one half": (_above_one_half, "Where no candidate scores above one half, you keep the lowest of them, whatever its score. With which score does your search start?"),
        "between equal logits": (_line(lines=_repeats), "Where two cells share a logit, you have a candidate that lies between them, at that logit itself. Take *different* neighbours."),
        "not halved": (_line(lines=lambda s: 2 * _halfway(s)), "Your candidates are sums of two neighbours. Where is the middle of two numbers?"),
        "outside the data": (_line(lines=lambda s: np.concatenate([[s.min() - 1], _halfway(s), [s.max() + 1]])), "Your line lies below all logits, or above them, where it parts nothing. It must lie between two of them."),
        "order of the list": (_line(lines=lambda s: (s[1:] + s[:-1]) / 2), "Your candidates lie halfway between logits that stand beside each other in the list. The neighbours in size are meant."),
    }  # fmt: skip
    asked = "of the lines halfway between neighbouring different logits, the lowest of those with the best balanced accuracy, where logit > line means 1"
    try:
        compare(attempt, _line(), cases, wrong, asked=asked)
    except NotYet as error:
        if error.name == "other" and -0.8 < (got := number(attempt(*cases[0].args))) < -0.5 and not close(got, -0.65):
            text = f"Your line {got:g} is as good as the one asked for, and not halfway between two neighbours."
            raise NotYet(text, "not halfway") from None
        raise
    whole_logits = case(np.array([7, 1, 9, 2]), np.array([1, 0, 1, 0]), note="logits that are ints")
    _compare_on_ints(attempt, _line(), [whole_logits], asked)
    for labels in (np.zeros(12, int), np.ones(12, int)):
        attempt.must_refuse((logit, labels), f"A set with class {labels[0]} only", "one class accepted")
    for value, labels in ((1.0, y), (0.0, y[:8]), (-2.5, np.array([1, 0]))):
        what = f"A set whose logits are all {value:g}, so that no line parts them"
        attempt.must_refuse((np.full(len(labels), value), labels), what, "equal logits accepted")
    attempt.must_refuse((np.array([0.7]), np.array([1])), "A single cell", "one class accepted")
    return "On other data another line may win. So it is chosen on the validation set, and then it stays."


@lesson.exercise(
    "First one weight a map: the mean of its slopes over all places, shape (k,).",
    "The weighted sum of the maps is (h, w). What is negative speaks against the class: set it to 0.",
    "Divide by the maximum, unless it is 0. maps @ weights does the weighted sum.",
)
def grad_cam(attempt: Attempt) -> str:
    """Return the heat (h, w), largest 1, of maps (h, w, k) where the logit has slopes (h, w, k)."""
    rng = np.random.default_rng(102)
    maps, slopes = rng.normal(size=(4, 5, 3)), rng.normal(size=(4, 5, 3)) + np.array([0.5, -0.4, 0.2])
    relu = np.maximum(rng.normal(size=(6, 6, 64)), 0)
    few = rng.normal(size=(2, 3, 2)) + np.array([1.0, 0.5]), 0.01 * rng.normal([1.0, -0.5], 1.0, (2, 3, 2))
    cases = [
        case(maps, slopes),
        case(300 * rng.normal(size=(9, 7, 5)), rng.normal(size=(9, 7, 5)) + 0.3, note="maps with values above 255"),
        case(rng.normal(size=(5, 8, 4)), 40 * rng.normal(size=(5, 8, 4)), note="slopes beyond 10"),
        case(relu, 0.03 * rng.normal(size=(6, 6, 64)), note="64 maps behind a ReLU"),
        case(*few, note="slopes of about 0.01"),
        # the scale lets 1e-12 pass in the division, and nothing larger
        case(maps, 1e-9 * slopes, note="slopes of about a billionth", scale=1e3),
        case(rng.uniform(0, 2, (3, 6, 1)), rng.normal(size=(3, 6, 1)) + 2, note="one map"),
        case(np.array([[[2.0, 5.0]]]), np.array([[[3.0, -1.0]]]), note="one place"),
        case(rng.normal(size=(1, 9, 3)), rng.normal(size=(1, 9, 3)) + 1.5, note="one row"),
        case(rng.normal(size=(16, 12, 8)), rng.normal(size=(16, 12, 8)), note="16 x 12 places"),
    ]
    cold = [
        case(np.abs(maps), -np.abs(slopes), note="maps that all speak against the class, so that the heat is 0", scale=1),
        case(np.abs(maps), np.zeros_like(maps), note="slopes of 0, so that the heat is 0", scale=1),
        case(np.zeros((3, 2, 4)), np.ones((3, 2, 4)), note="maps of 0, so that the heat is 0", scale=1),
    ]  # fmt: skip
    weights = slopes.mean(axis=(0, 1))
    others = {
        "weights, not heat": (weights, "Those are as many numbers as maps. The heat has a number a place: (4, 5)."),
        "maps not added up": (maps * weights, "The maps are weighted and not yet added up: (4, 5) is asked for."),
        "height and width swapped": (_heat()(maps, slopes).T, "Rows and columns have changed places."),
        "wrong axis": ((maps * weights).sum(axis=1), "You add over the columns. Add over the maps, the last axis."),
    }
    value = attempt(maps, slopes)
    for name, (other, message) in others.items():
        if _shape(value) == other.shape and close(array(value, other.shape), other):
            raise NotYet(message, name)
    wrong = {
        "negative kept": (_heat(drop=lambda raw: raw), "Some places have negative heat. They speak against the class, and are dropped."),
        "sign lost": (_heat(drop=np.abs), "Places that speak against the class are as hot as those for it: the sign is lost."),
        "dropped before the sum": (_heat(raw=lambda m, s: np.maximum(m * s.mean(axis=(0, 1)), 0).sum(axis=-1)), "You drop what is negative in each map, and then add. Add first: maps may speak against each other."),
        "weights without sign": (_heat(raw=lambda m, s: m @ np.abs(s.mean(axis=(0, 1)))), "A map with a negative mean slope speaks against the class, and you let it speak for it."),
        "negative weights dropped": (_heat(raw=lambda m, s: m @ np.maximum(s.mean(axis=(0, 1)), 0)), "Maps with a negative mean slope are left out. They speak against the class, and that counts: add first, and drop then."),
        "negative slopes dropped": (_heat(raw=lambda m, s: m @ np.maximum(s, 0).mean(axis=(0, 1))), "You drop negative slopes before they are averaged. The weight of a map is the mean of all its slopes."),
        "largest slope": (_heat(raw=lambda m, s: m @ s.max(axis=(0, 1))), "Each map has its largest slope as weight. Its mean slope is asked for."),
        "1e-8 in the division": (_heat(scale=lambda heat: heat / (heat.max() + 1e-8)), "A constant stands beside the largest value in your division, 1e-8 or so. Where slopes are tiny it counts, and the largest heat is not 1: divide only where the largest is above 0."),
        "not scaled": (_heat(scale=lambda heat: heat), "The picture is right and its largest value is not 1."),
        "scaled by the sum": (_heat(scale=lambda heat: heat / heat.sum()), "The picture is right, and it is scaled so that its sum is 1. Its largest value should be 1."),
        "scaled by its length": (_heat(scale=lambda heat: heat / np.linalg.norm(heat)), "The picture is right, and it is scaled so that its squares add up to 1. Its largest value should be 1."),
        "scaled before the drop": (lambda m, s: np.maximum(_raw_heat(m, s) / np.abs(_raw_heat(m, s)).max(), 0), "You divide by the largest size before you drop what is negative, and that may be a negative place. Then the largest heat is not 1."),
        "each row scaled": (_heat(scale=lambda heat: heat / heat.max(axis=0)), "Each column of the picture has a largest value of 1. One number divides them all."),
        "slopes not averaged": (_heat(raw=lambda m, s: (m * s).sum(axis=-1)), "You multiply place by place. Grad-CAM gives each map one weight, its mean slope over all places."),
        "slopes not used": (_heat(raw=lambda m, s: m.sum(axis=-1)), "That is the sum of the maps, as if all spoke for the class alike. Where are the slopes?"),
        "maps not used": (_heat(raw=lambda m, s: s.sum(axis=-1)), "That is where the slopes are. Where are the maps?"),
        "roles swapped": (_heat(raw=lambda m, s: s @ m.mean(axis=(0, 1))), "You average the maps, and weight the slopes with that. Which of the two is averaged?"),
        "turned round": (_heat(raw=lambda m, s: -_raw_heat(m, s)), "What speaks against the class is hot, and what speaks for it is dropped. Which sign speaks for it?"),
        "stretched": (_heat(drop=lambda raw: raw - raw.min()), "You stretch from the lowest to the highest value. Then what speaks against looks warm: drop it instead."),
    }  # fmt: skip
    asked = "the maps added up with their mean slopes as weights, what is negative set to 0, divided by the largest"
    compare(attempt, _heat(), cases, wrong, asked=asked)
    whole_maps = case(rng.integers(0, 9, (3, 4, 2)), rng.normal(size=(3, 4, 2)) + 0.5, note="maps of ints")
    _compare_on_ints(attempt, _heat(), [whole_maps], asked)
    for each in cold:
        _must_be_cold(attempt, each)
    refused = [
        ((maps, slopes[:, :, :2]), "Three maps with slopes for two"),
        ((maps, slopes[:, :, :1]), "Three maps with slopes for one"),
        ((maps[:, :, :1], slopes), "One map with slopes for three"),
        ((maps, slopes[:1]), "Maps of 4 rows with slopes of 1 row"),
        ((maps, slopes[:3]), "Maps of 4 rows with slopes of 3 rows"),
        ((maps, slopes[:, :1]), "Maps of 5 columns with slopes of 1 column"),
        ((maps, slopes[:, :4]), "Maps of 5 columns with slopes of 4 columns"),
        ((maps[:3], slopes), "Maps of 3 rows with slopes of 4 rows"),
        ((maps[:, :4], slopes), "Maps of 4 columns with slopes of 5 columns"),
        ((maps[:, :, :2], slopes), "Two maps with slopes for three"),
        ((maps, slopes[0]), "Maps (4, 5, 3) with slopes (5, 3)"),
    ]
    for arguments, what in refused:
        attempt.must_refuse(arguments, what, "shapes may differ")
    attempt.must_refuse((maps, np.swapaxes(slopes, 0, 1)), "Maps of 4 x 5 places with slopes of 5 x 4", "sizes only")
    return (
        "A heat map shows where a network looks, never whether it is right. It is a question to the data, to be tested."
    )


def _compare_on_ints(attempt: Attempt, reference: Callable, cases: Sequence[Case], asked: str) -> None:
    """Compare where an argument holds ints: a result must not be cut down to them; to raise, as tensors do, is allowed."""
    try:
        compare(attempt, reference, cases, asked=asked)
    except NotYet as error:
        if error.name != "raises":
            raise


class _Saying(Reading):
    """An attempt at `diagnose`, whose result is read as one of the three answers before it is compared."""

    def __init__(self, attempt: Attempt) -> None:
        super().__init__(attempt, self._said, self._curves)
        self.given: list[str] = []

    def again(self, answers: list[str]) -> _Saying:
        """Return one that gives these answers, in this order, without asking again."""
        replay = _Saying(self.attempt)
        replay.given = answers.copy()
        return replay

    def __call__(self, *args: Any) -> str:
        return self.given.pop(0) if self.given else super().__call__(*args)

    @staticmethod
    def _said(said: Any, *_: Any) -> str:
        if isinstance(said, np.ndarray) and said.shape == () and said.dtype.kind == "U":
            said = said[()]  # np.where and np.select give such an array
        if not isinstance(said, str) or said not in DIAGNOSES:
            shown = repr(str(said))[:60] if isinstance(said, str) else article(said)
            raise NotYet(f"Three answers are possible, as text: {', '.join(DIAGNOSES)}. Yours is {shown}.", "no such answer")  # fmt: skip
        return str(said)

    @staticmethod
    def _curves(loss: Any, val_loss: Any, accuracy: Any, majority: float) -> str:
        if len(loss) > 8:
            return f"It was called with curves of {len(loss)} epochs and majority = {majority:.4g}. "
        lists = ", ".join(str(np.round(curve, 4).tolist()) for curve in (loss, val_loss, accuracy))
        return f"It was called with curves {lists} and majority = {majority:.4g}. "


def when_right(answer: Callable) -> Callable:
    """Return the learner's function where its check finds it right, else the course's own, for the lesson to go on with.

    Parameters
    ----------
    answer : callable
        `diagnose`, `standardise`, `best_threshold` or `grad_cam`, under that name.

    Returns
    -------
    callable
        It takes what `answer` takes, and returns text, a float or a float64 array, whatever kind the learner chose.

    Raises
    ------
    ValueError
        If the lesson goes on with no function of that name.
    """
    return lesson.when_right(answer, _OWN)


def _floats(value: Any) -> np.ndarray:
    return np.asarray(value, dtype=float)


def _divided(images: np.ndarray, mean: np.ndarray, spread: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        return (images - mean) / spread


def _moved(teachers: Callable) -> Callable:
    """Return the standardising by all pixels of the pictures that `teachers` chooses, as a function of images and places."""
    return lambda images, learn: _divided(images, teachers(images, learn).mean(), teachers(images, learn).std())


def _shape(value: Any) -> tuple[int, ...] | None:
    try:
        return np.shape(value)
    except Exception:
        return None


def _count(
    bias: int = 1,
    dense_bias: int = 1,
    one_bias: bool = False,
    shave: int = 2,
    pool: int = 2,
    pools: int = 3,
    up: int = 0,
    channels: int = 1,
    alone: bool = False,
    kernel: int = 9,
    flat: Callable = lambda side: side * side,
) -> Callable:
    """Return the textbook's count as a function of the side, right or with one slip."""

    def count(side: int) -> tuple[int, int]:
        total, before = 0, channels
        for place, maps in enumerate((32, 64, 128)):
            seen = 1 if alone else before
            total += kernel * seen * maps + (1 if one_bias else bias * maps)
            side, before = side - shave, maps
            if place < pools:
                side = (side + up * (pool - 1)) // pool
        numbers = round(flat(side) * 128)
        biases = (1, 1) if one_bias else (512 * dense_bias, dense_bias)
        return total, numbers * 512 + biases[0] + 512 + biases[1]

    return count


def _diagnosis(
    order: tuple = ("one", "over"),
    last: int = 3,
    near: float = 0.001,
    gap: int = 3,
    level: str = "majority",
    side: str = "both",
    first: str = "all",
    rounded: bool = False,
    relative: bool = False,
    best: str = "validation",
    falls: str = "lower",
) -> Callable:
    """Return the diagnosis as a function of the curves, right or with one slip."""

    def diagnose(loss: np.ndarray, val_loss: np.ndarray, accuracy: np.ndarray, majority: float) -> str:
        wanted = majority if level == "majority" else accuracy[-1]
        away = accuracy - wanted
        if first == "mean":
            away = np.array([accuracy[-last:].mean() - wanted])
        equal = {"both": np.abs(away), "below": away, "above": -away}[side] <= (near * majority if relative else near)
        if rounded:
            equal = np.round(accuracy, 3) == round(wanted, 3)
        one = equal[-last:].any() if first == "any" else equal[-last:].all()
        if first == "count":
            one = equal.sum() >= 3
        at = np.argmax(accuracy) if best == "accuracy" else np.argmin(val_loss)
        learned = {
            "lower": loss[-1] < loss[at],
            "not higher": loss[-1] <= loss[at],
            "rises": loss[-1] > loss[at],
            "start": loss[-1] < loss[0],
            "step": loss[-1] < loss[-2],
            "ignored": True,
        }[falls]
        holds = {"one": one, "over": len(loss) - 1 - at >= gap and learned}
        names = {"one": "one answer", "over": "overfitting"}
        return next((names[question] for question in order if holds[question]), "no objection")

    return diagnose


def _four_epochs_ago(loss: np.ndarray, val_loss: np.ndarray, accuracy: np.ndarray, majority: float) -> str:
    one = _diagnosis(order=("one",))(loss, val_loss, accuracy, majority)
    if one == "no objection" and len(loss) > 3 and val_loss[-1] > val_loss[-4] and loss[-1] < loss[-4]:
        return "overfitting"
    return one


def _cells(seed: int, n: int, ones: int) -> tuple[np.ndarray, np.ndarray]:
    """Return logits (n,) with three decimals, and y (n,) of which `ones` are 1, with higher logits on the whole."""
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.arange(n) < ones).astype(int)
    return np.round(rng.normal(3.0 * y - 1.0, 2.0), 3), y


def _halfway(logit: np.ndarray) -> np.ndarray:
    values = np.unique(logit)
    return (values[1:] + values[:-1]) / 2


def _repeats(logit: np.ndarray) -> np.ndarray:
    values = np.sort(logit)
    return (values[1:] + values[:-1]) / 2


def _balanced(logit: np.ndarray, y: np.ndarray, line: float, equal: bool = False) -> float:
    """Return the balanced accuracy; where counts tie, so do its values, for it is a whole number divided once."""
    said = logit >= line if equal else logit > line
    ones, zeros = int(np.sum(y == 1)), int(np.sum(y == 0))
    whole = int(np.sum(said[y == 1])) * zeros + int(np.sum(~said[y == 0])) * ones
    return whole / (2 * ones * zeros)


def _shares(logit: np.ndarray, y: np.ndarray, line: float) -> tuple[float, float]:
    """Return the shares of the ones and of the zeros that are found."""
    return float(np.mean(logit[y == 1] > line)), float(np.mean(logit[y == 0] <= line))


def _balances(logit: np.ndarray, y: np.ndarray, lines: np.ndarray) -> list[float]:
    return [_balanced(logit, y, line) for line in lines]


def _f1(logit: np.ndarray, y: np.ndarray, line: float) -> float:
    said = logit > line
    return 2 * np.sum(said & (y == 1)) / max(np.sum(said) + np.sum(y == 1), 1)


def _line(lines: Callable = _halfway, score: Callable = _balanced, last: bool = False) -> Callable:
    """Return the choice of a line as a function: the first, or last, of the candidates with the best score."""

    def choose(logit: np.ndarray, y: np.ndarray) -> float:
        candidates = lines(logit)
        scores = [score(logit, y, line) for line in candidates]
        best = [line for line, value in zip(candidates, scores, strict=True) if value == max(scores)]
        return float(best[-1 if last else 0])

    return choose


def _above_one_half(logit: np.ndarray, y: np.ndarray) -> float:
    """Return the line of a search that starts with a score of one half, at the lowest candidate."""
    lines = _halfway(logit)
    return _line()(logit, y) if max(_balances(logit, y, lines)) > 0.5 else float(lines[0])


def _roc_line(logit: np.ndarray, y: np.ndarray) -> float:
    """Return what scikit-learn's ROC gives: the highest logit at which found - false alarms is largest."""
    from sklearn.metrics import roc_curve

    false_alarms, found, lines = roc_curve(y, logit)
    return float(lines[np.argmax(found - false_alarms)])


def _raw_heat(maps: np.ndarray, slopes: np.ndarray) -> np.ndarray:
    return maps @ slopes.mean(axis=(0, 1))


def _heat(
    raw: Callable = _raw_heat,
    drop: Callable = lambda raw: np.maximum(raw, 0),
    scale: Callable = lambda heat: heat / heat.max() if heat.max() > 0 else heat,
) -> Callable:
    """Return Grad-CAM as a function of maps and slopes, right or with one slip."""
    return lambda maps, slopes: scale(drop(raw(maps, slopes)))


def _must_be_cold(attempt: Attempt, each: Any) -> None:
    """Raise `NotYet` unless the heat is 0 all over."""
    try:
        heat = array(attempt(*each.args), each.args[0].shape[:2])
    except NotYet as error:
        if error.name not in ("raises", "not finite"):
            raise
        raise NotYet(f"Take {each.note}. {error}"[:560], "nothing speaks for it") from None
    if not close(heat, np.zeros(heat.shape), scale=each.scale):
        raise NotYet(f"Take {each.note}: not so with yours.", "nothing speaks for it")


_OWN = {
    "diagnose": (lambda *curves: _diagnosis()(*map(np.asarray, curves)), str),
    "standardise": (_moved(lambda images, learn: images[learn]), _floats),
    "best_threshold": (_line(), float),
    "grad_cam": (_heat(), _floats),
}

"""Exercises of lesson 12: cosines, the contrastive loss and its slope, what moved in a network, smaller steps below, labels saved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.checking import Attempt, Lesson, case, compare

lesson = Lesson("12_transfer_learning")
EXERCISES = lesson.exercises


@lesson.exercise(
    "Bring each row to length 1 first. What is the product of two rows of length 1?",
    "np.linalg.norm(Z, axis=1, keepdims=True) gives the lengths (n, 1). All products at once are one matrix product.",
)
def cosines(attempt: Attempt) -> str:
    """Return (n, n): the cosine of the angle between each two rows of Z (n, d); ValueError where a row is all zeros."""
    rng = np.random.default_rng(121)
    cases = [
        case(np.array([[3.0, 0.0], [3.0, 3.0], [-2.0, 0.0]]), scale=1),
        case(rng.normal(size=(5, 3)), note="five rows of three", scale=1),
        case(rng.normal(size=(5, 3)), note="five others", scale=1),
        case(rng.normal(2, 9, size=(3, 5)), note="three rows of five", scale=1),
        case(rng.normal(size=(4, 1)), note="rows of one number", scale=1),
        case(np.array([[0.0, -7.0]]), note="a single row", scale=1),
        case(np.array([[1.0, -1.0], [-2.0, 2.0], [3.0, 1.0]]), note="rows whose numbers add up to 0", scale=1),
        case(rng.normal(size=(64, 128)) * np.geomspace(0.01, 100, 64)[:, None], note="64 rows of very unequal lengths", scale=1),
        case(np.array([[0.0, 2.0], [5.0, 0.0]]), note="two rows at right angles", scale=1),
    ]  # fmt: skip
    wrong = {
        "no lengths": (lambda Z: Z @ Z.T, "Those are the products of the rows. The cosine does not know how long a row is."),
        "columns brought to length 1": (lambda Z: _unit(Z.T).T @ _unit(Z.T), "You bring the columns to length 1. A row is one picture."),
        "one length only": (lambda Z: _unit(Z) @ Z.T, "You divide by the length of one of the two rows. The angle belongs to both."),
        "lengths squared": (lambda Z: Z @ Z.T / np.sum(Z**2, axis=1, keepdims=True), "You divide by the square of one length. Which two lengths belong to a pair?"),
        "sizes": (lambda Z: np.abs(_cosines(Z)), "Rows that point in opposite directions have the cosine -1, and yours says 1."),
        "distances": (lambda Z: 1 - _cosines(Z), "That is 1 less the cosine, a distance: rows that point the same way have 0 in yours."),
        "whole table": (lambda Z: Z @ Z.T / np.sum(Z**2), "You divide by one length, that of the whole table. Each row has its own."),
    }  # fmt: skip
    compare(attempt, _cosines, cases, wrong, asked="the product of each two rows, divided by both their lengths")
    for place in (0, 2):
        spoiled = rng.normal(size=(3, 4))
        spoiled[place] = 0
        attempt.must_refuse((spoiled,), f"Row {place} is all zeros and has no direction", "a row of zeros accepted")
    return "Likeness that looks at the direction alone: a dim view and a bright one of the same cell can be alike."


@lesson.exercise(
    "Row i asks: which of the other 2n - 1 rows is my partner? Its logits are cosines divided by the temperature.",
    "Put -inf on the diagonal: no row may choose itself. The partner of row i is row (i + n) % 2n.",
    "The loss of row i is log-sum-exp of its logits, less the logit of its partner. Take the largest logit out first (03).",
)
def nt_xent(attempt: Attempt) -> str:
    """Return the contrastive loss, a float, of Z (2n, d), whose rows i and i + n are two views of picture i."""
    rng = np.random.default_rng(123)
    alike = np.repeat(rng.normal(size=(1, 3)), 4, axis=0)
    cases = [
        case(np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]]), 1.0, note="two pictures, both views alike"),
        case(rng.normal(size=(8, 4)), 0.5, note="four pictures"),
        case(rng.normal(size=(8, 4)), 0.5, note="four others"),
        case(rng.normal(size=(6, 2)), 0.1, note="three pictures, a small temperature"),
        case(rng.normal(size=(4, 3)), 5.0, note="a large temperature"),
        case(rng.normal(size=(2, 3)), 0.5, note="one picture, which has no rival", scale=1),
        case(rng.normal(3, 50, size=(10, 7)), 0.3, note="long rows"),
        case(alike, 0.2, note="four rows that point the same way"),
        case(rng.normal(size=(6, 3)), 0.001, note="a tiny temperature: logits up to 1000"),
        case(np.array([[1.0, 0.0], [0.0, 1.0]]), 0.001, note="partners at right angles, a tiny temperature", scale=1),
        case(rng.normal(size=(8, 16)), 0.001, note="four pictures, a tiny temperature"),
        case(
            np.array([[1.0, 0, 0], [0, 1, 0], [1, 0.01, 0], [0, 0, 1]]),
            0.001,
            note="two rows far from all others, a tiny temperature",
        ),
        case(rng.normal(size=(256, 64)), 0.1, note="128 pictures"),
    ]
    wrong = {
        "itself a candidate": (_loss(itself=True), "A row may choose itself in yours, and nothing is more alike. Leave the diagonal out."),
        "partner not among the candidates": (_loss(partner_out=True), "The partner is missing below the fraction line: the share is taken among all other rows, the partner too."),
        "no temperature": (lambda Z, t: _loss()(Z, 1.0), "The temperature changes nothing in yours."),
        "multiplied by the temperature": (lambda Z, t: _loss()(Z, 1 / t), "You multiply by the temperature. A smaller one shall make differences larger."),
        "no lengths": (_loss(likeness=lambda Z: Z @ Z.T), "Your loss falls when rows get longer. Compare directions: cosines."),
        "neighbours are partners": (_loss(partner=lambda n: np.arange(2 * n) ^ 1), "You pair rows 0 and 1, 2 and 3. The views of picture i stand in rows i and i + n."),
        "one side only": (_loss(rows=lambda n: np.arange(n)), "Only the first n rows ask in yours. The second views ask for their partners as well."),
        "sum, not mean": (lambda Z, t: _loss()(Z, t) * len(Z), "You add up over the rows. The mean is asked for."),
        "divided by the pictures": (lambda Z, t: 2 * _loss()(Z, t), "You divide the sum by n. There are 2n rows that ask."),
        "sign": (lambda Z, t: -_loss()(Z, t), "Yours is largest where partners are most alike. Which sign has a loss?"),
        "in bits": (lambda Z, t: _loss()(Z, t) / np.log(2), "Your logarithm has base 2. The natural one is meant."),
    }  # fmt: skip
    compare(attempt, _loss(), cases, wrong, asked="the mean over the rows of log-sum-exp of their logits to all other rows, less the logit of the partner")  # fmt: skip
    for rows in (3, 7, 1, 0):
        attempt.must_refuse((np.ones((rows, 2)), 0.5), f"{rows} rows, which are no pairs", "no pairs accepted")
    for temperature in (0.0, -0.1, -5.0):
        attempt.must_refuse((rng.normal(size=(4, 3)), temperature), f"A temperature of {temperature:g}", "temperature accepted")  # fmt: skip
    return "A classifier without labels: the class of a view is the picture that it was cut from."


@lesson.exercise(
    "For the logits it is lesson 03's rule: softmax less the one at the partner, divided by the 2n rows. Call it G (2n, 2n).",
    "The logits are U @ U.T / temperature, and each row of U stands in it twice: the slope in U is (G + G.T) @ U / temperature.",
    "A row of U cannot get longer: take away from its slope the part along the row itself, then divide by the length of the row of Z.",
)
def nt_xent_gradient(attempt: Attempt) -> str:
    """Return the slope (2n, d) of the contrastive loss in Z (2n, d), whose rows i and i + n are two views of picture i."""
    rng = np.random.default_rng(125)
    cases = [
        case(rng.normal(size=(4, 2)), 1.0, note="two pictures"),
        case(rng.normal(size=(8, 4)), 0.5, note="four pictures"),
        case(rng.normal(size=(8, 4)), 0.5, note="four others"),
        case(rng.normal(size=(6, 3)), 0.1, note="a small temperature"),
        case(rng.normal(size=(6, 5)) * 30, 2.0, note="long rows, a large temperature"),
        case(rng.normal(size=(2, 3)), 0.5, note="one picture, which has no rival", scale=1),
        case(rng.normal(size=(64, 16)), 0.2, note="32 pictures"),
    ]
    wrong = {
        "each row asks only": (_slope(both=lambda G: 2 * G), "A row asks for its partner, and it is also asked for by all others. Yours counts the asking twice instead."),
        "asked for is forgotten": (_slope(both=lambda G: G), "A row asks for its partner, and it is also asked for by all others: it stands in two places of U @ U.T."),
        "temperature forgotten": (lambda Z, t: t * _slope()(Z, t), "The logits are cosines divided by the temperature. What does the chain rule do with that?"),
        "sum, not mean": (lambda Z, t: len(Z) * _slope()(Z, t), "That is the slope of the sum over the rows; the loss is their mean."),
        "length forgotten": (_slope(back=lambda d, U, length: d - np.sum(d * U, axis=1, keepdims=True) * U), "Right but for the lengths: a long row turns less for the same push."),
        "along itself": (_slope(back=lambda d, U, length: d / length), "Your slope would make rows longer, and the loss does not know how long they are. Which part must go?"),
        "slope in U": (_slope(back=lambda d, U, length: d), "That is the slope in the rows brought to length 1. The way back through that division is missing."),
        "partner's one forgotten": (_slope(target=0.0), "That is the softmax alone, or what is taken away stands where it changes nothing. What is taken away at the partner's place?"),
        "itself a candidate": (_slope(itself=True), "A row may choose itself in yours. Put -inf on the diagonal."),
        "uphill": (lambda Z, t: -_slope()(Z, t), "That is the way downhill. The slope points uphill."),
    }  # fmt: skip
    compare(attempt, _slope(), cases, wrong, asked="the slope of your loss in each entry of Z; finite differences will tell you where it is off", rtol=1e-4)  # fmt: skip
    return "Softmax less one, once more: it pulls partners together, and pushes apart what is alike and no pair."


@lesson.exercise(
    "Look at one array: np.abs(after - before).max().",
    "Go through both lists side by side; zip(before, after, strict=True) raises ValueError where one is longer. Then compare shapes.",
)
def largest_moves(attempt: Attempt) -> str:
    """Return (k,): for each of k arrays by how much the entry that moved most has moved; ValueError where lists do not fit."""
    rng = np.random.default_rng(127)

    def weights(*shapes: tuple, moves: float = 1.0) -> tuple[list, list]:
        before = [rng.normal(size=shape) for shape in shapes]
        return before, [a + moves * rng.normal(size=a.shape) for a in before]

    still, _ = weights((3, 3, 1, 4), (4,))
    one = [a.copy() for a in still]
    one[1][2] -= 0.25
    cases = [
        case([np.array([1.0, 2.0, 3.0])], [np.array([1.5, 2.0, 1.0])], note="one array"),
        case(*weights((3, 3, 2, 4), (4,), (4, 1)), note="three arrays"),
        case(still, one, note="one entry of the second array moved down", scale=1),
        case(still, [a.copy() for a in still], note="nothing moved", scale=1),
        case(*weights((1,), (2, 2), moves=0.001), note="small moves"),
        case(*weights((3,), (2, 2), moves=2e-5), note="moves near 0.00002", scale=1),
        case([np.array([-3.0]), np.array([5.0, -9.0])], [np.array([-1.0]), np.array([4.0, -9.5])], note="entries below 0"),
        case(*weights(*[(3, 3, 8, 8), (8,), (8,), (8,), (8,)] * 6), note="thirty arrays, as in a network"),
    ]  # fmt: skip

    def each(measure: Callable) -> Callable:
        return lambda before, after: np.array([float(measure(a, b)) for a, b in zip(before, after, strict=True)])

    wrong = {
        "mean": (each(lambda a, b: np.abs(b - a).mean()), "You take the mean over an array. One entry among thousands that moves would hardly show."),
        "with its sign": (each(lambda a, b: (b - a).max()), "An entry that falls has moved too."),
        "difference of the largest": (each(lambda a, b: np.abs(b).max() - np.abs(a).max()), "You compare the largest entries. Two arrays may have the same largest entry, and nothing else in common."),
        "length of the move": (each(lambda a, b: np.sqrt(np.sum((b - a) ** 2))), "That is the length of the whole move, which grows with the number of entries."),
        "sum": (each(lambda a, b: np.abs(b - a).sum()), "You add up all moves of an array. The largest alone is asked for."),
        "as a share": (each(lambda a, b: np.abs(b - a).max() / np.abs(a).max()), "You divide by the size of the array before. The move itself is asked for."),
        "yes or no": (each(lambda a, b: float((a != b).any())), "You say whether an array moved. By how much?"),
        "squared": (each(lambda a, b: ((b - a) ** 2).max()), "That is the square of the largest move."),
        "smallest": (each(lambda a, b: np.abs(b - a).min()), "That is the entry that moved least."),
    }  # fmt: skip
    compare(attempt, each(lambda a, b: np.abs(b - a).max()), cases, wrong, asked="for each array, the largest |after - before|")  # fmt: skip
    before, after = weights((2, 2), (3,))
    for a, b in ((before, after[:1]), (before[:1], after)):
        attempt.must_refuse((a, b), f"Lists of {len(a)} before and {len(b)} after", "lists of unequal length accepted")
    for a, b in (
        ([np.ones((2, 3))], [np.ones(3)]),
        ([np.ones((4, 1))], [np.ones((4, 4))]),
        ([np.ones((2, 3))], [np.ones((3, 2))]),
    ):
        attempt.must_refuse((a, b), f"An array of shape {a[0].shape} before and {b[0].shape} after", "unequal shapes accepted")  # fmt: skip
    late = ([np.ones(4), np.ones((2, 3))], [np.ones(4), np.ones((2, 1))])
    attempt.must_refuse(late, "A second array of shape (2, 3) before and (2, 1) after", "unequal shapes accepted")
    return "Before you believe that a part of a network is frozen, or learns slowly, measure it."


@lesson.exercise(
    "What does Adam make of a gradient that is ten times as large? Put numbers in: 2 / |2|, and 20 / |20|.",
    "A share of the gradient is divided by the same share again. Let the share stand outside the fraction.",
)
def first_step(attempt: Attempt) -> str:
    """Return (d,): what Adam's first step adds to weights with gradient grad (d,) that are to learn at `share` of the rate."""
    rng = np.random.default_rng(129)
    cases = [
        case(np.array([4.0, -0.5]), 0.01, 0.1),
        case(np.array([-3.0, -0.01]), 0.01, 0.1, note="two falling slopes"),
        case(rng.normal(size=6), 0.001, 0.25, note="other gradients"),
        case(rng.normal(0, 1e3, size=4), 0.1, 0.5, note="steep slopes"),
        case(np.array([1e-8, -3e-8, 2e-7]), 0.01, 0.2, note="slopes so small that the 1e-7 counts"),
        case(rng.normal(size=3), 0.01, 1.0, note="a share of 1, the highest there is"),
        case(rng.normal(size=3), 0.01, 0.0, note="a share of 0, the lowest there is", scale=1e-3),
        case(np.array([0.0, 2.0, 0.0]), 0.02, 0.3, note="no slope in two weights"),
        case(np.array([-1.5]), 2.0, 0.7, note="one weight"),
        case(rng.normal(size=300), 0.003, 0.04, note="300 weights"),
    ]
    wrong = {
        "the gradient's share": (lambda g, r, s: _adam(s * g, r), "That is the colleague's step: Adam divides the share out again."),
        "uphill": (lambda g, r, s: -s * _adam(g, r), "That step goes uphill."),
        "no Adam": (lambda g, r, s: -r * s * g, "That is plain descent. Adam divides each slope by its own size."),
        "share ignored": (lambda g, r, s: _adam(g, r), "The share changes nothing in yours."),
        "the rest of the share": (lambda g, r, s: (1 - s) * _adam(g, r), "With a share of 0 yours moves most."),
        "share squared": (lambda g, r, s: s**2 * _adam(g, r), "The share counts twice in yours."),
        "divided by the share": (lambda g, r, s: _adam(g, r) / s, "With a smaller share yours moves further."),
        "the length of all": (lambda g, r, s: -s * r * g / (np.sqrt(np.sum(g**2)) + 1e-7), "You divide by the length of the whole gradient. Adam divides each slope by its own size."),
        "share of the 1e-7": (lambda g, r, s: -s * r * g / (np.abs(g) + s * 1e-7), "Where slopes are tiny, the 1e-7 shows: it is no part of the share."),
    }  # fmt: skip
    compare(attempt, lambda g, r, s: s * _adam(g, r), cases, wrong, asked="Adam's first step, with a share of the rate, so that the step itself is smaller")  # fmt: skip
    grad = np.array([1.0, -2.0])
    for share in (-0.01, -1.0):
        attempt.must_refuse((grad, 0.01, share), f"A share of {share:g}", "share below 0 accepted")
    for share in (1.01, 10.0):
        attempt.must_refuse((grad, 0.01, share), f"A share of {share:g}", "share above 1 accepted")
    for rate in (0.0, -0.01):
        attempt.must_refuse((grad, rate, 0.5), f"A rate of {rate:g}", "no rate accepted")
    return "Adam's step does not know how large a slope is. Smaller steps below need smaller rates below."


@lesson.exercise(
    "Find the first size whose score is at least the target. If it is the first of all, you are done.",
    "Between that size and the one before, the score is a straight line over log(size): np.interp, or two lines of school algebra.",
    "share = (target - left) / (right - left), then exp of log(size before) + share * (log(size) - log(size before)).",
)
def labels_needed(attempt: Attempt) -> str:
    """Return how many labels, a float, a method needs to first reach target, from sizes (k,) and its scores (k,)."""
    rng = np.random.default_rng(131)
    sizes = np.array([25, 50, 100, 200, 400])
    dented = np.array([0.60, 0.74, 0.70, 0.80, 0.85])
    cases = [
        case(np.array([25, 100]), np.array([0.6, 0.8]), 0.7, note="half-way between two sizes"),
        case(sizes, np.array([0.55, 0.62, 0.71, 0.78, 0.86]), 0.75),
        case(sizes, dented, 0.72, note="scores that fall once"),
        case(sizes, dented, 0.78, note="scores that fall once, target reached later"),
        case(sizes, np.array([0.5, 0.6, 0.66, 0.76, 0.9]), 0.78, note="other scores"),
        case(sizes, np.array([0.55, 0.62, 0.71, 0.78, 0.86]), 0.71, note="a target that one size reaches exactly"),
        case(sizes, np.array([0.7, 0.62, 0.71, 0.78, 0.86]), 0.66, note="the first size is already there"),
        case(sizes, np.array([0.7, 0.72, 0.73, 0.78, 0.86]), 0.7, note="the first size reaches the target exactly"),
        case(sizes, np.array([0.5, 0.5, 0.5, 0.5, 0.9]), 0.9, note="the last size reaches the target exactly"),
        case(np.array([50]), np.array([0.8]), 0.8, note="one size"),
        case(
            np.array([25, 50, 100, 200]),
            np.array([0.6, 0.8, 0.8, 0.9]),
            0.8,
            note="a target at which the scores stand still",
        ),
        case(np.array([25, 50, 100, 200]), np.array([61.0, 80.0, 72.0, 90.0]), 75.0, note="scores in percent"),
        case(np.array([1, 3, 10, 32, 96, 502]), np.sort(rng.random(6)), 0.4, note="other sizes"),
        case(np.array([10, 20, 21]), np.array([-0.2, 0.1, 0.3]), 0.0, note="scores below 0"),
    ]

    def between(sizes: np.ndarray, scores: np.ndarray, target: float, place: Callable) -> float:
        k = int(np.argmax(scores >= target))
        return float(sizes[0]) if k == 0 else float(place(sizes[k - 1], sizes[k], scores[k - 1], scores[k], target))

    def last(sizes: np.ndarray, scores: np.ndarray, target: float) -> float:
        below = np.flatnonzero(scores < target)
        k = int(below[-1]) + 1 if len(below) else 0
        if k in (0, len(sizes)):
            return float(sizes[0])
        return float(_on_a_line(sizes[k - 1], sizes[k], scores[k - 1], scores[k], target))

    wrong = {
        "straight in the sizes": (lambda n, s, t: between(n, s, t, lambda a, b, p, q, t: a + (t - p) / (q - p) * (b - a)), "Your lines are straight over the sizes. Over their logarithms is asked for: from 25 to 50 is as far as from 50 to 100."),
        "the next size": (lambda n, s, t: between(n, s, t, lambda a, b, p, q, t: b), "That is the first size that reaches the target. It is reached before, on the line that leads there."),
        "the size before": (lambda n, s, t: between(n, s, t, lambda a, b, p, q, t: a), "That is the last size that does not reach the target yet."),
        "reached for good": (last, "Your answer lies where the target is reached for good. The first time is asked for, and scores may fall again: they are not sorted."),
        "sorted first": (lambda n, s, t: between(n, np.sort(s), t, _on_a_line), "You sort the scores. They belong to their sizes."),
        "turned round": (lambda n, s, t: between(n, s, t, lambda a, b, p, q, t: _on_a_line(a, b, q, p, t)), "On the line you walk from the wrong end."),
        "a logarithm": (lambda n, s, t: np.log(between(n, s, t, _on_a_line)), "That is the logarithm of the number of labels."),
        "half-way always": (lambda n, s, t: between(n, s, t, lambda a, b, p, q, t: np.sqrt(a * b)), "You take the middle between two sizes. How far along the line does the target lie?"),
    }  # fmt: skip
    asked = "the place on the broken line over log(size) where it first reaches the target"
    compare(attempt, lambda n, s, t: between(n, s, t, _on_a_line), cases, wrong, asked=asked)
    falling = [
        case(sizes, np.array([0.65, 0.71, 0.72, 0.83, 0.73]), 0.78, note="scores that end below a target they had reached"),
        case(sizes[:4], np.array([0.63, 0.81, 0.88, 0.82]), 0.88, note="a target that is the peak of the scores"),
    ]  # fmt: skip
    compare(attempt, lambda n, s, t: between(n, s, t, _on_a_line), falling, asked=asked)
    for target in (0.87, 1.5):
        attempt.must_refuse((sizes, np.array([0.55, 0.62, 0.71, 0.78, 0.86]), target), f"A target of {target:g}, which no size reaches", "a target never reached accepted")  # fmt: skip
    for bad in (sizes[::-1].copy(), np.array([25, 50, 50, 200, 400])):
        attempt.must_refuse((bad, dented, 0.7), f"Sizes {bad.tolist()}, which do not rise", "sizes that do not rise accepted")  # fmt: skip
    attempt.must_refuse((np.array([100, 50, 25]), np.array([0.8, 0.9, 0.95]), 0.7), "Sizes [100, 50, 25], which do not rise, where the first score is high enough", "sizes that do not rise accepted")  # fmt: skip
    attempt.must_refuse((sizes, np.append(dented, 0.9), 0.55), "5 sizes and 6 scores", "unequal lengths accepted")
    for bad in (np.array([0, 50, 100, 200, 400]), np.array([-25, 50, 100, 200, 400])):
        attempt.must_refuse((bad, dented, 0.7), f"A size of {bad[0]}", "no labels accepted")
    for n in (4, 1):
        attempt.must_refuse((sizes, dented[:n], 0.55), f"5 sizes and {n} scores", "unequal lengths accepted")
    return "Scores say who is better; labels say what it is worth to whoever pays for them."


def when_right(answer: Callable) -> Callable:
    """Return the learner's function where its check finds it right, else the course's own, for the lesson to go on with.

    Parameters
    ----------
    answer : callable
        `cosines`, `nt_xent`, `nt_xent_gradient`, `largest_moves`, `first_step` or `labels_needed`, under that name.

    Returns
    -------
    callable
        A loss or a slope computed in float32, or by differences, is not handed on: the lesson's proofs need its digits.

    Raises
    ------
    ValueError
        If the lesson goes on with no function of that name.
    """
    proof = (np.random.default_rng(129).normal(size=(8, 5)), 0.2), 1e-12
    return lesson.when_right(answer, _OWN, {"nt_xent": proof, "nt_xent_gradient": proof})


def _unit(Z: np.ndarray) -> np.ndarray:
    return Z / np.linalg.norm(Z, axis=1, keepdims=True)


def _cosines(Z: Any) -> np.ndarray:
    U = _unit(np.asarray(Z, dtype=float))
    return U @ U.T


def _loss(
    itself: bool = False,
    partner_out: bool = False,
    likeness: Callable = _cosines,
    partner: Callable = lambda n: np.roll(np.arange(2 * n), n),
    rows: Callable = lambda n: np.arange(2 * n),
) -> Callable:
    """Return the contrastive loss as a function of Z and temperature, right or with one slip."""

    def loss(Z: Any, temperature: float) -> float:
        logits = likeness(np.asarray(Z, dtype=float)) / temperature
        n, all_rows = len(logits) // 2, np.arange(len(logits))
        wanted = logits[all_rows, partner(n)]
        if not itself:
            np.fill_diagonal(logits, -np.inf)
        if partner_out:
            logits[all_rows, partner(n)] = -np.inf
        top = logits.max(axis=1)
        each = top + np.log(np.sum(np.exp(logits - top[:, None]), axis=1)) - wanted
        return float(each[rows(n)].mean())

    return loss


def _slope(
    both: Callable = lambda G: G + G.T,
    back: Callable = lambda d, U, length: (d - np.sum(d * U, axis=1, keepdims=True) * U) / length,
    target: float = 1.0,
    itself: bool = False,
) -> Callable:
    """Return the slope of the contrastive loss as a function of Z and temperature, right or with one slip."""

    def slope(Z: Any, temperature: float) -> np.ndarray:
        Z = np.asarray(Z, dtype=float)
        length = np.linalg.norm(Z, axis=1, keepdims=True)
        U, n = Z / length, len(Z) // 2
        logits = U @ U.T / temperature
        if not itself:
            np.fill_diagonal(logits, -np.inf)
        G = np.exp(logits - logits.max(axis=1, keepdims=True))
        G /= G.sum(axis=1, keepdims=True)
        G[np.arange(2 * n), np.roll(np.arange(2 * n), n)] -= target
        return back(both(G / len(Z)) @ U / temperature, U, length)

    return slope


def _moves(before: Any, after: Any) -> np.ndarray:
    return np.array([np.abs(np.asarray(b) - np.asarray(a)).max() for a, b in zip(before, after, strict=True)])


def _adam(grad: np.ndarray, rate: float) -> np.ndarray:
    return -rate * np.asarray(grad, dtype=float) / (np.abs(grad) + 1e-7)


def _on_a_line(a: float, b: float, p: float, q: float, target: float) -> float:
    return np.exp(np.log(a) + (target - p) / (q - p) * (np.log(b) - np.log(a)))


def _labels(sizes: Any, scores: Any, target: float) -> float:
    scores = np.asarray(scores, dtype=float)
    if not (scores >= target).any():
        raise ValueError(f"no score reaches {target}; the highest is {scores.max()}")
    k = int(np.argmax(scores >= target))
    return float(sizes[0]) if k == 0 else float(_on_a_line(sizes[k - 1], sizes[k], scores[k - 1], scores[k], target))


_OWN = {
    "cosines": (_cosines, np.asarray),
    "nt_xent": (_loss(), float),
    "nt_xent_gradient": (_slope(), np.asarray),
    "largest_moves": (_moves, np.asarray),
    "first_step": (lambda grad, rate, share: share * _adam(grad, rate), np.asarray),
    "labels_needed": (_labels, float),
}

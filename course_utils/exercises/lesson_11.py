"""Exercises of lesson 11: how sure a score is, a paired difference, a tile's directions, cross-fitting, what labels allow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.checking import Attempt, Lesson, case, compare

lesson = Lesson("11_evidence")
EXERCISES = lesson.exercises


@lesson.exercise(
    "A cell is right (1) or not (0). Such a number has the variance share * (1 - share).",
    "The mean of n of them has the variance of one, divided by n. A standard error is a root.",
)
def standard_error(attempt: Attempt) -> str:
    """Return by how much a share found on n cells moves by chance: its standard error, a float."""
    cases = [
        case(0.86, 656),
        case(0.5, 100, note="one half"),
        case(0.03, 40, note="a small share"),
        case(0.995, 394, note="a share near 1"),
        case(0.25, 1, note="a single cell"),
        case(0.75, 2, note="two cells"),
        case(0.0, 30, note="a share of 0, the lowest there is"),
        case(1.0, 30, note="a share of 1, the highest there is"),
        case(0.88, 50_000, note="fifty thousand cells"),
    ]
    wrong = {
        "no root": (lambda p, n: p * (1 - p) / n, "That is the variance of the mean. In which unit is it?"),
        "root of n forgotten": (lambda p, n: np.sqrt(p * (1 - p)), "That is the spread of one cell's answer. What do n cells do to it?"),
        "divided by n": (lambda p, n: np.sqrt(p * (1 - p)) / n, "The variance shrinks with n. With what does the spread shrink?"),
        "one minus forgotten": (lambda p, n: np.sqrt(p / n), "A share of 1 never moves, and yours does. What is the variance of a 0 or 1?"),
        "the other share alone": (lambda p, n: np.sqrt((1 - p) / n), "A share of 0 never moves, and yours does. What is the variance of a 0 or 1?"),
        "always one half": (lambda p, n: 0.5 / np.sqrt(n), "That is the error of a share of one half, where it is largest."),
        "n - 1": (lambda p, n: np.sqrt(p * (1 - p) / max(n - 1, 1)), "You divide by n - 1. The share is given, so n is meant."),
        "two of them": (lambda p, n: 2 * np.sqrt(p * (1 - p) / n), "Those are two standard errors. One is asked for."),
        "in percent": (lambda p, n: 100 * np.sqrt(p * (1 - p) / n), "Shares go in, between 0 and 1, and a share comes out. Yours is in percent."),
    }  # fmt: skip
    compare(attempt, lambda p, n: float(np.sqrt(p * (1 - p) / n)), cases, wrong, asked="the root of the variance of one cell's answer, after that variance is divided by n")  # fmt: skip
    for n in (0, -1, -656):
        attempt.must_refuse((0.86, n), f"{n} cells", "no cells accepted")
    for share in (-0.001, -86.0):
        attempt.must_refuse((share, 656), f"A share of {share:g}", "share below 0 accepted")
    for share in (1.001, 86.0):
        attempt.must_refuse((share, 656), f"A share of {share:g}", "share above 1 accepted")
    return "1.4 points on 656 cells: by so much a single score moves by chance."


@lesson.exercise(
    "For each cell: second right minus first right, which is -1, 0 or 1.",
    "The mean of these n numbers is the gain. How far does a mean of n numbers move?",
    "np.std(d, ddof=1) / np.sqrt(n), once the lengths are checked; bool minus bool is refused by NumPy, so make ints first.",
)
def paired_gain(attempt: Attempt) -> str:
    """Return (gain, its standard error) from two (n,) arrays that say for each cell whether a classifier is right."""
    rng = np.random.default_rng(111)
    first = rng.random(656) < 0.83
    second = np.where(rng.random(656) < 0.9, first, rng.random(656) < 0.9)
    few = np.array([1, 1, 0, 1, 0, 0, 1, 1, 0, 1]) > 0
    more = np.array([1, 1, 1, 1, 0, 1, 0, 1, 1, 1]) > 0
    cases = [
        case(few, more),
        case(more, few, note="the first is better", scale=1e-3),
        case(first, second, note="656 cells"),
        case(few, few, note="twice the same answers", scale=1),
        case(few, np.roll(few, 1), note="other cells right, and as many", scale=1),
        case(~few, few, note="right where the other is wrong"),
        case(np.array([False, True]), np.array([True, True]), note="two cells"),
        case(np.array([False, False, False]), np.array([True, True, True]), note="always better", scale=1),
        case(first[:120] & few[0], rng.random(120) < 0.6, note="answers that have nothing in common"),
    ]

    def pair(error: Callable, sign: int = 1) -> Callable:
        return lambda a, b: (float(sign * (b.mean() - a.mean())), float(error(a.astype(float), b.astype(float))))

    def paired(a: np.ndarray, b: np.ndarray, ddof: int = 1) -> float:
        return (b - a).std(ddof=ddof) / np.sqrt(len(a))

    def alone(a: np.ndarray, b: np.ndarray, ddof: int = 0) -> float:
        return np.sqrt((a.var(ddof=ddof) + b.var(ddof=ddof)) / len(a))

    apart = "That error treats the two as if each had been asked about other cells. They were asked about the same: look at the differences cell by cell."

    wrong = {
        "turned round": (pair(paired, -1), "The gain is what the second has over the first. Which is taken from which?"),
        "not paired": (pair(alone), apart),
        "not paired, n - 1": (pair(lambda a, b: alone(a, b, 1)), f"{apart} (n - 1 is right.)"),
        "root of n forgotten": (pair(lambda a, b: (b - a).std(ddof=1)), "That is how far one cell's difference spreads. How far does the mean of n of them move?"),
        "divided by n": (pair(lambda a, b: (b - a).std(ddof=1) / len(a)), "With what does the spread of a mean shrink: n, or its root?"),
        "n, not n - 1": (pair(lambda a, b: paired(a, b, 0)), "The gain is right. The mean of the differences was estimated from the same cells: np.std takes ddof=1 for that."),
        "errors added": (pair(lambda a, b: a.std(ddof=1) / np.sqrt(len(a)) + b.std(ddof=1) / np.sqrt(len(a))), "You add the errors of the two scores. Which cells tell them apart at all?"),
        "variance": (pair(lambda a, b: (b - a).var(ddof=1) / len(a)), "The gain is right. Beside it stands the square of the error."),
        "counts": (lambda a, b: (float(b.sum() - a.sum()), float((b.astype(float) - a).std(ddof=1) * np.sqrt(len(a)))), "You count cells. A share of the cells is asked for, and its error."),
        "error first": (lambda a, b: pair(paired)(a, b)[::-1], "The right two numbers in the wrong order: (gain, error)."),
    }  # fmt: skip
    compare(attempt, pair(paired), cases, wrong, asked="the mean of second minus first, cell by cell, and the standard error of that mean")  # fmt: skip
    for a, b in ((few, more[:9]), (few[:3], more), (few[:1], more), (few, more[:1])):
        attempt.must_refuse((a, b), f"{len(a)} answers of the first and {len(b)} of the second", "lengths may differ")
    for n in (0, 1):
        attempt.must_refuse((few[:n], more[:n]), f"{n} cells, from which no spread can be told", "too few accepted")
    return "Most cells are right or wrong with both. Only the others tell the two apart, and pairing looks at nothing else."


@lesson.exercise(
    "np.gradient(tile) gives the change downwards and the change to the right, in this order.",
    "np.hypot is the strength; np.arctan2(down, right) % np.pi the direction, from 0 to pi: a step up and a step down count alike.",
    "direction / np.pi * bins, cut to an int, is the place; an edge case just below pi may give bins: take it modulo bins.",
)
def tile_directions(attempt: Attempt) -> str:
    """Return (bins,): the strength of change in a tile (h, w), added up by direction, from 0 to pi in equal parts."""
    rng = np.random.default_rng(113)
    ramp = np.tile(np.arange(5.0), (5, 1))
    cases = [
        case(rng.normal(100, 30, (5, 5)), 9, scale=1),
        case(rng.normal(100, 30, (5, 5)), 9, note="another tile", scale=1),
        case(ramp, 9, note="brighter to the right, by 1 a pixel", scale=1),
        case(ramp[:, ::-1].copy(), 9, note="darker to the right", scale=1),
        case(3 * ramp.T, 9, note="brighter downwards, by 3 a pixel", scale=1),
        case(rng.normal(100, 30, (9, 8)), 7, note="seven directions", scale=1),
        case(rng.normal(0, 2, (4, 7)), 4, note="four directions, numbers below 0", scale=1),
        case(rng.normal(50, 9, (6, 3)), 1, note="a single direction", scale=1),
        case(rng.normal(50, 9, (2, 2)), 6, note="a tile of 2 x 2, the smallest there is", scale=1),
        case(np.full((5, 5), 77.0), 9, note="a tile of one grey", scale=1),
        case(rng.integers(0, 256, (10, 10)).astype(float) + 0.37 * np.arange(10) ** 1.5, 12, note="a tile of 10 x 10", scale=1),
        case(0.5 * ramp - 2 * ramp.T, 9, note="a slanted ramp", scale=1),
    ]  # fmt: skip
    wrong = {
        "full circle": (_directions(turn=lambda d, r, b: (np.arctan2(d, r) % (2 * np.pi)) / (2 * np.pi) * b), "You tell a step up from a step down: your directions run through a full circle. Half of it is asked for."),
        "pixels counted": (_directions(weight=lambda d, r: np.ones(d.shape)), "You count pixels, however weak their change. A strong change counts for more: by how much?"),
        "strength squared": (_directions(weight=lambda d, r: d**2 + r**2), "You add up the squares of the strengths."),
        "sum of sizes": (_directions(weight=lambda d, r: np.abs(d) + np.abs(r)), "The strength is the length of (down, right), as Pythagoras has it."),
        "axes exchanged": (_directions(turn=lambda d, r, b: np.arctan2(r, d) % np.pi / np.pi * b), "A tile that gets brighter to the right has direction 0. In yours that is one that gets brighter downwards."),
        "sign lost": (_directions(turn=lambda d, r, b: np.arctan2(np.abs(d), np.abs(r)) / np.pi * b), "Rising and falling diagonals fall into the same part in yours. Which signs do they have?"),
        "mean, not sum": (lambda t, b: _directions()(t, b) / t.size, "You take the mean over the pixels. The sum is asked for."),
        "shares": (lambda t, b: _share(_directions()(t, b)), "Yours add up to 1. Lengths are compared with the neighbours later; here the sums are asked for."),
        "rounded": (_directions(turn=lambda d, r, b: np.round(np.arctan2(d, r) % np.pi / np.pi * b)), "You round to the nearest part. Part 0 begins at direction 0."),
        "turned round": (lambda t, b: _directions()(t, b)[::-1], "Your parts run the other way."),
        "only downwards": (_directions(weight=lambda d, r: np.abs(d)), "Only the change downwards has a weight in yours."),
    }  # fmt: skip
    compare(attempt, _directions(), cases, wrong, asked="for each part of the half circle, the strengths of the pixels whose change has that direction, added up")  # fmt: skip
    for bins in (0, -1, -9):
        attempt.must_refuse((ramp, bins), f"{bins} directions", "no directions accepted")
    for shape in ((1, 5), (5, 1), (1, 1)):
        attempt.must_refuse((np.ones(shape), 9), f"A tile of shape {shape}, in which nothing can change", "too small accepted")  # fmt: skip
    return "Nine numbers instead of twenty-five pixels: they know how edges run, and not how bright the tile is."


@lesson.exercise(
    "scores_of(learn, ask) trains on the places `learn` and returns one score for each place of `ask`.",
    "Start with an array of n zeros, and one of n zeros that counts how often each place was asked about.",
    "For each (learn, ask): refuse if they share a place, fill scores[ask], and np.add.at(count, ask, 1), which also counts a place that stands twice in ask. At the end every count must be 1.",
)
def cross_fitted(attempt: Attempt) -> str:
    """Return (n,): the score of each place, from a machine that has not learned from it; ValueError where that is not so."""
    rng = np.random.default_rng(117)

    def case_of(n: int, k: int, note: str = "", leave: int = 0, machine: Any = None) -> Any:
        parts = np.array_split(rng.permutation(n), k)[::-1]  # the short ones first
        folds = [(np.concatenate(parts[:i] + parts[i + 1 :])[leave:], parts[i]) for i in range(k)]
        return case(machine or _Machine(), folds, n, note=note)

    cases = [
        case_of(6, 3), case_of(6, 3, "other folds"), case_of(11, 4, "folds of unequal sizes"), case_of(2, 2, "two places"),
        case_of(5, 5, "a fold for each place"), case_of(120, 5, "a hundred and twenty places"),
        case_of(12, 3, "machines that learn from fewer places than they might", leave=3),
        case_of(8, 2, "a machine whose score for one place is 0", machine=_Machine(flat=5)),
    ]  # fmt: skip

    def fill(choose: Callable) -> Callable:
        def run(scores_of: Callable, folds: list, n: int) -> np.ndarray:
            scores = np.zeros(n)
            for learn, ask in folds:
                places, values = choose(scores_of, learn, ask, n)
                scores[places] = values
            return scores

        return run

    wrong = {
        "asked about what it learned": (fill(lambda f, learn, ask, n: (learn, f(learn, learn))), "Each score of yours comes from a machine that had learned from that very place. That is the fault of the cell above."),
        "taught by the fold": (fill(lambda f, learn, ask, n: (ask, f(ask, ask))), "Your machines learn from the fold that they are asked about."),
        "turned round": (fill(lambda f, learn, ask, n: (learn, f(ask, learn))), "Learning and asking have changed places: each machine of yours learns from one fold and is asked about all others."),
        "all places teach": (fill(lambda f, learn, ask, n: (ask, f(np.arange(n), ask))), "All places teach your machines, the fold among them."),
        "all others teach": (fill(lambda f, learn, ask, n: (ask, f(np.setdiff1d(np.arange(n), ask), ask))), "All places outside the fold teach your machines. The fold says from which of them to learn."),
        "first machine for all": (lambda f, folds, n: f(folds[0][0], np.arange(n)), "One machine answers for all places in yours, also for those from which it learned."),
        "in the order of the folds": (lambda f, folds, n: np.concatenate([f(learn, ask) for learn, ask in folds]), "The scores stand in the order of the folds. Score i is to belong to place i."),
        "mean of all machines": (lambda f, folds, n: np.mean([f(learn, np.arange(n)) for learn, _ in folds], axis=0), "You average the machines. All but one of them have learned from the place."),
    }  # fmt: skip
    compare(attempt, fill(lambda f, learn, ask, n: (ask, f(learn, ask))), cases, wrong, asked="for each place the score of the machine that was not taught by it")  # fmt: skip
    whole = np.arange(6)
    halves = [(whole[:3], whole[3:]), (whole[3:], whole[:3])]
    attempt.must_refuse((_Machine(), [(whole, whole[3:]), halves[1]], 6), "A fold that is asked about places that taught it", "shared places accepted")  # fmt: skip
    attempt.must_refuse((_Machine(), [(whole[2:], whole[:3]), (whole[:3], whole[3:])], 6), "A fold that is asked about one place that taught it", "shared places accepted")  # fmt: skip
    attempt.must_refuse((_Machine(), [halves[0], (whole[2:], whole[[2, 0, 1]])], 6), "A second fold that is asked about one place that taught it", "shared places accepted")  # fmt: skip
    attempt.must_refuse((_Machine(), halves[:1], 6), "Places that no fold asks about", "gaps accepted")
    attempt.must_refuse((_Machine(), [halves[0], (whole[3:], whole[:2])], 6), "A place that no fold asks about", "gaps accepted")  # fmt: skip
    attempt.must_refuse((_Machine(), halves, 7), "A last place that no fold asks about", "gaps accepted")
    attempt.must_refuse((_Machine(), [halves[0], (whole[4:], whole[[0, 1, 3]])], 6), "Folds that ask about one place twice and about another never", "gaps accepted")  # fmt: skip
    attempt.must_refuse((_Machine(), [(whole[:3], whole[[3, 4, 5, 5]]), halves[1]], 6), "A place that stands twice in one fold", "twice asked accepted")  # fmt: skip
    attempt.must_refuse((_Machine(), [*halves, (whole[:3], whole[5:])], 6), "A place that two folds ask about", "twice asked accepted")  # fmt: skip
    return "Whatever is fitted on these scores sees them as they will be on new cells: from machines that never saw the cell."


@lesson.exercise(
    "Take one cell of which the expert says 1/3. Which answer is right more often, and how often?",
    "Answering with the likelier side is right with probability max(p, 1 - p). What is that on average over the cells?",
)
def label_ceiling(attempt: Attempt) -> str:
    """Return the accuracy to be expected, where labels are drawn with probability (n,), of the best possible answers."""
    rng = np.random.default_rng(119)
    third = np.array([0, 0, 0, 1 / 3, 2 / 3, 1, 1 / 3, 0, 1, 0])
    cases = [
        case(third, note="0 and 1 among the probabilities"),
        case(rng.random(10), note="ten others"),
        case(rng.random(50), note="fifty probabilities"),
        case(np.array([0.0, 1.0, 1.0, 0.0]), note="an expert who is always sure"),
        case(np.full(7, 0.5), note="an expert who never knows"),
        case(np.array([0.2]), note="one cell"),
        case(np.array([0.9, 0.8, 0.6]), note="defects likelier than not"),
        case(np.repeat([0, 1 / 3, 2 / 3, 1], [1508, 295, 106, 715]), note="all 2,624 cells"),
    ]
    wrong = {
        "mean probability": (lambda p: p.mean(), "That is the share of defects to be expected."),
        "the commonest class": (lambda p: max(p.mean(), 1 - p.mean()), "That is the one answer for all cells. The best answers look at each cell."),
        "answers at random": (lambda p: (p**2 + (1 - p) ** 2).mean(), "You answer at random, as often as the expert's probability says. A better way is to give the likelier answer always."),
        "share of the wrong": (lambda p: np.minimum(p, 1 - p).mean(), "That is the share of wrong answers to be expected."),
        "share of the sure": (lambda p: np.mean((p == 0) | (p == 1)), "That is how often the expert is sure. What becomes of the other cells?"),
        "coin for the unsure": (lambda p: np.where((p == 0) | (p == 1), 1.0, 0.5).mean(), "For the cells in doubt you count one half. At 1/3 one answer is likelier than the other."),
        "share above one half": (lambda p: np.mean(p > 0.5), "That is the share of cells called defective."),
        "sure cells alone": (lambda p: _mean_of(np.maximum(p, 1 - p), (p > 0) & (p < 1)), "That is what the cells in doubt allow. All cells count."),
        "best cell": (lambda p: np.maximum(p, 1 - p).max(), "That is what the surest cell allows. Take the mean over all."),
    }  # fmt: skip
    compare(attempt, lambda p: float(np.maximum(p, 1 - p).mean()), cases, wrong, asked="the mean, over the cells, of the probability that the likelier answer is right")  # fmt: skip
    attempt.must_refuse((np.zeros(0),), "No cell at all", "no cells accepted")
    for bad in (np.array([0.5, 1.01]), np.array([33.0, 0.0]), np.array([1.5]), np.array([0.2, 1.2, 0.4])):
        attempt.must_refuse((bad,), f"A probability of {bad.max():g}", "above 1 accepted")
    for bad in (np.array([0.2, -0.01]), np.array([-1.0, 0.5]), np.array([0.2, -0.3, 0.4])):
        attempt.must_refuse((bad,), f"A probability of {bad.min():g}", "below 0 accepted")
    return "No classifier can be expected to pass this line, and one that does has been lucky or has seen the labels."


class _Machine:
    """A machine whose scores tell from which places it learned and about which it is asked; 0 for the place `flat`."""

    def __init__(self, flat: int = -1) -> None:
        self.flat = flat

    def __call__(self, learn: Any, ask: Any) -> np.ndarray:
        learn, ask = np.asarray(learn, dtype=int), np.asarray(ask, dtype=int)
        taught = np.sin(1.0 + learn).sum() + 0.1 * len(learn)
        scores = [taught * (1 + 0.01 * place) + 10 * place + 0.5 * (place in learn) for place in ask.tolist()]
        return np.array(scores) * (ask != self.flat)

    def __repr__(self) -> str:
        return "a machine"


def _directions(
    turn: Callable = lambda d, r, bins: np.arctan2(d, r) % np.pi / np.pi * bins,
    weight: Callable = lambda d, r: np.hypot(r, d),
) -> Callable:
    """Return the sums of strengths by direction as a function of tile and bins, right or with one slip."""

    def by_direction(tile: np.ndarray, bins: int) -> np.ndarray:
        down, right = np.gradient(tile)
        place = turn(down, right, bins).astype(int) % bins
        strength = weight(down, right)
        return np.array([strength[place == b].sum() for b in range(bins)])

    return by_direction


def _share(values: np.ndarray) -> np.ndarray:
    return values / values.sum() if values.sum() > 0 else values


def _mean_of(values: np.ndarray, where: np.ndarray) -> float:
    return float(values[where].mean()) if where.any() else 0.0


def when_right(answer: Callable) -> Callable:
    """Return the learner's function where its check finds it right, else the course's own, for the lesson to go on with.

    Parameters
    ----------
    answer : callable
        `paired_gain` or `cross_fitted`, under that name.

    Raises
    ------
    ValueError
        If the lesson goes on with no function of that name.
    """
    return lesson.when_right(answer, _OWN)


def _gain(first: Any, second: Any) -> tuple[float, float]:
    change = np.asarray(second, dtype=float) - np.asarray(first, dtype=float)
    return float(change.mean()), float(change.std(ddof=1) / np.sqrt(len(change)))


def _cross_fit(scores_of: Callable, folds: list, n: int) -> np.ndarray:
    scores = np.zeros(n)
    for learn, ask in folds:
        scores[ask] = scores_of(learn, ask)
    return scores


def _two_floats(pair: Any) -> tuple[float, float]:
    gain, error = pair
    return float(gain), float(error)


_OWN = {"paired_gain": (_gain, _two_floats), "cross_fitted": (_cross_fit, np.asarray)}

"""Exercises of lesson 18: LoRA counted, its gradients, what has moved; letters hidden, the loss at the gaps; the best learner; a copied run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from course_utils.checking import Attempt, Lesson, NotYet, array, case, compare, results, whole

lesson = Lesson("18_pretrain_and_finetune")
EXERCISES = lesson.exercises


@lesson.exercise(
    "One matrix first: A is (n, rank), B is (rank, m). How many numbers is that?",
    "rank * n + rank * m for each matrix, summed over all. The rank must be from 1 to min(n, m) of every one.",
)
def lora_parameters(attempt: Attempt) -> str:
    """Return how many numbers learn, an int, for matrices of the shapes given and a rank."""
    gpt3 = [(12288, 12288)] * 192
    cases = [
        case([(3, 4)], 1, note="the matrix of the picture"),
        case([(3, 7)], 1, note="a wider matrix"),
        case([(3, 4)], 3, note="the largest rank that fits"),
        case([(64, 192), (64, 64), (64, 256), (256, 64)], 2, note="one block"),
        case([(5, 9), (9, 5)], 4, note="a wide and a tall matrix"),
        case([(1, 1)], 1, note="a matrix of one number"),
        case([(7, 30), (20, 8)], 5, note="two unlike matrices"),
        case([(100, 200), (150, 100)], 100, note="rank 100, the largest that fits"),
        case(gpt3, 4, note="queries and values of GPT-3"),
    ]

    def count(of: Callable) -> Callable:
        return lambda shapes, rank: sum(of(n, m, rank) for n, m in shapes)

    right = count(lambda n, m, r: r * (n + m))
    wrong = {
        "the whole matrix": (count(lambda n, m, r: n * m), "That is all numbers of the old matrices. They stand still: A and B learn."),
        "both": (count(lambda n, m, r: n * m + r * (n + m)), "You count the old matrices as well. They stand still."),
        "A alone": (count(lambda n, m, r: r * n), "You count A alone. B has rank times m numbers."),
        "B alone": (count(lambda n, m, r: r * m), "You count B alone. A has n times rank numbers."),
        "rank forgotten": (count(lambda n, m, r: n + m), "That is right for rank 1. With rank r, A has r columns and B has r rows."),
        "multiplied": (count(lambda n, m, r: r * n * m), "You multiply the two sides. A and B are two matrices: their numbers add up."),
        "rank squared": (count(lambda n, m, r: r * (n + m) + r * r), "rank times rank too many for each matrix: there is nothing between A and B."),
        "one matrix alone": (lambda shapes, rank: right(shapes[:1], rank), "You count the first matrix alone."),
    }  # fmt: skip
    asked = "the entries of all A and all B together"
    compare(attempt, right, cases, wrong, asked=asked)
    for shapes, rank, what, name in (
        ([(3, 4)], 0, "Rank 0", "rank 0 passes"),
        ([(3, 4)], -1, "Rank -1", "rank 0 passes"),
        ([(3, 4)], 4, "Rank 4 for a matrix (3, 4)", "a rank above the width passes"),
        ([(9, 4)], 5, "Rank 5 for a matrix (9, 4)", "a rank above the width passes"),
        ([(9, 9), (9, 2)], 3, "Rank 3 for (9, 9) and (9, 2), of which the second is too small", "only the first matrix is looked at"),
        ([(2, 9), (9, 9)], 3, "Rank 3 for (2, 9) and (9, 9), of which the first is too small", "only the last matrix is looked at"),
        ([(3, 9), (9, 2)], 3, "Rank 3 for (3, 9) and (9, 2), of which the second is too small", "not every side is looked at"),
        ([(2, 90), (9, 9)], 3, "Rank 3 for (2, 90) and (9, 9), of which the first is too small", "not every side is looked at"),
    ):  # fmt: skip
        attempt.must_refuse((shapes, rank), what, name)
    return "With rank 4 on queries and values, GPT-3 learns with 19 million numbers: one in nine thousand."


@lesson.exercise(
    "Write P = A B. Lesson 04 gives the slope in a matrix: for Y = X W it is X transposed times G. So the slope in P is scale * X.T @ G, (n, m).",
    "Now P = A B is again a product of two: the slope in the left one is (slope in P) @ B.T.",
    "grad_A = scale * X.T @ G @ B.T, (n, r), and grad_B = scale * A.T @ X.T @ G, (r, m).",
)
def lora_gradients(attempt: Attempt) -> str:
    """Return (grad_A, grad_B), (n, r) and (r, m), for X (batch, n), A (n, r), B (r, m), scale and G (batch, m)."""
    rng = np.random.default_rng(180)

    def sizes(batch: int, n: int, r: int, m: int, scale: float = 1.5) -> tuple:
        return *(rng.normal(size=size) for size in ((batch, n), (n, r), (r, m))), scale, rng.normal(size=(batch, m))

    X, A, B, _, G = sizes(5, 4, 2, 3)
    cases = [
        case(*sizes(3, 3, 3, 3), note="all sizes 3"),
        case(*sizes(5, 4, 2, 3)),
        case(*sizes(5, 4, 2, 3), note="the same sizes, other numbers"),
        case(X, A, B, 0.5, G, note="a scale of one half"),
        case(X, A, B, 1.0, G, note="a scale of 1"),
        case(*sizes(7, 6, 1, 5), note="rank 1"),
        case(*sizes(1, 4, 2, 6), note="one row"),
        case(*sizes(1, 1, 1, 1), note="single numbers"),
        case(*sizes(64, 32, 4, 48, 8.0), note="a realistic size"),
        case(X, A, B, -2.0, G, note="a negative scale"),
    ]
    zeros = [
        case(X, A, np.zeros_like(B), 2.0, G, note="B at its start, zeros", scale=1),
        case(X, A, B, 0.0, G, note="a scale of 0", scale=1),
    ]

    def slopes(power_a: int = 1, power_b: int = 1, mean: bool = False) -> Callable:
        def answer(X: np.ndarray, A: np.ndarray, B: np.ndarray, scale: float, G: np.ndarray) -> list:
            inner = X.T @ G / (len(X) if mean else 1)
            return [scale**power_a * inner @ B.T, scale**power_b * A.T @ inner]

        return answer

    right = slopes()
    wrong = {
        "no scale": (slopes(0, 0), "The scale is missing: A B counts scale times in the output, and so do the slopes."),
        "no scale for A": (slopes(0, 1), "The slope of A lacks the scale."),
        "no scale for B": (slopes(1, 0), "The slope of B lacks the scale."),
        "scale squared": (slopes(2, 2), "The scale counts twice. Each slope has it once."),
        "a mean": (slopes(mean=True), "You divide by the rows of the batch. Whether the loss is a mean, G knows already."),
        "other order": (lambda *a: right(*a)[::-1], "The two come in the other order: first A's slope, then B's."),
        "divided by the scale": (slopes(-1, -1), "You divide by the scale. Does a larger scale make the output move less?"),
        "wrong sign": (lambda *a: [-g for g in right(*a)], "The signs are turned: the slope is asked for, not the step against it."),
    }  # fmt: skip
    asked = "first the slope in A, (n, r), then the slope in B, (r, m)"
    compare(attempt, right, cases, wrong, asked=asked)
    compare(attempt, right, zeros, asked=asked)
    return "While B is zero, A has no slope at all: the first step moves B alone. With both at zero nothing would ever move."


def _lora_gradients(X: Any, A: Any, B: Any, scale: float, G: Any) -> list[np.ndarray]:
    inner = np.asarray(X, dtype=float).T @ np.asarray(G, dtype=float)
    return [scale * inner @ np.asarray(B).T, scale * np.asarray(A).T @ inner]


@lesson.exercise(
    "Two questions for each weight: has it moved, and may it? Of the four answers two are as they should be.",
    "A weight has moved if any of its entries differs: not np.array_equal(before[i], after[i]). A sum or a mean may hide it.",
    "1 where it moved and must not, -1 where it may and did not, else 0.",
)
def audit(attempt: Attempt) -> str:
    """Return (n,), ints, for n weights: 1 moved and must not have, -1 should have moved and did not, else 0."""
    rng = np.random.default_rng(181)
    a, b, c = rng.normal(size=(3, 4)), rng.normal(size=5), rng.normal(size=(2, 2))
    less = c - 1
    little, far, corner, under, two, others = (a.copy() for _ in range(6))
    little[2, 3] += 1e-5
    far[1, 1] += 5
    corner[0, 3] += 0.5
    under[1, 0] += 0.5
    two[np.unravel_index(np.argsort(a, axis=None)[[4, 7]], a.shape)] += 0.01  # neither the least nor the largest
    others.flat[1:] += 0.5
    whole_numbers = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])  # their sum is exact in any order
    halves = np.array([0.0, 0.5, 0.0])
    barely = np.nextafter(halves, [0.0, 1.0, 0.0])
    many = [rng.normal(size=(8, 8)) for _ in range(12)]
    moved = [w + (i % 3 == 0) * 1e-3 for i, w in enumerate(many)]
    cases = [
        case([a, b], [a + 1, b], [True, False], note="all as it should be"),
        case([a, b], [a, b + 1], [True, False], note="both as they should not be"),
        case([a, b, c], [little, b, less], [False, True, False], note="one entry moved by 0.00001"),
        case([a, whole_numbers], [a, whole_numbers[:, ::-1]], [True, False], note="entries that changed places"),
        case([whole_numbers, b], [whole_numbers[::-1], b], [True, False], note="rows that changed places"),
        case([halves, halves], [barely, barely], [False, True], note="one entry moved to the next float"),
        case([a, b], [corner, b], [False, True], note="the last entry of the first row moved"),
        case([a, b], [under, b], [False, True], note="the first entry of the second row moved"),
        case([a, b], [two, b], [False, True], note="two entries moved, not the first"),
        case([a, b], [others, b], [False, True], note="all but the first entry moved"),
        case([a, b, c], [far, b, less], [False, False, True], note="one entry moved far"),
        case([a, b, c], [a, b, c], [False, False, False], note="nothing moved, and nothing may"),
        case([a, b, c], [a, b, c], [True, True, False], note="nothing moved"),
        case([a, b, c], [a + 1, b + 1, less], [True, False, True], note="everything moved"),
        case([c], [less], [False], note="one weight"),
        case(many, moved, [i % 2 == 0 for i in range(12)], note="twelve weights"),
    ]

    def verdict(moves: Callable, up: int = 1, down: int = -1) -> Callable:
        def answer(before: Sequence, after: Sequence, may_move: Sequence) -> np.ndarray:
            found = []
            for old, new, may in zip(before, after, may_move, strict=True):
                did = bool(moves(old, new))
                found.append((up if did and not may else 0) + (down if may and not did else 0))
            return np.array(found)

        return answer

    def any_entry(old: np.ndarray, new: np.ndarray) -> bool:
        return bool(np.any(old != new))

    right = verdict(any_entry)
    wrong = {
        "all entries": (verdict(lambda old, new: np.all(old != new)), "You ask whether all entries moved. A single one is enough."),
        "the sum": (verdict(lambda old, new: old.sum() != new.sum()), "You compare sums or means. Entries can change places and leave the sum as it was."),
        "nearly the sum": (verdict(lambda old, new: not np.isclose(old.sum(), new.sum())), "You compare sums, and those only nearly. A small move or a change of places leaves them as they were."),
        "close enough": (verdict(lambda old, new: not np.allclose(old, new, atol=1e-4)), "You let small moves pass. A frozen weight does not move at all."),
        "almost equal": (verdict(lambda old, new: np.abs(old - new).max() > 1e-8), "You let the smallest moves pass. A frozen weight does not move at all: compare without a tolerance."),
        "the first entry": (verdict(lambda old, new: old.flat[0] != new.flat[0]), "You look at the first entry of each weight alone."),
        "the largest entry": (verdict(lambda old, new: old.max() != new.max()), "You compare the largest entries. Others can move and leave the largest as it was."),
        "more than one entry": (verdict(lambda old, new: np.sum(old != new) > 1), "You ask for more than one entry that moved. A single one is enough."),
        "only upwards": (verdict(lambda old, new: np.any(new > old)), "You notice only entries that grew. Others shrink."),
        "signs exchanged": (verdict(any_entry, -1, 1), "1 and -1 are exchanged: 1 is for what moved and must not have."),
        "what stood still is forgotten": (verdict(any_entry, 1, 0), "You find what moved and must not have. What should have moved and did not is -1."),
        "what moved is forgotten": (verdict(any_entry, 0, -1), "You find what stood still. What moved and must not have is 1."),
        "moved or not": (lambda before, after, may: np.array([int(any_entry(o, n)) for o, n in zip(before, after, strict=True)]), "That is whether each weight moved. Whether it may have is the other half of the question."),
        "no minus": (verdict(any_entry, 1, 1), "Both faults get a 1. What should have moved and did not is -1."),
    }  # fmt: skip
    asked = "1 for a weight that moved and must not have, -1 for one that should have and did not, else 0"
    compare(attempt, right, cases, wrong, asked=asked)
    for arguments, what in (
        (([a, b], [a], [True, True]), "Two weights before and one after"),
        (([a, b], [a, b], [True]), "Two weights and one that may move"),
        (([a], [a, b], [True]), "One weight before and two after"),
        (([a], [a], [True, False]), "One weight and two that may move"),
        (([a, b], [a], [True]), "Two weights before, and one after that may move"),
        (([a], [a, b], [True, True]), "One weight before, and two after that may move"),
    ):
        attempt.must_refuse(arguments, what, "unlike lengths pass")
    return "A loss that falls says that something learns. What learns, only the weights can say."


def _audit(before: Sequence, after: Sequence, may_move: Sequence) -> np.ndarray:
    found = []
    for old, new, may in zip(before, after, may_move, strict=True):
        moved = not np.array_equal(old, new)
        found.append(int(moved and not may) - int(may and not moved))
    return np.array(found)


@lesson.exercise(
    "Two questions for each place: is it asked about (u), and if so, what stands there now (v)? A place that is not asked about keeps its id, whatever v says.",
    "chosen = u < share. np.where(condition, a, b) takes an entry of a where the condition holds, else of b.",
    "Begin with a copy of ids. Where chosen and v < 0.8: mask_id. Where chosen, v >= 0.8 and v < 0.9: the entry of other. Return the copy and chosen, all of chosen.",
)
def hide_some(attempt: Attempt) -> str:
    """Return inputs (n,), ints, and chosen (n,), truth values, for ids, draws u and v, and other ids, (n,) each."""
    rng = np.random.default_rng(181)

    def drawn(n: int, n_ids: int) -> tuple[np.ndarray, ...]:
        return rng.integers(0, n_ids, n), rng.random(n), rng.random(n), rng.integers(0, n_ids, n)

    ids = np.array([4, 1, 3, 3, 0, 2, 4, 1])
    other = np.array([2, 0, 1, 4, 3, 1, 2, 0])
    u = np.array([0.1, 0.9, 0.1, 0.1, 0.9, 0.1, 0.9, 0.9])
    v = np.array([0.3, 0.3, 0.85, 0.95, 0.85, 0.8, 0.95, 0.1])
    edges = np.array([0.15, 0.14, 0.1499, 0.1501, 0.0, 0.149, 0.15, 0.12])
    sharp = np.array([0.2, 0.8, 0.9, 0.85, 0.0, 0.7999, 0.9, 0.8999])
    few = np.array([0.06, 0.95, 0.005, 0.95, 0.95, 0.95, 0.95, 0.95])
    cases = [
        case(ids, u, v, other, 5, 0.15, note="eight places, four of them asked about"),
        case(ids, u, v[::-1], other, 5, 0.15, note="the same places, other changes"),
        case(ids, u, v, other, 0, 0.15, note="a mask whose id is 0"),
        case(ids, edges, sharp, other, 5, 0.15, note="draws of 0.15, 0.8 and 0.9 themselves"),
        case(ids[::-1], edges, sharp, other[::-1], 5, 0.15, note="the same draws, other ids"),
        case(ids, few, v, other, 9, 0.01, note="a share of 0.01"),
        case(ids, u, v, other, 5, 0.99, note="a share of 0.99"),
        case(*drawn(40, 7), 7, 0.5, note="forty places, half of them asked about"),
        case(np.array([3]), np.array([0.4]), np.array([0.5]), np.array([1]), 8, 0.45, note="one place"),
        case(
            np.array([3]), np.array([0.4]), np.array([0.5]), np.array([1]), 8, 0.35, note="one place, not asked about"
        ),
        case(*drawn(300, 500), 500, 0.15, note="300 places, 500 ids"),
    ]

    def rule(how: Callable, told: Callable | None = None) -> Callable:
        def answer(
            ids: np.ndarray, u: np.ndarray, v: np.ndarray, other: np.ndarray, mask_id: int, share: float
        ) -> tuple[np.ndarray, np.ndarray]:
            asked = u < share
            inputs = how(ids, asked, v, other, mask_id, u, share)
            return inputs, asked if told is None else told(ids, asked, v, inputs, mask_id, u, share)

        return answer

    def good(
        ids: np.ndarray, asked: np.ndarray, v: np.ndarray, other: np.ndarray, mask_id: int, *_: object
    ) -> np.ndarray:
        return np.select([asked & (v < 0.8), asked & (v < 0.9)], [mask_id, other], ids)

    wrong = {
        "always the mask": (rule(lambda ids, asked, v, other, m, *_: np.where(asked, m, ids)), "Every place asked about gets the mask. One in ten should get another id, and one in ten stay as it is: otherwise the network learns nothing about places without a mask, and after training it never meets one."),
        "everywhere": (rule(lambda ids, asked, v, other, m, *_: good(ids, np.ones_like(asked), v, other, m)), "Places that nobody asks about are changed, too. v counts only where u is below the share."),
        "other and own changed places": (rule(lambda ids, asked, v, other, m, *_: np.select([asked & (v < 0.8), asked & (v >= 0.9)], [m, other], ids)), "From 0.8 to below 0.9 you leave the id as it is, and from 0.9 on you put the other one. It is the reverse that is asked for."),
        "never stays": (rule(lambda ids, asked, v, other, m, *_: np.select([asked & (v < 0.8), asked], [m, other], ids)), "From 0.9 on another id is put in. There the id should stay as it is, and be asked about all the same."),
        "never another": (rule(lambda ids, asked, v, other, m, *_: np.where(asked & (v < 0.8), m, ids)), "No place gets another id. From 0.8 to below 0.9 the entry of other comes in: what stands in a text may be wrong, and the network should learn to doubt it."),
        "tenths, not eight": (rule(lambda ids, asked, v, other, m, *_: np.select([asked & (v < 0.1), asked & (v < 0.2)], [m, other], ids)), "You hide only one place in ten of those asked about. 80, 10 and 10 per cent are the shares of mask, other and own."),
        "one draw for both": (rule(lambda ids, asked, v, other, m, u, share: good(ids, asked, u / share, other, m)), "You use u for both questions. That would do in a program of your own, but here v decides what stands in a chosen place."),
        "only the masked are asked": (rule(good, lambda ids, asked, v, x, m, *_: x == m), "chosen is True only where the mask stands. The places with another id and with their own are asked about as well: without a question there, the network has no reason to doubt what it reads."),
        "only the changed are asked": (rule(good, lambda ids, asked, v, x, m, *_: x != ids), "chosen is True where the id has changed. The places that keep theirs are asked about as well."),
        "the others are asked": (rule(good, lambda ids, asked, v, x, m, *_: ~asked), "chosen is True where nobody should ask, and False where somebody should."),
        "above the share": (rule(lambda ids, asked, v, other, m, *_: good(ids, ~asked, v, other, m), lambda ids, asked, *_: ~asked), "You choose the places where u is not below the share: 85 in a hundred of them."),
        "at the share": (rule(lambda ids, asked, v, other, m, u, share: good(ids, u <= share, v, other, m), lambda ids, asked, v, x, m, u, share: u <= share), "A place whose u equals the share is chosen. Below the share, the docstring says."),
        "answers, not inputs": (rule(lambda ids, *_: ids), "The inputs are the ids themselves: the network could read off every answer."),
    }  # fmt: skip
    value = attempt(*cases[0].args)
    parts = results(value, 2, "inputs and chosen")
    if np.asarray(parts[0]).dtype.kind == "b" and np.asarray(parts[1]).dtype.kind != "b":
        raise NotYet("The two results stand in the other order: inputs first, then chosen.", "order of the results")
    asked = "inputs with mask, other and own id where the draws say so, and chosen"
    compare(attempt, _hidden, cases, wrong, asked=asked)
    for share, what in ((0.0, "A share of 0"), (1.0, "A share of 1"), (-0.15, "A share of -0.15"), (15.0, "A share of 15"), (1.01, "A share of 1.01")):  # fmt: skip
        name = (
            "lets a share of 1 pass"
            if share == 1
            else "lets a share of 0 pass"
            if share == 0
            else "lets such a share pass"
        )
        attempt.must_refuse((ids, u, v, other, 5, share), what, name)
    return "One text, and each pass over it asks other questions: the labels cost nothing, and never run out."


def _hidden(
    ids: np.ndarray, u: np.ndarray, v: np.ndarray, other: np.ndarray, mask_id: int, share: float
) -> tuple[np.ndarray, np.ndarray]:
    if not 0 < share < 1:
        raise ValueError(f"share must be above 0 and below 1; received {share}")
    chosen = u < share
    inputs = ids.copy()
    inputs[chosen & (v < 0.8)] = mask_id
    swapped = chosen & (v >= 0.8) & (v < 0.9)
    inputs[swapped] = other[swapped]
    return inputs, chosen


@lesson.exercise(
    "What would the colleague's number be for a network that copies its input, and knows nothing else?",
    "The surprise at a place is -ln of the probability of the true id. Which places count, and by how many do you divide?",
    "np.take_along_axis(probs, ids[..., None], axis=-1)[..., 0] has the probabilities of the true ids, (n, T); an index with chosen leaves the places asked about.",
)
def loss_at_gaps(attempt: Attempt) -> str:
    """Return the mean surprise of the true ids (n, T) under probs (n, T, V), over the places chosen (n, T) alone."""
    rng = np.random.default_rng(182)

    def drawn(n: int, time: int, n_ids: int, share: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        scores = 2 * rng.normal(size=(n, time, n_ids))
        probs = np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)
        chosen = rng.random((n, time)) < share
        chosen[0, time // 2] = True
        return probs, rng.integers(0, n_ids, (n, time)), chosen

    small = np.array([[[0.5, 0.25, 0.25], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6], [0.7, 0.2, 0.1]]])
    ids = np.array([[0, 1, 1, 2]])
    uneven = np.array([[True, True, True, False, False], [False, False, True, False, False], [False] * 5])
    probs, some, _ = drawn(3, 5, 4, 0.5)
    sure = np.array([[[0.0, 1.0, 0.0], [0.5, 0.25, 0.25], [0.2, 0.3, 0.5], [0.1, 0.1, 0.8]]])
    rare = np.array([[[2e-7, 0.6, 0.4 - 2e-7], [0.5, 0.25, 0.25]]])
    true = np.array([[1, 0, 2, 2]])
    cases = [
        case(small, ids, np.array([[False, True, True, False]]), note="one row, two gaps"),
        case(small, ids, np.array([[True, False, False, True]]), note="the same row, the other two places"),
        case(probs, some, uneven, note="rows with three gaps, with one and with none"),
        case(*drawn(4, 6, 5, 0.4)),
        case(*drawn(5, 5, 5, 0.3), note="as many rows as places and ids"),
        case(small, ids, np.array([[True] * 4]), note="all places are gaps"),
        case(small[:, :1], ids[:, :1], np.array([[True]]), note="one place"),
        case(*drawn(40, 64, 63, 0.15), note="forty windows of 64"),
        case(*drawn(2, 3, 2, 0.5), note="two ids"),
        case(sure, true, np.array([[True, True, False, False]]), note="a gap with a probability of 1"),
        case(sure, true, np.array([[False, True, True, True]]), note="two gaps with equal probabilities"),
        case(rare, np.array([[0, 1]]), np.array([[True, False]]), note="a gap with a probability of 0.0000002"),
        case(sure, np.array([[0, 1, 1, 1]]), np.array([[False, True, True, False]]), note="a probability of 0 where nobody asks"),
    ]  # fmt: skip

    def surprises(probs: np.ndarray, ids: np.ndarray) -> np.ndarray:
        return -np.log(_true(probs, ids))

    def by_row(probs: np.ndarray, ids: np.ndarray, chosen: np.ndarray) -> float:
        rows = [s[c].mean() for s, c in zip(surprises(probs, ids), chosen, strict=True) if c.any()]
        return float(np.mean(rows))

    def later(probs: np.ndarray, ids: np.ndarray, chosen: np.ndarray) -> float:
        return float(surprises(probs, np.roll(ids, -1, axis=1))[chosen].mean())

    wrong = {
        "all places": (lambda p, i, c: float(surprises(p, i).mean()), "That is the colleague's number: the mean over all places. Most of them show their answer."),
        "divided by all places": (lambda p, i, c: float((surprises(p, i) * c).mean()), "Only the gaps are summed, and then you divide by the number of all places. By how many surprises is a mean of gaps divided?"),
        "a sum": (lambda p, i, c: float(surprises(p, i)[c].sum()), "That is the sum over the gaps. The mean is asked for, so that windows with many gaps and with few compare."),
        "the other places": (lambda p, i, c: float(surprises(p, i)[~c].mean()) if (~c).any() else 0.0, "You average over the places that nobody asks about: those where the answer stands in the input."),
        "a mean of rows": (by_row, "You take a mean in each row, and then the mean of those: a gap in a row with few of them counts more. All gaps count alike."),
        "divided by the rows": (lambda p, i, c: float(surprises(p, i)[c].sum() / len(i)), "You divide by the number of rows. By how many gaps is it to be divided?"),
        "sign": (lambda p, i, c: float(-surprises(p, i)[c].mean()), "The sign is turned round: a surprise is never negative."),
        "no logarithm": (lambda p, i, c: float(_true(p, i)[c].mean()), "That is the mean probability of the true ids. A surprise is -ln of it."),
        "logarithm of the mean": (lambda p, i, c: float(-np.log(_true(p, i)[c].mean())), "The logarithm is taken of the mean probability. First a surprise at each gap, then their mean."),
        "bits": (lambda p, i, c: float(surprises(p, i)[c].mean() / np.log(2)), "Those are bits, with the logarithm to base 2. Nats are asked for, as everywhere in the course."),
        "the next id": (later, "You ask for the id after the gap, as a causal network is asked. A masked one answers where the gap is."),
        "all ids": (lambda p, i, c: float(-np.log(p)[c].mean()), "You average the logarithms of all V probabilities. Only that of the true id counts."),
    }  # fmt: skip
    compare(attempt, _gap_loss, cases, wrong, asked="the mean of -ln of the true id's probability, over the gaps alone")
    nothing = np.zeros((1, 4), dtype=bool)
    attempt.must_refuse((small, ids, nothing), "A batch in which nothing is asked", "lets no question pass")
    attempt.must_refuse((probs, some, uneven & False), "Three rows in which nothing is asked", "lets no question pass")
    return "A loss that can be had by copying measures copying. Ask of each new loss: who could cheat it, and how?"


def _true(probs: np.ndarray, ids: np.ndarray) -> np.ndarray:
    return np.take_along_axis(probs, ids[..., None], axis=-1)[..., 0]


def _gap_loss(probs: np.ndarray, ids: np.ndarray, chosen: np.ndarray) -> float:
    if not chosen.any():
        raise ValueError("no place is chosen; at least one is asked for")
    return float(-np.log(_true(probs, ids)[chosen]).mean())


@lesson.exercise(
    "Two cases: the asked key is among the examples, or it is not. With which chance is the answer right in each?",
    "One example misses the asked key with the chance 1 - 1 / n_keys. How likely do all n_examples miss it?",
    "chance of missed = (1 - 1 / n_keys) ** n_examples. Right if not missed, and one time in n_values if missed.",
)
def best_possible(attempt: Attempt) -> str:
    """Return the accuracy, a float, of the best learner after n_examples of a map from n_keys keys to n_values values."""
    cases = [
        case(1, 2, 4, note="one example of two keys, four values"),
        case(2, 2, 4, note="two examples"),
        case(0, 2, 4, note="no example"),
        case(0, 8, 26, note="no example, as on the page"),
        case(4, 8, 26, note="four examples, as on the page"),
        case(15, 8, 26),
        case(3, 3, 3, note="three of everything"),
        case(5, 1, 10, note="one key"),
        case(0, 1, 10, note="one key, and no example of it"),
        case(2, 6, 1, note="one value: nothing to guess"),
        case(1, 1, 1, note="one of everything"),
        case(60, 20, 2, note="many examples"),
        case(300, 200, 2, note="many examples of many keys"),
    ]  # fmt: skip

    def missed(n: int, keys: int) -> float:
        return (1 - 1 / keys) ** n

    wrong = {
        "never guesses": (lambda n, k, v: 1 - missed(n, k), "That is the chance that the key was there. And where it was not, one guess in n_values is right."),
        "guess on top": (lambda n, k, v: 1 - missed(n, k) + 1 / v, "The guess is added as if it always helped. It only comes in where the key was missed."),
        "each key once": (lambda n, k, v: min(n / k, 1) + (1 - min(n / k, 1)) / v, "You count as if no key ever came twice. Keys are drawn anew each time, so the third example may repeat the first."),
        "the chance of missing": (lambda n, k, v: missed(n, k) + (1 - missed(n, k)) / v, "Right and missed have changed places: you are sure where the key was missed."),
        "keys and values swapped": (lambda n, k, v: 1 - missed(n, v) * (1 - 1 / k), "Keys and values have changed places. Which of them is searched for, and which is guessed?"),
        "one example more": (lambda n, k, v: 1 - missed(n + 1, k) * (1 - 1 / v), "You count one example too many. With none, only the guess is left."),
        "one example less": (lambda n, k, v: 1 - missed(max(n - 1, 0), k) * (1 - 1 / v), "You count one example too few. After one example of one key, nothing is left to guess."),
        "never right at all": (lambda n, k, v: missed(n, k), "That is the chance that the key was missed by all examples."),
        "one power missing": (lambda n, k, v: 1 - n * (1 - 1 / k) * (1 - 1 / v) if n else 1 / v, "The chances of missing are added up. All of them miss: chances of things that must all happen are multiplied."),
        "guesses among the keys": (lambda n, k, v: 1 - missed(n, k) * (1 - 1 / k), "The guess is one in n_keys. A value is guessed, not a key."),
    }  # fmt: skip
    compare(attempt, _best, cases, wrong, asked="the share of right answers of a learner that remembers every example")
    for arguments, what in (
        ((-1, 8, 26), "Minus one examples"),
        ((4, 0, 26), "A map without keys"),
        ((4, 8, 0), "A map without values"),
        ((4, -2, 26), "A map with -2 keys"),
        ((0, 8, -1), "A map with -1 values"),
    ):
        attempt.must_refuse(arguments, what, "lets nonsense pass")
    return (
        "Nobody can do better, neither a network nor you. So the distance to this bar is all that is left to explain."
    )


def _best(n_examples: int, n_keys: int, n_values: int) -> float:
    if n_examples < 0 or n_keys < 1 or n_values < 1:
        raise ValueError(
            f"received {n_examples} examples, {n_keys} keys and {n_values} values; 0, 1 and 1 are the least"
        )
    missed = (1 - 1 / n_keys) ** n_examples
    return (1 - missed) + missed / n_values


@lesson.exercise(
    "Let best be the longest run found so far. From a place i, is text[i : i + best + 1] in the source?",
    "A longer run that begins at i can be found by asking again and again, one character more each time. No need to start from length 1 at each place.",
    "For each i: while the piece of length best + 1 fits into the text and stands in the source, best += 1.",
    seconds=40,
)
def longest_copy(attempt: Attempt) -> str:
    """Return the length of the longest run of characters of text that stands in source, an int, 0 if none."""
    rng = np.random.default_rng(182)

    def noise(n: int, letters: str) -> str:
        return "".join(rng.choice(list(letters), size=n))

    long = noise(200_000, "abcdefgh ")
    cases = [
        case("the sea, the ship", "a ship at sea"),
        case("abcabd", "xxabdxx", note="the run at the end of the text"),
        case("abcd", "abcd", note="all copied"),
        case("xyz", "abc", note="nothing in common: 0"),
        case("aaaa", "aa", note="a text longer than its source"),
        case("a", "banana", note="one character"),
        case("to be or not", "not to be or", note="two runs, the first one longer"),
        case("ABcd", "abCD", note="capitals are other characters"),
        case("tempest", "tseptem", note="the source backwards"),
        case(" a b ", "a b", note="blanks count"),
        case(" a b ", " a b ", note="blanks at both ends"),
        case(" ", "a b", note="a blank alone"),
        case("a  b", "an a  b", note="two blanks side by side"),
        case("by the sea.\nI go", "at the sea.\nI know", note="a run across the end of a line"),
        case("sea\nside", "sea side", note="the end of a line is no blank"),
        case("so? (no.) yes", "oh? (no.) you", note="marks count"),
        case(noise(300, "ab"), noise(300, "ab"), note="two letters, 300 of them"),
    ]
    large = [
        case("x" + long[5_000:5_600] + "x", long[4_900:5_700], note="a run of 600 characters"),
        case(noise(1500, "abcdefgh ") + long[70_000:70_050], long, note="1,550 characters against 200,000"),
    ]
    wrong = {
        "from the beginning alone": (_copied_prefix, "You look only at runs that begin where the text begins."),
        "in both at the same place": (_same_place, "You compare place by place. A run may stand anywhere in the source."),
        "words": (_words_in_common, "You count words. The run is one of characters, blanks among them."),
        "characters in common": (lambda text, source: sum(c in source for c in text), "You count the characters that occur in the source. A run stands there in one piece."),
        "one too many": (lambda text, source: _longest(text, source) + 1, "One too many: your last piece is no longer in the source."),
        "one too few": (lambda text, source: _longest(text, source) - 1, "One too few: the longest piece that you found is longer."),
        "letters of any case": (lambda text, source: _longest(text.lower(), source.lower()), "You treat capitals and small letters alike. They are different characters."),
        "blanks left out": (lambda text, source: _longest(text.replace(" ", ""), source.replace(" ", "")), "You leave the blanks out. A blank is a character."),
        "line by line": (_lines, "You compare line by line. A run may go on across the end of a line."),
        "ends cut off": (lambda text, source: _longest(text.strip() or text, source.strip() or source), "You take away the blanks at the ends. A blank is a character, there as well."),
        "marks left out": (lambda text, source: _longest(_without_marks(text), _without_marks(source)), "You leave out what is neither letter nor blank. Every character counts."),
        "out of order": (_subsequence, "Your run has gaps. In the source it must stand in one piece."),
    }  # fmt: skip
    asked = "the number of characters of the longest piece of the text that stands in the source"
    compare(attempt, _longest, cases, wrong, asked=asked)
    compare(attempt, _longest, large, asked=asked)
    attempt.must_refuse(("", "abc"), "An empty text", "empty text passes")
    attempt.must_refuse(("abc", ""), "An empty source", "empty source passes")
    return "Every text shares short runs with every other. Only beside an honest text does the number say anything."


def _longest(text: str, source: str) -> int:
    best = 0
    for i in range(len(text)):
        while i + best < len(text) and text[i : i + best + 1] in source:
            best += 1
    return best


def _copied_prefix(text: str, source: str) -> int:
    return max((n for n in range(len(text) + 1) if text[:n] in source), default=0)


def _same_place(text: str, source: str) -> int:
    best = run = 0
    for a, b in zip(text, source, strict=False):
        run = run + 1 if a == b else 0
        best = max(best, run)
    return best


def _words_in_common(text: str, source: str) -> int:
    words = text.split()
    return max((k - i for i in range(len(words)) for k in range(i + 1, min(i + 9, len(words) + 1)) if " ".join(words[i:k]) in source), default=0)  # fmt: skip


def _lines(text: str, source: str) -> int:
    return max((_longest(line, source) for line in text.splitlines()), default=0)


def _without_marks(text: str) -> str:
    return "".join(c for c in text if c.isalpha() or c.isspace())


def _subsequence(text: str, source: str) -> int:
    table = np.zeros((len(text) + 1, len(source) + 1), dtype=int)
    for i, a in enumerate(text):
        for k, b in enumerate(source):
            table[i + 1, k + 1] = table[i, k] + 1 if a == b else max(table[i, k + 1], table[i + 1, k])
    return int(table[-1, -1])


def _two_arrays(value: Any) -> list[np.ndarray]:
    return [np.asarray(part, dtype=float) for part in results(value, 2)]


def _inputs_and_chosen(value: object) -> tuple[np.ndarray, np.ndarray]:
    inputs, chosen = results(value, 2)
    return np.asarray(inputs, dtype="int32"), np.asarray(chosen, dtype=bool)


def _one_float(value: object) -> float:
    return float(array(value, ()))


OWN = {
    "lora_parameters": (lambda shapes, rank: sum(rank * (n + m) for n, m in shapes), whole),
    "lora_gradients": (_lora_gradients, _two_arrays),
    "audit": (_audit, lambda value: np.asarray(value, dtype=int)),
    "hide_some": (_hidden, _inputs_and_chosen),
    "loss_at_gaps": (_gap_loss, _one_float),
    "best_possible": (_best, _one_float),
    "longest_copy": (_longest, whole),
}


def when_right(answer: Callable) -> Callable:
    """Return the learner's function where its check finds it right, else the course's own, for the lesson to go on with."""
    return lesson.when_right(answer, OWN)

"""Exercises of lesson 01: the root of the loss, gradients measured, two bug hunts, scaling, the fastest rate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

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

lesson = Lesson("01_linear_regression")
EXERCISES = lesson.exercises


@lesson.exercise(
    "You have `mse` above. What has to happen to its result so that squared dollars become dollars?",
    "First the mean of the squares, then one square root of that mean.",
)
def root_mean_squared_error(attempt: Attempt) -> str:
    """Return the root of the mean squared error of y_hat (n,) for y (n,)."""
    rng = np.random.default_rng(1)
    cases = [
        case(np.array([2.0, 3.0, 7.0, 1.0]), np.array([1.0, 5.0, 11.0, 1.5])),
        case(rng.normal(30, 200, 9), rng.normal(-40, 300, 9), note="nine values of either sign"),
        case(np.array([5.0]), np.array([3.75]), note="one value"),
        case(np.array([3.0, 0.0, 12.0, 7.0, 7.0]), np.array([2.5, 0.75, 9.0, 7.0, 11.25]), note="equal values in y"),
        case(rng.normal(180_000, 80_000, 500), rng.normal(180_000, 60_000, 500), note="five hundred prices"),
        case(np.array([3.0, 8.0]), np.array([3.0, 8.0]), note="perfect predictions", scale=1),
        case(
            np.array([0.5, 7.0, 7.0, 3.0, 7.0]),
            np.array([0.0, 5.0, 9.0, 5.0, 8.0]),
            note="misses of equal size",
        ),
        case(np.array([2.1e-6, -3e-7, 0.0]), np.array([1.4e-6, 5e-7, 1e-6]), note="tiny values"),
    ]
    wrong = {
        "missing root": (lambda y, p: np.mean((p - y) ** 2), "That is still the mean of the squares, in squared units. What brings it back?"),
        "missing 1/n": (lambda y, p: np.sqrt(np.sum((p - y) ** 2)), "You have summed the squares. Twice as many houses would give a larger error: divide by what?"),
        "root before mean": (lambda y, p: np.mean(np.abs(p - y)), "Root and square cancel if nothing happens in between: this is the mean absolute error. Which comes first?"),
        "errors cancel": (lambda y, p: np.mean(p - y), "Misses upwards and downwards cancel here. What keeps every miss positive?"),
        "mean before square": (lambda y, p: np.abs(np.mean(p - y)), "You average the errors first: misses upwards and downwards have cancelled by then. What comes before the mean?"),
        "missing square": (lambda y, p: np.sqrt(np.mean(p - y)), "Nothing is squared here, so misses upwards and downwards cancel, and where the mean is negative there is no root."),
        "spread of the errors": (lambda y, p: np.std(p - y), "This is the standard deviation of the errors: it takes their mean off first. Predictions that are all 1000 dollars too high would seem perfect."),
        "divides by n - 1": (lambda y, p: np.sqrt(np.sum((p - y) ** 2) / (len(y) - 1)), "You divide by n - 1, as for a sample variance. The loss is a plain mean over n."),
        "root over n": (lambda y, p: np.sqrt(np.sum((p - y) ** 2)) / len(y), "You divide after the root. The mean comes first, then its root."),
        "half of the squares": (lambda y, p: np.sqrt(np.mean((p - y) ** 2) / 2), "A half stands under your root. Some losses carry it, for the sake of their derivative. Does a mean?"),
        "square of the mean": (lambda y, p: np.mean(p - y) ** 2, "You square the mean error: by then misses upwards and downwards have cancelled. In which order do square, mean and root come?"),
    }  # fmt: skip
    compare(
        attempt,
        lambda y, p: np.sqrt(np.mean((p - y) ** 2)),
        cases,
        wrong,
        asked="the root of the mean of the squared errors",
    )
    return "It is in the unit of y, so you can say it to someone who has never seen a square."


@lesson.exercise(
    "For each i: move w[i] up by a small eps, then down by the same eps, and leave the other coordinates alone.",
    "Divide the difference of the two losses by 2 * eps; 1e-5 is a good eps for numbers near 1.",
    "`eps * np.eye(len(w))[i]` is a step along coordinate i alone; it leaves w itself unchanged.",
)
def numerical_gradient(attempt: Attempt) -> str:
    """Return the central-difference gradient (d,) of loss at w (d,)."""
    landscapes, slopes, asked = _landscapes()
    cases = [case(loss, w, note=note) for loss, _, w, note in landscapes]
    loss, w = cases[0].args
    _refuse_one_slope(attempt(loss, w), slopes[loss](w))
    asked.clear()
    wrong = {
        "missing the 2": (lambda loss, w: 2 * slopes[loss](w), "Every slope is twice too large. How far apart are the two points that you compare?"),
        "divided twice": (lambda loss, w: slopes[loss](w) / 2, "Every slope is half of what it should be. How far apart are the two points that you compare?"),
        "wrong sign": (lambda loss, w: -slopes[loss](w), "Every slope has the wrong sign. Which of the two losses is subtracted from which?"),
        "wrong sign, missing the 2": (lambda loss, w: -2 * slopes[loss](w), "The signs are wrong, and the sizes are doubled. Which loss is subtracted from which, and how far apart are the two points?"),
        "all at once": (lambda loss, w: np.full(len(w), slopes[loss](w).sum()), "All slopes are equal: each nudge moves every coordinate. Move one and keep the others."),
        "nudges pile up": (lambda loss, w: np.cumsum(slopes[loss](w)), "The first slope is right, and each later one holds those before it too: their nudges are still there. Start each coordinate from w itself."),
        "one coordinate only": (lambda loss, w: slopes[loss](w) * (np.arange(len(w)) == 0), "Only the first slope is measured, and the others are 0. Where does your loop end?"),
    }  # fmt: skip
    try:
        compare(
            attempt,
            lambda loss, w: slopes[loss](w),
            cases,
            wrong,
            asked="the slope of the loss along each coordinate, to one part in 100,000",
        )
    except NotYet as error:
        found = [_found(attempt, loss, w) for loss, _, w, _ in landscapes]
        right = [_fits(got, slope(w)) for got, (_, slope, w, _) in zip(found, landscapes, strict=True)]
        if right == [len(w) == 3 for _, _, w, _ in landscapes]:
            text = "It fits three coordinates and no other number of them. Where does their number come from?"
            raise NotYet(text, "fixed size") from None
        if error.name == "not finite" and all(ok or 0 in w for ok, (_, _, w, _) in zip(right, landscapes, strict=True)):
            text = (
                f"{error} A coordinate may be 0, or all of them, and then a step that is a share of it has no length."
            )
            raise NotYet(text, "step of no length") from None
        if error.name == "other":
            moved = _explain_steps(asked, w, slopes[loss](w), found[0])
            if moved > 7e-3:
                _name_roughly(found, landscapes, wrong)
                text = f"The loss is asked as far as {moved:.1g} from w, and over that distance it bends. Is each point w itself with a small step, and what does a smaller step change?"
                raise NotYet(text, "step too large") from None
        raise
    _refuse_one_side(asked, w)
    return "It needs nothing but the loss, so it can judge any gradient that you or an article derive."


def _landscapes() -> tuple[list[tuple], dict[Callable, Callable], list[np.ndarray]]:
    """Return landscapes, each as (loss, its gradient, a point, a note), gradients by loss, and where the first is asked."""
    rng = np.random.default_rng(2)
    tilt, rough = rng.normal(0, 40, 9), rng.normal(0, 1, (9, 9))
    shape = rough @ rough.T
    X = np.column_stack([rng.normal(1.5, 0.5, 50), rng.normal(-2, 3, 50), rng.normal(0, 1, 50), np.ones(50)])
    y = rng.normal(20, 8, 50)
    weights = np.array([0.75, 1.3, -0.4])
    asked: list[np.ndarray] = []

    def curved(w: np.ndarray) -> float:
        asked.append(np.array(w, dtype=float))
        return float(np.exp(w[0]) + w[0] * w[1] ** 2 + 3 * w[2] ** 3)

    def curved_slope(w: np.ndarray) -> np.ndarray:
        return np.array([np.exp(w[0]) + w[1] ** 2, 2 * w[0] * w[1], 9 * w[2] ** 2])

    def cube(w: np.ndarray) -> float:
        return float(w[0] ** 3)

    def tilted_bowl(w: np.ndarray) -> float:
        w = np.asarray(w)
        return float(w @ shape @ w / 2 + tilt @ w)

    def waves(w: np.ndarray) -> float:
        return float(np.sin(w[0]) + np.cos(w[1]) * w[2])

    def waves_slope(w: np.ndarray) -> np.ndarray:
        return np.array([np.cos(w[0]), -np.sin(w[1]) * w[2], np.cos(w[1])])

    def squared_error(w: np.ndarray) -> float:
        return float(np.mean((X @ np.asarray(w) - y) ** 2))

    def flat(w: np.ndarray) -> float:
        return 4.25

    def steep_corner(w: np.ndarray) -> float:
        return float(1e4 * w[0] * w[1] + w[1])

    def squares(w: np.ndarray) -> float:
        return float(np.sum(w**2 * weights))

    curved, cube, tilted_bowl, waves = map(_of_real_points, (curved, cube, tilted_bowl, waves))
    squared_error, flat, steep_corner, squares = map(_of_real_points, (squared_error, flat, steep_corner, squares))
    landscapes = [
        (curved, curved_slope, np.array([0.5371, -1.4832, 2.0719]), "three coordinates"),
        (cube, lambda w: 3 * w**2, np.array([-1.7532]), "one coordinate"),
        (waves, waves_slope, np.array([0.0, -0.6143, 0.8321]), "a coordinate at 0"),
        (tilted_bowl, lambda w: shape @ w + tilt, rng.normal(0, 20, 9), "nine coordinates, some beyond 10"),
        (
            squared_error,
            lambda w: 2 / 50 * X.T @ (X @ w - y),
            rng.normal(0, 3, 4),
            "the loss of a line on fifty points",
        ),
        (flat, lambda w: np.zeros(2), np.array([1.32, -0.81]), "a loss that is the same everywhere"),
        (
            steep_corner,
            lambda w: np.array([1e4 * w[1], 1e4 * w[0] + 1]),
            np.zeros(2),
            "all coordinates at 0, where each slope depends on the other coordinate",
        ),
        (squares, lambda w: 2 * weights * w, np.array([0.5371, -1.4832, 2.0719]), "a loss that computes on w as on an array"),
        (squares, lambda w: 2 * weights * w, np.array([-6.125, 0.834, 11.5]), "a loss asked before, at another point"),
    ]  # fmt: skip
    return landscapes, {loss: slope for loss, slope, _, _ in landscapes}, asked


def _of_real_points(loss: Callable) -> Callable:
    """Return `loss`, which refuses complex points."""

    def asked_at(w: np.ndarray) -> float:
        if np.iscomplexobj(w):
            text = "The loss is asked at a complex point, and a loss is defined for real weights. Take real steps, to which two sides of w?"
            raise NotYet(text, "complex step")
        return loss(w)

    return asked_at


def _found(attempt: Attempt, loss: Callable, w: np.ndarray) -> np.ndarray | None:
    """Return the slopes that the answer finds for one loss at one point; None where it finds none."""
    try:
        return array(attempt(loss, w), w.shape)
    except NotYet:
        return None


def _fits(got: np.ndarray | None, true: np.ndarray, rtol: float = 1e-5) -> bool:
    """Return whether there are slopes, and close to the true ones."""
    return got is not None and close(got, true, rtol)


def _name_roughly(found: Sequence[np.ndarray | None], landscapes: Sequence[tuple], wrong: Mapping[str, tuple]) -> None:
    """Raise `NotYet` where the slopes are those of a misconception to one per cent, as far as a long step shows them."""
    for name, (known, message) in wrong.items():
        if all(_fits(got, known(loss, w), 1e-2) for got, (loss, _, w, _) in zip(found, landscapes, strict=True)):
            raise NotYet(message, name)


def _check_whole_numbers(attempt: Attempt, reference: Callable, whole: Case, asked: str, rtol: float = 1e-5) -> None:
    """Raise `NotYet` where the answer to a case of whole numbers is cut; one that stops there, as TensorFlow's do, may pass."""
    try:
        compare(attempt, reference, [whole], asked=asked, rtol=rtol)
    except NotYet as error:
        if error.name == "raises":
            return
        text = f"For arrays of whole numbers: {error} An array copied from these, or made like them, holds whole numbers too and drops every fraction. Is there one in yours?"
        raise NotYet(text, "whole numbers cut") from None


def _refuse_one_slope(got: object, true: np.ndarray) -> None:
    """Raise `NotYet` where one number comes back for a point of several coordinates."""
    try:
        slope = number(got)
    except NotYet:
        return
    if close(slope, true[0], 1e-2):
        raise NotYet("The slope of the first coordinate comes back, and no other. Where does your loop end?", "returns the first")  # fmt: skip
    if close(slope, true.sum(), 1e-2):
        raise NotYet("One slope comes back, and w has three coordinates. Nudge each one by itself.", "all at once")
    raise NotYet(f"One number comes back, {slope:.4g}, and w has three coordinates: each has a slope of its own.", "one number")  # fmt: skip


def _moves(asked: Sequence[np.ndarray], w: np.ndarray) -> np.ndarray:
    """Return how far from w (d,) the loss was asked, (k, d), without the places that are w itself."""
    moves = np.array([point - w for point in asked if point.shape == w.shape]).reshape(-1, len(w))
    return moves[np.any(moves != 0, axis=1)]


def _refuse_one_side(asked: Sequence[np.ndarray], w: np.ndarray) -> None:
    """Raise `NotYet` where coordinates were moved one by one, and not to both sides."""
    moves = _moves(asked, w)
    alone = len(moves) > 0 and np.all(np.sum(moves != 0, axis=1) == 1)
    up, down = np.any(moves > 0, axis=0), np.any(moves < 0, axis=0)
    if alone and np.any(up != down):
        text = "The coordinates are moved to one side only, so the error shrinks no faster than the step. A central difference compares which two points?"
        raise NotYet(text, "one-sided difference")


def _explain_steps(asked: Sequence[np.ndarray], w: np.ndarray, true: np.ndarray, got: np.ndarray) -> float:
    """Return how far from w the loss was asked.

    Raise `NotYet` where a wrong result comes from asking at w, too near it or on one side, or from a missing division.
    """
    moves = _moves(asked, w)
    length = np.abs(moves).max() if len(moves) else 0.0
    if asked and length < 4e-16 * np.abs(w).max():
        text = "Both losses are asked at w itself. Is the moved coordinate stored, are the two points two arrays, and is the step more than the rounding of w?"
        raise NotYet(text, "no step")
    _refuse_one_side(asked, w)
    if asked and length < 1e-8:
        text = f"The loss is asked at most {length:.1g} away from w. A float holds 16 digits: how many of the loss's digits change over that distance?"
        raise NotYet(text, "step too small")
    share = float(got @ true / (true @ true))
    if length < 0.1 and 0 < abs(share) <= 2.1 * length and close(got, share * true, 1e-2):
        text = "The slopes are nearly 0. Is the difference divided by the distance, by all of it? `a / 2 * b` multiplies by b."
        raise NotYet(text, "not divided")
    return length


@lesson.exercise(
    "Take any point, say w = (1, 1), and print the measured slopes beside the article's two numbers.",
    "Divide the measured slope by the article's number, coordinate by coordinate.",
    value=True,
)
def article_factor(answer: object) -> str:
    """The number by which the article's gradient must be multiplied to be the true one."""
    got = number(answer)
    wrong = {
        "wrong sign": (2.0, "The size is right. With this sign, does the loss rise or fall?"),
        "missing the 2": (-1.0, "The sign is right. Now compare the sizes: where did the square's derivative go?"),
        "upside down": (-0.5, "That is the article's gradient divided by the true one. You are asked for the other way round."),
        "sign and upside down": (0.5, "Which of the two do you divide by which, and what are their signs?"),
        "nothing wrong": (1.0, "A factor of 1 says the article is right. Then why does the loss climb?"),
    }  # fmt: skip
    reject_known(got, wrong, rtol=1e-4)
    if not close(got, -2.0, 1e-4):  # a factor that was measured is right to four digits and more
        raise NotYet(f"{got:.6g} is not what the two gradients say. Divide measured by printed at one point.")
    return (
        "Minus two: the sign turns descent into a climb; the missing 2 alone would only have halved the learning rate. "
        "Two slips of a pen, one fatal and one harmless, and the measurement tells them apart."
    )


@lesson.exercise(
    "A step multiplies the error along each axis of the bowl by 1 - lr * curvature.",
    "The Hessian of the article's J is X.T @ X; the 2 and the 1/n of our own loss are not in it.",
    "`np.linalg.eigvalsh` gives the curvatures of a symmetric matrix, smallest first.",
)
def largest_safe_rate(attempt: Attempt) -> str:
    """Return the learning rate above which descent on half the sum of squares diverges, for X (n, d)."""
    rng = np.random.default_rng(3)
    cases = [
        case(np.array([[1.0, 1.0], [2.0, 1.0], [0.5, 1.0], [3.0, 1.0], [1.5, 1.0]])),
        case(_perpendicular(rng, 12, [5.0, 17.0, 0.6]), note="three columns at right angles"),
        case(rng.normal(-4, 60, (7, 4)) * [1.0, 0.03, 5.0, 1.0], note="columns of different scale"),
        case(rng.normal(0.03, 0.2, (5, 1)), note="one column"),
        case(rng.normal(0.1, 1, (3, 5)), note="more columns than rows"),
        case(np.array([[0.24, -1.35, 2.0]]), note="one row"),
        case(_houses(rng, 900), note="nine hundred houses"),
        case(np.array([[1.0, -1.0], [0.1, 0.1]]), note="the sharpest direction lies where two weights cancel"),
        case(np.diag([1.0, 2.0, 0.5]), note="the sharpest direction is the second weight"),
        case(np.diag([1.0, 0.97]), note="two curvatures nearly equal"),
    ]
    _refuse_one_for_each(attempt(*cases[0].args), 2)
    wrong = {
        "mean instead of sum": (lambda X: len(X) / _top(X), "You have the limit of the mean loss, and the article uses half a sum. By what factor do their curvatures differ?"),
        "mean, without the 2": (lambda X: 2 * len(X) / _top(X), "The article divides nothing by n. Which of your factors comes from a mean?"),
        "unsorted, the first": (lambda X: 2 / np.linalg.eigvals(X.T @ X)[0], "You take the first of `eigvals`, and it gives its numbers in no order. Which of them sets the limit?"),
        "unsorted, the last": (lambda X: 2 / np.linalg.eigvals(X.T @ X)[-1], "You take the last of `eigvals`, and it gives its numbers in no order. Which of them sets the limit?"),
        "flattest direction": (lambda X: 2 / _sums(X)[0], "That is the flattest direction. Which direction overshoots first?"),
        "one over the curvature": (lambda X: 1 / _top(X), "Half the limit: there the sharpest direction lands exactly on its minimum. How much further can it go? (Or did you double the Hessian, as for a loss without the half?)"),
        "the curvature itself": (_top, "That is a curvature. The limit is a rate: the sharper the bowl, the smaller it is."),
        "trace": (lambda X: 2 / np.trace(X.T @ X), "You have added up all the curvatures. Only one of them decides."),
        "largest entry": (lambda X: 2 / (X.T @ X).max(), "You take the largest entry of the matrix, which is the curvature along one weight alone. Between the axes the bowl may be sharper."),
        "singular value": (lambda X: 2 / np.sqrt(_top(X)), "That is two over the largest singular value of X. The curvatures belong to X.T @ X: how are the two related?"),
        "centred": (lambda X: 2 / _top(X - X.mean(axis=0)), "Your columns have their means taken off, as for a covariance. The loss sees X as it is."),
    }  # fmt: skip
    asked = "two over the sharpest curvature of the article's loss, half the sum of squares"
    compare(attempt, lambda X: 2 / _top(X), cases, wrong, asked=asked)
    _check_whole_numbers(attempt, lambda X: 2 / _top(X), case(np.array([[3, 1], [0, 2], [-4, 1]])), asked)
    return (
        "On our houses it is 0.00025, and the article uses 0.01, forty times too large. Divide a loss by n, and the "
        "learning rate stops depending on how much data you have."
    )


def _sums(X: np.ndarray) -> np.ndarray:
    """Return the curvatures (d,) of half the sum of squares, smallest first."""
    return np.linalg.eigvalsh(X.T @ X)


def _top(X: np.ndarray) -> float:
    return float(_sums(X)[-1])


def _perpendicular(rng: np.random.Generator, n: int, lengths: Sequence[float]) -> np.ndarray:
    """Return columns of these lengths at right angles, so that X.T @ X holds its curvatures on its diagonal, unsorted."""
    Q, _ = np.linalg.qr(rng.normal(size=(n, len(lengths))))
    return Q * lengths


def _houses(rng: np.random.Generator, n: int) -> np.ndarray:
    """Return columns like area, quality, year and ones."""
    return np.column_stack([rng.normal(1500, 500, n), rng.integers(1, 11, n), rng.normal(1971, 30, n), np.ones(n)])


def _refuse_one_for_each(got: object, d: int) -> None:
    """Raise `NotYet` where one number for each direction comes back."""
    try:
        array(got, (d,))
    except NotYet:
        return
    raise NotYet(
        f"One number is asked for; this has shape ({d},). One step serves all directions: which of their numbers decide?",
        "wrong shape",
    )


@lesson.exercise(
    "One mean and one standard deviation for each column: `axis=0`.",
    "The test houses are not sold yet. Which rows may you compute a mean from?",
    "Compute both numbers from X_train, then use the same two on both arrays.",
)
def standardize(attempt: Attempt) -> str:
    """Return X_train (n, d) and X_test (m, d) scaled so that each training column has mean 0 and deviation 1."""
    rng = np.random.default_rng(7)
    many = _houses(rng, 40)[:, :3]
    far = np.vstack([_houses(rng, 14)[:, :3], [9000.0, 3, 1850]])
    cases = [
        case(rng.normal([10, -3, 0.5], [5, 1, 0.1], (8, 3)), rng.normal([12, -2, 0.4], [6, 2, 0.2], (8, 3))),
        case(many, far, note="area, quality and year, one test house far beyond the others"),
        case(rng.normal(4, 3, (9, 2)), np.array([[4.75, -1.3]]), note="one test row"),
        case(rng.normal(-700, 20, (6, 1)), rng.normal(-700, 30, (11, 1)), note="one column"),
        case(rng.integers(0, 30, (12, 2)), rng.integers(0, 30, (5, 2)), note="whole numbers"),
        case(rng.normal(size=(400, 9)) * np.arange(1, 10) + 3, rng.normal(size=(100, 9)), note="nine columns"),
        case(
            np.column_stack([rng.permutation([0, 2, 0, 1, 3, 0, 5, 1, 0, 2, 1, 4]), rng.normal(0, 1e-5, 12)]),
            np.column_stack([rng.permutation([0, 1, 7, 0, 2]), rng.normal(0, 1e-5, 5)]),
            note="a column with zeros, and one of tiny values",
        ),
    ]
    _refuse_one_array(attempt(*cases[0].args), *cases[0].args)
    # Either definition of the deviation is right, if it is the same for both arrays.
    _compare_with_any(
        attempt,
        [(lambda a, b, ddof=ddof: _scaled(a, b, a.mean(0), a.std(0, ddof=ddof)), _misscaled(ddof)) for ddof in (0, 1)],
        cases,
        asked="both arrays moved and divided by the same numbers, so that each training column has mean 0 and deviation 1",
    )
    return "What is learned from data is learned from training data: the same discipline will matter for every model you build."


def _scaled(train: np.ndarray, test: np.ndarray, mean: np.ndarray, deviation: np.ndarray) -> tuple:
    return (train - mean) / deviation, (test - mean) / deviation


def _misscaled(ddof: int) -> dict[str, tuple[Callable, str]]:
    """Return the known wrong ways to scale, for the deviation with n - ddof."""

    def deviation(rows: np.ndarray, axis: int | None = 0) -> np.ndarray:
        return rows.std(axis=axis, ddof=ddof, keepdims=True)

    def each_alone(a: np.ndarray, b: np.ndarray) -> tuple:
        return (a - a.mean(axis=0)) / deviation(a), (b - b.mean(axis=0)) / deviation(b)

    def together(a: np.ndarray, b: np.ndarray) -> tuple:
        both = np.concatenate([a, b])
        return _scaled(a, b, both.mean(axis=0), deviation(both))

    def own_deviation(a: np.ndarray, b: np.ndarray) -> tuple:
        return (a - a.mean(axis=0)) / deviation(a), (b - a.mean(axis=0)) / deviation(b)

    def own_mean(a: np.ndarray, b: np.ndarray) -> tuple:
        return (a - a.mean(axis=0)) / deviation(a), (b - b.mean(axis=0)) / deviation(a)

    def by_row(a: np.ndarray, b: np.ndarray) -> tuple:
        rows = [(part - part.mean(axis=1, keepdims=True)) / deviation(part, 1) for part in (a, b)]
        return rows[0], rows[1]

    def swapped(a: np.ndarray, b: np.ndarray) -> tuple:
        scaled = _scaled(a, b, a.mean(axis=0), deviation(a))
        return scaled[1], scaled[0]

    return {
        "test set scaled by itself": (each_alone, "The test set is scaled by its own mean and deviation. With a single test house, what would come out?"),
        "test set by its own deviation": (own_deviation, "The test set is moved by the training mean and divided by its own deviation. With a single test house, what would that be?"),
        "test set by its own mean": (own_mean, "The test set is moved by its own mean, and divided by the training deviation. With a single test house, what would come out?"),
        "leakage": (together, "Mean and deviation come from both sets together: the test set has leaked into training. Use the training rows alone."),
        "learned from the test set": (lambda a, b: _scaled(a, b, b.mean(axis=0), deviation(b)), "Mean and deviation come from the test set. Which houses are already sold?"),
        "test set untouched": (lambda a, b: (_scaled(a, b, a.mean(axis=0), deviation(a))[0], b), "The training set is right, and the test set comes back as it was. A model trained on scaled houses will be asked about these."),
        "one scale for all columns": (lambda a, b: _scaled(a, b, a.mean(), deviation(a, None)), "All columns share one mean and one deviation, so years still tower over qualities. Which axis do you average over?"),
        "by row": (by_row, "Each house is scaled by its own mean and deviation, years and qualities mixed. Which axis holds the houses?"),
        "not divided": (lambda a, b: _scaled(a, b, a.mean(axis=0), 1.0), "The means are 0, the sizes are unchanged. What are you not dividing by?"),
        "divides by the variance": (lambda a, b: _scaled(a, b, a.mean(axis=0), deviation(a) ** 2), "You divide by the variance. In which unit is it?"),
        "multiplied": (lambda a, b: _scaled(a, b, a.mean(axis=0), 1 / deviation(a)), "You multiply by the deviation: wide columns become wider still. What would make a wide one narrower?"),
        "min-max": (lambda a, b: _scaled(a, b, a.min(axis=0), np.ptp(a, axis=0)), "This scales each column to [0, 1], so its mean is not 0. Use mean and standard deviation."),
        "mean over the range": (lambda a, b: _scaled(a, b, a.mean(axis=0), np.ptp(a, axis=0)), "You divide by the range, from the smallest to the largest value. The deviation is another width."),
        "not centred": (lambda a, b: _scaled(a, b, 0.0, deviation(a)), "The deviations are 1, the means are not 0. What is missing?"),
        "only the deviation divided": (lambda a, b: (a - a.mean(axis=0) / deviation(a), b - a.mean(axis=0) / deviation(a)), "Only the mean is divided by the deviation: a division binds more tightly than a minus. Where do brackets belong?"),
        "swapped": (swapped, "Both arrays are right, and the test set comes first. In which order are they asked for?"),
    }  # fmt: skip


def _refuse_one_array(got: object, train: np.ndarray, test: np.ndarray) -> None:
    """Raise `NotYet` where only one of the two arrays comes back, or both as one long one."""
    for shape in (train.shape, (len(train) + len(test), train.shape[1])):
        try:
            array(got, shape)
        except NotYet:
            continue
        raise NotYet("Two arrays are asked for: `return Z_train, Z_test`.", "one result")
    results(got, 2, "the scaled training and test set")


def _compare_with_any(attempt: Attempt, ways: Sequence[tuple], cases: Sequence, asked: str, rtol: float = 1e-5) -> None:
    """Raise `NotYet` unless the answer equals one and the same of several right ways, each (reference, misconceptions)."""
    unnamed = None
    for reference, wrong in ways:
        try:
            compare(attempt, reference, cases, wrong, asked=asked, rtol=rtol)
            return
        except NotYet as error:
            if error.name != "other":
                raise
            unnamed = unnamed or error
    raise unnamed


@lesson.exercise(
    "Draw |1 - rate * curvature| against the rate, once for the largest and once for the smallest curvature.",
    "At the best rate the two are equal in size: one is positive there and the other negative.",
    "Solve 1 - rate * smallest = rate * largest - 1.",
)
def fastest_rate(attempt: Attempt) -> str:
    """Return the rate that minimises the largest |1 - rate * curvature| of the mean squared error, for X (n, d)."""
    rng = np.random.default_rng(5)
    mixed = np.eye(6) + 0.3 * rng.normal(size=(6, 6))
    cases = [
        case(rng.normal(size=(30, 3)) * [1.0, 2.0, 0.5] + [0.3, 0, 0]),
        case(_perpendicular(rng, 12, [4.0, 9.0, 2.5]), note="three columns at right angles"),
        case(rng.normal(-2, 14, (9, 4)), note="values beyond 10"),
        case(rng.normal(0, 40, (25, 2)) * [1.0, 0.4], note="two columns of different scale"),
        case(rng.normal(0.13, 0.2, (7, 1)), note="one column"),
        case(rng.normal(size=(1200, 6)) @ mixed, note="twelve hundred rows"),
        case(rng.normal(size=(30, 3)) * [0.3, 1.7, 3.0], note="thirty other rows"),
    ]
    _refuse_one_for_each(attempt(*cases[0].args), 3)
    wrong = {
        "the limit": (lambda X: 2 / _means(X)[-1], "That is the edge: the sharpest direction bounces for ever at factor -1. Step back from it, but how far?"),
        "serves the sharpest only": (lambda X: 1 / _means(X)[-1], "The sharpest direction lands in one step, and the flattest still crawls. Can you trade one for the other?"),
        "serves the flattest only": (lambda X: 1 / _means(X)[0], "The flattest direction lands in one step. What happens to the sharpest?"),
        "limit of the flattest": (lambda X: 2 / _means(X)[0], "At this rate the flattest direction bounces for ever, and every sharper one has long exploded. Which curvature sets the edge?"),
        "missing the 2": (lambda X: 1 / (_means(X)[0] + _means(X)[-1]), "Right idea, half the size. What is 1 - rate * smallest = rate * largest - 1 solved for the rate?"),
        "average of all curvatures": (lambda X: 1 / _means(X).mean(), "You have averaged all the curvatures. Only the two extremes compete for the worst factor."),
        "sum of all curvatures": (lambda X: 2 / _means(X).sum(), "You have added up all the curvatures. Only the two extremes compete for the worst factor."),
        "difference": (lambda X: 2 / (_means(X)[-1] - _means(X)[0]), "The two curvatures are subtracted. At the best rate one factor is positive and the other negative: what follows for the signs?"),
        "geometric mean": (lambda X: 1 / np.sqrt(_means(X)[0] * _means(X)[-1]), "You balance the two curvatures by their product. The factors are 1 - rate * curvature: what balances these?"),
        "average of the two rates": (lambda X: (1 / _means(X)[0] + 1 / _means(X)[-1]) / 2, "You have averaged two rates. Is the one for the flattest direction safe for the sharpest?"),
        "sum instead of mean": (lambda X: 2 / (_sums(X)[0] + _sums(X)[-1]), "Your curvatures belong to half the sum of squares. Ours is the mean: the Hessian is 2/n X.T @ X."),
        "missing the 2 of the Hessian": (lambda X: 4 / (_means(X)[0] + _means(X)[-1]), "You use X.T @ X / n as the Hessian. Where is the 2 of the square?"),
        "missing the 1/n": (lambda X: 1 / (_sums(X)[0] + _sums(X)[-1]), "Your curvatures belong to the sum of squares. Ours is the mean: the Hessian is 2/n X.T @ X."),
        "unsorted": (lambda X: 2 / np.linalg.eigvals(2 / len(X) * X.T @ X)[[0, -1]].sum(), "You take the first and the last of `eigvals`, and it gives its numbers in no order. Which two are meant?"),
    }  # fmt: skip
    asked = "the rate at which the worst |1 - rate * curvature| of all directions is as small as it can be"
    rtol = 2e-3  # a search among a thousand rates is as good as the formula
    compare(attempt, _fastest, cases, wrong, asked=asked, rtol=rtol)
    _check_whole_numbers(attempt, _fastest, case(np.array([[3, 1], [0, 2], [-4, 1]])), asked, rtol)
    return "The worst factor is then (k - 1) / (k + 1) for condition number k: that is why conditioning decides how long you walk."


def _fastest(X: np.ndarray) -> float:
    return float(2 / (_means(X)[0] + _means(X)[-1]))


def _means(X: np.ndarray) -> np.ndarray:
    """Return the curvatures (d,) of the mean squared error, smallest first."""
    return np.linalg.eigvalsh(2 / len(X) * X.T @ X)

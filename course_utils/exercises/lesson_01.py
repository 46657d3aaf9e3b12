"""Exercises of lesson 01: the root of the loss, gradients measured, two bug hunts, scaling, the fastest rate."""

from __future__ import annotations

import numpy as np

from course_utils.checking import Attempt, Lesson, NotYet, array, close, number, reject_known

lesson = Lesson("01_linear_regression")
EXERCISES = lesson.exercises


@lesson.exercise(
    "You have `mse` above. What has to happen to its result so that squared dollars become dollars?",
    "First the mean of the squares, then one square root of that mean.",
)
def root_mean_squared_error(attempt: Attempt) -> str:
    """Return the root of the mean squared error of y_hat (n,) for y (n,)."""
    y, y_hat = np.array([2.0, 3.0, 7.0, 1.0]), np.array([1.0, 5.0, 3.0, 1.5])
    error, got = y_hat - y, number(attempt(y, y_hat))
    wrong = {
        "missing root": (np.mean(error**2), "That is still the mean of the squares, in squared units. What brings it back?"),
        "missing 1/n": (np.sqrt(np.sum(error**2)), "You have summed the squares. Twice as many houses would give a larger error: divide by what?"),
        "root before mean": (np.mean(np.abs(error)), "Root and square cancel if nothing happens in between: this is the mean absolute error. Which comes first?"),
        "errors cancel": (np.mean(error), "Misses upwards and downwards cancel here. What keeps every miss positive?"),
        "divides by n - 1": (np.sqrt(np.sum(error**2) / 3), "You divide by n - 1, as for a sample variance. The loss is a plain mean over n."),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, np.sqrt(np.mean(error**2))):
        raise NotYet(f"For errors {error.tolist()} you return {got:.4g}. Square, average, root: which step differs?")
    if not close(number(attempt(y * 0 + 3, y * 0 + 3)) + 1, 1.0):
        raise NotYet("For perfect predictions the error is 0. Is something added?", "not zero when perfect")
    return "It is in the unit of y, so you can say it to someone who has never seen a square."


@lesson.exercise(
    "For each i: move w[i] up by a small eps, then down by the same eps, and leave the other coordinates alone.",
    "Divide the difference of the two losses by 2 * eps; 1e-5 is a good eps for numbers near 1.",
    "`eps * np.eye(len(w))[i]` is a step along coordinate i alone; it leaves w itself unchanged.",
)
def numerical_gradient(attempt: Attempt) -> str:
    """Return the central-difference gradient (d,) of loss at w (d,)."""

    def loss(v: np.ndarray) -> float:
        return float(np.exp(v[0]) + v[0] * v[1] ** 2 + 3 * v[2] ** 3)

    w = np.array([0.5, -1.5, 2.0])
    true = np.array([np.exp(w[0]) + w[1] ** 2, 2 * w[0] * w[1], 9 * w[2] ** 2])
    got = attempt(loss, w)
    if np.ndim(got) == 0:
        raise NotYet("One slope comes back, and w has three coordinates. Nudge each one by itself.", "all at once")
    got = array(got, (3,))
    wrong = {
        "missing the 2": (2 * true, "Every slope is twice too large. How far apart are the two points that you compare?"),
        "wrong sign": (-true, "Every slope has the wrong sign. Which of the two losses is subtracted from which?"),
        "all at once": (np.full(3, true.sum()), "All slopes are equal: each nudge moves every coordinate. Move one and keep the others."),
    }  # fmt: skip
    reject_known(got, wrong, rtol=1e-3)
    if np.abs(got).max() < 0.01:
        raise NotYet("The slopes are nearly 0. Is the difference divided by the distance?", "not divided")
    if close(got, true, rtol=3e-2) and not close(got, true, rtol=1e-6):
        raise NotYet(
            "Close, but not close enough to catch a small mistake. Step to both sides instead of one, with eps near 1e-5.",
            "one-sided difference",
        )
    if not close(got, true):
        raise NotYet(f"At w = {w.tolist()} coordinate {int(np.abs(got - true).argmax())} is off. Nudge it alone.")
    single = array(attempt(lambda v: float(v[0] ** 2), np.array([3.0])), (1,))
    if not close(single, [6.0]):
        raise NotYet(
            "With one coordinate the result is wrong. Is a number of coordinates written into the code?", "fixed size"
        )
    return "It needs nothing but the loss, so it can judge any gradient that you or an article derive."


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
    reject_known(got, wrong)
    if not close(got, -2.0):
        raise NotYet(f"{got:g} is not what the two gradients say. Divide measured by printed at one point.")
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
    X = np.array([[1.0, 1.0], [2.0, 1.0], [0.5, 1.0], [3.0, 1.0], [1.5, 1.0]])
    curvatures = np.linalg.eigvalsh(X.T @ X)
    got = attempt(X)
    if np.shape(got) != ():
        raise NotYet(
            f"One number is asked for; this has shape {np.shape(got)}. Which of its entries sets the limit?",
            "wrong shape",
        )
    got, top, low = number(got), curvatures[-1], curvatures[0]
    wrong = {
        "mean instead of sum": (2 / (2 / len(X) * top), "You have the limit of the mean loss, and the article uses half a sum. By what factor do their curvatures differ?"),
        "mean, without the 2": (2 / (top / len(X)), "The article divides nothing by n. Which of your factors comes from a mean?"),
        "flattest direction": (2 / low, "That is the flattest direction. Which direction overshoots first?"),
        "one over the curvature": (1 / top, "Half the limit: there the sharpest direction lands exactly on its minimum. How much further can it go? (Or did you double the Hessian, as for a loss without the half?)"),
        "the curvature itself": (top, "That is a curvature. The limit is a rate: the sharper the bowl, the smaller it is."),
        "trace": (2 / curvatures.sum(), "You have added up all the curvatures. Only one of them decides."),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, 2 / top):
        raise NotYet(f"For this X the limit lies elsewhere: {got:.3g} is {got * top / 2:.3g} times the true one.")
    return (
        "On our houses it is 0.00025, and the article uses 0.01, forty times too large. Divide a loss by n, and the "
        "learning rate stops depending on how much data you have."
    )


@lesson.exercise(
    "One mean and one standard deviation for each column: `axis=0`.",
    "The test houses are not sold yet. Which rows may you compute a mean from?",
    "Compute both numbers from X_train, then use the same two on both arrays.",
)
def standardize(attempt: Attempt) -> str:
    """Return X_train (n, d) and X_test (m, d) scaled so that each training column has mean 0 and deviation 1."""
    rng = np.random.default_rng(7)
    train, test = rng.normal([10, -3, 0.5], [5, 1, 0.1], (40, 3)), rng.normal([12, -2, 0.4], [6, 2, 0.2], (15, 3))
    got = attempt(train, test)
    if not isinstance(got, (tuple, list)) or len(got) != 2:
        raise NotYet("Two arrays are asked for: `return Z_train, Z_test`.", "one result")
    first, second = array(got[0], train.shape), array(got[1], test.shape)
    mean, deviation, both = train.mean(axis=0), train.std(axis=0), np.concatenate([train, test])
    if close(first, (train - mean) / deviation) and close(second, (test - test.mean(axis=0)) / test.std(axis=0)):
        raise NotYet("The test set is scaled by its own mean and deviation. With a single test house, what would come out?", "test set scaled by itself")  # fmt: skip
    wrong = {
        "leakage": ((train - both.mean(axis=0)) / both.std(axis=0), "Mean and deviation come from both sets together: the test set has leaked into training. Use the training rows alone."),
        "one scale for all columns": ((train - train.mean()) / train.std(), "All columns share one mean and one deviation, so years still tower over qualities. Which axis do you average over?"),
        "not divided": (train - mean, "The means are 0, the sizes are unchanged. What are you not dividing by?"),
        "divides by the variance": ((train - mean) / deviation**2, "You divide by the variance. In which unit is it?"),
        "min-max": ((train - train.min(axis=0)) / np.ptp(train, axis=0), "This scales each column to [0, 1], so its mean is not 0. Use mean and standard deviation."),
        "not centred": (train / deviation, "The deviations are 1, the means are not 0. What is missing?"),
    }  # fmt: skip
    reject_known(first, wrong)
    sample = train.std(axis=0, ddof=1)
    pairs = [(mean, deviation), (mean, sample)]  # either definition of the deviation is right, if used on both
    if not any(close(first, (train - m) / s) and close(second, (test - m) / s) for m, s in pairs):
        raise NotYet("Check the columns of your results: training mean 0, training deviation 1, and the test set moved by the same two numbers.")  # fmt: skip
    return "What is learned from data is learned from training data: the same discipline will matter for every model you build."


@lesson.exercise(
    "Draw |1 - rate * curvature| against the rate, once for the largest and once for the smallest curvature.",
    "At the best rate the two are equal in size: one is positive there and the other negative.",
    "Solve 1 - rate * smallest = rate * largest - 1.",
)
def fastest_rate(attempt: Attempt) -> str:
    """Return the rate that minimises the largest |1 - rate * curvature| of the mean squared error, for X (n, d)."""
    X = np.random.default_rng(5).normal(size=(30, 3)) * [1.0, 2.0, 0.5] + [0.3, 0, 0]
    curvatures = np.linalg.eigvalsh(2 / len(X) * X.T @ X)
    got, low, top = number(attempt(X)), curvatures[0], curvatures[-1]
    wrong = {
        "the limit": (2 / top, "That is the edge: the sharpest direction bounces for ever at factor -1. Step back from it, but how far?"),
        "serves the sharpest only": (1 / top, "The sharpest direction lands in one step, and the flattest still crawls. Can you trade one for the other?"),
        "serves the flattest only": (1 / low, "The flattest direction lands in one step. What happens to the sharpest?"),
        "missing the 2": (1 / (low + top), "Right idea, half the size. What is 1 - rate * smallest = rate * largest - 1 solved for the rate?"),
        "average of all curvatures": (1 / curvatures.mean(), "You have averaged all the curvatures. Only the two extremes compete for the worst factor."),
        "sum instead of mean": (2 / (low + top) * 2 / len(X), "Your curvatures belong to half the sum of squares. Ours is the mean: the Hessian is 2/n X.T @ X."),
        "missing the 2 of the Hessian": (2 * 2 / (low + top), "You use X.T @ X / n as the Hessian. Where is the 2 of the square?"),
    }  # fmt: skip
    reject_known(got, wrong)
    best = (top - low) / (top + low)
    if abs(got - 2 / (low + top)) > 1e-3 * got:
        worst = max(abs(1 - got * low), abs(1 - got * top))
        raise NotYet(f"At rate {got:.3g} the worst factor is {worst:.3f}; {best:.3f} can be reached.")
    return "The worst factor is then (k - 1) / (k + 1) for condition number k: that is why conditioning decides how long you walk."

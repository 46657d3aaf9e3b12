"""Exercises of lesson 05: tensors that never change, shapes that lie, tapes, traces, summaries, a double softmax, stopping."""

from __future__ import annotations

import contextlib
import re
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
    reject_known,
    results,
    whole,
)

lesson = Lesson("05_tensorflow_and_keras")
EXERCISES = lesson.exercises


@lesson.exercise(
    "tf.one_hot(i, n) is 1 at position i and 0 elsewhere. What do you get from t times its opposite?",
    "tf.where(mask, a, b) takes a where the mask is true. tf.range(n) == i is such a mask.",
)
def with_entry(attempt: Attempt) -> str:
    """Return a new tensor (n,) like t (n,), with value at position i."""
    rng = np.random.default_rng(51)
    cases = [
        case(np.array([3.0, 1.0, 4.0, 1.0]), 2, 9.0),
        case(np.array([3.0, 1.0, 4.0, 1.0]), 1, 9.0, note="two equal entries of t, of which the first goes"),
        case(np.array([3.0, 1.0, 4.0, 1.0]), 3, 9.0, note="two equal entries of t, of which the second goes"),
        case(np.array([5.0, 6.0]), 0, -1.0, note="two entries"),
        case(np.array([7.5]), 0, 2.015625, note="one entry"),
        case(np.array([2.5, -8.0, 0.0, 300.25, -1.0]), 4, 12.0, note="the last position of five"),
        case(np.array([2.5, -8.0, 300.25]), 0, 12.0, note="the first position of three"),
        case(np.array([2.5, -8.0, 300.25, 1.0]), 1, 0.0, note="a new value of 0"),
        case(np.array([2.5, 0.0, -300.25, 1.0, 6.0]), 1, -40.5, note="an old entry of 0"),
        case(np.array([4.0, 9.0, 2.0, 9.0, -9.0, 4.0]), 2, 9.0, note="a value that stands in t already"),
        case(np.array([4.0, -2.5, 1.0]), 1, -2.5, note="a value that stands at position i already"),
        case(_data(rng, (300,), 20.0), 270, -1234.5, note="three hundred entries"),
        case(np.array([2.5, 6.0, -1.0, 8.0]), 2, 9.0, note="another t of four entries"),
    ]
    wrong = {
        "added, not replaced": (lambda t, i, v: t + v * _hot(t, i), "The old entry is still in it: old and new have been added up. What has to go before the value comes in?"),
        "multiplied": (lambda t, i, v: t * (1 + (v - 1) * _hot(t, i)), "The old entry has been multiplied by the value. It should be replaced."),
        "taken out, not put in": (lambda t, i, v: t * (1 - _hot(t, i)), "The old entry is gone, and 0 stands in its place. How does the value come in?"),
        "added everywhere": (lambda t, i, v: t * (1 - _hot(t, i)) + v, "The value has come to every entry. What keeps it to one position?"),
        "the rest lost": (lambda t, i, v: v * _hot(t, i), "The value is in its place, and the other entries are gone. Where do they come from?"),
        "mask turned round": (lambda t, i, v: np.where(_hot(t, i) == 1, t, v), "The old entry is kept, and every other one is replaced. Which of the two does the mask choose where it is true?"),
        "as it came": (lambda t, i, v: t, "This is t as it came. A tensor never changes: what holds the new one?"),
        "counted from one": (lambda t, i, v: np.where(_hot(t, i - 1) == 1, v, t), "The entry before position i is replaced. Positions count from 0, as in every array."),
        "counted from one, round the corner": (lambda t, i, v: np.where(_hot(t, (i - 1) % len(t)) == 1, v, t), "The entry before position i is replaced, and for i = 0 the last of all. From which number do positions count?"),
        "one too far": (lambda t, i, v: np.where(_hot(t, i + 1) == 1, v, t), "The entry after position i is replaced. Positions count from 0, as in every array."),
        "counted from the end": (lambda t, i, v: np.where(_hot(t, len(t) - 1 - i) == 1, v, t), "The position is counted from the end. At which end does an array begin?"),
        "every equal entry": (lambda t, i, v: np.where(t == t[i], v, t), "With i = 1, t = [3, 1, 4, 1] becomes [3, 9, 4, 9]: every entry equal to t[i] is replaced. What marks a position, and not a value?"),
        "the first equal entry": (lambda t, i, v: np.where(_hot(t, int(np.argmax(t == t[i]))) == 1, v, t), "With i = 3, t = [3, 1, 4, 1] becomes [3, 9, 4, 1]: the first entry equal to t[3] is replaced. You are given the position; do you look for the value?"),
    }  # fmt: skip

    def ask(t: np.ndarray, i: int, value: float) -> Any:
        try:
            answer = attempt(*_tensors(t), i, value)
        except NotYet as error:
            if "item assignment" in str(error) or "no attribute 'assign'" in str(error):
                text = "A tensor takes no assignment, and that was the point: build a new one out of the old and the value."
                raise NotYet(text, "assigns to a tensor") from None
            raise
        return _one_entry_changed(answer, t, i, value)

    def right(t: np.ndarray, i: int, value: float) -> np.ndarray:
        return np.where(np.arange(len(t)) == i, value, t)

    compare(_Through(attempt, ask), right, cases, wrong, asked="t with the value at position i, all else as it was")
    _keeps_the_type(attempt)
    _lets_the_gradient_through(attempt)
    return "What never changes can be recorded: the tape that you meet further down lives on it."


@lesson.exercise(
    "y_hat.shape and y.shape can be compared with !=.",
    "raise ValueError(...) with both shapes in the message; whoever reads it should not have to guess.",
)
def safe_mse(attempt: Attempt) -> str:
    """Return the mean squared error, a scalar; ValueError with both shapes if they differ."""
    rng = np.random.default_rng(52)
    perfect = _data(rng, (4,), 30.0)
    cases = [
        case(np.array([1.0, 2.0, 4.0]), np.array([1.0, 4.0, 3.0])),
        case(_data(rng, (7,), 20.0), _data(rng, (7,), 20.0), note="seven predictions of either sign"),
        case(_data(rng, (5, 1), 8.0), _data(rng, (5, 1), 8.0), note="two columns of equal shape"),
        case(_data(rng, (1, 4), 8.0), _data(rng, (1, 4), 8.0), note="two rows of equal shape"),
        case(_data(rng, (6, 3), [1.0, 9.0, 40.0]), _data(rng, (6, 3), [1.0, 9.0, 40.0]), note="two equal shapes"),
        case(_data(rng, (2, 3, 4), 5.0), _data(rng, (2, 3, 4), 5.0), note="two equal shapes"),
        case(np.array([-2.5]), np.array([1.25]), note="one prediction"),
        case(perfect, perfect.copy(), note="perfect predictions", scale=1.0),
        case(_data(rng, (1000,), 6e4), _data(rng, (1000,), 3e4), note="a thousand prices"),
        case(_data(rng, (7,), 20.0), _data(rng, (7,), 20.0), note="seven other predictions"),
    ]
    wrong = {
        "sum, not mean": (lambda a, b: np.sum((a - b) ** 2), "That is the sum of the squares. The mean is asked for."),
        "a factor of one half": (lambda a, b: np.mean((a - b) ** 2) / 2, "Half of the mean comes out. The mean squared error has no factor in front."),
        "rooted": (lambda a, b: np.sqrt(np.mean((a - b) ** 2)), "The root has been taken. The mean of the squares is asked for."),
        "absolute, not squared": (lambda a, b: np.mean(np.abs(a - b)), "Those are absolute differences. Squared ones are asked for."),
        "not squared": (lambda a, b: np.mean(a - b), "Misses upwards and downwards cancel: nothing is squared."),
        "not squared, sign turned": (lambda a, b: np.mean(b - a), "Misses upwards and downwards cancel: where is the square?"),
        "mean before square": (lambda a, b: np.mean(a - b) ** 2, "The misses cancel in the mean, and what is left is squared. Which comes first?"),
        "variance": (lambda a, b: np.var(a - b), "That is the variance of the differences: their mean has been taken off. If every prediction is 1 too high, how large is the error?"),
        "divides by n - 1": (lambda a, b: np.sum((a - b) ** 2) / (a.size - 1), "You divide by n - 1, as for a sample variance. This is a plain mean."),
        "divides by the rows": (lambda a, b: np.sum((a - b) ** 2) / len(a), "Predictions of shape (6, 3) are 18 numbers, and their squares are summed and divided by 6. How many squares are there?"),
        "always broadcasts": (lambda a, b: np.mean((a[:, None] - b) ** 2), "Every prediction meets every label: three of them have nine differences."),
    }  # fmt: skip

    def ask(y_hat: np.ndarray, y: np.ndarray) -> Any:
        answer = attempt(*_tensors(y_hat, y))
        squares = (y_hat - y) ** 2
        shapes = {}
        if squares.ndim > 0:
            shapes["squares, not their mean"] = (squares, "One square for each prediction comes back. Their mean is asked for, one number.")  # fmt: skip
        if squares.ndim > 1:
            shapes |= {
                "a mean for each row": (squares.mean(axis=-1), f"Predictions of shape {squares.shape} are answered with a mean for each row. One number for all is asked for."),
                "a mean for each column": (squares.mean(axis=0), f"Predictions of shape {squares.shape} are answered with a mean for each column. One number for all is asked for."),
            }  # fmt: skip
        _reject_shapes(answer, shapes)
        return answer

    asked = "the mean of the squared differences"
    compare(_Through(attempt, ask), lambda a, b: np.mean((a - b) ** 2), cases, wrong, asked=asked)
    single = case(np.array(2.5), np.array(-1.25), note="two single numbers")
    try:
        compare(_Through(attempt, ask), lambda a, b: np.mean((a - b) ** 2), [single], asked=asked)
    except NotYet as error:
        if "InvalidArgumentError" not in str(error):  # Keras's loss is a mean over the last axis, and there is none
            raise
    unequal = [
        ((7,), (7, 1)), ((7, 1), (7,)), ((7,), (1, 7)), ((5,), (1,)), ((1,), (5,)), ((1,), (1, 1)), ((1, 6), (6, 1)),
        ((3, 5), (5,)), ((3, 5), (3, 1)), ((8,), (9,)), ((4, 6), (6, 4)), ((2, 6), (3, 4)),
        ((5,), ()), ((), (5,)), ((2, 3, 4), (2, 3, 1)),
    ]  # fmt: skip
    pairs = [(one, other, _tensors(_data(rng, one, 3.0), _data(rng, other, 3.0))) for one, other in unequal]
    for one, other, tensors in pairs:
        attempt.must_refuse(tuple(tensors), f"Shapes {one} and {other}", "lets shapes pass")
    for one, other, tensors in [pairs[0], pairs[1], pairs[10]]:
        said = str(attempt.error(*tensors))
        if not _tells_both(said, one, other):
            text = f"For shapes {one} and {other} the error says: {said[:100]!r}. Whoever reads it wants to see both shapes."
            raise NotYet(text, "silent error")
        if _turned_round(said, one, other):
            text = f"y_hat has shape {one} and y has {other}, and the error says: {said[:100]!r}. Which shape is whose?"
            raise NotYet(text, "shapes turned round in the error")
    return "One line of shapes costs nothing, and the bug it stops costs an afternoon."


@lesson.exercise(
    "The tape watches variables by itself. w is a tensor: what does the tape need to be told?",
    "tape.watch(w) inside the with, then the loss inside the with, then tape.gradient(loss, w).",
    "X @ w needs a column; tf.linalg.matvec(X, w) takes w (d,) as it is.",
)
def mse_gradient(attempt: Attempt) -> str:
    """Return the gradient (d,) of the mean squared error of X @ w, for tensors (d,), (n, d), (n,)."""
    rng = np.random.default_rng(53)
    fit = np.array([[2.0, -1.0], [0.0, 3.0], [5.0, 4.0]]), np.array([3.0, -2.0])
    scales = [1.0, 0.25, 9.0, 2.0, 4.0, 0.5, 1.0, 3.0]
    cases = [
        case(_data(rng, (3,)), _data(rng, (6, 3)), _data(rng, (6,))),
        case(_data(rng, (2,), 4.0), _data(rng, (5, 2), [3.0, 0.5]), _data(rng, (5,), 20.0), note="two weights"),
        case(_data(rng, (1,)), _data(rng, (4, 1)), _data(rng, (4,)), note="one weight"),
        case(_data(rng, (3,)), _data(rng, (1, 3)), _data(rng, (1,)), note="one row"),
        case(_data(rng, (3,)), _data(rng, (3, 3)), _data(rng, (3,)), note="as many rows as weights"),
        case(_data(rng, (5,)), _data(rng, (2, 5)), _data(rng, (2,)), note="fewer rows than weights"),
        case(np.zeros(4), _data(rng, (9, 4)), _data(rng, (9,)), note="all weights 0"),
        case(fit[1], fit[0], fit[0] @ fit[1], note="a perfect fit", scale=1.0),
        case(_data(rng, (8,)), _data(rng, (200, 8), scales), _data(rng, (200,), 30.0), note="two hundred rows"),
        case(
            _data(rng, (3,)), _data(rng, (6, 3)), _data(rng, (6,)), note="other numbers in the shapes of the first case"
        ),
    ]

    def true(w: np.ndarray, X: np.ndarray, y: np.ndarray) -> np.ndarray:
        return 2 / len(y) * X.T @ (X @ w - y)

    def rooted(w: np.ndarray, X: np.ndarray, y: np.ndarray) -> np.ndarray:
        return true(w, X, y) / (2 * np.sqrt(np.mean((X @ w - y) ** 2)))

    wrong = {
        "sum, not mean": (lambda w, X, y: len(y) * true(w, X, y), "That is the gradient of the sum of squares. The loss is a mean."),
        "wrong sign": (lambda w, X, y: -true(w, X, y), "The sign is turned round: that is the direction of descent, not the gradient."),
        "half the loss": (lambda w, X, y: true(w, X, y) / 2, "The factor 2 of the square is missing. Let the tape derive the loss as it is."),
        "broadcast": (lambda w, X, y: true(w, X, np.full(len(y), y.mean())), "That is the gradient where every prediction meets every label: a column (n, 1) of predictions minus labels (n,) is a square. `safe_mse` would have stopped it."),
        "a step taken": (lambda w, X, y: w - true(w, X, y), "That is w minus the gradient, the weights after a step. The gradient itself is asked for."),
        "a step of 0.1 taken": (lambda w, X, y: w - 0.1 * true(w, X, y), "Those are the weights after a step at rate 0.1. The gradient itself is asked for."),
        "labels forgotten": (lambda w, X, y: true(w, X, 0 * y), "That is the gradient of the mean of the squared predictions. Where do the labels come in?"),
        "labels added": (lambda w, X, y: true(w, X, -y), "Predictions and labels are added up before the square. Which difference is the error?"),
        "prediction, not loss": (lambda w, X, y: X.sum(axis=0), "That is the gradient of the predictions, added up. The gradient of the loss is asked for."),
        "errors, not squares": (lambda w, X, y: X.mean(axis=0), "That is the gradient of the mean error. Where is the square?"),
        "mean before square": (lambda w, X, y: 2 * np.mean(X @ w - y) * X.mean(axis=0), "The errors are averaged before they are squared, so they cancel. Which comes first?"),
        "rooted": (rooted, "That is the gradient of the root of the mean squared error. There is no root in this loss."),
        "absolute, not squared": (lambda w, X, y: X.T @ np.sign(X @ w - y) / len(y), "That is the gradient of the mean absolute error. Squares are asked for."),
        "averaged over the weights too": (lambda w, X, y: true(w, X, y) / len(w), "It is too small by the number of weights. Over what is the mean taken?"),
    }  # fmt: skip

    def ask(w: np.ndarray, X: np.ndarray, y: np.ndarray) -> Any:
        answer = _gradient_of_loss(attempt, w, X, y)
        if isinstance(answer, (list, tuple)) and len(answer) == 1 and np.ndim(answer[0]) > 0:
            raise NotYet("A list with one gradient comes back, as from tape.gradient(loss, [w]). The gradient itself is asked for.", "a list of gradients")  # fmt: skip
        r = X @ w - y
        column, n = true(w, X, y)[:, None], len(y)
        shapes = {
            "a column": (column, f"The numbers are right, and they stand in a column {column.shape}. w has shape {w.shape}, and so has its gradient."),
            "gradient in X": (2 / n * np.outer(r, w), "That is the gradient in X. Which of the three is asked for?"),
            "a gradient for each row": (2 * r[:, None] * X, f"{n} gradients come back, one a row. The loss is their mean: one number, with one gradient."),
        }  # fmt: skip
        if n != len(w):
            shapes["gradient in y"] = (-2 / n * r, "That is the gradient in y. Which of the three is asked for?")
        _reject_shapes(answer, shapes)
        if not r.any() and getattr(answer, "shape", None) == w.shape and np.isnan(np.asarray(answer)).any():
            text = "NaN comes back, and the gradient there is 0. A root has no slope at 0: is one taken, and squared again?"
            raise NotYet(text, "not finite")
        return answer

    compare(_Through(attempt, ask), true, cases, wrong, asked="the gradient in w of the mean of (X @ w - y) ** 2")
    return "Any smooth loss that you can write in TensorFlow, you can now descend."


@lesson.exercise(
    "Two tapes, one inside the other. The inner one gives the first derivative.",
    "The outer tape has to record the inner tape's gradient() call. On which side of which `with` does that line belong?",
    "Both tapes have to watch x.",
)
def curvature(attempt: Attempt) -> str:
    """Return the second derivative of f at x, both scalars (tensors), by two nested tapes."""
    import tensorflow as tf

    asked_at: list = []

    def at(x: float, note: str, f: Callable, value: float, *slopes: float) -> Any:
        recorded = _recorded(f, asked_at)
        recorded.value, recorded.slopes = value, slopes
        scale = 1.0 if slopes[1] == 0 else 1e-12
        return case(recorded, np.array(x), note=f"the function f(x) = {note} at {x:g}", scale=scale)

    sin, cos, e = np.sin(1.5), np.cos(1.5), np.exp(-0.0625)
    tanh, sech2 = np.tanh(-0.5), 1 - np.tanh(-0.5) ** 2
    cases = [
        at(1.5, "x^3 + 2 sin x", lambda x: x**3 + 2.0 * tf.sin(x), 3.375 + 2 * sin, 6.75 + 2 * cos, 9 - 2 * sin, 6 - 2 * cos),
        at(-1.25, "3 x^2 - x^4", lambda x: 3.0 * x**2 - x**4, 2.24609375, 0.3125, -12.75, 30.0),
        at(0.25, "exp(-x^2)", lambda x: tf.exp(-x * x), e, -0.5 * e, -1.75 * e, 2.875 * e),
        at(0.03125, "log x", lambda x: tf.math.log(x), np.log(0.03125), 32.0, -1024.0, 65536.0),
        at(-2.0, "1 / x", lambda x: 1.0 / x, -0.5, -0.25, -0.25, -0.375),
        at(3.0, "300 cos x", lambda x: 300.0 * tf.cos(x), 300 * np.cos(3), -300 * np.sin(3), -300 * np.cos(3), 300 * np.sin(3)),
        at(0.0, "x^2 + 5", lambda x: x * x + 5.0, 5.0, 0.0, 2.0, 0.0),
        at(0.0, "x^3 - 7 x", lambda x: x**3 - 7.0 * x, 0.0, -7.0, 0.0, 6.0),
        at(-0.5, "tanh x", lambda x: tf.tanh(x), tanh, sech2, -2 * tanh * sech2, (6 * tanh**2 - 2) * sech2),
    ]  # fmt: skip
    wrong = {
        "first derivative": (lambda f, x: f.slopes[0], "That is the first derivative. The second tape should derive it once more."),
        "squared slope": (lambda f, x: f.slopes[0] ** 2, "That is the square of the first derivative. The second derivative is something else: the slope of the slope."),
        "the value": (lambda f, x: f.value, "That is f itself."),
        "third derivative": (lambda f, x: f.slopes[2], "That is the third derivative: one tape too many has been read."),
        "added up": (lambda f, x: f.slopes[0] + f.slopes[1], "First and second derivative have been added up: a tape that is asked for two ends sums their slopes. Which one should the outer tape start from?"),
        "of the squared slope": (lambda f, x: 2 * f.slopes[0] * f.slopes[1], "That is the derivative of the squared slope. Where does the square come from?"),
        "sign lost": (lambda f, x: abs(f.slopes[1]), "The size is right and the sign is lost. Where f bends downwards, as log does, its second derivative is negative."),
        "wrong sign": (lambda f, x: -f.slopes[1], "The sign is turned round. x^2 bends upwards: what sign has its second derivative?"),
        "half": (lambda f, x: f.slopes[1] / 2, "It is half of the second derivative, as in Taylor's formula. No factor is asked for."),
        "curvature of the curve": (lambda f, x: f.slopes[1] / (1 + f.slopes[0] ** 2) ** 1.5, "That is what a geometer calls the curvature of the graph. Here it means the second derivative alone."),
        "largest step": (lambda f, x: 2 / f.slopes[1] if f.slopes[1] else np.inf, "That is 2 divided by the second derivative, the largest step. The second derivative itself is asked for."),
    }  # fmt: skip

    def ask(f: Callable, x: np.ndarray) -> Any:
        del asked_at[:]
        answer = _second_derivative(attempt, f, x)
        size = max(1.0, abs(x))
        off = [point for point in asked_at if abs(point - x) > 1e-7 * size]
        near = sorted({point for point in off if abs(point - x) < 0.1 * size})
        error = "differences between neighbours have an error that tapes have not."
        if near and len(off) < len(asked_at):
            raise NotYet(f"f is asked at {near[0]:.7g} too, and not only at {x:g}: {error}", "differences")
        if len(near) > 1:
            raise NotYet(f"f is asked at {near[0]:.7g} and {near[-1]:.7g}, and not at {x:g}: {error}", "differences")
        if off:
            raise NotYet(f"f is asked at {off[0]:g}, and its second derivative at {x:g} is asked for.", "another point")
        return answer

    compare(_Through(attempt, ask), lambda f, x: float(f.slopes[1]), cases, wrong, asked="the second derivative of f")
    return "Where it is positive, 2 divided by this number is the largest step that lesson 01 allows."


@lesson.exercise(
    "A Python number is part of the program: each new one needs a graph.",
    "Tensors share a graph if they have the same type and the same shape.",
    value=True,
)
def n_traces(answer: Any) -> str:
    """Count the traces of 1, 2, 1, tf.constant(1), tf.constant(2), tf.constant(2.0), tf.constant([1, 2])."""
    got = whole(answer)
    wrong = {
        "every call": (7, "That is one for each call. The second `1` finds the graph of the first."),
        "one too many": (6, "One too many. Does the second `1` need a new graph? And where do `tf.constant(1)` and `tf.constant(2)` differ?"),
        "one too few": (4, "One too few. Which two share a graph in your count: `1` and `2`, a float and an integer, or a pair and a single number?"),
        "two too few": (3, "Two too few. Python's `1` and `2` share no graph, neither with each other nor with a tensor; and of the four tensors not all have the same type and shape."),
        "kinds, not graphs": (2, "Two would be one graph for numbers and one for tensors. In which cases does a number, or a tensor, need one of its own?"),
        "one for all": (1, "That would hold if all seven had the same type and shape. Which differ?"),
    }  # fmt: skip
    reject_known(got, wrong)
    if got != 5:
        raise NotYet(f"You say {got}. Go through the seven and ask each: is there a graph for me already?")
    return "Two Python numbers, and three tensors that differ in type or shape. A learning rate passed as a Python number retraces at every change."


@lesson.exercise(
    "Flatten multiplies the lengths of the axes together and has no parameters.",
    "A Dense layer looks at the last axis alone: it has last * units + units parameters, and replaces that axis.",
)
def predict_summary(attempt: Attempt) -> str:
    """Return [(output shape, parameters), ...] of Flatten, if asked for, and Dense layers."""
    cases = [
        case((8, 8), [32, 10]),
        case((8, 6), [4], False, note="without Flatten"),
        case((5,), [3], note="one axis"),
        case((5,), [3, 7], False, note="one axis, without Flatten"),
        case((8, 6), [9, 300, 2], False, note="three layers, without Flatten"),
        case((4, 6, 3), [7, 2, 5], note="three axes"),
        case((4, 6, 3), [7, 2], False, note="three axes, without Flatten"),
        case((28, 28), [300, 100, 10], note="an image of 28 x 28"),
        case((2, 1), [1], note="one unit"),
        case((6, 4), [16, 16], note="two layers of equal width"),
        case((3, 5), [6, 17, 4, 260, 3, 12, 6, 2], True, note="eight layers"),
        case((8, 5), [32, 7], note="another width"),
        case((8, 1, 6), [4], False, note="an axis of length 1, without Flatten"),
        case((8, 8), [], note="no Dense layer"),
    ]
    wrong = {
        "no biases": (_written(bias=lambda d, h: 0), "The weights are counted, the biases are not. How many does a layer of 32 units have?"),
        "a bias for each input": (_written(bias=lambda d, h: d), "There is a bias for each input here. It belongs to the output: one for each unit."),
        "a bias for each layer": (_written(bias=lambda d, h: 1), "There is one bias a layer here. It belongs to the unit: each of the 32, and each of the 10, has its own."),
        "width of the first layer kept": (_written(chained=False), "Every layer is counted as if the numbers that come into the first came into it too. What comes out of the layer before it?"),
        "parameters in Flatten": (_written(in_flatten=lambda shape: int(np.prod(shape))), "Flatten only rearranges. Has it anything to learn?"),
        "Flatten changes nothing": (_written(flat_row=lambda shape: shape), "Flatten has the shape that came in. One row of numbers for each image should come out."),
        "only the first axis": (_written(seen=lambda shape: shape[0]), "8 x 8 pixels are flattened to 64 numbers: what comes into the first Dense layer?"),
        "only the last axis": (_written(seen=lambda shape: shape[-1]), "After Flatten the last axis is all there is: how many numbers come into the first Dense layer?"),
        "axes added": (_written(seen=sum, flat_row=lambda shape: (sum(shape),)), "8 x 8 pixels are not 16: the lengths of the axes are added here."),
        "Flatten missing": (_written(with_flatten=False), "Flatten is a layer too, and has a row of its own where it is asked for."),
        "Input counted": (_written(with_input=True), "The first row is the Input, which is no layer that computes: it says what comes in. Keras's summary leaves it out."),
        "flatten ignored": (_written(flattens=lambda flatten: True), "`flatten=False` asks for no Flatten, and a row of it is there all the same."),
        "never flattens": (_written(flattens=lambda flatten: False), "Flatten is asked for unless `flatten=False` is said. Where is it?"),
        "flattens anyway": (_written(dense=lambda shape: (int(np.prod(shape)),)), "Without Flatten, Dense does not see 48 numbers in (8, 6). On which axis does it act?"),
        "counted as if flattened": (_written(wide=lambda shape: int(np.prod(shape))), "Without Flatten the shapes are right, and the parameters are counted as if 48 numbers came in from (8, 6). How many does Dense look at?"),
        "an axis added": (_written(dense=lambda shape: (*shape, shape[-1])), "Without Flatten an axis comes in addition here. Dense replaces the last one."),
        "the other axes lost": (_written(dense=lambda shape: shape[-1:]), "Without Flatten the parameters are right, and axes are lost. Dense replaces the last axis: what becomes of the others?"),
        "the first axis replaced": (_written(dense=lambda shape: shape[::-1], shown=lambda shape: shape[::-1]), "Without Flatten the first axis is replaced here. On which axis does Dense act?"),
        "a layer for each row": (_written(times=lambda shape: int(np.prod(shape[:-1]))), "Without Flatten, every row of the image has weights of its own here. Dense uses the same for all."),
        "running total": (_written(total=True), "The parameters are added up from layer to layer. Each row has its own layer's."),
    }  # fmt: skip

    def ask(*args: Any) -> str:
        return _text(_rows(attempt(*args)))

    def on_text(function: Callable) -> Callable:
        return lambda *args: _text(function(*args))

    known = {name: (on_text(function), message) for name, (function, message) in wrong.items()}
    asked = "for each layer the shape that comes out and the number of its weights and biases"
    compare(_Through(attempt, ask), on_text(_written()), cases, known, asked=asked)
    return "A model without its Flatten gives eight rows of logits for an image: whoever predicts the shape sees it before `fit` refuses."


@lesson.exercise(
    "The best that the model can do is a probability of 1 for the true class and 0 for the others.",
    "Taken for logits, those numbers go through a softmax: e^1 against k - 1 times e^0.",
)
def floor_of_double_softmax(attempt: Attempt) -> str:
    """Return the smallest cross-entropy, a float, if probabilities are taken for logits."""
    e = np.e

    def right(k: int) -> float:
        return np.log(e + k - 1) - 1

    cases = [
        case(10),
        case(3, note="three classes"),
        case(2, note="two classes"),
        case(26, note="as many classes as letters"),
        case(1000, note="a thousand classes"),
        case(3000, note="three thousand classes"),
        case(1, note="a single class", scale=1.0),
    ]
    rounded = "Good to a few places only. Which formula gives the number itself?"
    wrong = {
        "zero": (lambda k: 0.0, "Zero would need a logit that is infinitely far above the others. How far above them can a probability be?"),
        "the first loss": (lambda k: np.log(k), "That is the loss of a model that knows nothing, as in lesson 04. This one is sure and right."),
        "sure and wrong": (lambda k: np.log(e + k - 1), "That is the loss where the true class has probability 0. What goes into the softmax for it when the model is sure and right?"),
        "a probability": (lambda k: e / (e + k - 1), "That is the probability that the true class gets. Its surprise is asked for."),
        "wrong sign": (lambda k: 1 - np.log(e + k - 1), "A loss is not negative here: the surprise is minus the logarithm."),
        "one class too many": (lambda k: np.log(e + k) - 1, "There is one class too many in the sum: of k classes, one is the true one. How many are left?"),
        "one class too few": (lambda k: np.log(e + k - 2) - 1, "There is one class too few in the sum: of k classes, one is the true one. How many are left?"),
        "two classes": (lambda k: np.log(1 + np.exp(-1)), "That holds for two classes."),
        "ten classes": (lambda k: np.log(e + 9) - 1, "It fits ten classes and no other number. Where does `n_classes` come in?"),
        "the number in the text": (lambda k: 1.46, "1.46 is what a learning curve shows for ten classes. What is it for `n_classes`, and which formula gives it?"),
        "the number in the text, 1.461": (lambda k: 1.461, "1.461 is the number for ten classes, to three places. What is it for `n_classes`, and which formula gives it?"),
        "bits": (lambda k: right(k) / np.log(2), "That is in bits. The losses of this course use the natural logarithm."),
        "base ten": (lambda k: right(k) / np.log(10), "That is with the logarithm to base ten. The losses of this course use the natural one."),
        "divided by the classes": (lambda k: right(k) / k, "The surprise of the true class is divided by the number of classes. How many terms of a cross-entropy are not 0?"),
        "rounded": (lambda k: round(right(k), 2), rounded),
        "rounded to three places": (lambda k: round(right(k), 3), rounded),
        "rounded to four places": (lambda k: round(right(k), 4), rounded),
    }  # fmt: skip
    compare(
        attempt, right, cases, wrong, asked="the surprise of a true class that is sure and right, after two softmaxes"
    )
    return "1.461 for ten classes. A loss that settles there, while the accuracy is fine, has met a second softmax."


@lesson.exercise(
    "Keep three things: the best loss so far, its epoch, and how long ago it was.",
    "Training ends when the current epoch is `patience` epochs after the best one.",
    "A loss that equals the best is not a new best. If patience never runs out, training ends with the last epoch.",
)
def stops_at(attempt: Attempt) -> str:
    """Return (the epoch after which training ends, the best epoch), ints counted from 1."""
    rng = np.random.default_rng(58)
    epochs = np.arange(400)
    long = 2000 * np.exp(-epochs / 90) + 6 * np.maximum(0, epochs - 300) + rng.normal(0, 9, 400)
    cases = [
        case([5.0, 3.0, 4.0, 3.5, 2.0, 2.0, 2.5, 2.4, 2.9, 1.0], 3),
        case([3.0, 2.0, 1.0], 5, note="a patience that never runs out"),
        case([4.0, 2.0, 3.0, 2.5], 3, note="one epoch short of patience"),
        case(
            [5.0, 6.0, 7.0, 4.0, 5.0, 6.0, 3.0, 9.0, 8.0, 9.0], 3, note="a patience that runs out with the last epoch"
        ),
        case([0.9], 2, note="one epoch"),
        case([4.0, 3.0, 3.5, 1.0], 1, note="a patience of 1"),
        case([1.0, 2.0, 3.0, 4.0, 5.0], 2, note="a first epoch that is the best"),
        case([2.0, 2.0, 2.0, 2.0, 2.0], 2, note="equal losses throughout"),
        case([-1.0, -3.0, -2.0, -2.5, -4.5, -4.0, -1.0, -2.0, -6.0], 3, note="losses below 0"),
        case(
            [0.5, 0.499998, 0.499996, 0.499999, 0.499994, 0.7, 0.6, 0.4],
            2,
            note="new bests that are only a little better",
        ),
        case([6.0, 7.0, 6.5, 8.0, 5.0, 9.0, 9.0, 9.0, 9.0, 2.0], 4, note="a new best in the last moment"),
        case([3e12, 4e12, 5e12, 700.0, 900.0], 2, note="large losses"),
        case([round(float(loss), 3) for loss in long], 25, note="four hundred epochs"),
        case([2.0, 3.0, 2.0, 4.0, 5.0, 1.0], 3, note="a tie with the best while it waits"),
    ]
    wrong = {
        "counted from zero": (_moved(-1, -1), "Epochs are counted from 1 here."),
        "past the last epoch": (_ended_at(1), "Where patience never runs out, the end is one past the last epoch. How many epochs are there?"),
        "short of the last epoch": (_ended_at(-1), "Where patience never runs out, the end is one epoch too early. Which epoch was the last?"),
        "best counted from zero": (_moved(0, -1), "The best epoch is one too small: counted from 0, and the end from 1."),
        "end counted from zero": (_moved(-1, 0), "The end is one too small: counted from 0, and the best epoch from 1."),
        "end one too far": (_moved(1, 0), "The end is one too large. It is the last epoch that is trained, not the first that is not."),
        "one too patient": (_walked(extra=1), "It waits one epoch too long: with patience 3, the third epoch without a new best is the last."),
        "one too impatient": (_walked(extra=-1), "It stops one epoch too early: with patience 3, the third epoch without a new best is the last."),
        "patience ignored": (lambda losses, patience: _walked()(losses, 1), "It stops at the first epoch without a new best. What is `patience` for?"),
        "a tie is a new best": (_walked(better=lambda loss, best: loss <= best), "An epoch that equals the best so far counts as a new best. Is it better?"),
        "a tie starts afresh": (_walked(waits=lambda loss, best: loss > best), "The best epoch is right, but an epoch that equals the best so far starts the waiting afresh. Does it bring a new best?"),
        "a tie does not count": (_walked(waits=lambda loss, best: loss > best, skipped=lambda loss, best: loss == best), "The best epoch is right, but an epoch that equals the best so far leaves the waiting as it is. Does it bring a new best?"),
        "a tie moves the best": (_walked(better=lambda loss, best: loss <= best, waits=lambda loss, best: loss >= best), "An epoch that equals the best so far counts for patience, as it should, and as the best epoch too. Is it better?"),
        "no fresh start": (_walked(afresh=False), "The epochs without a new best are added up over the whole run. What does a new best do to that count?"),
        "compared with the epoch before": (_epoch_before, "Each loss is compared with the one before it. With which should it be compared?"),
        "compared with patience epochs ago": (_epochs_ago, "Each loss is compared with the one `patience` epochs ago. A best in between is overlooked: with which should it be compared?"),
        "never stops": (lambda losses, patience: (len(losses), int(np.argmin(losses)) + 1), "It never stops before the last epoch, and its best is that of the whole run. What happens when patience runs out?"),
        "best after the end": (lambda losses, patience: (_walked()(losses, patience)[0], int(np.argmin(losses)) + 1), "The end is right; the best is looked for after it too. Training that has stopped never sees those losses."),
        "best counted back": (lambda losses, patience: (_walked()(losses, patience)[0], _walked()(losses, patience)[0] - patience), "The end is right, and so is the best epoch where patience runs out. Where it never does, as for [3, 2, 1] and patience 5, the best epoch is not `patience` before the end."),
        "beyond the last epoch": (lambda losses, patience: (_walked()(losses, patience)[1] + patience, _walked()(losses, patience)[1]), "Where patience never runs out, the end lies beyond the last epoch. How many epochs are there?"),
        "best epoch twice": (lambda losses, patience: (_walked()(losses, patience)[1],) * 2, "Both numbers are the best epoch. Training goes on for a while after it."),
        "end twice": (lambda losses, patience: (_walked()(losses, patience)[0],) * 2, "Both numbers are the end. Which epoch was the best?"),
        "swapped": (lambda losses, patience: _walked()(losses, patience)[::-1], "The two numbers are swapped: the end first, then the best epoch."),
    }  # fmt: skip

    def ask(losses: list[float], patience: int) -> Any:
        end, best = results(attempt(losses, patience), 2, "the end and the best epoch")
        epoch = _walked()(losses, patience)[1]
        if isinstance(best, (float, np.floating)) and best == losses[epoch - 1] and best != epoch:
            text = f"The second result is {best:g}, the best loss. Its epoch is asked for."
            raise NotYet(text, "the loss, not its epoch")
        return end, best

    asked = "the epoch after which training ends, and the best epoch up to there"
    compare(_Through(attempt, ask), _walked(), cases, wrong, asked=asked)
    return "The same rule as Keras's EarlyStopping: it looks at the best so far, never at the epoch before."


class _Through:
    """A learner's function as `ask` calls it; its name and how it describes its call stay the attempt's."""

    def __init__(self, attempt: Attempt, ask: Callable) -> None:
        self.attempt, self.ask = attempt, ask

    def __getattr__(self, name: str) -> Any:
        return getattr(self.attempt, name)

    def __call__(self, *args: Any) -> Any:
        return self.ask(*args)


def _data(rng: np.random.Generator, shape: tuple[int, ...], scale: Any = 1.0) -> np.ndarray:
    """Return normal numbers of that scale, as multiples of 1/64, which float32 holds exactly."""
    return np.round(64 * rng.normal(size=shape) * scale) / 64


def _tensors(*values: np.ndarray) -> list:
    """Return each value as a tensor in float32, the type that the lesson uses throughout."""
    import tensorflow as tf

    return [tf.constant(value, tf.float32) for value in values]


def _reject_shapes(answer: Any, wrong: dict[str, tuple[np.ndarray, str]]) -> None:
    """Raise `NotYet` if `answer` equals one of `wrong`, name to (value, message), whose shapes are not the one asked for."""
    for name, (value, message) in wrong.items():
        try:
            found = array(answer, value.shape)
        except NotYet:
            continue
        if close(found, value):
            raise NotYet(message, name)


def _hot(t: np.ndarray, i: int) -> np.ndarray:
    """Return 1 at position i, if there is one, and 0 elsewhere, as tf.one_hot does."""
    return (np.arange(len(t)) == i).astype(float)


def _one_entry_changed(answer: Any, t: np.ndarray, i: int, value: float) -> Any:
    """Return `answer`, a tensor; raises `NotYet` where it is none, or holds one entry more or less than `t`."""
    import tensorflow as tf

    if isinstance(answer, tf.Variable):
        text = "A tensor is asked for; this is a variable, a box whose content can change. What hands out the tensor in it?"
        raise NotYet(text, "a variable")
    if not isinstance(answer, tf.Tensor):
        kind = type(answer).__name__
        text = f"A tensor is asked for; this is of type `{kind}`. A tape would lose sight of what goes through NumPy or a list."
        raise NotYet(text, "not a tensor")
    n = f"{len(t)} entries come in and {len(t)} have to come out"
    shapes = {
        "inserted": (np.insert(t, i, value), f"One entry too many comes back, the old one still among them: {n}. Where does what follows position i begin?"),
        "left out": (np.delete(t, i), f"One entry too few comes back, and the value is not among them: {n}. What stands between the two ends?"),
    }  # fmt: skip
    _reject_shapes(answer, shapes)
    return answer


def _lets_the_gradient_through(attempt: Attempt) -> None:
    """Raise `NotYet` where the result does not hang on t for a tape: each entry but the replaced one has slope 1."""
    import tensorflow as tf

    for entries, i in (([3.0, 1.0, 4.0, 1.5], 2), ([0.5, -2.0], 0)):
        t = tf.constant(entries)
        with tf.GradientTape() as tape:
            tape.watch(t)
            total = tf.reduce_sum(attempt(t, i, 9.0))
        try:
            slope = tape.gradient(total, t)
        except Exception as error:
            text = f"The entries are right, and TensorFlow knows no gradient for one of the operations on the way ({str(error)[:100]}). Which other operations do the same?"
            raise NotYet(text, "operation without a gradient") from None
        if slope is None:
            text = "The entries are right, and the way back to t is lost: a gradient through the result would be `None`. What passes through `numpy()`, a list of numbers or a new variable leaves no record. Which operations of TensorFlow do the same?"
            raise NotYet(text, "leaves TensorFlow")
        want = np.array([float(place != i) for place in range(len(entries))])
        if not close(array(tf.convert_to_tensor(slope), want.shape), want):
            text = f"The entries are right, and the slopes are not: moving an entry of t by 1 should move the same entry of the result by 1, except at position {i}. Does every entry come from t itself?"
            raise NotYet(text, "entries do not come from t")


def _keeps_the_type(attempt: Attempt) -> None:
    """Raise `NotYet` if a result has another type of numbers than t; one that refuses a type aloud is left alone.

    `tf.one_hot` hands out float32, and TensorFlow itself says that this does not mix with other types.
    """
    import tensorflow as tf

    for kind, entries, value in (
        (tf.float32, [0.75, -2.0, 8.5], 3.25),
        (tf.float64, [1 / 3, -2.5, 1e10 + 1 / 7], 0.375),
        (tf.int32, [16_777_217, -3, 40], 33_554_435),
    ):
        t = tf.constant(entries, kind)
        try:
            answer = attempt(t, 1, value)
        except NotYet as error:
            if error.name == "raises":
                continue
            raise
        found = _one_entry_changed(answer, t.numpy(), 1, value)
        if found.dtype != kind:
            text = f"t holds numbers of type {kind.name}, and the result's are {found.dtype.name}. It should be like t in this too."
            raise NotYet(text, "another type of numbers")
        want = np.array([entries[0], value, entries[2]], kind.as_numpy_dtype)
        if found.shape != want.shape or not np.allclose(found.numpy(), want, rtol=1e-14, atol=0):
            text = f"For t of type {kind.name} the result has lost digits: do they go through another type on the way?"
            raise NotYet(text, "digits lost")


def _tells_both(message: str, one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Return whether the numbers of both shapes stand in `message`, one shape after the other, in either order."""
    found = [int(digits) for digits in re.findall(r"\d+", message)]

    def after(start: int, shape: tuple[int, ...]) -> int | None:
        places = range(start, len(found) - len(shape) + 1)
        return next((place + len(shape) for place in places if tuple(found[place : place + len(shape)]) == shape), None)

    for first, second in ((one, other), (other, one)):
        middle = after(0, first)
        if middle is not None and after(middle, second) is not None:
            return True
    return False


def _turned_round(message: str, one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Return whether `message` gives y_hat, of shape `one`, the shape of y and y that of y_hat.

    Only a name and a shape, twice, are read so; where the names stand otherwise, nobody can say.
    """
    kinds = (
        r"(?P<y_hat>y_?hat|y_?pred\w*|predict\w*)|(?P<y>\by\b|y_?true|labels?|targets?)|(?P<shape>[(\[][\d, ]+[)\]])"
    )
    found: list[tuple[str, str]] = []
    for part in re.finditer(kinds, message, re.IGNORECASE):
        if found and part.lastgroup != "shape" and found[-1][0] != "shape":
            found.pop()  # of several names before a shape, the last one is its own
        found.append((str(part.lastgroup), part.group()))
    if len(found) != 4:
        return False
    if found[0][0] == "shape":
        found = [found[1], found[0], found[3], found[2]]
    if {found[0][0], found[2][0]} != {"y_hat", "y"} or found[1][0] != "shape" or found[3][0] != "shape":
        return False
    shapes = {found[at][0]: tuple(map(int, re.findall(r"\d+", found[at + 1][1]))) for at in (0, 2)}
    return shapes == {"y_hat": other, "y": one}


def _has_left_tensorflow(error: NotYet) -> bool:
    """Return whether a tape was asked to derive something that is no tensor."""
    return bool(re.search(r"object has no attribute '(_id|dtype)'|`type_value`", str(error)))


def _gradient_of_loss(attempt: Attempt, w: np.ndarray, X: np.ndarray, y: np.ndarray) -> Any:
    try:
        return attempt(*_tensors(w, X, y))
    except NotYet as error:
        if error.name == "no return" or "NoneType" in str(error):
            text = "The result is None. If it is returned at all, no recorded path leads from w to the loss: is w watched before the loss, is all of it TensorFlow, and do you ask for what is watched?"
            raise NotYet(text, "not recorded") from None
        if _has_left_tensorflow(error):
            text = "The loss is no tensor: it has left TensorFlow, for NumPy or plain Python, and no tape can walk back from there."
            raise NotYet(text, "left TensorFlow") from None
        if re.search(
            r"must be >= 2|is not a matrix|different ndims", str(error)
        ):  # with oneDNN, without a second axis, without oneDNN
            text = f"`@` and tf.matmul want two matrices, and w has shape {w.shape}. The section above names the product of a matrix and a vector."
            raise NotYet(text, "a vector is no matrix") from None
        raise


def _second_derivative(attempt: Attempt, f: Callable, x: np.ndarray) -> Any:
    try:
        return attempt(f, *_tensors(x))
    except NotYet as error:
        if "received None" in str(error):
            text = "The inner tape recorded nothing, so there is no first derivative to go on from: does it watch x, and is f(x) computed inside it?"
            raise NotYet(text, "inner tape recorded nothing") from None
        if error.name == "no return":
            text = "The answer is None. If it is returned at all, the outer tape recorded nothing: the first derivative must be computed inside the outer with, from an x that both watch."
            raise NotYet(text, "outer tape recorded nothing") from None
        if "NoneType" in str(error):
            text = "A tape answers None, and the code goes on with it as with a number. Does each tape watch x before f is called, and is the first derivative computed inside the outer with?"
            raise NotYet(text, "a tape answers None") from None
        if _has_left_tensorflow(error):
            text = "A tape is asked to derive what is no tensor: f(x) or its slope has left TensorFlow, for NumPy or plain Python, and no tape can walk back from there."
            raise NotYet(text, "left TensorFlow") from None
        raise


def _recorded(f: Callable, points: list) -> Callable:
    """Return `f`, which notes in `points` where it is asked; while a graph is drawn, no number is known."""

    def recorded(x: Any) -> Any:
        with contextlib.suppress(Exception):
            points.extend(np.ravel(x).tolist())
        return f(x)

    return recorded


def _written(
    bias: Callable = lambda d, h: h,
    seen: Callable | None = None,
    flat_row: Callable | None = None,
    in_flatten: Callable = lambda shape: 0,
    flattens: Callable = lambda flatten: flatten,
    dense: Callable | None = None,
    wide: Callable | None = None,
    shown: Callable | None = None,
    times: Callable = lambda shape: 1,
    chained: bool = True,
    total: bool = False,
    with_flatten: bool = True,
    with_input: bool = False,
) -> Callable:
    """Return a function that writes the summary; without arguments the right one, with one of them a known wrong one.

    Without Flatten, `dense` says what becomes of a shape before its last axis is replaced, `shown` how the result is written,
    and `wide` how many numbers are counted as coming in.
    """

    def rows(input_shape: tuple[int, ...], units: list[int], flatten: bool = True) -> list:
        shape, out, sum_so_far = tuple(input_shape), [], 0
        flatten = flattens(flatten)
        if with_input:
            out.append(((None, *shape), 0))
        if flatten:
            width = seen(shape) if seen else int(np.prod(shape))
            row = flat_row(shape) if flat_row else (int(np.prod(shape)),)
            if with_flatten:
                out.append(((None, *row), in_flatten(shape)))
            shape = (width,)
        else:
            shape = dense(shape) if dense else shape
            width = wide(shape) if wide else shape[-1]
        for h in units:
            count = times(shape) * (width * h + bias(width, h))
            sum_so_far += count
            shape = (*shape[:-1], h)
            written = shown(shape) if shown and not flatten else shape
            out.append(((None, *written), sum_so_far if total else count))
            width = h if chained else width
        return out

    return rows


def _parts(value: Any) -> list | None:
    """Return what a list, a tuple, an array or Keras's own kind of shape holds; None for anything else."""
    if type(value).__name__ == "TensorShape":
        value = tuple(value)
    if isinstance(value, (list, tuple)) or (isinstance(value, np.ndarray) and value.ndim):
        return list(value)
    return None


def _rows(value: Any) -> list[tuple[tuple, int]]:
    """Return the learner's rows as pairs of a shape and a number; raises `NotYet` where they are something else."""
    rows = _parts(value)
    pairs = None if rows is None else [_parts(row) for row in rows]
    if pairs is None or any(pair is None or len(pair) != 2 or _parts(pair[0]) is None for pair in pairs):
        text = "A list of pairs is asked for, each a shape and then a number, such as ((None, 64), 0)."
        raise NotYet(text, "not a list of pairs")
    shapes = [_parts(shape) for shape, _ in pairs]
    if any(len(shape) > 0 and isinstance(shape[0], str) and shape[0].strip("'\" ") == "None" for shape in shapes):
        raise NotYet("A shape begins with a text, 'None'. None itself is asked for, without quotation marks.", "None as text")  # fmt: skip
    if any(len(shape) == 0 or shape[0] is not None for shape in shapes):
        raise NotYet("Each shape begins with None, the batch: its size is not the model's business.", "batch missing")
    for shape, _ in pairs:
        if isinstance(shape, (list, np.ndarray)):
            kind = "a list" if isinstance(shape, list) else "an array"
            text = f"A shape comes back as {kind}, {list(shape)}. Shapes are tuples: [None, 64] == (None, 64) is False."
            raise NotYet(text, "shapes are not tuples")
    return [
        ((None, *(whole(n) for n in shape[1:])), whole(count)) for shape, (_, count) in zip(shapes, pairs, strict=True)
    ]


def _text(rows: Sequence) -> str:
    """Return rows as one line: any two summaries can then be compared, whatever their shapes."""
    return ", ".join(f"({shape}, {count})" for shape, count in rows)


def _walked(
    better: Callable = lambda loss, best: loss < best,
    waits: Callable | None = None,
    extra: int = 0,
    afresh: bool = True,
    skipped: Callable = lambda loss, best: False,
) -> Callable:
    """Return early stopping as a function; without arguments the right one, with some of them a known wrong one."""

    def ends(losses: Sequence[float], patience: int) -> tuple[int, int]:
        best, best_epoch, wait = float("inf"), 1, 0
        for epoch, loss in enumerate(losses, start=1):
            waiting = waits(loss, best) if waits else not better(loss, best)
            if waiting:
                wait += 1
            elif afresh and not skipped(loss, best):
                wait = 0
            if better(loss, best):
                best, best_epoch = loss, epoch
            if wait >= patience + extra:
                break
        return epoch, best_epoch

    return ends


def _moved(end: int, best: int) -> Callable:
    """Return early stopping with its two results moved by so much."""
    right = _walked()
    return lambda losses, patience: (right(losses, patience)[0] + end, right(losses, patience)[1] + best)


def _ended_at(moved: int) -> Callable:
    """Return early stopping with its end moved by so much where patience never runs out."""

    def ends(losses: Sequence[float], patience: int) -> tuple[int, int]:
        end, best = _walked()(losses, patience)
        return (end if end - best == patience else end + moved), best

    return ends


def _epoch_before(losses: Sequence[float], patience: int) -> tuple[int, int]:
    """Return where training ends if each loss is compared with the one before it."""
    wait, before, end = 0, float("inf"), 0
    for loss in losses:
        wait = 0 if loss < before else wait + 1
        before, end = loss, end + 1
        if wait >= patience:
            break
    return end, int(np.argmin(losses[:end])) + 1


def _epochs_ago(losses: Sequence[float], patience: int) -> tuple[int, int]:
    """Return where training ends if each loss is compared with the one `patience` epochs before it."""
    rising = [i for i in range(patience, len(losses)) if losses[i] >= losses[i - patience]]
    end = rising[0] + 1 if rising else len(losses)
    return end, int(np.argmin(losses[:end])) + 1

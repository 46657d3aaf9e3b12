"""Exercises of lesson 05: tensors that never change, shapes that lie, tapes, traces, summaries, a double softmax, stopping."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_utils.checking import Attempt, Lesson, NotYet, array, close, number, reject_known

lesson = Lesson("05_tensorflow_and_keras")
EXERCISES = lesson.exercises


@lesson.exercise(
    "tf.one_hot(i, n) is 1 at position i and 0 elsewhere. What do you get from t times its opposite?",
    "tf.where(mask, a, b) takes a where the mask is true. tf.range(n) == i is such a mask.",
)
def with_entry(attempt: Attempt) -> str:
    """Return a new tensor (n,) like t (n,), with value at position i."""
    import tensorflow as tf

    t = tf.constant([3.0, 1.0, 4.0, 1.0])
    try:
        answer = attempt(t, 2, 9.0)
    except NotYet as error:
        if "item assignment" in str(error):
            text = "A tensor takes no assignment, and that was the point: build a new one out of the old and the value."
            raise NotYet(text, "assigns to a tensor") from None
        raise
    if not tf.is_tensor(answer) or isinstance(answer, tf.Variable):
        kind = type(answer).__name__
        text = f"A tensor is asked for; this is a {kind}. A tape would lose sight of what goes through NumPy or a list."
        raise NotYet(text, "not a tensor")
    got = array(answer, (4,))
    wrong = {
        "added, not replaced": ([3, 1, 13, 1], "The old entry is still in it: 4 and 9 have been added up. What has to go before the value comes in?"),
        "multiplied": ([3, 1, 36, 1], "The old entry has been multiplied by the value. It should be replaced."),
        "counted from one": ([3, 9, 4, 1], "Position i counts from 0, as in every array."),
        "the rest lost": ([0, 0, 9, 0], "The value is in its place, and the other entries are gone. Where do they come from?"),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, [3, 1, 9, 1]):
        raise NotYet(f"For t = [3, 1, 4, 1], i = 2 and value 9 you return {got.tolist()}.")
    if not close(array(attempt(tf.constant([5.0, 6.0]), 0, -1.0), (2,)), [-1, 6]):
        raise NotYet("It fits four entries and not two.", "fixed length")
    equals = array(attempt(t, 1, 9.0), (4,))
    if close(equals, [3, 9, 4, 9]):
        text = "With i = 1, t = [3, 1, 4, 1] becomes [3, 9, 4, 9]: every entry equal to t[i] is replaced. What marks a position, and not a value?"
        raise NotYet(text, "every equal entry")
    if not close(equals, [3, 9, 4, 1]):
        raise NotYet(f"For t = [3, 1, 4, 1], i = 1 and value 9 you return {equals.tolist()}.")
    return "What never changes can be recorded: the tape of the next section lives on it."


@lesson.exercise(
    "y_hat.shape and y.shape can be compared with !=.",
    "raise ValueError(...) with both shapes in the message; whoever reads it should not have to guess.",
)
def safe_mse(attempt: Attempt) -> str:
    """Return the mean squared error, a scalar; ValueError with both shapes if they differ."""
    import tensorflow as tf

    y_hat, y = tf.constant([1.0, 2.0, 4.0]), tf.constant([1.0, 4.0, 3.0])
    got = number(attempt(y_hat, y))
    wrong = {
        "sum, not mean": (5.0, "That is the sum of the squares. The mean is asked for."),
        "a factor of one half": (5 / 6, "Half of the mean comes out. The mean squared error has no factor in front."),
        "rooted": (np.sqrt(5 / 3), "The root has been taken. The mean of the squares is asked for."),
        "absolute, not squared": (1.0, "Those are absolute differences. Squared ones are asked for."),
        "always broadcasts": (float(np.mean((np.array([[1.0], [2], [4]]) - [1.0, 4, 3]) ** 2)), "Every prediction meets every label: the difference has shape (3, 3)."),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, 5 / 3):
        raise NotYet(f"For predictions [1, 2, 4] and labels [1, 4, 3] you return {got:.4g}.")
    for other in (y[:, None], y[None], y[:1]):
        said = attempt.error(y_hat, other)
        if said is None:
            text = f"Shapes (3,) and {tuple(other.shape)} pass without a word. Which line should stop them?"
            raise NotYet(text, "lets shapes pass")
        if not isinstance(said, ValueError):
            text = f"Unequal shapes stop it with {type(said).__name__}. A ValueError is asked for: callers catch errors by their kind."
            raise NotYet(text, "wrong kind of error")
    if not all(part in str(said) for part in ("3", "1")):
        raise NotYet("The error does not say which shapes it received. Put both into its message.", "silent error")
    return "One line of shapes costs nothing, and the bug it stops costs an afternoon."


@lesson.exercise(
    "The tape watches variables by itself. w is a tensor: what does the tape need to be told?",
    "tape.watch(w) inside the with, then the loss inside the with, then tape.gradient(loss, w).",
    "X @ w needs a column; tf.linalg.matvec(X, w) takes w (d,) as it is.",
)
def mse_gradient(attempt: Attempt) -> str:
    """Return the gradient (d,) of the mean squared error of X @ w, for tensors (d,), (n, d), (n,)."""
    import tensorflow as tf

    rng = np.random.default_rng(3)
    X, y, w = rng.normal(size=(6, 3)), rng.normal(size=6), rng.normal(size=3)
    try:
        got = attempt(tf.constant(w), tf.constant(X), tf.constant(y))
    except NotYet as error:
        if error.name == "no return":
            text = "The result is None. No recorded path leads from w to the loss: is w watched before the loss, is all of it TensorFlow, and do you ask for what is watched?"
            raise NotYet(text, "not recorded") from None
        if "_id'" in str(error):
            text = "The loss is no tensor: it has left TensorFlow, for NumPy or plain Python, and no tape can walk back from there."
            raise NotYet(text, "left TensorFlow") from None
        raise
    if tf.is_tensor(got) and got.shape == (6, 3):
        raise NotYet("That is the gradient in X. Which of the three is asked for?", "gradient in X")
    got, r = array(got, (3,)), X @ w - y
    true = 2 / 6 * X.T @ r
    square = (X @ w)[None] - y[:, None]
    wrong = {
        "sum, not mean": (6 * true, "That is the gradient of the sum of squares. The loss is a mean."),
        "wrong sign": (-true, "The sign is turned round: that is the direction of descent, not the gradient."),
        "half the loss": (true / 2, "The factor 2 of the square is missing. Let the tape derive the loss as it is."),
        "broadcast": (2 * X.T @ square.mean(axis=0) / 6, "The predictions have shape (6, 1) and the labels (6,): their difference is a square. `safe_mse` would have stopped it."),
        "a step taken": (w - true, "That looks like the weights after a step. The gradient itself is asked for."),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, true):
        raise NotYet(f"The tape's result differs from 2/n X'(Xw - y) by up to {np.abs(got - true).max():.2g}.")
    return "Any loss that you can compute, you can now descend."


@lesson.exercise(
    "Two tapes, one inside the other. The inner one gives the first derivative.",
    "The outer tape has to record the inner tape's gradient() call. On which side of which `with` does that line belong?",
    "Both tapes have to watch x.",
)
def curvature(attempt: Attempt) -> str:
    """Return the second derivative of f at x, both scalars (tensors), by two nested tapes."""
    import tensorflow as tf

    def f(x: Any) -> Any:
        return x**3 + 2.0 * tf.sin(x)

    x = 1.5
    try:
        got = number(attempt(f, tf.constant(x, tf.float64)))
    except NotYet as error:
        if "received None" in str(error):
            text = "The inner tape recorded nothing, so there is no first derivative to go on from: does it watch x, and is f(x) computed inside it?"
            raise NotYet(text, "inner tape recorded nothing") from None
        if error.name == "no return" or "NoneType" in str(error):
            text = "The outer tape recorded nothing, so the answer is None. The first derivative must be computed inside the outer with, from an x that both watch."
            raise NotYet(text, "outer tape recorded nothing") from None
        raise
    first, second = 3 * x**2 + 2 * np.cos(x), 6 * x - 2 * np.sin(x)
    wrong = {
        "first derivative": (first, "That is the first derivative. The second tape should derive it once more."),
        "squared slope": (first**2, "That is the square of the first derivative. The second derivative is something else: the slope of the slope."),
        "the value": (x**3 + 2 * np.sin(x), "That is f itself."),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, second, 1e-3):
        raise NotYet(f"For f(x) = x^3 + 2 sin(x) at 1.5 you return {got:.4g}.")
    if not close(got, second, 1e-9):
        raise NotYet("Close, but only close: differences have an error that tapes have not.", "differences")
    return "2 divided by this number is the largest step that lesson 01 allows."


@lesson.exercise(
    "A Python number is part of the program: each new one needs a graph.",
    "Tensors share a graph if they have the same type and the same shape.",
    value=True,
)
def n_traces(answer: Any) -> str:
    """Count the traces of 1, 2, 1, tf.constant(1), tf.constant(2), tf.constant(2.0), tf.constant([1, 2])."""
    got = number(answer)
    wrong = {
        "every call": (7, "That is one for each call. The second `1` finds the graph of the first."),
        "one for all": (1, "That would hold if all seven had the same type and shape. Which differ?"),
        "types forgotten": (4, "One too few. Have a float and an integer the same graph? And a pair and a single number?"),
        "each tensor": (6, "One too many: `tf.constant(1)` and `tf.constant(2)` differ in value alone."),
        "numbers shared": (3, "Python's `1` and `2` do not share a graph with each other, nor with the tensors."),
    }  # fmt: skip
    reject_known(got, wrong)
    if got != 5:
        raise NotYet(f"You say {got:g}. Go through the seven and ask each: is there a graph for me already?")
    return "Two Python numbers, and three tensors that differ in type or shape. A learning rate passed as a Python number retraces at every change."


@lesson.exercise(
    "Flatten multiplies the lengths of the axes together and has no parameters.",
    "A Dense layer looks at the last axis alone: it has last * units + units parameters, and replaces that axis.",
)
def predict_summary(attempt: Attempt) -> str:
    """Return [(output shape, parameters), ...] of Flatten, if asked for, and Dense layers."""
    got = _rows(attempt((8, 8), [32, 10]))
    if len(got) == 4 and got[0] == ((None, 8, 8), 0):
        raise NotYet("The first row is the Input, which is no layer that computes: it says what comes in. Keras's summary leaves it out.", "Input counted")  # fmt: skip
    _count_rows(got, 3)
    right = [((None, 64), 0), ((None, 32), 2080), ((None, 10), 330)]
    parameters = [count for _, count in got]
    if any(len(shape) == 0 or shape[0] is not None for shape, _ in got):
        raise NotYet("Each shape begins with None, the batch: its size is not the model's business.", "batch missing")
    known = {
        (0, 2048, 320): ("no biases", "The weights are counted, the biases are not. How many does a layer of 32 units have?"),
        (0, 2080, 650): ("width of the first layer kept", "The last layer is counted as if 64 numbers came in. What comes out of the layer before it?"),
        (0, 2112, 352): ("a bias for each input", "There is a bias for each input here. It belongs to the output: one for each unit."),
        (0, 2049, 321): ("a bias for each layer", "There is one bias a layer here. It belongs to the unit: each of the 32, and each of the 10, has its own."),
        (64, 2080, 330): ("parameters in Flatten", "Flatten only rearranges. Has it anything to learn?"),
        (0, 288, 330): ("only one axis of the image", "8 x 8 pixels are flattened to 64 numbers: what comes into the first Dense layer?"),
    }  # fmt: skip
    if tuple(parameters) in known:
        raise NotYet(known[tuple(parameters)][1], known[tuple(parameters)][0])
    if got != right:
        raise NotYet(f"For (8, 8) and [32, 10] you return {got}. Count the second layer on paper.")
    flat = _rows(attempt((5,), [3]))
    _count_rows(flat, 2)
    if flat != [((None, 5), 0), ((None, 3), 18)]:
        raise NotYet(f"For (5,) and [3] you return {flat}.", "images only")
    odd = _rows(attempt((8, 6), [4], False))
    if odd == [((None, 48), 0), ((None, 4), 196)]:
        raise NotYet("`flatten=False` asks for no Flatten, and a row of it is there all the same.", "flatten ignored")
    _count_rows(odd, 1)
    if odd == [((None, 4), 196)]:
        raise NotYet("Without Flatten, Dense does not see 48 numbers. On which axis does it act?", "flattens anyway")
    if odd != [((None, 8, 4), 28)]:
        raise NotYet(f"For (8, 6), [4] and flatten=False you return {odd}. Dense acts on the last axis and leaves the others.", "without Flatten")  # fmt: skip
    return "A model without its Flatten gives eight rows of logits for an image: whoever predicts the shape sees it before `fit` refuses."


@lesson.exercise(
    "The best that the model can do is a probability of 1 for the true class and 0 for the others.",
    "Taken for logits, those numbers go through a softmax: e^1 against k - 1 times e^0.",
)
def floor_of_double_softmax(attempt: Attempt) -> str:
    """Return the smallest cross-entropy, a float, if probabilities are taken for logits."""
    got, e = number(attempt(10)), np.e
    if abs(got) < 1e-9:
        raise NotYet("Zero would need a logit that is infinitely far above the others. How far above them can a probability be?", "zero")  # fmt: skip
    wrong = {
        "the first loss": (np.log(10), "That is the loss of a model that knows nothing, as in lesson 04. This one is sure and right."),
        "a probability": (e / (e + 9), "That is the probability that the true class gets. Its surprise is asked for."),
        "wrong sign": (np.log(e / (e + 9)), "A loss is not negative here: the surprise is minus the logarithm."),
        "one class too many": (np.log(e + 10) - 1, "The true class is counted twice in the sum: ten classes, one of them true."),
        "two classes": (np.log(1 + np.exp(-1)), "That holds for two classes."),
        "bits": (np.log2(e + 9) - np.log2(e), "That is in bits. The losses of this course use the natural logarithm."),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, np.log(e + 9) - 1, 1e-3):
        raise NotYet(f"For 10 classes you return {got:.4g}. Put the best probabilities through a softmax on paper.")
    if not close(got, np.log(e + 9) - 1):
        raise NotYet("Good to two places only. Give the number its formula.", "rounded")
    if not close(number(attempt(3)), np.log(e + 2) - 1):
        raise NotYet("It fits ten classes and not three.", "fixed number of classes")
    return "1.461 for ten classes. A loss that settles there, while the accuracy is fine, has met a second softmax."


@lesson.exercise(
    "Keep three things: the best loss so far, its epoch, and how long ago it was.",
    "Training ends when the current epoch is `patience` epochs after the best one.",
    "A loss that equals the best is not a new best. If patience never runs out, training ends with the last epoch.",
)
def stops_at(attempt: Attempt) -> str:
    """Return (the epoch after which training ends, the best epoch), ints counted from 1."""
    losses = [5.0, 3.0, 4.0, 3.5, 2.0, 2.0, 2.5, 2.4, 2.9, 1.0]
    got = _pair(attempt(losses, 3))
    known = {
        (7, 4): ("counted from zero", "Epochs are counted from 1 here."),
        (9, 5): ("one too patient", "It waits one epoch too long: with patience 3, the third epoch without a new best is the last."),
        (4, 2): ("one too impatient", "It stops one epoch too early: three epochs without a new best are asked for."),
        (9, 6): ("a tie is a new best", "Epoch 6 equals the best so far. Is that better?"),
        (6, 5): ("no fresh start", "The epochs without a new best are added up over the whole run. What does a new best do to that count?"),
        (10, 10): ("compared with the epoch before", "It never stops. Is each loss compared with the best so far, with the epoch before, or with losses that have not happened yet?"),
        (8, 10): ("best after the end", "Epoch 10 comes after the end: training that stops after epoch 8 never sees its loss."),
        (5, 5): ("best epoch twice", "Both numbers are the best epoch. Training goes on for a while after it."),
        (5, 8): ("swapped", "The two numbers are swapped: the end first, then the best epoch."),
    }  # fmt: skip
    if got in known:
        raise NotYet(known[got][1], known[got][0])
    if got != (8, 5):
        raise NotYet(f"For {losses} and patience 3 you return {got}. Write the best so far beside each loss.")
    end, best = _pair(attempt([3.0, 2.0, 1.0], 5))
    if end == 3 and best != 3:
        text = f"Where patience never runs out, the end is right and the best epoch is not: for [3, 2, 1] and patience 5 you return {best}. Is it counted back from the end?"
        raise NotYet(text, "best counted back")
    if end != 3:
        raise NotYet("Where patience never runs out, the last epoch is the end.", "no end")
    return "The same rule as Keras's EarlyStopping: it looks at the best so far, never at the epoch before."


def _rows(value: Any) -> list[tuple[tuple, int]]:
    try:
        rows = [(tuple(shape), count) for shape, count in value]
    except Exception:
        text = "A list of pairs is asked for, each a shape and a number, such as ((None, 64), 0)."
        raise NotYet(text, "not a list of pairs") from None
    return [(shape, _whole(count)) for shape, count in rows]


def _count_rows(rows: list, n_rows: int) -> None:
    if len(rows) != n_rows:
        text = f"{n_rows} rows are asked for, one a layer; here are {len(rows)}. Flatten is a layer too, where it is there."
        raise NotYet(text, "a layer missing")


def _pair(value: Any) -> tuple[int, int]:
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise NotYet("Two numbers are asked for: `return end, best`.", "not two numbers")
    return _whole(value[0]), _whole(value[1])


def _whole(value: Any) -> int:
    got = number(value)
    if got != int(got):
        raise NotYet(f"{got:g} is no whole number. What is counted here comes in whole numbers.", "not whole")
    return int(got)

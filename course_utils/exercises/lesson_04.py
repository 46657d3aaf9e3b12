"""Exercises of lesson 04: a slope from what was kept, the 2-3-1 network, a dense layer, the first loss, a careful start."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from typing import Any

import numpy as np

from course_utils.checking import Attempt, Lesson, NotYet, Reading, array, case, close, compare, number, results

lesson = Lesson("04_backpropagation")
EXERCISES = lesson.exercises


def _sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


def _is(value: Any, want: np.ndarray) -> bool:
    """Return whether `value` equals `want`, its shape included."""
    try:
        return close(array(value, want.shape), want)
    except NotYet:
        return False


def _read(value: Any, shape: tuple[int, ...], what: str) -> np.ndarray:
    """Return `value` as a float array of `shape`; what is said of another form begins with `what` it should be."""
    try:
        return array(value, shape)
    except NotYet as error:
        raise NotYet(f"{what}: {error}", error.name) from None


def _several(value: Any, n: int, what: str) -> list:
    """Return the `n` results that `value` holds; one array is none of them, be its first axis as long as `n`."""
    shape = getattr(value, "shape", ())
    holds_objects = getattr(getattr(value, "dtype", None), "kind", "") == "O"
    if len(shape) > 0 and not holds_objects:
        many = "Two" if n == 2 else "Three"
        text = f"{many} results, {what}, are asked for; this is one array of shape {tuple(shape)}."
        raise NotYet(text, "wrong number of results")
    return results(value, n, what)


@lesson.exercise(
    "The derivative of the sigmoid in z is sigmoid(z) * (1 - sigmoid(z)). Which of these do you already have?",
    "a is sigmoid(z). No exponential is needed.",
)
def slope_from_activation(attempt: Attempt) -> str:
    """Return the derivative of the sigmoid where its output is a, (n,) for a (n,)."""
    rng = np.random.default_rng(4)
    cases = [
        case(np.array([0.83, 0.107, 0.5, 0.318])),
        case(np.array([0.2719]), note="one unit"),
        case(np.array([0.9931, 0.0042, 0.9931]), note="units that are nearly sure"),
        case(np.array([0.0213]), note="one unit that is nearly shut"),
        case(_sigmoid(rng.normal(0, 3, 300)), note="300 units"),
        case(np.array([3e-5, 4e-4]), note="two units that are all but shut"),
    ]
    wrong = {
        "the sigmoid again": (lambda a: _sigmoid(a) * (1 - _sigmoid(a)), "This is the article's slip: the derivative written for z has been handed the output, so the sigmoid is applied twice. What is a already?"),
        "the sigmoid of a": (_sigmoid, "The sigmoid is applied to its own output, and no derivative is taken. What is a already?"),
        "only one factor": (lambda a: 1 - a, "That is one of the two factors. At a = 0.1 and a = 0.9 the slope is the same."),
        "tanh": (lambda a: 1 - a**2, "That is the slope of tanh from its output."),
        "the output itself": (lambda a: a, "That is the value. Where the sigmoid is nearly 1 it is flat: its slope is nearly 0 there."),
        "wrong sign": (lambda a: -a * (1 - a), "The sigmoid rises everywhere, so its slope is positive."),
        "upside down": (lambda a: 1 / (a * (1 - a)), "That is the slope of the way back, of z in a. Where the sigmoid is flat its slope is nearly 0, and yours is large."),
        "slope of the slope": (lambda a: 1 - 2 * a, "You have taken the derivative of a (1 - a) in a. The slope itself is asked for."),
        "a quarter everywhere": (lambda a: np.full(len(a), 0.25), "One quarter is the slope at a = 0.5, the largest there is. What is it elsewhere?"),
    }  # fmt: skip
    asked = "the sigmoid's slope at each unit; at a = 0.5 it is one quarter, and it nears 0 where a nears 0 or 1"
    compare(attempt, lambda a: a * (1 - a), cases, wrong, asked=asked)
    return "Backpropagation reuses what the way forwards has kept: no exponential is computed twice."


SLOPES = {
    "once": lambda a: a * (1 - a),
    "again": lambda a: _sigmoid(a) * (1 - _sigmoid(a)),  # of a derivative that was written for z
    "missing": np.ones_like,
}


def _network(
    factor: float = 1.0,
    w1: str = "once",
    w2: str = "once",
    hidden: str = "once",
    back: bool = True,
    squared: int | None = None,
    label: float | None = None,
    unsigned: bool = False,
) -> Callable:
    """Return the gradients of the 2-3-1 network as a function, with the slips that are named.

    Parameters
    ----------
    factor : float
        Both gradients are multiplied by it.
    w1, w2, hidden : str
        Which of `SLOPES` stands for the output's sigmoid in the gradient of W1, in that of W2, and for the hidden ones.
    back : bool
        False leaves W2 out on the way back.
    squared : int, optional
        The input that stands, with one more factor a, in the gradient of W2.
    label : float, optional
        Taken for y, whatever y is.
    unsigned : bool
        True takes the size of the error for the error.
    """

    def gradients(x: np.ndarray, y: float, W1: np.ndarray, W2: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        a = _sigmoid(x @ W1)
        out = _sigmoid(a @ W2)
        error = factor * (out - (y if label is None else label))
        error = abs(error) if unsigned else error
        d_hidden = error * SLOPES[w1](out) * (W2 if back else 1.0) * SLOPES[hidden](a)
        at_w2 = a if squared is None else a**2 * x[squared]
        return np.outer(x, d_hidden), error * SLOPES[w2](out) * at_w2

    return gradients


def _straight_output(x: np.ndarray, y: float, W1: np.ndarray, W2: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    a = _sigmoid(x @ W1)
    return np.outer(x, (a @ W2 - y) * W2 * a * (1 - a)), (a @ W2 - y) * a


def _networks() -> list:
    rng = np.random.default_rng(4)

    def weights(first: float, second: float) -> tuple[np.ndarray, np.ndarray]:
        return rng.normal(0, first, (2, 3)), rng.normal(0, second, 3)

    first = np.array([[0.31, -0.78, 1.02], [0.64, 0.23, -0.53]]), np.array([1.46, -1.08, 0.73])
    return [
        case(np.array([0.53, -2.17]), 1.0, *first),
        case(np.array([-1.31, 0.67]), 0.0, *weights(1, 1), note="a negative label"),
        case(np.array([0.94, 1.58]), 0.3, *weights(1, 1), note="a target between 0 and 1"),
        case(np.array([-0.77, -0.29]), 2.5, *weights(1, 2), note="a target above 1"),
        case(np.array([14.37, -23.81]), 0.0, *weights(0.06, 1), note="large inputs"),
        case(np.array([0.86, -0.45]), 1.0, rng.normal(0, 0.2, (2, 3)), np.array([13.13, -11.84, 0.72]), note="large weights behind the hidden units"),
        case(np.array([0.041, -0.067]), 0.0, *weights(17, 1), note="large weights before the hidden units"),
        case(np.array([0.0, 1.72]), 1, *weights(1, 1), note="an input of 0"),
        case(np.array([1.0, -2.0]), 1, np.array([[3.0, 1.0, 1.0], [-2.0, 1.0, 1.0]]), np.array([1.0, 0.0, 1.0]), note="a weight of 0"),
    ]  # fmt: skip


@lesson.exercise(
    "Forwards: a = sigmoid(x @ W1), out = sigmoid(a @ W2). Keep both.",
    "The slope in the output's logit is (out - y) * out * (1 - out).",
    "In W2 it is that times a; in the hidden logits, that times W2 times a * (1 - a); in W1, np.outer(x, hidden slopes).",
)
def backprop_231(attempt: Attempt) -> str:
    """Return the gradients of (output - y)**2 / 2 in W1 (2, 3) and W2 (3,)."""
    cases, right = _networks(), _network()
    grad_W1, _ = right(*cases[0].args)
    got = _several(attempt(*cases[0].args), 2, "grad_W1 and grad_W2")
    shapes = [np.shape(part) for part in got]
    if shapes == [(3,), (2, 3)]:
        raise NotYet("The two gradients come in the wrong order: that of W1 (2, 3) first, then that of W2 (3,).", "wrong order")  # fmt: skip
    if _is(got[0], grad_W1.T):
        raise NotYet("The gradient of W1 comes out turned round, (3, 2) instead of (2, 3). Its entry (i, j) belongs to input i and hidden unit j.", "W1 turned")  # fmt: skip
    _read(got[0], (2, 3), "The gradient of W1")
    _read(got[1], (3,), "The gradient of W2")
    wrong = {
        "error without its sign": (_network(unsigned=True), "It is right where the output is above y. Where it is below, every slope has the wrong sign: is your error ever negative?"),
        "climbs": (_network(-1.0), "Every slope has the wrong sign, as in the first article: error = y - output, and then subtracted. Nudge one weight: does the loss rise or fall?"),
        "sigmoid applied twice": (_network(w1="again", w2="again", hidden="again"), "The derivative has been handed activations, as in the first article: the sigmoid is applied once more. Write the slope in terms of a."),
        "sigmoid applied twice, climbs": (_network(-1.0, "again", "again", "again"), "Two slips of the first article at once: the sign of the error, and a derivative that applies the sigmoid once more."),
        "sigmoid applied twice at the output": (_network(w1="again", w2="again"), "The hidden units' derivative is right, the output's is not: it has been handed the output, and applies the sigmoid once more."),
        "sigmoid applied twice when hidden": (_network(hidden="again"), "The output's derivative is right, the hidden units' is not: it has been handed their activations, and applies the sigmoid once more."),
        "output's derivative missing": (_network(w1="missing", w2="missing"), "The output unit has a sigmoid too. Between its logit and the output lies a slope: out * (1 - out) has been lost, as in the second article. (out - y is cross-entropy's slope in the logit.)"),
        "output's derivative missing, climbs": (_network(-1.0, "missing", "missing"), "Two slips at once: the sign of the error, and the slope of the output's sigmoid, out * (1 - out), which has been lost."),
        "output's derivative missing for W2": (_network(w2="missing"), "W1's gradient is right. In W2's the slope of the output's sigmoid, out * (1 - out), has been lost, as in the second article. What happens between a @ W2 and the output?"),
        "output's derivative missing for W1": (_network(w1="missing"), "W2's gradient is right. On the way to W1 the slope of the output's sigmoid, out * (1 - out), has been lost."),
        "hidden derivative missing": (_network(hidden="missing"), "W2's gradient is right. On the way to W1 the slope passes through the hidden sigmoids. Their derivative is missing."),
        "no derivative at all": (_network(w1="missing", w2="missing", hidden="missing"), "No sigmoid has left a derivative in your gradients, neither the output's nor the hidden ones'. What does each do to a small change of its logit?"),
        "W2 missing on the way back": (_network(back=False), "W2's gradient is right. The hidden units reach the output through W2. The slope has to come back the same way."),
        "doubled": (_network(2.0), "Twice too large. The loss has a factor of one half."),
        "halved": (_network(0.5), "Half of what it should be. The square's derivative brings a 2 with it: where does it go?"),
        "label of 1 written in": (_network(label=1.0), "It is right where y is 1, and y may be another number: the slope of the loss in the output is not out - 1."),
        "no sigmoid at the output": (_straight_output, "Your output is a @ W2. In this network the output unit has a sigmoid as well."),
    }  # fmt: skip
    for which, at in (("", 0), (", second input", 1)):  # the article does not say which of the two it means
        wrong |= {
            f"a squared{which}": (_network(squared=at), f"W1's gradient is right. That of W2 holds a squared times x[{at}], as in the second article. The logit is a @ W2: what is its slope in W2?"),
            f"a squared{which}, derivative missing": (_network(w2="missing", squared=at), f"W1's gradient is right. That of W2 is the second article's: a squared times x[{at}], and no slope of the output's sigmoid."),
            f"a squared{which}, derivative missing everywhere": (_network(w1="missing", w2="missing", squared=at), f"The slope of the output's sigmoid is lost in both gradients, and that of W2 holds a squared times x[{at}], as in the second article. What is the slope of a @ W2 in W2?"),
        }  # fmt: skip
    asked = "the gradient of W1, then that of W2, as central differences of the loss give them; go back from the loss one step at a time"
    compare(attempt, right, cases, wrong, asked=asked)
    return "Five local slopes multiplied, one for each step from the loss back to W1: backpropagation does nothing else, but for adding where paths meet."


def _layers() -> list:
    rng = np.random.default_rng(11)

    def layer(n: int, d: int, h: int, note: str = "", size: float = 1.0) -> Any:
        X, W = rng.normal(0, size, (n, d)), rng.normal(0, size, (d, h))
        return case(X, W, rng.normal(0, size, (n, h)), note=note)

    X = rng.normal(0, 1, (128, 30)) * rng.uniform(0.05, 20, 30)
    return [
        layer(3, 3, 3),
        layer(5, 4, 2),
        layer(4, 2, 9, note="more outputs than inputs"),
        layer(1, 4, 3, note="one example"),
        layer(6, 1, 3, note="one input"),
        layer(6, 3, 1, note="one output"),
        layer(7, 3, 5, note="large numbers", size=45.0),
        case(X, rng.normal(0, 0.2, (30, 10)), rng.normal(0, 1, (128, 10)) / 128, note="128 examples of 30 numbers"),
        layer(3, 3, 3, note="other numbers in the shapes of the first case"),
    ]


def _part(attempt: Attempt, place: int) -> Reading:
    """Return `attempt` as a function that gives one of its three gradients."""

    def one(value: object, X: np.ndarray, W: np.ndarray, G: np.ndarray) -> np.ndarray:
        part = _several(value, 3, "grad_X, grad_W and grad_b")[place]
        shape = (X.shape, W.shape, W.shape[1:])[place]
        return _read(part, shape, f"The gradient of {'XWb'[place]}")

    return Reading(attempt, one)


@lesson.exercise(
    "out = X @ W + b. For one example and one output: which entries of W does it depend on, and with which slope?",
    "The shapes leave little choice: (n, d), (d, h) and (h,) from X (n, d), W (d, h) and grad_out (n, h).",
    "X.T @ grad_out, grad_out.sum(axis=0), grad_out @ W.T",
)
def dense_backward(attempt: Attempt) -> str:
    """Return the gradients of X (n, d), W (d, h) and b (h,) of a dense layer, for grad_out (n, h)."""
    cases = _layers()
    X, W, G = cases[0].args
    answers = (G @ W.T, X.T @ G, G.sum(axis=0))
    got = _several(attempt(X, W, G), 3, "grad_X, grad_W and grad_b")
    for order in list(permutations(range(3)))[1:]:
        if all(_is(part, answers[place]) for part, place in zip(got, order, strict=True)):
            text = "All three gradients are right, and they come in another order: X, then W, then b."
            raise NotYet(text, "wrong order")
    if np.shape(got[2]) == (3, 3):
        raise NotYet("The gradient of b has one row for each example. b feeds all of them: what happens to their slopes?", "b not summed")  # fmt: skip
    wrong_X = {
        "W not transposed": (lambda X, W, G: G @ W, "The gradient of X uses W as it stands. Going back, an output's slope goes to the inputs that fed it: W has to be turned. (`reshape` does not turn.)"),
        "factors swapped": (lambda X, W, G: W.T @ G, "In the gradient of X the factors are in the wrong order: try other sizes for n, d and h, and the shapes will not fit."),
        "factors swapped, W not transposed": (lambda X, W, G: W @ G, "In the gradient of X the factors are in the wrong order: try other sizes for n, d and h, and the shapes will not fit. (W has to be turned as well.)"),
        "X averaged": (lambda X, W, G: G @ W.T / len(G), "The gradient of X is divided by n. If the loss is a mean, that 1/n is in grad_out already."),
        "X has the wrong sign": (lambda X, W, G: -G @ W.T, "The gradient of X has the wrong sign. A gradient points uphill; who takes the step subtracts it."),
    }  # fmt: skip
    wrong_W = {
        "X not transposed": (lambda X, W, G: X @ G, "The gradient of W uses X as it stands. It sums over examples: over which axis of X? (`reshape` does not turn.)"),
        "W turned": (lambda X, W, G: G.T @ X, "The gradient of W comes out turned round: its entry (i, j) should belong to input i and output j."),
        "W averaged": (lambda X, W, G: X.T @ G / len(G), "The gradient of W is divided by n. If the loss is a mean, that 1/n is in grad_out already."),
        "W summed before multiplied": (lambda X, W, G: np.outer(X.sum(axis=0), G.sum(axis=0)), "In the gradient of W each example's inputs meet the slopes of all examples. Multiply within an example first, then sum."),
        "last example only": (lambda X, W, G: np.outer(X[-1], G[-1]), "The gradient of W holds the last example alone. What should happen to those of the others?"),
        "W has the wrong sign": (lambda X, W, G: -X.T @ G, "The gradient of W has the wrong sign. A gradient points uphill; who takes the step subtracts it."),
    }  # fmt: skip
    wrong_b = {
        "b summed over outputs": (lambda X, W, G: G.sum(axis=1), "The gradient of b is summed over the outputs. It has one entry for each output: sum over the examples."),
        "b averaged": (lambda X, W, G: G.mean(axis=0), "The gradient of b is a mean over examples. Slopes of several paths add."),
        "b from the last example only": (lambda X, W, G: G[-1], "The gradient of b holds the last example alone. What should happen to those of the others?"),
        "b counts the examples": (lambda X, W, G: np.full(G.shape[1], float(len(G))), "You sum the layer's own slope in b, which is 1, over the examples. Where does the slope of the loss come in?"),
    }  # fmt: skip
    asked_X = "the gradient of X: entry (i, j) is how the loss changes with input j of example i"
    asked_W = "the gradient of W: entry (i, j) is how the loss changes with the weight from input i to output j"
    asked_b = "the gradient of b: entry j is how the loss changes with the bias of output j"
    for some in (cases[:1], cases):  # where all sizes are equal, a slip in one gradient does not end the whole answer
        compare(_part(attempt, 0), lambda X, W, G: G @ W.T, some, wrong_X, asked=asked_X)
        compare(_part(attempt, 1), lambda X, W, G: X.T @ G, some, wrong_W, asked=asked_W)
        compare(_part(attempt, 2), lambda X, W, G: G.sum(axis=0), some, wrong_b, asked=asked_b)
    return "Two matrix products and a column sum, and one more product forwards: nearly all the arithmetic that training such a network costs. Lesson 20 counts it in money."


@lesson.exercise(
    "Which probability does the true class get? And what is its surprise?",
    "Each class gets 1 / k.",
)
def expected_first_loss(attempt: Attempt) -> str:
    """Return the cross-entropy, a float, of a model that holds all n_classes equally probable."""
    cases = [
        case(10),
        case(3),
        case(7),
        case(2, note="two classes"),
        case(1000),
        case(3000, note="three thousand classes"),
        case(1, note="a single class, which is sure", scale=1.0),
    ]
    wrong = {
        "probability instead of surprise": (lambda k: 1 / k, "That is the probability of the true class. The loss is its surprise."),
        "share of mistakes": (lambda k: 1 - 1 / k, "That is how often a guess is wrong (or the squared error, which is the same here). The loss is the surprise at the true class."),
        "the number of classes": (lambda k: float(k), "That is one over the probability of the true class. Which function makes a surprise of it?"),
        "wrong sign": (lambda k: -np.log(k), "A loss is not negative here: the logarithm of 1/k is, and the surprise is minus that."),
        "bits": (np.log2, "That is in bits. The losses of this course use the natural logarithm."),
        "decimal logarithm": (np.log10, "That is the logarithm to base 10. The natural one is asked for."),
        "summed over the classes": (lambda k: k * np.log(k), "All classes have been added up. Only the true one counts."),
        "averaged over the classes": (lambda k: np.log(k) / k, "That is divided by the number of classes, as if the others' zeros were part of a mean. Only the true class counts."),
        "surprise at the other classes": (lambda k: -np.log(1 - 1 / k), "That is the surprise at being wrong. What is the probability of the true class?"),
        "one yes or no for each class": (lambda k: np.log(k) - (k - 1) * np.log(1 - 1 / k), "You add a yes-or-no loss for every class. A softmax has one loss: the surprise at the true class."),
        "zero": (lambda k: 0.0, "Zero is the loss of a model that is always sure and right. That is what the article's loop prints: why can it not be true?"),
        "two classes": (lambda k: np.log(2), "That is the surprise of a coin. How many classes are there, and how probable is each?"),
        "rounded": (lambda k: round(np.log(k), 2), "Good to two places only. Give the number its formula, in terms of n_classes."),
        "rounded to one place": (lambda k: round(np.log(k), 1), "Good to one place only. Give the number its formula, in terms of n_classes."),
    }  # fmt: skip
    try:
        compare(attempt, np.log, cases, wrong, asked="the surprise at the true class, in terms of n_classes")
    except NotYet as error:
        if error.name == "other" and number(attempt(10)) == number(attempt(3)):
            raise NotYet("The same number comes back for 10 classes and for 3. Where does n_classes come in?", "fixed number of classes") from None  # fmt: skip
        raise
    return "A first loss of 0 means the labels are gone, one far above log k that the start is wild: two bugs found before training."


def _deviations(for_relu: Callable, for_tanh: Callable) -> Callable:
    """Return a function of (fan_in, fan_out, activation) that is one of two functions of the fans."""
    return lambda i, o, activation: float(for_relu(i, o) if activation == "relu" else for_tanh(i, o))


def _he(fan_in: int, fan_out: int) -> float:
    return np.sqrt(2 / fan_in)


def _xavier(fan_in: int, fan_out: int) -> float:
    return np.sqrt(2 / (fan_in + fan_out))


@lesson.exercise(
    "A layer multiplies the size by the root of d times the deviation, the ReLU by the root of one half. He wants the product to be 1.",
    "Xavier's variance is 1 over (fan_in + fan_out) / 2. A deviation is the root of a variance.",
    "Two formulas for the variance: 2 / fan_in for the ReLU, 2 / (fan_in + fan_out) for tanh.",
)
def init_deviation(attempt: Attempt) -> str:
    """Return the deviation of the weights, a float: by He's wish for "relu", by Xavier's for "tanh"."""
    sizes = ((48, 210), (210, 48), (48, 48), (784, 128), (1, 3), (3, 4), (1024, 3000), (50_000, 10))
    cases = [case(*size, activation) for size in sizes for activation in ("relu", "tanh")]
    wrong = {
        "variance for tanh": (_deviations(_he, lambda i, o: 2 / (i + o)), "For the ReLU it is right. For tanh you return the variance, and a deviation is asked for."),
        "variance for relu": (_deviations(lambda i, o: 2 / i, _xavier), "For tanh it is right. For the ReLU you return the variance, and a deviation is asked for."),
        "variance": (_deviations(lambda i, o: 2 / i, lambda i, o: 2 / (i + o)), "Those are the variances. A deviation is asked for."),
        "smaller fan for He": (_deviations(lambda i, o: np.sqrt(2 / min(i, o)), _xavier), "For the ReLU you take the smaller of the two fans. The numbers that are added up come in, be they more or fewer."),
        "larger fan for He": (_deviations(lambda i, o: np.sqrt(2 / max(i, o)), _xavier), "For the ReLU you take the larger of the two fans. The numbers that are added up come in, be they more or fewer."),
        "fan_out for He": (_deviations(lambda i, o: np.sqrt(2 / o), _xavier), "For the ReLU you have used fan_out. The numbers that are added up come in, not out."),
        "the same for both": (_deviations(_he, _he), "Both activations get He's formula. tanh keeps what the ReLU throws away. (Is \"tanh\" spelled as it comes in?)"),
        "Xavier for both": (_deviations(_xavier, _xavier), "Both activations get Xavier's formula. The ReLU throws half of the variance away, and He makes up for that. (Is \"relu\" spelled as it comes in?)"),
        "swapped": (_deviations(_xavier, _he), "The two formulas are swapped. Which activation throws half of its input away?"),
        "missing the 2 of He": (_deviations(lambda i, o: np.sqrt(1 / i), _xavier), "The ReLU sets half of the numbers to zero. What makes up for it?"),
        "missing the 2 of Xavier": (_deviations(_he, lambda i, o: np.sqrt(1 / (i + o))), "For the ReLU it is right. For tanh you divide 1 by the sum of both fans: with fan_in = fan_out = d it should be 1 / d under the root."),
        "missing both 2s": (_deviations(lambda i, o: np.sqrt(1 / i), lambda i, o: np.sqrt(1 / (i + o))), "Both are too small by the root of 2. What stands above the line in the two variances?"),
        "Xavier from fan_in alone": (_deviations(_he, lambda i, o: np.sqrt(1 / i)), "For tanh you return the root of 1 / fan_in. The slopes on their way back would like 1 / fan_out: Xavier takes the middle of both."),
        "Xavier from fan_out alone": (_deviations(_he, lambda i, o: np.sqrt(1 / o)), "For tanh you return the root of 1 / fan_out. The numbers on their way forwards would like 1 / fan_in: Xavier takes the middle of both."),
        "Xavier from a product": (_deviations(_he, lambda i, o: np.sqrt(2 / (i * o))), "For tanh you multiply the two fans. Xavier's variance has another combination of them below the line."),
        "missing brackets": (_deviations(_he, lambda i, o: np.sqrt(2 / i + o)), "Python divides before it adds: 2 / fan_in + fan_out is not what you mean. Which brackets are missing?"),
        "root of the 2 alone": (_deviations(lambda i, o: np.sqrt(2) / i, lambda i, o: np.sqrt(2) / (i + o)), "Only the 2 is under the root. The deviation is the root of the whole variance."),
        "root of the fans alone": (_deviations(lambda i, o: 2 / np.sqrt(i), lambda i, o: 2 / np.sqrt(i + o)), "Too large by the root of 2. Has the 2 slipped out of the root? The deviation is the root of the whole variance."),
        "upside down": (_deviations(lambda i, o: np.sqrt(i / 2), lambda i, o: np.sqrt((i + o) / 2)), "The more numbers are added up, the smaller each weight has to be. Yours grow with the size of the layer."),
        "uniform bound for tanh": (_deviations(_he, lambda i, o: np.sqrt(6 / (i + o))), "For the ReLU it is right. For tanh you return the bound of a uniform distribution with the right deviation; the deviation itself is asked for."),
        "uniform bound": (_deviations(lambda i, o: np.sqrt(6 / i), lambda i, o: np.sqrt(6 / (i + o))), "Those are the bounds of a uniform distribution with the right deviation. The deviation itself is asked for."),
    }  # fmt: skip
    asked = "the root of He's variance for the ReLU, and of Xavier's for tanh"
    compare(attempt, _deviations(_he, _xavier), cases, wrong, asked=asked)
    return "One root decides whether a network of fifteen layers is alive at birth."

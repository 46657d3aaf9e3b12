"""Exercises of lesson 04: a slope from what was kept, the 2-3-1 network, a dense layer, the first loss, a careful start."""

from __future__ import annotations

import numpy as np

from course_utils.checking import Attempt, Lesson, NotYet, array, close, number, reject_known

lesson = Lesson("04_backpropagation")
EXERCISES = lesson.exercises


def _sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


@lesson.exercise(
    "The derivative of the sigmoid in z is sigmoid(z) * (1 - sigmoid(z)). Which of these do you already have?",
    "a is sigmoid(z). No exponential is needed.",
)
def slope_from_activation(attempt: Attempt) -> str:
    """Return the derivative of the sigmoid where its output is a, (n,) for a (n,)."""
    a = np.array([0.1, 0.5, 0.8])
    got, again = array(attempt(a), (3,)), _sigmoid(a)
    wrong = {
        "the sigmoid again": (again * (1 - again), "This is the article's slip: the derivative written for z has been handed the output, so the sigmoid is applied twice. What is a already?"),
        "only one factor": (1 - a, "That is one of the two factors. At a = 0.1 and a = 0.9 the slope is the same."),
        "tanh": (1 - a**2, "That is the slope of tanh from its output."),
        "the output itself": (a, "That is the value. Where the sigmoid is nearly 1 it is flat: its slope is nearly 0 there."),
        "wrong sign": (-a * (1 - a), "The sigmoid rises everywhere, so its slope is positive."),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, a * (1 - a)):
        raise NotYet(f"For a = {a.tolist()} you return {np.round(got, 4).tolist()}. At a = 0.5 it is one quarter.")
    return "Backpropagation reuses what the way forwards has kept: no exponential is computed twice."


@lesson.exercise(
    "Forwards: a = sigmoid(x @ W1), out = sigmoid(a @ W2). Keep both.",
    "The slope in the output's logit is (out - y) * out * (1 - out).",
    "In W2 it is that times a; in the hidden logits, that times W2 times a * (1 - a); in W1, np.outer(x, hidden slopes).",
)
def backprop_231(attempt: Attempt) -> str:
    """Return the gradients of (output - y)**2 / 2 in W1 (2, 3) and W2 (3,)."""
    x, y = np.array([0.5, -2.0]), 1.0
    W1, W2 = np.array([[0.3, -0.8, 1.0], [0.6, 0.2, -0.5]]), np.array([1.5, -1.0, 0.7])
    got = attempt(x, y, W1, W2)
    if not isinstance(got, (tuple, list)) or len(got) != 2:
        raise NotYet("Two arrays are asked for: `return grad_W1, grad_W2`.", "not two results")
    if np.shape(got[0]) == (3,) and np.shape(got[1]) == (2, 3):
        raise NotYet("The two gradients come in the wrong order: that of W1 (2, 3) first, then that of W2 (3,).", "wrong order")  # fmt: skip
    flat = np.concatenate([array(got[0], (2, 3)).ravel(), array(got[1], (3,))])
    a = _sigmoid(x @ W1)
    out = _sigmoid(a @ W2)
    again_a, again_out = _sigmoid(a) * (1 - _sigmoid(a)), _sigmoid(out) * (1 - _sigmoid(out))

    def both(d: float, slope_a: np.ndarray, for_w2: np.ndarray | None = None) -> np.ndarray:
        return np.concatenate([np.outer(x, d * W2 * slope_a).ravel(), d * a if for_w2 is None else for_w2])

    end, slope_a = (out - y) * out * (1 - out), a * (1 - a)
    true = both(end, slope_a)
    wrong = {
        "climbs": (-true, "Every slope has the wrong sign, as in the first article: error = y - output, and then subtracted. Nudge one weight: does the loss rise or fall?"),
        "sigmoid applied twice": (both((out - y) * again_out, again_a), "The derivative has been handed activations, as in the first article: the sigmoid is applied once more. Write the slope in terms of a."),
        "sigmoid applied twice, climbs": (-both((out - y) * again_out, again_a), "Two slips of the first article at once: the sign of the error, and a derivative that applies the sigmoid once more."),
        "output's derivative missing": (both(out - y, slope_a), "The output unit has a sigmoid too. Between its logit and the output lies a slope: out * (1 - out) has been lost, as in the second article."),
        "output's derivative missing for W2": (both(end, slope_a, (out - y) * a), "W1's gradient is right. In W2's the slope of the output's sigmoid, out * (1 - out), has been lost, as in the second article. What happens between a @ W2 and the output?"),
        "output's derivative missing for W1": (both(out - y, slope_a, end * a), "W2's gradient is right. On the way to W1 the slope of the output's sigmoid, out * (1 - out), has been lost."),
        "sigmoid applied twice at the output": (both((out - y) * again_out, slope_a), "The hidden units' derivative is right, the output's is not: it has been handed the output, and applies the sigmoid once more."),
        "sigmoid applied twice when hidden": (both(end, again_a), "The output's derivative is right, the hidden units' is not: it has been handed their activations, and applies the sigmoid once more."),
        "hidden derivative missing": (both(end, np.ones(3)), "On the way to W1 the slope passes through the hidden sigmoids. Their derivative is missing."),
        "W2 missing on the way back": (np.concatenate([np.outer(x, end * slope_a).ravel(), end * a]), "The hidden units reach the output through W2. The slope has to come back the same way."),
        "doubled": (2 * true, "Twice too large. The loss has a factor of one half."),
    }  # fmt: skip
    for input_ in x:  # the article does not say which of the two it means
        wrong_input = {
            "a squared": (both(end, slope_a, end * a**2 * input_), "The gradient of W2 holds a squared times an input, as in the second article. The logit is a @ W2: what is its slope in W2?"),
            "a squared, derivative missing": (both(end, slope_a, (out - y) * a**2 * input_), "The gradient of W2 is the second article's: a squared times an input, and no slope of the output's sigmoid."),
        }  # fmt: skip
        reject_known(flat, wrong_input)
    reject_known(flat, wrong)
    if not close(flat, true):
        which = "W2" if not close(flat[6:], true[6:]) else "W1"
        raise NotYet(
            f"The gradient of {which} differs from central differences. Go back from the loss one step at a time."
        )
    return "Six factors in a row, each local to one step: that is all that backpropagation ever does."


@lesson.exercise(
    "out = X @ W + b. For one example and one output: which entries of W does it depend on, and with which slope?",
    "The shapes leave little choice: (n, d), (d, h) and (h,) from X (n, d), W (d, h) and grad_out (n, h).",
    "X.T @ grad_out, grad_out.sum(axis=0), grad_out @ W.T",
)
def dense_backward(attempt: Attempt) -> str:
    """Return the gradients of X (n, d), W (d, h) and b (h,) of a dense layer, for grad_out (n, h)."""
    rng = np.random.default_rng(11)
    X, W, G = rng.normal(size=(3, 3)), rng.normal(size=(3, 3)), rng.normal(size=(3, 3))
    got = attempt(X, W, G)
    if not isinstance(got, (tuple, list)) or len(got) != 3:
        raise NotYet("Three arrays are asked for: `return grad_X, grad_W, grad_b`.", "not three results")
    answers = (G @ W.T, X.T @ G, G.sum(axis=0))
    for i, j, k in ((0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)):
        if all(
            np.shape(one) == np.shape(answers[at]) and close(array(one, np.shape(one)), answers[at])
            for one, at in zip(got, (i, j, k), strict=True)
        ):
            raise NotYet(
                "All three gradients are right, and they come in another order: X, then W, then b.", "wrong order"
            )
    grad_X, grad_W = array(got[0], (3, 3)), array(got[1], (3, 3))
    if np.shape(got[2]) == (3, 3):
        raise NotYet("The gradient of b has one row for each example. b feeds all of them: what happens to their slopes?", "b not summed")  # fmt: skip
    grad_b = array(got[2], (3,))
    reject_known(grad_X, {
        "W not transposed": (G @ W, "The gradient of X uses W as it stands. Going back, an output's slope goes to the inputs that fed it: W has to be turned."),
        "factors swapped": (W.T @ G, "In the gradient of X the factors are in the wrong order: try other sizes for n, d and h, and the shapes will not fit."),
    })  # fmt: skip
    reject_known(grad_W, {
        "X not transposed": (X @ G, "The gradient of W uses X as it stands. It sums over examples: over which axis of X?"),
        "W turned": (G.T @ X, "The gradient of W comes out turned round: its entry (i, j) should belong to input i and output j."),
        "W averaged": (X.T @ G / 3, "The gradient of W is divided by n. If the loss is a mean, that 1/n is in grad_out already."),
    })  # fmt: skip
    reject_known(grad_b, {
        "b summed over outputs": (G.sum(axis=1), "The gradient of b is summed over the outputs. It has one entry for each output: sum over the examples."),
        "b averaged": (G.mean(axis=0), "The gradient of b is a mean over examples. Slopes of several paths add."),
    })  # fmt: skip
    if not (close(grad_X, G @ W.T) and close(grad_W, X.T @ G) and close(grad_b, G.sum(axis=0))):
        raise NotYet("Central differences disagree. Which of the three is off? Test them one by one.")
    X, W, G = rng.normal(size=(5, 4)), rng.normal(size=(4, 2)), rng.normal(size=(5, 2))
    parts = [array(part, shape) for part, shape in zip(attempt(X, W, G), ((5, 4), (4, 2), (2,)), strict=True)]
    if not (close(parts[0], G @ W.T) and close(parts[1], X.T @ G) and close(parts[2], G.sum(axis=0))):
        raise NotYet(
            "It fits n = d = h = 3, and not n = 5, d = 4, h = 2. Which size has been written in?", "square only"
        )
    return "Two matrix products and a column sum, and one more product forwards: nearly all the arithmetic that training any network costs. Lesson 18 counts it in money."


@lesson.exercise(
    "Which probability does the true class get? And what is its surprise?",
    "Each class gets 1 / k.",
)
def expected_first_loss(attempt: Attempt) -> str:
    """Return the cross-entropy, a float, of a model that holds all n_classes equally probable."""
    got = number(attempt(10))
    wrong = {
        "probability instead of surprise": (0.1, "That is the probability of the true class. The loss is its surprise."),
        "wrong sign": (-np.log(10), "A loss is not negative here: log of 1/10 is, and the surprise is minus that."),
        "bits": (np.log2(10), "That is in bits. The losses of this course use the natural logarithm."),
        "summed over the classes": (10 * np.log(10), "All classes have been added up. Only the true one counts."),
        "zero": (0.0, "Zero is the loss of a model that is always sure and right. That is what the article's loop prints: why can it not be true?"),
        "two classes": (np.log(2), "That is the surprise of a coin. How many classes are there, and how probable is each?"),
        "decimal logarithm": (1.0, "That is the logarithm to base 10. The natural one is asked for."),
    }  # fmt: skip
    reject_known(got, {name: pair for name, pair in wrong.items() if name != "zero"})
    if abs(got) < 1e-9:
        raise NotYet(wrong["zero"][1], "zero")
    if not close(got, np.log(10)) and close(got, np.log(10), 0.01):
        raise NotYet("Good to a few places only. Give the number its formula, in terms of n_classes.", "rounded")
    if not close(got, np.log(10)):
        raise NotYet(f"For 10 classes you return {got:.4g}. Write down the probability of the true class first.")
    if not close(number(attempt(3)), np.log(3)):
        raise NotYet("It fits ten classes and not three.", "fixed number of classes")
    return "A first loss of 0 means the labels are gone, one far above log k that the start is wild: two bugs found before training."


@lesson.exercise(
    "Two formulas for the variance: 2 / fan_in for the ReLU, 2 / (fan_in + fan_out) for tanh.",
    "A deviation is the root of a variance.",
)
def init_deviation(attempt: Attempt) -> str:
    """Return the deviation of the weights, a float: He for "relu", Xavier for "tanh"."""
    he, xavier = number(attempt(50, 200, "relu")), number(attempt(50, 200, "tanh"))
    known = {
        "variance": ((2 / 50, 2 / 250), "Those are the variances. A deviation is asked for."),
        "fan_out for He": ((np.sqrt(2 / 200), np.sqrt(2 / 250)), "For the ReLU you have used fan_out. The numbers that are added up come in, not out."),
        "the same for both": ((np.sqrt(2 / 50), np.sqrt(2 / 50)), "Both activations get He's formula. tanh keeps what the ReLU throws away."),
        "swapped": ((np.sqrt(2 / 250), np.sqrt(2 / 50)), "The two formulas are swapped. Which activation throws half of its input away?"),
        "missing the 2 of He": ((np.sqrt(1 / 50), np.sqrt(2 / 250)), "The ReLU sets half of the numbers to zero. What makes up for it?"),
        "Xavier from fan_in alone": ((np.sqrt(2 / 50), np.sqrt(1 / 50)), "For tanh you return the root of 1 / fan_in. The slopes on their way back would like 1 / fan_out: Xavier takes the middle of both."),
        "Xavier for both": ((np.sqrt(2 / 250), np.sqrt(2 / 250)), "Both activations get Xavier's formula. The ReLU throws half of the variance away, and He makes up for that."),
        "root of the 2 alone": ((np.sqrt(2) / 50, np.sqrt(2) / 250), "Only the 2 is under the root. The deviation is the root of the whole variance."),
        "uniform bound": ((np.sqrt(6 / 50), np.sqrt(6 / 250)), "Those are the bounds of a uniform distribution with the right deviation. The deviation itself is asked for."),
    }  # fmt: skip
    reject_known(np.array([he, xavier]), {name: (np.array(value), text) for name, (value, text) in known.items()})
    if not close([he, xavier], [np.sqrt(2 / 50), np.sqrt(2 / 250)]):
        raise NotYet(f"For 50 inputs and 200 outputs you return {he:.4g} for relu and {xavier:.4g} for tanh.")
    return "One root decides whether a network of fifteen layers is alive at birth."

"""Exercises of lesson 15: parameters, RMSNorm backwards, a broken block, top-p, a cached step."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course_utils.checking import Attempt, Lesson, NotYet, array, close, number, reject_known

lesson = Lesson("15_transformer")
EXERCISES = lesson.exercises


@lesson.exercise(
    "Count one block first: four matrices, and none has a bias.",
    "Queries, keys, values: (d, 3 d). Back: (d, d). Up and down: (d, 4 d) and (4 d, d). Heads share these columns out; they add none.",
    "Outside the blocks there are two tables: V characters into d numbers, and d numbers into V scores.",
)
def count_parameters(attempt: Attempt) -> str:
    """Return the parameters, an int, of the lesson's Transformer with V characters, width d and n_layers blocks."""
    V, d, n = 50, 24, 5
    value = attempt(V, d, n)
    got = number(value)
    right = 2 * V * d + 12 * d * d * n
    wrong = {
        "one block alone": (2 * V * d + 12 * d * d, "You count one block, however many layers there are."),
        "one table alone": (V * d + 12 * d * d * n, "One table is missing. The blocks are entered by one table and left by another."),
        "no tables": (12 * d * d * n, "The blocks are right. How does a character become d numbers, and how do d numbers become scores?"),
        "no way back from the heads": (2 * V * d + 11 * d * d * n, "After the heads have looked, a matrix (d, d) mixes what they found. Is it in your count?"),
        "half an MLP": (2 * V * d + 8 * d * d * n, "The MLP goes up to 4 d and down again: that is two matrices."),
        "no MLP": (2 * V * d + 4 * d * d * n, "You count attention alone. Two thirds of a block stand after it."),
        "an MLP without its four": (2 * V * d + 6 * d * d * n, "The hidden layer of the MLP is four times as wide as the network."),
        "biases": (2 * V * d + (12 * d * d + 9 * d) * n, "Nine d more for each block: you give every matrix a bias. None of ours has one."),
        "a bias behind the blocks": (right + V, "V too many: the scores of the V characters have no bias."),
        "gains in the norms": (right + 2 * d * n, "Two d more for each block: many norms have a factor for each entry to learn. Ours have none."),
        "gains in all norms": (right + 2 * d * n + 2 * d, "You give each norm a factor for each entry, inside the blocks, before and behind them. Ours have none."),
        "pairs counted": (right + V * V * d, "V V d too many: you count the table of pairs. Without it, the text asks."),
        "positions counted": (right + 64 * d, "64 d too many: you count a table of positions. Ours are turned into queries and keys, and cost nothing."),
        "tables in every layer": ((2 * V * d + 12 * d * d) * n, "You count the two tables once for each layer. They stand outside the blocks, once."),
    }  # fmt: skip
    reject_known(got, wrong, rtol=1e-9)
    if got != right:
        raise NotYet(
            f"For V = 50, d = 24 and 5 layers you count {got:g}. Which matrices stand in one block, and which outside?"
        )
    if np.asarray(value).dtype.kind == "f":
        raise NotYet(
            f"An int is asked for; this is the float {got:g}. Parameters are whole: no step needs a division.",
            "a float",
        )
    if number(attempt(7, 2, 1)) != 76:
        raise NotYet(
            "For V = 7, d = 2 and one layer it fails. Does every number come from the arguments?", "fixed sizes"
        )
    return "Twelve d squared a layer: double the width and a block costs four times as much. Length and heads cost nothing."


@lesson.exercise(
    "Write r for the root mean square of one row, so that y = x / r. Every entry of the row changes r as well.",
    "The slope of r in x_i is x_i / (d r). Use the quotient rule.",
    "grad_x = grad / r - x * (sum of grad * x over the row) / (d r cubed).",
)
def rms_norm_backward(attempt: Attempt) -> str:
    """Return the gradient (n, d) of X (n, d), for the gradient (n, d) of X / rms(X), row by row; ValueError for a row of zeros."""
    rng = np.random.default_rng(152)
    X, grad = 2 * rng.normal(size=(4, 3)), rng.normal(size=(4, 3))
    got = array(attempt(grad, X), (4, 3))
    d, r = 3, np.sqrt((X**2).mean(axis=1, keepdims=True))
    inner = (grad * X).sum(axis=1, keepdims=True)
    true = grad / r - X * inner / (d * r**3)
    column = np.sqrt((X**2).mean(axis=0))
    wrong = {
        "r held fixed": (grad / r, "You treat r as a constant. It is made of the same x: what does it do when x_i grows?"),
        "wrong sign": (grad / r + X * inner / (d * r**3), "The second term has the wrong sign: where x grows, r grows, and x / r shrinks."),
        "d forgotten": (grad / r - X * inner / r**3, "The second term is too large. r squared is a mean: what does one entry add to a mean?"),
        "r once": (grad / r - X * inner / (d * r), "The power of r in the second term is not right. Double X: what should happen to the gradient?"),
        "r squared": (grad / r - X * inner / (d * r**2), "The power of r in the second term is not right. How does d(1 / r) depend on r?"),
        "a sum over all rows": (grad / r - X * (grad * X).sum() / (d * r**3), "The sum runs over all rows. No row is in another row's r."),
        "columns instead of rows": (grad / column - X * (grad * X).sum(axis=0) / (4 * column**3), "You normalise down the columns. Down a column stand other tokens: that way the future leaks in."),
        "forward": (X / r, "That is X / rms(X) itself. Its gradient is asked for."),
        "LayerNorm": (_layer_norm_backward(grad, X), "That is the gradient of LayerNorm, which takes the mean away first. RMSNorm does not."),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, true, rtol=1e-4):
        raise NotYet(f"Up to {np.abs(got - true).max():.2g} lies between yours and central differences.")
    _short_rows(attempt)
    whole = array(attempt(np.array([[1, 0]]), np.array([[3, 4]])), (1, 2))
    if not close(whole, [[16 / 25 / np.sqrt(12.5), -12 / 25 / np.sqrt(12.5)]]):
        raise NotYet("For whole numbers it fails: try the row 3, 4 with the gradient 1, 0.", "whole numbers")
    attempt.must_refuse((grad[:2], np.array([[1.0, 2, 3], [0, 0, 0]])), "A row of zeros", "lets zeros pass")
    return "The gradient stands at a right angle to x: RMSNorm lets nothing through that would only make x longer."


@lesson.exercise(
    "Feed it one token more, and look which outputs move. Which line mixes tokens and should not?",
    "A norm runs along the width of each token, axis -1. What is added to what, after each half?",
    "X = X + attend(norm(X)); return X + mlp(norm(X)). The norm stands inside the sum, in front of each half.",
)
def mended_block(attempt: Attempt) -> str:
    """Return (time, d) of one block for X (time, d); attend and mlp map (time, d) to (time, d)."""
    rng = np.random.default_rng(153)
    X, W, U, D = (rng.normal(size=s) for s in ((5, 4), (4, 4), (4, 8), (8, 4)))
    X[1] /= 1000  # so short that the 1e-6 counts

    def attend(Z: np.ndarray) -> np.ndarray:
        Z = np.asarray(Z)
        scores = np.where(np.tri(len(Z), dtype=bool), Z @ W @ Z.T, -np.inf)
        weights = np.exp(scores - scores.max(axis=1, keepdims=True))
        return weights / weights.sum(axis=1, keepdims=True) @ Z

    def mlp(Z: np.ndarray) -> np.ndarray:
        return np.maximum(np.asarray(Z) @ U, 0) ** 2 @ D

    got = array(attempt(X, attend, mlp), (5, 4))

    def block(
        axis: int | None = -1, first: bool = True, second: bool = True, post: bool = False, epsilon: float = 1e-6
    ) -> np.ndarray:
        def norm(Z: np.ndarray) -> np.ndarray:
            return Z / np.sqrt((Z**2).mean(axis=axis, keepdims=True) + epsilon)

        if post:
            Z = norm(X * first + attend(X))
            return norm(Z * second + mlp(Z))
        Z = X * first + attend(norm(X))
        return Z * second + mlp(norm(Z))

    def with_norm(norm: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        Z = X + attend(norm(X))
        return Z + mlp(norm(Z))

    true, after, swapped = block(), X + attend(_norm(X)), X + mlp(_norm(X))
    stream = _norm(X) + attend(_norm(X))
    behind = X + _norm(attend(X))
    wrong = {
        "unchanged": (block(0, True, False, True), "That is the block as it was: nothing is mended yet."),
        "the future leaks": (block(0), "The norm still runs over time: change the last token and all the others move. A norm is no place for tokens to meet."),
        "second residual dropped": (block(second=False), "The second half replaces the stream where it should add to it: what the block was given is lost."),
        "first residual dropped": (block(first=False), "The first half replaces the stream where it should add to it."),
        "both residuals dropped": (block(first=False, second=False), "Neither half adds to what came in. How would a gradient get through a hundred such blocks?"),
        "norm behind the sum": (block(post=True), "The norms stand behind the sums: the stream itself is normalised, again and again, as in the Transformer of 2017. Ours are pre-norm: only what goes into a half is normalised."),
        "norm behind the sum, and a residual dropped": (block(second=False, post=True), "The norm no longer leaks. Two faults are left: one about what is added, one about where the norm stands."),
        "norm behind the sum, over time": (block(0, post=True), "Both sums are there. Where do the norms stand, and over which axis do they run?"),
        "a leak, and a residual dropped": (block(0, second=False), "The norms stand where they should. Two faults are left: one about what is added, one about an axis."),
        "mlp without a norm": (after + mlp(after), "The second half gets the stream as it is. Normalise what goes into each half."),
        "attention without a norm": (X + attend(X) + mlp(_norm(X + attend(X))), "The first half gets the stream as it is. Normalise what goes into each half."),
        "halves side by side": (after + mlp(_norm(X)), "Both halves read the same X. The second should read what the first has written."),
        "halves swapped": (swapped + attend(_norm(swapped)), "The MLP comes first here. In ours, attention looks round before the MLP thinks."),
        "stream normalised": (_norm(stream) + mlp(_norm(stream)), "You add to the normalised stream: its length is lost at each half. Add to the stream itself; the norm is for what goes into a half."),
        "norm behind the half": (behind + _norm(mlp(behind)), "You normalise what comes out of each half. The norm stands before: it is for what goes in."),
        "LayerNorm": (with_norm(lambda Z: _norm(Z - Z.mean(axis=-1, keepdims=True))), "You take the mean away first. That is LayerNorm; RMSNorm leaves the mean in."),
        "a sum for a mean": (with_norm(lambda Z: Z / np.sqrt((Z**2).sum(axis=-1, keepdims=True) + 1e-6)), "You divide by the root of a sum: the length, not the root mean square. All entries come out too small."),
        "one mean for all": (block(None), "One mean runs over the whole matrix, so all tokens meet in it, the later ones too. Each token has its own."),
        "no epsilon": (block(epsilon=0), "One token here is very short, and it comes out too long: the 1e-6 under the root is missing."),
        "another epsilon": (block(epsilon=1e-5), "One token here is very short, and it comes out too short: is it 1e-6 that you add?"),
        "epsilon behind the root": (with_norm(lambda Z: Z / (np.sqrt((Z**2).mean(axis=-1, keepdims=True)) + 1e-6)), "For a very short token it matters where the 1e-6 is added: under the root, not behind it."),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, true, rtol=1e-4):
        text = f"Your block differs from the right one by up to {np.abs(got - true).max():.2g}."
        raise NotYet(f"{text} In each half: what goes in, and what is it added to?")
    short = attempt(X[:3], attend, mlp)
    if not close(array(short, (3, 4)), true[:3], rtol=1e-4):
        raise NotYet("Three tokens alone give other outputs than the first three of five. Something sees the length.")
    return "Norm, look, add; norm, think, add. One stream runs through all blocks untouched, and no token meets a later one."


@lesson.exercise(
    "np.argsort(probs)[::-1] lists the tokens from the likeliest down; np.cumsum adds up along that order.",
    "A token stays if the sum of those *before* it is still below p: so the one that crosses p stays too.",
    "At p = 1 all stay, whatever rounding says. Write zeros everywhere, copy those that stay to their own places, and divide by their sum. Refuse p at or below 0, or above 1.",
)
def top_p(attempt: Attempt) -> str:
    """Return probs (V,) with all but the likeliest tokens set to 0, as few as reach the sum p, and rescaled to the sum 1."""
    probs = np.array([0.11, 0.4, 0.04, 0.25, 0.13, 0.07])
    p, order = 0.58, np.argsort(probs)[::-1]
    got, sums = array(attempt(probs, p), (6,)), np.cumsum(probs[order])

    def keep(n: int, rescale: bool = True) -> np.ndarray:
        kept = np.zeros(6)
        kept[order[:n]] = probs[order[:n]]
        return kept / kept.sum() if rescale else kept

    n = int((sums < p).sum()) + 1
    wrong = {
        "the crossing token dropped": (keep(n - 1), "Those you keep sum to less than p. The token with which the sum reaches p belongs to them."),
        "one token too many": (keep(n + 1), "You keep one token more than it takes to reach p."),
        "not rescaled": (keep(n, False), "The right tokens are left. Do they sum to one?"),
        "left in sorted order": (np.sort(keep(n))[::-1], "The numbers are right, the places are not: entry i must still be the probability of token i."),
        "a threshold for each": (np.where(probs >= p, probs, 0), "You compare each probability with p. It is their sum, from the likeliest down, that should reach p."),
        "the least likely kept": (_tail(probs, p), "You keep the unlikely ones. Turn the order round."),
        "token order": (_by_token(probs, p), "You add up in the order of the ids. The likeliest come first, wherever they stand."),
        "nothing filtered": (probs, "Nothing is filtered. How many of the likeliest does it take to reach 0.58?"),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, keep(n)):
        raise NotYet("For probs 0.11, 0.4, 0.04, 0.25, 0.13, 0.07 and p = 0.58, two tokens stay: the sum 0.65.")
    if not close(array(attempt(probs, 0.3), (6,)), [0, 1, 0, 0, 0, 0]):
        text = "For p = 0.3 the likeliest alone has 0.4, and it should get everything. At least one token always stays."
        raise NotYet(text, "nothing left for small p")
    if not close(array(attempt(probs, 1.0), (6,)), probs):
        raise NotYet("For p = 1 all tokens stay, also where rounding makes the sum 0.9999999.", "p of one")
    scores = 10 * np.random.default_rng(0).normal(size=62)
    if not (array(attempt(_softmax(scores), 1.0), (62,)) > 0).all():
        text = "For p = 1 an unlikely token of 62 is lost: the sum of those before it is rounded to 1 already. Nothing is dropped at p = 1."
        raise NotYet(text, "p of one, by rounding")
    tied = array(attempt(np.full(4, 0.25), 0.5), (4,))
    if (tied > 0).sum() == 3:
        raise NotYet("At p = 0.5 two of four equal tokens reach it: stop there.", "goes on after p is reached")
    if not close(np.sort(tied), [0, 0, 0.5, 0.5]):
        raise NotYet(
            "Four equal tokens and p = 0.5: two of them reach it. Cut by rank, not by value.", "ties kept together"
        )
    attempt.must_refuse((probs, 0.0), "p = 0", "lets p = 0 pass")
    attempt.must_refuse((probs, 1.5), "p = 1.5", "lets p above 1 pass")
    return "Where the model is sure, one token is left; where it is not, many are. Top-k cannot do both."


@lesson.exercise(
    "The new token makes a query, a key and a value. Key and value join the caches; then the query looks.",
    "The caches grow by a row: np.vstack([keys, x @ W_k]) makes a new array and leaves the old one alone.",
    "Scores are keys @ q / sqrt(d_k), all of them, the token's own too; no mask is needed.",
)
def cached_step(attempt: Attempt) -> str:
    """Return (out, keys, values): what the next token x (d,) gets, (d_k,), and both caches with its row added at the end."""
    rng = np.random.default_rng(155)
    x, W = rng.normal(size=5), rng.normal(size=(3, 5, 4))
    K, V = rng.normal(size=(6, 4)), rng.normal(size=(6, 4))
    out, K_new, V_new = _three(attempt(x, *W, K, V))
    q, k, v = x @ W[0], x @ W[1], x @ W[2]
    K_true, V_true = np.vstack([K, k]), np.vstack([V, v])
    known = {(6, 4): ("caches not grown", "The caches are as long as before. The next token will look for this one's key: where is it?")}  # fmt: skip
    for cache in (K_new, V_new):
        if np.shape(cache) in known:
            name, message = known[np.shape(cache)]
            raise NotYet(message, name)
    K_new, V_new = array(K_new, (7, 4)), array(V_new, (7, 4))
    if close(K_new, V_true) and close(V_new, K_true):
        raise NotYet(
            "Both caches are right, but they come back in the wrong order. Keys first, then values?", "caches swapped"
        )
    if close(K_new, np.vstack([K, v])) or close(K_new, np.vstack([K, q])):
        raise NotYet("The row added to the keys is not a key. Which matrix makes one?", "something else among the keys")
    if close(K_new, np.vstack([k, K])):
        raise NotYet("The new row stands first. Time runs downwards: it belongs at the end.", "added at the start")
    if close(V_new, np.vstack([V, k])):
        raise NotYet("A key stands among the values.", "key among the values")
    if not close(K_new, K_true) or not close(V_new, V_true):
        raise NotYet("The caches should be the old rows, untouched, and one new row each at the end.", "caches changed")
    out = array(out, (4,))
    weights = [_softmax(s) for s in (K_true @ q / 2, K @ q / 2, K_true @ q)]
    wrong = {
        "does not see itself": (weights[1] @ V, "The token looks before its own key is there. In lesson 14, the last row of the causal mask shows it itself too."),
        "unscaled scores": (weights[2] @ V_true, "The weights are too sharp: the scores lack their divisor."),
        "looks for keys with a key": (_softmax(K_true @ k / 2) @ V_true, "You score keys with a key. The query looks."),
        "scaled by the input's width": (_softmax(K_true @ q / np.sqrt(5)) @ V_true, "You divide by the root of the width of x. The scores are products of d_k numbers."),
        "scaled by the number of keys": (_softmax(K_true @ q / np.sqrt(7)) @ V_true, "You divide by the root of the number of keys. It should not depend on how much was read: the scores are products of d_k numbers."),
        "mixes keys": (weights[0] @ K_true, "You mix the keys. What is handed over is the values."),
        "scores, not weights": (K_true @ q / 2 @ V_true, "Scores are no weights: where is the softmax?"),
    }  # fmt: skip
    reject_known(out, wrong)
    if not close(out, weights[0] @ V_true):
        raise NotYet("The caches are right, the output is not: compare with the last row of attention over all rows.")
    first = _three(attempt(x, *W, np.zeros((0, 4)), np.zeros((0, 4))))
    if not close(array(first[0], (4,)), v):
        raise NotYet("With empty caches the token sees itself alone, and gets its own value.", "first token")
    attempt.must_refuse((x, *W, K, V[:5]), "Six keys with five values", "lets unlike caches pass")
    return "One row of work in place of all rows: this is why a chat answers token by token without reading all over again."


def _short_rows(attempt: Attempt) -> None:
    """Ask for the gradient of rows that are no zeros, though one entry is, or though all are small."""
    grad = np.array([[1.0, -2, 0.5]])
    for X, what, name in (
        (np.array([[0.0, 3, 4]]), "The row 0, 3, 4", "refuses a single zero"),
        (np.array([[1e-4, -2e-4, 3e-4]]), "A row of numbers near 0.0001", "refuses small rows"),
    ):
        if isinstance(attempt.error(grad, X), ValueError):
            text = f"{what} is refused. It has a root mean square above zero: only a row of nothing but zeros has none."
            raise NotYet(text, name)
        got = array(attempt(grad, X), (1, 3))
        for epsilon in (1e-6, 0):
            r = np.sqrt((X**2).mean() + epsilon)
            if close(got, grad / r - X * (grad * X).sum() / (3 * r**3), rtol=1e-4):
                break
        else:
            raise NotYet(
                f"{what} gets a wrong gradient, though longer rows are right. What is added, or rounded away?",
                "small rows wrong",
            )
        if epsilon and X.max() < 1:
            raise NotYet("Leave the 1e-6 out here: it makes small rows look longer than they are.", "keeps the 1e-6")


def _softmax(scores: np.ndarray) -> np.ndarray:
    weights = np.exp(scores - scores.max())
    return weights / weights.sum()


def _norm(X: np.ndarray) -> np.ndarray:
    return X / np.sqrt((X**2).mean(axis=-1, keepdims=True) + 1e-6)


def _layer_norm_backward(grad: np.ndarray, X: np.ndarray) -> np.ndarray:
    Z = X - X.mean(axis=1, keepdims=True)
    r = Z.std(axis=1, keepdims=True)
    inner = (grad * Z).mean(axis=1, keepdims=True)
    return (grad - grad.mean(axis=1, keepdims=True)) / r - Z * inner / r**3


def _tail(probs: np.ndarray, p: float) -> np.ndarray:
    order = np.argsort(probs)
    n = int((np.cumsum(probs[order]) < p).sum()) + 1
    kept = np.zeros(len(probs))
    kept[order[:n]] = probs[order[:n]]
    return kept / kept.sum()


def _by_token(probs: np.ndarray, p: float) -> np.ndarray:
    kept = np.where(np.cumsum(probs) - probs < p, probs, 0)
    return kept / kept.sum()


def _three(value: object) -> tuple:
    if not isinstance(value, (tuple, list)) or len(value) != 3:
        raise NotYet("Three results are asked for: `return out, keys, values`.", "not three results")
    return tuple(value)

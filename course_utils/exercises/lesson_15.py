"""Exercises of lesson 15: one query's weights, the softmax backwards, heads, a mask, its softmax, a rotation, an audit."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_utils.checking import Attempt, Lesson, NotYet, array, case, compare, reject_known, results
from course_utils.checking.verdict import article

lesson = Lesson("15_attention")
EXERCISES = lesson.exercises


@lesson.exercise(
    "K @ q gives all scores at once. Divide them by the root of the width before anything else.",
    "Exponentiate and divide by the sum. Subtract the largest score first: the weights stay the same, and nothing overflows.",
    "Two refusals: K.shape[0] is 0, or K.shape[1] is not len(q).",
)
def attention_weights(attempt: Attempt) -> str:
    """Return the weights (n,) that a query q (d_k,) gives to keys K (n, d_k); ValueError for no keys or another width."""
    rng = np.random.default_rng(141)
    q, K = rng.normal(size=4), 2 * rng.normal(size=(6, 4))
    cases = [
        case(q, K),
        case(q, 2 * rng.normal(size=(6, 4)), note="the same query, other keys"),
        case(rng.normal(size=4), K, note="the same keys, another query"),
        case(rng.normal(size=9), rng.normal(size=(3, 9)), note="three keys of width 9"),
        case(np.array([2.0, 0]), np.array([[1.0, 5], [1, 7]]), note="two keys that score alike"),
        case(
            np.array([3.0, -1, 2]),
            np.array([[1.0, 0, 2], [2, 1, -1], [0, 2, 1], [1, 0, 2]]),
            note="a key that is there twice",
        ),
        case(np.array([0.7, -1.2, 0.4]), rng.normal(size=(1, 3)), note="one key"),
        case(np.array([-1.5]), np.array([[0.3], [-2.0], [1.1], [0.9]]), note="vectors of width 1"),
        case(rng.normal(size=64), rng.normal(size=(200, 64)), note="200 keys of width 64"),
        case(np.zeros(3), rng.normal(size=(5, 3)), note="a query of zeros"),
    ]
    _no_mixture(attempt, q, K)

    def raw(q: np.ndarray, K: np.ndarray) -> np.ndarray:
        return K @ q

    def scores(q: np.ndarray, K: np.ndarray) -> np.ndarray:
        return K @ q / np.sqrt(len(q))

    wrong = {
        "unscaled scores": (lambda q, K: _softmax(raw(q, K)), "Those weights are too sharp: the scores went into the softmax as they were. What are they divided by?"),
        "divided by d_k": (lambda q, K: _softmax(raw(q, K) / len(q)), "Those weights are too even: you divide by d_k. The standard deviation of a score grows with another power of it."),
        "multiplied by the root": (lambda q, K: _softmax(raw(q, K) * np.sqrt(len(q))), "You multiply by the root of d_k. Wide vectors have large scores already: should they grow or shrink?"),
        "root of two": (lambda q, K: _softmax(raw(q, K) / np.sqrt(2)), "You divide by the root of 2, whatever the width. That fits the three words of the page, whose d_k is 2."),
        "root of the number of keys": (lambda q, K: _softmax(raw(q, K) / np.sqrt(len(K))), "You divide by the root of the number of keys. How many products are summed in one score?"),
        "divided behind the softmax": (lambda q, K: _softmax(raw(q, K)) / np.sqrt(len(q)), "You divide the weights, and then they no longer sum to one. What is to be divided, and when?"),
        "scores, not weights": (scores, "Those are the scores. Some are negative; a share cannot be."),
        "not normalised": (lambda q, K: np.exp(scores(q, K)), "Positive they are. Do they sum to one?"),
        "normalised by the largest": (lambda q, K: np.exp(scores(q, K) - scores(q, K).max()), "The largest weight is 1, and the others come on top of it. What should the sum be?"),
        "logarithms": (lambda q, K: np.log(_softmax(scores(q, K))), "Those are the logarithms of the weights. A share is not negative."),
        "divided by their sum": (lambda q, K: scores(q, K) / scores(q, K).sum(), "The scores are divided by their sum. With negative scores that gives negative shares: what makes them positive first?"),
    }  # fmt: skip
    compare(attempt, lambda q, K: _softmax(scores(q, K)), cases, wrong, asked="the shares of the keys, as on paper")
    _large_scores(attempt)
    attempt.must_refuse((q, np.zeros((0, 4))), "A query without a single key", "lets no keys pass")
    widths = [
        (q[:1], K, "A query of width 1 with keys of width 4"),
        (q, K[:, :1], "A query of width 4 with keys of width 1"),
        (q[:3], K, "A query of width 3 with keys of width 4"),
        (np.append(q, 0.5), K, "A query of width 5 with keys of width 4"),
        (np.arange(6.0), K, "A query of width 6 with six keys of width 4"),
    ]
    for query, keys, what in widths:
        attempt.must_refuse((query, keys), what, "lets another width pass")
    return "A look-up in a table whose answer is a mixture, and so it has a gradient: that is all attention is."


def _no_mixture(attempt: Attempt, q: np.ndarray, K: np.ndarray) -> None:
    try:
        array(attempt(q, K), (len(K),))
    except NotYet as error:
        if error.name != "wrong shape":
            raise
        text = f"{error} One share for each key: nothing is mixed yet, and no key is left out."
        raise NotYet(text, "wrong shape") from None


def _large_scores(attempt: Attempt) -> None:
    """Ask for weights of scores in the thousands; they are whole numbers and halves, so float32 holds them exactly."""
    q = np.array([2.0, -2, 2, 2])
    K = np.array([[3000.0, 0, 1, -1], [3000, 0, 1, 0], [2998, 1, 1, 0], [-3000, 1, 2, -1]])
    cases = [
        case(q, K, note="scores of 3000, 3001 and -3000"),
        case(q, -K[:3], note="scores near -3000"),
        case(q, K[::-1], note="scores from -3000 to 3001"),
        case(np.array([1.0]), np.array([[-2000.0], [9990], [9988.5]]), note="scores of 9990"),
        case(np.array([1.0, -1]), np.array([[4000.0, 4000], [0, 8000], [0, 8001]]), note="scores from 0 to -5700"),
    ]
    wrong = {
        "clipped": (lambda q, K: _softmax(np.clip(K @ q / np.sqrt(len(q)), -500, 500)), "You keep the scores within bounds: then 3000 and 3001 share alike. What may be subtracted from all of them instead?"),
    }  # fmt: skip
    text = "With large scores the result is not finite: e to the 1000 is too large for a float, and e to the -1000 is 0. Lesson 03 had a cure for that."
    asked = "the shares that scores of 0, 1 and so on would give; a number may be subtracted from all scores at once"
    with _not_finite_means("overflows", text):
        compare(attempt, lambda q, K: _softmax(K @ q / np.sqrt(len(q))), cases, wrong, asked=asked)


@lesson.exercise(
    "For one row with weights a and gradient g, the Jacobian is diag(a) - a a'. Multiply it by g on paper.",
    "diag(a) g is a * g. And a (a' g) is a times a single number.",
    "That number is the sum of a * g over the row: axis=1, keepdims=True.",
)
def softmax_backward(attempt: Attempt) -> str:
    """Return the gradient (n, m) of the scores, for weights A (n, m) with rows that sum to one and their gradient (n, m)."""
    rng = np.random.default_rng(142)

    def both(n: int, m: int, size: float = 1) -> tuple[np.ndarray, np.ndarray]:
        A = _softmax(rng.normal(size=(n, m)))
        return size * rng.normal(size=(n, m)), A

    sure = np.array([[0.0, 1, 0], [1, 0, 0]])
    nearly_sure = np.array([[0.95, 0.05], [0.001, 0.999]])
    large = np.array([[4.0, -8], [100, 300], [0, 7]])
    grad, A = both(4, 3)
    other_grad, other_A = both(4, 3)
    one_zero = np.where(np.arange(4)[:, None] == 1, 0, other_grad)
    cases = [
        case(grad, A),
        case(other_grad, A, note="the same weights, another gradient"),
        case(grad, other_A, note="the same gradient, other weights"),
        case(one_zero, other_A, note="a gradient with a row of zeros"),
        case(np.array([[2.0, -3], [4, -6]]), nearly_sure, note="weights of 0.95 and 0.999"),
        case(*both(2, 5, 40), note="large gradients"),
        case(*both(4, 4), note="as many keys as queries"),
        case(*both(1, 6), note="one row"),
        case(large, np.array([[0.25, 0.75], [0.5, 0.5], [0.875, 0.125]]), note="rows of unlike size"),
        case(*both(60, 40, 20), note="sixty queries, forty keys"),
    ]
    zeros = [
        case(np.array([[3.0], [-2]]), np.ones((2, 1)), note="one key, whose weight is 1", scale=1),
        case(rng.normal(size=(2, 3)), sure, note="weights of 0 and 1", scale=1),
        case(np.full((2, 3), 7.5), both(2, 3)[1], note="one gradient for all weights", scale=1),
        case(np.zeros((2, 3)), both(2, 3)[1], note="a gradient of zeros", scale=1),
    ]
    wrong = {
        "the diagonal alone": (lambda g, A: A * (1 - A) * g, "You use the derivative of the sigmoid. In a softmax every score moves every weight of its row: what do the others add?"),
        "summed over everything": (lambda g, A: A * (g - (A * g).sum()), "The sum runs over all rows. Does the softmax of one query depend on another query's scores?"),
        "columns instead of rows": (lambda g, A: A * (g - (A * g).sum(axis=0)), "The sum runs down the columns. The softmax ran along the rows: the keys of one query."),
        "wrong sign": (lambda g, A: -_backward(g, A), "The sign is turned round."),
        "sign of the second term": (lambda g, A: A * (g + (A * g).sum(axis=1, keepdims=True)), "The second half of the Jacobian is added. A score lifts its own weight: what does it do to all others?"),
        "plain mean": (lambda g, A: A * (g - g.mean(axis=1, keepdims=True)), "You subtract the plain mean of the gradient. Which mean does a a' g take?"),
        "plain sum": (lambda g, A: A * (g - g.sum(axis=1, keepdims=True)), "You subtract the plain sum of the gradient. In a' g, what stands before each g?"),
        "mean for the sum": (lambda g, A: A * (g - (A * g).mean(axis=1, keepdims=True)), "You divide the sum of a * g by the number of keys. The weights sum to one: is it not a mean already?"),
        "first factor forgotten": (lambda g, A: g - (A * g).sum(axis=1, keepdims=True), "The bracket is right. A weight near zero should hardly move, whatever its gradient is: which factor says so?"),
        "second term forgotten": (lambda g, A: A * g, "That is diag(a) g. The other half of the Jacobian is missing."),
        "second factor forgotten": (lambda g, A: A * g - (A * g).sum(axis=1, keepdims=True), "The sum a' g is subtracted from every entry alike. In a (a' g), what stands before it?"),
        "first term forgotten": (lambda g, A: -A * (A * g).sum(axis=1, keepdims=True), "That is -a (a' g). The first half of the Jacobian, diag(a), is missing."),
        "of the logarithm": (lambda g, A: g - A * g.sum(axis=1, keepdims=True), "That is the gradient through the logarithm of the softmax, as in lesson 03. Here no logarithm was taken."),
        "arguments swapped": (lambda g, A: _backward(A, g), "Weights and gradient are swapped: the gradient is the first argument, A the second."),
        "softmax taken again": (lambda g, A: _backward(g, _softmax(A)), "You take a softmax of A. Its rows sum to one already: A is what came out."),
    }  # fmt: skip
    asked = "the Jacobian diag(a) - a a' of each row, times that row's gradient"
    compare(attempt, _backward, cases, wrong, asked=asked)
    compare(attempt, _backward, zeros, asked=asked)
    return "The gradient of each row sums to zero: raise all scores alike and no weight moves."


@lesson.exercise(
    "Head 0 owns the first d / n_heads columns, head 1 the next ones. Which reshape cuts only the last axis?",
    "X.reshape(time, n_heads, d // n_heads) cuts the columns. Then the axes stand as (time, heads, d_k).",
    "A transpose puts the heads first. Refuse n_heads below 1 and a width that does not divide.",
)
def split_heads(attempt: Attempt) -> str:
    """Return (n_heads, time, d / n_heads): head h owns the h-th block of columns of X (time, d)."""
    rng = np.random.default_rng(143)
    X = rng.normal(size=(5, 12))
    _known_shapes(attempt, X)
    cases = [
        case(X, 3),
        case(np.vstack([X[:1], rng.normal(size=(4, 12))]), 3, note="the same first token, others behind it"),
        case(X, 4, note="the same tokens in four heads"),
        case(rng.normal(size=(2, 24)), 12, note="twelve heads of width 2"),
        case(300 * rng.normal(size=(4, 14)), 7, note="seven heads of width 2"),
        case(rng.normal(size=(6, 6)), 2, note="as many tokens as columns"),
        case(rng.normal(size=(2, 12)), 1, note="one head"),
        case(rng.normal(size=(4, 3)), 3, note="as many heads as columns"),
        case(rng.normal(size=(1, 8)), 4, note="one token"),
        case(rng.normal(size=(50, 64)), 8, note="fifty tokens of width 64"),
    ]
    wrong = {
        "reshaped without transposing": (lambda X, h: X.reshape(h, len(X), -1), "The shape is right and the content is not: your first head holds pieces of the first tokens, not a piece of every token. A reshape never moves a number past another."),
        "every third column": (lambda X, h: X.reshape(len(X), -1, h).transpose(2, 0, 1), "Head h gets the columns h, h + n_heads and so on. It should get a block: neighbours."),
        "transposed, then reshaped": (lambda X, h: X.T.reshape(h, len(X), -1), "You transpose X and then cut: in each head tokens and columns are mixed up. Which reshape leaves every token where it is?"),
        "heads in reverse": (lambda X, h: _heads(X, h)[::-1], "The heads stand in reverse: head 0 should own the first columns."),
    }  # fmt: skip
    compare(attempt, _heads, cases, wrong, asked="head h holds the h-th block of columns of every token")
    for n_heads, what in ((5, "five heads"), (8, "eight heads"), (24, "24 heads"), (13, "13 heads")):
        attempt.must_refuse((X, n_heads), f"A width of 12 for {what}", "lets an odd width pass")
    attempt.must_refuse((X, 0), "A width of 12 for zero heads", "lets zero heads pass")
    for n_heads in (-1, -3):
        attempt.must_refuse((X, n_heads), f"A width of 12 for {n_heads} heads", "lets negative heads pass")
    return "Whoever reshapes without the transpose mixes tokens, and through a causal mask the future leaks in."


def _known_shapes(attempt: Attempt, X: np.ndarray) -> None:
    """Say which axis stands where it should not, for X of shape (5, 12) in 3 heads."""
    known = {
        (5, 3, 4): ("heads after time", "The heads should be the first axis, so that X[h] is all that head h sees. Yours are behind time."),
        (5, 4, 3): ("heads last", "The heads are the last axis. They should be the first."),
        (3, 4, 5): ("time last", "Time and width have changed places inside each head: rows are tokens."),
        (4, 5, 3): ("sizes swapped", "There are 4 heads of width 3. Asked for are 3 heads, each of width 12 / 3."),
    }  # fmt: skip
    value = attempt(X, 3)
    try:
        array(value, (3, 5, 4))
    except NotYet as error:
        if error.name == "wrong shape" and np.shape(value) in known:
            name, message = known[np.shape(value)]
            raise NotYet(message, name) from None
        raise


@lesson.exercise(
    "The first of the queries stands at position n_keys - n_queries. What may it see?",
    "Key k is visible to query i if k <= i + n_keys - n_queries.",
    "np.arange makes both, and [:, None] turns the queries into a column. Or look up what np.tri does with its k and its dtype.",
)
def causal_mask(attempt: Attempt) -> str:
    """Return (n_queries, n_keys), True where a query may look; the queries are the last of the keys' positions."""
    _no_scores(attempt)
    cases = [
        case(3, 5),
        case(4, 4, note="as many queries as keys"),
        case(1, 7, note="one query, the last of seven positions"),
        case(2, 3),
        case(6, 7),
        case(1, 1, note="one query, one key"),
        case(5, 64),
        case(70, 300),
        case(4, 700),
    ]

    def rule(see: Callable) -> Callable:
        def mask(n_queries: int, n_keys: int) -> np.ndarray:
            query, key = np.arange(n_queries)[:, None], np.arange(n_keys)
            return see(query, key, n_keys - n_queries)

        return mask

    wrong = {
        "aligned at the start": (rule(lambda i, k, late: k <= i), "Your first query sees one key, as if it stood at the beginning. Of five positions, the first of three queries is the third."),
        "aligned at the start, and not itself": (rule(lambda i, k, late: k < i), "Your first query sees nothing, as if it stood at the beginning and could not see itself. At which position does it stand, and is its own among those that it may see?"),
        "does not see itself": (rule(lambda i, k, late: k < i + late), "Off by one: no query sees its own position."),
        "sees one too many": (rule(lambda i, k, late: k <= i + late + 1), "Off by one: each query sees the position after its own. That is the answer it should guess."),
        "sees itself alone": (rule(lambda i, k, late: k == i + late), "Each query sees itself and nothing else. And what is before it?"),
        "marks what is hidden": (rule(lambda i, k, late: k > i + late), "True where it is hidden: the reverse is asked for. Libraries differ here, and it costs whole training runs."),
        "the past is hidden": (rule(lambda i, k, late: k >= i + late), "Your queries see themselves and what comes after. Turn time round."),
        "upper triangle": (rule(lambda i, k, late: k >= i), "Your first query sees everything, and each later one a key less. Turn time round; then ask where the first query stands."),
        "everything": (rule(lambda i, k, late: (k >= 0) & (i >= 0)), "Everything is visible. What may the first of three queries not see?"),
        "queries in reverse": (rule(lambda i, k, late: (k <= i + late)[::-1]), "Your first query sees everything, the last one the least. Which of them is the last position?"),
    }  # fmt: skip
    right = rule(lambda i, k, late: k <= i + late)
    compare(attempt, right, cases, wrong, asked="each query sees its own position and all before it, and nothing later")
    for n_queries, n_keys in ((5, 3), (2, 1), (5, 4), (301, 300)):
        what = f"{n_queries} queries for {n_keys} key{'s' if n_keys > 1 else ''}"
        attempt.must_refuse((n_queries, n_keys), what, "lets too many queries pass")
    return "Whoever writes one token at a time needs exactly this mask: one query, all keys so far."


def _no_scores(attempt: Attempt) -> None:
    """Say what is wrong with a mask that is no mask: turned, or made of numbers."""
    value = attempt(3, 5)
    scores = "A mask holds nothing but True, where a query may look, and False elsewhere. Infinities and other numbers are for the scores."
    with _not_finite_means("scores, not a mask", scores):
        try:
            found = array(value, (3, 5))
        except NotYet as error:
            if error.name == "wrong shape" and np.shape(value) == (5, 3):
                text = "Queries are the rows, keys the columns: (3, 5)."
                raise NotYet(text, "rows and columns swapped") from None
            raise
    kind = np.asarray(value).dtype
    if kind.kind == "b":
        return
    if not np.isin(found, [0, 1]).all():
        raise NotYet(scores, "scores, not a mask")
    if kind.kind == "O":
        text = "An array of Python objects comes back. An array of truth values is asked for, by which others can be indexed: dtype=bool makes one."
        raise NotYet(text, "objects, not truth values")
    text = f"These are numbers, of kind {kind}. True and False are asked for: `scores[mask]` and `~mask` need truth values. A comparison makes them, and so does dtype=bool."
    raise NotYet(text, "numbers, not truth values")


@lesson.exercise(
    "np.where(mask, scores, -np.inf): e to the minus infinity is 0, and the rest shares the whole weight.",
    "A row without a single True is -inf throughout. What is its largest, and what is -inf minus -inf?",
    "Take the largest visible score, or 0 where there is none. Divide by the sum, or by 1 where the sum is 0.",
)
def masked_softmax(attempt: Attempt) -> str:
    """Return weights (n, m) for scores and a mask (n, m), True where visible; a row with nothing visible is all zeros."""
    rng = np.random.default_rng(145)

    def both(n: int, m: int, size: float = 1) -> tuple[np.ndarray, np.ndarray]:
        mask = rng.random(size=(n, m)) < 0.5
        mask[np.arange(n), rng.integers(m, size=n)] = True
        return size * rng.normal(size=(n, m)), mask

    mixed = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 1, 1]], dtype=bool)
    tied = np.array([[1, 0, 1, 1], [0, 1, 1, 0]], dtype=bool)
    causal = np.tri(20, 30, 10, dtype=bool)
    scores = rng.normal(size=(4, 3))
    opposite = np.array([[2.0, -2, 1], [0.5, 0, -0.5], [0, 0, 0]])
    cases = [
        case(scores, mixed),
        case(rng.normal(size=(4, 3)), mixed, note="the same mask, other scores"),
        case(scores, mixed[::-1], note="the same scores, another mask"),
        case(opposite, np.array([[1, 1, 0], [1, 1, 1], [0, 1, 1]], dtype=bool), note="visible scores whose sum is 0"),
        case(*both(2, 5, 4)),
        case(*both(5, 5), note="as many keys as queries"),
        case(np.array([[2.0, -1, 2, 0], [3, 3, 0, 12]]), tied, note="scores that are alike"),
        case(rng.normal(size=(3, 4)), np.ones((3, 4), dtype=bool), note="a mask that shows everything"),
        case(np.array([[-4.5], [2.0]]), np.ones((2, 1), dtype=bool), note="one key"),
        case(rng.normal(size=(20, 30)), causal, note="a causal mask, twenty queries of thirty positions"),
    ]

    def hide(scores: np.ndarray, mask: np.ndarray, value: float = -np.inf) -> np.ndarray:
        return np.where(mask, scores, value)

    def shares(scores: np.ndarray, mask: np.ndarray, axis: int | None) -> np.ndarray:
        weights = np.exp(hide(scores, mask))
        return weights / weights.sum(axis=axis, keepdims=True)

    wrong = {
        "masked after the softmax": (lambda s, m: _softmax(s) * m, "The rows do not sum to one: hidden keys took their share before they were hidden."),
        "softmax over the wrong axis": (lambda s, m: shares(s, m, 0), "The columns sum to one. Each row is one query, and it has one unit of weight to share among the keys."),
        "mask turned round": (lambda s, m: _softmax(hide(s, ~m, -1e9)), "You hide what the mask shows and show what it hides."),
        "turned round, with empty rows": (lambda s, m: _masked_softmax(s, ~m), "You hide what the mask shows and show what it hides; a row that shows everything comes out as zeros."),
        "wrong axis, with empty columns": (lambda s, m: _masked_softmax(s.T, m.T).T, "Your columns sum to one, but for those with nothing visible. Each row is one query: it shares its weight among the keys."),
        "score zero, then masked": (lambda s, m: _softmax(s * m) * m, "A hidden score of zero takes its share, e to the 0, before the second product removes it: the rows do not sum to one."),
        "score zero": (lambda s, m: _softmax(s * m), "A score of zero is not hidden: e to the 0 is 1. Which score gives a weight of nothing?"),
        "mask ignored": (lambda s, m: _softmax(s), "Hidden keys still get weight. Where does the mask come in?"),
        "mask added": (lambda s, m: _softmax(s + m), "The mask is added as it is: that lifts visible scores by 1 and hides nothing."),
        "one sum for all": (lambda s, m: shares(s, m, None), "All rows share one unit of weight. Each query has its own."),
        "not normalised": (lambda s, m: np.exp(hide(s, m)), "Hidden keys get nothing, as they should. Do the rows sum to one?"),
        "scores with holes": (lambda s, m: s * m, "Those are scores with zeros in them. Where is the softmax?"),
    }  # fmt: skip
    text = "Each row here has something visible, and yet the result is not finite. Mind that 0 times infinity is NaN: the mask chooses, it does not multiply."
    asked = "each row shares one unit of weight among what is visible"
    _no_masked_array(attempt, scores, mixed)
    with _not_finite_means("NaN from the start", text):
        compare(attempt, _masked_softmax, cases, wrong, asked=asked)
    _empty_rows(attempt)
    _far_hidden(attempt)
    _far_visible(attempt)
    return "Hidden first, then shared: in this order a mask leaks nothing, and an empty row harms nobody."


def _no_masked_array(attempt: Attempt, scores: np.ndarray, mask: np.ndarray) -> None:
    attempt.error(scores, mask)  # what it returned keeps its kind
    if np.ma.is_masked(attempt.returned):
        text = "A masked array comes back: its hidden entries show as --, and what lies below them is no weight. Asked for are zeros there, as `.filled(0)` gives them."
        raise NotYet(text, "masked array")


def _empty_rows(attempt: Attempt) -> None:
    scores = np.random.default_rng(146).normal(size=(4, 3))
    one = np.array([[True, True, False], [False, False, False]])
    two = np.array([[False, False, False], [True, False, True], [True, True, True], [False, False, False]])
    first = np.array([[False], [True]])
    none = np.zeros((4, 3), dtype=bool)
    cases = [
        case(scores[:2], one, note="row 1 with nothing visible"),
        case(scores, two, note="rows 0 and 3 with nothing visible"),
        case(scores[:2, :1], first, note="one key, hidden from row 0"),
        case(scores, none, note="a mask that hides everything", scale=1),
        case(scores[:1, :1], none[:1, :1], note="one query with its only key hidden", scale=1),
    ]
    text = "A row with nothing visible gives NaN: zero divided by zero. One such row of padding, and every weight of the network is NaN after the next step."
    with _not_finite_means("NaN in an empty row", text):
        for each in cases:
            got = array(attempt(*each.args), each.args[0].shape)
            if (np.abs(got[~each.args[1].any(axis=1)]) > 1e-6).any():
                text = (
                    "A row with nothing visible gets weights from you. It has nothing to look at: asked for are zeros."
                )
                raise NotYet(text, "weights in an empty row")
        wrong = {
            "rows mixed": (lambda s, m: _masked_softmax(s, m) * m.any(axis=1).all(), "An empty row wipes out its neighbours. Does each row keep to itself?"),
        }  # fmt: skip
        compare(attempt, _masked_softmax, cases, wrong, asked="zeros in an empty row, and its neighbours as before")


def _far_hidden(attempt: Attempt) -> None:
    """Ask for weights where hidden scores are in the thousands."""
    cases = [
        case(np.array([[0.0, 1, 2000]]), np.array([[True, True, False]]), note="a hidden score of 2000"),
        case(
            np.array([[5000.0, -1, 4000, 0.5], [0, 1, 2, 9000]]),
            np.array([[False, True, False, True], [True, True, True, False]]),
            note="hidden scores to 9000",
        ),
    ]

    def late(s: np.ndarray, m: np.ndarray) -> np.ndarray:
        weights = _softmax(s) * m
        total = weights.sum(axis=1, keepdims=True)
        return weights / np.where(total > 0, total, 1)

    wrong = {
        "hidden scores still count": (late, "A hidden score of 2000 crushes the visible ones to zero, though nobody should see it. At which moment do you hide it?"),
    }  # fmt: skip
    text = "A score of 2000 turns the row into NaN, though it is hidden: e to the 2000 is too large for a float. What may be subtracted first, and from which scores may it be chosen?"
    asked = "the shares of the visible scores, as if no others existed"
    with _not_finite_means("overflows", text):
        compare(attempt, _masked_softmax, cases, wrong, asked=asked)


def _far_visible(attempt: Attempt) -> None:
    """Ask for weights where visible scores are in the thousands, of either sign."""
    two = np.array([[True, True, False]] * 2)
    cases = [
        case(
            np.array([[3000.0, 3001, 0], [-3000, -2999, 0]]),
            two,
            note="3000 and 3001 in one row, -3000 and -2999 in the next",
        ),
        case(
            np.array([[-6000.0, -6001, 7, -5999]]),
            np.array([[True, True, False, True]]),
            note="visible scores near -6000",
        ),
        case(
            np.array([[9000.0, -9999, -9998]]),
            np.array([[False, True, True]]),
            note="visible scores near -9999, a hidden one of 9000",
        ),
        case(
            np.array([[8000.0, -8000, 7999, 1]]),
            np.array([[True, True, True, False]]),
            note="visible scores from -8000 to 8000",
        ),
        case(np.array([[8000.0, -8000]]), np.array([[True, True]]), note="8000 and -8000, both visible"),
        case(
            np.array([[3000.0, 2999], [2000, 2001], [-4000, -4002]]),
            np.array([[True, True], [False, False], [True, True]]),
            note="scores in the thousands and a row with nothing visible",
        ),
    ]

    def one_shift(s: np.ndarray, m: np.ndarray) -> np.ndarray:
        weights = np.exp(np.where(m, s, -np.inf) - s[m].max())
        total = weights.sum(axis=1, keepdims=True)
        return weights / np.where(total > 0, total, 1)

    wrong = {
        "large visible scores": (one_shift, "One row scores 3000 and 3001, the next -3000 and -2999: both should share alike, as 0 and 1 do. Which score may each row subtract?"),
        "hidden by a fixed score": (lambda s, m: _softmax(np.where(m, s, -1000)) * m.any(axis=1, keepdims=True), "Visible scores of -3000 lose to hidden keys: the score that you give to what is hidden is larger. What is below every number?"),
        "clipped": (lambda s, m: _masked_softmax(np.clip(s, -500, 500), m), "You keep the scores within bounds: then 3000 and 3001 share alike. What may a row subtract instead?"),
    }  # fmt: skip
    text = "Visible scores of 3000 are too large for the exponential, or scores of -3000 too small. Lesson 03 had a cure: in which row is the largest taken?"
    asked = "in each row the shares of its visible scores; only their differences count"
    with _not_finite_means("visible scores overflow", text):
        compare(attempt, _masked_softmax, cases, wrong, asked=asked)


@lesson.exercise(
    "Take one pair (a, b) and an angle t: it becomes (a cos t - b sin t, a sin t + b cos t).",
    "x[0::2] are the first members of all pairs, x[1::2] the second. There are d / 2 angles.",
    "The angles are position * base ** (-np.arange(0, d, 2) / d). Write both results back into every other place of a new array.",
)
def rotate(attempt: Attempt) -> str:
    """Return x (d,) with pair (2i, 2i + 1) turned by position * base ** (-2i / d) radians; ValueError for odd d."""
    rng = np.random.default_rng(146)
    x = rng.normal(size=6)
    cases = [
        case(x, 3, 50.0),
        case(rng.normal(size=6), 3, 50.0, note="the same position, another vector"),
        case(x, 4, 50.0, note="the same vector, another position"),
        case(x, 3, 9.5, note="the same vector and position, another base"),
        case(rng.normal(size=4), 5, note="the base that is given when none is"),
        case(40 * rng.normal(size=10), -7, 200.0, note="a position below 0"),
        case(np.array([1, 0]), -2, 90.0, note="whole numbers, one pair"),
        case(np.array([3, -4, 20, 5]), 1, 2.0, note="whole numbers"),
        case(rng.normal(size=12), 4, 30.0),
        case(rng.normal(size=6), 0, 50.0, note="position 0"),
        case(rng.normal(size=64), 38, 10000.0, note="width 64"),
        case(rng.normal(size=8), 1024, 16.0, note="position 1024"),
        case(rng.normal(size=128), 17, 10000.0, note="width 128"),
        case(rng.normal(size=6), 2, 1.25, note="a base of 1.25"),
        case(np.zeros(4), 3, 50.0, note="a vector of zeros", scale=1),
    ]

    def turned(angle: Callable, turn: Callable = _turn, late: Callable = _neighbours) -> Callable:
        def answer(x: np.ndarray, position: int, base: float = 10000.0) -> np.ndarray:
            i, d = np.arange(len(x) // 2), len(x)
            return late(*turn(x[0::2], x[1::2], angle(i, d, position, base)))

        return answer

    def speeds(i: np.ndarray, d: int, position: int, base: float) -> np.ndarray:
        return position * base ** (-2 * i / d)

    def halves(x: np.ndarray, position: int, base: float = 10000.0) -> np.ndarray:
        i, d = np.arange(len(x) // 2), len(x)
        return np.concatenate(_turn(x[: d // 2], x[d // 2 :], speeds(i, d, position, base)))

    def added(x: np.ndarray, position: int, base: float = 10000.0) -> np.ndarray:
        angle = speeds(np.arange(len(x) // 2), len(x), position, base)
        return x + _neighbours(np.cos(angle), np.sin(angle))

    def waves_added(x: np.ndarray, position: int, base: float = 10000.0) -> np.ndarray:
        angle = speeds(np.arange(len(x) // 2), len(x), position, base)
        return x + _neighbours(np.sin(angle), np.cos(angle))

    def overwritten(a: np.ndarray, b: np.ndarray, angle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        a = a * np.cos(angle) - b * np.sin(angle)
        return a, a * np.sin(angle) + b * np.cos(angle)

    right = turned(speeds)
    wrong = {
        "never backwards": (turned(lambda i, d, t, base: speeds(i, d, abs(t), base)), "Below position 0 your pairs turn as they do above it. A position of -7 turns back what 7 turned."),
        "turned the wrong way": (turned(lambda i, d, t, base: -speeds(i, d, t, base)), "The pairs turn clockwise. Where does (1, 0) go for a small positive angle?"),
        "halves paired": (halves, "You pair the first half with the second. That works too, in a network of its own; here neighbours are pairs."),
        "halves returned": (turned(speeds, late=lambda a, b: np.concatenate([a, b])), "The pairs turn as they should, and then all first members stand before all second ones. Each belongs at its old place."),
        "first overwritten": (turned(speeds, overwritten), "The second member of each pair is computed from the first one after its turn, although both need the pair as it was. Mind that a slice, even of a copy, shows what is written into its array later."),
        "both signs plus": (turned(speeds, lambda a, b, t: (a * np.cos(t) + b * np.sin(t), a * np.sin(t) + b * np.cos(t))), "Both members add their two products. A rotation keeps the length of a pair: which of the four products has a minus?"),
        "sine and cosine swapped": (turned(speeds, lambda a, b, t: (a * np.sin(t) - b * np.cos(t), a * np.cos(t) + b * np.sin(t))), "Sine and cosine have changed places: at position 0 nothing should move."),
        "one speed for all pairs": (turned(lambda i, d, t, base: np.full(len(i), 1.0 * t)), "All pairs turn at one speed. Then position 0 and position 2 pi would look the same everywhere."),
        "i for 2i": (turned(lambda i, d, t, base: t * base ** (-i / d)), "Your exponent is -i / d, half of what is asked. In the second pair, 2i is 2."),
        "pair number times i": (turned(lambda i, d, t, base: t * base ** (-4 * i / d)), "Your exponent is -4i / d. 2i is already the number of the pair's first place, and d is the whole width."),
        "counted from one": (turned(lambda i, d, t, base: t * base ** (-2 * (i + 1) / d)), "You count the pairs from 1. The first one, i = 0, turns by the position itself."),
        "the width forgotten": (turned(lambda i, d, t, base: t * base ** (-2.0 * i)), "The exponent is not divided by d. How far would the last of 32 pairs still turn?"),
        "speeds grow": (turned(lambda i, d, t, base: t * base ** (2 * i / d)), "Your later pairs turn faster than the first. They should turn slower: mind the sign of the exponent."),
        "base ignored": (turned(lambda i, d, t, base: t * 10000.0 ** (-2 * i / d)), "The base that was passed in is ignored: 10000 is only what holds when none is given."),
        "position ignored": (turned(lambda i, d, t, base: base ** (-2 * i / d)), "The angles are the same at every position. Where does the position come in?"),
        "positions from one": (turned(lambda i, d, t, base: (t + 1) * base ** (-2 * i / d)), "You turn by one position more than is given. At position 0 nothing moves."),
        "degrees": (turned(lambda i, d, t, base: np.radians(speeds(i, d, t, base))), "Your angles are taken as degrees. They are radians already, and so NumPy takes them."),
        "added, not turned": (added, "You add cosines and sines to x. A rotation multiplies, and keeps the length."),
        "waves added": (waves_added, "You add sines and cosines to x: that is the first of the three ways. Here the pairs are turned, and keep their length."),
        "not turned": (lambda x, position, base=1e4: x, "Nothing has moved: position 3 gives what position 0 gives."),
        "whole numbers": (lambda x, position, base=1e4: right(x, position, base).astype(x.dtype), "For whole numbers it fails: the fractions are cut off. Does your new array have room for them?"),
    }  # fmt: skip
    asked = "each pair of neighbours turned by its own angle, at its own place; lengths stay"
    compare(attempt, right, cases, wrong, asked=asked)
    for d in (5, 3, 1, 7):
        attempt.must_refuse((rng.normal(size=d), 3, 50.0), f"A vector of width {d}", "lets an odd width pass")
    return "Turn queries and keys like this, and their score depends on the distance between them alone."


@lesson.exercise(
    "Order: permute the rows at random with p, call the layer, and compare with layer(X)[p]. If nothing else has changed, order does not count.",
    "Future: in a copy, put a row drawn anew in the place of one, then of another. Which outputs may move, and which may not?",
    "Use np.allclose for both: adding in another order rounds differently.",
)
def audit(attempt: Attempt) -> str:
    """Return (order_matters, sees_future), two bools, for layer, a function from (time, d) to (time, d), and X (time, d)."""
    layers = _layers()
    _all_rows(attempt)
    found = [_verdicts(attempt(layer, X)) for layer, X, _, _ in layers]
    truth = [[order, future] for _, _, (order, future), _ in layers]
    for (layer, X, _, _), said, right in zip(layers, found, truth, strict=True):
        if said != right:
            _finite_rows(attempt, layer, X)
            break

    def order_by(rule: Callable) -> list:
        return [[bool(rule(layer, X)), future] for layer, X, (_, future), _ in layers]

    def future_by(rule: Callable) -> list:
        return [[order, bool(rule(layer, X))] for layer, X, (order, _), _ in layers]

    def changed(rows: Callable, columns: slice = slice(None)) -> list:
        """Return the verdicts of who puts `rows`, a function of what stands there, in the place of each row in turn."""
        return future_by(lambda layer, X: any(_leaks(layer, X, t, slice(t), rows, columns) for t in range(1, len(X))))

    def permuted(rows: Callable) -> list:
        return order_by(lambda layer, X: _moves(layer(X[rows(X)]), layer(X)[rows(X)]))

    def seen_by(look: Callable) -> list:
        """Return the verdicts of who compares `look`, of the outputs before the changed row, and not the outputs."""

        def seen(layer: Callable, X: np.ndarray) -> bool:
            pairs = [(layer(_with(X, t))[:t], layer(X)[:t]) for t in range(1, len(X))]
            return any(_moves(look(one), look(other)) for one, other in pairs)

        return future_by(seen)

    def lengths(rows: np.ndarray) -> np.ndarray:
        return np.sqrt((rows**2).sum(axis=1))

    def coarse(layer: Callable, X: np.ndarray) -> list:
        """Return the verdicts of who takes whatever moves by less than a hundredth for unmoved."""
        p = _permutation(X)
        seen = [_moves(layer(_with(X, t))[:t], layer(X)[:t], 1e-2) for t in range(1, len(X))]
        return [_moves(layer(X[p]), layer(X)[p], 1e-2), any(seen)]

    def first_alone(layer: Callable, X: np.ndarray) -> bool:
        return any(_leaks(layer, X, row, slice(1)) for row in range(1, len(X)))

    wrong = {
        "not permuted back": (order_by(lambda layer, X: _moves(layer(X[_permutation(X)]), layer(X))), "You find that order matters even where each token is treated alone. The outputs move with the inputs: to which places?"),
        "order turned round": ([[not o, f] for o, f in truth], "Turned round: where the outputs move along with the inputs, order does not matter."),
        "never permuted": (order_by(lambda layer, X: False), "You never find that order matters. Does your permutation move anything, and does the layer get the permuted rows?"),
        "always order": (order_by(lambda layer, X: True), "You find that order matters in every layer. What would a layer have to do that it does not?"),
        "rows swapped": (permuted(lambda X: [1, 0, *range(2, len(X))]), "You find no order in a layer that makes some places louder, the first two alike: exchanging these two shows nothing there. Does your permutation move every row?"),
        "rows turned round": (permuted(lambda X: np.arange(len(X))[::-1]), "You find no order in a layer that adds both neighbours on a ring: turning the rows round shows nothing there, nor does moving all of them on. A random permutation does."),
        "rows rolled": (permuted(lambda X: np.roll(np.arange(len(X)), 3)), "You find no order in a layer that hands each row on, the last one to the first: moving all rows on by some places shows nothing there. A random permutation does."),
        "sums compared": (order_by(lambda layer, X: _moves(layer(X[_permutation(X)]).sum(axis=0), layer(X).sum(axis=0))), "You find no order in a layer that only moves its rows about. A sum or a mean over the tokens does not say which of them stands where: compare the outputs one by one."),
        "first column compared": (order_by(lambda layer, X: _moves(layer(X[_permutation(X)])[:, 0], layer(X)[_permutation(X), 0])), "You find no order in a layer that numbers its tokens in all columns but the first. Do you compare whole rows?"),
        "lengths compared": (order_by(lambda layer, X: _moves(lengths(layer(X[_permutation(X)])), lengths(layer(X)[_permutation(X)]))), "You find no order in a layer that turns each token by its place and leaves it as long as it was. Compare the outputs themselves, not their lengths."),
        "swapped": ([[f, o] for o, f in truth], "The two answers are swapped: order first, then the future."),
        "both turned round": ([[not o, not f] for o, f in truth], "Both answers are turned round: they are asked as `order_matters` and `sees_future`."),
        "future turned round": ([[o, not f] for o, f in truth], "Turned round: a layer sees the future if an earlier output moves."),
        "never the future": (future_by(lambda layer, X: False), "You never find that a layer sees the future. Does the row that you change really change, and do you look at the rows before it?"),
        "own output counted": (future_by(lambda layer, X: _leaks(layer, X, -1, slice(None))), "You find the future in a layer that treats each token alone. A changed token's own output may move: do you leave it out?"),
        "changes the past": (future_by(lambda layer, X: _leaks(layer, X, 0, slice(1, None))), "You find the future in layers with a mask, which see the past alone. Which token is changed, and which outputs must not move?"),
        "one step ahead missed": (future_by(lambda layer, X: _leaks(layer, X, -1, slice(1))), "You miss layers that show the future to a few outputs alone. Do you watch every output before the changed token, and change more than one token?"),
        "the first output alone": (future_by(first_alone), "You miss a layer whose last output but one sees the last token. Do you watch every output before the changed token?"),
        "one column alone": (changed(lambda row: row + 1.5, slice(1)), "You miss a layer that hands on all columns but the first. Do you change whole rows, and compare whole rows?"),
        "rows made longer": (changed(lambda row: 2 * row), "You miss a layer in which only the direction of a token counts: twice a row has the direction that it had. Change a row to something else altogether."),
        "rows negated": (changed(lambda row: -row), "You miss a layer that takes the mean of the squares: a row with its signs turned round has the squares that it had. Change a row to something else altogether."),
        "the last token alone": (future_by(lambda layer, X: _leaks(layer, X, -1, slice(-1))), "You miss a layer whose first output sees the second token. Is each token changed once, one after the other?"),
        "a constant added": (changed(lambda row: row + 1.5), "You miss a layer that takes its mean from each token first: a row with a number added comes out as it was. Put another row there, drawn anew."),
        "the last column alone": (changed(lambda row: row + 1.5, slice(-1, None)), "You miss a layer that hands on the first column alone. Do you change whole rows?"),
        "entries turned round": (changed(lambda row: row[::-1]), "You miss a layer that adds the mean of all entries: a row turned round has the sum that it had. Change a row to something else altogether."),
        "lengths watched": (seen_by(lengths), "You miss a layer that turns each token by what the next one holds, and leaves it as long as it was. Compare the outputs themselves, not their lengths."),
        "means watched": (seen_by(lambda rows: rows.mean(axis=1)), "You miss a layer that adds the next token's squares without their mean. Compare the outputs themselves, entry by entry, not their means."),
        "sums watched": (seen_by(lambda rows: rows.sum(axis=0)), "You miss a layer that takes from one output what it adds to another. Compare the earlier outputs one by one, not their sum or mean."),
        "wide tolerance": ([coarse(layer, X) for layer, X, _, _ in layers], "You miss effects of a few thousandths. np.allclose as it comes is narrow enough: rounding stays far below."),
    }  # fmt: skip
    for fault in ("not permuted back", "rows turned round", "never permuted"):
        for other in ("the last token alone", "a constant added", "never the future"):
            both = [[order, future] for (order, _), (_, future) in zip(wrong[fault][0], wrong[other][0], strict=True)]
            wrong[f"{fault}; {other}"] = (both, f"Two things. Order: {wrong[fault][1]} The future: {wrong[other][1]}")
    reject_known(found, wrong)
    for (_, X, _, what), said, right in zip(layers, found, truth, strict=True):
        if said != right:
            _tolerance(attempt, X)
            about = "order_matters" if said[0] != right[0] else "sees_future"
            asked = {
                "order_matters": "whether permuted rows give anything but the old outputs, permuted in the same way",
                "sees_future": "whether any output moves when a row after it changes",
            }
            raise NotYet(
                f"For {what}, and an X of {len(X)} rows, you return {tuple(said)}. Asked for as {about}: {asked[about]}.",
                "other",
            )
    return "Two experiments, no look at the code: every sequence model you meet can be asked these two questions."


def when_right(answer: Callable) -> Callable:
    """Return the learner's function where its check finds it right, else the course's own, for the lesson to go on with.

    Parameters
    ----------
    answer : callable
        One of the exercises of this lesson, under its name.

    Returns
    -------
    callable
        It takes what `answer` takes, and returns a float64 array, truth values (`causal_mask`) or a pair of them (`audit`),
        whatever kind the learner chose.

    Raises
    ------
    ValueError
        If the lesson goes on with no function of that name.
    """
    return lesson.when_right(answer, _OWN)


def _verdicts(value: object) -> list[bool]:
    try:
        parts = results(value, 2)
    except NotYet as error:
        raise NotYet(f"{error} Write `return order_matters, sees_future`.", "not two answers") from None
    for part in parts:
        found = np.asarray(part)
        if found.shape != () or found.dtype.kind != "b":
            raise NotYet(f"True or False is asked for, twice; this holds {article(part)}.", "wrong type")
    return [bool(part) for part in parts]


def _tolerance(attempt: Attempt, X: np.ndarray) -> None:
    """Say so where an audit takes rounding for an effect: two layers that differ by 1e-13 get two verdicts."""
    exact = _verdicts(attempt(_layer(np.tanh), X))
    rounded = _verdicts(attempt(_layer(lambda Z: np.tanh(Z) + _noise(Z)), X))
    if exact == [False, False] and rounded != exact:
        raise NotYet("Differences of 1e-13 are rounding, and you take them for an effect.", "no tolerance")


def _permutation(X: np.ndarray) -> np.ndarray:
    return np.random.default_rng(1).permutation(len(X))


def _finite_rows(attempt: Attempt, layer: Callable, X: np.ndarray) -> None:
    """Say so where an audit gives the layer something that is not finite: a weight of 0 times NaN is NaN."""
    finite = []

    def watched(Z: np.ndarray) -> np.ndarray:
        finite.append(np.isfinite(np.asarray(Z, dtype=float)).all())
        return layer(Z)

    attempt(watched, X)
    if not all(finite):
        text = "You give the layer rows of NaN or infinity. 0 times NaN is NaN, so even a token of weight 0 seems to be seen: change rows to finite numbers."
        raise NotYet(text, "rows not finite")


def _all_rows(attempt: Attempt) -> None:
    """Refuse an audit that calls a layer with another number of rows: some layers, like the lesson's, have one for each."""
    other = []

    def watched(Z: np.ndarray) -> np.ndarray:
        other.append(np.shape(Z)[:1] != (6,))
        return np.tanh(Z)

    attempt(watched, np.random.default_rng(148).normal(size=(6, 4)))
    if any(other):
        text = "You call the layer with fewer or more rows than X has. A layer may be made for one number of rows, as one is whose positions are a table: change rows, and leave none out."
        raise NotYet(text, "rows left out")


def _moves(one: np.ndarray, other: np.ndarray, least: float = 1e-8) -> bool:
    return not (np.abs(one - other) <= least).all()  # NaN counts as another output


def _further(row: np.ndarray) -> np.ndarray:
    """Return another row; one with a number added would be the same to a layer that takes the mean away."""
    return np.random.default_rng(149).normal(size=row.shape)


def _with(X: np.ndarray, t: int) -> np.ndarray:
    """Return X with another row t."""
    changed = X.copy()
    changed[t] = _further(X[t])
    return changed


def _leaks(
    layer: Callable,
    X: np.ndarray,
    row: int,
    watch: slice,
    change: Callable = _further,
    columns: slice = slice(None),
) -> bool:
    """Return whether the outputs `watch` move when `columns` of a row of X are changed."""
    changed = X.copy()
    changed[row, columns] = change(changed[row, columns])
    return _moves(layer(changed)[watch], layer(X)[watch])


_rng = np.random.default_rng(140)
_W = _rng.normal(size=(4, 4))
_POSITIONS = _rng.normal(size=(64, 4))
_UNEQUAL = np.array([1.0, 1, 2, 3, 5, 4, 6, 7, 1, 1] * 5)[:, None]


def _layers() -> list[tuple[Callable, np.ndarray, tuple[bool, bool], str]]:
    """Return the layers that an audit is tried on: (layer, X, (order matters, sees the future), what it is).

    Ten rows where order matters, so that a random permutation hardly ever happens to be one that a layer does not mind;
    few where it does not, so that whoever tries all permutations comes to an end.
    """
    rng = np.random.default_rng(147)
    X, narrow = rng.normal(size=(10, 4)), rng.normal(size=(10, 2))
    few, three, loud = (rng.normal(size=size) for size in ((6, 4), (3, 4), (7, 4)))
    order, future, both, neither = (True, False), (False, True), (True, True), (False, False)

    def placed(Z: np.ndarray, mask: np.ndarray | None = None) -> np.ndarray:
        return _attend(Z + _POSITIONS[: len(Z)], mask)

    def louder(Z: np.ndarray) -> np.ndarray:
        return Z * _UNEQUAL[: len(Z)]

    return [
        (_article, few, future, "the article's layer"),
        (_layer(lambda Z: placed(Z, np.tri(len(Z)))), X, order, "a layer with positions and a mask"),
        (_layer(placed), X, both, "a layer with positions and no mask"),
        (_layer(lambda Z: np.tanh(Z @ _W)), few, neither, "a layer that treats each token alone"),
        (_layer(lambda Z: placed(Z, np.tri(len(Z), k=1))), X, both, "a layer whose mask is one too wide"),
        (_layer(lambda Z: _attend(Z, np.tri(len(Z)))), X, order, "a layer with a mask and no positions"),
        (_layer(_attend_late), X, both, "a layer with its mask behind the softmax"),
        (_layer(louder), X, order, "a layer that makes some places louder"),
        (_layer(lambda Z: np.roll(Z, 1, axis=0)), X, both, "a layer that hands each row on, the last one to the first"),
        (_layer(_neighbour_sum), narrow, both, "a layer that adds both neighbours, on a ring"),
        (
            _layer(lambda Z: Z + _unit(Z).mean(axis=0)),
            few,
            future,
            "a layer that adds the mean direction of all tokens",
        ),
        (_layer(lambda Z: Z + Z.mean(axis=0)), few, future, "a layer that adds the mean of all six tokens"),
        (_layer(lambda Z: Z + 0.05 * Z.mean(axis=0)), few, future, "a layer that adds a twentieth of the mean"),
        (_layer(lambda Z: Z + (Z**2).mean(axis=0)), few, future, "a layer that adds the mean of the squares"),
        (_layer(_share_low), 20 * loud, future, "a layer that shares what is below -12"),
        (_layer(lambda Z: np.cumsum(Z, axis=0)), narrow, order, "a layer that adds up what has come"),
        (_layer(lambda Z: 0 * Z + Z.mean(axis=0)), three, future, "a layer that gives all three tokens their mean"),
        (_layer(_hand_on), X, both, "a layer that adds the next token, in all columns but the first"),
        (_layer(_number), X, order, "a layer that numbers its tokens, in all columns but the first"),
        (
            _layer(lambda Z: Z * np.maximum(np.arange(len(Z)), 4)[:, None]),
            X,
            order,
            "a layer that makes late places louder",
        ),
        (_layer(lambda Z: _glimpse(Z, 0, 1)), X, both, "a layer whose first output sees the second token"),
        (_layer(lambda Z: _glimpse(Z, -2, -1)), X, both, "a layer whose last output but one sees the last token"),
        (_layer(lambda Z: louder(Z) + np.eye(len(Z), k=7) @ Z), X, both, "a layer that looks seven places ahead"),
        (_layer(lambda Z: Z @ _W + _noise(Z)), few, neither, "a layer that rounds by 1e-13"),
        (
            _layer(lambda Z: _attend(_normal(Z)) @ _W),
            few,
            future,
            "a layer that gives each token mean 0 and variance 1 first",
        ),
        (_layer(lambda Z: Z + Z.mean()), few, future, "a layer that adds the mean of all entries"),
        (_layer(lambda Z: Z + 0.01 * Z.mean(axis=0)), few, future, "a layer that adds a hundredth of the mean"),
        (_layer(lambda Z: Z + 9e-4 * np.arange(len(Z))[:, None]), X, order, "a layer that adds 0.0009 a place"),
        (_layer(lambda Z: _turned(Z, np.arange(len(Z)))), X, order, "a layer that turns each token by its place"),
        (_layer(_turned_by_next), X, both, "a layer that turns each token by what the next one holds"),
        (_layer(_centred_next), X, both, "a layer that adds the next token's squares without their mean"),
        (_layer(_give_and_take), X, both, "a layer that adds the last token to one output and takes it from another"),
        (_layer(_first_column_on), X, both, "a layer that adds the next token's first column"),
    ]


def _layer(function: Callable) -> Callable:
    """Return `function` for whatever can be read as an array, with a result of its own."""
    return lambda Z: np.array(function(np.asarray(Z, dtype=float)))


def _neighbour_sum(Z: np.ndarray) -> np.ndarray:
    return np.roll(Z, 1, axis=0) + np.roll(Z, -1, axis=0)


def _hand_on(Z: np.ndarray) -> np.ndarray:
    out = Z.copy()
    out[:-1, 1:] += Z[1:, 1:]
    return out


def _first_column_on(Z: np.ndarray) -> np.ndarray:
    out = Z.copy()
    out[:-1] += Z[1:, :1]
    return out


def _centred_next(Z: np.ndarray) -> np.ndarray:
    out = Z.copy()
    out[:-1] += Z[1:] ** 2 - (Z[1:] ** 2).mean(axis=1, keepdims=True)
    return out


def _give_and_take(Z: np.ndarray) -> np.ndarray:
    out = Z.copy()
    out[0] += Z[-1]
    out[1] -= Z[-1]
    return out


def _turned(Z: np.ndarray, angles: np.ndarray) -> np.ndarray:
    """Return Z with both pairs of each row turned by its angle: the lengths stay."""
    return np.hstack(_turn(Z[:, :2], Z[:, 2:], angles[:, None]))


def _turned_by_next(Z: np.ndarray) -> np.ndarray:
    return _turned(Z, np.append(Z[1:] @ np.arange(1, 5), 0))


def _normal(Z: np.ndarray) -> np.ndarray:
    Z = Z - Z.mean(axis=1, keepdims=True)
    return Z / (Z.std(axis=1, keepdims=True) + 1e-9)


def _number(Z: np.ndarray) -> np.ndarray:
    out = Z.copy()
    out[:, 1:] += np.arange(len(Z))[:, None]
    return out


def _share_low(Z: np.ndarray) -> np.ndarray:
    return Z + np.minimum(Z + 12, 0).mean(axis=0)


def _glimpse(Z: np.ndarray, output: int, token: int) -> np.ndarray:
    out = Z * _UNEQUAL[: len(Z)]
    if len(Z) > 1:
        out[output] += Z[token]
    return out


def _noise(Z: np.ndarray) -> np.ndarray:
    return 1e-13 * (np.arange(len(Z))[:, None] + np.sin(Z.sum()))


def _unit(Z: np.ndarray) -> np.ndarray:
    return Z / np.sqrt((Z**2).mean(axis=1, keepdims=True))


def _attend(Z: np.ndarray, mask: np.ndarray | None = None) -> np.ndarray:
    scores = Z @ _W @ Z.T / 16  # soft weights, so that a change in any row is felt in every other
    return _softmax(scores if mask is None else np.where(mask > 0, scores, -np.inf)) @ Z


def _attend_late(Z: np.ndarray) -> np.ndarray:
    return _softmax(Z @ _W @ Z.T / 16) * np.tri(len(Z)) @ Z


def _article(Z: np.ndarray) -> np.ndarray:
    Z = np.asarray(Z, dtype=float)
    return np.maximum(0, _softmax(Z @ Z.T / 2) @ Z @ _W)


@contextlib.contextmanager
def _not_finite_means(name: str, text: str) -> Iterator[None]:
    """Say `text` under `name` where a result is not finite."""
    try:
        yield
    except NotYet as error:
        if error.name != "not finite":
            raise
        raise NotYet(text, name) from None


def _softmax(scores: np.ndarray) -> np.ndarray:
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


def _masked_softmax(scores: np.ndarray, mask: np.ndarray) -> np.ndarray:
    weights = np.zeros(scores.shape)
    for row, score, visible in zip(weights, scores, mask, strict=True):
        if visible.any():
            row[visible] = _softmax(score[visible])
    return weights


def _backward(grad: np.ndarray, A: np.ndarray) -> np.ndarray:
    return A * (grad - (A * grad).sum(axis=1, keepdims=True))


def _heads(X: np.ndarray, n_heads: int) -> np.ndarray:
    return X.reshape(len(X), n_heads, -1).transpose(1, 0, 2)


def _turn(a: np.ndarray, b: np.ndarray, angle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return a * np.cos(angle) - b * np.sin(angle), a * np.sin(angle) + b * np.cos(angle)


def _neighbours(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return np.column_stack([first, second]).ravel()


def _weights(q: np.ndarray, K: np.ndarray) -> np.ndarray:
    return _softmax(K @ q / np.sqrt(len(q)))


def _last_rows(n_queries: int, n_keys: int) -> np.ndarray:
    return np.arange(n_keys) <= np.arange(n_keys - n_queries, n_keys)[:, None]


def _rotated(x: np.ndarray, position: int, base: float = 10000.0) -> np.ndarray:
    angle = position * base ** (-np.arange(0, len(x), 2) / len(x))
    return _neighbours(*_turn(x[0::2], x[1::2], angle))


def _audited(layer: Callable, X: np.ndarray) -> tuple[bool, bool]:
    p = _permutation(X)
    seen = [_leaks(layer, X, t, slice(t)) for t in range(1, len(X))]
    return _moves(layer(X[p]), layer(X)[p]), any(seen)


def _floats(value: Any) -> np.ndarray:
    return np.asarray(value, dtype=float)


def _truths(value: Any) -> np.ndarray:
    return np.asarray(value, dtype=bool)


def _two_truths(value: Any) -> tuple[bool, ...]:
    return tuple(bool(part) for part in value)


_OWN = {
    "attention_weights": (_weights, _floats),
    "softmax_backward": (_backward, _floats),
    "causal_mask": (_last_rows, _truths),
    "masked_softmax": (_masked_softmax, _floats),
    "audit": (_audited, _two_truths),
    "split_heads": (_heads, _floats),
    "rotate": (_rotated, _floats),
}

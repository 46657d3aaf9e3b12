"""Exercises of lesson 14: one query's weights, the softmax backwards, heads, a mask, its softmax, a rotation, an audit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.checking import Attempt, Lesson, NotYet, array, close, number, reject_known

lesson = Lesson("14_attention")
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
    got, raw = array(attempt(q, K), (6,)), K @ q
    true = _softmax(raw / 2)
    wrong = {
        "unscaled scores": (_softmax(raw), "Those weights are too sharp: the scores went into the softmax as they were. What are they divided by?"),
        "divided by d_k": (_softmax(raw / 4), "Those weights are too even: you divide by d_k. The standard deviation of a score grows with another power of it."),
        "root of the number of keys": (_softmax(raw / np.sqrt(6)), "You divide by the root of the number of keys. How many products are summed in one score?"),
        "scores, not weights": (raw / 2, "Those are the scores. Some are negative; a share cannot be."),
        "not normalised": (np.exp(raw / 2), "Positive they are. Do they sum to one?"),
        "divided by their sum": (raw / raw.sum(), "The scores are divided by their sum. With negative scores that gives negative shares: what makes them positive first?"),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, true):
        raise NotYet(
            f"Your weights differ from the right ones by up to {np.abs(got - true).max():.2g}. Try the three words."
        )
    try:
        large = array(attempt(900 * q, K), (6,))
    except NotYet as error:
        if error.name == "not finite":
            text = "With large scores the result is not finite: e to the 1000 is too large for a float. Lesson 03 had a cure for that."
            raise NotYet(text, "overflows") from None
        raise
    if not close(large, _softmax(450 * raw)):
        raise NotYet("For large scores the weights are wrong. Which score may be subtracted from all of them?")
    if not close(array(attempt(np.array([2, 0]), np.array([[1, 5], [1, 7]])), (2,)), [0.5, 0.5]):
        raise NotYet("For whole numbers it fails: two keys that score alike should share the weight.", "whole numbers")
    attempt.must_refuse((q, np.zeros((0, 4))), "A query without a single key", "lets no keys pass")
    attempt.must_refuse((q[:1], K), "A query of width 1 with keys of width 4", "lets another width pass")
    return "A look-up in a table whose answer is a mixture, and so it has a gradient: that is all attention is."


@lesson.exercise(
    "For one row with weights a and gradient g, the Jacobian is diag(a) - a a'. Multiply it by g on paper.",
    "diag(a) g is a * g. And a (a' g) is a times a single number.",
    "That number is the sum of a * g over the row: axis=1, keepdims=True.",
)
def softmax_backward(attempt: Attempt) -> str:
    """Return the gradient (n, m) of the scores, for weights A (n, m) with rows that sum to one and their gradient (n, m)."""
    rng = np.random.default_rng(142)
    A, grad = _softmax(rng.normal(size=(4, 3))), rng.normal(size=(4, 3))
    got = array(attempt(grad, A), (4, 3))
    true = _backward(grad, A)
    wrong = {
        "the diagonal alone": (A * (1 - A) * grad, "You use the derivative of the sigmoid. In a softmax every score moves every weight of its row: what do the others add?"),
        "summed over everything": (A * (grad - (A * grad).sum()), "The sum runs over all rows. Does the softmax of one query depend on another query's scores?"),
        "columns instead of rows": (A * (grad - (A * grad).sum(axis=0)), "The sum runs down the columns. The softmax ran along the rows: the keys of one query."),
        "wrong sign": (-true, "The sign is turned round."),
        "plain mean": (A * (grad - grad.mean(axis=1, keepdims=True)), "You subtract the plain mean of the gradient. Which mean does a a' g take?"),
        "first factor forgotten": (grad - (A * grad).sum(axis=1, keepdims=True), "The bracket is right. A weight near zero should hardly move, whatever its gradient is: which factor says so?"),
        "second term forgotten": (A * grad, "That is diag(a) g. The other half of the Jacobian is missing."),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, true):
        raise NotYet(f"Up to {np.abs(got - true).max():.2g} lies between yours and central differences.")
    if np.abs(array(attempt(np.array([[3]]), np.array([[1]])), (1, 1))).max() > 1e-12:
        raise NotYet(
            "A row with one weight keeps it at 1 whatever its score: its gradient is 0, and you return another."
        )
    return "The gradient of each row sums to zero: raise all scores alike and no weight moves."


@lesson.exercise(
    "Head 0 owns the first d / n_heads columns, head 1 the next ones. Which reshape cuts only the last axis?",
    "X.reshape(time, n_heads, d // n_heads) cuts the columns. Then the axes stand as (time, heads, d_k).",
    "A transpose puts the heads first. Refuse n_heads below 1 and a width that does not divide.",
)
def split_heads(attempt: Attempt) -> str:
    """Return (n_heads, time, d / n_heads): head h owns the h-th block of columns of X (time, d)."""
    X = np.random.default_rng(143).normal(size=(5, 12))
    known = {
        (5, 3, 4): ("heads after time", "The columns are cut as they should be. The heads should be the first axis, so that X[h] is all that head h sees."),
        (5, 4, 3): ("heads last", "The heads are the last axis. They should be the first."),
        (3, 4, 5): ("time last", "Time and width have changed places inside each head: rows are tokens."),
        (4, 5, 3): ("sizes swapped", "There are 4 heads of width 3. Asked for are 3 heads, each of width 12 / 3."),
    }  # fmt: skip
    got = _shaped(attempt(X, 3), (3, 5, 4), known)
    wrong = {
        "reshaped without transposing": (X.reshape(3, 5, 4), "The shape is right and the content is not: your first head holds pieces of the first two tokens, not a piece of every token. A reshape never moves a number past another."),
        "every third column": (X.reshape(5, 4, 3).transpose(2, 0, 1), "Head 0 gets columns 0, 3, 6, 9. It should get 0, 1, 2, 3: a block."),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, X.reshape(5, 3, 4).swapaxes(0, 1)):
        raise NotYet("Compare your head 0 with X[:, :4]: they should be the same.")
    if not close(array(attempt(X[:2], 1), (1, 2, 12)), X[None, :2]):
        raise NotYet("With one head, nothing is cut: head 0 is X itself.")
    attempt.must_refuse((X, 5), "A width of 12 for 5 heads", "lets an odd width pass")
    attempt.must_refuse((X, 0), "Zero heads", "lets zero heads pass")
    attempt.must_refuse((X, -3), "Minus three heads", "lets negative heads pass")
    return "Whoever reshapes without the transpose mixes tokens, and through a causal mask the future leaks in."


@lesson.exercise(
    "The first of the queries stands at position n_keys - n_queries. What may it see?",
    "Key k is visible to query i if k <= i + n_keys - n_queries.",
    "np.arange makes both, and [:, None] turns the queries into a column. Or look up what np.tri does with its k.",
)
def causal_mask(attempt: Attempt) -> str:
    """Return (n_queries, n_keys), True where a query may look; the queries are the last of the keys' positions."""
    answer = attempt(3, 5)
    try:
        got = array(answer, (3, 5))
    except NotYet as error:
        if error.name == "not finite":
            text = (
                "Infinities are for the scores. The mask itself says True where a query may look and False elsewhere."
            )
            raise NotYet(text, "scores, not a mask") from None
        if error.name == "wrong shape" and np.shape(answer) == (5, 3):
            raise NotYet("Queries are the rows, keys the columns: (3, 5).", "rows and columns swapped") from None
        raise
    true = np.tri(3, 5, 2)
    wrong = {
        "aligned at the start": (np.tri(3, 5), "Your first query sees one key, as if it stood at the beginning. Of five positions it is the third."),
        "does not see itself": (np.tri(3, 5, 1), "Off by one: no query sees its own position."),
        "sees one too many": (np.tri(3, 5, 3), "Off by one: each query sees the position after its own. That is the answer it should guess."),
        "marks what is hidden": (1 - true, "True where it is hidden: the reverse is asked for. Libraries differ here, and it costs whole training runs."),
        "the past is hidden": (np.tri(5, 3, -2).T, "Your queries see themselves and what comes after. Turn time round."),
        "everything": (np.ones((3, 5)), "Everything is visible. What may the first of three queries not see?"),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, true):
        raise NotYet("For 3 queries and 5 keys, query 0 sees keys 0 to 2, query 1 one more, query 2 all.")
    for size in (1, 4):
        if not close(array(attempt(size, size), (size, size)), np.tri(size)):
            raise NotYet(
                f"For {size} queries and {size} keys it fails. Each sees itself and what is before it.", "square"
            )
    attempt.must_refuse((5, 3), "Five queries, the last of three positions,", "lets too many queries pass")
    return "Lesson 15 writes one token at a time with exactly this mask: one query, all keys so far."


@lesson.exercise(
    "np.where(mask, scores, -np.inf): e to the minus infinity is 0, and the rest shares the whole weight.",
    "A row without a single True is -inf throughout. What is its largest, and what is -inf minus -inf?",
    "Take the largest visible score, or 0 where there is none. Divide by the sum, or by 1 where the sum is 0.",
)
def masked_softmax(attempt: Attempt) -> str:
    """Return weights (n, m) for scores and a mask (n, m), True where visible; a row with nothing visible is all zeros."""
    rng = np.random.default_rng(145)
    scores = rng.normal(size=(4, 3))
    mask = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 1, 1]], dtype=bool)
    got, plain, seen = array(attempt(scores, mask), (4, 3)), _softmax(scores), np.where(mask, scores, -np.inf)
    true, weights = _softmax(seen), np.exp(seen)
    wrong = {
        "masked after the softmax": (plain * mask, "The rows do not sum to one: hidden keys took their share before they were hidden."),
        "softmax over the wrong axis": (weights / weights.sum(axis=0), "The columns sum to one. Each row is one query, and it has one unit of weight to share among the keys."),
        "mask turned round": (_softmax(np.where(mask, -1e9, scores)), "You hide what the mask shows and show what it hides."),
        "score zero": (_softmax(scores * mask), "A score of zero is not hidden: e to the 0 is 1. Which score gives a weight of nothing?"),
        "mask ignored": (plain, "Hidden keys still get weight. Where does the mask come in?"),
        "one sum for all": (weights / weights.sum(), "All rows share one unit of weight. Each query has its own."),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, true):
        raise NotYet(f"Your weights differ from the right ones by up to {np.abs(got - true).max():.2g}.")
    try:
        empty = array(attempt(scores[:2], np.array([[True, True, False], [False, False, False]])), (2, 3))
    except NotYet as error:
        if error.name == "not finite":
            text = "A row with nothing visible gives NaN: zero divided by zero. One such row of padding, and every weight of the network is NaN after the next step."
            raise NotYet(text, "NaN in an empty row") from None
        raise
    if np.abs(empty[1]).max() > 0:
        text = "A row with nothing visible gets weights from you. It has nothing to look at: asked for are zeros."
        raise NotYet(text, "weights in an empty row")
    if not close(empty[0], _softmax(np.where([True, True, False], scores[0], -np.inf))):
        raise NotYet("An empty row changes its neighbour. Does each row keep to itself?", "rows mixed")
    try:
        far = array(attempt(np.array([[0.0, 1.0, 2000.0]]), np.array([[True, True, False]])), (1, 3))
    except NotYet as error:
        if error.name == "not finite":
            raise NotYet(
                "A hidden score of 2000 turns the row into NaN. Which scores may the largest be taken from?",
                "overflows",
            ) from None
        raise
    if not close(far, [[*_softmax(np.array([0.0, 1.0])), 0]]):
        text = "A hidden score of 2000 crushes the visible ones to zero, though nobody should see it. At which moment do you hide it?"
        raise NotYet(text, "hidden scores still count")
    seen, shares = np.array([[True, True, False]] * 2), [[*_softmax(np.array([0.0, 1.0])), 0]] * 2
    try:
        large = array(attempt(np.array([[3000.0, 3001, 0], [-3000, -2999, 0]]), seen), (2, 3))
    except NotYet as error:
        if error.name == "not finite":
            text = "Visible scores of 3000 are too large for the exponential, or scores of -3000 too small. Lesson 03 had a cure: in which row is the largest taken?"
            raise NotYet(text, "visible scores overflow") from None
        raise
    if not close(large, shares):
        text = "One row scores 3000 and 3001, the next -3000 and -2999: both should share alike, as 0 and 1 do. Which score may each row subtract?"
        raise NotYet(text, "large visible scores")
    return "Hidden first, then shared: in this order a mask leaks nothing, and an empty row harms nobody."


@lesson.exercise(
    "Take one pair (a, b) and an angle t: it becomes (a cos t - b sin t, a sin t + b cos t).",
    "x[0::2] are the first members of all pairs, x[1::2] the second. There are d / 2 angles.",
    "The angles are position * base ** (-np.arange(0, d, 2) / d). Write both results back into every other place of a new array.",
)
def rotate(attempt: Attempt) -> str:
    """Return x (d,) with pair (2i, 2i + 1) turned by position * base ** (-2i / d) radians; ValueError for odd d."""
    x = np.random.default_rng(146).normal(size=6)
    got = array(attempt(x, 3, 50.0), (6,))
    i = np.arange(3)
    angle = 3 * 50.0 ** (-i / 3)
    first, second = _turn(x[:3], x[3:], angle)
    wrong = {
        "turned the wrong way": (_rotate(x, -angle), "The pairs turn clockwise. Where does (1, 0) go for a small positive angle?"),
        "halves paired": (np.concatenate([first, second]), "You pair the first half with the second. That works too, in a network of its own; here neighbours are pairs."),
        "one speed for all pairs": (_rotate(x, np.full(3, 3.0)), "All pairs turn at one speed. Then position 0 and position 2 pi would look the same everywhere."),
        "i for 2i": (_rotate(x, 3 * 50.0 ** (-i / 6)), "The exponent is -2i / d, and d = 6 here. Pair 1 has 2i = 2."),
        "pair number times i": (_rotate(x, 3 * 50.0 ** (-2 * (2 * i) / 6)), "You double twice: 2i is already the number of the pair's first place."),
        "speeds grow": (_rotate(x, 3 * 50.0 ** (i / 3)), "Your later pairs turn faster than the first. They should turn slower: mind the sign of the exponent."),
        "base ignored": (_rotate(x, 3 * 10000.0 ** (-i / 3)), "The base that was passed in is ignored: 50 here, not 10000."),
        "added, not turned": (x + np.column_stack([np.cos(angle), np.sin(angle)]).ravel(), "You add sines and cosines to x. A rotation multiplies, and keeps the length."),
        "not turned": (x, "Nothing has moved: position 3 gives what position 0 gives."),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, _rotate(x, angle)):
        text = "" if np.isclose(np.sum(got**2), np.sum(x**2)) else " Its length has changed, so it is no rotation."
        raise NotYet(
            f"For position 3 and base 50 the result is off by up to {np.abs(got - _rotate(x, angle)).max():.2g}.{text}"
        )
    if not close(array(attempt(np.array([1, 0]), -2, 90.0), (2,)), [np.cos(2), -np.sin(2)]):
        text = "For the whole numbers [1, 0] at position -2 it fails. Does your new array have room for fractions?"
        raise NotYet(text, "whole numbers")
    attempt.must_refuse((x[:5], 3, 50.0), "A vector of width 5", "lets an odd width pass")
    return "Turn queries and keys like this, and their score depends on the distance between them alone."


@lesson.exercise(
    "Order: permute the rows at random with p, call the layer, and compare with layer(X)[p]. If nothing else has changed, order does not count.",
    "Future: change a row in a copy, then another. Which outputs may move, and which may not?",
    "Use np.allclose for both: adding in another order rounds differently.",
)
def audit(attempt: Attempt) -> str:
    """Return (order_matters, sees_future), two bools, for layer, a function from (time, d) to (time, d), and X (time, d)."""
    X = np.random.default_rng(147).normal(size=(7, 4))
    truth = {
        "the article's layer": (_article, False, True),
        "a layer with positions and a mask": (lambda Z: _attend(Z + _POSITIONS[: len(Z)], np.tri(len(Z))), True, False),
        "a layer with positions and no mask": (lambda Z: _attend(Z + _POSITIONS[: len(Z)]), True, True),
        "a layer that treats each token alone": (lambda Z: np.tanh(Z @ _W), False, False),
        "a layer whose mask is one too wide": (
            lambda Z: _attend(Z + _POSITIONS[: len(Z)], np.tri(len(Z), k=1)),
            True,
            True,
        ),
    }
    found = {name: _pair(attempt(layer, X)) for name, (layer, _, _) in truth.items()}
    rights = {name: tuple(verdict) for name, (_, *verdict) in truth.items()}
    rules: dict[str, tuple[Callable, str]] = {
        "not permuted back": (lambda o, f: (True, f), "You find that order matters everywhere, even where each token is treated alone. The outputs move with the inputs: to which places?"),
        "order turned round": (lambda o, f: (not o, f), "Turned round: where the outputs move along with the inputs, order does not matter."),
        "never permuted": (lambda o, f: (False, f), "You never find that order matters. Is your permutation one that moves something, and does the layer see it?"),
        "swapped": (lambda o, f: (f, o), "The two answers are swapped: order first, then the future."),
        "future turned round": (lambda o, f: (o, not f), "Turned round: a layer sees the future if an earlier output moves."),
    }  # fmt: skip
    if found != rights:
        for name, (rule, message) in rules.items():
            if found == {key: rule(*value) for key, value in rights.items()}:
                raise NotYet(message, name)
    order = {name: (found[name][0], rights[name][0]) for name in truth}
    future = {name: found[name][1] for name in truth if found[name][1] != rights[name][1]}
    if future == {"a layer that treats each token alone": True, "a layer with positions and a mask": True}:
        text = "You find the future in a layer that treats each token alone. The changed token's own output may move: leave it out."
        raise NotYet(text, "own output counted")
    if future == {"a layer with positions and a mask": True}:
        text = "You say that a masked layer sees the future. Did you change a late token and watch the early outputs, or the reverse?"
        raise NotYet(text, "changes the past")
    if future == {"a layer whose mask is one too wide": False}:
        text = "A mask that is one too wide slips through. Watch every output before the changed token, not the first alone."
        raise NotYet(text, "one step ahead missed")
    for name, (said, is_so) in order.items():
        if said != is_so:
            text = "matters. Are the differences larger than rounding?" if said else "does not matter."
            raise NotYet(f"For {name} you say that order {text}", "order")
    for name, said in future.items():
        raise NotYet(f"For {name} you say that it {'sees' if said else 'does not see'} the future.", "future")
    noisy = _pair(attempt(lambda Z: Z @ _W + 1e-13 * np.arange(len(Z))[:, None], X))
    if noisy != (False, False):
        raise NotYet("Differences of 1e-13 are rounding, and you take them for an effect.", "no tolerance")
    return "Two experiments, no look at the code: every sequence model you meet can be asked these two questions."


_rng = np.random.default_rng(140)
_W = _rng.normal(size=(4, 4))
_POSITIONS = _rng.normal(size=(7, 4))


def _softmax(scores: np.ndarray) -> np.ndarray:
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


def _backward(grad: np.ndarray, A: np.ndarray) -> np.ndarray:
    return A * (grad - (A * grad).sum(axis=1, keepdims=True))


def _turn(a: np.ndarray, b: np.ndarray, angle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return a * np.cos(angle) - b * np.sin(angle), a * np.sin(angle) + b * np.cos(angle)


def _rotate(x: np.ndarray, angle: np.ndarray) -> np.ndarray:
    return np.column_stack(_turn(x[0::2], x[1::2], angle)).ravel()


def _attend(Z: np.ndarray, mask: np.ndarray | None = None) -> np.ndarray:
    scores = Z @ _W @ Z.T / 16  # soft weights, so that a change in any row is felt in every other
    return _softmax(scores if mask is None else np.where(mask > 0, scores, -np.inf)) @ Z


def _article(Z: np.ndarray) -> np.ndarray:
    return np.maximum(0, _softmax(Z @ Z.T / 2) @ Z @ _W)


def _shaped(value: Any, shape: tuple[int, ...], known: dict[tuple, tuple[str, str]]) -> np.ndarray:
    try:
        return array(value, shape)
    except NotYet as error:
        if error.name == "wrong shape" and np.shape(value) in known:
            name, message = known[np.shape(value)]
            raise NotYet(message, name) from None
        raise


def _pair(value: Any) -> tuple[bool, bool]:
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise NotYet("Two answers are asked for: `return order_matters, sees_future`.", "not two answers")
    order, future = (bool(number(int(v) if isinstance(v, (bool, np.bool_)) else v)) for v in value)
    return order, future

"""Exercises of lesson 16: the average of the past, heads joined, parameters, windows with a past, top-p."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course_utils.checking import Attempt, Lesson, NotYet, array, case, close, compare, results

lesson = Lesson("16_transformer")
EXERCISES = lesson.exercises


@lesson.exercise(
    "Row t of the result is made of rows 0 to t of X. What is row 0? And row 1?",
    "np.cumsum(X, axis=0) has the sums of all pasts. By what is each row to be divided?",
)
def average_of_past(attempt: Attempt) -> str:
    """Return (time, d): row t is the mean of rows 0 to t of X (time, d)."""
    rng = np.random.default_rng(160)
    cases = [
        case(np.array([[2.0, 0], [4, 6], [0, 3]])),
        case(rng.normal(size=(5, 3)), note="five rows"),
        case(np.array([[2.0, 0], [5, 1], [-9, 7]]), note="the same first row, others behind it"),
        case(np.array([[3.0], [-1], [4], [-6]]), note="one column, negative numbers"),
        case(rng.normal(size=(4, 4)), note="as many rows as columns"),
        case(np.array([[7.0, -2, 5]]), note="a single row"),
        case(50 + rng.normal(size=(64, 16)), note="64 rows of width 16"),
        case(np.array([[2.0, 1], [4, -1], [4, -1], [0, 5]]), note="the same row twice"),
        case(np.zeros((3, 2)), note="zeros", scale=1),
    ]
    wrong = {
        "the future counted": (lambda X: np.tile(X.mean(axis=0), (len(X), 1)), "Every row gets the mean of all rows, the later ones too. Row 0 has only itself to look at."),
        "a sum": (lambda X: np.cumsum(X, axis=0), "Those are the sums of the past. How many rows are in each?"),
        "divided by all": (lambda X: np.cumsum(X, axis=0) / len(X), "Every sum is divided by the number of all rows. Row t is the mean of how many?"),
        "itself left out": (_without_itself, "Row t is the mean of the rows before it. It may look at itself as well."),
        "backwards": (lambda X: _averages(X[::-1])[::-1], "Row t is the mean of row t and all that come after it: that is the future."),
        "along the width": (lambda X: _averages(X.T).T, "You average along the width. Time runs downwards, along axis 0."),
        "the last two": (_last_two, "Row t is the mean of itself and its neighbour alone. The whole past is asked for."),
        "weights that halve": (_halving, "You average row t with the last result, so that old rows count less and less. All rows of the past count alike."),
        "unchanged": (lambda X: X, "That is X itself: nothing is averaged."),
    }  # fmt: skip
    compare(attempt, _averages, cases, wrong, asked="in row t the mean of rows 0 to t, each with the same weight")
    return (
        "The same as a product with a triangle whose rows sum to one. Attention puts other weights into that triangle."
    )


def _averages(X: np.ndarray) -> np.ndarray:
    return np.cumsum(X, axis=0) / np.arange(1, len(X) + 1)[:, None]


def _without_itself(X: np.ndarray) -> np.ndarray:
    return np.vstack([X[:1], _averages(X)[:-1]])


def _last_two(X: np.ndarray) -> np.ndarray:
    return np.vstack([X[:1], (X[1:] + X[:-1]) / 2])


def _halving(X: np.ndarray) -> np.ndarray:
    out = [X[0]]
    for row in X[1:]:
        out.append((out[-1] + row) / 2)
    return np.array(out)


@lesson.exercise(
    "Feed it heads that say where they come from: 100 h + t at every entry of head h and time t. What should row t hold?",
    "Row t holds what head 0 has at time t, then what head 1 has at time t, and so on. Which axis must come first?",
    "heads.transpose(1, 0, 2) is (time, n_heads, d_k). Now a reshape glues the right numbers together.",
)
def join_heads(attempt: Attempt) -> str:
    """Return (time, n_heads * d_k): row t holds the outputs of all heads at time t, for heads (n_heads, time, d_k)."""
    rng = np.random.default_rng(161)
    marked = 100.0 * np.arange(3)[:, None, None] + np.arange(5)[:, None] + np.zeros((3, 5, 4))
    cases = [
        case(rng.normal(size=(3, 5, 4)), note="three heads, five times, width 4"),
        case(rng.normal(size=(2, 2, 2)), note="all sizes 2"),
        case(marked, note="entries that say 100 h + t"),
        case(rng.normal(size=(4, 3, 1)), note="four heads of width 1"),
        case(rng.normal(size=(1, 6, 3)), note="one head"),
        case(rng.normal(size=(5, 1, 2)), note="one time"),
        case(1000 * rng.normal(size=(2, 3, 6)), note="two heads of width 6, large numbers"),
        case(rng.normal(size=(4, 64, 16)), note="four heads, 64 times, width 16"),
    ]
    wrong = {
        "reshaped alone": (lambda heads: heads.reshape(heads.shape[1], -1), "The shape is right and the content is not: row 0 holds several times of the first head, the later ones too. That is the leak. A reshape never moves a number past another."),
        "columns taken in turn": (lambda heads: heads.transpose(1, 2, 0).reshape(heads.shape[1], -1), "Each row holds the right numbers in another order: entry 0 of every head, then entry 1 of every head. First all of head 0, please."),
        "heads in reverse": (lambda heads: _joined(heads[::-1]), "The heads stand in reverse. Head 0 comes first."),
        "time in reverse": (lambda heads: _joined(heads)[::-1], "The rows are right, and time runs backwards."),
        "turned over": (lambda heads: heads.T.reshape(heads.shape[1], -1), "heads.T turns all three axes round. Heads and time change places, and d_k stays where it is."),
    }  # fmt: skip
    compare(
        attempt,
        _joined,
        cases,
        wrong,
        asked="row t holds the outputs of head 0, head 1, ... at time t, one after the other",
    )
    return "Cutting and joining are each a reshape and a transpose. Without the transpose times get mixed, and the mask is worth nothing."


def _joined(heads: np.ndarray) -> np.ndarray:
    return np.concatenate(list(heads), axis=1)


@lesson.exercise(
    "Begin with one block: four matrices in attention, two in the MLP, a bias for each, and two norms.",
    "Attention: 4 (d d + d). MLP: d to 4 d and back, with biases of 4 d and d. A norm: a gain and a shift, d each.",
    "A block has 12 d squared + 13 d. Outside: a table (V, d), a table (T, d), a last norm, and a matrix (d, V) with its bias.",
)
def count_parameters(attempt: Attempt) -> str:
    """Return the parameters, an int, of the lesson's Transformer with V characters, T positions, width d and n_layers."""
    cases = [
        case(50, 20, 24, 5),
        case(50, 20, 24, 2, note="the same sizes, fewer blocks"),
        case(50, 33, 24, 5, note="the same sizes, more positions"),
        case(7, 11, 2, 1, note="one block"),
        case(62, 32, 64, 3, note="the lesson's own sizes"),
        case(3, 5, 7, 2, note="a width larger than the number of characters"),
        case(1, 1, 1, 1, note="sizes of 1"),
        case(5, 9, 4, 30, note="thirty blocks"),
        case(62, 64, 32, 0, note="no block at all"),
        case(50_257, 1024, 768, 12, note="the sizes of GPT-2"),
    ]
    right = _count()
    wrong = {
        "one block alone": (lambda V, T, d, n: right(V, T, d, 1), "You count one block, however many layers there are."),
        "no positions": (_count(places=0), "T d are missing: the table of positions."),
        "no characters": (_count(tables=1), "V d are missing. Characters become vectors by one table, and vectors become scores by a matrix as large."),
        "no biases": (_count(inside_d=4, head=0), "You leave out every bias: 9 d in each block, and V behind them."),
        "no bias in the blocks": (_count(inside_d=4), "Nine d are missing in each block: the biases. Each Dense layer has one as wide as what it returns."),
        "no bias in attention": (_count(inside_d=9), "Four d are missing in each block: queries, keys, values and the last projection have a bias each."),
        "no bias in the MLP": (_count(inside_d=8), "Five d are missing in each block: the MLP has a bias of 4 d and one of d."),
        "no bias for the scores": (_count(head=0), "V are missing: the last Dense layer has a bias, too."),
        "no norms": (_count(inside_d=9, last=0), "No norm is in your count. Each has a gain and a shift, d numbers each: two norms a block, and one behind the blocks."),
        "no norm behind the blocks": (_count(last=0), "2 d are missing: there is one more norm, behind the last block."),
        "one norm in a block": (_count(inside_d=11), "Two d are missing in each block: there are two norms in it."),
        "a gain alone": (_count(inside_d=11, last=1), "Each norm has a gain and a shift. You count one of the two."),
        "no last projection": (_count(inside=11, inside_d=12), "Attention has a fourth matrix: it mixes what the heads have found."),
        "one matrix for three": (_count(inside=10, inside_d=11), "Queries, keys and values come from three matrices."),
        "no MLP": (_count(inside=4, inside_d=8), "The MLP is missing, two thirds of a block."),
        "an MLP without its four": (_count(inside=6, inside_d=10), "The hidden layer of the MLP is four times as wide as the network."),
        "everything in every layer": (lambda V, T, d, n: n * right(V, T, d, 1), "You count tables, last norm and scores once for each layer. They stand outside the blocks, once."),
    }  # fmt: skip
    asked = "all numbers that are learned: both tables, the blocks, the last norm and the scores"
    compare(attempt, right, cases, wrong, asked=asked)
    return "Twelve d squared a block, and the rest is small: double the width, and a block costs four times as much. A block of GPT-2 has just as many, with d = 768."


def _count(
    tables: int = 2, places: int = 1, inside: int = 12, inside_d: int = 13, last: int = 2, head: int = 1
) -> Callable:
    return lambda V, T, d, n: (
        tables * V * d + places * T * d + n * (inside * d * d + inside_d * d) + last * d + head * V
    )


@lesson.exercise(
    "Write down ids 0 to 8 for length 4 and past 2. Which inputs does the first row hold, and which of its targets count?",
    "The first row scores ids 3 and 4. So the second row has to score 5 and 6: where does it begin?",
    "Rows begin length - past apart. A row's targets are the ids one place further on, without the first past of them.",
)
def windows_with_past(attempt: Attempt) -> str:
    """Return (inputs, targets), (n, length) and (n, length - past): only targets with more than past ids before them."""
    rng = np.random.default_rng(162)
    cases = [
        case(np.arange(9), 4, 2, note="the ids 0 to 8"),
        case(rng.permutation(62)[:24], 7, 3, note="24 ids, rows of 7, a past of 3"),
        case(np.array([7, 3, 12, 0, 9, 4, 15, 1, 8, 2, 11]), 4, 1, note="eleven ids, rows of 4, a past of 1"),
        case(rng.integers(0, 62, 30), 6, 4, note="thirty ids, rows of 6, a past of 4"),
        case(rng.integers(0, 62, 30), 6, 4, note="thirty other ids"),
        case(np.array([5, 2, 8, 6, 3, 9, 1]), 3, 0, note="no past asked for"),
        case(np.array([5, 2, 8, 6, 3]), 4, 3, note="the shortest text: one row and the id after it"),
        case(np.array([4, 0, 300, 4, 61, 2, 7]), 4, 2, note="ids left over"),
        case(rng.integers(0, 62, 12), 2, 1, note="rows of 2"),
        case(rng.integers(0, 62, 1000), 64, 32, note="a thousand ids, half of each row for the past"),
    ]
    _known_windows(attempt, cases)
    wrong = {
        "targets not shifted": (_cut(ahead=0), "Each target is the id that was just read. The one after it is asked for."),
        "the past scored": (_cut(at_front=True), "Your targets are those of the first places of a row, which have no past. The others count."),
        "two ahead": (_cut(ahead=2), "Each target lies two places ahead of its input."),
        "the text's end first": (lambda ids, length, past: [part[::-1] for part in _windows(ids, length, past)], "The rows stand in reverse. The first row is the text's beginning."),
    }  # fmt: skip
    asked = (
        "rows of inputs that begin length - past apart, and for each the targets behind its first past places, as ints"
    )
    compare(attempt, _windows, cases, wrong, asked=asked)
    ids = np.arange(20)
    for length, past, what, name in (
        (4, 4, "A past of 4 in rows of 4", "past too long"),
        (4, 5, "A past of 5 in rows of 4", "past too long"),
        (4, -1, "A past of -1", "negative past"),
        (0, 0, "A length of 0", "length 0 passes"),
        (20, 3, "Twenty ids and a length of 20", "short text passes"),
        (25, 3, "Twenty ids and a length of 25", "short text passes"),
        (20, 0, "Twenty ids, a length of 20 and no past", "short text passes"),
    ):
        attempt.must_refuse((ids, length, past), what, name)
    attempt.must_refuse((ids[:0], 4, 2), "An empty text", "short text passes")
    return "Now every guess has a past, and each character is scored once. What is scored without a past says little about a model."


def _rows(ids: np.ndarray, length: int, step: int, n: int | None = None) -> np.ndarray:
    """Return rows of `length` ids that begin `step` apart: as many as fit, or `n`."""
    n = 1 + (len(ids) - length) // step if n is None else n
    return ids[step * np.arange(n)[:, None] + np.arange(length)]


def _windows(ids: np.ndarray, length: int, past: int) -> tuple[np.ndarray, np.ndarray]:
    if not 0 <= past < length or len(ids) < length + 1:
        raise ValueError(f"received {len(ids)} ids, length {length}, past {past}")
    rows = _rows(ids, length + 1, length - past)  # one more, for the last target
    return rows[:, :-1], rows[:, past + 1 :]


def _cut(ahead: int = 1, at_front: bool = False) -> Callable:
    def cut(ids: np.ndarray, length: int, past: int) -> tuple[np.ndarray, np.ndarray]:
        inputs = _windows(ids, length, past)[0]
        scored = np.arange(past, length) - (past if at_front else 0)
        places = (length - past) * np.arange(len(inputs))[:, None] + scored + ahead
        return inputs, ids[np.minimum(places, len(ids) - 1)]

    return cut


def _shape(value: object) -> tuple[int, ...] | None:
    try:
        return np.shape(value)
    except ValueError:  # rows of different length
        return None


def _known_windows(attempt: Attempt, cases: list) -> None:
    """Say what is wrong where the tables have another shape than asked for, and one that is known."""
    ids, length, past = cases[1].args
    value = results(attempt(ids, length, past), 2, "inputs and targets")
    known = {
        "side by side": (_rows(ids[:-1], length, length), "Your rows lie side by side, so the first characters of each have no past. Let each row begin earlier: by how much?"),
        "on by the past": (_rows(ids[:-1], length, past), "Each row begins `past` ids behind the one before. A row scores length - past targets: how far must the next one move, so that none is scored twice and none left out?"),
        "a row at every id": (_rows(ids[:-1], length, 1), "A row begins at every id, and so most targets are scored several times."),
        "the last row dropped": (_windows(ids, length, past)[0][:-1], "There is one row less than the text holds. A row needs length ids and one more, for its last target."),
        "a target too many": (_rows(ids, length + 1, length - past), "Your inputs have length + 1 columns. The last id of such a row is only a target."),
    }  # fmt: skip
    inputs, targets = value
    wanted = _windows(ids, length, past)
    if _shape(inputs) == wanted[0].shape and _shape(targets) == wanted[0].shape:
        text = "The targets of all places are there. Those of the first past places of each row are left out: they are scored in the row before."
        raise NotYet(text, "all targets")
    for name, (rows, message) in known.items():
        if _shape(inputs) == rows.shape and close(array(inputs, rows.shape), rows):
            raise NotYet(message, name)


@lesson.exercise(
    "np.argsort(probs)[::-1] lists the tokens from the likeliest down; np.cumsum adds up along that order.",
    "A token stays if the sum of those *before* it is still below p: so the one that crosses p stays too.",
    "At p = 1 all stay, whatever rounding says. Write zeros everywhere, copy those that stay to their own places, and divide by their sum. Refuse p at or below 0, or above 1.",
)
def top_p(attempt: Attempt) -> str:
    """Return probs (V,) with all but the likeliest tokens set to 0, as few as reach the sum p, and rescaled to the sum 1."""
    rng = np.random.default_rng(154)
    probs, halves = np.array([0.11, 0.4, 0.04, 0.25, 0.13, 0.07]), np.array([0.25, 0.125, 0.5, 0.05, 0.075])
    many, thousand = _softmax(3 * rng.normal(size=200)), _softmax(2 * rng.normal(size=1000))
    cases = [
        case(probs, 0.58),
        case(probs[[3, 0, 5, 2, 1, 4]], 0.58, note="the same probabilities in other places"),
        case(np.array([0.3, 0.06, 0.2, 0.02, 0.32, 0.1]), 0.58, note="the same p, other probabilities"),
        case(np.array([0.05, 0.15, 0.33, 0.47]), 0.7, note="the likeliest token in the last place"),
        case(_softmax(rng.normal(size=9)), 0.83, note="nine tokens"),
        case(halves, 0.75, note="two tokens whose sum is p exactly"),
        case(halves, 0.5, note="a likeliest token of exactly p"),
        case(many, 0.95, note="200 tokens"),
        case(many, 0.985, note="200 tokens"),
        case(thousand, 0.995, note="a thousand tokens"),
        case(np.array([0.0004, 0.9, 0.0003, 0.0993]), 0.9995, note="p just below 1"),
        case(probs, 0.3, note="a likeliest token above p"),
        case(probs, 1e-9, note="p just above 0"),
        case(np.array([0.0, 0, 1, 0]), 0.9, note="a model that is sure"),
        case(np.array([1.0]), 0.4, note="one token"),
    ]

    def keep(probs: np.ndarray, n: int, order: np.ndarray | None = None, rescale: bool = True) -> np.ndarray:
        kept = np.zeros(len(probs))
        stay = (_downwards(probs) if order is None else order)[:n]
        kept[stay] = probs[stay]
        return kept / kept.sum() if rescale and kept.any() else kept

    def needed(probs: np.ndarray, p: float, order: np.ndarray | None = None) -> int:
        sums = np.cumsum(probs[_downwards(probs) if order is None else order])
        return int((sums < p).sum()) + 1

    def in_order(order: Callable) -> Callable:
        return lambda probs, p: keep(probs, needed(probs, p, order(probs)), order(probs))

    def threshold(limit: Callable, rescale: bool) -> Callable:
        def answer(probs: np.ndarray, p: float) -> np.ndarray:
            kept = np.where(probs >= limit(p), probs, 0)
            return kept / kept.sum() if rescale and kept.any() else kept

        return answer

    def right(probs: np.ndarray, p: float) -> np.ndarray:
        return keep(probs, needed(probs, p))

    def soft(probs: np.ndarray, p: float) -> np.ndarray:
        return _softmax(keep(probs, needed(probs, p), rescale=False))

    wrong = {
        "nothing left for small p": (lambda probs, p: right(probs, p) * (p > probs.max()), "Where the likeliest alone has p or more, nothing is left. It should get everything: at least one token always stays."),
        "goes on after p is reached": (lambda probs, p: keep(probs, int((np.cumsum(probs[_downwards(probs)]) <= p).sum()) + 1), "Where the sum is p exactly, you keep one token more. It has reached p: stop there."),
        "the crossing token dropped": (lambda probs, p: keep(probs, int((np.cumsum(probs[_downwards(probs)]) <= p).sum())), "Those you keep sum to less than p. The token with which the sum reaches p belongs to them."),
        "the reaching token dropped": (lambda probs, p: keep(probs, needed(probs, p) - 1), "Those you keep sum to less than p, even where one token more would make it p exactly. The token with which the sum reaches p belongs to them."),
        "one token too many": (lambda probs, p: keep(probs, needed(probs, p) + 1), "You keep one token more than it takes to reach p."),
        "not rescaled": (lambda probs, p: keep(probs, needed(probs, p), rescale=False), "The right tokens are left. Do they sum to one?"),
        "divided by p": (lambda probs, p: keep(probs, needed(probs, p), rescale=False) / p, "You divide what is left by p. Its sum is p or more: do the results sum to one?"),
        "rescaled by a softmax": (soft, "You send what is left through a softmax, and those that were dropped get probability again. A division is enough."),
        "left in sorted order": (lambda probs, p: np.sort(right(probs, p))[::-1], "The numbers are right, the places are not: entry i must still be the probability of token i."),
        "a threshold for each": (threshold(lambda p: p, False), "You compare each probability with p. It is their sum, from the likeliest down, that should reach p."),
        "a threshold for each, rescaled": (threshold(lambda p: p, True), "You compare each probability with p, and rescale. It is their sum, from the likeliest down, that should reach p."),
        "a threshold of 1 - p": (threshold(lambda p: 1 - p, False), "You compare each probability with 1 - p. It is the sum of the likeliest that should reach p."),
        "a threshold of 1 - p, rescaled": (threshold(lambda p: 1 - p, True), "You compare each probability with 1 - p, and rescale. It is the sum of the likeliest that should reach p."),
        "the least likely kept": (in_order(np.argsort), "You keep the unlikely ones. Turn the order round."),
        "token order": (in_order(lambda probs: np.arange(len(probs))), "You add up in the order of the ids. The likeliest come first, wherever they stand."),
        "p of the tokens": (lambda probs, p: keep(probs, int(np.ceil(p * len(probs)))), "You keep the likeliest p of the tokens by their number. It is the sum of their probabilities that should reach p."),
        "the likeliest alone": (lambda probs, p: keep(probs, 1), "You keep the likeliest token, whatever p is. How many does it take to reach p?"),
        "nothing filtered": (lambda probs, p: probs, "Nothing is filtered. How many of the likeliest does it take to reach p?"),
    }  # fmt: skip
    asked = "as few of the likeliest as reach the sum p, each at its own place, and together 1"
    _no_mask(attempt, probs)
    try:
        compare(attempt, right, cases, wrong, asked=asked)
    except NotYet as error:
        if error.name == "not finite":
            _not_a_number(attempt, probs, right(probs, 0.58))
            _nothing_left(attempt, probs, wrong)
        raise
    _all_at_one(attempt, probs)
    _ties_at_the_cut(attempt)
    attempt.must_refuse((probs, 0.0), "p = 0", "lets p = 0 pass")
    attempt.must_refuse((probs, 0), "p = 0, a whole number", "lets p = 0 pass")
    attempt.must_refuse((probs, -0.1), "p = -0.1", "lets p below 0 pass")
    attempt.must_refuse((probs, 1.01), "p = 1.01", "lets p above 1 pass")
    attempt.must_refuse((probs, 2), "p = 2", "lets p above 1 pass")
    return "Where the model is sure, one token is left; where it is not, many are. Top-k cannot do both."


def _downwards(probs: np.ndarray) -> np.ndarray:
    return np.argsort(-probs, kind="stable")


def _no_mask(attempt: Attempt, probs: np.ndarray) -> None:
    value = attempt(probs, 0.58)
    if _shape(value) is not None and np.asarray(value).dtype.kind == "b":
        text = (
            "These are truth values, not probabilities. They say who stays; asked for is how likely each token is then."
        )
        raise NotYet(text, "truth values")


def _not_a_number(attempt: Attempt, probs: np.ndarray, right: np.ndarray) -> None:
    """Say so where dropped tokens are NaN or infinite, and no other one is."""
    try:
        got = np.asarray(attempt(probs, 0.58), dtype=float)
    except (TypeError, ValueError):
        return
    if got.shape == right.shape and np.array_equal(~np.isfinite(got), right == 0):
        text = "Dropped tokens are 0, not NaN and not -inf: these are probabilities and sum to one."
        raise NotYet(text, "NaN for what is dropped")


def _nothing_left(attempt: Attempt, probs: np.ndarray, wrong: dict) -> None:
    """Say why a result is not finite: a threshold for each token, or another way to keep none."""
    for p, name in ((0.2, "a threshold for each, rescaled"), (0.8, "a threshold of 1 - p, rescaled")):
        function, message = wrong[name]
        try:
            got = array(attempt(probs, p), probs.shape)
        except NotYet:
            continue
        if close(got, function(probs, p)):
            raise NotYet(message, name)
    text = "The result is not finite. Has any token stayed? At least one always does, and zero divided by zero is NaN."
    raise NotYet(text, "nothing stays")


def _all_at_one(attempt: Attempt, probs: np.ndarray) -> None:
    own = "At p = 1 every token keeps its own probability: nothing is dropped, and nothing shared anew."
    for p in (1.0, 1):
        got = array(attempt(probs, p), probs.shape)
        if not close(got, probs):
            lost = "For p = 1 all tokens stay, also where rounding makes the sum 0.9999999."
            raise NotYet(lost if (got == 0).any() else own, "p of one")
    unlike = _softmax(10 * np.random.default_rng(0).normal(size=62))
    got = array(attempt(unlike, 1.0), (62,))
    if not (got > 0).all():
        text = "For p = 1 an unlikely token of 62 is lost: the sum of those before it is rounded to 1 already. Nothing is dropped at p = 1."
        raise NotYet(text, "p of one, by rounding")
    if not close(got, unlike):
        raise NotYet(own, "p of one")


def _ties_at_the_cut(attempt: Attempt) -> None:
    """Ask for a cut where tokens are equal: any of them may stay, but only as many as it takes."""
    cases = [
        (np.array([0.3, 0.05, 0.3, 0.2, 0.15]), 0.55, 2),
        (np.array([0.1, 0.4, 0.1, 0.3, 0.1]), 0.6, 2),
        (np.full(4, 0.25), 0.5, 2),
        (np.full(8, 0.125), 0.3, 3),
        (np.array([0.125, 0.375, 0.125, 0.25, 0.125]), 0.7, 3),
        (np.array([0.125, 0.125, 0.125, 0.5, 0.125]), 0.75, 3),
    ]
    for probs, p, n in cases:
        got = array(attempt(probs, p), probs.shape)
        stay = np.sort(probs)[::-1][:n]
        what = f"{np.array2string(probs, separator=', ')} and p = {p}"
        if (got > 0).sum() > n and close(got[got > 0], probs[got > 0] / probs[got > 0].sum()):
            text = f"For {what}, {n} tokens reach p, and you keep {(got > 0).sum()}: those that are equal to the last one, too. Cut by rank, not by value."
            raise NotYet(text, "ties kept together")
        own_places = close(got[got > 0], probs[got > 0] / stay.sum()) if (got > 0).any() else False
        if not own_places or not close(np.sort(got)[::-1][:n], stay / stay.sum()):
            text = f"For {what}, {n} tokens should stay, the likeliest, whichever of the equal ones; each has its share of their sum."
            raise NotYet(text, "other")


def _softmax(scores: np.ndarray) -> np.ndarray:
    weights = np.exp(scores - scores.max())
    return weights / weights.sum()


def _kept(probs: np.ndarray, p: float) -> np.ndarray:
    if not 0 < p <= 1:
        raise ValueError(f"p must be above 0 and at most 1; received {p}")
    order = np.argsort(-probs, kind="stable")
    before = np.cumsum(probs[order]) - probs[order]
    stay = order[(before < p) | (p == 1)]
    out = np.zeros(len(probs))
    out[stay] = probs[stay]
    return out / out.sum()


def when_right(answer: Callable) -> Callable:
    """Return the learner's function where its check finds it right, else the course's own, for the lesson to go on with.

    Parameters
    ----------
    answer : callable
        `average_of_past`, `windows_with_past` or `top_p`, under its name.

    Returns
    -------
    callable
        It takes what `answer` takes, and returns float64 arrays, of `windows_with_past` two int arrays.

    Raises
    ------
    ValueError
        If the lesson goes on with no function of that name.
    """
    return lesson.when_right(answer, _OWN)


def _floats(value: object) -> np.ndarray:
    return np.asarray(value, dtype=float)


def _two_tables(value: object) -> tuple[np.ndarray, np.ndarray]:
    inputs, targets = (np.asarray(part, dtype="int32") for part in results(value, 2))
    return inputs, targets


_OWN = {
    "average_of_past": (_averages, _floats),
    "windows_with_past": (_windows, _two_tables),
    "top_p": (_kept, _floats),
}

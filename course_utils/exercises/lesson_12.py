"""Exercises of lesson 12: two halves of byte-pair encoding, smoothing, perplexity, fair units, masks, an embedding's gradient."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_utils.checking import Attempt, Lesson, NotYet, array, close, number, reject_known

lesson = Lesson("12_text_and_embeddings")
EXERCISES = lesson.exercises


@lesson.exercise(
    "zip(ids, ids[1:]) walks over the neighbours, each id beside the one after it.",
    "Counter of collections counts them. max(counts, key=counts.get) takes the first of several equals.",
    "With fewer than two ids there is no pair: raise ValueError and say how many ids came in.",
)
def most_common_pair(attempt: Attempt) -> str:
    """Return the pair of neighbours, a tuple, that is most common in a list of ids; of equals, the one met first."""
    cases = [
        ([5, 1, 2, 1, 2, 6], (1, 2)),
        ([2, 1, 2, 1], (2, 1)),
        ([3, 4, 1, 2, 5], (3, 4)),
        ([5, 1, 2, 1, 2], (1, 2)),
        ([1, 2, 3, 2, 3, 1, 2], (1, 2)),
    ]
    known = {
        (0, (5, 1)): ("pairs side by side", "Your pairs do not overlap. In [5, 1, 2] both (5, 1) and (1, 2) are neighbours: does each id take part in two pairs?"),
        (1, (1, 2)): ("order forgotten", "For [2, 1, 2, 1] you return (1, 2). Is (1, 2) the same pair as (2, 1)?"),
        (2, (2, 5)): ("a tie goes to the last", "In [3, 4, 1, 2, 5] all pairs stand once, and you return the last. Of equals, the one met first is asked for."),
        (2, (4, 1)): ("a tie goes to the largest", "In [3, 4, 1, 2, 5] all pairs stand once, and you return the largest. Does your comparison look at the ids too?"),
        (2, (1, 2)): ("a tie goes to the smallest", "In [3, 4, 1, 2, 5] all pairs stand once, and you return the smallest. Were the pairs sorted on the way?"),
        (3, (5, 1)): ("the last pair forgotten", "In [5, 1, 2, 1, 2] the last two ids are a pair as well, and yours is not counted. Where does the walk end?"),
        (4, (2, 3)): ("a tie goes to the quickest", "In [1, 2, 3, 2, 3, 1, 2] two pairs stand twice, and you return the one that reached two first. Which of them was met first?"),
    }  # fmt: skip
    got = _pair(attempt(list(b"abacab")))
    if got == (99, 97):
        text = "In abacab, as bytes, you return (99, 97), the largest pair. max of a Counter compares its keys, the pairs: which argument makes it compare the counts?"
        raise NotYet(text, "the largest pair")
    if got != (97, 98):
        text = f"In abacab, as bytes, you return {got}. Every pair but one stands there once: which end of the ranking is asked for?"
        raise NotYet(text, "the rarest pair")
    for place, (ids, want) in enumerate(cases):
        got = _pair(attempt(ids))
        if (place, got) in known:
            name, message = known[place, got]
            raise NotYet(message, name)
        if got != want:
            raise NotYet(f"For {ids} you return {got}. Write all its neighbours down and count.")
    for ids in ([], [7]):
        if not isinstance(attempt.error(ids), ValueError):
            text = f"{ids} holds no pair at all. A ValueError is asked for, so that the caller learns it here and not three functions later."
            raise NotYet(text, "accepts too little")
    said = str(attempt.error([7])).lower()
    if not any(one in said for one in ("1", "one", "single")):
        text = f"For [7] your ValueError says {said[:60]!r}. Whoever reads it should learn how many ids came, and that a pair needs two."
        raise NotYet(text, "an error that does not say how many")
    return "The whole training of a tokenizer is this question, asked a few hundred or a hundred thousand times."


@lesson.exercise(
    "Walk with an index i. Where ids[i] and ids[i + 1] are the pair, write new and move on by two; else copy and move on by one.",
    "A for loop cannot skip; a while loop can. What happens with the last id, which has no right neighbour?",
)
def replace_pair(attempt: Attempt) -> str:
    """Return the ids with new in place of each pair, from left to right; ids and result are lists."""
    a, b, c = 97, 98, 99
    cases = [
        ([a, b, a, b, a, c], (a, b)),
        ([a, a, a], (a, a)),
        ([b, a, c, a, b], (a, b)),
        ([c, a], (a, b)),
        ([], (a, b)),
    ]
    wants = [[256, 256, a, c], [256, a], [b, a, c, 256], [c, a], []]
    known = {
        (0, (a, b, a, b, a, c)): ("nothing replaced", "Nothing is replaced. Here ids is a list and pair a tuple: is a slice of a list ever equal to a tuple?"),
        (0, (256, a, b, a, c)): ("only the first", "Only the first pair is replaced. There are two in ababac."),
        (0, (256, b, 256, b, a, c)): ("the second id stays", "The second id of the pair is still there. The new id stands for both."),
        (0, (256, 256, a)): ("the last id lost", "The last id is gone: it has no right neighbour, and the walk ended before it."),
        (1, (256, 256)): ("an id used twice", "For aaa and the pair (a, a) you return two new ids, which spell aaaa. How far does the walk move after a match?"),
        (1, (a, 256)): ("from the right", "For aaa you pair the last two. From left to right, which two come first?"),
        (1, (256,)): ("three made one", "For aaa you return one id, which would spell aa. Where did the third a go?"),
        (2, (256, c, 256)): ("either order", "ba is replaced as well. Only (97, 98) in this order is the pair."),
        (2, (b, a, c, a, b)): ("the end forgotten", "A pair at the very end is not replaced."),
    }  # fmt: skip
    for place, ((ids, pair), want) in enumerate(zip(cases, wants, strict=True)):
        got = _ids(attempt(ids, pair, 256))
        if (place, tuple(got)) in known:
            name, message = known[place, tuple(got)]
            raise NotYet(message, name)
        if got != want:
            raise NotYet(f"For {ids} and the pair {pair} you return {got}. Spell it out: does it still say the same?")
    return "Nothing is lost by it: the new id remembers its two parts, and so decoding is exact."


@lesson.exercise(
    "Each of the V characters gets k more. By how much does the total of a row grow?",
    "counts.sum(axis=1, keepdims=True) has shape (contexts, 1) and divides row by row.",
)
def add_k(attempt: Attempt) -> str:
    """Return the add-k probabilities (contexts, V) for counts (contexts, V); raise ValueError unless k > 0."""
    counts, k = np.array([[3, 1, 0], [2, 2, 4]]), 0.5
    total = counts.sum(axis=1, keepdims=True)
    right = (counts + k) / (total + 3 * k)
    got = array(attempt(counts, k), (2, 3))
    wrong = {
        "total left as it was": ((counts + k) / total, "The rows sum to more than 1: k was added to each count, and not to the total."),
        "k once in the total": ((counts + k) / (total + k), "The rows sum to more than 1. k was added V times above the line: how often below it?"),
        "not smoothed": (counts / total, "The zero is still a zero: those are the plain shares."),
        "columns summed": ((counts + k) / (counts + k).sum(axis=0), "The columns sum to 1. For which axis is it: what is given, and what is predicted?"),
        "all contexts together": ((counts + k) / (counts + k).sum(), "The whole table sums to 1. Each context needs a distribution of its own."),
        "one added": ((counts + 1) / (total + 3), "That is k = 1. The argument k is not used."),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, right):
        raise NotYet(
            f"For counts [3, 1, 0] and k = 0.5 the first row is {got[0].round(3).tolist()}. What do its entries sum to?"
        )
    try:
        empty = array(attempt(np.array([[0, 0, 0, 0]]), 0.1), (1, 4))
    except NotYet as error:
        raise NotYet(
            f"A context that was never seen has a row of zeros. {error}", "fails on an unseen context"
        ) from None
    if not close(empty, np.full((1, 4), 0.25)):
        raise NotYet("For a context never seen, all V characters are equally likely.", "an unseen context")
    for bad in (0.0, -1.0):
        attempt.must_refuse(
            (counts, bad), f"k = {bad:g}, with which a probability can be zero or negative", "accepts a bad k"
        )
    return "No character is impossible any more, and so one surprise no longer costs an infinity."


@lesson.exercise(
    "Cross-entropy is minus the mean of the log-probabilities. Perplexity is its exponential.",
    "An empty list has no mean; a log-probability above 0 belongs to a probability above 1. Raise ValueError for both.",
)
def perplexity(attempt: Attempt) -> str:
    """Return the perplexity, a float, of natural log-probabilities (n,); ValueError if empty or above 0."""
    probs = np.array([1 / 2, 1 / 4, 1 / 8])
    got, nats = number(attempt(np.log(probs))), 2 * np.log(2)
    wrong = {
        "wrong sign": (np.exp(-nats), "That is below 1: the geometric mean of the probabilities. Perplexity is its inverse."),
        "sum, not mean": (np.exp(3 * nats), "That grows with the length of the text. A mean is asked for, not a sum."),
        "mean of probabilities": (1 / probs.mean(), "The probabilities were averaged. It is their logarithms that have a mean here."),
        "mean of inverses": ((1 / probs).mean(), "The inverse probabilities were averaged. The mean belongs to the logarithms."),
        "base mixed up": (2**nats, "The logarithms are natural, and the exponential has base 2. They have to match."),
        "still a logarithm": (nats, "That is the cross-entropy in nats. What turns it into a number of equal choices?"),
        "in bits": (2.0, "That is the cross-entropy in bits. What turns it into a number of equal choices?"),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, 4):
        raise NotYet(f"For probabilities 1/2, 1/4, 1/8 you return {got:.4g}.")
    impossible = attempt(np.array([-1.0, -np.inf]))
    if not (np.isscalar(impossible) or np.ndim(impossible) == 0) or not np.isposinf(impossible):
        text = "A text with one character of probability 0 has infinite perplexity, and the answer should say so."
        raise NotYet(text, "hides the impossible")
    if not close(number(attempt(np.array([0.0, 0.0]))), 1):
        raise NotYet("Where every character was certain, with log-probability 0, the perplexity is 1.", "certainty")
    attempt.must_refuse((np.array([]),), "An empty text, which has no perplexity", "accepts an empty text")
    what = "A log-probability of 0.5, a probability above one"
    attempt.must_refuse((np.array([-1.0, 0.5]),), what, "accepts a probability above one")
    return "Perplexity 4 means: as unsure as a fair choice among four."


@lesson.exercise(
    "How many bits does the whole text cost? Then share them out over something that no tokenizer can change.",
    "A natural logarithm divided by np.log(2) is in bits. len(text) counts characters; len(text.encode()) counts bytes.",
)
def bits_per_character(attempt: Attempt) -> str:
    """Return the bits a character, a float, of text from its tokens' log_probs (n,); ValueError if text is empty."""
    got = number(attempt(np.log([1 / 4, 1 / 8, 1 / 16]), "banana"))
    wrong = {
        "per token": (3.0, "That is bits a token: the number whose unit changes with the tokenizer. What stays the same for both models?"),
        "nats": (1.5 * np.log(2), "That is in nats. Bits are asked for: how many nats is one bit?"),
        "wrong sign": (-1.5, "The sign is turned round. A text costs bits, it does not earn them."),
        "not shared out": (9.0, "That is what the whole text costs. Over how many characters?"),
        "a perplexity": (8.0, "That is the perplexity a token, the number that started the quarrel."),
        "a perplexity of characters": (2.0**1.5, "That is the perplexity a character: comparable, too, but not in bits. What is it the exponential of?"),
        "multiplied by the length": (6.0, "You multiply bits a token by characters a token. Three tokens pay for six characters: does a character cost more than a token, or less?"),
        "multiplied by log 2": (1.5 * np.log(2) ** 2, "From nats to bits one divides by log 2. It was multiplied here."),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, 1.5):
        raise NotYet(f"Three tokens with probabilities 1/4, 1/8, 1/16 spell banana; you return {got:.4g}.")
    got = number(attempt(np.log(np.full(6, 1 / 4)), "詩人"))
    if close(got, 2):
        text = "For a text of two Chinese characters you divide by 6. Those are its bytes, or its tokens. How many characters are there?"
        raise NotYet(text, "per byte")
    if not close(got, 6):
        raise NotYet(f"Six tokens of probability 1/4 spell two Chinese characters; you return {got:.4g}.")
    spaced = number(attempt(np.log(np.full(5, 1 / 2)), "to\nbe "))
    if close(spaced, 5 / 4):
        text = "Spaces and line ends are not counted. A model has to predict them, so they are characters too."
        raise NotYet(text, "spaces left out")
    if not close(spaced, 5 / 6):
        raise NotYet(f"Five tokens of probability 1/2 spell 'to\\nbe ', six characters; you return {spaced:.4g}.")
    attempt.must_refuse(
        (np.array([]), ""), "An empty text, over which nothing can be shared out", "accepts an empty text"
    )
    return "Any two models of the same text can now stand in one table, whatever they cut it into."


@lesson.exercise(
    "Multiply X by the mask, with an axis added at its end, and sum over time.",
    "Divide by the number of real positions of each row, not by the length of the table.",
    "np.maximum(count, 1) keeps an empty row at zero.",
)
def masked_mean(attempt: Attempt) -> str:
    """Return the mean (batch, d) of X (batch, time, d) where mask (batch, time) is True; zeros for an empty row."""
    rng = np.random.default_rng(12)
    X = rng.normal(size=(2, 4, 3)) + 2
    mask = np.array([[False, True, True, True], [True, False, False, False]])
    M = mask[:, :, None]
    right = (X * M).sum(axis=1) / M.sum(axis=1)
    try:
        got = array(attempt(X, mask), (2, 3))
    except NotYet as error:
        if error.name == "wrong shape":
            text = (
                f"{error} Two sequences go in, of four positions with three numbers each: which axis is averaged away?"
            )
            raise NotYet(text, "wrong axis") from None
        raise
    n = mask.sum(axis=1)
    wrong = {
        "padding counted": (X.mean(axis=1), "That is the mean over all positions, padding included."),
        "zeroed and still counted": ((X * M).mean(axis=1), "The padding is set to zero and still counted: divided by 4, where 3 and 1 are real."),
        "mask turned round": ((X * ~M).sum(axis=1) / (~M).sum(axis=1), "That is the mean of the padding. What does True stand for?"),
        "one length for all": ((X * M).sum(axis=1) / n.mean(), "Each row is divided by the mean length. Every row has a length of its own."),
        "sum": ((X * M).sum(axis=1), "That is the sum over the real positions. Divide by their number."),
        "padding assumed at the end": (np.array([X[i, : n[i]].mean(axis=0) for i in range(2)]), "The first positions are taken, as many as are real. Where is the padding in the first row?"),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, right):
        raise NotYet(
            f"The result differs from the mean of the real positions by up to {np.abs(got - right).max():.2g}."
        )
    empty = np.asarray(attempt(X, mask & [[True], [False]]), dtype=float)
    if empty.shape != (2, 3) or not close(empty, right * [[1], [0]]):
        text = "In a row without any real position, 0 is divided by 0. Zeros are asked for there."
        raise NotYet(text, "an empty row")
    return "Now a sentence means the same, however far it was filled up."


@lesson.exercise(
    "Which rows of the matrix took part? And how often?",
    "A row that was looked up twice gets both gradients: they add up.",
    "np.add.at(G, ids, grad) adds for each id; G[ids] += grad does not. The one-hot way: one_hot.T @ grad.",
)
def embedding_gradient(attempt: Attempt) -> str:
    """Return the gradient (V, d) in the matrix for ids (n,) and grad (n, d); ValueError for an id outside 0..V-1."""
    ids = np.array([3, 1, 3, 0])
    grad = np.array([[1.0, 2.0], [3.0, 5.0], [7.0, 11.0], [13.0, 17.0]])
    right = np.eye(5)[ids].T @ grad
    try:
        got = array(attempt(ids, grad, 5), (5, 2))
    except NotYet as error:
        if error.name == "wrong shape":
            raise NotYet(f"{error} The gradient has the shape of the matrix: V = 5 rows here.", "wrong rows") from None
        raise
    last, first = np.zeros((5, 2)), np.zeros((5, 2))
    last[ids], first[ids[::-1]] = grad, grad[::-1]
    shares = right / np.maximum(np.bincount(ids, minlength=5), 1)[:, None]
    wrong = {
        "the last one wins": (last, "Id 3 was looked up twice, and only one of its gradients arrived. What does G[ids] += grad do with a repeated id?"),
        "the first one wins": (first, "Id 3 was looked up twice, and only its first gradient arrived."),
        "averaged": (shares, "The two gradients of id 3 were averaged. Through two paths, do slopes add up or average?"),
        "rows in order": (np.vstack([grad, np.zeros((1, 2))]), "Row i of grad went to row i of the matrix. It belongs to row ids[i]."),
        "a step taken": (-right, "The sign is turned round: that is the direction of descent."),
        "mean over the batch": (right / 4, "Divided by the number of ids. If the loss is a mean, grad holds that factor already."),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, right):
        raise NotYet(
            f"For ids [3, 1, 3, 0], row 3 of your result is {got[3].tolist()}. Which rows of grad belong to id 3?"
        )
    for bad in (-1, 5):
        attempt.must_refuse((np.array([0, bad]), grad[:2], 5), f"The id {bad}, with rows 0 to 4", "accepts invalid ids")
    return "Only rows that were looked up move: a word that never comes never learns."


def _pair(value: Any) -> tuple[int, int]:
    try:
        first, second = value
        pair = int(first), int(second)
    except Exception:
        text = "One pair of ids is asked for, such as (97, 98). Is it a count that you return, or a pair together with its count?"
        raise NotYet(text, "not a pair") from None
    return pair


def _ids(value: Any) -> list[int]:
    try:
        return [int(i) for i in value]
    except Exception:
        raise NotYet("A list of ids is asked for, such as [256, 97].", "not a list of ids") from None

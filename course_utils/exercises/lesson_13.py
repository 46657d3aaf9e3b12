"""Exercises of lesson 13: two halves of byte-pair encoding, smoothing, perplexity, fair units, masks, an embedding's gradient."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from course_utils.checking import Attempt, Lesson, NotYet, Reading, array, case, compare, results, whole
from course_utils.checking.cases import Case
from course_utils.checking.verdict import article

lesson = Lesson("13_text_and_embeddings")
EXERCISES = lesson.exercises


@lesson.exercise(
    "zip(ids, ids[1:]) walks over the neighbours, each id beside the one after it.",
    "Counter of collections counts them. max(counts, key=counts.get) takes the first of several equals.",
    "With fewer than two ids there is no pair: raise ValueError and say how many ids came in.",
)
def most_common_pair(attempt: Attempt) -> str:
    """Return the pair of neighbours that is most common in a list of ids; of equals, the one met first."""
    rng = np.random.default_rng(13)
    cases = [
        case(list(b"abacab"), note="the bytes of abacab"),
        case([5, 1, 2, 1, 2, 6]),
        case([2, 1, 2, 1]),
        case([3, 4, 1, 2, 5], note="pairs that all stand once"),
        case([5, 1, 2, 1, 2]),
        case([1, 2, 3, 2, 3, 1, 2]),
        case([1, 2, 9, 1, 2]),
        case([1, 2, 7, 8, 7, 8]),
        case([1, 8, 0, 1, 8, 7, 5, 7, 5]),
        case([7, 7, 7, 2, 3, 2, 3], note="three equal ids in a row"),
        case([1, 8, 3, 1, 9, 3], note="pairs that all stand once"),
        case([5, 6, 8, 1, 3, 6, 2, 7], note="pairs that all stand once"),
        case([5, 6, 5, 6, 1, 2, 11, 2, 31, 2], note="ids of one and two digits"),
        case([5, 6, 0, 5, 6, 1, 23, 12, 3, 12, 3], note="ids of one and two digits"),
        case([64, 12], note="two ids"),
        case([9, 9], note="two equal ids"),
    ]
    larger = [
        case([300, 12, 300, 12, 7, 44, 7, 44, 7, 44], note="ids above 255"),
        case([50256, 0, 0, 50256, 0, 7], note="ids of 0 and above 255"),
        case([0, 5, 0, 5, 1, 2], note="a pair that holds id 0"),
        case([1, 2, 0, 5, 0, 5], note="a pair that holds id 0"),
        case([1, 2000, 1, 2000], note="ids of 1 and 2,000"),
        case([4, 50_255, 50_256, 4, 50_255], note="ids up to 50,256"),
        case([9, 8, 0, 9, 8, 1, 9, 8, 3, 4, 0, 3, 4, 1, 3, 4], note="two pairs that stand three times each"),
        case([258] * 30, note="one id, thirty times"),
        case([int(i) for i in rng.permutation(900)[:60]], note="sixty different ids"),
        case([int(i) for i in np.minimum(rng.zipf(1.3, 400), 700)], note="four hundred ids up to 700"),
    ]
    wrong = {
        "pairs side by side": (_choice(_first_best, _apart), "Your pairs do not overlap. In [5, 1, 2] both (5, 1) and (1, 2) are neighbours: does each id take part in two pairs?"),
        "the first pair, however often it stands": (_choice(lambda counts: next(iter(counts))), "You return the first pair of the list, however often it stands. In [1, 2, 7, 8, 7, 8], which pair stands there twice?"),
        "order forgotten": (_choice(_first_best, lambda ids: [tuple(sorted(pair)) for pair in _neighbours(ids)]), "For [2, 1, 2, 1] you return (1, 2). Is (1, 2) the same pair as (2, 1)?"),
        "turned round": (_choice(lambda counts: _first_best(counts)[::-1]), "The pair is the right one, and its two ids have changed places. Which of the two stands on the left in the text?"),
        "the rarest pair": (_choice(lambda counts: min(counts, key=counts.get)), "In abacab, as bytes, you return a pair that stands there once, and another stands there twice. Which end of the ranking is asked for?"),
        "the largest pair": (_choice(max), "In abacab, as bytes, you return (99, 97), the largest pair. max of a Counter compares its keys, the pairs: which argument makes it compare the counts?"),
        "the two most common ids": (_two_most_common, "You return the two most common ids. Do they stand side by side, and in this order? Count pairs, not ids."),
        "the last pair forgotten": (_choice(_first_best, lambda ids: _neighbours(ids)[:-1]), "In [5, 1, 2, 1, 2] the last two ids are a pair as well, and yours is not counted. Where does the walk end?"),
        "the first pair forgotten": (_choice(_first_best, lambda ids: _neighbours(ids)[1:]), "In [3, 4, 1, 2, 5] every pair stands once, and you do not return the one met first. Where does the walk begin?"),
        "the end joined to the start": (_choice(_first_best, lambda ids: [*_neighbours(ids), (ids[-1], ids[0])]), "In [1, 8, 3, 1, 9, 3] you count the last id and the first as neighbours. Is a text a ring?"),
        "a run counted once": (_choice(_first_best, _without_overlap), "In [7, 7, 7, 2, 3, 2, 3] three 7s stand in a row. In how many places does a 7 stand beside a 7?"),
        "a tie goes to the last": (_choice(lambda counts: max(reversed(counts), key=counts.get)), "In [3, 4, 1, 2, 5] all pairs stand once, and you return the last. Of equals, the one met first is asked for."),
        "a tie goes to the largest": (_choice(lambda counts: max(counts, key=lambda pair: (counts[pair], pair))), "In [3, 4, 1, 2, 5] all pairs stand once, and you return the largest. Does your comparison look at the ids too?"),
        "a tie goes to the smallest": (_choice(lambda counts: max(sorted(counts), key=counts.get)), "In [3, 4, 1, 2, 5] all pairs stand once, and you return the smallest. Were the pairs sorted on the way?"),
        "a tie goes to the quickest": (_quickest, "In [1, 2, 3, 2, 3, 1, 2] two pairs stand twice, and you return the one that reached two first. Which of them was met first?"),
    }  # fmt: skip
    asked = "the pair of neighbours that stands there most often; of equals, the one met first"
    compare(_as_text(attempt, _pair), _choice(_first_best), cases, wrong, asked=asked)
    compare(_as_text(attempt, _pair), _choice(_first_best), larger, asked=asked)
    attempt.must_refuse(([],), "An empty list, which holds no pair", "accepts too little")
    attempt.must_refuse(([357],), "A single id, which holds no pair", "accepts too little")
    _says_how_many(attempt)
    return "Training a tokenizer is little more than this question, asked a few hundred or a hundred thousand times."


@lesson.exercise(
    "Walk with an index i. Where ids[i] and ids[i + 1] are the pair, write new and move on by two; else copy and move on by one.",
    "A for loop cannot skip; a while loop can. What happens with the last id, which has no right neighbour?",
)
def replace_pair(attempt: Attempt) -> str:
    """Return the ids of a list with new in place of each pair, a tuple, from left to right."""
    rng = np.random.default_rng(13)
    a, b, c = b"abc"
    cases = [
        case([a, b, a, b, a, c], (a, b), 256, note="ababac"),
        case([a, a, a], (a, a), 256, note="aaa and the pair aa"),
        case([b, a, c, a, b], (a, b), 256, note="bacab"),
        case([a, c, b, a, a, b, c], (a, b), 256),
        case([1, 2, 7, 1, 2, 7, 1, 2], (1, 2), 300, note="three pairs"),
        case([4, 4, 4, 4, 4, 9], (4, 4), 300, note="five equal ids in a row"),
        case([0, 0, 3, 0, 0, 0], (0, 0), 256, note="ids of 0"),
        case([11, 2, 1, 23, 1, 2, 12], (1, 2), 256, note="ids of one and two digits"),
        case([c, a], (a, b), 256, note="a list without the pair"),
        case([a], (a, b), 256, note="a single id"),
        case([], (a, b), 256, note="no ids"),
        case([b, a], (b, a), 256, note="nothing but the pair"),
    ]
    larger = [
        case([256, a, b, 256, a], (256, a), 257, note="a pair that holds an earlier merge"),
        case([4, 4, 9, 4, 4, 4], (4, 4), 300, note="runs of two and of three"),
        case([1, 2, 5, 1, 2], (1, 2), 0, note="a new id of 0"),
        case([50256, 812], (50256, 812), 60000, note="ids above 255"),
        case([int(i) for i in rng.integers(598, 600, 9)], (599, 598), 700, note="nine ids above 255"),
        case([int(i) for i in rng.integers(598, 602, 300)], (600, 599), 701, note="three hundred ids"),
        case([int(i) for i in rng.integers(598, 600, 200)], (599, 599), 700, note="two hundred ids in runs"),
    ]
    wrong = {
        "nothing replaced": (lambda ids, pair, new: _Text(ids), "Nothing is replaced. Here ids is a list and pair a tuple: is a slice of a list ever equal to a tuple?"),
        "only the first": (lambda ids, pair, new: _Text(_merged(ids, pair, new, most=1)), "Only the first pair is replaced. There are two in ababac."),
        "the second id stays": (lambda ids, pair, new: _Text(_merged(ids, pair, new, step=1)), "The second id of the pair is still there. The new id stands for both."),
        "the last id lost": (_last_lost, "The last id is gone: it has no right neighbour, and the walk ended before it."),
        "an id used twice": (_overlapping, "For aaa and the pair (a, a) you return two new ids, which spell aaaa. How far does the walk move after a match?"),
        "from the right": (lambda ids, pair, new: _Text(_merged(ids[::-1], pair[::-1], new)[::-1]), "For aaa you pair the last two. From left to right, which two come first?"),
        "three made one": (_run_swallowed, "For aaa you return one id, which would spell aa. Where did the third a go?"),
        "either order": (lambda ids, pair, new: _Text(_merged(ids, pair, new, also=pair[::-1])), "In bacab both ba and ab are replaced. Is ba the pair (97, 98)?"),
        "the end forgotten": (lambda ids, pair, new: _Text([*_merged(ids[:-1], pair, new), *ids[-1:]]), "A pair at the very end is not replaced."),
        "each id by itself": (lambda ids, pair, new: _Text([new if i in pair else i for i in ids]), "Every id of the pair is replaced, wherever it stands, even alone. Which two must stand side by side?"),
        "two for two": (_two_for_two, "The list is as long as before: two new ids stand where each pair stood, and one would spell both."),
        "taken out": (lambda ids, pair, new: _Text([i for i in _merged(ids, pair, new) if i != new]), "The pairs are gone, and nothing stands in their place. Where is new?"),
    }  # fmt: skip
    asked = "the same ids with the new one in place of each pair, from left to right"
    compare(_as_text(attempt, _ids), _merged_text, cases, wrong, asked=asked)
    compare(_as_text(attempt, _ids), _merged_text, larger, asked=asked)
    return "Nothing is lost by it: the table of merges remembers the two parts, and so decoding is exact."


@lesson.exercise(
    "Each of the V characters gets k more. By how much does the total of a row grow?",
    "counts.sum(axis=1, keepdims=True) has shape (contexts, 1) and divides row by row.",
)
def add_k(attempt: Attempt) -> str:
    """Return the add-k probabilities (contexts, V) for counts (contexts, V); raise ValueError unless k > 0."""
    rng = np.random.default_rng(13)
    counts = np.array([[3, 1, 0], [2, 2, 4]])
    cases = [
        case(counts, 0.5),
        case(np.array([[1, 0], [0, 12], [700, 5], [3, 3]]), 0.03, note="four contexts, two characters"),
        case(np.array([[0, 9, 1, 0, 0, 260]]), 2.5, note="one context, and a k above 1"),
        case(rng.integers(1, 9, (5, 5)), 0.2, note="as many contexts as characters"),
        case(np.array([[4], [1], [30]]), 0.7, note="one character"),
        case(np.array([[0, 5, 2], [7, 0, 1]]), 0.5),
        case(np.array([[100_000, 1]]), 0.5, note="a count of 100,000"),
        case(np.array([[2_000_000_000, 1_500_000_000]]), 0.5, note="counts of billions"),
        case(counts, 1e-9, note="a k close to 0"),
        case(counts, 1, note="k = 1"),
        case(counts, 40, note="a k far above 1"),
        case(counts, 1e-4, note="a small k"),
        case(np.minimum(rng.zipf(1.4, (150, 62)), 20_000) - 1, 0.03, note="150 contexts, 62 characters"),
    ]  # fmt: skip
    asked = "for each context, the shares of its counts after each has grown by k"
    wrong = {
        "total left as it was": (lambda c, k: (c + k) / _total(c), "The rows sum to more than 1: k was added to each count, and not to the total."),
        "k once in the total": (lambda c, k: (c + k) / (_total(c) + k), "The rows sum to more than 1. k was added V times above the line: how often below it?"),
        "contexts for characters": (lambda c, k: (c + k) / (_total(c) + len(c) * k), "The rows do not sum to 1: k is in the total as often as there are contexts. Which axis of counts has length V?"),
        "kinds for characters": (lambda c, k: (c + k) / (_total(c) + k * (c > 0).sum(axis=1, keepdims=True)), "The rows sum to more than 1: k is in the total once for each character that was seen. How many get k above the line?"),
        "not smoothed": (lambda c, k: c / _total(c), "The zero is still a zero: those are the plain shares."),
        "only below": (lambda c, k: c / (_total(c) + c.shape[1] * k), "The zero is still a zero: the total has grown, and the counts have not."),
        "only the zeros raised": (lambda c, k: np.where(c == 0, k, c) / _total(np.where(c == 0, k, c)), "Only the zeros have grown by k. Add-k pretends that every character was seen k more times, the known ones too."),
        "columns summed": (lambda c, k: (c + k) / (c + k).sum(axis=0), "The columns sum to 1. For which axis is it: what is given, and what is predicted?"),
        "all contexts together": (lambda c, k: (c + k) / (c + k).sum(), "The whole table sums to 1. Each context needs a distribution of its own."),
        "one added": (lambda c, k: _smoothed(c, 1), "That is k = 1. The argument k is not used."),
        "k divided by V": (lambda c, k: _smoothed(c, k / c.shape[1]), "You have shared k out over the characters. Each of them is to get a whole k."),
        "the counts themselves": (lambda c, k: c + k, "Those are the counts with k added. What makes the numbers of a row probabilities?"),
        "cut to whole numbers": (lambda c, k: np.floor(_smoothed(c, k)), "The probabilities are cut down to whole numbers. Which kind of number does an array made like counts hold?"),
    }  # fmt: skip
    compare(attempt, _smoothed, cases, wrong, asked=asked)
    floats = case(np.array([[3.0, 1.0, 0.0], [0.0, 12.0, 5.0]]), 0.5, note="counts held as floats")
    compare(attempt, _smoothed, [floats], asked=asked)
    unseen = [
        case(np.array([[0, 0, 0, 0]]), 0.1, note="a context never seen"),
        case(np.array([[2, 0, 5], [0, 0, 0], [300, 0, 1], [0, 0, 0]]), 0.4, note="two of four contexts never seen"),
        case(np.array([[0, 0], [0, 7]]), 3, note="one of two contexts never seen"),
    ]
    zeros = {
        "an unseen context": (lambda c, k: np.where(_total(c) == 0, 0, _smoothed(c, k)), "A context never seen gets zeros. If nothing is known, which character is likelier than another?"),
    }  # fmt: skip
    try:
        compare(attempt, _smoothed, unseen, zeros, asked=asked)
    except NotYet as error:
        if error.name != "not finite":
            raise
        text = f"A row of counts may be all zeros. {error}"
        raise NotYet(text, "fails on an unseen context") from None
    for bad in (0.0, -0.001, -1.0):
        what = f"k = {bad:g}, with which a probability can be zero or negative"
        attempt.must_refuse((counts, bad), what, "accepts a bad k")
    return "No character is impossible any more, and so one surprise no longer costs an infinity."


@lesson.exercise(
    "Cross-entropy is minus the mean of the log-probabilities. Perplexity is its exponential.",
    "An empty array has no mean; a log-probability above 0 belongs to a probability above 1. Raise ValueError for both.",
)
def perplexity(attempt: Attempt) -> str:
    """Return the perplexity, a float, of natural log-probabilities (n,); ValueError if empty or above 0."""
    rng = np.random.default_rng(13)
    cases = [
        case(np.log([1 / 2, 1 / 4, 1 / 8]), note="probabilities 1/2, 1/4, 1/8"),
        case(np.log([0.05, 0.9, 0.3, 0.9, 0.6]), note="five unsorted probabilities, two of them equal"),
        case(np.array([-3.5, 0.0, -26.0, -0.5])),
        case(np.array([-0.75]), note="a single token"),
        case(np.array([-17.0, -19.5]), note="two very unlikely tokens"),
        case(np.array([0.0]), note="a single token, certain"),
        case(np.array([0.0, 0.0, 0.0]), note="three tokens, all certain"),
        case(np.log(rng.uniform(0.05, 0.95, 40)), note="forty tokens"),
    ]
    asked = "the perplexity: how many equally likely choices are as unsure as the model is on average"
    wrong = {
        "wrong sign": (lambda v: np.exp(np.mean(v)), "That is below 1: the geometric mean of the probabilities. Perplexity is its inverse."),
        "sum, not mean": (lambda v: np.exp(-np.sum(v)), "That grows with the length of the text. A mean is asked for, not a sum."),
        "mean of probabilities": (lambda v: 1 / np.mean(np.exp(v)), "The probabilities were averaged. It is their logarithms that have a mean here."),
        "mean of inverses": (lambda v: np.mean(np.exp(-v)), "The inverse probabilities were averaged. The mean belongs to the logarithms."),
        "median": (lambda v: np.exp(-np.median(v)), "You take the median of the log-probabilities. Cross-entropy is a mean, in which each surprise has its weight."),
        "base mixed up": (lambda v: 2 ** -np.mean(v), "The logarithms are natural, and the exponential has base 2. They have to match."),
        "converted the wrong way": (lambda v: 2 ** (-np.mean(v) * np.log(2)), "From nats to bits one divides by log 2. It was multiplied here."),
        "still a logarithm": (lambda v: -np.mean(v), "That is the cross-entropy in nats. What turns it into a number of equal choices?"),
        "in bits": (lambda v: -np.mean(v) / np.log(2), "That is the cross-entropy in bits. What turns it into a number of equal choices?"),
        "a logarithm too many": (lambda v: np.exp(-np.mean(np.log(-v))), "You take the logarithm of what are logarithms already."),
        "one too few": (lambda v: np.exp(-np.sum(v) / (len(v) - 1)), "You divide by n - 1, as for a sample variance. This mean is a plain one."),
        "three for ever": (lambda v: np.exp(-np.sum(v) / 3), "It fits three log-probabilities and no other number of them. Where does the count come from?"),
    }  # fmt: skip
    compare(attempt, _perplexity, cases, wrong, asked=asked)
    _compare_long(attempt, _perplexity, [case(np.log(rng.uniform(0.01, 0.4, 1500)), note="1,500 tokens")], asked)
    compare(attempt, _perplexity, [case(np.array([-120.0, 0.0, 0.0]), note="a log-probability of -120")], asked=asked)
    for logs in ([-1.0, -np.inf], [-np.inf], [0.0, -np.inf, -0.2, -7.0]):
        _is_infinite(attempt(np.array(logs)), f"{logs}")
    attempt.must_refuse((np.array([]),), "An empty text, which has no perplexity", "accepts an empty text")
    for logs in ([-1.0, 0.5], [0.5], [0.001, -2.0, -3.0], [-4.0, -2.0, 3.0, -5.0, -9.0]):
        what = f"A log-probability of {max(logs):g}, a probability above one"
        attempt.must_refuse((np.array(logs),), what, "accepts a probability above one")
    return "Perplexity 4 means: as unsure as a fair choice among four."


@lesson.exercise(
    "How many bits does the whole text cost? Then share them out over something that no tokenizer can change.",
    "A natural logarithm divided by np.log(2) is in bits. len(text) counts characters; len(text.encode()) counts bytes.",
)
def bits_per_character(attempt: Attempt) -> str:
    """Return the bits a character, a float, of text from its tokens' log_probs (n,); ValueError if text is empty."""
    rng = np.random.default_rng(13)
    speech = "To be, or not to be: that is the question.\n" * 20 + "詩人 🎭\r\n"
    cases = [
        case(np.log([1 / 4, 1 / 8, 1 / 16]), "banana", note="tokens of probability 1/4, 1/8, 1/16"),
        case(np.log(np.full(6, 1 / 4)), "詩人", note="two Chinese characters in six tokens"),
        case(np.log(np.full(5, 1 / 2)), "to\nbe ", note="spaces and line ends, which are characters too"),
        case(np.array([-3.25, -0.5, 0.0, -24.0, -1.0, -2.0, -0.125]), " naïve 🎭, no?"),
        case(np.array([-0.5, -1.25, -0.5, -2.0]), "so be it", note="two equal tokens of four"),
        case(np.log([1 / 2, 1 / 16, 1 / 4]), "banana", note="tokens of probability 1/2, 1/16, 1/4"),
        case(
            np.array([-2.5, -1.0]), "cafe\u0301 cafe\u0301", note="an e and its accent twice, two characters each time"
        ),
        case(np.array([-2.5, -4.0]), "Stra\u00dfe", note="six characters, of which upper makes seven"),
        case(np.array([-2.5]), "Q", note="one character"),
        case(np.array([-0.4, -0.3]), "\n", note="a single line end"),
        case(np.array([-1.5]), "0", note="the text 0"),
        case(np.array([0.0, 0.0]), "aye", note="two tokens, both certain", scale=1.0),
    ]
    asked = "the bits that the whole text costs, shared out over its characters"
    wrong = {
        "per token": (lambda v, t: _bits(v) / len(v), "That is bits a token: the number whose unit changes with the tokenizer. What stays the same for both models?"),
        "nats": (lambda v, t: -v.sum() / len(t), "That is in nats. Bits are asked for: how many nats is one bit?"),
        "nats a token": (lambda v, t: -v.mean(), "That is the cross-entropy, in nats a token. Both units have to change: nats to what, and tokens to what?"),
        "wrong sign": (lambda v, t: -_bits(v) / len(t), "The sign is turned round. A text costs bits, it does not earn them."),
        "not shared out": (lambda v, t: _bits(v), "That is what the whole text costs. Over how many characters?"),
        "shared out twice": (lambda v, t: _bits(v) / len(v) / len(t), "You divide by the number of tokens and by the number of characters. Whose bits are shared out: one token's, or the whole text's?"),
        "a perplexity": (lambda v, t: np.exp(-v.mean()), "That is the perplexity a token, the number that started the quarrel."),
        "a perplexity of characters": (lambda v, t: 2 ** (_bits(v) / len(t)), "That is the perplexity a character: comparable, too, but not in bits. What is it the exponential of?"),
        "multiplied by the length": (lambda v, t: _bits(v) / len(v) * len(t) / len(v), "You multiply bits a token by characters a token. Three tokens pay for six characters: does a character cost more than a token, or less?"),
        "characters a bit": (lambda v, t: len(t) / _bits(v), "That is how many characters one bit pays for. Bits a character are asked for."),
        "multiplied by log 2": (lambda v, t: -v.sum() * np.log(2) / len(t), "From nats to bits one divides by log 2. It was multiplied here."),
        "base ten": (lambda v, t: -v.sum() / np.log(10) / len(t), "You divide by the logarithm of 10: that counts decimal digits. A bit has two values."),
        "per byte": (lambda v, t: _bits(v) / len(t.encode()), "For a text of two Chinese characters you divide by 6, its bytes. How many characters are there?"),
        "per word": (lambda v, t: _bits(v) / len(t.split()), "You divide by the number of words. A character is the unit that is asked for."),
        "spaces left out": (lambda v, t: _bits(v) / len("".join(t.split())), "Spaces and line ends are not counted. A model has to predict them, so they are characters too."),
        "the ends stripped": (lambda v, t: _bits(v) / len(t.strip()), "Spaces and line ends at the start and the end are not counted. A model has to predict them, so they are characters too."),
        "different characters": (lambda v, t: _bits(v) / len(set(t)), "You count each different character once. In banana, how many characters are to be paid for?"),
    }  # fmt: skip
    compare(attempt, _bits_a_character, cases, wrong, asked=asked)
    long = [case(np.log(rng.uniform(0.02, 0.5, 600)), speech, note="600 tokens of a speech")]
    _compare_long(attempt, _bits_a_character, long, asked)
    unlikely = [case(np.array([-120.0, 0.0]), "ab", note="a log-probability of -120")]
    compare(attempt, _bits_a_character, unlikely, asked=asked)
    for logs in (np.array([]), np.array([-1.0, -0.5])):
        what = "An empty text, over which nothing can be shared out"
        attempt.must_refuse((logs, ""), what, "accepts an empty text")
    return "Any two models of the same text can now stand in one table, whatever they cut it into."


@lesson.exercise(
    "Multiply X by the mask, with an axis added at its end, and sum over time.",
    "Divide by the number of real positions of each row, not by the length of the table.",
    "np.maximum(count, 1) keeps an empty row at zero.",
)
def masked_mean(attempt: Attempt) -> str:
    """Return the mean (batch, d) of X (batch, time, d) where mask (batch, time) is True; zeros for an empty row."""
    rng = np.random.default_rng(13)
    scattered = np.array(
        [[True, False, True, True, False], [False, False, True, False, True], [True, True, False, True, True]]
    )
    lengths = rng.integers(1, 40, 32)
    prefixes = np.arange(40) < lengths[:, None]
    silent = rng.normal(3, 2, (2, 4, 2))
    silent[0, 1] = 0
    cases = [
        case(rng.normal(2, 1, (2, 4, 3)), np.array([[False, True, True, True], [True, False, False, False]])),
        case(rng.normal(-3, 1, (2, 4, 3)), np.array([[True, False, False, True], [False, True, True, True]])),
        case(rng.normal(-60, 40, (3, 5, 2)).astype("float32"), scattered, note="padding in the middle"),
        case(rng.normal(size=(4, 4, 4)) * [0.01, 1, 30, 200], rng.permuted(np.eye(4) + np.eye(4, k=1) > 0, axis=1), note="columns of different scale"),
        case(silent, np.array([[True, True, False, False], [False, True, True, True]]), note="a real position whose vector is 0"),
        case(np.array([[[-17.5]]]), np.array([[True]]), note="a single number"),
        case(rng.normal(size=(2, 3, 1)), np.full((2, 3), True), note="no padding"),
        case(rng.normal(5, 2, (2, 300, 3)), np.arange(300) < np.array([[280], [300]]), note="two documents of 280 and 300 words"),
        case(rng.normal(size=(32, 40, 16)) + 300 * ~prefixes[:, :, None], prefixes, note="32 sentences of up to 40 words"),
    ]  # fmt: skip
    asked = "for each sequence, the mean of its real positions alone"
    wrong = {
        "padding counted": (lambda X, m: X.mean(axis=1), "That is the mean over all positions, padding included."),
        "zeroed and still counted": (lambda X, m: (X * m[:, :, None]).mean(axis=1), "The padding is set to zero and still counted: divided by the length of the table, not by the number of real positions."),
        "mask turned round": (lambda X, m: _masked_mean(X, ~m), "That is the mean of the padding. What does True stand for?"),
        "one length for all": (lambda X, m: _masked_sum(X, m) / m.sum(axis=1).mean(), "Each row is divided by the mean length. Every row has a length of its own."),
        "the longest for all": (lambda X, m: _masked_sum(X, m) / m.sum(axis=1).max(), "Each row is divided by the number of real positions of the longest. Every row has a length of its own."),
        "the batch's count": (lambda X, m: _masked_sum(X, m) / m.sum(), "Each row is divided by the number of real positions in the whole batch. How many are its own?"),
        "one too many": (lambda X, m: _masked_sum(X, m) / (m.sum(axis=1, keepdims=True) + 1), "Each row is divided by one more than its number of real positions. What guards against 0 must leave 1, 2, 3 as they are."),
        "sum": (_masked_sum, "That is the sum over the real positions. Divide by their number."),
        "padding assumed at the end": (lambda X, m: np.array([x[:n].mean(axis=0) for x, n in zip(X, m.sum(axis=1), strict=True)]), "The first positions are taken, as many as are real. Where is the padding in the first row?"),
        "padding assumed at the start": (lambda X, m: np.array([x[len(x) - n :].mean(axis=0) for x, n in zip(X, m.sum(axis=1), strict=True)]), "The last positions are taken, as many as are real. Where is the padding in the second row?"),
        "largest, not mean": (lambda X, m: np.where(m[:, :, None], X, -np.inf).max(axis=1), "That is the largest of the real positions in each column. Their mean is asked for."),
        "zero vectors left out": (lambda X, m: _masked_mean(X, m & X.any(axis=2)), "A real position whose vector happens to be 0 is not counted. Does the mask say that it is padding?"),
    }  # fmt: skip
    _has_one_mean_a_row(attempt(*cases[0].args))
    compare(attempt, _masked_mean, cases, wrong, asked=asked)
    empty = [
        case(rng.normal(-8, 3, (3, 4, 2)), np.arange(4) < np.array([[2], [0], [4]]), note="no real position in row 1"),
        case(rng.normal(5, 3, (2, 3, 4)), np.array([[False] * 3, [False, True, True]]), note="no real position in row 0"),
        case(rng.normal(5, 3, (2, 2, 3)), np.full((2, 2), False), note="no real position at all", scale=1e-6),
    ]  # fmt: skip
    means = {
        "all positions where none is real": (lambda X, m: np.where(m.any(axis=1, keepdims=True), _masked_mean(X, m), X.mean(axis=1)), "Where no position is real, you return the mean of the padding. Zeros are asked for there."),
    }  # fmt: skip
    try:
        compare(attempt, _masked_mean, empty, means, asked=f"{asked}; zeros where there is none")
    except NotYet as error:
        if error.name != "not finite":
            raise
        text = "In a row without any real position, 0 is divided by 0. Zeros are asked for there."
        raise NotYet(text, "an empty row") from None
    return "Now a sentence means the same, however far it was filled up."


@lesson.exercise(
    "Which rows of the matrix took part? And how often?",
    "G[ids] += grad writes once for a repeated id. np.add.at(G, ids, grad) adds each time; so does a loop.",
    "NumPy takes -1 for the last row: check the ids before you use them.",
)
def embedding_gradient(attempt: Attempt) -> str:
    """Return the gradient (V, d) in the matrix for ids (n,) and grad (n, d); ValueError for an id outside 0..V-1."""
    rng = np.random.default_rng(13)
    grad = np.array([[1.0, 2.0], [3.0, 5.0], [7.0, 11.0], [13.0, 17.0]])
    cases = [
        case(np.array([3, 1, 3, 0]), grad, 5),
        case(np.array([2, 2, 0, 4]), 20 - grad, 5),
        case(rng.integers(0, 4, 12), rng.normal(0, 30, (12, 3)), 4, note="more ids than rows"),
        case(np.array([6, 0, 2, 6, 0]), rng.normal(-2, 1, (5, 1)), 7, note="the first row and the last"),
        case(np.array([2, 0, 3, 1]), rng.normal(size=(4, 4)), 4, note="every row once"),
        case(np.array([0]), np.array([[-250.5, 3.25, 0.5]]), 1, note="one id, one row"),
        case(np.array([1, 1, 1, 1, 1, 1]), rng.normal(size=(6, 2)), 3, note="one id, six times"),
        case(np.array([2, 2]), np.array([[4.0, -1.0], [-4.0, 1.0]]), 3, note="two gradients that cancel", scale=1.0),
        case(np.minimum(rng.zipf(1.5, 300), 1000) - 1, rng.normal(size=(300, 8)).astype("float32"), 1000, note="300 ids, 1,000 rows"),
    ]  # fmt: skip
    wrong = {
        "the last one wins": (_last_wins, "Id 3 was looked up twice, and only one of its gradients arrived. What does G[ids] += grad do with a repeated id?"),
        "the first one wins": (lambda ids, g, V: _last_wins(ids[::-1], g[::-1], V), "Id 3 was looked up twice, and only its first gradient arrived."),
        "averaged": (lambda ids, g, V: _arrived(ids, g, V) / np.maximum(np.bincount(ids, minlength=V), 1)[:, None], "The two gradients of id 3 were averaged. Through two paths, do slopes add up or average?"),
        "rows in order": (lambda ids, g, V: np.vstack([g, np.zeros((V - len(g), g.shape[1]))]), "Row i of grad went to row i of the matrix. It belongs to row ids[i]."),
        "a step taken": (lambda ids, g, V: -_arrived(ids, g, V), "The sign is turned round: that is the direction of descent."),
        "mean over the batch": (lambda ids, g, V: _arrived(ids, g, V) / len(ids), "Divided by the number of ids. If the loss is a mean, grad holds that factor already."),
        "divided by the rows": (lambda ids, g, V: _arrived(ids, g, V) / V, "Divided by V, the number of rows. Does a gradient shrink because other words exist?"),
        "id 0 left out": (lambda ids, g, V: _arrived(ids, g, V) * (np.arange(V) > 0)[:, None], "Row 0 gets nothing, and its id was looked up. Is id 0 padding here, or an id like any other?"),
        "counted from one": (lambda ids, g, V: np.roll(_arrived(ids, g, V), 1, axis=0), "Every gradient arrives one row further down. From which number do ids count?"),
        "counts for gradients": (lambda ids, g, V: np.bincount(ids, minlength=V)[:, None] * np.ones(g.shape[1]), "Each row holds how often its id was looked up. And grad?"),
    }  # fmt: skip
    try:
        array(attempt(*cases[0].args), (5, 2))
    except NotYet as error:
        if error.name != "wrong shape":
            raise
        raise NotYet(f"{error} The gradient has the shape of the matrix: V = 5 rows here.", "wrong rows") from None
    compare(
        attempt, _arrived, cases, wrong, asked="for each row of the matrix, all of the gradient that its lookups received"
    )  # fmt: skip
    for ids in ([0, -1], [-1], [5], [2, 5, 1], [-2, 0, 4], [-5, 3], [17, 0, 1, 2]):
        bad = min(ids) if min(ids) < 0 else max(ids)
        what = f"The id {bad}, with rows 0 to 4"
        attempt.must_refuse((np.array(ids), grad[: len(ids)], 5), what, "accepts invalid ids")
    what = "The id -1, with a gradient of 0 and rows 0 to 4"
    attempt.must_refuse((np.array([2, -1]), np.zeros((2, 2)), 5), what, "accepts invalid ids")
    return "Only rows that were looked up get a gradient: a word that never comes never learns."


def when_right(answer: Callable) -> Callable:
    """Return the learner's function where its check finds it right, else the course's own, for the lesson to go on with.

    Parameters
    ----------
    answer : callable
        One of the exercises of this lesson, under its name.

    Returns
    -------
    callable
        It takes what `answer` takes, and returns plain ints, a float or a float64 array whatever kind the learner chose.

    Raises
    ------
    ValueError
        If the lesson goes on with no function of that name.
    """
    return lesson.when_right(answer, _OWN)


class _Text(str):
    """A result as text: lists of any length can be compared by it, and a message shows it without quotes."""

    def __repr__(self) -> str:
        return str.__str__(self)


def _as_text(attempt: Attempt, read: Callable) -> Reading:
    """Return the learner's function, with its result read by `read` and turned into text."""
    return Reading(attempt, lambda value, *_: _Text(read(value)))


def _pair(value: Any) -> tuple[int, int]:
    try:
        return tuple(whole(value, (2,)).tolist())
    except NotYet as error:
        if _holds_count(value):
            text = "One pair of ids is asked for, such as (97, 98). Is it a count that you return, or a pair together with its count?"
            raise NotYet(text, "not a pair") from None
        raise NotYet(f"{error} One pair of ids is meant, such as (97, 98).", error.name) from None


def _holds_count(value: Any) -> bool:
    """Return whether `value` is a count, or a pair with its count, which may stand alone in a list."""
    if _reads(lambda: whole(value)):
        return True
    if _reads(lambda: results(value, 1)):
        value = results(value, 1)[0]
    if not _reads(lambda: results(value, 2)):
        return False
    pair, count = results(value, 2)
    return _reads(lambda: whole(pair, (2,))) and _reads(lambda: whole(count))


def _reads(thunk: Callable) -> bool:
    try:
        thunk()
    except NotYet:
        return False
    return True


def _ids(value: Any) -> list[int]:
    try:
        shape = np.shape(value)
    except ValueError:  # parts of different length
        shape = (0, 0)
    if len(shape) == 1:
        return whole(value, shape).tolist()
    inside = " that holds lists or pairs" if shape else ""
    raise NotYet(
        f"A list of ids is asked for, such as [256, 97]; this is {article(value)}{inside}.", "not a list of ids"
    )


def _says_how_many(attempt: Attempt) -> None:
    """Raise `NotYet` unless the errors for no id and for one id say how many came: as a figure, a word, or the list."""
    none = str(attempt.error([])).lower()
    one = str(attempt.error([357])).lower()
    says_none = re.search(r"(?<!\d)0(?!\d)|\b(no|none|zero|empty|nothing)\b|\[\]", none)
    says_one = re.search(r"(?<!\d)1(?!\d)|\b(one|single)\b|\[357\]", one)
    if says_none and says_one and none != one:
        return
    ids, said = ([], none) if says_one and not says_none else ([357], one)
    text = f"For {ids} your ValueError says {said[:60]!r}. Whoever reads it should learn how many ids came, and that a pair needs two."
    raise NotYet(text, "an error that does not say how many")


def _neighbours(ids: list[int]) -> list[tuple[int, int]]:
    return list(pairwise(ids))


def _apart(ids: list[int]) -> list[tuple[int, int]]:
    return list(zip(ids[::2], ids[1::2], strict=False))


def _without_overlap(ids: list[int]) -> list[tuple[int, int]]:
    """Return each pair as often as it can be replaced: of (7, 7), once in 7, 7, 7."""
    pairs = dict.fromkeys(_neighbours(ids))
    return [pair for pair in pairs for _ in range(len(ids) - len(_merged(ids, pair, -1)))]


def _first_best(counts: Counter) -> tuple[int, int]:
    return max(counts, key=counts.get)


def _choice(choose: Callable, pairs: Callable = _neighbours) -> Callable:
    """Return a function of ids: what `choose` takes from the counts of `pairs(ids)`, as text."""
    return lambda ids: _Text(choose(Counter(pairs(ids))))


def _two_most_common(ids: list[int]) -> _Text:
    ranked = [key for key, _ in Counter(ids).most_common(2)]
    return _Text((ranked[0], ranked[-1]))


def _quickest(ids: list[int]) -> _Text:
    counts: Counter = Counter()
    best = None
    for pair in _neighbours(ids):
        counts[pair] += 1
        if best is None or counts[pair] > counts[best]:
            best = pair
    return _Text(best)


def _merged(
    ids: list[int], pair: tuple, new: int, *, step: int = 2, most: int | None = None, also: tuple | None = None
) -> list[int]:
    """Return ids with `new` for each `pair`; slips of the walk: another step, no more than `most`, a second pair `also`."""
    out, i, done = [], 0, 0
    while i < len(ids):
        found = tuple(ids[i : i + 2])
        if found in (pair, also) and done != most:
            out.append(new)
            done += 1
            i += step
        else:
            out.append(ids[i])
            i += 1
    return out


def _merged_text(ids: list[int], pair: tuple, new: int) -> _Text:
    return _Text(_merged(ids, pair, new))


def _last_lost(ids: list[int], pair: tuple, new: int) -> _Text:
    out = _merged(ids, pair, new)
    return _Text(out if not out or out[-1] == new else out[:-1])


def _overlapping(ids: list[int], pair: tuple, new: int) -> _Text:
    starts = [i for i, found in enumerate(_neighbours(ids)) if found == pair]
    kept = [i for i in range(len(ids)) if i in starts or i - 1 not in starts]
    return _Text([new if i in starts else ids[i] for i in kept])


def _run_swallowed(ids: list[int], pair: tuple, new: int) -> _Text:
    out = _merged(ids, pair, new)
    if pair[0] != pair[1]:
        return _Text(out)
    left = [i for at, i in enumerate(out) if not (i == pair[0] and at and out[at - 1] == new)]
    return _Text(left)


def _two_for_two(ids: list[int], pair: tuple, new: int) -> _Text:
    out = []
    for i in _merged(ids, pair, new):
        out += [new, new] if i == new else [i]
    return _Text(out)


def _total(counts: np.ndarray) -> np.ndarray:
    return counts.sum(axis=1, keepdims=True)


def _smoothed(counts: np.ndarray, k: float) -> np.ndarray:
    return (counts + k) / (_total(counts) + counts.shape[1] * k)


def _perplexity(log_probs: np.ndarray) -> float:
    return np.exp(-np.mean(log_probs))


def _is_infinite(value: Any, given: str) -> None:
    raw = np.asarray(value)
    if raw.shape != () or raw.dtype.kind != "f" or not np.isposinf(raw):
        came = f"{raw:.4g}" if raw.shape == () and raw.dtype.kind in "iuf" else article(value)
        text = f"A text with one character of probability 0 has an infinite perplexity, and the answer should say so. For {given} you return {came}."
        raise NotYet(text, "hides the impossible")


def _compare_long(attempt: Attempt, reference: Callable, cases: Sequence[Case], asked: str) -> None:
    """Compare on long texts, whose probability as a product is too small for a float."""
    try:
        compare(attempt, reference, cases, asked=asked)
    except NotYet as error:
        if error.name != "not finite":
            raise
        text = "Short texts are right; a long one gives NaN or infinity. If you multiply the probabilities of hundreds of tokens, what does a float have left of the product?"
        raise NotYet(text, "a product that vanishes") from None


def _bits(log_probs: np.ndarray) -> float:
    return -np.sum(log_probs) / np.log(2)


def _bits_a_character(log_probs: np.ndarray, text: str) -> float:
    return _bits(log_probs) / len(text)


def _masked_sum(X: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return (X * mask[:, :, None]).sum(axis=1)


def _masked_mean(X: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return _masked_sum(X, mask) / np.maximum(mask.sum(axis=1, keepdims=True), 1)


def _has_one_mean_a_row(value: Any) -> None:
    """Raise `NotYet` unless `value` has shape (2, 3), the batch and d of the first case."""
    try:
        array(value, (2, 3))
    except NotYet as error:
        if error.name != "wrong shape":
            raise
        if np.shape(value) == (3,):
            text = f"{error} One mean of all real positions comes back, whichever sequence they stand in. Two sequences go in."
            raise NotYet(text, "one mean for all") from None
        if np.shape(value) in ((4, 3), (2, 4)):
            text = (
                f"{error} Two sequences go in, of four positions with three numbers each: which axis is averaged away?"
            )
            raise NotYet(text, "wrong axis") from None
        raise


def _arrived(ids: np.ndarray, grad: np.ndarray, V: int) -> np.ndarray:
    G = np.zeros((V, grad.shape[1]))
    np.add.at(G, ids, grad)
    return G


def _last_wins(ids: np.ndarray, grad: np.ndarray, V: int) -> np.ndarray:
    G = np.zeros((V, grad.shape[1]))
    for i, row in zip(ids, grad, strict=True):
        G[i] = row
    return G


def _floats(value: Any) -> np.ndarray:
    return np.asarray(value, dtype=float)


def _int_list(ids: Any) -> list[int]:
    return [int(i) for i in ids]


def _int_tuple(pair: Any) -> tuple[int, ...]:
    return tuple(_int_list(pair))


def _most_common(ids: list[int]) -> tuple[int, int]:
    return _first_best(Counter(_neighbours(ids)))


_OWN = {
    "most_common_pair": (_most_common, _int_tuple),
    "replace_pair": (_merged, _int_list),
    "add_k": (_smoothed, _floats),
    "perplexity": (_perplexity, float),
    "bits_per_character": (_bits_a_character, float),
    "masked_mean": (_masked_mean, _floats),
    "embedding_gradient": (_arrived, _floats),
}

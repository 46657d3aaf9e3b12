"""Exercises of lesson 06: gaps that mean none, medians, one-hot, folds, a leak mended, out-of-fold means, a shuffle buffer."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from course_utils.checking import Attempt, Lesson, NotYet, Reading, array, case, close, compare, number, results, whole
from course_utils.checking.verdict import article

lesson = Lesson("06_data_preparation")
EXERCISES = lesson.exercises
TEXT_GAPS = ("nan", "NaN", "None", "<NA>", "NA", "")
GAP = "(a gap)"


@lesson.exercise(
    "Two questions a row: is the quality missing, and is the size 0? Only where both hold is the word written.",
    "quality.isna() & (size == 0) is such a mask. What does NaN == 0 give?",
    "quality.mask(condition, word) replaces where the condition holds.",
)
def fill_none(attempt: Attempt) -> str:
    """Return quality (n,), a Series, with "none" where it is missing and size (n,) is 0."""
    import pandas as pd

    nan = np.nan
    words, sizes = ["Gd", nan, "TA", nan, nan, "Fa", "TA"], [1.0, 0, 2, 1, nan, 0, 3]
    labels = [12, 7, 3, 2930, 40, 41, 39]
    quality, size = pd.Series(words), pd.Series(sizes)
    labelled = pd.Series(words, index=labels), pd.Series(sizes, index=labels)
    plain = [
        case(quality, size),
        case(pd.Series([nan, nan, "Ex", nan, "Po"], dtype=object), pd.Series([0.5, 0, 0.5, 0, nan])),
        case(pd.Series([nan, "Gd", nan, nan, "Gd", nan, nan, nan]), pd.Series([2, 1, 0, 1, 0, 0, 1, 0])),
        case(pd.Series([nan, "Ex"]), pd.Series([440.0, 520.5]), note="no size of 0"),
        case(pd.Series(["Gd", "TA", "Gd"]), pd.Series([0.0, nan, 4]), note="no gap"),
        case(pd.Series([nan], dtype=object), pd.Series([0]), note="one row"),
        case(pd.Series([nan], dtype=object), pd.Series([nan]), note="one row of which nothing is known"),
    ]
    others = [
        case(*labelled, note="rows that keep the labels of a larger table"),
        case(pd.Series([nan, "TA"], index=[7, 3]), pd.Series([0.0, 0.0], index=[7, 3]), note="two labelled rows"),
        case(*_garages(np.random.default_rng(6), 400), note="four hundred rows under shuffled labels"),
        case(
            pd.Series(["TA ", nan, " Gd", nan], index=[4, 9, 2, 1]),
            pd.Series([0.0, 0.0, 3, 1], index=[4, 9, 2, 1]),
            note="known words that begin or end with a blank, which stay as they are",
        ),
        case(
            pd.Series([nan, "TA", nan], index=[5, 5, 3]),
            pd.Series([0.0, 0.0, 1], index=[5, 5, 3]),
            note="a label that stands for two rows",
        ),
        case(
            pd.Series(["Gd", None, pd.NA, None, pd.NA, nan], dtype=object),
            pd.Series([1.0, 0, 0, 2, nan, 0]),
            note="gaps that are None or NA; isna() finds all of them",
        ),
    ]

    def filled(where: Callable, word: Callable = lambda q: "none") -> Callable:
        return lambda q, s: _column(q.astype(object).mask(where(q, s), word(q)))

    def both(q: Any, s: Any) -> Any:
        return q.isna() & (s == 0)

    wrong = {
        "every gap is none": (filled(lambda q, s: q.isna()), "A gap with size 1 became none too. That house has a garage: what do you know about its quality?"),
        "unknown size taken for 0": (filled(lambda q, s: q.isna() & (s.fillna(0) == 0)), "Where the size is missing as well you write none. Is a size that nobody knows the same as 0?"),
        "only where the size is unknown": (filled(lambda q, s: q.isna() & s.isna()), "You write none where quality and size are both missing. Which size says that there is nothing to judge?"),
        "either is enough": (filled(lambda q, s: q.isna() | (s == 0)), "A gap alone is enough for you, and so is a size of 0. How many of the two must hold?"),
        "the other way round": (filled(lambda q, s: q.isna() & (s > 0)), "The gaps with size 1 are filled and those with size 0 are not. Which of the two has nothing to judge?"),
        "overwrites what is known": (filled(lambda q, s: s == 0), "Row 5 says Fa, with size 0. The two contradict each other, but Fa is not a gap: may it be lost?"),
        "where for mask": (filled(lambda q, s: ~both(q, s)), "Every row has become none but the one that should. mask replaces where its condition holds, and where replaces where it does not: which do you call?"),
        "most frequent": (filled(lambda q, s: q.isna(), _commonest), "The gaps are filled with the commonest quality. A house without a garage has no garage of typical quality."),
        "the commonest word for none": (filled(both, _commonest), "The right rows are filled, with the commonest quality. A house without a garage has no garage of typical quality: the word none is asked for."),
        "left as it is": (filled(lambda q, s: q.isna() & ~q.isna()), "Nothing has changed. Some methods of pandas return a new column and leave the old one alone; or does your condition never hold?"),
    }  # fmt: skip
    asked = 'the word "none" where quality is missing and size is 0, and each other row as it was'
    read = Reading(attempt, _column, _describe_columns)
    got, right = read(quality, size), filled(both)(quality, size)
    if got[1] not in ("none", GAP, "TA") and [*got[:1], *got[2:]] == [*right[:1], *right[2:]]:
        raise NotYet(f"The right row is filled, with {got[1]!r}. The word none is asked for.", "not the word")
    rest = [place for place in range(7) if right[place] == GAP]
    known = [place for place in range(7) if right[place] != GAP]
    if all(got[k] == right[k] for k in known) and not {got[k] for k in rest} & {GAP, "none", "TA"}:
        text = f"The gap at size 0 is right. Another one, that should stay a gap, became {got[rest[0]]!r}: what do you know about that house?"
        raise NotYet(text, "another word for the rest")
    compare(read, filled(both), plain, wrong, asked=asked)
    text = "It works for rows labelled 0, 1, 2 and not for 12, 7, 3, as the training rows are labelled. quality[i] looks for a label; which attribute counts places?"
    try:
        value = attempt(*labelled)
    except NotYet as error:
        raise NotYet(text, "labels taken for places") if error.name == "raises" else error from None
    if isinstance(value, pd.Series) and len(value) > 7:
        raise NotYet(text, "labels taken for places")
    compare(read, filled(both), others, wrong, asked=asked)
    return "In the training houses it finds 1,373 of the 1,399 lost veneers again; the other 26 stay open questions, as they should."


@lesson.exercise(
    "Compute one number for each column, from X_train alone, with the gaps left out: np.nanmedian.",
    "np.where(np.isnan(X_new), medians, X_new) fills each gap with the number of its column.",
    "Before that: len(X_train) == 0, or np.isnan(X_train).all(axis=0).any(), and a ValueError that says so.",
)
def impute_with_medians(attempt: Attempt) -> str:
    """Return X_new (m, d) with each gap (NaN) filled by its column's median over X_train (n, d)."""
    nan = np.nan
    old = np.array([[1.0, 10.0, nan], [2.0, nan, 0.2], [9.0, 30.0, 0.9], [nan, 80.0, 0.4], [4.0, 20.0, 0.1]])
    new = np.array([[nan, 50.0, 0.7], [5.0, nan, nan], [7.0, 60.0, 0.8]])
    rng = np.random.default_rng(62)
    cases = [
        case(old, new),
        case(*_gappy(rng, 12, 9, [-3.0, 40.0, -7.0, 0.5]), note="several gaps in a column, and negative numbers"),
        case(*_gappy(rng, 8, 5, [1400.0, 300.0]), note="two columns above 255"),
        case(*_gappy(rng, 300, 80, np.linspace(-20.0, 20.0, 11)), note="three hundred training rows, eleven columns"),
        case(np.array([[2.0], [2.0], [nan], [7.5]]), np.array([[nan], [1.0], [nan], [nan]]), note="one column"),
        case(old, np.array([[0.1, -2.0, 3.0], [4.0, 55.0, 0.6]]), note="new rows without a gap"),
        case(
            np.array([[0.0, -0.0, 5.0], [3.0, -2.0, 0.0], [4.0, -7.0, 8.0], [nan, -9.0, 0.0], [7.0, 0.0, 9.0]]),
            np.array([[0.0, nan, -0.0], [nan, -0.0, 0.0], [6.0, 0.0, nan]]),
            note="known numbers that are 0, which are no gaps",
        ),
    ]
    edges = [
        case(old, new[:1], note="one new row"),
        case(old, np.array([[3.0, nan, nan]]), note="one new row of which one number is known"),
        case(old, np.full((2, 3), nan), note="new rows of which nothing is known"),
        case(np.array([[3.0, -8.0]]), np.array([[nan, 0.0], [1.0, nan]]), note="one training row"),
        case(np.array([[nan, 4.0], [nan, 0.0], [-6.0, nan]]), np.array([[nan, nan]]), note="one known number in a training column"),
    ]  # fmt: skip

    def with_numbers(numbers: Callable) -> Callable:
        return lambda old, new: np.where(np.isnan(new), numbers(old, new), new)

    def whole_rows(old: np.ndarray) -> np.ndarray:
        return old[~np.isnan(old).any(axis=1)]

    wrong = {
        "mean, not median": (with_numbers(lambda old, new: np.nanmean(old, axis=0)), "Those are the means. One mansion moves a mean and not a median: which is asked for?"),
        "medians of the new rows": (with_numbers(lambda old, new: np.nanmedian(new, axis=0)), "The medians come from the new rows. Tomorrow a single house arrives: what would its median be?"),
        "medians of all rows": (with_numbers(lambda old, new: np.nanmedian(np.vstack([old, new]), axis=0)), "The new rows have a say in the medians. That is a leak, if a small one: from which rows may a number be learned?"),
        "one median for all": (with_numbers(lambda old, new: np.nanmedian(old)), "All columns get the same number. Square feet and baths have little in common: over which axis is the median?"),
        "zeros": (with_numbers(lambda old, new: 0.0), "The gaps became 0. A house with 0 feet of street is no typical house."),
        "zeros overwritten": (lambda old, new: np.where(np.isnan(new) | (new == 0), np.nanmedian(old, axis=0), new), "A 0 that was known has been overwritten. No feet of street is an answer and no gap: which question tells the two apart?"),
        "zeros of training taken for gaps": (with_numbers(lambda old, new: np.nanmedian(np.where(old == 0, np.nan, old), axis=0)), "The zeros of the training table have no say in your medians. A known 0 is a number like any other."),
        "gaps counted as 0": (with_numbers(lambda old, new: np.median(np.nan_to_num(old), axis=0)), "The gaps of the training table count as 0 and pull the medians down. What should an unknown number count as?"),
        "complete rows only": (with_numbers(lambda old, new: np.median(whole_rows(old), axis=0)), "The medians come from the rows without any gap. A row with one gap still knows its other columns: is that lost?"),
        "median of the row": (with_numbers(lambda old, new: np.nanmedian(new, axis=1, keepdims=True)), "A gap gets the median of its own row: feet, years and dollars mixed. Over which axis is the median?"),
        "everything replaced": (lambda old, new: np.zeros_like(new) + np.nanmedian(old, axis=0), "Every number has become the median of its column, the known ones too. Which of them may change?"),
        "lower middle": (with_numbers(lambda old, new: np.nanquantile(old, 0.5, axis=0, method="lower")), "With an even count of known numbers you take the lower of the two in the middle. The median lies halfway between them."),
        "upper middle": (with_numbers(lambda old, new: np.nanquantile(old, 0.5, axis=0, method="higher")), "With an even count of known numbers you take the upper of the two in the middle. The median lies halfway between them."),
    }  # fmt: skip
    asked = "the known numbers as they are, and each gap filled with the median of its column over the known numbers of the training rows"
    read = Reading(attempt, _filled_table)
    medians = np.nanmedian(old, axis=0)
    value = attempt(old, new)
    if _shape(value) == old.shape:
        text = f"This has shape {old.shape}, as the training table has. Which table should be filled?"
        raise NotYet(text, "wrong table")
    text = "Those are the medians, one a column. The new rows are asked for, with their gaps filled."
    _reject_other_results(value, new.shape, {"medians returned": (medians, text)})

    def right(old: np.ndarray, new: np.ndarray) -> np.ndarray:
        return np.where(np.isnan(new), np.nanmedian(old, axis=0), new)

    compare(read, right, cases, wrong, asked=asked)
    text = "It stops where a new column holds no known number. Only the training table has to teach something."
    for each in edges[:3]:
        _must_accept(attempt, each.args, text, "new gap refused")
    compare(read, right, edges, wrong, asked=asked)
    nothing = np.empty((0, 3))
    if attempt.error(old, nothing) is None:  # scikit-learn's own imputer takes no table without rows
        value = attempt(old, nothing)
        if not (isinstance(value, (list, tuple)) and len(value) == 0):
            array(value, (0, 3))
    known = old[:, :2]
    empty = "A training table without rows, from which nothing can be learned"
    blank = "A training column without a single known number, so that its median does not exist"
    bad = {
        "empty table passes": [
            (np.empty((0, 3)), new),
            (np.empty((0, 1)), np.array([[nan], [2.0]])),
            (nothing, nothing),
        ],
        "all-missing column passes": [
            (np.column_stack([known, np.full(5, nan)]), new),
            (np.column_stack([np.full(5, nan), known]), new),
            (np.column_stack([known[:, 0], np.full(5, nan), known[:, 1]]), np.array([[1.0, 2.0, 3.0]])),
            (np.array([[nan, 4.0]]), np.array([[nan, 2.0]])),
            (np.column_stack([known, np.full(5, nan)]), nothing),
        ],
    }
    for name, calls in bad.items():
        for arguments in calls:
            attempt.must_refuse(arguments, empty if name == "empty table passes" else blank, name)
            if not str(attempt.error(*arguments)).strip():
                text = "The ValueError says nothing. Whoever meets it at night wants to know what was empty."
                raise NotYet(text, "silent error")
    return "These medians travel with the model: tomorrow's gaps are filled with numbers that were known when it was trained."


@lesson.exercise(
    "One column for each name in `categories`, in their order, whatever the rows hold.",
    "[[value == name for name in categories] for value in values] compares every row with every name.",
    "With no rows at all the answer still has k columns: .reshape(-1, len(categories)).",
)
def one_hot(attempt: Attempt) -> str:
    """Return (n, k) of 0 and 1 for n values and k categories; unseen or missing is a row of zeros."""
    values, names = ["Elm", "Oak", "Mars", np.nan, "Ash", "Elm"], ["Oak", "Ash", "Elm"]
    rng = np.random.default_rng(63)
    places = [f"{word}{number}" for number in range(14) for word in ("Elm", "Oak")]  # Elm1 begins Elm10
    cases = [
        case(values, names),
        case(["Oak", "Ash", "Oak", "Elm"], ["Ash", "Elm", "Oak", "Fir", "Yew"], note="names that no row has"),
        case(["Ashford", "Ash", "ash", "As", "Ash ", "nan"], ["Ashford", "Ash"], note="names that are nearly the same"),
        case(["Elm", "Ash", np.nan, "Oak", "Oak", "Fir"], ["Oak", "Elm", "Ash"], note="as many rows and names again"),
        case(["Fir"], ["Yew", "Elm", "Fir", "Oak"], note="one row"),
        case(
            [20.25, -30, np.nan, 0, 700, 188, 30, 188],
            [0, 30, 20.25, 700, -30, 188, 20.2],
            note="values that are numbers",
        ),
        case([np.nan, "nan", "Oak"], ["nan", "Oak"], note="a gap, and a name that is the word nan"),
        case([np.nan, "unknown", ""], ["unknown", "none", ""], note="a gap, and names that are words for a gap"),
        case([1, "1", 2], ["1", "2"], note="a number, and a name that looks like it"),
        case(["Elm", np.nan, "Elm"], ["Elm"], note="one category"),
        case(["Mars", np.nan, "Newtown"], ["Oak", "Elm"], note="no row of a known name"),
        case(
            [*map(str, rng.permutation([*places, *places, "Newtown"] * 5)), np.nan],
            [*map(str, rng.permutation(places))],
            note="286 rows, 28 names",
        ),
    ]

    right = _hot(values, names)
    try:
        value = attempt(values, names)
    except NotYet as error:
        if error.name == "raises" and attempt.error(["Elm", "Oak"], names) is None:
            text = f"It works for known names and stops at an unseen or missing one. {error} Tomorrow such a row will come: what should it get?"
            raise NotYet(text[:550], "stops at the unseen") from None
        raise
    if _shape(value) == (6,) and np.asarray(value).dtype.kind in "biuf":
        text = "One number a row: those are codes. A model would read them as an order, Elm above Ash. What shape does each row need?"
        raise NotYet(text, "codes, not columns")
    unseen = (right.sum(axis=1, keepdims=True) == 0).astype(float)
    seen = [name for name in values if isinstance(name, str)]
    texts = sorted({str(value) for value in values})
    extra = (
        "There is a column of its own for the unseen, as Keras has it. Here zeros are asked for: k columns, no more."
    )
    from_rows = "{} columns for 3 categories: they come from these rows. What would a table of one house look like to the model?"
    tables = {
        "transposed": (right.T, "Names in rows, houses in columns. It is (n, k) that is asked for."),
        "a column for the unseen": (np.hstack([unseen, right]), extra),
        "a column for the unseen, at the end": (np.hstack([right, unseen]), f"The last column is one more than asked for. {extra}"),
        "columns from the rows": (_hot([str(value) for value in values], texts), from_rows.format(5)),
        "columns from the rows, without the gap": (_hot(values, sorted(set(seen))), from_rows.format(4)),
        "columns in the order of the rows": (_hot(values, list(dict.fromkeys(seen))), f"{from_rows.format(4)} They even stand in the order of the rows."),
        "unseen dropped": (right[unseen[:, 0] == 0], "6 values go in and 4 rows come out: Mars and the gap are dropped. A house needs an answer, whatever its name."),
    }  # fmt: skip
    _reject_other_results(value, (6, 3), tables)
    wrong = {
        "categories sorted": (lambda v, k: _hot(v, sorted(k)), "The columns are in alphabetical order. The weights of the model were learned for the order of `categories`."),
        "categories reversed": (lambda v, k: _hot(v, k[::-1]), "The columns stand in the reverse of the order of `categories`."),
        "unseen becomes the last": (lambda v, k: _fallen(_hot(v, k), -1), "Mars and the gap count as Elm, the last name. In Python the position -1 is the last: what if a name is not found?"),
        "unseen becomes the first": (lambda v, k: _fallen(_hot(v, k), 0), "Mars and the gap count as Oak, the first name. Not found is not the same as position 0."),
        "unseen is a bit of each": (lambda v, k: _spread(_hot(v, k)), "Mars and the gap get a share of every column. A row of which nothing is known gets zeros."),
        "unseen is all of them": (lambda v, k: np.ceil(_spread(_hot(v, k))), "Mars and the gap get a 1 in every column. A row of which nothing is known gets zeros."),
        "0 and the empty word passed over": (lambda v, k: _hot(v, k) * [[bool(value)] for value in v], "The value 0, or an empty word, gets no 1, though it is a category. Do you ask whether a value is missing, or whether it is true?"),
        "compared as text": (lambda v, k: _hot([str(value) for value in v], [str(name) for name in k]), "You compare how the values are written: so the number 1 is taken for the word \"1\", and a gap for the word nan. When are two values equal?"),
        "values made text": (lambda v, k: _hot([str(value) for value in v], k), "You turn each value into text first: a number equals no category any more, and a gap becomes the word nan."),
        "zeros and ones swapped": (lambda v, k: 1 - _hot(v, k), "Zeros and ones are swapped: a 1 should stand in the column of the name, and nowhere else."),
        "counted": (lambda v, k: _hot(v, k) * [[v.count(value)] for value in v], "A name that occurs twice gets a 2. Each row is answered by itself: 0 or 1."),
        "first of its name only": (lambda v, k: _hot(v, k) * [[value not in v[:i]] for i, value in enumerate(v)], "A name's second row is left at zeros. Do you look for the row of a name, or for the name of a row?"),
    }  # fmt: skip
    asked = "for each row a 1 in the column of its name, in the order of the categories, and 0 elsewhere"

    def read(value: Any, values: list, names: list) -> np.ndarray:
        try:
            return array(value, (len(values), len(names)))
        except NotYet as error:
            if error.name != "not finite":
                raise
            text = (
                "NaN is left where 0 or 1 is asked for. What do you write for a name that is not found, on either side?"
            )
            raise NotYet(text, "NaN for 0") from None

    compare(Reading(attempt, read), _hot, cases, wrong, asked=asked)
    for names in (["Oak", "Ash", "Elm"], ["Elm"], ["Elm", "Oak", "Ash", "Fir", "Yew"]):
        columns = f"An empty file is still a file with columns: shape (0, {len(names)})."
        _must_accept(attempt, ([], names), f"For no rows at all it stops. {columns}", "stops at no rows")
        empty = attempt([], names)
        if _shape(empty) != (0, len(names)):
            raise NotYet(f"For no rows at all the shape is {_shape(empty)}. {columns}", "no rows")
    return "The number of columns is fixed when the model is trained; no row that comes later can change it or stop it."


@lesson.exercise(
    "Cut `order` into k pieces; each piece is held out once, and all the others together are what is seen.",
    "np.array_split(order, k) gives pieces whose sizes differ by at most one.",
    "np.concatenate(pieces[:i] + pieces[i + 1 :]) is everything but piece i. Look at k before that.",
)
def k_fold(attempt: Attempt) -> str:
    """Return k pairs (seen, held) of row numbers; the held parts share out order (n,) between them."""
    order = np.array([31, 4, 315, 92, 2865, 35, 0, 79, 1032, 38, 46])
    rng = np.random.default_rng(64)
    _folds(attempt, order, 4)
    _folds(attempt, order[::-1] + 7, 4)
    _folds(attempt, order[:10], 4)
    _folds(attempt, rng.permutation(23), 5)
    _folds(attempt, rng.permutation(3000)[:600], 10)
    _folds(attempt, np.arange(20, 33), 6)
    for rows, k in ((order, 11), (order[:3], 3)):
        text = f"k = n is refused or fails: {k} rows in {k} folds. Each row may be a fold of its own."
        _must_accept(attempt, (rows, k), text, "k = n refused")
        _folds(attempt, rows, k)
    for rows, k in ((order, 2), (order[:6], 2), (order[:3], 2), (order[:2], 2)):
        text = f"k = 2 is refused or fails, with {len(rows)} rows. Only a k below 2 is to be refused."
        _must_accept(attempt, (rows, k), text, "k = 2 refused")
        _folds(attempt, rows, k)
    _folds(attempt, rng.permutation(40), 13)
    for rows, k in ((order, 1), (order, 12), (order, 0), (order, -3), (order[:3], 4), (order[:5], 9), (order[:2], 1)):
        what = f"k = {k} with {len(rows)} rows, where k must be neither below 2 nor above n"
        attempt.must_refuse((rows, k), what, "k out of range")
    return "Each row is held out exactly once, from a model that has not seen it: k scores, and so a spread."


@lesson.exercise(
    "Ask of every number that the function computes: which rows is it learned from?",
    "Three things are learned: the means and deviations, the list of columns to keep, the weights. The test rows are only transformed.",
    "Z = (X - X[train].mean(axis=0)) / X[train].std(axis=0), and the choice of columns sees Z[train] and y[train] alone.",
)
def honest_score(attempt: Attempt) -> str:
    """Return the article's R2 on the test rows, a float, with every step learned from the training rows."""
    first = _houses(6, 40, 60)
    cases = [
        case(*first, 5, scale=1),
        case(*first, 2, note="two columns to keep", scale=1),
        case(*_houses(66, 40, 60), 5, note="another table of that size", scale=1),
        case(*_houses(61, 70, 90, used=50), 8, note="twenty rows that stand neither in train nor in test", scale=1),
        case(*_houses(62, 50, 300, signal=0.0), 12, note="pure noise", scale=1),
        case(*_houses(63, 60, 30, signal=300.0, base=1000.0), 1, note="one column to keep, and a target near 1000", scale=1),
        case(*_houses(64, 45, 8, signal=0.4), 8, note="all columns to keep", scale=1),
        case(*_houses(65, 120, 400, signal=0.6), 20, note="400 columns", scale=1),
    ]  # fmt: skip
    score = _score
    wrong = {
        "the article's order": (score("all", "all"), "This is the article's score. The test rows helped to choose the columns: how can they still judge?"),
        "columns chosen from all rows": (score(select="all"), "The scaling is honest now. Which rows does the choice of columns still look at?"),
        "scaled with all rows": (score("all"), "The choice of columns is honest now. Which rows do the means and deviations still come from?"),
        "test rows scaled by themselves": (score(own=True), "The test rows are scaled with their own means. A single house has no mean: which one was the model trained with?"),
        "scored on the training rows": (score(on="train"), "That is the score on the training rows. The model has learned them by heart: who should judge it?"),
        "scored on all rows": (score(on="all"), "All rows are scored together, those that the model was trained on among them. Who should judge it?"),
        "fitted on all rows": (score(fit="all"), "The weights have seen the test rows: the model is fitted to all of them. Which rows may it be fitted to?"),
        "everything but the test rows": (score("rest", "rest", fit="rest"), "You learn from every row that is not in `test`. Some rows stand in neither of the two: which are given for learning?"),
        "sign counted": (score(size=np.positive), "A column that falls as y rises is passed over. It says as much as one that rises with y: what did the article take before sorting?"),
        "least related": (score(size=lambda relation: -np.abs(relation)), "The columns kept are those least related to y. At which end of the sorted list do the largest numbers stand?"),
        "columns chosen from the test rows": (score(select="test"), "The columns are chosen on the test rows: the judge writes the answers."),
        "not scaled": (score(scaling=False), "The scaling is gone. Ridge shrinks weights, so the scale of a column matters: keep the step, and learn it from the right rows."),
        "chosen before scaling": (score(raw=True), "The columns are chosen before they are scaled, so the one in the largest unit wins. In which order does the article scale and choose?"),
        "first columns": (score(size=lambda relation: -np.arange(len(relation))), "You keep the first columns of the table. Which did the article keep?"),
        "all columns": (score(everything=True), "All columns are kept. The article keeps n_keep of them, those most related to y."),
        "another penalty": (score(penalty=1.0), "The penalty of your ridge regression is 1, and the article's is 50. Everything but the rows stays as it was."),
        "squared correlation": (score(measure=lambda y, p: np.corrcoef(y, p)[0, 1] ** 2), "That is the squared correlation of y and its prediction. It is never below 0, and R2 is wherever the mean alone would do better."),
        "never below 0": (score(measure=lambda y, p: max(0.0, _r2(y, p))), "A score below 0 comes back as 0. It says that the mean of the test rows does better, and that is worth knowing."),
        "error, not R2": (score(measure=lambda y, p: np.mean((y - p) ** 2)), "That is the mean squared error. R2 compares it with what?"),
    }  # fmt: skip
    sample = close(number(attempt(*cases[0].args)), score(ddof=1)(*cases[0].args))  # either deviation is right
    asked = "the article's score on the test rows, with the same steps, n_keep columns and penalty of 50, all learned from the training rows"
    compare(attempt, score(ddof=1) if sample else score(), cases, wrong, asked=asked)
    return "The cure is always the same: split first, and put everything that learns behind the split."


@lesson.exercise(
    "For one fold: hide its rows, compute the means of the groups over the rest, look its rows up in them.",
    "np.setdiff1d(np.arange(n), fold) is the rest. A group that the rest does not hold gets the mean of the rest.",
    "np.isnan(y).any() before anything else, and a ValueError that says so.",
)
def out_of_fold_means(attempt: Attempt) -> str:
    """Return for each row the mean y of its group over the rows of the other folds, (n,)."""
    groups = np.array(list("AABBACABDA"))
    y = np.array([1.0, 4, 10, 13, 2, 40, 9, 31, 5, 7])
    folds = [np.array([7, 0, 5]), np.array([2, 9, 4, 8]), np.array([6, 1, 3])]
    rng = np.random.default_rng(65)
    blocks = rng.integers(526_301, 526_320, 60)
    whole_prices = np.array([310, 125, 260, 90, 411, 123, 77])
    cases = [
        case(groups, y, folds),
        case(groups[::-1].copy(), y * 3 - 20, [np.array([0, 9, 3]), np.array([5, 8, 4, 1]), np.array([2, 6, 7])], note="ten other rows"),
        case(np.array(list("AAABBBC")), np.array([5.0, 0, 0, 7, -3, 3, 9]), [np.array([0, 3]), np.array([1, 4, 6]), np.array([2, 5])], note="groups whose mean over the other folds is 0"),
        case(blocks, rng.normal(-30.0, 400.0, 60), _cut(rng, 60, [3, 11, 30, 41]), note="sixty rows in five folds, with prices of either sign"),
        case(np.array(list("BABABBA")), whole_prices, _cut(rng, 7, [2, 5]), note="prices that are whole numbers"),
        case(np.array([7, 3, 7, 7, 3, 9]), rng.normal(5.0, 2.0, 6), _cut(rng, 6, [1]), note="two folds, one of a single row"),
        case(np.array(list("CABACB")), rng.normal(0.0, 1.0, 6), _cut(rng, 6, [1, 2, 3, 4, 5]), note="each row a fold of its own"),
        case(np.array(["Elm", "Oak"]), np.array([-8.25, 1200.5]), [np.array([1]), np.array([0])], note="two rows"),
        case(rng.integers(1, 40, 300) * 100, rng.normal(12.0, 0.4, 300), _cut(rng, 300, [60, 120, 180, 240]), note="three hundred rows"),
    ]  # fmt: skip
    encode = _encoder
    wrong = {
        "own price counted": (encode("all"), "Those are the means over all rows: each row's own price is in its feature. Which rows may speak for it?"),
        "means of the own fold": (encode("fold"), "The means are taken inside the row's own fold, its own price among them. Turn the two parts round."),
        "only the own row left out": (encode("others"), "Each row leaves out itself alone. That leaks too: in one group, the row with the highest price gets the lowest mean. Leave out its whole fold."),
        "absent group is 0": (encode(absent="zero"), "A group that stands in no other fold gets 0: a house for no dollars. What is the best guess without a group?"),
        "absent group sees all": (encode(absent="all"), "A group that stands in no other fold gets the mean of all rows, its own among them. Over which rows may it be?"),
        "absent group keeps its price": (encode(absent="own"), "A group that stands in no other fold gets the row's own price: the answer itself. Over which rows may it be?"),
        "absent group by groups": (encode(absent="groups"), "A group that stands in no other fold gets the mean of the groups' means, where a group of one row counts as much as a large one. The mean of all rows of the other folds is asked for."),
        "a mean of 0 passed over": (_without_zero_means, "A group whose mean over the other folds is 0 gets the mean of all their rows. Do you ask whether there is a mean, or whether it is true?"),
        "mean of the folds' means": (encode(mean=_mean_of_means), "Each of the other folds counts alike, however many rows of the group it holds. Over the rows themselves, what is the mean?"),
        "median": (encode(mean=lambda prices, parts: np.median(prices)), "Those are the medians of the group's prices. The means are asked for."),
        "sum": (encode(mean=lambda prices, parts: np.sum(prices)), "Those are the sums of the group's prices. The means are asked for."),
        "in the order of the folds": (lambda g, y, f: encode()(g, y, f)[np.concatenate(f)], "The numbers are right and in the order of the folds. Row i's number belongs at position i."),
        "one mean a fold": (encode("nobody"), "All rows of a fold get the same mean: the groups are never looked at."),
        "cut to whole numbers": (lambda g, y, f: encode()(g, y, f).astype(y.dtype), "With prices that are whole numbers the means lose their fraction. Of which type is the array that you write them into?"),
    }  # fmt: skip
    asked = "for each row the mean y of its group over the rows of the other folds; for a group that they do not hold, the mean y of all their rows"

    def read(value: Any, groups: np.ndarray, y: np.ndarray, folds: list) -> np.ndarray:
        try:
            return array(value, (len(y),))
        except NotYet as error:
            if error.name == "not finite":
                text = "A row gets NaN. Does its group stand in a fold other than its own? If not, there is no mean to look up: what is asked for then?"
                raise NotYet(text, "absent group is NaN") from None
            raise

    compare(Reading(attempt, read), encode(), cases, wrong, asked=asked)
    for hole in (3, 0, 9):
        holed = np.where(np.arange(10) == hole, np.nan, y)
        attempt.must_refuse((groups, holed, folds), f"A price that is NaN, in row {hole}", "NaN labels pass")
    attempt.must_refuse((groups, np.full(10, np.nan), folds), "Prices that are all NaN", "NaN labels pass")
    one_group = (
        np.array(list("AAAA")),
        np.array([3.0, np.nan, 5.0, 4.0]),
        [np.array([0]), np.array([1]), np.array([3, 2])],
    )
    attempt.must_refuse(one_group, "A price that is NaN, in a group of four rows", "NaN labels pass")
    hidden = np.array(list("XAABB")), np.array([np.nan, 1.0, 2, 3, 4]), [np.array([0, 1, 3]), np.array([2, 4])]
    attempt.must_refuse(hidden, "A price that is NaN, of a row whose group stands in no other fold", "NaN labels pass")
    return "This is what scikit-learn's TargetEncoder does, with a little shrinking for small groups."


@lesson.exercise(
    "Fill a list with the first buffer_size items. Then, again and again: draw a place, hand out what lies there, put the next item in.",
    "When no item is left to put in, go on drawing until the buffer is empty.",
    "rng.integers(len(buffer)) draws the place. buffer_size below 1: a ValueError.",
)
def buffered_shuffle(attempt: Attempt) -> str:
    """Return the list of items in the order in which a shuffle buffer of that size hands them out."""
    many = np.random.default_rng(66).permutation(np.arange(-150, 350)).tolist()  # (500,), unsorted, of either sign

    def hand_out(items: list, size: int, seed: int) -> list:
        return _handed(attempt(items, size, np.random.default_rng(seed)), items)

    runs = [hand_out(many, 4, seed) for seed in range(5)]
    if all(run == many for run in runs):
        raise NotYet("The order never changes. From where in the buffer does the next item come?", "not shuffled")
    if hand_out(many, 4, 0) != runs[0] or hand_out(many, 4, 3) != runs[3]:
        raise NotYet("The same seed gives another order. Draw from `rng`, the generator that you are given.", "ignores rng")  # fmt: skip
    if len(set(map(tuple, runs))) == 1:
        raise NotYet("Generators with different seeds give one and the same order. Is anything drawn from `rng`, or is a new generator made inside?", "own generator")  # fmt: skip
    before = np.random.get_state()[1:3], random.getstate()
    hand_out(many[:9], 3, 16)
    after = np.random.get_state()[1:3], random.getstate()
    if before[0][1] != after[0][1] or (before[0][0] != after[0][0]).any() or before[1] != after[1]:
        raise NotYet("The order comes from `rng`, and the generator that all programs share is touched as well: whoever draws from it after you gets other numbers. Draw from `rng` alone.", "shared generator")  # fmt: skip
    _look_for_blocks(runs, many, 4)
    steady = [step for run in runs for step in _steps(run, many, 4)]
    _look_for_bias(steady, 4)
    _look_for_pairs(steady, 4)
    for items, size, seed in ((many, 17, 11), (many, 17, 12), (many[:200], 2, 13), (many, 3, 14)):
        _look_for_bias(_steps(hand_out(items, size, seed), items, size), size)
    if hand_out(many[:60], 1, 15) != many[:60]:
        raise NotYet("A buffer of 1 leaves no choice, so the order must not change. Yours does.", "buffer of 1")
    few = many[:40]
    emptied = [hand_out(few, size, 20 + place) for place, size in enumerate((64, 64, 40, 40, 41, 41))]
    if all(run == emptied[0] for run in emptied):
        raise NotYet("With a buffer as large as the table, or larger, every seed gives the same order. In which order do you hand out what is left in the buffer at the end?", "rest in order")  # fmt: skip
    ends = [step for run in emptied for step in _steps(run, few, 64)]
    for seed in range(30, 36):
        ends += _steps(hand_out(many[:60], 40, seed), many[:60], 40)[20:]
    _look_for_uneven_ends(ends)
    for size in (5, 9):
        first = {hand_out([4, 8, 15, 16, 23], size, seed)[0] for seed in range(100)}
        if len(first) < 5:  # a right answer misses one of the five less than once in a hundred million checks
            text = f"With five items and a buffer of {size}, some of them never come out first in a hundred runs. How many items may lie in the buffer before one is handed out?"
            raise NotYet(text, "buffer too small")
    kinds = [[5, 5, 5, 1, 1, 8, 5], [0.25, -3.75, 1200.5, 0.75, 0.125], [3], []]
    for items in kinds:
        for size in (3, 50):
            hand_out(items, size, 40)
    for items in ([1, "a", 2.5], [(3, "c"), (1, "a"), (2, "b"), (1, "d")]):
        for size in (2, 3):
            _look_for_other_items(attempt(items, size, np.random.default_rng(41)), items)
    for bad in (0, -1, -20):
        what = f"A buffer of {bad}, which can hold nothing"
        attempt.must_refuse((many[:12], bad, np.random.default_rng(0)), what, "buffer of 0 passes")
    return "An item never comes out earlier than buffer_size - 1 places before its turn. On a sorted file, that is nearly sorted."


def _must_accept(attempt: Attempt, arguments: tuple, text: str, name: str) -> None:
    """Raise `NotYet` under `name` where the answer stops on arguments that are allowed."""
    try:
        attempt(*arguments)
    except NotYet as error:
        if error.name != "raises":
            raise
        raise NotYet(f"{text} {error}"[:560], name) from None


def _shape(value: Any) -> tuple[int, ...] | None:
    try:
        return np.shape(value)
    except Exception:
        return None


def _length(value: Any) -> int | None:
    """Return how many items a list, tuple, array, column or tensor holds; None for anything else."""
    if isinstance(value, (list, tuple)):
        return len(value)
    if hasattr(type(value), "__array__") and _shape(value):
        return int(_shape(value)[0])
    return None


def _reject_other_results(value: Any, shape: tuple[int, ...], known: dict[str, tuple[np.ndarray, str]]) -> None:
    """Raise `NotYet` where `value` is no array of `shape`, but equals one of `known`: name to (array, message)."""
    found = _shape(value)
    if found is None or found == shape:
        return
    for name, (other, message) in known.items():
        if found == other.shape and close(array(value, found), other):
            raise NotYet(message, name)


def _column(value: Any, quality: Any = None, size: Any = None) -> list[str]:
    """Return a column as a list of words, with `GAP` for a gap; raises `NotYet` where it does not fit `quality`."""
    import pandas as pd

    n = _length(value) if quality is None else len(quality)
    came = _length(value)
    if came is not None and came != n:
        text = f"{n} rows go in and {came} come out. A gap is filled or kept: no row is lost or added."
        raise NotYet(text, "rows dropped")
    parts = results(value, n)
    if quality is not None and n and not isinstance(value, pd.Series) and not any(map(np.ndim, parts)):
        text = f"The words come back as {article(value)}, without the labels of their rows. A Series is asked for, whose rows keep their labels."
        raise NotYet(text, "not a Series")
    if quality is not None and isinstance(value, pd.Series) and value.index.tolist() != quality.index.tolist():
        if sorted(map(str, value.index)) == sorted(map(str, quality.index)):
            raise NotYet("The rows come back in another order than they had.", "order lost")
        text = f"The rows labelled {', '.join(map(str, quality.index[:3]))} come back under other labels. Written into a table, the words would land on other houses."
        raise NotYet(text, "labels lost")
    words = []
    for part in parts:
        if np.ndim(part) != 0:
            raise NotYet(f"One word a row is asked for; a row of this holds {article(part)}.", "wrong type")
        if pd.isna(part):
            words.append(GAP)
        else:
            words.append(str(part) if isinstance(part, str) else repr(part)[:40])
    if quality is not None:
        kept_gaps = quality.isna() & (size != 0)
        for word, gap in zip(words, kept_gaps, strict=True):
            if gap and word in TEXT_GAPS:
                text = f"A gap has become the text {word!r}. It still looks missing, and isna() no longer finds it: what turned it into a word?"
                raise NotYet(text, "gap as text")
    return words


def _describe_columns(*columns: Any) -> str:
    """Return what to say of quality and size: small ones in full, as lists, with None for a gap."""
    if len(columns[0]) > 8:
        return f"It was called with quality and size of {len(columns[0])} rows. "
    import pandas as pd

    lists = [[None if pd.isna(part) else part for part in column.tolist()] for column in columns]
    return f"It was called with quality = {lists[0]} and size = {lists[1]}. "


def _commonest(quality: Any) -> Any:
    known = quality.dropna()
    return known.mode()[0] if len(known) else np.nan


def _garages(rng: np.random.Generator, n: int) -> tuple:
    """Return quality (n,) and size (n,) of garages, two Series under the same shuffled labels."""
    import pandas as pd

    labels = rng.permutation(3 * n)[:n]
    quality = pd.Series(rng.choice(["Ex", "Gd", "TA", "Fa", "Po"], n), index=labels).mask(rng.random(n) < 0.4)
    size = pd.Series(np.round(rng.uniform(1.0, 900.0, n)), index=labels).mask(rng.random(n) < 0.3, 0.0)
    return quality, size.mask(rng.random(n) < 0.1)


def _filled_table(value: Any, old: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Return the filled table; raises `NotYet` where gaps are left, with what is known of them."""
    try:
        return array(value, new.shape)
    except NotYet as error:
        found, gaps = np.asarray(value), np.isnan(new)
        left = found != found
        if error.name != "not finite" or not left.any():
            raise
    if (left & ~gaps).any():
        raise NotYet("A number that was known has become NaN. Only the gaps are to be filled.", "known number lost")
    mixed = (left & gaps).any(axis=0) & (~left & gaps).any(axis=0)
    if mixed.any():
        text = f"Column {int(np.argmax(mixed))} has several gaps, counted from 0: some of them are filled, and others are left."
        raise NotYet(text, "some gaps remain")
    text = "Gaps are left. Is the median itself NaN, because it met a gap in the training rows?"
    raise NotYet(text, "gaps remain")


def _gappy(rng: np.random.Generator, n: int, m: int, means: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    """Return training rows (n, d) and new rows (m, d) with gaps; one training row and one column's number are known."""
    old, new = (rng.normal(means, 4.0, (rows, len(means))).round(3) for rows in (n, m))
    old[1:][rng.random((n - 1, len(means))) < 0.25] = np.nan
    new[rng.random(new.shape) < 0.3] = np.nan
    new[1:3] = np.nan
    new[3] = np.round(rng.normal(means, 40.0), 3)
    return old, new


def _hot(values: list, names: list) -> np.ndarray:
    """Return the one-hot rows (n, k) of `values` in the columns of `names`."""
    return np.array([[value == name for name in names] for value in values], dtype=float).reshape(-1, len(names))


def _fallen(rows: np.ndarray, place: int) -> np.ndarray:
    rows = rows.copy()
    rows[rows.sum(axis=1) == 0, place] = 1
    return rows


def _spread(rows: np.ndarray) -> np.ndarray:
    return np.where(rows.sum(axis=1, keepdims=True) == 0, 1 / rows.shape[1], rows)


def _folds(attempt: Attempt, order: np.ndarray, k: int) -> None:
    """Raise `NotYet` unless the answer cuts `order` into k folds as it should."""
    got, rows = _pairs(attempt(order, k), k), set(order.tolist())
    held = [row for _, part in got for row in part]
    if k > 2 and len(held) == (k - 1) * len(order) and all(len(seen) < len(part) for seen, part in got):
        raise NotYet("The larger part is where the held one should be: each pair is (seen, held).", "swapped")
    strangers = set(held) - rows
    if strangers and sorted(held) == list(range(len(order))):
        text = (
            "Some numbers are not in `order`: they are positions. The rows that stand at these positions are asked for."
        )
        raise NotYet(text, "positions, not rows")
    if strangers:
        raise NotYet(f"Row {min(strangers)} is held out, and `order` does not hold it.", "strangers")
    if len(held) > len(set(held)):
        twice = next(row for row in held if held.count(row) > 1)
        raise NotYet(f"Row {twice} is held out {held.count(twice)} times. Are the pieces drawn or cut anew for each pair? Every row belongs to one of them.", "held twice")  # fmt: skip
    if missing := sorted(rows - set(held)):
        text = f"{len(order)} rows in {k} folds, and these are never held out: {str(missing)[:60]}. Every row should be, once."
        if len(missing) == len(order) % k:
            text = f"{text} They are as many as a division by k leaves over: where do they go?"
        raise NotYet(text, "rows left out")
    for seen, part in got:
        if set(seen) & set(part):
            raise NotYet("A row stands on both sides of a pair: the model has seen what it is judged by.", "leak")
        if set(seen) | set(part) != rows or len(seen) + len(part) != len(order):
            raise NotYet("A seen part should hold every row that its held part does not, once.", "seen part incomplete")  # fmt: skip
    sizes = [len(part) for _, part in got]
    if max(sizes) - min(sizes) > 1:
        raise NotYet(f"{len(order)} rows become held parts of {sizes} rows. Spread the remainder: they should differ by one at most.", "uneven")  # fmt: skip
    if len(rows) > 3 and held == sorted(rows) != order.tolist():
        raise NotYet("The rows have been sorted first. A sorted table gives folds of a kind; `order` is shuffled for a reason.", "sorted")  # fmt: skip


def _pairs(value: Any, k: int) -> list[tuple[list[int], list[int]]]:
    """Return k pairs of lists of row numbers; raises `NotYet` where it is something else."""
    text = f"A list of {k} pairs (seen, held) is asked for, each part an array of row numbers."
    came = _length(value)
    if came is None:
        raise NotYet(f"{text} This is {article(value)}.", "not a list of pairs")
    if came != k:
        raise NotYet(f"{text} Here are {came}.", "not k folds")
    pairs = []
    for pair in results(value, k):
        if _length(pair) != 2 or None in map(_length, pair):
            raise NotYet(text, "not a list of pairs")
        pairs.append(tuple(whole(part, (_length(part),)).tolist() for part in results(pair, 2)))
    return pairs


def _houses(seed: int, n: int, d: int, used: int | None = None, signal: float = 1.0, base: float = 0.0) -> tuple:
    """Return X (n, d), y (n,), and the rows of train and of test; the first two columns of X bear on y.

    Only `used` rows of the n stand in train or test.
    """
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d)) * rng.uniform(0.2, 5, size=d) + rng.normal(3.0, 4.0, size=d)
    noise = max(signal, 1.0) * rng.normal(size=n)
    y = base + signal * (X[:, 0] / X[:, 0].std() - 0.9 * X[:, 1] / X[:, 1].std()) + noise
    order = rng.permutation(n)[:used]
    cut = int(0.6 * len(order))
    return X, y, order[:cut], order[cut:]


def _score(
    scale: str = "train",
    select: str = "train",
    on: str = "test",
    fit: str = "train",
    own: bool = False,
    raw: bool = False,
    scaling: bool = True,
    everything: bool = False,
    ddof: int = 0,
    penalty: float = 50.0,
    size: Callable = np.abs,
    measure: Callable | None = None,
) -> Callable:
    """Return the article's score as a function, with the rows that each of its steps learns from."""

    def score(X: np.ndarray, y: np.ndarray, train: np.ndarray, test: np.ndarray, n_keep: int) -> float:
        every = np.arange(len(y))
        rows = {"train": train, "test": test, "all": every, "rest": np.setdiff1d(every, test)}
        a, b, c, judges = rows[scale], rows[select], rows[fit], rows[on]
        Z = (X - X[a].mean(axis=0)) / X[a].std(axis=0, ddof=ddof)
        chosen_from = X - X[a].mean(axis=0) if raw else Z
        relation = size(chosen_from[b].T @ (y[b] - y[b].mean()))
        keep = np.argsort(-relation)[: X.shape[1] if everything else n_keep]
        if own:
            Z[test] = (X[test] - X[test].mean(axis=0)) / X[test].std(axis=0)
        used = Z if scaling else X
        y_hat = _ridge(used[c][:, keep], y[c], used[judges][:, keep], penalty)
        return float((measure or _r2)(y[judges], y_hat))

    return score


def _ridge(X: np.ndarray, y: np.ndarray, X_new: np.ndarray, penalty: float) -> np.ndarray:
    """Return the predictions for X_new (m, d) of ridge regression as scikit-learn's `Ridge(penalty)` fits it."""
    centred = X - X.mean(axis=0)
    w = np.linalg.solve(centred.T @ centred + penalty * np.eye(X.shape[1]), centred.T @ (y - y.mean()))
    return (X_new - X.mean(axis=0)) @ w + y.mean()


def _r2(y: np.ndarray, y_hat: np.ndarray) -> float:
    return 1 - np.mean((y - y_hat) ** 2) / np.var(y)


def _cut(rng: np.random.Generator, n: int, places: list[int]) -> list[np.ndarray]:
    """Return n shuffled row numbers cut at `places`."""
    return np.split(rng.permutation(n), places)


def _encoder(source: str = "rest", absent: str = "rest", mean: Callable | None = None) -> Callable:
    """Return target encoding as a function: the rows that speak for a row, and what a group gets that they do not hold."""

    def encode(groups: np.ndarray, y: np.ndarray, folds: list) -> np.ndarray:
        every, result = np.arange(len(y)), np.zeros(len(y))
        fold_of = np.zeros(len(y), dtype=int)
        for number_of_fold, fold in enumerate(folds):
            fold_of[fold] = number_of_fold
        for i in every:
            rest = every[fold_of != fold_of[i]]
            speakers = {"rest": rest, "all": every, "fold": every[fold_of == fold_of[i]], "others": every[every != i]}
            rows = speakers.get(source, every[:0])
            same = rows[groups[rows] == groups[i]]
            if len(same):
                result[i] = (mean or _mean)(y[same], fold_of[same])
            else:
                result[i] = _without_group(absent, groups, y, rest, i)
        return result

    return encode


def _without_group(absent: str, groups: np.ndarray, y: np.ndarray, rest: np.ndarray, i: int) -> float:
    if absent == "zero":
        return 0.0
    if absent == "own":
        return y[i]
    if absent == "groups":
        return np.mean([y[rest][groups[rest] == group].mean() for group in np.unique(groups[rest])])
    return y.mean() if absent == "all" else y[rest].mean()


def _without_zero_means(groups: np.ndarray, y: np.ndarray, folds: list) -> np.ndarray:
    """Return target encoding in which a group's mean of 0 counts as no mean."""
    result = _encoder()(groups, y, folds)
    for fold in folds:
        rest = np.setdiff1d(np.arange(len(y)), fold)
        result[[i for i in fold if result[i] == 0]] = y[rest].mean()
    return result


def _mean(prices: np.ndarray, parts: np.ndarray) -> float:
    return prices.mean()


def _mean_of_means(prices: np.ndarray, parts: np.ndarray) -> float:
    return np.mean([prices[parts == part].mean() for part in np.unique(parts)])


def _handed(value: Any, items: list) -> list:
    """Return the items handed out; raises `NotYet` unless they are all of `items`, each as often as it was put in."""
    text = f"A list of the {len(items)} items is asked for"
    came = _length(value)
    if came is None:
        raise NotYet(f"{text}; this is {article(value)}.", "not a list")
    integers = all(isinstance(item, int) for item in items)
    found = (whole if integers else array)(value, (came,)).tolist()
    extra, lost = Counter(found) - Counter(items), Counter(items) - Counter(found)
    if extra and not set(extra) <= set(items):
        stranger = next(item for item in extra if item not in items)
        raise NotYet(f"{text}; {stranger} comes out and was never put in.", "strangers")
    if extra:
        raise NotYet(f"{text}, once each. Some come out twice: is an item taken out of the buffer when it is handed out?", "items twice")  # fmt: skip
    if lost and not any(lost):
        raise NotYet(f"The item {next(iter(lost))} is lost. Do you ask whether an item is there, or whether it is true?", "false items lost")  # fmt: skip
    if lost:
        raise NotYet(f"{text}, and {lost.total()} of {len(items)} are lost. What is still in the buffer at the end? (If two items are equal, both count.)", "items lost")  # fmt: skip
    return found


def _look_for_other_items(value: Any, items: list) -> None:
    """Raise `NotYet` unless `value` holds these few items themselves, in any order, and not what NumPy makes of them."""
    came = value.tolist() if hasattr(value, "tolist") and np.ndim(value) == 1 else value
    if not isinstance(came, (list, tuple)):
        raise NotYet(f"A list of the {len(items)} items is asked for; this is {article(value)}.", "not a list")
    left = [(type(item), item) for item in items]
    for item in came:
        if isinstance(item, (np.generic, np.ndarray)) and np.ndim(item) == 0:
            item = item.item()
        if (type(item), item) in left:
            left.remove((type(item), item))
            continue
        text = f"In went {items}, and {repr(item)[:60]} comes out, which is none of these items. An item may be of any kind: what does NumPy make of a list of them?"
        raise NotYet(text, "items changed")
    if left:
        text = f"In went {items}, and {left[0][1]!r} does not come out."
        raise NotYet(text, "items lost")


def _look_for_blocks(runs: list[list], items: list, size: int) -> None:
    if all(run[size:-size] == items[size:-size] for run in runs):
        text = f"Behind the first {size} items the order no longer changes, up to the last few. What is drawn for each further item?"
        raise NotYet(text, "first block only")
    turn = {item: place for place, item in enumerate(items)}
    if all(turn[item] // size == place // size for run in runs for place, item in enumerate(run)):
        text = "Items 0 to 3 always come first, then 4 to 7: each block is shuffled by itself. When does the buffer take in the next item?"
        raise NotYet(text, "shuffled in blocks")


def _steps(run: list, items: list, size: int) -> list[tuple[int, ...]]:
    """Return for each item handed out how many were in the buffer, and at which place of it the item was, in three ways.

    A buffer may keep its items by age; or put a new one where the last one lay; or close that gap with its last item and
    put the new one behind. With a right draw the place is even in all three. Raises `NotYet` where an item comes out that
    a buffer of `size` has not read by then.
    """
    turn = {item: place for place, item in enumerate(items)}
    aged = list(range(min(size, len(items))))
    slots, swapped = aged.copy(), aged.copy()
    steps = []
    for at, item in enumerate(run):
        if turn[item] not in aged:
            _tell_early(run, turn, size, at)
        places = [buffer.index(turn[item]) for buffer in (aged, slots, swapped)]
        steps.append((len(aged), *places))
        aged.pop(places[0])
        swapped[places[2]] = swapped[-1]
        swapped.pop()
        if size + at < len(items):
            aged.append(size + at)
            slots[places[1]] = size + at
            swapped.append(size + at)
        else:
            slots.pop(places[1])
    return steps


def _tell_early(run: list, turn: dict, size: int, at: int) -> None:
    came = turn[run[at]]
    if max(turn[item] - place for place, item in enumerate(run)) > max(4 * size, len(run) // 2):
        text = f"With a buffer of {size}, the item at position {came} of {len(run)} comes out at place {at}. Where is buffer_size used?"
        raise NotYet(text, "ignores the buffer")
    text = f"The item at position {came} comes out at place {at}. A buffer of {size} has not read it by then: how many items may lie in it before one is handed out?"
    raise NotYet(text, "buffer too large")


def _surprise(counts: np.ndarray, expected: np.ndarray) -> float:
    """Return the chi-square of `counts` against `expected`."""
    return float(np.sum((counts - expected) ** 2 / expected))


def _look_for_bias(steps: list[tuple[int, ...]], size: int) -> None:
    """Raise `NotYet` where not every item of a full buffer of `size` has the same chance to be next.

    A right answer is refused less than once in a million.
    """
    full = np.array([step[1:] for step in steps if step[0] == size])  # (steps, 3)
    if full[:, 0].max() < size - 1:
        text = f"In {len(full)} steps with a buffer of {size} the newest item never comes out. Is the buffer filled to buffer_size first, and can your draw hit each of its places?"
        raise NotYet(text, "buffer too small")
    freedom = size - 1
    for places in full.T:
        counts = np.bincount(places, minlength=size)
        if _surprise(counts, np.full(size, len(full) / size)) > freedom + 8 * np.sqrt(2 * freedom) + 20:
            text = f"In {len(full)} steps with a buffer of {size} the items in it do not come out equally often. Does each of its places have the same chance?"
            raise NotYet(text, "uneven")


def _look_for_pairs(steps: list[tuple[int, ...]], size: int) -> None:
    """Raise `NotYet` where one draw from a full buffer tells the next."""
    for way in (1, 2, 3):
        pairs = [
            size * one[way] + next_one[way]
            for one, next_one in zip(steps[::2], steps[1::2], strict=True)
            if one[0] == next_one[0] == size
        ]
        if _surprise(np.bincount(pairs, minlength=size**2), np.full(size**2, len(pairs) / size**2)) > 70:
            text = (
                "Each place is drawn equally often, but one draw tells the next. Is a new number drawn for each item?"
            )
            raise NotYet(text, "draws depend")


def _look_for_uneven_ends(steps: list[tuple[int, ...]]) -> None:
    """Raise `NotYet` where what is left at the end does not come out at random: each quarter of it must be as likely."""
    left = np.array([step[0] for step in steps])
    expected = sum(np.bincount(4 * np.arange(n) // n, minlength=4) / n for n in left)
    for way in (1, 2, 3):
        places = np.array([step[way] for step in steps])
        lean = np.sum(places - (left - 1) / 2) / np.sqrt(np.sum(left**2 - 1) / 12)  # a standard normal number
        if _surprise(np.bincount(4 * places // left, minlength=4), expected) > 50 or abs(lean) > 6.5:
            text = "When no item is left to put in, those in the buffer do not come out equally likely: their order still tells when they came. How is the rest drawn?"
            raise NotYet(text, "uneven end")
        at_an_end = left > 1
        chance = 1 / left[at_an_end]
        for end in (np.zeros_like(left), left - 1):  # the first place and the last: how often each is drawn
            surplus = np.sum((places == end)[at_an_end]) - chance.sum()
            if abs(surplus) > 6.5 * np.sqrt(np.sum(chance * (1 - chance))):
                text = "When no item is left to put in, one end of the buffer is drawn too often or never. Can your draw hit each of its places, while it empties?"
                raise NotYet(text, "an end of the buffer never drawn")

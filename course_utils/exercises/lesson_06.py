"""Exercises of lesson 06: gaps that mean none, medians, one-hot, folds, a leak mended, out-of-fold means, a shuffle buffer."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_utils.checking import Attempt, Lesson, NotYet, array, close, number, reject_known

lesson = Lesson("06_data_preparation")
EXERCISES = lesson.exercises
TEXT_GAPS = ("nan", "NaN", "None", "<NA>", "NA", "")


@lesson.exercise(
    "Two questions a row: is the quality missing, and is the size 0? Only where both hold is the word written.",
    "quality.isna() & (size == 0) is such a mask. What does NaN == 0 give?",
    "quality.mask(condition, word) replaces where the condition holds.",
)
def fill_none(attempt: Attempt) -> str:
    """Return quality (n,), a Series, with "none" where it is missing and size (n,) is 0."""
    import pandas as pd

    nan = np.nan
    quality, size = pd.Series(["Gd", nan, "TA", nan, nan, "Fa", "TA"]), pd.Series([1.0, 0, 2, 1, nan, 0, 3])
    got = _words(attempt(quality, size), 7)
    right = ["Gd", "none", "TA", None, None, "Fa", "TA"]
    wrong = {
        "every gap is none": (["Gd", "none", "TA", "none", "none", "Fa", "TA"], "A gap with size 1 became none too. That house has a garage: what do you know about its quality?"),
        "unknown size taken for 0": (["Gd", "none", "TA", None, "none", "Fa", "TA"], "Where the size is missing as well you write none. Is a size that nobody knows the same as 0?"),
        "either is enough": (["Gd", "none", "TA", "none", "none", "none", "TA"], "A gap alone is enough for you, and so is a size of 0. How many of the two must hold?"),
        "the other way round": (["Gd", None, "TA", "none", None, "Fa", "TA"], "The gaps with size 1 are filled and those with size 0 are not. Which of the two has nothing to judge?"),
        "overwrites what is known": (["Gd", "none", "TA", None, None, "none", "TA"], "Row 5 says Fa, with size 0. The two contradict each other, but Fa is not a gap: may it be lost?"),
        "most frequent": (["Gd", "TA", "TA", "TA", "TA", "Fa", "TA"], "The gaps are filled with the commonest quality. A house without a garage has no garage of typical quality."),
        "left as it is": (["Gd", None, "TA", None, None, "Fa", "TA"], "Nothing has changed. Some methods of pandas return a new column and leave the old one alone."),
    }  # fmt: skip
    if gap := next((word for word, want in zip(got, right, strict=True) if want is None and word in TEXT_GAPS), None):
        raise NotYet(f"A gap has become the text {gap!r}. It still looks missing, and isna() no longer finds it: what turned it into a word?", "gap as text")  # fmt: skip
    for name, (result, message) in wrong.items():
        if got == result:
            raise NotYet(message, name)
    if (got[3] or got[4]) and all(word == want for word, want in zip(got, right, strict=True) if want):
        text = f"The gap at size 0 is right. Another one, that should stay a gap, became {(got[3] or got[4])!r}: what do you know about that house?"
        raise NotYet(text, "another word for the rest")
    if got[1] != "none" and [*got[:1], *got[2:]] == [*right[:1], *right[2:]]:
        raise NotYet(f"The right row is filled, with {got[1]!r}. The word none is asked for.", "not the word")
    if got != right:
        raise NotYet(
            f"For quality {_words(quality, 7)} and size [1, 0, 2, 1, None, 0, 3], None for a gap, you return {got}."
        )
    labels = [7, 3]  # the rows of a part of a table keep their labels
    quality, size = pd.Series([nan, "TA"], index=labels), pd.Series([0.0, 0.0], index=labels)
    text = "It works for rows labelled 0, 1, 2 and not for 7, 3, as the training rows are labelled. quality[i] looks for a label; which attribute counts places?"
    try:
        value = attempt(quality, size)
    except NotYet as error:
        raise NotYet(text, "labels taken for places") if error.name == "raises" else error from None
    if isinstance(value, pd.Series) and len(value) == 2 and value.index.tolist() != labels:
        raise NotYet("The rows labelled 7 and 3 come back under other labels. Written into a table, the words would land on other houses.", "labels lost")  # fmt: skip
    if isinstance(value, pd.Series) and len(value) > 2:
        raise NotYet(text, "labels taken for places")
    if _words(value, 2) != ["none", "TA"]:
        raise NotYet("It fits seven rows and not two. Is a row number written into the code?", "fixed rows")
    return "In Ames it settles 157 of the 159 gaps of the garages; the other two stay open questions, as they should."


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
    value = attempt(old, new)
    filled = _floats(value)
    if filled is not None and filled.shape == old.shape:
        raise NotYet(f"This has shape {old.shape}: it is the training table. Which table should be filled?", "wrong table")  # fmt: skip
    if filled is not None and filled.shape == new.shape and np.isnan(filled).any():
        text = "Gaps are left. Is the median itself NaN, because it met a gap in the training rows?"
        raise NotYet(text, "gaps remain")
    got = array(value, new.shape)

    def with_numbers(numbers: Any) -> np.ndarray:
        return np.where(np.isnan(new), numbers, new)

    both = np.vstack([old, new])
    wrong = {
        "mean, not median": (with_numbers(np.nanmean(old, axis=0)), "Those are the means. One mansion moves a mean and not a median: which is asked for?"),
        "medians of the new rows": (with_numbers(np.nanmedian(new, axis=0)), "The medians come from the new rows. Tomorrow a single house arrives: what would its median be?"),
        "medians of all rows": (with_numbers(np.nanmedian(both, axis=0)), "The new rows have a say in the medians. That is a leak, if a small one: from which rows may a number be learned?"),
        "one median for all": (with_numbers(np.nanmedian(old)), "All columns get the same number. Square feet and baths have little in common: over which axis is the median?"),
        "zeros": (with_numbers(0.0), "The gaps became 0. A house with 0 feet of street is no typical house."),
        "gaps counted as 0": (with_numbers(np.median(np.nan_to_num(old), axis=0)), "The gaps of the training table count as 0 and pull the medians down. What should an unknown number count as?"),
        "complete rows only": (with_numbers(np.median(old[~np.isnan(old).any(axis=1)], axis=0)), "The medians come from the rows without any gap. A row with one gap still knows its other columns: is that lost?"),
        "median of the row": (with_numbers(np.nanmedian(new, axis=1, keepdims=True)), "A gap gets the median of its own row: feet, years and dollars mixed. Over which axis is the median?"),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, with_numbers(np.nanmedian(old, axis=0))):
        raise NotYet("The gaps are filled with other numbers than the training medians, or a known number has changed.")
    try:
        one = array(attempt(old, new[:1]), (1, 3))
    except NotYet as error:
        text = f"One new house, with a gap, is not filled. {error} Only the training table has to teach something."
        raise NotYet(text[:500], "new gap refused") from None
    if not close(one, with_numbers(np.nanmedian(old, axis=0))[:1]):
        raise NotYet("One new house alone is filled with other numbers than among three. Its neighbours in X_new should not matter.", "depends on the other rows")  # fmt: skip
    bad = {
        "empty table passes": (np.empty((0, 3)), "A training table without rows passes, and nothing can be learned from it. A ValueError is asked for."),
        "all-missing column passes": (np.column_stack([old[:, :2], np.full(5, nan)]), "A column without a single known number passes: its median does not exist. A ValueError is asked for."),
    }  # fmt: skip
    for name, (table, message) in bad.items():
        said = attempt.error(table, new)
        if not isinstance(said, ValueError):
            raise NotYet(message if said is None else f"{message} You raise {type(said).__name__}.", name)
    if not str(attempt.error(np.empty((0, 3)), new)).strip():
        raise NotYet("The ValueError says nothing. Whoever meets it at night wants to know what was empty.", "silent error")  # fmt: skip
    return "These medians travel with the model: tomorrow's gaps are filled with numbers that were known when it was trained."


@lesson.exercise(
    "One column for each name in `categories`, in their order, whatever the rows hold.",
    "[[value == name for name in categories] for value in values] compares every row with every name.",
    "With no rows at all the answer still has k columns: .reshape(-1, len(categories)).",
)
def one_hot(attempt: Attempt) -> str:
    """Return (n, k) of 0 and 1 for n values and k categories; unseen or missing is a row of zeros."""
    values, names = ["Elm", "Oak", "Mars", np.nan, "Ash", "Elm"], ["Oak", "Ash", "Elm"]

    def table(names: list[str], unseen: int | None = None) -> np.ndarray:
        rows = np.array([[value == name for name in names] for value in values], dtype=float)
        if unseen is not None:
            rows[rows.sum(axis=1) == 0, unseen] = 1
        return rows

    right = table(names)
    try:
        value = attempt(values, names)
    except NotYet as error:
        if error.name == "raises" and attempt.error(["Elm", "Oak"], names) is None:
            text = f"It works for known names and stops at an unseen or missing one. {error} Tomorrow such a row will come: what should it get?"
            raise NotYet(text[:500], "stops at the unseen") from None
        raise
    found = _floats(value)
    if found is not None and found.shape == (6,):
        text = "One number a row: those are codes. A model would read them as an order, Elm above Ash. What shape does each row need?"
        raise NotYet(text, "codes, not columns")
    if found is not None and found.shape == (3, 6):
        raise NotYet("Names in rows, houses in columns. It is (n, k) that is asked for.", "transposed")
    if found is not None and found.ndim == 2 and found.shape[0] == 6 and found.shape[1] > 3:
        other = (right.sum(axis=1, keepdims=True) == 0).astype(float)
        if found.shape[1] == 4 and any(np.array_equal(found, np.hstack(pair)) for pair in ([other, right], [right, other])):  # fmt: skip
            text = "There is a column of its own for the unseen, as Keras has it. Here zeros are asked for: k columns, no more."
            raise NotYet(text, "a column for the unseen")
        text = f"{found.shape[1]} columns for 3 categories: they come from these rows. What would a table of one house look like to the model?"
        raise NotYet(text, "columns from the rows")
    if found is not None and found.shape == (4, 3):
        raise NotYet("6 values go in and 4 rows come out: Mars and the gap are dropped. A house needs an answer, whatever its name.", "unseen dropped")  # fmt: skip
    got = array(value, (6, 3))
    wrong = {
        "categories sorted": (table(sorted(names)), "The columns are in alphabetical order. The weights of the model were learned for the order of `categories`."),
        "unseen becomes the last": (table(names, -1), "Mars and the gap count as Elm, the last name. In Python the position -1 is the last: what if a name is not found?"),
        "unseen becomes the first": (table(names, 0), "Mars and the gap count as Oak, the first name. Not found is not the same as position 0."),
        "zeros and ones swapped": (1 - right, "Zeros and ones are swapped: a 1 should stand in the column of the name, and nowhere else."),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, right):
        raise NotYet(f"For {names} you return {got.astype(int).tolist()}. Compare row by row with the names.")
    said = attempt.error([], names)
    if said is not None:
        raise NotYet(f"For no rows at all it stops with {type(said).__name__}. An empty file is still a file with columns: shape (0, 3).", "stops at no rows")  # fmt: skip
    empty = _floats(attempt([], names))
    if empty is None or empty.shape != (0, 3):
        raise NotYet("For no rows at all the shape should be (0, 3): an empty file is still a file with columns.", "no rows")  # fmt: skip
    return "The number of columns is fixed when the model is trained; no row that comes later can change it or stop it."


@lesson.exercise(
    "Cut `order` into k pieces; each piece is held out once, and all the others together are what is seen.",
    "np.array_split(order, k) gives pieces whose sizes differ by at most one.",
    "np.concatenate(pieces[:i] + pieces[i + 1 :]) is everything but piece i. Look at k before that.",
)
def k_fold(attempt: Attempt) -> str:
    """Return k pairs (seen, held) of row numbers; the held parts share out order (n,) between them."""
    order = np.array([31, 4, 15, 92, 65, 35, 89, 79, 32, 38, 46])
    _folds(attempt, order, 4)
    _folds(attempt, order[:10], 4)
    try:
        _folds(attempt, order[:3], 3)
    except NotYet as error:
        if error.name != "raises":
            raise
        raise NotYet(f"k = n is refused or fails: 3 rows in 3 folds. {error} Each row may be a fold of its own.", "k = n refused") from None  # fmt: skip
    for bad in (1, 12, 0):
        said = attempt.error(order, bad)
        if not isinstance(said, ValueError):
            what = "nothing is raised" if said is None else f"{type(said).__name__} is raised"
            raise NotYet(f"With k = {bad} and 11 rows {what}. A ValueError is asked for where k is below 2 or above n.", "k out of range")  # fmt: skip
    return "Each row is held out exactly once, from a model that has not seen it: k scores, and so a spread."


@lesson.exercise(
    "Ask of every number that the function computes: which rows is it learned from?",
    "Three things are learned: the means and deviations, the list of columns to keep, the weights. The test rows are only transformed.",
    "Z = (X - X[train].mean(axis=0)) / X[train].std(axis=0), and the choice of columns sees Z[train] and y[train] alone.",
)
def honest_score(attempt: Attempt) -> str:
    """Return the article's R2 on the test rows, a float, with every step learned from the training rows."""
    rng = np.random.default_rng(6)
    X, n_keep = rng.normal(size=(40, 60)) * rng.uniform(0.2, 5, size=60) + 3, 5
    y = X[:, 0] / X[:, 0].std() - 0.7 * X[:, 1] / X[:, 1].std() + rng.normal(size=40)
    order, rows = rng.permutation(40), np.arange(40)
    train, test = order[:24], order[24:]
    got = number(attempt(X, y, train, test, n_keep))

    def score(
        scale: Any, select: Any, on: Any = test, own: bool = False, k: int = n_keep, ddof: int = 0, size: Any = np.abs
    ) -> float:
        Z = (X - X[scale].mean(axis=0)) / X[scale].std(axis=0, ddof=ddof)
        keep = np.argsort(-size(Z[select].T @ (y[select] - y[select].mean())))[:k]
        if own:
            Z[test] = (X[test] - X[test].mean(axis=0)) / X[test].std(axis=0)
        return _ridge_score(Z[train][:, keep], y[train], Z[on][:, keep], y[on])

    wrong = {
        "the article's order": (score(rows, rows), "This is the article's score. The test rows helped to choose the columns: how can they still judge?"),
        "columns chosen from all rows": (score(train, rows), "The scaling is honest now. Which rows does the choice of columns still look at?"),
        "scaled with all rows": (score(rows, train), "The choice of columns is honest now. Which rows do the means and deviations still come from?"),
        "test rows scaled by themselves": (score(train, train, own=True), "The test rows are scaled with their own means. A single house has no mean: which one was the model trained with?"),
        "scored on the training rows": (score(train, train, on=train), "That is the score on the training rows. The model has learned them by heart: who should judge it?"),
        "sign counted": (score(train, train, size=np.positive), "A column that falls as y rises is passed over. It says as much as one that rises with y: what did the article take before sorting?"),
        "least related": (score(train, train, size=lambda relation: -np.abs(relation)), "The columns kept are those least related to y. At which end of the sorted list do the largest numbers stand?"),
        "columns chosen from the test rows": (score(train, test), "The columns are chosen on the test rows: the judge writes the answers."),
        "not scaled": (_ridge_score(X[train][:, (kept := _kept(X[train], y[train], n_keep))], y[train], X[test][:, kept], y[test]), "The scaling is gone. Ridge shrinks weights, so the scale of a column matters: keep the step, and learn it from the right rows."),
    }  # fmt: skip
    reject_known(got, wrong, 1e-6)
    right = [score(train, train), score(train, train, ddof=1)]
    if not any(close(got, value) for value in right):
        raise NotYet(f"You return {got:.3f}; {right[0]:.3f} is right. Everything else stays as in the article: the steps, n_keep columns, the penalty of 50. Are the same columns kept on both sides?")  # fmt: skip
    other = number(attempt(X, y, train, test, 2))
    if not any(close(other, score(train, train, k=2, ddof=ddof)) for ddof in (0, 1)):
        raise NotYet("It fits 5 columns and not 2. Is the number of columns written into the code?", "fixed number")
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
    value = attempt(groups, y, folds)
    found = _floats(value)
    if found is not None and found.shape == (10,) and np.isnan(found[[5, 8]]).any():
        raise NotYet("Row 5 or 8 gets NaN: no other fold holds its group, so there is no mean to look up. What is asked for then?", "absent group is NaN")  # fmt: skip
    got = array(value, (10,))

    def encode(source: Any, default: Any) -> np.ndarray:
        result = np.zeros(10)
        for fold in folds:
            for i in fold:
                rows = [j for j in source(i, fold) if groups[j] == groups[i]]
                result[i] = y[rows].mean() if rows else default(i, fold)
        return result

    def rest(i: int, fold: Any) -> list[int]:
        return [j for j in range(10) if j not in fold]

    def rest_mean(i: int, fold: Any) -> float:
        return y[rest(i, fold)].mean()

    right = encode(rest, rest_mean)
    wrong = {
        "own price counted": (encode(lambda i, fold: range(10), rest_mean), "Those are the means over all rows: each row's own price is in its feature. Which rows may speak for it?"),
        "means of the own fold": (encode(lambda i, fold: fold, rest_mean), "The means are taken inside the row's own fold, its own price among them. Turn the two parts round."),
        "only the own row left out": (encode(lambda i, fold: [j for j in range(10) if j != i], rest_mean), "Each row leaves out itself alone. That leaks too: in one group, the row with the highest price gets the lowest mean. Leave out its whole fold."),
        "absent group is 0": (encode(rest, lambda i, fold: 0.0), "A group that stands in no other fold gets 0: a house for no dollars. What is the best guess without a group?"),
        "absent group sees all": (encode(rest, lambda i, fold: y.mean()), "A group that stands in no other fold gets the mean of all rows, its own among them. Over which rows may it be?"),
        "in the order of the folds": (np.concatenate([right[fold] for fold in folds]), "The numbers are right and in the order of the folds. Row i's number belongs at position i."),
        "one mean a fold": (encode(lambda i, fold: [], rest_mean), "All rows of a fold get the same mean: the groups are never looked at."),
    }  # fmt: skip
    reject_known(got, wrong, 1e-6)
    if not close(got, right):
        i = int(np.argmax(np.abs(got - right) > 1e-6))
        fold = next(fold for fold in folds if i in fold)
        prices = [f"{y[j]:g}" for j in rest(i, fold) if groups[j] == groups[i]]
        what = f"its group has the prices {', '.join(prices)}" if prices else f"it has no group, and all prices there have the mean {rest_mean(i, fold):.4g}"  # fmt: skip
        raise NotYet(f"Row {i}, group {groups[i]}, gets {got[i]:.4g}: over the other folds {what}.")
    whole = _floats(attempt(groups, y.astype(int), folds))
    if whole is None or whole.shape != (10,) or not close(whole, right):
        raise NotYet("With prices that are whole numbers the means change. Of which type is the array that you write them into?", "cut to whole numbers")  # fmt: skip
    said = attempt.error(groups, np.where(np.arange(10) == 3, np.nan, y), folds)
    if not isinstance(said, ValueError):
        what = "passes without a word" if said is None else f"stops it with {type(said).__name__}"
        raise NotYet(f"A price that is NaN {what}, and makes a whole group NaN. A ValueError is asked for.", "NaN labels pass")  # fmt: skip
    return "This is what scikit-learn's TargetEncoder does, with a little shrinking for small groups."


@lesson.exercise(
    "Fill a list with the first buffer_size items. Then, again and again: draw a place, hand out what lies there, put the next item in.",
    "When no item is left to put in, go on drawing until the buffer is empty.",
    "rng.integers(len(buffer)) draws the place. buffer_size below 1: a ValueError.",
)
def buffered_shuffle(attempt: Attempt) -> str:
    """Return the list of items in the order in which a shuffle buffer of that size hands them out."""
    items, size, seeds = list(range(100, 112)), 4, range(200)
    runs = [_list(attempt(items, size, np.random.default_rng(seed)), items) for seed in seeds]
    if all(run == items for run in runs):
        raise NotYet("The order never changes. From where in the buffer does the next item come?", "not shuffled")
    if any(_list(attempt(items, size, np.random.default_rng(7)), items) != runs[7] for _ in range(2)):
        raise NotYet("The same seed gives another order. Draw from `rng`, the generator that you are given.", "ignores rng")  # fmt: skip
    if all(run == runs[0] for run in runs):
        raise NotYet("Generators with 200 different seeds give one and the same order. Is a new generator made inside?", "own generator")  # fmt: skip
    places = np.array([[run.index(item) for item in items] for run in runs])  # (200, 12)
    earliest, bound = places.min(axis=0), np.maximum(0, np.arange(12) - size + 1)
    if _list(attempt(items, 1, np.random.default_rng(1)), items) != items and not earliest.any():
        raise NotYet("A buffer of 1 leaves no choice, so the order must not change. Yours does: where is buffer_size used?", "ignores the buffer")  # fmt: skip
    if (earliest < bound).any():
        i = int(np.argmax(earliest < bound))
        text = f"Item {i} comes out at place {earliest[i]}. A buffer of {size} has not read it by then: how many items may lie in it before one is handed out?"
        raise NotYet(text, "buffer too large")
    if (earliest[size:] % size == 0).all() or (places // size == np.arange(12) // size).all():
        text = "Items 0 to 3 always come first, then 4 to 7: each block is shuffled by itself. When does the buffer take in the next item?"
        raise NotYet(text, "shuffled in blocks")
    if (earliest > bound).any():
        i = int(np.argmax(earliest > bound))
        text = f"In 200 runs item {i} never comes before place {earliest[i]}; a full buffer of {size} would allow {bound[i]}."
        raise NotYet(text, "buffer too small")
    if np.bincount(places.argmin(axis=1), minlength=12)[:size].min() < 20:
        raise NotYet("Not every item of the buffer has the same chance to come first.", "uneven")
    if not _list(attempt(items[:3], 50, np.random.default_rng(0)), items[:3]) or _list(attempt([], 4, np.random.default_rng(0)), []):  # fmt: skip
        raise NotYet("A table smaller than its buffer, or an empty one, should come out whole.", "small tables")
    if all(_list(attempt(items, 50, np.random.default_rng(seed)), items) == items for seed in range(5)):
        raise NotYet("With a buffer larger than the table nothing is shuffled. In which order do you hand out what is left in the buffer at the end?", "rest in order")  # fmt: skip
    for bad in (0, -2):
        if not isinstance(attempt.error(items, bad, np.random.default_rng(0)), ValueError):
            raise NotYet(f"A buffer of {bad} can hold nothing. A ValueError is asked for.", "buffer of 0 passes")
    return "An item never comes out earlier than buffer_size - 1 places before its turn. On a sorted file, that is nearly sorted."


def _folds(attempt: Attempt, order: np.ndarray, k: int) -> None:
    """Raise `NotYet` unless the answer cuts `order` into k folds as it should."""
    got, rows = _pairs(attempt(order, k), k), set(order.tolist())
    held = [row for _, part in got for row in part]
    if len(held) > len(order) and all(len(seen) < len(part) for seen, part in got):
        raise NotYet("The larger part is where the held one should be: each pair is (seen, held).", "swapped")
    if not set(held) <= rows:
        text = "Some numbers are not in `order`: they look like positions. The rows that stand at these positions are asked for."
        raise NotYet(text, "positions, not rows")
    if len(held) > len(set(held)):
        twice = next(row for row in held if held.count(row) > 1)
        raise NotYet(f"Row {twice} is held out {held.count(twice)} times. Are the pieces drawn or cut anew for each pair? Every row belongs to one of them.", "held twice")  # fmt: skip
    if missing := sorted(rows - set(held)):
        text = f"{len(order)} rows in {k} folds leave a remainder, and these rows are never held out: {missing}. Every row should be, once."
        raise NotYet(text, "rows left out")
    for seen, part in got:
        if set(seen) & set(part):
            raise NotYet("A row stands on both sides of a pair: the model has seen what it is judged by.", "leak")
        if set(seen) | set(part) != rows or len(seen) + len(part) != len(order):
            raise NotYet("A seen part should hold every row that its held part does not, once.", "seen part incomplete")  # fmt: skip
    sizes = [len(part) for _, part in got]
    if max(sizes) - min(sizes) > 1:
        raise NotYet(f"{len(order)} rows become held parts of {sizes} rows. Spread the remainder: they should differ by one at most.", "uneven")  # fmt: skip
    if len(rows) > 3 and held == sorted(rows):
        raise NotYet("The rows have been sorted first. A sorted table gives folds of a kind; `order` is shuffled for a reason.", "sorted")  # fmt: skip


def _words(value: Any, n: int) -> list[str | None]:
    """Return a column as a list of words, None for a gap; raises `NotYet` where it is no column of n."""
    import pandas as pd

    if value is None or isinstance(value, (str, bytes, dict, set)) or not hasattr(value, "__iter__"):
        raise NotYet(f"A column of {n} words is asked for; this is of type {type(value).__name__}.", "wrong type")
    items = list(value)
    if len(items) != n:
        raise NotYet(f"{n} rows go in and {len(items)} come out. A gap is filled or kept, never dropped.", "rows dropped")  # fmt: skip
    return [None if np.ndim(item) == 0 and pd.isna(item) else item if isinstance(item, str) else repr(item)[:40] for item in items]  # fmt: skip


def _floats(value: Any) -> np.ndarray | None:
    try:
        return np.asarray(value, dtype=float)
    except Exception:
        return None


def _pairs(value: Any, k: int) -> list[tuple[list[int], list[int]]]:
    """Return k pairs of lists of row numbers; raises `NotYet` where it is something else."""
    text = f"A list of {k} pairs (seen, held) is asked for, each part an array of row numbers."
    if isinstance(value, (str, bytes, dict, set)) or np.isscalar(value):
        raise NotYet(text, "not a list of pairs")
    try:
        pairs = [(list(map(int, seen)), list(map(int, held))) for seen, held in value]
    except Exception:
        raise NotYet(text, "not a list of pairs") from None
    if len(pairs) != k:
        raise NotYet(f"{text} Here are {len(pairs)}.", "not k folds")
    return pairs


def _list(value: Any, items: list[int]) -> list[int]:
    """Return the items handed out; raises `NotYet` unless they are all of `items`, once each."""
    text = f"A list of the {len(items)} items is asked for"
    if isinstance(value, (str, bytes, dict, set)) or np.isscalar(value):
        raise NotYet(f"{text}; this is of type {type(value).__name__}.", "not a list")
    try:
        found = [int(item) for item in value]
    except Exception:
        raise NotYet(f"{text}; this is of type {type(value).__name__}.", "not a list") from None
    if len(found) < len(items):
        raise NotYet(f"{text}, and {len(items) - len(found)} are lost. What is still in the buffer at the end?", "items lost")  # fmt: skip
    if sorted(found) != sorted(items):
        raise NotYet(f"{text}, once each. Some come out twice: is an item taken out of the buffer when it is handed out?", "items twice")  # fmt: skip
    return found


def _kept(X: np.ndarray, y: np.ndarray, k: int) -> np.ndarray:
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    return np.argsort(-np.abs(Z.T @ (y - y.mean())))[:k]


def _ridge_score(X: np.ndarray, y: np.ndarray, X_test: np.ndarray, y_test: np.ndarray) -> float:
    """Return the R2 on the test part of ridge regression as scikit-learn's `Ridge(50.0)` scores it."""
    centred = X - X.mean(axis=0)
    w = np.linalg.solve(centred.T @ centred + 50 * np.eye(X.shape[1]), centred.T @ (y - y.mean()))
    y_hat = (X_test - X.mean(axis=0)) @ w + y.mean()
    return 1 - np.mean((y_test - y_hat) ** 2) / np.var(y_test)

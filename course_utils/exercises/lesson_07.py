"""Exercises of lesson 07: an error, a baseline, three alarms, the gain of a mean, a file from outside."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_utils.checking import Attempt, Lesson, NotYet, array, close, number, reject_known

lesson = Lesson("07_tabular_regression")
EXERCISES = lesson.exercises


@lesson.exercise(
    "Take the logarithm of 1 + price on both sides first. What is left to do is lesson 01's root mean squared error.",
    "np.log1p(y) is log(1 + y). For the last wish: np.any(y < 0), and the same for y_hat.",
)
def rmsle(attempt: Attempt) -> str:
    """Return the root mean squared error of log(1 + price), for y (n,) and y_hat (n,); no price below 0."""
    y, y_hat = np.array([3.0, 1.0, 8.0, 5.0]), np.array([1.0, 1.5, 5.0, 9.0])
    gap = np.log1p(y_hat) - np.log1p(y)
    want = np.sqrt(np.mean(gap**2))
    got = number(attempt(y, y_hat))
    wrong = {
        "logarithm without the 1": (np.sqrt(np.mean((np.log(y_hat) - np.log(y)) ** 2)), "This takes log(price). scikit-learn takes log(1 + price): what happens to yours at a price of 0?"),
        "root missing": (want**2, "That is the mean of the squares. Which step brings it back to the size of one error?"),
        "in dollars": (np.sqrt(np.mean((y_hat - y) ** 2)), "That is the RMSE itself, without any logarithm. A miss of 10,000 dollars should weigh more on a cheap house."),
        "logarithm of the error": (np.log1p(np.sqrt(np.mean((y_hat - y) ** 2))), "You take the logarithm of the error at the end. It belongs to each price, before the difference."),
        "logarithm of the difference": (np.sqrt(np.mean(np.log1p(np.abs(y_hat - y)) ** 2)), "You take the logarithm of each difference. The difference of the logarithms is asked for: it is the log of a ratio."),
        "absolute, not squared": (np.mean(np.abs(gap)), "That is the mean absolute gap of the logarithms. This measure squares, and takes the root at the end."),
        "sum, not mean": (np.sqrt(np.sum(gap**2)), "Twice as many houses would make it larger. What is missing under the root?"),
        "base 10": (want / np.log(10), "That is the logarithm to base 10. The natural one makes 0.1 mean about ten per cent."),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, want):
        raise NotYet(f"For y {y.tolist()} and y_hat {y_hat.tolist()} you return {got:.4g}. Compute one house by hand.")
    if isinstance(attempt.error(np.array([0.0, 1.0]), np.array([1.0, 1.0])), ValueError):
        raise NotYet("A price of 0 is refused. The 1 in log(1 + price) makes room for it; only below 0 is refused.", "zero refused")  # fmt: skip
    if not close(number(attempt(np.array([0, 1]), np.array([1, 1]))), np.log(2) / np.sqrt(2)):
        raise NotYet("For y [0, 1] and y_hat [1, 1], whole numbers, the result is off.", "whole numbers")
    for pair, text, name in (
        (([2.0, 1.0], [1.0, -3.0]), "A predicted price of -3 dollars passes without a word. A ValueError is asked for: a model that predicts it is broken.", "negative prices pass"),
        (([2.0, -1.5], [1.0, 1.0]), "A negative price in y passes without a word, here -1.5. A ValueError is asked for, on either side.", "negative y passes"),
        (([2.0, -0.5], [1.0, 1.0]), "A price of -0.5 passes: log(1 + price) exists there. No house costs that, and a ValueError is asked for below 0.", "just below 0 passes"),
    ):  # fmt: skip
        said = attempt.error(*map(np.array, pair))
        if said is None:
            raise NotYet(text, name)
        if not isinstance(said, ValueError):
            text = f"A negative price stops it with {type(said).__name__}. A ValueError is asked for."
            raise NotYet(text, "wrong kind of error")
    return "It is about the typical relative error: 0.12 says that prices are off by some 12 per cent, cheap and dear ones alike."


@lesson.exercise(
    "For each measure ask: which constant would you change no more, because any change makes it larger?",
    "Squares are smallest at the mean, absolute values at the median.",
    "RMSLE is the RMSE of log(1 + y). Find its best constant on that scale, then come back to dollars with np.expm1.",
)
def best_constant(attempt: Attempt) -> str:
    """Return the constant that makes measure ("MAE", "RMSE" or "RMSLE") smallest for y (n,)."""
    y = np.array([2.0, 20.0, 6.0, 3.0, 1.0])
    mean, median, want = y.mean(), np.median(y), np.expm1(np.log1p(y).mean())
    mae, rmse, msle = (number(attempt(y, measure)) for measure in ("MAE", "RMSE", "RMSLE"))
    if close(mae, mean) and close(rmse, median):
        raise NotYet("Mean and median have changed places. Move the constant a little up: for which of the two measures does one dear house hardly matter?", "mean and median swapped")  # fmt: skip
    if close([mae, rmse, msle], [mean] * 3):
        raise NotYet("The mean for all three. For MAE, count houses: how many are above it, how many below?", "the mean for all")  # fmt: skip
    if close([mae, rmse, msle], [median] * 3):
        raise NotYet("The median for all three. Try RMSE at 3 and at 6.4 for the houses 2, 20, 6, 3, 1.", "the median for all")  # fmt: skip
    if close(mae, y[len(y) // 2]):
        raise NotYet("For MAE you return the entry that stands in the middle of y. How many prices are above it, how many below?", "the middle without sorting")  # fmt: skip
    for name, got, best in (("MAE", mae, median), ("RMSE", rmse, mean)):
        if not close(got, best):
            text = (
                f"For {name} and y {y.tolist()} you return {got:.4g}. Compute {name} there and a little to either side."
            )
            raise NotYet(text, f"{name} is off")
    known = {
        "logarithm after the mean": (mean, "For RMSLE it is the mean again. First the logarithms, then their mean: the order matters."),
        "still a logarithm": (np.log1p(y).mean(), "For RMSLE you return a logarithm. What brings it back to dollars?"),
        "logarithm without the 1": (np.exp(np.log(y).mean()), "For RMSLE that is best for log(y). This measure uses log(1 + y)."),
        "the 1 not taken back": (np.exp(np.log1p(y).mean()), "For RMSLE it is one dollar too high: the 1 that went in has to come out again."),
        "the median for RMSLE": (median, "For RMSLE it is the median. That would be right for absolute gaps of the logarithms; these are squared."),
    }  # fmt: skip
    reject_known(msle, known)
    if not close(msle, want):
        raise NotYet(f"For RMSLE and y {y.tolist()} you return {msle:.4g}. On which scale is it a squared error?")
    said = attempt.error(y, "accuracy")
    if not isinstance(said, ValueError):
        raise NotYet('An unknown measure, "accuracy", should raise ValueError. Yours lets it pass, or stops otherwise.', "unknown measure")  # fmt: skip
    return "A model aims at what its loss rewards: trained on logarithms it aims below the mean price, near the median."


@lesson.exercise(
    "For each house: how far off is the prediction, as a share of the true price?",
    "np.mean of a comparison is the share of True.",
)
def share_within(attempt: Attempt) -> str:
    """Return the share of houses whose prediction is off by at most tolerance times the price."""
    y = np.array([100.0, 50.0, 30.0, 400.0, 60.0, 10.0, 500.0, 200.0, 1000.0, 80.0, 70.0])
    y_hat = np.array([99.95, 50.0, 30.05, 430.0, 54.3, 9.08, 520.0, 221.0, 700.0, 40.0, 90.0])
    got = number(attempt(y, y_hat, 0.1))
    off = np.abs(y_hat - y)
    wrong = {
        "accuracy": (np.mean(y == y_hat), "You count predictions that hit the price to the dollar, as the article does. How near is near enough?"),
        "relative to the prediction": (np.mean(off <= 0.1 * y_hat), "You divide by the prediction. A model could then buy itself tolerance by predicting high. Of which number is it a tenth?"),
        "one side only": (np.mean(y_hat - y <= 0.1 * y), "A house that is priced far too low counts as a hit in yours. What becomes of the sign?"),
        "tolerance in dollars": (np.mean(off <= 0.1), "You compare dollars with the tolerance itself. It is a share of the price."),
        "the misses": (np.mean(off > 0.1 * y), "That is the share of misses."),
        "per cent": (100 * np.mean(off <= 0.1 * y), "A share is asked for, between 0 and 1; this is in per cent."),
        "a count": (np.sum(off <= 0.1 * y), "That is a number of houses. Of how many?"),
        "tolerance in per cent": (np.mean(off <= 0.001 * y), "You divide the tolerance by 100. It is a share already: 0.1 is ten per cent."),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, 7 / 11):
        raise NotYet(f"For y {y.tolist()}, y_hat {y_hat.tolist()} and tolerance 0.1 you return {got:.4g}.")
    if not close(number(attempt(np.array([10, 20]), np.array([10, 20]), 0.0)), 1.0):
        raise NotYet("Perfect predictions with tolerance 0 should get 1. Is the limit itself still within?", "the limit itself")  # fmt: skip
    if not close(number(attempt(y, y_hat, 0.2)), 8 / 11):
        raise NotYet("It fits a tolerance of 0.1 and not 0.2.", "fixed tolerance")
    return "This is what accuracy should have been here: perfect predictions get 1, and a seller understands it."


@lesson.exercise(
    "Two errors on the same held-out prices: the model's, and that of a constant known from training alone.",
    "1 - MSE(y_test, y_hat) / MSE(y_test, y_train.mean())",
    "It is undefined where the second is 0, or where a sum is not finite. np.isfinite sees NaN; .size sees nothing at all.",
)
def skill(attempt: Attempt) -> str:
    """Return 1 - MSE of y_hat over MSE of the training mean, on y_test (m,); ValueError where undefined."""
    y_train, y_test = np.array([1.0, 2.0, 6.0]), np.array([2.0, 5.0, 4.0, 8.0])
    y_hat = np.array([3.0, 4.0, 4.5, 6.0])
    base, mse = np.mean((y_test - 3) ** 2), np.mean((y_test - y_hat) ** 2)
    got = number(attempt(y_train, y_test, y_hat))
    wrong = {
        "the mean of the test prices": (1 - mse / np.var(y_test), "Your baseline knows the mean of the held-out prices. Who knows that before the houses are sold?"),
        "rooted": (1 - np.sqrt(mse / base), "You compare the roots. Squared errors are asked for, as in R2."),
        "absolute, not squared": (1 - np.mean(np.abs(y_test - y_hat)) / np.mean(np.abs(y_test - 3)), "Those are absolute errors. Squared ones are asked for, as in R2."),
        "the median": (1 - mse / np.mean((y_test - 2) ** 2), "Your baseline is the training median. The mean is asked for."),
        "without the 1": (mse / base, "That is the share of the baseline's error that remains. A perfect model should get 1, the baseline 0."),
        "upside down": (1 - base / mse, "The fraction stands on its head. A perfect model should get 1."),
        "a difference": (base - mse, "That is a difference in squared dollars. A share is asked for."),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, 1 - mse / base):
        raise NotYet(f"For y_train {y_train.tolist()}, y_test {y_test.tolist()} and y_hat {y_hat.tolist()} you return {got:.4g}.")  # fmt: skip
    bad = number(attempt(y_train, y_test, np.full(4, 30.0)))
    if bad == 0:
        raise NotYet("Predictions of 30 for houses of 2 to 8 get skill 0, like the mean. What do they deserve?", "clipped at zero")  # fmt: skip
    if not close(bad, 1 - np.mean((y_test - 30) ** 2) / base):
        raise NotYet("It fits good predictions and not bad ones: 30 for every house is off.", "bad predictions")
    for given, text, name in (
        ((y_train, np.full(2, 5.0), y_hat[:2]), "Held-out prices of 5 and 5 are refused. The training mean is 3, so the baseline's error there is not 0.", "equal prices refused"),
        ((y_train, y_test[:1], y_hat[:1]), "A single held-out house is refused. Its price differs from the training mean: what would be undefined?", "one house refused"),
    ):  # fmt: skip
        if isinstance(attempt.error(*given), ValueError):
            raise NotYet(text, name)
    if not close(number(attempt(y_train, y_test[:1], y_hat[:1])), 0.0):
        raise NotYet("One held-out house of 2, priced at 3 by the model and by the mean, should give 0.", "one house")
    nan, two = np.array([4.0, np.nan]), np.array([4.0, 5.0])
    cases = {
        "no held-out houses": (y_train, two[:0], two[:0], "nothing to judge"),
        "no training prices": (two[:0], two, two, "nothing to judge"),
        "held-out prices that all equal the training mean": (y_train, np.full(2, 3.0), two, "division by zero"),
        "NaN among the predictions": (y_train, two, nan, "NaN passes"),
        "NaN among the held-out prices": (y_train, nan, two, "NaN passes"),
        "NaN among the training prices": (nan, two, two, "NaN in training passes"),
    }
    for what, (*given, name) in cases.items():
        said = attempt.error(*given)
        if said is None:
            raise NotYet(f"For {what} it returns something. It is undefined there: a ValueError is asked for.", name)
        if not isinstance(said, ValueError):
            text = f"For {what} it stops with {type(said).__name__}; a ValueError is asked for. Test before you divide."
            raise NotYet(text, "wrong kind of error")
    return "At or below 0 the model has nothing to say that a single number does not say better. No amount of training loss talks you out of that."


@lesson.exercise(
    "A shuffled price list still holds every price, and belongs to nobody. The table X stays as it is.",
    "rng.permutation(y) returns a shuffled copy. Once for each round.",
)
def scores_on_shuffled(attempt: Attempt) -> str:
    """Return the n_times scores of score(X, shuffled y), an array (n_times,)."""
    rng = np.random.default_rng(7)
    X, y, calls = rng.normal(size=(12, 2)), rng.normal(size=12), []

    def score(X: Any, y: Any) -> float:
        calls.append((np.array(X, dtype=float), np.array(y, dtype=float)))
        return float(X[:, 0] @ y)

    value = attempt(score, X, y, 5, np.random.default_rng(1))
    if not calls:
        raise NotYet("`score` was never called. It is handed to you as a function: score(X, y) gives one score.", "score never called")  # fmt: skip
    if np.ndim(value) == 0 and np.isfinite(number(value)):
        raise NotYet("One number comes back. All scores are asked for: how far they scatter is half of what they say.", "one number")  # fmt: skip
    got = array(value, (5,))
    tables, prices = [x for x, _ in calls], [p for _, p in calls]
    if any(p.shape != y.shape or not close(np.sort(p), np.sort(y)) for p in prices):
        raise NotYet("The prices that `score` received are not the old ones in a new order. Are some drawn twice, or made up?", "other prices")  # fmt: skip
    if all(close(p, y) for p in prices):
        raise NotYet("`score` received y in its old order each time. Does your shuffle return a copy that is never used?", "not shuffled")  # fmt: skip
    if not all(close(x, X) for x in tables):
        same = all(close(x[:, 0] @ p, X[:, 0] @ y) for x, p in calls)
        if same:
            raise NotYet("Rows and prices were shuffled together: each house keeps its price, and every score stays what it was.", "rows go along")  # fmt: skip
        raise NotYet("X was changed too. Leave it alone: only the prices are to lose their owners.", "table changed")
    if any(close(p, y) for p in prices):
        raise NotYet("In at least one round `score` received y in its old order. Does your shuffle reach each of the rounds?", "one round not shuffled")  # fmt: skip
    if len({tuple(p) for p in prices}) == 1:
        raise NotYet("All rounds used the same order. A fresh one for each round is asked for.", "one order for all")
    want = [x[:, 0] @ p for x, p in calls]
    if len(want) != 5 or not close(got, want):
        raise NotYet("The numbers returned are not the scores of the calls, in their order.", "other numbers")
    again, other = (array(attempt(score, X, y, 5, np.random.default_rng(seed)), (5,)) for seed in (1, 2))
    if not close(again, got):
        raise NotYet("Two calls with equal generators give different scores. Where else does your chance come from?", "other chance")  # fmt: skip
    if close(other, got):
        raise NotYet("Generators from the seeds 1 and 2 lead to the same scores. Is it `rng` that shuffles?", "rng unused")  # fmt: skip
    return "A pipeline that scores clearly above 0 on shuffled prices looks at the answers somewhere. It is the cheapest leak detector there is."


@lesson.exercise(
    "Write it for one house: the mean of (f - y)^2 over the members, minus (mean f - y)^2. Multiply out: y cancels.",
    "What is left is the variance of the members' predictions for that house. Then take the mean over the houses.",
)
def ensemble_gain(attempt: Attempt) -> str:
    """Return mean member MSE minus MSE of their mean, from predictions (m, n) of m members alone."""
    f = np.array([[1.0, 2.0, 4.0, 0.0], [2.0, 2.5, 1.0, 0.5], [4.0, 3.0, 3.0, -1.0]])
    got = number(attempt(f))
    wrong = {
        "divided by m - 1": (f.var(axis=0, ddof=1).mean(), "You divide by m - 1, as for a sample. The identity is about exactly these members: what divides its means?"),
        "variance over the houses": (f.var(axis=1).mean(), "You take the variance over the houses. The members should disagree, not the houses differ: which axis holds the members?"),
        "variance of everything": (f.var(), "That mixes members and houses. For one house at a time: how far do the members disagree?"),
        "standard deviation": (f.std(axis=0).mean(), "Those are standard deviations. A squared error gains a squared disagreement."),
        "sum, not mean": (f.var(axis=0).sum(), "Twice as many houses would double it. MSE is a mean over houses."),
        "absolute disagreement": (np.abs(f - f.mean(axis=0)).mean(), "Those are absolute distances from the members' mean. Squared ones are asked for."),
        "wrong sign": (-f.var(axis=0).mean(), "The size is right. Can a mean of members be worse than its members are on average?"),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, f.var(axis=0).mean()):
        raise NotYet(f"For {f.tolist()} you return {got:.4g}. Choose any y and compute both sides.")
    if abs(number(attempt(f[:1]))) > 1e-12:
        raise NotYet("A single member has nobody to disagree with: its gain is 0.", "one member")
    return "No label is needed: members that agree gain nothing together, however good each of them is."


@lesson.exercise(
    "Collect sentences in a list, and raise once at the end if the list is not empty.",
    "Missing: [c for c in numbers + names if c not in table.columns]. A gap (NaN) is allowed, a word is not.",
    'pd.to_numeric(column, errors="coerce") turns words into NaN: which entries became NaN and were not before?',
)
def validate_table(attempt: Attempt) -> str:
    """Return table[numbers + names]; raise one ValueError that names every column with a problem."""
    import pandas as pd

    good = pd.DataFrame({"place": ["Elm", None], "spare": [1, 2], "year": [1990, 2001], "area": [900.5, np.nan]})
    numbers, names = ["area", "year"], ["place"]
    try:
        got = attempt(good, numbers, names)
    except NotYet as error:
        if "ValueError" in str(error):
            full = {"area": 900.5, "place": "Elm"}
            for mended, text, name in (
                (good.drop(columns="spare"), "A column that nobody needs is refused. An export often holds more than the model asks for: what harm does it do?", "extra columns refused"),
                (good.assign(area=900.5), "A gap in `area` is refused. The model was trained with gaps: it knows what to do.", "gaps refused"),
                (good.assign(place="Elm"), "A gap in `place`, one of names, is refused. Only numbers have to be looked into, and a gap is no trouble anywhere.", "gaps among names refused"),
                (good.assign(**full), "Gaps are refused, in `area` and in `place`. Which of the three troubles would a gap be?", "all gaps refused"),
            ):  # fmt: skip
                if attempt.error(mended, numbers, names) is None:
                    raise NotYet(text, name) from None
        raise
    if not isinstance(got, pd.DataFrame):
        raise NotYet(f"A table is asked for; this is a {type(got).__name__}.", "not a table")
    if list(got.columns) != [*numbers, *names]:
        text = f"The columns come back as {list(got.columns)}. Asked for are those of numbers and names, in that order."
        raise NotYet(text, "other columns")
    if len(got) == 2 and got[numbers].equals(good[numbers]) and not got.equals(good[[*numbers, *names]]):
        raise NotYet("The numbers come back as they were, and the column of names does not.", "other names")
    if not got.equals(good[[*numbers, *names]]):
        raise NotYet("A sound table does not come back untouched: the same rows, values and types.", "other values")
    words = good.assign(area=["900.5", "large"])
    mixed = good.assign(area=[900.5, "large"])
    cases = [
        ("a missing column", good.drop(columns="year"), ["year"], "a missing column passes", "silent error"),
        ("a word among the numbers", words, ["area"], "words pass", "silent error"),
        ("no rows", good.iloc[:0], [], "no rows pass", ""),
        ("text below a number", mixed, ["area"], "only the first row is read", "silent error"),
        ("two missing columns", good[["area"]], ["year", "place"], *["only the first is named"] * 2),
        (
            "a word and a missing column",
            words.drop(columns="place"),
            ["area", "place"],
            *["only one kind is named"] * 2,
        ),
        ("no rows and a missing column", good.iloc[:0].drop(columns="year"), ["year"], *["no rows hide the rest"] * 2),
    ]
    for what, table, columns, name, silent in cases:
        said = attempt.error(table, numbers, names)
        if said is None:
            raise NotYet(f"A table with {what} passes without a word. Should a price come out of it?", name)
        if not isinstance(said, ValueError) or type(said) is UnicodeError:
            text = f"A table with {what} stops it with {type(said).__name__}, from deep inside. A ValueError of your own is asked for."
            raise NotYet(text, "wrong kind of error")
        absent = [column for column in columns if column not in str(said)]
        if absent:
            text = f"For a table with {what} the message does not name {' and '.join(absent)}. Whoever sent the file wants to mend it in one go."
            raise NotYet(text, silent)
    return "One message for all problems saves whoever sends files three rounds of sending them."

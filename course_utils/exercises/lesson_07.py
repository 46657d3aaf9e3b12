"""Exercises of lesson 07: an error, a baseline, three alarms, the gain of a mean, a file from outside."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.checking import Attempt, Lesson, NotYet, array, case, close, compare, number
from course_utils.checking.verdict import article

lesson = Lesson("07_tabular_regression")
EXERCISES = lesson.exercises


@lesson.exercise(
    "Take the logarithm of 1 + price on both sides first. What is left to do is lesson 01's root mean squared error.",
    "np.log1p(y) is log(1 + y). For the last wish: np.any(y < 0), and the same for y_hat.",
)
def rmsle(attempt: Attempt) -> str:
    """Return the root mean squared error of log(1 + price), for y (n,) and y_hat (n,); no price below 0."""
    rng = np.random.default_rng(71)
    prices = rng.lognormal(12, 0.4, 500)
    cases = [
        case(np.array([3.0, 1.0, 8.0, 5.0]), np.array([1.0, 1.5, 5.0, 9.0])),
        case(np.array([0.184, 0.349, 1.262]), np.array([0.355, 0.234, 1.049]), note="prices in millions"),
        case(np.array([250.0]), np.array([410.5]), note="one house"),
        case(np.array([12, 9, 700, 31]), np.array([10, 14, 300, 30]), note="whole numbers"),
        case(np.array([50.0, 3.0]), np.array([1.0, 900.0]), note="predictions that are far off"),
        case(np.array([0.0, 7.0, 2.0]), np.array([1.0, 4.0, 2.5]), note="a price of 0, which is allowed"),
        case(np.array([6.0, 0.5, 2.0]), np.array([3.0, 0.0, 2.5]), note="a predicted price of 0, which is allowed"),
        case(np.array([20.0, 300.0]), np.array([20.0, 300.0]), note="perfect predictions", scale=1.0),
        case(prices, prices * rng.lognormal(0.05, 0.3, 500), note="five hundred prices"),
        case(
            np.array([100.0, 200.0, 300.0]),
            np.array([100.0, 200.0, 300.0]) * (1 + 1e-9),
            note="predictions that are off by a billionth",
            scale=1.0,
        ),
    ]
    wrong = {
        "logarithm without the 1": (lambda y, z: _rms(np.log(z) - np.log(y)), "This takes log(price). scikit-learn takes log(1 + price): what happens to yours at a price of 0?"),
        "root missing": (lambda y, z: np.mean(_log_gap(y, z) ** 2), "That is the mean of the squares. Which step brings it back to the size of one error?"),
        "in dollars": (lambda y, z: _rms(z - y), "That is the RMSE itself, without any logarithm. A miss of 10,000 dollars should weigh more on a cheap house."),
        "logarithm of the error": (lambda y, z: np.log1p(_rms(z - y)), "You take the logarithm of the error at the end. It belongs to each price, before the difference."),
        "logarithm of the difference": (lambda y, z: _rms(np.log1p(np.abs(z - y))), "You take the logarithm of each difference. The difference of the logarithms is asked for: it is the log of a ratio."),
        "absolute, not squared": (lambda y, z: np.mean(np.abs(_log_gap(y, z))), "That is the mean absolute gap of the logarithms. This measure squares, and takes the root at the end."),
        "gaps cancel": (lambda y, z: np.abs(np.mean(_log_gap(y, z))), "Gaps upwards and downwards cancel here: the mean is taken before the squares. Which comes first?"),
        "sum, not mean": (lambda y, z: _rms(_log_gap(y, z)) * np.sqrt(len(y)), "Twice as many houses would make it larger. What is missing under the root?"),
        "root over n": (lambda y, z: _rms(_log_gap(y, z)) / np.sqrt(len(y)), "You divide by n after the root. The mean comes first, then its root."),
        "divides by n - 1": (lambda y, z: np.sqrt(np.sum(_log_gap(y, z) ** 2) / (len(y) - 1)), "You divide by n - 1, as for a sample variance. The error is a plain mean over n."),
        "base 10": (lambda y, z: _rms(_log_gap(y, z)) / np.log(10), "That is the logarithm to base 10. The natural one makes 0.1 mean about ten per cent."),
        "brought back": (lambda y, z: np.expm1(_rms(_log_gap(y, z))), "The error of the logarithms has been brought back with an exponential. It is a ratio, not a price: it stays as it is."),
    }  # fmt: skip
    compare(
        attempt, lambda y, z: _rms(_log_gap(y, z)), cases, wrong, asked="the root mean squared error of log(1 + price)"
    )
    for y, y_hat, what, name in (
        ([2.0, 1.0, 4.0], [1.0, -3.0, 4.0], "A predicted price of -3 dollars", "negative prices pass"),
        ([2.0, -1.5], [1.0, 1.0], "A price of -1.5 in y", "negative y passes"),
        ([-0.5, 2.0], [1.0, 1.0], "A price of -0.5, where log(1 + price) exists", "just below 0 passes"),
        ([3.0, 2.0], [1.0, -0.01], "A predicted price of one cent below 0", "just below 0 passes"),
        ([2.0, -0.5], [1.0, -0.25], "A price below 0 and a prediction below 0 for one house", "both below 0 pass"),
    ):
        attempt.must_refuse((np.array(y), np.array(y_hat)), what, name)
    return "It is about the typical relative error: 0.12 says that prices are off by some 12 per cent, cheap and dear ones alike."


@lesson.exercise(
    "For each measure ask: which constant would you change no more, because any change makes it larger?",
    "Squares are smallest at the mean, absolute values at the median.",
    "RMSLE is the RMSE of log(1 + y). Find its best constant on that scale, then come back to dollars with np.expm1.",
)
def best_constant(attempt: Attempt) -> str:
    """Return the constant that makes measure ("MAE", "RMSE" or "RMSLE") smallest for y (n,)."""
    rng = np.random.default_rng(72)
    small = np.array([2.0, 20.0, 6.0, 3.0, 1.0])
    odd = [
        (small, ""),
        (rng.lognormal(12, 0.5, 301), "three hundred and one prices"),
        (np.array([4.5]), "one house"),
        (np.array([7, 3, 3, 12, 3, 9, 7]), "whole numbers, some of them equal"),
        (np.array([0.0, 31.0, 5.0]), "a price of 0"),
        (np.array([0.255, 1.349, 0.184]), "prices in millions"),
    ]
    even = [
        (np.array([40.0, 10.0, 300.0, 25.0]), "four houses"),
        (np.array([8.0, 2.5]), "two houses"),
        (rng.lognormal(12, 0.5, 200), "two hundred prices"),
    ]
    below = np.array([4.0, -12.5, -3.0, 1.0, -6.0])
    cases = [case(y, measure, note=note) for y, note in odd for measure in ("MAE", "RMSE", "RMSLE")]
    cases += [case(y, measure, note=note) for y, note in even for measure in ("RMSE", "RMSLE")]
    if not isinstance(
        attempt.error(below, "MAE"), ValueError
    ):  # to refuse prices below 0, as `rmsle` does, is not wrong
        cases += [case(below, measure, note="values below 0, which this measure takes") for measure in ("MAE", "RMSE")]
    mean, median = np.mean, np.median
    wrong = {
        "the mean for MAE": (_constants(mae=mean), "For MAE you return the mean. Count houses: how many are above it, how many below?"),
        "the median for RMSE": (_constants(rmse=median), "For RMSE you return the median. Try it at 3 and at 6.4 for the houses 2, 20, 6, 3, 1."),
        "the middle without sorting": (_constants(mae=lambda y: y[len(y) // 2]), "For MAE you return the entry that stands in the middle of y. How many prices are above it, how many below?"),
        "halfway between the ends": (_constants(mae=lambda y: (y.min() + y.max()) / 2), "For MAE you return the middle between the cheapest and the dearest. Let the dearest house cost twice as much: should all predictions move?"),
        "root mean square": (_constants(rmse=_rms), "For RMSE you square the prices and take the root. It is the misses that are squared: at which constant is their sum smallest?"),
        "logarithm after the mean": (_constants(rmsle=mean), "For RMSLE it is the mean again. First the logarithms, then their mean: the order matters."),
        "still a logarithm": (_constants(rmsle=lambda y: np.log1p(y).mean()), "For RMSLE you return a logarithm. What brings it back to dollars?"),
        "logarithm without the 1": (_constants(rmsle=lambda y: np.exp(np.log(y).mean())), "For RMSLE that is best for log(y). This measure uses log(1 + y)."),
        "the 1 not taken back": (_constants(rmsle=lambda y: np.exp(np.log1p(y).mean())), "For RMSLE it is one dollar too high: the 1 that went in has to come out again."),
        "the 1 only taken back": (_constants(rmsle=lambda y: np.expm1(np.log(y).mean())), "For RMSLE a 1 comes out that never went in: this measure uses log(1 + y)."),
        "the median for RMSLE": (_constants(rmsle=median), "For RMSLE it is the median. That would be right for absolute gaps of the logarithms; these are squared."),
        "mean and median swapped": (_constants(mae=mean, rmse=median), "Mean and median have changed places. Move the constant a little up: for which of the two measures does one dear house hardly matter?"),
        "the mean for all": (_constants(mae=mean, rmsle=mean), "The mean for all three. For MAE, count houses: how many are above it, how many below?"),
        "the median for all": (_constants(rmse=median, rmsle=median), "The median for all three. Try RMSE at 3 and at 6.4 for the houses 2, 20, 6, 3, 1."),
        "one of the prices": (lambda y, m: min(y, key=lambda c: _error(y, c, m)), "You return one of the prices, the best of them. Must the best constant be the price of a house?"),
        "the error itself": (lambda y, m: _error(y, _constants()(y, m), m), "That is how small the measure can get. Which constant makes it so small?"),
    }  # fmt: skip
    asked = "the constant at which that measure, over all of y, is smallest; to five digits"
    try:
        compare(attempt, _constants(), cases, wrong, asked=asked)
    except NotYet as error:
        if error.name == "not finite" and _overflows(attempt, odd[1][0]):
            text = "For RMSLE and 301 prices the result is infinity: their product is larger than any float. What does a logarithm make of a product?"
            raise NotYet(text, "product too large") from None
        raise
    for y, note in even:  # whatever lies between the two middle prices is equally good
        got = number(attempt(y, "MAE"))
        low, high = np.sort(y)[len(y) // 2 - 1 : len(y) // 2 + 1]
        if not low * (1 - 1e-5) <= got <= high * (1 + 1e-5):
            what = f"y = {y.tolist()}" if len(y) <= 6 else f"y of shape {y.shape}"
            text = f"With {what}, measure = 'MAE' ({note}), the result is {got:.6g}. Asked for: {asked}."
            raise NotYet(text, "MAE of an even number")
    for measure, name in (
        ("accuracy", "unknown measure"),
        ("MSE", "unknown measure"),
        ("R2", "unknown measure"),
        ("", "unknown measure"),
        ("mae", "small letters pass"),
        ("rmse", "small letters pass"),
        ("Rmsle", "small letters pass"),
        (" MAE ", "blanks pass"),
        ("RMSE ", "blanks pass"),
        ("RMS", "a part of a name passes"),
        ("RMSLEX", "more than a name passes"),
        ("RMSEX", "more than a name passes"),
        ("MAEX", "more than a name passes"),
        ("XMAE", "more than a name passes"),
        ("XRMSLE", "more than a name passes"),
    ):
        what = f'The measure "{measure}", which is none of the three' if measure else "An empty name of a measure"
        attempt.must_refuse((small, measure), what, name)
    return "A model aims at what its loss rewards: trained on logarithms it aims below the mean price, near the median."


@lesson.exercise(
    "For each house: how far off is the prediction, as a share of the true price?",
    "np.mean of a comparison is the share of True.",
)
def share_within(attempt: Attempt) -> str:
    """Return the share of houses whose prediction is off by at most tolerance times the price."""
    y = np.array([100.0, 50.0, 30.0, 400.0, 60.0, 10.0, 500.0, 200.0, 1000.0, 80.0, 70.0])
    y_hat = np.array([99.95, 50.0, 30.05, 430.0, 54.3, 9.08, 520.0, 221.0, 700.0, 40.0, 90.0])
    rng = np.random.default_rng(73)
    off = np.array([0.02, -0.07, 0.13, -0.16, 0.31, -0.45, 0.085, -0.093, 0.104, -0.115])
    many = rng.lognormal(12, 0.4, 1000)
    many_hat = many * (1 + rng.choice(off, 1000, p=[0.3, 0.2, *[0.5 / 8] * 8]))
    binary = np.array([8.0, 16.0, 64.0, 32.0, 4.0]), np.array([10.0, 12.0, 48.5, 40.5, 4.5])
    millions = np.array([0.352, 0.1247, 1.06, 0.29]), np.array([0.34, 0.1391, 0.97, 0.331])
    cases = [
        case(y, y_hat, 0.1),
        case(y, y_hat, 0.2),
        case(many, many_hat, 0.11, note="a thousand houses"),
        case(many, many_hat, 0.05, note="a thousand houses"),
        case(*millions, 0.1, note="prices in millions"),
        case(*binary, 0.25, note="two houses exactly at the limit, which is within"),
        case(np.array([10, 31, 20]), np.array([10, 30, 20]), 0.0, note="whole numbers; perfect is within 0"),
        case(np.array([10, 48, 27, 64, 1000]), np.array([11, 36, 54, 97, 1655]), 0.5, note="whole numbers"),
        case(np.array([250.0]), np.array([262.0]), 0.1, note="one house"),
        case(np.array([250.0]), np.array([180.0]), 0.1, note="one house, missed", scale=1.0),
        case(np.array([90.0, 40.0]), np.array([-88.0, 41.0]), 0.1, note="a predicted price below 0"),
        case(np.array([100_000.0]), np.array([110_001.0]), 0.1, note="one dollar beyond the limit", scale=1.0),
        case(
            np.array([0.352, 1.06]), np.array([0.3875, 1.0]), 0.1, note="prices in millions, one just beyond the limit"
        ),
        case(np.array([90.0, 40.0]), np.array([205.0, 88.0]), 1.25, note="a tolerance above 1"),
    ]
    wrong = {
        "accuracy": (lambda y, z, t: np.mean(y == z), "You count predictions that hit the price to the dollar, as the article does. How near is near enough?"),
        "relative to the prediction": (lambda y, z, t: np.mean(np.abs(z - y) <= t * z), "Your tolerance is a share of the prediction. A model could then buy itself tolerance by predicting high. Of which number is it a tenth?"),
        "relative to the larger": (lambda y, z, t: np.mean(np.abs(z - y) <= t * np.maximum(np.abs(y), np.abs(z))), "Your tolerance is a share of the larger of the two, so it grows where the prediction is too high. Of which number is it a tenth?"),
        "relative to the mean of the two": (lambda y, z, t: np.mean(np.abs(z - y) <= t * (y + z) / 2), "Your tolerance is a share of the mean of price and prediction, so it grows where the prediction is too high. Of which number is it a tenth?"),
        "one tolerance for all": (lambda y, z, t: np.mean(np.abs(z - y) <= t * np.mean(y)), "Your tolerance is a share of the mean price, the same for every house. Whose price should it be a share of?"),
        "too low counts as a hit": (lambda y, z, t: np.mean(z - y <= t * y), "A house that is priced far too low counts as a hit in yours. What becomes of the sign?"),
        "too high counts as a hit": (lambda y, z, t: np.mean(y - z <= t * y), "A house that is priced far too high counts as a hit in yours. What becomes of the sign?"),
        "tolerance in dollars": (lambda y, z, t: np.mean(np.abs(z - y) <= t), "You compare dollars with the tolerance itself. It is a share of the price."),
        "tolerance in per cent": (lambda y, z, t: np.mean(np.abs(z - y) <= t / 100 * y), "You divide the tolerance by 100. It is a share already: 0.1 is ten per cent."),
        "the limit itself": (lambda y, z, t: np.mean(np.abs(z - y) < t * y), "A house that is off by exactly the tolerance counts as a miss in yours. \"At most\" is asked for."),
        "the misses": (lambda y, z, t: np.mean(np.abs(z - y) > t * y), "That is the share of misses."),
        "the misses and the limit": (lambda y, z, t: np.mean(np.abs(z - y) >= t * y), "That is the share of misses, and of those exactly at the limit."),
        "per cent": (lambda y, z, t: 100 * np.mean(np.abs(z - y) <= t * y), "A share is asked for, between 0 and 1; this is in per cent."),
        "a count": (lambda y, z, t: np.sum(np.abs(z - y) <= t * y), "That is a number of houses. Of how many?"),
        "fixed tolerance": (lambda y, z, t: np.mean(np.abs(z - y) <= 0.1 * y), "It fits a tolerance of 0.1 and no other. Where does the tolerance come in?"),
        "gap of the logarithms": (lambda y, z, t: np.mean(np.abs(np.log1p(z) - np.log1p(y)) <= t), "You compare the gap of the logarithms with the tolerance. That is only nearly the relative error. The miss itself is asked for, as a share of the price."),
        "mean relative error": (lambda y, z, t: np.mean(np.abs(z - y) / y), "That is the mean relative error. You are asked how many houses stay within the tolerance."),
    }  # fmt: skip
    compare(
        attempt,
        lambda y, z, t: np.mean(np.abs(z - y) <= t * y),
        cases,
        wrong,
        asked="the share of houses whose miss, up or down, is at most tolerance times their true price",
    )
    return "This is what accuracy should have been here: perfect predictions get 1, and a seller understands it."


@lesson.exercise(
    "Two errors on the same held-out prices: the model's, and that of a constant known from training alone.",
    "1 - MSE(y_test, y_hat) / MSE(y_test, y_train.mean())",
    "It is undefined where the second is 0, or where a sum is not finite. np.isfinite sees NaN; .size sees nothing at all.",
)
def skill(attempt: Attempt) -> str:
    """Return 1 - MSE of y_hat over MSE of the training mean, on y_test (m,); ValueError where undefined."""
    train, test, hat = np.array([1.0, 2.0, 6.0]), np.array([2.0, 5.0, 4.0, 8.0]), np.array([3.0, 4.0, 4.5, 6.0])
    whole_numbers = np.array([3, 1, 3, 9, 3]), np.array([4, 0, 9, 4]), np.array([3, 1, 7, 3])
    rng = np.random.default_rng(74)
    prices = rng.lognormal(12, 0.4, 640)
    logs = rng.normal(-0.4, 1, 90)
    step = 1 / 64  # float32 holds it exactly
    cases = [
        case(train, test, hat),
        case(prices[:500], prices[500:], prices[500:] * rng.lognormal(0, 0.2, 140), note="five hundred prices"),
        case(logs[:60], logs[60:], logs[60:] + rng.normal(0, 0.7, 30), note="values of either sign", scale=1.0),
        case(*whole_numbers, note="whole numbers, some of them equal", scale=1.0),
        case(train, test, np.full(4, 30.0), note="30 predicted for every house"),
        case(train, np.array([5.0, 5.0]), np.array([4.5, 6.0]), note="held-out prices equal to each other, not to the training mean", scale=1.0),
        case(train, np.array([2.0]), np.array([2.5]), note="a single held-out house", scale=1.0),
        case(np.array([7.0]), test, hat, note="a single training price", scale=1.0),
        case(train, np.array([3.0, 7.0]), np.array([3.5, 6.0]), note="one of two held-out prices equal to the training mean", scale=1.0),
        case(train, test, np.full(4, 3.0), note="the training mean predicted for every house", scale=1.0),
        case(train, test, test, note="perfect predictions", scale=1.0),
        case(np.full(3, 4.0), test, hat, note="training prices that are all equal", scale=1.0),
        case(np.array([1.0, 3.0]), np.array([0.0, 4.0]), np.array([1.0, 3.0]), note="held-out prices whose mean is the training mean", scale=1.0),
        case(12 + step * np.array([0.0, 2.0]), 12 + step * np.array([0.0, 3.0]), 12 + step * np.array([1.0, 2.0]), note="logarithms of prices that lie close together", scale=1.0),
        case(np.array([199_998.0, 200_002.0]), np.array([200_001.0, 199_998.0]), np.array([200_000.5, 199_999.0]), note="held-out prices near the training mean", scale=1.0),
        case(np.array([1e-5, 3e-5]), np.array([0.0, 4e-5]), np.array([1e-5, 3e-5]), note="very small numbers", scale=1.0),
    ]  # fmt: skip
    wrong = {
        "the mean of the test prices": (lambda a, y, z: 1 - _mse(y, z) / np.var(y), "Your baseline knows the mean of the held-out prices. Who knows that before the houses are sold?"),
        "r2_score": (lambda a, y, z: _r2_score(y, z), "That is `r2_score`: its baseline knows the mean of the held-out prices. Who knows that before the houses are sold?"),
        "the mean of all prices": (lambda a, y, z: 1 - _mse(y, z) / _mse(y, np.concatenate([a, y]).mean()), "Your baseline is the mean of training and held-out prices together. Who knows the latter before the houses are sold?"),
        "baseline judged on the training prices": (lambda a, y, z: 1 - _mse(y, z) / np.var(a), "You judge the baseline on the training prices and the model on the held-out ones. Both are judged on the same houses: which?"),
        "rooted": (lambda a, y, z: 1 - np.sqrt(_mse(y, z) / _mse(y, a.mean())), "You compare the roots. Squared errors are asked for, as in R2."),
        "absolute, not squared": (lambda a, y, z: 1 - np.abs(y - z).mean() / np.abs(y - a.mean()).mean(), "Those are absolute errors. Squared ones are asked for, as in R2."),
        "the median": (lambda a, y, z: 1 - _mse(y, z) / _mse(y, np.median(a)), "Your baseline is the training median. The mean is asked for."),
        "without the 1": (lambda a, y, z: _mse(y, z) / _mse(y, a.mean()), "That is the share of the baseline's error that remains. A perfect model should get 1, the baseline 0."),
        "sign turned": (lambda a, y, z: _mse(y, z) / _mse(y, a.mean()) - 1, "The sign is turned round. A perfect model should get 1."),
        "upside down": (lambda a, y, z: 1 - _mse(y, a.mean()) / _mse(y, z), "The fraction stands on its head. A perfect model should get 1."),
        "a difference": (lambda a, y, z: _mse(y, a.mean()) - _mse(y, z), "That is a difference in squared dollars. A share is asked for."),
        "clipped at zero": (lambda a, y, z: max(0.0, 1 - _mse(y, z) / _mse(y, a.mean())), "Predictions of 30 for houses of 2 to 8 get skill 0, like the mean. What do they deserve?"),
        "no baseline": (lambda a, y, z: 1 - _mse(y, z) / np.mean(y**2), "Your baseline predicts 0 for every house. The mean of the training prices is asked for."),
        "squared correlation": (lambda a, y, z: np.corrcoef(y, z)[0, 1] ** 2, "That is the squared correlation: predictions twice too high would still get it. The errors themselves are compared here."),
    }  # fmt: skip
    compare(
        attempt,
        lambda a, y, z: 1 - _mse(y, z) / _mse(y, a.mean()),
        cases,
        wrong,
        asked="1 minus the share of the training mean's squared error, on the held-out prices, that the model leaves",
    )
    two, none = np.array([4.0, 5.0]), np.array([])
    for given, what, name in (
        ((train, none, none), "No held-out houses", "nothing to judge"),
        ((none, two, two), "No training prices", "nothing to judge"),
        ((train, np.full(2, 3.0), two), "Held-out prices that all equal the training mean", "division by zero"),
        ((train, np.full(4, 3.0), np.full(4, 3.0)), "Held-out prices that all equal the training mean, and so do the predictions", "division by zero"),
        ((train, np.array([3.0]), np.array([8.0])), "One held-out house, whose price is the training mean", "division by zero"),
        ((train, two, np.array([4.0, np.nan])), "NaN among the predictions", "NaN passes"),
        ((train, np.array([np.nan, 5.0]), two), "NaN among the held-out prices", "NaN passes"),
        ((np.array([4.0, np.nan, 1.0]), two, two + 1), "NaN among the training prices", "NaN in training passes"),
    ):  # fmt: skip
        attempt.must_refuse(given, what, name)
    return "At or below 0 the model says nothing that a single number does not say at least as well. No amount of training loss talks you out of that."


@lesson.exercise(
    "A shuffled price list still holds every price, and belongs to nobody. The table X stays as it is.",
    "rng.permutation(y) returns a shuffled copy. Once for each round.",
)
def scores_on_shuffled(attempt: Attempt) -> str:
    """Return the n_times scores of score(X, shuffled y), an array (n_times,)."""
    rng = np.random.default_rng(75)
    X, y = rng.normal(size=(12, 2)) * [3.0, 40.0], rng.normal(-20, 60, 12)
    got, _ = _shuffled_rounds(attempt, X, y, 5, 1)
    for more_X, more_y, n_times in (
        (rng.normal(size=(30, 3)), rng.lognormal(12, 0.4, 30), 9),
        (rng.normal(size=(9, 1)), rng.normal(size=9), 1),
        (rng.normal(size=(14, 4)), rng.integers(1, 9, 14) * 100, 3),
    ):
        _shuffled_rounds(attempt, more_X, more_y, n_times, 3)
    again, other = (_shuffled_rounds(attempt, X, y, 5, seed)[0] for seed in (1, 2))
    if not close(again, got):
        raise NotYet("Two calls with equal generators give different scores. Where else does your chance come from?", "other chance")  # fmt: skip
    if close(other, got):
        raise NotYet("Generators from the seeds 1 and 2 lead to the same scores. Is it `rng` that shuffles?", "rng unused")  # fmt: skip
    _refuse_unequal_orders(attempt)
    return "A pipeline that scores clearly above 0 on shuffled prices looks at the answers somewhere: a leak detector that costs one loop."


@lesson.exercise(
    "Write it for one house: the mean of (f - y)^2 over the members, minus (mean f - y)^2. Multiply out: y cancels.",
    "What is left is the variance of the members' predictions for that house. Then take the mean over the houses.",
)
def ensemble_gain(attempt: Attempt) -> str:
    """Return mean member MSE minus MSE of their mean, from predictions (m, n) of m members alone."""
    rng = np.random.default_rng(76)
    cases = [
        case(np.array([[1.0, 2.0, 4.0, 0.0], [2.0, 2.5, 1.0, 0.5], [4.0, 3.0, 3.0, -1.0]])),
        case(
            np.array([[7.0, -2.0, 1.0, 3.5], [6.0, 2.0, 5.0, 3.0], [9.0, 0.0, -1.0, 2.0]]), note="three other members"
        ),
        case(rng.normal(-0.3, 0.9, (4, 469)), note="four members, 469 houses, values of either sign"),
        case(rng.uniform(60_000, 700_000, (7, 25)), note="seven members, in dollars"),
        case(rng.normal(0, 0.01, (2, 12)), note="two members that nearly agree"),
        case(np.array([[20.0], [5.0], [1.0], [2.0], [9.5]]), note="five members, one house"),
        case(np.array([[3, 1, 14], [8, 1, 2]]), note="whole numbers"),
        case(rng.normal(size=(12, 6)), note="twelve members"),
        case(
            np.array([[180_000.0, 250_000.0], [180_020.0, 250_030.0]]), note="two members that nearly agree, in dollars"
        ),
        case(np.array([[1.0, 5.0, -2.0]]), note="one member: it has nobody to disagree with", scale=1.0),
        case(np.tile([[1.0, 5.0]], (3, 1)), note="three members that agree", scale=1.0),
    ]
    wrong = {
        "divided by m - 1": (lambda f: f.var(axis=0, ddof=1).mean(), "You divide by m - 1, as for a sample. The identity is about exactly these members: what divides its means?"),
        "summed over the members": (lambda f: len(f) * f.var(axis=0).mean(), "You add up over the members. Twice as many of them would double it: both errors are means over the members."),
        "variance over the houses": (lambda f: f.var(axis=1).mean(), "You take the variance over the houses. The members should disagree, not the houses differ: which axis holds the members?"),
        "variance of everything": (lambda f: f.var(), "That mixes members and houses. For one house at a time: how far do the members disagree?"),
        "variance of the means": (lambda f: f.mean(axis=1).var(), "You average over the houses first, then take the variance. Members can disagree on every house and still have the same mean."),
        "variance of the ensemble": (lambda f: f.mean(axis=0).var(), "That is how much the ensemble's predictions differ from house to house. How far do the members differ on one house?"),
        "standard deviation": (lambda f: f.std(axis=0).mean(), "Those are standard deviations. A squared error gains a squared disagreement."),
        "sum, not mean": (lambda f: f.var(axis=0).sum(), "Twice as many houses would double it. MSE is a mean over houses."),
        "absolute disagreement": (lambda f: np.abs(f - f.mean(axis=0)).mean(), "Those are absolute distances from the members' mean. Squared ones are asked for."),
        "members compared with each other": (lambda f: 2 * f.var(axis=0).mean(), "That is the mean squared difference of two members, twice what is gained. How far is each of them from the members' mean?"),
        "wrong sign": (lambda f: -f.var(axis=0).mean(), "The size is right. Can a mean of members be worse than its members are on average?"),
    }  # fmt: skip
    compare(
        attempt,
        lambda f: f.var(axis=0).mean(),
        cases,
        wrong,
        asked="the members' mean MSE minus the MSE of their mean",
    )
    return "No label is needed: members that agree gain nothing together, however good each of them is."


@lesson.exercise(
    "Collect sentences in a list, and raise once at the end if the list is not empty.",
    "Missing: [c for c in numbers + names if c not in table.columns]. A gap (NaN) is allowed, a word is not.",
    'pd.to_numeric(column, errors="coerce") turns words into NaN: which entries became NaN and were not before?',
)
def validate_table(attempt: Attempt) -> str:
    """Return table[numbers + names]; raise one ValueError that names every column with a problem."""
    plain = _houses()
    numbers, names = ["plot", "area", "built"], ["street", "style"]
    _accept_sound_tables(attempt, plain, numbers, names)
    said = _collect_complaints(attempt, plain, numbers, names)
    alone, others = said["a word in `area`"], said["a word in `built`"]
    both = said["words in `area` and in `built`"]
    if _mentions(alone, "area") <= _mentions(others, "area") or _mentions(others, "built") <= _mentions(alone, "built"):
        text = f"A word in `area` and a word in `built` lead to messages that name both alike: {_quoted(alone)} Which of the two has to be mended?"
        raise NotYet(text, "sound columns are named")
    blamed = [column for column in names if _mentions(alone, column) >= _mentions(alone, "area")]
    if blamed:
        text = f"A word in `area`, and the message names `{blamed[0]}` alike, in which nothing is wrong: {_quoted(alone)} Which of the two has to be mended?"
        raise NotYet(text, "sound columns are blamed")
    if _mentions(both, "area") <= _mentions(others, "area") or _mentions(both, "built") <= _mentions(alone, "built"):
        text = f"With words in `area` and in `built` the message names one of them only: {_quoted(both)}"
        raise NotYet(text, "only the first is named")
    untyped = said["no rows, its numbers of kind object"]
    blamed = [column for column in numbers if _mentions(untyped, column) > _mentions(said["no rows"], column)]
    if blamed:
        text = f"For a table without rows, read from a file with a header alone, the message blames `{blamed[0]}`: {_quoted(untyped)} Can a column without entries hold a wrong one?"
        raise NotYet(text, "sound columns are blamed")
    if _text(said["`built` missing"]) == _text(said["`street` missing"]):
        text = f"Whether `built` or `street` is missing, the message is the same: {_quoted(said['`built` missing'])} Which of the two is it?"
        raise NotYet(text, "sound columns are named")
    return "One message for all problems saves whoever sends files three rounds of sending them."


def _rms(values: np.ndarray) -> float:
    return np.sqrt(np.mean(np.square(values)))


def _r2_score(y: np.ndarray, y_hat: np.ndarray) -> float:
    """Return what scikit-learn's `r2_score` does: NaN for a single house, 0 or 1 where all prices are equal."""
    if len(y) < 2:
        return np.nan
    if np.var(y) == 0:
        return float(_mse(y, y_hat) == 0)
    return 1 - _mse(y, y_hat) / np.var(y)


def _mse(y: np.ndarray, y_hat: Any) -> float:
    return np.mean((y - y_hat) ** 2)


def _log_gap(y: np.ndarray, y_hat: np.ndarray) -> np.ndarray:
    return np.log1p(y_hat) - np.log1p(y)


def _constants(
    mae: Callable = np.median, rmse: Callable = np.mean, rmsle: Callable = lambda y: np.expm1(np.log1p(y).mean())
) -> Callable:
    """Return a function (y, measure) that answers with these three constants; the defaults are the right ones."""
    return lambda y, measure: {"MAE": mae, "RMSE": rmse, "RMSLE": rmsle}[measure](y)


def _overflows(attempt: Attempt, y: np.ndarray) -> bool:
    value = attempt(y, "RMSLE")
    return isinstance(value, (float, np.floating)) and bool(np.isposinf(value))


def _error(y: np.ndarray, constant: float, measure: str) -> float:
    """Return `measure` of one constant predicted for all of y."""
    if measure == "MAE":
        return np.mean(np.abs(y - constant))
    return _rms(y - constant) if measure == "RMSE" else _rms(_log_gap(y, constant))


def _recording_score() -> tuple[Callable, list]:
    """Return a score function (X, y), and the list in which it keeps copies of what it received."""
    calls: list[tuple[np.ndarray, np.ndarray]] = []

    def score(X: Any, y: Any) -> float:
        table, prices = np.array(X, dtype=float), np.array(y, dtype=float)
        calls.append((table, prices))
        fits = table.ndim == 2 and prices.shape == table.shape[:1]
        return float(table[:, 0] @ prices) if fits else 0.0

    return score, calls


def _shuffled_rounds(
    attempt: Attempt, X: np.ndarray, y: np.ndarray, n_times: int, seed: int, old_order_may_return: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Return the scores (n_times,) of one call, and the prices (n_times, n) behind them; refuse what is no shuffle."""
    score, calls = _recording_score()
    value = attempt(score, X, y, n_times, np.random.default_rng(seed))
    if not calls:
        raise NotYet("`score` was never called. It is handed to you as a function: score(X, y) gives one score.", "score never called")  # fmt: skip
    if isinstance(value, (set, frozenset, dict, str)):
        raise NotYet(f"An array of {n_times} scores is asked for; this is {article(value)}.", "wrong type")
    if np.shape(value) == () and math.isfinite(number(value)):
        raise NotYet("One number comes back. All scores are asked for: how far they scatter is half of what they say.", "one number")  # fmt: skip
    got = array(value, (n_times,))
    if all(table.shape == y.shape and p.shape == X.shape for table, p in calls):
        raise NotYet("`score` received y in the place of X, and X in the place of y. In which order does it take them?", "arguments swapped")  # fmt: skip
    behind = _calls_behind(got, calls)
    fresh = [p for _, p in calls if p.shape == y.shape and not close(p, y)]
    if not behind and len(fresh) == n_times < len(calls):
        raise NotYet("The numbers returned are not the scores of the calls. What happens to the scores before they come back?", "scores altered")  # fmt: skip
    calls = behind or calls
    tables, prices = [table for table, _ in calls], [p for _, p in calls]
    if any(p.shape != y.shape or not close(np.sort(p), np.sort(y)) for p in prices):
        raise NotYet("The prices that `score` received are not the old ones in a new order. Are some drawn twice, or made up?", "other prices")  # fmt: skip
    old = [close(p, y) for p in prices]
    if (
        all(old)
        and not old_order_may_return
        and all(_same_rows(table, X) for table in tables)
        and not all(close(table, X) for table in tables)
    ):
        raise NotYet("The rows of X were shuffled, and y was not. The table is to stay as it is, and the prices lose their owners.", "rows shuffled")  # fmt: skip
    if all(old) and not old_order_may_return and not all(close(table, X) for table in tables):
        raise NotYet("X was changed, and y was not: it came in its old order each time. Which of the two is to be shuffled?", "table changed")  # fmt: skip
    if all(old) and not old_order_may_return:
        raise NotYet("`score` received y in its old order each time. Does your shuffle return a copy that is never used?", "not shuffled")  # fmt: skip
    if any(table.shape != X.shape or not close(table, X) for table in tables):
        pairs = [table.shape == X.shape and close(table[:, 0] @ p, X[:, 0] @ y) for table, p in calls]
        if all(pairs):
            raise NotYet("Rows and prices were shuffled together: each house keeps its price, and every score stays what it was.", "rows go along")  # fmt: skip
        raise NotYet("X was changed too. Leave it alone: only the prices are to lose their owners.", "table changed")
    if any(old) and not old_order_may_return:
        raise NotYet("In at least one round `score` received y in its old order. Does your shuffle reach each of the rounds?", "one round not shuffled")  # fmt: skip
    if n_times > 1 and all(close(p, prices[0]) for p in prices):
        raise NotYet("All rounds used the same order. A fresh one for each round is asked for.", "one order for all")
    if len(y) > 4 and all(any(close(p, np.roll(y, k)) for k in range(len(y))) for p in prices):
        raise NotYet("The price list is only pushed along: each price keeps its neighbours. Shuffled, any order can come.", "neighbours kept")  # fmt: skip
    if len(calls) != n_times or not close(got, [X[:, 0] @ p for p in prices]):
        raise NotYet("The numbers returned are not the scores of the calls, in their order.", "other numbers")
    return got, np.array(prices)


def _calls_behind(got: np.ndarray, calls: list) -> list:
    """Return those of `calls` whose scores are `got`, in order; empty where there are none. A further call does no harm."""
    found: list = []
    size = max(float(np.abs(got).max()), 1e-12)
    for table, prices in calls:
        fits = len(found) < len(got) and prices.shape == table.shape[:1]
        if fits and abs(table[:, 0] @ prices - got[len(found)]) <= 1e-5 * size:
            found.append((table, prices))
    return found if len(found) == len(got) else []


def _same_rows(table: np.ndarray, X: np.ndarray) -> bool:
    """Return whether `table` holds the rows of X, in any order."""
    return table.shape == X.shape and close(table[np.lexsort(table.T)], X[np.lexsort(X.T)])


def _refuse_unequal_orders(attempt: Attempt) -> None:
    """Raise `NotYet` unless all orders come equally often; a fair shuffle fails less than once in a million runs."""
    four = np.array([30.0, -1.0, 12.0, 500.0])
    table = np.array([[2.0], [-1.0], [0.5], [7.0]])
    parts = [  # few rounds a call, so that an answer may call itself once a round
        _shuffled_rounds(attempt, table, four, 300, seed, old_order_may_return=True)[1] for seed in range(100, 120)
    ]
    orders = np.argsort(np.argsort(parts, axis=2), axis=2)  # (20, 300, 4)
    steps = np.take_along_axis(orders[:, 1:], np.argsort(orders[:, :-1], axis=2), axis=2)  # seen from the round before
    for seen, what, name in (
        (orders.reshape(-1, 4), "four prices came in one order", "not every order"),
        (steps.reshape(-1, 4), "four prices moved in one way from a round to the next", "rounds depend on each other"),
    ):
        counts = np.bincount(seen @ [64, 16, 4, 1], minlength=256)
        counts = np.sort(counts)[-24:]
        if np.sum((counts - len(seen) / 24) ** 2) / (len(seen) / 24) > 90:  # 23 degrees of freedom
            text = f"In 6000 rounds {what} {counts[-1]} times, and in another {counts[0]} times. With a fresh shuffle each time, and its score whatever it is, every one of the 24 is as likely: about 250 times."
            raise NotYet(text, name)
    many = np.random.default_rng(77).permutation(np.arange(1.0, 31.0))
    X = np.arange(60.0).reshape(30, 2)
    prices = np.concatenate([_shuffled_rounds(attempt, X, many, 300, seed)[1] for seed in (5, 6)])
    table = np.array([[np.sum(prices[:, place] == price) for price in many] for place in range(30)])
    if np.sum((table - 20) ** 2) / 20 > 1110:  # 841 degrees of freedom
        place, price = np.unravel_index(table.argmax(), table.shape)
        text = f"In 600 rounds with 30 prices, place {place} held the one from place {price} {table.max()} times, counted from 0. Shuffled, about 20 times were to be expected."
        raise NotYet(text, "half shuffled")


def _houses() -> Any:
    """Return a sound table of three houses: two columns of names, three of numbers, no gap, no further column."""
    import pandas as pd

    columns = {"street": ["Elm", "Oak", "Elm"], "built": [1990, 2001, 1954], "area": [900.5, 1200.0, 743.25]}
    return pd.DataFrame(columns | {"style": ["flat", "villa", "flat"], "plot": [88.5, 612.0, 240.0]})


def _accept_sound_tables(attempt: Attempt, plain: Any, numbers: list[str], names: list[str]) -> None:
    """Raise `NotYet` unless every sound table comes back as it was, in the columns asked for."""
    import pandas as pd

    nan = float("nan")
    rng = np.random.default_rng(78)
    streets = [*(["Elm", "Oak", None] * 133), "Elm"]
    large = {"street": streets, "built": rng.integers(1880, 2010, 400), "area": rng.normal(1500, 300, 400)}
    large |= {"style": ["flat", "villa"] * 200, "plot": np.where(rng.random(400) < 0.2, nan, rng.normal(500, 90, 400))}
    gaps = plain.assign(area=[900.5, nan, nan], plot=[nan, 612.0, 240.0])
    mixed = plain.assign(
        area=pd.Series([900.5, 71, nan], dtype=object), built=pd.Series([1990, 2001, 1954], dtype=object)
    )
    for table, numeric, textual, note, name in (
        (plain, numbers, names, "a sound table", "raises"),
        (plain.assign(spare=["x", 2, None]), numbers, names, "a column that nobody asked for, which does no harm", "extra columns refused"),
        (gaps, numbers, names, "gaps among the numbers, which are no trouble", "gaps refused"),
        (plain.assign(street=["Elm", None, nan]), numbers, names, "a gap among the names, which is no trouble", "gaps among names refused"),
        (plain.assign(plot=nan), numbers, names, "a column of numbers that holds nothing but gaps", "gaps refused"),
        (plain.assign(style=[1, 2, 1]), numbers, names, "numbers in a column of names", "raises"),
        (mixed, numbers, names, "numbers and a gap in columns of kind object", "numbers of kind object refused"),
        (plain.iloc[[2, 0]], ["built", "plot"], ["style"], "rows that are numbered 2 and 0, and fewer columns", "raises"),
        (plain.set_axis(["a", "b", "c"]), numbers, names, "rows that are named and not numbered", "raises"),
        (plain.iloc[:1], numbers, names, "a single row", "raises"),
        (plain.assign(area=[0.0, -3.5, 2e5], plot=[-40.0, 0.0, 3e7], built=[0, -44, 200_000]), numbers, names, "numbers that are 0, negative or large", "numbers refused"),
        (plain.iloc[[0, 1, 0]].reset_index(drop=True), numbers, names, "two rows that are equal", "equal rows refused"),
        (plain.set_axis([4, 9, 4]), numbers, names, "two rows of one name", "row names refused"),
        (plain.assign(area=pd.Series([900.5, nan, np.int64(71)], dtype=object)), numbers, names, "a whole number of NumPy's in a column of kind object", "numbers of kind object refused"),
        (plain, ["area"], [], "no names asked for", "raises"),
        (plain, [], ["style", "street"], "no numbers asked for", "raises"),
        (pd.DataFrame(large), numbers, names, "four hundred rows", "raises"),
    ):  # fmt: skip
        try:
            got = attempt(table, numeric, textual)
        except NotYet as error:
            text = f"With {note}: {error}" if error.name == "raises" else str(error)
            raise NotYet(text, name if error.name == "raises" else error.name) from None
        _compare_tables(got, table[[*numeric, *textual]], len(numeric), note)


def _compare_tables(got: Any, want: Any, n_numbers: int, note: str) -> None:
    """Raise `NotYet` unless `got` is the table `want`, whose first `n_numbers` columns are the numbers."""
    if type(got).__name__ != "DataFrame":
        raise NotYet(f"A table is asked for; this is a {type(got).__name__}.", "not a table")
    if list(got.columns) != list(want.columns):
        text = f"The columns come back as {list(got.columns)!s:.200}. Asked for are those of numbers and names, in that order: {list(want.columns)}."
        raise NotYet(text, "other columns")
    if len(got) != len(want):
        raise NotYet(f"With {note}, {len(want)} rows go in and {len(got)} come back.", "other rows")
    if not got.index.equals(want.index):
        raise NotYet(f"With {note}, the rows come back under other names or in another order.", "other rows")
    different = [column for column in want.columns if not got[column].equals(want[column])]
    if not different:
        return
    if different[0] not in want.columns[:n_numbers]:
        text = f"With {note}, the numbers come back as they were, and `{different[0]}`, one of names, does not."
        raise NotYet(text, "other names")
    before, after = want[different[0]], got[different[0]]
    how = "other values" if before.dtype == after.dtype else f"kind {after.dtype}; it came with {before.dtype}"
    raise NotYet(f"With {note}, `{different[0]}` comes back with {how}. A sound table stays untouched.", "other values")


def _collect_complaints(attempt: Attempt, plain: Any, numbers: list[str], names: list[str]) -> dict[str, Exception]:
    """Return {trouble: the ValueError}; raise `NotYet` where a table passes or its error names too few columns."""
    import pandas as pd

    hidden = pd.concat([plain] * 60, ignore_index=True).astype({"area": object})
    hidden.loc[137, "area"] = "large"
    in_area, in_built = plain.assign(area=[900.5, "large", 743.25]), plain.assign(built=[1990, "large", 1954])
    in_both = in_area.assign(built=["large", 2001, 1954])
    empty = plain.iloc[:0]

    def with_area(entry: Any) -> Any:
        return plain.assign(area=pd.Series([900.5, entry, 743.25], dtype=object))

    missing, words, rows = "a missing column passes", "words pass", "no rows pass"
    silent, first, kind = "silent error", "only the first is named", "only one kind is named"
    troubles = [
        ("`built` missing", plain.drop(columns="built"), ["built"], missing, silent),
        ("`street` missing", plain.drop(columns="street"), ["street"], missing, silent),
        ("a word in `area`", in_area, ["area"], words, silent),
        ("a word in `built`", in_built, ["built"], words, silent),
        ("nothing but words in `plot`", plain.assign(plot=["small", "large", "large"]), ["plot"], words, silent),
        ("a word in the last row of `area`", plain.assign(area=[900.5, 1200.0, "?"]), ["area"], words, silent),
        ("a word in the first row of `area`", plain.assign(area=["large", 1200.0, 743.25]), ["area"], words, silent),
        ("a word in row 137 of `area`", hidden, ["area"], words, silent),
        ("a gap and a word in `area`", plain.assign(area=[float("nan"), "large", 7.0]), ["area"], words, silent),
        ("the text 12,500 in `plot`", plain.assign(plot=[88.5, "12,500", 240.0]), ["plot"], words, silent),
        ("a blank in `area`", with_area(" "), ["area"], words, silent),
        ("the text NA in `area`", with_area("NA"), ["area"], words, silent),
        ("a date in `area`", with_area(pd.Timestamp("1998-05-01")), ["area"], "other things pass", silent),
        ("a list in `area`", with_area([900.5, 12.0]), [], "other things pass", silent),
        ("no rows", empty, [], rows, silent),
        ("`built` and `street` missing", plain.drop(columns=["built", "street"]), ["built", "street"], first, first),
        ("`built`, `area` and `plot` missing", plain[names], ["built", "area", "plot"], first, first),
        ("words in `area` and in `built`", in_both, ["area", "built"], first, first),
        ("a word in `area`, and `street` missing", in_area.drop(columns="street"), ["area", "street"], kind, kind),
        ("a word in `area`, and `plot` missing", in_area.drop(columns="plot"), ["area", "plot"], kind, kind),
        ("no rows, its numbers of kind object", empty.astype(dict.fromkeys(numbers, object)), [], rows, silent),
        ("no rows, and `built` missing", empty.drop(columns="built"), ["built"], *["no rows hide the rest"] * 2),
        ("no rows, and no column at all", pd.DataFrame(), [*numbers, *names], *["no rows hide the rest"] * 2),
    ]
    said = {}
    for what, table, columns, passes, names_too_few in troubles:
        error = attempt.error(table, list(numbers), list(names))
        if error is None:
            text = f"A table with {what}: it passes without a word. Should a price come out of it?"
            raise NotYet(text, passes)
        if not isinstance(error, ValueError):
            text = f"A table with {what} stops it with {type(error).__name__}: {_quoted(error)} A ValueError is asked for: callers catch errors by their kind."
            raise NotYet(text, "wrong kind of error")
        if not _text(error).strip():
            text = f"A table with {what} stops it with a ValueError that says nothing. Whoever sent the file wants to know why."
            raise NotYet(text, silent)
        absent = [f"`{column}`" for column in columns if not _mentions(error, column)]
        if absent:
            text = f"For a table with {what} the message does not name {' and '.join(absent)}: {_quoted(error)} Whoever sent the file wants to mend it in one go."
            raise NotYet(text, names_too_few)
        said[what] = error
    return said


def _text(error: Exception) -> str:
    return "\n".join([str(error), *map(str, getattr(error, "__notes__", []))])


def _quoted(error: Exception) -> str:
    text = " ".join(_text(error).split())
    return f'"{text[:150]}{"..." if len(text) > 150 else ""}".'


def _mentions(error: Exception, column: str) -> int:
    """Return how often the message holds `column` as a word of its own."""
    return len(re.findall(rf"(?<!\w){re.escape(column)}(?!\w)", _text(error)))

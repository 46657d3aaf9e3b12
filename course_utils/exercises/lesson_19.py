"""Exercises of lesson 19: costs, float16, pruning, a bug hunt about the zero point, an int8 layer, distillation, a budget."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.checking import Attempt, Lesson, NotYet, Reading, array, case, close, compare

lesson = Lesson("19_efficiency")
EXERCISES = lesson.exercises


@lesson.exercise(
    "A layer from a units to b units has one weight for each pair, and one bias for each unit that it feeds.",
    "zip(widths[:-1], widths[1:]) goes through the layers: (64, 256), (256, 256), (256, 10).",
)
def dense_costs(attempt: Attempt) -> str:
    """Return (parameters, multiplications for one row) of Dense layers with these widths, two whole numbers."""
    cases = [
        case([64, 256, 256, 10]),
        case([3, 2], note="one layer"),
        case([1, 1, 1], note="single units"),
        case([5, 1], note="one output"),
        case([5, 3], note="three outputs"),
        case([2, 7, 3]),
        case([2, 4, 9]),
        case([784, 512, 128, 64, 10], note="four layers"),
    ]
    wrong = {
        "no biases": (_costs(bias=lambda a, b: 0), "Your parameters are the weights alone. Each unit that a layer feeds has a bias, too."),
        "a bias for each input": (_costs(bias=lambda a, b: a), "You count a bias for each input of a layer. It is the outputs that have one."),
        "one bias a layer": (_costs(bias=lambda a, b: 1), "You count a single bias for each layer. How many numbers does b hold in x W + b?"),
        "biases for the pixels": (lambda w: [_costs()(w)[0] + w[0], _costs()(w)[1]], "The inputs have biases in your count. They are data: nothing is added to them."),
        "biases multiplied": (_costs(work=lambda a, b: (a + 1) * b), "A bias is added and multiplies nothing. Where do your additional multiplications come from?"),
        "additions counted": (_costs(work=lambda a, b: 2 * a * b), "Your second number is twice the multiplications: the additions are in it. They come later, as operations."),
        "first layer only": (lambda w: _costs()(w[:2]), "You stop after the first layer."),
        "first to last": (lambda w: _costs()([w[0], w[-1]]), "You join the first width with the last. Each layer goes from one width to the next."),
        "swapped": (lambda w: _costs()(w)[::-1], "The two have changed places: first the parameters, then the multiplications."),
    }  # fmt: skip
    compare(attempt, _costs(), cases, wrong, asked="the weights and biases of all layers, and their weights alone")
    return "In a Dense layer each weight is used once a row, so the two numbers are nearly the same. In a convolution each weight is used at every place: few weights, much work."


@lesson.exercise(
    "bits >> 15 is the sign bit, (bits >> 10) & 31 the exponent e, bits & 1023 the fraction f.",
    "Where e is 1 to 30 a 1 stands before the fraction: (1 + f / 1024) * 2**(e - 15).",
    "Where e is 0 there is no such 1, and the power is that of e = 1: f / 1024 * 2**-14.",
)
def float16_value(attempt: Attempt) -> str:
    """Return the number, a float, that 16 bits, given as a whole number from 0 to 65,535, stand for in float16."""
    cases = [
        case(0x3C00, note="one"),
        case(0xC100, note="a negative one"),
        case(0x2E66, note="nearest to 0.1"),
        case(0x7BFF, note="the largest"),
        case(0xFBFF, note="the lowest"),
        case(0x0400, note="e = 1, the smallest with a 1 before the point"),
        case(0x03FF, note="e = 0, just below it"),
        case(0x8001, note="e = 0, one step below zero"),
        case(0x0001, note="the smallest above zero"),
        case(0x0000, note="zero", scale=1e-7),
        case(0x5640, note="one hundred"),
        case(0x3555, note="nearest to a third"),
        case(0x0200, note="e = 0, half way"),
    ]
    wrong = {
        "no hidden one": (_half(one=0.0), "Your fraction stands alone. Where e is 1 to 30 there is a 1 before it that takes no bit."),
        "subnormals with a one": (_half(low=lambda f: (1 + f / 1024) * 2.0**-15), "Normal numbers are right. Where e is 0 there is no 1 before the fraction: otherwise no bits would stand for zero."),
        "subnormals too small": (_half(low=lambda f: f / 1024 * 2.0**-15), "Where e is 0 your numbers are half of what they should be: the power is that of e = 1."),
        "subnormals lost": (_half(low=lambda f: 0.0), "Where e is 0 you return 0 for every fraction. Those 1,023 numbers bridge the gap to zero."),
        "bias forgotten": (_half(bias=0), "You take e itself as the power of two. It is stored with 15 added, so that no sign is needed."),
        "bias 16": (_half(bias=16), "Your power of two is one too low. By what number is e moved?"),
        "sign ignored": (_half(sign=1.0), "Your numbers are never negative. What does the first bit say?"),
        "fraction of 1023": (_half(parts=1023), "You divide the fraction by 1,023. Ten bits cut the way from one power to the next into 1,024 steps."),
        "as a whole number": (float, "You return the bits as the whole number that they also are. Take them apart first."),
    }  # fmt: skip
    compare(
        attempt,
        _half(),
        cases,
        wrong,
        asked="sign times (1 + f / 1024) times 2**(e - 15), and without the 1 where e is 0",
    )
    for bits, what in (
        (0x7C00, "e = 31 and f = 0, infinity"),
        (0xFC00, "e = 31 and f = 0 with the sign set, minus infinity"),
        (0x7E00, "e = 31 and f above 0, not a number"),
    ):
        attempt.must_refuse((bits,), what, "infinity passes")
    return "Eleven digits of base two, and a reach from 0.00000006 to 65,504: that is all the room that a float16 has."


@lesson.exercise(
    "np.argsort(np.abs(W), axis=None, kind='stable') gives the places of all entries, counted row by row, the smallest size first.",
    "Work on a flat copy: flat = W.ravel().copy(). Set flat[places] to 0, and give it back its shape.",
    "Refuse first: not 0 <= sparsity < 1, and not np.isfinite(W).all(), each with raise ValueError(...).",
)
def prune(attempt: Attempt) -> str:
    """Return a copy of W (n, d) in which the share `sparsity` of the entries, those smallest in size, is 0."""
    rng = np.random.default_rng(191)
    cases = [
        case(np.array([[0.5, -0.1, 2.0], [-3.0, 0.2, -0.4]]), 0.5),
        case(rng.normal(size=(8, 5)), 0.7),
        case(rng.normal(size=(8, 5)) * 3, 0.7, note="another of that size"),
        case(rng.normal(size=(20, 30)), 0.9, note="six hundred weights"),
        case(rng.normal(size=(10, 10)), 0.29, note="29 of 100, where 0.29 * 100 is a little below 29"),
        case(np.array([[1.0, -1.0, 1.0, 1.0], [2.0, -1.0, 3.0, 1.0]]), 0.25, note="equal sizes"),
        case(rng.integers(-2, 3, (12, 10)).astype(float), 0.45, note="many equal sizes"),
        case(rng.normal(size=(4, 6)), 0.0, note="a sparsity of 0"),
        case(np.array([[7.5]]), 0.4, note="one weight, which stays"),
        case(-rng.exponential(size=(6, 4)) - 0.1, 0.5, note="all negative"),
        case(100 * rng.normal(size=(5, 4)), 0.95, note="one of twenty stays"),
        case(rng.normal(size=(5, 1)), 0.5, note="2.5 of five: round makes 2 of it"),
        case(rng.normal(size=(1, 3)), 0.9, note="2.7 of three: all of them go", scale=1),
    ]
    wrong = {
        "lowest, not smallest": (_cut(size=lambda W: W), "You remove the lowest weights, -3 first. A weight of -3 does much: which ones do little?"),
        "keeps the small ones": (_cut(size=lambda W: -np.abs(W)), "You remove the largest weights and keep the small ones."),
        "sparsity is what stays": (_cut(share=lambda s: 1 - s), "Your sparsity is the share that stays. It is the share that goes."),
        "row by row": (lambda W, s: np.array([_cut()(row[None], s)[0] for row in W]), "You take the same share out of each row. The small weights may stand in one row: look at the whole matrix."),
        "column by column": (lambda W, s: np.array([_cut()(row[None], s)[0] for row in W.T]).T, "You take the same share out of each column. Look at the whole matrix."),
        "sparsity as a size": (lambda W, s: np.where(np.abs(W) < s, 0.0, W), "You remove what is smaller than the number `sparsity`. It is a share of all weights: 0.9 means nine in ten."),
        "rounded down": (_cut(count=int), "You round the number of weights down: 0.29 * 100 is 28.999... for a computer."),
        "halves rounded up": (_cut(count=lambda n: int(n + 0.5)), "You round a half up. Python's round takes the even neighbour: round(2.5) is 2."),
        "one always stays": (lambda W, s: _cut()(W, min(s, (W.size - 1) / W.size)), "You always keep a weight. round(sparsity * W.size) may be all of them."),
        "equal sizes all go": (_cut_at(lambda size, limit: size <= limit), "Where several weights have the size of the last one to go, you remove all of them: more than was asked for."),
        "equal sizes all stay": (_cut_at(lambda size, limit: size < limit), "Where several weights have the size of the last one to go, you keep all of them: fewer go than was asked for."),
        "signs lost": (lambda W, s: np.abs(_cut()(W, s)), "The weights that stay have lost their signs."),
    }  # fmt: skip
    compare(
        Reading(attempt, _with_zeros),
        _cut(),
        cases,
        wrong,
        asked="round(sparsity * W.size) entries at 0, the smallest in size, the others as they were",
    )
    W = cases[1].args[0]
    hole, endless, bottomless = W.copy(), W.copy(), W.copy()
    hole[2, 1], endless[0, 0], bottomless[3, 2] = np.nan, np.inf, -np.inf
    for weights, share, what, name in (
        (W, 1.0, "A sparsity of 1, which leaves no network", "lets 1 pass"),
        (W, 1.5, "A sparsity of 1.5", "lets more than 1 pass"),
        (W, -0.1, "A sparsity of -0.1", "lets less than 0 pass"),
        (W, -1e-9, "A sparsity just below 0", "lets less than 0 pass"),
        (W, float("nan"), "A sparsity of NaN, of which every comparison is False", "lets NaN pass"),
        (hole, 0.5, "NaN among the weights, which has no size to sort by", "lets NaN pass"),
        (endless, 0.5, "An infinite weight", "lets infinity pass"),
        (bottomless, 0.5, "A weight of minus infinity", "lets infinity pass"),
    ):
        attempt.must_refuse((weights, share), what, name)
    return "The size of a weight is a crude measure of what it does, and a good one to begin with: nothing else is needed to find the first half that nobody misses."


@lesson.exercise(
    "Run the faulty version with low = 2, high = 6. Which whole number stands for the real 0 there, and does it lie in -128 to 127?",
    "Stretch the range first: low becomes the smaller of low and 0, high the larger of high and 0.",
    "Then scale = (high - low) / 255. low must land on -128, so the zero point is -128 - low / scale, rounded.",
)
def quantizer(attempt: Attempt) -> str:
    """Return (scale, zero point) of int8 for values from low to high: a float and a whole number from -128 to 127."""
    cases = [
        case(0.0, 1.0, note="pixels"),
        case(-1.0, 1.6, note="a range about 0"),  # not -1 to 1, where two whole numbers are equally near
        case(2.0, 6.0, note="a range without 0"),
        case(-7.0, -3.0, note="a range without 0, all below"),
        case(-14.7, 13.1, note="logits"),
        case(0.0, 1e-4, note="a narrow range"),
        case(-0.3, 900.0, note="almost all above"),
        case(-50.0, 0.0, note="all below or at 0"),
    ]
    wrong = {
        "zero left outside": (_scheme(stretch=lambda low, high: (low, high)), "That is the faulty version: for values from 2 to 6 its zero point is not one of the 256 numbers. Padding and silent units are 0: which number stands for them?"),
        "only low stretched": (_scheme(stretch=lambda low, high: (min(low, 0), high)), "A range that lies below 0 has to be stretched upwards, too."),
        "only high stretched": (_scheme(stretch=lambda low, high: (low, max(high, 0))), "A range that lies above 0 has to be stretched downwards, too."),
        "256 steps": (_scheme(steps=256), "256 numbers have 255 steps between them."),
        "symmetric": (lambda low, high: [max(abs(low), abs(high)) / 127, 0], "That is the symmetric scheme of the weights. For values that are never negative it would waste the half of all numbers."),
        "unsigned": (_scheme(start=0), "Your zero point counts from 0 to 255, as uint8 does. int8 begins at -128."),
        "sign of the zero point": (_scheme(sign=1), "Your zero point moves the wrong way: low has to land on -128."),
        "high lands on the lowest": (_scheme(anchor=1), "You let high land on -128. It is low that does."),
        "cut, not rounded": (_scheme(cut=int), "Your zero point is cut where it should be rounded."),
        "rounded down": (_scheme(cut=np.floor), "Your zero point is rounded down. The nearest whole number is asked for."),
    }  # fmt: skip
    compare(
        attempt,
        _scheme(),
        cases,
        wrong,
        asked="(high - low) / 255 and round(-128 - low / scale), for a range that holds 0",
    )
    compare(
        attempt, _scheme(), [case(5.0, 5.0, note="a single value, above 0")], asked="the range from 0 to that value"
    )
    for low, high, what, name in (
        (0.0, 0.0, "A range from 0 to 0, which has no scale", "nothing but zero passes"),
        (3.0, 1.0, "A low end above the high one", "ends in disorder pass"),
        (float("nan"), 1.0, "NaN as the low end", "NaN passes"),
        (-1.0, float("nan"), "NaN as the high end", "NaN passes"),
        (-1.0, float("inf"), "An infinite high end", "infinity passes"),
        (float("-inf"), 1.0, "An infinite low end", "infinity passes"),
        (float("inf"), float("inf"), "Two infinite ends", "infinity passes"),
    ):
        attempt.must_refuse((low, high), what, name)
    return "A zero point that is one of the 256 numbers stands for 0 exactly: a silent unit stays silent."


@lesson.exercise(
    "int8 wraps round: 127 + 1 is -128. Before you subtract or multiply, make wide numbers: q.astype(np.int32).",
    "The sums: (wide q - zero) @ (wide W_q) + b_q, all in whole numbers, shape (n, k).",
    "Then np.round(sums * factor) + zero_out, np.clip(..., -128, 127), and whole numbers again: .astype(np.int8).",
)
def int8_layer(attempt: Attempt) -> str:
    """Return a layer's outputs (n, k) as whole numbers from -128 to 127, from inputs and weights in int8."""
    rng = np.random.default_rng(195)
    small = (
        np.array([[-128, 0, 127], [5, -20, 64]], np.int8),
        -128,
        np.array([[10, -3], [-127, 44], [100, 8]], np.int8),
        np.array([300, -250], np.int32),
        np.array([0.0021, 0.0043]),
        -7,
    )
    cases = [
        case(*small),
        _layer(rng, 4, 6, 3, -128, -128, note="a hidden layer, where -128 is 0 and the clip is the ReLU"),
        _layer(rng, 4, 6, 3, -128, -128, note="another one of that size"),
        _layer(rng, 4, 6, 3, 12, -40, note="both zero points inside"),
        _layer(rng, 450, 64, 32, -128, 5, note="450 rows"),
        _layer(rng, 1, 256, 10, -128, -15, note="one row"),
        _layer(rng, 3, 1, 1, 100, 90, note="one input and one unit"),
        _layer(rng, 2, 40, 2, -128, 0, spread=4, note="sums that leave the 256 numbers on both sides"),
        case(
            *(np.int8([[127]]), -128, np.int8([[2]]), np.int32([10]), np.array([0.25]), -128), note="the one on paper"
        ),
        _layer(rng, 5, 8, 4, -128, -128, spread=2.5, note="a hidden layer that uses all its 256 numbers"),
        _layer(rng, 5, 8, 4, 5, 100, spread=2.5, note="a zero point of the outputs far above 0"),
    ]
    wrong = {
        "int8 wraps round": (_int8(first=np.int8, wide=np.int8), "Somewhere a number left -128 to 127 and came in again at the other end. Which dtype do your differences, products and sums have?"),
        "sums in int16": (_int8(wide=np.int16), "Your sums have 16 bits and wrap round at 32,767. A product needs up to 16 bits, and the sum of many of them more."),
        "products in int8": (_int8(apart=True), "Your product q @ W_q is taken in int8 and wraps round. Make both wide before you multiply."),
        "differences in int8": (_int8(first=np.int8), "The difference q - zero is taken in int8 and wraps round: 127 - (-128) is 255. Make q wide first."),
        "zero forgotten": (_int8(zero=0), "You multiply q itself. It stands for scale * (q - zero)."),
        "not clipped": (_int8(limits=(None, None)), "Some of your results lie outside -128 to 127: int8 cannot hold them. What is their nearest number that it can?"),
        "wraps at the end": (_int8(limits=(None, None), end=lambda y: y.astype(np.int8)), "A result outside -128 to 127 comes in again at the other end when it is turned into int8. Clip first."),
        "clipped twice": (_int8(limits=((-128, 127), (-128, 127))), "You clip before zero_out is added as well. With zero_out = -128 a result of 130 is on its way to 2, and your first clip makes 127 of it."),
        "not rounded": (_int8(near=lambda y: y), "Your results are not whole numbers. Where does the round stand?"),
        "clipped before the zero point": (_int8(limits=((-128, 127), None)), "You clip first and then add zero_out: afterwards a result may be outside again, or have been cut too soon."),
        "clipped at 0": (_int8(limits=(None, (0, 127))), "You clip below 0, as a ReLU does with real numbers. The real 0 is the number zero_out here, and its clip comes by itself at -128."),
        "cut, not rounded": (_int8(near=np.floor), "Your results are rounded down. The nearest whole number is asked for."),
        "cut towards 0": (_int8(near=np.trunc), "Your results are cut towards 0. The nearest whole number is asked for."),
        "zero_out forgotten": (_int8(out=0), "zero_out is missing: the real 0 comes out as the number 0."),
        "bias forgotten": (_int8(bias=0), "The bias is missing."),
        "bias after the factor": (_int8(late=True), "You add the bias after the factor. b_q is counted in the units of the sums."),
        "one factor for all": (_int8(factor=lambda f: f[0]), "You use the first factor for all units. There is one for each column of W_q."),
    }  # fmt: skip
    compare(
        attempt,
        _int8(),
        cases,
        wrong,
        asked="clip(round(((q - zero) @ W_q + b_q) * factor) + zero_out, -128, 127), every difference, product and sum of it in numbers wide enough",
    )
    return "Whole numbers, one factor for each unit at the end: that is what a phone's chip does, thousands of products at a time."


@lesson.exercise(
    "Write one softmax of z / T and use it for both. Subtract each row's maximum first: exp(1000) is infinite.",
    "loss = T**2 * the mean over the rows of -sum(p_teacher * log p_student).",
    "By the chain rule of lesson 03 the slope of one row's cross-entropy in z / T is p_student - p_teacher. One T of the square is left, and the mean divides by n.",
)
def soft_loss(attempt: Attempt) -> str:
    """Return (loss, slopes in the student's logits (n, k)) for logits and a teacher's logits (n, k), at a temperature T."""
    rng = np.random.default_rng(196)
    pairs = [rng.normal(size=(2, *shape)) * 3 for shape in ((4, 3), (4, 3), (1, 5), (32, 10), (3, 2))]
    cases = [
        case(pairs[0][0], pairs[0][1], 2.0),
        case(pairs[1][0], pairs[1][1], 2.0, note="other logits of that size"),
        case(pairs[2][0], pairs[2][1], 1.0, note="one row, a temperature of 1"),
        case(pairs[3][0], pairs[3][1], 4.0, note="32 rows, ten classes"),
        case(pairs[4][0], pairs[4][1], 0.5, note="a temperature below 1"),
        case(pairs[0][0], pairs[0][0], 3.0, note="a student equal to its teacher", scale=1),
        case(900 + 20 * pairs[1][0], -500 + 20 * pairs[1][1], 5.0, note="logits of hundreds"),
        case(
            np.array([[5000.0, 4000.0, 4999.0], [-5000.0, -5003.0, -5900.0]]),
            np.array([[2.0, 900.0, 900.5], [-800.0, 1.0, 2.0]]),
            1.0,
            note="rows far apart",
        ),
    ]
    wrong = {
        "T at the teacher only": (_soft(student=lambda T: 1.0), "Only the teacher is softened. At the same temperature both agree where their logits do."),
        "T at the student only": (_soft(teacher=lambda T: 1.0), "Only the student is softened: it is asked for the teacher's hard probabilities."),
        "no T at all": (_soft(student=lambda T: 1.0, teacher=lambda T: 1.0, square=lambda T: 1.0), "The temperature is never used."),
        "multiplied by T": (_soft(student=lambda T: 1 / T, teacher=lambda T: 1 / T), "You multiply the logits by T: that makes probabilities harder. Divide."),
        "square forgotten": (_soft(square=lambda T: 1.0), "The factor T squared is missing. Without it the slopes shrink as T grows, and another T means another learning rate."),
        "T for its square": (_soft(square=lambda T: T), "The factor is T, and T squared is asked for."),
        "slopes without T": (_soft(slope=lambda T: 1 / T), "The loss is right. Your slopes are those of the loss in z / T: the chain rule has one more step."),
        "slopes with the square": (_soft(slope=lambda T: T), "The loss is right. In the slopes you have T squared: the inner z / T brings a 1 / T."),
        "sum for mean": (_soft(mean=lambda n: 1.0), "You sum over the rows. The mean is asked for, in the loss and in the slopes."),
        "slopes not divided by n": (_soft(mean_slope=lambda n: 1.0), "The loss is a mean and your slopes are those of a sum."),
        "sign of the slopes": (_soft(flip=-1.0), "The slopes have the wrong sign: where the student says more than the teacher, the loss grows with its logit."),
        "roles swapped": (_soft(swap=True), "The logarithm is taken of the teacher. It is the student's surprise at the teacher's probabilities."),
        "divergence": (_soft(entropy=1.0), "You took the teacher's own entropy away. The slopes are the same; the loss asked for is the cross-entropy."),
    }  # fmt: skip
    compare(
        attempt,
        _soft(),
        cases,
        wrong,
        asked="T**2 times the mean cross-entropy of softmax(z / T), and its slopes in the logits z",
    )
    for T, what, name in (
        (0.0, "A temperature of 0, by which nothing can be divided", "lets 0 pass"),
        (-1.0, "A temperature of -1, which would turn every order round", "lets less than 0 pass"),
        (float("nan"), "A temperature of NaN, of which every comparison is False", "lets NaN pass"),
    ):
        attempt.must_refuse((pairs[0][0], pairs[0][1], T), what, name)
    return "At T = 1 and with one class certain, this is lesson 03's loss: learning from labels is learning from a teacher who never doubts."


@lesson.exercise(
    "First say which rows fit: (n_bytes <= max_bytes) & (points_lost <= max_lost), an array of True and False.",
    "np.flatnonzero(fits) gives their places. If there are none, raise ValueError(...).",
    "Go through those places with min(places, key=...): a key may be a pair, (microseconds[k], n_bytes[k]), compared part by part.",
)
def choose(attempt: Attempt) -> str:
    """Return the place, a whole number, of the fastest row that keeps both budgets; of equally fast ones the smallest file."""
    size = np.array([340_000, 100_000, 25_000, 10_000, 5_000])
    lost = np.array([0.0, 0.1, 0.4, 1.0, 4.2])
    time = np.array([40.0, 9.0, 41.0, 12.0, 6.0])
    rng = np.random.default_rng(197)
    many = rng.integers(1_000, 10**6, 40), rng.normal(1, 2, 40), rng.uniform(1, 100, 40)
    cases = [
        case(size, lost, time, 50_000, 1.0),
        case(size, lost, time, 100_000, 1.0, note="a row exactly on a budget"),
        case(size, lost, time, 10**6, 1.0, note="a megabyte and a point"),
        case(size, lost, time, 30_000, 0.5),
        case(size, lost, time, 30_000, 9.0, note="points do not matter"),
        case(size, lost, time, 10**9, 0.05, note="hardly a point may be lost"),
        case(size[::-1].copy(), lost[::-1].copy(), time[::-1].copy(), 50_000, 1.0, note="another order"),
        case(np.array([80, 60, 90, 60]), np.array([0.2, 0.3, 0.1, -0.5]), np.array([5.0, 5.0, 5.0, 7.0]), 100, 1.0, note="equally fast ones"),
        case(np.array([60, 80, 50]), np.array([0.2, 0.3, 4.0]), np.array([5.0, 5.0, 5.0]), 100, 1.0, note="equally fast ones, the smallest of which loses too much"),
        case(np.array([60, 60, 80]), np.array([4.0, 0.3, 0.2]), np.array([5.0, 5.0, 5.0]), 100, 1.0, note="two of one size, the first of which loses too much"),
        case(np.array([900_000, 100_000, 500_000]), np.array([0.2, 0.3, 0.1]), np.array([5.0, 5.2, 5.001]), 10**6, 1.0, note="the fastest by a little, and the largest"),
        case(np.array([5, 4, 20]) * 10**9, np.array([0.2, 0.3, 0.1]), np.array([50_000.0, 50_000.0, 9.0]), 10**10, 1.0, note="slow and large ones"),
        case(np.array([9, 8]), np.array([-0.5, 0.4]), np.array([3.0, 1.0]), 10, 0.0, note="a row that gained"),
        case(np.array([7]), np.array([0.0]), np.array([2.0]), 8, 0.5, note="one row"),
        case(np.array([10, 20]), np.array([0.04, 0.0]), np.array([1.0, 2.0]), 50, 0.02, note="a budget of two hundredths"),
        case(*many, 400_000, 0.5, note="forty rows"),
        case(*many, 90_000, 2.0, note="forty rows, other budgets"),
    ]  # fmt: skip
    wrong = {
        "smallest file": (_pick(key=lambda b, p, t: (b, t)), "You return the smallest file that fits. Among those that fit, the fastest is asked for."),
        "least lost": (_pick(key=lambda b, p, t: (p, b)), "You return the one that loses least. Within the budget a point is a point: the fastest is asked for."),
        "slowest": (_pick(key=lambda b, p, t: (-t, b)), "You return the slowest row that fits."),
        "bytes ignored": (_pick(fits=lambda b, p, most, worst: p <= worst), "A row is too large for the budget of bytes."),
        "points ignored": (_pick(fits=lambda b, p, most, worst: b <= most), "A row loses more than the budget allows."),
        "one budget is enough": (_pick(fits=lambda b, p, most, worst: (b <= most) | (p <= worst)), "You take rows that keep one of the two budgets. Both are to be kept."),
        "bounds left out": (_pick(fits=lambda b, p, most, worst: (b < most) & (p < worst)), "A row that is exactly on a budget keeps it."),
        "place among those that fit": (lambda *a: int(np.flatnonzero((a[0] <= a[3]) & (a[1] <= a[4])).tolist().index(_pick()(*a))), "You count among the rows that fit. The place among all rows is asked for."),
        "first of equally fast": (_pick(key=lambda b, p, t: t), "Of equally fast rows you take the first. Take the one with the smallest file."),
        "counted from one": (lambda *a: _pick()(*a) + 1, "You count from one. Places count from 0."),
    }  # fmt: skip
    compare(attempt, _pick(), cases, wrong, asked="the place of the fastest row with at most max_bytes and max_lost")
    for most, worst, what in (
        (4_000, 9.0, "A budget of bytes below every row"),
        (10**6, -1.0, "A budget of points below every row"),
        (10_000, 0.5, "Two budgets that no row keeps together"),
    ):
        attempt.must_refuse((size, lost, time, most, worst), what, "nothing fits")
    return "A budget is decided before the table is read. Then the table decides, and not the taste."


def when_right(answer: Callable) -> Callable:
    """Return the learner's function where its check finds it right, else the course's own, for the lesson to go on with.

    Parameters
    ----------
    answer : callable
        Any exercise of the lesson, under its name.

    Returns
    -------
    callable
        It takes what `answer` takes; whole numbers come back as int or int64, others as float or float64.

    Raises
    ------
    ValueError
        If the lesson goes on with no function of that name.
    """
    own = {
        "dense_costs": (_costs(), lambda value: [int(part) for part in value]),
        "float16_value": (_half(), float),
        "prune": (_checked_cut, lambda value: np.asarray(value, dtype=float)),
        "quantizer": (_checked_scheme, lambda value: (float(value[0]), int(value[1]))),
        "int8_layer": (_int8(), lambda value: np.rint(value).astype(np.int64)),
        "soft_loss": (_soft(), lambda value: (float(value[0]), np.asarray(value[1], dtype=float))),
        "choose": (_checked_pick, int),
    }
    return lesson.when_right(answer, own, paces=_paces())


def _paces() -> dict[str, tuple[tuple, float]]:
    """Return arguments, and the seconds that a call may take: the page calls these hundreds of times, soft_loss 50,000 times."""
    rng = np.random.default_rng(198)
    return {
        "prune": ((rng.normal(size=(256, 256)), 0.8), 0.15),
        "int8_layer": (_layer(rng, 45, 256, 256, -128, -128).args, 0.03),
        "soft_loss": ((*rng.normal(size=(2, 32, 10)), 2.0), 0.0015),
    }


def _costs(bias: Callable = lambda a, b: b, work: Callable = lambda a, b: a * b) -> Callable:
    def costs(widths: list[int]) -> list[int]:
        layers = list(itertools.pairwise(widths))
        return [sum(a * b + bias(a, b) for a, b in layers), sum(work(a, b) for a, b in layers)]

    return costs


def _half(
    one: float = 1.0,
    low: Callable = lambda f: f / 1024 * 2.0**-14,
    bias: int = 15,
    sign: float = -1.0,
    parts: int = 1024,
) -> Callable:
    def value(bits: int) -> float:
        e, f = (bits >> 10) & 31, bits & 1023
        if e == 31:
            raise ValueError(f"{bits:#06x} is infinite or not a number: its exponent is 31")
        size = low(f) if e == 0 else (one + f / parts) * 2.0 ** (e - bias)
        return sign * size if bits >> 15 else size

    return value


def _cut(size: Callable = np.abs, share: Callable = lambda s: s, count: Callable = round) -> Callable:
    def cut(W: np.ndarray, sparsity: float) -> np.ndarray:
        flat = W.ravel().copy()
        flat[np.argsort(size(flat), kind="stable")[: count(share(sparsity) * W.size)]] = 0
        return flat.reshape(W.shape)

    return cut


def _with_zeros(value: Any, W: np.ndarray, sparsity: float) -> np.ndarray:
    """Return an answer to `prune` as an array; raises `NotYet` where it is right but for zeros that are not quite 0."""
    found, ours = array(value, W.shape), _cut()(W, sparsity)
    if close(found, ours, scale=np.abs(W).max()) and np.any(found[ours == 0] != 0):
        text = (
            "Where a weight goes, yours becomes a tiny number. Set it to 0 itself: what is pruned is found by W == 0."
        )
        raise NotYet(text, "nearly 0")
    return found


def _cut_at(goes: Callable) -> Callable:
    def cut(W: np.ndarray, sparsity: float) -> np.ndarray:
        n = round(sparsity * W.size)
        return np.where(goes(np.abs(W), np.sort(np.abs(W), axis=None)[n - 1]), 0.0, W) if n else W

    return cut


def _checked_cut(W: np.ndarray, sparsity: float) -> np.ndarray:
    if not 0 <= sparsity < 1:
        raise ValueError(f"sparsity must be from 0 to below 1; received {sparsity}")
    if not np.isfinite(W).all():
        raise ValueError(f"{np.sum(~np.isfinite(W))} of {W.size} weights are NaN or infinite: nothing can be pruned")
    return _cut()(W, sparsity)


def _scheme(
    stretch: Callable = lambda low, high: (min(low, 0.0), max(high, 0.0)),
    steps: int = 255,
    start: int = -128,
    sign: int = -1,
    anchor: int = 0,
    cut: Callable = round,
) -> Callable:
    def scheme(low: float, high: float) -> list:
        ends = stretch(low, high)
        scale = (ends[1] - ends[0]) / steps
        return [scale, int(cut(start + sign * ends[anchor] / scale))]

    return scheme


def _checked_scheme(low: float, high: float) -> list:
    if not (np.isfinite(low) and np.isfinite(high) and low <= high):
        raise ValueError(f"a range goes from a finite low to a high that is not below it; received {low} to {high}")
    if low == high == 0:
        raise ValueError("the range holds nothing but 0, so it has no scale")
    return _scheme()(low, high)


def _layer(
    rng: np.random.Generator, n: int, d: int, k: int, zero: int, zero_out: int, spread: float = 1, note: str = ""
) -> Any:
    """Return the case of a layer with d inputs and k units, its factors such that the results spread over the 256 numbers."""
    q = rng.integers(-128, 128, (n, d)).astype(np.int8)
    W = rng.integers(-127, 128, (d, k)).astype(np.int8)
    b = rng.integers(-2000, 2000, k).astype(np.int32)
    sums = (q.astype(int) - zero) @ W.astype(int) + b
    factor = spread * 90 / np.abs(sums).max() * rng.uniform(0.5, 1, k)
    return case(q, zero, W, b, factor, zero_out, note=note)


def _int8(
    wide: type = np.int64,
    first: type | None = None,
    zero: int = 1,
    limits: tuple = (None, (-128, 127)),
    near: Callable = np.round,
    out: int = 1,
    bias: int = 1,
    late: bool = False,
    apart: bool = False,
    factor: Callable = lambda f: f,
    end: Callable = lambda y: y,
) -> Callable:
    """Return the layer as a function, with its whole numbers as floats; the arguments are the places where it may go wrong.

    `limits` are those before and after zero_out is added; `apart` takes zero * W_q out of the product, which stays in int8.
    """

    def layer(q: Any, zero_in: int, W_q: Any, b_q: Any, factors: Any, zero_out: int) -> np.ndarray:
        with np.errstate(over="ignore"):
            if apart:
                sums = (q @ W_q).astype(np.int64) - zero_in * W_q.astype(np.int64).sum(axis=0)
            else:
                moved = q.astype(first or wide) - np.asarray(zero * zero_in).astype(first or wide)
                sums = (moved.astype(wide) @ W_q.astype(wide)).astype(np.int64)
        y = near((sums if late else sums + bias * b_q) * factor(factors) + (b_q if late else 0))
        y = y if limits[0] is None else np.clip(y, *limits[0])
        y = y + out * zero_out
        y = y if limits[1] is None else np.clip(y, *limits[1])
        return end(y.astype(np.int64)).astype(float) if near is np.round else y

    return layer


def _soft(
    student: Callable = lambda T: T,
    teacher: Callable = lambda T: T,
    square: Callable = lambda T: T * T,
    slope: Callable = lambda T: 1.0,
    mean: Callable = lambda n: 1.0 / n,
    mean_slope: Callable | None = None,
    flip: float = 1.0,
    swap: bool = False,
    entropy: float = 0.0,
) -> Callable:
    """Return loss and slopes as a function; the arguments are the places where they may go wrong."""

    def log_softmax(z: np.ndarray) -> np.ndarray:
        z = z - z.max(axis=1, keepdims=True)
        return z - np.log(np.exp(z).sum(axis=1, keepdims=True))

    def loss(logits: np.ndarray, teachers: np.ndarray, T: float) -> list:
        if not T > 0:
            raise ValueError(f"the temperature must be above 0; received {T}")
        n, log_p, log_t = len(logits), log_softmax(logits / student(T)), log_softmax(teachers / teacher(T))
        target, told = (np.exp(log_p), log_t) if swap else (np.exp(log_t), log_p)
        surprise = -np.sum(target * (told - entropy * log_t), axis=1).sum()
        slopes = flip * square(T) * slope(T) / T * (np.exp(log_p) - np.exp(log_t)) * (mean_slope or mean)(n)
        return [float(square(T) * surprise * mean(n)), slopes]

    return loss


def _pick(
    key: Callable = lambda b, p, t: (t, b),
    fits: Callable = lambda b, p, most, worst: (b <= most) & (p <= worst),
) -> Callable:
    def pick(n_bytes: Any, points: Any, times: Any, most: int, worst: float) -> int:
        places = np.flatnonzero(fits(n_bytes, points, most, worst))
        return int(min(places, key=lambda k: key(n_bytes[k], points[k], times[k])))

    return pick


def _checked_pick(n_bytes: Any, points: Any, times: Any, most: int, worst: float) -> int:
    if not np.any((n_bytes <= most) & (points <= worst)):
        raise ValueError(f"no row has at most {most} bytes and loses at most {worst} points")
    return _pick()(n_bytes, points, times, most, worst)

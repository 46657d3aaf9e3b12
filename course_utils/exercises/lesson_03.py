"""Exercises of lesson 03: cross-entropy, squared error behind a sigmoid, log-softmax, F1, AUC, a threshold from costs."""

from __future__ import annotations

import numpy as np

from course_utils.checking import Attempt, Lesson, NotYet, array, close, number, reject_known

lesson = Lesson("03_classification")
EXERCISES = lesson.exercises


@lesson.exercise(
    "Write the surprise of one example first: -log of the probability that the model gave to what happened.",
    "For y = 1 that is -log p, for y = 0 it is -log(1 - p). y and 1 - y can switch the two terms on and off.",
)
def cross_entropy(attempt: Attempt) -> str:
    """Return the mean cross-entropy, a float, for labels y (n,) of 0 and 1 and probs (n,)."""
    y, p = np.array([1, 1, 0, 0, 0]), np.array([0.5, 0.8, 0.3, 0.9, 0.1])
    each = -np.where(y == 1, np.log(p), np.log(1 - p))
    try:
        got = number(attempt(y, p))
    except NotYet as error:
        if error.name != "not finite":
            raise
        raise NotYet("The result is NaN or infinite: a label of 0 has no logarithm. Of which of the two arrays do you take it?", "y and p exchanged") from None  # fmt: skip
    wrong = {
        "benign examples ignored": (np.mean(-y * np.log(p)), "This is the article's loss, averaged. A model that says 1 to everyone has loss 0 there. Which examples never count?"),
        "the article's sum": (np.sum(-y * np.log(p)), "This is the article's loss: examples with y = 0 never count, and it grows with n. What would a model do that always says 1?"),
        "missing 1/n": (each.sum(), "Both terms are there. Twice as many examples would double the loss: what is missing?"),
        "wrong sign": (-each.mean(), "The size is right. Is a good model one with a small or a large value?"),
        "classes swapped": (np.mean(-np.where(y == 0, np.log(p), np.log(1 - p))), "p is the probability of class 1. Which term belongs to y = 1?"),
        "base 2": (each.mean() / np.log(2), "That is measured in bits, with the logarithm to base 2. The natural one is asked for."),
        "base 10": (each.mean() / np.log(10), "That is the logarithm to base 10. The natural one is asked for."),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, each.mean()):
        raise NotYet(f"For y {y.tolist()} and p {p.tolist()} you return {got:.4g}. Compute one example by hand.")
    return "Each example adds the surprise at what happened; the article's version is blind to every healthy patient."


@lesson.exercise(
    "Both slopes by the chain rule: the outer derivative times dp/dz, and dp/dz = p (1 - p).",
    "(p - 1)**2 / 2 gives (p - 1) p (1 - p); -log p gives (-1/p) p (1 - p) = p - 1.",
)
def slope_ratio(attempt: Attempt) -> str:
    """Return the slope of the squared error over that of cross-entropy, at logit z for a positive example."""
    z = -1.5
    p = 1 / (1 + np.exp(-z))
    got = number(attempt(z))
    wrong = {
        "derivative of the sigmoid forgotten": (-p, "You have divided the slopes in p, not in z. How does p change with z?"),
        "derivative of the sigmoid forgotten once": (1.0, "A ratio of 1 says they learn equally fast: that is the article's slip, (p - y) without the sigmoid's derivative."),
        "upside down": (1 / (p * (1 - p)), "That is cross-entropy over squared error. The other way round is asked for."),
        "missing the half": (2 * p * (1 - p), "Twice too large. The loss has a factor of one half."),
        "negative": (-p * (1 - p), "Both slopes have the same sign: both losses want p to rise. Check one of the signs."),
        "slope itself": ((p - 1) * p * (1 - p), "That is the slope of the squared error. What is cross-entropy's, at the same z?"),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, p * (1 - p)):
        raise NotYet(f"At z = {z} you return {got:.4g}. Central differences of the two losses settle it.")
    far = number(attempt(-6.0))
    if not close(far, 0.0024665, 1e-3):
        raise NotYet("It fits at z = -1.5 and not at z = -6. Is a z written into the code?", "fixed z")
    return "p (1 - p) vanishes exactly where the model is sure: a confident mistake is the one from which squared error learns nothing."


@lesson.exercise(
    "log(e**z_k / sum) is z_k minus the logarithm of the sum.",
    "Subtract each row's largest logit first: `logits.max(axis=1, keepdims=True)` keeps the shape (n, 1).",
    "shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))",
)
def log_softmax(attempt: Attempt) -> str:
    """Return the logarithms (n, k) of the softmax of each row of logits (n, k)."""
    z = np.array([[1.0, 2.0, 0.5], [0.0, -1.0, 3.0]])
    got = array(attempt(z), (2, 3))

    def true(z: np.ndarray, axis: int | None = 1) -> np.ndarray:
        return z - np.log(np.exp(z).sum(axis=axis, keepdims=True))

    wrong = {
        "softmax over the wrong axis": (true(z, 0), "The columns sum to one. A row holds the classes of one example: over which axis is the sum?"),
        "one sum for all": (true(z, None), "All entries together sum to one. Each row should, by itself."),
        "no logarithm": (np.exp(true(z)), "These are the probabilities. Their logarithms are asked for, and computed that way they underflow to log 0."),
        "wrong sign": (-true(z), "These are the surprises, -log p. The logarithms themselves are asked for."),
        "only shifted": (z - z.max(axis=1, keepdims=True), "Subtracting the largest is the safe start. What about the sum?"),
        "max added back": (true(z) + z.max(axis=1, keepdims=True), "The shift has been added back to the result. It cancels already: log-sum-exp and logit are both shifted."),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, true(z)):
        raise NotYet(
            "exp of your rows does not give the softmax. Try one row of two equal logits: both should be log 0.5."
        )
    big = np.array([[1000.0, 999.0], [-1000.0, -1001.0]])
    expected = true(big - big.max(axis=1, keepdims=True))
    raw = attempt(big)
    try:
        large = array(raw, (2, 2))
    except NotYet as error:
        if error.name != "not finite":
            raise
        if np.isfinite(np.asarray(raw, dtype=float)[0]).all():
            raise NotYet("Beside a row of logits around 1000, a row around -1000 is lost: both are shifted by the same number. What should a row be shifted by?", "one shift for all") from None  # fmt: skip
        raise NotYet("For logits around 1000 or -1000, e**z is infinite or 0. What may be subtracted from a row without changing its softmax?", "overflows") from None  # fmt: skip
    if not close(large, expected):
        raise NotYet("For logits around 1000 or -1000 the result is off. A row's shift must leave its result as it is.", "shift changes the result")  # fmt: skip
    try:
        far = array(attempt(np.array([[0.0, -800.0]])), (1, 2))
    except NotYet as error:
        if error.name != "not finite":
            raise
        raise NotYet("For the row [0, -800] the softmax rounds to 0 and its log is -inf. Cancel log and exp on paper first.", "logarithm of zero") from None  # fmt: skip
    if not close(far, [[0.0, -800.0]]):
        raise NotYet("The logarithm of a tiny probability is lost: a logit of -800 beside 0 should give -800. Do you take log(p)?", "logarithm of a rounded zero")  # fmt: skip
    try:
        lone = array(attempt(np.array([[1500.0, 0.0, 0.0]])), (1, 3))
    except NotYet as error:
        if error.name != "not finite":
            raise
        raise NotYet("For the row [1500, 0, 0] it overflows: its mean is only 500, so 1000 is left. Which number of the row leaves nothing above 0?", "mean subtracted") from None  # fmt: skip
    if not close(lone, [[0.0, -1500.0, -1500.0]]):
        raise NotYet("For the row [1500, 0, 0] the result is off; logarithms near 0, -1500, -1500 are asked for.", "one large logit")  # fmt: skip
    return "Every framework computes its losses this way; a softmax that is taken first and logged later turns sure mistakes into infinity."


@lesson.exercise(
    "F1 is the harmonic mean of precision and recall: 2 P R / (P + R).",
    "Multiplied out, only three of the four counts are left.",
)
def f1(attempt: Attempt) -> str:
    """Return the F1 score, a float, from four counts; 0.0 where it is undefined."""
    tp, fp, fn, tn = 6, 4, 2, 988
    precision, recall, accuracy = tp / (tp + fp), tp / (tp + fn), (tp + tn) / (tp + fp + fn + tn)
    got = number(attempt(tp, fp, fn, tn))
    wrong = {
        "accuracy instead of precision": (2 * accuracy * recall / (accuracy + recall), "This is the two articles' version: accuracy and recall. On this rare disease it is flattered by 988 easy negatives. Which ratio looks at the alarms?"),
        "precision and recall the same": (precision, "Precision and recall came out alike, as in the third article, so their mean is just precision. Which counts does recall use?"),
        "recall twice": (recall, "Precision and recall came out alike, and both are recall. Which counts does precision use?"),
        "arithmetic mean": ((precision + recall) / 2, "That is the ordinary mean. The harmonic one punishes the smaller of the two."),
        "geometric mean": (np.sqrt(precision * recall), "That is the geometric mean, the root of the product."),
        "missing the 2": (precision * recall / (precision + recall), "For precision = recall = 1 it should be 1. What does yours give there?"),
        "false alarms and misses swapped": (tp / (tp + fp + fn), "That is the Jaccard index: TP counts once there, and twice in F1."),
        "accuracy": (accuracy, "That is accuracy: 0.994 here, and a quarter of the ill are missed."),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, 12 / 18):
        raise NotYet(f"For TP 6, FP 4, FN 2, TN 988 you return {got:.4g}. Precision is 0.6 and recall 0.75.")
    for empty in ((0, 0, 0, 10), (0, 0, 3, 7), (0, 5, 0, 5)):
        try:
            edge = number(attempt(*empty))
        except NotYet as error:
            raise NotYet(
                f"For (TP, FP, FN, TN) = {empty} it fails: {error} There 0.0 is asked for.", "undefined cases"
            ) from None
        if edge != 0:
            raise NotYet(f"For (TP, FP, FN, TN) = {empty} you return {edge:g}; 0.0 is asked for.", "undefined cases")
    return "TN is nowhere in it, and that is its point: with a rare disease, easy negatives cannot flatter it."


@lesson.exercise(
    "Take every positive and every negative: in how many of these pairs is the positive's score higher?",
    "`scores[y == 1][:, None] - scores[y == 0]` holds all differences, (positives, negatives).",
    "A tie is half a win: a coin would decide it.",
)
def auc(attempt: Attempt) -> str:
    """Return the AUC, a float, for labels y (n,) of 0 and 1, both present, and scores (n,)."""
    y = np.array([1, 0, 1, 0, 1, 0, 0])
    s = np.array([0.9, 0.4, 0.3, 0.7, 0.8, 0.1, 0.6])  # no ties
    up, down = s[y == 1], s[y == 0]
    share = np.mean(up[:, None] > down)
    got = number(attempt(y, s))
    wrong = {
        "upside down": (1 - share, "That is the share of pairs in the wrong order. Which of the two should score higher?"),
        "accuracy at one half": (np.mean((s > 0.5) == (y == 1)), "That is accuracy at the threshold 0.5. AUC needs no threshold."),
        "not divided": (share * 12, "That is a number of pairs. Of how many?"),
        "difference of means": (up.mean() - down.mean(), "The means' distance depends on the scale of the scores. AUC looks at their order alone."),
        "pairs side by side": (np.mean(up > down[:3]), "You compare the first with the first, the second with the second. Every positive has to meet every negative."),
    }  # fmt: skip
    reject_known(got, wrong)
    for other in (s[1 - y], s[~y]):
        gaps = s[y][:, None] - other
        if any(close(got, np.mean(gaps > 0) + tie * np.mean(gaps == 0)) for tie in (0, 0.5, 1)):
            raise NotYet("y holds whole numbers, so `scores[y]` reads them as positions: entry 0, entry 1. How do you make a mask of them?", "labels used as positions")  # fmt: skip
    if not close(got, share):
        raise NotYet(f"Without any ties you return {got:.4g}. Write out the 3 x 4 pairs of positives and negatives of a small case.")  # fmt: skip
    s = np.array([0.8, 0.4, 0.4, 0.8, 0.8, 0.1, 0.6])  # three pairs of equals: 7 wins and 3 ties
    got = number(attempt(y, s))
    wrong = {
        "ties lose": (7 / 12, "Without ties it is right. A tie counts as a loss in yours. What would tossing a coin give?"),
        "ties win": (10 / 12, "Without ties it is right. A tie counts as a full win in yours: a constant score would then be perfect."),
        "ranks by order": (9 / 12, "Without ties it is right. Among equal scores, yours gives the higher rank to whoever comes later in the array. Which rank do equals share?"),
        "ranks by reversed order": (8 / 12, "Without ties it is right. Among equal scores, yours gives the higher rank to whoever comes first in the array. Which rank do equals share?"),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, 8.5 / 12):
        raise NotYet(f"Without ties it is right; with 7 wins and 3 ties among 12 pairs you return {got:.4g}.", "ties")
    if not close(number(attempt(y, np.zeros(7))), 0.5):
        raise NotYet("A constant score should have AUC 0.5.", "constant score")
    return "It is the probability that a random positive outranks a random negative; the curve is only another way to count the pairs."


@lesson.exercise(
    "With probability p the person is ill. What does staying silent cost on average, and what does an alarm?",
    "Silence costs p * cost_miss, an alarm costs (1 - p) * cost_alarm. Where are they equal?",
)
def best_threshold(attempt: Attempt) -> str:
    """Return the probability, a float, above which raising an alarm is the cheaper choice."""
    miss, alarm = 9.0, 1.5
    got = number(attempt(miss, alarm))
    wrong = {
        "costs swapped": (miss / (miss + alarm), "That raises the threshold when misses are dear. Which mistake does a low threshold avoid?"),
        "ratio of costs": (alarm / miss, "Nearly, and it can pass 1. An alarm is wrong only with probability 1 - p: put that into the equation."),
        "cost_alarm ignored": (1 / (1 + miss), "That fits a false alarm that costs 1. Where does cost_alarm enter?"),
        "the lesson's costs": (1 / 11, "That is the answer for the lesson's costs, ten to one. The check asks with others: use both arguments."),
        "one half": (0.5, "One half is right if both mistakes cost the same. They do not."),
        "difference of costs": (alarm / (miss - alarm), "A minus sign has slipped in. Write down both mean costs, each with its probability, before you solve for p."),
        "odds upside down": (miss / alarm, "That is a ratio of costs, above 1. A probability is asked for."),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, alarm / (miss + alarm)):
        raise NotYet(
            f"For a miss of {miss:g} and an alarm of {alarm:g} you return {got:.4g}. Where do the two mean costs meet?"
        )
    return "With a miss ten times as dear as an alarm it is 1/11, about 0.09. It holds only for calibrated probabilities: see the next section."

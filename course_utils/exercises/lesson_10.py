"""Exercises of lesson 10: which epoch to report, where parameters sit, what curves say, a threshold, Grad-CAM."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_utils.checking import Attempt, Lesson, NotYet, array, close, number, reject_known

lesson = Lesson("10_image_classifier")
EXERCISES = lesson.exercises


@lesson.exercise(
    "Which of the two sets may choose? Which may only answer?",
    "np.argmax of the validation scores is the epoch; it gives the first where several are equally high.",
    "The score to report is test_scores at that epoch, whatever else the test scores may hold.",
)
def report(attempt: Attempt) -> str:
    """Return (epoch, score): the epoch that validation scores (epochs,) choose, and the test score there."""
    validation = np.array([0.70, 0.84, 0.86, 0.79, 0.86, 0.83])
    test = np.array([0.72, 0.88, 0.8237, 0.90, 0.84, 0.85])
    said = attempt(validation, test)
    epoch, score = _pair(said)
    known: dict[tuple[int, float], tuple[str, str]] = {
        (3, 0.90): ("test set chooses", "Epoch 3 is the best on the test set, and that is the fault to be mended: the test set has chosen. Whose turn was it?"),
        (2, 0.86): ("validation score reported", "The epoch is right. The score is the one by which it was chosen, and so the luckiest of six. Which set has not been used yet?"),
        (2, 0.90): ("best test score", "The epoch is right, and beside it stands the best test score of another epoch."),
        (4, 0.84): ("latest of the tied", "Epochs 2 and 4 tie on the validation set. The earliest is asked for."),
        (3, 0.8237): ("counted from 1", "You count epochs from 1. They are counted from 0."),
        (5, 0.85): ("last epoch", "That is the last epoch, whatever the scores say. Which one is best on the validation set?"),
        (1, 0.88): ("both sets choose", "Both sets have had a say in that choice, and one of them should have had none."),
    }  # fmt: skip
    for (wrong_epoch, wrong_score), (name, message) in known.items():
        if epoch == wrong_epoch and close(score, wrong_score):
            raise NotYet(message, name)
    if epoch != 2 or not close(score, 0.8237):
        raise NotYet(f"For validation scores {validation.tolist()} you return epoch {epoch:g} and {score:g}.")
    if not isinstance(next(iter(said)), (int, np.integer)):
        raise NotYet("Epoch and score are right. An epoch is a place in a list: return it as an int.", "epoch as float")
    if _pair(attempt(np.array([0.5]), np.array([0.4]))) != (0, 0.4):
        raise NotYet("With a single epoch there is nothing to choose: (0, its test score).", "single epoch")
    attempt.must_refuse((validation, test[:5]), "Six validation scores and five test scores", "lengths may differ")
    attempt.must_refuse((np.zeros(0), np.zeros(0)), "A training run without any epoch", "no epoch accepted")
    return "A number reported this way may be believed: nothing was chosen by it."


@lesson.exercise(
    "A convolution has 3 * 3 * (maps before) weights for each of its maps, and one bias for each. The first sees 1 map.",
    "Without padding a 3 x 3 kernel takes 2 pixels off the side; the pool halves what is left, rounded down.",
    "Flatten gives side * side * 128 numbers. The dense layers have (numbers + 1) * 512 and 513 parameters.",
)
def textbook_parameters(attempt: Attempt) -> str:
    """Return (in the convolutions, in the dense layers): the parameters of the textbook's CNN for grey side x side pictures."""
    said = attempt(75)
    convolutions, dense = _pair(said)
    right = _count(75)
    wrong = {
        "biases forgotten": (_count(75, bias=0), "Every map and every dense unit has a bias besides its weights."),
        "padded": (_count(75, shave=0), "The convolutions are right. Without padding, how large is a map of 75 pixels after a 3 x 3 kernel?"),
        "not pooled": (_count(75, pool=1), "The convolutions are right. Each pool halves the side, and yours does not."),
        "rounded up": (_count(75, up=1), "The convolutions are right. An odd side loses its last row in the pool: 73 becomes 36."),
        "colour": (_count(75, channels=3), "The first kernels of yours see three channels. These pictures are grey."),
        "last layer forgotten": ((right[0], right[1] - 513), "The last dense layer is missing, from 512 numbers to one."),
        "one map at a time": (_count(75, alone=True), "Each kernel of yours sees one map. In lesson 09 it sees all maps of the layer before."),
        "side by side swapped": (right[::-1], "The right numbers in the wrong order: the convolutions come first."),
    }  # fmt: skip
    for name, (value, message) in wrong.items():
        if (convolutions, dense) == value:
            raise NotYet(message, name)
    if convolutions != right[0]:
        raise NotYet(
            f"The convolutions have {convolutions:,.0f} parameters for you. The first alone has 320: 9 weights and a bias for each of its 32 maps."
        )
    if dense != right[1]:
        raise NotYet(f"The convolutions are right. The dense layers have {dense:,.0f}: how many numbers leave Flatten?")
    if not all(isinstance(count, (int, np.integer)) for count in said):
        raise NotYet("The numbers are right, but not whole ones for Python: // divides without leaving int.", "floats")
    if _pair(attempt(22)) != _count(22):
        raise NotYet("With 22 pixels a side, one pixel is left behind the third pool. That fails.", "smallest picture")
    attempt.must_refuse((21,), "A side of 21 pixels, where nothing is left for the third pool", "too small accepted")
    attempt.must_refuse((0,), "A side of 0", "too small accepted")
    return "One line of arithmetic before training, and you know which layer holds nearly all of them."


@lesson.exercise(
    "Ask the three questions in their order, and stop at the first that holds.",
    "np.argmin(val_loss) is the best epoch. How many epochs come after it?",
    "For the first: np.abs(np.subtract(val_accuracy[-3:], majority)) must be at most 0.001 in all three places.",
)
def diagnose(attempt: Attempt) -> str:
    """Return "one answer", "overfitting" or "no objection" for curves (epochs,) and the share of the commonest class."""
    falling = [0.60, 0.55, 0.50, 0.45, 0.40]
    curves: dict[str, tuple[list[float], list[float], list[float], float, str]] = {
        "frozen": ([0.54, 0.45, 0.38, 0.31, 0.27], [0.53, 0.52, 0.55, 0.60, 0.66], [0.71, 0.779, 0.779, 0.779, 0.779], 0.779, "one answer"),
        "learned": ([0.60, 0.50, 0.40, 0.30, 0.20, 0.15], [0.60, 0.52, 0.50, 0.55, 0.61, 0.70], [0.70, 0.75, 0.77, 0.77, 0.77, 0.77], 0.69, "overfitting"),
        "early": (falling, [0.60, 0.52, 0.50, 0.52, 0.51], [0.70, 0.75, 0.77, 0.76, 0.77], 0.69, "no objection"),
        "stuck": ([0.50, 0.55, 0.60, 0.62, 0.61], [0.50, 0.55, 0.60, 0.62, 0.61], [0.72, 0.71, 0.70, 0.71, 0.72], 0.69, "no objection"),
        "moving": (falling, falling, [0.69, 0.69, 0.69, 0.69, 0.74], 0.69, "no objection"),
        "two": (falling, falling, [0.70, 0.71, 0.75, 0.69, 0.69], 0.69, "no objection"),
        "late": (falling, falling, [0.70, 0.74, 0.69, 0.69, 0.69], 0.69, "one answer"),
        "near": (falling, falling, [0.70, 0.74, 0.6905, 0.6895, 0.6904], 0.69, "one answer"),
        "beside": (falling, falling, [0.60, 0.65, 0.695, 0.695, 0.695], 0.69, "no objection"),
        "below": (falling, falling, [0.50, 0.55, 0.60, 0.60, 0.60], 0.69, "no objection"),
        "on average": (falling, falling, [0.70, 0.71, 0.66, 0.69, 0.72], 0.69, "no objection"),
        "bounced": ([0.60, 0.40, 0.45, 0.50, 0.50, 0.55], [0.60, 0.50, 0.52, 0.55, 0.60, 0.70], [0.70, 0.75, 0.77, 0.76, 0.75, 0.76], 0.69, "no objection"),
        "early peak": ([*falling, 0.35], [*falling, 0.35], [0.70, 0.80, 0.78, 0.77, 0.76, 0.78], 0.69, "no objection"),
    }  # fmt: skip
    messages = {
        ("frozen", "overfitting"): ("overfitting asked first", "A validation accuracy that stands at the share of the commonest class comes first: this network gives one answer, and you call it overfitting."),
        ("frozen", "no objection"): ("success", "Training loss falls, validation accuracy stands still at exactly the share of the commonest class: which answers give that score?"),
        ("learned", "one answer"): ("standstill is not one answer", "The accuracy stands still at 0.77, but the commonest class has a share of 0.69. So it is not one answer."),
        ("learned", "no objection"): ("rising loss missed", "The validation loss was lowest three epochs before the last and has risen since, while the training loss fell. You have no objection."),
        ("early", "overfitting"): ("too early", "The lowest validation loss lies two epochs before the last. Three or more are asked for: one wobble is not yet a trend."),
        ("stuck", "overfitting"): ("training loss ignored", "Here the training loss rises too. A network that does not even learn its training pictures does not overfit them."),
        ("moving", "one answer"): ("last three", "Four of five accuracies equal the majority, and the last does not: it has begun to learn. Look at the last three."),
        ("two", "one answer"): ("fewer than three", "Only the last two accuracies equal the majority. Three are asked for."),
        ("late", "no objection"): ("more than three", "The last three accuracies equal the majority; what came before them does not count."),
        ("near", "no objection"): ("exact equality", "The last three accuracies differ from the majority by less than 0.001, and that counts as equal."),
        ("beside", "one answer"): ("too wide", "An accuracy of 0.695 differs from a majority of 0.69 by more than 0.001. That is not equal."),
        ("below", "one answer"): ("anything below", "A steady accuracy of 0.60 lies below the majority of 0.69. It is poor, and not the score of one answer."),
        ("on average", "one answer"): ("mean of three", "The last three accuracies have the majority as their mean, and only one of them equals it. All three must."),
        ("bounced", "overfitting"): ("compared with the start", "The training loss ends higher than it was where the validation loss was lowest. Compare those two places."),
        ("early peak", "overfitting"): ("judged by accuracy", "The best accuracy came early, but the validation loss is lowest at the last epoch. The loss is asked about."),
    }  # fmt: skip
    for case, (loss, val_loss, accuracy, majority, wanted) in curves.items():
        said = attempt(np.array(loss), np.array(val_loss), np.array(accuracy), majority)
        if not isinstance(said, str) or said not in ("one answer", "overfitting", "no objection"):
            raise NotYet(f"Three answers are possible, as text; yours is {_short(said)}.", "no such answer")
        if said != wanted:
            name, message = messages.get((case, said), ("", f"Validation accuracies {accuracy}, majority {majority}: you say {said!r}."))  # fmt: skip
            raise NotYet(message, name)
    return "Three questions, asked in this order: a number frozen at the share of the commonest class is no high level."


@lesson.exercise(
    "Sort the different logits; the candidates lie halfway between neighbours. np.unique sorts and removes repeats.",
    "For one candidate: the share of the ones above it, and the share of the zeros not above it. Their mean is the score.",
    "np.argmax takes the first of several that are equally good: with sorted candidates, the lowest. Round-off can spoil ties: counts divided the same way tie exactly.",
)
def best_threshold(attempt: Attempt) -> str:
    """Return the line with the best balanced accuracy for logits (n,) and y (n,) of 0 and 1; ValueError for one class."""
    logit = np.array([-2.0, -1.5, -1.0, -0.8, -0.5, -0.2, 0.1, 0.4, 0.9, 1.5, 2.0, 2.4])
    y = np.array([0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1])
    shuffled = np.random.default_rng(101).permutation(12)
    got = number(attempt(logit[shuffled], y[shuffled]))
    wrong = {
        "accuracy": (2.2, "That line has the best accuracy: it says 0 nearly always, and finds one of three. Balanced accuracy counts both classes alike."),
        "one half": (0.5, "One half is a line for probabilities, before anything was looked at. Choose from the data."),
        "zero": (0.0, "Zero is the line before anything was chosen. Which candidate is best on these cells?"),
        "a logit itself": (-0.8, "Your line is one of the logits. Halfway to its neighbour is asked for, so that a hair's breadth decides nothing."),
        "highest of the found": (-0.5, "Your line is the lowest defect's own logit, and that is not above itself."),
        "score returned": (_balanced(logit, y, -0.65), "You return the balanced accuracy. The line that gives it is asked for."),
        "turned round": (_turned(logit, y), "That line is best if low logits mean 1. Here logit > line means 1."),
        "place returned": (3.0, "You return the place of the candidate. Its value is asked for."),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, -0.65):
        share = _balanced(logit, y, got)
        if close(share, _balanced(logit, y, -0.65)):
            raise NotYet(
                f"Your line {got:g} is as good as the one asked for, and not halfway between two neighbours.",
                "not halfway",
            )
        raise NotYet(
            f"Your line {got:g} has a balanced accuracy of {share:.3f}; another has {_balanced(logit, y, -0.65):.3f}."
        )
    tied, labels = np.array([-1.0, 0.0, 0.0, 1.0, 2.0, 3.0]), np.array([0, 1, 0, 0, 1, 1])
    options = {line: _balanced(tied, labels, line) for line in (-0.5, 0.5, 1.5, 2.5)}
    first = max(options, key=options.get)
    got = number(attempt(tied, labels))
    if not close(got, first):
        raise NotYet(
            f"Two logits are equal here. Your line is {got:g}; the best, and lowest of the best, is another.",
            "equal logits",
        )
    even = np.array([0.0, 1.0, 2.0, 3.0]), np.array([0, 1, 0, 1])
    got = number(attempt(*even))
    if close(got, 2.5):
        raise NotYet(
            "Two lines are equally good, and you return the higher. The lowest is asked for.", "highest of the best"
        )
    if not close(got, 0.5):
        raise NotYet(f"For logits 0, 1, 2, 3 and labels 0, 1, 0, 1 the lines 0.5 and 2.5 are best. Yours is {got:g}.")
    got = number(attempt(np.array([0.0, 1.0, 1.0, 2.0, 3.0]), np.array([0, 0, 0, 1, 1])))
    if close(got, 1.0):
        raise NotYet("Two cells share the logit 1, and your line lies between them, at 1. Take *different* neighbours.", "between equal logits")  # fmt: skip
    if not close(got, 1.5):
        raise NotYet(
            f"For logits 0, 1, 1, 2, 3 and labels 0, 0, 0, 1, 1 the line 1.5 makes no error. Yours is {got:g}."
        )
    got = number(attempt(np.array([3.0, 2.0, 1.0, 0.0]), np.array([0, 0, 1, 1])))
    if not 0 < got < 3:
        raise NotYet(f"Your line {got:g} does not lie between two of the logits 3, 2, 1, 0.", "outside the data")
    if not close(got, 0.5):
        raise NotYet(
            f"For logits 3, 2, 1, 0 and labels 0, 0, 1, 1 lines 0.5 and 2.5 are the best of three; yours is {got:g}."
        )
    attempt.must_refuse((logit, np.zeros(12, int)), "A set with one class only", "one class accepted")
    attempt.must_refuse(
        (np.ones(12), y), "A set whose logits are all equal, so that no line parts them", "equal logits accepted"
    )
    return "On other data another line may win. So it is chosen on the validation set, and then it stays."


@lesson.exercise(
    "First one weight a map: the mean of its slopes over all places, shape (k,).",
    "The weighted sum of the maps is (h, w). What is negative speaks against the class: set it to 0.",
    "Divide by the maximum, unless it is 0. maps @ weights does the weighted sum.",
)
def grad_cam(attempt: Attempt) -> str:
    """Return the heat (h, w), largest 1, of maps (h, w, k) where the logit has slopes (h, w, k)."""
    rng = np.random.default_rng(102)
    maps, slopes = rng.normal(size=(4, 5, 3)), rng.normal(size=(4, 5, 3)) + np.array([0.5, -0.4, 0.2])
    value = attempt(maps, slopes)
    shapes = {
        (3,): ("weights, not heat", "Those are as many numbers as maps. The heat has a number a place: (4, 5)."),
        (4, 5, 3): ("maps not added up", "The maps are weighted and not yet added up: (4, 5) is asked for."),
        (5, 4): ("height and width swapped", "Rows and columns have changed places."),
        (4, 3): ("wrong axis", "You add over the columns. Add over the maps, the last axis."),
    }
    if np.shape(value) in shapes:
        name, message = shapes[np.shape(value)]
        raise NotYet(message, name)
    got, weights = array(value, (4, 5)), slopes.mean(axis=(0, 1))
    raw = maps @ weights
    true = np.maximum(raw, 0) / raw.max()
    absolute, place = np.abs(raw), np.maximum((maps * slopes).sum(axis=-1), 0)
    early, strong = np.maximum(maps * weights, 0).sum(axis=-1), np.maximum(maps @ np.abs(weights), 0)
    wrong = {
        "negative kept": (raw / raw.max(), "Some places have negative heat. They speak against the class, and are dropped."),
        "sign lost": (absolute / absolute.max(), "Places that speak against the class are as hot as those for it: the sign is lost."),
        "dropped before the sum": (early / early.max(), "You drop what is negative in each map, and then add. Add first: maps may speak against each other."),
        "weights without sign": (strong / strong.max(), "A map with a negative mean slope speaks against the class, and you let it speak for it."),
        "not scaled": (np.maximum(raw, 0), "The picture is right and its largest value is not 1."),
        "slopes not averaged": (place / place.max(), "You multiply place by place. Grad-CAM gives each map one weight, its mean slope over all places."),
        "slopes not used": (np.maximum(maps.sum(-1), 0) / maps.sum(-1).max(), "That is the sum of the maps, as if all spoke for the class alike. Where are the slopes?"),
        "maps not used": (np.maximum(slopes.sum(-1), 0) / slopes.sum(-1).max(), "That is where the slopes are. Where are the maps?"),
        "stretched": ((raw - raw.min()) / np.ptp(raw), "You stretch from the lowest to the highest value. Then what speaks against looks warm: drop it instead."),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, true):
        raise NotYet(f"Up to {np.abs(got - true).max():.2g} is between your heat and the right one.")
    try:
        cold = array(attempt(np.abs(maps), -np.abs(slopes)), (4, 5))
    except NotYet as error:
        raise NotYet(
            f"Where every map speaks against the class, all heat is 0. {error}"[:560], "nothing speaks for it"
        ) from None
    if np.abs(cold).max() > 0:
        raise NotYet(
            "Where every map speaks against the class, all heat is 0, and not so with yours.", "nothing speaks for it"
        )
    attempt.must_refuse((maps, slopes[:, :, :2]), "Three maps with slopes for two", "shapes may differ")
    attempt.must_refuse((maps, slopes[:1]), "Maps of 4 rows with slopes of 1 row", "shapes may differ")
    attempt.must_refuse((maps, np.swapaxes(slopes, 0, 1)), "Maps of 4 x 5 places with slopes of 5 x 4", "sizes only")
    return (
        "A heat map shows where a network looks, never whether it is right. It is a question to the data, to be tested."
    )


def _pair(value: Any) -> tuple[float, float]:
    try:
        first, second = value
    except (TypeError, ValueError):
        raise NotYet("Two numbers are asked for, as return a, b.", "not a pair") from None
    return number(first), number(second)


def _count(
    side: int, bias: int = 1, shave: int = 2, pool: int = 2, up: int = 0, channels: int = 1, alone: bool = False
) -> tuple:
    total, before = 0, channels
    for maps in (32, 64, 128):
        total += (9 * (1 if alone else before) + bias) * maps
        side, before = (side - shave + up * (pool - 1)) // pool, maps
    return total, (side * side * 128 + bias) * 512 + 512 + bias


def _balanced(logit: np.ndarray, y: np.ndarray, line: float) -> float:
    said = logit > line
    return float((np.mean(said[y == 1]) + np.mean(~said[y == 0])) / 2)


def _turned(logit: np.ndarray, y: np.ndarray) -> float:
    lines = (logit[1:] + logit[:-1]) / 2
    return float(lines[np.argmin([_balanced(logit, y, line) for line in lines])])


def _short(value: Any) -> str:
    text = repr(value) if isinstance(value, (str, int, float, bool)) else f"of type {type(value).__name__}"
    return text[:60]

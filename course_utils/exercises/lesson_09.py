"""Exercises of lesson 09: how many windows fit, the window itself, TensorFlow's zeros, a kernel's gradient, pooling, the view of a unit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.checking import Attempt, Lesson, NotYet, array, close, number, reject_known

lesson = Lesson("09_convolutions")
EXERCISES = lesson.exercises


@lesson.exercise(
    "With stride 1 and no padding, a window of 3 on 8 pixels starts at pixels 0 to 5. How many starts are that?",
    "The last start is at n + 2 * padding - kernel. How many whole strides lead there, and was the first start counted?",
    "Check the stride and the size first, and raise ValueError(...) with the numbers received.",
)
def output_size(attempt: Attempt) -> str:
    """Return how many windows fit along n pixels with `padding` zeros at each end; ValueError where that makes no sense."""
    got = number(attempt(18, 5, 3, 6))
    wrong = {
        "first window not counted": (8, "One too few. With a kernel as long as the picture and stride 3 there is one window, and your formula says none."),
        "overhang counted": (10, "One too many. The last window of yours sticks out at the end: what if the stride does not divide evenly?"),
        "not rounded": (25 / 3 + 1, "A third of a window does not fit. What happens to the pixels that are left over?"),
        "zeros at one end only": (7, "The padding is there once. How many zeros are added in all?"),
        "padding ignored": (5, "Those are the windows on the bare pixels. What do the zeros add?"),
        "stride ignored": (26, "Those are all starts. With stride 3 only every third one is taken."),
        "kernel not subtracted": (11, "A window that starts on the last pixel sticks out. Where does the last one start?"),
    }  # fmt: skip
    reject_known(got, wrong)
    if got != 9:
        raise NotYet(f"For 18 pixels, kernel 5, stride 3 and 6 zeros at each end you return {got:g}. Draw it.")
    if number(attempt(6, 3, 3, 0)) != 2 or number(attempt(8, 3, 3, 0)) != 2:
        text = "With stride 3 a kernel of 3 fits twice on 6 pixels, and on 8 just as often. Which way do you round?"
        raise NotYet(text, "rounded to the nearest")
    if _refusal(attempt, 3, 5, 1, 1) is not None or number(attempt(3, 5, 1, 1)) != 1:
        text = "A kernel of 5 fits on 3 pixels with a zero at each end, exactly once. What is its size to be compared with?"
        raise NotYet(text, "compared with the bare pixels")
    _must_refuse(attempt, (3, 5, 1, 0), "A kernel of 5 on 3 pixels", "lets a large kernel pass")
    _must_refuse(attempt, (8, 3, 0, 0), "A stride of 0", "lets stride 0 pass")
    _must_refuse(attempt, (8, 3, -1, 0), "A stride of -1", "lets a negative stride pass")
    return "Most errors in a stack of layers are this number being off by one, and now it is raised where it happens."


@lesson.exercise(
    "Two loops, over the rows and the columns of the output. Where in the image does window (i, j) start?",
    "With a stride it starts at (i * stride, j * stride).",
    "np.sum(image[top : top + kh, left : left + kw] * kernel) is one number of the output.",
)
def convolve_2d(attempt: Attempt) -> str:
    """Return the map of a kernel (kh, kw) slid over an image (h, w) without padding; ValueError if it does not fit."""
    rng = np.random.default_rng(91)
    image, kernel = rng.normal(size=(6, 7)), rng.normal(size=(3, 2))
    true = _slide(image, kernel)
    known = {
        (3, 5): ("last windows forgotten", "A row and a column of windows are missing at the end. Where does range() stop?"),
        (6, 7): ("padded", "The map is as large as the image. Without padding, how many starts has a kernel of 3 on 6 pixels?"),
        (5, 5): ("height and width swapped", "That is the size for a kernel of 2 rows and 3 columns. This one has 3 rows and 2 columns."),
    }  # fmt: skip
    got = _shaped(attempt(image, kernel, 1), (4, 6), known)
    wrong = {
        "flipped": (_slide(image, kernel[::-1, ::-1]), "The kernel has been turned by 180 degrees. Signal processing does so; a layer does not."),
        "mean, not sum": (true / 6, "The mean of each window comes out. A convolution is a weighted sum."),
        "kernel not used": (_slide(image, np.ones((3, 2))), "Those are the sums of the windows. Where does the kernel come in?"),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, true):
        raise NotYet(
            f"Up to {np.abs(got - true).max():.2g} is between your map and the right one. Try the 4 x 4 image."
        )
    image = rng.normal(size=(8, 9))
    known = {
        (6, 8): ("stride ignored", "With stride 2 you still take every window. The map should have shape (3, 4)."),
        (4, 5): ("overhang counted", "A row and a column too many: on which pixels of this 8 x 9 image does the last window lie?"),
    }  # fmt: skip
    got, true = _shaped(attempt(image, kernel, 2), (3, 4), known), _slide(image, kernel)[::2, ::2]
    if close(got, _slide(image, kernel)[:3, :4]):
        text = "The map has its size, and its windows still start one pixel apart. Where does window (1, 1) start?"
        raise NotYet(text, "stride counts but does not move")
    if not close(got, true):
        raise NotYet("It is right for stride 1 and not for stride 2.", "stride")
    if not close(_shaped(attempt(kernel, kernel, 1), (1, 1), {}), np.sum(kernel**2)):
        raise NotYet("A kernel as large as the image has one window. You say something else.", "exact fit")
    for shape in ((2, 6), (6, 1)):
        what = f"A kernel of shape (3, 2) on an image of shape {shape}"
        _must_refuse(attempt, (np.ones(shape), kernel, 1), what, "lets a large kernel pass")
    return "Channels, batches and padding are more of the same loop. The rest of the lesson makes it fast."


@lesson.exercise(
    "First how many outputs there are to be: n / stride, rounded up. Which pixels does the last window need?",
    "The windows cover (outputs - 1) * stride + kernel pixels. There are n. What is missing, if anything, is zeros.",
    "Halve the missing zeros. Where the halves differ, look at the row of four: at which end was TensorFlow's zero?",
)
def same_padding(attempt: Attempt) -> str:
    """Return (before, after): the zeros that TensorFlow's "same" adds to n pixels for a kernel and a stride."""
    asked = [(5, 3, 1), (4, 3, 2), (7, 3, 2), (6, 5, 2), (8, 2, 1), (5, 1, 3)]
    got = [_two(attempt(*case)) for case in asked]
    rules: dict[str, tuple[Callable, str]] = {
        "half the kernel at both ends": (lambda n, k, s: (k // 2, k // 2), "That is the recipe of the bug itself: the same zeros at both ends, whatever n and the stride are. What did TensorFlow do with four pixels?"),
        "extra zero in front": (lambda n, k, s: _same(n, k, s)[::-1], "The number of zeros is right. Where it is odd, the extra one is at the wrong end."),
        "stride ignored": (lambda n, k, s: _same(n, k, 1), "For stride 1 that is right. With a larger stride, windows step over pixels, and fewer zeros are missing."),
        "fewer than none": (lambda n, k, s: _same(n, k, s, least=-9), "For 5 pixels, kernel 1 and stride 3 nothing is missing: pixels are left over. Fewer than no zeros cannot be added."),
        "rounded down": (lambda n, k, s: _same(n, k, s, up=0), "You ask for n / stride outputs, rounded down. With 7 pixels and stride 2, TensorFlow gives 4."),
        "not shared": (lambda n, k, s: (0, sum(_same(n, k, s))), "All the zeros are at the end. They are shared between both ends as evenly as can be."),
        "not halved": (lambda n, k, s: (sum(_same(n, k, s)),) * 2, "Each end gets all the zeros. They are shared between both ends."),
    }  # fmt: skip
    for name, (rule, message) in rules.items():
        if got == [tuple(map(float, rule(*case))) for case in asked]:
            raise NotYet(message, name)
    for case, pair in zip(asked, got, strict=True):
        if pair != _same(*case):
            raise NotYet(
                f"For n = {case[0]}, kernel {case[1]}, stride {case[2]} you return ({pair[0]:g}, {pair[1]:g})."
            )
    return (
        "Whoever moves weights from a framework that pads evenly to TensorFlow meets this: right shapes, wrong numbers."
    )


@lesson.exercise(
    "Entry (a, b) of the kernel touches every output: output (i, j) takes kernel[a, b] * image[i + a, j + b].",
    "So its slope is the sum over all (i, j) of grad_out[i, j] * image[i + a, j + b].",
    "For one (a, b) that is a slice of the image, as large as grad_out, times grad_out. The kernel has h - oh + 1 rows.",
)
def kernel_gradient(attempt: Attempt) -> str:
    """Return the gradient (kh, kw) of the kernel, for an image (h, w) and the gradient (oh, ow) of its map, stride 1."""
    rng = np.random.default_rng(92)
    image, grad = rng.normal(size=(6, 7)), rng.normal(size=(4, 6))
    true = _slide(image, grad)  # (3, 2)
    known = {
        (6, 7): ("gradient of the image", "That is as large as the image. The kernel is smaller: 6 rows gave 4, so it had 3."),
        (4, 6): ("as large as the map", "That is as large as the map. How large was the kernel that turned (6, 7) into (4, 6)?"),
        (2, 1): ("last entries forgotten", "A row and a column of the kernel are missing: 6 rows gave 4, so it had 6 - 4 + 1."),
        (2, 3): ("height and width swapped", "Rows and columns have changed places: the kernel had 3 rows and 2 columns."),
    }  # fmt: skip
    got = _shaped(attempt(image, grad), (3, 2), known)
    wrong = {
        "turned round": (true[::-1, ::-1], "Each number is right and stands at the opposite corner. Which pixels did kernel[0, 0] touch?"),
        "gradient flipped": (_slide(image, grad[::-1, ::-1]), "The gradient has been turned by 180 degrees on its way. Output (i, j) belongs to slope (i, j)."),
        "mean, not sum": (true / 24, "You take the mean over the windows. Each of them adds its part."),
        "wrong sign": (-true, "The sign is turned round: that is the direction of descent."),
        "the bias's": (np.full((3, 2), grad.sum()), "Every entry is the sum of grad_out. That is the bias's gradient: where is the image?"),
        "image summed": (_slide(image, np.ones((4, 6))), "Those are sums of pixels alone. Which part of the loss hangs on each output?"),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, true):
        raise NotYet(f"Up to {np.abs(got - true).max():.2g} is between yours and central differences.")
    got = _shaped(attempt(image[:4, :6], grad), (1, 1), {})
    if not close(got, np.sum(image[:4, :6] * grad)):
        raise NotYet("It fails for a kernel of one number, where the map is as large as the image.", "fixed size")
    return "The gradient of a kernel is a convolution too: the image, with the map's gradient as its kernel."


@lesson.exercise(
    "Window (i, j) covers rows i * size to (i + 1) * size, and the same for columns. Batch and channels stay as they are.",
    "X[:, top : top + size, left : left + size].max(axis=(1, 2)) is (n, c): one place of the output.",
    "Make the output with np.zeros((n, h // size, w // size, c)) and fill every place. An empty batch then needs no care.",
)
def max_pool(attempt: Attempt) -> str:
    """Return the largest value of each window, (n, h // size, w // size, c), for X (n, h, w, c); leftovers are dropped."""
    rng = np.random.default_rng(93)
    X = rng.normal(size=(3, 5, 7, 2)) - 1.0
    X[0, :2, :2] -= 9.0
    blocks = X[:, :4, :6].reshape(3, 2, 2, 3, 2, 2)
    true = blocks.max(axis=(2, 4))
    known = {
        (3, 4, 6, 2): ("windows overlap", "The window moves by one pixel. In pooling it moves by its own size."),
        (3, 3, 4, 2): ("leftovers pooled", "The fifth row and the seventh column have no partners, and you pool them too. They should be dropped."),
        (3, 3, 3, 2): ("leftover row pooled", "The fifth row has no partner, and you pool it alone. It should be dropped."),
        (3, 2, 4, 2): ("leftover column pooled", "The seventh column has no partner, and you pool it alone. It should be dropped."),
        (3, 2, 3): ("channels pooled", "The channels are gone: each keeps its own maximum."),
        (3, 2, 3, 1): ("one channel left", "One channel is left of two. The maximum is over rows and columns alone."),
        (2, 3, 2): ("batch pooled", "The batch is gone: each picture keeps its own maximum."),
        (3, 2): ("whole picture at once", "That is the maximum over the whole picture, and the windows have size 2."),
    }  # fmt: skip
    got = _shaped(attempt(X, 2), (3, 2, 3, 2), known)
    wrong = {
        "never below zero": (np.maximum(true, 0), "Where all values are negative you return 0. With which value does your maximum begin?"),
        "mean, not maximum": (blocks.mean(axis=(2, 4)), "Those are means. That is pooling too, but the maximum is asked for."),
        "one corner": (X[:, :4:2, :6:2], "The first pixel of each window comes out. That is a stride, and no maximum."),
        "size of the number": (np.abs(blocks).max(axis=(2, 4)), "You look for the largest size and forget the sign: -9 is less than -1."),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, true):
        raise NotYet(f"Up to {np.abs(got - true).max():.2g} is between your maxima and the right ones.")
    if not close(_shaped(attempt(X, 3), (3, 1, 2, 2), {}), X[:, :3, :6].reshape(3, 1, 3, 2, 3, 2).max(axis=(2, 4))):
        raise NotYet("It fits windows of size 2, and not of size 3.", "fixed size")
    try:
        empty = np.shape(attempt(X[:0], 2))
    except NotYet as error:
        text = f"An empty batch has shape (0, 5, 7, 2), and its pools (0, 2, 3, 2). {error}"
        raise NotYet(text[:560], "empty batch") from None
    if empty != (0, 2, 3, 2):
        raise NotYet(
            f"For an empty batch (0, 5, 7, 2) you return shape {empty}. (0, 2, 3, 2) is asked for.", "empty batch"
        )
    _must_refuse(attempt, (X, 6), "A window of 6 on a picture of 5 rows", "lets a large window pass")
    _must_refuse(attempt, (X.swapaxes(1, 2), 6), "A window of 6 on a picture of 5 columns", "lets a wide window pass")
    _must_refuse(attempt, (X, -2), "A window of size -2", "lets a negative size pass")
    _must_refuse(attempt, (X, 0), "A window of size 0", "lets size 0 pass")
    _must_refuse(attempt, (X, 2.5), "A window of size 2.5", "lets a broken size pass")
    return "No weights at all, and three of four numbers thrown away: the layers behind it see twice as far for it."


@lesson.exercise(
    "Go through the layers from the first on. One unit of the first layer sees `kernel` pixels. What does the next layer add?",
    "Keep a second number: how many pixels lie between two neighbouring units. At the start it is 1.",
    "A layer adds (kernel - 1) times that distance, and only then multiplies the distance by its stride.",
)
def receptive_field(attempt: Attempt) -> str:
    """Return how many pixels in a row one unit of the last layer sees, for [(kernel, stride), ...], first layer first."""
    layers = [(3, 1), (3, 2), (5, 1), (2, 3), (3, 1)]
    got = number(attempt(layers))
    wrong = {
        "kernels added up": (16, "You add up the kernels. Two kernels of 3 see 5 pixels and not 6: their windows overlap."),
        "strides ignored": (12, "That is the answer if every stride is 1. Behind a stride of 2, neighbouring units look at places 2 pixels apart."),
        "stride too early": (33, "A layer's own stride spreads the units behind it, not its own window."),
        "kernels multiplied": (270, "You multiply the kernels. That would hold if no windows overlapped."),
        "one too few": (26, "One too few. What does a unit see of the picture if there is no layer at all?"),
        "wrong end first": (34, "You go through the layers in the wrong direction for this formula."),
        "last layer alone": (3, "That is what the last layer sees of the layer before it. How far is that in the picture?"),
    }  # fmt: skip
    reject_known(got, wrong)
    if got != 27:
        raise NotYet(f"For {layers} you return {got:g}. Begin with two layers and draw which pixels are seen.")
    if number(attempt([])) != 1:
        raise NotYet("Without any layer a unit is a pixel, and it sees itself: 1.", "no layers")
    if number(attempt([(3, 1)] * 4)) != 9:
        raise NotYet("Four layers of kernel 3 and stride 1 see 9 pixels.", "plain stack")
    return (
        "A network cannot recognise what does not fit into this window: compare it with your object before you train."
    )


def _slide(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.einsum("ijab,ab->ij", windows, kernel)


def _same(n: int, kernel: int, stride: int, least: int = 0, up: int = 1) -> tuple[float, float]:
    outputs = -(-n // stride) if up else n // stride
    missing = max((outputs - 1) * stride + kernel - n, least)
    return float(missing // 2), float(missing - missing // 2)


def _shaped(value: Any, shape: tuple[int, ...], known: dict[tuple, tuple[str, str]]) -> np.ndarray:
    """Return `value` as an array of `shape`; a shape of `known` raises `NotYet` with its (name, message)."""
    try:
        found = np.shape(value)
    except Exception:
        found = None
    if found in known:
        raise NotYet(known[found][1], known[found][0])
    return array(value, shape)


def _two(value: Any) -> tuple[float, float]:
    if not isinstance(value, (tuple, list, np.ndarray)) or len(value) != 2:
        raise NotYet("Two numbers are asked for: `return before, after`.", "not two numbers")
    return number(value[0]), number(value[1])


def _refusal(attempt: Attempt, *arguments: Any) -> Exception | None:
    def thunk() -> Exception | None:
        try:
            attempt.function(*arguments)
        except Exception as error:
            return error
        return None

    return attempt.run(thunk)


def _must_refuse(attempt: Attempt, arguments: tuple, what: str, name: str) -> None:
    """Raise `NotYet` under `name` unless the learner's function answers `arguments` with ValueError."""
    said = _refusal(attempt, *arguments)
    if said is None:
        text = f"{what} passes without a word. Raise ValueError there: a wrong shape is cheaper now than ten layers on."
        raise NotYet(text, name)
    if not isinstance(said, ValueError):
        text = f"{what} stops it with {type(said).__name__}. A ValueError is asked for, so that a caller can catch it."
        raise NotYet(text, "wrong kind of error")

"""Exercises of lesson 09: how many windows fit, the window itself, TensorFlow's zeros, a kernel's gradient, pooling, the view of a unit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from course_utils.checking import Attempt, Lesson, NotYet, array, case, compare, number, reject_known

lesson = Lesson("09_convolutions")
EXERCISES = lesson.exercises


@lesson.exercise(
    "With stride 1 and no padding, a window of 3 on 8 pixels starts at pixels 0 to 5. How many starts are that?",
    "The last start is at n + 2 * padding - kernel. How many whole strides lead there, and was the first start counted?",
    "Check the stride and the size first, and raise ValueError(...) with the numbers received.",
)
def output_size(attempt: Attempt) -> str:
    """Return how many windows fit along n pixels with `padding` zeros at each end; ValueError where that makes no sense."""
    text = "A third of a window does not fit. What happens to the pixels that are left over?"
    reject_known(number(attempt(18, 5, 3, 6)), {"not rounded": (25 / 3 + 1, text)})
    _reject_rounding(attempt)
    cases = [
        case(18, 5, 3, 6),
        case(8, 3, 3, 0, note="two pixels left over"),
        case(7, 3, 3, 0, note="one pixel left over"),
        case(6, 3, 3, 0, note="nothing left over"),
        case(224, 7, 2, 3, note="a photograph"),
        case(1000, 11, 4, 0, note="a thousand pixels"),
        case(9, 3, 1, 1, note="a stride of 1"),
        case(9, 4, 1, 2, note="an even kernel"),
        case(12, 1, 2, 0, note="a kernel of one pixel"),
        case(5, 2, 7, 0, note="a stride longer than the pixels"),
        case(8, 8, 1, 0, note="a kernel exactly as long as the pixels, which fits"),
        case(6, 7, 2, 2, note="a kernel longer than the bare pixels, which fits on pixels and zeros"),
        case(3, 5, 1, 1, note="a kernel exactly as long as pixels and zeros, which fits"),
        case(1, 1, 1, 0, note="one pixel under a kernel of one"),
        case(6, 2, 2, 5, note="more zeros than the kernel is long"),
        case(2, 3, 1, 3, note="more zeros at each end than there are pixels"),
        case(0, 3, 1, 2, note="no pixel, and a kernel that fits on the zeros"),
    ]
    wrong = {
        "the 1 inside the division": (lambda n, k, s, p: (n + 2 * p - k + 1) // s, "You count all the starts, then divide by the stride. With stride 7 on 5 pixels there is still one window: which start is always taken?"),
        "one subtracted too many": (lambda n, k, s, p: (n + 2 * p - k - 1) // s + 1, "It is one too few wherever the last stride leads exactly to the end. How many pixels lie between the first start and the last?"),
        "first window not counted": (lambda n, k, s, p: (n + 2 * p - k) // s, "One too few: your formula counts the strides, and the first window needs none. How many windows are there where the kernel is as long as the picture?"),
        "overhang counted": (lambda n, k, s, p: -(-(n + 2 * p - k) // s) + 1, "One too many where the stride does not divide evenly. The last window of yours sticks out at the end."),
        "size of \"same\"": (lambda n, k, s, p: -(-n // s), "That is n / stride, rounded up, whatever the kernel and the zeros are. Here the number of zeros is given."),
        "zeros at one end only": (lambda n, k, s, p: (n + p - k) // s + 1, "The padding is there once. How many zeros are added in all?"),
        "padding ignored": (lambda n, k, s, p: (n - k) // s + 1, "Those are the windows on the bare pixels. What do the zeros add?"),
        "stride ignored": (lambda n, k, s, p: n + 2 * p - k + 1, "Those are all starts. With stride 3 only every third one is taken."),
        "kernel not subtracted": (lambda n, k, s, p: (n + 2 * p) // s + 1, "A window that starts on the last pixel sticks out. Where does the last one start?"),
        "kernel not subtracted, nor the first counted": (lambda n, k, s, p: (n + 2 * p) // s, "You divide all pixels and zeros by the stride. Where does the last window start?"),
    }  # fmt: skip
    compare(
        attempt,
        lambda n, k, s, p: (n + 2 * p - k) // s + 1,
        cases,
        wrong,
        asked="how many windows lie wholly on the pixels and zeros; draw them",
    )
    for arguments, what, name in (
        ((3, 5, 1, 0), "A kernel of 5 on 3 pixels", "lets a large kernel pass"),
        ((8, 9, 1, 0), "A kernel of 9 on 8 pixels", "lets a large kernel pass"),
        ((7, 10, 2, 1), "A kernel of 10 on 7 pixels with a zero at each end", "lets a large kernel pass"),
        ((8, 3, 0, 0), "A stride of 0", "lets stride 0 pass"),
        ((8, 3, -1, 0), "A stride of -1", "lets a negative stride pass"),
        ((8, 3, -2, 1), "A stride of -2", "lets a negative stride pass"),
        ((4, 4, 0, 0), "A stride of 0 under a kernel as long as the pixels", "lets stride 0 pass"),
    ):
        attempt.must_refuse(arguments, what, name)
    return "Many an error in a stack of layers is this number being off by one. Now it is raised where it happens."


@lesson.exercise(
    "Two loops, over the rows and the columns of the output. Where in the image does window (i, j) start?",
    "With a stride it starts at (i * stride, j * stride).",
    "np.sum(image[top : top + kh, left : left + kw] * kernel) is one number of the output.",
)
def convolve_2d(attempt: Attempt) -> str:
    """Return the map of a kernel (kh, kw) slid over an image (h, w) without padding; ValueError if it does not fit."""
    rng = np.random.default_rng(91)
    image, kernel = rng.normal(2, 30, (9, 7)), rng.normal(size=(3, 2))
    larger, square = rng.normal(2, 30, (8, 9)), rng.normal(size=(3, 3))
    known = {
        (6, 5): ("last windows forgotten", "A row and a column of windows are missing at the end. How many starts has a kernel of 3 on 9 pixels?"),
        (9, 7): ("padded", "The map is as large as the image. Without padding, how many starts has a kernel of 3 on 9 pixels?"),
        (11, 8): ("zeros all round", "The map is larger than the image: windows of yours stick out on all sides, over zeros. Without padding, where does the first one start?"),
        (8, 5): ("height and width swapped", "That is the size for a kernel of 2 rows and 3 columns. This one has 3 rows and 2 columns."),
        (3, 3): ("moves by the kernel", "Your windows move by their own size. How far is one start from the next, with stride 1?"),
        (4, 3): ("always stride 2", "Your windows move by 2, and the stride is 1. Where does the stride come in?"),
        (6, 7): ("map transposed", "Rows and columns of the map have changed places: 9 rows under a kernel of 3 rows give 7."),
    }  # fmt: skip
    _reject_shape(attempt(image, kernel, 1), (7, 6), known)
    known = {
        (6, 8): ("stride ignored", "With stride 2 you still take every window. The map should have shape (3, 4)."),
        (4, 5): ("overhang counted", "A row and a column too many: on which pixels of this 8 x 9 image does the last window lie?"),
        (3, 5): ("rounded to the nearest", "A column too many: on which pixels of this 8 x 9 image does the last window lie? Which way do you round?"),
        (2, 3): ("first window not counted", "A row and a column too few: whole strides lead to the last window, and the first needs none."),
    }  # fmt: skip
    _reject_shape(attempt(larger, kernel, 2), (3, 4), known)
    text = "With stride 2, a row too few for this 7 x 10 image: you count all the starts, then divide by the stride. Which start is always taken?"
    _reject_shape(attempt(rng.normal(size=(7, 10)), square, 2), (3, 4), {(2, 4): ("the 1 inside the division", text)})
    cases = [
        case(image, kernel, 1),
        case(larger, kernel, 2),
        case(rng.normal(size=(11, 8)), rng.normal(size=(2, 4)), 3, note="stride 3"),
        case(rng.integers(0, 256, (7, 5)), np.array([[0.5, -1.25, 0.5]]), 1, note="an image of whole numbers, a kernel of broken ones"),
        case(rng.integers(0, 256, (9, 9)), np.array([[-1, 0, 1]] * 3), 2, note="whole numbers"),
        case(kernel, kernel, 1, note="a kernel as large as the image, which fits once"),
        case(rng.normal(size=(5, 4)), rng.normal(size=(5, 2)), 2, note="a kernel as high as the image"),
        case(rng.normal(size=(4, 3)), np.array([[-2.5]]), 1, note="a kernel of one number"),
        case(rng.normal(size=(5, 6)), square, 9, note="a stride longer than the image"),
        case(rng.uniform(0, 255, (28, 31)), rng.normal(size=(5, 3)), 1, note="an image of 28 x 31 pixels"),
        case(rng.normal(size=(10, 13)), np.full((2, 2), 0.25), 2, note="windows that do not overlap"),
        case(rng.normal(2, 30, (9, 7)), rng.normal(size=(3, 2)), 1, note="another image of that size"),
        case(rng.normal(size=(6, 5)), np.array([[-1, 0, 1]] * 3), 1, note="an image of broken numbers, a kernel of whole ones"),
        case(np.array([[-3, 700, 12], [4, 256, -90], [55, 0, 1000]]), np.array([[2, -1], [0, 3]]), 1, note="whole numbers below 0 and above 255"),
    ]  # fmt: skip
    wrong = {
        "flipped": (lambda x, k, s: _slide(x, k[::-1, ::-1], s), "The kernel has been turned by 180 degrees. Signal processing does so; a layer does not."),
        "mean, not sum": (lambda x, k, s: _slide(x, k, s) / k.size, "The mean of each window comes out. A convolution is a weighted sum."),
        "kernel not used": (lambda x, k, s: _slide(x, np.ones(k.shape), s), "Those are the sums of the windows. Where does the kernel come in?"),
        "sums multiplied": (lambda x, k, s: _slide(x, np.ones(k.shape), s) * k.sum(), "You add up the window and the kernel first, then multiply. Which weight belongs to which pixel?"),
        "never below zero": (lambda x, k, s: np.maximum(_slide(x, k, s), 0), "Where a sum is negative you return 0. A ReLU may follow a convolution; it is not part of it."),
        "stride counts but does not move": (_unmoved, "The map has its size, and its windows still start one pixel apart. Where does window (1, 1) start?"),
        "cut to whole numbers": (lambda x, k, s: _slide(x, k, s).astype(x.dtype), "For an image of whole numbers your map has lost what stands behind the point. Which kind of number does your map hold?"),
        "cut like the kernel": (lambda x, k, s: _slide(x, k, s).astype(k.dtype), "For a kernel of whole numbers your map has lost what stands behind the point. Which kind of number does your map hold?"),
        "image cut like the kernel": (lambda x, k, s: _slide(x.astype(k.dtype), k, s), "For a kernel of whole numbers the pixels lose what stands behind the point. In which kind of number do you multiply?"),
    }  # fmt: skip
    compare(
        attempt,
        _slide,
        cases,
        wrong,
        asked="the sum of kernel times window, for the window that starts at (i * stride, j * stride)",
    )
    for image_shape, kernel_shape, stride in (
        ((2, 6), (3, 2), 1),
        ((6, 1), (3, 2), 1),
        ((2, 2), (3, 3), 1),
        ((4, 9), (6, 1), 2),
        ((9, 4), (1, 5), 2),
    ):
        what = f"A kernel of shape {kernel_shape} on an image of shape {image_shape}"
        attempt.must_refuse((np.ones(image_shape), np.ones(kernel_shape), stride), what, "lets a large kernel pass")
    return "Channels, batches and padding are more of the same loop. The rest of the lesson makes it fast."


@lesson.exercise(
    "First how many outputs there are to be: n / stride, rounded up. Which pixels does the last window need?",
    "The windows cover (outputs - 1) * stride + kernel pixels. There are n. What is missing, if anything, is zeros.",
    "Halve the missing zeros. Where the halves differ, look at the row of four: at which end was TensorFlow's zero?",
)
def same_padding(attempt: Attempt) -> str:
    """Return (before, after): the zeros that TensorFlow's "same" adds to n pixels for a kernel and a stride."""
    cases = [
        case(5, 3, 1),
        case(4, 3, 2, note="the row of four"),
        case(7, 3, 2),
        case(6, 5, 2),
        case(8, 2, 1, note="an even kernel"),
        case(8, 4, 2, note="an even kernel, stride 2"),
        case(9, 4, 3, note="stride 3, which divides the pixels"),
        case(10, 4, 3, note="stride 3, which leaves one pixel over"),
        case(11, 4, 3, note="stride 3, which leaves two pixels over"),
        case(5, 1, 3, note="a kernel shorter than the stride: nothing is missing"),
        case(6, 2, 4, note="a kernel shorter than the stride"),
        case(9, 2, 4, note="a kernel shorter than the stride"),
        case(1, 3, 2, note="one pixel"),
        case(3, 7, 1, note="a kernel longer than the pixels"),
        case(1, 5, 1, note="one pixel under a long kernel"),
        case(1, 7, 1, note="one pixel under a longer kernel"),
        case(224, 7, 2, note="a photograph"),
        case(1000, 64, 5, note="a thousand pixels and a long kernel"),
    ]
    wrong = {
        "half the kernel at both ends": (lambda n, k, s: (k // 2, k // 2), "That is the recipe of the bug itself: the same zeros at both ends, whatever n and the stride are. What did TensorFlow do with four pixels?"),
        "the smaller half at both ends": (lambda n, k, s: ((k - 1) // 2, (k - 1) // 2), "The same zeros at both ends, whatever n and the stride are. What did TensorFlow do with four pixels?"),
        "extra zero in front": (lambda n, k, s: _same(n, k, s)[::-1], "The number of zeros is right. Where it is odd, the extra one is at the wrong end."),
        "odd zero lost": (lambda n, k, s: (sum(_same(n, k, s)) // 2,) * 2, "Where the number of zeros is odd, one is lost on its way. Both ends together hold all of them."),
        "odd zero doubled": (lambda n, k, s: (_same(n, k, s)[1],) * 2, "Where the number of zeros is odd, you add one too many. Both ends together hold just as many as are missing."),
        "stride ignored": (lambda n, k, s: _same(n, k, 1), "For stride 1 that is right. With a larger stride, windows step over pixels, and fewer zeros are missing."),
        "stride taken to divide n": (lambda n, k, s: _halves(max(k - s, 0)), "That is right where the stride divides n. What if pixels are left over behind the last whole stride?"),
        "one output too many": (lambda n, k, s: _halves(max(k - n % s, 0)), "That is right where the stride leaves pixels over. Where it divides n you ask for one output too many: with 4 pixels and stride 2, TensorFlow gives 2."),
        "fewer than none": (lambda n, k, s: _halves((-(-n // s) - 1) * s + k - n), "For 5 pixels, kernel 1 and stride 3 nothing is missing: pixels are left over. Fewer than no zeros cannot be added."),
        "size of the difference": (lambda n, k, s: _halves(abs((-(-n // s) - 1) * s + k - n)), "For 5 pixels, kernel 1 and stride 3 nothing is missing: pixels are left over, and you add zeros for them."),
        "rounded down": (lambda n, k, s: _halves(max((n // s - 1) * s + k - n, 0)), "You ask for n / stride outputs, rounded down. With 7 pixels and stride 2, TensorFlow gives 4."),
        "for as many outputs as pixels": (lambda n, k, s: _halves((n - 1) * s + k - n), "You ask for as many outputs as there are pixels, whatever the stride. With 4 pixels and stride 2, TensorFlow gives 2."),
        "not shared": (lambda n, k, s: (0, sum(_same(n, k, s))), "All the zeros are at the end. They are shared between both ends as evenly as can be."),
        "not halved": (lambda n, k, s: (sum(_same(n, k, s)),) * 2, "Each end gets all the zeros. They are shared between both ends."),
    }  # fmt: skip
    compare(
        attempt, _same, cases, wrong, asked="the zeros before and after, two ints, for which TensorFlow's windows fit"
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
    image, grad = rng.normal(2, 30, (6, 7)), rng.normal(size=(4, 6))
    known = {
        (6, 7): ("gradient of the image", "That is as large as the image. The kernel is smaller: 6 rows gave 4, so how long was it?"),
        (9, 12): ("larger than the image", "That is larger than the image. The kernel is smaller: 6 rows gave 4, so how long was it?"),
        (4, 6): ("as large as the map", "That is as large as the map. How large was the kernel that turned (6, 7) into (4, 6)?"),
        (2, 1): ("last entries forgotten", "A row and a column of the kernel are missing: 6 rows gave 4, so how long was it?"),
        (2, 3): ("height and width swapped", "Rows and columns have changed places: the kernel had 3 rows and 2 columns."),
    }  # fmt: skip
    _reject_shape(attempt(image, grad), (3, 2), known)
    cases = [
        case(image, grad),
        case(rng.normal(size=(7, 6)), rng.normal(size=(4, 3)), note="a kernel of 4 x 4"),
        case(rng.uniform(0, 255, (12, 10)), rng.normal(size=(10, 6)), note="a larger image"),
        case(rng.normal(size=(4, 6)), grad, note="a kernel of one number: the map is as large as the image"),
        case(rng.normal(size=(3, 5)), np.array([[-1.5]]), note="a kernel as large as the image: the map is one number"),
        case(rng.normal(size=(1, 9)), rng.normal(size=(1, 4)), note="an image of one row"),
        case(rng.integers(0, 99, (5, 4)), rng.integers(-9, 10, (2, 3)), note="whole numbers"),
        case(rng.integers(0, 99, (5, 4)), rng.normal(size=(3, 3)), note="an image of whole numbers"),
        case(rng.normal(size=(28, 31)), rng.normal(size=(24, 29)), note="an image of 28 x 31 pixels"),
        case(rng.normal(2, 30, (6, 7)), rng.normal(size=(4, 6)), note="another image of the first one's size"),
        case(
            rng.normal(size=(6, 5)),
            rng.integers(-9, 10, (4, 3)),
            note="an image of broken numbers, slopes that are whole",
        ),
    ]
    wrong = {
        "turned round": (lambda x, g: _slide(x, g)[::-1, ::-1], "Each number is right and stands at the opposite corner. Which pixels did kernel[0, 0] touch?"),
        "gradient flipped": (lambda x, g: _slide(x, g[::-1, ::-1]), "The gradient has been turned by 180 degrees on its way. Output (i, j) belongs to slope (i, j)."),
        "mean, not sum": (lambda x, g: _slide(x, g) / g.size, "You take the mean over the windows. Each of them adds its part."),
        "wrong sign": (lambda x, g: -_slide(x, g), "The sign is turned round: that is the direction of descent."),
        "the bias's": (lambda x, g: np.full(_slide(x, g).shape, g.sum()), "Every entry is the sum of grad_out. That is the bias's gradient: where is the image?"),
        "image summed": (lambda x, g: _slide(x, np.ones(g.shape)), "Those are sums of pixels alone. Which part of the loss hangs on each output?"),
        "sums multiplied": (lambda x, g: _slide(x, np.ones(g.shape)) * g.sum(), "You add up the pixels and the slopes first, then multiply. Which slope belongs to which pixel?"),
        "first output alone": (lambda x, g: x[: x.shape[0] - g.shape[0] + 1, : x.shape[1] - g.shape[1] + 1] * g[0, 0], "That is the part of the first window alone. Which other outputs did kernel[0, 0] feed?"),
        "last output alone": (lambda x, g: x[g.shape[0] - 1 :, g.shape[1] - 1 :] * g[-1, -1], "That is the part of the last window alone: each one overwrites what came before. How do the windows' parts come together?"),
        "cut to whole numbers": (lambda x, g: _slide(x, g).astype(x.dtype), "For an image of whole numbers your gradient has lost what stands behind the point. Which kind of number does it hold?"),
        "cut like the slopes": (lambda x, g: _slide(x, g).astype(g.dtype), "For slopes that are whole numbers your gradient has lost what stands behind the point. Which kind of number does it hold?"),
        "image cut like the slopes": (lambda x, g: _slide(x.astype(g.dtype), g), "For slopes that are whole numbers the pixels lose what stands behind the point. In which kind of number do you multiply?"),
    }  # fmt: skip
    compare(
        attempt,
        _slide,
        cases,
        wrong,
        asked="the slope of kernel[a, b], as central differences of the loss would measure it",
    )
    return "The gradient of a kernel is a convolution too: the image, with the map's gradient as its kernel."


@lesson.exercise(
    "Window (i, j) covers rows i * size to (i + 1) * size, and the same for columns. Batch and channels stay as they are.",
    "X[:, top : top + size, left : left + size].max(axis=(1, 2)) is (n, c): one place of the output.",
    "Make the output with np.zeros((n, h // size, w // size, c)) and fill every place. An empty batch then needs no care.",
)
def max_pool(attempt: Attempt) -> str:
    """Return the largest value of each window, (n, h // size, w // size, c), for X (n, h, w, c); leftovers are dropped."""
    rng = np.random.default_rng(93)
    X = rng.normal(-5, 20, (3, 5, 7, 2))
    X[0, :2, :2] = -np.abs(X[0, :2, :2]) - 9.0
    known = {
        (3, 4, 6, 2): ("windows overlap", "The window moves by one pixel. In pooling it moves by its own size."),
        (3, 3, 4, 2): ("leftovers pooled", "The fifth row and the seventh column have no partners, and you pool them too. They should be dropped."),
        (3, 3, 3, 2): ("leftover row pooled", "The fifth row has no partner, and you pool it alone. It should be dropped."),
        (3, 2, 4, 2): ("leftover column pooled", "The seventh column has no partner, and you pool it alone. It should be dropped."),
        (3, 2, 3): ("channels pooled", "The channels are gone: each keeps its own maximum."),
        (3, 2, 3, 1): ("one channel left", "One channel is left of two. The maximum is over rows and columns alone."),
        (2, 3, 2): ("batch pooled", "The batch is gone: each picture keeps its own maximum."),
        (3, 2): ("whole picture at once", "That is the maximum over the whole picture, and the windows have size 2."),
        (3, 3, 2, 2): ("rows and columns swapped", "Rows and columns of the result have changed places: 5 rows give 2 windows, and 7 columns give 3."),
    }  # fmt: skip
    _reject_shape(attempt(X, 2), (3, 2, 3, 2), known)
    cases = [
        case(X, 2),
        case(X, 3, note="windows of size 3"),
        case(X, 1, note="windows of size 1, which leave the picture as it is"),
        case(X, 5, note="windows as high as the picture, which fit"),
        case(X.swapaxes(1, 2)[:, :, ::-1].copy(), 5, note="windows as wide as the picture, which fit"),
        case(rng.normal(size=(2, 8, 4, 1)), 4, note="one channel"),
        case(-rng.uniform(20, 300, (1, 6, 9, 3)), 3, note="values below 0 everywhere"),
        case(rng.integers(0, 4, (2, 6, 7, 2)) * 100, 2, note="whole numbers, with ties"),
        case(np.array(-2.5).reshape(1, 1, 1, 1), 1, note="a picture of one pixel"),
        case(rng.normal(size=(8, 14, 17, 3)), 2, note="eight pictures of 14 x 17 pixels"),
        case(rng.normal(-5, 20, (3, 5, 7, 2)), 2, note="other pictures of the first ones' size"),
        case(rng.uniform(-5000, 5000, (2, 6, 4, 2)), 2, note="values up to 5000"),
        case(-1e12 * rng.uniform(1, 3, (1, 4, 4, 2)), 2, note="values below -1e12"),
    ]
    wrong = {
        "never below zero": (lambda X, size: np.maximum(_pooled(X, size), 0), "Where all values are negative you return 0. With which value does your maximum begin?"),
        "mean, not maximum": (lambda X, size: _pooled(X, size, np.mean), "Those are means. That is pooling too, but the maximum is asked for."),
        "minimum": (lambda X, size: _pooled(X, size, np.min), "Those are the smallest values. The largest are asked for."),
        "one corner": (lambda X, size: _windows(X, size)[:, :, 0, :, 0], "The first pixel of each window comes out. That is a stride, and no maximum."),
        "size of the number": (lambda X, size: _pooled(np.abs(X), size), "You look for the largest size and forget the sign: -9 is less than -1."),
        "pixels far apart": (_pooled_far_apart, "The shape is right, and each maximum is over pixels that lie far apart. Which axis of your reshape counts the windows, and which the pixels in a window?"),
        "moves by one pixel": (_pooled_too_near, "The map has its size, and its windows start one pixel apart. Where does window (1, 1) start?"),
        "all channels alike": (lambda X, size: _pooled(X, size).max(axis=3, keepdims=True) + np.zeros(X.shape[3]), "All channels get the maximum of them all. Each keeps its own."),
        "all pictures alike": (lambda X, size: _pooled(X, size).max(axis=0) + np.zeros((len(X), 1, 1, 1)), "All pictures get the maximum of them all. Each keeps its own."),
    }  # fmt: skip
    compare(
        attempt, _pooled, cases, wrong, asked="the largest value of each window, for each picture and channel by itself"
    )
    for shape, size in (((0, 5, 7, 2), 2), ((0, 3, 3, 1), 3)):
        _check_empty_batch(attempt, shape, size)
    for images, size, what, name in (
        (X, 6, "A window of 6 on a picture of 5 rows", "lets a large window pass"),
        (X.swapaxes(1, 2), 6, "A window of 6 on a picture of 5 columns", "lets a wide window pass"),
        (X, 8, "A window of 8 on a picture of 5 rows and 7 columns", "lets a large window pass"),
        (X, -2, "A window of size -2", "lets a negative size pass"),
        (X, -1, "A window of size -1", "lets a negative size pass"),
        (X, 0, "A window of size 0", "lets size 0 pass"),
        (X, 2.5, "A window of size 2.5", "lets a broken size pass"),
        (X, 1.5, "A window of size 1.5", "lets a broken size pass"),
        (X, 0.5, "A window of size 0.5", "lets a broken size pass"),
        (X[:0], 6, "A window of 6 on an empty batch of pictures of 5 rows", "lets a large window pass on no pictures"),
    ):
        attempt.must_refuse((images, size), what, name)
    for size in ("2", None):
        if not isinstance(attempt.error(X, size), (ValueError, TypeError)):  # Python itself calls it a TypeError
            text = f"A window of size {size!r} is accepted, or stops with another error than a ValueError. It is no whole number."
            raise NotYet(text, "lets text pass" if size else "lets None pass")
    return "No weights at all. With windows of 2, three of four numbers are thrown away, and the layers behind see twice as far for it."


@lesson.exercise(
    "Go through the layers from the first on. One unit of the first layer sees `kernel` pixels. What does the next layer add?",
    "Keep a second number: how many pixels lie between two neighbouring units. At the start it is 1.",
    "A layer adds (kernel - 1) times that distance, and only then multiplies the distance by its stride.",
)
def receptive_field(attempt: Attempt) -> str:
    """Return how many pixels in a row one unit of the last layer sees, for [(kernel, stride), ...], first layer first."""
    stacks = [
        ([(3, 1), (3, 2), (5, 1), (2, 3), (3, 1)], ""),
        ([(3, 1)] * 4, "a layer adds 2 pixels"),
        ([(3, 2), (3, 2)], ""),
        ([(7, 2), (3, 2), (3, 1), (3, 2)], "the last stride concerns the layers behind it"),
        ([(5, 3)], "one layer"),
        ([(2, 2), (4, 2), (2, 1)], "even kernels"),
        ([(1, 1), (3, 1), (1, 1), (3, 2), (1, 1), (2, 1)], "some kernels of one pixel"),
        ([(7, 2), (3, 2), (3, 2), (5, 2), (3, 2), (3, 1), (5, 1)], "five strides of 2"),
        ([(3, 1), (2, 2), (3, 2), (2, 1), (5, 1)], "five other layers"),
        ([], "no layer: a unit is a pixel, and it sees itself"),
        ([(1, 2), (3, 1)], "between the pixels seen others are left out; from the first to the last"),
        ([(3, 1), (1, 2), (3, 1)], "a kernel of one pixel with a stride"),
        ([(16, 16), (3, 1)], "a stride of 16"),
        ([(9, 1), (11, 2), (3, 1)], "long kernels"),
        ([(1, 2)] * 12 + [(3, 1)], "twelve strides of 2"),
    ]
    cases = [case(layers, note=f"{_shown(layers)}{', ' if note else ''}{note}") for layers, note in stacks]
    wrong = {
        "kernels added up": (lambda layers: sum(k for k, _ in layers), "You add up the kernels. Two kernels of 3 see 5 pixels and not 6: their windows overlap."),
        "strides ignored": (lambda layers: _field(layers, jump=lambda before, s: 1), "That is the answer if every stride is 1. Behind a stride of 2, neighbouring units look at places 2 pixels apart."),
        "stride too early": (lambda layers: _field(layers, adds=lambda k, s, jump: (k - 1) * jump * s), "A layer's own stride spreads the units behind it, not its own window."),
        "kernels multiplied": (lambda layers: int(np.prod([k for k, _ in layers])), "You multiply the kernels. That would hold if no windows overlapped."),
        "one too few": (lambda layers: _field(layers, start=0), "One too few. What does a unit see of the picture if there is no layer at all?"),
        "wrong end first": (lambda layers: _backwards(layers[::-1]), "You go through the layers in the wrong direction for this formula."),
        "last layer alone": (lambda layers: layers[-1][0] if layers else 1, "That is what the last layer sees of the layer before it. How far is that in the picture?"),
        "stride of one layer only": (lambda layers: _field(layers, jump=lambda before, s: s), "Only the stride of the layer just before counts in yours. Behind two strides of 2, how far apart do neighbouring units look?"),
        "strides added up": (lambda layers: _field(layers, jump=lambda before, s: before + s - 1), "You add up the strides. Behind two strides of 3, how far apart do neighbouring units look?"),
        "whole kernels": (lambda layers: _field(layers, adds=lambda k, s, jump: k * jump), "Each layer adds its whole kernel. One of its places is what the unit sees already: a kernel of 1 adds nothing."),
        "whole kernels from nothing": (lambda layers: _field(layers, start=0, adds=lambda k, s, jump: k * jump), "Each layer adds its whole kernel in yours. Two kernels of 3 see 5 pixels and not 6: how many does the second add?"),
        "pixels counted": (_counted, "You count the pixels that are seen, and between them others are left out: [(1, 2), (3, 1)] sees pixels 0, 2 and 4. How many pixels is it from the first to the last?"),
        "kernels of 1 passed over": (lambda layers: _field([layer for layer in layers if layer[0] > 1]), "You pass over the kernels of one pixel. They add no pixel: what does their stride do?"),
        "no layers": (lambda layers: _field(layers, start=bool(layers) * 1), "Without any layer a unit is a pixel, and it sees itself: 1."),
    }  # fmt: skip
    compare(
        attempt,
        _field,
        cases,
        wrong,
        asked="how many pixels in a row it is from the first that one unit sees to the last; begin with two layers and draw it",
    )
    return (
        "A network cannot recognise what does not fit into this window: compare it with your object before you train."
    )


def when_right(answer: Callable) -> Callable:
    """Return the learner's function where its check finds it right, else the course's own, for the lesson to go on with.

    Parameters
    ----------
    answer : callable
        `output_size`, `convolve_2d` or `max_pool`, under that name.

    Returns
    -------
    callable
        It takes what `answer` takes, and returns a plain int or a float64 array whatever kind of number the learner chose.

    Raises
    ------
    ValueError
        If the lesson goes on with no function of that name.
    """
    return lesson.when_right(answer, _OWN)


def _reject_rounding(attempt: Attempt) -> None:
    """Raise `NotYet` where the number of windows is rounded to the nearest, in any of the ways in which that is written."""
    asked = [(8, 3, 3, 0), (7, 3, 3, 0), (6, 3, 3, 0), (224, 7, 2, 3), (11, 1, 2, 0), (14, 2, 5, 1)]
    got = [number(attempt(*size)) for size in asked]
    text = "With stride 3 a kernel of 3 fits twice on 6 pixels, and on 8 just as often. Which way do you round?"
    for rule in (
        lambda room, stride: round(room / stride) + 1,
        lambda room, stride: round(room / stride + 1),
        lambda room, stride: round((room + 1) / stride),
        lambda room, stride: int(room / stride + 1.5),
    ):
        value = [rule(n + 2 * padding - kernel, stride) for n, kernel, stride, padding in asked]
        reject_known(got, {"rounded to the nearest": (value, text)})


def _slide(image: np.ndarray, kernel: np.ndarray, stride: int = 1) -> np.ndarray:
    """Return the map of `kernel` on `image`, both of two axes, as floats."""
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)[::stride, ::stride]
    return np.einsum("ijab,ab->ij", windows, kernel).astype(float)


def _unmoved(image: np.ndarray, kernel: np.ndarray, stride: int) -> np.ndarray:
    """Return a map of the right size whose windows start one pixel apart."""
    rows, columns = _slide(image, kernel, stride).shape
    return _slide(image, kernel)[:rows, :columns]


def _same(n: int, kernel: int, stride: int) -> tuple[int, int]:
    return _halves(max((-(-n // stride) - 1) * stride + kernel - n, 0))


def _halves(missing: int) -> tuple[int, int]:
    return missing // 2, missing - missing // 2


def _windows(X: np.ndarray, size: int) -> np.ndarray:
    """Return X (n, h, w, c) cut into whole windows: (n, h // size, size, w // size, size, c)."""
    n, h, w, c = X.shape
    rows, columns = h // size, w // size
    return X[:, : rows * size, : columns * size].reshape(n, rows, size, columns, size, c)


def _pooled(X: np.ndarray, size: int, how: Any = np.max) -> np.ndarray:
    return how(_windows(X, size), axis=(2, 4)).astype(float)


def _pooled_far_apart(X: np.ndarray, size: int) -> np.ndarray:
    """Return what a reshape with window and place exchanged gives."""
    n, h, w, c = X.shape
    rows, columns = h // size, w // size
    return X[:, : rows * size, : columns * size].reshape(n, size, rows, size, columns, c).max(axis=(1, 3))


def _pooled_too_near(X: np.ndarray, size: int) -> np.ndarray:
    """Return maxima of windows that start one pixel apart, as many as there should be."""
    rows, columns = X.shape[1] // size, X.shape[2] // size
    windows = np.lib.stride_tricks.sliding_window_view(X, (size, size), axis=(1, 2))
    return windows[:, :rows, :columns].max(axis=(4, 5)).astype(float)


def _check_empty_batch(attempt: Attempt, shape: tuple[int, ...], size: int) -> None:
    """Raise `NotYet` unless no pictures give no pools; a list of them is empty and has no further shape."""
    want = (0, shape[1] // size, shape[2] // size, shape[3])
    try:
        got = attempt(np.zeros(shape), size)
        if not (isinstance(got, (list, tuple)) and len(got) == 0):
            array(got, want)
    except NotYet as error:
        text = f"An empty batch has shape {shape}, and its pools of size {size} {want}. {error}"
        raise NotYet(text[:560], "empty batch") from None


def _field(
    layers: list,
    start: int = 1,
    adds: Any = lambda kernel, stride, jump: (kernel - 1) * jump,
    jump: Any = lambda before, stride: before * stride,
) -> int:
    """Return the receptive field; `start`, `adds` and `jump` are the three places where it may go wrong."""
    seen, distance = start, 1
    for kernel, stride in layers:
        seen += adds(kernel, stride, distance)
        distance = jump(distance, stride)
    return seen


def _counted(layers: list) -> int:
    """Return how many pixels are seen, without those that are left out between them."""
    seen = {0}
    for kernel, stride in layers[::-1]:
        seen = {place * stride + step for place in seen for step in range(kernel)}
    return len(seen)


def _shown(layers: list) -> str:
    return str(layers) if len(layers) < 10 else f"[{layers[0]}, ..., {layers[-1]}], {len(layers)} layers"


def _backwards(layers: list) -> int:
    seen = 1
    for kernel, stride in layers[::-1]:
        seen = (seen - 1) * stride + kernel
    return seen


def _reject_shape(value: Any, shape: tuple[int, ...], known: Mapping[tuple, tuple[str, str]]) -> None:
    """Raise `NotYet` with the (name, message) of `known` for the shape of `value`, or unless it is an array of `shape`."""
    try:
        found = np.shape(value)
    except Exception:
        found = None
    if found in known:
        raise NotYet(known[found][1], known[found][0])
    array(value, shape)


def _windows_along(n: int, kernel: int, stride: int, padding: int) -> int:
    if stride < 1 or kernel > n + 2 * padding:
        raise ValueError(
            f"a kernel of {kernel} with stride {stride} does not fit on {n} pixels and 2 x {padding} zeros"
        )
    return (n + 2 * padding - kernel) // stride + 1


def _looped(image: np.ndarray, kernel: np.ndarray, stride: int) -> np.ndarray:
    (h, w), (kh, kw) = image.shape, kernel.shape
    out = np.zeros((_windows_along(h, kh, stride, 0), _windows_along(w, kw, stride, 0)))
    for i, j in np.ndindex(out.shape):
        top, left = i * stride, j * stride
        out[i, j] = np.sum(image[top : top + kh, left : left + kw] * kernel)
    return out


def _floats(values: Any) -> np.ndarray:
    return np.asarray(values, dtype=float)


_OWN = {"output_size": (_windows_along, int), "convolve_2d": (_looped, _floats), "max_pool": (_pooled, _floats)}

"""Right and wrong answers to the exercises of lesson 09."""

from __future__ import annotations

import math

import numpy as np

from tests.exercises.harness import Case


def _output(
    formula=lambda n, k, s, p: (n + 2 * p - k) // s + 1,
    fits=lambda n, k, p: k <= n + 2 * p,
    least_stride=1,
    error=ValueError,
):
    def size(n, kernel, stride, padding):
        if stride < least_stride or not fits(n, kernel, padding):
            raise error(f"received n {n}, kernel {kernel}, stride {stride}, padding {padding}")
        return formula(n, kernel, stride, padding)

    return size


def _counted(n, kernel, stride, padding):
    if stride < 1:
        raise ValueError("stride")
    starts = np.arange(0, n + 2 * padding - kernel + 1, stride)
    if not len(starts):
        raise ValueError("too large")
    return len(starts)


def _zero_divides(n, kernel, stride, padding):
    if kernel > n + 2 * padding:
        raise ValueError("too large")
    return (n + 2 * padding - kernel) // stride + 1


def _slide(
    inside=lambda w, k: np.sum(w * k), step=lambda s: s, less=0, swap=False, pad=0, turn=False, check=True, any_fit=True
):
    def convolve(image, kernel, stride):
        kh, kw = kernel.shape
        if check and (kh > image.shape[0] or kw > image.shape[1]):
            raise ValueError(f"a kernel {kernel.shape} does not fit into {image.shape}")
        if not any_fit and kernel.shape == image.shape:
            return np.array([[0.0]])
        if pad:
            image = np.pad(image, ((1, 1), (0, 1)))
        k = kernel[::-1, ::-1] if turn else kernel
        rows, columns = (image.shape[0] - kh) // stride + 1 - less, (image.shape[1] - kw) // stride + 1 - less
        if swap:
            rows, columns = (image.shape[0] - kw) // stride + 1, (image.shape[1] - kh) // stride + 1
        out = np.zeros((max(rows, 0), max(columns, 0)))
        for i, j in np.ndindex(out.shape):
            window = np.zeros((kh, kw))
            part = image[i * step(stride) : i * step(stride) + kh, j * step(stride) : j * step(stride) + kw]
            window[: part.shape[0], : part.shape[1]] = part
            out[i, j] = inside(window, k)
        return out

    return convolve


def _by_view(image, kernel, stride):
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)[::stride, ::stride]
    return (windows * kernel).sum(axis=(2, 3)).tolist()


def _room_for_overhang(image, kernel, stride):
    out = _slide()(image, kernel, stride)
    return np.pad(out, ((0, 1), (0, 1))) if stride > 1 else out


def _counts(count):
    def convolve(image, kernel, stride):
        (h, w), (kh, kw) = image.shape, kernel.shape
        if kh > h or kw > w:
            raise ValueError(f"a kernel {kernel.shape} does not fit into {image.shape}")
        out = np.zeros((count(h - kh, stride) + 1, count(w - kw, stride) + 1))
        for i, j in np.ndindex(out.shape):
            out[i, j] = np.sum(image[i * stride :, j * stride :][:kh, :kw] * kernel)
        return out

    return convolve


def _only_stride_one_moves(image, kernel, stride):
    out = _slide()(image, kernel, stride)
    return out if stride == 1 else out + 1


def _asserting(image, kernel, stride):
    assert kernel.shape[0] <= image.shape[0]
    assert kernel.shape[1] <= image.shape[1]
    return _slide()(image, kernel, stride)


def _same(n, kernel, stride):
    missing = max((math.ceil(n / stride) - 1) * stride + kernel - n, 0)
    return missing // 2, missing - missing // 2


def _same_by_trial(n, kernel, stride):
    missing = 0
    while (n + missing - kernel) // stride + 1 < -(-n // stride):
        missing += 1
    return [missing // 2, (missing + 1) // 2]


def _negative(n, kernel, stride):
    missing = (math.ceil(n / stride) - 1) * stride + kernel - n
    return missing // 2, missing - missing // 2


def _rounded_down(n, kernel, stride):
    missing = max((n // stride - 1) * stride + kernel - n, 0)
    return missing // 2, missing - missing // 2


def _kernel_gradient(
    part=lambda pixels, grad: np.sum(pixels * grad), less=0, shape=None, turn_grad=False, last=lambda g: g
):
    def gradient(image, grad_out):
        oh, ow = grad_out.shape
        g = grad_out[::-1, ::-1] if turn_grad else grad_out
        kernel = np.zeros((image.shape[0] - oh + 1 - less, image.shape[1] - ow + 1 - less))
        for a, b in np.ndindex(kernel.shape):
            kernel[a, b] = part(image[a : a + oh, b : b + ow], g)
        return last(kernel) if shape is None else np.ones(shape(image, grad_out))

    return gradient


def _over_outputs(image, grad_out):
    oh, ow = grad_out.shape
    kh, kw = image.shape[0] - oh + 1, image.shape[1] - ow + 1
    return sum(grad_out[i, j] * image[i : i + kh, j : j + kw] for i, j in np.ndindex(oh, ow))


def _by_differences(image, grad_out):
    shape = tuple(i - o + 1 for i, o in zip(image.shape, grad_out.shape, strict=True))

    def loss(kernel):
        return np.sum(_slide()(image, kernel, 1) * grad_out)

    return [[loss(np.eye(1, math.prod(shape), a * shape[1] + b).reshape(shape)) for b in range(shape[1])] for a in range(shape[0])]  # fmt: skip


def _square(image, grad_out):
    o = grad_out.shape[0]
    out = np.zeros((image.shape[0] - o + 1, image.shape[1] - o + 1))
    for a, b in np.ndindex(out.shape):
        out[a, b] = np.sum(image[a : a + o, b : b + o] * grad_out)
    return out


def _never_one(image, grad_out):
    out = _over_outputs(image, grad_out)
    return out if out.size > 1 else out + 1


def _fit(X, size):
    if size != int(size) or not 1 <= size <= min(X.shape[1:3]):
        raise ValueError(f"windows of size {size} for pictures {X.shape[1:3]}")


def _pool(inside=lambda w: w.max(axis=(1, 2)), check=_fit, step=None, begin=None):
    def pool(X, size):
        check(X, size)
        n, h, w, c = X.shape
        jump = step or size
        rows, columns = int(h - size) // jump + 1, int(w - size) // jump + 1
        out = np.zeros((n, rows, columns, c))
        for i, j in np.ndindex(rows, columns):
            out[:, i, j] = inside(X[:, i * jump : i * jump + size, j * jump : j * jump + size])
        return out if begin is None else np.maximum(out, begin)

    return pool


def _pool_by_shape(X, size):
    _fit(X, size)
    n, h, w, c = X.shape
    rows, columns = h // size, w // size
    return X[:, : rows * size, : columns * size].reshape(n, rows, size, columns, size, c).max((2, 4))


def _rows_cropped(X, size):
    _fit(X, size)
    n, h, w, c = X.shape
    return X[:, : h // size * size].reshape(n, h // size, size, w // size, size, c).max((2, 4))


def _leftovers(X, size, pooled=(True, True)):
    h, w = X.shape[1:3]
    rows, columns = (-(-m // size) if up else m // size for m, up in zip((h, w), pooled, strict=True))
    return np.stack(
        [
            np.stack(
                [X[:, i * size : (i + 1) * size, j * size : (j + 1) * size].max((1, 2)) for j in range(columns)], 1
            )
            for i in range(rows)
        ],
        1,
    )


def _no_empty(X, size):
    if not len(X):
        raise IndexError("an empty batch")
    return _pool()(X, size)


def _always_two(X, size):
    out = _pool()(X, size)
    return out if size == 2 else out + 1


def _refuses(test):
    def check(X, size):
        if test(X, size):
            raise ValueError(f"windows of size {size} for pictures {X.shape[1:3]}")

    return check


def _field(start=1, step=lambda r, jump, k, s: (r + (k - 1) * jump, jump * s)):
    def field(layers):
        r, jump = start, 1
        for k, s in layers:
            r, jump = step(r, jump, k, s)
        return r

    return field


def _backwards(layers):
    r = 1
    for k, s in layers[::-1]:
        r = (r - 1) * s + k
    return r


def _wrong_end(layers):
    r = 1
    for k, s in layers:
        r = (r - 1) * s + k
    return r


def _in_tensorflow(function):
    """Return `function` of its arrays as float32 tensors, with TensorFlow as its first argument."""

    def tensors(*args):
        import tensorflow as tf

        return function(tf, *(tf.constant(a, tf.float32) if isinstance(a, np.ndarray) else a for a in args))

    return tensors


def _in_float32(function):
    """Return `function` of its arrays in float32."""

    def small(*args):
        return function(*(a.astype(np.float32) if isinstance(a, np.ndarray) else a for a in args))

    return small


def _walking(n, kernel, stride, padding):
    if stride <= 0:
        raise ValueError(f"stride {stride}")
    total, start, count = n + 2 * padding, 0, 0
    while start + kernel <= total:
        start, count = start + stride, count + 1
    if count == 0:
        raise ValueError(f"kernel {kernel}")
    return count


def _fitting(convolve):
    """Return `convolve` with the refusal that is asked for."""

    def checked(image, kernel, stride):
        if any(k > n for k, n in zip(kernel.shape, image.shape, strict=True)):
            raise ValueError(f"{kernel.shape} is larger than {image.shape}")
        return convolve(image, kernel, stride)

    return checked


def _by_scipy(image, kernel, stride):
    from scipy import signal

    return signal.correlate2d(image, kernel, mode="valid")[::stride, ::stride]


def _by_scipy_flipped(image, kernel, stride):
    from scipy import signal

    return signal.convolve2d(image, kernel, mode="valid")[::stride, ::stride]


def _by_keras(image, kernel, stride):
    import keras

    X, K = image[None, :, :, None].astype("float32"), kernel[:, :, None, None].astype("float32")
    return keras.ops.conv(X, K, strides=stride)[0, :, :, 0]


def _four_loops(image, kernel, stride):
    (h, w), (kh, kw) = image.shape, kernel.shape
    rows = []
    for top in range(0, h - kh + 1, stride):
        row = []
        for left in range(0, w - kw + 1, stride):
            total = 0
            for a in range(kh):
                for b in range(kw):
                    total += image[top + a, left + b] * kernel[a, b]
            row.append(total)
        rows.append(row)
    return rows


def _by_shifts(image, kernel, stride):
    (h, w), (kh, kw) = image.shape, kernel.shape
    shifted = [image[a : h - kh + 1 + a, b : w - kw + 1 + b] * kernel[a, b] for a, b in np.ndindex(kh, kw)]
    return sum(shifted)[::stride, ::stride]


def _as_a_product(image, kernel, stride):
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)[::stride, ::stride]
    return windows.reshape(*windows.shape[:2], -1) @ kernel.ravel()


def _like_the_image(image, kernel, stride):
    found = np.array(_four_loops(image, kernel, stride))
    out = np.zeros_like(image, shape=found.shape)
    out[...] = found
    return out


def _starts_by_kernel(image, kernel, stride):
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.einsum("ijab,ab->ij", windows[:: kernel.shape[0], :: kernel.shape[1]], kernel)


def _halves(missing):
    return missing // 2, missing - missing // 2


def _by_documentation(n, kernel, stride):
    missing = max(kernel - stride, 0) if n % stride == 0 else max(kernel - n % stride, 0)
    before = missing // 2
    return before, missing - before


def _by_counting(n, kernel, stride):
    covered = max(range(0, n, stride)) + kernel
    zeros = [0] * max(0, covered - n)
    return [len(zeros[: len(zeros) // 2]), len(zeros[len(zeros) // 2 :])]


def _same_in_tensorflow(n, kernel, stride):
    import tensorflow as tf

    outputs = tf.cast(tf.math.ceil(n / stride), tf.int32)
    missing = tf.maximum((outputs - 1) * stride + kernel - n, 0)
    return tf.stack([missing // 2, missing - missing // 2])


def _six_loops(image, grad_out):
    (h, w), (oh, ow) = image.shape, grad_out.shape
    out = [[0.0] * (w - ow + 1) for _ in range(h - oh + 1)]
    for i in range(oh):
        for j in range(ow):
            for a in range(h - oh + 1):
                for b in range(w - ow + 1):
                    out[a][b] += grad_out[i, j] * image[i + a, j + b]
    return out


def _by_rows(image, grad_out):
    kh, kw = image.shape[0] - grad_out.shape[0] + 1, image.shape[1] - grad_out.shape[1] + 1
    rows = np.lib.stride_tricks.sliding_window_view(image, (kh, kw)).reshape(-1, kh * kw)
    return (rows.T @ grad_out.ravel()).reshape(kh, kw)


def _by_tape(image, grad_out):
    import tensorflow as tf

    shape = [i - o + 1 for i, o in zip(image.shape, grad_out.shape, strict=True)]
    kernel = tf.zeros([*shape, 1, 1], tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(kernel)
        out = tf.nn.conv2d(tf.constant(image, tf.float64)[None, :, :, None], kernel, 1, "VALID")[0, :, :, 0]
    return tape.gradient(out, kernel, tf.constant(grad_out, tf.float64))[:, :, 0, 0]


def _gradient_by_scipy(image, grad_out):
    from scipy import signal

    return signal.correlate2d(image, grad_out, "valid")


def _gradient_like_the_image(image, grad_out):
    found = _over_outputs(image, grad_out)
    out = np.zeros_like(image, shape=found.shape)
    out[...] = found
    return out


def _overwritten(image, grad_out):
    kh, kw = (i - o + 1 for i, o in zip(image.shape, grad_out.shape, strict=True))
    for i, j in np.ndindex(grad_out.shape):
        out = grad_out[i, j] * image[i : i + kh, j : j + kw]
    return out


def _pool_in_loops(X, size):
    _fit(X, size)
    n, h, w, c = X.shape
    out = np.full((n, h // size, w // size, c), -np.inf)
    for i in range(h // size * size):
        for j in range(w // size * size):
            place = out[:, i // size, j // size]
            np.maximum(place, X[:, i, j], out=place)
    return out


def _pool_by_keras(X, size):
    import keras

    _fit(X, size)
    if not len(X):
        return np.zeros((0, X.shape[1] // size, X.shape[2] // size, X.shape[3]))
    return keras.ops.max_pool(X.astype("float32"), size, size)


def _pool_by_view(X, size):
    _fit(X, size)
    views = np.lib.stride_tricks.sliding_window_view(X, (size, size), axis=(1, 2))
    return views[:, ::size, ::size].max(axis=(-1, -2))


def _pool_picture_by_picture(X, size):
    _fit(X, size)
    h, w = (m // size * size for m in X.shape[1:3])
    return [
        [[x[i : i + size, j : j + size].max(axis=(0, 1)) for j in range(0, w, size)] for i in range(0, h, size)]
        for x in X
    ]


def _pool_of_halves(X, size):
    _fit(X, size)
    rows = np.stack([X[:, i : X.shape[1] // size * size : size] for i in range(size)]).max(axis=0)
    return np.stack([rows[:, :, j : X.shape[2] // size * size : size] for j in range(size)]).max(axis=0)


def _lost_shape(X, size):
    return np.array(_pool_picture_by_picture(X, size))


def _far_apart(X, size):
    _fit(X, size)
    n, h, w, c = X.shape
    rows, columns = h // size, w // size
    return X[:, : rows * size, : columns * size].reshape(n, size, rows, size, columns, c).max(axis=(1, 3))


def _near(X, size):
    _fit(X, size)
    n, h, w, c = X.shape
    out = np.zeros((n, h // size, w // size, c))
    for i, j in np.ndindex(out.shape[1:3]):
        out[:, i, j] = X[:, i : i + size, j : j + size].max(axis=(1, 2))
    return out


def _seen_pixels(layers):
    places = {0}
    for kernel, stride in reversed(layers):
        places = {place * stride + a for place in places for a in range(kernel)}
    return len(places)


def _span(layers):
    first = last = 0
    for kernel, stride in layers[::-1]:
        first, last = first * stride, last * stride + kernel - 1
    return last - first + 1


def _by_influence(layers):
    seen = np.ones(1)  # the gradient of one unit
    for kernel, stride in layers[::-1]:
        spread = np.zeros((len(seen) - 1) * stride + 1)
        spread[::stride] = seen
        seen = np.convolve(spread, np.ones(kernel))
    return len(seen)


def _with_products(layers):
    return 1 + sum((k - 1) * math.prod(s for _, s in layers[:i]) for i, (k, _) in enumerate(layers))


def _recursive(layers):
    if not layers:
        return 1
    *_, (kernel, _) = layers
    distance = int(np.prod([s for _, s in layers[:-1]], dtype=int))
    return _recursive(layers[:-1]) + (kernel - 1) * distance


UNTOUCHED = [
    "argument sorted",
    "argument absolute",
    "argument rounded",
    "argument kept in [-10, 10]",
    "argument kept below 256",
    "argument cut to six",
]
NUMBERS_ONLY = dict.fromkeys(
    UNTOUCHED, "no argument is an array or a list of numbers: this is the worked answer itself"
)

ALL_NUMBERS = "the arguments are single numbers: where they are equal, so is the result"


CASES = {
    "output_size": Case(
        right=[
            _output(),
            _counted,
            _output(lambda n, k, s, p: math.ceil((n + 2 * p - k + 1) / s)),
            _output(lambda n, k, s, p: np.int64((n + 2 * p - k) // s + 1)),
            _walking,
            _output(lambda n, k, s, p: len(range(0, n + 2 * p - k + 1, s))),
            _output(lambda n, k, s, p: int((n + 2 * p - k) / s) + 1),
            _output(lambda n, k, s, p: math.floor((n + 2 * p - k) / s + 1)),
            _output(lambda n, k, s, p: divmod(n + 2 * p - k, s)[0] + 1),
            _output(lambda n, k, s, p: (n + 2 * p - k + s) // s),
            _output(lambda n, k, s, p: np.zeros(n + 2 * p)[: n + 2 * p - k + 1 : s].size),
            _output(lambda n, k, s, p: np.array((n + 2 * p - k) // s + 1, dtype=np.int32)),
            _output(lambda n, k, s, p: len(np.lib.stride_tricks.sliding_window_view(np.zeros(n + 2 * p), k)[::s])),
        ],
        wrong={
            "first window not counted": _output(lambda n, k, s, p: (n + 2 * p - k) // s),
            "overhang counted": _output(lambda n, k, s, p: math.ceil((n + 2 * p - k) / s) + 1),
            "not rounded": _output(lambda n, k, s, p: (n + 2 * p - k) / s + 1),
            "not whole": _output(lambda n, k, s, p: np.floor((n + 2 * p - k) / s) + 1),
            "zeros at one end only": _output(lambda n, k, s, p: (n + p - k) // s + 1),
            "padding ignored": _output(lambda n, k, s, p: (n - k) // s + 1),
            "stride ignored": _output(lambda n, k, s, p: n + 2 * p - k + 1),
            "kernel not subtracted": _output(lambda n, k, s, p: (n + 2 * p) // s + 1),
            "kernel not subtracted, nor the first counted": _output(lambda n, k, s, p: (n + 2 * p) // s),
            "rounded to the nearest": _output(lambda n, k, s, p: round((n + 2 * p - k) / s) + 1),
            "the 1 inside the division": _output(lambda n, k, s, p: (n + 2 * p - k + 1) // s),
            "one subtracted too many": _output(lambda n, k, s, p: (n + 2 * p - (k - 1) - 2) // s + 1),
            'size of "same"': _output(lambda n, k, s, p: math.ceil(n / s)),
            "raises": _output(fits=lambda n, k, p: k <= n),
            "lets a large kernel pass": _output(fits=lambda n, k, p: True),
            "lets stride 0 pass": lambda n, k, s, p: _counted(n, k, s or 1, p),
            "lets a negative stride pass": lambda n, k, s, p: (
                _output(least_stride=-9)(n, k, s, p) if s else _counted(n, k, s, p)
            ),
            "wrong kind of error": _zero_divides,
        },
        others=[
            _output(fits=lambda n, k, p: k < n + 2 * p),
            _output(fits=lambda n, k, p: k <= n + p),
            _output(fits=lambda n, k, p: k <= n + 2 * p + 1),
            _output(fits=lambda n, k, p: k <= n + 3 * p),
            _output(lambda n, k, s, p: int((n + 2 * p - k) / s + 0.5) + 1),
            _output(least_stride=2),
            _output(fits=lambda n, k, p: k <= n + 2 * p and p <= n),
            _output(fits=lambda n, k, p: k <= n + 2 * p and n > 0),
            _output(error=AssertionError),
            _output(lambda n, k, s, p: float((n + 2 * p - k) // s + 1)),
            _output(lambda n, k, s, p: str((n + 2 * p - k) // s + 1)),
            _output(lambda n, k, s, p: max(2, (n + 2 * p - k) // s + 1)),
            _output(lambda n, k, s, p: min(99, (n + 2 * p - k) // s + 1)),
            _output(lambda n, k, s, p: (n + 2 * (k // 2) - k) // s + 1),
            _output(lambda n, k, s, p: (n + 2 * p) // s - k // s + 1),
            _output(lambda n, k, s, p: (n + 2 * p - k) // s + s % 2),
            _output(lambda n, k, s, p: (n + 4 * p - k) // s + 1),
            _output(lambda n, k, s, p: n // s - k + 2 * p + 1),
            _output(lambda n, k, s, p: ((n + 2 * p - k) // s + 1,)),
            lambda n, k, s, p: _output()(n, k, abs(s), p),
            lambda n, k, s, p: _output()(n, min(k, n + 2 * p), s, p),
            lambda n, k, s, p: max(0, (n + 2 * p - k) // s + 1) if s > 0 else 0,
        ],
        equivalent=NUMBERS_ONLY | {"memorised by size": ALL_NUMBERS},
    ),
    "convolve_2d": Case(
        right=[
            _slide(),
            _by_view,
            _fitting(_four_loops),
            _fitting(_by_shifts),
            _fitting(_as_a_product),
            _fitting(_by_scipy),
            _fitting(_by_keras),
            _fitting(lambda image, kernel, stride: _by_scipy_flipped(image, kernel[::-1, ::-1], stride)),
            _in_float32(_slide()),
            _fitting(
                _in_tensorflow(
                    lambda tf, x, k, s: tf.nn.conv2d(x[None, ..., None], k[..., None, None], s, "VALID")[0, ..., 0]
                )
            ),
            _fitting(lambda image, kernel, stride: tuple(map(tuple, _four_loops(image, kernel, stride)))),
            lambda image, kernel, stride: np.tensordot(
                np.lib.stride_tricks.sliding_window_view(image, kernel.shape), kernel, ((2, 3), (0, 1))
            )[::stride, ::stride],
        ],
        wrong={
            "flipped": _fitting(_by_scipy_flipped),
            "mean, not sum": _slide(lambda w, k: np.mean(w * k)),
            "kernel not used": _slide(lambda w, k: np.sum(w)),
            "sums multiplied": _slide(lambda w, k: np.sum(w) * np.sum(k)),
            "never below zero": _slide(lambda w, k: max(0, np.sum(w * k))),
            "last windows forgotten": _slide(less=1),
            "padded": _slide(pad=1),
            "zeros all round": lambda image, kernel, stride: _four_loops(
                np.pad(image, [(k - 1, k - 1) for k in kernel.shape]), kernel, stride
            ),
            "height and width swapped": _slide(swap=True),
            "map transposed": lambda image, kernel, stride: _slide()(image, kernel, stride).T,
            "stride ignored": lambda image, kernel, stride: _slide()(image, kernel, 1),
            "overhang counted": _room_for_overhang,
            "rounded to the nearest": lambda image, kernel, stride: np.zeros(
                [round((n - k) / stride) + 1 for n, k in zip(image.shape, kernel.shape, strict=True)]
            ),
            "first window not counted": lambda image, kernel, stride: _slide()(image, kernel, stride)[
                stride > 1 :, stride > 1 :
            ],
            "the 1 inside the division": lambda image, kernel, stride: _slide()(image, kernel, stride)[
                : (image.shape[0] - kernel.shape[0] + 1) // stride, : (image.shape[1] - kernel.shape[1] + 1) // stride
            ],
            "raises": _counts(lambda room, s: math.ceil(room / s)),
            "stride counts but does not move": _slide(step=lambda s: 1),
            "moves by the kernel": _starts_by_kernel,
            "cut to whole numbers": _fitting(_like_the_image),
            "cut like the kernel": _fitting(
                lambda image, kernel, stride: np.array(_four_loops(image, kernel, stride)).astype(kernel.dtype)
            ),
            "image cut like the kernel": _fitting(
                lambda image, kernel, stride: _four_loops(image.astype(kernel.dtype), kernel, stride)
            ),
            "always stride 2": _fitting(lambda image, kernel, stride: _four_loops(image, kernel, 2)),
            "lets a large kernel pass": _slide(check=False),
            "wrong kind of error": _asserting,
        },
        others=[
            _counts(lambda room, s: round(room / s)),
            _only_stride_one_moves,
            _fitting(
                lambda image, kernel, stride: _four_loops(
                    image if image.dtype.kind == "f" else image.astype(np.uint8).astype(float), kernel, stride
                )
            ),
            _slide(any_fit=False),
            _fitting(lambda image, kernel, stride: _four_loops(image, kernel, stride)[:20]),
            _fitting(lambda image, kernel, stride: np.round(_four_loops(image, kernel, stride), 1)),
            _fitting(lambda image, kernel, stride: np.clip(_four_loops(image, kernel, stride), -100, 100)),
            _fitting(lambda image, kernel, stride: np.array(_four_loops(image, kernel, stride)) + 1e-2),
            _fitting(lambda image, kernel, stride: np.abs(_four_loops(image, kernel, stride))),
            _fitting(lambda image, kernel, stride: _four_loops(image.clip(0), kernel, stride)),
            _fitting(lambda image, kernel, stride: _four_loops(image, kernel[:3, :3], stride)),
            _fitting(lambda image, kernel, stride: _four_loops(image, kernel[:, ::-1], stride)),
            _fitting(lambda image, kernel, stride: _four_loops(image, kernel[::-1], stride)),
            _fitting(lambda image, kernel, stride: _four_loops(image, kernel, min(stride, 2))),
            _fitting(lambda image, kernel, stride: _four_loops(image[::stride], kernel, 1)),
            _fitting(lambda image, kernel, stride: np.ravel(_four_loops(image, kernel, stride))),
            _slide(lambda w, k: np.max(w * k)),
            _slide(lambda w, k: np.sum(w @ k.T)),
            lambda image, kernel, stride: (
                _four_loops(image, kernel, stride) if kernel.size <= image.size else _slide()(image, kernel, stride)
            ),
            lambda image, kernel, stride: (
                np.array(_four_loops(image, kernel, stride))
                if len(kernel) <= len(image)
                else _slide()(image, kernel, stride)
            ),
        ],
        equivalent={
            "remembers the first: kernel.shape": "it stands in the message of the refusal alone",
            "remembers the first: image.shape": "it stands in the message of the refusal alone",
        },
    ),
    "same_padding": Case(
        right=[
            _same,
            _same_by_trial,
            lambda n, k, s: np.array(_same(n, k, s)),
            _by_documentation,
            _by_counting,
            lambda n, k, s: tuple(np.int64(z) for z in _same(n, k, s)),
            lambda n, k, s: [_same(n, k, s)[0], sum(_same(n, k, s)) - sum(_same(n, k, s)) // 2],
            lambda n, k, s: (int(sum(_same(n, k, s)) / 2), math.ceil(sum(_same(n, k, s)) / 2)),
            lambda n, k, s: divmod(sum(_same(n, k, s)), 2)[0] + np.array([0, sum(_same(n, k, s)) % 2]),
            lambda n, k, s: _halves(max(0, k - (n % s or s))),
            lambda n, k, s: _halves(max(0, (n - 1) // s * s + k - n)),
            _same_in_tensorflow,
        ],
        wrong={
            "half the kernel at both ends": lambda n, k, s: (k // 2, k // 2),
            "the smaller half at both ends": lambda n, k, s: ((k - 1) // 2,) * 2,
            "extra zero in front": lambda n, k, s: _same(n, k, s)[::-1],
            "odd zero lost": lambda n, k, s: (sum(_same(n, k, s)) // 2,) * 2,
            "odd zero doubled": lambda n, k, s: (math.ceil(sum(_same(n, k, s)) / 2),) * 2,
            "stride ignored": lambda n, k, s: ((k - 1) // 2, k // 2),
            "stride taken to divide n": lambda n, k, s: _halves(max(0, k - s)),
            "one output too many": lambda n, k, s: _halves(max(0, n // s * s + k - n)),
            "for as many outputs as pixels": lambda n, k, s: _halves((n - 1) * s + k - n),
            "fewer than none": _negative,
            "size of the difference": lambda n, k, s: _halves(abs(sum(_negative(n, k, s)))),
            "rounded down": _rounded_down,
            "not shared": lambda n, k, s: (0, sum(_same(n, k, s))),
            "not halved": lambda n, k, s: (sum(_same(n, k, s)),) * 2,
            "wrong number of results": lambda n, k, s: sum(_same(n, k, s)),
            "not whole": lambda n, k, s: (sum(_same(n, k, s)) / 2, sum(_same(n, k, s)) / 2),
        },
        others=[
            lambda n, k, s: (sum(_same(n, k, s)) // 2, round(sum(_same(n, k, s)) / 2)),
            lambda n, k, s: tuple(map(float, _same(n, k, s))),
            lambda n, k, s: tuple(map(str, _same(n, k, s))),
            lambda n, k, s: tuple(min(z, 10) for z in _same(n, k, s)),
            lambda n, k, s: _same(n, k, s) if k % 2 else _same(n, k, s)[::-1],
            lambda n, k, s: _same(n, k, min(s, 2)),
            lambda n, k, s: _same(n, k, s) if n > 1 else (0, 0),
            lambda n, k, s: _same(n, min(k, n), s),
            lambda n, k, s: _halves(min(sum(_same(n, k, s)), 2 * n)),
            lambda n, k, s: tuple(min(z, n) for z in _same(n, k, s)),
            lambda n, k, s: _same(n % 256, k, s),
            lambda n, k, s: _halves(round(max(0, (n / s - 1) * s + k - n))),
            lambda n, k, s: _halves(max(0, (round(n / s) - 1) * s + k - n)),
            lambda n, k, s: (*_same(n, k, s), 0),
            lambda n, k, s: [_same(n, k, s)],
            lambda n, k, s: {"before": _same(n, k, s)[0], "after": _same(n, k, s)[1]},
            lambda n, k, s: (sum(_same(n, k, s)), 0),
            lambda n, k, s: (k // 2, k - k // 2),
            lambda n, k, s: ((k - s) // 2, k - s - (k - s) // 2),
        ],
        equivalent=NUMBERS_ONLY
        | {"memorised by size": ALL_NUMBERS}
        | dict.fromkeys(
            ["result rounded", "result absolute", "result never below zero", "result transposed"],
            "the zeros are whole, and none is below 0: they come back unchanged, as an array",
        )
        | dict.fromkeys(
            ["result sorted", "result sorted along the last axis"],
            "there are never fewer zeros after than before: they come back unchanged, as an array",
        ),
    ),
    "kernel_gradient": Case(
        right=[
            _kernel_gradient(),
            _over_outputs,
            _by_differences,
            _six_loops,
            _by_rows,
            _by_tape,
            _gradient_by_scipy,
            lambda image, g: _slide()(image, g, 1),
            lambda image, g: np.einsum("abij,ij->ab", np.lib.stride_tricks.sliding_window_view(image, g.shape), g),
            _in_float32(_over_outputs),
            _in_tensorflow(
                lambda tf, x, g: tf.nn.conv2d(x[None, ..., None], g[..., None, None], 1, "VALID")[0, ..., 0]
            ),
            lambda image, g: _by_scipy_flipped(image, g[::-1, ::-1], 1),
        ],
        wrong={
            "turned round": _kernel_gradient(last=lambda k: k[::-1, ::-1]),
            "gradient flipped": _kernel_gradient(turn_grad=True),
            "mean, not sum": _kernel_gradient(lambda pixels, g: np.mean(pixels * g)),
            "wrong sign": _kernel_gradient(lambda pixels, g: -np.sum(pixels * g)),
            "the bias's": _kernel_gradient(lambda pixels, g: g.sum()),
            "image summed": _kernel_gradient(lambda pixels, g: pixels.sum()),
            "sums multiplied": _kernel_gradient(lambda pixels, g: pixels.sum() * g.sum()),
            "first output alone": _kernel_gradient(lambda pixels, g: pixels[0, 0] * g[0, 0]),
            "last output alone": _overwritten,
            "cut to whole numbers": _gradient_like_the_image,
            "cut like the slopes": lambda image, g: _over_outputs(image, g).astype(g.dtype),
            "image cut like the slopes": lambda image, g: _over_outputs(image.astype(g.dtype), g),
            "gradient of the image": _kernel_gradient(shape=lambda image, g: image.shape),
            "larger than the image": _kernel_gradient(
                shape=lambda image, g: (image.shape[0] + g.shape[0] - 1, image.shape[1] + g.shape[1] - 1)
            ),
            "as large as the map": _kernel_gradient(shape=lambda image, g: g.shape),
            "last entries forgotten": _kernel_gradient(less=1),
            "height and width swapped": lambda image, g: _over_outputs(image, g).T,
            "raises": _square,
        },
        others=[
            _never_one,
            lambda image, g: np.round(_over_outputs(image, g), 2),
            lambda image, g: np.clip(_over_outputs(image, g), -100, 100),
            lambda image, g: np.abs(_over_outputs(image, g)),
            lambda image, g: _over_outputs(image[::-1, ::-1], g),
            lambda image, g: _over_outputs(image, g[::-1]),
            lambda image, g: _over_outputs(image, g[:, ::-1]),
            lambda image, g: _over_outputs(image, g)[:3, :2],
            lambda image, g: _over_outputs(np.pad(image[:6, :7], ((0, 0), (0, 0))), g),
            lambda image, g: _over_outputs(image, np.sign(g)),
            lambda image, g: _over_outputs(image, g**2),
            lambda image, g: _over_outputs(image, g) / _over_outputs(image, g).size,
            lambda image, g: _over_outputs(image - image.mean(), g),
            lambda image, g: _over_outputs(image, g).ravel(),
            lambda image, g: _over_outputs(image, g)[None],
            lambda image, g: (
                _over_outputs(image, g) if image.shape[0] > 1 else np.zeros((1, image.shape[1] - g.shape[1] + 1))
            ),
            _kernel_gradient(lambda pixels, g: np.max(pixels * g)),
            lambda image, g: 2 * _over_outputs(image, g),
        ],
    ),
    "max_pool": Case(
        right=[
            lambda X, size: _pool()(X, size if type(size) is int else -1),
            _pool(),
            _pool_by_shape,
            _pool_in_loops,
            _pool_by_keras,
            _pool_by_view,
            _pool_picture_by_picture,
            _pool_of_halves,
            _in_float32(_pool_by_shape),
            _in_float32(_pool_in_loops),
            lambda X, size: np.moveaxis(
                _pool_by_shape(np.moveaxis(X, 0, -1)[None].reshape(1, *X.shape[1:3], -1), size)[0].reshape(
                    X.shape[1] // size, X.shape[2] // size, X.shape[3], len(X)
                ),
                -1,
                0,
            ),
            lambda X, size: _pool_by_shape(X, size).tolist(),
            lambda X, size: -_pool(lambda w: (-w).min(axis=(1, 2)))(X, size),
        ],
        wrong={
            "windows overlap": _pool(step=1),
            "leftovers pooled": _leftovers,
            "leftover row pooled": lambda X, size: _leftovers(X, size, (True, False)),
            "leftover column pooled": lambda X, size: _leftovers(X, size, (False, True)),
            "rows and columns swapped": lambda X, size: _pool()(X, size).swapaxes(1, 2),
            "raises": _rows_cropped,
            "channels pooled": lambda X, size: _pool()(X, size).max(axis=3),
            "one channel left": lambda X, size: _pool()(X, size).max(axis=3, keepdims=True),
            "batch pooled": lambda X, size: _pool()(X, size).max(axis=0),
            "whole picture at once": lambda X, size: X.max(axis=(1, 2)),
            "never below zero": _pool(begin=0.0),
            "mean, not maximum": _pool(lambda w: w.mean(axis=(1, 2))),
            "minimum": _pool(lambda w: w.min(axis=(1, 2))),
            "one corner": _pool(lambda w: w[:, 0, 0]),
            "size of the number": _pool(lambda w: np.abs(w).max(axis=(1, 2))),
            "pixels far apart": _far_apart,
            "moves by one pixel": _near,
            "all channels alike": _pool(lambda w: np.repeat(w.max(axis=(1, 2, 3))[:, None], w.shape[3], axis=1)),
            "all pictures alike": _pool(lambda w: w.max(axis=(0, 1, 2)) if len(w) else w[:, 0, 0]),
            "empty batch": _no_empty,
            "lets a large window pass": _pool(check=_refuses(lambda X, size: size != int(size) or size < 1)),
            "lets a wide window pass": _pool(
                check=_refuses(lambda X, size: size != int(size) or not 1 <= size <= X.shape[1])
            ),
            "lets a large window pass on no pictures": lambda X, size: (
                _pool()(X, size) if len(X) else np.zeros((0, X.shape[1] // size, X.shape[2] // size, X.shape[3]))
            ),
            "lets a negative size pass": lambda X, size: _pool()(X, abs(size)),
            "lets size 0 pass": lambda X, size: _pool()(X, size or 1),
            "lets a broken size pass": lambda X, size: _pool()(X, int(size) or size),
            "wrong kind of error": _pool(check=_refuses(lambda X, size: size > 5)),
            "lets text pass": lambda X, size: _pool()(X, int(size) if isinstance(size, str) else size),
            "lets None pass": lambda X, size: _pool()(X, 2 if size is None else size),
        },
        others=[
            _always_two,
            _lost_shape,
            _pool(begin=-5.0),
            _pool(begin=-100.0),
            _pool(lambda w: np.median(w, axis=(1, 2))),
            _pool(lambda w: w[:, -1, -1]),
            _pool(lambda w: w.max(axis=1)[:, 0]),
            _pool(lambda w: np.round(w.max(axis=(1, 2)), 1)),
            _pool(lambda w: w.max(axis=(1, 2)).clip(None, 10)),
            _pool(check=lambda X, size: _refuses(lambda X, size: size <= 1)(X, size) or _fit(X, size)),
            _pool(check=lambda X, size: _refuses(lambda X, size: size >= X.shape[1])(X, size) or _fit(X, size)),
            _pool(check=lambda X, size: _refuses(lambda X, size: X.shape[1] % size)(X, size) or _fit(X, size)),
            _pool(check=lambda X, size: _refuses(lambda X, size: len(X) == 0)(X, size) or _fit(X, size)),
            _pool(check=_refuses(lambda X, size: not 1 <= size <= min(X.shape[1:3]))),
            _pool(check=_refuses(lambda X, size: size != int(size) or not 1 <= size <= max(X.shape[1:3]))),
            _pool(check=_refuses(lambda X, size: size != int(size) or not 0 <= size <= min(X.shape[1:3]))),
            lambda X, size: _pool()(X[:6], size),
            _pool(begin=-1e9),
            lambda X, size: _pool()(np.clip(X, -1e5, 1e5), size),
            lambda X, size: _pool()(np.clip(X, -1e3, 1e3), size),
            lambda X, size: _pool()(X, size)[..., :2],
            lambda X, size: _pool()(X, size)[:, ::-1],
            lambda X, size: _pool()(np.sort(X, axis=1), size),
            lambda X, size: _pool()(X[:, ::-1], size)[:, ::-1],
            lambda X, size: _pool()(X, size) if len(X) else np.zeros((0, *X.shape[1:])),
            lambda X, size: _pool()(X, size) if len(X) else np.zeros(0),
        ],
    ),
    "receptive_field": Case(
        right=[
            _field(),
            _backwards,
            lambda layers: np.int64(_field()(layers)),
            _span,
            _with_products,
            _recursive,
            lambda layers: (
                1
                + sum((k - 1) * d for (k, _), d in zip(layers, np.cumprod([1, *(s for _, s in layers)]), strict=False))
            ),
            lambda layers: (
                int(np.dot([k - 1 for k, _ in layers], np.cumprod([1, *(s for _, s in layers)], dtype=int)[:-1])) + 1
            ),
            lambda layers: np.array(_field()(layers), dtype=np.int32),
            _by_influence,
        ],
        wrong={
            "kernels added up": lambda layers: sum(k for k, _ in layers),
            "strides ignored": lambda layers: 1 + sum(k - 1 for k, _ in layers),
            "stride too early": _field(step=lambda r, jump, k, s: (r + (k - 1) * jump * s, jump * s)),
            "kernels multiplied": lambda layers: math.prod(k for k, _ in layers),
            "one too few": _field(start=0),
            "wrong end first": _wrong_end,
            "last layer alone": lambda layers: layers[-1][0],
            "stride of one layer only": _field(step=lambda r, jump, k, s: (r + (k - 1) * jump, s)),
            "strides added up": _field(step=lambda r, jump, k, s: (r + (k - 1) * jump, jump + s - 1)),
            "whole kernels": _field(step=lambda r, jump, k, s: (r + k * jump, jump * s)),
            "whole kernels from nothing": _field(start=0, step=lambda r, jump, k, s: (r + k * jump, jump * s)),
            "no layers": lambda layers: _field()(layers) if layers else 0,
            "pixels counted": _seen_pixels,
            "kernels of 1 passed over": lambda layers: _field()([(k, s) for k, s in layers if k > 1]),
            "raises": lambda layers: layers[0][0] + _field(start=0)([(1, layers[0][1]), *layers[1:]]),
            "not whole": lambda layers: float(_field()(layers)),
        },
        others=[
            lambda layers: _field()(layers) if any(s > 1 for _, s in layers) or not layers else 1,
            lambda layers: _field()(layers[:5]),
            lambda layers: _field()([(k, min(s, 3)) for k, s in layers]),
            lambda layers: _field()([(min(k, 7), s) for k, s in layers]),
            lambda layers: _field()(sorted(layers)),
            lambda layers: _field()(layers[:-1]),
            lambda layers: min(255, _field()(layers)),
            lambda layers: _field()([(k, min(s, 2)) for k, s in layers]),
            lambda layers: _field()([(k | 1, s) for k, s in layers]),
            lambda layers: _field(step=lambda r, jump, k, s: (r + k // 2 * 2 * jump, jump * s))(layers),
            _field(step=lambda r, jump, k, s: (r + (k - 1) * jump, jump + s)),
            _field(step=lambda r, jump, k, s: (r + (k - 1) * s, jump)),
            _field(step=lambda r, jump, k, s: (r * s + k - 1, jump)),
            _field(step=lambda r, jump, k, s: (r + (k - s) * jump, jump * s)),
            _field(step=lambda r, jump, k, s: (max(r, k * jump), jump * s)),
            lambda layers: _field()(layers) ** 2,
            lambda layers: (_field()(layers), _field()(layers)),
            lambda layers: str(_field()(layers)),
            lambda layers: math.prod(s for _, s in layers) * (layers[-1][0] if layers else 1),
        ],
        equivalent=NUMBERS_ONLY,
    ),
}

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


CASES = {
    "output_size": Case(
        right=[
            _output(),
            _counted,
            _output(lambda n, k, s, p: math.ceil((n + 2 * p - k + 1) / s)),
            _output(lambda n, k, s, p: np.int64((n + 2 * p - k) // s + 1)),
        ],
        wrong={
            "first window not counted": _output(lambda n, k, s, p: (n + 2 * p - k) // s),
            "overhang counted": _output(lambda n, k, s, p: math.ceil((n + 2 * p - k) / s) + 1),
            "not rounded": _output(lambda n, k, s, p: (n + 2 * p - k) / s + 1),
            "zeros at one end only": _output(lambda n, k, s, p: (n + p - k) // s + 1),
            "padding ignored": _output(lambda n, k, s, p: (n - k) // s + 1),
            "stride ignored": _output(lambda n, k, s, p: n + 2 * p - k + 1),
            "kernel not subtracted": _output(lambda n, k, s, p: (n + 2 * p) // s + 1),
            "rounded to the nearest": _output(lambda n, k, s, p: round((n + 2 * p - k) / s) + 1),
            "compared with the bare pixels": _output(fits=lambda n, k, p: k <= n),
            "lets a large kernel pass": _output(fits=lambda n, k, p: True),
            "lets stride 0 pass": lambda n, k, s, p: _counted(n, k, s or 1, p),
            "lets a negative stride pass": lambda n, k, s, p: (
                _output(least_stride=-9)(n, k, s, p) if s else _counted(n, k, s, p)
            ),
            "wrong kind of error": _zero_divides,
        },
    ),
    "convolve_2d": Case(
        right=[_slide(), _by_view],
        wrong={
            "flipped": _slide(turn=True),
            "mean, not sum": _slide(lambda w, k: np.mean(w * k)),
            "kernel not used": _slide(lambda w, k: np.sum(w)),
            "last windows forgotten": _slide(less=1),
            "padded": _slide(pad=1),
            "height and width swapped": _slide(swap=True),
            "stride ignored": lambda image, kernel, stride: _slide()(image, kernel, 1),
            "overhang counted": _room_for_overhang,
            "raises": _counts(lambda room, s: math.ceil(room / s)),
            "wrong shape": _counts(lambda room, s: round(room / s)),
            "stride counts but does not move": _slide(step=lambda s: 1),
            "stride": _only_stride_one_moves,
            "exact fit": _slide(any_fit=False),
            "lets a large kernel pass": _slide(check=False),
            "wrong kind of error": _asserting,
        },
    ),
    "same_padding": Case(
        right=[_same, _same_by_trial, lambda n, k, s: np.array(_same(n, k, s))],
        wrong={
            "half the kernel at both ends": lambda n, k, s: (k // 2, k // 2),
            "extra zero in front": lambda n, k, s: _same(n, k, s)[::-1],
            "stride ignored": lambda n, k, s: ((k - 1) // 2, k // 2),
            "fewer than none": _negative,
            "rounded down": _rounded_down,
            "not shared": lambda n, k, s: (0, sum(_same(n, k, s))),
            "not halved": lambda n, k, s: (sum(_same(n, k, s)),) * 2,
            "not two numbers": lambda n, k, s: sum(_same(n, k, s)),
        },
    ),
    "kernel_gradient": Case(
        right=[_kernel_gradient(), _over_outputs, _by_differences],
        wrong={
            "turned round": _kernel_gradient(last=lambda k: k[::-1, ::-1]),
            "gradient flipped": _kernel_gradient(turn_grad=True),
            "mean, not sum": _kernel_gradient(lambda pixels, g: np.mean(pixels * g)),
            "wrong sign": _kernel_gradient(lambda pixels, g: -np.sum(pixels * g)),
            "the bias's": _kernel_gradient(lambda pixels, g: g.sum()),
            "image summed": _kernel_gradient(lambda pixels, g: pixels.sum()),
            "gradient of the image": _kernel_gradient(shape=lambda image, g: image.shape),
            "as large as the map": _kernel_gradient(shape=lambda image, g: g.shape),
            "last entries forgotten": _kernel_gradient(less=1),
            "height and width swapped": lambda image, g: _over_outputs(image, g).T,
            "raises": _square,
            "fixed size": _never_one,
        },
    ),
    "max_pool": Case(
        right=[_pool(), _pool_by_shape],
        wrong={
            "windows overlap": _pool(step=1),
            "leftovers pooled": _leftovers,
            "leftover row pooled": lambda X, size: _leftovers(X, size, (True, False)),
            "leftover column pooled": lambda X, size: _leftovers(X, size, (False, True)),
            "raises": _rows_cropped,
            "channels pooled": lambda X, size: _pool()(X, size).max(axis=3),
            "one channel left": lambda X, size: _pool()(X, size).max(axis=3, keepdims=True),
            "batch pooled": lambda X, size: _pool()(X, size).max(axis=0),
            "whole picture at once": lambda X, size: X.max(axis=(1, 2)),
            "never below zero": _pool(begin=0.0),
            "mean, not maximum": _pool(lambda w: w.mean(axis=(1, 2))),
            "one corner": _pool(lambda w: w[:, 0, 0]),
            "size of the number": _pool(lambda w: np.abs(w).max(axis=(1, 2))),
            "fixed size": _always_two,
            "empty batch": _no_empty,
            "lets a large window pass": _pool(check=_refuses(lambda X, size: size != int(size) or size < 1)),
            "lets a wide window pass": _pool(
                check=_refuses(lambda X, size: size != int(size) or not 1 <= size <= X.shape[1])
            ),
            "lets a negative size pass": lambda X, size: _pool()(X, abs(size)),
            "lets size 0 pass": lambda X, size: _pool()(X, size or 1),
            "lets a broken size pass": lambda X, size: _pool()(X, int(size)),
            "wrong kind of error": _pool(check=_refuses(lambda X, size: size > 5)),
        },
    ),
    "receptive_field": Case(
        right=[_field(), _backwards, lambda layers: np.int64(_field()(layers))],
        wrong={
            "kernels added up": lambda layers: sum(k for k, _ in layers),
            "strides ignored": lambda layers: 1 + sum(k - 1 for k, _ in layers),
            "stride too early": _field(step=lambda r, jump, k, s: (r + (k - 1) * jump * s, jump * s)),
            "kernels multiplied": lambda layers: math.prod(k for k, _ in layers),
            "one too few": _field(start=0),
            "wrong end first": _wrong_end,
            "last layer alone": lambda layers: layers[-1][0],
            "no layers": lambda layers: _field()(layers) if layers else 0,
            "plain stack": lambda layers: _field()(layers) if any(s > 1 for _, s in layers) or not layers else 1,
        },
    ),
}

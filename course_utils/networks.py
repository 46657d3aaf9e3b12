"""Language models of earlier lessons for lessons that go on with them: lesson 17's Transformer, and Kneser-Ney counting.

Both are built and explained where they were taught; here they stand ready. What is done with them stands in the lesson.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def transformer(V: int, T: int = 64, d: int = 64, n_layers: int = 3, n_heads: int = 2) -> Any:
    """Return lesson 17's Transformer without its table of pairs, built: from ids (batch, T) to scores (batch, T, V).

    Parameters
    ----------
    V : int
        How many characters there are.
    T : int
        The context.
    d, n_layers, n_heads : int
        Width, blocks, and heads in each.

    Returns
    -------
    keras.Model
        `embed` and `head` are its first and last matrix; each of `blocks` has the matrices `qkv`, `out`, `up` and `down`.

    Raises
    ------
    ValueError
        If the width does not divide into heads of an even width.
    """
    import keras
    from keras import ops

    if d % (2 * n_heads):
        raise ValueError(f"a width of {d} does not divide into {n_heads} heads of an even width")

    def rms_norm(x: Any) -> Any:
        return x * ops.rsqrt(ops.mean(ops.square(x), axis=-1, keepdims=True) + 1e-6)

    def rotate(x: Any) -> Any:  # (batch, time, heads, d_k): pairs of numbers, turned by their time
        speeds = 10000.0 ** (-np.arange(0, x.shape[3], 2) / x.shape[3])  # (d_k / 2,)
        angles = np.arange(x.shape[1])[:, None, None] * speeds  # (time, 1, d_k / 2)
        cos, sin = np.cos(angles).astype("float32"), np.sin(angles).astype("float32")
        a, b = ops.split(x, 2, axis=-1)
        return ops.concatenate([a * cos - b * sin, a * sin + b * cos], axis=-1)

    def matrix(n: int, name: str, start: Any = "zeros") -> Any:
        return keras.layers.Dense(n, use_bias=False, kernel_initializer=start, name=name)

    class Block(keras.layers.Layer):
        def __init__(self) -> None:
            super().__init__()
            start = keras.initializers.VarianceScaling(0.25, "fan_in", "uniform")
            self.qkv, self.up = matrix(3 * d, "qkv", start), matrix(4 * d, "up", start)
            self.out, self.down = matrix(d, "out"), matrix(d, "down")

        def call(self, x: Any) -> Any:  # (batch, time, d)
            time = x.shape[1]
            parts = ops.reshape(self.qkv(rms_norm(x)), (-1, time, 3, n_heads, d // n_heads))
            q, k, v = ops.unstack(parts, axis=2)  # (batch, time, heads, d_k)
            q, k = rotate(rms_norm(q)), rotate(rms_norm(k))
            mixed = ops.dot_product_attention(q, k, v, is_causal=True)
            x = x + self.out(ops.reshape(mixed, (-1, time, d)))
            return x + self.down(ops.square(ops.relu(self.up(rms_norm(x)))))

    class Transformer(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.embed = keras.layers.Embedding(V, d, name="embed")
            self.blocks = [Block() for _ in range(n_layers)]
            self.head = matrix(V, "head", "glorot_uniform")

        def call(self, ids: Any) -> Any:  # (batch, time)
            x = rms_norm(self.embed(ids))  # (batch, time, d)
            for block in self.blocks:
                x = block(x)
            return self.head(rms_norm(x))  # (batch, time, V)

    model = Transformer()
    model(np.zeros((1, T), "int32"))  # the first call builds it
    return model


def kneser_ney(seen: np.ndarray, new: np.ndarray, n_max: int, V: int, d: float = 0.9) -> np.ndarray:
    """Return the surprise (n,) of each id of `new`, in nats, by Kneser-Ney counts on the ids `seen`, as in lesson 13.

    Parameters
    ----------
    seen, new : numpy.ndarray
        Ids below `V`; the first ids of `new` have the last of `seen` for a past.
    n_max : int
        The length of the longest runs that are counted.
    V : int
        How many characters there are.
    d : float
        What is taken off each count, between 0 and 1.

    Raises
    ------
    ValueError
        If `new` is empty, or `seen` has no more ids than a run.
    """
    if len(new) == 0 or len(seen) <= n_max:
        raise ValueError(f"received {len(seen)} ids to count and {len(new)} to judge; {n_max + 1} and 1 are the least")
    joined = np.concatenate([seen[len(seen) - n_max + 1 :], new])
    p = np.full(len(new), 1 / V)
    for n in range(1, n_max + 1):
        found = _runs(seen, n, V)
        if n < n_max:  # below the longest, a run counts once for each character before it
            found = np.unique(_runs(seen, n + 1, V)) % V**n
        keys, times = np.unique(found, return_counts=True)
        pasts, at = np.unique(keys // V, return_inverse=True)
        asked = _runs(joined, n, V)[-len(new) :]
        total = _look_up(pasts, asked // V, np.bincount(at, times))
        kinds = _look_up(pasts, asked // V, np.bincount(at))
        kept = np.maximum(_look_up(keys, asked, times) - d, 0)
        p = np.where(total > 0, (kept + d * kinds * p) / np.maximum(total, 1), p)
    return -np.log(p)


def _runs(ids: np.ndarray, n: int, V: int) -> np.ndarray:
    """Return each run of n ids as one whole number."""
    return np.convolve(np.asarray(ids, dtype=np.int64), V ** np.arange(n, dtype=np.int64), "valid")


def _look_up(keys: np.ndarray, asked: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the values of the sorted keys that are asked for; 0 for others."""
    at = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
    return np.where(keys[at] == asked, values[at], 0)

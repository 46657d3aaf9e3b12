"""The NumPy network of lesson 04 cut into layers, with lesson 02's Adam, for lessons that train hundreds of small ones.

A layer has `weights`, a list of arrays; `forward(x, training)`; and `backward(grad)`, which returns the slopes in its inputs
and keeps those of its weights in `grads`. What a lesson teaches (dropout, normalisation) stands there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np


class Dense:
    """Weights (inputs, outputs) from He's start, and a bias (outputs,) from 0."""

    def __init__(self, rng: np.random.Generator, inputs: int, outputs: int) -> None:
        self.weights = [rng.normal(size=(inputs, outputs)) * np.sqrt(2 / inputs), np.zeros(outputs)]

    def forward(self, x: np.ndarray, training: bool) -> np.ndarray:
        """Return x W + b, (n, outputs)."""
        self.x = x
        return x @ self.weights[0] + self.weights[1]

    def backward(self, grad: np.ndarray) -> np.ndarray:
        """Return the slopes (n, inputs) for slopes (n, outputs)."""
        self.grads = [self.x.T @ grad, grad.sum(axis=0)]
        return grad @ self.weights[0].T


class ReLU:
    """The larger of 0 and x."""

    def __init__(self) -> None:
        self.weights, self.grads = [], []

    def forward(self, x: np.ndarray, training: bool) -> np.ndarray:
        """Return max(0, x)."""
        self.out = np.maximum(0, x)
        return self.out

    def backward(self, grad: np.ndarray) -> np.ndarray:
        """Return the slopes where the unit speaks, 0 elsewhere."""
        return grad * (self.out > 0)


def forward(layers: list, X: np.ndarray, training: bool = False) -> np.ndarray:
    """Return what the last layer makes of X, layer by layer."""
    for layer in layers:
        X = layer.forward(X, training)
    return X


def backward(layers: list, grad: np.ndarray) -> np.ndarray:
    """Fill every layer's `grads` from the slopes in the last outputs; return the slopes in the inputs."""
    for layer in layers[::-1]:
        grad = layer.backward(grad)
    return grad


def cross_entropy(logits: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the mean cross-entropy of logits (n, k) for classes y (n,), and its slopes (n, k)."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    one_hot = np.eye(logits.shape[1])[y]
    return float(-np.mean(np.sum(one_hot * log_probs, axis=1))), (np.exp(log_probs) - one_hot) / len(y)


def network(seed: int, widths: tuple[int, ...]) -> list:
    """Return layers from 64 inputs over ReLUs of these widths to ten logits."""
    rng = np.random.default_rng(seed)
    layers, inputs = [], 64
    for width in widths:
        layers += [Dense(rng, inputs, width), ReLU()]
        inputs = width
    return [*layers, Dense(rng, inputs, 10)]


def softmax(z: np.ndarray) -> np.ndarray:
    """Return the probabilities (n, k) of logits (n, k)."""
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


class Adam:
    """Adam in Keras's form, moving the layers' weights in place; biases do not decay.

    Parameters
    ----------
    layers : list
        Whose weights are moved.
    lr : float
        The learning rate; it may be changed between steps.
    decay : float
        As in AdamW: each matrix is multiplied by 1 - lr * decay before the step.
    l2 : float
        l2 * w is added to the gradient of each matrix w, and goes through Adam's fraction.
    """

    def __init__(self, layers: list, lr: float, decay: float = 0.0, l2: float = 0.0) -> None:
        self.layers, self.lr, self.decay, self.l2, self.t = layers, lr, decay, l2, 0
        self.weights = [w for layer in layers for w in layer.weights]
        self.means = [np.zeros_like(w) for w in self.weights]
        self.squares = [np.zeros_like(w) for w in self.weights]

    def step(self) -> None:
        """Make one step along the layers' `grads`."""
        self.t += 1
        rate = self.lr * np.sqrt(1 - 0.999**self.t) / (1 - 0.9**self.t)
        grads = [grad for layer in self.layers for grad in layer.grads]
        for w, grad, m, v in zip(self.weights, grads, self.means, self.squares, strict=True):
            if w.ndim == 2:
                grad = grad + self.l2 * w
                w -= self.lr * self.decay * w
            m += 0.1 * (grad - m)
            v += 0.001 * (grad**2 - v)
            w -= rate * m / (np.sqrt(v) + 1e-7)


def label_slopes(logits: np.ndarray, one_hot: np.ndarray) -> np.ndarray:
    """Return how the mean cross-entropy changes with each logit, (n, k), for labels as rows of 0 and 1."""
    return (softmax(logits) - one_hot) / len(logits)


def fit(
    layers: list,
    X: np.ndarray,
    targets: np.ndarray,
    seed: int | tuple[int, ...],
    n_epochs: int,
    lr: float = 0.001,
    slopes: Callable[[np.ndarray, np.ndarray], np.ndarray] = label_slopes,
    masks: Sequence[np.ndarray] = (),
) -> list:
    """Train in place with Adam, in batches of about 32, and return `layers`.

    Parameters
    ----------
    X : numpy.ndarray
        Shape (n, inputs).
    targets : numpy.ndarray
        Shape (n, k): what `slopes` compares the logits with.
    seed : int or tuple of int
        Decides the order of the rows.
    slopes : callable
        Takes logits and targets of a batch, and returns how the loss changes with each logit.
    masks : sequence of numpy.ndarray
        One for each matrix: where it is False, a weight is put back to 0 after each step.
    """
    rng, optimizer = np.random.default_rng(seed), Adam(layers, lr)
    matrices = [layer.weights[0] for layer in layers if layer.weights]
    n_batches = int(np.ceil(len(X) / 32))
    for _ in range(n_epochs):
        for rows in np.array_split(rng.permutation(len(X)), n_batches):
            logits = forward(layers, X[rows], training=True)
            backward(layers, slopes(logits, targets[rows]))
            optimizer.step()
            for W, mask in zip(matrices, masks, strict=False):
                W *= mask
    return layers

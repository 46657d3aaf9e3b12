"""Right and wrong answers to the exercises of lesson 04."""

from __future__ import annotations

import numpy as np

from tests.exercises.harness import Case


def _s(z):
    return 1 / (1 + np.exp(-z))


def _net(sign=1.0, again="", out_slope=True, hidden_slope=True, through_w2=True, squared=False, factor=1.0):
    def gradients(x, y, W1, W2):
        a = _s(x @ W1)
        out = _s(a @ W2)

        def slope(v, layer):
            return _s(v) * (1 - _s(v)) if layer in again else v * (1 - v)

        d = sign * factor * (out - y) * (slope(out, "o") if out_slope else 1.0)
        hidden = d * (W2 if through_w2 else 1.0) * (slope(a, "h") if hidden_slope else 1.0)
        return np.outer(x, hidden), d * (a**2 * x[0] if squared else a)

    return gradients


def _squared_only(x, y, W1, W2):
    right, a = _net()(x, y, W1, W2), _s(x @ W1)
    return right[0], (_s(a @ W2) - y) * a**2 * x[1]


def _lost_from(which):
    def gradients(*arguments):
        pairs = _net()(*arguments), _net(out_slope=False)(*arguments)
        return tuple(pairs[layer == which][layer] for layer in (0, 1))

    return gradients


def _differences(x, y, W1, W2):
    def loss(w):
        return 0.5 * (_s(_s(x @ w[:6].reshape(2, 3)) @ w[6:]) - y) ** 2

    w = np.concatenate([W1.ravel(), W2])
    g = np.array([(loss(w + 1e-6 * e) - loss(w - 1e-6 * e)) / 2e-6 for e in np.eye(9)])
    return g[:6].reshape(2, 3), g[6:]


def _he(fan_in, fan_out, activation):
    return np.sqrt(2 / (fan_in if activation == "relu" else fan_in + fan_out))


CASES = {
    "slope_from_activation": Case(
        right=[lambda a: a - a**2, lambda a: [v * (1 - v) for v in a]],
        wrong={
            "the sigmoid again": lambda a: _s(a) * (1 - _s(a)),
            "only one factor": lambda a: 1 - a,
            "tanh": lambda a: 1 - a**2,
            "the output itself": lambda a: a + 0,
            "wrong sign": lambda a: a * (a - 1),
        },
    ),
    "backprop_231": Case(
        right=[_net(), _differences],
        wrong={
            "climbs": _net(sign=-1.0),
            "sigmoid applied twice": _net(again="oh"),
            "sigmoid applied twice at the output": _net(again="o"),
            "sigmoid applied twice when hidden": _net(again="h"),
            "sigmoid applied twice, climbs": _net(again="oh", sign=-1.0),
            "output's derivative missing for W1": _lost_from(0),
            "output's derivative missing for W2": _lost_from(1),
            "wrong order": lambda *arguments: _net()(*arguments)[::-1],
            "output's derivative missing": _net(out_slope=False),
            "a squared": _net(squared=True),
            "a squared, derivative missing": _squared_only,
            "hidden derivative missing": _net(hidden_slope=False),
            "W2 missing on the way back": _net(through_w2=False),
            "doubled": _net(factor=2.0),
            "not two results": lambda x, y, W1, W2: W1,
        },
    ),
    "dense_backward": Case(
        right=[
            lambda X, W, G: (G @ W.T, X.T @ G, np.ones(len(X)) @ G),
            lambda X, W, G: [np.einsum("nh,dh->nd", G, W), np.einsum("nd,nh->dh", X, G), G.sum(0)],
        ],
        wrong={
            "W not transposed": lambda X, W, G: (G @ W, X.T @ G, G.sum(0)),
            "factors swapped": lambda X, W, G: (W.T @ G, X.T @ G, G.sum(0)),
            "X not transposed": lambda X, W, G: (G @ W.T, X @ G, G.sum(0)),
            "W turned": lambda X, W, G: (G @ W.T, G.T @ X, G.sum(0)),
            "W averaged": lambda X, W, G: (G @ W.T, X.T @ G / len(X), G.sum(0)),
            "b summed over outputs": lambda X, W, G: (G @ W.T, X.T @ G, G.sum(1)),
            "b averaged": lambda X, W, G: (G @ W.T, X.T @ G, G.mean(0)),
            "b not summed": lambda X, W, G: (G @ W.T, X.T @ G, G),
            "wrong order": lambda X, W, G: (X.T @ G, G @ W.T, G.sum(0)),
            "square only": lambda X, W, G: (G @ W.T, X.T @ G, G[:3].sum(0)),
            "not three results": lambda X, W, G: G @ W.T,
        },
    ),
    "expected_first_loss": Case(
        right=[lambda k: np.log(k), lambda k: -sum(np.log(1 / k) / k for _ in range(k))],
        wrong={
            "probability instead of surprise": lambda k: 1 / k,
            "wrong sign": lambda k: np.log(1 / k),
            "bits": lambda k: np.log2(k),
            "summed over the classes": lambda k: k * np.log(k),
            "zero": lambda k: 0.0,
            "two classes": lambda k: np.log(2),
            "rounded": lambda k: 2.3,
            "decimal logarithm": lambda k: np.log10(k),
            "fixed number of classes": lambda k: np.log(10),
        },
    ),
    "init_deviation": Case(
        right=[_he, lambda i, o, f: {"relu": 2 / i, "tanh": 2 / (i + o)}[f] ** 0.5],
        wrong={
            "variance": lambda i, o, f: _he(i, o, f) ** 2,
            "fan_out for He": lambda i, o, f: np.sqrt(2 / o) if f == "relu" else np.sqrt(2 / (i + o)),
            "the same for both": lambda i, o, f: np.sqrt(2 / i),
            "swapped": lambda i, o, f: _he(i, o, "tanh" if f == "relu" else "relu"),
            "missing the 2 of He": lambda i, o, f: np.sqrt(1 / i) if f == "relu" else np.sqrt(2 / (i + o)),
            "Xavier from fan_in alone": lambda i, o, f: np.sqrt((2 if f == "relu" else 1) / i),
            "Xavier for both": lambda i, o, f: np.sqrt(2 / (i + o)),
            "root of the 2 alone": lambda i, o, f: np.sqrt(2) / (i if f == "relu" else i + o),
            "uniform bound": lambda i, o, f: np.sqrt(3) * _he(i, o, f),
        },
    ),
}

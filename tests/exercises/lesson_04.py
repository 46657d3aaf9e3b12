"""Right and wrong answers to the exercises of lesson 04."""

from __future__ import annotations

import math

import numpy as np

from tests.exercises.harness import Case


def _s(z):
    return 1 / (1 + np.exp(-z))


BY_VALUE = {"memorised by size": "every argument is a single number or a name, so it remembers what it was asked"}


def _remembered(answer, key):
    """Return `answer`, which gives its first result again wherever `key` of the arguments is the same."""
    kept = {}
    return lambda *arguments: kept.setdefault(key(*arguments), answer(*arguments))


# slope_from_activation


def _slope_by_differences(a):
    z = np.log(a / (1 - a))
    return (_s(z + 1e-5) - _s(z - 1e-5)) / 2e-5


def _slope_by_tape(a):
    import tensorflow as tf

    z = tf.Variable(np.log(a / (1 - a)), dtype=tf.float32)
    with tf.GradientTape() as tape:
        out = tf.sigmoid(z)
    return tape.gradient(out, z)


def _slope_of_a_table(a):
    import pandas as pd

    return pd.Series(a).map(lambda v: v * (1 - v))


def _by_logit(a):
    z = np.log(a) - np.log(1 - a)
    return np.exp(z) / (1 + np.exp(z)) ** 2


def _by_logit(a):
    z = np.log(a) - np.log(1 - a)
    return _s(z) * (1 - _s(z))


def _first_hundred(a):
    slopes = np.zeros(len(a))
    slopes[:100] = (a * (1 - a))[:100]
    return slopes


def _filled(a):
    slopes = np.empty(4)
    for i, v in enumerate(a[:4]):
        slopes[i] = v * (1 - v)
    return slopes


# backprop_231


def _net(
    sign=1.0,
    again="",
    out_slope=True,
    hidden_slope=True,
    through_w2=True,
    squared=False,
    factor=1.0,
    label=None,
    back=None,
):
    def gradients(x, y, W1, W2):
        a = _s(x @ W1)
        out = _s(a @ W2)
        y = y if label is None else label

        def slope(v, layer):
            return _s(v) * (1 - _s(v)) if layer in again else v * (1 - v)

        d = sign * factor * (out - y) * (slope(out, "o") if out_slope else 1.0)
        hidden = d * (W2 if through_w2 else 1.0) * (slope(a, "h") if hidden_slope else 1.0)
        hidden = hidden if back is None else back(d, W2, a)
        return np.outer(x, hidden), d * (a**2 * x[0] if squared else a)

    return gradients


def _squared_only(x, y, W1, W2):
    right, a = _net()(x, y, W1, W2), _s(x @ W1)
    return right[0], (_s(a @ W2) - y) * a**2 * x[1]


def _squared_and_lost(x, y, W1, W2):
    lost, a = _net(out_slope=False)(x, y, W1, W2), _s(x @ W1)
    return lost[0], (_s(a @ W2) - y) * a**2 * x[0]


def _squared_second(x, y, W1, W2):
    right, a = _net()(x, y, W1, W2), _s(x @ W1)
    return right[0], right[1] * a * x[1]


def _unsigned(x, y, W1, W2):
    up = np.sign(_s(_s(x @ W1) @ W2) - y)
    return tuple(up * part for part in _net()(x, y, W1, W2))


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


def _by_hand(x, y, W1, W2):
    a = [1 / (1 + math.exp(-(x[0] * W1[0][j] + x[1] * W1[1][j]))) for j in range(3)]
    out = 1 / (1 + math.exp(-sum(a[j] * W2[j] for j in range(3))))
    d = (out - y) * out * (1 - out)
    grad_W1 = [[0.0] * 3 for _ in range(2)]
    grad_W2 = [0.0] * 3
    for j in range(3):
        grad_W2[j] = d * a[j]
        for i in range(2):
            grad_W1[i][j] = d * W2[j] * a[j] * (1 - a[j]) * x[i]
    return grad_W1, grad_W2


def _by_einsum(x, y, W1, W2):
    a = _s(np.einsum("i,ij->j", x, W1))
    out = _s(np.einsum("j,j->", a, W2))
    d = np.multiply(out - y, out - out**2)
    return [np.einsum("i,j->ij", x, d * W2 * (a - a**2)), np.einsum(",j->j", d, a)]


def _by_matrices(x, y, W1, W2):
    X, V = x[None], W2[:, None]
    A = _s(X @ W1)
    out = _s(A @ V)
    D = (out - y) * out * (1 - out)
    return X.T @ (D @ V.T * A * (1 - A)), (A.T @ D).ravel()


def _by_tape(x, y, W1, W2):
    import tensorflow as tf

    V1, V2 = tf.Variable(W1, dtype=tf.float32), tf.Variable(W2, dtype=tf.float32)
    with tf.GradientTape() as tape:
        hidden = tf.sigmoid(tf.constant(x[None], tf.float32) @ V1)
        out = tf.sigmoid(tf.reduce_sum(hidden[0] * V2))
        loss = (out - float(y)) ** 2 / 2
    return tape.gradient(loss, [V1, V2])


def _by_tape_in_the_type_of_the_weights(x, y, W1, W2):
    import tensorflow as tf

    V1, V2 = tf.Variable(W1), tf.Variable(W2)
    with tf.GradientTape() as tape:
        hidden = tf.sigmoid(tf.constant(x[None]) @ V1)
        out = tf.sigmoid(tf.linalg.matvec(hidden, V2))[0]
        loss = (out - y) ** 2 / 2
    return tuple(tape.gradient(loss, [V1, V2]))


def _in_float32(x, y, W1, W2):
    return _net()(x.astype(np.float32), np.float32(y), W1.astype(np.float32), W2.astype(np.float32))


def _clipped_logits(x, y, W1, W2):
    def s(z):
        return _s(np.clip(z, -3, 3))

    a = s(x @ W1)
    out = s(a @ W2)
    d = (out - y) * out * (1 - out)
    return np.outer(x, d * W2 * a * (1 - a)), d * a


def _into_the_type_of_the_weights(x, y, W1, W2):
    grad_W1, grad_W2 = np.zeros_like(W1), np.zeros_like(W2)
    grad_W1[:], grad_W2[:] = _net()(x, y, W1, W2)
    return grad_W1, grad_W2


def _straight(x, y, W1, W2):
    a = _s(x @ W1)
    out = a @ W2
    return np.outer(x, (out - y) * W2 * a * (1 - a)), (out - y) * a


def _straight_hidden(x, y, W1, W2):
    a = x @ W1
    out = _s(a @ W2)
    d = (out - y) * out * (1 - out)
    return np.outer(x, d * W2), d * a


def _each_unit_alone(x, y, W1, W2):
    a = _s(x @ W1)
    out = _s(a * W2)
    d = (out - y) * out * (1 - out)
    return np.outer(x, d * W2 * a * (1 - a)), d * a


# dense_backward


def _dense(X, W, G):
    return G @ W.T, X.T @ G, G.sum(axis=0)


def _dense_by_loops(X, W, grad_out):
    grad_X, grad_W, grad_b = np.zeros(X.shape), np.zeros(W.shape), np.zeros(W.shape[1])
    for n in range(len(X)):
        for h in range(W.shape[1]):
            grad_b[h] += grad_out[n, h]
            for d in range(W.shape[0]):
                grad_X[n, d] += grad_out[n, h] * W[d, h]
                grad_W[d, h] += grad_out[n, h] * X[n, d]
    return grad_X, grad_W, grad_b


def _dense_by_examples(X, W, grad_out):
    grad_W = sum(np.outer(x, g) for x, g in zip(X, grad_out, strict=True))
    return [W @ g for g in grad_out], grad_W, sum(grad_out)


def _dense_by_tape(X, W, grad_out):
    import tensorflow as tf

    X, W, b = tf.Variable(X), tf.Variable(W), tf.Variable(np.zeros(W.shape[1]))
    with tf.GradientTape() as tape:
        out = X @ W + b
    return tape.gradient(out, [X, W, b], output_gradients=grad_out)


def _dense_in_tensors(X, W, grad_out):
    import tensorflow as tf

    X, W, G = (tf.constant(part, tf.float32) for part in (X, W, grad_out))
    return tf.matmul(G, W, transpose_b=True), tf.matmul(X, G, transpose_a=True), tf.reduce_sum(G, axis=0)


def _dense_of_tables(X, W, grad_out):
    import pandas as pd

    X, W, G = pd.DataFrame(X), pd.DataFrame(W), pd.DataFrame(grad_out)
    return G.dot(W.T).to_numpy(), X.T.dot(G).to_numpy(), G.sum().to_numpy()


def _into_the_type_of_inputs_and_weights(X, W, G):
    grad_X, grad_W = np.zeros_like(X), np.zeros_like(W)
    grad_X[:], grad_W[:] = G @ W.T, X.T @ G
    return grad_X, grad_W, G.sum(axis=0)


def _dense_without_adding(X, W, G):
    grad_W = np.zeros_like(W)
    for x, g in zip(X, G, strict=True):
        grad_W = np.outer(x, g)
    return G @ W.T, grad_W, G.sum(axis=0)


# expected_first_loss


def _loss_of_a_draw(k):
    rng = np.random.default_rng(0)
    return -np.log(np.full(k, 1 / k)[rng.integers(k, size=20)]).mean()


def _loss_of_a_table(k):
    labels, probs = np.eye(k), np.full((k, k), 1 / k)
    return np.mean(-np.sum(labels * np.log(probs), axis=1))


def _loss_of_a_batch(k):
    labels, probs = np.arange(k), np.ones((k, k)) / k
    return -np.mean(np.log(probs[labels, labels]))


def _loss_of_keras(k):
    import keras

    return keras.losses.sparse_categorical_crossentropy(np.array([0]), np.zeros((1, k)), from_logits=True)[0]


def _loss_of_a_softmax(k):
    logits = np.zeros(k)
    return np.log(np.exp(logits).sum()) - logits[0]


# init_deviation


def _he(fan_in, fan_out, activation):
    return np.sqrt(2 / (fan_in if activation == "relu" else fan_in + fan_out))


def _by_branches(fan_in, fan_out, activation):
    if activation == "relu":
        variance = 2 / fan_in
    elif activation == "tanh":
        variance = 2 / (fan_in + fan_out)
    else:
        raise ValueError(activation)
    return math.sqrt(variance)


def _for(relu, tanh):
    return lambda i, o, f: relu(i, o) if f == "relu" else tanh(i, o)


def _relu(i, o):
    return math.sqrt(2 / i)


def _tanh(i, o):
    return math.sqrt(2 / (i + o))


CASES = {
    "slope_from_activation": Case(
        right=[
            _by_logit,
            lambda a: (lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2)(np.log(a / (1 - a))),
            lambda a: a - a**2,
            lambda a: [v * (1 - v) for v in a],
            lambda a: tuple(a.tolist() * (1 - a)),
            lambda a: np.multiply(a, 1 - a).astype(np.float32),
            lambda a: a.astype(np.float32) * (1 - a.astype(np.float32)),
            lambda a: np.einsum("n,n->n", a, 1 - a),
            lambda a: 0.25 - (a - 0.5) ** 2,
            lambda a: np.diag(np.diag(a) - np.outer(a, a)),
            lambda a: np.exp(np.log(a) + np.log1p(-a)),
            _slope_by_differences,
            _slope_by_tape,
            _by_logit,
            _slope_of_a_table,
        ],
        wrong={
            "the sigmoid again": lambda a: _s(a) * (1 - _s(a)),
            "the sigmoid of a": _s,
            "only one factor": lambda a: 1 - a,
            "tanh": lambda a: 1 - a**2,
            "the output itself": lambda a: a + 0,
            "wrong sign": lambda a: a * (a - 1),
            "upside down": lambda a: 1 / a + 1 / (1 - a),
            "slope of the slope": lambda a: 1 - 2 * a,
            "a quarter everywhere": lambda a: np.ones_like(a) / 4,
        },
        others=[
            _filled,
            lambda a: a**2,
            lambda a: a * (1 - a) / 2,
            lambda a: a * (1 + a),
            lambda a: np.sqrt(a * (1 - a)),
            lambda a: np.minimum(a, 1 - a),
            lambda a: (a > 0) * 1.0,
            lambda a: np.exp(-a) / (1 + np.exp(-a)),
            lambda a: np.log(a / (1 - a)),
            lambda a: np.gradient(a) if len(a) > 1 else a,
            lambda a: (a * (1 - a)).mean(),
            lambda a: sum(v * (1 - v) for v in a),
            lambda a: np.sort(a * (1 - a)),
            lambda a: np.unique(a * (1 - a)),
            lambda a: np.round(a * (1 - a), 4),
            lambda a: np.clip(a, 0.01, 0.99) * (1 - np.clip(a, 0.01, 0.99)),
            lambda a: (a * (1 - a))[:, None],
            lambda a: np.diag(a) - np.outer(a, a),
            lambda a: a.mean() * (1 - a),
            lambda a: (v * (1 - v) for v in a),
            lambda a: [f"{v * (1 - v)}" for v in a],
            lambda a: np.maximum(a * (1 - a), 1e-3),
            lambda a: np.where((a < 1e-4) | (a > 1 - 1e-4), 0, a * (1 - a)),
            lambda a: np.clip(a, 1e-3, 1 - 1e-3) * (1 - np.clip(a, 1e-3, 1 - 1e-3)),
            lambda a: np.clip(a, 1e-4, 1 - 1e-4) * (1 - np.clip(a, 1e-4, 1 - 1e-4)),
            _first_hundred,
        ],
    ),
    "backprop_231": Case(
        right=[
            _into_the_type_of_the_weights,
            _net(),
            _differences,
            _by_hand,
            _by_einsum,
            _by_matrices,
            _by_tape,
            _by_tape_in_the_type_of_the_weights,
            _in_float32,
            lambda *arguments: list(_net()(*arguments)),
            lambda *arguments: tuple(part.tolist() for part in _net()(*arguments)),
            lambda x, y, W1, W2: tuple(-part for part in _net(sign=-1.0)(x, y, W1, W2)),
        ],
        wrong={
            "error without its sign": _unsigned,
            "climbs": _net(sign=-1.0),
            "sigmoid applied twice": _net(again="oh"),
            "sigmoid applied twice at the output": _net(again="o"),
            "sigmoid applied twice when hidden": _net(again="h"),
            "sigmoid applied twice, climbs": _net(again="oh", sign=-1.0),
            "output's derivative missing for W1": _lost_from(0),
            "output's derivative missing for W2": _lost_from(1),
            "wrong order": lambda *arguments: _net()(*arguments)[::-1],
            "output's derivative missing": _net(out_slope=False),
            "output's derivative missing, climbs": _net(out_slope=False, sign=-1.0),
            "a squared": _net(squared=True),
            "a squared, second input": _squared_second,
            "a squared, second input, derivative missing": _squared_only,
            "a squared, derivative missing everywhere": _squared_and_lost,
            "hidden derivative missing": _net(hidden_slope=False),
            "no derivative at all": _net(out_slope=False, hidden_slope=False),
            "W2 missing on the way back": _net(through_w2=False),
            "doubled": _net(factor=2.0),
            "halved": _net(factor=0.5),
            "label of 1 written in": _net(label=1.0),
            "no sigmoid at the output": _straight,
            "W1 turned": lambda *arguments: (_net()(*arguments)[0].T, _net()(*arguments)[1]),
            "wrong number of results": lambda x, y, W1, W2: _net()(x, y, W1, W2)[0],
        },
        others=[
            _straight_hidden,
            _each_unit_alone,
            _net(label=0.0),
            _net(back=lambda d, W2, a: d * W2 * (1 - a**2)),
            _net(back=lambda d, W2, a: d * W2 * a),
            _net(back=lambda d, W2, a: d * W2 * (1 - a)),
            _net(back=lambda d, W2, a: d * W2.sum() * a * (1 - a)),
            _net(back=lambda d, W2, a: d * (W2 - d * a) * a * (1 - a)),
            _net(back=lambda d, W2, a: np.sort(d * W2 * a * (1 - a))),
            _net(back=lambda d, W2, a: d * np.clip(W2, -5, 5) * a * (1 - a)),
            lambda x, y, W1, W2: _net()(x, float(y > 0.5), W1, W2),
            lambda x, y, W1, W2: _net()(x, min(y, 1), W1, W2),
            lambda x, y, W1, W2: _net()(np.clip(x, -5, 5), y, W1, W2),
            lambda x, y, W1, W2: _net()(np.abs(x), y, W1, W2),
            lambda x, y, W1, W2: [np.round(part, 4) for part in _net()(x, y, W1, W2)],
            lambda x, y, W1, W2: [np.clip(part, -0.05, 0.05) for part in _net()(x, y, W1, W2)],
            lambda x, y, W1, W2: [W - 0.1 * g for W, g in zip((W1, W2), _net()(x, y, W1, W2), strict=True)],
            lambda x, y, W1, W2: np.vstack(_net()(x, y, W1, W2)),
            lambda x, y, W1, W2: np.concatenate([part.ravel() for part in _net()(x, y, W1, W2)]),
            lambda x, y, W1, W2: (*_net()(x, y, W1, W2), 0.0),
            lambda x, y, W1, W2: {"W1": W1, "W2": W2},
            lambda x, y, W1, W2: (_net()(x, y, W1, W2)[0], _net()(x, y, W1, W2)[1][:, None]),
            lambda x, y, W1, W2: W1[0],
            lambda x, y, W1, W2: (W1, W2),
            _clipped_logits,
            _net(back=lambda d, W2, a: d * W2 * W2 / W2 * a * (1 - a)),
            _remembered(_net(), lambda x, y, W1, W2: y),
            lambda x, y, W1, W2: W1,
        ],
    ),
    "dense_backward": Case(
        right=[
            _into_the_type_of_inputs_and_weights,
            lambda X, W, G: (G @ W.T, X.T @ G, np.ones(len(X)) @ G),
            lambda X, W, G: [np.einsum("nh,dh->nd", G, W), np.einsum("nd,nh->dh", X, G), G.sum(0)],
            lambda X, W, G: ((W @ G.T).T, (G.T @ X).T, np.add.reduce(G)),
            lambda X, W, G: tuple(part.astype(np.float32) for part in _dense(X, W, G)),
            lambda X, W, G: _dense(*(part.astype(np.float32) for part in (X, W, G))),
            lambda X, W, G: [part.tolist() for part in _dense(X, W, G)],
            lambda X, W, G: (np.tensordot(G, W, (1, 1)), np.tensordot(X, G, (0, 0)), G.mean(axis=0) * len(G)),
            lambda X, W, G: (G @ W.T, (X[:, :, None] * G[:, None, :]).sum(axis=0), np.cumsum(G, axis=0)[-1]),
            _dense_by_loops,
            _dense_by_examples,
            _dense_by_tape,
            _dense_in_tensors,
            _dense_of_tables,
        ],
        wrong={
            "W not transposed": lambda X, W, G: (G @ W, X.T @ G, G.sum(0)),
            "factors swapped": lambda X, W, G: (W.T @ G, X.T @ G, G.sum(0)),
            "factors swapped, W not transposed": lambda X, W, G: (W @ G, X.T @ G, G.sum(0)),
            "X averaged": lambda X, W, G: (G @ W.T / len(X), X.T @ G, G.sum(0)),
            "X has the wrong sign": lambda X, W, G: tuple(-part for part in _dense(X, W, G)),
            "X not transposed": lambda X, W, G: (G @ W.T, X @ G, G.sum(0)),
            "W turned": lambda X, W, G: (G @ W.T, G.T @ X, G.sum(0)),
            "W averaged": lambda X, W, G: (G @ W.T, X.T @ G / len(X), G.sum(0)),
            "W summed before multiplied": lambda X, W, G: (G @ W.T, X.sum(0)[:, None] * G.sum(0), G.sum(0)),
            "last example only": _dense_without_adding,
            "W has the wrong sign": lambda X, W, G: (G @ W.T, -X.T @ G, G.sum(0)),
            "b summed over outputs": lambda X, W, G: (G @ W.T, X.T @ G, G.sum(1)),
            "b averaged": lambda X, W, G: (G @ W.T, X.T @ G, G.mean(0)),
            "b not summed": lambda X, W, G: (G @ W.T, X.T @ G, G),
            "b from the last example only": lambda X, W, G: (G @ W.T, X.T @ G, G[-1]),
            "b counts the examples": lambda X, W, G: (G @ W.T, X.T @ G, np.ones_like(G).sum(axis=0)),
            "wrong order": lambda X, W, G: (X.T @ G, G @ W.T, G.sum(0)),
            "wrong number of results": lambda X, W, G: X.T @ G,
        },
        others=[
            lambda X, W, G: (G @ W.T, X.T @ G, G[:3].sum(0)),
            lambda X, W, G: (G[:64] @ W.T, X[:60].T @ G[:60], G.sum(0)),
            lambda X, W, G: (G @ W.T, X.T @ G, G.sum(0, keepdims=True)),
            lambda X, W, G: (G @ W.T, X.T @ G, G.sum()),
            lambda X, W, G: (G @ W.T, X.T @ G, G[0]),
            lambda X, W, G: (G @ W.T, X.T @ G, G.max(axis=0)),
            lambda X, W, G: (G @ W.T, X.T @ G, np.abs(G).sum(axis=0)),
            lambda X, W, G: (G @ W.T, X.T @ G / 3, G.sum(0)),
            lambda X, W, G: (G @ W.T, X.T @ G / G.size, G.sum(0)),
            lambda X, W, G: (G @ W.T, np.outer(X[0], G[0]), G.sum(0)),
            lambda X, W, G: (G @ W.T, X.T @ np.sign(G), G.sum(0)),
            lambda X, W, G: (G @ W.T, np.clip(X.T @ G, -100, 100), G.sum(0)),
            lambda X, W, G: (G @ W.T, np.clip(X, -50, 50).T @ G, G.sum(0)),
            lambda X, W, G: (G @ W.T * (X > 0), X.T @ G, G.sum(0)),
            lambda X, W, G: (G @ np.linalg.pinv(W), X.T @ G, G.sum(0)),
            lambda X, W, G: (np.round(G @ W.T, 3), X.T @ G, G.sum(0)),
            lambda X, W, G: (X @ W, X.T @ G, G.sum(0)),
            lambda X, W, G: (G @ W.T + 1, X.T @ G, G.sum(0)),
            lambda X, W, G: (X.T @ G, G.sum(0), G @ W.T),
            lambda X, W, G: (X.T @ G, G.sum(0)),
            lambda X, W, G: (*_dense(X, W, G), X @ W),
            lambda X, W, G: {"X": G @ W.T, "W": X.T @ G, "b": G.sum(0)},
            lambda X, W, G: (X - 0.1 * G @ W.T, W - 0.1 * X.T @ G, -0.1 * G.sum(0)),
            lambda X, W, G: G @ W.T,
            lambda X, W, G: (G @ W.T)[:2],
            lambda X, W, G: (G @ W.reshape(W.shape[::-1]), X.T @ G, G.sum(0)),
            lambda X, W, G: (G @ W.T, X.reshape(X.shape[::-1]) @ G, G.sum(0)),
            lambda X, W, G: (G[:100] @ W.T, X[:100].T @ G[:100], G[:100].sum(0)),
            _remembered(_dense, lambda X, W, G: (X.shape, W.shape)),
            _remembered(_dense, lambda X, W, G: G.shape),
        ],
    ),
    "expected_first_loss": Case(
        right=[
            lambda k: np.log(k),
            lambda k: -sum(np.log(1 / k) / k for _ in range(k)),
            lambda k: -math.log(1 / k),
            lambda k: np.log2(k) * np.log(2),
            lambda k: np.float32(np.log(np.float32(k))),
            lambda k: np.array(np.log(k)),
            lambda k: math.log(k) if k > 1 else 0,
            lambda k: -np.log(np.full(k, 1 / k))[0],
            lambda k: np.logaddexp.reduce(np.zeros(k)),
            lambda k: math.log10(k) / math.log10(math.e),
            lambda k: -np.log(np.clip(1 / k, 1e-7, 1)),
            _loss_of_a_draw,
            _loss_of_a_softmax,
            _loss_of_a_table,
            _loss_of_a_batch,
            _loss_of_keras,
        ],
        wrong={
            "probability instead of surprise": lambda k: 1 / k,
            "share of mistakes": lambda k: (k - 1) / k,
            "the number of classes": lambda k: k,
            "wrong sign": lambda k: np.log(1 / k),
            "bits": lambda k: np.log2(k),
            "summed over the classes": lambda k: k * np.log(k),
            "averaged over the classes": lambda k: -np.log(1 / k) / k,
            "surprise at the other classes": lambda k: -np.log((k - 1) / k),
            "one yes or no for each class": lambda k: -(np.log(1 / k) + (k - 1) * np.log(1 - 1 / k)),
            "zero": lambda k: 0.0,
            "two classes": lambda k: np.log(2),
            "rounded": lambda k: round(math.log(k), 2),
            "rounded to one place": lambda k: round(math.log(k), 1),
            "decimal logarithm": lambda k: np.log10(k),
            "fixed number of classes": lambda k: np.log(10),
        },
        others=[
            lambda k: 2.3,
            lambda k: math.log(k + 1),
            lambda k: math.log(k - 1) if k > 1 else 0.0,
            lambda k: math.log(k, 3),
            lambda k: math.log(k) / 2,
            lambda k: math.log(min(k, 1000)),
            lambda k: math.log(max(k, 3)),
            lambda k: round(math.log(k), 3),
            lambda k: math.floor(math.log(k)),
            lambda k: -math.log(1 / k + 1e-3),
            lambda k: math.sqrt(k),
            lambda k: 1 - 1 / k**2,
            lambda k: (1 - 1 / k) ** 2,
            lambda k: {2: math.log(2), 3: math.log(3), 10: math.log(10)}.get(k, 0.0),
            lambda k: [math.log(k)] * k,
            lambda k: [math.log(k)],
            lambda k: f"log {k}",
            lambda k: complex(math.log(k)),
            lambda k: math.log(k) if k > 1 else 1.0,
            lambda k: (1 - 1 / k) ** 2 + (k - 1) / k**2,
        ],
        equivalent=BY_VALUE,
    ),
    "init_deviation": Case(
        right=[
            _he,
            lambda i, o, f: {"relu": 2 / i, "tanh": 2 / (i + o)}[f] ** 0.5,
            lambda i, o, f: np.sqrt(1 / (i / 2)) if f == "relu" else np.sqrt(1 / ((i + o) / 2)),
            lambda i, o, f: np.float32(_he(i, o, f)),
            lambda i, o, f: np.array(math.exp(0.5 * math.log(2 / (i + (f == "tanh") * o)))),
            lambda i, o, f: math.sqrt(2) / math.sqrt(i if f != "tanh" else i + o),
            lambda i, o, f: (2 / i if "relu" in f.lower() else 2 / (i + o)) ** (1 / 2),
            lambda i, o, f: 1 / np.hypot(np.sqrt(i / 2), np.sqrt(o / 2) if f == "tanh" else 0),
            lambda i, o, f: np.sqrt(6 / (i if f == "relu" else i + o)) / np.sqrt(3),
            _by_branches,
        ],
        wrong={
            "variance": lambda i, o, f: _he(i, o, f) ** 2,
            "variance for tanh": _for(_relu, lambda i, o: 2 / (i + o)),
            "variance for relu": _for(lambda i, o: 2 / i, _tanh),
            "fan_out for He": lambda i, o, f: np.sqrt(2 / o) if f == "relu" else np.sqrt(2 / (i + o)),
            "smaller fan for He": _for(lambda i, o: math.sqrt(2 / min(i, o)), _tanh),
            "larger fan for He": _for(lambda i, o: math.sqrt(2 / max(i, o)), _tanh),
            "the same for both": lambda i, o, f: np.sqrt(2 / i),
            "swapped": lambda i, o, f: _he(i, o, "tanh" if f == "relu" else "relu"),
            "missing the 2 of He": lambda i, o, f: np.sqrt(1 / i) if f == "relu" else np.sqrt(2 / (i + o)),
            "missing the 2 of Xavier": _for(_relu, lambda i, o: (i + o) ** -0.5),
            "missing both 2s": lambda i, o, f: _he(i, o, f) / np.sqrt(2),
            "Xavier from fan_in alone": lambda i, o, f: np.sqrt((2 if f == "relu" else 1) / i),
            "Xavier from fan_out alone": _for(_relu, lambda i, o: o**-0.5),
            "Xavier from a product": _for(_relu, lambda i, o: math.sqrt(2 / i / o)),
            "missing brackets": _for(_relu, lambda i, o: math.sqrt(2 / i + o)),
            "Xavier for both": lambda i, o, f: np.sqrt(2 / (i + o)),
            "root of the 2 alone": lambda i, o, f: np.sqrt(2) / (i if f == "relu" else i + o),
            "root of the fans alone": lambda i, o, f: 2 / np.sqrt(i if f == "relu" else i + o),
            "upside down": lambda i, o, f: 1 / _he(i, o, f),
            "uniform bound": lambda i, o, f: np.sqrt(3) * _he(i, o, f),
            "uniform bound for tanh": _for(_relu, lambda i, o: math.sqrt(6 / (i + o))),
        },
        others=[
            lambda i, o, f: 0.2 if f == "relu" else 0.0894,
            lambda i, o, f: 0.05,
            lambda i, o, f: math.sqrt(2 / i) if f == "relu" else math.sqrt(2 / i + 2 / o),
            lambda i, o, f: math.sqrt(2 / i) if f == "relu" else math.sqrt(2 / (2 * i)),
            lambda i, o, f: math.sqrt(2 / i) if f == "relu" else math.sqrt(2 / max(i, o)),
            lambda i, o, f: math.sqrt(2 / i) if f == "relu" else (i * o) ** -0.25,
            lambda i, o, f: math.sqrt(2 / i) if f == "relu" else math.sqrt((1 / i + 1 / o) / 2),
            lambda i, o, f: math.sqrt(2 / i) if f == "relu" else math.sqrt(2 / min(i, o)),
            lambda i, o, f: math.sqrt(4 / (i + o)) if f == "relu" else math.sqrt(2 / (i + o)),
            lambda i, o, f: math.sqrt(2 / i) if f == "ReLU" else math.sqrt(2 / (i + o)),
            lambda i, o, f: math.sqrt(2 / i) if f == "relu" else None,
            lambda i, o, f: math.sqrt(2 // i) if f == "relu" else math.sqrt(2 // (i + o)),
            lambda i, o, f: round(_he(i, o, f), 3),
            lambda i, o, f: max(_he(i, o, f), 0.02),
            lambda i, o, f: min(_he(i, o, f), 1.0),
            lambda i, o, f: _he(i, o, f) / 0.87962566,
            lambda i, o, f: math.sqrt(2 / (i + 1)) if f == "relu" else math.sqrt(2 / (i + o + 1)),
            lambda i, o, f: (
                np.random.default_rng(0).normal(0, _he(i, o, f), (i, o)).std() if i < 2000 else _he(i, o, f)
            ),
            lambda i, o, f: np.full((i, o), _he(i, o, f)),
            lambda i, o, f: (math.sqrt(2 / i), math.sqrt(2 / (i + o))),
            lambda i, o, f: -_he(i, o, f),
            lambda i, o, f: math.sqrt(2 / i) if f == "relu" else math.sqrt(1 / ((i + o) // 2)),
            lambda i, o, f: max(_he(i, o, f), 0.01),
            _remembered(_he, lambda i, o, f: (i, f)),
            _remembered(_he, lambda i, o, f: (o, f)),
            _remembered(_he, lambda i, o, f: (i, o)),
        ],
        equivalent=BY_VALUE,
    ),
}

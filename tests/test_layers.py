"""The small NumPy network that lessons train by the hundred: gradients by finite differences, Adam against Keras."""

from __future__ import annotations

import numpy as np
import pytest

from course_utils.layers import Adam, Dense, ReLU, backward, cross_entropy, fit, forward, label_slopes, network


def _network(seed=0):
    rng = np.random.default_rng(seed)
    return [Dense(rng, 5, 7), ReLU(), Dense(rng, 7, 3)], rng.normal(size=(6, 5)), rng.integers(0, 3, 6)


def test_the_gradients_are_those_of_finite_differences():
    layers, X, y = _network()
    _, grad = cross_entropy(forward(layers, X, training=True), y)
    backward(layers, grad)
    for layer in layers:
        for w, slopes in zip(layer.weights, layer.grads, strict=True):
            for place in np.ndindex(w.shape):
                before = w[place]
                losses = []
                for step in (1e-6, -1e-6):
                    w[place] = before + step
                    losses.append(cross_entropy(forward(layers, X), y)[0])
                w[place] = before
                assert (losses[0] - losses[1]) / 2e-6 == pytest.approx(slopes[place], abs=1e-7)


def test_the_gradient_in_the_inputs_comes_back():
    layers, X, y = _network(1)
    _, grad = cross_entropy(forward(layers, X, training=True), y)
    slopes = backward(layers, grad)
    step = np.zeros(X.shape)
    step[2, 3] = 1e-6
    up, down = (cross_entropy(forward(layers, X + sign * step), y)[0] for sign in (1, -1))
    assert slopes.shape == X.shape
    assert (up - down) / 2e-6 == pytest.approx(slopes[2, 3], abs=1e-7)


def test_the_loss_of_an_undecided_network_is_the_logarithm_of_the_classes_and_stays_finite():
    assert cross_entropy(np.zeros((4, 10)), np.arange(4))[0] == pytest.approx(np.log(10))
    loss, grad = cross_entropy(np.array([[5000.0, 0.0]]), np.array([1]))
    assert loss == pytest.approx(5000)
    assert np.isfinite(grad).all()


@pytest.mark.parametrize("decay", [0.0, 0.5])
def test_adam_moves_the_weights_as_keras_does(decay):
    import keras

    layers, X, y = _network(2)
    mine = Adam(layers, 0.01, decay=decay)
    boxes = [keras.Variable(w.copy(), dtype="float64") for layer in layers for w in layer.weights]
    theirs = keras.optimizers.AdamW(0.01, weight_decay=decay)
    matrices = [box.shape for box in boxes]
    theirs.exclude_from_weight_decay(var_list=[b for b, shape in zip(boxes, matrices, strict=True) if len(shape) == 1])
    for _ in range(20):
        _, grad = cross_entropy(forward(layers, X, training=True), y)
        backward(layers, grad)
        theirs.apply([g for layer in layers for g in layer.grads], boxes)
        mine.step()
    for w, box in zip(mine.weights, boxes, strict=True):
        assert np.allclose(w, box.numpy(), atol=1e-4)


def test_l2_goes_through_the_fraction_and_biases_do_not_decay():
    layers, X, y = _network(3)
    twin, _, _ = _network(3)
    for which, settings in ((layers, {"l2": 0.5}), (twin, {})):
        _, grad = cross_entropy(forward(which, X, training=True), y)
        backward(which, grad)
        Adam(which, 0.01, **settings).step()
    assert not np.allclose(layers[0].weights[0], twin[0].weights[0])
    assert np.array_equal(layers[0].weights[1], twin[0].weights[1])


def test_the_slopes_of_labels_are_those_of_the_cross_entropy():
    logits, y = np.random.default_rng(3).normal(size=(6, 4)), np.array([0, 3, 1, 1, 2, 0])
    assert np.allclose(label_slopes(logits, np.eye(4)[y]), cross_entropy(logits, y)[1])


def test_a_fit_learns_and_weights_outside_its_masks_stay_at_0():
    rng = np.random.default_rng(4)
    X = rng.uniform(size=(90, 64))
    y = (X[:, :10] * 5).argmax(axis=1)
    layers = network(4, (16,))
    masks = [rng.random(layer.weights[0].shape) < 0.5 for layer in layers if layer.weights]
    before = cross_entropy(forward(layers, X), y)[0]
    assert fit(layers, X, np.eye(10)[y], 4, 30, 0.01, masks=masks) is layers
    assert cross_entropy(forward(layers, X), y)[0] < 0.8 * before
    for layer, mask in zip(layers[::2], masks, strict=True):
        assert not layer.weights[0][~mask].any()
        assert layer.weights[0][mask].all()


def test_a_fit_learns_from_whatever_slopes_it_is_given():
    X = np.random.default_rng(5).uniform(size=(40, 64))
    layers, asked = network(5, ()), []

    def slopes(logits, targets):
        asked.append(len(logits))
        return (logits - targets) / len(logits)

    fit(layers, X, np.full((40, 10), 3.0), 5, 200, 0.01, slopes)
    assert np.abs(forward(layers, X) - 3).mean() < 0.3
    assert sum(asked) == 200 * 40

"""Seeds and the progress bar."""

from __future__ import annotations

import random

import numpy as np
import pytest

from course_utils import session


@pytest.mark.parametrize("seed", [-1, 2**32, 1.5, "1", None, True])
def test_a_seed_that_is_none_is_refused_with_what_was_received(seed):
    with pytest.raises(ValueError, match="seed must be a whole number") as error:
        session.setup(seed)
    assert repr(seed) in str(error.value)


def test_one_seed_gives_one_sequence_in_python_numpy_and_keras():
    def draw():
        session.setup(seed=5)
        import keras

        return random.random(), np.random.rand(), float(keras.random.uniform(()))

    assert draw() == draw()


@pytest.fixture
def fit(monkeypatch):
    session.setup(seed=1)
    import keras

    shown = []

    class Handle:
        def update(self, content):
            shown.append(content.data)

    def display(content, display_id=False):
        shown.append(content.data)
        return Handle()

    monkeypatch.setattr("IPython.display.display", display)

    def run(epochs=3):
        model = keras.Sequential([keras.layers.Dense(1)])
        model.compile(optimizer="sgd", loss="mse")
        X = np.ones((64, 2))
        model.fit(X, X[:, 0], epochs=epochs, verbose=0, callbacks=[session.progress_bar()])
        return shown

    return run


def test_the_progress_bar_moves_and_ends_as_it_began(fit, monkeypatch):
    monkeypatch.delenv("COURSE_STATIC", raising=False)
    shown = fit()
    assert shown[0] == shown[-1] == "Training: 3 epochs of 2 steps"
    assert any("<progress" in text for text in shown[1:-1])


def test_the_progress_bar_writes_one_fixed_line_where_outputs_are_stored(fit, monkeypatch):
    monkeypatch.setenv("COURSE_STATIC", "1")
    assert fit() == ["Training: 3 epochs of 2 steps"]

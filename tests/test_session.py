"""Seeds and the progress bar."""

from __future__ import annotations

import logging
import os
import random
import warnings

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

    def run(epochs=3, callbacks=()):
        model = keras.Sequential([keras.layers.Dense(1)])
        model.compile(optimizer="sgd", loss="mse")
        X = np.ones((64, 2))
        model.fit(X, X[:, 0], epochs=epochs, verbose=0, callbacks=[*callbacks, session.progress_bar()])
        return shown

    return run


def test_the_progress_bar_moves_and_ends_with_what_was_trained(fit, monkeypatch):
    monkeypatch.delenv("COURSE_STATIC", raising=False)
    shown = fit()
    assert shown[-1] == "Trained: 3 epochs, 2 steps each"
    assert any("<progress" in text for text in shown[1:-1])


def test_the_progress_bar_writes_one_fixed_line_where_outputs_are_stored(fit, monkeypatch):
    monkeypatch.setenv("COURSE_STATIC", "1")
    assert fit() == ["Trained: 3 epochs, 2 steps each"]


def test_a_run_that_stops_early_says_how_far_it_came(fit, monkeypatch):
    import keras

    monkeypatch.setenv("COURSE_STATIC", "1")
    stop = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: setattr(stop.model, "stop_training", epoch == 0)
    )
    assert fit(callbacks=[stop]) == ["Trained: 1 epoch of 3 planned, 2 steps each"]


def test_a_large_loss_is_shown_with_four_digits(fit, monkeypatch):
    monkeypatch.delenv("COURSE_STATIC", raising=False)
    import keras

    shown = fit(
        callbacks=[keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: logs.update(loss=9.36e9))]
    )
    assert any("loss 9.36e+09" in text for text in shown)


def test_a_page_is_shown_in_a_frame_where_somebody_looks_and_not_where_outputs_are_stored(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    monkeypatch.setenv("COURSE_STATIC", "1")
    session.show_page("http://127.0.0.1:6006/")
    assert shown == []
    monkeypatch.delenv("COURSE_STATIC")
    session.show_page("http://127.0.0.1:6006/", height=300)
    assert (shown[0].src, shown[0].height) == ("http://127.0.0.1:6006/", 300)
    assert 'title="The page at http://127.0.0.1:6006/"' in shown[0]._repr_html_()


def test_what_libraries_say_stays_off_the_page_and_their_errors_do_not(capfd):
    def noisy():
        with session.quiet():
            print("printed")
            warnings.warn("warned", stacklevel=1)
            logging.getLogger("tensorflow").warning("logged")
            os.write(2, b"written below Python")
            raise ValueError("a reason")

    with pytest.raises(ValueError, match="a reason"):
        noisy()
    silent = capfd.readouterr()
    assert silent.out == silent.err == ""
    print("heard")
    os.write(2, b"heard too")
    logging.getLogger("course").warning("and this")
    loud = capfd.readouterr()
    assert loud.out == "heard\n"
    assert "heard too" in loud.err
    assert logging.root.manager.disable == 0

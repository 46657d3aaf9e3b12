"""TensorBoard as lesson 08 uses it: started on loopback, asked over HTTP, ended; its logs read back."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from tests.exercises import harness


@pytest.fixture(scope="module")
def lesson():
    return harness.lesson_functions("08_training_well")


@pytest.fixture(scope="module")
def logs(tmp_path_factory):
    import tensorflow as tf

    folder, curve = tmp_path_factory.mktemp("logs"), 1 / np.arange(1.0, 31.0)
    writer = tf.summary.create_file_writer(str(folder / "run"))
    with writer.as_default():
        for step, value in enumerate(curve):
            tf.summary.scalar("loss", value, step=step)
    writer.close()
    return folder, curve


def test_a_log_is_read_back_with_all_its_points(lesson, logs):
    folder, curve = logs
    assert np.allclose(lesson.read_scalars(folder / "run", "loss"), curve, rtol=1e-6)


def test_a_server_on_loopback_gives_the_scalars_over_http_and_ends(lesson, logs):
    folder, curve = logs
    board, port = lesson.start_board(folder)
    try:
        assert lesson.ask_board(port, "/data/runs") == ["run"]
        points = lesson.ask_board(port, "/data/plugin/scalars/scalars?run=run&tag=loss")
    finally:
        board.terminate()
        board.communicate(timeout=30)
    assert [step for _, step, _ in points] == list(range(30))
    assert np.allclose([value for _, _, value in points], curve, rtol=1e-6)
    assert board.poll() is not None
    with pytest.raises(OSError, match=r".*"):
        lesson.ask_board(port, "/data/runs")


def test_the_stopper_keeps_the_best_layers_and_counts_from_the_last_best(lesson, monkeypatch):
    losses = iter([3.0, 2.0, 2.0, 2.5, 1.9, 2.0, 2.1, 2.2])
    stopper = lesson.Stopper(None, None, patience=3)
    monkeypatch.setitem(stopper.watch.__globals__, "judge", lambda *_: (next(losses), 0.5))
    layers = [np.zeros(1)]
    said = []
    for epoch in range(8):
        layers[0] = np.full(1, float(epoch))
        said.append(stopper.watch(copy.copy(layers)))
    assert said == [False] * 7 + [True]
    assert stopper.kept[0][0] == 4
    assert stopper.best == 1.9

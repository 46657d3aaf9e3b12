"""One time limit for a whole check, and a world that is put back: answers that never end, interrupt, or change things."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sys
import threading
import time
import warnings

import numpy as np
import pytest

from course_utils.checking import Lesson, array, results, sandbox, whole

LESSON = Lesson("99_topic")
DATA = np.array([1.0, 2.0])


@LESSON.exercise("a", "b", seconds=0.4)
def double(attempt):
    """Return twice x (n,)."""
    array(attempt(DATA), (2,))
    return "Doubling matters."


@LESSON.exercise("a", "b", seconds=0.4)
def often(attempt):
    """Return x."""
    for x in range(200):
        whole(attempt(x))
    return "Often enough."


@LESSON.exercise("a", "b", seconds=0.4)
def pair(attempt):
    """Return two numbers."""
    results(attempt(1), 2)
    return "A pair."


@LESSON.exercise("a", "b", seconds=0.4)
def refusing(attempt):
    """Refuse."""
    attempt.must_refuse((1,), "One", "accepts one")
    return "Refused."


def forever(*args):
    while True:
        pass


def yields_forever(*args):
    while True:
        yield ((None, 64), 0)


def prints_forever(*args):
    while True:
        print("once more")


def swallows(*args):
    for _ in range(3):
        with contextlib.suppress(BaseException):
            forever()
    return DATA


class ArrayForever:
    def __array__(self, *args, **kwargs):
        forever()


@pytest.mark.parametrize("exercise", [double, pair, refusing], ids=lambda e: e.name)
@pytest.mark.parametrize(
    "answer", [forever, prints_forever, swallows, lambda x: ArrayForever(), lambda x: [ArrayForever()]]
)
def test_what_never_ends_is_stopped_and_its_thread_with_it(exercise, answer, capsys):
    if exercise is refusing and answer not in (forever, prints_forever, swallows):
        pytest.skip("its result is not read")
    before = threading.active_count()
    verdict = exercise.grade(answer)
    assert verdict.name == "never returns"
    assert "0.4 seconds" in verdict.message
    assert threading.active_count() == before


@pytest.mark.parametrize("exercise", [double, pair, often], ids=lambda e: e.name)
def test_an_endless_generator_is_refused_without_being_read(exercise):
    assert exercise.grade(yields_forever).name == "a generator"


def test_the_limit_holds_for_all_calls_together_and_a_slow_answer_is_called_slow():
    def slow(x):
        end = time.monotonic() + 0.05
        while time.monotonic() < end:
            pass
        return x

    verdict = often.grade(slow)
    assert verdict.name == "never returns"
    assert "Is it slow" in verdict.message
    assert often.grade(lambda x: x).status == "correct"


def _raise(error):
    raise error


class Interrupting:
    def __array__(self, *args, **kwargs):
        raise KeyboardInterrupt


class SpeaksBadly(ValueError):
    def __str__(self):
        raise KeyboardInterrupt


def _interrupting_generator(x):
    raise KeyboardInterrupt
    yield x


@pytest.mark.parametrize("exercise", [double, pair, refusing, often], ids=lambda e: e.name)
@pytest.mark.parametrize(
    "answer",
    [
        _interrupting_generator,
        lambda x: Interrupting(),
        lambda x: [Interrupting()],
        lambda x: _raise(SpeaksBadly()),
        lambda x: _raise(KeyboardInterrupt()),
        lambda x: _raise(SystemExit(1)),
    ],
)
def test_nothing_that_an_answer_raises_gets_out(exercise, answer):
    assert exercise.grade(answer).status in ("not yet", "correct")


@pytest.mark.skipif(os.name == "nt", reason="sends a signal")
def test_ctrl_c_ends_the_check_with_a_verdict_and_the_learners_thread_with_it(monkeypatch):
    monkeypatch.setattr(double, "seconds", 30.0)
    before, handler = threading.active_count(), signal.getsignal(signal.SIGINT)
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    verdict = double.grade(forever)
    timer.join()
    assert verdict.name == "interrupted"
    assert threading.active_count() == before
    assert signal.getsignal(signal.SIGINT) is handler


def test_a_million_prints_are_cut_and_that_is_said(capsys, monkeypatch):
    monkeypatch.setattr(double, "seconds", 20.0)

    def chatty(x):
        for k in range(100_000):
            print(k)
        return 2 * x

    assert double.grade(chatty).status == "correct"
    said = capsys.readouterr().out
    assert len(said) < sandbox.PRINTED_CHARACTERS + 200
    assert said.count("is left out") == 1


def _patch_numpy():
    np.mean = lambda *args, **kwargs: 0.0


CHANGES = {
    "NumPy's seed": (lambda: np.random.seed(5), lambda: np.random.get_state()[1].tolist()),
    "Python's seed": (lambda: random.seed(5), random.getstate),
    "NumPy's error state": (lambda: np.seterr(all="raise"), np.geterr),
    "NumPy's printing": (lambda: np.set_printoptions(precision=1), np.get_printoptions),
    "warning filters": (lambda: warnings.simplefilter("error"), lambda: list(warnings.filters)),
    "the folder": (lambda: os.chdir("/"), os.getcwd),
    "the environment": (lambda: os.environ.update(COURSE_TEST="1"), lambda: dict(os.environ)),
    "the recursion limit": (lambda: sys.setrecursionlimit(4321), sys.getrecursionlimit),
    "the module path": (lambda: sys.path.insert(0, "elsewhere"), lambda: list(sys.path)),
    "standard output": (lambda: setattr(sys, "stdout", None), lambda: sys.stdout),
    "a function of NumPy": (_patch_numpy, lambda: np.mean),
    "a builtin": (lambda: setattr(__import__("builtins"), "sum", None), lambda: sum),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_an_answer_changes_in_the_world_is_put_back(what):
    change, read = CHANGES[what]
    before = read()

    def answer(x):
        change()
        return 2 * x

    assert double.grade(answer).status == "correct"
    assert read() == before


def test_what_an_answer_changes_in_keras_and_tensorflow_is_put_back():
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(3)
    first = float(tf.random.uniform(()))
    keras.utils.set_random_seed(3)

    def answer(x):
        keras.config.set_floatx("float64")
        keras.config.set_epsilon(0.5)
        keras.config.set_image_data_format("channels_first")
        tf.config.run_functions_eagerly(True)
        keras.utils.set_random_seed(9)
        return 2 * x

    assert double.grade(answer).status == "correct"
    assert keras.config.floatx() == "float32"
    assert keras.config.epsilon() == 1e-7
    assert keras.config.image_data_format() == "channels_last"
    assert not tf.config.functions_run_eagerly()
    assert float(tf.random.uniform(())) == first


def test_an_answer_that_asks_for_input_is_told_so_and_does_not_block():
    verdict = double.grade(lambda x: float(input("How much? ")))
    assert "input() waits for somebody to type" in verdict.message
    assert input.__name__ == "input"


def test_a_result_too_large_to_copy_is_refused_by_its_shape():
    big = np.broadcast_to(np.int8(1), (80_000, 80_000))
    verdict = double.grade(lambda x: big)
    assert verdict.name == "wrong shape"
    assert "(80000, 80000)" in verdict.message

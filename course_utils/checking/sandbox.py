"""Run code of a learner within one time limit, in a thread of its own, and put back what it changed in the world.

It knows nothing of exercises: it is given a function without arguments, and tells how that ended.
"""

from __future__ import annotations

import builtins
import contextlib
import contextvars
import ctypes
import math
import os
import random
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

PRINTED_CHARACTERS = 4000
_PATCHABLE = (np, np.linalg, np.random, math, random, time, builtins)


class Stopped(BaseException):
    """Thrown into a learner's code whose time is over; no `except Exception` catches it."""


@dataclass
class Ending:
    """How a run ended.

    Attributes
    ----------
    value, error : object
        What was returned, or what was raised; both None where it was stopped.
    reason : str
        "returned", "raised", "out of time" or "interrupted".
    still_running : bool
        True where the code could not be stopped.
    """

    value: Any = None
    error: BaseException | None = None
    reason: str = "returned"
    still_running: bool = False


def run(thunk: Callable[[], Any], seconds: float, ended: threading.Event | None = None) -> Ending:
    """Return how `thunk()` ended within `seconds`; never raises, whatever `thunk` does, nor on Ctrl-C.

    Parameters
    ----------
    thunk : callable
        Takes nothing. It runs in another thread, with this one's context variables, so that what it prints lands under
        the right cell.
    seconds : float
        For everything that `thunk` does, together.
    ended : threading.Event, optional
        Set as soon as the time is over: code that has swallowed `Stopped` can be turned away by it.
    """
    ending, finished = Ending(), threading.Event()

    def work() -> None:
        try:
            with np.errstate(all="ignore"):
                ending.value = thunk()
        except BaseException as error:
            ending.error, ending.reason = error, "raised"
        finally:
            finished.set()

    thread = threading.Thread(target=contextvars.copy_context().run, args=(work,), daemon=True)
    with _ctrl_c_as_event() as interrupted, _world_put_back(), _capped_output():
        deadline = time.monotonic() + seconds
        thread.start()
        while not finished.is_set() and not interrupted.is_set() and time.monotonic() < deadline:
            finished.wait(min(0.1, max(0.001, deadline - time.monotonic())))
        if not finished.is_set():
            reason = "interrupted" if interrupted.is_set() else "out of time"
            if ended is not None:
                ended.set()
            return Ending(reason=reason, still_running=not _stop(thread))
        thread.join(1.0)
    return ending


def _stop(thread: threading.Thread) -> bool:
    """Throw `Stopped` into `thread` until it ends; return whether it did. One may be swallowed by a bare `except`."""
    for _ in range(20):
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(Stopped))
        thread.join(0.05)
        if not thread.is_alive():
            return True
    return False


@contextlib.contextmanager
def _ctrl_c_as_event() -> Iterator[threading.Event]:
    """Turn Ctrl-C (SIGINT) into an event, so that it stops the learner's code and not the code that stops it."""
    pressed = threading.Event()
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or before is None:
        yield pressed
        return
    signal.signal(signal.SIGINT, lambda number, frame: pressed.set())
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)


class _Capped:
    """A stream that passes on so many characters and drops the rest, saying so once."""

    def __init__(self, stream: Any) -> None:
        self.stream, self.left = stream, PRINTED_CHARACTERS

    def write(self, text: str) -> int:
        if self.left > 0:
            self.stream.write(text[: self.left])
            self.left -= len(text)
            if self.left <= 0:
                self.stream.write("\n(The rest of what your code prints is left out.)\n")
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


@contextlib.contextmanager
def _capped_output() -> Iterator[None]:
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = _Capped(sys.stdout), _Capped(sys.stderr)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


@contextlib.contextmanager
def _world_put_back() -> Iterator[None]:
    """Put back what code may change beyond its own variables: seeds, settings, folder, environment, patched functions."""
    seeds = random.getstate(), np.random.get_state()
    settings = np.geterr(), np.get_printoptions(), sys.getrecursionlimit(), os.getcwd()
    environment, path = dict(os.environ), list(sys.path)
    patchable = [(module, dict(vars(module))) for module in _PATCHABLE]
    libraries = _library_settings()
    builtins.input = _refuse_input  # it would wait for ever, and nobody sees that it does
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what NumPy says of an empty slice would stand beside the verdict
        try:
            yield
        finally:
            for module, names in patchable:
                _restore_names(vars(module), names)
            np.seterr(**settings[0])
            np.set_printoptions(**settings[1])
            sys.setrecursionlimit(settings[2])
            os.chdir(settings[3])
            if dict(os.environ) != environment:
                os.environ.clear()
                os.environ.update(environment)
            sys.path[:] = path
            for restore, value in libraries:
                restore(value)
            random.setstate(seeds[0])
            np.random.set_state(seeds[1])


def _refuse_input(prompt: object = "") -> str:
    raise RuntimeError("input() waits for somebody to type; a checker types nothing: use the arguments")


def _restore_names(found: dict, before: dict) -> None:
    """Give every name of `before` its old value in `found`; what is new there (a lazy import) may stay."""
    for name, value in before.items():
        if found.get(name, _restore_names) is not value:
            found[name] = value


def _library_settings() -> list[tuple[Callable, Any]]:
    """Return pairs (function that restores a setting, its value now) for Keras, TensorFlow, matplotlib where loaded."""
    pairs: list[tuple[Callable, Any]] = []
    keras, tf, mpl = (sys.modules.get(name) for name in ("keras", "tensorflow", "matplotlib"))
    if hasattr(keras, "config"):  # its seeds and dtype policy belong to a thread; these belong to all
        config = keras.config
        pairs += [(config.set_floatx, config.floatx()), (config.set_epsilon, config.epsilon())]
        pairs += [(config.set_image_data_format, config.image_data_format())]
    if hasattr(tf, "config"):
        pairs += [(tf.config.run_functions_eagerly, tf.config.functions_run_eagerly())]
        pairs += _tensorflow_seed()
    if hasattr(mpl, "rcParams"):
        pairs += [(lambda before: dict.update(mpl.rcParams, before), dict(mpl.rcParams))]
    return pairs


def _tensorflow_seed() -> list[tuple[Callable, Any]]:
    """Return how TensorFlow's global seed is put back; it has no public reader, so where it has moved, nothing is."""
    try:
        context = sys.modules["tensorflow.python.eager.context"].context()
        before = context._seed, context._rng.getstate() if context._seed is not None else None
    except (AttributeError, KeyError):
        return []

    def restore(value: tuple) -> None:
        context._seed = value[0]
        if value[1] is not None:
            context._rng.setstate(value[1])

    return [(restore, before)]

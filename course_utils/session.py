"""The first call of every notebook, and a progress bar for training that leaves nothing behind.

`setup` makes a run quiet, repeatable and uniform in style; it hides nothing that a lesson teaches.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import random
import sys
import time
import warnings
from collections.abc import Iterator
from typing import Any

from course_utils import guide, plots
from course_utils.surroundings import is_static, keep_out, refuse_shadows, shell


def setup(seed: int) -> None:
    """Seed Python, NumPy and Keras, silence TensorFlow's start-up log, set the plot style. Prints nothing.

    Parameters
    ----------
    seed : int
        From 0 to 2**32 - 1.

    Raises
    ------
    ValueError
        If `seed` is not such a number.
    ImportError
        If a file of the learner's stands in front of a package.
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**32:
        raise ValueError(f"seed must be a whole number from 0 to 4294967295; received {seed!r}")
    import numpy as np

    refuse_shadows()
    with _quiet_stderr():
        keep_out()
        import keras
    random.seed(seed)
    np.random.seed(seed)
    keras.utils.set_random_seed(seed)
    plots.use_style()
    notebook = shell()
    if notebook is not None:
        notebook.ast_node_interactivity = "last_expr"
        guide.load_ipython_extension(notebook)


def progress_bar() -> Any:
    """Return a Keras callback that draws a live bar and leaves one line: how many epochs were trained, no times.

    Returns
    -------
    keras.callbacks.Callback
        Pass it in `callbacks=[...]` together with `verbose=0`.
    """
    import keras
    from IPython.display import HTML, display

    class ProgressBar(keras.callbacks.Callback):
        def on_train_begin(self, logs: dict | None = None) -> None:
            self.epochs, self.finished, self.seen, self.drawn = self.params["epochs"], 0, 0, 0.0
            self.handle = None if is_static() else display(HTML("Training begins"), display_id=True)

        def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
            self.seen += 1
            if self.handle is None or time.monotonic() - self.drawn < 0.25:
                return
            self.drawn = time.monotonic()
            steps = (self.params["steps"] or 1) * self.epochs
            scores = "  ".join(f"{name} {float(value):.4g}" for name, value in (logs or {}).items())
            bar = f'<progress max="{steps}" value="{self.seen}"></progress>'
            self.handle.update(
                HTML(f"{bar} epoch {1 + self.seen * self.epochs // (steps + 1)} of {self.epochs}  {scores}")
            )

        def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
            self.finished += 1

        def on_train_end(self, logs: dict | None = None) -> None:
            planned = "" if self.finished == self.epochs else f" of {self.epochs} planned"
            word = "epoch" if self.finished == 1 else "epochs"
            steps = f"{self.params['steps']} steps each" if self.params["steps"] else "unknown length"
            line = HTML(f"Trained: {self.finished} {word}{planned}, {steps}")
            if self.handle is None:
                display(line)
            else:
                self.handle.update(line)

    return ProgressBar()


def show_page(address: str, height: int = 600) -> None:
    """Show a page that this machine serves, in a frame below the cell; where outputs are stored, nothing.

    Parameters
    ----------
    address : str
        Such as "http://127.0.0.1:6006/".
    height : int
        Of the frame, in pixels.
    """
    if is_static():
        return
    from IPython.display import IFrame, display

    name = f'title="The page at {address}"'  # a screen reader says it before it enters the frame
    display(IFrame(address, "100%", height, extras=[name]))


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep off the page what libraries print, log and warn of while they work, from below Python too; errors get through."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings(), _null_stderr(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            with contextlib.redirect_stderr(io.StringIO()):
                yield
    finally:
        logging.disable(before)


@contextlib.contextmanager
def _quiet_stderr() -> Iterator[None]:
    """Send file descriptor 2 to the null device: TensorFlow's first lines are written below Python."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if "tensorflow" in sys.modules:
        yield
        return
    with _null_stderr():
        yield
        import tensorflow as tf

        tf.config.list_physical_devices()  # looking for devices logs too


@contextlib.contextmanager
def _null_stderr() -> Iterator[None]:
    """Send file descriptor 2 to the null device for a while."""
    sys.stderr.flush()
    saved, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    try:
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(null)

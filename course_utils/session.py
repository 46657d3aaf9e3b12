"""The first call of every notebook, and a progress bar for training that leaves nothing behind.

`setup` makes a run quiet, repeatable and uniform in style; it hides nothing that a lesson teaches.
"""

from __future__ import annotations

import contextlib
import os
import random
import sys
import time
from collections.abc import Iterator
from typing import Any


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
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**32:
        raise ValueError(f"seed must be a whole number from 0 to 4294967295; received {seed!r}")
    import numpy as np

    with _quiet_stderr():
        import keras
    random.seed(seed)
    np.random.seed(seed)
    keras.utils.set_random_seed(seed)
    from course_utils import guide, plots

    plots.use_style()
    shell = _shell()
    if shell is not None:
        guide.load_ipython_extension(shell)


def is_static() -> bool:
    """Return whether outputs are being stored or verified, so that nothing interactive is shown."""
    return bool(os.environ.get("COURSE_STATIC"))


def progress_bar() -> Any:
    """Return a Keras callback that draws a live bar and leaves one fixed line: what was trained, no times.

    Returns
    -------
    keras.callbacks.Callback
        Pass it in `callbacks=[...]` together with `verbose=0`.
    """
    import keras
    from IPython.display import HTML, display

    class ProgressBar(keras.callbacks.Callback):
        def on_train_begin(self, logs: dict | None = None) -> None:
            self.epochs, self.seen, self.drawn = self.params["epochs"], 0, 0.0
            self.fixed = HTML(f"Training: {self.epochs} epochs of {self.params['steps']} steps")
            self.handle = display(self.fixed, display_id=True)

        def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
            self.seen += 1
            if is_static() or self.handle is None or time.monotonic() - self.drawn < 0.25:
                return
            self.drawn = time.monotonic()
            steps = (self.params["steps"] or 1) * self.epochs
            scores = "  ".join(f"{name} {float(value):.3f}" for name, value in (logs or {}).items())
            bar = f'<progress max="{steps}" value="{self.seen}"></progress>'
            self.handle.update(
                HTML(f"{bar} epoch {1 + self.seen * self.epochs // (steps + 1)} of {self.epochs}  {scores}")
            )

        def on_train_end(self, logs: dict | None = None) -> None:
            if not is_static() and self.handle is not None:
                self.handle.update(self.fixed)

    return ProgressBar()


@contextlib.contextmanager
def _quiet_stderr() -> Iterator[None]:
    """Send file descriptor 2 to the null device: TensorFlow's first lines are written below Python."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if "tensorflow" in sys.modules:
        yield
        return
    sys.stderr.flush()
    saved, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    try:
        yield
        import tensorflow as tf

        tf.config.list_physical_devices()  # looking for devices logs too
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(null)


def _shell() -> Any:
    return getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()

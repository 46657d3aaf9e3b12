"""Where the course runs, and what of the user's own must not reach it: settings, variables, files in front of packages.

It changes nothing but what `keep_out` is called for, and imports nothing heavy.
"""

from __future__ import annotations

import importlib.metadata
import os
import sys
from collections.abc import Sequence
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

IMPORTED = {
    "numpy": "numpy",
    "pandas": "pandas",
    "matplotlib": "matplotlib",
    "sklearn": "scikit-learn",
    "keras": "keras",
    "tensorflow": "tensorflow",
    "PIL": "pillow",
    "tqdm": "tqdm",
    "ipywidgets": "ipywidgets",
}


def is_static() -> bool:
    """Return whether outputs are being stored or verified, so that nothing interactive is shown."""
    return bool(os.environ.get("COURSE_STATIC"))


def shell() -> Any:
    """Return the IPython shell of a notebook or terminal, or None; IPython is not imported for it."""
    return getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()


def shadows(folders: Sequence[str] | None = None) -> list[tuple[str, str]]:
    """Return (name, file) for each package of the course that `import` would find in a file that is not the package.

    Parameters
    ----------
    folders : sequence of str, optional
        Where `import` looks; without it, `sys.path`.
    """
    folders, found = list(sys.path if folders is None else folders), []
    for name, distribution in IMPORTED.items():
        homes = {str(d.locate_file("")) for d in importlib.metadata.distributions(name=distribution)}
        for folder in folders:
            spec = PathFinder.find_spec(name, [folder or os.getcwd()])
            place = getattr(spec, "origin", None)
            if place is None or not homes:
                continue
            if not any(Path(place).resolve().is_relative_to(Path(home).resolve()) for home in homes):
                found.append((name, place))
    return sorted(set(found))


def refuse_shadows() -> None:
    """Raise ImportError where a file of somebody's stands in front of a package; the message names the file."""
    found = shadows()
    if found:
        name, place = found[0]
        raise ImportError(
            f"`import {name}` would find {place}, which stands in front of the installed package. Give that file another "
            "name, or take its folder out of PYTHONPATH, then restart the kernel."
        )


def keep_out() -> None:
    """Fix what a user's own settings of Keras would change: backend, number format, image format.

    Raises
    ------
    RuntimeError
        If Keras runs on another backend already.
    """
    if "keras" not in sys.modules:
        os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras

    if keras.config.backend() != "tensorflow":
        raise RuntimeError(
            f"Keras runs on {keras.config.backend()!r} in this kernel, and the course needs 'tensorflow'. Restart the "
            "kernel and run the set-up cell before anything else imports keras."
        )
    keras.config.set_floatx("float32")
    keras.config.set_epsilon(1e-7)
    keras.config.set_image_data_format("channels_last")

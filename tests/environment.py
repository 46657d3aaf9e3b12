"""The environment in which notebooks are run, for storing their outputs and for verifying them alike."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from course_utils.lessons import LESSONS

ROOT = Path(__file__).resolve().parents[1]


def prepare() -> None:
    """Set the variables that every notebook kernel inherits; values set from outside win where they are for testing."""
    os.environ["COURSE_STATIC"] = "1"  # figures instead of sliders
    home = tempfile.mkdtemp(prefix="course-home-")  # the learner's progress stays untouched
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    os.environ["COURSE_HOME"] = home
    os.environ["PYTHONHASHSEED"] = "0"
    own = ROOT / ".cache" / "settings"  # a user's settings of these programs stay outside
    for name in ("IPYTHONDIR", "KERAS_HOME", "MPLCONFIGDIR", "JUPYTER_CONFIG_DIR"):
        (own / name.lower()).mkdir(parents=True, exist_ok=True)
        os.environ[name] = str(own / name.lower())
    for name in ("KERAS_BACKEND", "MPLBACKEND", "MATPLOTLIBRC", "PYTHONSTARTUP"):
        os.environ.pop(name, None)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
    for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        os.environ.setdefault(name, "2")


def lesson_paths(lesson: str | None = None) -> list[Path]:
    """Return the course's own notebooks, lessons before solutions; `lesson` ("01") restricts them to one lesson's.

    Raises
    ------
    SystemExit
        If no notebook has that number; the message lists those there are.
    """
    folders, names = (ROOT / "notebooks", ROOT / "notebooks" / "solutions"), [entry.name for entry in LESSONS.values()]
    pages = [folders[0] / f"{name}.ipynb" for name in names] + [
        folders[1] / f"{name}_solutions.ipynb" for name in names
    ]
    found = [page for page in pages if page.exists()]
    chosen = [path for path in found if lesson is None or path.name.startswith(f"{lesson}_")]
    if not chosen:
        numbers = " ".join(sorted({path.name.split("_")[0] for path in found}))
        raise SystemExit(
            f"There is no lesson {lesson!r}. Give the two characters its name begins with, one of: {numbers}"
        )
    return chosen

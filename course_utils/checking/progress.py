"""The learner's progress: one small file in a folder of the learner's own, never sent anywhere, never lost."""

from __future__ import annotations

import html
import importlib
import json
import os
import pkgutil
from pathlib import Path
from typing import NamedTuple

from course_utils import pages
from course_utils.lessons import FORMER_NUMBERS, LESSONS, Entry

NUMBERING, LAST = "numbering", "last"
CURRENT = 2


def progress_file() -> Path:
    """Return where progress is kept: `$COURSE_HOME`, or a folder of the learner's own."""
    return Path(os.environ.get("COURSE_HOME") or Path.home() / ".deep-learning-course") / "progress.json"


def load_progress() -> dict[str, dict]:
    """Return {exercise id: {"status", "attempts", "hints"}}.

    A damaged file is set aside, with a message. A file from before the lessons on text moved up by one number is carried
    over once, and that is said; the old file is kept beside the new one.
    """
    path = progress_file()
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(found, dict):
            raise ValueError("not a table of exercises")
        numbering, _ = found.pop(NUMBERING, 1), found.pop(LAST, None)
        if not all(isinstance(entry, dict) for entry in found.values()):
            raise ValueError("not a table of exercises")
    except FileNotFoundError:
        return {}
    except OSError as error:
        print(f"Your progress cannot be read ({error.strerror}).")
        return {}
    except ValueError:
        aside = _free_name(path, "progress.damaged")
        path.rename(aside)
        print(f"The progress file could not be read. It is kept as {aside.name}; a new one begins.")
        return {}
    return found if numbering == CURRENT else _carry_over(path, found)


def record(key: str, status: str, hints: int = 0) -> None:
    """Remember that exercise `key` was seen, tried or solved; the best status stays. A failure is said, never raised.

    A page of solutions records nothing: reading an answer is not solving it.
    """
    if in_solutions():
        return
    try:
        table = load_progress()
        old = table.get(key, {})
        table[key] = {
            "status": "correct" if "correct" in (status, old.get("status")) else status,
            "attempts": int(old.get("attempts", 0)) + (status != "seen"),
            "hints": int(old.get("hints", 0)) + hints,
        }
        _write(progress_file(), table, key)
    except (OSError, TypeError, ValueError) as error:
        print(f"Your progress could not be written ({error.__class__.__name__}); the check itself is not affected.")


def in_solutions() -> bool:
    """Return whether the open notebook is a page of solutions; editors start a kernel in the notebook's own folder."""
    page = os.environ.get("JPY_SESSION_NAME", "")
    return "solutions" in (Path(page).parent.name, Path.cwd().name)


class Row(NamedTuple):
    """One lesson of the map: its `entry`, how many exercises are solved, how many there are."""

    entry: Entry
    solved: int
    exercises: int


def progress_rows() -> list[Row]:
    """Return a row for each lesson that has exercises."""
    from course_utils import exercises

    done, rows = load_progress(), []
    for module in sorted(m.name for m in pkgutil.iter_modules(exercises.__path__)):
        lesson = importlib.import_module(f"course_utils.exercises.{module}").lesson
        ids = [exercise.id for exercise in lesson.exercises.values()]
        right = sum(done.get(key, {}).get("status") == "correct" for key in ids)
        rows.append(Row(LESSONS[lesson.topic[:2]], right, len(ids)))
    return rows


def last_exercise() -> str:
    """Return the id of the exercise that was tried last, "01.standardize"; empty where there is none."""
    try:
        found = json.loads(progress_file().read_text(encoding="utf-8"))
        return str(found.get(LAST) or "")
    except (OSError, ValueError, AttributeError):
        return ""


def progress_table() -> str:
    """Return the learner's progress: a line a lesson, a box an exercise, and a total."""
    rows = progress_rows()
    lines = [f"{row.entry.number} {row.entry.title:<24} {_boxes(row)}  {row.solved} of {row.exercises}" for row in rows]
    total = f"Solved: {sum(row.solved for row in rows)} of {sum(row.exercises for row in rows)} exercises"
    return "\n".join([*lines, total])


class CourseMap:
    """The map of the course, as a notebook shows it: a link a lesson, its minutes, the progress, where one stopped."""

    def __repr__(self) -> str:
        return progress_table()

    def _repr_html_(self) -> str:
        lines, last = [], last_exercise()
        for row in progress_rows():
            entry = row.entry
            link = f'<a href="{entry.name}.ipynb">{entry.number} · {html.escape(entry.title)}</a>'
            here = f" You were last at <code>{html.escape(last[3:])}</code>." if last[:2] == entry.number else ""
            lines.append(
                f"<tr><td style='text-align:left'>{link}</td><td>{pages.minutes(pages.ROOT, entry.name)}</td>"
                f"<td style='text-align:left'>{_boxes(row)} {row.solved} of {row.exercises}.{here}</td></tr>"
            )
        head = "<tr><th style='text-align:left'>lesson</th><th>minutes</th><th style='text-align:left'>exercises solved</th></tr>"
        return f"<table>{head}{''.join(lines)}</table>"


def course_map() -> CourseMap:
    """Return the map of the course; as the last line of a cell it is shown as links."""
    return CourseMap()


def _boxes(row: Row) -> str:
    return "■" * row.solved + "□" * (row.exercises - row.solved)


def _carry_over(path: Path, old: dict[str, dict]) -> dict[str, dict]:
    """Return `old` under the lessons' new numbers, written back; where nothing moves, nothing is said."""
    new = {}
    for key, entry in old.items():
        number, _, name = key.partition(".")
        new[f"{FORMER_NUMBERS.get(number, number)}.{name}"] = entry
    if new != old:
        kept = _free_name(path, "progress.old-numbers")
        try:
            kept.write_bytes(path.read_bytes())
            _write(path, new)
        except OSError as error:
            print(f"Your progress is read under the lessons' new numbers, and could not be written ({error.strerror}).")
            return new
        print(
            f"Lessons 12 to 15 are now 13 to 16: your progress was carried over. The old file is kept as {kept.name}."
        )
    return new


def _write(path: Path, table: dict[str, dict], last: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"progress.{os.getpid()}.tmp")
    try:
        text = json.dumps({NUMBERING: CURRENT, LAST: last} | table, indent=1, sort_keys=True)
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def _free_name(path: Path, stem: str) -> Path:
    candidates = (path.with_name(f"{stem}-{i}.json") for i in range(1, 1000))
    return next(candidate for candidate in candidates if not candidate.exists())

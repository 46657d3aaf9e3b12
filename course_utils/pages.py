"""The learner's own pages in `work/`: made from the verified ones without outputs, renewed on request, never overwritten.

Starting JupyterLab on them is for `course_utils.lab`; what a lesson holds is for `notebooks/`.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import re
from pathlib import Path

from course_utils.lessons import LESSONS

ROOT = Path(__file__).resolve().parent.parent
RECORD = ".pages.json"
LEAVE = "*Done with this lesson? Save, then close its tab: that frees the memory it holds. Your page and your progress stay.*"


def prepare(root: Path = ROOT) -> list[str]:
    """Make what is missing in `work/`; return what the learner should know, a sentence each.

    A page that nobody has written in is renewed where its lesson has changed. One with a learner's work is kept.

    Raises
    ------
    OSError
        If `work/` cannot be written.
    """
    work, said = root / "work", []
    work.mkdir(exist_ok=True)
    record = _read_record(work)
    for name, number in _written(root).items():
        path, fresh = work / f"{name}.ipynb", page(root, name)
        now = _digest(fresh)
        if not path.exists():
            _write(path, fresh)
            record[name] = now
        elif record.get(name) != now:
            if _digest(path.read_text(encoding="utf-8", errors="replace")) == record.get(name):
                _write(path, fresh)
                record[name] = now
                said.append(f"Lesson {number} has changed; you had not begun it, so its page is the new one.")
            else:
                said.append(
                    f"Lesson {number} has changed since your page was made. Yours stays as it is; "
                    f"`make reset LESSON={number}` gives the new one and keeps yours beside it."
                )
    _write(work / RECORD, json.dumps(record, indent=1, sort_keys=True))
    return said


def reset(number: str, root: Path = ROOT) -> str:
    """Give lesson `number` ("01") a fresh page and keep the old one under its date; return what was done.

    Raises
    ------
    ValueError
        If there is no such lesson.
    """
    written = {n: name for name, n in _written(root).items()}
    if number not in written:
        raise ValueError(f"There is no lesson {number!r}. Choose one of: {' '.join(written)}")
    name, work = written[number], root / "work"
    work.mkdir(exist_ok=True)
    path, record = work / f"{name}.ipynb", _read_record(work)
    kept = ""
    if path.exists():
        stem = f"{name}.kept-{datetime.date.today().isoformat()}"
        places = (work / f"{stem}{suffix}.ipynb" for suffix in ("", *(f"-{k}" for k in range(2, 1000))))
        aside = next(place for place in places if not place.exists())
        path.rename(aside)
        kept = f" The old one is kept as work/{aside.name}."
    fresh = page(root, name)
    _write(path, fresh)
    _write(work / RECORD, json.dumps(record | {name: _digest(fresh)}, indent=1, sort_keys=True))
    return f"work/{path.name} is fresh.{kept} If it is open in JupyterLab, close it there and open it again."


def page(root: Path, name: str) -> str:
    """Return the learner's page of lesson `name` as the text of a notebook: no outputs, links that work from `work/`."""
    book = json.loads((root / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
        else:
            text = re.sub(r"(\]\(|href=\")solutions/", r"\1../notebooks/solutions/", "".join(cell["source"]))
            cell["source"] = text.splitlines(keepends=True)
    seen = (
        f"\n> **What you should see:** [this page as it was verified](../notebooks/{name}.ipynb), with every output.\n"
    )
    book["cells"][0]["source"] += ["\n", *seen.splitlines(keepends=True)]
    book["cells"].append({"cell_type": "markdown", "id": "leave", "metadata": {}, "source": [LEAVE]})
    return json.dumps(book, indent=1, ensure_ascii=False) + "\n"


def minutes(root: Path, name: str) -> str:
    """Return how many minutes the box of lesson `name` gives it, or a dash."""
    try:
        said = re.search(r"About (\d+) minutes", (root / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))
    except OSError:
        return "-"
    return said[1] if said else "-"


def _written(root: Path) -> dict[str, str]:
    entries = LESSONS.values()
    return {e.name: e.number for e in entries if (root / "notebooks" / f"{e.name}.ipynb").exists()}


def _digest(text: str) -> str:
    """Return a hash of what a page asks for: the kinds and sources of its cells; an unreadable page has one of its own."""
    try:
        told = [[cell["cell_type"], "".join(cell["source"])] for cell in json.loads(text)["cells"]]
    except (ValueError, KeyError, TypeError):
        told = text
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _read_record(work: Path) -> dict[str, str]:
    try:
        found = json.loads((work / RECORD).read_text(encoding="utf-8"))
        return found if isinstance(found, dict) else {}
    except (OSError, ValueError):
        return {}


def _write(path: Path, text: str) -> None:
    fresh = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)

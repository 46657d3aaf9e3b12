"""The learner's own pages: made without outputs, never overwritten, renewed on request."""

from __future__ import annotations

import json
import shutil

import pytest

from course_utils import __main__ as commands
from course_utils import pages
from tests.environment import ROOT

NAME = "01_linear_regression"


@pytest.fixture
def course(tmp_path):
    """A course of two lessons; returns its folder."""
    (tmp_path / "notebooks").mkdir()
    for name in ("00_start_here", NAME):
        shutil.copy(ROOT / "notebooks" / f"{name}.ipynb", tmp_path / "notebooks")
    return tmp_path


def read(course, folder="work", name=NAME):
    return json.loads((course / folder / f"{name}.ipynb").read_text(encoding="utf-8"))


def change(course, folder, text):
    """Add a line to the last cell of a page."""
    book = read(course, folder)
    book["cells"][-1]["source"] = [*book["cells"][-1]["source"], text]
    (course / folder / f"{NAME}.ipynb").write_text(json.dumps(book), encoding="utf-8")


def test_a_page_has_the_lessons_cells_no_outputs_and_links_that_lead_somewhere_from_work(course):
    assert pages.prepare(course) == []
    own, verified = read(course), read(course, "notebooks")
    assert [cell["id"] for cell in own["cells"]] == [*(cell["id"] for cell in verified["cells"]), "leave"]
    code = [cell for cell in own["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    text = "".join("".join(cell["source"]) for cell in own["cells"])
    assert f"](../notebooks/solutions/{NAME}_solutions.ipynb)" in text
    assert f"[this page as it was verified](../notebooks/{NAME}.ipynb)" in text
    assert "](solutions/" not in text


def test_every_link_of_every_page_leads_somewhere(tmp_path):
    import re

    for path in sorted((ROOT / "notebooks").glob("[0-9A]*.ipynb")):
        book = json.loads(pages.page(ROOT, path.stem))
        prose = "\n".join("".join(c["source"]) for c in book["cells"] if c["cell_type"] == "markdown")
        for target in re.findall(r"\]\(([^)\s]+)\)", prose):
            if not re.match(r"[a-z]+:|#", target) and not (ROOT / "work" / target).resolve().exists():
                assert (ROOT / "notebooks" / target).exists(), (path.name, target)


def test_a_page_with_work_in_it_is_never_overwritten_and_the_learner_is_told(course):
    pages.prepare(course)
    change(course, "work", "my answer")
    mine = (course / "work" / f"{NAME}.ipynb").read_bytes()
    assert pages.prepare(course) == []
    change(course, "notebooks", "a new sentence")
    (told,) = pages.prepare(course)
    assert told.startswith("Lesson 01 has changed since your page was made.")
    assert "make reset LESSON=01" in told
    assert (course / "work" / f"{NAME}.ipynb").read_bytes() == mine


def test_a_page_that_was_only_run_and_saved_counts_as_not_begun(course):
    pages.prepare(course)
    book = read(course)
    book["metadata"]["language_info"] = {"name": "python"}
    next(cell for cell in book["cells"] if cell["cell_type"] == "code")["execution_count"] = 1
    (course / "work" / f"{NAME}.ipynb").write_text(json.dumps(book), encoding="utf-8")
    change(course, "notebooks", "a new sentence")
    (told,) = pages.prepare(course)
    assert "you had not begun it" in told
    assert "a new sentence" in json.dumps(read(course))


def test_reset_gives_a_fresh_page_and_keeps_each_old_one(course):
    pages.prepare(course)
    for answer in ("first", "second"):
        change(course, "work", answer)
        assert "The old one is kept as work/01_linear_regression.kept-" in pages.reset("01", course)
    kept = sorted((course / "work").glob("*.kept-*.ipynb"))
    assert len(kept) == 2
    assert {"first", "second"} == {json.loads(path.read_text())["cells"][-1]["source"][-1] for path in kept}
    assert read(course)["cells"][-1]["id"] == "leave"
    assert pages.prepare(course) == []


def test_the_command_makes_the_pages_and_says_where(course, monkeypatch, capsys):
    monkeypatch.setattr(pages.prepare, "__defaults__", (course,))
    assert commands.main(["pages"]) == 0
    assert "Your pages are in work/." in capsys.readouterr().out
    assert (course / "work" / f"{NAME}.ipynb").exists()


def test_a_lesson_that_is_not_there_is_named_with_those_that_are(course, capsys):
    with pytest.raises(ValueError, match=r"There is no lesson '7'\. Choose one of: 00 01"):
        pages.reset("7", course)
    assert commands.main(["reset", "77"]) == 1
    assert "There is no lesson '77'" in capsys.readouterr().out


@pytest.mark.parametrize("damage", ["", "no notebook", '{"cells": 3}'])
def test_a_page_or_a_record_that_cannot_be_read_is_kept(course, damage):
    pages.prepare(course)
    (course / "work" / f"{NAME}.ipynb").write_text(damage)
    (course / "work" / pages.RECORD).write_text("[")
    assert any("Lesson 01 has changed" in told for told in pages.prepare(course))
    assert (course / "work" / f"{NAME}.ipynb").read_text() == damage


def test_the_map_gives_each_lesson_as_a_link_with_minutes_progress_and_the_last_place(tmp_path, monkeypatch):
    from course_utils.checking import course_map, progress

    monkeypatch.setenv("COURSE_HOME", str(tmp_path))
    progress.record("01.standardize", "correct")
    progress.record("02.adam_step", "not yet")
    shown = course_map()._repr_html_()
    assert f'<a href="{NAME}.ipynb">01 · Linear regression</a>' in shown
    assert "■□□□□□ 1 of 6." in shown
    assert shown.count("You were last at") == 1
    assert "<code>adam_step</code>" in shown
    assert f"<td>{pages.minutes(ROOT, NAME)}</td>" in shown
    assert repr(course_map()).endswith("Solved: 1 of 121 exercises")

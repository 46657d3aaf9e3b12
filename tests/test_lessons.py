"""The map of the course, and every mention of a lesson's number or title held against it."""

from __future__ import annotations

import itertools
import re

import pytest

from course_utils import exercises
from course_utils.lessons import FORMER_NUMBERS, LESSONS
from tests.environment import ROOT, lesson_paths
from tests.exercises import harness
from tests.notebook_rules import Book, text_of

WRITTEN = {path.stem.removesuffix("_solutions") for path in lesson_paths()}
TITLES = "|".join(sorted((re.escape(entry.title) for entry in LESSONS.values()), key=len, reverse=True))
SLUGS = "|".join(sorted((entry.slug for entry in LESSONS.values()), key=len, reverse=True))
TITLED = re.compile(rf"\b(\d\d|A1)(?: ·|,?) ({TITLES})\b", re.IGNORECASE)
FILED = re.compile(rf"\b(\d\d|A1)_({SLUGS})(?:_solutions)?\b")
NUMBERED = re.compile(r"\b[Ll]essons?[ _](\d\d|A1)(?!\d)((?:(?:, | and | to | or )(?:\d\d|A1)\b)*)")
IN_BRACKETS = re.compile(r"(?<=[a-z*] )\((\d\d)\)")


def _texts():
    """Return {where: text} for every text of the course: programs, README, cards, and all cells with their outputs."""
    found = {}
    for kind in ("*.py", "*.md", "Makefile", "*.toml", "*.yml"):
        for path in ROOT.rglob(kind):
            parts = path.relative_to(ROOT).parts
            if parts[0].startswith((".venv", ".cache", ".git")) or "__pycache__" in parts or parts[0] == "work":
                continue
            found[str(path.relative_to(ROOT))] = path.read_text(encoding="utf-8")
    for path in lesson_paths():
        book = Book.read(path)
        outputs = "\n".join(text_of(output) for _, output in book.outputs())
        sources = "\n".join("".join(cell["source"]) for cell in book.cells)
        found[str(path.relative_to(ROOT))] = f"{sources}\n{outputs}"
    return found


TEXTS = _texts()


def problems(where, text):
    """Return every mention of a lesson that the map does not bear out."""
    found = []
    for number, title in TITLED.findall(text):
        if number not in LESSONS or LESSONS[number].title.lower() != title.lower():
            found.append(f"{where}: {number} is not {title}")
    for number, slug in FILED.findall(text):
        if number not in LESSONS or LESSONS[number].slug != slug:
            found.append(f"{where}: {number} is not {slug}")
    for first, more in NUMBERED.findall(text):
        numbers = [first, *re.findall(r"\d\d|A1", more)]
        found += [
            f"{where}: there is no lesson {number}" for number in numbers if number not in LESSONS and number != "99"
        ]
    if where.endswith(".ipynb"):
        own = where.rsplit("/", 1)[-1][:2]
        later = [n for n in IN_BRACKETS.findall(text) if n in LESSONS and n >= own]
        found += [f"{where}: ({number}) stands for an earlier lesson" for number in later]
        if "solutions" not in where:
            found += [f"{where}: speaks of itself as lesson {own}"] * len(re.findall(rf"(?<!_)[Ll]esson {own}\b", text))
    for number, target in re.findall(r"\[lesson (\d\d)\]\(([^)]+)\)", text):
        if not target.rsplit("/", 1)[-1].startswith(f"{number}_"):
            found.append(f"{where}: lesson {number} links to {target}")
    return found


@pytest.mark.parametrize("where", [where for where in TEXTS if "test_lessons.py" not in where])
def test_every_mention_of_a_lesson_agrees_with_the_map(where):
    assert not problems(where, TEXTS[where])


@pytest.mark.parametrize(
    "text",
    [
        "**Next:** 12 · Text and embeddings",
        "see 15_transformer.ipynb",
        "13 attention, 16 Transformer",
        "lesson 31 says so",
        "lessons 03 and 77",
        "[lesson 03](04_backpropagation.ipynb)",
        "as before (13)",
    ],
)
def test_a_wrong_number_is_found(text):
    assert problems("notebooks/13_text_and_embeddings.ipynb", text)


def test_a_right_number_is_not_complained_of():
    text = "**Next:** [14 · Recurrent networks](14_recurrent_networks.ipynb), lessons 03 and 05, (06), lesson A1"
    assert not problems("notebooks/13_text_and_embeddings.ipynb", text)


def test_notebooks_solutions_and_exercises_are_those_of_the_map():
    names = {entry.name for entry in LESSONS.values()}
    assert names >= WRITTEN
    assert {module.lesson.topic for module in harness.lessons().values()} == WRITTEN
    assert all(
        module.__name__ == f"{exercises.__name__}.lesson_{module.lesson.topic[:2]}"
        for module in harness.lessons().values()
    )


def test_lessons_follow_one_another_as_the_map_has_them():
    order = [entry for entry in LESSONS.values() if not entry.number.startswith("A")]
    for before, after in itertools.pairwise(order):
        for one, other, word in ((before, after, "Next:"), (after, before, "Previous:")):
            path = ROOT / "notebooks" / f"{one.name}.ipynb"
            if not path.exists() or (one.number == "00" and word == "Previous:"):
                continue
            box = "".join(Book.read(path).cells[0]["source"])
            if word == "Previous:" and "also the **previous** lesson" in box:
                continue
            said = re.search(rf"\*\*{word}\*\*\s*(?:>\s*)?\[?(\d\d) · ({TITLES})", box)
            assert said, (one.name, word)
            assert (said[1], said[2]) == (other.number, other.title)


def test_the_old_numbers_lead_to_lessons_that_exist():
    assert all(number in LESSONS for number in FORMER_NUMBERS.values())

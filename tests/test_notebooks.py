"""Every stored notebook against the rules, and every rule against a notebook that breaks it."""

from __future__ import annotations

import base64
import importlib
import json
import re

import pytest

from tests import notebook_rules as rules
from tests.environment import ROOT, lesson_paths

PATHS = {f"{'solution' if p.parent.name == 'solutions' else 'lesson'}_{p.stem}": p for p in lesson_paths()}
LESSONS = [name for name in PATHS if name.startswith("lesson_")]


def _known(book):
    return set(importlib.import_module(f"course_utils.exercises.lesson_{book.lesson()}").EXERCISES)


@pytest.mark.parametrize("name", PATHS)
def test_the_notebook_keeps_every_rule(name):
    book = rules.Book.read(PATHS[name])
    broken = [problem for rule in rules.RULES for problem in rule(book)]
    if name.startswith("lesson_"):
        broken += [problem for rule in rules.LESSON_RULES for problem in rule(book)]
        broken += rules.exercises_stand_open(book, _known(book))
    else:
        broken += rules.exercises_are_solved(book, _known(book))
    assert not broken


@pytest.mark.parametrize("name", LESSONS)
def test_no_worked_answer_stands_above_its_exercise(name):
    path = PATHS[name]
    book, solution = rules.Book.read(path), rules.Book.read(path.parent / "solutions" / f"{path.stem}_solutions.ipynb")
    assert not rules.no_answer_above(book, solution)


def test_the_readme_gives_the_minutes_of_every_lesson():
    rows = re.findall(r"^\| (\w\d) \|.*\| (\d+) \|$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    books = [rules.Book.read(PATHS[name]) for name in LESSONS]
    assert rows == [(book.lesson(), str(rules.minutes(book))) for book in books]


@pytest.mark.parametrize("name", LESSONS)
def test_the_lesson_has_enough_exercises_and_a_solutions_notebook(name):
    path = PATHS[name]
    assert len(_known(rules.Book.read(path))) >= (1 if path.name.startswith("00") else 5)
    assert (path.parent / "solutions" / f"{path.stem}_solutions.ipynb").exists()


def _code(text="x = 1", outputs=(), count=1, **extra):
    cell = {"cell_type": "code", "id": f"c{abs(hash(text)) % 10**6}", "source": text, "metadata": {}}
    return cell | {"outputs": list(outputs), "execution_count": count} | extra


def _words(text):
    return {"cell_type": "markdown", "id": f"m{abs(hash(text)) % 10**6}", "source": text, "metadata": {}}


def _printed(text, name="stdout"):
    return {"output_type": "stream", "name": name, "text": text}


def _picture(alt, plain=None, size=10):
    data = {"image/png": base64.b64encode(b"p" * size).decode(), "text/plain": alt if plain is None else plain}
    return {"output_type": "display_data", "data": data, "metadata": {"image/png": {"alt": alt}}}


WIDGET = {"output_type": "display_data", "data": {"application/vnd.jupyter.widget-view+json": {}}}
GOOD_ALT = "Loss against step: one curve falls and flattens, another rises."
KERNEL = {"kernelspec": {"name": "python3"}}
BROKEN = {
    "a cell run out of order": ("run_in_order", [_code(count=2)], {}),
    "a cell never run": ("run_in_order", [_code(count=None)], {}),
    "a stored error": ("no_errors", [_code(outputs=[{"output_type": "error", "ename": "E"}])], {}),
    "a stored warning": ("no_errors", [_code(outputs=[_printed("careful", "stderr")])], {}),
    "a path in the source": ("no_traces_of_a_machine", [_code("open('/home/ada/x.csv')")], {}),
    "a path in the output": ("no_traces_of_a_machine", [_code(outputs=[_printed("saved to /tmp/abc")])], {}),
    "a Windows path": ("no_traces_of_a_machine", [_code(outputs=[_printed("C:\\Users\\ada")])], {}),
    "a memory address": ("no_traces_of_a_machine", [_code(outputs=[_printed("<f at 0x7f00aa11bb22>")])], {}),
    "a stored widget": ("no_traces_of_a_machine", [_code(outputs=[WIDGET])], {}),
    "widget state": ("no_traces_of_a_machine", [_code()], {"widgets": {}}),
    "a download": ("no_network_no_shell", [_code("keras.datasets.mnist.load_data()")], {}),
    "a shell line": ("no_network_no_shell", [_code("!pip install x")], {}),
    "another kernel": ("metadata_is_normal", [_code()], {"kernelspec": {"name": "my-env"}}),
    "language details": ("metadata_is_normal", [_code()], {"language_info": {}}),
    "one id twice": ("metadata_is_normal", [_code(), _code()], {}),
    "leftover cell metadata": ("metadata_is_normal", [_code(metadata={"execution": {}})], {}),
    "a number about, unguarded": ("approximate_numbers_are_bounded", [_code(outputs=[_printed("≈ 0.91")])], {}),
    "a list with one sign": ("approximate_numbers_are_masked", [_code(outputs=[_printed("\u2248 [0.91, 0.95]")])], {}),
    "a range with one sign": ("approximate_numbers_are_masked", [_code(outputs=[_printed("\u2248 0.91 to 0.95")])], {}),
    "a picture without words": ("figures_have_alt_text", [_code(outputs=[_picture("")])], {}),
    "a picture with other words": ("figures_have_alt_text", [_code(outputs=[_picture(GOOD_ALT, "<Figure>")])], {}),
    "a heavy picture": ("figures_have_alt_text", [_code(outputs=[_picture(GOOD_ALT, size=300_000)])], {}),
    "a dead link": ("links_lead_somewhere", [_words("see [this](nowhere.ipynb)")], {}),
    "three code cells in a row": ("prose_before_code", [_code("a"), _code("b"), _code("c")], {}),
    "data without a card": ("data_has_a_card", [_code("data.no_such_set()")], {}),
    "a bare import": ("says_what_it_needs", [_code("from course_utils.session import setup")], {}),
    "no set-up": ("opens_as_a_lesson", [_words("# 99 · Title"), _code()], {}),
    "no sections at the end": ("has_the_parts", [_words("# 99 · Title")], {}),
    "no minutes": ("states_its_minutes", [_words("# 99 · Title")], {}),
    "minutes that are felt": ("states_its_minutes", [_words("About 10 minutes" + " word" * 3000)], {}),
    "more than a sitting": ("states_its_minutes", [_words("About 170 minutes" + " word" * 21_700)], {}),
    "a long line": ("code_fits_the_page", [_code("x = " + "1 + " * 30 + "1")], {}),
    "a cell kept from the formatter": ("code_fits_the_page", [_code("x = (1,  2)  # fmt: skip")], {}),
}


@pytest.mark.parametrize("what", BROKEN)
def test_the_rule_reports(what, tmp_path):
    rule, cells, metadata = BROKEN[what]
    path = tmp_path / "99_topic.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": KERNEL | metadata}), encoding="utf-8")
    assert getattr(rules, rule)(rules.Book.read(path))


def test_a_guarded_number_and_a_described_picture_pass(tmp_path):
    cells = [_code("print('≈ 0.9')\nassert True", [_printed("≈ 0.9")]), _code("plot()", [_picture(GOOD_ALT)])]
    book = rules.Book(tmp_path, cells, KERNEL)
    assert not rules.approximate_numbers_are_bounded(book)
    assert not rules.figures_have_alt_text(book)


def test_an_exercise_unknown_unasked_or_answered_in_the_lesson_is_reported(tmp_path):
    cell = _code("exercises.a.check(a)", [_printed("Correct. Well done")])
    book = rules.Book(tmp_path, [cell], KERNEL)
    problems = rules.exercises_stand_open(book, {"b"})
    assert len(problems) == 3
    assert len(rules.exercises_are_solved(book, {"a", "b"})) == 1


def test_minutes_count_words_lines_figures_predictions_and_exercises_and_leave_out_what_is_optional(tmp_path):
    check = "def f(x):\n    ...\n\n\nexercises.f.check(f)"
    cells = [
        _words("word " * 1300),
        _words("**Predict.** What?"),
        _code("(\n    1\n)"),
        _code(check),
        _code(check + "\n"),
    ]
    optional = [_words("## If you have time: more\n" + "word " * 650), _code("x = 1", [_picture(GOOD_ALT)])]
    back = [_words("## What to remember"), _code("plot()", [_picture(GOOD_ALT)])]
    book = rules.Book(tmp_path, cells + optional + back, KERNEL)
    assert rules.minutes(book) == 30  # 10 + 2 + 4 + 8 + 1, and some seconds for 8 lines
    assert rules.minutes(book, extra=True) == 10  # 5 + 1 and some seconds


WORKED = """
def slope(x, y):
    if len(x) == 0:
        raise ValueError("no points")
    centred = x - x.mean()
    return (centred * (y - y.mean())).sum() / (centred * centred).sum()


exercises.slope.check(slope)
"""
STUB = "def slope(x, y):\n    ...\n\n\nexercises.slope.check(slope)"


@pytest.mark.parametrize(
    ("above", "leaks"),
    [
        ("a = u - u.mean()\nb = (a * (v - v.mean())).sum() / (a * a).sum()", True),
        ("def f(p, q):\n    d = p - p.mean()\n    return (d * (q - q.mean())).sum() / (d * d).sum()", True),
        ("a = u - u.mean()\nb = (a * a).sum()", False),
        ("a = 3", False),
    ],
)
def test_an_answer_that_stands_above_is_found_under_other_names(tmp_path, above, leaks):
    book = rules.Book(tmp_path, [_code(above), _code(STUB)], KERNEL)
    assert bool(rules.no_answer_above(book, rules.Book(tmp_path, [_code(WORKED)], KERNEL))) == leaks
    below = rules.Book(tmp_path, [_code(STUB), _code(above)], KERNEL)
    assert not rules.no_answer_above(below, rules.Book(tmp_path, [_code(WORKED)], KERNEL))

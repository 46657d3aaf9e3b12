"""A cell run too early: the sentence that names the earlier cell, and the learner's own error, which stays."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv

import nbformat
import pytest
from jupyter_client import KernelManager
from nbclient import NotebookClient

from course_utils import guide
from course_utils import lab as commands
from tests.environment import ROOT

BOOK = nbformat.v4.new_notebook(
    cells=[
        nbformat.v4.new_markdown_cell("# 99 · A lesson"),
        nbformat.v4.new_code_cell("import math\n\nfrom course_utils.session import setup"),
        nbformat.v4.new_markdown_cell("## From one feature to many"),
        nbformat.v4.new_code_cell("X_train, (y, *rest) = [1], (2, 3)\nfor i in range(3):\n    last = i"),
        nbformat.v4.new_code_cell("total = total + 1"),
    ]
)


def test_each_kind_of_binding_is_found():
    source = "import a.b, c as d\nfrom e import f\ng = h, (i, *j) = 1, (2, 3)\nfor k in []: l = 1\nwith x as m: pass\ndef n(o): p = 1\nclass Q: r = 1\n(s := 3)\nt: int = 3\n[u for u in []]\n!shell line"  # fmt: skip
    assert guide.names_bound(source) == set("adfghijklmnQst")


@pytest.mark.parametrize("source", ["def broken(", "nul = '\0'", ""])
def test_a_cell_that_cannot_be_read_binds_nothing(source):
    assert guide.names_bound(source) == set()


def test_a_line_that_begins_with_the_remainder_sign_is_no_magic():
    assert guide.names_bound("rest = (7\n    % 2)") == {"rest"}


def test_the_sentence_names_the_section_the_set_up_or_a_likely_slip():
    assert '"From one feature to many"' in guide.advice("X_train", BOOK)
    assert "set-up cell" in guide.advice("math", BOOK)
    assert "Did you mean `X_train`?" in guide.advice("X_trian", BOOK)
    assert guide.advice("nothing_like_it", BOOK) == ""
    assert "Run All Above" in guide.advice("x", None)


def test_no_cell_is_told_to_run_itself_first():
    assert "From one feature" in guide.advice("total", BOOK)
    assert guide.advice("total", BOOK, running="total = total + 1") == ""


def test_a_section_without_a_heading_is_not_quoted_as_an_empty_one():
    cells = [nbformat.v4.new_code_cell("a = 1"), nbformat.v4.new_code_cell("b = 1")]
    assert "made in another cell" in guide.advice("b", nbformat.v4.new_notebook(cells=cells))


def run(sources, manager=None):
    """Run cells in a fresh kernel; return, a cell, the name of its error (or None) and all else it said."""
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    NotebookClient(book, timeout=60, kernel_name="python3", allow_errors=True, km=manager).execute()
    return [
        (
            next((o.ename for o in cell.outputs if o.output_type == "error"), None),
            "".join(o.get("text", "") for o in cell.outputs),
        )
        for cell in book.cells
    ]


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    path = tmp_path / "99_lesson.ipynb"
    nbformat.write(BOOK, path)
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return path


LOAD = "%load_ext course_utils.guide\n%reload_ext course_utils.guide"  # twice: it must not speak twice


def test_a_name_error_keeps_its_error_and_gains_one_sentence_and_no_other_error_does(lesson):
    sources = [LOAD, "X_train", "def f():\n    v += 1\nf()", "raise NameError('mine')", "1 / 0", "print('alive')"]
    _, early, local, own, zero, alive = run(sources)
    assert early[0] == "NameError"
    assert early[1].count("From one feature to many") == 1
    assert (local, own, zero) == (("UnboundLocalError", ""), ("NameError", ""), ("ZeroDivisionError", ""))
    assert alive == (None, "alive\n")


@pytest.mark.parametrize("content", ["", "[1, 2]", '{"cells": [{"cell_type": "code", "source": 3}]}'])
def test_a_notebook_that_cannot_be_read_costs_the_sentence_and_never_the_error(lesson, content):
    lesson.write_text(content)
    (_, (kind, said)) = run([LOAD, "X_train"])
    assert kind == "NameError"
    assert "Traceback" not in said


def test_without_a_notebook_the_cells_above_are_named_and_an_error_without_a_name_gets_no_line(lesson):
    lesson.unlink()
    _, early, own, known = run([LOAD, "X_train", "raise NameError('mine')", "v = 1\nexec('v', {})"])
    assert "Run All Above" in early[1]
    assert own == known == ("NameError", "")


def test_an_editor_that_names_the_notebook_in_the_kernel_is_understood(lesson, monkeypatch):
    monkeypatch.delenv("JPY_SESSION_NAME")
    assert "From one feature" in run([LOAD + f"\n__vsc_ipynb_file__ = {str(lesson)!r}", "X_train"])[1][1]


@pytest.fixture
def environment(tmp_path):
    """A venv of its own that finds the packages of this one; return its folder and its Python."""
    folder = tmp_path / "venv"
    venv.create(folder, symlinks=os.name != "nt")
    paths = sysconfig.get_paths(vars={"base": str(folder), "platbase": str(folder)})
    with open(os.path.join(paths["purelib"], "outer.pth"), "w", encoding="utf-8") as file:
        file.write(sysconfig.get_paths()["purelib"])
    commands.install_guide(folder)
    return folder, os.path.join(paths["scripts"], "python")


def test_kernels_of_an_environment_with_the_guide_load_it_before_the_set_up_cell(lesson, environment):
    manager = KernelManager(kernel_name="python3")
    manager.kernel_spec.argv[0] = environment[1]
    ((kind, said),) = run(["math.pi"], manager)
    assert kind == "NameError"
    assert "set-up cell" in said


def test_kernels_that_do_not_find_the_course_are_left_alone(environment, tmp_path):
    config = environment[0] / "etc" / "ipython" / "ipython_kernel_config.py"
    code = f"from traitlets.config.loader import PyFileConfigLoader as L; print(L({str(config)!r}).load_config())"
    for path, expected in (("", "{}"), (str(ROOT), "course_utils.guide")):
        env = os.environ | {"PYTHONPATH": path}
        done = subprocess.run([environment[1], "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True)
        assert expected in done.stdout, done.stderr


def test_an_older_file_of_the_course_is_renewed_and_a_file_of_somebody_else_is_not(tmp_path):
    config = tmp_path / "etc" / "ipython" / "ipython_kernel_config.py"
    commands.install_guide(tmp_path)
    new = config.read_text()
    config.write_text(commands.MARK + " an older one")
    commands.install_guide(tmp_path)
    assert config.read_text() == new
    config.write_text("c.InteractiveShell.autocall = 1")
    commands.install_guide(tmp_path)
    assert config.read_text() == "c.InteractiveShell.autocall = 1"


@pytest.mark.parametrize(
    ("folders", "installed"), [([], False), (["conda-meta"], True), (["conda-meta", "condabin"], False)]
)
def test_the_guide_is_installed_in_a_conda_environment_and_never_in_a_base_python(
    monkeypatch, tmp_path, folders, installed
):
    for folder in folders:
        (tmp_path / folder).mkdir()
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(sys, "base_prefix", str(tmp_path))
    commands.install_guide()
    assert (tmp_path / "etc").exists() == installed


def test_an_environment_that_cannot_be_written_costs_a_warning(tmp_path, capsys):
    (tmp_path / "etc").write_text("a file where the folder should be")
    commands.install_guide(tmp_path)
    assert capsys.readouterr().out.startswith(" warning")

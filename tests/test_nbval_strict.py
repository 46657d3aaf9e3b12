"""The verification of notebooks, on small notebooks that are wrong in one way each."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import nbformat
import pytest

from tests.environment import ROOT


def _book(path, cells, course=None):
    """Write a notebook of (source, printed text, extra) cells that counts as run."""
    book = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}}
        | ({"course": course} if course else {})
    )
    for count, (source, printed, extra) in enumerate(cells, start=1):
        outputs = [nbformat.v4.new_output("stream", name="stdout", text=printed)] if printed else []
        cell = nbformat.v4.new_code_cell(source, execution_count=count, outputs=outputs)
        cell.update(extra)
        book.cells.append(cell)
    nbformat.write(book, path)


@pytest.fixture
def verify(tmp_path):
    def run(cells, course=None, workers="0"):
        _book(tmp_path / "99_small.ipynb", cells, course)
        command = [
            sys.executable, "-m", "pytest", "-p", "tests.nbval_strict", "--nbval", "--nbval-current-env", "-q", "-n", workers,
            f"--nbval-sanitize-with={ROOT / 'tests' / 'nbval_sanitize.cfg'}", f"--rootdir={tmp_path}", "99_small.ipynb",
        ]  # fmt: skip
        names = ("PYTEST_CURRENT_TEST", "PYTEST_XDIST_WORKER", "PYTEST_ADDOPTS")
        clean = {k: v for k, v in os.environ.items() if k not in names} | {"PYTHONPATH": str(ROOT)}
        return subprocess.run(command, cwd=tmp_path, env=clean, capture_output=True, text=True, timeout=200)

    return run


def test_a_true_output_passes_and_its_cost_is_listed(verify):
    done = verify([("print('four', 2 + 2)", "four 4\n", {})], workers="1")
    assert done.returncode == 0, done.stdout
    assert "99_small.ipynb" in done.stdout
    assert "of at most" in done.stdout


def test_a_wrong_stored_output_fails(verify):
    done = verify([("print('four', 2 + 2)", "four 5\n", {})])
    assert done.returncode == 1
    assert "four 4" in done.stdout


def test_a_number_about_is_masked_and_the_words_around_it_are_not(verify):
    assert verify([("print('accuracy ≈ 0.913, 3 of 4')", "accuracy ≈ 0.87, 3 of 4\n", {})]).returncode == 0
    assert verify([("print('accuracy ≈ 0.913, 3 of 4')", "accuracy ≈ 0.913, 2 of 4\n", {})]).returncode == 1
    assert verify([("print('≈ «To be», 2')", "≈ «Or not», 2\n", {})]).returncode == 0
    assert verify([("print('≈ «To be», 2')", "≈ «To be», 3\n", {})]).returncode == 1


def test_what_is_written_to_the_error_stream_is_seen(verify):
    done = verify([("import sys; print('oh', file=sys.stderr)", "", {})])
    assert done.returncode == 1
    assert "stderr" in done.stdout


def test_a_killed_kernel_is_reported_in_seconds_with_its_cell(verify):
    start = time.monotonic()
    done = verify([("print('ok')", "ok\n", {}), ("import os; os._exit(1)", "", {})])
    assert done.returncode == 1
    assert "kernel died" in done.stdout.lower()
    assert time.monotonic() - start < 60  # nbval alone would wait for the cell's time limit, 400 seconds


def test_a_cell_that_was_never_run_is_refused(verify):
    done = verify([("print('ok')", "", {"execution_count": None})])
    assert done.returncode == 1
    assert "never run" in done.stdout


@pytest.mark.parametrize("tag", ["nbval-skip", "nbval-ignore-output", "raises-exception"])
def test_a_tag_that_excuses_a_cell_is_refused(verify, tag):
    done = verify([("print(1)", "1\n", {"metadata": {"tags": [tag]}})])
    assert done.returncode == 1
    assert "excuses itself" in done.stdout


def test_a_comment_that_excuses_a_cell_is_refused(verify):
    assert verify([("# NBVAL_IGNORE_OUTPUT\nprint(1)", "1\n", {})]).returncode == 1


@pytest.mark.parametrize("workers", ["0", "1"])
def test_a_notebook_over_its_budget_fails_the_run(verify, workers):
    done = verify([("print(1)", "1\n", {})], course={"budget_s": 90, "budget_mb": 1}, workers=workers)
    assert done.returncode == 1
    assert "OVER BUDGET" in done.stdout

"""The doctor: each trouble in plain words, with what to do."""

from __future__ import annotations

import pytest

from course_utils import __main__ as commands
from course_utils import checking, doctor


@pytest.mark.parametrize("version", [(3, 10, 2), (3, 14, 0)])
def test_a_wrong_python_is_a_problem(version):
    finding = doctor.check_python(version)
    assert finding.level == "problem"
    assert "3.11, 3.12 or 3.13" in finding.text


def test_an_intel_mac_is_a_problem():
    assert "Intel" in doctor.check_python((3, 12, 0), "Darwin", "x86_64").text


def test_the_environment_of_these_tests_is_as_locked():
    assert [f.level for f in doctor.check_packages()] == ["ok"]


def test_another_version_is_named_with_the_one_that_is_locked():
    installed = doctor.locked_versions() | {"keras": "2.1.0"}
    found = list(doctor.check_packages(installed))
    assert "Package keras: 2.1.0" in found[0].text
    assert found[0].level == "warning"


def test_tensorflow_metal_and_missing_packages_are_problems():
    found = list(doctor.check_packages({"tensorflow-metal": "1.2"}))
    texts = [f.text for f in found if f.level == "problem"]
    assert "tensorflow-metal" in texts[0]
    assert "jupyterlab" in texts[1]


def test_a_changed_data_file_is_a_problem(monkeypatch):
    monkeypatch.setattr(doctor.data, "verify", lambda: [("ames", None), ("hmda", "data/hmda.csv has changed")])
    found = list(doctor.check_data())
    assert [f.level for f in found] == ["problem", "ok"]
    assert "1 of 2" in found[1].text


@pytest.mark.parametrize(("free", "level"), [(0.5e9, "problem"), (2e9, "warning"), (6e9, "ok")])
def test_memory_is_judged_against_what_the_lessons_need(free, level):
    assert doctor.check_machine(2, free).level == level


def test_a_read_only_checkout_is_a_warning_that_says_what_would_be_lost(tmp_path):
    (tmp_path / "file").write_text("a file where the folder should be")
    finding = doctor.check_writing(tmp_path / "file" / "notebooks")
    assert finding.level == "warning"
    assert "Copy the course" in finding.text


def test_writing_leaves_nothing_behind(tmp_path):
    assert doctor.check_writing(tmp_path).level == "ok"
    assert list(tmp_path.iterdir()) == []


def test_keras_trains_here():
    assert doctor.check_training().level == "ok"


def test_a_training_that_fails_gives_the_last_line_and_no_traceback(monkeypatch):
    monkeypatch.setattr(doctor, "FIT", "raise ImportError('a library is missing')")
    finding = doctor.check_training()
    assert finding.level == "problem"
    assert finding.text.endswith("ImportError: a library is missing")


def test_the_command_ends_with_1_on_a_problem_and_0_without(monkeypatch, capsys):
    monkeypatch.setattr(
        doctor, "examine", lambda quick: iter([doctor.Finding("ok", "fine"), doctor.Finding("problem", "broken")])
    )
    assert commands.run_doctor() == 1
    assert " problem  broken" in capsys.readouterr().out
    monkeypatch.setattr(doctor, "examine", lambda quick: iter([doctor.Finding("warning", "hm")]))
    assert commands.run_doctor() == 0


def test_progress_counts_what_is_solved(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_HOME", str(tmp_path))
    (tmp_path / "progress.json").write_text(
        '{"00.centred": {"status": "correct"}, "01.standardize": {"status": "not yet"}}'
    )
    lines = checking.progress_table().splitlines()
    assert lines[0].split()[-3:] == ["1", "of", "1"]
    assert lines[1].split()[-3:] == ["0", "of", "6"]
    assert lines[-1].startswith("Solved: 1 of ")


def test_an_unknown_command_is_refused_with_the_known_ones(capsys):
    with pytest.raises(SystemExit) as stop:
        commands.main(["fly"])
    assert stop.value.code == 2
    assert "doctor" in capsys.readouterr().err

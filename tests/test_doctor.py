"""The doctor: each trouble in plain words, with what to do."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from course_utils import __main__ as commands
from course_utils import checking, data, doctor
from tests.environment import ROOT


@pytest.mark.parametrize("version", [(3, 10, 2), (3, 14, 0)])
def test_a_wrong_python_is_a_problem(version):
    finding = doctor.check_python(version)
    assert finding.level == "problem"
    assert "3.11, 3.12 or 3.13" in finding.text


def test_an_intel_mac_and_a_32_bit_python_are_problems():
    assert "Intel" in doctor.check_python((3, 12, 0), "Darwin", "x86_64").text
    assert doctor.check_python((3, 12, 0), "Darwin", "arm64").level == "ok"
    assert "32-bit" in doctor.check_python((3, 12, 0), "Windows", "AMD64", largest=2**31 - 1).text


def test_a_python_without_any_package_is_told_so_and_gets_no_traceback():
    command = [sys.executable, "-S", "-m", "course_utils", "doctor"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert "Not installed: ai-edge-litert" in done.stdout
    assert "make lab" in done.stdout
    assert done.stderr == ""


def test_the_environment_of_these_tests_is_as_locked():
    assert [f.level for f in doctor.check_packages()] == ["ok"]


@pytest.mark.parametrize(("version", "level"), [("2.1.0", "problem"), ("3.15.999", "warning")])
def test_another_version_is_named_with_the_one_that_is_locked_and_a_way_to_get_it(version, level):
    locked = doctor.locked_versions()
    first, last = doctor.check_packages(locked | {"keras": version})
    assert first.level == level
    assert f"Package keras: {version}, where the lock says {locked['keras']}" in first.text
    assert "pip install --requirement requirements.lock" in first.text
    assert last.text == f"Packages: {len(locked) - 1} of {len(locked)} as locked"


def test_packages_that_the_course_does_not_name_itself_get_no_line_of_their_own():
    locked = doctor.locked_versions()
    indirect = dict.fromkeys(("absl-py", "anyio", "arrow"), "0")
    (only,) = doctor.check_packages(locked | indirect)
    assert (only.level, only.text) == ("ok", f"Packages: {len(locked) - 3} of {len(locked)} as locked")


def test_tensorflow_metal_and_missing_packages_are_problems():
    found = list(doctor.check_packages({"tensorflow-metal": "1.2"}))
    assert [f.level for f in found] == ["problem", "problem"]
    assert "pip uninstall tensorflow-metal" in found[0].text
    assert "jupyterlab" in found[1].text


def test_a_changed_data_file_is_a_problem_that_names_it(monkeypatch, tmp_path):
    shutil.copytree(data.DATA, tmp_path / "data")
    monkeypatch.setattr(data, "DATA", tmp_path / "data")
    assert [f.level for f in doctor.check_data()] == ["ok"]
    with (tmp_path / "data" / "hmda.csv").open("a") as file:
        file.write("one line too many")
    found = list(doctor.check_data())
    assert [f.level for f in found] == ["problem", "problem"]
    assert "data/hmda.csv" in found[0].text
    assert "14 of 15" in found[1].text


@pytest.mark.parametrize(("free", "level"), [(0.5e9, "problem"), (2e9, "warning"), (6e9, "ok")])
def test_memory_is_judged_against_what_the_lessons_need(free, level):
    assert doctor.check_machine(2, free).level == level


READ_ONLY = pytest.param(Path("/proc/course"), marks=pytest.mark.skipif(sys.platform != "linux", reason="no /proc"))


@pytest.mark.parametrize("folder", [READ_ONLY, Path(__file__) / "inside_a_file"])
def test_a_read_only_checkout_is_a_warning_that_says_what_would_be_lost(folder):
    work, progress = doctor.check_writing({"work": folder, "progress": folder})
    assert (work.level, progress.level) == ("warning", "warning")
    assert str(folder) in work.text
    assert "Copy the course" in work.text
    assert "COURSE_HOME" in progress.text


def test_writing_leaves_nothing_behind(tmp_path):
    assert [f.level for f in doctor.check_writing({"work": tmp_path})] == ["ok"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("folder", ["/gone/bin", "/usr/bin"])
def test_a_kernel_of_another_python_is_a_problem_even_where_that_is_gone(folder):
    finding = doctor.check_kernel(os.path.join(folder, "python3"))
    assert finding.level == "problem"
    assert "jupyter kernelspec remove python3" in finding.text


def test_a_kernel_of_this_python_is_fine():
    for command in (sys.executable, "python", None):
        assert doctor.check_kernel(command).level == "ok"


def test_keras_trains_here():
    assert doctor.check_training().level == "ok"


def test_a_training_that_fails_gives_the_last_line_and_no_traceback(monkeypatch):
    monkeypatch.setattr(doctor, "FIT", "raise ImportError('a library is missing')")
    finding = doctor.check_training()
    assert finding.level == "problem"
    assert finding.text.startswith("Keras could not train: ImportError: a library is missing. Run: ")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("print(1.0, 2.0)", "did not lower the loss (1 to 2)"),
        ("print(1.0, float('nan'))", "did not lower the loss (1 to nan)"),
        ("import os; os.abort()", "Python itself was stopped"),
        ("import time; time.sleep(60)", "did not finish"),
    ],
)
def test_each_way_to_train_badly_has_its_sentence(monkeypatch, code, said):
    monkeypatch.setattr(doctor, "FIT", code)
    finding = doctor.check_training(seconds=3)
    assert finding.level == "problem"
    assert said in finding.text


def test_a_check_that_trips_is_a_problem_too_and_the_others_go_on(monkeypatch):
    def trip():
        raise RuntimeError("no such thing")

    monkeypatch.setattr(doctor, "check_machine", trip)
    found = list(doctor.examine(quick=True))
    assert [f.level for f in found].count("problem") == 1
    assert "RuntimeError: no such thing" in next(f.text for f in found if f.level == "problem")
    assert found[-1].text == "Notebooks run in this Python"


def test_after_a_wrong_python_nothing_else_is_looked_at(monkeypatch):
    monkeypatch.setattr(doctor, "check_python", lambda: doctor.Finding("problem", "old"))
    assert [f.text for f in doctor.examine()] == ["old"]


def test_the_quick_look_leaves_out_the_training_and_nothing_else(monkeypatch):
    monkeypatch.setattr(doctor, "check_training", lambda: doctor.Finding("ok", "trained"))
    quick, full = ([f.text for f in doctor.examine(quick)] for quick in (True, False))
    assert len(full) == len(quick) + 1
    assert full[-1] == "trained"


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


def test_progress_is_shown_where_the_output_knows_no_boxes(tmp_path):
    env = os.environ | {"PYTHONIOENCODING": "ascii", "COURSE_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "course_utils", "progress"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Solved: 0 of" in done.stdout


def test_the_option_for_a_quick_look_reaches_the_doctor(monkeypatch):
    seen = []
    monkeypatch.setattr(doctor, "examine", lambda quick: iter(seen.append(quick) or ()))
    assert (commands.main(["doctor"]), commands.main(["doctor", "--quick"]), seen) == (0, 0, [False, True])


def test_an_unknown_command_is_refused_with_the_known_ones(capsys):
    with pytest.raises(SystemExit) as stop:
        commands.main(["fly"])
    assert stop.value.code == 2
    assert "doctor" in capsys.readouterr().err

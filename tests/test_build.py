"""Setting up: a wrong Python, an unwritable place, and the files that must say the same thing."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile

import pytest

from tests.environment import ROOT

_spec = importlib.util.spec_from_file_location("build_venv", ROOT / ".ci" / "build_venv.py")
build_venv = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(build_venv)


@pytest.mark.parametrize("version", [(3, 9, 7), (3, 10, 14), (3, 14, 0), (2, 7, 18)])
def test_a_wrong_python_is_told_which_ones_fit(version):
    with pytest.raises(build_venv.Refusal, match=r"3\.11, 3\.12 or 3\.13") as refusal:
        build_venv.check_python(version, "Linux", "x86_64", 64)
    assert ".".join(map(str, version)) in str(refusal.value)


def test_an_intel_mac_and_a_32_bit_python_are_told():
    with pytest.raises(build_venv.Refusal, match="Intel Mac"):
        build_venv.check_python((3, 12, 1), "Darwin", "x86_64", 64)
    with pytest.raises(build_venv.Refusal, match="32-bit"):
        build_venv.check_python((3, 12, 1), "Windows", "x86", 32)


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 5), (3, 13, 1)])
def test_a_right_python_passes(version):
    build_venv.check_python(version, "Darwin", "arm64", 64)


def test_the_script_can_be_read_by_old_pythons():
    source = (ROOT / ".ci" / "build_venv.py").read_text(encoding="utf-8")
    assert not re.search(r"\bf[\"']|:=|-> |\bmatch \w+:", source)


@pytest.mark.skipif(sys.platform != "linux", reason="needs a folder that refuses even root")
def test_a_read_only_checkout_gets_one_sentence_and_status_1():
    command = [sys.executable, str(ROOT / ".ci" / "build_venv.py"), "/proc/nowhere/.venv"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_full_disk_is_noticed_before_anything_is_removed(tmp_path, monkeypatch):
    monkeypatch.setattr(build_venv.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 10**8}))
    with pytest.raises(build_venv.Refusal, match="Make room"):
        build_venv.check_place(str(tmp_path / ".venv"))
    assert list(tmp_path.iterdir()) == []


def test_an_environment_without_its_stamp_is_not_taken_for_whole(tmp_path):
    assert not build_venv.is_current(str(tmp_path))
    (tmp_path / build_venv.STAMP).write_text("of another lock")
    assert not build_venv.is_current(str(tmp_path))
    (tmp_path / build_venv.STAMP).write_text(build_venv.fingerprint())
    assert build_venv.is_current(str(tmp_path))


def _wheel(folder, name, version="1.0"):
    """Write a wheel of one empty module; return its line for a lock."""
    stem = f"{name}-{version}"
    path = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}.py", f"VERSION = {version!r}\n")
        archive.writestr(f"{stem}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        archive.writestr(f"{stem}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{stem}.dist-info/RECORD", f"{name}.py,,\n")
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


BACKEND = """
import pathlib, zipfile
def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "tiny-1.0-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(folder) / name, "w") as archive:
        archive.writestr("tiny.pth", str(pathlib.Path.cwd()))
        archive.writestr("tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.0\\n")
        archive.writestr("tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        archive.writestr("tiny-1.0.dist-info/RECORD", "")
    return name
"""
PROJECT = """[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "tiny"
version = "1.0"
dependencies = ["pebble", "gravel"]
"""


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course in small: two packages, no network, and the real script; returns it as a module."""
    for name in ("__init__.py", "doctor.py", "surroundings.py"):
        (tmp_path / "course_utils").mkdir(exist_ok=True)
        shutil.copy(ROOT / "course_utils" / name, tmp_path / "course_utils" / name)
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "build_venv.py", tmp_path / ".ci")
    (tmp_path / "backend.py").write_text(BACKEND)
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    (tmp_path / "requirements.lock").write_text(_wheel(wheels, "pebble") + _wheel(wheels, "gravel"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    return _load(tmp_path / ".ci" / "build_venv.py")


def _load(path):
    spec = importlib.util.spec_from_file_location("build_venv_copy", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _version(course, name="pebble"):
    python = os.path.join(course.ROOT, ".venv", "bin", "python")
    code = f"import {name}; print({name}.VERSION)"
    return subprocess.run(
        [python, "-c", code], capture_output=True, text=True, env=course.surroundings()
    ).stdout.strip()


posix = pytest.mark.skipif(os.name == "nt", reason="the Makefile's set-up; Windows has none")


@posix
def test_a_set_up_is_whole_whatever_the_user_has_set_for_pip(course, tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "pebble").mkdir(parents=True)
    (elsewhere / "pebble" / "__init__.py").write_text("VERSION = 'a stray one'")
    (elsewhere / "pip.conf").write_text("[install]\nuser = true\n")
    for name, value in (
        ("PIP_USER", "1"),
        ("PIP_TARGET", str(elsewhere)),
        ("PYTHONPATH", str(elsewhere)),
        ("PIP_CONFIG_FILE", str(elsewhere / "pip.conf")),
    ):
        monkeypatch.setenv(name, value)
    assert course.main([]) == 0
    assert _version(course) == _version(course, "gravel") == "1.0"
    assert not list(elsewhere.glob("*.dist-info"))


@posix
def test_an_environment_is_kept_where_nothing_that_it_depends_on_has_changed(course, capsys):
    assert course.main([]) == 0
    first = os.readlink(os.path.join(course.ROOT, ".venv"))
    with open(os.path.join(course.ROOT, "pyproject.toml"), "a") as file:
        file.write("# a comment\n[tool.ruff]\nline-length = 100\n")
    capsys.readouterr()
    assert course.main([]) == 0
    assert "Setting up" not in capsys.readouterr().out
    assert os.readlink(os.path.join(course.ROOT, ".venv")) == first


@posix
@pytest.mark.parametrize("stage", ["the lock cannot be had", "killed in mid-step", "not what the lock says"])
def test_a_set_up_that_does_not_end_well_leaves_the_old_environment(course, tmp_path, monkeypatch, capfd, stage):
    assert course.main([]) == 0
    before = os.readlink(tmp_path / ".venv")
    lock = tmp_path / "requirements.lock"
    if stage == "the lock cannot be had":
        lock.write_text(lock.read_text() + "boulder==1.0 --hash=sha256:" + "0" * 64 + "\n")
        assert course.main([]) == 1
        assert "is still there" in capfd.readouterr().err
    else:
        lock.write_text(_wheel(tmp_path / "wheels", "pebble", "2.0") + _wheel(tmp_path / "wheels", "gravel"))
        run = course.run

        def stopped(step, what):
            if what.startswith("3 of 4") and stage == "killed in mid-step":
                raise KeyboardInterrupt
            run(
                [*step[:-1], str(tmp_path / "empty.txt")]
                if what.startswith("2 of 4") and stage != "killed in mid-step"
                else step,
                what,
            )

        (tmp_path / "empty.txt").write_text("")
        monkeypatch.setattr(course, "run", stopped)
        if stage == "killed in mid-step":
            with pytest.raises(KeyboardInterrupt):
                course.main([])
        else:
            assert course.main([]) == 1
            assert "Not as locked: " in capfd.readouterr().out
        monkeypatch.setattr(course, "run", run)
    assert os.readlink(tmp_path / ".venv") == before
    assert _version(course) == "1.0"
    if stage == "killed in mid-step":
        assert course.main([]) == 0  # the next call starts over, and takes away what was left
        assert _version(course) == "2.0"
        assert len(list(tmp_path.glob(".venv*"))) == 2


@posix
def test_an_environment_that_was_a_folder_becomes_a_link(course, tmp_path):
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    assert course.main([]) == 0
    assert os.path.islink(tmp_path / ".venv")
    assert _version(course) == "1.0"
    assert len(list(tmp_path.glob(".venv*"))) == 2


def test_a_failing_step_says_what_to_do(capfd):
    with pytest.raises(build_venv.Refusal, match="needs a network, once"):
        build_venv.run([sys.executable, "-c", "raise SystemExit(1)"], "trying")


def _lock():
    return (ROOT / "requirements.lock").read_text(encoding="utf-8")


def test_every_locked_package_has_hashes_and_no_address_is_named():
    blocks = re.split(r"\n(?=[A-Za-z0-9])", _lock())
    pinned = [block for block in blocks if re.match(r"[A-Za-z0-9._-]+(\[[^]]*\])?==", block)]
    assert len(pinned) > 100
    assert all("--hash=sha256:" in block for block in pinned)
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links", _lock())


def test_the_lock_holds_every_dependency_of_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["dependencies"] + [d for extra in project["optional-dependencies"].values() for d in extra]
    names = {re.match(r"[A-Za-z0-9._-]+", entry)[0].lower() for entry in wanted}
    locked = {name.lower() for name in re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==", _lock(), flags=re.MULTILINE)}
    assert names <= locked


def test_conda_users_get_the_same_locked_set_on_a_python_that_fits():
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    assert "- --requirement requirements.lock" in text
    python = re.search(r"python=(\d+)\.(\d+)", text)
    build_venv.check_python((int(python[1]), int(python[2]), 0), "Linux", "x86_64", 64)
    listed = re.findall(r"^ +- ([^:\n]+)$", text, flags=re.MULTILINE)
    assert listed == ["conda-forge", f"python={python[1]}.{python[2]}", "pip", "--requirement requirements.lock"]


def test_binder_reads_the_same_two_files():
    for name in ("environment.yml", "requirements.lock"):
        linked = (ROOT / ".binder" / name).read_text(encoding="utf-8")
        assert linked in ((ROOT / name).read_text(encoding="utf-8"), f"../{name}")  # a download may hold no links


def test_make_help_lists_every_target_and_ci_calls_the_readme_command():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.search(r"\.PHONY: (.*)", makefile)[1].split()) - {"environment"}
    shown = subprocess.run(["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {line.split()[1] for line in shown.splitlines()} == targets
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "make test" in (ROOT / "README.md").read_text(encoding="utf-8")

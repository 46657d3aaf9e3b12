"""Setting up: a wrong Python, an unwritable place, and the files that must say the same thing."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import tomllib

import pytest

from tests.tools.environment import ROOT

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


def test_a_failing_step_says_what_to_do_and_leaves_no_stamp(tmp_path, monkeypatch):
    folder = tmp_path / ".venv"
    monkeypatch.setattr(build_venv.subprocess, "call", lambda *args, **kwargs: 1)
    with pytest.raises(build_venv.Refusal, match="needs a network, once"):
        build_venv.build(str(folder))
    assert not (folder / build_venv.STAMP).exists()


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
        assert (ROOT / ".binder" / name).read_text(encoding="utf-8") == (ROOT / name).read_text(encoding="utf-8")


def test_make_help_lists_every_target_and_ci_calls_the_readme_command():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.search(r"\.PHONY: (.*)", makefile)[1].split()) - {"environment"}
    shown = subprocess.run(["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {line.split()[1] for line in shown.splitlines()} == targets
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "make test" in (ROOT / "README.md").read_text(encoding="utf-8")

"""What belongs to the user's own surroundings must not reach the course; where it must, one sentence names it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from course_utils import doctor, lab, surroundings
from tests import run as run_tests
from tests.environment import ROOT, lesson_paths

posix = pytest.mark.skipif(os.name == "nt", reason="folders with rights, links")


def run(code, folder, **env):
    """Run code in a fresh Python that knows the course; return what it printed, both streams."""
    surrounded = os.environ | {"PYTHONPATH": str(ROOT), "COURSE_STATIC": "1"} | env
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, env=surrounded, capture_output=True, text=True)
    return done.stdout + done.stderr


def test_a_users_settings_of_keras_do_not_reach_a_lesson(tmp_path):
    (tmp_path / "keras.json").write_text(
        '{"floatx": "float16", "epsilon": 0.1, "image_data_format": "channels_first", "backend": "jax"}'
    )
    code = "from course_utils.session import setup; setup(seed=1); import keras; c = keras.config; print(c.backend(), c.floatx(), c.epsilon(), c.image_data_format())"
    said = run(code, tmp_path, KERAS_HOME=str(tmp_path), KERAS_BACKEND="jax")
    assert said.strip() == "tensorflow float32 1e-07 channels_last"


def test_a_users_setting_of_ipython_does_not_show_every_line_of_a_cell(monkeypatch):
    from types import SimpleNamespace

    from course_utils import guide, plots, session

    notebook = SimpleNamespace(ast_node_interactivity="all")
    monkeypatch.setattr(session, "shell", lambda: notebook)
    monkeypatch.setattr(plots, "use_style", lambda: None)
    monkeypatch.setattr(guide, "load_ipython_extension", lambda shell: None)
    session.setup(seed=1)
    assert notebook.ast_node_interactivity == "last_expr"


def test_a_kernel_that_runs_keras_on_another_backend_is_told_to_restart(monkeypatch):
    import keras

    monkeypatch.setattr(keras.config, "backend", lambda: "torch")
    with pytest.raises(RuntimeError, match=r"Keras runs on 'torch' in this kernel.*Restart"):
        surroundings.keep_out()


def test_a_users_matplotlibrc_does_not_reach_a_figure(tmp_path):
    (tmp_path / "matplotlibrc").write_text("text.usetex: True\naxes.grid: True\nimage.cmap: jet\nlegend.fontsize: 40\n")
    code = "from course_utils import plots; plots.use_style(); import matplotlib as m; r = m.rcParams; print(r['text.usetex'], r['axes.grid'], r['image.cmap'], r['legend.fontsize'])"
    assert run(code, tmp_path, MATPLOTLIBRC=str(tmp_path / "matplotlibrc")).strip() == "False False cividis medium"


@pytest.mark.parametrize("name", ["keras", "numpy", "matplotlib", "PIL"])
def test_a_file_of_the_learners_in_front_of_a_package_is_named_by_the_set_up_cell(tmp_path, name):
    (tmp_path / f"{name}.py").write_text("x = 1\n")
    said = run("from course_utils.session import setup; setup(seed=1)", tmp_path)
    assert f"`import {name}` would find {tmp_path / f'{name}.py'}" in said
    assert "Give that file another name" in said


def test_the_doctor_names_a_file_in_front_of_a_package(tmp_path, monkeypatch):
    (tmp_path / "keras").mkdir()
    (tmp_path / "keras" / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    (found,) = doctor.check_shadows()
    assert found.level == "problem"
    assert f"`import keras` finds {tmp_path / 'keras' / '__init__.py'}" in found.text


def test_the_doctor_counts_the_package_that_is_imported_and_not_a_second_one_behind_it(tmp_path, monkeypatch):
    info = tmp_path / "keras-2.15.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: keras\nVersion: 2.15.0\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert doctor._installed()["keras"] == "2.15.0"
    levels = {finding.level for finding in doctor.check_packages()}
    assert "problem" in levels


@pytest.mark.parametrize(
    ("line", "files", "left"),
    [
        ("0::/box", {"box/memory.max": "400000000", "box/memory.current": "100000000"}, 300_000_000),
        (
            "0::/box/inner",
            {
                "box/inner/memory.max": "max",
                "box/inner/memory.current": "5",
                "box/memory.max": "900",
                "box/memory.current": "400",
            },
            500,
        ),
        ("5:memory:/box", {"memory/box/memory.limit_in_bytes": "700", "memory/box/memory.usage_in_bytes": "800"}, 0),
        ("0::/", {}, float("inf")),
    ],
)
def test_the_memory_of_a_container_is_its_own_and_not_the_hosts(tmp_path, line, files, left):
    (tmp_path / "cgroup").write_text(f"{line}\n")
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"{text}\n")
    assert doctor.container_memory(tmp_path, tmp_path / "cgroup") == left
    assert doctor.container_memory(tmp_path, tmp_path / "no such file") == float("inf")


def test_a_learners_own_notebooks_and_imports_are_not_the_course(tmp_path, monkeypatch):
    own = {"Untitled.ipynb": "{}", "01_linear_regression-Copy1.ipynb": "{}", "my_module.py": "import  os\n"}
    for name, text in own.items():
        (tmp_path / "notebooks").mkdir(exist_ok=True)
        (tmp_path / "notebooks" / name).write_text(text)
    shutil.copy(ROOT / "notebooks" / "01_linear_regression.ipynb", tmp_path / "notebooks")
    monkeypatch.setattr("tests.environment.ROOT", tmp_path)
    assert [path.name for path in lesson_paths()] == ["01_linear_regression.ipynb"]
    assert [part for part in run_tests.linted() if "notebooks" in part] == [str(path) for path in lesson_paths()]


@posix
def test_a_home_that_cannot_be_written_costs_a_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HOME", "/proc/nobody")
    monkeypatch.setattr(lab, "ROOT", tmp_path)
    lab.use_a_home()
    assert os.environ["HOME"] == str(tmp_path / ".cache" / "home")
    assert "cannot be written" in capsys.readouterr().out
    lab.use_a_home()
    assert capsys.readouterr().out == ""


@posix
def test_progress_in_a_home_that_cannot_be_read_costs_a_sentence(tmp_path):
    code = "from course_utils.checking import progress_table; print(progress_table().splitlines()[-1])"
    (tmp_path / "file").write_text("")
    said = run(code, tmp_path, COURSE_HOME=str(tmp_path / "file"))
    assert "Your progress cannot be read" in said
    assert "Solved: 0 of" in said
    assert "Traceback" not in said


def test_an_environment_finds_the_course_from_any_folder(tmp_path):
    lab._let_it_be_found(tmp_path)
    assert (tmp_path / "deep_learning_course.pth").read_text().strip() == str(ROOT)
    (tmp_path / "deep_learning_course.pth").unlink()
    (tmp_path / "deep_learning_course-0.1.0.dist-info").mkdir()
    lab._let_it_be_found(tmp_path)
    assert not (tmp_path / "deep_learning_course.pth").exists()


def test_the_servers_lines_go_to_a_file_and_a_failure_names_it(tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(lab, "ROOT", tmp_path)

    def serve():
        with lab.log_file():
            os.write(2, b"a line of the server\n")
            raise ValueError("no port")

    with pytest.raises(ValueError, match="no port"):
        serve()
    (path,) = (tmp_path / ".cache").glob("lab-*.log")
    assert "a line of the server" in path.read_text()
    said = capfd.readouterr().err
    assert "a line of the server" not in said
    assert str(path) in said


@posix
def test_a_download_without_git_and_without_links_keeps_every_rule(tmp_path):
    """What a zip from a web page is: no history, and a link is a file that holds its target's name."""
    for name in ("course_utils", "notebooks", "data", "tests", ".ci", ".binder"):
        shutil.copytree(
            ROOT / name, tmp_path / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__", ".ruff_cache")
        )
    for name in (
        "README.md",
        "Makefile",
        "pyproject.toml",
        "requirements.lock",
        "environment.yml",
        "LICENSE",
        ".gitignore",
    ):
        shutil.copy(ROOT / name, tmp_path / name)
    for path in tmp_path.rglob("*"):
        if path.is_symlink():
            target = os.readlink(path)
            path.unlink()
            path.write_text(target)
    light = [
        "tests/test_lessons.py",
        "tests/test_notebooks.py",
        "tests/test_pages.py",
        "tests/test_build.py",
        "-k",
        "not set_up and not environment",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *light],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]

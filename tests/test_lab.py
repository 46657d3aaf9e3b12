"""Opening JupyterLab: busy ports, the token, the first page, and a cell run too early."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import nbformat
import psutil
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from course_utils import __main__ as commands
from course_utils import guide
from tests.tools.environment import ROOT


@pytest.fixture
def taken_port():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_busy_port_that_was_asked_for_is_refused_with_a_free_suggestion(taken_port, capsys):
    assert commands.main(["lab", "--port", str(taken_port), "--no-browser"]) == 1
    assert f"make lab PORT={taken_port + 1}" in capsys.readouterr().out


def test_a_problem_found_by_the_doctor_stops_before_jupyterlab_starts(monkeypatch):
    monkeypatch.setattr(commands, "run_doctor", lambda quick: 1)
    monkeypatch.setattr(commands.subprocess, "call", lambda *a, **k: pytest.fail("JupyterLab was started"))
    assert commands.run_lab(None, browser=False) == 1


def _fetch(address):
    """Return the page; the address is printed a moment before the server listens."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return urllib.request.urlopen(address, timeout=30).read().decode()
        except urllib.error.HTTPError:
            raise
        except urllib.error.URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


@pytest.fixture
def lab():
    command = [sys.executable, "-u", "-m", "course_utils", "lab", "--no-browser"]
    env = os.environ | {"JUPYTER_PREFER_ENV_PATH": "1"}
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said, address = [], None
    deadline = time.monotonic() + 100
    while address is None and time.monotonic() < deadline:
        line = process.stdout.readline()
        if not line:
            break
        said.append(line)
        address = re.search(r"http://(?:127\.0\.0\.1|localhost):\d+/\S*token=\w+", line)
    yield address and address[0], "".join(said)
    for child in (*psutil.Process(process.pid).children(recursive=True), process):
        child.terminate()
    process.wait(timeout=20)


def test_jupyterlab_starts_at_the_first_lesson_behind_a_token_and_takes_the_next_port_where_8888_is_busy(lab):
    address, said = lab
    assert address, said
    assert "/lab/tree/notebooks/00_start_here.ipynb" in address
    page = _fetch(address)
    assert "JupyterLab" in page
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(re.sub(r"/lab.*", "/api/contents", address), timeout=30)
    assert refused.value.code == 403


def test_jupyterlab_takes_the_next_port_where_the_usual_one_is_busy():
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind(("127.0.0.1", 8888))
        except OSError:
            pytest.skip("another program holds port 8888 already")
        server.listen()
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.port=8888"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            deadline, said = time.monotonic() + 100, ""
            while "token=" not in said and time.monotonic() < deadline:
                said += process.stdout.readline()
        finally:
            process.terminate()
            process.wait(timeout=20)
    assert "8888 is already in use" in said
    assert re.search(r"http://localhost:(?!8888)\d+/lab", said)


BOOK = nbformat.v4.new_notebook(
    cells=[
        nbformat.v4.new_markdown_cell("# 99 · A lesson"),
        nbformat.v4.new_code_cell("import math\n\nfrom course_utils.session import setup"),
        nbformat.v4.new_markdown_cell("## From one feature to many"),
        nbformat.v4.new_code_cell("X_train, (y, *rest) = [1], (2, 3)\nfor i in range(3):\n    last = i"),
        nbformat.v4.new_code_cell("print(X_train)"),
        nbformat.v4.new_code_cell("math.pi"),
        nbformat.v4.new_code_cell("X_trian"),
    ]
)


def test_each_kind_of_binding_is_found():
    source = "import a.b, c as d\nfrom e import f\ng = h, (i, *j) = 1, (2, 3)\nfor k in []: l = 1\nwith x as m: pass\ndef n(o): p = 1\nclass Q: r = 1\n(s := 3)\nt: int = 3\n[u for u in []]\n!shell line"  # fmt: skip
    assert guide.names_bound(source) == set("adfghijklmnQst")
    assert guide.names_bound("def broken(") == set()


def test_the_sentence_names_the_section_the_set_up_or_a_likely_slip():
    assert '"From one feature to many"' in guide.advice("X_train", BOOK)
    assert "set-up cell" in guide.advice("math", BOOK)
    assert "Did you mean `X_train`?" in guide.advice("X_trian", BOOK)
    assert guide.advice("nothing_like_it", BOOK) == ""
    assert "Run All Above" in guide.advice("x", None)


def test_a_cell_run_before_the_set_up_says_so_and_keeps_its_error(tmp_path, monkeypatch):
    path = tmp_path / "99_lesson.ipynb"
    nbformat.write(BOOK, path)
    commands.install_guide(tmp_path)
    (config,) = tmp_path.rglob("ipython_kernel_config.py")
    assert "course_utils.guide" in config.read_text()
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    early = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("%load_ext course_utils.guide"), BOOK.cells[5]])
    with pytest.raises(CellExecutionError):
        NotebookClient(early, timeout=60, kernel_name="python3").execute()
    outputs = early.cells[1].outputs
    assert [o.get("ename") for o in outputs if o.output_type == "error"] == ["NameError"]
    assert "set-up cell" in "".join(o.get("text", "") for o in outputs)


def test_the_guide_is_not_installed_into_a_system_python(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(sys, "base_prefix", str(tmp_path))
    commands.install_guide()
    assert list(tmp_path.iterdir()) == []

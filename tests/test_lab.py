"""Opening JupyterLab: the real server, on loopback alone, from the command to Ctrl-C."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from types import SimpleNamespace

import psutil
import pytest
from jupyter_client import BlockingKernelClient

from course_utils import __main__ as commands
from course_utils import lab as opening
from tests.environment import ROOT

LESSON = "work/00_start_here.ipynb"
posix = pytest.mark.skipif(os.name == "nt", reason="presses Ctrl-C in a terminal of its own")


@pytest.fixture
def taken_port():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_busy_port_that_was_asked_for_is_refused_with_what_to_do(taken_port, monkeypatch, capsys):
    monkeypatch.setattr(opening, "start_jupyterlab", lambda arguments: pytest.fail("JupyterLab was started"))
    assert commands.main(["lab", "--port", str(taken_port), "--no-browser"]) == 1
    said = capsys.readouterr().out
    assert f"Port {taken_port} is taken" in said
    assert "make lab PORT=" in said


@pytest.mark.parametrize("port", ["0", "70000", "-1", "abc"])
def test_what_is_no_port_is_refused_in_a_sentence(port, monkeypatch, capsys):
    monkeypatch.setattr(opening, "run_lab", lambda *arguments: pytest.fail("the port was accepted"))
    with pytest.raises(SystemExit) as stop:
        commands.main(["lab", "--port", port])
    assert stop.value.code == 2
    assert "from 1 to 65535" in capsys.readouterr().err


def test_a_problem_found_by_the_doctor_stops_before_jupyterlab_starts(monkeypatch):
    monkeypatch.setattr(commands, "run_doctor", lambda quick: 1)
    monkeypatch.setattr(opening, "run_lab", lambda *arguments: pytest.fail("JupyterLab was started"))
    assert commands.main(["lab", "--no-browser"]) == 1


def test_a_chosen_port_is_taken_or_nothing():
    assert {"--ServerApp.port=8890", "--ServerApp.port_retries=0"} <= set(opening.lab_arguments(8890, True))
    assert not [a for a in opening.lab_arguments(None, True) if "port" in a.split("=")[0]]


def until(condition, what, seconds=60.0):
    """Return the first true value of `condition`, asked again and again; fail after so many seconds."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            pytest.fail(f"waited {seconds:g} s for {what}")
        time.sleep(0.1)
    return value


def ask(address, **json_body):
    """Return the final address and the text of a page, fetched around any proxy; `json_body` is posted."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(address, json.dumps(json_body).encode() if json_body else None)
    with opener.open(request, timeout=30) as answer:
        return answer.url, answer.read().decode()


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A running lab at a terminal, with port 8888 taken by somebody else; its address, log, process and keyboard."""
    import pty

    folder = tmp_path_factory.mktemp("lab")
    env = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "JPY_SESSION_NAME")}
    own = ("JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTERLAB_SETTINGS_DIR", "IPYTHONDIR", "COURSE_HOME")  # fmt: skip
    env |= {name: str(folder / name.lower()) for name in own}
    keyboard, terminal = pty.openpty()
    with socket.socket() as somebody, contextlib.ExitStack() as stack:
        stack.callback(os.close, keyboard)
        somebody.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):  # where another program holds it, it is taken as well
            somebody.bind(("127.0.0.1", 8888))
            somebody.listen()
        log = folder / "log.txt"
        process = subprocess.Popen(
            [sys.executable, "-m", "course_utils", "lab", "--no-browser"],
            cwd=ROOT, env=env, stdin=terminal, stdout=log.open("w"), stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        os.close(terminal)
        stack.callback(process.wait, 20)
        stack.callback(process.kill)

        def address():
            assert process.poll() is None, log.read_text()
            return re.search(r"http://(?:localhost|127\.0\.0\.1):(\d+)/\S*?\?token=(\w+)", log.read_text())

        found = until(address, "the address")
        base = f"http://127.0.0.1:{found[1]}"

        def listens():
            with contextlib.suppress(urllib.error.URLError):
                return ask(f"{base}/api?token={found[2]}")

        until(listens, "the server")
        yield SimpleNamespace(
            address=found[0], base=base, port=int(found[1]), token=found[2], log=log, process=process, server_log=ROOT / ".cache" / f"lab-{process.pid}.log",
            keyboard=keyboard, runtime=folder / "jupyter_runtime_dir",
        )  # fmt: skip


@posix
def test_the_next_port_is_taken_and_said_where_the_usual_one_is_busy(lab):
    assert lab.port != 8888
    assert "8888 is already in use" in lab.server_log.read_text()


@posix
def test_it_opens_the_first_lesson_with_the_token_and_nothing_without(lab):
    assert f"/lab/tree/{LESSON}" in lab.address
    assert "JupyterLab" in ask(f"{lab.base}/lab/tree/{LESSON}?token={lab.token}")[1]
    assert "/login" in ask(f"{lab.base}/lab")[0]
    with pytest.raises(urllib.error.HTTPError) as refused:
        ask(f"{lab.base}/api/contents")
    assert refused.value.code == 403


@posix
def test_the_terminal_holds_one_block_for_a_person_and_the_servers_lines_go_to_a_file(lab):
    said = lab.log.read_text()
    assert "If no browser opens by itself, go to:" in said
    assert "press Ctrl-C here and answer y" in said
    assert "ServerApp]" not in said
    assert "ServerApp]" in lab.server_log.read_text()


@posix
def test_a_verified_page_can_be_read_and_not_written_and_a_page_in_work_can(lab):
    def contents(place, method="GET", **body):
        address = f"{lab.base}/api/contents/{place}?token={lab.token}"
        request = urllib.request.Request(address, json.dumps(body).encode() if body else None, method=method)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
            return json.loads(answer.read() or b"{}")

    name = LESSON.split("/")[1]
    verified, own = contents(f"notebooks/{name}"), contents(LESSON)
    assert (verified["writable"], own["writable"]) == (False, True)
    before = (ROOT / "notebooks" / name).read_bytes()
    for method, body in (
        ("PUT", {"type": "notebook", "format": "json", "content": verified["content"]}),
        ("DELETE", {}),
        ("PATCH", {"path": "work/x.ipynb"}),
    ):
        with pytest.raises(urllib.error.HTTPError) as refused:
            contents(f"notebooks/{name}", method, **body)
        assert refused.value.code == 403
    with pytest.raises(urllib.error.HTTPError):
        contents("work/away.ipynb", "PATCH", path="notebooks/away.ipynb")
    assert (ROOT / "notebooks" / name).read_bytes() == before


@posix
def test_no_news_and_no_updates_are_looked_for(lab):
    page = ask(f"{lab.base}/lab?token={lab.token}")[1]
    assert '"news": {"disabled": true}' in page
    _, answer = ask(f"{lab.base}/lab/api/settings/@jupyterlab/apputils-extension:notification?token={lab.token}")
    defaults = {name: entry["default"] for name, entry in json.loads(answer)["schema"]["properties"].items()}
    assert (defaults["fetchNews"], defaults["checkForUpdates"]) == ("false", False)


@posix
def test_a_cell_of_lesson_00_run_too_early_says_what_the_lesson_promises_and_ctrl_c_ends_all(lab):
    session = {"path": LESSON, "name": LESSON.split("/")[1], "type": "notebook", "kernel": {"name": "python3"}}
    _, answer = ask(f"{lab.base}/api/sessions?token={lab.token}", **session)  # what JupyterLab asks for
    connection = lab.runtime / f"kernel-{json.loads(answer)['kernel']['id']}.json"
    client = BlockingKernelClient(connection_file=str(until(lambda: connection.exists() and connection, "the kernel")))
    client.load_connection_file()
    client.start_channels()
    client.wait_for_ready(timeout=60)

    def run(source):
        said = []
        client.execute_interactive(
            source, timeout=60, allow_stdin=False, output_hook=lambda m: said.append(m["content"])
        )
        return "".join(content.get("text", "") + content.get("ename", "") for content in said)

    early = run("numbers")
    assert early.startswith("NameError")
    assert 'made in the section "How do I run this page?"' in early
    assert "set-up cell" in run("doctor")
    assert str(ROOT) in run("import os; print(os.environ['PYTHONPATH'])")
    kernel_process = psutil.Process(int(run("print(os.getpid())")))
    client.stop_channels()

    lab.process.send_signal(signal.SIGINT)
    until(lambda: "Shut down this Jupyter server" in lab.log.read_text(), "the question")
    os.write(lab.keyboard, b"y\n")
    assert lab.process.wait(timeout=60) == 0
    assert "Shutting down 1 kernel" in lab.server_log.read_text()
    assert not kernel_process.is_running() or kernel_process.status() == psutil.STATUS_ZOMBIE
    assert not list(lab.runtime.glob("jpserver-*.json"))

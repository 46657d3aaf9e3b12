"""The learner's own pages in a real JupyterLab, in a real browser: what `make test-browser` runs.

Each lesson's page is opened, run from top to bottom, its sliders moved, its links followed, an exercise worked wrong and
right, the page saved, closed and opened again, and the course's own outputs are put before axe, wide and narrow, light and dark.
It needs Chromium (Debian: apt-get install chromium); `LESSONS="00 01"` chooses. The name keeps it out of `make test`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.environment import ROOT, lesson_paths

CHOSEN = os.environ.get("LESSONS", "").split()
NAMES = [p.stem for p in lesson_paths() if p.parent.name == "notebooks" and (not CHOSEN or p.stem[:2] in CHOSEN)]
EACH = pytest.mark.parametrize("name", NAMES)
COPIED = ("course_utils", "notebooks", "data", "README.md", "pyproject.toml", "requirements.lock")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")  # fmt: skip
WAIT_SECONDS = 600
SHOTS = os.environ.get("SHOTS", "")  # a folder for a picture of each tab as it was left


def chromium() -> str:
    """Return the system's Chromium; skip where there is none."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if not found:
        pytest.skip("no Chromium on this machine: install it, on Debian with apt-get install chromium")
    return found


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of the course, so that nobody's own pages are touched; returns its folder."""
    folder = tmp_path_factory.mktemp("course")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".ruff_cache"))
        else:
            shutil.copy(source, folder / name)
    return folder


@pytest.fixture(scope="module")
def address(course, tmp_path_factory):
    """`make lab`'s command on the copy; returns the address that it prints."""
    home = tmp_path_factory.mktemp("home")
    config = home / "config"
    config.mkdir()
    (config / "jupyter_lab_config.py").write_text("c.LabApp.expose_app_in_browser = True\n")
    env = {name: value for name, value in os.environ.items() if name not in ("COURSE_STATIC", "JPY_SESSION_NAME")}
    env |= {"HOME": str(home), "COURSE_HOME": str(home / "progress"), "JUPYTER_CONFIG_DIR": str(config)}
    env |= {"JUPYTER_RUNTIME_DIR": str(home / "runtime"), "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces")}
    env |= {"JUPYTERLAB_SETTINGS_DIR": str(home / "settings"), "PYTHONPATH": str(course)}
    said = home / "said.txt"
    with said.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "course_utils", "lab", "--no-browser"],
            cwd=course, env=env, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    try:
        deadline = time.monotonic() + 120
        while not (found := re.search(r"http://\S+token=\w+", said.read_text())):
            assert process.poll() is None, said.read_text()
            assert time.monotonic() < deadline, said.read_text()
            time.sleep(0.2)
        yield found[0]
    finally:
        process.kill()
        process.wait(20)


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=list(QUIET))
        yield running
        running.close()


@pytest.fixture
def tab(browser, address, request):
    """A fresh tab with the course's lab in it, open at the lesson of the test and nothing else."""
    name = request.node.callspec.params["name"]
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.set_default_timeout(40_000)
    page.goto(address.replace("00_start_here", name).replace("?", "?reset&"))
    page.wait_for_function("window.jupyterapp !== undefined", timeout=120_000)
    yield page
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{time.monotonic():.0f}.png")
    page.evaluate(
        "async () => { for (const s of window.jupyterapp.serviceManager.sessions.running()) await window.jupyterapp.serviceManager.sessions.shutdown(s.id); }"
    )
    page.close()


def lesson(tab: Page, path: str) -> None:
    """Open a notebook and wait for its kernel."""
    tab.evaluate(
        """async path => { const app = window.jupyterapp; await app.restored;
        const opened = await app.commands.execute('docmanager:open', {path, factory: 'Notebook'});
        app.shell.activateById(opened.id); }""",
        path,
    )
    tab.wait_for_function(
        """path => { const w = window.jupyterapp.shell.currentWidget;
        return w && w.context && w.context.path === path && w.context.isReady
            && w.sessionContext.session && w.sessionContext.session.kernel
            && w.sessionContext.session.kernel.status === 'idle'
            && w.sessionContext.session.kernel.connectionStatus === 'connected'; }""",
        arg=path,
        timeout=60_000,
    )


def cells(tab: Page) -> list[dict]:
    """Return the open notebook's cells as they stand."""
    return tab.evaluate("() => window.jupyterapp.shell.currentWidget.content.model.toJSON().cells")


def run_all(tab: Page) -> bool:
    """Run the page from top to bottom; return whether a progress bar was seen on the way."""
    tab.evaluate(
        "() => { window.ranAll = false; window.jupyterapp.commands.execute('notebook:run-all-cells').then(() => { window.ranAll = true; }); }"
    )
    bar, deadline = False, time.monotonic() + WAIT_SECONDS
    while not tab.evaluate("window.ranAll"):
        bar = bar or tab.locator("progress").count() > 0
        assert time.monotonic() < deadline, "the page did not run to its end"
        time.sleep(0.2)
    return bar


def text_of(cell: dict) -> str:
    """Return what a cell's outputs say."""
    parts = [o.get("text", "") or o.get("data", {}).get("text/plain", "") for o in cell.get("outputs", [])]
    return "".join("".join(part) for part in parts)


def show_everything(tab: Page) -> None:
    """Scroll through the page, for JupyterLab draws only what is near."""
    tab.evaluate(
        """async () => { const panel = window.jupyterapp.shell.currentWidget.content;
        for (let i = 0; i < panel.widgets.length; i++) { await panel.scrollToItem(i); await new Promise(r => setTimeout(r, 60)); } }"""
    )


@EACH
def test_the_page_runs_from_top_to_bottom_and_leaves_no_prediction_answered_before(tab, name):
    lesson(tab, f"work/{name}.ipynb")
    assert all(not cell.get("outputs") for cell in cells(tab))
    bar = run_all(tab)
    code = [cell for cell in cells(tab) if cell["cell_type"] == "code"]
    errors = [(cell["id"], o.get("evalue")) for cell in code for o in cell["outputs"] if o["output_type"] == "error"]
    assert not errors
    assert all(cell["execution_count"] for cell in code if "".join(cell["source"]).strip())
    if any("progress_bar()" in "".join(cell["source"]) for cell in code):
        assert bar, "no progress bar was seen"
    sources = "".join("".join(cell["source"]) for cell in code)
    moved = move_sliders(tab)
    assert moved == sources.count("plots.explore(")
    broken = axe(tab)
    assert not broken
    save_and_reopen(tab, name, moved)


def move_sliders(tab: Page) -> int:
    """Move every slider of the page and see its picture change; return how many there are."""
    moved = 0
    for place in range(tab.evaluate("() => window.jupyterapp.shell.currentWidget.content.widgets.length")):
        tab.evaluate("i => window.jupyterapp.shell.currentWidget.content.scrollToItem(i)", place)
        cell = tab.locator(f".jp-Notebook .jp-Cell[data-windowed-list-index='{place}']")
        if cell.count() == 0 or cell.locator(".widget-slider").count() == 0:
            continue
        handle = cell.locator("[role=slider]").first
        picture = cell.locator(".jupyter-widgets-output-area img, .jp-OutputArea img").first
        picture.wait_for()
        before = picture.get_attribute("src")
        handle.focus()
        for _ in range(12):
            handle.press("ArrowRight")
        deadline = time.monotonic() + 60
        while cell.locator("img").first.get_attribute("src") == before:
            assert time.monotonic() < deadline, f"the slider of cell {place} moves and its picture does not"
            time.sleep(0.1)
        moved += 1
    return moved


# axe's own rule for contrast finds no text applicable inside JupyterLab's panels, so contrast is computed here, as WCAG defines it.
CONTRAST = """
function light(rgb) {
  const part = rgb.slice(0, 3).map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * part[0] + 0.7152 * part[1] + 0.0722 * part[2];
}
function numbers(colour) { return (colour.match(/[\\d.]+/g) || []).map(Number); }
function pale(root) {
  const found = [], walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !parent.offsetParent || parent.closest('script, style')) continue;
    let behind = parent, ground = [255, 255, 255];
    for (; behind; behind = behind.parentElement) {
      const colour = numbers(getComputedStyle(behind).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) { ground = colour; break; }
    }
    const [a, b] = [light(numbers(getComputedStyle(parent).color)), light(ground)].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) found.push(parent.outerHTML.slice(0, 160));
  }
  return found;
}
"""
# JupyterLab keeps only the cells near the view in the page, so each cell is brought into view before axe looks at its outputs.
AXE_EACH_CELL = """async () => {
  PALE
  const panel = window.jupyterapp.shell.currentWidget.content, found = [];
  const rules = {'scrollable-region-focusable': {enabled: false}, 'region': {enabled: false}};
  for (let i = 0; i < panel.widgets.length; i++) {
    await panel.scrollToItem(i);
    panel.widgets[i].node.scrollIntoView({block: 'end'});
    await new Promise(done => setTimeout(done, 60));
    const outputs = [...panel.widgets[i].node.querySelectorAll('.jp-OutputArea-output')];
    if (!outputs.length) continue;
    for (const output of outputs) for (const html of pale(output)) found.push(`cell ${i}: color-contrast below 4.5: ${html}`);
    const result = await axe.run({include: outputs}, {resultTypes: ['violations'], rules});
    for (const v of result.violations)
      found.push(`cell ${i}: ${v.id} x ${v.nodes.length}: ${v.nodes[0].html.slice(0, 160)} ${(v.nodes[0].failureSummary || '').slice(0, 200)}`);
  }
  return found; }""".replace("PALE", CONTRAST)


def axe(tab: Page) -> list[str]:
    """Return what axe finds wrong with the course's outputs, at two widths and in two themes."""
    from axe_playwright_python import sync_playwright as shipped

    source = (Path(shipped.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    tab.evaluate(source)
    found = []
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        tab.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
        for width in (1366, 800):
            tab.set_viewport_size({"width": width, "height": 768})
            for violation in tab.evaluate(AXE_EACH_CELL):
                found.append(f"{theme}, {width}: {violation}")
    tab.evaluate("() => window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Light'})")
    tab.set_viewport_size({"width": 1366, "height": 768})
    return found


def save_and_reopen(tab: Page, name: str, sliders: int) -> None:
    """Save, close and open the page again: its outputs are there, and no widget is an error."""
    tab.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    tab.evaluate("() => window.jupyterapp.shell.currentWidget.close()")
    tab.wait_for_function(
        "() => [...window.jupyterapp.serviceManager.sessions.running()].length === 0"
    )  # its kernel went
    lesson(tab, f"work/{name}.ipynb")
    show_everything(tab)
    assert any(cell.get("outputs") for cell in cells(tab))
    assert tab.get_by_text("Error displaying widget").count() == 0
    assert tab.get_by_text("Loading widget").count() == 0
    if sliders:
        assert tab.evaluate(
            "() => Boolean(window.jupyterapp.shell.currentWidget.content.model.toJSON().metadata.widgets)"
        )


@EACH
def test_an_exercise_answers_a_wrong_and_a_right_answer(tab, name, course):
    lesson(tab, f"work/{name}.ipynb")
    page = cells(tab)
    asked = next(c for c in page if re.search(r"^exercises\.\w+\.check\(", "".join(c["source"]), re.MULTILINE))
    exercise = re.search(r"^exercises\.(\w+)\.check\(", "".join(asked["source"]), re.MULTILINE)[1]
    solutions = json.loads((course / "notebooks" / "solutions" / f"{name}_solutions.ipynb").read_text(encoding="utf-8"))
    worked = [c for c in solutions["cells"] if c["cell_type"] == "code"]
    right = next("".join(c["source"]) for c in worked if f"exercises.{exercise}.check(" in "".join(c["source"]))
    wrong = f"def {exercise}(*args):\n    return [[]]\n\n\nexercises.{exercise}.check({exercise})"
    setup = page.index(next(c for c in page if c["cell_type"] == "code"))
    run_cell(tab, setup, None)
    run_cell(tab, setup, "".join(worked[0]["source"]))  # what the worked answer imports
    place = page.index(asked)
    assert "Not yet." in text_of(run_cell(tab, place, wrong))
    assert "Correct." in text_of(run_cell(tab, place, right))
    box = tab.locator("[role=status]", has_text="Correct.").first
    box.scroll_into_view_if_needed()
    assert box.is_visible()


def run_cell(tab: Page, place: int, source: str | None) -> dict:
    """Give a cell of the open page another source, run it, and return it."""
    tab.evaluate(
        """async ([i, source]) => { const panel = window.jupyterapp.shell.currentWidget;
        panel.content.activeCellIndex = i; panel.content.deselectAll();
        if (source !== null) panel.content.activeCell.model.sharedModel.setSource(source);
        await window.jupyterapp.commands.execute('notebook:run-cell'); }""",
        [place, source],
    )
    return cells(tab)[place]


@EACH
def test_every_link_opens_what_it_names_and_the_verified_page_cannot_be_written(tab, name, course):
    path = f"work/{name}.ipynb"
    lesson(tab, path)
    if name.startswith("00"):
        run_all(tab)
    show_everything(tab)
    text = "\n".join("".join(c["source"]) for c in cells(tab) if c["cell_type"] == "markdown")
    targets = {t.split("#")[0] for t in re.findall(r"\]\(([^)\s]+)\)", text) if not re.match(r"[a-z]+:|#", t)}
    targets |= set(re.findall(r'href="([^":]+\.ipynb)"', json.dumps(cells(tab)).replace('\\"', '"')))
    assert targets
    for target in sorted(targets):
        wanted = os.path.normpath(os.path.join("work", target))
        assert (course / wanted).exists(), target
        follow(tab, path, target, wanted)
    verified = f"notebooks/{name}.ipynb"
    assert (
        tab.evaluate(
            "path => window.jupyterapp.serviceManager.contents.get(path, {content: false}).then(m => m.writable)",
            verified,
        )
        is False
    )


def close(tab: Page) -> None:
    """Close the open document without keeping what a kernel has added to it."""
    tab.evaluate(
        """() => { const w = window.jupyterapp.shell.currentWidget; w.context.model.dirty = false; w.close(); }"""
    )


def follow(tab: Page, page: str, target: str, wanted: str) -> None:
    """Click the link to `target` on the open `page`, see that `wanted` opens, and close it again."""
    clicked = tab.evaluate(
        """async ([target, name]) => { const panel = window.jupyterapp.shell.currentWidget.content;
        for (let i = 0; i < panel.widgets.length; i++) {
          await panel.scrollToItem(i); await new Promise(r => setTimeout(r, 40));
          for (const a of panel.widgets[i].node.querySelectorAll('a')) {
            const href = decodeURIComponent(a.getAttribute('href') || '');
            if (href.includes(name)) { a.click(); return true; } } }
        return false; }""",
        [target, wanted],
    )
    assert clicked, f"no link to {target} was drawn"
    tab.wait_for_function(
        "path => { const w = window.jupyterapp.shell.currentWidget; return w && w.context && w.context.path === path; }",
        arg=wanted,
    )
    if wanted != page:
        close(tab)
    lesson(tab, page)


@pytest.mark.parametrize("name", NAMES[:1])
def test_axe_would_notice_pale_words_and_a_field_without_a_name(tab, name):
    lesson(tab, f"work/{name}.ipynb")
    pale = '<p style="color:#ccc;background:#fff">pale words</p><input type="text">'
    run_cell(tab, 1, f"from IPython.display import HTML\n\nHTML('{pale}')")
    found = "\n".join(axe(tab))
    assert "color-contrast" in found
    assert "label" in found


def test_no_file_of_the_course_has_changed(course):
    for name in ("notebooks", "course_utils", "data"):
        for path in (ROOT / name).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts and ".ruff_cache" not in path.parts:
                assert (course / path.relative_to(ROOT)).read_bytes() == path.read_bytes(), path

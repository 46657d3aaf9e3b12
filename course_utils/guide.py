"""When a cell fails because an earlier one was not run, say which one. An IPython extension; it never hides the error."""

from __future__ import annotations

import ast
import contextlib
import difflib
import json
import os
import re
from pathlib import Path
from typing import Any


def load_ipython_extension(shell: Any) -> None:
    """Add a sentence to every NameError that an earlier cell of the open notebook would have prevented."""

    def explain(self: Any, kind: type, error: BaseException, trace: Any, tb_offset: int | None = None) -> None:
        self.showtraceback((kind, error, trace), tb_offset=tb_offset)
        with contextlib.suppress(Exception):  # whatever goes wrong here, the learner's error stands as it is
            name = getattr(error, "name", None)
            if name and name not in self.user_ns:
                running = self.history_manager.input_hist_raw[-1]
                print(advice(name, _open_notebook(self.user_ns), running), end="")

    shell.set_custom_exc((NameError,), explain)


def advice(name: str, book: dict | None, running: str = "") -> str:
    """Return the line for the unknown `name`, given the notebook as JSON (None: not known) and the cell that failed."""
    above = "Run > Run All Above Selected Cell.\n"
    if book is None:
        return f"`{name}` does not exist yet. Run the cells above this one first: {above}"
    place, first, seen = "another cell", True, set()
    for cell in book.get("cells", []):
        source = "".join(cell.get("source", ""))
        if cell.get("cell_type") == "markdown":
            for heading in re.findall(r"^#+ +(.+)$", source, flags=re.MULTILINE):
                place = f'the section "{heading}"'
        elif cell.get("cell_type") == "code":
            made = names_bound(source) if source.strip() != running.strip() else set()
            if name in made and first:
                return f"`{name}` comes from the set-up cell. Run that first: it is the notebook's first code cell.\n"
            if name in made:
                return f"`{name}` is made in {place}. Run that cell first, or all of them: {above}"
            seen, first = seen | made, False
    near = difflib.get_close_matches(name, seen, n=1, cutoff=0.75)
    return f"No cell of this notebook makes `{name}`. Did you mean `{near[0]}`?\n" if near else ""


def names_bound(source: str) -> set[str]:
    """Return the names that a cell's code binds at its top level; an unreadable cell binds none."""
    for text in (source, re.sub(r"^\s*[%!].*$", "", source, flags=re.MULTILINE)):  # as it is, then without magics
        with contextlib.suppress(SyntaxError, ValueError):
            stack, names = list(ast.parse(text).body), set()
            break
    else:
        return set()
    while stack:
        node = stack.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif not isinstance(node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            if isinstance(node, ast.alias):
                names.add((node.asname or node.name).split(".")[0])
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.id)
            stack.extend(ast.iter_child_nodes(node))
    return names


def _open_notebook(names: dict) -> dict | None:
    for place in (os.environ.get("JPY_SESSION_NAME"), names.get("__vsc_ipynb_file__")):
        with contextlib.suppress(OSError, ValueError):
            path = Path(place or "")
            return json.loads((path if path.is_file() else Path.cwd() / path.name).read_text(encoding="utf-8"))
    return None

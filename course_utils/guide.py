"""When a cell fails because an earlier one was not run, say which one. An IPython extension; it never hides the error."""

from __future__ import annotations

import ast
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
        sentence = advice(str(getattr(error, "name", "") or ""), _open_notebook(self.user_ns))
        if sentence:
            print(sentence)

    shell.set_custom_exc((NameError,), explain)


def advice(name: str, book: dict | None) -> str:
    """Return the sentence for the unknown `name`, given the notebook as JSON, or None where it is not known."""
    if book is None:
        return f"`{name}` does not exist yet. Run the cells above this one first: Run > Run All Above Selected Cell."
    heading, first, seen = "", True, set()
    for cell in book.get("cells", []):
        source = "".join(cell.get("source", ""))
        if cell.get("cell_type") == "markdown":
            heading = (re.findall(r"^#+ +(.+)$", source, flags=re.MULTILINE) or [heading])[-1]
        elif cell.get("cell_type") == "code":
            made = names_bound(source)
            if name in made and first:
                return (
                    f"`{name}` comes from the set-up cell. Run that first: it is the first code cell of the notebook."
                )
            if name in made:
                return (
                    f'`{name}` is made in the section "{heading}". Run that cell first, or all of them: '
                    "Run > Run All Above Selected Cell."
                )
            seen, first = seen | made, False
    near = difflib.get_close_matches(name, seen, n=1, cutoff=0.75)
    return f"No cell of this notebook makes `{name}`. Did you mean `{near[0]}`?" if near else ""


def names_bound(source: str) -> set[str]:
    """Return the names that a cell's code binds at its top level; an unreadable cell binds none."""
    try:
        tree = ast.parse(re.sub(r"^\s*[%!].*$", "", source, flags=re.MULTILINE))
    except SyntaxError:
        return set()
    names, stack = set(), list(tree.body)
    while stack:
        node = stack.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
            continue
        if isinstance(node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            continue
        if isinstance(node, ast.alias):
            names.add((node.asname or node.name).split(".")[0])
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        stack.extend(ast.iter_child_nodes(node))
    return names


def _open_notebook(names: dict) -> dict | None:
    for place in (os.environ.get("JPY_SESSION_NAME"), names.get("__vsc_ipynb_file__")):
        try:
            path = Path(place or "")
            return json.loads((path if path.is_file() else Path.cwd() / path.name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
    return None

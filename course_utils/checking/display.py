"""How a reply looks: a box in a notebook, a line in a terminal."""

from __future__ import annotations

import html
import re

from course_utils.surroundings import shell

COLOURS = {"not attempted": "#767676", "not yet": "#D55E00", "correct": "#0072B2", "hint": "#767676"}


def show(kind: str, message: str, link: str = "", folded: str = "") -> None:
    """Show `message` in the colour of `kind`, a key of `COLOURS`.

    `link` is a path that is offered behind it; `folded` is code that stands below it and is unfolded by a click.
    """
    if shell() is None:
        print(message)
        return
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(message, quote=False))
    if link:
        text += f' <a href="{link}">Open it</a>.'
    if folded:
        code = f"<pre>{html.escape(folded, quote=False)}</pre>"
        text += f"<details><summary>Show the worked answer here</summary>{code}</details>"
    style = f"border-left:4px solid {COLOURS[kind]};padding:.4em .8em;margin:.3em 0"
    from IPython.display import publish_display_data

    publish_display_data({"text/plain": message, "text/html": f'<div role="status" style="{style}">{text}</div>'})

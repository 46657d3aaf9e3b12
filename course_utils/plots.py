"""Figures used in more than one lesson, in one style: safe for colour-blind readers, readable in grey, with alt text.

Each function draws on `ax`, or on a new figure, and returns its Axes. A figure that makes one lesson's point alone is
drawn in that lesson; `describe` gives it its alt text.
"""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.surroundings import is_static, shell

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, ORANGE, GREEN, PURPLE, GREY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#767676"
_READABLE = {ORANGE: "#A34700", GREEN: "#00704F", PURPLE: "#A3457A", "#E69F00": "#8A5F00"}  # 4.5 to 1 on white
LINES = [
    (BLUE, "-"),
    (ORANGE, "--"),
    (GREEN, "-."),
    (PURPLE, ":"),
    ("#000000", (0, (5, 1))),
    ("#E69F00", (0, (3, 1, 1, 1))),
]


def use_style() -> None:
    """Set the style of all figures and, in a notebook, show each figure with its alt text below it."""
    import matplotlib as mpl
    from cycler import cycler

    cycle = cycler(color=[c for c, _ in LINES]) + cycler(linestyle=[s for _, s in LINES])
    look = {"figure.figsize": (7, 3.5), "figure.dpi": 100, "figure.constrained_layout.use": True, "font.size": 10}
    look |= {"axes.titlesize": 11, "axes.titlelocation": "left", "axes.spines.top": False, "axes.spines.right": False}
    look |= {"axes.prop_cycle": cycle, "axes.grid": False, "image.cmap": "cividis", "lines.linewidth": 1.8}
    mpl.rcdefaults()  # a matplotlibrc of the user's own stays outside
    mpl.rcParams.update(look | {"legend.frameon": False, "svg.hashsalt": "course"})
    notebook = shell()
    if notebook is not None:
        notebook.run_line_magic("matplotlib", "inline")
        notebook.display_formatter.ipython_display_formatter.for_type("matplotlib.figure.Figure", _show_figure)
        notebook.display_formatter.ipython_display_formatter.for_type("matplotlib.axes._axes.Axes", lambda ax: None)


def describe(ax: Axes | Figure, alt: str) -> None:
    """Give the figure of `ax` its alt text: a sentence or two that say what it shows and what one sees."""
    getattr(ax, "figure", ax).set_label(alt)


def canvas(
    ax: Axes | None, title: str = "", alt: str = "", size: tuple[float, float] = (7, 3.5), **labels: str
) -> Axes:
    """Return `ax`, or the Axes of a new figure, with title, alt text, and `xlabel=` and `ylabel=` set."""
    import matplotlib.pyplot as plt

    ax = ax if ax is not None else plt.figure(figsize=size).add_subplot()
    if title:
        ax.set_title(title)
    if alt:
        describe(ax, alt)
    ax.set(**labels)
    return ax


def points(
    x: Any,
    y: Any,
    lines: Mapping[str, Callable] | None = None,
    *,
    title: str,
    alt: str,
    ax: Axes | None = None,
    **labels: str,
) -> Axes:
    """Scatter `y` against `x`, both (n,), and draw each function of `lines` over their range, named at its end."""
    ax = canvas(ax, title, alt, **labels)
    many = len(x) > 200
    ax.plot(x, y, linestyle="", marker="o", markersize=2.5 if many else 6, color=GREY, alpha=0.35 if many else 1.0)
    grid = np.linspace(min(x), max(x), 200)
    for line, (color, style) in zip((lines or {}).values(), LINES, strict=False):
        ax.plot(grid, line(grid), color=color, linestyle=style)
    _label_ends(ax, {name: (grid[-1], line(grid)[-1]) for name, line in (lines or {}).items()})
    return ax


def losses(
    curves: Mapping[str, Sequence[float]],
    *,
    title: str,
    alt: str,
    log: bool = True,
    ax: Axes | None = None,
    **labels: str,
) -> Axes:
    """Draw each curve of `curves` (name to one value a step) against its step, on a log axis unless `log` is False."""
    ax = canvas(ax, title, alt, **({"xlabel": "step", "ylabel": "loss"} | labels))
    for values, (color, style) in zip(curves.values(), LINES * 3, strict=False):
        ax.plot(np.arange(len(values)), values, color=color, linestyle=style)
    if log:
        ax.set_yscale("log")
    _label_ends(ax, {name: (len(values) - 1, values[-1]) for name, values in curves.items()})
    return ax


def learning_curves(
    history: Mapping[str, Sequence[float]], metric: str = "loss", *, title: str, alt: str, ax: Axes | None = None
) -> Axes:
    """Draw training and validation values of `metric` from the `.history` of a Keras fit, epoch by epoch."""
    ax = canvas(ax, title, alt, xlabel="epoch", ylabel=metric)
    names = {"training": metric, "validation": f"val_{metric}"}
    found = {name: history[key] for name, key in names.items() if key in history}
    for values, (color, style) in zip(found.values(), LINES, strict=False):
        ax.plot(np.arange(1, len(values) + 1), values, color=color, linestyle=style)
    _label_ends(ax, {name: (len(values), values[-1]) for name, values in found.items()})
    return ax


def curve_panels(
    panels: Mapping[str, Mapping[str, Sequence[float]]],
    metric: str,
    *,
    beside: Sequence[float],
    level: float,
    title: str,
    alt: str,
    limits: tuple[float, float],
    log: bool = False,
) -> Axes:
    """Draw the training and validation curves of several runs, three panels in a row, over one curve to compare with.

    Parameters
    ----------
    panels : mapping
        Name to the curves of a run, such as "loss" and "val_loss", epoch by epoch from 0 on.
    metric : str
        Which of them: "loss" stands for "loss" and "val_loss".
    beside : sequence of float
        Drawn broad and grey in every panel.
    level : float
        Where a guess stands; dotted.
    limits : tuple of float
        Of the vertical axis, which all panels share.
    """
    import matplotlib.pyplot as plt

    rows = -(-len(panels) // 3)
    fig, axes = plt.subplots(rows, 3, figsize=(7, 1.1 + 1.5 * rows), sharex=True, sharey=True, squeeze=False)
    for ax, (name, curves) in zip(axes.flat, panels.items(), strict=True):
        ax.plot(beside, color=GREY, linestyle="-", linewidth=4, alpha=0.35)
        ax.axhline(level, color="black", linestyle=":", linewidth=1)
        ax.plot(curves[metric], color=BLUE, linestyle="-")
        ax.plot(curves[f"val_{metric}"], color=ORANGE, linestyle="--")
        ax.set(ylim=limits, yscale="log" if log else "linear", title=name)
    for ax in axes[-1]:
        ax.set_xlabel("epoch")
    for ax in axes[:, 0]:
        ax.set_ylabel(metric)
    fig.suptitle(title, x=0.01, ha="left", fontsize=11)
    describe(fig, alt)
    return axes[0, 0]


def intervals(panels: Mapping[str, Mapping[str, Sequence[float]]], *, title: str, alt: str, xlabel: str) -> Axes:
    """Draw intervals about 0, side by side: panel to name to (mean, low, high); one that holds 0 is grey and hollow."""
    import matplotlib.pyplot as plt

    names = list(next(iter(panels.values())))
    fig, axes = plt.subplots(1, len(panels), figsize=(7, 0.9 + 0.27 * len(names)), sharey=True, squeeze=False)
    for ax, (panel, rows) in zip(axes.flat, panels.items(), strict=True):
        ax.axvline(0, color=GREY, linestyle=":", linewidth=1)
        for place, name in enumerate(names):
            mean, low, high = rows[name]
            color, fill = (GREY, "white") if low <= 0 <= high else (BLUE, BLUE)
            ax.plot([low, high], [place, place], color=color, linestyle="-", linewidth=2)
            ax.plot(mean, place, color=color, marker="o", linestyle="", markerfacecolor=fill)
        ax.set(title=panel, xlabel=xlabel)
        ax.set_yticks(range(len(names)), names)
    axes[0, 0].invert_yaxis()
    fig.suptitle(title, x=0.01, ha="left", fontsize=11)
    describe(fig, alt)
    return axes[0, 0]


def loss_surface(
    loss: Callable,
    x: tuple[float, float],
    y: tuple[float, float],
    paths: Mapping[str, Any] | None = None,
    *,
    title: str,
    alt: str,
    ax: Axes | None = None,
    **labels: str,
) -> Axes:
    """Draw the level lines of `loss` over a rectangle, and the paths walked on it.

    Parameters
    ----------
    loss : callable
        Takes two arrays of one shape and returns the loss at each point, in that shape.
    x, y : tuple of float
        The rectangle's sides, (low, high).
    paths : mapping, optional
        Name to an array (n_steps + 1, 2) of points.
    """
    ax = canvas(ax, title, alt, **labels)
    first, second = np.meshgrid(np.linspace(*x, 121), np.linspace(*y, 121))
    values = np.asarray(loss(first, second), dtype=float)
    low, spread = values.min(), np.ptp(values)
    levels = low + spread * np.linspace(0, 1, 15)[1:] ** 3
    ax.contourf(first, second, values, levels=[low, *levels], cmap="Greys", alpha=0.5, extend="max")
    ax.contour(first, second, values, levels=levels, colors="#999999", linewidths=0.7, linestyles="-")
    for (name, path), (color, style), marker in zip((paths or {}).items(), LINES, "osD^v", strict=False):
        path = np.asarray(path)
        ax.plot(*path.T, color=color, linestyle=style, marker=marker, markersize=3.5, linewidth=0.9, label=name)
    ax.set(xlim=x, ylim=y)
    if paths:
        ax.legend(loc="best", frameon=True, framealpha=0.9)
    return ax


def image_grid(
    images: Any,
    titles: Sequence[str] = (),
    *,
    title: str,
    alt: str,
    columns: int = 8,
    limits: tuple[float, float] | None = None,
) -> Axes:
    """Show images (n, height, width) or (n, height, width, channels) in rows, each under its title; returns the first Axes.

    Parameters
    ----------
    images : array
        Grey or with channels.
    titles : sequence of str
        One for each image, or none.
    limits : tuple of float, optional
        The values drawn black and white in every grey image; without it each image is stretched from its own lowest
        value to its own highest.
    """
    import matplotlib.pyplot as plt

    rows = -(-len(images) // columns)
    fig, axes = plt.subplots(
        rows, columns, figsize=(7, 7 / columns * rows * (1.25 if titles else 1.05) + 0.4), squeeze=False
    )
    fig.suptitle(title, x=0.01, ha="left", fontsize=11)
    describe(fig, alt)
    for index, ax in enumerate(axes.flat):
        ax.axis("off")
        if index < len(images):
            low, high = limits or (None, None)
            ax.imshow(images[index], cmap="gray", vmin=low, vmax=high)
            ax.set_title(titles[index] if titles else "", fontsize=8, loc="center")
    return axes[0, 0]


def point_out(ax: Axes, marks: Sequence[tuple[str, tuple[float, float], tuple[float, float]]]) -> None:
    """Write on a picture; `marks` are (text, where it stands, where its arrow points), both (x, y) in pixels."""
    for text, here, there in marks:
        arrow = {"arrowstyle": "->", "color": "#FFC20A", "linewidth": 1.6}
        box = {"facecolor": "black", "alpha": 0.6, "edgecolor": "none", "pad": 1.5}
        ax.annotate(text, there, here, arrowprops=arrow, color="white", fontsize=7, bbox=box)


def squares(
    ax: Axes,
    values: Any,
    left: float = 0.0,
    top: float = 0.0,
    *,
    name: str = "",
    fills: Mapping[tuple[int, int], str] | None = None,
    frames: Sequence[tuple[int, int, int, int, str]] = (),
) -> None:
    """Draw a table as squares of side 1 with their entries; the axes run to the right and down, and are hidden.

    Parameters
    ----------
    ax : Axes
        Several tables may stand on one.
    values : array
        Numbers or texts (rows, columns).
    left, top : float
        Where the upper left corner stands.
    name : str
        What to write above the table.
    fills : mapping, optional
        (row, column) to the colour of that square; the others are white.
    frames : sequence of tuple
        (row, column, rows, columns, colour): a thick line around a part of the table.
    """
    from matplotlib.patches import Rectangle

    values, fills = np.atleast_2d(np.asarray(values)), fills or {}
    for (row, column), value in np.ndenumerate(values):
        corner, fill = (left + column, top + row), fills.get((row, column), "white")
        ax.add_patch(Rectangle(corner, 1, 1, facecolor=fill, edgecolor="#999999", linewidth=0.8))
        text = f"{value:g}" if values.dtype.kind in "biuf" else str(value)
        ax.text(corner[0] + 0.5, corner[1] + 0.53, text, ha="center", va="center", fontsize=8)
    for row, column, rows, columns, color in frames:
        corner = (left + column, top + row)
        ax.add_patch(Rectangle(corner, columns, rows, fill=False, edgecolor=color, linewidth=2.4, zorder=3))
    ax.text(left, top - 0.25, name, ha="left", va="bottom", fontsize=9)
    ax.update_datalim([(left, top - 1.2 * bool(name))])  # so that a title stands above the name
    ax.set_aspect("equal")
    ax.axis("off")
    ax.autoscale_view()
    if not ax.yaxis_inverted():
        ax.invert_yaxis()


def confusion_matrix(counts: Any, names: Sequence[str], *, title: str, alt: str, ax: Axes | None = None) -> Axes:
    """Draw counts (k, k), rows the true class, columns the predicted one; each square shows its count."""
    counts = np.asarray(counts)
    ax = canvas(ax, title, alt, (4, 3.5), xlabel="predicted", ylabel="true")
    ax.imshow(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1), cmap="Blues", vmin=0, vmax=1)
    ax.set_xticks(range(len(names)), names)
    ax.set_yticks(range(len(names)), names)
    for (row, column), count in np.ndenumerate(counts):
        dark = count > 0.5 * counts[row].sum()
        ax.text(column, row, f"{count:d}", ha="center", va="center", color="white" if dark else "black")
    return ax


def roc(curves: Mapping[str, tuple[Any, Any]], *, title: str, alt: str, ax: Axes | None = None) -> Axes:
    """Draw ROC curves: name to (false positive rates, true positive rates), with the diagonal of a guess."""
    ax = canvas(ax, title, alt, (4.5, 3.5), xlabel="false positive rate", ylabel="true positive rate", aspect="equal")
    ax.plot([0, 1], [0, 1], color=GREY, linestyle=":", linewidth=1)
    for (name, (fpr, tpr)), (color, style) in zip(curves.items(), LINES, strict=False):
        ax.plot(fpr, tpr, color=color, linestyle=style, label=name)
    ax.legend(loc="lower right")
    return ax


def decision_boundary(predict: Callable, X: Any, y: Any, *, title: str, alt: str, ax: Axes | None = None) -> Axes:
    """Draw where `predict`, (n, 2) to probabilities (n,), crosses one half, over the points X (n, 2) of classes y (n,)."""
    ax = canvas(ax, title, alt, (5, 3.5), xlabel="first feature", ylabel="second feature")
    X, y = np.asarray(X), np.asarray(y)
    sides = [np.linspace(low - 0.5, high + 0.5, 150) for low, high in zip(X.min(axis=0), X.max(axis=0), strict=True)]
    first, second = np.meshgrid(*sides)
    probs = np.asarray(predict(np.column_stack([first.ravel(), second.ravel()]))).reshape(first.shape)
    ax.contourf(first, second, probs, levels=np.linspace(0, 1, 11), cmap="RdBu_r", alpha=0.4)
    ax.contour(first, second, probs, levels=[0.5], colors="black", linewidths=1.5)
    for label, color, marker in ((0, BLUE, "o"), (1, ORANGE, "^")):
        ax.plot(
            *X[y == label].T,
            linestyle="",
            marker=marker,
            markersize=4,
            color=color,
            markeredgecolor="white",
            markeredgewidth=0.4,
        )
    return ax


def attention_map(
    weights: Any, queries: Sequence[str], keys: Sequence[str], *, title: str, alt: str, ax: Axes | None = None
) -> Axes:
    """Draw attention weights (n_queries, n_keys), each row summing to one, dark where a query looks."""
    ax = canvas(ax, title, alt, (4.5, 3.8), xlabel="key: what is looked at", ylabel="query: who looks")
    ax.imshow(np.asarray(weights), cmap="Greys", vmin=0, vmax=1)
    ax.set_xticks(range(len(keys)), keys, rotation=45, ha="right")
    ax.set_yticks(range(len(queries)), queries)
    return ax


def matrices(
    items: Sequence[str | tuple[str, Any, Any]], *, title: str, alt: str, ax: Axes | None = None, height: float = 2.2
) -> Axes:
    """Draw a formula of matrices: each array as a grid of its entries under its name and shape, each text as it stands.

    Parameters
    ----------
    items : sequence
        In reading order; a text such as "=", or a tuple (name, array, shaded): an array (rows, columns), or (n,), which
        stands upright, and where it is to be shaded: a boolean array of the same shape, or None.
    title, alt : str
        As for `canvas`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure without it.
    height : float
        Of a new figure, in inches.
    """
    from matplotlib.patches import Rectangle

    ax = canvas(ax, title, alt, (7, height), aspect="equal")
    ax.axis("off")
    left, tallest, deep = 0.0, 1.0, 0.62  # an entry is 1 wide and `deep` high
    for item in items:
        if isinstance(item, str):
            width = 0.4 + 0.22 * len(item)
            ax.text(left + width / 2, 0, item, ha="center", va="center", fontsize=12)
            left += width
            continue
        name, values, shaded = item
        values = np.asarray(values)
        grid = values[:, None] if values.ndim == 1 else values
        marks = np.zeros(grid.shape, bool) if shaded is None else np.reshape(shaded, grid.shape)
        top = len(grid) / 2 * deep
        for (row, column), value in np.ndenumerate(grid):
            corner = (left + column, top - (row + 1) * deep)
            face = "#CFE5F3" if marks[row, column] else "white"
            ax.add_patch(Rectangle(corner, 1, deep, facecolor=face, edgecolor=GREY, linewidth=1))
            ax.text(corner[0] + 0.5, corner[1] + deep / 2, f"{value:g}", ha="center", va="center")
        ax.text(left + grid.shape[1] / 2, top + 0.12, f"{name}\n{values.shape}", ha="center", va="bottom")
        left += grid.shape[1]
        tallest = max(tallest, top)
    ax.set(xlim=(-0.1, left + 0.1), ylim=(-tallest - 0.1, tallest + 1.1))
    return ax


def bands(
    x: Sequence[float], curves: Mapping[str, Any], *, title: str, alt: str, ax: Axes | None = None, **labels: str
) -> Axes:
    """Draw the mean of each table of `curves`, (len(x), n_draws), with the range of its draws; NaN is left out."""
    ax = canvas(ax, title, alt, **labels)
    ends = {}
    for (name, table), (color, style) in zip(curves.items(), LINES, strict=False):
        table, places = np.asarray(table, float), np.asarray(x, float)
        known = np.isfinite(table).all(axis=1)
        table, places = table[known], places[known]
        ax.fill_between(places, table.min(axis=1), table.max(axis=1), color=color, alpha=0.15)
        ax.plot(places, table.mean(axis=1), color=color, linestyle=style, marker="o")
        ends[name] = (places[-1], table[-1].mean())
    _label_ends(ax, ends)
    return ax


def number_map(scale: float, zero: int, marks: Sequence[float], *, title: str, alt: str) -> Axes:
    """Draw how int8 stands for real numbers: two axes, and for each mark the whole number under it."""
    ax = canvas(None, title, alt, (7, 2.4))
    ax.axis("off")
    low, high = scale * (-128 - zero), scale * (127 - zero)
    for real in marks:
        whole = int(np.clip(round(real / scale) + zero, -128, 127))
        color, style = (ORANGE, "-") if real == 0 else (GREY, ":")
        ax.plot([real, scale * (whole - zero)], [1, 0], color=color, linestyle=style)
        ax.text(real, 1.08, f"{real:g}", ha="center", va="bottom", color=_READABLE.get(color, color))
        if real <= high + scale / 2:
            ax.text(real, -0.1, f"{whole}", ha="center", va="top", color=_READABLE.get(color, color))
    for height, name in ((1, "x, real"), (0, "q, int8")):
        ax.plot([low, high], [height, height], color=BLUE, linestyle="-")
        ax.text(low - 0.03 * (high - low), height, name, ha="right", va="center", color=BLUE)
    ax.set(xlim=(low - 0.2 * (high - low), max(high, *marks) + 0.05 * (high - low)), ylim=(-0.5, 1.5))
    return ax


def trade_off(
    points: Mapping[str, tuple[str, float, float, float]], front: Sequence[str], *, title: str, alt: str
) -> Axes:
    """Draw accuracy against bytes on disk, with intervals and names, and a line through the names of `front`.

    Parameters
    ----------
    points : mapping
        Name to (group, bytes, accuracy, half the width of the interval of its loss); a group has one marker and colour. One
        of a size that an earlier one has is drawn a little to the right of it.
    front : sequence of str
        Names, from the smallest file to the largest.
    """
    ax = canvas(None, title, alt, (7, 4.5), xlabel="bytes on disk", ylabel="read right (per cent)")
    looks = dict(
        zip(
            dict.fromkeys(group for group, *_ in points.values()),
            zip((BLUE, GREEN, ORANGE), "os^", strict=True),
            strict=False,
        )
    )
    x: dict[str, float] = {}
    for name, (_, size, _, _) in points.items():
        n_before = sum(abs(np.log(points[other][1] / size)) < 0.03 for other in x)
        x[name] = size * 1.09**n_before
    for group, (color, marker) in looks.items():
        names = [name for name in points if points[name][0] == group]
        levels, halves = zip(*(points[name][2:] for name in names), strict=True)
        look = {"color": color, "marker": marker, "markersize": 5, "linestyle": "", "alpha": 0.8, "label": group}
        ax.errorbar([x[name] for name in names], levels, halves, elinewidth=1.2, **look)
    ax.plot([x[name] for name in front], [points[name][2] for name in front], color=GREY, linestyle=":")
    ax.set_xscale("log")
    ax.set_xlim(0.4 * min(x.values()), 3.2 * max(x.values()))
    ax.margins(y=0.15)
    ax.legend(loc="lower right", title="bars: 95 % of the loss", title_fontsize=9)
    _name_points(ax, {name: (x[name], *points[name][2:]) for name in points}, front)
    return ax


def _name_points(ax: Axes, points: Mapping[str, tuple[float, float, float]], front: Sequence[str]) -> None:
    """Write each name beside its point, (x, y, half the length of its bar), where nothing else is; a line leads to it."""
    from matplotlib.transforms import Bbox

    ax.figure.draw_without_rendering()  # the layout of the axes, on which the room for names hangs
    taken = [ax.get_legend().get_window_extent()]
    for x, y, half in points.values():
        low, high = ax.transData.transform([(x, y - half), (x, y + half)])
        taken.append(Bbox([low - 3, high + 3]))
        taken.append(Bbox([(low + high) / 2 - 6, (low + high) / 2 + 6]))
    corners = ax.transData.transform([points[name][:2] for name in front])
    along = np.linspace(corners[0, 0], corners[-1, 0], 120)
    line = np.column_stack([along, np.interp(along, *corners.T)])
    frame = ax.get_window_extent()
    steps = [(dx, dy) for dx in (8, -8, 25, -25, 45, -45) for dy in range(-144, 145, 8)]
    steps.sort(key=lambda step: 3 * abs(step[0]) + abs(step[1]))
    for name, (x, y, _) in sorted(points.items(), key=lambda item: item[1][0]):
        for step in steps:
            aside = {"xytext": step, "textcoords": "offset points"}
            look = {"fontsize": 8, "ha": "left" if step[0] > 0 else "right", "va": "center"}
            text = ax.annotate(name, (x, y), **aside, **look)
            box = text.get_window_extent().padded(2)
            inside = frame.x0 + 4 < box.x0 and box.x1 < frame.x1 and frame.y0 + 4 < box.y0 and box.y1 < frame.y1
            if inside and not box.count_overlaps(taken) and not box.count_contains(line):
                taken.append(box)
                if abs(step[0]) + abs(step[1]) > 20:
                    arrow = {"arrowstyle": "-", "color": GREY, "linewidth": 0.6, "shrinkA": 0}
                    ax.annotate("", (x, y), **aside, arrowprops=arrow)
                break
            text.remove()
        else:  # no room: better on something than not there
            ax.annotate(name, (x, y), (8, 0), textcoords="offset points", fontsize=8, va="center")


def animate(
    draw: Callable[[Axes, int], None],
    n_frames: int,
    *,
    alt: str,
    size: tuple[float, float] = (5.6, 3.2),
    milliseconds: int = 140,
) -> None:
    """Show an animated PNG that plays twice and rests on its last frame; it needs no widget and no kernel.

    Parameters
    ----------
    draw : callable
        Called as draw(ax, frame) on cleared Axes, for frame 0 to n_frames - 1.
    n_frames : int
        At most 60, so that the notebook stays small.
    alt : str
        What it shows and what one sees.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from PIL import Image

    if not 1 <= n_frames <= 60:
        raise ValueError(f"n_frames must be from 1 to 60; received {n_frames}. Draw every second step, or every tenth.")
    fig = Figure(figsize=size, dpi=80)
    painter, ax, frames = FigureCanvasAgg(fig), fig.add_subplot(), []
    for frame in range(n_frames):
        ax.clear()
        draw(ax, frame)
        painter.draw()
        frames.append(Image.fromarray(np.asarray(painter.buffer_rgba())[:, :, :3].copy()))
    palette = frames[-1].quantize(255)
    colours = np.reshape(palette.getpalette(), (-1, 3))
    paper = int(np.argmax(colours.sum(axis=1)))
    colours[paper] = 255  # averaging leaves the paper a little grey
    palette.putpalette(colours.ravel().tolist())
    for place, frame in enumerate(frames):
        index = np.array(frame.quantize(palette=palette, dither=Image.Dither.NONE))
        index[(np.asarray(frame) == 255).all(axis=2)] = paper
        frames[place] = Image.fromarray(index)
        frames[place].putpalette(colours.ravel().tolist())
    buffer = io.BytesIO()
    pauses = [milliseconds] * (n_frames - 1) + [1500]
    frames[0].save(buffer, "PNG", save_all=True, append_images=frames[1:], duration=pauses, loop=2)
    _publish(buffer.getvalue(), alt)


def explore(draw: Callable[..., Any], **ranges: tuple[float, float, float]) -> None:
    """Call `draw` with the values of sliders; where outputs are stored, once, with the starting values.

    Parameters
    ----------
    draw : callable
        Draws one figure from keyword arguments.
    **ranges : tuple of float
        Argument name to (lowest, highest, starting value).
    """
    start = {name: value for name, (_, _, value) in ranges.items()}
    if is_static():
        draw(**start)
        return
    import ipywidgets as widgets
    from IPython.display import Javascript, display

    sliders = {
        name: widgets.FloatSlider(
            value, min=low, max=high, step=(high - low) / 100, description=name, continuous_update=False
        )
        for name, (low, high, value) in ranges.items()
    }

    def redraw(**values: float) -> None:
        draw(**values)
        _show_open_figures()  # at once: the slider's output area is open only during this call

    display(widgets.VBox([*sliders.values(), widgets.interactive_output(redraw, sliders)]))
    display(Javascript(_NAME_SLIDERS))


def boxes(
    nodes: Mapping[Any, tuple[float, float, str]],
    arrows: Sequence[tuple[Any, Any]],
    *,
    title: str,
    alt: str,
    shaded: Sequence[Any] = (),
    ax: Axes | None = None,
    size: tuple[float, float] = (7, 3.5),
) -> Axes:
    """Draw boxes of text and the arrows between them: a graph, a tree, a row of layers.

    Parameters
    ----------
    nodes : mapping
        Name to (x, y, text): the middle of its box, y upwards, in any unit.
    arrows : sequence
        Pairs of names, (from, to).
    shaded : sequence, optional
        The names of the boxes that are shaded.
    """
    ax = canvas(ax, title, alt, size)
    ax.axis("off")
    drawn = {}
    for name, (x, y, text) in nodes.items():
        look = {"boxstyle": "round,pad=0.3", "facecolor": "#CFE5F3" if name in shaded else "white", "edgecolor": GREY}
        drawn[name] = ax.text(x, y, text, ha="center", va="center", fontsize=8, bbox=look)
    for start, end in arrows:
        look = {"arrowstyle": "->", "color": GREY, "shrinkA": 0, "shrinkB": 1}
        look |= {"patchA": drawn[start].get_bbox_patch(), "patchB": drawn[end].get_bbox_patch()}
        ax.annotate("", nodes[end][:2], nodes[start][:2], arrowprops=look)
    across, up = [x for x, _, _ in nodes.values()], [y for _, y, _ in nodes.values()]
    ax.set(xlim=(min(across) - 0.5, max(across) + 0.5), ylim=(min(up) - 0.5, max(up) + 0.5))
    return ax


def chain(steps: Sequence[str], *, title: str, alt: str, shaded: Sequence[str] = (), height: float = 1.4) -> Axes:
    """Draw texts as boxes in a row, each with an arrow to the next: the layers of a network, the stations of a batch."""
    nodes = {text: (1.45 * at, 0.5, text) for at, text in enumerate(steps)}
    arrows = [(steps[at - 1], steps[at]) for at in range(1, len(steps))]
    return boxes(nodes, arrows, title=title, alt=alt, shaded=shaded, size=(7, height))


def _label_ends(ax: Axes, ends: Mapping[str, tuple[float, float]]) -> None:
    """Write each name at its curve's end in the curve's look, moved up where two would overlap."""
    ax.autoscale_view()
    height = {name: ax.transData.transform(end)[1] * 72 / ax.figure.dpi for name, end in ends.items()}
    colors, lowest = dict(zip(ends, [color for color, _ in LINES] * 3, strict=False)), -np.inf
    for name in sorted(ends, key=height.get):
        lowest = max(height[name], lowest + 11)
        shift = (5, lowest - height[name])
        ax.annotate(
            name,
            ends[name],
            shift,
            textcoords="offset points",
            color=_READABLE.get(colors[name], colors[name]),
            va="center",
        )


_CAPTION = "font-size:.9em;max-width:46em;margin:0 0 .8em"


def _show_open_figures() -> None:
    import matplotlib.pyplot as plt

    for number in plt.get_fignums():
        figure = plt.figure(number)
        _show_figure(figure)
        plt.close(figure)


# A slider's handle has no name for a screen reader; its label has one.
_NAME_SLIDERS = """
for (let wait = 0; wait < 5000; wait += 500) {
  setTimeout(() => {
    for (const slider of document.querySelectorAll('.widget-slider')) {
      const label = slider.querySelector('.widget-label');
      for (const handle of slider.querySelectorAll('[role=slider]')) {
        if (label) handle.setAttribute('aria-label', label.textContent);
      }
    }
  }, wait);
}
"""


def _show_figure(figure: Figure) -> None:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=100, bbox_inches="tight", metadata={"Software": None})
    _publish(buffer.getvalue(), str(figure.get_label()))


def _publish(png: bytes, alt: str) -> None:
    from IPython.display import publish_display_data

    if not is_static():  # JupyterLab gives a picture its alt text only where HTML does
        publish_display_data({"text/plain": alt or "A figure", "text/html": _figure_html(png, alt)})
        return
    picture = {"image/png": base64.b64encode(png).decode(), "text/plain": alt or "A figure"}
    publish_display_data(picture, {"image/png": {"alt": alt}} if alt else {})
    if alt:  # a stored picture carries its alt text where JupyterLab does not look, so the sentence stands below it
        publish_display_data({"text/plain": alt, "text/html": f'<p style="{_CAPTION}">{html.escape(alt)}</p>'})


def _figure_html(png: bytes, alt: str) -> str:
    source = f"data:image/png;base64,{base64.b64encode(png).decode()}"
    words = html.escape(alt or "A figure")
    return f'<img src="{source}" alt="{words}"><p style="{_CAPTION}">{words if alt else ""}</p>'

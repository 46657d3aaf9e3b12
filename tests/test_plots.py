"""Figures: every one carries its words, and what is drawn is what was given."""

from __future__ import annotations

import base64
import io
import itertools

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

mpl.use("agg")

from course_utils import plots

X = np.array([[0.0, 0.0], [1.0, 1.0], [0.0, 1.0], [1.0, 0.0]])
SAY = {"title": "A finding", "alt": "What it shows and what one sees in it, in one sentence."}
DRAWN = {
    "points": lambda ax=None: plots.points([0, 1], [1, 2], {"line": lambda x: x}, ax=ax, **SAY),
    "losses": lambda ax=None: plots.losses({"a": [3, 2], "b": [3, 2.9]}, ax=ax, **SAY),
    "learning_curves": lambda ax=None: plots.learning_curves({"loss": [2, 1], "val_loss": [2, 2]}, ax=ax, **SAY),
    "loss_surface": lambda ax=None: plots.loss_surface(lambda a, b: a**2 + b**2, (-1, 1), (-1, 1), {"p": X}, ax=ax, **SAY),
    "confusion_matrix": lambda ax=None: plots.confusion_matrix([[3, 1], [0, 4]], ["no", "yes"], ax=ax, **SAY),
    "roc": lambda ax=None: plots.roc({"model": ([0, 0.2, 1], [0, 0.9, 1])}, ax=ax, **SAY),
    "decision_boundary": lambda ax=None: plots.decision_boundary(lambda p: p[:, 0], X, np.array([0, 1, 0, 1]), ax=ax, **SAY),
    "attention_map": lambda ax=None: plots.attention_map(np.eye(2), ["a", "b"], ["a", "b"], ax=ax, **SAY),
    "image_grid": lambda ax=None: plots.image_grid(np.zeros((3, 4, 4)), ["1", "2", "3"], **SAY),
    "curve_panels": lambda ax=None: plots.curve_panels({k: {"loss": [2, 1], "val_loss": [2, 2]} for k in "ABC"}, "loss", beside=[2, 1], level=1, limits=(0, 3), **SAY),
    "bands": lambda ax=None: plots.bands([1, 2], {"a": [[1, 2], [2, 3]]}, ax=ax, **SAY),
    "number_map": lambda ax=None: plots.number_map(0.02, -128, (0, 1, 6), **SAY),
    "trade_off": lambda ax=None: plots.trade_off({"a": ("one", 100, 90, 0.5), "b": ("two", 900, 95, 0.5)}, ["a", "b"], **SAY),
    "intervals": lambda ax=None: plots.intervals({"one": {"a": (1, 0.5, 1.5), "b": (0.1, -1, 1)}}, xlabel="gain", **SAY),
}  # fmt: skip


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.mark.parametrize("name", DRAWN)
def test_each_figure_carries_its_alt_text_and_its_finding(name):
    ax = DRAWN[name]()
    assert ax.figure.get_label() == SAY["alt"]
    assert SAY["title"] in (
        ax.get_title(loc="left"),
        ax.get_title(),
        getattr(ax.figure, "_suptitle", None) and ax.figure.get_suptitle(),
    )
    assert max(ax.figure.get_size_inches()) <= 7.01


@pytest.mark.parametrize(
    "name", [n for n in DRAWN if n not in ("image_grid", "curve_panels", "intervals", "number_map", "trade_off")]
)
def test_each_function_draws_on_the_axes_it_is_given(name):
    _, (left, right) = plt.subplots(1, 2)
    plots.use_style()
    assert DRAWN[name](left) is left
    assert left.has_data() or left.images
    assert not right.has_data()


def test_labels_at_curve_ends_never_lie_on_one_another():
    ax = plots.losses({f"curve {i}": [10, 1 + i * 1e-3] for i in range(5)}, **SAY)
    ax.figure.canvas.draw()
    boxes = [text.get_window_extent() for text in ax.texts]
    assert len(boxes) == 5
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))


def test_a_curve_that_overflowed_is_still_drawn():
    ax = plots.losses({"explodes": [1.0, 1e200, np.inf, np.nan]}, **SAY)
    ax.figure.canvas.draw()
    assert len(ax.lines) == 1


def test_the_confusion_matrix_shows_every_count():
    ax = plots.confusion_matrix([[30, 1], [5, 4]], ["no", "yes"], **SAY)
    assert [text.get_text() for text in ax.texts] == ["30", "1", "5", "4"]


@pytest.mark.parametrize(("limits", "drawn"), [(None, [(0, 1), (0, 4)]), ((-1, 1), [(-1, 1), (-1, 1)])])
def test_images_in_a_grid_share_the_limits_that_are_asked_for(limits, drawn):
    ax = plots.image_grid(np.array([[[0, 1]], [[0, 4]]]), limits=limits, **SAY)
    assert [one.images[0].get_clim() for one in ax.figure.axes if one.images] == drawn


@pytest.fixture
def published(monkeypatch):
    shown = []
    monkeypatch.setattr(
        "IPython.display.publish_display_data", lambda data, metadata=None: shown.append((data, metadata))
    )
    return shown


def test_a_stored_figure_has_its_alt_text_where_converters_look_and_beside_it(published, monkeypatch):
    monkeypatch.setenv("COURSE_STATIC", "1")
    plots._show_figure(DRAWN["losses"]().figure)
    (picture, metadata), (caption, _) = published
    assert metadata == {"image/png": {"alt": SAY["alt"]}}
    assert picture["text/plain"] == caption["text/plain"] == SAY["alt"]
    assert SAY["alt"] in caption["text/html"]


def test_a_figure_that_a_learner_sees_has_its_alt_text_in_the_page_itself(published, monkeypatch):
    monkeypatch.delenv("COURSE_STATIC", raising=False)
    ax = plots.canvas(None, "A title", 'Its "alt" < text')
    plots._show_figure(ax.figure)
    ((shown, _),) = published
    assert 'alt="Its &quot;alt&quot; &lt; text"' in shown["text/html"]
    assert "data:image/png;base64," in shown["text/html"]
    assert shown["text/plain"] == 'Its "alt" < text'


def test_an_animation_plays_every_frame_and_stays_small(published, monkeypatch):
    monkeypatch.setenv("COURSE_STATIC", "1")
    plots.animate(lambda ax, frame: ax.plot([0, frame]), 7, alt=SAY["alt"])
    raw = base64.b64decode(published[0][0]["image/png"])
    with Image.open(io.BytesIO(raw)) as picture:
        assert picture.n_frames == 7
        assert picture.convert("RGB").getpixel((1, 1)) == (255, 255, 255)
    assert len(raw) < 100_000


def test_an_animation_of_too_many_frames_is_refused_with_advice():
    with pytest.raises(ValueError, match="received 500"):
        plots.animate(lambda ax, frame: None, 500, alt=SAY["alt"])


def test_sliders_stand_still_where_outputs_are_stored(monkeypatch):
    monkeypatch.setenv("COURSE_STATIC", "1")
    seen = []
    plots.explore(lambda lr: seen.append(lr), lr=(0.0, 1.0, 0.25))
    assert seen == [0.25]


def test_sliders_move_the_drawing_where_someone_is_there(monkeypatch):
    monkeypatch.delenv("COURSE_STATIC", raising=False)
    seen, shown = [], []
    monkeypatch.setattr("IPython.display.display", lambda *args: shown.extend(args))
    plots.explore(lambda lr: seen.append(lr), lr=(0.0, 1.0, 0.25))
    slider = shown[0].children[0]
    slider.value = 0.5
    assert seen == [0.25, 0.5]


def test_a_slider_publishes_and_closes_its_figure_before_its_output_area_lets_go(monkeypatch, published):
    monkeypatch.delenv("COURSE_STATIC", raising=False)
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda *args: shown.extend(args))
    plt.close("all")
    plots.explore(lambda lr: plots.canvas(None, f"rate {lr}", f"The rate is {lr}."), lr=(0.0, 1.0, 0.25))
    shown[0].children[0].value = 0.5
    assert [data["text/plain"] for data, _ in published] == ["The rate is 0.25.", "The rate is 0.5."]
    assert plt.get_fignums() == []


def test_boxes_carry_their_text_and_an_arrow_leads_from_each_to_the_next():
    nodes = {"x": (0, 0, "x\n2"), "y": (1, 1, "+"), "z": (2, 0, "loss")}
    ax = plots.boxes(nodes, [("x", "y"), ("y", "z")], shaded=["y"], **SAY)
    assert [text.get_text() for text in ax.texts if text.get_text()] == ["x\n2", "+", "loss"]
    arrows = [text.arrow_patch for text in ax.texts if getattr(text, "arrow_patch", None) is not None]
    assert len(arrows) == 2
    white = mpl.colors.to_rgba("white")
    faces = [text.get_bbox_patch().get_facecolor() for text in ax.texts if text.get_text()]
    assert [face != white for face in faces] == [False, True, False]


def test_what_is_pointed_out_stands_beside_its_arrow_and_white_on_dark():
    ax = plots.image_grid(np.zeros((1, 9, 9)), **SAY)
    plots.point_out(ax, [("crack", (1, 8), (6, 3)), ("bar", (1, 1), (4, 4))])
    assert [(text.get_text(), text.get_position(), text.xy) for text in ax.texts] == [
        ("crack", (1, 8), (6, 3)),
        ("bar", (1, 1), (4, 4)),
    ]
    assert {text.get_color() for text in ax.texts} == {"white"}


def test_a_chain_stands_in_one_row_and_its_boxes_do_not_touch():
    ax = plots.chain(["picture", "conv", "logit"], shaded=["conv"], **SAY)
    ax.figure.canvas.draw()
    boxes = [text.get_bbox_patch().get_window_extent() for text in ax.texts if text.get_text()]
    assert len(boxes) == 3
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))
    assert sum(getattr(text, "arrow_patch", None) is not None for text in ax.texts) == 2


def test_every_label_of_a_curve_can_be_read_on_white():
    def light(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    ax = plots.losses({str(k): [1.0, 2.0 + k] for k in range(6)}, **SAY)
    labels = [text.get_color() for text in ax.texts]
    assert len(labels) == 6
    assert all(1.05 / (light(colour) + 0.05) >= 4.5 for colour in labels)


def test_a_formula_of_matrices_shows_each_entry_shape_and_sign_and_shades_what_is_asked():
    shaded = np.array([[True, True], [False, False]])
    items = ["2 x", ("M", np.array([[1, 2], [3, 4]]), shaded), ("v", np.array([5.5, -6]), None), "="]
    ax = plots.matrices(items, **SAY)
    said = [text.get_text() for text in ax.texts]
    assert {"1", "2", "3", "4", "5.5", "-6", "2 x", "=", "M\n(2, 2)", "v\n(2,)"} <= set(said)
    white = mpl.colors.to_rgba("white")
    assert [patch.get_facecolor() != white for patch in ax.patches] == [True, True, False, False, False, False]


def test_a_formula_of_matrices_draws_where_it_is_told_and_carries_its_words():
    _, given = plt.subplots()
    assert plots.matrices([("v", np.array([1, 2, 3]), None)], ax=given, **SAY) is given
    assert given.get_title(loc="left") == SAY["title"]
    assert given.figure.get_label() == SAY["alt"]


def test_a_table_of_squares_shows_every_entry_where_it_stands_and_its_colours():
    ax = plots.canvas(None, **SAY)
    plots.squares(ax, [[1, -2.5], [0, 30]], 4, 1, name="four", fills={(0, 1): "#FDE0CC"})
    plots.squares(ax, np.array([["a", "b"]]), 0, 0, frames=[(0, 1, 1, 1, plots.ORANGE)])
    places = {text.get_text(): tuple(np.floor(text.get_position())) for text in ax.texts if text.get_text() != "four"}
    assert places == {"1": (4, 1), "-2.5": (5, 1), "0": (4, 2), "30": (5, 2), "a": (0, 0), "b": (1, 0), "": (0, -1)}
    filled = [patch.get_xy() for patch in ax.patches if mpl.colors.to_hex(patch.get_facecolor()) == "#fde0cc"]
    assert filled == [(5, 1)]
    assert [p.get_xy() for p in ax.patches if mpl.colors.same_color(p.get_edgecolor(), plots.ORANGE)] == [(1, 0)]
    assert ax.yaxis_inverted()
    assert not ax.axison
    assert ax.get_xlim()[1] >= 6
    assert ax.get_ylim()[0] >= 3


def test_an_interval_that_holds_zero_looks_different_from_one_that_does_not():
    ax = DRAWN["intervals"]()
    marks = [line for line in ax.lines if line.get_marker() == "o"]
    assert [mark.get_markerfacecolor() for mark in marks] == [plots.BLUE, "white"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b"]


def test_bands_show_mean_and_range_and_leave_out_what_is_not_known():
    table = [[1.0, 3.0], [np.nan, 2.0], [4.0, 8.0]]
    ax = plots.bands([10, 20, 30], {"a": table}, xlabel="share", **SAY)
    assert ax.lines[0].get_xdata().tolist() == [10, 30]
    assert ax.lines[0].get_ydata().tolist() == [2, 6]
    assert len(ax.collections) == 1


def test_the_map_of_whole_numbers_shows_0_on_its_zero_point_and_cuts_what_lies_outside():
    ax = plots.number_map(8 / 255, -64, (-2, 0, 6, 7), **SAY)
    said = [text.get_text() for text in ax.texts]
    assert {"-128", "-64", "127", "7"} <= set(said)
    assert ax.lines[3].get_xdata()[1] == pytest.approx(8 / 255 * (127 + 64))


def test_a_trade_off_draws_every_point_in_the_look_of_its_group_and_the_front_as_a_line():
    dots = {"a": ("one", 100, 90, 0.5), "b": ("two", 1000, 95, 0.5), "c": ("one", 5000, 94, 1.0)}
    ax = plots.trade_off(dots, ["a", "b"], **SAY)
    assert any(line.get_xdata().tolist() == [100, 1000] for line in ax.lines)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["one", "two"]
    assert [text.get_text() for text in ax.texts if text.get_text()] == ["a", "b", "c"]


def test_the_names_of_a_trade_off_lie_inside_and_on_nothing_else_and_equal_sizes_stand_side_by_side():
    dots = {f"number {k}, kind": ("one", 1000 * 4 ** (k // 3), 90 + k % 3 / 10, 0.5) for k in range(9)}
    ax = plots.trade_off(dots, list(dots)[::3], **SAY)
    ax.figure.canvas.draw()
    names = [text.get_window_extent() for text in ax.texts if text.get_text()]
    frame = ax.get_window_extent()
    assert len(names) == 9
    assert all(frame.x0 < box.x0 and box.x1 < frame.x1 and frame.y0 < box.y0 and box.y1 < frame.y1 for box in names)
    assert not any(a.overlaps(b) for a, b in itertools.combinations(names, 2))
    spots = ax.lines[0].get_xdata()
    assert len(set(spots)) == 9


def test_a_trade_off_without_room_is_drawn_all_the_same():
    dots = {f"{'a very long name ' * 6}{k}": ("one", 100 + k, 90, 0.5) for k in range(4)}
    ax = plots.trade_off(dots, list(dots)[:2], **SAY)
    assert sum(bool(text.get_text()) for text in ax.texts) == 4

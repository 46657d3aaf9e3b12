"""What lesson 10 does with folders and pictures, its functions taken from the stored notebook."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import train_steps
from course_utils import data
from course_utils.exercises.lesson_10 import EXERCISES, when_right
from tests.environment import lesson_paths
from tests.exercises.harness import answers_of, lesson_functions
from tests.run import is_long


@pytest.fixture(scope="module")
def lesson():
    return lesson_functions("10_image_classifier", "flip", "ENDINGS", "standardised")


@pytest.fixture
def home(tmp_path):
    """Return a folder of two classes: pictures of several kinds, colours and sizes, and a file that is none."""
    rng = np.random.default_rng(10)
    for name, bright in (("dark", 40), ("light", 200)):
        (tmp_path / name).mkdir()
        for i, (ending, shape) in enumerate([("PNG", (50, 70)), ("jpg", (120, 90, 3)), ("jpeg", (1, 30))]):
            pixels = rng.integers(bright - 20, bright + 20, size=shape).astype("uint8")
            Image.fromarray(pixels).save(tmp_path / name / f"{i}.{ending}")
    (tmp_path / "dark" / "notes.txt").write_text("no picture")
    (tmp_path / ".hidden").mkdir()
    return tmp_path


def test_two_folders_of_mixed_pictures_become_arrays(lesson, home):
    images, y, names = lesson.read_folder(home, lesson.two_classes(home, least=3), side=40)
    assert (images.shape, images.dtype, y.tolist()) == ((6, 40, 40), np.uint8, [0, 0, 0, 1, 1, 1])
    assert sorted(names) == ["0", "0", "1", "1", "2", "2"]
    assert images[y == 0].max() < 100 < images[y == 1].min()


def test_the_second_class_named_is_the_one_to_be_found(lesson, home):
    images, y, _ = lesson.read_folder(home, ["light", "dark"], side=40)
    assert images[y == 1].max() < 100


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda home: home / "missing", r"missing must be a folder with two folders, one a class; found: none"),
        (lambda home: home / "dark", r"dark must be a folder with two folders, one a class; found: none"),
        (lambda home: home / "dark" / "0.PNG", r"0.PNG must be a folder"),
        (lambda home: (home / "third").mkdir() or home, r"two folders, one a class; found: dark, light, third"),
        (lambda home: (home / "light").rename(home / "dark" / "x") and home, r"one a class; found: dark$"),
        (lambda home: [f.unlink() for f in (home / "light").iterdir()] and home, r"light holds 0 pictures; at least 3"),
        (lambda home: (home / "light" / "1.jpg").unlink() or home, r"light holds 2 pictures; at least 3 are needed"),
        (lambda home: (home / "light" / "1.jpg").write_bytes(b"no") and home, r"1.jpg is no good PNG or JPEG"),
        (lambda home: _saved(home / "light" / "3.bmp", "L"), r"3.bmp is no good PNG or JPEG: convert or remove it"),
        (lambda home: _saved(home / "light" / "3.GIF", "L"), r"3.GIF is no good PNG or JPEG"),
        (lambda home: _saved(home / "light" / "3.jpg", "CMYK"), r"3.jpg is no good PNG or JPEG"),
        (lambda home: _saved(home / "light" / "inner" / "3.png", "L", "webp"), r"3.png is no good PNG or JPEG"),
    ],
    ids=[
        "missing",
        "no classes",
        "a file",
        "three classes",
        "one class",
        "empty class",
        "few",
        "broken",
        "bmp",
        "gif",
        "cmyk",
        "webp",
    ],
)
def test_a_folder_that_cannot_be_learned_from_is_refused_with_its_path(lesson, home, spoil, said):
    with pytest.raises(ValueError, match=said):
        lesson.two_classes(spoil(home), least=3)


def _saved(place, mode, kind=None):
    """Write a picture to `place`, inside a class, and return the folder of the classes."""
    place.parent.mkdir(exist_ok=True)
    Image.new(mode, (20, 20)).save(place, kind)
    return next(folder for folder in place.parents if (folder / "dark").exists())


def test_a_picture_that_is_cut_short_is_named(lesson, home):
    place = home / "light" / "1.jpg"
    place.write_bytes(place.read_bytes()[:400])
    with pytest.raises(ValueError, match=r"1.jpg is no good PNG or JPEG"):
        lesson.two_classes(home, least=3)


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_bars_from_edge_to_edge_leave_no_trace(lesson, seed):
    rng = np.random.default_rng(seed)
    spots = np.zeros((1, 20, 20))
    spots[0, rng.integers(20, size=5), rng.integers(20, size=5)] = 90.0
    bars = rng.integers(0, 100, size=(1, 20, 1)) + np.zeros((1, 1, 20))
    np.testing.assert_allclose(lesson.flatten_bars(spots + bars), spots, atol=1e-4)


def test_both_coins_of_the_flips_are_thrown(lesson):
    picture = np.arange(100 * 100, dtype="float32").reshape(1, 100, 100, 1)
    corners = set()
    for _ in range(60):
        cut = lesson.flip(picture, training=True).numpy()[0, :, :, 0]
        corners.add((bool(cut[0, 0] < cut[0, 1]), bool(cut[0, 0] < cut[1, 0])))
    assert len(corners) == 4


def test_a_split_shares_nothing_and_keeps_the_mix(lesson):
    groups = np.repeat(["a", "b", "c"], [100, 60, 40])
    rest, taken = lesson.split(groups, 50, seed=3)
    assert sorted([*rest, *taken]) == list(range(200))
    assert [int(np.sum(groups[taken] == g)) for g in "abc"] == [25, 15, 10]


def _questions():
    rng = np.random.default_rng(12)
    pictures = rng.integers(0, 255, size=(4, 3, 3)).astype("uint8")
    return {
        "diagnose": ([0.5, 0.4, 0.3], [0.5, 0.6, 0.7], [0.69, 0.69, 0.69], 0.69),
        "standardise": (pictures, np.array([2, 0])),
        "best_threshold": (rng.normal(size=9), np.array([0, 1, 0, 1, 0, 1, 1, 0, 1])),
        "grad_cam": (rng.normal(size=(3, 3, 2)), rng.normal(size=(3, 3, 2))),
    }


@pytest.mark.parametrize("name", _questions())
@pytest.mark.parametrize("whose", ["missing", "wrong", "right"])
def test_the_lesson_goes_on_with_the_learners_function_if_it_is_right_else_with_its_own(name, whose):
    answers = answers_of(EXERCISES[name])
    worked = answers["right"]
    given = _questions()[name]
    got, want = when_right(answers[whose])(*given), worked(*given)
    assert got == want if name == "diagnose" else np.allclose(got, want)


def test_the_lesson_can_only_go_on_with_the_functions_it_has():
    with pytest.raises(
        ValueError, match="when_right takes diagnose, standardise, best_threshold, grad_cam; received len"
    ):
        when_right(len)


def test_pictures_are_scaled_in_three_ways(lesson):
    pictures = np.random.default_rng(6).integers(0, 255, size=(5, 8, 8)).astype("uint8")
    learn = np.array([3, 1])
    np.testing.assert_allclose(lesson.scaled(pictures, "/ 255", learn), pictures / 255, atol=1e-6)
    each = lesson.scaled(pictures, "each picture", learn)
    np.testing.assert_allclose([each.mean(axis=(1, 2)), each.std(axis=(1, 2))], [[0] * 5, [1] * 5], atol=1e-5)
    one = lesson.scaled(pictures, "training set", learn)[learn]
    np.testing.assert_allclose([one.mean(), one.std()], [0, 1], atol=1e-5)


def test_a_picture_without_contrast_gives_no_nan(lesson):
    assert np.isfinite(lesson.two_channels(np.full((2, 20, 20), 7, dtype="uint8"))).all()


@pytest.mark.parametrize("blocks", [False, True])
def test_the_networks_answer_in_logits_and_count_what_the_exercise_counts(lesson, blocks):
    from course_utils.exercises.lesson_10 import _count

    net = lesson.build(60, channels=2, blocks=blocks, norm=True, pool=True)
    assert net.output_shape == (None, 1)
    assert lesson.textbook(60).count_params() == sum(_count()(60)) == lesson.build(60).count_params()


def test_the_short_cuts_are_the_only_difference_between_two_networks(lesson):
    def kinds(short):
        net = lesson.build(60, channels=2, blocks=True, norm=True, short=short, pool=True)
        return [type(layer).__name__ for layer in net.layers]

    assert kinds(True).count("Add") == 4
    assert kinds(False).count("Add") == 0
    assert kinds(True).count("ReLU") == kinds(False).count("ReLU")
    assert kinds(True).count("Conv2D") == kinds(False).count("Conv2D") + 3


def test_every_set_of_changes_is_tried_once_and_both_queues_end_alike():
    sets = train_steps.sets()
    assert len(sets) == len(set(sets)) == 15
    assert sets[0] == ()
    assert all(sorted(queue) == sorted(train_steps.CHANGES) for queue in train_steps.QUEUES)


def test_the_stored_table_has_a_row_for_each_set_and_fold_and_the_notebook_finds_its_columns():
    steps, recipes = data.solar_steps()
    assert steps.groupby("changes")["fold"].apply(sorted).tolist() == [[0, 1, 2, 3, 4]] * 15
    assert set(steps["changes"]) == {train_steps.name_of(part) for part in train_steps.sets()}
    for name, epochs in train_steps.RECIPES.items():
        assert recipes.loc[recipes["recipe"] == name, "epoch"].tolist() == list(range(1, epochs + 1))


@pytest.fixture
def tiny(lesson, monkeypatch):
    """Return a world of forty small pictures in two folds, and a study of two epochs."""
    rng = np.random.default_rng(8)
    images = rng.integers(0, 255, size=(40, 40, 40)).astype("uint8")
    places = rng.permutation(40)
    monkeypatch.setattr(train_steps, "EPOCHS", 2)
    monkeypatch.setattr(train_steps, "RECIPES", {"A1": 1, "A3": 2})
    folds = [(places[:20], places[20:]), (places[20:], places[:20])]
    return SimpleNamespace(lesson=lesson, images=images, large=images, y=np.arange(40) % 2, folds=folds)


@pytest.mark.parametrize("changes", [(), ("pools", "scale"), ("training scale",), train_steps.CHANGES])
def test_a_row_of_the_study_can_be_trained_and_holds_its_scores(tiny, changes):
    row = train_steps.score(tiny, changes, 1)
    assert (row["changes"], row["fold"]) == (train_steps.name_of(changes), 1)
    assert all(0 <= row[key] <= 1 for key in ("accuracy", "balanced", "AUC"))
    assert np.isfinite(row["loss"])


@pytest.mark.parametrize("name", ["A1", "A3"])
def test_a_recipe_gives_a_row_an_epoch(tiny, name):
    rows = train_steps.recipe(tiny, name)
    assert [row["epoch"] for row in rows] == list(range(1, train_steps.RECIPES[name] + 1))
    assert set(rows[0]) == {"recipe", "epoch", "loss", "accuracy", "val_loss", "val_accuracy"}


def test_a_stopped_study_goes_on_with_what_it_has(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    made = []

    def make():
        made.append(1)
        return {"AUC": 0.5}

    assert train_steps.kept("none, fold 0", make) == train_steps.kept("none, fold 0", make) == {"AUC": 0.5}
    assert made == [1]


def test_lessons_that_train_for_minutes_get_the_machine_to_themselves():
    long = {path.name for path in lesson_paths(None) if is_long(path)}
    assert "10_image_classifier.ipynb" in long
    assert "01_linear_regression.ipynb" not in long

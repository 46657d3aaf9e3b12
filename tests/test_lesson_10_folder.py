"""What lesson 10 does with folders and pictures, its functions taken from the stored notebook."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import train_solar
from course_utils import data
from tests.environment import lesson_paths
from tests.exercises.harness import lesson_functions
from tests.run import is_long


@pytest.fixture(scope="module")
def lesson():
    return lesson_functions("10_image_classifier", "augment")


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


@given(seed=st.integers(0, 1000), shape=st.sampled_from([(3, 20, 40, 10), (2, 12, 12, 4), (1, 6, 9, 3)]))
@settings(max_examples=20, deadline=None)
def test_tiles_hold_every_pixel_once_and_in_its_place(lesson, seed, shape):
    n, h, w, side = shape
    maps = np.random.default_rng(seed).normal(size=(n, h, w))
    cut = lesson.tiles(maps, side)
    assert cut.shape == (n, h // side, w // side, side * side)
    np.testing.assert_array_equal(cut[-1, -1, -1].reshape(side, side), maps[-1, -side:, -side:])
    np.testing.assert_array_equal(np.sort(cut, axis=None), np.sort(maps, axis=None))


def test_a_picture_without_contrast_gives_no_nan(lesson):
    assert np.isfinite(lesson.two_channels(np.full((2, 20, 20), 7, dtype="uint8"))).all()


def test_edges_know_directions_and_not_brightness(lesson):
    across = np.tile(np.arange(100, dtype="uint8"), (100, 1))
    pictures = np.stack([across, across + 100, across.T])
    first, brighter, turned = lesson.edges(pictures)
    np.testing.assert_allclose(first, brighter, atol=1e-6)
    assert np.abs(first - turned).max() > 0.1


def test_texture_does_not_know_which_way_up_a_cell_lay(lesson):
    pictures = np.random.default_rng(4).integers(0, 255, size=(3, 40, 40)).astype("uint8")
    before = lesson.texture(pictures)
    for flipped in lesson.flips(pictures):
        np.testing.assert_allclose(lesson.texture(flipped), before)
    assert np.abs(lesson.texture(np.swapaxes(pictures, 1, 2)) - before).max() > 0.1


def test_patterns_count_the_brighter_neighbours_at_their_distance(lesson):
    picture = np.zeros((1, 9, 9), dtype="uint8")
    picture[0, 2, 4] = 9  # two pixels above the middle: the second of the ring
    counts = np.array(lesson.patterns(picture, away=2))[0]
    assert counts.sum() == 5 * 5
    assert counts[2] == 1
    assert np.array(lesson.patterns(np.full((1, 9, 9), 200, dtype="uint8"), away=2))[0].tolist() == [25] + [0] * 255
    assert np.array(lesson.patterns(np.full((1, 9, 9), 7, dtype="uint8"), away=3))[0].sum() == 3 * 3


def test_both_coins_of_the_flips_are_thrown(lesson):
    picture = np.arange(100 * 100, dtype="float32").reshape(1, 100, 100, 1)
    corners = set()
    for _ in range(60):
        cut = lesson.augment(picture, training=True).numpy()[0, :, :, 0]
        corners.add((bool(cut[0, 0] < cut[0, 1]), bool(cut[0, 0] < cut[1, 0])))
    assert len(corners) == 4


def test_the_line_for_balance_is_where_found_less_false_alarms_is_largest():
    logit, y = np.array([-2.0, -1.0, 0.0, 1.0, 2.0]), np.array([0, 0, 1, 0, 1])
    assert train_solar.best_line(logit, y) == 0.0


def test_a_split_shares_nothing_and_keeps_the_mix(lesson):
    groups = np.repeat(["a", "b", "c"], [100, 60, 40])
    rest, taken = lesson.split(groups, 50, seed=3)
    assert sorted([*rest, *taken]) == list(range(200))
    assert [int(np.sum(groups[taken] == g)) for g in "abc"] == [25, 15, 10]


def test_flips_of_a_picture_have_one_answer(lesson):
    net, X = lesson.build_network(), np.random.default_rng(1).normal(size=(2, 100, 100, 2)).astype("float32")
    np.testing.assert_allclose(lesson.logits(net, X), lesson.logits(net, X[:, ::-1, ::-1]), atol=1e-5)


def test_the_stored_weights_fit_the_network_of_the_lesson(lesson):
    weights, stack, steps = data.solar_net()
    net = lesson.build_network(pool=1)
    assert [[a.shape for a in arrays] for arrays in weights] == [[tuple(w.shape) for w in net.weights]] * 5
    assert stack.shape == (5,)
    assert np.isfinite(stack).all()
    assert set(steps["cells"]) == {"training", "two fifths", "test"}


def test_views_are_of_their_own_cell_and_no_two_are_alike():
    down, right = np.mgrid[0:100, 0:100] / 99
    cells = np.stack([np.stack([down, right], axis=-1), np.full((100, 100, 2), 5.0)]).astype("float32")
    seen = [np.array(train_solar.views(cells)) for _ in range(20)]
    assert {view.shape for view in seen} == {(2, 96, 96, 2)}
    assert len({float(view[0].sum()) for view in seen}) == 20
    for view in seen:
        assert -1.5 < view[0].mean() < 2 < view[1].mean() < 8
        across = np.abs(np.gradient(view[0].mean(axis=0), axis=0).mean(axis=0))
        along = np.abs(np.gradient(view[0].mean(axis=1), axis=0).mean(axis=0))
        assert np.argmax(across) != np.argmax(along)  # turned by less than 45 degrees, mirrored or transposed


def test_pretraining_gives_weights_that_fit_below_the_last_layer(lesson, monkeypatch):
    monkeypatch.setattr(train_solar, "PRETRAINING", {"epochs": 6, "batch": 4, "temperature": 0.1, "rate": 2e-3})
    world = SimpleNamespace(
        lesson=lesson, train=np.arange(1, 9), X=np.random.default_rng(0).normal(size=(10, 100, 100, 2))
    )
    world.X = world.X.astype("float32")
    below, net = train_solar.contrast(world), lesson.build_network(pool=1)
    fresh = net.get_weights()
    net.set_weights([*below, *fresh[-2:]])
    assert len(below) == len(fresh) - 2
    assert all(np.isfinite(w).all() for w in below)
    assert not any(np.array_equal(a, b) for a, b in zip(below, fresh, strict=False) if a.ndim == 4)


def test_a_stopped_training_goes_on_with_what_it_has(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    trained = []

    class Network:
        def get_weights(self):
            return self.weights

        def set_weights(self, weights):
            self.weights = weights

        def predict(self, X, verbose):
            return X[:, 0, 0]

    def build_network(pool):
        net = Network()
        net.weights = [np.zeros(2), np.zeros(3), np.zeros(1)]
        return net

    def fit_network(X, targets, seed, epochs, net):
        trained.append(seed)
        net.weights = [net.weights[0], np.full(3, seed), net.weights[2]]
        return net, {}

    lesson = SimpleNamespace(
        build_network=build_network, fit_network=fit_network, logits=lambda _, X: X[:, 0, 0, 0] + 1
    )
    world = SimpleNamespace(lesson=lesson, X=np.ones((6, 100, 100, 2)), soft=np.zeros(6))
    monkeypatch.setattr(train_solar, "contrast", lambda world: trained.append("contrast") or [np.ones(2)])
    first = train_solar.network(world, "one", 203, np.arange(4), np.arange(4, 6))
    again = train_solar.network(world, "one", 203, np.arange(4), np.arange(4, 6))
    train_solar.network(world, "two", 204, np.arange(4), np.arange(4, 6))
    bare = train_solar.network(world, "bare", 205, np.arange(4), np.arange(4, 6), start=False)
    assert trained == ["contrast", 203, 204, 205]
    assert again["weights"][1].tolist() == first["weights"][1].tolist() == [203, 203, 203]
    assert (again["weights"][0][0], bare["weights"][0][0]) == (1, 0)
    assert again["four"].tolist() == [2, 2]


def test_lessons_that_train_for_minutes_get_the_machine_to_themselves():
    long = {path.name for path in lesson_paths(None) if is_long(path)}
    assert "10_image_classifier.ipynb" in long
    assert "01_linear_regression.ipynb" not in long

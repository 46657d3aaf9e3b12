"""The Transformer of lesson 17, taken from its stored cells: causality, the cache, sampling, and what is refused."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bench_torch
import bench_transformer
from tests import environment
from tests.exercises import harness

QUICK = settings(max_examples=25, deadline=None, derandomize=True, database=None)
FEW = settings(max_examples=6, deadline=None, derandomize=True, database=None)
CHARACTERS = sorted("\n abcdeROMEO:'")


@pytest.fixture(scope="module")
def lesson():
    return bench_transformer.lesson_parts(CHARACTERS, context=8)


def _network(lesson, d, n_layers, n_heads, seed):
    """Return a network whose every weight is random: the lesson's own start leaves the blocks empty."""
    pairs = lesson.keras.layers.Embedding(lesson.V**2, d)
    model = lesson.Transformer(d, n_layers, n_heads, pairs=pairs)
    model(np.zeros((1, lesson.T), "int32"))
    rng = np.random.default_rng(seed)
    model.set_weights([rng.normal(size=w.shape) / 2 for w in model.get_weights()])
    return model


SHAPES = {
    "shape": st.sampled_from([(4, 1, 1), (8, 1, 2), (8, 2, 4), (12, 3, 2)]),
    "seed": st.integers(0, 2**32 - 1),
}


@FEW
@given(**SHAPES, last=st.integers(1, 7))
def test_no_output_moves_when_a_later_character_changes(lesson, shape, seed, last):
    model, rng = _network(lesson, *shape, seed), np.random.default_rng(seed)
    ids = rng.integers(0, lesson.V, (2, lesson.T))
    other = ids.copy()
    other[:, last:] = (ids[:, last:] + 1 + rng.integers(0, lesson.V - 1, ids[:, last:].shape)) % lesson.V
    moved = np.abs(np.array(model(ids)) - np.array(model(other))).max(axis=(0, 2))
    assert moved[:last].max() < 1e-5
    assert moved[last:].min() > 0


@FEW
@given(**SHAPES)
def test_numpy_by_hand_equals_keras(lesson, shape, seed):
    model = _network(lesson, *shape, seed)
    ids = np.random.default_rng(seed).integers(0, lesson.V, lesson.T)
    np.testing.assert_allclose(lesson.by_hand(model)(ids)[0], model(ids[None])[0], rtol=1e-3, atol=1e-3)


@FEW
@given(**SHAPES, prompt=st.text(CHARACTERS, min_size=1, max_size=8), cut=st.integers(0, 8))
def test_with_the_cache_and_without_it_the_same_is_written(lesson, shape, seed, prompt, cut):
    read = lesson.by_hand(_network(lesson, *shape, seed))
    ids = lesson.encode(prompt)
    whole, (head, past) = read(ids)[0], read(ids[: max(1, cut % len(prompt))])
    rest = ids[len(head) :]
    pieces = np.vstack([head, read(rest, past)[0]]) if len(rest) else head
    np.testing.assert_allclose(pieces, whole, atol=1e-9)
    texts = [lesson.write(read, prompt, 20, np.random.default_rng(seed), cache, top_k=5) for cache in (True, False)]
    assert texts[0] == texts[1]
    assert texts[0].startswith(prompt)
    assert len(texts[0]) == len(prompt) + 20


SCORES = st.lists(st.floats(-30, 30), min_size=1, max_size=14).map(np.array)


@QUICK
@given(SCORES, st.floats(0.05, 20), st.integers(1, 14), st.floats(0.01, 1))
def test_filtered_probabilities_sum_to_one_and_keep_the_likeliest(lesson, scores, temperature, k, p):
    k = min(k, len(scores))
    probs = lesson.choices(scores, temperature, top_k=k, top_p=p)
    assert probs.min() >= 0
    assert abs(probs.sum() - 1) < 1e-9
    assert 1 <= np.count_nonzero(probs) <= k
    plain = lesson.choices(scores, temperature, top_k=len(scores))
    kept = probs > 0
    assert plain[kept].max() == plain.max()
    if not kept.all():
        assert plain[~kept].max() <= plain[kept].min() + 1e-12


@QUICK
@given(SCORES, st.floats(0.01, 1))
def test_top_p_keeps_as_few_as_reach_p(lesson, scores, p):
    plain = lesson.choices(scores, top_k=len(scores))
    kept = lesson.choices(scores, top_k=len(scores), top_p=p) > 0
    assert plain[kept].sum() >= p - 1e-9
    assert plain[kept].sum() - plain[kept].min() < p + 1e-9


def test_top_p_of_one_drops_nothing_where_rounding_fills_the_sum_too_early(lesson):
    scores = 3 * np.random.default_rng(0).normal(size=62)
    assert np.count_nonzero(lesson.choices(scores, 0.3, top_k=62)) == 62


def test_a_low_temperature_takes_the_likeliest_and_a_high_one_levels(lesson):
    scores = np.array([1.0, 3.0, 2.0])
    assert lesson.choices(scores, 1e-3, top_k=3)[1] > 0.999
    assert np.ptp(lesson.choices(scores, 1e3, top_k=3)) < 0.001
    assert lesson.choices(scores, top_k=1).tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    ("knobs", "said"),
    [
        ({"temperature": 0}, "temperature 0"),
        ({"temperature": -0.5}, "temperature -0.5"),
        ({"temperature": float("nan")}, "temperature nan"),
        ({"top_k": 0}, "top_k 0"),
        ({"top_k": 99}, "top_k 99"),
        ({"top_p": 0}, "top_p 0"),
        ({"top_p": 1.2}, "top_p 1.2"),
        ({"prompt": ""}, "0 characters"),
        ({"prompt": "a" * 9}, "9 characters"),
        ({"prompt": "Ω"}, "Ω"),
    ],
)
def test_what_cannot_be_written_is_refused_with_what_was_received(lesson, knobs, said):
    read = lesson.by_hand(_network(lesson, 4, 1, 1, 0))
    with pytest.raises(ValueError, match=said):
        lesson.write(read, **{"prompt": "a", "n_new": 1, "rng": np.random.default_rng(0)} | knobs)


@pytest.mark.parametrize("text", ["", "a", "abcde ab"])
def test_a_text_that_fills_no_window_is_refused(lesson, text):
    with pytest.raises(ValueError, match=f"received {len(text)} characters"):
        lesson.windows(lesson.encode(text))
    with pytest.raises(ValueError, match=f"received {len(text)} characters"):
        lesson.shuffled(lesson.encode(text), 3, np.random.default_rng(0))


@QUICK
@given(st.text(CHARACTERS, min_size=9, max_size=60), st.integers(1, 9), st.integers(0, 1000))
def test_targets_are_the_inputs_one_character_on(lesson, text, n, seed):
    ids = lesson.encode(text)
    assert "".join(lesson.characters[ids]) == text
    X, y = lesson.shuffled(ids, n, np.random.default_rng(seed))
    assert X.shape == y.shape == (n, 8)
    assert np.array_equal(X[:, 1:], y[:, :-1])
    joined = "".join(lesson.characters[ids])
    assert all("".join(lesson.characters[[*a, b[-1]]]) in joined for a, b in zip(X, y, strict=True))


@pytest.mark.parametrize("n", [9, 10, 12])
def test_a_text_of_one_window_can_be_shuffled(lesson, n):
    X, y = lesson.shuffled(np.arange(n, dtype="int32"), 5, np.random.default_rng(0))
    assert np.array_equal(X + 1, y)


def test_the_rate_climbs_falls_and_never_reaches_zero(lesson):
    rates = lesson.up_and_down(0.5, 100, 20)
    np.testing.assert_allclose(rates[[0, 19, 20, 99]], [0.025, 0.5, 0.5, 0.00625])


def test_the_count_of_exercise_two_is_what_keras_counts(lesson):
    from course_utils.exercises.lesson_17 import EXERCISES

    answer = harness.worked_answer(EXERCISES["count_parameters"])
    model = lesson.Transformer(12, 3, 2)
    model(np.zeros((1, 8), "int32"))
    assert model.count_params() == answer(lesson.V, 12, 3)


def test_the_compiled_loop_does_what_single_steps_do(lesson):
    ids = np.random.default_rng(0).integers(0, lesson.V, 200).astype("int32")
    starts, results = np.random.default_rng(1).integers(0, 190, (4, 3), "int32"), []
    for calls in ([4], [1, 1, 1, 1]):
        lesson.keras.utils.set_random_seed(0)
        model, adam = lesson.Transformer(8, 1, 2), lesson.keras.optimizers.Adam()
        run, at = lesson.many_steps(model, adam, ids), 0
        for n in calls:
            run(starts[at : at + n], np.full(n, 0.01, "float32"))
            at += n
        results.append(model.get_weights())
    for one, other in zip(*results, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def _vectors_of_pasts(lesson, longest, ids):
    """Return what the layer says, (time, 6), of `ids` (time,), its tables random; pair ids are made as the lesson does."""
    layer = bench_transformer.table_of_pasts(lesson.V, 6, longest)
    pairs = lesson.V * np.concatenate([[0], ids[:-1]]) + ids
    layer(pairs[None])
    layer.set_weights([np.random.default_rng(0).normal(size=w.shape) for w in layer.get_weights()])
    return np.array(layer(pairs[None].astype("int32")))[0]


@pytest.mark.parametrize("longest", [2, 3, 4])
@QUICK
@given(ids=st.lists(st.integers(0, 12), min_size=8, max_size=8).map(np.array), at=st.integers(0, 7))
def test_a_tabled_past_sees_its_own_characters_and_none_later_or_earlier(lesson, longest, ids, at):
    other = ids.copy()
    other[at] = (ids[at] + 1) % lesson.V
    before, after = (_vectors_of_pasts(lesson, longest, row) for row in (ids, other))
    moved = np.abs(before - after).max(axis=1) > 1e-6
    assert np.array_equal(np.flatnonzero(moved), np.arange(at, min(at + longest, 8)))


def test_a_network_with_longer_pasts_that_looks_back_is_causal(lesson):
    model = lesson.Transformer(8, 2, 2, pairs=bench_transformer.table_of_pasts(lesson.V, 8))
    for block in model.blocks:
        block.norm = bench_transformer.look_back(block.norm)
    ids = np.random.default_rng(0).integers(0, lesson.V, (2, lesson.T))
    model(ids)
    rng = np.random.default_rng(1)
    model.set_weights([rng.normal(size=w.shape) / 2 for w in model.get_weights()])
    assert model.count_params() == (2 * lesson.V + 2 * 12 * 8 + lesson.V**2 + sum(bench_transformer.HASHED)) * 8
    for last in range(1, lesson.T):
        other = ids.copy()
        other[:, last:] = (ids[:, last:] + 1) % lesson.V
        moved = np.abs(np.array(model(ids)) - np.array(model(other))).max(axis=(0, 2))
        assert moved[:last].max() < 1e-5
        assert moved[last:].min() > 0


def test_pasts_of_two_are_the_lessons_table_of_pairs(lesson):
    table = bench_transformer.table_of_pasts(lesson.V, 8, 2)
    assert type(table) is lesson.keras.layers.Embedding
    assert (table.input_dim, table.output_dim) == (lesson.V**2, 8)
    assert not np.any(table(np.arange(5)))


def test_a_past_of_one_has_no_table(lesson):
    assert bench_transformer.table_of_pasts(lesson.V, 8, 1)(np.arange(5)) == 0


def test_half_of_what_a_block_sees_is_the_position_before():
    x = np.random.default_rng(0).normal(size=(2, 5, 6)).astype("float32")
    seen = np.array(bench_transformer.look_back(lambda x: 2 * x)(x))
    assert np.array_equal(seen[:, 1:, :3], 2 * x[:, :-1, :3])
    assert not seen[:, 0, :3].any()
    assert np.array_equal(seen[:, :, 3:], 2 * x[:, :, 3:])


@pytest.mark.parametrize("pasts", ["0", "5", "many"])
def test_the_bench_refuses_other_pasts(pasts, capsys):
    with pytest.raises(SystemExit, match="2"):
        bench_transformer.main(["--pasts", pasts])
    assert "--pasts" in capsys.readouterr().err


def test_kneser_ney_gives_lesson_13s_high_bar():
    from course_utils import data

    text = data.shakespeare()
    cut = len(text) * 9 // 10
    lesson = bench_transformer.lesson_parts(sorted(set(text)))
    found, _ = lesson.kneser_ney(lesson.encode(text[:cut]), lesson.encode(text[cut:]), 7)
    stored = json.dumps(json.loads((harness.SOLUTIONS.parent / "13_text_and_embeddings.ipynb").read_text("utf-8")))
    assert f"7: {found:.4f}" in stored


@pytest.mark.parametrize("seconds", ["0", "-3", "soon", "nan", "inf"])
def test_the_bench_refuses_seconds_that_are_no_time(seconds, capsys):
    assert bench_transformer.main(["--seconds", seconds]) == 2
    assert capsys.readouterr().err == f"SECONDS must be a number above 0; received '{seconds}'.\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read: No such file"),
        (b"", "is empty"),
        (b"\xff\xfe\x00", "is not UTF-8"),
        (b"to be or not to be", "has 18 characters"),
    ],
)
def test_the_bench_refuses_a_text_that_cannot_serve(tmp_path, capsys, content, said):
    path = tmp_path / "text.txt"
    if content is not None:
        path.write_bytes(content)
    assert bench_transformer.main(["--text", str(path), "--seconds", "1"]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert len(err.splitlines()) == 1


def test_the_bench_as_a_program_ends_without_a_traceback(tmp_path):
    command = [sys.executable, ".ci/bench_transformer.py", "--text", str(tmp_path)]
    run = subprocess.run(command, cwd=environment.ROOT, capture_output=True, text=True)
    assert run.returncode == 2
    assert "Traceback" not in run.stderr
    assert "cannot be read" in run.stderr


@pytest.mark.parametrize(
    ("python", "said"),
    [
        ("no/such/python", "TORCH 'no/such/python' cannot be run: No such file or directory.\n"),
        ("", "TORCH needs the path of a Python that has PyTorch; received none.\n"),
        pytest.param(
            sys.executable,
            f"TORCH {sys.executable!r} does not train: ModuleNotFoundError: No module named 'torch'\n",
            marks=pytest.mark.skipif(importlib.util.find_spec("torch") is not None, reason="this Python has PyTorch"),
        ),
    ],
)
def test_the_comparison_with_pytorch_needs_a_python_that_has_it(python, said, capsys):
    assert bench_torch.main([python]) == 2
    assert capsys.readouterr().err == said

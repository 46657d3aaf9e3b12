"""The Transformer of lesson 17, taken from its stored cells, the program of its study, and the bench."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bench_torch
import bench_transformer
import train_inside
from course_utils import data
from course_utils.exercises.lesson_17 import EXERCISES, when_right
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
@given(**SHAPES)
def test_every_slope_of_numpy_is_what_keras_says(lesson, shape, seed):
    model, rng = _network(lesson, *shape, seed), np.random.default_rng(seed)
    ids, targets = rng.integers(0, lesson.V, (2, lesson.T))
    kernels = {"head": model.head.kernel, "embed": model.embed.embeddings, "pairs": model.pairs.embeddings}
    with lesson.tf.GradientTape() as tape:
        loss = lesson.cross_entropy(targets[None], model(ids[None]))
    w = lesson.weights_of(model)
    for name, gradient in tape.gradient(loss, kernels).items():
        gradient = np.array(lesson.tf.convert_to_tensor(gradient))
        direction, ends = rng.normal(size=gradient.shape), []
        for step in (1e-5, -1e-5):
            scores, _ = lesson.network_by_hand(w | {name: w[name] + step * direction}, shape[2], ids)
            ends.append(-np.log(lesson.softmax(scores)[np.arange(len(ids)), targets]).mean())
        slope = (ends[0] - ends[1]) / 2e-5
        assert abs(slope - np.sum(direction * gradient)) < 1e-2 * np.linalg.norm(gradient) + 1e-4


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
        lesson.draw(lesson.encode(text), 3, np.random.default_rng(0))


@QUICK
@given(st.text(CHARACTERS, min_size=9, max_size=60), st.integers(1, 9), st.integers(0, 1000))
def test_targets_are_the_inputs_one_character_on(lesson, text, n, seed):
    ids = lesson.encode(text)
    assert "".join(lesson.characters[ids]) == text
    X, y = lesson.draw(ids, n, np.random.default_rng(seed))
    assert X.shape == y.shape == (n, 8)
    assert np.array_equal(X[:, 1:], y[:, :-1])
    assert all("".join(lesson.characters[[*a, b[-1]]]) in text for a, b in zip(X, y, strict=True))


@QUICK
@given(n=st.integers(9, 80), past=st.integers(0, 7))
def test_windows_ask_for_each_character_behind_the_first_past_once(lesson, n, past):
    X, y = lesson.windows(np.arange(n, dtype="int32"), past)
    assert np.array_equal(X + 1, y)
    scored = y[:, past:].ravel()
    assert scored.tolist() == list(range(past + 1, past + 1 + len(scored)))
    assert n - 1 - scored[-1] < 8 - past


@pytest.mark.parametrize("n", [9, 10, 12])
def test_a_text_of_one_window_can_be_drawn_from(lesson, n):
    X, y = lesson.draw(np.arange(n, dtype="int32"), 5, np.random.default_rng(0))
    assert np.array_equal(X + 1, y)


def test_a_loss_with_a_past_is_that_of_the_characters_behind_it(lesson):
    model = _network(lesson, 8, 1, 2, 5)
    ids = np.random.default_rng(5).integers(0, lesson.V, 900).astype("int32")
    X, y = lesson.windows(ids, 4)
    probs = lesson.softmax(np.array(model(X), dtype=float))
    asked = np.take_along_axis(probs, y[..., None], axis=2)[:, 4:, 0]
    assert lesson.loss_on(model, ids, past=4) == pytest.approx(-np.log(asked).mean(), abs=1e-4)


def test_the_rate_climbs_falls_and_never_reaches_zero(lesson):
    rates = lesson.up_and_down(0.5, 100, 20)
    np.testing.assert_allclose(rates[[0, 19, 20, 99]], [0.025, 0.5, 0.5, 0.00625])


def test_the_count_of_exercise_two_is_what_keras_counts(lesson):
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


def _key(run):
    return tuple(run[name] for name in ("name", "width", "amount", "steps", "judged", "rate", "seed"))


def test_the_table_holds_just_the_runs_that_the_program_asks_for(monkeypatch):
    table = data.transformer_runs()
    rows = {_key(row): row for row in table.replace({"amount": {1_021_052: 0}}).to_dict("records")}
    assert len(rows) == len(table)
    assert np.isfinite(table[table["judged"] == "validation"]["loss"]).all()
    monkeypatch.setattr(train_inside, "done", lambda world, run: rows[_key(run)])
    assert {_key(run) for run in train_inside.runs(None)} == set(rows)


@pytest.fixture(scope="module")
def world():
    return train_inside.texts()


def test_each_network_of_the_study_is_the_modern_one_but_for_its_part(world):
    counts = {
        name: train_inside.network(world, name, 32).count_params()
        for name in (*train_inside.GUESSES, *train_inside.MORE)
    }
    whole, V, d = counts["modern"], world.lesson.V, 32
    assert counts["no pairs"] == counts["no pairs, AdamW"] == whole - V * V * d
    assert counts["learned positions"] == whole + world.lesson.T * d
    assert counts["LayerNorm"] == whole + 6 * 2 * d
    assert all(counts[name] == whole for name in ("AdamW", "plain q and k", "ReLU", "rate never falls"))
    for rival in ("plain", "LSTM", "LSTM, Muon"):
        assert abs(counts[rival] / counts["no pairs"] - 1) < 0.12


@pytest.mark.parametrize("name", ["learned positions", "LayerNorm"])
def test_an_exchanged_part_leaves_the_past_alone_and_is_trained(world, name):
    model = train_inside.network(world, name, 8)
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(size=w.shape) / 2 for w in model.get_weights()])
    ids = rng.integers(0, world.lesson.V, (1, world.lesson.T))
    other = np.where(np.arange(world.lesson.T) < 30, ids, (ids + 1) % world.lesson.V)
    with world.lesson.tf.GradientTape() as tape:
        scores = model(ids)
        loss = world.lesson.cross_entropy(ids, scores)
    moved = np.abs(np.array(scores) - np.array(model(other))).max(axis=(0, 2))
    assert moved[:30].max() < 1e-4
    assert moved[30:].min() > 0
    assert all(g is not None for g in tape.gradient(loss, model.trainable_variables))


@pytest.mark.parametrize("name", ["no pairs", "LSTM"])
def test_a_row_can_be_trained_holds_what_defines_it_and_a_used_program_begins_anew(world, monkeypatch, name):
    monkeypatch.setattr(train_inside, "LAYERS", 1)
    monkeypatch.setattr(train_inside, "CALL", 2)
    monkeypatch.setattr(train_inside, "BATCH", 2)
    small = train_inside.SimpleNamespace(**vars(world) | {"ready": {}, "val": world.val[:3000]})
    run = train_inside.run_of(name, 0.01, 3, width=8, amount=500, steps=4)
    monkeypatch.setattr(train_inside, "rates_of", lambda world, name, peak, steps: np.full(steps, peak, "float32"))
    first, again = (train_inside.score(small, run) for _ in range(2))
    assert {key: first[key] for key in run} == run
    assert first["loss"] == pytest.approx(again["loss"], abs=1e-3)
    assert 3 < first["loss"] < 5
    assert list(first) == list(data.transformer_runs())


def test_a_stored_row_comes_back(world):
    table = data.transformer_runs()
    row = table[(table["name"] == "no pairs") & (table["steps"] == train_inside.SHORT) & (table["seed"] == 0)].iloc[0]
    run = train_inside.run_of("no pairs", float(row["rate"]), 0, steps=train_inside.SHORT)
    again = train_inside.score(world, run)
    assert again["parameters"] == row["parameters"]
    assert again["loss"] == pytest.approx(row["loss"], abs=0.03)


@pytest.mark.parametrize(("best", "tried"), [(0.012, 3), (0.003, 4), (0.048, 4)])
def test_rates_are_tried_until_the_best_lies_inside(monkeypatch, best, tried):
    def done(world, run):
        return run | {"loss": abs(np.log(run["rate"] / best))}

    monkeypatch.setattr(train_inside, "done", done)
    found = train_inside.tuning(None, "modern", 64, 1000)
    assert len(found) == tried + (best != 0.012)
    assert {run["judged"] for run in found} == {"held back"}
    rates = sorted(run["rate"] for run in found)
    assert rates[0] < best < rates[-1]


def test_a_run_that_breaks_down_is_never_the_best(monkeypatch):
    losses = {0.006: 2.0, 0.012: float("nan"), 0.003: 2.1}
    monkeypatch.setattr(train_inside, "done", lambda world, run: run | {"loss": losses.get(run["rate"], float("nan"))})
    found = train_inside.tuning(None, "modern", 64, 1000)
    assert sorted(run["rate"] for run in found) == [0.003, 0.006, 0.012, 0.024]


def _questions():
    rng = np.random.default_rng(17)
    X = rng.normal(size=(5, 4))
    return {
        "rms_norm_backward": (X, 3 * X[::-1]),
        "count_parameters": (62, 64, 3),
        "mended_block": (X, np.tanh, np.sin),
        "evened": (X, 4),
        "cached_step": (X[0], *rng.normal(size=(3, 4, 2)), *rng.normal(size=(2, 3, 2))),
    }


@pytest.mark.parametrize("name", _questions())
@pytest.mark.parametrize("whose", ["missing", "wrong", "right"])
def test_the_lesson_goes_on_with_the_learners_function_if_it_is_right_else_with_its_own(name, whose):
    answers = harness.answers_of(EXERCISES[name])
    found = when_right(answers[whose])(*_questions()[name])
    expected = answers["right"](*_questions()[name])
    for one, other in zip(found, expected, strict=True) if name == "cached_step" else [(found, expected)]:
        np.testing.assert_allclose(one, other, atol=1e-12)


REFUSED = {
    "rms_norm_backward": (np.ones((2, 3)), np.zeros((2, 3))),
    "evened": (np.zeros((2, 3)), 2),
    "cached_step": (np.ones(2), *np.ones((3, 2, 2)), np.ones((3, 2)), np.ones((2, 2))),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_an_exercise_refuses_the_lessons_own_function_refuses(name):
    answer = harness.answers_of(EXERCISES[name])["missing"]
    with pytest.raises(ValueError, match="received"):
        when_right(answer)(*REFUSED[name])


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

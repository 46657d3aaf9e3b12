"""What lesson 18 trains and measures, its functions taken from the stored notebook, and the program that fills its table."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import train_finetune
from course_utils import data, networks, studies
from course_utils.exercises.lesson_18 import EXERCISES, when_right
from tests.exercises.harness import SOLUTIONS, answers_of


@pytest.fixture(scope="module")
def lesson():
    return train_finetune.lesson()


@pytest.fixture(scope="module")
def weights():
    return studies.finetune()[0]


def test_the_stored_network_is_small_and_fits_the_lessons_own(lesson, weights):
    assert lesson.pretrained(weights).count_params() == 155_392
    assert (data.DATA / "finetune.npz").stat().st_size < 2_000_000
    assert all(np.array_equal(w, w.astype("float16")) for w in weights)


def test_the_new_play_is_in_nothing_that_was_read_before(lesson):
    assert "PROSPERO" not in lesson.old_text + lesson.old_ask
    assert lesson.new_play == lesson.new_learn + lesson.new_tune + lesson.new_ask
    assert "".join(lesson.plays.values()).count("THE TEMPEST") == 0


def test_a_changed_future_leaves_the_past_of_the_network_alone(lesson, weights):
    model = lesson.pretrained(weights)
    ids = lesson.encode(lesson.new_ask[: lesson.T])[None]
    other = ids.copy()
    other[0, 40:] = (ids[0, 40:] + 1) % lesson.V
    moved = np.abs(np.array(model(ids)) - np.array(model(other))).max(axis=(0, 2))
    assert moved[:40].max() < 1e-4
    assert moved[40:].min() > 1e-3


@pytest.mark.parametrize("n", [65, 100, 700])
def test_each_character_is_scored_once_and_with_half_a_window_of_past(lesson, weights, n):
    model = lesson.pretrained(weights)
    ids = lesson.encode(lesson.new_ask[:n])
    found = lesson.costs(model, ids)
    assert len(found) == 32 * ((n - 33) // 32)
    scores = np.array(model(ids[None, :64]))[0]
    log_probs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    np.testing.assert_allclose(found[:32], -log_probs[np.arange(32, 64), ids[33:65]], atol=1e-3)


@pytest.mark.parametrize("what", ["draw", "costs"])
def test_a_text_shorter_than_the_context_is_refused(lesson, weights, what):
    ids = lesson.encode("a" * 64)
    arguments = {"draw": (ids, 1, np.random.default_rng(0)), "costs": (lesson.pretrained(weights), ids)}[what]
    with pytest.raises(ValueError, match="received 64 characters; a window needs 65"):
        getattr(lesson, what)(*arguments)


@pytest.mark.parametrize(("text", "said"), [("", "empty text"), ("so \u00e9", "never seen in pretraining")])
def test_texts_that_cannot_be_encoded_are_refused(lesson, text, said):
    with pytest.raises(ValueError, match=said):
        lesson.encode(text)


@pytest.mark.parametrize("rank", [-1, 0, 65])
def test_a_rank_that_does_not_fit_is_refused(lesson, weights, rank):
    with pytest.raises(ValueError, match=f"rank {rank}: from 1 to 64 is asked for"):
        lesson.prepared(weights, "LoRA", rank)


@pytest.mark.parametrize(("way", "rank", "n"), [("full", 0, 155_392), ("head", 0, 3968), ("LoRA", 2, 6144)])
def test_what_may_learn_moves_and_all_else_stands_still(lesson, weights, way, rank, n):
    model = lesson.prepared(weights, way, rank)
    may = [any(w is v for v in model.trainable_variables) for w in model.weights]
    before = [w.numpy().copy() for w in model.weights]
    lesson.fine_tune(model, lesson.encode(lesson.new_learn[:5000]), 0.003, 0, n_steps=3)
    after = [w.numpy().copy() for w in model.weights]
    assert sum(int(np.prod(v.shape)) for v in model.trainable_variables) == n
    assert not when_right(lesson.audit)(before, after, may).any()


def test_a_fresh_lora_says_what_the_pretrained_network_says(lesson, weights):
    ids = lesson.encode(lesson.new_ask[:64])[None]
    base, with_lora = lesson.pretrained(weights), lesson.prepared(weights, "LoRA", 8)
    np.testing.assert_array_equal(np.array(base(ids)), np.array(with_lora(ids)))


def test_a_row_of_the_table_is_what_the_program_writes(lesson, weights):
    table = studies.finetune()[1]
    row = table[(table["way"] == "head") & (table["seed"] == 0)].iloc[1]
    again = train_finetune.score(lesson, weights, "head", 0, float(row["rate"]), 0)
    assert set(again) == set(table.columns)
    for name in ("names", "speech", "everything", "old", "tune"):
        assert again[name] == pytest.approx(row[name], abs=0.1 if name == "names" else 0.015)
    assert again["learned"] == row["learned"]


def test_the_table_has_each_way_with_its_best_rate_for_every_seed():
    table = studies.finetune()[1]
    assert not table.duplicated(["way", "rank", "rate", "seed"]).any()
    tuning = table[(table["seed"] == 0) & (table["way"] != "none")]
    best = train_finetune.best_rates(tuning.to_dict("records"))
    for way, rate in best.items():
        rows = table[(table["way"] == way[0]) & (table["rank"] == way[1]) & (table["rate"] == rate)]
        assert sorted(rows["seed"]) == list(train_finetune.SEEDS)
        assert len(tuning[(tuning["way"] == way[0]) & (tuning["rank"] == way[1])]) == len(train_finetune.WAYS[way[0]])
    assert set(best) == set(train_finetune.ways())
    assert len(table) == 3 * len(best) + 4 * len(best) + 5


def test_pretraining_learns_and_is_kept(lesson, monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    monkeypatch.setattr(train_finetune, "STEPS", 100)
    monkeypatch.setattr(train_finetune, "BATCH", 4)
    first = train_finetune.start(lesson, 3)
    monkeypatch.setattr(train_finetune, "pretrain", None)
    again = train_finetune.start(lesson, 3)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert {a.dtype for a in first} == {np.dtype("float16")}
    model = lesson.pretrained([a.astype("float32") for a in first])
    assert lesson.costs(model, lesson.encode(lesson.old_ask[:5000])).mean() < 3


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ""),
        ("no name at all", ""),
        ("JUNO:", "JUNO"),
        ("THE TEMPEST\n\nMASTER:\nBoatswain!\n", "MASTER"),
        ("FERDINAND, MIRANDA:\nO!\n\nAGUE-CHEEK:\nNo.\n", "FERDINAND, MIRANDAAGUE-CHEEK"),
        ("A LADY'S MAID:\nHe said:\nCERES: most bounteous lady\nGO\n", "A LADY'S MAID"),
    ],
)
def test_a_name_is_a_whole_line_of_capitals_up_to_its_colon(lesson, text, names):
    found = lesson.in_names(text)
    assert len(found) == len(text)
    assert "".join(c for c, name in zip(text, found, strict=True) if name) == names


def test_names_can_be_asked_for_by_name_and_the_others_are_the_rest(lesson):
    text = "JUNO:\nO!\n\nIRIS:\nNo.\n\nJUNO:\nYes.\n"
    found, juno = lesson.in_names(text), lesson.in_names(text, {"JUNO"})
    assert "".join(c for c, name in zip(text, juno, strict=True) if name) == "JUNOJUNO"
    assert "".join(c for c, name in zip(text, found & ~juno, strict=True) if name) == "IRIS"
    assert not lesson.in_names(text, set()).any()


@given(seed=st.integers(0, 1000), n=st.integers(1, 4))
@settings(max_examples=10, deadline=None)
def test_counting_gives_chances_that_sum_to_one(lesson, seed, n):
    rng = np.random.default_rng(seed)
    seen = rng.integers(0, 5, 60)
    chances = [np.exp(-networks.kneser_ney(seen, np.array([last]), n, lesson.V)[0]) for last in range(lesson.V)]
    assert sum(chances) == pytest.approx(1)


@pytest.mark.parametrize(("seen", "new"), [(7, 3), (20, 0)])
def test_counting_refuses_what_it_cannot_count(seen, new):
    with pytest.raises(ValueError, match=f"received {seen} ids to count and {new} to judge; 8 and 1 are the least"):
        networks.kneser_ney(np.zeros(seen, int), np.zeros(new, int), 7, 62)


def test_a_width_that_does_not_divide_into_even_heads_is_refused():
    with pytest.raises(ValueError, match="a width of 6 does not divide into 2 heads of an even width"):
        networks.transformer(5, 8, d=6)


def test_the_network_is_lesson_17s(lesson, weights):
    from tests.exercises.harness import lesson_functions

    other = lesson_functions("17_inside_the_transformer", "PARTS", V=lesson.V, T=lesson.T).Transformer(64, 3, 2)
    ids = lesson.encode(lesson.new_ask[: lesson.T])[None]
    other(ids)
    model = lesson.pretrained(weights)
    other.embed.set_weights(model.embed.get_weights())
    other.head.set_weights(model.head.get_weights())
    for mine, theirs in zip(model.blocks, other.blocks, strict=True):
        for name in ("qkv", "out", "up", "down"):
            getattr(theirs, name).set_weights(getattr(mine, name).get_weights())
    np.testing.assert_allclose(np.array(model(ids)), np.array(other(ids)), atol=1e-3)


def test_counting_gives_lesson_13s_high_bar():
    text = data.shakespeare()
    characters, ids = np.unique(list(text), return_inverse=True)
    cut = len(text) * 9 // 10
    found = networks.kneser_ney(ids[:cut], ids[cut:], 7, len(characters)).mean()
    stored = (SOLUTIONS.parent / "13_text_and_embeddings.ipynb").read_text("utf-8")
    assert f"n = 7: {found:.4f} nats" in stored


def test_a_prompt_that_is_not_of_the_contexts_length_is_refused(lesson):
    with pytest.raises(ValueError, match="received prompts of 10 ids, not 64"):
        lesson.write(None, np.zeros((2, 10), "int32"), 3, 1.0, np.random.default_rng(0))


def test_a_written_text_follows_the_networks_chances(lesson):
    import keras
    import tensorflow as tf

    wanted = np.log(np.where(np.arange(lesson.V) == 7, 3.0, np.where(np.arange(lesson.V) == 9, 1.0, 1e-9)))
    flat = keras.layers.Lambda(lambda ids: tf.zeros((*ids.shape, lesson.V)) + wanted.astype("float32"))
    rows = lesson.write(flat, np.zeros((200, lesson.T), "int32"), 10, 1.0, np.random.default_rng(0))
    share = np.mean([c == lesson.characters[7] for row in rows for c in row])
    assert {c for row in rows for c in row} == {lesson.characters[7], lesson.characters[9]}
    assert share == pytest.approx(0.75, abs=0.04)


def _questions():
    rng = np.random.default_rng(18)
    X, A, B, G = (rng.normal(size=size) for size in ((5, 4), (4, 2), (2, 3), (5, 3)))
    ids = np.arange(9)
    return {
        "lora_parameters": ([(3, 4), (5, 5)], 2),
        "lora_gradients": (X, A, B, 1.5, G),
        "audit": ([A, B], [A, B + 1], [True, False]),
        "hide_some": (ids, *rng.random((2, 9)), ids[::-1], 62, 0.4),
        "loss_at_gaps": (np.full((1, 9, 4), 0.25), ids[None] % 4, ids[None] < 5),
        "best_possible": (3, 4, 5),
        "longest_copy": ("the sea", "a sea"),
    }


@pytest.mark.parametrize("name", _questions())
@pytest.mark.parametrize("whose", ["missing", "wrong", "right"])
def test_the_lesson_goes_on_with_the_learners_function_if_it_is_right_else_with_its_own(name, whose):
    answers = answers_of(EXERCISES[name])
    found, worked = when_right(answers[whose])(*_questions()[name]), answers["right"](*_questions()[name])
    if name in ("lora_gradients", "hide_some"):
        for one, other in zip(found, worked, strict=True):
            np.testing.assert_allclose(one, other)
    else:
        np.testing.assert_array_equal(found, worked)

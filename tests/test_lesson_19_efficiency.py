"""Lesson 19's functions, taken from its stored cells, and what it measures with: against LiteRT, Keras and laws."""

from __future__ import annotations

import ast
import json
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils import efficiency
from course_utils.exercises.lesson_19 import EXERCISES, when_right
from tests.exercises import harness

QUICK = settings(max_examples=25, deadline=None, derandomize=True, database=None)


def _own(name):
    return when_right(harness.worked_answer(EXERCISES[name]))


@pytest.fixture(scope="module")
def lesson():
    given = {
        "scheme": _own("quantizer"),
        "layer_in_int8": _own("int8_layer"),
        "smaller": _own("prune"),
        "one_hot": np.eye(10),
        "soften": _own("soft_loss"),
        "X_new": np.zeros((2, 64)),
    }
    return harness.lesson_functions("19_efficiency", **given)


def _arrays(seed, widths):
    rng, arrays, inputs = np.random.default_rng(seed), [], 64
    for units in (*widths, 10):
        arrays += [rng.normal(0, inputs**-0.5, (inputs, units)), rng.normal(0, 0.1, units)]
        inputs = units
    return [a.astype(np.float32) for a in arrays]


@pytest.mark.parametrize(("seed", "widths"), [(0, (5,)), (1, (40, 17)), (2, ())])
def test_the_hand_made_int8_network_equals_litert_within_a_quantum_for_any_widths(lesson, seed, widths):
    arrays, rng = _arrays(seed, widths), np.random.default_rng(seed)
    rows, new = (rng.uniform(0, 1, (n, 64)).astype(np.float32) for n in (100, 30))
    interpreter = efficiency.runner(efficiency.convert(lesson.twin(arrays), rows), 30)
    scale, zero = interpreter.get_input_details()[0]["quantization"]
    q = np.clip(np.round(new / scale) + zero, -128, 127).astype(np.int8)
    theirs = efficiency.run(interpreter, q).astype(int)
    ours = lesson.int8_outputs(lesson.to_int8(arrays, rows), new).astype(int)
    assert np.abs(ours - theirs).max() <= 1
    assert np.ptp(theirs) > 20


def test_a_float_network_in_litert_equals_the_one_in_numpy(lesson):
    arrays = _arrays(3, (12,))
    new = np.random.default_rng(3).uniform(0, 1, (7, 64)).astype(np.float32)
    theirs = efficiency.run(efficiency.runner(efficiency.convert(lesson.twin(arrays)), 7), new)
    np.testing.assert_allclose(theirs, lesson.logits_of(arrays, new), atol=1e-5)
    call = efficiency.lite(efficiency.convert(lesson.twin(arrays)), (1, 7))
    np.testing.assert_allclose(call(new), theirs, atol=1e-6)
    np.testing.assert_allclose(call(new[:1]), theirs[:1], atol=1e-5)


@QUICK
@given(st.integers(0, 2**32 - 1), st.integers(1, 9), st.integers(1, 9))
def test_a_rounded_weight_is_at_most_half_a_quantum_away_and_the_largest_of_a_unit_is_127(lesson, seed, d, k):
    W = np.random.default_rng(seed).normal(size=(d, k))
    W_q, scales = lesson.quantize_weights(W)
    assert W_q.dtype == np.int8
    assert np.all(np.abs(W_q * scales - W) <= scales * (0.5 + 1e-9))
    assert np.all(np.abs(W_q.astype(int)).max(axis=0) == 127)


def test_a_unit_whose_weights_are_all_0_stays_0(lesson):
    W_q, scales = lesson.quantize_weights(np.zeros((4, 2)))
    assert not W_q.any()
    assert np.isfinite(scales).all()


@QUICK
@given(st.integers(0, 2**32 - 1), st.integers(1, 9), st.integers(1, 9), st.sampled_from([0.0, 0.3, 0.9]))
def test_a_packed_matrix_comes_back(lesson, seed, n, d, sparsity):
    W = lesson.smaller(np.random.default_rng(seed).normal(size=(n, d)), sparsity).astype(np.float32)
    bits, values = lesson.pack(W)
    assert np.array_equal(lesson.unpack(bits, values, W.shape), W)


def test_pruned_weights_stay_0_while_the_others_learn_on(lesson):
    from course_utils.layers import network

    X, y = np.random.default_rng(0).uniform(size=(64, 64)), np.arange(64) % 10
    before = network(0, (20,))
    for n_steps in (1, 3):
        after = lesson.trained_on(before, X, y, 0, 0.75, n_steps)
        for old, new in zip(before[::2], after[::2], strict=True):
            assert np.mean(new.weights[0] == 0) == 0.75
            assert not np.any(old.weights[0] == 0)  # the network given is left as it was


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "empty"),
        (np.zeros((20, 64)), "one value"),
        (np.full((3, 64), 0.7), "one value"),
        (np.full((3, 64), np.nan), "NaN"),
    ],
)
def test_a_calibration_set_from_which_nothing_can_be_learned_is_refused_in_a_sentence(lesson, rows, said):
    with pytest.raises(ValueError, match=said):
        lesson.calibrate(_arrays(0, (5,)), rows)
    with pytest.raises(ValueError, match="calibration"):
        efficiency.convert(lesson.twin(_arrays(0, (5,))), rows)


def test_weights_of_nan_are_refused_before_anything_is_made_of_them(lesson):
    arrays = _arrays(0, (5,))
    arrays[0][1, 2] = np.nan
    for attempt in (
        lambda: lesson.calibrate(arrays, np.eye(64)),
        lambda: efficiency.convert(lesson.twin(arrays)),
        lambda: lesson.smaller(arrays[0], 0.5),
    ):
        with pytest.raises(ValueError, match="NaN"):
            attempt()


def test_a_model_that_litert_does_not_know_is_refused_in_one_sentence_and_nothing_else_is_printed(lesson, capfd):
    import keras
    import tensorflow as tf

    class Sorts(keras.layers.Layer):
        def call(self, x):
            return tf.numpy_function(np.sort, [x], tf.float32)

        def compute_output_shape(self, shape):
            return shape

    model = keras.Sequential([keras.layers.Input((64,)), keras.layers.Dense(3), Sorts()])
    with pytest.raises(ValueError, match="it has no PyFunc") as caught:
        efficiency.convert(model)
    assert len(str(caught.value)) < 200
    efficiency.runner(efficiency.convert(lesson.twin(_arrays(0, ()))), 1)
    said = capfd.readouterr()
    assert said.out == said.err == ""


def test_calls_take_turns_each_with_a_call_before_and_each_gets_its_median():
    turns = []
    medians = efficiency.race({"a": lambda: turns.append("a"), "b": lambda: turns.append("b")}, 4)
    assert turns == list("aabb" * 4)
    assert set(medians) == {"a", "b"}
    assert min(medians.values()) >= 0


def test_the_calls_behind_a_call_are_counted_the_second_time():
    seen = []

    def helper():
        seen.append(1)

    def call():
        for _ in range(5 if seen else 500):
            helper()

    assert 10 <= efficiency.count_calls(call) < 100


def test_operations_are_two_for_each_weight_and_one_for_each_bias(lesson):
    assert efficiency.operations_of(lesson.twin(_arrays(0, (7,)))) == 2 * (64 * 7 + 7 * 10) + 7 + 10


@pytest.mark.parametrize("again", ["pareto", "choose-run", "distil-table", "distil-figure", "prune-table"])
def test_a_cell_that_is_run_again_at_the_end_finds_its_names_as_they_were(again):
    path = harness.SOLUTIONS.parent / "19_efficiency.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    trees = {cell["id"]: ast.parse("".join(cell["source"])) for cell in cells if cell["cell_type"] == "code"}

    def names(tree, kind):
        inside = [
            node
            for part in tree.body
            if not isinstance(part, (ast.FunctionDef, ast.ClassDef))
            for node in ast.walk(part)
        ]
        return {node.id for node in inside if isinstance(node, ast.Name) and isinstance(node.ctx, kind)}

    read = names(trees[again], ast.Load) - names(trees[again], ast.Store)
    later = list(trees)[list(trees).index(again) + 1 :]
    assert {key: read & names(trees[key], ast.Store) for key in later if read & names(trees[key], ast.Store)} == {}


def test_the_interval_is_that_of_lesson_08_and_wants_ten_of_each():
    from course_utils.exercises import lesson_08

    paired = lesson_08.when_right(harness.worked_answer(lesson_08.EXERCISES["paired_interval"]))
    a, b = np.random.default_rng(5).normal(size=(2, 10))
    assert np.allclose(efficiency.interval(a, b), paired(a, b, 2.262))
    with pytest.raises(ValueError, match="ten scores"):
        efficiency.interval(a[:9], b[:9])


def test_bfloat16_by_hand_equals_tensorflows_for_large_small_and_odd_numbers(lesson):
    import tensorflow as tf

    rng = np.random.default_rng(6)
    x = (rng.normal(size=2000) * 10.0 ** rng.integers(-30, 30, 2000)).astype(np.float32)
    x = np.concatenate([x, np.float32([0, -0.0, 1, 1 + 1 / 256, 1 + 3 / 256, -1 - 1 / 256])])
    theirs = tf.cast(tf.cast(x, tf.bfloat16), tf.float32).numpy()
    assert np.array_equal(lesson.to_bfloat16(x), theirs)


def test_the_loss_scale_halves_after_a_bad_step_and_doubles_after_a_row_of_good_ones(lesson):
    assert lesson.next_scale(8.0, 2, False, 3) == (4.0, 0)
    assert lesson.next_scale(8.0, 2, True, 3) == (16.0, 0)
    assert lesson.next_scale(8.0, 0, True, 3) == (8.0, 1)


def test_whole_numbers_held_as_floats_arrive_as_the_nearest_ones():
    def int8_layer(*arguments):
        return harness.worked_answer(EXERCISES["int8_layer"])(*arguments).astype(float) - 1e-9

    given = np.int8([[127]]), -128, np.int8([[2]]), np.int32([10]), np.array([0.25]), -128
    assert when_right(int8_layer)(*given).tolist() == [[2]]


@pytest.mark.parametrize(
    ("name", "realistic"), [("prune", (256, 256)), ("int8_layer", (45, 256)), ("soft_loss", (32, 10))]
)
def test_a_right_answer_that_would_hold_up_the_page_gives_way_to_its_own_and_a_sentence_says_so(
    name, realistic, monkeypatch, capsys
):
    worked, late = harness.worked_answer(EXERCISES[name]), []

    def slow(first, *others):
        if first.shape == realistic:
            late.append(1)
            end = time.process_time() + 0.2
            while time.process_time() < end:
                pass
        return worked(first, *others)

    slow.__name__ = name
    monkeypatch.setattr(EXERCISES[name], "seconds", 60.0)
    function = when_right(slow)
    assert "goes on with its own" in capsys.readouterr().out
    n_late = len(late)
    assert n_late >= 3
    rng = np.random.default_rng(1)
    if name == "prune":
        function(rng.normal(size=realistic), 0.5)
    elif name == "soft_loss":
        function(*rng.normal(size=(2, *realistic)), 2.0)
    else:
        function(np.zeros(realistic, np.int8), 0, np.zeros((256, 2), np.int8), np.zeros(2, int), np.ones(2), 0)
    assert len(late) == n_late


@pytest.mark.parametrize("name", ["prune", "int8_layer", "soft_loss"])
def test_a_first_slow_call_alone_costs_no_answer_its_place(name, capsys):
    worked, calls = harness.worked_answer(EXERCISES[name]), []

    def answer(first, *others):
        if first.shape in ((256, 256), (45, 256)) or (first.shape == (32, 10) and calls.count((32, 10)) == 1):
            end = time.process_time() + (0.3 if first.shape not in calls or len(first) == 32 else 0)
            while time.process_time() < end:
                pass
        calls.append(first.shape)
        return worked(first, *others)

    answer.__name__ = name
    function = when_right(answer)
    assert capsys.readouterr().out == ""
    n_calls = len(calls)
    given = {
        "prune": (np.ones((2, 2)), 0.5),
        "int8_layer": (np.int8([[3]]), 0, np.int8([[5]]), np.int32([9]), np.array([0.01]), 4),
        "soft_loss": (np.ones((1, 2)), np.zeros((1, 2)), 2.0),
    }
    function(*given[name])
    assert len(calls) == n_calls + 1


@pytest.mark.parametrize("name", EXERCISES)
def test_the_lesson_goes_on_with_a_right_answer_and_with_its_own_where_it_is_missing_or_wrong(name):
    calls = {
        "dense_costs": ([64, 8, 10],),
        "float16_value": (0x3C01,),
        "prune": (np.arange(1.0, 13.0).reshape(3, 4), 0.5),
        "quantizer": (-1.0, 2.5),
        "int8_layer": (np.int8([[3, -4]]), -128, np.int8([[5], [7]]), np.int32([9]), np.array([0.01]), 4),
        "soft_loss": (np.array([[1.0, 2.0]]), np.array([[0.0, 3.0]]), 2.0),
        "choose": (np.array([3, 2]), np.array([0.0, 1.0]), np.array([5.0, 4.0]), 9, 1.0),
    }
    answers = harness.answers_of(EXERCISES[name])
    given = [when_right(answer)(*calls[name]) for answer in answers.values()]
    for one in given[1:]:
        for a, b in zip(
            np.atleast_1d(one[0] if isinstance(one, tuple) else one),
            np.atleast_1d(given[0][0] if isinstance(given[0], tuple) else given[0]),
            strict=True,
        ):
            assert np.allclose(a, b)

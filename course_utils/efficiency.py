"""What lesson 19 measures with: calls that take turns, calls and operations counted, LiteRT files made and run.

What it teaches - pruning, whole numbers, distillation - stands in the lesson. TensorFlow is imported inside the functions.
"""

from __future__ import annotations

import cProfile
import pstats
import re
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from course_utils.session import quiet


def race(calls: Mapping[str, Callable[[], Any]], n_rounds: int = 25) -> dict[str, float]:
    """Return name to the median of its seconds; in each round every call has one turn.

    A turn begins with a call that is not timed: whoever comes after a heavy call finds its data gone from the processor's
    fast memory.
    """
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(n_rounds):
        for name, call in calls.items():
            call()
            start = time.perf_counter()
            call()
            seconds[name].append(time.perf_counter() - start)
    return {name: float(np.median(times)) for name, times in seconds.items()}


def interval(a: Any, b: Any) -> tuple[float, float, float]:
    """Return mean, low and high of the differences a - b, paired, with 95 % of Student's t, as lesson 08 has it.

    Raises
    ------
    ValueError
        If there are not ten of each.
    """
    differences = np.asarray(a, float) - np.asarray(b, float)
    if differences.shape != (10,):
        raise ValueError(f"ten scores of each are asked for; received {np.shape(a)} and {np.shape(b)}")
    half = 2.262 * differences.std(ddof=1) / np.sqrt(10)
    return float(differences.mean()), float(differences.mean() - half), float(differences.mean() + half)


def count_calls(call: Callable[[], Any]) -> int:
    """Return how many functions `call()` runs through, the second time: the first builds things that are kept."""
    call()
    profile = cProfile.Profile()
    profile.enable()
    try:
        call()
    finally:
        profile.disable()
    return int(pstats.Stats(profile).total_calls)


def operations_of(model: Any) -> int:
    """Return how many floating-point operations TensorFlow's profiler counts for one row of a Keras model."""
    import tensorflow as tf

    builder = tf.compat.v1.profiler.ProfileOptionBuilder
    options = builder(builder.float_operation()).with_empty_output().build()
    with quiet():
        row = tf.TensorSpec((1, *model.input_shape[1:]))
        graph = tf.function(model).get_concrete_function(row).graph
        return int(tf.compat.v1.profiler.profile(graph, options=options).total_float_ops)


def size_of_arrays(*arrays: np.ndarray) -> int:
    """Return how many bytes a file has that NumPy writes of these arrays, compressed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "arrays.npz"
        np.savez_compressed(path, *arrays)
        return path.stat().st_size


def size_of_model(model: Any) -> int:
    """Return how many bytes the file has into which Keras saves a model's weights."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.weights.h5"
        model.save_weights(path)
        return path.stat().st_size


def convert(model: Any, rows: Any = None) -> bytes:
    """Return a Keras model as the bytes of a LiteRT file.

    Parameters
    ----------
    model : keras.Model
        With one input, of shape (n, d).
    rows : array, optional
        Shape (n, d): with it the file is in int8, inputs and outputs too, its ranges those of these rows.

    Raises
    ------
    ValueError
        If weights are not finite, if there is nothing to learn from `rows`, or if LiteRT has no such operation.
    """
    import tensorflow as tf

    if not all(np.isfinite(w).all() for w in model.get_weights()):
        raise ValueError("the model's weights hold NaN or infinity: train it again")
    if rows is not None:
        rows = np.asarray(rows, np.float32)
        if len(rows) == 0 or not np.isfinite(rows).all() or rows.min() == rows.max():
            raise ValueError("calibration needs some rows of real data: finite values, and not all the same")
    try:
        with quiet():
            converter = tf.lite.TFLiteConverter.from_keras_model(model)
            if rows is not None:
                converter.optimizations = [tf.lite.Optimize.DEFAULT]
                converter.representative_dataset = lambda: ([row[None]] for row in rows)
                converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
                converter.inference_input_type = converter.inference_output_type = tf.int8
            return converter.convert()
    except Exception as error:
        named = re.search(r"'tf\.(\w+)' op", str(error))
        which = f"it has no {named[1]}" if named else str(error).split("\n")[0][:120]
        raise ValueError(
            f"LiteRT cannot run this model: {which}. Build it from standard layers, without functions of Python."
        ) from None


def runner(file: bytes, n_rows: int) -> Any:
    """Return LiteRT's interpreter of a file, ready for `n_rows` rows at a time, on one thread."""
    from ai_edge_litert.interpreter import Interpreter

    with quiet():
        interpreter = Interpreter(model_content=file, num_threads=1)
        details = interpreter.get_input_details()[0]
        interpreter.resize_tensor_input(details["index"], [n_rows, *details["shape"][1:]])
        interpreter.allocate_tensors()
    return interpreter


def lite(file: bytes, numbers: Sequence[int] = (1, 450)) -> Callable[[np.ndarray], np.ndarray]:
    """Return a function that runs a LiteRT file on rows, as many as one of `numbers`; each has a runner of its own."""
    runners = {n: runner(file, n) for n in numbers}
    return lambda rows: run(runners[len(rows)], rows)


def run(interpreter: Any, rows: np.ndarray) -> np.ndarray:
    """Return what an interpreter makes of rows, in the dtype of its outputs."""
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], rows)
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])

"""What a learner hands in, as plain numbers: the only conversions that a checker uses.

All accept a list, tuple, array, tensor, 0-d array or NumPy scalar, in float32 as well; all refuse text, complex numbers,
tables, sets and generators with one sentence. What is right is not decided here.
"""

from __future__ import annotations

import numbers
from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.checking.verdict import NotYet, article

SHOWN_ENTRIES = 6


def number(value: Any) -> float:
    """Return `value` as a finite float; raises `NotYet` with what it is instead."""
    if isinstance(value, (bool, np.bool_)):
        raise NotYet(f"One number is asked for; this is {value!s}.", "wrong type")
    return float(array(value, ()))


def array(value: Any, shape: tuple[int, ...]) -> np.ndarray:
    """Return `value` as a finite float array of `shape`; raises `NotYet` with what it is instead."""
    wanted = "One number" if shape == () else f"An array of shape {shape}"
    raw = _raw(value, wanted)
    if raw.shape != shape:  # before any conversion: a broadcast array may be too large to copy
        has = "is one number" if raw.shape == () else f"has shape {raw.shape}"
        raise NotYet(f"{wanted} is asked for; this {has}.", "wrong shape")
    found = raw.astype(float)
    if not np.isfinite(found).all():
        raise NotYet(
            "The result holds NaN or infinity. Where do you divide, or take a logarithm or a root?", "not finite"
        )
    return found


def whole(value: Any, shape: tuple[int, ...] = ()) -> Any:
    """Return `value` as an int, or as an int array of `shape`; raises `NotYet` for floats, even for 3.0.

    A float cannot index an array, and 0.1 * 3 * 10 is not quite 3: where a count or a place is promised, an int is meant.
    """
    wanted = "One whole number" if shape == () else f"An array of whole numbers of shape {shape}"
    raw = _raw(value, wanted)
    if raw.shape != shape:
        has = "is one number" if raw.shape == () else f"has shape {raw.shape}"
        raise NotYet(f"{wanted} is asked for; this {has}.", "wrong shape")
    if raw.size and raw.dtype.kind not in "iu":
        shown = f"{raw[()]!s}, {article(value)}" if raw.shape == () else f"of kind {raw.dtype}"
        raise NotYet(f"{wanted} is asked for; this is {shown}. A count or a place is an int.", "not whole")
    found = raw.astype(np.int64)
    return int(found) if shape == () else found


def results(value: Any, n: int, what: str = "") -> list:
    """Return the `n` results that `value` holds, as a list; `what` says what they are: "loss and gradient".

    A tuple, a list, and an array or tensor whose first axis has length `n` are all taken.
    """
    names = {2: "Two results", 3: "Three results", 4: "Four results"}
    asked = f"{names.get(n, f'{n} results')}{f', {what},' if what else ''} are asked for"
    if isinstance(value, (list, tuple)):
        parts = list(value)
    elif _is_arraylike(value) and np.ndim(value) > 0:
        parts = list(np.asarray(value))
        if len(parts) != n:
            raise NotYet(f"{asked}; this is one array of shape {np.shape(value)}.", "wrong number of results")
    else:
        raise NotYet(f"{asked}; this is {article(value)}.", "wrong number of results")
    if len(parts) != n:
        raise NotYet(f"{asked}; this holds {len(parts)}.", "wrong number of results")
    return parts


def settle(value: Any) -> Any:
    """Return `value` with nothing left to run: what only acts like an array becomes one, in lists and tuples too.

    It is called while the time limit holds. Iterators are refused without being read: they may never end.
    """
    if value is None or type(value) in (bool, int, float, complex, str, bytes, np.ndarray):
        return value
    if hasattr(type(value), "__next__"):
        text = (
            f"{article(value).capitalize()} hands its items out one by one, and only once. Return a list or an array."
        )
        raise NotYet(text, "a generator")
    if isinstance(value, (list, tuple)):
        parts = [settle(part) for part in value]
        return tuple(parts) if isinstance(value, tuple) else parts
    if type(value) is dict:
        return {key: settle(part) for key, part in value.items()}
    if isinstance(value, np.ndarray):
        return np.asarray(value)
    if type(value).__module__.split(".")[0] in ("numpy", "pandas", "tensorflow", "keras"):
        return value
    return np.asarray(value) if hasattr(type(value), "__array__") else value


def close(got: Any, want: Any, rtol: float = 1e-5, scale: float = 1e-12) -> bool:
    """Return whether `got` equals `want` within `rtol` of the largest size in `want`, at least `scale`; float32 passes."""
    want, got = np.asarray(want, dtype=float), np.asarray(got, dtype=float)
    if want.size == 0:
        return got.shape == want.shape
    return bool(np.abs(got - want).max() <= rtol * max(np.abs(want).max(), scale))


def describe(value: Any) -> str:
    """Return what to say of an argument: a small one in full, a large one by its shape."""
    shape = getattr(value, "shape", None)
    if isinstance(value, (bool, int, float, str, bytes, np.generic)) or value is None:
        text = repr(value.item() if isinstance(value, np.generic) else value)
        return f"= {text}" if len(text) <= 60 else f"= {text[:57]}..."
    if isinstance(value, np.ndarray) and 0 < value.size <= SHOWN_ENTRIES:
        return f"= {np.array2string(value, separator=', ', formatter={'float_kind': '{:.5g}'.format})}".replace(
            "\n", ""
        )
    if shape is not None and shape != ():
        return f"of shape {tuple(shape)}"
    if isinstance(value, (list, tuple)) and value and all(isinstance(part, np.ndarray) for part in value):
        shapes = ", ".join(str(part.shape) for part in value[:SHOWN_ENTRIES])
        return f"= a {type(value).__name__} of arrays of shape {shapes}{', ...' if len(value) > SHOWN_ENTRIES else ''}"
    if isinstance(value, (list, tuple)) and all(isinstance(part, (int, float, str)) for part in value):
        text = repr(value)
        if len(text) > 60 and len(value) <= SHOWN_ENTRIES and not any(isinstance(part, str) for part in value):
            text = f"[{', '.join(f'{part:.5g}' for part in value)}]"
        return f"= {text}" if len(text) <= 60 else f"= a {type(value).__name__} of {len(value)} entries"
    return "= a function" if isinstance(value, Callable) else f"= {article(value)}"


def _is_arraylike(value: Any) -> bool:
    return isinstance(value, (list, tuple, numbers.Number)) or hasattr(type(value), "__array__")


def _raw(value: Any, wanted: str) -> np.ndarray:
    """Return `value` as the array that it is, of real numbers or truth values; raises `NotYet` with what it is instead."""
    if not _is_arraylike(value):
        raise NotYet(f"{wanted} is asked for; this is {article(value)}.", "wrong type")
    try:
        raw = np.asarray(value)
    except Exception:
        raise NotYet(f"{wanted} is asked for; this is {article(value)} of uneven parts.", "wrong type") from None
    if raw.dtype.kind == "O":  # fractions, decimals; never text: float("3") would take it
        flat = raw.ravel().tolist()
        if not all(isinstance(part, numbers.Number) and not isinstance(part, complex) for part in flat):
            raise NotYet(f"{wanted} is asked for; this is {article(value)} that holds other things.", "wrong type")
        kind = int if all(isinstance(part, int) for part in flat) else float
        raw = np.array([kind(part) for part in flat]).reshape(raw.shape)
    if isinstance(value, np.complexfloating) and value.imag == 0:  # an eigenvalue of NumPy 2.5 is complex in type alone
        raw = raw.real
    kinds = {"U": "text", "S": "text", "c": "complex numbers", "M": "dates", "m": "durations"}
    if raw.dtype.kind not in "biuf":
        held = kinds.get(raw.dtype.kind, "other things")
        raise NotYet(f"{wanted} is asked for; this is {held}.", "wrong type")
    return raw

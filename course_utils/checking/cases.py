"""Run an answer and its reference on several cases; name a misconception only where the answer is equal to it.

A checker gives the reference, the cases, and the known wrong answers as functions; this module finds the first difference
and says it: input, what came, what was asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_utils.checking.conversions import array, close, describe, number, results, whole
from course_utils.checking.verdict import NotYet, article

observers: list[Callable[[str, Any, Mapping[str, Any], float], None]] = []  # a test listens here to what is compared


@dataclass(frozen=True)
class Case:
    """The arguments of one call.

    `note` says in words what is special about it: "all values equal". `scale` is the least size that its tolerance counts
    with: 1 where the right result is 0 and rounding may leave 1e-17.
    """

    args: tuple
    note: str = ""
    scale: float = 1e-12


def case(*args: Any, note: str = "", scale: float = 1e-12) -> Case:
    """Return the arguments of one call; `Case` says what `note` and `scale` are."""
    return Case(args, note, scale)


class Reading:
    """The learner's function with its result read before it is compared: one part of several, or in another form.

    Parameters
    ----------
    attempt : Attempt
        The learner's function.
    read : callable
        Takes the result and the arguments, and returns what is compared; raises `NotYet` where it cannot.
    describe : callable, optional
        Takes the arguments and returns the sentence "It was called with ..." for a message; by default the attempt's own.
    """

    def __init__(self, attempt: Callable, read: Callable, describe: Callable[..., str] | None = None) -> None:
        self.attempt, self.read, self.describe = attempt, read, describe
        self.name = getattr(attempt, "name", "")

    def __call__(self, *args: Any) -> Any:
        """Return what `read` makes of the result for these arguments."""
        return self.read(self.attempt(*args), *args)

    def called_with(self, args: tuple) -> str:
        """Return the sentence that says what the learner's function received."""
        return self.describe(*args) if self.describe else call_of(self.attempt, args)


def call_of(attempt: Callable, args: tuple) -> str:
    """Return "It was called with ..." for an attempt or a reading of one; "" for any other function."""
    if isinstance(attempt, Reading):
        return attempt.called_with(args)
    return attempt.describe_call(args, {}) if hasattr(attempt, "describe_call") else ""


def compare(
    attempt: Callable,
    reference: Callable,
    cases: Sequence[Case],
    wrong: Mapping[str, tuple[Callable, str]] | None = None,
    *,
    asked: str,
    rtol: float = 1e-5,
) -> None:
    """Raise `NotYet` unless `attempt` equals `reference` on every case.

    What the reference returns says what is asked: an int (`whole`), a float (`number`), an array of floats or of ints in that
    shape, text, True or False, or a list or tuple of such parts.

    Parameters
    ----------
    attempt : Attempt
        The learner's function.
    reference : callable
        Takes the same arguments.
    cases : sequence of Case
        Several sizes and kinds: unsorted, negative, ties, one element, a realistic size, each documented bound.
    wrong : mapping, optional
        Misconception to (function with the same arguments, message). It is named only where the answer equals it on every case
        that was tried.
    asked : str
        What is asked for, in words, for a difference that has no name; never the solution.
    rtol : float
        Largest difference, as a share of the largest entry; at least 1e-6, for an answer may be computed in float32.
    """
    if rtol < 1e-6:
        raise ValueError(f"rtol must be at least 1e-6, for answers in float32; received {rtol}")
    got, want, failed = [], [], None
    for each in cases:
        want.append(reference(*each.args))
        try:
            got.append(_read(attempt(*each.args), want[-1]))
        except NotYet as error:
            failed = error
            break
    different = [
        place
        for place, (a, b) in enumerate(zip(got, want, strict=False))
        if _first_difference(a, b, rtol, cases[place].scale)
    ]
    values = {name: _values(function, cases[: len(got)]) for name, (function, _) in (wrong or {}).items()}
    _tell(getattr(attempt, "name", ""), got, values, rtol)
    if not different:
        if failed is not None:
            raise NotYet(_with_its_case(failed, cases[len(got)], attempt), failed.name)
        return
    for name, (_, message) in (wrong or {}).items():
        trios = zip(got, values[name], cases, strict=False)
        if all(v is not None and _first_difference(mine, v, rtol, each.scale) is None for mine, v, each in trios):
            raise NotYet(message, name)
    place = different[0]
    raise NotYet(
        _say(cases[place], _first_difference(got[place], want[place], rtol, cases[place].scale), asked, attempt),
        "other",
    )


def reject_known(got: Any, wrong: Mapping[str, tuple[Any, str]], rtol: float = 1e-5) -> None:
    """Raise `NotYet` with the message of the first misconception of `wrong`, name to (its result, message), that equals `got`."""
    _tell("", [got], {name: [value] for name, (value, _) in wrong.items()}, rtol)
    for name, (value, message) in wrong.items():
        if _first_difference(got, value, rtol) is None:
            raise NotYet(message, name)


def differ(one: Any, other: Any, rtol: float) -> bool:
    """Return whether two results differ; None stands for no result."""
    if one is None or other is None:
        return one is not other
    return _first_difference(one, other, rtol) is not None


def _tell(name: str, got: Any, values: Mapping[str, Any], rtol: float) -> None:
    for observer in observers:
        observer(name, got, values, rtol)


def _values(function: Callable, cases: Sequence[Case]) -> list:
    """Return what a known wrong function gives for each case; None where it gives nothing finite."""
    found = []
    for each in cases:
        try:
            value = function(*each.args)
            found.append(value if _is_finite(value) else None)
        except Exception:
            found.append(None)
    return found


def _is_finite(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return all(map(_is_finite, value))
    value = np.asarray(value)
    return value.dtype.kind not in "fc" or bool(np.isfinite(value).all())


def _read(value: Any, want: Any) -> Any:
    """Return `value` in the form of `want`; raises `NotYet` where it has another form."""
    if isinstance(want, (bool, np.bool_)):
        found = np.asarray(value)
        if found.shape != () or found.dtype.kind != "b":
            raise NotYet(f"True or False is asked for; this is {article(value)}.", "wrong type")
        return bool(found)
    if isinstance(want, (int, np.integer)):
        return whole(value)
    if isinstance(want, (float, np.floating)):
        return number(value)
    if isinstance(want, np.ndarray) and want.dtype.kind == "b":
        found = np.asarray(value)
        if found.dtype.kind != "b":
            raise NotYet(
                f"Truth values of shape {want.shape} are asked for; this is {article(value)} of kind {found.dtype}.",
                "wrong type",
            )
        if found.shape != want.shape:
            raise NotYet(
                f"Truth values of shape {want.shape} are asked for; these have shape {found.shape}.", "wrong shape"
            )
        return found
    if isinstance(want, np.ndarray):
        return (whole if want.dtype.kind in "iu" else array)(value, want.shape)
    if isinstance(want, (str, bytes)):
        if type(value) is not type(want):
            raise NotYet(f"{article(want).capitalize()} is asked for; this is {article(value)}.", "wrong type")
        return value
    if isinstance(want, (list, tuple)):
        return [_read(part, wanted) for part, wanted in zip(results(value, len(want)), want, strict=True)]
    raise TypeError(f"a reference returns numbers, arrays, text or lists of them; received {type(want).__name__}")


def _first_difference(got: Any, want: Any, rtol: float, scale: float = 1e-12) -> tuple[str, Any] | None:
    """Return (which part, what stands there) of the first difference, or None; parts are counted from 0, as in Python."""
    if isinstance(want, (list, tuple)):
        if not isinstance(got, (list, tuple)) or len(got) != len(want):
            return "the number of parts", len(got) if isinstance(got, (list, tuple)) else 1
        for place, (a, b) in enumerate(zip(got, want, strict=True)):
            if (found := _first_difference(a, b, rtol, scale)) is not None:
                inner = "" if found[0] == "the result" else f", {found[0].removesuffix(' of the result')}"
                return f"part {place}{inner} of the result", found[1]
        return None
    if isinstance(want, (str, bytes)) or isinstance(got, (str, bytes)):
        return None if got == want else ("the result", got)
    got, want = np.asarray(got), np.asarray(want)
    if got.shape != want.shape:
        return "the shape", got.shape
    if want.dtype.kind in "biu" and got.dtype.kind in "biu":
        apart = got != want
    elif close(got, want, rtol, scale):
        return None
    else:
        size = max(float(np.abs(want.astype(float)).max()), scale)
        apart = np.abs(got.astype(float) - want.astype(float)) > rtol * size
    if not apart.any():
        return None
    first = tuple(int(i) for i in np.argwhere(apart)[0])
    where = f"entry [{', '.join(map(str, first))}] of the result" if first else "the result"
    return where, got[first].item()


def _with_its_case(failed: NotYet, each: Case, attempt: Callable) -> str:
    """Return what is wrong with the form of a result, and for which arguments."""
    text = f"{each.note[:1].upper()}{each.note[1:]}: {failed}" if each.note else str(failed)
    if "It was called with" in text:
        return text
    return f"{text} {call_of(attempt, each.args)}".strip()


def _say(each: Case, difference: tuple[str, Any], asked: str, attempt: Callable) -> str:
    where, came = difference
    shown = f"{came:.6g}" if isinstance(came, float) else repr(came)
    note = f" ({each.note})" if each.note else ""
    given = call_of(attempt, each.args).removeprefix("It was called with ").removesuffix(". ")
    given = given or ", ".join(describe(value) for value in each.args)
    return f"With {given}{note}, {where} is {shown[:120]}. Asked for: {asked}."

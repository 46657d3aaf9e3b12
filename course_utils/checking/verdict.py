"""The words in which a check answers: `Verdict`, what it found, and `NotYet`, how a checker says that something is wrong."""

from __future__ import annotations

from dataclasses import dataclass


class NotYet(Exception):
    """Raised by a checker: the answer is not right, and this is the message for whoever wrote it.

    Parameters
    ----------
    message : str
        A question or fact aimed at the likely misconception, never the solution.
    name : str
        The misconception's name; tests and teachers refer to it.
    """

    def __init__(self, message: str, name: str = "other") -> None:
        super().__init__(message)
        self.name = name


@dataclass(frozen=True)
class Verdict:
    """What a check found: `status` is "not attempted", "not yet" or "correct"; `name` names a misconception."""

    status: str
    message: str
    name: str | None = None


def article(value: object) -> str:
    """Return what to call the kind of `value` in a sentence: "a list", "an ndarray", "None"."""
    if value is None:
        return "None"
    kind = type(value).__name__
    return f"{'an' if kind[:1].lower() in 'aeiou' or kind == 'ndarray' else 'a'} {kind}"

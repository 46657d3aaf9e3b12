"""The exercise engine: run a learner's answer safely, reply at once, remember progress.

What is asked, and which misconceptions are known, stands in `course_utils.exercises`; worked answers are notebooks.
"""

from __future__ import annotations

import contextvars
import copy
import ctypes
import dis
import html
import importlib
import inspect
import json
import os
import pkgutil
import re
import sys
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

COLOURS = {"not attempted": "#767676", "not yet": "#D55E00", "correct": "#0072B2", "hint": "#767676"}


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


class Attempt:
    """A learner's function, called with copies of its arguments, a time limit, and no way to crash the checker.

    Calling it returns what the learner's function returns. It raises `NotYet` where that function raises, never
    returns, returns nothing, or changes an argument in place.
    """

    def __init__(self, function: Callable, name: str, seconds: float) -> None:
        self.function, self.name, self.seconds = function, name, seconds

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return what the learner's function returns for copies of the arguments."""
        mine = copy.deepcopy((args, kwargs))
        value = self.run(lambda: self.function(*mine[0], **mine[1]), _describe_call(self.function, args, kwargs))
        for before, after in zip([*args, *kwargs.values()], [*mine[0], *mine[1].values()], strict=True):
            if not _unchanged(before, after):
                text = f"`{self.name}` changes the {type(before).__name__} it is given. Work on a copy: whoever calls it still needs theirs."
                raise NotYet(text, "changes its argument")
        if value is None:
            raise NotYet(f"`{self.name}` returns None. Does every path through it end in `return`?", "no return")
        return value

    def run(self, thunk: Callable[[], Any], called_with: str = "") -> Any:
        """Return `thunk()`, which runs code of the learner; its failures become `NotYet`.

        Parameters
        ----------
        thunk : callable
            Takes nothing.
        called_with : str
            What the learner's code received, for the message.
        """
        outcome: dict[str, Any] = {}
        context = contextvars.copy_context()  # so that what the learner prints lands under the right cell

        def quietly() -> Any:
            with np.errstate(all="ignore"):  # inside the copied context: NumPy keeps this setting there
                return thunk()

        def work() -> None:
            try:
                outcome["value"] = context.run(quietly)
            except BaseException as error:
                outcome["error"] = error

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        thread.join(self.seconds)
        if thread.is_alive():
            stopped = _stop(thread)
            text = f"`{self.name}` had not finished after {self.seconds:g} seconds and was stopped. {called_with}Is there a loop whose condition never turns false?"
            raise NotYet(text if stopped else text + " It is still running: choose Kernel > Restart.", "never returns")
        if isinstance(outcome.get("error"), NotYet):
            raise outcome["error"]
        if "error" in outcome:
            error = outcome["error"]
            said = re.sub(r"\{\{function_node .*?\}\} ?|\s*\[Op:[^\]]*\]( name:.*)?", "", str(error)).split("\n")[0][
                :200
            ]
            where = _line_of(error, self.function)
            raise NotYet(
                f"`{self.name}` stopped with {type(error).__name__}{': ' if said else ''}{said}{where}. {called_with}".strip(),
                "raises",
            )
        return outcome["value"]

    def error(self, *args: Any) -> Exception | None:
        """Return the exception that the learner's function raises for these arguments, or None; time limit as ever."""

        def thunk() -> Exception | None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # what NumPy says of an empty slice would stand beside the message
                try:
                    value = self.function(*args)
                    if inspect.isgenerator(value):
                        list(value)  # a generator raises once it is asked
                except Exception as error:
                    return error
            return None

        return self.run(thunk)

    def must_refuse(self, arguments: tuple, what: str, name: str) -> None:
        """Raise `NotYet` under `name` unless the learner's function answers `arguments`, called `what`, with ValueError."""
        error = self.error(*arguments)
        if error is None:
            raise NotYet(f"{what}: accepted without a word. Raise a ValueError that says what was received.", name)
        if not isinstance(error, ValueError):
            text = (
                f"{what} ends in {type(error).__name__}. A ValueError is asked for: callers catch errors by their kind."
            )
            raise NotYet(text, "wrong kind of error")


class Exercise:
    """One exercise: `check(answer)`, `hint()`, `solution()`; `grade(answer)` is the check without its display."""

    def __init__(self, lesson: str, checker: Callable, hints: list[str], value: bool, seconds: float) -> None:
        self.lesson, self.name, self.statement = lesson, checker.__name__, inspect.getdoc(checker) or ""
        self.id = f"{lesson[:2]}.{self.name}"
        self.hints, self.value, self.seconds = hints, value, seconds
        self._checker, self._hints_given = checker, 0

    def __repr__(self) -> str:
        return f"Exercise {self.id}: {self.statement} Use .check({self.name}), .hint(), .solution()."

    def grade(self, answer: Any) -> Verdict:
        """Return the verdict on `answer`; never raises, whatever the answer does."""
        if is_stub(answer):
            return Verdict(
                "not attempted", f"Not attempted yet. Replace the `...` of `{self.name}` and run the cell again."
            )
        try:
            if not self.value and not callable(answer):
                text = f"A function is asked for; this is {_article(answer)}. Pass `{self.name}` itself, without calling it."
                raise NotYet(text, "not a function")
            why = self._checker(answer if self.value else Attempt(answer, self.name, self.seconds))
            return Verdict("correct", f"Correct. {why}")
        except NotYet as error:
            return Verdict("not yet", f"Not yet. {error}", error.name)
        except Exception as error:
            text = f"Not yet. The result could not be compared: {type(error).__name__}. Return plain numbers or arrays."
            return Verdict("not yet", text, "cannot be compared")

    def check(self, answer: Any) -> None:
        """Show at once whether `answer` is right, and remember it in the progress file."""
        verdict = self.grade(answer)
        _show(verdict.status, verdict.message)
        if verdict.status != "not attempted":
            _record(self.id, verdict.status)

    def hint(self) -> None:
        """Show the next hint; each call gives more."""
        self._hints_given += 1
        if self._hints_given <= len(self.hints):
            _show("hint", f"Hint {self._hints_given} of {len(self.hints)}. {self.hints[self._hints_given - 1]}")
            _record(self.id, "seen", hints=1)
        else:
            _show("hint", f"That was the last hint. `exercises.{self.name}.solution()` says where it is worked out.")

    def solution(self) -> None:
        """Show where the worked answer stands."""
        path = f"solutions/{self.lesson}.ipynb"
        _show("hint", f"Worked out in notebooks/{path}, under `{self.name}`.", link=path)


class Lesson:
    """The exercises of one lesson, by name; `exercise` is the decorator that adds one."""

    def __init__(self, topic: str) -> None:
        self.topic, self.exercises = topic, {}

    def exercise(self, *hints: str, value: bool = False, seconds: float = 10.0) -> Callable[[Callable], Exercise]:
        """Turn a checker into an `Exercise`.

        Parameters
        ----------
        hints : str
            From a nudge to nearly the whole idea.
        value : bool
            True where the answer is a value; the checker then receives it, else an `Attempt`.
        seconds : float
            How long one call of the learner's function may take.
        """

        def add(checker: Callable) -> Exercise:
            self.exercises[checker.__name__] = Exercise(self.topic, checker, list(hints), value, seconds)
            return self.exercises[checker.__name__]

        return add


def number(value: Any) -> float:
    """Return `value` as a finite float; raises `NotYet` with what it is instead."""
    return float(array(value, ()))


def array(value: Any, shape: tuple[int, ...]) -> np.ndarray:
    """Return `value` as a finite float array of `shape`; raises `NotYet` with what it is instead."""
    wanted = "One number" if shape == () else f"An array of shape {shape}"
    if value is None or isinstance(value, (str, bytes, bool, dict, set)):
        raise NotYet(f"{wanted} is asked for; this is {_article(value)}.", "wrong type")
    try:
        found = np.asarray(value, dtype=float)
    except Exception:
        raise NotYet(f"{wanted} is asked for; this is {_article(value)}.", "wrong type") from None
    if found.shape != shape:
        has = "is one number" if found.shape == () else f"has shape {found.shape}"
        raise NotYet(f"{wanted} is asked for; this {has}.", "wrong shape")
    if not np.isfinite(found).all():
        raise NotYet("The result holds NaN or infinity. Where do you divide, or take a logarithm?", "not finite")
    return found


def close(got: Any, want: Any, rtol: float = 1e-6) -> bool:
    """Return whether `got` equals `want` within `rtol` of the largest size in `want`."""
    want = np.asarray(want, dtype=float)
    return bool(np.abs(np.asarray(got, dtype=float) - want).max() <= rtol * max(np.abs(want).max(), 1e-12))


def reject_known(got: Any, wrong: dict[str, tuple[Any, str]], rtol: float = 1e-4) -> None:
    """Raise `NotYet` with the message of the first misconception of `wrong`, name to (its result, message), that gives `got`."""
    for name, (value, message) in wrong.items():
        if close(got, value, rtol):
            raise NotYet(message, name)


def is_stub(answer: Any) -> bool:
    """Return whether `answer` is still `...`, or a function or class whose bodies hold nothing else."""
    if inspect.isclass(answer):
        own = [m for n, m in vars(answer).items() if inspect.isfunction(m) and n != "__init__"]
        return bool(own) and all(map(is_stub, own))
    if not inspect.isfunction(answer):
        return answer is Ellipsis
    steps = [i for i in dis.get_instructions(answer) if i.opname not in ("RESUME", "NOP", "CACHE")]
    return all(i.opname in ("LOAD_CONST", "RETURN_VALUE", "RETURN_CONST") and i.argval is None for i in steps)


def progress_file() -> Path:
    """Return where progress is kept: `$COURSE_HOME`, or a folder of the learner's own."""
    return Path(os.environ.get("COURSE_HOME") or Path.home() / ".deep-learning-course") / "progress.json"


def load_progress() -> dict[str, dict]:
    """Return {exercise id: {"status", "attempts", "hints"}}; a damaged file is set aside, with a message."""
    path = progress_file()
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(found, dict) or not all(isinstance(entry, dict) for entry in found.values()):
            raise ValueError("not a table of exercises")
        return found
    except FileNotFoundError:
        return {}
    except ValueError:
        free = (path.with_name(f"progress.damaged-{i}.json") for i in range(1, 1000))
        aside = next(p for p in free if not p.exists())
        path.rename(aside)
        print(f"The progress file could not be read. It is kept as {aside.name}; a new one begins.")
        return {}


def progress_table() -> str:
    """Return the learner's progress: a line a lesson, a box an exercise, and a total."""
    from course_utils import exercises

    done, lines, total, solved = load_progress(), [], 0, 0
    for module in sorted(m.name for m in pkgutil.iter_modules(exercises.__path__)):
        lesson = importlib.import_module(f"course_utils.exercises.{module}").lesson
        ids = [exercise.id for exercise in lesson.exercises.values()]
        right = sum(done.get(key, {}).get("status") == "correct" for key in ids)
        number, topic = lesson.topic.split("_", 1)
        boxes = "■" * right + "□" * (len(ids) - right)
        lines.append(f"{number} {topic.replace('_', ' '):<24} {boxes}  {right} of {len(ids)}")
        total, solved = total + len(ids), solved + right
    return "\n".join([*lines, f"Solved: {solved} of {total} exercises"])


def _record(key: str, status: str, hints: int = 0) -> None:
    try:
        table = load_progress()
        old = table.get(key, {})
        table[key] = {
            "status": "correct" if "correct" in (status, old.get("status")) else status,
            "attempts": int(old.get("attempts", 0)) + (status != "seen"),
            "hints": int(old.get("hints", 0)) + hints,
        }
        path = progress_file()
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"progress.{os.getpid()}.tmp")
        try:
            fresh.write_text(json.dumps(table, indent=1, sort_keys=True), encoding="utf-8")
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)
    except (OSError, TypeError, ValueError) as error:
        print(f"Your progress could not be written ({error.__class__.__name__}); the check itself is not affected.")


def _show(kind: str, message: str, link: str = "") -> None:
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if shell is None:
        print(message)
        return
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(message, quote=False))
    if link:
        text += f' <a href="{link}">Open it</a>.'
    style = f"border-left:4px solid {COLOURS[kind]};padding:.4em .8em;margin:.3em 0"
    from IPython.display import publish_display_data

    publish_display_data({"text/plain": message, "text/html": f'<div role="status" style="{style}">{text}</div>'})


def _stop(thread: threading.Thread) -> bool:
    for _ in range(20):  # one exception may be swallowed by a bare `except` inside the loop
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(SystemExit))
        thread.join(0.05)
        if not thread.is_alive():
            return True
    return False


def _unchanged(before: Any, after: Any) -> bool:
    if isinstance(before, np.ndarray):
        return before.shape == after.shape and np.array_equal(before, after, equal_nan=before.dtype.kind in "fc")
    if isinstance(before, (list, tuple)):
        return len(before) == len(after) and all(map(_unchanged, before, after))
    if isinstance(before, dict):
        return before.keys() == after.keys() and all(_unchanged(before[k], after[k]) for k in before)
    return bool(before.equals(after)) if type(before).__name__ in ("DataFrame", "Series") else True


def _describe_call(function: Callable, args: tuple, kwargs: dict) -> str:
    def describe(value: Any) -> str:
        shape = getattr(value, "shape", None)
        if shape is not None and shape != ():
            return f"of shape {tuple(shape)}"
        return f"= {value!r}" if isinstance(value, (int, float, str)) else _article(value)

    try:
        bound = inspect.signature(function).bind(*args, **kwargs).arguments
    except (TypeError, ValueError):
        bound = {f"argument {i}": value for i, value in enumerate([*args, *kwargs.values()], start=1)}
    return (
        f"It was called with {', '.join(f'{name} {describe(value)}' for name, value in bound.items())}. "
        if bound
        else ""
    )


def _line_of(error: BaseException, function: Callable) -> str:
    code, trace, line = getattr(function, "__code__", None), error.__traceback__, 0
    while trace is not None:
        if trace.tb_frame.f_code is code:
            line = trace.tb_lineno - code.co_firstlineno + 1
        trace = trace.tb_next
    return f" (line {line} of the function)" if line else ""


def _article(value: Any) -> str:
    if value is None:
        return "None"
    kind = type(value).__name__
    return f"{'an' if kind[:1].lower() in 'aeiou' or kind == 'ndarray' else 'a'} {kind}"

"""The exercise engine: an exercise, its checker, and the learner's function as the checker sees it.

One time limit holds for a whole check, and nothing that an answer does gets out of it: `sandbox` sees to that. What is
asked, and which misconceptions are known, stands in `course_utils.exercises`; worked answers are notebooks.
"""

from __future__ import annotations

import copy
import dis
import functools
import inspect
import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from course_utils.checking import progress, sandbox
from course_utils.checking.conversions import describe, settle
from course_utils.checking.display import show
from course_utils.checking.verdict import NotYet, Verdict, article

SECONDS = 20.0
_COURSE = str(Path(__file__).resolve().parents[1])


class Attempt:
    """A learner's function, called with copies of its arguments.

    Calling it returns what the learner's function returns, settled: no generator, nothing that only acts like an array.
    It raises `NotYet` where that function raises, returns nothing, or changes an argument in place.
    """

    def __init__(self, function: Callable, name: str) -> None:
        self.function, self.name = function, name
        self.calls, self.called_with, self.ended = 0, "", threading.Event()
        self.returned: Any = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return what the learner's function returns for copies of the arguments."""
        mine = copy.deepcopy((args, kwargs))
        value = self.run(lambda: settle(self.function(*mine[0], **mine[1])), self.describe_call(args, kwargs))
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
        self.calls, self.called_with = self.calls + 1, called_with
        try:
            value = thunk()
        except (NotYet, sandbox.Stopped):
            raise
        except BaseException as error:
            self._refuse_late_work()
            said = _said(error)
            text = f"`{self.name}` stopped with {type(error).__name__}{': ' if said else ''}{said}{_line_of(error, self.function)}. {called_with}"
            raise NotYet(text.strip(), "raises") from None
        self._refuse_late_work()
        return value

    def error(self, *args: Any) -> Exception | None:
        """Return the exception that the learner's function raises for copies of these arguments, or None."""
        mine, self.returned = copy.deepcopy(args), None

        def thunk() -> Exception | None:
            try:
                self.returned = self.function(*mine)
                if inspect.isgenerator(self.returned):
                    next(self.returned, None)  # a generator raises once it is asked
            except Exception as error:
                return error
            return None

        return self.run(thunk, self.describe_call(args, {}))

    def must_refuse(self, arguments: tuple, what: str, name: str) -> None:
        """Raise `NotYet` under `name` unless the learner's function answers `arguments`, called `what`, with ValueError."""
        error = self.error(*arguments)
        if isinstance(error, ValueError):
            return
        if error is None:
            how = "accepted without a word"
            if isinstance(self.returned, (str, BaseException)):
                how = f"the complaint comes back as {article(self.returned)}, and a caller takes it for a result"
            text = f"{what}: {how}. {self.called_with}Raise a ValueError that says what was received."
            raise NotYet(text, name)
        said = _said(error)
        text = f"{what} ends in {type(error).__name__}{': ' if said else ''}{said}{_line_of(error, self.function)}. {self.called_with}"
        raise NotYet(f"{text}A ValueError is asked for: callers catch errors by their kind.", "wrong kind of error")

    def _refuse_late_work(self) -> None:
        if self.ended.is_set():  # it has swallowed what should have stopped it
            raise sandbox.Stopped

    def describe_call(self, args: tuple, kwargs: dict) -> str:
        """Return "It was called with ..." with each argument under its name."""
        try:
            bound = inspect.signature(self.function).bind(*args, **kwargs).arguments
        except (TypeError, ValueError):
            bound = {f"argument {i}": value for i, value in enumerate([*args, *kwargs.values()], start=1)}
        named: dict[str, Any] = {}
        for name, value in bound.items():  # a decorated function may only know *args and **kwargs
            if name in ("args", "kwargs") and isinstance(value, (tuple, dict)):
                many = value.items() if isinstance(value, dict) else enumerate(value, start=1)
                named |= {f"argument {key}" if isinstance(key, int) else key: part for key, part in many}
            else:
                named[name] = value
        parts = ", ".join(f"{name} {describe(value)}" for name, value in named.items())
        return f"It was called with {parts}. " if parts else ""


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
        attempt = Attempt(answer, self.name)
        ending = sandbox.run(lambda: self._judge(answer, attempt), self.seconds, attempt.ended)
        if ending.reason == "returned":
            return ending.value
        if ending.reason == "raised":
            if isinstance(ending.error, NotYet):
                return Verdict("not yet", f"Not yet. {ending.error}", ending.error.name)
            kind = type(ending.error).__name__
            text = f"Not yet. The result could not be compared: {kind}. Return plain numbers or arrays."
            return Verdict("not yet", text, "cannot be compared")
        return self._unfinished(ending, attempt)

    def check(self, answer: Any) -> None:
        """Show at once whether `answer` is right, and remember it in the progress file."""
        verdict = self.grade(answer)
        show(verdict.status, verdict.message)
        if verdict.status != "not attempted":
            progress.record(self.id, verdict.status)

    def hint(self) -> None:
        """Show the next hint; each call gives more."""
        self._hints_given += 1
        if self._hints_given <= len(self.hints):
            show("hint", f"Hint {self._hints_given} of {len(self.hints)}. {self.hints[self._hints_given - 1]}")
            progress.record(self.id, "seen", hints=1)
        else:
            show("hint", f"That was the last hint. `exercises.{self.name}.solution()` says where it is worked out.")

    def solution(self) -> None:
        """Show the worked answer, folded, and where it stands."""
        name = f"solutions/{self.lesson}_solutions.ipynb"
        link = name if Path.cwd().name == "notebooks" else f"../notebooks/{name}"
        show("hint", f"Worked out in notebooks/{name}, under `{self.name}`.", link, worked_answer(self))

    def _judge(self, answer: Any, attempt: Attempt) -> Verdict:
        if is_stub(answer):
            text = f"Not attempted yet. Replace the `...` of `{self.name}` and run the cell again."
            return Verdict("not attempted", text)
        if not self.value and not callable(answer):
            text = f"A function is asked for; this is {article(answer)}. Pass `{self.name}` itself, without calling it."
            raise NotYet(text, "not a function")
        return Verdict("correct", f"Correct. {self._checker(settle(answer) if self.value else attempt)}")

    def _unfinished(self, ending: sandbox.Ending, attempt: Attempt) -> Verdict:
        if ending.reason == "interrupted":
            text, name = f"The check of `{self.name}` was interrupted and is not done.", "interrupted"
        elif attempt.calls > 3:
            text = f"`{self.name}` was called {attempt.calls} times in {self.seconds:g} seconds, and the check was not done. {attempt.called_with}Is it slow, or does one of these calls never end?"
            name = "never returns"
        else:
            text = f"`{self.name}` had not finished after {self.seconds:g} seconds and was stopped. {attempt.called_with}Is there a loop whose condition never turns false?"
            name = "never returns"
        more = " It is still running: choose Kernel > Restart." if ending.still_running else ""
        return Verdict("not yet", f"Not yet. {text}{more}", name)


class Lesson:
    """The exercises of one lesson, by name; `exercise` is the decorator that adds one."""

    def __init__(self, topic: str) -> None:
        self.topic, self.exercises = topic, {}

    def exercise(self, *hints: str, value: bool = False, seconds: float = SECONDS) -> Callable[[Callable], Exercise]:
        """Turn a checker into an `Exercise`.

        Parameters
        ----------
        hints : str
            From a nudge to nearly the whole idea.
        value : bool
            True where the answer is a value; the checker then receives it, else an `Attempt`.
        seconds : float
            How long one check may take, whatever it calls.
        """

        def add(checker: Callable) -> Exercise:
            self.exercises[checker.__name__] = Exercise(self.topic, checker, list(hints), value, seconds)
            return self.exercises[checker.__name__]

        return add

    def when_right(
        self,
        answer: Callable,
        own: Mapping[str, tuple[Callable, Callable]],
        proofs: Mapping[str, tuple[tuple, float]] | None = None,
        paces: Mapping[str, tuple[tuple, float]] | None = None,
    ) -> Callable:
        """Return the learner's function where its check finds it right, else the course's own, for the lesson to go on with.

        Parameters
        ----------
        answer : callable
            The learner's function, under the name of its exercise.
        own : mapping
            Name to (the course's function, what turns a result of any kind into the lesson's).
        proofs : mapping, optional
            Name to (arguments, tolerance), for functions whose digits a proof of the lesson needs: a right answer that
            differs there by more, as one in float32 does, is not handed on, and a sentence says so.
        paces : mapping, optional
            Name to (arguments, seconds of the processor), for functions that the lesson calls many times: a right answer
            that takes longer there, three times in a row, is not handed on, and a sentence says so.

        Raises
        ------
        ValueError
            If the lesson goes on with no function of that name.
        """
        name = getattr(answer, "__name__", repr(answer))
        if name not in own:
            raise ValueError(f"when_right takes {', '.join(own)}; received {name}")
        ours, kind = own[name]
        chosen = answer if self.exercises[name].grade(answer).status == "correct" else ours

        if proofs and name in proofs:
            arguments, tolerance = proofs[name]
            if not np.allclose(kind(chosen(*arguments)), kind(ours(*arguments)), rtol=0, atol=tolerance):
                print(f"Your {name} is right, in float32 or to seven digits or so. The proofs need float64: the page goes on with its own.")  # fmt: skip
                chosen = ours

        if paces and name in paces and chosen is answer:
            arguments, most = paces[name]
            if all(_seconds(answer, arguments) > most for _ in range(3)):
                print(f"Your {name} is right, and slow: with it this page would take many minutes. It goes on with its own.")  # fmt: skip
                chosen = ours

        def function(*arguments: Any) -> Any:
            return kind(chosen(*arguments))

        return function


def _seconds(function: Callable, arguments: tuple) -> float:
    """Return how long the processor works at one call: other programs that run beside it do not count."""
    start = time.process_time()
    function(*copy.deepcopy(arguments))
    return time.process_time() - start


def worked_answer(exercise: Exercise) -> str:
    """Return the code of the worked answer, from the page of solutions; empty where that is not at hand."""
    path = Path(_COURSE).parent / "notebooks" / "solutions" / f"{exercise.lesson}_solutions.ipynb"
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError):
        return ""
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    call = f"exercises.{exercise.name}.check("
    found = [source for source in sources if call in source]
    return "\n".join(line for line in "".join(found[:1]).split("\n") if call not in line).strip()


def is_stub(answer: Any) -> bool:
    """Return whether `answer` is still `...`, or a function or class whose bodies hold nothing else."""
    if inspect.isclass(answer):
        own = [m for n, m in vars(answer).items() if inspect.isfunction(m) and n != "__init__"]
        return bool(own) and all(map(is_stub, own))
    if not inspect.isfunction(answer):
        return answer is Ellipsis
    steps = [i for i in dis.get_instructions(answer) if i.opname not in ("RESUME", "NOP", "CACHE")]
    return all(i.opname in ("LOAD_CONST", "RETURN_VALUE", "RETURN_CONST") and i.argval is None for i in steps)


def _unchanged(before: Any, after: Any) -> bool:
    if isinstance(before, np.ndarray):
        return before.shape == after.shape and np.array_equal(before, after, equal_nan=before.dtype.kind in "fc")
    if isinstance(before, (list, tuple)):
        return len(before) == len(after) and all(map(_unchanged, before, after))
    if isinstance(before, dict):
        return before.keys() == after.keys() and all(_unchanged(before[k], after[k]) for k in before)
    if type(before).__name__ in ("DataFrame", "Series"):
        return bool(before.equals(after))
    if isinstance(before, (bool, int, float, str, bytes)):
        return type(before) is type(after) and (before == after or before != before)  # NaN is not equal to itself
    return True


def _said(error: BaseException) -> str:
    """Return the first line of what `error` says, without what TensorFlow adds about itself."""
    try:
        text = str(error)
    except sandbox.Stopped:
        raise
    except BaseException:
        return ""
    return re.sub(r"\{\{function_node .*?\}\} ?|\s*\[Op:[^\]]*\]( name:.*)?", "", text).split("\n")[0][:200]


def _line_of(error: BaseException, function: Any) -> str:
    """Return where in the learner's own code `error` came from: the innermost line of it, counted within its function."""
    own, found = _files_of(function), None
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename in own or "ipykernel" in Path(code.co_filename).parent.name:
            found = (trace.tb_lineno - code.co_firstlineno + 1, code.co_name)
        trace = trace.tb_next
    if found is None:
        return ""
    inner = found[1] not in (getattr(function, "__name__", ""), "<lambda>")
    return f" (line {found[0]} of {f'`{found[1]}`' if inner else 'the function'})"


def _files_of(function: Any) -> set[str]:
    """Return the files that hold code of `function`: its own, what it wraps, and the methods of its class."""
    found, waiting, seen = set(), [function], set()
    while waiting:
        item = waiting.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        if inspect.isclass(item):
            waiting += [m for m in vars(item).values() if inspect.isfunction(m)]
        elif isinstance(item, functools.partial):
            waiting.append(item.func)
        elif inspect.ismethod(item):
            waiting.append(item.__func__)
        elif inspect.isfunction(item):
            found.add(item.__code__.co_filename)
            waiting.append(getattr(item, "__wrapped__", None))
            waiting += [cell.cell_contents for cell in item.__closure__ or () if inspect.isfunction(_content(cell))]
        elif callable(item) and not inspect.isbuiltin(item):
            waiting.append(type(item).__call__)
    return {name for name in found if not name.startswith(_COURSE)}


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return None

"""What every exercise is tested with: the shape of a case, the worked answers, and hostile answers of all kinds."""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from course_utils import exercises
from course_utils.checking import Exercise

SOLUTIONS = Path(__file__).resolve().parents[2] / "notebooks" / "solutions"


@dataclass(frozen=True)
class Case:
    """One exercise's answers.

    Attributes
    ----------
    right : list
        Correct answers, written differently.
    wrong : dict
        Misconception to an answer that has it; the checker must name it so.
    others : list
        Wrong answers without a name of their own; the checker must refuse them.
    equivalent : dict
        Mutant of the worked answer that is right after all, to the reason why.
    styles : dict
        Style of a result that is rightly refused here, to the reason why.
    """

    right: list[Any]
    wrong: dict[str, Any]
    others: list[Any] = field(default_factory=list)
    equivalent: dict[str, str] = field(default_factory=dict)
    styles: dict[str, str] = field(default_factory=dict)


def lessons() -> dict[str, Any]:
    """Return every module of `course_utils.exercises` by name."""
    names = [module.name for module in pkgutil.iter_modules(exercises.__path__)]
    return {name: importlib.import_module(f"course_utils.exercises.{name}") for name in names}


def cases(name: str) -> dict[str, Case]:
    """Return the cases of one lesson from the module of its name beside this one."""
    return importlib.import_module(f"tests.exercises.{name}").CASES


def worked_cell(exercise: Exercise) -> tuple[dict[str, Any], ast.Module]:
    """Return what the solutions notebook imports, and the cell that works `exercise` out, without its bare expressions."""
    book = json.loads((SOLUTIONS / f"{exercise.lesson}_solutions.ipynb").read_text(encoding="utf-8"))
    sources = ["".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "code"]
    scope: dict[str, Any] = {}
    imports = [node for node in ast.parse(sources[0]).body if isinstance(node, (ast.Import, ast.ImportFrom))]
    exec(compile(ast.Module(imports, []), "set-up", "exec"), scope)
    for source in sources[1:]:
        tree = ast.parse(source)
        tree.body = [node for node in tree.body if not isinstance(node, ast.Expr)]
        if f"exercises.{exercise.name}.check(" in source:
            return scope, tree
    raise AssertionError(f"no worked answer for {exercise.id} in {exercise.lesson}")


def worked_answer(exercise: Exercise) -> Any:
    """Return the answer that the solutions notebook works out, built from its set-up imports and its own cell."""
    scope, tree = worked_cell(exercise)
    exec(compile(tree, exercise.name, "exec"), scope)
    return scope[exercise.name]


def stub_of(exercise: Exercise) -> Any:
    """Return the untouched answer, from the cell of the lesson itself."""
    book = json.loads((SOLUTIONS.parent / f"{exercise.lesson}.ipynb").read_text(encoding="utf-8"))
    for source in ("".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "code"):
        if f"exercises.{exercise.name}.check(" in source:
            tree = ast.parse(source)
            tree.body = [node for node in tree.body if not isinstance(node, ast.Expr)]
            scope: dict[str, Any] = {"np": np}
            exec(compile(tree, exercise.name, "exec"), scope)
            return scope[exercise.name]
    raise AssertionError(f"{exercise.id} is not asked in its lesson")


def answers_of(exercise: Exercise) -> dict[str, Callable]:
    """Return three answers under the exercise's name: the untouched one, a wrong one that always says 0, the worked one."""
    answers = {"missing": stub_of(exercise), "wrong": lambda *_: 0, "right": worked_answer(exercise)}
    answers["wrong"].__name__ = exercise.name
    return answers


def lesson_functions(notebook: str, *names: str, **given: Any) -> SimpleNamespace:
    """Return a stored lesson's imports, functions, classes and the `names` it assigns; `given` stand before all of them."""
    cells = json.loads((SOLUTIONS.parent / f"{notebook}.ipynb").read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    kept = [
        node
        for source in sources
        for node in ast.parse(source).body
        if isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef))
        or (isinstance(node, ast.Assign) and ast.unparse(node.targets) in names)
    ]
    scope: dict[str, Any] = {"__name__": notebook, **given}
    exec(compile(ast.Module(kept, []), notebook, "exec"), scope)
    return SimpleNamespace(**{name: value for name, value in scope.items() if not name.startswith("__")})


class Explosive:
    """An object that raises whenever anything is asked of it."""

    def __array__(self, *args: Any, **kwargs: Any) -> np.ndarray:
        raise RuntimeError("no")

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("no")

    def __len__(self) -> int:
        raise RuntimeError("no")

    __hash__ = None


def _forever(*args: Any, **kwargs: Any) -> None:
    while True:
        pass


def _stubborn(*args: Any, **kwargs: Any) -> None:
    for _ in range(3):
        try:
            while True:
                pass
        except BaseException:
            pass


def _deep(*args: Any, **kwargs: Any) -> Any:
    return _deep(*args, **kwargs)


def _raiser(error: BaseException) -> Callable:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise error

    return fail


def _returner(value: Any) -> Callable:
    return lambda *args, **kwargs: value


VALUES = {
    "text": "a lot",
    "nothing": None,
    "an empty list": [],
    "a table": {"a": 1},
    "NaN": float("nan"),
    "an odd shape": np.full((2, 7), np.nan),
    "a ragged list": [[1.0], [2.0, 3.0]],
    "an explosive object": Explosive(),
    "a complex number": 1j,
}
FUNCTIONS = {
    **{f"returns {name}": _returner(value) for name, value in VALUES.items()},
    "is a number": 3,
    "is text": "def f(): ...",
    "takes nothing": lambda: 1.0,
    "raises": _raiser(ValueError("wrong\nsecond line")),
    "exits": _raiser(SystemExit(3)),
    "interrupts": _raiser(KeyboardInterrupt()),
    "never returns": _forever,
    "never returns and swallows": _stubborn,
    "recurses for ever": _deep,
}


def mutating(function: Callable) -> Callable:
    """Return `function`, made to overwrite every array that it is given after computing its result."""

    def spoil(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        for argument in (*args, *kwargs.values()):
            if isinstance(argument, np.ndarray) and argument.size:
                argument[...] = 77
        return result

    return spoil

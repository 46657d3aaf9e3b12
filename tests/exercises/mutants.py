"""Wrong and right answers that nobody wrote: mutants of the worked answer, and the worked answer in other styles.

`python -m tests.exercises.mutants lesson_03 [exercise]` prints the mutants that a checker accepts, and the styles it refuses.
"""

from __future__ import annotations

import ast
import copy
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from course_utils.checking import Exercise
from tests.exercises import harness

OPERATORS = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult, ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.And: ast.Or, ast.Or: ast.And, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
NAMES = {"mean": "sum", "sum": "mean", "max": "min", "min": "max", "argmax": "argmin", "maximum": "minimum",
         "exp": "log", "log": "exp", "sin": "cos", "cos": "sin", "argsort": "sort", "cumsum": "sum", "any": "all", "all": "any"}  # fmt: skip


def source_mutants(exercise: Exercise) -> Iterator[tuple[str, Any]]:
    """Yield (what was changed, the answer) for every single change of the worked answer's own cell."""
    setup, tree = harness.worked_cell(exercise)
    seen = set()
    words = {
        id(part) for node in ast.walk(tree) if isinstance(node, (ast.Raise, ast.JoinedStr)) for part in ast.walk(node)
    }
    for place, node in enumerate(ast.walk(tree)):
        if id(node) in words:  # what a refusal says is nobody's arithmetic
            continue
        for what, change in _changes(node):
            mutant = copy.deepcopy(tree)
            twin = next(item for at, item in enumerate(ast.walk(mutant)) if at == place)
            change(twin)
            text = ast.unparse(ast.fix_missing_locations(mutant))
            if text in seen or text == ast.unparse(tree):
                continue
            seen.add(text)
            scope = dict(setup) | {"once__": _once()}
            try:
                exec(compile(mutant, exercise.name, "exec"), scope)
            except Exception:
                continue
            yield f"{what}: {_excerpt(node)}", scope[exercise.name]


def _excerpt(node: ast.AST) -> str:
    try:
        return ast.unparse(node).split("\n")[0][:60]
    except Exception:
        return type(node).__name__


def _changes(node: ast.AST) -> Iterator[tuple[str, Callable]]:
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        new = OPERATORS[type(node.op)]
        yield f"{type(node.op).__name__} to {new.__name__}", lambda n: setattr(n, "op", new())
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in OPERATORS:
        other = OPERATORS[type(node.ops[0])]
        yield f"{type(node.ops[0]).__name__} to {other.__name__}", lambda n: setattr(n, "ops", [other()])
    if isinstance(node, ast.BoolOp):
        yield "and for or", lambda n: setattr(n, "op", OPERATORS[type(n.op)]())
        for k in range(len(node.values)):
            yield f"condition {k} dropped", lambda n, k=k: n.values.pop(k)
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield "True for False", lambda n: setattr(n, "value", not n.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        for step in (1, -1):
            yield f"constant {step:+d}", lambda n, step=step: setattr(n, "value", n.value + step)
    elif isinstance(node, ast.Constant) and isinstance(node.value, float):
        yield "constant doubled", lambda n: setattr(n, "value", 2 * n.value)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.Not)):
        yield "sign dropped", lambda n: setattr(n, "op", ast.UAdd() if isinstance(n.op, ast.USub) else ast.Not())
    if isinstance(node, ast.Call):
        for k, keyword in enumerate(node.keywords):
            yield f"without {keyword.arg}", lambda n, k=k: n.keywords.pop(k)
    if (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "len") or (
        isinstance(node, ast.Attribute) and node.attr in ("shape", "size")
    ):
        yield "remembers the first", _remember
    if isinstance(node, ast.Attribute) and node.attr in NAMES:
        yield f"{node.attr} to {NAMES[node.attr]}", lambda n: setattr(n, "attr", NAMES[n.attr])
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in ("max", "min", "any", "all"):
        yield f"{node.id} to {NAMES[node.id]}", lambda n: setattr(n, "id", NAMES[n.id])
    if isinstance(node, ast.If):
        yield "branch never taken", lambda n: setattr(n, "test", ast.Constant(False))
        if not isinstance(node.body[0], ast.Raise):
            yield "branch always taken", lambda n: setattr(n, "test", ast.Constant(True))
    if isinstance(node, ast.Slice):
        if node.lower is not None:
            yield "slice from the start", lambda n: setattr(n, "lower", None)
        if node.upper is not None:
            yield "slice to the end", lambda n: setattr(n, "upper", None)
        if node.step is not None:
            yield "slice without its step", lambda n: setattr(n, "step", None)
    if isinstance(node, ast.AugAssign) and type(node.op) in OPERATORS:
        yield "other update", lambda n: setattr(n, "op", OPERATORS[type(n.op)]())
    if isinstance(node, (ast.FunctionDef, ast.For, ast.If, ast.While)):
        for k, line in enumerate(node.body):
            if isinstance(line, (ast.AugAssign, ast.Raise)) and len(node.body) > 1:
                yield f"line dropped: {_excerpt(line)}", lambda n, k=k: n.body.pop(k)
    if isinstance(node, ast.IfExp):
        yield "else always", lambda n: setattr(n, "test", ast.Constant(False))
        yield "else never", lambda n: setattr(n, "test", ast.Constant(True))
    if isinstance(node, ast.comprehension) and node.ifs:
        yield "no filter", lambda n: setattr(n, "ifs", [])


def _remember(node: ast.AST) -> None:
    """Turn `node` into a call that computes it once and gives the same value for ever: an answer for one size only."""
    inner = copy.copy(node)
    node.__class__, node.__dict__ = ast.Call, {}
    ast.copy_location(node, inner)
    node.func, node.args, node.keywords = ast.Name("once__", ast.Load()), [inner], []


def _once() -> Callable:
    kept: list = []

    def once(value: Any) -> Any:
        kept.append(value)
        return kept[0]

    return once


def _arrays(change: Callable) -> Callable:
    """Return `change` of an array as a change of any result: each part of a list, an array, or a number."""

    def apply(value: Any) -> Any:
        if isinstance(value, (list, tuple)) and not all(isinstance(v, (int, float, np.number)) for v in value):
            return type(value)(apply(part) for part in value)
        if isinstance(value, (str, bytes, bool, np.bool_)) or value is None:
            return value
        found = np.asarray(value)
        return value if found.dtype.kind not in "iuf" else change(found)

    return apply


def _as_text(found: np.ndarray) -> Any:
    return str(found[()]) if found.shape == () else found.astype(str).tolist()


RESULTS: dict[str, Callable] = {
    "text": _arrays(_as_text),
    "complex": _arrays(lambda a: a + 5j),
    "negated": _arrays(lambda a: -a),
    "one more": _arrays(lambda a: a + 1),
    "doubled": _arrays(lambda a: 2 * a),
    "rounded": _arrays(lambda a: np.round(a, 2)),
    "absolute": _arrays(np.abs),
    "sorted": _arrays(lambda a: np.sort(a, axis=0) if a.ndim else a),
    "sorted along the last axis": _arrays(lambda a: np.sort(a, axis=-1) if a.ndim else a),
    "reversed": _arrays(lambda a: a[::-1] if a.ndim else a),
    "never below zero": _arrays(lambda a: np.maximum(a, 0)),
    "kept in [0, 1]": _arrays(lambda a: np.clip(a, 0, 1)),
    "kept in [-10, 10]": _arrays(lambda a: np.clip(a, -10, 10)),
    "last entry lost": _arrays(lambda a: np.concatenate([a[:-1], a[-1:] * 0]) if a.ndim and len(a) else a),
    "one entry short": _arrays(lambda a: a[:-1] if a.ndim else a),
    "transposed": _arrays(lambda a: a.T),
    "floats for ints": _arrays(lambda a: a + 0.0 if a.dtype.kind in "iu" else a),
    "a half more": _arrays(lambda a: a + 0.5),
}
ARGUMENTS: dict[str, Callable] = {
    "sorted": lambda a: np.sort(a, axis=0),
    "absolute": np.abs,
    "rounded": lambda a: np.round(a, 1),
    "kept in [-10, 10]": lambda a: np.clip(a, -10, 10),
    "kept below 256": lambda a: a % 256,
    "cut to six": lambda a: a[:6],
}
STYLES: dict[str, Callable] = {
    "float32": _arrays(lambda a: a.astype(np.float32) if a.dtype.kind == "f" else a),
    "lists": _arrays(lambda a: a.tolist()),
    "arrays": _arrays(lambda a: a),
    "NumPy scalars": _arrays(lambda a: a[()]),
    "small ints": _arrays(lambda a: a.astype(np.int32) if a.dtype.kind in "iu" else a),
    "lists for tuples": lambda v: list(v) if isinstance(v, tuple) else v,
    "tuples for lists": lambda v: tuple(v) if isinstance(v, list) else v,
}


def changed(answer: Callable, change: Callable) -> Callable:
    """Return `answer` with its result changed."""
    return lambda *args, **kwargs: change(answer(*args, **kwargs))


def memorised(answer: Callable) -> Callable:
    """Return an answer that gives its first result again for ever, refusals apart."""
    first: list = []

    def repeat(*args: Any, **kwargs: Any) -> Any:
        value = answer(*args, **kwargs)
        first.append(value)
        return first[0]

    return repeat


def memorised_by_size(answer: Callable) -> Callable:
    """Return an answer that gives its first result again wherever sizes and single numbers are those of an earlier call."""
    kept: dict = {}

    def size(value: Any) -> Any:
        if isinstance(value, (list, tuple)):
            return (*map(size, value[:1]), len(value))
        if hasattr(value, "shape") and value.shape != ():
            return tuple(value.shape)
        return repr(value)

    def repeat(*args: Any, **kwargs: Any) -> Any:
        value = answer(*args, **kwargs)
        return kept.setdefault(repr(list(map(size, args))), value)

    return repeat


def with_argument(answer: Callable, change: Callable, touched: list[bool] | None = None) -> Callable:
    """Return `answer` of arguments that are changed first, wherever an argument is an array or a list of numbers.

    `touched` receives, for each argument, whether anything was changed.
    """

    def alter(value: Any) -> Any:
        new = value
        if isinstance(value, np.ndarray) and value.ndim and value.dtype.kind in "if":
            new = change(value)
        elif isinstance(value, list) and value and all(type(part) in (int, float) for part in value):
            new = change(np.array(value)).tolist()
        if touched is not None:
            touched.append(not _same(value, new))
        return value if touched is not None else new

    return lambda *args, **kwargs: answer(*map(alter, args), **kwargs)


def survivors(exercise: Exercise, seconds: float = 3.0) -> list[str]:
    """Return what was changed in each mutant that the checker accepts, and that does change the result of some call."""
    answer, found = harness.worked_answer(exercise), []
    mutants: list[tuple[str, Any]] = []
    if exercise.value:
        mutants = [(f"result {name}", change(answer)) for name, change in RESULTS.items()]
        mutants = [(name, value) for name, value in mutants if not _same(value, answer)]
    elif callable(answer) and not isinstance(answer, type):
        mutants = [("memorised", memorised(answer)), ("memorised by size", memorised_by_size(answer))]
        acted = {name: _acts(exercise, answer, change) for name, change in RESULTS.items()}
        mutants += [(f"result {name}", changed(answer, RESULTS[name])) for name, acts in acted.items() if acts]
        for name, change in ARGUMENTS.items():
            touched: list[bool] = []
            exercise.grade(with_argument(answer, change, touched))
            if any(touched):
                mutants.append((f"argument {name}", with_argument(answer, change)))
    if not exercise.value:
        mutants += list(source_mutants(exercise))
    before, exercise.seconds = exercise.seconds, seconds
    try:
        for name, mutant in mutants:
            if exercise.grade(mutant).status == "correct":
                found.append(name)
    finally:
        exercise.seconds = before
    return found


def unknown(found: list[str], known: Iterable[str]) -> list[str]:
    """Return those of `found` that `known` does not list."""
    return [name for name in found if name not in set(known)]


def refused_styles(exercise: Exercise) -> dict[str, str]:
    """Return {style: message} for the worked answer in each style that the checker does not accept."""
    answer, found = harness.worked_answer(exercise), {}
    if isinstance(answer, type):
        return found
    for name, style in STYLES.items():
        verdict = exercise.grade(style(answer) if exercise.value else changed(answer, style))
        if verdict.status != "correct":
            found[name] = verdict.message
    return found


def _acts(exercise: Exercise, answer: Callable, change: Callable) -> bool:
    """Return whether `change` changes any result that the checker asks for."""
    differs = []

    def watch(*args: Any, **kwargs: Any) -> Any:
        value = answer(*args, **kwargs)
        try:
            differs.append(not _same(value, change(value)))
        except Exception:
            differs.append(True)
        return value

    exercise.grade(watch)
    return any(differs)


def _same(a: Any, b: Any) -> bool:
    if a is b:
        return True
    if isinstance(a, (list, tuple)) and isinstance(b, np.ndarray) and all(isinstance(v, (int, float)) for v in a):
        a = np.array(a)
    if isinstance(a, (list, tuple)):
        return isinstance(b, (list, tuple)) and len(a) == len(b) and all(map(_same, a, b))
    try:
        a, b = np.asarray(a), np.asarray(b)
        return a.dtype.kind == b.dtype.kind and a.shape == b.shape and bool(np.all((a == b) | ((a != a) & (b != b))))
    except Exception:
        return a is b


def main(arguments: list[str]) -> None:
    """Print what survives and which styles are refused, an exercise a line."""
    module = harness.lessons()[arguments[0]]
    for name, exercise in module.EXERCISES.items():
        if arguments[1:] and name not in arguments[1:]:
            continue
        known = harness.cases(arguments[0])[name].equivalent
        print(f"{name}: ", end="", flush=True)
        left = unknown(survivors(exercise), known)
        print(f"{len(left)} mutants accepted")
        for mutant in left:
            print("    accepted:", mutant)
        for style, message in refused_styles(exercise).items():
            print("    refused style:", style, "-", message[:150])


if __name__ == "__main__":
    main(sys.argv[1:])

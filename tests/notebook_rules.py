"""What every notebook of the course keeps: one small function a rule, from a notebook to the list of what breaks it.

`RULES` hold for all notebooks, `LESSON_RULES` for lessons alone, `SOLUTION_RULES` for solutions alone.
"""

from __future__ import annotations

import ast
import base64
import copy
import json
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HIDDEN_PATHS = re.compile(r"(?<![\w.:/])/(?:home|Users|root|tmp|var|work|opt|mnt)/\w|\b[A-Z]:\\\\?\w|~/\w")
NETWORK = re.compile(r"urlretrieve|urlopen|requests\.|wget|curl |read_csv\(\s*[\"']http|get_file\(|load_data\(")


@dataclass(frozen=True)
class Book:
    """A notebook with its path; `cells` as the file has them."""

    path: Path
    cells: list[dict]
    metadata: dict

    @classmethod
    def read(cls, path: Path) -> Book:
        """Read the file; raises ValueError where it is no notebook."""
        raw = json.loads(path.read_text(encoding="utf-8"))
        return cls(path, raw["cells"], raw["metadata"])

    def code(self) -> list[dict]:
        """Return the code cells."""
        return [cell for cell in self.cells if cell["cell_type"] == "code"]

    def prose(self) -> str:
        """Return all markdown."""
        return "\n\n".join(source(cell) for cell in self.cells if cell["cell_type"] == "markdown")

    def outputs(self) -> Iterator[tuple[dict, dict]]:
        """Yield each code cell with each of its outputs."""
        return ((cell, output) for cell in self.code() for output in cell["outputs"])

    def lesson(self) -> str:
        """Return the lesson's number, "01"."""
        return self.path.name.split("_")[0]


def source(cell: dict) -> str:
    """Return the text of a cell."""
    return "".join(cell["source"])


def text_of(output: dict) -> str:
    """Return what an output says in words."""
    data = output.get("data", {})
    return "".join(output.get("text", "")) + "".join("".join(data.get(k, "")) for k in ("text/plain", "text/html"))


def visible_code(cell: dict) -> list[str]:
    """Return the lines of a code cell that are not blank."""
    return [line for line in source(cell).splitlines() if line.strip()]


def name_of(cell: dict) -> str:
    """Return what to call a cell in a message."""
    return f"cell {cell.get('id', '?')}"


def run_in_order(book: Book) -> list[str]:
    """Cells were run once, from top to bottom, in a fresh kernel."""
    counts = [cell["execution_count"] for cell in book.code() if source(cell).strip()]
    return [] if counts == list(range(1, len(counts) + 1)) else [f"run order is {counts}"]


def no_errors(book: Book) -> list[str]:
    """No stored output is an error or comes from the error stream."""
    bad = [c for c, o in book.outputs() if o["output_type"] == "error" or o.get("name") == "stderr"]
    return [f"{name_of(cell)} stores an error or a warning" for cell in bad]


def no_traces_of_a_machine(book: Book) -> list[str]:
    """No path, memory address or widget of the machine that ran it."""
    found = []
    for cell in book.cells:
        texts = [source(cell), *(text_of(o) for o in cell.get("outputs", []))]
        found += [f"{name_of(cell)} holds a path: {m[0]}" for t in texts if (m := HIDDEN_PATHS.search(t))]
        found += [f"{name_of(cell)} holds a memory address" for t in texts[1:] if re.search(r"0x[0-9a-f]{6,}", t)]
        kinds = {kind for o in cell.get("outputs", []) for kind in o.get("data", {})}
        found += [f"{name_of(cell)} stores a widget" for kind in kinds if "widget" in kind]
    return found + (["metadata holds widget state"] if "widgets" in book.metadata else [])


def no_network_no_shell(book: Book) -> list[str]:
    """Nothing is fetched, and no line is handed to a shell."""
    found = []
    for cell in book.code():
        if NETWORK.search(source(cell)):
            found.append(f"{name_of(cell)} fetches something")
        if re.search(r"^\s*(!|%%(bash|sh|cmd|script)|%(pip|conda|sx|system))", source(cell), flags=re.MULTILINE):
            found.append(f"{name_of(cell)} hands a line to a shell")
    return found


def metadata_is_normal(book: Book) -> list[str]:
    """The notebook's own metadata says nothing that varies from machine to machine; cell ids are unique."""
    found = [f"metadata has {key}" for key in book.metadata if key not in ("kernelspec", "course")]
    if book.metadata.get("kernelspec", {}).get("name") != "python3":
        found.append("the kernel is not called python3")
    ids = [cell.get("id") for cell in book.cells]
    found += [f"cell id {i!r} is missing or used twice" for i in set(ids) if i is None or ids.count(i) > 1]
    keys = {key for cell in book.cells for key in cell["metadata"]} - {"tags", "alt"}
    return found + [f"cell metadata has {key}" for key in keys]


def approximate_numbers_are_bounded(book: Book) -> list[str]:
    """A cell that prints a number behind the sign for "about" asserts its claim."""
    cells = {name_of(c): c for c, o in book.outputs() if "≈" in text_of(o)}
    return [
        f"{name} prints ≈ and asserts nothing"
        for name, c in cells.items()
        if not re.search(r"^\s*assert\b", source(c), re.M)
    ]


def approximate_numbers_are_masked(book: Book) -> list[str]:
    """The sign for "about" stands before each number that it covers, and before both ends of a range: else it is compared."""
    bare = re.compile(r"≈(?! *[-+]?\d| «).{0,12}|≈ *[-+]?\d[\d.,e+-]* ?(?:to|±|and) ?[-+]?\d+")
    return [
        f"{name_of(cell)} prints a number that ≈ does not cover: {found[0]!r}"
        for cell, output in book.outputs()
        if (found := bare.search(text_of(output)))
    ]


def figures_have_alt_text(book: Book) -> list[str]:
    """Each picture has a sentence for who cannot see it, where nbconvert finds it and beside the picture."""
    found = []
    for cell, output in book.outputs():
        for kind in ("image/png", "image/jpeg"):
            if kind not in output.get("data", {}):
                continue
            alt = output.get("metadata", {}).get(kind, {}).get("alt", "")
            if not 40 <= len(alt) <= 400:
                found.append(
                    f"{name_of(cell)} has a picture with an alt text of {len(alt)} characters; 40 to 400 are asked for"
                )
            elif "".join(output["data"].get("text/plain", "")) != alt:
                found.append(f"{name_of(cell)} says something else in place of its picture than the alt text")
            picture = base64.b64decode("".join(output["data"][kind]))
            most = 600_000 if b"acTL" in picture[:200] else 250_000
            if len(picture) > most:
                found.append(f"{name_of(cell)} has a picture of {len(picture) // 1000} KB, more than {most // 1000}")
    return found


def is_small(book: Book) -> list[str]:
    """A notebook stays under 2.5 MB."""
    size = book.path.stat().st_size
    return [f"the file has {size // 1000} KB"] if size > 2_500_000 else []


def links_lead_somewhere(book: Book) -> list[str]:
    """Every relative link names a file that is there."""
    targets = re.findall(r"\]\(([^)\s]+)\)", book.prose()) + re.findall(r'href="([^"]+)"', book.prose())
    local = [t.split("#")[0] for t in targets if not re.match(r"[a-z]+:|#", t)]
    return [f"link to {t} leads nowhere" for t in local if t and not (book.path.parent / t).exists()]


def prose_before_code(book: Book) -> list[str]:
    """Never more than two code cells follow one another without a word between them."""
    found, row = [], 0
    for cell in book.cells:
        row = row + 1 if cell["cell_type"] == "code" else 0
        if row == 3:
            found.append(f"{name_of(cell)} is the third code cell in a row")
    return found


def data_has_a_card(book: Book) -> list[str]:
    """Each data set that is loaded has its card in data/."""
    called = [n for c in book.code() for n in re.findall(r"\bdata\.([a-z_]+)\(", source(c))]
    used = {n.removesuffix("_folder").removesuffix("_plays") for n in called}
    return [f"data.{name} has no card data/{name}.md" for name in used if not (ROOT / "data" / f"{name}.md").exists()]


def opens_as_a_lesson(book: Book) -> list[str]:
    """Title and box, then the set-up cell."""
    top = "\n".join(source(cell) for cell in book.cells[:2] if cell["cell_type"] == "markdown").lower()
    found = [] if re.match(r"# \d\d|# a\d", top) else ["no title with the lesson's number"]
    asked = ("able to", "minutes", "to run", "know before", "next:", f"solutions/{book.path.stem}_solutions.ipynb")
    found += [f"the box lacks {what!r}" for what in asked if what not in top]
    first = source(book.code()[0]) if book.code() else ""
    return found + ([] if re.search(r"^setup\(seed=\d+\)", first, re.M) else ["the first code cell is not the set-up"])


def says_what_it_needs(book: Book) -> list[str]:
    """The first code cell says, beside the import that fails without it, how to get the course."""
    first = source(book.code()[0]) if book.code() else ""
    near = re.search(r"^# No module named course_utils\?.*\n(?:#.*\n)*from course_utils", first, flags=re.MULTILINE)
    return [] if near else ["the first code cell does not say how to get the course"]


def has_the_parts(book: Book) -> list[str]:
    """Predictions, what to remember, further reading with a reason each."""
    prose, first = book.prose(), book.lesson() == "00"
    found = [f"no section {part!r}" for part in ("## What to remember", "## Further reading") if part not in prose]
    folded = prose.count("<details>")
    if folded < (1 if first else 3):
        found.append(f"{folded} folded answers to predictions")
    return found


MINUTES = {"words": 1 / 130, "lines": 8 / 60, "figures": 1, "predictions": 2, "exercises": 8, "warm-up": -4}


def minutes(book: Book, extra: bool = False) -> int:
    """Return how many minutes a beginner needs for a lesson, exercises included, rounded up to the next five.

    Words of prose at 130 a minute, 8 seconds a line of code shown, a minute a figure, 2 a prediction, 8 an exercise and 4 the
    first one, the warm-up. Sections marked "If you have time" count only with `extra`, and then alone.
    """
    counts, inside = dict.fromkeys(MINUTES, 0), False
    for cell in book.cells:
        text = source(cell)
        if cell["cell_type"] == "markdown" and (heads := re.findall(r"^## +(.+)$", text, flags=re.MULTILINE)):
            inside = "if you have time" in heads[-1].lower()
        if inside != extra:
            continue
        if cell["cell_type"] == "markdown":
            counts["words"] += len(re.sub(r"\$[^$]*\$", "x", text).split())
            counts["predictions"] += text.count("**Predict")
        else:
            counts["lines"] += sum(bool(re.search(r"\w", line)) for line in visible_code(cell))  # not a bracket alone
            counts["exercises"] += len(re.findall(r"^exercises\.\w+\.check\(", text, flags=re.MULTILINE))
            counts["figures"] += sum(any(k.startswith("image/") for k in o.get("data", {})) for o in cell["outputs"])
    counts["warm-up"] = int(not extra and counts["exercises"] > 0)
    total = sum(MINUTES[what] * count for what, count in counts.items())
    return math.ceil(total / 5) * 5


def states_its_minutes(book: Book) -> list[str]:
    """The box says how long the lesson takes, as `minutes` counts it, and that is one sitting: two and a half hours."""
    said = re.search(r"About (\d+) minutes", source(book.cells[0]))
    found = [] if said and int(said[1]) == minutes(book) else [f"the box must say: About {minutes(book)} minutes"]
    return found + ([f"{minutes(book)} minutes are more than a sitting of 150"] if minutes(book) > 150 else [])


def code_fits_the_page(book: Book) -> list[str]:
    """No line of code is longer than 88 characters, and none is kept from the formatter."""
    lines = [(cell, line) for cell in book.code() for line in source(cell).splitlines()]
    found = [
        f"{name_of(cell)} has a line of {len(line)} characters; 88 are the most"
        for cell, line in lines
        if len(line) > 88
    ]
    return found + [f"{name_of(cell)} is kept from the formatter" for cell, line in lines if "# fmt: skip" in line]


def no_answer_above(book: Book, solution: Book) -> list[str]:
    """No exercise's worked answer, whatever its names, stands in a cell above the one that asks for it."""
    answers = {name: answer_bodies(source(cell), name) for name, cell in checks_in(solution).items()}
    found, above = [], []
    for cell in book.code():
        for name in re.findall(r"^exercises\.(\w+)\.check\(", source(cell), re.MULTILINE):
            found += [
                f"the answer to {name} stands above it"
                for body in answers.get(name, [])
                if any(map(body.issubset, above))
            ]
        above += [body for function in functions_in(source(cell)) for body in [normal_statements(function)]]
        above.append(normal_statements(ast.parse(plain(source(cell)))))
    return found


def plain(text: str) -> str:
    """Return a cell's code without magics."""
    return re.sub(r"^\s*[%!].*$", "", text, flags=re.MULTILINE)


def functions_in(text: str) -> list[ast.FunctionDef]:
    """Return every function and method that a cell defines."""
    return [node for node in ast.walk(ast.parse(plain(text))) if isinstance(node, ast.FunctionDef)]


def answer_bodies(text: str, name: str) -> list[set[str]]:
    """Return the body of the function `name`, as `normal_statements`; none where it is a value or has nothing to tell."""
    bodies = [normal_statements(f) for f in functions_in(text) if f.name == name]
    return [body for body in bodies if sum(map(len, body)) > 120]  # a line or two may well stand elsewhere


def normal_statements(node: ast.AST) -> set[str]:
    """Return the statements of `node`, of an assignment or a return its value; names are replaced, refusals left out."""
    found = set()
    for item in getattr(node, "body", []):
        if isinstance(item, ast.Expr) or (isinstance(item, ast.If) and isinstance(item.body[0], ast.Raise)):
            continue
        value = item.value if isinstance(item, (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Return)) else item
        twin, names = copy.deepcopy(value if value is not None else item), {}
        for part in ast.walk(twin):
            if isinstance(part, ast.Name):
                part.id = names.setdefault(part.id, f"v{len(names)}")
            if isinstance(part, ast.arg):
                part.arg = names.setdefault(part.arg, f"v{len(names)}")
        found.add(ast.dump(twin))
    return found


def checks_in(book: Book) -> dict[str, dict]:
    """Return {exercise: its cell} for every check in the notebook."""
    return {name: c for c in book.code() for name in re.findall(r"^exercises\.(\w+)\.check\(", source(c), re.M)}


def exercises_stand_open(book: Book, known: set[str]) -> list[str]:
    """All exercises of the lesson are asked, none is answered in the stored outputs."""
    asked = checks_in(book)
    found = [f"exercise {name} is asked but not known to the package" for name in asked.keys() - known]
    found += [f"exercise {name} is never asked" for name in known - asked.keys()]
    return found + [f"exercise {n} is not shown as open" for n, c in asked.items() if "Not attempted" not in _said(c)]


def exercises_are_solved(book: Book, known: set[str]) -> list[str]:
    """All exercises of the lesson are worked out and found correct."""
    solved = checks_in(book)
    found = [f"exercise {name} is not worked out" for name in known - solved.keys()]
    return found + [f"exercise {n} is not shown as correct" for n, c in solved.items() if "Correct." not in _said(c)]


def _said(cell: dict) -> str:
    return "".join(text_of(output) for output in cell["outputs"])


RULES: list[Callable[[Book], list[str]]] = [
    run_in_order, no_errors, no_traces_of_a_machine, no_network_no_shell, metadata_is_normal, is_small,
    approximate_numbers_are_bounded, approximate_numbers_are_masked, figures_have_alt_text, links_lead_somewhere, prose_before_code, data_has_a_card, code_fits_the_page, says_what_it_needs,
]  # fmt: skip
LESSON_RULES: list[Callable[[Book], list[str]]] = [opens_as_a_lesson, has_the_parts, states_its_minutes]

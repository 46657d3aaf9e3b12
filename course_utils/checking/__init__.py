"""The exercise engine, in five short readings.

`engine` grades an answer, `sandbox` runs it within its time and puts the world back, `conversions` reads what it returns,
`cases` compares it with a reference, `progress` and `display` remember and show the verdict.
"""

from course_utils.checking.cases import Reading, case, compare, reject_known
from course_utils.checking.conversions import array, close, number, results, whole
from course_utils.checking.engine import Attempt, Exercise, Lesson, is_stub
from course_utils.checking.progress import course_map, load_progress, progress_file, progress_table
from course_utils.checking.verdict import NotYet, Verdict

__all__ = [
    "Attempt",
    "Exercise",
    "Lesson",
    "NotYet",
    "Reading",
    "Verdict",
    "array",
    "case",
    "close",
    "compare",
    "course_map",
    "is_stub",
    "load_progress",
    "number",
    "progress_file",
    "progress_table",
    "reject_known",
    "results",
    "whole",
]

"""Every checker of the course, against right, wrong and hostile answers."""

from __future__ import annotations

import inspect
import itertools

import numpy as np
import pytest

from course_utils.checking import cases
from tests.exercises import harness, mutants

LESSONS = harness.lessons()
EXERCISES = {
    f"{name}.{key}": (name, exercise) for name, module in LESSONS.items() for key, exercise in module.EXERCISES.items()
}
EACH = pytest.mark.parametrize("where", EXERCISES)


def _case(where):
    name, exercise = EXERCISES[where]
    return exercise, harness.cases(name)[exercise.name]


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    for _, exercise in EXERCISES.values():
        monkeypatch.setattr(exercise, "seconds", min(exercise.seconds, 60.0))


@EACH
def test_the_untouched_stub_counts_as_not_attempted(where):
    _, exercise = EXERCISES[where]
    assert exercise.grade(harness.stub_of(exercise)).status == "not attempted"


@EACH
def test_the_worked_answer_is_correct_and_says_why_it_matters(where):
    _, exercise = EXERCISES[where]
    verdict = exercise.grade(harness.worked_answer(exercise))
    assert verdict.status == "correct", verdict
    assert len(verdict.message) > 40


@EACH
def test_a_right_answer_written_differently_is_correct(where):
    exercise, case = _case(where)
    assert case.right
    for answer in case.right:
        verdict = exercise.grade(answer)
        assert verdict.status == "correct", verdict


@EACH
def test_each_misconception_is_caught_by_name_with_a_message_of_its_own(where):
    exercise, case = _case(where)
    assert len(case.wrong) >= 3
    verdicts = {name: exercise.grade(answer) for name, answer in case.wrong.items()}
    assert {name: verdict.name for name, verdict in verdicts.items()} == {name: name for name in case.wrong}
    assert len({verdict.message for verdict in verdicts.values()}) == len(case.wrong)


@EACH
def test_wrong_answers_without_a_name_are_refused(where):
    exercise, case = _case(where)
    for place, answer in enumerate(case.others):
        assert exercise.grade(answer).status == "not yet", place


@EACH
def test_no_mutant_of_the_worked_answer_is_accepted_but_those_known_to_be_right(where):
    exercise, case = _case(where)
    assert set(mutants.survivors(exercise)) <= set(case.equivalent)


@EACH
def test_the_worked_answer_is_correct_in_every_style(where):
    exercise, case = _case(where)
    assert set(mutants.refused_styles(exercise)) == set(case.styles)


@EACH
def test_known_wrong_values_differ_from_the_right_one_and_from_each_other(where, monkeypatch):
    exercise, _ = _case(where)
    seen = []
    monkeypatch.setattr(cases, "observers", [lambda *told: seen.append(told)])
    exercise.grade(harness.worked_answer(exercise))
    for _, right, wrong, rtol in seen:
        columns = {"right": right, **wrong}
        for one, other in itertools.combinations(columns, 2):
            pairs = zip(columns[one], columns[other], strict=True)
            assert any(cases.differ(a, b, rtol) for a, b in pairs), (one, other)


@EACH
def test_hostile_answers_get_a_sentence_and_never_a_traceback(where, monkeypatch, capfd):
    _, exercise = EXERCISES[where]
    answers = harness.VALUES if exercise.value else harness.FUNCTIONS
    for name, answer in answers.items():
        monkeypatch.setattr(exercise, "seconds", 0.3 if "never" in name else 20.0)
        verdict = exercise.grade(answer)
        assert verdict.status == ("not attempted" if answer is None and not exercise.value else "not yet"), (
            name,
            verdict,
        )
        assert 20 < len(verdict.message) < 600, (name, verdict)
        assert "Traceback" not in verdict.message
    assert capfd.readouterr().err == ""


@EACH
def test_an_answer_that_spoils_its_arguments_is_told_so(where):
    _, exercise = EXERCISES[where]
    answer = harness.worked_answer(exercise)
    if exercise.value or inspect.isclass(answer):
        pytest.skip("the answer is called with no argument that it could change")
    seen = []

    def watch(*args, **kwargs):
        seen.extend(isinstance(a, np.ndarray) and a.size > 0 for a in (*args, *kwargs.values()))
        return answer(*args, **kwargs)

    exercise.grade(watch)
    if not any(seen):
        pytest.skip("no argument is an array")
    assert exercise.grade(harness.mutating(answer)).name == "changes its argument"


@EACH
def test_hints_go_from_a_nudge_to_more_and_the_statement_gives_shapes(where):
    _, exercise = EXERCISES[where]
    assert len(exercise.hints) >= 2
    assert len(set(exercise.hints)) == len(exercise.hints)
    assert len(exercise.statement) > 30


@pytest.mark.parametrize("name", LESSONS)
def test_every_exercise_of_a_lesson_has_its_cases_and_no_case_is_orphaned(name):
    assert set(harness.cases(name)) == set(LESSONS[name].EXERCISES)

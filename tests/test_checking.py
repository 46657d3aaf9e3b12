"""The exercise engine: replies, hints, time limits, and a progress file that is never lost."""

from __future__ import annotations

import errno
import json
import pathlib

import numpy as np
import pytest

from course_utils import checking
from course_utils.checking import Attempt, Lesson, NotYet, array, close, is_stub


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def double():
    lesson = Lesson("99_topic")

    @lesson.exercise("Think of addition.", "x + x", seconds=0.3)
    def double(attempt):
        """Return twice x (n,)."""
        got = array(attempt(np.array([1.0, 2.0])), (2,))
        if close(got, [1.0, 4.0]):
            raise NotYet("That is the square. At 2 they agree, at 1 they do not.", "square")
        if not close(got, [2.0, 4.0]):
            raise NotYet("Not twice.")
        return "Doubling matters."

    return double


def test_the_three_replies_are_printed_at_once(double, capsys):
    double.check(...)
    double.check(lambda x: x**2)
    double.check(lambda x: 2 * x)
    first, second, third = capsys.readouterr().out.splitlines()
    assert first.startswith("Not attempted yet.")
    assert second == "Not yet. That is the square. At 2 they agree, at 1 they do not."
    assert third == "Correct. Doubling matters."


def test_hints_give_more_each_time_and_then_point_to_the_solution(double, capsys):
    for _ in range(3):
        double.hint()
    double.solution()
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["Hint 1 of 2. Think of addition.", "Hint 2 of 2. x + x"]
    assert "last hint" in lines[2]
    assert "solutions/99_topic_solutions.ipynb" in lines[3]


def test_a_function_that_raises_is_told_where_and_with_what(double):
    def wrong(values):
        shifted = values + 1
        return shifted[5]

    message = double.grade(wrong).message
    assert "IndexError" in message
    assert "line 3" in message
    assert "values = [1, 2]" in message


def test_what_tensorflow_says_about_itself_is_left_out_of_a_message(double):
    said = "{{function_node __wrapped__MatMul_device_/job:localhost/device:CPU:0}} Sizes do not fit [Op:MatMul] name: "

    def wrong(x):
        raise ValueError(said)

    assert "ValueError: Sizes do not fit (line 2 of the function)." in double.grade(wrong).message


@pytest.mark.parametrize(("value", "called"), [(None, "this is None."), (np.ones(2), "this is an ndarray.")])
def test_a_wrong_kind_of_answer_is_called_as_one_says_it(double, value, called):
    lesson = Lesson("99_topic")

    @lesson.exercise("a", "b", value=True)
    def count(answer):
        """Return a number."""
        return str(checking.number(answer))

    exercise = count if value is None else double
    assert called in exercise.grade(value).message


def test_nested_arguments_are_watched_for_changes():
    lesson = Lesson("99_topic")

    @lesson.exercise("a", "b")
    def first(attempt):
        """Return the first entry."""
        return str(attempt([np.array([1.0, 2.0])], {"rate": [1]}))

    def spoils_array(arrays, settings):
        arrays[0][0] = 9
        return 1

    def spoils_table(arrays, settings):
        settings["rate"].append(2)
        return 1

    assert first.grade(spoils_array).name == "changes its argument"
    assert first.grade(spoils_table).name == "changes its argument"
    assert first.grade(lambda arrays, settings: 1).status == "correct"


def test_stubs_are_known_by_their_bodies():
    def only_dots(x):
        """Doc."""
        ...

    def passes(x):
        pass

    def works(x):
        return x

    class Empty:
        def update(self): ...

    class Partly:
        def update(self):
            return 1

    assert all(map(is_stub, (..., only_dots, passes, Empty)))
    assert not any(map(is_stub, (works, Partly, 3, None, print)))


def test_progress_remembers_the_best_status_and_counts_attempts_and_hints(double):
    double.check(lambda x: 2 * x)
    double.check(lambda x: x)
    double.hint()
    assert checking.load_progress() == {"99.double": {"status": "correct", "attempts": 2, "hints": 1}}


def test_an_untouched_exercise_leaves_no_trace(double, home):
    double.check(...)
    assert not home.exists()


@pytest.mark.parametrize("damage", ["{ not json", '["a list"]', '{"99.double": 3}', ""])
def test_a_damaged_progress_file_is_set_aside_and_kept(double, home, capsys, damage):
    home.mkdir()
    (home / "progress.json").write_text(damage)
    double.check(lambda x: 2 * x)
    assert "kept as progress.damaged-1.json" in capsys.readouterr().out
    assert (home / "progress.damaged-1.json").read_text() == damage
    assert checking.load_progress()["99.double"]["status"] == "correct"


def test_a_second_damaged_file_does_not_overwrite_the_first(home):
    home.mkdir()
    for text in ("first", "second"):
        (home / "progress.json").write_text(text)
        checking.load_progress()
    assert [(home / f"progress.damaged-{i}.json").read_text() for i in (1, 2)] == ["first", "second"]


def test_odd_but_readable_entries_do_not_stop_a_check(double, home, capsys):
    home.mkdir()
    (home / "progress.json").write_text(json.dumps({"99.double": {"attempts": "many"}}))
    double.check(lambda x: 2 * x)
    assert "Correct." in capsys.readouterr().out


def test_a_full_disk_leaves_the_old_progress_and_no_half_file(double, home, monkeypatch, capsys):
    double.check(lambda x: 2 * x)
    before = (home / "progress.json").read_text()

    def full(self, *args, **kwargs):
        self.touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pathlib.Path, "write_text", full)
    double.check(lambda x: x)
    assert "could not be written" in capsys.readouterr().out
    assert (home / "progress.json").read_text() == before
    assert [p.name for p in home.iterdir()] == ["progress.json"]


def test_a_folder_that_cannot_be_written_does_not_stop_a_check(double, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_HOME", "/proc/nowhere")
    double.check(lambda x: 2 * x)
    out = capsys.readouterr().out
    assert "Correct." in out
    assert "could not be written" in out


def test_an_error_that_is_asked_for_is_handed_back_also_from_a_generator():
    def refuse(x):
        raise ValueError(f"received {x}")

    def lazily(x):
        yield refuse(x)

    assert str(Attempt(refuse, "refuse").error(3)) == "received 3"
    assert isinstance(Attempt(lazily, "lazily").error(3), ValueError)
    assert Attempt(sum, "sum").error([]) is None


def test_a_call_that_is_refused_cannot_spoil_the_next_one():
    given = [np.array([1.0, np.nan])]

    def spoil(arrays):
        arrays[0][:] = 0
        raise ValueError("NaN")

    assert isinstance(Attempt(spoil, "spoil").error(given), ValueError)
    assert np.isnan(given[0][1])


def test_a_missing_refusal_and_one_of_another_kind_tell_what_the_function_was_called_with():
    def logged(function):
        def wrapper(*args, **kwargs):
            return function(*args, **kwargs)

        return wrapper

    @logged
    def halves(n):
        if n == 3:
            return [][n]
        return n / 2

    with pytest.raises(NotYet, match=r"accepted without a word\. It was called with argument 1 = 5"):
        Attempt(halves, "halves").must_refuse((5,), "An odd number", "accepts odd numbers")
    with pytest.raises(
        NotYet, match=r"IndexError: list index out of range \(line 4 of `halves`\)\. It was called with"
    ) as found:
        Attempt(halves, "halves").must_refuse((3,), "Three", "accepts three")
    assert found.value.name == "wrong kind of error"


@pytest.mark.parametrize("complaint", ["no such n", ValueError("no such n")])
def test_a_complaint_that_is_returned_and_not_raised_is_called_so(complaint):
    with pytest.raises(NotYet, match=r"the complaint comes back as a (str|ValueError)"):
        Attempt(lambda n: complaint, "halves").must_refuse((5,), "An odd number", "accepts odd numbers")


def test_an_answer_of_several_functions_is_told_the_line_within_the_one_that_failed(double):
    def helper(x):
        return x[7]

    def answer(x):
        return helper(x)

    assert "(line 2 of `helper`)" in double.grade(answer).message


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        (np.array([1.0, 2.5]), "= [1, 2.5]"),
        (np.zeros((30, 2)), "of shape (30, 2)"),
        ([3, "a"], "= [3, 'a']"),
        (np.float64(2.5), "= 2.5"),
        (list(range(99)), "= a list of 99 entries"),
        ([np.zeros((2, 3)), np.ones(4)], "= a list of arrays of shape (2, 3), (4,)"),
        (len, "= a function"),
    ],
)
def test_small_arguments_are_shown_and_large_ones_by_their_shape(argument, said):
    with pytest.raises(NotYet) as found:
        Attempt(lambda x: 1 / 0, "f")(argument)
    assert f"It was called with x {said}." in str(found.value)


def test_ids_of_the_old_numbers_are_carried_over_once_and_that_is_said(home, capsys):
    home.mkdir()
    old = {
        "01.standardize": {"status": "correct"},
        "12.perplexity": {"status": "correct"},
        "15.top_p": {"status": "not yet"},
    }
    (home / "progress.json").write_text(json.dumps(old))
    new = {"01.standardize", "13.perplexity", "16.top_p"}
    assert set(checking.load_progress()) == new
    said = capsys.readouterr().out
    assert "Lessons 12 to 15 are now 13 to 16" in said
    assert "progress.old-numbers-1.json" in said
    assert json.loads((home / "progress.old-numbers-1.json").read_text()) == old
    assert set(checking.load_progress()) == new
    assert capsys.readouterr().out == ""


def test_a_page_of_solutions_records_nothing(double, home, monkeypatch, tmp_path, capsys):
    folder = tmp_path / "solutions"
    folder.mkdir()
    with monkeypatch.context() as there:
        there.chdir(folder)
        double.check(lambda x: 2 * x)
    with monkeypatch.context() as there:
        there.setenv("JPY_SESSION_NAME", str(folder / "01_topic.ipynb"))
        double.check(lambda x: 2 * x)
    assert capsys.readouterr().out.count("Correct.") == 2
    assert not home.exists()


def test_new_ids_are_never_taken_for_old_ones(home, capsys):
    from course_utils.checking import progress

    progress.record("13.perplexity", "correct")
    progress.record("12.anything", "correct")
    assert set(checking.load_progress()) == {"13.perplexity", "12.anything"}
    assert capsys.readouterr().out == ""


def test_old_numbers_in_a_folder_that_cannot_be_written_are_read_all_the_same(home, monkeypatch, capsys):
    home.mkdir()
    (home / "progress.json").write_text(json.dumps({"14.rotate": {"status": "correct"}}))

    def full(self, *args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pathlib.Path, "write_bytes", full)
    assert set(checking.load_progress()) == {"15.rotate"}
    assert "could not be written (No space left on device)" in capsys.readouterr().out

"""The tokenizer, the counting and the neighbours of lesson 13, from its stored cells: nothing is lost, shares sum to 1."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from course_utils.exercises.lesson_13 import EXERCISES, when_right
from tests.exercises import harness

QUICK = settings(max_examples=200, deadline=None, derandomize=True, database=None)


lesson = harness.lesson_functions("13_text_and_embeddings", "PIECE", "replace")
EVERY_SCRIPT = "床前明月光，疑是地上霜。 naïve 🎭🐉 שלום नमस्ते 한국어 \r\n\t\x00 aaa aaaa\u200d\ufeff\U0010ffff"
TOY = lesson.learn("abababac", 3)
VERSE = lesson.learn("the rest is silence, the rest is noise; 床前明月光，床前 " * 9 + EVERY_SCRIPT, 60)


@pytest.mark.parametrize("merges", [{}, TOY, VERSE], ids=["no merges", "toy", "verse"])
@given(text=st.text())
@example("")
@example(EVERY_SCRIPT)
@example("ab" * 3000)
@QUICK
def test_any_text_comes_back_whatever_the_merges_were_learned_from(merges, text):
    ids = lesson.encode(text, merges)
    assert lesson.decode(ids, merges) == text
    assert len(ids) <= len(text.encode("utf-8"))
    assert all(0 <= i < 256 + len(merges) for i in ids)


@given(corpus=st.text(min_size=1), text=st.text(), n_merges=st.integers(0, 30))
@example("aaa", "aaaa", 5)
@example("x", "", 3)
@QUICK
def test_merges_learned_from_any_text_lose_nothing(corpus, text, n_merges):
    merges = lesson.learn(corpus, n_merges)
    assert list(merges.values()) == list(range(256, 256 + len(merges)))
    assert len(merges) <= n_merges
    for given_text in (corpus, text, corpus + text):
        assert lesson.decode(lesson.encode(given_text, merges), merges) == given_text


@given(text=st.text(alphabet="ab ,\n床"), n_merges=st.integers(0, 12))
@QUICK
def test_encoding_equals_one_merge_after_the_other_over_each_piece(text, n_merges):
    merges = lesson.learn("ab abab, aab\n\n床床 ba bab" + text, n_merges)
    slow = []
    for piece in lesson.PIECE.findall(text):
        ids = tuple(piece.encode("utf-8"))
        for pair, new in merges.items():
            ids = lesson.join(ids, pair, new)
        slow += ids
    assert lesson.encode(text, merges) == slow


@given(text=st.text())
@QUICK
def test_the_pieces_hold_each_character_once(text):
    assert "".join(lesson.PIECE.findall(text)) == text


@given(ids=st.lists(st.integers(0, 255 + len(VERSE))))
@QUICK
def test_any_valid_ids_decode_to_some_text_without_an_error(ids):
    assert isinstance(lesson.decode(ids, VERSE), str)


@pytest.mark.parametrize("bad", [-1, 259, 10**9, None])
def test_an_id_outside_the_vocabulary_is_named_with_its_bounds(bad):
    with pytest.raises(ValueError, match=re.escape(f"received id {bad!r}; this vocabulary has ids 0 to 258")):
        lesson.decode([97, bad], TOY)


def test_an_empty_text_has_no_tokens_and_no_merges_to_learn():
    assert lesson.encode("", VERSE) == []
    assert lesson.decode([], VERSE) == ""
    with pytest.raises(ValueError, match="received an empty text"):
        lesson.learn("", 10)


def test_half_a_surrogate_pair_is_refused_as_no_text():
    with pytest.raises(ValueError, match="surrogates not allowed"):
        lesson.encode("a\ud83c", VERSE)


def test_a_character_never_seen_is_named():
    with pytest.raises(ValueError, match="'詩' is not among the 2 known characters"):
        lesson.to_ids("ab詩", "ab")


def test_known_characters_become_their_places():
    assert lesson.to_ids("abba", "ab").tolist() == [0, 1, 1, 0]
    assert lesson.to_ids("", "ab").shape == (0,)


@pytest.mark.parametrize(("text", "n"), [("abc", 4), ("", 1), ("abc", 0), ((7, 8, 9), -2)])
def test_an_n_that_does_not_fit_the_text_is_refused_with_both_numbers(text, n):
    with pytest.raises(ValueError, match=f"received n = {n} for a text of {len(text)} tokens"):
        lesson.count(text, n)


@given(text=st.text("abcd", min_size=4, max_size=60), past=st.text("abcd", max_size=3))
@QUICK
def test_interpolated_probabilities_sum_to_one_and_none_is_zero(text, past):
    tables = [lesson.count(text, n) for n in (1, 2, 3, 4)]
    for p in lesson.interpolate(tables, [past + c for c in "abcd"], 4):
        assert p.min() > 0
        assert abs(p.sum() - 1) < 1e-12


@given(text=st.text("abc", min_size=2, max_size=40))
@QUICK
def test_the_tables_hold_the_counts_of_a_loop(text):
    table, pairs = lesson.count(text, 2), list(pairwise(text))
    asked = [h + w for h in "abc" for w in "abc"]
    for (h, w), found in zip(asked, lesson.seen(table, asked, 2).T, strict=True):
        after = [second for first, second in pairs if first == h]
        assert found.tolist() == [after.count(w), len(after), len(set(after))]


@given(text=st.text("abcd", min_size=5, max_size=60), past=st.text("abcd", max_size=3), d=st.floats(0.05, 0.95))
@QUICK
def test_kneser_neys_probabilities_sum_to_one_whatever_the_discount(text, past, d):
    tables = [lesson.count(text, n) for n in (1, 2, 3, 4)]
    asked = [past + c for c in "abcd"]
    found = [lesson.seen(table, asked, n) for n, table in enumerate(tables, start=1)]
    shorter = [lesson.seen(lesson.company(table), asked, n) for n, table in enumerate(tables[1:], start=1)]
    for n in (1, 2, 3, 4):
        p = lesson.kneser_ney(found, shorter, n, d, 4)
        assert p.min() >= 0
        assert abs(p.sum() - 1) < 1e-12


@given(text=st.text("abc", min_size=3, max_size=40))
@QUICK
def test_the_company_of_a_gram_is_the_kinds_before_it(text):
    kinds_before, totals, kinds_after = lesson.company(lesson.count(text, 3))
    triples = {text[i : i + 3] for i in range(len(text) - 2)}
    for gram in {triple[1:] for triple in triples}:
        assert kinds_before[gram] == len({triple[0] for triple in triples if triple[1:] == gram})
        assert totals[gram[0]] == sum(triple[1] == gram[0] for triple in triples)
        assert kinds_after[gram[0]] == len({triple[2] for triple in triples if triple[1] == gram[0]})


def test_kneser_ney_gives_the_numbers_worked_out_on_paper():
    tables = [lesson.count("abababac", n) for n in (1, 2)]
    asked = ["aa", "ab", "ac", "cb"]
    found = [lesson.seen(table, asked, n) for n, table in enumerate(tables, start=1)]
    p = lesson.kneser_ney(found, [lesson.seen(lesson.company(tables[1]), asked, 1)], 2, 0.5, 3)
    np.testing.assert_allclose(p, [1 / 12, 8.5 / 12, 2.5 / 12, 1 / 3])


@given(ids=st.lists(st.integers(0, 4), min_size=2, max_size=30))
@QUICK
def test_the_company_of_a_token_is_counted_on_both_sides(ids):
    counts, pairs = lesson.company_counts(np.array(ids), 5), Counter(pairwise(ids))
    for token in range(5):
        assert counts[token, :5].tolist() == [pairs[other, token] for other in range(5)]
        assert counts[token, 5:].tolist() == [pairs[token, other] for other in range(5)]


def test_cosines_are_those_of_the_rows_from_their_middle_and_forget_lengths():
    E = np.array([[1.0, 0.0], [0.0, 2.0], [-3.0, 0.0], [0.0, -2.0], [2.0, 0.0]])
    middle = E - E.mean(axis=0)
    table = lesson.cosines(E)
    for i, u in enumerate(middle):
        for j, v in enumerate(middle):
            assert abs(table[i, j] - u @ v / np.linalg.norm(u) / np.linalg.norm(v)) < 1e-12
    np.testing.assert_allclose(lesson.cosines(7 * E + 100), table)


def test_a_neighbour_of_ones_own_kind_is_somebody_else():
    E = np.array([[1.0, 0.1], [1.0, -0.1], [-1.0, 0.1], [-1.0, -0.1]])
    assert lesson.same_kind(E, np.array(["a", "a", "b", "b"])) == 1
    assert lesson.same_kind(E, np.array(["a", "b", "c", "d"])) == 0
    assert lesson.by_guess(np.array(["a", "a", "b", "b"])) == pytest.approx(1 / 3)


GIVEN = {
    "most_common_pair": ([5, 1, 2, 1, 2],),
    "replace_pair": ([5, 1, 2, 1, 2], (1, 2), 300),
    "add_k": (np.array([[3, 1], [0, 0]]), 0.5),
    "perplexity": (np.log([0.5, 0.25]),),
    "bits_per_character": (np.log([0.5, 0.25]), "abc"),
    "masked_mean": (np.arange(12.0).reshape(2, 3, 2), np.array([[True, False, True], [False] * 3])),
    "embedding_gradient": (np.array([2, 0, 2]), np.arange(6.0).reshape(3, 2), 4),
}


def _wrong(*arguments):
    return 0


@pytest.mark.parametrize("name", GIVEN)
def test_the_lesson_goes_on_with_the_learners_function_where_it_is_right_and_else_with_its_own(name):
    calls, worked = [], harness.worked_answer(EXERCISES[name])

    def answer(*arguments):
        calls.append(arguments)
        return worked(*arguments)

    for function in (answer, _wrong, harness.stub_of(EXERCISES[name])):
        function.__name__ = name
        goes_on, before = when_right(function), len(calls)
        got, want = goes_on(*GIVEN[name]), worked(*GIVEN[name])
        assert type(got) in (tuple, list, float, np.ndarray)
        np.testing.assert_allclose(got, want, atol=1e-12)
        assert len(calls) - before == (function is answer)


def test_the_lesson_can_only_go_on_with_the_functions_it_has():
    with pytest.raises(ValueError, match="embedding_gradient; received len"):
        when_right(len)


@pytest.mark.parametrize("n", [2, 3, 5])
def test_writing_needs_no_known_past(n):
    scope = lesson.write.__globals__
    scope["characters"], scope["V"] = "ab,", 3
    scope["tables"] = [lesson.count("ab,abba,ba", m) for m in range(1, 6)]
    written = lesson.write("詩:", n, 20, np.random.default_rng(0))
    assert written.startswith("詩:")
    assert len(written) == 22
    assert set(written[2:]) <= set("ab,")


def test_a_low_temperature_writes_what_is_likeliest():
    scope = lesson.write.__globals__
    scope["characters"], scope["V"], scope["tables"] = "ab", 2, [lesson.count("aaabaaab" * 9, m) for m in (1, 2)]
    assert lesson.write("a", 2, 30, np.random.default_rng(0), 0.01) == "a" * 31
    assert "b" in lesson.write("a", 2, 30, np.random.default_rng(0), 1.0)

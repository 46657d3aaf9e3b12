"""The tokenizer and the counting of lesson 13, taken from its stored cells: nothing is lost, bad input is refused."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

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


@pytest.mark.parametrize("n", [2, 3, 5])
def test_writing_needs_no_known_past(n):
    scope = lesson.write.__globals__
    scope["characters"], scope["V"] = "ab,", 3
    scope["tables"] = [lesson.count("ab,abba,ba", m) for m in range(1, 6)]
    written = lesson.write("詩:", n, 20, np.random.default_rng(0))
    assert written.startswith("詩:")
    assert len(written) == 22
    assert set(written[2:]) <= set("ab,")

"""A quote in its surroundings."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from mmchat.answering.base import cite
from mmchat.types import Candidate, Evidence, Locator
from mmchat.ui.quotes import EXCERPT_CHARACTERS, excerpt, quoted
from tests.factories import a_segment, an_attachment

NOTE = an_attachment()


def evidence(text: str, char_start: int = 0) -> Evidence:
    segment = a_segment(NOTE, 0, text, locator=Locator(char_start=char_start, char_end=char_start + len(text)))
    return Evidence(1, Candidate(segment, NOTE, 1.0))


@given(st.text(min_size=1, max_size=600), st.data())
def test_the_pieces_are_the_text_around_the_marked_quote(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    piece = evidence(text, char_start=1000)

    shown = quoted(piece.candidate.segment, cite(piece, start, end))

    assert "".join(p for p, _ in shown.pieces) in text
    assert [p for p, marked in shown.pieces if marked] == [text[start:end]]


def test_the_quoted_occurrence_is_the_one_that_is_marked() -> None:
    text = "Total 6.80. " + "word " * 60 + "Again total 6.80 here."
    start = text.rindex("6.80")

    shown = quoted(evidence(text).candidate.segment, cite(evidence(text), start, start + 4))

    assert shown.pieces[0][0].endswith("Again total ")
    assert (shown.cut_start, shown.cut_end) == (True, False)


def test_surroundings_end_at_words() -> None:
    text = "abcdefghij " * 40
    start = text.index("abc", 200)

    before, marked, after = quoted(evidence(text).candidate.segment, cite(evidence(text), start, start + 10)).pieces

    assert before[0].split()[0] == after[0].split()[-1] == marked[0] == "abcdefghij"


def test_words_that_are_not_in_the_text_are_shown_alone() -> None:
    piece = evidence("Something else.")
    citation = replace(cite(piece, 0, 9), quote="coffee mug (71 %)")

    assert quoted(piece.candidate.segment, citation).pieces == (("coffee mug (71 %)", True),)


def test_a_long_passage_is_cut_at_a_word() -> None:
    shown = excerpt(evidence("word " * 200).candidate.segment)

    assert shown.cut_end
    assert len(shown.pieces[0][0]) <= EXCERPT_CHARACTERS
    assert shown.pieces[0][0].endswith("word ")

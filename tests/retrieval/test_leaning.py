from __future__ import annotations

import pytest

from mmchat.retrieval.follow_up import Said, Source
from mmchat.retrieval.leaning import SUBJECT_WORDS, subject, talked_about
from mmchat.types import Query

SAID = (Said("What did we catch at the lake?", "“We caught a bass.” [1]", (Source("a1", "lake.md"),)),)


@pytest.mark.parametrize("question", ["How heavy is the bass?", "the bass", "Où est la souris ?"])
def test_a_question_of_few_words_leans_on_the_last_turn_without_its_markers(question: str) -> None:
    assert talked_about(question, SAID) == "What did we catch at the lake? “We caught a bass.”"


@pytest.mark.parametrize(
    "question", ["How heavy is the bass that the band plays at the concert?", "Who signed the lease for the flat?", "?"]
)
def test_a_question_that_says_enough_leans_on_nothing(question: str) -> None:
    assert talked_about(question, SAID) == ""


def test_without_a_conversation_nothing_was_talked_about() -> None:
    assert talked_about("the bass", ()) == ""
    assert subject(Query("the bass")) == ""


def test_an_answer_that_found_nothing_says_nothing_about_the_subject() -> None:
    assert talked_about("the bass", (Said("And the lake?", "Nothing here answers that."),)) == "And the lake?"


def test_a_subject_is_a_few_words_that_do_more_than_ask() -> None:
    query = Query("the bass", talked_about="What did we catch at the lake? " + "fish " * 40)

    assert subject(query).split()[:2] == ["catch", "lake"]
    assert len(subject(query).split()) == SUBJECT_WORDS

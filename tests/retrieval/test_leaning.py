from __future__ import annotations

import pytest

from mmchat.retrieval.follow_up import Said, Source
from mmchat.retrieval.leaning import SUBJECT_WORDS, subject, talked_about
from mmchat.types import Query

SAID = (Said("What did we catch at the lake?", "“We caught a bass.” [1]", (Source("a1", "lake.md"),)),)


@pytest.mark.parametrize("question", ["How heavy is the bass?", "the bass", "Où est la souris ?"])
def test_a_question_of_few_words_leans_on_the_questions_before_it(question: str) -> None:
    assert talked_about(question, SAID) == "What did we catch at the lake?"


@pytest.mark.parametrize(
    "question", ["How heavy is the bass that the band plays at the concert?", "Who signed the lease for the flat?", "?"]
)
def test_a_question_that_says_enough_leans_on_nothing(question: str) -> None:
    assert talked_about(question, SAID) == ""


def test_without_a_conversation_nothing_was_talked_about() -> None:
    assert talked_about("the bass", ()) == ""
    assert subject(Query("the bass")) == ""


def test_the_last_two_questions_are_what_was_talked_about() -> None:
    said = (Said("Who pays?"), SAID[0], Said("How heavy is the bass?"))

    assert talked_about("Who caught the bass?", said) == "What did we catch at the lake? How heavy is the bass?"


def test_a_subject_is_a_few_words_that_do_more_than_ask() -> None:
    query = Query("the bass", talked_about="What did we catch at the lake? " + "fish " * 40)

    assert subject(query).split()[:2] == ["catch", "lake"]
    assert len(subject(query).split()) == SUBJECT_WORDS

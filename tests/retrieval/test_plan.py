from __future__ import annotations

import pytest

from mmchat.retrieval.plan import MOST_WORDS, Wanted, full_text_words, plan_query
from mmchat.types import Query, RequestKind


def test_question_words_are_left_out_of_the_full_text_only() -> None:
    plan = plan_query(Query(text="How much does the hotel room cost?"))

    assert plan.words == ("hotel", "room", "cost")
    assert plan.query.text == "How much does the hotel room cost?"
    assert plan.query.language == "en"


def test_french_elisions_and_question_words_are_left_out() -> None:
    words = full_text_words("Qu'est-ce qui restreint l’accès au fichier ?", "fr")

    assert words == ["restreint", "accès", "fichier"]


def test_quoted_phrases_and_compounds_stay_whole_beside_their_words() -> None:
    words = full_text_words('Where is "notice period" in apt-get.conf?', "en")

    assert words[0] == "notice period"
    assert "apt get conf" in words
    assert {"notice", "period", "apt", "conf"} <= set(words)


def test_a_question_of_stop_words_alone_keeps_them() -> None:
    assert full_text_words("Who was it?", "en") == ["who", "was", "it"]


def test_every_index_is_asked_for_what_the_question_is_about_when_that_is_known() -> None:
    asked = Query(text="Find the photo of a red fox", rewritten="red fox", language="en", kind=RequestKind.FIND)

    plan = plan_query(asked)

    assert plan.query.text == "red fox"
    assert plan.words == ("red", "fox")


@pytest.mark.parametrize(
    ("text", "kind", "wanted"),
    [
        ("red fox", None, Wanted.NAMED),
        ("Is it a fox?", None, Wanted.STATEMENT),
        ("red fox", RequestKind.FIND, Wanted.SHOWN),
        ("this picture", RequestKind.OVERVIEW, Wanted.CONTENT),
        ("the fox's age", RequestKind.LOOKUP, Wanted.STATEMENT),
    ],
)
def test_what_a_query_may_be_answered_by_goes_by_its_kind(text: str, kind: RequestKind | None, wanted: Wanted) -> None:
    assert plan_query(Query(text=text, language="en", kind=kind)).wanted is wanted


def test_what_was_read_in_a_picture_joins_the_words_up_to_a_limit() -> None:
    perceived = " ".join(f"word{n}" for n in range(500))

    plan = plan_query(Query(text="this invoice", perceived=perceived, language="en"))

    assert plan.words[0] == "invoice"
    assert "word3" in plan.words
    assert len(plan.words) == MOST_WORDS

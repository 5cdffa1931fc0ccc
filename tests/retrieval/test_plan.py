from __future__ import annotations

from mmchat.retrieval.plan import MOST_WORDS, full_text_words, plan_query
from mmchat.types import Modality, Query


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


def test_spaces_of_pictures_do_not_see_the_asking() -> None:
    plan = plan_query(Query(text="Find the photo of a red fox", language="en"))

    assert plan.request.medium is Modality.IMAGE
    assert plan.about.text == "a red fox"
    assert plan.query.text == "Find the photo of a red fox"
    assert plan.words == ("red", "fox")


def test_what_was_read_in_a_picture_joins_the_words_up_to_a_limit() -> None:
    perceived = " ".join(f"word{n}" for n in range(500))

    plan = plan_query(Query(text="this invoice", perceived=perceived, language="en"))

    assert plan.words[0] == "invoice"
    assert "word3" in plan.words
    assert len(plan.words) == MOST_WORDS

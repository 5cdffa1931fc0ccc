"""Which files a question is about."""

from __future__ import annotations

import pytest

from mmchat.turn_scope import TurnScope, asks_for_others, language_of_answer, naming, scope_of
from mmchat.types import Ingested, Turn
from tests.factories import an_attachment

PASS = an_attachment("boarding.png")


def given(*attachments: object) -> list[Ingested]:
    return [Ingested("f", "f", "indexed" if a else "failed", a, 1, "", 0.1) for a in attachments]  # type: ignore[arg-type]


def test_files_given_with_a_question_come_first_and_the_others_after() -> None:
    scope = scope_of("Who leads Project Heron?", given(PASS))

    assert (scope.first, scope.others) == ({PASS.id}, True)


@pytest.mark.parametrize(
    "text",
    [
        "What is in this file?",
        "What does this say?",
        "What is this?",
        "Is there a date in these two pictures?",
        "Que dit cet enregistrement ?",
        "Qu’est-ce que c’est ?",
        "Résume ce petit texte",
    ],
)
def test_what_is_pointed_at_is_never_another_file(text: str) -> None:
    assert not scope_of(text, given(PASS)).others
    assert scope_of(text, given(None)).first == frozenset()


def test_without_a_file_all_count_alike() -> None:
    assert scope_of("What is this about?", []) == TurnScope(frozenset(), others=True)


@pytest.mark.parametrize(
    "text",
    """where is this thing talked about?
Where do I talk about this?
which note is about this?
Which recording mentions this thing?
find more like this
show me similar pictures
Is there anything about this in my notes?
in which meeting did we discuss this?
Where is it described?
où parle-t-on de cette chose ?
quelle note parle de ça ?
dans quel enregistrement parle-t-on de cet objet ?
trouve des photos comme celle-ci
Ai-je autre chose sur ça ?""".splitlines(),
)
def test_a_file_can_be_what_is_looked_for_in_the_others(text: str) -> None:
    assert scope_of(text, given(PASS)) == TurnScope(frozenset(), others=True, joins=True)


@pytest.mark.parametrize(
    "text",
    """What does this say?
Who leads Project Heron?
How much did this cost?
Is there a date in these two pictures?
What text is on this picture?
Which animal is this?
Is there a phone number in it?
Quel est le total de ce reçu ?
Qu’y a-t-il sur cette image ?
Où a été prise cette photo ?""".splitlines(),
)
def test_a_question_about_the_file_itself_looks_into_it_first(text: str) -> None:
    assert scope_of(text, given(PASS)).first == {PASS.id}


def test_what_is_pointed_at_gets_its_name() -> None:
    assert naming("where is this thing talked about?", "a kettle") == "where is a kettle talked about?"
    assert naming("quelle note parle de ça ?", "bouilloire") == "quelle note parle de bouilloire ?"


@pytest.mark.parametrize(
    ("text", "page", "language"),
    [
        ("Quel est le nom du locataire ?", "en", "fr"),
        ("What is the name of the tenant?", "fr", "en"),
        ("Wie heißt der Mieter dieser Wohnung?", "fr", "fr"),
        ("total", "fr", "fr"),
    ],
)
def test_an_answer_speaks_the_language_of_its_question(text: str, page: str, language: str) -> None:
    assert language_of_answer(text, Turn("talk", text, interface_language=page)) == language


def test_a_question_with_a_pasted_text_is_about_the_file_that_came_with_it() -> None:
    asked = "Where was this mentioned?"

    assert asks_for_others(asked)
    assert not asks_for_others(f"Is it true what they write? “{'Rain fell on the harbour. ' * 20}{asked}”")

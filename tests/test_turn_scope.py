"""Which files a question is about."""

from __future__ import annotations

import pytest

from mmchat.turn_scope import language_of_answer, scope_of
from mmchat.types import Ingested, JobState, LibraryEntry, Turn
from tests.factories import an_attachment

PASS = an_attachment("boarding.png")
NOTES = an_attachment("notes.md")
ENTRIES = [LibraryEntry(PASS, JobState.INDEXED, 3), LibraryEntry(NOTES, JobState.INDEXED, 2)]


def given(*attachments: object) -> list[Ingested]:
    return [Ingested("f", "f", "indexed" if a else "failed", a, 1, "", 0.1) for a in attachments]  # type: ignore[arg-type]


def test_files_given_with_a_question_come_first_and_the_others_after() -> None:
    scope = scope_of("Who leads Project Heron?", given(PASS), ENTRIES)

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
    assert not scope_of(text, given(PASS), ENTRIES).others
    assert scope_of(text, given(None), ENTRIES).first == frozenset()


def test_a_file_can_be_named_in_the_question() -> None:
    assert scope_of("What is shown in BOARDING.png?", [], ENTRIES).first == {PASS.id}
    assert scope_of("What is this about?", [], ENTRIES).others


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

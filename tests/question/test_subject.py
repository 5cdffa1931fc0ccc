"""What a question is about, without the words that only ask."""

from __future__ import annotations

import pytest

from mmchat.question.subject import subject


@pytest.mark.parametrize(
    ("question", "language", "about"),
    [
        ("find the photo with the tower", "en", "tower"),
        ("which recording mentions the boiler?", "en", "boiler"),
        ("montre-moi les photos de la plage", "fr", "plage"),
        ("zeig mir das Foto mit dem Hund", "de", "Hund"),
        ("busca la foto del perro", "es", "perro"),
        ("list all my files", "en", ""),
        ("how many photos do I have?", "en", ""),
        ("", "en", ""),
    ],
)
def test_what_only_asks_is_taken_away(question: str, language: str, about: str) -> None:
    assert subject(question, language) == about


def test_what_was_pasted_is_its_own_subject() -> None:
    pasted = "find the photo with the tower " * 20

    assert subject(pasted, "en") == pasted


def test_the_words_left_keep_their_writing_and_their_order() -> None:
    assert subject("find the picture of Mont Saint Michel at night", "en") == "Mont Saint Michel night"

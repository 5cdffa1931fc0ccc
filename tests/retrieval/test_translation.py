from __future__ import annotations

import json
from pathlib import Path

import pytest

from mmchat.retrieval import translation
from mmchat.retrieval.plan import full_text_words
from mmchat.retrieval.translation import translated


def asked(text: str, language: str) -> tuple[str, ...]:
    return translated(text, language, full_text_words(text, language))


def test_a_french_question_is_asked_in_english_and_names_stay() -> None:
    words = asked("Quels paquets fournissent la résolution de noms par mDNS ?", "fr")

    assert {"package", "resolution", "name", "mdns"} <= set(words)
    assert not {"paquet", "paquets"} & set(words)


def test_an_english_question_is_asked_in_french() -> None:
    assert {"sauvegarde", "fichier"} <= set(asked("Where are the backups of my files?", "en"))


def test_a_phrase_is_one_thing_in_both_languages() -> None:
    assert "password" in asked("mot de passe oublié", "fr")
    assert "word" not in asked("mot de passe oublié", "fr")
    assert "mot de passe" in asked("a forgotten password", "en")


def test_a_word_as_it_is_written_comes_before_others_of_its_stem() -> None:
    assert asked("les données", "fr") == ("data",)  # not "donner"
    assert asked("deux parties", "fr")[0] == "part"  # its usual meaning, before "game"


@pytest.mark.parametrize(("text", "language"), [("mDNS relatime", "fr"), ("Wo ist das?", "de"), ("", "en")])
def test_nothing_is_asked_where_nothing_is_known(text: str, language: str) -> None:
    assert asked(text, language) == ()


def test_every_pair_has_words_on_both_sides_and_stands_once() -> None:
    pairs = json.loads((Path(translation.__file__).parent / "english_french.json").read_text("utf-8"))

    assert all(len(pair) == 2 and all(side and all(map(str.strip, side)) for side in pair) for pair in pairs)
    assert len({json.dumps(pair) for pair in pairs}) == len(pairs) > 1_500

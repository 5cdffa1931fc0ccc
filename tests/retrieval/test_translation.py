from __future__ import annotations

import json
from pathlib import Path

import pytest
from mmchat.retrieval.stems import beginning, stem

from mmchat.retrieval import translation
from mmchat.retrieval.plan import full_text_words, plan_query
from mmchat.retrieval.translation import translated
from mmchat.types import Query


def asked(text: str, language: str) -> tuple[str, ...]:
    return translated(text, language, full_text_words(text, language))


def test_a_french_question_is_asked_in_english_and_names_stay() -> None:
    words = asked("Quels paquets fournissent la résolution de noms par mDNS ?", "fr")

    assert {"packag*", "resolution*", "name", "mdns"} <= set(words)
    assert not {"paquet", "paquets"} & set(words)


def test_an_english_question_is_asked_in_french() -> None:
    assert {"sauvegard*", "fichi*"} <= set(asked("Where are the backups of my files?", "en"))


def test_a_phrase_is_one_thing_in_both_languages() -> None:
    assert "password*" in asked("mot de passe oublié", "fr")
    assert "word" not in asked("mot de passe oublié", "fr")
    assert "mot de passe" in asked("a forgotten password", "en")


def test_a_word_as_it_is_written_comes_before_others_of_its_stem() -> None:
    assert asked("les données", "fr") == ("data*",)  # not "donner"
    assert asked("deux parties", "fr")[0] == "part*"  # its usual meaning, before "game"


@pytest.mark.parametrize(("text", "language"), [("mDNS relatime", "fr"), ("Wo ist das?", "de"), ("", "en")])
def test_nothing_is_asked_where_nothing_is_known(text: str, language: str) -> None:
    assert asked(text, language) == ()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", ["fichier", "fichiers"]),
        ("fr", ["supprimer", "supprime", "supprimez", "supprimé"]),
        ("fr", ["réseau", "réseaux"]),
        ("en", ["install", "installs", "installed", "installing"]),
        ("en", ["stop", "stopped", "stopping"]),
        ("en", ["library", "libraries"]),
    ],
)
def test_the_forms_of_a_word_share_a_stem(language: str, words: list[str]) -> None:
    assert len({stem(word, language) for word in words}) == 1


def test_a_short_word_stands_for_itself_alone() -> None:
    assert beginning("clé", "fr") == "cle"
    assert beginning("paquets", "fr") == "paquet*"


@pytest.mark.parametrize("word", ["λόγος", "русский", "한국", "straße", "œuvre"])
def test_a_word_that_the_full_text_would_fold_otherwise_stays_as_it_is_written(word: str) -> None:
    assert plan_query(Query(text=f"Où parle-t-on de {word} ?", language="fr")).searched[-1] == word


def test_only_french_is_asked_by_the_beginnings_of_its_words() -> None:
    assert plan_query(Query(text="Où sont les paquets installés ?", language="fr")).searched == ("paquet*", "install*")
    assert plan_query(Query(text="Where are installed packages?", language="en")).searched == ("installed", "packages")


def test_every_pair_has_words_on_both_sides_and_stands_once() -> None:
    pairs = json.loads((Path(translation.__file__).parent / "english_french.json").read_text("utf-8"))

    assert all(len(pair) == 2 and all(side and all(map(str.strip, side)) for side in pair) for pair in pairs)
    assert len({json.dumps(pair) for pair in pairs}) == len(pairs) > 1_500

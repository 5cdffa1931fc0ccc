"""Words of one kind share a stem, and words that must stay apart do not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from mmchat.perception.stems import stem, stems


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["letter", "letters"]),
        ("en", ["company", "companies"]),
        ("en", ["deliver", "delivers", "delivered", "delivering"]),
        ("en", ["stop", "stopped", "stopping"]),
        ("en", ["library", "libraries", "Library"]),
        ("fr", ["loyer", "loyers"]),
        ("fr", ["cheval", "chevaux"]),
        ("fr", ["photo", "photos"]),
        ("fr", ["permission", "permissions"]),
        ("fr", ["supprimer", "supprime", "supprimez", "supprimé"]),
        ("fr", ["réseau", "réseaux", "RÉSEAU"]),
        ("de", ["Rechnung", "Rechnungen"]),
        ("de", ["Straße", "Strasse"]),
        ("es", ["factura", "facturas"]),
    ],
)
def test_the_forms_of_a_word_share_a_stem(language: str, words: list[str]) -> None:
    assert len({stem(word, language) for word in words}) == 1


def test_accents_do_not_part_what_is_typed_without_them() -> None:
    assert stem("clés", "fr") == stem("cle", "fr")
    assert stem("réglage", "fr") == stem("reglage", "fr")
    assert stem("réparées", "fr") == stem("REPAREE", "fr")


@pytest.mark.parametrize("code", ["b4s", "2024s", "17ers", "a1b2es"])
def test_a_code_keeps_every_character(code: str) -> None:
    assert stem(code.upper(), "en") == stem(code, "fr") == code


@pytest.mark.parametrize("language", ["", "zh", "xx"])
def test_a_language_without_a_stemmer_is_stemmed_as_english_is(language: str) -> None:
    assert stem("letters", language) == "letter"
    assert stem("文書", language) == "文書"


def test_the_stems_of_a_text_follow_one_another() -> None:
    assert stems("The companies' boilers, 2 of them.", "en") == ["the", "compani", "boiler", "2", "of", "them"]


def test_an_accent_written_as_a_character_of_its_own_does_not_cut_a_word() -> None:
    assert stems("re\u0301seaux", "fr") == stems("réseaux", "fr")


def test_threads_do_not_mix_their_words() -> None:
    words = [f"{letter}{other}{'abcdefg'[n % 7]}ings" for n, letter in enumerate("bcdfghklm") for other in "aeiou"] * 20

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda word: stem(word, "en"), words))

    assert found == [stem(word, "en") for word in words]

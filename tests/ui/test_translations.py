"""Two languages, one set of sentences."""

from __future__ import annotations

import re

import pytest

from mmchat.ui.translations import TRANSLATIONS, Wording, clock, language_of


def test_every_language_has_the_same_sentences_with_the_same_blanks() -> None:
    english = TRANSLATIONS["en"]

    for words in TRANSLATIONS.values():
        assert words.keys() == english.keys()
        for key, sentence in words.items():
            assert sorted(re.findall(r"{(\w+)}", sentence)) == sorted(re.findall(r"{(\w+)}", english[key])), key
            assert sentence.strip()


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("fr-CH, fr;q=0.9, en;q=0.8", "fr"),
        ("en-GB,en;q=0.9,fr;q=0.8", "en"),
        ("de, fr;q=0.4, en;q=0.5", "en"),
        ("fr;q=0, en", "en"),
        ("de", "en"),
        ("", "en"),
        ("fr;q=loud, *", "en"),
        ("FR", "fr"),
    ],
)
def test_the_language_is_the_first_of_ours_that_is_asked_for(header: str, language: str) -> None:
    assert language_of(header) == language


def test_counts_choose_the_form_that_each_language_uses() -> None:
    en, fr = Wording("en"), Wording("fr")

    assert [en("segments", count=n) for n in (0, 1, 2)] == ["0 segments", "1 segment", "2 segments"]
    assert [fr("segments", count=n) for n in (0, 1, 2)] == ["0 segment", "1 segment", "2 segments"]
    assert fr("segments", count=12345) == "12\u202f345 segments"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.0004, "1 ms"), (0.042, "42 ms"), (1.25, "1.2 s"), (3, "3 s"), (42.4, "42 s"), (200, "3 min")],
)
def test_spans_are_as_exact_as_they_are_useful(seconds: float, words: str) -> None:
    assert Wording("en").span(seconds) == words


def test_places_in_recordings_read_like_a_players() -> None:
    assert [clock(s) for s in (0, 17.9, 725, 3753)] == ["0:00", "0:17", "12:05", "1:02:33"]


def test_braces_in_a_value_are_only_text() -> None:
    assert "{0.__class__}" in Wording("en")("open_file", name="{0.__class__}")

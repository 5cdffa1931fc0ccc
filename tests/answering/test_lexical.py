from __future__ import annotations

import pytest

from mmchat.answering.lexical import Lexicon
from mmchat.tools.spans import spans_of
from mmchat.types import Candidate, Evidence
from tests.factories import a_segment, an_attachment


def lexicon(question: str, language: str, text: str, heading: str = "") -> Lexicon:
    attachment = an_attachment("a.txt")
    evidence = Evidence(1, Candidate(a_segment(attachment, 0, text, heading=heading), attachment, 1.0))
    return Lexicon(question, language, spans_of(evidence))


def test_a_sentence_with_all_the_words_has_the_whole_overlap() -> None:
    overlaps = lexicon("What does the hotel room cost?", "en", "The hotel room costs 94 euros. It rains.").overlaps()

    assert overlaps[0].alone == pytest.approx(1.0)
    assert overlaps[1].alone == 0.0


def test_accents_and_endings_do_not_matter() -> None:
    overlaps = lexicon("Où sont les clés réparées ?", "fr", "La cle reparee est ici.").overlaps()

    assert overlaps[0].alone == pytest.approx(1.0)


def test_a_rare_word_weighs_more_than_one_in_every_sentence() -> None:
    text = "The package is big. The package is archived. The package is old."

    big, archived, _ = lexicon("Which package is archived?", "en", text).overlaps()

    assert archived.alone > 2 * big.alone


def test_words_of_the_heading_count_beside_the_sentence() -> None:
    overlap = lexicon("What does the hotel cost?", "en", "It costs 94 euros.", heading="Trip > Hotel").overlaps()[0]

    assert overlap.with_heading > overlap.alone > 0


def test_a_sentence_that_only_repeats_the_question_adds_nothing() -> None:
    echo, answer = lexicon("Why did the backup fail?", "en", "Backup failed. The drive is full.").overlaps()

    assert not echo.adds
    assert answer.adds


def test_a_question_without_content_words_overlaps_with_nothing() -> None:
    assert lexicon("?", "en", "It rains.").overlaps()[0].alone == 0.0


@pytest.mark.parametrize(
    ("question", "language", "text"),
    [
        ("What happens on 2 April?", "en", "2025-04-02 | Opening of the shop | 40 guests"),
        ("What happens on 2 April?", "en", "The doors open on the second of April."),
        ("Que se passe-t-il le 2 avril ?", "fr", "Ouverture du magasin : 02/04/2025."),
        ("Was ist am 2. April 2025?", "de", "Eröffnung am 02.04.2025 um zehn."),
    ],
)
def test_a_day_agrees_with_every_way_to_write_it(question: str, language: str, text: str) -> None:
    here, other = (
        lexicon(question, language, each).overlaps()[0].alone for each in (text, "The meeting is on 17 May 2025.")
    )

    assert here > other + 0.2


def test_the_same_day_of_another_year_is_another_day() -> None:
    this, last = lexicon("Sales on 2 April 2025", "en", "2025-04-02: 40 pieces. 2024-04-02: 30 pieces.").overlaps()

    assert this.alone > last.alone

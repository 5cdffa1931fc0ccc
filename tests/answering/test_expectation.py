from __future__ import annotations

import pytest

from mmchat.answering.expectation import Expected, expected_of, fits


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How much did the lattes cost?", Expected.NUMBER),
        ("What is the error code?", Expected.NUMBER),
        ("Combien coûte le chauffe-eau ?", Expected.NUMBER),
        ("Quel est le total de la facture ?", Expected.NUMBER),
        ("When does the flight leave?", Expected.TIME),
        ("At what time does it start?", Expected.TIME),
        ("Avant quelle date faut-il payer ?", Expected.TIME),
        ("Quand a lieu la rentrée ?", Expected.TIME),
        ("Who sends the logo?", Expected.NAME),
        ("Qui s'occupe du recrutement ?", Expected.NAME),
        ("And who pays?", Expected.NAME),
        ("Are pets allowed?", Expected.ANYTHING),
        ("Que doivent apporter les élèves ?", Expected.ANYTHING),
        ("", Expected.ANYTHING),
    ],
)
def test_the_first_words_tell_the_form_of_the_answer(question: str, expected: Expected) -> None:
    assert expected_of(question) is expected


@pytest.mark.parametrize(
    ("expected", "text", "fit"),
    [
        (Expected.NUMBER, "TOTAL 15.51", 1.0),
        (Expected.NUMBER, "quarante mille euros", 1.0),
        (Expected.NUMBER, "Paid by card", -1.0),
        (Expected.TIME, "it went live on Tuesday", 1.0),
        (Expected.TIME, "vers la mi-mars", 1.0),
        (Expected.TIME, "the logo is blue", -1.0),
        (Expected.NAME, "still waiting for the logo from Priya", 1.0),
        (Expected.NAME, "Camille s'occupe du recrutement", 1.0),
        (Expected.NAME, "still waiting for the logo", -1.0),
        (Expected.ANYTHING, "whatever", 0.0),
    ],
)
def test_a_sentence_fits_when_it_holds_the_form_asked_for(expected: Expected, text: str, fit: float) -> None:
    assert fits(expected, text) == fit

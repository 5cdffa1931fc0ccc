from __future__ import annotations

import time

import pytest

from mmchat.question.answer_type import AnswerType
from mmchat.question.value_forms import fit, forms, plain_numbers

NUMBER, MONEY, DATE, TIME = AnswerType.NUMBER, AnswerType.MONEY, AnswerType.DATE, AnswerType.TIME
DURATION, CODE, PERSON, PLACE = AnswerType.DURATION, AnswerType.CODE, AnswerType.PERSON, AnswerType.PLACE


def surely(text: str, language: str) -> set[tuple[AnswerType, str]]:
    return {(form.type, text[form.start : form.end]) for form in forms(text, language) if form.strength == 1}


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("We need six thousand euros.", "en", (MONEY, "six thousand euros")),
        ("1 450,00 € par mois", "fr", (MONEY, "1 450,00 €")),
        ("quarante mille euros", "fr", (MONEY, "quarante mille euros")),
        ("Kosten: 20 Euro", "de", (MONEY, "20 Euro")),
        ("5'000 CHF", "de", (MONEY, "5'000 CHF")),
        ("cuesta treinta libras", "es", (MONEY, "treinta libras")),
        ("on the twenty-first of May", "en", (DATE, "twenty-first of May")),
        ("on Tuesday.", "en", (DATE, "Tuesday")),
        ("Am 3. Mai 2026 in Köln", "de", (DATE, "3. Mai 2026")),
        ("el 5 de mayo de 2026", "es", (DATE, "5 de mayo de 2026")),
        ("vers la mi-mars", "fr", (DATE, "mars")),
        ("dated 12/05/2024", "en", (DATE, "12/05/2024")),
        ("He was born in 1998", "en", (DATE, "1998")),
        ("the end of the month", "en", (DATE, "end of the month")),
        ("la semana que viene", "es", (DATE, "semana que viene")),
        ("nächste Woche", "de", (DATE, "nächste Woche")),
        ("departs 18:30", "en", (TIME, "18:30")),
        ("we meet at five", "en", (TIME, "at five")),
        ("Le train part à 18h30", "fr", (TIME, "18h30")),
        ("um 9 Uhr", "de", (TIME, "9 Uhr")),
        ("heute um halb 8", "de", (TIME, "halb 8")),
        ("a las cinco", "es", (TIME, "a las cinco")),
        ("in two months", "en", (DURATION, "two months")),
        ("It takes a week", "en", (DURATION, "a week")),
        ("drei Monaten", "de", (DURATION, "drei Monaten")),
        ("deux ans de garantie", "fr", (DURATION, "deux ans")),
        ("vingt minutes", "fr", (DURATION, "vingt minutes")),
        ("Seat 14C", "en", (CODE, "14C")),
        ("Wifi: sunflower-42", "en", (CODE, "sunflower-42")),
        ("Invoice no. 2024-A117", "en", (CODE, "2024-A117")),
        ("Call 020 7946 0958", "en", (CODE, "020 7946 0958")),
        ("write to info@club.org.", "en", (CODE, "info@club.org")),
        ("www.club.org/join", "en", (CODE, "www.club.org/join")),
        ("drei Hunde", "de", (NUMBER, "drei")),
        ("I spoke to Anna Berg today", "en", (PERSON, "Anna Berg")),
        ("Das Angebot schickt Jonas", "de", (PERSON, "Jonas")),
        ("holt Frau Keller ab", "de", (PERSON, "Frau Keller")),
        ("Mr. Okonkwo signed", "en", (PERSON, "Mr. Okonkwo")),
        ("la señora Ibarretxe firmó", "es", (PERSON, "señora Ibarretxe")),
        ("we live in Aarhus now", "en", (PLACE, "Aarhus")),
        ("die Firma sitzt in Köln", "de", (PLACE, "Köln")),
    ],
)
def test_a_form_is_found_where_it_stands(text: str, language: str, expected: tuple[AnswerType, str]) -> None:
    assert expected in surely(text, language)


@pytest.mark.parametrize(
    ("text", "language", "type"),
    [
        ("You may leave the room", "en", DATE),
        ("they march on", "en", DATE),
        ("the sun was out", "en", DATE),
        ("TOTAL 15.51", "en", TIME),
        ("One of them left", "en", NUMBER),
        ("un des voisins", "fr", NUMBER),
        ("20 kg of flour", "en", CODE),
        ("the 3rd row", "en", CODE),
        ("Paid by card", "en", PERSON),
        ("Wir kaufen Stühle und Tische", "de", PERSON),
        ("On Monday we start", "en", PERSON),
        ("Bitte überweisen Sie den Betrag", "de", PERSON),
        ("five new chairs", "en", MONEY),
    ],
)
def test_what_only_looks_like_a_form_is_none(text: str, language: str, type: AnswerType) -> None:
    assert type not in {form.type for form in forms(text, language) if form.strength > 0.5}


def test_a_name_unknown_to_the_list_is_weakly_signed_by_its_capital() -> None:
    assert PERSON in {form.type for form in forms("still waiting for the logo from Priyanka", "en")}
    assert PERSON not in {form.type for form in forms("still waiting for the logo from the printer", "en")}


def test_fit_is_the_mass_of_the_types_that_the_text_can_answer() -> None:
    types = {MONEY: 0.6, DATE: 0.3, AnswerType.ANYTHING: 0.1}

    assert fit(types, "The rent is 900 euros", "en") == pytest.approx(0.7)
    assert fit(types, "The rent is due on 1 May", "en") == pytest.approx(0.4)
    assert fit(types, "The rent is high", "en") == pytest.approx(0.1)
    assert 0.1 < fit(types, "Rent 900", "en") < 0.7  # a bare figure may be a sum


def test_the_questions_own_numbers_answer_nothing() -> None:
    given = plain_numbers("how many desks are in room 5?", "en")

    assert fit({NUMBER: 1.0}, "Room 5 is on the left.", "en", given) == 0
    assert fit({NUMBER: 1.0}, "Room 5 has twelve desks.", "en", given) == 1


def test_numbers_are_the_same_however_they_are_written() -> None:
    assert plain_numbers("1,450.00 €, 05 and six thousand", "en") == {"1450", "5", "6000"}
    assert plain_numbers("1 450,00 € et vingt et un", "fr") == {"1450", "21"}


@pytest.mark.parametrize(
    "text", ["", " ", "😀 \ud800 ok", "a_b _ 1_000", "9" * 3000, "\x00 two\n\nthree", "一二三 5日"]
)
def test_any_text_is_read(text: str) -> None:
    for language in ("en", "fr", "de", "es", "ja", ""):
        assert all(0 <= form.start <= form.end <= len(text) for form in forms(text, language))


def test_a_sentence_is_read_in_a_fraction_of_a_millisecond() -> None:
    sentences = [f"Mia pays {n} euros to the garage in Leeds on Friday at 5 pm for two new tyres." for n in range(300)]
    forms(sentences[0], "en")

    started = time.process_time()
    for sentence in sentences:
        forms(sentence, "en")

    assert (time.process_time() - started) / len(sentences) < 0.001  # .15 ms on a quiet core

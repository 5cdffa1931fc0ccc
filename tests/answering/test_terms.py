from __future__ import annotations

from typing import Any

import pytest

from mmchat.answering.names import names_in
from mmchat.answering.numbers import numbers_in, values_in
from mmchat.answering.spans import spans_of
from mmchat.answering.terms import Terms
from mmchat.types import Candidate, Evidence, Modality
from tests.factories import a_segment, an_attachment


def missing(question: str, sentence: str, text: str = "", language: str = "en", name: str = "notes.txt",
            others: str = "", **changes: Any) -> list[str]:  # fmt: skip
    attachment = an_attachment(name)
    here = Evidence(1, Candidate(a_segment(attachment, 0, text or sentence, **changes), attachment, 1.0))
    elsewhere = Evidence(2, Candidate(a_segment(attachment, 1, others), attachment, 1.0))
    span = next(span for span in spans_of(here) if span.text == sentence)
    return Terms.of(question, language).missing(span, [here, elsewhere])


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("What is Anna Berg's email?", ["Anna Berg"]),
        ("Quelle est l’adresse d’Anna Berg ?", ["Anna Berg"]),
        ("Anna Berg's email", ["Anna Berg"]),
        ("Who called Priya on Friday?", ["Priya"]),
        ("How much did Mr Lee pay?", ["Mr Lee"]),
        ("Where is the Casa do Barranco?", ["Casa do Barranco"]),
        ("Can I return it on 12 May?", []),
        ("What Is The Total Price?", []),
        ("WHAT IS THE TOTAL?", []),
        ("Is HDR supported?", []),
        ("How can I read a CD-ROM?", []),
        ("Where is it? Tell me.", []),
        ("how high is the deposit", []),
    ],
)
def test_names_are_known_by_their_capitals(question: str, names: list[str]) -> None:
    assert [name.written for name in names_in(question)] == names


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("1450", "1,450 euros"),
        ("1 450", "1450 €"),
        ("6.80", "2 x Latte 6,80"),
        ("433", "Flight TP 433"),
        ("TP433", "Flight TP 433"),
        ("144", "144Hz"),
        ("3", "three eggs"),
        ("03", "le 3 février"),
        ("E-4471", "code e4471"),
        ("2026", "report_2026-03.pdf"),
    ],
)
def test_a_number_is_found_however_it_is_written(asked: str, text: str) -> None:
    [number] = numbers_in(asked)

    assert number.is_among(values_in(text))


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("200", "depot 20"),
        ("20", "200"),
        ("20", "20.5"),
        ("20", "2026"),
        ("433", "TP 434"),
        ("2026-181", "2026-118"),
        ("200", "20.0"),
        ("1450", "1.45"),
    ],
)
def test_a_part_of_a_number_is_another_number(asked: str, text: str) -> None:
    [number] = numbers_in(asked)

    assert not number.is_among(values_in(text))


def test_another_depot_is_no_answer_even_beside_the_right_one() -> None:
    text = "Depot 20 holds 14 lorries. Depot 200 holds 90 lorries. It opens at 7."

    assert missing("How many lorries does depot 200 hold?", "Depot 20 holds 14 lorries.") == ["200"]
    assert missing("How many lorries does depot 200 hold?", "Depot 20 holds 14 lorries.", text) == ["200"]
    assert missing("How many lorries does depot 200 hold?", "Depot 200 holds 90 lorries.", text) == []
    assert missing("When does depot 200 open?", "It opens at 7.", text) == []


@pytest.mark.parametrize(
    ("text", "lacks"),
    [
        ("Tom Lee: tom@example.org", True),
        ("Anna Holm: a.holm@example.org", True),
        ("Tom Berg: t.berg@example.org", True),
        ("Write to anna.holm@example.org", True),
        ("Anna Berg: anna@example.org", False),
        ("BERG, Anna: anna@example.org", False),
        ("A. Berg, anna@example.org", False),
        ("Ms Berg: anna@example.org", False),
        ("Anna Maria Berg: anna@example.org", False),
        ("Write to a.berg@example.org", False),
        ("Write to anna.berg@example.org", False),
        ("Anna: anna@example.org", False),
        ("| Anna Holm | a@example.org |", True),
    ],
)
def test_another_persons_address_is_no_answer(text: str, lacks: bool) -> None:
    sentence = text.strip("| ")

    for question, language in (("What is Anna Berg's email?", "en"), ("Quelle est l'adresse d'Anna Berg ?", "fr")):
        assert missing(question, sentence, text, language) == (["Anna Berg"] if lacks else [])


def test_a_line_that_opens_with_another_name_is_about_that_one() -> None:
    text = "Anna Berg: anna@example.org\nTom Lee: tom@example.org"

    assert missing("What is Anna Berg's email?", "Tom Lee: tom@example.org", text) == ["Anna Berg"]
    assert missing("Who is paid by Anna Berg?", "Tom Lee: tom@example.org", text) == []


def test_a_name_may_stand_above_the_sentence_or_in_the_files_name() -> None:
    question = "How high is the Eiffel Tower?"

    assert missing(question, "It is 330 metres high.", heading="Paris > The Eiffel Tower") == []
    assert missing(question, "It is 330 metres high.", name="tour-eiffel.txt") == []
    assert missing(question, "It is 330 metres high.") == ["Eiffel Tower"]
    assert (
        missing("What is Anna Berg's address?", "Home Address: 12 Elm Road", "Anna Berg\nHome Address: 12 Elm Road")
        == []
    )


def test_a_single_name_is_looked_for_in_the_whole_file_and_only_in_its_own_language() -> None:
    question = "When was Canonical founded?"

    assert missing(question, "It was founded in March.", language="en") == ["Canonical"]
    assert missing(question, "It was founded in March.", others="Canonical is a company.") == []
    assert missing("Quelle est la capitale de l'Angleterre ?", "The capital is London.", language="fr",
                   **{"text": "The capital is London."}) == ["Angleterre"]  # fmt: skip
    attachment = an_attachment()
    english = a_segment(attachment, 0, "The capital of England is London.", language="en")
    piece = Evidence(1, Candidate(english, attachment, 1.0))
    [span] = spans_of(piece)
    assert Terms.of("Quelle est la capitale de l'Angleterre ?", "fr").missing(span, [piece]) == []


def test_a_compound_is_one_word_and_may_be_called_otherwise_in_another_language() -> None:
    [name] = names_in("Which Pin-Priority means never?")

    assert not name.is_full


def test_accents_case_and_a_letter_more_or_less_do_not_hide_a_name() -> None:
    assert missing("When does the flight leave Genève?", "It leaves GENEVA at 9.") == []
    assert missing("What did Beatrice Kowalski say?", "Béatrice Kovalski agreed.") == []


def test_a_picture_is_looked_at_as_a_whole() -> None:
    question = "What is the total at the Harbour Cafe?"
    title, total = "Harbour Cafe", "Total 6.80"

    def lacking(modality: Modality) -> list[str]:
        attachment = an_attachment("receipt", modality=modality)
        pieces = [
            Evidence(n, Candidate(a_segment(attachment, n, text), attachment, 1.0))
            for n, text in enumerate([title, total])
        ]
        [span] = spans_of(pieces[1])
        return Terms.of(question, "en").missing(span, pieces)

    assert lacking(Modality.IMAGE) == []
    assert lacking(Modality.TEXT) == ["Harbour Cafe"]

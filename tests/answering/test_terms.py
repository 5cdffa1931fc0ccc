"""When a sentence says it of another: near misses are, ordinary rewordings of what was asked are not."""

from __future__ import annotations

import time
from typing import Any

import pytest

from mmchat.answering.numbers import figures, without
from mmchat.tools.spans import Span, spans_of
from mmchat.answering.terms import Another, Terms
from mmchat.types import Candidate, Evidence
from tests.factories import a_segment, an_attachment


def span_of(sentence: str, text: str = "", name: str = "notes.txt", **changes: Any) -> Span:
    attachment = an_attachment(name)
    text = text or sentence
    segment = a_segment(attachment, 0, text, **changes)
    start = text.index(sentence)
    known = [span for span in spans_of(Evidence(1, Candidate(segment, attachment, 1.0))) if span.text == sentence]
    return known[0] if known else Span(Evidence(1, Candidate(segment, attachment, 1.0)), start, start + len(sentence))


def another(question: str, sentence: str, text: str = "", language: str = "en", **changes: Any) -> Another | None:
    return Terms.of(question, language).another(span_of(sentence, text, **changes))


CONTRACT = (
    "This lease is made between Acme Property and Beta Holding (the Tenant). It runs for three years. "
    "The tenant pays a monthly rent of 900 euros."
)
CV = "Anna Berg\nSoftware Engineer\n\nWorked at Blue Ocean Labs from 2019 to 2023.\nPhone Number: 555 0199"

ORDINARY = [
    ("What rent does Beta Holding pay?", "The tenant pays a monthly rent of 900 euros.", CONTRACT),
    ("What happens on 3 May?", "The shop closes on the 3rd May.", ""),
    ("What happens on 3rd May?", "The shop closes on 3 May and opens on 5 May.", ""),
    ("What is the 1st prize?", "First prize is a bicycle, second prize a lamp.", ""),
    ("What is the first prize?", "1st prize: a bicycle", ""),
    ("Why was I charged 1450 euros?", "The deposit of €1,450.00 was charged in June.", ""),
    ("Is the deposit 1450?", "The deposit 1 450,00 euros is due in June.", ""),
    ("Is the rent 800 euros?", "The rent is 900 euros.", ""),
    ("What is new in version 2.1?", "v2.1 adds tables.", ""),
    ("What is new in v2.1?", "Version 2.1 adds tables, which version 2.0 lacked.", ""),
    ("What is new in version 2.1?", "Version 2.1.3 adds tables.", ""),
    ("Que se passe-t-il à 18h30 ?", "Le concert commence à 18:30.", ""),
    ("What happens at 18:30?", "The concert starts at 18h30, the bar opens at 17h30.", ""),
    ("Where is the 50m2 flat?", "The 50 m² flat is in Lyon.", ""),
    ("How much CO2 is emitted?", "About 14 tonnes of CO₂ are emitted.", ""),
    ("Which holds more, depot 20 or depot 31?", "Depot 31 holds 90 lorries.", ""),
    ("Which holds more, depot 20 or depot 31?", "Depot 20 holds 14 lorries.", ""),
    ("Compare depot 20 with depot 31", "Depot 20 holds 14 lorries.", ""),
    ("What did Barack Obama sign?", "President Obama signed the act on Monday.", ""),
    ("What did President Obama sign?", "Barack Obama signed the act on Monday.", ""),
    ("When did Angela Merkel resign?", "Chancellor Merkel resigned in December.", ""),
    ("What is the Wi-Fi password?", "WiFi password: hunter2", ""),
    ("What does Acme Corp sell?", "Acme Corporation sells lamps.", ""),
    ("What is the population of New York City?", "NYC has about 8 million people, Los Angeles 4 million.", ""),
    ("Hi Claude, when does the flight leave?", "The flight to New York leaves at 9, says Tom Lee.", ""),
    ("What are the 3 main points?", "The 5 main points are listed below.", ""),
    ("Give me the top 10 countries", "The top 5 countries are listed in table 3.", ""),
    ("List 3 facts about depots", "Depot 31 holds 90 lorries.", ""),
    ("Summarise it in 2 sentences", "The tenant pays, in 3 sentences, what is due.", ""),
    ("Is support available 24/7?", "Support is available from 9 to 5.", ""),
    ("Is support 24/7?", "Support 9/5 is included.", ""),
    ("Which depot can hold 20 lorries?", "Depot 31 can hold 90 lorries.", ""),
    ("What was sold in 2019?", "In 2020 lamps were sold.", ""),
    ("Who won the Olympics 2024?", "The Olympics 2024 followed the Olympics 2020.", ""),
    ("When does depot 200 open?", "It opens at 7.", "Depot 31 holds 90 lorries. Depot 200 is in Lyon. It opens at 7."),
    (
        "What does chapter 3 say on fees?",
        "As shown in chapter 2, fees rise.",
        "Chapter 3\nAs shown in chapter 2, fees rise.",
    ),
    ("Is room 5 free?", "Rooms 3 to 7 are free.", ""),
    ("Is room 5 free?", "Rooms 4, 5 and 6 are free.", ""),
    ("Is room 5 free?", "Room five is free, room six is not.", ""),
    ("What is in section 3?", "Section 3.1 covers fees.", ""),
    ("What does chapter 3 cover?", "The third chapter, unlike chapter 2, covers fees.", ""),
    ("When was order E-4471 placed?", "I placed the order two weeks ago.", ""),
    ("When will order E4471 be sent?", "Order no. E-4471 will be sent on Monday.", ""),
    ("Who runs depot 20?", "Paul Martin runs it.", ""),
    ("Who is paid by Anna Berg?", "Tom Lee: tom@example.org", ""),
    ("What is Anna Berg's email?", "A. Berg: anna@example.org", ""),
    ("What is Anna Berg's email?", "BERG, Anna: anna@example.org", ""),
    ("What is Anna Berg's email?", "Ms Berg: anna@example.org", ""),
    ("What is Anna Berg's email?", "Anna: anna@example.org", ""),
    ("What is Anna Berg's email?", "Anna Maria Berg: anna@example.org", ""),
    ("What is Anna Berg's email?", "anna.berg@example.org", ""),
    ("What is Anna Berg's mobile?", "Phone Number: 555 0199", CV),
    ("Where did Anna Berg work?", "Worked at Blue Ocean Labs from 2019 to 2023.", CV),
    ("What is Anna Berg's address?", "Home Address: 12 Elm Road", ""),
    ("When does Anna Berg meet Tom Lee?", "Tom meets Anna on Friday.", ""),
    ("When do Anna Berg and Tom Lee leave?", "Tom Lee leaves on Friday.", ""),
    ("When does Anna Berg meet her boss?", "She meets Tom Lee on Friday.", ""),
    ("What did Beatrice Kowalski say?", "Béatrice Kovalski agreed.", ""),
    ("How high is the Eiffel Tower?", "Paul Martin says that it is 330 metres high.", ""),
    ("How do I print in Adobe Photoshop?", "Choose File Print Setup, then press Enter.", ""),
    ("What Is The Total Price?", "Tom Lee pays 900 euros.", ""),
    ("WHAT IS ANNA BERG'S EMAIL?", "Tom Lee: tom@example.org", ""),
    ("How much leave does Anna Berg get?", "Employees get 25 days.", "Holiday Policy\nEmployees get 25 days."),
    ("How much does Anna Berg get back?", "Travel Expenses: 90 euros", ""),
    ("What does Blue Ocean charge?", "Anna Holm, the manager, charges 90 euros.", ""),
    ("What does John Smith owe?", "Balance Owed 900", ""),
    ("What comes after step 3?", "Step 4: bake.", ""),
    ("How do I upgrade from version 1 to version 2?", "To upgrade to version 2, run the script.", ""),
    ("Is gate B12 open?", "Gate B 12 is open.", ""),
    ("Did Emma Watson attend?", "Watson and John Smith attended.", ""),
    ("Where did Steve Jobs present it?", "Apple Park is where Jobs presented it.", ""),
    ("Where does the Orient Express stop?", "The Golden Arrow and the train stop in Vienna.", ""),
]
ORDINAIRES = [
    ("Quel est le 1er prix ?", "Premier prix : un vélo", ""),
    ("Quand a lieu la 3e réunion ?", "La troisième réunion a lieu lundi, la 2e réunion mardi.", ""),
    ("Quand Claire Dubois part-elle ?", "Mme Dubois part le 4 août.", ""),
    ("Quand Claire Dubois part-elle ?", "Elle part avec Hugo Petit le 4 août.", ""),
    ("Que dit l'article 5 ?", "Les articles 4 à 6 portent sur le loyer.", ""),
    ("Combien coûte la chambre 5 ?", "La chambre n° 5 coûte 90 euros, la chambre 6 coûte 80 euros.", ""),
    ("Le loyer est-il de 900 euros ?", "Le loyer est de 950 euros.", ""),
    ("Qui appelle Hugo Petit ?", "Claire Dubois appelle lundi.", ""),
]


@pytest.mark.parametrize(
    ("language", "question", "sentence", "text"),
    [("en", *row) for row in ORDINARY] + [("fr", *row) for row in ORDINAIRES],
)
def test_an_ordinary_rewording_is_never_refused(language: str, question: str, sentence: str, text: str) -> None:
    assert another(question, sentence, text, language) is None


@pytest.mark.parametrize(
    ("language", "question", "sentence", "text", "said"),
    [
        ("en", "How many lorries does depot 200 hold?", "Depot 20 holds 14 lorries.", "", "depot 20"),
        ("en", "How many lorries does depot 20 hold?", "Depot 31 holds 20 lorries.", "", "depot 31"),
        ("en", "When will order E-4471 be sent?", "Order E-4417 will be sent on Monday.", "", "order E-4417"),
        ("en", "When will order E-4471 be sent?", "It will be sent on Monday.",
         "Order E-4417\nIt will be sent on Monday.", "order E-4417"),
        ("en", "What is Anna Berg's email?", "Peter Berg: p.berg@example.org", "", "Peter Berg"),
        ("en", "What is Anna Berg's email?", "Anna Holm: anna.holm@example.org", "", "Anna Holm"),
        ("en", "What is Anna Berg's email?", "Tom Lee: tom@example.org", "", "Tom Lee"),
        ("en", "What is Anna Berg's email?", "Email: tom@example.org", "Tom Lee\nEmail: tom@example.org", "Tom Lee"),
        ("en", "When does Anna Berg leave?", "On Monday we heard that Peter Berg leaves in June.", "", "Peter Berg"),
        ("en", "How long is room 5 booked?", "Room 15 is booked for two hours.", "", "room 15"),
        ("en", "How long is room 5 booked?", "Room fifteen is booked for two hours.", "", "room fifteen"),
        ("en", "What is new in version 2.1?", "Version 2.0 adds tables.", "", "version 2.0"),
        ("en", "What is new in version 2.1?", "v2.0 adds tables.", "", "version 2.0"),
        ("en", "What does Christina Berg want?", "Christian Berg wants a lamp.", "", "Christian Berg"),
        ("en", "When does Mr Keller arrive?", "Tom Lee arrives on Monday.", "", "Tom Lee"),
        ("en", "When will order E-4417 be sent?", "Your order number is E-4471.", "", "order E-4471"),
        ("en", "When does flight TP 433 leave?", "Flight TP 434 leaves at 9.", "", "flight TP 434"),
        ("en", "What is on page 12?", "Contents of page 21: prices", "", "page 21"),
        ("en", "What did Sarah Jones order?", "Two lamps were ordered by Mark Jones.", "", "Mark Jones"),
        ("en", "What does Sofia Nair want?", "I spoke to Priya Nair of a lamp.", "", "Priya Nair"),
        ("fr", "Quel âge a Marie Petit ?", "Hugo Petit a dix ans.", "", "Hugo Petit"),
        ("fr", "Combien de camions contient le dépôt 200 ?", "Le dépôt 20 contient 14 camions.", "", "le dépôt 20"),
        ("fr", "À combien s'élève la facture 2026-181 ?", "La facture 2026-118 s'élève à 640 euros.", "",
         "la facture 2026-118"),
        ("fr", "Où se trouve le bureau 21 ?", "Le bureau 12 est au premier étage.", "", "le bureau 12"),
        ("fr", "Que dit l’article 5 ?", "L'article 15 porte sur le loyer.", "", "l’article 15"),
        ("fr", "Quel est l'e-mail d'Anna Berg ?", "Tom Berg : tom.berg@example.org", "", "Tom Berg"),
        ("fr", "Quand Claire Morel part-elle ?", "Claire Dubois part en congé le 4 août.", "", "Claire Dubois"),
    ],
)  # fmt: skip
def test_a_sentence_about_another_is_refused_and_says_about_whom(
    language: str, question: str, sentence: str, text: str, said: str
) -> None:
    found = another(question, sentence, text, language)

    assert found is not None
    assert found.said == said


def test_a_heading_or_the_files_name_tells_what_a_sentence_is_about() -> None:
    question = "How many lorries does depot 200 hold?"

    assert another(question, "It holds 14 lorries.", heading="Depots > Depot 20") is not None
    assert another(question, "Unlike depot 20 it holds 90.", heading="Depots > Depot 200") is None
    assert another(question, "Unlike depot 20 it holds 90.", name="depot-200.txt") is None


def test_a_row_of_a_table_is_about_whom_it_names() -> None:
    table = "| Name | Email |\n|---|---|\n| Anna Holm | a@example.org |\n| Anna Berg | b@example.org |"

    assert another("What is Anna Berg's email?", "Anna Holm | a@example.org", table) is not None
    assert another("What is Anna Berg's email?", "Anna Berg | b@example.org", table) is None


@pytest.mark.parametrize(
    "filler", ["depot 20 and Anna Berg went. ", "room5 ", "A ", "7", "a.b@c ", "1 234 567 ", "x" * 50 + " "]
)
def test_a_pasted_page_costs_next_to_nothing(filler: str) -> None:
    pasted = (filler * 6000)[:6000]
    span = span_of("Depot 31 holds 90 lorries.", f"Depot 31 holds 90 lorries. {pasted}")

    started = time.perf_counter()
    terms = Terms.of(pasted, "en")
    terms.another(span)
    given = figures(pasted)
    without(pasted, given)

    assert time.perf_counter() - started < 0.05


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1,450.00 euros", {"1450"}),
        ("1 450,00 €", {"1450"}),
        ("1\u202f450 €", {"1450"}),
        ("6,80", {"6.8"}),
        ("12.5.2026", {"12", "5", "2026"}),
        ("18h30 or 18:30", {"18", "30"}),
        ("3rd, third", {"3"}),
        ("order E-4471", {"4471"}),
        ("50 m²", {"50", "2"}),
        ("１２ and ٣", {"12", "3"}),
        ("v2.1", {"2.1"}),
        ("no number", set()),
    ],
)
def test_figures_are_read_alike_however_they_are_written(text: str, found: set[str]) -> None:
    assert figures(text) == found


def test_the_numbers_of_the_question_are_taken_from_a_sentence() -> None:
    assert without("Depot 20 holds 14 lorries.", figures("depot 20")) == "Depot  holds 14 lorries."

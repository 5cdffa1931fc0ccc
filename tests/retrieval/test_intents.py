"""What a question says of the files it is about."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mmchat.retrieval.intents import narrowed, read_intents
from mmchat.retrieval.time_words import time_words
from mmchat.types import Modality, NarrowedBy, Query

NOW = datetime(2026, 11, 21, 15, 30, tzinfo=UTC)  # a Saturday
NAMES = {"a": "report.pdf", "b": "china.jpg", "c": "scan-2024.png"}


def read(text: str) -> tuple[str, list[tuple[str, str]]]:
    found = read_intents(text, now=NOW, names=NAMES, tags={"holiday"})
    return found.text, [(n.by.value, n.label) for n in found.narrowings]


@pytest.mark.parametrize(
    ("text", "left", "narrowings"),
    [
        ("Find the photo of a red fox", "Find the photo of a red fox", [("modality", "image")]),
        ("show me the pictures of dogs", "show me the pictures of dogs", [("modality", "image")]),
        ("Which recording mentions the budget?", "the budget", [("modality", "audio")]),
        ("In which recording is the budget discussed?", "the budget", [("modality", "audio")]),
        ("On what page is the boiler explained?", "the boiler", [("modality", "text")]),
        ("the video where the dog jumps", "the video where the dog jumps", [("modality", "video")]),
        ("where is Bob in my videos?", "where is Bob in my videos?", [("modality", "video")]),
        (
            "Find the photo of a fox from last week",
            "Find the photo of a fox",
            [("time", "last week"), ("modality", "image")],
        ),
        ("What did I add yesterday?", "What did I add?", [("time", "yesterday")]),
        ("find the notes I added in March", "find the notes I added", [("time", "in March"), ("modality", "text")]),
        ("yesterday’s memo about taxes", "memo about taxes", [("time", "yesterday")]),
        ("What is the total from report.pdf?", "What is the total from report.pdf?", [("file", "report.pdf")]),
        ("what is in scan-2024?", "what is in scan-2024?", [("file", "scan-2024.png")]),
        ("where is the beach in #holiday", "where is the beach", [("tag", "#holiday")]),
        ("#holiday", "holiday", [("tag", "#holiday")]),
        ("find the photo of Mars", "find the photo of Mars", [("modality", "image")]),
        ("photo of April", "photo of April", [("modality", "image")]),
        ("the photos I took in May", "the photos I took", [("time", "in May"), ("modality", "image")]),
        ("la photo de Mars", "la photo de Mars", [("modality", "image")]),
        ("les photos de mars", "les photos", [("time", "de mars"), ("modality", "image")]),
        ("Trouve la photo d’un renard", "Trouve la photo d’un renard", [("modality", "image")]),
        ("quel enregistrement parle du budget ?", "budget", [("modality", "audio")]),
        ("dans quel enregistrement parle-t-on du budget ?", "budget", [("modality", "audio")]),
        ("à quelle page est la chaudière ?", "à quelle page est la chaudière ?", [("modality", "text")]),
        ("la vidéo où le chien saute", "la vidéo où le chien saute", [("modality", "video")]),
        ("les photos de la semaine dernière", "les photos", [("time", "la semaine dernière"), ("modality", "image")]),
        ("la note d’hier sur la taxe", "la note sur la taxe", [("time", "hier"), ("modality", "text")]),
        ("Qu’ai-je ajouté en mars ?", "Qu’ai-je ajouté ?", [("time", "en mars")]),
        ("Quel est le total dans report.pdf ?", "Quel est le total dans report.pdf ?", [("file", "report.pdf")]),
    ],
)
def test_the_wording_narrows(text: str, left: str, narrowings: list[tuple[str, str]]) -> None:
    assert read(text) == (left, narrowings)


@pytest.mark.parametrize(
    "text",
    """What was the revenue in March?
What happened last week?
Who signed the lease in 2023?
which image format does a camera use?
Which page size does the printer use?
What is #include?
Which meeting is on Monday?
What text is on the sign?
What text is written on the board?
What sounds are in the video?
How much did we save last year?
Who took the medicine today?
What is the total from ort.pdf?
On which page is the picture of a fox?
What is the #1 priority in C#?
what did she say last week about the lease?
what is in the image of the company?
Is there a report?
When does the recording studio open?
Quel était le revenu en mars ?
Que s’est-il passé hier ?
Quel format d’image utilise l’appareil ?
Où est la photocopieuse ?
à quelle page est le schéma ?
Quel texte est écrit sur le panneau ?
Quels sons sont dans la vidéo ?
Combien a-t-on donné en mars ?
Qui a signé le bail en 2023 ?""".splitlines(),
)
def test_what_files_say_is_not_what_they_are(text: str) -> None:
    assert read(text) == (text, [])


@pytest.mark.parametrize(
    ("words", "since", "before"),
    [
        ("today", "2026-11-21", "2026-11-22"),
        ("hier", "2026-11-20", "2026-11-21"),
        ("the day before yesterday", "2026-11-19", "2026-11-20"),
        ("last week", "2026-11-09", "2026-11-16"),
        ("cette semaine", "2026-11-16", "2026-11-23"),
        ("le mois dernier", "2026-10-01", "2026-11-01"),
        ("in March", "2026-03-01", "2026-04-01"),
        ("en décembre", "2025-12-01", "2026-01-01"),
        ("in May 2024", "2024-05-01", "2024-06-01"),
        ("l’année dernière", "2025-01-01", "2026-01-01"),
        ("in 2024", "2024-01-01", "2025-01-01"),
        ("the last 3 days", "2026-11-18", "2026-11-22"),
        ("ces deux dernières semaines", "2026-11-07", "2026-11-22"),
        ("on Monday", "2026-11-16", "2026-11-17"),
        ("samedi", "2026-11-14", "2026-11-15"),
        ("3 days ago", "2026-11-18", "2026-11-19"),
        ("since October", "2026-10-01", None),
    ],
)
def test_words_for_a_time(words: str, since: str, before: str | None) -> None:
    [found] = time_words(f"files {words}", NOW)

    assert found.since == datetime.fromisoformat(since).replace(tzinfo=UTC)
    assert found.before == (datetime.fromisoformat(before).replace(tzinfo=UTC) if before else None)


def test_the_query_is_kept_to_what_was_read() -> None:
    found = read_intents("photos from last week #holiday", now=NOW, names=NAMES, tags={"holiday"})

    query = narrowed(Query(text=found.text), found.narrowings)

    assert (query.tag, query.added_from) == ("holiday", datetime(2026, 11, 9, tzinfo=UTC))
    files = read_intents("compare report.pdf and china.jpg", now=NOW, names=NAMES)
    assert narrowed(Query(), files.narrowings).attachment_ids == {"a", "b"}
    assert narrowed(Query(), read_intents("my photos of dogs", now=NOW, names={}).narrowings).modality is Modality.IMAGE
    assert {n.by for n in files.narrowings} == {NarrowedBy.FILE}


def test_in_what_was_pasted_only_files_are_named() -> None:
    pasted = "We met in March and added notes last week to report.pdf. " * 40

    assert read(pasted) == (pasted, [("file", "report.pdf")])

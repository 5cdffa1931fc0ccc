from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mmchat.question.filters import Filters, read_filters
from mmchat.types import Attachment, JobState, LibraryEntry, Modality, NarrowedBy

NOW = datetime(2025, 3, 12, 15, 0, tzinfo=ZoneInfo("Europe/Paris"))
NAMES = (
    "Budget 2025.xlsx|Courrier banque.pdf|IMG_1875.jpg|IMG_1999.jpg|IMG_2041.jpg|IMG_2087.jpg|IMG_3312.PNG|"
    "Investor update.pptx|Invoice 2025-031.pdf|Lemon cake.md|Monday meeting 10 March.mp3|New Recording 14.m4a|"
    "Q1 revenue chart.png|Quote Brightroof.pdf|Quote Hill & Sons.pdf|Screen Recording backup howto.mp4|"
    "Screenshot 2025-03-11 091402.png|Tenancy agreement.pdf|boarding-pass.png|expenses 2025.csv|"
    "meeting-notes-2025-02-24.md|messagerie garage.ogg|router label.png|scan page.png|sense_and_sensibility.wav|"
    "todo.txt|notes.txt"
).split("|")


def library(names: Sequence[str], tags: tuple[str, ...] = ()) -> list[LibraryEntry]:
    return [
        LibraryEntry(Attachment(n, n, n, "text/plain", Modality.TEXT, 1), JobState.INDEXED, 1, tags=tags) for n in names
    ]


def cases(name: str) -> list[list[str]]:
    lines = (Path(__file__).parent / name).read_text("utf-8").splitlines()[1:]
    return [(line.split("\t") + [""])[1:4] for line in lines]


def read(text: str, language: str = "en", names: Sequence[str] = NAMES, tags: tuple[str, ...] = ()) -> Filters:
    return read_filters(text, now=NOW, entries=library(names, tags), language=language)


def values(filters: Filters, by: NarrowedBy) -> list[str]:
    return sorted(n.value for n in filters.narrowings if n.by is by)


def test_a_kind_of_file_narrows_where_it_is_asked_for_or_in() -> None:
    wrong = [
        (text, wanted, got)
        for language, text, wanted in cases("kinds.tsv")
        if (got := "".join(values(read(text, language, ()), NarrowedBy.MODALITY))) != wanted
    ]

    assert len(wrong) <= 1, wrong  # "quelle image de marque": a brand's image is no picture


def test_a_file_is_found_by_the_distinctive_words_of_its_name() -> None:
    wrong = [
        (text, wanted, got)
        for language, text, wanted in cases("names.tsv")
        if (got := "|".join(values(read(text, language), NarrowedBy.FILE))) != wanted
    ]

    assert wrong == []


def test_files_that_are_named_as_well_as_each_other_all_count() -> None:
    named = read("compare Quote Hill and Quote Brightroof")

    assert values(named, NarrowedBy.FILE) == ["Quote Brightroof.pdf", "Quote Hill & Sons.pdf"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("summarise the board minutes of June", ["Board minutes June.docx"]),
        ("compare the board minutes", ["Board minutes June.docx", "Board minutes May.docx"]),
        ("total of invoices 8841 and 8842", ["invoice_8841.pdf", "invoice_8842.pdf"]),
        ("DSC00412", ["DSC00412.JPG"]),
        ("play voice memo 93", ["VoiceMemo_0093.m4a"]),
    ],
)
def test_files_whose_names_differ_in_one_word_are_told_apart_by_it(text: str, wanted: list[str]) -> None:
    names = "Board minutes May.docx|Board minutes June.docx|invoice_8841.pdf|invoice_8842.pdf"

    assert (
        values(read(text, names=[*names.split("|"), "DSC00412.JPG", "VoiceMemo_0093.m4a", "2023.pdf"]), NarrowedBy.FILE)
        == wanted
    )


def test_one_ordinary_word_of_a_name_makes_a_file_likely_and_narrows_nothing() -> None:
    filters = read("when is the print works invoice due?")

    assert (filters.narrowings, filters.likely) == ((), ("Invoice 2025-031.pdf",))


@pytest.mark.parametrize(
    ("language", "text", "without"),
    [
        ("en", "what did I upload today?", "what did I upload?"),
        ("en", "show the photos from last week", "show the photos"),
        ("en", "what is in yesterday's recording?", "what is in recording?"),
        ("fr", "les fichiers ajoutés la semaine dernière", "les fichiers ajoutés"),
        ("de", "was habe ich heute hochgeladen?", "was habe ich hochgeladen?"),
        ("es", "las fotos del mes pasado", "las fotos"),
    ],
)
def test_when_a_file_was_added_narrows_and_leaves_the_question(language: str, text: str, without: str) -> None:
    filters = read(text, language, ())

    assert len(values(filters, NarrowedBy.TIME)) == 1
    assert filters.text_without == without


@pytest.mark.parametrize(
    "text",
    ["the letter of 3 March", "what did we buy in 2019?", "who was at the meeting on 10 March?", "costs last year"],
)
def test_a_date_that_a_file_speaks_of_narrows_nothing(text: str) -> None:
    filters = read(text, names=())

    assert (filters.narrowings, filters.text_without) == ((), text)


def test_a_tag_in_use_narrows_and_an_unknown_one_is_a_word() -> None:
    known, unknown = read("what is due #tax", tags=("tax",)), read("what is due #tax")

    assert values(known, NarrowedBy.TAG) == ["tax"]
    assert known.text_without == "what is due"
    assert unknown.narrowings == ()


def test_a_pasted_text_and_a_large_library_are_read_at_once() -> None:
    names = [f"{word} {n} report {n * 7}.pdf" for n, word in enumerate(["budget", "travel", "invoice", "trip"] * 125)]
    pasted = "the photos in march of the tenency agrement 2019, last week " * 350
    read(pasted, names=names)

    started = time.perf_counter()
    read(pasted, names=names)

    assert time.perf_counter() - started < 1.0  # 0.03 s measured; a busy machine may take longer

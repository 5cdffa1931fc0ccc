"""The questions that the empty box shows, from what stands in a library."""

from __future__ import annotations

from collections.abc import Sequence

from mmchat.catalog.beginnings import Written
from mmchat.examples import MOST, example_questions
from mmchat.types import (
    Attachment,
    Cell,
    CellType,
    JobState,
    LibraryEntry,
    Modality,
    RequestKind,
    Row,
    Table,
)
from tests.factories import an_attachment

COSTS = an_attachment("costs.csv")
MEMO = an_attachment("weekly memo.mp3", modality=Modality.AUDIO, duration_s=900.0)
MINUTES = an_attachment("minutes.md")
LEASE = an_attachment("lease.pdf", pages=8)
PHOTO = an_attachment("IMG_2041.jpg", modality=Modality.IMAGE)


class Held:
    def __init__(self, written: Sequence[Written] = (), tables: Sequence[Table] = ()) -> None:
        self._written, self._tables = written, tables

    def written(self, library: str, attachment_ids: Sequence[str], most: int) -> Sequence[Written]:
        return [each for each in self._written if each.attachment_id in attachment_ids]

    def tables(self, library: str, attachment_ids: Sequence[str], most_rows: int) -> Sequence[Table]:
        return [each for each in self._tables if each.attachment_id in attachment_ids]


def a_table(file: Attachment, columns: dict[str, list[tuple[str, CellType, float | None]]]) -> Table:
    rows = zip(*columns.values(), strict=True)
    made = [
        Row(index, "", tuple(Cell(at, text, kind, value) for at, (text, kind, value) in enumerate(row)))
        for index, row in enumerate(rows)
    ]
    return Table(f"t-{file.id}", file.id, 0, "", tuple(columns), tuple(made))


def asked(files: Sequence[Attachment], held: Held, language: str = "en") -> list[str]:
    entries = [LibraryEntry(file, JobState.INDEXED, 3) for file in files]
    return [each.question for each in example_questions("lib", entries, held, language)]


NAMES = [(name, CellType.TEXT, None) for name in ("Clay", "Taxi", "Paper")]
AMOUNTS = [(f"{value}", CellType.MONEY, value) for value in (318.0, 31.5, 18.99)]
YEARS = [(f"{value}", CellType.NUMBER, value) for value in (2021.0, 2019.0, 2024.0)]
NUMBERED = [(f"{value}", CellType.NUMBER, value) for value in (1.0, 2.0, 3.0)]
TABLE = a_table(COSTS, {"No": NUMBERED, "Item": NAMES, "Year": YEARS, "Amount": AMOUNTS})
ITEMS = Written(MINUTES.id, "Team meeting > Decisions", "- Hire a student\n- Free delivery stays\n- No fair in May")
SECTIONS = [
    Written(LEASE.id, "Tenancy agreement", "Between the two of them."),
    Written(LEASE.id, "Tenancy agreement > 4. Pets", "No pets without consent."),
]
HELD = Held([ITEMS, *SECTIONS], [TABLE])


def test_each_of_the_four_is_of_another_kind_and_of_another_file() -> None:
    assert asked([COSTS, MEMO, MINUTES, LEASE, PHOTO], HELD) == [
        "What is the highest Amount in costs.csv?",
        "Sum up weekly memo.mp3",
        "List the Decisions in minutes.md",
        "What does lease.pdf say about Pets?",
    ]


def test_they_are_asked_in_the_visitors_language_and_as_what_they_are() -> None:
    entries = [LibraryEntry(file, JobState.INDEXED, 3) for file in (COSTS, MEMO, MINUTES, LEASE)]
    french = example_questions("lib", entries, HELD, "fr")

    assert french[0].question == "Quel est le maximum de Amount dans costs.csv ?"
    assert [each.kind for each in french] == [
        RequestKind.TABLE,
        RequestKind.OVERVIEW,
        RequestKind.ENUMERATE,
        RequestKind.LOOKUP,
    ]


def test_a_figure_after_a_label_is_asked_for_where_no_headings_are() -> None:
    label = Written(LEASE.id, "", "Signed: M. Doyle\nDeposit: 1,140 EUR")

    assert "What is the Deposit in lease.pdf?" in asked([LEASE], Held([label]))


def test_few_files_are_asked_of_as_far_as_they_go() -> None:
    assert asked([PHOTO, MEMO], Held()) == [
        "Sum up weekly memo.mp3",
        "What is to be seen in IMG_2041.jpg?",
        "Which files do I have?",
    ]


def test_an_empty_library_and_one_still_being_read_have_none() -> None:
    reading = LibraryEntry(LEASE, JobState.READING, 0)
    copy = LibraryEntry(LEASE, JobState.INDEXED, 0, copy_of="other.pdf")

    assert example_questions("lib", [reading, copy], Held(), "en") == ()
    assert example_questions("lib", [], Held(), "en") == ()


def test_there_are_never_more_than_four() -> None:
    files = [an_attachment(f"chapter {name}.md") for name in "abcdefgh"]

    assert len(asked(files, Held())) == MOST

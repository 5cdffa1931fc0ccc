"""What is read of one file."""

from __future__ import annotations

from mmchat.tools.read import ReadArguments, Reading, read
from mmchat.types import Attachment, Locator, Segment, SegmentKind
from tests.factories import a_segment, an_attachment
from tests.held_files import HeldFiles


def reading(files: HeldFiles, file: Attachment, **arguments: object) -> Reading:
    return read(files.context(), ReadArguments(file=file.id, **arguments))  # type: ignore[arg-type]


def texts(reading: Reading) -> list[str]:
    return [piece.candidate.segment.text for piece in reading.evidence]


def paged(name: str = "report.pdf") -> list[Segment]:
    file = an_attachment(name)
    return [a_segment(file, n, f"Page {n} speaks.", locator=Locator(page=n)) for n in (1, 2, 3)]


def test_a_file_is_read_in_order_and_numbered_from_one() -> None:
    files = HeldFiles()
    file = files.hold("report.pdf", *paged())

    found = reading(files, file)

    assert texts(found) == ["Page 1 speaks.", "Page 2 speaks.", "Page 3 speaks."]
    assert [piece.number for piece in found.evidence] == [1, 2, 3]
    assert not found.cut


def test_pages_seconds_and_headings_are_kept_to() -> None:
    files = HeldFiles()
    report = files.hold("report.pdf", *paged())
    talk = an_attachment("talk.wav")
    said = [
        a_segment(
            talk, n, f"Said {n}.", kind=SegmentKind.TRANSCRIPT, locator=Locator(start_s=10.0 * n, end_s=10 * n + 9)
        )
        for n in range(3)
    ]
    files.hold("talk.wav", *said)
    guide = files.hold("guide.md", "Use > Starting | Press the button.", "Use > Stopping | Press it again.")

    assert texts(reading(files, report, first_page=2, last_page=2)) == ["Page 2 speaks."]
    assert texts(reading(files, talk, from_s=12, to_s=19)) == ["Said 1."]
    assert texts(reading(files, guide, heading="stopping")) == ["Press it again."]
    assert texts(reading(files, guide, first_page=1)) == []


def test_the_budget_ends_the_reading_and_says_so() -> None:
    files = HeldFiles()
    file = files.hold("report.pdf", *paged())

    found = reading(files, file, budget_words=7)

    assert texts(found) == ["Page 1 speaks.", "Page 2 speaks."]
    assert found.cut


def test_the_first_segment_is_read_even_over_the_budget() -> None:
    files = HeldFiles()
    file = files.hold("note.txt", "Much longer than that.")

    assert texts(reading(files, file, budget_words=1)) == ["Much longer than that."]


def test_rows_are_left_to_the_passage_of_their_table() -> None:
    files = HeldFiles()
    csv = an_attachment("prices.csv")
    row = a_segment(csv, 1, "Bread | 2", kind=SegmentKind.ROW)
    file = files.hold("prices.csv", a_segment(csv, 0, "| Bread | 2 |"), row)

    assert texts(reading(files, file)) == ["| Bread | 2 |"]


def test_a_file_that_is_not_here_reads_as_nothing() -> None:
    assert reading(HeldFiles(), an_attachment()) == Reading((), cut=False)

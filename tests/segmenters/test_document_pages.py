"""Which segments stand on one page."""

from __future__ import annotations

from mmchat.segmenters.pages import MOST_WORDS, pages_of
from mmchat.types import Locator, Modality, Segment, SegmentKind
from tests.factories import a_segment, an_attachment

PDF = an_attachment("manual.pdf", media_type="application/pdf")
DOCX = an_attachment("plan.docx", media_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document")


def passage(ordinal: int, start: int, text: str, heading: str) -> Segment:
    return a_segment(
        DOCX, ordinal, text, heading=heading, locator=Locator(char_start=start, char_end=start + len(text))
    )


def figure(attachment, ordinal: int, locator: Locator, heading: str = "") -> Segment:  # type: ignore[no-untyped-def]
    kind = SegmentKind.WHOLE_IMAGE
    return a_segment(attachment, ordinal, "", kind=kind, modality=Modality.IMAGE, locator=locator, heading=heading)


def test_a_page_of_a_pdf_holds_its_passages_and_its_figures() -> None:
    segments = [
        a_segment(PDF, 0, "one", locator=Locator(page=1)),
        a_segment(PDF, 1, "two", locator=Locator(page=2)),
        a_segment(PDF, 2, "three", locator=Locator(page=2)),
        figure(PDF, 3, Locator(page=2)),
    ]

    first, second = pages_of(PDF, segments)

    assert (first.number, first.segment_ids, first.fused, first.figures) == (1, (segments[0].id,), False, False)
    assert (second.number, second.fused, second.figures) == (2, True, True)
    assert second.segment_ids == tuple(segment.id for segment in segments[1:])
    assert [page.id for page in pages_of(PDF, segments)] == [first.id, second.id]


def test_a_scan_is_its_page_and_no_figure_on_it() -> None:
    read = [a_segment(PDF, n, word, locator=Locator(page=1)) for n, word in enumerate(("one", "two"))]
    scan = figure(PDF, 2, Locator(page=1, boxes=((0.0, 0.0, 1.0, 1.0),)))
    drawing = figure(PDF, 2, Locator(page=1, boxes=((0.1, 0.1, 0.9, 0.5),)))

    assert [page.figures for page in pages_of(PDF, [*read, scan])] == [False]
    assert [page.figures for page in pages_of(PDF, [*read, drawing])] == [True]


def test_a_word_file_has_what_stands_under_a_heading_for_a_page() -> None:
    segments = [
        passage(0, 0, "Lemons.", "Garden"),
        passage(1, 10, "word " * (MOST_WORDS - 2), "Garden"),
        passage(2, 5000, "Too much for that page.", "Garden"),
        passage(3, 6000, "The roof.", "House > Roof"),
        figure(DOCX, 4, Locator(char_start=2, char_end=5)),
        figure(DOCX, 5, Locator(), heading="Roof"),
        figure(DOCX, 6, Locator(), heading="Nowhere"),
    ]

    found = [
        [segments.index(s) for id in page.segment_ids for s in segments if s.id == id]
        for page in pages_of(DOCX, segments)
    ]

    assert found == [[0, 1, 4], [2], [3, 5], [6]]


def test_a_row_of_a_table_is_on_no_page_of_its_own() -> None:
    pdf_row = a_segment(PDF, 1, "Gutters | Price 980", kind=SegmentKind.ROW, locator=Locator(page=1))
    docx_row = a_segment(DOCX, 1, "Gutters | Price 980", kind=SegmentKind.ROW)
    on_pdf = a_segment(PDF, 0, "Gutters 980", locator=Locator(page=1))
    in_docx = passage(0, 0, "Gutters 980", "Roof")

    for attachment, read in ((PDF, on_pdf), (DOCX, in_docx)):
        [page] = pages_of(attachment, [read, pdf_row if attachment is PDF else docx_row])
        assert page.segment_ids == (read.id,)
        assert not page.fused  # it is that of its only passage


def test_plain_text_is_all_passages() -> None:
    note = an_attachment("note.md", media_type="text/markdown")
    segments = [a_segment(note, n, f"line {n}", heading="Same") for n in range(3)]

    found = pages_of(note, segments)

    assert [page.segment_ids for page in found] == [(segment.id,) for segment in segments]
    assert not any(page.fused for page in found)

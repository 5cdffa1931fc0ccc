"""PDF, office files and web pages -> passages and figures, with pages and boxes where the format has them."""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path

from mmchat.attachments import plain_text
from mmchat.errors import UnsupportedAttachment
from mmchat.perception.language import detect_language
from mmchat.perception.ocr import TextReader, create_reader
from mmchat.segmenters import pdf
from mmchat.segmenters.base import Progress, Segmenter, segment_id
from mmchat.segmenters.bounds import BROKEN_OFFICE, MOST_PARAGRAPHS, MOST_TAGS
from mmchat.segmenters.figures import Figure, picture_segment, word_segments
from mmchat.segmenters.html import read_html, within_tags
from mmchat.segmenters.office_bounds import within_bounds
from mmchat.segmenters.office_figures import office_figures, without_marks
from mmchat.segmenters.office_tables import office_grids
from mmchat.segmenters.passages import Passage, split_markdown, split_rows
from mmchat.segmenters.pdf_figures import SCALE, PdfFigures, cut_out
from mmchat.segmenters.row_places import placed
from mmchat.segmenters.running_lines import RunningLines
from mmchat.segmenters.sheets import Sheet, read_sheets
from mmchat.segmenters.tables import read_tables
from mmchat.segmenters.text import as_passages
from mmchat.settings import Settings
from mmchat.types import Attachment, JobState, Locator, Remark, Segment, SegmentInput, SegmentKind, Table, WordPlace

SCAN_SCALE = 200 / 72
"""Scanned pages are read at 200 dots per inch: enough for 9-point print, a quarter of the work of 400."""
_COLUMNS_CHARACTERS = 300
"""How much of a table's first row stands in the heading of its later passages."""
_SLIDE = re.compile(r"<!-- Slide number: (\d+) -->\n?")
_EXTENSIONS = {"document": ".docx", "presentation": ".pptx"}


class DocumentSegmenter(Segmenter):
    """Reads documents; a page without a text layer goes through OCR."""

    reading = 3

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @classmethod
    def from_settings(cls, settings: Settings) -> DocumentSegmenter:
        """With the OCR that ``settings`` choose."""
        return cls(settings)

    @cached_property
    def _reader(self) -> TextReader:
        return create_reader(self._settings)

    def load(self) -> None:
        """Nothing now: OCR loads when a scanned page comes, and pictures share it."""

    def segment(
        self, attachment: Attachment, original: Path, progress: Progress
    ) -> Iterator[SegmentInput | Table | Remark]:
        """Passages in reading order and figures, then the tables."""
        if attachment.media_type == "application/pdf":
            yield from self._pdf(attachment, original, progress)
        elif attachment.media_type == "text/html":
            source = plain_text(original.read_bytes())
            text, grids = read_html(source)
            progress(JobState.READING, 1.0)
            if len(within_tags(source)) < len(source):
                yield Remark(f"{attachment.name} is larger than can be read: only its first {MOST_TAGS:,} tags were.")
            passages = list(as_passages(attachment, text, split_markdown(text)))
            yield from passages
            yield from read_tables(attachment, grids, len(passages))
        elif attachment.media_type.endswith(".sheet"):
            sheets = read_sheets(original, partial(progress, JobState.READING, 0.0))
            progress(JobState.READING, 1.0)
            passages = list(_by_sheet(attachment, sheets))
            yield from passages
            yield from read_tables(attachment, (sheet.grid for sheet in sheets), len(passages))
        else:
            with tempfile.TemporaryDirectory() as folder:
                try:
                    yield from self._office(attachment, *within_bounds(original, Path(folder)), progress)
                except BROKEN_OFFICE as error:
                    raise UnsupportedAttachment(
                        f"{attachment.name} is a damaged office file. Save it again and give that."
                    ) from error

    def media(self, attachment: Attachment, original: Path, wanted: Sequence[Segment]) -> Iterator[SegmentInput]:
        """The figures again: those of a PDF by their boxes, those of an office file by their order."""
        if attachment.media_type == "application/pdf":
            for segment in wanted:
                if segment.locator.page is not None and segment.locator.boxes:
                    page = pdf.render_page(original, segment.locator.page, SCALE)
                    yield SegmentInput(segment, pixels=cut_out(page, segment.locator.boxes[0]))
            return
        if not any(attachment.media_type.endswith(f".{kind}") for kind in _EXTENSIONS):
            return
        by_id = {segment.id: segment for segment in wanted}
        for figure in self._office_figures(attachment, original, ""):
            made = picture_segment(attachment, figure, 0)
            if made.segment.id in by_id:
                yield SegmentInput(by_id[made.segment.id], pixels=figure.pixels)

    def _office(
        self, attachment: Attachment, original: Path, is_cut: bool, progress: Progress
    ) -> Iterator[SegmentInput | Table | Remark]:
        if is_cut:
            yield Remark(
                f"{attachment.name} is larger than can be read: only its beginning was, at most {MOST_PARAGRAPHS:,} "
                "paragraphs."
            )
        text = _office_text(attachment, original)
        progress(JobState.READING, 1.0)
        passages = list(_by_slide(attachment, text))
        yield from passages
        ordinal = len(passages)
        for figure in self._office_figures(attachment, original, text):
            for item in self._figure(attachment, figure, ordinal):
                yield item
                ordinal += 1
        tables = placed(office_grids(original, attachment.media_type), text, _slide_spans(text))
        yield from read_tables(attachment, tables, ordinal)

    def _office_figures(self, attachment: Attachment, original: Path, text: str) -> Iterator[Figure]:
        return office_figures(original, attachment.media_type, text, self._settings.max_image_megapixels)

    def _figure(self, attachment: Attachment, figure: Figure, ordinal: int) -> Iterator[SegmentInput]:
        yield picture_segment(attachment, figure, ordinal)
        yield from word_segments(attachment, figure, self._reader.read(figure.pixels), ordinal + 1)

    def _pdf(self, attachment: Attachment, original: Path, progress: Progress) -> Iterator[SegmentInput]:
        pages = pdf.count_pages(original)
        figures = PdfFigures(original, pages, partial(progress, JobState.READING))
        progress(JobState.READING, 1.0)
        ordinal, before = 0, 0
        heading = ""
        running = RunningLines()
        for number in range(1, pages + 1):
            page = pdf.read_page(original, number)
            if page.is_scan:
                page = self._scanned(original, page)
            page = running.without(page)
            for passage in split_markdown(page.text):
                heading = passage.heading or heading  # a section goes on over the page
                yield _passage(attachment, page, replace(passage, heading=heading), ordinal, before)
                ordinal += 1
            for figure in figures.on(page):
                for item in self._figure(attachment, figure, ordinal):
                    yield item
                    ordinal += 1
            before += len(page.text) + 2
            progress(JobState.PERCEIVING, number / pages)

    def _scanned(self, original: Path, page: pdf.PdfPage) -> pdf.PdfPage:
        paragraphs = self._reader.read(pdf.render_page(original, page.number, SCAN_SCALE))
        text, places = "", list[WordPlace]()
        for paragraph in paragraphs:
            text += "\n\n" if text else ""
            at = len(text)
            places += [
                replace(p, char_start=p.char_start + at, char_end=p.char_end + at, page=page.number)
                for p in paragraph.places
            ]
            text += paragraph.text
        # What stands over a scan (a stamp, a page number) is in the picture too.
        return pdf.PdfPage(page.number, text, tuple(places)) if len(text) > len(page.text) else page


def _passage(attachment: Attachment, page: pdf.PdfPage, passage: Passage, ordinal: int, before: int) -> SegmentInput:
    """A passage of one page; ``before`` is how many characters the pages before it have."""
    words = page.text[passage.start : passage.end]
    places = tuple(
        replace(p, char_start=p.char_start - passage.start, char_end=p.char_end - passage.start)
        for p in page.places
        if p.char_start >= passage.start and p.char_end <= passage.end
    )
    return SegmentInput(
        Segment(
            id=segment_id(attachment.id, SegmentKind.PASSAGE, ordinal, words),
            attachment_id=attachment.id,
            modality=attachment.modality,
            kind=SegmentKind.PASSAGE,
            ordinal=ordinal,
            text=words,
            locator=Locator(page=page.number, char_start=before + passage.start, char_end=before + passage.end),
            places=places,
            heading=passage.heading,
            language=detect_language(words),
        )
    )


def _office_text(attachment: Attachment, original: Path) -> str:
    """The file as Markdown, by markitdown."""
    from markitdown import MarkItDown, StreamInfo
    from markitdown._exceptions import MarkItDownException

    extension = next((e for kind, e in _EXTENSIONS.items() if attachment.media_type.endswith(f".{kind}")), ".docx")
    try:
        converter = MarkItDown(enable_plugins=False)
        made = converter.convert_stream(io.BytesIO(original.read_bytes()), stream_info=StreamInfo(extension=extension))
    except MarkItDownException as error:
        raise UnsupportedAttachment(
            f"{attachment.name} is a damaged office file. Save it again and give that."
        ) from error
    return without_marks(plain_text(made.markdown.encode()))


def _by_sheet(attachment: Attachment, sheets: list[Sheet]) -> Iterator[SegmentInput]:
    """Passages of whole rows; a sheet's number is its page, and its columns stand above every passage."""
    passages, numbers = list[Passage](), list[int]()
    at = 0
    for sheet in sheets:
        columns = sheet.columns[:_COLUMNS_CHARACTERS]
        for passage in split_rows(sheet.text[sheet.first :]):
            heading = f"{sheet.name} > {columns}" if passage.start else sheet.name
            start = at + sheet.first
            passages.append(Passage(start + passage.start, start + passage.end, heading))
            numbers.append(sheet.number)
        at += len(sheet.text)
    text = "".join(sheet.text for sheet in sheets)
    yield from _with_pages(as_passages(attachment, text, iter(passages)), numbers)


def _slide_spans(text: str) -> dict[int, tuple[int, int]] | None:
    """By its number, where each slide's text lies; None for what has no slides."""
    marks = list(_SLIDE.finditer(text))
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    return {int(mark[1]): (mark.end(), end) for mark, end in zip(marks, ends, strict=True)} if marks else None


def _by_slide(attachment: Attachment, text: str) -> Iterator[SegmentInput]:
    """Passages that never cross a slide; a slide's number is its page."""
    spans = _slide_spans(text)
    if spans is None:
        yield from as_passages(attachment, text, split_markdown(text))
        return
    passages, numbers = list[Passage](), list[int]()
    for number, (start, end) in spans.items():
        for passage in split_markdown(text[start:end]):
            passages.append(Passage(start + passage.start, start + passage.end, passage.heading))
            numbers.append(number)
    yield from _with_pages(as_passages(attachment, text, iter(passages)), numbers)


def _with_pages(items: Iterator[SegmentInput], numbers: list[int]) -> Iterator[SegmentInput]:
    for item, number in zip(items, numbers, strict=True):
        segment = item.segment
        yield SegmentInput(replace(segment, locator=replace(segment.locator, page=number)))

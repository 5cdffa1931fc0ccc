"""Plain text, Markdown, code and tables -> passages whose spans are exact in the file's text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath

from mmchat.attachments import plain_text
from mmchat.perception.language import detect_language
from mmchat.segmenters.base import Progress, Segmenter, segment_id
from mmchat.segmenters.delimited_tables import delimited_grid
from mmchat.segmenters.grids import Grid
from mmchat.segmenters.markdown_tables import markdown_grids
from mmchat.segmenters.passages import Passage, split_code, split_markdown, split_rows
from mmchat.segmenters.tables import read_tables
from mmchat.settings import Settings
from mmchat.types import Attachment, JobState, Locator, Remark, Segment, SegmentInput, SegmentKind, Table

_PROSE = {".txt", ".md", ".markdown", ".rst", ".org", ".tex", ".log", ".srt", ".vtt", ""}


class TextSegmenter(Segmenter):
    """Reads text files; needs no model."""

    reading = 3

    @classmethod
    def from_settings(cls, settings: Settings) -> TextSegmenter:
        """Nothing of ``settings`` applies to it."""
        return cls()

    def load(self) -> None:
        """Nothing to load."""

    def segment(
        self, attachment: Attachment, original: Path, progress: Progress
    ) -> Iterator[SegmentInput | Table | Remark]:
        """Passages in reading order, then the tables."""
        text = plain_text(original.read_bytes())
        progress(JobState.READING, 1.0)
        split = splitter_for(attachment)
        passages = list(as_passages(attachment, text, split(text)))
        yield from passages
        yield from read_tables(attachment, _grids(text, split), len(passages))


def splitter_for(attachment: Attachment) -> Callable[[str], Iterator[Passage]]:
    """Rows for tables, blocks for code, sentences for everything else."""
    if attachment.media_type in ("text/csv", "text/tab-separated-values"):
        return split_rows
    suffix = PurePosixPath(attachment.name.lower()).suffix
    prose = attachment.media_type in ("text/markdown", "text/html") or suffix in _PROSE
    return split_markdown if prose else split_code


def _grids(text: str, split: Callable[[str], Iterator[Passage]]) -> Iterable[Grid]:
    if split is split_rows:
        grid = delimited_grid(text)
        return [] if grid is None else [grid]
    return markdown_grids(text) if split is split_markdown else []


def as_passages(attachment: Attachment, text: str, passages: Iterator[Passage]) -> Iterator[SegmentInput]:
    """A Segment for each passage of the attachment's text."""
    for ordinal, passage in enumerate(passages):
        words = text[passage.start : passage.end]
        yield SegmentInput(
            Segment(
                id=segment_id(attachment.id, SegmentKind.PASSAGE, ordinal, words),
                attachment_id=attachment.id,
                modality=attachment.modality,
                kind=SegmentKind.PASSAGE,
                ordinal=ordinal,
                text=words,
                locator=Locator(char_start=passage.start, char_end=passage.end),
                heading=passage.heading,
                language=detect_language(words),
            )
        )

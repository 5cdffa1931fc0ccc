"""The segmenters that need no model of the server's: they read in a worker, and give what they give."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from mmchat.perception.ocr import create_reader
from mmchat.segmenters.base import Progress, Segmenter
from mmchat.settings import Settings
from mmchat.types import Attachment, JobState, Remark, Segment, SegmentInput, Table
from mmchat.workers import Workers


class ApartSegmenter(Segmenter):
    """Another segmenter of this room, made anew in each worker."""

    def __init__(self, name: str, reading: int, settings: Settings, workers: Workers) -> None:
        self._name = name
        self._settings = settings.without_secrets()
        self._workers = workers
        self.reading = reading

    def load(self) -> None:
        """Nothing: what the other needs, it loads where it reads."""

    def segment(
        self, attachment: Attachment, original: Path, progress: Progress
    ) -> Iterator[SegmentInput | Table | Remark]:
        """As the other gives it."""
        args = (self._name, self._settings, attachment, original)
        return self._workers.stream(
            _segment, *args, what=attachment.name, report=progress, at_first=(JobState.READING, 0.0)
        )

    def media(self, attachment: Attachment, original: Path, wanted: Sequence[Segment]) -> Iterator[SegmentInput]:
        """As the other gives it."""
        args = (self._name, self._settings, attachment, original, tuple(wanted))
        return self._workers.stream(_media, *args, what=attachment.name)


def reader_name(settings: Settings) -> str:
    """Which OCR engine reads; the one that was found, where the settings leave it open.

    Raises:
        MissingDependency, ModelUnavailable: none can.
    """
    reader = create_reader(settings)
    reader.load()
    return reader.name


def _segment(
    name: str, settings: Settings, attachment: Attachment, original: Path, progress: Progress
) -> Iterator[SegmentInput | Table | Remark]:
    return _made(name, settings).segment(attachment, original, progress)


def _media(
    name: str, settings: Settings, attachment: Attachment, original: Path, wanted: Sequence[Segment]
) -> Iterator[SegmentInput]:
    return _made(name, settings).media(attachment, original, wanted)


@cache
def _made(name: str, settings: Settings) -> Segmenter:
    """Kept for the worker's life: opening an OCR engine takes longer than reading most pictures."""
    from mmchat.segmenters import create_segmenter

    return create_segmenter(name, settings)

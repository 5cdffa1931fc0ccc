"""The segmenter contract: one attachment in, its citable Segments out. It knows no encoder and no store."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from mmchat.types import Attachment, JobState, Remark, Segment, SegmentInput, SegmentKind, Table

Progress = Callable[[JobState, float], None]
"""Called with the step (READING or PERCEIVING) and the fraction 0..1 of that step. It may raise to stop the work."""


class Segmenter(ABC):
    """Turns the original bytes of one attachment into Segments and Tables.

    Attributes:
        reading: the version of what it makes of the same bytes. Raised when that changes: files that an earlier version
            read are then read anew. Files from before there were versions were read by version 1.
        apart: whether all of it can run in a worker. One that needs a model of the server's process is given the
            workers, for what it decodes.
    """

    reading: int = 1
    apart: bool = True

    @abstractmethod
    def load(self) -> None:
        """Load what perception needs now. Calling it again does nothing; it may be called from any thread."""

    @abstractmethod
    def segment(
        self, attachment: Attachment, original: Path, progress: Progress
    ) -> Iterator[SegmentInput | Table | Remark]:
        """Yield the segments in reading or playing order, with the decoded media that encoders need, and the tables.

        A table comes once, whole; its rows may name segments that come before or after it. What could not be used comes
        as a remark.

        Deterministic: the same bytes give the same segments with the same ids.

        Raises:
            UnsupportedAttachment: the content turns out to be unreadable; the message is for a person.
        """

    def media(self, attachment: Attachment, original: Path, wanted: Sequence[Segment]) -> Iterator[SegmentInput]:
        """Those of the segments again that still come of the original, with their decoded media, in any order.

        For an encoder that is new: a leaf that can decode without perceiving anew does so.

        Raises:
            UnsupportedAttachment: as :meth:`segment`.
        """
        missing = {segment.id for segment in wanted}
        for found in self.segment(attachment, original, lambda *_: None):
            if isinstance(found, SegmentInput) and found.segment.id in missing:
                yield found
                missing.discard(found.segment.id)
                if not missing:
                    return


def segment_id(attachment_id: str, kind: SegmentKind, ordinal: int, text: str) -> str:
    """32 hex characters from content and place, so that ingesting the same bytes twice gives the same ids."""
    key = "\x1f".join((attachment_id, kind.value, str(ordinal), text))
    return hashlib.sha256(key.encode()).hexdigest()[:32]

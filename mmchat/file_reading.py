"""The original of an attachment -> segments, tables and vectors, and these into the catalog and the store.

It knows no job and no copy: when a file is read, and what becomes of a failure, is decided by who calls it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import numpy as np

from mmchat.active_spaces import ActiveSpaces
from mmchat.catalog import Blobs, Catalog, Readings
from mmchat.encoders import Encoder
from mmchat.errors import MmchatError
from mmchat.page_vectors import PageVectors
from mmchat.segmenters import Segmenter, segmenter_for
from mmchat.segmenters.bounds import MOST_SEGMENTS
from mmchat.segmenters.pages import pages_of
from mmchat.stores import VectorStore
from mmchat.types import (
    Attachment,
    Concept,
    JobState,
    Modality,
    Remark,
    Segment,
    SegmentInput,
    Space,
    Table,
)

Step = Callable[[JobState, float], None]
"""Called with a step and the fraction 0..1 of it. It may raise to stop the work."""
_ENCODE_AT_ONCE = 64

_Said = dict[Space, dict[str, tuple[Concept, ...]]]
"""What encoders recognised, by space and segment id."""


@dataclasses.dataclass(frozen=True, slots=True)
class Read:
    """What a segmenter made of a file; ``version`` is that of its reading."""

    inputs: Sequence[SegmentInput]
    tables: Sequence[Table]
    remark: str
    version: int


class FileReading:
    """Reads one file at a time. Safe to call from several threads."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        readings: Readings,
        blobs: Blobs,
        store: VectorStore,
        segmenters: Mapping[str, Segmenter],
        spaces: ActiveSpaces,
        pages: PageVectors,
    ) -> None:
        self._readings = readings
        self._catalog = catalog
        self._blobs = blobs
        self._store = store
        self._segmenters = segmenters
        self._spaces = spaces
        self._pages = pages

    def outdated(self) -> list[tuple[str, Attachment]]:
        """Library and attachment of every file that an earlier version read than would now, oldest first."""
        newest = max(segmenter.reading for segmenter in self._segmenters.values())
        before = self._readings.before(newest)
        return [(library, attachment) for library, attachment, by in before if by < self._version(attachment)]

    def original(self, library: str, attachment: Attachment) -> Path:
        """Where its bytes lie.

        Raises:
            MmchatError: nowhere any more.
        """
        original = self._blobs.path(library, attachment.id)
        if original is None:
            raise MmchatError(f"The original of {attachment.name} is gone. Give the file again.")
        return original

    def read(self, attachment: Attachment, original: Path, step: Step) -> Read:
        """Everything that its segmenter finds in it.

        Raises:
            UnsupportedAttachment: the content turns out to be unreadable; the message is for a person.
        """
        segmenter = self._segmenters[segmenter_for(attachment)]
        inputs: list[SegmentInput] = []
        tables: list[Table] = []
        remarks: list[str] = []
        for found in segmenter.segment(attachment, original, step):
            if isinstance(found, Remark):
                remarks.append(found.sentence)
            elif isinstance(found, Table):
                tables.append(found)
            elif len(inputs) < MOST_SEGMENTS:
                inputs.append(found)
            else:
                remarks.append(f"{attachment.name} is larger than can be read: its end was left out.")
                break
        remark = " ".join(remarks) if inputs or remarks else nothing_found(attachment)
        return Read(inputs, tables, remark, segmenter.reading)

    def keep(
        self,
        library: str,
        attachment: Attachment,
        read: Read,
        step: Step,
        as_before: Collection[str] = (),
        storing: AbstractContextManager[object] | None = None,
    ) -> None:
        """Vectors into the store, then everything into the catalog in one transaction, in place of what was there.

        Args:
            library: whose.
            attachment: the attachment.
            read: what was read of it.
            step: told how far it is.
            as_before: the ids of segments whose vectors, where they are in the store, need not be made again.
            storing: keeps others from storing vectors of what is replaced.

        Raises:
            MmchatError: it was deleted meanwhile; nothing is kept.
        """
        step(JobState.ENCODING, 0.0)
        with self._spaces.writing(library) as writing:
            said = self._encode(library, read.inputs, writing.encoders, step, as_before)
            segments = [each.segment for each in read.inputs]
            pages = pages_of(attachment, segments) if attachment.modality is Modality.TEXT else []
            described = {segment.id: _described(segment, said, tuple(said)) for segment in segments}
            for encoder in writing.encoders:
                self._pages.make(library, encoder, pages, described)
            with writing.settled() as searched, storing or nullcontext():
                segments = [_described(segment, said, searched) for segment in segments]
                indexed = self._catalog.index(
                    library, attachment, segments, read.remark, pages, read.tables, read.version
                )
                self._clear(library, attachment.id)
        if not indexed:
            self._store.delete(library, [*(segment.id for segment in segments), *(page.id for page in pages)])
            raise MmchatError(f"{attachment.name} was deleted while it was being read.")

    def give_up(self, library: str, attachment: Attachment) -> None:
        """It could not be read anew: this version is not to try again."""
        self._readings.tried(library, attachment.id, self._version(attachment))

    def clear(self) -> None:
        """Delete the vectors of what was replaced just before an earlier process ended."""
        for library, attachment_id in self._readings.left():
            self._clear(library, attachment_id)

    def _version(self, attachment: Attachment) -> int:
        """By which version of the reading it is read now."""
        return self._segmenters[segmenter_for(attachment)].reading

    def _clear(self, library: str, attachment_id: str) -> None:
        """Delete the vectors of what the reading before this one had, and this one has not."""
        if gone := self._readings.gone(library, attachment_id):
            self._store.delete(library, gone)
            self._readings.cleared(library, attachment_id)

    def _encode(
        self,
        library: str,
        inputs: Sequence[SegmentInput],
        encoders: Sequence[Encoder],
        step: Step,
        as_before: Collection[str],
    ) -> _Said:
        """Vectors into the store; returns what the encoders can say about the segments.

        The vectors that are in the store of segments ``as_before`` are not made again.
        """
        said: _Said = {}
        work = [(encoder, [i for i in inputs if i.segment.kind in encoder.segment_kinds]) for encoder in encoders]
        total, done = sum(len(chosen) for _, chosen in work), 0
        for encoder, chosen in work:
            for at in range(0, len(chosen), _ENCODE_AT_ONCE):
                batch = chosen[at : at + _ENCODE_AT_ONCE]
                ids = [i.segment.id for i in batch]
                same = [id for id in ids if id in as_before]
                known = self._store.get(library, encoder.space, same) if same else {}
                new = [i for i in batch if i.segment.id not in known]
                every = {**known, **dict(zip([i.segment.id for i in new], encoder.encode_segments(new), strict=True))}
                vectors = np.stack([every[id] for id in ids])
                self._store.upsert(library, encoder.space, ids, vectors)
                for item, concepts in zip(batch, encoder.describe(vectors), strict=True):
                    if concepts:
                        said.setdefault(encoder.space, {})[item.segment.id] = concepts
                done += len(batch)
                step(JobState.ENCODING, done / total)
        return said


def _described(segment: Segment, said: _Said, searched: Collection[Space]) -> Segment:
    """With what the encoder of the searched space says of it: another's words come with the switch to its space."""
    for space in searched:
        if concepts := said.get(space, {}).get(segment.id):
            return dataclasses.replace(segment, concepts=concepts)
    return segment


def nothing_found(attachment: Attachment) -> str:
    """What to say of a file that was taken in but gave nothing to search."""
    what = {Modality.AUDIO: "neither speech nor sound", Modality.TEXT: "no words"}.get(attachment.modality, "nothing")
    return f"{attachment.name} is kept, but {what} was found in it, so no answer can use it."

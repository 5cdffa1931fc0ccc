"""The resumable job: bytes -> catalog + vectors. It composes segmenters, encoders, catalog and store.

Every step can be repeated: ids come from content, vectors are upserted, and the catalog changes in one
transaction at the end. A killed process finds its unfinished jobs at the next start.
"""

from __future__ import annotations

import dataclasses
import logging
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence

from mmchat import attachments
from mmchat.active_spaces import ActiveSpaces
from mmchat.catalog import Blobs, Catalog, Copies, check_library
from mmchat.copies import copy_before_reading, copy_once_read
from mmchat.encoders import Encoder
from mmchat.errors import MmchatError
from mmchat.page_vectors import PageVectors
from mmchat.segmenters import Segmenter, segmenter_for
from mmchat.segmenters.pages import pages_of
from mmchat.settings import Settings
from mmchat.stores import VectorStore
from mmchat.types import (
    Attachment,
    Concept,
    Ingested,
    Ingesting,
    JobState,
    Modality,
    Remark,
    Segment,
    SegmentInput,
    Space,
    Table,
    Upload,
)

log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True, slots=True)
class Taken:
    """What a job came to.

    Attributes:
        segments: how many there are to search now.
        remark: what could not be used.
        first: the attachment that this one is a copy of; its segments are those counted.
    """

    segments: int
    remark: str = ""
    first: Attachment | None = None


class _Closing(MmchatError):
    """The process is ending; the job stays unfinished, not failed."""


@dataclasses.dataclass(frozen=True, slots=True)
class Admission:
    """A file at the door: the attachment it became, or the reason it was refused."""

    name: str
    path: str
    attachment: Attachment | None
    reason: str
    seconds: float


Report = Callable[[Ingesting], None]

# What share of a file's whole time has passed when each step begins: reading, perceiving, encoding.
# From runs on the development data (2026-11-21): text waits for its vectors, pictures and sound for perception.
STEP_STARTS = {
    Modality.TEXT: {JobState.READING: 0.0, JobState.PERCEIVING: 0.1, JobState.ENCODING: 0.2},
    Modality.IMAGE: {JobState.READING: 0.0, JobState.PERCEIVING: 0.05, JobState.ENCODING: 0.8},
    Modality.AUDIO: {JobState.READING: 0.0, JobState.PERCEIVING: 0.05, JobState.ENCODING: 0.95},
    Modality.VIDEO: {JobState.READING: 0.0, JobState.PERCEIVING: 0.05, JobState.ENCODING: 0.9},
}
_ENCODE_AT_ONCE = 64

_Said = dict[Space, dict[str, tuple[Concept, ...]]]
"""What encoders recognised, by space and segment id."""


class Ingestion:
    """Takes files in, one job each. Safe to call from several threads."""

    def __init__(
        self,
        settings: Settings,
        *,
        catalog: Catalog,
        copies: Copies,
        blobs: Blobs,
        store: VectorStore,
        segmenters: Mapping[str, Segmenter],
        spaces: ActiveSpaces,
        pages: PageVectors,
    ) -> None:
        self._settings = settings
        self._catalog = catalog
        self._copies = copies
        self._blobs = blobs
        self._store = store
        self._segmenters = segmenters
        self._spaces = spaces
        self._pages = pages
        self._closing = threading.Event()
        self._at_work: dict[tuple[str, str], threading.Lock] = {}
        self._at_work_lock = threading.Lock()

    def admit(self, library: str, upload: Upload) -> tuple[Attachment, bool]:
        """Check the bytes, keep the original, queue the job.

        Returns: the attachment, and whether it is new to this library.

        Raises:
            UnsupportedAttachment: the file cannot be taken; nothing of it is kept.
        """
        check_library(library)
        attachment = attachments.inspect(upload, self._settings)
        self._blobs.put(library, attachment.id, upload.data)
        new = self._catalog.add_attachment(library, attachment)
        return self._catalog.attachment(library, attachment.id) or attachment, new

    def run(self, library: str, attachment: Attachment, report: Report) -> Taken:
        """Do the whole job now.

        Raises:
            MmchatError: the job failed; its reason is recorded and is a sentence for a person.
        """
        progress = _Progress(attachment, report)
        try:
            return self._run(library, attachment, progress)
        except _Closing:
            raise
        except MmchatError as error:
            self._catalog.set_state(library, attachment.id, JobState.FAILED, str(error))
            raise
        except Exception as error:
            log.exception("ingest of %s failed", attachment.id)
            reason = f"{attachment.name} could not be taken in: {_unexpected(error)}"
            self._catalog.set_state(library, attachment.id, JobState.FAILED, reason)
            raise MmchatError(reason) from error

    def admit_all(self, library: str, uploads: Sequence[Upload]) -> list[Admission]:
        """Admit each file; one that cannot be taken carries its reason and stops no other."""
        admissions = []
        for upload in uploads:
            started = time.monotonic()
            attachment, reason = None, ""
            try:
                attachment, _ = self.admit(library, upload)
            except MmchatError as error:
                reason = str(error)
            except Exception as error:
                log.exception("a file was not admitted")
                reason = f"{attachments.clean_name(upload.name)} could not be taken in: {_unexpected(error)}"
            name, path = attachments.clean_name(upload.name), upload.path or upload.name
            admissions.append(Admission(name, path, attachment, reason, time.monotonic() - started))
        return admissions

    def finish(self, library: str, admission: Admission, report: Report) -> Ingested:
        """Run an admitted file's job; every outcome is an Ingested."""
        started = time.monotonic()
        name, path, attachment = admission.name, admission.path, admission.attachment

        def outcome(status: str, count: int, reason: str) -> Ingested:
            seconds = admission.seconds + time.monotonic() - started
            return Ingested(name, path, status, attachment if status != "failed" else None, count, reason, seconds)

        if attachment is None:
            return outcome("failed", 0, admission.reason)
        with self._alone(library, attachment.id):  # the same file given twice at once is read once
            if self._catalog.state(library, attachment.id) is JobState.INDEXED:
                here = attachment.path
                taken = self._as_first(library, attachment)
                attachment = taken.first or attachment
                return outcome("duplicate", taken.segments, "" if here == path else f"Already here as {here}.")
            try:
                taken = self.run(library, attachment, report)
            except _Closing as error:
                return outcome("failed", 0, str(error))
            except MmchatError as error:
                failed = outcome("failed", 0, str(error))
            else:
                if taken.first is None:
                    return outcome("indexed", taken.segments, taken.remark)
                attachment = taken.first  # what an answer can use of it
                return outcome("duplicate", taken.segments, f"{name} is a copy of {taken.first.name}.")
        self.promote(library, self._copies.release(library, attachment.id))
        return failed

    def resume(self, library: str, attachment_id: str, report: Report) -> None:
        """Finish a job that an earlier process left; its failure is recorded, not raised."""
        attachment = self._catalog.attachment(library, attachment_id)
        if attachment is None:
            return
        try:
            with self._alone(library, attachment_id):
                if self._catalog.state(library, attachment_id) is not JobState.INDEXED:
                    self.run(library, attachment, report)
        except _Closing:
            return
        except MmchatError as error:
            log.warning("a resumed job failed: %s", error)
            self.promote(library, self._copies.release(library, attachment_id))

    def promote(self, library: str, waiting: Sequence[str]) -> None:
        """Take in the copies of a file that is gone: the oldest becomes the first, the others copies of that one."""
        for attachment_id in waiting:
            self.resume(library, attachment_id, lambda _: None)

    def close(self) -> None:
        """Stop every job at its next step; the next start takes them up again."""
        self._closing.set()

    def _alone(self, library: str, attachment_id: str) -> threading.Lock:
        with self._at_work_lock:
            return self._at_work.setdefault((library, attachment_id), threading.Lock())

    def _as_first(self, library: str, attachment: Attachment) -> Taken:
        """What there is to search of an indexed attachment: its own segments, or its first's."""
        id = self._copies.first_of(library, attachment.id)
        first = None if id is None else self._catalog.attachment(library, id)
        count = self._catalog.count_segments(library, attachment_id=attachment.id if first is None else first.id)
        return Taken(count, first=first)

    def _run(self, library: str, attachment: Attachment, progress: _Progress) -> Taken:
        original = self._blobs.path(library, attachment.id)
        if original is None:
            raise MmchatError(f"The original of {attachment.name} is gone. Give the file again.")

        def step(state: JobState, fraction: float) -> None:
            if self._closing.is_set():
                raise _Closing(f"mmchat is closing; {attachment.name} is read on at the next start.")
            if progress.enter(state):
                self._catalog.set_state(library, attachment.id, state)
            progress.at(state, fraction)

        step(JobState.READING, 0.0)
        longest_s = self._settings.max_audio_minutes * 60
        if copy_before_reading(self._copies, library, attachment, original, longest_s):
            return self._copied(library, attachment, progress)
        segmenter = self._segmenters[segmenter_for(attachment)]
        inputs: list[SegmentInput] = []
        remarks: list[str] = []
        for found in segmenter.segment(attachment, original, step):
            if isinstance(found, Remark):
                remarks.append(found.sentence)
            elif not isinstance(found, Table):
                inputs.append(found)
        if copy_once_read(self._copies, library, attachment, original, inputs):
            return self._copied(library, attachment, progress)
        step(JobState.ENCODING, 0.0)
        remark = " ".join(remarks) if inputs or remarks else nothing_found(attachment)
        with self._spaces.writing(library) as writing:
            said = self._encode(library, inputs, writing.encoders, step)
            segments = [each.segment for each in inputs]
            pages = pages_of(attachment, segments) if attachment.modality is Modality.TEXT else []
            described = {segment.id: _described(segment, said, tuple(said)) for segment in segments}
            for encoder in writing.encoders:
                self._pages.make(library, encoder, pages, described)
            with writing.settled() as searched:
                segments = [_described(segment, said, searched) for segment in segments]
                indexed = self._catalog.index(library, attachment, segments, remark, pages)
        if not indexed:
            self._store.delete(library, [*(segment.id for segment in segments), *(page.id for page in pages)])
            raise MmchatError(f"{attachment.name} was deleted while it was being read.")
        progress.at(JobState.INDEXED, 1.0)
        return Taken(len(segments), remark)

    def _copied(self, library: str, attachment: Attachment, progress: _Progress) -> Taken:
        progress.at(JobState.INDEXED, 1.0)
        return self._as_first(library, attachment)

    def _encode(
        self,
        library: str,
        inputs: Sequence[SegmentInput],
        encoders: Sequence[Encoder],
        step: Callable[[JobState, float], None],
    ) -> _Said:
        """Vectors into the store; returns what the encoders can say about the segments."""
        said: _Said = {}
        work = [(encoder, [i for i in inputs if i.segment.kind in encoder.segment_kinds]) for encoder in encoders]
        total, done = sum(len(chosen) for _, chosen in work), 0
        for encoder, chosen in work:
            for at in range(0, len(chosen), _ENCODE_AT_ONCE):
                batch = chosen[at : at + _ENCODE_AT_ONCE]
                vectors = encoder.encode_segments(batch)
                self._store.upsert(library, encoder.space, [i.segment.id for i in batch], vectors)
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


class _Progress:
    """Turns steps into one fraction and a guess of the time left, reported at most ten times a second."""

    def __init__(self, attachment: Attachment, report: Report, clock: Callable[[], float] = time.monotonic) -> None:
        self._attachment = attachment
        self._report = report
        self._clock = clock
        self._started = clock()
        self._last = float("-inf")
        self._state = JobState.QUEUED
        self._fraction = 0.0

    def enter(self, state: JobState) -> bool:
        """Whether this is the first word of a new step."""
        new = state is not self._state
        self._state = state
        return new

    def at(self, state: JobState, fraction: float) -> None:
        """Report ``fraction`` (0..1) of the step; the whole never goes backwards."""
        starts = STEP_STARTS[self._attachment.modality]
        begin = starts.get(state, 1.0)
        end = min((s for s in starts.values() if s > begin), default=1.0)
        self._fraction = max(self._fraction, begin + (end - begin) * min(max(fraction, 0.0), 1.0))
        now = self._clock()
        if now - self._last < 0.1 and state is not JobState.INDEXED and fraction > 0:
            return
        self._last = now
        elapsed = now - self._started
        remaining = elapsed * (1 - self._fraction) / self._fraction if elapsed > 1 and self._fraction > 0.03 else None
        self._report(Ingesting(self._attachment.name, state, self._fraction, remaining))


def _unexpected(error: Exception) -> str:
    return f"an unexpected {type(error).__name__}. Try it again; the log has the details."


def nothing_found(attachment: Attachment) -> str:
    """What to say of a file that was taken in but gave nothing to search."""
    what = {Modality.AUDIO: "neither speech nor sound", Modality.TEXT: "no words"}.get(attachment.modality, "nothing")
    return f"{attachment.name} is kept, but {what} was found in it, so no answer can use it."

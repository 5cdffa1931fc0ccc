"""The resumable job: bytes -> catalog + vectors. It decides what is read, and says what became of it.

Every step can be repeated: ids come from content, vectors are upserted, and the catalog changes in one
transaction at the end. A killed process finds its unfinished jobs at the next start.
"""

from __future__ import annotations

import dataclasses
import hashlib
import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from mmchat import attachments
from mmchat.catalog import Blobs, Catalog, Copies, check_library
from mmchat.copies import copy_before_reading, copy_once_read
from mmchat.errors import Interrupted, MmchatError
from mmchat.file_progress import FileProgress, Report
from mmchat.file_reading import FileReading
from mmchat.settings import Settings
from mmchat.types import Attachment, Ingested, JobState, Modality, Upload
from mmchat.workers import Workers

log = logging.getLogger(__name__)

_LONG_S, _LONG_PAGES, _LONG_BYTES = 60, 30, 1_000_000


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


class _Ended(MmchatError):
    """The process is ending, or the file is deleted: the job has not failed."""


@dataclasses.dataclass(frozen=True, slots=True)
class Admission:
    """A file at the door: the attachment it became, or the reason it was refused."""

    name: str
    path: str
    attachment: Attachment | None
    reason: str
    seconds: float


@dataclasses.dataclass(eq=False)
class _Job:
    """A file that is being read, or about to be by so many."""

    lock: threading.Lock = dataclasses.field(default_factory=threading.Lock)
    waiting: int = 0
    stopped: bool = False


def takes_long(attachment: Attachment | None) -> bool:
    """Whether reading it may take more than a minute or so, so that others go before it."""
    if attachment is None:
        return False
    long_text = attachment.modality is Modality.TEXT and attachment.size_bytes > _LONG_BYTES
    return (attachment.duration_s or 0.0) > _LONG_S or (attachment.pages or 0) > _LONG_PAGES or long_text


class Ingestion:
    """Takes files in, one job each. Safe to call from several threads."""

    def __init__(
        self,
        settings: Settings,
        catalog: Catalog,
        copies: Copies,
        blobs: Blobs,
        reading: FileReading,
        workers: Workers,
    ) -> None:
        self._settings = settings
        self._catalog = catalog
        self._copies = copies
        self._blobs = blobs
        self._reading = reading
        self._workers = workers
        self._closing = threading.Event()
        self._jobs: dict[tuple[str, str], _Job] = {}
        self._jobs_lock = threading.Lock()

    def admit(self, library: str, upload: Upload) -> tuple[Attachment, bool]:
        """Check the bytes, keep the original, queue the job.

        Returns: the attachment, and whether it is new to this library.

        Raises:
            UnsupportedAttachment: the file cannot be taken; nothing of it is kept.
        """
        id = hashlib.sha256(upload.data).hexdigest()
        original = self._blobs.put(check_library(library), id, upload.data)
        try:
            attachment = attachments.inspect(upload, self._settings, self._workers, original)
        except BaseException:
            if self._catalog.attachment(library, id) is None:
                self._blobs.delete(library, id)
            raise
        new = self._catalog.add_attachment(library, attachment)
        return self._catalog.attachment(library, attachment.id) or attachment, new

    def run(self, library: str, attachment: Attachment, report: Report) -> Taken:
        """Do the whole job now.

        Raises:
            MmchatError: the job failed; its reason is recorded and is a sentence for a person.
        """
        progress = FileProgress(attachment, report)
        try:
            return self._run(library, attachment, progress)
        except (_Ended, Interrupted):
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
            taken = attachment if status in ("indexed", "duplicate") else None
            return Ingested(name, path, status, taken, count, reason, seconds)

        if attachment is None:
            return outcome("failed", 0, admission.reason)
        with self._alone(library, attachment.id):
            if self._catalog.attachment(library, attachment.id) is None:
                return outcome("deleted", 0, f"{name} was deleted before it was read.")
            if self._catalog.state(library, attachment.id) is JobState.INDEXED:
                here = attachment.path
                taken = self._as_first(library, attachment)
                attachment = taken.first or attachment
                return outcome("duplicate", taken.segments, "" if here == path else f"Already here as {here}.")
            try:
                taken = self.run(library, attachment, report)
            except _Ended as error:
                return outcome("failed" if self._closing.is_set() else "deleted", 0, str(error))
            except MmchatError as error:
                if self._catalog.attachment(library, attachment.id) is None:  # whatever else that led to
                    return outcome("deleted", 0, f"{name} was deleted before it was read.")
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
        except (_Ended, Interrupted):
            return
        except MmchatError as error:
            log.warning("a resumed job failed: %s", error)
            self.promote(library, self._copies.release(library, attachment_id))

    def promote(self, library: str, waiting: Sequence[str]) -> None:
        """Take in the copies of a file that is gone: the oldest becomes the first, the others copies of that one."""
        for attachment_id in waiting:
            self.resume(library, attachment_id, lambda _: None)

    def stop(self, library: str, attachment_id: str | None = None) -> None:
        """End the job of a file that is deleted, wherever it is; or those of all files of the library."""
        with self._jobs_lock:
            for (owner, id), job in self._jobs.items():
                job.stopped |= owner == library and attachment_id in (None, id)

    def close(self) -> None:
        """Stop every job at its next step; the next start takes them up again."""
        self._closing.set()

    @contextmanager
    def _alone(self, library: str, attachment_id: str) -> Iterator[None]:
        """The same file given twice at once is read once."""
        key = library, attachment_id
        with self._jobs_lock:
            job = self._jobs.setdefault(key, _Job())
            job.waiting += 1
        try:
            with job.lock:
                job.stopped = False  # what was stopped before is over; whether the file is still here is looked at next
                yield
        finally:
            with self._jobs_lock:
                job.waiting -= 1
                if not job.waiting:
                    del self._jobs[key]

    def _as_first(self, library: str, attachment: Attachment) -> Taken:
        """What there is to search of an indexed attachment: its own segments, or its first's."""
        id = self._copies.first_of(library, attachment.id)
        first = None if id is None else self._catalog.attachment(library, id)
        count = self._catalog.count_segments(library, attachment_id=attachment.id if first is None else first.id)
        return Taken(count, first=first)

    def _run(self, library: str, attachment: Attachment, progress: FileProgress) -> Taken:
        job = self._jobs.get((library, attachment.id))

        def step(state: JobState, fraction: float) -> None:
            if self._closing.is_set():
                raise _Ended(f"mmchat is closing; {attachment.name} is read on at the next start.")
            if job is not None and job.stopped:
                raise _Ended(f"{attachment.name} was deleted before it was read.")
            if progress.enter(state):
                self._catalog.set_state(library, attachment.id, state)
            progress.at(state, fraction)

        step(JobState.READING, 0.0)
        original = self._reading.original(library, attachment)
        longest_s = self._settings.max_audio_minutes * 60

        def decoding(_: float) -> None:
            step(JobState.READING, 0.0)

        if copy_before_reading(self._copies, library, attachment, original, longest_s, self._workers, decoding):
            return self._copied(library, attachment, progress)
        read = self._reading.read(attachment, original, step)
        if copy_once_read(self._copies, library, attachment, original, read.inputs, self._workers):
            return self._copied(library, attachment, progress)
        self._reading.keep(library, attachment, read, step)
        progress.at(JobState.INDEXED, 1.0)
        return Taken(self._catalog.count_segments(library, attachment_id=attachment.id), read.remark)

    def _copied(self, library: str, attachment: Attachment, progress: FileProgress) -> Taken:
        progress.at(JobState.INDEXED, 1.0)
        return self._as_first(library, attachment)


def _unexpected(error: Exception) -> str:
    return f"an unexpected {type(error).__name__}. Try it again; the log has the details."

"""The background work of a segmenter that reads better than it did: files taken in before are read anew.

One file at a time in the pool that takes files in, each behind whatever is waiting there. What there is of a file
answers until what is new replaces it, in one transaction. Nothing of this needs to be remembered: at the next start a
killed process finds which files an earlier version read.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import AbstractContextManager

from mmchat.catalog import Catalog, Copies
from mmchat.copies import renew_likeness
from mmchat.errors import MmchatError
from mmchat.file_reading import FileReading
from mmchat.types import SPOKEN_OR_WRITTEN, Attachment, JobState, Segment
from mmchat.workers import Workers

log = logging.getLogger(__name__)


class _Closing(Exception):
    """The process is ending; the next one reads the file anew."""


class Rereading:
    """The files of every library."""

    def __init__(
        self,
        reading: FileReading,
        catalog: Catalog,
        copies: Copies,
        executor: Executor,
        storing: Callable[[], AbstractContextManager[object]],
        workers: Workers,
    ) -> None:
        self._reading = reading
        self._catalog = catalog
        self._copies = copies
        self._executor = executor
        self._storing = storing
        self._workers = workers
        self._waiting: Iterator[tuple[str, Attachment]] = iter(())
        self._closing = threading.Event()

    def start(self) -> None:
        """Clear away what a killed process left, and begin in the background; returns soon."""
        self._reading.clear()
        outdated = self._reading.outdated()
        if outdated:
            log.info("%d files are read anew", len(outdated))
            self._waiting = iter(outdated)
            self._submit()

    def run(self, library: str) -> None:
        """The files of one library, now; not beside :meth:`start`."""
        for owner, attachment in self._reading.outdated():
            if owner == library:
                self.reread(owner, attachment)

    def reread(self, library: str, attachment: Attachment) -> None:
        """One file, now. A failure leaves what there was, and is recorded, so that it is not tried at every start."""
        try:
            if self._catalog.state(library, attachment.id) is JobState.INDEXED:
                self._reread(library, attachment)
        except _Closing:
            return
        except MmchatError as error:
            log.warning("%s was not read anew: %s", attachment.id, error)
        except Exception:
            log.exception("%s was not read anew", attachment.id)
        else:
            return
        self._reading.give_up(library, attachment)

    def close(self) -> None:
        """Stop at the next step; the next start goes on from there."""
        self._closing.set()

    def _submit(self) -> None:
        try:
            self._executor.submit(self._next)
        except RuntimeError:
            log.info("reading anew goes on at the next start")

    def _next(self) -> None:
        if self._closing.is_set() or (outdated := next(self._waiting, None)) is None:
            return
        self.reread(*outdated)
        self._submit()

    def _reread(self, library: str, attachment: Attachment) -> None:
        original = self._reading.original(library, attachment)
        former = {segment.id: segment for segment in self._catalog.segments(library, attachment.id)}
        read = self._reading.read(attachment, original, self._step)
        if former and not read.inputs:
            raise MmchatError(read.remark)
        renew_likeness(self._copies, library, attachment, original, read.inputs, self._workers)
        as_before = {each.segment.id for each in read.inputs if _says_the_same(each.segment, former)}
        self._reading.keep(library, attachment, read, self._step, as_before, self._storing())

    def _step(self, _state: JobState, _fraction: float) -> None:
        if self._closing.is_set():
            raise _Closing


def _says_the_same(segment: Segment, former: Mapping[str, Segment]) -> bool:
    """Whether an encoder of words makes the vector that it made before; what a picture shows is not compared."""
    before = former.get(segment.id)
    return before is not None and segment.kind in SPOKEN_OR_WRITTEN and segment.heading == before.heading

"""The jobs of files in their turn: begun with progress for whoever waits, or taken up again where nobody does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Future
from functools import partial

from mmchat.background import merged, stream_reports
from mmchat.catalog import Catalog
from mmchat.fair_queue import SLOTS, FairQueue
from mmchat.ingestion import Admission, Ingestion, takes_long
from mmchat.types import Ingested, Ingesting, JobState

_Event = Ingesting | Ingested


class FileJobs:
    """Whose turn it is, is decided by the queue; what a job does, by the ingestion."""

    def __init__(self, ingestion: Ingestion, catalog: Catalog, workers: int) -> None:
        self._ingestion = ingestion
        self._catalog = catalog
        # One worker is left for what people wait for: the door, pages and pictures.
        self.queue = FairQueue(max(1, min(SLOTS, workers - 1)) if workers else SLOTS)

    def start_all(self, library: str, admissions: Sequence[Admission]) -> AsyncIterator[tuple[int, _Event]]:
        """Queue the jobs now and give their events as they come, each with the place of its file among these.

        The jobs go on to their end also when nobody reads the events.
        """
        return merged([self._start(library, admission) for admission in admissions])

    def _start(self, library: str, admission: Admission) -> AsyncIterator[_Event]:

        def work(report: Callable[[_Event], None]) -> _Event:
            return self._ingestion.finish(library, admission, report)

        def submit(run: Callable[[], _Event], report: Callable[[_Event], None]) -> Future[_Event]:
            def waiting(ahead: int) -> None:
                report(Ingesting(admission.name, JobState.QUEUED, 0.0, ahead=ahead))

            return self.queue.submit(library, run, long=takes_long(admission.attachment), waiting=waiting)

        return stream_reports(submit, work)

    def take_up(self) -> None:
        """The jobs that an earlier process left."""
        for library, id in self._catalog.unfinished():
            resume = partial(self._ingestion.resume, library, id, lambda _: None)
            self.queue.submit(library, resume, long=takes_long(self._catalog.attachment(library, id)))

    def finish(self, library: str) -> None:
        """The same for one library, now."""
        for owner, id in self._catalog.unfinished():
            if owner == library:
                self._ingestion.resume(library, id, lambda _: None)

    def do_again(self, library: str) -> None:
        """Read every file anew, now; oldest first, so that what was the first of its copies stays so."""
        for entry in reversed(self._catalog.entries(library)):
            self._catalog.set_state(library, entry.attachment.id, JobState.QUEUED)
            self._ingestion.resume(library, entry.attachment.id, lambda _: None)

    def begin(self, work: Callable[[], None]) -> None:
        """What nobody waits for."""
        self.queue.background().submit(work)

    def promote(self, library: str, waiting: Sequence[str]) -> None:
        """Take in the copies of a file that is gone; the oldest first, since it is what the others are copies of."""
        self.queue.submit(library, partial(self._ingestion.promote, library, waiting), long=True)

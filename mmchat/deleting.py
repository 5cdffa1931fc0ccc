"""Forgetting a file, or everything: original, words, vectors, and the evidence of past answers that came from it.

What is to be forgotten is marked first, so that the next start finishes what a killed process had begun.
"""

from __future__ import annotations

import contextlib
import time

from mmchat.catalog import Blobs, Catalog, Conversations, Deletions, PageRecords, check_library
from mmchat.file_jobs import FileJobs
from mmchat.ingestion import Ingestion
from mmchat.reindexing import Reindexing
from mmchat.stores import VectorStore


class Deleting:
    """Of one data folder. Doing anything twice equals once."""

    def __init__(
        self,
        deletions: Deletions,
        catalog: Catalog,
        conversations: Conversations,
        blobs: Blobs,
        store: VectorStore,
        pages: PageRecords,
        reindexing: Reindexing,
        ingestion: Ingestion,
        jobs: FileJobs,
    ) -> None:
        self.deletions = deletions
        self._catalog = catalog
        self._conversations = conversations
        self._blobs = blobs
        self._store = store
        self._pages = pages
        self._reindexing = reindexing
        self._ingestion = ingestion
        self._jobs = jobs
        self._since = time.time()

    def attachment(self, library: str, attachment_id: str) -> bool:
        """Forget a file; one that is being read is stopped at once. False when this library has no such file.

        Where it had copies, the oldest is taken in now in its place, in the background.
        """
        if self._catalog.attachment(check_library(library), attachment_id) is None:
            return False
        self._ingestion.stop(library, attachment_id)
        self.deletions.begin(library, attachment_id)
        self._blobs.delete(library, attachment_id)
        self._conversations.forget_attachment(library, attachment_id)
        with self._reindexing.held_off():
            segments = [segment.id for segment in self._catalog.segments(library, attachment_id)]
            self._store.delete(library, segments + self._pages.fused(library, attachment_id))
            waiting = self._catalog.delete_attachment(library, attachment_id)
        if waiting:
            self._jobs.promote(library, waiting)
        return True

    def library(self, library: str) -> None:
        """Forget everything of this library; what is being read is stopped at once."""
        self._ingestion.stop(check_library(library))
        self._conversations.drop(library)
        self.deletions.begin(library)
        self._blobs.drop(library)
        with self._reindexing.held_off():
            self._store.drop(library)
            self._catalog.drop(library)
            self._reindexing.forget(library)

    def finish(self) -> None:
        """What an earlier process had begun to delete, and originals that it had kept of files it did not take in."""
        for library, attachment_id in self.deletions.begun():
            self.attachment(library, attachment_id)
        for library in self._blobs.libraries():
            known = self.deletions.known(library)
            for path in self._blobs.files(library):
                with contextlib.suppress(FileNotFoundError):  # one that is being taken in gets its name meanwhile
                    if path.name not in known and path.stat().st_mtime < self._since:
                        path.unlink()

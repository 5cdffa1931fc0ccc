"""Whether catalog, full text, vectors and originals agree, in every library; and what of it can be mended.

The catalog is the truth: what it does not know is removed, what it lacks is made anew, and a file that cannot be had
any more is said to be so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mmchat.catalog import Agreement, Blobs, Catalog, PageRecords
from mmchat.deleting import Deleting
from mmchat.file_jobs import FileJobs
from mmchat.reindexing import Reindexing
from mmchat.stores import VectorStore
from mmchat.types import JobState, Space

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not agree: in which library ("" for the catalog itself), what, and how many of them."""

    library: str
    what: str
    count: int
    example: str = ""


class Checking:
    """Looks at everything in a data folder; nothing else may write in it meanwhile."""

    def __init__(
        self,
        agreement: Agreement,
        catalog: Catalog,
        pages: PageRecords,
        blobs: Blobs,
        store: VectorStore,
        reindexing: Reindexing,
        jobs: FileJobs,
        deleting: Deleting,
    ) -> None:
        self._agreement = agreement
        self._catalog = catalog
        self._pages = pages
        self._blobs = blobs
        self._store = store
        self._reindexing = reindexing
        self._jobs = jobs
        self._deleting = deleting

    def check(self) -> list[Finding]:
        """Everything that does not agree. Every original is read and hashed.

        Nothing is changed but that damaged vectors are set aside, and told as lacking.
        """
        self._store.lost = lambda: None  # they are made anew by repair, and not beside it
        broken = self._agreement.integrity()
        if broken:
            return [Finding("", "the catalog is damaged", len(broken), broken[0])]
        return [finding for library in self._libraries() for finding in self._of(library)]

    def repair(self) -> list[Finding]:
        """Mend what can be, and tell what is left."""
        self._store.lost = lambda: None
        self._deleting.finish()
        for library in self._libraries() if not self._agreement.integrity() else ():
            self._agreement.mend(library)
            for path in self._surplus_originals(library):
                path.unlink(missing_ok=True)
            for id, reason in self._bad_originals(library).items():
                self._catalog.set_state(library, id, JobState.FAILED, reason)
                if self._blobs.path(library, id) is not None:
                    self._blobs.set_aside(library, id)
            for ids in self._surplus_vectors(library).values():
                self._store.delete(library, sorted(ids))
            self._jobs.finish(library)
            self._reindexing.plan(library)
            for _ in self._reindexing.run(library):
                pass
        return self.check()

    def _libraries(self) -> Sequence[str]:
        return sorted({*self._agreement.libraries(), *self._blobs.libraries()})

    def _of(self, library: str) -> Iterator[Finding]:
        for table, count in self._agreement.without_file(library).items():
            yield Finding(library, f"{table} of files that are not there", count)
        yield from _found(library, "files without a job", self._agreement.without_job(library))
        if not self._agreement.words_agree(library):
            yield Finding(library, "the full text has not the words of the segments", 1)
        bad = self._bad_originals(library)
        yield from _found(library, "originals that are gone or changed", list(bad.values()))
        surplus = [path.name for path in self._surplus_originals(library)]
        yield from _found(library, "originals of files that are not there", surplus)
        for space, ids in self._surplus_vectors(library).items():
            yield from _found(library, f"vectors in {space.name} of segments that are not there", sorted(ids))
        for name, count in self._reindexing.missing(library).items():
            yield Finding(library, f"segments without their vector in {name}", count)
        forgotten = [id for owner, id in self._deleting.deletions.begun() if owner == library]
        yield from _found(library, "files that are not deleted to their end", forgotten)
        waiting = [id for owner, id in self._catalog.unfinished() if owner == library]
        yield from _found(library, "files that are not read to their end", waiting)

    def _bad_originals(self, library: str) -> dict[str, str]:
        """By the ids of files that are not told to have failed, what to say of those whose bytes are not there."""
        bad = {}
        for entry in self._catalog.entries(library):
            attachment = entry.attachment
            path = self._blobs.path(library, attachment.id)
            if entry.state is JobState.FAILED and path is None:
                continue
            if path is None:
                bad[attachment.id] = f"The original of {attachment.name} is gone. Give the file again."
            elif _hash(path) != attachment.id:
                bad[attachment.id] = f"The original of {attachment.name} was changed on the disk. Give the file again."
        return bad

    def _surplus_originals(self, library: str) -> list[Path]:
        known = self._deleting.deletions.known(library)
        return [path for path in self._blobs.files(library) if path.name not in known]

    def _surplus_vectors(self, library: str) -> dict[Space, set[str]]:
        surplus = {}
        pages = set(self._pages.fused(library))
        for space in self._store.spaces(library):
            ids = self._store.ids(library, space) - pages
            ids -= self._catalog.held(library, ids)
            if ids:
                surplus[space] = ids
        return surplus


def _found(library: str, what: str, found: Sequence[str]) -> Iterator[Finding]:
    if found:
        yield Finding(library, what, len(found), found[0])


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()

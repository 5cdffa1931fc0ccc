"""What every tool is given: whose library it is, and what it may ask. It knows no model by name and no page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Protocol

from mmchat.types import Attachment, Candidate, LibraryEntry, Query, Segment, Table, Vector, Vectors


class Catalog(Protocol):
    """What tools read of the catalog; every call names a library."""

    def entries(self, library: str) -> list[LibraryEntry]:
        """What the library holds, newest first."""

    def attachment(self, library: str, attachment_id: str) -> Attachment | None:
        """One file, or None."""

    def segments(self, library: str, attachment_id: str) -> list[Segment]:
        """A file's segments in order."""

    def candidates(self, library: str, segment_ids: Sequence[str]) -> dict[str, tuple[Segment, Attachment]]:
        """Segments with their files, by id."""

    def tables(self, library: str, attachment_ids: Sequence[str] | None = None) -> list[Table]:
        """Tables with their rows, of these files or, with None, of all."""


Find = Callable[[Query, int], Sequence[Candidate]]
"""A query and how many -> candidates, retrieved and diversified by the library's one pipeline, in the order found."""


@dataclass(frozen=True, slots=True)
class ToolContext:
    """One library in one turn.

    Attributes:
        library: whose files.
        catalog: what is known of them.
        find: searches them.
        vectors: stored vectors of the text space by segment id, for those that have one.
        embed: texts to unit vectors of that space, as passages.
        within: what keeps the turn to a part of the library: its kind of file, files, tag and times count.
        without: ids of files that are no part of the turn.
        stopped: set when nobody waits any more.
    """

    library: str
    catalog: Catalog
    find: Find
    vectors: Callable[[Sequence[str]], Mapping[str, Vector]]
    embed: Callable[[Sequence[str]], Vectors]
    within: Query = field(default_factory=Query)
    without: frozenset[str] = frozenset()
    stopped: Event = field(default_factory=Event)

    def entries(self) -> list[LibraryEntry]:
        """The files that the turn is kept to, newest first; those that could not be read are among them."""
        return [entry for entry in self.catalog.entries(self.library) if self._holds(entry)]

    def tables(self, attachment_ids: Sequence[str] | None = None) -> list[Table]:
        """The tables of these files, as far as the turn is kept to them, or with None of all that it is kept to."""
        if attachment_ids is None and not self.within.narrowed and not self.without:
            return self.catalog.tables(self.library)
        here = [entry.attachment.id for entry in self.entries()]
        wanted = here if attachment_ids is None else [id for id in attachment_ids if id in here]
        return self.catalog.tables(self.library, wanted)

    def _holds(self, entry: LibraryEntry) -> bool:
        file, kept = entry.attachment, self.within
        added = file.created_at
        return (
            file.id not in self.without
            and kept.modality in (None, file.modality)
            and (not kept.attachment_ids or file.id in kept.attachment_ids)
            and (not kept.tag or kept.tag in entry.tags)
            and (not kept.added_from or (added is not None and added >= kept.added_from))
            and (not kept.added_before or (added is not None and added < kept.added_before))
        )


def candidate_of(segment: Segment, attachment: Attachment) -> Candidate:
    """A segment that was read and not searched for."""
    return Candidate(segment, attachment, 0.0)

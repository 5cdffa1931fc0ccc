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

    def tables(self, library: str, attachment_ids: Sequence[str] = ()) -> list[Table]:
        """Tables with their rows, of these files or of all."""


Find = Callable[[Query, int], Sequence[Candidate]]
"""The library's one way to search: a query and how many -> candidates, retrieved, reranked, diversified."""


@dataclass(frozen=True, slots=True)
class ToolContext:
    """One library in one turn.

    Attributes:
        library: whose files.
        catalog: what is known of them.
        find: searches them.
        vectors: stored vectors of the text space by segment id, for those that have one.
        embed: texts to unit vectors of that space, as passages.
        stopped: set when nobody waits any more.
    """

    library: str
    catalog: Catalog
    find: Find
    vectors: Callable[[Sequence[str]], Mapping[str, Vector]]
    embed: Callable[[Sequence[str]], Vectors]
    stopped: Event = field(default_factory=Event)


def candidate_of(segment: Segment, attachment: Attachment) -> Candidate:
    """A segment that was read and not searched for."""
    return Candidate(segment, attachment, 0.0)

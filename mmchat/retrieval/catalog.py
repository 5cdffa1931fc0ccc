"""What retrieval needs from the catalog, and nothing more; the real one and a test's dictionary both satisfy it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from mmchat.catalog.narrowing import Added
from mmchat.types import Attachment, Hit, Modality, Segment


class Catalog(Protocol):
    """The truth about segments, and their full text."""

    def search_text(
        self,
        library: str,
        words: Sequence[str],
        k: int,
        *,
        modality: Modality | None = None,
        attachment_ids: frozenset[str] = frozenset(),
        added: Added | None = None,
    ) -> list[Hit]:
        """Segments that hold any of the words, best first; BM25, higher is better.

        A word is found in all its forms; one with blanks is a phrase.
        """

    def ids_within(
        self,
        library: str,
        *,
        modality: Modality | None = None,
        attachment_ids: frozenset[str] = frozenset(),
        added: Added | None = None,
    ) -> list[str]:
        """The segments of that modality and those attachments (empty: any), without reading them."""

    def candidates(self, library: str, segment_ids: Sequence[str]) -> dict[str, tuple[Segment, Attachment]]:
        """Those of the segments that are here, with their attachments."""

    def passages_of_rows(self, library: str, segment_ids: Collection[str]) -> dict[str, str]:
        """Of those of the segments that are rows of tables: row id -> the id of the passage that holds the row."""

    def count_segments(self, library: str, modality: Modality | None = None, attachment_id: str | None = None) -> int:
        """How many segments the library holds: all, of one modality, or of one attachment."""

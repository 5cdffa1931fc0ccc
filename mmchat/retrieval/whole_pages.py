"""How near a question each segment's whole page is: what a page says and what its figures show count together.

A page is searched, and never found: what is found is a segment on it, which can be cited in its place.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from mmchat.retrieval.spaces import EXACT_BELOW, compare
from mmchat.stores.base import VectorStore
from mmchat.types import Space, Vector

LEAST_MADE = 0.9
"""Pages count only once this share of them has its vector: what has one would win over everything that has none."""
NEAREST = 20
"""So many pages have their segments looked at, besides those that are found by themselves."""


class Pages(Protocol):
    """What is needed to know of pages."""

    def fused(self, library: str) -> list[str]:
        """The ids of the pages that have a vector of their own."""

    def count_fused(self, library: str) -> int:
        """How many these are."""

    def members(self, library: str, ids: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """Page id -> the ids of its segments."""

    def beside_figures(self, library: str, segment_ids: Collection[str]) -> dict[str, str]:
        """Segment id -> page id, for those on a page that mixes text and figures."""


class WholePages:
    """Searches the vectors of pages, beside those of the segments."""

    def __init__(self, pages: Pages, store: VectorStore) -> None:
        self._pages = pages
        self._store = store

    def ready(self, library: str, space: Space) -> bool:
        """Whether the pages of this library can be told apart in this space."""
        there = self._pages.count_fused(library)
        return there > 0 and self._store.count(library, space.of_pages) >= LEAST_MADE * there

    def nearest(self, library: str, space: Space, vector: Vector, allowed: frozenset[str] | None) -> frozenset[str]:
        """The segments on the nearest pages, those of ``allowed`` alone (None: any)."""
        if allowed is not None and len(allowed) <= EXACT_BELOW:
            return frozenset(self._pages.beside_figures(library, allowed))
        hits = self._store.search(library, space.of_pages, vector, NEAREST)
        members = self._pages.members(library, [hit.segment_id for hit in hits])
        found = frozenset(id for ids in members.values() for id in ids)
        return found if allowed is None else found & allowed

    def scores(self, library: str, space: Space, vector: Vector, ids: Collection[str]) -> dict[str, float]:
        """Cosine of the page of each of the segments that stand on one with a figure; the others are what they say."""
        page_of = self._pages.beside_figures(library, ids)
        near = compare(self._store, library, space.of_pages, vector, frozenset(page_of.values()))
        by_page = {hit.segment_id: hit.score for hit in near}
        return {id: by_page[page] for id, page in sorted(page_of.items()) if page in by_page}

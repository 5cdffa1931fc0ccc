"""A list of results that is the same however it is cut into pages.

How deep the indexes are asked changes their fused order a little. So the beginning always comes from one depth, and
what a deeper look finds is added behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mmchat.retrieval.duplicates import without_duplicates
from mmchat.retrieval.retriever import Retrieval
from mmchat.types import Candidate

DEPTHS = (24, 300, 3000)
"""The first is what an answer looks at; the others come into play when somebody turns so many pages."""


class Pages:
    """One query's results, looked for no deeper than they are wanted."""

    def __init__(self, retrieve: Callable[[int], Retrieval]) -> None:
        self._retrieve = retrieve
        self.first = retrieve(DEPTHS[0])

    def upto(self, wanted: int, first: Sequence[Candidate]) -> list[Candidate]:
        """At least so many, where there are; ``first`` are those of the first depth in their final order."""
        found = list(first)
        for depth in DEPTHS[1:]:
            if len(found) >= wanted or len(self.first.candidates) < DEPTHS[0]:
                break
            seen = {candidate.segment.id for candidate in found}
            deeper = [c for c in self._retrieve(depth).candidates if c.segment.id not in seen]
            found = without_duplicates([*found, *deeper])
        return found

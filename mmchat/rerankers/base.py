"""The reranker contract: query and candidates in, the same candidates reordered out. It can lose none."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace

from mmchat.types import Candidate, Query


class Reranker(ABC):
    """Base of every reranker: the leaf grades, the base keeps the permutation whole."""

    name: str
    limit: int = 20
    """How many of the first candidates are graded; the rest stay behind in retrieval order."""

    @abstractmethod
    def load(self) -> None:
        """Load the weights now. Calling it again does nothing; it may be called from any thread."""

    def judges(self, candidate: Candidate) -> bool:
        """Whether it can judge this candidate at all; one that it cannot judge keeps its place."""
        return True

    @abstractmethod
    def _grade(self, query: Query, candidates: Sequence[Candidate]) -> Mapping[str, float]:
        """Relevance 0..1 by segment id; ids it leaves out follow the graded ones in retrieval order."""

    def rerank(self, query: Query, candidates: Sequence[Candidate]) -> list[Candidate]:
        """The same candidates: the judged ones change places among themselves, all others stay where they are.

        Best grade first, ties in retrieval order, ungraded ones last; nothing can be added or lost.
        """
        places = [i for i, candidate in enumerate(candidates[: self.limit]) if self.judges(candidate)]
        judged = [candidates[i] for i in places]
        grades = self._grade(query, judged) if judged else {}
        judged = [replace(c, relevance=grades[c.segment.id]) if c.segment.id in grades else c for c in judged]
        judged.sort(key=lambda c: (c.segment.id not in grades, -grades.get(c.segment.id, 0.0)))
        out = list(candidates)
        for place, candidate in zip(places, judged, strict=True):
            out[place] = candidate
        return out

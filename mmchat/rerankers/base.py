"""The reranker contract: query and candidates in, the same candidates reordered out. It can lose none."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mmchat.types import Candidate, Query, RunContext


@dataclass(frozen=True, slots=True)
class Grade:
    """How relevant a candidate is, 0..1, and why in a few words, or "" where the grader cannot say."""

    relevance: float
    why: str = ""


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
    def _grade(self, query: Query, candidates: Sequence[Candidate], context: RunContext) -> Mapping[str, Grade | None]:
        """A grade by segment id; ids it leaves out follow the graded ones in retrieval order.

        None says that this candidate could not be judged after all: it keeps its place.
        """

    def rerank(
        self, query: Query, candidates: Sequence[Candidate], context: RunContext | None = None
    ) -> list[Candidate]:
        """The same candidates: the judged ones change places among themselves, all others stay where they are.

        Best grade first, ties in retrieval order, ungraded ones last; nothing can be added or lost.
        """
        places = [i for i, candidate in enumerate(candidates[: self.limit]) if self.judges(candidate)]
        judged = [candidates[i] for i in places]
        grades = self._grade(query, judged, context or RunContext()) if judged else {}
        places = [i for i in places if grades.get(candidates[i].segment.id, _UNGRADED) is not None]
        graded = [(grades.get(candidates[i].segment.id), candidates[i]) for i in places]
        graded.sort(key=lambda pair: (pair[0] is None, -pair[0].relevance if pair[0] else 0.0))
        out = list(candidates)
        for place, (grade, candidate) in zip(places, graded, strict=True):
            out[place] = replace(candidate, relevance=grade.relevance, why=grade.why) if grade else candidate
        return out


_UNGRADED = Grade(0.0)

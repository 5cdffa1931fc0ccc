"""A query -> what is shown and answered from: retrieved, reranked, spread over the files. The one place for its depth.

It is given the encoders and the reranker, and knows none of either.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from mmchat.encoders.base import Encoder
from mmchat.retrieval.catalog import Catalog
from mmchat.retrieval.duplicates import without_duplicates
from mmchat.retrieval.retriever import Retrieval, Retriever
from mmchat.retrieval.variety import rows_once, spread
from mmchat.types import Candidate, Query, RunContext

DEPTH = 24
"""So many candidates are retrieved; a reranker looks at as many of the first as it has time for."""
DEEPER = (300, 3000)
"""So many, not reranked, when somebody turns so many pages."""
MOST_HIDDEN = 200
"""So many more are retrieved at most, where the segments of some files are to be passed over."""


class Reranks(Protocol):
    """What is needed of a reranker."""

    def rerank(
        self, query: Query, candidates: Sequence[Candidate], context: RunContext | None = None
    ) -> list[Candidate]:
        """The same candidates in its order."""


@dataclass(frozen=True, slots=True)
class Found:
    """What came of one query.

    Attributes:
        candidates: those wanted, in their final order.
        retrieved: the first ``DEPTH`` as they were retrieved.
        searched: how many segments the query was kept to.
        timings_ms: per stage.
    """

    candidates: tuple[Candidate, ...]
    retrieved: tuple[Candidate, ...]
    searched: int
    timings_ms: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Retrieve, rerank, diversify. It holds no state: one instance serves every library and thread.

    Attributes:
        retriever: finds.
        catalog: counts the segments of files that are passed over.
        most_per_file: so many segments of one file come before every other file has had its turn; 0 for any number.
    """

    retriever: Retriever
    catalog: Catalog
    most_per_file: int = 0

    def run(
        self,
        library: str,
        query: Query,
        k: int = DEPTH,
        offset: int = 0,
        *,
        reranker: Reranks,
        encoders: Sequence[Encoder] | None = None,
        without: frozenset[str] = frozenset(),
        context: RunContext | None = None,
    ) -> Found:
        """Candidates ``offset`` to ``offset + k``. The order is the same however it is cut into pages.

        Args:
            library: whose.
            query: what is looked for.
            k: how many.
            offset: how many are passed over before them.
            reranker: puts the first ``DEPTH`` in order.
            encoders: those that the library is searched by; None for the retriever's own.
            without: attachments that are not shown.
            context: for the reranker.
        """
        first = self.retrieve(library, query, encoders=encoders, without=without)
        found = self.finish(query, first, reranker=reranker, context=context)
        candidates = list(found.candidates)
        # How deep the indexes are asked changes their fused order a little: the beginning always comes from one depth,
        # and what a deeper look finds is added behind it.
        for depth in DEEPER:
            if len(candidates) >= offset + k or len(first.candidates) < DEPTH:
                break
            deeper = self._retrieve(library, query, depth, encoders, without).candidates
            known = {candidate.segment.id for candidate in candidates}
            more = [candidate for candidate in deeper if candidate.segment.id not in known]
            candidates = rows_once(without_duplicates([*candidates, *more]), settled=len(candidates))
        return replace(found, candidates=tuple(candidates[offset : offset + k]))

    def retrieve(
        self,
        library: str,
        query: Query,
        *,
        encoders: Sequence[Encoder] | None = None,
        without: frozenset[str] = frozenset(),
    ) -> Retrieval:
        """The first step alone: the first ``DEPTH`` candidates, as they are found."""
        return self._retrieve(library, query, DEPTH, encoders, without)

    def finish(self, query: Query, first: Retrieval, *, reranker: Reranks, context: RunContext | None = None) -> Found:
        """The other steps, for what was retrieved: all of it in its final order."""
        started = time.perf_counter()
        ranked = reranker.rerank(query, first.candidates, context)
        timings = {**first.timings_ms, "rerank": (time.perf_counter() - started) * 1000}
        return Found(tuple(self.diversified(ranked)), first.candidates, first.searched, timings)

    def diversified(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """The last step alone: each table row once, and no file crowding out the others."""
        return spread(rows_once(candidates), self.most_per_file)

    def _retrieve(
        self,
        library: str,
        query: Query,
        depth: int,
        encoders: Sequence[Encoder] | None,
        without: frozenset[str],
    ) -> Retrieval:
        hidden = sum(self.catalog.count_segments(library, attachment_id=id) for id in without)
        retrieval = self.retriever.retrieve(library, query, depth + min(hidden, MOST_HIDDEN), encoders)
        kept = [candidate for candidate in retrieval.candidates if candidate.attachment.id not in without]
        return replace(retrieval, candidates=tuple(kept[:depth]))

"""One library's search and catalog, as the tools and a turn are given them. It composes retrieval, spaces and store."""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace

from mmchat.active_spaces import ActiveSpaces
from mmchat.catalog import Catalog
from mmchat.encoders import Encoder
from mmchat.rerankers import Reranker
from mmchat.retrieval.retriever import Retriever
from mmchat.retrieval.variety import spread
from mmchat.settings import Settings
from mmchat.stores import VectorStore
from mmchat.tools.base import ToolContext
from mmchat.types import (
    SPOKEN_OR_WRITTEN,
    Candidate,
    Event,
    Locator,
    Modality,
    Query,
    Reranked,
    Retrieved,
    RunContext,
    Segment,
    SegmentInput,
    SegmentKind,
    Vector,
    Vectors,
    Warned,
)

CANDIDATES = 24
MOST_HIDDEN = 200


class LibraryTools:
    """Over one data folder."""

    def __init__(
        self, settings: Settings, catalog: Catalog, store: VectorStore, spaces: ActiveSpaces, retriever: Retriever
    ) -> None:
        self._settings = settings
        self._catalog = catalog
        self._store = store
        self._spaces = spaces
        self._retriever = retriever

    def search(
        self,
        library: str,
        query: Query,
        *,
        joined: str,
        reranker: Reranker,
        without: frozenset[str],
        context: RunContext,
    ) -> Generator[Event, None, tuple[int, tuple[Candidate, ...]]]:
        """Search, telling each step; a question that goes on is searched in both its forms, fused by rank."""
        searched, found, timing = self._retrieve(library, query, without)
        if joined:
            _, more, extra = self._retrieve(library, replace(query, rewritten=joined), without)
            found, timing = fused(found, more)[:CANDIDATES], timing + extra
        yield Retrieved(searched, tuple(found), timing)
        warnings: list[str] = []
        started = time.perf_counter()
        asked = replace(query, rewritten=joined) if joined else query
        ordered = reranker.rerank(asked, found, replace(context, warn=warnings.append))
        yield from map(Warned, warnings)
        if ordered != found:
            yield Reranked(reranker.name, tuple(ordered), (time.perf_counter() - started) * 1000)
        return searched, tuple(spread(ordered, self._settings.most_per_file))

    def context(
        self, library: str, query: Query, *, reranker: Reranker, without: frozenset[str], run: RunContext
    ) -> ToolContext:
        """What tools may ask of this library in this turn."""

        def find(asked: Query, k: int) -> Sequence[Candidate]:
            _, found, _ = self._retrieve(library, asked, without)
            return reranker.rerank(asked, found, run)[:k]

        return ToolContext(
            library,
            self._catalog,
            find,
            lambda ids: self._vectors(library, ids),
            lambda texts: self._embed(library, texts),
            run.stopped,
        )

    def _retrieve(self, library: str, query: Query, without: frozenset[str]) -> tuple[int, list[Candidate], float]:
        hidden = sum(self._catalog.count_segments(library, attachment_id=id) for id in without)
        with self._spaces.reading(library) as encoders:
            retrieval = self._retriever.retrieve(library, query, CANDIDATES + min(hidden, MOST_HIDDEN), encoders)
        found = [c for c in retrieval.candidates if c.attachment.id not in without][:CANDIDATES]
        return retrieval.searched, found, sum(retrieval.timings_ms.values())

    def _vectors(self, library: str, ids: Sequence[str]) -> Mapping[str, Vector]:
        with self._spaces.reading(library) as encoders:
            encoder = _of_text(encoders)
            return self._store.get(library, encoder.space, list(ids)) if encoder else {}

    def _embed(self, library: str, texts: Sequence[str]) -> Vectors:
        with self._spaces.reading(library) as encoders:
            encoder = _of_text(encoders)
            assert encoder is not None, "a profile without a space of words"
            return encoder.encode_segments([_as_passage(text) for text in texts])


def fused(one: Sequence[Candidate], other: Sequence[Candidate]) -> list[Candidate]:
    """Two rankings as one, by reciprocal rank (Cormack, Clarke and Buettcher 2009, with k = 60)."""
    scores: dict[str, float] = {}
    candidates = {c.segment.id: c for c in (*other, *one)}
    for ranking in (one, other):
        for rank, candidate in enumerate(ranking, start=1):
            scores[candidate.segment.id] = scores.get(candidate.segment.id, 0.0) + 1 / (60 + rank)
    return [candidates[id] for id in sorted(scores, key=lambda id: (-scores[id], id))]


def _of_text(encoders: Sequence[Encoder]) -> Encoder | None:
    return next((e for e in encoders if e.segment_kinds & SPOKEN_OR_WRITTEN), None)


def _as_passage(text: str) -> SegmentInput:
    return SegmentInput(Segment("", "", Modality.TEXT, SegmentKind.PASSAGE, 0, text, Locator()))

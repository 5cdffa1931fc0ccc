"""One library's search and catalog, as the tools and a turn are given them. It composes retrieval, spaces and store."""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace

from mmchat.active_spaces import ActiveSpaces
from mmchat.catalog import Catalog
from mmchat.encoders import Encoder
from mmchat.question.context import Context, fused
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
JOINED_FROM = 0.5
"""A question that needs the one before it more likely than this is reranked together with it."""


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
        asked: Context,
        reranker: Reranker,
        without: frozenset[str],
        context: RunContext,
    ) -> Generator[Event, None, tuple[int, tuple[Candidate, ...]]]:
        """Search, telling each step; a question that goes on is searched in both its forms, fused by rank."""
        searched, found, timing = self._retrieve(library, query, without)
        if len(asked.texts) > 1:
            joined = replace(query, rewritten=asked.texts[1][0])
            _, more, extra = self._retrieve(library, joined, without)
            found, timing = fused([found, more], asked)[:CANDIDATES], timing + extra
            query = joined if asked.leaning > JOINED_FROM else query
        yield Retrieved(searched, tuple(found), timing)
        warnings: list[str] = []
        started = time.perf_counter()
        ordered = reranker.rerank(query, found, replace(context, warn=warnings.append))
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


def _of_text(encoders: Sequence[Encoder]) -> Encoder | None:
    return next((e for e in encoders if e.segment_kinds & SPOKEN_OR_WRITTEN), None)


def _as_passage(text: str) -> SegmentInput:
    return SegmentInput(Segment("", "", Modality.TEXT, SegmentKind.PASSAGE, 0, text, Locator()))

"""One library's search and catalog, as the tools and a turn are given them. It composes retrieval, spaces and store."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace

from mmchat.active_spaces import ActiveSpaces
from mmchat.catalog import Catalog
from mmchat.encoders import Encoder
from mmchat.question.context import Context, fused
from mmchat.rerankers import Reranker
from mmchat.rerankers.identity import IdentityReranker
from mmchat.retrieval.pipeline import DEPTH, Pipeline
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

JOINED_FROM = 0.5
"""A question that needs the one before it more likely than this is reranked together with it."""

_AS_FOUND = IdentityReranker()


class LibraryTools:
    """Over one data folder."""

    def __init__(self, catalog: Catalog, store: VectorStore, spaces: ActiveSpaces, pipeline: Pipeline) -> None:
        self._catalog = catalog
        self._store = store
        self._spaces = spaces
        self._pipeline = pipeline

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
        with self._spaces.reading(library) as encoders:
            first = self._pipeline.retrieve(library, query, encoders=encoders, without=without)
            if len(asked.texts) > 1:
                joined = replace(query, rewritten=asked.texts[1][0])
                more = self._pipeline.retrieve(library, joined, encoders=encoders, without=without)
                first = replace(first, candidates=tuple(fused([first.candidates, more.candidates], asked)[:DEPTH]))
                query = joined if asked.leaning > JOINED_FROM else query
        yield Retrieved(first.searched, first.candidates, sum(first.timings_ms.values()))
        warnings: list[str] = []
        found = self._pipeline.finish(query, first, reranker=reranker, context=replace(context, warn=warnings.append))
        yield from map(Warned, warnings)
        if reranker.name != "none" and found.candidates != first.candidates:
            yield Reranked(reranker.name, found.candidates, found.timings_ms["rerank"])
        return first.searched, found.candidates

    def context(self, library: str, query: Query, *, without: frozenset[str], run: RunContext) -> ToolContext:
        """What tools may ask of this library in this turn.

        What they find is weighed by them, sentence by sentence, and not reranked before: a comparison looks four times.
        """

        def find(asked: Query, k: int) -> Sequence[Candidate]:
            with self._spaces.reading(library) as encoders:
                found = self._pipeline.run(
                    library, asked, k, reranker=_AS_FOUND, encoders=encoders, without=without, context=run
                )
            return found.candidates

        return ToolContext(
            library,
            self._catalog,
            find,
            lambda ids: self._vectors(library, ids),
            lambda texts: self._embed(library, texts),
            query,
            without,
            run.stopped,
        )

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

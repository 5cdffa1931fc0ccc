"""A query as a person puts it -> what is searched; and the search itself: retrieve, rerank, spread over the files."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mmchat.active_spaces import ActiveSpaces
from mmchat.catalog import Blobs, Catalog, check_library
from mmchat.parts import Parts
from mmchat.perceived_query import perceive
from mmchat.perception.language import detect_language
from mmchat.question.library_words import LibraryWords
from mmchat.question.narrowing import narrowed, possible
from mmchat.question.understanding import Understanding
from mmchat.rerankers import Reranker
from mmchat.retrieval.pages import Pages
from mmchat.retrieval.retriever import Retriever
from mmchat.retrieval.variety import spread
from mmchat.settings import Settings
from mmchat.types import Candidate, Narrowing, Query, RunContext, Understood, Upload


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Candidates in final order, how many segments were searched, and milliseconds per stage."""

    candidates: tuple[Candidate, ...]
    searched: int
    timings_ms: dict[str, float]


class Searching:
    """Searches without an answer, over one data folder."""

    def __init__(
        self,
        settings: Settings,
        parts: Parts,
        *,
        catalog: Catalog,
        blobs: Blobs,
        spaces: ActiveSpaces,
        retriever: Retriever,
        reranker: Reranker | None = None,
    ) -> None:
        self.settings = settings
        self.parts = parts
        self.catalog = catalog
        self.blobs = blobs
        self.spaces = spaces
        self.retriever = retriever
        self.reranker = reranker

    def search(self, library: str, query: Query, k: int, offset: int = 0) -> SearchResult:
        """Candidates ``offset`` to ``offset + k``. The order is the same however it is cut into pages."""
        check_library(library)
        query = query if query.language else replace(query, language=detect_language(query.asked))
        reranker = self.reranker or self.parts.reranker
        with self.spaces.reading(library) as encoders:
            pages = Pages(lambda depth: self.retriever.retrieve(library, query, depth, encoders))
            started = time.perf_counter()
            context = RunContext(original=lambda id: self.blobs.path(library, id), library=library)
            first = reranker.rerank(query, pages.first.candidates, context)
            rerank_ms = (time.perf_counter() - started) * 1000
            candidates = pages.upto(offset + k, spread(first, self.settings.most_per_file))
        timings = {**pages.first.timings_ms, "rerank": rerank_ms}
        return SearchResult(tuple(candidates[offset : offset + k]), pages.first.searched, timings)

    def understand_query(
        self, library: str, text: str, files: Sequence[Upload], by_hand: Sequence[Narrowing]
    ) -> tuple[Query, Understood]:
        """A query from words and files, kept to what its wording or the person asks for, where that leaves anything.

        Raises:
            UnsupportedAttachment: a file cannot be read.
        """
        entries = self.catalog.entries(check_library(library))
        reading = Understanding(self.parts.router, LibraryWords(self.catalog, self.settings).mend)
        request, understood = reading.read(text, library=library, entries=entries, by_hand=by_hand)
        kept, _ = possible(self.catalog, library, Query(), understood.narrowings)
        query = replace(self._perceived(text, files), rewritten=request.query.rewritten, medium=request.medium)
        return narrowed(query, kept), replace(understood, narrowings=tuple(kept))

    def narrowed_query(self, text: str, files: Sequence[Upload], by_hand: Sequence[Narrowing]) -> Query:
        """A query from words and files, kept to what is given and to nothing that its wording may mean.

        Raises:
            UnsupportedAttachment: a file cannot be read.
        """
        return narrowed(self._perceived(text, files), by_hand)

    def _perceived(self, text: str, files: Sequence[Upload]) -> Query:
        return perceive(text, files, self.settings, self.parts)

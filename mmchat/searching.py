"""A query as a person puts it -> what is searched; and the search itself: retrieve, rerank, spread over the files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mmchat.active_spaces import ActiveSpaces
from mmchat.catalog import Blobs, Catalog, check_library
from mmchat.parts import Parts
from mmchat.perceived_query import perceive
from mmchat.perception.language import detect_language
from mmchat.question.narrowing import narrowed, possible
from mmchat.question.understanding import Understanding
from mmchat.rerankers import Reranker
from mmchat.retrieval.pipeline import Pipeline
from mmchat.settings import Settings
from mmchat.types import Candidate, Narrowing, Query, RunContext, Understood, Upload


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Candidates in final order, how many segments were searched, and milliseconds per stage."""

    candidates: tuple[Candidate, ...]
    searched: int
    timings_ms: Mapping[str, float]


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
        pipeline: Pipeline,
        understanding: Understanding,
        reranker: Reranker | None = None,
    ) -> None:
        self.settings = settings
        self.parts = parts
        self.catalog = catalog
        self.blobs = blobs
        self.spaces = spaces
        self.pipeline = pipeline
        self.understanding = understanding
        self.reranker = reranker

    def search(self, library: str, query: Query, k: int, offset: int = 0) -> SearchResult:
        """Candidates ``offset`` to ``offset + k``. The order is the same however it is cut into pages."""
        check_library(library)
        query = query if query.language else replace(query, language=detect_language(query.asked))
        reranker = self.reranker or self.parts.reranker
        context = RunContext(
            original=lambda id: self.blobs.path(library, id), library=library, apart=self.parts.workers.call
        )
        with self.spaces.reading(library) as encoders:
            found = self.pipeline.run(library, query, k, offset, reranker=reranker, encoders=encoders, context=context)
        return SearchResult(found.candidates, found.searched, found.timings_ms)

    def understand_query(
        self, library: str, text: str, files: Sequence[Upload], by_hand: Sequence[Narrowing]
    ) -> tuple[Query, Understood]:
        """A query from words and files, kept to what its wording or the person asks for, where that leaves anything.

        Raises:
            UnsupportedAttachment: a file cannot be read.
        """
        entries = self.catalog.entries(check_library(library))
        request, understood = self.understanding.read(text, library=library, entries=entries, by_hand=by_hand)
        kept, _ = possible(self.catalog, library, Query(), understood.narrowings)
        query = replace(self._perceived(text, files), rewritten=request.search.rewritten, medium=request.medium)
        return narrowed(query, kept), replace(understood, narrowings=tuple(kept))

    def narrowed_query(self, text: str, files: Sequence[Upload], by_hand: Sequence[Narrowing]) -> Query:
        """A query from words and files, kept to what is given and to nothing that its wording may mean.

        Raises:
            UnsupportedAttachment: a file cannot be read.
        """
        return narrowed(self._perceived(text, files), by_hand)

    def _perceived(self, text: str, files: Sequence[Upload]) -> Query:
        return perceive(text, files, self.settings, self.parts)

"""A query -> the candidates of one library, from every space that can be asked and the full text, in one order.

It searches and fuses. It does not rerank, and it neither writes nor knows which database or which model it asks.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from mmchat.catalog.narrowing import Added
from mmchat.encoders.base import Encoder
from mmchat.retrieval.catalog import Catalog
from mmchat.retrieval.composition import composed, has_media
from mmchat.retrieval.confidence import BEHIND_TEXT, alike, content_weight, like, text_weight
from mmchat.retrieval.duplicates import without_duplicates
from mmchat.retrieval.fusion import fuse_text, ranking, reciprocal_rank_fusion, with_pages
from mmchat.retrieval.plan import QueryPlan, plan_query
from mmchat.retrieval.reasons import BY_ITS_PAGE, reason
from mmchat.retrieval.spaces import compare, search_space
from mmchat.retrieval.whole_pages import Pages, WholePages
from mmchat.stores.base import VectorStore
from mmchat.types import SPOKEN_OR_WRITTEN, Candidate, Query, Space

FULL_TEXT = "full_text"
"""The full text's name among a candidate's ranks and scores."""
SHALLOWEST = 50
"""Least length of each list before fusion: z-scores need a background. 100 and 200 changed our figures by .02."""
LOOKED_INTO = 3
"""How many of the best texts are looked into for the query's words."""
OTHER_MODALITY = 0.5
"""What a candidate's score is worth when the wording asks for another kind of file ("find the photo of ...")."""


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What one retrieval found.

    Attributes:
        candidates: best first.
        timings_ms: per stage.
        searched: how many segments the query was kept to; where there are none, how many the library holds of the
            modality asked for.
    """

    candidates: tuple[Candidate, ...]
    timings_ms: Mapping[str, float]
    searched: int


@dataclass(slots=True)
class _Found:
    """Everything the indexes answered to one plan, and the encoders that were asked."""

    encoders: Sequence[Encoder]
    text: list[list[str]] = field(default_factory=list)
    content: list[tuple[list[str], float]] = field(default_factory=list)
    known: float = 0.0
    scores: dict[str, dict[str, float]] = field(default_factory=dict)
    timings_ms: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.timings_ms[stage] = self.timings_ms.get(stage, 0.0) + (time.perf_counter() - started) * 1000


class Retriever:
    """Holds no state of its own: one instance serves every library and thread."""

    def __init__(
        self,
        catalog: Catalog,
        store: VectorStore,
        encoders: Sequence[Encoder],
        *,
        words_weight: float = 0.7,
        pages: Pages | None = None,
    ) -> None:
        """``pages`` are those whose vectors are searched beside the segments'; None: each segment by itself."""
        self._catalog = catalog
        self._store = store
        self._encoders = tuple(encoders)
        self._words_weight = words_weight
        self.pages = pages
        self._whole_pages = WholePages(pages, store) if pages else None

    def retrieve(self, library: str, query: Query, k: int, encoders: Sequence[Encoder] | None = None) -> Retrieval:
        """The ``k`` best candidates. The same content gives the same order, in whatever order it was taken in.

        ``encoders`` are asked in place of the constructor's, for a library that is searched in other spaces.
        """
        asked = self._encoders if encoders is None else encoders
        found = _Found(list({encoder.space: encoder for encoder in asked}.values()))  # one model may have several roles
        with found.timed("plan"):
            plan = plan_query(query)
            allowed = self._allowed(library, query)
            searched = len(allowed) if allowed else self._catalog.count_segments(library, query.modality)
        if searched and (allowed is None or allowed):
            depth = max(SHALLOWEST, 3 * k)
            self._search_text(library, plan, depth, allowed, found)
            self._search_content(library, plan, k, allowed, found)
        with found.timed("fuse"):
            candidates = self._fuse(library, plan, found, k)
        return Retrieval(candidates, found.timings_ms, searched)

    def _allowed(self, library: str, query: Query) -> frozenset[str] | None:
        if not query.narrowed:
            return None
        ids = self._catalog.ids_within(
            library, modality=query.modality, attachment_ids=query.attachment_ids, added=Added.of(query)
        )
        return frozenset(ids)

    def _search_text(
        self, library: str, plan: QueryPlan, depth: int, allowed: frozenset[str] | None, found: _Found
    ) -> None:
        """Full text, and every space of words; each such space is fused with the full text by z-scores."""
        query = plan.query
        with found.timed(FULL_TEXT):
            asked_twice = [self._search_words(library, query, words, depth) for words in (plan.words, plan.translated)]
            by_words: dict[str, float] = {}
            for hits in asked_twice:  # the same question, put in another way: the better match counts
                for id, score in hits.items():
                    by_words[id] = max(score, by_words.get(id, score))
            exhausted = all(len(hits) < depth for hits in asked_twice)
        if by_words:
            found.scores[FULL_TEXT] = by_words
        asked = [e for e in found.encoders if e.segment_kinds & SPOKEN_OR_WRITTEN and e.accepts(query)]
        held_by = self._catalog.passages_of_rows(library, by_words) if by_words and asked else {}
        for encoder in asked:
            space = encoder.space
            with found.timed(f"encode {space.encoder}"):
                joint = has_media(query) and bool(encoder.segment_kinds - SPOKEN_OR_WRITTEN)
                vector = (
                    composed(encoder, query, self._store, library, self._words_weight)
                    if joint
                    else encoder.encode_query(query)
                )
            with found.timed(f"search {space.encoder}"):
                near = search_space(self._store, library, space, vector, depth, allowed)
                wanted = frozenset(by_words).union(held_by.values())
                pages = self._ready_pages(library, space)
                if pages:
                    wanted |= pages.nearest(library, space, vector, allowed)
                near = near + compare(self._store, library, space, vector, wanted - {hit.segment_id for hit in near})
            dense = {hit.segment_id: hit.score for hit in near}
            # A row of a table is as near as the passage that holds it.
            dense |= {row: dense[passage] for row, passage in held_by.items() if passage in dense}
            found.scores[space.name] = dense
            if pages:
                with found.timed(f"search {space.of_pages.encoder}"):
                    on_pages = pages.scores(library, space, vector, wanted.union(dense))
                if on_pages:
                    found.scores[space.of_pages.name] = on_pages
                dense = with_pages(dense, on_pages)
            fused = fuse_text(dense, by_words, exhausted=exhausted)
            found.text.append(ranking(fused))
        if not asked and by_words:
            found.text.append(ranking(by_words))

    def _ready_pages(self, library: str, space: Space) -> WholePages | None:
        return self._whole_pages if self._whole_pages and self._whole_pages.ready(library, space) else None

    def _search_words(self, library: str, query: Query, words: Sequence[str], depth: int) -> dict[str, float]:
        """BM25 by segment id, of what the query is kept to."""
        if not words:
            return {}
        hits = self._catalog.search_text(
            library,
            words,
            depth,
            modality=query.modality,
            attachment_ids=query.attachment_ids,
            added=Added.of(query),
        )
        return {hit.segment_id: hit.score for hit in hits}

    def _search_content(
        self, library: str, plan: QueryPlan, k: int, allowed: frozenset[str] | None, found: _Found
    ) -> None:
        """Every space of pictures or sounds that may get a word in, as far as its own match can be trusted."""
        enough_text = any(len(ids) >= k for ids in found.text)
        for encoder in found.encoders:
            space = encoder.space
            if encoder.segment_kinds & SPOKEN_OR_WRITTEN or not encoder.accepts(plan.query):
                continue
            if not self._store.count(library, space):
                continue
            weight = content_weight(encoder, plan)
            if enough_text and weight <= BEHIND_TEXT:
                continue  # its first result would come behind the last one wanted
            with found.timed(f"encode {space.encoder}"):
                vector = composed(encoder, plan.query, self._store, library, self._words_weight)
            with found.timed(f"search {space.encoder}"):
                nearest = search_space(self._store, library, space, vector, max(SHALLOWEST, 3 * k), allowed)
            hits = alike(encoder, plan, nearest)
            if hits:
                found.scores[space.name] = {hit.segment_id: hit.score for hit in hits}
                found.content.append(([hit.segment_id for hit in hits], weight))
                found.known = max(found.known, encoder.knows(plan.query))

    def _fuse(self, library: str, plan: QueryPlan, found: _Found, k: int) -> tuple[Candidate, ...]:
        best = self._catalog.candidates(library, [id for ids in found.text for id in ids[:LOOKED_INTO]])
        weight = text_weight(plan, found.known, [segment for segment, _ in best.values()])
        fused = reciprocal_rank_fusion([(ids, weight) for ids in found.text] + found.content)
        order = ranking(fused)
        ranks = {name: {id: r for r, id in enumerate(ranking(s), start=1)} for name, s in found.scores.items()}
        kept: list[Candidate] = []
        # Where another kind of file moves back, those behind it move up: look further from the start.
        step = 4 * k if plan.query.medium else k + k // 4
        for at in range(0, len(order), step):
            here = self._catalog.candidates(library, order[at : at + step])
            for id, (segment, attachment) in here.items():
                wanted = plan.query.medium in (None, attachment.modality, like(segment))
                kept.append(
                    Candidate(
                        segment=segment,
                        attachment=attachment,
                        score=fused[id] * (1.0 if wanted else OTHER_MODALITY),
                        ranks={name: places[id] for name, places in ranks.items() if id in places},
                        scores={name: scores[id] for name, scores in found.scores.items() if id in scores},
                    )
                )
            kept = without_duplicates(sorted(kept, key=lambda c: (-c.score, c.segment.id)))
            if len(kept) >= k:
                break
        return tuple(replace(c, reason=_reason(c, plan, found)) for c in kept[:k])


def _reason(candidate: Candidate, plan: QueryPlan, found: _Found) -> str:
    """Why it was found; only a figure or a passage that its page brought in has no other reason."""
    of_pages = {encoder.space.of_pages.name for encoder in found.encoders}
    if candidate.scores and of_pages.issuperset(candidate.scores):
        return BY_ITS_PAGE
    return reason(candidate.segment, candidate.attachment.name, plan, by_words=FULL_TEXT in candidate.scores)

"""One vector for each page of a document, of its text and its figures together, in every space that takes words.

A page's vector is the weighted sum of two unit vectors: the mean of what is written on it, and the mean of its figures.
These vectors are there already, so that no text is encoded twice; a space without pictures holds a figure by the words
that say what it shows. The page vectors lie in a collection of their own beside those of the segments.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

import numpy as np

from mmchat.catalog import Catalog, PageRecords
from mmchat.encoders import Encoder
from mmchat.encoders.base import normalise
from mmchat.segmenters.pages import pages_of
from mmchat.stores import VectorStore
from mmchat.types import SPOKEN_OR_WRITTEN, Page, Segment, SegmentInput, SegmentKind, Vector

FIGURES_WEIGHT = 0.5
"""How much of a page's vector its figures are, where it has both: nDCG@10 .594, against .589 at .3 and .591 at .7
(benchmarks/page_vectors.py without the control, 2026-11-21)."""
LEAST_PROBABLE = 0.1
"""A name below it is not among the words for a figure."""
_AT_ONCE = 200


class PageVectors:
    """Makes them and keeps them; it searches nothing."""

    def __init__(self, records: PageRecords, catalog: Catalog, store: VectorStore) -> None:
        self.records = records
        self._catalog = catalog
        self._store = store

    def make(
        self,
        library: str,
        encoder: Encoder,
        pages: Sequence[Page],
        segments: Mapping[str, Segment],
    ) -> None:
        """Make and store the vectors of those of the pages that have one in this encoder's space.

        Args:
            library: whose.
            encoder: the vectors of the pages' segments in its space are in the store already.
            pages: the pages.
            segments: at least those on the pages, by id, with what was recognised in them.
        """
        members = {page.id: page.segment_ids for page in pages if page.fused} if takes_words(encoder) else {}
        self._put(library, encoder, self._vectors(library, encoder, members, segments))

    def make_again(
        self, library: str, encoder: Encoder, ids: Sequence[str], storing: AbstractContextManager[object]
    ) -> None:
        """The same for pages that are in the catalog, by their ids; ``storing`` keeps deleting off meanwhile."""
        members = self.records.members(library, ids)
        known = self._catalog.candidates(library, [id for found in members.values() for id in found])
        vectors = self._vectors(library, encoder, members, {id: segment for id, (segment, _) in known.items()})
        with storing:
            held = self.records.members(library, ids)
            self._put(library, encoder, {id: vector for id, vector in vectors.items() if id in held})

    def _put(self, library: str, encoder: Encoder, vectors: Mapping[str, Vector]) -> None:
        if vectors:
            self._store.upsert(library, encoder.space.of_pages, list(vectors), np.stack(list(vectors.values())))

    def complete(self, library: str) -> None:
        """Find the pages of documents that were taken in before there were any; no vector is made."""
        for attachment_id in self.records.unpaged(library):
            attachment = self._catalog.attachment(library, attachment_id)
            if attachment is not None:
                segments = self._catalog.segments(library, attachment_id, rows=False)
                self.records.put(library, pages_of(attachment, segments))

    def lacking(self, library: str, encoder: Encoder) -> list[str]:
        """The ids of the pages that lack their vector in this encoder's space."""
        if not takes_words(encoder):
            return []
        ids = self.records.fused(library)
        space, missing = encoder.space.of_pages, list[str]()
        if ids and self._store.count(library, space) < len(ids):
            for at in range(0, len(ids), _AT_ONCE):
                here = self._store.get(library, space, ids[at : at + _AT_ONCE])
                missing += [id for id in ids[at : at + _AT_ONCE] if id not in here]
        return missing

    def _vectors(
        self, library: str, encoder: Encoder, members: Mapping[str, Sequence[str]], segments: Mapping[str, Segment]
    ) -> dict[str, Vector]:
        ids = sorted({id for found in members.values() for id in found if id in segments})
        known = self._store.get(library, encoder.space, ids)
        shown = [segments[id] for id in ids if id not in known and segments[id].kind is SegmentKind.WHOLE_IMAGE]
        worded = [replace(s, kind=SegmentKind.PASSAGE, text=in_words(s)) for s in shown if in_words(s)]
        if worded:
            rows = encoder.encode_segments([SegmentInput(segment) for segment in worded])
            known = {**known, **{segment.id: row for segment, row in zip(worded, rows, strict=True)}}
        made = {}
        for page_id, found in members.items():
            here = [segments[id] for id in sorted(found) if id in known]
            figures = [known[s.id] for s in here if s.kind is SegmentKind.WHOLE_IMAGE]
            written = [known[s.id] for s in here if s.kind in SPOKEN_OR_WRITTEN]
            if written:
                made[page_id] = fused(written, figures)
        return made


def takes_words(encoder: Encoder) -> bool:
    """Whether a page has a vector in this encoder's space."""
    return bool(encoder.segment_kinds & SPOKEN_OR_WRITTEN)


def in_words(figure: Segment) -> str:
    """What stands for a picture in a space of words: its caption, and the names of what was recognised in it."""
    names = [concept.label for concept in figure.concepts if concept.probability >= LEAST_PROBABLE]
    return ". ".join(part for part in (figure.heading.rstrip(" ."), ", ".join(names)) if part)


def fused(written: Sequence[Vector], figures: Sequence[Vector]) -> Vector:
    """The page's unit vector; all of what it is made of are unit vectors."""
    text = _mean(written)
    if not figures:
        return text
    vector: Vector = normalise(((1 - FIGURES_WEIGHT) * text + FIGURES_WEIGHT * _mean(figures))[None, :])[0]
    return vector


def _mean(vectors: Sequence[Vector]) -> Vector:
    vector: Vector = normalise(np.mean(vectors, axis=0, keepdims=True))[0]
    return vector

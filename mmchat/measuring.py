"""What a measurement looks at: the vectors of a library, and the search in some of its stages alone."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from mmchat.catalog import Catalog, check_library
from mmchat.encoders import Encoder
from mmchat.rerankers import create_reranker
from mmchat.retrieval.retriever import Retriever
from mmchat.retrieval.whole_pages import Pages
from mmchat.searching import Searching
from mmchat.stores import VectorStore
from mmchat.types import Segment, Space, Vector, Vectors

SEED = 20261121


class Measuring:
    """One assistant's search, to be taken apart; it shares everything with it and changes nothing of it."""

    def __init__(self, searching: Searching, store: VectorStore) -> None:
        self._searching = searching
        self._store = store

    @property
    def encoders(self) -> Sequence[Encoder]:
        """The configured ones."""
        return self._searching.parts.encoders

    def with_stages(
        self, retriever: Callable[[Catalog, VectorStore, Sequence[Encoder], Pages | None], Retriever], *, rerank: bool
    ) -> Searching:
        """The same data and models, searched in other stages."""
        other = copy.copy(self._searching)
        narrower = retriever(other.catalog, self._store, self.encoders, other.pipeline.retriever.pages)
        other.pipeline = replace(other.pipeline, retriever=narrower)
        if not rerank:
            other.reranker = create_reranker("none", other.settings)
        return other

    def roles(self, library: str, space: Space) -> tuple[str, ...]:
        """What the library is searched for in this space: text, image, sound, or several of them."""
        spaces = self._searching.spaces
        return tuple(role.name for role in spaces.roles if spaces.active(check_library(library), role).space == space)

    def count(self, library: str, space: Space) -> int:
        """How many vectors the library has in this space."""
        return self._store.count(check_library(library), space)

    def embeddings(self, library: str, most: int | None = None) -> dict[Space, tuple[list[Segment], Vectors]]:
        """Every space that is searched: its segments in a fixed order, and their vectors, shape (n_segments, dim).

        Args:
            library: whose.
            most: of a space with more segments, only so many are read, chosen by chance but always the same ones.
        """
        found, catalog = {}, self._searching.catalog
        with self._searching.spaces.reading(check_library(library)) as encoders:
            for encoder in encoders:
                ids = _sample(sorted(catalog.segment_ids(library, encoder.segment_kinds)), most)
                vectors = self._store.get(library, encoder.space, ids)
                held = catalog.candidates(library, [id for id in ids if id in vectors])
                if held:
                    segments = [segment for segment, _ in held.values()]
                    found[encoder.space] = (segments, np.stack([vectors[segment.id] for segment in segments]))
        return found

    def page_embeddings(self, library: str) -> dict[Space, dict[str, Vector]]:
        """The vectors of whole pages by page id, in every space that has some; none where they are not searched."""
        pages = self._searching.pipeline.retriever.pages
        ids = pages.fused(check_library(library)) if pages else []
        with self._searching.spaces.reading(library) as encoders:
            spaces = {encoder.space.of_pages for encoder in encoders}
            found = {space: self._store.get(library, space, ids) for space in spaces}
        return {space: vectors for space, vectors in found.items() if vectors}


def _sample(ids: list[str], most: int | None) -> list[str]:
    return ids if most is None or len(ids) <= most else sorted(random.Random(SEED).sample(ids, most))

"""The assistant with only some stages of its search, so that each one shows what it adds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mmchat.assistant import Assistant
from mmchat.catalog.narrowing import Added
from mmchat.encoders import Encoder
from mmchat.retrieval.catalog import Catalog
from mmchat.retrieval.retriever import Retrieval, Retriever
from mmchat.retrieval.whole_pages import Pages
from mmchat.searching import Searching
from mmchat.stores import VectorStore
from mmchat.stores.memory import MemoryStore
from mmchat.types import Attachment, Hit, Modality, Query, Segment


@dataclass(frozen=True, slots=True)
class Stages:
    """What takes part in a search.

    Attributes:
        name: how it is called in tables and file names.
        spaces: the encoders that are asked, by the name of their space; None for all of them.
        full_text, rerank: whether these take part.
    """

    name: str
    spaces: frozenset[str] | None = None
    full_text: bool = True
    rerank: bool = True


ALL = Stages("all")


def ablations(spaces: Iterable[str]) -> Iterator[Stages]:
    """Each space alone, the full text alone, all without the full text, and all without reranking."""
    for space in sorted(spaces):
        yield Stages(f"only {space}", frozenset({space}), full_text=False, rerank=False)
    yield Stages("only full text", frozenset(), rerank=False)
    yield Stages("without full text", full_text=False)
    yield Stages("without rerank", rerank=False)


def in_memory(assistant: Assistant, library: str) -> VectorStore:
    """The library's vectors in the exact reference store: ablations compare stages, and need no index for that."""
    store = MemoryStore()
    for space, (segments, vectors) in assistant.measuring.embeddings(library).items():
        store.upsert(library, space, [segment.id for segment in segments], vectors)
    for space, pages in assistant.measuring.page_embeddings(library).items():
        store.upsert(library, space, list(pages), np.stack(list(pages.values())))
    return store


def narrowed(assistant: Assistant, stages: Stages, vectors: VectorStore | None = None) -> Assistant | Searching:
    """The same assistant, searching by these stages alone.

    Args:
        assistant: with all its stages.
        stages: those that are left.
        vectors: where they are searched, if not in the assistant's own store.
    """
    if stages == ALL and vectors is None:
        return assistant

    def retriever(catalog: Catalog, store: VectorStore, encoders: Sequence[Encoder], pages: Pages | None) -> Retriever:
        words = catalog if stages.full_text else _Wordless(catalog)
        return _NarrowRetriever(words, vectors or store, encoders, stages.spaces, pages)

    return assistant.measuring.with_stages(retriever, rerank=stages.rerank)


class _NarrowRetriever(Retriever):
    """Asks only the named spaces, whichever the library is searched in."""

    def __init__(
        self,
        catalog: Catalog,
        store: VectorStore,
        encoders: Sequence[Encoder],
        spaces: frozenset[str] | None,
        pages: Pages | None,
    ) -> None:
        super().__init__(catalog, store, encoders, pages=pages)
        self._all, self._spaces = tuple(encoders), spaces

    def retrieve(self, library: str, query: Query, k: int, encoders: Sequence[Encoder] | None = None) -> Retrieval:
        """As always, with what is left."""
        asked = self._all if encoders is None else encoders
        left = [e for e in asked if self._spaces is None or e.space.encoder in self._spaces]
        return super().retrieve(library, query, k, left)


class _Wordless:
    """A catalog whose full text finds nothing."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def search_text(self, *_: object, **__: object) -> list[Hit]:
        return []

    def ids_within(
        self,
        library: str,
        *,
        modality: Modality | None = None,
        attachment_ids: frozenset[str] = frozenset(),
        added: Added | None = None,
    ) -> list[str]:
        return self._catalog.ids_within(library, modality=modality, attachment_ids=attachment_ids, added=added)

    def candidates(self, library: str, segment_ids: Sequence[str]) -> dict[str, tuple[Segment, Attachment]]:
        return self._catalog.candidates(library, segment_ids)

    def passages_of_rows(self, library: str, segment_ids: Collection[str]) -> dict[str, str]:
        return self._catalog.passages_of_rows(library, segment_ids)

    def count_segments(self, library: str, modality: Modality | None = None, attachment_id: str | None = None) -> int:
        return self._catalog.count_segments(library, modality, attachment_id)

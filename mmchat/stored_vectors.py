"""The vectors that a library is searched by, each with its segment, as they are stored; it makes none."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mmchat.catalog import Catalog
from mmchat.encoders import Encoder
from mmchat.stores import VectorStore
from mmchat.types import Segment, Space, Vectors


def stored_vectors(
    catalog: Catalog, store: VectorStore, library: str, encoders: Sequence[Encoder]
) -> dict[Space, tuple[list[Segment], Vectors]]:
    """By space: segments in the order of their ids, and unit rows, shape (n_segments, dim). Empty spaces are left out."""
    found = {}
    for encoder in encoders:
        ids = sorted(catalog.segment_ids(library, encoder.segment_kinds))
        vectors = store.get(library, encoder.space, ids)
        held = catalog.candidates(library, sorted(vectors))
        segments = [held[id][0] for id in sorted(held)]
        if segments:
            found[encoder.space] = (segments, np.stack([vectors[segment.id] for segment in segments]))
    return found

"""A picture or recording, and words with it -> one vector in a space that takes both: a weighted sum of unit vectors.

In a space that takes neither the picture nor the recording, what was recognised in it stands in its place.

What was perceived of a file of the library is not perceived again: its stored vectors are used.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mmchat.encoders.base import Encoder, normalise
from mmchat.stores.base import VectorStore
from mmchat.types import Query, SegmentKind, Vector


def has_media(query: Query) -> bool:
    """Whether a picture or a recording is part of the query."""
    return query.pixels is not None or query.waveform is not None or bool(query.like)


def composed(encoder: Encoder, query: Query, store: VectorStore, library: str, words_weight: float) -> Vector:
    """The query's vector, unit length.

    Args:
        encoder: of a space that takes pictures or sounds.
        query: which it accepts.
        store: holds the vectors of files of the library.
        library: whose they are.
        words_weight: 0..1, how much the typed words count beside the picture or sound. Where the space has names for
            only some of the words, they count by that share.
    """
    media = _media(encoder, query, store, library)
    words = replace(query, pixels=None, waveform=None, like=(), perceived="")
    if media is None:
        perceived = replace(words, text="", rewritten="", perceived=query.perceived)
        if not query.perceived.strip() or not encoder.accepts(perceived):
            return encoder.encode_query(words if encoder.accepts(words) else query)
        media = encoder.encode_query(perceived)
    if not words.text.strip() or not words_weight or not encoder.accepts(words):
        return media
    weight = words_weight * encoder.knows(words)
    if not weight:
        return media
    both: Vector = normalise(((1 - weight) * media + weight * encoder.encode_query(words))[None, :])[0]
    return both


def _media(encoder: Encoder, query: Query, store: VectorStore, library: str) -> Vector | None:
    """Of the picture or sound alone; None when this space takes neither of what is there."""
    stored = store.get(library, encoder.space, query.like) if query.like else {}
    if stored:
        mean: Vector = normalise(np.mean([stored[id] for id in sorted(stored)], axis=0, keepdims=True))[0]
        return mean
    takes_pictures = query.pixels is not None and SegmentKind.WHOLE_IMAGE in encoder.segment_kinds
    takes_sounds = query.waveform is not None and SegmentKind.SOUND in encoder.segment_kinds
    if not takes_pictures and not takes_sounds:
        return None
    alone = Query(pixels=query.pixels if takes_pictures else None, waveform=query.waveform if takes_sounds else None)
    return encoder.encode_query(alone) if encoder.accepts(alone) else None

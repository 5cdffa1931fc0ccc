"""How far each list of results can be believed for one query, so that a space that always finds something cannot flood.

A space of pictures or sounds has a nearest one to any words at all, and its cosines do not tell a match from an accident: on 138
captioned pictures the best cosine has a median of .50 under their own captions, and .46 under questions about a handbook
(development data, 2026-11-21). What tells them apart is how the query is worded. So the wording comes first and the cosine second.
"""

from __future__ import annotations

from collections.abc import Sequence

from mmchat.encoders.base import Encoder
from mmchat.retrieval.plan import QueryPlan
from mmchat.retrieval.requests import Kind
from mmchat.types import Hit, Modality, SegmentKind

BEHIND_TEXT = 0.5
"""A list of this weight begins behind the 60th rank of a list of weight 1: it fills up, and pushes nothing out."""
LEAST_NAMED, MOST_NAMED = 0.6, 0.98
"""A few words that name something ("a red fox"): the list's weight rises with its best cosine between these, and stays
under 1, so that a passage with these very words comes before a picture that looks like them."""
COSINE_OFFSET = 0.5
"""Cosine .48 and more has full weight: there the right picture is among the first five for .9 of captions, below for .7."""

_MODALITIES = {SegmentKind.WHOLE_IMAGE: Modality.IMAGE, SegmentKind.SOUND: Modality.AUDIO}


def content_weight(encoder: Encoder, plan: QueryPlan, hits: Sequence[Hit]) -> float:
    """0..1 for the results of a space of pictures or sounds."""
    modalities = {_MODALITIES[kind] for kind in encoder.segment_kinds if kind in _MODALITIES}
    query, request = plan.query, plan.request
    if (query.pixels is not None and Modality.IMAGE in modalities) or (
        query.waveform is not None and Modality.AUDIO in modalities
    ):
        return 1.0
    if request.medium in modalities or (request.kind is Kind.CONTENT and request.medium is None):
        return 1.0
    if request.kind is not Kind.NAME or not hits:
        return BEHIND_TEXT
    return min(MOST_NAMED, max(LEAST_NAMED, COSINE_OFFSET + hits[0].score))

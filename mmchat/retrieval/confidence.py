"""How far each list of results can be believed for one query, so that a space that always finds something cannot flood.

A space of pictures or sounds has a nearest one to any words at all, and its cosines do not tell a match from an
accident: on 138 captioned pictures the best cosine has a median of .50 under their own captions, and of .46 under
questions about a handbook. What tells them apart is how the query is worded, and how many of its words the space has
names for: a median of all in captions, of none in headings of a handbook (development data, 2026-11-21).
"""

from __future__ import annotations

from collections.abc import Sequence

from mmchat.encoders.base import Encoder
from mmchat.perception.stems import stem, stems
from mmchat.retrieval.composition import has_media
from mmchat.retrieval.plan import QueryPlan, Wanted
from mmchat.types import Hit, Modality, Query, Segment, SegmentKind

BEHIND_TEXT = 0.5
"""A list of this weight begins behind the 60th rank of a list of weight 1: it fills up, and pushes nothing out."""
LEAST_NAMED, MOST_NAMED = 0.6, 0.98
"""Between these goes the weight of pictures and sounds when a few words only name something, as in a search box, by how
many of the words the space has names for. It stays under 1, so that a passage with these very words comes before a
picture that looks like them; where a picture is asked for, it goes up to 1. A recording "about the budget" is thus
found by what is said in it, and one "of a dog" by its sound."""
TEXT_WITHOUT_THE_WORDS = 0.6
"""What text is worth that holds none of the words, when another space has names for all of them."""

_MODALITIES = {
    SegmentKind.WHOLE_IMAGE: {Modality.IMAGE, Modality.VIDEO},
    SegmentKind.SOUND: {Modality.AUDIO, Modality.VIDEO},
}
"""What a person may call the kind of file that such a segment lies in."""


def like(segment: Segment) -> Modality:
    """What kind of file it could be by itself: the words spoken in a video are a recording to who asks for one."""
    if segment.modality is Modality.VIDEO and segment.kind in (SegmentKind.TRANSCRIPT, SegmentKind.SOUND):
        return Modality.AUDIO
    return segment.modality


def content_weight(encoder: Encoder, plan: QueryPlan) -> float:
    """0..1 for the results of a space of pictures or sounds."""
    modalities = {modality for kind in encoder.segment_kinds for modality in _MODALITIES.get(kind, ())}
    query, wanted = plan.query, plan.wanted
    if (query.pixels is not None and Modality.IMAGE in modalities) or (
        query.waveform is not None and Modality.AUDIO in modalities
    ):
        return 1.0
    if _only_media(query):
        return BEHIND_TEXT + (MOST_NAMED - BEHIND_TEXT) * encoder.knows(plan.query)
    if wanted is Wanted.CONTENT and query.medium in (None, *modalities):
        return 1.0
    if wanted is Wanted.NAMED or (wanted is Wanted.SHOWN and query.medium in (None, *modalities)):
        most = 1.0 if query.medium in modalities else MOST_NAMED
        return LEAST_NAMED + (most - LEAST_NAMED) * encoder.knows(plan.query)
    return BEHIND_TEXT


def alike(encoder: Encoder, plan: QueryPlan, hits: Sequence[Hit]) -> list[Hit]:
    """The hits that are like the words at all; all of them when nothing is named, or the kind of file is fixed."""
    query = plan.query
    own_media = query.pixels is not None or query.waveform is not None
    if own_media or query.modality is not None or plan.wanted is Wanted.CONTENT:
        return list(hits)
    return [hit for hit in hits if hit.score >= encoder.least_cosine]


def text_weight(plan: QueryPlan, known: float, best: Sequence[Segment]) -> float:
    """0..1 for the results of text.

    Args:
        plan: what was asked.
        known: the most that any space of pictures or sounds knows of the query's words.
        best: the best few texts found, in which the words are looked for.
    """
    if _only_media(plan.query):  # a page that was read has words in common with another; what is merely seen, seldom
        return 1.0 if _coverage(plan.words, best) else TEXT_WITHOUT_THE_WORDS
    if plan.wanted not in (Wanted.NAMED, Wanted.SHOWN):
        return 1.0
    return 1.0 - (1.0 - TEXT_WITHOUT_THE_WORDS) * known * (1.0 - _coverage(plan.words, best))


def _only_media(query: Query) -> bool:
    """Whether a picture or recording is all that was given, and no words with it."""
    return not query.asked.strip() and has_media(query)


def _coverage(words: Sequence[str], best: Sequence[Segment]) -> float:
    """The largest share of the words that one of the texts, or the heading of one without, holds."""
    single = [word for word in words if " " not in word]
    if not single:
        return 0.0
    return max((_held(single, segment) / len(single) for segment in best), default=0.0)


def _held(words: Sequence[str], segment: Segment) -> int:
    here = set(stems(segment.text or segment.heading, segment.language))
    return sum(stem(word, segment.language) in here for word in words)

"""Why a candidate is here, in a few words a person can check against it."""

from __future__ import annotations

from mmchat.retrieval.plan import QueryPlan
from mmchat.retrieval.words import folded, pieces
from mmchat.types import Segment, SegmentKind

MOST_WORDS = 4
_PERCEIVED = {SegmentKind.WHOLE_IMAGE: "looks like", SegmentKind.SOUND: "sounds like"}


def reason(segment: Segment, name: str, plan: QueryPlan, *, by_words: bool) -> str:
    """``words matched: red, fox``, ``looks like: red fox .62`` or ``similar meaning``.

    Args:
        segment: the candidate's segment.
        name: its attachment's name, whose words the full text holds too.
        plan: what was asked.
        by_words: whether the full text found it.
    """
    if segment.kind in _PERCEIVED and segment.concepts:
        first = segment.concepts[0]
        return f"{_PERCEIVED[segment.kind]}: {first.label} {first.probability:.2f}".replace(" 0.", " .")
    matched = _matched(segment, name, plan) if by_words else []
    if matched:
        return "words matched: " + ", ".join(matched[:MOST_WORDS])
    return "similar meaning" if segment.text else "similar content"


def _matched(segment: Segment, name: str, plan: QueryPlan) -> list[str]:
    here = set(pieces(folded(f"{segment.text}\n{segment.heading}\n{name}")))
    return [word for word in plan.words if " " not in word and folded(word) in here]

"""Why a candidate is here, in a few words a person can check against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mmchat.perception.stems import stem
from mmchat.perception.words import folded, pieces
from mmchat.retrieval.plan import QueryPlan
from mmchat.types import Concept, Modality, Query, Segment, SegmentKind

MOST_WORDS = 4
BY_ITS_PAGE = "on a page that matches"
"""Of what was not found by itself, such as a figure that has no words."""
_PERCEIVED = {SegmentKind.WHOLE_IMAGE: "looks like", SegmentKind.SOUND: "sounds like"}
_ALIKE = {SegmentKind.WHOLE_IMAGE: "similar picture", SegmentKind.SOUND: "similar sound"}
_MATCHED = {SegmentKind.TRANSCRIPT: "words spoken"}


def reason(segment: Segment, name: str, plan: QueryPlan, *, by_words: bool) -> str:
    """``words matched: red, fox``, ``words spoken: budget``, ``looks like: red fox .62``, ``similar picture`` and such.

    Args:
        segment: the candidate's segment.
        name: its attachment's name, whose words the full text holds too.
        plan: what was asked.
        by_words: whether the full text found it.
    """
    if segment.kind in _PERCEIVED:
        how = _ALIKE[segment.kind] if _shown(plan.query, segment) else _PERCEIVED[segment.kind]
        if segment.concepts:
            best = _asked_for(segment.concepts, plan.words)
            return f"{how}: {best.label} {best.probability:.2f}".replace(" 0.", " .")
        return how if how in _ALIKE.values() else "similar content"
    if by_words:
        inside, of_file = (
            {stem(word, segment.language): word for word in reversed(pieces(text))}
            for text in (f"{segment.text}\n{segment.heading}", name)
        )
        if _matched(inside, segment.language, plan):
            matched = _matched({**of_file, **inside}, segment.language, plan)
            how = _MATCHED.get(segment.kind, "words matched")
            how = f"same {how}" if how == "words spoken" and plan.query.perceived else how
            return f"{how}: " + ", ".join(matched[:MOST_WORDS])
        named = _matched(of_file, segment.language, plan)
        if named:
            return "file name matched: " + ", ".join(named[:MOST_WORDS])
    return "similar meaning" if segment.text else "similar content"


def _shown(query: Query, segment: Segment) -> bool:
    """Whether the query holds a picture or a sound, as the segment is one."""
    if segment.modality is Modality.AUDIO or segment.kind is SegmentKind.SOUND:
        return query.waveform is not None
    return query.pixels is not None


def _asked_for(concepts: Sequence[Concept], words: Sequence[str]) -> Concept:
    """The concept that the words name, else the most probable."""
    wanted = {folded(word) for word in words}
    return next((c for c in concepts if wanted & set(pieces(folded(c.label)))), concepts[0])


def _matched(here: Mapping[str, str], language: str, plan: QueryPlan) -> list[str]:
    """The words asked for that stand here; where none stands as it was asked for, their translations too.

    Args:
        here: the words of a text by their stems.
        language: of the text.
        plan: what was asked.
    """
    written = {folded(word) for word in here.values()}
    exact = any(folded(word) in written for word in plan.words)
    found = []
    for asked in plan.words if exact else (*plan.words, *plan.translated):
        there = here.get(stem(asked, language))  # a phrase has no stem that a word has
        if there is not None:
            found.append(asked if folded(asked) == folded(there) else there)
    return list(dict.fromkeys(found))

"""Candidates that would show a person the same thing twice, collapsed to the best of them."""

from __future__ import annotations

from collections.abc import Iterable

from mmchat.types import Candidate, SegmentKind

MOST_SOUNDS_PER_ATTACHMENT = 2
"""A recording is cut into windows of a few seconds that all hold the same dog; two show that it goes on."""


def without_duplicates(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The candidates in their order, each text once (case and blanks aside), sounds at most twice per recording."""
    seen: set[str] = set()
    sounds: dict[str, int] = {}
    kept = []
    for candidate in candidates:
        segment = candidate.segment
        if segment.kind is SegmentKind.SOUND:
            sounds[segment.attachment_id] = sounds.get(segment.attachment_id, 0) + 1
            if sounds[segment.attachment_id] > MOST_SOUNDS_PER_ATTACHMENT:
                continue
        text = " ".join(segment.text.split()).casefold()
        if text and text in seen:
            continue
        seen.add(text)
        kept.append(candidate)
    return kept

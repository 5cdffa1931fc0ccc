"""Candidates that would show a person the same thing twice, collapsed to the best of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from mmchat.types import Candidate, SegmentKind

MOST_SOUNDS_PER_ATTACHMENT = 2
"""A recording is cut into windows of a few seconds that all hold the same dog; two show that it goes on."""
MOST_FRAMES_PER_ATTACHMENT = 3
"""So it is with the frames of a video."""
_MOST = {SegmentKind.SOUND: MOST_SOUNDS_PER_ATTACHMENT, SegmentKind.WHOLE_IMAGE: MOST_FRAMES_PER_ATTACHMENT}


def without_duplicates(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The candidates in their order, each text once (case and blanks aside), few sounds and frames per file.

    What is said is once per recording: the same words in another recording are another one to listen to.
    """
    seen: set[tuple[str, str]] = set()
    alike: Counter[tuple[str, SegmentKind]] = Counter()
    kept = []
    for candidate in candidates:
        segment = candidate.segment
        if segment.kind in _MOST:
            alike[segment.attachment_id, segment.kind] += 1
            if alike[segment.attachment_id, segment.kind] > _MOST[segment.kind]:
                continue
        spoken_in = segment.attachment_id if segment.kind is SegmentKind.TRANSCRIPT else ""
        text = " ".join(segment.text.split()).casefold()
        if text and (spoken_in, text) in seen:
            continue
        seen.add((spoken_in, text))
        kept.append(candidate)
    return kept

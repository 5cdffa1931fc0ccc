"""Candidates in order -> the same with no file crowding out the others. Nothing is dropped; it only comes later."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from mmchat.types import Candidate


def spread(candidates: Sequence[Candidate], most_per_file: int) -> list[Candidate]:
    """At most so many segments of one file before every other file has had its turn; 0 for any number.

    The order of a beginning of the list does not depend on what comes after it, so pages of it stay where they are.
    """
    if not most_per_file:
        return list(candidates)
    seen: Counter[str] = Counter()
    first, later = list[Candidate](), list[Candidate]()
    for candidate in candidates:
        seen[candidate.attachment.id] += 1
        (first if seen[candidate.attachment.id] <= most_per_file else later).append(candidate)
    return first + later

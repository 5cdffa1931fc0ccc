"""Candidates in order -> the same with nothing shown twice over, and no file crowding out the others."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from mmchat.types import Candidate, Segment, SegmentKind

NEAR = 5
"""So many places behind its passage a table's row is shown in its place: it says the same in less."""
BESIDE_WORDS = 12
"""A passage with more words than this beside its table, as one of a handbook has, is not its rows."""


def rows_once(candidates: Sequence[Candidate], settled: int = 0) -> list[Candidate]:
    """A table's row, and the passage of that table that holds it, are one thing: the better one's place is kept.

    There stands the row, if it is no more than ``NEAR`` places behind its passage. Several rows of one passage stay,
    and so does a passage that says more than its table.

    Args:
        candidates: best first.
        settled: so many of the first keep their places as they are.
    """
    rows: dict[str, list[tuple[int, Candidate]]] = defaultdict(list)
    for place, candidate in enumerate(candidates):
        if candidate.segment.kind is SegmentKind.ROW:
            rows[candidate.segment.attachment_id].append((place, candidate))
    kept: list[Candidate] = []
    gone: set[str] = set()
    for place, candidate in enumerate(candidates):
        segment = candidate.segment
        if segment.id in gone:
            continue
        if segment.kind is not SegmentKind.ROW and not _says_more(candidate):
            held = [(at, row) for at, row in rows.get(segment.attachment_id, ()) if _holds(segment, row.segment)]
            if any(at < place for at, _ in held):
                continue
            near = [row for at, row in held if at <= place + NEAR]
            if near and place >= settled:
                candidate = near[0]
                gone.add(candidate.segment.id)
            else:
                gone.update(row.segment.id for _, row in held)
        kept.append(candidate)
    return kept


def _says_more(candidate: Candidate) -> bool:
    """Whether there is prose beside the table, whose lines begin with a bar; a delimited file is all table."""
    if candidate.attachment.media_type in ("text/csv", "text/tab-separated-values"):
        return False
    beside = (line for line in candidate.segment.text.splitlines() if not line.lstrip().startswith(("|", "#")))
    return sum(len(line.split()) for line in beside) > BESIDE_WORDS


def _holds(passage: Segment, row: Segment) -> bool:
    """Whether the row's characters are among those of the passage."""
    here, there = _characters(passage), _characters(row)
    return max(here.start, there.start) < min(here.stop, there.stop)


def _characters(segment: Segment) -> range:
    """None for a place without characters."""
    where = segment.locator
    if where.char_start is None or where.char_end is None:
        return range(0)
    return range(where.char_start, where.char_end)


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

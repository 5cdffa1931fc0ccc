"""Narrowings -> the query kept to them; and which of them leave anything to search."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from mmchat.catalog import Catalog
from mmchat.catalog.narrowing import Added
from mmchat.types import LibraryEntry, Modality, NarrowedBy, Narrowing, Query


def narrowed(query: Query, narrowings: Sequence[Narrowing]) -> Query:
    """The query kept to these. Several files are as good as each other; of anything else the first counts."""
    of = {by: [n for n in narrowings if n.by is by] for by in NarrowedBy}
    if of[NarrowedBy.MODALITY]:
        query = replace(query, modality=Modality(of[NarrowedBy.MODALITY][0].value))
    if of[NarrowedBy.FILE]:
        query = replace(query, attachment_ids=frozenset(n.value for n in of[NarrowedBy.FILE]))
    if of[NarrowedBy.TAG]:
        query = replace(query, tag=of[NarrowedBy.TAG][0].value)
    if of[NarrowedBy.TIME]:
        since, _, before = of[NarrowedBy.TIME][0].value.partition("/")
        query = replace(query, added_from=_moment(since), added_before=_moment(before))
    return query


def time_value(since: datetime | None, before: datetime | None) -> str:
    """A stretch of time as a narrowing carries it."""
    return "/".join(each.astimezone(UTC).isoformat() if each else "" for each in (since, before))


def possible(
    catalog: Catalog, library: str, query: Query, narrowings: Sequence[Narrowing]
) -> tuple[list[Narrowing], list[Narrowing]]:
    """Those that leave something to search, and those given up for it: never one that was set by hand."""
    kept, given_up = list(narrowings), list[Narrowing]()
    for by in NarrowedBy:
        if not kept or within(catalog, library, narrowed(query, kept)):
            break
        gone = [n for n in kept if n.by is by and not n.by_hand]
        kept = [n for n in kept if n not in gone]
        given_up += gone
    return kept, given_up


def within(catalog: Catalog, library: str, query: Query) -> bool:
    """Whether the library holds anything that the query is kept to."""
    if not query.narrowed:
        return True
    added = Added.of(query)
    return bool(catalog.ids_within(library, modality=query.modality, attachment_ids=query.attachment_ids, added=added))


def together(by_hand: Sequence[Narrowing], read: Sequence[Narrowing]) -> tuple[Narrowing, ...]:
    """What was chosen wins over what was read of the same kind; a named file over a kind of file."""
    chosen = {narrowing.by for narrowing in by_hand}
    kept = [n for n in read if n.by not in chosen]
    if any(n.by is NarrowedBy.FILE for n in (*by_hand, *kept)):
        kept = [n for n in kept if n.by is not NarrowedBy.MODALITY]
    return (*(replace(n, by_hand=True) for n in by_hand), *kept)


def among(narrowing: Narrowing, others: Sequence[Narrowing]) -> bool:
    """Whether this is one of the others; of times, any time is."""
    return any(
        narrowing.by is other.by and (narrowing.value == other.value or narrowing.by is NarrowedBy.TIME)
        for other in others
    )


def names_of(ids: Collection[str], entries: Sequence[LibraryEntry]) -> Mapping[str, str]:
    """File names by their ids."""
    return {e.attachment.id: e.attachment.name for e in entries if e.attachment.id in ids}


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None

"""A turn's words and the conversation before them -> what is asked in full, and what the search is kept to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Event

from mmchat.catalog import Catalog
from mmchat.catalog.narrowing import Added
from mmchat.llms import LLM
from mmchat.retrieval.follow_up import Said
from mmchat.retrieval.intents import narrowed, read_intents
from mmchat.rewriting import in_full
from mmchat.types import Again, LibraryEntry, NarrowedBy, Narrowing, Query, Understood

_IN_WORDS = (NarrowedBy.TIME, NarrowedBy.TAG)
"""What is taken out of the question when it is read; a kind and a file stay in it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The question to search for, in full and without the words that only narrow; and how it was understood.

    ``whole`` is the question with those words, for where what they narrow by was given up.
    """

    text: str
    understood: Understood
    whole: str

    def query(self, typed: str, language: str) -> Query:
        """The query over the whole library."""
        return Query(text=typed, rewritten=self.text if self.text != typed else "", language=language)

    def without(self, given_up: Sequence[Narrowing]) -> Asked:
        """The same once some narrowings were given up: the words that were read as a time or a tag ask again."""
        return replace(self, text=self.whole) if any(n.by in _IN_WORDS for n in given_up) else self


def understand(
    text: str,
    said: Sequence[Said],
    entries: Sequence[LibraryEntry],
    *,
    by_hand: Sequence[Narrowing] = (),
    again: Again | None = None,
    given: Sequence[str] = (),
    llm: LLM | None = None,
    stopped: Event | None = None,
) -> Asked:
    """Read a question.

    Args:
        text: as typed.
        said: the conversation before it.
        entries: the library's files, which a question may name.
        by_hand: what the person chose to narrow by.
        again: how it was understood before, when it is asked another time.
        given: ids of the files that came with it; words such as "it" then stand for these.
        llm: rewrites a question that leans on the conversation.
        stopped: set when nobody waits any more.
    """
    again = again or Again()
    leant = None
    if not again.stand_alone and not given:
        leant = in_full(text, said, llm, stopped or Event())
    stand_alone = again.stand_alone or (leant.text if leant else "")
    names = {entry.attachment.id: entry.attachment.name for entry in entries if entry.attachment.id not in given}
    tags = {tag for entry in entries for tag in entry.tags}
    intents = read_intents(stand_alone or text, now=datetime.now().astimezone(), names=names, tags=tags)
    read = list(intents.narrowings)
    if leant and leant.source and all(n.value != leant.source.attachment_id for n in read):
        read.append(Narrowing(NarrowedBy.FILE, leant.source.attachment_id, leant.source.name))
    unwanted = [n for n in read if _among(n, again.without)]
    narrowings = _together(by_hand, [n for n in read if n not in unwanted])
    shown = stand_alone if stand_alone.strip(" ?") != text.strip(" ?") else ""
    understood = Understood(shown, narrowings, tuple(given), again.without)
    return Asked(intents.text, understood, intents.whole).without(unwanted)


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


def names_of(ids: Collection[str], entries: Sequence[LibraryEntry]) -> Mapping[str, str]:
    """File names by their ids."""
    return {e.attachment.id: e.attachment.name for e in entries if e.attachment.id in ids}


def _together(by_hand: Sequence[Narrowing], read: Sequence[Narrowing]) -> tuple[Narrowing, ...]:
    """What was chosen wins over what was read of the same kind; a named file over a kind of file."""
    chosen = {narrowing.by for narrowing in by_hand}
    kept = [n for n in read if n.by not in chosen]
    if any(n.by is NarrowedBy.FILE for n in (*by_hand, *kept)):
        kept = [n for n in kept if n.by is not NarrowedBy.MODALITY]
    return (*(replace(n, by_hand=True) for n in by_hand), *kept)


def _among(narrowing: Narrowing, others: Sequence[Narrowing]) -> bool:
    return any(
        narrowing.by is other.by and (narrowing.value == other.value or narrowing.by is NarrowedBy.TIME)
        for other in others
    )

"""A question as a person wrote it -> what each index is asked. It knows no index.

Spaces see the whole question. The full text sees its words without those that only ask, quoted phrases and compounds
kept whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from mmchat.perception.language import detect_language
from mmchat.perception.words import ends_as_question, pieces
from mmchat.retrieval.stop_words import stop_words
from mmchat.retrieval.translation import translated
from mmchat.types import Query, RequestKind

MOST_WORDS = 48
"""A picture of a page can carry a thousand words; BM25 over more than this costs time and finds nothing better."""

_QUOTED = re.compile(r"\"([^\"]{2,80})\"|“([^”]{2,80})”|«\s*([^»]{2,80}?)\s*»")
_WORD = re.compile(r"\w+(?:[-./_+@:]\w+)*")


class Wanted(StrEnum):
    """What a query may be answered by."""

    STATEMENT = "statement"
    """Something that a text says."""
    NAMED = "named"
    """Whatever the words name, as typed into a search box."""
    SHOWN = "shown"
    """A file that shows or holds what the words name."""
    CONTENT = "content"
    """What is to be seen in a picture, or heard in a recording."""


_KINDS = {
    RequestKind.FIND: Wanted.SHOWN,
    RequestKind.LIBRARY: Wanted.SHOWN,
    RequestKind.OVERVIEW: Wanted.CONTENT,
}


def wanted(query: Query) -> Wanted:
    """By the kind of request; words of no kind are taken for a name unless they end as a question does."""
    if query.kind is None:
        return Wanted.STATEMENT if ends_as_question(query.asked) else Wanted.NAMED
    return _KINDS.get(query.kind, Wanted.STATEMENT)


@dataclass(frozen=True, slots=True)
class QueryPlan:
    """What the indexes are asked.

    Attributes:
        query: the whole query, its language filled in; for spaces.
        words: for the full text; a word with blanks in it is a phrase.
        translated: the same in the other of English and French, for the full text as a question of its own; empty
            where nothing is known of it.
        wanted: what a list of pictures or sounds is worth beside text.
    """

    query: Query
    words: tuple[str, ...]
    wanted: Wanted
    translated: tuple[str, ...] = ()


def plan_query(query: Query) -> QueryPlan:
    """Read a query once, for every index."""
    asked = query.asked
    language = query.language or detect_language(asked)
    asked_words = full_text_words(asked, language)
    read_words = full_text_words(query.perceived, "")
    return QueryPlan(
        query=replace(query, text=asked, language=language),
        words=tuple(dict.fromkeys(asked_words + read_words))[:MOST_WORDS],
        wanted=wanted(query),
        translated=translated(asked, language, asked_words)[:MOST_WORDS],
    )


def full_text_words(text: str, language: str) -> list[str]:
    """Phrases in quotation marks, then the words that are not stop words, lower case, in order, each once.

    ``apt-get`` gives the phrase "apt get" and the words "apt" and "get", since an index cuts it there as well. A
    text of nothing but stop words keeps them: they are then all there is to go by.
    """
    phrases = [" ".join(pieces(next(filter(None, m.groups())))) for m in _QUOTED.finditer(text)]
    phrases = [phrase for phrase in phrases if " " in phrase]
    unwanted = stop_words(language)
    words: list[str] = []
    for compound in _WORD.findall(text.lower()):
        cut = pieces(compound)
        if len(cut) > 1 and not unwanted.issuperset(cut):
            words.append(" ".join(cut))
        # "whats" and "wheres" ask as "what's" does.
        words += [piece for piece in cut if piece not in unwanted and piece.removesuffix("s") not in unwanted]
    return list(dict.fromkeys(phrases + (words or pieces(text))))

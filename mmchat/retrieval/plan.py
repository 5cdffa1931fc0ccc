"""A question as a person wrote it -> what each index is asked. It knows no index.

Encoders of words see the whole question. Spaces of pictures and sounds see what the question is about, without the
asking. The full text sees its words without those that only ask, quoted phrases and compounds kept whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from mmchat.perception.language import detect_language
from mmchat.perception.words import pieces
from mmchat.retrieval.requests import Kind, Request, read_request
from mmchat.retrieval.stop_words import stop_words
from mmchat.retrieval.translation import translated
from mmchat.types import Query

MOST_WORDS = 48
"""A picture of a page can carry a thousand words; BM25 over more than this costs time and finds nothing better."""

_QUOTED = re.compile(r"\"([^\"]{2,80})\"|“([^”]{2,80})”|«\s*([^»]{2,80}?)\s*»")
_WORD = re.compile(r"\w+(?:[-./_+@:]\w+)*")


@dataclass(frozen=True, slots=True)
class QueryPlan:
    """What the indexes are asked.

    Attributes:
        query: the whole query, its language filled in; for spaces of words.
        about: the same query with the asking taken away ("find the photo of a fox" -> "a fox"); for spaces of
            pictures and sounds.
        words: for the full text; a word with blanks in it is a phrase.
        translated: the same in the other of English and French, for the full text as a question of its own; empty
            where nothing is known of it.
        request: what the wording asks for. The medium it names is a preference: unlike ``query.modality`` it excludes
            nothing.
    """

    query: Query
    about: Query
    words: tuple[str, ...]
    request: Request
    translated: tuple[str, ...] = ()


def plan_query(query: Query) -> QueryPlan:
    """Read a query once, for every index."""
    asked = query.asked
    language = query.language or detect_language(asked)
    request = read_request(asked)
    whole = replace(query, text=asked, language=language)
    subject = request.about if request.kind is Kind.FIND else asked
    asked_words = full_text_words(subject, language)
    read_words = full_text_words(query.perceived, "")
    return QueryPlan(
        query=whole,
        about=replace(whole, text=subject),
        words=tuple(dict.fromkeys(asked_words + read_words))[:MOST_WORDS],
        request=request,
        translated=translated(subject, language, asked_words)[:MOST_WORDS],
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
        words += [piece for piece in cut if piece not in unwanted]
    return list(dict.fromkeys(phrases + (words or pieces(text))))

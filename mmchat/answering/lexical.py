"""How much of a question's wording a sentence shares, by stems: no model.

Words are compared as stems of the language that the sentence is in, so that the same word, a name above all, agrees in
whatever language it is asked for. The words of a day agree with every way to write that day: "2 April" with
"2025-04-02" and "the second of April".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mmchat.perception.stems import stem, stems
from mmchat.perception.words import pieces
from mmchat.question.times import Time, read_times
from mmchat.retrieval.plan import full_text_words
from mmchat.retrieval.stop_words import stop_words
from mmchat.tools.spans import Span

_LEAP_YEAR = datetime(2024, 12, 31)
"""The present, for a text that says no year: only its day and month are compared, and 29 February is one of them."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Shares of the question's words, each word weighted by how rare it is among the sentences, 0..1.

    Attributes:
        alone: of those found in the sentence.
        with_heading: of those found in the sentence or in the heading above it.
        adds: whether the sentence says anything that the question does not: one that only repeats it is no answer.
    """

    alone: float
    with_heading: float
    adds: bool


class Lexicon:
    """The question's words against a set of sentences, each in the language that its text is in."""

    def __init__(self, question: str, language: str, spans: Sequence[Span]) -> None:
        self._words = [word for word in full_text_words(question, language) if " " not in word]
        self._days = _days(question, language)
        self._dated = {word for day in self._days for word in pieces(day.words)}
        self._spans = [_Stemmed.of(span, language, dated=bool(self._days)) for span in spans]
        self._known = {
            language_of: stem_set(question, language_of) | stem_set(" ".join(stop_words(language)), language_of)
            for language_of in {span.language for span in self._spans}
        }
        self._weights = {word: self._rarity(word) for word in self._words}

    def overlaps(self) -> list[Overlap]:
        """One for each span, in order."""
        total = sum(self._weights.values())
        return [self._overlap(span, total) for span in self._spans]

    def _rarity(self, word: str) -> float:
        """BM25's inverse sentence frequency (Robertson and Zaragoza 2009, section 3.1), plus 1 inside the logarithm."""
        holding = sum(self._stands(word, span) for span in self._spans)
        return math.log(1 + (len(self._spans) - holding + 0.5) / (holding + 0.5))

    def _overlap(self, span: _Stemmed, total: float) -> Overlap:
        if not total:
            return Overlap(0.0, 0.0, adds=True)
        alone = both = 0.0
        for word, weight in self._weights.items():
            here = self._stands(word, span)
            alone += weight if here else 0.0
            both += weight if here or stem(word, span.language) in span.heading else 0.0
        return Overlap(alone / total, both / total, adds=not span.text <= self._known[span.language])

    def _stands(self, word: str, span: _Stemmed) -> bool:
        if stem(word, span.language) in span.text:
            return True
        return word in self._dated and any(_same_day(one, other) for one in self._days for other in span.days)


@dataclass(frozen=True, slots=True)
class _Stemmed:
    language: str
    text: frozenset[str]
    heading: frozenset[str]
    days: tuple[Time, ...] = ()

    @classmethod
    def of(cls, span: Span, language: str, *, dated: bool) -> _Stemmed:
        own = language_of(span, language)
        days = _days(span.text, own) if dated else ()
        return cls(own, stem_set(span.text, own), stem_set(span.heading, own), days)


def _days(text: str, language: str) -> tuple[Time, ...]:
    """The single days that a text names by the calendar."""
    return tuple(
        time
        for time in read_times(text, _LEAP_YEAR, language)
        if time.since and time.before and not time.relative and time.before - time.since == timedelta(days=1)
    )


def _same_day(one: Time, other: Time) -> bool:
    assert one.since is not None and other.since is not None
    same = (one.since.month, one.since.day) == (other.since.month, other.since.day)
    return same and not (one.year_said and other.year_said and one.since.year != other.since.year)


def language_of(span: Span, otherwise: str) -> str:
    """The language to stem a sentence in, and all that is compared with it."""
    return span.evidence.candidate.segment.language or otherwise


def own_words(question: str, language: str) -> list[str]:
    """What a question is about, without the words that only ask."""
    unwanted = stop_words(language)
    return [word for word in full_text_words(question, language) if " " not in word and word not in unwanted]


def ordered_stems(text: str, language: str, stemmed_as: str) -> list[str]:
    """The stems of a text's own words as they follow one another, without the words that only hold it together."""
    unwanted = stop_words(language)
    return [stem(word, stemmed_as) for word in pieces(text) if word not in unwanted]


def stem_set(text: str, language: str) -> frozenset[str]:
    """The stems of all words of a text."""
    return frozenset(stems(text, language))

"""How much of a question's wording a sentence shares: no model, accents and endings aside."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mmchat.retrieval.plan import full_text_words
from mmchat.retrieval.stop_words import stop_words
from mmchat.retrieval.words import folded, pieces
from mmchat.tools.spans import Span

_ENDINGS = sorted("ations ation ements ement ings ing ees ee ed es er ez ly s e x".split(), key=len, reverse=True)


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
    """The question's words against a set of sentences."""

    def __init__(self, question: str, language: str, spans: Sequence[Span]) -> None:
        self._known = stems(question) | stems(" ".join(stop_words(language)))
        self._spans = [(stems(span.text), stems(span.heading)) for span in spans]
        words = [word for word in full_text_words(question, language) if " " not in word]
        self._weights = {stem: self._rarity(stem) for stem in map(_stem, map(folded, words))}

    def overlaps(self) -> list[Overlap]:
        """One for each span, in order."""
        total = sum(self._weights.values())
        return [self._overlap(stems, heading, total) for stems, heading in self._spans]

    def _rarity(self, stem: str) -> float:
        """BM25's inverse sentence frequency (Robertson and Zaragoza 2009, section 3.1), plus 1 inside the logarithm."""
        holding = sum(stem in stems for stems, _ in self._spans)
        return math.log(1 + (len(self._spans) - holding + 0.5) / (holding + 0.5))

    def _overlap(self, stems: frozenset[str], heading: frozenset[str], total: float) -> Overlap:
        if not total:
            return Overlap(0.0, 0.0, adds=True)
        alone = sum(weight for stem, weight in self._weights.items() if stem in stems)
        both = sum(weight for stem, weight in self._weights.items() if stem in stems or stem in heading)
        return Overlap(alone / total, both / total, adds=not stems <= self._known)


def own_stems(question: str, language: str) -> frozenset[str]:
    """The stems of what a question is about, without the words that only ask."""
    unwanted = {folded(word) for word in stop_words(language)}
    words = full_text_words(question, language)
    return frozenset(_stem(word) for word in map(folded, words) if " " not in word and word not in unwanted)


def ordered_stems(text: str, language: str) -> list[str]:
    """The stems of a text's own words as they follow one another, without the words that only hold it together."""
    unwanted = {_stem(folded(word)) for word in stop_words(language)}
    return [stem for word in pieces(folded(text)) if (stem := _stem(word)) not in unwanted]


def stems(text: str) -> frozenset[str]:
    """The stems of all words of a text."""
    return frozenset(_stem(word) for word in pieces(folded(text)))


def _stem(word: str) -> str:
    """A folded word less one common English or French ending, when at least three letters are left."""
    if word.isalpha():
        for ending in _ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) >= 3:
                return word[: -len(ending)]
    return word

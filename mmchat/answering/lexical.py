"""How much of a question's wording a sentence shares: no model, accents and endings aside."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from mmchat.answering.spans import Span
from mmchat.retrieval.plan import full_text_words
from mmchat.retrieval.stop_words import stop_words
from mmchat.retrieval.words import folded, pieces


_ENDINGS = sorted(
    "ations ation ements ement ings ing ees ee ed es er ez ly s e x".split(), key=lambda ending: -len(ending)
)


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
        self._question = _stems(question)
        self._unwanted = {folded(word) for word in stop_words(language)}
        words = [w for w in full_text_words(question, language) if " " not in w]
        self._wanted = list(dict.fromkeys(_stem(folded(word)) for word in words))
        self._spans = spans

    def overlaps(self) -> list[Overlap]:
        """One for each span, in order."""
        total = sum(self._weights.values())
        return [self._overlap(*pair, total) for pair in zip(self._spans, self._stems_of_spans, strict=True)]

    @cached_property
    def _stems_of_spans(self) -> list[frozenset[str]]:
        return [_stems(span.text) for span in self._spans]

    @cached_property
    def _weights(self) -> dict[str, float]:
        """BM25's inverse sentence frequency of each wanted word (Robertson and Zaragoza 2009, eq. 3.1, plus 1)."""
        n = len(self._spans)
        weights = {}
        for word in self._wanted:
            holding = sum(word in stems for stems in self._stems_of_spans)
            weights[word] = math.log(1 + (n - holding + 0.5) / (holding + 0.5))
        return weights

    def _overlap(self, span: Span, stems: frozenset[str], total: float) -> Overlap:
        heading = _stems(span.heading)
        if not total:
            return Overlap(0.0, 0.0, adds=True)
        alone = sum(weight for word, weight in self._weights.items() if word in stems)
        both = sum(weight for word, weight in self._weights.items() if word in stems or word in heading)
        adds = any(s not in self._question and s not in self._unwanted for s in stems)
        return Overlap(alone / total, both / total, adds)


def _stem(word: str) -> str:
    """A folded word less one common English or French ending, when at least three letters are left."""
    if word.isalpha():
        for ending in _ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) >= 3:
                return word[: -len(ending)]
    return word


def _stems_of_spans(self) -> list[frozenset[str]]:
        return [_stems(span.text) for span in self._spans]

    @cached_property
    def _weights(self) -> dict[str, float]:
        """BM25's inverse sentence frequency of each wanted word (Robertson and Zaragoza 2009, eq. 3.1, plus 1)."""
        n = len(self._spans)
        weights = {}
        for word in self._wanted:
            holding = sum(word in stems for stems in self._stems_of_spans)
            weights[word] = math.log(1 + (n - holding + 0.5) / (holding + 0.5))
        return weights

    def _overlap(self, span: Span, stems: frozenset[str], total: float) -> Overlap:
        heading = _stems(span.heading)
        if not total:
            return Overlap(0.0, 0.0, adds=True)
        alone = sum(weight for word, weight in self._weights.items() if word in stems)
        both = sum(weight for word, weight in self._weights.items() if word in stems or word in heading)
        adds = any(s not in self._question and s not in self._unwanted for s in stems)
        return Overlap(alone / total, both / total, adds)


def _stem(word: str) -> str:
    """A crude stem for English and French endings: long words lose three letters, shorter ones a final s, e or x."""
    if not word.isalpha() or len(word) < 5:
        return word
    if len(word) > 6:
        return word[:-3]
    return word[:-1] if word[-1] in "sex" else word


def _stems(text: str) -> frozenset[str]:
    return frozenset(_stem(word) for word in pieces(folded(text)))

"""Question and sentences -> for each, the confidence that it answers the question.

English sentences under an English question are read by the cross-encoder; any other pair of languages is compared by
the multilingual encoder. In both cases shared words and the form of the answer count too, the best sentences are
looked at once more under their heading, and a fitted line brings all to one scale of confidence, so that
an English and a French sentence can stand side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from mmchat.answering import operating_point as point
from mmchat.answering.expectation import expected_of, fits
from mmchat.answering.lexical import Lexicon
from mmchat.answering.numbers import figures, without
from mmchat.answering.selection import Scored, says_the_same
from mmchat.answering.spans import Span
from mmchat.encoders.e5_small import PASSAGE, QUERY, E5SmallEncoder
from mmchat.rerankers.cross_encoder import CrossEncoder
from mmchat.settings import Settings
from mmchat.types import Query, Vectors

Scores = NDArray[np.float64]
"""float64, shape (n_spans,); -inf for a span out of the running."""

LOOKED_AT_TWICE = 12
"""How many of the best sentences are scored again under their heading. 8 and 16 gave the same answers."""

MOST_SCORED = 64
"""How many sentences of one pair of languages a model looks at; of more, those that share most words with the question.
Six pieces of evidence of 200 words hold about 55."""


class PairScorer(Protocol):
    """A cross-encoder."""

    def score(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Logits, float32, shape (len(texts),): higher means that the text answers the question."""


class TextEncoder(Protocol):
    """The encoder of the text space."""

    def load(self) -> None:
        """Load the weights, unless they are."""

    def encode_texts(self, texts: Sequence[str], prefix: str) -> Vectors:
        """Unit vectors, float32, shape (len(texts), dim)."""


@dataclass(frozen=True, slots=True)
class Graded:
    """A span's score by its line's method, and the mean score of the sentences it must stand out from."""

    span: Span
    line: point.Line
    score: float
    others: float


class SentenceScorer:
    """Scores the sentences of one question's evidence; holds no state between questions."""

    def __init__(self, cross_encoder: Callable[[], PairScorer], encoder: TextEncoder) -> None:
        self._cross_encoder = cross_encoder  # called when it is needed: calling it loads the weights
        self._encoder = encoder

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """With the bundled models, of which the process keeps one copy each."""
        return cls(lambda: CrossEncoder.shared(settings), E5SmallEncoder.from_settings(settings))

    def load(self) -> None:
        """Load both models."""
        self._cross_encoder()
        self._encoder.load()

    def score(self, query: Query, spans: Sequence[Span]) -> list[Scored]:
        """The spans that are in the running, each with its confidence; one that only echoes the question is not."""
        return [Scored(g.span, g.line.confidence(g.score, g.others)) for g in self.grade(query, spans)]

    def grade(self, query: Query, spans: Sequence[Span]) -> list[Graded]:
        """The same before it becomes a confidence: what the lines are fitted on."""
        overlaps = Lexicon(query.text, query.language, spans).overlaps()
        expected = expected_of(query.text)
        worded = np.array([(overlap.alone + overlap.with_heading) / 2 for overlap in overlaps])
        given = figures(query.text)
        fitting = np.array([fits(expected, without(span.text, given)) for span in spans])
        graded: list[Graded] = []
        for line in (point.ENGLISH, point.SAME_LANGUAGE, point.CROSS_LANGUAGE):
            members = [
                at
                for at, span in enumerate(spans)
                if overlaps[at].adds and pairing(query.language, span.evidence.candidate.segment.language) is line
            ]
            members = sorted(sorted(members, key=lambda at: -worded[at])[:MOST_SCORED])
            if members:
                part = [spans[at] for at in members]
                method = self._read if line is point.ENGLISH else self._compared
                scores = method(query.text, part, worded[members], point.FIT_WEIGHT * fitting[members])
                graded += _against_others(part, scores, line)
        return graded

    def _read(self, question: str, spans: Sequence[Span], worded: Scores, fitting: Scores) -> Scores:
        """By the cross-encoder; the best again under their heading, and by the encoder."""
        rest = point.OVERLAP_WEIGHT_WITH_LOGIT * worded + fitting
        alone = self._logits(question, [span.text for span in spans])
        best = _best(alone + rest)
        contexts = [with_heading(spans[at], ". ") for at in best]
        headed = self._logits(question, contexts)
        near = self._cosines(question, [with_heading(spans[at], "\n") for at in best]) - point.COSINE_ZERO
        scores = np.full(len(spans), -np.inf)
        scores[best] = (alone[best] + headed) / 2 + point.COSINE_WEIGHT_WITH_LOGIT * near + rest[best]
        return scores

    def _compared(self, question: str, spans: Sequence[Span], worded: Scores, fitting: Scores) -> Scores:
        """By the encoder; the best again under their heading."""
        rest = point.OVERLAP_WEIGHT_ALONE * worded + fitting
        alone = self._cosines(question, [span.text for span in spans])
        best = _best(point.COSINE_WEIGHT_ALONE * alone + rest)
        headed = self._cosines(question, [with_heading(spans[at], "\n") for at in best])
        near = (alone[best] + headed) / 2 - point.COSINE_ZERO
        scores = np.full(len(spans), -np.inf)
        scores[best] = point.COSINE_WEIGHT_ALONE * near + rest[best]
        return scores

    def _logits(self, question: str, texts: Sequence[str]) -> Scores:
        return np.asarray(self._cross_encoder().score(question, texts), dtype=np.float64)

    def _cosines(self, question: str, texts: Sequence[str]) -> Scores:
        asked = self._encoder.encode_texts([question], QUERY)[0]
        return np.asarray(self._encoder.encode_texts(texts, PASSAGE) @ asked, dtype=np.float64)


def pairing(question: str, sentence: str) -> point.Line:
    """The line for two ISO 639-1 codes; an unknown language ("", often a short line) is taken for the other's."""
    if question and sentence and question != sentence:
        return point.CROSS_LANGUAGE
    return point.ENGLISH if (question or sentence or "en") == "en" else point.SAME_LANGUAGE


def with_heading(span: Span, joint: str) -> str:
    """A span under what it stands under: "It costs 94 euros" says little without "Hotel"."""
    return f"{span.heading}{joint}{span.text}" if span.heading else span.text


def _best(scores: Scores) -> NDArray[np.intp]:
    return np.argsort(-scores, kind="stable")[:LOOKED_AT_TWICE]


def _against_others(spans: Sequence[Span], scores: Scores, line: point.Line) -> list[Graded]:
    """Each scored span beside what the next best sentences that say something else score on average."""
    order = [int(at) for at in np.argsort(-scores, kind="stable") if np.isfinite(scores[at])]
    distinct: list[int] = []
    for at in order:
        if not any(says_the_same(spans[at], spans[other]) for other in distinct):
            distinct.append(at)
        if len(distinct) > point.OTHERS:
            break
    others = [float(scores[at]) for at in distinct[1:]]
    others += [line.usual] * (point.OTHERS - len(others))
    background = sum(others) / len(others)
    return [Graded(spans[at], line, float(scores[at]), background) for at in order]

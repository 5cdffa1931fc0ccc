"""Question and units -> for each, features that tell whether it answers, and one score made of them.

English units under an English question are read by the cross-encoder; every pair of languages is compared by the
multilingual encoder. Shared words, the form of the answer and the place among the candidates count too. One fitted line
per pairing brings all to one scale, so that an English row and a French sentence can stand side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from mmchat.answering import operating_point as point
from mmchat.answering.lexical import Lexicon
from mmchat.encoders.e5_small import PASSAGE, QUERY, E5SmallEncoder
from mmchat.question.answer_type import AnswerTypes
from mmchat.question.value_forms import fit, plain_numbers
from mmchat.rerankers.cross_encoder import CrossEncoder
from mmchat.settings import Settings
from mmchat.tools.spans import Span
from mmchat.types import Query, Vectors

Scores = NDArray[np.float64]
"""float64, shape (n_units,)."""

MOST_READ = 14
"""How many units the models read; of more, the most promising by their words, form and place. Of 24, or of 8, the first
is right as often, over a handbook and over typed questions; a list is gathered from what is read."""
MOST_FORMED = 64
"""Of how many the form is looked at; of more, those with the question's words, from the first places."""
MOST_COMPARED = 8
"""How many of the best that the cross-encoder read are compared by the encoder as well. With 10 or 6 the first unit is
right as often."""
LONGEST = 6.0
"""In tens of words: what a unit has more counts no more."""
COSINE_ZERO = 0.85
"""e5's cosines all lie between .7 and .95."""


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
class Features:
    """What is known of one unit under one question.

    Attributes:
        logit: of the cross-encoder, 0 where it was not asked.
        cosine: of question and unit, less :data:`COSINE_ZERO`.
        overlap: share of the question's words in the unit, rare ones weigh more, 0..1.
        context: the same in the unit with what it stands under.
        form: whether it has the form that the question asks for, 0..1.
        place: 1 for the first candidate's units, 1/2 for the second's, and so on.
        length: its words, in tens.
    """

    logit: float
    cosine: float
    overlap: float
    context: float
    form: float
    place: float
    length: float

    def row(self) -> list[float]:
        """In the order of :data:`point.NAMES`."""
        return [
            self.logit,
            10 * self.cosine,
            self.overlap,
            self.context,
            self.form,
            self.place,
            min(self.length, LONGEST),
        ]


@dataclass(frozen=True, slots=True)
class Graded:
    """A unit with its features, its score in log-odds, and which line made it."""

    span: Span
    line: str
    features: Features
    score: float

    def raised(self, by: float) -> Graded:
        """The same, its score so much higher."""
        return replace(self, score=self.score + by)


class UnitScorer:
    """Scores the units of one question's evidence; holds no state between questions."""

    def __init__(self, cross_encoder: Callable[[], PairScorer], encoder: TextEncoder, types: AnswerTypes) -> None:
        self._cross_encoder = cross_encoder  # called when it is needed: calling it loads the weights
        self._encoder = encoder
        self._types = types

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """With the bundled models, shared with the reranker and the text space."""
        encoder = E5SmallEncoder.from_settings(settings)
        return cls(lambda: CrossEncoder.shared(settings), encoder, AnswerTypes.from_settings(settings))

    def load(self) -> None:
        """Load both models."""
        self._cross_encoder()
        self._encoder.load()

    def grade(self, query: Query, units: Sequence[Span]) -> list[Graded]:
        """The units worth reading, best first."""
        question = query.asked
        overlaps = Lexicon(question, query.language, units).overlaps()
        asked = self._encoder.encode_texts([question], QUERY)[0]
        types, given = self._types.of(asked), plain_numbers(question, query.language)
        place = np.array([1.0 / unit.evidence.number for unit in units])
        promise = np.array([(o.alone + o.with_heading) / 2 for o in overlaps]) + 0.5 * place
        form = np.zeros(len(units))
        for at in np.argsort(-promise, kind="stable")[:MOST_FORMED]:
            form[at] = fit(types, units[at].text, units[at].evidence.candidate.segment.language, given)
        promise += 0.5 * form
        members = [int(at) for at in np.argsort(-promise, kind="stable") if overlaps[at].adds][:MOST_READ]
        graded: list[Graded] = []
        for line in point.LINES:
            mine = [at for at in members if pairing(query.language, units[at]) == line]
            if not mine:
                continue
            texts = [in_context(units[at]) for at in mine]
            logits = np.zeros(len(mine))
            compared = np.arange(len(mine))
            if line == point.READ:
                logits = np.asarray(self._cross_encoder().score(question, texts), dtype=np.float64)
                rest = np.array([overlaps[at].with_heading + form[at] for at in mine])
                compared = np.sort(np.argsort(-(logits + 2 * rest), kind="stable")[:MOST_COMPARED])
            cosines = self._encoder.encode_texts([texts[n] for n in compared], PASSAGE) @ asked
            for n, cosine in zip(compared, cosines, strict=True):
                at = mine[int(n)]
                features = Features(
                    logit=float(logits[n]),
                    cosine=float(cosine) - COSINE_ZERO,
                    overlap=overlaps[at].alone,
                    context=overlaps[at].with_heading,
                    form=float(form[at]),
                    place=float(place[at]),
                    length=len(units[at].text.split()) / 10,
                )
                graded.append(Graded(units[at], line, features, point.score(line, features.row())))
        return sorted(graded, key=lambda g: -g.score)

    def relevance(self, query: Query, texts: Sequence[str], languages: Sequence[str]) -> Scores:
        """How well whole stretches fit the question, in log-odds: headings with what stands under them."""
        asked = self._encoder.encode_texts([query.asked], QUERY)[0]
        cosines = self._encoder.encode_texts(texts, PASSAGE) @ asked - COSINE_ZERO
        scores = np.empty(len(texts))
        lines = [pair(query.language, language) for language in languages]
        for line in point.LINES:
            mine = [at for at, each in enumerate(lines) if each == line]
            if not mine:
                continue
            logits = np.zeros(len(mine))
            if line == point.READ:
                logits = np.asarray(
                    self._cross_encoder().score(query.asked, [texts[at] for at in mine]), dtype=np.float64
                )
            scores[mine] = [point.fit(line, logit, cosine) for logit, cosine in zip(logits, cosines[mine], strict=True)]
        return scores


def pairing(language: str, unit: Span) -> str:
    """Which line a unit is scored by; an unknown language ("", often a short line) is taken for the question's."""
    return pair(language, unit.evidence.candidate.segment.language)


def pair(language: str, written: str) -> str:
    """The same for two ISO 639-1 codes."""
    if language and written and language != written:
        return point.ACROSS
    return point.READ if (language or written or "en") == "en" else point.COMPARED


def in_context(unit: Span) -> str:
    """A unit under what it stands under: "It costs 94 euros" says little without "Hotel"."""
    return f"{unit.heading}. {unit.text}" if unit.heading else unit.text

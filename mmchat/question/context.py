"""A question and the conversation before it -> the texts to search with. Nothing is rewritten.

The question is searched for alone and joined to the one before, and both rankings are fused, each by how likely the
question needs the other; the file last spoken of counts a little more. Measured with the search alone, before any
reranking: the share of follow-ups whose answer stands first, and, of questions that change the subject, the same
(evaluation/data/follow_ups.json; the kept half in brackets, 2026-11-28):

                                     follow-ups      a new subject
    asked in full                    .69 (.82)       .75 (.73)
    alone                            .46 (.40)       .75 (.73)
    joined to the one before         .79 (.70)       .36 (.33)
    both, by reciprocal rank         .59 (.53)       .75 (.71)
    weighed by leaning               .74 (.62)       .75 (.73)
    with the file last spoken of     .79 (.78)       .73 (.69)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mmchat.question.file_words import cut, vocabulary
from mmchat.types import Candidate

_ALONE = 0.15
"""Below this a question stands alone, and costs no second search."""
_RANK_OFFSET = 10
"""k of reciprocal rank fusion; of two short lists, the usual 60 hardly tells the first place from the tenth."""
_LAST_FILE_WEIGHT = 0.25
_BIAS, _TIED, _POINTS_BACK, _PER_CONTENT_WORD, _NAMES, _CUT_SHORT = 2.03, 2.21, 1.81, -0.93, -0.88, 0.53
"""Logistic regression over the 73 questions of the half that is not kept. Area under the curve there .95, on the kept
half .92; on 87 other everyday questions .80, where many of few words might be either."""
_MOST_CONTENT_WORDS = 6


@dataclass(frozen=True, slots=True)
class Said:
    """A question before, and the ids of the files that its answer cited or that were given with it, first one first."""

    question: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """What to search with.

    Attributes:
        texts: each with its weight in the fusion; the question as it is first, and alone where it stands so.
        last_file: id of the file last spoken of, or "".
        leaning: 0..1, how likely the question needs the one before.
    """

    texts: tuple[tuple[str, float], ...]
    last_file: str
    leaning: float

    @property
    def stands_alone(self) -> bool:
        """Whether the conversation before it does not matter."""
        return len(self.texts) == 1


def leaning(question: str, language: str) -> float:
    """0..1, how likely a question needs the one before, by the words of closed classes in it and by its length."""
    words, known = cut(question, language), vocabulary(language)
    if not words:
        return 0.0
    content = [w for w in words if not known.closed(w.plain) and w.plain not in known.classes["find"]]
    named = any(w.written[0].isupper() for w in words[1:]) or any(c.isdigit() for w in words for c in w.written)
    line = (
        _BIAS
        + _TIED * (words[0].plain in known.classes["tie"])
        + _POINTS_BACK * any(w.plain in known.classes["back"] for w in words)
        + _PER_CONTENT_WORD * min(len(content), _MOST_CONTENT_WORDS)
        + _NAMES * named
        + _CUT_SHORT * (words[0].plain in known.classes["preposition"])
    )
    return 1 / (1 + math.exp(-line))


def in_context(question: str, earlier: Sequence[Said], language: str) -> Context:
    """The texts for a question; ``earlier`` in the order in which they were asked."""
    last_file = next((said.files[0] for said in reversed(earlier) if said.files), "")
    likely = leaning(question, language) if earlier else 0.0
    if likely < _ALONE:
        return Context(((question, 1.0),), last_file, likely)
    return Context(((question, 1 - likely), (f"{earlier[-1].question} {question}", likely)), last_file, likely)


def fused(rankings: Sequence[Sequence[Candidate]], context: Context) -> list[Candidate]:
    """The candidates found for each of the texts, in one order; of one found by several, the first text's is kept."""
    if context.stands_alone:
        return list(rankings[0])
    scores: dict[str, float] = {}
    found: dict[str, Candidate] = {}
    in_file = _LAST_FILE_WEIGHT * context.leaning**2
    for ranking, (_, weight) in zip(rankings, context.texts, strict=True):
        of_file = [candidate for candidate in ranking if candidate.attachment.id == context.last_file]
        for ranked, counts in ((ranking, weight), (of_file, in_file)):
            for rank, candidate in enumerate(ranked, start=1):
                id = candidate.segment.id
                found.setdefault(id, candidate)
                scores[id] = scores.get(id, 0.0) + counts / (_RANK_OFFSET + rank)
    return [found[id] for id in sorted(scores, key=lambda id: (-scores[id], id))]

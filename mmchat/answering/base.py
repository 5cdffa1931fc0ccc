"""The answerer contract: a question and the planner's draft in, a stream of cited text out. It knows no store."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mmchat.types import Citation, Cited, Evidence, Grounding, Query, RunContext, TextDelta, Warned

if TYPE_CHECKING:
    from mmchat.answering.draft import Draft


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, with what the answerer may need to word its reply.

    Attributes:
        query: the words (and their language) being asked.
        interface_language: ISO 639-1 code for the answerer's own sentences ("en", "fr").
        searched: how many segments were searched.
        earlier: what was asked and answered before in this conversation, oldest first.
        context: originals, and whether anybody still waits.
    """

    query: Query
    interface_language: str = "en"
    searched: int = 0
    earlier: tuple[tuple[str, str], ...] = ()
    context: RunContext = field(default_factory=RunContext)


@dataclass(frozen=True, slots=True)
class NothingFound:
    """The evidence does not answer; comes before any text, so that other evidence can still be looked for."""


@dataclass(frozen=True, slots=True)
class Concluded:
    """The answerer is done: how the answer stands on its evidence; None when nothing was asked, as in a greeting."""

    grounding: Grounding | None


AnswerEvent = NothingFound | TextDelta | Cited | Warned | Concluded


class Answerer(ABC):
    """Writes one answer. ``Concluded`` comes exactly once and last."""

    name: str

    @abstractmethod
    def load(self) -> None:
        """Load the weights now. Calling it again does nothing; it may be called from any thread."""

    @abstractmethod
    def answer(self, question: Question, draft: Draft) -> Iterator[AnswerEvent]:
        """Stream the answer, from the draft's evidence, in a worker thread; closing the iterator stops the work."""


def cite(evidence: Evidence, start: int, end: int) -> Citation:
    """The citation of ``segment.text[start:end]`` of one piece of evidence."""
    segment, attachment = evidence.candidate.segment, evidence.candidate.attachment
    return Citation(
        marker=evidence.number,
        attachment_id=attachment.id,
        segment_id=segment.id,
        name=attachment.name,
        path=attachment.path,
        modality=attachment.modality,
        quote=segment.text[start:end],
        locator=segment.locate(start, end),
    )

"""Drafts of the planner as tests hand them to an answerer, and what it made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mmchat.answering.base import AnswerEvent, Concluded
from mmchat.answering.draft import Draft, quoted, said
from mmchat.answering.wording import ENGLISH
from mmchat.tools.spans import spans_of
from mmchat.types import Citation, Cited, Evidence, Grounding, RequestKind, TextDelta


@dataclass
class Answer:
    """What an answerer gave."""

    events: list[AnswerEvent]

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, TextDelta))

    @property
    def citations(self) -> list[Citation]:
        return [event.citation for event in self.events if isinstance(event, Cited)]

    @property
    def grounding(self) -> Grounding | None:
        last = self.events[-1]
        assert isinstance(last, Concluded)
        return last.grounding


def looked_up(evidence: Sequence[Evidence], grounding: Grounding = Grounding.ANSWERED) -> Draft:
    """A look-up that quotes the first sentence of the first piece that has words; without any it found nothing."""
    spans = [span for piece in evidence for span in spans_of(piece)]
    if not spans:
        none = Grounding.NOTHING
        return Draft(RequestKind.LOOKUP, 0.0, (said(ENGLISH.nothing_here),), tuple(evidence), none)
    openings = {Grounding.LIKELY: ENGLISH.likely, Grounding.CLOSEST: ENGLISH.closest}
    opening = [said(openings[grounding])] if grounding in openings else []
    return Draft(RequestKind.LOOKUP, 0.9, (*opening, *quoted(spans[0], ENGLISH)), tuple(evidence), grounding)


def greeted() -> Draft:
    """The reply to a greeting."""
    return Draft(RequestKind.TALK, 0.9, (said(ENGLISH.hello),), (), None)

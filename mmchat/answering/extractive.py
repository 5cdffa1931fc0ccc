"""The answerer that quotes: it tells the planner's draft as it stands, and writes no sentence of its own."""

from __future__ import annotations

from collections.abc import Iterator

from mmchat.answering.base import Answerer, AnswerEvent, NothingFound, Question
from mmchat.answering.draft import Draft
from mmchat.settings import Settings
from mmchat.types import Grounding

UNANSWERED = (Grounding.CLOSEST, Grounding.NOTHING)


class ExtractiveAnswerer(Answerer):
    """Tells the draft."""

    name = "extractive"

    @classmethod
    def from_settings(cls, settings: Settings) -> ExtractiveAnswerer:
        """There is nothing to set."""
        return cls()

    def load(self) -> None:
        """Nothing: the planner has loaded what it needs."""

    def answer(self, question: Question, draft: Draft) -> Iterator[AnswerEvent]:
        """The draft; where it does not answer, that is said first, so that other files can still be looked into."""
        if draft.grounding in UNANSWERED:
            yield NothingFound()
        yield from draft.events()

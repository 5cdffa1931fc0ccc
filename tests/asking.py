"""A person who asks an assistant, and what the answer came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mmchat.answering.markdown import plain
from mmchat.assistant import Assistant
from mmchat.types import (
    Citation,
    Cited,
    Event,
    Finished,
    Grounding,
    Narrowing,
    RequestKind,
    TextDelta,
    Turn,
    Understood,
    Upload,
    Warned,
)


@dataclass(frozen=True)
class Answer:
    """One answer, from its events."""

    events: list[Event]

    @property
    def text(self) -> str:
        """As a terminal shows it."""
        return plain("".join(event.text for event in self.events if isinstance(event, TextDelta)))

    @property
    def citations(self) -> list[Citation]:
        return [event.citation for event in self.events if isinstance(event, Cited)]

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys(citation.name for citation in self.citations))

    @property
    def quotes(self) -> str:
        return "\n".join(citation.quote for citation in self.citations)

    @property
    def grounding(self) -> Grounding | None:
        [finished] = [event for event in self.events if isinstance(event, Finished)]
        return finished.grounding

    @property
    def kind(self) -> RequestKind | None:
        return [event for event in self.events if isinstance(event, Understood)][-1].kind

    @property
    def warnings(self) -> list[str]:
        return [event.message for event in self.events if isinstance(event, Warned)]


class Talk:
    """One conversation about one library."""

    def __init__(self, assistant: Assistant, library: str) -> None:
        self._assistant = assistant
        self._library = library
        self._id = assistant.start_conversation(library)

    async def ask(self, text: str, *narrowings: Narrowing) -> Answer:
        turn = Turn(self._id, text, narrowings=narrowings)
        return Answer([event async for event in self._assistant.answer(self._library, turn)])


def give(assistant: Assistant, library: str, files: Mapping[str, str]) -> None:
    """Take these texts in, by their names."""
    for name, text in files.items():
        assert assistant.ingest_now(library, Upload(name, text.encode())).status == "indexed"

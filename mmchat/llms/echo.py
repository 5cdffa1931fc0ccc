"""An LLM for tests: says its last message back, word by word. No profile chooses it."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event
from typing import Self

from mmchat.llms.base import LLM, Abilities, Chunk, Prompt, Usage, text_of
from mmchat.settings import Settings
from mmchat.types import LLMChoice


class EchoLLM(LLM):
    """Deterministic, without any model."""

    provider = "echo"

    def __init__(self, model: str) -> None:
        self.model = model

    @classmethod
    def from_choice(cls, model: str, choice: LLMChoice, settings: Settings) -> Self:
        """Any name will do."""
        return cls(model)

    @property
    def abilities(self) -> Abilities:
        """Text only."""
        return Abilities(vision=False)

    def load(self) -> None:
        """Nothing to load."""

    def stream(self, prompt: Prompt, stopped: Event) -> Iterator[Chunk]:
        """The last message's words, each with the space before it."""
        words = text_of(prompt.messages[-1].parts).split()[: prompt.max_output_tokens]
        for number, word in enumerate(words):
            if stopped.is_set():
                return
            yield f" {word}" if number else word
        yield Usage(sum(len(text_of(m.parts).split()) for m in prompt.messages), len(words))

"""An LLM that says what a test tells it to. Not in the product: it answers nothing by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from threading import Event
from typing import Self

from mmchat.llms.base import LLM, Abilities, Chunk, Prompt
from mmchat.settings import Settings
from mmchat.types import LLMChoice

Script = Sequence[Chunk | Exception] | Callable[[Prompt], Sequence[Chunk | Exception]]


class ScriptedLLM(LLM):
    """Says each item of its script in turn; an exception is raised."""

    provider = "scripted"

    def __init__(self, script: Script, *, vision: bool = True, context_tokens: int = 8192, images: int = 8) -> None:
        self.model = "test"
        self.prompts: list[Prompt] = []
        self._script = script
        self._abilities = Abilities(vision=vision, context_tokens=context_tokens, images=images)

    @classmethod
    def from_choice(cls, model: str, choice: LLMChoice, settings: Settings) -> Self:
        raise NotImplementedError

    @property
    def abilities(self) -> Abilities:
        return self._abilities

    def load(self) -> None:
        pass

    def stream(self, prompt: Prompt, stopped: Event) -> Iterator[Chunk]:
        self.prompts.append(prompt)
        for item in self._script(prompt) if callable(self._script) else self._script:
            if stopped.is_set():
                return
            if isinstance(item, Exception):
                raise item
            yield item

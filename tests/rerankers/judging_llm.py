"""Judges for tests: what they are asked is kept, and what they say is scripted."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from threading import Event
from typing import Self

from PIL import Image

from mmchat.llms import LLM, Abilities, Chunk, ImagePart, Prompt, Usage
from mmchat.settings import Settings
from mmchat.types import LLMChoice

_SHOWN = re.compile(r'<candidate number="(\d+)"')
_TASK = re.compile(r"Judge these candidates: ([\d, ]+)\.")


def grades(by_number: Mapping[int, int], reason: str = "seen") -> str:
    """The document that a judge writes."""
    rows = [{"number": n, "reason": f"{reason} {n}", "grade": grade} for n, grade in by_number.items()]
    return json.dumps({"judgements": rows})


def words_of(prompt: Prompt) -> str:
    """All words of the user's message."""
    return "\n".join(part for part in prompt.messages[-1].parts if isinstance(part, str))


def pictures_of(prompt: Prompt) -> list[Image.Image]:
    """The pictures of the user's message, decoded, in order."""
    return [Image.open(io.BytesIO(part.data)) for part in prompt.messages[-1].parts if isinstance(part, ImagePart)]


def asked_of(prompt: Prompt) -> list[int]:
    """The numbers that are to be judged."""
    found = _TASK.search(words_of(prompt))
    assert found, words_of(prompt)
    return [int(number) for number in found[1].split(", ")]


def bodies_of(prompt: Prompt) -> dict[int, str]:
    """The words of each candidate, by number."""
    _, *pieces = _SHOWN.split(words_of(prompt))
    return {int(number): body for number, body in zip(pieces[::2], pieces[1::2], strict=True)}


class ScriptedLLM(LLM):
    """Says what its script says of each prompt."""

    provider = "scripted"

    def __init__(self, say: Callable[[Prompt], str], abilities: Abilities | None = None, model: str = "judge") -> None:
        self.model = model
        self.calls: list[Prompt] = []
        self._say = say
        self._abilities = abilities or Abilities(vision=True, context_tokens=100_000, images=20, image_tokens=800)

    @classmethod
    def from_choice(cls, model: str, choice: LLMChoice, settings: Settings) -> Self:
        return cls(lambda prompt: grades({n: len(body) % 4 for n, body in bodies_of(prompt).items()}))

    @property
    def abilities(self) -> Abilities:
        return self._abilities

    def load(self) -> None:
        pass

    def stream(self, prompt: Prompt, stopped: Event) -> Iterator[Chunk]:
        self.calls.append(prompt)
        yield self._say(prompt)
        yield Usage()


class SlowLLM(ScriptedLLM):
    """Says its document in pieces, with a long silence after the first; ends when it is stopped."""

    def __init__(self, first: str = "") -> None:
        super().__init__(lambda prompt: first)
        self.ended = Event()

    def stream(self, prompt: Prompt, stopped: Event) -> Iterator[Chunk]:
        yield from super().stream(prompt, stopped)
        if stopped.wait(20):
            self.ended.set()

"""The LLM contract: messages with text, pictures and sound in; a stream of text, and at the end its cost, out.

An LLM knows no evidence, no store and no question; what to ask of it is the caller's business.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Any, Literal, Self

from mmchat.settings import Settings
from mmchat.types import LLMChoice


@dataclass(frozen=True, slots=True)
class ImagePart:
    """An encoded picture, and the words that stand for it where pictures cannot be seen."""

    data: bytes = field(repr=False)
    media_type: str
    width_px: int
    height_px: int
    instead: str = ""


@dataclass(frozen=True, slots=True)
class AudioPart:
    """An encoded recording (``audio/wav``), and the words that stand for it where sound cannot be heard."""

    data: bytes = field(repr=False)
    media_type: str
    instead: str = ""


Part = str | ImagePart | AudioPart


@dataclass(frozen=True, slots=True)
class LLMMessage:
    """One message.

    Attributes:
        keep: whether the provider should keep this message and all before it for the next call, where it can
            (prompt caching): it is long and will be sent again.
    """

    role: Literal["system", "user", "assistant"]
    parts: tuple[Part, ...]
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Prompt:
    """One call.

    Attributes:
        messages: system messages first.
        max_output_tokens: where the answer is cut off.
        schema: a JSON schema that the answer must follow; the answer is then one JSON document.
        schema_name: what the schema describes, in letters and underscores.
    """

    messages: tuple[LLMMessage, ...]
    max_output_tokens: int = 1024
    schema: Mapping[str, Any] | None = None
    schema_name: str = "answer"


@dataclass(frozen=True, slots=True)
class Usage:
    """What a call took, in tokens; ``cached_tokens`` of the input were kept from an earlier call. None is not told."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something the person should know of this call, in one sentence: it went on differently than asked."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a model can take in one call.

    Attributes:
        vision, hearing: whether it takes pictures, and recordings.
        context_tokens: prompt and answer together.
        images: at most this many pictures.
        image_side_px: a larger picture would be scaled down by the provider anyway.
        image_tokens: about what one picture of that size takes.
        structured: whether answers can be held to a JSON schema; without, they are only asked to follow it.
    """

    vision: bool
    hearing: bool = False
    context_tokens: int = 8192
    images: int = 8
    image_side_px: int = 1024
    image_tokens: int = 1100
    structured: bool = True


Chunk = str | Usage | Note


class LLM(ABC):
    """A model somewhere. One instance serves many threads."""

    provider: str
    model: str

    @classmethod
    @abstractmethod
    def from_choice(cls, model: str, choice: LLMChoice, settings: Settings) -> Self:
        """For a model as it was chosen, its address and key from the choice, else from the settings or environment."""

    @property
    def name(self) -> str:
        """Provider and model, as they are chosen in the settings."""
        return f"{self.provider}:{self.model}"

    @property
    @abstractmethod
    def abilities(self) -> Abilities:
        """What it can take. It may ask its server, once and not for long; what is not told is assumed.

        Raises:
            ModelUnavailable: it cannot be used at all, such as without an address.
        """

    def abilities_unless(self, stopped: Event) -> Abilities:
        """As :attr:`abilities`; when ``stopped`` is set nobody waits for its server, and the rest is assumed."""
        return self.abilities

    @abstractmethod
    def load(self) -> None:
        """Make sure it can be used: weights loaded, or a key at hand. Again does nothing; any thread may call it.

        Raises:
            MissingDependency: its package is not installed.
            ModelUnavailable: it cannot be used, with what to do.
        """

    def models(self) -> list[str]:
        """The models its server offers; none where that cannot be asked.

        Raises:
            ModelUnavailable: the server does not answer.
        """
        return []

    @abstractmethod
    def stream(self, prompt: Prompt, stopped: Event) -> Iterator[Chunk]:
        """The answer in pieces as they come, then its ``Usage``.

        When ``stopped`` is set, or the iterator is closed, the work ends where it is done: a connection is closed, a
        generation ended. Pieces that the model cannot take are replaced by their words, and a ``Note`` says so.

        Raises:
            ModelUnavailable: with what went wrong and what to do, also in the middle of an answer.
        """

    def complete(self, prompt: Prompt, stopped: Event) -> str:
        """The whole answer.

        Raises:
            ModelUnavailable: as :meth:`stream`.
        """
        return "".join(chunk for chunk in self.stream(prompt, stopped) if isinstance(chunk, str))


def without_media(prompt: Prompt, *, images: bool = False, audio: bool = False) -> tuple[Prompt, int]:
    """The prompt with its pictures (or recordings) replaced by the words that stand for them, and how many were."""
    count = 0

    def plain(part: Part) -> Part:
        nonlocal count
        gone = (isinstance(part, ImagePart) and images) or (isinstance(part, AudioPart) and audio)
        if isinstance(part, str) or not gone:
            return part
        count += 1
        return part.instead

    messages = tuple(
        LLMMessage(message.role, tuple(plain(part) for part in message.parts), message.keep)
        for message in prompt.messages
    )
    return Prompt(messages, prompt.max_output_tokens, prompt.schema, prompt.schema_name), count


def fitted(prompt: Prompt, abilities: Abilities, name: str) -> tuple[Prompt, tuple[Note, ...]]:
    """The prompt with all that the model called ``name`` cannot take replaced by its words, and a note on each kind."""
    notes = []
    if not abilities.vision:
        prompt, count = without_media(prompt, images=True)
        if count:
            notes.append(Note(f"{name} sees no pictures: the words found in them were sent instead."))
    if not abilities.hearing:
        prompt, count = without_media(prompt, audio=True)
        if count:
            notes.append(Note(f"{name} hears no recordings: their transcripts were sent instead."))
    return prompt, tuple(notes)


def text_of(parts: Sequence[Part]) -> str:
    """The words among the parts, joined by blank lines."""
    return "\n\n".join(part for part in parts if isinstance(part, str))

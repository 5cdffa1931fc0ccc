"""OpenAI's models through its Responses API: messages with pictures in; a stream of text, and its cost, out."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Self

from pydantic import SecretStr

from mmchat.errors import ModelUnavailable
from mmchat.llms.base import Abilities, Chunk, ImagePart, LLMMessage, Part, Prompt, Usage
from mmchat.llms.openai_client import THINKING_TOKENS, ErrorEvent, OpenAILike, cut_short, data_url, system_text, told
from mmchat.settings import Settings
from mmchat.types import LLMChoice

_ADDRESS = "https://api.openai.com/v1"
_KEY_VARIABLE = "OPENAI_API_KEY"


@dataclass(frozen=True, slots=True)
class _Family:
    """What models with names alike can do.

    Attributes:
        names: the whole name, with or without a date behind it.
        context_tokens: prompt and answer together.
        image_tokens: of a picture of 1,024 x 1,024 px: tiles of 512 px, or patches of 32 px times a factor.
        thinks: whether it thinks before it answers, and takes an effort for it.
    """

    names: str
    context_tokens: int
    image_tokens: int = 1700
    vision: bool = True
    thinks: bool = True
    structured: bool = True


_FAMILIES = (
    _Family(r"gpt-5[\d.]*-chat.*", 128_000, 630, thinks=False),
    _Family(r"gpt-5(\.[123])?(-mini|-nano|-codex.*|-pro)?", 400_000, 2520),
    _Family(r"gpt-4\.1(-mini|-nano)?", 1_047_576, 2520, thinks=False),
    _Family(r"gpt-4o-mini", 128_000, 25_501, thinks=False),
    _Family(r"(chat)?gpt-4o.*|gpt-4\.5.*|gpt-4-turbo", 128_000, 765, thinks=False),
    _Family(r"o3-mini|o1-mini|o1-preview", 128_000, vision=False),
    _Family(r"o[134](-mini|-pro)?", 200_000),
    _Family(r"gpt-4.*", 8_192, vision=False, thinks=False, structured=False),
    _Family(r"gpt-3\.5.*", 16_385, vision=False, thinks=False, structured=False),
    _Family(r".*", 128_000, 2520),
)
"""From the model pages and the images guide of OpenAI's documentation, as of November 2026. The first that fits counts;
the last is for models that came later: they see, think, and take no less than those before them."""

_DATED = r"(-\d{4}-\d{2}-\d{2}|-\d{4}|-latest|-preview)*"

_IMAGES = 20
"""The service takes some hundred; a request with more would be slow and no answer needs them (our choice)."""


class OpenAIResponses(OpenAILike):
    """One model of OpenAI, or of a server that speaks its Responses API."""

    provider = "openai"
    options = ("reasoning",)

    @classmethod
    def from_choice(cls, model: str, choice: LLMChoice, settings: Settings) -> Self:
        """Key and address from the choice, else from ``OPENAI_API_KEY`` and ``OPENAI_BASE_URL``.

        The key of the environment goes to the address of the environment only: whoever chooses another address in a
        browser would be given the owner's key. And a key that was typed goes to OpenAI, or to an address that was typed
        with it: of the environment it gets neither the address nor any header.
        """
        key, typed = choice.key.strip(), bool(choice.key.strip())
        own = _ADDRESS if typed else os.environ.get("OPENAI_BASE_URL") or _ADDRESS
        url, key_from = choice.url.strip() or own, "the key in the settings panel"
        if not typed and url == own:
            key, key_from = os.environ.get(_KEY_VARIABLE, "").strip(), f"the environment variable {_KEY_VARIABLE}"
        secret = SecretStr(key)
        llm = cls(model, url=url, key=secret, key_from=key_from, settings=settings, only_our_headers=typed)
        if not _family(model).structured:
            llm._left_out = frozenset(("schema",))
        return llm

    @property
    def abilities(self) -> Abilities:
        """From a table; no request is made."""
        return self._abilities(self._left_out)

    async def able(self, left_out: frozenset[str]) -> Abilities:
        """As :attr:`abilities`."""
        return self._abilities(left_out)

    def load(self) -> None:
        """See that the package and a key are here."""
        super().load()
        if not self._key.get_secret_value():
            raise ModelUnavailable(
                f"{self.name} at {self.where} needs a key. Put it in the environment variable {_KEY_VARIABLE} (it goes "
                f"to OpenAI's address, or that in OPENAI_BASE_URL), or type it in the settings panel."
            )

    def _abilities(self, left_out: frozenset[str]) -> Abilities:
        family = _family(self.model)
        sees = family.vision if self.settings.llm_vision == "auto" else self.settings.llm_vision == "yes"
        return Abilities(
            vision=sees and "pictures" not in left_out,
            context_tokens=self.settings.llm_context_tokens or family.context_tokens,
            images=_IMAGES,
            image_tokens=family.image_tokens,
            structured=family.structured and "schema" not in left_out,
        )

    async def once(self, prompt: Prompt, left_out: frozenset[str]) -> AsyncIterator[Chunk]:
        """One request and what comes of it."""
        request = _request(self.model, prompt, with_effort="reasoning" not in left_out)
        heard = _Heard(self.name, request["max_output_tokens"])
        answering = self.events(lambda client: client.responses.create(**request, stream=True))
        async with contextlib.aclosing(answering) as events:  # type: ignore[type-var]
            async for event in events:
                if text := heard.text_of(event):
                    yield text
        for chunk in heard.ending():
            yield chunk


class _Heard:
    """What the events of one stream have said so far, beside the text."""

    def __init__(self, name: str, limit: int) -> None:
        self._name = name
        self._limit = limit
        self._asides: set[str] = set()
        self._refusal = ""
        self._any_text = False
        self._cut_by = ""
        self._whole = False
        self._usage = Usage()

    def text_of(self, event: Any) -> str:
        """The part of the answer in one event.

        Raises:
            ErrorEvent: the event tells of an error.
        """
        kind = getattr(event, "type", "")
        if kind == "response.output_item.added" and getattr(event.item, "phase", None) == "commentary":
            self._asides.add(event.item.id)
        elif kind == "response.output_text.delta" and event.item_id not in self._asides:
            self._any_text |= bool(event.delta)
            return event.delta or ""
        elif kind == "response.refusal.delta":
            self._refusal += event.delta
        elif kind in ("response.completed", "response.incomplete"):
            self._whole = True
            self._usage = _usage(event.response.usage)
            details = event.response.incomplete_details
            self._cut_by = (details.reason or "") if details else ""
        elif kind == "response.failed":
            error = event.response.error
            raise ErrorEvent({"code": error.code, "message": error.message} if error else {"code": "server_error"})
        elif kind == "error":
            raise ErrorEvent({"code": event.code or "server_error", "message": event.message})
        return ""

    def ending(self) -> list[Chunk]:
        """How the answer ended, and its cost.

        Raises:
            ModelUnavailable: it is no answer.
            EOFError: the stream ended before the answer did.
        """
        if not self._whole:
            raise EOFError
        if self._refusal:
            raise ModelUnavailable(f"{self._name} declined to answer. Ask in other words, or choose another model.")
        return [*cut_short(self._name, self._limit, self._cut_by, any_text=self._any_text), self._usage]


def _family(model: str) -> _Family:
    """A fine-tuned model is called ``ft:`` and its base model's name."""
    name = model.removeprefix("ft:").partition(":")[0].lower()
    return next(family for family in _FAMILIES if re.fullmatch(f"(?:{family.names}){_DATED}", name))


def _request(model: str, prompt: Prompt, *, with_effort: bool) -> dict[str, Any]:
    """The request's fields, as the package's ``responses.create`` takes them."""
    family = _family(model)
    request: dict[str, Any] = {
        "model": model,
        "input": [
            {"role": message.role, "content": content}
            for message in prompt.messages
            if message.role != "system" and (content := _content(message))
        ],
        "max_output_tokens": prompt.max_output_tokens + (THINKING_TOKENS if family.thinks else 0),
        "store": False,
    }
    if instructions := system_text(prompt.messages):
        request["instructions"] = instructions
    if family.thinks and with_effort:
        request["reasoning"] = {"effort": "low"}
    if prompt.schema is not None:
        schema = {"type": "json_schema", "name": prompt.schema_name, "schema": dict(prompt.schema), "strict": True}
        request["text"] = {"format": schema}
    return request


def _content(message: LLMMessage) -> list[dict[str, Any]] | str:
    if message.role == "assistant":  # earlier answers go back as plain text
        return "\n\n".join(part for part in message.parts if isinstance(part, str) and part)
    return [_block(part) for part in message.parts if told(part)]


def _block(part: Part) -> dict[str, Any]:
    if isinstance(part, ImagePart):
        return {"type": "input_image", "image_url": data_url(part), "detail": "auto"}
    return {"type": "input_text", "text": part if isinstance(part, str) else part.instead}


def _usage(usage: Any) -> Usage:
    details = getattr(usage, "input_tokens_details", None)
    return Usage(
        getattr(usage, "input_tokens", None),
        getattr(usage, "output_tokens", None),
        getattr(details, "cached_tokens", None),
    )

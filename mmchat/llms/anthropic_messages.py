"""Claude through Anthropic's Messages API: messages with pictures in; a stream of text, and its cost, out."""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from threading import Event
from typing import Any, Self

from pydantic import SecretStr

from mmchat.errors import MissingDependency, MmchatError, ModelUnavailable
from mmchat.llms import address, troubles, wire
from mmchat.llms.base import LLM, Abilities, AudioPart, Chunk, ImagePart, LLMMessage, Note, Part, Prompt, Usage, fitted
from mmchat.llms.openai_client import THINKING_TOKENS, cut_short
from mmchat.llms.request_headers import only_ours
from mmchat.settings import Settings
from mmchat.types import LLMChoice

_ADDRESS = "https://api.anthropic.com"
_KEY_VARIABLE = "ANTHROPIC_API_KEY"

_CONNECT_S = 10.0
_RETRIES = 2
"""Of a refused connection, 429 and 5xx before the answer begins; the package waits between them as the server asks."""

_BREAKPOINTS = 4
"""Most blocks that may carry ``cache_control`` (prompt caching documentation, November 2026)."""


@dataclass(frozen=True, slots=True)
class _Family:
    """What models whose names begin alike can do.

    Attributes:
        context_tokens: prompt and answer together.
        structured: whether ``output_config.format`` is known; without, a forced tool carries the schema.
        sees: whether it takes pictures, as far as the name tells.
        thinks: whether it thinks unless told otherwise; then ``output_config.effort`` is known too.
    """

    beginnings: tuple[str, ...]
    context_tokens: int
    structured: bool = True
    sees: bool = True
    thinks: bool = False


_FAMILIES = (
    _Family(("claude-opus-4-5", "claude-sonnet-4-5", "claude-haiku-4-5"), 200_000),
    _Family(("claude-opus-4-", "claude-sonnet-4-"), 1_000_000),
    _Family(("claude-",), 1_000_000, thinks=True),
    _Family(("",), 200_000, structured=False, sees=False),
)
"""From the models overview and the pages on structured outputs, thinking and effort, November 2026; earlier models are
no longer served. The first that fits counts; the last is for other models behind a server with this protocol."""

_IMAGES = 20
"""With more in one request, none may be larger than 2,000 px, and a request ends at 32 MB (vision documentation)."""

_IMAGE_SIDE_PX, _IMAGE_TOKENS = 1568, 1600
"""What the smaller models scale down to; the larger ones would see 2,576 px, for three times as many tokens."""


class AnthropicMessages(LLM):
    """One Claude model. A connection is opened for every call, so that a key is held no longer than this object."""

    provider = "anthropic"

    def __init__(
        self, model: str, *, url: str, key: SecretStr, key_from: str, settings: Settings, only_our_headers: bool
    ) -> None:
        """For a model at an address; ``only_our_headers``: those that the environment adds are kept back."""
        self.model = model
        self._url = url
        self._key = key
        self._key_from = key_from
        self._settings = settings
        self._only_our_headers = only_our_headers
        self._family = next(family for family in _FAMILIES if model.startswith(family.beginnings))

    @classmethod
    def from_choice(cls, model: str, choice: LLMChoice, settings: Settings) -> Self:
        """Key and address from the choice, else from ``ANTHROPIC_API_KEY`` and ``ANTHROPIC_BASE_URL``.

        The key of the environment goes to the address of the environment only: whoever chooses another address in a
        browser would be given the owner's key. And a key that was typed goes to Anthropic, or to an address that was
        typed with it: of the environment it gets neither the address nor any header.
        """
        key, typed = choice.key.strip(), bool(choice.key.strip())
        own = _ADDRESS if typed else _base(os.environ.get("ANTHROPIC_BASE_URL") or _ADDRESS)
        url, key_from = _base(choice.url) or own, "the key in the settings panel"
        if not typed and url == own:
            key, key_from = os.environ.get(_KEY_VARIABLE, "").strip(), f"the environment variable {_KEY_VARIABLE}"
        secret = SecretStr(key)
        return cls(model, url=url, key=secret, key_from=key_from, settings=settings, only_our_headers=typed)

    @property
    def where(self) -> str:
        """The address, without a name and password that may stand in it."""
        return address.shown(self._url)

    @property
    def abilities(self) -> Abilities:
        """From a table; no request is made."""
        seen = {"yes": True, "no": False, "auto": self._family.sees}
        return Abilities(
            vision=seen[self._settings.llm_vision],
            context_tokens=self._settings.llm_context_tokens or self._family.context_tokens,
            images=_IMAGES,
            image_side_px=_IMAGE_SIDE_PX,
            image_tokens=_IMAGE_TOKENS,
        )

    def load(self) -> None:
        """See that the package and a key are here."""
        try:
            import anthropic  # noqa: F401
        except ModuleNotFoundError as error:
            if error.name != "anthropic":
                raise
            raise MissingDependency(
                f"{self.name} needs the package 'anthropic', which is not installed. Run: pip install anthropic"
            ) from error
        key = self._key.get_secret_value()
        if not key:
            raise ModelUnavailable(
                f"{self.name} at {self.where} needs a key. Put it in the environment variable {_KEY_VARIABLE} (it goes "
                f"to Anthropic's address, or that in ANTHROPIC_BASE_URL), or type it in the settings panel."
            )
        if not (key.isascii() and key.isprintable() and " " not in key):
            raise ModelUnavailable(f"What {self._key_from} holds cannot be a key. Copy the key again.")
        if not address.is_address(self._url):
            raise ModelUnavailable(f"{self.where!r} is not an address. Write it as {_ADDRESS}.")

    def stream(self, prompt: Prompt, stopped: Event) -> Iterator[Chunk]:
        """The text in pieces as it comes, without the thinking before it."""
        self.load()
        prompt, notes = fitted(prompt, self.abilities, self.name)
        yield from notes
        try:
            yield from wire.pieces(lambda: self._answer(prompt), stopped)
        except MmchatError:
            raise
        except Exception as error:  # of the package, of its HTTP client, of asyncio
            secret = self._key.get_secret_value()
            raise troubles.sentence(
                error, name=self.name, key_from=self._key_from, where=self.where, secret=secret
            ) from troubles.cause(error, secret)

    async def _answer(self, prompt: Prompt) -> AsyncIterator[Chunk]:
        import anthropic

        silence_s = self._settings.llm_timeout_s
        request = _request(self.model, self._family, prompt)
        heard = _Heard()
        async with anthropic.AsyncAnthropic(
            api_key=self._key.get_secret_value(),
            base_url=self._url,
            max_retries=_RETRIES,
            http_client=anthropic.DefaultAsyncHttpxClient(
                timeout=anthropic.Timeout(silence_s, connect=min(_CONNECT_S, silence_s)),
                follow_redirects=False,  # or the question would go to a server that nobody chose
                event_hooks={"request": [only_ours(self._key)] if self._only_our_headers else []},
            ),
        ) as client:
            async with asyncio.timeout(silence_s):  # all tries together: nobody waits for three silences
                events = await client.messages.create(**request, stream=True)
            async with events:
                async for event in events:
                    if text := heard.text_of(event):
                        yield text
        for note in heard.ending(self.name, request["max_tokens"]):
            yield note
        yield heard.usage


_COUNTS = ("input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")


class _Heard:
    """What the events of one stream have said so far, beside the text."""

    def __init__(self) -> None:
        self._stop_reason: str | None = None
        self._any_text = False
        self._whole = False
        self._counts: dict[str, int] = {}

    def text_of(self, event: Any) -> str:
        """The part of the answer in one event; the input of a forced tool is the answer too."""
        if event.type == "message_start":
            self._count(event.message.usage)
        elif event.type == "message_delta":
            self._stop_reason = event.delta.stop_reason or self._stop_reason
            self._count(event.usage)
        elif event.type == "message_stop":
            self._whole = True
        elif event.type == "content_block_delta":
            text = {"text_delta": "text", "input_json_delta": "partial_json"}.get(event.delta.type)
            piece: str = getattr(event.delta, text) if text else ""
            self._any_text |= bool(piece)
            return piece
        return ""

    def ending(self, name: str, max_tokens: int) -> Iterator[Note]:
        """What should be known of how the answer ended.

        Raises:
            ModelUnavailable: it is no answer.
            EOFError: the stream ended before the answer did.
        """
        if not self._whole:
            raise EOFError
        if self._stop_reason == "refusal":
            raise ModelUnavailable(f"{name} declined to answer. Ask in other words, or choose another model.")
        if self._stop_reason in ("max_tokens", "model_context_window_exceeded"):
            yield from cut_short(name, max_tokens, "length", any_text=self._any_text)

    @property
    def usage(self) -> Usage:
        """The service counts what was read from or written to its cache apart from the rest of the input."""
        read = self._counts.get("cache_read_input_tokens")
        total = self._counts.get("input_tokens")
        if total is not None:
            total += (read or 0) + self._counts.get("cache_creation_input_tokens", 0)
        return Usage(total, self._counts.get("output_tokens"), read)

    def _count(self, usage: Any) -> None:
        """Counts are of the whole answer so far, and a later event may leave some out."""
        for name in _COUNTS:
            value = getattr(usage, name, None)
            if value is not None:
                self._counts[name] = value


def _base(url: str) -> str:
    """The address as the package takes it, which adds the ``/v1`` that other providers' addresses end with."""
    return url.strip().rstrip("/").removesuffix("/v1")


def _request(model: str, family: _Family, prompt: Prompt) -> dict[str, Any]:
    """The request's fields, as the package's ``messages.create`` takes them."""
    kept = [number for number, message in enumerate(prompt.messages) if message.keep][-_BREAKPOINTS:]
    system: list[dict[str, Any]] = []
    messages: list[dict[str, Any]] = []
    for number, message in enumerate(prompt.messages):
        blocks = _blocks(message, keep=number in kept)
        if message.role == "system":
            system += blocks
        elif blocks:
            messages.append({"role": message.role, "content": blocks})
    request: dict[str, Any] = {
        "model": model,
        "max_tokens": prompt.max_output_tokens + (THINKING_TOKENS if family.thinks else 0),
        "messages": messages,
    }
    if system:
        request["system"] = system
    output: dict[str, Any] = {"effort": "low"} if family.thinks else {}
    if prompt.schema is not None:
        from anthropic import transform_schema

        schema = transform_schema(dict(prompt.schema))  # what the service does not check becomes part of a description
        if family.structured:
            output["format"] = {"type": "json_schema", "schema": schema}
        else:
            tool = {"name": prompt.schema_name, "description": "Give the answer.", "input_schema": schema}
            request["tools"] = [tool]
            request["tool_choice"] = {"type": "tool", "name": prompt.schema_name, "disable_parallel_tool_use": True}
    if output:
        request["output_config"] = output
    return request


def _blocks(message: LLMMessage, *, keep: bool) -> list[dict[str, Any]]:
    blocks = [_block(part) for part in message.parts if part != ""]  # the service refuses empty text
    if keep and blocks:
        blocks[-1]["cache_control"] = {"type": "ephemeral"}
    return blocks


def _block(part: Part) -> dict[str, Any]:
    if isinstance(part, ImagePart):
        data = base64.standard_b64encode(part.data).decode("ascii")
        return {"type": "image", "source": {"type": "base64", "media_type": part.media_type, "data": data}}
    return {"type": "text", "text": part.instead if isinstance(part, AudioPart) else part}

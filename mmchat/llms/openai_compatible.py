"""Any server that speaks OpenAI's Chat Completions: messages with pictures in; a stream of text, and its cost, out."""

from __future__ import annotations

import base64
import contextlib
import logging
import time
from collections.abc import AsyncIterator
from threading import Event
from typing import Any, Self

from pydantic import SecretStr

from mmchat.errors import ModelUnavailable
from mmchat.llms import wire
from mmchat.llms.base import Abilities, AudioPart, Chunk, ImagePart, LLMMessage, Part, Prompt, Usage
from mmchat.llms.openai_client import THINKING_TOKENS, OpenAILike, cut_short, data_url, told
from mmchat.llms.openai_server import LOOKING_S, Told, sees_by_name, told_of
from mmchat.llms.thinking import AnswerOnly
from mmchat.settings import Settings
from mmchat.types import LLMChoice

log = logging.getLogger(__name__)

_NO_KEY = "none"
"""The package wants one; servers without keys ignore it."""

_CONTEXT_TOKENS = 8192
"""Where the server does not say how much its model takes (our choice; most take more)."""

_ASKED_AGAIN_AFTER_S = 120.0
"""A server that kept a question waiting for nothing is not asked about its model again for so long: one turn asks
several times, and waits once."""
_NOTICED_S = 0.2
"""What fails sooner costs nothing, and is asked again at once: a server that was started meanwhile tells."""


class OpenAICompatible(OpenAILike):
    """One model of Ollama, vLLM, llama.cpp's server, LM Studio, the Hugging Face router and their like."""

    provider = "openai-compatible"
    options = ("stream_options", "max_tokens", "temperature")

    def __init__(self, model: str, *, url: str, key: SecretStr, key_from: str, settings: Settings) -> None:
        super().__init__(model, url=url, key=key, key_from=key_from, settings=settings, only_our_headers=True)
        self._told: Told | None = None
        self._asked_again_from_s = 0.0
        self._thinks = False

    @classmethod
    def from_choice(cls, model: str, choice: LLMChoice, settings: Settings) -> Self:
        """Address and key from the choice, else from ``MMCHAT_LLM_URL`` and ``MMCHAT_LLM_KEY``.

        The key of the settings goes to the address of the settings only: whoever chooses another address in a browser
        would be given the owner's key.
        """
        url, own = _whole_address(choice.url), _whole_address(settings.llm_url)
        key, key_from = choice.key.strip(), "the key in the settings panel"
        if not key and url in ("", own):
            key, key_from = settings.llm_key.get_secret_value().strip(), "MMCHAT_LLM_KEY"
        return cls(model, url=url or own, key=SecretStr(key or _NO_KEY), key_from=key_from, settings=settings)

    @property
    def abilities(self) -> Abilities:
        """What the settings say, else what the server tells, else what the model's name does."""
        return self.abilities_unless(Event())

    def abilities_unless(self, stopped: Event) -> Abilities:
        """As :attr:`abilities`, without asking the server once ``stopped`` is set."""
        self.load()
        with self.sentences():
            try:
                return wire.result(self.able(self._left_out), stopped)
            except wire.Stopped:
                return self._able(Told(), self._left_out)

    def load(self) -> None:
        """See that the package and an address are here."""
        if not self._url:
            raise ModelUnavailable(
                f"{self.name} needs the address of its server. Set MMCHAT_LLM_URL, for example to "
                f"http://127.0.0.1:11434/v1, or type it in the settings panel."
            )
        super().load()

    async def able(self, left_out: frozenset[str]) -> Abilities:
        """Asks the server until it has told."""
        return self._able(self._told or await self._ask(), left_out)

    async def _ask(self) -> Told:
        """What the server tells; nothing where it does not, and if that took long it is left alone for a while."""
        import openai

        asked_s = time.monotonic()
        if asked_s < self._asked_again_from_s:
            return Told()
        try:
            self._told = await told_of(self.client(), self.model, min(LOOKING_S, self.settings.llm_timeout_s))
            return self._told
        except (TimeoutError, openai.APIError) as error:
            log.info("%s told nothing of %s (%s)", self.where, self.model, type(error).__name__)
            if (now_s := time.monotonic()) - asked_s > _NOTICED_S:
                self._asked_again_from_s = now_s + _ASKED_AGAIN_AFTER_S
            return Told()

    def _able(self, told: Told, left_out: frozenset[str]) -> Abilities:
        chosen = self.settings.llm_vision
        by_itself = sees_by_name(self.model) if told.vision is None else told.vision
        return Abilities(
            vision=(by_itself if chosen == "auto" else chosen == "yes") and "pictures" not in left_out,
            hearing=bool(told.hearing),
            context_tokens=self.settings.llm_context_tokens or told.context_tokens or _CONTEXT_TOKENS,
            structured="schema" not in left_out,
        )

    async def once(self, prompt: Prompt, left_out: frozenset[str]) -> AsyncIterator[Chunk]:
        """One request and what comes of it; once more where the model thought, unexpectedly, until it had to end."""
        for thinks in (True,) if self._thinks else (False, True):
            limit = prompt.max_output_tokens
            if thinks:
                limit += min(THINKING_TOKENS, (await self.able(left_out)).context_tokens // 2)
            heard = _Heard(self.name, limit)
            request = _request(self.model, prompt, limit, left_out)
            async with contextlib.aclosing(self._events(request)) as events:  # type: ignore[type-var]
                async for event in events:
                    if text := heard.text_of(event):
                        yield text
            self._thinks |= heard.thought
            if thinks or not heard.only_thought:
                break
        for chunk in heard.ending():
            yield chunk

    def _events(self, request: dict[str, Any]) -> AsyncIterator[Any]:
        return self.events(lambda client: client.chat.completions.create(**request, stream=True))


class _Heard:
    """What the events of one stream have said so far, beside the text."""

    def __init__(self, name: str, limit: int) -> None:
        self._name = name
        self._limit = limit
        self._answer = AnswerOnly()
        self._reasoned = False
        self._refusal = ""
        self._any_text = False
        self._ended_by = ""
        self._usage = Usage()

    @property
    def thought(self) -> bool:
        """Whether the model thinks before it answers."""
        return self._reasoned or self._answer.thought

    @property
    def only_thought(self) -> bool:
        """Whether it came to its limit before it began to answer."""
        return self.thought and self._ended_by == "length" and not self._any_text

    def text_of(self, event: Any) -> str:
        """The part of the answer in one event."""
        if getattr(event, "usage", None) is not None:
            self._usage = _usage(event.usage)
        text = ""
        for choice in getattr(event, "choices", None) or ():
            self._ended_by = choice.finish_reason or self._ended_by
            if (delta := choice.delta) is not None:
                self._reasoned |= bool(getattr(delta, "reasoning_content", None) or getattr(delta, "reasoning", None))
                self._refusal += getattr(delta, "refusal", None) or ""
                text += self._answer.feed(getattr(delta, "content", None) or "")
        self._any_text |= bool(text)
        return text

    def ending(self) -> list[Chunk]:
        """The last of the text, how the answer ended, and its cost.

        Raises:
            ModelUnavailable: it is no answer.
            EOFError: the stream ended before the answer did.
        """
        if not self._ended_by:
            raise EOFError
        if self._refusal:
            raise ModelUnavailable(f"{self._name} declined to answer. Ask in other words, or choose another model.")
        rest = self._answer.rest()
        notes = cut_short(self._name, self._limit, self._ended_by, any_text=self._any_text or bool(rest))
        return [*([rest] if rest else []), *notes, self._usage]


def _whole_address(url: str) -> str:
    """``127.0.0.1:8080`` is meant as ``http://127.0.0.1:8080/v1``; an address with a path is taken as it is."""
    if not (url := url.strip()):
        return ""
    scheme, found, rest = url.partition("://")
    if not found:
        scheme, rest = "http", url
    rest = rest.rstrip("/")
    return f"{scheme}://{rest}" if "/" in rest or not rest else f"{scheme}://{rest}/v1"


def _request(model: str, prompt: Prompt, limit: int, left_out: frozenset[str]) -> dict[str, Any]:
    """The request's fields, as the package's ``chat.completions.create`` takes them."""
    request: dict[str, Any] = {
        "model": model,
        "messages": [
            {"role": message.role, "content": content} for message in prompt.messages if (content := _content(message))
        ],
        "max_completion_tokens" if "max_tokens" in left_out else "max_tokens": limit,
    }
    if "temperature" not in left_out:
        request["temperature"] = 0  # what stands in the evidence, not what could be said
    if "stream_options" not in left_out:
        request["stream_options"] = {"include_usage": True}
    if prompt.schema is not None:
        schema = {"name": prompt.schema_name, "schema": dict(prompt.schema), "strict": True}
        request["response_format"] = {"type": "json_schema", "json_schema": schema}
    return request


def _content(message: LLMMessage) -> list[dict[str, Any]] | str:
    """Words alone go as one string, which every server takes."""
    parts = [part for part in message.parts if told(part)]
    if all(isinstance(part, str) for part in parts):
        return "\n\n".join(map(str, parts))
    return [_block(part) for part in parts]


def _block(part: Part) -> dict[str, Any]:
    if isinstance(part, ImagePart):
        return {"type": "image_url", "image_url": {"url": data_url(part)}}
    if isinstance(part, AudioPart):
        data = base64.standard_b64encode(part.data).decode("ascii")
        return {"type": "input_audio", "input_audio": {"data": data, "format": part.media_type.rpartition("/")[2]}}
    return {"type": "text", "text": part}


def _usage(usage: Any) -> Usage:
    details = getattr(usage, "prompt_tokens_details", None)
    return Usage(
        getattr(usage, "prompt_tokens", None),
        getattr(usage, "completion_tokens", None),
        getattr(details, "cached_tokens", None),
    )

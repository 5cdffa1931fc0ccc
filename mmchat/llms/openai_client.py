"""What the two ways to speak to OpenAI-like servers share: the client, the retries, and what a server will not take."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import threading
import weakref
from abc import abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING, ClassVar, TypeVar

from pydantic import SecretStr

from mmchat.errors import MissingDependency, MmchatError, ModelUnavailable
from mmchat.llms import address, troubles, wire
from mmchat.llms.base import LLM, Abilities, Chunk, ImagePart, LLMMessage, Note, Part, Prompt, fitted, text_of
from mmchat.llms.openai_server import LISTING_S, model_names
from mmchat.llms.request_headers import only_ours
from mmchat.settings import Settings

if TYPE_CHECKING:
    from openai import AsyncOpenAI, AsyncStream

T = TypeVar("T")

_CONNECT_S = 10.0

_RETRIES = 2
"""Of a refused connection, 429 and 5xx before the answer begins; the package waits between them as the server asks."""

THINKING_TOKENS = 8192
"""Thinking counts towards the longest answer: room for it beside the answer (our choice)."""


class ErrorEvent(Exception):
    """A stream that told of an error instead of going on; ``body`` is what it told, as the SDK's errors have it."""

    def __init__(self, body: object) -> None:
        super().__init__("the stream told of an error")
        self.body = body


class OpenAILike(LLM):
    """One model of one server; one client, made when it is first needed and closed when this object is gone.

    What a server refuses to take (pictures, a schema, an option) is left out, asked once more, and remembered.
    """

    options: ClassVar[tuple[str, ...]] = ()
    """What may be left out of a request when the server complains of it by name."""

    def __init__(
        self, model: str, *, url: str, key: SecretStr, key_from: str, settings: Settings, only_our_headers: bool
    ) -> None:
        """For a model at an address; ``only_our_headers``: those that the environment adds are kept back."""
        self.model = model
        self.settings = settings
        self._only_our_headers = only_our_headers
        self._url = url
        self._key = key
        self._key_from = key_from
        self._left_out: frozenset[str] = frozenset()
        self._making = threading.Lock()
        self._made: AsyncOpenAI | None = None

    def __repr__(self) -> str:
        return f"<{self.name} at {self.where}>"

    @property
    def where(self) -> str:
        """The server's address, without a name and password that may stand in it."""
        return address.shown(self._url)

    def load(self) -> None:
        """See that the package, an address and a key are here."""
        try:
            import openai  # noqa: F401
        except ModuleNotFoundError as error:
            if error.name != "openai":
                raise
            raise MissingDependency(
                f"{self.name} needs the package 'openai', which is not installed. Run: pip install openai"
            ) from error
        key = self._key.get_secret_value()
        if not (key.isascii() and key.isprintable() and " " not in key):
            raise ModelUnavailable(f"{self._key_from} holds something that cannot be a key. Copy the key again.")
        if not address.is_address(self._url):
            raise ModelUnavailable(f"{self.where!r} is not an address. Write it as http://127.0.0.1:8080/v1.")

    def stream(self, prompt: Prompt, stopped: Event) -> Iterator[Chunk]:
        """The text in pieces as it comes, without thinking, then its cost."""
        self.load()
        with self.sentences():
            yield from wire.pieces(lambda: self._answer(prompt), stopped)

    def models(self) -> list[str]:
        """The names of the server's models, in its order.

        Raises:
            ModelUnavailable: the server does not answer, or not with a list.
        """
        self.load()
        with self.sentences():
            return wire.result(model_names(self.client(), min(LISTING_S, self.settings.llm_timeout_s)))

    @contextlib.contextmanager
    def sentences(self) -> Iterator[None]:
        """Every error of the package, its HTTP client or asyncio leaves as a sentence."""
        try:
            yield
        except MmchatError:
            raise
        except Exception as error:
            secret = self._key.get_secret_value()
            raise troubles.sentence(
                error, name=self.name, key_from=self._key_from, where=self.where, secret=secret
            ) from troubles.cause(error, secret)

    @abstractmethod
    async def able(self, left_out: frozenset[str]) -> Abilities:
        """What the model takes when ``left_out`` is not sent to it."""

    @abstractmethod
    def once(self, prompt: Prompt, left_out: frozenset[str]) -> AsyncIterator[Chunk]:
        """One request and what comes of it; the prompt holds only what the model takes."""

    async def events(self, call: Callable[[AsyncOpenAI], Awaitable[AsyncStream[T]]]) -> AsyncIterator[T]:
        """What the stream that ``call`` starts brings, however often the package tries to start it.

        Raises:
            EOFError: the connection broke off after the stream began.
        """
        import openai

        async with asyncio.timeout(self.settings.llm_timeout_s):  # all tries: nobody waits for three silences
            stream = await call(self.client())
        try:
            async with stream:
                async for event in stream:
                    yield event
        except openai.APITimeoutError:
            raise
        except openai.APIConnectionError as error:
            raise EOFError from error

    def client(self) -> AsyncOpenAI:
        """The package's client; for the network thread only, whose event loop its connections belong to."""
        with self._making:
            if self._made is None:
                self._made = self._new_client()
                weakref.finalize(self, wire.later, self._made.close).atexit = False
            return self._made

    def _new_client(self) -> AsyncOpenAI:
        import openai

        silence_s = self.settings.llm_timeout_s
        return openai.AsyncOpenAI(
            api_key=self._key.get_secret_value(),
            base_url=self._url,
            max_retries=_RETRIES,
            http_client=openai.DefaultAsyncHttpxClient(
                timeout=openai.Timeout(silence_s, connect=min(_CONNECT_S, silence_s)),
                trust_env=False,  # a proxy meant for the browser would catch a server on this machine
                follow_redirects=False,  # or the question would go to a server that nobody chose
                event_hooks={"request": [only_ours(self._key)] if self._only_our_headers else []},
            ),
        )

    async def _answer(self, prompt: Prompt) -> AsyncIterator[Chunk]:
        import openai

        left_out = self._left_out
        while True:
            begun = False
            media = any(not isinstance(part, str) for message in prompt.messages for part in message.parts)
            abilities = await self.able(left_out) if media else Abilities(vision=False)
            plain, notes = fitted(prompt, abilities, self.name)
            if plain.schema is not None and "schema" in left_out:
                plain = asked_in_words(plain)
            try:
                async with contextlib.aclosing(self.once(plain, left_out)) as chunks:  # type: ignore[type-var]
                    async for chunk in chunks:
                        if not begun:
                            begun, self._left_out = True, left_out
                            for note in notes:
                                yield note
                        yield chunk
                return
            except (openai.APIError, ErrorEvent) as error:
                refused = "" if begun else self._refused(error, plain, left_out)
                if not refused:
                    raise
                left_out |= {refused}

    def _refused(self, error: Exception, sent: Prompt, left_out: frozenset[str]) -> str:
        """What to leave out so that the server may take the request, or ""."""
        parts = [part for message in sent.messages for part in message.parts]
        if any(isinstance(part, ImagePart) for part in parts) and troubles.refuses_pictures(error):
            return "pictures"
        if troubles.status(error) not in (400, 422) or troubles.too_long(error):
            return ""
        told = troubles.words(error)
        named = next((name for name in self.options if name not in left_out and name in told), "")
        return named or ("schema" if sent.schema is not None else "")


def asked_in_words(prompt: Prompt) -> Prompt:
    """The prompt with its schema as an instruction, for servers that cannot hold an answer to it."""
    schema = json.dumps(dict(prompt.schema or {}), ensure_ascii=False)
    words = f"Answer with one JSON document that follows this JSON schema, and with nothing else:\n{schema}"
    first = sum(message.role == "system" for message in prompt.messages)
    asked = LLMMessage("system", (words,))
    return replace(prompt, messages=(*prompt.messages[:first], asked, *prompt.messages[first:]), schema=None)


def cut_short(name: str, limit: int, by: str, *, any_text: bool) -> list[Note]:
    """What to tell of an answer that was cut short ``by`` its length or a filter; nothing of one that was not.

    Raises:
        ModelUnavailable: what came is no answer.
    """
    if by == "content_filter":
        raise ModelUnavailable(f"A filter withheld the answer of {name}. Ask in other words, or choose another model.")
    if by not in ("max_output_tokens", "length"):
        return []
    if not any_text:
        raise ModelUnavailable(
            f"{name} used up its {limit} tokens before it began to answer. Ask something narrower, or choose a model "
            f"that thinks less."
        )
    return [Note(f"{name} reached its limit of {limit} tokens: the answer is cut off.")]


def data_url(part: ImagePart) -> str:
    """The picture as an address that holds it."""
    return f"data:{part.media_type};base64,{base64.standard_b64encode(part.data).decode('ascii')}"


def system_text(messages: Sequence[LLMMessage]) -> str:
    """The words of all system messages."""
    return "\n\n".join(text_of(message.parts) for message in messages if message.role == "system")


def told(part: Part) -> bool:
    """Whether there is anything in the part: servers refuse empty text."""
    return part != ""

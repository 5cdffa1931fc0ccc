"""A GGUF model in this process, through llama.cpp: messages in; a stream of text, and its cost, out. Text only.

The model is named by the path of its file, or ``smollm2``: a very small one that comes inside a package.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any, Self

from mmchat import models
from mmchat.errors import MissingDependency, MmchatError, ModelUnavailable
from mmchat.llms import gguf, in_turn, troubles
from mmchat.llms.base import LLM, Abilities, Chunk, LLMMessage, Prompt, Usage, fitted, text_of
from mmchat.llms.openai_client import cut_short
from mmchat.settings import Settings
from mmchat.types import LLMChoice

_BUNDLED = "smollm2"

_CONTEXT_TOKENS = 8192
"""Its memory is taken when the model is loaded, so a longer one has to be asked for."""

_BATCH_TOKENS = 256
"""The prompt is read in pieces of this size; between two of them a stop takes effect."""


class LlamaCpp(LLM):
    """One GGUF file."""

    provider = "llama-cpp"

    def __init__(self, model: str, settings: Settings) -> None:
        self.model = model
        self._settings = settings

    @classmethod
    def from_choice(cls, model: str, choice: LLMChoice, settings: Settings) -> Self:
        """Neither key nor address is needed."""
        return cls(model, settings)

    @property
    def abilities(self) -> Abilities:
        """The context is the model's own, cut to 8,192 tokens unless the settings say otherwise."""
        return Abilities(vision=False, context_tokens=self._context_tokens(self._file()))

    def load(self) -> None:
        """Load the weights, once per process."""
        self._server()

    def stream(self, prompt: Prompt, stopped: Event) -> Iterator[Chunk]:
        """The text in pieces, the likeliest token each time; one generation at a time."""
        prompt, notes = fitted(prompt, self.abilities, self.name)
        yield from notes
        request = _request(prompt)

        def answer(tell: Callable[[dict[str, Any]], None], ended: Callable[[], bool]) -> None:
            def hear(event: dict[str, Any]) -> bool:
                tell(event)
                return ended()  # True ends the generation

            self._server().handle_chat_completions(request, hear)

        try:
            said = False
            for event in in_turn.pieces(answer, _turn, stopped):
                for chunk in self._chunks(event):
                    said |= isinstance(chunk, str)
                    yield chunk
                for choice in event.get("choices", ()):
                    by = choice.get("finish_reason") or ""
                    yield from cut_short(self.name, prompt.max_output_tokens, by, any_text=said)
        except MmchatError:
            raise
        except Exception as error:  # the binding raises what it likes: ValueError, RuntimeError, TypeError
            raise ModelUnavailable(f"{self.name} could not answer: {error}. Choose another model.") from error

    def _chunks(self, event: dict[str, Any]) -> Iterator[Chunk]:
        if "error" in event:
            raise troubles.sentence(_Refused(event["error"]), name=self.name, key_from="", where="llama.cpp")
        for choice in event.get("choices", ()):
            if text := choice["delta"].get("content"):
                yield text
        if usage := event.get("usage"):
            cached = usage.get("prompt_tokens_details", {}).get("cached_tokens")
            yield Usage(usage["prompt_tokens"], usage["completion_tokens"], cached)

    def _file(self) -> Path:
        if self.model == _BUNDLED:
            folder = models.directory(_BUNDLED, self._settings.models_path)
            return folder / models.card(_BUNDLED).files[0].name
        file = Path(self.model).expanduser()
        if not file.is_file():
            raise ModelUnavailable(
                f"There is no model file {file.name!r} at the path given to llama-cpp. Write it as "
                f"llama-cpp:/path/to/model.gguf, or llama-cpp:{_BUNDLED} for the one in a package "
                f"({models.card(_BUNDLED).install_line})."
            )
        return file.resolve()

    def _context_tokens(self, file: Path) -> int:
        return min(gguf.trained_context_tokens(file), self._settings.llm_context_tokens or _CONTEXT_TOKENS)

    def _server(self) -> Any:
        file = self._file()
        return _loaded(file, self._context_tokens(file), self._settings.threads)


class _Refused(Exception):
    """An error that llama.cpp answered with, in the shape of an SDK's."""

    def __init__(self, body: dict[str, Any]) -> None:
        super().__init__(body.get("message", ""))
        self.status_code = body.get("code", 500)
        self.body = body


_turn = threading.Lock()
_loading = threading.Lock()
_servers: dict[tuple[Path, int, int], Any] = {}


def _loaded(file: Path, context_tokens: int, threads: int) -> Any:
    """llama.cpp's server object for a file. It also listens on a local port, which nobody else has the key of."""
    with _loading:
        key = (file, context_tokens, threads)
        if key not in _servers:
            _servers[key] = _load(*key)
        return _servers[key]


def _load(file: Path, context_tokens: int, threads: int) -> Any:
    try:
        import xllamacpp
    except ModuleNotFoundError as error:
        if error.name != "xllamacpp":
            raise
        raise MissingDependency(
            "Models in GGUF files need the package 'xllamacpp', which is not installed. Run: pip install xllamacpp"
        ) from error
    params = xllamacpp.CommonParams()
    params.model.path = str(file)
    params.n_ctx = context_tokens
    params.n_batch = params.n_ubatch = _BATCH_TOKENS
    params.n_parallel = 1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    params.cache_ram_mib = 0  # prompts of ended calls are not worth gigabytes
    params.verbosity = -1
    params.ui = False
    params.api_keys = [secrets.token_hex(32)]
    try:
        return xllamacpp.Server(params)
    except RuntimeError as error:
        raise ModelUnavailable(
            f"{file.name} could not be loaded: it is damaged, of a kind this llama.cpp does not know, or too large for "
            f"the memory. Choose another file."
        ) from error


def _request(prompt: Prompt) -> dict[str, Any]:
    request: dict[str, Any] = {
        "messages": [_message(message) for message in prompt.messages],
        "max_tokens": prompt.max_output_tokens,
        "temperature": 0,
        "stream": True,
        "stream_options": {"include_usage": True},
        "return_progress": True,  # an event after each batch of the prompt, so that a stop is heard there too
        "chat_template_kwargs": {"enable_thinking": False},
    }
    if prompt.schema is not None:
        schema = {"name": prompt.schema_name, "schema": dict(prompt.schema)}
        request["response_format"] = {"type": "json_schema", "json_schema": schema}
    return request


def _message(message: LLMMessage) -> dict[str, str]:
    text = text_of(message.parts).replace("<|", "< |")  # what begins a turn in most templates stays words in a file
    return {"role": message.role, "content": text.encode("utf-8", "replace").decode("utf-8")}  # lone surrogates

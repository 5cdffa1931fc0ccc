"""A model folder -> a model on its device that answers messages, through transformers; loaded once per process.

Only safetensors are read and no code from the folder is run: a model is data. The network is never asked.
"""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from PIL import Image

from mmchat.errors import ModelUnavailable
from mmchat.llms.base import ImagePart, LLMMessage, Part, Prompt, text_of
from mmchat.models import runtime
from mmchat.settings import Settings


@dataclass(frozen=True, slots=True)
class ChatModel:
    """A model on its device, and what turns messages into its inputs."""

    model: Any
    processor: Any
    tokenizer: Any
    sees: bool

    def inputs(self, prompt: Prompt) -> Any:
        """Tensors of a batch of one, on the model's device."""
        from jinja2 import TemplateError

        messages = [self._harmless(message) for message in prompt.messages]
        try:
            made = self._templated(_turns(messages, sees=self.sees))
        except TemplateError:  # some templates take no system message
            made = self._templated(_turns(_without_system(messages), sees=self.sees))
        device = self.model.device
        return made.to(device, dtype=self.model.dtype) if self.sees else made.to(device)

    def generate(
        self, inputs: Any, most: int, tell: Callable[[str], None], ended: Callable[[], bool]
    ) -> tuple[int, bool]:
        """How many tokens were made, and whether the model itself ended the answer."""
        import torch
        from transformers import StoppingCriteria, StoppingCriteriaList
        from transformers.generation.streamers import BaseStreamer

        text = _Text(self.tokenizer)

        class Told(BaseStreamer):
            """Gets the prompt, then each token. The package's own streamers wait for spaces, which Thai lacks."""

            prompt = True

            def put(self, value: Any) -> None:
                if not self.prompt and (piece := text.after(int(value[0]))):
                    tell(piece)
                self.prompt = False

            def end(self) -> None:
                if piece := text.rest():
                    tell(piece)

        class Ended(StoppingCriteria):
            def __call__(self, input_ids: Any, scores: Any, **_: Any) -> Any:
                return torch.full((input_ids.shape[0],), ended(), dtype=torch.bool, device=input_ids.device)

        output = self.model.generate(
            **inputs,
            max_new_tokens=most,
            do_sample=False,
            num_beams=1,
            temperature=None,
            top_p=None,
            top_k=None,
            streamer=Told(),
            stopping_criteria=StoppingCriteriaList([Ended()]),
        )
        made = output[0, inputs["input_ids"].shape[1] :].tolist()
        ends = self.model.generation_config.eos_token_id
        ends = ends if isinstance(ends, list) else [ends]
        return len(made), bool(made) and made[-1] in ends

    def _harmless(self, message: LLMMessage) -> LLMMessage:
        """A file may hold the words that mean "here is a picture" or "now the assistant speaks": they stay words."""
        special = [token.content for token in self.tokenizer.added_tokens_decoder.values() if token.special]
        pattern = re.compile("|".join(map(re.escape, sorted(special, key=len, reverse=True))) or r"(?!)")
        parts = (pattern.sub(_apart, part) if isinstance(part, str) else part for part in message.parts)
        return LLMMessage(message.role, tuple(parts))

    def _templated(self, turns: list[dict[str, Any]]) -> Any:
        template = getattr(self.processor, "chat_template", None) or self.tokenizer.chat_template
        thinking = {"enable_thinking": False} if "enable_thinking" in str(template) else {}  # as Qwen 3 names it
        return self.processor.apply_chat_template(
            turns,
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
            **thinking,
        )


class _Text:
    """Tokens -> text as they come. A character may be made of several tokens, and be � until the last of them."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._ids: list[int] = []
        self._before = self._given = 0  # a token's text can depend on the one before it, so decoding starts earlier

    def after(self, token: int) -> str:
        self._ids.append(token)
        given, text = self._decoded(self._ids[self._before : self._given]), self._decoded(self._ids[self._before :])
        if len(text) <= len(given) or text.endswith("\ufffd"):
            return ""
        self._before, self._given = self._given, len(self._ids)
        return text[len(given) :]

    def rest(self) -> str:
        given, text = self._decoded(self._ids[self._before : self._given]), self._decoded(self._ids[self._before :])
        return text[len(given) :]

    def _decoded(self, ids: list[int]) -> str:
        text: str = self._tokenizer.decode(ids, skip_special_tokens=True)
        return text


_loading = threading.Lock()
_models: dict[tuple[Path, str, str], ChatModel] = {}


def loaded(folder: Path, settings: Settings) -> ChatModel:
    """The model of a folder, on the device and in the precision of the settings.

    Raises:
        MissingDependency: torch or transformers is not installed.
        ModelUnavailable: it is not a model for chat; what the libraries raise passes through.
        SettingsError: the device or the precision is not to be had.
    """
    key = (folder, settings.device, settings.dtype)
    if (known := _models.get(key)) is not None:  # without the lock, which a forked process may never get
        return known
    with _loading:
        if key not in _models:
            _models[key] = _load(folder, settings)
        return _models[key]


def _load(folder: Path, settings: Settings) -> ChatModel:
    _installed()
    import transformers

    transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    device, dtype = runtime.choose(settings)
    sees = hasattr(configuration(folder), "vision_config")
    kind = transformers.AutoModelForImageTextToText if sees else transformers.AutoModelForCausalLM
    reader = transformers.AutoProcessor if sees else transformers.AutoTokenizer
    model: Any = kind.from_pretrained(folder, local_files_only=True, use_safetensors=True, dtype=dtype)
    processor = reader.from_pretrained(folder, local_files_only=True)
    tokenizer = processor.tokenizer if sees else processor
    if not (getattr(processor, "chat_template", None) or tokenizer.chat_template):
        raise ModelUnavailable(
            f"{folder.name} has no chat template, so it was not made to answer. Choose a model made for chat (often "
            f"called Instruct)."
        )
    if model.generation_config.eos_token_id is None:
        model.generation_config.eos_token_id = tokenizer.eos_token_id
    if model.generation_config.pad_token_id is None:
        model.generation_config.pad_token_id = tokenizer.pad_token_id or tokenizer.eos_token_id
    return ChatModel(model.to(device).eval(), processor, tokenizer, sees)


@lru_cache(maxsize=8)
def configuration(folder: Path) -> Any:
    """What the folder says of its model, read without the weights.

    Raises:
        MissingDependency: torch or transformers is not installed.
        ModelUnavailable: it cannot be read, or this version does not know the kind.
    """
    _installed()
    from transformers import AutoConfig

    try:
        return AutoConfig.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError, KeyError) as error:
        raise ModelUnavailable(
            f"The configuration of {folder.name} could not be read: {first_line(error)}. Fetch the model again, or "
            f"choose another."
        ) from error


def _installed() -> None:
    runtime.need("A language model on this machine", "torch", "transformers")


def _turns(messages: Sequence[LLMMessage], *, sees: bool) -> list[dict[str, Any]]:
    """The messages as chat templates take them: never two of one role after another, so one system message."""
    merged: list[LLMMessage] = []
    for message in messages:
        if merged and merged[-1].role == message.role:
            merged[-1] = LLMMessage(message.role, merged[-1].parts + message.parts)
        else:
            merged.append(message)
    if not sees:
        return [{"role": message.role, "content": text_of(message.parts)} for message in merged]
    return [{"role": message.role, "content": _contents(message.parts)} for message in merged]


def _without_system(messages: Sequence[LLMMessage]) -> list[LLMMessage]:
    return [LLMMessage("user", message.parts) if message.role == "system" else message for message in messages]


def _contents(parts: tuple[Part, ...]) -> list[dict[str, Any]]:
    return [
        {"type": "image", "image": Image.open(io.BytesIO(part.data)).convert("RGB")}
        if isinstance(part, ImagePart)
        else {"type": "text", "text": f"{part}\n\n" if number < len(parts) else part}
        for number, part in enumerate(parts, 1)
    ]


def _apart(token: re.Match[str]) -> str:
    return f"{token[0][0]} {token[0][1:]}"


def first_line(error: Exception) -> str:
    """What an error says, short enough for a sentence."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__).rstrip(".")[:200]

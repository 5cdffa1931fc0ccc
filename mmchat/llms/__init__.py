"""Messages -> a stream of text. A new provider is one file and one line in this table.

An LLM is chosen as ``provider:model``, e.g. ``anthropic:claude-sonnet-5`` or ``openai-compatible:llava``.
"""

from __future__ import annotations

from typing import cast

from mmchat.errors import UnknownBackend
from mmchat.llms.base import LLM, Abilities, AudioPart, Chunk, ImagePart, LLMMessage, Note, Prompt, Usage
from mmchat.registry import resolve
from mmchat.settings import Settings
from mmchat.types import LLMChoice

LLMS = {
    "openai": "mmchat.llms.openai_responses:OpenAIResponses",
    "openai-compatible": "mmchat.llms.openai_compatible:OpenAICompatible",
    "anthropic": "mmchat.llms.anthropic_messages:AnthropicMessages",
    "transformers": "mmchat.llms.transformers_vlm:TransformersVLM",
    "llama-cpp": "mmchat.llms.llama_cpp:LlamaCpp",
    "echo": "mmchat.llms.echo:EchoLLM",
}

__all__ = [
    "LLM",
    "LLMS",
    "Abilities",
    "AudioPart",
    "Chunk",
    "ImagePart",
    "LLMMessage",
    "Note",
    "Prompt",
    "Usage",
    "create_llm",
]


def create_llm(choice: LLMChoice, settings: Settings) -> LLM:
    """The LLM that was chosen, nothing of it loaded yet.

    Raises:
        UnknownBackend: no such provider, or no model named.
        MissingDependency: the provider's package is not installed.
    """
    provider, _, model = choice.name.partition(":")
    if provider in LLMS and not model:
        raise UnknownBackend(f"The LLM {choice.name!r} names no model. Write it as {provider}:MODEL.")
    return cast(LLM, resolve("LLM provider", provider, LLMS).from_choice(model, choice, settings))

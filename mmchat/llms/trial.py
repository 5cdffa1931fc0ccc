"""An LLM that someone is about to choose: which models its provider offers, and whether it answers."""

from __future__ import annotations

from dataclasses import replace
from threading import Event

from mmchat.llms import create_llm
from mmchat.llms.base import Abilities, LLMMessage, Prompt
from mmchat.settings import Settings
from mmchat.types import LLMChoice


def models(choice: LLMChoice, settings: Settings) -> list[str]:
    """The models that the chosen provider offers; none where it does not tell.

    Raises:
        MmchatError: the provider is unknown or does not answer.
    """
    provider = choice.name.partition(":")[0]
    return create_llm(replace(choice, name=f"{provider}:MODEL"), settings).models()


def say_ok(choice: LLMChoice, settings: Settings) -> Abilities:
    """What the chosen LLM can do, after it has said one word.

    Raises:
        MmchatError: it cannot be used, with what to do.
    """
    llm = create_llm(choice, settings)
    llm.load()
    llm.complete(Prompt((LLMMessage("user", ("Say OK.",)),), max_output_tokens=16), Event())
    return llm.abilities

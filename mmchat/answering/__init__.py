"""Evidence -> cited answer. A new answerer is one file and one line in this table."""

from __future__ import annotations

from typing import cast

from mmchat.answering.base import Answerer
from mmchat.registry import resolve
from mmchat.settings import Settings

ANSWERERS = {
    "extractive": "mmchat.answering.extractive:ExtractiveAnswerer",
    "generative": "mmchat.answering.generative:GenerativeAnswerer",
}

__all__ = ["ANSWERERS", "Answerer", "create_answerer"]


def create_answerer(name: str, settings: Settings) -> Answerer:
    """The answerer called ``name``, its weights not yet loaded; ``auto`` is generative where an LLM is chosen."""
    if name == "auto":
        name = "extractive" if settings.llm == "none" else "generative"
    return cast(Answerer, resolve("answerer", name, ANSWERERS).from_settings(settings))

"""Evidence -> cited answer. A new answerer is one file and one line in this table."""

from __future__ import annotations

from typing import cast

from mmchat.answering.base import Answerer
from mmchat.registry import resolve
from mmchat.settings import Settings

ANSWERERS = {"extractive": "mmchat.answering.extractive:ExtractiveAnswerer"}

__all__ = ["ANSWERERS", "Answerer", "create_answerer"]


def create_answerer(name: str, settings: Settings) -> Answerer:
    """The answerer called ``name``, its weights not yet loaded."""
    return cast(Answerer, resolve("answerer", name, ANSWERERS).from_settings(settings))

"""Query and candidates -> the same, reordered. A new reranker is one file and one line in this table."""

from __future__ import annotations

from typing import cast

from mmchat.registry import resolve
from mmchat.rerankers.base import Grade, Reranker
from mmchat.settings import Settings

RERANKERS = {
    "cross-encoder": "mmchat.rerankers.cross_encoder:CrossEncoderReranker",
    "cross-encoder-hub": "mmchat.rerankers.hub_cross_encoder:HubCrossEncoderReranker",
    "vision-language": "mmchat.rerankers.vision_language:VisionLanguageReranker",
    "none": "mmchat.rerankers.identity:IdentityReranker",
}

__all__ = ["RERANKERS", "Grade", "Reranker", "create_reranker"]


def create_reranker(name: str, settings: Settings) -> Reranker:
    """The reranker called ``name``, as ``kind`` or ``kind:model``, its weights not yet loaded."""
    kind, colon, model = name.partition(":")
    if colon:  # the leaf reads its model from the settings
        settings = settings.model_copy(update={"reranker": f"{kind}:{model}"})
    return cast(Reranker, resolve("reranker", kind, RERANKERS).from_settings(settings))

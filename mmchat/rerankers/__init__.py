"""Query and candidates -> the same, reordered. A new reranker is one file and one line in this table."""

from __future__ import annotations

from typing import cast

from mmchat.registry import resolve
from mmchat.rerankers.base import Reranker
from mmchat.settings import Settings

RERANKERS = {
    "cross-encoder": "mmchat.rerankers.cross_encoder:CrossEncoderReranker",
    "none": "mmchat.rerankers.identity:IdentityReranker",
}

__all__ = ["RERANKERS", "Reranker", "create_reranker"]


def create_reranker(name: str, settings: Settings) -> Reranker:
    """The reranker called ``name``, its weights not yet loaded."""
    return cast(Reranker, resolve("reranker", name, RERANKERS).from_settings(settings))

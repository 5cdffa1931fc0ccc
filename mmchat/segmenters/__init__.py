"""Attachment -> Segments. A new segmenter is one file and one line in this table, keyed by what it takes."""

from __future__ import annotations

from typing import cast

from mmchat.registry import resolve
from mmchat.segmenters.base import Segmenter
from mmchat.settings import Settings
from mmchat.types import Attachment, Modality

SEGMENTERS = {
    "text": "mmchat.segmenters.text:TextSegmenter",
    "document": "mmchat.segmenters.document:DocumentSegmenter",
    "image": "mmchat.segmenters.image:ImageSegmenter",
    "audio": "mmchat.segmenters.audio:AudioSegmenter",
    "video": "mmchat.segmenters.video:VideoSegmenter",
}

__all__ = ["SEGMENTERS", "Segmenter", "create_segmenter", "segmenter_for"]


def create_segmenter(name: str, settings: Settings) -> Segmenter:
    """The segmenter called ``name``, its models not yet loaded."""
    return cast(Segmenter, resolve("segmenter", name, SEGMENTERS).from_settings(settings))


def segmenter_for(attachment: Attachment) -> str:
    """Which line of the table takes this attachment: documents are text that is not plain."""
    if attachment.modality is not Modality.TEXT:
        return attachment.modality.value
    plain = attachment.media_type.startswith("text/") and attachment.media_type != "text/html"
    return "text" if plain or attachment.media_type == "application/json" else "document"

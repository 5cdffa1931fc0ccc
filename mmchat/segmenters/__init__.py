"""Attachment -> Segments. A new segmenter is one file and one line in this table, keyed by what it takes."""

from __future__ import annotations

from typing import cast

from mmchat.registry import resolve
from mmchat.segmenters.apart import ApartSegmenter
from mmchat.segmenters.base import Segmenter
from mmchat.settings import Settings
from mmchat.types import Attachment, Modality
from mmchat.workers import HERE, Workers

SEGMENTERS = {
    "text": "mmchat.segmenters.text:TextSegmenter",
    "document": "mmchat.segmenters.document:DocumentSegmenter",
    "image": "mmchat.segmenters.image:ImageSegmenter",
    "audio": "mmchat.segmenters.audio:AudioSegmenter",
    "video": "mmchat.segmenters.video:VideoSegmenter",
}

__all__ = ["SEGMENTERS", "Segmenter", "create_segmenter", "segmenter_for"]


def create_segmenter(name: str, settings: Settings, workers: Workers = HERE) -> Segmenter:
    """The segmenter called ``name``, its models not yet loaded; what it parses and decodes, ``workers`` do."""
    kind = resolve("segmenter", name, SEGMENTERS)
    if not kind.apart:
        return cast(Segmenter, kind.from_settings(settings, workers))
    plain = cast(Segmenter, kind.from_settings(settings))
    return plain if workers is HERE else ApartSegmenter(name, plain.reading, settings, workers)


def segmenter_for(attachment: Attachment) -> str:
    """Which line of the table takes this attachment: documents are text that is not plain."""
    if attachment.modality is not Modality.TEXT:
        return attachment.modality.value
    plain = attachment.media_type.startswith("text/") and attachment.media_type != "text/html"
    return "text" if plain or attachment.media_type == "application/json" else "document"

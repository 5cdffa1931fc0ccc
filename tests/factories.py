"""Small values for tests: attachments and segments with content-made ids."""

from __future__ import annotations

import hashlib
from typing import Any

from mmchat.segmenters.base import segment_id
from mmchat.types import Attachment, Locator, Modality, Segment, SegmentKind


def an_attachment(name: str = "note.txt", **changes: Any) -> Attachment:
    values: dict[str, Any] = {
        "id": hashlib.sha256(name.encode()).hexdigest(),
        "name": name,
        "path": name,
        "media_type": "text/plain",
        "modality": Modality.TEXT,
        "size_bytes": 10,
    }
    return Attachment(**{**values, **changes})


def a_segment(attachment: Attachment, ordinal: int, text: str, **changes: Any) -> Segment:
    kind = changes.pop("kind", SegmentKind.PASSAGE)
    values: dict[str, Any] = {
        "id": segment_id(attachment.id, kind, ordinal, text),
        "attachment_id": attachment.id,
        "modality": attachment.modality,
        "kind": kind,
        "ordinal": ordinal,
        "text": text,
        "locator": Locator(char_start=0, char_end=len(text)),
    }
    return Segment(**{**values, **changes})

"""Attachments and segments as rows of their tables, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC
from typing import Any

from sqlalchemy import Connection, Row, update

from mmchat.catalog import codec
from mmchat.catalog.database import segments
from mmchat.types import Attachment, Concept, Locator, Modality, Segment, SegmentKind


def attachment_of(row: Row[Any]) -> Attachment:
    """From a row of the attachments."""
    return Attachment(
        id=row.id,
        name=row.name,
        path=row.path,
        media_type=row.media_type,
        modality=Modality(row.modality),
        size_bytes=row.size_bytes,
        width_px=row.width_px,
        height_px=row.height_px,
        duration_s=row.duration_s,
        pages=row.pages,
        created_at=row.created_at.replace(tzinfo=UTC),
    )


def segment_row(library: str, segment: Segment) -> dict[str, Any]:
    """For the table of segments."""
    return {
        "library": library,
        "id": segment.id,
        "attachment_id": segment.attachment_id,
        "ordinal": segment.ordinal,
        "modality": segment.modality.value,
        "kind": segment.kind.value,
        "text": segment.text,
        "heading": segment.heading,
        "language": segment.language,
        "locator": codec.dump(segment.locator.to_json()),
        "places": codec.pack_places(segment.places),
        "concepts": codec.dump(codec.concepts_to_json(segment.concepts)),
    }


def segment_of(row: Row[Any]) -> Segment:
    """From a row of the segments."""
    return Segment(
        id=row.id,
        attachment_id=row.attachment_id,
        modality=Modality(row.modality),
        kind=SegmentKind(row.kind),
        ordinal=row.ordinal,
        text=row.text,
        locator=Locator.from_json(json.loads(row.locator)),
        places=codec.unpack_places(row.places),
        heading=row.heading,
        language=row.language,
        concepts=codec.concepts_from_json(json.loads(row.concepts)),
    )


def write_concepts(connection: Connection, library: str, concepts: Mapping[str, tuple[Concept, ...]]) -> None:
    """Within a transaction: what was recognised in segments, by their ids."""
    for id, said in concepts.items():
        here = (segments.c.library == library) & (segments.c.id == id)
        values = {"concepts": codec.dump(codec.concepts_to_json(said))}
        connection.execute(update(segments).where(here).values(values))

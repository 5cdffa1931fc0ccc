"""The stored form of segments, evidence and citations: plain JSON, so that any version can read it back."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from mmchat.types import (
    Attachment,
    Box,
    Candidate,
    Citation,
    Concept,
    Evidence,
    Locator,
    Modality,
    NarrowedBy,
    Narrowing,
    RequestKind,
    Segment,
    SegmentKind,
    Understood,
    WordPlace,
)

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))  # made once: a sheet has 100,000 rows


def dump(value: Any) -> str:
    """Compact JSON text."""
    return _ENCODER.encode(value)


def pack_places(places: Sequence[WordPlace]) -> bytes:
    """Word places as compressed JSON: about 8 bytes a word."""
    if not places:
        return b""
    rows = [
        [
            p.char_start,
            p.char_end,
            [round(edge, 5) for edge in p.box] if p.box else None,
            p.page,
            None if p.start_s is None else round(p.start_s, 3),
            None if p.end_s is None else round(p.end_s, 3),
        ]
        for p in places
    ]
    return zlib.compress(dump(rows).encode())


def unpack_places(packed: bytes) -> tuple[WordPlace, ...]:
    """The inverse of :func:`pack_places`."""
    if not packed:
        return ()
    rows = json.loads(zlib.decompress(packed))
    return tuple(WordPlace(r[0], r[1], _box(r[2]), r[3], r[4], r[5]) for r in rows)


def _box(edges: Sequence[float] | None) -> Box | None:
    return None if edges is None else (edges[0], edges[1], edges[2], edges[3])


def concepts_to_json(concepts: Sequence[Concept]) -> list[list[Any]]:
    """Label and probability pairs."""
    return [[c.label, round(c.probability, 4)] for c in concepts]


def concepts_from_json(rows: Sequence[Sequence[Any]]) -> tuple[Concept, ...]:
    """The inverse of :func:`concepts_to_json`."""
    return tuple(Concept(str(label), float(probability)) for label, probability in rows)


def attachment_to_json(a: Attachment) -> dict[str, Any]:
    """Everything about an attachment but its bytes."""
    return {
        "id": a.id,
        "name": a.name,
        "path": a.path,
        "media_type": a.media_type,
        "modality": a.modality.value,
        "size_bytes": a.size_bytes,
        "width_px": a.width_px,
        "height_px": a.height_px,
        "duration_s": a.duration_s,
        "pages": a.pages,
        "created_at": a.created_at.isoformat() if a.created_at else None,
    }


def attachment_from_json(v: Mapping[str, Any]) -> Attachment:
    """The inverse of :func:`attachment_to_json`."""
    created = v.get("created_at")
    return Attachment(
        **{**v, "modality": Modality(v["modality"]), "created_at": datetime.fromisoformat(created) if created else None}
    )


def evidence_to_json(evidence: Evidence) -> dict[str, Any]:
    """One numbered piece of evidence, without word places: citations carry their own locators."""
    candidate = evidence.candidate
    segment = candidate.segment
    return {
        "number": evidence.number,
        "score": round(candidate.score, 6),
        "ranks": dict(candidate.ranks),
        "scores": {source: round(score, 6) for source, score in candidate.scores.items()},
        "relevance": candidate.relevance,
        "reason": candidate.reason,
        "why": candidate.why,
        "attachment": attachment_to_json(candidate.attachment),
        "segment": {
            "id": segment.id,
            "modality": segment.modality.value,
            "kind": segment.kind.value,
            "ordinal": segment.ordinal,
            "text": segment.text,
            "locator": segment.locator.to_json(),
            "heading": segment.heading,
            "language": segment.language,
            "concepts": concepts_to_json(segment.concepts),
        },
    }


def evidence_from_json(v: Mapping[str, Any]) -> Evidence:
    """The inverse of :func:`evidence_to_json`."""
    attachment = attachment_from_json(v["attachment"])
    s = v["segment"]
    segment = Segment(
        id=s["id"],
        attachment_id=attachment.id,
        modality=Modality(s["modality"]),
        kind=SegmentKind(s["kind"]),
        ordinal=s["ordinal"],
        text=s["text"],
        locator=Locator.from_json(s["locator"]),
        heading=s["heading"],
        language=s["language"],
        concepts=concepts_from_json(s["concepts"]),
    )
    candidate = Candidate(
        segment,
        attachment,
        v["score"],
        v["ranks"],
        v["scores"],
        relevance=v["relevance"],
        reason=v["reason"],
        why=v.get("why", ""),  # messages stored before there were judges have none
    )
    return Evidence(v["number"], candidate)


def understood_to_json(u: Understood) -> dict[str, Any]:
    """How a question was taken."""
    return {
        "stand_alone": u.stand_alone,
        "narrowings": [_narrowing_to_json(n) for n in u.narrowings],
        "given": list(u.given),
        "without": [_narrowing_to_json(n) for n in u.without],
        "kind": u.kind.value if u.kind else None,
        "mended": [list(pair) for pair in u.mended],
    }


def _narrowing_to_json(n: Narrowing) -> dict[str, Any]:
    return {"by": n.by.value, "value": n.value, "label": n.label, "by_hand": n.by_hand}


def _narrowing_from_json(v: Mapping[str, Any]) -> Narrowing:
    return Narrowing(NarrowedBy(v["by"]), v["value"], v["label"], v["by_hand"])


def understood_from_json(v: Mapping[str, Any]) -> Understood:
    """The inverse of :func:`understood_to_json`."""
    narrowings, without = (tuple(map(_narrowing_from_json, v[key])) for key in ("narrowings", "without"))
    kind = v.get("kind")  # messages stored before there were kinds have none, and no words mended
    mended = tuple((str(typed), str(meant)) for typed, meant in v.get("mended", ()))
    return Understood(
        v["stand_alone"], narrowings, tuple(v["given"]), without, RequestKind(kind) if kind else None, mended
    )


def citation_to_json(c: Citation) -> dict[str, Any]:
    """One citation; the public part of it is what ``ask --json`` prints."""
    return {
        "marker": c.marker,
        "name": c.name,
        "path": c.path,
        "quote": c.quote,
        "locator": c.locator.to_json(),
        "modality": c.modality.value,
        "attachment": c.attachment_id,
        "segment": c.segment_id,
    }


def citation_from_json(v: Mapping[str, Any]) -> Citation:
    """The inverse of :func:`citation_to_json`."""
    return Citation(
        marker=v["marker"],
        attachment_id=v["attachment"],
        segment_id=v["segment"],
        name=v["name"],
        path=v["path"],
        modality=Modality(v["modality"]),
        quote=v["quote"],
        locator=Locator.from_json(v["locator"]),
    )

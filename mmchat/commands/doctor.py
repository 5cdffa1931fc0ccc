"""``doctor``: what is active, each model with its package, licence and checksum, and the store's health."""

from __future__ import annotations

import dataclasses
import logging
import platform
from typing import Any

from mmchat import __version__, models
from mmchat.assistant import Assistant
from mmchat.commands.session import opened
from mmchat.settings import Settings
from mmchat.types import JobState
from mmchat.ui.status import better
from mmchat.ui.translations import Wording

log = logging.getLogger(__name__)


def run(
    settings: Settings, library: str, *, rebuild: bool = False, reindex: bool = False
) -> tuple[int, dict[str, Any]]:
    """Load everything and report; status 1 when a part or a checksum failed or the store is not sound."""
    with opened(settings) as assistant:
        assistant.load_models()
        if rebuild:
            assistant.rebuild(library)
        if reindex:
            for state in assistant.reindex(library):
                log.info("%s: %d of %d segments, %s", state.role, state.done, state.total, state.state)
        parts = [
            {
                "part": p.part,
                "backend": p.backend,
                "state": p.state,
                "detail": p.detail,
                "load_s": p.load_s,
                "better": better(p, Wording("en")),
            }
            for p in assistant.readiness()
        ]
        store = _store(assistant, library)
    cards = [_model(card, settings) for card in models.cards()]
    broken = any(part["state"] == "failed" for part in parts) or any(m["sha256"] == "bad" for m in cards)
    document = {
        "version": __version__,
        "python": platform.python_version(),
        "profile": settings.profile,
        "data_dir": str(settings.data_dir),
        "parts": parts,
        "models": cards,
        "store": store,
    }
    return int(broken or store["state"] != "sound"), document


def _model(card: models.ModelCard, settings: Settings) -> dict[str, Any]:
    status = models.inspect(card.name, settings.models_path)
    return {
        "name": card.name,
        "purpose": card.purpose,
        "package": card.package,
        "version": status.version or "not installed",
        "licence": card.licence,
        "optional": card.optional,
        "sha256": status.sha256,
        "detail": status.detail,
        "load_s": models.load_seconds(card.name),
        "path": str(status.path) if status.path else None,
        "size_bytes": status.size_bytes,
    }


def _store(assistant: Assistant, library: str) -> dict[str, Any]:
    """Every indexed segment that a space takes must have its vector there."""
    entries = assistant.library_entries(library)
    missing, coming = assistant.missing_vectors(library), assistant.plan_reindex(library)
    unfinished = [e.attachment.path for e in entries if e.state not in (JobState.INDEXED, JobState.FAILED)]
    return {
        "state": "sound" if not missing and not coming else "incomplete",
        "library": library,
        "attachments": len(entries),
        "segments": sum(e.segments for e in entries),
        "failed": [{"path": e.attachment.path, "reason": e.reason} for e in entries if e.state is JobState.FAILED],
        "unfinished": unfinished,
        "vectors": assistant.vectors(library),
        "missing_vectors": missing,
        "reindexing": [dataclasses.asdict(state) for state in coming],
    }

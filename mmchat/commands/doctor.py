"""``doctor``: what is active, each model with where it comes from, its licence and checksum, and the store's health."""

from __future__ import annotations

import dataclasses
import logging
import platform
from typing import Any

from mmchat import __version__
from mmchat.assistant import Assistant
from mmchat.commands.models_report import report
from mmchat.commands.session import opened
from mmchat.part_advice import advise
from mmchat.settings import Settings
from mmchat.types import JobState, PartState
from mmchat.ui.parts_list import better, why
from mmchat.ui.translations import Wording

log = logging.getLogger(__name__)


def run(
    settings: Settings,
    library: str,
    *,
    rebuild: bool = False,
    reindex: bool = False,
    check: bool = False,
    repair: bool = False,
) -> tuple[int, dict[str, Any]]:
    """Load everything and report; status 1 when a part or a checksum failed or the store is not sound.

    ``check`` and ``repair`` look at all that is in the data folder, and not at one library alone.
    """
    with opened(settings) as assistant:
        assistant.load_models()
        if rebuild:
            assistant.rebuild(library)
        if reindex:
            for state in assistant.reindex(library):
                log.info("%s: %d of %d segments, %s", state.role, state.done, state.total, state.state)
        findings = assistant.checking.repair() if repair else assistant.checking.check() if check else []
        parts = [_part(part, settings) for part in assistant.readiness()]
        cards = report(assistant, settings)
        llm, reranker = assistant.llm, assistant.reranker
        store = _store(assistant, library)
    broken = any(part["state"] == "failed" for part in parts) or any(m["sha256"] == "bad" for m in cards)
    document = {
        "version": __version__,
        "python": platform.python_version(),
        "profile": settings.profile,
        "data_dir": str(settings.data_dir),
        "llm": llm,
        "reranker": reranker,
        "parts": parts,
        "models": cards,
        "store": store,
    }
    if check or repair:
        document["findings"] = [dataclasses.asdict(finding) for finding in findings]
    return int(broken or store["state"] != "sound" or bool(findings)), document


def _part(part: PartState, settings: Settings) -> dict[str, Any]:
    w, advice = Wording("en"), advise(part, settings)
    return {
        "part": part.part,
        "backend": part.backend,
        "state": part.state,
        "detail": part.detail,
        "load_s": part.load_s,
        "why": why(advice, settings.profile, w),
        "better": better(part, advice, w),
        "lines": list(advice.lines) if advice else [],
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

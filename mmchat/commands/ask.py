"""``ask``: one question to a cited answer, or many to a file of answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mmchat.answering.markdown import plain
from mmchat.assistant import Assistant
from mmchat.catalog.codec import citation_to_json, evidence_to_json
from mmchat.commands import ingest
from mmchat.commands.narrowings import Kept
from mmchat.commands.session import opened, read_lines, read_upload, writing
from mmchat.errors import MmchatError
from mmchat.perception.language import detect_language
from mmchat.settings import Settings
from mmchat.types import (
    Cited,
    EvidenceChosen,
    Failed,
    Finished,
    Ingested,
    Narrowing,
    TextDelta,
    Turn,
    Understood,
    Upload,
    Warned,
)


def run(
    settings: Settings, library: str, question: str, attach: Sequence[str], kept: Kept
) -> tuple[int, dict[str, Any]]:
    """Ask once."""
    uploads = tuple(read_upload(path) for path in attach)
    with opened(settings, asking=True) as assistant:
        answer = asyncio.run(_ask(assistant, library, question, uploads, kept.narrowings(assistant, library)))
    return int(answer["error"] is not None or any(f["status"] == "failed" for f in answer["files"])), answer


def run_many(settings: Settings, library: str, questions: Path, answers: Path) -> tuple[int, dict[str, Any]]:
    """Each line ``{"id", "question", "attach"}`` asked with the models loaded once; answers keep the ids."""
    rows, failed = read_lines(questions, "question"), 0
    with writing(answers) as out, opened(settings, asking=True) as assistant:
        for row in rows:
            text = str(row.get("question") or row.get("text") or "")
            try:
                uploads = tuple(read_upload(questions.parent / path) for path in row.get("attach") or [])
                narrowings = Kept.of(row).narrowings(assistant, library)
                answer = asyncio.run(_ask(assistant, library, text, uploads, narrowings))
            except MmchatError as error:  # one question that cannot be asked stops no other
                answer = {"question": text, "answer": "", "citations": [], "error": str(error)}
            failed += answer["error"] is not None or any(f["status"] == "failed" for f in answer.get("files", ()))
            out.write(json.dumps({"id": row["id"], **answer}, ensure_ascii=False) + "\n")
    return int(failed > 0), {"questions": len(rows), "failed": failed, "answers": str(answers)}


async def _ask(
    assistant: Assistant, library: str, question: str, uploads: tuple[Upload, ...], narrowings: tuple[Narrowing, ...]
) -> dict[str, Any]:
    conversation = assistant.start_conversation(library)
    language = "fr" if detect_language(question) == "fr" else "en"
    turn = Turn(conversation, question, uploads, language, narrowings=narrowings)
    document: dict[str, Any] = {
        "question": question,
        "within": [],
        "answer": "",
        "grounding": None,
        "citations": [],
        "evidence": [],
        "files": [],
        "warnings": [],
        "timings_ms": {},
        "error": None,
    }
    async for event in assistant.answer(library, turn):
        match event:
            case Ingested():
                document["files"].append(ingest.to_json(event))
            case EvidenceChosen(evidence):
                document["evidence"] = [evidence_to_json(piece) for piece in evidence]
            case Understood(narrowings=kept):
                document["within"] = [{"by": n.by.value, "value": n.value, "label": n.label} for n in kept]
            case TextDelta(text):
                document["answer"] += text
            case Cited(citation):
                document["citations"].append(citation_to_json(citation))
            case Warned(message):
                document["warnings"].append(message)
            case Failed(message):
                document["error"] = message
            case Finished(grounding, _, timings):
                document["grounding"] = grounding.value if grounding else None
                document["timings_ms"] = {stage: round(ms, 1) for stage, ms in timings.items()}
    assistant.delete_conversation(library, conversation)
    document["answer"] = plain(document["answer"])
    return document

"""``ask``: one question to a cited answer, or many to a file of answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

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
    with opened(settings, asking=True) as assistant, _Conversations(assistant, library) as conversations:
        narrowings = kept.narrowings(assistant, library)
        answer = asyncio.run(_ask(assistant, library, conversations.named(""), question, uploads, narrowings))
    return int(answer["error"] is not None or any(f["status"] == "failed" for f in answer["files"])), answer


def run_many(settings: Settings, library: str, questions: Path, answers: Path) -> tuple[int, dict[str, Any]]:
    """Each line ``{"id", "question", "attach", "conversation"}`` asked, the models loaded once; answers keep the ids.

    Lines that name the same conversation are its turns, in their order; any other stands alone.
    """
    rows, failed = read_lines(questions, "question"), 0
    with (
        writing(answers) as out,
        opened(settings, asking=True) as assistant,
        _Conversations(assistant, library) as conversations,
    ):
        for row in rows:
            text = str(row.get("question") or row.get("text") or "")
            try:
                uploads = tuple(read_upload(questions.parent / path) for path in row.get("attach") or [])
                narrowings = Kept.of(row).narrowings(assistant, library)
                conversation = conversations.named(str(row.get("conversation") or ""))
                answer = asyncio.run(_ask(assistant, library, conversation, text, uploads, narrowings))
            except MmchatError as error:  # one question that cannot be asked stops no other
                answer = {"question": text, "answer": "", "citations": [], "error": str(error)}
            failed += answer["error"] is not None or any(f["status"] == "failed" for f in answer.get("files", ()))
            out.write(json.dumps({"id": row["id"], **answer}, ensure_ascii=False) + "\n")
    return int(failed > 0), {"questions": len(rows), "failed": failed, "answers": str(answers)}


class _Conversations:
    """The conversations of one run, by the names its lines give them; deleted when it ends, however it ends."""

    def __init__(self, assistant: Assistant, library: str) -> None:
        self._assistant, self._library = assistant, library
        self._ids: list[str] = []
        self._by_name: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for id in self._ids:
            self._assistant.delete_conversation(self._library, id)

    def named(self, name: str) -> str:
        """The id of the conversation of that name; of a new one for ""."""
        if name in self._by_name:
            return self._by_name[name]
        self._ids.append(self._assistant.start_conversation(self._library))
        if name:
            self._by_name[name] = self._ids[-1]
        return self._ids[-1]


async def _ask(
    assistant: Assistant,
    library: str,
    conversation: str,
    question: str,
    uploads: tuple[Upload, ...],
    narrowings: tuple[Narrowing, ...],
) -> dict[str, Any]:
    language = "fr" if detect_language(question) == "fr" else "en"
    turn = Turn(conversation, question, uploads, language, narrowings=narrowings)
    document: dict[str, Any] = {
        "question": question,
        "kind": None,
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
            case Understood(narrowings=kept, kind=kind):
                document["kind"] = kind.value if kind else None
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
    document["answer"] = plain(document["answer"])
    return document

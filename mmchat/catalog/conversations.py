"""Conversations and their messages, each answer frozen with its evidence, citations and warnings."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from mmchat.catalog import codec
from mmchat.catalog.database import Database, check_library, conversations, messages
from mmchat.types import Attachment, Citation, Conversation, Evidence, Grounding, Message, Reranking, Understood

TITLE_CHARACTERS = 80
DELETED = "(deleted)"


class Conversations:
    """What was said in each library. An id from another library is as good as unknown."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def start(self, library: str) -> str:
        """A new, empty conversation's id."""
        id = secrets.token_urlsafe(12)
        row = {"library": check_library(library), "id": id, "title": "", "updated_at": _now()}
        with self._database.write() as connection:
            connection.execute(insert(conversations).values(row))
        return id

    def exists(self, library: str, conversation_id: str) -> bool:
        """Whether this library has this conversation."""
        here = (conversations.c.library == library) & (conversations.c.id == conversation_id)
        with self._database.read() as connection:
            return connection.execute(select(conversations.c.id).where(here)).first() is not None

    def all(self, library: str) -> list[Conversation]:
        """Those with at least one message, last used first."""
        used = select(messages.c.conversation_id).where(messages.c.library == library)
        query = (
            select(conversations)
            .where(conversations.c.library == library, conversations.c.id.in_(used))
            .order_by(conversations.c.updated_at.desc(), conversations.c.id)
        )
        with self._database.read() as connection:
            return [
                Conversation(row.id, row.title, row.updated_at.replace(tzinfo=UTC)) for row in connection.execute(query)
            ]

    def messages(self, library: str, conversation_id: str) -> list[Message]:
        """In the order they were said."""
        query = (
            select(messages)
            .where(messages.c.library == library, messages.c.conversation_id == conversation_id)
            .order_by(messages.c.row)
        )
        with self._database.read() as connection:
            return [_message(row) for row in connection.execute(query)]

    def say(self, library: str, conversation_id: str, text: str, given: Sequence[Attachment]) -> str:
        """Store what the person sent; the first words said name the conversation."""
        body = {"attachments": [codec.attachment_to_json(a) for a in given]}
        id = self._add(library, conversation_id, "user", text, body, complete=True)
        title = (text or ", ".join(a.name for a in given)).strip().replace("\n", " ")[:TITLE_CHARACTERS]
        here = (conversations.c.library == library) & (conversations.c.id == conversation_id)
        with self._database.write() as connection:
            connection.execute(update(conversations).where(here).values(updated_at=_now()))
            connection.execute(update(conversations).where(here, conversations.c.title == "").values(title=title))
        return id

    def begin_answer(self, library: str, conversation_id: str) -> str:
        """Store an empty, incomplete answer, so that one cut off by a crash is still seen as such."""
        return self._add(library, conversation_id, "assistant", "", {}, complete=False)

    def store_answer(
        self,
        library: str,
        message_id: str,
        text: str,
        *,
        evidence: Sequence[Evidence],
        citations: Sequence[Citation],
        grounding: Grounding | None,
        warnings: Sequence[str],
        complete: bool,
        understood: Understood | None = None,
        reranking: Reranking | None = None,
    ) -> None:
        """Freeze the answer with everything it was shown with."""
        body = {
            "evidence": [codec.evidence_to_json(e) for e in evidence],
            "citations": [codec.citation_to_json(c) for c in citations],
            "grounding": grounding.value if grounding else None,
            "warnings": list(warnings),
            "understood": codec.understood_to_json(understood) if understood else None,
            "reranking": asdict(reranking) if reranking else None,
        }
        here = (messages.c.library == library) & (messages.c.id == message_id)
        with self._database.write() as connection:
            connection.execute(update(messages).where(here).values(text=text, body=codec.dump(body), complete=complete))

    def forget_attachment(self, library: str, attachment_id: str) -> None:
        """Empty every piece of evidence and citation of this attachment; the words of the chat itself stay."""
        mentions = messages.c.body.contains(attachment_id)
        with self._database.write() as connection:
            rows = connection.execute(select(messages).where(messages.c.library == library, mentions)).all()
            for row in rows:
                body = _without(json.loads(row.body), attachment_id)
                here = messages.c.row == row.row
                connection.execute(update(messages).where(here).values(body=codec.dump(body)))
        self._database.shrink_log()

    def delete(self, library: str, conversation_id: str) -> bool:
        """Forget a conversation; False when this library has none by that id."""
        with self._database.write() as connection:
            gone = connection.execute(
                delete(conversations).where(conversations.c.library == library, conversations.c.id == conversation_id)
            ).rowcount
            connection.execute(
                delete(messages).where(messages.c.library == library, messages.c.conversation_id == conversation_id)
            )
        self._database.shrink_log()
        return bool(gone)

    def drop(self, library: str) -> None:
        """Forget everything said in this library."""
        with self._database.write() as connection:
            connection.execute(delete(messages).where(messages.c.library == library))
            connection.execute(delete(conversations).where(conversations.c.library == library))
        self._database.shrink_log()

    def _add(
        self, library: str, conversation_id: str, role: str, text: str, body: Mapping[str, Any], *, complete: bool
    ) -> str:
        id = secrets.token_urlsafe(12)
        row = {
            "library": check_library(library),
            "conversation_id": conversation_id,
            "id": id,
            "role": role,
            "text": text,
            "body": codec.dump(body),
            "complete": complete,
            "created_at": _now(),
        }
        with self._database.write() as connection:
            connection.execute(insert(messages).values(row))
        return id


def _without(body: dict[str, Any], attachment_id: str) -> dict[str, Any]:
    for attachment in body.get("attachments", []):
        if attachment["id"] == attachment_id:
            attachment |= {"name": DELETED, "path": DELETED}
    for piece in body.get("evidence", []):
        if piece["attachment"]["id"] == attachment_id:
            piece["attachment"] |= {"name": DELETED, "path": DELETED}
            piece["segment"] |= {"text": "", "heading": "", "concepts": []}
            piece |= {"reason": "", "why": ""}
    for citation in body.get("citations", []):
        if citation["attachment"] == attachment_id:
            citation |= {"name": DELETED, "path": DELETED, "quote": ""}
    understood = body.get("understood") or {"narrowings": [], "given": [], "without": []}
    for narrowing in understood["narrowings"] + understood["without"]:
        if narrowing["value"] == attachment_id:
            narrowing |= {"value": "", "label": DELETED}
    if attachment_id in understood["given"]:
        understood["given"].remove(attachment_id)
    return body


def _message(row: Row[Any]) -> Message:
    body = json.loads(row.body)
    grounding, reranking = body.get("grounding"), body.get("reranking")
    understood = body.get("understood")
    message = Message(
        id=row.id,
        conversation_id=row.conversation_id,
        role=row.role,
        text=row.text,
        created_at=row.created_at.replace(tzinfo=UTC),
        complete=row.complete,
    )
    return replace(
        message,
        attachments=tuple(codec.attachment_from_json(a) for a in body.get("attachments", ())),
        evidence=tuple(codec.evidence_from_json(e) for e in body.get("evidence", ())),
        citations=tuple(codec.citation_from_json(c) for c in body.get("citations", ())),
        grounding=Grounding(grounding) if grounding else None,
        warnings=tuple(body.get("warnings", ())),
        understood=codec.understood_from_json(understood) if understood else None,
        reranking=Reranking(**reranking) if reranking else None,
    )


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)

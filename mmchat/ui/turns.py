"""Events of a running answer, and stored messages, in; Gradio chat messages and source proofs out.

It accumulates: the chat replaces a message whole at every step, so each step is the text so far.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any

from mmchat.types import (
    Candidate,
    Citation,
    Cited,
    Event,
    Evidence,
    EvidenceChosen,
    Failed,
    Finished,
    Grounding,
    Ingested,
    Ingesting,
    Message,
    RequestKind,
    Reranked,
    Reranking,
    Retrieved,
    TextDelta,
    Understood,
    Warned,
)
from mmchat.ui import notes
from mmchat.ui.answer_text import with_value
from mmchat.ui.cards import Proof
from mmchat.ui.citations import linked
from mmchat.ui.progress import FilesProgress
from mmchat.ui.sources import reordered
from mmchat.ui.taken import taken_note
from mmchat.ui.translations import Wording

ChatMessage = dict[str, Any]
"""What gr.Chatbot takes: role, content, and metadata for a step that folds away."""


class LiveTurn:
    """One question and the answer being made to it."""

    def __init__(
        self, text: str, names: Sequence[str], w: Wording, *, now: Callable[[], float] = time.monotonic
    ) -> None:
        self.text = text
        self.files = FilesProgress(names)
        self.scope = ""
        """The id of the message that the answer is stored as, once known; its markers carry it."""
        self.outcome = ""
        """How it ended: finished, failed or stopped; empty while it goes on."""
        self.over = asyncio.Event()
        """Set by :meth:`stop`: nothing more is to be done for this turn."""
        self.below = ""
        """What the page itself has to add under the answer: HTML without a blank line."""
        self._w = w
        self._now = now
        self._started = now()
        self._step = ""
        self._step_detail = ""
        self._found: tuple[Candidate, ...] = ()
        self._reranking: Reranking | None = None
        self._answer = ""
        self._evidence: tuple[Evidence, ...] = ()
        self._citations: list[Citation] = []
        self._warnings: list[str] = []
        self._searched: int | None = None
        self._understood: Understood | None = None
        self._grounding: Grounding | None = None
        self._failure: Failed | None = None

    def wait_for_models(self, ready: int, all_parts: int) -> None:
        """Say that the models are still loading."""
        self._step = self._w("waiting_models", ready=ready, all=all_parts)
        self._step_detail = self._w("waiting_detail")

    def apply(self, event: Event) -> None:
        """Take one event in; after the end, none."""
        if self.over.is_set():
            return
        w = self._w
        match event:
            case Ingesting() | Ingested():
                self.files.apply(event)
                self._step, self._step_detail = self._taking_in(), ""
            case Understood():
                self._understood = event
            case Retrieved(searched=searched, candidates=candidates, milliseconds=milliseconds):
                self._found, self._reranking = candidates, None
                self._searched = searched
                self._step = w("searched", count=searched, time=w.span(milliseconds / 1000))
                self._step_detail = w("chosen", count=0)
            case Reranked():
                self._reranking = event.compared(self._found)
            case EvidenceChosen(evidence):
                self._evidence = evidence
                chosen = w("chosen", count=len(evidence)) if self._searched is not None else ""
                self._step_detail = f"{reordered(self._reranking, w)} {chosen}".strip()
            case TextDelta(more):
                self._answer += more
            case Cited(citation):
                self._citations.append(citation)
            case Warned(message):
                self._warnings.append(message)
            case Finished(grounding=grounding, message_id=message_id):
                self.outcome, self.scope, self._grounding = "finished", message_id or self.scope, grounding
            case Failed():
                self.outcome, self._failure = "failed", event

    def warn(self, sentence: str) -> None:
        """The page itself has something to say."""
        self.apply(Warned(sentence))

    def fail(self, sentence: str, *, retryable: bool) -> None:
        """The page itself could not go on."""
        self.apply(Failed(sentence, retryable))

    def stop(self) -> None:
        """The person pressed stop, or went away; what is here stays. Called in the event loop."""
        if not self.outcome:
            self.outcome = "stopped"
        self.over.set()

    @property
    def grounding(self) -> Grounding | None:
        """How the answer stands, once it is finished."""
        return self._grounding

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What the answer may use, once it is chosen."""
        return self._evidence

    @property
    def kind(self) -> RequestKind | None:
        """As what the question was taken, once it is known."""
        return self._understood.kind if self._understood else None

    def proof(self) -> Proof:
        """The sources so far."""
        return Proof(
            self.scope, self.text, self._answer, self._evidence, tuple(self._citations), reranking=self._reranking
        )

    def messages(self) -> list[ChatMessage]:
        """The question, the step it is at, and the answer so far."""
        mine = notes.coming(self.files.files, self._w) + notes.said(self.text)
        out: list[ChatMessage] = [{"role": "user", "content": mine}]
        step, answer = self._step_message(), self._answer_markdown()
        if step["content"] or not self.outcome:  # an empty step looks busy for ever
            out.append(step)
        if answer:
            out.append({"role": "assistant", "content": answer})
        return out

    def _taking_in(self) -> str:
        w, files, current = self._w, self.files.files, self.files.current
        if current is None:
            return w("took_in", count=sum(file.status in ("indexed", "duplicate") for file in files))
        if len(files) == 1:
            return w("taking_in", name=current.name, stage=current.stage(w))
        number = files.index(current) + 1
        return w("taking_in_many", number=number, all=len(files), name=current.name, stage=current.stage(w))

    def _step_message(self) -> ChatMessage:
        detail: str = notes.file_lines(self.files.files, self._w)
        if self._step_detail:
            detail = f"{self._step_detail}\n\n{detail}"
        metadata: dict[str, Any] = {"title": self._step or self._w("looking")}
        metadata["status"] = "done" if self.outcome or self._answer else "pending"
        if self.outcome:
            metadata["duration"] = max(round(self._now() - self._started, 1), 0.1)  # Gradio does not show a 0
        return {"role": "assistant", "content": detail, "metadata": metadata}

    def _answer_markdown(self) -> str:
        w = self._w
        parts: list[str] = []
        if self.scope:
            proof, over = (self._evidence, self._citations), bool(self.outcome)
            parts.append(taken_note(self._understood, self._grounding, self.text, proof, self.scope, w, over=over))
        asked = bool(self.text) or self._searched is not None  # files alone are no question
        if self._grounding is not None and asked:
            parts.append(_grounding_note(self._grounding, self._searched, bool(self._answer), w))
        if self._answer:
            parts.append(linked(with_value(self._answer), self._citations, self.scope, w))
        parts.append(self.below)
        if self._warnings:
            parts.append(notes.note("warned", w("warned_title"), self._warnings))
        if self._failure is not None:
            again = w("again") if self._failure.retryable else ""
            parts.append(notes.note("failed", w("failed_title"), [self._failure.message, again]))
        if self.outcome == "stopped":
            parts.append(notes.note("stopped", "", [w("stopped")]))
        return "\n\n".join(part for part in parts if part)


def stored(messages: Sequence[Message], w: Wording, *, writing: bool = False) -> list[ChatMessage]:
    """A conversation as it was kept, its citations scoped to their own messages.

    ``writing``: another tab is still receiving its last answer.
    """
    out: list[ChatMessage] = []
    question = ""
    for message in messages:
        if message.role == "user":
            question = message.text
        unfinished = "elsewhere" if writing and message is messages[-1] else "cut_off"
        content = _user(message, w) if message.role == "user" else _assistant(message, question, unfinished, w)
        out.append({"role": message.role, "content": content})
    return out


def proof_of(messages: Sequence[Message], message_id: str | None = None) -> Proof | None:
    """The sources of one stored answer, or of the last one; None when there is no such answer."""
    question = ""
    found = None
    for message in messages:
        if message.role == "user":
            question = message.text
        elif message_id in (None, message.id):
            found = Proof(
                message.id, question, message.text, message.evidence, message.citations, reranking=message.reranking
            )
    return found


def _user(message: Message, w: Wording) -> str:
    return notes.given(message.attachments, w) + notes.said(message.text)


def _assistant(message: Message, question: str, unfinished: str, w: Wording) -> str:
    proof = (message.evidence, message.citations)
    parts: list[str] = [taken_note(message.understood, message.grounding, question, proof, message.id, w)]
    if message.grounding is not None and question:
        parts.append(_grounding_note(message.grounding, None, bool(message.text), w))
    parts.append(linked(with_value(message.text), message.citations, message.id, w))
    if message.warnings:
        parts.append(notes.note("warned", w("warned_title"), message.warnings))
    if not message.complete:
        parts.append(notes.note("stopped", "", [w(unfinished)]))
    return "\n\n".join(part for part in parts if part)


def _grounding_note(grounding: Grounding, searched: int | None, explained: bool, w: Wording) -> str:
    """A note for an answer without proof; ``explained`` when its own text says what was searched."""
    if grounding is Grounding.NOTHING:
        looked = w("none_empty") if searched == 0 else ""
        if searched and not explained:
            looked = w("none_searched", count=searched)
        return notes.note("none", w("none_title"), [looked])
    if grounding is Grounding.UNGROUNDED:
        return notes.note("ungrounded", w("ungrounded_title"), [w("ungrounded")])
    return ""

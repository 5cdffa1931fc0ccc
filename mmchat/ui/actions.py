"""What the page does when something happens on it: events of Gradio in, new contents of components out.

Nothing of a request is trusted but its cookie: the library comes from there, and every id the browser sends is
looked up in that library alone.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import gradio as gr

from mmchat.server.identity import is_space, library_of
from mmchat.server.metrics import Metrics
from mmchat.server.renditions import Renditions
from mmchat.server.uploads import UploadOwners
from mmchat.types import Event, Ingested, JobState, Turn, Upload
from mmchat.ui import notes, panels
from mmchat.ui.intake import take
from mmchat.ui.pace import paced
from mmchat.ui.page import Page
from mmchat.ui.progress import FilesProgress
from mmchat.ui.status import ready_count, settled, status_line
from mmchat.ui.translations import Wording, language_of
from mmchat.ui.turns import LiveTurn, proof_of, stored
from mmchat.ui.visit import Visit
from mmchat.ui.welcome import welcome

if TYPE_CHECKING:
    from mmchat.assistant import Assistant

log = logging.getLogger(__name__)

Changes = dict[Any, Any]
"""New values by component; what is not named stays as it is."""

_LOOK_AT_MODELS_EVERY_S = 0.25
_MAX_QUESTION_CHARACTERS = 20_000
_ON_THEIR_WAY = frozenset({JobState.QUEUED, JobState.READING, JobState.PERCEIVING, JobState.ENCODING})


class Actions:
    """The handlers of one page over one Assistant."""

    def __init__(
        self,
        assistant: Assistant,
        page: Page,
        *,
        metrics: Metrics,
        owners: UploadOwners,
        renditions: Renditions,
        warming: Callable[[], bool],
    ) -> None:
        self._assistant = assistant
        self._page = page
        self._metrics = metrics
        self._owners = owners
        self._renditions = renditions
        self._warming = warming
        self._nothing: Changes = {page.clock: gr.skip()}  # Gradio takes no empty answer

    # Arriving, and looking again

    def arrive(self, visit: Visit, request: gr.Request) -> Changes:
        """The page has opened: show the last conversation with its sources, the library, and the models' state."""
        w, library = _wording(request), library_of(request.cookies)
        page = self._page
        if library is None:
            visit.messages = [{"role": "assistant", "content": notes.note("failed", "", [w("no_cookie")])}]
            return {page.chat: visit.messages}
        latest = next(iter(self._assistant.conversations(library)), None)
        return {
            **self._show(visit, library, latest.id if latest else "", w),
            page.composer: gr.MultimodalTextbox(placeholder=w("ask")),
            page.library: self._library(visit, library, w),
            page.status: self._status(visit, w),
            page.openers: panels.openers(w),
            page.clock: gr.Timer(active=True),
        }

    def tick(self, visit: Visit, request: gr.Request) -> Changes:
        """While something loads or is taken in: show how far it is. Otherwise stop ticking."""
        w, library = _wording(request), library_of(request.cookies)
        before = dict(visit.sent)
        changes: Changes = {self._page.status: self._status(visit, w)}
        moving = False
        if library is not None and visit.live is None:
            changes[self._page.library] = self._library(visit, library, w)
            moving = any(e.state in _ON_THEIR_WAY for e in self._assistant.library_entries(library))
        changes = self._new(changes, visit, before)
        if not moving and settled(self._assistant.readiness()):
            changes[self._page.clock] = gr.Timer(active=False)
        return changes

    def look_again(self, visit: Visit, request: gr.Request) -> Changes:
        """The tab came back to the front: another one may have changed the library meanwhile."""
        w, library = _wording(request), library_of(request.cookies)
        if library is None or visit.live is not None:
            return self._nothing
        before = dict(visit.sent)
        return self._new(
            {
                self._page.library: self._library(visit, library, w),
                self._page.conversations: self._conversations(visit, library, w),
            },
            visit,
            before,
        )

    # Asking

    async def converse(
        self, message: dict[str, Any] | None, visit: Visit, request: gr.Request
    ) -> AsyncIterator[Changes]:
        """Take a turn: files in, answer out, as it happens. Stop and a closed tab end it where it is."""
        page, w, library = self._page, _wording(request), library_of(request.cookies)
        text = str((message or {}).get("text") or "").strip()[:_MAX_QUESTION_CHARACTERS]
        paths = [str(path) for path in (message or {}).get("files") or ()]
        refusal = (
            "no_cookie"
            if library is None
            else "busy"
            if visit.live
            else "nothing_sent"
            if not text + "".join(paths)
            else ""
        )
        if library is None or refusal:
            gr.Info(w(refusal), title="")
            yield self._nothing
            return
        visit.live = live = LiveTurn(text, [path.rpartition("/")[2] for path in paths], w)
        try:
            yield {
                page.chat: visit.shown(),
                page.composer: gr.MultimodalTextbox(value=None, submit_btn=False, stop_btn=True),
                page.sources: panels.sources(None, w, searching=True),
            }
            uploads, lost = await asyncio.to_thread(take, paths, library, self._owners)
            live.files = FilesProgress([upload.name for upload in uploads])
            for name in lost:
                live.warn(w("lost_upload", name=name))
            async with aclosing(self._answering(live, visit, library, text, uploads, w)) as steps:
                async for changes in steps:
                    yield changes
        except Exception as error:
            log.exception("a turn failed")
            live.fail(w("unexpected", kind=type(error).__name__), retryable=True)
        finally:
            visit.settle()
            self._metrics.turn(live.outcome)
            if live.grounding is not None:
                self._metrics.answer(live.grounding.value)
        yield {
            page.chat: visit.shown(),
            page.composer: gr.MultimodalTextbox(submit_btn=True, stop_btn=False),
            page.sources: panels.sources(live.proof(), w),
            page.library: self._library(visit, library, w),
            page.conversations: self._conversations(visit, library, w),
        }

    def stop(self, visit: Visit) -> Changes:
        """The person pressed stop: keep the partial answer."""
        if visit.live is not None:
            visit.live.stop()
        return {
            self._page.chat: visit.shown(),
            self._page.composer: gr.MultimodalTextbox(submit_btn=True, stop_btn=False),
        }

    async def add(self, paths: Sequence[str] | None, visit: Visit, request: gr.Request) -> AsyncIterator[Changes]:
        """Take files into the library without a question."""
        page, w, library = self._page, _wording(request), library_of(request.cookies)
        if library is None:
            gr.Info(w("no_cookie"), title="")
            yield self._nothing
            return
        uploads, lost = await asyncio.to_thread(take, [str(path) for path in paths or ()], library, self._owners)
        for name in lost:
            gr.Warning(w("lost_upload", name=name), title="")
        progress = FilesProgress([upload.name for upload in uploads])
        visit.arriving = progress.files
        yield {page.library: self._library(visit, library, w)}
        try:
            async with aclosing(paced(self._assistant.ingest(library, uploads), per_second=4)) as batches:
                async for batch in batches:
                    for event in batch:
                        progress.apply(event)
                        self._count(event)
                    yield {page.library: self._library(visit, library, w)}
        finally:
            visit.arriving = [file for file in progress.files if file.status == "failed"]
        yield {page.library: self._library(visit, library, w)}

    # Conversations

    def start_fresh(self, visit: Visit, request: gr.Request) -> Changes:
        """An empty conversation; it is stored with its first question."""
        w, library = _wording(request), library_of(request.cookies)
        if library is None or visit.live is not None:
            return self._busy(w)
        return self._show(visit, library, "", w)

    def open_conversation(self, event: gr.EventData, visit: Visit, request: gr.Request) -> Changes:
        """Show an earlier conversation with the sources of its last answer."""
        w, library = _wording(request), library_of(request.cookies)
        if library is None or visit.live is not None:
            return self._busy(w)
        return self._show(visit, library, _text(event, "id"), w)

    def delete_conversation(self, event: gr.EventData, visit: Visit, request: gr.Request) -> Changes:
        """Forget a conversation; when it is the open one, start afresh."""
        w, library = _wording(request), library_of(request.cookies)
        if library is None or visit.live is not None:
            return self._busy(w)
        id = _text(event, "id")
        self._assistant.delete_conversation(library, id)
        if id == visit.conversation_id:
            return self._show(visit, library, "", w)
        return {self._page.conversations: self._conversations(visit, library, w)}

    def show_sources(self, event: gr.EventData, visit: Visit, request: gr.Request) -> Changes:
        """A marker of an older answer was pressed: show that answer's sources, with the card in view."""
        w, library = _wording(request), library_of(request.cookies)
        if library is None:
            return self._nothing
        proof = proof_of(self._assistant.messages(library, visit.conversation_id), _text(event, "message"))
        number = _text(event, "number")
        focus = int(number) if number.isdecimal() and len(number) < 4 else None
        return {self._page.sources: panels.sources(proof, w, focus=focus)} if proof else self._nothing

    # The library

    def delete_file(self, event: gr.EventData, visit: Visit, request: gr.Request) -> Changes:
        """Forget a file, and show the open conversation without the proof it gave."""
        w, library = _wording(request), library_of(request.cookies)
        if library is None or visit.live is not None:
            return self._busy(w)
        id = _text(event, "id")
        self._assistant.delete_attachment(library, id)
        self._renditions.forget(library, id)
        return {
            **self._show(visit, library, visit.conversation_id, w),
            self._page.library: self._library(visit, library, w),
        }

    def clear_library(self, visit: Visit, request: gr.Request) -> Changes:
        """Forget everything of this visitor."""
        w, library = _wording(request), library_of(request.cookies)
        if library is None or visit.live is not None:
            return self._busy(w)
        self._assistant.delete_library(library)
        self._renditions.forget(library)
        visit.arriving = []
        return {**self._show(visit, library, "", w), self._page.library: self._library(visit, library, w)}

    # Parts of the above

    async def _answering(
        self, live: LiveTurn, visit: Visit, library: str, text: str, uploads: Sequence[Upload], w: Wording
    ) -> AsyncGenerator[Changes, None]:
        page = self._page
        async for _ in self._models(live):
            yield {page.chat: visit.shown()}
        if not visit.conversation_id:
            visit.conversation_id = await asyncio.to_thread(self._assistant.start_conversation, library)
        turn = Turn(visit.conversation_id, text, tuple(uploads), w.language)
        evidence_shown, library_html = False, ""
        async with aclosing(paced(self._assistant.answer(library, turn))) as batches:
            async for batch in batches:
                if live.scope == "now":
                    live.scope = await asyncio.to_thread(self._answer_id, library, visit.conversation_id) or live.scope
                for event in batch:
                    live.apply(event)
                    self._count(event)
                changes: Changes = {page.chat: visit.shown()}
                if live.evidence and not evidence_shown:  # once: replacing them would stop what is playing there
                    evidence_shown = True
                    changes[page.sources] = panels.sources(live.proof(), w, writing=True)
                if uploads and library_html != (html := self._library(visit, library, w)):
                    changes[page.library] = library_html = html
                yield changes

    async def _models(self, live: LiveTurn) -> AsyncIterator[None]:
        """While the models still load, say so and wait; the answer itself would only wait silently."""
        shown = None
        while self._warming() and not settled(parts := self._assistant.readiness()):
            if shown != (shown := ready_count(parts)):
                live.wait_for_models(*shown)
                yield
            await asyncio.sleep(_LOOK_AT_MODELS_EVERY_S)

    def _answer_id(self, library: str, conversation_id: str) -> str:
        """The id that the running answer is stored under, so that its markers can name it."""
        messages = self._assistant.messages(library, conversation_id)
        return next((m.id for m in reversed(messages) if m.role == "assistant"), "")

    def _count(self, event: Event) -> None:
        if isinstance(event, Ingested):
            self._metrics.file(event.status)

    def _show(self, visit: Visit, library: str, conversation_id: str, w: Wording) -> Changes:
        messages = self._assistant.messages(library, conversation_id) if conversation_id else []
        visit.conversation_id = conversation_id if messages else ""
        visit.messages = stored(messages, w)
        page = self._page
        return {
            page.chat: gr.Chatbot(value=visit.messages, placeholder=welcome(w)),
            page.sources: panels.sources(proof_of(messages), w),
            page.conversations: self._conversations(visit, library, w),
        }

    def _library(self, visit: Visit, library: str, w: Wording) -> str:
        html = panels.library(self._assistant.library_entries(library), visit.coming(), w)
        visit.sent[self._page.library] = html
        return html

    def _conversations(self, visit: Visit, library: str, w: Wording) -> str:
        html = panels.conversations(self._assistant.conversations(library), visit.conversation_id, w)
        visit.sent[self._page.conversations] = html
        return html

    def _status(self, visit: Visit, w: Wording) -> str:
        settings = self._assistant.settings
        html = status_line(self._assistant.readiness(), settings.profile, w, on_space=is_space())
        visit.sent[self._page.status] = html
        return html

    def _new(self, changes: Changes, visit: Visit, before: Changes) -> Changes:
        """Those that differ from what this page was sent before: replacing the same closes what is open in it."""
        return {
            component: html for component, html in changes.items() if before.get(component) != html
        } or self._nothing

    def _busy(self, w: Wording) -> Changes:
        gr.Info(w("busy"), title="")
        return self._nothing


def _wording(request: gr.Request) -> Wording:
    return Wording(language_of(request.headers.get("accept-language", "")))


def _text(event: gr.EventData, key: str) -> str:
    """One value of what the browser sent along, as text; it may be anything, so nothing is believed of it."""
    data = event._data if isinstance(event._data, dict) else {}
    value = data.get(key)
    return value[:200] if isinstance(value, str) else ""

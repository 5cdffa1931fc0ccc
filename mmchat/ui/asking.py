"""A turn on the page: files and words in, the answer as it is made out; and files without a question."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from mmchat.llms.nearby import Nearby, nearby
from mmchat.server.metrics import Metrics
from mmchat.server.uploads import UploadOwners
from mmchat.types import Again, Event, Evidence, Ingested, Message, RequestKind, Turn, Upload
from mmchat.ui import notes, sources
from mmchat.ui.asked_again import AskedAgain, asked_as, asked_without, numbered
from mmchat.ui.intake import take
from mmchat.ui.pace import paced
from mmchat.ui.page import Page
from mmchat.ui.progress import FilesProgress
from mmchat.ui.status import answering, ready_count
from mmchat.ui.translations import Wording
from mmchat.ui.turns import LiveTurn
from mmchat.ui.views import Changes, Views
from mmchat.ui.visit import Visit, recognise

if TYPE_CHECKING:
    from mmchat.assistant import Assistant

log = logging.getLogger(__name__)

MAX_QUESTION_CHARACTERS = 20_000
_LOOK_AT_MODELS_EVERY_S = 0.25
_LIBRARY_EVERY_S = 0.3
"""The library panel follows a file's progress this often: it may be long, and a bar needs no more."""


class Asking:
    """Long handlers: async generators, ended by stop, a closed tab or their own end; and stop itself."""

    def __init__(
        self,
        assistant: Assistant,
        page: Page,
        views: Views,
        *,
        metrics: Metrics,
        owners: UploadOwners,
        warming: Callable[[], bool],
        nearby: Callable[[], tuple[Nearby, ...]] = nearby,
    ) -> None:
        self._assistant = assistant
        self._page = page
        self._views = views
        self._metrics = metrics
        self._owners = owners
        self._warming = warming
        self._nearby = nearby

    async def converse(
        self, message: dict[str, Any] | None, visit: Visit, request: gr.Request
    ) -> AsyncIterator[Changes]:
        """Take a turn. However it ends, what was shown stays, and the visit is ready for the next one."""
        views = self._views
        w, library = recognise(visit, request)
        text = str((message or {}).get("text") or "").strip()[:MAX_QUESTION_CHARACTERS]
        paths = [str(path) for path in (message or {}).get("files") or ()]
        if library is None or visit.live is not None or not (text or paths):
            gr.Info(w("no_cookie" if library is None else "busy" if visit.live else "nothing_sent"), title="")
            yield views.nothing
            return
        async with aclosing(self._turn(text, paths, visit, library, w)) as steps:
            async for changes in steps:
                yield changes

    async def ask_without(self, event: gr.EventData, visit: Visit, request: gr.Request) -> AsyncIterator[Changes]:
        """A chip above an answer was pressed: ask its question again, not kept to what the chip says."""
        async with aclosing(self._ask_again(asked_without, event, visit, request)) as steps:
            async for changes in steps:
                yield changes

    async def ask_as(self, event: gr.EventData, visit: Visit, request: gr.Request) -> AsyncIterator[Changes]:
        """A switch above an answer was pressed: ask its question again, taken as the switch says."""
        async with aclosing(self._ask_again(asked_as, event, visit, request)) as steps:
            async for changes in steps:
                yield changes

    async def ask_example(self, event: gr.EventData, visit: Visit, request: gr.Request) -> AsyncIterator[Changes]:
        """An example in the empty box was pressed: ask it."""
        w, library = recognise(visit, request)
        example = numbered(visit.examples, event)
        if library is None or visit.live is not None or example is None:
            gr.Info(w("no_cookie" if library is None else "busy"), title="")
            yield self._views.nothing
            return
        asked = AskedAgain(example.question, Again(kind=example.kind), visit.narrowings)
        async with aclosing(self._turn(asked.text, [], visit, library, w, asked)) as steps:
            async for changes in steps:
                yield changes

    async def _ask_again(
        self,
        read: Callable[[Sequence[Message], gr.EventData], AskedAgain | None],
        event: gr.EventData,
        visit: Visit,
        request: gr.Request,
    ) -> AsyncGenerator[Changes, None]:
        w, library = recognise(visit, request)
        asked = None
        if library is not None and visit.live is None:
            asked = read(await asyncio.to_thread(self._assistant.messages, library, visit.conversation_id), event)
        if library is None or asked is None or visit.live is not None:  # a second press, while the first one read
            gr.Info(w("no_cookie" if library is None else "busy"), title="")
            yield self._views.nothing
            return
        if asked.dropped is not None and asked.dropped.by_hand:
            gone = (asked.dropped.by, asked.dropped.value)
            visit.narrowings = tuple(n for n in visit.narrowings if (n.by, n.value) != gone)
        async with aclosing(self._turn(asked.text, [], visit, library, w, asked)) as steps:
            async for changes in steps:
                yield changes

    async def _turn(
        self, text: str, paths: Sequence[str], visit: Visit, library: str, w: Wording, asked: AskedAgain | None = None
    ) -> AsyncGenerator[Changes, None]:
        page, views = self._page, self._views
        visit.live = live = LiveTurn(text, [Path(path).name for path in paths], w)
        try:
            yield {
                page.chat: visit.shown(),
                page.composer: gr.update(value=None, submit_btn=False, stop_btn=True),
                page.sources: sources.searching(w),
            }
            uploads, lost = await asyncio.to_thread(take, paths, library, self._owners)
            live.files = FilesProgress([upload.name for upload in uploads])
            for name in lost:
                live.warn(w("lost_upload", name=name))
            async with aclosing(self._answering(live, visit, library, uploads, w, asked)) as steps:
                async for changes in steps:
                    yield changes
            if live.kind is RequestKind.WRITER and live.outcome == "finished":
                await self._offer_a_writer(live, visit, w)
        except Exception as error:
            log.exception("a turn failed")
            live.fail(w("unexpected", kind=type(error).__name__), retryable=True)
        finally:
            live.stop()
            if visit.live is live:  # stop settles it at once, and the next turn may have begun since
                visit.settle()
            self._metrics.turn(live.outcome)
            if live.grounding is not None:
                self._metrics.answer(live.grounding.value)
        if live.outcome == "stopped":
            return
        yield {
            page.chat: visit.shown(),
            page.composer: gr.update(submit_btn=True, stop_btn=False),
            page.sources: sources.cited(live.proof(), w),
            page.library: views.library(visit, library, w),
            page.narrowed: views.narrowed(visit, library, w),
            page.conversations: views.conversations(visit, library, w),
        }

    async def stop(self, visit: Visit, request: gr.Request) -> Changes:
        """The person pressed stop: end the turn, and keep the partial answer and what it cites."""
        page, views = self._page, self._views
        w, library = recognise(visit, request)
        changes: Changes = {}
        if visit.live is not None:
            changes[page.sources] = sources.cited(visit.live.proof(), w)
            visit.settle()
        if library is not None:
            changes[page.library] = await asyncio.to_thread(views.library, visit, library, w)
            changes[page.conversations] = await asyncio.to_thread(views.conversations, visit, library, w)
        if visit.live is not None:  # the next turn has begun meanwhile; the composer and the sources are its own
            changes.pop(page.sources, None)
            return changes or views.nothing
        return {**changes, page.composer: gr.update(submit_btn=True, stop_btn=False), page.chat: visit.shown()}

    async def add(self, paths: Sequence[str] | None, visit: Visit, request: gr.Request) -> AsyncIterator[Changes]:
        """Take files into the library without a question."""
        page, views = self._page, self._views
        w, library = recognise(visit, request)
        if library is None:
            gr.Info(w("no_cookie"), title="")
            yield views.nothing
            return
        uploads, lost = await asyncio.to_thread(take, [str(path) for path in paths or ()], library, self._owners)
        for name in lost:
            gr.Warning(w("lost_upload", name=name), title="")
        progress = FilesProgress([upload.name for upload in uploads])
        visit.arriving = progress.files
        yield {page.library: views.library(visit, library, w)}
        try:
            async with aclosing(paced(self._assistant.ingest(library, uploads), per_second=4)) as batches:
                async for batch in batches:
                    for event in batch:
                        progress.apply(event)
                        self._count(event)
                    yield {page.library: views.library(visit, library, w)}
        finally:
            visit.arriving = [file for file in progress.files if file.status == "failed"]
        yield {
            page.library: views.library(visit, library, w),
            page.narrowed: views.narrowed(visit, library, w),
            **await asyncio.to_thread(views.welcome, visit, library, w),
        }

    async def _answering(
        self,
        live: LiveTurn,
        visit: Visit,
        library: str,
        uploads: Sequence[Upload],
        w: Wording,
        asked: AskedAgain | None = None,
    ) -> AsyncGenerator[Changes, None]:
        page = self._page
        async for _ in self._models(live):
            yield {page.chat: visit.shown()}
        if live.over.is_set():
            return
        if not visit.conversation_id:
            visit.conversation_id = await asyncio.to_thread(self._assistant.start_conversation, library)
        conversation_id = visit.conversation_id
        kept, again = (asked.narrowings, asked.again) if asked else (visit.narrowings, None)
        turn = Turn(conversation_id, live.text, tuple(uploads), w.language, visit.llm, visit.reranker, kept, again)
        evidence_shown: tuple[Evidence, ...] = ()
        library_next_at = 0.0
        with self._views.being_written(library, conversation_id):
            async with aclosing(paced(self._assistant.answer(library, turn), until=live.over)) as batches:
                async for batch in batches:
                    if not live.scope:
                        live.scope = await asyncio.to_thread(self._answer_id, library, conversation_id)
                    for event in batch:
                        live.apply(event)
                        self._count(event)
                    changes: Changes = {page.chat: visit.shown()}
                    if live.evidence != evidence_shown:  # only then: replacing them would stop what is playing there
                        evidence_shown = live.evidence
                        changes[page.sources] = sources.found(live.proof(), w)
                    if uploads and time.monotonic() >= library_next_at:
                        changes[page.library] = await asyncio.to_thread(self._views.library, visit, library, w)
                        library_next_at = time.monotonic() + _LIBRARY_EVERY_S
                    if live.over.is_set():  # stopped during one of the waits: the page may show the next turn by now
                        return
                    yield changes

    async def _offer_a_writer(self, live: LiveTurn, visit: Visit, w: Wording) -> None:
        """Only a language model could have answered, and none is asked: say how to connect one, or offer one nearby."""
        if self._assistant.asked(visit.llm):
            return
        own_machine = self._views.own_machine
        visit.offered = await asyncio.to_thread(self._nearby) if own_machine else ()
        live.below = notes.connect(visit.offered, w, own_machine=own_machine)

    async def _models(self, live: LiveTurn) -> AsyncIterator[None]:
        """While the models still load, say so and wait; the answer itself would only wait silently."""
        shown = None
        while self._warming() and not live.over.is_set() and not answering(parts := self._assistant.readiness()):
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

"""What happens on the page besides asking: arriving, opening, deleting, looking at sources and at the library itself.

Nothing of a request is trusted but its cookie: the library comes from there, and every id the browser sends is
looked up in that library alone.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import gradio as gr

from mmchat.errors import MmchatError
from mmchat.server.renditions import Renditions
from mmchat.types import JobState
from mmchat.ui import insights, notes, rail, sources
from mmchat.ui.narrowing import toggled
from mmchat.ui.page import Page
from mmchat.ui.status import prepared, settled
from mmchat.ui.translations import Wording
from mmchat.ui.turns import proof_of
from mmchat.ui.views import Changes, Views
from mmchat.ui.visit import Visit, recognise

if TYPE_CHECKING:
    from mmchat.assistant import Assistant

log = logging.getLogger(__name__)

_ON_THEIR_WAY = frozenset({JobState.QUEUED, JobState.READING, JobState.PERCEIVING, JobState.ENCODING})


class Browsing:
    """Short handlers; Gradio runs each in a worker thread."""

    def __init__(self, assistant: Assistant, page: Page, views: Views, renditions: Renditions) -> None:
        self._assistant = assistant
        self._page = page
        self._views = views
        self._renditions = renditions

    def arrive(self, visit: Visit, request: gr.Request) -> Changes:
        """The page has opened: show the last conversation with its sources, the library, and the models' state."""
        w, library = recognise(visit, request)
        page, views = self._page, self._views
        if library is None:
            visit.messages = [{"role": "assistant", "content": notes.note("failed", "", [w("no_cookie")])}]
            return {page.chat: visit.messages}
        latest = next(iter(self._assistant.conversations(library)), None)
        return {
            **views.conversation(visit, library, latest.id if latest else "", w),
            page.composer: gr.update(placeholder=w("ask")),
            page.library: views.library(visit, library, w),
            page.narrowed: views.narrowed(visit, library, w),
            page.status: views.status(visit, library, w),
            page.llm.parts: views.parts(visit, w),
            page.openers: rail.openers(w),
            page.tabs: insights.tabs(w),
            page.insights: insights.looking(w),
            page.clock: gr.update(active=True),
        }

    def tick(self, visit: Visit, request: gr.Request) -> Changes:
        """While something loads or is taken in: show how far it is. Otherwise stop ticking."""
        w, library = recognise(visit, request)
        before = dict(visit.sent)
        # Asked first: what settles while the page is made is shown by the next tick, and that must still come.
        moving = not settled(self._assistant.readiness())
        if library is not None:
            entries = self._assistant.library_entries(library) if visit.live is None else []
            on_their_way = any(entry.state in _ON_THEIR_WAY for entry in entries)
            moving = moving or on_their_way or not prepared(self._assistant.reindexing(library))
        changes: Changes = {
            self._page.status: self._views.status(visit, library, w),
            self._page.llm.parts: self._views.parts(visit, w),
        }
        if library is not None and visit.live is None:
            changes[self._page.library] = self._views.library(visit, library, w)
        changes = self._views.new(changes, before)
        if library is not None:
            changes = {**changes, **self._views.welcome(visit, library, w)}
        if not moving:
            changes = {**changes, self._page.clock: gr.update(active=False)}
        return changes

    def look_again(self, visit: Visit, request: gr.Request) -> Changes:
        """The tab came back to the front: another one may have changed the library meanwhile."""
        w, library = recognise(visit, request)
        if library is None or visit.live is not None:
            return self._views.nothing
        before = dict(visit.sent)
        changes = {
            self._page.library: self._views.library(visit, library, w),
            self._page.conversations: self._views.conversations(visit, library, w),
        }
        return {**self._views.new(changes, before), **self._views.welcome(visit, library, w)}

    def start_fresh(self, visit: Visit, request: gr.Request) -> Changes:
        """An empty conversation; it is stored with its first question."""
        w, library = recognise(visit, request)
        if library is None or visit.live is not None:
            return self._views.refuse(library, w)
        return self._views.conversation(visit, library, "", w)

    def open_conversation(self, event: gr.EventData, visit: Visit, request: gr.Request) -> Changes:
        """Show an earlier conversation with the sources of its last answer."""
        w, library = recognise(visit, request)
        if library is None or visit.live is not None:
            return self._views.refuse(library, w)
        return self._views.conversation(visit, library, _text(event, "id"), w)

    def delete_conversation(self, event: gr.EventData, visit: Visit, request: gr.Request) -> Changes:
        """Forget a conversation; when it is the open one, start afresh."""
        w, library = recognise(visit, request)
        if library is None or visit.live is not None:
            return self._views.refuse(library, w)
        id = _text(event, "id")
        self._assistant.delete_conversation(library, id)
        if id == visit.conversation_id:
            return self._views.conversation(visit, library, "", w)
        return {self._page.conversations: self._views.conversations(visit, library, w)}

    def show_sources(self, event: gr.EventData, visit: Visit, request: gr.Request) -> Changes:
        """A marker of an older answer was pressed: show that answer's sources, with the card in view."""
        w, library = recognise(visit, request)
        if library is None:
            return self._views.nothing
        proof = proof_of(self._assistant.messages(library, visit.conversation_id), _text(event, "message"))
        number = _text(event, "number")
        focus = int(number) if number.isdecimal() and len(number) < 4 else None
        return {self._page.sources: sources.cited(proof, w, focus=focus)} if proof else self._views.nothing

    def show_insights(self, visit: Visit, request: gr.Request) -> Changes:
        """The Insights tab was opened: look at the library as it is now."""
        w, library = recognise(visit, request)
        if library is None:
            return {self._page.insights: insights.trouble(w("no_cookie"), w)}
        try:
            html = insights.insights(self._assistant.insights.look(library), w)
        except MmchatError as error:
            html = insights.trouble(str(error), w)
        except Exception as error:
            log.exception("the insights could not be made")
            html = insights.trouble(w("unexpected", kind=type(error).__name__), w)
        return {self._page.insights: html}

    def show_point(self, event: gr.EventData, visit: Visit, request: gr.Request) -> Changes:
        """A point of a map was pressed: show the source that it stands for; without an id, none any more."""
        w, library = recognise(visit, request)
        id = _text(event, "id")
        if library is None or not id:
            return {self._page.picked: ""}
        found = self._assistant.insights.segment(library, id)
        return {self._page.picked: insights.picked(*found, w) if found else insights.gone(w)}

    def narrow(self, event: gr.EventData, visit: Visit, request: gr.Request) -> Changes:
        """Something was chosen in the menu beside the composer, or taken away again."""
        w, library = recognise(visit, request)
        if library is None:
            return self._views.nothing
        by, _, value = _text(event, "id").partition("|")
        visit.narrowings = toggled(visit.narrowings, by, value, self._assistant.library_entries(library), w)
        return {self._page.narrowed: self._views.narrowed(visit, library, w)}

    def delete_file(self, event: gr.EventData, visit: Visit, request: gr.Request) -> Changes:
        """Forget a file, and show the open conversation without the proof it gave."""
        w, library = recognise(visit, request)
        if library is None or visit.live is not None:
            return self._views.refuse(library, w)
        id = _text(event, "id")
        self._assistant.delete_attachment(library, id)
        self._renditions.forget(library, id)
        visit.narrowings = tuple(n for n in visit.narrowings if n.value != id)
        return {
            self._page.narrowed: self._views.narrowed(visit, library, w),
            **self._views.conversation(visit, library, visit.conversation_id, w),
            **self._unlooked(w),
            self._page.library: self._views.library(visit, library, w),
            self._page.clock: gr.update(active=True),  # a copy of it may be taken in now
        }

    def stop_file(self, event: gr.EventData, visit: Visit, request: gr.Request) -> Changes:
        """A file that is being read, or waits for it, is not wanted after all; also while an answer is written."""
        w, library = recognise(visit, request)
        if library is None:
            return self._views.nothing
        id = _text(event, "id")
        if any(e.attachment.id == id and e.state in _ON_THEIR_WAY for e in self._assistant.library_entries(library)):
            self._assistant.delete_attachment(library, id)
        return {self._page.library: self._views.library(visit, library, w), self._page.clock: gr.update(active=True)}

    def clear_library(self, visit: Visit, request: gr.Request) -> Changes:
        """Forget everything of this visitor."""
        w, library = recognise(visit, request)
        if library is None or visit.live is not None:
            return self._views.refuse(library, w)
        self._assistant.delete_library(library)
        self._renditions.forget(library)
        visit.arriving, visit.narrowings = [], ()
        return {
            self._page.narrowed: self._views.narrowed(visit, library, w),
            **self._views.conversation(visit, library, "", w),
            **self._unlooked(w),
            self._page.library: self._views.library(visit, library, w),
        }

    def _unlooked(self, w: Wording) -> Changes:
        """Nothing of what was deleted stays on the map; where that is open, the page asks for it anew."""
        return {self._page.insights: insights.looking(w), self._page.picked: ""}


def _text(event: gr.EventData, key: str) -> str:
    """One value of what the browser sent along, as text; it may be anything, so nothing is believed of it."""
    data = event._data if isinstance(event._data, dict) else {}
    value = data.get(key)
    return value[:200].encode("utf-8", "ignore").decode() if isinstance(value, str) else ""

"""New contents of the page's components, from what the Assistant has stored."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import gradio as gr

from mmchat.server.identity import is_space
from mmchat.ui import narrowing, rail, sources
from mmchat.ui.page import Page
from mmchat.ui.parts_list import for_visitors, parts_list
from mmchat.ui.status import status_line
from mmchat.ui.translations import Wording
from mmchat.ui.turns import proof_of, stored
from mmchat.ui.visit import Visit
from mmchat.ui.welcome import welcome

if TYPE_CHECKING:
    from mmchat.assistant import Assistant

ELSEWHERE = frozenset({"openai", "anthropic", "openai-compatible"})
"""The providers that a question leaves this process for."""
Changes = dict[Any, Any]
"""New values by component; what is not named stays as it is."""


class Views:
    """Reads the Assistant for a library, writes HTML and messages; changes nothing but the visit."""

    def __init__(self, assistant: Assistant, page: Page, *, own_machine: bool = False) -> None:
        self._assistant = assistant
        self.own_machine = own_machine
        """Whether the page is for this machine alone."""
        self._page = page
        self._writing: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()
        self.nothing: Changes = {page.clock: gr.skip()}
        """No change. (Gradio takes no empty answer.)"""

    @contextmanager
    def being_written(self, library: str, conversation_id: str) -> Iterator[None]:
        """While inside, other tabs show the conversation's last answer as being written, not as cut off."""
        key = (library, conversation_id)
        with self._lock:
            self._writing[key] += 1
        try:
            yield
        finally:
            with self._lock:
                self._writing[key] -= 1
                if not self._writing[key]:
                    del self._writing[key]

    def conversation(self, visit: Visit, library: str, conversation_id: str, w: Wording) -> Changes:
        """A stored conversation with the sources of its last answer; an empty one when there is no such id here."""
        messages = self._assistant.messages(library, conversation_id) if conversation_id else []
        visit.conversation_id = conversation_id if messages else ""
        with self._lock:
            writing = (library, conversation_id) in self._writing
        visit.messages = stored(messages, w, writing=writing)
        shown = {} if messages else self._welcome(visit, library, w)
        return {
            self._page.chat: gr.update(value=visit.messages, **shown),
            self._page.sources: sources.cited(proof_of(messages), w),
            self._page.conversations: self.conversations(visit, library, w),
        }

    def welcome(self, visit: Visit, library: str, w: Wording) -> Changes:
        """What the empty box shows, where it is shown and has changed: files came, and with them questions to ask."""
        if visit.messages or visit.live is not None:
            return {}
        before = visit.sent.get(self._page.chat)
        shown = self._welcome(visit, library, w)
        return {} if visit.sent[self._page.chat] == before else {self._page.chat: gr.update(**shown)}

    def _welcome(self, visit: Visit, library: str, w: Wording) -> Changes:
        examples = self._assistant.insights.examples(library, w.language)
        visit.examples = examples
        visit.sent[self._page.chat] = html = welcome(w, examples)
        return {"placeholder": html}

    def library(self, visit: Visit, library: str, w: Wording) -> str:
        """The library panel."""
        html = rail.library(self._assistant.library_entries(library), visit.coming(), w)
        visit.sent[self._page.library] = html
        return html

    def narrowed(self, visit: Visit, library: str, w: Wording) -> str:
        """The menu beside the composer, and what was chosen in it."""
        html = narrowing.bar(visit.narrowings, self._assistant.library_entries(library), w)
        visit.sent[self._page.narrowed] = html
        return html

    def conversations(self, visit: Visit, library: str, w: Wording) -> str:
        """The list of conversations."""
        html = rail.conversations(self._assistant.conversations(library), visit.conversation_id, w)
        visit.sent[self._page.conversations] = html
        return html

    def status(self, visit: Visit, library: str | None, w: Wording) -> str:
        """The status line, with what is being prepared in the visitor's library."""
        parts, profile = self._assistant.readiness(), self._assistant.settings.profile
        parts = parts if self.own_machine else for_visitors(parts)
        asked = self._assistant.asked(visit.llm, visit.reranker)
        sent_to = ", ".join(llm for llm in asked if llm.partition(":")[0] in ELSEWHERE)
        coming = self._assistant.reindexing(library) if library else ()
        html = status_line(parts, profile, w, on_space=is_space(), sent_to=sent_to, reindexing=coming)
        visit.sent[self._page.status] = html
        return html

    def parts(self, visit: Visit, w: Wording) -> str:
        """What each part is and why, for the settings."""
        assistant = self._assistant
        html = parts_list(assistant.readiness(), assistant.settings, w, own_machine=self.own_machine)
        visit.sent[self._page.llm.parts] = html
        return html

    def new(self, changes: Changes, before: Changes) -> Changes:
        """Those that differ from what this page was sent before: replacing the same closes what is open in it."""
        return {component: html for component, html in changes.items() if before.get(component) != html} or self.nothing

    def refuse(self, library: str | None, w: Wording) -> Changes:
        """Nothing can be done now: there is no library without a cookie, or an answer is still being written."""
        gr.Info(w("busy" if library else "no_cookie"), title="")
        return self.nothing

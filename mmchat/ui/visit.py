"""What one open page remembers between two events. It lives on the server; the browser holds none of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import gradio as gr

from mmchat.examples import Example
from mmchat.llms.nearby import Nearby
from mmchat.server.identity import library_of
from mmchat.types import LLMChoice, Narrowing
from mmchat.ui.progress import FileProgress
from mmchat.ui.translations import Wording, language_of
from mmchat.ui.turns import ChatMessage, LiveTurn


@dataclass
class Visit:
    """One tab. Changed in place, since what a cancelled handler yields last is not kept by Gradio.

    Attributes:
        library: whose page it is; empty until the first event.
        conversation_id: the open conversation; empty until the first question of a new one.
        messages: what the chat shows of turns that are over.
        live: the turn being answered, if any.
        arriving: files being added outside the chat, and those just refused.
        llm: who writes this page's answers; None for what the settings say. It may hold a key.
        choices: how often a choice was made, so that one that took long does not undo a later one.
        reranker: what puts in order what is found for this page; "" for what the settings say.
        narrowings: what the next questions are kept to.
        examples: the questions that the empty box shows, in order.
        offered: language models found on this machine, to be chosen from under an answer.
        sent: what some components were last sent, so that the same is not sent again.
    """

    library: str = ""
    conversation_id: str = ""
    messages: list[ChatMessage] = field(default_factory=list)
    live: LiveTurn | None = None
    arriving: list[FileProgress] = field(default_factory=list)
    llm: LLMChoice | None = field(default=None, repr=False)
    choices: int = 0
    reranker: str = ""
    narrowings: tuple[Narrowing, ...] = ()
    examples: tuple[Example, ...] = ()
    offered: tuple[Nearby, ...] = ()
    sent: dict[Any, str] = field(default_factory=dict)

    def shown(self) -> list[ChatMessage]:
        """Everything the chat shows now."""
        return self.messages + (self.live.messages() if self.live else [])

    def settle(self) -> None:
        """The live turn is over, however it ended."""
        if self.live is not None:
            self.live.stop()
            self.messages = self.shown()
            self.live = None

    def coming(self) -> list[FileProgress]:
        """Files on their way in, in the chat or beside it, and those refused beside it."""
        asked = self.live.files.files if self.live else []
        return [file for file in asked if not file.done] + self.arriving


def recognise(visit: Visit, request: gr.Request) -> tuple[Wording, str | None]:
    """The visitor's language and library, from the headers of this very request.

    Gradio finds a visit by a session name that the browser chooses. Whoever comes under another's name with
    another cookie gets an empty visit, not the other's messages.
    """
    library = library_of(request.cookies)
    if visit.library != (library or ""):
        fresh = Visit(library or "")
        for name in vars(fresh):
            setattr(visit, name, getattr(fresh, name))
    return Wording(language_of(request.headers.get("accept-language", ""))), library

"""What one open page remembers between two events. It lives on the server; the browser holds none of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mmchat.ui.progress import FileProgress
from mmchat.ui.turns import ChatMessage, LiveTurn


@dataclass
class Visit:
    """One tab. Changed in place, since what a cancelled handler yields last is not kept by Gradio.

    Attributes:
        conversation_id: the open conversation; empty until the first question of a new one.
        messages: what the chat shows of turns that are over.
        live: the turn being answered, if any.
        arriving: files being added outside the chat, and those just refused.
        sent: what some components were last sent, so that the same is not sent again.
    """

    conversation_id: str = ""
    messages: list[ChatMessage] = field(default_factory=list)
    live: LiveTurn | None = None
    arriving: list[FileProgress] = field(default_factory=list)
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

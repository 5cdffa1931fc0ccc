"""A chip that was pressed above an answer -> the question to ask again. Nothing the browser sends is believed."""

from __future__ import annotations

from collections.abc import Sequence

import gradio as gr

from mmchat.types import Again, Message, Narrowing


def asked_without(messages: Sequence[Message], event: gr.EventData) -> tuple[str, Again, Narrowing] | None:
    """The question, how it was understood but for the chip's narrowing, and that; None when there is no such chip."""
    data = event._data if isinstance(event._data, dict) else {}
    message_id, _, number = str(data.get("id") or "")[:200].rpartition("-")
    question = ""
    for message in messages:
        if message.role == "user":
            question = message.text
        elif message.id == message_id and message.understood is not None and question:
            understood = message.understood
            if not number.isdecimal() or int(number) >= len(understood.narrowings):
                return None
            narrowing = understood.narrowings[int(number)]
            without = (*understood.without, narrowing)
            return question, Again(understood.stand_alone, without, understood.given), narrowing
    return None

"""A link that was pressed in the chat -> the question to ask. Nothing the browser sends is believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import gradio as gr

from mmchat.types import Again, Message, NarrowedBy, Narrowing, RequestKind, Understood
from mmchat.ui.taken import Switch, first_file, switches

T = TypeVar("T")
_AS = {
    Switch.SEARCH: RequestKind.LOOKUP,
    Switch.EVERYTHING: RequestKind.ENUMERATE,
    Switch.OVERVIEW: RequestKind.OVERVIEW,
}


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """A question to ask another time.

    Attributes:
        text: as it was typed.
        again: how it is to be taken this time.
        narrowings: what it is narrowed by as a person chose it, then or now; whatever is chosen for questions to come.
        dropped: what it is not narrowed by any more.
    """

    text: str
    again: Again
    narrowings: tuple[Narrowing, ...]
    dropped: Narrowing | None = None


def asked_without(messages: Sequence[Message], event: gr.EventData) -> AskedAgain | None:
    """The question but for what the chip says; None when there is no such chip."""
    question, answer, number = _pressed(messages, event)
    if answer is None or answer.understood is None or not number.isdecimal():
        return None
    understood = answer.understood
    if int(number) >= len(understood.narrowings):
        return None
    dropped = understood.narrowings[int(number)]
    again = Again(understood.stand_alone, (*understood.without, dropped), understood.given)
    return AskedAgain(question, again, tuple(n for n in _by_hand(understood) if n != dropped), dropped)


def asked_as(messages: Sequence[Message], event: gr.EventData) -> AskedAgain | None:
    """The question, taken as the switch says; None when its answer has no such switch."""
    question, answer, name = _pressed(messages, event)
    if answer is None or answer.understood is None:
        return None
    understood, narrowings = answer.understood, _by_hand(answer.understood)
    offered = switches(understood, question, answer.evidence, answer.citations)
    switch = next((each for each in offered if each == name), None)
    if switch is None:
        return None
    file = first_file(answer.citations) if switch is Switch.FILE else None
    if file is not None:
        narrowings = (*narrowings, Narrowing(NarrowedBy.FILE, file.attachment_id, file.name, by_hand=True))
    kind = _AS.get(switch, understood.kind)
    again = Again(understood.stand_alone, understood.without, understood.given, kind, switch is Switch.EVERYTHING)
    return AskedAgain(question, again, narrowings)


def numbered(shown: Sequence[T], event: gr.EventData) -> T | None:
    """The one of what the page was sent that was pressed; None when there is no such number."""
    data = event._data if isinstance(event._data, dict) else {}
    number = str(data.get("id") or "")[:4]
    return shown[int(number)] if number.isdecimal() and int(number) < len(shown) else None


def _by_hand(understood: Understood) -> tuple[Narrowing, ...]:
    return tuple(narrowing for narrowing in understood.narrowings if narrowing.by_hand)


def _pressed(messages: Sequence[Message], event: gr.EventData) -> tuple[str, Message | None, str]:
    """The question and the answer that the link stands above, and what follows that answer's id in the link."""
    data = event._data if isinstance(event._data, dict) else {}
    message_id, _, rest = str(data.get("id") or "")[:200].rpartition("-")
    question = ""
    for message in messages:
        if message.role == "user":
            question = message.text
        elif message.id == message_id and question:
            return question, message, rest
    return "", None, ""

"""What each part is, why, and what to type for a better one: the state of the parts in, HTML for the settings out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from mmchat.part_advice import Advice, advise
from mmchat.settings import Settings
from mmchat.types import PartState
from mmchat.ui.markup import NOTHING, Html, element, joined
from mmchat.ui.translations import Wording

_FOLDERS = re.compile(
    r"(?:(?<![\w/])(?:~|\.{1,2})?/|\bfile:/{1,3})(?:[^/,;:\n]+/)+|\b[A-Za-z]:[\\/](?:[^\\/,;:\n]+[\\/])+"
)


def without_folders(text: str) -> str:
    """The same with the folders of this machine left out, for visitors from elsewhere: ``…/model.gguf``."""
    return _FOLDERS.sub("…/", text)


def for_visitors(parts: Sequence[PartState]) -> tuple[PartState, ...]:
    """The parts without the folders of this machine."""
    return tuple(
        replace(part, backend=without_folders(part.backend), detail=without_folders(part.detail)) for part in parts
    )


def parts_list(parts: Sequence[PartState], settings: Settings, w: Wording, *, own_machine: bool) -> Html:
    """Every part in a list. Folders of this machine are shown to its own user alone."""
    parts = parts if own_machine else for_visitors(parts)
    rows = [_row(part, advise(part, settings), settings, w, own_machine=own_machine) for part in parts]
    note = element("p", w("parts_restart" if own_machine else "parts_host"), class_="told")
    return element("section", element("h3", w("parts")), note, element("ul", *rows, class_="made-of"))


def part_name(part: PartState, w: Wording) -> str:
    """What a part is called on the page."""
    return w(f"part_{part.part}") if w.has(f"part_{part.part}") else part.part


def better(part: PartState, advice: Advice | None, w: Wording) -> str:
    """What a better choice would bring, in a sentence; "" where we know of none."""
    key = f"better_{advice.better}" if advice else ""
    return w(key) if key and w.has(key) else ""


def why(advice: Advice | None, profile: str, w: Wording) -> str:
    """Why the part is this one."""
    return w(f"why_{advice.source}", profile=profile, line=advice.setting) if advice else ""


def _row(part: PartState, advice: Advice | None, settings: Settings, w: Wording, *, own_machine: bool) -> Html:
    state = "" if part.state == "ready" else w(f"state_{part.state}") if w.has(f"state_{part.state}") else part.state
    active = element("span", part.backend if part.state != "off" else state, class_="backend")
    reason = why(advice, settings.profile, w)
    sentences = [reason if own_machine else without_folders(reason)]
    if part.state not in ("ready", "off"):
        sentences.insert(0, state)
    if part.detail:
        sentences.append(part.detail)
    lines: list[Html] = []
    if advice and (sentence := better(part, advice, w)):
        sentences.append(sentence)
        lines = [_line(line, w) for line in (advice.lines if own_machine else advice.lines[-1:])]
    return element(
        "li",
        element("span", part_name(part, w), class_="part"),
        active,
        *(element("p", sentence) for sentence in sentences if sentence),
        joined(*lines) if lines else NOTHING,
        data_part=part.part,
        data_state=part.state,
    )


def _line(line: str, w: Wording) -> Html:
    button = element(
        "button",
        element("span", w("copy_line")),
        type="button",
        class_="link copy",
        data_copy=line,
        data_copied=w("copied"),
        aria_label=w("copy_line_of", line=line),
    )
    return element("div", element("code", line, title=line), button, class_="line")

"""What the next searches are kept to: the menu that sets it, and chips that can be taken away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from mmchat.narrowing_words import shown
from mmchat.types import LibraryEntry, Modality, NarrowedBy, Narrowing
from mmchat.ui.icons import icon
from mmchat.ui.markup import Html, element, lines
from mmchat.ui.translations import Wording

DAYS = (1, 7, 30)
"""The stretches of time that the menu offers: today, the last week, the last month."""
MOST_FILES = 40
_KINDS = (Modality.IMAGE, Modality.AUDIO, Modality.VIDEO, Modality.TEXT)


def bar(chosen: Sequence[Narrowing], entries: Sequence[LibraryEntry], w: Wording) -> Html:
    """Beside the composer: the menu, and what was chosen in it."""
    kinds = [
        _choice(f"{NarrowedBy.MODALITY}|{kind.value}", _label(kind, w), _has(chosen, NarrowedBy.MODALITY, kind.value))
        for kind in _KINDS
    ]
    label_of = {n.label for n in chosen if n.by is NarrowedBy.TIME}
    times = [_choice(f"{NarrowedBy.TIME}|{days}", w(f"when_{days}"), on=w(f"when_{days}") in label_of) for days in DAYS]
    tags = [
        _choice(f"{NarrowedBy.TAG}|{tag}", f"#{tag}", _has(chosen, NarrowedBy.TAG, tag))
        for tag in sorted({tag for entry in entries for tag in entry.tags})
    ]
    files = [
        _choice(
            f"{NarrowedBy.FILE}|{e.attachment.id}", e.attachment.name, _has(chosen, NarrowedBy.FILE, e.attachment.id)
        )
        for e in entries[:MOST_FILES]
    ]
    groups = [
        element("div", element("h3", w(title)), element("div", *choices, class_="choices"), class_="narrow-group")
        for title, choices in (
            ("narrow_kind", kinds),
            ("narrow_when", times),
            ("narrow_tag", tags),
            ("narrow_file", files),
        )
        if choices
    ]
    menu = element(
        "details",
        element("summary", icon("search"), element("span", w("narrow")), aria_label=w("narrow_title")),
        element("div", *groups, class_="narrow-menu"),
        class_="narrow",
    )
    return element("div", menu, *(_chosen(n, w) for n in chosen), class_="narrowed")


def toggled(
    chosen: Sequence[Narrowing], by: str, value: str, entries: Sequence[LibraryEntry], w: Wording
) -> tuple[Narrowing, ...]:
    """What is chosen after a press in the menu, or on a chip; nothing changes where there is no such choice.

    One kind, one time, one tag at once; files add up.
    """
    here = [n for n in chosen if n.by == by and _value(n, w) == value]
    if here:  # also where the file is gone meanwhile
        return tuple(n for n in chosen if n not in here)
    made = _made(by, value, entries, w)
    if made is None:
        return tuple(chosen)
    kept = [n for n in chosen if n.by is not made.by or made.by is NarrowedBy.FILE]
    return (*kept, made)


def _made(by: str, value: str, entries: Sequence[LibraryEntry], w: Wording) -> Narrowing | None:
    if by == NarrowedBy.MODALITY and value in {kind.value for kind in _KINDS}:
        return Narrowing(NarrowedBy.MODALITY, value, value, by_hand=True)
    if by == NarrowedBy.TIME and value in {str(days) for days in DAYS}:
        today = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        since = today - timedelta(days=int(value) - 1)
        return Narrowing(NarrowedBy.TIME, f"{since.isoformat()}/", w(f"when_{value}"), by_hand=True)
    if by == NarrowedBy.TAG and any(value in entry.tags for entry in entries):
        return Narrowing(NarrowedBy.TAG, value, f"#{value}", by_hand=True)
    name = next((e.attachment.name for e in entries if by == NarrowedBy.FILE and e.attachment.id == value), "")
    return Narrowing(NarrowedBy.FILE, value, name, by_hand=True) if name else None


def _chosen(narrowing: Narrowing, w: Wording) -> Html:
    label = shown(narrowing, w.language)
    return element(
        "button",
        lines(label),
        type="button",
        class_="chip without",
        data_send="narrow",
        data_id=f"{narrowing.by}|{_value(narrowing, w)}",
        aria_label=w("drop_narrowing", label=label),
        title=w("drop_narrowing", label=label),
    )


def _value(narrowing: Narrowing, w: Wording) -> str:
    """What the browser calls it by."""
    if narrowing.by is NarrowedBy.TIME:
        return next((str(days) for days in DAYS if w(f"when_{days}") == narrowing.label), "")
    return narrowing.value


def _choice(id: str, label: str, on: bool) -> Html:
    return element(
        "button",
        lines(label),
        type="button",
        class_="pill choice",
        data_send="narrow",
        data_id=id,
        aria_pressed=str(on).lower(),
    )


def _has(chosen: Sequence[Narrowing], by: NarrowedBy, value: str) -> bool:
    return any(n.by is by and n.value == value for n in chosen)


def _label(kind: Modality, w: Wording) -> str:
    return shown(Narrowing(NarrowedBy.MODALITY, kind.value), w.language)

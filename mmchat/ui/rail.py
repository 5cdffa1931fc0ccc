"""The rail: the library's files and the conversations, each with what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence

from mmchat.types import Conversation, JobState, LibraryEntry
from mmchat.ui.cards import file_link
from mmchat.ui.icons import icon
from mmchat.ui.markup import NOTHING, Html, element, joined
from mmchat.ui.progress import FileProgress, stage_words
from mmchat.ui.sources import close_button
from mmchat.ui.translations import Wording, clock

_SETTLED = frozenset({JobState.INDEXED, JobState.FAILED})


def library(entries: Sequence[LibraryEntry], coming: Sequence[FileProgress], w: Wording) -> Html:
    """The files of a library: those just refused, those being taken in, those that are here."""
    refused = [_refused(file, w) for file in coming if file.status == "failed"]
    ids = {e.attachment.name: e.attachment.id for e in reversed(entries) if e.state not in _SETTLED}
    # Of files that come together the news are told one after the other; the catalog knows of the later ones before.
    begun = {e.attachment.name for e in entries if e.state is not JobState.QUEUED}
    told = [file for file in coming if not file.done and (file.state is not JobState.QUEUED or file.name not in begun)]
    moving = [_moving(file, ids.get(file.name, ""), w) for file in told]
    names = {file.name for file in told}
    here = [_entry(e, w) for e in entries if e.state in _SETTLED or e.attachment.name not in names]
    rows = refused + moving + here
    listing = element("ul", *rows, class_="files") if rows else element("p", w("empty_library"), class_="blank small")
    count = element("span", w("files", count=len(here)), class_="count") if here else NOTHING
    tools = NOTHING
    if here:
        look = element("button", icon("chart"), w("insights"), type="button", class_="link look", data_tab="insights")
        clear = _asking_first("clear_library", "", w("delete_all"), w("confirm_all"), w, text=True)
        tools = element("div", look, clear, class_="rail-tools")
    head = element("div", element("h2", w("library")), count, close_button(w("close_rail")), class_="rail-head")
    return element("section", head, listing, tools, class_="rail-part", aria_label=w("library"))


def conversations(listed: Sequence[Conversation], current: str, w: Wording) -> Html:
    """Past conversations, newest first, the open one marked."""
    rows = [_conversation(c, c.id == current, w) for c in listed]
    listing = (
        element("ul", *rows, class_="talks") if rows else element("p", w("no_conversations"), class_="blank small")
    )
    head = element("div", element("h2", w("conversations")), class_="rail-head")
    return element("section", head, listing, class_="rail-part", aria_label=w("conversations"))


def openers(w: Wording) -> Html:
    """What a narrow screen opens its drawers with, and the words that the script shows."""
    buttons = [
        element(
            "button",
            icon(picture),
            element("b", class_="badge", hidden=True) if drawer == "proofs" else NOTHING,
            type="button",
            class_="pill",
            data_drawer=drawer,
            aria_controls=drawer,
            aria_expanded="false",
            aria_label=w(label),
        )
        for drawer, picture, label in (("rail", "library", "library"), ("proofs", "search", "sources"))
    ]
    words = element("span", id="mm-words", hidden=True, data_language=w.language, data_close=w("close"))
    return element("div", *buttons, words, element("div", w("drop"), id="mm-drop"), class_="openers")


def _moving(file: FileProgress, id: str, w: Wording) -> Html:
    percent = round(file.fraction * 100)
    bar = element(
        "span",
        element("i", style=f"width:{percent}%"),
        class_="bar",
        role="progressbar",
        aria_label=file.name,
        aria_valuenow=percent,
        aria_valuemin="0",
        aria_valuemax="100",
    )
    words = element("span", " · ".join(file.words(w)), class_="meta")
    return _row(file.modality, _name(file.name), words, bar, after=_stop(id, file.name, w) if id else NOTHING)


def _refused(file: FileProgress, w: Wording) -> Html:
    reason = element("span", file.reason or w("failed"), class_="meta failed")
    return _row("warning", _name(file.name), reason)


def _entry(entry: LibraryEntry, w: Wording) -> Html:
    attachment = entry.attachment
    if entry.state is JobState.FAILED:
        meta = element("span", entry.reason or w("failed"), class_="meta failed")
    elif entry.state is JobState.INDEXED:
        facts = element(
            "span",
            " · ".join(_facts(entry, w)),
            class_="meta",
            title=w("copy_hint" if entry.copy_of else "segment_hint"),
        )
        meta = joined(facts, element("span", entry.reason, class_="meta remark")) if entry.reason else facts
    else:
        meta = element("span", stage_words(entry.state, attachment.modality, w), class_="meta")
        return _row(attachment.modality, file_link(attachment, w), meta, after=_stop(attachment.id, attachment.name, w))
    question = w("confirm_file", name=attachment.name)
    delete = _asking_first("delete_file", attachment.id, w("delete_file", name=attachment.name), question, w)
    return _row(attachment.modality, file_link(attachment, w), meta, after=delete)


def _stop(id: str, name: str, w: Wording) -> Html:
    """Nothing is lost but the time spent on it, so it does not ask first."""
    label = w("stop_file", name=name)
    return element(
        "button",
        icon("close"),
        type="button",
        class_="ghost bin",
        data_send="stop_file",
        data_id=id,
        title=label,
        aria_label=label,
    )


def _facts(entry: LibraryEntry, w: Wording) -> list[str]:
    attachment = entry.attachment
    facts = [clock(attachment.duration_s)] if attachment.duration_s else []
    facts += [w("pages", count=attachment.pages)] if attachment.pages else []
    tags = [f"#{tag}" for tag in entry.tags]
    if entry.copy_of:
        return [*facts, w("copy_of", name=entry.copy_of), *tags]
    return [*facts, w("segments", count=entry.segments), *tags]


def _row(picture: str, *main: Html, after: Html = NOTHING) -> Html:
    return element("li", icon(picture), element("div", *main, class_="file-main"), after, class_="file")


def _name(name: str) -> Html:
    return element("span", name, class_="file-name", title=name)


def _conversation(conversation: Conversation, current: bool, w: Wording) -> Html:
    title = conversation.title or "…"
    opener = element(
        "button",
        icon("chat"),
        element("span", title),
        type="button",
        class_="talk-open",
        data_send="open_conversation",
        data_id=conversation.id,
        aria_current="true" if current else None,
        title=title,
        aria_label=w("open_conversation", title=title),
    )
    label, question = w("delete_conversation", title=title), w("confirm_conversation", title=title)
    delete = _asking_first("delete_conversation", conversation.id, label, question, w)
    return element("li", opener, delete, class_="talk on" if current else "talk")


def _asking_first(action: str, id: str, label: str, question: str, w: Wording, *, text: bool = False) -> Html:
    """A button that does what cannot be undone, after asking."""
    return element(
        "button",
        label if text else icon("bin"),
        type="button",
        class_="link danger" if text else "ghost bin",
        data_send=action,
        data_id=id,
        data_confirm=question,
        data_yes=w("confirm"),
        data_no=w("cancel"),
        title=None if text else label,
        aria_label=None if text else label,
    )

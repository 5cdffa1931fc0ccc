"""What stands beside an answer in the chat: notes, the words a person said, the files they gave.

The chat shows Markdown, in which one HTML block runs until a blank line; so nothing here contains one.
"""

from __future__ import annotations

from collections.abc import Sequence

from mmchat.catalog.conversations import DELETED
from mmchat.llms.nearby import Nearby
from mmchat.types import Attachment, Modality
from mmchat.ui.cards import film, media_url
from mmchat.ui.icons import icon
from mmchat.ui.markup import NOTHING, Html, element, lines
from mmchat.ui.progress import FileProgress
from mmchat.ui.translations import Wording


def note(kind: str, title: str, sentences: Sequence[str] = ()) -> Html:
    """A framed note: ``none`` (no evidence), ``failed``, ``warned`` or ``stopped``; the same sentence is said once."""
    head = element("strong", lines(title)) if title else NOTHING
    said_once = dict.fromkeys(s for s in sentences if s)
    return element("div", head, *(element("p", lines(s)) for s in said_once), class_=f"note note-{kind}")


def connect(found: Sequence[Nearby], w: Wording, *, own_machine: bool) -> Html:
    """How to connect a language model; those that answer on this machine can be taken with one press."""
    head = element("strong", w("connect_title"))
    if not found:
        how = element("p", w("connect_own" if own_machine else "connect_host"))
        return element("div", head, how, class_="note note-connect")
    offers = [
        element(
            "p",
            w("connect_found", server=each.server),
            " ",
            element("a", lines(w("connect_use", model=each.model)), href=f"#llm-{number}", class_="switch"),
        )
        for number, each in enumerate(found)
    ]
    return element("div", head, *offers, class_="note note-connect")


def said(text: str) -> Html:
    """A person's words exactly as typed: no Markdown, line breaks kept."""
    return element("div", lines(text), class_="said") if text else NOTHING


def given(attachments: Sequence[Attachment], w: Wording) -> Html:
    """Files of a message: pictures shown, recordings and videos playable, others by name."""
    return element("div", *(_given(a, w) for a in attachments), class_="given") if attachments else NOTHING


def coming(files: Sequence[FileProgress], w: Wording) -> Html:
    """Files of a message that are still on their way: those admitted as they will look, others by name."""
    shown = [_given(f.attachment, w) if f.attachment else _chip(f.name, f.modality) for f in files]
    return element("div", *shown, class_="given") if shown else NOTHING


def file_lines(files: Sequence[FileProgress], w: Wording) -> Html:
    """Each file's progress or outcome, one line each."""
    return element("ul", *(_file_line(f, w) for f in files), class_="steps") if files else NOTHING


def _file_line(file: FileProgress, w: Wording) -> Html:
    words = file.outcome(w) if file.done else ", ".join(file.words(w))
    return element("li", element("strong", lines(file.name)), ": ", lines(words))


def _given(attachment: Attachment, w: Wording) -> Html:
    name = attachment.name
    if name == DELETED:
        return _chip(w("gone_file"), attachment.modality)
    if attachment.modality is Modality.IMAGE:
        return element("img", class_="given-image", src=media_url(attachment, "picture"), alt=name, title=name)
    if attachment.modality is Modality.AUDIO:
        player = element("audio", controls=True, preload="metadata", src=media_url(attachment), aria_label=name)
        return element("span", element("span", lines(name), class_="chip-name"), player, class_="given-audio")
    if attachment.modality is Modality.VIDEO:
        return element(
            "span", element("span", lines(name), class_="chip-name"), film(attachment, 0.0, w), class_="given-video"
        )
    return _chip(name, attachment.modality)


def _chip(name: str, modality: Modality) -> Html:
    return element("span", icon(modality), element("span", lines(name), class_="chip-name"), class_="chip")

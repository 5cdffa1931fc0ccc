"""What stands beside an answer in the chat: notes, the words a person said, the files they gave. Escaped HTML.

The chat shows Markdown, in which one HTML block runs until a blank line; so nothing here contains one.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from mmchat.catalog.conversations import DELETED
from mmchat.types import Attachment, Modality
from mmchat.ui.cards import media_url
from mmchat.ui.icons import icon
from mmchat.ui.progress import FileProgress
from mmchat.ui.translations import Wording


def note(kind: str, title: str, lines: Sequence[str] = ()) -> str:
    """A framed note: ``none`` (no evidence), ``failed``, ``warned`` or ``stopped``."""
    body = "".join(f"<p>{_one_line(line)}</p>" for line in lines if line)
    head = f"<strong>{_one_line(title)}</strong>" if title else ""
    return f'<div class="note note-{kind}">{head}{body}</div>'


def said(text: str) -> str:
    """A person's words exactly as typed: no Markdown, line breaks kept."""
    return f'<div class="said">{_one_line(text)}</div>' if text else ""


def given(attachments: Sequence[Attachment], w: Wording) -> str:
    """Files of a message that are in the library: pictures shown, recordings playable, others by name."""
    return f'<div class="given">{"".join(_given(a, w) for a in attachments)}</div>' if attachments else ""


def coming(files: Sequence[FileProgress], w: Wording) -> str:
    """Files of a message that are still on their way: those admitted as they will look, others by name."""
    shown = [_given(f.attachment, w) if f.attachment else _chip(f.name, f.modality) for f in files]
    return f'<div class="given">{"".join(shown)}</div>' if shown else ""


def file_lines(files: Sequence[FileProgress], w: Wording) -> str:
    """Each file's progress or outcome, one line each."""
    return f'<ul class="steps">{"".join(_file_line(f, w) for f in files)}</ul>' if files else ""


def _file_line(file: FileProgress, w: Wording) -> str:
    words = file.outcome(w) if file.done else f"{file.stage(w)}, {w.percent(file.fraction)}"
    left = f", {file.left(w)}" if not file.done and file.remaining_s is not None else ""
    return f"<li><strong>{_one_line(file.name)}</strong>: {_one_line(words + left)}</li>"


def _given(attachment: Attachment, w: Wording) -> str:
    name = escape(attachment.name)
    if attachment.name == DELETED:
        return _chip(w("gone_file"), attachment.modality)
    if attachment.modality is Modality.IMAGE:
        url = media_url(attachment, "picture")
        return f'<img class="given-image" src="{url}" alt="{name}" title="{name}">'
    if attachment.modality is Modality.AUDIO:
        return (
            f'<span class="given-audio"><span class="chip-name">{name}</span>'
            f'<audio controls preload="metadata" src="{media_url(attachment)}" aria-label="{name}"></audio></span>'
        )
    return _chip(attachment.name, attachment.modality)


def _chip(name: str, modality: Modality) -> str:
    return f'<span class="chip">{icon(modality)}<span class="chip-name">{_one_line(name)}</span></span>'


def _one_line(text: str) -> str:
    return "<br>".join(escape(line) for line in text.splitlines())

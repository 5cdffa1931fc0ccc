"""The three side panels as HTML: an answer's sources, the library, the conversations. All foreign text is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from mmchat.types import Conversation, Evidence, JobState, LibraryEntry
from mmchat.ui.cards import Proof, card, media_url
from mmchat.ui.icons import icon
from mmchat.ui.progress import FileProgress, stage_words
from mmchat.ui.translations import Wording, clock

_OPENABLE = frozenset({JobState.INDEXED, JobState.FAILED})


def sources(proof: Proof | None, w: Wording, *, focus: int | None = None, searching: bool = False, writing: bool = False) -> str:
    """The sources of one answer: cited ones first, the rest folded away.

    Args:
        proof: None before the first answer.
        w: the visitor's language.
        focus: the number of the card to bring into view.
        searching: evidence is still being looked for.
        writing: the answer is not whole yet, so that what it cites is not known; all evidence stands in order.
    """
    if searching:
        bones = '<li class="card bone" aria-hidden="true"><i></i><i></i><i></i></li>' * 2
        return _sources(w, "", f'<p class="quiet">{escape(w("finding_sources"))}</p><ul class="cards">{bones}</ul>')
    if proof is None:
        return _sources(w, "", f'<div class="blank">{icon("search")}<p>{escape(w("no_sources"))}</p></div>')
    if writing:
        found = f'<p class="quiet">{escape(w("found_sources", count=len(proof.evidence)))}</p>' if proof.evidence else ""
        return _sources(w, "", found + _cards(proof, proof.evidence, w), scope=proof.scope)
    markers = {c.marker for c in proof.citations}
    cited = [e for e in proof.evidence if e.number in markers]
    others = [e for e in proof.evidence if e.number not in markers]
    body = (
        f'<p class="for" title="{escape(proof.question)}">{escape(w("for_question", question=proof.question))}</p>'
        if proof.question
        else ""
    )
    body += _cards(proof, cited, w) if cited else f'<p class="quiet">{escape(w("no_sources_here"))}</p>'
    if others:
        summary = escape(w("considered", count=len(others)))
        body += f'<details class="considered"><summary>{summary}</summary>{_cards(proof, others, w)}</details>'
    tools = ""
    if proof.answer:
        count = f'<span class="count">{escape(w("cited", count=len(cited)))}</span>' if cited else ""
        tools = (
            f"{count}"
            f'<button type="button" class="pill copy" data-copy="{escape(copyable(proof))}" '
            f'data-copied="{escape(w("copied"))}">{icon("copy")}<span>{escape(w("copy"))}</span></button>'
        )
    return _sources(w, tools, body, count=len(cited), focus=focus, scope=proof.scope)


def copyable(proof: Proof) -> str:
    """The answer as plain text with its cited sources listed below."""
    lines = [proof.answer.strip(), ""]
    for citation in {c.marker: c for c in proof.citations}.values():
        lines.append(f"[{citation.marker}] {citation.name}" + (f": “{citation.quote}”" if citation.quote else ""))
    return "\n".join(lines).strip()


def openers(w: Wording) -> str:
    """What a narrow screen opens its drawers with, and the words that the script shows."""
    return (
        f'<button type="button" class="pill" data-drawer="rail" aria-controls="rail" aria-expanded="false" '
        f'aria-label="{escape(w("library"))}">{icon("library")}</button>'
        f'<button type="button" class="pill" data-drawer="proofs" aria-controls="proofs" aria-expanded="false" '
        f'aria-label="{escape(w("sources"))}">{icon("search")}<b class="badge" hidden></b></button>'
        f'<span id="mm-words" hidden data-language="{w.language}" data-close="{escape(w("close"))}"></span>'
        f'<div id="mm-drop">{escape(w("drop"))}</div>'
    )


def library(entries: Sequence[LibraryEntry], coming: Sequence[FileProgress], w: Wording) -> str:
    """The files of a library: those just refused, those being taken in, those that are here."""
    moving = [_coming(file, w) for file in coming if not file.done]
    refused = [_refused(file, w) for file in coming if file.status == "failed"]
    in_progress = {file.name for file in coming if not file.done}
    rows = [_entry(e, w) for e in entries if not (e.state not in _OPENABLE and e.attachment.name in in_progress)]
    count = f'<span class="count">{escape(w("files", count=len(rows)))}</span>' if rows else ""
    body = "".join(refused + moving + rows)
    listing = f'<ul class="files">{body}</ul>' if body else f'<p class="blank small">{escape(w("empty_library"))}</p>'
    clear = (
        f'<button type="button" class="link danger" data-send="clear_library" data-confirm="{escape(w("confirm_all"))}" '
        f'data-yes="{escape(w("confirm"))}" data-no="{escape(w("cancel"))}">{escape(w("delete_all"))}</button>'
        if rows
        else ""
    )
    return f'<section class="rail-part" aria-label="{escape(w("library"))}"><div class="rail-head"><h2>{escape(w("library"))}</h2>{count}{_close(w("close_rail"))}</div>{listing}{clear}</section>'


def conversations(listed: Sequence[Conversation], current: str, w: Wording) -> str:
    """Past conversations, newest first, the open one marked."""
    rows = "".join(_conversation(c, c.id == current, w) for c in listed)
    listing = (
        f'<ul class="talks">{rows}</ul>' if rows else f'<p class="blank small">{escape(w("no_conversations"))}</p>'
    )
    return f'<section class="rail-part" aria-label="{escape(w("conversations"))}"><div class="rail-head"><h2>{escape(w("conversations"))}</h2></div>{listing}</section>'


def _sources(w: Wording, tools: str, body: str, *, count: int = 0, focus: int | None = None, scope: str = "") -> str:
    return (
        f'<section class="sources" aria-label="{escape(w("sources"))}" data-count="{count}" data-scope="{escape(scope)}" data-focus="{focus or ""}">'
        f'<div class="panel-head"><h2>{escape(w("sources"))}</h2>{tools}{_close(w("close_sources"))}</div>{body}</section>'
    )


def _close(label: str) -> str:
    """Shuts the drawer on a narrow screen."""
    return f'<button type="button" class="ghost close phone" data-drawer="" aria-label="{escape(label)}">{icon("close")}</button>'


def _cards(proof: Proof, evidence: Sequence[Evidence], w: Wording) -> str:
    return f'<ol class="cards">{"".join(card(proof, e, w) for e in evidence)}</ol>'


def _coming(file: FileProgress, w: Wording) -> str:
    percent = round(file.fraction * 100)
    left = f" · {escape(file.left(w))}" if file.remaining_s is not None else ""
    name = escape(file.name)
    return (
        f'<li class="file coming">{icon(file.modality)}<div class="file-main"><span class="file-name" title="{name}">{name}</span>'
        f'<span class="meta">{escape(file.stage(w))} · {escape(w.percent(file.fraction))}{left}</span>'
        f'<span class="bar" role="progressbar" aria-label="{name}" aria-valuenow="{percent}" aria-valuemin="0" '
        f'aria-valuemax="100"><i style="width:{percent}%"></i></span></div></li>'
    )


def _refused(file: FileProgress, w: Wording) -> str:
    name = escape(file.name)
    return (
        f'<li class="file refused">{icon("warning")}<div class="file-main"><span class="file-name" title="{name}">{name}</span>'
        f'<span class="meta failed">{escape(file.reason or w("failed"))}</span></div></li>'
    )


def _entry(entry: LibraryEntry, w: Wording) -> str:
    attachment = entry.attachment
    name = escape(attachment.name)
    if entry.state is JobState.FAILED:
        meta = f'<span class="meta failed">{escape(entry.reason or w("failed"))}</span>'
    elif entry.state is JobState.INDEXED:
        facts = [w("segments", count=entry.segments)]
        if attachment.pages:
            facts.insert(0, w("pages", count=attachment.pages))
        if attachment.duration_s:
            facts.insert(0, clock(attachment.duration_s))
        meta = f'<span class="meta" title="{escape(w("segment_hint"))}">{escape(" · ".join(facts))}</span>'
    else:
        meta = f'<span class="meta busy">{escape(stage_words(entry.state, attachment.modality, w))}</span>'
    return (
        f'<li class="file" data-state="{entry.state}">{icon(attachment.modality)}<div class="file-main">'
        f'<a class="file-name" href="{media_url(attachment)}" target="_blank" rel="noopener" title="{name}" '
        f'aria-label="{escape(w("open_file", name=attachment.name))}">{name}</a>{meta}</div>'
        + _bin(
            "delete_file",
            attachment.id,
            w("delete_file", name=attachment.name),
            w("confirm_file", name=attachment.name),
            w,
        )
        + "</li>"
    )


def _conversation(conversation: Conversation, current: bool, w: Wording) -> str:
    title = conversation.title or "…"
    return (
        f'<li class="talk{" on" if current else ""}"><button type="button" class="talk-open" data-send="open_conversation" '
        f'data-id="{escape(conversation.id)}" {"aria-current=true" if current else ""} title="{escape(title)}" '
        f'aria-label="{escape(w("open_conversation", title=title))}">{icon("chat")}<span>{escape(title)}</span></button>'
        + _bin(
            "delete_conversation",
            conversation.id,
            w("delete_conversation", title=title),
            w("confirm_conversation", title=title),
            w,
        )
        + "</li>"
    )


def _bin(action: str, id: str, label: str, question: str, w: Wording) -> str:
    return (
        f'<button type="button" class="ghost bin" data-send="{action}" data-id="{escape(id)}" '
        f'data-confirm="{escape(question)}" data-yes="{escape(w("confirm"))}" data-no="{escape(w("cancel"))}" '
        f'aria-label="{escape(label)}" title="{escape(label)}">{icon("bin")}</button>'
    )

"""Evidence and citations in, source cards as HTML out. Everything that is not ours is escaped here, in Python.

The HTML goes through gr.HTML's default ``${value}`` template only: data put through its Handlebars would be
evaluated as JavaScript.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote as url_quote

from mmchat.catalog.conversations import DELETED
from mmchat.types import Attachment, Box, Citation, Concept, Evidence, Locator, Modality, Segment
from mmchat.ui.citations import anchor
from mmchat.ui.icons import icon
from mmchat.ui.places import place
from mmchat.ui.quotes import Quoted, excerpt, quoted
from mmchat.ui.translations import Wording, clock

MAX_CONCEPTS = 5
MAX_ZOOM = 3.0
_SHOWN_TEXT_WIDTH = 0.92
"""A marked line may fill this much of its card's width when the picture is enlarged to it."""


@dataclass(frozen=True, slots=True)
class Proof:
    """One answer's evidence and citations, and the scope that its anchors carry."""

    scope: str
    question: str
    answer: str
    evidence: tuple[Evidence, ...]
    citations: tuple[Citation, ...]


def media_url(attachment: Attachment, *more: str) -> str:
    """Our own address of an attachment, escaped for HTML and Markdown alike."""
    return "/".join(("/media", url_quote(attachment.id, safe=""), *more))


def card(proof: Proof, evidence: Evidence, w: Wording) -> str:
    """One source card: number, name, place, and the proof itself."""
    segment, attachment = evidence.candidate.segment, evidence.candidate.attachment
    citations = [c for c in proof.citations if c.marker == evidence.number]
    locator = _joined([c.locator for c in citations]) or segment.locator
    gone = attachment.name == DELETED
    if gone:
        body = f'<p class="gone">{escape(w("deleted"))}</p>'
    else:
        body = _media(attachment, segment, locator, w) + _words(segment, citations, w)
    name = escape(w("gone_file") if gone else attachment.name)
    where = escape(place(locator, w))
    label = escape(w("source", number=evidence.number, name=w("gone_file") if gone else attachment.name))
    title = (
        name
        if gone
        else f'<a class="file-name" href="{media_url(attachment)}" target="_blank" rel="noopener" '
        f'title="{name}" aria-label="{escape(w("open_file", name=attachment.name))}">{name}</a>'
    )
    heading = f'<p class="heading">{escape(segment.heading)}</p>' if segment.heading and not gone else ""
    return (
        f'<li class="card" id="{escape(anchor(proof.scope, evidence.number))}" tabindex="-1" aria-label="{label}">'
        f'<div class="card-top"><span class="num" aria-hidden="true">{evidence.number}</span>{icon(attachment.modality)}'
        f'{title}<span class="place">{where}</span></div>{heading}{body}</li>'
    )


def _media(attachment: Attachment, segment: Segment, locator: Locator, w: Wording) -> str:
    if attachment.modality is Modality.IMAGE:
        size = (attachment.width_px, attachment.height_px)
        return _shot(media_url(attachment, "picture"), attachment.name, locator.boxes, size, w)
    if attachment.media_type == "application/pdf" and locator.page is not None:
        url = media_url(attachment, "page", str(locator.page))
        return _shot(url, f"{attachment.name}, {w('page', page=locator.page)}", locator.boxes, (None, None), w)
    if attachment.modality is Modality.AUDIO:
        start = locator.start_s or 0.0
        url = f"{media_url(attachment)}#t={start:.2f}"
        label = escape(w("play_from_of", name=attachment.name, time=clock(start)))
        return (
            f'<div class="player"><audio controls preload="metadata" src="{url}" aria-label="{escape(attachment.name)}">'
            f'</audio><button type="button" class="pill play" data-from="{start:.2f}" aria-label="{label}">'
            f"{icon('play')}{escape(w('play_from', time=clock(start)))}</button></div>"
        )
    return ""


def _shot(url: str, name: str, boxes: Sequence[Box], size: tuple[int | None, int | None], w: Wording) -> str:
    """The picture behind a button that enlarges it; enlarged to, and centred on, its marked words."""
    zoom, (x, y) = _view(boxes)
    dimensions = f' width="{size[0]}" height="{size[1]}"' if all(size) else ""
    label = escape(w("enlarge_marked" if boxes else "enlarge", name=name))
    data = escape(json.dumps([[round(edge, 5) for edge in box] for box in boxes]))
    return (
        f'<button type="button" class="shot" data-picture="{url}" data-boxes="{data}" data-caption="{escape(name)}" '
        f'aria-label="{label}"><span class="crop{"" if boxes else " whole"}" data-x="{x:.4f}" data-y="{y:.4f}">'
        f'<span class="sheet" style="width:{zoom * 100:.1f}%"><img src="{url}" alt="" loading="lazy"{dimensions}>'
        f"{''.join(_box(box) for box in boxes)}</span></span></button>"
    )


def _view(boxes: Sequence[Box]) -> tuple[float, tuple[float, float]]:
    if not boxes:
        return 1.0, (0.5, 0.5)
    x0, x1 = min(b[0] for b in boxes), max(b[2] for b in boxes)
    y0, y1 = min(b[1] for b in boxes), max(b[3] for b in boxes)
    zoom = min(MAX_ZOOM, max(1.0, _SHOWN_TEXT_WIDTH / max(x1 - x0, 0.01)))
    return zoom, ((x0 + x1) / 2, (y0 + y1) / 2)


def _box(box: Box) -> str:
    x0, y0, x1, y1 = (min(1.0, max(0.0, edge)) * 100 for edge in box)
    return f'<span class="box" style="left:{x0:.3f}%;top:{y0:.3f}%;width:{x1 - x0:.3f}%;height:{y1 - y0:.3f}%"></span>'


def _words(segment: Segment, citations: Sequence[Citation], w: Wording) -> str:
    if not segment.text:
        return _concepts(segment.concepts, w)
    spans = [quoted(segment, c) for c in citations if c.quote] or [excerpt(segment)]
    timed = len(citations) > 1 and segment.modality is Modality.AUDIO
    out = []
    for index, span in enumerate(dict.fromkeys(spans)):
        at = citations[index].locator.start_s if timed and index < len(citations) else None
        lead = (
            f'<button type="button" class="at play" data-from="{at:.2f}">{clock(at)}</button> '
            if at is not None
            else ""
        )
        out.append(f"<blockquote>{lead}{_marked(span)}</blockquote>")
    return "".join(out)


def _marked(span: Quoted) -> str:
    words = "".join(f"<mark>{escape(text)}</mark>" if marked else escape(text) for text, marked in span.pieces)
    return f"{'…' if span.cut_start else ''}{words}{'…' if span.cut_end else ''}"


def _concepts(concepts: Sequence[Concept], w: Wording) -> str:
    if not concepts:
        return ""
    rows = "".join(
        f'<li><span class="concept">{escape(c.label)}</span><span class="meter" aria-hidden="true">'
        f'<i style="width:{min(1.0, max(0.0, c.probability)) * 100:.0f}%"></i></span>'
        f'<span class="share">{escape(w.percent(c.probability))}</span></li>'
        for c in concepts[:MAX_CONCEPTS]
    )
    title = escape(w("recognised_hint"))
    return f'<p class="label" title="{title}">{escape(w("recognised"))}</p><ul class="concepts">{rows}</ul>'


def _joined(locators: Sequence[Locator]) -> Locator | None:
    """One locator for a card whose evidence is cited several times: the first page, all its boxes, the first second."""
    if not locators:
        return None
    first = locators[0]
    boxes = dict.fromkeys(box for each in locators if each.page == first.page for box in each.boxes)
    return Locator(page=first.page, boxes=tuple(boxes), start_s=first.start_s, end_s=first.end_s)

"""Evidence and citations in, source cards as HTML out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote as url_quote

from mmchat.catalog.conversations import DELETED
from mmchat.types import (
    Attachment,
    Box,
    Citation,
    Concept,
    Evidence,
    Locator,
    Modality,
    Reranking,
    Segment,
    SegmentKind,
)
from mmchat.ui.citations import anchor
from mmchat.ui.icons import icon
from mmchat.ui.markup import NOTHING, Html, element, joined
from mmchat.ui.places import place, shown_name
from mmchat.ui.quotes import Quoted, excerpt, quoted
from mmchat.ui.translations import Wording, clock

MAX_CONCEPTS = 5
MAX_ZOOM = 3.0
_SHOWN_TEXT_WIDTH = 0.92
"""A marked line may fill this much of its card's width when the picture is enlarged to it."""


@dataclass(frozen=True, slots=True)
class Proof:
    """One answer's evidence and citations, how they came into their order, and the scope that its anchors carry."""

    scope: str
    question: str
    answer: str
    evidence: tuple[Evidence, ...]
    citations: tuple[Citation, ...]
    reranking: Reranking | None = None


def media_url(attachment: Attachment, *more: str) -> str:
    """Our own address of an attachment, safe in HTML and Markdown alike."""
    return "/".join(("/media", url_quote(attachment.id, safe=""), *more))


def card(proof: Proof, evidence: Evidence, w: Wording) -> Html:
    """One source card: number, name, place, and the proof itself."""
    segment, attachment = evidence.candidate.segment, evidence.candidate.attachment
    citations = [c for c in proof.citations if c.marker == evidence.number]
    locator = _joined([c.locator for c in citations]) or segment.locator
    gone = attachment.name == DELETED
    name = shown_name(attachment.name, w)
    top = element(
        "div",
        element("span", str(evidence.number), class_="num", aria_hidden="true"),
        icon(attachment.modality),
        element("span", name, class_="file-name") if gone else file_link(attachment, w),
        element("span", place(locator, w), class_="place"),
        class_="card-top",
    )
    if gone:
        body = element("p", w("deleted"), class_="gone")
    else:
        heading = element("p", segment.heading, class_="heading") if segment.heading else NOTHING
        judged = evidence.candidate.why
        why = element("p", w("why", why=judged), class_="why") if judged else NOTHING
        body = joined(heading, _media(attachment, segment, locator, w), _words(segment, citations, w), why)
    return element(
        "li",
        top,
        body,
        class_="card",
        id=anchor(proof.scope, evidence.number),
        tabindex="-1",
        aria_label=w("source", number=evidence.number, name=name),
    )


def file_link(attachment: Attachment, w: Wording) -> Html:
    """A file's name, which opens its original."""
    return element(
        "a",
        attachment.name,
        class_="file-name",
        href=media_url(attachment),
        target="_blank",
        rel="noopener",
        title=attachment.name,
        aria_label=w("open_file", name=attachment.name),
    )


def _media(attachment: Attachment, segment: Segment, locator: Locator, w: Wording) -> Html:
    if attachment.modality is Modality.IMAGE:
        size = (attachment.width_px, attachment.height_px)
        return _shot(media_url(attachment, "picture"), attachment.name, locator.boxes, size, w)
    if attachment.media_type == "application/pdf" and locator.page is not None:
        url = media_url(attachment, "page", str(locator.page))
        return _shot(url, f"{attachment.name}, {w('page', page=locator.page)}", locator.boxes, (None, None), w)
    start_s = locator.start_s or 0.0
    if attachment.modality is Modality.VIDEO:
        written = _frame(attachment, segment, locator, w) if locator.boxes else NOTHING
        return joined(written, _player(attachment, start_s, w, film(attachment, start_s, w)))
    if attachment.modality is Modality.TEXT and segment.kind is SegmentKind.WHOLE_IMAGE:
        return _shot(
            media_url(attachment, "figure", segment.id), segment.heading or attachment.name, (), (None, None), w
        )
    if attachment.modality is Modality.AUDIO:
        src = f"{media_url(attachment)}#t={start_s:.2f}"
        audio = element("audio", controls=True, preload="metadata", src=src, aria_label=attachment.name)
        return _player(attachment, start_s, w, audio)
    return NOTHING


def _frame(attachment: Attachment, segment: Segment, locator: Locator, w: Wording) -> Html:
    """The frame on which words were read, with the words marked."""
    start_s = segment.locator.start_s or 0.0
    size = (attachment.width_px, attachment.height_px)
    return _shot(frame_url(attachment, start_s), f"{attachment.name}, {clock(start_s)}", locator.boxes, size, w)


def film(attachment: Attachment, start_s: float, w: Wording) -> Html:
    """A video's player, and what the page's script shows where this browser cannot decode it: its picture there."""
    name, at = attachment.name, clock(start_s)
    src = f"{media_url(attachment)}#t={start_s:.2f}"
    picture = element("img", class_="film-frame", alt=f"{name}, {at}")
    sentence = element("span", w("unplayable", name=name, time=at), class_="quiet")
    return element(
        "span",
        element("video", controls=True, preload="metadata", playsinline=True, src=src, aria_label=name),
        element("span", picture, sentence, class_="instead"),
        class_="film",
    )


def frame_url(attachment: Attachment, start_s: float) -> str:
    """Where the frame at that second is to be had."""
    return media_url(attachment, "frame", str(round(start_s * 1000)))


def _player(attachment: Attachment, start_s: float, w: Wording, medium: Html) -> Html:
    start = f"{start_s:.2f}"
    return element(
        "div",
        medium,
        element(
            "button",
            icon("play"),
            w("play_from", time=clock(start_s)),
            type="button",
            class_="pill play",
            data_from=start,
            aria_label=w("play_from_of", name=attachment.name, time=clock(start_s)),
        ),
        class_="player",
    )


def _shot(url: str, name: str, boxes: Sequence[Box], size: tuple[int | None, int | None], w: Wording) -> Html:
    """The picture behind a button that enlarges it; itself enlarged to, and centred on, its marked words."""
    zoom, (x, y) = _view(boxes)
    image = element("img", src=url, alt="", loading="lazy", width=size[0], height=size[1])
    sheet = element("span", image, *map(_box, boxes), class_="sheet", style=f"width:{zoom * 100:.1f}%")
    return element(
        "button",
        element("span", sheet, class_="crop" if boxes else "crop whole", data_x=f"{x:.4f}", data_y=f"{y:.4f}"),
        type="button",
        class_="shot",
        data_picture=url,
        data_boxes=json.dumps([[round(edge, 5) for edge in box] for box in boxes]),
        data_caption=name,
        aria_label=w("enlarge_marked" if boxes else "enlarge", name=name),
    )


def _view(boxes: Sequence[Box]) -> tuple[float, tuple[float, float]]:
    """How far to enlarge the picture, and around which point of it."""
    if not boxes:
        return 1.0, (0.5, 0.5)
    x0, x1 = min(b[0] for b in boxes), max(b[2] for b in boxes)
    y0, y1 = min(b[1] for b in boxes), max(b[3] for b in boxes)
    zoom = min(MAX_ZOOM, max(1.0, _SHOWN_TEXT_WIDTH / max(x1 - x0, 0.01)))
    return zoom, ((x0 + x1) / 2, (y0 + y1) / 2)


def _box(box: Box) -> Html:
    x0, y0, x1, y1 = (min(1.0, max(0.0, edge)) * 100 for edge in box)
    style = f"left:{x0:.3f}%;top:{y0:.3f}%;width:{x1 - x0:.3f}%;height:{y1 - y0:.3f}%"
    return element("span", class_="box", style=style)


def _words(segment: Segment, citations: Sequence[Citation], w: Wording) -> Html:
    if not segment.text:
        return _concepts(segment.concepts, w)
    quotes = {quoted(segment, c): c.locator.start_s for c in citations if c.quote} or {excerpt(segment): None}
    timed = len(quotes) > 1 and segment.kind is SegmentKind.TRANSCRIPT
    return joined(*(_quote(span, start_s if timed else None) for span, start_s in quotes.items()))


def _quote(span: Quoted, start_s: float | None) -> Html:
    marked = [element("mark", text) if cited else text for text, cited in span.pieces]
    at = NOTHING
    if start_s is not None:
        at = element("button", clock(start_s), type="button", class_="at play", data_from=f"{start_s:.2f}")
    return element("blockquote", at, "…" if span.cut_start else "", *marked, "…" if span.cut_end else "")


def _concepts(concepts: Sequence[Concept], w: Wording) -> Html:
    if not concepts:
        return NOTHING
    rows = []
    for concept in concepts[:MAX_CONCEPTS]:
        width = f"width:{min(1.0, max(0.0, concept.probability)) * 100:.0f}%"
        meter = element("span", element("i", style=width), class_="meter", aria_hidden="true")
        share = element("span", w.percent(concept.probability), class_="share")
        rows.append(element("li", element("span", concept.label), meter, share))
    label = element("p", w("recognised"), class_="label", title=w("recognised_hint"))
    return joined(label, element("ul", *rows, class_="concepts"))


def _joined(locators: Sequence[Locator]) -> Locator | None:
    """One locator for evidence cited several times: the first page with all its boxes, all cells, the first second."""
    if not locators:
        return None
    first = locators[0]
    boxes = dict.fromkeys(box for each in locators if each.page == first.page for box in each.boxes)
    cells = dict.fromkeys(each.cell for each in locators if each.cell)
    return replace(Locator(first.page, tuple(boxes), first.start_s, first.end_s), cell=", ".join(cells))

"""A space's points -> its flat map as SVG: a shape and a colour per kind of file, and what each point stands for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from mmchat.narrowing_words import shown
from mmchat.space_view import Point
from mmchat.types import Modality, NarrowedBy, Narrowing, Segment
from mmchat.ui.markup import Html, element
from mmchat.ui.places import place
from mmchat.ui.translations import Wording

WIDTH, HEIGHT, MARGIN = 400.0, 300.0, 14.0
MANY = 150
"""From here on points are drawn smaller."""
SNIPPET_CHARACTERS = 70
# Told apart by shape as well as by colour: a circle, a square, a triangle, a diamond.
_SHAPES = {
    Modality.TEXT: "M-3.4 0a3.4 3.4 0 1 0 6.8 0a3.4 3.4 0 1 0-6.8 0z",
    Modality.IMAGE: "M-3.1-3.1h6.2v6.2h-6.2z",
    Modality.AUDIO: "M0-4.1L3.9 2.9h-7.8z",
    Modality.VIDEO: "M0-4.3L4.3 0L0 4.3L-4.3 0z",
}


def kind_name(modality: str, w: Wording) -> str:
    """A kind of file in the middle of a sentence: "recordings"."""
    return shown(Narrowing(NarrowedBy.MODALITY, modality), w.language)


def space_map(points: Sequence[Point], described: str, w: Wording) -> Html:
    """The map with its key. Points answer to the pointer and to the arrow keys; see the page's script.

    Args:
        points: at least one.
        described: what a reader who does not see it is told.
        w: the visitor's language.
    """
    xs, ys = [point.x for point in points], [point.y for point in points]
    across, up = max(xs) - min(xs), max(ys) - min(ys)
    scale = min((WIDTH - 2 * MARGIN) / (across or 1e-9), (HEIGHT - 2 * MARGIN) / (up or 1e-9))
    left, top = (WIDTH - across * scale) / 2, (HEIGHT - up * scale) / 2
    size = " scale(.72)" if len(points) > MANY else ""
    marks = []
    for point in points:
        x, y = left + (point.x - min(xs)) * scale, top + (max(ys) - point.y) * scale
        marks.append(_mark(point, f"translate({x:.1f} {y:.1f}){size}", w))
    drawing = element(
        "svg",
        *marks,
        class_="map many" if len(points) > MANY else "map",
        viewBox=f"0 0 {WIDTH:.0f} {HEIGHT:.0f}",
        tabindex="0",
        role="application",
        aria_label=described,
    )
    tip = element("div", class_="tip", role="status", hidden=True)
    return element("figure", element("div", drawing, tip, class_="plane"), _key(points, w), class_="mapped")


def _mark(point: Point, at: str, w: Wording) -> Html:
    segment = point.segment
    return element(
        "path",
        class_=f"of-{segment.modality}",
        d=_SHAPES[segment.modality],
        transform=at,
        data_id=segment.id,
        data_name=point.attachment.name,
        data_place=place(segment.locator, w),
        data_says=_says(segment),
    )


def _says(segment: Segment) -> str:
    """The first words of it, or what was recognised in it."""
    text = " ".join((segment.text or ", ".join(concept.label for concept in segment.concepts[:3])).split())
    text = text.lstrip("#*- ")  # how Markdown marks headings and lists
    return text if len(text) <= SNIPPET_CHARACTERS else text[:SNIPPET_CHARACTERS].rsplit(" ", 1)[0] + "…"


def _key(points: Sequence[Point], w: Wording) -> Html:
    counts = Counter(point.segment.modality for point in points)
    entries = [
        element(
            "li",
            element("svg", element("path", class_=f"of-{kind}", d=shape), viewBox="-5 -5 10 10", aria_hidden="true"),
            f"{kind_name(kind, w)} ",
            element("span", w.number(counts[kind]), class_="count"),
        )
        for kind, shape in _SHAPES.items()
        if counts[kind]
    ]
    return element("ul", *entries, class_="key")

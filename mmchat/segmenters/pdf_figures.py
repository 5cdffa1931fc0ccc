"""PDF pages -> the figures on them with their captions: pictures, and drawings that were placed as one object.

A drawing whose lines lie loose on the page is not found. It reads no words in pictures.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from mmchat.segmenters.bounds import MOST_PAGE_FIGURES, MOST_PAGE_OBJECTS
from mmchat.segmenters.figures import CAPTION, Figure, shortened
from mmchat.segmenters.pdf import PdfPage, on_page, opened_page, render_page
from mmchat.types import Box, Locator, Pixels

SCALE = 150 / 72
"""Figures are looked at and read at 150 dots per inch."""
LEAST_SIDE, LEAST_AREA = 0.08, 0.015
"""Of the page: a smaller picture is an icon, a rule or a letter of a logo."""
BACKGROUND_AREA = 0.8
FEW_WORDS = 12
"""With fewer words on it, a picture as large as the page is what the page shows, and no background."""
MOST_WORDS = 40
"""With more words in it, a picture or placed object is text: a scan, or a box of running text."""
_REPEATED_ON = 3
"""A picture on this many pages is a logo."""
_LEAST_PATHS = 8
"""A placed object with fewer lines and no picture in it is a frame or a watermark."""
_JOIN_GAP = 0.01
"""Pictures this close are the strips of one."""
_BELOW, _ABOVE = 0.08, 0.05
"""How far from a figure its caption may stand, in heights of the page."""
_DEPTH = 3
"""How deep placed objects that fill the page are looked into."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """One picture or drawing on a page; ``made_of`` is the same for the same picture on another page."""

    box: Box
    made_of: str


class PdfFigures:
    """The figures of one document. Looks at every page once, to know what repeats."""

    def __init__(self, path: Path, pages: int, looked_at: Callable[[float], None]) -> None:
        self._path = path
        self._placed: dict[int, list[_Placed]] = {}
        for number in range(1, pages + 1):
            self._placed[number] = _placed_on(path, number)
            looked_at(number / pages)
        on_pages = Counter(made for placed in self._placed.values() for made in {each.made_of for each in placed})
        self._repeated = {made for made, count in on_pages.items() if count >= _REPEATED_ON}
        self._numbers = 0

    def on(self, page: PdfPage) -> Iterator[Figure]:
        """The figures of a page, from its top. To be called once for each page, in order."""
        boxes = _joined([each.box for each in self._placed[page.number] if each.made_of not in self._repeated])
        kept = [box for box in boxes if _is_figure(box, page)]
        if not kept:
            return
        pixels = render_page(self._path, page.number, SCALE)
        for box in kept:
            locator = Locator(page=page.number, boxes=(box,))
            yield Figure(self._numbers, cut_out(pixels, box), locator, shortened(caption(page, box)), page.text)
            self._numbers += 1


def cut_out(page: Pixels, box: Box) -> Pixels:
    """What lies in the box, at least a pixel of it."""
    height, width = page.shape[:2]
    x0, y0 = min(round(box[0] * width), width - 1), min(round(box[1] * height), height - 1)
    return page[y0 : max(y0 + 1, round(box[3] * height)), x0 : max(x0 + 1, round(box[2] * width))].copy()


def caption(page: PdfPage, box: Box) -> str:
    """The nearest paragraph below or above that begins like a caption; else the one right below; else the heading."""
    near: list[tuple[bool, float, str]] = []
    for start, end in _paragraphs(page.text):
        places = [p.box for p in page.places if p.box and p.char_start >= start and p.char_end <= end]
        if not places:
            continue
        across = min(max(b[2] for b in places), box[2]) - max(min(b[0] for b in places), box[0])
        below, above = min(b[1] for b in places) - box[3], box[1] - max(b[3] for b in places)
        text = page.text[start:end]
        named = CAPTION.match(text) is not None
        if across > 0 and -0.02 <= below <= _BELOW:
            near.append((not named, below, text))
        elif across > 0 and -0.02 <= above <= _ABOVE and (named or text.startswith("#")):
            near.append((not named, above + _BELOW, text))
    return re.sub(r"^#+\s*", "", min(near)[2]) if near else ""


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Spans parted by blank lines, and at each line that begins like a caption."""
    for block in re.finditer(r"\S(?:.|\n(?!\n))*", text):
        start = block.start()
        for line in re.finditer(r"\n(.+)", block[0]):
            if CAPTION.match(line[1]):
                yield start, block.start() + line.start()
                start = block.start() + line.start(1)
        yield start, block.end()


def _placed_on(path: Path, number: int) -> list[_Placed]:
    with opened_page(path, number) as page:
        return list(islice(_objects(page, page, (), 0), MOST_PAGE_FIGURES))


def _objects(page: Any, holder: Any, matrices: tuple[Any, ...], depth: int) -> Iterator[_Placed]:
    from pypdfium2 import raw

    wanted = [raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM]
    for each in _children(page, holder):
        if each.type not in wanted:
            continue
        box = _box(page, each, matrices)
        if each.type == raw.FPDF_PAGEOBJ_IMAGE:
            yield _Placed(box, _digest(each))
        elif depth < _DEPTH and _area(box) >= BACKGROUND_AREA:
            yield from _objects(page, each, (*matrices, each.get_matrix()), depth + 1)
        elif _is_drawing(page, each):
            yield _Placed(box, f"{_children_count(each)} {[round(edge, 2) for edge in box]}")


def _children(page: Any, holder: Any) -> Iterator[Any]:
    from pypdfium2 import PdfObject, raw

    if holder is page:
        yield from islice(page.get_objects(max_depth=1), MOST_PAGE_OBJECTS)
        return
    for at in range(min(_children_count(holder), MOST_PAGE_OBJECTS)):
        inner = raw.FPDFFormObj_GetObject(holder, at)
        if inner:
            yield PdfObject(inner, page=page, pdf=page.pdf)


def _children_count(form: Any) -> int:
    from pypdfium2 import raw

    return max(0, int(raw.FPDFFormObj_CountObjects(form)))


def _is_drawing(page: Any, form: Any) -> bool:
    from pypdfium2 import raw

    kinds = Counter(each.type for each in _children(page, form))
    holds = kinds[raw.FPDF_PAGEOBJ_IMAGE] + kinds[raw.FPDF_PAGEOBJ_FORM]
    return bool(holds or kinds[raw.FPDF_PAGEOBJ_PATH] >= _LEAST_PATHS)


def _box(page: Any, each: Any, matrices: Sequence[Any]) -> Box:
    """Where it lies, 0..1 of the page as it is shown; ``matrices`` are those of the objects it lies in."""
    left, bottom, right, top = each.get_bounds()
    corners = [(left, bottom), (left, top), (right, bottom), (right, top)]
    for matrix in reversed(matrices):
        corners = [matrix.on_point(x, y) for x, y in corners]
    across, up = [x for x, _ in corners], [y for _, y in corners]
    return on_page(page, (min(across), min(up), max(across), max(up)))


def _digest(image: Any) -> str:
    return hashlib.sha256(bytes(image.get_data(decode_simple=False))).hexdigest()


def _area(box: Box) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def _is_figure(box: Box, page: PdfPage) -> bool:
    if min(box[2] - box[0], box[3] - box[1]) < LEAST_SIDE or _area(box) < LEAST_AREA:
        return False
    middles = [((p.box[0] + p.box[2]) / 2, (p.box[1] + p.box[3]) / 2) for p in page.places if p.box]
    inside = sum(box[0] <= x <= box[2] and box[1] <= y <= box[3] for x, y in middles)
    return inside <= (MOST_WORDS if _area(box) < BACKGROUND_AREA else FEW_WORDS)


def _joined(boxes: Sequence[Box]) -> list[Box]:
    """Boxes that touch are one; what fills the page touches everything and joins nothing. From the top."""
    left = sorted({box for box in boxes if _area(box) < BACKGROUND_AREA})
    large = [box for box in boxes if _area(box) >= BACKGROUND_AREA]
    joined: list[Box] = []
    while left:
        box = left.pop()
        touching = [other for other in left if _touch(box, other)]
        if touching:
            left = [other for other in left if other not in touching]
            all_of = [box, *touching]
            left.append(
                (
                    min(b[0] for b in all_of),
                    min(b[1] for b in all_of),
                    max(b[2] for b in all_of),
                    max(b[3] for b in all_of),
                )
            )
        else:
            joined.append(box)
    return sorted([*large[:1], *joined], key=lambda b: (b[1], b[0]))


def _touch(a: Box, b: Box) -> bool:
    gap = _JOIN_GAP
    return a[0] <= b[2] + gap and b[0] <= a[2] + gap and a[1] <= b[3] + gap and b[1] <= a[3] + gap

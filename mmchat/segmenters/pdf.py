"""PDF pages -> text with a box for every word, and pages as pictures. It knows no passages and reads no pictures."""

from __future__ import annotations

import ctypes
import statistics
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from mmchat.attachments import PDFIUM_LOCK
from mmchat.errors import UnsupportedAttachment
from mmchat.segmenters.bounds import MOST_PAGE_CHARACTERS, MOST_PAGE_OBJECTS
from mmchat.types import Box, Pixels, WordPlace

_DEVICE = 100_000
"""Side of the imaginary screen that PDFium maps pages to: boxes are exact to 1/100,000 of the page."""
_SOFT_HYPHEN = "\x02"
"""How PDFium marks a hyphen that only breaks a word at a line's end."""
_HEADING_RATIO = 1.2
"""A line is a heading when its letters are this much larger than the page's usual ones."""
_MOST_PIXELS = 16_000_000
"""A page may claim any size (a plan, or a trap); no picture of one grows beyond A4 at 400 dots per inch."""
_NO_TEXT_CHARACTERS, _LITTLE_TEXT_CHARACTERS = 12, 200
"""Below the first a page has no text layer; below the second it may be a scan with a stamp or a page number on it."""
_SCAN_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class PdfPage:
    """One page.

    Attributes:
        number: from 1.
        text: its text layer, headings as Markdown lines.
        places: where each word of ``text`` lies.
        picture_share: how much of the page (0..1) pictures cover; looked at only when there is little text.
    """

    number: int
    text: str
    places: tuple[WordPlace, ...]
    picture_share: float = 0.0

    @property
    def is_scan(self) -> bool:
        """Whether the page has to be read as a picture."""
        unmapped = self.text.count("\ufffd") > 0.3 * len(self.text)
        return unmapped or len(self.text.strip()) < _NO_TEXT_CHARACTERS or self.picture_share >= _SCAN_SHARE


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    box: Box
    size: float
    joined: bool  # no blank before it: the second half of a word broken at a line's end


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    import pypdfium2

    with PDFIUM_LOCK:
        try:
            document = pypdfium2.PdfDocument(path)
        except pypdfium2.PdfiumError as error:
            raise UnsupportedAttachment(
                "The PDF cannot be opened: it is damaged or locked. Give a whole copy."
            ) from error
        try:
            yield document
        finally:
            document.close()


def count_pages(path: Path) -> int:
    """How many pages the PDF has."""
    with _opened(path) as document:
        return len(document)


def render_page(path: Path, page: int, scale: float) -> Pixels:
    """A page (from 1) as a picture; at ``scale`` 1 a point is a pixel (72 dots per inch)."""
    with _opened(path) as document:
        if not 1 <= page <= len(document):
            raise UnsupportedAttachment(f"There is no page {page}: the PDF has {len(document)}.")
        opened = _page(document, page)
        try:
            width, height = opened.get_size()
            scale = min(scale, (_MOST_PIXELS / max(width * height, 1.0)) ** 0.5)
            bitmap = opened.render(scale=scale, rev_byteorder=True, prefer_bgrx=False, no_smoothtext=False)
            pixels = np.asarray(bitmap.to_numpy())
            if pixels.ndim == 2:
                pixels = np.repeat(pixels[:, :, None], 3, axis=2)
            return np.array(pixels[:, :, :3], dtype=np.uint8)
        finally:
            opened.close()


@contextmanager
def opened_page(path: Path, page: int) -> Iterator[Any]:
    """A page (from 1) as PDFium has it; nobody else can use PDFium meanwhile."""
    with _opened(path) as document:
        opened = _page(document, page)
        try:
            yield opened
        finally:
            opened.close()


def on_page(page: Any, edges: tuple[float, float, float, float]) -> Box:
    """Left, bottom, right and top in the page's own coordinates -> a box of the page as it is shown."""
    from pypdfium2 import raw

    return _box(raw, page, [edges])


def read_page(path: Path, page: int) -> PdfPage:
    """The text layer of a page (from 1); empty for a scan."""
    with _opened(path) as document:
        opened = _page(document, page)
        layer = opened.get_textpage()
        try:
            lines = _lines(opened, layer)
            little = layer.count_chars() < _LITTLE_TEXT_CHARACTERS
            share = _picture_share(opened) if little else 0.0
        finally:
            layer.close()
            opened.close()
    return replace(_assemble(page, lines), picture_share=share)


def _page(document: Any, page: int) -> Any:
    import pypdfium2

    try:
        return document[page - 1]
    except pypdfium2.PdfiumError as error:
        raise UnsupportedAttachment(f"Page {page} of the PDF is damaged. Give a whole copy.") from error


def _picture_share(page: Any) -> float:
    from pypdfium2 import raw

    width, height = page.get_size()
    covered = 0.0
    for picture in islice(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]), MOST_PAGE_OBJECTS):
        left, bottom, right, top = picture.get_bounds()
        covered += max(right - left, 0.0) * max(top - bottom, 0.0)
    return float(min(1.0, covered / max(width * height, 1.0)))


def _lines(page: Any, layer: Any) -> list[list[_Word]]:
    """Words by line, in the order of the text layer."""
    from pypdfium2 import raw

    lines: list[list[_Word]] = [[]]
    letters: list[str] = []
    edges: list[tuple[float, float, float, float]] = []
    sizes: list[float] = []
    broken = False  # the word before ended in a soft hyphen

    def end_word() -> None:
        nonlocal broken
        word = _composed("".join(letters))
        if word and edges:
            box = _box(raw, page, edges)
            lines[-1].append(_Word(word, box, statistics.median(sizes), broken))
            broken = False
        letters.clear()
        edges.clear()
        sizes.clear()

    for index in range(min(layer.count_chars(), MOST_PAGE_CHARACTERS)):
        code = raw.FPDFText_GetUnicode(layer, index)
        character = chr(code) if code < 0x110000 else "\ufffd"
        if character == _SOFT_HYPHEN:
            end_word()
            broken = True
        elif character in "\r\n":
            end_word()
            if lines[-1]:
                lines.append([])
        elif character.isspace() or code == 0:
            end_word()
        else:
            letters.append(character)
            left, bottom, right, top = layer.get_charbox(index)
            if right > left and top > bottom:
                edges.append((left, bottom, right, top))
                sizes.append(float(raw.FPDFText_GetFontSize(layer, index)))
    end_word()
    return [line for line in lines if line]


def _composed(word: str) -> str:
    """PDFium gives an emoji as two surrogate halves; they are put together, and accents composed (NFC)."""
    whole = word.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return unicodedata.normalize("NFC", whole)


def _box(raw: Any, page: Any, edges: list[tuple[float, float, float, float]]) -> Box:
    """Page coordinates -> fractions of the page as it is shown, turned pages included."""
    left, bottom = min(e[0] for e in edges), min(e[1] for e in edges)
    right, top = max(e[2] for e in edges), max(e[3] for e in edges)
    corners = []
    for x, y in ((left, bottom), (right, top)):
        across, down = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(page, 0, 0, _DEVICE, _DEVICE, 0, x, y, ctypes.byref(across), ctypes.byref(down))
        corners.append((min(max(across.value / _DEVICE, 0.0), 1.0), min(max(down.value / _DEVICE, 0.0), 1.0)))
    (xa, ya), (xb, yb) = corners
    return min(xa, xb), min(ya, yb), max(xa, xb), max(ya, yb)


def _assemble(number: int, lines: list[list[_Word]]) -> PdfPage:
    """Lines -> text: a blank line at each paragraph's gap, large lines as headings, broken words joined."""
    if not lines:
        return PdfPage(number, "", ())
    usual = statistics.median(word.size for line in lines for word in line)
    text, places = "", []
    before: list[_Word] | None = None
    was_heading = False
    for line in lines:
        heading = _is_heading(line, usual)
        if before is not None and not line[0].joined:
            text += "\n\n" if heading or was_heading or _is_gap(before, line) else "\n"
        if heading and not (was_heading and line[0].joined):
            text += "## "
        for n, word in enumerate(line):
            if n and not word.joined:
                text += " "
            places.append(WordPlace(len(text), len(text) + len(word.text), word.box, number))
            text += word.text
        before, was_heading = line, heading
    return PdfPage(number, text, tuple(places))


def _is_heading(line: list[_Word], usual: float) -> bool:
    size = statistics.median(word.size for word in line)
    return size >= _HEADING_RATIO * usual and len(line) <= 14 and any(c.isalpha() for w in line for c in w.text)


def _is_gap(before: list[_Word], line: list[_Word]) -> bool:
    height = max(word.box[3] - word.box[1] for word in line)
    down = min(word.box[1] for word in line) - max(word.box[3] for word in before)
    return down > 0.8 * height or down < -3 * height  # a column's top lies above the foot of the one before

"""docx and pptx -> the pictures in them with their captions, in reading order. It reads no words in pictures."""

from __future__ import annotations

import io
import posixpath
import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
from PIL import Image

from mmchat.perception.upright import DAMAGED, upright
from mmchat.segmenters.figures import CAPTION, Figure, shortened
from mmchat.types import Box, Locator, Pixels

LEAST_SIDE_PX = 64
"""A smaller picture is an icon or a bullet."""
_REPEATED_ON = 3
"""A picture on this many slides, or this often in a text, is a logo or a bullet."""
_PICTURE = 13
_GROUP = 6
"""Kinds of shape (MSO_SHAPE_TYPE of the Office object model)."""
_FILE_NAME = re.compile(
    r"\.(?:png|jpe?g|gif|bmp|tiff?|webp|emf|wmf)$|^(?:picture|image|grafik|bild|photo)\s*\d*$", re.I
)
_MARK = re.compile(r"!\[([^\]\n]*)\]\([^)\n]*\)")
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_PLACED = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_EMBED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed"


@dataclass(frozen=True, slots=True)
class _Found:
    data: bytes
    locator: Locator
    caption: str
    beside: str


def office_figures(path: Path, media_type: str, text: str, most_megapixels: float) -> Iterator[Figure]:
    """The pictures of a document or a presentation; ``text`` is all that it says, as it was extracted.

    A picture that cannot be decoded, such as a drawing of the Windows kind, is passed over.
    """
    found = list(_on_slides(path) if media_type.endswith(".presentation") else _in_document(path, text))
    times = Counter(each.data for each in found)
    number = 0
    for each in found:
        pixels = _decoded(each.data, most_megapixels) if times[each.data] < _REPEATED_ON else None
        if pixels is not None:
            yield Figure(number, pixels, each.locator, shortened(each.caption), each.beside)
            number += 1


def without_marks(markdown: str) -> str:
    """The text with what its author says of a picture in place of the mark for it; a file's name says nothing."""
    return _MARK.sub(lambda found: "" if _FILE_NAME.search(found[1].strip()) else found[1].strip(), markdown)


def _decoded(data: bytes, most_megapixels: float) -> Pixels | None:
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(data)) as image:  # odd metadata
            if min(image.size) < LEAST_SIDE_PX or image.width * image.height > most_megapixels * 1e6:
                return None
            return np.asarray(upright(image))
    except DAMAGED:
        return None


def _on_slides(path: Path) -> Iterator[_Found]:
    import pptx

    show = pptx.Presentation(str(path))
    size = (show.slide_width or 1, show.slide_height or 1)
    for number, slide in enumerate(show.slides, start=1):
        texts = [(_box(shape, size), shape.text_frame.text) for shape in slide.shapes if shape.has_text_frame]
        beside = "\n".join(text for _, text in texts)
        title = slide.shapes.title.text_frame.text if slide.shapes.title is not None else ""
        for box, data, described in _pictures(slide.shapes, size, None):
            below = sorted((b[1] - box[3], t) for b, t in texts if t.strip() and -0.02 <= b[1] - box[3] <= 0.12)
            named = [t for b, t in texts if CAPTION.match(t)]
            caption = named[0] if len(named) == 1 else next((t for _, t in below if CAPTION.match(t)), "")
            parts = [caption or described or next((t for _, t in below), ""), title]
            words = ". ".join(dict.fromkeys(part.strip() for part in parts if part.strip()))
            yield _Found(data, Locator(page=number, boxes=(box,)), words, beside)


def _pictures(shapes: Any, size: tuple[int, int], group: Box | None) -> Iterator[tuple[Box, bytes, str]]:
    """Each picture with its box and what its author says of it; one in a group has the box of the group."""
    for shape in shapes:
        box = group or _box(shape, size)
        if shape.shape_type == _GROUP:
            yield from _pictures(shape.shapes, size, box)
        elif shape.shape_type == _PICTURE or hasattr(shape, "image"):
            try:
                data = bytes(shape.image.blob)
            except (ValueError, KeyError, AttributeError):  # linked, or a placeholder without its picture
                continue
            described = str(shape._element.xpath(".//p:cNvPr/@descr")[:1] or "").strip("[]'\"")
            yield box, data, "" if _FILE_NAME.search(described) else described


def _box(shape: Any, size: tuple[int, int]) -> Box:
    left, top, width, height = (int(v or 0) for v in (shape.left, shape.top, shape.width, shape.height))
    edges = (left / size[0], top / size[1], (left + width) / size[0], (top + height) / size[1])
    x0, y0, x1, y1 = (min(1.0, max(0.0, edge)) for edge in edges)
    return x0, y0, x1, y1


def _in_document(path: Path, text: str) -> Iterator[_Found]:
    with zipfile.ZipFile(path) as archive:
        body = _parsed(archive, "word/document.xml")
        links = _parsed(archive, "word/_rels/document.xml.rels")
        if body is None or links is None:
            return
        targets = {link.get("Id"): link.get("Target", "") for link in links}
        paragraphs = list(body.iter(f"{_WORD}p"))
        words = ["".join(run.text or "" for run in each.iter(f"{_WORD}t")).strip() for each in paragraphs]
        heading, searched = "", 0
        for at, paragraph in enumerate(paragraphs):
            if _style(paragraph).startswith("heading"):
                heading = words[at]
            for blip in paragraph.iter(f"{_DRAWING}blip"):
                name = posixpath.normpath(posixpath.join("word", targets.get(blip.get(_EMBED), "")))
                if name not in archive.namelist():
                    continue
                described = next((each.get("descr", "") for each in paragraph.iter(f"{_PLACED}docPr")), "")
                caption = _caption(paragraphs, words, at)
                start = text.find(caption, searched) if caption else -1
                locator = Locator(char_start=start, char_end=start + len(caption)) if start >= 0 else Locator()
                searched = max(searched, start)
                shown = caption or ("" if _FILE_NAME.search(described) else described) or heading
                beside = "\n".join(words[max(0, at - 2) : at + 3])
                yield _Found(archive.read(name), locator, shown, beside)


def _caption(paragraphs: list[ElementTree.Element], words: list[str], at: int) -> str:
    """What is styled or begins as a caption in the picture's own paragraph, below it, or above it."""
    for near in (at, at + 1, at - 1):
        if 0 <= near < len(words) and words[near]:
            if _style(paragraphs[near]) in ("caption", "beschriftung", "légende", "legende") or CAPTION.match(
                words[near]
            ):
                return words[near]
    return ""


def _style(paragraph: ElementTree.Element) -> str:
    style = paragraph.find(f"{_WORD}pPr/{_WORD}pStyle")
    return "" if style is None else style.get(f"{_WORD}val", "").lower()


def _parsed(archive: zipfile.ZipFile, name: str) -> ElementTree.Element | None:
    """The part, or None where there is none. A part that declares entities is none of an office program's making."""
    if name not in archive.namelist():
        return None
    data = archive.read(name)
    return None if b"<!DOCTYPE" in data or b"<!ENTITY" in data else ElementTree.fromstring(data)

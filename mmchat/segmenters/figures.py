"""A picture that stands in a document -> its segments: the picture itself under its caption, and the words only it has.

It knows no file format: where pictures lie is found by the modules for PDF and office files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mmchat.perception.language import detect_language
from mmchat.perception.ocr import OcrParagraph
from mmchat.segmenters.base import segment_id
from mmchat.segmenters.image import regions
from mmchat.types import Attachment, Box, Locator, Modality, Pixels, Segment, SegmentInput, SegmentKind

CAPTION = re.compile(
    r"^\W*(?:figures?|fig|image|picture|photo(?:graph)?|diagram|chart|plate|map|illustration|schéma|schema|croquis"
    r"|graphique|carte|planche|tableau|abbildung|abb|bild)\b\.?",
    re.IGNORECASE,
)
"""How a caption begins, in English, French and German."""
CAPTION_CHARACTERS = 300
WHOLE: Box = (0.0, 0.0, 1.0, 1.0)
_KNOWN_SHARE = 0.5
"""Words read in a picture are left out when this share of them stands in the document's own text beside it."""
_WORD = re.compile(r"\w{2,}")


@dataclass(frozen=True, slots=True)
class Figure:
    """One picture of a document.

    Attributes:
        number: its position among the document's pictures, from 0.
        pixels: itself.
        locator: its page or slide, and its box there; or the characters of its caption.
        caption: the words that say what it shows, or "".
        beside: the document's own text around it.
    """

    number: int
    pixels: Pixels
    locator: Locator
    caption: str
    beside: str


def picture_segment(attachment: Attachment, figure: Figure, ordinal: int) -> SegmentInput:
    """The picture itself; its caption stands above it like a heading. Its id does not depend on the words before it."""
    return SegmentInput(
        Segment(
            id=segment_id(attachment.id, SegmentKind.WHOLE_IMAGE, figure.number, ""),
            attachment_id=attachment.id,
            modality=Modality.IMAGE,
            kind=SegmentKind.WHOLE_IMAGE,
            ordinal=ordinal,
            text="",
            locator=figure.locator,
            heading=figure.caption,
        ),
        pixels=figure.pixels,
    )


def word_segments(
    attachment: Attachment, figure: Figure, read: Sequence[OcrParagraph], ordinal: int
) -> Iterator[SegmentInput]:
    """A text region for each stretch of words read in the picture that the document's own text has not."""
    known = set(_words(figure.beside))
    inside = figure.locator.boxes[0] if figure.locator.boxes else WHOLE
    page = figure.locator.page
    for region in regions(read):
        words = _words(region.text)
        if not words or sum(word in known for word in words) >= _KNOWN_SHARE * len(words):
            continue
        places = tuple(replace(p, box=_within(inside, p.box) if p.box else None, page=page) for p in region.places)
        yield SegmentInput(
            Segment(
                id=segment_id(attachment.id, SegmentKind.TEXT_REGION, figure.number, f"{region.box}{region.text}"),
                attachment_id=attachment.id,
                modality=attachment.modality,
                kind=SegmentKind.TEXT_REGION,
                ordinal=ordinal,
                text=region.text,
                locator=replace(figure.locator, boxes=(_within(inside, region.box),) if page else ()),
                places=places if page else (),
                heading=figure.caption,
                language=detect_language(region.text),
            )
        )
        ordinal += 1


def shortened(caption: str) -> str:
    """One line of bounded length."""
    line = " ".join(caption.split())
    return line if len(line) <= CAPTION_CHARACTERS else line[:CAPTION_CHARACTERS].rsplit(" ", 1)[0] + " …"


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _within(outer: Box, inner: Box) -> Box:
    """A box of the picture as a box of the page."""
    width, height = outer[2] - outer[0], outer[3] - outer[1]
    return (
        outer[0] + inner[0] * width,
        outer[1] + inner[1] * height,
        outer[0] + inner[2] * width,
        outer[1] + inner[3] * height,
    )

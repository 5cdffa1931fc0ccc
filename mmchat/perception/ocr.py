"""Pictures -> the words in them with a box each. It knows no segments; each engine is one file and one line here."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import cast

from mmchat.errors import MissingDependency, ModelUnavailable
from mmchat.registry import resolve
from mmchat.settings import Settings
from mmchat.types import Box, Pixels, WordPlace

READERS = {
    "tesseract": "mmchat.perception.tesseract:TesseractReader",
    "rapidocr": "mmchat.perception.rapid_ocr:RapidOcrReader",
}
_IN_ORDER = ("tesseract", "rapidocr")


@dataclass(frozen=True, slots=True)
class OcrParagraph:
    """A paragraph read in a picture: lines parted by line breaks.

    Attributes:
        places: where each word of ``text`` lies.
        box: the whole paragraph.
        confidence: 0..1, the mean of its words.
    """

    text: str
    places: tuple[WordPlace, ...]
    box: Box
    confidence: float


class TextReader(ABC):
    """Reads the words in a picture."""

    name: str

    @abstractmethod
    def load(self) -> None:
        """Load the engine now. Calling it again does nothing; it may be called from any thread."""

    @abstractmethod
    def read(self, pixels: Pixels) -> tuple[OcrParagraph, ...]:
        """Paragraphs in reading order; none for a picture without text."""


def create_reader(settings: Settings) -> TextReader:
    """The reader that ``settings`` name; for ``auto`` the first that works here.

    Raises:
        MissingDependency, ModelUnavailable: it is not usable, or for ``auto`` none is.
    """
    if settings.ocr != "auto":
        return cast(TextReader, resolve("OCR", settings.ocr, READERS).from_settings(settings))
    reasons = []
    for name in _IN_ORDER:
        try:
            reader = cast(TextReader, resolve("OCR", name, READERS).from_settings(settings))
            reader.load()
            return reader
        except (MissingDependency, ModelUnavailable) as error:
            reasons.append(str(error))
    raise ModelUnavailable("Pictures cannot be read: " + " ".join(reasons))


def paragraph(lines: list[list[tuple[str, Box, float]]]) -> OcrParagraph:
    """A paragraph from its lines of (word, box, confidence 0..1)."""
    text, places = "", []
    for number, line in enumerate(lines):
        text += "\n" if number else ""
        for index, (word, box, _) in enumerate(line):
            text += " " if index else ""
            places.append(WordPlace(len(text), len(text) + len(word), box))
            text += word
    boxes = [box for line in lines for _, box, _ in line]
    whole = (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
    confidences = [confidence for line in lines for *_, confidence in line]
    return OcrParagraph(text, tuple(places), whole, sum(confidences) / len(confidences))

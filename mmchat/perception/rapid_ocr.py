"""PP-OCR by rapidocr, where Tesseract is not: reads many scripts, boxes each line, shares the box among its words."""

from __future__ import annotations

import logging
import re
import threading
from functools import cache
from typing import Any

from mmchat.errors import MissingDependency
from mmchat.perception.ocr import OcrParagraph, TextReader, paragraph
from mmchat.settings import Settings
from mmchat.types import Box, Pixels

_LEAST = 0.7
"""Whole lines turned to garbage score about 0.6 (1080p pages, 2026-11-21)."""
_lock = threading.Lock()


class RapidOcrReader(TextReader):
    """PP-OCR on onnxruntime."""

    name = "rapidocr"

    @classmethod
    def from_settings(cls, settings: Settings) -> RapidOcrReader:
        """Nothing of ``settings`` applies to it."""
        return cls()

    def load(self) -> None:
        """Open the engine once per process."""
        with _lock:
            _engine()

    def read(self, pixels: Pixels) -> tuple[OcrParagraph, ...]:
        """Each line is a paragraph of its own."""
        height, width = pixels.shape[:2]
        with _lock:
            found = _engine()(pixels[:, :, ::-1])  # it takes blue, green, red
        if found.txts is None:
            return ()
        lines = zip(found.txts, found.boxes, found.scores, strict=True)
        return tuple(
            paragraph([_words(text, corners, width, height, float(score))])
            for text, corners, score in lines
            if score >= _LEAST and text.strip()
        )


def _words(text: str, corners: Any, width: int, height: int, score: float) -> list[tuple[str, Box, float]]:
    """A line's words; each gets its share of the line's width by its letters, which is close for print."""
    x0, x1 = min(c[0] for c in corners) / width, max(c[0] for c in corners) / width
    y0, y1 = min(c[1] for c in corners) / height, max(c[1] for c in corners) / height
    step = (x1 - x0) / max(len(text), 1)
    return [
        (m[0], (float(x0 + m.start() * step), float(y0), float(x0 + m.end() * step), float(y1)), score)
        for m in re.finditer(r"\S+", text)
    ]


@cache
def _engine() -> Any:
    try:
        from rapidocr import RapidOCR
    except ModuleNotFoundError as error:
        raise MissingDependency("PP-OCR needs the package 'rapidocr'. Run: pip install rapidocr") from error
    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    return RapidOCR()

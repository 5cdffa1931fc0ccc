from __future__ import annotations

import io
import os

import numpy as np
import pytest
from PIL import Image

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
    from mmchat.perception.tesseract import TesseractReader, _data

    _data.cache_clear()
    folder, languages = _data("auto", settings.models_path)
    paragraphs = TesseractReader.from_settings(settings).read(pixels_of(screenshot().data))
    _data.cache_clear()

    assert languages == "eng"
    assert "share/tessdata" in folder
    assert any("Harbour Cafe" in p.text for p in paragraphs)


def test_a_language_that_is_not_installed_is_named_with_the_line_that_installs_it(settings: Settings) -> None:
    reader = create_reader(settings.model_copy(update={"ocr": "tesseract", "ocr_languages": "tlh"}))

    with pytest.raises(ModelUnavailable, match="apt install tesseract-ocr-tlh"):
        reader.load()


def test_opening_tesseract_leaves_no_thread_limit_for_other_models(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Under that limit CTranslate2 heard noise instead of speech, in every process that had read a picture before.
    monkeypatch.delenv("OMP_THREAD_LIMIT", raising=False)

    create_reader(settings.model_copy(update={"ocr": "tesseract"})).load()

    assert "OMP_THREAD_LIMIT" not in os.environ

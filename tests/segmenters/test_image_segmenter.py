from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mmchat.attachments import inspect
from mmchat.perception.ocr import paragraph
from mmchat.segmenters import create_segmenter
from mmchat.segmenters.image import open_picture, regions
from mmchat.settings import Settings
from mmchat.types import SegmentInput, SegmentKind, Upload
from tests.make_files import overlap, screenshot


@pytest.fixture
def read(settings: Settings, tmp_path: Path):
    def read(data: bytes) -> list[SegmentInput]:
        (tmp_path / "original").write_bytes(data)
        attachment = inspect(Upload("shot.png", data), settings)
        return list(create_segmenter("image", settings).segment(attachment, tmp_path / "original", lambda *_: None))

    return read


def saved(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize("dark", [False, True])
def test_a_screenshot_gives_the_whole_and_its_words_with_boxes(read, dark: bool) -> None:
    shot = screenshot(dark=dark)

    whole, *found = read(shot.data)

    assert whole.segment.kind is SegmentKind.WHOLE_IMAGE
    assert whole.pixels is not None
    assert whole.pixels.shape == (1080, 1920, 3)
    segment = next(i.segment for i in found if "Total 6.80" in i.segment.text)
    assert segment.kind is SegmentKind.TEXT_REGION
    start = segment.text.index("Total 6.80")
    [box] = segment.locate(start, start + len("Total 6.80")).boxes
    assert overlap(box, shot.lines["Total 6.80"]) > 0.6


def test_french_accents_are_read_where_french_is_installed(read) -> None:
    if not list(Path("/usr/share/tesseract-ocr").glob("*/tessdata/fra.traineddata")):
        pytest.skip("Tesseract's French data is not installed on this machine")
    lines = ["La clé est cachée près du château", "L'été à la forêt"]

    found = " ".join(item.segment.text for item in read(screenshot(lines).data)[1:])

    assert "clé est cachée près du château" in found
    assert "forêt" in found


def test_a_picture_without_words_has_no_region(read) -> None:
    noise = np.random.default_rng(0).integers(90, 160, (400, 600, 3), dtype=np.uint8)

    assert len(read(saved(Image.fromarray(noise)))) == 1


def test_a_turned_photo_is_read_upright(read, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright: turn a quarter to the right
    shot = Image.open(io.BytesIO(screenshot(size=(1200, 800)).data)).transpose(Image.Transpose.ROTATE_90)

    whole, *found = read(saved(shot, "JPEG", exif=exif, quality=95))

    assert whole.pixels is not None
    assert whole.pixels.shape == (800, 1200, 3)
    assert any("Harbour Cafe" in item.segment.text for item in found)


def test_transparency_is_laid_on_white(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(saved(Image.new("RGBA", (4, 4), (0, 0, 0, 0))))

    assert open_picture(tmp_path / "a.png").min() == 255


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "CMYK", "I;16", "RGBA", "F"])
def test_every_way_of_storing_a_picture_opens(tmp_path: Path, mode: str) -> None:
    kind = "TIFF" if mode in ("CMYK", "F", "I;16") else "PNG"
    (tmp_path / "a").write_bytes(saved(Image.new(mode, (5, 3)), kind))

    assert open_picture(tmp_path / "a").shape == (3, 5, 3)


def test_paragraphs_that_lie_together_become_one_region_and_distant_ones_do_not() -> None:
    def line(text: str, top: float, left: float = 0.1):
        return paragraph([[(text, (left, top, left + 0.2, top + 0.02), 0.9)]])

    near, below, far, aside = line("Total", 0.10), line("6.80", 0.14), line("Footer", 0.6), line("Menu", 0.62, 0.7)

    joined = regions([near, below, far, aside])

    assert [region.text for region in joined] == ["Total\n6.80", "Footer", "Menu"]
    place = joined[0].places[1]
    assert joined[0].text[place.char_start : place.char_end] == "6.80"
    assert place.box == (0.1, 0.14, 0.30000000000000004, 0.16)

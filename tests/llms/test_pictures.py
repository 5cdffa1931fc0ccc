"""What a model is sent of a picture."""

from __future__ import annotations

import io
import logging
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mmchat.llms import ImagePart
from mmchat.llms.pictures import picture_part, pixels_part


def decoded(part: ImagePart) -> Image.Image:
    image = Image.open(io.BytesIO(part.data))
    image.load()
    return image


def test_a_photo_is_scaled_down_to_a_jpeg(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (300, 900, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "photo", "PNG")

    part = picture_part(tmp_path / "photo", 300, "a photo")

    assert part is not None
    assert (part.media_type, part.width_px, part.height_px, part.instead) == ("image/jpeg", 300, 100, "a photo")
    assert (decoded(part).format, decoded(part).size) == ("JPEG", (300, 100))


def test_a_drawing_stays_sharp_where_that_is_smaller(tmp_path: Path) -> None:
    drawing = Image.new("RGB", (200, 100), "white")
    drawing.paste("black", (50, 0, 51, 100))
    drawing.save(tmp_path / "drawing", "PNG")

    part = picture_part(tmp_path / "drawing", 768, "")

    assert part is not None and part.media_type == "image/png"
    assert np.array_equal(np.asarray(decoded(part).convert("RGB")), np.asarray(drawing))


def test_a_small_picture_is_not_blown_up(tmp_path: Path) -> None:
    Image.new("RGB", (8, 5), "red").save(tmp_path / "small", "JPEG")

    part = picture_part(tmp_path / "small", 768, "")

    assert part is not None and (part.width_px, part.height_px) == (8, 5)


def test_a_damaged_or_missing_file_is_none_and_one_log_line(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "damaged").write_bytes(b"\xff\xd8\xff no picture")

    with caplog.at_level(logging.WARNING):
        assert picture_part(tmp_path / "damaged", 768, "") is None
        assert picture_part(tmp_path / "missing", 768, "") is None

    assert [record.getMessage() for record in caplog.records] == [
        "a picture could not be decoded for the model: damaged (UnidentifiedImageError)",
        "a picture could not be decoded for the model: missing (FileNotFoundError)",
    ]


def test_pixels_are_sent_like_a_file() -> None:
    part = pixels_part(np.full((100, 400, 3), 200, dtype=np.uint8), 200, "grey")

    assert decoded(part).size == (200, 50) == (part.width_px, part.height_px)
    assert abs(int(np.asarray(decoded(part)).mean()) - 200) < 3

"""What a model is sent of a picture."""

from __future__ import annotations

import io
import logging
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mmchat.llms import ImagePart
from mmchat.llms.pictures import candidate_part, picture_of, picture_part, pixels_part
from mmchat.types import Candidate, Locator, Modality, RunContext, SegmentKind
from tests.factories import a_segment, an_attachment
from tests.make_videos import video


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


def test_the_frame_that_words_stand_on_is_sent_and_counts_as_one_picture(tmp_path: Path) -> None:
    film = an_attachment("talk.mp4", modality=Modality.VIDEO, media_type="video/mp4", duration_s=4.0)
    scenes = [(Image.new("RGB", (64, 48), colour), 2.0) for colour in ("red", "blue")]
    (tmp_path / "film").write_bytes(video(scenes))
    at = Locator(start_s=2.0, end_s=4.0)
    written = Candidate(a_segment(film, 1, "Cost: 4.2", kind=SegmentKind.TEXT_REGION, locator=at), film, 1.0)
    shown = Candidate(a_segment(film, 0, "", kind=SegmentKind.WHOLE_IMAGE, locator=at), film, 1.0)
    spoken = Candidate(a_segment(film, 2, "It costs", kind=SegmentKind.TRANSCRIPT, locator=at), film, 1.0)

    part = candidate_part(written, RunContext(original=lambda _: tmp_path / "film"), 32, "the frame")

    assert part is not None and (part.width_px, part.instead) == (32, "the frame")
    red, _, blue = decoded(part).resize((1, 1)).getpixel((0, 0))
    assert blue > 200 > 60 > red
    assert picture_of(written) == picture_of(shown) != ""
    assert picture_of(spoken) == ""


def test_a_damaged_video_is_none_and_one_log_line(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    film = an_attachment("talk.mp4", modality=Modality.VIDEO)
    (tmp_path / "film").write_bytes(b"no film")
    shown = Candidate(a_segment(film, 0, "", kind=SegmentKind.WHOLE_IMAGE, locator=Locator(start_s=0.0)), film, 1.0)

    assert candidate_part(shown, RunContext(original=lambda _: tmp_path / "film"), 32, "") is None
    assert "a picture could not be decoded" in caplog.text

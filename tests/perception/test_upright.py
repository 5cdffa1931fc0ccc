"""However a picture is stored, it is seen the right way up, on white, in 8 bits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mmchat.perception.upright import DAMAGED, opened, upright


def test_a_turned_photo_is_upright_and_small(tmp_path: Path) -> None:
    photo = Image.new("RGB", (400, 200), "blue")
    photo.paste("red", (0, 0, 200, 200))
    exif = Image.Exif()
    exif[0x0112] = 6  # taken with the camera turned: the left side is up
    photo.save(tmp_path / "a.jpg", exif=exif)

    with opened(tmp_path / "a.jpg") as image:
        seen = upright(image, within_px=100)

    assert seen.size == (50, 100)
    assert seen.getpixel((25, 10))[0] > 200 and seen.getpixel((25, 90))[2] > 200


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_is_white_also_when_scaled(tmp_path: Path, mode: str) -> None:
    clear = Image.new("RGBA", (60, 60), (0, 0, 0, 0)).convert(mode)
    clear.save(tmp_path / "a.png", **({"transparency": 0} if mode == "P" else {}))

    for within_px in (None, 20):
        with opened(tmp_path / "a.png") as image:
            assert np.asarray(upright(image, within_px=within_px)).min() == 255


def test_a_dark_deep_scan_stays_dark_for_reading_and_is_spread_for_viewing(tmp_path: Path) -> None:
    ramp = np.linspace(0, 4095, 64 * 64, dtype=np.uint16).reshape(64, 64)  # 12 bits in 16
    Image.fromarray(ramp).save(tmp_path / "a.tiff")

    with opened(tmp_path / "a.tiff") as image:
        read = np.asarray(upright(image))
    with opened(tmp_path / "a.tiff") as image:
        viewed = np.asarray(upright(image, spread=True))

    assert read.shape == (64, 64, 3) and read.max() == 15
    assert viewed.min() == 0 and viewed.max() == 255


def test_a_palette_is_scaled_without_steps(tmp_path: Path) -> None:
    checks = Image.fromarray(np.indices((80, 80)).sum(axis=0).astype(np.uint8) % 2 * 255).convert("P")
    checks.save(tmp_path / "a.gif")

    with opened(tmp_path / "a.gif") as image:
        seen = np.asarray(upright(image, within_px=20))

    assert abs(int(seen[5:15, 5:15].mean()) - 127) < 12 and seen[5:15, 5:15].std() < 12


def test_what_cannot_be_decoded_is_damaged(tmp_path: Path) -> None:
    Image.new("RGB", (300, 300), "red").save(tmp_path / "a.png")
    data = (tmp_path / "a.png").read_bytes()
    (tmp_path / "a.png").write_bytes(data[: len(data) // 2])

    with pytest.raises(DAMAGED), opened(tmp_path / "a.png") as image:
        upright(image)

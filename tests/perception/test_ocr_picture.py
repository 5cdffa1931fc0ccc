from __future__ import annotations

import numpy as np
import pytest

from mmchat.perception.ocr_picture import dark_on_light, flattened, ink, scaled, without


def page(ground: int, letters: int) -> np.ndarray:
    pixels = np.full((64, 96, 3), ground, dtype=np.uint8)
    pixels[30:34, 20:60:4] = letters
    return pixels


@pytest.mark.parametrize(("ground", "letters"), [(255, 0), (20, 230), (255, 160), (106, 255)])
def test_letters_come_out_dark_on_white_whatever_their_ground(ground: int, letters: int) -> None:
    flat = flattened(dark_on_light(page(ground, letters)))

    assert (flat[30:34, 20:60:4] < 150).all()
    assert (flat[:28] == 255).all()
    assert flat.shape == (64, 96)


def test_a_picture_that_is_mostly_dark_is_turned_over() -> None:
    assert dark_on_light(page(20, 230)).max() == 235
    assert dark_on_light(page(255, 0)).max() == 255


def test_what_was_read_leaves_no_ink() -> None:
    flat = flattened(dark_on_light(page(255, 0)))

    left = without(flat, [(20 / 96, 30 / 64, 60 / 96, 34 / 64)])

    assert ink(flat) == pytest.approx(40 / (64 * 96))
    assert ink(left) == 0
    assert ink(flat) > 0  # the picture itself is left as it was


def test_scaling_keeps_at_least_one_pixel() -> None:
    assert scaled(np.zeros((1, 400), dtype=np.uint8), 0.1).size == (40, 1)

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from mmchat.perception.fingerprints import (
    COLUMNS,
    NEW_FROM_CELLS,
    ROWS,
    Fingerprint,
    difference,
    fingerprint,
    worth_keeping,
    worth_reading,
)
from tests.make_videos import slide

BASE = slide("Harbour project", "Quarterly review, spring")


def look(picture: Image.Image) -> Fingerprint:
    return fingerprint(np.asarray(picture.convert("L").resize((COLUMNS, ROWS), Image.Resampling.BOX)))


def test_a_line_more_on_a_slide_is_new_and_a_pointer_or_noise_is_not() -> None:
    with_line = slide("Harbour project", "Quarterly review, spring", "Cost: 4.2")
    pointed = BASE.copy()
    ImageDraw.Draw(pointed).polygon([(400, 400), (400, 424), (416, 416)], fill="black")
    noise = np.random.default_rng(1).integers(-12, 13, (720, 1280, 3))
    noisy = Image.fromarray(np.clip(np.asarray(BASE) + noise, 0, 255).astype(np.uint8))

    assert difference(look(BASE), look(with_line)) >= NEW_FROM_CELLS
    assert difference(look(BASE), look(pointed)) < NEW_FROM_CELLS
    assert difference(look(BASE), look(noisy)) < NEW_FROM_CELLS


def test_only_what_is_new_is_kept_also_when_it_comes_back() -> None:
    one, two = look(BASE), look(slide("Passengers", "400 each day in summer"))
    seen = [(0.0, one), (1.0, one), (2.0, two), (3.0, two), (4.0, one)]

    assert worth_keeping(seen, 10) == [0.0, 2.0, 4.0]


def test_too_many_are_thinned_out_over_the_whole_length_and_keep_the_change_of_scene() -> None:
    generator = np.random.default_rng(0)
    calm = generator.integers(0, 256, (ROWS, COLUMNS)).astype(np.uint8)
    seen = []
    for second in range(100):
        calm = calm.copy()
        calm[second % ROWS] = 255 - calm[second % ROWS]  # the camera moves a little
        seen.append((float(second), fingerprint(calm)))
        if second == 56:
            calm = generator.integers(0, 256, (ROWS, COLUMNS)).astype(np.uint8)

    kept = worth_keeping(seen, 10)

    assert len(kept) == 10
    assert 57.0 in kept
    assert all(0 < after - before <= 20 for before, after in zip(kept[:-1], kept[1:], strict=True))


def test_nothing_seen_is_nothing_kept() -> None:
    assert worth_keeping([], 5) == []


def test_of_a_moving_camera_few_frames_are_read_and_of_what_stands_all() -> None:
    generator = np.random.default_rng(0)
    pan = [generator.integers(0, 256, (ROWS, COLUMNS)).astype(np.uint8) for _ in range(20)]
    slides = [look(BASE), look(slide("Passengers", "400 each day in summer"))]
    seen = [(float(n), fingerprint(each)) for n, each in enumerate(pan)]
    seen += [(20.0 + n, slides[n // 2]) for n in range(4)]

    read = worth_reading(seen, worth_keeping(seen, 100))

    assert read == {0.0, 5.0, 10.0, 15.0, 20.0, 22.0}

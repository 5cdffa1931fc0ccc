"""What survives another encoding, and what does not."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from mmchat.perception.picture_likeness import picture_likeness, same_picture
from mmchat.perception.sound_likeness import same_sound, sound_likeness
from mmchat.perception.text_likeness import same_text, text_likeness
from mmchat.types import Pixels, Waveform


def chart(*heights: int, ink: str = "#2255aa") -> Image.Image:
    image = Image.new("RGB", (640, 400), "white")
    draw = ImageDraw.Draw(image)
    for n, height in enumerate(heights):
        draw.rectangle((40 + n * 120, 380 - height, 110 + n * 120, 380), fill=ink)
    return image


def encoded(image: Image.Image, kind: str, size: float = 1.0, **options: int) -> Pixels:
    out = io.BytesIO()
    image.resize((round(image.width * size), round(image.height * size))).save(out, kind, **options)
    return np.asarray(Image.open(io.BytesIO(out.getvalue())).convert("RGB"))


@pytest.mark.parametrize(
    ("kind", "size", "options"),
    [("JPEG", 1.0, {"quality": 60}), ("WEBP", 1.0, {"quality": 60}), ("PNG", 0.5, {}), ("JPEG", 1.7, {"quality": 80})],
)
def test_a_picture_in_another_format_or_size_is_the_same(kind: str, size: float, options: dict[str, int]) -> None:
    first = chart(300, 120, 200)

    again = encoded(first, kind, size, **options)

    assert same(np.asarray(first), "Sales 3", again, "SALES  3")


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (chart(300, 120, 230), "Sales"),
        (chart(300, 120, 200, ink="#aa2222"), "Sales"),
        (chart(300, 120, 200), "Sales 7"),
        (chart(300, 120, 200).crop((0, 0, 640, 360)), "Sales"),
    ],
    ids=["another bar", "another colour", "another word", "cut"],
)
def test_a_picture_that_says_something_else_is_another(other: Image.Image, words: str) -> None:
    first = np.asarray(chart(300, 120, 200))

    assert not same(first, "Sales", np.asarray(other), words)


def test_a_picture_of_one_shade_has_no_likeness() -> None:
    assert picture_likeness(np.full((40, 40, 3), (0, 0, 250), dtype=np.uint8), "") is None


def same(one: Pixels, words: str, other: Pixels, other_words: str) -> bool:
    first, second = picture_likeness(one, words), picture_likeness(other, other_words)
    assert first is not None
    assert second is not None
    return same_picture(first, second)


def melody(*notes_hz: float, seconds: float = 0.5) -> Waveform:
    """Notes with overtones and a little noise, one after the other."""
    noise = np.random.default_rng(7).normal(0, 0.01, int(len(notes_hz) * seconds * 16_000))
    at = np.arange(int(seconds * 16_000)) / 16_000
    notes = [sum(np.sin(2 * np.pi * hz * k * at) / k for k in (1, 2, 3)) * np.exp(-2 * at) for hz in notes_hz]
    return (0.2 * np.concatenate(notes) + noise).astype(np.float32)


def test_a_recording_quieter_later_and_noisier_is_the_same() -> None:
    tune = melody(330, 440, 392, 523, 660, 587)
    again = np.concatenate([np.zeros(500, dtype=np.float32), tune]) * 0.5
    again += np.random.default_rng(8).normal(0, 0.0005, len(again)).astype(np.float32)

    first, second = sound_likeness(tune), sound_likeness(again)

    assert first is not None and second is not None
    assert same_sound(first, second)


@pytest.mark.parametrize("other", [(330, 440, 392, 523, 494, 587), (330, 440, 392, 523, 660)], ids=["a note", "cut"])
def test_a_recording_with_another_note_or_without_its_end_is_another(other: tuple[float, ...]) -> None:
    first, second = sound_likeness(melody(330, 440, 392, 523, 660, 587)), sound_likeness(melody(*other))

    assert first is not None and second is not None
    assert not same_sound(first, second)


def test_silence_has_no_likeness() -> None:
    assert sound_likeness(np.zeros(48_000, dtype=np.float32)) is None


def test_the_same_words_are_the_same_text_and_one_figure_makes_another() -> None:
    page = np.full((80, 60, 3), 255, dtype=np.uint8)
    drawn = page.copy()
    drawn[20:60, 20:40] = 0

    first = text_likeness("pdf", ["Rent: 740 euros.", "Paid"], [page])

    def same_as_first(kind: str, pieces: list[str], look: Pixels) -> bool:
        other = text_likeness(kind, pieces, [look])
        return first is not None and other is not None and same_text(first, other)

    assert same_as_first("pdf", ["rent:  740 euros.\nPaid"], page)
    assert not same_as_first("pdf", ["Rent: 750 euros.", "Paid"], page)
    assert not same_as_first("pdf", ["Rent: 740 euros.", "Paid"], drawn)
    assert not same_as_first("unpaged", ["Rent: 740 euros.", "Paid"], page)
    assert text_likeness("pdf", [" \n"], [page]) is None

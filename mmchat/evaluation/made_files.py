"""Files whose right answer is known exactly: where each word was drawn, and when each sentence is spoken."""

from __future__ import annotations

import io
import subprocess
import wave
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from mmchat.types import Box

RECEIPT = [
    "Harbour Cafe",
    "12 Quay Street",
    "Flat white 3.40",
    "Cinnamon bun 2.90",
    "Oat milk 0.50",
    "Total 6.80",
    "Paid by card, thank you",
]


@dataclass(frozen=True)
class Screenshot:
    """A picture and where each of its lines was drawn, 0..1."""

    data: bytes
    lines: dict[str, Box]


def screenshot(lines: list[str] = RECEIPT, *, dark: bool = False, size: tuple[int, int] = (1920, 1080)) -> Screenshot:
    """Lines of text on a page, well apart."""
    paper, ink = ("#14171a", "#e8eaed") if dark else ("white", "#111111")
    image = Image.new("RGB", size, paper)
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype("DejaVuSans.ttf", 34)  # has accents, which the built-in font lacks
    places = {}
    for n, line in enumerate(lines):
        at = (size[0] * 0.1, size[1] * 0.08 + n * size[1] * 0.11)
        draw.text(at, line, fill=ink, font=font)
        x0, y0, x1, y1 = draw.textbbox(at, line, font=font)
        places[line] = (x0 / size[0], y0 / size[1], x1 / size[0], y1 / size[1])
    out = io.BytesIO()
    image.save(out, "PNG")
    return Screenshot(out.getvalue(), places)


@dataclass(frozen=True)
class Recording:
    """A WAV file and when each of its sentences begins and ends, in seconds."""

    data: bytes
    sentences: dict[str, tuple[float, float]]


def recording(sentences: list[str], folder: Path, *, pause_s: float = 1.5, voice: str = "en-us") -> Recording:
    """Sentences spoken by espeak-ng, a pause before each."""
    frames, times, at = b"", {}, 0.0
    for n, sentence in enumerate(sentences):
        file = folder / f"sentence{n}.wav"
        subprocess.run(["espeak-ng", "-v", voice, "-s", "140", "-w", str(file), sentence], check=True)
        with wave.open(str(file)) as spoken:
            rate, width = spoken.getframerate(), spoken.getsampwidth()
            words = spoken.readframes(spoken.getnframes())
        silence = b"\0" * (int(pause_s * rate) * width)
        at += pause_s
        length = len(words) / width / rate
        times[sentence] = (at, at + length)
        at += length
        frames += silence + words
    out = io.BytesIO()
    with wave.open(out, "wb") as whole:
        whole.setnchannels(1)
        whole.setsampwidth(width)
        whole.setframerate(rate)
        whole.writeframes(frames)
    return Recording(out.getvalue(), times)


def overlap(a: Box, b: Box) -> float:
    """Intersection over union of two boxes."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    both = width * height
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both)

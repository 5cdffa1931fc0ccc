"""Files to measure with, made here so that every run has the same: a screenshot, a minute of speech, a long text."""

from __future__ import annotations

import io
import random
import subprocess
import wave
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

WORDS = (
    "harbour lantern copper meadow winter signal orchard granite violin captain thunder paper garden bridge silver "
    "market window engine forest candle river kitchen morning station bottle pepper saddle mirror anchor letter "
    "carpet needle pocket basket hammer ladder pencil blanket feather pillow"
).split()


def sentences(n: int, seed: int = 0) -> list[str]:
    """``n`` sentences of 8 to 16 common words."""
    source = random.Random(seed)
    return [
        f"The {' '.join(source.choice(WORDS) for _ in range(source.randint(7, 15)))}.".replace("  ", " ")
        for _ in range(n)
    ]


def long_text(words: int, seed: int = 0) -> str:
    """Paragraphs of five sentences, ``words`` words in all, a heading now and then."""
    out, count, n = [], 0, 0
    pool = sentences(words // 8 + 10, seed)
    while count < words:
        paragraph = " ".join(pool[n * 5 : n * 5 + 5])
        if n % 8 == 0:
            out.append(f"# Chapter {n // 8 + 1}")
        out.append(paragraph)
        count += len(paragraph.split())
        n += 1
    return "\n\n".join(out)


def screenshot(seed: int = 0) -> bytes:
    """A 1920x1080 page of text in three columns, as PNG."""
    image = Image.new("RGB", (1920, 1080), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(20)
    lines = sentences(90, seed)
    for column in range(3):
        for line in range(30):
            text = " ".join(lines[column * 30 + line].split()[:6])
            draw.text((60 + column * 620, 60 + line * 33), text, fill="black", font=font)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def speech(path: Path, run: int = 0, seconds: int = 60) -> bytes:
    """At least ``seconds`` of speech by espeak-ng, cut to length, as WAV; other words at each ``run``."""
    text = " ".join(sentences(40, seed=3 + run))
    subprocess.run(["espeak-ng", "-v", "en-us", "-s", "150", "-w", str(path), text], check=True)
    with wave.open(str(path)) as file:
        parameters, frames = file.getparams(), file.readframes(file.getframerate() * seconds)
    with wave.open(str(path), "wb") as file:
        file.setparams(parameters)
        file.writeframes(frames)
    return path.read_bytes()

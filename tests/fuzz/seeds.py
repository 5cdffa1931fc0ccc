"""A small whole file of every kind that is accepted, as what mutations begin from."""

from __future__ import annotations

import io
import json
import wave
from functools import cache
from typing import Any

import numpy as np
from PIL import Image

from tests.make_documents import docx_with, labelled
from tests.make_tables import workbook, xlsx
from tests.make_videos import slide, video

_TEXT = (
    "# Ferries\n\nThe ferry leaves at seven. It costs 18.50 euros.\n\n| Ticket | Price |\n|---|---|\n| Dog | 3.50 |\n"
)
_SIZE = (96, 64)


@cache
def seeds() -> dict[str, bytes]:
    """By file name."""
    picture = slide("Ferry at seven", "Dogs: 3.50", size=_SIZE)
    sound = _wav()
    film = [(slide("Pier", size=_SIZE), 1.0), (slide("Cost", size=_SIZE, paper="#333333"), 1.0)]
    return {
        **{f"shot.{kind.lower()}": _picture(picture, kind) for kind in ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")},
        "turned.jpg": _turned(picture),
        "moving.gif": _moving(picture),
        "memo.wav": sound,
        "memo.mp3": _sound("mp3", "libmp3lame"),
        "memo.m4a": _sound("mp4", "aac"),
        "memo.ogg": _sound("ogg", "flac"),
        "memo.opus": _sound("ogg", "libopus"),
        "memo.flac": _sound("flac", "flac"),
        "memo.webm": _sound("webm", "libopus"),
        "film.mp4": video(film, sound),
        "film.webm": video(film, sound, kind="webm"),
        "film.mov": video(film, sound, kind="mov"),
        "film.mkv": video(film, sound, kind="matroska"),
        "paper.pdf": _pdf(),
        "letter.docx": docx_with("A letter about the ferry.", labelled("pier"), "Figure 1: The pier."),
        "table.docx": _docx_table(),
        "show.pptx": _pptx(picture),
        "prices.xlsx": xlsx(workbook(Prices=[["Ticket", "Price"], ["Dog", 3.5], ["Child", 9]], More=[["a"], [1]])),
        "page.html": f"<html><head><title>Ferries</title></head><body><h1>Ferries</h1><p>{_TEXT}</p><table><tr><th>a"
        "</th><th>b</th></tr><tr><td>1</td><td rowspan=2>2</td></tr></table></body></html>".encode(),
        "notes.md": _TEXT.encode(),
        "notes.txt": _TEXT.replace("#", "").encode(),
        "notes16.txt": _TEXT.encode("utf-16"),
        "prices.csv": b'Ticket,Price,When\nDog,3.50,2025-03-01\n"Child, small",9.00,1 March 2025\n',
        "prices.tsv": b"Ticket\tPrice\nDog\t3.50\nChild\t9.00\n",
        "data.json": json.dumps({"tickets": [{"name": "Dog", "price": 3.5}], "nested": {"a": [1, 2, 3]}}).encode(),
        "ferry.py": b"def price(kind):\n    return {'dog': 3.5}[kind]\n\n\nclass Ferry:\n    leaves = 7\n",
    }


def _picture(picture: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind)
    return out.getvalue()


def _turned(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


def _moving(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.convert("P").save(out, "GIF", save_all=True, append_images=[picture.rotate(180).convert("P")], duration=80)
    return out.getvalue()


def _samples() -> np.ndarray[Any, Any]:
    at = np.arange(16_000) / 16_000
    return (8_000 * np.sin(2 * np.pi * 440 * at)).astype(np.int16)


def _wav() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(_samples().tobytes())
    return out.getvalue()


def _sound(container: str, codec: str) -> bytes:
    import av

    out = io.BytesIO()
    rate_hz = 48_000 if codec == "libopus" else 44_100
    with av.open(out, "w", format=container) as file, av.open(io.BytesIO(_wav())) as source:
        stream = file.add_stream(codec, rate=rate_hz)
        resampler = av.AudioResampler(stream.format, stream.layout, stream.rate)
        fifo = av.AudioFifo()
        for frame in source.decode(audio=0):
            for each in resampler.resample(frame):
                each.pts = None
                fifo.write(each)
        size = stream.codec_context.frame_size or 1024
        while (frame := fifo.read(size, partial=True)) is not None:
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return out.getvalue()


def _pdf() -> bytes:
    import pypdfium2

    from tests.fuzz.shapes import pdf_letters

    made = pypdfium2.PdfDocument(pdf_letters(320))
    out = io.BytesIO()
    made.save(out)
    made.close()
    return out.getvalue()


def _docx_table() -> bytes:
    from tests.make_tables import docx, word_cell

    rows = "".join(
        f"<w:tr>{word_cell(a)}{word_cell(b)}</w:tr>" for a, b in (("Ticket", "Price"), ("Dog", "3.50"), ("Child", "9"))
    )
    return docx(f"<w:tbl>{rows}</w:tbl>")


def _pptx(picture: Image.Image) -> bytes:
    import pptx

    show = pptx.Presentation()
    slide_ = show.slides.add_slide(show.slide_layouts[5])
    slide_.shapes.title.text_frame.text = "Ferries"
    slide_.shapes.add_picture(io.BytesIO(_picture(picture, "PNG")), 0, 0)
    out = io.BytesIO()
    show.save(out)
    return out.getvalue()

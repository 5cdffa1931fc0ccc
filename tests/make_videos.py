"""Videos whose right answer is known: which picture stands when, and when each sentence is said."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

CODECS = {
    "mp4": ("libx264", "aac"),
    "mov": ("libx264", "aac"),
    "matroska": ("libx264", "aac"),
    "webm": ("libvpx", "libopus"),
}


def slide(*lines: str, size: tuple[int, int] = (1280, 720), paper: str = "white", ink: str = "#111111") -> Image.Image:
    """A heading and lines under it."""
    image = Image.new("RGB", size, paper)
    draw = ImageDraw.Draw(image)
    for n, line in enumerate(lines):
        font = ImageFont.truetype("DejaVuSans.ttf", round(size[1] / (12 if n == 0 else 18)))
        draw.text((size[0] * 0.08, size[1] * (0.1 + 0.16 * n)), line, fill=ink, font=font)
    return image


def video(
    scenes: Sequence[tuple[Image.Image, float]],
    sound: bytes | None = None,
    *,
    kind: str = "mp4",
    fps: int = 10,
    sound_from_s: float = 0.0,
    video_from_s: float = 0.0,
    **options: str,
) -> bytes:
    """Each picture for its seconds, in turn; ``sound`` is any recording, heard from ``sound_from_s``."""
    import av

    out = io.BytesIO()
    picture_codec, sound_codec = CODECS[kind]
    with av.open(out, "w", format=kind) as container:
        stream = container.add_stream(picture_codec, rate=fps, options={"b:v": "2M", **options})
        stream.width, stream.height = scenes[0][0].size
        stream.pix_fmt = "yuv420p"
        voice = container.add_stream(sound_codec, rate=48_000, layout="mono") if sound is not None else None
        packets = [_pictures(stream, scenes, fps, video_from_s)]
        if voice is not None and sound is not None:
            packets.append(_sound(voice, sound, sound_from_s))
        for packet in _in_time(packets):
            container.mux(packet)
    return out.getvalue()


def _pictures(stream: Any, scenes: Sequence[tuple[Image.Image, float]], fps: int, from_s: float) -> Iterator[Any]:
    import av

    at = round(from_s * fps)
    for picture, seconds in scenes:
        pixels = np.asarray(picture)
        for _ in range(round(seconds * fps)):
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = at, Fraction(1, fps)
            at += 1
            yield from stream.encode(frame)
    yield from stream.encode(None)


def _sound(stream: Any, sound: bytes, from_s: float) -> Iterator[Any]:
    import av

    resample = av.AudioResampler(format=stream.codec_context.format, layout="mono", rate=48_000, frame_size=960)
    at = round(from_s * 48_000)
    with av.open(io.BytesIO(sound)) as given:
        for frame in [*given.decode(audio=0), None]:
            if frame is not None:
                frame.pts = None
            for piece in resample.resample(frame):
                piece.pts, piece.time_base = at, Fraction(1, 48_000)
                at += piece.samples
                yield from stream.encode(piece)
    yield from stream.encode(None)


def _in_time(streams: Sequence[Iterator[Any]]) -> Iterator[Any]:
    """Packets of all streams by their time, as a muxer wants them."""
    heads = [(stream, next(stream, None)) for stream in streams]
    while any(packet is not None for _, packet in heads):
        n = min((i for i, (_, p) in enumerate(heads) if p is not None), key=lambda i: _when(heads[i][1]))
        stream, packet = heads[n]
        yield packet
        heads[n] = (stream, next(stream, None))


def _when(packet: Any) -> float:
    return float(packet.dts * packet.time_base)


def turned(data: bytes) -> bytes:
    """The same MP4 with the note a phone writes when it is held upright: show it a quarter turned clockwise."""
    at = data.index(b"tkhd") + 4 + 40  # the matrix of the first track: nine 32-bit numbers
    one, minus_one = (0x10000).to_bytes(4, "big"), (-0x10000).to_bytes(4, "big", signed=True)
    zero, unit = bytes(4), (0x40000000).to_bytes(4, "big")
    matrix = zero + one + zero + minus_one + zero + zero + zero + zero + unit
    return data[:at] + matrix + data[at + 36 :]


def with_cover(recording: bytes) -> bytes:
    """The same MP4 sound with a picture on its sleeve."""
    import av

    out = io.BytesIO()
    with av.open(io.BytesIO(recording)) as given, av.open(out, "w", format="mp4") as container:
        track = given.streams.audio[0]
        copy = container.add_stream_from_template(track)
        cover = container.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 64, 48, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        frame = av.VideoFrame.from_image(Image.new("RGB", (64, 48), "red")).reformat(format="yuvj420p")
        for packet in [*cover.encode(frame), *cover.encode(None)]:
            container.mux(packet)
        for packet in given.demux(track):
            if packet.dts is not None:
                packet.stream = copy
                container.mux(packet)
    return out.getvalue()

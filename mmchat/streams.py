"""A file of sound or moving pictures -> which of the two it is, how long, how large. It keeps nothing it decodes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mmchat.errors import UnsupportedAttachment
from mmchat.settings import Settings

Source = Path | bytes
"""A file, or its bytes."""

_SHORTEST_S = 0.05
_MOST_CHANNELS = 16
_LEAST_RATE_HZ, _MOST_RATE_HZ = 1_000, 768_000
_CONTAINERS = ("audio/mp4", "audio/webm", "audio/ogg", "video/quicktime")
"""Kinds of file that hold recordings as well as videos: their first bytes do not tell."""
_DOCTYPE_WITHIN = 80
"""In how many bytes a Matroska file says whether it is a WebM."""


def opening(source: Source) -> str | io.BytesIO:
    """As libraries take it."""
    return io.BytesIO(source) if isinstance(source, bytes) else str(source)


def media_type_of(source: Source, head: bytes, sniffed: str) -> str:
    """The same, but ``video/...`` where pictures move in it, and ``audio/...`` where none do."""
    import av

    if sniffed not in _CONTAINERS:
        return sniffed
    try:
        with av.open(opening(source), metadata_errors="ignore") as file:
            moving = moving_pictures(file) is not None
    except (av.FFmpegError, ValueError, EOFError):
        return sniffed  # measuring it will say that it is damaged
    if not moving:
        return "audio/mp4" if sniffed == "video/quicktime" else sniffed
    if sniffed == "audio/webm":
        return "video/webm" if b"webm" in head[:_DOCTYPE_WITHIN] else "video/x-matroska"
    if sniffed == "audio/mp4":
        return "video/quicktime" if head[8:12] == b"qt  " else "video/mp4"
    return sniffed.replace("audio/", "video/")


def measure_sound(source: Source, name: str, media_type: str, settings: Settings) -> tuple[str, dict[str, Any]]:
    """Seconds of a recording; and its media type, which for Opus in Ogg names the codec."""
    with _readable(source, name, "recording or video" if media_type in _CONTAINERS else "recording") as file:
        if not file.streams.audio:
            raise UnsupportedAttachment(
                f"{name} holds no sound. Give a recording, such as mp3, or a video, such as mp4."
            )
        stream = file.streams.audio[0]
        if stream.codec_context is None:
            raise UnsupportedAttachment(
                f"{name} is a recording of a kind that is not known here. Save it as mp3 or m4a."
            )
        codec = stream.codec_context.name
        _check_sound(name, stream)
        duration_s = _end_s(file, stream) - _start_s(stream)
    _check_length(name, duration_s, "recording", settings.max_audio_minutes, "MMCHAT_MAX_AUDIO_MINUTES")
    if media_type == "audio/ogg" and codec == "opus":
        media_type = "audio/ogg; codecs=opus"
    return media_type, {"duration_s": duration_s}


def measure_video(source: Source, name: str, settings: Settings) -> dict[str, Any]:
    """Seconds on the clock that its sound and pictures share, and the size of its pictures, upright."""
    with _readable(source, name, "video") as file:
        stream = moving_pictures(file)
        codec = stream.codec_context
        if codec is None:
            raise UnsupportedAttachment(
                f"{name} has pictures of a kind that is not known here. Save it as mp4 with H.264."
            )
        megapixels = codec.width * codec.height / 1e6
        if megapixels > settings.max_image_megapixels:
            raise UnsupportedAttachment(
                f"{name} has pictures of {megapixels:.0f} megapixels; they may have at most "
                f"{settings.max_image_megapixels:g}. Scale it down, or raise MMCHAT_MAX_IMAGE_MEGAPIXELS."
            )
        first = next(file.decode(stream), None)
        if first is None:
            raise UnsupportedAttachment(f"{name} is a video without a single picture. Give a whole copy.")
        width, height = (first.height, first.width) if first.rotation % 180 else (first.width, first.height)
        file.seek(0)
        duration_s = _end_s(file, stream, *file.streams.audio[:1]) - clock_zero_s(file)
        for sound in file.streams.audio[:1]:
            _check_sound(name, sound)
    _check_length(name, duration_s, "video", settings.max_video_minutes, "MMCHAT_MAX_VIDEO_MINUTES")
    return {"duration_s": duration_s, "width_px": width, "height_px": height}


@contextmanager
def _readable(source: Source, name: str, kind: str) -> Iterator[Any]:
    import av

    try:
        with av.open(opening(source), metadata_errors="ignore") as file:
            yield file
    except (av.FFmpegError, ValueError, EOFError) as error:
        raise UnsupportedAttachment(f"{name} is a damaged or cut-off {kind}. Give a whole copy.") from error


def moving_pictures(file: Any) -> Any:
    """The first video stream that is not the cover of a recording, or None."""
    import av

    cover = av.stream.Disposition.attached_pic
    return next((stream for stream in file.streams.video if not stream.disposition & cover), None)


def clock_zero_s(file: Any) -> float:
    """The stamp that is shown as 0:00. Chromium shows a stamp of 4 s as 0:04 even where nothing comes before it, and
    only where the first one lies before zero does it begin there (measured with Chromium on MP4, WebM and Matroska).
    """
    return min(0.0, (file.start_time or 0) / 1_000_000)


def _check_sound(name: str, stream: Any) -> None:
    """Against what no microphone makes, and no decoder is made for. One of an unknown kind is not decoded anyway."""
    if stream.codec_context is None:
        return
    channels, rate_hz = stream.channels, stream.rate or 0
    if channels > _MOST_CHANNELS:
        raise UnsupportedAttachment(
            f"{name} has {channels} channels; sound may have at most {_MOST_CHANNELS}. Mix it down to stereo."
        )
    if not _LEAST_RATE_HZ <= rate_hz <= _MOST_RATE_HZ:
        raise UnsupportedAttachment(
            f"{name} has {rate_hz:,} samples a second; sound may have {_LEAST_RATE_HZ:,} to {_MOST_RATE_HZ:,}. "
            "Save it again as mp3 or m4a."
        )


def _check_length(name: str, duration_s: float, kind: str, most_minutes: float, setting: str) -> None:
    if duration_s < _SHORTEST_S:
        raise UnsupportedAttachment(f"{name} is a {kind} of 0 seconds. Record it again.")
    if duration_s > most_minutes * 60:
        raise UnsupportedAttachment(
            f"{name} lasts {duration_s / 60:.0f} minutes; a {kind} may last at most {most_minutes:g}. "
            f"Split it, or raise {setting}."
        )


def _start_s(stream: Any) -> float:
    return float(stream.start_time * stream.time_base) if stream.start_time is not None else 0.0


def _end_s(file: Any, *streams: Any) -> float:
    """When the last packet really there ends, since a cut-off file's header tells the old length."""
    end_s = _start_s(streams[0])
    for packet in file.demux(*streams):
        if packet.pts is not None and packet.time_base is not None and packet.size:
            length = packet.duration or 0
            # An Ogg file may end inside its last packet; its length is then negative, and comes as unsigned 32 bits.
            length -= 2**32 if length >= 2**31 else 0
            end_s = max(end_s, float((packet.pts + length) * packet.time_base))
    return end_s

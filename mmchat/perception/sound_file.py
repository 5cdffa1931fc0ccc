"""A sound or video file -> a mono waveform at 16 kHz, by PyAV: no ffmpeg program is needed. It hears nothing."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmchat.errors import UnsupportedAttachment
from mmchat.streams import clock_zero_s
from mmchat.types import SAMPLE_RATE_HZ, Waveform

Done = Callable[[float], None]
"""Called with the seconds decoded so far. It may raise to stop the work."""

_FIRST_GUESS_S = 60.0
_MOST_GUESSED_S = 4 * 3600.0  # a header may claim any length; more than this is believed only as it is decoded
_GROWTH = 1.25
_REPORT_EVERY_S = 30.0
_GAP_S = 0.1  # what a resampler holds back, and rounded stamps, are less


def decode_sound(
    source: Path | bytes, done: Done | None = None, *, longest_s: float | None = None, on_clock: bool = False
) -> Waveform:
    """The first audio track. A file that breaks off is kept as far as it could be decoded.

    Samples are written into one array that is made to the length the file claims, so that three hours of sound
    (690 MB) are held once.

    Args:
        source: the file, or its bytes.
        done: called now and then with the seconds decoded.
        longest_s: refuse what is longer; a header's word is not taken for it.
        on_clock: lay each sample at the second at which a player has it, with silence before a track that begins later
            than its pictures and in gaps; else samples follow each other.

    Raises:
        UnsupportedAttachment: nothing could be decoded, or it is too long.
    """
    import av

    try:
        with av.open(BytesIO(source) if isinstance(source, bytes) else str(source), metadata_errors="ignore") as file:
            if not file.streams.audio:
                raise UnsupportedAttachment("The file holds no sound. Give a recording, such as wav, mp3 or m4a.")
            collected = _Samples(_claimed_s(file), done, longest_s)
            broken = _read(file, collected, on_clock)
    except av.error.FFmpegError as error:
        raise UnsupportedAttachment(
            "The recording cannot be read: it is damaged, or not sound. Save it again as wav, mp3, m4a, ogg or flac."
        ) from error
    waveform = collected.finish()
    if not len(waveform):
        kind = "damaged before its first second" if broken else "0 seconds long"
        raise UnsupportedAttachment(f"The recording is {kind}: there is nothing to hear in it. Record it again.")
    return waveform


def has_sound(path: Path) -> bool:
    """Whether there is a sound track at all."""
    import av

    try:
        with av.open(str(path), metadata_errors="ignore") as file:
            return bool(file.streams.audio)
    except av.error.FFmpegError:
        return False


def _claimed_s(file: Any) -> float:
    """The length in the file's header, or a first guess when it has none."""
    stream = file.streams.audio[0]
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return file.duration / 1_000_000 if file.duration else _FIRST_GUESS_S


def _read(file: Any, collected: _Samples, on_clock: bool) -> bool:
    """Decode and resample everything; true when the file broke off."""
    import av

    stream = file.streams.audio[0]
    stream.thread_type = "AUTO"
    zero = clock_zero_s(file)
    broken = False
    resample: Any = None
    frame_kind: tuple[Any, ...] = ()
    try:
        for frame in _frames(file, stream):
            kind = (frame.format.name, frame.layout.name, frame.sample_rate)
            if on_clock and frame.time is not None and frame.time - zero > collected.end_s + _GAP_S:
                if resample is not None:
                    collected.add(resample.resample(None))
                    resample, frame_kind = None, ()
                collected.silence_until(frame.time - zero)
            if kind != frame_kind:  # some streams change their channels or rate on the way
                if resample is not None:
                    collected.add(resample.resample(None))
                # Channels stay apart here: FFmpeg's own mix to mono adds them 3 dB too loud for floats, which clips.
                resample = av.AudioResampler(format="fltp", layout=frame.layout, rate=SAMPLE_RATE_HZ)
                frame_kind = kind
            frame.pts = None  # a gap or a jump in the stamps would be refused by the resampler
            collected.add(resample.resample(frame))
    except av.error.FFmpegError:
        broken = True
    if resample is not None:
        collected.add(resample.resample(None))
    return broken


def _frames(file: Any, stream: Any) -> Iterator[Any]:
    """Frames of every packet that can be decoded; a damaged packet in the middle is skipped, as players do."""
    import av

    for packet in file.demux(stream):
        try:
            yield from packet.decode()
        except (av.error.InvalidDataError, av.error.EOFError):
            continue


class _Samples:
    """One growing array of samples, finite and within [-1, 1]."""

    def __init__(self, claimed_s: float, done: Done | None, longest_s: float | None) -> None:
        believed_s = min(max(claimed_s, 1.0) + 1.0, _MOST_GUESSED_S)
        self._array: NDArray[np.float32] = np.empty(math.ceil(believed_s * SAMPLE_RATE_HZ), dtype=np.float32)
        self._count = 0
        self._done = done
        self._longest = math.inf if longest_s is None else longest_s * SAMPLE_RATE_HZ
        self._reported = 0

    def add(self, frames: list[Any]) -> None:
        for frame in frames:
            self._put(frame.to_ndarray().mean(axis=0))  # shape (channels, n) -> (n,)
        if self._done and self._count - self._reported >= _REPORT_EVERY_S * SAMPLE_RATE_HZ:
            self._reported = self._count
            self._done(self._count / SAMPLE_RATE_HZ)

    def _put(self, piece: NDArray[np.float32]) -> None:
        end = self._count + len(piece)
        if end > self._longest:
            minutes = self._longest / SAMPLE_RATE_HZ / 60
            raise UnsupportedAttachment(
                f"The recording is longer than {minutes:g} minutes, the most that is accepted. "
                f"Cut it, or raise MMCHAT_MAX_AUDIO_MINUTES."
            )
        if end > len(self._array):
            self._array.resize(max(end, int(len(self._array) * _GROWTH)), refcheck=False)
        np.clip(np.nan_to_num(piece), -1.0, 1.0, out=self._array[self._count : end])
        self._count = end

    @property
    def end_s(self) -> float:
        """The second up to which there are samples."""
        return self._count / SAMPLE_RATE_HZ

    def silence_until(self, second: float) -> None:
        """Nothing is heard up to there."""
        gap = np.zeros(max(0, round(second * SAMPLE_RATE_HZ) - self._count), dtype=np.float32)
        self._put(gap)

    def finish(self) -> Waveform:
        """Exactly what was decoded."""
        self._array.resize(self._count, refcheck=False)
        return self._array

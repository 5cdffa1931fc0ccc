"""A sound file of any kind -> one waveform, by PyAV. It hears nothing in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from mmchat.errors import UnsupportedAttachment
from mmchat.types import SAMPLE_RATE_HZ, Waveform


def decode_sound(path: Path) -> Waveform:
    """The first audio stream, mixed to one channel at 16 kHz: float32, shape (n_samples,), range [-1, 1].

    What can be decoded of a cut-off file is kept.

    Raises:
        UnsupportedAttachment: nothing can be decoded.
    """
    import av

    blocks: list[Waveform] = []
    try:
        with av.open(str(path)) as container:
            for block in _blocks(container):
                blocks.append(block)
    except (av.FFmpegError, IndexError, ValueError, EOFError) as error:
        if not blocks:
            raise UnsupportedAttachment("The recording is damaged or cut off. Give a whole copy.") from error
    if not blocks:
        raise UnsupportedAttachment("The recording holds no sound that can be decoded. Give a whole copy.")
    waveform: Waveform = np.concatenate(blocks)
    return waveform


def _blocks(container: Any) -> Iterator[Waveform]:
    """Decoded 16-bit blocks as floats; 16 bits halve what a three-hour recording needs on the way."""
    import av

    resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE_HZ)
    for packet in container.demux(container.streams.audio[0]):
        try:
            frames = packet.decode()
        except av.InvalidDataError:
            continue  # one damaged packet costs its own milliseconds, not the recording
        for frame in frames:
            frame.pts = None  # gaps in the stamps would make the resampler refuse
            yield from (_floats(each) for each in resampler.resample(frame))
    yield from (_floats(each) for each in resampler.resample(None))


def _floats(frame: Any) -> Waveform:
    block: Waveform = frame.to_ndarray().reshape(-1).astype(np.float32) / 32768.0
    return block

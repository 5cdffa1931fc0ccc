"""A video file -> pictures of its moments, upright, on the clock that players show. By PyAV; it recognises nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from mmchat.errors import UnsupportedAttachment
from mmchat.perception.fingerprints import COLUMNS, ROWS, Fingerprint, fingerprint
from mmchat.streams import clock_zero_s, moving_pictures
from mmchat.types import Pixels

Done = Callable[[float], None]
"""Called with the seconds watched so far. It may raise to stop the work."""

Sample = tuple[float, Fingerprint]
"""A frame's second and what it looks like from afar."""

EVERY_S = 1.0
LONGEST_SIDE_PX = 1920
"""A frame is given at most this wide or high: words on a 4K screen stay legible, and take a quarter of the time."""
_KEY_FRAMES_DO_S = 1.5
"""With key frames at least this often, the frames between them need not be decoded to look once a second."""
_NEAR_S = 0.001  # stamps are kept to the millisecond in WebM and Matroska
_SEEK_FROM_S = 2.0
_DAMAGED = "The video is damaged before its first picture. Save it again as mp4 or webm."


def samples(path: Path, done: Done | None = None) -> Iterator[Sample]:
    """About one frame a second, from the first to the last, as fingerprints. A file that breaks off ends early.

    Raises:
        UnsupportedAttachment: nothing can be decoded.
    """
    sparse = _key_frames_do(path)
    with _opened(path) as (file, stream):
        codec = stream.codec_context
        # Looked at from afar, so neither the smoothing of block edges nor frames that no other needs are missed.
        codec.options = {"skip_loop_filter": "all"}
        codec.skip_frame = "NONKEY" if sparse else "NONREF"
        due_s, found = 0.0, False
        for at_s, frame in _frames(file, stream):
            if found and at_s < due_s - _NEAR_S:
                continue
            due_s, found = at_s - at_s % EVERY_S + EVERY_S, True
            yield at_s, fingerprint(_small(frame))
            if done:
                done(at_s)
        if not found:
            raise UnsupportedAttachment(_DAMAGED)


def frames_at(path: Path, seconds: Sequence[float]) -> Iterator[tuple[float, Pixels]]:
    """For each of the seconds, given in rising order, the frame that stands there; none after the file's end.

    Frames are upright, with square pixels, at most :data:`LONGEST_SIDE_PX` wide or high.

    Raises:
        UnsupportedAttachment: nothing can be decoded.
    """
    with _opened(path) as (file, stream):
        zero = clock_zero_s(file)
        frames = _frames(file, stream)
        shown: tuple[float, Any] | None = None
        ahead = next(frames, None)
        for wanted_s in seconds:
            # What lies before the next key frame is decoded on; a seek would only go back to the one before.
            if ahead is None or wanted_s - ahead[0] > _SEEK_FROM_S:
                file.seek(round((wanted_s + zero) / stream.time_base), stream=stream, backward=True)
                frames, shown = _frames(file, stream), None
                ahead = next(frames, None)
            while ahead is not None and ahead[0] <= wanted_s + _NEAR_S:
                shown, ahead = ahead, next(frames, None)
            here = shown or ahead
            if here is not None:
                yield wanted_s, _picture(here[1], stream)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Any, Any]]:
    import av

    try:
        with av.open(str(path), metadata_errors="ignore") as file:
            stream = moving_pictures(file)
            if stream is None:
                raise UnsupportedAttachment("The file holds no moving pictures.")
            stream.thread_type = "AUTO"
            yield file, stream
    except av.error.FFmpegError as error:
        raise UnsupportedAttachment(_DAMAGED) from error


def _frames(file: Any, stream: Any) -> Iterator[tuple[float, Any]]:
    """Frames that can be decoded, with their seconds; a damaged packet in the middle is skipped, as players do."""
    import av

    zero = clock_zero_s(file)
    try:
        for packet in file.demux(stream):
            try:
                decoded = packet.decode()
            except (av.error.InvalidDataError, av.error.EOFError):
                continue
            for frame in decoded:
                if frame.time is not None and frame.width and frame.height:
                    yield max(0.0, frame.time - zero), frame
    except av.error.FFmpegError:
        return  # it breaks off here


def _key_frames_do(path: Path) -> bool:
    """Whether key frames come so often, up to the last frame, that they alone show a frame about every second."""
    with _opened(path) as (file, stream):
        stamps = [(float(p.pts * p.time_base), p.is_keyframe) for p in file.demux(stream) if p.pts is not None]
    times = sorted(at_s for at_s, is_key in stamps if is_key)
    if len(times) < 2:
        return False
    last_s = max(at_s for at_s, _ in stamps)
    return max(after - before for before, after in pairwise([*times, last_s])) <= _KEY_FRAMES_DO_S


def _small(frame: Any) -> Pixels:
    small = frame.reformat(width=COLUMNS, height=ROWS, format="gray", interpolation="AREA")
    return np.asarray(small.to_ndarray(), dtype=np.uint8)


def _picture(frame: Any, stream: Any) -> Pixels:
    ratio = float(stream.sample_aspect_ratio or 1.0) or 1.0
    width, height = frame.width * max(ratio, 1.0), frame.height / min(ratio, 1.0)
    scale = min(1.0, LONGEST_SIDE_PX / max(width, height))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    pixels = frame.reformat(width=size[0], height=size[1], format="rgb24", interpolation="AREA").to_ndarray()
    # What a phone writes when it is turned; the matrix says how far to turn it back, counterclockwise.
    return np.ascontiguousarray(np.rot90(pixels, round(frame.rotation / 90)))

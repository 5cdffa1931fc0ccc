"""A waveform -> where in it somebody speaks, by the Silero model that comes with faster-whisper. It hears no words."""

from __future__ import annotations

from collections.abc import Iterator

from mmchat.perception.speech_windows import WINDOW_S, Stretch
from mmchat.types import SAMPLE_RATE_HZ, Waveform

BLOCK_S = 300.0
"""How much is looked at in one call: bounds the memory, and gives the caller a place to stop."""

_THRESHOLD = 0.5  # Silero's own default
_SHORTEST_SPEECH_MS = 120
_PAUSE_MS = 400
_PADDING_MS = 400


def find_speech(waveform: Waveform) -> Iterator[Stretch]:
    """Stretches of speech in playing order, apart by at least a short pause, none longer than a window.

    Long recordings are looked at in blocks; a stretch that a block's end cuts is looked at again with the next block.
    """
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    options = VadOptions(
        threshold=_THRESHOLD,
        min_speech_duration_ms=_SHORTEST_SPEECH_MS,
        min_silence_duration_ms=_PAUSE_MS,
        speech_pad_ms=_PADDING_MS,
        max_speech_duration_s=WINDOW_S,
    )
    block = int(BLOCK_S * SAMPLE_RATE_HZ)
    at = 0
    while at < len(waveform):
        end = min(at + block, len(waveform))
        found = [Stretch(at + f["start"], at + f["end"]) for f in get_speech_timestamps(waveform[at:end], options)]
        last_block = end == len(waveform)
        if not last_block and found and found[-1].end >= end and found[-1].start > at:
            end = found.pop().start
        yield from found
        at = end

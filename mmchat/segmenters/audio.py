"""A recording -> transcript passages with the seconds of every word, and windows of what is heard beside speech."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from mmchat.perception.sound_file import decode_sound
from mmchat.perception.speech import SpeechRecognizer
from mmchat.perception.speech_windows import Stretch
from mmchat.segmenters.base import Progress, Segmenter, segment_id
from mmchat.segmenters.sound_windows import sound_windows
from mmchat.segmenters.spoken_passages import SpokenPassage, spoken_passages
from mmchat.settings import Settings
from mmchat.types import (
    SAMPLE_RATE_HZ,
    Attachment,
    JobState,
    Locator,
    Remark,
    Segment,
    SegmentInput,
    SegmentKind,
    Waveform,
)
from mmchat.workers import HERE, Workers

UNCLEAR_FROM_S = 2.0
"""A shorter stretch is a cough, or a syllable of music."""


class AudioSegmenter(Segmenter):
    """Listens to recordings. Silence gives no segment."""

    apart = False

    def __init__(self, settings: Settings, workers: Workers) -> None:
        self._recognizer = SpeechRecognizer.from_settings(settings)
        self._decode = partial(decode_sound, longest_s=settings.max_audio_minutes * 60)
        self._workers = workers

    @classmethod
    def from_settings(cls, settings: Settings, workers: Workers = HERE) -> AudioSegmenter:
        """With the speech model and the longest recording of ``settings``."""
        return cls(settings, workers)

    def load(self) -> None:
        """Load the speech model."""
        self._recognizer.load()

    def segment(self, attachment: Attachment, original: Path, progress: Progress) -> Iterator[SegmentInput | Remark]:
        """What is said and what else is heard, in playing order; then what was said but not understood."""
        length_s = attachment.duration_s or math.inf
        waveform = self._workers.call(
            self._decode,
            original,
            what=attachment.name,
            report=lambda decoded_s: progress(JobState.READING, min(decoded_s / length_s, 1.0)),
        )
        progress(JobState.READING, 1.0)
        yield from self.heard(attachment, waveform, lambda part: progress(JobState.PERCEIVING, part))
        progress(JobState.PERCEIVING, 1.0)

    def heard(
        self, attachment: Attachment, waveform: Waveform, done: Callable[[float], None]
    ) -> Iterator[SegmentInput | Remark]:
        """The same for a sound track: its segments in playing order, then the remark."""
        transcript = self._recognizer.transcribe(waveform, done)
        pieces: list[tuple[float, SpokenPassage | Stretch]] = [
            *((passage.start_s, passage) for passage in spoken_passages(transcript.utterances)),
            *((window.start / SAMPLE_RATE_HZ, window) for window in sound_windows(waveform, transcript.speech)),
        ]
        for ordinal, (_, found) in enumerate(sorted(pieces, key=lambda piece: piece[0])):
            if isinstance(found, SpokenPassage):
                yield SegmentInput(_spoken(attachment, ordinal, found))
            else:
                yield _sound(attachment, ordinal, found, waveform)
        unclear = [s for s in transcript.unclear if s.end - s.start >= UNCLEAR_FROM_S * SAMPLE_RATE_HZ]
        if unclear:
            yield _unclear(attachment, unclear)

    def media(self, attachment: Attachment, original: Path, wanted: Sequence[Segment]) -> Iterator[SegmentInput]:
        """Cut out by their seconds: nothing is listened to again. A cut may lie half a millisecond from the first."""
        yield from cut_out(self._workers.call(self._decode, original, what=attachment.name), wanted)


def cut_out(waveform: Waveform, wanted: Sequence[Segment]) -> Iterator[SegmentInput]:
    """Each of the segments with its seconds of the waveform."""
    for segment in wanted:
        start, end = segment.locator.start_s or 0.0, segment.locator.end_s or 0.0
        heard = waveform[round(start * SAMPLE_RATE_HZ) : round(end * SAMPLE_RATE_HZ)]
        if len(heard):
            yield SegmentInput(segment, waveform=heard)


def _unclear(attachment: Attachment, stretches: Sequence[Stretch]) -> Remark:
    total_s = sum(stretch.end - stretch.start for stretch in stretches) / SAMPLE_RATE_HZ
    minutes, seconds = divmod(stretches[0].start // SAMPLE_RATE_HZ, 60)
    return Remark(
        f"{total_s:.0f} s of {attachment.name} sound like speech but could not be understood, first at "
        f"{minutes}:{seconds:02d}; no answer can use these words. A clearer recording may help."
    )


def _spoken(attachment: Attachment, ordinal: int, passage: SpokenPassage) -> Segment:
    return Segment(
        id=segment_id(attachment.id, SegmentKind.TRANSCRIPT, ordinal, passage.text),
        attachment_id=attachment.id,
        modality=attachment.modality,
        kind=SegmentKind.TRANSCRIPT,
        ordinal=ordinal,
        text=passage.text,
        locator=Locator(start_s=passage.start_s, end_s=passage.end_s),
        places=passage.places,
        language=passage.language,
    )


def _sound(attachment: Attachment, ordinal: int, window: Stretch, waveform: Waveform) -> SegmentInput:
    segment = Segment(
        id=segment_id(attachment.id, SegmentKind.SOUND, ordinal, ""),
        attachment_id=attachment.id,
        modality=attachment.modality,
        kind=SegmentKind.SOUND,
        ordinal=ordinal,
        text="",
        locator=Locator(start_s=round(window.start / SAMPLE_RATE_HZ, 3), end_s=round(window.end / SAMPLE_RATE_HZ, 3)),
    )
    return SegmentInput(segment, waveform=waveform[window.start : window.end])

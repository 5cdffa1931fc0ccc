"""A video -> its scenes as pictures, the text on them, what is said and what is heard, all on one clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path

from mmchat.errors import MissingDependency, ModelUnavailable, UnsupportedAttachment
from mmchat.perception.fingerprints import worth_keeping, worth_reading
from mmchat.perception.ocr import TextReader, create_reader
from mmchat.perception.sound_file import decode_sound, has_sound
from mmchat.perception.video_file import samples
from mmchat.segmenters.audio import AudioSegmenter, cut_out
from mmchat.segmenters.base import Progress, Segmenter, segment_id
from mmchat.segmenters.scenes import pictures_again, scenes
from mmchat.settings import Settings
from mmchat.types import (
    SAMPLE_RATE_HZ,
    Attachment,
    JobState,
    Remark,
    Segment,
    SegmentInput,
    SegmentKind,
    Waveform,
)

_SOUND_TO = 0.15
"""Where in the reading the sound is decoded; the rest is looking through the pictures."""
_S_PER_FRAME, _S_PER_SPOKEN_S = 0.6, 0.12
"""About what a frame and a second of sound take to perceive (two cores, 2026-11-21); only progress depends on it."""
_AT_ONE_TIME = (SegmentKind.WHOLE_IMAGE, SegmentKind.TEXT_REGION, SegmentKind.TRANSCRIPT, SegmentKind.SOUND)


class VideoSegmenter(Segmenter):
    """Watches and listens."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._ears = AudioSegmenter.from_settings(settings)
        self._longest_s = settings.max_video_minutes * 60

    @classmethod
    def from_settings(cls, settings: Settings) -> VideoSegmenter:
        """With the OCR, the speech model and the most frames of ``settings``."""
        return cls(settings)

    @cached_property
    def _reader(self) -> TextReader:
        return create_reader(self._settings)

    def load(self) -> None:
        """Load the speech model and open the OCR engine; both are those that recordings and pictures use."""
        self._ears.load()
        self._reader.load()

    def segment(self, attachment: Attachment, original: Path, progress: Progress) -> Iterator[SegmentInput | Remark]:
        """In playing order: each scene's picture, then what is written on it, then what is heard from there."""
        reading, perceiving = partial(progress, JobState.READING), partial(progress, JobState.PERCEIVING)
        length_s = attachment.duration_s or self._longest_s
        reading(0.0)
        waveform, deaf = self._sound(attachment, original, lambda at_s: reading(_share(at_s / length_s, 0, _SOUND_TO)))
        seen = list(samples(original, lambda at_s: reading(_share(at_s / length_s, _SOUND_TO, 1))))
        starts = worth_keeping(seen, self._settings.max_video_frames)
        reading(1.0)
        yield from deaf
        found: list[SegmentInput] = []
        heard_at = _listening_share(waveform, len(starts))
        if waveform is not None:
            for each in self._ears.heard(attachment, waveform, lambda part: perceiving(_share(part, 0, heard_at))):
                if isinstance(each, Remark):
                    yield each
                else:
                    found.append(each)
        blind = self._cannot_read(attachment)
        yield from blind
        read = None if blind else self._reader.read
        readable = worth_reading(seen, starts)
        watched = scenes(
            attachment, original, starts, read, readable, lambda part: perceiving(_share(part, heard_at, 1))
        )
        found += watched
        found.sort(key=lambda each: (each.segment.locator.start_s or 0.0, _AT_ONE_TIME.index(each.segment.kind)))
        yield from (_numbered(each, ordinal) for ordinal, each in enumerate(found))
        perceiving(1.0)

    def media(self, attachment: Attachment, original: Path, wanted: Sequence[Segment]) -> Iterator[SegmentInput]:
        """Frames and sounds again by their seconds: nothing is read or listened to again."""
        yield from pictures_again(original, [s for s in wanted if s.kind is SegmentKind.WHOLE_IMAGE])
        sounds = [segment for segment in wanted if segment.kind is SegmentKind.SOUND]
        if sounds:
            yield from cut_out(decode_sound(original, longest_s=self._longest_s, on_clock=True), sounds)

    def _sound(
        self, attachment: Attachment, original: Path, done: Callable[[float], None]
    ) -> tuple[Waveform | None, list[Remark]]:
        """The sound track, if there is one; and that it could not be heard, if so."""
        if not has_sound(original):
            return None, []
        try:
            return decode_sound(original, done, longest_s=self._longest_s, on_clock=True), []
        except UnsupportedAttachment:
            sentence = f"The sound of {attachment.name} is damaged: only its pictures were looked at."
            return None, [Remark(sentence)]

    def _cannot_read(self, attachment: Attachment) -> list[Remark]:
        """That the words on its pictures are not read here, and why; nothing when they are."""
        try:
            self._reader.load()
        except (MissingDependency, ModelUnavailable) as error:
            return [Remark(f"The words to be seen in {attachment.name} were not read. {error}")]
        return []


def _listening_share(waveform: Waveform | None, frames: int) -> float:
    """How much of the perceiving is listening."""
    listening_s = 0.0 if waveform is None else len(waveform) / SAMPLE_RATE_HZ * _S_PER_SPOKEN_S
    return listening_s / (listening_s + frames * _S_PER_FRAME)


def _share(part: float, begin: float, end: float) -> float:
    return begin + (end - begin) * min(max(part, 0.0), 1.0)


def _numbered(found: SegmentInput, ordinal: int) -> SegmentInput:
    segment = found.segment
    id = segment_id(segment.attachment_id, segment.kind, ordinal, segment.text)
    return replace(found, segment=replace(segment, id=id, ordinal=ordinal))

"""A video -> its scenes as pictures, the text on them, what is said and what is heard, all on one clock."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

from mmchat.errors import MissingDependency, ModelUnavailable, UnsupportedAttachment
from mmchat.perception.fingerprints import worth_keeping, worth_reading
from mmchat.perception.ocr import TextReader, create_reader
from mmchat.perception.sound_file import decode_sound, has_sound
from mmchat.perception.video_file import samples
from mmchat.segmenters.apart import reader_name
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
from mmchat.workers import HERE, Workers

_SOUND_TO = 0.15
"""Where in the reading the sound is decoded; the rest is looking through the pictures."""
_S_PER_FRAME, _S_PER_SPOKEN_S = 0.6, 0.12
"""About what a frame and a second of sound take to perceive (two cores, 2026-11-21); only progress depends on it."""
_AT_ONE_TIME = (SegmentKind.WHOLE_IMAGE, SegmentKind.TEXT_REGION, SegmentKind.TRANSCRIPT, SegmentKind.SOUND)


class VideoSegmenter(Segmenter):
    """Watches and listens."""

    apart = False

    def __init__(self, settings: Settings, workers: Workers) -> None:
        self._settings = settings.without_secrets()
        self._workers = workers
        self._ears = AudioSegmenter.from_settings(settings, workers)
        self._longest_s = settings.max_video_minutes * 60
        self._decode = partial(decode_sound, longest_s=self._longest_s, on_clock=True)

    @classmethod
    def from_settings(cls, settings: Settings, workers: Workers = HERE) -> VideoSegmenter:
        """With the OCR, the speech model and the most frames of ``settings``."""
        return cls(settings, workers)

    def load(self) -> None:
        """Load the speech model, which is the one that recordings use."""
        self._ears.load()

    def segment(self, attachment: Attachment, original: Path, progress: Progress) -> Iterator[SegmentInput | Remark]:
        """In playing order: each scene's picture, then what is written on it, then what is heard from there."""
        reading, perceiving = partial(progress, JobState.READING), partial(progress, JobState.PERCEIVING)
        length_s = attachment.duration_s or self._longest_s
        reading(0.0)
        waveform, deaf = self._sound(attachment, original, lambda at_s: reading(_share(at_s / length_s, 0, _SOUND_TO)))
        what = attachment.name
        seen = list(
            self._workers.stream(
                samples, original, what=what, report=lambda at_s: reading(_share(at_s / length_s, _SOUND_TO, 1))
            )
        )
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
        found += self._workers.stream(
            _scenes,
            None if blind else self._settings,
            attachment,
            original,
            starts,
            worth_reading(seen, starts),
            what=what,
            report=lambda part: perceiving(_share(part, heard_at, 1)),
        )
        found.sort(key=lambda each: (each.segment.locator.start_s or 0.0, _AT_ONE_TIME.index(each.segment.kind)))
        yield from (_numbered(each, ordinal) for ordinal, each in enumerate(found))
        perceiving(1.0)

    def media(self, attachment: Attachment, original: Path, wanted: Sequence[Segment]) -> Iterator[SegmentInput]:
        """Frames and sounds again by their seconds: nothing is read or listened to again."""
        pictures = [segment for segment in wanted if segment.kind is SegmentKind.WHOLE_IMAGE]
        yield from self._workers.stream(pictures_again, original, pictures, what=attachment.name)
        sounds = [segment for segment in wanted if segment.kind is SegmentKind.SOUND]
        if sounds:
            yield from cut_out(self._workers.call(self._decode, original, what=attachment.name), sounds)

    def _sound(
        self, attachment: Attachment, original: Path, done: Callable[[float], None]
    ) -> tuple[Waveform | None, list[Remark]]:
        """The sound track, if there is one; and that it could not be heard, if so."""
        if not self._workers.call(has_sound, original, what=attachment.name):
            return None, []
        try:
            return self._workers.call(self._decode, original, what=attachment.name, report=done), []
        except UnsupportedAttachment:
            sentence = f"The sound of {attachment.name} is damaged: only its pictures were looked at."
            return None, [Remark(sentence)]

    def _cannot_read(self, attachment: Attachment) -> list[Remark]:
        """That the words on its pictures are not read here, and why; nothing when they are."""
        try:
            self._workers.call(reader_name, self._settings, what=attachment.name)
        except (MissingDependency, ModelUnavailable) as error:
            return [Remark(f"The words to be seen in {attachment.name} were not read. {error}")]
        return []


def _scenes(
    settings: Settings | None,
    attachment: Attachment,
    original: Path,
    starts: Sequence[float],
    readable: Collection[float],
    done: Callable[[float], None],
) -> Iterator[SegmentInput]:
    """The scenes; their words are read by the OCR of the settings, where these are given."""
    read = None if settings is None else _reader(settings).read
    return scenes(attachment, original, starts, read, readable, done)


@cache
def _reader(settings: Settings) -> TextReader:
    return create_reader(settings)


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

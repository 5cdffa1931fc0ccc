"""A recording -> transcript passages with the seconds of every word, and sound windows for what is not speech."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from mmchat.perception.sound_file import decode_sound
from mmchat.perception.speech import SpeechRecognizer, SpokenWord, Transcript, Utterance
from mmchat.perception.speech_windows import Stretch
from mmchat.segmenters.base import Progress, Segmenter, segment_id
from mmchat.segmenters.sentences import split_sentences
from mmchat.settings import Settings
from mmchat.types import (
    SAMPLE_RATE_HZ,
    Attachment,
    JobState,
    Locator,
    Segment,
    SegmentInput,
    SegmentKind,
    Waveform,
    WordPlace,
)

LEAST_PASSAGE_S, MOST_PASSAGE_S = 20.0, 40.0
NEW_PASSAGE_AFTER_PAUSE_S = 10.0
LEAST_SOUND_S, SOUND_WINDOW_S = 1.0, 8.0
"""Gaps between speech shorter than this are breath; longer ones are cut into windows of 5 to 10 s."""
_SILENCE_RMS = 10 ** (-55 / 20)  # -55 dB below full scale: quieter than a quiet room is recorded


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str
    words: tuple[SpokenWord, ...]
    language: str


class AudioSegmenter(Segmenter):
    """Listens to recordings."""

    model_names = ("whisper-base",)

    def __init__(self, recognizer: SpeechRecognizer) -> None:
        self._recognizer = recognizer

    @classmethod
    def from_settings(cls, settings: Settings) -> AudioSegmenter:
        """With the speech model of ``settings``."""
        return cls(SpeechRecognizer.from_settings(settings))

    def load(self) -> None:
        """Load the speech model."""
        self._recognizer.load()

    def segment(self, attachment: Attachment, original: Path, progress: Progress) -> Iterator[SegmentInput]:
        """Transcript passages and sounds together, in the order they are heard."""
        waveform = decode_sound(original)
        progress(JobState.READING, 1.0)
        transcript = self._recognizer.transcribe(waveform, lambda done: progress(JobState.PERCEIVING, done))
        pieces: list[tuple[float, Segment, Waveform | None]] = []
        for passage in passages(transcript):
            pieces.append((passage[0].words[0].start_s, _spoken(attachment, passage), None))
        for start, end in sound_windows(waveform, transcript.speech):
            at_s, to_s = start / SAMPLE_RATE_HZ, end / SAMPLE_RATE_HZ
            heard = Segment(
                "", attachment.id, attachment.modality, SegmentKind.SOUND, 0, "", Locator(None, (), at_s, to_s)
            )
            pieces.append((at_s, heard, waveform[start:end]))
        for ordinal, (_, segment, sound) in enumerate(sorted(pieces, key=lambda piece: piece[0])):
            yield SegmentInput(_numbered(segment, ordinal), waveform=sound)


def passages(transcript: Transcript) -> Iterator[list[_Sentence]]:
    """Sentences joined to passages of 20 to 40 s; a long pause or another language begins a new one."""
    held: list[_Sentence] = []
    for sentence in _sentences(transcript.utterances):
        if held:
            begin, last = held[0].words[0].start_s, held[-1].words[-1].end_s
            pause = sentence.words[0].start_s - last
            full = sentence.words[-1].end_s - begin > MOST_PASSAGE_S
            enough = last - begin >= LEAST_PASSAGE_S
            other = sentence.language != held[0].language
            if full or enough or other or pause > NEW_PASSAGE_AFTER_PAUSE_S:
                yield held
                held = []
        held.append(sentence)
    if held:
        yield held


def sound_windows(waveform: Waveform, speech: Sequence[Stretch]) -> Iterator[tuple[int, int]]:
    """Sample ranges of 5 to 10 s (shorter at the ends of short clips) where nobody speaks and something is heard."""
    at = 0
    for stretch in (*speech, Stretch(len(waveform), len(waveform))):
        length = stretch.start - at
        # A short clip is one sound however short it is; in speech only a real gap counts.
        if length >= LEAST_SOUND_S * SAMPLE_RATE_HZ or (not speech and length > 0):
            count = max(1, round(length / (SOUND_WINDOW_S * SAMPLE_RATE_HZ)))
            edges = np.linspace(at, stretch.start, count + 1).astype(int)
            for start, end in zip(edges[:-1], edges[1:], strict=True):
                window = waveform[start:end]
                if float(np.sqrt(np.mean(window.astype(np.float64) ** 2))) >= _SILENCE_RMS:
                    yield int(start), int(end)
        at = max(at, stretch.end)


def _sentences(utterances: Sequence[Utterance]) -> Iterator[_Sentence]:
    """Sentence by sentence; one that runs over two utterances without an end mark in between stays two."""
    for utterance in utterances:
        text, spans = "", []
        for word in utterance.words:
            text += " " if text else ""
            spans.append((len(text), len(text) + len(word.text), word))
            text += word.text
        for start, end in split_sentences(text):
            words = tuple(word for a, b, word in spans if a < end and b > start)
            if words:
                yield _Sentence(text[start:end], words, utterance.language)


def _spoken(attachment: Attachment, sentences: Sequence[_Sentence]) -> Segment:
    text, places = "", []
    for sentence in sentences:
        text += " " if text else ""
        at = len(text)
        for word in sentence.words:
            found = sentence.text.find(word.text, at - len(text))
            start = len(text) + max(found, at - len(text))
            places.append(WordPlace(start, start + len(word.text), None, None, word.start_s, word.end_s))
            at = start + len(word.text)
        text += sentence.text
    locator = Locator(start_s=sentences[0].words[0].start_s, end_s=sentences[-1].words[-1].end_s)
    return Segment(
        "",
        attachment.id,
        attachment.modality,
        SegmentKind.TRANSCRIPT,
        0,
        text,
        locator,
        tuple(places),
        language=sentences[0].language,
    )


def _numbered(segment: Segment, ordinal: int) -> Segment:
    return replace(segment, id=segment_id(segment.attachment_id, segment.kind, ordinal, segment.text), ordinal=ordinal)

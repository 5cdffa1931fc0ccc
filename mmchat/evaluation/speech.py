"""How well spoken prompts are written down: word error rates, by the recogniser with its own filters."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from mmchat.errors import MmchatError
from mmchat.evaluation.running import Say
from mmchat.perception.sound_file import decode_sound
from mmchat.perception.speech import SpeechRecognizer
from mmchat.settings import Settings

SEED = 20261121
LANGUAGES = ("en", "fr")

Row = dict[str, Any]


def prompts(devdata: Path) -> list[Row]:
    """The manifest's rows.

    Raises:
        MmchatError: there is none.
    """
    try:
        lines = (devdata / "speech_dev.jsonl").read_text("utf-8").splitlines()
    except OSError as error:
        raise MmchatError(f"{devdata} has no speech_dev.jsonl. Give the folder that holds the manifests.") from error
    return [json.loads(line) for line in lines if line.strip()]


def words(settings: Settings, rows: Sequence[Row], sample: int, say: Say) -> Iterator[Row]:
    """Word error rate of spoken prompts, one or two words apart from longer ones.

    ``WER`` compares the words as they stand, in lower case and without punctuation: "2" for "two" is an error, and
    "I'm" for "I am" is two. ``WER normalised`` puts both through Whisper's own normaliser first, in English with
    numbers and contractions written one way, in French with little more than the plain comparison. ``language given``
    says the same of the recogniser when it is told the language; a prompt whose language it found is not heard twice.
    """
    from transformers.models.whisper.english_normalizer import BasicTextNormalizer, EnglishTextNormalizer

    recogniser = SpeechRecognizer.from_settings(settings)
    for language in LANGUAGES:
        told_language = SpeechRecognizer.from_settings(settings.model_copy(update={"speech_language": language}))
        made: Any = EnglishTextNormalizer
        normalise: Any = made({}) if language == "en" else BasicTextNormalizer()
        ways = (("WER", plain_words), ("WER normalised", normalise))
        chosen = [row for row in rows if row["kind"] == f"speech_{language}"]
        if sample and sample < len(chosen):
            chosen = random.Random(SEED).sample(chosen, sample)
        tallies: dict[str, _Tally] = {}
        seconds = heard_s = 0.0
        for row in chosen:
            waveform = decode_sound(Path(row["path"]))
            started = time.monotonic()
            transcript = recogniser.transcribe(waveform)
            seconds += time.monotonic() - started
            heard_s += len(waveform) / 16_000
            found = bool(transcript.utterances) and all(part.language == language for part in transcript.utterances)
            told = transcript if found else told_language.transcribe(waveform)
            prompt = row[f"text_{language}"]
            for kind in ("all", "three words or more" if len(plain_words(prompt)) >= 3 else "one or two words"):
                tally = tallies.setdefault(kind, _Tally())
                tally.prompts += 1
                tally.right_language += transcript.language == language
                for name, compared in ways:
                    said, heard, heard_told = (compared(text) for text in (prompt, transcript.text, told.text))
                    tally.add(name, said, heard)
                    tally.add(f"{name}, language given", said, heard_told)
        for kind, tally in sorted(tallies.items()):
            yield {"what": f"speech, {language}, {kind}", "n": tally.prompts, "figures": tally.figures()}
        say(f"{language}: {heard_s:.0f} s of speech in {seconds:.0f} s")


class _Tally:
    """Wrong words and words said, under each way of comparing them."""

    def __init__(self) -> None:
        self.prompts = self.right_language = 0
        self._words: dict[str, list[int]] = {}

    def add(self, name: str, said: str | list[str], written: str | list[str]) -> None:
        said, written = (text.split() if isinstance(text, str) else text for text in (said, written))
        count = self._words.setdefault(name, [0, 0])
        count[0] += edits(said, written)
        count[1] += len(said)

    def figures(self) -> dict[str, float]:
        rates = {name: round(wrong / max(1, total), 3) for name, (wrong, total) in self._words.items()}
        return {**rates, "language right": round(self.right_language / self.prompts, 3)}


def plain_words(text: str) -> list[str]:
    """Lower case without punctuation; numbers stay as they are written, so that "2" for "two" is an error."""
    return re.sub(r"[^\w\s']", " ", text.lower().replace("’", "'").replace("-", " ")).split()


def edits(said: Sequence[str], written: Sequence[str]) -> int:
    """Words to insert, delete or replace (Levenshtein)."""
    row = list(range(len(written) + 1))
    for number, word in enumerate(said, start=1):
        before, row = row, [number]
        for at, other in enumerate(written, start=1):
            row.append(min(before[at] + 1, row[-1] + 1, before[at - 1] + (word != other)))
    return row[-1]

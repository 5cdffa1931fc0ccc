"""How well pictures and sounds are found by words, and speech is written down, on public data we may tune on.

    python -m benchmarks.quality_devdata DEVDATA [--json] [--speech-sample N]

DEVDATA is a folder with the manifests ``stamps_dev.jsonl`` and ``speech_dev.jsonl`` (captioned pictures and sounds;
spoken prompts with their transcripts). Every figure comes from the classes the assistant itself uses: the encoders
through their contract, exact dot products over all vectors, and the recogniser with its own filters.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mmchat.encoders import Encoder, create_encoder
from mmchat.perception.sound_file import decode_sound
from mmchat.perception.speech import SpeechRecognizer
from mmchat.segmenters.image import open_picture
from mmchat.segmenters.sound_windows import sound_windows
from mmchat.settings import Settings, load_settings
from mmchat.types import Locator, Modality, Query, Segment, SegmentInput, SegmentKind, Vectors

SEED = 20261121
LANGUAGES = ("en", "fr")
CUTS = (1, 5, 10)

Row = dict[str, Any]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("devdata", type=Path)
    parser.add_argument("--json", action="store_true", help="one JSON document in place of the table")
    parser.add_argument("--speech-sample", type=int, default=60, help="prompts per language; 0 for all (default 60)")
    options = parser.parse_args()
    settings = load_settings()
    stamps = _read(options.devdata / "stamps_dev.jsonl")
    speech = _read(options.devdata / "speech_dev.jsonl")
    rows = [
        *pictures(settings, [row for row in stamps if row["kind"] == "image" and row["thing"]]),
        *sounds(settings, [row for row in stamps if row["kind"] == "sound"]),
        *words(settings, speech, options.speech_sample),
    ]
    if options.json:
        print(json.dumps({"rows": rows}, indent=1))
        return
    for row in rows:
        figures = "  ".join(f"{name} {value}" for name, value in row["figures"].items())
        print(f"{row['what']:44}  n {row['n']:4}  {figures}")


def pictures(settings: Settings, rows: Sequence[Row]) -> Iterator[Row]:
    """Caption -> picture, over pictures of things."""
    encoder = create_encoder("image-concepts", settings)
    started = time.monotonic()
    inputs = [
        SegmentInput(_segment(row, SegmentKind.WHOLE_IMAGE, Modality.IMAGE), pixels=open_picture(Path(row["path"])))
        for row in rows
    ]
    vectors = encoder.encode_segments(inputs)
    print(f"{len(rows)} pictures in {time.monotonic() - started:.0f} s", file=sys.stderr)
    for language in LANGUAGES:
        yield _found(f"text -> picture, {language}", encoder, language, rows, vectors)


def sounds(settings: Settings, rows: Sequence[Row]) -> Iterator[Row]:
    """Caption -> sound. A silent file has no segment, so it can never be found; it is asked for all the same."""
    encoder = create_encoder("sound-concepts", settings)
    vectors = np.zeros((len(rows), encoder.space.dim), dtype=np.float32)
    for at, row in enumerate(rows):
        waveform = decode_sound(Path(row["path"]))
        windows = list(sound_windows(waveform, ()))
        if windows:
            heard = waveform[windows[0].start : windows[0].end]
            segment = _segment(row, SegmentKind.SOUND, Modality.AUDIO)
            vectors[at] = encoder.encode_segments([SegmentInput(segment, waveform=heard)])[0]
    things = [at for at, row in enumerate(rows) if row["thing"]]
    for language in LANGUAGES:
        yield _found(f"text -> sound, {language}", encoder, language, rows, vectors)
        yield _found(
            f"text -> sound, {language}, of things", encoder, language, [rows[at] for at in things], vectors[things]
        )


def words(settings: Settings, rows: Sequence[Row], sample: int) -> Iterator[Row]:
    """Word error rate of spoken prompts, one or two words apart from longer ones.

    ``WER`` compares the words as they stand, in lower case and without punctuation: "2" for "two" is an error, and
    "I'm" for "I am" is two. ``WER normalised`` puts both through Whisper's own normaliser first, in English with
    numbers and contractions written one way, in French with little more than the plain comparison.
    """
    from transformers.models.whisper.english_normalizer import BasicTextNormalizer, EnglishTextNormalizer

    recogniser = SpeechRecognizer.from_settings(settings)
    for language in LANGUAGES:
        made: Any = EnglishTextNormalizer
        normalise: Any = made({}) if language == "en" else BasicTextNormalizer()
        chosen = [row for row in rows if row["kind"] == f"speech_{language}"]
        if sample and sample < len(chosen):
            chosen = random.Random(SEED).sample(chosen, sample)
        counts: dict[str, list[int]] = {}
        seconds = heard_s = 0.0
        for row in chosen:
            waveform = decode_sound(Path(row["path"]))
            started = time.monotonic()
            transcript = recogniser.transcribe(waveform)
            seconds += time.monotonic() - started
            heard_s += len(waveform) / 16_000
            prompt = row[f"text_{language}"]
            said, written = plain_words(prompt), plain_words(transcript.text)
            said_alike, written_alike = normalise(prompt).split(), normalise(transcript.text).split()
            for kind in ("all", "three words or more" if len(said) >= 3 else "one or two words"):
                count = counts.setdefault(kind, [0] * 6)
                count[0] += edits(said, written)
                count[1] += len(said)
                count[2] += edits(said_alike, written_alike)
                count[3] += len(said_alike)
                count[4] += transcript.language == language
                count[5] += 1
        for kind, (wrong, total, wrong_alike, total_alike, right_language, prompts) in sorted(counts.items()):
            figures = {
                "WER": round(wrong / total, 3),
                "WER normalised": round(wrong_alike / max(1, total_alike), 3),
                "language right": round(right_language / prompts, 3),
            }
            yield {"what": f"speech, {language}, {kind}", "n": prompts, "figures": figures}
        print(f"{language}: {heard_s:.0f} s of speech in {seconds:.0f} s", file=sys.stderr)


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


def _found(what: str, encoder: Encoder, language: str, rows: Sequence[Row], vectors: Vectors) -> Row:
    """Recall at each cut. Rows that share a caption share the answer; ties count against us."""
    captions = [row[f"text_{language}"] for row in rows]
    ranks = []
    for caption in captions:
        scores = vectors @ encoder.encode_query(Query(text=caption, language=language))
        right = np.array([other == caption for other in captions])
        best = scores[right].max()
        ranks.append(1 + int((scores[~right] >= best).sum()))
    figures = {f"R@{cut}": round(float(np.mean([rank <= cut for rank in ranks])), 3) for cut in CUTS}
    return {"what": what, "n": len(rows), "figures": figures}


def _segment(row: Row, kind: SegmentKind, modality: Modality) -> Segment:
    return Segment(row["id"], row["id"], modality, kind, 0, "", Locator())


def _read(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


if __name__ == "__main__":
    main()

"""How well pictures and sounds are found by words and by each other, and speech is written down, on public data.

    python -m benchmarks.quality_devdata DEVDATA [--json] [--speech-sample N] [--parts pictures,sounds,across,speech]

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
from mmchat.perceived_query import CONCEPT_WORD_FROM
from mmchat.perception.sound_file import decode_sound
from mmchat.perception.speech import SpeechRecognizer
from mmchat.segmenters.image import open_picture
from mmchat.segmenters.sound_windows import sound_windows
from mmchat.settings import Settings, load_settings
from mmchat.types import Locator, Modality, Query, Segment, SegmentInput, SegmentKind, Vectors

SEED = 20261121
LANGUAGES = ("en", "fr")
CUTS = (1, 5, 10)
PARTS = ("pictures", "sounds", "across", "speech")

Row = dict[str, Any]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("devdata", type=Path)
    parser.add_argument("--json", action="store_true", help="one JSON document in place of the table")
    parser.add_argument("--speech-sample", type=int, default=60, help="prompts per language; 0 for all (default 60)")
    parser.add_argument("--parts", default=",".join(PARTS), help="some of pictures,sounds,across,speech (default all)")
    options = parser.parse_args()
    parts = options.parts.split(",")
    if not set(parts) <= set(PARTS):
        parser.error(f"--parts takes some of {','.join(PARTS)}, and not {options.parts}")
    settings = load_settings()
    stamps = _read(options.devdata / "stamps_dev.jsonl")
    speech = _read(options.devdata / "speech_dev.jsonl")
    images = [row for row in stamps if row["kind"] == "image" and Path(row["path"]).suffix != ".svg"]
    heard = [row for row in stamps if row["kind"] == "sound"]
    measured = {
        "pictures": lambda: pictures(settings, [row for row in images if row["thing"]]),
        "sounds": lambda: sounds(settings, heard),
        "across": lambda: across(settings, images, heard),
        "speech": lambda: words(settings, speech, options.speech_sample),
    }
    rows = [row for part in PARTS if part in parts for row in measured[part]()]
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
    vectors = _sound_vectors(encoder, rows)
    things = [at for at, row in enumerate(rows) if row["thing"]]
    for language in LANGUAGES:
        yield _found(f"text -> sound, {language}", encoder, language, rows, vectors)
        yield _found(
            f"text -> sound, {language}, of things", encoder, language, [rows[at] for at in things], vectors[things]
        )


def across(settings: Settings, images: Sequence[Row], heard: Sequence[Row]) -> Iterator[Row]:
    """Picture -> sound and back, over stamps that have both, by what the assistant perceives in the query."""
    names = {_stamp(row) for row in images} & {_stamp(row) for row in heard}
    images = [row for row in images if _stamp(row) in names]
    seen, listening = create_encoder("image-concepts", settings), create_encoder("sound-concepts", settings)
    shown = seen.encode_segments(
        [
            SegmentInput(_segment(row, SegmentKind.WHOLE_IMAGE, Modality.IMAGE), pixels=open_picture(Path(row["path"])))
            for row in images
        ]
    )
    sounding = _sound_vectors(listening, heard)
    both = [row for row in heard if _stamp(row) in names]
    paired = sounding[[at for at, row in enumerate(heard) if _stamp(row) in names]]
    yield _crossed("picture -> sound", seen, shown, images, listening, sounding, heard)
    yield _crossed("sound -> picture", listening, paired, both, seen, shown, images)


def _crossed(
    what: str,
    asking: Encoder,
    queries: Vectors,
    asked: Sequence[Row],
    asks: Encoder,
    vectors: Vectors,
    rows: Sequence[Row],
) -> Row:
    """Recall of the same stamp, or one of the same caption, by the names of what was recognised in the query."""
    ranks = []
    for row, vector in zip(asked, queries, strict=True):
        recognised = asking.describe(vector[None, :])[0] if vector.any() else ()
        names = "\n".join(name.label for name in recognised if name.probability >= CONCEPT_WORD_FROM)
        scores = vectors @ asks.encode_query(Query(perceived=names)) if names else np.zeros(len(rows))
        right = np.array([_stamp(other) == _stamp(row) or other["text_en"] == row["text_en"] for other in rows])
        ranks.append(1 + int((scores[~right] >= scores[right].max()).sum()))
    figures = {f"R@{cut}": round(float(np.mean([rank <= cut for rank in ranks])), 3) for cut in CUTS}
    return {"what": what, "n": len(ranks), "figures": figures}


def _stamp(row: Row) -> str:
    return str(row["id"]).partition("#")[0]


def _sound_vectors(encoder: Encoder, rows: Sequence[Row]) -> Vectors:
    vectors = np.zeros((len(rows), encoder.space.dim), dtype=np.float32)
    for at, row in enumerate(rows):
        waveform = decode_sound(Path(row["path"]))
        windows = list(sound_windows(waveform, ()))
        if windows:
            heard = waveform[windows[0].start : windows[0].end]
            segment = _segment(row, SegmentKind.SOUND, Modality.AUDIO)
            vectors[at] = encoder.encode_segments([SegmentInput(segment, waveform=heard)])[0]
    return vectors


def words(settings: Settings, rows: Sequence[Row], sample: int) -> Iterator[Row]:
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
        print(f"{language}: {heard_s:.0f} s of speech in {seconds:.0f} s", file=sys.stderr)


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

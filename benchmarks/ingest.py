"""A screenshot, a minute of speech and a long text, each until it can be found: ours against a naive script.

The naive script calls the same models on the same bytes, one after the other, and adds the vectors to a plain Chroma
collection; it keeps no originals, no catalog, no jobs, no places. Both run here with warm models, in turn.
"""

from __future__ import annotations

import statistics
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import chromadb
from chromadb.config import Settings as ChromaSettings

from benchmarks.files import long_text, screenshot, speech
from benchmarks.report import row, write
from mmchat.assistant import Assistant
from mmchat.perception.ocr import create_reader
from mmchat.perception.sound_file import decode_sound
from mmchat.perception.speech import SpeechRecognizer
from mmchat.segmenters.image import open_picture
from mmchat.segmenters.passages import split_markdown
from mmchat.settings import Settings
from mmchat.types import Locator, Modality, Pixels, Segment, SegmentInput, SegmentKind, Upload, Vectors

RUNS = 3
TEXT_WORDS = 24_000


class Naive:
    """The models of an Assistant, called directly."""

    def __init__(self, assistant: Assistant, settings: Settings, folder: Path) -> None:
        self._encoders = {encoder.space.encoder: encoder for encoder in assistant._parts.encoders}
        self._reader = create_reader(settings)
        self._ears = SpeechRecognizer.from_settings(settings)
        client = chromadb.PersistentClient(str(folder), ChromaSettings(anonymized_telemetry=False))
        self._client = client

    def picture(self, file: Path) -> None:
        """Read, recognise, embed, add."""
        self.pixels(open_picture(file))

    def pixels(self, pixels: Pixels) -> None:
        """The same for decoded pixels."""
        self._add("words", self._words([p.text for p in self._reader.read(pixels)]))
        whole = SegmentInput(_segment(SegmentKind.WHOLE_IMAGE, ""), pixels=pixels)
        self._add("pictures", self._encoders["image-concepts"].encode_segments([whole]))

    def recording(self, file: Path) -> None:
        """Listen, embed, add."""
        heard = self._ears.transcribe(decode_sound(file), lambda _: None)
        self._add("words", self._words([" ".join(w.text for w in u.words) for u in heard.utterances]))

    def text(self, file: Path) -> None:
        """Split, embed, add."""
        text = file.read_text()
        self._add("words", self._words([text[p.start : p.end] for p in split_markdown(text)]))

    def _words(self, texts: list[str]) -> Vectors:
        inputs = [SegmentInput(_segment(SegmentKind.PASSAGE, text)) for text in texts]
        return self._encoders["e5-small"].encode_segments(inputs)

    def _add(self, name: str, vectors: Vectors) -> None:
        if len(vectors):
            collection = self._client.get_or_create_collection(name, embedding_function=None)
            collection.add(ids=[uuid.uuid4().hex for _ in vectors], embeddings=vectors)


def main() -> None:
    """Time each kind of file in turn and write the rows."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings(data_dir=folder / "data")
        assistant = Assistant.from_settings(settings)
        assistant.load_models()
        naive = Naive(assistant, settings, folder / "naive")
        makers: dict[str, tuple[Callable[[int], bytes], Callable[[Path], None]]] = {
            "screenshot.png": (screenshot, naive.picture),
            "speech.wav": (lambda run: speech(folder / "speech.wav", run), naive.recording),
            "text.md": (lambda run: long_text(TEXT_WORDS, run).encode(), naive.text),
        }
        timed = {name: _in_turn(assistant, folder, name, make, call) for name, (make, call) in makers.items()}
        passages = assistant.library_entries("bench")
        count = statistics.mean(e.segments for e in passages if e.attachment.name == "text.md")
        assistant.close()
    write("ingest", _rows(timed, count))


def _in_turn(
    assistant: Assistant, folder: Path, name: str, make: Callable[[int], bytes], call: Callable[[Path], None]
) -> tuple[float, float]:
    """Median seconds of ours and of the naive script; the first round of each is not counted."""
    ours, theirs = [], []
    for run in range(RUNS + 1):
        data = make(run)
        file = folder / name
        file.write_bytes(data)
        ours.append(_seconds(lambda data=data: assistant.ingest_now("bench", Upload(name, data))))  # type: ignore[misc]
        theirs.append(_seconds(lambda file=file: call(file)))  # type: ignore[misc]
    return statistics.median(ours[1:]), statistics.median(theirs[1:])


def _seconds(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _rows(timed: dict[str, tuple[float, float]], passages: float) -> list[dict[str, Any]]:
    (picture, picture_naive), (sound, sound_naive), (text, text_naive) = timed.values()
    return [
        row("1080p screenshot, until searchable", f"{picture:.2f} s", aim="2.0 s", ratio=picture / picture_naive),
        row("60 s of speech, until searchable", f"{sound:.1f} s", aim="15 s", ratio=sound / sound_naive),
        row("long text, everything included", f"{passages / text:.1f} /s", aim="20 /s", ratio=text / text_naive),
    ]


def _segment(kind: SegmentKind, text: str) -> Segment:
    return Segment("x", "x", Modality.TEXT, kind, 0, text, Locator())


if __name__ == "__main__":
    main()

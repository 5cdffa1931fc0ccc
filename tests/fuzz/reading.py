"""A file through the door and its segmenter as in the server, and what became of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mmchat.assistant import Assistant
from mmchat.perception.speech import Transcript
from mmchat.settings import Settings
from mmchat.types import Upload
from tests.light_assistant import Light

LIBRARY = "fuzz"


@dataclass(frozen=True)
class Outcome:
    """What a person would be told, how long it took, and the most memory a worker had, in MB."""

    name: str
    size: int
    status: str
    reason: str
    segments: int
    seconds: float
    peak_mb: int

    @property
    def fault(self) -> str:
        """What should not have happened; "" where all is well."""
        if self.status == "failed" and ("unexpected" in self.reason or "Traceback" in self.reason or not self.reason):
            return "no sentence"
        return ""

    @property
    def ended_a_worker(self) -> bool:
        """Whether it was a worker's limit or end that stopped it."""
        said = ("stopped the program", "took more than", "needed more than")
        return any(part in self.reason for part in said)

    @property
    def broke_a_reader(self) -> bool:
        """Whether a reader fell over it in a way that is not its own."""
        return "not as in other files" in self.reason


class Reading:
    """An assistant without models that listens to nothing: what is tried is how bytes are opened and parsed."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant
        for name in ("audio", "video"):
            segmenter = assistant._parts.segmenters[name]
            ears = getattr(segmenter, "_ears", segmenter)
            ears._recognizer.transcribe = lambda *_: Transcript("", (), ())

    def read(self, name: str, data: bytes) -> Outcome:
        """Take it in as the page does, and forget it again."""
        peak = _Peak(self.workers())
        started = time.perf_counter()
        with peak:
            ingested = self.assistant.ingest_now(LIBRARY, Upload(name, data))
        taken_s = time.perf_counter() - started
        for entry in self.assistant.library_entries(LIBRARY):
            self.assistant.delete_attachment(LIBRARY, entry.attachment.id)
        return Outcome(name, len(data), ingested.status, ingested.reason, ingested.segments, taken_s, peak.mb)

    def workers(self) -> list[int]:
        """The process ids of the workers there are now."""
        pool = getattr(self.assistant.workers, "_pool", None)
        return list(pool._pool_manager.worker_manager.workers) if pool is not None else []


class _Peak:
    """The largest resident size of these processes while it is open."""

    def __init__(self, workers: list[int]) -> None:
        self._workers = workers
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.mb = 0

    def __enter__(self) -> _Peak:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while True:
            for worker in self._workers:
                try:
                    pages = int(Path(f"/proc/{worker}/statm").read_text().split()[1])
                except (OSError, IndexError, ValueError):
                    continue
                self.mb = max(self.mb, pages * 4096 // 2**20)
            if self._over.wait(0.05):
                return


@contextmanager
def reading(folder: Path, **changes: object) -> Iterator[Reading]:
    """A data folder of its own, opened and closed."""
    light = {"text_encoder": "hashing", "image_encoder": "none", "sound_encoder": "none", "reranker": "none"}
    assistant = Light(Settings(data_dir=folder, **{**light, **changes}))  # type: ignore[arg-type]
    try:
        yield Reading(assistant)
    finally:
        assistant.close()

"""How far each file of a turn is, from Ingesting and Ingested events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mmchat.types import Attachment, Ingested, Ingesting, JobState, Modality
from mmchat.ui.translations import Wording

_BY_SUFFIX = {
    Modality.IMAGE: ("png", "jpg", "jpeg", "webp", "gif", "bmp", "tif", "tiff"),
    Modality.AUDIO: ("wav", "mp3", "m4a", "ogg", "opus", "flac"),
    Modality.VIDEO: ("mp4", "webm", "mov", "mkv"),
}


@dataclass(slots=True)
class FileProgress:
    """One file on its way in. ``modality`` is a guess from the name, for an icon, until the content has been read."""

    name: str
    modality: Modality
    state: JobState = JobState.QUEUED
    fraction: float = 0.0
    remaining_s: float | None = None
    ahead: int = 0
    status: str = ""
    reason: str = ""
    segments: int = 0
    attachment: Attachment | None = None

    @property
    def done(self) -> bool:
        """Whether its outcome is known."""
        return bool(self.status)

    def stage(self, w: Wording) -> str:
        """What is happening to it."""
        if self.state is JobState.QUEUED and self.ahead:
            return w("ahead", count=self.ahead)
        return stage_words(self.state, self.modality, w)

    def left(self, w: Wording) -> str:
        """About how long it will take, or nothing."""
        return w("left", time=w.span(max(1, round(self.remaining_s)))) if self.remaining_s is not None else ""

    def words(self, w: Wording) -> list[str]:
        """Stage, percent and time left, as far as there is something to say."""
        percent = "" if self.state is JobState.QUEUED else w.percent(self.fraction)
        return [part for part in (self.stage(w), percent, self.left(w)) if part]

    def outcome(self, w: Wording) -> str:
        """What became of it."""
        if self.status in ("failed", "deleted"):
            return self.reason
        said = f"{w(self.status)} ({w('segments', count=self.segments)})"
        return f"{said}. {self.reason}" if self.reason else said


class FilesProgress:
    """The files of one turn, or of those added together. Events of several come mixed, each with its file's name."""

    def __init__(self, names: Sequence[str]) -> None:
        self.files = [FileProgress(name, _guess(name)) for name in names]

    @property
    def current(self) -> FileProgress | None:
        """The one being taken in."""
        return next((file for file in self.files if not file.done), None)

    def apply(self, event: Ingesting | Ingested) -> None:
        """Take one event in."""
        file = next((each for each in self.files if not each.done and each.name == event.name), self.current)
        if file is None:
            return
        file.name = event.name
        if isinstance(event, Ingesting):
            if event.state is JobState.QUEUED and file.state is not JobState.QUEUED:
                return  # told from another thread, and late
            file.state, file.fraction, file.remaining_s = event.state, event.fraction, event.remaining_s
            file.ahead = event.ahead
            return
        file.status, file.reason, file.segments, file.attachment = (
            event.status,
            event.reason,
            event.segments,
            event.attachment,
        )
        file.state, file.fraction = (JobState.FAILED if event.status == "failed" else JobState.INDEXED), 1.0
        if event.attachment is not None:
            file.modality = event.attachment.modality


def _guess(name: str) -> Modality:
    suffix = name.rpartition(".")[2].lower()
    return next((modality for modality, suffixes in _BY_SUFFIX.items() if suffix in suffixes), Modality.TEXT)


def stage_words(state: JobState, modality: Modality, w: Wording) -> str:
    """What is happening to a file, in words that fit its kind."""
    specific = f"{state}_{modality}"
    return w(specific if w.has(specific) else state.value)

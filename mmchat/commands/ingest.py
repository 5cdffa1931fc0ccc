"""``ingest``: files and folders into a library, one outcome each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from mmchat.commands.session import opened, read_upload
from mmchat.errors import MmchatError
from mmchat.settings import Settings
from mmchat.types import Ingested


def run(settings: Settings, library: str, paths: Sequence[str], tags: Sequence[str]) -> tuple[int, dict[str, Any]]:
    """Take each in, with these tags; status 1 when at least one failed."""
    files = []
    with opened(settings) as assistant:
        for path in _files(paths):
            try:
                outcome = assistant.ingest_now(library, read_upload(path), tags)
            except MmchatError as error:
                outcome = Ingested(Path(path).name, path, "failed", None, 0, str(error), 0.0)
            files.append(to_json(outcome))
    return int(any(file["status"] == "failed" for file in files)), {"files": files}


def to_json(outcome: Ingested) -> dict[str, Any]:
    """The public JSON form of one file's outcome."""
    attachment = outcome.attachment
    return {
        "name": outcome.name,
        "path": outcome.path,
        "attachment": attachment.id if attachment else None,
        "modality": attachment.modality.value if attachment else None,
        "segments": outcome.segments,
        "status": outcome.status,
        "reason": outcome.reason,
        "seconds": round(outcome.seconds, 3),
    }


def _files(paths: Sequence[str]) -> Iterator[str]:
    """Each path as given; a folder gives the files in it, sorted, hidden ones left out."""
    for path in paths:
        folder = Path(path)
        if not folder.is_dir():
            yield path
            continue
        for file in sorted(folder.rglob("*")):
            if file.is_file() and not any(part.startswith(".") for part in file.relative_to(folder).parts):
                yield str(file)

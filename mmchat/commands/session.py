"""What every command shares: an open Assistant, and files read from disk as uploads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from mmchat.assistant import Assistant
from mmchat.errors import MmchatError
from mmchat.settings import Settings
from mmchat.types import Upload


@contextmanager
def opened(settings: Settings, *, asking: bool = False) -> Iterator[Assistant]:
    """An Assistant that is closed again, whatever happens; for asking, with the language model that answers."""
    assistant = Assistant.from_settings(settings)
    try:
        if asking:
            assistant.take_up_llm()
        yield assistant
    finally:
        assistant.close()


@contextmanager
def writing(path: Path) -> Iterator[TextIO]:
    """The file, opened before any work is done, so that a bad path costs nothing.

    Raises:
        MmchatError: it cannot be written.
    """
    try:
        file = path.open("w", encoding="utf-8")
    except OSError as error:
        raise MmchatError(f"{path} cannot be written ({error.strerror}). Choose another path.") from error
    with file:
        yield file


def read_upload(path: Path | str) -> Upload:
    """The file as an upload that remembers its path as it was written.

    Raises:
        MmchatError: it is not there or cannot be read.
    """
    file = Path(path)
    if file.is_dir():
        raise MmchatError(f"{path} is a folder; a file is needed here. Name a file in it.")
    try:
        return Upload(file.name, file.read_bytes(), str(path))
    except FileNotFoundError as error:
        raise MmchatError(f"{path} does not exist. Check the path.") from error
    except OSError as error:
        raise MmchatError(f"{path} cannot be read ({error.strerror}). Check its permissions.") from error


def read_lines(file: Path, kind: str) -> list[dict[str, Any]]:
    """The JSON objects of a JSONL file, each with an ``id``.

    Raises:
        MmchatError: naming the first line that is not one.
    """
    rows = []
    upload = read_upload(file)
    for number, line in enumerate(upload.data.decode("utf-8", errors="replace").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise MmchatError(f"{file} line {number} is not JSON. Each line holds one {kind} as an object.") from error
        if not isinstance(row, dict) or "id" not in row:
            raise MmchatError(f"{file} line {number} has no id. Each line holds one {kind} with an id.")
        rows.append(row)
    return rows

"""Who put which file into Gradio's upload folder. Gradio itself serves and accepts any of them for anybody."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from pathlib import Path

from starlette.types import Message, Send

UPLOAD_PATHS = frozenset({"/gradio_api/upload", "/gradio_api/upload/"})
FILE_PREFIXES = ("/gradio_api/file=", "/gradio_api/file/", "/file=", "/file/")
MAX_REMEMBERED = 50_000
_MAX_RESPONSE_BYTES = 1_000_000


class UploadOwners:
    """Remembers, for each uploaded path, the libraries it was uploaded by. Thread-safe."""

    def __init__(self) -> None:
        self._owners: OrderedDict[str, set[str]] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, path: str, library: str) -> None:
        """Note that this library uploaded this path."""
        with self._lock:
            self._owners.setdefault(path, set()).add(library)
            self._owners.move_to_end(path)
            while len(self._owners) > MAX_REMEMBERED:
                self._owners.popitem(last=False)

    def has(self, path: str, library: str) -> bool:
        """Whether this library uploaded this path and has not taken it yet."""
        with self._lock:
            return library in self._owners.get(path, ())

    def release(self, path: str, library: str) -> bool:
        """Forget that it did; True when nobody else waits for the path, so that the file may be deleted.

        Equal bytes under one name lie at one path, whoever uploaded them.
        """
        with self._lock:
            owners = self._owners.get(path, set())
            owners.discard(library)
            if not owners:
                self._owners.pop(path, None)
            return not owners

    def recording(self, send: Send, library: str) -> Send:
        """A ``send`` that notes the paths in Gradio's answer to an upload on their way out."""
        body = bytearray()
        accepted = False

        async def note(message: Message) -> None:
            nonlocal accepted
            if message["type"] == "http.response.start":
                accepted = message["status"] == 200
            elif message["type"] == "http.response.body" and accepted and len(body) < _MAX_RESPONSE_BYTES:
                body.extend(message.get("body", b""))
                if not message.get("more_body"):
                    self._note(bytes(body), library)
            await send(message)

        return note

    def _note(self, body: bytes, library: str) -> None:
        try:
            paths = json.loads(body)
        except ValueError:
            return
        for path in paths if isinstance(paths, list) else ():
            if isinstance(path, str):
                self.add(str(Path(path)), library)


def file_asked_for(path: str) -> str | None:
    """The file that a request path asks Gradio for, or None when it asks for something else."""
    for prefix in FILE_PREFIXES:
        if path.startswith(prefix):
            return path.removeprefix(prefix)
    return None

"""A hub on this machine: the three answers of the real one that fetching a model needs, and faults on request."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

COMMIT = "c0ffee" + "0" * 34


class FakeHub:
    """Serves the files of one model.

    Attributes:
        asked: (path, Range header) of every request.
        breaks: how many bytes of a weight file are sent before the connection ends, one entry a request; empty for
            whole answers.
        status: what the model's page answers.
        error: the hub's own name for it.
        damaged: whether weights are sent with other bytes.
        elsewhere: the address that files are fetched from instead, "" for this one.
        tokens: what every request showed to be let in.
    """

    def __init__(self, name: str, files: dict[str, bytes]) -> None:
        self.name = name
        self.files = files
        self.asked: list[tuple[str, str]] = []
        self.breaks: list[int] = []
        self.status, self.error = 200, ""
        self.damaged = False
        self.elsewhere = ""
        self.tokens: list[str] = []

    def page(self) -> bytes:
        siblings = [
            {
                "rfilename": file,
                "size": len(data),
                "blobId": "0" * 40,
                "lfs": self._lfs(data) if "weights" in file else None,
            }
            for file, data in self.files.items()
        ]
        return json.dumps({"id": self.name, "modelId": self.name, "sha": COMMIT, "siblings": siblings}).encode()

    @staticmethod
    def _lfs(data: bytes) -> dict[str, object]:
        return {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 134}

    @contextmanager
    def serving(self) -> Iterator[str]:
        hub = self

        class Answers(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                path, span = urlsplit(self.path).path, self.headers.get("Range", "")
                if hub.name not in path:  # the client asks for more than the model
                    self._send(404, b"{}")
                    return
                hub.asked.append((path, span))
                hub.tokens.append(self.headers.get("Authorization", ""))
                if path.startswith(f"/api/models/{hub.name}"):
                    self._send(hub.status, hub.page() if hub.status == 200 else b"{}")
                    return
                if hub.elsewhere:
                    self.send_response(302)
                    self.send_header("Location", hub.elsewhere + path)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                data = hub.files[path.partition(f"/{hub.name}/resolve/{COMMIT}/")[2]]
                start = int(span[6:-1]) if span else 0
                if hub.damaged and len(data) > 100:
                    data = b"x" * len(data)
                self._send(
                    206 if span else 200,
                    data[start:],
                    cut=hub.breaks.pop(0) if hub.breaks and len(data) > 100 else None,
                )

            def _send(self, status: int, data: bytes, cut: int | None = None) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                if hub.error:
                    self.send_header("X-Error-Code", hub.error)
                self.end_headers()
                self.wfile.write(data[:cut])
                if cut is not None:
                    self.close_connection = True

        server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def files_of(folder: Path) -> set[str]:
    """The files of a folder, by their path in it."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}

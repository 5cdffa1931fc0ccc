"""Servers on this machine that offer models, real ones on ports of their own."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from mmchat.llms.nearby import Nearby, nearby


@contextmanager
def serving(body: bytes, status: int = 200, wait_s: float = 0.0) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            time.sleep(wait_s)
            self.send_response(status if self.path == "/v1/models" else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None: ...

        def handle(self) -> None:
            try:
                super().handle()
            except ConnectionError:  # whoever asked did not wait
                return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def listing(*names: str) -> bytes:
    return json.dumps({"object": "list", "data": [{"id": name} for name in names]}).encode()


def a_closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_the_first_model_that_writes_is_offered_of_each_server() -> None:
    with serving(listing("nomic-embed-text", "llama3.2:3b", "qwen3:4b")) as one, serving(listing("gemma")) as other:
        found = nearby((("Ollama", one), ("LM Studio", other)), within_s=5.0)

    assert found == (
        Nearby("Ollama", f"http://127.0.0.1:{one}/v1", "llama3.2:3b"),
        Nearby("LM Studio", f"http://127.0.0.1:{other}/v1", "gemma"),
    )


def test_what_is_no_such_server_is_passed_over() -> None:
    with serving(b"<html>my site</html>") as site, serving(b"{}", status=401) as locked, serving(b"[1]") as odd:
        ports = (("a", site), ("b", locked), ("c", odd), ("d", a_closed_port()))

        assert nearby(ports, within_s=5.0) == ()


def test_a_server_that_does_not_answer_is_not_waited_for() -> None:
    with serving(listing("slow"), wait_s=1.5) as port:
        began = time.monotonic()

        assert nearby((("slow", port),), within_s=0.2) == ()
        assert time.monotonic() - began < 1.2

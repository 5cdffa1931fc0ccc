"""A real HTTP server on this machine that answers as a test tells it to, and remembers what it was asked."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Self

import uvicorn


class Cut(Enum):
    """The connection is dropped here, in the middle of the stream."""

    CUT = "cut"


CUT = Cut.CUT


@dataclass(frozen=True, slots=True)
class SSE:
    """One server-sent event: its data (a dict is sent as JSON), its name where it has one, the silence before it."""

    data: Mapping[str, Any] | str
    name: str = ""
    pause_s: float = 0.0

    def encoded(self) -> bytes:
        data = self.data if isinstance(self.data, str) else json.dumps(self.data)
        return (f"event: {self.name}\n" if self.name else "").encode() + f"data: {data}\n\n".encode()


@dataclass(frozen=True, slots=True)
class Reply:
    """What one request gets: a JSON ``body``, or a stream of ``events`` that ends where the list does.

    ``pause_s`` is the silence before the status line.
    """

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    pause_s: float = 0.0
    events: tuple[SSE | Cut, ...] | None = None


def stream(*events: SSE | Cut, pause_s: float = 0.0) -> Reply:
    """A reply that streams these events."""
    return Reply(events=events, pause_s=pause_s)


@dataclass(slots=True)
class Received:
    """One request. ``disconnected`` is set when the client went before the end of the reply."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any
    at_s: float
    disconnected: threading.Event = field(default_factory=threading.Event)
    disconnected_at_s: float | None = None


Message = MutableMapping[str, Any]


class WireServer:
    """``with WireServer() as server: server.script("/v1/x", Reply(...)); call(server.url)``. Times are monotonic."""

    def __init__(self) -> None:
        self.requests: list[Received] = []
        self._replies: dict[str, list[Reply]] = {}
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        config = uvicorn.Config(
            self._app,
            interface="asgi3",
            http="h11",
            ws="none",
            loop="asyncio",
            lifespan="off",
            proxy_headers=False,
            log_config=None,
            log_level="critical",
            timeout_keep_alive=60,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = self._server.force_exit = True
        self._thread.join(5)

    def script(self, path: str, *replies: Reply) -> None:
        """What requests for ``path`` get, in turn; the last reply repeats."""
        self._replies[path] = list(replies)

    def reset(self) -> None:
        """Forget what was asked and told, for the next test."""
        self.requests = []
        self._replies = {}

    def asked(self, path: str) -> list[Received]:
        """The requests for ``path``, in order."""
        return [request for request in self.requests if request.path == path]

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        request = await _received(scope, receive)
        self.requests.append(request)
        replies = self._replies.get(request.path) or [Reply({"error": {"message": "Not Found"}}, status=404)]
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        answering = asyncio.ensure_future(_answer(reply, send))
        leaving = asyncio.ensure_future(receive())
        await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not answering.done():
            request.disconnected_at_s = time.monotonic()
            request.disconnected.set()
        for task in (answering, leaving):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def _received(scope: Any, receive: Any) -> Received:
    body, more = b"", True
    while more:
        message: Message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return Received(
        method=scope["method"],
        path=scope["path"],
        headers={key.decode().lower(): value.decode() for key, value in scope["headers"]},
        body=json.loads(body) if body else None,
        at_s=time.monotonic(),
    )


async def _answer(reply: Reply, send: Any) -> None:
    await asyncio.sleep(reply.pause_s)
    kind = "application/json" if reply.events is None else "text/event-stream"
    headers = {"content-type": kind, **{key.lower(): value for key, value in reply.headers.items()}}
    encoded = [(key.encode(), value.encode()) for key, value in headers.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": encoded})
    for event in reply.events or ():
        if isinstance(event, Cut):
            return  # uvicorn drops a connection whose response was left unfinished
        if event.pause_s:
            await asyncio.sleep(event.pause_s)
        await send({"type": "http.response.body", "body": event.encoded(), "more_body": True})
    last = b"" if reply.events is not None else json.dumps(reply.body).encode()
    await send({"type": "http.response.body", "body": last, "more_body": False})


def words(text: str) -> Iterator[str]:
    """The text in pieces as a model gives them, each word with the space before it."""
    for number, word in enumerate(text.split(" ")):
        yield f" {word}" if number else word

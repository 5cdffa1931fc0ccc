"""Which page belongs to whom, and which of Gradio's routes there are for a page at all.

Gradio tells pages apart by a session hash that the browser chooses, and believes whoever names one: it would give one
person's answers to another who knows the hash. Here a hash belongs to the library that names it first.
"""

from __future__ import annotations

import json
import re
import threading
from collections import OrderedDict
from urllib.parse import parse_qsl

from mmchat.server.uploads import FILE_PREFIXES

MAX_REMEMBERED = 100_000
MAX_BODY_BYTES = 2_000_000
"""Of a request that names a session: a question, or the settings of a language model."""
_API = "/gradio_api"
NAMED_IN_BODY = frozenset({f"{_API}/queue/join", f"{_API}/run/predict"})
_HEARTBEAT = re.compile(rf"{_API}/heartbeat/([^/]*)/?")
_DATA = f"{_API}/queue/data"
_HASH = re.compile(r"[A-Za-z0-9_-]{1,64}")

_POSTED = NAMED_IN_BODY | {f"{_API}/upload"}
_FETCHED = frozenset({
    "/", "/config", "/theme.css", "/favicon.ico", "/manifest.json", "/robots.txt", "/healthz", "/metrics",
    f"{_API}/queue/data", f"{_API}/upload_progress", f"{_API}/startup-events", f"{_API}/theme.css", f"{_API}/app_id",
})  # fmt: skip
_FETCHED_BELOW = ("/assets/", "/static/", "/svelte/", "/media/", f"{_API}/heartbeat/", *FILE_PREFIXES)
"""What the page asks for, and what we serve beside it. Everything else that Gradio has is not there."""
_HOSTILE_PARAMETERS = frozenset({"deep_link", "view"})
"""Of the page itself: what was kept for another session, and the description of an interface that is private."""


class SessionOwners:
    """Remembers by session hash the library that named it first; None is whoever has no cookie. Thread-safe."""

    def __init__(self) -> None:
        self._owners: OrderedDict[str, str | None] = OrderedDict()
        self._lock = threading.Lock()

    def may_use(self, session_hash: object, library: str | None) -> bool:
        """Whether the session is this library's; one that is nobody's yet becomes its own."""
        if not isinstance(session_hash, str) or not _HASH.fullmatch(session_hash):
            return False
        with self._lock:
            owner = self._owners.setdefault(session_hash, library)
            self._owners.move_to_end(session_hash)
            while len(self._owners) > MAX_REMEMBERED:
                self._owners.popitem(last=False)
        return owner == library


def is_ours(method: str, path: str, query: str) -> bool:
    """Whether the page, or whoever watches over the process, asks for this at all."""
    if method == "POST":
        return path.rstrip("/") in _POSTED
    if method not in ("GET", "HEAD") or not (path in _FETCHED or path.startswith(_FETCHED_BELOW)):
        return False
    given = {name for name, _ in parse_qsl(query, keep_blank_values=True)}
    return not given if path == "/config" else path != "/" or not given & _HOSTILE_PARAMETERS


def named_in_address(path: str, query: str) -> str | None:
    """The session hash in the address of an event stream; "" where it should be and is not; None for anything else."""
    if found := _HEARTBEAT.fullmatch(path):
        return found[1]
    if path != _DATA:
        return None
    named = [value for name, value in parse_qsl(query, keep_blank_values=True) if name == "session_hash"]
    return named[0] if len(named) == 1 else ""


def named_in_body(body: bytes) -> object:
    """The session hash in the body of an event; None where there is none that Gradio would understand in one way."""
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        return None
    # An event's id names the running event of a session, which need not be the session named beside it.
    return event.get("session_hash") if isinstance(event, dict) and event.get("event_id") is None else None

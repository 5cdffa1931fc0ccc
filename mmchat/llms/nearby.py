"""Language models that a server on this machine offers, at the addresses where such servers usually listen.

Asked when somebody needs one, never at start; no other machine is ever asked.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass

HOST = "127.0.0.1"
PORTS = (("Ollama", 11434), ("LM Studio", 1234), ("llama.cpp", 8080), ("vLLM", 8000))
"""Where each listens unless told otherwise (their documentation, November 2026)."""
WITHIN_S = 0.3
"""All of them together. A server that runs here lists its models in some milliseconds; where none listens, the
connection is refused at once."""
_MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Nearby:
    """One model: whose server offers it, at which address, under which name."""

    server: str
    url: str
    model: str


def nearby(ports: Sequence[tuple[str, int]] = PORTS, within_s: float = WITHIN_S) -> tuple[Nearby, ...]:
    """The first model for writing of each server that answers in time, in the order of ``ports``; often none."""
    asking = ThreadPoolExecutor(len(ports), thread_name_prefix="nearby")
    asked = [asking.submit(_first_model, server, port, within_s) for server, port in ports]
    done, _ = wait(asked, within_s)
    asking.shutdown(wait=False, cancel_futures=True)
    found = (each.result() for each in asked if each in done)
    return tuple(model for model in found if model is not None)


def _first_model(server: str, port: int, within_s: float) -> Nearby | None:
    """What a server there lists first, but for models that only embed; None where none speaks OpenAI's protocol."""
    connection = http.client.HTTPConnection(HOST, port, timeout=within_s)  # goes through no proxy, follows nothing
    try:
        connection.request("GET", "/v1/models", headers={"Accept": "application/json"})
        response = connection.getresponse()
        listed = json.loads(response.read(_MOST_BYTES)) if response.status == http.HTTPStatus.OK else None
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()
    entries = listed.get("data") if isinstance(listed, dict) else None
    entries = entries if isinstance(entries, list) else []
    names = [entry["id"] for entry in entries if isinstance(entry, dict) and isinstance(entry.get("id"), str)]
    writing = [name for name in names if name and "embed" not in name.lower()]
    return Nearby(server, f"http://{HOST}:{port}/v1", writing[0]) if writing else None

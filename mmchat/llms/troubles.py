"""What providers answer when they do not answer -> one sentence each, with what to do. No sentence holds a key.

Both SDKs come from one generator and raise the same shapes: ``status_code`` and ``body`` for an answer, a timeout or a
connection error without one.
"""

from __future__ import annotations

import re
from typing import Any

from mmchat.errors import ModelUnavailable

_TOO_LONG = re.compile(r"context|too (?:long|many tokens|large)|maximum.{0,20}(?:length|tokens)|exceed", re.IGNORECASE)
_PICTURES = re.compile(
    r"image|vision|multimodal|mmproj|content.{0,20}(?:must be|should be).{0,20}(?:a )?(?:valid )?string", re.IGNORECASE
)
_QUOTA = re.compile(r"quota|credit|billing|balance", re.IGNORECASE)


def refuses_pictures(error: Exception) -> bool:
    """Whether the server says that its model takes no pictures."""
    status = getattr(error, "status_code", None)
    return status in (400, 404, 415, 422, 500, 501) and bool(_PICTURES.search(_words(error)))


def sentence(error: Exception, *, name: str, key_from: str, where: str) -> ModelUnavailable:
    """The error as a sentence for a person.

    Args:
        error: what the SDK raised.
        name: provider and model.
        key_from: where the key comes from, e.g. the name of an environment variable.
        where: the server's address.
    """
    status = getattr(error, "status_code", None)
    words, kind = _words(error), type(error).__name__
    if status is None and "Timeout" in kind:
        return ModelUnavailable(f"{name} did not answer in time. Ask again, or choose a faster model.", retryable=True)
    if status is None and "Connection" in kind:
        return ModelUnavailable(
            f"{where} could not be reached. Check that the server is running and the address is right.", retryable=True
        )
    if status in (401, 403):
        return ModelUnavailable(f"The key was refused by {where}. Check {key_from}.")
    if status == 404:
        return ModelUnavailable(f"{where} has no model called {name.partition(':')[2]!r}. Choose another model.")
    if status == 413 or (status in (400, 422) and _TOO_LONG.search(words)):
        return ModelUnavailable(
            f"The question with its evidence was too long for {name}. Set MMCHAT_EVIDENCE lower, or choose a model "
            f"with a longer context."
        )
    if status == 429 and _QUOTA.search(words):
        return ModelUnavailable(f"The account behind the key has no quota left at {where}. Check its billing.")
    if status == 429:
        return ModelUnavailable(f"{where} is receiving too many requests. Ask again in a minute.", retryable=True)
    if status is not None and status >= 500:
        return ModelUnavailable(f"{where} failed (status {status}). Ask again.", retryable=True)
    if status is not None:
        told = f": {words[:200]}" if words else ""
        return ModelUnavailable(f"{where} refused the request (status {status}){told}. Choose another model.")
    return ModelUnavailable(f"The answer of {name} broke off ({kind}). Ask again.", retryable=True)


def _words(error: Exception) -> str:
    """What the server wrote, without anything that looks like a key."""
    body: Any = getattr(error, "body", None)
    found = body.get("error", body) if isinstance(body, dict) else body
    if isinstance(found, dict):
        found = found.get("message") or found.get("type") or ""
    words = str(found or getattr(error, "message", "") or "")
    return re.sub(r"\b(?:sk|key|pk|hf|gsk|xai)[-_][\w*.-]{6,}", "…", " ".join(words.split()))

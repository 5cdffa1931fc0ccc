"""What providers answer when they do not answer -> one sentence each, with what to do. No sentence holds a key.

Both SDKs come from one generator and raise the same shapes: ``status_code`` and ``body`` for an answer, a timeout or a
connection error without one.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

from mmchat.errors import ModelUnavailable

_TOO_LONG = re.compile(r"context|too (?:long|many tokens|large)|maximum.{0,20}(?:length|tokens)|exceed", re.IGNORECASE)
_PICTURES = re.compile(
    r"\bimage|\bvision\b|multi-?modal|mmproj|content.{0,20}(?:must be|should be).{0,20}(?:a )?(?:valid )?string"
    r"|allowed values: \[?'text'|expected a string, got (?:a )?(?:list|array|sequence)|text-only",
    re.IGNORECASE,
)
"""As OpenAI, llama.cpp, Ollama, vLLM, LM Studio, OpenRouter and DeepSeek word it that a model takes no pictures."""

_ONE_PICTURE = re.compile(
    r"too (?:large|big|many|small)|exceed|at most [1-9]|decod|corrupt|invalid (?:image|base64)"
    r"|image (?:format|type|size)|not (?:a )?valid (?:image|base64)|dimension|download|content.policy",
    re.IGNORECASE,
)
"""The model takes pictures, but not this one, or not as many."""

_QUOTA = re.compile(r"quota|credit|billing|balance", re.IGNORECASE)

_STATUS_OF = {
    "invalid_request_error": 400,
    "invalid_prompt": 400,
    "context_length_exceeded": 400,
    "exceed_context_size_error": 400,
    "authentication_error": 401,
    "invalid_api_key": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "model_not_found": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "rate_limit_exceeded": 429,
    "insufficient_quota": 429,
    "api_error": 500,
    "server_error": 500,
    "internal_server_error": 500,
    "unavailable_error": 503,
    "timeout_error": 504,
    "overloaded_error": 529,
}
"""An error in the middle of a stream comes after the status 200: the status its ``code`` or ``type`` would have had."""


def refuses_pictures(error: Exception) -> bool:
    """Whether the server says that its model takes no pictures at all."""
    told = words(error)
    known = status(error) in (None, 400, 404, 415, 422, 500, 501)
    return known and bool(_PICTURES.search(told)) and not _ONE_PICTURE.search(told)


def too_long(error: Exception) -> bool:
    """Whether the server says that it was sent more than the model can take at once."""
    code, told = status(error), words(error)
    if code == 500:  # as older llama.cpp servers say it
        return "context size" in told.lower()
    return code == 413 or (code in (400, 422) and bool(_TOO_LONG.search(told)))


def sentence(error: Exception, *, name: str, key_from: str, where: str, secret: str = "") -> ModelUnavailable:
    """The error as a sentence for a person.

    Args:
        error: what the SDK raised.
        name: provider and model.
        key_from: where the key comes from, e.g. the name of an environment variable.
        where: the server's address.
        secret: the key itself, so that no sentence repeats it.
    """
    code, kind = status(error), type(error).__name__
    told = words(error, secret)
    if (elsewhere := _redirect(error, where)) is not None:
        return ModelUnavailable(f"{where} sends elsewhere, and nothing was sent there: {elsewhere}")
    if code in (408, 504) or (code is None and "Timeout" in kind):
        return ModelUnavailable(f"{name} did not answer in time. Ask again, or choose a faster model.", retryable=True)
    if code is None and "Connection" in kind:
        return ModelUnavailable(
            f"{where} could not be reached. Check that the server is running and the address is right.", retryable=True
        )
    if code == 401:
        return ModelUnavailable(f"The key was refused by {where}. Check {key_from}.")
    if code == 403:
        return ModelUnavailable(f"{where} does not allow this{_told(told)}. Check {key_from} and what the key may use.")
    if code == 404 and "model" in told.lower():
        return ModelUnavailable(f"{where} has no model called {name.partition(':')[2]!r}. Choose another model.")
    if code == 404:
        return ModelUnavailable(f"{where} is not the address of a model server. Check it; most end in /v1.")
    if code in (400, 413, 422) and _PICTURES.search(told) and _ONE_PICTURE.search(told):
        return ModelUnavailable(
            f"{name} did not take a picture{_told(told)}. Set MMCHAT_LLM_VISION=no, or choose another model."
        )
    if too_long(error):
        return ModelUnavailable(
            f"The question with its evidence was too long for {name}. Set MMCHAT_EVIDENCE lower, or choose a model "
            f"with a longer context."
        )
    if code == 402 or (code == 429 and _QUOTA.search(told)):
        return ModelUnavailable(f"The account behind the key has no quota left at {where}. Check its billing.")
    if code == 429:
        return ModelUnavailable(f"{where} is receiving too many requests. Ask again in a minute.", retryable=True)
    if code == 503 and "loading" in told.lower():
        return ModelUnavailable(f"{where} is still loading {name}. Ask again in a moment.", retryable=True)
    if code is not None and code >= 500:
        return ModelUnavailable(f"{where} failed (status {code}). Ask again.", retryable=True)
    if code is not None:
        return ModelUnavailable(f"{where} refused the request (status {code}){_told(told)}. Choose another model.")
    if isinstance(error, EOFError):
        return ModelUnavailable(f"The answer of {name} broke off. Ask again.", retryable=True)
    return ModelUnavailable(f"The answer of {name} broke off{_told(told) or f' ({kind})'}. Ask again.", retryable=True)


def status(error: Exception) -> int | None:
    """The HTTP status of the error, or the one it would have had outside a stream; None where nothing was answered."""
    code = getattr(error, "status_code", None)
    if isinstance(code, int) and code >= 400:
        return code
    found = _found(error)
    if isinstance(found, dict):
        for value in (found.get("code"), found.get("status"), found.get("type")):
            if isinstance(value, int | str) and str(value).isdecimal() and 400 <= int(value) < 600:
                return int(value)
            if isinstance(value, str) and value in _STATUS_OF:
                return _STATUS_OF[value]
    return None


def words(error: Exception, secret: str = "") -> str:
    """What the server wrote, without anything that looks like a key, and without ``secret``."""
    found = _found(error)
    if isinstance(found, dict):
        found = found.get("message") or found.get("detail") or found.get("type") or ""
    told = " ".join(str(found or getattr(error, "message", "") or "").split())
    if len(secret) > 4:
        told = told.replace(secret, "…")
    if told.startswith("<"):  # a page for people, of some proxy on the way
        return ""
    return re.sub(r"\b(?:sk|key|pk|hf|gsk|xai)[-_][\w*.-]{6,}", "…", told)


def cause(error: Exception, secret: str) -> Exception | None:
    """What a sentence may name as its cause: a traceback in a log would repeat the key if the server did."""
    return None if len(secret) > 4 and secret in f"{error} {error.__cause__} {error.__context__}" else error


def _redirect(error: Exception, where: str) -> str | None:
    """What to do about a redirect, which is never followed; None where the error is none."""
    response: Any = getattr(error, "response", None)
    if response is None or not 300 <= response.status_code < 400:
        return None
    asked = str(response.request.url)
    try:
        there = urlsplit(urljoin(asked, response.headers.get("location", "")))
    except ValueError:
        there = urlsplit(asked)
    if there.scheme not in ("http", "https") or there.geturl() == asked:
        return "it does not say where. Check the address."
    netloc, rest = there.netloc.rpartition("@")[2], urlsplit(asked).path.removeprefix(urlsplit(where).path.rstrip("/"))
    target = there._replace(netloc=netloc, path=there.path.removesuffix(rest), query="", fragment="").geturl()[:200]
    if there.path.endswith(rest):
        return f"set the base URL to {target} if you trust that server."
    return f"it answers with {target} instead. Check the address, and whether the server wants a sign-in first."


def _found(error: Exception) -> Any:
    body: Any = getattr(error, "body", None)
    return (body.get("error") or body) if isinstance(body, dict) else body


def _told(words: str) -> str:
    short = words if len(words) <= 200 else f"{words[:199]}…"
    return f": {short.rstrip('.')}" if short else ""

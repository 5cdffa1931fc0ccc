"""Who is asking: an HttpOnly random cookie in, a library id out. The cookie itself is never stored or logged."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Mapping

PLAIN_COOKIE = "mmchat_library"
HOST_COOKIE = "__Host-mmchat_library"
"""Used on https: browsers accept this prefix only from the host itself, so no sibling domain can plant one."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_YEAR_S = 365 * 24 * 3600


def new_token() -> str:
    """256 random bits, URL-safe."""
    return secrets.token_urlsafe(32)


def token_of(cookies: Mapping[str, str]) -> str | None:
    """The identity token among these cookies, or None when there is no well-formed one."""
    for name in (HOST_COOKIE, PLAIN_COOKIE):
        value = cookies.get(name, "")
        if _TOKEN.fullmatch(value):
            return value
    return None


def library_of(cookies: Mapping[str, str]) -> str | None:
    """The id of the library that these cookies open: 32 hex characters, or None without an identity."""
    token = token_of(cookies)
    return hashlib.sha256(token.encode()).hexdigest()[:32] if token else None


def set_cookie(token: str, *, secure: bool, embedded: bool) -> str:
    """The Set-Cookie value.

    Args:
        token: from :func:`new_token`, or the visitor's own, whose life is thereby renewed.
        secure: the page is reached over https.
        embedded: the page lives in another site's frame (a Hugging Face Space). Such a cookie must be
            SameSite=None, and Partitioned so that it stays within that frame's top site.
    """
    parts = [f"{HOST_COOKIE if secure else PLAIN_COOKIE}={token}", "Path=/", "HttpOnly", f"Max-Age={_YEAR_S}"]
    if secure and embedded:
        parts += ["SameSite=None", "Secure", "Partitioned"]
    else:
        parts += ["SameSite=Lax", *(["Secure"] if secure else [])]
    return "; ".join(parts)


def is_space(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether this process is a Hugging Face Space."""
    return bool(environment.get("SPACE_ID"))

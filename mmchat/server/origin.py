"""Whether a request comes from our own page. Gradio itself would let any website call it with credentials."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}


def is_foreign(headers: Mapping[str, str], method: str, *, embedded: bool) -> bool:
    """Whether a browser sent this on behalf of another site.

    A request without Origin and Sec-Fetch-Site comes from no modern browser's script (a probe, curl, a typed
    address) and carries no cookie that its sender does not hold anyway.

    Args:
        headers: by lower-case name.
        method: HTTP method.
        embedded: the page may be framed (a Space), and a proxy in front sets X-Forwarded-Host. Elsewhere that
            header is not believed: Gradio answers every CORS preflight, so a foreign script could set it.
    """
    origin = headers.get("origin")
    if origin is not None and not _is_own(origin, headers, embedded=embedded):
        return True
    site = headers.get("sec-fetch-site")
    if site in (None, "same-origin", "none"):
        return False
    destination = headers.get("sec-fetch-dest", "")
    opened = headers.get("sec-fetch-mode") == "navigate" and method in ("GET", "HEAD")
    return not (opened and (destination == "document" or (embedded and destination == "iframe")))


def _is_own(origin: str, headers: Mapping[str, str], *, embedded: bool) -> bool:
    hosts = [headers.get("host", "")]
    if embedded:
        hosts += [host.strip() for host in headers.get("x-forwarded-host", "").split(",")]
    try:
        parts = urlsplit(origin)
        default = _DEFAULT_PORTS.get(parts.scheme)
        wanted = (parts.hostname, parts.port or default)
        return default is not None and any(wanted == _host_and_port(host, default) for host in hosts if host)
    except ValueError:
        return False


def _host_and_port(host: str, default: int) -> tuple[str | None, int]:
    parts = urlsplit(f"//{host}")
    return parts.hostname, parts.port or default

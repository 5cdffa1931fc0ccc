"""The address of a server, as it was typed -> whether it is one, and how it is shown. It opens no connection."""

from __future__ import annotations

from urllib.parse import urlsplit


def is_address(url: str) -> bool:
    """Whether a request could go there: http or https, a host, and a port that there is, where one is named."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and _is_plain(url)
    except ValueError:  # a port that is no number or too large, a bracket that does not close
        return False


def shown(url: str) -> str:
    """The address without a name and password that may stand in it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url.rpartition("@")[2]
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _is_plain(url: str) -> bool:
    return url.isprintable() and " " not in url

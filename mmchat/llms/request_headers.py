"""A request of a provider's package -> the same without what the environment added to it.

Both packages read more from the environment than they are given: an organisation, a project, headers of any name, even
another ``Authorization``. That is the owner's: it goes neither along with a visitor's key, nor to any other server.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from pydantic import SecretStr

if TYPE_CHECKING:
    import httpx2

_OURS = frozenset(
    (
        "accept",
        "accept-encoding",
        "anthropic-version",
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "host",
        "user-agent",
    )
)

Hook = Callable[["httpx2.Request"], Awaitable[None]]


def only_ours(key: SecretStr) -> Hook:
    """What an HTTP client does to each request before it leaves; ``key`` is the only one that goes along."""

    async def clean(request: httpx2.Request) -> None:
        for name in [name for name in request.headers if name.lower() not in _OURS]:
            del request.headers[name]
        if not request.url.userinfo:  # a name and password in the address have taken the key's place by now
            request.headers["authorization"] = f"Bearer {key.get_secret_value()}"
        request.headers["host"] = request.url.netloc.decode("ascii")
        request.headers["user-agent"] = "mmchat"

    return clean

"""Pure ASGI middleware on every path: identity cookie, same origin, own uploads and sessions only, security headers.

Not a BaseHTTPMiddleware: that one buffers, and answers stream.
"""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mmchat.server.identity import is_space, library_of, new_token, set_cookie, token_of
from mmchat.server.origin import is_foreign
from mmchat.server.sessions import (
    MAX_BODY_BYTES,
    NAMED_IN_BODY,
    SessionOwners,
    is_ours,
    named_in_address,
    named_in_body,
)
from mmchat.server.uploads import UPLOAD_PATHS, UploadOwners, file_asked_for

FOREIGN = "This request came from another website, which may not use mmchat for you. Open mmchat itself and try there."
NO_IDENTITY = "This request carries no mmchat cookie. Open the page first, with cookies allowed, and try again."
NOT_FOUND = "There is nothing here for you."
TOO_LARGE = "This request is larger than a question can be. Shorten it, or give long text as a file."
_MAX_COOKIE_HEADER = 16_384

# Gradio needs 'unsafe-inline'; its gr.HTML compiles templates with new Function, hence 'unsafe-eval'. What
# counts is that nothing can be fetched from, or sent to, anywhere else: an injected answer cannot call out.
_CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self' data: blob:; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors "
)


class Guard:
    """Wraps the whole application; see the module's docstring."""

    def __init__(
        self, app: ASGIApp, owners: UploadOwners, *, sessions: SessionOwners | None = None, embedded: bool | None = None
    ) -> None:
        self._app = app
        self._owners = owners
        self._sessions = sessions or SessionOwners()
        self._embedded = is_space() if embedded is None else embedded
        frames = "'self' https://huggingface.co" if self._embedded else "'self'"
        self._headers = {
            "content-security-policy": _CONTENT_SECURITY_POLICY + frames,
            "referrer-policy": "same-origin",
            "x-content-type-options": "nosniff",
            "permissions-policy": "camera=(), geolocation=(), microphone=(self)",
            "cross-origin-resource-policy": "same-origin",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request through all checks."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        path, method = scope["path"], scope.get("method", "GET")
        if is_foreign(headers, method, embedded=self._embedded):
            await self._refuse(403, FOREIGN, scope, receive, send)
            return
        query = scope.get("query_string", b"").decode("latin-1")
        if scope["type"] == "websocket" or not is_ours(method, path, query):
            await self._refuse(404, NOT_FOUND, scope, receive, send)
            return
        cookies = _cookies(headers.get("cookie", ""))
        library = library_of(cookies)
        asked_for = file_asked_for(path)
        if asked_for is not None and not (library and self._owners.has(asked_for, library)):
            await self._refuse(404, NOT_FOUND, scope, receive, send)
            return
        if (named := named_in_address(path, query)) is not None and not self._sessions.may_use(named, library):
            await self._refuse(404, NOT_FOUND, scope, receive, send)
            return
        if path.rstrip("/") in NAMED_IN_BODY:
            body = await _whole(receive)
            if body is None:
                await self._refuse(413, TOO_LARGE, scope, receive, send)
                return
            if not self._sessions.may_use(named_in_body(body), library):
                await self._refuse(404, NOT_FOUND, scope, receive, send)
                return
            receive = _again(body, receive)
        if path in UPLOAD_PATHS and method == "POST":
            if library is None:
                await self._refuse(403, NO_IDENTITY, scope, receive, send)
                return
            send = self._owners.recording(send, library)
        cookie = self._cookie(cookies, headers, scope) if path == "/" and method == "GET" else None
        await self._app(scope, receive, self._adding_headers(send, cookie))

    def _cookie(self, cookies: dict[str, str], headers: dict[str, str], scope: Scope) -> str:
        forwarded = headers.get("x-forwarded-proto", "").split(",")[0].strip()
        secure = (forwarded or scope.get("scheme")) == "https"
        return set_cookie(token_of(cookies) or new_token(), secure=secure, embedded=self._embedded)

    def _adding_headers(self, send: Send, cookie: str | None) -> Send:
        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if cookie:
                    headers.append("set-cookie", cookie)
                    headers["cache-control"] = "no-store"
            await send(message)

        return add

    async def _refuse(self, status: int, sentence: str, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": sentence})
            return
        response = JSONResponse({"error": sentence}, status, headers={"cache-control": "no-store"})
        await response(scope, receive, self._adding_headers(send, None))


def _cookies(header: str) -> dict[str, str]:
    """Each pair read on its own: one malformed cookie of another program must not hide ours."""
    found: dict[str, str] = {}
    for pair in header[:_MAX_COOKIE_HEADER].split(";"):
        try:
            found |= {name: morsel.value for name, morsel in SimpleCookie(pair.strip()).items()}
        except CookieError:
            continue
    return found


async def _whole(receive: Receive) -> bytes | None:
    """The body, or None when it is larger than any that is meant."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return bytes(body)
        body.extend(message.get("body", b""))
        if len(body) > MAX_BODY_BYTES:
            return None
        if not message.get("more_body"):
            return bytes(body)


def _again(body: bytes, receive: Receive) -> Receive:
    """A ``receive`` that gives the body, which was read already, and then what comes after it."""
    given = False

    async def give() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return give

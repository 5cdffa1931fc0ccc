"""``/media``: the only way bytes leave. It looks in the requester's library alone, and answers 404 otherwise."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from mmchat.errors import MmchatError
from mmchat.server.identity import library_of
from mmchat.server.renditions import Rendition, Renditions, figure, frame, page, picture
from mmchat.types import Attachment, Modality

if TYPE_CHECKING:
    from mmchat.assistant import Assistant

_INLINE = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif", "image/bmp", "application/pdf"})
_TEXT = ("text/", "application/json", "application/xml", "application/javascript")
_SEGMENT = re.compile(r"[0-9a-f]{32}")
_HEADERS = {
    "cache-control": "private, max-age=3600",
    "vary": "Cookie",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
}
# Belt and braces beside the media types below: whatever a file holds, it runs no script and loads nothing.
_INERT = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"
_INERT_PDF = "default-src 'none'; object-src 'self'; plugin-types application/pdf; style-src 'unsafe-inline'"


class Media:
    """The media endpoints over one Assistant. Starlette runs them in worker threads, since they are plain."""

    def __init__(self, assistant: Assistant, renditions: Renditions) -> None:
        self._assistant = assistant
        self._renditions = renditions
        self._apart = assistant.workers.call

    def routes(self) -> list[Route]:
        """What to mount."""
        return [
            Route("/media/{id}", self.original),
            Route("/media/{id}/picture", self.picture),
            Route("/media/{id}/page/{number:int}", self.page),
            Route("/media/{id}/frame/{milliseconds:int}", self.frame),
            Route("/media/{id}/figure/{segment}", self.figure),
        ]

    def original(self, request: Request) -> Response:
        """The original bytes, with Range, under a type that cannot run anything."""
        found = self._find(request)
        if found is None:
            return _not_found()
        path, attachment = found
        media_type, inline = shown_as(attachment)
        headers = _HEADERS | {"content-security-policy": _INERT_PDF if media_type == "application/pdf" else _INERT}
        return FileResponse(
            path,
            media_type=media_type,
            filename=attachment.name,
            content_disposition_type="inline" if inline else "attachment",
            headers=headers,
        )

    def picture(self, request: Request) -> Response:
        """An image as a browser can show it."""
        found = self._find(request)
        if found is None or found[1].modality is not Modality.IMAGE:
            return _not_found()
        path, attachment = found
        library = library_of(request.cookies) or ""
        try:
            made = self._renditions.get(
                library, attachment.id, "picture", lambda: self._apart(picture, path, attachment)
            )
        except (MmchatError, FileNotFoundError):
            return _not_found()
        if made is None:
            return FileResponse(path, media_type=attachment.media_type, headers=_HEADERS)
        return Response(made.data, media_type=made.media_type, headers=_HEADERS)

    def page(self, request: Request) -> Response:
        """One page of a PDF as a picture."""
        found, number = self._find(request), request.path_params["number"]
        if found is None or found[1].media_type != "application/pdf" or not 1 <= number <= (found[1].pages or number):
            return _not_found()
        path, attachment = found
        library = library_of(request.cookies) or ""
        try:
            made = self._renditions.get(
                library, attachment.id, f"page {number}", lambda: self._apart(page, path, number)
            )
        except (MmchatError, FileNotFoundError):
            return _not_found()
        return Response(made.data, media_type=made.media_type, headers=_HEADERS) if made else _not_found()

    def frame(self, request: Request) -> Response:
        """What a video shows at one moment, as a picture."""
        found, milliseconds = self._find(request), request.path_params["milliseconds"]
        if found is None or found[1].modality is not Modality.VIDEO:
            return _not_found()
        path, attachment = found
        if milliseconds > 1000 * (attachment.duration_s or 0.0):
            return _not_found()
        library, what = library_of(request.cookies) or "", f"frame {milliseconds}"
        try:
            made = self._renditions.get(library, attachment.id, what, lambda: self._apart(frame, path, milliseconds))
        except (MmchatError, FileNotFoundError):
            return _not_found()
        return Response(made.data, media_type=made.media_type, headers=_HEADERS) if made else _not_found()

    def figure(self, request: Request) -> Response:
        """A picture out of a document, by its segment."""
        library, segment_id = library_of(request.cookies), request.path_params["segment"]
        if self._find(request) is None or library is None or not _SEGMENT.fullmatch(segment_id):
            return _not_found()
        id = request.path_params["id"]

        def make() -> Rendition | None:
            pixels = self._assistant.figure(library, id, segment_id)
            return None if pixels is None else figure(pixels)

        made = self._renditions.get(library, id, f"figure {segment_id}", make)
        return Response(made.data, media_type=made.media_type, headers=_HEADERS) if made else _not_found()

    def _find(self, request: Request) -> tuple[Path, Attachment] | None:
        library = library_of(request.cookies)
        return self._assistant.original(library, request.path_params["id"]) if library else None


def shown_as(attachment: Attachment) -> tuple[str, bool]:
    """The Content-Type to serve an original under, and whether the browser may show it in place.

    Pictures, sound, video and PDF as they are; anything with words in it as plain text, so that HTML and SVG
    never run; the rest as a download.
    """
    media_type = attachment.media_type
    if media_type in _INLINE or media_type.startswith(("audio/", "video/")):
        return media_type, True
    if media_type == "image/svg+xml" or media_type.startswith(_TEXT):
        return "text/plain; charset=utf-8", True
    return "application/octet-stream", False


def _not_found() -> Response:
    sentence = "Your library holds no such file. It may have been deleted."
    return JSONResponse({"error": sentence}, 404, headers={"cache-control": "no-store"})

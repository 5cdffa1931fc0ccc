"""``/healthz`` and ``/metrics``: whether the process is up, how far its parts are, and what it has counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from mmchat import __version__
from mmchat.server.metrics import Metrics

if TYPE_CHECKING:
    from mmchat.assistant import Assistant


def routes(assistant: Assistant, metrics: Metrics) -> list[Route]:
    """What to mount. Both answer while models are still loading, and tell nothing of any library."""

    def healthz(_: Request) -> Response:
        parts = {part.part: part.state for part in assistant.readiness()}
        ready = not any(state in ("waiting", "loading") for state in parts.values())
        return JSONResponse(
            {
                "status": "ok",
                "ready": ready,
                "version": __version__,
                "profile": assistant.settings.profile,
                "parts": parts,
            }
        )

    def scrape(_: Request) -> Response:
        return PlainTextResponse(metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return [Route("/healthz", healthz), Route("/metrics", scrape)]

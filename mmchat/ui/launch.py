"""Settings in, a running page out. Models load in the background once the page is up."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.middleware import Middleware

from mmchat.server import health
from mmchat.server.guard import Guard
from mmchat.server.identity import is_space
from mmchat.server.media import Media
from mmchat.server.metrics import Metrics
from mmchat.server.renditions import Renditions
from mmchat.server.uploads import UploadOwners
from mmchat.settings import Settings

if TYPE_CHECKING:
    from mmchat.assistant import Assistant

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # read when gradio is imported

JOBS_AT_ONCE = 256
"""Gradio runs this many events at once, whatever their kind; its own default of 40 makes the 41st visitor wait."""
MAX_QUEUED = 512
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class WarmUp:
    """Loads the models in a thread of its own, once."""

    def __init__(self, assistant: Assistant) -> None:
        self._thread = threading.Thread(target=assistant.warm_up, name="warm-up", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def running(self) -> bool:
        """Whether models are still being loaded."""
        return self._thread.is_alive()


def serve(settings: Settings) -> None:
    """Open the page and stay until interrupted or told to end."""
    from mmchat.assistant import Assistant

    assistant = Assistant.from_settings(settings)
    try:
        blocks = launch(assistant)
        sys.stdout.write(f"mmchat is open at {blocks.local_url}\n")
        sys.stdout.flush()
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        blocks.block_thread()
    finally:
        assistant.close()


def launch(assistant: Assistant, **options: Any) -> Any:
    """Start the server, then the loading of models; returns the running gr.Blocks.

    Args:
        assistant: what the page speaks to.
        options: passed on to Gradio's launch, over ours (a port, for a test).
    """
    os.environ["GRADIO_TEMP_DIR"] = str(_empty_folder(assistant.settings.data_dir / "uploads"))
    from mmchat.ui.asking import Asking  # gradio takes long to import, and reads its environment then
    from mmchat.ui.browsing import Browsing
    from mmchat.ui.layout import build, labels
    from mmchat.ui.llm_panel import Choosing
    from mmchat.ui.page import Page
    from mmchat.ui.theme import head, theme
    from mmchat.ui.views import Views

    metrics, owners, renditions, warm_up = Metrics(), UploadOwners(), Renditions(), WarmUp(assistant)

    server_name = options.get("server_name") or os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1")
    shared = options.get("share") or os.environ.get("GRADIO_SHARE", "").lower() in ("true", "1")
    own_machine = not is_space() and not shared and server_name in LOOPBACK

    def staff(page: Page) -> tuple[Asking, Browsing, Choosing]:
        views = Views(assistant, page, own_machine=own_machine)
        asking = Asking(assistant, page, views, metrics=metrics, owners=owners, warming=warm_up.running)
        choosing = Choosing(assistant, page, views, own_machine=own_machine)
        return asking, Browsing(assistant, page, views, renditions), choosing

    blocks = build(staff)
    blocks.queue(max_size=MAX_QUEUED)
    ours: dict[str, Any] = {
        "prevent_thread_lock": True,
        "quiet": True,
        "max_threads": JOBS_AT_ONCE,
        "max_file_size": f"{_largest_upload_mb(assistant.settings)}mb",
        "footer_links": [],
        "run_history": False,
        "ssr_mode": False,
        "enable_monitoring": False,
        "show_error": False,
        "favicon_path": _favicon(),
        "theme": theme(),
        "head": head(),
        "i18n": labels(),
        "app_kwargs": {
            "middleware": [Middleware(Guard, owners=owners)],
            "routes": [*Media(assistant, renditions).routes(), *health.routes(assistant, metrics)],
        },
    }
    blocks.launch(**{**ours, **options})
    warm_up.start()
    return blocks


def _largest_upload_mb(settings: Settings) -> int:
    """One more than the largest kind of file may have, so that our own sentence refuses what is over it."""
    kinds = ("text", "document", "image", "audio", "video")
    return int(max(getattr(settings, f"max_{kind}_mb") for kind in kinds)) + 1


def _empty_folder(folder: Path) -> Path:
    """Uploads nobody sent before the process ended are nobody's any more."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    return folder


def _favicon() -> str | None:
    """The icon beside the package, when run from its repository."""
    icon = Path(__file__).parents[2] / "assets" / "icon.png"
    return str(icon) if icon.is_file() else None

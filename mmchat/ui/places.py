"""Where evidence comes from, in words: the file, the page, the seconds."""

from __future__ import annotations

from mmchat.catalog.conversations import DELETED
from mmchat.types import Locator
from mmchat.ui.translations import Wording, clock


def place(locator: Locator, w: Wording) -> str:
    """``page 2``, ``0:17-0:24``, or nothing when the place is better shown than said."""
    if locator.start_s is not None:
        start, end = clock(locator.start_s), clock(locator.end_s if locator.end_s is not None else locator.start_s)
        return start if start == end else f"{start}–{end}"
    return w("page", page=locator.page) if locator.page is not None else ""


def shown_name(name: str, w: Wording) -> str:
    """A file's name; for one that was deleted since, that it was."""
    return w("gone_file") if name == DELETED else name

"""A Locator in words: the page, the seconds."""

from __future__ import annotations

from mmchat.types import Locator
from mmchat.ui.translations import Wording, clock


def place(locator: Locator, w: Wording) -> str:
    """``page 2``, ``0:17-0:24``, or nothing when the place is better shown than said."""
    if locator.start_s is not None:
        start, end = clock(locator.start_s), clock(locator.end_s if locator.end_s is not None else locator.start_s)
        return start if start == end else f"{start}–{end}"
    return w("page", page=locator.page) if locator.page is not None else ""

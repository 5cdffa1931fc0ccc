"""Processes in which foreign bytes are decoded and parsed: a crash, a hang or a bomb ends one of them, not the page.

A worker may use so much memory and processor time, and opens no connection and no program
(:mod:`mmchat.workers.limits`). Models stay in the server's process.
What a worker says is believed: code that a file smuggled into one is not held by this.
"""

from __future__ import annotations

from collections.abc import Sequence

from mmchat.settings import Settings
from mmchat.workers.base import HERE, Workers

__all__ = ["HERE", "Workers", "create_workers"]


def create_workers(settings: Settings, preloaded: Sequence[str] = ()) -> Workers:
    """The pool that ``settings`` ask for, not yet started; with none, everything runs in this process.

    Args:
        settings: how many there are, and how much each may use.
        preloaded: modules that are imported before the first of them starts.
    """
    if not settings.workers:
        return HERE
    from mmchat.workers.apart import Apart

    return Apart(settings, preloaded)

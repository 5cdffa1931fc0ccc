"""What runs in a worker: limits first, then one function after the other, each in a folder of its own."""

from __future__ import annotations

import errno
import logging
import os
import signal
import tempfile
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from mmchat.errors import MmchatError
from mmchat.workers import limits
from mmchat.workers.base import given
from mmchat.workers.channel import Outlet, loaded

TOO_MUCH, MACHINE, BROKEN = "memory", "machine", "broken"
"""How a function failed that raised nothing of ours: for want of memory, by the machine (which is told), or in another
way, which the log is told."""
_OF_THE_MACHINE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.EIO, errno.EROFS})


def begin(memory_mb: float) -> None:
    """Called once in each new worker."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # ends native code too, at once
    logging.disable(logging.CRITICAL)  # the server says what became of a file
    limits.without_secrets()
    limits.confine(memory_mb)


def run(work: bytes, folder: str, seconds: float, reports: bool) -> None:
    """Do one piece of work, saying in its folder what it gives.

    Args:
        work: the function and its arguments, as :func:`mmchat.workers.channel.dumped` gives them.
        folder: the work's own; it is the current folder and that of temporary files meanwhile.
        seconds: of processor time for each part of the work, up to the next thing said.
        reports: whether the function is given something to report to.
    """
    function, args = loaded(work, Path(folder))
    os.chdir(folder)
    tempfile.tempdir = folder
    said = Outlet(Path(folder))
    try:
        limits.allow_seconds(seconds)
        _do(said, function, args, seconds, reports)
        said.flush()
    finally:
        limits.allow_seconds(None)
        said.close()
        os.chdir("/")


def _do(said: Outlet, function: Callable[..., Any], args: Sequence[Any], seconds: float, reports: bool) -> None:
    def report(*values: Any) -> None:
        said.say("report", values)
        limits.allow_seconds(seconds)

    try:
        for item in given(function, args, report if reports else None):
            said.say("item", item, soon=True)
            limits.allow_seconds(seconds)
    except MmchatError as error:
        said.say("failed", error)
    except MemoryError:
        said.say("failed", TOO_MUCH)
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _OF_THE_MACHINE:
            said.say("failed", (MACHINE, error.strerror))
            return
        # Where it happened, not what was read: the text of an error may quote the file.
        places = "".join(traceback.format_tb(error.__traceback__))
        said.say("failed", (BROKEN, f"{type(error).__name__} in\n{places}"))

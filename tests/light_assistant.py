"""The whole assistant on encoders that need no weights, closed and opened again over one data folder."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from mmchat.assistant import Assistant
from mmchat.settings import Settings


class Light(Assistant):
    """The whole assistant without the weights of its bundled models."""

    def load_models(self) -> None: ...


Opened = Callable[..., Light]
"""Opens the one data folder, or another, with these settings, closing what was open first."""


@contextmanager
def reopening(settings: Settings, **encoders: str) -> Iterator[Opened]:
    """Gives what opens it; ``encoders`` stand in for those that have weights."""
    current: list[Light] = []
    base = settings.model_copy(
        update={"text_encoder": "hashing", "sound_encoder": "none", "reranker": "none"} | encoders
    )

    def open_again(folder: Path | None = None, **changes: object) -> Light:
        for assistant in current:
            assistant.close()
        changes |= {"data_dir": folder} if folder else {}
        current[:] = [Light(base.model_copy(update=changes))]
        return current[0]

    yield open_again
    for assistant in current:
        assistant.close()


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.005)

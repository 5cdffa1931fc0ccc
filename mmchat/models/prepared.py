"""Folders that are made once from a package's files and kept: built aside, then renamed into place.

Two processes may do it at once; whichever renames first wins, and both use that one. A process that is killed leaves
only a folder under a temporary name, which a later start sweeps away.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from mmchat.errors import ModelUnavailable
from mmchat.models.card import ModelCard, ModelFile
from mmchat.models.installed import sha256_of

log = logging.getLogger(__name__)

RECORD = "made.json"
"""Lies in every prepared folder: the card's revision, and the sha256 of each file as it was written."""

_ASIDE = ".making-"
_STALE_S = 3600.0
"""A folder still under its temporary name after an hour belongs to a process that was killed."""


def folder_of(card: ModelCard, models_path: Path) -> Path:
    """Where this card's prepared folder lies, whether or not it is there yet."""
    return models_path / f"{card.name}-{card.revision}"


def is_whole(folder: Path, *, check: bool = True) -> bool:
    """Whether every recorded file is there, with ``check`` also whether its bytes are the recorded ones."""
    try:
        record: dict[str, Any] = json.loads((folder / RECORD).read_text("utf-8"))
        files: dict[str, str] = record["files"]
        if not check:
            return all((folder / name).is_file() for name in files)
        return all(sha256_of(folder / name) == sha256 for name, sha256 in files.items())
    except (OSError, ValueError, KeyError, TypeError, ModelUnavailable):
        return False


def make(card: ModelCard, sources: Mapping[ModelFile, Path], models_path: Path) -> Path:
    """Build the folder from verified ``sources`` and put it in place, replacing a damaged one.

    Raises:
        ModelUnavailable: the folder cannot be written.
    """
    final = folder_of(card, models_path)
    try:
        models_path.mkdir(parents=True, exist_ok=True)
        _sweep(models_path)
        aside = Path(tempfile.mkdtemp(prefix=f"{_ASIDE}{card.name}-", dir=models_path))
        try:
            _build(card, sources, aside)
            _put_in_place(aside, final)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    except OSError as error:
        raise ModelUnavailable(
            f"The folder of the model {card.name!r} could not be written: {error.strerror or error}. "
            f"Free some space, or set MMCHAT_MODELS_DIR to a folder that can be written to.",
            retryable=True,
        ) from error
    return final


def _build(card: ModelCard, sources: Mapping[ModelFile, Path], aside: Path) -> None:
    module, _, function = card.builder.partition(":")
    started = time.monotonic()
    getattr(import_module(module), function)({file.name: path for file, path in sources.items()}, aside)
    made = sorted(path for path in aside.rglob("*") if path.is_file())
    record = {
        "model": card.name,
        "revision": card.revision,
        "files": {path.relative_to(aside).as_posix(): sha256_of(path) for path in made},
    }
    (aside / RECORD).write_text(json.dumps(record, indent=1), "utf-8")
    aside.chmod(0o755)  # mkdtemp makes it private; another user of the machine may share the models
    log.info("prepared the model %s in %.1f s", card.name, time.monotonic() - started)


def _put_in_place(aside: Path, final: Path) -> None:
    if final.exists() and not is_whole(final):
        log.warning("the prepared folder %s was damaged and has been made again", final.name)
        wreck = aside.with_name(aside.name + "-wreck")
        final.rename(wreck)
        shutil.rmtree(wreck, ignore_errors=True)
    try:
        aside.rename(final)
    except OSError:
        if not is_whole(final):  # otherwise another process was faster, and its folder is as good as ours
            raise


def _sweep(models_path: Path) -> None:
    now = time.time()
    for entry in os.scandir(models_path):
        if entry.name.startswith(_ASIDE) and now - entry.stat().st_mtime > _STALE_S:
            shutil.rmtree(entry.path, ignore_errors=True)

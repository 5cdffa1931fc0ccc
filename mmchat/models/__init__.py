"""A model's name -> a checked directory on this disk. Nothing else in mmchat knows where weights come from.

Weights lie inside ordinary packages. Most are used where the installer put them; a few are made once into a folder of
their own under ``models_path``. Every file's sha256 is checked once per process before the folder is handed out.
Models that a person names himself, as folders or by their id on the hub, are found by :mod:`mmchat.models.hub`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mmchat.errors import MmchatError, ModelUnavailable, UnknownBackend
from mmchat.models import installed, prepared
from mmchat.models.card import ModelCard, ModelFile, ModelStatus
from mmchat.models.cards import CARDS

__all__ = ["ModelCard", "ModelFile", "ModelStatus", "card", "cards", "directory", "inspect", "load_seconds", "loading"]

_checked: dict[tuple[str, Path], Path] = {}
_load_seconds: dict[str, float] = {}
_locks: dict[str, threading.Lock] = {name: threading.Lock() for name in CARDS}


def cards() -> tuple[ModelCard, ...]:
    """Every model mmchat knows, the optional ones included."""
    return tuple(CARDS.values())


def card(name: str) -> ModelCard:
    """The card of one model.

    Raises:
        UnknownBackend: no such model.
    """
    found = CARDS.get(name)
    if found is None:
        raise UnknownBackend(f"There is no model called {name!r}. Choose one of: {', '.join(sorted(CARDS))}.")
    return found


def directory(name: str, models_path: Path) -> Path:
    """The folder that holds the model's files, each of them checked in this process.

    Args:
        name: a card's name.
        models_path: where prepared folders are kept; nothing is written there for models used in place.

    Raises:
        UnknownBackend: no such model.
        MissingDependency: its package is not installed.
        ModelUnavailable: a file is missing, differs from the card, or the prepared folder cannot be written.
    """
    model = card(name)
    key = (name, models_path)
    with _locks[name]:
        place = _checked.get(key)
        if place is None or not place.is_dir():
            place = _checked[key] = _prepare(model, models_path) if model.builder else _in_place(model)
        return place


@contextmanager
def loading(name: str, models_path: Path) -> Iterator[Path]:
    """The model's folder, see :func:`directory`, around the code that reads it; how long that took is kept.

    Raises:
        ModelUnavailable: also for whatever a model library raises inside.
    """
    started = time.perf_counter()
    folder = directory(name, models_path)
    try:
        yield folder
    except (MmchatError, ImportError, MemoryError):
        raise
    except Exception as error:  # onnxruntime, tokenizers and ctranslate2 raise kinds of their own, and plain Exception
        raise ModelUnavailable(
            f"The model {name!r} could not be loaded: {error}. Install the pinned versions of its packages: "
            f"pip install -r requirements.txt -c constraints.txt"
        ) from error
    # Some are read twice, first for their names alone: the weights are what takes long.
    _load_seconds[name] = max(_load_seconds.get(name, 0.0), time.perf_counter() - started)


def load_seconds(name: str) -> float | None:
    """How long the model took to load; None when this process has not loaded it."""
    return _load_seconds.get(name)


def inspect(name: str, models_path: Path, *, check: bool = True) -> ModelStatus:
    """How the model stands on this machine, without loading it or preparing its folder.

    Args:
        name: a card's name.
        models_path: where prepared folders are kept.
        check: read every file and compare its sha256; without, only see whether the files are there.
    """
    model = card(name)
    versions = [installed.version_of(package) for package in model.packages]
    here = [version for version in versions if version is not None]
    whole = len(here) == len(versions)
    version = ", ".join(dict.fromkeys(here)) if whole else None
    state, detail, place, size_bytes = "unchecked" if whole else "missing", "", None, 0
    try:
        places = installed.locate(model)
        place, size_bytes = _folder(model, places), sum(path.stat().st_size for path in places.values())
        if check:
            installed.verify(model, places)
            state = "ok"
    except MmchatError as error:
        detail = str(error)
        state = "bad" if whole else "missing"
    if model.builder:
        folder = prepared.folder_of(model, models_path)
        place = folder if folder.is_dir() else None
        if place is not None:
            size_bytes = sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
            if not prepared.is_whole(place, check=check):
                state, detail = "bad", f"The prepared folder {place.name} is damaged; the next start makes it again."
    return ModelStatus(
        name=name,
        installed=whole,
        package=model.package,
        version=version,
        licence=model.licence,
        optional=model.optional,
        sha256=state,
        path=place,
        size_bytes=size_bytes,
        detail=detail,
    )


def _in_place(model: ModelCard) -> Path:
    places = installed.locate(model)
    installed.verify(model, places)
    return _folder(model, places)


def _prepare(model: ModelCard, models_path: Path) -> Path:
    folder = prepared.folder_of(model, models_path)
    if prepared.is_whole(folder):
        return folder
    sources = installed.locate(model)
    installed.verify(model, sources)
    return prepared.make(model, sources, models_path)


def _folder(model: ModelCard, places: dict[ModelFile, Path]) -> Path:
    return places[model.files[0]].parent

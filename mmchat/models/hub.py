"""A model named as a folder or by its id on the hub -> a folder on this disk; fetched, where that is wanted, once.

A folder is used as it is. An id is looked for in the models folder, as ``OWNER--NAME``; in the ``hub`` profile it is
fetched there when it is missing, see :mod:`mmchat.models.fetching`. It knows no model library.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from mmchat.errors import ModelUnavailable
from mmchat.models import prepared
from mmchat.models.hub_cards import HUB_CARDS, HubCard
from mmchat.settings import Settings

SAFE = ("*.safetensors", "*.json", "*.txt", "*.model", "*.jinja")
"""What is fetched of a model for transformers: weights that are data alone, and the small files beside them."""

_NAMES = re.compile(r"(?:(?!.*\.\.)[\w.-]+/)?[\w.-]+(?:@[\w./-]+)?", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{40}")
_MARKS = ("config.json", "modules.json")  # one of them lies in every model folder
_SAMPLE_BYTES = 1 << 20

Fetched = Callable[[float], None]
"""Called with the fraction 0..1 of a model's bytes that are on this disk. It may raise to stop the fetching."""

_reports: ContextVar[Fetched | None] = ContextVar("reports", default=None)
_fetching = threading.Lock()


@contextmanager
def reporting(report: Fetched) -> Iterator[None]:
    """Inside, whatever is fetched by this thread tells ``report`` how far it is."""
    token = _reports.set(report)
    try:
        yield
    finally:
        _reports.reset(token)


def card_of(model: str) -> HubCard | None:
    """What is known of a model named by its id, or None."""
    return HUB_CARDS.get(model.partition("@")[0])


def is_name(model: str) -> bool:
    """Whether it can be the name of a model on the hub; a path to a folder cannot be one, even if nothing is there."""
    return bool(_NAMES.fullmatch(model))


def find(model: str, settings: Settings) -> Path | None:
    """The model's folder when it is on this disk; nothing is fetched and nothing is raised."""
    for folder in (_as_folder(model), kept_in(model, settings)):
        if any((folder / mark).is_file() for mark in _MARKS):
            return folder.resolve()
    return None


def locate(model: str, settings: Settings, files: Sequence[str] = SAFE) -> Path:
    """The model's folder; fetched first when it is missing, the profile is ``hub`` and nobody said offline.

    Args:
        model: a folder, or OWNER/NAME, or OWNER/NAME@REVISION.
        settings: where models are kept, and whether they may be fetched.
        files: the patterns of the files to fetch.

    Raises:
        ModelUnavailable: it is neither here nor could it be fetched; the message has the line that fetches it.
    """
    found = find(model, settings)
    if found is not None:
        return found
    if _as_folder(model).is_dir():
        raise ModelUnavailable(
            f"The folder {_as_folder(model).name!r} holds no model: it has no config.json. Choose another."
        )
    if not is_name(model):
        raise ModelUnavailable(
            f"{model!r} is neither a folder on this machine nor a model's name. Give a folder, or OWNER/NAME as on the "
            f"hub."
        )
    why = _why_not_fetched(settings)
    if why is not None:
        raise ModelUnavailable(f"The model {model!r} is not on this machine{why}: {line_for(model, settings)}")
    from mmchat.models import fetching

    with _fetching:  # one at a time; the next one may want the same
        found = find(model, settings)
        if found is not None:
            return found
        name, revision = wanted(model)
        return fetching.fetch(name, revision, kept_in(model, settings), files, _reports.get())


def wanted(model: str) -> tuple[str, str]:
    """The id and the revision to fetch: the one that is given, else that of the table, else "" for the default."""
    name, _, given = model.partition("@")
    card = HUB_CARDS.get(name)
    return name, given or (card.revision if card else "")


def revision_of(model: str, settings: Settings) -> str:
    """The commit of the model that is in use or would be fetched, or a fingerprint of its files; "" while unknown."""
    folder = find(model, settings)
    if folder is None:
        revision = wanted(model)[1]
        return revision if _COMMIT.fullmatch(revision) else ""
    try:
        return _recorded(folder) or _fingerprint(folder)
    except OSError:  # loading will say what is wrong with it
        return ""


def kept_in(model: str, settings: Settings) -> Path:
    """Where a model with this id is kept once it is fetched."""
    return settings.models_path / model.strip("/").replace("/", "--")


def line_for(model: str, settings: Settings) -> str:
    """What to type to fetch the model by hand."""
    name, revision = wanted(model)
    chosen = f" --revision {revision}" if revision else ""
    return f"hf download {name}{chosen} --local-dir {shlex.quote(str(kept_in(model, settings)))}"


def _as_folder(model: str) -> Path:
    try:
        return Path(model).expanduser()
    except RuntimeError:  # "~somebody", who has no home here
        return Path(model)


def _why_not_fetched(settings: Settings) -> str | None:
    """Why a model is not fetched, as what stands before the line to type; None when it may be."""
    if settings.profile != "hub":
        return ". With MMCHAT_PROFILE=hub models are fetched when they are needed. To fetch this one"
    if os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE"):
        return ", and HF_HUB_OFFLINE is set here. On a machine with a network, fetch it with"
    return None


def _recorded(folder: Path) -> str:
    """The commit that we, or the hub's own program, wrote down beside the files."""
    try:
        return str(json.loads((folder / prepared.RECORD).read_text("utf-8"))["revision"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    for mark in _MARKS:
        try:
            note = (folder / ".cache" / "huggingface" / "download" / f"{mark}.metadata").read_text("utf-8")
        except (OSError, ValueError):
            continue
        first = note.partition("\n")[0].strip()
        if _COMMIT.fullmatch(first):
            return first
    return ""


def _fingerprint(folder: Path) -> str:
    """16 hex digits of every file's name and size and its first and last MiB: what training again would change."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.suffix in (".json", ".safetensors", ".bin", ".txt", ".model")):
        if path.is_file() and ".cache" not in path.parts:
            size = path.stat().st_size
            digest.update(f"{path.relative_to(folder).as_posix()} {size}\n".encode())
            with path.open("rb") as file:
                digest.update(file.read(_SAMPLE_BYTES))
                file.seek(max(0, size - _SAMPLE_BYTES))
                digest.update(file.read(_SAMPLE_BYTES))
    return digest.hexdigest()[:16]

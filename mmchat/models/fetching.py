"""A model's id and revision -> its files in a folder, over the hub's own API; interrupted, it goes on where it was.

Files come one after the other into a folder under another name, each with its sha256 checked where the hub states one;
the whole is then renamed. The hub's own download function forgets half a file when the process ends, which for 2 GB of
weights on a slow line means never arriving; hence the loop here.
"""

from __future__ import annotations

import json
import logging
import shutil
import time
from collections.abc import Callable, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from mmchat.errors import MissingDependency, MmchatError, ModelUnavailable
from mmchat.models import prepared
from mmchat.models.installed import sha256_of

log = logging.getLogger(__name__)

_NOT_WANTED = ("onnx/*", "openvino/*", "coreml/*", "checkpoint-*/*")  # the same weights again, for other programs
_CHUNK_BYTES = 1 << 16  # a broken connection loses what is left of one
_TRIES = 4
_FIRST_PAUSE_S = 1.0
_PART = ".part"
_TIMEOUT_S = 30.0


def fetch(
    name: str, revision: str, folder: Path, patterns: Sequence[str], report: Callable[[float], None] | None
) -> Path:
    """Fetch the model into ``folder``, and write down which commit it is.

    Args:
        name: OWNER/NAME.
        revision: a commit, branch or tag; "" for the default branch as it is now.
        folder: where it goes; it does not exist yet.
        patterns: of the files that are wanted.
        report: told the fraction 0..1 of the bytes that are here.

    Raises:
        MissingDependency: huggingface_hub is not installed.
        ModelUnavailable: there is no such model or revision, it may not be had, or the hub cannot be reached.
    """
    try:
        import huggingface_hub  # noqa: F401
    except ModuleNotFoundError as error:
        raise MissingDependency(
            "Fetching models needs the package 'huggingface_hub', which is not installed. Run: pip install "
            "huggingface_hub"
        ) from error
    aside = folder.with_name(f".fetching-{folder.name}")
    try:
        return _fetch(name, revision, folder, aside, patterns, report or (lambda _: None))
    except MmchatError:
        raise
    except Exception as error:  # the hub's client raises kinds of its own, of httpx and of the system
        raise _trouble(name, revision, error) from error


def _fetch(
    name: str, revision: str, folder: Path, aside: Path, patterns: Sequence[str], report: Callable[[float], None]
) -> Path:
    from huggingface_hub import HfApi

    info = HfApi().model_info(name, revision=revision or None, files_metadata=True, timeout=_TIMEOUT_S)
    siblings: list[Any] = list(info.siblings or [])
    named = {sibling.rfilename: sibling for sibling in siblings}
    chosen = sorted(file for file in named if _any(patterns, file) and not _any(_NOT_WANTED, file))
    outside = [file for file in chosen if not _stays_inside(file)]
    if outside:
        raise ModelUnavailable(f"{name} lists a file outside its own folder ({outside[0]!r}). Choose another model.")
    if not any(file.endswith((".safetensors", ".bin")) for file in chosen):
        raise ModelUnavailable(
            f"{name} holds no weights that are read here: safetensors, or those of faster-whisper for speech. Choose "
            f"another model."
        )
    commit = str(info.sha)
    if aside.is_dir() and _noted(aside) != commit:
        shutil.rmtree(aside)  # begun at another revision
    aside.mkdir(parents=True, exist_ok=True)
    (aside / ".revision").write_text(commit, "utf-8")
    sizes = {file: int(named[file].size or 0) for file in chosen}
    total, here = sum(sizes.values()), _size_here(aside, chosen)
    free = shutil.disk_usage(aside).free
    if total - here > free:
        raise ModelUnavailable(
            f"{name} takes {total / 1e9:.1f} GB, and {free / 1e9:.1f} GB are free. Free some space, or set "
            f"MMCHAT_MODELS_DIR to another disk."
        )
    log.info("fetching %s at %s, %.1f MB", name, commit, total / 1e6)

    def tell() -> None:
        report(min(1.0, _size_here(aside, chosen) / max(1, total)))

    tell()
    sums = {}
    for file in chosen:
        lfs = named[file].lfs
        sums[file] = _file(name, commit, file, aside / file, sizes[file], lfs.sha256 if lfs else "", tell)
    (aside / ".revision").unlink()
    record = {"model": name, "revision": commit, "files": sums}
    (aside / prepared.RECORD).write_text(json.dumps(record, indent=1), "utf-8")
    try:
        aside.rename(folder)
    except OSError:
        if not prepared.is_whole(folder, check=False):  # otherwise another process was faster
            raise
    return folder.resolve()


def _file(name: str, commit: str, file: str, target: Path, size: int, sha256: str, tell: Callable[[], None]) -> str:
    """One file, tried again from where it stopped; its sha256."""
    if target.is_file():  # from a fetch that was interrupted later
        return sha256_of(target)
    part = target.with_name(target.name + _PART)
    part.parent.mkdir(parents=True, exist_ok=True)
    for attempt in range(_TRIES):
        try:
            _append(name, commit, file, part, size, tell)
            break
        except Exception as error:
            if attempt == _TRIES - 1 or not _passing(error):
                raise
            log.warning("%s of %s stopped (%s); trying again", file, name, type(error).__name__)
            time.sleep(_FIRST_PAUSE_S * 2**attempt)
    found = sha256_of(part)
    if (sha256 and found != sha256) or part.stat().st_size != size:
        part.unlink()
        raise ModelUnavailable(f"{file} of {name} arrived damaged. Try again.", retryable=True)
    part.rename(target)
    return found


def _append(name: str, commit: str, file: str, part: Path, size: int, tell: Callable[[], None]) -> None:
    """Get what is still missing of the file."""
    from huggingface_hub import get_session, hf_hub_url
    from huggingface_hub.utils import build_hf_headers, hf_raise_for_status  # type: ignore[attr-defined]

    have = part.stat().st_size if part.is_file() else 0
    if have == size and have:
        return
    if have > size:
        part.unlink()
        have = 0
    headers = build_hf_headers() | {"Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    url = hf_hub_url(name, file, revision=commit)
    with get_session().stream("GET", url, headers=headers, follow_redirects=True, timeout=_TIMEOUT_S) as response:
        hf_raise_for_status(response)
        goes_on = response.status_code == 206
        with part.open("ab" if goes_on else "wb") as out:
            for chunk in response.iter_bytes(_CHUNK_BYTES):
                out.write(chunk)
                out.flush()
                tell()
    if part.stat().st_size < size:
        raise ConnectionError("the connection ended early")


def _passing(error: Exception) -> bool:
    """Whether trying again at once may help."""
    from huggingface_hub.errors import HfHubHTTPError

    if isinstance(error, HfHubHTTPError):
        return error.response.status_code in (408, 429, 500, 502, 503, 504)
    return not isinstance(error, MmchatError) and _is_network(error)


def _is_network(error: Exception) -> bool:
    """A failure on the way, as the client or the system names it, and not one of the disk."""
    named = type(error).__module__.partition(".")[0] in ("httpx", "httpx2", "httpcore", "httpcore2")
    return named or isinstance(error, ConnectionError | TimeoutError)


def _trouble(name: str, revision: str, error: Exception) -> ModelUnavailable:
    from huggingface_hub import errors

    if isinstance(error, errors.GatedRepoError):
        return ModelUnavailable(
            f"{name} asks for an agreement first: accept it on its page on the hub, and set HF_TOKEN to a token of the "
            f"same account."
        )
    if isinstance(error, errors.RevisionNotFoundError):
        return ModelUnavailable(f"{name} has no revision {revision!r}. Choose another one, or leave it out.")
    if isinstance(error, errors.RepositoryNotFoundError):
        return ModelUnavailable(
            f"There is no model {name!r} on the hub, or it is private. Check the name; for a private one set HF_TOKEN."
        )
    if isinstance(error, errors.HFValidationError):
        return ModelUnavailable(f"{name!r} is no name of a model on the hub. Write it as OWNER/NAME.")
    if isinstance(error, errors.HfHubHTTPError):
        return ModelUnavailable(
            f"The hub answered {error.response.status_code} for {name}. Try again later; what is here is kept.",
            retryable=True,
        )
    if _is_network(error):
        return ModelUnavailable(
            f"{name} could not be fetched: the hub did not answer ({type(error).__name__}). Check the network and try "
            f"again; what is here is kept.",
            retryable=True,
        )
    reason = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
    return ModelUnavailable(
        f"{name} could not be written to the models folder: {reason}. Set MMCHAT_MODELS_DIR to a folder that can be "
        f"written to.",
        retryable=True,
    )


def _any(patterns: Sequence[str], file: str) -> bool:
    return any(fnmatch(file, pattern) for pattern in patterns)


def _noted(aside: Path) -> str:
    try:
        return (aside / ".revision").read_text("utf-8").strip()
    except OSError:
        return ""


def _size_here(aside: Path, files: Sequence[str]) -> int:
    places = [place for file in files for place in (aside / file, aside / (file + _PART))]
    return sum(place.stat().st_size for place in places if place.is_file())


def _stays_inside(file: str) -> bool:
    """A hub, or what claims to be one, may list any name."""
    parts = file.split("/")
    return not file.startswith("/") and "\\" not in file and ":" not in file and ".." not in parts and "" not in parts

"""A package's name -> its files on this disk, read from what the installer recorded; no package is imported."""

from __future__ import annotations

import hashlib
from importlib import metadata
from pathlib import Path

from mmchat.errors import MissingDependency, ModelUnavailable
from mmchat.models.card import ModelCard, ModelFile

_CHUNK_BYTES = 1 << 20


def version_of(package: str) -> str | None:
    """The installed version, or None when the package is not here."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def locate(card: ModelCard) -> dict[ModelFile, Path]:
    """Where each file of the card lies.

    Raises:
        MissingDependency: a package is not installed; the message has the line that installs it.
        ModelUnavailable: the package is here without one of its files.
    """
    recorded: dict[str, dict[str, Path]] = {}
    for package in card.packages:
        try:
            distribution = metadata.distribution(package)
        except metadata.PackageNotFoundError as error:
            raise MissingDependency(
                f"The model {card.name!r} comes with the package {package!r}, which is not installed. "
                f"Run: {card.install_line}"
            ) from error
        files = distribution.files or []
        recorded[package] = {file.as_posix(): Path(str(file.locate())) for file in files}
    found: dict[ModelFile, Path] = {}
    for file in card.files:
        places = recorded[file.distribution]
        place = next((at for name, at in places.items() if name == file.path or name.endswith("/" + file.path)), None)
        if place is None or not place.is_file():
            raise ModelUnavailable(
                f"{file.name} of the model {card.name!r} is missing from the installed package "
                f"{file.distribution!r}. Run: {card.reinstall_line}"
            )
        found[file] = place.resolve()
    return found


def verify(card: ModelCard, places: dict[ModelFile, Path]) -> None:
    """Compare every file with the card.

    Raises:
        ModelUnavailable: naming the first file that is not what it should be.
    """
    for file, place in places.items():
        if sha256_of(place) != file.sha256:
            version = version_of(file.distribution)
            raise ModelUnavailable(
                f"{file.name} of the model {card.name!r} is not the file that was checked: its sha256 differs "
                f"(package {file.distribution} {version}). Only {' '.join(card.requirements)} is accepted. "
                f"Run: {card.reinstall_line}"
            )


def sha256_of(path: Path) -> str:
    """The sha256 of a file in hex; about 1 to 2 GB a second where the processor helps.

    Raises:
        ModelUnavailable: the file cannot be read.
    """
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                digest.update(chunk)
    except OSError as error:
        raise ModelUnavailable(f"{path.name} could not be read: {error.strerror or error}.", retryable=True) from error
    return digest.hexdigest()

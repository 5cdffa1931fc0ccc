"""What is known about a bundled model before any of its files is opened: frozen data, standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file inside an installed package.

    Attributes:
        distribution: the package that carries it, as pip names it.
        path: its path as the package's record of files ends with, with forward slashes.
        sha256: of the file in the pinned version, in hex.
    """

    distribution: str
    path: str
    sha256: str

    @property
    def name(self) -> str:
        """The file's own name."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class ModelCard:
    """A model by name: what it is for, which packages carry it, and what its files must be.

    Attributes:
        name: how the rest of mmchat asks for it.
        purpose: what it is used for, in a few words.
        requirements: the pinned packages, as pip takes them.
        licence: of the model; of the package too where the two differ.
        files: every file that is read, the first one in the folder that is handed out.
        builder: ``module:function`` that makes the folder from the files, or "" when the package's own folder will do.
        revision: changes whenever what comes out of the folder would.
        optional: mmchat works without it; nothing required may depend on it.
        no_deps: install it without what it asks for; ``note`` says why.
        note: anything else a person should know before using it.
    """

    name: str
    purpose: str
    requirements: tuple[str, ...]
    licence: str
    files: tuple[ModelFile, ...]
    revision: str
    builder: str = ""
    optional: bool = False
    no_deps: bool = False
    note: str = ""

    @property
    def packages(self) -> tuple[str, ...]:
        """The packages' names, without versions."""
        return tuple(requirement.partition("==")[0] for requirement in self.requirements)

    @property
    def package(self) -> str:
        """The packages' names in one line, for a report."""
        return ", ".join(self.packages)

    @property
    def install_line(self) -> str:
        """What to type when a package is absent or damaged."""
        return f"pip install {'--no-deps ' if self.no_deps else ''}{' '.join(self.requirements)}"

    @property
    def reinstall_line(self) -> str:
        """What to type when a package is here and not what it should be."""
        return f"pip install --force-reinstall --no-cache-dir --no-deps {' '.join(self.requirements)}"


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """How a model stands on this machine.

    Attributes:
        installed: whether every package it needs is here.
        version: of the packages as installed, or None when one is missing.
        sha256: ``ok``, ``bad`` (``detail`` says which file and what to do), ``missing`` or ``unchecked``.
        path: the folder in use, or None while there is none.
        size_bytes: of the files in that folder that the model needs.
    """

    name: str
    installed: bool
    package: str
    version: str | None
    licence: str
    optional: bool
    sha256: str
    path: Path | None
    size_bytes: int
    detail: str = ""

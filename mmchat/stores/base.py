"""The vector store contract. One collection per library and space; every call names its library."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

from mmchat.types import Hit, Space, Vector, Vectors

SCHEMA_VERSION = 1
"""Raised when what a collection holds changes meaning; an older collection then raises StoreMismatch."""


class VectorStore(ABC):
    """Vectors by segment id. The catalog is the truth; anything here can be rebuilt from it.

    Attributes:
        lost: called, from any thread, after what was stored turned out to be damaged and was given up: every
            collection is empty then, and has to be filled again.
    """

    lost: Callable[[], None] = staticmethod(lambda: None)

    @abstractmethod
    def upsert(self, library: str, space: Space, ids: Sequence[str], vectors: Vectors) -> None:
        """Add or replace. Vectors are unit rows, shape (len(ids), space.dim). Doing it twice equals once."""

    @abstractmethod
    def search(self, library: str, space: Space, vector: Vector, k: int) -> list[Hit]:
        """The ``k`` nearest, best first, ties by id; the score is cosine similarity in [-1, 1]."""

    @abstractmethod
    def get(self, library: str, space: Space, ids: Sequence[str]) -> dict[str, Vector]:
        """The stored vectors of those ids that are here."""

    @abstractmethod
    def ids(self, library: str, space: Space) -> set[str]:
        """By which ids there are vectors."""

    @abstractmethod
    def delete(self, library: str, ids: Sequence[str]) -> None:
        """Forget these ids in every space, also one that no encoder of this start uses; unknown ids are ignored."""

    @abstractmethod
    def count(self, library: str, space: Space) -> int:
        """How many vectors this library has in this space."""

    @abstractmethod
    def spaces(self, library: str) -> list[Space]:
        """The spaces in which this library has a collection, by name; an empty one may be among them."""

    @abstractmethod
    def drop_space(self, library: str, space: Space) -> None:
        """Forget every vector of this library in this one space; nothing happens where there is none."""

    @abstractmethod
    def drop(self, library: str) -> None:
        """Forget every vector of this library, in every space."""

    @abstractmethod
    def close(self) -> None:
        """Release files and threads."""

"""Vectors, by library and space. A new store is one file and one line in this table."""

from __future__ import annotations

from typing import cast

from mmchat.registry import resolve
from mmchat.settings import Settings
from mmchat.stores.base import VectorStore

STORES = {
    "chroma": "mmchat.stores.chroma:ChromaStore",
    "memory": "mmchat.stores.memory:MemoryStore",
}

__all__ = ["STORES", "VectorStore", "create_store"]


def create_store(name: str, settings: Settings) -> VectorStore:
    """The store called ``name``, opened on the data folder of ``settings``."""
    return cast(VectorStore, resolve("vector store", name, STORES).from_settings(settings))

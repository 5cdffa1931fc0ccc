"""Name -> class, imported only when it is asked for.

Each room keeps one table of ``"name": "package.module:Class"`` lines; this module resolves a line and says
precisely what is wrong when it cannot. It knows no backend itself.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

from mmchat.errors import MissingDependency, UnknownBackend


def resolve(kind: str, name: str, table: Mapping[str, str], *, packages: Mapping[str, str] | None = None) -> Any:
    """The class that ``table`` gives for ``name``.

    Args:
        kind: what is being chosen, for the message ("text encoder", "vector store").
        name: the backend's name as the person wrote it.
        table: name -> ``"module:attribute"``.
        packages: top-level import name -> what to hand to pip, where the two differ.

    Raises:
        UnknownBackend: no such name; the message lists the ones there are.
        MissingDependency: the backend's own optional package is not installed. Any other import error is a
            defect and passes through unchanged.
    """
    target = table.get(name)
    if target is None:
        raise UnknownBackend(f"There is no {kind} called {name!r}. Choose one of: {', '.join(sorted(table))}.")
    module_name, _, attribute = target.partition(":")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if not missing or missing == "mmchat":
            raise
        package = (packages or {}).get(missing, missing)
        raise MissingDependency(
            f"The {kind} {name!r} needs the package {package!r}, which is not installed. Run: pip install {package}"
        ) from error
    return getattr(module, attribute)

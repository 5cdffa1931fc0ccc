from __future__ import annotations

import pytest

from mmchat.errors import MissingDependency, UnknownBackend
from mmchat.registry import resolve


def test_a_name_gives_its_class() -> None:
    assert resolve("number", "decimal", {"decimal": "decimal:Decimal"}).__name__ == "Decimal"


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(UnknownBackend, match="no encoder called 'clip'. Choose one of: a, b"):
        resolve("encoder", "clip", {"b": "b:B", "a": "a:A"})


def test_a_missing_package_gives_the_line_that_installs_it() -> None:
    with pytest.raises(MissingDependency, match="pip install nowhere-to-be-found"):
        resolve("encoder", "x", {"x": "nowhere_to_be_found:X"}, packages={"nowhere_to_be_found": "nowhere-to-be-found"})


def test_a_broken_import_of_our_own_is_not_called_a_missing_package() -> None:
    with pytest.raises(ModuleNotFoundError):
        resolve("encoder", "x", {"x": "mmchat.no_such_module:X"})

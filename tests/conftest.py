"""Shared fixtures; sockets to anywhere but this machine are refused in every test."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mmchat.settings import Settings

DATA = Path(__file__).parent / "data"

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_OFFLINE"] = "1"

_connect = socket.socket.connect


def _local_only(self: socket.socket, address: Any) -> None:
    host = address[0] if isinstance(address, tuple) else address
    if isinstance(address, tuple) and host not in ("127.0.0.1", "::1", "localhost"):
        raise AssertionError(f"a test tried to reach {host}; mmchat must work without any network")
    _connect(self, address)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", _local_only)


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for key in [key for key in os.environ if key.startswith("MMCHAT_")]:
        monkeypatch.delenv(key)


@pytest.fixture(scope="session")
def models_dir() -> Path:
    """Prepared model folders are kept between runs, since they are made from pinned, checked packages."""
    return Path(os.environ.get("XDG_CACHE_HOME", Path("~/.cache").expanduser())) / "mmchat-tests"


@pytest.fixture
def settings(tmp_path: Path, models_dir: Path) -> Settings:
    """A start of its own: an empty data folder, the default profile; files are read in this process."""
    return Settings(data_dir=tmp_path / "data", models_dir=models_dir, workers=0)


@pytest.fixture
def tests_data() -> Iterator[Path]:
    yield DATA


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """No bytes in the names of tests: a zip made at import holds the time, and the two processes must agree on them."""
    return argname if isinstance(val, bytes) else None

"""The data folder, made if need be, and held by one process: Chroma and SQLite here are for one."""

from __future__ import annotations

from pathlib import Path

from filelock import FileLock, Timeout

from mmchat.catalog import Database, damaged
from mmchat.errors import MmchatError


def claim(data_dir: Path) -> FileLock:
    """The lock of this folder, held until it is released.

    Raises:
        MmchatError: the folder cannot be made, or another process has it open.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise MmchatError(
            f"The data folder {data_dir} cannot be made ({error.strerror}). "
            "Choose another with --data-dir or MMCHAT_DATA_DIR."
        ) from error
    lock = FileLock(data_dir / "in-use.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise MmchatError(
            "The data folder is in use by another mmchat process. Stop that one, or choose another with --data-dir."
        ) from error
    except OSError as error:
        raise MmchatError(
            f"Nothing can be written in the data folder {data_dir} ({error.strerror}). "
            "Allow it, or choose another with --data-dir or MMCHAT_DATA_DIR."
        ) from error
    return lock


def open_catalog(data_dir: Path) -> Database:
    """The catalog of this folder, new where nothing was ever taken in.

    Raises:
        MmchatError: it is damaged, or gone though there are originals; or as :class:`Database`.
    """
    file = data_dir / "catalog.sqlite"
    if not (file.is_file() and file.stat().st_size) and any((data_dir / "originals").glob("*/*/*")):
        raise damaged(file, "it is empty or gone, though files were taken in")
    return Database(file)

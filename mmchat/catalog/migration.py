"""The version of the catalog: an older file is backed up and brought up to it, a newer one is refused.

A new file goes the same way, from nothing, so that there is one way to every table.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from mmchat.errors import MmchatError

HEAD = "0002"
"""The id of the last revision in ``SCRIPTS``."""
SCRIPTS = Path(__file__).parent / "migrations"


def migrate(engine: Engine, file: Path, scripts: Path = SCRIPTS, head: str = HEAD) -> None:
    """Bring the catalog to ``head``, in one transaction: when anything fails, the file is as it was.

    Args:
        engine: of the file.
        file: an SQLite database, also an empty one. :func:`backup_of` it is made when there is something to lose.
        scripts: Alembic's folder of revisions.
        head: the id of the last one.

    Raises:
        MmchatError: a newer mmchat wrote the file, no backup copy can be made, or the migration failed.
    """
    with engine.connect() as connection:
        version = _version(connection)
        if version == head:
            return
        if version is not None:
            _refuse_newer(version, scripts)
        is_new = not inspect(connection).get_table_names()
    if not is_new:
        _back_up(file)
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # the driver begins by itself only before it changes rows
            _upgrade(connection, scripts)
    except Exception as error:
        raise MmchatError(
            f"The catalog could not be brought to this version ({error}). It is as it was; start the mmchat that wrote "
            "it, or choose another folder with --data-dir or MMCHAT_DATA_DIR."
        ) from error


def backup_of(file: Path) -> Path:
    """Where the copy lies that was made of the file before it was last migrated."""
    return file.with_name(f"{file.stem}.backup{file.suffix}")


def _version(connection: Connection) -> str | None:
    """The revision that the file is of; None before there were any."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _refuse_newer(version: str, scripts: Path) -> None:
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory(str(scripts)).walk_revisions()}
    if version not in known:
        raise MmchatError(
            f"A newer mmchat has written this data folder (its catalog is of version {version}, and this mmchat knows "
            f"them up to {max(known)}). Update mmchat, or choose another folder with --data-dir or MMCHAT_DATA_DIR."
        )


def _back_up(file: Path) -> None:
    """Whole or not at all, what is still in the write-ahead log included; the copy before it is replaced."""
    target = backup_of(file)
    unfinished = target.with_name(f"{target.name}.part")
    try:
        unfinished.unlink(missing_ok=True)
        source, copy = sqlite3.connect(file), sqlite3.connect(unfinished)
        try:
            source.backup(copy)
        finally:
            copy.close()
            source.close()
        unfinished.replace(target)
    except (OSError, sqlite3.Error) as error:
        unfinished.unlink(missing_ok=True)
        raise MmchatError(
            f"The catalog is of an earlier version, and no backup copy of it could be made beside it ({error}). "
            f"{file.stat().st_size / 2**20:.0f} MB of free space are needed there."
        ) from error


def _upgrade(connection: Connection, scripts: Path) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    command.upgrade(config, "head")

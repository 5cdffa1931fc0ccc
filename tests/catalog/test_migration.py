"""A data folder that an earlier version wrote, opened by this one."""

from __future__ import annotations

import shutil
import sqlite3
import tarfile
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from mmchat.catalog import Catalog, Conversations, Database, Readings
from mmchat.catalog.database import metadata
from mmchat.catalog.migration import HEAD, SCRIPTS, backup_of, migrate
from mmchat.errors import MmchatError
from mmchat.types import Grounding, JobState
from tests.factories import a_segment, an_attachment

OLD = "old"
WITHOUT_VERSION = "SELECT name FROM sqlite_master WHERE name = 'alembic_version'"


@pytest.fixture
def file(tmp_path: Path, tests_data: Path) -> Path:
    """The catalog of the folder from before there were versions."""
    with tarfile.open(tests_data / "data_folder_baseline.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path / "catalog.sqlite"


def asked(file: Path, sql: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(file)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def everything(file: Path) -> list[str]:
    connection = sqlite3.connect(file)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


def test_what_an_earlier_version_wrote_is_all_there(file: Path) -> None:
    database = Database(file)

    conversations, catalog = Conversations(database), Catalog(database)
    [conversation] = conversations.all(OLD)
    question, answer, second, nothing = conversations.messages(OLD, conversation.id)
    hits = catalog.search_text(OLD, ["gutters"], 5)

    assert question.text == "Where is the key of the shed?"
    assert answer.grounding is Grounding.ANSWERED
    assert "under the blue flower pot" in answer.citations[0].quote
    assert answer.evidence[0].candidate.attachment.name == "note.txt"
    assert nothing.grounding is Grounding.NOTHING
    assert {catalog.candidates(OLD, [h.segment_id])[h.segment_id][1].name for h in hits} == {"quotes.md"}
    assert [entry.state for entry in catalog.entries(OLD)] == [JobState.INDEXED] * 6
    assert catalog.tables(OLD) == []
    assert [reading for *_, reading in Readings(database).before(2)] == [1] * 6
    database.close()


def test_the_catalog_as_it_was_is_kept_beside_it_until_something_is_deleted(file: Path) -> None:
    before = everything(file)
    database = Database(file)
    assert everything(backup_of(file)) == before

    Conversations(database).drop(OLD)  # the copy would keep what the person wants gone

    assert not backup_of(file).exists()
    database.close()


def test_what_was_not_yet_folded_into_the_file_is_in_the_copy(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "killed.sqlite"
    writer = sqlite3.connect(file)
    writer.execute("PRAGMA journal_mode=WAL")
    writer.execute("INSERT INTO tags VALUES ('old', 'an id', 'late')")
    writer.commit()
    for suffix in ("", "-wal"):  # as a killed process leaves them
        shutil.copy(f"{file}{suffix}", f"{other}{suffix}")
    writer.close()

    Database(other).close()

    assert asked(backup_of(other), "SELECT tag FROM tags") == [("late",)]


def test_a_catalog_of_this_version_is_neither_copied_nor_changed(file: Path) -> None:
    Database(file).close()
    backup_of(file).unlink()
    before = everything(file)

    Database(file).close()

    assert everything(file) == before
    assert not backup_of(file).exists()


def test_a_new_catalog_is_of_this_version_and_needs_no_copy(tmp_path: Path) -> None:
    file = tmp_path / "new" / "catalog.sqlite"

    Database(file).close()

    assert asked(file, "SELECT version_num FROM alembic_version") == [(HEAD,)]
    assert not backup_of(file).exists()


@pytest.mark.parametrize("origin", ["old", "new"])
def test_the_revisions_lead_to_the_tables_that_the_code_means(origin: str, file: Path, tmp_path: Path) -> None:
    path = file if origin == "old" else tmp_path / "new.sqlite"
    Database(path).close()
    engine = create_engine(f"sqlite:///{path}")
    ours = {*metadata.tables}

    def is_ours(_object: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
        return kind != "table" or name in ours

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": is_ours, "compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_the_last_revision_is_the_one_the_code_names() -> None:
    assert ScriptDirectory(str(SCRIPTS)).get_current_head() == HEAD


def test_a_folder_that_lacks_later_tables_of_the_baseline_gets_them(file: Path) -> None:
    connection = sqlite3.connect(file)
    connection.execute("DROP TABLE copies")
    connection.commit()
    connection.close()

    database = Database(file)

    assert len(Catalog(database).entries(OLD)) == 6  # it reads the table of copies
    database.close()


def test_a_catalog_of_a_newer_version_is_refused_and_left_alone(file: Path) -> None:
    Database(file).close()
    backup_of(file).unlink()
    connection = sqlite3.connect(file)
    connection.execute("UPDATE alembic_version SET version_num = '0999'")
    connection.commit()
    connection.close()
    before = everything(file)

    with pytest.raises(MmchatError, match=r"A newer mmchat has written this data folder .* 0999, .* up to \d{4}"):
        Database(file)

    assert everything(file) == before
    assert not backup_of(file).exists()


def test_a_migration_that_fails_leaves_everything_as_it_was(file: Path, tmp_path: Path) -> None:
    before = everything(file)
    scripts = tmp_path / "scripts"
    shutil.copytree(SCRIPTS, scripts)
    (scripts / "versions" / "v9999_broken.py").write_text(
        "from alembic import op\n"
        f"revision, down_revision = '9999', '{HEAD}'\n"
        "def upgrade():\n"
        "    op.execute('DELETE FROM messages')\n"
        "    op.execute('ALTER TABLE jobs RENAME TO tasks')\n"
        "    op.execute('INSERT INTO nowhere VALUES (1)')\n"
    )
    engine = create_engine(f"sqlite:///{file}")

    with pytest.raises(MmchatError, match=r"could not be brought to this version .*nowhere"):
        migrate(engine, file, scripts, head="9999")
    engine.dispose()

    assert everything(file) == before
    assert asked(file, WITHOUT_VERSION) == []
    Database(file).close()  # nothing is in the way of one that works


def test_where_no_copy_can_be_made_nothing_is_changed(file: Path) -> None:
    before = everything(file)
    backup_of(file).mkdir()
    (backup_of(file) / "in the way").touch()

    with pytest.raises(MmchatError, match="no backup copy of it could be made"):
        Database(file)

    assert everything(file) == before


def test_messages_without_a_grounding_and_words_like_one_stay_as_they_are(file: Path) -> None:
    body = '{"attachments":[],"warnings":["grounded"],"grounding":null,"é":"no-evidence"}'
    connection = sqlite3.connect(file)
    connection.execute("UPDATE messages SET body = ?", (body,))
    connection.commit()
    connection.close()

    Database(file).close()

    assert {row[0] for row in asked(file, "SELECT body FROM messages")} == {body}


def test_a_file_can_be_added_and_indexed_in_a_migrated_catalog(file: Path) -> None:
    database = Database(file)
    catalog, new = Catalog(database), an_attachment()

    catalog.add_attachment(OLD, new)
    catalog.index(OLD, new, [a_segment(new, 0, "new words")], reading=2)

    assert new.id not in {attachment.id for _, attachment, _ in Readings(database).before(2)}
    assert len(catalog.search_text(OLD, ["new"], 5)) == 1
    database.close()

"""A data folder in which something broke: what can be made anew is, what cannot is told, and nothing else is harmed."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mmchat.errors import MmchatError
from mmchat.settings import Settings
from mmchat.types import Query, Upload
from tests.light_assistant import Light, Opened, reopening, until

LIBRARY, OTHER = "ana", "ben"
QUERY = Query(text="ferry leaves at seven")


@pytest.fixture
def opened(settings: Settings) -> Iterator[Opened]:
    with reopening(settings, image_encoder="none") as opened:
        yield opened


def fill(assistant: Light) -> None:
    for library in (LIBRARY, OTHER):
        for n in range(3):
            text = f"The ferry leaves at seven, says note {n} of {library}."
            assert assistant.ingest_now(library, Upload(f"{n}.txt", text.encode())).status == "indexed"


def close(assistant: Light) -> Path:
    assistant.close()
    return assistant.settings.data_dir


def found(assistant: Light, library: str) -> set[str]:
    return {c.attachment.name for c in assistant.search(library, QUERY, 5).candidates}


def _overwrite(path: Path, at: int, count: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(b"\xa5" * count)


def _header(vectors: Path) -> None:
    _overwrite(vectors / "chroma.sqlite3", 0, 64)


def _page(vectors: Path) -> None:
    _overwrite(vectors / "chroma.sqlite3", 5 * 4096, 4 * 4096)


def _cut(vectors: Path) -> None:
    with (vectors / "chroma.sqlite3").open("r+b") as file:
        file.truncate(20_000)


def _emptied(vectors: Path) -> None:
    (vectors / "chroma.sqlite3").write_bytes(b"")


def _gone(vectors: Path) -> None:
    shutil.rmtree(vectors)


def _index_files(vectors: Path) -> None:
    for file in vectors.rglob("header.bin"):
        file.write_bytes(b"g" * 100)


@pytest.mark.parametrize("damage", [_header, _page, _cut, _emptied, _gone, _index_files])
def test_damaged_vectors_are_made_anew_from_the_catalog(damage: Callable[[Path], None], opened: Opened) -> None:
    fill(first := opened())
    vectors = first.vectors(LIBRARY)
    damage(close(first) / "vectors")

    again = opened()
    again.warm_up()
    for library in (LIBRARY, OTHER):
        found(again, library)  # damaged index files are noticed when they are read
    until(lambda: not again.missing_vectors(LIBRARY) and not again.missing_vectors(OTHER))

    assert again.vectors(LIBRARY) == vectors
    assert found(again, LIBRARY) == found(again, OTHER) == {"0.txt", "1.txt", "2.txt"}
    assert len(again.library_entries(LIBRARY)) == 3


def test_what_was_set_aside_goes_with_the_first_deletion(opened: Opened) -> None:
    fill(first := opened())
    folder = close(first)
    _header(folder / "vectors")
    again = opened()
    again.warm_up()
    until(lambda: not again.missing_vectors(LIBRARY))
    assert (folder / "vectors.damaged").is_dir()

    again.delete_attachment(LIBRARY, again.library_entries(LIBRARY)[0].attachment.id)

    assert not (folder / "vectors.damaged").exists()


def _catalog_emptied(catalog: Path) -> None:
    catalog.write_bytes(b"")


def _catalog_gone(catalog: Path) -> None:
    catalog.unlink()


def _catalog_header(catalog: Path) -> None:
    _overwrite(catalog, 0, 64)


def _catalog_cut(catalog: Path) -> None:
    with catalog.open("r+b") as file:
        file.truncate(5_000)


@pytest.mark.parametrize("damage", [_catalog_emptied, _catalog_gone, _catalog_header, _catalog_cut])
def test_a_damaged_catalog_is_told_and_nothing_is_changed(damage: Callable[[Path], None], opened: Opened) -> None:
    fill(first := opened())
    folder = close(first)
    for beside in folder.glob("catalog.sqlite-*"):
        beside.unlink()
    damage(folder / "catalog.sqlite")
    before = sorted(path for path in folder.rglob("*") if path.is_file())

    with pytest.raises(MmchatError, match=r"catalog\.sqlite in the data folder cannot be opened .*originals") as caught:
        opened()

    assert "give the files in the folder originals again" in str(caught.value)
    assert [path for path in before if "originals" in path.parts and not path.is_file()] == []


def test_a_catalog_that_only_cannot_be_opened_is_not_told_to_be_replaced(opened: Opened) -> None:
    fill(first := opened())
    catalog = close(first) / "catalog.sqlite"
    for beside in catalog.parent.glob("catalog.sqlite-*"):
        beside.unlink()
    catalog.with_name("catalog.sqlite-wal").mkdir()  # it cannot be opened, and nothing in it is broken

    with pytest.raises(MmchatError, match=r"cannot be opened .*look at the space on the disk") as caught:
        opened()

    assert "in its place" not in str(caught.value)


def test_the_backup_is_named_where_there_is_one(opened: Opened) -> None:
    fill(first := opened())
    folder = close(first)
    shutil.copy(folder / "catalog.sqlite", folder / "catalog.backup.sqlite")
    _catalog_header(folder / "catalog.sqlite")

    with pytest.raises(MmchatError, match=r"put catalog\.backup\.sqlite in its place"):
        opened()
    shutil.copy(folder / "catalog.backup.sqlite", folder / "catalog.sqlite")

    assert len(opened().library_entries(LIBRARY)) == 3


def test_a_folder_in_which_nothing_can_be_written_is_told(settings: Settings) -> None:
    settings.data_dir.mkdir(parents=True)
    (settings.data_dir / "in-use.lock").mkdir()

    with pytest.raises(MmchatError, match="Nothing can be written in the data folder"):
        Light(settings)


def test_an_empty_folder_is_a_new_library(opened: Opened) -> None:
    assistant = opened()

    assert assistant.library_entries(LIBRARY) == []
    with sqlite3.connect(assistant.settings.data_dir / "catalog.sqlite") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)

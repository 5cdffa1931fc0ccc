"""What stands at the beginning of files and tables, from a real database."""

from __future__ import annotations

from pathlib import Path

from mmchat.catalog import Beginnings, Catalog, Database
from mmchat.catalog.beginnings import Written
from mmchat.types import Cell, CellType, Modality, Row, SegmentKind, Table
from tests.factories import a_segment, an_attachment

NOTE, MEMO = an_attachment("note.md"), an_attachment("memo.mp3", modality=Modality.AUDIO)
ROWS = tuple(Row(n, "", (Cell(0, str(n), CellType.NUMBER, float(n)),)) for n in range(40))


def test_only_the_first_of_what_is_written_and_of_a_tables_rows_is_read(tmp_path: Path) -> None:
    database = Database(tmp_path / "catalog.sqlite")
    catalog = Catalog(database)
    texts = [a_segment(NOTE, n, f"line {n}", heading="Title > Part") for n in range(5)]
    row = a_segment(NOTE, 1, "Clay | 318", kind=SegmentKind.ROW)
    said = a_segment(MEMO, 0, "Hello.", kind=SegmentKind.TRANSCRIPT)
    table = Table("t1", NOTE.id, 0, "", ("No",), ROWS)
    for file in (NOTE, MEMO):
        catalog.add_attachment("lib", file)
    catalog.index("lib", NOTE, [*texts, row], tables=[table])
    catalog.index("lib", MEMO, [said])
    beginnings = Beginnings(database)

    written = beginnings.written("lib", [NOTE.id, MEMO.id], 2)
    [read] = beginnings.tables("lib", [NOTE.id], 12)

    assert written == [Written(NOTE.id, "Title > Part", f"line {n}") for n in range(2)]
    assert (read.columns, read.rows) == (("No",), ROWS[:12])
    assert beginnings.written("other", [NOTE.id], 2) == []
    database.close()

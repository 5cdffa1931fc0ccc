from __future__ import annotations

from pathlib import Path

import pytest

from mmchat.catalog import Catalog, Copies, Database, table_catalog
from mmchat.perception.likeness import Likeness
from mmchat.types import Attachment, Cell, CellType, JobState, Locator, Modality, Row, SegmentKind, Table
from tests.factories import a_segment, an_attachment


@pytest.fixture
def database(tmp_path: Path):
    database = Database(tmp_path / "catalog.sqlite")
    yield database
    database.close()


@pytest.fixture
def catalog(database: Database) -> Catalog:
    return Catalog(database)


def a_table(attachment: Attachment, ordinal: int = 0, *names: str) -> Table:
    rows = tuple(Row(n, name, (Cell(0, name),)) for n, name in enumerate(names))
    return Table(f"{attachment.id[:24]}-{ordinal}", attachment.id, ordinal, "Costs", ("What",), rows)


def taken(catalog: Catalog, name: str, *tables: Table, library: str = "one") -> Attachment:
    attachment = an_attachment(name)
    catalog.add_attachment(library, attachment)
    catalog.index(library, attachment, [a_segment(attachment, 0, f"words of {name}")], tables=tables)
    return attachment


def test_a_table_comes_back_as_it_went_in(catalog: Catalog) -> None:
    attachment = an_attachment("quotes.xlsx")
    cells = (
        Cell(0, "Gutters, “zinc” | é", locator=Locator(cell="Quote!A2")),
        Cell(1, "980,00 €", CellType.MONEY, 980.0, "EUR", Locator(page=2, boxes=((0.1, 0.2, 0.3, 0.4),), cell="B2")),
        Cell(3, "17.5 %", CellType.PERCENT, 17.5),
        Cell(4, "37:30", CellType.DURATION, 2250.0, "s", Locator(char_start=3, char_end=8)),
    )
    table = Table(
        id="t" * 32,
        attachment_id=attachment.id,
        ordinal=1,
        title="Quote",
        columns=("Item", "Price > net", "", "Share", "Time"),
        rows=(Row(0, "Gutters", cells, "s" * 32), Row(2, "", ()), Row(7, "Total", cells[1:2], total=True)),
        page=2,
        note="The sheet is hidden.",
    )
    catalog.add_attachment("one", attachment)

    catalog.index("one", attachment, [], tables=[table])

    assert catalog.tables("one") == catalog.tables("one", [attachment.id]) == [table]
    assert catalog.tables("one", []) == []


def test_tables_are_listed_by_file_as_it_was_added_and_by_their_order_in_it(catalog: Catalog) -> None:
    late, early = an_attachment("a.csv"), an_attachment("b.csv")
    for attachment in (early, late):
        catalog.add_attachment("one", attachment)
        catalog.index("one", attachment, [], tables=[a_table(attachment, 1, "y"), a_table(attachment, 0, "x")])

    assert [(t.attachment_id, t.ordinal) for t in catalog.tables("one")] == [
        (early.id, 0), (early.id, 1), (late.id, 0), (late.id, 1)
    ]  # fmt: skip
    assert [t.attachment_id for t in catalog.tables("one", {late.id})] == [late.id] * 2


def test_indexing_again_replaces_the_tables(catalog: Catalog) -> None:
    attachment = an_attachment("costs.csv")
    taken(catalog, "costs.csv", a_table(attachment, 0, "first"), a_table(attachment, 1, "second"))

    taken(catalog, "costs.csv", a_table(attachment, 0, "third", "fourth"))

    assert catalog.tables("one") == [a_table(attachment, 0, "third", "fourth")]


def test_tables_are_forgotten_with_their_file_and_with_their_library(catalog: Catalog) -> None:
    costs, trips = an_attachment("costs.csv"), an_attachment("trips.csv")
    for library in ("one", "two"):
        taken(catalog, "costs.csv", a_table(costs, 0, "rent"), library=library)
        taken(catalog, "trips.csv", a_table(trips, 0, "York"), library=library)

    catalog.delete_attachment("one", costs.id)
    assert [t.attachment_id for t in catalog.tables("one")] == [trips.id]
    assert len(catalog.tables("two")) == 2

    catalog.drop("one")
    assert catalog.tables("one") == []
    assert len(catalog.tables("two")) == 2


def test_a_library_sees_only_its_own_tables(catalog: Catalog) -> None:
    costs = an_attachment("costs.csv")
    taken(catalog, "costs.csv", a_table(costs, 0, "rent"))

    assert catalog.tables("two") == catalog.tables("two", [costs.id]) == []


def test_a_copy_has_the_tables_of_the_file_it_is_a_copy_of(database: Database, catalog: Catalog) -> None:
    first = taken(catalog, "costs.csv", a_table(an_attachment("costs.csv"), 0, "rent"))
    copy = taken(catalog, "costs (1).csv", a_table(an_attachment("costs (1).csv"), 0, "rent"))
    for attachment in (first, copy):
        likeness = Likeness("same words", 7, b"rent")
        Copies(database).claim("one", attachment.id, likeness, lambda a, b: a == b, lambda a, b: a == b)

    assert [t.attachment_id for t in catalog.tables("one")] == [first.id]
    assert catalog.tables("one", [copy.id]) == catalog.tables("one", [first.id]) != []


def test_of_too_many_rows_the_largest_tables_are_left_out_whole(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_catalog, "MOST_ROWS", 5)
    costs = an_attachment("costs.csv")
    sizes = {0: "abc", 1: "abcdefg", 2: "ab"}
    taken(catalog, "costs.csv", *(a_table(costs, ordinal, *names) for ordinal, names in sizes.items()))

    assert [table.ordinal for table in catalog.tables("one")] == [0, 2]
    assert [len(table.rows) for table in catalog.tables("one", [costs.id])] == [3, 7, 2]


def test_a_row_is_found_by_its_words_and_counts_nowhere_beside_its_passage(catalog: Catalog) -> None:
    costs = an_attachment("costs.csv")
    passage = a_segment(costs, 0, "Gutters 980.00 Tiles 2170.00", language="en")
    row = a_segment(costs, 1, "Gutters | Price 980.00", kind=SegmentKind.ROW, language="en")
    catalog.add_attachment("one", costs)
    catalog.index("one", costs, [passage, row])

    assert {hit.segment_id for hit in catalog.search_text("one", ["gutters"], 5)} == {passage.id, row.id}
    assert catalog.segments("one", costs.id) == [passage, row]
    assert catalog.segments("one", costs.id, rows=False) == [passage]
    assert catalog.count_segments("one") == catalog.count_segments("one", attachment_id=costs.id) == 1
    assert catalog.count_segments("one", Modality.TEXT) == 1
    assert catalog.languages("one") == {"en": 1}
    assert [entry.segments for entry in catalog.entries("one")] == [1]
    assert catalog.ids_within("one", attachment_ids=frozenset({costs.id})) == [passage.id]


def test_a_file_deleted_while_it_is_read_leaves_no_table(catalog: Catalog) -> None:
    costs = an_attachment("costs.csv")

    assert catalog.index("one", costs, [], tables=[a_table(costs, 0, "rent")]) is False
    assert catalog.tables("one") == []
    assert catalog.state("one", costs.id) is not JobState.INDEXED

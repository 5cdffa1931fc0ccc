"""What is over its bounds is left out before it costs anything, and told; text without borders becomes passages."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from mmchat.errors import UnsupportedAttachment
from mmchat.segmenters import grids, html, office_bounds, sheets
from mmchat.segmenters.passages import MOST_CHARACTERS, split_code, split_markdown, split_rows
from mmchat.settings import Settings
from tests.fuzz import shapes
from tests.make_tables import read_file


@pytest.mark.parametrize("split", [split_markdown, split_code, split_rows])
@pytest.mark.parametrize("text", ["x" * 100_000, "#" * 100_000, "." * 100_000 + "x", "a" * 5_000 + " " + "b" * 70_000])
def test_one_endless_line_becomes_passages_that_hold_all_of_it(split, text: str) -> None:
    passages = list(split(text))

    assert all(passage.end - passage.start <= MOST_CHARACTERS for passage in passages)
    assert "".join(text[p.start : p.end] for p in passages) == text.replace(" ", "")


def test_a_heading_with_nothing_under_it_is_no_passage_of_its_own() -> None:
    text = "# Ferries\n\n## Prices\n\nA ticket costs 18.50 euros.\n\n## Dogs\n\nFree.\n"

    assert [(text[p.start : p.end].split("\n")[0], p.heading) for p in split_markdown(text)] == [
        ("# Ferries", "Ferries > Prices"),
        ("## Dogs", "Ferries > Dogs"),
    ]


def test_the_rows_over_the_most_are_left_out_and_told(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grids, "MOST_ROWS", 10)
    rows = b"name,price\n" + b"".join(b"thing %d,%d.50\n" % (n, n) for n in range(30))

    read = read_file("prices.csv", rows, settings, tmp_path)

    assert len(read.tables[0].rows) == 9
    assert read.remarks == ["The table in prices.csv is larger than can be read: only its first 10 rows were."]
    assert "thing 29" in " ".join(segment.text for segment in read.segments)  # its words are there all the same


def test_so_are_those_of_a_sheet_and_its_columns(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 10)
    monkeypatch.setattr(sheets, "MOST_COLUMNS", 5)
    book = openpyxl.Workbook()
    for n in range(30):
        book.active.append([f"thing {n}", *range(20)])
    out = io.BytesIO()
    book.save(out)

    read = read_file("prices.xlsx", out.getvalue(), settings, tmp_path)

    assert max(len(row.cells) for row in read.tables[0].rows) == 5
    assert read.remarks == ["The table Sheet of prices.xlsx is larger than can be read: only its first 10 rows were."]


def test_tags_and_paragraphs_over_the_most_are_left_out_and_told(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(html, "MOST_TAGS", 100)
    monkeypatch.setattr(office_bounds, "MOST_PARAGRAPHS", 50)

    page = read_file("page.html", shapes.tags(5_000), settings, tmp_path)
    letter = read_file("letter.docx", shapes.docx_paragraphs(5_000), settings, tmp_path)

    assert "page.html is larger than can be read" in page.remarks[0]
    assert "letter.docx is larger than can be read" in letter.remarks[0]
    assert 40 <= " ".join(segment.text for segment in letter.segments).count("a") <= 50


def test_a_bounded_office_file_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office_bounds, "MOST_PARAGRAPHS", 50)
    (tmp_path / "rows").write_bytes(shapes.docx_rows(20_000))

    made, is_cut = office_bounds.within_bounds(tmp_path / "rows", tmp_path)

    with zipfile.ZipFile(made) as archive:
        content = archive.read("word/document.xml")
    assert is_cut and content.count(b"<w:p>") == content.count(b"</w:p>") == 50
    assert content.endswith(b"</w:tbl></w:body></w:document>")
    assert office_bounds.within_bounds(made, tmp_path) == (made, False)


def test_an_office_file_whose_parts_lie_too_deep_is_refused(tmp_path: Path) -> None:
    (tmp_path / "deep").write_bytes(shapes.docx_nested(20_000))

    with pytest.raises(UnsupportedAttachment, match="deep in each other"):
        office_bounds.within_bounds(tmp_path / "deep", tmp_path)


def test_a_sheet_without_styles_or_calculation_is_read(settings: Settings, tmp_path: Path) -> None:
    read = read_file("bare.xlsx", shapes.xlsx_rows(300), settings, tmp_path)

    assert len(read.tables[0].rows) > 3

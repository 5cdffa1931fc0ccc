"""Tables as people keep them: with titles, blank rows, totals, units, merged cells, and several on one sheet."""

from __future__ import annotations

import datetime
import io
import zipfile
from pathlib import Path

import pytest
from openpyxl.styles import Font

from mmchat.attachments import plain_text
from mmchat.segmenters.pages import pages_of
from mmchat.settings import Settings
from mmchat.types import Attachment, CellType, Modality, SegmentKind
from tests.make_tables import docx, read_file, word_cell, workbook, xlsx


@pytest.fixture
def read(settings: Settings, tmp_path: Path):
    return lambda name, data: read_file(name, data if isinstance(data, bytes) else data.encode(), settings, tmp_path)


def test_each_row_of_a_sheet_reads_alone_and_has_its_place(read) -> None:
    book = workbook(Budget=[["Item", "Price (EUR)", "Sold"], ["Gutters, zinc", 980.5, 3], ["Slates", 12, None]])

    found = read("budget.xlsx", xlsx(book))

    assert found.texts == ["Gutters, zinc | Price (EUR) 980.5 | Sold 3", "Slates | Price (EUR) 12"]
    assert found.rows[0].heading == "Budget"
    assert (found.rows[0].locator.page, found.rows[0].locator.cell) == (1, "Budget!A2:C2")
    price = found.cell("Gutters, zinc", "Price (EUR)")
    assert (price.type, price.value, price.unit, price.locator.cell) == (CellType.MONEY, 980.5, "EUR", "Budget!B2")


def test_the_spans_of_rows_and_cells_are_those_of_the_text_that_the_passages_are_cut_from(read) -> None:
    book = workbook(One=[["thing", "n"], ["a", 1]], Two=[["thing", "n"], *([f"row {n}", n] for n in range(200))])

    found = read("two.xlsx", xlsx(book))

    text = {}
    for passage in found.passages:
        text |= dict(enumerate(passage.text, start=passage.locator.char_start or 0))
    for title, row in ((each.title, row) for each in found.tables for row in each.rows):
        for cell in row.cells:
            span = range(cell.locator.char_start or 0, cell.locator.char_end or 0)
            assert "".join(text[at] for at in span) == cell.text, (title, row.header)


def test_titles_totals_sections_and_notes_are_told_from_rows(read) -> None:
    rows = [
        ["House renovation"], [], ["Item", "Supplier", "Price (EUR)"], ["Kitchen"], ["Sink", "Aqua", 250.5],
        ["Oven", "Heat Ltd", 899], ["Subtotal", None, 1149.5], ["Bathroom"], ["Tiles", "Stone", 640],
        ["Mirror", "Aqua", 80], ["Subtotal", None, 720], [], ["Grand total", None, 1869.5], [],
        ["All prices include VAT."], [], ["Contractor", "Phone", "Since"], ["Aqua", "01067", 2019],
        ["Heat", "02044", 2021],
    ]  # fmt: skip
    book = workbook(Costs=rows)
    for row in (4, 8):
        book["Costs"].cell(row, 1).font = Font(bold=True)

    found = read("costs.xlsx", xlsx(book))

    costs, contractors = found.tables
    assert costs.title == "House renovation"
    assert costs.note == "All prices include VAT."
    assert [(row.header, row.total) for row in costs.rows] == [
        ("Kitchen, Sink", False), ("Kitchen, Oven", False), ("Kitchen, Subtotal", True), ("Bathroom, Tiles", False),
        ("Bathroom, Mirror", False), ("Bathroom, Subtotal", True), ("Grand total", True),
    ]  # fmt: skip
    assert found.rows[0].heading == "Costs > House renovation > Kitchen"
    assert contractors.columns == ("Contractor", "Phone", "Since")
    assert found.cell("Aqua", "Phone").type is CellType.TEXT


def test_a_total_is_known_by_its_arithmetic_whatever_it_is_called(read) -> None:
    found = read("a.csv", "Month,Rent,Food\nJan,100,50\nFeb,100,70\nAltogether,200,120\n")

    assert [row.total for row in found.tables[0].rows] == [False, False, True]


def test_a_name_that_begins_with_total_is_no_total_when_it_sums_up_nothing(read) -> None:
    found = read("a.csv", "Club,Members\nTotal Fitness Ltd,120\nSwim,80\nRun,10\n")

    assert [row.total for row in found.tables[0].rows] == [False, False, False]


def test_several_header_rows_and_merged_ones_are_joined(read) -> None:
    rows = [
        ["Region", "2024", None, "2025", None], [None, "Q1", "Q2", "Q1", "Q2"], [None, "(k€)", "(k€)", "(k€)", "(k€)"],
        ["North", 10, 20, 30, 40], ["South", 1, 2, 3, 4],
    ]  # fmt: skip
    book = workbook(Sales=rows)
    for area in ("A1:A2", "B1:C1", "D1:E1"):
        book["Sales"].merge_cells(area)

    found = read("sales.xlsx", xlsx(book))

    assert found.tables[0].columns == (
        "Region", "2024 > Q1 (k€)", "2024 > Q2 (k€)", "2025 > Q1 (k€)", "2025 > Q2 (k€)"
    )  # fmt: skip
    assert found.cell("South", "2025 > Q1 (k€)").value == 3


def test_merged_cells_hold_for_every_row_they_cover(read) -> None:
    book = workbook(
        Sales=[["Region", "Month", "Boxes"], ["North", "January", 101], [None, "March", 97], ["South", "March", 266]]
    )
    book["Sales"].merge_cells("A2:A3")

    found = read("sales.xlsx", xlsx(book))

    assert found.texts == ["North, January | Boxes 101", "North, March | Boxes 97", "South, March | Boxes 266"]
    assert "North" not in found.passages[0].text.splitlines()[3]  # the passage is as the sheet looks


def test_two_tables_side_by_side_are_two(read) -> None:
    book = workbook(
        Money=[["Income", None, None, "Costs"], ["Source", "Amount", None, "What", "Amount"],
               ["Salary", 3000, None, "Rent", 1200], ["Shop", 400, None, "Food", 450]]
    )  # fmt: skip

    found = read("money.xlsx", xlsx(book))

    assert [(table.title, len(table.rows)) for table in found.tables] == [("Income", 2), ("Costs", 2)]
    assert found.rows[2].locator.cell == "Money!D3:E3"


def test_years_and_dates_may_head_columns(read) -> None:
    rota = [
        [None, datetime.date(2025, 3, 3), datetime.date(2025, 3, 4)],
        ["Anna", "early", "late"],
        ["Tom", "off", "early"],
    ]
    book = workbook(People=[["Town", 2021, 2022], ["Belmo", 12000, 12100], ["Arven", 800, 790]], Rota=rota)
    for cell in book["Rota"][1]:
        cell.number_format = "ddd d mmm"

    found = read("years.xlsx", xlsx(book))

    assert found.texts[:2] == ["Belmo | 2021 12000 | 2022 12100", "Arven | 2021 800 | 2022 790"]
    assert found.texts[2:] == ["Anna | Mon 3 Mar early | Tue 4 Mar late", "Tom | Mon 3 Mar off | Tue 4 Mar early"]


def test_a_table_without_a_header_has_columns_without_names(read) -> None:
    found = read("a.csv", "Anna,Lisbon,baker,1985\nTom,Oslo,potter,1990\nPriya,Pune,dyer,1988\n")

    assert found.tables[0].columns == ("", "", "", "")
    assert found.texts[0] == "Anna | Lisbon | baker | 1985"


def test_a_form_of_labels_and_values_has_no_header(read) -> None:
    found = read("terms.csv", 'VAT rate,17.5 %\nDeposit,"£1,250.00"\nSigned,3 April 2025\nContact,Tom Reyes\n')

    assert found.texts[0] == "VAT rate | 17.5 %"
    values = [row.cells[1] for row in found.tables[0].rows]
    assert [cell.type for cell in values] == [CellType.PERCENT, CellType.MONEY, CellType.DATE, CellType.TEXT]
    assert values[1].value == 1250


def test_a_running_number_does_not_name_a_row(read) -> None:
    found = read("tasks.csv", "No.,Task,Owner\n1,Paint,Tom\n2,Clean,Mia\n")

    assert found.texts == ["Paint | No. 1 | Owner Tom", "Clean | No. 2 | Owner Mia"]


def test_values_are_cut_at_whatever_parts_them_and_may_hold_line_breaks(read) -> None:
    text = (
        'Name;Address;Price\n"Couto; Ines";"Flat 3\n18 Quay Street\nBelmo";1.234,50 €\nAdair;"2 ""Hill"" Road";5,00 €\n'
    )

    found = read("a.csv", text)

    assert found.texts[0] == "Couto; Ines | Address Flat 3, 18 Quay Street, Belmo | Price 1.234,50 €"
    assert found.cell("Adair", "Address").text == '2 "Hill" Road'
    price = found.cell("Couto; Ines", "Price")
    assert plain_text(text.encode())[price.locator.char_start : price.locator.char_end] == price.text
    assert (found.rows[0].locator.cell, found.rows[1].locator.cell) == ("row 2", "row 3")


def test_hidden_sheets_are_read_and_said_to_be_hidden(read) -> None:
    book = workbook(Shown=[["a", "n"], ["x", 1]], Old=[["Name", "Rate"], ["y", 0.175]])
    book["Old"].sheet_state = "hidden"
    book["Old"]["B2"].number_format = "0.0 %"

    found = read("hidden.xlsx", xlsx(book))

    assert [table.note for table in found.tables] == ["", "This sheet is hidden."]
    assert found.texts[1] == "y | Rate 17.5 %"
    assert "17.5 %" in found.passages[1].text


def test_a_formula_that_was_never_calculated_is_shown_as_a_formula_and_noted(read) -> None:
    book = workbook(Costs=[["Item", "Euros"], ["Paint", 120], ["Floor", 845], ["Total", "=SUM(B2:B3)"]])
    empty = xlsx(book)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(empty)) as archive, zipfile.ZipFile(out, "w") as changed:
        for name in archive.namelist():
            changed.writestr(
                name, archive.read(name).replace(b"</f><v />", b"</f><v>0</v>").replace(b"</f><v/>", b"</f><v>0</v>")
            )

    for data in (empty, out.getvalue()):  # without a value, and with the 0 of a program that cannot calculate
        found = read("costs.xlsx", data)

        assert found.texts[-1] == "Total | Euros =SUM(B2:B3)"
        assert found.tables[0].rows[-1].total
        assert "B4" in found.tables[0].note


def test_a_wide_sheet_names_each_of_its_columns(read) -> None:
    book = workbook(Wide=[["Station", *(f"Sensor {n}" for n in range(40))], ["Carn", *range(40)], ["Dun", *range(40)]])

    assert "Sensor 37 37" in read("wide.xlsx", xlsx(book)).texts[0]


def test_a_web_table_with_spans_and_one_that_only_lays_out_the_page(read) -> None:
    source = """<h1>Rates</h1><table><tr><td>
      <table><thead><tr><th rowspan=2>Room</th><th colspan=2>Summer</th></tr>
      <tr><th>Week</th><th>Night</th></tr></thead>
      <tr><th>Attic</th><td>€ 700,00</td><td>€ 110,50</td></tr><tr><th>Cellar</th><td colspan=2>closed</td></tr>
      </table></td></tr></table><table><tr><td>Home</td></tr></table>
      <table><caption>Opening hours</caption><tr><th>Monday</th><td>9 - 17</td></tr>
      <tr><th>Friday</th><td>9 - 12</td></tr></table>"""

    found = read("rates.html", source)

    rates, hours = found.tables
    assert rates.columns == ("Room", "Summer > Week", "Summer > Night")
    assert found.texts[0] == "Attic | Summer > Week € 700,00 | Summer > Night € 110,50"
    assert found.texts[1] == "Cellar | Summer > Week closed | Summer > Night closed"
    assert hours.title == "Opening hours"
    assert found.texts[2:] == ["Monday | 9 - 17", "Friday | 9 - 12"]
    assert found.rows[2].heading == "Rates > Opening hours"
    assert found.rows[2].locator.char_start is not None


def test_a_word_table_with_merged_cells_and_bold_headers(read) -> None:
    heading = '<w:p><w:pPr><w:pStyle w:val="berschrift1"/></w:pPr><w:r><w:t>Angebot</w:t></w:r></w:p>'
    lines = [
        word_cell("Bereich", bold=True) + word_cell("Leistung", bold=True) + word_cell("Preis", bold=True),
        word_cell("Dach", merge="restart") + word_cell("Rinnen") + word_cell("980,00 €"),
        word_cell("", merge="continue") + word_cell("Ziegel") + word_cell("1.250,00 €"),
        word_cell("Gesamt", span=2) + word_cell("2.230,00 €"),
    ]
    form = [word_cell("Kunde:") + word_cell("Frau Meier"), word_cell("Ort:") + word_cell("Köln")]
    tables = "<w:p/>".join(
        f"<w:tbl>{''.join(f'<w:tr>{line}</w:tr>' for line in each)}</w:tbl>" for each in (lines, form)
    )

    found = read("angebot.docx", docx(heading + tables))

    assert found.texts == [
        "Dach, Rinnen | Preis 980,00 €", "Dach, Ziegel | Preis 1.250,00 €", "Gesamt | Preis 2.230,00 €",
        "Kunde | Frau Meier", "Ort | Köln",
    ]  # fmt: skip
    assert {row.heading for row in found.rows} == {"Angebot"}
    assert [row.total for row in found.tables[0].rows] == [False, False, True]
    [passage] = found.passages
    for row in found.rows:
        start, end = row.locator.char_start, row.locator.char_end
        assert start is not None
        assert passage.locator.char_start is not None
        assert row.text.split(" | ")[-1].split()[-1] in passage.text[start - passage.locator.char_start : end]


def test_a_slides_table_has_the_slide_as_its_page(read) -> None:
    from pptx import Presentation
    from pptx.util import Inches

    deck = Presentation()
    deck.slides.add_slide(deck.slide_layouts[5])
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "Plan 2026"
    table = slide.shapes.add_table(3, 2, Inches(1), Inches(2), Inches(6), Inches(2)).table
    for row, texts in enumerate((("Team", "H1"), ("Sales", "12"), ("Tech", "8"))):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    out = io.BytesIO()
    deck.save(out)

    found = read("plan.pptx", out.getvalue())

    assert found.texts == ["Sales | H1 12", "Tech | H1 8"]
    assert {(row.heading, row.locator.page) for row in found.rows} == {("Plan 2026", 2)}
    assert found.rows[0].locator.char_start is not None


def test_a_pipe_table_keeps_its_words_and_their_places(read) -> None:
    text = (
        "# Roof\n\n## Prices\n\n| Item | Price (£) | Note |\n|---|---:|---|\n| **Gutters**, zinc | 980.00 | a \\| b |\n"
        "| Slates | 1,250.50 | [link](x.html) |\n\n```\n| a | b |\n|---|---|\n| 1 | 2 |\n```\n"
    )

    found = read("roof.md", text)

    [table] = found.tables
    assert found.texts == ["Gutters, zinc | Price (£) 980.00 | Note a | b", "Slates | Price (£) 1,250.50 | Note link"]
    assert found.rows[0].heading == "Roof > Prices"
    price = found.cell("Gutters, zinc", "Price (£)")
    assert text[price.locator.char_start : price.locator.char_end] == "980.00"
    assert (table.title, price.type, price.unit) == ("Prices", CellType.MONEY, "GBP")


def test_lines_with_pipes_are_no_table(read) -> None:
    assert read("note.md", "Home | Shop | About\n\nUse a | b or c.\n").tables == []


def test_a_quote_of_a_row_has_the_place_of_the_row(read) -> None:
    [row] = read("a.md", "| Item | Price |\n|---|---|\n| Gutters | 980.00 |\n").rows

    assert row.locate(0, 7) == row.locator


def test_rows_are_on_no_page_of_their_own(read) -> None:
    found = read("a.csv", "Item,Price\nGutters,980\nSlates,12\n")
    attachment = Attachment("0" * 64, "a.csv", "a.csv", "text/csv", Modality.TEXT, 1)

    pages = pages_of(attachment, [*found.passages, *found.rows])

    assert found.rows[0].kind is SegmentKind.ROW
    assert [page.segment_ids for page in pages] == [(passage.id,) for passage in found.passages]

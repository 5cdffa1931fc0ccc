"""Numbers come from cells, and the citation names them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import pytest

from mmchat.answering.draft import Draft
from mmchat.answering.markdown import plain
from mmchat.answering.tabular import MOST_ROWS, from_tables
from mmchat.answering.wording import wording
from mmchat.encoders.e5_small import QUERY, E5SmallEncoder
from mmchat.types import Cited, Grounding, TextDelta, Vectors
from tests.held_files import HeldFiles
from tests.tools.make_tables import make_table

pytestmark = pytest.mark.model

Embed = Callable[[Sequence[str]], Vectors]
COLUMNS = ["Date:date", "Category", "Amount:money:EUR"]
ROWS = [
    ["2025-02-03", "Travel", "80.00"],
    ["2025-02-20", "Office", "45.50"],
    ["2025-03-01", "Travel", "30.25"],
]


@pytest.fixture(scope="module")
def embed(models_dir: Path) -> Embed:
    encoder = E5SmallEncoder(models_dir, threads=2)
    return lambda texts: encoder.encode_texts(texts, QUERY)


@pytest.fixture
def files() -> HeldFiles:
    held = HeldFiles()
    held.hold_table(make_table("Purchases", COLUMNS, ROWS), "table.csv")
    return held


def computed(question: str, files: HeldFiles, embed: Embed, language: str = "en") -> Draft | None:
    return from_tables(question, language, files.context(), None, embed, wording(language), {})


def text_of(draft: Draft | None) -> str:
    assert draft is not None
    return plain("".join(piece.text for piece in draft.pieces if isinstance(piece, TextDelta)))


def cells(draft: Draft | None) -> list[str]:
    assert draft is not None
    return [piece.citation.locator.cell for piece in draft.pieces if isinstance(piece, Cited)]


def test_a_sum_says_its_value_first_and_names_the_cells_it_is_made_of(files: HeldFiles, embed: Embed) -> None:
    draft = computed("How much did we spend on travel in total?", files, embed)

    assert draft is not None and draft.grounding in (Grounding.ANSWERED, Grounding.LIKELY)
    assert "110.25 EUR" in text_of(draft).splitlines()[0]
    assert [cell.split(", ")[-1] for cell in cells(draft)] == ["C2", "C4"]


def test_the_same_sum_is_written_the_french_way(files: HeldFiles, embed: Embed) -> None:
    draft = computed("Combien avons-nous dépensé en Travel au total ?", files, embed, "fr")

    assert "110,25" in text_of(draft)


def test_a_single_cell_is_cited_alone(files: HeldFiles, embed: Embed) -> None:
    draft = computed("What was the amount for Office?", files, embed)

    assert "45.50" in text_of(draft)
    assert len(cells(draft)) == 1 and "C3" in cells(draft)[0]


@pytest.mark.parametrize(("question", "language"), [
    ("how much did we spend on rent this year", "en"),
    ("combien avons-nous dépensé pour Rent cette année ?", "fr"),
])  # fmt: skip
def test_this_year_is_every_month_of_a_table_that_names_no_year(question: str, language: str, embed: Embed) -> None:
    files = HeldFiles()
    columns = ["Month", "Rent:money:EUR", "Travel:money:EUR"]
    rows = [["January", "900.00", "20.00"], ["February", "910.00", "75.00"], ["March", "920.00", "10.00"]]
    files.hold_table(make_table("Budget", columns, rows), "table.csv")

    draft = computed(question, files, embed, language)

    assert "2,730" in text_of(draft).replace("2 730", "2,730").replace("2\u202f730", "2,730")
    assert len(cells(draft)) == 3


def test_last_year_is_the_rows_of_its_dates(embed: Embed) -> None:
    files = HeldFiles()
    last = datetime.now().astimezone().year - 1
    rows = [[f"{last - 1}-05-03", "Travel", "80.00"], [f"{last}-02-20", "Travel", "45.50"]]
    files.hold_table(make_table("Purchases", COLUMNS, rows), "table.csv")

    assert "45.50" in text_of(computed("what did we spend on travel last year", files, embed))


def test_many_rows_are_not_all_shown_as_proof(embed: Embed) -> None:
    files = HeldFiles()
    rows = [["2025-02-03", "Travel", f"{n}.00"] for n in range(1, MOST_ROWS + 4)]
    files.hold_table(make_table("Purchases", COLUMNS, rows), "table.csv")

    draft = computed("How much did we spend on travel in total?", files, embed)

    assert str(sum(range(1, MOST_ROWS + 4))) in text_of(draft)
    assert len(cells(draft)) == MOST_ROWS


def test_a_question_about_something_else_gets_no_number(files: HeldFiles, embed: Embed) -> None:
    draft = computed("Who repaired the boiler of my grandmother?", files, embed)

    assert draft is None or draft.grounding not in (Grounding.ANSWERED, Grounding.LIKELY)


def test_without_tables_nothing_is_computed(embed: Embed) -> None:
    files = HeldFiles()
    files.hold("note.txt", "We spent 80 euros on travel.")

    assert computed("How much did we spend on travel in total?", files, embed) is None

"""Questions over tables that were invented, by the bundled text encoder; each answer comes from cells."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

import pytest

from mmchat.encoders.e5_small import E5SmallEncoder
from mmchat.tools.query_table import answer_from_tables, query_table
from mmchat.tools.table_answer import TableAnswer, describe
from mmchat.tools.table_arguments import NotInTable, TableQuery
from mmchat.tools.table_engine import Operation
from mmchat.types import Table
from tests.tools.make_tables import make_table
from tests.tools.table_questions import ask

Ask = Callable[..., TableAnswer | None]

BUDGET = make_table(
    "Budget",
    ["Category", "January:money:EUR", "February:money:EUR", "March:money:EUR", "Total:money:EUR"],
    [
        ["Rent", "900", "900", "900", "2,700"],
        ["Groceries", "310.50", "295.00", "402.25", "1,007.75"],
        ["Travel", "40", "220", "65", "325"],
        ["=Total", "1,250.50", "1,415.00", "1,367.25", "4,032.75"],
    ],
    file="budget.xlsx",
)
PURCHASES = make_table(
    "Purchases",
    ["Date:date", "Category", "Description", "Amount:money:EUR"],
    [
        ["2025-02-03", "Travel", "Train", "80.00"],
        ["2025-02-20", "Office", "Desk lamp", "45.50"],
        ["2025-02-20", "Food", "Lunch", "120.00"],
        ["2025-03-01", "Travel", "Taxi", "30.00"],
    ],
    file="purchases.csv",
)


@pytest.fixture(scope="module")
def encoder(models_dir: Path) -> E5SmallEncoder:
    return E5SmallEncoder(models_dir, threads=2)


@pytest.fixture
def asked(encoder: E5SmallEncoder) -> Ask:
    def answer(question: str, *tables: Table, language: str = "en") -> TableAnswer | None:
        return answer_from_tables(question, language, tables, encoder.encode_texts)

    return answer


@pytest.mark.model
@pytest.mark.parametrize("part", ["first.json", "kept.json", "later.json"])
def test_most_questions_over_invented_tables_are_answered_right(encoder: E5SmallEncoder, part: str) -> None:
    counted = ask(part, encoder.encode_texts)

    asked_for = counted["right"] + counted["wrong"] + counted["none"]
    assert counted["right"] >= 0.75 * asked_for
    assert counted["wrong"] <= 0.16 * asked_for


@pytest.mark.model
def test_a_total_that_stands_in_the_table_is_taken_and_not_added_up_again(asked: Ask) -> None:
    answer = asked("how much did we spend on travel?", BUDGET)

    assert answer is not None
    assert (answer.operation, answer.value, answer.count) == (Operation.CELL, 325, 1)
    assert answer.cells[0].cell.locator.cell == "E4"


@pytest.mark.model
def test_a_sum_leaves_out_the_rows_that_sum_up_others(asked: Ask) -> None:
    answer = asked("what did rent and groceries cost from January to February?", BUDGET)

    assert answer is not None
    assert answer.value == pytest.approx(2405.5)
    assert not any(ref.row.total for ref in answer.cells)


@pytest.mark.model
def test_a_day_in_words_finds_the_rows_of_that_date(asked: Ask) -> None:
    answer = asked("what did we buy on 20 February?", PURCHASES)

    assert answer is not None and answer.operation is Operation.ROWS
    assert [row.index for row in answer.rows] == [1, 2]


@pytest.mark.model
def test_a_question_in_another_language_finds_the_column_and_the_row(asked: Ask) -> None:
    answer = asked("combien de loyer en février ?", BUDGET, language="fr")

    assert answer is not None and (answer.value, answer.cells[0].cell.locator.cell) == (900, "C2")


@pytest.mark.model
def test_nothing_is_answered_of_what_no_table_speaks_of(asked: Ask) -> None:
    assert asked("who painted the ceiling of the chapel?", BUDGET, PURCHASES) is None
    assert asked("what is Dmitri's salary?", BUDGET, PURCHASES) is None


@pytest.mark.model
def test_the_answer_of_another_table_is_told_as_well(asked: Ask) -> None:
    answer = asked("how much did we spend on travel?", BUDGET, PURCHASES)

    assert answer is not None and answer.other is not None
    assert {answer.value, answer.other.value} == {325, 110}


@pytest.mark.model
def test_the_line_that_describes_an_answer_says_what_was_done(asked: Ask) -> None:
    answer = asked("how much on groceries from January to March?", BUDGET)
    most = asked("in which month did we spend most on travel?", BUDGET)

    assert answer is not None and most is not None
    assert describe(answer, "en") == "Groceries, January to March: 1,007.75 EUR, from 3 cells"
    assert describe(most, "fr") == "Travel : February (220 EUR), le plus, d’après 3 cellules"


@pytest.mark.model
def test_no_table_and_empty_tables_are_no_answer(asked: Ask) -> None:
    assert asked("how much is the rent?") is None
    assert asked("how much is the rent?", Table("t", "a", 0, "", ("Rent",), ())) is None
    assert asked("", BUDGET) is None


class _Catalog:
    def tables(self, library: str, attachment_ids: Collection[str]) -> list[Table]:
        return [table for table in (BUDGET, PURCHASES) if table.attachment_id in attachment_ids]


NAMES = {BUDGET.attachment_id: "budget.xlsx", PURCHASES.attachment_id: "purchases.csv"}


def exact(**arguments: object) -> TableAnswer:
    return query_table(TableQuery.model_validate({"file": "purchases.csv", **arguments}), _Catalog(), "me", NAMES)


def test_exact_arguments_give_sums_of_the_rows_that_fulfil_them() -> None:
    where = [{"column": "Category", "value": "travel"}, {"column": "Date", "op": "during", "value": "February 2025"}]

    assert exact(operation="sum", columns=["Amount"], where=where).value == 80


def test_exact_arguments_give_every_group_with_its_sum() -> None:
    answer = exact(operation="sum", columns=["amount"], group_by="Category")

    assert answer.value_text == "Travel: 110.00 EUR; Office: 45.50 EUR; Food: 120.00 EUR"


def test_exact_arguments_group_dates_by_month() -> None:
    answer = exact(operation="most", columns=["Amount"], group_by="Date by month")

    assert (answer.value_text, answer.amount_text) == ("February 2025", "245.50 EUR")


def test_exact_arguments_sort_rows() -> None:
    where = [{"column": "Amount", "op": ">", "value": "40"}]

    rows = exact(where=where, order_by="-Amount").rows

    assert [row.index for row in rows] == [2, 0, 1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"file": "other.pdf"}, "other.pdf"),
        ({"operation": "sum", "columns": ["Weight"]}, "There are: Date, Category, Description, Amount"),
        ({"where": [{"column": "Category", "value": "Spaceships"}]}, "It says: Travel, Office, Food"),
        ({"where": [{"column": "Amount", "op": ">", "value": "a lot"}]}, "not a number"),
        ({"operation": "sum"}, "needs a column"),
    ],
)
def test_what_is_not_there_is_told_with_what_is(arguments: dict[str, object], said: str) -> None:
    with pytest.raises(NotInTable, match=said):
        exact(**arguments)

"""What came out of a table -> an answer: its words, its number, what it is of, and the cells it came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mmchat.tools.table_engine import BY_COLUMN, Operation, Outcome, Plan
from mmchat.tools.table_frame import TableFrame
from mmchat.tools.table_wording import label_of, sentence, unit_name, written
from mmchat.types import Cell, Row, Table


@dataclass(frozen=True, slots=True)
class CellRef:
    """A cell with the row and the table it stands in."""

    table: Table
    row: Row
    cell: Cell


@dataclass(frozen=True, slots=True)
class TableAnswer:
    """What a table says.

    Attributes:
        operation: what was done with the cells.
        value_text: the answer as a person reads it: a cell's own words, or a number written as the cells are.
        value: the number, where it is one.
        unit: of the number: "EUR", "%"; "" where the cells have none, or several.
        amount_text: what the winner that ``value_text`` names comes to; "" otherwise.
        label: what it is of: "Groceries, January to May".
        cells: those it came from, in the order of the table; the first 200.
        count: how many there were; of rows, how many rows.
        rows: those the cells stand in, or the rows picked.
        confidence: 0 to 1.
        table: where they stand.
        other: what the best other table says.
    """

    operation: Operation
    value_text: str
    value: float | None
    unit: str
    amount_text: str
    label: str
    cells: tuple[CellRef, ...]
    count: int
    rows: tuple[Row, ...]
    confidence: float
    table: Table
    other: TableAnswer | None = None


def describe(answer: TableAnswer, language: str) -> str:
    """A line that says the answer and what was done, in French or else English.

    "Groceries, January to May: 2,076.00 EUR, from 5 cells"; "Travel: May (310.00 EUR), the most, from 5 cells".
    """
    return sentence(answer.operation, answer.label, answer.value_text, answer.amount_text, answer.count, language)


def answer_of(
    frame: TableFrame, plan: Plan, outcome: Outcome, language: str, *, name: bool = False, confidence: float = 1.0
) -> TableAnswer:
    """Word an outcome.

    Args:
        frame: the table.
        plan: what was computed over it.
        outcome: what came out.
        language: ISO 639-1 code, for the way numbers are written.
        name: whether the most and the least are asked for by name ("which month"), not by amount.
        confidence: 0 to 1.
    """
    table, operation = frame.table, plan.operation
    refs = [CellRef(table, *found) for i, c in outcome.places if (found := frame.cell(i, c)) is not None]
    if operation is Operation.SUM and len(refs) == outcome.count == 1:
        operation = Operation.CELL
    value, unit, amount = outcome.value, _unit(refs, operation), ""
    if operation is Operation.CELL:
        text = "; ".join(dict.fromkeys(ref.cell.text for ref in refs))
        value = refs[0].cell.value if len(refs) == 1 else None
    elif operation is Operation.ROWS:
        text = "; ".join(row_text(table, table.rows[i]) for i in outcome.rows)
    else:
        cells = [ref.cell for ref in refs]
        amounts = [written(each, unit, cells, operation, language) for each in outcome.values or (value or 0.0,)]
        text = amounts[0]
        if outcome.values:
            names = (_group(frame, plan, each, language) for each in outcome.groups)
            text = "; ".join(f"{each}: {number}" for each, number in zip(names, amounts, strict=True))
        elif name:
            text, amount = _winner(frame, plan, outcome, language), amounts[0]
    rows = tuple(table.rows[i] for i in outcome.rows)
    label = label_of(frame, plan, language)
    return TableAnswer(operation, text, value, unit, amount, label, tuple(refs), outcome.count, rows, confidence, table)


def _winner(frame: TableFrame, plan: Plan, outcome: Outcome, language: str) -> str:
    if outcome.groups:
        return ", ".join(_group(frame, plan, each, language) for each in outcome.groups)
    return ", ".join(dict.fromkeys(row_name(frame, i) for i in outcome.rows))


def _group(frame: TableFrame, plan: Plan, key: str, language: str) -> str:
    if plan.group_by == BY_COLUMN:
        return frame.columns[int(key)].header
    return unit_name(key, plan.unit, language) if plan.unit else key or "–"


def row_name(frame: TableFrame, row: int) -> str:
    """What names a row: its header, else its cell in the column that names the rows."""
    found: Row = frame.table.rows[row]
    if frame.label is not None and (place := frame.cell(row, frame.label)) is not None:
        return place[1].text
    return found.header or next((cell.text for cell in found.cells), "")


def row_text(table: Table, row: Row) -> str:
    """A row to be read alone: "Gutters, zinc | Price: 980.00"."""
    return " | ".join(
        f"{table.columns[cell.column]}: {cell.text}" if table.columns[cell.column] else cell.text for cell in row.cells
    )


def _unit(refs: Sequence[CellRef], operation: Operation) -> str:
    if operation in (Operation.SHARE, Operation.COUNT):
        return "%" if operation is Operation.SHARE else ""
    units = {ref.cell.unit for ref in refs}
    return units.pop() if len(units) == 1 else ""

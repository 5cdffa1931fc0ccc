"""A question in words, and tables -> the answer computed from their cells, with the cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mmchat.tools.table_engine import BY_COLUMN, Engine, Operation, Outcome, Plan, adds_up
from mmchat.tools.table_frame import TableFrame, frames_of
from mmchat.tools.table_match import match
from mmchat.tools.table_meaning import Embed, Meaning, meaning_of
from mmchat.tools.table_plan import Scored, plans
from mmchat.tools.table_question import Question
from mmchat.tools.table_wording import label_of, unit_name, written
from mmchat.types import Cell, Row, Table

_FLOOR = 0.4
"""Answers less sure than this are none."""
_APART = 0.15
"""Of several tables that answer, the one whose title and headers are nearer to the question counts up to this more."""
_DESCRIBED = 200
_TRIED = 8
"""So many plans of a table are run before it is given up."""


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
        unit: of the number.
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
    label: str
    cells: tuple[CellRef, ...]
    count: int
    rows: tuple[Row, ...]
    confidence: float
    table: Table
    other: TableAnswer | None = None


def answer_from_tables(
    question: str,
    language: str,
    tables: Sequence[Table],
    embed: Embed,
    *,
    names: Mapping[str, str] | None = None,
    likely: Mapping[str, float] | None = None,
) -> TableAnswer | None:
    """Answer from the table that fits best.

    Args:
        question: as it was asked.
        language: its ISO 639-1 code.
        tables: those that may hold the answer.
        embed: short texts -> unit vectors of a multilingual text space.
        names: file names by attachment id; their words count as the table's title.
        likely: how likely each attachment is what is asked about, 0 to 1, where anything is known of it.

    Returns: the answer, with the best answer of another table; None where no table fits.
    """
    asked, meaning, named = Question(question, language), meaning_of(embed), names or {}
    probabilities = meaning.asked(asked.timeless)
    with Engine() as engine:
        found: list[tuple[float, TableFrame, Scored]] = []
        for frame in frames_of(tables):
            attachment = frame.table.attachment_id
            links = match(asked, frame, named.get(attachment, ""), meaning, engine)
            weight = 1.0 if likely is None else 0.8 + 0.2 * likely.get(attachment, 0.0)
            fitting = [each for each in plans(asked, frame, links, probabilities) if each.score >= _FLOOR]
            found += [(weight * each.score, frame, each) for each in fitting[:_TRIED]]
        answers = _answers(_nearer(asked, meaning, found, named), engine, language)
    return replace(answers[0], other=answers[1] if len(answers) > 1 else None) if answers else None


def _nearer(
    asked: Question, meaning: Meaning, found: list[tuple[float, TableFrame, Scored]], names: Mapping[str, str]
) -> list[tuple[float, TableFrame, Scored]]:
    """The surest first; of several tables, those that are nearer to the question as a whole count a little more."""
    tables = list({frame.table.id: frame.table for _, frame, _ in found}.values())
    fit = dict.fromkeys((table.id for table in tables), 1.0)
    if len(tables) > 1:
        near = meaning.nearness([asked.text], [_described(table, names) for table in tables])[0]
        fit = {table.id: 1 - min(_APART, float(near.max() - n)) for table, n in zip(tables, near, strict=True)}
    weighed = [(score * fit[frame.table.id], frame, scored) for score, frame, scored in found]
    return sorted(weighed, key=lambda each: -each[0])


def _answers(found: list[tuple[float, TableFrame, Scored]], engine: Engine, language: str) -> list[TableAnswer]:
    """The best answers of the two best tables."""
    answers: list[TableAnswer] = []
    for confidence, frame, scored in found:
        if any(frame.table is each.table for each in answers):
            continue
        if (done := _run(engine, frame, scored)) is not None:
            plan, outcome = done
            answer = _answer(frame, replace(scored, plan=plan), outcome, language)
            answers.append(replace(answer, confidence=min(1.0, confidence)))
            if len(answers) == 2:
                break
    return answers


def _described(table: Table, names: Mapping[str, str]) -> str:
    """A table in a few words, to be compared with a question."""
    name = names.get(table.attachment_id, "").rpartition(".")[0]
    return f"{table.title} {name}: {', '.join(table.columns)}"[:_DESCRIBED]


def _run(engine: Engine, frame: TableFrame, scored: Scored) -> tuple[Plan, Outcome] | None:
    """Run it; several cells of an amount are added up where they can be, and a total that stands there is taken."""
    plan = scored.plan
    if plan.operation in (Operation.CELL, Operation.SUM) and scored.asked in ("amount", "sum"):
        plan = _with_totals(frame, plan)
    outcome = engine.run(frame, plan)
    if outcome is None:
        return None
    if plan.operation is Operation.CELL and scored.asked == "amount" and outcome.count > 1:
        columns = [frame.columns[c] for c in plan.targets]
        if all(column.numeric and adds_up(column.type, column.unit) for column in columns):
            plan = replace(plan, operation=Operation.SUM)
            outcome = engine.run(frame, plan)
    return None if outcome is None else (plan, outcome)


def _with_totals(frame: TableFrame, plan: Plan) -> Plan:
    """The plan over the cells that already are the sum, where the table has them."""
    targets = plan.targets
    if frame.total_column is not None and set(targets) == set(frame.block):
        targets = (frame.total_column,)
    if not plan.where and not plan.totals and int(frame.totals.sum()) == 1 and len(targets) == 1:
        row = int(np.flatnonzero(frame.totals)[0])
        if frame.cell(row, targets[0]) is not None:
            return replace(plan, operation=Operation.CELL, targets=targets, totals=True)
    return replace(plan, targets=targets)


def _answer(frame: TableFrame, scored: Scored, outcome: Outcome, language: str) -> TableAnswer:
    table, plan = frame.table, scored.plan
    cells = []
    for i, c in outcome.places:
        if (found := frame.cell(i, c)) is not None:
            cells.append(CellRef(table, *found))
    value, unit, operation = outcome.value, "", plan.operation
    if operation is Operation.CELL or (operation is Operation.SUM and len(cells) == 1 == outcome.count):
        operation = Operation.CELL
        text = "; ".join(dict.fromkeys(ref.cell.text for ref in cells))
        value, unit = (cells[0].cell.value, cells[0].cell.unit) if len(cells) == 1 else (None, "")
    elif operation is Operation.ROWS:
        text = "; ".join(row_text(table, table.rows[i]) for i in outcome.rows)
    elif scored.asked in ("best", "worst"):
        text, unit = _winner(frame, plan, outcome, language), _unit(cells)
    else:
        unit = "%" if operation is Operation.SHARE else "" if operation is Operation.COUNT else _unit(cells)
        text = written(value or 0.0, unit, [ref.cell for ref in cells], operation, language)
    return TableAnswer(
        operation,
        text,
        value,
        unit,
        label_of(frame, scored, outcome, language),
        tuple(cells),
        outcome.count,
        tuple(table.rows[i] for i in outcome.rows),
        scored.score,
        table,
    )


def _winner(frame: TableFrame, plan: Plan, outcome: Outcome, language: str) -> str:
    if plan.group_by == BY_COLUMN:
        return ", ".join(frame.columns[int(c)].header for c in outcome.groups)
    if plan.unit:
        return ", ".join(unit_name(name, plan.unit, language) for name in outcome.groups)
    if outcome.groups:
        return ", ".join(outcome.groups)
    return ", ".join(dict.fromkeys(row_name(frame, i) for i in outcome.rows))


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


def _unit(cells: Sequence[CellRef]) -> str:
    units = {ref.cell.unit for ref in cells}
    return units.pop() if len(units) == 1 else ""

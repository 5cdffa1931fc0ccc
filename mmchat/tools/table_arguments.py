"""The arguments a language model gives to look into a table, and what they mean in a table that is at hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from mmchat.errors import MmchatError
from mmchat.perception.words import folded
from mmchat.tools.table_engine import BY_COLUMN, Comparison, Condition, Operation, Plan
from mmchat.tools.table_frame import TableFrame
from mmchat.tools.table_periods import periods, tokens
from mmchat.tools.table_question import number

_LIKE = 80.0
_EVERY_COLUMN = "columns"
_UNITS = ("day", "month", "quarter", "year", "weekday")


class NotInTable(MmchatError):
    """A file, column or value that was asked for is not there; the message says what is."""


class Where(BaseModel):
    """One condition on the rows."""

    model_config = ConfigDict(extra="forbid")

    column: str = Field(description="Header of the column.")
    op: Literal["=", "<", "<=", ">", ">=", "during"] = Field(
        "=", description='"=" for text, a comparison for numbers, "during" for a time in words, such as "March 2024".'
    )
    value: str = Field(description="Text, number or time to compare with.")


class TableQuery(BaseModel):
    """Get cells or rows of a table, or a figure computed from its cells. Rows that are totals are left out."""

    model_config = ConfigDict(extra="forbid")

    file: str = Field(description="Name of the file that holds the table.")
    table: str = Field("", description="Title or sheet, where the file has several tables.")
    operation: Operation = Field(
        Operation.ROWS,
        description="What to do with the cells; share is of these rows in all rows, difference of two groups.",
    )
    columns: tuple[str, ...] = Field((), description="Headers of the columns whose cells are used; none for rows.")
    where: tuple[Where, ...] = Field((), description="Conditions that all must hold.")
    group_by: str = Field(
        "",
        description='Header of a column whose equal cells make a group, or "columns" for one group per column. Dates '
        'may be grouped by a unit: "Date by month".',
    )
    order_by: str = Field(
        "", description='For rows: header of a column to sort by; "-" in front for the greatest first.'
    )


def planned(query: TableQuery, frame: TableFrame) -> Plan:
    """What the arguments ask of a table.

    Raises:
        NotInTable: a column or a text is not there.
    """
    targets = tuple(_column(frame, each) for each in query.columns)
    if not targets and query.operation not in (Operation.ROWS, Operation.COUNT):
        raise NotInTable(f"{query.operation} needs a column: {_listed(frame.table.columns)}.")
    group, _, unit = query.group_by.partition(" by ")
    if unit and unit not in _UNITS:
        group, unit = query.group_by, ""
    by = None if not group else BY_COLUMN if group == _EVERY_COLUMN else _column(frame, group)
    where = tuple(_condition(frame, each) for each in query.where)
    order = (_column(frame, query.order_by.lstrip("-")), query.order_by.startswith("-")) if query.order_by else None
    return Plan(query.operation, targets, where, by, unit, order_by=order)


def like(wanted: str, known: Sequence[str]) -> int | None:
    """The index of the text that is meant: the same but for case and accents, else the most alike, or None."""
    from rapidfuzz import fuzz, process

    plain = [folded(each) for each in known]
    if folded(wanted) in plain:
        return plain.index(folded(wanted))
    found = process.extractOne(folded(wanted), plain, scorer=fuzz.ratio, score_cutoff=_LIKE)
    return None if found is None else found[2]


def _column(frame: TableFrame, header: str) -> int:
    found = like(header, frame.table.columns)
    if found is None:
        raise NotInTable(f'No column is called "{header}". There are: {_listed(frame.table.columns)}.')
    return found


def _condition(frame: TableFrame, where: Where) -> Condition:
    column = frame.columns[_column(frame, where.column)]
    if where.op == "during":
        found = periods(where.value, tokens(where.value))
        if not found or column.index not in frame.dates:
            raise NotInTable(f'"{where.value}" is no time, or "{column.header}" holds no dates.')
        return Condition(column.index, "during", found[0])
    if where.op == "=":
        texts = list(column.distinct)
        best = like(where.value, texts)
        if best is None:
            raise NotInTable(f'"{column.header}" nowhere says "{where.value}". It says: {_listed(texts)}.')
        return Condition(column.index, "in", tuple(text for text in texts if folded(text) == folded(texts[best])))
    comparison: Comparison = where.op
    try:
        return Condition(column.index, comparison, number(where.value))
    except ValueError as error:
        raise NotInTable(f'"{where.value}" is not a number to compare with.') from error


def _listed(texts: Sequence[str], most: int = 20) -> str:
    return ", ".join(texts[:most]) + (", ..." if len(texts) > most else "")

"""A plan over one table -> what it comes to, and the cells it came from. DuckDB computes; it sees these cells alone.

Each question has a connection of its own, in memory. It can open no file, load no extension and reach no network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, Self

from mmchat.tools.table_frame import TableFrame
from mmchat.tools.table_periods import Period

MOST_CELLS = 200
"""So many of the cells an answer came from are named; how many there were is said."""
BY_COLUMN = -1
"""As :attr:`Plan.group_by`: each target column is a group of its own."""
_CONFIG: dict[str, Any] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
    "lock_configuration": "true",
    "threads": "1",
}

_UNITS = {
    "day": "strftime({day}, '%Y-%m-%d')",
    "month": "strftime({day}, '%Y-%m')",
    "quarter": "strftime({day}, '%Y') || ' Q' || quarter({day})",
    "year": "strftime({day}, '%Y')",
    "weekday": "isodow({day})::VARCHAR",
}


class Operation(StrEnum):
    """What is done with the cells that were picked."""

    CELL = "cell"
    ROWS = "rows"
    SUM = "sum"
    MEAN = "mean"
    MOST = "most"
    LEAST = "least"
    COUNT = "count"
    SHARE = "share"
    DIFFERENCE = "difference"


Comparison = Literal["in", "<", "<=", ">", ">=", "during"]


@dataclass(frozen=True, slots=True)
class Condition:
    """What a row's cell in ``column`` must be: one of some texts, less or more than a number, within a period."""

    column: int
    comparison: Comparison
    value: tuple[str, ...] | float | Period


@dataclass(frozen=True, slots=True)
class Plan:
    """What to compute.

    Attributes:
        targets: the columns whose cells are used.
        where: what rows must fulfil, all of it.
        group_by: a column whose like cells make a group, :data:`BY_COLUMN`, or None.
        unit: of a column of dates that is grouped by, the calendar unit: weekday, day, month, quarter, year.
        whole: of a share, what the rows of the whole must fulfil.
        totals: whether the rows that sum up others are used instead of the others.
    """

    operation: Operation
    targets: tuple[int, ...] = ()
    where: tuple[Condition, ...] = ()
    group_by: int | None = None
    unit: str = ""
    whole: tuple[Condition, ...] = ()
    totals: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out.

    Attributes:
        value: the number, where there is one.
        groups: the text of the groups that won, or that were compared.
        places: (row, column) of the cells it came from, at most :data:`MOST_CELLS`.
        rows: the rows picked, at most as many.
        count: how many cells, or rows where there are no target columns, there were.
    """

    value: float | None
    groups: tuple[str, ...]
    places: tuple[tuple[int, int], ...]
    rows: tuple[int, ...]
    count: int


class Engine:
    """A connection of its own; close it, or use it in ``with``."""

    def __init__(self) -> None:
        import duckdb

        self._connection = duckdb.connect(":memory:", config=_CONFIG)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def run(self, frame: TableFrame, plan: Plan) -> Outcome | None:
        """Compute; None where no cell fulfils the conditions, or a share or difference has nothing to be of."""
        self._connection.register("cells", _arrays(frame, plan))
        return _Run(self._connection, frame, plan).outcome()

    def containing(self, frame: TableFrame, column: int, parts: Sequence[str], most: int) -> list[str]:
        """The distinct texts of a column that hold one of these parts, whatever case and accents, at most ``most``.

        Those that hold more of them come first, then the shorter.
        """
        if not parts:
            return []
        self._connection.register("cells", {"c": frame.columns[column].texts})
        held = " + ".join("contains(f, ?)::INT" for _ in parts)
        rows = self._connection.execute(
            "SELECT c FROM (SELECT c, strip_accents(lower(c)) AS f FROM (SELECT DISTINCT c FROM cells)) "
            f"WHERE {held} > 0 ORDER BY {held} DESC, length(c), c LIMIT {most}",
            [*parts, *parts],
        ).fetchall()
        return [row[0] for row in rows]


def _arrays(frame: TableFrame, plan: Plan) -> dict[str, Any]:
    import numpy as np

    used = {*plan.targets, *(each.column for each in (*plan.where, *plan.whole))}
    if plan.group_by is not None and plan.group_by != BY_COLUMN:
        used.add(plan.group_by)
    arrays: dict[str, Any] = {"i": np.arange(len(frame.totals)), "total": frame.totals}
    for c in used:
        arrays[f"c{c}"], arrays[f"v{c}"] = frame.columns[c].texts, frame.columns[c].values
    return arrays


class _Run:
    def __init__(self, connection: Any, frame: TableFrame, plan: Plan) -> None:
        self._connection, self._frame, self._plan = connection, frame, plan
        self._words = frame.columns[plan.targets[0]].numeric is False if plan.targets else False

    def outcome(self) -> Outcome | None:
        plan = self._plan
        match plan.operation:
            case Operation.ROWS | Operation.COUNT:
                return self._rows()
            case Operation.CELL:
                places, count = self._places(plan.where)
                return self._of(None, (), places, count) if places else None
            case Operation.MOST | Operation.LEAST:
                return self._extreme()
            case Operation.DIFFERENCE:
                return self._difference()
        value, count = self._one(plan.where, "avg(v)" if plan.operation is Operation.MEAN else "fsum(v)")
        if not count:
            return None
        if plan.operation is Operation.SHARE:
            whole, _ = self._one(plan.whole, "fsum(v)")
            if not whole:
                return None
            value = 100 * value / whole
        places, _ = self._places(plan.where)
        return self._of(value, (), places, count)

    def _rows(self) -> Outcome | None:
        where, values = self._where(self._plan.where)
        total = self._ask(f"SELECT count(*) FROM cells WHERE {where}", values)[0][0]
        found = self._ask(f"SELECT i FROM cells WHERE {where} ORDER BY i LIMIT {MOST_CELLS}", values)
        if not total and self._plan.operation is Operation.ROWS:
            return None
        value = float(total) if self._plan.operation is Operation.COUNT else None
        return Outcome(value, (), (), tuple(row[0] for row in found), total)

    def _extreme(self) -> Outcome | None:
        order = "DESC" if self._plan.operation is Operation.MOST else "ASC"
        picked, values = self._picked(self._plan.where)
        if self._plan.group_by is None:
            best = f"SELECT i, c, v FROM ({picked}) QUALIFY rank() OVER (ORDER BY v {order}) = 1 ORDER BY i, c LIMIT 5"
            found = self._ask(best, values)
            count = self._ask(f"SELECT count(*) FROM ({picked})", values)[0][0]
            return self._of(found[0][2], (), [(i, c) for i, c, _ in found], count) if found else None
        groups = self._groups(order)
        if len(groups) < 2:
            return None
        best_groups = [name for name, value, _ in groups if value == groups[0][1]]
        places = self._group_places(best_groups)
        return self._of(groups[0][1], tuple(map(str, best_groups)), places, sum(count for *_, count in groups))

    def _difference(self) -> Outcome | None:
        groups = self._groups("DESC")
        if len(groups) != 2:
            return None
        names = [name for name, *_ in groups]
        value = groups[0][1] - groups[1][1]
        return self._of(value, tuple(map(str, names)), self._group_places(names), sum(count for *_, count in groups))

    def _groups(self, order: str) -> list[tuple[Any, float, int]]:
        """(name, value, number of cells) of each group; amounts that do not add up are represented by their best."""
        picked, values = self._picked(self._plan.where)
        column = self._frame.columns[self._plan.targets[0]]
        extreme = "max(v)" if order == "DESC" else "min(v)"
        value = "fsum(v)" if adds_up(column.type, column.unit) else extreme
        return self._ask(f"SELECT g, {value} AS s, count(*) FROM ({picked}) GROUP BY g ORDER BY s {order}, g", values)

    def _group_places(self, names: list[Any]) -> list[tuple[int, int]]:
        picked, values = self._picked(self._plan.where)
        marks = ", ".join("?" for _ in names)
        sql = f"SELECT i, c FROM ({picked}) WHERE g IN ({marks}) ORDER BY i, c LIMIT {MOST_CELLS}"
        return [(i, c) for i, c in self._ask(sql, values + names)]

    def _one(self, conditions: tuple[Condition, ...], value: str) -> tuple[float, int]:
        picked, values = self._picked(conditions)
        found = self._ask(f"SELECT {value}, count(*) FROM ({picked})", values)[0]
        return found[0] or 0.0, found[1]

    def _places(self, conditions: tuple[Condition, ...]) -> tuple[list[tuple[int, int]], int]:
        picked, values = self._picked(conditions)
        count = self._ask(f"SELECT count(*) FROM ({picked})", values)[0][0]
        found = self._ask(f"SELECT i, c FROM ({picked}) ORDER BY i, c LIMIT {MOST_CELLS}", values)
        return [(i, c) for i, c in found], count

    def _picked(self, conditions: tuple[Condition, ...]) -> tuple[str, list[Any]]:
        """A query of the cells, one a row: i, c, v, and g, the group."""
        where, values = self._where(conditions)
        by = self._plan.group_by
        parts, all_values = [], []
        for c in self._plan.targets:
            group = "NULL" if by is None else str(c) if by == BY_COLUMN else f"c{by}"
            if by not in (None, BY_COLUMN) and self._plan.unit:
                group = _UNITS[self._plan.unit].format(day=_day(by))
            said = f"c{c} IS NOT NULL" if self._plan.operation is Operation.CELL else f"NOT isnan(v{c})"
            grouped = f" AND {group} IS NOT NULL" if by is not None else ""
            parts.append(f"SELECT i, {c} AS c, v{c} AS v, {group} AS g FROM cells WHERE {where} AND {said}{grouped}")
            all_values += values
        return " UNION ALL ".join(parts), all_values

    def _where(self, conditions: tuple[Condition, ...]) -> tuple[str, list[Any]]:
        parts, values = ["total" if self._plan.totals else "NOT total"], []
        for each in conditions:
            if isinstance(each.value, Period):
                sql, more = _during(each.column, each.value)
            elif isinstance(each.value, tuple):
                sql, more = f"c{each.column} IN ({', '.join('?' for _ in each.value)})", list(each.value)
            else:
                sql, more = f"NOT isnan(v{each.column}) AND v{each.column} {each.comparison} ?", [each.value]
            parts.append(sql)
            values += more
        return " AND ".join(f"({part})" for part in parts), values

    def _ask(self, sql: str, values: list[Any]) -> list[Any]:
        found: list[Any] = self._connection.execute(sql, values).fetchall()
        return found

    def _of(self, value: float | None, groups: tuple[str, ...], places: list[tuple[int, int]], count: int) -> Outcome:
        rows = tuple(dict.fromkeys(i for i, _ in places))
        return Outcome(value, groups, tuple(places), rows, count)


def adds_up(type_: str, unit: str) -> bool:
    """Whether a sum of such amounts means anything: one of percentages or of degrees does not."""
    return type_ != "percent" and not unit.startswith(("°", "%"))


def _day(column: int) -> str:
    return f"(DATE '0001-01-01' + (CASE WHEN isnan(v{column}) THEN NULL ELSE floor(v{column}) END - 1)::INT)"


def _during(column: int, period: Period) -> tuple[str, list[Any]]:
    day = _day(column)
    if period.weekday is not None:
        return f"isodow({day}) = ?", [period.weekday]
    if (span := period.ordinals()) is not None:
        return f"NOT isnan(v{column}) AND floor(v{column}) BETWEEN ? AND ?", list(span)
    (_, m0, d0), (_, m1, d1) = period.bounds(with_year=False)
    return f"month({day}) * 100 + day({day}) BETWEEN ? AND ?", [m0 * 100 + d0, m1 * 100 + d1]

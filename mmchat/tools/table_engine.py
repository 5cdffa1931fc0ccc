"""A plan over one table -> what it comes to, and the cells it came from. DuckDB computes; it sees these cells alone.

Each question has a connection of its own, in memory. It can open no file, load no extension and reach no network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, Literal, Self

from mmchat.tools.table_frame import TableFrame
from mmchat.tools.table_periods import Period
from mmchat.types import CellType

MOST_CELLS = 200
"""So many of the cells an answer came from are named; how many there were is said."""
BY_COLUMN = -1
"""As :attr:`Plan.group_by`: each target column is a group of its own."""
BY_UNIT = -2
"""As :attr:`Plan.group_by`: each unit is a group of its own, for euros and dollars do not add up."""
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
_VALUES: dict[str, str] = {"mean": "avg(v)", "count": "count(v)"}


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
        group_by: a column whose like cells make a group, :data:`BY_COLUMN`, :data:`BY_UNIT`, or None.
        unit: of a column of dates that is grouped by, the calendar unit: weekday, day, month, quarter, year.
        whole: of a share, what the rows of the whole must fulfil.
        totals: whether the rows that sum up others are used instead of the others.
        order_by: of rows, a column, and whether the greatest come first.
    """

    operation: Operation
    targets: tuple[int, ...] = ()
    where: tuple[Condition, ...] = ()
    group_by: int | None = None
    unit: str = ""
    whole: tuple[Condition, ...] = ()
    totals: bool = False
    order_by: tuple[int, bool] | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out.

    Attributes:
        value: the number, where there is one.
        groups: the names of the groups: those that won, those that were compared, or all.
        values: the value of each, where all are given.
        places: (row, column) of the cells it came from, at most :data:`MOST_CELLS`.
        rows: the rows picked, at most as many.
        count: how many cells, or rows where there are no target columns, there were.
    """

    value: float | None
    groups: tuple[str, ...]
    values: tuple[float, ...]
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
        mixed = any(frame.columns[c].units is not None for c in plan.targets)
        if mixed and plan.group_by is None and plan.operation in (Operation.SUM, Operation.MEAN):
            plan = replace(plan, group_by=BY_UNIT)
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
    if plan.group_by is not None and plan.group_by >= 0:
        used.add(plan.group_by)
    if plan.order_by is not None:
        used.add(plan.order_by[0])
    arrays: dict[str, Any] = {"i": np.arange(len(frame.totals)), "total": frame.totals}
    for c in used:
        arrays[f"c{c}"], arrays[f"v{c}"] = frame.columns[c].texts, frame.columns[c].values
        if plan.group_by == BY_UNIT:
            units = frame.columns[c].units
            arrays[f"u{c}"] = np.full(len(frame.totals), frame.columns[c].unit, object) if units is None else units
    return arrays


class _Run:
    """One plan. Its cells are laid in ``picked``, one a row: i, c, v, and g, the group."""

    def __init__(self, connection: Any, frame: TableFrame, plan: Plan) -> None:
        self._connection, self._frame, self._plan = connection, frame, plan

    def outcome(self) -> Outcome | None:
        plan = self._plan
        if plan.operation is Operation.ROWS or not plan.targets:
            return self._rows()
        self._pick(plan.where)
        count = self._ask("SELECT count(*) FROM picked")[0][0]
        if not count:
            return None
        of_days = any(self._frame.columns[c].type is CellType.DATE for c in plan.targets)
        if of_days and plan.operation in (Operation.SUM, Operation.MEAN, Operation.SHARE):
            return None
        match plan.operation:
            case Operation.MOST | Operation.LEAST:
                return self._extreme(count)
            case Operation.DIFFERENCE:
                return self._difference(count)
            case Operation.CELL:
                return self._of(None, count)
        if plan.group_by is not None and plan.operation is not Operation.SHARE:
            groups = self._groups()
            if plan.group_by == BY_UNIT and len(groups) == 1:
                return self._of(next(iter(groups.values())), count)
            return self._of(None, count, tuple(groups), tuple(groups.values()))
        if plan.operation is Operation.SHARE:
            return self._share(count)
        value = self._ask(f"SELECT {_VALUES.get(plan.operation, 'fsum(v)')} FROM picked")[0][0]
        return self._of(value, count)

    def _share(self, count: int) -> Outcome | None:
        """Of the whole, in percent: of what was picked, or of each of its groups."""
        parts = (
            self._groups() if self._plan.group_by is not None else {"": self._ask("SELECT fsum(v) FROM picked")[0][0]}
        )
        places = self._places()
        self._pick(self._plan.whole)
        whole = self._ask("SELECT fsum(v) FROM picked")[0][0]
        if not whole:
            return None
        shares = {name: 100 * value / whole for name, value in parts.items()}
        if self._plan.group_by is None:
            return self._of(shares[""], count, places=places)
        return self._of(None, count, tuple(shares), tuple(shares.values()), places)

    def _rows(self) -> Outcome | None:
        where, values = self._where(self._plan.where)
        order = "i"
        if self._plan.order_by is not None:
            c, falling = self._plan.order_by
            order = f"v{c} {'DESC' if falling else 'ASC'} NULLS LAST, c{c}, i"
        found = self._ask(
            f"SELECT i, count(*) OVER () FROM cells WHERE {where} ORDER BY {order} LIMIT {MOST_CELLS}", values
        )
        count = found[0][1] if found else 0
        if self._plan.operation is Operation.COUNT:
            return Outcome(float(count), (), (), (), tuple(i for i, _ in found), count)
        return Outcome(None, (), (), (), tuple(i for i, _ in found), count) if found else None

    def _extreme(self, count: int) -> Outcome | None:
        falling = self._plan.operation is Operation.MOST
        if self._plan.group_by is None:
            value = self._ask(f"SELECT {'max' if falling else 'min'}(v) FROM picked")[0][0]
            return self._of(value, count, places=self._places("v = ?", [value]))
        groups = self._groups()
        if len(groups) < 2:
            return None
        value = max(groups.values()) if falling else min(groups.values())
        best = [name for name, each in groups.items() if each == value]
        return self._of(value, count, tuple(best), places=self._of_groups(best))

    def _difference(self, count: int) -> Outcome | None:
        groups = self._groups()
        if len(groups) != 2:
            return None
        one, other = groups.values()
        return self._of(abs(one - other), count, tuple(groups))

    def _groups(self) -> dict[str, float]:
        """Name of each group -> its value; amounts that do not add up are represented by their best."""
        column = self._frame.columns[self._plan.targets[0]]
        value = _VALUES.get(self._plan.operation, "fsum(v)")
        if value == "fsum(v)" and not adds_up(column.type, column.unit):
            value = "min(v)" if self._plan.operation is Operation.LEAST else "max(v)"
        found = self._ask(f"SELECT g, {value} FROM picked GROUP BY g ORDER BY min(i), min(c)")
        return dict(found)

    def _of_groups(self, names: list[str]) -> list[tuple[int, int]]:
        return self._places(f"g IN ({', '.join('?' for _ in names)})", names)

    def _places(self, where: str = "true", values: Sequence[Any] = ()) -> list[tuple[int, int]]:
        return self._ask(f"SELECT i, c FROM picked WHERE {where} ORDER BY i, c LIMIT {MOST_CELLS}", values)

    def _pick(self, conditions: tuple[Condition, ...]) -> None:
        where, values = self._where(conditions)
        by, parts, all_values = self._plan.group_by, [], []
        for c in self._plan.targets:
            group = {None: "NULL", BY_COLUMN: f"'{c}'", BY_UNIT: f"u{c}"}.get(by, f"c{by}")
            if by is not None and by >= 0 and self._plan.unit:
                group = _UNITS[self._plan.unit].format(day=_day(by))
            said = f"c{c} IS NOT NULL" if self._plan.operation is Operation.CELL else f"NOT isnan(v{c})"
            grouped = f" AND {group} IS NOT NULL" if by is not None else ""
            parts.append(f"SELECT i, {c} AS c, v{c} AS v, {group} AS g FROM cells WHERE {where} AND {said}{grouped}")
            all_values += values
        self._ask(f"CREATE OR REPLACE TEMP TABLE picked AS {' UNION ALL '.join(parts)}", all_values)

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

    def _ask(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        found: list[Any] = self._connection.execute(sql, list(values)).fetchall()
        return found

    def _of(
        self,
        value: float | None,
        count: int,
        groups: tuple[str, ...] = (),
        values: tuple[float, ...] = (),
        places: list[tuple[int, int]] | None = None,
    ) -> Outcome:
        found = self._places() if places is None else places
        return Outcome(value, groups, values, tuple(found), tuple(dict.fromkeys(i for i, _ in found)), count)


def adds_up(type_: str, unit: str) -> bool:
    """Whether a sum of such amounts means anything: one of percentages, of days or of degrees does not."""
    return type_ not in ("percent", "date") and not unit.startswith(("°", "%"))


def _day(column: int) -> str:
    """The day that a cell says; NULL where its value is no day, as a long number among dates is."""
    day = f"CASE WHEN v{column} BETWEEN 1 AND {date.max.toordinal()} THEN floor(v{column}) END"
    return f"(DATE '0001-01-01' + ({day} - 1)::INT)"


def _during(column: int, period: Period) -> tuple[str, list[Any]]:
    day = _day(column)
    if period.weekday is not None:
        return f"isodow({day}) = ?", [period.weekday]
    if (span := period.ordinals()) is not None:
        return f"NOT isnan(v{column}) AND floor(v{column}) BETWEEN ? AND ?", list(span)
    (_, m0, d0), (_, m1, d1) = period.bounds(with_year=False)
    return f"month({day}) * 100 + day({day}) BETWEEN ? AND ?", [m0 * 100 + d0, m1 * 100 + d1]

"""What a question's words name in a table, and what the question asks to be done -> plans, each with how well it fits.

A plan is worth the words it accounts for, times how likely what it does was asked. Which columns, which rows and which
operation go together follows from the table: an amount of one row and one column is a cell, of several rows their sum.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from mmchat.tools.table_engine import BY_COLUMN, Condition, Operation, Plan
from mmchat.tools.table_frame import TableFrame
from mmchat.tools.table_match import Link, Links
from mmchat.tools.table_periods import Period, header_period
from mmchat.tools.table_question import Question
from mmchat.types import CellType

_OPERATION: dict[str, Operation] = {
    "amount": Operation.CELL,
    "date": Operation.CELL,
    "name": Operation.CELL,
    "rows": Operation.ROWS,
    "sum": Operation.SUM,
    "mean": Operation.MEAN,
    "highest": Operation.MOST,
    "lowest": Operation.LEAST,
    "best": Operation.MOST,
    "worst": Operation.LEAST,
    "count": Operation.COUNT,
    "share": Operation.SHARE,
    "difference": Operation.DIFFERENCE,
}
_UNLIKELY = 0.03
"""What is asked with less probability than this is not tried."""
_COST = 0.04
"""Of each condition and each column that no word names: of two plans that account for the same, the plainer counts."""
_PERIOD_ROWS = 400
_SURE = 0.8
_PASSED_OVER = 0.4
"""How much of a word the title accounts for, where a header or a cell that the plan leaves out says it too."""
_SELDOM = 0.35
_COMPARED = 0.1
_WHOLE = 0.85
"""Only texts that are named whole, or nearly, are taken together."""
_NOTHING_NAMED = 0.6
"""What is accounted for where all words are of the asking: "what was the most expensive?"."""
_SEVERITY = 1.3
"""Above 1: a word that nothing in the table accounts for weighs more than its share."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A plan with its worth, 0 to 1, what it answers, and the links and periods it rests on."""

    plan: Plan
    score: float
    asked: str
    links: tuple[Link, ...]
    periods: tuple[Period, ...]


@dataclass(frozen=True, slots=True)
class _Rows:
    """Which rows: the conditions, and what in the question says them."""

    where: tuple[Condition, ...]
    links: tuple[Link, ...]
    timed: bool
    totals: bool = False
    said: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class _Targets:
    """Which columns, what in the question says them, and whether any word does."""

    columns: tuple[int, ...]
    links: tuple[Link, ...] = ()
    timed: bool = False

    @property
    def guessed(self) -> bool:
        return not self.links and not self.timed


def plans(question: Question, frame: TableFrame, links: Links, asked: dict[str, float]) -> list[Scored]:
    """The plans that fit, best first."""
    return sorted(_Planner(question, frame, links, asked).all(), key=lambda each: -each.score)


class _Planner:
    def __init__(self, question: Question, frame: TableFrame, links: Links, asked: dict[str, float]) -> None:
        self._question, self._frame, self._links, self._asked = question, frame, links, asked
        self._likeliest = max(asked.values())
        inside = [link for link in (*links.columns, *links.values) if link.strength > _WHOLE]
        self._inside = {i for link in inside for i in link.tokens}

    def all(self) -> Iterator[Scored]:
        for rows in self._rows():
            for asked, probability in self._asked.items():
                if probability >= _UNLIKELY:
                    for targets in self._targets(asked, rows):
                        for plan, fit, axis in self._built(asked, rows, targets):
                            yield self._scored(plan, asked, probability * fit, rows, targets, axis)

    def _rows(self) -> list[_Rows]:
        """The ways to pick rows that the words allow, none among them."""
        ways: list[tuple[Link, ...]] = [()]
        chosen: list[Link] = []
        for link in self._links.values:
            overlapped = any(link.tokens & other.tokens and link.column != other.column for other in chosen)
            same = [other for other in chosen if other.column == link.column]
            either = all(each.strength > _WHOLE for each in (link, *same))  # "Lisbon and Oslo"
            if overlapped or (same and not either) or any(other.tokens & link.tokens for other in same):
                ways.append((link,))
                continue
            chosen.append(link)
        ways += [tuple(chosen), tuple(link for link in chosen if link.strength > 0.7)]
        ways += [(link,) for link in chosen]
        found: list[_Rows] = []
        for way in dict.fromkeys(ways):
            for timed in (self._timed_rows(), ()) if self._question.periods else ((),):
                found += self._conditions(way, timed)
        return list(dict.fromkeys(found))

    def _conditions(self, way: tuple[Link, ...], timed: tuple[Condition, ...]) -> Iterator[_Rows]:
        by_column: dict[int, list[str]] = {}
        for link in way:
            by_column.setdefault(link.column, []).extend(link.texts)
        where = tuple(Condition(c, "in", tuple(dict.fromkeys(texts))) for c, texts in by_column.items())
        bounds, said = self._bounds()
        of_totals = self._only_in_totals(by_column)
        yield _Rows(where + timed + bounds, way, bool(timed), of_totals, said)

    def _only_in_totals(self, by_column: dict[int, list[str]]) -> bool:
        totals = self._frame.totals
        if not by_column or not totals.any():
            return False
        return all(
            not any(text in set(self._frame.columns[c].texts[~totals].tolist()) for text in texts)
            for c, texts in by_column.items()
        )

    def _timed_rows(self) -> tuple[Condition, ...]:
        """What the periods ask of the rows: of their dates, or of cells that name a period themselves."""
        frame, periods = self._frame, self._question.periods
        if frame.dates:
            linked = [link.column for link in self._links.columns if link.column in frame.dates]
            column = next(iter(linked), frame.dates[0])
            return (Condition(column, "during", periods[0]),)
        found = []
        for c in frame.texts:
            distinct = frame.columns[c].distinct
            if len(distinct) > _PERIOD_ROWS:
                continue
            named = {text: said for text in distinct if (said := header_period(text)) and not said[1]}
            held = tuple(text for text, (period, _) in named.items() if any(p.holds(period) for p in periods))
            if held:
                found.append(Condition(c, "in", held))
        return tuple(found[:1])

    def _bounds(self) -> tuple[tuple[Condition, ...], frozenset[int]]:
        """For "more than 100": the column of amounts that is named nearest, or else the likeliest one."""
        conditions, said = [], frozenset[int]()
        for bound in self._question.bounds:
            near = [link for link in self._links.columns if link.column in self._frame.numeric]
            near.sort(key=lambda link: min(abs(i - j) for i in link.tokens for j in bound.tokens) - link.strength)
            column = near[0].column if near else self._measure()
            if column is not None:
                conditions.append(Condition(column, bound.comparison, bound.value))
                said |= bound.tokens | (near[0].tokens if near else frozenset())
        return tuple(conditions), said

    def _measure(self) -> int | None:
        """The column of amounts that is meant where none is named: the total, else the last of money, else the last."""
        frame = self._frame
        numeric = [c for c in frame.numeric if c != frame.rank]
        if frame.total_column is not None:
            return frame.total_column
        money = [c for c in numeric if frame.columns[c].type is CellType.MONEY]
        return next(iter(money[-1:] or numeric[-1:]), None)

    def _timed_columns(self) -> tuple[int, ...]:
        periods = self._question.periods
        return tuple(
            c
            for c in self._frame.numeric
            if (named := self._frame.columns[c].period) is not None and any(p.holds(named[0]) for p in periods)
        )

    def _targets(self, asked: str, rows: _Rows) -> list[_Targets]:
        """The columns that may be meant, by what is asked."""
        frame = self._frame
        if asked in ("rows", "count"):
            return [_Targets(())]
        wanted = frame.numeric
        if asked == "date":
            wanted = tuple(c for c in range(len(frame.columns)) if not frame.columns[c].numeric)
        elif asked == "name":
            wanted = frame.texts
        elif asked == "amount":
            wanted = tuple(c for c in range(len(frame.columns)) if c in frame.numeric or self._says_numbers(c))
        elif asked in ("best", "worst"):
            wanted = frame.numeric + frame.dates
        filtered = {each.column for each in rows.where if each.comparison == "in"}
        linked = [link for link in self._links.columns if link.column in wanted and link.column not in filtered]
        timed = self._timed_columns()
        if timed and not rows.timed:
            inside = [link for link in linked if link.column in timed]
            named = tuple(dict.fromkeys(link.column for link in inside))
            return [_Targets(named or timed, tuple(inside), timed=True)]
        found = [_Targets((link.column,), (link,)) for link in linked[:4]]
        return found + [_Targets(columns) for columns in self._guessed(asked, filtered) if columns]

    def _says_numbers(self, column: int) -> bool:
        """Whether most of its cells, though words, hold a number: "6 weeks", "2,450 EUR"."""
        found = self._frame.columns[column]
        texts = list(found.distinct)[:_PERIOD_ROWS]
        return found.type is CellType.TEXT and sum(any(map(str.isdigit, text)) for text in texts) > len(texts) / 2

    def _guessed(self, asked: str, filtered: set[int]) -> list[tuple[int, ...]]:
        frame = self._frame
        others = tuple(c for c in range(len(frame.columns)) if c not in filtered)
        if asked == "date":
            return [frame.dates[:1]]
        if asked == "name":
            return [(frame.label,) if frame.label is not None and frame.label not in filtered else ()]
        if asked == "amount" and len(others) == 1:
            return [others]
        measure = self._measure()
        single = () if measure is None else (measure,)
        if asked in ("best", "worst") and frame.rank is not None:
            return [(frame.rank,)]
        return [frame.block, single]

    def _built(self, asked: str, rows: _Rows, targets: _Targets) -> Iterator[tuple[Plan, float, Link | None]]:
        """Plans for one way to read it, each with how well what is asked goes with it, 0 to 1."""
        frame, operation = self._frame, _OPERATION[asked]
        plan = Plan(operation, targets.columns, rows.where, totals=rows.totals)
        match asked:
            case "count":
                yield plan, self._countable(rows), self._counted()
            case "rows":
                if rows.where:
                    yield plan, 1.0, None
            case "amount" | "date" | "name":
                yield from self._single(plan, rows, targets)
            case "best" | "worst":
                fit = _SELDOM if rows.said else 1.0
                yield from ((each, fit * fits, axis) for each, fits, axis in self._winners(plan, rows, targets))
            case "share" if all(frame.columns[c].type is CellType.PERCENT for c in targets.columns):
                yield from self._single(replace(plan, operation=Operation.CELL), rows, targets)
            case "share":
                whole = tuple(each for each in rows.where if each is not next(iter(rows.where), None))
                if rows.where and rows.where[0].comparison == "in":
                    yield replace(plan, whole=whole), 1.0, None
            case "difference":
                yield from self._compared(plan)
            case "sum" if not self._adds_up(targets.columns):
                return
            case "highest" | "lowest":
                yield plan, 1.0, None
            case _:
                columns = tuple(c for c in targets.columns if c != frame.total_column) or targets.columns
                yield replace(plan, targets=columns), 1.0, None

    def _single(self, plan: Plan, rows: _Rows, targets: _Targets) -> Iterator[tuple[Plan, float, Link | None]]:
        """A cell, or the sum of several where an amount is asked for that adds up."""
        if plan.where:
            # "More than 100" picks many, and asks which or how many; two that are named may be set against each other.
            pair = any(isinstance(each.value, tuple) and len(each.value) == 2 for each in plan.where)
            set_against = pair and self._asked["difference"] > _COMPARED
            yield plan, _SELDOM if rows.said or set_against else 1.0, None
        elif all(c in self._frame.numeric for c in targets.columns):
            yield plan, 0.6, None

    def _winners(self, plan: Plan, rows: _Rows, targets: _Targets) -> Iterator[tuple[Plan, float, Link | None]]:
        frame = self._frame
        if set(targets.columns) == {frame.rank}:
            flipped = Operation.LEAST if plan.operation is Operation.MOST else Operation.MOST
            plan = replace(plan, operation=flipped)
        elif all(frame.columns[c].type is CellType.DURATION for c in targets.columns):
            flipped = Operation.LEAST if plan.operation is Operation.MOST else Operation.MOST
            plan = replace(plan, operation=flipped)
        units = {period[0].unit for c in frame.block if (period := frame.columns[c].period) is not None}
        headers = {i for link in self._links.columns if link.strength > _SURE for i in link.tokens}
        asked_units = [unit for unit, i in self._question.units.items() if i not in headers]
        wanted = [unit for unit in asked_units if unit in units or frame.dates]
        if units & set(wanted) and frame.block:
            columns = targets.columns if len(targets.columns) > 1 else frame.block
            yield replace(plan, targets=columns, group_by=BY_COLUMN, unit=wanted[0]), 1.0, None
            return
        if wanted and frame.dates and targets.columns[0] not in frame.dates:
            yield replace(plan, group_by=frame.dates[0], unit=wanted[0]), 1.0, None
        filtered = {each.column for each in rows.where if each.comparison == "in"}
        named = [link for link in self._links.columns if link.column in frame.texts and link.column not in filtered]
        named = [link for link in named if not link.tokens <= self._question.framing or link.strength > _SURE]
        for link in named[:2]:
            numbered = not any(map(str.isalpha, "".join(frame.columns[link.column].distinct)))
            yield replace(plan, group_by=None if numbered else link.column), 1.0, link
        if frame.label is None:
            yield plan, 0.9, None
        elif frame.label not in filtered:
            yield replace(plan, group_by=frame.label if len(targets.columns) > 1 else None), 0.95, None

    def _compared(self, plan: Plan) -> Iterator[tuple[Plan, float, Link | None]]:
        for each in plan.where:
            if each.comparison == "in" and isinstance(each.value, tuple) and len(each.value) == 2:
                yield replace(plan, group_by=each.column), 1.0, None
        if len(plan.targets) == 2:
            yield replace(plan, group_by=BY_COLUMN), 1.0, None

    def _adds_up(self, columns: tuple[int, ...]) -> bool:
        return all(self._frame.columns[c].type is not CellType.PERCENT for c in columns)

    def _countable(self, rows: _Rows) -> float:
        """Rows picked by name are asked about, not counted."""
        frame = self._frame
        if not rows.where:
            return 0.5
        named = [each for each in rows.where if each.column == frame.label and isinstance(each.value, tuple)]
        repeats = frame.label is not None and len(frame.columns[frame.label].distinct) < len(frame.totals) / 2
        return 0.1 if named and not repeats else 1.0

    def _counted(self) -> Link | None:
        """The header that names what is counted."""
        return next((link for link in self._links.columns if link.column in self._frame.texts), None)

    def _scored(
        self, plan: Plan, asked: str, likely: float, rows: _Rows, targets: _Targets, axis: Link | None
    ) -> Scored:
        question = self._question
        links = (*rows.links, *targets.links, *((axis,) if axis else ()))
        said: dict[int, float] = {}
        for link in (*links, *self._headers_of(plan)):
            for i in link.tokens:
                said[i] = max(said.get(i, 0.0), link.strength)
        for link in self._links.title:
            for i in link.tokens:
                said[i] = max(said.get(i, 0.0), link.strength * (_PASSED_OVER if i in self._inside else 0.9))
        for i in rows.said:
            said[i] = 1.0
        timed = rows.timed or targets.timed
        if timed:
            said |= dict.fromkeys(question.timed, 1.0)
        if timed or plan.unit:
            said |= dict.fromkeys(question.units.values(), 1.0)
        weights = dict(question.weights)
        for i in question.framing & said.keys():
            weights[i] = 0.2
        covered = sum(weight * said.get(i, 0.0) for i, weight in weights.items()) / (sum(weights.values()) or 1.0)
        if not weights:
            covered = _NOTHING_NAMED
        cost = _COST * (len(plan.where) + (targets.guessed and bool(targets.columns)))
        score = covered**_SEVERITY * (0.5 + 0.5 * likely / self._likeliest) - cost
        return Scored(plan, score, asked, links, tuple(question.periods) if timed else ())

    def _headers_of(self, plan: Plan) -> list[Link]:
        """The headers of the columns that conditions and groups are of: "the category travel"."""
        used = {each.column for each in plan.where} | {plan.group_by}
        return [link for link in self._links.columns if link.column in used]

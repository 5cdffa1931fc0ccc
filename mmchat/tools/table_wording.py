"""An answer from a table -> its number written as the cells are, what it is of, and a line that says what was done."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from mmchat.tools.table_engine import BY_COLUMN, Operation, Plan
from mmchat.tools.table_frame import TableFrame
from mmchat.types import Cell, CellType


def written(value: float, unit: str, cells: Sequence[Cell], operation: Operation, language: str) -> str:
    """A computed number with the decimals and the unit of the cells it came from, in the manner of a language.

    A mean and a share get one decimal more than the cells, two at most.
    """
    if operation is Operation.COUNT:
        return _number(value, 0, language)
    if cells and cells[0].type is CellType.DATE:
        return cells[0].text if operation in (Operation.MOST, Operation.LEAST) else _number(value, 0, language)
    if cells and cells[0].type is CellType.DURATION:
        return _duration(value)
    decimals = max((_decimals(cell) for cell in cells), default=0)
    if operation is Operation.SHARE:
        decimals = 1
    elif operation is Operation.MEAN:
        finer = max(min(decimals + 1, 2), decimals)
        decimals = finer if round(value, finer) != round(value, decimals) else decimals
    return f"{_number(value, decimals, language)} {unit or _percent(cells)}".strip()


_LISTED = 3
_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "label": "{label}: {said}",
        "from": "{said}, from {count} {what}",
        "cells": "cell cells",
        "rows": "row rows",
        "sum": "",
        "mean": "average",
        "most": "the most",
        "least": "the least",
        "count": "",
        "share": "share",
        "difference": "difference",
        "to": "to",
    },
    "fr": {
        "label": "{label} : {said}",
        "from": "{said}, d’après {count} {what}",
        "cells": "cellule cellules",
        "rows": "ligne lignes",
        "sum": "",
        "mean": "moyenne",
        "most": "le plus",
        "least": "le moins",
        "count": "",
        "share": "part",
        "difference": "différence",
        "to": "à",
    },
}


def sentence(operation: Operation, label: str, value: str, amount: str, count: int, language: str) -> str:
    """What was found and what was done, in one line, in French or else English."""
    words = _WORDS.get(language, _WORDS["en"])
    said = ", ".join(part for part in (f"{value} ({amount})" if amount else value, words.get(operation, "")) if part)
    if label:
        said = words["label"].format(label=label, said=said)
    if operation in (Operation.CELL, Operation.ROWS):
        return said
    one, many = words["rows" if operation is Operation.COUNT else "cells"].split()
    return words["from"].format(said=said, count=_number(count, 0, language), what=one if count == 1 else many)


def label_of(frame: TableFrame, plan: Plan, language: str) -> str:
    """What the answer is of: the cells picked, then the columns: "Groceries, January to May"."""
    where = [each.value for each in plan.where if isinstance(each.value, tuple)]
    parts = [", ".join(texts) for texts in where if len(texts) <= _LISTED]
    compared = plan.operation is Operation.DIFFERENCE
    columns = () if plan.group_by == BY_COLUMN and not compared else plan.targets
    headers = [frame.columns[c].header for c in columns if frame.columns[c].header]
    if len(headers) > 2:
        headers = [f"{headers[0]} {_WORDS.get(language, _WORDS['en'])['to']} {headers[-1]}"]
    parts += headers
    return ", ".join(dict.fromkeys(part for part in parts if part)) or frame.table.title


def _decimals(cell: Cell) -> int:
    """How many decimals a cell shows: those that its value needs, or the zeros behind them as well."""
    if cell.value is None:
        return 0
    shown = re.search(r"\d[.,](\d{1,2})(?!\d)", cell.text)
    needed = len(f"{cell.value:.6f}".rstrip("0").partition(".")[2])
    return max(needed, len(shown[1]) if shown else 0)


def _percent(cells: Sequence[Cell]) -> str:
    return "%" if cells and cells[0].type is CellType.PERCENT else ""


def _number(value: float, decimals: int, language: str) -> str:
    from babel.numbers import format_decimal

    pattern = f"#,##0.{'0' * decimals}".rstrip(".")
    return format_decimal(round(value, decimals), format=pattern, locale=_locale(language))


def unit_name(key: str, unit: str, language: str) -> str:
    """A group of days as a person names it: "2025-02" is February 2025."""
    from babel.dates import format_date, get_day_names

    if unit == "weekday":
        return str(get_day_names("wide", "stand-alone", _locale(language))[int(key) - 1])
    if unit == "month":
        year, month = map(int, key.split("-"))
        return format_date(date(year, month, 1), "LLLL y", locale=_locale(language))
    return key


def _locale(language: str) -> Any:
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(language or "en")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def _duration(seconds: float) -> str:
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"

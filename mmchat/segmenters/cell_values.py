"""What a table's cells show -> what they mean: numbers, percentages, money, dates and durations with their units.

A cell alone may mean two things (``1,234``; ``03/04/2025``; ``01067``): its column decides, then the table's other
columns, then the language. It knows no file format and no layout.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from mmchat.segmenters.date_forms import Day, day_from, day_in, first_of_day_and_month
from mmchat.segmenters.locale_words import currencies, decimal_mark, units
from mmchat.types import CellType


class Reading(NamedTuple):
    """What one cell means: see :class:`mmchat.types.Cell` for ``value`` and ``unit``."""

    type: CellType = CellType.TEXT
    value: float | None = None
    unit: str = ""


TEXT = Reading()

_NUMBER = re.compile(
    r"(?P<open>\()?(?P<sign>[-−–+])?\s?(?P<before>[^\W\d_]{1,4}\$?\.?|\W{0,2}\$|[^\w\s.,;:()+\-−–'’#/\\]{1,2}|)\s?"
    r"(?P<inner>[-−–])?(?P<digits>\d{1,3}(?:[ \u00a0\u202f\u2009'’.,]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?|[.,]\d+)"
    r"(?P<exponent>[eE][-+]?\d{1,3})?(?P<space>\s?)(?P<after>[^\d\s()]\S{0,11}(?: \S{1,6})?|)(?(open)\))"
)
_CLOCK = re.compile(r"(?P<sign>[-−])?(\d{1,4}):([0-5]\d)(?::([0-5]\d)(?:[.,](\d{1,6}))?)?(?:\s?([ap])\.?m\.?)?", re.I)
_SPOKEN_CLOCK = re.compile(r"(\d{1,4})\s?(?:h|hrs?|hours?|Std\.?)\s?([0-5]?\d)\s?(?:m|min|mins|minutes?|Min\.?)?")
_IN_MINUTES = re.compile(r"\bm{1,2}:s{1,2}\b", re.IGNORECASE)
_LONGEST_INTEGER = 15
"""Digits: a longer one is a number of an account or a card, which no float holds."""
_SCALES = {"k": 3, "m": 6, "mn": 6, "mio": 6, "million": 6, "b": 9, "bn": 9, "mrd": 9, "md": 9, "billion": 9}
"""Powers of ten that stand behind an amount: "$1.2M", "12 k€", "3 Mio. EUR"."""
_BRACKETED = re.compile(r"[\[(]\s*(?:in\s+)?([^\[\]()]{1,12})\s*[\])]\s*$")
_SCALED = re.compile(rf"({'|'.join(sorted(_SCALES, key=len, reverse=True))})\.?\s?(\S*)", re.IGNORECASE)
_LAST_WORD = re.compile(r"(?:\bin|,|\S)\s+(\S{1,8})$")


class Number(NamedTuple):
    """A number as written, its decimal mark not yet decided: ``digits`` without sign and unit."""

    digits: str
    negative: bool
    exponent: str
    type: CellType
    unit: str
    close: bool
    """Whether the unit is one letter, or none that is known: the column must agree."""


class Clock(NamedTuple):
    """Hours, minutes and seconds.

    A form of two parts is ``short``: it says hours and minutes, as spreadsheets take it, but minutes and seconds where
    its column also has forms of three parts, or is named so.
    """

    seconds: float
    short: bool


def read_columns(columns: Sequence[Sequence[str]], headers: Sequence[str], language: str) -> list[list[Reading]]:
    """The meaning of each cell, column by column.

    Args:
        columns: the body's texts, column by column; "" for an empty cell.
        headers: the name of each column; units in them ("Price (EUR)", "Weight kg") hold for its cells.
        language: ISO 639-1 code of the table's words, or "".
    """
    seen = [Counter(each for each in column if each) for column in columns]
    marks = [_mark(column) for column in seen]
    orders = [first_of_day_and_month(column) for column in columns]
    common = Counter(filter(None, marks)).most_common(1)
    mark = common[0][0] if common else decimal_mark(language)
    order = next(filter(None, orders), "day")
    return [
        _read_column(columns[at], seen[at], headers[at], marks[at] or mark, orders[at] or order, language)
        for at in range(len(columns))
    ]


def kind_of(text: str) -> CellType:
    """What one cell looks like alone; numbers of any unit, dates and durations apart from text."""
    if (number := _as_number(text)) is not None and not number.close:
        return number.type
    if _as_clock(text) is not None:
        return CellType.DURATION
    return CellType.DATE if day_in(text, "en") is not None else CellType.TEXT


def unit_in(affix: str) -> tuple[CellType, str] | None:
    """The type and the unit that words beside a number, or in a column's name, give it; None for none known."""
    affix = affix.strip()
    if affix in ("%", "٪", "％"):
        return CellType.PERCENT, "%"
    code = currencies().get(affix) or currencies().get(affix.casefold() if len(affix) > 2 else affix)
    if code:
        return CellType.MONEY, code
    if (scaled := _SCALED.fullmatch(affix)) and scaled[2] in currencies():
        return CellType.MONEY, affix
    return (CellType.NUMBER, affix) if affix in units() else None


def unit_of_column(header: str) -> tuple[CellType, str] | None:
    """The unit that a column's name gives: "Price (EUR)", "Weight [kg]", "Amount in €", "Weight kg", "VAT %"."""
    name = header.rpartition(" > ")[2].strip()
    if match := _BRACKETED.search(name):
        return unit_in(match[1])
    whole = unit_in(name)
    if whole is not None and (whole[0] is not CellType.NUMBER):
        return whole
    match = _LAST_WORD.search(name)
    if match and (len(match[1]) > 1 or not match[1].isalpha()):
        return unit_in(match[1])
    return None


def _read_column(
    column: Sequence[str], seen: Counter[str], header: str, mark: str, order: str, language: str
) -> list[Reading]:
    numbers = {text: number for text in seen if (number := _as_number(text)) is not None}
    affixes = Counter({text: seen[text] for text, number in numbers.items() if number.close})
    named = unit_of_column(header)
    padded = any(re.fullmatch(r"0\d+", text) for text in seen)
    agreed = len({numbers[text].unit for text in affixes}) == 1 and 2 * affixes.total() > seen.total()
    clocks = [clock for text in seen if (clock := _as_clock(text)) is not None]
    in_minutes = len({clock.short for clock in clocks}) == 2 or bool(_IN_MINUTES.search(header))
    meaning: dict[str, Reading] = {}
    for text in seen:
        number = numbers.get(text)
        if number is not None and not number.close:
            meaning[text] = TEXT if padded and text.isdecimal() else _valued(number, mark, named)
        elif (clock := _as_clock(text)) is not None:
            minutes = clock.short and in_minutes
            meaning[text] = Reading(CellType.DURATION, clock.seconds / 60 if minutes else clock.seconds, "")
        elif (day := day_in(text, language)) is not None:
            meaning[text] = _dated(day, order)
        elif number is not None and (agreed or named is not None and named[1] == number.unit):
            meaning[text] = _valued(number, mark, named)
        else:
            meaning[text] = TEXT
    counted = Counter[CellType]()
    for text, times in seen.items():
        counted[meaning[text].type] += times
    if 2 * counted[CellType.TEXT] > seen.total():  # house numbers, "3 or 4", names that are a year
        meaning = {t: TEXT if r.type is CellType.NUMBER and not r.unit else r for t, r in meaning.items()}
    return [meaning.get(text, TEXT) for text in column]


def _valued(number: Number, mark: str, named: tuple[CellType, str] | None) -> Reading:
    digits = number.digits
    other = "," if mark == "." else "."
    if _decides(digits) == other:
        mark, other = other, mark
    plain = re.sub(rf"[\s'’{re.escape(other)}]", "", digits)
    value = float(plain.replace(mark, ".") + number.exponent)
    type, unit = number.type, number.unit
    if type is CellType.NUMBER and not unit and named is not None:
        type, unit = named
    return Reading(type, -value if number.negative else value, unit)


@lru_cache(maxsize=1 << 16)
def _as_number(text: str) -> Number | None:
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    before, after = match["before"], match["after"]
    digits = match["digits"]
    if digits.isdecimal() and (len(digits) > _LONGEST_INTEGER or match["sign"] == "+" and len(digits) > 7):
        return None
    negative = bool(match["open"]) or (match["sign"] or match["inner"] or "+") != "+"
    exponent = match["exponent"] or ""
    if scaled := _SCALED.fullmatch(after):
        power = _SCALES[scaled[1].casefold()]
        if (money := unit_in(before or scaled[2])) is not None and money[0] is CellType.MONEY and not exponent:
            return Number(digits, negative, f"e{power}", *money, False)
    known = unit_in(before) if before else None
    if before and (known is None or known[0] is CellType.NUMBER):
        return None
    behind = unit_in(after) if after else None
    if after and known is not None and behind is not None and CellType.MONEY in (known[0], behind[0]):
        behind, after = None, ""  # "CHF 5.- EUR" is none; "€ 12 EUR" says it twice
    if known is not None:
        return None if after and behind is None else Number(digits, negative, exponent, *known, False)
    if behind is not None:
        lone = len(after) == 1 and after.isalpha()
        return Number(digits, negative, exponent, *behind, lone)
    if after:
        return Number(digits, negative, exponent, CellType.NUMBER, after, True) if after[0].isalpha() else None
    return Number(digits, negative, exponent, CellType.NUMBER, "", False)


@lru_cache(maxsize=1 << 14)
def _as_clock(text: str) -> Clock | None:
    if match := _CLOCK.fullmatch(text):
        sign, hours, minutes, seconds, share, half = match.groups()
        total = int(hours) * 3600 + int(minutes) * 60 + int(seconds or 0) + float(f"0.{share or 0}")
        if half:
            if not 1 <= int(hours) <= 12:
                return None
            total += 43200 * ((half in "pP") - (int(hours) == 12))
        return Clock(-total if sign else total, not (seconds or half))
    if match := _SPOKEN_CLOCK.fullmatch(text):
        return Clock(int(match[1]) * 3600 + int(match[2]) * 60, False)
    return None


def _mark(seen: Iterable[str]) -> str:
    """The decimal mark of these numbers, or "" when none of them tells."""
    votes = Counter(filter(None, (_decides(n.digits) for n in map(_as_number, seen) if n is not None)))
    return votes.most_common(1)[0][0] if votes else ""


def _decides(digits: str) -> str:
    """The decimal mark that one number shows: "" for ``1234`` and for ``1,234``, which may be either."""
    marks = re.findall(r"[.,]", digits)
    if not marks:
        return ""
    last = marks[-1]
    grouped = re.search(r"[\s'’]", digits)
    if len(marks) > 1:
        return ("," if last == "." else ".") if len(set(marks)) == 1 else last
    whole, _, share = digits.rpartition(last)
    return last if len(share) != 3 or grouped or whole in ("", "0") or len(whole) > 3 else ""


def _dated(day: Day, order: str) -> Reading:
    moment = day_from(day, order)
    if moment is None:
        return TEXT
    return day_reading(moment)


def day_reading(moment: datetime.datetime) -> Reading:
    """A date, with the share of the day that has passed."""
    since = datetime.timedelta(hours=moment.hour, minutes=moment.minute, seconds=moment.second)
    return Reading(CellType.DATE, moment.toordinal() + since.total_seconds() / 86400, "")

"""How dates are written in tables -> days. Which of two numbers is the day is decided by a column, not here alone."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from mmchat.segmenters.locale_words import folded, months, weekdays

_TIME = r"(?:[T,]?\s*(?:um |à |at )?(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?:\s?Z|\s?[+-]\d{2}:?\d{2}|\s?Uhr)?)?"
_ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})" + _TIME)
_FIGURES = re.compile(r"(\d{1,2})([-/.])\s?(\d{1,2})\2\s?(\d{4}|\d{2})" + _TIME)
_DAY_FIRST = re.compile(
    r"(\d{1,2})(?:\.|st|nd|rd|th|er|º|ª)?[\s-]*(?:de |of |d[’'])?\s?([^\W\d_]+)\.?,?[\s-]*"
    r"(?:de |del )?(\d{4}|[’']?\d{2})" + _TIME
)
_MONTH_FIRST = re.compile(r"([^\W\d_]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:,\s*|\s+)(\d{4})" + _TIME)
_MONTH_ALONE = re.compile(r"([^\W\d_]+)\.?[\s-]+(?:de )?(\d{4}|’\d{2}|'\d{2}|(?<=-)\d{2})")
_MONTH_FIGURES = re.compile(r"(0[1-9]|1[0-2])[/.](\d{4})|(\d{4})-(0[1-9]|1[0-2])")
_WEEKDAY = re.compile(r"([^\W\d_]+(?:-feira)?)\.?,?\s+(?=\S)")
_MAYBE = re.compile(r"(?=[^\d]*\d)(?=.*[-/.\s]).{5,40}")
"""What a date looks like from afar: most cells are none, and are told so at once."""
_IN_FIGURES = re.compile(r"\d{1,2}([-/.])\s?\d{1,2}\1\s?\d{2}")
_OLDEST_SHORT_YEAR = 69
"""``69`` is 1969, ``68`` is 2068: as POSIX reads two digits."""


class Day(NamedTuple):
    """A date as written: the two first numbers are day and month where ``settled``, else in either order."""

    first: int
    second: int
    year: int
    time: tuple[int, int, int]
    settled: bool


@lru_cache(maxsize=1 << 14)
def day_in(text: str, language: str) -> Day | None:
    """The date that the whole of ``text`` is, or None. ``language`` decides what a month's name means."""
    if not _MAYBE.fullmatch(text):
        return None
    found = _day(text, language)
    if found is None and (named := _WEEKDAY.match(text)) and folded(named[1]) in weekdays():
        return _day(text[named.end() :], language)
    return found


def _day(text: str, language: str) -> Day | None:
    if m := _ISO.fullmatch(text):
        return Day(int(m[4]), int(m[3]), int(m[1]), _time(m.groups()[4:]), True)
    if m := _FIGURES.fullmatch(text):
        return Day(int(m[1]), int(m[3]), _year(m[4]), _time(m.groups()[4:]), m[2] == ".")
    if m := _MONTH_FIGURES.fullmatch(text):
        return Day(1, int(m[1] or m[4]), int(m[2] or m[3]), (0, 0, 0), True)
    if not text[-1].isdecimal() and ":" not in text:
        return None
    if (m := _DAY_FIRST.fullmatch(text)) and (month := months(language).get(folded(m[2]))):
        return Day(int(m[1]), month, _year(m[3]), _time(m.groups()[3:]), True)
    if (m := _MONTH_FIRST.fullmatch(text)) and (month := months(language).get(folded(m[1]))):
        return Day(int(m[2]), month, int(m[3]), _time(m.groups()[3:]), True)
    if (m := _MONTH_ALONE.fullmatch(text)) and (month := months(language).get(folded(m[1]))):
        return Day(1, month, _year(m[2]), (0, 0, 0), True)
    return None


def day_from(day: Day, order: str) -> datetime.datetime | None:
    """The moment; ``order`` is ``day`` or ``month``, whichever comes first. None for no day of the calendar."""
    orders = [(day.first, day.second)]
    if not day.settled:
        orders.append((day.second, day.first))
        if order == "month":
            orders.reverse()
    for number, month in orders:
        try:
            return datetime.datetime(day.year, month, number, *day.time)
        except ValueError:
            continue
    return None


def first_of_day_and_month(column: Sequence[str]) -> str:
    """``day`` or ``month``: what stands first in this column's dates, or "" when they do not tell.

    A number above 12 tells; else, that the dates go steadily on in the one order and not in the other.
    """
    texts = (text for text in column if _IN_FIGURES.search(text))
    days = [day for text in texts if (day := day_in(text, "en")) is not None and not day.settled]
    if any(day.first > 12 for day in days):
        return "day"
    if any(day.second > 12 for day in days):
        return "month"
    steady = [order for order in ("day", "month") if _steady([day_from(day, order) for day in days])]
    return steady[0] if len(steady) == 1 and len(days) > 2 else ""


def _steady(moments: Sequence[datetime.datetime | None]) -> bool:
    known = [moment for moment in moments if moment is not None]
    pairs = list(zip(known, known[1:], strict=False))
    return all(a <= b for a, b in pairs) or all(a >= b for a, b in pairs)


def _year(digits: str) -> int:
    number = int(digits.lstrip("’'"))
    if len(digits.lstrip("’'")) == 4:
        return number
    return number + (1900 if number >= _OLDEST_SHORT_YEAR else 2000)


def _time(parts: Sequence[str | None]) -> tuple[int, int, int]:
    hour, minute, second = (int(part or 0) for part in parts[:3])
    return hour, minute, second

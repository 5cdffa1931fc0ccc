"""Words for a time in a question, a column's header or a cell -> the days it takes in: "Q1 2024", "January to May".

The names of months, days and quarters are those of the CLDR (by Babel); what languages share, a number or a dash, needs
no name. It looks at no clock: what "last month" means is given (:class:`Told`).
"""

from __future__ import annotations

import json
import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from mmchat.perception.words import folded

LANGUAGES = ("en", "fr", "de", "es")
WORDS: dict[str, dict[str, list[str]]] = json.loads((Path(__file__).parent / "table_words.json").read_text("utf-8"))
_TOKEN = re.compile(r"[^\W_]+")
_NUMERIC = re.compile(
    r"\b(?P<year>\d{4})-(?P<month>\d\d)(?:-(?P<day>\d\d))?\b"
    r"|\b(?P<day_>\d{1,2})[./](?P<month_>\d{1,2})[./](?P<year_>\d{4})\b|\b(?P<month__>\d{1,2})/(?P<year__>\d{4})\b"
)
_QUARTER = re.compile(r"[qt]([1-4])|([1-4])[qt]")
_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|e)?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_JOINED = 2
"""So many words may stand between the parts of one date: "20 de febrero de 2024"."""

_Part = tuple[int | None, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text: as written, folded, and its span."""

    text: str
    plain: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Told:
    """``text[start:end]`` names, from today, the days from ``first`` to ``last``, both included: "this year"."""

    start: int
    end: int
    first: date
    last: date

    def period(self, words: Sequence[Token]) -> Period:
        """The same as a period: of whole years or months where it takes them in, for a header says no day."""
        within = frozenset(i for i, word in enumerate(words) if self.start <= word.start and word.end <= self.end)
        first, last = self.first, self.last
        if first.day > 1 or (last + timedelta(days=1)).day > 1:
            since, until = ((day.year, day.month, day.day) for day in (first, last))
            return Period(since, until, "day", tokens=within)
        if (first.month, last.month) == (1, 12):
            return Period((first.year, None, None), (last.year, None, None), "year", tokens=within)
        return Period((first.year, first.month, None), (last.year, last.month, None), "month", tokens=within)


@dataclass(frozen=True, slots=True)
class Period:
    """From ``first`` to ``last``, both included, each (year, month, day) with None where nothing is said.

    Attributes:
        weekday: 1 (Monday) to 7, or None.
        unit: the calendar unit it names: day, month, quarter, year or weekday.
        tokens: the indexes of the words that say it.
    """

    first: _Part
    last: _Part
    unit: str
    weekday: int | None = None
    tokens: frozenset[int] = frozenset()

    def bounds(self, *, with_year: bool) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
        """The first and the last day as (year, month, day), years 0 where they do not count."""
        (y0, m0, d0), (y1, m1, d1) = self.first, self.last
        year0, year1 = (y0 or 0, y1 or 0) if with_year else (0, 0)
        return (year0, m0 or 1, d0 or 1), (year1, m1 or 12, d1 or 31)

    def holds(self, other: Period) -> bool:
        """Whether all of ``other`` lies in it. Years count where both say one."""
        if self.weekday or other.weekday:
            return self.weekday == other.weekday
        if other.first[1] is None and self.first[1] is not None:
            return False
        with_year = self.first[0] is not None and other.first[0] is not None
        if other.first[1] is None and not with_year:
            return False
        (first, last), (other_first, other_last) = self.bounds(with_year=with_year), other.bounds(with_year=with_year)
        if first > last:  # from November to February, of any year
            return other_first >= first or other_last <= last
        return first <= other_first and other_last <= last

    def ordinals(self) -> tuple[int, int] | None:
        """The first and the last day as proleptic Gregorian ordinals, where a year is said."""
        if self.first[0] is None or self.last[0] is None:
            return None
        first, last = self.bounds(with_year=True)
        return _ordinal(first), _ordinal(last)


def _ordinal(day: tuple[int, int, int]) -> int:
    year, month, number = day
    return date(year, month, min(number, monthrange(year, month)[1])).toordinal()


def tokens(text: str) -> list[Token]:
    """The words and numbers of a text."""
    return [Token(m[0], folded(m[0]), m.start(), m.end()) for m in _TOKEN.finditer(text)]


def header_period(text: str) -> tuple[Period, str] | None:
    """The one period that a header or a cell names, and what else it says ("Revenue" of "Revenue 2024")."""
    words = tokens(text)
    found = periods(text, words, brief=True)
    if len(found) != 1:
        return None
    return found[0], " ".join(word.text for i, word in enumerate(words) if i not in found[0].tokens)


def periods(text: str, words: Sequence[Token], *, brief: bool = False) -> list[Period]:
    """Every period that is named, in order, those joined by "to" as one.

    Args:
        text: the text.
        words: its :func:`tokens`.
        brief: whether short names of days count as well: "mon" is Monday in a header, and French for "my".
    """
    found: list[Period] = []
    used: set[int] = set()
    for match in _NUMERIC.finditer(text):
        part = _numeric(match)
        within = frozenset(i for i, w in enumerate(words) if match.start() <= w.start and w.end <= match.end())
        if part is not None and within:
            found.append(Period(part, part, "day" if part[2] else "month", tokens=within))
            used |= within
    months, weekdays = _months(), _weekdays(brief)
    for i, word in enumerate(words):
        if i in used:
            continue
        period = None
        if (quarter := _quarter(words, i)) is not None:
            number, taken = quarter
            year, more = _year_near(words, max(taken), used)
            period = Period((year, 3 * number - 2, None), (year, 3 * number, None), "quarter", None, taken | more)
        elif word.plain in months and not _asks_leave(words, i):
            period = _month(words, i, months[word.plain], used)
        elif word.plain in weekdays:
            period = Period((None,) * 3, (None,) * 3, "weekday", weekdays[word.plain], frozenset({i}))
        if period is not None:
            found.append(period)
            used |= period.tokens
    for i, word in enumerate(words):
        if i not in used and _YEAR.fullmatch(word.plain):
            part = (int(word.plain), None, None)
            found.append(Period(part, part, "year", tokens=frozenset({i})))
    return _ranges(text, words, sorted(found, key=lambda each: min(each.tokens)))


def unit_words() -> dict[str, str]:
    """Folded word -> calendar unit: "mois" is month."""
    return {folded(word): unit for unit, names in WORDS["units"].items() for word in names}


def _numeric(match: re.Match[str]) -> _Part | None:
    found = {name.rstrip("_"): int(value) for name, value in match.groupdict().items() if value}
    year, month, day = found["year"], found["month"], found.get("day")
    if month > 12 and day is not None:
        month, day = day, month
    real = _YEAR.fullmatch(str(year)) and 1 <= month <= 12 and (day is None or 1 <= day <= 31)
    return (year, month, day) if real else None


def _month(words: Sequence[Token], i: int, month: int, used: set[int]) -> Period:
    day, taken = None, frozenset({i})
    before = [j for j in range(max(0, i - _JOINED), i) if j not in used]
    for j in reversed(before):
        if (match := _DAY.fullmatch(words[j].plain)) and 1 <= int(match[1]) <= 31:
            day, taken = int(match[1]), frozenset(range(j, i + 1))
            break
        if len(words[j].plain) > 3:
            break
    if day is None and i + 1 < len(words) and (match := _DAY.fullmatch(words[i + 1].plain)) and int(match[1]) <= 31:
        day, taken = int(match[1]), taken | {i + 1}
    year, more = _year_near(words, max(taken), used)
    part = (year, month, day)
    return Period(part, part, "day" if day else "month", tokens=taken | more)


def _year_near(words: Sequence[Token], i: int, used: set[int]) -> tuple[int | None, frozenset[int]]:
    """The year that follows within two words, both of them short, or the two digits right behind: "Jan 24"."""
    for j in range(i + 1, min(len(words), i + 1 + _JOINED)):
        if j in used:
            break
        if _YEAR.fullmatch(words[j].plain):
            return int(words[j].plain), frozenset(range(i + 1, j + 1))
        if len(words[j].plain) > 3:
            break
    return None, frozenset()


def _asks_leave(words: Sequence[Token], i: int) -> bool:
    """Whether it is the verb: "May I see the rent?"."""
    return i == 0 and words[0].plain == "may" and len(words) > 1 and not _DAY.fullmatch(words[1].plain)


def _quarter(words: Sequence[Token], i: int) -> tuple[int, frozenset[int]] | None:
    plain = words[i].plain
    if match := _QUARTER.fullmatch(plain):
        return int(match[1] or match[2]), frozenset({i})
    if unit_words().get(plain) == "quarter" and i > 0:
        before = words[i - 1].plain
        if before in _ordinals():
            return _ordinals()[before], frozenset({i - 1, i})
        if before in ("1", "2", "3", "4"):
            return int(before), frozenset({i - 1, i})
    return None


def _ranges(text: str, words: Sequence[Token], found: list[Period]) -> list[Period]:
    joins = {folded(word) for word in WORDS["between"]["range"]}
    betweens = {folded(word) for word in WORDS["between"]["between"]}
    out: list[Period] = []
    for period in found:
        if out and out[-1].unit == period.unit != "weekday":
            left, right = max(out[-1].tokens), min(period.tokens)
            inside = {words[j].plain for j in range(left + 1, right)}
            gap = text[words[left].end : words[right].start].strip()
            opened = min(out[-1].tokens) > 0 and words[min(out[-1].tokens) - 1].plain in betweens
            if right - left <= _JOINED + 1 and (inside & joins or gap in ("-", "–") or (opened and len(inside) == 1)):
                last, first = period.last, out[-1].first
                if first[0] is None and last[0] is not None:  # "November to February 2024" begins the year before
                    first = (last[0] - ((first[1] or 1) > (last[1] or 12)), *first[1:])
                out[-1] = replace(
                    out[-1],
                    first=first,
                    last=last,
                    tokens=frozenset(range(min(out[-1].tokens), max(period.tokens) + 1)),
                )
                continue
        out.append(period)
    return out


@cache
def _ordinals() -> dict[str, int]:
    return {folded(word): int(number) for number, names in WORDS["ordinals"].items() for word in names}


@cache
def _months() -> dict[str, int]:
    from babel.dates import get_month_names

    return _names(get_month_names, ("abbreviated", "wide"))


@cache
def _weekdays(brief: bool) -> dict[str, int]:
    from babel.dates import get_day_names

    named = _names(get_day_names, ("abbreviated", "wide") if brief else ("wide",))
    return {name: number + 1 for name, number in named.items()}


def _names(names_of: object, widths: tuple[str, ...]) -> dict[str, int]:
    assert callable(names_of)
    found: dict[str, int] = {}
    for width in widths:
        for language in reversed(LANGUAGES):
            for number, name in names_of(width, locale=language).items():
                found[folded(name).strip(".")] = number
    return found

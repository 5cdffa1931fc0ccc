"""Words for a stretch of time, in English, French, German and Spanish -> when it begins and ends.

Weeks begin on Monday, as in ISO 8601; seasons are those of meteorology. What names no year is the last one that has
begun. It looks at no clock: the present is given. (dateparser 1.5 reads no ranges, quarters, seasons or "la semaine
dernière" in a sentence, takes "may" for a month, and 7 s for 20,000 characters.)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import cast

from dateutil.easter import easter

from mmchat.question.time_tokens import LANGUAGES, Token, time_tokens

LONGEST_CHARACTERS = 1000
"""What is longer was pasted: times are looked for in its beginning alone."""
_Stretch = tuple[date, date]
_DAYS = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365, "weekend": 7}
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Time:
    """``text[start:end]`` names the time from ``since`` until before ``before``; None is open.

    Attributes:
        words: how it is named, without the "from" or "of" that ``start`` counts in.
        relative: whether it is told from the present ("last week"), and not by the calendar.
        year_said: False for "3 March": it may be of any year, the one given being the last that has begun.
    """

    words: str
    start: int
    end: int
    since: datetime | None
    before: datetime | None
    relative: bool
    year_said: bool


@dataclass(frozen=True, slots=True)
class _Read:
    """Tokens from ``first`` until before ``last`` name a stretch; ``of_year`` where it names no year."""

    first: int
    last: int
    stretch: tuple[date | None, date | None]
    of_year: Callable[[int], _Stretch] | None = None
    relative: bool = False


def read_times(text: str, now: datetime, language: str = "") -> list[Time]:
    """Every stretch of time that is named, in the order of the text; ``now`` carries the person's time zone.

    ``language`` is the ISO 639-1 code of the text; with any other code than those known, the first language counts
    in which the text names a time.
    """
    head = text[:LONGEST_CHARACTERS]
    for code in (language,) if language in LANGUAGES else LANGUAGES:
        tokens = time_tokens(head, code)
        found = _joined(tokens, _stretches(tokens, head, now.date(), code))
        if found:
            return [_time(head, tokens, read, now) for read in found]
    return []


def _time(text: str, tokens: Sequence[Token], read: _Read, now: datetime) -> Time:
    lead = read.first
    while lead and tokens[lead - 1].role in "th":
        lead -= 1
    since, before = (datetime.combine(day, time(), now.tzinfo) if day else None for day in read.stretch)
    start, end = tokens[read.first].start, tokens[read.last - 1].end
    return Time(text[start:end], tokens[lead].start, end, since, before, read.relative, read.of_year is None)


def _joined(tokens: Sequence[Token], reads: Sequence[_Read]) -> list[_Read]:
    """Two stretches as one ("from May to July"), and those that are open ("since May")."""
    joined: list[_Read] = []
    for read in reads:
        before = _roles(tokens[joined[-1].last if joined else 0 : read.first])
        if joined and re.fullmatch(r"[th]*[jI&][th]*", before):
            last = joined[-1]
            if "&" not in before or re.search(r"E[th]*$", _roles(tokens[: last.first])):
                try:
                    joined[-1] = _from_to(last, read)
                    continue
                except (ValueError, OverflowError):  # 29 February to 3 March 2025: that year has none
                    pass
        joined.append(read)
    return [_opened(tokens, read) for read in joined]


def _from_to(one: _Read, other: _Read) -> _Read:
    """From the beginning of the one to the end of the other; a year said of one holds for both."""
    (since, _), (begins, before) = one.stretch, other.stretch
    if one.of_year and begins:
        since = one.of_year(begins.year)[0]
        if since > begins:
            since = one.of_year(begins.year - 1)[0]
    elif other.of_year and since:
        before = other.of_year(since.year)[1]
        if before <= since:
            before = other.of_year(since.year + 1)[1]
    if since and before and before <= since and other.relative:
        before += timedelta(days=7)
    both = one.of_year and other.of_year
    return replace(other, first=one.first, stretch=(since, before), of_year=other.of_year if both else None)


def _opened(tokens: Sequence[Token], read: _Read) -> _Read:
    since, before = read.stretch
    found = re.search(r"([SBVFI])[th]*$", _roles(tokens[: read.first]))
    if not found:
        return read
    stretch = {"S": (since, None), "F": (before, None), "I": (None, before)}.get(found[1], (None, since))
    return replace(read, first=found.start(), stretch=stretch)


def _stretches(tokens: Sequence[Token], text: str, today: date, language: str) -> list[_Read]:
    roles, found, at = _roles(tokens), list[_Read](), 0
    while at < len(tokens):
        read = None if roles[at] in "xth." else _at(tokens, roles, at, text, today, language)
        if read:
            found.append(read)
        at = read.last if read else at + 1
    return found


def _at(tokens: Sequence[Token], roles: str, at: int, text: str, today: date, language: str) -> _Read | None:
    """What is named from this token on, by the first pattern that makes sense there."""
    for pattern, meaning in _PATTERNS:
        match = pattern.match(roles, at)
        if not match:
            continue
        if match[0] in "Mw" and language in ("fr", "es") and text[tokens[at].start].isupper():
            continue  # these write months in small letters: "une photo de Mars" is of the planet
        said = {role: [t.value for t in tokens[at : match.end()] if t.role in role] for role in _VALUED}
        try:
            return meaning(said, today, at, match.end())
        except (ValueError, OverflowError):  # 31 June
            continue
    return None


def _roles(tokens: Sequence[Token]) -> str:
    return "".join(token.role for token in tokens)


_VALUED = ("NO", "Nu", "Mmw", "Y", "UK", "Q", "RG", "W", "Z", "H", "D", "TX", "L")
_Said = dict[str, list[int]]
_Meaning = Callable[[_Said, date, int, int], _Read]


def _yearly(of_year: Callable[[_Said, int], _Stretch]) -> _Meaning:
    """Something that every year has; without a year, the last that has begun."""

    def read(said: _Said, today: date, first: int, last: int) -> _Read:
        if said["Y"]:
            return _Read(first, last, of_year(said, said["Y"][0]))
        stretch = of_year(said, today.year)
        if stretch[0] > today:
            stretch = of_year(said, today.year - 1)
        return _Read(first, last, stretch, lambda year: of_year(said, year))

    return read


def _told(told: Callable[[_Said, date], _Stretch]) -> _Meaning:
    """Something told from the present."""
    return lambda said, today, first, last: _Read(first, last, told(said, today), relative=True)


def _day(day: date) -> _Stretch:
    return day, day + timedelta(days=1)


def _months(year: int, month: int, count: int = 1) -> _Stretch:
    """So many months from that one on, which may lie outside 1 to 12."""
    first, last = year * 12 + month - 1, year * 12 + month - 1 + count
    return date(first // 12, first % 12 + 1, 1), date(last // 12, last % 12 + 1, 1)


def _dates(said: _Said, year: int) -> _Stretch:
    days, month = said["NO"], said["Mmw"][0]
    return date(year, month, days[0]), date(year, month, days[-1]) + timedelta(days=1)


def _holiday(said: _Said, year: int) -> _Stretch:
    name = str(said["H"][0])
    return _day(easter(year) if name == "easter" else date.fromisoformat(f"{year}-{name}"))


def _whole(said: _Said, today: date, first: int, last: int) -> _Read:
    year, month, day = cast(tuple[int, int, int], said["D"][0])
    return _Read(first, last, _day(date(year, month, day)) if day else _months(year, month))


def _unit_at(unit: str, today: date, steps: int) -> _Stretch:
    """The day, week, month, ... so many after this one."""
    if unit == "day":
        return _day(today + timedelta(days=steps))
    if unit in ("week", "weekend"):
        monday = today - timedelta(days=today.weekday() - 7 * steps)
        return monday + timedelta(days=_SATURDAY if unit == "weekend" else 0), monday + timedelta(days=7)
    if unit == "year":
        return _months(today.year + steps, 1, 12)
    if unit == "quarter":
        return _months(today.year, (today.month - 1) // 3 * 3 + 1 + 3 * steps, 3)
    return _months(today.year, today.month + steps)


def _steps(steps: int) -> _Meaning:
    return _told(lambda said, today: _unit_at(str(said["UK"][0]), today, steps))


def _ago(said: _Said, today: date) -> _Stretch:
    return _unit_at(str(said["UK"][0]), today, -(said["Nu"][0] or 1))


def _weekend(said: _Said, today: date) -> _Stretch:
    """The last one that has begun; no other unit is a time by itself."""
    if str(said["UK"][0]) != "weekend":
        raise ValueError
    return _unit_at("weekend", today, 0 if today.weekday() >= _SATURDAY else -1)


def _past(said: _Said, today: date) -> _Stretch:
    days = said["Nu"][0] * _DAYS[str(said["UK"][0])]
    return today - timedelta(days=days), today + timedelta(days=1)


def _weekday(weeks: int | None) -> _Meaning:
    """That day of this week or of one so many later; None for the last one before today."""

    def told(said: _Said, today: date) -> _Stretch:
        ahead = said["W"][0] - today.weekday()
        return _day(today + timedelta(days=(ahead % 7 or 7) - 7 if weeks is None else ahead + 7 * weeks))

    return _told(told)


_NAMED_BEFORE = r"(?<=[tjSBFIVE&LTX])"
_MONTH, _YEAR = "[Mmw]", "(?:t*Y)?"
_PATTERNS: tuple[tuple[re.Pattern[str], _Meaning], ...] = tuple(
    (re.compile(pattern), meaning)
    for pattern, meaning in (
        ("D", _whole),
        (rf"[NO][th]*[jI&][th]*[NO][th]*{_MONTH}{_YEAR}", _yearly(_dates)),
        (rf"{_MONTH}h?[NO][jI&][NO]{_YEAR}", _yearly(_dates)),
        (rf"[NO][th]*{_MONTH}{_YEAR}", _yearly(_dates)),
        (rf"{_MONTH}h?[NO]{_YEAR}", _yearly(_dates)),
        (
            rf"{_MONTH}t*Y|L[Mw]|[Mw]L|M|{_NAMED_BEFORE}[wm](?!x)|[wm](?=[th]*[jI&][th]*{_MONTH})",
            _yearly(lambda said, year: _months(year, said["Mmw"][0])),
        ),
        (rf"Q{_YEAR}", _yearly(lambda said, year: _months(year, 3 * said["Q"][0] - 2, 3))),
        (rf"[NO]K{_YEAR}|KN{_YEAR}", _yearly(lambda said, year: _months(year, 3 * said["NO"][0] - 2, 3))),
        ("TZ", _told(lambda said, today: _months(today.year, said["Z"][0], 3))),
        (r"Zt*Y|LZ|ZL|(?<=[thjSBFIE])Z", _yearly(lambda said, year: _months(year, said["Z"][0], 3))),
        (rf"H{_YEAR}", _yearly(_holiday)),
        ("T[PG]", _told(lambda _, today: _day(today))),
        ("LP|PL", _told(lambda _, today: _day(today - timedelta(days=1)))),
        ("[RG][PG]?", _told(lambda said, today: _day(today + timedelta(days=said["RG"][0])))),
        ("[LT]?[Nu]?[pV][Nu][UK]|[Nu][UK]a", _told(_ago)),
        ("LN[UK]|NL[UK]", _told(_past)),
        ("L[UK]|[UK]L", _steps(-1)),
        ("T[UK]", _steps(0)),
        ("X[UK]|[UK]X", _steps(1)),
        ("(?<=[th])U", _told(_weekend)),
        ("TW", _weekday(0)),
        ("XW|WX", _weekday(1)),
        (rf"LW|WL|(?<=[tSBFIVEj&])W(?![th]*[NO][th]*{_MONTH})", _weekday(None)),
        (
            r"(?:(?<=[thSBFIVEj&])|^)Y(?!U)|(?<=x)Y(?![xU])",
            lambda said, _, first, last: _Read(first, last, _months(said["Y"][0], 1, 12)),
        ),
    )
)

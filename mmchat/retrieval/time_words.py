"""Words for a stretch of time, in English and French -> when it begins and ends.

Weeks begin on Monday, as in ISO 8601. A month without a year is the last one that has begun. It looks at no clock: the
present is given.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

_MONTHS = (
    "january|janvier february|février|fevrier march|mars april|avril may|mai june|juin july|juillet august|août|aout "
    "september|septembre october|octobre november|novembre december|décembre|decembre"
).split()
_MONTH_OF = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split("|")}
_DAYS = (
    "monday|lundi tuesday|mardi wednesday|mercredi thursday|jeudi friday|vendredi saturday|samedi sunday|dimanche"
).split()
_DAY_OF = {name: number for number, names in enumerate(_DAYS) for name in names.split("|")}
_MONTH = "|".join(_MONTH_OF)
_ENGLISH_MONTH = "|".join(names.split("|")[0] for names in _MONTHS)
_FRENCH_MONTH = "|".join(name for names in _MONTHS for name in names.split("|")[1:])
"""In small letters, as French writes them: "une photo de Mars" is of the planet."""
_DAY = "|".join(_DAY_OF)
_FEW = {"two": 2, "three": 3, "few": 3, "couple of": 2, "deux": 2, "trois": 3, "quelques": 3}
_NUMBER = r"\d{1,3}|two|three|few|couple of|deux|trois|quelques"
_UNIT_DAYS = {"day": 1, "jour": 1, "week": 7, "semaine": 7, "month": 30, "mois": 30, "year": 365, "an": 365}
_UNIT = r"(?P<unit>day|week|month|year|jour|semaine|mois|an)s?"

_Groups = dict[str, str]
Range = tuple[datetime | None, datetime | None]


@dataclass(frozen=True, slots=True)
class TimeWords:
    """``text[start:end]`` names the time from ``since`` until before ``before``; None is open."""

    words: str
    start: int
    end: int
    since: datetime | None
    before: datetime | None


def _days(today: datetime, first: int, last: int) -> Range:
    return today + timedelta(days=first), today + timedelta(days=last)


def _month(year: int, month: int, today: datetime) -> Range:
    start = today.replace(year=year, month=month, day=1)
    return start, start.replace(year=year + month // 12, month=month % 12 + 1)


def _named_month(found: _Groups, today: datetime) -> Range:
    month = _MONTH_OF[found["month"].lower()]
    year = int(found["year"]) if "year" in found else today.year - (month > today.month)
    return _month(year, month, today)


def _since_month(found: _Groups, today: datetime) -> Range:
    return _named_month(found, today)[0], None


def _weekday(found: _Groups, today: datetime) -> Range:
    back = (today.weekday() - _DAY_OF[found["day"].lower()]) % 7 or 7
    return _days(today, -back, -back + 1)


def _past(found: _Groups, today: datetime) -> Range:
    return _days(today, -_count(found) * _UNIT_DAYS[found["unit"].lower()], 1)


def _ago(found: _Groups, today: datetime) -> Range:
    unit = _UNIT_DAYS[found["unit"].lower()]
    back = _count(found) * unit
    return _days(today, -back - unit // 2, -back + 1 + unit // 2)  # "two weeks ago" is said of about then


def _count(found: _Groups) -> int:
    word = found["count"].lower()
    return _FEW.get(word) or int(word)


def _week(back: int) -> Callable[[_Groups, datetime], Range]:
    return lambda _, today: _days(today, -today.weekday() - 7 * back, -today.weekday() - 7 * back + 7)


def _of_month(back: int) -> Callable[[_Groups, datetime], Range]:
    def read(_: _Groups, today: datetime) -> Range:
        months = today.year * 12 + today.month - 1 - back
        return _month(months // 12, months % 12 + 1, today)

    return read


def _of_year(back: int) -> Callable[[_Groups, datetime], Range]:
    return lambda _, today: (
        today.replace(year=today.year - back, month=1, day=1),
        today.replace(year=today.year - back + 1, month=1, day=1),
    )


def _year(found: _Groups, today: datetime) -> Range:
    start = today.replace(year=int(found["year"]), month=1, day=1)
    return start, start.replace(year=start.year + 1)


_READ: tuple[tuple[str, Callable[[_Groups, datetime], Range]], ...] = (
    (r"(?:the )?day before yesterday|avant-hier", lambda _, today: _days(today, -2, -1)),
    (r"yesterday|hier", lambda _, today: _days(today, -1, 0)),
    (r"today|this (?:morning|afternoon|evening)|aujourd['’]hui|ce (?:matin|soir)", lambda _, today: _days(today, 0, 1)),
    (r"this week|cette semaine", _week(0)),
    (r"last week|(?:la )?semaine (?:dernière|passée)", _week(1)),
    (r"this month|ce mois(?:-ci)?", _of_month(0)),
    (r"last month|(?:le )?mois (?:dernier|passé)", _of_month(1)),
    (r"this year|cette année", _of_year(0)),
    (r"last year|(?:l['’])?(?:an dernier|année (?:dernière|passée))", _of_year(1)),
    (rf"(?:the )?(?:last|past) (?P<count>{_NUMBER}) {_UNIT}", _past),
    (rf"(?:ces |les )?(?P<count>{_NUMBER}) derni(?:er|ère)s {_UNIT}", _past),
    (rf"(?P<count>{_NUMBER}) {_UNIT} ago|il y a (?P<count_>{_NUMBER}) (?P<unit_>jour|semaine|mois|an)s?", _ago),
    (rf"(?:since|depuis) (?P<month>{_MONTH})(?: (?P<year>20\d\d))?", _since_month),
    (rf"(?:in|from|during) (?P<month>{_ENGLISH_MONTH})(?: (?P<year>20\d\d))?", _named_month),
    (rf"of (?P<month>{_ENGLISH_MONTH}) (?P<year>20\d\d)", _named_month),  # "a photo of April" is of a person
    (rf"(?:en|de|d['’]|du mois de|au mois de) ?(?-i:(?P<month>{_FRENCH_MONTH}))(?: (?P<year>20\d\d))?", _named_month),
    (
        rf"(?:on |last )(?P<day>{_DAY})|(?P<day_>lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)(?: dernier)?",
        _weekday,
    ),
    (r"(?:in|from|of|en|de) (?P<year>20\d\d)", _year),
)
_PATTERNS = tuple((re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE), read) for words, read in _READ)


def time_words(text: str, now: datetime) -> list[TimeWords]:
    """Every stretch of time that is named, in the order of the text; ``now`` carries the person's time zone."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    found: list[TimeWords] = []
    for pattern, read in _PATTERNS:
        for match in pattern.finditer(text):
            if any(match.start() < other.end and other.start < match.end() for other in found):
                continue
            since, before = read(_groups(match), today)
            found.append(TimeWords(match[0], match.start(), match.end(), since, before))
    return sorted(found, key=lambda each: each.start)


def _groups(match: re.Match[str]) -> _Groups:
    """What was found by name; ``x`` and ``x_`` are one, since a pattern cannot hold a name twice."""
    return {name.rstrip("_"): words for name, words in match.groupdict().items() if words}

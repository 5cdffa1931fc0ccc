"""Text -> its words, each marked with the part it can play in naming a time.

The words are closed classes (data/times.json); months and days of the week come from the Unicode CLDR, by Babel. It
knows no calendar: what the parts together mean is read in :mod:`mmchat.question.times`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from mmchat.perception.words import folded

LANGUAGES = ("en", "fr", "de", "es")
ROLES = {
    "last": "L", "this": "T", "next": "X", "ago": "a", "one": "u", "since": "S", "before": "B", "after": "F",
    "until": "I", "between": "E", "and": "&", "to": "j", "joint": "t", "article": "h", "part": "P",
}  # fmt: skip
"""Parts that carry no value. Beside them: R a day from today, G tomorrow or morning, U a unit, K a quarter, p "ago"
said before the number, V before or ago, N a number, O an ordinal, M a month, m one cut short, w one that is another
word too, W a day of the week, Y a year, Q "Q1", Z a season, H a holiday, D a whole date, x any other word, . the end
of a sentence.
"""
_WORD = re.compile(r"\d+(?:[-/.:,]\d+)+|[^\W_]+|[;!?\n]|[-–—]")
_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|re|eme|e|º|ª)")
_QUARTER = re.compile(r"[qt]([1-4])")
_LATEST_YEAR, _EARLIEST_YEAR = 2099, 1900
_WIDTHS: tuple[Literal["abbreviated"], Literal["wide"]] = ("abbreviated", "wide")
_LONGEST = 4
"""Words in the longest entry."""


@dataclass(frozen=True, slots=True)
class Token:
    """``text[start:end]``, its part (one letter, see :data:`ROLES`) and what it is worth there."""

    start: int
    end: int
    role: str
    value: Any = None


def time_tokens(text: str, language: str) -> list[Token]:
    """The words of the text in order; those of several words that are one part make one token."""
    known = _parts(language)
    words = [(match.start(), match.end(), _plain(match[0])) for match in _WORD.finditer(text)]
    tokens: list[Token] = []
    at = 0
    while at < len(words):
        for length in range(min(_LONGEST, len(words) - at), 0, -1):
            if found := known.get(tuple(word for _, _, word in words[at : at + length])):
                tokens.append(Token(words[at][0], words[at + length - 1][1], *found))
                at += length
                break
        else:
            tokens += _numbers(*words[at])
            at += 1
    return tokens


def _plain(word: str) -> str:
    """Case and accents taken away; of one letter, case alone: "à" is not "a"."""
    return folded(word) if len(word) > 1 else word.lower()


def _numbers(start: int, end: int, word: str) -> Iterator[Token]:
    if found := _QUARTER.fullmatch(word):
        yield Token(start, end, "Q", int(found[1]))
    elif found := _ORDINAL.fullmatch(word):
        yield Token(start, end, "O", int(found[1]))
    elif re.fullmatch(r"\d{1,2}-\d{1,2}", word):  # 3-5 May
        first, second = word.split("-")
        yield Token(start, start + len(first), "N", int(first))
        yield Token(start + len(first), end - len(second), "j")
        yield Token(end - len(second), end, "N", int(second))
    elif word.isdecimal() and len(word) <= _LONGEST:
        number = int(word)
        year = _EARLIEST_YEAR <= number <= _LATEST_YEAR
        yield Token(start, end, "Y" if year else "N" if 0 < number < 1000 else "x", number)  # noqa: PLR2004
    elif whole := _whole_date(word):
        yield Token(start, end, "D", whole)
    else:
        yield Token(start, end, "j" if word in "-–—" else "x" if word[0].isalnum() else ".")


def _whole_date(word: str) -> tuple[int, int, int] | None:
    """Year, month and day (0 for the whole month) of ``2025-02-24``, ``2025-02``, ``24.2.2025`` or ``24/02/2025``."""
    if found := re.fullmatch(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?", word):
        year, month, day = int(found[1]), int(found[2]), int(found[3] or 0)
    elif found := re.fullmatch(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})", word):
        day, month, year = int(found[1]), int(found[3]), int(found[4])
        if month > 12 >= day:  # noqa: PLR2004  # only an American writes 02/14/2025
            day, month = month, day
    else:
        return None
    try:
        date(year, month, day or 1)
    except ValueError:
        return None
    return (year, month, day) if _EARLIEST_YEAR <= year <= _LATEST_YEAR else None


@cache
def _parts(language: str) -> dict[tuple[str, ...], tuple[str, Any]]:
    """Every entry of the language, cut into words as texts are, with its part and its value."""
    from babel.dates import get_day_names, get_month_names

    table = json.loads(files("mmchat.question").joinpath("data/times.json").read_text("utf-8"))[language]
    found: dict[tuple[str, ...], tuple[str, Any]] = {}

    def put(entry: str, role: str, value: Any = None) -> None:
        key = tuple(map(_plain, _WORD.findall(entry)))
        found[key] = (_both(found[key][0], role) if key in found else role, value)

    for role, letter in ROLES.items():
        entries = table[role].split("|") if role in ("ago", "since", "before", "after", "until", "to") else ()
        for entry in entries or table[role].split():
            if entry:
                put(entry, letter)
    for number, word in enumerate(table["number"].split(), 1):
        put(word, "N", number)
    for word, number in table["few"].items():
        put(word, "N", number)
    for number, words in enumerate(table["ordinal"].split(), 1):
        for word in words.split("|"):
            put(word, "O", number)
    for unit, words in table["unit"].items():
        for word in [words] if unit == "weekend" and language == "es" else words.split():
            put(word, "K" if unit == "quarter" else "U", unit)
    for role, letter in (("day", "R"), ("season", "Z"), ("holiday", "H")):
        for word, value in table[role].items():
            put(word, letter, value)
    short, long = (get_month_names(width, locale=language) for width in _WIDTHS)
    for names, letter in ((short, "m"), (long, "M")):
        for number, word in names.items():
            if (key := (folded(word.strip(".")),)) not in found or found[key][0] == "m":
                found[key] = ("w" if key[0] in table["also_words"].split() else letter, number)
    for number, word in get_day_names("wide", locale=language).items():
        put(word, "W", number)
    if table["in_ago"]:
        put(table["in_ago"], "p")
    return found


def _both(one: str, other: str) -> str:
    """The part of a word that has two."""
    return {"PR": "G", "BR": "R", "uN": "u", "Bp": "V", "Ij": "I"}.get(one + other, other)

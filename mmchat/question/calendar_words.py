"""A language -> how its months, weekdays, clock times, stretches of time and sums of money are written.

Names and units come from the Unicode CLDR, by Babel; what it lacks is a closed class of a few words (``_CLOSED``). Each
pattern expects text in which numbers spelt out have become figures, and groups of figures have no blanks or commas.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from mmchat.perception.words import folded

if TYPE_CHECKING:
    from babel import Locale

NUMBER = r"(?<![\w.,])[-+]?\d+(?:[.,]\d+)?"
"""A figure that no letter touches from the left."""
_CLOSED = {
    "en": {
        "in": "in|within",
        "day": "today|tonight|tomorrow|yesterday",
        "near": "this|next|last|coming|end of(?: the)?|beginning of(?: the)?",
        "clock": r"\d\d? ?(?:[ap]\.?m\b\.?|o['’]clock)|half past \d\d?|quarter (?:to|past) \d\d?",
        "at": r"(?:at|from|until|till|by) \d\d?(?= ?(?:$|[,.;!?)]|(?:to|until|on|for|in)\b))",
        "one": "an?|one|half an?|another",
        "money": "bucks?|quid|cents?|pence",
    },
    "fr": {
        "in": "dans|d['’]ici|sous",
        "day": "aujourd['’]hui|demain|hier",
        "near": "ce|cet|cette|fin|début|mi",
        "after": "prochaine?s?|derni[eè]re?s?|passée?s?",
        "clock": r"\d\d? ?(?:h|heures?)(?: ?\d\d)?\b",
        "at": r"(?:à|vers|dès) \d\d?(?= ?(?:$|[,.;!?)]))",
        "one": "une?|demie?[- ]",
        "money": "centimes?|balles",
    },
    "de": {
        "in": "in|innerhalb von|binnen",
        "day": "heute|gestern|morgen|übermorgen|vorgestern",
        "near": r"(?:dies|nächst|letzt|kommend)e[rsnm]?|ende(?: des| der)?|anfang(?: des| der)?|mitte(?: des| der)?",
        "clock": r"\d\d?(?:[.:]\d\d)? ?uhr\b|halb \d\d?|viertel (?:vor|nach) \d\d?",
        "at": r"(?:um|ab|bis|gegen) \d\d?(?= ?(?:$|[,;!?)]))",
        "one": r"eine?[rnms]?|halbe[rsnm]?",
        "money": "cents?|rappen",
    },
    "es": {
        "in": "en|dentro de",
        "day": "hoy|mañana|ayer|anoche|anteayer",
        "near": "est[ea]|próxim[oa]|finales de|principios de",
        "after": r"que viene|próxim[oa]|pasad[oa]|siguiente",
        "clock": r"(?:a|desde|hasta|sobre|de) las? \d\d?(?:[:.]\d\d)?|\d\d? ?h(?:oras?)?\b",
        "at": r"(?!)",
        "one": "una?|medi[oa]",
        "money": "céntimos?|centavos?",
    },
}
_STRETCHES = "minute hour day week month quarter year decade second".split()
_PARTS = "midnight|noon|minuit|midi|mediodía|medianoche|mitternacht"
_HEAD_LAST = frozenset({"en", "de"})
"""Languages whose names of currencies end with the noun: US dollar, but dollar canadien."""


@dataclass(frozen=True, slots=True)
class CalendarWords:
    """Patterns of one language, all of them blind to case."""

    date: re.Pattern[str]
    time: re.Pattern[str]
    duration: re.Pattern[str]
    money: re.Pattern[str]
    names: frozenset[str]
    """Folded names of months and weekdays, which are nobody's."""


@cache
def calendar_words(language: str) -> CalendarWords:
    """The patterns of an ISO 639-1 code; English where there are none."""
    from babel import Locale

    locale, closed = Locale(language if language in _CLOSED else "en"), _CLOSED.get(language, _CLOSED["en"])
    months = _names(locale.months["format"]) | _names(locale.months["stand-alone"])
    days = _names(locale.days["format"]) | _names(locale.days["stand-alone"])
    stretches = [_unit(locale, f"duration-{each}") for each in _STRETCHES]
    return CalendarWords(
        _blind(*_dates(months, days, closed, stretches)),
        _blind(rf"(?<![\d.,:])\d\d?:\d\d(?!\d)(?: ?[ap]\.?m\b)?|(?<![\w.,]){closed['clock']}|\b{closed['at']}", _PARTS),
        _blind(rf"(?:{NUMBER}[-–]?|\b(?:{closed['one']})) ?(?:{'|'.join(stretches)})(?!\w)"),
        _blind(*_sums(locale, closed["money"])),
        frozenset(folded(name.rstrip(".")) for name in months | days),
    )


def _blind(*patterns: str) -> re.Pattern[str]:
    # A figure stands at the end of where its words stood, more than one blank after what comes before.
    return re.compile("|".join(patterns).replace(r" \d", r" +\d"), re.IGNORECASE)


def _names(widths: dict[str, dict[int, str]]) -> set[str]:
    return {str(name) for width in ("wide", "abbreviated") for name in widths[width].values()}


def _any(names: set[str]) -> str:
    """The longest first; the point of a name cut short may be missing."""
    return "|".join(
        re.escape(name.rstrip(".")) + r"\b" + r"\.?" * name.endswith(".")
        for name in sorted(names, key=len, reverse=True)
    )


def _unit(locale: Locale, unit: str) -> str:
    """The words for a stretch of time, as ``hour|hours|hr|h``; a lone letter only for hours."""
    patterns = locale._data["unit_patterns"].get(unit, {})
    words = {
        str(pattern).replace("{0}", "").strip()
        for width in ("long", "short", "narrow")
        for number, pattern in dict(patterns.get(width, {})).items()
        if number in ("one", "other")
    }
    if locale.language == "de":
        words |= {f"{word}n" for word in words if word.endswith("e")}
    return _any({word for word in words if len(word) > 1 or unit == "duration-hour"})


def _dates(months: set[str], days: set[str], closed: dict[str, str], stretches: list[str]) -> list[str]:
    # Cut short, "may", "sun" and "mar" are words of their own: they count beside a figure alone. Short ones in full
    # ("March", "mai") count inside a sentence, with the capital that the language gives them.
    month, year, nth = _any(months), r"(?:19|20)\d\d\b", r"(?:st|nd|rd|th|er|º|ª|\.)?"
    long_months = {each for each in months if len(each.rstrip(".")) > 5}
    short_months = {each for each in months if 3 <= len(each) <= 5 and not each.endswith(".")}
    whole_days = {each for each in days if len(each.rstrip(".")) > 4}
    long_stretch = "|".join(stretches[2:7])
    return [
        rf"\d\d?{nth}(?: de| of| del)? ?(?:{month})(?:,?(?: de| of| del)? {year})?",
        rf"\b(?:{month}) \d\d?(?:st|nd|rd|th)?\b(?:,? {year})?",
        rf"\b(?:{month})(?: de| of| del)? {year}",
        rf"\b(?:{_any(long_months)})",
        rf"(?<=[\w,(-][ -])(?-i:{_any(short_months)})(?![\w-])",
        rf"\b(?:{_any(days - whole_days)}) \d\d?(?![\d:])",
        rf"\b(?:{_any(whole_days)})",
        r"(?<![\d.,])(?:\d{4}-\d\d-\d\d|\d\d?[./-]\d\d?[./-](?:\d{4}|\d\d)|\d\d?/\d\d?|\d\d?\.\d\d?\.)(?![\d.,]\d|\d)",
        rf"(?<![\w.,/-]){year}(?![.,]\d|[-/](?!{year})\w| ?[%€$£])",
        rf"\b(?:{closed['day']})\b",
        rf"\b(?:{closed['near']}) (?:{long_stretch})(?!\w)",
        rf"\b(?:{long_stretch}) (?:{closed.get('after', '(?!)')})(?!\w)",
        rf"\b(?:{closed['in']}) \d+ (?:{long_stretch})(?!\w)",
        r"\b[QT][1-4]\b",
    ]


def _sums(locale: Locale, more: str) -> list[str]:
    plural = [str(name) for forms in locale._data["currency_names_plural"].values() for name in dict(forms).values()]
    head = -1 if locale.language in _HEAD_LAST else 0
    nouns = {re.split(r"[\s-]", name)[head] for name in [*locale.currencies.values(), *plural]}
    nouns = {noun for noun in nouns if len(noun) > 2 and noun.isalpha()}
    codes = {code for code in map(str, locale.currencies) if re.fullmatch("[A-Z]{3}", code)}
    sign = rf"[$€£¥₹₽₩₪₺₴₫฿]|(?-i:\b(?:{'|'.join(sorted(codes))}|Fr\.|kr)\b)"
    noun = rf"(?:{_any(nouns)}|{more})(?!\w)"
    return [
        rf"(?:{sign}) ?[-+]?\d+(?:[.,]\d+)?[kKmM]?\b",
        rf"{NUMBER} ?(?:[kKmM]\b)?(?:million |mille |mil |tausend )?(?:de |d['’])?(?:{sign}|{noun})",
    ]

"""How months, weekdays, currencies and units are written, by language: all of it from CLDR, through Babel."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale

LANGUAGES = (
    "en", "fr", "de", "es", "it", "pt", "nl", "pl", "cs", "sk", "da", "sv", "nb", "fi", "hu", "ro", "tr", "hr", "sl",
    "et", "lv", "lt", "ca", "el", "ru", "uk", "bg",
)  # fmt: skip
"""Where a word means two things ("listopad" is October in Croatian, November in Czech), the first of them wins,
unless the text's own language says otherwise."""
_UNITS = """area-hectare area-square-meter area-square-kilometer area-square-centimeter area-square-foot area-acre
concentr-permille consumption-liter-per-100-kilometer consumption-mile-per-gallon digital-terabyte digital-gigabyte
digital-megabyte digital-kilobyte duration-hour duration-minute duration-second duration-day duration-week
duration-month duration-year duration-millisecond electric-volt electric-ampere electric-ohm energy-kilocalorie
energy-kilojoule energy-kilowatt-hour frequency-hertz frequency-kilohertz frequency-megahertz frequency-gigahertz
graphics-pixel length-kilometer length-meter length-centimeter length-millimeter length-mile
length-yard length-foot length-inch length-nautical-mile light-lux mass-tonne mass-kilogram mass-gram mass-milligram
mass-pound mass-ounce mass-stone power-kilowatt power-watt power-megawatt power-horsepower pressure-bar
pressure-hectopascal pressure-kilopascal pressure-millibar speed-kilometer-per-hour speed-meter-per-second
speed-mile-per-hour speed-knot temperature-celsius temperature-fahrenheit volume-liter volume-milliliter
volume-centiliter volume-deciliter volume-cubic-meter volume-cubic-centimeter volume-gallon volume-pint""".split()
"""Those that stand in tables of everyday life; CLDR has their signs."""
_UNIT_LANGUAGES = ("en", "fr", "de", "es", "it", "nl")


def folded(word: str) -> str:
    """As names of days and months are looked up: without capitals and the point of an abbreviation."""
    return word.casefold().rstrip(".")


def decimal_mark(language: str) -> str:
    """``.`` or ``,``; the English one for a language that is not known."""
    return _locale(language).number_symbols["latn"]["decimal"] if language in LANGUAGES else "."


@cache
def months(language: str) -> dict[str, int]:
    """Folded names of months, long and short, to 1..12, those of ``language`` first."""
    found: dict[str, int] = {}
    for each in dict.fromkeys((language, *LANGUAGES)):
        if each in LANGUAGES:
            for context in ("format", "stand-alone"):
                for width in ("wide", "abbreviated"):
                    for number, name in _locale(each).months[context][width].items():
                        found.setdefault(folded(str(name)), int(number))
    return found


@cache
def weekdays() -> frozenset[str]:
    """Folded names of the days of the week, long and short."""
    return frozenset(
        folded(str(name))
        for language in LANGUAGES
        for width in ("wide", "abbreviated")
        for name in _locale(language).days["format"][width].values()
    )


@cache
def currencies() -> dict[str, str]:
    """Signs and codes of currencies, and the names of the euro (folded), to their ISO 4217 code.

    A sign that several countries use, such as ``kr``, stands for itself; ``$`` is taken as English does.
    """
    found: dict[str, str] = {}
    english = _locale("en")
    for language in LANGUAGES:
        locale = _locale(language)
        for code, sign in locale.currency_symbols.items():
            if len(code) != 3 or code == "XXX" or code not in english.currency_symbols:
                continue
            found[code] = code
            if sign == code:
                continue
            sign = sign.strip()
            known = found.setdefault(sign, code)
            if known != code and english.currency_symbols.get(known) != sign:
                found[sign] = sign
    for language in LANGUAGES:
        for name in dict(_locale(language)._data["currency_names_plural"].get("EUR", {})).values():
            found.setdefault(str(name).casefold(), "EUR")
    return found


@cache
def units() -> frozenset[str]:
    """Signs of units, as written: ``kg``, ``km/h``, ``°C``, ``m²`` and also ``m2``."""
    found: set[str] = set()
    for language in _UNIT_LANGUAGES:
        patterns = _locale(language)._data["unit_patterns"]
        for unit in _UNITS:
            for width in ("short", "narrow"):
                for number, pattern in dict(dict(patterns.get(unit, {})).get(width, {})).items():
                    if number in ("one", "other"):
                        found.add(pattern.replace("{0}", "").strip())
    found -= {"", "#", '"', "'", "″", "′"}
    return frozenset(found | {sign.replace("²", "2").replace("³", "3") for sign in found})


@cache
def _locale(language: str) -> Locale:
    from babel import Locale

    return Locale.parse(language)


def month_name(number: int, language: str, *, short: bool) -> str:
    """The name of the month 1..12, as it stands in a date."""
    return str(_locale(language).months["format"]["abbreviated" if short else "wide"][number])


def day_name(number: int, language: str, *, short: bool) -> str:
    """The name of the day of the week, Monday being 0."""
    return str(_locale(language).days["format"]["abbreviated" if short else "wide"][number])

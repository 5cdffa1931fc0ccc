"""A spreadsheet's value and its number format -> the text that a person sees: 0.175 with ``0.0 %`` is ``17.5 %``.

The format language is that of ECMA-376 part 1, 18.8.31. Marks and names are English unless the format says otherwise;
a date in the format of whoever looks at it is shown as ISO 8601. It knows no files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache

from mmchat.segmenters.cell_values import Reading, unit_in
from mmchat.types import CellType

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_(?P<space>.)|\*.|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>General)|(?P<half>AM/PM|A/P)|(?P<exponent>[Ee][+-]0+)|(?P<fraction>[#?0]+/[?#0-9]+)"
    r"|(?P<share>(?<=[sS\]])\.0+)|(?P<digit>[0#?])|(?P<mark>[.,%@])|(?P<date>[yY]+|[mM]+|[dD]+|[hH]+|[sS]+)"
    r"|(?P<other>.)",
    re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)(-?[\d.]+)")
_ELAPSED = re.compile(r"[hH]+|[mM]+|[sS]+")
_OF_THE_READER = {"mm-dd-yy", "m/d/yy", "yyyy-mm-dd h:mm:ss"}
"""Formats that stand for "the date as the reader's country writes it", and the one that a library writes unasked."""
_SIGNIFICANT = 10
"""Digits that a cell without a format shows of a share, as spreadsheets do."""


@dataclass(frozen=True, slots=True)
class Token:
    """``kind`` is literal, digit, point, group, percent, text, general, exponent, fraction, date, elapsed or share."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """One of the up to four parts of a format, for positive and negative numbers, zero and text."""

    tokens: tuple[Token, ...]
    condition: tuple[str, float] | None
    language: int

    def has(self, *kinds: str) -> bool:
        """Whether any of its tokens is of these kinds."""
        return any(token.kind in kinds for token in self.tokens)


def sections(code: str) -> tuple[Section, ...]:
    """The parts of a format, at least one."""
    return _sections(code)


@lru_cache(maxsize=4096)
def _sections(code: str) -> tuple[Section, ...]:
    found: list[Section] = []
    tokens: list[Token] = []
    condition: tuple[str, float] | None = None
    language = 0
    for match in _TOKEN.finditer(code + ";"):
        kind, text = match.lastgroup or "", match[match.lastgroup or 0]
        if kind == "bracket":
            if text.startswith("$"):
                sign, _, locale = text[1:].partition("-")
                tokens += [Token("literal", sign)] if sign else []
                language = int(locale, 16) if re.fullmatch(r"[0-9A-Fa-f]+", locale) else language
            elif limit := _CONDITION.fullmatch(text):
                condition = (limit[1], float(limit[2]))
            elif _ELAPSED.fullmatch(text):
                tokens.append(Token("elapsed", text.lower()))
        elif kind == "other" and text == ";":
            found.append(Section(tuple(tokens), condition, language))
            tokens, condition, language = [], None, 0
        elif kind in ("quoted", "escaped", "other"):
            tokens.append(Token("literal", text))
        elif kind == "space":
            tokens.append(Token("literal", " "))
        elif kind == "mark":
            tokens.append(Token({".": "point", ",": "group", "%": "percent", "@": "text"}[text], text))
        elif kind in ("half", "date"):
            tokens.append(Token("date", text.lower()))
        elif kind:
            tokens.append(Token(kind, text))
    return tuple(found)


def is_plain(code: str) -> bool:
    """Whether the format leaves a value as it is."""
    return code in ("General", "@", "")


def is_of_the_reader(code: str) -> bool:
    """Whether a date in it looks different in each country."""
    return code.lower() in _OF_THE_READER or "[$-f800]" in code.lower()


@lru_cache(maxsize=1 << 14)
def shown_number(value: float, code: str) -> tuple[str, Reading]:
    """The number as it is displayed, and what it means: a percentage, an amount of money, a number with a unit."""
    if is_plain(code):
        return plain_number(value), Reading(CellType.NUMBER, float(value))
    section, signed = _section_for(value, sections(code))
    if not section.has("digit", "general", "exponent", "fraction"):
        said = "".join(token.text for token in section.tokens if token.kind == "literal").strip()
        return said or plain_number(value), Reading(CellType.NUMBER, float(value))
    text = " ".join(_filled(section, abs(value)).split())
    if value < 0 and signed and re.search(r"[1-9]", text):
        text = "-" + text
    if re.fullmatch(r"0\d+", text):  # a postcode or a number of an article
        return text, Reading()
    type, unit = _meaning(section)
    return text, Reading(type, float(value) * (100 if type is CellType.PERCENT else 1), unit)


def plain_number(value: float) -> str:
    """12 and not 12.0; of a share the digits that a cell shows."""
    if float(value).is_integer() and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.{max(_SIGNIFICANT, len(str(int(abs(value)))) + 2)}g}"


def _section_for(value: float, parts: tuple[Section, ...]) -> tuple[Section, bool]:
    """The part that holds for the value, and whether the sign is still to be written."""
    limited = [part for part in parts[:3] if part.condition is not None]
    if limited:
        for part in limited:
            operator, limit = part.condition or ("", 0.0)
            if {
                "<": value < limit,
                ">": value > limit,
                "=": value == limit,
                "<=": value <= limit,
                ">=": value >= limit,
                "<>": value != limit,
            }[operator]:
                return part, True
        rest = [part for part in parts[:3] if part.condition is None]
        return (rest or list(parts))[0], True
    if value < 0 and len(parts) > 1 and not parts[1].has("text"):
        return parts[1], False
    if value == 0 and len(parts) > 2 and not parts[2].has("text"):
        return parts[2], False
    return parts[0], True


def _meaning(section: Section) -> tuple[CellType, str]:
    if section.has("percent"):
        return CellType.PERCENT, "%"
    at = [n for n, token in enumerate(section.tokens) if token.kind in ("digit", "general")]
    if at:
        for part in (section.tokens[: at[0]], section.tokens[at[-1] + 1 :]):
            words = "".join(token.text for token in part if token.kind == "literal").strip(" -()")
            if found := unit_in(words) if words else None:
                return found
    return CellType.NUMBER, ""


def _filled(section: Section, value: float) -> str:
    tokens = section.tokens
    if section.has("exponent"):
        return _with_exponent(tokens, value)
    if section.has("fraction"):
        return _as_fraction(tokens, value)
    point = next((n for n, token in enumerate(tokens) if token.kind == "point"), len(tokens))
    whole = [n for n, token in enumerate(tokens[:point]) if token.kind == "digit"]
    shares = [n for n, token in enumerate(tokens) if token.kind == "digit" and n > point]
    groups = [n for n, token in enumerate(tokens) if token.kind == "group"]
    last = whole[-1] if whole else -1
    thousands = sum(last < n < point or n > max(shares, default=point) for n in groups)
    grouped = any(n < last for n in groups)
    amount = Decimal(repr(float(value))) * 100 ** sum(token.kind == "percent" for token in tokens) / 1000**thousands
    rounded = str(amount.quantize(Decimal(1).scaleb(-len(shares)), ROUND_HALF_UP))
    integer, _, share = rounded.partition(".")
    integer = integer.lstrip("0")
    said = _integer(integer, [tokens[n].text for n in whole], grouped)
    out = []
    for n, token in enumerate(tokens):
        if n in whole:
            out.append(said[whole.index(n)])
        elif n in shares:
            digit = share[shares.index(n)]
            needed = token.text == "0" or share[shares.index(n) :].strip("0")
            out.append(digit if needed else "")
        elif token.kind == "point":
            out.append("." if share.strip("0") or any(tokens[s].text == "0" for s in shares) else "")
        elif token.kind in ("literal", "percent"):
            out.append(token.text)
        elif token.kind == "general":
            out.append(plain_number(value))
    return "".join(out)


def _integer(digits: str, places: list[str], grouped: bool) -> list[str]:
    """What each placeholder shows; the first one takes all digits that are left."""
    said: list[str] = []
    left, shown = digits, 0
    for n in range(len(places) - 1, -1, -1):
        taken, left = (left, "") if n == 0 else (left[-1:], left[:-1])
        taken = taken or ("0" if places[n] == "0" else "")
        text = ""
        for digit in reversed(taken):
            if grouped and shown and shown % 3 == 0:
                text = "," + text
            text = digit + text
            shown += 1
        said.append(text)
    return said[::-1]


def _with_exponent(tokens: tuple[Token, ...], value: float) -> str:
    point = next((n for n, token in enumerate(tokens) if token.kind == "point"), len(tokens))
    places = sum(token.kind == "digit" and n > point for n, token in enumerate(tokens))
    literals = [token.text for token in tokens if token.kind == "literal"]
    return f"{value:.{places}E}" + "".join(literals)


def _as_fraction(tokens: tuple[Token, ...], value: float) -> str:
    pattern = next(token.text for token in tokens if token.kind == "fraction")
    below = pattern.partition("/")[2]
    has_whole = any(token.kind == "digit" for token in tokens)
    if below.isdecimal() and below.strip("0"):
        share = Fraction(round(value * int(below)), int(below))
    else:
        share = Fraction(value).limit_denominator(10 ** len(below) - 1)
    whole, rest = divmod(share, 1) if has_whole else (0, share)
    parts = [str(whole)] if whole or not rest else []
    return " ".join([*parts, f"{rest.numerator}/{rest.denominator}"] if rest else parts)

"""A sentence -> the forms of value that it holds: numbers, money, dates, times, durations, codes, people, places.

Structure decides: figures, what touches them, capitals. Numbers spelt out are read by text2num; the names of months,
units and currencies are those of the Unicode CLDR. That a form is there says that the sentence can answer a question
of that form, not that it does.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from mmchat.question.answer_type import AnswerType
from mmchat.question.calendar_words import calendar_words
from mmchat.question.names import names

LONGEST_CHARACTERS = 2000
"""Of a longer text, its beginning is read."""
BARE = 0.5
"""What a bare figure is worth where money, a clock time, a duration or a code is asked for: "Rent 1450", "ab 9"."""
_SPELT = frozenset(("en", "fr", "de", "es", "it", "nl", "pt"))
"""Languages whose spelt-out numbers are read."""
_TOKEN = re.compile(r"[^\W_]+|[^\w\s\ud800-\udfff]|[\s_]+")
_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:([ ,.'’\u00a0\u202f])\d{3})(?:\1\d{3})*(?![\d]|[.,]\d{3})")
_FIGURE = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)?|(?<=[\w.,])\d+")
_UNIT = r"(?: ?(?:[%°€$£²³]|(?:[kcmµ]?[glm][²³23]?|k?[WV]h?|[kMGT]B|min|[hsx]|ft|in|lbs?|oz)\b))"
_CENTS = re.compile(rf"(?<![\w.,:/-])\d+[.,]\d\d(?![\w.,:/]|{_UNIT})")
_CODES = re.compile(
    r"(?P<address>[\w.+-]+@[\w-]+\.[\w.-]*\w|(?:https?://|www\.)\S*\w|\b[\w-]+\.(?:com|org|net|eu|de|fr|es|uk|io|ch|at)\b)"
    r"|(?P<phone>(?<![\w.,])\+?\(?\d[\d ()/.\u00a0-]{6,}\d)"
    r"|(?P<mixed>\b(?=[A-Za-z_/#-]*\d)(?=[\d_/#-]*[A-Za-z])[A-Za-z0-9]+(?:[-/#_][A-Za-z0-9]+)*\b)"
    r"|(?P<inner>\b[a-z]+[A-Z]\w+)"
    rf"|(?P<digits>(?<![\w.,-])\d{{3,}}(?:[- ]\d{{2,}})*(?![\w.,:]\d|\w|{_UNIT}))"
)
_QUANTITY = re.compile(r"\d+(?:st|nd|rd|th|er|e|[eè]me|º|ª)|\d+[a-zµ]{1,3}\d?|\d+-[a-z]+|\d\d?h\d\d|\d+[kKM]|\d+k?Wh?")
"""What letters may do to a figure without making a code of it: 3rd, 20kg, 18h30, 30-day, 5k."""
_WHERE = re.compile(
    r"\b(?:in|on|at|under|behind|near|beside|inside|outside|opposite|next to|between|above|below|dans|sur|sous|derrière"
    r"|près|chez|devant|aux?|à|im|am|auf|unter|hinter|neben|beim?|vor|über|gegenüber|en|sobre|bajo|detrás|junto|cerca"
    r"|delante|enfrente)\b(?= \D)|\b\d{4,5} (?=(?-i:[A-ZÀ-Þ][a-zà-ÿ]))",
    re.IGNORECASE,
)
_MEASURED = re.compile(_UNIT)
_ONLY_DIGITS = 0.7
"""What three figures or more are worth as a code; they may as well count something."""
_WITHIN = 0.5
"""What a figure counts as a number where it is a part of something else, a date or a code."""


@dataclass(frozen=True, slots=True)
class Form:
    """``text[start:end]`` has this form; ``strength`` 0..1 is how sure that is."""

    type: AnswerType
    start: int
    end: int
    strength: float = 1.0


class _Word:
    """A token as text2num takes it."""

    def __init__(self, text: str, start: int) -> None:
        self._text = text
        self.start = start

    def text(self) -> str:
        return self._text

    def nt_separated(self, _: _Word) -> bool:
        return False

    def not_a_number_part(self) -> bool:
        return False


def plain_numbers(text: str, language: str) -> frozenset[str]:
    """The numbers of a text, each as plain figures: ``1,450.00 €`` gives ``1450``, "six thousand" gives ``6000``."""
    return frozenset(_plain(found) for found in _FIGURE.findall(_read(text, language)[1].text))


def fit(types: Mapping[AnswerType, float], text: str, language: str, given: Collection[str] = ()) -> float:
    """0..1: how probable it is that the text has the form asked for.

    Args:
        types: probability of each form, from the question.
        text: what may answer it.
        language: of the text.
        given: the question's own numbers (:func:`plain_numbers`), which answer nothing.
    """
    strength: dict[AnswerType, float] = {}
    for form in forms(text, language):
        if not (given and _all_given(text[form.start : form.end], language, given)):
            strength[form.type] = max(form.strength, strength.get(form.type, 0.0))
    return sum(share * (strength.get(type, 0.0) if type in FORMS else 1.0) for type, share in types.items())


FORMS = frozenset(
    {
        AnswerType.NUMBER,
        AnswerType.MONEY,
        AnswerType.DATE,
        AnswerType.TIME,
        AnswerType.DURATION,
        AnswerType.PERSON,
        AnswerType.PLACE,
        AnswerType.CODE,
    }
)
"""The types that a form of value belongs to; any text may be a reason, a method, a yes or no, or a thing."""


@lru_cache(maxsize=4096)
def forms(text: str, language: str) -> tuple[Form, ...]:
    """Every form that the text holds, with its place; one place may have several."""
    text = text[:LONGEST_CHARACTERS]
    words, (grouped, plain) = calendar_words(language), _read(text, language)
    whens = plain.forms(AnswerType.DATE, words.date) + plain.forms(AnswerType.TIME, words.time)
    lengths = plain.forms(AnswerType.DURATION, words.duration)
    sums = plain.forms(AnswerType.MONEY, words.money) + plain.forms(AnswerType.MONEY, _CENTS, 0.8)
    codes = [
        Form(AnswerType.CODE, *match.span(), _ONLY_DIGITS if match["digits"] else 1.0)
        for match in _CODES.finditer(grouped.text)
        if (match["address"] or not _touches(match.start(), whens + lengths + sums))
        and not (match["mixed"] and _QUANTITY.fullmatch(match[0]))
        and not (match["phone"] and sum(character.isdigit() for character in match[0]) < 7)
    ]
    places = [
        form for form in plain.forms(AnswerType.PLACE, _WHERE, BARE) if not _touches(form.end + 1, whens + lengths)
    ]
    marked = [form for form in whens + sums + codes if form.strength > _ONLY_DIGITS]
    figures = []
    for number in plain.forms(AnswerType.NUMBER, _FIGURE):
        within = _touches(number.start, marked)
        figures.append(replace(number, strength=_WITHIN if within else 1.0))
        if not within and not _touches(number.start, lengths) and not _MEASURED.match(plain.text, number.end):
            figures += [replace(number, type=type, strength=BARE) for type in (AnswerType.MONEY, AnswerType.CODE)]
    named = [
        Form(type, name.start, name.end, strength)
        for name in names(text, language)
        for type, strength in ((AnswerType.PERSON, name.person), (AnswerType.PLACE, name.place))
        if strength and not _touches(name.start, whens + codes)
    ]
    return (*whens, *lengths, *sums, *codes, *figures, *named, *places)


def _read(text: str, language: str) -> tuple[_Figures, _Figures]:
    """The text with groups of thousands closed up, and the same with spelt-out numbers as figures."""
    grouped = _Figures(text)
    grouped.put([(match.span(), re.sub(r"\D", "", match[0])) for match in _GROUPED.finditer(text)])
    plain = _Figures(grouped.text, grouped.put_at)
    plain.put(_spelt(plain.text, language))
    return grouped, plain


def _touches(at: int, others: Sequence[Form]) -> bool:
    return any(form.start <= at < form.end for form in others)


class _Figures:
    """A text in which stretches have become figures, each at the right end of where it stood, so that places stay."""

    def __init__(self, text: str, put_at: Sequence[tuple[int, int]] = ()) -> None:
        self.text = text
        self.put_at = list(put_at)

    def put(self, figures: Sequence[tuple[tuple[int, int], str]]) -> None:
        for (start, end), figure in figures:
            self.text = self.text[:start] + figure[: end - start].rjust(end - start) + self.text[end:]
            self.put_at.append((start, end))

    def forms(self, type: AnswerType, pattern: re.Pattern[str], strength: float = 1.0) -> list[Form]:
        """What the pattern finds, as stretches of the text as it was."""
        return [Form(type, *self._before(*match.span()), strength) for match in pattern.finditer(self.text)]

    def _before(self, start: int, end: int) -> tuple[int, int]:
        if self.put_at:
            start = next((first for first, last in self.put_at if first <= start < last), start)
            end = next((last for first, last in self.put_at if first < end <= last), end)
        return start, end


def _spelt(text: str, language: str) -> list[tuple[tuple[int, int], str]]:
    """Where numbers are spelt out, and their figures."""
    if language not in _SPELT:
        return []
    from text_to_num import find_numbers

    tokens = [_Word(match[0], match.start()) for match in _TOKEN.finditer(text)]
    found = []
    for each in find_numbers(tokens, language, threshold=0.0):
        start, end = tokens[each.start].start, tokens[each.end - 1].start + len(tokens[each.end - 1].text())
        if each.value != 1 and text[start].isalpha():  # "one" and "un" seldom count anything
            found.append(((start, end), f"{each.value:.0f}"))
    return found


def _plain(figure: str) -> str:
    """``05`` as ``5``, ``3,50`` as ``3.5``, ``1450.00`` as ``1450``."""
    whole, _, rest = figure.replace(",", ".").partition(".")
    rest = rest.rstrip("0")
    return (whole.lstrip("0") or "0") + (f".{rest}" if rest else "")


def _all_given(form: str, language: str, given: Collection[str]) -> bool:
    numbers = plain_numbers(form, language)
    return bool(numbers) and numbers <= set(given)

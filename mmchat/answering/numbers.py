"""Numbers and codes in words of any kind, however they are written: ``1,450`` is ``1 450``, ``TP 433`` is ``TP433``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mmchat.retrieval.stop_words import ENGLISH, FRENCH
from mmchat.retrieval.words import folded

_COMPOUND = re.compile(r"\d{1,3}(?:[  \u202f]\d{3})+(?!\w)|\w+(?:[-./_+@:,]\w+)*")
_PIECE = re.compile(r"[^\W_]+")
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,  \u202f]\d{3})+$")
_WITH_UNIT = re.compile(
    r"(\d+)(?:[kmgt]?hz|[kmgt]i?[bo]|[kcmµ]?[mglv]|k?wh?|h|min|s|am|pm|eur|usd|st|nd|rd|th|e|er|re|eme|nde?|p|px|x|k)$"
)
_SPELT = dict(
    entry.split(":")
    for entry in (
        "one:1 two:2 three:3 four:4 five:5 six:6 seven:7 eight:8 nine:9 ten:10 eleven:11 twelve:12 thirteen:13 "
        "fourteen:14 fifteen:15 sixteen:16 seventeen:17 eighteen:18 nineteen:19 twenty:20 thirty:30 forty:40 fifty:50 "
        "sixty:60 seventy:70 eighty:80 ninety:90 hundred:100 thousand:1000 first:1 second:2 third:3 un:1 une:1 deux:2 "
        "trois:3 quatre:4 cinq:5 sept:7 huit:8 neuf:9 dix:10 onze:11 douze:12 treize:13 quatorze:14 quinze:15 "
        "seize:16 vingt:20 trente:30 quarante:40 cinquante:50 soixante:60 cent:100 mille:1000 premier:1 premiere:1 "
        "deuxieme:2 troisieme:3 january:1 february:2 march:3 april:4 may:5 june:6 july:7 august:8 september:9 "
        "october:10 november:11 december:12 janvier:1 fevrier:2 mars:3 avril:4 mai:5 juin:6 juillet:7 aout:8 "
        "septembre:9 octobre:10 novembre:11 decembre:12"
    ).split()
)
"""Words that may stand where a digit was asked for; months, since 5 March is also 05/03."""
_NOTHING_BEFORE = {folded(word) for word in ENGLISH | FRENCH} | set(_SPELT)


@dataclass(frozen=True, slots=True)
class Number:
    """A number or code that was asked about.

    Attributes:
        written: as it stands in the question.
        whole: as one word, without separators.
        pieces: its parts that hold digits.
        before: the word before it, folded, when that says what is numbered ("depot"); or "".
    """

    written: str
    whole: str
    pieces: frozenset[str]
    before: str

    def is_among(self, values: frozenset[str]) -> bool:
        """Whether it is one of a text's values, or all its pieces are."""
        return self.whole in values or self.pieces <= values

    def is_of_another(self, sentence: str, heading: str) -> bool:
        """Whether the sentence speaks of another one of the same kind: depot 20, where depot 200 was asked about."""
        if not self.before or self.is_among(values_in(f"{heading}\n{sentence}")):
            return False
        return any(number.before == self.before for number in numbers_in(sentence))


def numbers_in(text: str) -> Iterator[Number]:
    """Those of a text, in order."""
    before, end = "", 0
    for found in _COMPOUND.finditer(text):
        compound = found.group()
        word = folded(compound)
        if any(letter.isdigit() for letter in compound):
            near = before if not text[end : found.start()].strip(" \t#:°º№n") else ""
            yield Number(compound, *_read(compound), near)
        before, end = "" if word in _NOTHING_BEFORE else word, found.end()


def without(text: str, asked: Sequence[Number]) -> str:
    """The text less the numbers that a question itself gave, which are no answer to "how many"."""
    return (
        _COMPOUND.sub(lambda found: "" if _is_asked(found.group(), asked) else found.group(), text) if asked else text
    )


def _is_asked(compound: str, asked: Sequence[Number]) -> bool:
    return any(letter.isdigit() for letter in compound) and any(n.is_among(_values(compound)) for n in asked)


def values_in(text: str) -> frozenset[str]:
    """Every number and code of a text, in every way of writing it."""
    values: set[str] = set()
    last, end = "", 0
    for found in _COMPOUND.finditer(text):
        compound = found.group()
        if any(letter.isdigit() for letter in compound):
            values |= _values(compound)
        if text[end : found.start()] in (" ", "\xa0") and (last.isalpha() or compound.isalpha()):
            values.add(folded(last + compound))  # TP 433, 144 Hz
        last, end = compound, found.end()
        spelt = _SPELT.get(folded(compound))
        if spelt:
            values.add(spelt)
    return frozenset(values)


def _values(compound: str) -> frozenset[str]:
    whole, pieces = _read(compound)
    units = (_WITH_UNIT.match(piece) for piece in pieces)
    return pieces | {whole} | {_plain(unit[1]) for unit in units if unit}


def _read(compound: str) -> tuple[str, frozenset[str]]:
    """The whole without separators, and its pieces that hold digits; a decimal or thousands have no pieces."""
    word = folded(compound)
    if _THOUSANDS.match(word):
        whole = re.sub(r"\D", "", word)
        return whole, frozenset({whole})
    if re.fullmatch(r"\d+[.,]\d+", word):
        whole = word.replace(",", ".").rstrip("0").rstrip(".")
        return whole, frozenset({whole})
    pieces = _PIECE.findall(word)
    numbered = frozenset(_plain(piece) for piece in pieces if any(letter.isdigit() for letter in piece))
    return "".join(pieces) if len(pieces) > 1 else next(iter(numbered), word), numbered


def _plain(piece: str) -> str:
    """Without noughts in front, when there are only digits."""
    return (piece.lstrip("0") or "0") if piece.isdigit() else piece

"""Which rows of a table sum up others: by the arithmetic first, by the name where that alone cannot tell."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mmchat.segmenters.cell_values import Reading
from mmchat.types import CellType

_WORDS = frozenset(
    "total totals subtotal subtotals sum totaux sous-total somme gesamt summe gesamtsumme zwischensumme gesamtbetrag "
    "insgesamt suma totale totaal subtotaal sub-total average mean durchschnitt mittelwert moyenne media promedio "
    "gemiddelde razem łącznie celkem totalt итого всего".split()
)
_SUMMED = {CellType.NUMBER, CellType.MONEY, CellType.DURATION}
_FEWEST = 3
"""Addends that make it no chance that one column adds up."""
_TOLERANCE = 0.006
"""Per addend: sums of amounts shown to the cent."""


def total_rows(names: Sequence[str], readings: Sequence[Sequence[Reading]]) -> list[bool]:
    """For each row whether it is a total; ``readings`` are row by row."""
    found: list[bool] = []
    width = len(readings[0]) if readings else 0
    group, every, totals = _Sums(width), _Sums(width), _Sums(width)
    for at, (name, row) in enumerate(zip(names, readings, strict=True)):
        word = _says_so(name)
        agreed, compared = max(sums.agreeing(row) for sums in (group, every, totals))
        sure = agreed > 1 or agreed == 1 and (word or every.rows >= _FEWEST and at == len(names) - 1)
        # "Total Fitness Ltd" among the members of a club is no total; "Total incl. VAT" at the end need not add up.
        named = word and (len(_words(name)) == 1 or every.rows > 0 and (not compared or at == len(names) - 1))
        total = (sure and 2 * agreed > compared) or named
        found.append(total)
        if total:
            totals.add(row)
            group = _Sums(width)
        else:
            group.add(row)
            every.add(row)
    return found


class _Sums:
    """The sum so far of each column."""

    def __init__(self, width: int) -> None:
        self._sums = [0.0] * width
        self._counts = [0] * width
        self.rows = 0

    def add(self, row: Sequence[Reading]) -> None:
        self.rows += 1
        for at, reading in enumerate(row):
            if reading.value is not None and reading.type in _SUMMED:
                self._sums[at] += reading.value
                self._counts[at] += 1

    def agreeing(self, row: Sequence[Reading]) -> tuple[int, int]:
        """In how many columns the row is the sum of at least two, and in how many that could be compared."""
        agreed = compared = 0
        for at, reading in enumerate(row):
            if reading.value is not None and reading.type in _SUMMED and self._counts[at] > 1:
                compared += 1
                agreed += bool(self._sums[at]) and abs(self._sums[at] - reading.value) <= _TOLERANCE * self._counts[at]
        return agreed, compared


def _says_so(name: str) -> bool:
    words = _words(name)
    return bool(words) and len(words) <= 4 and (words[0] in _WORDS or words[-1] in _WORDS)


def _words(name: str) -> list[str]:
    return [word.casefold() for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)?", name)]

"""A question's words -> those that a table must account for, the periods, bounds and calendar units among them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from mmchat.perception.stems import stem
from mmchat.perception.words import folded
from mmchat.retrieval.translation import translated
from mmchat.tools.table_engine import Comparison
from mmchat.tools.table_meaning import GAP, frame_words
from mmchat.tools.table_periods import WORDS, Period, Token, Told, periods, tokens, unit_words

LONGEST_CHARACTERS = 300
"""Of a longer text only the beginning is read: it was pasted."""
LONGEST_PHRASE = 3
_NUMBER = re.compile(r"(?<![\w.,-])\d+(?:[.,' \u00a0\u202f]\d{3})*(?:[.,]\d+)?(?![\w-])")
_NAMED = 1.5
"""The weight of a number or of a word with a capital where the language has them for names alone."""
_STATED = 0.7
"""The weight of all words of a period or a bound: many tables have dates and numbers."""
_UNIT = 0.5
"""The weight of "month" and its like: "which month", but also "per month"."""
_COMPARISONS: tuple[tuple[Comparison, str], ...] = tuple(
    sorted(
        (
            (comparison, folded(words))
            for comparison in ("<", "<=", ">", ">=")
            for words in WORDS["comparisons"][comparison]
        ),
        key=lambda each: -len(each[1]),
    )
)
_OPPOSITES: dict[Comparison, Comparison] = {">": "<=", ">=": "<", "<": ">=", "<=": ">"}
_NEGATIONS = "|".join(map(folded, WORDS["comparisons"]["not"]))
_BETWEEN = "|".join(map(folded, WORDS["between"]["between"]))


@dataclass(frozen=True, slots=True)
class Bound:
    """What a value must be ("more than 100"), and the words that say so."""

    comparison: Comparison
    value: float
    tokens: frozenset[int]


class Question:
    """The words of a question and what they are."""

    def __init__(self, text: str, language: str, told: Sequence[Told] = ()) -> None:
        """``told`` are the times that are told from today, by their places in ``text``."""
        self.text = " ".join(text.split())[:LONGEST_CHARACTERS]
        self.language = language
        self.tokens: list[Token] = tokens(self.text)
        self.bounds = self._bounds()
        bounded = frozenset(i for bound in self.bounds for i in bound.tokens)
        from_today = [each.period(self.tokens) for each in told]
        spent = bounded.union(*(period.tokens for period in from_today))
        found = [p for p in from_today if p.tokens and not p.tokens & bounded]
        found += [p for p in periods(self.text, self.tokens) if not p.tokens & spent]
        self.periods: list[Period] = sorted(found, key=lambda period: min(period.tokens))
        self.timed = frozenset(i for period in self.periods for i in period.tokens)
        stated = [each.tokens for each in self.periods] + [each.tokens for each in self.bounds]
        units, frame = unit_words(), frame_words(language)
        stems = {stem(word, language): unit for word, unit in units.items()}
        self.units: dict[str, int] = {}
        self.weights: dict[int, float] = {}
        self.framing: set[int] = set()
        """Words of the asking, which a table need not account for."""
        for i, token in enumerate(self.tokens):
            if i in self.timed or i in bounded:
                self.weights[i] = _STATED / next(len(group) for group in stated if i in group)
            elif (unit := units.get(token.plain) or stems.get(stem(token.text, language))) is not None:
                self.units[unit] = i
                self.weights[i] = _UNIT
            elif (
                token.plain in frame
                or stem(token.text, language) in frame
                or (len(token.plain) == 1 and not token.plain.isdigit())
            ):
                self.framing.add(i)
            else:
                named = token.text[0].isdigit() or (language != "de" and i > 0 and token.text[0].isupper())
                self.weights[i] = _NAMED if named else 1.0

    @cached_property
    def timeless(self) -> str:
        """The question with a year for each period: what is asked does not hang on "last quarter" or "first"."""
        text = self.text
        for period in reversed(self.periods):
            spans = [self.tokens[i] for i in sorted(period.tokens)]
            text = f"{text[: spans[0].start]}2024{text[spans[-1].end :]}"
        return text

    @cached_property
    def form(self) -> str:
        """The question with :data:`GAP` for the words that a table must account for."""
        text, end = "", 0
        for i, token in enumerate(self.tokens):
            if i in self.weights and i not in self.units.values():
                text += "" if text.endswith((GAP, f"{GAP} ")) else self.text[end : token.start] + GAP
            else:
                text += self.text[end : token.end] if not text.endswith(GAP) else " " + token.text
            end = token.end
        return text + self.text[end:]

    @cached_property
    def words(self) -> list[int]:
        """The words that may name something in a table."""
        spent = self.timed | {i for bound in self.bounds for i in bound.tokens}
        return [i for i in range(len(self.tokens)) if i not in spent]

    @cached_property
    def phrases(self) -> list[tuple[str, frozenset[int]]]:
        """Runs of words to be compared by meaning, each with the words that count in it."""
        inner, found = set(self.words), []
        for start in self.words:
            for end in range(start + 1, start + 1 + LONGEST_PHRASE):
                run = range(start, end)
                if not all(i in inner for i in run):
                    break
                ends = (start, end - 1)
                if len(run) > 1 and any(i in self.framing for i in ends):
                    continue
                if len(run) == 1 and len(self.tokens[start].plain) < 3:
                    continue
                counting = frozenset(i for i in run if i not in self.framing) or frozenset(run)
                found.append((self.text[self.tokens[start].start : self.tokens[end - 1].end], counting))
        return found

    @cached_property
    def meanings(self) -> dict[int, tuple[str, ...]]:
        """Word -> its translations between English and French; a star stands for any ending."""
        return {i: translated(self.tokens[i].text, self.language, ()) for i in self.words if i not in self.framing}

    def stem(self, i: int) -> str:
        """The stem of a word."""
        return stem(self.tokens[i].text, self.language)

    def _bounds(self) -> list[Bound]:
        numbers = list(_NUMBER.finditer(self.text))
        found = [bound for match in numbers if (bound := self._bound(match)) is not None]
        dated = {i for period in periods(self.text, self.tokens) for i in period.tokens}
        for one, other in pairwise(numbers):
            taken = self._between(one, other)
            if taken and not taken & dated:
                found += [Bound(">=", number(one[0]), taken), Bound("<=", number(other[0]), taken)]
        return found

    def _bound(self, match: re.Match[str]) -> Bound | None:
        """What the words before a number make of it: "more than", "no more than"."""
        before = self._before(match)
        for comparison, words in _COMPARISONS:
            if found := re.search(rf"(?:\b({_NEGATIONS}) )?(?<!\w){re.escape(words)}$", before):
                taken = self._tokens(found.start(), match.end())
                return Bound(_OPPOSITES[comparison] if found[1] else comparison, number(match[0]), taken)
        return None

    def _between(self, one: re.Match[str], other: re.Match[str]) -> frozenset[int]:
        """The words of "between 100 and 200"; none where it is not said so."""
        opened = re.search(rf"\b(?:{_BETWEEN})$", self._before(one))
        joined = len(self.text[one.end() : other.start()].strip(" $€£").split()) == 1
        return self._tokens(opened.start(), other.end()) if opened and joined else frozenset()

    def _before(self, match: re.Match[str]) -> str:
        return folded(self.text[: match.start()]).rstrip(" $€£")

    def _tokens(self, start: int, end: int) -> frozenset[int]:
        return frozenset(i for i, token in enumerate(self.tokens) if start <= token.start and token.end <= end)


def number(text: str) -> float:
    """A number as written in any of the usual ways; one separator with three digits behind it parts thousands."""
    plain = re.sub(r"['\s\u00a0\u202f]", "", text)
    last = max(plain.rfind("."), plain.rfind(","))
    if last < 0:
        return float(plain)
    kinds = {mark for mark in ".," if mark in plain}
    decimal = len(kinds) == 2 or (plain.count(plain[last]) == 1 and len(plain) - last != 4)
    whole = re.sub(r"[.,]", "", plain[:last])
    return float(f"{whole}.{plain[last + 1 :]}" if decimal else whole + plain[last + 1 :])

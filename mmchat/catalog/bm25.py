"""Stems -> the segments of one full-text table that hold any of them, by BM25, rare words first.

BM25 is Robertson and Zaragoza's (2009). FTS5 has its own, which reads everything about every word, and cannot count
the forms of a word as one: what one segment holds in a rare form would be a rare word. Here the rarest words find the
candidates, until the words left over could not bring another segment among the best (the idea of MaxScore: Turtle and
Flood, "Query evaluation: strategies and optimizations", 1995); these are then looked for in the best candidates alone.
"""

from __future__ import annotations

import heapq
import json
import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Connection

from mmchat.catalog.narrowing import Added
from mmchat.types import Hit, Modality

WEIGHTS = {"text": 1.0, "heading": 0.5, "name": 0.5}
"""A word in the passage itself says more than one in its heading or in the file's name."""
K1, B = 1.2, 0.75
"""As in FTS5 and the book."""
USUAL_LENGTH = 120.0
"""Words. A fixed one, so that the scores of two questions compare, and no answer waits for a mean over the library."""
MOST_READ = 8_000
"""So many places of words are read for one question at most, but for those of its rarest word."""
LOOKED_INTO = 4
"""So many times the wanted segments are looked into for the words left over."""
FEW = 400
"""A search that is kept to so few segments reads them instead of the index."""

Form = tuple[str, ...]
"""A word's stem; of a phrase, one after the other."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the segments are kept to, in one library; empty for any."""

    library: str
    modality: Modality | None = None
    attachment_ids: frozenset[str] = frozenset()
    added: Added | None = None

    def __bool__(self) -> bool:
        return bool(self.modality or self.attachment_ids or self.added)

    def sql(self) -> tuple[str, dict[str, str]]:
        """The condition on a row of the segments, with its values."""
        clauses, values = ["library = :library"], {"library": self.library}
        if self.modality is not None:
            clauses.append("modality = :modality")
            values["modality"] = self.modality.value
        if self.attachment_ids:
            clauses.append("attachment_id IN (SELECT value FROM json_each(:attachment_ids))")
            values["attachment_ids"] = json.dumps(sorted(self.attachment_ids))
        if self.added:
            owners, more = self.added.sql()
            clauses.append(f"attachment_id IN ({owners})")
            values |= more
        return " AND ".join(clauses), values


@dataclass(frozen=True, slots=True)
class _Word:
    """The forms of a word, how many segments hold any of them, and what it is worth in one of the usual length."""

    forms: Collection[Form]
    held: int
    worth: float


class Bm25:
    """One table, read through one connection."""

    def __init__(self, connection: Connection, name: str, limits: Limits | None = None) -> None:
        self._cursor: Any = connection.connection.cursor()  # of the driver: a row each for thousands of places
        self._name = name
        self._limits = limits or None

    def search(self, asked: Sequence[Collection[Form]], k: int) -> list[Hit]:
        """The best ``k``; of equal ones those whose ids come first.

        Args:
            asked: the forms of each word.
            k: how many.
        """
        words = self._words(asked)
        if not words:
            return []
        few = self._few
        if few is None:
            scores, left = self._candidates(words, k)
        else:
            scores, left = dict.fromkeys(few, 0.0), words
        if left:
            scores = self._looked_into(scores, left, k if few is None else len(scores))
        return self._hits(scores, k)

    def _words(self, asked: Sequence[Collection[Form]]) -> list[_Word]:
        """Those that the table holds, the rarest first."""
        stems = {stem for forms in asked for form in forms for stem in form}
        held = dict(self._rows(f'SELECT term, doc FROM "{self._name}.row" WHERE term IN (:in)', stems))
        [[total]] = self._rows(f'SELECT count(*) FROM "{self._name}_docsize"')
        words = []
        for forms in asked:
            here = {form: min(held.get(stem, 0) for stem in form) for form in forms}
            count = min(total, sum(here.values()))
            if count:
                worth = math.log(1 + (total - count + 0.5) / (count + 0.5))
                words.append(_Word([form for form in here if here[form]], count, worth))
        return sorted(words, key=lambda word: word.held)

    def _candidates(self, words: Sequence[_Word], k: int) -> tuple[dict[int, float], Sequence[_Word]]:
        """Scores by row from the rarest words, and the words left over."""
        scores: dict[int, float] = {}
        read = 0
        for at, word in enumerate(words):
            if len(scores) >= k:
                least = heapq.nlargest(k, scores.values())[-1]
                if read + word.held > MOST_READ or least >= sum(other.worth for other in words[at:]):
                    return scores, words[at:]
            for row, score in self._scored(word):
                scores[row] = scores.get(row, 0.0) + score
            read += word.held
        return scores, ()

    def _scored(self, word: _Word) -> Iterator[tuple[int, float]]:
        counts: dict[int, float] = {}
        lengths: dict[int, bytes] = {}
        for form in word.forms:
            for row, column, length in self._places(form):
                counts[row] = counts.get(row, 0.0) + WEIGHTS[column]
                lengths[row] = length
        kept = self._kept(counts)
        return ((row, word.worth * _saturated(counts[row], _words_in(lengths[row]))) for row in kept)

    def _places(self, form: Form) -> Iterable[tuple[int, str, bytes]]:
        """Row, column, and the lengths of the row's columns, for each place of the stem; of a phrase, once a row."""
        if len(form) == 1:
            return self._rows(
                f'SELECT place.doc, place.col, size.sz FROM "{self._name}.instance" AS place '
                f'JOIN "{self._name}_docsize" AS size ON size.id = place.doc WHERE place.term = :term',
                term=form[0],
            )
        return self._rows(
            f"SELECT found.rowid, 'text', size.sz FROM \"{self._name}\" AS found "
            f'JOIN "{self._name}_docsize" AS size ON size.id = found.rowid WHERE "{self._name}" MATCH :phrase',
            phrase='"' + " ".join(form) + '"',
        )

    def _looked_into(self, scores: dict[int, float], words: Sequence[_Word], k: int) -> dict[int, float]:
        """The best of them, with what the words add that were not looked up."""
        wanted = min(len(scores), LOOKED_INTO * k)
        least = heapq.nlargest(wanted, scores.values())[-1] if wanted else 0.0
        best = {row: score for row, score in scores.items() if score >= least}
        found = self._rows(f'SELECT rowid, text, heading, name FROM "{self._name}" WHERE rowid IN (:in)', best)
        for row, *columns in found:
            split = [column.split() for column in columns]
            length = sum(map(len, split))
            for word in words:
                count = sum(
                    weight * _count(form, column, stems)
                    for weight, column, stems in zip(WEIGHTS.values(), columns, split, strict=True)
                    for form in word.forms
                )
                best[row] += word.worth * _saturated(count, length)
        return best

    def _hits(self, scores: dict[int, float], k: int) -> list[Hit]:
        best = heapq.nlargest(k, scores.values())
        wanted = [row for row, score in scores.items() if score > 0 and score >= best[-1]]
        ids = dict(self._rows("SELECT row, id FROM segments WHERE row IN (:in)", wanted))
        hits = [Hit(ids[row], scores[row]) for row in wanted if row in ids]
        return sorted(hits, key=lambda hit: (-hit.score, hit.segment_id))[:k]

    @cached_property
    def _few(self) -> list[int] | None:
        """The rows that the search is kept to, when these are few."""
        if self._limits is None:
            return None
        condition, values = self._limits.sql()
        rows = self._rows(f"SELECT row FROM segments WHERE {condition} LIMIT {FEW + 1}", **values)
        return [row for (row,) in rows] if len(rows) <= FEW else None

    def _kept(self, rows: Collection[int]) -> Collection[int]:
        """Those of the rows that the search is kept to."""
        if self._limits is None:
            return rows
        condition, values = self._limits.sql()
        found = self._rows(f"SELECT row FROM segments WHERE row IN (:in) AND {condition}", rows, **values)
        return [row for (row,) in found]

    def _rows(self, sql: str, among: Collection[int] | Collection[str] | None = None, **values: str) -> list[Any]:
        """All rows of a statement, in which ``(:in)`` stands for the values that something is among."""
        if among is not None:
            sql = sql.replace("(:in)", "(SELECT value FROM json_each(:among))")
            values["among"] = json.dumps(list(among))
        found: list[Any] = self._cursor.execute(sql, values).fetchall()
        return found


def _saturated(count: float, length: int) -> float:
    """1 for a word that stands once in a segment of the usual length, at most ``K1 + 1``."""
    return count * (K1 + 1) / (count + K1 * (1 - B + B * length / USUAL_LENGTH)) if count else 0.0


def _count(form: Form, text: str, stems: Sequence[str]) -> int:
    return stems.count(form[0]) if len(form) == 1 else f" {text} ".count(f" {' '.join(form)} ")


def _words_in(sizes: bytes) -> int:
    """The sum of the varints (SQLite's, most significant seven bits first) that FTS5 keeps of a row's columns."""
    total = value = 0
    for byte in sizes:
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            total, value = total + value, 0
    return total

"""Stems -> the segments of one full-text table that hold any of them, by BM25, rare words first.

BM25 is Robertson and Zaragoza's (2009). FTS5 has its own, which reads everything about every word, and cannot count
the forms of a word as one: what one segment holds in a rare form would be a rare word. So it only finds candidates, by
the rarest words; common ones decide nothing where there are rarer. The best of them are then scored by every word.
"""

from __future__ import annotations

import heapq
import json
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
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
MOST_READ = 10_000
"""So many segments are looked at for one question at most, but for those of its rarest word. Over 102,000 made segments
95 of 100 questions then take 52 ms of a processor or less, 70 at 20,000 and 386 by FTS5 alone; of the best 24 by all
words .96 are found, .98 at 20,000 and .93 at 6,000 (2026-11-28)."""
SCORED = 2
"""So many times the wanted segments are scored by every word."""
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
        self._cursor: Any = connection.connection.cursor()  # of the driver: many rows, none of them kept
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
        few = self._few()
        rows = self._candidates(words, SCORED * k) if few is None else few
        return self._hits(self._scores(words, rows), k)

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
        return sorted(words, key=lambda word: (word.held, sorted(word.forms)))

    def _candidates(self, words: Sequence[_Word], most: int) -> list[int]:
        """Rows with any of the rarest words, the likeliest by FTS5's measure.

        In a part of the library a word may be rarer than in the whole: there every word is looked for.
        """
        read, forms = 0, list[Form]()
        for word in words:
            if read >= most and read + word.held > MOST_READ and self._limits is None:
                break
            read += word.held
            forms += word.forms
        weights = ", ".join(map(str, WEIGHTS.values()))
        condition, values = self._limits.sql() if self._limits else ("", {})
        within = f"AND EXISTS (SELECT 1 FROM segments WHERE row = found.rowid AND {condition})" if condition else ""
        values |= {"match": " OR ".join(f'"{" ".join(form)}"' for form in forms), "most": str(most)}
        found = self._rows(
            f'SELECT rowid FROM "{self._name}" AS found WHERE "{self._name}" MATCH :match {within} '
            f'ORDER BY bm25("{self._name}", {weights}) LIMIT :most',
            **values,
        )
        return [row for (row,) in found]

    def _scores(self, words: Sequence[_Word], rows: Collection[int]) -> dict[int, float]:
        """BM25 by row, 0 for a row without any of the words."""
        single = {form[0]: n for n, word in enumerate(words) for form in word.forms if len(form) == 1}
        phrases = [(f" {' '.join(form)} ", n) for n, word in enumerate(words) for form in word.forms if len(form) > 1]
        scores: dict[int, float] = {}
        for row, *columns in self._rows(
            f'SELECT rowid, {", ".join(WEIGHTS)} FROM "{self._name}" WHERE rowid IN (:in)', rows
        ):
            length, counts = 0, dict[int, float]()
            for weight, text in zip(WEIGHTS.values(), columns, strict=True):
                stems = text.split()
                length += len(stems)
                found = [single[stem] for stem in stems if stem in single]
                for phrase, n in phrases:
                    found += [n] * f" {text} ".count(phrase)
                for n in found:
                    counts[n] = counts.get(n, 0.0) + weight
            pivot = K1 * (1 - B + B * length / USUAL_LENGTH)
            scores[row] = sum(words[n].worth * count * (K1 + 1) / (count + pivot) for n, count in counts.items())
        return scores

    def _hits(self, scores: dict[int, float], k: int) -> list[Hit]:
        best = heapq.nlargest(k, scores.values())
        wanted = [row for row, score in scores.items() if score > 0 and score >= best[-1]]
        ids = dict(self._rows("SELECT row, id FROM segments WHERE row IN (:in)", wanted))
        hits = [Hit(ids[row], scores[row]) for row in wanted if row in ids]
        return sorted(hits, key=lambda hit: (-hit.score, hit.segment_id))[:k]

    def _few(self) -> list[int] | None:
        """The rows that the search is kept to, when these are few."""
        if self._limits is None:
            return None
        condition, values = self._limits.sql()
        rows = self._rows(f"SELECT row FROM segments WHERE {condition} LIMIT {FEW + 1}", **values)
        return [row for (row,) in rows] if len(rows) <= FEW else None

    def _rows(self, sql: str, among: Collection[int] | Collection[str] | None = None, **values: str) -> list[Any]:
        """All rows of a statement, in which ``(:in)`` stands for the values that something is among."""
        if among is not None:
            sql = sql.replace("(:in)", "(SELECT value FROM json_each(:among))")
            values["among"] = json.dumps(list(among))
        found: list[Any] = self._cursor.execute(sql, values).fetchall()
        return found

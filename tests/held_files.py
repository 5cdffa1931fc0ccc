"""A library in memory, as tools and ways of answering are given one, and scores that a reader can foretell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from mmchat.answering.scoring import Features, Graded, Scores
from mmchat.answering.sentence_roles import Role
from mmchat.encoders.hashing import HashingEncoder
from mmchat.segmenters.base import segment_id
from mmchat.tools.base import ToolContext, candidate_of
from mmchat.tools.spans import Span
from mmchat.types import (
    Attachment,
    Candidate,
    Evidence,
    JobState,
    LibraryEntry,
    Query,
    Segment,
    SegmentKind,
    Table,
    Vectors,
)
from tests.factories import a_segment, an_attachment

LIBRARY = "held"
embed = HashingEncoder(dim=2048).encode_texts
"""Texts that share words lie near each other."""


class HeldFiles:
    """A catalog; the newest file is the one held last."""

    def __init__(self) -> None:
        self._entries: list[LibraryEntry] = []
        self._segments: dict[str, list[Segment]] = {}
        self._tables: list[Table] = []

    def hold(self, name: str, *passages: str | Segment, **changes: object) -> Attachment:
        """Each passage is one segment; ``Heading | text`` puts a text under a heading."""
        state = changes.pop("state", JobState.INDEXED)
        tags = changes.pop("tags", ())
        file = an_attachment(name, **changes)
        segments = [p if isinstance(p, Segment) else _passage(file, at, p) for at, p in enumerate(passages)]
        self._entries.insert(0, LibraryEntry(file, state, len(segments), tags=tags))  # type: ignore[arg-type]
        self._segments[file.id] = segments
        return file

    def hold_table(self, table: Table, name: str) -> Table:
        """The table's file, each of its rows a segment."""
        file = self.hold(name, media_type="text/csv")
        assert file.id == table.attachment_id
        rows, segments = [], []
        for row in table.rows:
            text = " | ".join(cell.text for cell in row.cells)
            id = segment_id(file.id, SegmentKind.ROW, row.index, text)
            segments.append(a_segment(file, row.index, text, kind=SegmentKind.ROW))
            rows.append(type(row)(row.index, row.header, row.cells, total=row.total, segment_id=id))
        self._segments[file.id] = segments
        held = Table(table.id, file.id, table.ordinal, table.title, table.columns, tuple(rows))
        self._tables.append(held)
        return held

    def entries(self, library: str) -> list[LibraryEntry]:
        return list(self._entries)

    def attachment(self, library: str, attachment_id: str) -> Attachment | None:
        return next((e.attachment for e in self._entries if e.attachment.id == attachment_id), None)

    def segments(self, library: str, attachment_id: str) -> list[Segment]:
        return self._segments.get(attachment_id, [])

    def candidates(self, library: str, segment_ids: Sequence[str]) -> dict[str, tuple[Segment, Attachment]]:
        here = {s.id: (s, e.attachment) for e in self._entries for s in self._segments[e.attachment.id]}
        return {id: here[id] for id in segment_ids if id in here}

    def tables(self, library: str, attachment_ids: Sequence[str] | None = None) -> list[Table]:
        return [t for t in self._tables if attachment_ids is None or t.attachment_id in attachment_ids]

    def found(self, *files: Attachment) -> list[Candidate]:
        """Every segment of these files, or of all, as if found in this order."""
        chosen = files or [e.attachment for e in self._entries]
        return [candidate_of(s, f) for f in chosen for s in self._segments[f.id]]

    def context(self, within: Query | None = None, without: frozenset[str] = frozenset()) -> ToolContext:
        def find(query: Query, k: int) -> list[Candidate]:
            kept = [c for c in self.found() if not query.attachment_ids or c.attachment.id in query.attachment_ids]
            return kept[:k]

        return ToolContext(LIBRARY, self, find, lambda _: {}, self._embed, within or Query(), without)

    def _embed(self, texts: Sequence[str]) -> Vectors:
        return embed(texts)


def evidence_of(candidates: Sequence[Candidate]) -> list[Evidence]:
    return [Evidence(number, candidate) for number, candidate in enumerate(candidates, start=1)]


def a_graded(span: Span, score: float) -> Graded:
    """A unit with this score, of which nothing else is known."""
    return Graded(span, "read", Features(0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0), score)


class SharedWords:
    """Scores a unit by the share of the question's words in it: 4 log-odds for all, -4 for none, shorter first."""

    def load(self) -> None: ...

    def grade(self, query: Query, units: Sequence[Span]) -> list[Graded]:
        scored = [a_graded(u, self._score(query.asked, f"{u.heading} {u.text}") - len(u.text) / 1000) for u in units]
        return sorted(scored, key=lambda each: -each.score)

    def relevance(self, query: Query, texts: Sequence[str], languages: Sequence[str]) -> Scores:
        return np.array([self._score(query.asked, text) for text in texts])

    def _score(self, question: str, text: str) -> float:
        asked, there = (set(re.findall(r"\w{3,}", words.casefold())) for words in (question, text))
        return 8.0 * len(asked & there) / max(1, len(asked)) - 4.0


class RolesByWord:
    """A sentence has a role for sure when it holds the role's word."""

    def __init__(self, words: Mapping[Role, str], asked: Role | None = None) -> None:
        self._words = words
        self._asked = asked

    def of(self, sentences: Sequence[str]) -> list[Mapping[Role, float]]:
        return [self._role(sentence) for sentence in sentences]

    def asks_for_role(self, vector: object) -> Role | None:
        return self._asked

    def _role(self, sentence: str) -> Mapping[Role, float]:
        has = next((role for role, word in self._words.items() if word in sentence), Role.OTHER)
        return {role: 0.95 if role is has else 0.0125 for role in Role}


def _passage(file: Attachment, at: int, text: str) -> Segment:
    heading, bar, rest = text.partition(" | ")
    return a_segment(file, at, rest if bar else text, heading=heading if bar else "", language="en")

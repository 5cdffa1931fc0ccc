"""What a table says, computed from its cells -> an answer that says what was worked out and from which cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from mmchat.answering import operating_point as point
from mmchat.answering.base import cite
from mmchat.answering.draft import Draft, Piece, said
from mmchat.answering.markdown import escape_line
from mmchat.answering.wording import Wording, place
from mmchat.question.times import read_times
from mmchat.tools.base import ToolContext, candidate_of
from mmchat.tools.query_table import answer_from_tables
from mmchat.tools.table_answer import TableAnswer, describe
from mmchat.tools.table_periods import Told
from mmchat.types import Attachment, Cited, Evidence, Locator, RequestKind, Row, TextDelta, Vectors

MOST_ROWS = 8
"""Rows told one by one; more are counted."""
OTHERWISE_FROM = 0.8
"""Another table that answers otherwise is told when it is at least this share as sure."""


def from_tables(
    question: str,
    language: str,
    context: ToolContext,
    files: Sequence[Attachment] | None,
    embed: Callable[[Sequence[str]], Vectors],
    words: Wording,
    likely: Mapping[str, float],
) -> Draft | None:
    """The best answer that a table gives; None where none does.

    Args:
        question: as it is asked.
        language: its ISO 639-1 code.
        context: the library.
        files: those whose tables may answer; None for all.
        embed: texts to unit vectors, as queries.
        words: the language of the answer.
        likely: how likely each file is meant, 0..1, by id.
    """
    tables = context.tables(None if files is None else [file.id for file in files])
    if not tables:
        return None
    names = {e.attachment.id: e.attachment.name for e in context.entries()}
    question = " ".join(question.split())
    told = _from_today(question, language)
    found = answer_from_tables(question, language, tables, embed, names=names, likely=likely, told=told)
    if found is None:
        return None
    evidence: dict[str, Evidence] = {}
    pieces = _told(found, context, words, evidence)
    other = found.other
    if other is not None and other.confidence >= OTHERWISE_FROM * found.confidence and _differs(found, other):
        pieces += [said("\n\n"), *_told(other, context, words, evidence)]
    if not evidence:
        return None
    grounding = point.grounding(found.confidence)
    return Draft(RequestKind.TABLE, found.confidence, tuple(pieces), tuple(evidence.values()), grounding, found.label)


def _from_today(question: str, language: str) -> list[Told]:
    """The times that are told from today, as "this year" is."""
    times = read_times(question, datetime.now().astimezone(), language)
    return [
        Told(time.start, time.end, time.since.date(), time.before.date() - timedelta(days=1))
        for time in times
        if time.relative and time.since and time.before
    ]


def _told(answer: TableAnswer, context: ToolContext, words: Wording, evidence: dict[str, Evidence]) -> list[Piece]:
    """The value first, then what it is of and where; each row it came from with its marker, its cells boxed."""
    cells: dict[str, list[Locator]] = {}
    rows: dict[str, Row] = {}
    for ref in answer.cells:
        cells.setdefault(ref.row.segment_id, []).append(ref.cell.locator)
        rows.setdefault(ref.row.segment_id, ref.row)
    for row in answer.rows:
        cells.setdefault(row.segment_id, [])
        rows.setdefault(row.segment_id, row)
    here = context.catalog.candidates(context.library, list(rows)[:MOST_ROWS])
    pieces: list[Piece] = []
    markers: list[Piece] = []
    where = ""
    for segment_id, (segment, attachment) in here.items():
        piece = evidence.setdefault(segment_id, Evidence(len(evidence) + 1, candidate_of(segment, attachment)))
        citation = cite(piece, 0, len(segment.text))
        named = ", ".join(locator.cell for locator in cells[segment_id] if locator.cell)
        boxes = tuple(box for locator in cells[segment_id] for box in locator.boxes)
        locator = replace(segment.locator, cell=named or segment.locator.cell, boxes=boxes or segment.locator.boxes)
        markers += [TextDelta(f" [{piece.number}]"), Cited(replace(citation, locator=locator))]
        where = where or place(piece, segment.locator, words)
    if not markers:
        return []
    title = escape_line(answer.table.title)
    pieces.append(said(f"**{escape_line(answer.value_text)}**\n\n"))
    pieces.append(
        said(f"{where}{f' ({title})' if title else ''}{words.colon} {escape_line(describe(answer, words.language))}")
    )
    return pieces + markers


def _differs(one: TableAnswer, other: TableAnswer) -> bool:
    return one.value_text.strip() != other.value_text.strip()

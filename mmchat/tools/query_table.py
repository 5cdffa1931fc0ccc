"""A question in words, or exact arguments, and tables -> the answer computed from their cells, with the cells.

:func:`answer_from_tables` reads a question by itself; :func:`query_table` does what a language model asks for.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from mmchat.tools.table_answer import TableAnswer, answer_of
from mmchat.tools.table_arguments import NotInTable, TableQuery, like, planned
from mmchat.tools.table_engine import Engine, Operation, Outcome, Plan, adds_up
from mmchat.tools.table_frame import TableFrame, frames_of
from mmchat.tools.table_match import match
from mmchat.tools.table_meaning import Embed, Meaning, meaning_of
from mmchat.tools.table_periods import Told
from mmchat.tools.table_plan import Scored, plans
from mmchat.tools.table_question import Question
from mmchat.types import Table

_FLOOR = 0.35
"""Answers less sure than this are none."""
_APART = 0.15
"""Of several tables that answer, the one whose title and headers are nearer to the question counts up to this more."""
_DESCRIBED = 200
_TRIED = 8
"""So many plans of a table are run before it is given up."""


def answer_from_tables(
    question: str,
    language: str,
    tables: Sequence[Table],
    embed: Embed,
    *,
    names: Mapping[str, str] | None = None,
    likely: Mapping[str, float] | None = None,
    told: Sequence[Told] = (),
) -> TableAnswer | None:
    """Answer from the table that fits best.

    Args:
        question: as it was asked.
        language: its ISO 639-1 code.
        tables: those that may hold the answer.
        embed: short texts -> unit vectors of a multilingual text space.
        names: file names by attachment id; their words count as the table's title.
        likely: how likely each attachment is what is asked about, 0 to 1, where anything is known of it.
        told: the times of the question that are told from today.

    Returns: the answer, with the best answer of another table; None where no table fits.
    """
    asked, meaning, named = Question(question, language, told), meaning_of(embed), names or {}
    probabilities = meaning.asked(asked.timeless, asked.form)
    with Engine() as engine:
        found: list[tuple[float, TableFrame, Scored]] = []
        for frame in frames_of(tables):
            attachment = frame.table.attachment_id
            links = match(asked, frame, named.get(attachment, ""), meaning, engine)
            weight = 1.0 if likely is None else 0.8 + 0.2 * likely.get(attachment, 0.0)
            fitting = [each for each in plans(asked, frame, links, probabilities) if each.score >= _FLOOR]
            found += [(weight * each.score, frame, each) for each in fitting[:_TRIED]]
        answers = _answers(_nearer(asked, meaning, found, named), engine, language)
    return replace(answers[0], other=answers[1] if len(answers) > 1 else None) if answers else None


def _nearer(
    asked: Question, meaning: Meaning, found: list[tuple[float, TableFrame, Scored]], names: Mapping[str, str]
) -> list[tuple[float, TableFrame, Scored]]:
    """The surest first; of several tables, those that are nearer to the question as a whole count a little more."""
    tables = list({frame.table.id: frame.table for _, frame, _ in found}.values())
    fit = dict.fromkeys((table.id for table in tables), 1.0)
    if len(tables) > 1:
        near = meaning.nearness([asked.text], [_described(table, names) for table in tables])[0]
        fit = {table.id: 1 - min(_APART, float(near.max() - n)) for table, n in zip(tables, near, strict=True)}
    weighed = [(score * fit[frame.table.id], frame, scored) for score, frame, scored in found]
    return sorted(weighed, key=lambda each: -each[0])


def _answers(found: list[tuple[float, TableFrame, Scored]], engine: Engine, language: str) -> list[TableAnswer]:
    """The best answers of the two best tables."""
    answers: list[TableAnswer] = []
    for confidence, frame, scored in found:
        if any(frame.table is each.table for each in answers):
            continue
        if (done := _run(engine, frame, scored)) is not None:
            plan, outcome = done
            name, sure = scored.asked in ("best", "worst"), min(1.0, confidence)
            answers.append(answer_of(frame, plan, outcome, language, name=name, confidence=sure))
            if len(answers) == 2:
                break
    return answers


def _described(table: Table, names: Mapping[str, str]) -> str:
    """A table in a few words, to be compared with a question."""
    name = names.get(table.attachment_id, "").rpartition(".")[0]
    return f"{table.title} {name}: {', '.join(table.columns)}"[:_DESCRIBED]


def _run(engine: Engine, frame: TableFrame, scored: Scored) -> tuple[Plan, Outcome] | None:
    """Run it; several cells of an amount are added up where they can be, and a total that stands there is taken."""
    plan = scored.plan
    if plan.operation in (Operation.CELL, Operation.SUM) and scored.asked in ("amount", "sum") and not scored.periods:
        plan = _with_totals(frame, plan)
    outcome = engine.run(frame, plan)
    if outcome is None:
        return None
    if plan.operation is Operation.CELL and scored.asked == "amount" and outcome.count > 1:
        columns = [frame.columns[c] for c in plan.targets]
        if all(column.numeric and adds_up(column.type, column.unit) for column in columns):
            plan = replace(plan, operation=Operation.SUM)
            outcome = engine.run(frame, plan)
    return None if outcome is None else (plan, outcome)


def _with_totals(frame: TableFrame, plan: Plan) -> Plan:
    """The plan over the cells that already are the sum, where the table has them."""
    targets = plan.targets
    if frame.total_column is not None and set(targets) == set(frame.block):
        targets = (frame.total_column,)
    if not plan.where and not plan.totals and int(frame.totals.sum()) == 1 and len(targets) == 1:
        row = int(np.flatnonzero(frame.totals)[0])
        if frame.cell(row, targets[0]) is not None:
            return replace(plan, operation=Operation.CELL, targets=targets, totals=True)
    return replace(plan, targets=targets)


class Tables(Protocol):
    """Where tables are kept."""

    def tables(self, library: str, attachment_ids: Collection[str]) -> list[Table]:
        """The tables of these attachments of a library."""
        ...


def query_table(
    query: TableQuery, catalog: Tables, library: str, names: Mapping[str, str], language: str = "en"
) -> TableAnswer:
    """Compute what was asked for exactly.

    Args:
        query: the arguments.
        catalog: where the tables are.
        library: whose.
        names: file names by attachment id.
        language: ISO 639-1 code, for the way numbers are written.

    Raises:
        NotInTable: no such file, table, column or text, or no cell fulfils the conditions.
    """
    ids = list(names)
    at = like(query.file, [names[id] for id in ids])
    frames = frames_of(catalog.tables(library, [ids[at]])) if at is not None else []
    if not frames:
        raise NotInTable(f'No file with a table is called "{query.file}".')
    titles = [frame.table.title for frame in frames]
    which = like(query.table, titles) if query.table else 0
    if which is None:
        raise NotInTable(f'No table there is called "{query.table}". There are: {", ".join(filter(None, titles))}.')
    plan = planned(query, frames[which])
    with Engine() as engine:
        outcome = engine.run(frames[which], plan)
    if outcome is None:
        raise NotInTable("No cell fulfils these conditions.")
    name = plan.group_by is not None and query.operation in (Operation.MOST, Operation.LEAST)
    return answer_of(frames[which], plan, outcome, language, name=name)

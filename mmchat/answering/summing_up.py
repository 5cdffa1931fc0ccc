"""Overviews -> an answer: what each file is, then its key sentences in order, each with its place."""

from __future__ import annotations

from collections.abc import Sequence

from mmchat.answering.concept_names import ConceptNames
from mmchat.answering.concepts import describe, of_one_video
from mmchat.answering.draft import Draft, Piece, quoted, said
from mmchat.answering.markdown import escape_line
from mmchat.answering.wording import Wording, clock
from mmchat.tools.base import ToolContext
from mmchat.tools.overview import FileOverview, OverviewArguments, Weigh, overview
from mmchat.types import Attachment, Cited, Evidence, Modality, RequestKind, TextDelta

MOST_FILES = 20
MOST_HEADINGS = 10
OF_MANY = 2
"""Key sentences a file where there are several."""
MOST_COLUMNS = 12


def sum_up(
    files: Sequence[Attachment], context: ToolContext, names: ConceptNames, words: Wording, weigh: Weigh
) -> Draft | None:
    """What the files are; None when there are none, or nothing could be read in them.

    ``weigh`` tells which sentences say more than others.
    """
    most = 0 if len(files) == 1 else max(1, OF_MANY if len(files) <= 8 else 1)
    found = overview(context, OverviewArguments(files=[f.id for f in files[:MOST_FILES]], sentences=most), weigh)
    if not found:
        return None
    pieces: list[Piece] = []
    evidence: list[Evidence] = []
    for each in found:
        if pieces:
            pieces.append(said("\n\n"))
        pieces += _told(each, names, words, alone=len(found) == 1)
        evidence += each.shown
        evidence += {span.evidence.number: span.evidence for span in each.key}.values()
    if not evidence and not any(each.tables for each in found):
        return None
    return Draft(RequestKind.OVERVIEW, 0.8, tuple(pieces), tuple(evidence))


def _told(each: FileOverview, names: ConceptNames, words: Wording, *, alone: bool) -> list[Piece]:
    file = each.attachment
    facts = [words.kinds[file.modality][0]]
    facts += [clock(file.duration_s)] if file.duration_s else []
    facts += [words.pages.format(count=file.pages)] if file.pages and file.pages > 1 else []
    title = f": {escape_line(each.title)}" if each.title and each.title.casefold() not in file.name.casefold() else ""
    pieces: list[Piece] = [said(f"**{escape_line(file.name)}** ({', '.join(facts)}){title}")]
    if alone and len(each.headings) > 2:
        shown = ", ".join(escape_line(heading) for heading in each.headings[:MOST_HEADINGS])
        pieces.append(said("\n\n" + words.sections.format(names=shown)))
    for table in each.tables[:3] if alone else each.tables[:1]:
        named = ", ".join(escape_line(column) for column in table.columns[:MOST_COLUMNS] if column)
        told = words.rows_and_columns.format(rows=len(table.rows), columns=named or "–")
        pieces.append(said(f"\n\n{escape_line(table.title)}{words.colon} {told}" if table.title else f"\n\n{told}"))
    if each.shown and (not each.key or file.modality is not Modality.AUDIO):
        pieces.append(said("\n\n"))
        named_in = [
            event
            for event in describe(
                of_one_video(each.shown), words, lambda label, kind: names.name(label, kind, words.language)
            )
            if isinstance(event, TextDelta | Cited)
        ]
        pieces += named_in
    if each.key:
        lead = words.says_all if each.whole else words.main_points
        pieces.append(said(f"\n\n{lead}{words.colon}\n" if alone else "\n"))
        for span in each.key:
            place = span.evidence.candidate.segment.locator
            timed = place.start_s is not None or (place.page is not None and (file.pages or 0) > 1)
            pieces += quoted(span, words, opening="\n- ", placed=timed)
    return pieces

"""A whole list, section or sequence of steps that fits the question -> its items, each quoted.

What belongs together is known by structure: the items under one lead-in, what stands under one heading, the lines of a
sign. The block that fits the question is given whole; where no block does, the single sentences that answer are
gathered, over all files.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby, islice, pairwise

import numpy as np

from mmchat.answering import operating_point as point
from mmchat.answering.draft import Draft, Piece, quoted, said
from mmchat.answering.lookup import says_the_same
from mmchat.answering.markdown import escape_line
from mmchat.answering.scoring import Graded, Scores, UnitScorer
from mmchat.answering.sentence_roles import Role, SentenceRoles
from mmchat.answering.units import title_of
from mmchat.answering.wording import Wording, place
from mmchat.question.names import names
from mmchat.tools.base import ToolContext, candidate_of
from mmchat.tools.spans import Span, spans_of
from mmchat.types import SPOKEN_OR_WRITTEN, Candidate, Evidence, Query, RequestKind, SegmentKind

MOST_FILES = 3
MOST_BLOCKS = 24
"""Blocks that the models read; of more, those of the files found first, in order."""
MOST_ITEMS = 12
"""Items told at once; "show all" tells the others."""
LEAST_ITEMS = 2
OPENING_WORDS = 40
"""How much of a block is read with its heading."""
GATHERED_WITHIN = 1.5
"""In log-odds: single sentences are gathered down to so much below the best one."""

ROLE_FROM = 0.5
"""A sentence does what is asked for from this probability on."""
SURE_BLOCK = 0.5
"""From this confidence on a block answers, also where decisions or actions are asked for."""
OF_A_PERSON = 0.25
"""The same of a sentence that names the person asked about, which says half of it."""
MOST_SENTENCES = 160
"""Sentences whose role is read: a meeting of ten minutes, about a second."""
LEAST_WORDS = 3
TITLE_WORDS = 6
"""A line of at most so many words may be the title of the list below it."""
WHOLE_SEGMENTS, AROUND = 80, 4
"""A file of so many segments (40 pages) is read whole for its blocks; of a longer one, so many around each find."""
SURE_NAME = 0.5
"""A name is taken for a person's from this strength on."""

_ITEM = re.compile(r"[ \t]*(?:[-*•‣◦–·]|\[[ xX]?\]|\(?\d{1,3}[.)]|[a-zA-Z][.)])[ \t]+\S")
_WITHIN = re.compile(r"[\w,;][ \t]+\Z")
"""Before a capital that is not owed to a new sentence, line or heading."""
_LEAD = re.compile(r"[^\n|]{2,120}?(?::|：)[*_ ]*$")
_ENDS = re.compile(r"[.!?;,…][*_\"'”’»)\]]*$")


@dataclass(frozen=True, slots=True)
class Block:
    """Items that belong together, and what they stand under."""

    under: str
    items: tuple[Span, ...]

    @property
    def read(self) -> str:
        """What the models read of it."""
        words = " ".join(item.text for item in self.items[:8]).split()[:OPENING_WORDS]
        return f"{self.under}. {' '.join(words)}" if self.under else " ".join(words)


class Listing:
    """Finds the block that fits; holds no state between questions."""

    def __init__(self, scorer: UnitScorer, roles: SentenceRoles) -> None:
        self._scorer = scorer
        self._roles = roles

    def draft(
        self,
        query: Query,
        found: Sequence[Candidate],
        context: ToolContext,
        graded: Sequence[Graded],
        words: Wording,
        *,
        role: Role | None = None,
        meant: Sequence[str] = (),
        everything: bool = False,
    ) -> Draft | None:
        """The best block, or the sentences gathered from ``graded``, the units of a look-up; None where neither is.

        Args:
            query: what is asked.
            found: the candidates of its search, best first.
            context: the library.
            graded: units of the same evidence, best first.
            words: the language of the answer.
            role: what the sentences asked for do: decisions, actions, risks.
            meant: ids of the files that the question points at.
            everything: whether more than :data:`MOST_ITEMS` are told.
        """
        files = list(meant) or list(dict.fromkeys(c.attachment.id for c in found))[:MOST_FILES]
        people = _people(query, found)
        near = _near(found, [unit.span.evidence.candidate for unit in graded])
        blocks = [b for id in files for b in blocks_of(context, id, near.get(id, ())) if len(b.items) >= LEAST_ITEMS]
        blocks = blocks[:MOST_BLOCKS]
        best, confidence = None, 0.0
        scores: Scores = np.zeros(0)
        if blocks:
            scores = self._scorer.relevance(query, [block.read for block in blocks], _languages(blocks))
            at = max(range(len(blocks)), key=lambda n: (scores[n], -n))
            best, confidence = blocks[at], point.chance(float(scores[at]))
        if role is not None and (best is None or confidence < SURE_BLOCK or people):
            doing = self._doing(role, files, context, people)
            if people and not doing:
                return None
            if doing:
                surest = sorted(doing, key=lambda each: -each[1])[: len(doing) if everything else MOST_ITEMS]
                mean = sum(share for _, share in surest) / len(surest)
                if best is not None and not people and _made_of(best, [span for span, _ in surest]):
                    return _told(best.items, mean, words, everything=everything)
                items = [each[0] for each in doing if each in surest]
                return _told(items, mean, words, everything=True, more=len(doing) - len(items))
        gathered = gather([g for g in graded if g.span.evidence.candidate.attachment.id in files] if meant else graded)
        holding = [n for n, block in enumerate(blocks) if gathered and _holds(block, gathered[0].span)]
        if holding:  # what a look-up finds first stands in a list: the list is what is asked for
            at = max(holding, key=lambda n: (scores[n], -n))
            best, confidence = blocks[at], max(point.chance(float(scores[at])), point.confidence(gathered))
        together = point.confidence(gathered) if len(gathered) >= LEAST_ITEMS else 0.0
        if best is None or confidence < together:
            if not gathered:
                return None
            return _told([g.span for g in gathered], point.confidence(gathered), words, everything=everything)
        return _told(best.items, confidence, words, everything=everything)

    def _doing(
        self, role: Role, files: Sequence[str], context: ToolContext, people: Sequence[str]
    ) -> list[tuple[Span, float]]:
        """The sentences of these files that do it, of these people alone where any are named, in order.

        Each with how surely it does.
        """
        every = (span for id in files for span in _sentences(context, id))
        named = (s for s in every if not people or any(person in s.text.casefold() for person in people))
        spans = list(islice(named, MOST_SENTENCES))
        shares = [float(each[role]) for each in self._roles.of([span.text for span in spans])]
        least = OF_A_PERSON if people else ROLE_FROM
        return [(span, share) for span, share in zip(spans, shares, strict=True) if share >= least]


def _sentences(context: ToolContext, attachment_id: str) -> Iterator[Span]:
    attachment = context.catalog.attachment(context.library, attachment_id)
    if attachment is None:
        return
    segments = [s for s in context.catalog.segments(context.library, attachment_id) if s.kind in SPOKEN_OR_WRITTEN]
    for number, segment in enumerate(segments, start=1):
        spans = _apart(spans_of(Evidence(number, candidate_of(segment, attachment))))
        yield from (span for span in spans if len(span.text.split()) >= LEAST_WORDS)


def _people(query: Query, found: Sequence[Candidate]) -> list[str]:
    """The people named, folded: by their capitals, or typed without them where the files write them so."""
    asked = [query.asked[n.start : n.end] for n in names(query.asked, query.language) if n.person >= SURE_NAME]
    typed = set(query.asked.casefold().split())
    written = {
        part
        for each in found
        for name in names(each.segment.text, each.segment.language)
        if name.person >= SURE_NAME and _WITHIN.search(each.segment.text, 0, name.start)
        for part in each.segment.text[name.start : name.end].casefold().split()
    }
    return list(dict.fromkeys([name.casefold() for name in asked] or sorted(typed & written)))


def _near(*found: Sequence[Candidate]) -> dict[str, list[int]]:
    """Where in each file something was found: the ordinals of its segments."""
    near: dict[str, list[int]] = {}
    for candidate in chain(*found):
        near.setdefault(candidate.attachment.id, []).append(candidate.segment.ordinal)
    return near


def blocks_of(context: ToolContext, attachment_id: str, near: Collection[int] = ()) -> list[Block]:
    """The blocks of a file, in order: each list with its lead-in, then each section as a whole.

    Of a long file only what stands around the segments with the ordinals ``near`` is read, or its beginning.
    """
    attachment = context.catalog.attachment(context.library, attachment_id)
    if attachment is None:
        return []
    segments = [
        s for s in context.catalog.segments(context.library, attachment_id) if s.kind in SPOKEN_OR_WRITTEN and s.text
    ]
    if not segments or segments[0].kind is SegmentKind.TRANSCRIPT:
        return []
    if len(segments) > WHOLE_SEGMENTS:
        around = {at for found in near or (0,) for at in range(found - AROUND, found + AROUND + 1)}
        segments = [segment for segment in segments if segment.ordinal in around]
    pieces = [Evidence(number, candidate_of(s, attachment)) for number, s in enumerate(segments, start=1)]
    title = title_of(attachment.name)
    blocks: list[Block] = []
    for heading, group in groupby(pieces, key=lambda piece: piece.candidate.segment.heading):
        members = list(group)
        spans = [span for piece in members for span in _by_line(_apart(spans_of(piece)))]
        blocks += _lists(spans, title, heading)
        sections = [Block(_joined(title, heading, lead), items) for lead, items in _in_parts(spans, heading)]
        blocks += [section for section in sections if section not in blocks]
    return blocks


def gather(graded: Sequence[Graded]) -> list[Graded]:
    """The single sentences, rows and items that answer nearly as well as the best one, one a statement."""
    if not graded:
        return []
    least = graded[0].score - GATHERED_WITHIN
    kept: list[Graded] = []
    small = [g for g in graded if not any(_inside(o.span, g.span) for o in graded if o is not g)]
    for each in small:
        if each.score < least or len(kept) >= MOST_ITEMS:
            break
        if not any(says_the_same(each.span, other.span) for other in kept):
            kept.append(each)
    return kept


def _lists(spans: Sequence[Span], title: str, heading: str) -> Iterator[Block]:
    """Runs of list items, each under the line that leads into it."""
    run: list[Span] = []
    lead = ""
    for span in spans:
        text = span.evidence.candidate.segment.text
        if _ITEM.match(text, text.rfind("\n", 0, span.start) + 1):
            run.append(span)
            continue
        if run:
            yield Block(_joined(title, heading, lead), tuple(run))
            run = []
        lead = span.text.rstrip(" :") if _leads(span) else ""
    if run and (lead or len(run) < len(spans)):
        yield Block(_joined(title, heading, lead), tuple(run))


def _leads(span: Span) -> bool:
    """Whether a list below it stands under it: it ends in a colon, or is a line of a few words that says no more."""
    text = span.evidence.candidate.segment.text
    line = text[text.rfind("\n", 0, span.start) + 1 :].partition("\n")[0]
    title = line.strip(" *_") == span.text.strip(" *_") and len(span.text.split()) <= TITLE_WORDS
    return bool(_LEAD.search(span.text)) or (title and not _ENDS.search(span.text))


def _in_parts(spans: Sequence[Span], heading: str) -> Iterator[tuple[str, tuple[Span, ...]]]:
    """A section whole; of lines on a sign or screen without heading, also what follows each line that leads in."""
    yield "", tuple(spans)
    if heading:
        return
    leads = [at for at, span in enumerate(spans) if _LEAD.search(span.text) and len(span.text.split()) <= 6]
    for at, following in pairwise([*leads, len(spans)]):
        if following - at > 1:
            yield spans[at].text.rstrip(" :"), tuple(spans[at + 1 : following])


def _apart(spans: Sequence[Span]) -> list[Span]:
    """Without overlaps; a line that is quoted with the item it leads into is parted from it again."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        last = kept[-1] if kept else None
        if last is None or span.start >= last.end:
            kept.append(span)
        elif span.start > last.start and span.end == last.end:
            before = span.evidence.candidate.segment.text[last.start : span.start]
            lead = before.rstrip(" \n\t-*•‣◦–·")
            if "\n" in before[len(lead) :]:
                kept[-1] = replace(last, end=last.start + len(lead))
                kept.append(span)
    return kept


def _holds(block: Block, span: Span) -> bool:
    segment = span.evidence.candidate.segment.id
    here = (item for item in block.items if item.evidence.candidate.segment.id == segment)
    return any(item.start < span.end and span.start < item.end for item in here)


def _made_of(block: Block, spans: Sequence[Span]) -> bool:
    """Whether most of these stand in the block, and they are a fair part of it."""
    within = sum(_holds(block, span) for span in spans)
    return 2 * within > len(spans) and 3 * within >= len(block.items)


def _by_line(spans: Sequence[Span]) -> list[Span]:
    """Sentences on one line of a list are one item."""
    joined: list[Span] = []
    for span in spans:
        text = span.evidence.candidate.segment.text
        if joined and joined[-1].evidence is span.evidence and "\n" not in text[joined[-1].end : span.start]:
            line = text.rfind("\n", 0, joined[-1].start) + 1
            if _ITEM.match(text, line):
                joined[-1] = replace(joined[-1], end=span.end)
                continue
        joined.append(span)
    return joined


def _inside(part: Span, whole: Span) -> bool:
    same = part.evidence.candidate.segment.id == whole.evidence.candidate.segment.id
    return same and whole.start <= part.start and part.end <= whole.end and part.text != whole.text


def _languages(blocks: Sequence[Block]) -> list[str]:
    return [block.items[0].evidence.candidate.segment.language for block in blocks]


def _told(items: Sequence[Span], confidence: float, words: Wording, *, everything: bool, more: int = 0) -> Draft:
    shown = list(items) if everything else list(items[:MOST_ITEMS])
    more += len(items) - len(shown)
    evidence: dict[str, Evidence] = {}
    spans = []
    for span in shown:
        candidate = span.evidence.candidate
        piece = evidence.setdefault(candidate.segment.id, Evidence(len(evidence) + 1, candidate))
        spans.append(Span(piece, span.start, span.end, span.heading))
    pieces: list[Piece] = []
    one_file = len({span.evidence.candidate.attachment.id for span in spans}) == 1
    if one_file:
        where = place(spans[0].evidence, spans[0].evidence.candidate.segment.locator, words)
        under = spans[0].evidence.candidate.segment.heading or ""
        pieces.append(said(f"{where}{f' ({escape_line(under)})' if under else ''}{words.colon}\n"))
    for span in spans:
        timed = span.evidence.candidate.segment.locator.start_s is not None
        pieces += quoted(span, words, opening="\n- ", placed=not one_file or timed)
    if more:
        pieces.append(said("\n\n" + words.more_items.format(count=more)))
    grounding = point.grounding(confidence)
    return Draft(RequestKind.ENUMERATE, confidence, tuple(pieces), tuple(evidence.values()), grounding)


def _joined(*parts: str) -> str:
    return ". ".join(dict.fromkeys(part.strip(" .") for part in parts if part.strip(" .")))

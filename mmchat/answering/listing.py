"""A whole list, section or sequence of steps that fits the question -> its items, each quoted.

The block that fits the question (:mod:`mmchat.answering.blocks`) is given whole; where no block does, the single
sentences that answer are gathered, over all files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice

import numpy as np

from mmchat.answering import operating_point as point
from mmchat.answering.blocks import Block, apart, blocks_of
from mmchat.answering.draft import Draft, Piece, quoted, said
from mmchat.answering.lookup import says_the_same
from mmchat.answering.markdown import escape_line
from mmchat.answering.scoring import Graded, Scores, UnitScorer
from mmchat.answering.sentence_roles import Role, SentenceRoles
from mmchat.answering.wording import Wording, place
from mmchat.question.names import names
from mmchat.tools.base import ToolContext, candidate_of
from mmchat.tools.spans import Span, spans_of
from mmchat.types import SPOKEN_OR_WRITTEN, Candidate, Evidence, Query, RequestKind

MOST_FILES = 3
MOST_BLOCKS = 24
"""Blocks that the models read; of more, those of the files found first, in order."""
MOST_ITEMS = 12
"""Items told at once; "show all" tells the others."""
LEAST_ITEMS = 2
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
SURE_NAME = 0.5
"""A name is taken for a person's from this strength on."""

_WITHIN = re.compile(r"[\w,;][ \t]+\Z")
"""Before a capital that is not owed to a new sentence, line or heading."""


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
        spans = apart(spans_of(Evidence(number, candidate_of(segment, attachment))))
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


def _holds(block: Block, span: Span) -> bool:
    segment = span.evidence.candidate.segment.id
    here = (item for item in block.items if item.evidence.candidate.segment.id == segment)
    return any(item.start < span.end and span.start < item.end for item in here)


def _made_of(block: Block, spans: Sequence[Span]) -> bool:
    """Whether most of these stand in the block, and they are a fair part of it."""
    within = sum(_holds(block, span) for span in spans)
    return 2 * within > len(spans) and 3 * within >= len(block.items)


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

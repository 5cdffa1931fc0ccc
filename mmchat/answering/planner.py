"""A Request and what was found for it -> the draft that answers best, without a language model.

Every word of a file in it is a quote.

A request maps to one way of answering, two likely kinds to two; the draft with the better chance of being what was
asked for is told. What no way answers is answered by what a look-up found, worded by how sure that is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import zip_longest

import numpy as np

from mmchat.answering import operating_point as point
from mmchat.answering.catalogue import Catalogue
from mmchat.answering.comparing import Comparing
from mmchat.answering.concept_names import ConceptNames
from mmchat.answering.draft import Draft, said
from mmchat.answering.finding import Finding
from mmchat.answering.listing import Listing
from mmchat.answering.lookup import Lookup
from mmchat.answering.material import PIECES, Material, last_file_first, meant, of_one_sort
from mmchat.answering.scoring import Graded, Scores, UnitScorer
from mmchat.answering.sentence_roles import Role, SentenceRoles
from mmchat.answering.summing_up import sum_up
from mmchat.answering.tabular import from_tables
from mmchat.answering.wording import Wording
from mmchat.encoders.e5_small import QUERY, E5SmallEncoder
from mmchat.question.nearest import NearestActs
from mmchat.question.request import Request
from mmchat.question.router import Likely
from mmchat.settings import Settings
from mmchat.tools.base import ToolContext
from mmchat.tools.list_files import ListFilesArguments
from mmchat.types import Candidate, Evidence, Grounding, Modality, RequestKind, Vectors

CERTAIN = 0.85
"""A kind that the router is so sure of is not compared with others once it answers."""
TRIED_FROM, MOST_TRIED = 0.12, 3
"""Other kinds are tried from this chance on, and so many in all."""
NAMED_ALONE = 0.5
"""The chance that words which only name something are meant to find it."""
UNQUOTED = 0.2
"""A list of files, or how one begins, quotes nothing that could be checked: it is hardly surer than the router."""
LIKE_AN_ACT = 0.3
"""What is less like every example of opening, deleting or dating a file asks for none; real ones lie near .6."""
LOOKED_UP = 0.2
"""The least chance of a plain look-up: the router's misses lie between it and the others."""

DOING = 0.04
"""What a decision or an action counts in an overview; key sentences lie within .1 of each other."""

LEANS_FROM = 0.5
"""A question that leans so much on the one before is looked up in the file last spoken of as well."""
OF_LAST_FILE = 4
WEIGHED_JOINED_FROM = 0.7
"""Units are weighed under both questions as well from here on; below, what answered the one before would win again."""

SEARCHLESS = frozenset({RequestKind.TALK, RequestKind.WRITER})
"""Kinds that need nothing found."""


class Planner:
    """Tries the likely ways of answering; holds no state between questions."""

    def __init__(
        self,
        scorer: UnitScorer,
        names: ConceptNames,
        roles: SentenceRoles,
        embed: Callable[[Sequence[str]], Vectors],
        *,
        pieces: int = 6,
    ) -> None:
        """``embed`` gives unit vectors of texts as queries; ``pieces`` is how much evidence is shown at least."""
        self._scorer = scorer
        self._names = names
        self._embed = embed
        self._pieces = pieces
        self._acts = {kind: NearestActs(kind, embed) for kind in ("talk", "library", "compare")}
        self._lookup = Lookup(scorer)
        self._roles = roles
        self._listing = Listing(scorer, roles)
        self._finding = Finding(names)
        self._comparing = Comparing(self._lookup, self._acts["compare"].act)
        self._catalogue = Catalogue(partial(self._acts["library"].act, least=LIKE_AN_ACT))

    @classmethod
    def from_settings(cls, settings: Settings) -> Planner:
        """With the bundled models; they are shared with the reranker and the text space."""
        encoder = E5SmallEncoder.from_settings(settings)
        return cls(
            UnitScorer.from_settings(settings),
            ConceptNames.from_settings(settings),
            SentenceRoles.from_settings(settings),
            lambda texts: encoder.encode_texts(texts, QUERY),
            pieces=settings.evidence,
        )

    def load(self) -> None:
        """Load the models, the classifiers' lists of names, and the examples."""
        self._scorer.load()
        self._names.load()
        for acts in self._acts.values():
            acts.load()

    def draft(self, request: Request, found: Sequence[Candidate], context: ToolContext, words: Wording) -> Draft:
        """The best draft; there is always one, if only that nothing was found.

        Where writing is the likeliest thing asked for, what was found comes after the word that it needs a model.
        """
        best = self._best(self._material(request, found, context, words))
        if request.kind is not RequestKind.WRITER or best.kind is RequestKind.WRITER:
            return best
        return replace(best, pieces=(said(f"{words.needs_a_writer}\n\n"), *best.pieces))

    def _best(self, material: Material) -> Draft:
        request = material.request
        tried: list[tuple[float, Draft]] = []
        for likely in _worth_trying(request):
            draft = self._make(likely.kind, material)
            if draft is not None:
                tried.append((likely.probability * draft.confidence, draft))
                if likely.probability >= CERTAIN and draft.confidence >= point.ANSWERED_FROM:
                    break
        answering = [each for each in tried if each[1].confidence >= point.LIKELY_FROM]
        if answering:
            return max(answering, key=lambda each: each[0])[1]
        drafts = [draft for _, draft in tried]
        if all(draft.kind is not RequestKind.LOOKUP for draft in drafts) and (looked_up := self._look_up(material)):
            drafts.append(looked_up)
        return max(drafts, key=lambda draft: draft.confidence, default=None) or _nothing(material)

    def _material(self, request: Request, found: Sequence[Candidate], context: ToolContext, words: Wording) -> Material:
        found = self._with_last_file(request, found, context)
        evidence = tuple(Evidence(number, each) for number, each in enumerate(found[:PIECES], start=1))
        kept: list[Sequence[Graded]] = []

        def graded() -> Sequence[Graded]:
            if not kept:
                queries = [request.search if request.kind is RequestKind.FIND else request.query]
                if request.joined and request.context.leaning >= WEIGHED_JOINED_FROM:
                    queries.append(replace(request.query, rewritten=request.joined))
                lines = _first_lines(evidence, context)
                pointed = request.query.attachment_ids | frozenset(request.files[:2])
                graded = self._lookup.graded(queries, evidence, lines, pointed)
                kept.append(last_file_first(graded, request.in_front - pointed, request.context.leaning))
            return kept[0]

        return Material(request, tuple(found), evidence, context, words, graded)

    def _with_last_file(
        self, request: Request, found: Sequence[Candidate], context: ToolContext
    ) -> Sequence[Candidate]:
        """A question that goes on may be about the file last spoken of: its best pieces come beside the others."""
        if request.context.leaning < LEANS_FROM or not request.in_front or request.query.attachment_ids:
            return found
        own = context.find(replace(request.query, attachment_ids=request.in_front), OF_LAST_FILE)
        both = [each for pair in zip_longest(found, own) for each in pair if each is not None]
        return list({candidate.segment.id: candidate for candidate in both}.values())

    def _make(self, kind: RequestKind, material: Material) -> Draft | None:
        ways: dict[RequestKind, Callable[[Material], Draft | None]] = {
            RequestKind.LOOKUP: self._look_up,
            RequestKind.OVERVIEW: self._sum_up,
            RequestKind.ENUMERATE: self._list,
            RequestKind.TABLE: self._compute,
            RequestKind.COMPARE: self._compare,
            RequestKind.LIBRARY: self._library,
            RequestKind.FIND: self._find,
            RequestKind.TALK: self._talk,
            RequestKind.WRITER: self._write,
        }
        way = ways.get(kind)
        return way(material) if way else None

    def _look_up(self, material: Material) -> Draft | None:
        if len(material.request.files) > 1 and material.request.joined:
            files = meant(self._finding, material)
            return self._comparing.draft(material.request.query, files, material.context, material.words, aspect=True)
        draft = self._lookup.draft(material.graded(), material.evidence, material.words, material.request.query)
        return draft and replace(draft, evidence=_shown(draft, self._pieces))

    def _sum_up(self, material: Material) -> Draft | None:
        files = meant(self._finding, material)
        if not files:
            return None
        return sum_up(files, material.context, self._names, material.words, self._weight)

    def _weight(self, sentences: Sequence[str]) -> Scores:
        """How much more a sentence says of its file, in cosine: what was decided, or is to be done, or may go wrong."""
        roles = self._roles.of(sentences)
        return np.array([DOING * (1 - each[Role.OTHER] - each[Role.QUESTION]) for each in roles])

    def _list(self, material: Material) -> Draft | None:
        return self._listing.draft(
            material.request.query,
            material.found,
            material.context,
            material.graded(),
            material.words,
            role=self._roles.asks_for_role(self._embed([material.request.query.asked])[0]),
            meant=material.request.files or tuple(material.request.in_front),
            everything=material.request.everything,
        )

    def _compute(self, material: Material) -> Draft | None:
        request = material.request
        goes_on = request.in_front if request.context.leaning >= LEANS_FROM else frozenset[str]()
        ids = request.query.attachment_ids or frozenset(request.files) or goes_on
        pointed = [e.attachment for e in material.context.entries() if e.attachment.id in ids]
        kept = bool(request.query.attachment_ids or goes_on)
        likely = {c.attachment.id: 1 / rank for rank, c in reversed(list(enumerate(material.found, start=1)))}
        likely |= {file.id: 1.0 for file in pointed}
        return from_tables(
            request.query.asked,
            request.query.language,
            material.context,
            pointed if kept else None,
            self._embed,
            material.words,
            likely,
        )

    def _compare(self, material: Material) -> Draft | None:
        files = meant(self._finding, material) if len(material.request.files) > 1 else of_one_sort(material)
        return self._comparing.draft(material.request.query, files, material.context, material.words)

    def _library(self, material: Material) -> Draft | None:
        request = material.request
        arguments = ListFilesArguments(modality=request.medium, media_type=request.media_type)
        draft = self._catalogue.draft(
            request.query.asked,
            material.context,
            material.words,
            arguments=arguments,
            meant=meant(self._finding, material)[:1],
            pointed=bool(request.files),
            subject=request.subject,
        )
        if draft is None:
            return None
        return replace(draft, confidence=min(draft.confidence, request.chance(RequestKind.LIBRARY) + UNQUOTED))

    def _find(self, material: Material) -> Draft | None:
        request, words = material.request, material.words
        pictured = self._finding.pictured(
            request.subject or request.query.asked, request.query.language, material.found, request.medium, words
        )
        if pictured is not None and request.medium in (Modality.IMAGE, Modality.VIDEO):
            return pictured
        spoken = self._finding.spoken(material.graded(), material.evidence, words)
        spoken = spoken and replace(spoken, evidence=_shown(spoken, self._pieces))
        return max((d for d in (pictured, spoken) if d), key=lambda d: d.confidence, default=None)

    def _talk(self, material: Material) -> Draft:
        act = self._acts["talk"].act(material.request.query.text)
        return Draft(
            RequestKind.TALK, _unproved(material, RequestKind.TALK), (said(getattr(material.words, act)),), (), None
        )

    def _write(self, material: Material) -> Draft:
        confidence = _unproved(material, RequestKind.WRITER)
        grounding = None if confidence >= point.ANSWERED_FROM else Grounding.NOTHING  # a guess at what was meant
        return Draft(RequestKind.WRITER, confidence, (said(material.words.needs_a_writer),), (), grounding)


def _unproved(material: Material, kind: RequestKind) -> float:
    """The confidence of a reply that quotes nothing: unless the router is certain, what files say is preferred."""
    return 0.9 if material.request.chance(kind) >= CERTAIN else point.LIKELY_FROM / 2


def _worth_trying(request: Request) -> list[Likely]:
    """The kinds to try, likeliest first; a look-up is among them unless the first is certain.

    A few words that only name something are looked for as well: what shows it, or speaks of it.
    """
    likely = request.likely
    if likely[0].probability >= CERTAIN:
        return [likely[0]]
    if request.names_only and request.chance(RequestKind.FIND) < NAMED_ALONE:
        others = (each for each in likely if each.kind is not RequestKind.FIND)
        likely = (Likely(RequestKind.FIND, NAMED_ALONE), *others)
    kinds = [each for each in likely if each.probability >= TRIED_FROM][:MOST_TRIED] or [likely[0]]
    found = next((each for each in likely if each.kind is RequestKind.LOOKUP), None)
    kinds = [each for each in kinds if each.kind is not RequestKind.LOOKUP]
    look_up = Likely(RequestKind.LOOKUP, max(LOOKED_UP, found.probability if found else 0.0))
    return sorted([*kinds, look_up], key=lambda each: -each.probability)


def _first_lines(evidence: Sequence[Evidence], context: ToolContext) -> dict[str, str]:
    """The first line of each picture's text: what a screen or a bill calls itself."""
    lines: dict[str, str] = {}
    for piece in evidence:
        file = piece.candidate.attachment
        if file.modality is Modality.IMAGE and file.id not in lines:
            texts = (s.text.strip() for s in context.catalog.segments(context.library, file.id))
            lines[file.id] = next((text.splitlines()[0] for text in texts if text), "")
    return lines


def _shown(draft: Draft, pieces: int) -> tuple[Evidence, ...]:
    """The first pieces, and every one that is cited."""
    cited = {event.citation.marker for event in draft.pieces if hasattr(event, "citation")}
    last = max([pieces, *cited])
    return draft.evidence[:last]


def _nothing(material: Material) -> Draft:
    empty = not material.context.entries()
    text = material.words.empty if empty else material.words.nothing_here
    return Draft(RequestKind.LOOKUP, 0.0, (said(text),), material.evidence[:6], Grounding.NOTHING)

"""One turn, its files taken in -> the steps of its answer: what is looked for, found, chosen, said.

Synchronous: it runs in a worker thread. It knows neither how steps reach a person nor where they are kept.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

from mmchat.active_spaces import ActiveSpaces
from mmchat.answering import Answerer
from mmchat.answering.base import Concluded, NothingFound, Question
from mmchat.answering.concept_names import ConceptNames
from mmchat.answering.draft import Draft
from mmchat.answering.generative import GenerativeAnswerer
from mmchat.answering.planner import CERTAIN, SEARCHLESS
from mmchat.answering.receipt import first_evidence, receipt
from mmchat.answering.wording import Wording, wording
from mmchat.catalog import Catalog, Conversations
from mmchat.catalog.narrowing import TAG
from mmchat.library_tools import LibraryTools
from mmchat.media_again import MediaAgain
from mmchat.narrowing_words import none_to_search, not_answered, not_there
from mmchat.parts import Parts
from mmchat.perceived_query import name_of, recalled
from mmchat.perception.words import ends_as_question
from mmchat.question.narrowing import names_of, narrowed, possible, within
from mmchat.question.request import Request
from mmchat.question.rewriting import said_before
from mmchat.question.understanding import Understanding
from mmchat.reindexing import Reindexing
from mmchat.rerankers import Reranker
from mmchat.settings import Settings
from mmchat.turn_scope import TurnScope, language_of_answer, naming, scope_of
from mmchat.types import (
    Attachment,
    Candidate,
    Event,
    EvidenceChosen,
    Grounding,
    Ingested,
    JobState,
    Modality,
    NarrowedBy,
    Narrowing,
    ReindexState,
    RequestKind,
    RunContext,
    TextDelta,
    Turn,
    Understood,
    Warned,
)

SPOKEN_QUESTION_S = 30.0
"""A recording up to this long that ends in a question mark is taken as the question itself."""


SATISFIED = frozenset({Grounding.ANSWERED, Grounding.LIKELY, None})
NEAR = SATISFIED | {Grounding.CLOSEST}
"""A file that comes with a question is what the question is about: what comes near in it is told before others are
searched."""


@dataclass(frozen=True, slots=True)
class _Sitting:
    """What stays the same while one turn is answered."""

    library: str
    answerer: Answerer
    reranker: Reranker
    language: str
    earlier: tuple[tuple[str, str], ...]
    without: frozenset[str]
    context: RunContext


class AnswerSteps:
    """The steps of every answer over one data folder; it holds no state of a turn."""

    def __init__(
        self,
        settings: Settings,
        catalog: Catalog,
        conversations: Conversations,
        tools: LibraryTools,
        parts: Parts,
        *,
        spaces: ActiveSpaces,
        reindexing: Reindexing,
        media: MediaAgain,
        understanding: Understanding,
    ) -> None:
        self._catalog = catalog
        self._conversations = conversations
        self._tools = tools
        self._parts = parts
        self._spaces = spaces
        self._reindexing = reindexing
        self._media = media
        self._understanding = understanding
        self._concept_names = ConceptNames.from_settings(settings)

    def steps(
        self, library: str, turn: Turn, files: Sequence[Ingested], context: RunContext
    ) -> Generator[Event | Concluded, None, None]:
        """From the question, or from the files alone, to the end of the answer."""
        files = [*files, *self._given_again(library, turn)]
        taken = [file.attachment for file in files if file.attachment is not None]
        text, without = self._tagged(library, turn.text.strip(), taken), frozenset[str]()
        if not text:
            text = self._spoken_question(library, taken)
            without = frozenset(a.id for a in taken)  # a question is no proof of its own answer
        if not text:
            yield from self._receive(library, files, turn.interface_language)
            return
        language = language_of_answer(text, turn)
        words = wording(language)
        yield from (Warned(file.reason) for file in files if file.reason and file.status in ("indexed", "failed"))
        entries = self._catalog.entries(library)
        coming = [e.attachment.name for e in entries if e.state not in (JobState.INDEXED, JobState.FAILED)]
        if coming:
            yield Warned(words.still_reading.format(names=", ".join(coming)))
        yield from (Warned(_preparing(state, words)) for state in self._reindexing.unasked(library))
        scope = scope_of(text, files if not without else ())
        none_read = bool(entries) and all(e.state is JobState.FAILED for e in entries)
        if none_read or (not scope.first and not scope.others):
            yield TextDelta(words.none_read if none_read else words.none_given)
            yield Concluded(Grounding.NOTHING)
            return
        answerer = self._parts.answerer_for(turn.llm)
        llm = answerer.llm if isinstance(answerer, GenerativeAnswerer) else None
        said = said_before(self._conversations.messages(library, turn.conversation_id)[:-2])
        given = () if without else tuple(taken)
        request, understood = self._understanding.read(
            text,
            library=library,
            entries=entries,
            said=said,
            given=given,
            by_hand=turn.narrowings,
            again=turn.again,
            llm=llm,
            stopped=context.stopped,
        )
        sitting = _Sitting(
            library,
            answerer,
            self._parts.reranker_for(turn.llm, turn.reranker),
            language,
            tuple((each.question, each.answer) for each in said),
            without,
            context,
        )
        certain = request.likely[0].probability >= CERTAIN
        if certain and (request.kind is RequestKind.TALK or (request.kind in SEARCHLESS and llm is None)):
            draft = self._draft(request, (), sitting)
            yield replace(understood, kind=draft.kind)
            yield from draft.events()
            return
        yield from self._in_turn(request, understood, scope, given, sitting, words)

    def _in_turn(
        self,
        request: Request,
        understood: Understood,
        scope: TurnScope,
        given: Sequence[Attachment],
        sitting: _Sitting,
        words: Wording,
    ) -> Generator[Event | Concluded, None, None]:
        """In the files given, then in what the wording narrows to, then everywhere: as far as nothing answers."""
        library, query = sitting.library, request.query
        entries = self._catalog.entries(library)
        if scope.first:
            first = replace(request, query=replace(query, attachment_ids=scope.first), files=tuple(a.id for a in given))
            if (yield from self._ask(first, understood, sitting, last=not scope.others, enough=NEAR)):
                return
            yield Warned(words.from_others.format(names=", ".join(names_of(scope.first, entries).values())))
        request = replace(request, files=tuple(id for id in request.files if id not in {a.id for a in given}))
        if scope.joins:
            llm = sitting.answerer.llm if isinstance(sitting.answerer, GenerativeAnswerer) else None
            stopped = sitting.context.stopped
            query = recalled(query, library, given, self._catalog, self._media, llm=llm, stopped=stopped)
            sitting = replace(sitting, without=frozenset(a.id for a in given))
            full = naming(query.asked, name_of(query))
            if full != query.asked:
                query = replace(query, rewritten=full)
                request = replace(request, subject=name_of(query))
                understood = replace(understood, stand_alone=full)
        kept, given_up = possible(self._catalog, library, query, understood.narrowings)
        understood = replace(understood, narrowings=tuple(kept))
        if understood.stand_alone or kept or understood.without or understood.mended:
            yield understood
        if given_up:
            yield Warned(not_there(given_up, sitting.language))
        by_hand = tuple(n for n in kept if n.by_hand)
        if by_hand and entries and not within(self._catalog, library, narrowed(query, by_hand)):
            yield TextDelta(none_to_search(by_hand, sitting.language))
            yield Concluded(Grounding.NOTHING)
            return
        if len(by_hand) < len(kept):
            narrow = replace(request, query=narrowed(query, kept))
            if (yield from self._ask(narrow, understood, sitting, last=False)):
                return
            read = [n for n in kept if not n.by_hand]
            yield Warned(_given_up(read, words))
            understood = replace(understood, narrowings=by_hand)
            yield understood
        yield from self._ask(replace(request, query=narrowed(query, by_hand)), understood, sitting, last=True)

    def _ask(
        self,
        request: Request,
        understood: Understood,
        sitting: _Sitting,
        *,
        last: bool,
        enough: frozenset[Grounding | None] = SATISFIED,
    ) -> Generator[Event | Concluded, None, bool]:
        """Search, draft and answer; returns whether that was the answer. The last one says so itself.

        ``enough`` are the groundings of a quoted answer with which the search ends here.
        """
        searched, found = yield from self._find(request, sitting)
        draft = self._draft(request, found, sitting)
        quoting = not isinstance(sitting.answerer, GenerativeAnswerer)
        if quoting and not last and draft.grounding not in enough:
            return False
        last = last or quoting
        yield replace(understood, kind=draft.kind)
        if draft.evidence:
            yield EvidenceChosen(draft.evidence)
        question = Question(
            replace(request.query, text=request.query.asked),
            sitting.language,
            searched,
            sitting.earlier,
            sitting.context,
        )
        for step in sitting.answerer.answer(question, draft):
            if not isinstance(step, NothingFound):
                yield step
            elif not last:
                return False
        return True

    def _find(self, request: Request, sitting: _Sitting) -> Generator[Event, None, tuple[int, tuple[Candidate, ...]]]:
        """How many segments were searched, and the candidates; those of a question that goes on, of both its forms."""
        return (
            yield from self._tools.search(
                sitting.library,
                request.search,
                asked=request.context,
                reranker=sitting.reranker,
                without=sitting.without,
                context=sitting.context,
            )
        )

    def _draft(self, request: Request, found: Sequence[Candidate], sitting: _Sitting) -> Draft:
        context = self._tools.context(sitting.library, request.query, without=sitting.without, run=sitting.context)
        return self._parts.planner.draft(request, found, context, wording(sitting.language))

    def _given_again(self, library: str, turn: Turn) -> list[Ingested]:
        """The files that came with the question when it was asked before."""
        ids = turn.again.given if turn.again else ()
        here = [a for id in ids if (a := self._catalog.attachment(library, id))]
        return [Ingested(a.name, a.path, "duplicate", a, 0, "", 0.0) for a in here]

    def _tagged(self, library: str, text: str, taken: Sequence[Attachment]) -> str:
        """The text without the tags in it, which go to the files that came with it; with no files, as it is."""
        tags = TAG.findall(text)
        if not tags or not taken:
            return text
        self._catalog.tag(library, [attachment.id for attachment in taken], tags)
        return " ".join(TAG.sub("", text).split())

    def _receive(
        self, library: str, files: Sequence[Ingested], language: str
    ) -> Generator[Event | Concluded, None, None]:
        here = [f.attachment.id for f in files if f.attachment]
        segments = {id: self._catalog.segments(library, id, rows=False) for id in here}
        evidence = first_evidence(files, segments)
        yield EvidenceChosen(evidence)
        yield from (Warned(file.reason) for file in files if file.reason and file.status == "indexed")
        names = self._concept_names
        yield from receipt(files, evidence, language, lambda label, kind: names.name(label, kind, language))

    def _spoken_question(self, library: str, taken: Sequence[Attachment]) -> str:
        """What a short recording asks, when it is all that was sent."""
        if len(taken) != 1 or taken[0].modality is not Modality.AUDIO or (taken[0].duration_s or 0) > SPOKEN_QUESTION_S:
            return ""
        said = " ".join(s.text for s in self._catalog.segments(library, taken[0].id)).strip()
        return said if ends_as_question(said) else ""


def _given_up(narrowings: Sequence[Narrowing], words: Wording) -> str:
    if all(narrowing.by is NarrowedBy.FILE for narrowing in narrowings):
        return words.from_others.format(names=", ".join(narrowing.label for narrowing in narrowings))
    return not_answered(narrowings, words.language)


def _preparing(state: ReindexState, words: Wording) -> str:
    """What a role cannot do until its vectors are made again, or why they cannot be made."""
    if state.state == "failed":
        return state.detail
    sentences = {"text": words.preparing_text, "image": words.preparing_pictures, "sound": words.preparing_sounds}
    return sentences.get(state.role, words.preparing_text).format(percent=int(100 * state.fraction))

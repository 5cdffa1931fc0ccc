"""One turn, its files taken in -> the steps of its answer: what is looked for, found, chosen, said.

Synchronous: it runs in a worker thread. It knows neither how steps reach a person nor where they are kept.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace

from mmchat.active_spaces import ActiveSpaces
from mmchat.answering.base import Concluded, NothingFound, Question
from mmchat.answering.concept_names import ConceptNames
from mmchat.answering.generative import GenerativeAnswerer
from mmchat.answering.receipt import first_evidence, receipt
from mmchat.answering.wording import Wording, wording
from mmchat.catalog import Catalog, Conversations
from mmchat.catalog.narrowing import TAG
from mmchat.media_again import MediaAgain
from mmchat.narrowing_words import none_to_search, not_answered, not_there
from mmchat.parts import Parts
from mmchat.perceived_query import name_of, recalled
from mmchat.perception.language import detect_language
from mmchat.reindexing import Reindexing
from mmchat.rerankers import Reranker
from mmchat.retrieval.intents import narrowed, subject
from mmchat.retrieval.leaning import talked_about
from mmchat.retrieval.pipeline import Pipeline
from mmchat.rewriting import said_before
from mmchat.settings import Settings
from mmchat.turn_scope import language_of_answer, naming, scope_of
from mmchat.types import (
    Attachment,
    Candidate,
    Event,
    Evidence,
    EvidenceChosen,
    Grounding,
    Ingested,
    JobState,
    Modality,
    NarrowedBy,
    Narrowing,
    Query,
    ReindexState,
    Reranked,
    Retrieved,
    RunContext,
    TextDelta,
    Turn,
    Warned,
)
from mmchat.understanding import Asked, names_of, possible, understand, within

SPOKEN_QUESTION_S = 30.0
"""A recording up to this long that ends in a question mark is taken as the question itself."""


class AnswerSteps:
    """The steps of every answer over one data folder; it holds no state of a turn."""

    def __init__(
        self,
        settings: Settings,
        catalog: Catalog,
        conversations: Conversations,
        pipeline: Pipeline,
        parts: Parts,
        *,
        spaces: ActiveSpaces,
        reindexing: Reindexing,
        media: MediaAgain,
    ) -> None:
        self._settings = settings
        self._catalog = catalog
        self._conversations = conversations
        self._pipeline = pipeline
        self._parts = parts
        self._spaces = spaces
        self._reindexing = reindexing
        self._media = media
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
        yield from (Warned(file.reason) for file in files if file.reason and file.status != "duplicate")
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
        reranker = self._parts.reranker_for(turn.llm, turn.reranker)
        llm = answerer.llm if isinstance(answerer, GenerativeAnswerer) else None
        said = said_before(self._conversations.messages(library, turn.conversation_id)[:-2])
        earlier = tuple((each.question, each.answer) for each in said)
        given = () if without else tuple(attachment.id for attachment in taken)
        asked = understand(
            text,
            said,
            entries,
            by_hand=turn.narrowings,
            again=turn.again,
            given=given,
            llm=llm,
            stopped=context.stopped,
        )
        understood = asked.understood
        query = asked.query(text, detect_language(asked.text))
        if not understood.stand_alone and not given:
            query = replace(query, talked_about=talked_about(asked.text, said))

        def ask(query: Query) -> Generator[Event | NothingFound | Concluded, None, None]:
            searched, evidence = yield from self._find_evidence(library, query, without, reranker, context)
            full = replace(query, text=query.asked)
            yield from answerer.answer(Question(full, language, searched, earlier, context), evidence)

        if scope.first:
            if (yield from _until_nothing(ask(replace(query, attachment_ids=scope.first)), last=not scope.others)):
                return
            yield Warned(words.from_others.format(names=", ".join(names_of(scope.first, entries).values())))
        if scope.joins:
            query = recalled(query, library, taken, self._catalog, self._media, llm=llm, stopped=context.stopped)
            without = frozenset(given)
            full = naming(asked.text, name_of(query))
            if full != asked.text:
                query = replace(query, rewritten=subject(full))
                understood = replace(understood, stand_alone=full)
        kept, given_up = possible(self._catalog, library, query, understood.narrowings)
        if given_up:
            query = _worded(query, text, asked.without(given_up), joins=scope.joins)
        understood = replace(understood, narrowings=tuple(kept))
        if understood.stand_alone or kept or understood.without:
            yield understood
        if given_up:
            yield Warned(not_there(given_up, language))
        by_hand = tuple(n for n in kept if n.by_hand)
        if by_hand and entries and not within(self._catalog, library, narrowed(query, by_hand)):
            yield TextDelta(none_to_search(by_hand, language))
            yield Concluded(Grounding.NOTHING)
            return
        if len(by_hand) < len(kept):
            if (yield from _until_nothing(ask(narrowed(query, kept)), last=False)):
                return
            read = [n for n in kept if not n.by_hand]
            yield Warned(_given_up(read, words))
            yield replace(understood, narrowings=by_hand)
            query = _worded(query, text, asked.without([*given_up, *read]), joins=scope.joins)
        yield from _until_nothing(ask(narrowed(query, by_hand)), last=True)

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

    def _find_evidence(
        self, library: str, query: Query, without: frozenset[str], reranker: Reranker, context: RunContext
    ) -> Generator[Event, None, tuple[int, tuple[Evidence, ...]]]:
        """Returns how many segments were searched, and the evidence; it is shown before it is reranked as well."""
        with self._spaces.reading(library) as encoders:
            first = self._pipeline.retrieve(library, query, encoders=encoders, without=without)
        retrieved = tuple(self._pipeline.diversified(first.candidates))
        yield Retrieved(first.searched, retrieved, sum(first.timings_ms.values()))
        yield EvidenceChosen(evidence := self._numbered(retrieved))
        warnings: list[str] = []
        found = self._pipeline.finish(query, first, reranker=reranker, context=replace(context, warn=warnings.append))
        yield from map(Warned, warnings)
        if found.candidates != retrieved:
            yield Reranked(reranker.name, found.candidates, found.timings_ms["rerank"])
            yield EvidenceChosen(evidence := self._numbered(found.candidates))
        return found.searched, evidence

    def _numbered(self, candidates: Sequence[Candidate]) -> tuple[Evidence, ...]:
        chosen = candidates[: self._settings.evidence]
        return tuple(Evidence(number, candidate) for number, candidate in enumerate(chosen, start=1))

    def _receive(
        self, library: str, files: Sequence[Ingested], language: str
    ) -> Generator[Event | Concluded, None, None]:
        segments = {f.attachment.id: self._catalog.segments(library, f.attachment.id) for f in files if f.attachment}
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
        return said if said.endswith("?") else ""


def _worded(query: Query, typed: str, asked: Asked, *, joins: bool) -> Query:
    """The query in the words in which it is asked now; ``joins`` when it points at a file that is part of it."""
    full = subject(naming(asked.text, name_of(query))) if joins else asked.text
    return replace(query, rewritten=full if full != typed else "")


def _until_nothing(
    steps: Generator[Event | NothingFound | Concluded, None, None], *, last: bool
) -> Generator[Event | Concluded, None, bool]:
    """Pass the steps on until nothing is found; returns whether that was the answer. The last one says so itself."""
    for step in steps:
        if not isinstance(step, NothingFound):
            yield step
        elif not last:
            return False
    return True


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

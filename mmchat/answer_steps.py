"""One turn, its files taken in -> the steps of its answer: what is looked for, found, chosen, said.

Synchronous: it runs in a worker thread. It knows neither how steps reach a person nor where they are kept.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from dataclasses import replace
from itertools import pairwise

from mmchat.active_spaces import ActiveSpaces
from mmchat.answering.base import Concluded, NothingFound, Question
from mmchat.answering.concept_names import ConceptNames
from mmchat.answering.receipt import first_evidence, receipt
from mmchat.answering.wording import Wording, wording
from mmchat.catalog import Catalog, Conversations
from mmchat.parts import Parts
from mmchat.perception.language import detect_language
from mmchat.reindexing import Reindexing
from mmchat.rerankers import Reranker
from mmchat.retrieval.retriever import Retrieval, Retriever
from mmchat.settings import Settings
from mmchat.turn_scope import language_of_answer, scope_of
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
    Query,
    ReindexState,
    Reranked,
    Retrieved,
    RunContext,
    TextDelta,
    Turn,
    Warned,
)

CANDIDATES = 24
"""How many candidates are retrieved before reranking: the cross-encoder looks at 20."""
SPOKEN_QUESTION_S = 30.0
"""A recording up to this long that ends in a question mark is taken as the question itself."""


class AnswerSteps:
    """The steps of every answer over one data folder; it holds no state of a turn."""

    def __init__(
        self,
        settings: Settings,
        catalog: Catalog,
        conversations: Conversations,
        retriever: Retriever,
        parts: Parts,
        *,
        spaces: ActiveSpaces,
        reindexing: Reindexing,
    ) -> None:
        self._settings = settings
        self._catalog = catalog
        self._conversations = conversations
        self._retriever = retriever
        self._parts = parts
        self._spaces = spaces
        self._reindexing = reindexing
        self._concept_names = ConceptNames.from_settings(settings)

    def steps(
        self, library: str, turn: Turn, files: Sequence[Ingested], context: RunContext
    ) -> Generator[Event | Concluded, None, None]:
        """From the question, or from the files alone, to the end of the answer."""
        taken = [file.attachment for file in files if file.attachment is not None]
        text, without = turn.text.strip(), frozenset[str]()
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
        scope = scope_of(text, files if not without else (), entries)
        if not scope.first and not scope.others:
            yield TextDelta(words.none_given)
            yield Concluded(Grounding.NO_EVIDENCE)
            return
        answerer = self._parts.answerer_for(turn.llm)
        reranker = self._parts.reranker_for(turn.llm, turn.reranker)
        earlier = self._earlier(library, turn.conversation_id)

        def ask(attachment_ids: frozenset[str]) -> Generator[Event | NothingFound | Concluded, None, None]:
            query = Query(text=text, language=detect_language(text), attachment_ids=attachment_ids)
            searched, evidence = yield from self._find_evidence(library, query, without, reranker, context)
            yield from answerer.answer(Question(query, language, searched, earlier, context), evidence)

        if scope.first:
            for step in ask(scope.first):
                if not isinstance(step, NothingFound):
                    yield step
                elif scope.others:
                    break
            else:
                return
            names = [e.attachment.name for e in entries if e.attachment.id in scope.first]
            yield Warned(words.from_others.format(names=", ".join(names)))
        yield from (step for step in ask(frozenset()) if not isinstance(step, NothingFound))

    def _earlier(self, library: str, conversation_id: str) -> tuple[tuple[str, str], ...]:
        """What was asked and answered before this turn, in whole answers."""
        said = self._conversations.messages(library, conversation_id)[:-2]
        return tuple(
            (question.text, answer.text)
            for question, answer in pairwise(said)
            if question.role == "user" and answer.role == "assistant" and question.text and answer.text
        )

    def _find_evidence(
        self, library: str, query: Query, without: frozenset[str], reranker: Reranker, context: RunContext
    ) -> Generator[Event, None, tuple[int, tuple[Evidence, ...]]]:
        """Returns how many segments were searched, and the evidence; it is shown before it is reranked as well."""
        with self._spaces.reading(library) as encoders:
            retrieval: Retrieval = self._retriever.retrieve(library, query, CANDIDATES, encoders)
        found = [c for c in retrieval.candidates if c.attachment.id not in without]
        yield Retrieved(retrieval.searched, tuple(found), sum(retrieval.timings_ms.values()))
        yield EvidenceChosen(first := self._numbered(found))
        warnings: list[str] = []
        started = time.perf_counter()
        candidates = reranker.rerank(query, found, replace(context, warn=warnings.append))
        yield from map(Warned, warnings)
        if candidates == found:
            return retrieval.searched, first
        yield Reranked(reranker.name, tuple(candidates), (time.perf_counter() - started) * 1000)
        yield EvidenceChosen(evidence := self._numbered(candidates))
        return retrieval.searched, evidence

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


def _preparing(state: ReindexState, words: Wording) -> str:
    """What a role cannot do until its vectors are made again, or why they cannot be made."""
    if state.state == "failed":
        return state.detail
    sentences = {"text": words.preparing_text, "image": words.preparing_pictures, "sound": words.preparing_sounds}
    return sentences.get(state.role, words.preparing_text).format(percent=int(100 * state.fraction))

"""The recipe: ingest, search, answer. It composes the rooms and knows neither Gradio nor any model library."""

from __future__ import annotations

import asyncio
import copy
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event as ThreadEvent

from filelock import FileLock, Timeout

from mmchat.active_spaces import ActiveSpaces
from mmchat.answer_record import AnswerRecord
from mmchat.answer_steps import CANDIDATES, AnswerSteps
from mmchat.background import stream, stream_reports
from mmchat.catalog import Blobs, Catalog, Conversations, Database, SpaceRecords, check_library
from mmchat.encoders import Encoder, create_encoder
from mmchat.errors import MmchatError
from mmchat.ingestion import Admission, Ingestion
from mmchat.llms import Abilities, LLMMessage, Prompt, create_llm
from mmchat.media_again import MediaAgain
from mmchat.parts import Parts
from mmchat.perceived_query import perceive
from mmchat.perception.language import detect_language
from mmchat.reindexing import Reindexing
from mmchat.rerankers import Reranker
from mmchat.retrieval.retriever import Retriever
from mmchat.settings import Settings
from mmchat.stored_vectors import stored_vectors
from mmchat.stores import VectorStore, create_store
from mmchat.types import (
    Attachment,
    Candidate,
    Conversation,
    Event,
    Failed,
    Ingested,
    Ingesting,
    JobState,
    LibraryEntry,
    LLMChoice,
    Message,
    Modality,
    PartState,
    Query,
    ReindexState,
    RunContext,
    Segment,
    Space,
    Turn,
    Upload,
    Vectors,
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Candidates in final order, how many segments were searched, and milliseconds per stage."""

    candidates: tuple[Candidate, ...]
    searched: int
    timings_ms: dict[str, float]


class Assistant:
    """One data folder and one set of models. Every call that touches data names a library."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        try:
            settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise MmchatError(
                f"The data folder {settings.data_dir} cannot be made ({error.strerror}). "
                "Choose another with --data-dir or MMCHAT_DATA_DIR."
            ) from error
        self._folder_lock = _lock(settings.data_dir)
        self._parts = Parts(settings)
        self._database = Database(settings.data_dir / "catalog.sqlite")
        self._catalog = Catalog(self._database)
        self._conversations = Conversations(self._database)
        self._blobs = Blobs(settings.data_dir / "originals")
        self._store = create_store(settings.vector_store, settings)
        self._spaces = ActiveSpaces(
            SpaceRecords(self._database), self._store, self._parts.roles, lambda name: create_encoder(name, settings)
        )
        self._ingestion = Ingestion(
            settings,
            catalog=self._catalog,
            blobs=self._blobs,
            store=self._store,
            segmenters=self._parts.segmenters,
            spaces=self._spaces,
        )
        self._retriever = Retriever(self._catalog, self._store, self._parts.encoders)
        # Two files at a time: a long recording never keeps someone else's screenshot waiting.
        self._ingesting = ThreadPoolExecutor(2, thread_name_prefix="ingest")
        self._reindexing = Reindexing(
            self._spaces,
            self._catalog,
            self._store,
            MediaAgain(self._catalog, self._blobs, self._parts.segmenters),
            self._ingesting,
        )
        self._steps = AnswerSteps(
            settings,
            self._catalog,
            self._conversations,
            self._retriever,
            self._parts,
            spaces=self._spaces,
            reindexing=self._reindexing,
        )
        self._answering = ThreadPoolExecutor(4, thread_name_prefix="answer")

    @classmethod
    def from_settings(cls, settings: Settings) -> Assistant:
        """Open the data folder. Cheap: no model is loaded.

        Raises:
            MmchatError: another process has this folder open.
        """
        return cls(settings)

    def warm_up(self) -> None:
        """Load every model, then take up the jobs that an earlier process left unfinished. Blocking.

        Vectors that another encoder made, or that were lost, are made anew in the background afterwards.
        """
        self.load_models()
        for library in self._catalog.libraries():  # after the models, for only then is every space known
            try:
                self._reindexing.plan(library)
            except MmchatError as error:
                log.error("library %s: %s", library, error)
        for library, attachment_id in self._catalog.unfinished():
            self._ingesting.submit(self._ingestion.resume, library, attachment_id, lambda _: None)
        self._reindexing.start()

    def load_models(self) -> None:
        """Load every model that is not loaded yet. Blocking."""
        self._parts.load()

    def readiness(self) -> tuple[PartState, ...]:
        """How far each part is."""
        return self._parts.states()

    # Models that visitors choose

    def llm_models(self, choice: LLMChoice) -> list[str]:
        """The models that the chosen provider offers; none where it does not tell.

        Raises:
            MmchatError: the provider is unknown or does not answer.
        """
        provider = choice.name.partition(":")[0]
        return create_llm(replace(choice, name=f"{provider}:any"), self.settings).models()

    def try_llm(self, choice: LLMChoice) -> Abilities:
        """Make the chosen LLM say one word, so that a wrong key or name is known before the first question.

        Raises:
            MmchatError: it cannot be used, with what to do.
        """
        llm = create_llm(choice, self.settings)
        llm.load()
        llm.complete(Prompt((LLMMessage("user", ("Say OK.",)),), max_output_tokens=16), ThreadEvent())
        return llm.abilities

    # Ingest

    async def ingest(self, library: str, uploads: Sequence[Upload]) -> AsyncIterator[Ingesting | Ingested]:
        """Take files in, one after the other, each with its progress and its outcome."""
        admissions = await asyncio.to_thread(self._ingestion.admit_all, library, uploads)
        for events in [self._finish(library, admission) for admission in admissions]:
            async for event in events:
                yield event

    def ingest_now(self, library: str, upload: Upload) -> Ingested:
        """Take one file in, blocking; for the command line."""
        [admission] = self._ingestion.admit_all(library, [upload])
        return self._ingestion.finish(library, admission, lambda _: None)

    # Search

    def search(self, library: str, query: Query, k: int) -> SearchResult:
        """The ``k`` best candidates from every space and the full text, reranked."""
        check_library(library)
        query = query if query.language else replace(query, language=detect_language(query.text))
        with self._spaces.reading(library) as encoders:
            retrieval = self._retriever.retrieve(library, query, max(k, CANDIDATES), encoders)
        started = time.perf_counter()
        context = RunContext(original=lambda id: self._blobs.path(library, id), library=library)
        candidates = self._parts.reranker.rerank(query, retrieval.candidates, context)
        timings = {**retrieval.timings_ms, "rerank": (time.perf_counter() - started) * 1000}
        return SearchResult(tuple(candidates[:k]), retrieval.searched, timings)

    def perceive_query(self, text: str, files: Sequence[Upload], modality: Modality | None = None) -> Query:
        """A query from words and files: what is read, heard and recognised in the files joins it as words.

        Raises:
            UnsupportedAttachment: a file cannot be read.
        """
        return perceive(text, files, modality, self.settings, self._parts)

    # Answer

    async def answer(self, library: str, turn: Turn) -> AsyncIterator[Event]:
        """Ingest the turn's files, find evidence, and stream a cited answer; everything is stored as it comes.

        Trouble is an event: Warned when the answer goes on, Failed when it cannot be made.
        """
        check_library(library)
        conversation = turn.conversation_id
        if not await asyncio.to_thread(self._conversations.exists, library, conversation):
            yield Failed("This conversation is not here any more. Start a new one.", retryable=False)
            return
        admissions = await asyncio.to_thread(self._ingestion.admit_all, library, turn.uploads)
        given = [a.attachment for a in admissions if a.attachment is not None]
        await asyncio.to_thread(self._conversations.say, library, conversation, turn.text, given)
        message_id = await asyncio.to_thread(self._conversations.begin_answer, library, conversation)
        files: list[Ingested] = []
        for events in [self._finish(library, admission) for admission in admissions]:
            async for event in events:
                if isinstance(event, Ingested):
                    files.append(event)
                yield event
        context = RunContext(original=lambda id: self._blobs.path(library, id), library=library)
        steps = self._steps.steps(library, turn, files, context)
        record = AnswerRecord(self._conversations, library, message_id)
        async for kept in stream(self._answering, record.keep(steps), context.stopped):
            yield kept

    # The library

    def library_entries(self, library: str) -> list[LibraryEntry]:
        """What the library holds, newest first."""
        return self._catalog.entries(check_library(library))

    def original(self, library: str, attachment_id: str) -> tuple[Path, Attachment] | None:
        """Where the original lies, or None when this library has no such attachment."""
        attachment = self._catalog.attachment(check_library(library), attachment_id)
        path = self._blobs.path(library, attachment_id) if attachment else None
        return (path, attachment) if path and attachment else None

    def delete_attachment(self, library: str, attachment_id: str) -> bool:
        """Forget a file: its original, words, vectors, and the evidence of past answers that came from it."""
        if self._catalog.attachment(check_library(library), attachment_id) is None:
            return False
        # The catalog's row goes last: should anything before it fail, deleting again finishes the work.
        self._blobs.delete(library, attachment_id)
        self._conversations.forget_attachment(library, attachment_id)
        with self._reindexing.held_off():
            self._store.delete(library, [s.id for s in self._catalog.segments(library, attachment_id)])
            self._catalog.delete_attachment(library, attachment_id)
        return True

    def delete_library(self, library: str) -> None:
        """Forget everything of this library."""
        self._blobs.drop(check_library(library))
        self._conversations.drop(library)
        with self._reindexing.held_off():
            self._store.drop(library)
            self._catalog.drop(library)
            self._reindexing.forget(library)

    def vectors(self, library: str) -> dict[str, int]:
        """How many vectors this library has, by space."""
        spaces = self._spaces.spaces(check_library(library))
        return {name: self._store.count(library, space) for name, space in spaces.items()}

    def missing_vectors(self, library: str) -> dict[str, int]:
        """How many segments have no vector in a space that takes them, by space; empty when all is well."""
        missing = {}
        for encoder in self._parts.encoders:
            ids = self._catalog.segment_ids(check_library(library), encoder.segment_kinds)
            lacking = len(ids) - len(self._store.get(library, encoder.space, ids))
            if lacking:
                missing[encoder.space.name] = lacking
        return missing

    def reindexing(self, library: str) -> tuple[ReindexState, ...]:
        """How far the new vectors of a changed encoder are, by role; empty when all is well."""
        return self._reindexing.states(library)

    def plan_reindex(self, library: str) -> tuple[ReindexState, ...]:
        """Look what a changed encoder, or a lost store, leaves to be done; nothing is done yet."""
        self._reindexing.plan(check_library(library))
        return self._reindexing.states(library)

    def reindex(self, library: str) -> Iterator[ReindexState]:
        """Do it now, a batch at each step; for the command line. The page does it in the background."""
        self.plan_reindex(library)
        yield from self._reindexing.run(library)

    def rebuild(self, library: str) -> None:
        """Make every segment and vector of the library anew from the originals. Blocking."""
        self._store.drop(check_library(library))
        self._reindexing.forget(library)
        entries = self._catalog.entries(library)
        if entries:
            self._spaces.reset(library)
        for entry in entries:
            self._catalog.set_state(library, entry.attachment.id, JobState.QUEUED)
            self._ingestion.resume(library, entry.attachment.id, lambda _: None)

    # Conversations

    def start_conversation(self, library: str) -> str:
        """A new conversation's id."""
        return self._conversations.start(library)

    def conversations(self, library: str) -> list[Conversation]:
        """Newest first."""
        return self._conversations.all(library)

    def messages(self, library: str, conversation_id: str) -> list[Message]:
        """In order; none for an id that is not this library's."""
        return self._conversations.messages(library, conversation_id)

    def delete_conversation(self, library: str, conversation_id: str) -> bool:
        """Forget a conversation; False when this library has none by that id."""
        return self._conversations.delete(library, conversation_id)

    # Measuring

    def with_stages(
        self, retriever: Callable[[Catalog, VectorStore, Sequence[Encoder]], Retriever], reranker: Reranker
    ) -> Assistant:
        """The same data and models, searched with other stages, so that each can be measured. Close only the first."""
        other = copy.copy(self)
        other._retriever = retriever(self._catalog, self._store, self._parts.encoders)
        other._parts = copy.copy(self._parts)
        other._parts.reranker = reranker
        return other

    @property
    def parts(self) -> Parts:
        """What this start is made of."""
        return self._parts

    def embeddings(self, library: str) -> dict[Space, tuple[list[Segment], Vectors]]:
        """Every space that is searched: its segments, and their vectors, shape (n_segments, dim)."""
        with self._spaces.reading(check_library(library)) as encoders:
            return stored_vectors(self._catalog, self._store, library, encoders)

    def close(self) -> None:
        """Let the steps under way end, then release the data folder. Unfinished jobs resume at the next start."""
        self._ingestion.close()
        self._reindexing.close()
        self._answering.shutdown(wait=True, cancel_futures=True)
        self._ingesting.shutdown(wait=True, cancel_futures=True)
        self._store.close()
        self._database.close()
        self._folder_lock.release()

    def _finish(self, library: str, admission: Admission) -> AsyncIterator[Ingesting | Ingested]:
        """Start the file's job now and give its events; it goes on to its end also when nobody reads them."""

        def work(report: object) -> Ingesting | Ingested:
            return self._ingestion.finish(library, admission, report)  # type: ignore[arg-type]

        return stream_reports(self._ingesting, work)


def _lock(data_dir: Path) -> FileLock:
    """Chroma and SQLite here are for one process; a second one is told so instead of corrupting them."""
    lock = FileLock(data_dir / "in-use.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise MmchatError(
            "The data folder is in use by another mmchat process. Stop that one, or choose another with --data-dir."
        ) from error
    return lock

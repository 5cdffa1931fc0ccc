"""The recipe: ingest, search, answer. It composes the rooms and knows neither Gradio nor any model library."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from mmchat.active_spaces import ActiveSpaces
from mmchat.answer_record import AnswerRecord
from mmchat.answer_steps import AnswerSteps
from mmchat.background import stream
from mmchat.catalog import (
    Agreement,
    Beginnings,
    Blobs,
    Catalog,
    Conversations,
    Copies,
    Deletions,
    PageRecords,
    Readings,
    SpaceRecords,
    check_library,
)
from mmchat.checking import Checking
from mmchat.data_folder import claim, open_catalog
from mmchat.deleting import Deleting
from mmchat.encoders import create_encoder
from mmchat.file_jobs import FileJobs
from mmchat.file_reading import FileReading
from mmchat.ingestion import Ingestion
from mmchat.insights import Looking
from mmchat.library_tools import LibraryTools
from mmchat.llms import Abilities, trial
from mmchat.measuring import Measuring
from mmchat.media_again import MediaAgain
from mmchat.models_in_use import hub_models
from mmchat.page_vectors import PageVectors
from mmchat.parts import Parts
from mmchat.question.library_words import LibraryWords
from mmchat.question.understanding import Understanding
from mmchat.reindexing import Reindexing
from mmchat.rereading import Rereading
from mmchat.retrieval.pipeline import Pipeline
from mmchat.retrieval.retriever import Retriever
from mmchat.searching import Searching, SearchResult
from mmchat.settings import Settings
from mmchat.stores import create_store
from mmchat.types import (
    Attachment,
    Conversation,
    Event,
    Failed,
    Ingested,
    Ingesting,
    LibraryEntry,
    LLMChoice,
    Message,
    Narrowing,
    PartState,
    Pixels,
    Query,
    ReindexState,
    RunContext,
    SegmentKind,
    Turn,
    Understood,
    Upload,
)
from mmchat.workers import create_workers


class Assistant:
    """One data folder and one set of models. Every call that touches data names a library."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._folder_lock = claim(settings.data_dir)
        self.workers = create_workers(settings, ["mmchat.preloading"])
        self._parts = Parts(settings, self.workers)
        try:
            self._database = open_catalog(settings.data_dir)
        except BaseException:
            self._folder_lock.release()
            raise
        self._catalog = Catalog(self._database)
        self._conversations = Conversations(self._database)
        self._blobs = Blobs(settings.data_dir / "originals")
        self._store = create_store(settings.vector_store, settings)
        self._spaces = ActiveSpaces(
            SpaceRecords(self._database), self._store, self._parts.roles, lambda name: create_encoder(name, settings)
        )
        self._pages = PageVectors(page_records := PageRecords(self._database), self._catalog, self._store)
        self._reading = FileReading(
            catalog=self._catalog,
            readings=Readings(self._database),
            blobs=self._blobs,
            store=self._store,
            segmenters=self._parts.segmenters,
            spaces=self._spaces,
            pages=self._pages,
        )
        copies = Copies(self._database)
        self._ingestion = Ingestion(settings, self._catalog, copies, self._blobs, self._reading, self.workers)
        self._jobs = FileJobs(self._ingestion, self._catalog, settings.workers)
        retriever = Retriever(
            self._catalog,
            self._store,
            self._parts.encoders,
            words_weight=settings.words_weight,
            pages=page_records if settings.fusion == "hybrid" else None,
        )
        self._pipeline = Pipeline(retriever, self._catalog, settings.most_per_file)
        words = LibraryWords(self._catalog, settings)
        self._searching = Searching(
            settings,
            self._parts,
            catalog=self._catalog,
            blobs=self._blobs,
            spaces=self._spaces,
            pipeline=self._pipeline,
            understanding=(understanding := Understanding(self._parts.router, words.mend)),
        )
        self._media = MediaAgain(self._catalog, self._blobs, self._parts.segmenters)
        self._reindexing = Reindexing(
            self._spaces, self._catalog, self._store, self._media, self._jobs.queue.background(), self._pages
        )
        self._rereading = Rereading(
            self._reading, self._catalog, copies, self._jobs.queue.background(), self._reindexing.held_off, self.workers
        )
        self._deleting = Deleting(
            Deletions(self._database),
            self._catalog,
            self._conversations,
            self._blobs,
            self._store,
            page_records,
            self._reindexing,
            self._ingestion,
            self._jobs,
        )
        self._store.lost = lambda: self._jobs.begin(self._reindexing.begin_anew)
        self._steps = AnswerSteps(
            settings,
            self._catalog,
            self._conversations,
            LibraryTools(self._catalog, self._store, self._spaces, self._pipeline),
            self._parts,
            spaces=self._spaces,
            reindexing=self._reindexing,
            media=self._media,
            understanding=understanding,
        )
        self._answering = ThreadPoolExecutor(4, thread_name_prefix="answer")

    @classmethod
    def from_settings(cls, settings: Settings) -> Assistant:
        """Open the data folder, loading no model. Raises MmchatError where another process has it open."""
        return cls(settings)

    def warm_up(self) -> None:
        """Load every model, then take up the jobs that an earlier process left unfinished. Blocking.

        Vectors of another encoder, or lost ones, and what an earlier version read are made anew in the background.
        """
        self.workers.start()
        self.load_models()
        for library in self._catalog.libraries():
            self._catalog.prepare_full_text(library)
        self._reindexing.plan_all()  # after the models, for only then is every space known
        self._deleting.finish()
        self._jobs.take_up()
        self._reindexing.start()
        self._rereading.start()

    def load_models(self) -> None:
        """Load every model that is not loaded yet. Blocking."""
        self._parts.load()

    def take_up_llm(self) -> None:
        """Load the language model of the profile, where it is meant and can be had; other models load when needed."""
        self._parts.take_up_llm()

    def readiness(self) -> tuple[PartState, ...]:
        """How far each part is."""
        return self._parts.states()

    def hub_models(self) -> list[tuple[str, str]]:
        """The models from outside the packages that are in use or wished for, each with its part."""
        return hub_models(self._parts, self.settings)

    @property
    def llm(self) -> str:
        """The LLM that writes for whoever chooses none, as provider:model, or "none"."""
        return self._parts.llm

    @property
    def reranker(self) -> str:
        """What puts in order what is found for whoever chooses nothing else, as in the settings."""
        return self._parts.reranker_name

    def asked(self, choice: LLMChoice | None, reranker: str = "") -> tuple[str, ...]:
        """The LLMs that a turn with these choices would send its question and its evidence to, to write or to judge."""
        return self._parts.asked(choice, reranker)

    def llm_models(self, choice: LLMChoice) -> list[str]:
        """The models that the chosen provider offers, none where it does not tell; MmchatError if it fails."""
        return trial.models(choice, self.settings)

    def try_llm(self, choice: LLMChoice) -> Abilities:
        """Make the chosen LLM say one word, so that a wrong key or name is known before the first question.

        Raises:
            MmchatError: it cannot be used, with what to do.
        """
        return trial.say_ok(choice, self.settings)

    async def ingest(self, library: str, uploads: Sequence[Upload]) -> AsyncIterator[Ingesting | Ingested]:
        """Take files in, each in its turn, with its progress and its outcome."""
        admissions = await asyncio.to_thread(self._ingestion.admit_all, library, uploads)
        async for _, event in self._jobs.start_all(library, admissions):
            yield event

    def ingest_now(self, library: str, upload: Upload, tags: Sequence[str] = ()) -> Ingested:
        """Take one file in, blocking, and put these tags on it; for the command line."""
        [admission] = self._ingestion.admit_all(library, [upload])
        ingested = self._ingestion.finish(library, admission, lambda _: None)
        if tags and ingested.attachment is not None:
            self._catalog.tag(library, [ingested.attachment.id], tags)
        return ingested

    def finish_ingest(self, library: str) -> None:
        """Take in what this library still has waiting, blocking; for the command line."""
        self._jobs.finish(library)

    def search(self, library: str, query: Query, k: int, offset: int = 0) -> SearchResult:
        """Candidates ``offset`` to ``offset + k`` of those from every space and the full text, reranked."""
        return self._searching.search(library, query, k, offset)

    def understand_query(
        self, library: str, text: str, files: Sequence[Upload] = (), by_hand: Sequence[Narrowing] = ()
    ) -> tuple[Query, Understood]:
        """A query from words and files, kept to what its wording or the person asks for, where that leaves anything.

        Raises:
            UnsupportedAttachment: a file cannot be read.
        """
        return self._searching.understand_query(library, text, files, by_hand)

    def narrowed_query(self, text: str, files: Sequence[Upload], by_hand: Sequence[Narrowing]) -> Query:
        """A query from words and files, kept to what is given and to nothing that its wording may mean.

        Raises:
            UnsupportedAttachment: a file cannot be read.
        """
        return self._searching.narrowed_query(text, files, by_hand)

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
        done: dict[int, Ingested] = {}
        async for place, event in self._jobs.start_all(library, admissions):
            if isinstance(event, Ingested):
                done[place] = event
            yield event
        files = [done[place] for place in sorted(done)]
        context = RunContext(
            original=lambda id: self._blobs.path(library, id), library=library, apart=self.workers.call
        )
        steps = self._steps.steps(library, turn, files, context)
        record = AnswerRecord(self._conversations, library, message_id, context.stopped)
        async for kept in stream(self._answering, record.keep(steps), context.stopped):
            yield kept

    def library_entries(self, library: str) -> list[LibraryEntry]:
        """What the library holds, newest first."""
        return self._catalog.entries(check_library(library))

    def original(self, library: str, attachment_id: str) -> tuple[Path, Attachment] | None:
        """Where the original lies, or None when this library has no such attachment."""
        attachment = self._catalog.attachment(check_library(library), attachment_id)
        path = self._blobs.path(library, attachment_id) if attachment else None
        return (path, attachment) if path and attachment else None

    def figure(self, library: str, attachment_id: str, segment_id: str) -> Pixels | None:
        """A picture out of a document, or None when this library has no such figure in it."""
        found = self._catalog.candidates(check_library(library), [segment_id]).get(segment_id)
        if found is None or found[1].id != attachment_id or found[0].kind is not SegmentKind.WHOLE_IMAGE:
            return None
        batches = self._media.batches(library, [segment_id], 1)
        return next((each.pixels for _, inputs in batches for each in inputs), None)

    def delete_attachment(self, library: str, attachment_id: str) -> bool:
        """Forget a file, and what came from it; False when this library has no such file."""
        return self._deleting.attachment(library, attachment_id)

    def delete_library(self, library: str) -> None:
        """Forget everything of this library."""
        self._deleting.library(library)

    def vectors(self, library: str) -> dict[str, int]:
        """How many vectors this library has, by space."""
        spaces = self._spaces.spaces(check_library(library))
        counts = {name: self._store.count(library, space) for name, space in spaces.items()}
        pages = {space.of_pages.name: self._store.count(library, space.of_pages) for space in spaces.values()}
        return counts | {name: count for name, count in pages.items() if count}

    def missing_vectors(self, library: str) -> dict[str, int]:
        """How many segments have no vector in a space that takes them, by space; empty when all is well."""
        return self._reindexing.missing(check_library(library))

    def reindexing(self, library: str) -> tuple[ReindexState, ...]:
        """How far the new vectors of a changed encoder are, by role; empty when all is well."""
        return self._reindexing.states(library)

    def plan_reindex(self, library: str) -> tuple[ReindexState, ...]:
        """Look what a changed encoder, or a lost store, leaves to be done; nothing is done yet."""
        self._reindexing.plan(check_library(library))
        return self._reindexing.states(library)

    def reindex(self, library: str) -> Iterator[ReindexState]:
        """Do it now, a batch at each step; for the command line. The page does it in the background."""
        self._rereading.run(library)
        self.plan_reindex(library)
        yield from self._reindexing.run(library)

    def rebuild(self, library: str) -> None:
        """Make every segment and vector of the library anew from the originals. Blocking."""
        self._store.drop(check_library(library))
        self._reindexing.forget(library)
        if self._catalog.entries(library):
            self._spaces.reset(library)
        self._jobs.do_again(library)

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

    @property
    def measuring(self) -> Measuring:
        """What a measurement looks at and takes apart."""
        return Measuring(self._searching, self._store)

    @property
    def insights(self) -> Looking:
        """What a person may look at: what a library holds, what its answers cite, how its vectors lie."""
        return Looking(self._catalog, self._conversations, self.measuring, Beginnings(self._database))

    @property
    def checking(self) -> Checking:
        """Whether what is stored agrees, and what of it can be mended; while nothing else is done with the folder."""
        agreement, pages = Agreement(self._database), self._pages.records
        parts = (self._catalog, pages, self._blobs, self._store, self._reindexing, self._jobs, self._deleting)
        return Checking(agreement, *parts)

    def close(self) -> None:
        """Let the steps under way end, then release the data folder. Unfinished jobs resume at the next start."""
        self._ingestion.close()
        self._reindexing.close()
        self._rereading.close()
        self._answering.shutdown(wait=True, cancel_futures=True)
        self._jobs.queue.shutdown()
        self.workers.close()
        self._store.close()
        self._database.close()
        self._folder_lock.release()

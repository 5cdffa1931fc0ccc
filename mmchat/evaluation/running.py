"""A dataset through the assistant: its files taken in, its queries asked, what came back with its milliseconds."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mmchat.assistant import Assistant
from mmchat.errors import MmchatError
from mmchat.evaluation.dataset import Dataset, EvaluationQuery, unbroken
from mmchat.evaluation.stages import ALL, Stages, narrowed
from mmchat.evaluation.trec import Run, listed
from mmchat.searching import Searching
from mmchat.stores import VectorStore
from mmchat.types import Modality, Query, Upload

DEPTH = 40
"""How many segments are fetched for a query: enough for ten files of several segments each. The pipeline is
deeper than that only for who turns the pages."""
TOP = 10
"""Where metrics and the skew audit cut."""
LISTED = 20
TOLD_EVERY = 500

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Shown:
    """One of the first results, as far as the skew audit needs it."""

    document: str
    modality: Modality
    language: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came back to one query."""

    query: EvaluationQuery
    documents: tuple[str, ...]
    top: tuple[Shown, ...]
    timings_ms: Mapping[str, float]


@dataclass(frozen=True)
class Asker:
    """A dataset that the assistant has taken in. Queries are perceived once, whatever stages they are asked of."""

    assistant: Assistant
    dataset: Dataset
    library: str
    say: Say
    perceived: dict[str, tuple[Query, float]] = field(default_factory=dict)

    def run(
        self,
        stages: Stages = ALL,
        queries: Iterable[EvaluationQuery] | None = None,
        vectors: VectorStore | None = None,
    ) -> list[Outcome]:
        """Every query of the dataset, or those given, in order; searched in ``vectors`` where they are given."""
        asked = narrowed(self.assistant, stages, vectors)
        names = self.dataset.documents
        outcomes: list[Outcome] = []
        for query in self.dataset.queries if queries is None else queries:
            outcomes.append(self._ask(asked, query, names))
            if len(outcomes) % TOLD_EVERY == 0:
                self.say(f"{stages.name}: {len(outcomes)} queries asked")
        return outcomes

    def _ask(self, searching: Assistant | Searching, query: EvaluationQuery, names: Mapping[str, str]) -> Outcome:
        try:
            perceived, perceive_ms = self._perceive(query)
        except MmchatError as error:  # counts as nothing found; the other queries are asked all the same
            self.say(f"{query.id} cannot be asked: {error}")
            return Outcome(query, (), (), {})
        started = time.perf_counter()
        result = searching.search(self.library, perceived, DEPTH)
        total_ms = (time.perf_counter() - started) * 1000 + perceive_ms
        top: dict[str, Shown] = {}
        for candidate in result.candidates:
            document = names[candidate.attachment.id]
            top.setdefault(document, Shown(document, candidate.attachment.modality, candidate.segment.language))
        files = query.image or query.audio
        timings = {**({"perceive": perceive_ms} if files else {}), **result.timings_ms, "total": total_ms}
        documents = listed(result.candidates, query.unit, LISTED, names)
        return Outcome(query, documents, tuple(top.values())[:TOP], timings)

    def _perceive(self, query: EvaluationQuery) -> tuple[Query, float]:
        if query.id not in self.perceived:
            paths = [self.dataset.folder / file for file in (query.image, query.audio) if file]
            uploads = [Upload(path.name, path.read_bytes(), path.name) for path in paths]
            started = time.perf_counter()
            found = self.assistant.narrowed_query(query.text, uploads, ())
            elapsed_ms = (time.perf_counter() - started) * 1000
            within = self._within(query.folder)
            self.perceived[query.id] = replace(found, modality=query.modality, attachment_ids=within), elapsed_ms
        return self.perceived[query.id]

    def _within(self, folder: str) -> frozenset[str]:
        if not folder:
            return frozenset()
        inside = unbroken(f"{folder.rstrip('/')}/")
        return frozenset(id for id, document in self.dataset.documents.items() if document.startswith(inside))


def take_in(assistant: Assistant, dataset: Dataset, say: Say, files: Sequence[str] | None = None) -> Asker:
    """Bring the library to hold the dataset's files and nothing else; what is there already is not read again.

    Args:
        assistant: holds no other use of the library ``eval-NAME``.
        dataset: its files go in under their paths in ``files/``.
        say: told about the progress, a sentence at a time.
        files: the order in which they are taken in; sorted when None. Results must not depend on it.

    Raises:
        MmchatError: a judged segment is not there, so the dataset was made by another segmenter.
    """
    library = f"eval-{dataset.name}"
    wanted = set(dataset.documents)
    for entry in assistant.library_entries(library):
        if entry.attachment.id not in wanted:
            assistant.delete_attachment(library, entry.attachment.id)
    order = dataset.files if files is None else files
    started = time.monotonic()
    failed = 0
    for number, file in enumerate(order, 1):
        path = dataset.path(file)
        outcome = assistant.ingest_now(library, Upload(path.name, path.read_bytes(), file))
        if outcome.status == "failed":
            failed += 1
            say(f"{file}: {outcome.reason}")
        if number % 50 == 0 or number == len(order):
            say(f"{number} of {len(order)} files in {time.monotonic() - started:.0f} s, {failed} failed")
    for _ in assistant.reindex(library):  # another encoder than last time
        pass
    _check_segments(assistant, dataset, library)
    return Asker(assistant, dataset, library, say)


def _check_segments(assistant: Assistant, dataset: Dataset, library: str) -> None:
    judged = {d for query in dataset.queries if query.unit == "segment" for d in dataset.qrels[query.id]}
    if judged:
        here = {segment.id for segments, _ in assistant.measuring.embeddings(library).values() for segment in segments}
        if judged - here:
            raise MmchatError(
                f"{len(judged - here)} of {len(judged)} judged passages of {dataset.folder} are cut otherwise now. "
                "Build the dataset again, and run it with --fresh."
            )


def as_run(outcomes: Iterable[Outcome]) -> Run:
    """What a TREC file holds of them."""
    return {outcome.query.id: outcome.documents for outcome in outcomes}


def fingerprint(dataset: Dataset) -> str:
    """Twelve hex characters that change with any file, query or judgement."""
    digest = hashlib.sha256()
    for id, document in sorted(dataset.documents.items()):
        digest.update(f"{id} {document}\n".encode())
    for name in ("queries.jsonl", "qrels.txt"):
        digest.update((dataset.folder / name).read_bytes())
    return digest.hexdigest()[:12]

"""How good the quoted answers are: right unit, right citation, and words no surer than that.

On the real models, over libraries in memory, through the planner's look-up: 50 facts of a handbook in English and
French, over the handbook in either language; questions on a dozen everyday files; questions on numbers and people that
are like others; and questions as people type them, on ninety files in four languages. Each is also asked with every
passage that holds its answer taken away, so that near misses are left. Without the handbook's pages only the others.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mmchat.answering.lookup import Lookup
from mmchat.answering.material import PIECES
from mmchat.answering.scoring import Graded, UnitScorer
from mmchat.answering.wording import wording
from mmchat.catalog import Catalog, Database
from mmchat.encoders import Encoder, create_encoder
from mmchat.evaluation.answer_questions import SMALL, Asked, pages, questions, small
from mmchat.evaluation.metrics import figure
from mmchat.evaluation.running import Say
from mmchat.rerankers import Reranker, create_reranker
from mmchat.retrieval.pipeline import Pipeline
from mmchat.retrieval.retriever import Retriever
from mmchat.settings import Settings
from mmchat.stores.memory import MemoryStore
from mmchat.types import Attachment, Cited, Evidence, Grounding, Query, SegmentInput, SegmentKind

MEASURES = ("answer recall", "citation precision", "citation recall", "first citation right", "abstention precision",
            "abstention recall")  # fmt: skip
ANSWERS = frozenset({Grounding.ANSWERED, Grounding.LIKELY})
"""Groundings that claim to answer; the others say that nothing does, whatever they show."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came back to one question.

    Attributes:
        asked: the question.
        quotes: what was quoted, in order.
        grounding: how the answer was worded.
        seconds: from the evidence to the draft.
        graded: the units that were read, best first.
    """

    asked: Asked
    quotes: tuple[str, ...]
    grounding: Grounding
    seconds: float
    graded: tuple[Graded, ...] = ()

    @property
    def answered(self) -> bool:
        """Whether it claims to answer."""
        return self.grounding in ANSWERS


@dataclass(frozen=True, slots=True)
class Stage:
    """The parts of the walk from question to answer, over libraries in memory."""

    pipeline: Pipeline
    reranker: Reranker
    lookup: Lookup

    def ask(self, asked: Asked) -> Outcome:
        """Retrieve, take the answer away if the question is a near miss, rerank, look up."""
        query = Query(text=asked.text, language=asked.language)
        first = self.pipeline.retrieve(asked.library, query)
        if asked.removed:
            near = tuple(c for c in first.candidates if not asked.right(c.segment.text))
            first = replace(first, candidates=near)
        found = self.pipeline.finish(query, first, reranker=self.reranker)
        evidence = [Evidence(n, c) for n, c in enumerate(found.candidates[:PIECES], start=1)]
        started = time.perf_counter()
        graded = self.lookup.graded([query], evidence, {})
        draft = self.lookup.draft(graded, evidence, wording(asked.language), query)
        seconds = time.perf_counter() - started
        quotes = tuple(piece.citation.quote for piece in draft.pieces if isinstance(piece, Cited)) if draft else ()
        grounding = (draft.grounding if draft else None) or Grounding.NOTHING
        return Outcome(asked, quotes, grounding, seconds, tuple(graded))


def fill(library: str, files: Iterator[tuple[Attachment, list[SegmentInput]]], catalog: Catalog, store: MemoryStore,
         encoder: Encoder) -> int:  # fmt: skip
    """Put files into a library; how many segments it now holds.

    A row of a table is embedded as a passage of its own: in the small libraries no passage says where it holds the row.
    """
    for attachment, inputs in files:
        catalog.add_attachment(library, attachment)
        catalog.index(library, attachment, [each.segment for each in inputs])
        alone = [_as_passage(each) if each.segment.kind is SegmentKind.ROW else each for each in inputs]
        taken = [each for each in alone if each.segment.kind in encoder.segment_kinds]
        store.upsert(library, encoder.space, [each.segment.id for each in taken], encoder.encode_segments(taken))
    return catalog.count_segments(library)


def ask_all(
    settings: Settings, manifest: Path | None, say: Say, *, libraries: Collection[str] = tuple(SMALL)
) -> list[Outcome]:
    """Fill the libraries and ask everything; see :func:`over`."""
    with over(settings, manifest, say, libraries=libraries) as stage:
        return [stage.ask(asked) for asked in questions(manifest is not None, libraries)]


@contextmanager
def over(
    settings: Settings, manifest: Path | None, say: Say, *, libraries: Collection[str] = tuple(SMALL)
) -> Iterator[Stage]:
    """Fill the libraries, to be asked.

    Args:
        settings: whose encoder and reranker are asked; nothing is written to its data folder.
        manifest: the handbook's pages, or None to leave it out.
        say: told about the progress.
        libraries: which of the small libraries.
    """
    with tempfile.TemporaryDirectory() as folder:
        encoder = create_encoder(settings.text_encoder, settings)
        database = Database(Path(folder) / "catalog.sqlite")
        catalog, store = Catalog(database), MemoryStore()
        for library in libraries:
            say(f"{library}: {fill(library, small(library), catalog, store, encoder)} segments")
        if manifest is not None:
            for language in ("en", "fr"):
                files = pages(manifest, language, settings)
                say(f"{language}: {fill(language, files, catalog, store, encoder)} segments")
        yield Stage(
            Pipeline(Retriever(catalog, store, [encoder]), catalog, settings.most_per_file),
            create_reranker(settings.reranker, settings),
            Lookup(UnitScorer.from_settings(settings)),
        )
        database.close()


def figures(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """A row per setting, each measure with its interval over questions.

    Answer recall: questions with an answer that are answered by a right quote, as surely or as likely right. Citation
    precision: of an answer's quotes, the right ones; citation recall: answers with a right quote. Abstention precision:
    of what is said not to answer, that which nothing answers; abstention recall: of the questions that nothing answers,
    those told so.
    """
    settings = dict.fromkeys(setting_of(outcome.asked) for outcome in outcomes)
    return [_row(name, [o for o in outcomes if setting_of(o.asked) == name]) for name in settings]


def _row(setting: str, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    answerable = [o for o in outcomes if o.asked.answerable]
    answered = [o for o in answerable if o.answered and o.quotes]
    silent = [o for o in outcomes if not o.answered]
    unanswerable = [o for o in outcomes if not o.asked.answerable]
    values: dict[str, list[float]] = {
        "answer recall": [float(o.answered and any(map(o.asked.right, o.quotes))) for o in answerable],
        "citation precision": [sum(map(o.asked.right, o.quotes)) / len(o.quotes) for o in answered],
        "citation recall": [float(any(map(o.asked.right, o.quotes))) for o in answered],
        "first citation right": [float(o.asked.right(o.quotes[0])) for o in answered],
        "abstention precision": [float(not o.asked.answerable) for o in silent],
        "abstention recall": [float(not o.answered) for o in unanswerable],
    }
    return {"setting": setting, **{name: figure(values[name]).to_json() for name in MEASURES}}


def setting_of(asked: Asked) -> str:
    """The setting a question belongs to, for the table; what was fitted on stands apart."""
    half = {"fit": ", fitted on", "kept": ", kept back"}.get(asked.half, "")
    return f"{asked.language} questions, {asked.library} texts{half}"


def _as_passage(row: SegmentInput) -> SegmentInput:
    return replace(row, segment=replace(row.segment, kind=SegmentKind.PASSAGE))

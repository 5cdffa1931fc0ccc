"""How good the quoted answers are: right sentence, right citation, and silence when nothing answers.

On the real models, over libraries in memory: 50 facts of a handbook in English and French, over the handbook in either
language, each also with every passage that holds the answer taken away, so that near misses are left; questions that it
does not answer; questions on a dozen everyday files; and questions on numbers and people that are like others. Without
the handbook's pages only the last two.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mmchat.answering.base import Concluded, Question
from mmchat.answering.extractive import ExtractiveAnswerer
from mmchat.answering.scoring import Graded, SentenceScorer
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
from mmchat.tools.spans import Span
from mmchat.types import (
    Attachment,
    Cited,
    Evidence,
    Grounding,
    Query,
    SegmentInput,
    TextDelta,
)

MEASURES = ("answer recall", "citation precision", "citation recall", "first citation right", "abstention precision",
            "abstention recall")  # fmt: skip


@dataclass(slots=True)
class Outcome:
    """What came back to one question."""

    asked: Asked
    quotes: list[str]
    answered: bool
    seconds: float
    graded: list[Graded] = field(default_factory=list)


class NotingScorer(SentenceScorer):
    """Keeps the grades of the last question, so that lines can be fitted without asking twice."""

    last: Sequence[Graded] = ()

    def grade(self, query: Query, spans: Sequence[Span]) -> list[Graded]:
        """As always, and kept."""
        graded = super().grade(query, spans)
        self.last = graded
        return graded


@dataclass(frozen=True, slots=True)
class Stage:
    """The parts of the walk from question to answer, over libraries in memory."""

    pipeline: Pipeline
    reranker: Reranker
    answerer: ExtractiveAnswerer
    scorer: NotingScorer
    pieces: int

    def ask(self, asked: Asked) -> Outcome:
        """Retrieve, take the answer away if the question is a near miss, rerank, answer."""
        query = Query(text=asked.text, language=asked.language)
        first = self.pipeline.retrieve(asked.library, query)
        if asked.removed:
            near = tuple(c for c in first.candidates if not asked.right(c.segment.text))
            first = replace(first, candidates=near)
        found = self.pipeline.finish(query, first, reranker=self.reranker)
        evidence = [Evidence(n, c) for n, c in enumerate(found.candidates[: self.pieces], start=1)]
        started, first_text_s = time.perf_counter(), 0.0
        quotes: list[str] = []
        grounding: Grounding | None = None
        self.scorer.last = ()
        for event in self.answerer.answer(Question(query, asked.language, 1000), evidence):
            if isinstance(event, TextDelta):
                first_text_s = first_text_s or time.perf_counter() - started
            elif isinstance(event, Cited):
                quotes.append(event.citation.quote)
            elif isinstance(event, Concluded):
                grounding = event.grounding
        return Outcome(asked, quotes, grounding is Grounding.ANSWERED, first_text_s, list(self.scorer.last))


def fill(library: str, files: Iterator[tuple[Attachment, list[SegmentInput]]], catalog: Catalog, store: MemoryStore,
         encoder: Encoder) -> int:  # fmt: skip
    """Put files into a library; how many segments it now holds."""
    for attachment, inputs in files:
        catalog.add_attachment(library, attachment)
        catalog.index(library, attachment, [each.segment for each in inputs])
        taken = [each for each in inputs if each.segment.kind in encoder.segment_kinds]
        store.upsert(library, encoder.space, [each.segment.id for each in taken], encoder.encode_segments(taken))
    return catalog.count_segments(library)


def ask_all(settings: Settings, manifest: Path | None, say: Say) -> list[Outcome]:
    """Fill the libraries and ask everything.

    Args:
        settings: whose encoder, reranker and answerer are asked; nothing is written to its data folder.
        manifest: the handbook's pages, or None to leave it out.
        say: told about the progress.
    """
    with tempfile.TemporaryDirectory() as folder:
        encoder = create_encoder(settings.text_encoder, settings)
        database = Database(Path(folder) / "catalog.sqlite")
        catalog, store = Catalog(database), MemoryStore()
        for library in SMALL:
            say(f"{library}: {fill(library, small(library), catalog, store, encoder)} segments")
        for language in ("en", "fr"):
            files = pages(manifest, language, settings) if manifest else iter(())
            say(f"{language}: {fill(language, files, catalog, store, encoder)} segments")
        scorer = NotingScorer.from_settings(settings)
        stage = Stage(
            Pipeline(Retriever(catalog, store, [encoder]), catalog, settings.most_per_file),
            create_reranker(settings.reranker, settings),
            ExtractiveAnswerer(scorer),
            scorer,
            settings.evidence,
        )
        outcomes = [stage.ask(asked) for asked in questions(manifest is not None)]
        database.close()
    return outcomes


def figures(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """A row per setting, each measure with its interval over questions.

    Answer recall: questions with an answer that are answered by a right quote. Citation precision: of an answer's
    quotes, the right ones; citation recall: answers with a right quote. Abstention precision: of the silences, those
    where nothing answers; abstention recall: of the questions that nothing answers, those met with silence.
    """
    settings = dict.fromkeys(pair_of(outcome.asked) for outcome in outcomes)
    return [_row(name, [o for o in outcomes if pair_of(o.asked) == name]) for name in settings]


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


def pair_of(asked: Asked) -> str:
    """The setting a question belongs to, for the table."""
    return f"{asked.language} questions, {asked.library} texts"

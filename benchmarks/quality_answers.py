"""How good the extractive answers are: right sentence, right citation, and silence when nothing answers.

``python -m benchmarks.quality_answers --pages pages_dev.jsonl`` asks the questions of ``benchmarks/data`` on the real
models: 50 facts of a handbook in English and French, over the handbook in either language, each also with every
passage that holds the answer taken away, so that near misses are left; questions that it does not answer; questions on
a dozen everyday files; and questions on numbers and people that are like others. Without ``--pages`` only the last two.
``--fit`` also fits the lines, and prints figures for some thresholds, each on the half of the data that its line has
not seen.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.quality_questions import SMALL, Asked, pages, questions, small
from benchmarks.report import percentile, row, write
from mmchat.answering.base import Concluded, Question
from mmchat.answering.extractive import ExtractiveAnswerer
from mmchat.answering.operating_point import ABSTAIN_BELOW, CROSS_LANGUAGE, ENGLISH, SAME_LANGUAGE, Line
from mmchat.answering.scoring import Graded, SentenceScorer
from mmchat.answering.spans import Span
from mmchat.catalog import Catalog, Database
from mmchat.encoders import Encoder, create_encoder
from mmchat.rerankers import create_reranker
from mmchat.retrieval.retriever import Retriever
from mmchat.settings import Settings
from mmchat.stores.memory import MemoryStore
from mmchat.types import (
    Attachment,
    Candidate,
    Cited,
    Evidence,
    Grounding,
    Query,
    SegmentInput,
    TextDelta,
)

CANDIDATES = 24
LINES = {"English": ENGLISH, "same language": SAME_LANGUAGE, "across languages": CROSS_LANGUAGE}


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

    retriever: Retriever
    rerank: Any
    answerer: ExtractiveAnswerer
    scorer: NotingScorer
    pieces: int

    def ask(self, asked: Asked) -> Outcome:
        """Retrieve, take the answer away if the question is a near miss, rerank, answer."""
        query = Query(text=asked.text, language=asked.language)
        found = list(self.retriever.retrieve(asked.library, query, CANDIDATES).candidates)
        if asked.removed:
            found = [c for c in found if not asked.right(c.segment.text)]
        ranked: list[Candidate] = self.rerank(query, found)
        evidence = [Evidence(n, c) for n, c in enumerate(ranked[: self.pieces], start=1)]
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
        return Outcome(asked, quotes, grounding is Grounding.GROUNDED, first_text_s, list(self.scorer.last))


def fill(library: str, files: Iterator[tuple[Attachment, list[SegmentInput]]], catalog: Catalog, store: MemoryStore,
         encoder: Encoder) -> int:  # fmt: skip
    """Put files into a library; how many segments it now holds."""
    for attachment, inputs in files:
        catalog.add_attachment(library, attachment)
        catalog.index(library, attachment, [each.segment for each in inputs])
        store.upsert(library, encoder.space, [each.segment.id for each in inputs], encoder.encode_segments(inputs))
    return catalog.count_segments(library)


def figures(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """The shares that matter, over outcomes of one setting."""
    yes = [o for o in outcomes if o.asked.answerable]
    near = [o for o in outcomes if o.asked.removed]
    never = [o for o in outcomes if not o.asked.answers]
    kept = [o for o in yes if o.answered]
    silent = [o for o in outcomes if not o.answered]
    return {
        "questions": len(yes),
        "answered rightly": _share([any(map(o.asked.right, o.quotes)) and o.answered for o in yes]),
        "first citation right, of those answered": _share([o.asked.right(o.quotes[0]) for o in kept]),
        "answered at all": _share([o.answered for o in yes]),
        "silent, answer taken away": _share([not o.answered for o in near]),
        "silent, never answerable": _share([not o.answered for o in never]),
        "rightly silent, of all silences": _share([not o.asked.answerable for o in silent]),
        "closest shown, answer taken away": _share([bool(o.quotes) for o in near if not o.answered]),
        "closest shown, never answerable": _share([bool(o.quotes) for o in never if not o.answered]),
        "quotes per answer": _share([len(o.quotes) for o in kept]),
    }


def _share(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else float("nan")


def pair_of(asked: Asked) -> str:
    """The setting a question belongs to, for the table."""
    return f"{asked.language} questions, {asked.library} texts"


def fit(outcomes: Sequence[Outcome]) -> None:
    """Fit each line on its best sentences, and show what thresholds do on the half a line was not fitted on."""
    for name, line in LINES.items():
        points, labels, rows = [], [], []
        for outcome in outcomes:
            mine = [graded for graded in outcome.graded if graded.line is line]
            if mine:
                top = max(mine, key=lambda graded: graded.score)
                right = outcome.asked.answerable and outcome.asked.right(top.span.text)
                points.append((top.score, top.others))
                labels.append(right)
                holds = any(outcome.asked.right(graded.span.text) for graded in mine)
                rows.append((outcome.asked, holds and outcome.asked.answerable))
        x, y = np.array(points), np.array(labels, dtype=np.float64)
        half = np.array([int(asked.id.rsplit("-", 1)[-1]) % 2 for asked, _ in rows])
        unseen = np.zeros(len(y))
        for part in (0, 1):
            unseen[half == part] = _confidences(_logistic(x[half != part], y[half != part]), x[half == part])
        score, others, bias = _logistic(x, y)
        print(f"\n{name}: score={score:.3f}, others={others:.3f}, bias={bias:.3f}; others are {x[:, 1].mean():.1f}")
        holding = np.array([holds for _, holds in rows])
        for threshold in (0.15, 0.2, 0.25, 0.3, 0.35):
            spoke = unseen >= threshold
            print(
                f"  {threshold:.2f}: speaks on {_share(spoke[holding].tolist()):.2f} of {holding.sum()}, "
                f"right {_share(y[holding & spoke].tolist()):.2f}, "
                f"silent otherwise {1 - _share(spoke[~holding].tolist()):.2f}"
            )


def _logistic(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[float, float, float]:
    """Weights and bias by Newton's method, with a ridge of 0.3 on the standardised weights."""
    mean, deviation = x.mean(axis=0), x.std(axis=0) + 1e-9
    design = np.c_[(x - mean) / deviation, np.ones(len(x))]
    ridge = np.diag([0.3] * x.shape[1] + [1e-6])
    weights = np.zeros(design.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-design @ weights))
        slope = design.T @ (p - y) + ridge @ weights
        curve = (design * (p * (1 - p))[:, None]).T @ design + ridge
        weights -= np.linalg.solve(curve, slope)
    scaled = weights[:-1] / deviation
    return float(scaled[0]), float(scaled[1]), float(weights[-1] - scaled @ mean)


def _confidences(weights: tuple[float, float, float], x: NDArray[np.float64]) -> NDArray[np.float64]:
    line = Line(*weights, usual=0.0)
    return np.array([line.confidence(float(score), float(others)) for score, others in x])


def main() -> None:
    """Fill the libraries, ask everything, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=Path, help="the manifest of the handbook's pages")
    parser.add_argument("--models-dir", type=Path, help="where prepared model folders are kept")
    parser.add_argument("--fit", action="store_true", help="fit the lines as well")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), models_dir=options.models_dir or Path(folder) / "models")
        encoder = create_encoder(settings.text_encoder, settings)
        catalog, store = Catalog(Database(Path(folder) / "catalog.sqlite")), MemoryStore()
        for library in SMALL:
            print(f"{library}:", fill(library, small(library), catalog, store, encoder), "segments")
        for language in ("en", "fr") if options.pages else ():
            print(f"{language}:", fill(language, pages(options.pages, language, settings), catalog, store, encoder))
        scorer = NotingScorer.from_settings(settings)
        stage = Stage(
            Retriever(catalog, store, [encoder]),
            create_reranker(settings.reranker, settings).rerank,
            ExtractiveAnswerer(scorer),
            scorer,
            settings.evidence,
        )
        outcomes = [stage.ask(asked) for asked in questions(bool(options.pages))]
    report(outcomes)
    if options.fit:
        fit(outcomes)


def report(outcomes: Sequence[Outcome]) -> None:
    """Print the table and keep its rows for the runner."""
    rows = []
    for setting in dict.fromkeys(pair_of(o.asked) for o in outcomes):
        print(f"\n{setting} (threshold {ABSTAIN_BELOW})")
        for what, value in figures([o for o in outcomes if pair_of(o.asked) == setting]).items():
            print(f"  {what:<42} {value:6.2f}")
            rows.append(row(f"{setting}: {what}", f"{value:.2f}"))
    seconds = [o.seconds for o in outcomes]
    rows.append(row("first text of an answer, p95", f"{percentile(seconds, 0.95):.2f} s", aim="1 s"))
    print(f"\nfirst text: median {percentile(seconds, 0.5):.2f} s, p95 {percentile(seconds, 0.95):.2f} s")
    write("quality_answers", rows)


if __name__ == "__main__":
    main()

"""Question and text, read together -> how well the text answers it. English only, and only for what is asked as one.

A passage counts as much as its best stretch: the model was trained on passages of about 60 words, and a long one
dilutes its own answer. Measured on 2026-11-21, nDCG@10 over 592 English passages of a handbook, 20 candidates each,
against the fused retrieval order:

                                    retrieval  whole passage  best stretch of 110 words
    39 questions                    .930       .897           .965
    the same without function words .927       .885           .942
    25 headings as queries          .908       .922           .873

So headings, and short queries that look like one, keep their order; so does everything that is not English, which
the model reads badly.

Retrieval has become better since, and its order counts beside the model's. Measured on 2026-11-28, mean reciprocal rank
of the first passage that holds the answer, and milliseconds on two cores:

                                          none   20 read, by the model alone   4 read, both
    50 questions over a handbook          .943   .945, 860 ms                  .943, 170 ms
    267 as typed over files of all kinds  .832   .824, 320 ms                  .842, 75 ms
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mmchat import models
from mmchat.rerankers.base import Grade, Reranker
from mmchat.settings import Settings
from mmchat.types import Candidate, Query, RunContext

MODEL = "cross-encoder-en"
MAX_TOKENS = 512
STRETCH_WORDS = 110
"""60 to 150 words all beat the whole passage; 110 costs least (see above)."""

LOGIT, PLACE = 0.3, 3.0
"""What a logit, and 1 / place in the order of retrieval less 1/2, add to the log-odds that a candidate is relevant."""

_BORDER = re.compile(r"(?<=[.!?:;])\s+|\n+")
_WORD = re.compile(r"[a-z']+")
_ASKING = frozenset(
    "what which who whom whose when where why how is are was were do does did can could should would will shall may "
    "might must has have had am i me my mine we us our you your it they isn't aren't don't doesn't didn't can't".split()
)
_BIDDING = re.compile(r"\s*(?:please\b|(?:tell|show|give|find|list|explain|describe|name|quote|summari[sz]e|read)\s+"
                      r"(?:me|us|the|all|every|each|my|our|any|out|what|how|why)\b)", re.IGNORECASE)  # fmt: skip


class PairScorer(Protocol):
    """What the reranker needs of a cross-encoder."""

    def score(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Logits, float32, shape (len(texts),): higher means that the text answers the question."""


class CrossEncoder:
    """The bundled ms-marco-MiniLM-L12, int8, loaded; one serves the whole process (:meth:`shared`).

    Every pair goes through the graph alone, on one thread; several go side by side. The graph scales its activations
    by the largest in a batch, so that a score would otherwise move by up to 0.4 with its neighbours; and batches were
    slower, for their padding.
    """

    def __init__(self, folder: Path, threads: int) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS, strategy="longest_first")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.enable_mem_pattern = False
        options.log_severity_level = 3  # errors only
        self._session: Any = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=MODEL)

    @classmethod
    def shared(cls, settings: Settings) -> CrossEncoder:
        """The process's one instance for these settings, loaded at the first call."""
        return _loaded(settings.models_path, settings.threads)

    def piece(self, text: str) -> int | None:
        """The number of a piece of the tokenizer's vocabulary, or None where it has no such piece."""
        found: int | None = self._tokenizer.token_to_id(text)
        return found

    def score(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Logits, float32, shape (len(texts),): from about -11 (nothing to do with it) to 11 (answers it).

        A pair is cut at 512 tokens, from the longer end.
        """
        out = np.empty(len(texts), dtype=np.float32)
        # The longest first, so that no thread is left alone with a long one at the end.
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        for i, logit in zip(order, self._pool.map(lambda i: self._logit(question, texts[i]), order), strict=True):
            out[i] = logit
        return out

    def _logit(self, question: str, text: str) -> float:
        pair = self._tokenizer.encode(_whole(question), _whole(text))
        inputs = {
            "input_ids": np.array([pair.ids], dtype=np.int64),
            "attention_mask": np.array([pair.attention_mask], dtype=np.int64),
            "token_type_ids": np.array([pair.type_ids], dtype=np.int64),
        }
        return float(self._session.run(["logits"], inputs)[0][0, 0])


_instances: dict[tuple[Path, int], CrossEncoder] = {}
_loading = threading.Lock()


def _loaded(models_path: Path, threads: int) -> CrossEncoder:
    key = (models_path, threads)
    with _loading:
        if key not in _instances:
            with models.loading(MODEL, models_path) as folder:
                _instances[key] = CrossEncoder(folder, threads)
        return _instances[key]


class CrossEncoderReranker(Reranker):
    """Reorders English text under an English question; leaves everything else where retrieval put it."""

    name = "cross-encoder"
    limit = 4

    def __init__(self, cross_encoder: Callable[[], PairScorer]) -> None:
        self._cross_encoder = cross_encoder  # called when it is needed: calling it loads the weights

    @classmethod
    def from_settings(cls, settings: Settings) -> CrossEncoderReranker:
        """With the cross-encoder that the answerer uses too."""
        return cls(lambda: CrossEncoder.shared(settings))

    def load(self) -> None:
        """Load the weights, unless this process has them already."""
        self._cross_encoder()

    def judges(self, candidate: Candidate) -> bool:
        """Text, in English or of unknown language; pictures and sounds without words it cannot read."""
        return bool(candidate.segment.text.strip()) and candidate.segment.language in ("en", "")

    def _grade(self, query: Query, candidates: Sequence[Candidate], context: RunContext) -> Mapping[str, Grade]:
        if query.language != "en" or not asks(query.asked):
            return {}
        parts = [stretches(candidate.segment.text) for candidate in candidates]
        logits = self._best(query.asked, parts)
        fused = LOGIT * logits + PLACE * (1 / (1 + np.arange(len(candidates), dtype=np.float32)) - 0.5)
        relevance = np.float32(1) / (np.float32(1) + np.exp(-fused))
        return {c.segment.id: Grade(float(each)) for c, each in zip(candidates, relevance, strict=True)}

    def _best(self, question: str, parts: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        """Of each candidate's stretches, float32, shape (len(parts),)."""
        logits = self._cross_encoder().score(question, [part for each in parts for part in each])
        starts = np.cumsum([0, *(len(each) for each in parts)])[:-1]
        best: NDArray[np.float32] = np.maximum.reduceat(logits, starts)
        return best


def asks(text: str) -> bool:
    """Whether an English query is put as a question or a request, rather than as a heading or a few key words."""
    words = _WORD.findall(text.lower())
    if len(words) < 3:
        return False
    return "?" in text or not _ASKING.isdisjoint(words) or _BIDDING.match(text) is not None


def stretches(text: str) -> list[str]:
    """The text in stretches of at most 110 words, cut between sentences where that is possible; never empty."""
    out: list[str] = []
    current: list[str] = []
    for sentence in _BORDER.split(text):
        words = sentence.split()
        if current and len(current) + len(words) > STRETCH_WORDS:
            out.append(" ".join(current))
            current = []
        current += words
        while len(current) > STRETCH_WORDS:  # one sentence longer than a stretch: a table, or OCR without stops
            out.append(" ".join(current[:STRETCH_WORDS]))
            current = current[STRETCH_WORDS:]
    if current or not out:
        out.append(" ".join(current))
    return out


def _whole(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair is no text

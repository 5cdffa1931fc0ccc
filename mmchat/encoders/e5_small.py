"""Words -> unit vectors of multilingual-e5-small, on ONNX Runtime; one loaded model serves the whole process.

The answerer and the concept encoders embed sentences and labels with :meth:`E5SmallEncoder.encode_texts`. Headings are
not put before a passage: over 1,523 passages of a handbook and 78 questions in English and French it changed nDCG@10
by at most .012 but from French to English, .024 better (2026-11-21), which 39 questions cannot tell from chance.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from mmchat import models
from mmchat.encoders.base import Encoder, normalise
from mmchat.settings import Settings
from mmchat.types import SPOKEN_OR_WRITTEN, Query, SegmentInput, Space, Vector, Vectors

MODEL = "e5-small"
DIM = 384
KEPT = 32
"""So many texts that came alone are kept: the spaces of pictures and sounds ask for the same words as that of text."""
QUERY, PASSAGE = "query: ", "passage: "
"""The two prefixes the model was trained with (arXiv 2402.05672); for comparing like with like, use QUERY on both."""


class E5SmallEncoder(Encoder):
    """The text space: what is written or said, in about 100 languages. Text beyond 512 tokens is not seen."""

    segment_kinds = SPOKEN_OR_WRITTEN
    batch_size = 128

    def __init__(self, models_path: Path, *, threads: int) -> None:
        self.space = Space(MODEL, models.card(MODEL).revision, DIM)
        self._models_path = models_path
        self._threads = threads

    @classmethod
    def from_settings(cls, settings: Settings) -> E5SmallEncoder:
        """With the threads and the models folder of ``settings``."""
        return cls(settings.models_path, threads=settings.threads)

    def load(self) -> None:
        """Load the weights, unless this process has them already."""
        _loaded(self._models_path, self._threads)

    def accepts(self, query: Query) -> bool:
        """Any words will do."""
        return bool(query.words.strip())

    def encode_texts(self, texts: Sequence[str], prefix: str = QUERY) -> Vectors:
        """Unit vectors of any texts, in the order given: float32, shape (len(texts), 384).

        Args:
            texts: what to embed, without prefix.
            prefix: ``"query: "`` or ``"passage: "``.
        """
        return normalise(_loaded(self._models_path, self._threads).embed([prefix + text for text in texts]))

    def piece(self, text: str) -> int | None:
        """The number of a piece of the tokenizer's vocabulary, or None where it has no such piece."""
        return _loaded(self._models_path, self._threads).piece(text)

    def _encode_query(self, query: Query) -> Vector:
        vector: Vector = self.encode_texts([query.words], QUERY)[0]
        return vector

    def _encode_batch(self, inputs: Sequence[SegmentInput]) -> Vectors:
        return self.encode_texts([each.segment.text for each in inputs], PASSAGE)


class _Model:
    """Tokenizer, graph and threads.

    Each text goes through the graph alone, on one thread; several go side by side. Nothing is padded, which made it
    1.4 times as fast as batches of 16 sorted by length, and no text's vector can depend on its neighbours. ONNX
    Runtime's memory arena is off: it was no faster, and keeps what the longest text once needed.
    """

    def __init__(self, folder: Path, threads: int) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.enable_mem_pattern = False
        options.log_severity_level = 3  # errors only
        self._session: Any = onnxruntime.InferenceSession(
            str(folder / "onnx" / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=MODEL)
        self._asked = lru_cache(maxsize=KEPT)(self._one)

    def piece(self, text: str) -> int | None:
        """The number of a piece of the vocabulary."""
        found: int | None = self._tokenizer.token_to_id(text)
        return found

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Mean-pooled states: float32, shape (len(texts), 384), any length."""
        out = np.empty((len(texts), DIM), dtype=np.float32)
        # The longest first, so that no thread is left alone with a long one at the end.
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        rows = map(self._asked, texts) if len(texts) == 1 else self._pool.map(self._one, (texts[i] for i in order))
        for i, row in zip(order, rows, strict=True):
            out[i] = row
        return out

    def _one(self, text: str) -> Vector:
        whole = text.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair is no text
        ids = np.array([self._tokenizer.encode(whole).ids], dtype=np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        vector: Vector = self._session.run(["sentence_embedding"], inputs)[0][0]
        return vector


_models: dict[tuple[Path, int], _Model] = {}
_loading = threading.Lock()


def _loaded(models_path: Path, threads: int) -> _Model:
    key = (models_path, threads)
    with _loading:
        if key not in _models:
            with models.loading(MODEL, models_path) as folder:
                _models[key] = _Model(folder, threads)
        return _models[key]

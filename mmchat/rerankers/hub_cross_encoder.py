"""Question and text, read together by any cross-encoder of sentence-transformers -> how well the text answers it.

The model is a folder as the hub holds it, or its id there, see :mod:`mmchat.models.hub`. What languages it reads is its
own business; every text is given to it whole, as far as its own limit reaches.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mmchat.errors import ModelUnavailable, SettingsError
from mmchat.models import hub, runtime
from mmchat.rerankers.base import Grade, Reranker
from mmchat.settings import Settings
from mmchat.types import Candidate, Query, RunContext

_BATCH = 16


class HubCrossEncoderReranker(Reranker):
    """Reorders text by a cross-encoder; pictures and sounds without words keep their places."""

    name = "cross-encoder-hub"

    def __init__(self, model: str, settings: Settings) -> None:
        self._model = model
        self._settings = settings
        self._loaded: Any = None
        self._lock = threading.Lock()  # loading, and the tokenizer, which serves one thread at a time

    @classmethod
    def from_settings(cls, settings: Settings) -> HubCrossEncoderReranker:
        """With the model named behind the colon of the setting.

        Raises:
            SettingsError: none is named.
        """
        model = settings.reranker.partition(":")[2].strip()
        if not model:
            raise SettingsError(
                "The reranker 'cross-encoder-hub' names no model. Write it as cross-encoder-hub:FOLDER, such as "
                "cross-encoder-hub:BAAI/bge-reranker-v2-m3."
            )
        return cls(model, settings)

    @property
    def model(self) -> str:
        """Which one, as it was named."""
        return self._model

    def load(self) -> None:
        """Load the weights, once.

        Raises:
            ModelUnavailable: there is no such folder, or no cross-encoder in it.
            MissingDependency: sentence-transformers is not installed.
        """
        with self._lock:
            self._cross_encoder()

    def judges(self, candidate: Candidate) -> bool:
        """Whatever has words."""
        return bool(candidate.segment.text.strip())

    def _grade(self, query: Query, candidates: Sequence[Candidate], context: RunContext) -> Mapping[str, Grade]:
        question = (query.rewritten or query.words).strip()
        if not question or context.stopped.is_set():
            return {}
        pairs = [(_whole(question), _whole(candidate.segment.text)) for candidate in candidates]
        with self._lock:
            logits = self._cross_encoder().predict(pairs, batch_size=_BATCH, show_progress_bar=False)
        # Squashed here, in double precision: half precision would round the best ones to the same 1.
        relevance = 1 / (1 + np.exp(-np.asarray(logits, dtype=np.float64).reshape(-1)))
        return {c.segment.id: Grade(float(r)) for c, r in zip(candidates, relevance, strict=True) if np.isfinite(r)}

    def _cross_encoder(self) -> Any:
        if self._loaded is not None:
            return self._loaded
        runtime.need("The reranker 'cross-encoder-hub'", "torch", "transformers", "sentence_transformers")
        folder = hub.locate(self._model, self._settings)
        device, dtype = runtime.choose(self._settings)
        import torch
        from sentence_transformers import CrossEncoder

        try:
            loaded = CrossEncoder(
                str(folder),
                activation_fn=torch.nn.Identity(),
                local_files_only=True,
                device=device,
                model_kwargs={"dtype": dtype, "use_safetensors": True},
            )
        except Exception as error:  # each model class of transformers raises kinds of its own
            raise ModelUnavailable(
                f"The cross-encoder {self._model!r} could not be loaded ({type(error).__name__}). Fetch it again, or "
                f"choose another one."
            ) from error
        if loaded.num_labels != 1:
            raise ModelUnavailable(
                f"{self._model!r} tells {loaded.num_labels} classes apart; a reranker gives one score. Choose another."
            )
        self._loaded = loaded
        return loaded


def _whole(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair is no text

"""Words -> unit vectors of any text model of sentence-transformers, with the prompts that it was trained with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mmchat.encoders.hub_model import HubEncoder, configuration, plain
from mmchat.models import runtime
from mmchat.types import SPOKEN_OR_WRITTEN, Query, SegmentInput, Vector, Vectors

E5_QUERY, E5_PASSAGE = "query: ", "passage: "
"""What the models called e5 were trained with (arXiv 2212.03533, 2402.05672), and do not say in their folders."""

_E5 = re.compile(r"(?:^|[/\\_-])e5(?:[_-]|$)", re.IGNORECASE)


class SentenceTextEncoder(HubEncoder):
    """A text space; how long a text it sees is the model's own business."""

    kind = "sentence-transformers"
    default_model = "intfloat/multilingual-e5-base"
    segment_kinds = SPOKEN_OR_WRITTEN
    batch_size = 32

    def accepts(self, query: Query) -> bool:
        """Any words will do."""
        return bool(query.words.strip())

    def _encode_query(self, query: Query) -> Vector:
        vector: Vector = self._encode([query.words], "query")[0]
        return vector

    def _encode_batch(self, inputs: Sequence[SegmentInput]) -> Vectors:
        return self._encode([each.segment.text for each in inputs], "document")

    def _encode(self, texts: Sequence[str], task: str) -> Vectors:
        with self._calls:
            model = self._ready()
            return sentence_vectors(model, [plain(text, model.tokenizer) for text in texts], task, self.model)

    def _open(self, folder: Path) -> Any:
        return open_sentence_transformer(folder, self.name, *runtime_of(self))

    def _dim_of(self, folder: Path) -> int:
        return pooled_dim(folder)


def runtime_of(encoder: HubEncoder, *, half: bool = True) -> tuple[str, Any]:
    """The device and the precision, once the packages are known to be here."""
    runtime.need(f"The encoder {encoder.kind!r}", "torch", "transformers", "sentence_transformers")
    return runtime.choose(encoder._settings, half=half)


def open_sentence_transformer(folder: Path, name: str, device: str, dtype: Any, **more: Any) -> Any:
    """A folder through sentence-transformers: safetensors only, no code of the folder's own, no network."""
    import transformers
    from sentence_transformers import SentenceTransformer

    transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    return SentenceTransformer(
        str(folder),
        device=device,
        local_files_only=True,
        model_kwargs={"dtype": dtype, "use_safetensors": True},
        **more,
    ).eval()


def sentence_vectors(model: Any, inputs: Sequence[Any], task: str, name: str) -> Vectors:
    """float32, shape (len(inputs), dim).

    Args:
        model: a SentenceTransformer.
        inputs: texts, or whatever else the model takes.
        task: ``query`` or ``document``.
        name: the model's name; e5 is known by it.
    """
    encode = model.encode_query if task == "query" else model.encode_document
    prompts = {} if any((model.prompts or {}).values()) or not is_e5(name) else {"prompt": _E5_PROMPTS[task]}
    rows = encode(list(inputs), batch_size=len(inputs), show_progress_bar=False, convert_to_numpy=True, **prompts)
    return np.asarray(rows, dtype=np.float32)


def is_e5(name: str) -> bool:
    """Whether a model without prompts of its own is one of the e5 family; those that take instructions are not."""
    return bool(_E5.search(name)) and "instruct" not in name.lower()


_E5_PROMPTS = {"query": E5_QUERY, "document": E5_PASSAGE}


def pooled_dim(folder: Path) -> int:
    """The length of the vectors that a sentence-transformers folder gives, from its JSON files."""
    dim = int(configuration(folder, "config.json").get("hidden_size", 0))
    for place in sorted(folder.iterdir()):
        written = configuration(place, "config.json") if place.is_dir() else {}
        dim = int(written.get("out_features") or written.get("word_embedding_dimension") or dim)
    return dim

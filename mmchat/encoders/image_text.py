"""Whole pictures, and words or a picture to find them by -> one space, by SigLIP 2 or CLIP through transformers."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from PIL import Image

from mmchat.encoders.hub_model import HubEncoder, configuration, expect_kind, mean_of_both, plain
from mmchat.models import runtime
from mmchat.perception.words import ends_as_question
from mmchat.types import Pixels, Query, SegmentInput, SegmentKind, Vector, Vectors

_NAME_WORDS = 3
_DETERMINERS = frozenset("a an the my our your his her their this that these those some two three".split())


@dataclass(frozen=True, slots=True)
class _Opened:
    model: Any
    tokenizer: Any
    images: Any
    device: str
    dtype: Any


class _ImageTextEncoder(HubEncoder):
    """What both have in common: two towers, whose pooled and projected vectors compare by cosine."""

    segment_kinds = frozenset({SegmentKind.WHOLE_IMAGE})
    batch_size = 32
    model_types: ClassVar[frozenset[str]]
    tokenized: ClassVar[dict[str, Any]]

    def accepts(self, query: Query) -> bool:
        """A picture, or any words."""
        return query.pixels is not None or bool(query.words.strip())

    @abstractmethod
    def worded(self, words: str) -> str:
        """The words as the model was trained to read them."""

    def _encode_query(self, query: Query) -> Vector:
        """A picture with words is the mean of both; what was perceived in it is in its own vector already."""
        if query.pixels is None:
            return self._words(query.words)
        seen: Vector = self._pictures([query.pixels])[0]
        return mean_of_both(seen, self._words(query.text)) if query.text.strip() else seen

    def _encode_batch(self, inputs: Sequence[SegmentInput]) -> Vectors:
        pictures = [each.pixels for each in inputs if each.pixels is not None]
        if len(pictures) != len(inputs):
            raise ValueError("a whole image came without its pixels")
        return self._pictures(pictures)

    def _words(self, words: str) -> Vector:
        import torch

        with self._calls, torch.inference_mode():
            opened = self._ready()
            inputs = opened.tokenizer(
                [self.worded(plain(words, opened.tokenizer))],
                truncation=True,
                return_tensors="pt",
                **self.tokenized,
            ).to(opened.device)
            vector: Vector = pooled(opened.model.get_text_features(**inputs))[0]
            return vector

    def _pictures(self, pictures: Sequence[Pixels]) -> Vectors:
        import torch

        with self._calls, torch.inference_mode():
            opened = self._ready()
            inputs = opened.images([Image.fromarray(picture) for picture in pictures], return_tensors="pt")
            inputs = inputs.to(opened.device, dtype=opened.dtype)  # changes the precision of pixels alone
            return pooled(opened.model.get_image_features(**inputs))

    def _open(self, folder: Path) -> Any:
        runtime.need(f"The encoder {self.kind!r}", "torch", "transformers")
        expect_kind(folder, self.name, self.model_types, " or ".join(sorted(self.model_types)))
        device, dtype = runtime.choose(self._settings)
        import transformers

        transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        model: Any = transformers.AutoModel.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, dtype=dtype
        )
        kind: Any = transformers.AutoImageProcessor
        images = kind.from_pretrained(folder, local_files_only=True, backend="pil")
        return _Opened(
            model.to(device).eval(),
            transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True),
            images,
            device,
            dtype,
        )


class Siglip2Encoder(_ImageTextEncoder):
    """SigLIP 2, and SigLIP; many languages. What resolution it sees, 224 to 512, is in the model's name."""

    kind = "siglip2"
    default_model = "google/siglip2-base-patch16-256"
    model_types = frozenset({"siglip", "siglip2"})
    tokenized = {
        "padding": "max_length",
        "padding_side": "right",
        "max_length": 64,
        "return_attention_mask": False,
    }
    """It was trained on small letters, filled up on the right to 64 tokens that all look at each other (arXiv
    2502.14786, and its conversion for transformers): the vector is taken from the last place, so less filling or a
    mask would give another one."""

    def worded(self, words: str) -> str:
        """In small letters."""
        return words.lower()

    def _dim_of(self, folder: Path) -> int:
        text = configuration(folder, "config.json").get("text_config", {})
        return int(text.get("projection_size") or text.get("hidden_size", 768))  # the configuration's own default


class ClipEncoder(_ImageTextEncoder):
    """CLIP: English."""

    kind = "clip"
    default_model = "openai/clip-vit-base-patch32"
    model_types = frozenset({"clip"})
    tokenized = {"padding": True, "max_length": 77}

    def worded(self, words: str) -> str:
        """A bare name becomes "a photo of a ..."; anything longer is left as it is.

        The model was trained on captions, and a lone noun is unlike them (arXiv 2103.00020, section 3.1.4: 1.3 points
        on ImageNet). A name is up to three words that do not end like a question.
        """
        bare = words.strip()
        pieces = bare.lower().split()
        if not 0 < len(pieces) <= _NAME_WORDS or ends_as_question(bare) or {"photo", "picture", "image"} & set(pieces):
            return bare
        return f"a photo of {bare}" if pieces[0] in _DETERMINERS else f"a photo of a {bare}"

    def _dim_of(self, folder: Path) -> int:
        return int(configuration(folder, "config.json").get("projection_dim", 512))


def pooled(features: Any) -> Vectors:
    """The pooled, projected rows, whichever way this version of transformers hands them out: float32."""
    rows = getattr(features, "pooler_output", features)
    vectors: Vectors = rows.float().cpu().numpy().astype(np.float32)
    return vectors

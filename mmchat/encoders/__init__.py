"""Segment or Query -> unit vector in a named space. A new encoder is one file and one line in this table."""

from __future__ import annotations

from typing import cast

from mmchat.encoders.base import Encoder
from mmchat.errors import UnknownBackend
from mmchat.registry import resolve
from mmchat.settings import Settings

ENCODERS = {
    "e5-small": "mmchat.encoders.e5_small:E5SmallEncoder",
    "image-concepts": "mmchat.encoders.image_concepts:ImageConceptsEncoder",
    "sound-concepts": "mmchat.encoders.sound_concepts:SoundConceptsEncoder",
    "sentence-transformers": "mmchat.encoders.sentence_text:SentenceTextEncoder",
    "siglip2": "mmchat.encoders.image_text:Siglip2Encoder",
    "clip": "mmchat.encoders.image_text:ClipEncoder",
    "clap": "mmchat.encoders.sound_text:ClapEncoder",
    "embedding-gemma": "mmchat.encoders.embedding_gemma:EmbeddingGemmaEncoder",
    "hashing": "mmchat.encoders.hashing:HashingEncoder",
}

__all__ = ["ENCODERS", "Encoder", "create_encoder"]


def create_encoder(name: str, settings: Settings) -> Encoder:
    """The encoder called ``name``, as ``kind`` or ``kind:model``, its weights not yet loaded.

    Raises:
        UnknownBackend: there is none, or it takes no model.
    """
    kind, colon, model = name.partition(":")
    leaf = resolve("encoder", kind, ENCODERS)
    if not colon:
        return cast(Encoder, leaf.from_settings(settings))
    if not hasattr(leaf, "from_model"):
        raise UnknownBackend(f"The encoder {kind!r} brings its own model. Write it without {colon}{model}.")
    return cast(Encoder, leaf.from_model(model.strip(), settings))

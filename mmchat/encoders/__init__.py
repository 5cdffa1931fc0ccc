"""Segment or Query -> unit vector in a named space. A new encoder is one file and one line in this table."""

from __future__ import annotations

from typing import cast

from mmchat.encoders.base import Encoder
from mmchat.registry import resolve
from mmchat.settings import Settings

ENCODERS = {
    "e5-small": "mmchat.encoders.e5_small:E5SmallEncoder",
    "image-concepts": "mmchat.encoders.image_concepts:ImageConceptsEncoder",
    "sound-concepts": "mmchat.encoders.sound_concepts:SoundConceptsEncoder",
    "hashing": "mmchat.encoders.hashing:HashingEncoder",
}

__all__ = ["ENCODERS", "Encoder", "create_encoder"]


def create_encoder(name: str, settings: Settings) -> Encoder:
    """The encoder called ``name``, its weights not yet loaded."""
    return cast(Encoder, resolve("encoder", name, ENCODERS).from_settings(settings))

"""Whole pictures, and words or a picture to find them by -> vectors over the 1,000 ImageNet classes.

Concept matching, not CLIP: a picture's vector is the square root of its class probabilities, so that the cosine of
two pictures is the Bhattacharyya coefficient of what was recognised in them. It knows object nouns only.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mmchat import models
from mmchat.encoders.base import Encoder, normalise
from mmchat.encoders.concept_labels import ConceptLabels
from mmchat.encoders.kindred_names import KindredNames
from mmchat.perception import label_names, sound_concepts
from mmchat.perception.image_concepts import CLASSES, NETWORKS, ImageClassifier
from mmchat.settings import Settings
from mmchat.types import Concept, Query, SegmentInput, SegmentKind, Space, Vector, Vectors

DESCRIBED = 5
NAMES = "imagenet-names"


class ImageConceptsEncoder(Encoder):
    """The image space of the bundled profile."""

    segment_kinds = frozenset({SegmentKind.WHOLE_IMAGE})
    batch_size = 8
    least_cosine = 0.05  # 97 of 100 captions lie above it for their own picture (development data, 2026-11-21)

    def __init__(self, settings: Settings) -> None:
        revision = "-".join(models.card(name).revision for name in NETWORKS)
        self.space = Space("image-concepts", revision, CLASSES)
        self._classifier = ImageClassifier(settings.models_path, threads=settings.threads)
        self._labels = ConceptLabels(settings, lambda: imagenet_names(settings.models_path))
        self._heard = KindredNames(
            self._labels, lambda: label_names.audioset(models.directory(sound_concepts.MODEL, settings.models_path))
        )

    @classmethod
    def from_settings(cls, settings: Settings) -> ImageConceptsEncoder:
        """With the threads and the models folder of ``settings``."""
        return cls(settings)

    def load(self) -> None:
        """Load both networks, and the names with their vectors."""
        self._classifier.load()
        self._labels.load()

    def accepts(self, query: Query) -> bool:
        """A picture, or any words."""
        return query.pixels is not None or bool(query.words.strip())

    def knows(self, query: Query) -> float:
        """The share of its words that are names of the list; a picture is wholly known."""
        return 1.0 if query.pixels is not None else self._heard.share(query)

    def describe(self, vectors: Vectors) -> list[tuple[Concept, ...]]:
        """The five most probable names; classes that share a name are added up."""
        return [self._describe(row**2) for row in vectors]

    def _describe(self, probabilities: Vector) -> tuple[Concept, ...]:
        by_name: dict[str, float] = {}
        for at in np.argsort(-probabilities, kind="stable")[: 2 * DESCRIBED]:
            name = self._labels.names[at]
            by_name[name] = by_name.get(name, 0.0) + float(probabilities[at])
        best = sorted(by_name.items(), key=lambda item: -item[1])[:DESCRIBED]
        return tuple(Concept(name, min(probability, 1.0)) for name, probability in best)

    def _encode_query(self, query: Query) -> Vector:
        """A picture with words is the mean of both; what was perceived in it is in its own vector already."""
        if query.pixels is None:
            return self._heard.place(query)
        seen: Vector = np.sqrt(self._classifier.probabilities([query.pixels])[0])
        if not query.text.strip():
            return seen
        both: Vector = normalise(seen[None, :])[0] + self._labels.place(query.text, query.language)
        return both

    def _encode_batch(self, inputs: Sequence[SegmentInput]) -> Vectors:
        pictures = [each.pixels for each in inputs if each.pixels is not None]
        if len(pictures) != len(inputs):
            raise ValueError("a whole image came without its pixels")
        vectors: Vectors = np.sqrt(self._classifier.probabilities(pictures))
        return vectors


def imagenet_names(models_path: Path) -> label_names.Vocabulary:
    """The names of the 1,000 classes."""
    with models.loading(NAMES, models_path) as folder:
        return label_names.imagenet(folder)

"""Stretches of sound, and words or a recording to find them by -> vectors over the 521 AudioSet classes.

Concept matching, not CLAP: a sound's vector is the square root of its class probabilities. These do not add up to 1,
so one more axis carries how much was recognised in all, scaled so that it moves no cosine by more than half a percent;
:meth:`SoundConceptsEncoder.describe` needs it to tell probabilities from a vector of unit length.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mmchat import models
from mmchat.encoders.base import Encoder, normalise
from mmchat.encoders.concept_labels import ConceptLabels
from mmchat.encoders.image_concepts import imagenet_names
from mmchat.encoders.kindred_names import KindredNames
from mmchat.perception import label_names
from mmchat.perception.sound_concepts import CLASSES, MODEL, SoundClassifier
from mmchat.settings import Settings
from mmchat.types import Concept, Query, SegmentInput, SegmentKind, Space, Vector, Vectors, Waveform

DESCRIBED = 5
LEAST_PROBABILITY, LEAST_FIRST = 0.1, 0.05
"""Names below the first are not given; when none reaches it, the best is, from the second on."""

PLACES = (494, *range(500, 509), 520)
"""Silence, "Inside, small room" and their like: where it was recorded, not what it is. They get no weight."""
ANCESTORS = {
    67: range(68, 132),  # Animal
    68: range(69, 81),  # Domestic animals, pets
    69: range(70, 76),  # Dog
    76: range(77, 81),  # Cat
    81: range(82, 103),  # Livestock, farm animals, working animals
    82: range(83, 85),  # Horse
    85: range(86, 88),  # Cattle
    88: range(89, 90),  # Pig
    93: range(94, 103),  # Fowl
    94: range(95, 97),  # Chicken, rooster
    97: range(98, 99),  # Turkey
    99: range(100, 101),  # Duck
    101: range(102, 103),  # Goose
    103: range(104, 132),  # Wild animals
    106: range(107, 117),  # Bird
    107: range(108, 116),  # Bird vocalization
    117: (69, *range(70, 76)),  # Canidae
    118: range(119, 121),  # Rodents
    121: range(122, 127),  # Insect
    127: range(128, 129),  # Frog
    132: range(133, 277),  # Music
    133: range(134, 211),  # Musical instrument
    134: range(135, 147),  # Plucked string instrument
    135: range(136, 142),  # Guitar
    147: range(148, 156),  # Keyboard
    156: range(157, 179),  # Percussion
    159: range(160, 166),  # Drum
    180: range(181, 184),  # Brass instrument
    184: range(185, 190),  # Bowed string instrument
    190: range(191, 194),  # Wind instrument
    195: range(196, 203),  # Bell
    282: range(283, 292),  # Water
    294: range(295, 337),  # Vehicle
    295: range(296, 300),  # Boat
    300: range(301, 322),  # Motor vehicle
    301: range(302, 310),  # Car
    316: range(317, 320),  # Emergency vehicle
    322: range(323, 329),  # Rail transport
    323: range(324, 328),  # Train
    329: range(330, 335),  # Aircraft
    337: range(338, 348),  # Engine
    382: range(383, 396),  # Alarm
    398: range(399, 412),  # Mechanisms
    412: range(413, 420),  # Tools
    498: range(420, 521),  # Sound effect
}
"""Class -> the classes below it, from the AudioSet ontology (ICASSP 2017) by position in YAMNet's list."""
_BROAD = (67, 68, 81, 103, 132, 133, 294, 300)
_BROAD_WEIGHT = 0.5
"""The broadest classes are recognised in nearly everything: at half weight R@10 over 67 sounds is .57 against .55."""

_WEIGHTS = np.ones(CLASSES, dtype=np.float32)
_WEIGHTS[list(_BROAD)] = _BROAD_WEIGHT
_WEIGHTS[list(PLACES)] = 0.0
_MOST_IN_ALL = 24.0  # sum of weighted probabilities that the last axis can carry; the most we saw was 6
_LAST_AXIS = 0.1


class SoundConceptsEncoder(Encoder):
    """The sound space of the bundled profile; its model is an optional package."""

    segment_kinds = frozenset({SegmentKind.SOUND})
    batch_size = 8
    least_cosine = 0.05  # as for pictures: both place words among the names of a fixed list

    def __init__(self, settings: Settings) -> None:
        self.space = Space("sound-concepts", f"{models.card(MODEL).revision}-1", CLASSES + 1)
        self._classifier = SoundClassifier(settings.models_path)
        self._labels = ConceptLabels(
            settings, lambda: label_names.audioset(models.directory(MODEL, settings.models_path))
        )
        self._seen = KindredNames(self._labels, lambda: imagenet_names(settings.models_path))

    @classmethod
    def from_settings(cls, settings: Settings) -> SoundConceptsEncoder:
        """With the models folder of ``settings``."""
        return cls(settings)

    def load(self) -> None:
        """Load the network, and the names with their vectors.

        Raises:
            MissingDependency: the optional package is not installed.
        """
        self._classifier.load()
        self._labels.load()

    def accepts(self, query: Query) -> bool:
        """A recording, or any words."""
        return query.waveform is not None or bool(query.words.strip())

    def knows(self, query: Query) -> float:
        """The share of its words that are names of the list; a recording is wholly known."""
        return 1.0 if query.waveform is not None else self._seen.share(query)

    def describe(self, vectors: Vectors) -> list[tuple[Concept, ...]]:
        """At most five names, without those that only say what a more exact one has said."""
        return [self._describe(_probabilities(row)) for row in vectors]

    def _describe(self, probabilities: NDArray[np.float32]) -> tuple[Concept, ...]:
        order = [int(at) for at in np.argsort(-probabilities, kind="stable")]
        least = LEAST_PROBABILITY if probabilities[order[0]] >= LEAST_PROBABILITY else LEAST_FIRST
        heard = [at for at in order if probabilities[at] >= least]
        exact = [at for at in heard if not _said_better(at, heard, probabilities)]
        return tuple(Concept(self._labels.names[at], float(probabilities[at])) for at in exact[:DESCRIBED])

    def _encode_query(self, query: Query) -> Vector:
        """A recording with words is the mean of both; what was perceived in it is in its own vector already."""
        if query.waveform is None:
            return np.append(self._seen.place(query), np.float32(0))
        heard: Vector = normalise(_vector(self._classifier.probabilities(query.waveform))[None, :])[0]
        if not query.text.strip():
            alone: Vector = heard
            return alone
        both: Vector = heard + self._words(query.text, query.language)
        return both

    def _encode_batch(self, inputs: Sequence[SegmentInput]) -> Vectors:
        vectors: Vectors = np.stack([_vector(self._classifier.probabilities(_sound(each))) for each in inputs])
        return vectors

    def _words(self, words: str, language: str) -> Vector:
        placed: Vector = np.append(self._labels.place(words, language), np.float32(0))
        return placed


def _sound(each: SegmentInput) -> Waveform:
    if each.waveform is None:
        raise ValueError("a stretch of sound came without its waveform")
    return each.waveform


def _vector(probabilities: NDArray[np.float32]) -> Vector:
    """float32, shape (522,), unit length."""
    weighted = probabilities * _WEIGHTS
    in_all = min(float(weighted.sum()), _MOST_IN_ALL)
    last = _LAST_AXIS * np.sqrt(in_all / _MOST_IN_ALL)
    unit = normalise(np.sqrt(weighted)[None, :])[0]
    return np.append(unit * np.sqrt(1 - last**2), last).astype(np.float32)


def _probabilities(vector: Vector) -> NDArray[np.float32]:
    """The inverse of :func:`_vector`: float32, shape (521,)."""
    last = min(float(vector[-1]), _LAST_AXIS)
    in_all = _MOST_IN_ALL * (last / _LAST_AXIS) ** 2
    weighted = vector[:-1] ** 2 / max(1 - last**2, 0.5) * in_all
    probabilities: NDArray[np.float32] = np.divide(
        weighted, _WEIGHTS, out=np.zeros_like(weighted), where=_WEIGHTS > 0
    ).clip(0, 1)
    return probabilities


def _said_better(at: int, heard: Sequence[int], probabilities: NDArray[np.float32]) -> bool:
    """Whether a class below this one was heard about as well: at least half as probable."""
    below = ANCESTORS.get(at, ())
    return any(other in below and probabilities[other] >= 0.5 * probabilities[at] for other in heard)

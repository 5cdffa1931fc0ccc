"""Words -> a unit vector over a classifier's classes: the names that stand in the words, and those near in meaning.

Two halves are added. *Words*: each name or everyday word found in the query is one unit vector over its classes.
*Meaning*: softmax over all names and everyday words of the language, by multilingual-e5-small, each again a unit
vector over its classes.

Measured on captioned pictures of things (138, development data, 2026-11-21), R@10 in English and French:

    names                                      e5          all-MiniLM-L6-v2 (English only)
    English                                    .69 .39     .75
    French                                     -   .59
    and everyday words, half left out          .77 .77     .81
    and everyday words                         .87 .89     .87

The everyday words were written with these captions in sight, so other pictures are found somewhat less often; the row
with a random half left out (mean of eight draws) is the careful figure. They name every COCO class and 99 of the 100 of
CIFAR-100. With them MiniLM's lead is within noise, which does not pay for a second text model.

Tried on the same pictures and on 67 sounds, and not kept: the mean over prompts ("a photo of ...", "the sound of ...")
changes R@10 by -.008 for pictures and -.045 for sounds in English and nothing in French; spreading a query over classes
that share an everyday word, at .3, wins .02 of R@1 and loses .015 of the sounds' R@10, all within noise; a share of
words of .7 or .85 changes nothing.
"""

from __future__ import annotations

import hashlib
import logging
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mmchat.encoders.base import normalise
from mmchat.encoders.concept_words import WordIndex
from mmchat.encoders.e5_small import QUERY, E5SmallEncoder
from mmchat.perception.label_names import Vocabulary, Wording
from mmchat.settings import Settings
from mmchat.types import Vector, Vectors

log = logging.getLogger(__name__)

TEMPERATURE = 0.06
"""Fitted on the captions named above; .05 to .07 are within noise."""
WORDS_SHARE = 0.5
"""What the words weigh against the meaning when there are any; .3 to .7 are within noise."""
READ_CHARACTERS = 400
"""Longer queries are read this far: what was read in a whole page says nothing about one thing."""
DEFAULT_LANGUAGE = "en"
"""Whose names stand for all languages without names of their own; e5 bridges the rest."""


@dataclass(frozen=True)
class _Language:
    index: WordIndex
    phrases: Vectors  # shape (n_phrases, 384), centred, rows of unit length
    centre: Vector
    classes: NDArray[np.float32]  # shape (n_phrases, n_classes), rows of unit length


class ConceptLabels:
    """The names of one list, ready to place words among them. Phrase vectors are kept in the models folder."""

    def __init__(self, settings: Settings, read_vocabulary: Callable[[], Vocabulary]) -> None:
        self._text = E5SmallEncoder.from_settings(settings)
        self._models_path = settings.models_path
        self._read_vocabulary = read_vocabulary
        self._lock = threading.Lock()
        self._languages: dict[str, _Language] = {}
        self._names: tuple[str, ...] = ()

    def load(self) -> None:
        """Read the names and embed them, or read their kept vectors. Calling it again does nothing."""
        with self._lock:
            if not self._languages:
                self._text.load()
                vocabulary = self._read_vocabulary()
                self._names = vocabulary.names
                self._languages = {language: self._prepare(vocabulary, language) for language in vocabulary.labels}

    @property
    def names(self) -> tuple[str, ...]:
        """The English name of each class."""
        self.load()
        return self._names

    def place(self, words: str, language: str) -> Vector:
        """float32, shape (n_classes,), unit length.

        Args:
            words: the query.
            language: its ISO 639-1 code, or "" when unknown.
        """
        self.load()
        read = words[:READ_CHARACTERS]
        chosen = self._choose(read, language)
        meaning = self._meaning(read, chosen)
        named = self._named(read, chosen)
        return meaning if named is None else _unit(WORDS_SHARE * named + (1 - WORDS_SHARE) * meaning)

    def named(self, words: str, language: str) -> Vector | None:
        """As :meth:`place` by the names and everyday words in ``words`` alone; None when there are none."""
        self.load()
        return self._named(words, self._languages[language])

    def share_named(self, words: str, language: str) -> float:
        """How many of the words that can name something are names or everyday words of the list, 0..1.

        Captions of pictures of things (138, in English and in French) have a median of 1, and headings of a handbook
        (240) one of 0, with nine tenths at .33 or less (development data, 2026-11-21).
        """
        self.load()
        read = words[:READ_CHARACTERS]
        return self._choose(read, language).index.share(read)

    def _choose(self, words: str, language: str) -> _Language:
        """The language said, unless it is unknown or none of its names stand in the words and another's do."""
        covered = {code: sum(n.length for n in each.index.find(words)) for code, each in self._languages.items()}
        said = self._languages.get(language)
        if said is not None and covered[language]:
            return said
        best = max(covered, key=lambda code: (covered[code], code == DEFAULT_LANGUAGE))
        return self._languages[best] if said is None or covered[best] else said

    def _named(self, words: str, language: _Language) -> Vector | None:
        found = language.index.find(words)
        if not found:
            return None
        total = np.zeros(len(self._names), dtype=np.float32)
        for each in found:
            named = (_spread(classes, len(self._names)) for classes in (each.labels, each.everyday) if classes)
            total += _unit(np.sum(list(named), axis=0))
        return _unit(total)

    def _meaning(self, words: str, language: _Language) -> Vector:
        query = self._text.encode_texts([words], QUERY)[0] - language.centre
        scores = language.phrases @ _unit(query) / TEMPERATURE
        weights = np.exp(scores - scores.max())
        return _unit(weights @ language.classes)

    def _prepare(self, vocabulary: Vocabulary, language: str) -> _Language:
        labels, everyday = vocabulary.labels[language], vocabulary.everyday[language]
        phrases = _merge([*(each for each in labels if each.main), *everyday])
        vectors = self._embed(f"{vocabulary.list_name}-{language}", [each.words for each in phrases])
        centre: Vector = vectors.mean(axis=0)
        classes = np.stack([_spread(each.classes, len(vocabulary.names)) for each in phrases])
        return _Language(WordIndex(language, labels, everyday), normalise(vectors - centre), centre, classes)

    def _embed(self, name: str, phrases: list[str]) -> Vectors:
        """The phrases' vectors, from the models folder when the same phrases and model made them before."""
        made_of = hashlib.sha256("\x1f".join([self._text.space.name, *phrases]).encode()).hexdigest()[:16]
        path = self._models_path / f"names-{name}-{made_of}.npy"
        try:
            kept: Vectors = np.load(path, allow_pickle=False)
            if kept.shape == (len(phrases), self._text.space.dim) and kept.dtype == np.float32:
                return kept
        except (OSError, ValueError):
            log.info("embedding %d names of %s, once", len(phrases), name)
        vectors = self._text.encode_texts(phrases, QUERY)
        _keep(vectors, path)
        return vectors


def _merge(wordings: list[Wording]) -> list[Wording]:
    """One phrase per wording, with the classes of all that share it."""
    classes: dict[str, set[int]] = {}
    for each in wordings:
        classes.setdefault(each.words, set()).update(each.classes)
    return [Wording(words, tuple(sorted(found))) for words, found in classes.items()]


def _spread(classes: tuple[int, ...] | frozenset[int], count: int) -> Vector:
    vector = np.zeros(count, dtype=np.float32)
    vector[list(classes)] = 1 / np.sqrt(len(classes))
    return vector


def _unit(vector: Vector) -> Vector:
    unit: Vector = normalise(vector[None, :])[0]
    return unit


def _keep(vectors: Vectors, path: Path) -> None:
    """Write aside, then rename; a folder that cannot be written to only costs the time again at the next start."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".names-", suffix=".npy", delete=False) as aside:
            np.save(aside, vectors, allow_pickle=False)
        Path(aside.name).replace(path)
    except OSError as error:
        log.warning("the vectors of %s are not kept: %s", path.stem, error.strerror or error)

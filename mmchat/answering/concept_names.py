"""What a classifier's list calls its classes: their French names, and the classes that an everyday word takes in."""

from __future__ import annotations

import functools
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from mmchat import models
from mmchat.encoders.concept_words import WordIndex
from mmchat.errors import MmchatError
from mmchat.perception.label_names import Vocabulary, audioset, imagenet
from mmchat.settings import Settings
from mmchat.types import Modality

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _List:
    names: tuple[str, ...]
    translated: Mapping[str, Mapping[str, str]]  # by language, then by English name
    indexes: Mapping[str, WordIndex]


class ConceptNames:
    """The lists for pictures and for sounds, each read when it is first needed."""

    def __init__(self, readers: Mapping[Modality, Callable[[], Vocabulary]]) -> None:
        self._readers = readers
        self._lists: dict[Modality, _List] = {}
        self._lock = threading.Lock()

    @classmethod
    def from_settings(cls, settings: Settings) -> ConceptNames:
        """The process's one instance for these settings, of the bundled classifiers' lists."""
        return _bundled(settings.models_path)

    def load(self) -> None:
        """Read every list that has not been read."""
        for modality in self._readers:
            self._list(modality)

    def name(self, label: str, modality: Modality, language: str) -> str:
        """The name of a class in a language; as it was given when there is none, or the class is of another list."""
        if language == "en" or modality not in self._readers:
            return label
        return self._list(modality).translated.get(language, {}).get(label, label)

    def classes_in(self, words: str, modality: Modality) -> frozenset[str]:
        """The English names of all that any of the words take in, in any language of the lists."""
        if modality not in self._readers:
            return frozenset()
        found = self._list(modality)
        named = (each for index in found.indexes.values() for each in index.find(words))
        return frozenset(found.names[at] for each in named for at in each.labels | each.everyday)

    def _list(self, modality: Modality) -> _List:
        with self._lock:
            if modality not in self._lists:
                try:
                    self._lists[modality] = _listed(self._readers[modality]())
                except MmchatError as error:  # an answer with English names is better than none
                    log.warning("%s names stay as they are: %s", modality, error)
                    self._lists[modality] = _List((), {}, {})
            return self._lists[modality]


def _listed(vocabulary: Vocabulary) -> _List:
    translated = {
        language: {vocabulary.names[each.classes[0]]: each.words for each in wordings if each.main}
        for language, wordings in vocabulary.labels.items()
        if language != "en"
    }
    indexes = {
        language: WordIndex(language, wordings, vocabulary.everyday[language])
        for language, wordings in vocabulary.labels.items()
    }
    return _List(vocabulary.names, translated, indexes)


@functools.cache
def _bundled(models_path: Path) -> ConceptNames:
    def reader(model: str, read: Callable[[Path], Vocabulary]) -> Callable[[], Vocabulary]:
        def read_checked() -> Vocabulary:
            with models.loading(model, models_path) as folder:
                return read(folder)

        return read_checked

    return ConceptNames(
        {Modality.IMAGE: reader("imagenet-names", imagenet), Modality.AUDIO: reader("yamnet", audioset)}
    )

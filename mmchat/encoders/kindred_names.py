"""Names from another classifier's list -> a unit vector over this list: how a picture finds sounds, a sound pictures.

What was recognised in a query's picture comes as the names of its classes. Few of 1,000 such names stand in a list of
521 sounds, and a text encoder takes "tabby cat" for a pattern; but both lists have everyday words for their classes.
Each name is placed by its own words and by the everyday words above it, the narrowest first: tabby, cat, pet.

Measured on 64 stamps that have a picture and a sound (development data, 2026-11-21), R@10 among 67 sounds and 64
pictures; one more or less is .016:

    names as any other words        picture -> sound .30    sound -> picture .42
    by everyday words as well                        .38                     .50
    and never without the first                      .41                     .50
    captions in place of names                       .58                     .75

Probabilities in place of ranks, and all classes in place of the five named, change this by .03 at most.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np

from mmchat.encoders.base import normalise
from mmchat.encoders.concept_labels import DEFAULT_LANGUAGE, ConceptLabels
from mmchat.errors import MissingDependency, ModelUnavailable
from mmchat.perception.label_names import Vocabulary
from mmchat.types import Query, Vector

OWN_SHARE = 0.3
"""What a name's own words weigh beside the narrowest everyday word; each wider one weighs 1/2, 1/3 ..."""
WIDEST = 130
"""Everyday words for more classes say too little: "animal" has 390, "dog" 118."""


class KindredNames:
    """Places what is perceived in a query of the other kind; words that are no names are placed as any words."""

    def __init__(self, labels: ConceptLabels, read_other: Callable[[], Vocabulary]) -> None:
        self._labels = labels
        self._read_other = read_other
        self._lock = threading.Lock()
        self._above: dict[str, tuple[tuple[str, ...], ...]] | None = None
        self._placed: dict[str, Vector] = {}

    def place(self, query: Query) -> Vector:
        """float32, shape (n_classes,), unit length.

        Names among the perceived lines count by their order, the most probable first; all other words as one.
        """
        perceived = query.perceived.split("\n")
        names = list(dict.fromkeys(line for line in perceived if line in self._other()))
        if not names:
            return self._labels.place(query.words, query.language)
        others = "\n".join(part for part in (query.text, *perceived) if part.strip() and part not in names)
        ranked = zip(names, range(1, len(names) + 1), strict=True)
        total: Vector = np.sum([self._name(name) / rank for name, rank in ranked], axis=0, dtype=np.float32)
        total = normalise(total[None, :])[0]
        if others:
            total = normalise((total + self._labels.place(others, query.language))[None, :])[0]
        return total

    def share(self, query: Query) -> float:
        """How many of the query's words this list can place, 0..1; a name from the other list is placed whole."""
        perceived = query.perceived.split("\n")
        names = {line for line in perceived if line in self._other()}
        others = "\n".join(part for part in (query.text, *perceived) if part.strip() and part not in names)
        if not names or not others:
            return 1.0 if names else self._labels.share_named(others, query.language)
        placed, read = len(" ".join(names).split()), len(others.split())
        return (placed + read * self._labels.share_named(others, query.language)) / (placed + read)

    def _name(self, name: str) -> Vector:
        with self._lock:
            if name not in self._placed:
                total = OWN_SHARE * self._labels.place(name, DEFAULT_LANGUAGE)
                for rank, words in enumerate(self._other()[name], start=1):
                    found = [self._labels.named(word, DEFAULT_LANGUAGE) for word in words]
                    total = total + sum(each for each in found if each is not None) / (rank * len(words))
                self._placed[name] = normalise(total[None, :])[0]
            return self._placed[name]

    def _other(self) -> dict[str, tuple[tuple[str, ...], ...]]:
        """The other list's names, each with the everyday words above it, those for equally many classes together."""
        if self._above is None:
            try:
                self._above = _above(self._read_other())
            except (MissingDependency, ModelUnavailable):
                self._above = {}  # then nothing was recognised by that list either
        return self._above


def _above(other: Vocabulary) -> dict[str, tuple[tuple[str, ...], ...]]:
    by_class: dict[int, dict[int, list[str]]] = {}
    for wording in other.everyday[DEFAULT_LANGUAGE]:
        if len(wording.classes) <= WIDEST:
            for at in wording.classes:
                by_class.setdefault(at, {}).setdefault(len(wording.classes), []).append(wording.words)
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    for at, name in enumerate(other.names):
        steps = tuple(tuple(words) for _, words in sorted(by_class.get(at, {}).items()))
        found.setdefault(name, steps)
    return found

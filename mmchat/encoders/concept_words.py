"""A query's words -> the wordings of a classifier's list that stand in it. It knows no vectors and no model.

Words are compared without accents and in the singular, longest wording first: "a tree frog" is the tree frog, not
also every frog.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from mmchat.perception.label_names import Wording

Stems = tuple[str, ...]

_WORD = re.compile(r"[a-z0-9]+")
_STOP_WORDS = {
    "en": "a an the of in on at to with and or for by from is are be it its this that these show me find picture photo "
    "image photograph sound recording noise any my your where what which also called",
    "fr": "un une le la les de du des d l et ou en dans sur a au aux avec pour par est son sa ses ce cette ces qui que "
    "mon ma mes trouve montre photo image bruit enregistrement cri sons",
}
"""Words that name no thing by themselves although a list may hold them ("son", "image"); longer wordings may."""


@dataclass(frozen=True, slots=True)
class Named:
    """One wording found in a query: the classes that are called so, and those an everyday word stands for."""

    labels: frozenset[int]
    everyday: frozenset[int]
    length: int
    """How many words of the query it covers."""


class WordIndex:
    """The wordings of one language, by their stems."""

    def __init__(self, language: str, labels: Iterable[Wording], everyday: Iterable[Wording]) -> None:
        self.language = language
        self._labels = self._index(labels)
        self._everyday = self._index(everyday)
        self._longest = max(map(len, [*self._labels, *self._everyday]), default=0)
        self._stop = {stem for word in _STOP_WORDS[language].split() for stem in stems(word, language)}

    def find(self, text: str) -> list[Named]:
        """The wordings in ``text``, in order, none over another."""
        words = stems(text, self.language)
        found: list[Named] = []
        at = 0
        while at < len(words):
            for length in range(min(self._longest, len(words) - at), 0, -1):
                key = words[at : at + length]
                if (key in self._labels or key in self._everyday) and not (length == 1 and key[0] in self._stop):
                    labels, everyday = self._labels.get(key, ()), self._everyday.get(key, ())
                    found.append(Named(frozenset(labels), frozenset(everyday), length))
                    at += length
                    break
            else:
                at += 1
        return found

    def share(self, text: str) -> float:
        """How many of the words of ``text`` that can name something are in such a wording, 0..1."""
        naming = sum(stem not in self._stop for stem in stems(text, self.language))
        return min(1.0, sum(each.length for each in self.find(text)) / naming) if naming else 0.0

    def _index(self, wordings: Iterable[Wording]) -> dict[Stems, set[int]]:
        index: dict[Stems, set[int]] = {}
        for wording in wordings:
            key = stems(wording.words, self.language)
            if key:
                index.setdefault(key, set()).update(wording.classes)
        return index


def stems(text: str, language: str) -> Stems:
    """Lower case, no accents, singular."""
    joined = text.lower().replace("œ", "oe").replace("æ", "ae")
    plain = "".join(c for c in unicodedata.normalize("NFKD", joined) if not unicodedata.combining(c))
    singular = _singular_fr if language == "fr" else _singular_en
    return tuple(singular(word) for word in _WORD.findall(plain))


def _singular_en(word: str) -> str:
    if len(word) > 3 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    if len(word) > 4 and word.endswith("ves"):
        return word[:-3] + "f"
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


def _singular_fr(word: str) -> str:
    if len(word) > 4 and word.endswith("eaux"):
        return word[:-1]
    if len(word) > 4 and word.endswith("aux"):
        return word[:-3] + "al"
    if len(word) > 3 and word[-1] in "sx":
        return word[:-1]
    return word

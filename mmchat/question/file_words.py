"""The closed classes of four languages, and the nouns for kinds of file, from data/words.json."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from mmchat.perception.stems import stem
from mmchat.perception.words import folded
from mmchat.types import Modality

_WORD = re.compile(r"[^\W_]+")
_ALIKE = str.maketrans("cqzwyj", "kksvii")
_FEWEST_LETTERS = 4


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: ``text[start:end]``, as written, folded, and its stem, folded."""

    start: int
    end: int
    written: str
    plain: str
    stem: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the words of one language are for; folded."""

    nouns: dict[str, str]
    """Stem -> a kind of file, or ``file`` for one whose kind it does not say."""
    pairs: dict[tuple[str, str], str]
    classes: dict[str, frozenset[str]]
    order: dict[str, int]
    """"first" -> 1."""
    written: dict[str, str]
    """Words of closed classes, of finding and for files, folded -> as they are written."""
    near: dict[tuple[str, int], list[str]]
    """The same by their beginning and length, see :func:`by_beginning`."""

    def closed(self, plain: str) -> bool:
        """Whether the word belongs to a closed class, and names nothing."""
        return plain in self.classes["closed"]

    def kind(self, words: list[Word], at: int) -> tuple[str, int]:
        """The kind of file named by the words from this one on, and of how many words the name is; "" for none."""
        if at + 1 < len(words) and (kind := self.pairs.get((words[at].stem, words[at + 1].stem))):
            return kind, 2
        kind = self.nouns.get(words[at].stem, "")
        return kind, 1 if kind else 0


def cut(text: str, language: str) -> list[Word]:
    """The words of a text in order."""
    return [
        Word(match.start(), match.end(), match[0], folded(match[0]), stem(match[0], language))
        for match in _WORD.finditer(text)
    ]


@cache
def vocabulary(language: str) -> Vocabulary:
    """Of one language, with the nouns of English beside its own: people mix them."""
    table = json.loads(files("mmchat.question").joinpath("data/words.json").read_text("utf-8"))
    language = language if language in table else "en"
    nouns, pairs = dict[str, str](), dict[tuple[str, str], str]()
    for code in ("en", language):
        for kind in (*(m.value for m in Modality), "file"):
            for noun in table[code][kind].split():
                nouns[stem(noun, language)] = nouns[stem(f"{noun}s", language)] = (
                    kind  # Snowball keeps the s of "photos"
                )
        for words, kind in table[code]["pairs"].items():
            first, second = (stem(word, language) for word in words.split())
            pairs[first, second] = kind
    own = table[language]
    classes = {name: frozenset(map(folded, own[name].split())) for name in own if isinstance(own[name], str)}
    classes["added"] = frozenset(stem(word, language) for word in own["added"].split())
    classes["told_stems"] = frozenset(stem(word, language) for word in own["told"].split())
    order = {folded(word): n for n, words in enumerate(own["order"].split(), 1) for word in words.split("|")}
    classes["kept"] = frozenset(stem(word, language) for word in own["kept"].split())
    classes["closed"] = frozenset().union(
        *(classes[name] for name in ("question", "count", "determiner", "loose", "preposition", "auxiliary", "pronoun"))
    )
    names = (
        "question",
        "find",
        "determiner",
        "preposition",
        "auxiliary",
        "pronoun",
        "added",
        "image",
        "audio",
        "video",
    )
    written = {folded(word): word for name in (*names, "text", "file") for word in own[name].split()}
    return Vocabulary(nouns, pairs, classes, order, written, by_beginning(written))


def by_beginning(words: Iterable[str]) -> dict[tuple[str, int], list[str]]:
    """Folded words of four letters or more by how their first letter sounds, and by their length."""
    found: dict[tuple[str, int], list[str]] = {}
    for word in words:
        if len(word) >= _FEWEST_LETTERS:
            found.setdefault((first_sound(word), len(word)), []).append(word)
    return found


def first_sound(word: str) -> str:
    """The first letter, one for those that sound alike."""
    return word[:1].translate(_ALIKE)

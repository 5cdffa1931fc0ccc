"""A question's words -> the files whose names it says, wholly, in part or nearly.

A name is said by its distinctive words, those rare among the names of the library. One ordinary word of it ("budget")
is not enough: it must be said as a file ("the budget sheet"), or with another word of the name.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from mmchat.perception.stems import stem
from mmchat.perception.words import folded
from mmchat.question.file_words import Vocabulary, Word, cut, vocabulary

_PIECE = re.compile(r"[A-ZÀ-Þ]?[^\W\d_A-ZÀ-Þ]+|[A-ZÀ-Þ]+|\d+")
"""A word or a number of a name such as ``VoiceMemo_0093``."""
_NUMBER_WEIGHT = 0.5
"""Numbers in names are mostly dates and counters."""
_SAID_AS_FILE, _SAID_IN_PART = 0.5, 0.4
"""Least share of a name's weight that is said, where it is said as a file, and with two of its words side by side."""
_LIKE = 0.82
"""Least similarity of a word written wrongly: one letter in six."""
_FEWEST_LETTERS = 6
_FEWEST_DIGITS = 3
"""Of a number that names a file right after a word for it: "photo 2041"."""
_MOST_WORDS = 400
_MOST_FILES = 50
"""Files that are told; a word that more of them, and a tenth of the library, have in their names tells none apart."""


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file whose name the question says.

    Attributes:
        score: 0..1, how much of the name's distinctive words it says.
        certain: whether it can mean nothing but the file.
        words: places of those words among the question's.
    """

    id: str
    name: str
    score: float
    certain: bool
    words: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Names:
    """The names of a library: weights of each file's words, files by word, written words by their first letter."""

    files: tuple[tuple[str, str], ...]
    weights: tuple[dict[str, float], ...]
    by_word: dict[str, list[int]]
    written: dict[str, dict[str, str]]


def files_named(words: Sequence[Word], names: tuple[tuple[str, str], ...], language: str) -> list[NamedFile]:
    """Those said, best first; ``names`` are ids and names. Only the first 400 words are looked at."""
    index, known = _index(names, language), vocabulary(language)
    words = list(words[:_MOST_WORDS])
    pieces = [(at, piece) for at, word in enumerate(words) for piece in _PIECE.findall(word.written)]
    places: dict[str, int] = {}
    for at, piece in pieces:
        key = _key(piece, language)
        places.setdefault(key if key in index.by_word else _nearly(piece, index, known), at)
    few = max(_MOST_FILES, len(names) // 10)
    meant = {file for key in places for file in index.by_word.get(key, ()) if len(index.by_word[key]) <= few}
    found = [
        _named(index, file, {k: places[k] for k in index.weights[file] if k in places}, words, known) for file in meant
    ]
    found.sort(key=lambda each: (-each.certain, -each.score, each.name, each.id))
    found = found[:_MOST_FILES]
    return [
        each for each in found if not any(other.certain >= each.certain and other.words > each.words for other in found)
    ]


def _named(index: _Names, file: int, keys: dict[str, int], words: list[Word], known: Vocabulary) -> NamedFile:
    weights = index.weights[file]
    id, name = index.files[file]
    score = sum(weights[key] for key in keys) / sum(weights.values())
    at = sorted(set(keys.values()))
    together = any(_together(words, one, other, known) for one, other in zip(at, at[1:], strict=False))
    wholly = score >= _SAID_AS_FILE and _said_as_file(words, at, name, known)
    numbered = any(
        key.isdecimal()
        and len(key) >= _FEWEST_DIGITS
        and len(index.by_word[key]) == 1
        and _after_file_word(words, place, known)
        for key, place in keys.items()
    )
    in_one_word = len(at) == 1 < len(keys) == len(weights)  # DSC00412
    certain = wholly or numbered or in_one_word or (score >= _SAID_IN_PART and together)
    return NamedFile(id, name, round(score, 3), certain, frozenset(at))


def _after_file_word(words: list[Word], place: int, known: Vocabulary) -> bool:
    """Whether a number stands right after a word for a file: "photo 2041", "invoices 8841 and 8842"."""
    place -= 1
    while place > 0 and (words[place].plain.isdecimal() or words[place].plain in known.classes["tie"]):
        place -= 1
    return place >= 0 and bool(known.kind(words, place)[0])


def _together(words: list[Word], one: int, other: int, known: Vocabulary) -> bool:
    """Whether two words of a name stand side by side: with one word between them, and any that names nothing.

    A number must follow at once, or it may be a day of the month.
    """
    between = words[one + 1 : other]
    if words[one].plain.isdecimal() or words[other].plain.isdecimal():
        return not between
    return sum(not known.closed(word.plain) for word in between) <= 1


def _said_as_file(words: list[Word], at: list[int], name: str, known: Vocabulary) -> bool:
    """Whether a word for a file stands beside the name's words, or its ending anywhere."""
    ending = folded(name.rpartition(".")[2])
    if any(word.plain == ending for word in words):
        return True
    for place in at:
        for beside in (place - 1, place + 1):
            if 0 <= beside < len(words) and beside not in at and known.kind(words, beside)[0]:
                return True
    return False


def _nearly(piece: str, index: _Names, known: Vocabulary) -> str:
    """The word of a name that this is a misspelling of, or ""."""
    plain = folded(piece)
    if len(plain) < _FEWEST_LETTERS or known.closed(plain):
        return ""
    like = index.written.get(plain[0], {})
    found = process.extractOne(plain, like.keys(), scorer=DamerauLevenshtein.normalized_similarity, score_cutoff=_LIKE)
    return like[found[0]] if found else ""


def _key(piece: str, language: str) -> str:
    return piece.lstrip("0") or "0" if piece.isdecimal() else stem(piece, language)


@lru_cache(maxsize=8)
def _index(names: tuple[tuple[str, str], ...], language: str) -> _Names:
    known = vocabulary(language)
    words_of: list[dict[str, str]] = []
    for _, name in names:
        main = name.rpartition(".")[0] or name
        pieces = {
            _key(piece, language): folded(piece)
            for word in cut(main, language)
            for piece in _PIECE.findall(word.written)
        }
        words_of.append(
            {k: p for k, p in pieces.items() if not known.closed(p) and len(p) > 1 or p.isdecimal()} or pieces
        )
    frequency = Counter(key for words in words_of for key in words)
    by_word, written = defaultdict[str, list[int]](list), defaultdict[str, dict[str, str]](dict)
    for file, words in enumerate(words_of):
        for key, plain in words.items():
            by_word[key].append(file)
            written[plain[0]][plain] = key
    weights = tuple(
        {key: math.log(1 + len(names) / frequency[key]) * (_NUMBER_WEIGHT if key.isdecimal() else 1.0) for key in words}
        for words in words_of
    )
    return _Names(names, weights, dict(by_word), dict(written))

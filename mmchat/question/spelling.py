"""A question with words written wrongly -> the same with words of the library in their place.

Only a word that neither the library nor a general vocabulary knows is changed, and only to one close by: no number, no
code, no name, and nothing of three letters. The general vocabulary is what the tokenizers at hand hold as whole pieces:
of 108 everyday words in four languages the text encoder's holds 57, of 34 English ones with the cross-encoder's 24 and
not 17, and of 31 misspellings 2. What neither knows is rarely close to a word of the library: of 387 questions, most of
them about other things than the library, 7 had a right word changed (2026-11-28).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from mmchat.perception.stems import stem
from mmchat.perception.words import folded, pieces
from mmchat.question.file_words import by_beginning, first_sound, vocabulary

_LONGEST_CHARACTERS = 300
"""What is longer was pasted, and its words stay as they are."""
_FEWEST_LETTERS, _LETTERS_FOR_TWO = 4, 6
"""Letters of a word that may be changed in one place, and in two."""
_MOST_CANDIDATES = 20
_SOUND_ALIKE, _PER_TENFOLD = 0.6, 0.1
"""What sounding alike, and being ten times as frequent, count in edits; between words as far away."""
_WORD = re.compile(r"(?<![\w#@.'’/-])[^\W\d_]+(?![\w@/-]|\.\w)")
"""A word that is no part of a name, a tag, an address or a code."""
_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"ph", "f"), (r"sch|sh|ch", "x"), (r"[ckq]+u?", "k"), (r"[zß]", "s"), (r"[wv]", "v"), (r"y|ie|ee", "i"),
        (r"[dt]+", "t"), (r"h|(?<=\w)e\b", ""), (r"(\w)\1+", r"\1"),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mended:
    """The question, and each word changed with what stands for it now."""

    text: str
    changes: tuple[tuple[str, str], ...] = ()


def words_of(texts: Iterable[str]) -> Counter[str]:
    """How often each word stands in some texts, in small letters with its accents; what holds a digit is left out."""
    return Counter(word for text in texts for word in pieces(text) if word.isalpha() and len(word) >= _FEWEST_LETTERS)


def whole_pieces(*lookups: Callable[[str], int | None]) -> Callable[[str], bool]:
    """Whether one of these tokenizers, each given by its ``token_to_id``, holds a word as one piece."""

    def known(word: str) -> bool:
        forms = (f"▁{word}", word, f"▁{word.capitalize()}")  # German nouns have their capital
        return any(look(form) is not None for look in lookups for form in forms)

    return known


class Spelling:
    """Mends questions against one library's words.

    Args:
        frequencies: how often each word stands in the library, in small letters (see :func:`words_of`).
        known: whether a general vocabulary holds a word.
    """

    def __init__(self, frequencies: Mapping[str, int], known: Callable[[str], bool]) -> None:
        self._known = known
        self._written: dict[str, tuple[str, int]] = {}
        for word, count in frequencies.items():
            plain = folded(word)
            if count > self._written.get(plain, ("", 0))[1]:
                self._written[plain] = (word, count)
        self._near = by_beginning(self._written)
        self._stems: dict[str, dict[str, set[int]]] = {}

    def mend(self, text: str, language: str) -> Mended:
        """The question in the library's words; as it is where it is long, or nothing close by is found."""
        if len(text) > _LONGEST_CHARACTERS:
            return Mended(text)
        changes: list[tuple[str, str]] = []

        def change(match: re.Match[str]) -> str:
            word = match[0]
            if self._stays(word, language, first=not text[: match.start()].strip(" ¿¡\"'«„")):
                return word
            better = self._closest(word.lower(), language)
            if not better:
                return word
            better = better.capitalize() if word[0].isupper() else better
            changes.append((word, better))
            return better

        return Mended(_WORD.sub(change, text), tuple(changes))

    def _stays(self, word: str, language: str, *, first: bool) -> bool:
        plain = word.lower()
        if len(word) < _FEWEST_LETTERS or (word != plain and not first and language != "de") or word[1:] != plain[1:]:
            return True
        words, bare = vocabulary(language), folded(word)
        if any(form in table for form in (bare, bare.removesuffix("s")) for table in (self._written, words.written)):
            return True
        if words.closed(bare) or stem(word, language) in words.nouns or self._known(plain):
            return True
        return bool(self._lengths(language).get(stem(plain, language), frozenset()) - {len(word)})

    def _closest(self, word: str, language: str) -> str:
        """The word of the library, or of a closed class, that this was meant to be; "" for none."""
        plain, sound = folded(word), _sound(word)
        longest_way = 2 if len(plain) >= _LETTERS_FOR_TWO else 1
        words = vocabulary(language)
        near = [
            candidate
            for length in range(len(plain) - longest_way, len(plain) + longest_way + 1)
            for table in (self._near, words.near)
            for candidate in table.get((first_sound(plain), length), ())
        ]
        best, least = "", math.inf
        for found, way, _ in process.extract(
            plain, near, scorer=OSA.distance, score_cutoff=longest_way, limit=_MOST_CANDIDATES
        ):
            alike = OSA.distance(sound, _sound(found))
            if alike > way - 1 and (way > 1 or _replaces_one(plain, found)):
                continue
            written, count = self._written.get(found) or (words.written[found], 0)
            cost = way - _SOUND_ALIKE * (alike == 0) - _PER_TENFOLD * math.log10(1 + count)
            if cost < least:
                best, least = written, cost
        return best

    def _lengths(self, language: str) -> dict[str, set[int]]:
        """The lengths of the library's words by their stem: another form of a word differs in its length."""
        if language not in self._stems:
            lengths = self._stems[language] = dict[str, set[int]]()
            for word, _ in self._written.values():
                lengths.setdefault(stem(word, language), set()).add(len(word))
        return self._stems[language]


def _replaces_one(word: str, other: str) -> bool:
    """Whether a short word differs by another letter in one place: rather another word than a slip."""
    return len(word) < _LETTERS_FOR_TWO and len(word) == len(other) and sorted(word) != sorted(other)


def _sound(word: str) -> str:
    """Roughly how it sounds in any of the languages: ``password`` and ``paswort`` are one."""
    plain = folded(word)
    for pattern, sound in _SOUNDS:
        plain = pattern.sub(sound, plain)
    return plain

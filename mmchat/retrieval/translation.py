"""A question in English or French -> the words that a passage in the other language would have.

An encoder of many languages bridges meanings, but not that "paquet" is "package" here. A list of 1,500 everyday and
technical word pairs, written for mmchat, lets the full text find what the question would find in the other language.

Measured over a handbook in both languages (1,053 English and 1,149 French passages, development data, 2026-11-21),
nDCG@10 of questions and headings asked in the one language for passages in the other:

                                        French -> English        English -> French
    without                                 .635 .571                .553 .589
    nearest words by the text encoder       .675  -                  .596  -
    these pairs, whole words                .739 .695                .699 .725
    their beginnings, for all forms         .760 .707                .754 .741
    a full text that weighs 1, not .5       .800 .749                .776 .756
    the same question, put by a person      .826  -                  .810  -  (at .5)

With Snowball's stems in place of beginnings, over the 49 questions and 150 headings of each setting (2026-11-28):

    beginnings                              .799 .751                .788 .746
    stems                                   .843 .767                .807 .756
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from mmchat.perception.stems import stem
from mmchat.perception.words import folded, pieces
from mmchat.retrieval.stop_words import stop_words

OTHER = {"en": "fr", "fr": "en"}
MOST_MEANINGS = 2
"""So many translations of a word are asked for, the most usual first; 1 and 3 differ by .01."""

_PAIRS = Path(__file__).parent / "english_french.json"
_ELISIONS = {"l", "d", "qu", "n", "s", "j"}

_Key = tuple[str, ...]
_Table = dict[_Key, tuple[str, ...]]


def translated(text: str, language: str, kept: Sequence[str]) -> tuple[str, ...]:
    """Words for the full text in the other language; none when nothing in ``text`` has a translation.

    Args:
        text: what is asked.
        language: its ISO 639-1 code.
        kept: its own words for the full text; those without translation, such as names, are asked for again.

    Returns: words, and phrases with blanks in them.
    """
    if language not in OTHER:
        return ()
    found: list[str] = []
    left: set[str] = set()
    written, exact, by_stem = pieces(text), *_tables(language)
    at = 0
    while at < len(written):
        meanings, length = _longest(written[at : at + _longest_key(language)], language, exact, by_stem)
        found += [" ".join(pieces(meaning)) for meaning in meanings[:MOST_MEANINGS]]
        if not meanings:
            left.add(written[at])
        at += length
    if not found:
        return ()
    unchanged = [word for word in kept if left.intersection(word.split())]
    return tuple(dict.fromkeys(found + unchanged))


def _longest(written: list[str], language: str, exact: _Table, by_stem: _Table) -> tuple[tuple[str, ...], int]:
    """The meanings of the longest beginning that has any, and its length in words."""
    for length in range(len(written), 0, -1):
        here = written[:length]
        if length == 1 and here[0] in stop_words(language):
            continue
        meanings = exact.get(_exact(here)) or by_stem.get(_stems(here, language))
        if meanings:
            return meanings, length
    return (), 1


@cache
def _tables(language: str) -> tuple[_Table, _Table]:
    """What is written -> its meanings, most usual first; as it is written, and by stems."""
    exact: dict[_Key, dict[str, tuple[int, int]]] = {}
    by_stem: dict[_Key, dict[str, tuple[int, int]]] = {}
    for pair in json.loads(_PAIRS.read_text("utf-8")):
        ours, theirs = pair if language == "en" else reversed(pair)
        for usual, word in enumerate(ours):
            written = pieces(word)
            for table, key in ((exact, _exact(written)), (by_stem, _stems(written, language))):
                for rank, meaning in enumerate(theirs):
                    known = table.setdefault(key, {})
                    known[meaning] = min(known.get(meaning, (usual, rank)), (usual, rank))
    return _ranked(exact), _ranked(by_stem)


@cache
def _longest_key(language: str) -> int:
    return max(len(key) for table in _tables(language) for key in table)


def _ranked(table: dict[_Key, dict[str, tuple[int, int]]]) -> _Table:
    return {key: tuple(sorted(known, key=lambda meaning: known[meaning])) for key, known in table.items()}


def _exact(written: list[str]) -> _Key:
    return tuple(folded(word) for word in written)


def _stems(written: list[str], language: str) -> _Key:
    """By stems, without elided French articles and the like."""
    elided = _ELISIONS if language == "fr" else set()
    full = [word for word in written if word not in elided] or written
    return tuple(stem(word, language) for word in full)

"""The words of a question -> the headers, cells and titles of a table that they name, each with how surely.

By letters first (the same word, the same stem, a part of a compound, a misspelling, a translation), then by meaning.
Every distinct text of a column is looked at by letters, or those that hold a word of the question where there are
many; only headers and short lists are compared by meaning.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from mmchat.perception.stems import stem
from mmchat.perception.words import folded, pieces
from mmchat.tools.table_engine import Engine
from mmchat.tools.table_frame import Column, TableFrame
from mmchat.tools.table_meaning import Meaning, frame_words
from mmchat.tools.table_question import Question

_READ_ALL = 2_000
"""Columns with more distinct texts are asked for those that hold a word of the question."""
_CANDIDATES = 200
_COMPARED = 64
"""Columns with more distinct texts than this are not compared by meaning."""
_LONGEST_COMPARED = 60
_NEAR, _SLOPE = 0.06, 0.012
"""Nearness plus half its lead over the next best text, at which a link is even odds; of 26 words in four languages
tried against the headers and values of seven tables all that were right lay above but one, all wrong ones below."""
_TOGETHER = 0.01
"""A phrase must be so much nearer than each of its words, or the others have no part in it: "Zoe in maths"."""
_BY_MEANING = 0.9
_LEAST = 0.25
_COMPOUND = 0.85
_SURE = 0.8
_AS_WRITTEN = 0.8
_Found = tuple[int, frozenset[int], float]
"""The index of a text, the words that name it, and how surely."""
_AS_STEM, _AS_TRANSLATED, _AS_MISSPELT = 0.97, 0.9, 0.95
_MISSPELT = 80.0


@dataclass(frozen=True, slots=True)
class Link:
    """Words of the question that name a header (``texts`` empty) or some cells of a column (-1: the table itself).

    Attributes:
        strength: 0 to 1.
        tokens: the indexes of the words.
    """

    column: int
    texts: tuple[str, ...]
    tokens: frozenset[int]
    strength: float


@dataclass(frozen=True)
class Links:
    """All links between a question and a table, the surest first."""

    title: tuple[Link, ...]
    columns: tuple[Link, ...]
    values: tuple[Link, ...]

    def header(self, column: int) -> Link | None:
        """The surest link to a column's header."""
        return next((link for link in self.columns if link.column == column), None)


def match(question: Question, frame: TableFrame, name: str, meaning: Meaning, engine: Engine) -> Links:
    """Match the words of a question with a table.

    Args:
        question: what is asked.
        frame: the table.
        name: of its file.
        meaning: the text space.
        engine: looks through long columns.
    """
    titled = [each for each in (frame.table.title, re.sub(r"[_-]+", " ", name.rpartition(".")[0] or name)) if each]
    headers = [column.header for column in frame.columns]
    texts = {column.index: _texts(question, frame, column, engine) for column in frame.columns if column.type == "text"}
    by_header = _by_letters(question, headers)
    by_value = {c: _by_letters(question, each) for c, each in texts.items()}
    sure = {i for _, tokens, strength in chain(by_header, *by_value.values()) if strength >= _SURE for i in tokens}
    by_header += _by_meaning(question, headers, meaning, sure)
    for c, each in texts.items():
        if len(frame.columns[c].distinct) <= _COMPARED and sum(map(len, each)) <= _LONGEST_COMPARED * len(each):
            by_value[c] += _by_meaning(question, each, meaning, sure)
    titles = _by_letters(question, titled)
    titles += _by_meaning(question, titled, meaning, {i for _, tokens, _ in titles for i in tokens})
    values = [link for column in frame.columns if column.type != "text" for link in _as_written(question, column)]
    for c, found in by_value.items():
        values += _grouped(question, c, texts[c], found)
    return Links(
        tuple(Link(-1, (), tokens, strength) for _, tokens, strength in titles),
        _surest([Link(c, (), tokens, strength) for c, tokens, strength in by_header]),
        _surest(values),
    )


def _as_written(question: Question, column: Column) -> list[Link]:
    """Numbers and dates of the question that stand in the column exactly so."""
    spoken = [i for i in question.words if i in question.weights and question.tokens[i].text in column.distinct]
    return [Link(column.index, (question.tokens[i].text,), frozenset({i}), _AS_WRITTEN) for i in spoken]


def _texts(question: Question, frame: TableFrame, column: Column, engine: Engine) -> list[str]:
    """The distinct texts that may be meant: all, or of many those that hold a word of the question."""
    if len(column.distinct) <= _READ_ALL:
        return list(column.distinct)
    parts = [question.stem(i) for i in question.words if i not in question.framing]
    parts += [word.rstrip("*") for words in question.meanings.values() for word in words]
    return engine.containing(frame, column.index, [part for part in parts if len(part) > 1], _CANDIDATES)


def _grouped(question: Question, column: int, texts: Sequence[str], found: Sequence[_Found]) -> list[Link]:
    """One link for all texts that the same words name as surely."""
    grouped: dict[tuple[frozenset[int], float], list[str]] = {}
    for t, tokens, strength in found:
        if not tokens <= question.framing:
            grouped.setdefault((tokens, round(strength, 2)), []).append(texts[t])
    return [Link(column, tuple(same), tokens, strength) for (tokens, strength), same in grouped.items()]


def _by_letters(question: Question, texts: Sequence[str]) -> list[_Found]:
    frame = frame_words(question.language)
    split = [[word for word in map(folded, pieces(_named(text)))] for text in texts]
    vocabulary = list(dict.fromkeys(word for words in split for word in words))
    if not vocabulary or not question.words:
        return []
    likeness = _likeness(question, vocabulary)
    at = {word: v for v, word in enumerate(vocabulary)}
    found = []
    for t, words in enumerate(split):
        telling = [word for word in words if word not in frame and len(word) > 1] or words
        columns = [at[word] for word in words]
        if not columns:
            continue
        part = likeness[:, columns]
        best_word = part.max(axis=1)
        named = [k for k, i in enumerate(question.words) if best_word[k] > 0 and i not in question.framing]
        whole = part.max(axis=0)
        letters = sum(len(words[j]) for j in range(len(words)) if words[j] in telling and whole[j] > 0)
        complete = letters / sum(len(word) for word in telling)
        if not named:  # "Total", "Cost": words of the asking name a header where they are all of it
            named = [k for k in range(len(question.words)) if best_word[k] > 0]
            if complete < 1 or not named:
                continue
        if complete < 1 and all(len(question.tokens[question.words[k]].plain) < 2 for k in named):
            continue
        quality = float(np.mean([best_word[k] for k in named]))
        tokens = frozenset(question.words[k] for k in named)
        found.append((t, tokens, quality * (0.75 + 0.25 * complete)))
    return found


def _likeness(question: Question, vocabulary: list[str]) -> NDArray[np.float32]:
    """How alike words of the question and of the table are written: float32, (n_words, n_vocabulary), 0 to 1."""
    from rapidfuzz import fuzz, process

    words = [question.tokens[i].plain for i in question.words]
    ratio = process.cdist(words, vocabulary, scorer=fuzz.ratio, score_cutoff=_MISSPELT, dtype=np.float32) / 100
    at = {word: v for v, word in enumerate(vocabulary)}
    by_stem: dict[str, list[int]] = {}
    for v, word in enumerate(vocabulary):
        by_stem.setdefault(_stem(word, question.language), []).append(v)
    out: NDArray[np.float32] = np.zeros(ratio.shape, dtype=np.float32)
    for k, i in enumerate(question.words):
        word, own = words[k], question.stem(i)
        if not word.isdigit():
            if i not in question.framing:
                for v in np.flatnonzero(ratio[k]).tolist():
                    if min(len(word), len(vocabulary[v])) > 4 and not vocabulary[v].isdigit():
                        out[k, v] = _AS_MISSPELT * ratio[k, v]
                if len(own) > 3:
                    for v, other in enumerate(vocabulary):
                        if _part_of(own, other):
                            out[k, v] = _COMPOUND
                meanings = question.meanings.get(i, ())
                for v in [v for v, other in enumerate(vocabulary) if _translates(meanings, other)] if meanings else ():
                    out[k, v] = _AS_TRANSLATED
            for v in by_stem.get(own, ()):
                out[k, v] = _AS_STEM
        if word in at:
            out[k, at[word]] = 1.0
    return out


_stem = lru_cache(maxsize=20_000)(stem)


def _part_of(one: str, other: str) -> bool:
    """Whether one begins or ends the other, as words of a compound do, and is a good part of it."""
    short, long = (one, other) if len(one) < len(other) else (other, one)
    return len(short) > 3 and len(short) >= 0.4 * len(long) and (long.startswith(short) or long.endswith(short))


def _translates(meanings: Sequence[str], word: str) -> bool:
    return any(word.startswith(each[:-1]) if each.endswith("*") else word == each for each in meanings)


def _by_meaning(question: Question, texts: Sequence[str], meaning: Meaning, sure: set[int]) -> list[_Found]:
    """By meaning; words that letters find in the table for sure (``sure``) are not looked for elsewhere."""
    named = [(t, text) for t, text in enumerate(texts) if any(letter.isalpha() for letter in text)]
    if not named or not question.phrases:
        return []
    phrases = [phrase for phrase, _ in question.phrases]
    near = meaning.nearness(phrases, [_named(text) for _, text in named])
    near = np.maximum(near, meaning.nearness(phrases, [text for _, text in named]))  # the unit may tell: "Strom (kWh)"
    alone = {next(iter(tokens)): p for p, (_, tokens) in enumerate(question.phrases) if len(tokens) == 1}
    found = []
    for p, (_, tokens) in enumerate(question.phrases):
        if tokens & sure:
            continue
        order = np.argsort(-near[p])
        best = near[p, order[0]]
        parts = [near[alone[i], order[0]] for i in tokens if i in alone and alone[i] != p]
        if parts and best < max(parts) + _TOGETHER:
            continue
        lead = best - near[p, order[1]] if len(order) > 1 else 0.0
        strength = _BY_MEANING / (1 + np.exp(-(best + 0.5 * lead - _NEAR) / _SLOPE))
        if strength >= _LEAST:
            found.append((named[order[0]][0], tokens, float(strength)))
    return found


def _named(text: str) -> str:
    """Without the unit in brackets: "Gas (kWh)" is Gas."""
    before, bracket, _ = text.partition("(")
    return before.strip() if bracket and before.strip() else text


def _surest(links: list[Link]) -> tuple[Link, ...]:
    return tuple(sorted(links, key=lambda link: (-link.strength * len(link.tokens), link.column)))

"""A question -> what it says of the files it is about: their kind, their names, a tag, when they were added.

A time is when a file was added where it is said so ("what did I upload today"), or told from now beside a word for a
file ("the photos from last week"). Any other ("the letter of 3 March", "in 2019") is a date that the file speaks of,
and narrows nothing. English, French, German and Spanish.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mmchat.catalog.narrowing import TAG
from mmchat.question.asked_kind import asked_kind
from mmchat.question.file_names import files_named
from mmchat.question.file_words import Word, cut, vocabulary
from mmchat.question.narrowing import time_value
from mmchat.question.times import LONGEST_CHARACTERS, Time, read_times
from mmchat.types import LibraryEntry, NarrowedBy, Narrowing

_LONGEST_NAMING_CHARACTERS = 4000
_EQUAL = 0.05
_LIKELY = 0.5
_MOST_LIKELY = 5


@dataclass(frozen=True, slots=True)
class Filters:
    """What a question is kept to.

    Attributes:
        text_without: the question without the words that only narrow: a time of adding, a tag.
        narrowings: several files are as good as each other; of anything else there is one.
        likely: ids of files whose name it may say in part ("the invoice"), best first; they narrow nothing.
    """

    text_without: str
    narrowings: tuple[Narrowing, ...] = ()
    likely: tuple[str, ...] = ()


def read_filters(text: str, *, now: datetime, entries: Sequence[LibraryEntry], language: str) -> Filters:
    """Read the wording.

    Args:
        text: the question, of any length: of what was pasted, its beginning.
        now: the present, with the person's time zone.
        entries: the library's files.
        language: ISO 639-1 code of the question; "" when unknown.
    """
    head, rest = text[:LONGEST_CHARACTERS], text[LONGEST_CHARACTERS:]
    narrowings: list[Narrowing] = []
    tags = {tag for entry in entries for tag in entry.tags}
    if tag := next((found for found in TAG.finditer(head) if found[1].casefold() in tags), None):
        narrowings.append(Narrowing(NarrowedBy.TAG, tag[1].casefold(), f"#{tag[1].casefold()}"))
        head = _without(head, tag.start(), tag.end()) or tag[1]
    times = read_times(head, now, language)
    words = cut(head, language)
    kind = asked_kind(words, language)
    added = next((time for time in times if _of_adding(words, time, language, asks=bool(kind))), None)
    if added is not None:
        narrowings.append(Narrowing(NarrowedBy.TIME, time_value(added.since, added.before), added.words))
    names = tuple((entry.attachment.id, entry.attachment.name) for entry in entries)
    named = files_named(words if not rest else cut(text[:_LONGEST_NAMING_CHARACTERS], language), names, language)
    narrowings += [Narrowing(NarrowedBy.FILE, each.id, each.name) for each in named if each.certain]
    if kind not in ("", "file") and not any(each.certain for each in named):
        narrowings.append(Narrowing(NarrowedBy.MODALITY, kind, kind))
    likely = [each for each in named if not each.certain and each.score >= _LIKELY]
    best = max((each.score for each in likely), default=0.0)
    return Filters(
        (_without_time(head, added) if added else head) + rest,
        tuple(narrowings),
        tuple(each.id for each in likely if each.score >= best - _EQUAL)[:_MOST_LIKELY],
    )


def _of_adding(words: list[Word], time: Time, language: str, *, asks: bool) -> bool:
    """Whether the time is when a file was added."""
    known = vocabulary(language)
    if any(word.stem in known.classes["added"] for word in words):
        return True
    if not time.relative:
        return False
    kinds = {at for at in range(len(words)) if known.kind(words, at)[0]}
    if kinds and any(word.stem in known.classes["kept"] for word in words):
        return True
    before = [at for at, word in enumerate(words) if word.end <= time.start]
    after = [at for at, word in enumerate(words) if word.start >= time.end and word.plain != "s"]
    beside = {*before[-1:], *after[:1]}
    if before and any(known.kind(words, at)[1] > 1 for at in before[-2:-1]):
        return True
    return bool(beside & kinds) or (asks and not after)


def _without_time(text: str, time: Time) -> str:
    """The "in" of "in yesterday's recording" belongs to the recording, and stays."""
    owns = re.match(r"['’]s\b", text[time.end :])
    if owns:
        return _without(text, time.end - len(time.words), time.end + owns.end())
    return _without(text, time.start, time.end)


def _without(text: str, start: int, end: int) -> str:
    left = re.sub(r"\b(?:tagged|with)\s*$", "", text[:start].rstrip(), flags=re.IGNORECASE).rstrip()
    right = text[end:].lstrip()
    return f"{left} {right}".strip(" ,") if right[:1] not in ",.?!" else f"{left}{right}".strip(" ,")

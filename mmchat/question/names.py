"""Words of a text -> the names in it, of people and of places, by their capitals and by where they stand. No model.

``first_names.txt`` holds 20,900 first names of some eighty countries in Latin letters, from Faker 40.63 (MIT), less
those that are commoner as words. A name that is not among them is known where capitals mean something: inside a
sentence, but not in German, where every noun has one; there two capitalised words in a row are taken for a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from mmchat.perception.words import folded
from mmchat.question.calendar_words import calendar_words
from mmchat.retrieval.stop_words import stop_words

_WORD = re.compile(r"(?<![\w°])[^\W\d_]+(?:['’.-][^\W\d_]+)*(?!\w)")
_OPENS = re.compile(r"(?:^|[.!?…:;|•·\n\"“”„«»(\[–—*]|\s-)\s*$")
"""What stands before the first word of a sentence, a line, a cell or a quotation."""
_TITLES = frozenset(
    "mr mrs ms miss dr prof herr herrn frau m mme mlle maître sr sra srta don doña señor señora".split()
)
_IN = frozenset("in at near towards à en vers nach aus bei".split() + ["to the", "junto a", "cerca de", "près de"])
"""Words before a place. "From" and "de" are not here: a letter from Anna."""
_PARTICLES = frozenset("de da del della di dos du van von ten bin ibn al".split())
_AFTER_PARTICLES = _PARTICLES | frozenset("der den la las los el".split())
_PRONOUNS = frozenset("ich du er sie es wir ihr ihre ihnen ihrem ihren ihrer yo usted ustedes él ella".split())
_ARTICLES = frozenset(
    "the a an le la les un une der die das dem den des ein eine einem einen einer el los las una".split()
)
_POSSESSIVE = re.compile(r"['’]s?$")


@dataclass(frozen=True, slots=True)
class Name:
    """``text[start:end]`` is a name.

    Attributes:
        person, place: 0..1, how sure a sign of each it is.
    """

    start: int
    end: int
    person: float
    place: float


def names(text: str, language: str) -> Iterator[Name]:
    """The names of people and places in the order of the text."""
    words = list(_WORD.finditer(text))
    nobody = _nobody(language)
    at = 0
    while at < len(words):
        end = max(_run(words, at, text), at + 1)
        if words[at][0][0].isupper():
            while at < end and (folded(words[at][0]) in nobody or folded(words[at][0].rstrip(".")) in _TITLES):
                at += 1
            if at < end and (name := _judged(text, words, at, end, language)):
                yield name
        at = end


def _run(words: list[re.Match[str]], first: int, text: str) -> int:
    """Where a row of capitalised words that begins here ends; ``first`` where none does."""
    end = at = first
    while at < len(words) and (at == first or text[words[at - 1].end() : words[at].start()] in (" ", ". ", "\u00a0")):
        if words[at][0][0].isupper():
            end = at + 1
        elif at == first or words[at][0] not in (_AFTER_PARTICLES if words[at - 1][0] in _PARTICLES else _PARTICLES):
            break
        at += 1
    return end


def _judged(text: str, words: list[re.Match[str]], at: int, end: int, language: str) -> Name | None:
    start, before = words[at].start(), words[at - 1][0].lower().rstrip(".") if at else ""
    opens = bool(_OPENS.search(text[:start]))
    if language == "de" and opens and end - at > 1 and words[at][0] not in _first_names():
        return _judged(text, words, at + 1, end, language)  # its capital is that of any noun, at any rate
    run = [_POSSESSIVE.sub("", word[0]) for word in words[at:end]]
    stop = words[end - 1].start() + len(run[-1])
    if before in _TITLES:
        return Name(words[at - 1].start(), stop, 1.0, 0.0)
    if len(run[0]) < 3 or (run[0].isupper() and not (len(run) > 1 and run[0].title() in _first_names())):
        return None  # a letter, an acronym, a heading
    if before in _IN and not opens:
        return Name(start, stop, 0.0, 1.0)
    if before in _ARTICLES and not opens:
        return None if language == "de" else Name(start, stop, 0.0, 0.5)
    if run[0].title() in _first_names():
        return Name(start, stop, 0.7 if opens and len(run) == 1 else 1.0, 0.3)
    if len(run) == 1 and (opens or language == "de"):
        return Name(start, stop, 0.3, 0.0) if language != "de" and text[stop : stop + 2].strip().islower() else None
    return Name(start, stop, 0.6, 0.6)


@cache
def _nobody(language: str) -> frozenset[str]:
    """Folded words that are no part of a name, capital or not."""
    return calendar_words(language).names | _ARTICLES | _PRONOUNS | {folded(word) for word in stop_words(language)}


@cache
def _first_names() -> frozenset[str]:
    return frozenset(files("mmchat.question").joinpath("first_names.txt").read_text("utf-8").split())

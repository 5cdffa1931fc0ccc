"""A question's numbers, codes and names -> whether a sentence and what it stands in hold them. No model.

A near miss reads like the answer and differs in one of these: depot 20 for depot 200, one person's address for
another's. No score tells them apart, so a sentence without them is never told as the answer. What is looked at is the
sentence, its passage, its headings, its page and its file's name: "It is 42 metres high" needs no tower of its own.
A picture is looked at as a whole: the name of the shop and the total of a receipt stand far apart.
English and French; of a question in another language only numbers and codes count. Of 74 questions of our benchmark
that have such terms and an answer, one loses its answer by this (2026-11-21).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mmchat.answering import names, numbers
from mmchat.answering.expectation import Expected, expected_of
from mmchat.answering.spans import Span
from mmchat.types import Evidence, Modality

TITLE_WORDS = 4


@dataclass(frozen=True, slots=True)
class Terms:
    """What must stand where an answer stands.

    Attributes:
        numbers: numbers, and codes with digits in them.
        people: names of several words, and names after a title: they are the same in every language.
        words: single capitalised words. Many are places or products, which other languages call otherwise.
        asks_who: whether a name is asked for, so that a sentence about another name may well be the answer.
    """

    language: str
    numbers: tuple[numbers.Number, ...]
    people: tuple[names.Name, ...]
    words: tuple[names.Name, ...]
    asks_who: bool

    @classmethod
    def of(cls, question: str, language: str) -> Terms:
        """Those of a question; ``language`` is its ISO 639-1 code, or ""."""
        named = list(names.names_in(question)) if language in ("en", "fr", "") else []
        return cls(
            language=language,
            numbers=tuple(numbers.numbers_in(question)),
            people=tuple(name for name in named if name.is_full),
            words=tuple(name for name in named if not name.is_full),
            asks_who=expected_of(question) is Expected.NAME,
        )

    def missing(self, span: Span, evidence: Sequence[Evidence]) -> list[str]:
        """Those that neither the sentence nor what it stands in holds, as they were asked.

        Args:
            span: the sentence.
            evidence: all there is; a single word may also stand elsewhere in the same file, whose topic it then is.
        """
        around = _around(span)
        if span.evidence.candidate.attachment.modality is Modality.IMAGE:
            around = "\n".join([around, *_same_file(span, evidence)])
        values = numbers.values_in(around)
        above = f"{span.heading}\n{_title_above(span)}"
        lacking = [
            number.written
            for number in self.numbers
            if not number.is_among(values) or number.is_of_another(span.text, above)
        ]
        lacking += [
            name.written
            for name in self.people
            if not name.stands_in(around) or (not self.asks_who and name.is_of_another(span.text, above))
        ]
        language = span.evidence.candidate.segment.language
        if self.words and language in ("", self.language or language):
            file = "\n".join([around, *_same_file(span, evidence)])
            lacking += [name.written for name in self.words if not name.is_mentioned(file)]
        return lacking


def _around(span: Span) -> str:
    """The passage under its headings, with its page and the name of its file."""
    segment, attachment = span.evidence.candidate.segment, span.evidence.candidate.attachment
    page = "" if segment.locator.page is None else str(segment.locator.page)
    place = re.sub(r"\.\w{1,5}$", "", attachment.path or attachment.name)
    folders = re.sub("[-_]+", " ", re.sub(r"[/\\]", "\n", f"{place}\n{attachment.name.rsplit('.', 1)[0]}"))
    return "\n".join([folders, page, segment.heading, span.heading, segment.text])


def _title_above(span: Span) -> str:
    """The nearest line above that is as short as a title: a name alone, over what is said of it."""
    above = span.evidence.candidate.segment.text[: span.start].splitlines()
    titles = (line for line in reversed(above) if 0 < len(line.split()) <= TITLE_WORDS and "@" not in line)
    return next(titles, "")


def _same_file(span: Span, evidence: Sequence[Evidence]) -> list[str]:
    segments = [piece.candidate.segment for piece in evidence]
    return [
        f"{segment.heading}\n{segment.text}"
        for segment in segments
        if segment.attachment_id == span.evidence.candidate.segment.attachment_id
    ]

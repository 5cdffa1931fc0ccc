"""A question and a sentence -> whether the sentence says it of another: of depot 20, where depot 200 was asked about.

Only a contradiction counts: the sentence, or the short line or heading right above it, gives the same noun another
number, or names another person, and none of those asked about. What is absent is no reason: "It opens at 7" may well
be said of depot 200. Names in English and French questions only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mmchat.answering.expectation import Expected, expected_of
from mmchat.answering.names import Person, lower_case_words, others_in, people
from mmchat.answering.numbers import MOST_READ, Numbered, holds, numbered_things
from mmchat.answering.spans import Span

TITLE_WORDS = 4
MOST_TERMS = 10


@dataclass(frozen=True, slots=True)
class Another:
    """What a sentence is about, and what was asked about instead, each as words."""

    said: str
    asked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """The numbered things and the people that a question asks about; none of a question for a name."""

    things: Mapping[str, tuple[Numbered, ...]]  # by noun
    people: tuple[Person, ...]
    lower_case: frozenset[str]

    @classmethod
    def of(cls, question: str, language: str) -> Terms:
        """Those of a question; ``language`` is its ISO 639-1 code, or ""."""
        question = question[:MOST_READ]
        found = list(numbered_things(question))[:MOST_TERMS]
        nouns = {thing.noun for thing in found if thing.certain}
        by_name = language in ("en", "fr", "") and expected_of(question) is not Expected.NAME
        lower_case = lower_case_words(question)
        return cls(
            {noun: tuple(thing for thing in found if thing.noun == noun) for noun in nouns},
            tuple(p for p in people(question, lower_case)[:MOST_TERMS] if p.is_certain)
            if by_name and lower_case
            else (),
            lower_case,
        )

    def another(self, span: Span) -> Another | None:
        """What the sentence speaks of in place of what was asked about, or None."""
        if not self.things and not self.people:
            return None
        segment, name = span.evidence.candidate.segment, span.evidence.candidate.attachment.name
        title = _title_above(span)
        parts = [span.text, title, span.heading]
        around = "\n".join([*parts, segment.heading, name.rsplit(".", 1)[0].replace("-", " ").replace("_", " ")])
        for noun, asked in self.things.items():
            if not holds(around, noun, tuple(code for thing in asked for code in thing.codes)):
                said = [thing for part in parts for thing in numbered_things(part) if thing.noun == noun]
                if said:
                    return Another(
                        f"{asked[0].written} {said[0].number}",
                        tuple(f"{thing.written} {thing.number}" for thing in asked),
                    )
        if self.people and not any(person.stands_in(around) for person in self.people):
            not_names = self.lower_case | lower_case_words(segment.text[:MOST_READ])
            for part in parts:
                for person in others_in(part, self.people, not_names):
                    return Another(person.written, tuple(person.written for person in self.people))
        return None


def _title_above(span: Span) -> str:
    """The nearest line above that is as short as a title and no entry of its own."""
    text = span.evidence.candidate.segment.text[max(0, span.start - MOST_READ) : span.start]
    lines = (line.strip("#*_ ") for line in reversed(text.splitlines()))
    titles = (line for line in lines if 0 < len(line.split()) <= TITLE_WORDS and not set(line.rstrip(":")) & set(":@."))
    return next(titles, "")

"""What was said before in a conversation: values only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """One source of an answer, as the person saw it."""

    attachment_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Said:
    """A question, as it stood alone, its answer, and the answer's sources in the order they were shown.

    ``given`` are ids of the files that came with the question.
    """

    question: str
    answer: str = ""
    sources: tuple[Source, ...] = ()
    given: tuple[str, ...] = ()

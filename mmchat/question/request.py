"""A question understood: what kind of thing it asks for, of which files, in which words. Values only."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mmchat.perception.words import ends_as_question
from mmchat.question.context import Context
from mmchat.question.router import Likely
from mmchat.types import Modality, Query, RequestKind

MOST_NAMING_WORDS = 3
"""More words say what is asked of the thing they name."""
OF_A_SUBJECT = frozenset({RequestKind.FIND, RequestKind.LIBRARY, RequestKind.OVERVIEW, RequestKind.COMPARE})
"""Kinds that are looked up by what they are about, not by the whole question."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a turn asks.

    Attributes:
        query: the words to search with, in full and mended, kept to what its filters say.
        subject: what it is about, without the words that only ask; "" where it names nothing.
        likely: its kinds with their probabilities, likeliest first.
        context: the texts to search with, for one that goes on from the conversation.
        files: ids of the files that it points at, likeliest first.
        medium: the kind of file that it asks for, which excludes nothing.
        media_type: that of the files whose ending it names ("my pdfs"); "" for none.
        in_front: ids of the files last spoken of, preferred while they answer as well as others.
        everything: whether all of a long list is wanted.
    """

    query: Query
    likely: tuple[Likely, ...]
    subject: str = ""
    context: Context = Context((), "", 0.0)
    files: tuple[str, ...] = ()
    medium: Modality | None = None
    media_type: str = ""
    in_front: frozenset[str] = frozenset()
    everything: bool = False

    @property
    def joined(self) -> str:
        """Together with the question before, where it may need that; else ""."""
        return self.context.texts[1][0] if len(self.context.texts) > 1 else ""

    @property
    def search(self) -> Query:
        """The query that finds its files: for what shows or is something, its subject alone."""
        sought = replace(self.query, kind=None if self.names_only else self.kind, medium=self.medium)
        if self.kind in OF_A_SUBJECT and self.subject:
            return replace(sought, rewritten=self.subject)
        return sought

    @property
    def names_only(self) -> bool:
        """Whether a few words only name something, as typed into a search box."""
        words = self.query.asked.split()
        named = self.subject.split()
        return (
            len(words) <= MOST_NAMING_WORDS and len(named) >= len(words) - 1 and not ends_as_question(self.query.asked)
        )

    @property
    def kind(self) -> RequestKind:
        """The likeliest."""
        return self.likely[0].kind

    def chance(self, kind: RequestKind) -> float:
        """0..1."""
        return next((each.probability for each in self.likely if each.kind is kind), 0.0)

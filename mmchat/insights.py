"""A library -> figures about it: what it holds, what its answers cite, how its spaces look, what can be asked of it.

It finds no words for what it finds; the page does. It is worked out when somebody looks, never before.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mmchat.catalog import Beginnings, Catalog, Conversations, check_library
from mmchat.catalog.conversations import DELETED
from mmchat.examples import Example, example_questions
from mmchat.measuring import Measuring
from mmchat.space_view import SpaceView, view
from mmchat.types import Attachment, JobState, LibraryEntry, Message, Modality, Segment

MOST_SEGMENTS = 2_000
"""Measured of each space; a matrix of so many by so many takes 32 MB."""
MOST_CONVERSATIONS = 100
"""The last used ones; what was cited long ago says little of how answers are found now."""
MOST_FILES = 5
_MODALITIES = (Modality.TEXT, Modality.IMAGE, Modality.AUDIO, Modality.VIDEO)
_one_at_a_time = threading.Lock()  # each takes some hundred megabytes for a moment


@dataclass(frozen=True, slots=True)
class Held:
    """What there is of one kind of file: how many, how long, and how often answers cited it."""

    modality: Modality
    files: int
    segments: int
    duration_s: float
    pages: int
    cited: int


@dataclass(frozen=True, slots=True)
class Spoken:
    """The segments in one language, by its ISO 639-1 code, or "" where nothing tells one; and how often cited."""

    language: str
    segments: int
    cited: int


@dataclass(frozen=True, slots=True)
class CitedFile:
    """A file, and how often answers cited it."""

    attachment: Attachment
    segments: int
    cited: int


@dataclass(frozen=True, slots=True)
class Insights:
    """Everything there is to see of one library.

    Attributes:
        kinds: those it has files of.
        languages: most segments first.
        citations, answers: how many pieces were cited, by how many answers.
        files: those cited most, most first.
        never: how many files were never cited.
    """

    kinds: tuple[Held, ...]
    languages: tuple[Spoken, ...]
    citations: int
    answers: int
    files: tuple[CitedFile, ...]
    never: int
    spaces: tuple[SpaceView, ...]

    @property
    def segments(self) -> int:
        """All of them."""
        return sum(kind.segments for kind in self.kinds)


class Looking:
    """Looks at one library at a time, and at nothing of any other."""

    def __init__(
        self, catalog: Catalog, conversations: Conversations, measuring: Measuring, beginnings: Beginnings
    ) -> None:
        self._catalog = catalog
        self._beginnings = beginnings
        self._conversations = conversations
        self._measuring = measuring

    def look(self, library: str) -> Insights:
        """The whole. Takes up to some seconds; blocking."""
        check_library(library)
        recent = self._conversations.all(library)[:MOST_CONVERSATIONS]
        said = (m for each in recent for m in self._conversations.messages(library, each.id))
        with _one_at_a_time:
            entries = self._catalog.entries(library)
            files = {entry.attachment.id: entry.attachment for entry in entries}
            spaces = [
                view(space, self._measuring.roles(library, space), held, files, self._measuring.count(library, space))
                for space, held in self._measuring.embeddings(library, MOST_SEGMENTS).items()
            ]
        return insights(entries, self._catalog.languages(library), said, spaces)

    def segment(self, library: str, segment_id: str) -> tuple[Segment, Attachment] | None:
        """What a point of the map stands for, or None when this library has no such segment."""
        return self._catalog.candidates(check_library(library), [segment_id]).get(segment_id)

    def examples(self, library: str, language: str) -> tuple[Example, ...]:
        """Questions in that language that the library's own files answer, to begin with; none of an empty one."""
        entries = self._catalog.entries(check_library(library))
        return example_questions(library, entries, self._beginnings, language)


def insights(
    entries: Sequence[LibraryEntry],
    languages: Mapping[str, int],
    messages: Iterable[Message],
    spaces: Sequence[SpaceView],
) -> Insights:
    """Put together what was read of a library.

    Args:
        entries: its files.
        languages: segments by language code.
        messages: of its conversations; a piece counts once an answer.
        spaces: how each of its spaces looks.
    """
    here = [entry for entry in entries if entry.state is JobState.INDEXED]
    by_kind, by_language, by_file = Counter[Modality](), Counter[str](), Counter[str]()
    answers = 0
    for message in messages:
        spoken = {e.candidate.segment.id: e.candidate.segment.language for e in message.evidence}
        cited = {c.segment_id: c for c in message.citations if c.name != DELETED}
        answers += bool(cited)
        by_kind.update(c.modality for c in cited.values())
        by_file.update(c.attachment_id for c in cited.values())
        by_language.update(spoken.get(id, "") for id in cited)
    most = sorted((e for e in here if by_file[e.attachment.id]), key=lambda e: -by_file[e.attachment.id])
    return Insights(
        kinds=tuple(held for m in _MODALITIES if (held := _held(m, here, by_kind[m])).files),
        languages=tuple(
            Spoken(code, count, by_language[code]) for code, count in sorted(languages.items(), key=lambda p: -p[1])
        ),
        citations=by_kind.total(),
        answers=answers,
        files=tuple(CitedFile(e.attachment, e.segments, by_file[e.attachment.id]) for e in most[:MOST_FILES]),
        never=sum(not by_file[e.attachment.id] for e in here if not e.copy_of),
        spaces=tuple(spaces),
    )


def _held(modality: Modality, entries: Sequence[LibraryEntry], cited: int) -> Held:
    mine = [entry for entry in entries if entry.attachment.modality is modality]
    return Held(
        modality,
        files=len(mine),
        segments=sum(entry.segments for entry in mine),
        duration_s=sum(entry.attachment.duration_s or 0.0 for entry in mine),
        pages=sum(entry.attachment.pages or 0 for entry in mine),
        cited=cited,
    )

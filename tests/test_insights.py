"""What a library holds and what its answers cite, in numbers, of one library alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from mmchat import insights as insights_module
from mmchat.assistant import Assistant
from mmchat.catalog.conversations import DELETED
from mmchat.insights import insights
from mmchat.settings import Settings
from mmchat.types import (
    Candidate,
    Citation,
    Evidence,
    JobState,
    LibraryEntry,
    Locator,
    Message,
    Modality,
    Segment,
    Upload,
)
from tests.factories import a_segment, an_attachment

MEMO = an_attachment("memo.wav", modality=Modality.AUDIO, duration_s=75.0)
NOTE, UNREAD = an_attachment("note.pdf", pages=4), an_attachment("unread.txt")
ENTRIES = [
    LibraryEntry(MEMO, JobState.INDEXED, 2),
    LibraryEntry(NOTE, JobState.INDEXED, 6),
    LibraryEntry(UNREAD, JobState.INDEXED, 2),
    LibraryEntry(an_attachment("again.pdf"), JobState.INDEXED, 0, copy_of="note.pdf"),
    LibraryEntry(an_attachment("broken.pdf"), JobState.FAILED, 0, "It is damaged."),
]


def an_answer(*cited: Segment, **changes: Any) -> Message:
    files = {file.id: file for file in (MEMO, NOTE)}
    pieces = [Evidence(n, Candidate(s, files[s.attachment_id], 1.0)) for n, s in enumerate(cited, start=1)]
    citations = [
        Citation(e.number, s.attachment_id, s.id, name, name, s.modality, "", Locator(), **changes)
        for e, s in zip(pieces, cited, strict=True)
        for name in (files[s.attachment_id].name,)
    ]
    return Message("m", "c", "assistant", "", datetime.now(UTC), evidence=tuple(pieces), citations=tuple(citations))


def test_what_is_held_is_counted_by_kind_and_what_is_cited_beside_it() -> None:
    said, written = a_segment(MEMO, 0, "bonjour", language="fr"), a_segment(NOTE, 0, "hello", language="en")

    seen = insights(ENTRIES, {"en": 8, "fr": 2}, [an_answer(said, written, said), an_answer(said), an_answer()], [])

    text, audio = seen.kinds
    assert (text.files, text.segments, text.pages, text.cited) == (3, 8, 4, 1)
    assert (audio.files, audio.segments, audio.duration_s, audio.cited) == (1, 2, 75.0, 2)
    assert [(s.language, s.segments, s.cited) for s in seen.languages] == [("en", 8, 1), ("fr", 2, 2)]
    assert [(file.attachment.name, file.cited) for file in seen.files] == [("memo.wav", 2), ("note.pdf", 1)]
    assert (seen.citations, seen.answers, seen.segments) == (3, 2, 10)
    assert seen.never == 1  # unread.txt: neither a copy nor what failed could have been cited


def test_what_was_deleted_since_is_not_counted_as_cited() -> None:
    answer = an_answer(a_segment(NOTE, 0, "hello"))
    deleted = [Citation(1, c.attachment_id, c.segment_id, DELETED, DELETED, c.modality, "", c.locator)
               for c in answer.citations]  # fmt: skip
    message = Message("m", "c", "assistant", "", answer.created_at, evidence=answer.evidence, citations=tuple(deleted))

    assert insights(ENTRIES, {}, [message], []).citations == 0


@pytest.fixture
def assistant(settings: Settings) -> Iterator[Assistant]:
    light = {"text_encoder": "hashing", "image_encoder": "none", "sound_encoder": "none", "reranker": "none"}
    assistant = Assistant.from_settings(settings.model_copy(update=light))
    yield assistant
    assistant.close()


def test_a_library_is_looked_at_alone_and_only_a_sample_of_it_is_measured(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(8):
        assistant.ingest_now("mine", Upload(f"{n}.txt", f"Ferry number {n} leaves at {n} o'clock.".encode()))
    assistant.ingest_now("yours", Upload("secret.txt", b"The vault opens at nine."))
    monkeypatch.setattr(insights_module, "MOST_SEGMENTS", 5)

    mine, yours = assistant.insights.look("mine"), assistant.insights.look("yours")

    [space] = mine.spaces
    assert (space.encoder, space.roles) == ("hashing", ("text",))
    assert (space.total, space.measured) == (8, 5)
    assert space.points == assistant.insights.look("mine").spaces[0].points
    assert all("Ferry" in point.segment.text for point in space.points)
    [theirs] = yours.spaces
    assert (theirs.total, theirs.points) == (1, ())
    assert sum(language.segments for language in mine.languages) == 8
    id = space.points[0].segment.id
    assert assistant.insights.segment("mine", id) is not None
    assert assistant.insights.segment("yours", id) is None


def test_an_empty_library_has_nothing_to_show(assistant: Assistant) -> None:
    seen = assistant.insights.look("nobody")

    assert (seen.kinds, seen.languages, seen.spaces, seen.citations) == ((), (), (), 0)

"""The same thing in another encoding is kept, listed as a copy, and searched once; nothing is lost with the first."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from mmchat.assistant import Assistant
from mmchat.catalog import Catalog, Copies, Database
from mmchat.perception.likeness import Likeness
from mmchat.settings import Settings
from mmchat.types import Ingested, JobState, Query, Upload
from tests.factories import a_segment, an_attachment
from tests.make_files import RECEIPT, screenshot

LIBRARY = "mine"


@pytest.fixture
def assistant(settings: Settings):
    assistant = Assistant.from_settings(settings)
    yield assistant
    assistant.close()


def take(assistant: Assistant, name: str, data: bytes) -> Ingested:
    return assistant.ingest_now(LIBRARY, Upload(name, data))


def listed(assistant: Assistant) -> dict[str, str]:
    return {entry.attachment.name: entry.copy_of for entry in assistant.library_entries(LIBRARY)}


def as_jpeg(png: bytes, *, scale: float = 1.0) -> bytes:
    image, out = Image.open(io.BytesIO(png)), io.BytesIO()
    image.resize((round(image.width * scale), round(image.height * scale))).save(out, "JPEG", quality=85)
    return out.getvalue()


@pytest.mark.model
def test_a_screenshot_saved_anew_is_a_copy_and_one_with_another_number_is_not(assistant: Assistant) -> None:
    first = take(assistant, "receipt.png", screenshot().data)

    again = take(assistant, "receipt-small.jpg", as_jpeg(screenshot().data, scale=0.8))
    other = take(assistant, "other.png", screenshot([*RECEIPT[:5], "Total 6.30", *RECEIPT[6:]]).data)

    assert (again.status, again.reason) == ("duplicate", "receipt-small.jpg is a copy of receipt.png.")
    assert (again.attachment, again.segments) == (first.attachment, first.segments)
    assert other.status == "indexed"
    assert listed(assistant) == {"receipt.png": "", "receipt-small.jpg": "receipt.png", "other.png": ""}


@pytest.mark.model
def test_a_copy_takes_the_place_of_the_first_when_that_is_deleted(assistant: Assistant) -> None:
    first = take(assistant, "ferry.txt", b"The ferry leaves at seven.")
    take(assistant, "ferry.md", b"The  ferry leaves\nat SEVEN.")
    take(assistant, "ferry2.md", b"the ferry leaves at seven.\n")
    held = assistant.original(LIBRARY, first.attachment.id) if first.attachment else None
    assert held is not None

    assert first.attachment is not None and assistant.delete_attachment(LIBRARY, first.attachment.id)
    assistant.finish_ingest(LIBRARY)

    assert listed(assistant) == {"ferry.md": "", "ferry2.md": "ferry.md"}
    found = assistant.search(LIBRARY, Query("When does the ferry leave?"), 5).candidates
    assert [c.attachment.name for c in found] == ["ferry.md"]
    assert assistant.missing_vectors(LIBRARY) == {}


@pytest.mark.model
def test_a_question_about_a_copy_is_answered_from_the_first(assistant: Assistant) -> None:
    take(assistant, "ferry.txt", b"The ferry leaves at seven.")
    take(assistant, "ferry.md", b"The  ferry leaves at SEVEN.")
    copy = next(e.attachment.id for e in assistant.library_entries(LIBRARY) if e.copy_of)

    found = assistant.search(LIBRARY, Query("ferry", attachment_ids=frozenset({copy})), 5)

    assert [c.attachment.name for c in found.candidates] == ["ferry.txt"]


@pytest.mark.model
def test_a_rebuild_keeps_the_first_and_its_copies(assistant: Assistant) -> None:
    take(assistant, "ferry.txt", b"The ferry leaves at seven.")
    take(assistant, "ferry.md", b"The  ferry leaves at SEVEN.")

    assistant.rebuild(LIBRARY)

    assert listed(assistant) == {"ferry.txt": "", "ferry.md": "ferry.txt"}
    assert all(entry.state is JobState.INDEXED for entry in assistant.library_entries(LIBRARY))


def test_who_fails_is_the_first_of_nobody(tmp_path: Path) -> None:
    database = Database(tmp_path / "catalog.sqlite")
    catalog, copies = Catalog(database), Copies(database)
    a, b, c = (an_attachment(name) for name in ("a.txt", "b.txt", "c.txt"))
    for each in (a, b, c):
        catalog.add_attachment(LIBRARY, each)
    likeness = Likeness("same", 1, b"")

    def claim(id: str) -> str | None:
        return copies.claim(LIBRARY, id, likeness, lambda x, y: x == y, lambda x, y: True)

    assert (claim(a.id), claim(b.id), claim(a.id)) == (None, a.id, None)
    catalog.set_state(LIBRARY, a.id, JobState.FAILED, "damaged")
    assert claim(c.id) is None
    assert copies.release(LIBRARY, a.id) == [b.id]
    assert catalog.state(LIBRARY, b.id) is JobState.QUEUED
    assert claim(b.id) == c.id
    catalog.index(LIBRARY, c, [a_segment(c, 0, "words")])
    assert catalog.ids_within(LIBRARY, attachment_ids=frozenset({b.id})) != []
    assert copies.claim("other", a.id, likeness, lambda x, y: True, lambda x, y: True) is None
    database.close()

"""Which files a library lists."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mmchat.tools.list_files import ListFilesArguments, list_files
from mmchat.types import JobState, Modality, Query
from tests.held_files import HeldFiles

ADDED = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def files() -> HeldFiles:
    held = HeldFiles()
    held.hold(
        "lease.pdf",
        media_type="application/pdf",
        modality=Modality.TEXT,
        size_bytes=100,
        tags=("flat",),
        created_at=ADDED,
    )
    held.hold("dog.png", media_type="image/png", modality=Modality.IMAGE, size_bytes=20, created_at=ADDED)
    held.hold("broken.pdf", media_type="application/pdf", modality=Modality.TEXT, state=JobState.FAILED)
    return held


def names(held: HeldFiles, within: Query | None = None, **arguments: object) -> list[str]:
    listing = list_files(held.context(within), ListFilesArguments(**arguments))  # type: ignore[arg-type]
    return [entry.attachment.name for entry in listing.entries]


def test_all_are_listed_newest_first_but_those_that_could_not_be_read(files: HeldFiles) -> None:
    listing = list_files(files.context(), ListFilesArguments(modality=None, media_type=""))

    assert [entry.attachment.name for entry in listing.entries] == ["dog.png", "lease.pdf"]
    assert listing.counts == {Modality.TEXT: 1, Modality.IMAGE: 1}


def test_only_a_kind_or_a_type(files: HeldFiles) -> None:
    assert names(files, modality=Modality.IMAGE) == ["dog.png"]
    assert names(files, media_type="pdf") == ["lease.pdf"]


def test_only_what_the_turn_is_kept_to(files: HeldFiles) -> None:
    lease, dog = (
        next(e.attachment for e in files.entries("") if e.attachment.name == n) for n in ("lease.pdf", "dog.png")
    )
    assert names(files, Query(tag="flat")) == ["lease.pdf"]
    assert names(files, Query(attachment_ids=frozenset({lease.id}))) == ["lease.pdf"]
    assert names(files, Query(modality=Modality.IMAGE, tag="flat")) == []
    assert names(files, Query(added_from=ADDED + timedelta(days=1))) == []
    assert names(files, Query(added_before=ADDED + timedelta(days=1))) == ["dog.png", "lease.pdf"]
    listing = list_files(files.context(without=frozenset({dog.id})), ListFilesArguments(modality=None, media_type=""))
    assert [entry.attachment.name for entry in listing.entries] == ["lease.pdf"]

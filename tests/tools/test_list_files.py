"""Which files a library lists."""

from __future__ import annotations

import pytest

from mmchat.tools.list_files import ListFilesArguments, list_files
from mmchat.types import JobState, Modality
from tests.held_files import HeldFiles


@pytest.fixture
def files() -> HeldFiles:
    held = HeldFiles()
    held.hold("lease.pdf", media_type="application/pdf", modality=Modality.TEXT, size_bytes=100, tags=("flat",))
    held.hold("dog.png", media_type="image/png", modality=Modality.IMAGE, size_bytes=20)
    held.hold("broken.pdf", media_type="application/pdf", modality=Modality.TEXT, state=JobState.FAILED)
    return held


def names(held: HeldFiles, **arguments: object) -> list[str]:
    listing = list_files(held.context(), ListFilesArguments(**arguments))  # type: ignore[arg-type]
    return [entry.attachment.name for entry in listing.entries]


def test_all_are_listed_newest_first_but_those_that_could_not_be_read(files: HeldFiles) -> None:
    listing = list_files(files.context(), ListFilesArguments(modality=None, media_type="", tag=""))

    assert [entry.attachment.name for entry in listing.entries] == ["dog.png", "lease.pdf"]
    assert listing.counts == {Modality.TEXT: 1, Modality.IMAGE: 1}
    assert (listing.failed, listing.size_bytes) == (1, 120)


def test_only_a_kind_a_type_a_tag_or_some_ids(files: HeldFiles) -> None:
    lease = next(e.attachment for e in files.entries("") if e.attachment.name == "lease.pdf")

    assert names(files, modality=Modality.IMAGE) == ["dog.png"]
    assert names(files, media_type="pdf") == ["lease.pdf"]
    assert names(files, tag="flat") == ["lease.pdf"]
    assert names(files, files=[lease.id]) == ["lease.pdf"]
    assert names(files, modality=Modality.IMAGE, tag="flat") == []

"""What is told of the library itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from mmchat.answering.catalogue import MOST_LISTED, Catalogue
from mmchat.answering.draft import Draft
from mmchat.answering.wording import wording
from mmchat.tools.list_files import ListFilesArguments
from mmchat.types import Attachment, Cited, JobState, Modality, TextDelta
from tests.held_files import HeldFiles

WORDS = wording("en")


@pytest.fixture
def files() -> HeldFiles:
    held = HeldFiles()
    held.hold("lease.txt", "The lease was signed by Carl.", created_at=datetime(2025, 1, 1, tzinfo=UTC))
    held.hold("trip.txt", "The ferry leaves at seven.", created_at=datetime(2025, 3, 1, tzinfo=UTC))
    held.hold("dog.png", modality=Modality.IMAGE, media_type="image/png", created_at=datetime(2025, 2, 1, tzinfo=UTC))
    return held


def told(
    act: str,
    files: HeldFiles,
    *,
    meant: Sequence[Attachment] = (),
    pointed: bool = False,
    subject: str = "",
    modality: Modality | None = None,
) -> Draft | None:
    return Catalogue(lambda _: act).draft(
        "as asked",
        files.context(),
        WORDS,
        arguments=ListFilesArguments(modality=modality, media_type=""),
        meant=meant,
        pointed=pointed,
        subject=subject,
    )


def text_of(draft: Draft | None) -> str:
    assert draft is not None
    return "".join(piece.text for piece in draft.pieces if isinstance(piece, TextDelta))


def test_by_size_the_largest_comes_first_and_all_are_added_up(files: HeldFiles) -> None:
    files.hold("video.mp4", modality=Modality.VIDEO, media_type="video/mp4", size_bytes=3_000_000)

    head, first, *_ = text_of(told("size", files)).splitlines()

    assert "video.mp4" in first and "3.0 MB" in head


def test_a_list_counts_and_names_every_file_newest_first(files: HeldFiles) -> None:
    text = text_of(told("list", files))

    assert text.startswith("**3 files")
    assert text.index("trip.txt") < text.index("dog.png") < text.index("lease.txt")


def test_the_oldest_comes_first_when_it_is_asked_for(files: HeldFiles) -> None:
    text = text_of(told("oldest", files))

    assert text.index("lease.txt") < text.index("dog.png") < text.index("trip.txt")


def test_files_of_one_kind_are_counted_alone(files: HeldFiles) -> None:
    text = text_of(told("count", files, modality=Modality.IMAGE))

    assert "1" in text.splitlines()[0]
    assert "dog.png" in text and "lease.txt" not in text


def test_there_may_be_no_such_file(files: HeldFiles) -> None:
    assert text_of(told("list", files, modality=Modality.VIDEO)) == WORDS.none_of_these


def test_a_file_is_not_deleted_but_told_how_to_be(files: HeldFiles) -> None:
    lease = next(e.attachment for e in files.entries("") if e.attachment.name == "lease.txt")

    text = text_of(told("delete", files, meant=[lease], pointed=True))

    assert text == WORDS.delete_how.format(name="**lease.txt**")
    assert len(files.entries("")) == 3


def test_a_subject_makes_it_no_question_about_files(files: HeldFiles) -> None:
    assert told("list", files, subject="ferry") is None
    assert told("count", files, subject="ferry") is None


def test_an_opened_file_shows_how_it_begins_with_its_proof(files: HeldFiles) -> None:
    lease = next(e.attachment for e in files.entries("") if e.attachment.name == "lease.txt")

    draft = told("open", files, meant=[lease], pointed=True)

    assert "signed by Carl" in text_of(draft)
    assert draft is not None and [p.citation.name for p in draft.pieces if isinstance(p, Cited)] == ["lease.txt"]


def test_the_size_of_a_file_that_is_only_found_is_not_told_for_it(files: HeldFiles) -> None:
    lease = next(e.attachment for e in files.entries("") if e.attachment.name == "lease.txt")

    assert told("size", files, meant=[lease], subject="ferry") is None
    assert "lease.txt" in text_of(told("size", files, meant=[lease], pointed=True, subject="ferry"))


def test_a_large_library_is_cut_and_says_how_many_more_there_are() -> None:
    held = HeldFiles()
    for number in range(MOST_LISTED + 2):
        held.hold(f"note-{number}.txt", "A note.")

    text = text_of(told("list", held))

    assert text.count("\n- ") == MOST_LISTED
    assert text.endswith(WORDS.more_files.format(count=2))


def test_a_file_that_could_not_be_read_is_not_counted(files: HeldFiles) -> None:
    files.hold("broken.pdf", state=JobState.FAILED)

    assert "broken.pdf" not in text_of(told("list", files))

"""The library and the conversations beside the chat."""

from __future__ import annotations

from datetime import UTC, datetime

from mmchat.types import Conversation, Ingested, Ingesting, JobState, LibraryEntry, Modality
from mmchat.ui.progress import FilesProgress
from mmchat.ui.rail import conversations, library
from mmchat.ui.translations import Wording
from tests.factories import an_attachment

W = Wording("en")


def test_an_empty_library_says_what_to_do() -> None:
    html = library([], [], W)

    assert "Drop pictures, recordings, videos, PDFs or notes anywhere on this page" in html
    assert "Delete everything" not in html


def test_each_file_shows_what_it_became() -> None:
    memo = an_attachment("memo.wav", modality=Modality.AUDIO, duration_s=75.0)
    entries = [
        LibraryEntry(memo, JobState.INDEXED, 3),
        LibraryEntry(an_attachment("a.pdf", pages=1), JobState.INDEXED, 1),
        LibraryEntry(an_attachment("b.pdf"), JobState.FAILED, 0, "b.pdf is encrypted. Send one without a password."),
    ]
    html = library(entries, [], W)

    assert "1:15 · 3 segments" in html
    assert "1 page · 1 segment<" in html
    assert "b.pdf is encrypted" in html
    assert "3 files" in html
    assert html.count('data-send="delete_file"') == 3


def test_a_copy_names_the_file_that_it_is_a_copy_of() -> None:
    html = library([LibraryEntry(an_attachment("shot.jpg"), JobState.INDEXED, 0, copy_of="receipt.png")], [], W)

    assert "copy of receipt.png" in html
    assert "0 segments" not in html


def test_what_could_not_be_used_of_a_file_stands_beside_it() -> None:
    remark = "12 s of standup.wav sound like speech but could not be understood, first at 0:42."
    entry = LibraryEntry(an_attachment("standup.wav"), JobState.INDEXED, 3, remark)

    html = library([entry], [], W)

    assert "3 segments" in html
    assert remark in html


def test_a_file_on_its_way_is_listed_once_with_its_progress() -> None:
    memo = an_attachment("memo.wav", modality=Modality.AUDIO)
    progress = FilesProgress(["memo.wav"])
    progress.apply(Ingesting("memo.wav", JobState.PERCEIVING, 0.42, 12.0))

    html = library([LibraryEntry(memo, JobState.PERCEIVING, 0)], progress.files, W)

    assert html.count("<li") == 1
    assert "listening · 42% · about 12 s left" in html
    assert 'role="progressbar"' in html and 'aria-valuenow="42"' in html


def test_deleting_asks_first() -> None:
    html = library([LibraryEntry(an_attachment('<b>"x"'), JobState.INDEXED, 1)], [], W)

    assert html.count("data-confirm=") == 2
    assert "<b>" not in html.replace("<b></b>", "")


def test_the_open_conversation_is_marked() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    html = conversations([Conversation("a", "First <i>", now), Conversation("b", "Second", now)], "b", W)

    assert html.count('aria-current="true"') == 1
    assert html.index("First") < html.index('aria-current="true"') < html.index("Second</span>")
    assert "<i>" not in html


def test_a_file_on_its_way_can_be_stopped_and_one_that_waits_says_for_how_many() -> None:
    memo = an_attachment("memo.wav", modality=Modality.AUDIO)
    progress = FilesProgress(["memo.wav"])
    progress.apply(Ingesting("memo.wav", JobState.QUEUED, 0.0, ahead=2))

    html = library([LibraryEntry(memo, JobState.QUEUED, 0)], progress.files, W)
    after_a_reload = library([LibraryEntry(memo, JobState.READING, 0)], [], W)

    assert "waiting, 2 files before it" in html
    for shown in (html, after_a_reload):
        assert 'data-send="stop_file"' in shown and f'data-id="{memo.id}"' in shown
        assert 'data-send="delete_file"' not in shown


def test_a_file_whose_turn_came_before_its_news_is_shown_as_the_library_has_it() -> None:
    progress = FilesProgress(["memo.wav", "note.txt"])
    progress.apply(Ingesting("memo.wav", JobState.PERCEIVING, 0.4))
    memo, note = an_attachment("memo.wav", modality=Modality.AUDIO), an_attachment("note.txt")

    html = library(
        [LibraryEntry(memo, JobState.PERCEIVING, 0), LibraryEntry(note, JobState.INDEXED, 3)], progress.files, W
    )

    assert html.count("<li") == 2
    assert "3 segments" in html and "waiting" not in html


def test_a_file_that_was_stopped_is_shown_no_more() -> None:
    progress = FilesProgress(["memo.wav"])
    progress.apply(
        Ingested("memo.wav", "memo.wav", "deleted", None, 0, "memo.wav was deleted before it was read.", 1.0)
    )

    assert "memo.wav" not in library([], progress.files, W)
    assert progress.files[0].outcome(W) == "memo.wav was deleted before it was read."

"""How far each file is, in words."""

from __future__ import annotations

from mmchat.types import Ingested, Ingesting, JobState, Modality
from mmchat.ui.progress import FilesProgress
from mmchat.ui.translations import Wording
from tests.factories import an_attachment

W = Wording("en")


def test_events_speak_of_the_file_being_taken_in() -> None:
    progress = FilesProgress(["a.png", "b.wav"])

    progress.apply(Ingesting("a.png", JobState.PERCEIVING, 0.4, 2.6))
    first = progress.current
    progress.apply(Ingested("a.png", "a.png", "indexed", an_attachment("a.png"), 7, "", 1.0))

    assert first is progress.files[0]
    assert first.outcome(W) == "in your library (7 segments)"
    assert progress.current is progress.files[1]


def test_two_files_of_one_name_keep_their_own_progress() -> None:
    progress = FilesProgress(["note.txt", "note.txt"])

    progress.apply(Ingested("note.txt", "", "failed", None, 0, "note.txt is empty.", 0.0))
    progress.apply(Ingested("note.txt", "", "indexed", an_attachment(), 1, "", 0.0))

    assert [f.status for f in progress.files] == ["failed", "indexed"]
    assert progress.files[0].outcome(W) == "note.txt is empty."


def test_a_stage_is_worded_for_its_kind() -> None:
    progress = FilesProgress(["a.png", "b.mp3", "c.pdf"])

    for file in progress.files:
        file.state = JobState.PERCEIVING

    assert [f.stage(W) for f in progress.files] == ["reading the words in it", "listening", "finding the passages"]
    assert progress.files[0].modality is Modality.IMAGE


def test_time_left_is_said_only_when_known() -> None:
    [file] = FilesProgress(["a.png"]).files
    unknown = file.left(W)

    file.remaining_s = 0.2

    assert (unknown, file.left(W)) == ("", "about 1 s left")


def test_events_of_several_files_come_mixed() -> None:
    progress = FilesProgress(["long.wav", "note.txt"])

    progress.apply(Ingesting("long.wav", JobState.PERCEIVING, 0.1))
    progress.apply(Ingesting("note.txt", JobState.QUEUED, 0.0, ahead=1))
    assert progress.files[1].words(Wording("en")) == ["waiting, 1 file before it"]
    progress.apply(Ingested("note.txt", "note.txt", "indexed", an_attachment(), 1, "", 0.1))

    assert [file.done for file in progress.files] == [False, True]
    assert progress.current is progress.files[0]

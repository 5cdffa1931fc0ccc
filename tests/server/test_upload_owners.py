"""Who may use which uploaded file."""

from __future__ import annotations

from mmchat.server import uploads
from mmchat.server.uploads import UploadOwners, file_asked_for


def test_the_same_bytes_of_two_people_are_deleted_with_the_second() -> None:
    owners = UploadOwners()
    owners.add("/u/note.txt", "ana")
    owners.add("/u/note.txt", "ben")

    first, second = owners.release("/u/note.txt", "ana"), owners.release("/u/note.txt", "ben")

    assert (first, second) == (False, True)
    assert not owners.has("/u/note.txt", "ana")


def test_memory_is_bounded(monkeypatch) -> None:
    monkeypatch.setattr(uploads, "MAX_REMEMBERED", 3)
    owners = UploadOwners()

    for n in range(5):
        owners.add(f"/u/{n}", "ana")

    assert [owners.has(f"/u/{n}", "ana") for n in range(5)] == [False, False, True, True, True]


def test_only_file_requests_are_looked_at() -> None:
    assert file_asked_for("/gradio_api/file=/tmp/x") == "/tmp/x"
    assert file_asked_for("/media/abc") is None
    assert file_asked_for("/assets/file.js") is None

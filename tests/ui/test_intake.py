"""Uploads leave Gradio's folder the moment they are sent."""

from __future__ import annotations

from pathlib import Path

from mmchat.server.uploads import UploadOwners
from mmchat.ui.intake import take


def an_upload(folder: Path, name: str = "note.txt") -> Path:
    path = folder / "abc" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"hello")
    return path


def test_the_bytes_are_read_and_the_copy_deleted(tmp_path: Path) -> None:
    path, owners = an_upload(tmp_path), UploadOwners()
    owners.add(str(path), "ana")

    uploads, lost = take([str(path)], "ana", owners)

    assert [(u.name, u.data) for u in uploads] == [("note.txt", b"hello")]
    assert lost == []
    assert list(tmp_path.iterdir()) == []


def test_somebody_elses_upload_cannot_be_taken(tmp_path: Path) -> None:
    path, owners = an_upload(tmp_path), UploadOwners()
    owners.add(str(path), "ana")

    uploads, lost = take([str(path), "/etc/passwd"], "ben", owners)

    assert uploads == []
    assert lost == ["note.txt", "passwd"]
    assert path.exists()


def test_one_that_is_gone_is_named_and_the_others_are_taken(tmp_path: Path) -> None:
    here, gone, owners = an_upload(tmp_path), tmp_path / "abc" / "gone.txt", UploadOwners()
    for path in (here, gone):
        owners.add(str(path), "ana")

    uploads, lost = take([str(gone), str(here)], "ana", owners)

    assert [u.name for u in uploads] == ["note.txt"]
    assert lost == ["gone.txt"]

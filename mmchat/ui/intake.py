"""Files from Gradio's upload folder into memory, and out of that folder at once."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from mmchat.server.uploads import UploadOwners
from mmchat.types import Upload


def take(paths: Sequence[str], library: str, owners: UploadOwners) -> tuple[list[Upload], list[str]]:
    """Read each file and delete Gradio's copy of it.

    Returns: the uploads, and the names of files that are gone or that somebody else uploaded: a client may
    name any path in the upload folder.
    """
    uploads, lost = [], []
    for each in paths:
        path = Path(each)
        try:
            if not owners.has(str(path), library):
                raise FileNotFoundError(path)
            uploads.append(Upload(path.name, path.read_bytes()))
        except OSError:
            lost.append(path.name)
            continue
        if owners.release(str(path), library):
            path.unlink(missing_ok=True)
            with suppress(OSError):  # another file of the same content hash lies there
                path.parent.rmdir()
    return uploads, lost

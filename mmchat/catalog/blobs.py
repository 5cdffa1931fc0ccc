"""The originals, by library and content hash, in a folder of their own. It knows nothing of what they hold."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

_ID = re.compile(r"[0-9a-f]{64}")


class Blobs:
    """Files that are written once, whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, library: str, id: str, data: bytes) -> Path:
        """Keep these bytes under their hash; readable by this user alone."""
        target = self._path(library, id)
        if target.exists():
            target.touch()  # it is being taken in now, however long it has lain there
            return target
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, temporary = tempfile.mkstemp(dir=target.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).replace(target)
        return target

    def path(self, library: str, id: str) -> Path | None:
        """Where the original lies, or None."""
        if not _ID.fullmatch(id):
            return None
        path = self._path(library, id)
        return path if path.is_file() else None

    def files(self, library: str) -> list[Path]:
        """Every file in the library's folder, also what an ended process left half written."""
        return sorted((self._folder / library).glob("*/*"))

    def libraries(self) -> list[str]:
        """Those that have a folder."""
        return sorted(path.name for path in self._folder.glob("*") if path.is_dir())

    def delete(self, library: str, id: str) -> None:
        """Forget one original."""
        if _ID.fullmatch(id):
            self._path(library, id).unlink(missing_ok=True)
            self._aside(library, id).unlink(missing_ok=True)

    def set_aside(self, library: str, id: str) -> None:
        """Bytes that are not those of this id any more: they may be all that is left, so they are kept elsewhere."""
        aside = self._aside(library, id)
        aside.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path(library, id).replace(aside)

    def drop(self, library: str) -> None:
        """Forget all originals of a library."""
        for folder in (self._folder, self._changed):
            shutil.rmtree(folder / library, ignore_errors=True)

    @property
    def _changed(self) -> Path:
        return self._folder.with_name(f"{self._folder.name}-changed")

    def _aside(self, library: str, id: str) -> Path:
        return self._changed / library / id

    def _path(self, library: str, id: str) -> Path:
        return self._folder / library / id[:2] / id

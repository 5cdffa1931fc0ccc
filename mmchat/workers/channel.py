"""What a worker says, to whoever waits for it: a named pipe in the work's own folder; large arrays as files beside it.

A large array is written once, and read as the file's pages: it is never pickled, and never held twice.
"""

from __future__ import annotations

import io
import itertools
import os
import pickle
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Said = tuple[str, Any]
"""``item`` and what the function yields, ``report`` and its arguments, or ``failed`` and the error."""

LARGE_BYTES = 256 * 1024
"""From here on an array is a file."""
_MAPPED_BYTES = 64 * 2**20
"""From here on it is not read but mapped, which keeps a handle open for each."""
_TOGETHER_BYTES = 64 * 1024
"""Small things wait for each other up to here: a sheet has a hundred thousand rows."""
_NAME = "said"


class Outlet:
    """The worker's end."""

    def __init__(self, folder: Path) -> None:
        self._pipe = Connection(os.open(folder / _NAME, os.O_WRONLY), readable=False)
        self._folder = folder
        self._numbers = itertools.count()
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0

    def say(self, kind: str, value: Any, *, soon: bool = False) -> None:
        """Say it now, or, where ``soon`` is enough, with what comes next."""
        said, arrays = dumped((kind, value), self._folder, self._numbers)
        self._waiting.append(said)
        self._waiting_bytes += len(said)
        if not soon or arrays or self._waiting_bytes >= _TOGETHER_BYTES:
            self.flush()

    def flush(self) -> None:
        """Say all that waits."""
        if self._waiting:
            self._pipe.send_bytes(pickle.dumps(self._waiting))
            self._waiting, self._waiting_bytes = [], 0

    def close(self) -> None:
        """Nothing more is said."""
        self._pipe.close()


class Inlet:
    """The other end. It is there before the worker's."""

    def __init__(self, folder: Path) -> None:
        os.mkfifo(folder / _NAME, 0o600)
        handle = os.open(folder / _NAME, os.O_RDONLY | os.O_NONBLOCK)
        os.set_blocking(handle, True)
        self._pipe = Connection(handle, writable=False)
        self._folder = folder

    def said(self, within_s: float) -> Sequence[Said]:
        """What is said next; nothing when that takes longer. EOFError when nothing more comes."""
        if not self._pipe.poll(within_s):
            return ()
        return [loaded(each, self._folder) for each in pickle.loads(self._pipe.recv_bytes())]

    def close(self) -> None:
        """Hear no more."""
        self._pipe.close()


class _Pickler(pickle.Pickler):
    def __init__(self, file: io.BytesIO, folder: Path, numbers: Iterator[int]) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self._folder = folder
        self._numbers = numbers
        self.arrays = 0

    def persistent_id(self, obj: Any) -> Any:
        if not isinstance(obj, np.ndarray) or obj.nbytes < LARGE_BYTES or obj.dtype.hasobject:
            return None
        self.arrays += 1
        name = f"array{next(self._numbers)}"
        np.ascontiguousarray(obj).tofile(self._folder / name)
        return name, obj.dtype.str, obj.shape


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, folder: Path) -> None:
        super().__init__(file)
        self._folder = folder

    def persistent_load(self, pid: Any) -> NDArray[Any]:
        name, kind, shape = pid
        path = self._folder / name
        if path.stat().st_size < _MAPPED_BYTES:
            array = np.fromfile(path, dtype=np.dtype(kind)).reshape(shape)
        else:  # copy on write: it can be changed here, as an array that was made here can
            array = np.asarray(np.memmap(path, dtype=np.dtype(kind), mode="c", shape=shape))
        path.unlink()  # mapped pages stay until the array goes
        return array


def dumped(value: Any, folder: Path, numbers: Iterator[int]) -> tuple[bytes, int]:
    """The value as bytes, and how many large arrays of it went to files of the folder, called by these numbers."""
    file = io.BytesIO()
    pickler = _Pickler(file, folder, numbers)
    pickler.dump(value)
    return file.getvalue(), pickler.arrays


def loaded(data: bytes, folder: Path) -> Any:
    """What :func:`dumped` was given. The files of its arrays are gone from the folder then."""
    return _Unpickler(io.BytesIO(data), folder).load()

"""A pool of processes, by pebble: it ends a process that runs too long or is not wanted any more, and replaces it.

loky, the other well-kept pool, gives up all its work when one process dies, and cannot end a single piece of it. The
processes are copies of one that has imported what reading needs and nothing else (forkserver), so that a new one is
there in milliseconds and shares no lock, file or key with the server.
"""

from __future__ import annotations

import itertools
import logging
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing import forkserver
from pathlib import Path
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from mmchat.errors import Interrupted, MmchatError, UnsupportedAttachment
from mmchat.settings import Settings
from mmchat.workers.base import Report, Workers
from mmchat.workers.channel import Inlet, dumped
from mmchat.workers.inside import BROKEN, MACHINE, TOO_MUCH, begin, run

log = logging.getLogger(__name__)

T = TypeVar("T")

BEAT_S = 0.2
"""How soon work that is not wanted any more is ended."""
SILENT_S_PER_SECOND = 10
"""A worker that says nothing for its seconds of processor time times this waits for something that does not come."""
_TASKS_PER_WORKER = 50
"""Then it is replaced, for what libraries leak."""


class Apart(Workers):
    """Workers of one data folder, started with the first work or by :meth:`start`."""

    def __init__(self, settings: Settings, preloaded: Sequence[str]) -> None:
        self._count = settings.workers
        self._memory_mb = settings.worker_memory_mb
        self._seconds = settings.worker_seconds
        self._preloaded = list(preloaded)
        self._folder = settings.data_dir / "scratch"
        self._lock = threading.Lock()
        self._pool: ProcessPool | None = None
        self._closed = False
        self._left: set[Path] = set()
        shutil.rmtree(self._folder, ignore_errors=True)  # what a killed process left

    def start(self) -> None:
        """Start the processes in the background."""
        threading.Thread(target=self._begin, name="start-workers", daemon=True).start()

    def close(self) -> None:
        """End every worker, and leave nothing of their work."""
        with self._lock:
            pool, self._pool, self._closed = self._pool, None, True
        if pool is not None:
            _end_pool(pool)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _given(
        self,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        what: str,
        report: Report | None,
        at_first: tuple[Any, ...],
    ) -> Iterator[Any]:
        with self._work_folder() as folder:
            inlet = Inlet(folder)
            work, _ = dumped((function, args), folder, (-n for n in itertools.count(1)))
            future = self._schedule(run, (work, str(folder), self._seconds, report is not None))
            try:
                yield from self._said(inlet, future, what, report, at_first)
            finally:
                future.cancel()  # type: ignore[no-untyped-call]
                inlet.close()

    def _said(
        self, inlet: Inlet, future: ProcessFuture[Any], what: str, report: Report | None, last: tuple[Any, ...]
    ) -> Iterator[Any]:
        silent_s = 0.0
        over = False
        while not over:
            over = future.done()  # then what it said is all there, and is heard to its end
            try:
                said = inlet.said(BEAT_S)
            except (EOFError, OSError):  # ended, perhaps in the midst of a word
                break
            silent_s = 0.0 if said or not future.running() else silent_s + BEAT_S
            over &= not said
            for kind, value in said:
                if kind == "item":
                    yield value
                elif kind == "report":
                    last = value
                else:
                    raise self._failure(what, value)
            if report is not None:
                report(*last)
            if silent_s > SILENT_S_PER_SECOND * self._seconds:
                raise self._too_slow(what)
        self._end(future, what)

    def _end(self, future: ProcessFuture[Any], what: str) -> None:
        """Wait for the worker, which has said all it will say."""
        try:
            future.result()
        except ProcessExpired as error:
            log.warning("a reading process ended with %s", error.exitcode)
            if error.exitcode == -signal.SIGXCPU:
                raise self._too_slow(what) from None
            if error.exitcode == -signal.SIGKILL:  # by the system, which was short of memory
                raise self._too_much(what) from None
            raise UnsupportedAttachment(
                f"{what} could not be read: it stopped the program that reads it. It is damaged, or was made to do so; "
                "save it again, or give it in another format."
            ) from None
        except (CancelledError, BrokenProcessPool, RuntimeError) as error:
            raise Interrupted(
                f"{what} was not read: the processes that read files were ended. It is read at the next start."
            ) from error

    def _failure(self, what: str, value: Any) -> MmchatError:
        if isinstance(value, MmchatError):
            return value
        if value == TOO_MUCH:
            return self._too_much(what)
        if isinstance(value, tuple) and value[0] == MACHINE:
            return Interrupted(
                f"{what} could not be read: {value[1]}. Look at the disk and the limits of this machine."
            )
        if isinstance(value, tuple) and value[0] == BROKEN:
            log.warning("a file could not be read: %s", value[1])
        return UnsupportedAttachment(
            f"{what} could not be read: something in it is not as in other files of its kind. "
            "Save it again, or give it in another format."
        )

    def _too_slow(self, what: str) -> UnsupportedAttachment:
        return UnsupportedAttachment(
            f"{what} could not be read: a part of it took more than {self._seconds:g} s to read. "
            "Split it or give it in another format, or raise MMCHAT_WORKER_SECONDS."
        )

    def _too_much(self, what: str) -> UnsupportedAttachment:
        return UnsupportedAttachment(
            f"{what} could not be read: it needed more than {self._memory_mb / 1000:.1f} GB of memory. "
            "Split it or give it in another format, or raise MMCHAT_WORKER_MEMORY_MB."
        )

    @contextmanager
    def _work_folder(self) -> Iterator[Path]:
        """A folder that is gone afterwards. What a dying worker still wrote there goes with the next one."""
        for left in tuple(self._left):
            self._remove(left)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        try:
            yield folder
        finally:
            self._remove(folder)

    def _remove(self, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        (self._left.add if folder.exists() else self._left.discard)(folder)

    def _begin(self) -> None:
        with suppress(MmchatError):  # closed again meanwhile; and why it cannot be is told to the first work
            self._schedule(int, ())

    def _schedule(self, function: Callable[..., Any], args: tuple[Any, ...]) -> ProcessFuture[Any]:
        with self._lock:
            if self._closed:
                raise MmchatError("mmchat is closing.")
            for _ in range(2):
                self._pool = self._pool or self._new_pool()
                try:
                    return self._pool.schedule(function, args=args)
                except RuntimeError:  # an idle worker was ended from outside, which pebble takes for the end of all
                    log.warning("the reading processes are started anew")
                    threading.Thread(target=_end_pool, args=(self._pool,), name="end-workers", daemon=True).start()
                    self._pool = None
        raise MmchatError("The processes that read files cannot be started. See the log.")

    def _new_pool(self) -> ProcessPool:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(self._preloaded)
        _start_server()
        return ProcessPool(
            max_workers=self._count,
            max_tasks=_TASKS_PER_WORKER,
            initializer=begin,
            initargs=(self._memory_mb,),
            context=context,
        )


def _end_pool(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()


def _start_server() -> None:
    """Start the process that workers are copies of, where it finds what is to be imported.

    Python 3.11 and 3.12 hand it our import path and leave that aside, so that outside the folder of the code nothing
    would be imported beforehand, without a word.
    """
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    try:
        forkserver.ensure_running()
    finally:
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before

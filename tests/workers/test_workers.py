"""What a worker gives, and what becomes of work that hangs, grows, dies or is not wanted any more."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from mmchat.errors import MmchatError, ModelUnavailable, UnsupportedAttachment
from mmchat.settings import Settings
from mmchat.workers import HERE, Workers, create_workers
from tests.light_assistant import until

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits are those of Linux")


def counted(upto: int) -> Iterator[int]:
    yield from range(upto)


def reported(upto: int, report: Callable[[int], None]) -> Iterator[int]:
    for number in range(upto):
        report(number)
        yield number


def squares(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.asarray(numbers**2)


def pid() -> int:
    return os.getpid()


def folder() -> str:
    Path("left.bin").write_bytes(b"left")
    return os.getcwd()  # noqa: PTH109


def unavailable() -> None:
    raise ModelUnavailable("It is not here.", retryable=True)


def broken() -> None:
    raise KeyError("what the file says")


def computing() -> None:
    while True:
        pass


def growing() -> None:
    held = []
    while True:
        held.append(bytearray(10_000_000))


def crashing() -> None:
    ctypes.string_at(0)


def aborting() -> None:
    ctypes.CDLL(None).abort()


def waiting(report: Callable[[str], None]) -> None:
    report(str(os.getpid()))
    time.sleep(60)


def connecting() -> str:
    try:
        socket.create_connection(("127.0.0.1", 9))
    except OSError as error:
        return type(error).__name__
    return "connected"


def native_socket() -> int:
    return int(ctypes.CDLL(None).socket(2, 1, 0))


def starting() -> str:
    try:
        subprocess.run(["true"], check=False)
    except OSError as error:
        return type(error).__name__
    return "started"


def forking() -> str:
    try:
        child = os.fork()
    except OSError as error:
        return type(error).__name__
    if not child:
        os._exit(0)
    return "forked"


def threading_well() -> list[int]:
    done: list[int] = []
    threads = [threading.Thread(target=done.append, args=(n,)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(done)


def preloaded() -> bool:
    return "mmchat.preloading" in sys.modules


def environment() -> list[str]:
    return [name for name in os.environ if "API_KEY" in name]


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"), workers=2, worker_memory_mb=300, worker_seconds=1)
    os.environ["PRETEND_API_KEY"] = "secret"
    workers = create_workers(settings, ["mmchat.preloading"])
    workers.call(pid)
    del os.environ["PRETEND_API_KEY"]
    yield workers
    workers.close()


@pytest.fixture(params=["here", "apart"])
def either(request: pytest.FixtureRequest) -> Workers:
    return HERE if request.param == "here" else request.getfixturevalue("apart")


def scratch(workers: Workers) -> list[Path]:
    return list(workers._folder.iterdir())


def test_what_a_function_yields_comes_in_order(either: Workers) -> None:
    assert list(either.stream(counted, 5_000)) == list(range(5_000))


def test_what_a_function_returns_comes_back(either: Workers) -> None:
    small, large = np.arange(3), np.arange(300_000)

    assert (either.call(squares, small) == small**2).all()
    assert (either.call(squares, large) == large**2).all()


def test_a_large_array_that_came_back_can_be_changed(either: Workers) -> None:
    given = either.call(squares, np.arange(300_000))
    given[0] = 7

    assert given[0] == 7


def test_the_last_report_comes_before_the_end(either: Workers) -> None:
    told: list[int] = []

    assert list(either.stream(reported, 3, report=told.append)) == [0, 1, 2]
    assert told == sorted(told) and told[-1] == 2


def test_an_error_of_ours_comes_as_it_was_raised(either: Workers) -> None:
    with pytest.raises(ModelUnavailable, match="It is not here") as caught:
        either.call(unavailable)

    assert caught.value.retryable


def test_it_runs_in_another_process_in_a_folder_that_is_gone_afterwards(apart: Workers) -> None:
    where = Path(apart.call(folder))

    assert apart.call(pid) != os.getpid()
    assert not where.exists() and scratch(apart) == []


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        (computing, r"notes\.pdf could not be read: a part of it took more than 1 s to read"),
        (growing, r"notes\.pdf could not be read: it needed more than 0\.3 GB of memory"),
        (crashing, r"notes\.pdf could not be read: it stopped the program that reads it"),
        (aborting, r"notes\.pdf could not be read: it stopped the program that reads it"),
        (broken, r"notes\.pdf could not be read: something in it is not as in other files of its kind"),
    ],
)
def test_work_that_fails_is_one_sentence_and_the_next_goes_on(
    function: Callable[[], None], sentence: str, apart: Workers
) -> None:
    with pytest.raises(UnsupportedAttachment, match=sentence) as caught:
        apart.call(function, what="notes.pdf")

    assert "what the file says" not in str(caught.value)
    assert apart.call(squares, np.arange(2)).tolist() == [0, 1]
    assert scratch(apart) == []


def test_work_beside_a_crash_goes_on(apart: Workers) -> None:
    items = apart.stream(counted, 100_000)
    assert next(items) == 0

    with pytest.raises(UnsupportedAttachment):
        apart.call(crashing)

    assert sum(1 for _ in items) == 99_999


def test_a_report_that_raises_ends_the_work_at_once(apart: Workers) -> None:
    told: list[str] = []

    def stopping(worker: str | float) -> None:
        told.extend([worker] if isinstance(worker, str) else [])  # before the worker says anything, it is 0.0
        if len(told) > 1:
            raise MmchatError("stopped")

    started = time.monotonic()
    with pytest.raises(MmchatError, match="stopped"):
        apart.call(waiting, report=stopping)

    assert time.monotonic() - started < 3
    assert _gone(int(told[0]))


def test_closing_the_iterator_ends_the_work(apart: Workers) -> None:
    items = apart.stream(counted, 10_000_000)
    next(items)
    items.close()  # type: ignore[attr-defined]

    assert apart.call(pid)


def test_an_idle_worker_ended_from_outside_is_replaced(apart: Workers) -> None:
    for _ in range(2):
        os.kill(apart.call(pid), signal.SIGKILL)
        time.sleep(0.3)

    assert apart.call(squares, np.arange(2)).tolist() == [0, 1]


@pytest.mark.parametrize("function", [connecting, starting, forking])
def test_a_worker_opens_no_connection_and_no_program(function: Callable[[], str], apart: Workers) -> None:
    assert apart.call(function) == "PermissionError"


def test_native_code_in_a_worker_gets_no_socket_either(apart: Workers) -> None:
    assert apart.call(native_socket) == -1


def test_a_worker_may_have_threads(apart: Workers) -> None:
    assert apart.call(threading_well) == [0, 1, 2]


def test_a_worker_knows_no_key(apart: Workers) -> None:
    assert apart.call(environment) == []


def test_what_is_preloaded_is_there_from_whatever_folder_the_server_was_started(tmp_path: Path) -> None:
    code = f"""
import sys; sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from mmchat.settings import Settings
from mmchat.workers import create_workers
from tests.workers.test_workers import preloaded
workers = create_workers(Settings(data_dir=Path("data"), workers=1), ["mmchat.preloading"])
print(workers.call(preloaded), "PYTHONPATH" in __import__("os").environ)
workers.close()
"""
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=clean, capture_output=True, text=True, check=False
    )

    assert ran.stdout == "True False\n", ran.stdout + ran.stderr


def test_a_pool_that_is_closed_while_it_starts_says_nothing(tmp_path: Path) -> None:
    workers = create_workers(Settings(data_dir=tmp_path, workers=1), ["mmchat.preloading"])
    workers.close()
    workers.start()

    until(lambda: not any(thread.name == "start-workers" for thread in threading.enumerate()))


def test_after_closing_nothing_runs_and_nothing_is_left(tmp_path: Path) -> None:
    workers = create_workers(Settings(data_dir=tmp_path, workers=1))
    worker = workers.call(pid)
    workers.close()

    assert _gone(worker) and not (tmp_path / "scratch").exists()
    with pytest.raises(MmchatError, match="closing"):
        workers.call(pid)


def _gone(process: int, within_s: float = 5) -> bool:
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False

"""The whole assistant with files read in workers: what a bad file does, and what it does not do."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mmchat.settings import Settings
from mmchat.types import Ingested, Ingesting, JobState, Upload
from tests.fuzz import shapes
from tests.light_assistant import Light, reopening, until
from tests.make_files import screenshot

LIBRARY = "ana"
NOTE = Upload("note.txt", b"The ferry leaves at seven in the morning.")


@pytest.fixture
def assistant(settings: Settings) -> Iterator[Light]:
    with reopening(settings.model_copy(update={"workers": 2, "image_encoder": "none"})) as opened:
        yield opened()


def workers_of(assistant: Light) -> list[int]:
    return list(assistant.workers._pool._pool_manager.worker_manager.workers)


def test_a_picture_a_page_and_a_note_are_read_as_without_workers(assistant: Light, settings: Settings) -> None:
    files = [
        NOTE,
        Upload("shot.png", screenshot().data),
        Upload("page.html", b"<h1>Ferries</h1><p>Every day at seven.</p>"),
    ]
    apart = [assistant.ingest_now(LIBRARY, file) for file in files]
    said = [[s.text for s in assistant._catalog.segments(LIBRARY, each.attachment.id)] for each in apart]

    with reopening(settings.model_copy(update={"image_encoder": "none"})) as opened:
        here = opened(settings.data_dir.with_name("other"))
        assert said == [
            [s.text for s in here._catalog.segments(LIBRARY, here.ingest_now(LIBRARY, file).attachment.id)]
            for file in files
        ]


def test_a_file_that_ends_its_worker_fails_alone_with_one_sentence(
    assistant: Light, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mmchat.segmenters.apart._segment", _killing)

    failed = assistant.ingest_now(LIBRARY, NOTE)
    monkeypatch.undo()
    other = assistant.ingest_now(LIBRARY, Upload("other.txt", b"Dogs travel for 3.50 euros."))

    assert failed.status == "failed" and failed.reason.startswith("note.txt could not be read")
    assert other.status == "indexed"
    assert assistant.ingest_now(LIBRARY, NOTE).status == "indexed"  # given again, it is read


def test_a_file_being_read_is_stopped_by_deleting_it(assistant: Light, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mmchat.segmenters.apart._segment", _endless)

    async def stop_midway() -> tuple[Ingested, float]:
        begun = 0.0
        async for event in assistant.ingest(LIBRARY, [NOTE]):
            if isinstance(event, Ingested):
                return event, time.monotonic() - begun
            if isinstance(event, Ingesting) and event.state is JobState.READING and not begun:
                begun = time.monotonic()
                [entry] = assistant.library_entries(LIBRARY)
                await asyncio.to_thread(assistant.delete_attachment, LIBRARY, entry.attachment.id)
        raise AssertionError("no outcome")

    outcome, took_s = asyncio.run(stop_midway())
    monkeypatch.undo()

    assert outcome.status == "deleted" and outcome.reason == "note.txt was deleted before it was read."
    assert took_s < 2
    assert assistant.library_entries(LIBRARY) == []
    assert assistant.ingest_now(LIBRARY, Upload("b.txt", b"Dogs travel free.")).status == "indexed"


def test_deleting_everything_stops_what_is_being_read(assistant: Light, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mmchat.segmenters.apart._segment", _endless)
    told: list[Ingested] = []
    reading = threading.Thread(target=lambda: told.append(assistant.ingest_now(LIBRARY, NOTE)))
    reading.start()
    until(lambda: [e.state for e in assistant.library_entries(LIBRARY)] == [JobState.READING])

    assistant.delete_library(LIBRARY)
    reading.join(10)

    assert [each.status for each in told] == ["deleted"]
    assert assistant.library_entries(LIBRARY) == []


def test_a_file_given_again_while_it_is_being_stopped_is_read(
    assistant: Light, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mmchat.segmenters.apart._segment", _endless)
    first = threading.Thread(target=assistant.ingest_now, args=(LIBRARY, NOTE))
    first.start()
    until(lambda: [e.state for e in assistant.library_entries(LIBRARY)] == [JobState.READING])
    monkeypatch.undo()
    again: list[Ingested] = []
    assistant.delete_attachment(LIBRARY, assistant.library_entries(LIBRARY)[0].attachment.id)
    second = threading.Thread(target=lambda: again.append(assistant.ingest_now(LIBRARY, NOTE)))
    second.start()
    first.join(20)
    second.join(20)

    assert [each.status for each in again] == ["indexed"]


def test_all_workers_ended_from_outside_are_replaced(assistant: Light) -> None:
    assistant.ingest_now(LIBRARY, NOTE)
    for worker in workers_of(assistant):
        os.kill(worker, signal.SIGKILL)
    time.sleep(0.3)

    assert assistant.ingest_now(LIBRARY, Upload("b.txt", b"Dogs travel free.")).status == "indexed"


def test_nothing_of_a_file_is_left_in_the_scratch_folder(assistant: Light) -> None:
    assistant.ingest_now(LIBRARY, Upload("shot.png", screenshot().data))

    scratch = assistant.settings.data_dir / "scratch"
    until(lambda: not list(scratch.iterdir()))  # a worker that was ended may leave its folder a moment longer
    assert scratch.is_dir() and list(scratch.iterdir()) == []


def test_a_data_folder_named_from_where_one_stands_is_read_from_too(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    here = Settings(**{**settings.model_dump(), "data_dir": Path("here"), "workers": 1, "image_encoder": "none"})

    with reopening(here) as opened:
        assistant = opened()
        taken = [assistant.ingest_now(LIBRARY, file) for file in (NOTE, Upload("shot.png", screenshot().data))]

    assert [each.status for each in taken] == ["indexed", "indexed"]
    assert (tmp_path / "here" / "catalog.sqlite").is_file()


def test_a_refused_file_leaves_no_original(assistant: Light) -> None:
    refused = assistant.ingest_now(LIBRARY, Upload("channels.wav", shapes.wav_channels(1_000_000)))

    assert refused.reason == "channels.wav has 64 channels; sound may have at most 16. Mix it down to stereo."
    assert [path for path in (assistant.settings.data_dir / "originals").rglob("*") if path.is_file()] == []


def _killing(*_: object) -> Iterator[object]:
    os.kill(os.getpid(), signal.SIGSEGV)
    yield None


def _endless(*_: object) -> Iterator[object]:
    while True:
        time.sleep(0.01)
    yield None

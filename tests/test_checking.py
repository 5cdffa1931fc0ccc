"""``doctor --check`` finds what does not agree, and ``--repair`` mends it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np
import pytest
from sqlalchemy import text as sql

from mmchat.settings import Settings
from mmchat.types import JobState, Query, Upload
from tests.light_assistant import Light, reopening

LIBRARY, OTHER = "ana", "ben"


@pytest.fixture
def assistant(settings: Settings) -> Iterator[Light]:
    with reopening(settings, image_encoder="none") as opened:
        assistant = opened()
        for library in (LIBRARY, OTHER):
            for n in range(3):
                assistant.ingest_now(library, Upload(f"{n}.txt", f"The ferry leaves at {n} from {library}.".encode()))
        yield assistant


def findings(assistant: Light) -> dict[tuple[str, str], int]:
    return {(found.library, found.what): found.count for found in assistant.checking.check()}


def change(assistant: Light, statement: str) -> None:
    with assistant._database.write() as connection:
        connection.execute(sql(statement), {"library": LIBRARY})


def first(assistant: Light) -> str:
    return assistant.library_entries(LIBRARY)[-1].attachment.id


def test_a_library_that_was_filled_and_emptied_agrees(assistant: Light) -> None:
    assistant.delete_attachment(LIBRARY, first(assistant))
    assistant.delete_library(OTHER)

    assert findings(assistant) == {}


def test_rows_of_a_file_that_is_not_there_are_found_and_forgotten(assistant: Light) -> None:
    change(assistant, "DELETE FROM attachments WHERE library = :library AND name = '0.txt'")

    found = findings(assistant)
    left = assistant.checking.repair()

    assert {what for _, what in found} >= {
        "segments of files that are not there",
        "jobs of files that are not there",
        "originals of files that are not there",
    }
    assert {library for library, _ in found} == {LIBRARY}
    assert left == []
    assert len(assistant.library_entries(LIBRARY)) == 2


def test_a_file_without_a_job_is_read_again(assistant: Light) -> None:
    change(assistant, "DELETE FROM jobs WHERE library = :library")

    assert findings(assistant)[LIBRARY, "files without a job"] == 3
    assert assistant.checking.repair() == []
    assert [entry.state for entry in assistant.library_entries(LIBRARY)] == [JobState.INDEXED] * 3


def test_lost_and_wrong_words_are_indexed_anew(assistant: Light) -> None:
    with assistant._database.write() as connection:
        [name] = connection.execute(
            sql("SELECT name FROM sqlite_master WHERE name LIKE 'full_text.ana.%' AND sql LIKE '%fts5(%'")
        ).scalars()
        connection.execute(sql(f'DELETE FROM "{name}"'))

    assert findings(assistant) == {(LIBRARY, "the full text has not the words of the segments"): 1}
    assert assistant.checking.repair() == []
    assert assistant.search(LIBRARY, Query(text="ferry"), 5).candidates


def test_a_lost_or_changed_original_is_told_at_its_file(assistant: Light) -> None:
    lost, changed, _ = (entry.attachment for entry in assistant.library_entries(LIBRARY))
    assistant._blobs.path(LIBRARY, lost.id).unlink()
    assistant._blobs.path(LIBRARY, changed.id).write_bytes(b"something else")

    assert findings(assistant) == {(LIBRARY, "originals that are gone or changed"): 2}
    assert assistant.checking.repair() == []
    reasons = {e.attachment.name: e.reason for e in assistant.library_entries(LIBRARY) if e.state is JobState.FAILED}
    assert reasons == {
        lost.name: f"The original of {lost.name} is gone. Give the file again.",
        changed.name: f"The original of {changed.name} was changed on the disk. Give the file again.",
    }
    assert assistant.ingest_now(LIBRARY, Upload(lost.name, b"The ferry leaves at 2 from ana.")).status == "indexed"


def test_what_an_ended_process_left_half_written_is_removed(assistant: Light) -> None:
    left = assistant.settings.data_dir / "originals" / LIBRARY / "ab" / "tmphalf"
    left.parent.mkdir(exist_ok=True)
    left.write_bytes(b"half")

    assert findings(assistant) == {(LIBRARY, "originals of files that are not there"): 1}
    assert assistant.checking.repair() == []
    assert not left.exists()


def test_an_original_of_a_file_that_was_never_taken_in_is_gone_after_the_next_start(assistant: Light) -> None:
    left = assistant.settings.data_dir / "originals" / "cato" / "ab" / ("ab" * 32)
    new = left.with_name("cd" * 32)
    left.parent.mkdir(parents=True)
    left.write_bytes(b"kept just before the end")
    os.utime(left, (1_000_000, 1_000_000))
    new.write_bytes(b"being taken in")

    assistant.warm_up()

    assert not left.exists() and new.exists()


def test_vectors_of_nothing_are_removed_and_lost_ones_made_anew(assistant: Light) -> None:
    [space] = assistant._store.spaces(LIBRARY)
    kept = assistant.vectors(LIBRARY)
    ids = sorted(assistant._store.ids(LIBRARY, space))
    assistant._store.delete(LIBRARY, ids[:2])
    assistant._store.upsert(LIBRARY, space, ["f" * 32], np.ones((1, space.dim), np.float32))

    found = findings(assistant)

    assert set(found.values()) == {1, 2} and len(found) == 2
    assert assistant.checking.repair() == []
    assert assistant.vectors(LIBRARY) == kept


def test_a_job_that_was_left_is_done(assistant: Light) -> None:
    assistant._catalog.set_state(LIBRARY, first(assistant), JobState.READING)

    assert findings(assistant) == {(LIBRARY, "files that are not read to their end"): 1}
    assert assistant.checking.repair() == []


def test_a_deletion_that_was_begun_is_finished_at_the_next_start(assistant: Light) -> None:
    id = first(assistant)
    assistant._deleting.deletions.begin(LIBRARY, id)
    assistant._blobs.delete(LIBRARY, id)

    assert len(assistant.library_entries(LIBRARY)) == 2  # nobody sees it any more
    assert findings(assistant) == {(LIBRARY, "files that are not deleted to their end"): 1}
    assistant.warm_up()
    assert findings(assistant) == {}
    assert len(assistant.library_entries(LIBRARY)) == 2


def test_a_job_that_goes_on_takes_back_no_deletion(assistant: Light) -> None:
    id = first(assistant)
    assistant._deleting.deletions.begin(LIBRARY, id)

    for state in (JobState.READING, JobState.FAILED, JobState.QUEUED):
        assistant._catalog.set_state(LIBRARY, id, state, "it went on")

    assert assistant._deleting.deletions.begun() == [(LIBRARY, id)]


def test_a_library_whose_deletion_was_begun_is_gone_after_the_next_start(assistant: Light) -> None:
    assistant._deleting.deletions.begin(LIBRARY)

    assistant.warm_up()

    assert assistant.library_entries(LIBRARY) == [] and not any(assistant.vectors(LIBRARY).values())
    assert findings(assistant) == {} and len(assistant.library_entries(OTHER)) == 3

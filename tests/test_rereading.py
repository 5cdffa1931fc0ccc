from __future__ import annotations

import tarfile
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from mmchat.active_spaces import ActiveSpaces, Role
from mmchat.catalog import Blobs, Catalog, Copies, Database, PageRecords, Readings, SpaceRecords
from mmchat.catalog.migration import backup_of
from mmchat.encoders.base import Encoder
from mmchat.errors import UnsupportedAttachment
from mmchat.file_reading import FileReading
from mmchat.ingestion import Ingestion
from mmchat.page_vectors import PageVectors
from mmchat.rereading import Rereading
from mmchat.segmenters.base import Progress, Segmenter, segment_id
from mmchat.settings import Settings
from mmchat.stores.memory import MemoryStore
from mmchat.types import (
    SPOKEN_OR_WRITTEN,
    Attachment,
    Cell,
    Grounding,
    JobState,
    Locator,
    Query,
    Remark,
    Row,
    Segment,
    SegmentInput,
    SegmentKind,
    Space,
    Table,
    Upload,
    Vector,
    Vectors,
)
from mmchat.workers import HERE
from tests.light_assistant import Light

ONE = "one"


class Lines(Segmenter):
    """Version 1: a passage for each line. Version 2: one for each sentence, and a row for each with a colon."""

    def __init__(self) -> None:
        self.breaks: type[BaseException] | None = None
        self.blind = False
        self.during = lambda: None

    def load(self) -> None: ...

    def segment(
        self, attachment: Attachment, original: Path, progress: Progress
    ) -> Iterator[SegmentInput | Table | Remark]:
        self.during()
        progress(JobState.READING, 0.5)
        if self.breaks is not None:
            raise self.breaks("It cannot be read.")
        text = original.read_text()
        parts = text.splitlines() if self.reading == 1 else text.replace("\n", " ").split(". ")
        if self.blind:
            yield Remark("Nothing is seen in it.")
            return
        for n, part in enumerate(parts):
            yield SegmentInput(made(attachment, SegmentKind.PASSAGE, n, part))
        if self.reading > 1:
            rows = [made(attachment, SegmentKind.ROW, len(parts) + n, p) for n, p in enumerate(parts) if ":" in p]
            yield from map(SegmentInput, rows)
            cells = [(Cell(0, row.text),) for row in rows]
            yield Table("t" + attachment.id[:31], attachment.id, 0, "", ("Said",),
                        tuple(Row(n, "", cell, rows[n].id) for n, cell in enumerate(cells)))  # fmt: skip


def made(attachment: Attachment, kind: SegmentKind, ordinal: int, text: str) -> Segment:
    id = segment_id(attachment.id, kind, ordinal, text)
    return Segment(id, attachment.id, attachment.modality, kind, ordinal, text, Locator(char_start=0))


class Lengths(Encoder):
    """A vector from the length of the text; it remembers every text it was given."""

    space = Space("lengths", "1", 2)
    segment_kinds = SPOKEN_OR_WRITTEN

    def __init__(self, _name: str = "") -> None:
        self.given: list[str] = []

    def load(self) -> None: ...

    def accepts(self, query: Query) -> bool:
        return True

    def _encode_query(self, query: Query) -> Vector:
        return np.ones(2, dtype=np.float32)

    def _encode_batch(self, inputs: Sequence[SegmentInput]) -> Vectors:
        self.given += [each.segment.text for each in inputs]
        return np.array([[len(i.segment.text), 1] for i in inputs], dtype=np.float32)


class Queue(Executor):
    """What is submitted waits until it is run, each behind what waits already."""

    def __init__(self) -> None:
        self._waiting: deque[Callable[[], object]] = deque()

    def submit(self, work: Callable[..., object], /, *args: object, **kwargs: object) -> Future[object]:  # type: ignore[override]
        self._waiting.append(partial(work, *args, **kwargs))
        return Future()

    def run(self) -> None:
        while self._waiting:
            self._waiting.popleft()()


class World:
    """A library on disk, opened as a process does."""

    def __init__(self, folder: Path, settings: Settings, store: MemoryStore) -> None:
        self.database = Database(folder / "catalog.sqlite")
        self.catalog, self.readings = Catalog(self.database), Readings(self.database)
        self.store, self.encoder, self.segmenter = store, Lengths(), Lines()
        blobs, copies = Blobs(folder / "originals"), Copies(self.database)
        spaces = SpaceRecords(self.database)
        self.reading = FileReading(
            catalog=self.catalog,
            readings=self.readings,
            blobs=blobs,
            store=store,
            segmenters={"text": self.segmenter},
            spaces=ActiveSpaces(spaces, store, [Role("text", "lengths", self.encoder)], create=Lengths),
            pages=PageVectors(PageRecords(self.database), self.catalog, store),
        )
        self.ingestion = Ingestion(settings, self.catalog, copies, blobs, self.reading, HERE)
        self.executor = Queue()
        self.rereading = Rereading(self.reading, self.catalog, copies, self.executor, nullcontext, HERE)

    def take(self, name: str, text: str) -> Attachment:
        [admission] = self.ingestion.admit_all(ONE, [Upload(name, text.encode())])
        outcome = self.ingestion.finish(ONE, admission, lambda _: None)
        assert outcome.attachment is not None, outcome.reason
        return outcome.attachment

    def reread(self) -> None:
        """All that is outdated."""
        self.rereading.start()
        self.executor.run()

    def texts(self, attachment: Attachment) -> list[str]:
        return [s.text for s in self.catalog.segments(ONE, attachment.id)]

    def vectors(self) -> int:
        return self.store.count(ONE, Lengths.space)

    def close(self) -> None:
        self.rereading.close()
        self.database.close()


@pytest.fixture
def world(settings: Settings, tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path, settings, MemoryStore())
    yield world
    world.close()


def test_a_file_that_an_earlier_version_read_is_read_anew(world: World) -> None:
    note = world.take("note.txt", "Rent: 850. The\nkey hangs here. Food: 400")
    assert world.reading.outdated() == []
    world.segmenter.reading = 2
    assert world.reading.outdated() == [(ONE, world.catalog.attachment(ONE, note.id))]

    world.reread()

    assert world.texts(note) == ["Rent: 850", "The key hangs here", "Food: 400", "Rent: 850", "Food: 400"]
    assert [table.columns for table in world.catalog.tables(ONE)] == [("Said",)]
    assert world.vectors() == 3  # those of the two lines are gone, and rows have none
    assert world.catalog.search_text(ONE, ["hangs"], 5) != []
    assert world.reading.outdated() == []


def test_what_there_is_answers_until_what_is_new_is_whole(world: World) -> None:
    note = world.take("note.txt", "Rent: 850. The\nkey hangs here")
    before = world.texts(note)
    seen: list[object] = []

    def look() -> None:
        [entry] = world.catalog.entries(ONE)
        seen.append((entry.state, world.texts(note), len(world.catalog.search_text(ONE, ["key"], 5)), world.vectors()))

    world.segmenter.reading, world.segmenter.during = 2, look
    world.reread()

    assert seen == [(JobState.INDEXED, before, 1, 2)]
    assert world.texts(note) != before


def test_what_says_the_same_as_before_is_not_encoded_again(world: World) -> None:
    world.take("note.txt", "The key hangs here. Food: 400")
    world.take("list.txt", "One line\nand a second one")
    world.encoder.given.clear()

    world.segmenter.reading = 2
    world.reread()

    assert sorted(world.encoder.given) == ["Food: 400", "One line and a second one", "The key hangs here"]
    world.encoder.given.clear()
    world.segmenter.reading = 3
    world.reread()
    assert world.encoder.given == []


@pytest.mark.parametrize("trouble", [UnsupportedAttachment, ZeroDivisionError])
def test_a_failure_leaves_what_there_was_and_is_not_tried_again(world: World, trouble: type[Exception]) -> None:
    note = world.take("note.txt", "Rent: 850. The\nkey hangs here")
    before, vectors = world.texts(note), world.vectors()
    world.segmenter.reading, world.segmenter.breaks = 2, trouble

    world.reread()

    assert (world.texts(note), world.vectors()) == (before, vectors)
    assert world.catalog.state(ONE, note.id) is JobState.INDEXED
    assert world.reading.outdated() == []
    world.segmenter.reading = 3
    assert len(world.reading.outdated()) == 1  # the version after it may do better


def test_a_reading_that_finds_nothing_does_not_replace_one_that_did(world: World) -> None:
    note = world.take("note.txt", "The key hangs here")
    world.segmenter.reading, world.segmenter.blind = 2, True

    world.reread()

    assert world.texts(note) == ["The key hangs here"]
    assert world.reading.outdated() == []


def test_a_process_that_ends_meanwhile_is_followed_by_one_that_reads_on(
    world: World, settings: Settings, tmp_path: Path
) -> None:
    notes = [world.take(f"{n}.txt", f"Note {n}: a. The\nend of {n}") for n in range(3)]
    world.segmenter.reading = 2
    read: list[int] = []

    def end_at_the_second() -> None:
        read.append(len(read))
        if len(read) == 2:
            world.rereading.close()

    world.segmenter.during = end_at_the_second
    world.rereading.start()
    world.executor.run()
    world.close()

    again = World(tmp_path, settings, world.store)
    again.segmenter.reading = 2
    assert [attachment.id for _, attachment in again.reading.outdated()] == [note.id for note in notes[1:]]
    again.reread()
    assert {len(again.texts(note)) for note in notes} == {3}
    again.close()


def test_vectors_that_a_killed_process_left_are_deleted_at_the_next_start(world: World) -> None:
    note = world.take("note.txt", "Rent: 850. The\nkey hangs here")
    former = world.catalog.segments(ONE, note.id)
    new = made(note, SegmentKind.PASSAGE, 0, "other words")
    world.store.upsert(ONE, Lengths.space, [new.id], np.eye(2, dtype=np.float32)[:1])
    world.catalog.index(ONE, note, [new], reading=1)  # and here it is killed
    assert world.vectors() == len(former) + 1

    world.reread()

    assert world.vectors() == 1
    assert list(world.store.get(ONE, Lengths.space, [new.id])) == [new.id]
    assert world.readings.left() == []


def test_a_file_deleted_while_it_is_read_anew_stays_deleted(world: World) -> None:
    note = world.take("note.txt", "Rent: 850. The\nkey hangs here")

    def delete() -> None:
        world.store.delete(ONE, [s.id for s in world.catalog.segments(ONE, note.id)])
        world.catalog.delete_attachment(ONE, note.id)

    world.segmenter.reading, world.segmenter.during = 2, delete
    world.reread()

    assert world.catalog.entries(ONE) == []
    assert (world.vectors(), world.catalog.tables(ONE)) == (0, [])


def test_a_copy_is_not_read_anew_and_later_ones_are_still_found(world: World) -> None:
    text = "Rent: 850. The\nkey hangs here"
    first = world.take("note.txt", text)
    world.take("note copy.txt", text + "\n")
    world.segmenter.reading = 2
    assert [attachment.id for _, attachment in world.reading.outdated()] == [first.id]

    world.reread()
    world.take("another copy.txt", text + "\n\n")

    assert [entry.copy_of for entry in world.catalog.entries(ONE)] == ["note.txt", "note.txt", ""]


@pytest.mark.model
def test_a_library_of_an_earlier_version_answers_before_and_after_it_is_read_anew(
    settings: Settings, tests_data: Path
) -> None:
    with tarfile.open(tests_data / "data_folder_baseline.tar.gz") as archive:
        archive.extractall(settings.data_dir, filter="data")
    assistant = Light(settings.model_copy(update={"sound_encoder": "none", "reranker": "none"}))

    def found() -> list[str]:
        asked = ("Where do I find the shed's key?", "Wie teuer sind die Dachrinnen?", "When does the library open?")
        return [assistant.search("old", Query(text), 3).candidates[0].attachment.name for text in asked]

    assert backup_of(settings.data_dir / "catalog.sqlite").is_file()
    before = found()
    assert before == ["note.txt", "quotes.md", "page.html"]
    outdated = assistant._reading.outdated()
    assert {attachment.name for _, attachment in outdated} == {
        "budget.xlsx", "note.txt", "page.html", "quotes.md", "trips.csv"
    }  # fmt: skip

    assistant.warm_up()
    while assistant._reading.outdated():
        time.sleep(0.1)

    assert found() == before
    assert assistant.missing_vectors("old") == {}
    assert {entry.state for entry in assistant.library_entries("old")} == {JobState.INDEXED}
    [conversation] = assistant.conversations("old")
    groundings = [m.grounding for m in assistant.messages("old", conversation.id) if m.grounding]
    assert groundings == [Grounding.ANSWERED, Grounding.NOTHING]
    assistant.close()

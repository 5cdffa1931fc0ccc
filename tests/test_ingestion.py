from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from mmchat.active_spaces import ActiveSpaces, Role
from mmchat.catalog import Blobs, Catalog, Copies, Database, PageRecords, Readings, SpaceRecords
from mmchat.encoders.base import Encoder
from mmchat.errors import MmchatError, UnsupportedAttachment
from mmchat.file_reading import FileReading
from mmchat.ingestion import Ingestion
from mmchat.page_vectors import PageVectors
from mmchat.segmenters.base import Progress, Segmenter, segment_id
from mmchat.settings import Settings
from mmchat.stores.memory import MemoryStore
from mmchat.types import (
    Attachment,
    Concept,
    Ingesting,
    JobState,
    Locator,
    Query,
    Segment,
    SegmentInput,
    SegmentKind,
    Space,
    Upload,
    Vector,
    Vectors,
)
from mmchat.workers import HERE


class Lines(Segmenter):
    """One passage a line; a line that says so breaks it."""

    def load(self) -> None: ...

    def segment(self, attachment: Attachment, original: Path, progress: Progress) -> Iterator[SegmentInput]:
        for n, line in enumerate(original.read_text().splitlines()):
            if line == "damaged":
                raise UnsupportedAttachment(f"{attachment.name} is damaged after line {n}. Give a whole copy.")
            if line == "defect":
                raise ZeroDivisionError
            progress(JobState.PERCEIVING, 0.5)
            id = segment_id(attachment.id, SegmentKind.PASSAGE, n, line)
            yield SegmentInput(
                Segment(id, attachment.id, attachment.modality, SegmentKind.PASSAGE, n, line, Locator(char_start=0))
            )


class Lengths(Encoder):
    """A vector from the length of the text; it can be told to die, as a killed process would."""

    space = Space("lengths", "1", 2)
    segment_kinds = frozenset({SegmentKind.PASSAGE})
    dies = False

    def load(self) -> None: ...

    def accepts(self, query: Query) -> bool:
        return True

    def _encode_query(self, query: Query) -> Vector:
        return np.ones(2, dtype=np.float32)

    def _encode_batch(self, inputs: Sequence[SegmentInput]) -> Vectors:
        if self.dies:
            raise KeyboardInterrupt
        return np.array([[len(i.segment.text), 1] for i in inputs], dtype=np.float32)

    def describe(self, vectors: Vectors) -> list[tuple[Concept, ...]]:
        return [(Concept("long", float(v[0])),) if v[0] > 0.99 else () for v in vectors]


@pytest.fixture
def world(settings: Settings, tmp_path: Path):
    class World:
        database = Database(tmp_path / "catalog.sqlite")
        catalog = Catalog(database)
        store = MemoryStore()
        encoder = Lengths()
        readings = Readings(database)
        blobs, copies, segmenter = Blobs(tmp_path / "originals"), Copies(database), Lines()
        reading = FileReading(
            catalog=catalog,
            readings=readings,
            blobs=blobs,
            store=store,
            segmenters={"text": segmenter},
            spaces=ActiveSpaces(SpaceRecords(database), store, [Role("text", "lengths", encoder)], create=Lengths),
            pages=PageVectors(PageRecords(database), catalog, store),
        )
        ingestion = Ingestion(settings, catalog, copies, blobs, reading, HERE)

        def take(self, name: str, text: str) -> tuple[object, list[Ingesting]]:
            reports: list[Ingesting] = []
            [admission] = self.ingestion.admit_all("one", [Upload(name, text.encode())])
            return self.ingestion.finish("one", admission, reports.append), reports

    world = World()
    yield world
    world.database.close()


def test_a_file_becomes_segments_words_and_vectors(world) -> None:
    outcome, reports = world.take("note.txt", "first line\nsecond line")

    assert (outcome.status, outcome.segments, outcome.reason) == ("indexed", 2, "")
    assert world.store.count("one", Lengths.space) == 2
    assert len(world.catalog.search_text("one", ["second"], 5)) == 1
    assert reports[-1].state is JobState.INDEXED
    fractions = [report.fraction for report in reports]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


def test_what_an_encoder_recognises_is_kept_with_the_segment(world) -> None:
    outcome, _ = world.take("note.txt", "x\n" + "long " * 30)

    concepts = [s.concepts for s in world.catalog.segments("one", outcome.attachment.id)]

    assert concepts[0] == ()
    assert concepts[1][0].label == "long"


def test_the_same_bytes_again_are_a_duplicate_that_says_where_they_are(world) -> None:
    world.take("note.txt", "first line")

    again, _ = world.take("copy.txt", "first line")

    assert (again.status, again.segments) == ("duplicate", 1)
    assert again.reason == "Already here as note.txt."
    assert world.store.count("one", Lengths.space) == 1


def test_two_files_with_one_name_are_two_files(world) -> None:
    first, _ = world.take("note.txt", "first line")
    second, _ = world.take("note.txt", "another line")

    assert first.attachment.id != second.attachment.id
    assert len(world.catalog.entries("one")) == 2


def test_a_damaged_file_fails_with_its_sentence_and_can_be_given_again(world) -> None:
    outcome, _ = world.take("bad.txt", "fine\ndamaged")

    assert outcome.status == "failed"
    assert outcome.reason == "bad.txt is damaged after line 1. Give a whole copy."
    assert world.catalog.entries("one")[0].state is JobState.FAILED
    assert world.catalog.count_segments("one") == 0
    again, _ = world.take("bad.txt", "fine\ndamaged")
    assert again.status == "failed"


def test_a_defect_of_ours_is_a_sentence_without_a_traceback(world, caplog: pytest.LogCaptureFixture) -> None:
    outcome, _ = world.take("bad.txt", "defect")

    assert (
        outcome.reason
        == "bad.txt could not be taken in: an unexpected ZeroDivisionError. Try it again; the log has the details."
    )
    assert "ZeroDivisionError" in caplog.text


def test_a_killed_job_is_whole_after_the_next_start_and_nothing_is_half_there(world) -> None:
    Lengths.dies = True
    try:
        with pytest.raises(KeyboardInterrupt):
            world.take("note.txt", "first line\nsecond line")
    finally:
        Lengths.dies = False
    assert world.catalog.count_segments("one") == 0

    [(library, attachment_id)] = world.catalog.unfinished()
    world.ingestion.resume(library, attachment_id, lambda _: None)

    assert world.catalog.unfinished() == []
    assert world.catalog.count_segments("one") == world.store.count("one", Lengths.space) == 2


def test_an_empty_result_says_that_no_answer_can_use_the_file(world) -> None:
    [admission] = world.ingestion.admit_all("one", [Upload("blank.txt", b"\n")])
    if admission.attachment is None:
        pytest.fail(admission.reason)

    outcome = world.ingestion.finish("one", admission, lambda _: None)

    assert outcome.status == "indexed"
    assert outcome.segments in (0, 1)


def test_a_library_that_is_none_is_refused_before_anything_is_kept(world, tmp_path: Path) -> None:
    with pytest.raises(MmchatError, match="cannot name a library"):
        world.ingestion.admit("../elsewhere", Upload("note.txt", b"text"))

    assert not (tmp_path / "originals").exists()


def test_a_file_deleted_while_it_is_read_leaves_no_vector_behind(world) -> None:
    [admission] = world.ingestion.admit_all("one", [Upload("note.txt", b"first line")])

    def delete_at_once(report: Ingesting) -> None:
        if report.state is JobState.ENCODING:
            world.catalog.delete_attachment("one", admission.attachment.id)

    outcome = world.ingestion.finish("one", admission, delete_at_once)

    assert outcome.status == "deleted"
    assert world.store.count("one", Lengths.space) == 0


def test_closing_stops_a_job_at_its_next_step_and_keeps_it_for_the_next_start(world) -> None:
    [admission] = world.ingestion.admit_all("one", [Upload("note.txt", b"first line")])
    world.ingestion.close()

    world.ingestion.finish("one", admission, lambda _: None)

    assert world.catalog.unfinished() == [("one", admission.attachment.id)]


def test_a_file_that_cannot_be_kept_stops_no_other(world, monkeypatch: pytest.MonkeyPatch) -> None:
    put = Blobs.put

    def full(self, library: str, id: str, data: bytes) -> Path:
        if data == b"big":
            raise OSError(28, "No space left on device")
        return put(self, library, id, data)

    monkeypatch.setattr(Blobs, "put", full)

    big, small = world.ingestion.admit_all("one", [Upload("big.txt", b"big"), Upload("small.txt", b"small")])

    assert big.reason.startswith("big.txt could not be taken in: an unexpected OSError")
    assert small.attachment is not None

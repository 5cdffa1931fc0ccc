"""What every segmenter owes, run on a small real file for each line of the table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pytest

from mmchat.attachments import inspect
from mmchat.segmenters import SEGMENTERS, create_segmenter, segmenter_for
from mmchat.segmenters.base import Segmenter
from mmchat.settings import Settings
from mmchat.types import Attachment, JobState, Remark, Segment, SegmentInput, SegmentKind, Table, Upload
from mmchat.workers import Workers, create_workers
from tests.make_files import recording, screenshot
from tests.make_videos import slide, video

SENTENCE = "The ferry to the island leaves at seven in the morning and comes back at nine in the evening. "
PRICES = "\n| Ticket | Price |\n|---|---|\n| Child | 9.00 |\n| Dog | 3.50 |\n"
ROWS = "<table><tr><th>Ticket</th><th>Price</th></tr><tr><td>Child</td><td>9.00</td></tr></table>"
NEEDS_A_MODEL = {"audio", "video"}


def a_text(folder: Path) -> bytes:
    return ("# Ferries\n\n" + SENTENCE * 20 + "\n\n## Prices\n\nA ticket costs 18.50 euros.\n" + PRICES).encode()


def a_document(folder: Path) -> bytes:
    return f"<html><body><h1>Ferries</h1><p>{SENTENCE * 20}</p><h2>Prices</h2><p>18.50</p>{ROWS}</body></html>".encode()


def a_picture(folder: Path) -> bytes:
    return screenshot(size=(1280, 720)).data


def a_recording(folder: Path) -> bytes:
    return recording([SENTENCE], folder).data


def a_video(folder: Path) -> bytes:
    scenes = [(slide("Ferries", "Every day at seven"), 3.0), (slide("Prices", "A ticket: 18.50 euros"), 3.0)]
    return video(scenes, recording([SENTENCE], folder).data)


FILES = {"text": a_text, "document": a_document, "image": a_picture, "audio": a_recording, "video": a_video}


@dataclass(frozen=True)
class Work:
    segmenter: Segmenter
    attachment: Attachment
    original: Path
    settings: Settings

    @cached_property
    def everything(self) -> list[SegmentInput | Remark | Table]:
        return self.read_anew()

    def read_anew(self) -> list[SegmentInput | Remark | Table]:
        return list(self.segmenter.segment(self.attachment, self.original, lambda *_: None))

    def items(self) -> list[SegmentInput]:
        return [item for item in self.everything if isinstance(item, SegmentInput)]

    def segments(self) -> list[Segment]:
        return [item.segment for item in self.items()]


@pytest.fixture(
    scope="module",
    params=[pytest.param(name, marks=pytest.mark.model) if name in NEEDS_A_MODEL else name for name in SEGMENTERS],
)
def work(request: pytest.FixtureRequest, models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Work:
    folder = tmp_path_factory.mktemp(request.param)
    settings = Settings(data_dir=folder / "data", models_dir=models_dir)
    data = FILES[request.param](folder)
    original = folder / "original"
    original.write_bytes(data)
    attachment = inspect(Upload("file", data), settings)
    assert segmenter_for(attachment) == request.param
    return Work(create_segmenter(request.param, settings), attachment, original, settings)


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    made = create_workers(Settings(data_dir=tmp_path_factory.mktemp("workers"), workers=1), ["mmchat.preloading"])
    yield made
    made.close()


def test_the_same_bytes_give_the_same_segments(work: Work) -> None:
    again = [item.segment for item in work.read_anew() if isinstance(item, SegmentInput)]

    assert again == work.segments() != []


def test_a_worker_reads_the_same(work: Work, workers: Workers) -> None:
    apart = create_segmenter(segmenter_for(work.attachment), work.settings, workers)

    read = list(apart.segment(work.attachment, work.original, lambda *_: None))

    assert [item for item in read if not isinstance(item, SegmentInput)] == [
        item for item in work.everything if not isinstance(item, SegmentInput)
    ]
    items = [item for item in read if isinstance(item, SegmentInput)]
    assert [item.segment for item in items] == work.segments()
    for item, before in zip(items, work.items(), strict=True):
        assert np.array_equal(item.pixels, before.pixels) if before.pixels is not None else item.pixels is None
        assert np.array_equal(item.waveform, before.waveform) if before.waveform is not None else item.waveform is None


def test_segments_are_numbered_in_order_and_their_ids_differ(work: Work) -> None:
    segments = work.segments()

    assert [s.ordinal for s in segments] == list(range(len(segments)))
    assert len({s.id for s in segments}) == len(segments)
    assert {s.attachment_id for s in segments} == {work.attachment.id}
    assert {s.modality for s in segments} == {work.attachment.modality}


def test_every_place_is_inside_its_text_and_its_file(work: Work) -> None:
    for segment in work.segments():
        for place in segment.places:
            assert segment.text[place.char_start : place.char_end].strip()
            if place.box is not None:
                x0, y0, x1, y1 = place.box
                assert 0 <= x0 < x1 <= 1
                assert 0 <= y0 < y1 <= 1
            if place.start_s is not None and place.end_s is not None:
                assert 0 <= place.start_s <= place.end_s <= (work.attachment.duration_s or 0) + 0.5


def test_what_has_no_words_brings_what_an_encoder_needs(work: Work) -> None:
    for item in work.items():
        kind = item.segment.kind
        assert bool(item.segment.text.strip()) == (kind not in (SegmentKind.WHOLE_IMAGE, SegmentKind.SOUND))
        assert (item.pixels is not None) == (kind is SegmentKind.WHOLE_IMAGE)
        assert (item.waveform is not None) == (kind is SegmentKind.SOUND)


def test_progress_goes_from_step_to_step_and_never_back(work: Work) -> None:
    told: list[tuple[JobState, float]] = []

    list(work.segmenter.segment(work.attachment, work.original, lambda state, part: told.append((state, part))))

    assert told
    assert told == sorted(told, key=lambda step: (step[0] is JobState.PERCEIVING, step[1]))
    assert all(state in (JobState.READING, JobState.PERCEIVING) and 0 <= part <= 1 for state, part in told)


def test_progress_may_stop_the_work(work: Work) -> None:
    class Stopped(Exception):
        pass

    def stop(state: JobState, part: float) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        list(work.segmenter.segment(work.attachment, work.original, stop))
    assert work.read_anew()  # and leaves nothing broken behind


def test_every_row_of_a_table_is_a_segment_after_the_passages_that_reads_alone(work: Work) -> None:
    tables = [item for item in work.everything if isinstance(item, Table)]
    segments = work.segments()
    said = {segment.id: segment for segment in segments if segment.kind is SegmentKind.ROW}

    assert [row.segment_id for table in tables for row in table.rows] == list(said)
    assert [segment.id for segment in segments[len(segments) - len(said) :]] == list(said)
    for table in tables:
        assert table.attachment_id == work.attachment.id
        for row in table.rows:
            segment = said[row.segment_id]
            assert segment.locator.cell
            assert segment.locator.page == table.page
            assert all(cell.text.split()[0] in segment.text for cell in row.cells)
            assert all(cell.locator.cell and cell.column < len(table.columns) for cell in row.cells)

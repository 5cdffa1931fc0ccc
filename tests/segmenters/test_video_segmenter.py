from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mmchat.attachments import inspect
from mmchat.errors import ModelUnavailable
from mmchat.segmenters import apart, create_segmenter
from mmchat.segmenters.scenes import KEPT_SIDE_PX
from mmchat.settings import Settings
from mmchat.types import Attachment, Modality, Remark, Segment, SegmentInput, SegmentKind, Upload
from tests.make_files import recording
from tests.make_videos import slide, video

TERMINAL = slide("Ferry terminal", "Opening: 12 March", "", "Cost: 4.2 million euros", size=(960, 540))
PIER = slide("Old pier", "Closed from October", size=(960, 540))


def take(settings: Settings, folder: Path, data: bytes, name: str = "talk") -> tuple[Attachment, Path]:
    (folder / name).write_bytes(data)
    return inspect(Upload(name, data), settings), folder / name


def watch(settings: Settings, attachment: Attachment, path: Path) -> tuple[list[SegmentInput], list[str]]:
    found = list(create_segmenter("video", settings).segment(attachment, path, lambda *_: None))
    remarks = [each.sentence for each in found if isinstance(each, Remark)]
    return [each for each in found if isinstance(each, SegmentInput)], remarks


def of_kind(found: list[SegmentInput], kind: SegmentKind) -> list[Segment]:
    return [each.segment for each in found if each.segment.kind is kind]


def test_slides_without_sound_become_pictures_and_their_words_with_seconds_and_boxes(
    settings: Settings, tmp_path: Path
) -> None:
    attachment, path = take(settings, tmp_path, video([(TERMINAL, 6.0), (PIER, 4.0)]))

    found, remarks = watch(settings, attachment, path)

    assert remarks == []
    pictures, texts = of_kind(found, SegmentKind.WHOLE_IMAGE), of_kind(found, SegmentKind.TEXT_REGION)
    assert [(p.locator.start_s, p.locator.end_s) for p in pictures] == [(0.0, 6.0), (6.0, 10.0)]
    assert all(i.pixels is not None and max(i.pixels.shape) == KEPT_SIDE_PX for i in found if not i.segment.text)
    (cost,) = [text for text in texts if "4.2 million" in text.text]
    assert (cost.locator.start_s, cost.locator.end_s) == (0.0, 6.0)
    assert "Ferry terminal" in (cost.heading or cost.text)
    start = cost.text.index("4.2")
    (box,) = cost.locate(start, start + 3).boxes
    assert 0.08 < box[0] < 0.3 and 0.55 < box[1] < 0.7
    assert [t.locator.start_s for t in texts if "pier" in t.text] == [6.0]
    assert {each.segment.modality for each in found} == {Modality.VIDEO}


def test_pictures_are_had_again_without_reading_them(settings: Settings, tmp_path: Path) -> None:
    attachment, path = take(settings, tmp_path, video([(TERMINAL, 3.0), (PIER, 3.0)], kind="webm"))
    found, _ = watch(settings, attachment, path)
    wanted = of_kind(found, SegmentKind.WHOLE_IMAGE)

    again = list(create_segmenter("video", settings).media(attachment, path, wanted[1:]))

    assert [each.segment for each in again] == wanted[1:]
    (before,) = [each.pixels for each in found if each.segment == wanted[1]]
    assert before is not None and again[0].pixels is not None
    assert np.array_equal(again[0].pixels, before)


def test_a_moving_camera_gives_no_more_frames_than_the_setting_allows(settings: Settings, tmp_path: Path) -> None:
    scenes = [(Image.effect_noise((160, 96), 200).convert("RGB"), 1.0) for _ in range(12)]
    attachment, path = take(settings, tmp_path, video(scenes))

    found, _ = watch(settings.model_copy(update={"max_video_frames": 4}), attachment, path)

    pictures = of_kind(found, SegmentKind.WHOLE_IMAGE)
    assert len(pictures) == 4
    assert pictures[-1].locator.end_s == pytest.approx(12.0, abs=0.2)
    assert [p.locator.end_s for p in pictures[:-1]] == [p.locator.start_s for p in pictures[1:]]


def test_without_ocr_the_pictures_are_taken_in_and_the_person_is_told(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_here(_: Settings) -> None:
        raise ModelUnavailable("No OCR works here.")

    monkeypatch.setattr(apart, "create_reader", none_here)
    attachment, path = take(settings, tmp_path, video([(PIER, 1.0)]))

    found, remarks = watch(settings, attachment, path)

    assert remarks == ["The words to be seen in talk were not read. No OCR works here."]
    assert [each.segment.kind for each in found] == [SegmentKind.WHOLE_IMAGE]


@pytest.mark.model
def test_sound_and_pictures_share_one_clock(settings: Settings, tmp_path: Path) -> None:
    spoken = recording(["The parcel from Lisbon arrives on the second of March."], tmp_path, pause_s=1.0)
    film = video([(TERMINAL, 5.0), (PIER, 5.0)], spoken.data, kind="webm", sound_from_s=4.0)
    attachment, path = take(settings, tmp_path, film)

    found, _ = watch(settings.model_copy(update={"threads": 2}), attachment, path)

    (said,) = of_kind(found, SegmentKind.TRANSCRIPT)
    start = said.text.index("Lisbon")
    begins, ends = next(iter(spoken.sentences.values()))
    assert 4.0 + begins < (said.locate(start, start + 6).start_s or 0.0) < 4.0 + ends
    assert said.locator.start_s == pytest.approx(4.0 + begins, abs=0.6)
    kinds = [each.segment.kind for each in found]
    assert kinds.index(SegmentKind.WHOLE_IMAGE) == 0
    assert 0 < kinds.index(SegmentKind.TRANSCRIPT) < kinds.index(SegmentKind.WHOLE_IMAGE, 1)

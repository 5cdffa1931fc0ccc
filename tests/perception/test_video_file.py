from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mmchat.errors import UnsupportedAttachment
from mmchat.perception.sound_file import decode_sound
from mmchat.perception.video_file import LONGEST_SIDE_PX, frames_at, samples
from mmchat.types import SAMPLE_RATE_HZ, Pixels
from tests.make_videos import turned, video
from tests.test_attachments import encoded_sound

COLOURS = {"red": (255, 0, 0), "lime": (0, 255, 0), "blue": (0, 0, 255)}
SCENES = [(Image.new("RGB", (160, 96), colour), 3.0) for colour in COLOURS]


@pytest.fixture
def write(tmp_path: Path):
    def write(data: bytes) -> Path:
        (tmp_path / "film").write_bytes(data)
        return tmp_path / "film"

    return write


def colour(pixels: Pixels) -> str:
    mean = pixels.reshape(-1, 3).mean(axis=0)
    return min(COLOURS, key=lambda name: float(np.abs(mean - COLOURS[name]).sum()))


@pytest.mark.parametrize("kind", ["mp4", "webm", "mov", "matroska"])
def test_about_one_frame_a_second_is_looked_at(write, kind: str) -> None:
    times = [at_s for at_s, _ in samples(write(video(SCENES, kind=kind)))]

    assert times == pytest.approx(list(range(9)), abs=0.25)


@pytest.mark.parametrize("options", [{}, {"g": "10"}, {"g": "500", "bf": "3"}])
def test_the_frame_of_a_second_is_the_one_that_stands_there(write, options: dict[str, str]) -> None:
    path = write(video(SCENES, **options))

    found = [(at_s, colour(pixels)) for at_s, pixels in frames_at(path, [0.0, 2.9, 3.0, 7.5, 8.9])]

    assert found == [(0.0, "red"), (2.9, "red"), (3.0, "lime"), (7.5, "blue"), (8.9, "blue")]


def test_key_frames_that_come_often_are_enough(write) -> None:
    times = [at_s for at_s, _ in samples(write(video(SCENES, g="10")))]

    assert times == pytest.approx(list(range(9)), abs=0.01)


def test_key_frames_that_stop_coming_are_not_enough(write) -> None:
    cuts = [(Image.new("RGB", (160, 96), colour), 1.0) for colour in ("white", "black")]
    still = [(Image.new("RGB", (160, 96), "black"), 6.0)]

    times = [at_s for at_s, _ in samples(write(video([*cuts, *still], g="500")))]

    assert times == pytest.approx(list(range(8)), abs=0.25)


def test_a_phone_held_upright_gives_upright_pictures(write) -> None:
    picture = Image.new("RGB", (160, 96), "red")
    picture.paste("blue", (80, 0, 160, 96))
    path = write(turned(video([(picture, 1.0)])))

    _, pixels = next(frames_at(path, [0.0]))

    assert pixels.shape == (160, 96, 3)
    assert colour(pixels[:70]) == "red"
    assert colour(pixels[90:]) == "blue"


def test_large_pictures_come_scaled_down(write) -> None:
    _, pixels = next(frames_at(write(video([(Image.new("RGB", (2560, 720), "lime"), 0.2)])), [0.0]))

    assert pixels.shape == (540, LONGEST_SIDE_PX, 3)


def test_sound_and_pictures_that_begin_later_keep_their_seconds(write) -> None:
    beep = encoded_sound("flac", "flac", 1.0)
    late_sound = write(video(SCENES, beep, kind="webm", sound_from_s=4.0))
    assert len(decode_sound(late_sound, on_clock=True)) / SAMPLE_RATE_HZ == pytest.approx(5.0, abs=0.05)
    assert len(decode_sound(late_sound)) / SAMPLE_RATE_HZ == pytest.approx(1.0, abs=0.05)

    late_pictures = write(video(SCENES, beep, kind="webm", video_from_s=4.0))
    assert next(samples(late_pictures))[0] == pytest.approx(4.0, abs=0.01)
    assert [colour(pixels) for _, pixels in frames_at(late_pictures, [1.0, 5.0, 8.0])] == ["red", "red", "lime"]


def test_a_film_that_breaks_off_is_seen_as_far_as_it_goes(write) -> None:
    whole = video([(Image.effect_noise((160, 96), 90).convert("RGB"), 1.0) for _ in range(8)], kind="webm")
    path = write(whole[: len(whole) // 2])

    times = [at_s for at_s, _ in samples(path)]

    assert 2 <= len(times) < 8
    assert len(list(frames_at(path, times))) == len(times)


def test_what_holds_no_pictures_says_so(write) -> None:
    with pytest.raises(UnsupportedAttachment, match="no moving pictures"):
        list(samples(write(encoded_sound("webm", "libopus"))))
    with pytest.raises(UnsupportedAttachment, match="damaged before its first picture"):
        list(frames_at(write(b"\x1aE\xdf\xa3" + bytes(400)), [0.0]))


def test_watching_may_be_stopped(write) -> None:
    class Stopped(Exception):
        pass

    def stop(at_s: float) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        list(samples(write(video(SCENES)), stop))

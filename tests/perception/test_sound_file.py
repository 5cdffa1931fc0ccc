from __future__ import annotations

import io
import wave
from pathlib import Path

import av
import numpy as np
import pytest

from mmchat.errors import UnsupportedAttachment
from mmchat.perception.sound_file import decode_sound
from mmchat.types import SAMPLE_RATE_HZ

CONTAINERS = {
    "wav": "pcm_s16le",
    "mp3": "mp3",
    "m4a": "aac",
    "ogg": "libopus",
    "flac": "flac",
    "webm": "libopus",
}


def tone(seconds: float, rate: int = 48_000, hertz: float = 440.0) -> np.ndarray:
    """A stereo tone at half of full scale: float32, shape (2, n)."""
    wave_form = 0.5 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)
    return np.stack([wave_form, wave_form]).astype(np.float32)


def encoded(container: str, samples: np.ndarray, rate: int = 48_000) -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4" if container == "m4a" else container) as file:
        stream = file.add_stream(CONTAINERS[container], rate=rate, layout="stereo")
        frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="stereo")
        frame.sample_rate = rate
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            file.mux(packet)
    return out.getvalue()


@pytest.mark.parametrize("container", CONTAINERS)
def test_every_container_becomes_mono_at_16_khz(container: str) -> None:
    data = encoded(container, tone(1.5))

    waveform = decode_sound(data)

    assert waveform.dtype == np.float32 and waveform.ndim == 1
    assert len(waveform) / SAMPLE_RATE_HZ == pytest.approx(1.5, abs=0.12)
    middle = waveform[4000:20000]
    loudest_hz = np.argmax(np.abs(np.fft.rfft(middle))) * SAMPLE_RATE_HZ / len(middle)
    assert loudest_hz == pytest.approx(440, abs=3)
    assert np.sqrt(np.mean(middle**2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.1)


def test_a_path_and_its_bytes_decode_to_the_same(tmp_path: Path) -> None:
    path = tmp_path / "tone.flac"
    path.write_bytes(encoded("flac", tone(0.5)))

    assert np.array_equal(decode_sound(path), decode_sound(path.read_bytes()))


@pytest.mark.parametrize("container", ["wav", "mp3", "ogg", "flac"])
def test_a_cut_off_file_is_kept_as_far_as_it_goes(container: str) -> None:
    noise = 0.2 * np.random.default_rng(0).standard_normal((2, 96_000)).astype(np.float32)
    data = encoded(container, np.clip(noise, -1, 1))

    waveform = decode_sound(data[: len(data) * 6 // 10])

    assert 0.6 <= len(waveform) / SAMPLE_RATE_HZ <= 1.6


@pytest.mark.parametrize("data", [b"", b"RIFF", b"no sound at all" * 50, b"ID3\x04\x00" + bytes(500)])
def test_what_is_no_sound_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(UnsupportedAttachment, match=r"recording|sound"):
        decode_sound(data)


def test_a_recording_of_no_length_is_refused() -> None:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)

    with pytest.raises(UnsupportedAttachment, match="0 seconds"):
        decode_sound(out.getvalue())


def test_a_video_without_sound_says_so() -> None:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as file:
        stream = file.add_stream("mpeg4", rate=5)
        stream.width = stream.height = 32
        for _ in range(3):
            frame = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24")
            for packet in stream.encode(frame):
                file.mux(packet)
        for packet in stream.encode(None):
            file.mux(packet)

    with pytest.raises(UnsupportedAttachment, match="holds no sound"):
        decode_sound(out.getvalue())


def test_a_recording_over_the_limit_is_refused_by_what_is_decoded() -> None:
    data = encoded("mp3", tone(3))

    with pytest.raises(UnsupportedAttachment, match="MMCHAT_MAX_AUDIO_MINUTES"):
        decode_sound(data, longest_s=2)


def test_progress_is_told_and_may_stop_the_work() -> None:
    class Stopped(Exception):
        pass

    heard: list[float] = []

    def done(seconds: float) -> None:
        heard.append(seconds)
        if seconds > 50:
            raise Stopped

    with pytest.raises(Stopped):
        decode_sound(encoded("wav", tone(70, rate=8000), rate=8000), done)
    assert heard[0] >= 30 and heard == sorted(heard)

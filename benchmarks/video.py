"""A minute of a 720p screen recording with speech, until it can be found: against a naive script, and where time goes.

The naive script decodes every frame, reads and recognises one each second, and listens, with the same models; it keeps
no originals, no places, and adds the vectors to a plain Chroma collection. Both run here with warm models, in turn.
"""

from __future__ import annotations

import io
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from benchmarks.files import speech
from benchmarks.ingest import Naive
from benchmarks.report import row, write
from mmchat.assistant import Assistant
from mmchat.segmenters import scenes, video
from mmchat.settings import Settings
from mmchat.types import Pixels, Upload

RUNS = 2
SECONDS, FPS = 60, 25
SLIDES = (
    ("Harbour project", "Quarterly review, spring"),
    ("Ferry terminal", "Opening: 12 March", "Architect: Lindqvist & Partners", "Cost: 4.2 million euros"),
    ("Passengers", "400 each day in summer", "150 each day in winter"),
    ("Old pier", "Closed from October", "Contact: pier@harbour.example"),
    ("Bicycles", "Parking is free of charge", "120 places at the north entrance"),
    ("Questions?", "Maria Lopez, ticket machines"),
)


class NaiveVideo(Naive):
    """Every frame decoded, one a second read and recognised, the sound listened to."""

    def video(self, file: Path) -> None:
        """Watch, listen, embed, add."""
        import av

        due_s = 0.0
        with av.open(str(file)) as container:
            for frame in container.decode(container.streams.video[0]):
                pixels: Pixels = frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False)
                if (frame.time or 0.0) >= due_s:
                    due_s += 1.0
                    self.pixels(pixels)
        self.recording(file)


def main() -> None:
    """Time both in turn, profile ours once more, and write the rows."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings(data_dir=folder / "data")
        assistant = Assistant.from_settings(settings)
        assistant.load_models()
        naive = NaiveVideo(assistant, settings, folder / "naive")
        spoken = speech(folder / "speech.wav")
        ours, theirs = [], []
        for run in range(RUNS + 1):
            data = screen_recording(spoken, run)
            file = folder / "talk.mp4"
            file.write_bytes(data)
            upload = Upload("talk.mp4", data)
            ours.append(_seconds(lambda upload=upload: assistant.ingest_now("bench", upload)))  # type: ignore[misc]
            theirs.append(_seconds(lambda file=file: naive.video(file)))  # type: ignore[misc]
        assistant.close()
        # The parts can be timed only where they run in this process.
        assistant = Assistant.from_settings(settings.model_copy(update={"workers": 0}))
        assistant.load_models()
        parts = _profile(assistant, Upload("again.mp4", screen_recording(spoken, RUNS + 1)))
        assistant.close()
    taken, naive_s = statistics.median(ours[1:]), statistics.median(theirs[1:])
    rows = [row("60 s of 720p screen recording, until searchable", f"{taken:.1f} s", ratio=taken / naive_s)]
    rows += [
        row(f"  of it, {part}", f"{seconds:.2f} s")
        for part, seconds in sorted(parts.items(), key=lambda item: -item[1])
    ]
    write("video", rows)


def screen_recording(spoken: bytes, run: int) -> bytes:
    """Slides of ten seconds each under a moving pointer, with a minute of speech; ``run`` makes its bytes differ."""
    import av

    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv420p"
        voice = container.add_stream("aac", rate=16_000, layout="mono")
        slides = [_slide((*lines, f"Version {run}")) for lines in SLIDES]
        for n in range(SECONDS * FPS):
            picture = slides[n * len(slides) // (SECONDS * FPS)].copy()
            x, y = 100 + n % 900, 300 + n % 300
            ImageDraw.Draw(picture).polygon([(x, y), (x, y + 24), (x + 16, y + 16)], fill="black")
            frame = av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")
            frame.pts, frame.time_base = n, Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        with av.open(io.BytesIO(spoken), "r") as given:
            resample = av.AudioResampler(format="fltp", layout="mono", rate=16_000, frame_size=1024)
            for heard in [*given.decode(audio=0), None]:
                for piece in resample.resample(heard):
                    container.mux(voice.encode(piece))
        container.mux(voice.encode(None))
    return out.getvalue()


def _slide(lines: tuple[str, ...]) -> Image.Image:
    image = Image.new("RGB", (1280, 720), "white")
    draw = ImageDraw.Draw(image)
    for n, line in enumerate(lines):
        font = ImageFont.truetype("DejaVuSans.ttf", 60 if n == 0 else 40)
        draw.text((100, 70 + 115 * n), line, fill="#111111", font=font)
    return image


def _profile(assistant: Assistant, upload: Upload) -> dict[str, float]:
    """Seconds in each part of one more run."""
    spent: dict[str, float] = defaultdict(float)
    watcher = assistant._parts.segmenters["video"]
    assert isinstance(watcher, video.VideoSegmenter)
    with (
        _timed(watcher, "_decode", "decoding the sound", spent),
        _timed(video, "samples", "looking at a frame a second", spent),
        _timed(scenes, "frames_at", "decoding the frames that are kept", spent),
        _timed(video._reader(watcher._settings), "read", "reading the words on them", spent),
        _timed(watcher._ears, "heard", "listening", spent),
    ):
        whole = _seconds(lambda: assistant.ingest_now("bench", upload))
    spent["the rest: hashing, vectors, catalog"] = whole - sum(spent.values())
    return spent


@contextmanager
def _timed(owner: Any, name: str, part: str, spent: dict[str, float]) -> Iterator[None]:
    """While inside, the function's seconds are counted, or those of each step of the iterator it gives."""
    function = getattr(owner, name)

    def counted(*arguments: Any, **named: Any) -> Any:
        started = time.perf_counter()
        given = function(*arguments, **named)
        spent[part] += time.perf_counter() - started
        return _steps(given, part, spent) if isinstance(given, Iterator) else given

    setattr(owner, name, counted)
    try:
        yield
    finally:
        setattr(owner, name, function)


def _steps(given: Iterator[Any], part: str, spent: dict[str, float]) -> Iterator[Any]:
    while True:
        started = time.perf_counter()
        try:
            each = next(given)
        except StopIteration:
            return
        finally:
            spent[part] += time.perf_counter() - started
        yield each


def _seconds(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()

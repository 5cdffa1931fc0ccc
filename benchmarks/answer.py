"""Over 10,000 passages: milliseconds until the evidence is there and until the first answer text (p50, p95).

The passages are distinct; their vectors are 400 really encoded ones with a little noise, since encoding 10,000 is
measured elsewhere and the search does not know the difference.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.files import WORDS, sentences
from benchmarks.report import percentile, row, write
from mmchat.assistant import Assistant
from mmchat.encoders.base import normalise
from mmchat.segmenters.base import segment_id
from mmchat.settings import Settings
from mmchat.types import (
    Attachment,
    Finished,
    Locator,
    Modality,
    Segment,
    SegmentInput,
    SegmentKind,
    Turn,
)

PASSAGES, ENCODED, QUESTIONS = 10_000, 400, 30


def main() -> None:
    """Fill a library, ask, and write the rows."""
    with tempfile.TemporaryDirectory() as folder:
        assistant = Assistant.from_settings(Settings(data_dir=Path(folder)))
        assistant.load_models()
        _fill(assistant)
        source = np.random.default_rng(5)
        timings = [
            asyncio.run(_ask(assistant, f"Where did the {' '.join(source.choice(WORDS, 3))} go in chapter {n}?"))
            for n in range(QUESTIONS + 1)
        ][1:]
        assistant.close()
    rows = []
    for stage, label, aim in (("evidence", "evidence shown", "250 ms"), ("first_text", "first answer text", "1200 ms")):
        values = [t[stage] for t in timings]
        rows.append(row(f"{label} over 10,000 passages, p50", f"{percentile(values, 0.5):.0f} ms"))
        rows.append(row(f"{label} over 10,000 passages, p95", f"{percentile(values, 0.95):.0f} ms", aim=aim))
    write("answer", rows)


def _fill(assistant: Assistant) -> None:
    lines = sentences(PASSAGES * 10, seed=9)
    texts = [" ".join(lines[n * 10 : n * 10 + 10]) for n in range(PASSAGES)]
    encoder = assistant._parts.encoders[0]
    source = np.random.default_rng(1)
    vectors = None
    for at in range(0, PASSAGES, 500):
        id = f"{at:064x}"
        attachment = Attachment(id, f"book{at}.txt", f"book{at}.txt", "text/plain", Modality.TEXT, 1)
        segments = [
            Segment(
                segment_id(id, SegmentKind.PASSAGE, n, text),
                id,
                Modality.TEXT,
                SegmentKind.PASSAGE,
                n,
                text,
                Locator(char_start=0, char_end=len(text)),
                language="en",
            )
            for n, text in enumerate(texts[at : at + 500])
        ]
        if vectors is None:
            vectors = encoder.encode_segments([SegmentInput(s) for s in segments[:ENCODED]])
        near = vectors[source.integers(0, ENCODED, len(segments))]
        noisy = normalise(near + 0.02 * source.normal(size=near.shape).astype(np.float32))
        assistant._catalog.add_attachment("bench", attachment)
        assistant._catalog.index("bench", attachment, segments)
        assistant._store.upsert("bench", encoder.space, [s.id for s in segments], noisy)


async def _ask(assistant: Assistant, question: str) -> dict[str, float]:
    conversation = assistant.start_conversation("bench")
    async for event in assistant.answer("bench", Turn(conversation, question)):
        if isinstance(event, Finished):
            return dict(event.timings_ms)
    raise RuntimeError("the answer did not finish")


if __name__ == "__main__":
    main()

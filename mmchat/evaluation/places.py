"""Files whose true places are known -> how far the cited places cover them: boxes in pictures, seconds in recordings.

Pictures are drawn, so that the box of every line is known; recordings are spoken by espeak-ng, so that the second at
which each sentence begins and ends is known. They are English, since its French voice is not recognised at all. Each
question goes through the assistant's whole answer.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmchat.assistant import Assistant
from mmchat.errors import MissingDependency
from mmchat.evaluation.made_files import RECEIPT, overlap, recording, screenshot
from mmchat.evaluation.metrics import figure
from mmchat.types import Box, Citation, Cited, Locator, Turn, Upload

LIBRARY = "eval-places"
GOOD = 0.5
"""An overlap from which a place is taken as right: the usual bound for boxes and for moments."""

_NOTICE = ["Platform 4", "Train to Lyon 17:42", "Coach 12, seat 61", "Bicycles travel free", "Bar closes at 21:00"]
_FRENCH = ["Service informatique", "Mot de passe du Wi-Fi : azalee42", "Imprimante au deuxieme etage"]
_MEMO = [
    "The train to the mountains leaves at seven.",
    "Remember to call the plumber on Friday morning.",
    "The garden gate must be locked every evening.",
    "The budget meeting was moved to the large hall.",
]
_CALL = [
    "The parcel is waiting at the post office until Saturday.",
    "Our new printer was delivered to the second floor.",
    "The dentist asked to come back in three weeks.",
]


@dataclass(frozen=True, slots=True)
class Placed:
    """A question, and the line or sentence that answers it."""

    file: str
    question: str
    answer: str


QUESTIONS = (
    Placed("receipt.png", "What was the total on the receipt?", "Total 6.80"),
    Placed("receipt.png", "How much was the cinnamon bun?", "Cinnamon bun 2.90"),
    Placed("receipt.png", "How much did the flat white cost?", "Flat white 3.40"),
    Placed("notice.png", "When does the train to Lyon leave?", "Train to Lyon 17:42"),
    Placed("notice.png", "Which coach and seat?", "Coach 12, seat 61"),
    Placed("notice.png", "When does the bar close?", "Bar closes at 21:00"),
    Placed("affiche.png", "Quel est le mot de passe du Wi-Fi ?", "Mot de passe du Wi-Fi : azalee42"),
    Placed("affiche.png", "Où est l'imprimante ?", "Imprimante au deuxieme etage"),
    Placed("memo.wav", "When does the train to the mountains leave?", _MEMO[0]),
    Placed("memo.wav", "Who must be called on Friday morning?", _MEMO[1]),
    Placed("memo.wav", "What must be locked every evening?", _MEMO[2]),
    Placed("memo.wav", "Where was the budget meeting moved to?", _MEMO[3]),
    Placed("call.wav", "Where is the parcel waiting?", _CALL[0]),
    Placed("call.wav", "Where was the new printer delivered?", _CALL[1]),
    Placed("call.wav", "Who asked to come back in three weeks?", _CALL[2]),
)


def measure(assistant: Assistant) -> list[dict[str, Any]]:
    """A row for pictures and one for recordings; the library is forgotten afterwards.

    Raises:
        MissingDependency: espeak-ng is not installed.
    """
    if shutil.which("espeak-ng") is None:
        raise MissingDependency("Speech with known seconds needs espeak-ng. Run: apt install espeak-ng")
    with tempfile.TemporaryDirectory() as folder:
        files, truth = _made(Path(folder))
    for name, data in files.items():
        assistant.ingest_now(LIBRARY, Upload(name, data, name))
    try:
        found = [(placed, _overlap(_ask(assistant, placed.question), placed, truth)) for placed in QUESTIONS]
    finally:
        assistant.delete_library(LIBRARY)
    kinds = (("box in a screenshot", ".png"), ("seconds in a recording", ".wav"))
    return [_row(kind, [value for placed, value in found if placed.file.endswith(suffix)]) for kind, suffix in kinds]


def seconds_overlap(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Intersection over union of two stretches of time."""
    shared = min(a[1], b[1]) - max(a[0], b[0])
    return max(0.0, shared) / (max(a[1], b[1]) - min(a[0], b[0]))


def _made(folder: Path) -> tuple[dict[str, bytes], dict[tuple[str, str], Box | tuple[float, float]]]:
    """The files, and where each line or sentence truly lies."""
    files: dict[str, bytes] = {}
    truth: dict[tuple[str, str], Box | tuple[float, float]] = {}
    for name, lines, dark in (
        ("receipt.png", RECEIPT, False),
        ("notice.png", _NOTICE, True),
        ("affiche.png", _FRENCH, False),
    ):
        shot = screenshot(lines, dark=dark)
        files[name] = shot.data
        truth |= {(name, line): box for line, box in shot.lines.items()}
    for name, sentences in (("memo.wav", _MEMO), ("call.wav", _CALL)):
        spoken = recording(sentences, folder)
        files[name] = spoken.data
        truth |= {(name, sentence): times for sentence, times in spoken.sentences.items()}
    return files, truth


def _ask(assistant: Assistant, question: str) -> list[Citation]:
    async def citations() -> list[Citation]:
        conversation = assistant.start_conversation(LIBRARY)
        events = assistant.answer(LIBRARY, Turn(conversation, question))
        return [event.citation async for event in events if isinstance(event, Cited)]

    return asyncio.run(citations())


def _overlap(
    citations: Sequence[Citation], placed: Placed, truth: Mapping[tuple[str, str], Box | tuple[float, float]]
) -> float:
    """The best overlap of any citation of the right file; 0 where it is not cited at all."""
    wanted = truth[placed.file, placed.answer]
    there = [citation.locator for citation in citations if citation.name == placed.file]
    return max((value for locator in there for value in _overlaps(locator, wanted)), default=0.0)


def _overlaps(locator: Locator, wanted: Box | tuple[float, float]) -> Iterator[float]:
    if len(wanted) == 4:
        yield from (overlap(box, wanted) for box in locator.boxes)
    elif locator.start_s is not None and locator.end_s is not None:
        yield seconds_overlap((locator.start_s, locator.end_s), wanted)


def _row(kind: str, values: Sequence[float]) -> dict[str, Any]:
    cited = [value for value in values if value > 0]
    return {
        "place": kind,
        "overlap": figure(values).to_json(),
        "overlap where cited": figure(cited).to_json(),
        f"at least {GOOD}": figure([float(value >= GOOD) for value in values]).to_json(),
    }

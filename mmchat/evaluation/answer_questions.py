"""The questions that answers are measured on, and the files they are asked about."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

from mmchat import attachments
from mmchat.segmenters import create_segmenter, segmenter_for
from mmchat.settings import Settings
from mmchat.types import Attachment, Locator, Modality, Segment, SegmentInput, SegmentKind, Upload

DATA = Path(__file__).parent / "data"
SMALL = {name: DATA / f"{name}.json" for name in ("everyday", "near", "as_typed")}
"""Libraries written for this: a dozen files of a person; files full of numbers and people that are like others; and
ninety files of all sorts in four languages, asked in the words that people type."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, what its right sentence holds (any of the lists, all of a list), and where it is asked.

    Attributes:
        removed: asked with every passage that holds the answer taken away.
        kind: ``fact``, ``list``, ``yesno``, ``two`` (values asked for at once) or ``none`` (nothing answers it); ""
            where a set does not say.
        half: ``fit`` for what may be fitted on, ``kept`` for what is only measured, no file being asked about in both;
            "" where a set is not divided.
    """

    id: str
    text: str
    language: str
    answers: tuple[tuple[str, ...], ...]
    library: str
    removed: bool = False
    kind: str = ""
    half: str = ""

    @property
    def answerable(self) -> bool:
        """Whether the passages that are left answer it."""
        return bool(self.answers) and not self.removed

    def right(self, quote: str) -> bool:
        """Whether a quote holds the answer."""
        plain = _plain(quote)
        return any(all(_plain(part) in plain for part in parts) for parts in self.answers)


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    """Case, quotation marks, table bars and blanks aside."""
    text = re.sub('[“”«»"|]', " ", text.casefold()).replace("’", "'")
    return re.sub(r"\s+(?=\()", "", re.sub(r"\s+", " ", text)).strip()


def questions(with_pages: bool, libraries: Collection[str] = tuple(SMALL)) -> Iterator[Asked]:
    """Every question in every setting, of the handbook if it is there, and of these small libraries."""
    if with_pages:
        for line in (DATA / "pages_questions.jsonl").read_text("utf-8").splitlines():
            entry = json.loads(line)
            half = "kept" if int("".join(filter(str.isdigit, entry["id"])) or 0) % 2 else "fit"
            for library in ("en", "fr"):
                yield from _with_and_without({**entry, "half": half}, library)
    for library in libraries:
        for entry in json.loads(SMALL[library].read_text("utf-8"))["questions"]:
            yield from _with_and_without(entry, library)


def _with_and_without(entry: dict[str, Any], library: str) -> Iterator[Asked]:
    """A question as it is and, if it has an answer, with that taken away."""
    answers = tuple(tuple(parts) for parts in entry["answers"])
    kind, half = entry.get("kind", ""), entry.get("half", "")
    asked = Asked(entry["id"], entry["question"], entry["language"], answers, library, kind=kind, half=half)
    yield asked
    if answers:
        yield replace(asked, removed=True)


def small(library: str) -> Iterator[tuple[Attachment, list[SegmentInput]]]:
    """The files of a small library, as they come out of OCR, speech recognition, plain text and tables."""
    modalities = {"text_region": Modality.IMAGE, "transcript": Modality.AUDIO}
    entries = enumerate(json.loads(SMALL[library].read_text("utf-8"))["segments"])
    for name, found in groupby(entries, key=lambda numbered: numbered[1]["name"]):
        parts = list(found)
        modality = modalities.get(parts[0][1]["kind"], Modality.TEXT)
        attachment = Attachment(f"{parts[0][0]:064d}", name, name, "text/plain", modality, 1)
        yield (
            attachment,
            [
                SegmentInput(
                    Segment(
                        id=f"{number:032d}",
                        attachment_id=attachment.id,
                        modality=modality,
                        kind=SegmentKind(entry["kind"]),
                        ordinal=ordinal,
                        text=entry["text"],
                        locator=Locator(),
                        heading=entry["heading"],
                        language=entry["language"],
                    )
                )
                for ordinal, (number, entry) in enumerate(parts)
            ],
        )


def pages(manifest: Path, language: str, settings: Settings) -> Iterator[tuple[Attachment, list[SegmentInput]]]:
    """The handbook in one language, cut by the project's own segmenter."""
    for line in manifest.read_text("utf-8").splitlines():
        entry = json.loads(line)
        if entry["kind"] == f"page_{language}":
            original = Path(entry["path"])
            attachment = attachments.inspect(Upload(original.name, original.read_bytes(), entry["path"]), settings)
            segmenter = create_segmenter(segmenter_for(attachment), settings)
            found = segmenter.segment(attachment, original, lambda *_: None)
            yield attachment, [each for each in found if isinstance(each, SegmentInput)]

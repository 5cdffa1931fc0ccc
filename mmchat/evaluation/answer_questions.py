"""The questions that answers are measured on, and the files they are asked about."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mmchat import attachments
from mmchat.segmenters import create_segmenter, segmenter_for
from mmchat.settings import Settings
from mmchat.types import Attachment, Locator, Modality, Segment, SegmentInput, SegmentKind, Upload

DATA = Path(__file__).parent / "data"
SMALL = {"everyday": DATA / "everyday.json", "near": DATA / "near.json"}
"""Libraries written for this: a dozen files of a person, and files full of numbers and people that are like others."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, what its right sentence holds (any of the lists, all of a list), and where it is asked."""

    id: str
    text: str
    language: str
    answers: tuple[tuple[str, ...], ...]
    library: str
    removed: bool = False

    @property
    def answerable(self) -> bool:
        """Whether the passages that are left answer it."""
        return bool(self.answers) and not self.removed

    def right(self, quote: str) -> bool:
        """Whether a quote holds the answer."""
        plain = _plain(quote)
        return any(all(_plain(part) in plain for part in parts) for parts in self.answers)


def _plain(text: str) -> str:
    """Case, quotation marks, table bars and blanks aside."""
    text = re.sub('[“”«»"|]', " ", text.casefold()).replace("’", "'")
    return re.sub(r"\s+(?=\()", "", re.sub(r"\s+", " ", text)).strip()


def questions(with_pages: bool) -> Iterator[Asked]:
    """Every question in every setting."""
    if with_pages:
        for line in (DATA / "pages_questions.jsonl").read_text("utf-8").splitlines():
            entry = json.loads(line)
            answers = tuple(tuple(parts) for parts in entry["answers"])
            for library in ("en", "fr"):
                yield Asked(entry["id"], entry["question"], entry["language"], answers, library)
                if answers:
                    yield Asked(entry["id"], entry["question"], entry["language"], answers, library, removed=True)
    for library, path in SMALL.items():
        for entry in json.loads(path.read_text("utf-8"))["questions"]:
            answers = tuple(tuple(parts) for parts in entry["answers"])
            yield Asked(entry["id"], entry["question"], entry["language"], answers, library)
            if answers:
                yield Asked(entry["id"], entry["question"], entry["language"], answers, library, removed=True)


def small(library: str) -> Iterator[tuple[Attachment, list[SegmentInput]]]:
    """The files of a small library, as they come out of OCR, speech recognition and plain text."""
    modalities = {"text_region": Modality.IMAGE, "transcript": Modality.AUDIO}
    for number, entry in enumerate(json.loads(SMALL[library].read_text("utf-8"))["segments"]):
        modality = modalities.get(entry["kind"], Modality.TEXT)
        attachment = Attachment(f"{number:064d}", entry["name"], entry["name"], "text/plain", modality, 1)
        segment = Segment(
            id=f"{number:032d}",
            attachment_id=attachment.id,
            modality=modality,
            kind=SegmentKind(entry["kind"]),
            ordinal=number,
            text=entry["text"],
            locator=Locator(),
            heading=entry["heading"],
            language=entry["language"],
        )
        yield attachment, [SegmentInput(segment)]


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

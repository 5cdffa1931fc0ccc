"""The vocabulary every room speaks: frozen values that walk through the pipeline.

Standard library and numpy only. Nothing here knows a model, a database or a user interface.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from threading import Event as ThreadEvent
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]
"""float32, shape (dim,), unit length."""

Vectors = NDArray[np.float32]
"""float32, shape (n, dim), rows of unit length."""

Pixels = NDArray[np.uint8]
"""uint8, shape (height_px, width_px, 3), RGB, upright, transparency already laid on white."""

Waveform = NDArray[np.float32]
"""float32, shape (n_samples,), mono, 16,000 samples per second, range [-1, 1]."""

SAMPLE_RATE_HZ = 16_000
"""Every Waveform has this rate: what Whisper, Silero VAD and YAMNet are trained on."""

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 as fractions 0..1 of the width and height of the picture or page, origin top left."""


class Modality(StrEnum):
    """What kind of file an Attachment is to a person. A document is text that happens to have pages."""

    TEXT = "text"
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"


class SegmentKind(StrEnum):
    """What a Segment is made of; encoders say which kinds they take."""

    PASSAGE = "passage"
    TEXT_REGION = "text_region"
    WHOLE_IMAGE = "whole_image"
    TRANSCRIPT = "transcript"
    SOUND = "sound"
    ROW = "row"
    """One row of a table, to be read alone. It is found by the full text; its vector is that of its passage."""


SPOKEN_OR_WRITTEN = frozenset({SegmentKind.PASSAGE, SegmentKind.TEXT_REGION, SegmentKind.TRANSCRIPT})
"""The kinds whose text can be searched, quoted and embedded as words."""
QUOTABLE = SPOKEN_OR_WRITTEN | {SegmentKind.ROW}
"""The kinds whose text can be quoted."""


class CellType(StrEnum):
    """What a table's cell holds. What each makes of :attr:`Cell.value` stands there."""

    TEXT = "text"
    NUMBER = "number"
    PERCENT = "percent"
    MONEY = "money"
    DATE = "date"
    DURATION = "duration"


class RequestKind(StrEnum):
    """What a person wants of a library when asking something."""

    LOOKUP = "lookup"
    """A fact that a place in some file states."""
    OVERVIEW = "overview"
    """What a file, or several, are about."""
    ENUMERATE = "enumerate"
    """A whole list, section or sequence of steps."""
    TABLE = "table"
    """A figure from a table's cells, or worked out from several."""
    COMPARE = "compare"
    """The same aspect of several files, side by side."""
    LIBRARY = "library"
    """What files there are."""
    FIND = "find"
    """Which file, picture, page or second shows or speaks of something."""
    TALK = "talk"
    """A greeting, thanks, or a question about the assistant itself."""
    WRITER = "writer"
    """What only a language model can do: translate, rewrite, write, explain from general knowledge."""


class Grounding(StrEnum):
    """How an answer stands on its evidence."""

    ANSWERED = "answered"
    LIKELY = "likely"
    """It may be the answer, and is worded so."""
    CLOSEST = "closest"
    """Nothing found answers; what came closest is shown."""
    NOTHING = "nothing"
    UNGROUNDED = "ungrounded"
    """A language model wrote it and cites nothing."""


class JobState(StrEnum):
    """The steps of an ingest job, in order; FAILED carries a reason a person can act on.

    A file that is DELETING is shown nowhere any more.
    """

    QUEUED = "queued"
    READING = "reading"
    PERCEIVING = "perceiving"
    ENCODING = "encoding"
    INDEXED = "indexed"
    FAILED = "failed"
    DELETING = "deleting"


@dataclass(frozen=True, slots=True)
class Locator:
    """Where something lies inside its attachment. Only the fields that apply are set.

    Attributes:
        page: page number from 1 (PDF page, slide, sheet).
        boxes: rectangles on the picture, or on the page named by ``page``.
        start_s, end_s: stretch of the recording, in seconds.
        char_start, char_end: span in the attachment's extracted plain text.
        cell: of a table, the cell or cells as a person names them: ``Budget!B4``, ``row 3``; "" for none.
    """

    page: int | None = None
    boxes: tuple[Box, ...] = ()
    start_s: float | None = None
    end_s: float | None = None
    char_start: int | None = None
    char_end: int | None = None
    cell: str = ""

    def to_json(self) -> dict[str, Any]:
        """The public JSON form: the keys that apply, rounded to what a person can see or hear."""
        out: dict[str, Any] = {}
        if self.page is not None:
            out["page"] = self.page
        if self.boxes:
            out["boxes"] = [[round(edge, 5) for edge in box] for box in self.boxes]
        for key in ("start_s", "end_s"):
            value = getattr(self, key)
            if value is not None:
                out[key] = round(value, 3)
        for key in ("char_start", "char_end"):
            value = getattr(self, key)
            if value is not None:
                out[key] = value
        if self.cell:
            out["cell"] = self.cell
        return out

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Locator:
        """The inverse of :meth:`to_json`."""
        boxes = tuple((float(b[0]), float(b[1]), float(b[2]), float(b[3])) for b in value.get("boxes", ()))
        return cls(
            page=value.get("page"),
            boxes=boxes,
            start_s=value.get("start_s"),
            end_s=value.get("end_s"),
            char_start=value.get("char_start"),
            char_end=value.get("char_end"),
            cell=value.get("cell", ""),
        )


@dataclass(frozen=True, slots=True)
class WordPlace:
    """Where one word of a Segment's text lies: its span in that text, and its box or its seconds.

    This is what lets any quote be resolved to an exact place, the same way for OCR words, PDF words
    and spoken words.
    """

    char_start: int
    char_end: int
    box: Box | None = None
    page: int | None = None
    start_s: float | None = None
    end_s: float | None = None


@dataclass(frozen=True, slots=True)
class Concept:
    """A name from a classifier's fixed list with its probability (0..1)."""

    label: str
    probability: float


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file the owner gave. ``id`` is the sha256 of its bytes, in hex.

    Attributes:
        name: cleaned file name, safe to show and to put in a header.
        path: the path or name given at ingest, as the owner wrote it.
        media_type: sniffed from the content, e.g. ``image/png``; never taken from the name.
        size_bytes: length of the original.
        width_px, height_px: for images (upright).
        duration_s: for recordings.
        pages: for paged documents.
    """

    id: str
    name: str
    path: str
    media_type: str
    modality: Modality
    size_bytes: int
    width_px: int | None = None
    height_px: int | None = None
    duration_s: float | None = None
    pages: int | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """The smallest stored, citable unit of an Attachment.

    Attributes:
        id: from content and place, so that ingesting twice gives the same ids (see :func:`segment_id`).
        text: what is written or said there; empty for a whole image or a sound.
        ordinal: position among the attachment's segments.
        places: where each word of ``text`` lies; empty for plain text, whose characters are place enough.
        heading: the headings above it, joined by `` > ``; helps search, is not quoted.
        language: ISO 639-1 code of ``text``, or "" when unknown.
        concepts: what a classifier recognised, most probable first.
    """

    id: str
    attachment_id: str
    modality: Modality
    kind: SegmentKind
    ordinal: int
    text: str
    locator: Locator
    places: tuple[WordPlace, ...] = ()
    heading: str = ""
    language: str = ""
    concepts: tuple[Concept, ...] = ()

    def locate(self, start: int, end: int) -> Locator:
        """The place of ``text[start:end]``: word boxes joined per line, seconds of its words, or characters.

        A span without word places falls back to the segment's own locator, narrowed by characters when
        the segment has a character span. A table's row is put together from its cells, so that all of it has the
        row's place.
        """
        if self.kind is SegmentKind.ROW and not self.places:
            return self.locator
        words = [p for p in self.places if p.char_start < end and p.char_end > start]
        char_start = char_end = None
        if self.locator.char_start is not None:
            char_start, char_end = self.locator.char_start + start, self.locator.char_start + end
        starts = [w.start_s for w in words if w.start_s is not None]
        ends = [w.end_s for w in words if w.end_s is not None]
        page = next((w.page for w in words if w.page is not None), self.locator.page)
        boxes = join_line_boxes([w.box for w in words if w.box is not None and w.page in (None, page)])
        return Locator(
            page=page,
            boxes=boxes or self.locator.boxes,
            start_s=min(starts) if starts else self.locator.start_s,
            end_s=max(ends) if ends else self.locator.end_s,
            char_start=char_start,
            char_end=char_end,
        )


def join_line_boxes(boxes: list[Box]) -> tuple[Box, ...]:
    """Join word boxes, given in reading order, into one box per line.

    A word joins the line before it when their vertical overlap is at least half of the lower one's height
    and it does not start left of the line's start.
    """
    lines: list[Box] = []
    for box in boxes:
        if lines:
            x0, y0, x1, y1 = lines[-1]
            overlap = min(y1, box[3]) - max(y0, box[1])
            if overlap >= 0.5 * min(y1 - y0, box[3] - box[1]) and box[0] >= x0:
                lines[-1] = (min(x0, box[0]), min(y0, box[1]), max(x1, box[2]), max(y1, box[3]))
                continue
        lines.append(box)
    return tuple(lines)


@dataclass(frozen=True, slots=True)
class Page:
    """What stands together on one page or slide: it is searched as a whole, and never cited; its segments are.

    Attributes:
        id: from the attachment and the number, as a segment's id is.
        number: from 1; of a document without pages, that of the stretch under one heading.
        segment_ids: in reading order, figures last.
        fused: whether it has a vector of its own. A page of one segment is that segment.
        figures: whether there are figures among them.
    """

    id: str
    attachment_id: str
    number: int
    segment_ids: tuple[str, ...]
    fused: bool
    figures: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table's body.

    Attributes:
        column: index into the table's columns, from 0.
        text: as a person sees it: ``01067``, ``17.5 %``, ``37:30``.
        value: of a number, the number; of a percentage, the figure before the sign; of money, the amount; of a date,
            the proleptic Gregorian ordinal of the day plus the share of the day that has passed; of a duration,
            seconds; None for text.
        unit: ``EUR``, ``kg``; "" where none is said.
        locator: where it lies: its cell name, its characters, its box and page, as the file has them.
    """

    column: int
    text: str
    type: CellType = CellType.TEXT
    value: float | None = None
    unit: str = ""
    locator: Locator = Locator()


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table's body.

    Attributes:
        index: from 0, without the header rows.
        header: what names the row ("Gutters, zinc"): the text of its first cells; "" for none.
        cells: those that hold anything, by column.
        segment_id: the segment that says this row, or "" while the table has none.
        total: whether it sums up other rows; it is then left out of sums.
    """

    index: int
    header: str
    cells: tuple[Cell, ...]
    segment_id: str = ""
    total: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table of an attachment, with its cells.

    Attributes:
        id: from the attachment and the ordinal, as a segment's id is.
        ordinal: position among the attachment's tables, from 0.
        title: its caption, the sheet's name, or the heading above it; "" for none.
        columns: the header of each column, several header rows joined with `` > ``; "" where a column has none.
        page: page, slide or sheet number from 1.
        note: what a reader should know, such as that the sheet is hidden; "" for nothing.
    """

    id: str
    attachment_id: str
    ordinal: int
    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    page: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class SegmentInput:
    """A Segment with the decoded media an encoder needs; alive only while it is being ingested."""

    segment: Segment
    pixels: Pixels | None = None
    waveform: Waveform | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """What a person should know of a file that was taken in, in one sentence: a part that could not be used."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Space:
    """A named vector space. Vectors compare only inside one space."""

    encoder: str
    revision: str
    dim: int

    @property
    def name(self) -> str:
        """Stable name, used for collections and in reports."""
        return f"{self.encoder}@{self.revision}"

    @property
    def of_pages(self) -> Space:
        """Where the vectors of whole pages lie, made of vectors of this space and compared with its queries."""
        return Space(f"pages of {self.encoder}", self.revision, self.dim)


@dataclass(frozen=True, slots=True)
class Query:
    """What is being looked for: words, a picture, a recording, or words with one of them.

    ``text`` is what the person typed; ``perceived`` is what was read, recognised or heard in the picture or
    recording that came with it. ``language`` is the ISO 639-1 code of ``text``. ``rewritten`` is ``text`` as it would
    be asked without the conversation before it, or "" where that is the same.

    ``like`` are segments of the library that are a picture or recording of this query: their stored vectors are used,
    so that what was perceived once is not perceived again. ``added_from`` and ``added_before`` narrow by the time a
    file was added (UTC), ``tag`` by a tag it carries.
    """

    text: str = ""
    pixels: Pixels | None = None
    waveform: Waveform | None = None
    perceived: str = ""
    language: str = ""
    modality: Modality | None = None
    attachment_ids: frozenset[str] = frozenset()
    """When not empty, only these attachments are searched."""
    rewritten: str = ""
    medium: Modality | None = None
    """The kind of file that the wording asks for; unlike ``modality`` it excludes nothing."""
    kind: RequestKind | None = None
    """What kind of request it is; None for words typed into a search box."""
    like: tuple[str, ...] = ()
    added_from: datetime | None = None
    added_before: datetime | None = None
    tag: str = ""

    @property
    def asked(self) -> str:
        """The question as it stands alone."""
        return self.rewritten or self.text

    @property
    def narrowed(self) -> bool:
        """Whether anything keeps it to a part of the library."""
        return bool(self.modality or self.attachment_ids or self.added_from or self.added_before or self.tag)

    @property
    def words(self) -> str:
        """Everything in the query that is words."""
        return "\n".join(part for part in (self.text, self.perceived) if part)


@dataclass(frozen=True, slots=True)
class Hit:
    """One result of one index: a segment id and its score there (higher is nearer)."""

    segment_id: str
    score: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A Segment on its way to the answer.

    Attributes:
        score: the fused score; orders candidates of one query, means nothing between queries.
        ranks: rank from 1 in each source that found it, by source name (a space's name, or ``full_text``).
        scores: the raw score in each of those sources; never compared between sources.
        relevance: 0..1 from the reranker, or None when none ran on it.
        reason: why it is here, in a few words.
        why: why a judge found it relevant or not, in its words; "" when none said. A model wrote it.
    """

    segment: Segment
    attachment: Attachment
    score: float
    ranks: Mapping[str, int] = field(default_factory=dict)
    scores: Mapping[str, float] = field(default_factory=dict)
    relevance: float | None = None
    reason: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A numbered Candidate that an answer may use. Numbers start at 1 and never change."""

    number: int
    candidate: Candidate


@dataclass(frozen=True, slots=True)
class Citation:
    """A marker resolved to its proof.

    Attributes:
        marker: the Evidence number, shown as ``[marker]``.
        quote: the words quoted, exactly as they stand in the segment; for a picture or a sound, what was
            recognised in it.
        locator: where exactly those words lie.
    """

    marker: int
    attachment_id: str
    segment_id: str
    name: str
    path: str
    modality: Modality
    quote: str
    locator: Locator


@dataclass(frozen=True, slots=True)
class Upload:
    """Bytes on their way in: a name as given, and where they lie or what they are."""

    name: str
    data: bytes
    path: str = ""
    """The path as the owner wrote it, or "" when there is none beyond the name."""


@dataclass(frozen=True, slots=True, weakref_slot=True)
class LLMChoice:
    """Which LLM is to write, as ``provider:model``, where, and with which key; "" is what the settings say.

    What is made for it elsewhere lives no longer than this object does: see :mod:`mmchat.llms.chosen`.
    """

    name: str
    url: str = ""
    key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class RunContext:
    """What a long step may need beside its input.

    Attributes:
        stopped: set when nobody waits for the result any more; what can be ended early then ends.
        original: where the original of an attachment lies, by its id, or None when it is gone.
        library: whose files these are; what is remembered between steps is remembered for this library alone.
        warn: tells the person one sentence; the step goes on.
        apart: calls a function with its arguments where the bytes that it opens can do no harm.
    """

    stopped: ThreadEvent = field(default_factory=ThreadEvent)
    original: Callable[[str], Path | None] = lambda _: None
    library: str = ""
    warn: Callable[[str], None] = lambda _: None
    apart: Callable[..., Any] = lambda function, *args: function(*args)


class NarrowedBy(StrEnum):
    """By what a search is narrowed, in the order in which a narrowing that leaves nothing is given up."""

    TIME = "time"
    TAG = "tag"
    FILE = "file"
    MODALITY = "modality"


@dataclass(frozen=True, slots=True)
class Narrowing:
    """One thing that keeps a search to a part of the library.

    Attributes:
        value: of a time, two ISO dates and times in UTC parted by ``/``, either of which may be empty; of a file, its
            attachment's id; of a modality or a tag, its name.
        label: how the person named it, or the file's name.
        by_hand: whether the person chose it, rather than being understood so; it is then never given up.
    """

    by: NarrowedBy
    value: str
    label: str = ""
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Again:
    """A question that is asked another time, so that it is understood as it was.

    Attributes:
        stand_alone: the question as it was rewritten then, or "".
        without: what it is not to be narrowed by this time.
        given: ids of the files that came with it.
    """

    stand_alone: str = ""
    without: tuple[Narrowing, ...] = ()
    given: tuple[str, ...] = ()
    kind: RequestKind | None = None
    """As what it is to be taken this time, whatever it seems to be."""
    everything: bool = False
    """Whether all of a long list is to be told."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What a person sends at once: words, files, or both.

    ``interface_language`` is the ISO 639-1 code in which the assistant's own sentences are worded.
    """

    conversation_id: str
    text: str = ""
    uploads: tuple[Upload, ...] = ()
    interface_language: str = "en"
    llm: LLMChoice | None = None
    """Who writes the answer; None for what the settings say."""
    reranker: str = ""
    """What puts in order what was found: cross-encoder, none, or vision-language (the LLM); "" for the settings'."""
    narrowings: tuple[Narrowing, ...] = ()
    """What the person chose to narrow the search by."""
    again: Again | None = None


@dataclass(frozen=True, slots=True)
class Reranking:
    """What a reranker did to the candidates of one answer.

    Attributes:
        reranker: its name.
        candidates: how many there were, and ``moved`` how many of them changed their place.
        first_was: the place from 1, before, of the one that is first now.
    """

    reranker: str
    candidates: int
    moved: int
    first_was: int


@dataclass(frozen=True, slots=True)
class Message:
    """One stored message of a conversation, with everything it was shown with, frozen.

    ``role`` is ``user`` or ``assistant``. A user's message carries its attachments; an assistant's carries
    evidence, citations, grounding, warnings and what the reranker did. ``complete`` is false for an answer that was
    stopped or cut off.
    """

    id: str
    conversation_id: str
    role: str
    text: str
    created_at: datetime
    attachments: tuple[Attachment, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    citations: tuple[Citation, ...] = ()
    grounding: Grounding | None = None
    warnings: tuple[str, ...] = ()
    complete: bool = True
    understood: Understood | None = None
    reranking: Reranking | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation's id, its title (the first question) and when it was last used."""

    id: str
    title: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class LibraryEntry:
    """An attachment as a library lists it: with its job's state and how many segments it became.

    ``copy_of`` is the name of the file that it is a copy of, or ""; a copy has no segments of its own.
    """

    attachment: Attachment
    state: JobState
    segments: int
    reason: str = ""
    copy_of: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PartState:
    """Whether one part of the assistant is usable yet, for the page and the doctor.

    ``state`` is ``waiting``, ``loading``, ``ready``, ``off`` (with the reason and what would turn it on in
    ``detail``) or ``failed`` (with the sentence in ``detail``).
    """

    part: str
    backend: str
    state: str
    detail: str = ""
    load_s: float | None = None


@dataclass(frozen=True, slots=True)
class ReindexState:
    """How far one role of a library is on its way into the space of the encoder that is configured now.

    Attributes:
        role: ``text``, ``image`` or ``sound``.
        former: the encoder that made what is searched until then, as it was configured; the same as ``encoder``
            where only vectors were lost.
        encoder: the encoder that makes the vectors anew, as configured.
        done, total: segments that have their vector, of those that are to have one; ``fraction`` never goes back.
        state: ``waiting``, ``running``, ``whole`` (done, and searched from now on) or ``failed``.
        detail: why it failed, or what could not be read again; a sentence, or "".
    """

    role: str
    former: str
    encoder: str
    done: int
    total: int
    fraction: float
    state: str = "waiting"
    detail: str = ""


# Events: what Assistant.answer() and Assistant.ingest() yield. Each is final once yielded.


@dataclass(frozen=True, slots=True)
class Ingesting:
    """One file's progress.

    Attributes:
        name: the file's.
        state: the step it is in.
        fraction: 0..1 of the whole file.
        remaining_s: a guess; None while unknown.
        ahead: how many files come before it, while it waits for its turn.
    """

    name: str
    state: JobState
    fraction: float
    remaining_s: float | None = None
    ahead: int = 0


@dataclass(frozen=True, slots=True)
class Ingested:
    """One file is done: indexed, already here, not wanted any more, or failed with a sentence of why and what to do."""

    name: str
    path: str
    status: str  # "indexed", "duplicate", "failed", or "deleted" before it was read
    attachment: Attachment | None
    segments: int
    reason: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Understood:
    """How the question is taken; a later one, where a narrowing was given up, replaces it.

    Attributes:
        stand_alone: what is asked without the conversation, where that differs from what was typed; else "".
        narrowings: what the search is kept to.
        given: ids of the files that came with the question.
        without: what its wording says as well, but it was not to be narrowed by.
        kind: the kind of request that it was answered as; None while that is open.
        mended: each word that was misspelt, and the word it was taken for.
    """

    stand_alone: str = ""
    narrowings: tuple[Narrowing, ...] = ()
    given: tuple[str, ...] = ()
    without: tuple[Narrowing, ...] = ()
    kind: RequestKind | None = None
    mended: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Retrieved:
    """Retrieval is done: how many segments were searched, and the candidates in order."""

    searched: int
    candidates: tuple[Candidate, ...]
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Reranked:
    """A reranker judged the candidates, and put them in its order."""

    reranker: str
    candidates: tuple[Candidate, ...]
    milliseconds: float

    def compared(self, before: Sequence[Candidate]) -> Reranking | None:
        """What it changed in the order ``before``; None when there was nothing to put in order."""
        was = {candidate.segment.id: place for place, candidate in enumerate(before, start=1)}
        now = [candidate.segment.id for candidate in self.candidates]
        if not now or now[0] not in was:
            return None
        moved = sum(was.get(id) != place for place, id in enumerate(now, start=1))
        return Reranking(self.reranker, len(now), moved, was[now[0]])


@dataclass(frozen=True, slots=True)
class EvidenceChosen:
    """The numbered evidence this answer may use; a later one, in a better order, replaces it.

    The last one before the answer's text is frozen with the message.
    """

    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class TextDelta:
    """More answer text, Markdown with ``[n]`` markers."""

    text: str


@dataclass(frozen=True, slots=True)
class Cited:
    """A marker in the text so far, resolved."""

    citation: Citation


@dataclass(frozen=True, slots=True)
class Warned:
    """Something the person should know, in one sentence; the answer goes on."""

    message: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The answer is whole and stored. ``grounding`` is None for a reply that needs no evidence, as to a greeting."""

    grounding: Grounding | None
    message_id: str
    timings_ms: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Failed:
    """The answer could not be made, in one sentence saying why and what to do. Not the same as no evidence."""

    message: str
    retryable: bool


Event = (
    Ingesting
    | Ingested
    | Understood
    | Retrieved
    | Reranked
    | EvidenceChosen
    | TextDelta
    | Cited
    | Warned
    | Finished
    | Failed
)

"""Words and files -> one query: what is read, heard, recognised and seen in the files joins it as words.

A file of the library was perceived when it was taken in: its words and vectors are taken from there. Any other is
perceived here, once.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event

from mmchat import attachments
from mmchat.answering.generative import GenerativeAnswerer
from mmchat.catalog import Catalog
from mmchat.errors import MmchatError
from mmchat.llms import LLM, LLMMessage, Prompt
from mmchat.llms.pictures import pixels_part
from mmchat.media_again import MediaAgain
from mmchat.parts import Parts
from mmchat.perception.language import detect_language
from mmchat.segmenters import segmenter_for
from mmchat.settings import Settings
from mmchat.types import (
    SPOKEN_OR_WRITTEN,
    Attachment,
    Concept,
    Modality,
    Pixels,
    Query,
    Segment,
    SegmentInput,
    SegmentKind,
    Upload,
)

log = logging.getLogger(__name__)

CONCEPT_WORD_FROM = 0.1
"""A concept of a query picture or sound joins the query as words from this probability on."""
SPEECH_WORDS = 4
"""A recording with so many words in it is asked for what it says, not for the sound of a voice."""
DESCRIBE = (
    "Describe this picture in at most two plain sentences, for finding notes, recordings and pictures about the same "
    "thing: what it shows, and any name, brand or place in it. Write nothing else."
)
MOST_CHARACTERS = 20_000
"""So much of what is read joins a query. Encoders look at 512 tokens and the full text at 48 words, but each would cut
all of a book into words first: 5 MB took 15 s."""
_SIDE_PX, _DESCRIPTION_TOKENS, _NAME_WORDS = 768, 120, 8


def perceive(
    text: str,
    files: Sequence[Upload],
    settings: Settings,
    parts: Parts,
    stopped: Event | None = None,
) -> Query:
    """The query; a picture is also described by the LLM of the settings, where one is chosen and sees.

    Raises:
        UnsupportedAttachment: a file cannot be read.
    """
    query = Query(text=text)
    perceived: list[str] = []
    for upload in files:
        inputs = _segments(upload, settings, parts)
        perceived += [i.segment.text for i in inputs if i.segment.kind in SPOKEN_OR_WRITTEN]
        for encoder in parts.encoders:
            chosen = [i for i in inputs if i.segment.kind in encoder.segment_kinds]
            for concepts in encoder.describe(encoder.encode_segments(chosen)):
                perceived += _named(concepts)
        for item in inputs:
            query = _with_media(query, item)
    if query.pixels is not None and isinstance(parts.answerer, GenerativeAnswerer):
        perceived.append(description(parts.answerer.llm, query.pixels, stopped or Event()))
    return replace(query, perceived=_joined(perceived), language=detect_language(text))


def recalled(
    query: Query,
    library: str,
    given: Sequence[Attachment],
    catalog: Catalog,
    media: MediaAgain,
    *,
    llm: LLM | None,
    stopped: Event,
) -> Query:
    """The query with files of the library in it: what was read, said and recognised in them, and their own vectors."""
    perceived: list[str] = []
    like: list[str] = []
    for attachment in given:
        segments = catalog.segments(library, attachment.id, rows=False)
        said = [s.text for s in segments if s.kind in SPOKEN_OR_WRITTEN and s.text]
        perceived += [name for s in segments for name in _named(s.concepts)] + said
        spoken = attachment.modality is Modality.AUDIO and len(" ".join(said).split()) >= SPEECH_WORDS
        kinds = {SegmentKind.WHOLE_IMAGE} | (set() if spoken else {SegmentKind.SOUND})
        shown = [s for s in segments if s.kind in kinds]
        like += [s.id for s in shown]
        query = _with_first_media(query, library, shown, media)
    if query.pixels is not None and llm is not None and not stopped.is_set():
        perceived.append(description(llm, query.pixels, stopped))
    return replace(query, perceived=_joined(dict.fromkeys(perceived)), like=tuple(like))


def name_of(query: Query) -> str:
    """A few words for what was given: what was recognised first, or the beginning of what stands or is said in it."""
    first = next((line for line in query.perceived.splitlines() if line.strip()), "")
    return " ".join(first.split()[:_NAME_WORDS])


def description(llm: LLM, pixels: Pixels, stopped: Event) -> str:
    """What the LLM sees in a picture; nothing when it sees no pictures or fails, for the search goes on without."""
    try:
        if not llm.abilities.vision:
            return ""
        picture = pixels_part(pixels, _SIDE_PX, "")
        prompt = Prompt((LLMMessage("user", (picture, DESCRIBE)),), max_output_tokens=_DESCRIPTION_TOKENS)
        return " ".join(llm.complete(prompt, stopped).split())
    except MmchatError as error:
        log.warning("the query's picture was not described: %s", error)
        return ""


def _with_first_media(query: Query, library: str, shown: Sequence[Segment], media: MediaAgain) -> Query:
    """With the pixels or the waveform of the first of these, decoded again from the kept original."""
    for _, inputs in media.batches(library, [segment.id for segment in shown[:1]], 1):
        for item in inputs:
            query = _with_media(query, item)
    return query


def _with_media(query: Query, item: SegmentInput) -> Query:
    if item.segment.kind is SegmentKind.WHOLE_IMAGE:
        return replace(query, pixels=item.pixels)
    if item.segment.kind is SegmentKind.SOUND and query.waveform is None:
        return replace(query, waveform=item.waveform)
    return query


def _named(concepts: Sequence[Concept]) -> list[str]:
    return [c.label for c in concepts if c.probability >= CONCEPT_WORD_FROM]


def _joined(perceived: Sequence[str] | dict[str, None]) -> str:
    return "\n".join(part for part in perceived if part)[:MOST_CHARACTERS]


def _segments(upload: Upload, settings: Settings, parts: Parts) -> list[SegmentInput]:
    with tempfile.TemporaryDirectory() as folder:
        original = Path(folder) / "query"
        original.write_bytes(upload.data)
        attachment = attachments.inspect(upload, settings, parts.workers, original)
        found = parts.segmenters[segmenter_for(attachment)].segment(attachment, original, lambda *_: None)
        return [each for each in found if isinstance(each, SegmentInput)]

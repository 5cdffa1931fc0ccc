"""Words and files -> one query: what is read, heard, recognised and seen in the files joins it as words."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event

from mmchat import attachments
from mmchat.answering.generative import GenerativeAnswerer
from mmchat.errors import MmchatError
from mmchat.llms import LLM, LLMMessage, Prompt
from mmchat.llms.pictures import pixels_part
from mmchat.parts import Parts
from mmchat.perception.language import detect_language
from mmchat.segmenters import segmenter_for
from mmchat.settings import Settings
from mmchat.types import SPOKEN_OR_WRITTEN, Modality, Pixels, Query, SegmentInput, SegmentKind, Upload

log = logging.getLogger(__name__)

CONCEPT_WORD_FROM = 0.1
"""A concept of a query picture or sound joins the query as words from this probability on."""
DESCRIBE = (
    "Describe this picture in at most two plain sentences, for finding notes, recordings and pictures about the same "
    "thing: what it shows, and any name, brand or place in it. Write nothing else."
)
_SIDE_PX, _DESCRIPTION_TOKENS = 768, 120


def perceive(text: str, files: Sequence[Upload], modality: Modality | None, settings: Settings, parts: Parts) -> Query:
    """The query; a picture is also described by the LLM of the settings, where one is chosen and sees.

    Raises:
        UnsupportedAttachment: a file cannot be read.
    """
    query = Query(text=text, modality=modality)
    perceived: list[str] = []
    for upload in files:
        inputs = _segments(upload, settings, parts)
        perceived += [i.segment.text for i in inputs if i.segment.kind in SPOKEN_OR_WRITTEN]
        for encoder in parts.encoders:
            chosen = [i for i in inputs if i.segment.kind in encoder.segment_kinds]
            for concepts in encoder.describe(encoder.encode_segments(chosen)):
                perceived += [c.label for c in concepts if c.probability >= CONCEPT_WORD_FROM]
        for item in inputs:
            if item.segment.kind is SegmentKind.WHOLE_IMAGE:
                query = replace(query, pixels=item.pixels)
            elif item.segment.kind is SegmentKind.SOUND and query.waveform is None:
                query = replace(query, waveform=item.waveform)
    if query.pixels is not None and isinstance(parts.answerer, GenerativeAnswerer):
        perceived.append(description(parts.answerer.llm, query.pixels))
    words = "\n".join(part for part in perceived if part)
    return replace(query, perceived=words, language=detect_language(text))


def description(llm: LLM, pixels: Pixels) -> str:
    """What the LLM sees in a picture; nothing when it sees no pictures or fails, for the search goes on without."""
    try:
        if not llm.abilities.vision:
            return ""
        picture = pixels_part(pixels, _SIDE_PX, "")
        prompt = Prompt((LLMMessage("user", (picture, DESCRIBE)),), max_output_tokens=_DESCRIPTION_TOKENS)
        return " ".join(llm.complete(prompt, Event()).split())
    except MmchatError as error:
        log.warning("the query's picture was not described: %s", error)
        return ""


def _segments(upload: Upload, settings: Settings, parts: Parts) -> list[SegmentInput]:
    attachment = attachments.inspect(upload, settings)
    with tempfile.TemporaryDirectory() as folder:
        original = Path(folder) / "query"
        original.write_bytes(upload.data)
        found = parts.segmenters[segmenter_for(attachment)].segment(attachment, original, lambda *_: None)
        return [each for each in found if isinstance(each, SegmentInput)]

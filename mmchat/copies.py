"""An attachment, and what was read of it -> whether the library has the same thing already, in another encoding.

Pictures and texts are compared once they are read, for the words in them count; recordings before, since hearing one
through costs a hundred times as much as comparing it. What tells two of a kind apart is in ``perception``.
"""

from __future__ import annotations

import logging
import zipfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from mmchat.catalog import Copies
from mmchat.perception import picture_likeness, sound_likeness, text_likeness
from mmchat.perception.likeness import Likeness, bits_apart
from mmchat.perception.sound_file import decode_sound
from mmchat.segmenters.pdf import render_page
from mmchat.types import SPOKEN_OR_WRITTEN, Attachment, Modality, Pixels, SegmentInput, SegmentKind
from mmchat.workers import Workers

log = logging.getLogger(__name__)

_PAGE_SCALE = 0.25
"""A page of A4 as 150 by 210 px: enough to see that a chart on it is another one."""
_PAGED = frozenset({".presentation", ".sheet", "/pdf"})


def copy_before_reading(
    copies: Copies,
    library: str,
    attachment: Attachment,
    original: Path,
    longest_s: float,
    workers: Workers,
    decoding: Callable[[float], None],
) -> str | None:
    """The id of the recording that this one is a copy of, or None.

    Args:
        copies: the library's copies.
        library: whose.
        attachment: the attachment.
        original: where it lies.
        longest_s: the longest recording that is listened to.
        workers: what decodes it.
        decoding: called with the seconds decoded; it may raise to stop the work.
    """
    if attachment.modality is not Modality.AUDIO:
        return None
    decode = partial(decode_sound, longest_s=longest_s)
    waveform = workers.call(decode, original, what=attachment.name, report=decoding)
    likeness = sound_likeness.sound_likeness(waveform)
    return _claim(copies, library, attachment, likeness, _as_long, sound_likeness.same_sound)


def copy_once_read(
    copies: Copies,
    library: str,
    attachment: Attachment,
    original: Path,
    inputs: Sequence[SegmentInput],
    workers: Workers,
) -> str | None:
    """The id of the picture or text that this one is a copy of, or None.

    Args:
        copies: the library's copies.
        library: whose.
        attachment: the attachment.
        original: where it lies.
        inputs: what was read of it.
        workers: what looks at its pages.
    """
    likeness = _likeness_once_read(attachment, original, inputs, workers)
    if attachment.modality is Modality.IMAGE:
        return _claim(copies, library, attachment, likeness, _alike, picture_likeness.same_picture)
    return _claim(copies, library, attachment, likeness, _equal, text_likeness.same_text)


def renew_likeness(
    copies: Copies,
    library: str,
    attachment: Attachment,
    original: Path,
    inputs: Sequence[SegmentInput],
    workers: Workers,
) -> None:
    """An attachment that is no copy was read anew: what it is like from here on. It becomes no copy of another."""
    likeness = _likeness_once_read(attachment, original, inputs, workers)
    if likeness is not None:
        copies.renew(library, attachment.id, likeness)


def _likeness_once_read(
    attachment: Attachment, original: Path, inputs: Sequence[SegmentInput], workers: Workers
) -> Likeness | None:
    words = [f"{i.segment.heading} {i.segment.text}" for i in inputs if i.segment.kind in SPOKEN_OR_WRITTEN]
    if attachment.modality is Modality.IMAGE:
        whole = next((i.pixels for i in inputs if i.segment.kind is SegmentKind.WHOLE_IMAGE), None)
        return None if whole is None else picture_likeness.picture_likeness(whole, " ".join(words))
    if attachment.modality is Modality.TEXT:
        kind = workers.call(_kind, attachment, original, what=attachment.name)
        pages = workers.stream(_pages, attachment, original, what=attachment.name) if words else ()
        return text_likeness.text_likeness(kind, words, pages)
    return None


def _claim(
    copies: Copies,
    library: str,
    attachment: Attachment,
    likeness: Likeness | None,
    near: Callable[[int, int], bool],
    same: Callable[[Likeness, Likeness], bool],
) -> str | None:
    return None if likeness is None else copies.claim(library, attachment.id, likeness, near, same)


def _as_long(a: int, b: int) -> bool:
    return abs(a - b) <= 1000 * sound_likeness.MOST_S_APART


def _alike(a: int, b: int) -> bool:
    return bits_apart(a, b) <= picture_likeness.MOST_BITS


def _equal(a: int, b: int) -> bool:
    return a == b


def _kind(attachment: Attachment, original: Path) -> str:
    """What has pages is cited by them; pictures in an office file must be the same, byte for byte."""
    paged = any(attachment.media_type.endswith(end) for end in _PAGED)
    kind = attachment.media_type if paged else "unpaged"
    if "officedocument" not in attachment.media_type:
        return kind
    with zipfile.ZipFile(original) as archive:
        media = sorted((part.CRC, part.file_size) for part in archive.infolist() if "/media/" in part.filename)
    return f"{kind} {media}" if media else kind


def _pages(attachment: Attachment, original: Path) -> Iterator[Pixels]:
    if attachment.media_type == "application/pdf":
        for page in range(1, (attachment.pages or 0) + 1):
            yield render_page(original, page, _PAGE_SCALE)

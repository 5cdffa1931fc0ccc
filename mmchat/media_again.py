"""Segments that are pictures or sounds -> their decoded media again, from the kept originals, a batch at a time."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing

from mmchat.catalog import Blobs, Catalog
from mmchat.errors import MmchatError
from mmchat.segmenters import Segmenter, segmenter_for
from mmchat.types import Attachment, Segment, SegmentInput

log = logging.getLogger(__name__)

MOST_BYTES = 256 * 2**20
"""Decoded media held at once; one picture of 80 megapixels alone is 240 MB."""


class MediaAgain:
    """Reads originals; makes no segment, and stores nothing."""

    def __init__(self, catalog: Catalog, blobs: Blobs, segmenters: Mapping[str, Segmenter]) -> None:
        self._catalog = catalog
        self._blobs = blobs
        self._segmenters = segmenters

    def batches(self, library: str, ids: Sequence[str], size: int) -> Iterator[tuple[set[str], list[SegmentInput]]]:
        """At most ``size`` inputs each, with the ids they answer for; what cannot be had again is among these alone."""
        files: dict[str, tuple[Attachment, list[Segment]]] = {}
        for segment, attachment in self._catalog.candidates(library, ids).values():
            files.setdefault(attachment.id, (attachment, []))[1].append(segment)
        answered, inputs, held = set[str](), list[SegmentInput](), 0
        for attachment, wanted in files.values():
            left = {segment.id: segment for segment in wanted}
            whole = False
            while left and not whole:
                with closing(self._read(library, attachment, list(left.values()))) as found_again:
                    whole = True
                    for found in found_again:
                        inputs.append(found)
                        answered.add(found.segment.id)
                        left.pop(found.segment.id, None)
                        held += sum(each.nbytes for each in (found.pixels, found.waveform) if each is not None)
                        if len(inputs) == size or held > MOST_BYTES:
                            whole = False
                            break
                if not whole:  # no worker is kept while the caller is busy with these
                    yield answered, inputs
                    answered, inputs, held = set(), [], 0
            answered |= set(left)
        if answered:
            yield answered, inputs

    def _read(
        self, library: str, attachment: Attachment, wanted: Sequence[Segment]
    ) -> Generator[SegmentInput, None, None]:
        original = self._blobs.path(library, attachment.id)
        if original is None:
            log.warning("the original of %s is gone", attachment.id)
            return
        try:
            yield from self._segmenters[segmenter_for(attachment)].media(attachment, original, wanted)
        except MmchatError as error:
            log.warning("%s could not be read again: %s", attachment.id, error)
        except Exception:
            log.exception("%s could not be read again", attachment.id)

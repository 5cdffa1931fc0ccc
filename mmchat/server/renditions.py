"""What a browser can show of an original: an upright picture of bounded size, a page, a frame of a video, a figure."""

from __future__ import annotations

import io
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from mmchat.errors import UnsupportedAttachment
from mmchat.perception.upright import DAMAGED, DRAWN, opened, upright
from mmchat.perception.video_file import frames_at
from mmchat.types import Attachment, Pixels

MAX_EDGE_PX = 2000
"""A picture is shown at most this wide or high; sharper than any card, small enough for a phone."""
PAGE_SCALE = 2.0
"""PDF points to pixels: an A4 page becomes 1190 x 1684 px."""
_JPEG_QUALITY = 88
_EXIF_ORIENTATION = 0x0112
_SHOWN_AS_IT_IS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP", "image/gif": "GIF"}


@dataclass(frozen=True, slots=True)
class Rendition:
    """Encoded picture bytes and their media type."""

    data: bytes
    media_type: str


def picture(path: Path, attachment: Attachment) -> Rendition | None:
    """The picture upright, on white, within :data:`MAX_EDGE_PX`; None when the original will do as it is.

    Raises:
        UnsupportedAttachment: the original cannot be decoded.
    """
    try:
        with opened(path) as image:
            fits = max(image.size) <= MAX_EDGE_PX
            turned = image.getexif().get(_EXIF_ORIENTATION, 1) != 1
            if fits and not turned and _SHOWN_AS_IT_IS.get(attachment.media_type) == image.format:
                return None
            drawn = image.format in DRAWN
            return _encode(upright(image, within_px=MAX_EDGE_PX, spread=True), drawn=drawn)
    except DAMAGED as error:
        raise UnsupportedAttachment(f"{attachment.name} cannot be shown: its picture data is damaged.") from error


def page(path: Path, number: int) -> Rendition:
    """Page ``number`` (from 1) of a PDF.

    Raises:
        UnsupportedAttachment: the page cannot be drawn.
    """
    from mmchat.segmenters.pdf import render_page

    return _encode(Image.fromarray(render_page(path, number, PAGE_SCALE)), drawn=True)


def frame(path: Path, milliseconds: int) -> Rendition:
    """What a video shows at that time, upright.

    Raises:
        UnsupportedAttachment: nothing can be decoded there.
    """
    for _, pixels in frames_at(path, [milliseconds / 1000]):
        return _encode(Image.fromarray(pixels), drawn=False)
    raise UnsupportedAttachment("The video has no picture there.")


def figure(pixels: Pixels) -> Rendition:
    """A picture out of a document."""
    image = Image.fromarray(pixels)
    image.thumbnail((MAX_EDGE_PX, MAX_EDGE_PX), Image.Resampling.LANCZOS)
    return _encode(image, drawn=True)


def _encode(image: Image.Image, *, drawn: bool) -> Rendition:
    """Sharp edges (screens, pages, drawings) stay lossless; photographs become JPEG."""
    out = io.BytesIO()
    if drawn:
        image.save(out, "PNG", compress_level=3)
        return Rendition(out.getvalue(), "image/png")
    image.save(out, "JPEG", quality=_JPEG_QUALITY)
    return Rendition(out.getvalue(), "image/jpeg")


class Renditions:
    """The last renditions made, up to a number of bytes. Thread-safe."""

    def __init__(self, max_bytes: int = 64_000_000) -> None:
        self._max_bytes = max_bytes
        self._kept: OrderedDict[tuple[str, str, str], Rendition | None] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()
        self._making = threading.Semaphore(2)  # a large picture takes 240 MB while it is being decoded

    def get(
        self, library: str, attachment_id: str, what: str, make: Callable[[], Rendition | None]
    ) -> Rendition | None:
        """The kept rendition, or the one that ``make`` makes now. ``what`` is its name within the attachment."""
        key = (library, attachment_id, what)
        with self._making:
            with self._lock:
                if key in self._kept:
                    self._kept.move_to_end(key)
                    return self._kept[key]
            made = make()
            with self._lock:
                self._bytes += _size(made) - _size(self._kept.get(key))  # another thread may have made it meanwhile
                self._kept[key] = made
                while self._bytes > self._max_bytes and self._kept:
                    self._bytes -= _size(self._kept.popitem(last=False)[1])
            return made

    def forget(self, library: str, attachment_id: str | None = None) -> None:
        """Drop what was made of one attachment, or of the whole library."""
        with self._lock:
            for key in [k for k in self._kept if k[0] == library and attachment_id in (None, k[1])]:
                self._bytes -= _size(self._kept.pop(key))


def _size(rendition: Rendition | None) -> int:
    return len(rendition.data) if rendition else 0

"""Bytes -> Attachment: the real type from the content, the limits, the measures, the hash.

A name is only ever shown, and only ever decides between kinds of plain text. What a file says is not looked at here.
"""

from __future__ import annotations

import hashlib
import re
import threading
import unicodedata
import warnings
import zipfile
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from PIL import Image, UnidentifiedImageError

from mmchat import streams
from mmchat.errors import UnsupportedAttachment
from mmchat.settings import Settings
from mmchat.types import Attachment, Modality, Upload
from mmchat.workers import HERE, Workers

# Pillow's own guard counts pixels after opening and only warns; ours reads the header and refuses before decoding.
Image.MAX_IMAGE_PIXELS = None

PDFIUM_LOCK = threading.RLock()
"""PDFium is not thread safe: every use of it anywhere holds this."""

ACCEPTED = (
    "text and code, Markdown, HTML, CSV, JSON, PDF, docx, pptx, xlsx, pictures (png, jpg, webp, gif, bmp, tiff), "
    "recordings (wav, mp3, m4a, ogg, opus, flac, webm) and videos (mp4, webm, mov, mkv)"
)
NAME_CHARACTERS = 120
ZIP = "application/zip"
_MB = 1_000_000
_HEAD_BYTES = 128
_UNPACKED_LIMIT_MB = 500
"""What the parts of one office file may come to: a hundred times a large one, far below a zip bomb."""

_OFFICE = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_IMAGES = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "WEBP": "image/webp",
    "GIF": "image/gif",
    "BMP": "image/bmp",
    "TIFF": "image/tiff",
}
_TEXT_BY_SUFFIX = {
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".html": "text/html",
    ".htm": "text/html",
    ".json": "application/json",
}
_TEXT_BY_LABEL = {
    "markdown": "text/markdown",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "html": "text/html",
    "json": "application/json",
}
_KINDS = {
    "text": "a text file",
    "document": "a document",
    "image": "a picture",
    "audio": "a recording",
    "video": "a video",
}
_QUICKTIME_PARTS = (b"moov", b"mdat", b"wide", b"pnot")
"""What a QuickTime film from before the mark of its kind begins with."""
_BMP_HEADERS = (12, 16, 40, 52, 56, 64, 108, 124)
"""The lengths that the second header of a BMP can have."""
# Control, format (bidirectional overrides, zero-width) and private characters never belong in a name.
_UNSAFE = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}


def inspect(upload: Upload, settings: Settings, workers: Workers = HERE, original: Path | None = None) -> Attachment:
    """What these bytes are, measured and within the limits.

    Args:
        upload: the bytes and their name.
        settings: the limits.
        workers: what opens them.
        original: where the bytes lie, which spares handing them over.

    Raises:
        UnsupportedAttachment: they are empty, damaged, locked, too large or of no accepted kind; the message says
            what was seen, what is accepted and what to do.
    """
    name = clean_name(upload.name)
    if not upload.data:
        raise UnsupportedAttachment(f"{name} is empty (0 bytes). Give the file again once it has content.")
    media_type = sniff(upload.data, name)
    head, limits = upload.data[:_HEAD_BYTES], settings.without_secrets()
    media_type, measures = workers.call(measure, original or upload.data, head, name, media_type, limits, what=name)
    modality = modality_of(media_type)
    return Attachment(
        id=hashlib.sha256(upload.data).hexdigest(),
        name=name,
        path=upload.path or upload.name,
        media_type=media_type,
        modality=modality,
        size_bytes=len(upload.data),
        **measures,
    )


def measure(
    source: streams.Source, head: bytes, name: str, media_type: str, settings: Settings
) -> tuple[str, dict[str, Any]]:
    """Opened: the media type, which for a zip archive and for sound and video only this tells, and the measures.

    Args:
        source: the file or its bytes.
        head: its first bytes.
        name: for the sentences.
        media_type: as it was sniffed.
        settings: the limits.

    Raises:
        UnsupportedAttachment: as :func:`inspect`.
    """
    if media_type == ZIP:
        media_type = _office_type(source, name)
    media_type = streams.media_type_of(source, head, media_type)
    modality = modality_of(media_type)
    size_bytes = len(source) if isinstance(source, bytes) else source.stat().st_size
    _check_size(size_bytes, name, media_type, modality, settings)
    if modality is Modality.IMAGE:
        return media_type, _measure_image(source, name, settings)
    if modality is Modality.AUDIO:
        return streams.measure_sound(source, name, media_type, settings)
    if modality is Modality.VIDEO:
        return media_type, streams.measure_video(source, name, settings)
    return media_type, _measure_pdf(source, name, settings) if media_type == "application/pdf" else {}


def clean_name(name: str) -> str:
    """The last part of the name, composed (NFC), without anything that could mislead or break a header."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    safe = "".join(c for c in last if unicodedata.category(c) not in _UNSAFE).strip(" .")
    safe = re.sub(r"\s+", " ", safe)
    if len(safe) > NAME_CHARACTERS:
        suffix = PurePosixPath(safe).suffix[:12]
        safe = safe[: NAME_CHARACTERS - len(suffix) - 1] + "…" + suffix
    return safe or "unnamed"


def plain_text(data: bytes) -> str:
    """The text in these bytes: UTF-8, UTF-16 or what charset-normalizer finds; composed (NFC), Unix line ends."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", errors="replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = _legacy_text(data)
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", ""))


def _legacy_text(data: bytes) -> str:
    """Text from before UTF-8: mostly ASCII with some accents is Windows Western; the rest is guessed by statistics."""
    if sum(byte >= 0x80 for byte in data) < 0.2 * len(data):
        return data.decode("cp1252", errors="replace")
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    return str(best) if best is not None else data.decode("latin-1")


def sniff(data: bytes, name: str) -> str:
    """The media type by content; :data:`ZIP` for every zip archive, office files among them.

    Raises:
        UnsupportedAttachment: it is nothing that is accepted.
    """
    by_signature = _by_signature(data, name)
    if by_signature:
        return by_signature
    found = _magika().identify_bytes(data).output
    if str(found.label) == "pdf":
        return "application/pdf"
    if found.is_text or found.group in ("text", "code") or _reads_as_text(data):
        suffix = PurePosixPath(name.lower()).suffix
        return _TEXT_BY_SUFFIX.get(suffix) or _TEXT_BY_LABEL.get(str(found.label)) or "text/plain"
    what = found.description if str(found.label) not in ("unknown", "undefined") else "of no known kind"
    raise UnsupportedAttachment(f"{name} is {what}, which cannot be read. Accepted are {ACCEPTED}.")


def _by_signature(data: bytes, name: str) -> str:
    """Formats that say what they are in their first bytes; "" for all others."""
    head = data[:16]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ""  # a UTF-16 text; its mark would pass for the first bytes of an MP3 frame
    if b"%PDF-" in data[:1024]:  # other bytes may stand before it, as the format allows
        return "application/pdf"
    if head.startswith(b"PK\x03\x04"):
        return ZIP
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnsupportedAttachment(
            f"{name} is an office file with a password or in the format from before 2007. "
            "Save it without password as docx, pptx or xlsx."
        )
    if b"\0" not in data[:64] and _reads_as_text(data):
        return ""  # a text that happens to begin with ID3, BM or OggS: every format below soon has a zero byte
    signatures = {
        b"\x89PNG\r\n\x1a\n": "image/png",
        b"\xff\xd8\xff": "image/jpeg",
        b"GIF87a": "image/gif",
        b"GIF89a": "image/gif",
        b"II*\x00": "image/tiff",
        b"MM\x00*": "image/tiff",
        b"fLaC": "audio/flac",
        b"OggS": "audio/ogg",
        b"ID3": "audio/mpeg",
        b"\x1aE\xdf\xa3": "audio/webm",
    }
    for signature, media_type in signatures.items():
        if head.startswith(signature):
            return media_type
    if head.startswith(b"RIFF"):
        return {b"WAVE": "audio/wav", b"WEBP": "image/webp"}.get(head[8:12], "")
    if head[4:8] in _QUICKTIME_PARTS:
        return "video/quicktime"
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand in (b"avif", b"avis", b"heic", b"heix", b"mif1"):
            raise UnsupportedAttachment(f"{name} is a HEIC or AVIF picture. Save it as png or jpg.")
        return "audio/mp4"
    if head.startswith(b"BM") and int.from_bytes(data[14:18], "little") in _BMP_HEADERS:
        return "image/bmp"
    if len(data) > 4 and data[0] == 0xFF and data[1] & 0xE0 == 0xE0 and data[1] & 0x06 and data[2] & 0xF0 != 0xF0:
        return "audio/mpeg"
    return ""


def _office_type(source: streams.Source, name: str) -> str:
    try:
        with zipfile.ZipFile(streams.opening(source)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
        raise UnsupportedAttachment(f"{name} is a damaged or cut-off office or zip file. Give a whole copy.") from error
    unpacked_mb = sum(part.file_size for part in parts) / _MB
    for folder, media_type in _OFFICE.items():
        if any(part.filename.startswith(folder) for part in parts):
            if unpacked_mb > _UNPACKED_LIMIT_MB:
                raise UnsupportedAttachment(
                    f"{name} unpacks to {unpacked_mb:.0f} MB; an office file may unpack to at most "
                    f"{_UNPACKED_LIMIT_MB} MB. Split it."
                )
            return media_type
    raise UnsupportedAttachment(
        f"{name} is a zip archive. Unpack it and give the files in it. Accepted are {ACCEPTED}."
    )


def _reads_as_text(data: bytes) -> bool:
    """Whether short or odd text is text after all: it decodes, and holds next to no control characters."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    head = data[:65536]
    try:
        text = head.decode("utf-8", errors="strict" if len(data) <= len(head) else "ignore")
    except UnicodeDecodeError:
        text = head.decode("latin-1")
        if sum(byte >= 0x80 for byte in head) > 0.3 * len(head):
            return False
    controls = sum(unicodedata.category(c) == "Cc" and c not in "\t\n\r\f" for c in text)
    return controls <= len(text) / 500


@cache
def _magika() -> Any:
    from magika import Magika

    return Magika()


def modality_of(media_type: str) -> Modality:
    """Documents are text."""
    kind = media_type.partition("/")[0]
    return Modality(kind) if kind in ("image", "audio", "video") else Modality.TEXT


def _check_size(size_bytes: int, name: str, media_type: str, modality: Modality, settings: Settings) -> None:
    plain = media_type.startswith("text/") or media_type == "application/json"
    kind = "text" if plain else "document" if modality is Modality.TEXT else modality.value
    limit_mb = float(getattr(settings, f"max_{kind}_mb"))
    size_mb = size_bytes / _MB
    if size_mb > limit_mb:
        what = _KINDS[kind]
        raise UnsupportedAttachment(
            f"{name} is {size_mb:.0f} MB; {what} may be at most {limit_mb:g} MB. "
            f"Make it smaller, or raise MMCHAT_MAX_{kind.upper()}_MB."
        )


def _measure_image(source: streams.Source, name: str, settings: Settings) -> dict[str, Any]:
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(streams.opening(source)) as image:  # odd metadata
            if image.format not in _IMAGES:
                raise UnsupportedAttachment(f"{name} is a {image.format} picture. Save it as png or jpg.")
            megapixels = image.width * image.height / 1e6
            if megapixels > settings.max_image_megapixels:
                raise UnsupportedAttachment(
                    f"{name} has {megapixels:.0f} megapixels; a picture may have at most "
                    f"{settings.max_image_megapixels:g}. Scale it down, or raise MMCHAT_MAX_IMAGE_MEGAPIXELS."
                )
            orientation = image.getexif().get(0x0112, 1)
            image.load()
            width, height = image.size
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise UnsupportedAttachment(f"{name} is a damaged or cut-off picture. Give a whole copy.") from error
    turned = orientation in (5, 6, 7, 8)
    return {"width_px": height if turned else width, "height_px": width if turned else height}


def _measure_pdf(source: streams.Source, name: str, settings: Settings) -> dict[str, Any]:
    import pypdfium2

    with PDFIUM_LOCK:
        try:
            document = pypdfium2.PdfDocument(source)
        except pypdfium2.PdfiumError as error:
            if "assword" in str(error):
                raise UnsupportedAttachment(
                    f"{name} is locked with a password. Save a copy without password and give that."
                ) from error
            raise UnsupportedAttachment(f"{name} is a damaged or cut-off PDF. Give a whole copy.") from error
        try:
            pages = len(document)
        finally:
            document.close()
    if not pages:
        raise UnsupportedAttachment(f"{name} is a PDF without pages. Give a whole copy.")
    if pages > settings.max_pages:
        raise UnsupportedAttachment(
            f"{name} has {pages} pages; a document may have at most {settings.max_pages}. "
            "Split it, or raise MMCHAT_MAX_PAGES."
        )
    return {"pages": pages}

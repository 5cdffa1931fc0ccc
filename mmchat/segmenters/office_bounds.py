"""A docx or pptx with more in it than is read -> one with its beginning, before anything parses it whole.

It looks at the XML as a stream of tags (expat), and knows nothing of what they mean but that ``p`` is a paragraph.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import IO
from xml.parsers import expat

from mmchat.errors import UnsupportedAttachment
from mmchat.segmenters.bounds import BROKEN_OFFICE, DEEPEST, MOST_PARAGRAPHS

_LOOKED_AT = re.compile(r"word/[^/]+\.xml|ppt/(?:slides|notesSlides|charts)/[^/]+\.xml")
_CHUNK = 1 << 20
_MOST_XML_BYTES = 100 << 20
"""Of the parts that are looked at, together."""
_MOST_MEMBERS = 20_000


def within_bounds(path: Path, folder: Path) -> tuple[Path, bool]:
    """The file itself, or one in the folder that holds its first paragraphs; and whether anything was left out.

    Raises:
        UnsupportedAttachment: it is damaged, or its parts lie in each other too deep.
    """
    left_bytes, left_paragraphs = _MOST_XML_BYTES, MOST_PARAGRAPHS
    changed: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            names = [info.filename for info in archive.infolist()]
            if len(names) > _MOST_MEMBERS:
                raise UnsupportedAttachment(
                    f"The file has {len(names):,} parts; an office file may have at most {_MOST_MEMBERS:,}. Split it."
                )
            for name in sorted(filter(_LOOKED_AT.fullmatch, names), key=_in_order):
                with archive.open(name) as part:
                    look = _Look(part, left_paragraphs, left_bytes)
                if look.rest is not None:
                    changed[name] = look.rest
                left_paragraphs -= look.paragraphs
                left_bytes -= look.bytes
            if not changed:
                return path, False
            made = folder / "within-bounds"
            with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy:
                for info in archive.infolist():
                    copy.writestr(info.filename, changed.get(info.filename) or archive.read(info))
    except (*BROKEN_OFFICE, expat.ExpatError) as error:
        raise UnsupportedAttachment("The office file is damaged. Save it again and give that.") from error
    return made, True


def _in_order(name: str) -> tuple[bool, int, str]:
    """The document itself before its notes; slides by their numbers."""
    number = re.search(r"\d+", name)
    return name != "word/document.xml", int(number[0]) if number else 0, name


class _Look:
    """One part, looked through up to its bound.

    Attributes:
        paragraphs, bytes: how much of it is kept.
        rest: the kept part as whole XML; None where that is all of it.
    """

    def __init__(self, part: IO[bytes], most_paragraphs: int, most_bytes: int) -> None:
        self.paragraphs = 0
        self.bytes = 0
        self.rest: bytes | None = None
        self._most_paragraphs = most_paragraphs
        self._most_bytes = most_bytes
        self._open: list[str] = []
        self._cut_at = -1
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._end
        read: list[bytes] = []
        while self._cut_at < 0 and (chunk := part.read(_CHUNK)):
            read.append(chunk)
            self._parser.Parse(chunk)
        if self._cut_at >= 0:
            closing = "".join(f"</{name}>" for name in reversed(self._open)).encode()
            self.rest = b"".join(read)[: self._cut_at] + closing
            self.bytes = self._cut_at
        else:
            self._parser.Parse(b"", True)
            self.bytes = sum(map(len, read))

    def _begin(self, name: str, _: object) -> None:
        if self._cut_at >= 0:
            return
        is_paragraph = name.endswith(":p") or name == "p"
        at = self._parser.CurrentByteIndex
        if self._open and (self.paragraphs + is_paragraph > self._most_paragraphs or at > self._most_bytes):
            self._cut_at = at
            return
        self.paragraphs += is_paragraph
        self._open.append(name)
        if len(self._open) > DEEPEST:
            raise UnsupportedAttachment(
                f"The file cannot be read: its parts lie more than {DEEPEST} deep in each other. Save it again."
            )

    def _end(self, _: str) -> None:
        if self._cut_at < 0:
            self._open.pop()

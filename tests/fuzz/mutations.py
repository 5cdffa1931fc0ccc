"""A file -> the same file with something wrong in it, where its format has a structure: there."""

from __future__ import annotations

import io
import random
import re
import struct
import zipfile
import zlib

_NUMBERS = (0, 1, -1, 2, 127, 128, 255, 256, 32_767, 65_535, 65_536, 10**6, 2**31 - 1, 2**31, 2**32 - 1, 10**12)
_STRANGE = (
    "\x00",
    "\ufeff",
    "\u202e",
    "\u0301" * 40,
    "\U0001f600",
    "\r",
    "\x0b",
    "\x85",
    "\u2028",
    "A" * 3_000,
    "|" * 500,
)


def mutated(name: str, data: bytes, chance: random.Random) -> bytes:
    """One to three mutations, most of them of the kind of file that it is."""
    for _ in range(chance.choice((1, 1, 2, 3))):
        kind = _structure(data)
        data = kind(data, chance) if kind is not None and chance.random() < 0.75 else _bytes(data, chance)
    return data


def _structure(data: bytes):  # type: ignore[no-untyped-def]
    if data.startswith(b"PK"):
        return _zip
    if data.startswith(b"\x89PNG"):
        return _png
    if data.startswith(b"%PDF"):
        return _pdf
    if data.startswith(b"RIFF"):
        return _sizes
    if data[4:8] == b"ftyp":
        return _boxes
    try:
        data.decode()
    except UnicodeDecodeError:
        return None
    return _text


def _bytes(data: bytes, chance: random.Random) -> bytes:
    """As of no format: bits, blocks, lengths."""
    made = bytearray(data)
    at = chance.randrange(len(made) + 1)
    size = min(chance.choice((1, 2, 4, 16, 200)), len(made))
    match chance.randrange(7):
        case 0 if made:
            made[at - 1] ^= 1 << chance.randrange(8)
        case 1:
            del made[at : at + size]
        case 2:
            made[at:at] = made[at : at + size] * chance.choice((1, 2, 50))
        case 3:
            made[at:at] = chance.randbytes(size)
        case 4:
            made = made[:at]
        case 5:
            made[at : at + 4] = struct.pack(chance.choice(("<I", ">I")), chance.choice(_NUMBERS) & 0xFFFFFFFF)
        case _:
            other = chance.randrange(len(made) + 1)
            made[at : at + size], made[other : other + size] = made[other : other + size], made[at : at + size]
    return bytes(made)


def _text(data: bytes, chance: random.Random) -> bytes:
    """Lines, tags, numbers and letters that are no letters."""
    text = data.decode()
    at = chance.randrange(len(text) + 1)
    match chance.randrange(7):
        case 0:
            text = text[:at] + chance.choice(_STRANGE) + text[at:]
        case 1:
            text = re.sub(r"\d+", lambda _: str(chance.choice(_NUMBERS)), text, count=chance.randrange(1, 4))
        case 2:
            tags = re.findall(r"<[^>]*>", text) or ["<table>", "</p>"]
            text = text[:at] + chance.choice(tags) * chance.choice((1, 3, 300)) + text[at:]
        case 3:
            lines = text.splitlines(keepends=True)
            chance.shuffle(lines)
            text = "".join(lines)
        case 4:
            text = text.replace(
                chance.choice((",", "|", "\n", '"', "<", ">", " ", "#")), chance.choice(('"', "", "||", "\t", "\n\n"))
            )
        case 5:
            text = text * chance.choice((2, 20))
        case _:
            text = text[:at]
    return text.encode("utf-8", "surrogatepass")


def _zip(data: bytes, chance: random.Random) -> bytes:
    """One part of an office file changed, doubled, renamed or lost; then packed again, so that it is found."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = [(info.filename, archive.read(info)) for info in archive.infolist()]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError):
        return _bytes(data, chance)
    if not parts:
        return _bytes(data, chance)
    at = chance.randrange(len(parts))
    name, content = parts[at]
    match chance.randrange(10):
        case 0:
            del parts[at]
        case 1:
            parts.append((name, chance.choice(parts)[1]))
        case 2:
            parts[at] = (
                chance.choice(("../" + name, name.upper(), name + "/", "word/document.xml", "")) or "x",
                content,
            )
        case 3:
            parts[at] = (name, _bytes(content, chance) if content else b"<a/>")
        case _:
            parts[at] = (name, _xml(content, chance))
    out = io.BytesIO()
    import warnings

    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, inner in parts:
            archive.writestr(each, inner)
    return out.getvalue()


def _xml(content: bytes, chance: random.Random) -> bytes:
    tags = list(re.finditer(rb"<[^<>]+>", content))
    if not tags:
        return _bytes(content, chance) if content else content
    tag = chance.choice(tags)
    match chance.randrange(7):
        case 0:
            return content[: tag.start()] + content[tag.end() :]
        case 1:
            return content[: tag.start()] + tag[0] * chance.choice((2, 30)) + content[tag.end() :]
        case 2:
            return re.sub(
                rb'"-?\d+"', lambda _: b'"%d"' % chance.choice(_NUMBERS), content, count=chance.choice((1, 5, 0))
            )
        case 3:
            element = re.search(rb"<(\w+:?\w*)[^<>]*>.*?</\1>", content[tag.start() :], re.DOTALL)
            if element is not None:
                begin = tag.start() + element.start()
                return content[:begin] + element[0] * chance.choice((0, 2, 40)) + content[begin + len(element[0]) :]
            return content
        case 4:
            return re.sub(
                rb'="[^"]*"', lambda _: b'="' + chance.choice(_STRANGE).encode("utf-8") + b'"', content, count=1
            )
        case 5:
            other = chance.choice(tags)
            return content.replace(tag[0], other[0], 1)
        case _:
            entity = b'<!DOCTYPE a [<!ENTITY b "' + b"x" * 100 + b'">]>'
            return content.replace(b"?>", b"?>" + entity, 1)


def _png(data: bytes, chance: random.Random) -> bytes:
    """A chunk with other content, its checksum right again."""
    chunks, at = [], 8
    while at + 12 <= len(data):
        (size,) = struct.unpack(">I", data[at : at + 4])
        chunks.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + size]))
        at += 12 + size
    if not chunks:
        return _bytes(data, chance)
    n = chance.randrange(len(chunks))
    kind, content = chunks[n]
    match chance.randrange(4):
        case 0:
            chunks.insert(n, chunks[n])
        case 1:
            del chunks[n]
        case 2 if kind == b"IHDR" and len(content) >= 13:
            sizes = [chance.choice((0, 1, 3, 64, 100_000, 2**31 - 1)) for _ in range(2)]
            rest = bytes(chance.choice((0, 1, 2, 3, 4, 6, 8, 16, 255)) for _ in range(5))
            chunks[n] = (kind, struct.pack(">II", *sizes) + (rest if chance.random() < 0.5 else content[8:]))
        case _:
            chunks[n] = (kind, _bytes(content, chance))
    packed = [struct.pack(">I", len(c)) + k + c + struct.pack(">I", zlib.crc32(k + c)) for k, c in chunks]
    return data[:8] + b"".join(packed)


def _pdf(data: bytes, chance: random.Random) -> bytes:
    """Numbers, references and keys."""
    match chance.randrange(5):
        case 0:
            numbers = list(re.finditer(rb"(?<![\d.])-?\d+(?![\d.])", data))
            return _replaced(data, chance.choice(numbers), b"%d" % chance.choice(_NUMBERS)) if numbers else data
        case 1:
            references = list(re.finditer(rb"\d+ 0 R", data))
            return _replaced(data, chance.choice(references), b"%d 0 R" % chance.randrange(12)) if references else data
        case 2:
            keys = list(re.finditer(rb"/[A-Za-z]+", data))
            return _replaced(data, chance.choice(keys), chance.choice(keys)[0]) if keys else data
        case 3:
            words = list(re.finditer(rb"endobj|endstream|stream|obj|xref|trailer|>>|<<|\[|\]", data))
            return (
                _replaced(data, chance.choice(words), chance.choice((b"", b"<<", b"[", b"endobj"))) if words else data
            )
        case _:
            return _bytes(data, chance)


def _replaced(data: bytes, found: re.Match[bytes], by: bytes) -> bytes:
    return data[: found.start()] + by + data[found.end() :]


def _sizes(data: bytes, chance: random.Random) -> bytes:
    """The lengths and numbers in the head of a WAV or WebP."""
    made = bytearray(data)
    at = chance.randrange(4, min(len(made), 60) or 5)
    made[at : at + 4] = struct.pack("<I", chance.choice(_NUMBERS) & 0xFFFFFFFF)
    return bytes(made)


def _boxes(data: bytes, chance: random.Random) -> bytes:
    """A box of an MP4 with another length, another kind, or something else in it."""
    kinds = rb"moov|trak|mdia|minf|stbl|stsd|stts|stsc|stsz|stco|mvhd|tkhd|mdhd|hdlr|mdat|avc1|mp4a|elst|udta"
    boxes = list(re.finditer(kinds, data))
    if not boxes:
        return _bytes(data, chance)
    box = chance.choice(boxes)
    made = bytearray(data)
    match chance.randrange(3):
        case 0:
            made[box.start() - 4 : box.start()] = struct.pack(">I", chance.choice(_NUMBERS) & 0xFFFFFFFF)
        case 1:
            made[box.start() : box.end()] = chance.choice(boxes)[0]
        case _:
            at = box.end() + chance.randrange(24)
            made[at : at + 4] = struct.pack(">I", chance.choice(_NUMBERS) & 0xFFFFFFFF)
    return bytes(made)

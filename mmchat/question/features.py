"""A question -> what its wording looks like: hashed n-grams of letters and words, as in fastText (arXiv 1607.01759).

The vector of a text encoder says what a question is about; whether it asks for a list, a sum or a file lies in a few
small words, which the vector holds weakly. It knows no kind of request and no language.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Iterator

import numpy as np

from mmchat.types import Vector

BUCKETS = 2048
LETTERS = (3, 4, 5)
"""Lengths of the n-grams of letters, taken inside a word and its two borders."""
_WORD = re.compile(r"\w+")


def plain(text: str) -> str:
    """The words alone, without case, accents or punctuation: people leave all three out when they type."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(_WORD.findall("".join(c for c in apart if not unicodedata.combining(c))))


def hashed_ngrams(text: str) -> Vector:
    """Signed counts of the n-grams of ``text``: float32, shape (BUCKETS,), unit length."""
    counts = np.zeros(BUCKETS, dtype=np.float32)
    for ngram in _ngrams(plain(text).split()):
        hashed = zlib.crc32(ngram.encode())
        counts[hashed % BUCKETS] += 1.0 if hashed >> 31 else -1.0  # collisions cancel out on average
    length = float(np.linalg.norm(counts))
    return counts / length if length else counts


def _ngrams(words: list[str]) -> Iterator[str]:
    for word in words:
        bordered = f"<{word}>"
        yield bordered
        for n in LETTERS:
            yield from (bordered[at : at + n] for at in range(len(bordered) - n + 1))
    bordered_words = ["^", *words, "$"]
    yield from (f"{first} {second}" for first, second in zip(bordered_words, bordered_words[1:], strict=False))

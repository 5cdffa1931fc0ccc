"""What a file says, and how its pages look -> a likeness of it: the same words in the same order.

Blanks and capitals do not matter, everything else does. No shingles and no share of words in common (MinHash): two
drafts that differ in one sentence, or two invoices in one figure, are what a person needs both of.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable

import numpy as np
from PIL import Image

from mmchat.perception.likeness import Likeness
from mmchat.types import Pixels

METHOD = "text-1"
MOST_CELL = 16
"""How far any cell of a page may be off, of 255: as for the cells of pictures, which were measured."""
_CELLS = 16
_DIGEST = 32


def text_likeness(kind: str, pieces: Iterable[str], pages: Iterable[Pixels] = ()) -> Likeness | None:
    """The likeness of a file; None when it says nothing.

    Args:
        kind: keeps apart what is cited differently: a PDF has pages, its export to plain text has none.
        pieces: all that it says, in order.
        pages: how its pages look, where words are not all there is on them.
    """
    said = plain(" ".join(pieces))
    if not said:
        return None
    digest = hashlib.sha256(f"{kind}\x1f{said}".encode()).digest()
    return Likeness(METHOD, int.from_bytes(digest[:8], "big", signed=True), digest + b"".join(map(_look, pages)))


def same_text(a: Likeness, b: Likeness) -> bool:
    """Whether both say the same, on pages that look the same."""
    if a.proof[:_DIGEST] != b.proof[:_DIGEST] or len(a.proof) != len(b.proof):
        return False
    cells, other = (np.frombuffer(each.proof, np.uint8, offset=_DIGEST).astype(np.int16) for each in (a, b))
    return not cells.size or int(np.abs(cells - other).max()) <= MOST_CELL


def plain(text: str) -> str:
    """Composed, in lower case, one blank between words."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _look(page: Pixels) -> bytes:
    """A page in 16 x 16 cells of grey."""
    return Image.fromarray(page).convert("L").resize((_CELLS, _CELLS), Image.Resampling.BILINEAR).tobytes()

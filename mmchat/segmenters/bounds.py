"""How much of one file is read: what is over it is left out before it costs anything.

Where rows, columns, paragraphs or tags are left out, the person is told.

Far above what people write, and low enough that every file up to its largest size is read within the seconds and the
memory of a worker.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator

# What zipfile and the readers of XML raise: RuntimeError for a part with a password, NotImplementedError for one that
# is packed in a way of its own.
BROKEN_OFFICE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,
    RuntimeError,
    SyntaxError,
    ValueError,
)
MOST_SEGMENTS = 200_000
MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 100_000, 1_000, 1_000_000
"""Of one table. A sheet of Excel has 16,384 columns; what people read side by side is fewer than a hundred."""
MOST_SPANNED, MOST_COVERED = 1_000, 2_000_000
"""Columns or rows that one cell may cover, as in browsers, and places that all cells of a table may."""
MOST_HEADINGS = 20_000
MOST_TAGS = 200_000
"""Of one web page."""
MOST_PAGE_CHARACTERS, MOST_PAGE_OBJECTS, MOST_PAGE_FIGURES = 100_000, 20_000, 500
"""Of one page of a PDF."""
MOST_PARAGRAPHS = 30_000
"""Of one office document: a novel has a tenth of that."""
DEEPEST = 200
"""How deep parts of an office document may lie in each other."""
LONGEST_LINE = 20_000
"""In characters: a longer line is neither a heading nor a row of a table."""

Span = tuple[int, int]


def lines(text: str, start: int = 0, end: int | None = None) -> Iterator[Span]:
    """The spans of the lines that hold anything, without their line breaks."""
    end = len(text) if end is None else end
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        if text[start:stop].strip():
            yield start, stop
        start = stop + 1

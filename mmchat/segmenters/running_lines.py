"""The headers and footers that repeat from page to page, taken out of all pages but the first that has them.

"Debian Reference 14 / 233" says nothing of Debian 14, and a passage that it cuts in two reads badly.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import replace

from mmchat.segmenters.pdf import PdfPage

_EDGE_LINES = 2
"""How many lines at the top and at the bottom of a page may be running ones."""
_REMEMBERED_PAGES = 2
"""Left and right pages often differ."""
_DIGITS = re.compile(r"\d{1,9}")


class RunningLines:
    """Give it the pages of one document in order."""

    def __init__(self) -> None:
        self._seen: deque[tuple[int, list[str]]] = deque(maxlen=_REMEMBERED_PAGES)

    def without(self, page: PdfPage) -> PdfPage:
        """The page less the lines at its edges that stood at the edges of one of the last two pages."""
        lines = [m for m in re.finditer(r"[^\n]+", page.text) if m[0].strip()]
        edges = [line[0] for line in [*lines[:_EDGE_LINES], *lines[max(_EDGE_LINES, len(lines) - _EDGE_LINES) :]]]
        running = {
            line
            for line in edges
            if any(_goes_on(old, line, page.number - number) for number, olds in self._seen for old in olds)
        }
        self._seen.append((page.number, edges))
        start, end = 0, len(lines)
        while start < min(_EDGE_LINES, end) and lines[start][0] in running:
            start += 1
        while end > max(start, len(lines) - _EDGE_LINES) and lines[end - 1][0] in running:
            end -= 1
        if start == end or (start, end) == (0, len(lines)):  # a page of nothing else stays
            return page
        first, last = lines[start].start(), lines[end - 1].end()
        places = tuple(
            replace(place, char_start=place.char_start - first, char_end=place.char_end - first)
            for place in page.places
            if first <= place.char_start and place.char_end <= last
        )
        return replace(page, text=page.text[first:last], places=places)


def _goes_on(old: str, new: str, pages: int) -> bool:
    """Whether two lines are the same but for numbers that count the pages: the last rows of a table are not."""
    if " ".join(_DIGITS.sub("0", old).split()) != " ".join(_DIGITS.sub("0", new).split()):
        return False
    numbers = zip(_DIGITS.findall(old), _DIGITS.findall(new), strict=True)
    return all(int(after) - int(before) in (0, pages) for before, after in numbers)

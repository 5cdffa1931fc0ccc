"""Lines of words from two readings of one picture -> paragraphs in reading order. It knows no engine."""

from __future__ import annotations

from dataclasses import dataclass, field

from mmchat.perception.ocr import OcrParagraph, paragraph
from mmchat.types import Box

Word = tuple[str, Box, float]
"""text, box in 0..1, confidence 0..1."""

_SAME_LINE = 0.5
_WORD_GAP_HEIGHTS = 1.5
_COLUMN_GAP_HEIGHTS = 3.0
_LABEL_HEIGHT = 0.85
"""A line of labels is at most this share as high as the line of values below it."""


@dataclass(slots=True)
class Line:
    """Words from left to right; lines of one paragraph share its number."""

    paragraph: int
    words: list[Word] = field(default_factory=list)

    @property
    def box(self) -> Box:
        """Around all its words."""
        boxes = [box for _, box, _ in self.words]
        return min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)


def merged(first: list[Line], second: list[Line], aspect: float) -> list[Line]:
    """The first reading with what only the second one saw: words beside or inside its lines, and lines of their own.

    Args:
        first: lines in reading order.
        second: lines of what the first reading left over.
        aspect: width of the picture divided by its height.
    """
    lines = list(first)
    for line in second:
        host = next((seen for seen in lines if _beside(seen.box, line.box, aspect)), None)
        if host is not None:
            host.words = sorted([*host.words, *line.words], key=lambda word: word[1][0])
        else:
            own = Line(-1 - line.paragraph, line.words)
            lines.insert(_position(lines, own), own)
    return lines


def labelled(lines: list[Line], aspect: float) -> list[Line]:
    """Small labels side by side over larger values, as on a boarding pass -> each label with the value under it.

    Engines read such rows straight across, which tears every value from its label. Rows of one size, like the items of
    a receipt with their prices, are left as they are.
    """
    out: list[Line] = []
    at = 0
    while at < len(lines):
        pairs = _pairs(lines[at], lines[at + 1], aspect) if at + 1 < len(lines) else []
        for label, value in pairs:
            number = -10_000 - len(out)  # a paragraph of its own
            out += [Line(number, label), Line(number, value)]
        if not pairs:
            out.append(lines[at])
        at += 2 if pairs else 1
    return out


def _pairs(above: Line, below: Line, aspect: float) -> list[tuple[list[Word], list[Word]]]:
    labels, values = _cells(above, aspect), _cells(below, aspect)
    if len(labels) < 2 or len(labels) != len(values) or _height(above.words) > _LABEL_HEIGHT * _height(below.words):
        return []
    near = _height(below.words) / aspect
    aligned = all(abs(v[0][1][0] - w[0][1][0]) <= near for v, w in zip(labels, values, strict=True))
    return list(zip(labels, values, strict=True)) if aligned else []


def _cells(line: Line, aspect: float) -> list[list[Word]]:
    """The line's words, parted where the gap is that of columns, not of words."""
    widest = _COLUMN_GAP_HEIGHTS * _height(line.words) / aspect
    cells: list[list[Word]] = []
    for word in line.words:
        if cells and word[1][0] - cells[-1][-1][1][2] <= widest:
            cells[-1].append(word)
        else:
            cells.append([word])
    return cells


def _height(words: list[Word]) -> float:
    return max(box[3] - box[1] for _, box, _ in words)


def paragraphs(lines: list[Line]) -> list[OcrParagraph]:
    """Consecutive lines of the same number, joined."""
    groups: list[list[Line]] = []
    for line in lines:
        if groups and groups[-1][-1].paragraph == line.paragraph:
            groups[-1].append(line)
        else:
            groups.append([line])
    return [paragraph([line.words for line in group]) for group in groups]


def _beside(seen: Box, new: Box, aspect: float) -> bool:
    height = min(seen[3] - seen[1], new[3] - new[1])
    overlap = min(seen[3], new[3]) - max(seen[1], new[1])
    gap = max(seen[0], new[0]) - min(seen[2], new[2])
    return overlap >= _SAME_LINE * height and gap * aspect <= _WORD_GAP_HEIGHTS * height


def _position(lines: list[Line], new: Line) -> int:
    """Before the first line that lies below it in the same column, but inside no paragraph; else last."""
    x0, y0, x1, _ = new.box
    for at, line in enumerate(lines):
        left, top, right, _ = line.box
        inside = at > 0 and lines[at - 1].paragraph == line.paragraph and line.paragraph != new.paragraph
        if top > y0 and min(x1, right) > max(x0, left) and not inside:
            return at
    return len(lines)

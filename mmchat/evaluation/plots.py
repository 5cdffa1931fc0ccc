"""Numbers -> plots as SVG text, without any library: they stand in a page that fetches and runs nothing.

Colours are classes that the page's style sheet fills, so that they follow its light or dark ground.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

WIDTH = 860
ROW = 22
LABEL = 320
RIGHT = 130
MOST_LETTERS = 12
"""Of one line over a column."""

Interval = Mapping[str, float]


def intervals(rows: Sequence[tuple[str, Interval, float | None]], described: str) -> str:
    """A dot at the mean and a line over its interval, on an axis from 0 to 1.

    Args:
        rows: label, ``mean``/``low``/``high``, and the aim as a mark of its own, or None.
        described: what a reader who does not see it is told.
    """
    height = ROW * len(rows) + 30
    parts = [_axis(height)]
    for number, (label, value, aim) in enumerate(rows):
        y = ROW * number + 14
        parts.append(f'<text class="label" x="{LABEL - 12}" y="{y + 4}" text-anchor="end">{escape(label)}</text>')
        parts.append(
            f'<line class="whisker" x1="{_x(value["low"]):.1f}" x2="{_x(value["high"]):.1f}" y1="{y}" y2="{y}"/>'
        )
        parts.append(f'<circle class="dot" cx="{_x(value["mean"]):.1f}" cy="{y}" r="4.5"/>')
        if aim is not None:
            x = _x(aim)
            parts.append(f'<line class="aim" x1="{x:.1f}" x2="{x:.1f}" y1="{y - 8}" y2="{y + 8}"/>')
        told = f"{value['mean']:.2f}  [{value['low']:.2f}, {value['high']:.2f}]"
        parts.append(f'<text class="value" x="{WIDTH - RIGHT + 14}" y="{y + 4}">{told}</text>')
    return _svg(WIDTH, height, described, parts)


def grid(head: Sequence[str], rows: Sequence[tuple[str, Sequence[tuple[float, float, bool]]]], described: str) -> str:
    """A cell per row and column: the figure, and the colour of its difference to the first column.

    Args:
        head: names of the columns.
        rows: label, and per column the figure, its difference (-1 to 1), and whether that is sure.
        described: as in :func:`intervals`.
    """
    cell = (WIDTH - LABEL) / max(1, len(head))
    broken = [_broken(name) for name in head]
    top = 10 + 15 * max((len(lines) for lines in broken), default=0)
    height = top + ROW * len(rows) + 4
    parts = []
    for number, lines in enumerate(broken):
        x = LABEL + cell * (number + 0.5)
        for at, line in enumerate(lines):
            parts.append(
                f'<text class="label" x="{x:.1f}" y="{14 + 15 * at}" text-anchor="middle">{escape(line)}</text>'
            )
    for number, (label, cells) in enumerate(rows):
        y = top + ROW * number
        parts.append(f'<text class="label" x="{LABEL - 12}" y="{y + 15}" text-anchor="end">{escape(label)}</text>')
        for column, (value, change, sure) in enumerate(cells):
            x = LABEL + cell * column
            kind = "gain" if change > 0 else "loss"
            strength = min(1.0, abs(change) / 0.5)
            parts.append(
                f'<rect class="{kind}" fill-opacity="{strength:.2f}" x="{x + 1:.1f}" y="{y + 1}" '
                f'width="{cell - 2:.1f}" height="{ROW - 2}" rx="3"/>'
            )
            mark = "*" if sure else ""
            weight = ' class="value on"' if strength > 0.6 else ' class="value"'
            parts.append(
                f'<text{weight} x="{x + cell / 2:.1f}" y="{y + 15}" text-anchor="middle">{value:.2f}{mark}</text>'
            )
    return _svg(WIDTH, height, described, parts)


def _broken(name: str) -> list[str]:
    """A column's name in lines that fit over it: broken at the first blank, and at the hyphen of a long word."""
    first, _, rest = name.partition(" ")
    head, hyphen, tail = rest.partition("-")
    return [first, head + hyphen, tail] if len(rest) > MOST_LETTERS and hyphen else [first, rest]


def bars(rows: Sequence[tuple[str, Sequence[float]]], unit: str, described: str) -> str:
    """Nested bars on one axis, the longest value behind: p99, p95 and p50 of a stage."""
    most = max((value for _, values in rows for value in values), default=1.0) or 1.0
    height = ROW * len(rows) + 6
    parts = []
    for number, (label, values) in enumerate(rows):
        y = ROW * number + 3
        parts.append(f'<text class="label" x="{LABEL - 12}" y="{y + 13}" text-anchor="end">{escape(label)}</text>')
        for order, value in enumerate(sorted(values, reverse=True)):
            width = max(1.0, value / most * (WIDTH - LABEL - RIGHT))
            inset = order * 3
            parts.append(
                f'<rect class="bar b{order}" x="{LABEL}" y="{y + inset}" width="{width:.1f}" '
                f'height="{ROW - 6 - 2 * inset}" rx="2"/>'
            )
        told = " / ".join(f"{value:.0f}" for value in values)
        parts.append(f'<text class="value" x="{WIDTH - RIGHT + 14}" y="{y + 13}">{told} {unit}</text>')
    return _svg(WIDTH, height, described, parts)


def scatter(points: Sequence[tuple[float, float, str]], described: str, side: int = 420) -> str:
    """A dot per point, its class ``dot-LABEL``; queries, which come last, are drawn hollow on top."""
    if not points:
        return ""
    xs, ys = [x for x, _, _ in points], [y for _, y, _ in points]
    left, low = min(xs), min(ys)
    scale = (side - 24) / (max(max(xs) - left, max(ys) - low) or 1.0)
    parts = [f'<rect class="frame" x="0.5" y="0.5" width="{side - 1}" height="{side - 1}" rx="6"/>']
    for x, y, label in points:
        place = f'cx="{12 + (x - left) * scale:.1f}" cy="{side - 12 - (y - low) * scale:.1f}"'
        parts.append(f'<circle class="dot-{escape(label)}" {place} r="{2.6 if label == "query" else 3.2}"/>')
    return _svg(side, side, described, parts)


def _x(value: float) -> float:
    return LABEL + min(1.0, max(0.0, value)) * (WIDTH - LABEL - RIGHT)


def _axis(height: int) -> str:
    parts = []
    for tenth in range(0, 11, 2):
        x = _x(tenth / 10)
        parts.append(f'<line class="tick" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{height - 24}"/>')
        parts.append(f'<text class="label" x="{x:.1f}" y="{height - 6}" text-anchor="middle">{tenth / 10:.1f}</text>')
    return "".join(parts)


def _svg(width: int, height: int, described: str, parts: Sequence[str]) -> str:
    return (
        f'<svg role="img" aria-label="{escape(described)}" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}">{"".join(parts)}</svg>'
    )

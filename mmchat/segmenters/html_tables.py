"""The tables of a web page -> grids. A table that only lays out a page is none."""

from __future__ import annotations

from collections.abc import Iterator

from bs4 import BeautifulSoup
from bs4.element import Tag

from mmchat.segmenters.bounds import MOST_COLUMNS
from mmchat.segmenters.grids import Grid, GridCell, GridRow, Spans

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def html_grids(soup: BeautifulSoup) -> Iterator[Grid]:
    """Each table of data, in reading order, under the headings above it."""
    above: dict[int, str] = {}
    for tag in soup.find_all([*_HEADINGS, "table"]):
        if tag.name != "table":
            level = int(tag.name[1])
            above = {depth: name for depth, name in above.items() if depth < level} | {level: _words(tag)}
            continue
        if tag.get("role") in ("presentation", "none") or tag.find("table") is not None:
            continue
        caption = tag.find("caption")
        title = _words(caption) if caption is not None else next(reversed(above.values()), "")
        parts = [*above.values(), title]
        grid = _grid(tag, title, " > ".join(dict.fromkeys(part for part in parts if part)))
        if grid is not None:
            yield grid


def _grid(table: Tag, title: str, heading: str) -> Grid | None:
    spans = Spans()
    rows: list[GridRow] = []
    lines = [line for line in table.find_all("tr") if line.find_parent("table") is table]
    for number, line in enumerate(lines, start=1):
        in_head = line.parent is not None and line.parent.name == "thead"
        cells = line.find_all(["td", "th"], recursive=False, limit=MOST_COLUMNS)
        for cell in cells:
            text = _words(cell)
            bold = _is_bold(cell, text)
            heads = in_head or cell.name == "th"
            made = GridCell(text, number, spans.next_column(number), heads=heads, bold=bold) if text else None
            spans.put(number, made, _span(cell, "colspan"), _span(cell, "rowspan"))
        rows.append(GridRow(number, spans.row(number)))
    kept = [row for row in rows if any(row.cells)]
    width = max((len(row.cells) for row in kept), default=0)
    has_head = table.find("th") is not None
    if width < 2 or len(kept) < 2 and not has_head:
        return None
    return Grid(kept, title=title, heading=heading, width=width)


def _span(cell: Tag, name: str) -> int:
    value = str(cell.get(name, "1")).strip()
    return max(1, int(value[:9])) if value.isdecimal() else 1


def _is_bold(cell: Tag, text: str) -> bool:
    bold = cell.find(["b", "strong"])
    return bold is not None and bool(text) and _words(bold) == text


def _words(tag: Tag) -> str:
    return " ".join(tag.get_text(" ").split())

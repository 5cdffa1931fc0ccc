"""The tables of docx and pptx files -> grids, from their own cells, merged ones too."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from mmchat.segmenters.grids import Grid, GridCell, GridRow, Spans

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_GROUP = 6
"""A group of shapes (MSO_SHAPE_TYPE of the Office object model)."""
_CAPTION = ("caption", "beschriftung", "légende", "legende")
_HEADING = re.compile(r"(?:heading|berschrift|titre|título|titolo|kop)\D{0,2}(\d)|^title$", re.IGNORECASE)


def office_grids(path: Path, media_type: str) -> Iterator[Grid]:
    """The tables of a document or a presentation in reading order; one that only lays out the page is none."""
    found = _on_slides(path) if media_type.endswith(".presentation") else _in_document(path)
    for grid in found:
        if grid.width > 1 and len(grid.rows) > 1:
            yield grid


def _on_slides(path: Path) -> Iterator[Grid]:
    import pptx

    for number, slide in enumerate(pptx.Presentation(str(path)).slides, start=1):
        title = slide.shapes.title.text_frame.text if slide.shapes.title is not None else ""
        title = " ".join(title.split())
        for table in _shown(slide.shapes):
            yield _of_slide(table, title, number)


def _shown(shapes: Any) -> Iterator[Any]:
    for shape in shapes:
        if shape.shape_type == _GROUP:
            yield from _shown(shape.shapes)
        elif getattr(shape, "has_table", False):
            yield shape.table


def _of_slide(table: Any, title: str, page: int) -> Grid:
    rows: list[GridRow] = []
    merged: dict[tuple[int, int], GridCell | None] = {}
    for number, line in enumerate(table.rows, start=1):
        kept: list[GridCell | None] = []
        for column, cell in enumerate(line.cells):
            if cell.is_spanned:
                kept.append(merged.get((number, column)))
                continue
            text = _joined(paragraph.text for paragraph in cell.text_frame.paragraphs)
            runs = [run for paragraph in cell.text_frame.paragraphs for run in paragraph.runs if run.text.strip()]
            bold = bool(runs) and all(run.font.bold for run in runs)
            # The style prints the first row and the first column bold where the table asks for it.
            styled = table.first_row and number == 1 or table.first_col and column == 0
            made = GridCell(text, number, column, bold=bold or bool(styled)) if text else None
            if cell.is_merge_origin:
                for down in range(cell.span_height):
                    merged |= {(number + down, column + right): made for right in range(cell.span_width)}
            kept.append(made)
        rows.append(GridRow(number, kept))
    return _whole(rows, title, title, page)


def _in_document(path: Path) -> Iterator[Grid]:
    with zipfile.ZipFile(path) as archive:
        if "word/document.xml" not in archive.namelist():
            return
        data = archive.read("word/document.xml")
        if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
            return
        body = ElementTree.fromstring(data.replace(_STRICT[1:-1].encode(), _WORD[1:-1].encode()))
        levels = _heading_levels(archive)
    above: dict[int, str] = {}
    blocks = list(_blocks(body))
    for at, block in enumerate(blocks):
        if block.tag == f"{_WORD}p":
            level = levels.get(_style(block), 0)
            if level and (text := _text(block)):
                above = {depth: name for depth, name in above.items() if depth < level} | {level: text}
            continue
        caption = next(
            (_text(near) for near in _beside(blocks, at) if "caption" in _style(near) or _style(near) in _CAPTION), ""
        )
        title = caption or next(reversed(above.values()), "")
        heading = " > ".join(dict.fromkeys(part for part in (*above.values(), title) if part))
        yield _of_document(block, title, heading)


def _beside(blocks: list[ElementTree.Element], at: int) -> list[ElementTree.Element]:
    return [blocks[n] for n in (at - 1, at + 1) if 0 <= n < len(blocks) and blocks[n].tag == f"{_WORD}p"]


def _blocks(parent: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """Paragraphs and tables in reading order; a table around other tables lays out the page: what is in it counts."""
    for child in parent:
        if child.tag == f"{_WORD}tbl":
            if child.find(f".//{_WORD}tbl") is None:
                yield child
            else:
                yield from _blocks(child)
        elif child.tag == f"{_WORD}p":
            yield child
        else:
            yield from _blocks(child)


def _of_document(table: ElementTree.Element, title: str, heading: str) -> Grid:
    spans = Spans()
    rows: list[GridRow] = []
    open_above: dict[int, GridCell | None] = {}
    for number, line in enumerate(_within(table, "tr"), start=1):
        heads = line.find(f"{_WORD}trPr/{_WORD}tblHeader") is not None
        before = line.find(f"{_WORD}trPr/{_WORD}gridBefore")
        if before is not None:
            spans.put(number, None, int(before.get(f"{_WORD}val", "1")), 1)
        for cell in _within(line, "tc"):
            properties = cell.find(f"{_WORD}tcPr")
            span = None if properties is None else properties.find(f"{_WORD}gridSpan")
            width = 1 if span is None else int(span.get(f"{_WORD}val", "1"))
            merge = None if properties is None else properties.find(f"{_WORD}vMerge")
            column = spans.next_column(number)
            if merge is not None and merge.get(f"{_WORD}val") != "restart":
                made = open_above.get(column)
            else:
                text = _joined(_text(paragraph) for paragraph in cell.iter(f"{_WORD}p"))
                made = GridCell(text, number, column, heads=heads, bold=_is_bold(cell)) if text else None
            open_above[column] = made
            spans.put(number, made, width, 1)
        rows.append(GridRow(number, spans.row(number)))
    return _whole(rows, title, heading, None)


def _within(parent: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    """Rows of a table or cells of a row, also those that a content control or a change mark encloses."""
    for child in parent:
        if child.tag == f"{_WORD}{name}":
            yield child
        elif child.tag not in (f"{_WORD}tr", f"{_WORD}tc", f"{_WORD}tbl"):
            yield from _within(child, name)


def _text(paragraph: ElementTree.Element) -> str:
    parts = []
    for part in paragraph.iter():
        if part.tag == f"{_WORD}t":
            parts.append(part.text or "")
        elif part.tag in (f"{_WORD}tab", f"{_WORD}br", f"{_WORD}cr"):
            parts.append(" ")
        elif part.tag == f"{_WORD}noBreakHyphen":
            parts.append("-")
    return " ".join("".join(parts).split())


def _is_bold(cell: ElementTree.Element) -> bool:
    runs = [run for run in cell.iter(f"{_WORD}r") if any((t.text or "").strip() for t in run.iter(f"{_WORD}t"))]
    marks = [run.find(f"{_WORD}rPr/{_WORD}b") for run in runs]
    return bool(runs) and all(mark is not None and mark.get(f"{_WORD}val", "1") not in ("0", "false") for mark in marks)


def _style(paragraph: ElementTree.Element) -> str:
    style = paragraph.find(f"{_WORD}pPr/{_WORD}pStyle")
    return "" if style is None else style.get(f"{_WORD}val", "").lower()


def _heading_levels(archive: zipfile.ZipFile) -> dict[str, int]:
    """The level of each style that is a heading; a style's id is in the language of the program, its name is not."""
    levels: dict[str, int] = {f"heading{level}": level for level in range(1, 10)} | {"title": 1}
    if "word/styles.xml" in archive.namelist():
        data = archive.read("word/styles.xml").replace(_STRICT[1:-1].encode(), _WORD[1:-1].encode())
        if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
            return levels
        for style in ElementTree.fromstring(data).iter(f"{_WORD}style"):
            name = style.find(f"{_WORD}name")
            if name is not None and (match := _HEADING.search(name.get(f"{_WORD}val", ""))):
                levels[style.get(f"{_WORD}styleId", "").lower()] = int(match[1] or 1)
    return levels


def _joined(paragraphs: Iterator[str]) -> str:
    return "\n".join(text for each in paragraphs if (text := " ".join(each.split())))


def _whole(rows: list[GridRow], title: str, heading: str, page: int | None) -> Grid:
    kept = [row for row in rows if any(row.cells)]
    width = max((len(row.cells) for row in kept), default=0)
    return Grid(kept, title=title, heading=heading, page=page, width=width)

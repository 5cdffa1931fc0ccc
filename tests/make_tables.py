"""Files with tables in them, and what the project's own segmenters make of them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook

from mmchat.attachments import inspect
from mmchat.segmenters import create_segmenter, segmenter_for
from mmchat.settings import Settings
from mmchat.types import Cell, Remark, Segment, SegmentInput, SegmentKind, Table, Upload

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


@dataclass(frozen=True)
class Read:
    """What a file became."""

    tables: list[Table]
    passages: list[Segment]
    rows: list[Segment]
    remarks: list[str]

    @property
    def segments(self) -> list[Segment]:
        return [*self.passages, *self.rows]

    @property
    def texts(self) -> list[str]:
        return [row.text for row in self.rows]

    def cell(self, row: str, column: str) -> Cell:
        """The cell of the row that is called so, in the column that is called so."""
        for table in self.tables:
            for each in table.rows:
                for cell in each.cells:
                    if each.header == row and table.columns[cell.column] == column:
                        return cell
        raise KeyError(f"no {column} of {row}")


def read_file(name: str, data: bytes, settings: Settings, folder: Path) -> Read:
    attachment = inspect(Upload(name, data), settings)
    original = folder / "original"
    original.write_bytes(data)
    segmenter = create_segmenter(segmenter_for(attachment), settings)
    found = list(segmenter.segment(attachment, original, lambda *_: None))
    segments = [item.segment for item in found if isinstance(item, SegmentInput)]
    return Read(
        tables=[item for item in found if isinstance(item, Table)],
        passages=[segment for segment in segments if segment.kind is SegmentKind.PASSAGE],
        rows=[segment for segment in segments if segment.kind is SegmentKind.ROW],
        remarks=[item.sentence for item in found if isinstance(item, Remark)],
    )


def workbook(**sheets: Sequence[Sequence[object]]) -> Workbook:
    """A workbook with these rows on sheets of these names."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    return book


def xlsx(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def word_cell(text: str, *, bold: bool = False, span: int = 1, merge: str = "") -> str:
    """A cell; ``merge`` is ``restart`` for the first of those merged downwards, ``continue`` for the others."""
    properties = f'<w:gridSpan w:val="{span}"/>' + (f'<w:vMerge w:val="{merge}"/>' if merge else "")
    run = "<w:rPr><w:b/></w:rPr>" if bold else ""
    return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p><w:r>{run}<w:t>{text}</w:t></w:r></w:p></w:tc>"


def docx(body: str) -> bytes:
    """A Word file; the style of a first heading is called ``berschrift1``, as a German Word calls it."""
    out = io.BytesIO()
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    style = '<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>'
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType='
            '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType='
            f'"application/xml"/><Override PartName="/word/document.xml" ContentType="{kind}"/></Types>',
        )
        for part, target in (("_rels/.rels", "officeDocument"), ("word/_rels/document.xml.rels", "styles")):
            place = "word/document.xml" if target == "officeDocument" else "styles.xml"
            link = f'<Relationship Id="r1" Type="{OFFICE}/{target}" Target="{place}"/>'
            archive.writestr(part, f'<Relationships xmlns="{PACKAGE}/relationships">{link}</Relationships>')
        archive.writestr("word/styles.xml", f'<w:styles xmlns:w="{WORD}">{style}</w:styles>')
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>')
    return out.getvalue()

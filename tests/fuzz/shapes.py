"""Files that are small to send and large to read: each is a function of how many bytes it may have."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

MB = 1_000_000


def tabs(size: int) -> bytes:
    return b"\t" * size


def commas(size: int) -> bytes:
    """A sheet of short rows."""
    row = b"4711,Gutter,12.50,2025-03-01\n"
    return b"Number,Name,Price,Date\n" + row * (size // len(row))


def quotes(size: int) -> bytes:
    """A value that is opened and never closed, again and again."""
    return b'a,b\n"' + b'x,"y\n' * (size // 5)


def tags(size: int) -> bytes:
    """A page on one line."""
    return b"<html><body>" + b"<b><i>x</i></b>" * (size // 15) + b"</body></html>"


def nested_tags(size: int) -> bytes:
    return b"<html><body>" + b"<div>" * (size // 5) + b"x"


def table_rows(size: int) -> bytes:
    row = b"<tr><td>a</td><td>1</td></tr>"
    return b"<html><body><table>" + row * (size // len(row)) + b"</table></body></html>"


def hashes(size: int) -> bytes:
    return b"#" * size


def headings(size: int) -> bytes:
    return b"# a\n" * (size // 4)


def stars(size: int) -> bytes:
    return b"*" * size


def pipes(size: int) -> bytes:
    return b"|" * size


def pipe_rows(size: int) -> bytes:
    return b"|a|b|\n|-|-|\n" + b"|1|2|\n" * (size // 6)


def dots(size: int) -> bytes:
    return b"." * size


def sentences(size: int) -> bytes:
    return b"No. " * (size // 4)


def no_blank(size: int) -> bytes:
    return b"x" * size


def long_words(size: int) -> bytes:
    word = b"y" * 5_000 + b" "
    return word * (size // len(word))


def short_lines(size: int) -> bytes:
    return b"a\n" * (size // 2)


def code(size: int) -> bytes:
    line = b"def f(x):\n    return [x for x in range(10)]\n\n"
    return line * (size // len(line))


def code_line(size: int) -> bytes:
    """A program on one line, as minified ones are."""
    return b"var a=function(b){return b+1};" * (size // 30)


def json_nested(size: int) -> bytes:
    return b"[" * (size // 2) + b"]" * (size // 2)


def accents(size: int) -> bytes:
    """Letters under a mountain of accents, which composing has to put in order."""
    return ("a" + "\u0301\u0323" * 50).encode() * (size // 201)


# Office files


def _zip(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


_W = b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_TYPES = (
    b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    b'<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>'
    b"%s</Types>"
)
_RELS = (
    b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b"%s</Relationships>"
)
_OFFICE = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _docx(body: bytes, links: bytes = b"", **parts: bytes) -> bytes:
    override = (
        b'<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        b'wordprocessingml.document.main+xml"/>'
    )
    root = b'<Relationship Id="r1" Type="%s/officeDocument" Target="word/document.xml"/>' % _OFFICE
    document = b'<?xml version="1.0"?><w:document %s><w:body>%s</w:body></w:document>' % (_W, body)
    return _zip(
        {
            "[Content_Types].xml": _TYPES % override,
            "_rels/.rels": _RELS % root,
            "word/_rels/document.xml.rels": _RELS % links,
            "word/document.xml": document,
            **parts,
        }
    )


def docx_paragraphs(size: int) -> bytes:
    """So many bytes of XML; the file is a hundredth of that."""
    paragraph = b"<w:p><w:r><w:t>a</w:t></w:r></w:p>"
    return _docx(paragraph * (size // len(paragraph)))


def docx_nested(size: int) -> bytes:
    open_, close = b"<w:tbl><w:tr><w:tc>", b"</w:tc></w:tr></w:tbl>"
    depth = size // len(open_ + close)
    return _docx(open_ * depth + b"<w:p><w:r><w:t>deep</w:t></w:r></w:p>" + close * depth)


def docx_controls(size: int) -> bytes:
    open_, close = b"<w:sdt><w:sdtContent>", b"</w:sdtContent></w:sdt>"
    depth = size // len(open_ + close)
    return _docx(open_ * depth + b"<w:p><w:r><w:t>deep</w:t></w:r></w:p>" + close * depth)


def docx_rows(size: int) -> bytes:
    cell = b"<w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc>"
    row = b"<w:tr>" + cell * 3 + b"</w:tr>"
    return _docx(b"<w:tbl>" + row * (size // len(row)) + b"</w:tbl>")


def docx_bomb(size: int) -> bytes:
    """A picture whose pixels are so many, all of one colour."""
    side = int(size**0.5)
    drawing = (
        b'<w:p><w:r><w:drawing><a:blip xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        b'xmlns:r="%s" r:embed="r9"/></w:drawing></w:r></w:p>' % _OFFICE
    )
    link = b'<Relationship Id="r9" Type="%s/image" Target="media/image1.png"/>' % _OFFICE
    return _docx(drawing, link, **{"word/media/image1.png": png(side, side)})


def png(width: int, height: int) -> bytes:
    """White, 8 bits of each of red, green and blue, without holding its pixels."""
    packed = zlib.compressobj(9)
    row = b"\0" + b"\xff" * (3 * width)
    data = b"".join(packed.compress(row) for _ in range(height)) + packed.flush()

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def picture(size: int) -> bytes:
    side = int(size**0.5)
    return png(side, side)


def _xlsx(sheet: bytes) -> bytes:
    main = b"application/vnd.openxmlformats-officedocument.spreadsheetml"
    override = (
        b'<Override PartName="/xl/workbook.xml" ContentType="%s.sheet.main+xml"/>'
        b'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="%s.worksheet+xml"/>' % (main, main)
    )
    root = b'<Relationship Id="r1" Type="%s/officeDocument" Target="xl/workbook.xml"/>' % _OFFICE
    link = b'<Relationship Id="r1" Type="%s/worksheet" Target="worksheets/sheet1.xml"/>' % _OFFICE
    names = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    return _zip(
        {
            "[Content_Types].xml": _TYPES % override,
            "_rels/.rels": _RELS % root,
            "xl/_rels/workbook.xml.rels": _RELS % link,
            "xl/workbook.xml": b'<workbook %s xmlns:r="%s"><sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets>'
            b"</workbook>" % (names, _OFFICE),
            "xl/worksheets/sheet1.xml": b"<worksheet %s><sheetData>%s</sheetData></worksheet>" % (names, sheet),
        }
    )


def xlsx_rows(size: int) -> bytes:
    """So many bytes of XML."""
    rows, at = [], 0
    number = 1
    while at < size:
        row = b'<row r="%d"><c r="A%d"><v>%d</v></c><c r="B%d"><v>2</v></c></row>' % (number, number, number, number)
        rows.append(row)
        at += len(row)
        number += 1
    return _xlsx(b"".join(rows))


def xlsx_corner(size: int) -> bytes:
    """One cell in the last row and column that a sheet can have; ``size`` is the row."""
    row = min(size, 1_048_576)
    return _xlsx(b'<row r="1"><c r="A1"><v>1</v></c></row><row r="%d"><c r="XFD%d"><v>2</v></c></row>' % (row, row))


def xlsx_merged(size: int) -> bytes:
    """Merged areas that lie over each other."""
    cells = b'<row r="1"><c r="A1"><v>1</v></c></row>'
    merged = b'<mergeCell ref="A1:XFD1048576"/>' * (size // 32)
    return _xlsx(cells + b"</sheetData><mergeCells>" + merged + b"</mergeCells><sheetData>")


def pptx_text(size: int) -> bytes:
    """A presentation of one slide with so many bytes of paragraphs."""
    import pptx

    show = pptx.Presentation()
    slide = show.slides.add_slide(show.slide_layouts[5])
    frame = slide.shapes.title.text_frame
    frame.text = "\n".join(["word"] * (size // 60))
    out = io.BytesIO()
    show.save(out)
    return out.getvalue()


# PDF


def _pdf(objects: list[bytes]) -> bytes:
    out = io.BytesIO(b"")
    out.write(b"%PDF-1.7\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return out.getvalue()


def _stream(content: bytes) -> bytes:
    packed = zlib.compress(content, 1)
    return b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed)


_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"


def _pages(content: bytes, pages: int, resources: bytes = b"") -> bytes:
    kids = b" ".join(b"%d 0 R" % (5 + n) for n in range(pages))
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R "
        b"/Resources << /Font << /F 3 0 R >> %s >> >>" % resources
    )
    return _pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, pages),
            _FONT,
            _stream(content),
            *[page] * pages,
        ]
    )


def pdf_pages(size: int) -> bytes:
    """A thousand equal pages of 8,000 bytes each, at the largest."""
    line = b"1 0 0 1 50 %d Tm (The gutters are made of zinc and cost money) Tj\n"
    lines = b"".join(line % (780 - 10 * (n % 75)) for n in range(8_000 // 64))
    return _pages(b"BT /F 8 Tf\n" + lines + b"ET", max(1, size // 8_000))


def pdf_rectangles(size: int) -> bytes:
    return _pages(b"0 0 1 1 re f\n" * (size // 13), 1)


def pdf_letters(size: int) -> bytes:
    """All on one page."""
    return _pages(b"BT /F 8 Tf\n" + b"1 0 0 1 50 50 Tm (word here) Tj\n" * (size // 32) + b"ET", 1)


def pdf_fields(size: int) -> bytes:
    """A form whose fields are each other's parents and children."""
    count = max(2, size // 60)
    kids = b" ".join(b"%d 0 R" % (4 + n) for n in range(count))
    fields = [
        b"<< /FT /Tx /T (a) /Kids [%s] /Parent %d 0 R >>" % (kids[:200], 4 + (n + 1) % count) for n in range(count)
    ]
    return _pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [%s] >> >>" % kids[:200],
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] >>",
            *fields,
        ]
    )


def pdf_field_tree(size: int) -> bytes:
    """A form of 8 to the tenth fields, each level the same eight."""
    depth = 10
    first = 4
    fields = []
    for level in range(depth):
        kids = b" ".join([b"%d 0 R" % (first + level + 1)] * 8)
        fields.append(b"<< /T (f%d) /Kids [%s] >>" % (level, kids))
    fields.append(b"<< /FT /Tx /T (leaf) /V (%s) >>" % (b"v" * min(size, 100)))
    return _pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [%d 0 R] >> >>" % first,
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] >>",
            *fields,
        ]
    )


# Sound


def wav(size: int, *, channels: int = 1, rate_hz: int = 16_000) -> bytes:
    data = bytes(size - size % (2 * channels))
    form = struct.pack("<HHIIHH", 1, channels, rate_hz, rate_hz * 2 * channels, 2 * channels, 16)
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def wav_slow(size: int) -> bytes:
    """One sample a second."""
    return wav(size, rate_hz=1)


def wav_channels(size: int) -> bytes:
    return wav(size, channels=64, rate_hz=44_100)


def wav_fast(size: int) -> bytes:
    """Two hundred million samples a second."""
    return wav(size, rate_hz=200_000_000)


Shape = Callable[[int], bytes]

SHAPES: dict[str, tuple[Shape, int]] = {
    "tabs.csv": (tabs, 18 * MB),
    "rows.csv": (commas, 18 * MB),
    "quotes.csv": (quotes, 18 * MB),
    "wide.html": (tags, 18 * MB),
    "nested.html": (nested_tags, 18 * MB),
    "table.html": (table_rows, 18 * MB),
    "hashes.md": (hashes, 18 * MB),
    "headings.md": (headings, 18 * MB),
    "stars.md": (stars, 18 * MB),
    "pipes.md": (pipes, 18 * MB),
    "rows.md": (pipe_rows, 18 * MB),
    "dots.txt": (dots, 18 * MB),
    "sentences.txt": (sentences, 18 * MB),
    "no-blank.txt": (no_blank, 18 * MB),
    "long-words.txt": (long_words, 18 * MB),
    "short-lines.txt": (short_lines, 18 * MB),
    "accents.txt": (accents, 18 * MB),
    "code.py": (code, 18 * MB),
    "minified.js": (code_line, 18 * MB),
    "nested.json": (json_nested, 18 * MB),
    "paragraphs.docx": (docx_paragraphs, 80 * MB),
    "nested.docx": (docx_nested, 8 * MB),
    "controls.docx": (docx_controls, 8 * MB),
    "rows.docx": (docx_rows, 80 * MB),
    "bomb.docx": (docx_bomb, 900 * MB),
    "rows.xlsx": (xlsx_rows, 200 * MB),
    "corner.xlsx": (xlsx_corner, 1_048_576),
    "merged.xlsx": (xlsx_merged, 32 * MB),
    "text.pptx": (pptx_text, 8 * MB),
    "pages.pdf": (pdf_pages, 8 * MB),
    "rectangles.pdf": (pdf_rectangles, 13 * MB),
    "letters.pdf": (pdf_letters, 32 * MB),
    "fields.pdf": (pdf_fields, 100_000),
    "field-tree.pdf": (pdf_field_tree, 100),
    "slow.wav": (wav_slow, 21_600),
    "channels.wav": (wav_channels, 60 * MB),
    "fast.wav": (wav_fast, 150 * MB),
    "large.png": (picture, 80 * MB),
}
"""By name, the shape and the size up to which it is accepted."""

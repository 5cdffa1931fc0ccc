"""Documents of every kind, made here by the libraries that make them for real."""

from __future__ import annotations

import datetime
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mmchat.attachments import inspect
from mmchat.errors import UnsupportedAttachment
from mmchat.segmenters import create_segmenter, segmenter_for
from mmchat.segmenters.html import read_html
from mmchat.segmenters.pdf import render_page
from mmchat.settings import Settings
from mmchat.types import Segment, SegmentInput, SegmentKind, Upload
from tests.make_files import overlap, screenshot


@pytest.fixture
def read(settings: Settings, tmp_path: Path):
    def read(name: str, data: bytes) -> list[Segment]:
        attachment = inspect(Upload(name, data), settings)
        original = tmp_path / "original"
        original.write_bytes(data)
        segmenter = create_segmenter(segmenter_for(attachment), settings)
        found = segmenter.segment(attachment, original, lambda *_: None)
        segments = [item.segment for item in found if isinstance(item, SegmentInput)]
        return [segment for segment in segments if segment.kind is not SegmentKind.ROW]

    return read


def pdf_of(*pages: str) -> bytes:
    """Each line of a page is set in 12 points, 20 apart, from the top of a 400 by 600 page."""
    objects = ["<</Type/Catalog/Pages 2 0 R>>", ""]
    kids = []
    for page in pages:
        content = "BT /F1 12 Tf 40 560 Td " + " 0 -20 Td ".join(f"({line}) Tj" for line in page.split("\n")) + " ET"
        objects.append(f"<</Length {len(content)}>>stream\n{content}\nendstream")
        kids.append(f"{len(objects) + 1} 0 R")
        font = "<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
        media = f"/MediaBox[0 0 400 600]/Contents {len(objects)} 0 R"
        objects.append(f"<</Type/Page/Parent 2 0 R{media}/Resources{font}>>")
    objects[1] = f"<</Type/Pages/Kids[{' '.join(kids)}]/Count {len(kids)}>>"
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj{body}endobj\n".encode()
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    trailer = f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(out)}\n%%EOF"
    return out + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{trailer}".encode()


def test_a_quote_from_a_pdf_has_its_page_and_its_box(read) -> None:
    segments = read(
        "report.pdf", pdf_of("The ferry leaves at seven.", "A ticket costs 18.50 euros.\nDogs travel free.")
    )

    segment = next(s for s in segments if "18.50" in s.text)
    start = segment.text.index("18.50")
    place = segment.locate(start, start + 5)

    assert place.page == 2
    [box] = place.boxes
    assert box[1] * 600 == pytest.approx(600 - 560 - 9, abs=3)  # digits of 12-point Helvetica are about 9 high
    assert 100 < box[0] * 400 < 160


def test_a_scanned_page_is_read_with_boxes(read) -> None:
    page = screenshot(size=(1240, 1754))
    out = io.BytesIO()
    Image.open(io.BytesIO(page.data)).save(out, "PDF", resolution=150)

    segments = read("scan.pdf", out.getvalue())

    segment = next(s for s in segments if "6.80" in s.text)
    start = segment.text.index("Total 6.80")
    place = segment.locate(start, start + len("Total 6.80"))
    assert place.page == 1
    assert max(overlap(box, page.lines["Total 6.80"]) for box in place.boxes) > 0.5


def test_a_scan_with_a_stamp_over_it_is_read_as_a_picture(read) -> None:
    page = Image.open(io.BytesIO(screenshot(size=(1240, 1754)).data)).convert("RGB")
    photo = io.BytesIO()
    page.save(photo, "JPEG", quality=85)

    segments = read("stamped.pdf", stamped_pdf(photo.getvalue(), page.size, "Scanned by the harbour office, page 1"))

    text = "\n".join(s.text for s in segments)
    assert "Cinnamon bun 2.90" in text
    assert all(s.places for s in segments)


def stamped_pdf(photo: bytes, size: tuple[int, int], stamp: str) -> bytes:
    """A photo over the whole page, and a line of real text at its foot."""
    content = f"q 595 0 0 842 0 0 cm /P Do Q BT /F1 9 Tf 40 20 Td ({stamp}) Tj ET".encode()
    picture = (
        f"<</Type/XObject/Subtype/Image/Width {size[0]}/Height {size[1]}/ColorSpace/DeviceRGB/BitsPerComponent 8"
        f"/Filter/DCTDecode/Length {len(photo)}>>stream\n"
    ).encode()
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</P 5 0 R>>/Font<</F1 "
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        page + font + b">>>>>>",
        f"<</Length {len(content)}>>stream\n".encode() + content + b"\nendstream",
        picture + photo + b"\nendstream",
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj".encode() + body + b"endobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    trailer = f"trailer<</Size {len(bodies) + 1}/Root 1 0 R>>\nstartxref\n{len(out)}\n%%EOF"
    return out + f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n{table}{trailer}".encode()


def test_a_page_is_rendered_as_a_picture(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf_of("Words"))

    pixels = render_page(tmp_path / "a.pdf", 1, 2.0)

    assert pixels.shape == (1200, 800, 3)
    assert pixels.dtype == np.uint8
    assert pixels.min() < 100 < 250 < pixels.max()


def test_a_word_document_keeps_its_headings(read) -> None:
    docx = pytest.importorskip("mammoth")
    assert docx
    from zipfile import ZipFile

    out = io.BytesIO()
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    paragraph = '<w:p><w:pPr><w:pStyle w:val="{}"/></w:pPr><w:r><w:t>{}</w:t></w:r></w:p>'
    with ZipFile(out, "w") as archive:
        archive.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Override PartName="/word/document.xml" ContentType='
            '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="r1" Type="{relations}/officeDocument" Target="word/document.xml"/></Relationships>',
        )
        archive.writestr(
            "word/styles.xml",
            f'<w:styles xmlns:w="{word}"><w:style w:type="paragraph" w:styleId="Heading1">'
            '<w:name w:val="heading 1"/></w:style></w:styles>',
        )
        archive.writestr(
            "word/_rels/document.xml.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="r1" Type="{relations}/styles" Target="styles.xml"/></Relationships>',
        )
        archive.writestr(
            "word/document.xml",
            f'<w:document xmlns:w="{word}"><w:body>{paragraph.format("Heading1", "Garden")}'
            f"{paragraph.format('Normal', 'The lemon tree is watered on Tuesdays.')}</w:body></w:document>",
        )

    [segment] = read("garden.docx", out.getvalue())

    assert segment.heading == "Garden"
    assert "lemon tree is watered on Tuesdays" in segment.text


def test_slides_are_pages(read) -> None:
    from pptx import Presentation

    deck = Presentation()
    for words in ("First slide about ferries", "Second slide about tickets"):
        slide = deck.slides.add_slide(deck.slide_layouts[5])
        slide.shapes.title.text = words
    out = io.BytesIO()
    deck.save(out)

    segments = read("deck.pptx", out.getvalue())

    assert {s.locator.page: "tickets" in s.text for s in segments} == {1: False, 2: True}


def test_no_passage_of_a_slide_shows_the_mark_that_stands_for_its_picture(read) -> None:
    from PIL import Image
    from pptx import Presentation

    deck = Presentation()
    for described in ("chart.png", "Visitors grew every year"):
        slide = deck.slides.add_slide(deck.slide_layouts[5])
        slide.shapes.title.text = "Visitors"
        file = io.BytesIO()
        Image.new("RGB", (8, 8)).save(file, "PNG")  # too small to be a figure: its words would be lost with it
        shape = slide.shapes.add_picture(file, 0, deck.slide_height or 0)  # below the title
        shape._element.nvPicPr.cNvPr.set("descr", described)
    out = io.BytesIO()
    deck.save(out)

    segments = read("deck.pptx", out.getvalue())

    assert [s.text.split("\n\n") for s in segments] == [["# Visitors"], ["# Visitors", "Visitors grew every year"]]


def test_a_sheet_is_read_row_by_row(read) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Prices"
    for row in (["thing", "price"], ["lantern", 12.5], ["anchor", 80]):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)

    segments = read("prices.xlsx", out.getvalue())

    assert any("lantern" in s.text and "12.5" in s.text and s.heading == "Prices" for s in segments)


def test_each_part_of_a_long_sheet_keeps_its_columns_and_its_number(read) -> None:
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["only", "here"])
    sheet = book.create_sheet("Stock")
    sheet.append(["thing", "counted on", "price", "sold"])
    for n in range(300):
        sheet.append([f"item {n}", datetime.datetime(2026, 3, 1), n * 0.5, None if n % 2 else n])
    out = io.BytesIO()
    book.save(out)

    segments = read("stock.xlsx", out.getvalue())

    stock = [s for s in segments if s.locator.page == 2]
    assert segments[0].locator.page == 1
    assert len(stock) > 3
    assert stock[0].heading == "Stock"
    assert {s.heading for s in stock[1:]} == {"Stock > thing | counted on | price | sold"}
    assert "| item 7 | 2026-03-01 | 3.5 |\n| item 8 | 2026-03-01 | 4 | 8 |" in stock[0].text


def test_a_damaged_sheet_is_refused_with_a_sentence(read) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", "<nothing/>")

    with pytest.raises(UnsupportedAttachment, match="The spreadsheet is damaged. Save it again"):
        read("broken.xlsx", out.getvalue())


def test_a_picture_of_a_page_stays_within_reason_whatever_its_size(tmp_path: Path) -> None:
    path = tmp_path / "plan.pdf"
    path.write_bytes(pdf_of("A plan of the harbour"))

    pixels = render_page(path, 1, scale=50)

    height, width = pixels.shape[:2]
    assert height * width == pytest.approx(16e6, rel=0.01)
    assert height / width == pytest.approx(1.5, rel=0.01)


def test_a_damaged_page_is_named(tmp_path: Path) -> None:
    path = tmp_path / "torn.pdf"
    path.write_bytes(pdf_of("one", "two").replace(b"/Type/Page/Parent", b"/Type/None/Parent", 1))

    with pytest.raises(UnsupportedAttachment, match="Page 1 of the PDF is damaged. Give a whole copy."):
        render_page(path, 1, 1.0)


def test_a_web_page_loses_its_menus_and_scripts_and_keeps_its_structure() -> None:
    source = (
        "<html><head><title>Page</title><script>bad()</script></head><body><nav>Home</nav>"
        "<h1>Guide</h1><p>Some <b>bold</b> words.</p><ul><li>one</li><li>two</li></ul>"
        "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table><pre>x = 1\n  y</pre>"
        "<!-- hidden --><style>p{}</style></body></html>"
    )

    text, _ = read_html(source)

    assert text.startswith("# Guide\n\nSome bold words.")
    assert "- one" in text
    assert "| 1 | 2 |" in text
    assert "x = 1\n  y" in text
    assert not any(word in text for word in ("bad()", "Home", "hidden", "p{}"))


def test_passages_of_a_text_are_exact_in_the_text(read) -> None:
    text = "# Über\n\nL’été est là. It is here.\n\n## Zwei\n\nMore words."

    for segment in read("note.md", text.encode()):
        assert text[segment.locator.char_start : segment.locator.char_end] == segment.text


def test_the_same_file_gives_the_same_ids(read) -> None:
    data = pdf_of("The ferry leaves at seven.", "Second page.")

    assert [s.id for s in read("a.pdf", data)] == [s.id for s in read("b.pdf", data)]

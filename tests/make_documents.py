"""Documents with pictures in them, made here so that the right place of each is known."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageDraw, ImageFont

PAGE = (600, 800)


@dataclass
class Page:
    """Lines by (x, y from the top, words), pictures by (x, y from the top, width, height, picture); in points."""

    lines: Sequence[tuple[float, float, str]] = ()
    pictures: Sequence[tuple[float, float, float, float, Image.Image]] = ()
    drawings: Sequence[tuple[float, float, float, float]] = field(default=())


def noise(seed: int, size: tuple[int, int] = (160, 120)) -> Image.Image:
    """A picture unlike any other."""
    cells = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), dtype=np.uint8)
    return Image.fromarray(cells).resize(size, Image.Resampling.NEAREST)


def labelled(words: str) -> Image.Image:
    """A picture with words in it."""
    image = Image.new("RGB", (900, 500), "#dde6f0")
    draw = ImageDraw.Draw(image)
    draw.ellipse((350, 30, 550, 230), outline="#223344", width=12)
    draw.text((80, 330), words, fill="black", font=ImageFont.truetype("DejaVuSans.ttf", 64))
    return image


def pdf_with(*pages: Page) -> bytes:
    """A PDF of 600 by 800 points a page; a drawing is ten strokes placed as one object."""
    bodies: list[bytes] = [b"<</Type/Catalog/Pages 2 0 R>>", b"", b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    strokes = " ".join(f"{n * 10} 0 m {100 - n * 10} 100 l S" for n in range(10)).encode()
    box = b"<</Type/XObject/Subtype/Form/BBox[0 0 100 100]/Resources<<>>"
    bodies.append(box + f"/Length {len(strokes)}>>stream\n".encode() + strokes + b"\nendstream")
    kids = []
    for page in pages:
        content, named = [], []
        for x, y, words in page.lines:
            content.append(f"BT /F1 12 Tf {x} {PAGE[1] - y} Td ({words}) Tj ET")
        for x, y, width, height, picture in page.pictures:
            bodies.append(_picture(picture))
            named.append(f"/P{len(bodies)} {len(bodies)} 0 R")
            content.append(f"q {width} 0 0 {height} {x} {PAGE[1] - y - height} cm /P{len(bodies)} Do Q")
        for x, y, width, height in page.drawings:
            content.append(f"q {width / 100} 0 0 {height / 100} {x} {PAGE[1] - y - height} cm /D Do Q")
        stream = "\n".join(content)
        bodies.append(f"<</Length {len(stream)}>>stream\n{stream}\nendstream".encode())
        resources = f"/Resources<</Font<</F1 3 0 R>>/XObject<</D 4 0 R{''.join(named)}>>>>"
        size = f"/MediaBox[0 0 {PAGE[0]} {PAGE[1]}]"
        bodies.append(f"<</Type/Page/Parent 2 0 R{size}/Contents {len(bodies)} 0 R{resources}>>".encode())
        kids.append(f"{len(bodies)} 0 R")
    bodies[1] = f"<</Type/Pages/Kids[{' '.join(kids)}]/Count {len(kids)}>>".encode()
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj".encode() + body + b"endobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    trailer = f"trailer<</Size {len(bodies) + 1}/Root 1 0 R>>\nstartxref\n{len(out)}\n%%EOF"
    return out + f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n{table}{trailer}".encode()


def _picture(picture: Image.Image) -> bytes:
    head = (
        f"<</Type/XObject/Subtype/Image/Width {picture.width}/Height {picture.height}/ColorSpace/DeviceRGB"
        f"/BitsPerComponent 8/Filter/DCTDecode/Length {len(jpeg(picture))}>>stream\n"
    )
    return head.encode() + jpeg(picture) + b"\nendstream"


def jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90)
    return out.getvalue()


def docx_with(*blocks: str | Image.Image) -> bytes:
    """Paragraphs (``# `` before a heading) and pictures, in order."""
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    drawing = "http://schemas.openxmlformats.org/drawingml/2006"
    body, links = "", ""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number, block in enumerate(blocks, 1):
            if isinstance(block, str):
                style = '<w:pPr><w:pStyle w:val="Heading1"/></w:pPr>' if block.startswith("# ") else ""
                body += f"<w:p>{style}<w:r><w:t>{block.removeprefix('# ')}</w:t></w:r></w:p>"
                continue
            archive.writestr(f"word/media/image{number}.jpg", jpeg(block))
            links += f'<Relationship Id="p{number}" Type="{office}/image" Target="media/image{number}.jpg"/>'
            blip = f'<a:blip r:embed="p{number}"/>'
            graphic = f'<a:graphic><a:graphicData uri="{drawing}/picture">'
            picture = f'<pic:pic xmlns:pic="{drawing}/picture"><pic:blipFill>{blip}</pic:blipFill></pic:pic>'
            named = f'<wp:docPr id="{number}" name="Picture {number}"/>'
            inline = f"<wp:inline>{named}{graphic}{picture}</a:graphicData></a:graphic></wp:inline>"
            body += f"<w:p><w:r><w:drawing>{inline}</w:drawing></w:r></w:p>"
        names = (
            f'xmlns:w="{word}" xmlns:r="{office}" xmlns:a="{drawing}/main" xmlns:wp="{drawing}/wordprocessingDrawing"'
        )
        archive.writestr("word/document.xml", f"<w:document {names}><w:body>{body}</w:body></w:document>")
        styles = '<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/></w:style>'
        archive.writestr("word/styles.xml", f'<w:styles xmlns:w="{word}">{styles}</w:styles>')
        links += f'<Relationship Id="s" Type="{office}/styles" Target="styles.xml"/>'
        wrapped = f'<Relationships xmlns="{package}/relationships">{links}</Relationships>'
        archive.writestr("word/_rels/document.xml.rels", wrapped)
        root = f'<Relationship Id="r" Type="{office}/officeDocument" Target="word/document.xml"/>'
        archive.writestr("_rels/.rels", f'<Relationships xmlns="{package}/relationships">{root}</Relationships>')
        kinds = (
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="jpg" ContentType="image/jpeg"/><Override PartName="/word/document.xml" ContentType='
            '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
        )
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{package}/content-types">{kinds}</Types>')
    return out.getvalue()

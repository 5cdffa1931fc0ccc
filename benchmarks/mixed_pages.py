"""Pages that mix text and pictures, made so that the right page of each question is known, as PDF files.

What a question asks takes two things that stand apart on its page: a word in a chart, the thing in a photo or a caption
in one place, and what is told of it in another. Other pages hold either of the two.
"""

from __future__ import annotations

import io
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageDraw, ImageFont

SEED = 7
CITIES = "Lisbon Oslo Vienna Porto Dublin Turin Riga Bergen Gdansk Malaga Ghent Bremen".split()
TOPICS = {
    "passengers carried": ("passengers", "voyageurs transportés"),
    "complaints received": ("complaints", "réclamations reçues"),
    "bicycles rented": ("rented bicycles", "vélos loués"),
    "trees planted": ("planted trees", "arbres plantés"),
}
PERIODS = {"spring 2021": "au printemps 2021", "autumn 2021": "à l'automne 2021", "winter 2022": "à l'hiver 2022"}
TOLD = (
    ("Fed at {n} o'clock, twice on Sundays.", "When is {thing} fed?", "À quelle heure est nourri : {chose} ?"),
    ("The sponsor pays {n} euros a month.", "What does the sponsor pay for {thing}?",
     "Combien paie le parrain : {chose} ?"),
    ("Moved to hall {n} in the last week of May.", "Which hall was {thing} moved to?", "Dans quelle salle : {chose} ?"),
)  # fmt: skip
PLACES = (
    "pump room|Marsh Lane|la salle des pompes", "clock tower|Old Market|la tour de l'horloge",
    "grain store|Mill Bank|le grenier à blé", "signal box|North Junction|le poste d'aiguillage",
    "toll house|Kings Bridge|la maison du péage", "boat shed|Heron Quay|le hangar à bateaux",
    "water tank|Castle Hill|le réservoir", "lime kiln|Abbey Field|le four à chaux",
    "ice house|Park Gate|la glacière", "rope walk|Dock Street|la corderie",
    "weigh bridge|Station Yard|le pont-bascule", "dove cote|Manor Farm|le pigeonnier",
)  # fmt: skip
FATES = (
    ("It was rebuilt after the fire of {n} by the carpenter {who}.", "Who rebuilt {it}?", "Qui a reconstruit {la} ?"),
    ("The council sold it in {n} to {who} for a token sum.", "Whom did the council sell {it} to?",
     "À qui la commune a-t-elle vendu {la} ?"),
)  # fmt: skip
NAMES = "Alder Boyce Carrow Denby Ember Foxton Garrow Hulme Ilsley Jessop Kerrin Lomax".split()
FILLER = (
    "The survey was made on foot in dry weather, and each wall was measured from the same corner. Where the ground had "
    "sunk the old level was taken from the drawings kept in the county office. Mortar was sampled at three heights."
    "|Money for the repairs came in small sums, most of it from the harvest supper and the sale of calendars. The "
    "treasurer kept a ledger, and every receipt was pinned to its page. Nobody was paid for driving."
    "|Visitors are asked to keep to the gravel path, since the lawn floods from November on. Dogs may come on a lead. "
    "The gate closes at dusk, and the key hangs at the baker's. There is no lighting after the bend."
    "|Volunteers meet on the first Saturday of the month. New ones are shown how to rake joints without hurting the "
    "edges of the bricks, how to mix lime, and how to stack tiles. Tea is at eleven, and gloves are lent."
).split("|")


@dataclass(frozen=True)
class Question:
    """A question, its language, its kind, and the file and page that answer it."""

    text: str
    language: str
    kind: str
    file: str
    page: int


@dataclass(frozen=True)
class Thing:
    """A photo with what it shows, in English and in French."""

    picture: Image.Image
    english: str
    french: str


def mixed_files(things: Sequence[Thing]) -> tuple[dict[str, bytes], list[Question]]:
    """Files by name, and the questions."""
    files: dict[str, bytes] = {}
    asked: list[Question] = []
    for name, pages in (("charts", _charts()), ("photos", _photos(things)), ("places", _places())):
        found = list(pages)
        random.Random(SEED).shuffle(found)
        for at in range(0, len(found), 8):
            file = f"{name}{at // 8}.pdf"
            files[file] = pdf([page for page, _ in found[at : at + 8]])
            for number, (_, questions) in enumerate(found[at : at + 8], start=1):
                asked += [Question(text, language, name, file, number) for language, text in questions]
    return files, asked


Piece = str | Image.Image
_Made = Iterator[tuple[list[Piece], list[tuple[str, str]]]]


def _charts() -> _Made:
    """Three pages of each topic and period differ in their charts alone; the chart's words are in the picture."""
    draw = random.Random(SEED)
    for topic, (english, french) in TOPICS.items():
        for period, en_fr in PERIODS.items():
            cities = draw.sample(CITIES, 9)
            for part in range(3):
                here = cities[part * 3 : part * 3 + 3]
                text = f"# {topic.capitalize()}, {period}\nFigures of the regional office, rounded."
                questions = [
                    ("en", f"How many {english} in {here[0]} in {period}?"),
                    ("fr", f"Combien de {french} à {here[0]} {en_fr} ?"),
                ]
                yield [text, _chart(here, draw)], questions


def _chart(cities: Sequence[str], draw: random.Random) -> Image.Image:
    image = Image.new("RGB", (900, 460), "white")
    pen, font = ImageDraw.Draw(image), ImageFont.truetype("DejaVuSans.ttf", 40)
    for n, city in enumerate(cities):
        value = draw.randint(120, 980)
        pen.rectangle((330, 40 + n * 140, 330 + value // 2, 110 + n * 140), fill="#3a6ea5")
        pen.text((30, 50 + n * 140), city, fill="black", font=font)
        pen.text((345 + value // 2, 50 + n * 140), str(value), fill="black", font=font)
    return image


def _photos(things: Sequence[Thing]) -> _Made:
    """What is told of a thing does not name it: its photo does."""
    draw = random.Random(SEED)
    for thing in things:
        for told, english, french in draw.sample(TOLD, 2):
            text = f"# Notes of the keeper\n{told.format(n=draw.randint(5, 90))}\nSee the photo."
            questions = [("en", english.format(thing=thing.english)), ("fr", french.format(chose=thing.french))]
            yield [text, thing.picture], questions


def _places() -> _Made:
    """A full page of print: the caption names the place, and what became of it is told in another passage."""
    draw = random.Random(SEED)
    for place in PLACES:
        building, where, french = place.split("|")
        for fate, question, frage in FATES:
            sentence = fate.format(n=draw.randint(1710, 1950), who=f"{draw.choice(NAMES)} of {draw.choice(CITIES)}")
            filler = [" ".join(draw.sample(FILLER, 3)) for _ in range(3)]
            text = "\n\n".join([filler[0], f"{sentence} {filler[1]}", filler[2]])
            caption = f"Figure {draw.randint(1, 40)}. The {building} at {where}."
            questions = [
                ("en", question.format(it=f"the {building} at {where}")),
                ("fr", frage.format(la=f"{french} de {where}")),
            ]
            yield [_sketch(draw), caption, "", text], questions


def _sketch(draw: random.Random) -> Image.Image:
    image = Image.new("RGB", (600, 260), "#d8d2c4")
    pen = ImageDraw.Draw(image)
    for _ in range(12):
        x, y = draw.randint(0, 560), draw.randint(0, 220)
        pen.rectangle((x, y, x + draw.randint(20, 200), y + draw.randint(20, 120)), outline="#55503f", width=4)
    return image


def pdf(pages: Sequence[Sequence[Piece]]) -> bytes:
    """Pages of text lines (``# `` before a title) and pictures, from the top; text is broken at 95 characters."""
    import pypdfium2
    from pypdfium2 import raw

    document = pypdfium2.PdfDocument.new()
    for pieces in pages:
        page = document.new_page(595, 842)
        down = 60.0
        for piece in pieces:
            if isinstance(piece, Image.Image):
                height = 340 * piece.height / piece.width
                _place(document, page, piece, (60, 842 - down - height, 340, height))
                down += height + 16
                continue
            for line in _lines(piece):
                size = 18 if line.startswith("# ") else 10
                text = raw.FPDFPageObj_NewTextObj(document, b"Helvetica", size)
                encoded = (line.removeprefix("# ") + "\0").encode("utf-16-le")
                raw.FPDFText_SetText(text, _wide(encoded))
                raw.FPDFPageObj_Transform(text, 1, 0, 0, 1, 60, 842 - down)
                raw.FPDFPage_InsertObject(page, text)
                down += size * 1.3
        page.gen_content()
        page.close()
    out = io.BytesIO()
    document.save(out)
    document.close()
    return out.getvalue()


def _wide(encoded: bytes) -> Any:
    import ctypes

    return (ctypes.c_ushort * (len(encoded) // 2)).from_buffer_copy(encoded)


def _lines(text: str) -> Iterator[str]:
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            if line and len(line) + len(word) > 95:
                yield line
                line = ""
            line = f"{line} {word}" if line else word
        yield line


def _place(document: Any, page: Any, picture: Image.Image, at: tuple[float, float, float, float]) -> None:
    import pypdfium2

    data = io.BytesIO()
    picture.convert("RGB").save(data, "JPEG", quality=90)
    placed = pypdfium2.PdfImage.new(document)
    placed.load_jpeg(data, inline=True)
    x, y, width, height = at
    placed.set_matrix(pypdfium2.PdfMatrix(width, 0, 0, height, x, y))
    page.insert_obj(placed)

"""Retrieval and answering on the real encoders: a library of notes in two languages and photos."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from mmchat.answering.concept_names import ConceptNames
from mmchat.answering.finding import Finding
from mmchat.answering.wording import ENGLISH
from mmchat.catalog import Catalog, Database
from mmchat.encoders.e5_small import E5SmallEncoder
from mmchat.encoders.image_concepts import ImageConceptsEncoder
from mmchat.question.router import Router
from mmchat.question.spelling import Mended
from mmchat.question.understanding import Understanding
from mmchat.retrieval.retriever import Retriever
from mmchat.segmenters.image import open_picture
from mmchat.settings import Settings
from mmchat.stores.memory import MemoryStore
from mmchat.types import Cited, Grounding, Modality, Query, SegmentInput, SegmentKind
from tests.factories import a_segment, an_attachment

pytestmark = pytest.mark.model
MINE = "a" * 32
PHOTOS = ["cheetah1.jpg", "lion.jpg", "tower.jpg"]
NOTES = {
    "en": [
        "The tenant pays a deposit of 1,450 euros before moving in.",
        "Flight TP 433 leaves Geneva at 06:55 on 12 May.",
        "Whisk four eggs with 200 g of sugar and the juice of three lemons.",
        "The cat command shows the contents of a file; use less for long files.",
        "The backup failed because the destination drive is full.",
        "Priya sends the new logo by Friday.",
        "The kitchen tap is leaking again, so call the plumber.",
        "Water the tomatoes every second day, never on the leaves.",
    ],
    "fr": [
        "La rentrée aura lieu le lundi 1er septembre à 8 h 30.",
        "Le chauffe-eau a été remplacé pour 640 euros.",
        "La réunion de jeudi est reportée à la semaine prochaine.",
        "Le mot de passe du réseau est affiché dans le hall.",
    ],
}


@pytest.fixture(scope="module")
def settings(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(data_dir=tmp_path_factory.mktemp("data"), models_dir=models_dir)


@pytest.fixture(scope="module")
def retriever(settings: Settings) -> Retriever:
    catalog, store = Catalog(Database(settings.data_dir / "catalog.sqlite")), MemoryStore()
    text, image = E5SmallEncoder.from_settings(settings), ImageConceptsEncoder.from_settings(settings)
    for language, texts in NOTES.items():
        for at, words in enumerate(texts):
            note = an_attachment(f"{language}-{at}.txt")
            segment = a_segment(note, 0, words, language=language)
            catalog.add_attachment(MINE, note)
            catalog.index(MINE, note, [segment])
            store.upsert(MINE, text.space, [segment.id], text.encode_segments([SegmentInput(segment)]))
    (folder,) = find_spec("gradio").submodule_search_locations  # type: ignore[union-attr,misc]
    for name in PHOTOS:
        photo = an_attachment(name, modality=Modality.IMAGE)
        whole = a_segment(photo, 0, "", kind=SegmentKind.WHOLE_IMAGE)
        pixels = open_picture(Path(folder) / "media_assets" / "images" / name)
        vector = image.encode_segments([SegmentInput(whole, pixels=pixels)])
        described = a_segment(photo, 0, "", kind=SegmentKind.WHOLE_IMAGE, concepts=image.describe(vector)[0])
        catalog.add_attachment(MINE, photo)
        catalog.index(MINE, photo, [described])
        store.upsert(MINE, image.space, [described.id], vector)
    return Retriever(catalog, store, [text, image])


@pytest.fixture(scope="module")
def understanding(settings: Settings) -> Understanding:
    return Understanding(Router.from_settings(settings), lambda library, text, language: Mended(text))


def first(retriever: Retriever, text: str, **changes: object) -> str:
    candidate = retriever.retrieve(MINE, Query(text=text, **changes), 8).candidates[0]  # type: ignore[arg-type]
    return candidate.segment.text or candidate.attachment.name


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("How high is the deposit?", NOTES["en"][0]),
        ("When do we fly?", NOTES["en"][1]),
        ("What does the cat command do?", NOTES["en"][3]),
        ("Quand les élèves retournent-ils à l'école ?", NOTES["fr"][0]),
        ("Combien a coûté le chauffe-eau ?", NOTES["fr"][1]),
        ("À quelle heure part le vol de Genève ?", NOTES["en"][1]),
        ("When does school start?", NOTES["fr"][0]),
        ("notice: leaking tap", NOTES["en"][6]),
    ],
)
def test_a_question_about_words_finds_words(retriever: Retriever, text: str, found: str) -> None:
    assert first(retriever, text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("lion", "lion.jpg"),
        ("a cheetah", "cheetah1.jpg"),
        ("Find the photo of a church", "tower.jpg"),
        ("Which picture shows a lion?", "lion.jpg"),
        ("Quelle image montre un lion ?", "lion.jpg"),
        ("trouve la photo d'un guépard", "cheetah1.jpg"),
    ],
)
def test_what_a_picture_shows_finds_the_picture(
    retriever: Retriever, understanding: Understanding, text: str, found: str
) -> None:
    request, _ = understanding.read(text, library=MINE, entries=())
    candidate = retriever.retrieve(MINE, request.search, 8).candidates[0]

    assert (candidate.segment.text or candidate.attachment.name) == found


def test_which_picture_is_answered_with_the_picture(
    retriever: Retriever, understanding: Understanding, settings: Settings
) -> None:
    request, _ = understanding.read("Which picture shows a lion?", library=MINE, entries=())
    found = retriever.retrieve(MINE, request.search, 6)

    draft = Finding(ConceptNames.from_settings(settings)).pictured(
        request.subject, "en", found.candidates, request.medium, ENGLISH
    )

    assert draft is not None
    assert draft.grounding is Grounding.ANSWERED
    cited = [piece.citation for piece in draft.pieces if isinstance(piece, Cited)]
    assert [citation.name for citation in cited] == ["lion.jpg"]
    assert "lion" in cited[0].quote


def test_the_space_of_pictures_says_how_much_of_a_name_it_knows(settings: Settings) -> None:
    pictures = ImageConceptsEncoder.from_settings(settings)

    assert pictures.knows(Query(text="a lion", language="en")) == 1.0
    assert pictures.knows(Query(text="un lion", language="fr")) == 1.0
    assert pictures.knows(Query(text="notice period of the agreement", language="en")) < 0.5

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from mmchat.encoders.concept_words import WordIndex, stems
from mmchat.encoders.image_concepts import ImageConceptsEncoder
from mmchat.perception.label_names import Wording
from mmchat.segmenters.image import open_picture
from mmchat.settings import Settings
from mmchat.types import Locator, Modality, Pixels, Query, Segment, SegmentInput, SegmentKind, Vectors

NAMES = ["cheetah1.jpg", "lion.jpg", "tower.jpg", "screenshot.gif"]


def picture(name: str) -> Pixels:
    (folder,) = find_spec("gradio").submodule_search_locations  # found without importing it
    return open_picture(Path(folder) / "media_assets" / "images" / name)


def whole(name: str) -> SegmentInput:
    segment = Segment(name, name, Modality.IMAGE, SegmentKind.WHOLE_IMAGE, 0, "", Locator())
    return SegmentInput(segment, pixels=picture(name))


@pytest.fixture(scope="module")
def encoder(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> ImageConceptsEncoder:
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"), models_dir=models_dir, threads=2)
    return ImageConceptsEncoder.from_settings(settings)


@pytest.fixture(scope="module")
def vectors(encoder: ImageConceptsEncoder) -> Vectors:
    return encoder.encode_segments([whole(name) for name in NAMES])


def nearest(encoder: ImageConceptsEncoder, vectors: Vectors, query: Query) -> str:
    return NAMES[int(np.argmax(vectors @ encoder.encode_query(query)))]


@pytest.mark.model
@pytest.mark.parametrize(
    "words, language, expected",
    [
        ("a lion", "en", "lion.jpg"),
        ("the fastest cat: a cheetah running", "en", "cheetah1.jpg"),
        ("show me the photo of a church", "en", "tower.jpg"),
        ("big web pages on a monitor", "en", "screenshot.gif"),
        ("une lionne", "fr", "lion.jpg"),
        ("montre-moi la photo du guépard", "fr", "cheetah1.jpg"),
        ("un clocher d'église", "", "tower.jpg"),
        ("ein Löwe", "de", "lion.jpg"),
    ],
)
def test_a_picture_is_found_by_the_name_of_what_it_shows(
    words: str, language: str, expected: str, encoder: ImageConceptsEncoder, vectors: Vectors
) -> None:
    assert nearest(encoder, vectors, Query(text=words, language=language)) == expected


@pytest.mark.model
def test_a_picture_finds_another_of_the_same_kind(encoder: ImageConceptsEncoder, vectors: Vectors) -> None:
    assert nearest(encoder, vectors, Query(pixels=picture("cheetah.jpg"), perceived="cheetah")) == "cheetah1.jpg"


@pytest.mark.model
def test_words_with_a_picture_pull_the_query_their_way(encoder: ImageConceptsEncoder, vectors: Vectors) -> None:
    seen = encoder.encode_query(Query(pixels=picture("cheetah.jpg")))
    both = encoder.encode_query(Query(text="a lion", language="en", pixels=picture("cheetah.jpg")))

    lion = vectors[NAMES.index("lion.jpg")]
    assert lion @ both > lion @ seen


@pytest.mark.model
def test_a_vector_says_in_words_what_was_recognised(encoder: ImageConceptsEncoder, vectors: Vectors) -> None:
    concepts = encoder.describe(vectors)[0]

    assert concepts[0].label == "cheetah"
    assert len(concepts) == 5
    assert [c.probability for c in concepts] == sorted((c.probability for c in concepts), reverse=True)
    assert 0 < sum(c.probability for c in concepts) <= 1 + 1e-5


@pytest.mark.model
def test_vectors_have_unit_length_and_the_dim_of_the_space(encoder: ImageConceptsEncoder, vectors: Vectors) -> None:
    query = encoder.encode_query(Query(text="an old harbour", language="en"))

    assert vectors.shape == (len(NAMES), encoder.space.dim) and query.shape == (encoder.space.dim,)
    assert np.allclose(np.linalg.norm([*vectors, query], axis=1), 1, atol=1e-5)


@pytest.mark.model
def test_names_are_embedded_once_and_kept(encoder: ImageConceptsEncoder, models_dir: Path) -> None:
    encoder.load()

    assert {path.name.split("-")[2] for path in models_dir.glob("names-imagenet-*.npy")} == {"en", "fr"}


def test_a_query_without_words_or_picture_is_not_taken(settings: Settings) -> None:
    encoder = ImageConceptsEncoder.from_settings(settings)

    assert not encoder.accepts(Query(text="  "))
    assert encoder.accepts(Query(text="a fox")) and encoder.accepts(Query(pixels=np.zeros((2, 2, 3), np.uint8)))


FROG = [Wording("tree frog", (31,)), Wording("bullfrog", (30,)), Wording("crane", (134,))]
EVERYDAY = [Wording("frog", (30, 31, 32)), Wording("crane", (134, 517)), Wording("hot air balloon", (417,))]


@pytest.mark.parametrize(
    "text, expected",
    [
        ("A tree frog!", [({31}, set())]),
        ("two frogs and a crane", [(set(), {30, 31, 32}), ({134}, {134, 517})]),
        ("HOT-AIR balloons", [(set(), {417})]),
        ("the photo", []),
        ("", []),
    ],
)
def test_the_longest_wording_in_the_query_is_the_one_named(text: str, expected: list) -> None:
    found = WordIndex("en", FROG, EVERYDAY).find(text)

    assert [(set(each.labels), set(each.everyday)) for each in found] == expected


def test_words_are_compared_in_the_singular_without_accents() -> None:
    assert stems("Les chevaux, trois bateaux et un Œuf", "fr") == (
        "les",
        "cheval",
        "troi",
        "bateau",
        "et",
        "un",
        "oeuf",
    )
    assert stems("Cherries, foxes, leaves & glass", "en") == ("cherry", "fox", "leaf", "glass")

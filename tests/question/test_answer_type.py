from __future__ import annotations

import json
from pathlib import Path

import pytest

from mmchat.encoders.e5_small import QUERY, E5SmallEncoder
from mmchat.evaluation import linear_layers
from mmchat.question.answer_type import LAYER, AnswerType, AnswerTypes
from mmchat.question.linear import LinearLayer
from mmchat.settings import Settings

KEPT = Path(linear_layers.__file__).parent / "data"
LANGUAGES = ("en", "fr", "de", "es")


@pytest.fixture(scope="module")
def encoder(models_dir: Path) -> E5SmallEncoder:
    return E5SmallEncoder.from_settings(Settings(models_dir=models_dir))


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("gate code?", AnswerType.CODE),
        ("whats my seat", AnswerType.CODE),
        ("who calls the bank", AnswerType.PERSON),
        ("c'est combien le loyer", AnswerType.MONEY),
        ("wie lange hab ich urlaub", AnswerType.DURATION),
        ("por que se cancelo", AnswerType.REASON),
        ("are cats allowed", AnswerType.YES_NO),
    ],
)
def test_what_is_asked_for_is_told_from_how_people_type(
    encoder: E5SmallEncoder, settings: Settings, question: str, expected: AnswerType
) -> None:
    types = AnswerTypes.from_settings(settings).of(encoder.encode_texts([question], QUERY)[0])

    assert max(types, key=types.__getitem__) is expected
    assert sum(types.values()) == pytest.approx(1, abs=1e-5)


@pytest.mark.model
@pytest.mark.parametrize("language", LANGUAGES)
def test_most_questions_that_were_kept_back_are_told_right(encoder: E5SmallEncoder, language: str) -> None:
    kept = [each for each in linear_layers.read(KEPT / "kept_answer_types.json") if each.language == language]
    layer = LinearLayer.read(LAYER)

    shares = layer.probabilities(encoder.encode_texts([each.text for each in kept]))

    right = [each.label == layer.labels[row.argmax()] for each, row in zip(kept, shares, strict=True)]
    assert sum(right) / len(right) >= 0.85


def test_each_form_has_examples_in_every_language_and_none_is_kept_back_as_well() -> None:
    learnt = json.loads(LAYER.with_suffix(".json").read_text("utf-8"))
    kept = {linear_layers.in_haste(each.text) for each in linear_layers.read(KEPT / "kept_answer_types.json")}

    assert set(learnt) == set(AnswerType) == set(LinearLayer.read(LAYER).labels)
    for languages in learnt.values():
        assert all(len(languages[language]) >= 10 for language in LANGUAGES)
        texts = [linear_layers.in_haste(text) for texts in languages.values() for text in texts]
        assert len(texts) >= 45
        assert not kept & set(texts)

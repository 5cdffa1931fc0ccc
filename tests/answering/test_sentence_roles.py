from __future__ import annotations

from pathlib import Path

import pytest

from mmchat.answering.sentence_roles import Role, SentenceRoles
from mmchat.encoders.e5_small import QUERY, E5SmallEncoder
from mmchat.evaluation import linear_layers
from mmchat.settings import Settings

KEPT = Path(linear_layers.__file__).parent / "data"


@pytest.fixture(scope="module")
def settings(models_dir: Path) -> Settings:
    return Settings(models_dir=models_dir)


@pytest.fixture(scope="module")
def roles(settings: Settings) -> SentenceRoles:
    return SentenceRoles.from_settings(settings)


@pytest.mark.model
def test_roles_are_told_in_minutes_and_in_speech(roles: SentenceRoles) -> None:
    sentences = {
        "The members voted to repaint the clubhouse.": Role.DECISION,
        "okay so let's go for the green one": Role.DECISION,
        "Omar to book the coach by Monday": Role.ACTION,
        "ich schick dir das morgen": Role.ACTION,
        "qui a les clés ?": Role.QUESTION,
        "La caldera pierde agua.": Role.RISK,
        "We talked about the budget for an hour.": Role.OTHER,
        "The bank decided to close its branch in 1998.": Role.OTHER,
    }

    told = roles.of(list(sentences))

    assert [max(each, key=each.__getitem__) for each in told] == list(sentences.values())
    assert all(sum(each.values()) == pytest.approx(1, abs=1e-5) for each in told)


def test_no_sentences_have_no_roles(roles: SentenceRoles) -> None:
    assert roles.of([]) == []


@pytest.mark.model
@pytest.mark.parametrize("language", ["en", "fr", "de", "es"])
def test_most_sentences_that_were_kept_back_are_told_right(roles: SentenceRoles, language: str) -> None:
    kept = [each for each in linear_layers.read(KEPT / "kept_sentence_roles.json") if each.language == language]

    told = roles.of([each.text for each in kept])

    right = [max(row, key=row.__getitem__) == each.label for each, row in zip(kept, told, strict=True)]
    assert sum(right) / len(right) >= 0.85


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("what was decided", Role.DECISION),
        ("any decisions?", Role.DECISION),
        ("to-dos", Role.ACTION),
        ("what does Tom have to do", Role.ACTION),
        ("was ist zu tun", Role.ACTION),
        ("quels sont les risques", Role.RISK),
        ("preguntas abiertas", Role.QUESTION),
        ("how much is the rent", None),
        ("who wrote the minutes", None),
        ("hello", None),
    ],
)
def test_a_question_may_ask_for_the_sentences_of_a_role(
    roles: SentenceRoles, settings: Settings, question: str, expected: Role | None
) -> None:
    vector = E5SmallEncoder.from_settings(settings).encode_texts([question], QUERY)[0]

    assert roles.asks_for_role(vector) is expected

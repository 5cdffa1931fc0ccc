"""Which act of a kind of request a question is."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from mmchat.answering.comparing import DIRECTIONS
from mmchat.answering.planner import LIKE_AN_ACT
from mmchat.answering.wording import Wording
from mmchat.encoders.e5_small import QUERY, E5SmallEncoder
from mmchat.question.nearest import NearestActs
from tests.held_files import embed


def acts_of(kind: str) -> set[str]:
    return set(NearestActs(kind, embed).likeness("anything"))


def test_an_example_is_its_own_act() -> None:
    assert NearestActs("talk", embed).act("what can you do") == "help"


def test_every_act_can_be_carried_out() -> None:
    assert acts_of("talk") <= {field.name for field in fields(Wording)}
    assert acts_of("compare") == set(DIRECTIONS)


def test_the_oldest_file_can_be_asked_for() -> None:
    assert "oldest" in acts_of("library")


@pytest.mark.model
@pytest.mark.parametrize(
    ("kind", "question", "act"),
    [
        ("library", "please get rid of that scan of my passport", "delete"),
        ("library", "combien de photos est-ce que j'ai ici", "count"),
        ("library", "how large is the scan", "size"),
        ("compare", "lequel des deux coûte le moins", "cheaper"),
        ("compare", "which of the two trips takes longer", "longer"),
        ("talk", "thank you very much!", "thanks"),
    ],
)
def test_questions_that_are_no_examples_are_told_apart(models_dir: Path, kind: str, question: str, act: str) -> None:
    encoder = E5SmallEncoder(models_dir, threads=2)

    assert NearestActs(kind, lambda texts: encoder.encode_texts(texts, QUERY)).act(question) == act


@pytest.mark.model
@pytest.mark.parametrize("question", ["when does my passport expire", "who is the president of Brazil"])
def test_what_asks_for_nothing_to_be_done_is_no_act(models_dir: Path, question: str) -> None:
    encoder = E5SmallEncoder(models_dir, threads=2)
    acts = NearestActs("library", lambda texts: encoder.encode_texts(texts, QUERY))

    assert acts.act(question, least=LIKE_AN_ACT) == ""
    assert acts.act("please get rid of that scan of my passport", least=LIKE_AN_ACT) == "delete"

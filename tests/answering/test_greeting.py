from __future__ import annotations

import pytest

from mmchat.answering.greeting import courtesy


@pytest.mark.parametrize(
    "text",
    ["hello", "Hi there!", "Good morning", "thank you so much", "Thanks!", "Hello, thanks", "Bonjour à tous",
     "merci bien", "Merci, au revoir !", "bye"],
)  # fmt: skip
def test_a_greeting_or_thanks_alone_is_one(text: str) -> None:
    assert courtesy(text) is not None


@pytest.mark.parametrize(
    "text",
    ["hello world program", "Hello, how high is the deposit?", "thank you letter", "merci de dire qui a payé", "hit",
     "", "high", "Who said hello?", "salut Camille, quand pars-tu ?"],
)  # fmt: skip
def test_anything_more_is_a_request(text: str) -> None:
    assert courtesy(text) is None


@pytest.mark.parametrize(
    ("text", "kind"), [("hi", "hello"), ("Hello, thanks", "thanks"), ("Merci, au revoir !", "bye")]
)
def test_the_last_courtesy_of_a_message_is_answered(text: str, kind: str) -> None:
    assert courtesy(text) == kind

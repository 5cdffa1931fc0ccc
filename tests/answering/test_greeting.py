from __future__ import annotations

import pytest

from mmchat.answering.greeting import is_greeting


@pytest.mark.parametrize(
    "text",
    ["hello", "Hi there!", "Good morning", "thank you so much", "Thanks!", "Hello, thanks", "Bonjour à tous",
     "merci bien", "Merci, au revoir !", "bye"],
)  # fmt: skip
def test_a_greeting_or_thanks_alone_is_one(text: str) -> None:
    assert is_greeting(text)


@pytest.mark.parametrize(
    "text",
    ["hello world program", "Hello, how high is the deposit?", "thank you letter", "merci de dire qui a payé", "hit",
     "", "high", "Who said hello?", "salut Camille, quand pars-tu ?"],
)  # fmt: skip
def test_anything_more_is_a_request(text: str) -> None:
    assert not is_greeting(text)

"""Words counted and questions known in any script."""

from __future__ import annotations

import pytest

from mmchat.perception.words import ends_as_question, word_count


@pytest.mark.parametrize(("text", "count"), [
    ("The rent is due in May.", 6),
    ("发票总额是多少", 3),
    ("会议 on Monday", 3),
    ("", 0),
])  # fmt: skip
def test_words_are_counted_with_or_without_blanks(text: str, count: int) -> None:
    assert word_count(text) == count


@pytest.mark.parametrize("text", ["Where?", "发票总额是多少？", "أين؟", "Où est-ce ? "])
def test_a_question_mark_is_one_in_every_script(text: str) -> None:
    assert ends_as_question(text)
    assert not ends_as_question(text.rstrip(" ?？؟"))

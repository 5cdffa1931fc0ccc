from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmchat.llms.thinking import AnswerOnly


def answer_of(pieces: list[str]) -> str:
    only = AnswerOnly()
    return "".join(only.feed(piece) for piece in pieces) + only.rest()


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Hello <think>no</think>", "Hello <think>no</think>"),
        ("<think>hm\n</think>\n\nHello", "Hello"),
        ("\n<thinking>hm</thinking>Hello", "Hello"),
        ("[THINK]a[/THINK]b", "b"),
        ("<think></think><think>again</think>b", "b"),
        ("<think>never ends", ""),
        ("<thin", "<thin"),
        ("<b>bold</b>", "<b>bold</b>"),
        ("", ""),
    ],
)
def test_only_the_answer_is_left_however_the_text_is_cut(text: str, answer: str) -> None:
    assert answer_of([text]) == answer
    assert answer_of(list(text)) == answer


@given(st.text(alphabet="<think>/ ab[THINK]", max_size=60), st.integers(1, 7))
def test_the_pieces_make_no_difference(text: str, length: int) -> None:
    pieces = [text[at : at + length] for at in range(0, len(text), length)]

    assert answer_of(pieces).strip() == answer_of([text]).strip()


def test_nothing_is_held_back_once_the_answer_began() -> None:
    only = AnswerOnly()

    assert [only.feed(piece) for piece in ("Hel", "lo ", "<think>")] == ["Hel", "lo ", "<think>"]

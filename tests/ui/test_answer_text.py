"""A value that is told first is shown large; nothing else is."""

from __future__ import annotations

import pytest

from mmchat.ui.answer_text import with_value


def test_bold_words_alone_in_the_first_paragraph_are_framed_as_the_value() -> None:
    framed = with_value("**318\\.00**\n\nFrom 9 cells [1]")

    assert framed == '<div class="value">\n\n**318\\.00**\n\n</div>\n\nFrom 9 cells [1]'


def test_a_long_one_is_framed_as_long() -> None:
    assert with_value(f"**{'word ' * 12}end**\n\nmore").startswith('<div class="value long">')


@pytest.mark.parametrize(
    "text",
    [
        "**lease.pdf**: “The rent is 950.” [1]",
        "**318**",
        "**318** a month\n\nmore",
        "**3 files**\n- one",
        "It is\n\n**318**\n\nmore",
        f"**{'word ' * 40}**\n\nmore",
    ],
)
def test_any_other_text_stays_as_it_is(text: str) -> None:
    assert with_value(text) == text

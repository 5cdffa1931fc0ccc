from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmchat.answering.markdown import escape, escape_line, plain

MARKER = re.compile(r"(?<!\\)\[\d+(?<!\\)\]")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see [2]", r"see \[2\]"),
        ("`rm -rf *`", r"\`rm -rf \*\`"),
        ("<b>bold</b>", "&lt;b&gt;bold&lt;/b&gt;"),
        ("a &lt; b & c", "a &amp;lt; b & c"),
        ("- not a list", r"\- not a list"),
        ("1. not a list", r"1\. not a list"),
        ("# no heading", r"\# no heading"),
        ("costs 6.80 - or #3", "costs 6.80 - or #3"),
        ("$$x$$ __y__ ~z~", r"\$\$x\$\$ \_\_y\_\_ \~z\~"),
        ("", ""),
    ],
)
def test_active_characters_are_made_literal(text: str, shown: str) -> None:
    assert escape(text) == shown


@given(st.text(alphabet="[]0123456789\\`*_<>& \n-#.!()ab", max_size=60))
def test_no_text_makes_a_marker_or_a_tag(text: str) -> None:
    shown = escape(text)

    assert not MARKER.search(shown.replace(r"\\", ""))
    assert "<" not in shown
    assert ">" not in shown


@given(st.text(alphabet="[]0123456789\\`*_~|$ab c", max_size=60))
def test_nothing_is_lost(text: str) -> None:
    assert re.sub(r"\\(.)", r"\1", escape(text)) == text


def test_one_line_stays_one_line() -> None:
    assert escape_line("TOTAL\n\n  15.51\t") == "TOTAL 15.51"


@given(st.text(max_size=80))
def test_escaped_words_come_back_as_plain_words(words: str) -> None:
    assert plain(escape(words)) == words or "&" in words or "**" in words


def test_an_answer_for_a_terminal_has_its_markers_and_no_escapes() -> None:
    answer = f"**{escape('max_attempts.py')}**: “{escape('MAX_ATTEMPTS = 7 | C2')}” [1]"

    assert plain(answer) == "max_attempts.py: “MAX_ATTEMPTS = 7 | C2” [1]"

"""HTML that cannot forget to escape."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mmchat.ui.markup import Html, element, joined, lines


@given(st.text(), st.text())
def test_whatever_the_text_it_opens_no_tag_and_leaves_no_attribute(text: str, value: str) -> None:
    html = element("p", text, title=value)

    inside = html.removeprefix("<p title=").removesuffix("</p>")
    assert inside.count("<") == 0
    assert inside.count('"') == 2


def test_elements_stay_and_text_is_escaped() -> None:
    assert element("b", "a<b", element("i"), Html("&amp;")) == "<b>a&lt;b<i></i>&amp;</b>"
    assert joined("<", Html("<br>")) == "&lt;<br>"


def test_attributes_follow_their_values() -> None:
    html = element("img", class_="x", data_id=3, hidden=True, title=None, alt="", controls=False)

    assert html == '<img class="x" data-id="3" hidden alt="">'


def test_line_breaks_are_kept_on_one_line() -> None:
    assert lines("a\r\nb\n\n<c>\u2028d") == "a<br>b<br><br>&lt;c&gt;<br>d"

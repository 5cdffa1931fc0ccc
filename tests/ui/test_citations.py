"""Markers to links, and nothing else to anything."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from mmchat.types import Citation, Locator, Modality
from mmchat.ui.citations import linked
from mmchat.ui.translations import Wording

W = Wording("en")


def a_citation(marker: int, name: str = "note.md", locator: Locator | None = None) -> Citation:
    return Citation(marker, "a", "s", name, name, Modality.TEXT, "quote", locator or Locator())


def shown(text: str, *citations: Citation) -> str:
    return MarkdownIt().render(linked(text, citations, "m_1-x", W))


def test_a_resolved_marker_links_to_its_own_messages_card() -> None:
    html = shown("It was 6.80 [1].", a_citation(1, "memo.wav", Locator(start_s=17.2, end_s=19.9)))

    assert html == '<p>It was 6.80 <a href="#src-m_1-x-1" title="memo.wav, 0:17–0:19">1</a>.</p>\n'


def test_an_unknown_marker_stays_plain() -> None:
    assert "<a" not in shown("Nothing [9].")
    assert shown("Known [1], unknown [9].", a_citation(1)).count("<a") == 1


def test_neighbouring_markers_are_links_of_their_own() -> None:
    html = shown("Both [2][1][2].", a_citation(1), a_citation(2))

    assert html.count("<a") == 3
    assert html.index("x-2") < html.index("x-1")


@pytest.mark.parametrize("code", ["`row[1][2]`", "```\nrow[1][2]\n```", "```\nrow[1][2] and no end"])
def test_code_is_left_alone(code: str) -> None:
    html = shown(f"See [1] and\n\n{code}", a_citation(1), a_citation(2))

    assert "row[1][2]" in html
    assert html.count("<a") == 1


def test_an_escaped_bracket_is_not_a_marker() -> None:
    assert "<a" not in shown("literally \\[1\\]", a_citation(1))


@pytest.mark.parametrize(
    "name",
    [
        'a" onmouseover="x',
        "a]: javascript:alert(1) [b",
        "a\n\n# heading",
        "<img src=x onerror=1>",
        "a\\",
        "`code`",
        "${x} {{y}}",
        "&quot;",
        "\u2028[2]: /x",
    ],
)
def test_a_hostile_name_is_only_ever_a_tooltip(name: str) -> None:
    html = shown("Text [1].", a_citation(1, name))

    assert html.startswith('<p>Text <a href="#src-m_1-x-1"') and html.endswith(">1</a>.</p>\n")
    assert html.count("<") == 4
    assert "javascript:" not in html.split("title")[0]


def test_definitions_inside_an_answer_cannot_move_a_marker() -> None:
    html = shown("Text [1].\n\n[1]: https://evil.example\n", a_citation(1))

    assert 'href="#src-m_1-x-1"' in html
    assert 'href="https://evil.example"' not in html


def test_growing_text_never_breaks() -> None:
    text = "It says **six** `a[1]` and [1][2].\n\n- one [1]\n"

    for end in range(len(text)):
        assert "#src-" not in MarkdownIt().render(linked(text[:end], [a_citation(1)], "m", W)).replace(
            'href="#src-m-1"', ""
        )

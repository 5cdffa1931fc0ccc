from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmchat.answering.citation_parser import CitationParser, CodeBlock, InlineCode, Piece


def parsed(answer: str, numbers: set[int], *cuts: int) -> tuple[list[Piece], set[int]]:
    """The pieces, neighbouring texts joined."""
    parser = CitationParser(numbers)
    out: list[Piece] = []
    ends = [0, *sorted(min(cut, len(answer)) for cut in cuts), len(answer)]
    chunks = [answer[start:end] for start, end in zip(ends, ends[1:], strict=False)]
    for piece in [piece for chunk in chunks for piece in parser.feed(chunk)] + list(parser.end()):
        if isinstance(piece, str) and out and isinstance(out[-1], str):
            out[-1] += piece
        else:
            out.append(piece)
    return out, parser.unknown


@pytest.mark.parametrize(
    ("answer", "pieces"),
    [
        ("It is due [1].", ["It is due ", 1, "."]),
        ("Both [1][2] and [1, 3].", ["Both ", 1, 2, " and ", 1, 3, "."]),
        ("Twice [2; 2 ].", ["Twice ", 2, "."]),
        ("No brackets at all", ["No brackets at all"]),
        ("A [list] of [ ] and [x1]", ["A [list] of [ ] and [x1]"]),
        ("Code `row[1]` and then [1]", ["Code `row[1]` and then ", 1]),
        ("```\nrow[1]\n```\nthen [2]", ["```\nrow[1]\n```\nthen ", 2]),
        ("A tick ` alone.\n\nNext [1] and `row[1]`", ["A tick ` alone.\n\nNext ", 1, " and `row[1]`"]),
        ("~~~\nrow[1]\n~~~\nthen [2]", ["~~~\nrow[1]\n~~~\nthen ", 2]),
        ("- ~~~ is a wave [1]", ["- ~~~ is a wave ", 1]),
        ("A tick ` alone.\n\nNext [1]", ["A tick ` alone.\n\nNext ", 1]),
        ("A [1](http://x.test) link and [2]: note", ["A [1](http://x.test) link and [2]: note"]),
        ("An escaped \\[1] bracket", ["An escaped \\[1] bracket"]),
        ("Years [2024] are too long", ["Years [2024] are too long"]),
        ("It ends in [1", ["It ends in [1"]),
    ],
)
def test_markers_are_told_from_other_brackets(answer: str, pieces: list[Piece]) -> None:
    assert parsed(answer, {1, 2, 3})[0] == pieces


def test_code_is_told_from_words() -> None:
    parser = CitationParser({1})

    pieces = [
        *parser.feed("Say `row[1]` or\n```py\nx = [1]\n"),
        "|",
        parser.fence,
        "|",
        *parser.feed("```\nso."),
        *parser.end(),
    ]

    kinds = [(type(piece).__name__, str(piece)) for piece in pieces]
    assert "".join(text for kind, text in kinds if kind == InlineCode.__name__) == "`row[1]`"
    assert "".join(text for kind, text in kinds if kind == CodeBlock.__name__) == "```py\nx = [1]\n```"
    assert "".join(text for kind, text in kinds if kind == "str") == "Say  or\n|```|\nso."


def test_a_number_that_was_never_given_is_dropped_with_its_space() -> None:
    assert parsed("It is due [9]. Then [1, 8] it rests.", {1}) == (["It is due. Then ", 1, " it rests."], {8, 9})


@given(
    st.lists(
        st.sampled_from(
            ["[1]", "[", "]", "1", "2,", " ", "`", "```", "~", "~~~", "\n", "\n\n", "a", ".", "(", ":", "\\"]
        )
    ),
    st.lists(st.integers(0, 60)),
)
def test_the_result_does_not_depend_on_how_the_answer_was_cut(parts: list[str], cuts: list[int]) -> None:
    answer = "".join(parts)

    assert parsed(answer, {1}, *cuts) == parsed(answer, {1})


@given(st.text(alphabet="[]12, `~\n a.():\\", max_size=60))
def test_nothing_but_dropped_markers_and_their_space_is_lost(answer: str) -> None:
    pieces, _ = parsed(answer, {1, 2})
    shown = "".join(f"[{piece}]" if isinstance(piece, int) else piece for piece in pieces)

    assert [c for c in shown if c in "a.():\\`~"] == [c for c in answer if c in "a.():\\`~"]

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmchat.segmenters.passages import MOST_WORDS, SHORT_TAIL_WORDS, split_code, split_markdown, split_rows
from mmchat.segmenters.sentences import split_sentences

TEXTS = st.text(st.sampled_from("aé Z.!?…\n#-|1»« `\t"), max_size=400)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        (
            "Dr. Smith paid $3.40 at 5 p.m. on Monday. He left!",
            ["Dr. Smith paid $3.40 at 5 p.m. on Monday.", "He left!"],
        ),
        ("Bonjour ! Ça va ? « Oui. » Il paie 3,50 €.", ["Bonjour !", "Ça va ?", "« Oui. »", "Il paie 3,50 €."]),
        ("M. Dupont arrive. Il part.", ["M. Dupont arrive.", "Il part."]),
        ("- one\n- two\n3. three", ["- one", "- two", "3. three"]),
        ("| a | b |\n| 1 | 2 |\nAfter.", ["| a | b |", "| 1 | 2 |", "After."]),
        ("Wait... what? See fig. 3. End", ["Wait... what?", "See fig. 3.", "End"]),
        ("A line\nthat goes on. Next", ["A line\nthat goes on.", "Next"]),
        ("She said “No.” Then she left.", ["She said “No.”", "Then she left."]),
        ("J. R. Miller wrote it.", ["J. R. Miller wrote it."]),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, sentences: list[str]) -> None:
    assert [text[a:b] for a, b in split_sentences(text)] == sentences


@given(TEXTS)
def test_sentences_hold_every_word_once_and_in_order(text: str) -> None:
    spans = split_sentences(text)

    assert all(a < b for a, b in spans)
    assert all(before[1] <= after[0] for before, after in zip(spans, spans[1:], strict=False))
    assert "".join(text[a:b] for a, b in spans).split() == text.split() or "".join(
        "".join(text[a:b].split()) for a, b in spans
    ) == "".join(text.split())


@given(TEXTS, st.sampled_from([split_markdown, split_code, split_rows]))
def test_passages_hold_every_word_once_and_in_order(text: str, split) -> None:
    passages = list(split(text))

    assert all(a.end <= b.start for a, b in zip(passages, passages[1:], strict=False))
    assert "".join("".join(text[p.start : p.end].split()) for p in passages) == "".join(text.split())


def test_passages_end_with_sentences_and_are_of_a_size() -> None:
    text = "# Title\n\n" + " ".join(f"This is sentence number {n} of the long chapter." for n in range(200))

    passages = [text[p.start : p.end] for p in split_markdown(text)]

    assert all(p.endswith(".") for p in passages)
    assert all(len(p.split()) <= MOST_WORDS + SHORT_TAIL_WORDS for p in passages)
    assert len(passages) >= 6


def test_a_passage_knows_the_headings_above_it_and_crosses_none() -> None:
    text = "# Guide\n\nHello.\n\n## Water\n\nTuesdays.\n\n### Lemon\n\nTwice.\n\n## Light\n\nSouth."

    headings = {text[p.start : p.end].splitlines()[-1]: p.heading for p in split_markdown(text)}

    assert headings == {
        "Hello.": "Guide",
        "Tuesdays.": "Guide > Water",
        "Twice.": "Guide > Water > Lemon",
        "South.": "Guide > Light",
    }


def test_a_hash_inside_a_code_fence_is_no_heading() -> None:
    text = "# Real\n\n```\n# a comment\n```\n\nText."

    assert {p.heading for p in split_markdown(text)} == {"Real"}


def test_a_wall_of_words_without_an_end_is_cut_between_words() -> None:
    text = "word " * 1000

    passages = [text[p.start : p.end] for p in split_markdown(text)]

    assert max(len(p.split()) for p in passages) <= MOST_WORDS + SHORT_TAIL_WORDS
    assert " ".join(passages).split() == text.split()


def test_each_part_of_a_table_keeps_the_names_of_its_columns() -> None:
    text = "name,price\n" + "".join(f"thing {n} with a longer description,{n}\n" for n in range(200))

    passages = list(split_rows(text))

    assert len(passages) > 1
    assert all(p.heading == "name,price" for p in passages[1:])


def test_code_is_cut_between_definitions() -> None:
    body = "\n".join(f"    value_{n} = compute({n}) + {n}" for n in range(30))
    text = "\n\n".join(f"def function_{n}():\n{body}" for n in range(6))

    passages = [text[p.start : p.end] for p in split_code(text)]

    assert len(passages) > 1
    assert all(p.startswith("def ") for p in passages)


def test_thousands_of_open_fences_take_no_time() -> None:
    # It once took minutes: each fence looked for its end through the whole file.
    text = "```a\n# no heading\n" * 20_000

    assert sum(1 for _ in split_markdown(text)) > 0

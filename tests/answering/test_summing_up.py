"""What is told when files are to be summed up."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mmchat.answering.concept_names import ConceptNames
from mmchat.answering.draft import Draft
from mmchat.answering.scoring import Scores
from mmchat.answering.summing_up import OF_MANY, sum_up
from mmchat.answering.wording import wording
from mmchat.types import Cited, TextDelta
from tests.held_files import HeldFiles
from tests.tools.make_tables import make_table

WORDS = wording("en")
LONG = [
    f"Part {n} | The {word} of the house was looked at by the builder in detail. " + "Some more was said of it. " * 6
    for n, word in enumerate("roof cellar kitchen stairwell chimney garden".split(), start=1)
]


def even(sentences: Sequence[str]) -> Scores:
    return np.zeros(len(sentences))


def summed_up(files: HeldFiles) -> Draft | None:
    held = [entry.attachment for entry in reversed(files.entries(""))]
    return sum_up(held, files.context(), ConceptNames({}), WORDS, even)


def text_of(draft: Draft | None) -> str:
    assert draft is not None
    return "".join(piece.text for piece in draft.pieces if isinstance(piece, TextDelta))


def citations(draft: Draft | None) -> list[tuple[str, str]]:
    assert draft is not None
    return [(p.citation.name, p.citation.quote) for p in draft.pieces if isinstance(p, Cited)]


def test_a_short_note_is_told_whole() -> None:
    files = HeldFiles()
    files.hold("note.txt", "Mother called. She comes on Sunday.")

    draft = summed_up(files)

    assert citations(draft) == [("note.txt", "Mother called. She comes on Sunday.")]
    assert WORDS.says_all in text_of(draft)


def test_a_long_file_names_its_sections_and_quotes_its_main_points_in_order() -> None:
    files = HeldFiles()
    files.hold("survey.md", *LONG)

    draft = summed_up(files)

    assert WORDS.main_points in text_of(draft)
    assert "Part 1, Part 2" in text_of(draft)
    whole = "\n".join(passage.partition(" | ")[2] for passage in LONG)
    places = [whole.index(quote) for _, quote in citations(draft)]
    assert places and len(places) < len(LONG) * 7
    assert places == sorted(places)


def test_several_files_are_told_shortly_and_numbered_through() -> None:
    files = HeldFiles()
    files.hold("survey.md", *LONG)
    files.hold("note.txt", "Mother called on Sunday.")

    draft = summed_up(files)

    assert draft is not None
    numbers = [piece.number for piece in draft.evidence]
    assert numbers == list(range(1, len(numbers) + 1))
    assert [name for name, _ in citations(draft)].count("survey.md") <= OF_MANY
    assert ("note.txt", "Mother called on Sunday.") in citations(draft)


def test_a_table_is_told_by_its_rows_and_columns() -> None:
    files = HeldFiles()
    files.hold_table(make_table("Costs", ["Item", "Price:money:EUR"], [["Bread", "2"], ["Milk", "1"]]), "table.csv")

    assert WORDS.rows_and_columns.format(rows=2, columns="Item, Price") in text_of(summed_up(files))


def test_no_files_have_no_summary() -> None:
    assert summed_up(HeldFiles()) is None


def test_a_short_markdown_file_is_told_without_its_marks() -> None:
    files = HeldFiles()
    files.hold("minutes.md", "## Decisions\n\n- We paint the hall.\n- We sell the piano.\n")

    quotes = [quote for _, quote in citations(summed_up(files))]

    assert not any("#" in quote or "\n- " in quote for quote in quotes)

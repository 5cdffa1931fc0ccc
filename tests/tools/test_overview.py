"""What a file is, in its own words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from mmchat.tools.overview import FileOverview, OverviewArguments, overview
from mmchat.types import Attachment, Concept, Modality, SegmentKind
from tests.factories import a_segment, an_attachment
from tests.held_files import HeldFiles
from tests.tools.make_tables import make_table

ROOMS = "roof cellar kitchen stairwell chimney garden".split()
LONG = [
    f"House > Part {n} | The {room} of the house needs repair soon. This {room} smells very badly. "
    + f"Who knows the {room} of the house?"
    + f" Nobody went into the {room} of that house for a long year now." * 3
    for n, room in enumerate(ROOMS, start=1)
]


def of(files: HeldFiles, *asked: Attachment, sentences: int = 0, weigh: object = None) -> list[FileOverview]:
    arguments = OverviewArguments(files=[file.id for file in asked], sentences=sentences)
    return overview(files.context(), arguments, weigh)  # type: ignore[arg-type]


def test_a_short_file_is_its_own_overview() -> None:
    files = HeldFiles()
    note = files.hold("note.txt", "Mother called. She comes on Sunday.")

    [found] = of(files, note)

    assert found.whole
    assert [span.text for span in found.key] == ["Mother called. She comes on Sunday."]


def test_a_long_file_has_title_sections_and_so_many_key_sentences_in_order() -> None:
    files = HeldFiles()
    house = files.hold("house.md", *LONG)

    [found] = of(files, house, sentences=3)

    assert (found.title, found.headings[:2]) == ("House", ("Part 1", "Part 2"))
    assert not found.whole
    assert len(found.key) == 3
    at = [(span.evidence.candidate.segment.ordinal, span.start) for span in found.key]
    assert at == sorted(at)
    assert len({ordinal for ordinal, _ in at}) == 3


def test_a_question_is_no_key_sentence_where_statements_are_as_near() -> None:
    files = HeldFiles()
    house = files.hold("house.md", *LONG)

    [found] = of(files, house, sentences=4)

    assert not any(span.text.endswith("?") for span in found.key)


def test_what_weighs_more_is_chosen() -> None:
    files = HeldFiles()
    house = files.hold("house.md", *LONG)

    def heavy(sentences: Sequence[str]) -> NDArray[np.float64]:
        return np.array([5.0 * ("smells" in sentence) for sentence in sentences])

    lightly = [span.text for span in of(files, house, sentences=3)[0].key]
    heavily = [span.text for span in of(files, house, sentences=3, weigh=heavy)[0].key]

    assert sum("smells" in text for text in heavily) > sum("smells" in text for text in lightly)


def test_files_come_as_asked_numbered_through_and_those_not_here_are_left_out() -> None:
    files = HeldFiles()
    one, two = files.hold("one.txt", "One called."), files.hold("two.txt", "Two called.", "Two left.")

    found = of(files, two, an_attachment("gone.txt"), one, two)

    assert [each.attachment.name for each in found] == ["two.txt", "one.txt"]
    assert [span.evidence.number for each in found for span in each.key] == [1, 2, 3]


def test_a_picture_without_words_is_what_was_recognised_in_it() -> None:
    files = HeldFiles()
    dog = an_attachment("dog.png", modality=Modality.IMAGE)
    seen = a_segment(dog, 0, "", kind=SegmentKind.WHOLE_IMAGE, concepts=(Concept("poodle", 0.9),))
    file = files.hold("dog.png", seen, modality=Modality.IMAGE)

    [found] = of(files, file)

    assert [piece.candidate.segment for piece in found.shown] == [seen]
    assert found.key == ()


def test_a_file_s_tables_are_part_of_it() -> None:
    files = HeldFiles()
    table = files.hold_table(make_table("Costs", ["Item", "Price:money:EUR"], [["Bread", "2"]]), "table.csv")
    file = next(e.attachment for e in files.entries("") if e.attachment.id == table.attachment_id)

    assert of(files, file)[0].tables == (table,)


@pytest.mark.parametrize("passages", [[], ["  "]])
def test_an_empty_file_has_an_overview_that_says_nothing(passages: list[str]) -> None:
    files = HeldFiles()
    file = files.hold("empty.txt", *passages)

    [found] = of(files, file)

    assert (found.title, found.key, found.shown, found.words) == ("", (), (), 0)

"""Which stretches of a piece of evidence may answer, and what each is read with."""

from __future__ import annotations

from dataclasses import replace

from mmchat.answering.units import title_of, units_of
from mmchat.types import Evidence, SegmentKind
from tests.held_files import HeldFiles, evidence_of


def piece(text: str, name: str = "note.txt") -> Evidence:
    files = HeldFiles()
    files.hold(name, text)
    return evidence_of(files.found())[0]


def test_units_of_every_size_compete() -> None:
    texts = [unit.text for unit in units_of(piece("The key is red. It hangs low. Take it. Lock up. Go home."))]

    assert "The key is red." in texts
    assert "The key is red. It hangs low." in texts
    assert "The key is red. It hangs low. Take it." in texts
    assert "The key is red. It hangs low. Take it. Lock up. Go home." in texts


def test_a_unit_stands_so_in_the_text() -> None:
    text = "# House\n\nThe key is red.\n\n- bread\n- milk\n\n| a | b |\n"

    assert all(unit.text == text[unit.start : unit.end] for unit in units_of(piece(text)))


def test_a_question_is_no_unit_where_anything_else_is() -> None:
    texts = [unit.text for unit in units_of(piece("Where is the key?\nBehind the pot."))]

    assert "Where is the key?" not in texts
    assert any("Behind the pot." in text for text in texts)


def test_an_item_is_read_with_the_line_that_leads_into_its_list() -> None:
    units = units_of(piece("Bring for the hike:\n- a rope\n- two lamps\n"), title="hike")

    [rope] = [unit for unit in units if unit.text == "a rope"]
    assert rope.heading == "hike. Bring for the hike"


def test_a_row_of_a_table_is_not_joined_with_others() -> None:
    of_csv = piece("Shop Ikea. Amount 20. Paid by card.", "prices.csv")
    candidate = of_csv.candidate
    row = Evidence(1, replace(candidate, segment=replace(candidate.segment, kind=SegmentKind.ROW)))

    assert len(units_of(row)) < len(units_of(of_csv))


def test_a_run_does_not_cross_a_heading() -> None:
    texts = [unit.text for unit in units_of(piece("The key is red.\n\n## Cellar\n\nThe lamp is blue. " + "word " * 80))]

    assert not any("red" in text and "blue" in text for text in texts)


def test_a_camera_s_file_name_is_no_title() -> None:
    assert title_of("IMG_2041.jpg") == "IMG 2041"
    assert title_of("2041.jpg") == ""
    assert title_of("rent_contract.pdf", "Lease of a flat") == "rent contract. Lease of a flat"

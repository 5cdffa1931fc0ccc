from __future__ import annotations

from mmchat.segmenters.pdf import PdfPage
from mmchat.segmenters.running_lines import RunningLines
from mmchat.types import WordPlace


def page(number: int, *lines: str) -> PdfPage:
    text, places = "\n".join(lines), []
    at = 0
    for line in lines:
        places.append(WordPlace(at, at + len(line), (0.1, 0.1, 0.2, 0.2), number))
        at += len(line) + 1
    return PdfPage(number, text, tuple(places))


def read(*pages: PdfPage) -> list[PdfPage]:
    running = RunningLines()
    return [running.without(each) for each in pages]


def test_a_header_and_a_footer_stay_on_their_first_page_only() -> None:
    pages = read(
        page(1, "Handbook", "All about trains.", "Handbook 1 / 20"),
        page(2, "Handbook", "All about ships.", "Handbook 2 / 20"),
    )

    assert [each.text for each in pages] == ["Handbook\nAll about trains.\nHandbook 1 / 20", "All about ships."]


def test_the_boxes_still_lie_on_their_words() -> None:
    _, second = read(page(1, "Handbook", "One."), page(2, "Handbook", "Ships sail.", "So do rafts."))

    assert [second.text[p.char_start : p.char_end] for p in second.places] == ["Ships sail.", "So do rafts."]


def test_left_and_right_pages_may_differ() -> None:
    pages = read(page(1, "Left", "a."), page(2, "Right", "b."), page(3, "Left", "c."), page(4, "Right", "d."))

    assert [each.text for each in pages][2:] == ["c.", "d."]


def test_a_line_in_the_middle_and_a_page_of_nothing_else_stay() -> None:
    again = page(2, "x", "y", "Same line", "z", "w")
    only = page(3, "Handbook")

    assert read(page(1, "a", "b", "Same line", "c", "d"), again)[1] == again
    assert read(page(2, "Handbook"), only)[1] == only


def test_numbers_that_do_not_count_pages_are_no_running_line() -> None:
    pages = read(page(1, "Item A 3", "Total 120"), page(2, "Item B 4", "Total 245"))

    assert pages[1].text == "Item B 4\nTotal 245"

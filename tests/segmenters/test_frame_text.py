from __future__ import annotations

from mmchat.perception.ocr import OcrParagraph, paragraph
from mmchat.segmenters.frame_text import FrameText, stands_in, title_of


def region(text: str, top: float = 0.1, height: float = 0.04) -> OcrParagraph:
    """Lines from ``top`` down, their words side by side."""
    lines = []
    for n, line in enumerate(text.split("\n")):
        y = top + n * 2 * height
        words = [(word, (0.1 * at, y, 0.1 * at + 0.09, y + height), 0.9) for at, word in enumerate(line.split())]
        lines.append(words)
    return paragraph(lines)


def frames(*texts: list[str]) -> list[tuple[str, float, float]]:
    """Each frame stands for ten seconds."""
    text = FrameText()
    for n, regions in enumerate(texts):
        text.add([region(each) for each in regions], n * 10.0, n * 10.0 + 10.0)
    return [(w.region.text, w.start_s, w.end_s) for w in text.writings]


def test_a_text_that_stays_is_one_text_for_all_its_seconds() -> None:
    found = frames(["Ferry terminal"], ["Ferry terminal", "Opening in March"], ["Old pier"])

    assert found == [("Ferry terminal", 0, 20), ("Opening in March", 10, 20), ("Old pier", 20, 30)]


def test_a_text_that_comes_back_is_told_again() -> None:
    assert frames(["Agenda"], ["Old pier"], ["Agenda"]) == [("Agenda", 0, 10), ("Old pier", 10, 20), ("Agenda", 20, 30)]


def test_reading_a_letter_otherwise_is_no_new_text_but_another_number_is() -> None:
    line = "The harbour invoice of the spring quarter comes to"

    assert frames([f"{line} 4200 euros"], [f"{line.replace('invoice', 'invoicc')} 4200 euros"])[1:] == []
    assert frames([f"{line} 4200 euros"], [f"{line} 4900 euros"])[1:] == [(f"{line} 4900 euros", 10, 20)]


def test_another_word_in_a_short_line_is_new() -> None:
    assert not stands_in("Opening in May", frozenset({"opening", "in", "march"}))
    assert not stands_in("", frozenset({"opening"}))


def test_the_title_of_a_slide_is_its_largest_line_and_stands_over_the_rest() -> None:
    regions = [region("Ferry terminal", 0.05, 0.08), region("Opening: 12 March\nCost: 4.2 million", 0.3, 0.05)]
    text = FrameText()

    text.add(regions, 0.0, 5.0)

    assert [writing.title for writing in text.writings] == ["", "Ferry terminal"]


def test_a_page_of_even_text_has_no_title() -> None:
    assert title_of([region("File Edit View"), region("one line\nanother line", 0.4)]) == ""
    assert title_of([region("Only one")]) == ""

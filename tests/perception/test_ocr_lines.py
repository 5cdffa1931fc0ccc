from __future__ import annotations

from mmchat.perception.ocr_lines import Line, Word, labelled, merged, paragraphs


def word(text: str, x: float, y: float) -> Word:
    return text, (x, y, x + 0.08, y + 0.02), 0.9


def test_a_word_that_only_the_second_reading_saw_joins_its_line() -> None:
    first = [Line(1, [word("issue", 0.2, 0.1)])]
    second = [Line(1, [word("New", 0.11, 0.1)])]

    [paragraph] = paragraphs(merged(first, second, aspect=1.8))

    assert paragraph.text == "New issue"
    assert [paragraph.text[p.char_start : p.char_end] for p in paragraph.places] == ["New", "issue"]


def test_lines_of_the_second_reading_stand_where_a_reader_comes_to_them() -> None:
    first = [Line(1, [word("top", 0.1, 0.1)]), Line(2, [word("bottom", 0.1, 0.8)])]
    second = [Line(1, [word("button", 0.1, 0.4)]), Line(1, [word("below", 0.1, 0.43)])]

    found = paragraphs(merged(first, second, aspect=1.8))

    assert [p.text for p in found] == ["top", "button\nbelow", "bottom"]


def test_words_far_apart_on_one_height_stay_apart() -> None:
    first = [Line(1, [word("left", 0.1, 0.1)])]
    second = [Line(1, [word("right", 0.7, 0.1)])]

    assert [p.text for p in paragraphs(merged(first, second, aspect=1.8))] == ["left", "right"]


def test_a_line_never_splits_the_paragraph_it_lies_beside() -> None:
    first = [Line(1, [word("one", 0.1, 0.1)]), Line(1, [word("two", 0.1, 0.2)])]
    second = [Line(1, [word("aside", 0.12, 0.15)])]

    found = paragraphs(merged(first, second, aspect=1.8))

    assert [p.text for p in found] == ["one\ntwo", "aside"]


def row(top: float, height: float, *cells: tuple[float, str]) -> Line:
    """Words of one line; each cell starts at its x, its words 0.05 wide and 0.01 apart."""
    words: list[Word] = []
    for x, text in cells:
        for n, word in enumerate(text.split()):
            words.append((word, (x + 0.06 * n, top, x + 0.06 * n + 0.05, top + height), 0.9))
    return Line(1, words)


def test_small_labels_side_by_side_are_read_with_the_values_under_them() -> None:
    lines = [
        row(0.20, 0.03, (0.04, "Gate"), (0.53, "Boarding time")),
        row(0.25, 0.05, (0.04, "B17"), (0.53, "14:35")),
        row(0.40, 0.03, (0.04, "Thank you")),
    ]

    found = paragraphs(labelled(lines, aspect=1.8))

    assert [p.text for p in found] == ["Gate\nB17", "Boarding time\n14:35", "Thank you"]


def test_items_stay_beside_their_prices() -> None:
    lines = [
        row(0.20, 0.05, (0.04, "Cinnamon bun"), (0.70, "2.90")),
        row(0.27, 0.05, (0.04, "Flat white"), (0.70, "3.90")),
    ]

    assert labelled(lines, aspect=1.8) == lines


def test_columns_that_do_not_stand_under_each_other_are_left() -> None:
    lines = [row(0.20, 0.03, (0.04, "Gate"), (0.53, "Time")), row(0.25, 0.05, (0.04, "B17"), (0.80, "14:35"))]

    assert labelled(lines, aspect=1.8) == lines

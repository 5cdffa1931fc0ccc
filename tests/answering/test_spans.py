from __future__ import annotations

from mmchat.tools.spans import LONGEST_WORDS, WINDOW_WORDS, spans_of
from mmchat.types import Candidate, Evidence, Modality, SegmentKind
from tests.factories import a_segment, an_attachment


def evidence(text: str, kind: SegmentKind = SegmentKind.PASSAGE, heading: str = "") -> Evidence:
    attachment = an_attachment("note.md", modality=Modality.TEXT)
    return Evidence(1, Candidate(a_segment(attachment, 0, text, kind=kind, heading=heading), attachment, 1.0))


def texts(text: str, kind: SegmentKind = SegmentKind.PASSAGE) -> list[str]:
    return [span.text for span in spans_of(evidence(text, kind))]


def test_a_passage_is_quoted_by_its_sentences() -> None:
    assert texts("It rains. Take a coat! Why not?") == ["It rains.", "Take a coat!", "Why not?"]


def test_every_span_is_an_exact_piece_of_the_text() -> None:
    text = "# Title\n\n- first item\n- second: item\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nA last   sentence.\n"

    for span in spans_of(evidence(text)):
        assert span.text == text[span.start : span.end]
        assert span.text == span.text.strip()


def test_hard_wrapped_prose_is_joined_and_separate_lines_are_not() -> None:
    wrapped = "The tenant pays a deposit before moving in and\ngets it back at the end."
    code = "apt-get update\napt-get install vim"

    assert texts(wrapped) == [wrapped]
    assert texts(code) == ["apt-get update", "apt-get install vim"]


def test_a_sentence_that_begins_late_in_a_wrapped_line_is_whole() -> None:
    wrapped = "The boiler is still cold, I am afraid. They will come\non Monday between eight and ten."

    assert texts(wrapped)[-1] == "They will come\non Monday between eight and ten."


def test_a_day_before_its_month_ends_no_sentence() -> None:
    assert texts("Der Schaden ist vom 22. August. Sie zahlen bis zum 30. September nichts.") == [
        "Der Schaden ist vom 22. August.",
        "Sie zahlen bis zum 30. September nichts.",
    ]
    assert len(texts("He sold 22. Anna sold 30.")) == 2


def test_a_sentence_that_leads_on_is_quoted_with_what_follows() -> None:
    assert texts("Limit the bandwidth as the following.\nDl-Limit 800")[0] == (
        "Limit the bandwidth as the following.\nDl-Limit 800"
    )
    assert texts("When is it due? On Friday.")[0] == "When is it due? On Friday."


def test_a_table_row_loses_its_bars_and_gains_its_columns() -> None:
    spans = spans_of(evidence("| item | price |\n|---|---|\n| Latte | 6.80 |", heading="Menu > Drinks"))

    assert [span.text for span in spans] == ["item | price", "Latte | 6.80"]
    assert spans[-1].heading == "Drinks. item, price"


def test_list_marks_are_not_part_of_a_quote() -> None:
    assert texts("- milk and bread\n- two eggs") == ["milk and bread", "two eggs"]


def test_the_numbering_of_a_heading_is_left_out_of_the_context() -> None:
    assert spans_of(evidence("Pets are fine.", heading="Lease > 2.1. Animals"))[0].heading == "Animals"


def test_lines_of_a_receipt_stand_alone_and_a_label_goes_with_its_value() -> None:
    spans = texts("CAFE MIRABELLE\n2 x Latte 6.80\nTOTAL\n15.51", SegmentKind.TEXT_REGION)

    assert "2 x Latte 6.80" in spans
    assert "TOTAL\n15.51" in spans
    assert "2 x Latte 6.80\nTOTAL" not in spans


def test_a_paragraph_in_a_picture_reads_on_across_its_lines() -> None:
    paragraph = "The printer on the second floor is out of order and\nwill be repaired on Monday. Take the stairs."

    assert texts(paragraph, SegmentKind.TEXT_REGION)[0].endswith("repaired on Monday.")


def test_speech_without_punctuation_is_cut_into_overlapping_windows_that_lose_nothing() -> None:
    words = [f"word{n}" for n in range(3 * LONGEST_WORDS)]

    spans = texts(" ".join(words), SegmentKind.TRANSCRIPT)

    assert all(len(span.split()) <= WINDOW_WORDS for span in spans)
    assert {word for span in spans for word in span.split()} == set(words)


def test_a_heading_is_no_quote() -> None:
    assert texts("## 2. Animals\n\nPets are fine.") == ["Pets are fine."]


def test_rules_and_ornaments_are_no_quotes() -> None:
    assert texts("Yes it is.\n\n---\n\n***") == ["Yes it is."]


def test_a_picture_without_words_has_nothing_to_quote() -> None:
    assert texts("", SegmentKind.WHOLE_IMAGE) == []

from __future__ import annotations

from mmchat.answering.selection import MOST_QUOTES, Scored, best_first, choose
from mmchat.tools.spans import Span, spans_of
from mmchat.types import Candidate, Evidence
from tests.factories import a_segment, an_attachment

TEXT = (
    "The deposit is 1,450 euros. Notice is three months. Pets need consent. Smoking is forbidden. Keys are in the box."
)


def spans(text: str = TEXT, number: int = 1) -> list[Span]:
    attachment = an_attachment(f"{number}.txt")
    return spans_of(Evidence(number, Candidate(a_segment(attachment, 0, text), attachment, 1.0)))


def scored(*confidences: float) -> list[Scored]:
    return [Scored(span, confidence) for span, confidence in zip(spans(), confidences, strict=False)]


def test_nothing_is_chosen_below_the_threshold() -> None:
    assert choose(scored(0.29, 0.1), abstain_below=0.3) == []
    assert choose([], abstain_below=0.3) == []


def test_the_best_is_chosen_and_a_much_weaker_one_is_not() -> None:
    chosen = choose(scored(0.4, 0.9, 0.5), abstain_below=0.3)

    assert [s.span.text for s in chosen] == ["Notice is three months."]


def test_nearly_as_good_ones_join_up_to_three() -> None:
    chosen = choose(scored(0.9, 0.88, 0.86, 0.85, 0.84), abstain_below=0.3)

    assert len(chosen) == MOST_QUOTES
    assert [s.confidence for s in chosen] == [0.9, 0.88, 0.86]


def test_the_same_sentence_from_two_files_is_quoted_once() -> None:
    one, again = spans("Pets need consent.", 1)[0], spans("Pets need  consent.", 2)[0]

    chosen = choose([Scored(again, 0.9), Scored(one, 0.9)], abstain_below=0.3)

    assert [s.span.evidence.number for s in chosen] == [1]


def test_overlapping_stretches_of_one_text_are_quoted_once() -> None:
    first = spans()[0]
    longer = Span(first.evidence, 0, len(TEXT))

    chosen = choose([Scored(first, 0.9), Scored(longer, 0.89)], abstain_below=0.3)

    assert [s.span for s in chosen] == [first]


def test_ties_keep_the_order_of_the_evidence() -> None:
    one, two = spans(number=1), spans(number=2)

    ordered = best_first([Scored(two[0], 0.5), Scored(one[1], 0.5), Scored(one[0], 0.5)])

    assert [(s.span.evidence.number, s.span.start) for s in ordered] == [(1, 0), (1, one[1].start), (2, 0)]


def test_a_refused_sentence_makes_no_clearly_worse_one_an_answer() -> None:
    best, near, worse = scored(0.9, 0.75, 0.6)

    assert choose([best, near, worse], 0.25, lambda span: span is best.span) == [near]
    assert choose([best, worse], 0.25, lambda span: span is best.span) == []

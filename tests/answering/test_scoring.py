from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mmchat.answering import operating_point as point
from mmchat.answering.scoring import SentenceScorer, pairing, with_heading
from mmchat.tools.spans import Span, spans_of
from mmchat.types import Candidate, Evidence, Query, Vectors
from tests.factories import a_segment, an_attachment


class ReadsLogits:
    """A cross-encoder whose logit for a text is written in a table; it keeps what it was asked."""

    def __init__(self, logits: dict[str, float]) -> None:
        self._logits = logits
        self.asked: list[str] = []

    def score(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        return np.array([self._logits.get(text, -10.0) for text in texts], dtype=np.float32)


class SharesWords:
    """A vector has one axis per word of a small vocabulary."""

    def __init__(self, vocabulary: str) -> None:
        self._axes = {word: at for at, word in enumerate(vocabulary.split())}

    def load(self) -> None:
        """Nothing to load."""

    def encode_texts(self, texts: Sequence[str], prefix: str) -> Vectors:
        vectors = np.full((len(texts), len(self._axes) + 1), 1e-3, dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().split():
                vectors[row, self._axes.get(word.strip(".?"), len(self._axes))] += 1.0
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


def spans(text: str, language: str, number: int = 1, heading: str = "") -> list[Span]:
    attachment = an_attachment(f"{number}.txt")
    segment = a_segment(attachment, 0, text, language=language, heading=heading)
    return spans_of(Evidence(number, Candidate(segment, attachment, 1.0)))


def scorer(logits: dict[str, float], vocabulary: str = "fox eats mice") -> SentenceScorer:
    return SentenceScorer(lambda: ReadsLogits(logits), SharesWords(vocabulary))


def test_the_cross_encoder_decides_in_english() -> None:
    both = spans("The fox eats mice at night. The fox is red and small.", "en")
    chooses_second = scorer({"The fox is red and small.": 9.0})

    scored = chooses_second.score(Query(text="What does the fox look like?", language="en"), both)

    assert max(scored, key=lambda s: s.confidence).span.text == "The fox is red and small."


def test_the_encoder_and_shared_words_decide_in_french() -> None:
    asked = ReadsLogits({})
    both = spans("Le renard mange des souris. La pluie tombe depuis hier.", "fr")

    scored = SentenceScorer(lambda: asked, SharesWords("renard mange souris pluie")).score(
        Query(text="Que mange le renard ?", language="fr"), both
    )

    assert max(scored, key=lambda s: s.confidence).span.text == "Le renard mange des souris."
    assert asked.asked == []


def test_a_sentence_that_stands_out_is_surer_than_one_among_its_like() -> None:
    sentences = ["Foxes eat mice.", "Rain falls down.", "Ships sail home.", "Bread bakes slowly.", "Snow melts."]

    def confidence(logit_of_the_others: float) -> float:
        logits = dict.fromkeys(sentences, logit_of_the_others) | {"Foxes eat mice.": 6.0}
        scored = scorer(logits).score(Query(text="Which one is it?", language="en"), spans(" ".join(sentences), "en"))
        return max(s.confidence for s in scored)

    assert confidence(-9.0) > confidence(5.0) + 0.3


def test_a_sentence_that_only_echoes_the_question_is_out_of_the_running() -> None:
    both = spans("Backup failed. The drive is full.", "en")

    scored = scorer({"Backup failed.": 9.0}).score(Query(text="Why did the backup fail?", language="en"), both)

    assert [s.span.text for s in scored] == ["The drive is full."]


def test_the_best_are_read_again_under_their_heading() -> None:
    reads = ReadsLogits({})
    under = spans("It costs 94 euros.", "en", heading="Trip > Hotel")

    SentenceScorer(lambda: reads, SharesWords("hotel")).score(Query(text="How much is it?", language="en"), under)

    assert reads.asked == ["It costs 94 euros.", "Hotel. It costs 94 euros."]
    assert with_heading(under[0], "\n") == "Hotel\nIt costs 94 euros."


def test_each_pair_of_languages_has_its_line() -> None:
    assert pairing("en", "en") is point.ENGLISH
    assert pairing("fr", "fr") is point.SAME_LANGUAGE
    assert pairing("fr", "en") is point.CROSS_LANGUAGE
    assert pairing("en", "fr") is point.CROSS_LANGUAGE
    assert pairing("en", "") is point.ENGLISH
    assert pairing("fr", "") is point.SAME_LANGUAGE
    assert pairing("", "") is point.ENGLISH


def test_confidences_are_between_nought_and_one_and_rise_with_the_score() -> None:
    for line in (point.ENGLISH, point.SAME_LANGUAGE, point.CROSS_LANGUAGE):
        low, high = line.confidence(-60, 0), line.confidence(60, 0)
        assert 0.0 <= low < high <= 1.0
        assert line.confidence(5, -5) > line.confidence(5, 5)


def test_no_evidence_gives_no_scores() -> None:
    assert scorer({}).score(Query(text="Why?", language="en"), []) == []

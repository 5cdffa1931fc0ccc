"""The cross-encoder puts the passage that answers first, and keeps its hands off what it cannot read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from mmchat.rerankers.cross_encoder import (
    LOGIT,
    STRETCH_WORDS,
    CrossEncoder,
    CrossEncoderReranker,
    asks,
    stretches,
)
from mmchat.settings import Settings
from mmchat.types import Candidate, Query, SegmentKind
from tests.factories import a_segment, an_attachment

PARIS = "Paris is the capital of France and its largest city."
LIBRARY = "The library opens at nine on weekdays and at ten on Saturdays."
ROME = "Rome is the capital of Italy."
QUESTION = Query(text="When does the library open on Saturday?", language="en")


class CountingCrossEncoder:
    """Scores a text by how often it says "answer", so that what is done with scores can be seen."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def score(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        self.seen += texts
        return np.array([10 * text.count("answer") - 5 for text in texts], dtype=np.float32)


def candidates(*texts: str, language: str = "en") -> list[Candidate]:
    attachment = an_attachment()
    return [
        Candidate(a_segment(attachment, at, text, language=language), attachment, score=1 / (at + 1))
        for at, text in enumerate(texts)
    ]


def texts_of(ranked: Sequence[Candidate]) -> list[str]:
    return [candidate.segment.text for candidate in ranked]


@pytest.fixture(scope="module")
def cross_encoder(models_dir: Path) -> CrossEncoder:
    return CrossEncoder.shared(Settings(models_dir=models_dir, threads=2))


@pytest.mark.model
def test_the_passage_that_answers_comes_first(cross_encoder: CrossEncoder) -> None:
    ranked = CrossEncoderReranker(lambda: cross_encoder).rerank(QUESTION, candidates(PARIS, ROME, LIBRARY))

    assert texts_of(ranked)[0] == LIBRARY
    relevance = [candidate.relevance for candidate in ranked]
    assert relevance[0] is not None and relevance[0] > 0.8
    assert relevance[1] is not None and relevance[1] < 0.3


@pytest.mark.model
def test_a_score_does_not_depend_on_what_is_scored_beside_it(cross_encoder: CrossEncoder) -> None:
    together = cross_encoder.score(QUESTION.text, [PARIS, LIBRARY * 5, ROME, LIBRARY])
    alone = [cross_encoder.score(QUESTION.text, [text])[0] for text in (PARIS, LIBRARY * 5, ROME, LIBRARY)]

    assert together.dtype == np.float32
    np.testing.assert_array_equal(together, alone)
    assert together[3] > 5 > -5 > together[0]


@pytest.mark.model
def test_any_length_and_any_characters_can_be_scored(cross_encoder: CrossEncoder) -> None:
    scores = cross_encoder.score("where " * 2000, ["", "word " * 3000, "caf\ud83d", LIBRARY])

    assert scores.shape == (4,)
    assert np.isfinite(scores).all()
    assert cross_encoder.score("anything", []).shape == (0,)


@pytest.mark.model
def test_one_set_of_weights_serves_the_process(cross_encoder: CrossEncoder, models_dir: Path) -> None:
    assert CrossEncoder.shared(Settings(models_dir=models_dir, threads=2)) is cross_encoder


@pytest.mark.parametrize(
    "query",
    [
        Query(text="Quand ouvre la bibliothèque le samedi ?", language="fr"),
        Query(text="Opening hours", language="en"),
        Query(text="Installing and removing packages", language="en"),
        Query(text="When does the library open?", language=""),
        Query(perceived="When does the library open?", language="en"),
    ],
    ids=lambda query: query.text or "only perceived",
)
def test_what_is_not_an_english_question_keeps_its_order(query: Query) -> None:
    cross_encoder = CountingCrossEncoder()
    given = candidates("first", "the answer", "third")

    assert CrossEncoderReranker(lambda: cross_encoder).rerank(query, given) == given
    assert cross_encoder.seen == []


def test_pictures_and_other_languages_keep_their_places() -> None:
    attachment = an_attachment()
    picture = Candidate(a_segment(attachment, 7, "", kind=SegmentKind.WHOLE_IMAGE), attachment, score=0.9)
    french = candidates("la réponse, answer", language="fr")[0]
    nothing, answer = candidates("nothing", "the answer")

    ranked = CrossEncoderReranker(CountingCrossEncoder).rerank(QUESTION, [picture, nothing, french, answer])

    assert [c.segment.id for c in ranked] == [c.segment.id for c in (picture, answer, french, nothing)]
    assert ranked[0].relevance is None


def test_a_long_passage_counts_as_much_as_its_best_stretch() -> None:
    long = "Filler words go on and on. " * 40 + "Here is the answer. " + "More filler follows here. " * 40
    cross_encoder = CountingCrossEncoder()

    ranked = CrossEncoderReranker(lambda: cross_encoder).rerank(QUESTION, candidates("nothing", long))

    assert texts_of(ranked)[0] == long
    assert len(cross_encoder.seen) > 3
    assert ranked[0].relevance == pytest.approx(1 / (1 + np.exp(-5 * LOGIT)))


def test_the_order_of_retrieval_counts_beside_the_model() -> None:
    same = candidates("an answer", "another answer", "answer answer")

    ranked = CrossEncoderReranker(CountingCrossEncoder).rerank(QUESTION, same)

    assert texts_of(ranked) == ["answer answer", "an answer", "another answer"]


@pytest.mark.parametrize(
    "text",
    [
        "When does it open?",
        "how much did the lattes cost",
        "tell me the total of the receipt",
        "I need the code of the error",
        "Please quote the closing sentence",
    ],
)
def test_questions_and_requests_ask(text: str) -> None:
    assert asks(text)


@pytest.mark.parametrize("text", ["", "invoice", "opening hours", "File system permissions", "List of packages", "?"])
def test_headings_and_key_words_do_not_ask(text: str) -> None:
    assert not asks(text)


@given(st.lists(st.text(alphabet="ab.!? \n", max_size=30), max_size=60))
def test_stretches_hold_every_word_once_in_order_and_are_short(parts: list[str]) -> None:
    text = " ".join(parts)

    out = stretches(text)

    assert " ".join(out).split() == text.split()
    assert out
    assert all(len(stretch.split()) <= STRETCH_WORDS for stretch in out)


def test_stretches_are_cut_between_sentences() -> None:
    sentence = "one two three four five six seven eight nine ten."

    assert [len(s.split()) for s in stretches(" ".join([sentence] * 25))] == [110, 110, 30]

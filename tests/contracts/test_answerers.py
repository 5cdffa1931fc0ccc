"""What every answerer keeps, whichever writes the answer."""

from __future__ import annotations

import re

import pytest

from mmchat.answering import ANSWERERS, Answerer, create_answerer
from mmchat.answering.base import AnswerEvent, Concluded, Question
from mmchat.settings import Settings
from mmchat.types import Candidate, Cited, Evidence, Grounding, Query, TextDelta
from tests.answering.drafts import looked_up
from tests.factories import a_segment, an_attachment

pytestmark = pytest.mark.model
MARKER = re.compile(r"(?<!\\)\[(\d+)\]")
TEXTS = (
    "The tenant pays a deposit of 1,450 euros before moving in. It is returned within sixty days. See [7] and `code`.",
    "Bake the crust for 15 minutes at 180 degrees. Let the lemon tart cool for two hours before serving.",
    "Flight TP 433 leaves Geneva at 06:55 on 12 May. One checked bag of 23 kg is included.",
)
QUESTIONS = ("How high is the deposit?", "What is the dentist's name?", "When does the flight leave Geneva?")


@pytest.fixture(scope="module", params=sorted(ANSWERERS))
def answerer(request: pytest.FixtureRequest, models_dir: object, tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"), models_dir=models_dir, llm="echo:test")  # type: ignore[arg-type]
    made = create_answerer(request.param, settings)
    made.load()
    made.load()
    return made


def evidence() -> list[Evidence]:
    pieces = []
    for number, text in enumerate(TEXTS, start=1):
        attachment = an_attachment(f"{number}.txt")
        pieces.append(Evidence(number, Candidate(a_segment(attachment, 0, text, language="en"), attachment, 1.0)))
    return pieces


def ask(answerer: Answerer, text: str, pieces: list[Evidence]) -> list[AnswerEvent]:
    return list(answerer.answer(Question(Query(text=text, language="en"), searched=len(pieces)), looked_up(pieces)))


@pytest.mark.parametrize("text", QUESTIONS)
def test_it_concludes_once_and_last(answerer: Answerer, text: str) -> None:
    events = ask(answerer, text, evidence())

    assert isinstance(events[-1], Concluded)
    assert sum(isinstance(event, Concluded) for event in events) == 1
    assert any(isinstance(event, TextDelta) and event.text.strip() for event in events)


@pytest.mark.parametrize("text", QUESTIONS)
def test_every_marker_is_a_number_of_the_evidence_and_is_cited_at_once(answerer: Answerer, text: str) -> None:
    shown = ""
    cited = []
    for event in ask(answerer, text, evidence()):
        if isinstance(event, TextDelta):
            shown += event.text
        elif isinstance(event, Cited):
            cited.append(event.citation.marker)
            assert MARKER.findall(shown) == [str(marker) for marker in cited]

    assert MARKER.findall(shown) == [str(marker) for marker in cited]
    assert set(cited) <= {1, 2, 3}


@pytest.mark.parametrize("text", QUESTIONS)
def test_every_quote_stands_in_its_segment_word_for_word(answerer: Answerer, text: str) -> None:
    pieces = {piece.number: piece for piece in evidence()}

    for event in ask(answerer, text, list(pieces.values())):
        if isinstance(event, Cited):
            segment = pieces[event.citation.marker].candidate.segment
            assert event.citation.quote in segment.text
            assert event.citation.segment_id == segment.id


def test_without_evidence_it_says_so(answerer: Answerer) -> None:
    assert ask(answerer, "How high is the deposit?", [])[-1] == Concluded(Grounding.NOTHING)


def test_the_same_question_gets_the_same_answer(answerer: Answerer) -> None:
    assert ask(answerer, QUESTIONS[0], evidence()) == ask(answerer, QUESTIONS[0], evidence())


def test_closing_the_stream_early_is_harmless(answerer: Answerer) -> None:
    asked = Question(Query(text=QUESTIONS[0], language="en"), searched=3)
    stream = answerer.answer(asked, looked_up(evidence()))

    next(iter(stream))
    stream.close()  # type: ignore[attr-defined]

    assert list(stream) == []

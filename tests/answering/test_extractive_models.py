"""The main job on the real bundled models: real questions, real sentences, in English and French."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mmchat.answering.base import AnswerEvent, Concluded, Question
from mmchat.answering.extractive import ExtractiveAnswerer
from mmchat.settings import Settings
from mmchat.types import Candidate, Cited, Evidence, Grounding, Modality, Query, SegmentKind
from tests.factories import a_segment, an_attachment

pytestmark = pytest.mark.model
DATA = Path(__file__).parents[2] / "mmchat" / "evaluation" / "data"
EVERYDAY = json.loads((DATA / "everyday.json").read_text("utf-8"))
MODALITIES = {"text_region": Modality.IMAGE, "transcript": Modality.AUDIO}


@pytest.fixture(scope="module")
def answerer(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> ExtractiveAnswerer:
    return ExtractiveAnswerer.from_settings(Settings(data_dir=tmp_path_factory.mktemp("data"), models_dir=models_dir))


def evidence(*names: str) -> list[Evidence]:
    """Those of the everyday files, numbered from 1."""
    pieces = []
    for at, entry in enumerate(e for e in EVERYDAY["segments"] if e["name"] in names):
        attachment = an_attachment(entry["name"], modality=MODALITIES.get(entry["kind"], Modality.TEXT))
        changes: dict[str, Any] = {key: entry[key] for key in ("heading", "language")}
        segment = a_segment(attachment, at, entry["text"], kind=SegmentKind(entry["kind"]), **changes)
        pieces.append(Evidence(at + 1, Candidate(segment, attachment, 1.0)))
    return pieces


def ask(answerer: ExtractiveAnswerer, text: str, language: str, pieces: list[Evidence]) -> list[AnswerEvent]:
    return list(answerer.answer(Question(Query(text=text, language=language), language, searched=14), pieces))


def quotes(events: list[AnswerEvent]) -> list[str]:
    return [event.citation.quote for event in events if isinstance(event, Cited)]


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("How much did the lattes cost?", "2 x Latte 6.80"),
        ("When is the deposit returned?", "It is returned within sixty days after the end of the lease, "
         "less the cost of any damage."),
        ("Who is sending the logo?", "I am still waiting for the logo from Priya, she said she would send it by "
         "Friday."),
        ("Are pets allowed?", "Pets are allowed only with the landlord's written consent."),
    ],
)  # fmt: skip
def test_an_english_question_gets_the_sentence_that_answers(
    answerer: ExtractiveAnswerer, text: str, quote: str
) -> None:
    events = ask(answerer, text, "en", evidence("receipt.png", "lease.txt", "standup.wav", "trip.md"))

    assert quotes(events)[0] == quote
    assert events[-1] == Concluded(Grounding.ANSWERED)


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("Quand a lieu la rentrée ?", "La rentrée aura lieu le lundi 1er septembre à 8 h 30."),
        ("Quel est le budget du projet ?", "Le budget du projet a été validé hier par la direction, nous avons donc "
         "quarante mille euros."),
        ("Combien coûte le remplacement du chauffe-eau ?", "Remplacement du chauffe-eau 640,00 €"),
    ],
)  # fmt: skip
def test_a_french_question_gets_the_sentence_that_answers(answerer: ExtractiveAnswerer, text: str, quote: str) -> None:
    events = ask(answerer, text, "fr", evidence("courrier.txt", "reunion.wav", "facture.png", "notes.txt"))

    assert quotes(events)[0] == quote
    assert events[-1] == Concluded(Grounding.ANSWERED)


@pytest.mark.parametrize(
    ("text", "language", "closest"),
    [
        ("What is the landlord's phone number?", "en", 0),
        ("How many calories does the tart have?", "en", 0),
        ("Quel est le nom du chien ?", "fr", 0),
        ("Qui est le directeur de l'école ?", "fr", 1),
    ],
)
def test_a_question_that_nothing_answers_is_not_answered(
    answerer: ExtractiveAnswerer, text: str, language: str, closest: int
) -> None:
    events = ask(answerer, text, language, evidence("lease.txt", "recipe.md", "courrier.txt", "notes.txt"))

    assert events[-1] == Concluded(Grounding.NOTHING)
    assert len(quotes(events)) == closest  # what came closest, if anything is near


@pytest.mark.parametrize(
    ("text", "language", "name"),
    [("À quelle heure part le vol de Genève ?", "fr", "trip.md"), ("When does school start?", "en", "courrier.txt")],
)
def test_the_nearest_sentence_is_found_across_languages(
    answerer: ExtractiveAnswerer, text: str, language: str, name: str
) -> None:
    events = ask(answerer, text, language, evidence("trip.md", "courrier.txt"))

    cited = [event.citation for event in events if isinstance(event, Cited)]
    assert cited[0].name == name

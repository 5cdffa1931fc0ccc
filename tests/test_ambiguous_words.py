"""A word that means several things, asked for in a conversation about one of them, on the bundled models."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mmchat.assistant import Assistant
from mmchat.settings import Settings
from mmchat.types import Cited, Event, EvidenceChosen, Turn, Upload

pytestmark = pytest.mark.model

LIBRARY = "several-meanings"
NOTES = {
    "lake.md": "On Sunday we fished in the lake with the new rods. We caught a bass. The bass weighed 3.2 kilos.",
    "band.md": "The band plays two guitars and a bass at the concert. The bass weighs 4.1 kilos without its case.",
    "site.md": "The building site needs two diggers and a crane. The crane arrives on Tuesday at seven.",
    "wetland.md": "Storks and herons rest in the wetland in spring. The crane arrives in the middle of March.",
    "bureau.md": "Le bureau a reçu du matériel informatique. La souris est dans le tiroir, à côté du chargeur.",
    "grange.md": "Plusieurs animaux vivent dans la grange. La souris est sous le plancher, près du blé.",
}


@pytest.fixture(scope="module")
def assistant(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    assistant = Assistant.from_settings(Settings(data_dir=tmp_path_factory.mktemp("data"), models_dir=models_dir))
    for name, text in NOTES.items():
        assert assistant.ingest_now(LIBRARY, Upload(name, text.encode())).status == "indexed"
    yield assistant
    assistant.close()


async def cited_last(assistant: Assistant, *questions: str) -> list[str]:
    """The files that the last question's answer cites."""
    events = await asked(assistant, *questions)
    return [event.citation.name for event in events if isinstance(event, Cited)]


async def asked(assistant: Assistant, *questions: str) -> list[Event]:
    """What the last of these questions brings."""
    conversation = assistant.start_conversation(LIBRARY)
    for question in questions:
        events = [event async for event in assistant.answer(LIBRARY, Turn(conversation, question))]
    return events


@pytest.mark.parametrize(
    ("before", "question", "file"),
    [
        ("What did we do at the lake?", "How heavy is the bass?", "lake.md"),
        ("What does the band play at the concert?", "How heavy is the bass?", "band.md"),
        ("What does the building site need?", "When does the crane arrive?", "site.md"),
        ("Which birds rest in the wetland?", "When does the crane arrive?", "wetland.md"),
        ("Quel matériel le bureau a-t-il reçu ?", "Où est la souris ?", "bureau.md"),
        ("Quels animaux vivent dans la grange ?", "Où est la souris ?", "grange.md"),
    ],
)
async def test_a_word_with_two_meanings_has_the_one_that_was_talked_about(
    assistant: Assistant, before: str, question: str, file: str
) -> None:
    assert await cited_last(assistant, before, question) == [file]


@pytest.mark.parametrize(
    ("before", "question", "files"),
    [
        ("What does the band play at the concert?", "When does the crane arrive?", {"site.md", "wetland.md"}),
        ("Which birds rest in the wetland?", "How heavy is the bass?", {"lake.md", "band.md"}),
        ("What does the building site need?", "Où est la souris ?", {"bureau.md", "grange.md"}),
    ],
)
async def test_another_subject_is_found_all_the_same(
    assistant: Assistant, before: str, question: str, files: set[str]
) -> None:
    events = await asked(assistant, before, question)

    cited = {event.citation.name for event in events if isinstance(event, Cited)}
    assert cited and cited <= files
    *_, shown = (event for event in events if isinstance(event, EvidenceChosen))
    assert shown.evidence[0].candidate.attachment.name in files

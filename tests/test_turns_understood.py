"""How a turn is understood, through the whole product on the bundled models: files, follow-ups, kinds, times, tags."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from mmchat.assistant import Assistant
from mmchat.catalog.database import attachments
from mmchat.question.spelling import Mended
from mmchat.question.understanding import Understanding
from mmchat.settings import Settings
from mmchat.types import (
    Again,
    Cited,
    Event,
    EvidenceChosen,
    NarrowedBy,
    Narrowing,
    Retrieved,
    TextDelta,
    Turn,
    Understood,
    Upload,
    Warned,
)
from tests.make_files import recording, screenshot

pytestmark = pytest.mark.model

LIBRARY = "understood"
NOTES = {
    "boiler.md": b"The boiler was repaired by Anna Berg in October. The boiler costs 900.00 a year.",
    "lease.md": b"The lease for the flat in Lyon was signed by Carl Dahl on 3 May. The deposit is 1,200.00.",
    "trip.md": b"The ferry to the island leaves at seven. Lunch at the harbour cafe was paid by Carl Dahl.",
}
SHOT = Upload("shot.png", screenshot(["Harbour Cafe", "Lunch"]).data)


class Talk:
    """One conversation."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._id = assistant.start_conversation(LIBRARY)

    async def ask(self, text: str, *uploads: Upload, **more: object) -> list[Event]:
        turn = Turn(self._id, text, uploads, **more)  # type: ignore[arg-type]
        return [event async for event in self._assistant.answer(LIBRARY, turn)]


@pytest.fixture(scope="module")
def assistant(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"), models_dir=models_dir)
    assistant = Assistant.from_settings(settings)
    spoken = ["The harbour cafe charged too much for lunch.", "We should call them."]
    memo = Upload("memo.wav", recording(spoken, tmp_path_factory.mktemp("spoken")).data)
    for upload in [*(Upload(name, data) for name, data in NOTES.items()), memo]:
        assert assistant.ingest_now(LIBRARY, upload).status == "indexed"
    _added(assistant, "lease.md", datetime.now(UTC) - timedelta(days=400))
    yield assistant
    assistant.close()


def _added(assistant: Assistant, name: str, when: datetime) -> None:
    with assistant._database.write() as connection:
        here = attachments.c.name == name
        connection.execute(update(attachments).where(here).values(created_at=when.replace(tzinfo=None)))


def text_of(events: list[Event]) -> str:
    return "".join(e.text for e in events if isinstance(e, TextDelta))


def understood(events: list[Event]) -> list[Understood]:
    return [e for e in events if isinstance(e, Understood)]


def cited(events: list[Event]) -> list[str]:
    return [e.citation.name for e in events if isinstance(e, Cited)]


async def test_a_follow_up_is_answered_from_the_conversation_and_so_is_the_next_one(assistant: Assistant) -> None:
    talk = Talk(assistant)
    await talk.ask("Who repaired the boiler?")

    events = await talk.ask("How much does it cost?")

    assert "900.00" in text_of(events)

    events = await talk.ask("And the deposit?")

    assert "1,200.00" in text_of(events)
    stored = assistant.messages(LIBRARY, talk._id)[-1]
    assert stored.understood == understood(events)[-1]


async def test_a_question_that_stands_alone_is_not_touched(assistant: Assistant) -> None:
    talk = Talk(assistant)
    await talk.ask("Who repaired the boiler?")

    events = await talk.ask("Who signed the lease for the flat?")

    taken = understood(events)[-1]
    assert (taken.stand_alone, taken.narrowings, taken.mended) == ("", (), ())
    assert "Carl Dahl" in text_of(events)


async def test_the_second_one_is_the_second_file_of_the_last_answer(assistant: Assistant) -> None:
    talk = Talk(assistant)
    first = await talk.ask("What did Carl Dahl do?")
    evidence = [e for e in first if isinstance(e, EvidenceChosen)][-1].evidence
    names = list(dict.fromkeys([*cited(first), *(e.candidate.attachment.name for e in evidence)]))

    events = await talk.ask("and the second one?")

    assert cited(events)[0] == names[1], text_of(events)


async def test_a_kind_of_file_that_is_asked_for_is_what_is_searched(assistant: Assistant) -> None:
    events = await Talk(assistant).ask("Which recording mentions the harbour cafe?")

    assert understood(events)[0].narrowings == (Narrowing(NarrowedBy.MODALITY, "audio", "audio"),)
    assert set(cited(events)) == {"memo.wav"}


async def test_where_the_kind_holds_no_answer_the_rest_is_searched_and_that_is_said(assistant: Assistant) -> None:
    events = await Talk(assistant).ask("Which recording mentions who repaired the boiler?")

    assert "boiler.md" in cited(events)
    assert any("“recordings”" in e.message for e in events if isinstance(e, Warned))
    assert understood(events)[-1].narrowings == ()


async def test_a_kind_that_the_library_has_not_is_left_out(assistant: Assistant) -> None:
    events = await Talk(assistant).ask("Quelle vidéo parle de Carl Dahl ?")

    assert any("« vidéos »" in e.message for e in events if isinstance(e, Warned))
    assert cited(events)


async def test_a_time_narrows_by_when_a_file_was_added(assistant: Assistant) -> None:
    events = await Talk(assistant).ask("What does the note from last year say about Carl Dahl?")

    assert [n.label for n in understood(events)[0].narrowings if n.by is NarrowedBy.TIME] == ["last year"]
    assert set(cited(events)) == {"lease.md"}


async def test_a_year_that_a_file_speaks_of_is_searched_for_and_narrows_nothing(assistant: Assistant) -> None:
    plan = Upload(
        "plan.md", b"In 2031 the bridge is to be painted green. Nothing is decided about the colour of its lamps."
    )
    assert assistant.ingest_now(LIBRARY, plan).status == "indexed"

    events = await Talk(assistant).ask("What does the note from 2031 say?")

    assert NarrowedBy.TIME not in {n.by for each in understood(events) for n in each.narrowings}
    assert set(cited(events)) == {"plan.md"}
    shown = [e for e in events if isinstance(e, EvidenceChosen)][-1].evidence
    assert "2031" in next(e.candidate.reason for e in shown if e.candidate.attachment.name == "plan.md")
    query, taken = assistant.understand_query(LIBRARY, "the memo from 2031")
    assert "2031" in query.asked
    assert [n.by for n in taken.narrowings] == [NarrowedBy.MODALITY]


async def test_a_time_taken_away_leaves_its_words_in_the_question(assistant: Assistant) -> None:
    entries, text = assistant.library_entries(LIBRARY), "What does the note from last year say about Carl Dahl?"
    reading = Understanding(assistant._parts.router, lambda library, text, language: Mended(text))
    _, first = reading.read(text, library=LIBRARY, entries=entries)
    [time] = [n for n in first.narrowings if n.by is NarrowedBy.TIME]

    request, taken = reading.read(text, library=LIBRARY, entries=entries, again=Again(without=(time,)))

    assert NarrowedBy.TIME not in {n.by for n in taken.narrowings}
    assert request.query.asked == text


async def test_asked_again_without_what_was_understood_it_is_searched_everywhere(assistant: Assistant) -> None:
    talk = Talk(assistant)
    first = understood(await talk.ask("Which recording mentions the harbour cafe?"))[0]

    events = await talk.ask("Which recording mentions the harbour cafe?", again=Again(without=first.narrowings))

    taken = understood(events)[-1]
    assert (taken.narrowings, taken.without) == ((), first.narrowings)
    assert "trip.md" in cited(events)


async def test_what_was_chosen_by_hand_is_never_given_up(assistant: Assistant) -> None:
    kept = Narrowing(NarrowedBy.MODALITY, "audio", "audio")

    events = await Talk(assistant).ask("Who repaired the boiler?", narrowings=(kept,))

    assert [n.by_hand for n in understood(events)[0].narrowings] == [True]
    shown = [e for e in events if isinstance(e, EvidenceChosen)]
    assert {piece.candidate.attachment.name for e in shown for piece in e.evidence} <= {"memo.wav"}


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Who repaired the boiler?", "Your library has nothing for “videos”, and the search is kept to that."),
        ("Qui a réparé la chaudière ?", "Rien dans votre bibliothèque pour « vidéos », et la recherche s’y limite."),
    ],
)
async def test_a_choice_that_leaves_nothing_is_told_and_no_library_is_called_empty(
    assistant: Assistant, question: str, said: str
) -> None:
    kept = Narrowing(NarrowedBy.MODALITY, "video", "video")

    events = await Talk(assistant).ask(question, narrowings=(kept,))

    assert text_of(events).startswith(said)
    assert understood(events)[-1].narrowings == (replace(kept, by_hand=True),)


async def test_only_what_was_searched_is_said_to_have_been(assistant: Assistant) -> None:
    [id] = [e.attachment.id for e in assistant.library_entries(LIBRARY) if e.attachment.name == "lease.md"]
    kept = Narrowing(NarrowedBy.FILE, id, "lease.md")

    events = await Talk(assistant).ask("Who painted the bridge of the castle?", narrowings=(kept,))

    assert [e.searched for e in events if isinstance(e, Retrieved)] == [1]


async def test_a_picture_finds_the_recording_in_which_it_is_talked_about(assistant: Assistant) -> None:
    events = await Talk(assistant).ask("In which recording is this talked about?", SHOT)

    assert "memo.wav" in cited(events), text_of(events)
    assert SHOT.name not in cited(events)


async def test_the_picture_itself_still_says_what_is_in_it(assistant: Assistant) -> None:
    events = await Talk(assistant).ask("What does this say?", SHOT)

    assert set(cited(events)) == {SHOT.name}


async def test_a_tag_given_with_a_file_finds_it_again(assistant: Assistant) -> None:
    note = Upload("swim.md", b"We went swimming at the long beach and Carl Dahl lost his hat.")
    await Talk(assistant).ask("#holiday", note)

    assert [e.tags for e in assistant.library_entries(LIBRARY) if e.attachment.name == "swim.md"] == [("holiday",)]
    events = await Talk(assistant).ask("What happened to Carl Dahl? #holiday")
    assert set(cited(events)) == {"swim.md"}


async def test_a_library_of_which_nothing_could_be_read_is_not_called_empty(models_dir: Path, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, models_dir=models_dir, text_encoder="sentence-transformers")
    assistant = Assistant.from_settings(settings)
    try:
        assert assistant.ingest_now(LIBRARY, Upload("trip.md", NOTES["trip.md"])).status == "failed"

        events = await Talk(assistant).ask("When does the ferry leave?")
    finally:
        assistant.close()

    assert text_of(events).startswith("None of your files could be read")

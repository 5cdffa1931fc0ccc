"""What is pressed in the chat: switches above an answer, examples in the empty box, a model nearby."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from mmchat.errors import ModelUnavailable
from mmchat.llms import Abilities
from mmchat.llms.nearby import Nearby
from mmchat.types import Again, LLMChoice, NarrowedBy, Narrowing, RequestKind, Turn
from mmchat.ui.translations import Wording
from tests.scripted_assistant import POLICY, memo_wav, receipt_png
from tests.ui.test_handlers import Desk, Visitor, assistant, content, desk

__all__ = ["assistant", "desk"]
OLLAMA = Nearby("Ollama", "http://127.0.0.1:11434/v1", "llama3.2:3b")


async def pressed(ana: Visitor, name: str, id: str) -> list[dict[Any, Any]]:
    handler = getattr(ana.desk.asking, name)
    return [changes async for changes in handler(gr.EventData(None, {"id": id}), ana.visit, ana.request)]


async def answered(desk: Desk, question: str) -> tuple[Visitor, str]:
    """A visitor with two files who asked this, and the id of the answer."""
    ana = Visitor(desk)
    desk.assistant.put(ana.library, "receipt.png", receipt_png())
    desk.assistant.put(ana.library, "policy.md", POLICY.encode())
    await ana.ask(question)
    return ana, desk.assistant.messages(ana.library, ana.visit.conversation_id)[-1].id


def last(desk: Desk) -> Turn:
    turn: Turn = desk.assistant.turns[-1][1]
    return turn


@pytest.mark.parametrize(
    ("question", "switch", "again"),
    [
        ("compare the two files", "search", Again(kind=RequestKind.LOOKUP)),
        ("fact about the price", "everything", Again(kind=RequestKind.ENUMERATE, everything=True)),
        ("fact about the price", "overview", Again(kind=RequestKind.OVERVIEW)),
    ],
)
async def test_a_switch_asks_the_same_question_as_it_says(desk: Desk, question: str, switch: str, again: Again) -> None:
    ana, answer = await answered(desk, question)

    await pressed(ana, "ask_as", f"{answer}-{switch}")

    assert (last(desk).text, last(desk).again, last(desk).narrowings) == (question, again, ())


async def test_only_this_file_keeps_that_one_question_to_the_file_cited_first(desk: Desk) -> None:
    ana, answer = await answered(desk, "fact about the price")
    receipt = next(e for e in desk.assistant.library_entries(ana.library) if e.attachment.name == "receipt.png")

    await pressed(ana, "ask_as", f"{answer}-file")

    kept = Narrowing(NarrowedBy.FILE, receipt.attachment.id, "receipt.png", by_hand=True)
    assert last(desk).narrowings == (kept,)
    assert last(desk).again == Again(kind=RequestKind.LOOKUP)
    assert ana.visit.narrowings == ()
    again = desk.assistant.messages(ana.library, ana.visit.conversation_id)[-1].id
    await pressed(ana, "ask_as", f"{again}-overview")
    assert last(desk).narrowings == (kept,)


@pytest.mark.parametrize("id", ["{}-overview", "{}-delete", "{}", "another-search", "", "{}-search-search"])
async def test_a_switch_that_no_answer_offers_asks_nothing(desk: Desk, id: str) -> None:
    ana, answer = await answered(desk, "sum this up")

    await pressed(ana, "ask_as", id.format(answer))

    assert len(desk.assistant.turns) == 1


async def test_nobody_asks_again_in_another_visitors_conversation(desk: Desk) -> None:
    ana, answer = await answered(desk, "compare the two files")
    ben = Visitor(desk)
    ben.visit.conversation_id = ana.visit.conversation_id

    await pressed(ben, "ask_as", f"{answer}-search")

    assert len(desk.assistant.turns) == 1


async def test_how_a_question_was_taken_stands_there_after_a_reload(desk: Desk) -> None:
    ana, answer = await answered(desk, "compare the wify prices")

    shown = content(ana.arrive(), desk)

    assert "Compared 2 files" in shown and "Read “wify” as “wifi”" in shown
    assert f'href="#again-{answer}-search"' in shown


async def test_the_empty_box_shows_questions_once_there_are_files_and_asks_the_one_pressed(
    desk: Desk, tmp_path: Path
) -> None:
    ana = Visitor(desk)
    before = ana.arrive()[desk.page.chat]["placeholder"]
    memo = ana.upload(tmp_path, "memo.wav", memo_wav(1.0))
    changes = [c async for c in desk.asking.add([str(memo)], ana.visit, ana.request)][-1]

    assert "PNG, JPEG" in before and "#example-" not in before
    assert '<a href="#example-0">' in changes[desk.page.chat]["placeholder"]
    assert "Sum up memo.wav" in changes[desk.page.chat]["placeholder"]
    assert desk.views.welcome(ana.visit, ana.library, Wording("en")) == {}
    await pressed(ana, "ask_example", "0")
    assert (last(desk).text, last(desk).again) == ("Sum up memo.wav", Again(kind=RequestKind.OVERVIEW))


@pytest.mark.parametrize("id", ["7", "-1", "x", "", "99999999"])
async def test_an_example_that_was_not_shown_asks_nothing(desk: Desk, id: str) -> None:
    ana = Visitor(desk)
    desk.assistant.put(ana.library, "memo.wav", memo_wav(1.0))
    ana.arrive()

    await pressed(ana, "ask_example", id)

    assert desk.assistant.turns == []


async def use_nearby(ana: Visitor, id: str) -> dict[Any, Any]:
    changes: dict[Any, Any] = await ana.desk.choosing.use_nearby(gr.EventData(None, {"id": id}), ana.visit, ana.request)
    return changes


async def test_a_model_on_this_machine_is_offered_where_only_one_could_answer_and_taken_when_pressed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.views.own_machine, desk.nearby = True, (OLLAMA,)
    ana, _ = await answered(desk, "translate this")
    tried: list[LLMChoice] = []
    monkeypatch.setattr(
        desk.assistant, "try_llm", lambda choice: tried.append(choice) or Abilities(vision=False), raising=False
    )

    assert '<a href="#llm-0" class="switch">Use llama3.2:3b</a>' in str(ana.visit.messages[-1])
    changes = await use_nearby(ana, "0")

    assert tried == [ana.visit.llm] == [LLMChoice("openai-compatible:llama3.2:3b", OLLAMA.url)]
    panel = desk.page.llm
    assert [changes[part]["value"] for part in (panel.provider, panel.model, panel.url)] == [
        "openai-compatible",
        "llama3.2:3b",
        OLLAMA.url,
    ]


async def test_a_model_that_does_not_answer_is_not_taken(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.views.own_machine, desk.nearby = True, (OLLAMA,)
    ana, _ = await answered(desk, "translate this")

    def refuse(_: LLMChoice) -> Abilities:
        raise ModelUnavailable("The server is out of memory.")

    monkeypatch.setattr(desk.assistant, "try_llm", refuse, raising=False)
    changes = await use_nearby(ana, "0")

    assert ana.visit.llm is None
    assert "out of memory" in changes[desk.page.llm.told]
    assert await use_nearby(ana, "1") == desk.views.nothing


async def test_elsewhere_no_address_is_asked_and_the_settings_are_named(desk: Desk) -> None:
    def asked() -> Sequence[Nearby]:
        raise AssertionError("an address of the server's machine was asked")

    desk.asking._nearby = asked  # type: ignore[assignment]
    ana, _ = await answered(desk, "translate this")

    assert "with a key of your own" in str(ana.visit.messages[-1])


async def test_other_answers_offer_no_model(desk: Desk) -> None:
    desk.views.own_machine, desk.nearby = True, (OLLAMA,)
    ana, _ = await answered(desk, "compare the two files")

    assert "note-connect" not in str(ana.visit.messages)

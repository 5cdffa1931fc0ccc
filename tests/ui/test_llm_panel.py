"""Who writes the answers, chosen on the page."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import gradio as gr
import pytest

from mmchat.errors import ModelUnavailable
from mmchat.llms import Abilities
from mmchat.types import LLMChoice
from mmchat.ui.llm_panel import Choosing
from tests.ui.test_handlers import Desk, Visitor, assistant, desk

__all__ = ["assistant", "desk"]
KEY = "sk-test-1234567890abcdef"


def tried(desk: Desk, monkeypatch: pytest.MonkeyPatch, result: Any, models: list[str] | None = None) -> list[LLMChoice]:
    choices: list[LLMChoice] = []

    def try_llm(choice: LLMChoice) -> Abilities:
        choices.append(choice)
        if isinstance(result, Exception):
            raise result
        return result  # type: ignore[no-any-return]

    monkeypatch.setattr(desk.assistant, "try_llm", try_llm, raising=False)
    monkeypatch.setattr(desk.assistant, "llm_models", lambda _: models or [], raising=False)
    return choices


async def test_a_model_that_answers_writes_from_then_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ana = Visitor(desk)
    choices = tried(desk, monkeypatch, Abilities(vision=True))

    changes = await desk.choosing.use("anthropic", "some-model", KEY, "", ana.visit, ana.request)

    assert choices == [LLMChoice("anthropic:some-model", key=KEY)]
    assert ana.visit.llm == choices[0]
    assert "It sees pictures." in changes[desk.page.llm.told]
    assert changes[desk.page.llm.key]["value"] == ""
    assert KEY not in repr(changes)
    assert "are sent to anthropic:some-model" in changes[desk.page.status]


async def test_a_model_that_refuses_is_not_taken_and_its_sentence_is_shown(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ana = Visitor(desk)
    tried(desk, monkeypatch, ModelUnavailable("The key was refused by the server. Check the key."))

    changes = await desk.choosing.use("openai", "some-model", KEY, "", ana.visit, ana.request)

    assert "The key was refused by the server." in changes[desk.page.llm.told]
    assert ana.visit.llm is None
    assert KEY not in caplog.text


async def test_without_a_name_the_servers_models_are_offered(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ana = Visitor(desk)
    tried(desk, monkeypatch, Abilities(vision=False), models=["llava", "qwen"])

    changes = await desk.choosing.use("openai-compatible", None, "", "http://127.0.0.1:1/v1", ana.visit, ana.request)

    assert changes[desk.page.llm.model]["choices"] == [("llava", "llava"), ("qwen", "qwen")] or changes[
        desk.page.llm.model
    ]["choices"] == ["llava", "qwen"]
    assert "offers 2 models" in changes[desk.page.llm.told]


async def test_addresses_and_local_models_are_offered_on_ones_own_machine_only(desk: Desk) -> None:
    ana = Visitor(desk)
    away = Choosing(desk.assistant, desk.page, desk.views, own_machine=False)

    changes = away.arrive(ana.visit, ana.request)
    offered = {name for _, name in changes[desk.page.llm.provider]["choices"]}
    refused = await away.use("openai-compatible", "x", "", "http://10.0.0.1/v1", ana.visit, ana.request)

    assert offered == {"none", "openai", "anthropic"}
    assert refused == desk.views.nothing
    assert ana.visit.llm is None


async def test_quotes_can_be_chosen_again(desk: Desk) -> None:
    ana = Visitor(desk)
    ana.visit.llm = LLMChoice("openai:x", key=KEY)

    changes = await desk.choosing.choose("none", ana.visit, ana.request)

    assert ana.visit.llm == LLMChoice("none")
    assert "Nothing leaves this server" in changes[desk.page.llm.told]


def test_a_visit_does_not_show_its_key(desk: Desk) -> None:
    ana = Visitor(desk)
    ana.visit.llm = LLMChoice("openai:x", key=KEY)

    assert KEY not in repr(ana.visit)
    assert isinstance(desk.page.llm.key, gr.Textbox)
    assert desk.page.llm.key.type == "password"


async def test_a_choice_made_meanwhile_is_not_undone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ana = Visitor(desk)

    def slowly(choice: LLMChoice) -> Abilities:
        time.sleep(0.2)
        return Abilities(vision=False)

    monkeypatch.setattr(desk.assistant, "try_llm", slowly, raising=False)
    trying = asyncio.create_task(desk.choosing.use("openai", "m", KEY, "", ana.visit, ana.request))
    await asyncio.sleep(0.05)
    await desk.choosing.choose("none", ana.visit, ana.request)
    await trying

    assert ana.visit.llm == LLMChoice("none")


async def test_the_hosts_key_is_not_lent(desk: Desk) -> None:
    ana = Visitor(desk)
    away = Choosing(desk.assistant, desk.page, desk.views, own_machine=False)

    changes = await away.use("openai", "m", "", "", ana.visit, ana.request)

    assert "Type your own key" in changes[desk.page.llm.told]
    assert ana.visit.llm is None


async def test_what_orders_the_findings_is_chosen_and_a_model_only_where_one_writes(desk: Desk) -> None:
    ana = Visitor(desk)
    panel = desk.page.llm

    def offered(changes: dict[Any, Any]) -> list[str]:
        return [name for _, name in changes[panel.order]["choices"]]

    without = desk.choosing.arrive(ana.visit, ana.request)
    ana.visit.llm = LLMChoice("openai:x", key=KEY)
    with_model = desk.choosing.arrive(ana.visit, ana.request)
    desk.choosing.order("vision-language", ana.visit, ana.request)
    judged = ana.visit.reranker
    back = await desk.choosing.choose("none", ana.visit, ana.request)

    assert (offered(without), without[panel.order]["value"]) == (["cross-encoder", "none"], "cross-encoder")
    assert offered(with_model) == ["cross-encoder", "none", "vision-language"]
    assert judged == "vision-language"
    assert (offered(back), back[panel.order]["value"]) == (["cross-encoder", "none"], "cross-encoder")
    assert ana.visit.reranker == ""


async def test_the_choice_goes_with_the_question_and_the_settings_own_is_no_choice(desk: Desk) -> None:
    ana = Visitor(desk)

    desk.choosing.order("none", ana.visit, ana.request)
    await ana.ask("nothing?")
    desk.choosing.order("cross-encoder", ana.visit, ana.request)
    await ana.ask("nothing?")
    desk.choosing.order("vision-language", ana.visit, ana.request)  # not offered: nobody writes
    await ana.ask("nothing?")

    assert [turn.reranker for _, turn in desk.assistant.turns] == ["none", "", ""]


async def test_a_model_that_only_judges_is_told_to_be_sent_the_questions(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = Visitor(desk)
    judge = {"": (), "vision-language": ("openai:judge",)}
    monkeypatch.setattr(desk.assistant, "asked", lambda choice, reranker="": judge[reranker])

    changes = desk.choosing.order("vision-language", ana.visit, ana.request)

    assert "are sent to openai:judge" in changes[desk.page.status]

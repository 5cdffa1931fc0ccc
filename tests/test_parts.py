"""What a start is made of, and what a visitor may choose instead."""

from __future__ import annotations

from mmchat.answering.extractive import ExtractiveAnswerer
from mmchat.answering.generative import GenerativeAnswerer
from mmchat.parts import MOST_CHOSEN, Parts
from mmchat.rerankers.vision_language import VisionLanguageReranker
from mmchat.settings import Settings
from mmchat.types import LLMChoice


def test_without_a_choice_the_settings_answer(settings: Settings) -> None:
    parts = Parts(settings)

    assert isinstance(parts.answerer_for(None), ExtractiveAnswerer)
    assert parts.reranker_for(None, judge=True) is parts.reranker
    assert next(p.backend for p in parts.states() if p.part == "answer") == "extractive"


def test_a_visitors_choice_is_made_once_and_the_oldest_goes(settings: Settings) -> None:
    parts = Parts(settings)
    first = LLMChoice("echo:0", key="secret")
    made = parts.answerer_for(first)

    assert parts.answerer_for(first) is made
    for number in range(1, MOST_CHOSEN + 1):
        parts.answerer_for(LLMChoice(f"echo:{number}"))
    assert parts.answerer_for(first) is not made


def test_quotes_can_be_chosen_where_a_model_writes(settings: Settings) -> None:
    parts = Parts(settings.model_copy(update={"llm": "echo:test"}))

    assert isinstance(parts.answerer_for(None), GenerativeAnswerer)
    assert isinstance(parts.answerer_for(LLMChoice("none")), ExtractiveAnswerer)
    assert next(p.backend for p in parts.states() if p.part == "answer") == "generative, echo:test"


def test_the_model_that_writes_judges_only_when_it_is_asked_to(settings: Settings) -> None:
    parts = Parts(settings)
    choice = LLMChoice("echo:test")

    assert parts.reranker_for(choice, judge=False) is parts.reranker
    assert isinstance(parts.reranker_for(choice, judge=True), VisionLanguageReranker)


def test_who_chose_quotes_is_judged_by_no_model(settings: Settings) -> None:
    parts = Parts(settings.model_copy(update={"llm": "echo:test", "reranker": "vision-language"}))

    assert not isinstance(parts.reranker_for(LLMChoice("none"), judge=False), VisionLanguageReranker)

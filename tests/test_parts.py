"""What a start is made of, and what a visitor may choose instead."""

from __future__ import annotations

import gc
import weakref

from mmchat.answering.extractive import ExtractiveAnswerer
from mmchat.answering.generative import GenerativeAnswerer
from mmchat.llms.chosen import MOST
from mmchat.parts import Parts
from mmchat.rerankers.vision_language import VisionLanguageReranker
from mmchat.settings import Settings
from mmchat.types import LLMChoice


def test_without_a_choice_the_settings_answer(settings: Settings) -> None:
    parts = Parts(settings)

    assert isinstance(parts.answerer_for(None), ExtractiveAnswerer)
    assert parts.reranker_for(None, "vision-language") is parts.reranker
    assert next(p.backend for p in parts.states() if p.part == "answer") == "extractive"


def test_a_visitors_choice_is_made_once_and_the_oldest_goes(settings: Settings) -> None:
    parts = Parts(settings)
    first = LLMChoice("echo:0", key="secret")
    made = parts.answerer_for(first)

    assert parts.answerer_for(first) is made
    others = [LLMChoice(f"echo:{number}") for number in range(1, MOST + 1)]
    for other in others:
        parts.answerer_for(other)
    assert parts.answerer_for(first) is not made


def test_what_a_visitor_chose_is_forgotten_with_the_choice_even_if_it_judged(settings: Settings) -> None:
    parts = Parts(settings)
    choice = LLMChoice("echo:test", key="secret")
    answerer = parts.answerer_for(choice)
    judge = parts.reranker_for(choice, "vision-language")
    assert isinstance(answerer, GenerativeAnswerer) and isinstance(judge, VisionLanguageReranker)
    llm = weakref.ref(answerer.llm)

    del choice, answerer, judge
    gc.collect()

    assert llm() is None


def test_quotes_can_be_chosen_where_a_model_writes(settings: Settings) -> None:
    parts = Parts(settings.model_copy(update={"llm": "echo:test"}))

    assert isinstance(parts.answerer_for(None), GenerativeAnswerer)
    assert isinstance(parts.answerer_for(LLMChoice("none")), ExtractiveAnswerer)
    assert next(p.backend for p in parts.states() if p.part == "answer") == "generative, echo:test"


def test_the_model_that_writes_judges_only_when_it_is_asked_to(settings: Settings) -> None:
    parts = Parts(settings)
    choice = LLMChoice("echo:test")

    assert parts.reranker_for(choice, "") is parts.reranker
    assert isinstance(parts.reranker_for(choice, "vision-language"), VisionLanguageReranker)


def test_who_chose_quotes_is_judged_by_no_model(settings: Settings) -> None:
    parts = Parts(settings.model_copy(update={"llm": "echo:test", "reranker": "vision-language"}))

    assert not isinstance(parts.reranker_for(LLMChoice("none"), ""), VisionLanguageReranker)


def test_a_visitor_chooses_what_puts_the_findings_in_order(settings: Settings) -> None:
    parts = Parts(settings)

    chosen = parts.reranker_for(None, "none")

    assert (chosen.name, parts.reranker_for(None, "cross-encoder")) == ("none", parts.reranker)
    assert parts.reranker_for(None, "none") is chosen


def test_the_model_of_the_settings_may_judge_where_answers_are_quotes(settings: Settings) -> None:
    judged = {"llm": "echo:test", "reranker": "vision-language", "answerer": "extractive"}
    parts = Parts(settings.model_copy(update=judged))

    assert isinstance(parts.reranker_for(None), VisionLanguageReranker)
    assert parts.asked(None) == ("echo:test",)


def test_who_is_sent_the_question_is_who_writes_and_who_judges(settings: Settings) -> None:
    parts = Parts(settings.model_copy(update={"llm": "echo:ours", "reranker": "vision-language"}))

    assert parts.asked(None) == ("echo:ours",)
    assert parts.asked(LLMChoice("openai:x")) == ("openai:x",)
    assert parts.asked(LLMChoice("none")) == parts.asked(LLMChoice("none"), "vision-language") == ()

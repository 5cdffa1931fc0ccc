"""What was made for a visitor's choice, and how it is forgotten."""

from __future__ import annotations

import gc
import time
import weakref
from collections.abc import Callable

from mmchat.llms import LLM, create_llm
from mmchat.llms.chosen import Chosen
from mmchat.settings import Settings
from mmchat.types import LLMChoice

KEY = "sk-visitor-0123456789abcdef"


class Made:
    def __init__(self, choice: LLMChoice) -> None:
        self.key = choice.key


def soon(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 3
    while not true() and time.monotonic() < deadline:
        time.sleep(0.01)
    return true()


def test_it_is_made_once_also_for_an_equal_choice() -> None:
    chosen, choice = Chosen(Made), LLMChoice("openai:a", key=KEY)

    assert chosen.get(choice) is chosen.get(LLMChoice("openai:a", key=KEY))
    assert chosen.get(choice) is not chosen.get(LLMChoice("openai:a", key="another"))


def test_the_one_that_was_not_used_for_longest_goes_first() -> None:
    chosen = Chosen(Made, most=2)
    first, second, third = (LLMChoice(f"openai:{name}") for name in "abc")
    made = chosen.get(first)
    gone = weakref.ref(chosen.get(second))

    assert chosen.get(first) is made
    chosen.get(third)

    assert len(chosen) == 2 and gone() is None
    assert chosen.get(first) is made


def test_it_is_forgotten_when_the_page_lets_its_choice_go() -> None:
    chosen, choice = Chosen(Made), LLMChoice("openai:a", key=KEY)
    made = weakref.ref(chosen.get(choice))

    del choice
    gc.collect()

    assert len(chosen) == 0 and made() is None


def test_it_is_forgotten_when_nobody_asks_for_a_while() -> None:
    chosen = Chosen(Made, idle_s=0.2)
    old, recent = LLMChoice("openai:a", key=KEY), LLMChoice("openai:b", key=KEY)
    chosen.get(old)
    time.sleep(0.12)
    made = chosen.get(recent)
    time.sleep(0.12)

    assert soon(lambda: len(chosen) == 1) and chosen.get(recent) is made
    assert soon(lambda: len(chosen) == 0)
    assert chosen.get(old).key == KEY


def test_nothing_waits_for_one_that_is_gone() -> None:
    chosen = Chosen(Made, idle_s=0.05)
    chosen.get(LLMChoice("openai:a"))
    here = weakref.ref(chosen)

    del chosen
    time.sleep(0.1)
    gc.collect()

    assert here() is None


def test_a_real_model_goes_with_its_key() -> None:
    def made_for(choice: LLMChoice) -> LLM:
        return create_llm(choice, Settings())

    chosen, choices = Chosen(made_for), [LLMChoice(f"{name}:m", key=KEY) for name in ("openai", "anthropic")]
    made = [weakref.ref(chosen.get(choice)) for choice in choices]

    assert KEY not in repr(chosen) + repr(vars(chosen)) + repr([llm() for llm in made]) + repr(choices)
    choices.clear()
    gc.collect()
    assert [llm() for llm in made] == [None, None]

"""What an LLM sees in a query's picture."""

from __future__ import annotations

from threading import Event

import numpy as np

from mmchat.errors import ModelUnavailable
from mmchat.llms.base import ImagePart
from mmchat.perceived_query import description
from tests.llms.scripted import ScriptedLLM

PIXELS = np.zeros((900, 1200, 3), dtype=np.uint8)


def test_the_picture_is_described_in_one_line() -> None:
    llm = ScriptedLLM(["A blue\n", "kettle."])

    assert description(llm, PIXELS, Event()) == "A blue kettle."
    [picture] = [part for part in llm.prompts[0].messages[0].parts if isinstance(part, ImagePart)]
    assert (picture.width_px, picture.height_px) == (768, 576)


def test_a_model_that_sees_nothing_is_not_asked() -> None:
    llm = ScriptedLLM(["never"], vision=False)

    assert description(llm, PIXELS, Event()) == ""
    assert llm.prompts == []


def test_a_failure_costs_only_the_description() -> None:
    assert description(ScriptedLLM([ModelUnavailable("gone")]), PIXELS, Event()) == ""

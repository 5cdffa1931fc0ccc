"""What an LLM sees in a query's picture."""

from __future__ import annotations

from threading import Event
from types import SimpleNamespace
from typing import Any

import numpy as np
from factories import a_segment, an_attachment

from mmchat.errors import ModelUnavailable
from mmchat.llms.base import ImagePart
from mmchat.perceived_query import MOST_CHARACTERS, description, recalled
from mmchat.types import Query
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


def test_a_book_joins_a_query_by_its_beginning() -> None:
    book = an_attachment("book.txt")
    chapters = [a_segment(book, n, f"Chapter {n}. " + "The quick brown fox. " * 500) for n in range(20)]
    catalog: Any = SimpleNamespace(segments=lambda library, id, rows: chapters)
    media: Any = SimpleNamespace(batches=lambda *_: iter(()))

    query = recalled(Query(text="find this"), "ana", [book], catalog, media, llm=None, stopped=Event())

    assert query.perceived.startswith("Chapter 0.")
    assert len(query.perceived) == MOST_CHARACTERS

"""How an answer is kept: a reply to a greeting stands on nothing, and is stored so."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from threading import Event as ThreadEvent

import pytest

from mmchat.answer_record import AnswerRecord
from mmchat.answering.base import Concluded
from mmchat.catalog import Conversations, Database
from mmchat.types import Event, Finished, Grounding, TextDelta


@pytest.mark.parametrize("grounding", [None, Grounding.ANSWERED, Grounding.NOTHING])
def test_the_grounding_is_told_and_stored_as_it_was_concluded(tmp_path: Path, grounding: Grounding | None) -> None:
    conversations = Conversations(Database(tmp_path / "catalog.sqlite"))
    conversation = conversations.start("mine")
    record = AnswerRecord(conversations, "mine", conversations.begin_answer("mine", conversation), ThreadEvent())

    def steps() -> Generator[Event | Concluded, None, None]:
        yield TextDelta("Hello!")
        yield Concluded(grounding)

    *_, last = record.keep(steps())

    assert isinstance(last, Finished)
    assert last.grounding is grounding
    [stored] = conversations.messages("mine", conversation)
    assert (stored.text, stored.grounding, stored.complete) == ("Hello!", grounding, True)


def test_an_answer_that_a_stop_ended_is_stored_as_cut_off_though_no_error_ended_it(tmp_path: Path) -> None:
    conversations = Conversations(Database(tmp_path / "catalog.sqlite"))
    conversation = conversations.start("mine")
    stopped = ThreadEvent()
    record = AnswerRecord(conversations, "mine", conversations.begin_answer("mine", conversation), stopped)

    def steps() -> Generator[Event | Concluded, None, None]:
        yield TextDelta("The")
        stopped.set()  # the tab is reloaded: a model's stream ends, as if it had said all

    events = list(record.keep(steps()))

    assert events == [TextDelta("The")]
    [stored] = conversations.messages("mine", conversation)
    assert (stored.text, stored.complete) == ("The", False)

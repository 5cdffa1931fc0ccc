"""Events to chat messages, and stored messages to the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mmchat.answering.base import cite
from mmchat.types import (
    Candidate,
    Cited,
    Event,
    Evidence,
    EvidenceChosen,
    Failed,
    Finished,
    Grounding,
    Ingested,
    Ingesting,
    JobState,
    Message,
    Modality,
    Reranked,
    Retrieved,
    TextDelta,
    Warned,
)
from mmchat.ui.translations import Wording
from mmchat.ui.turns import LiveTurn, proof_of, stored
from tests.factories import a_segment, an_attachment

W = Wording("en")
NOTE = an_attachment("note.md")
PIECE = Evidence(1, Candidate(a_segment(NOTE, 0, "The code is 4711."), NOTE, 1.0))
CITATION = cite(PIECE, 12, 16)


def after(*events: Event, text: str = "What is the code?", names: tuple[str, ...] = ()) -> LiveTurn:
    turn = LiveTurn(text, names, W, now=lambda: 0.0)
    turn.scope = "m1"
    for event in events:
        turn.apply(event)
    return turn


ANSWERED: tuple[Event, ...] = (
    Retrieved(12, (PIECE.candidate,), 40.0),
    EvidenceChosen((PIECE,)),
    TextDelta("It is 4711 "),
    TextDelta("[1]"),
    Cited(CITATION),
    TextDelta("."),
)


def test_an_answer_grows_with_its_links() -> None:
    user, step, answer = after(*ANSWERED).messages()

    assert user == {"role": "user", "content": '<div class="said">What is the code?</div>'}
    assert step["metadata"] == {"title": "Searched 12 segments in 40 ms", "status": "done"}
    assert answer["content"] == '[1]: #src-m1-1 "note.md"\n\nIt is 4711 [1].'


def test_a_marker_is_no_link_before_it_is_resolved() -> None:
    assert after(*ANSWERED[:4]).messages()[-1]["content"] == "It is 4711 [1]"


def test_before_anything_is_found_there_is_only_the_step() -> None:
    messages = after().messages()

    assert len(messages) == 2
    assert messages[1]["metadata"]["status"] == "pending"


def test_who_put_the_sources_in_order_is_told_with_what_moved() -> None:
    other = Candidate(a_segment(NOTE, 1, "The other code is 4712."), NOTE, 0.5)
    found = Retrieved(12, (PIECE.candidate, other), 40.0)
    kept = replace(PIECE.candidate, why="it names the code")

    moved = after(found, Reranked("vision-language", (other, kept), 900.0), EvidenceChosen((PIECE,))).messages()[1]
    stayed = after(found, Reranked("vision-language", (kept, other), 900.0), EvidenceChosen((PIECE,))).messages()[1]

    assert "Ordered by the language model: 2 of 2 moved. The first was number 2." in moved["content"]
    assert "Judged by the language model; the order stays as it was found." in stayed["content"]


def test_files_on_their_way_are_named_and_then_shown() -> None:
    picture = an_attachment("a.png", modality=Modality.IMAGE)
    turn = after(Ingesting("a.png", JobState.PERCEIVING, 0.4, 3.0), text="", names=("a.png", "b.txt"))
    before, step = turn.messages()

    turn.apply(Ingested("a.png", "", "indexed", picture, 4, "", 1.0))
    later = turn.messages()[0]

    assert "<img" not in before["content"] and "a.png" in before["content"]
    assert step["metadata"]["title"] == "Taking in file 1 of 2, a.png: reading the words in it"
    assert "40%, about 3 s left" in step["content"]
    assert f'src="/media/{picture.id}/picture"' in later["content"]


def test_no_evidence_and_failure_look_and_read_differently() -> None:
    none = after(Retrieved(12, (), 4.0), TextDelta("I looked."), Finished(Grounding.NOTHING, "m1", {}))
    failed = after(Failed("The index cannot be read. Run doctor.", retryable=True))

    none_text, failed_text = none.messages()[-1]["content"], failed.messages()[-1]["content"]
    assert "note-none" in none_text and "No evidence found" in none_text and "note-failed" not in none_text
    assert "note-failed" in failed_text and "The index cannot be read" in failed_text
    assert "Sending it again may work" in failed_text and "No evidence" not in failed_text
    assert (none.outcome, failed.outcome) == ("finished", "failed")


def test_an_empty_library_is_told_apart_from_finding_nothing() -> None:
    empty = after(Retrieved(0, (), 1.0), Finished(Grounding.NOTHING, "m1", {}))

    assert "Your library is empty" in empty.messages()[-1]["content"]


def test_files_alone_are_no_question_that_found_nothing() -> None:
    turn = after(TextDelta("Received."), Finished(Grounding.NOTHING, "m1", {}), text="", names=("a.txt",))

    assert turn.messages()[-1]["content"] == "Received."


def test_a_warning_stands_beside_the_answer() -> None:
    content = after(*ANSWERED, Warned("The reranker <b> was off.")).messages()[-1]["content"]

    assert "4711" in content
    assert "The reranker &lt;b&gt; was off." in content


def test_stopping_keeps_what_is_there() -> None:
    turn = after(*ANSWERED)

    turn.stop()

    assert "It is 4711" in turn.messages()[-1]["content"]
    assert "Stopped." in turn.messages()[-1]["content"]
    assert turn.outcome == "stopped"


def test_stopping_a_finished_turn_changes_nothing() -> None:
    turn = after(*ANSWERED, Finished(Grounding.ANSWERED, "m1", {}))

    turn.stop()

    assert turn.outcome == "finished"


def test_what_a_person_typed_is_shown_as_typed() -> None:
    typed = "# not a heading\n\n<img src=x onerror=1> [x](https://evil) `a`"

    content = after(text=typed).messages()[0]["content"]

    assert content.count("<") == 2 + content.count("<br>")
    assert "\n" not in content
    assert "[x](https://evil)" in content


def a_message(role: str, text: str, **changes: object) -> Message:
    return Message(f"id-{role}", "talk", role, text, datetime(2026, 1, 1, tzinfo=UTC), **changes)  # type: ignore[arg-type]


def test_a_stored_answer_reads_as_it_did_live() -> None:
    kept = a_message(
        "assistant", "It is 4711 [1].", evidence=(PIECE,), citations=(CITATION,), grounding=Grounding.ANSWERED
    )

    user, answer = stored([a_message("user", "What is the code?"), kept], W)

    live = after(*ANSWERED, Finished(Grounding.ANSWERED, "id-assistant", {})).messages()
    assert user == live[0]
    assert answer["content"] == live[-1]["content"].replace("m1", "id-assistant")


def test_an_unfinished_answer_says_so_unless_it_is_still_being_written() -> None:
    messages = [a_message("user", "x"), a_message("assistant", "It is", complete=False)]

    assert "stopped or cut off" in stored(messages, W)[-1]["content"]
    assert "still being written" in stored(messages, W, writing=True)[-1]["content"]


def test_what_two_files_failed_of_is_noted_once() -> None:
    kept = replace(a_message("assistant", "It is 3."), warnings=("The hub did not answer.",) * 2)

    assert stored([a_message("user", "x"), kept], W)[-1]["content"].count("The hub did not answer.") == 1


def test_sources_belong_to_the_answer_they_were_given_with() -> None:
    first = replace(a_message("assistant", "one"), id="a1", evidence=(PIECE,))
    second = replace(a_message("assistant", "two"), id="a2")
    messages = [a_message("user", "q1"), first, a_message("user", "q2"), second]

    proof = proof_of(messages, "a1")

    assert proof is not None
    assert (proof.scope, proof.question, proof.evidence) == ("a1", "q1", (PIECE,))
    last = proof_of(messages)
    assert last is not None and last.scope == "a2" and last.question == "q2"
    assert proof_of(messages, "somebody-elses") is None
    assert proof_of([]) is None


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_state_can_be_worded(language: str) -> None:
    turn = LiveTurn("q", ("a.png",), Wording(language))
    turn.wait_for_models(2, 7)
    for event in (*ANSWERED, Warned("w"), Finished(Grounding.UNGROUNDED, "m", {})):
        turn.apply(event)
        assert turn.messages()

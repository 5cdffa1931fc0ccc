from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files

import pytest

from mmchat.question.context import Said, fused, in_context, leaning
from mmchat.types import Candidate
from tests.factories import a_segment, an_attachment

ROWS = json.loads(files("mmchat.evaluation").joinpath("data/follow_ups.json").read_text("utf-8"))


def candidate(name: str, ordinal: int = 0) -> Candidate:
    attachment = replace(an_attachment(name), id=name)
    return Candidate(a_segment(attachment, ordinal, f"{name} {ordinal}"), attachment, 1.0)


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "and in March?"),
        ("en", "when does it end?"),
        ("fr", "et celui de Mia ?"),
        ("de", "und Mia?"),
        ("es", "¿y la fianza?"),
    ],
)
def test_a_follow_up_is_searched_for_alone_and_joined_to_the_question_before(language: str, question: str) -> None:
    context = in_context(question, [Said("How much was it?", ("a",)), Said("Who pays?")], language)

    assert [text for text, _ in context.texts] == [question, f"Who pays? {question}"]
    assert (context.last_file, context.stands_alone) == ("a", False)
    assert context.texts[1][1] > context.texts[0][1]


def test_a_question_of_many_words_stands_alone_and_so_does_the_first() -> None:
    long = "Which account do customers of Print Works Bristol pay their printed catalogues to?"

    assert in_context(long, [Said("When does the shop open?", ("a",))], "en").texts == ((long, 1.0),)
    assert in_context("and in March?", [], "en").stands_alone
    assert leaning("", "en") == 0.0


def test_leaning_tells_follow_ups_from_first_questions_on_the_half_it_was_not_fitted_to() -> None:
    kept = [row for row in ROWS if row["kept"]]
    follow = [leaning(row["question"], row["language"]) for row in kept if "full" in row]
    first = [leaning(row["question"], row["language"]) for row in kept if "full" not in row]

    ordered = [(one > other) + 0.5 * (one == other) for one in follow for other in first]

    assert sum(ordered) / len(ordered) > 0.9  # .92 measured


def test_the_file_last_spoken_of_stays_in_front_while_it_answers_as_well_as_others() -> None:
    other, spoken_of, far = candidate("other"), candidate("spoken-of"), candidate("far")
    context = in_context("and when?", [Said("Who pays?", ("spoken-of",))], "en")

    as_well = fused([[other, spoken_of], [spoken_of, other]], context)
    worse = fused([[other, *[candidate("other", n) for n in range(1, 20)], spoken_of]] * 2, context)

    assert [c.attachment.id for c in as_well] == ["spoken-of", "other"]
    assert worse[0].attachment.id == "other"
    assert fused([[far, other]], in_context("and when?", [], "en")) == [far, other]


def test_every_follow_up_of_the_set_comes_after_another_turn_and_says_itself_in_full() -> None:
    turns: dict[str, list[dict[str, object]]] = {}
    for row in ROWS:
        turns.setdefault(row["conversation"], []).append(row)

    assert len(turns) >= 60
    assert all(2 <= len(rows) <= 3 for rows in turns.values())
    assert all(("full" in row) == (place > 0) for rows in turns.values() for place, row in enumerate(rows))

"""Any text at all is read, and only what can be believed comes out."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmchat.rerankers.judgements import MOST_REASON_CHARACTERS, SCHEMA, Judgement, one_line, read_judgements
from tests.rerankers.judging_llm import grades

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["number", "grade", "reason", "judgements", "x"]), inner, max_size=4)
    ),
    max_leaves=20,
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {"number": st.integers(-3, 9) | st.text(max_size=3), "grade": st.integers(-9, 9) | st.floats() | st.none()},
        optional={"reason": st.text(max_size=300) | st.integers()},
    ),
    max_size=12,
)
OUTPUTS = st.one_of(
    st.text(max_size=300),
    st.text(alphabet='{}[]",:0123 numbergad', max_size=200),
    JSON.map(json.dumps),
    ROWS.map(lambda rows: json.dumps({"judgements": rows})),
    st.tuples(ROWS, st.integers(0, 400)).map(lambda cut: json.dumps({"judgements": cut[0]})[: cut[1]]),
    st.tuples(st.text(max_size=40), ROWS).map(lambda both: both[0] + "```json\n" + json.dumps(both[1]) + "\n```"),
)


@given(OUTPUTS, st.integers(0, 7))
def test_whatever_is_said_only_asked_numbers_and_known_grades_come_out(output: str, count: int) -> None:
    found = read_judgements(output, count)

    assert all(1 <= number <= count and judgement.number == number for number, judgement in found.items())
    for judgement in found.values():
        assert judgement.grade in (0, 1, 2, 3)
        assert len(judgement.reason) <= MOST_REASON_CHARACTERS
        assert judgement.reason == one_line(judgement.reason)
        judgement.reason.encode("utf-8")  # can be stored


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 3)), max_size=15), st.text(max_size=30))
def test_of_several_judgements_of_one_number_the_first_counts(pairs: list[tuple[int, int]], before: str) -> None:
    rows = [{"number": number, "grade": grade, "reason": ""} for number, grade in pairs]
    output = before.replace("{", "(") + json.dumps({"judgements": rows})

    found = read_judgements(output, 9)

    assert {number: j.grade for number, j in found.items()} == dict(reversed(pairs))


@given(st.lists(st.integers(0, 3), min_size=1, max_size=10), st.data())
def test_a_document_cut_off_keeps_its_whole_judgements(given_grades: list[int], data: st.DataObject) -> None:
    whole = grades(dict(enumerate(given_grades, start=1)))
    cut = data.draw(st.integers(0, len(whole)))

    found = read_judgements(whole[:cut], 10)

    assert len(found) == whole[:cut].count("}", 0, whole.rindex("]"))
    assert [found[n].grade for n in sorted(found)] == given_grades[: len(found)]


@pytest.mark.parametrize(
    "output",
    [
        '{"judgements": [{"number": 2, "reason": "a cat", "grade": 3}]}',
        'Here you are:\n```json\n{"judgements": [{"number": 2, "grade": 3, "reason": "a cat"}]}\n```\nAnything else?',
        '[{"number": 2, "grade": 3, "reason": "a cat"}, {"number": 9, "grade": 3, "reason": "invented"}]',
        '{"number": "2", "grade": 3.0, "reason": "a\\n  cat"}',
        '{"result": {"judgements": [{"number": 2.0, "grade": " 3 ", "reason": "a cat"}]}}',
        '<think>{"number": 2, "grade": 0, "reason": "a draft"}</think>{"number": 2, "grade": 7, "reason": "a cat"}',
        '{"thought": 1}{"number": 2, "grade": 3, "reason": "a cat"}{"number": 2, "grade": 0}',
        '{"judgements": [{"number": 1, "grade": true}, {"number": 2, "grade": 3, "reason": "a cat"}, {"num',
    ],
)
def test_every_usual_way_of_writing_it_is_read(output: str) -> None:
    assert read_judgements(output, 3) == {2: Judgement(2, 3, "a cat")}


@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        ("x" * 500, "x" * 119 + "…"),
        ("two\n\nlines\tand\x00 a \u202ebell\x07", "two lines and a bell"),
        (["no", "text"], ""),
        (None, ""),
        ("...", ""),
        ("half a pair \ud83d", "half a pair"),
        ("à l’accueil, « ouvert »", "à l’accueil, « ouvert »"),
    ],
)
def test_a_reason_is_one_short_printable_line(reason: object, shown: str) -> None:
    assert one_line(reason) == shown


@pytest.mark.parametrize("output", ["[" * 90_000, '{"a":' * 20_000, "{" * 90_000, '{"number": ' + "9" * 90_000 + "}"])
def test_hostile_output_is_read_in_good_time(output: str) -> None:
    started = time.perf_counter()

    assert read_judgements(output, 3) == {}
    assert time.perf_counter() - started < 5


def test_the_schema_is_one_that_every_provider_takes() -> None:
    rows = SCHEMA["properties"]["judgements"]["items"]

    assert rows["required"] == list(rows["properties"])  # OpenAI's strict mode: all required, nothing additional
    assert rows["additionalProperties"] is False is SCHEMA["additionalProperties"]
    assert "minimum" not in json.dumps(SCHEMA)

"""Answers measured and fitted: by hand on made outcomes, and once on the real models over the smallest set."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from mmchat.answering import operating_point as point
from mmchat.answering.scoring import Features, Graded
from mmchat.commands.evaluation_arguments import SETS
from mmchat.errors import MmchatError
from mmchat.evaluation import answer_fit, report_answers
from mmchat.evaluation.answer_questions import SMALL, Asked, questions
from mmchat.evaluation.answers import Outcome, figures, over
from mmchat.settings import Settings
from mmchat.tools.spans import Span
from mmchat.types import Candidate, Evidence, Grounding
from tests.factories import a_segment, an_attachment

RIGHT, WRONG = "The rent is 900.", "The rent is due."
PLACES = [
    Evidence(n, Candidate(a_segment(an_attachment(f"{n}.txt"), 0, text), an_attachment(f"{n}.txt"), 1.0))
    for n, text in enumerate([RIGHT, *[WRONG] * 7], start=1)
]


def asked(number: int = 1, *, removed: bool = False, **changes: object) -> Asked:
    return Asked(f"q-{number}", "How much is the rent?", "en", (("900",),), "near", removed, **changes)  # type: ignore[arg-type]


def unit(piece: Evidence, line: str, cosine: float, score: float = 0.0) -> Graded:
    features = Features(0.0, cosine, 0.5, 0.5, 0.0, 1 / piece.number, 0.4)
    return Graded(Span(piece, 0, len(piece.candidate.segment.text)), line, features, score)


def outcome(number: int, line: str, source: np.random.Generator) -> Outcome:
    """A right unit is nearer to the question than a wrong one, most of the time."""
    removed = number % 4 > 1
    near = source.normal(0.05, 0.01, len(PLACES)) + np.eye(len(PLACES))[0] * 0.03
    units = [unit(piece, line, float(c)) for piece, c in zip(PLACES, near, strict=True)]
    return Outcome(asked(number, removed=removed), (), Grounding.NOTHING, 0.0, tuple(units[removed:]))


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    source = np.random.default_rng(1)
    return [outcome(number, line, source) for number in range(120) for line in point.LINES]


def test_an_answer_counts_as_one_when_it_is_sure_or_likely() -> None:
    given = [
        Outcome(asked(), (RIGHT,), Grounding.ANSWERED, 0.1),
        Outcome(asked(), (WRONG, RIGHT), Grounding.LIKELY, 0.1),
        Outcome(asked(), (RIGHT,), Grounding.CLOSEST, 0.1),
        Outcome(asked(removed=True), (WRONG,), Grounding.LIKELY, 0.1),
        Outcome(asked(removed=True), (), Grounding.NOTHING, 0.1),
    ]

    [row] = figures(given)

    assert row["setting"] == "en questions, near texts"
    means = {name: row[name]["mean"] for name in row if name != "setting"}
    assert means == pytest.approx(
        {
            "answer recall": 2 / 3,
            "citation precision": 3 / 4,
            "citation recall": 1.0,
            "first citation right": 1 / 2,
            "abstention precision": 1 / 2,
            "abstention recall": 1 / 2,
        },
        abs=1e-4,
    )


def test_what_was_fitted_on_stands_apart_from_what_was_kept_back() -> None:
    given = [Outcome(asked(half=half), (), Grounding.NOTHING, 0.1) for half in ("fit", "kept")]

    assert [row["setting"] for row in figures(given)] == [
        "en questions, near texts, fitted on",
        "en questions, near texts, kept back",
    ]


def test_a_set_that_is_not_divided_is_divided_by_its_numbers() -> None:
    assert [answer_fit.half_of(asked(number)) for number in (2, 3)] == ["fit", "kept"]
    assert answer_fit.half_of(asked(2, half="kept")) == "kept"


def test_a_fit_finds_what_tells_right_units_and_tells_how_well_on_others(outcomes: list[Outcome]) -> None:
    found = answer_fit.fit(outcomes)

    cosine = point.NAMES.index("cosine")
    assert all(found["weights"][line][cosine] > 0 for line in point.LINES)
    assert {line: len(weights) for line, weights in found["confidence"].items()} == {
        line: len(weights) for line, weights in point.CONFIDENCE.items()
    }
    assert all(row["first right"]["mean"] > 0.8 and row["first right"]["n"] == 30 for row in found["first"])
    assert found["n"] == 180
    assert found["area"] > 0.7
    assert sum(row["n"] for row in found["reliability"]) == found["n"]
    told = [row["right told"] for row in found["thresholds"]]
    assert told == sorted(told, reverse=True)


def test_the_report_of_a_fit_can_be_pasted(outcomes: list[Outcome]) -> None:
    found = answer_fit.fit(outcomes)
    text = "\n\n".join(report_answers.fitted(found))

    pasted: dict[str, object] = {line.upper(): line for line in point.LINES}
    exec(text.split("```python\n")[1].split("```")[0], pasted)  # noqa: S102 - what we printed ourselves

    assert {line: list(weights) for line, weights in pasted["WEIGHTS"].items()} == found["weights"]  # type: ignore[attr-defined]
    assert {line: list(weights) for line, weights in pasted["CONFIDENCE"].items()} == found["confidence"]  # type: ignore[attr-defined]


def test_too_few_questions_are_told_before_a_fit(outcomes: list[Outcome]) -> None:
    english = [each for each in outcomes if each.graded[0].line == point.READ]

    with pytest.raises(MmchatError, match="too few questions"):
        answer_fit.fit(english)


def test_the_command_knows_every_set() -> None:
    assert set(SETS) == set(SMALL)


@pytest.mark.model
def test_a_question_is_answered_by_its_own_number_and_never_by_a_passage_that_was_taken_away(
    settings: Settings,
) -> None:
    with over(settings, None, lambda _: None, libraries=["near"]) as stage:
        with_answers = (each for each in questions(with_pages=False, libraries=["near"]) if each.answers)
        found = [stage.ask(each) for each in islice(with_answers, 4)]

    there, gone = found[::2], found[1::2]
    assert all(each.answered and each.asked.right(each.quotes[0]) for each in there)
    assert not any(each.asked.right(quote) for each in gone for quote in each.quotes)
    assert all(not each.asked.right(graded.span.text) for each in gone for graded in each.graded)

"""What a question demands of amounts, in words."""

from __future__ import annotations

import pytest

from mmchat.tools.table_question import Question


@pytest.mark.parametrize(("text", "language", "bounds"), [
    ("which cost more than 100", "en", [(">", 100)]),
    ("which cost no more than 100", "en", [("<=", 100)]),
    ("not less than 5 pieces", "en", [(">=", 5)]),
    ("pas plus de 80 euros", "fr", [("<=", 80)]),
    ("nicht weniger als 7", "de", [(">=", 7)]),
    ("between 100 and 200 euros", "en", [(">=", 100), ("<=", 200)]),
    ("entre 5 et 10 pièces", "fr", [(">=", 5), ("<=", 10)]),
    ("zwischen 2.000 und 3.000 Euro", "de", [(">=", 2000), ("<=", 3000)]),
])  # fmt: skip
def test_words_bound_an_amount(text: str, language: str, bounds: list[tuple[str, float]]) -> None:
    question = Question(text, language)

    assert [(bound.comparison, bound.value) for bound in question.bounds] == bounds


@pytest.mark.parametrize("text", ["between 3 and 5 May", "between 2020 and 2023"])
def test_between_two_times_is_a_period_and_no_amount(text: str) -> None:
    question = Question(text, "en")

    assert question.bounds == [] and len(question.periods) == 1

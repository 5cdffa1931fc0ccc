from __future__ import annotations

import pytest

from mmchat.tools.table_periods import header_period, periods, tokens


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("how much from January to May?", (None, 1, None), (None, 5, None)),
        ("entre enero y marzo", (None, 1, None), (None, 3, None)),
        ("de janvier à mars 2024", (2024, 1, None), (2024, 3, None)),
        ("what did we buy on 20 February", (None, 2, 20), (None, 2, 20)),
        ("el 20 de febrero de 2024", (2024, 2, 20), (2024, 2, 20)),
        ("am 3. Mai", (None, 5, 3), (None, 5, 3)),
        ("in the last quarter of 2024", (2024, 10, None), (2024, 12, None)),
        ("au troisième trimestre", (None, 7, None), (None, 9, None)),
        ("am 12.03.2025", (2025, 3, 12), (2025, 3, 12)),
        ("2024-02", (2024, 2, None), (2024, 2, None)),
        ("in 2023", (2023, None, None), (2023, None, None)),
    ],
)
def test_periods_are_read_in_four_languages(text: str, first: tuple[int], last: tuple[int]) -> None:
    [found] = periods(text, tokens(text))

    assert (found.first, found.last) == (first, last)


def test_asking_leave_is_no_month() -> None:
    text = "May I see the rent of Mon Repos?"

    assert periods(text, tokens(text)) == []


def test_a_header_is_a_period_with_what_else_it_says() -> None:
    named = header_period("Revenue 2024")

    assert named is not None and named[0].unit == "year" and named[1] == "Revenue"
    assert header_period("Rent") is None


def test_a_quarter_holds_its_months_and_no_others() -> None:
    [quarter] = periods("Q1", tokens("Q1"))
    march, april = header_period("March"), header_period("Apr 2024")

    assert march is not None and april is not None
    assert quarter.holds(march[0]) and not quarter.holds(april[0])

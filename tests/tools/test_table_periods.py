from __future__ import annotations

from datetime import date

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
        ("November to February 2024", (2023, 11, None), (2024, 2, None)),
        ("in 2023", (2023, None, None), (2023, None, None)),
    ],
)
def test_periods_are_read_in_four_languages(text: str, first: tuple[int], last: tuple[int]) -> None:
    [found] = periods(text, tokens(text))

    assert (found.first, found.last) == (first, last)


@pytest.mark.parametrize("text", ["amount of invoice 0000-12", "order 4711-08", "on 1/1/0000"])
def test_a_number_that_only_looks_like_a_date_is_none(text: str) -> None:
    assert periods(text, tokens(text)) == []


def test_the_last_day_of_a_month_is_its_own_where_it_has_no_31st() -> None:
    [february] = periods("February 2023", tokens("February 2023"))

    assert february.ordinals() == (date(2023, 2, 1).toordinal(), date(2023, 2, 28).toordinal())


def test_a_winter_goes_on_into_the_next_year() -> None:
    text = "November to February"
    [winter] = periods(text, tokens(text))
    months = {name: named[0] for name in ("October", "December", "January", "March") if (named := header_period(name))}

    assert {name: winter.holds(month) for name, month in months.items()} == {
        "October": False, "December": True, "January": True, "March": False,
    }  # fmt: skip


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

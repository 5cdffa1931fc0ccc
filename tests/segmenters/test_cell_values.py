"""What cells mean, decided by their column where one alone may mean two things."""

from __future__ import annotations

import datetime

import pytest

from mmchat.segmenters.cell_values import Reading, read_columns
from mmchat.types import CellType


def read(*texts: str, header: str = "", language: str = "en") -> list[Reading]:
    return read_columns([list(texts)], [header], language)[0]


def days(*texts: str, language: str = "en") -> list[str]:
    readings = read(*texts, language=language)
    assert {reading.type for reading in readings} == {CellType.DATE}
    return [datetime.date.fromordinal(int(reading.value or 0)).isoformat() for reading in readings]


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (("1,234.50", "12"), [1234.5, 12]),
        (("1.234,50", "12"), [1234.5, 12]),
        (("1 234,50", "12"), [1234.5, 12]),
        (("1'234.50", "-3"), [1234.5, -3]),
        (("(45.00)", "−7"), [-45, -7]),
        (("1,234,567", "2"), [1234567, 2]),
        (("0,125", "3"), [0.125, 3]),
    ],
)
def test_numbers_in_english_and_continental_forms(texts: tuple[str, ...], values: list[float]) -> None:
    assert [reading.value for reading in read(*texts)] == values


def test_a_number_that_may_mean_two_things_is_read_as_the_rest_of_its_column() -> None:
    assert [r.value for r in read("1.234", "2.500", "3,50")] == [1234, 2500, 3.5]
    assert [r.value for r in read("1,234", "2,500", "3.50")] == [1234, 2500, 3.5]


def test_where_the_column_does_not_tell_the_other_columns_and_then_the_language_do() -> None:
    [prices, _] = read_columns([["1.234", "2.500"], ["3,5", "4,25"]], ["Preis", "Maß"], "en")

    assert [r.value for r in prices] == [1234, 2500]
    assert [r.value for r in read("1.234", language="de")] == [1234]
    assert [r.value for r in read("1.234", language="en")] == [1.234]


def test_money_has_its_currency_before_or_after_as_sign_or_code() -> None:
    found = read("€12.50", "12.50 €", "EUR 12.50", "12.50 EUR", "£5", "$1.2M", "5 zł", "CHF 1'200.50")

    assert {r.type for r in found} == {CellType.MONEY}
    assert [r.unit for r in found] == ["EUR", "EUR", "EUR", "EUR", "GBP", "USD", "PLN", "CHF"]
    assert [r.value for r in found] == [12.5, 12.5, 12.5, 12.5, 5, 1_200_000, 5, 1200.5]


def test_a_percentage_is_the_figure_before_its_sign() -> None:
    assert read("17.5 %", "3%") == [Reading(CellType.PERCENT, 17.5, "%"), Reading(CellType.PERCENT, 3, "%")]


@pytest.mark.parametrize(
    ("header", "type", "unit"),
    [
        ("Price (EUR)", CellType.MONEY, "EUR"),
        ("Amount in €", CellType.MONEY, "EUR"),
        ("Euros", CellType.MONEY, "EUR"),
        ("Weight kg", CellType.NUMBER, "kg"),
        ("Area [m²]", CellType.NUMBER, "m²"),
        ("Share (%)", CellType.PERCENT, "%"),
        ("2024 > Q1 (k€)", CellType.MONEY, "k€"),
        ("Plan B", CellType.NUMBER, ""),
        ("Price (net)", CellType.NUMBER, ""),
    ],
)
def test_the_unit_in_a_columns_name_holds_for_its_numbers(header: str, type: CellType, unit: str) -> None:
    assert read("12", "7.5", header=header) == [Reading(type, 12, unit), Reading(type, 7.5, unit)]


def test_a_unit_that_nobody_knows_counts_where_the_whole_column_has_it() -> None:
    assert read("12 boxes", "5 boxes") == [
        Reading(CellType.NUMBER, 12, "boxes"),
        Reading(CellType.NUMBER, 5, "boxes"),
    ]
    assert {r.type for r in read("3 rooms", "2 baths")} == {CellType.TEXT}


def test_numbers_that_name_things_stay_text() -> None:
    assert {r.type for r in read("01067", "10115")} == {CellType.TEXT}  # postcodes: one begins with 0
    assert {r.type for r in read("12", "12A", "14B")} == {CellType.TEXT}  # houses
    assert {r.type for r in read("+442079460000", "555-0101", "4111111111111111")} == {CellType.TEXT}


def test_a_blank_or_a_dash_does_not_make_a_column_of_numbers_text() -> None:
    assert [r.value for r in read("5", "", "7", "-")] == [5, None, 7, None]


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("2025-03-12", "en", "2025-03-12"),
        ("12.03.2025", "de", "2025-03-12"),
        ("3 April 2025", "en", "2025-04-03"),
        ("Apr 3, 2025", "en", "2025-04-03"),
        ("3-Apr-25", "en", "2025-04-03"),
        ("Mon, 3 March 2025", "en", "2025-03-03"),
        ("1er mars 2025", "fr", "2025-03-01"),
        ("lundi 3 février 2025", "fr", "2025-02-03"),
        ("12. März 2025", "de", "2025-03-12"),
        ("3 de abril de 2025", "es", "2025-04-03"),
        ("5 listopada 2025", "pl", "2025-11-05"),
        ("5. listopada 2025", "hr", "2025-10-05"),
        ("April 2025", "en", "2025-04-01"),
    ],
)
def test_dates_in_the_usual_forms(text: str, language: str, day: str) -> None:
    assert days(text, language=language) == [day]


def test_a_date_may_have_a_time_of_day() -> None:
    [moment] = read("2025-03-12T18:00:00Z")

    assert moment.value == datetime.date(2025, 3, 12).toordinal() + 0.75


def test_which_of_two_numbers_is_the_day_is_decided_by_the_whole_column() -> None:
    assert days("03/04/2025", "13/04/2025") == ["2025-04-03", "2025-04-13"]
    assert days("03/04/2025", "03/17/2025") == ["2025-03-04", "2025-03-17"]
    assert days("03/04/2025", "03/05/2025", "03/09/2025", "04/02/2025") == [
        "2025-03-04", "2025-03-05", "2025-03-09", "2025-04-02",
    ]  # fmt: skip
    assert days("03/04/2025") == ["2025-04-03"]


def test_words_with_a_year_are_no_dates() -> None:
    assert {r.type for r in read("Room 2025", "Rent 2025", "Q1 2025")} == {CellType.TEXT}


def test_durations_and_times_of_day_are_seconds() -> None:
    assert [r.value for r in read("37:30", "8:00")] == [135_000, 28_800]
    assert [r.value for r in read("9:30 AM", "5:15 pm")] == [34_200, 62_100]
    assert [r.value for r in read("1h05", "2 h 30 min")] == [3_900, 9_000]


def test_forms_of_two_parts_beside_forms_of_three_are_minutes_and_seconds() -> None:
    assert [r.value for r in read("1:05", "3:45", "1:02:10")] == [65, 225, 3_730]
    assert [r.value for r in read("1:05", "3:45", header="Time (mm:ss)")] == [65, 225]

"""What a spreadsheet's number formats show."""

from __future__ import annotations

import datetime

import pytest

from mmchat.segmenters.moment_formats import shown_moment
from mmchat.segmenters.number_formats import shown_number
from mmchat.types import CellType


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (12.0, "General", "12"),
        (1 / 3, "General", "0.3333333333"),
        (0.1 + 0.2, "General", "0.3"),
        (0.175, "0.0 %", "17.5 %"),
        (0.175, "0%", "18%"),
        (12500, '"€"#,##0.00', "€12,500.00"),
        (12500, "#,##0.00\\ [$€-407]", "12,500.00 €"),
        (-3.5, '#,##0.00;[Red]("£"#,##0.00)', "(£3.50)"),
        (-3.5, "0.0", "-3.5"),
        (0, '0;-0;"none"', "none"),
        (1067, "00000", "01067"),
        (123456789, "000-00-0000", "123-45-6789"),
        (1234567, '#,##0.0,,"M"', "1.2M"),
        (2.5, "# ?/?", "2 1/2"),
        (12345, "0.00E+00", "1.23E+04"),
        (7.5, '0.0" kg"', "7.5 kg"),
        (1.005, "0.00", "1.01"),
        (3, "0.##", "3"),
        (5, '[<10]"few";0', "few"),
        (-0.001, "0.00", "0.00"),
    ],
)
def test_a_number_is_shown_as_its_format_says(value: float, code: str, text: str) -> None:
    assert shown_number(value, code)[0] == text


@pytest.mark.parametrize(
    ("value", "code", "type", "meant", "unit"),
    [
        (0.175, "0.0%", CellType.PERCENT, 17.5, "%"),
        (12500, "#,##0 [$EUR]", CellType.MONEY, 12500, "EUR"),
        (7.5, '0.0" kg"', CellType.NUMBER, 7.5, "kg"),
        (1067, "00000", CellType.TEXT, None, ""),
        (12, "General", CellType.NUMBER, 12, ""),
    ],
)
def test_the_format_tells_what_a_number_means(
    value: float, code: str, type: CellType, meant: float | None, unit: str
) -> None:
    reading = shown_number(value, code)[1]

    assert (reading.type, reading.unit) == (type, unit)
    assert reading.value == (None if meant is None else pytest.approx(meant))


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (datetime.datetime(2026, 3, 9), "d mmmm yyyy", "9 March 2026"),
        (datetime.datetime(2026, 3, 9), "[$-407]d. mmmm yyyy", "9. März 2026"),
        (datetime.datetime(2026, 3, 9), "ddd dd/mm/yy", "Mon 09/03/26"),
        (datetime.datetime(2026, 3, 9, 14, 5), "d/m/yyyy h:mm AM/PM", "9/3/2026 2:05 PM"),
        (datetime.datetime(2026, 3, 9), "mm-dd-yy", "2026-03-09"),  # the reader's country decides: ISO
        (datetime.datetime(2026, 3, 9), "yyyy-mm-dd h:mm:ss", "2026-03-09"),
        (datetime.time(8, 30), "hh:mm", "08:30"),
        (datetime.timedelta(hours=37, minutes=30), "[h]:mm", "37:30"),
        (datetime.timedelta(minutes=62, seconds=5), "[mm]:ss", "62:05"),
    ],
)
def test_a_moment_is_shown_as_its_format_says(value: datetime.datetime, code: str, text: str) -> None:
    assert shown_moment(value, code)[0] == text


def test_a_duration_means_its_seconds() -> None:
    reading = shown_moment(datetime.timedelta(hours=37, minutes=30), "[h]:mm")[1]

    assert (reading.type, reading.value) == (CellType.DURATION, 135_000)

"""What is written of days and numbers is what CLDR says of Indonesian; Babel, which knows it, is the judge."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from babel.dates import format_date
from babel.numbers import format_decimal

from calakan.kernel import formats


def test_each_day_of_a_year() -> None:
    for number in range(366):
        day = date(2028, 1, 1) + timedelta(days=number)
        assert formats.day(day, weekday=True) == format_date(day, "EEEE, d MMMM y", locale="id")
        assert formats.day(day, weekday=True, short=True) == format_date(day, "EEE, d MMM y", locale="id")


@pytest.mark.parametrize(
    "value", [0, 7, 999, 1000, 12_345_678, -4200, 0.5, 87.5, 1234.5678, 0.0004, 2.0, 1e9, 99.9995, -3.25]
)
def test_numbers(value: float) -> None:
    assert formats.number(value) == format_decimal(value, locale="id")

"""Numbers, dates and durations as people read them."""

from __future__ import annotations

import math
from typing import Any

import pytest

from site_builder import numbers, values


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.81274, "0.8127"), (12.3456, "12.35"), (0.04, "0.04"), (0.81204, "0.812"), (48_210_944, "48.21M"),
        (12_345.678, "12.35k"), (999_999, "1M"), (3e9, "3G"), (6.12e-5, "6.12e−5"), (6.1234e-4, "6.123e−4"), (-0.5, "−0.5"),
        (0, "0"), (1e16, "1e16"), (1e300, "1e300"), (4321.5, "4321.5"), (999.96, "1000"),
        (math.nan, "NaN"), (math.inf, "+Inf"), (-math.inf, "−Inf"),
    ],
)  # fmt: skip
def test_numbers_have_four_significant_digits(value: float, text: str) -> None:
    assert numbers.number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1024, "1024"), (48_210_944, "48210944"), (2**63 + 1, "9223372036854775809"), (-3, "−3"), (5000.0, "5000"),
        (1 / 3, "0.3333"), (True, "true"), (None, "null"), ("NaN", "NaN"), ("-Infinity", "−Inf"), ([1, "NaN", "a"], '[1,NaN,"a"]'),
        ("x" * 99, "x" * 59 + "…"), ({"_type": "image-file"}, "image"), ({"_type": "string", "value": "NaN"}, '"NaN"'),
        ("poly", "poly"), ("1", '"1"'), ("true", '"true"'), ("", '""'), ("[1, 2]", '"[1, 2]"'), ("007", "007"),
        ("1180591620717411303424", "1180591620717411303424"),
    ],
)  # fmt: skip
def test_values_are_printed_short_and_as_what_they_are(value: Any, text: str) -> None:
    assert values.logged(value) == text
    assert values.logged(values.exact(value)) == text


def test_integers_that_scripts_cannot_hold_travel_as_text() -> None:
    assert values.exact([2**53 - 1, {"a": 2**53 + 1}]) == [
        2**53 - 1,
        {"a": {"_type": "integer", "value": "9007199254740993"}},
    ]
    assert values.written(values.exact({"a": [2**60, "x"]})) == f'{{"a":[{2**60},"x"]}}'


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.083, "83 ms"), (12.4, "12.4 s"), (64, "1m 04s"), (42_012, "11h 40m"), (273_600, "3d 4h"), (0, "0 s")],
)
def test_durations_have_two_units(seconds: float, text: str) -> None:
    assert numbers.duration(seconds) == text


def test_dates_that_cannot_be_are_no_reason_to_stop() -> None:
    assert numbers.date(1_795_208_771) == "Fri 20 Nov 2026, 21:06 UTC"
    assert numbers.date(1e300) == "unknown"
    assert numbers.date(math.nan) == "unknown"

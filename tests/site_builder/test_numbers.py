"""Numbers, dates and durations as people read them."""

from __future__ import annotations

import math
from typing import Any

import pytest

from site_builder import numbers


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.81274, "0.8127"), (12.3456, "12.35"), (1024, "1024"), (48_210_944, "48.2M"), (6.12e-5, "6.12e−5"), (-0.5, "−0.5"),
        (0, "0"), (1e16, "1.00e16"), (True, "true"), (None, "null"), ("NaN", "NaN"), ([1, 2], "[1,2]"), ("x" * 99, "x" * 59 + "…"),
        ({"_type": "image-file"}, "image"), ({"_type": "string", "value": "NaN"}, "NaN"),
    ],
)  # fmt: skip
def test_values_are_printed_short(value: Any, text: str) -> None:
    assert numbers.shown(value) == text


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

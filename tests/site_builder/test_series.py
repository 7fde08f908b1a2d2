"""Rows to typed series."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from site_builder import kinds
from site_builder.series import columns
from tracklog.store import layout


def made(rows: list[dict[str, Any]]) -> dict[tuple[str, str], tuple[list[int], list[Any]]]:
    _, found = columns.of_rows(rows, kinds.kind_of)
    return {(layout.join_path(one.path), one.kind): (one.rows.tolist(), list(one.values)) for one in found}


def test_series_keep_their_rows_and_the_order_of_their_keys() -> None:
    found = made([{"_step": 0, "b": 1, "a": 2.5}, {"_step": 1, "a": 3}, {"_step": 2, "b": 4, "c": True}])
    assert found == {("b", "number"): ([0, 2], [1, 4]), ("a", "number"): ([0, 1], [2.5, 3]), ("c", "bool"): ([2], [1])}


def test_kinds_under_one_key_are_kept_apart() -> None:
    found = made(
        [{"x": 1}, {"x": "text"}, {"x": "NaN"}, {"x": {"_type": "string", "value": "NaN"}}, {"x": [1]}, {"x": None}]
    )
    assert found["x", "string"] == ([1, 3], ["text", {"_type": "string", "value": "NaN"}])
    assert found["x", "other"] == ([4, 5], [[1], None])
    rows, values = found["x", "number"]
    assert rows == [0, 2]
    assert values[0] == 1
    assert np.isnan(values[1])


def test_nested_keys_become_paths_that_dots_cannot_imitate() -> None:
    found = made([{"a": {"b": 1}, "a.b": 2}, {"a": {"b": 3, "c": {}}}, {"a": 7}])
    assert found["a.b", "number"] == ([0, 1], [1, 3])
    assert found["a\\.b", "number"] == ([0], [2])
    assert found["a.c", "other"] == ([1], [{}])
    assert found["a", "number"] == ([2], [7])


def test_keys_that_differ_only_by_case_stay_apart() -> None:
    assert set(made([{"Loss": 1, "loss": 2}])) == {("Loss", "number"), ("loss", "number")}


@pytest.mark.parametrize("key", ["__proto__", "", "constructor", "x" * 100_000])
def test_odd_keys_are_series_like_others(key: str) -> None:
    assert made([{key: 1.5}]) == {(key, "number"): ([0], [1.5])}

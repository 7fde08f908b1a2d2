"""Tensors of the summary as the pages print them, whatever a run folder claims they are."""

from __future__ import annotations

from typing import Any

import pytest

from site_builder import projects, tensors

WEIGHTS = {
    "_type": "torch.Tensor", "path": "media/summary/a.npy", "shape": [64, 10], "dtype": "bfloat16",
    "min": -1, "max": 3, "mean": 0.25, "var": 4.0, "5%": -0.5, "95%": 2.125, "nan": 2,
    "histogram": {"_type": "histogram", "counts": [1, 4, 0], "min": -1, "width": 1.333},
}  # fmt: skip


def test_mean_and_deviation_in_the_line_and_all_else_behind_it() -> None:
    found = tensors.described(WEIGHTS)
    assert found is not None
    assert (found.mean, found.std, found.bars) == ("0.25", "±2", (0.25, 1.0, 0.0))
    assert (
        found.facts
        == "64 × 10 bfloat16 · mean 0.25 · std 2 · variance 4 · min −1 · 5 % −0.5 · 95 % 2.125 · max 3 · 2 NaN"
    )


@pytest.mark.parametrize(
    "value",
    [None, 3, "x", [], {}, {"shape": [3]}, {"mean": 1}, WEIGHTS | {"shape": 3}],
)
def test_other_values_are_none(value: Any) -> None:
    assert tensors.described(value) is None


def test_one_without_finite_values_has_a_shape() -> None:
    found = tensors.described({"shape": [50], "dtype": "float64", "path": "x.npy", "nan": 50})
    assert found == tensors.Tensor("50 float64", "", "50 float64 · 50 NaN", ())


@pytest.mark.parametrize(
    "change",
    [
        {"histogram": 3}, {"histogram": {"counts": "abc"}}, {"histogram": {"counts": [0] * 100_000}},
        {"histogram": {"counts": [None, "x", -1]}},
        {"var": "Infinity"}, {"var": -1}, {"5%": {}}, {"shape": ["<b>"] * 1000}, {"dtype": None},
    ],
)  # fmt: skip
def test_damaged_parts_are_left_out(change: dict[str, Any]) -> None:
    found = tensors.described(WEIGHTS | change)
    assert found is not None
    assert found.mean == "0.25"
    assert all(0 <= bar <= 1 for bar in found.bars)


def test_the_run_table_holds_words_for_records() -> None:
    summary = {
        "w": WEIGHTS,
        "img": {"_type": "image-file", "path": "x"},
        "s": {"_type": "string", "value": "NaN"},
        "l": 1,
    }
    row = {"created": 0, "id": "a"}
    empty: dict[str, Any] = {"config": {}, "least": {}, "greatest": {}, "keys": []}
    index = projects.index_of([{"row": row, "label": "p", "summary": summary, **empty}], ())
    assert {column["key"]: column["values"] for column in index["summary"]} == {
        "w": ["0.25 ±2"], "img": ["image"], "s": [summary["s"]], "l": [1],
    }  # fmt: skip
